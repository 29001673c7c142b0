//! Which letters of a text need a backslash, so that it is read as the same text.

use std::collections::BTreeSet;
use std::ops::Range;

use super::inline::{Inline, Part, Shape};

/// The marks of emphasis among the letters of a text, and those that are meant.
#[derive(Debug, Default)]
pub(super) struct Marks {
    /// The runs of each mark in the text, by the byte of their beginning.
    runs: Vec<Run>,
    kinds: [Kind; 3],
    /// The parts that are written with `_`.
    low: BTreeSet<usize>,
    /// Whether marks that are meant stand so close to others that they may be read in another way.
    pub(super) is_dense: bool,
}

/// Which emphasis is written with `_`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Choice {
    /// That which stands directly beside another one, whose marks would run into its own.
    Beside,
    /// That in another one.
    Even,
    /// The outer one.
    Odd,
}

/// What is known of one mark.
#[derive(Clone, Copy, Debug, Default)]
struct Kind {
    /// It stands in the block as a mark that is meant.
    is_used: bool,
    first_opener: Option<usize>,
    last_closer: Option<usize>,
}

#[derive(Debug)]
struct Run {
    start: usize,
    end: usize,
    mark: usize,
    opens: bool,
    closes: bool,
}

/// The length of the longest name of an entity, and more.
const LONGEST_ENTITY: usize = 40;

const MARKS: [char; 3] = ['*', '_', '~'];

impl Marks {
    /// The marks of a text, where those that are meant are chosen in this way.
    pub(super) fn new(inline: &Inline, choice: Choice) -> Self {
        let mut marks = Self::default();
        let mut start = 0;
        let mut pairs = 0;
        let mut depth = 0;
        for (index, (part, end)) in inline.parts.iter().enumerate() {
            match part {
                Part::Text | Part::Label => marks.find(&inline.text, start, *end),
                Part::Opener(closer) => {
                    pairs += 1;
                    depth += 1;
                    let is_struck = inline.text.get(start..*end) == Some("~~");
                    if !is_struck && marks.must_be_low(inline, start, *closer, (choice, depth)) {
                        marks.low.extend([index, *closer]);
                        marks.kinds[1].is_used = true;
                    }
                    marks.kinds[if is_struck { 2 } else { 0 }].is_used = true;
                }
                Part::Closer(_) => depth = depth.saturating_sub(1),
                Part::Raw | Part::Soft | Part::Hard | Part::Dropped => {}
            }
            if matches!(part, Part::Opener(_) | Part::Closer(_)) {
                marks.is_dense |= marks.is_close(inline, (index, start, *end), pairs);
            }
            start = *end;
        }
        marks
    }

    /// Whether the part of this index is written with `_`.
    pub(super) fn is_low(&self, part: usize) -> bool {
        self.low.contains(&part)
    }

    /// Whether the letter at a byte would be read as a mark.
    pub(super) fn is_escaped(&self, at: usize, letter: char) -> bool {
        if !MARKS.contains(&letter) {
            return false;
        }
        let index = self.runs.partition_point(|run| run.end <= at);
        let Some(run) = self.runs.get(index).filter(|run| run.start <= at) else { return false };
        let Some(kind) = self.kinds.get(run.mark) else { return false };
        (kind.is_used && (run.opens || run.closes))
            || (run.opens && kind.last_closer.is_some_and(|closer| closer > run.start))
            || (run.closes && kind.first_opener.is_some_and(|opener| opener < run.start))
    }

    /// Whether a mark that is meant is beside another one, cannot be what it is, or could be something else too.
    fn is_close(&self, inline: &Inline, (index, start, end): (usize, usize, usize), pairs: usize) -> bool {
        let before = inline.text.get(..start).and_then(|text| text.chars().next_back());
        let after = inline.text.get(end..).and_then(|text| text.chars().next());
        let is_mark = |letter: Option<char>| letter.is_some_and(|letter| MARKS.contains(&letter));
        let mark = if self.is_low(index) { '_' } else { '*' };
        let (opens, closes) = flanks(mark, before, after);
        let is_opener = matches!(inline.parts.get(index), Some((Part::Opener(_), _)));
        let fits = if is_opener { opens } else { closes };
        is_mark(before) || is_mark(after) || !fits || (pairs > 1 && opens && closes)
    }

