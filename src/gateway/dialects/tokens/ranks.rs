//! The ranks of OpenAI's tokens, and a word in tokens by them.
//!
//! `scripts/token-ranks.py` wrote the files, from those of tiktoken 0.14.0 (MIT). They are searched as they stand in the program: nothing is
//! read or made before the first word, and only what is looked at is in memory.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use super::words::Form;

/// The longest token.
const LONGEST: usize = 128;

/// Longer words are taken in parts, so that none can be so long that it takes all memory.
const PART: usize = 64 * 1024;

/// The tokens of some models.
#[derive(Debug)]
pub(in crate::gateway::dialects) struct Ranks {
    /// How many tokens there are of each length, then the tokens of each length in order, each with its rank.
    file: &'static [u8],
    /// How words are told from each other.
    pub(super) form: Form,
}

/// Those of GPT-4 and GPT-3.5, and of the embeddings.
pub(super) static CL100K: Ranks = Ranks { file: include_bytes!("cl100k_base.ranks"), form: Form::Plain };

/// Those of GPT-4o and of all that came after it.
pub(super) static O200K: Ranks = Ranks { file: include_bytes!("o200k_base.ranks"), form: Form::Cased };

impl Ranks {
    /// How many tokens a word has.
    pub(super) fn count(&self, word: &[u8]) -> usize {
        if self.rank(word).is_some() {
            return 1;
        }
        word.chunks(PART).map(|part| self.merged(part).len()).sum()
    }

    /// Where the tokens of a word end.
    pub(super) fn ends(&self, word: &[u8]) -> Vec<usize> {
        if self.rank(word).is_some() {
            return vec![word.len()];
        }
        let parts = word.chunks(PART).enumerate();
        parts
            .flat_map(|(index, part)| self.merged(part).into_iter().map(move |end| index * PART + end))
            .collect()
    }

    /// The rank of a token; none where the bytes are not one.
    fn rank(&self, token: &[u8]) -> Option<u32> {
        let length = Some(token.len()).filter(|length| (1..=LONGEST).contains(length))?;
        let (mut start, mut count) = (4 * LONGEST, 0);
        for (index, number) in self.file.chunks_exact(4).take(length).enumerate() {
            start += count * (index + 3);
            count = usize::try_from(u32::from_le_bytes(number.try_into().ok()?)).ok()?;
        }
        let width = length + 3;
        let (mut low, mut high) = (0, count);
        while low < high {
            let middle = usize::midpoint(low, high);
            let at = start + middle * width;
            let (found, rank) = self.file.get(at..at + width)?.split_at(length);
            match found.cmp(token) {
                std::cmp::Ordering::Less => low = middle + 1,
                std::cmp::Ordering::Greater => high = middle,
                std::cmp::Ordering::Equal => {
                    return Some(rank.iter().rev().fold(0, |rank, byte| (rank << 8) | u32::from(*byte)));
                }
            }
        }
        None
    }

    /// Where tokens end after the two with the lowest rank were made one as often as there were any: first the bytes themselves, then
    /// longer and longer ones.
    fn merged(&self, word: &[u8]) -> Vec<usize> {
        let length = word.len();
        // By its start: where a token ends, or 0 where none starts any more; by its end: where it starts.
        let mut ends: Vec<usize> = (1..=length).collect();
        let mut starts: Vec<usize> = (0..=length).map(|end| end.saturating_sub(1)).collect();
        let pair = |start: usize, end: usize| Some(Reverse((self.rank(word.get(start..end)?)?, start, end)));
        let mut pairs: BinaryHeap<_> = (2..=length).filter_map(|end| pair(end - 2, end)).collect();
        while let Some(Reverse((_, start, end))) = pairs.pop() {
            // One of the two may have become part of another since.
            let middle = ends.get(start).copied().unwrap_or_default();
            if middle == 0 || middle >= end || ends.get(middle) != Some(&end) {
                continue;
            }
            if let (Some(first), Some(last)) = (ends.get_mut(start), starts.get_mut(end)) {
                (*first, *last) = (end, start);
            }
            if let Some(second) = ends.get_mut(middle) {
                *second = 0;
            }
            let next = ends.get(end).copied().filter(|next| *next > end);
            pairs.extend(next.and_then(|next| pair(start, next)));
            let before = starts.get(start).copied().filter(|_| start > 0);
            pairs.extend(before.and_then(|before| pair(before, end)));
        }
        ends.into_iter().filter(|end| *end > 0).collect()
    }
}