    fn find(&mut self, text: &str, start: usize, end: usize) {
        let words = text.as_bytes().get(..end).unwrap_or_default();
        let is_mark = |byte: &u8| matches!(byte, b'*' | b'_' | b'~');
        let mut at = start;
        while let Some(distance) = words.get(at..).and_then(|rest| rest.iter().position(is_mark)) {
            let begin = at + distance;
            let run = words.get(begin..).unwrap_or_default().chunk_by(|one, next| one == next).next();
            let Some(run) = run else { return };
            let last = begin + run.len();
            at = last;
            let Some(mark) = MARKS.iter().position(|mark| run.starts_with(&[*mark as u8])) else { continue };
            let before = text.get(..begin).and_then(|text| text.chars().next_back());
            let after = text.get(last..).and_then(|text| text.chars().next());
            let (mut opens, mut closes) = flanks(MARKS[mark], before, after);
            if text.get(last..).is_some_and(|rest| rest.trim_start_matches([' ', '\t']).starts_with('\n')) {
                // The backslash of a break that is meant stands directly behind.
                (opens, closes) = (true, true);
            }
            let Some(kind) = self.kinds.get_mut(mark) else { continue };
            if opens {
                kind.first_opener.get_or_insert(begin);
            }
            if closes {
                kind.last_closer = Some(begin);
            }
            self.runs.push(Run { start: begin, end: last, mark, opens, closes });
        }
    }

    /// Whether emphasis that begins at a byte is written with `_`.
    fn must_be_low(
        &self,
        inline: &Inline,
        start: usize,
        closer: usize,
        (choice, depth): (Choice, usize),
    ) -> bool {
        let ends = |index: usize| inline.parts.get(index).map_or(0, |(_, end)| *end);
        let before = inline.text.get(..start).and_then(|text| text.chars().next_back());
        let after = inline.text.get(ends(closer)..).and_then(|text| text.chars().next());
        let is_outer = |letter: Option<char>| letter.is_none_or(|letter| !letter.is_alphanumeric());
        let is_beside = (before == Some('*') && !self.ends_low(inline, start)) || after == Some('*');
        match choice {
            Choice::Beside => is_beside && is_outer(before) && is_outer(after),
            Choice::Even => depth % 2 == 0,
            Choice::Odd => depth % 2 == 1,
        }
    }

    /// Whether the part that ends at a byte is a mark written with `_`.
    fn ends_low(&self, inline: &Inline, at: usize) -> bool {
        let index = inline.parts.partition_point(|(_, end)| *end < at);
        self.low.contains(&index)
    }
}

/// Whether a run of marks can open and close emphasis: the rule of `CommonMark` 0.31.
fn flanks(mark: char, before: Option<char>, after: Option<char>) -> (bool, bool) {
    let is_blank = |letter: Option<char>| letter.is_none_or(char::is_whitespace);
    let is_sign = |letter: Option<char>| {
        letter.is_some_and(|letter| !letter.is_alphanumeric() && !letter.is_whitespace())
    };
    let left = !is_blank(after) && (!is_sign(after) || is_blank(before) || is_sign(before));
    let right = !is_blank(before) && (!is_sign(before) || is_blank(after) || is_sign(after));
    if mark == '_' {
        (left && (!right || is_sign(before)), right && (!left || is_sign(after)))
    } else {
        (left, right)
    }
}

/// Whether the letter at a byte means something wherever it stands.
pub(super) fn is_escaped(text: &str, at: usize, (start, part): (usize, Part), shape: Shape) -> bool {
    let rest = text.get(at..).unwrap_or_default();
    let mut letters = rest.chars();
    let letter = letters.next().unwrap_or(' ');
    let next = letters.clone().next();
    let before = || text.get(..at).and_then(|text| text.chars().next_back());
    // Before the text there can stand a reference to a footnote.
    let is_behind = || at == start && before() == Some(']');
    match letter {
        '`' => true,
        '\\' => {
            // Blanks at the end of a line are not written.
            let behind = letters.as_str().trim_start_matches([' ', '\t']);
            next.is_none_or(|next| next.is_ascii_punctuation())
                || behind.is_empty()
                || behind.starts_with('\n')
        }
        '<' => next.is_some_and(|next| next.is_ascii_alphabetic() || matches!(next, '/' | '!' | '?')),
        '&' => is_entity(rest.get(1..).unwrap_or_default()),
        '[' => part == Part::Label || next == Some('^') || is_behind(),
        ']' => {
            let begins = || text.trim_start().starts_with('[');
            part == Part::Label || next == Some('(') || (next == Some(':') && begins())
        }
        '!' => next == Some('['),
        '(' | ':' => is_behind(),
        '#' if shape == Shape::Heading => {
            before().is_none_or(char::is_whitespace) && rest.trim_end().bytes().all(|byte| byte == b'#')
        }
        // Only this brace can be escaped: attributes of headings know no backslash.
        '}' if shape == Shape::Heading => rest.trim_end() == "}",
        _ => false,
    }
}

/// Whether what follows an ampersand makes it an entity.
pub(super) fn is_entity(rest: &str) -> bool {
    entity(rest).is_some()
}

/// The length of the entity that follows an ampersand, with its semicolon.
pub(super) fn entity(rest: &str) -> Option<usize> {
    let end = rest.bytes().take(LONGEST_ENTITY).position(|byte| byte == b';')?;
    let name = rest.get(..end)?;
    let is_one = match name.strip_prefix('#') {
        Some(number) => match number.strip_prefix(['x', 'X']) {
            Some(number) => !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_hexdigit()),
            None => !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit()),
        },
        None => {
            name.starts_with(|letter: char| letter.is_ascii_alphabetic())
                && name.bytes().all(|byte| byte.is_ascii_alphanumeric())
        }
    };
    is_one.then_some(end + 1)
}

/// The letters at the beginning of a line that would make a block of it, by their bytes in the line.
pub(super) fn guarded(line: &str) -> Option<Range<usize>> {
    let ends = |at: usize| line.get(at..).is_none_or(|rest| rest.is_empty() || rest.starts_with([' ', '\t']));
    let is_ruled = || line.bytes().all(|byte| b"-_*=|: \t".contains(&byte));
    let count = |letter: u8| line.bytes().take_while(|byte| *byte == letter).count();
    let first = line.bytes().next()?;
    let is_block = match first {
        b'#' => count(b'#') <= 6 && ends(count(b'#')),
        b'>' | b':' => true,
        b'-' | b'+' | b'*' if ends(1) => true,
        b'-' | b'*' | b'_' | b'=' | b'|' => is_ruled(),
        b'~' => count(b'~') > 2,
        b'[' if line.starts_with("[!") => true,
        b'[' => ["[ ]", "[x]", "[X]"].iter().any(|start| line.starts_with(start)) && ends(3),
        b'0'..=b'9' => {
            let digits = line.bytes().take_while(u8::is_ascii_digit).count();
            let is_item = digits < 10 && matches!(line.as_bytes().get(digits), Some(b'.' | b')'));
            return (is_item && ends(digits + 1)).then_some(digits..digits + 1);
        }
        _ => false,
    };
    // What is left of a run of marks could be read as emphasis.
    let length = if matches!(first, b'*' | b'_' | b'~') { count(first) } else { 1 };
    is_block.then_some(0..length)
}
