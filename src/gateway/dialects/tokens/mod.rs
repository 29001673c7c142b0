//! How many tokens a text has, and the pieces that an answer is streamed in.
//!
//! OpenAI's tokenizers are public, and its models are counted by them. Nobody else's is: for all other models there is an estimate that
//! follows from the text alone. It is enough for answers that are made up: it grows with the text, the limits of a request hold by it, and
//! counts in one answer add up.

mod ranks;
mod words;

use serde_json::Value;

use ranks::{CL100K, O200K, Ranks};
use words::words;

/// So many characters of a long word are one piece.
const LONGEST: usize = 8;

/// What a message costs beside its texts, and what an answer is begun with (OpenAI Cookbook, «How to count tokens with tiktoken», 2026).
const BESIDE: usize = 3;

/// So much of the texts of a request is counted as it is; what is beyond is taken to be like it.
const MOST: usize = 128 * 1024;

/// What counts the tokens of a model.
#[derive(Clone, Copy, Debug, Default)]
pub(super) enum Tokenizer {
    /// An estimate: nobody knows better.
    #[default]
    Estimate,
    /// The model's own.
    Own(&'static Ranks),
}

/// A piece of a text: a token, or as many of them as it takes for a whole character.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Piece {
    pub(super) text: String,
    pub(super) tokens: usize,
}

/// The models of which a tokenizer is known, by the beginning of their names (tiktoken 0.14.0, `model.py`; read on 1 December 2026).
const MODELS: &[(&str, &Ranks)] = &[
    ("gpt-5", &O200K),
    ("gpt-4.5", &O200K),
    ("gpt-4.1", &O200K),
    ("gpt-4o", &O200K),
    ("chatgpt-4o", &O200K),
    ("o1", &O200K),
    ("o3", &O200K),
    ("o4-mini", &O200K),
    ("gpt-4", &CL100K),
    ("gpt-3.5", &CL100K),
    ("gpt-35-turbo", &CL100K),
    ("text-embedding-3", &CL100K),
    ("text-embedding-ada-002", &CL100K),
    ("davinci-002", &CL100K),
    ("babbage-002", &CL100K),
];

impl Tokenizer {
    /// The tokenizer of a model; vendors before its name and what it was tuned to behind it do not matter.
    pub(super) fn of(model: &str) -> Self {
        let name = model.rsplit('/').next().unwrap_or(model);
        let name = name.strip_prefix("ft:").unwrap_or(name);
        let is = |beginning: &str| {
            let rest = name.strip_prefix(beginning);
            // Of the fifth generation every one is known, such as `gpt-5.5`.
            rest.is_some_and(|rest| {
                rest.is_empty()
                    || rest.starts_with(['-', ':'])
                    || (beginning == "gpt-5" && rest.starts_with('.'))
            })
        };
        MODELS
            .iter()
            .find(|(beginning, _)| is(beginning))
            .map_or(Self::Estimate, |(_, ranks)| Self::Own(ranks))
    }

    /// How many tokens a text has.
    pub(super) fn count(self, text: &str) -> usize {
        let Self::Own(ranks) = self else { return count(text) };
        let mut counter = Counter::new(ranks);
        counter.count(text) + counter.beyond()
    }

    /// A text in pieces.
    pub(super) fn pieces(self, text: &str) -> Vec<Piece> {
        let Self::Own(ranks) = self else {
            return pieces(text).into_iter().map(|text| Piece { text, tokens: 1 }).collect();
        };
        let mut pieces = Vec::new();
        for word in words(text, ranks.form) {
            let (mut start, mut tokens) = (0, 0);
            for end in ranks.ends(word.as_bytes()) {
                tokens += 1;
                // A token may end inside of a character.
                if let Some(text) = word.get(start..end) {
                    pieces.push(Piece { text: text.to_owned(), tokens });
                    (start, tokens) = (end, 0);
                }
            }
        }
        pieces
    }

    /// How many tokens a conversation has: its texts, and what each message costs beside them.
    pub(super) fn conversation(self, messages: Option<&Value>) -> usize {
        let Self::Own(ranks) = self else { return conversation(messages) };
        match messages {
            Some(Value::Array(messages)) if messages.iter().all(Value::is_object) => {
                let mut counter = Counter::new(ranks);
                let read: usize = messages.iter().map(|message| counter.message(message)).sum();
                read + counter.beyond() + BESIDE
            }
            Some(other) => self.within(other).max(1),
            None => 1,
        }
    }

    /// How many tokens the texts in a value have; what is no text, such as the bytes of a picture, is not counted.
    pub(super) fn within(self, value: &Value) -> usize {
        let Self::Own(ranks) = self else { return within(value, 0) };
        let mut counter = Counter::new(ranks);
        counter.within(value) + counter.beyond()
    }
}

/// The texts of one request, as they are counted one after the other: the model's own tokenizer is slow, so only the first of them are.
struct Counter {
    ranks: &'static Ranks,
    /// How many bytes were counted, at most [`MOST`], and how many tokens they have.
    bytes: usize,
    tokens: usize,
    /// How many bytes were not.
    left_out: usize,
}

impl Counter {
    fn new(ranks: &'static Ranks) -> Self {
        Self { ranks, bytes: 0, tokens: 0, left_out: 0 }
    }

    /// How many tokens a text has, as far as it is counted.
    fn count(&mut self, text: &str) -> usize {
        let (head, rest) = text.split_at(text.floor_char_boundary(MOST - self.bytes));
        let tokens = words(head, self.ranks.form).map(|word| self.ranks.count(word.as_bytes())).sum();
        self.bytes += head.len();
        self.tokens += tokens;
        self.left_out += rest.len();
        tokens
    }

    /// How many tokens the texts have beyond those that were counted.
    fn beyond(self) -> usize {
        let tokens = self.tokens as u128 * self.left_out as u128 / self.bytes.max(1) as u128;
        usize::try_from(tokens).unwrap_or(usize::MAX)
    }

    /// How many tokens a message has.
    fn message(&mut self, message: &Value) -> usize {
        let members = message.as_object().into_iter().flatten();
        let texts = members.map(|(key, value)| match (key.as_str(), value) {
            ("name", _) => 1 + self.within(value),
            ("content", Value::Array(parts)) => parts.iter().map(|part| self.part(part)).sum(),
            // What an item of a list is, is told by its place.
            ("type", _) => 0,
            _ => self.within(value),
        });
        BESIDE + texts.sum::<usize>()
    }

    /// How many tokens a part of a message has.
    fn part(&mut self, part: &Value) -> usize {
        let Value::Object(members) = part else { return self.within(part) };
        // What kind of a part it is, is told by other tokens than those of its name.
        members.iter().filter(|(key, _)| *key != "type").map(|(_, value)| self.within(value)).sum()
    }

    /// How many tokens the texts in a value have.
    fn within(&mut self, value: &Value) -> usize {
        texts(value, 0, &mut |text| self.count(text))
    }
}

/// A text in pieces by the estimate: each word with the space before it, and long words in parts.
fn pieces(text: &str) -> Vec<String> {
    let mut pieces = Vec::new();
    let mut piece = String::new();
    let mut length = 0;
    for character in text.chars() {
        if length > 0 && (character.is_whitespace() || length >= LONGEST) {
            pieces.push(std::mem::take(&mut piece));
            length = 0;
        }
        piece.push(character);
        length += usize::from(!character.is_whitespace());
    }
    if !piece.is_empty() {
        pieces.push(piece);
    }
    pieces
}

/// How many pieces a text has by the estimate.
pub(super) fn count(text: &str) -> usize {
    let (mut pieces, mut length, mut any) = (0, 0, false);
    for character in text.chars() {
        if length > 0 && (character.is_whitespace() || length >= LONGEST) {
            pieces += 1;
            length = 0;
        }
        any = true;
        length += usize::from(!character.is_whitespace());
    }
    pieces + usize::from(any)
}

/// How many tokens a conversation has by the estimate: its texts, and what each message costs beside them.
pub(super) fn conversation(messages: Option<&Value>) -> usize {
    match messages {
        Some(Value::Array(messages)) => {
            messages.iter().map(|message| BESIDE + within(message, 0)).sum::<usize>() + BESIDE
        }
        Some(other) => within(other, 0).max(1),
        None => 1,
    }
}

/// The same of the texts in a value.
pub(super) fn within(value: &Value, depth: usize) -> usize {
    texts(value, depth, &mut count)
}

/// What the texts in a value have in all, and its numbers with one each; what is no text, such as the bytes of a picture, has nothing.
fn texts(value: &Value, depth: usize, count: &mut dyn FnMut(&str) -> usize) -> usize {
    // The parser goes no deeper.
    if depth > 128 {
        return 0;
    }
    match value {
        Value::String(text) => count(text),
        Value::Array(elements) => elements.iter().map(|element| texts(element, depth + 1, count)).sum(),
        Value::Object(members) => members
            .iter()
            .filter(|(key, _)| {
                !matches!(key.as_str(), "data" | "url" | "file_data" | "images" | "cache_control")
            })
            .map(|(_, member)| texts(member, depth + 1, count))
            .sum(),
        Value::Number(_) | Value::Bool(_) => 1,
        Value::Null => 0,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn pieces_make_up_the_text() {
        let text = "Hello  world,\nthis is extraordinarily long";
        assert_eq!(pieces(text).concat(), text);
        assert!(pieces(text).len() > 6);
        assert!(pieces("").is_empty());
    }

    /// What tiktoken 0.14.0 counts by `o200k_base` and by `cl100k_base`.
    const COUNTED: &[(&str, usize, usize)] = &[
        ("", 0, 0),
        ("Say pong.", 3, 3),
        ("def f(x):\n    return x**2  # square\n", 13, 13),
        ("東京は日本の首都です。", 8, 11),
        ("안녕하세요", 2, 5),
        ("👩‍👩‍👧‍👦🏳️‍🌈 é̂", 19, 30),
        ("It's we'LL I'ſ they'RE o'clock 'S", 13, 15),
        ("   \n\n  x \t\t\n", 5, 4),
        ("1234567890 ٣٤٥ ½ Ⅷ", 13, 16),
        ("\u{301}A \u{301}AB c", 6, 6),
        ("http://a.b/c//\n/\n", 7, 7),
        ("<|endoftext|> <|im_start|>", 13, 12),
        ("\r\n\r\n \r", 3, 3),
        ("हिन्दी में", 4, 9),
        ("ᏣᎳᎩ ꮳꮃꭹ", 18, 18),
        ("ABCdef GHIjkl'Ve", 8, 8),
    ];

    #[test]
    fn a_text_has_the_tokens_that_openai_counts() {
        for (text, newer, older) in COUNTED {
            let of = |model: &str| Tokenizer::of(model).count(text);
            assert_eq!((of("gpt-5.5"), of("gpt-4-turbo")), (*newer, *older), "{text:?}");
            let pieces = Tokenizer::of("gpt-5.5").pieces(text);
            assert_eq!(pieces.iter().map(|piece| piece.tokens).sum::<usize>(), *newer, "{text:?}");
            assert_eq!(pieces.into_iter().map(|piece| piece.text).collect::<String>(), *text);
        }
    }

    #[test]
    fn a_message_costs_more_than_its_text() {
        let hello = json!([{"role": "user", "content": "Hello"}]);
        let parts = json!([{"role": "user", "content": [{"type": "text", "text": "Hello"}]}]);
        let named = json!([{"role": "user", "name": "ann", "content": "Hello"}]);
        let of = |messages: &Value| Tokenizer::of("openai/gpt-4o").conversation(Some(messages));
        assert_eq!([of(&hello), of(&parts), of(&named)], [8, 8, 10]);
    }

    #[test]
    fn a_tokenizer_is_known_by_the_name_of_the_model() {
        let name = |model: &str| match Tokenizer::of(model) {
            Tokenizer::Own(ranks) if ranks.form == words::Form::Cased => "o200k_base",
            Tokenizer::Own(_) => "cl100k_base",
            Tokenizer::Estimate => "none",
        };
        for model in
            ["gpt-5", "gpt-5.5", "gpt-4.1-mini", "gpt-4o", "o3-mini", "@openai-prod/gpt-5", "ft:gpt-4o:me"]
        {
            assert_eq!(name(model), "o200k_base", "{model}");
        }
        for model in ["gpt-4", "gpt-4-0613", "gpt-3.5-turbo", "text-embedding-3-small"] {
            assert_eq!(name(model), "cl100k_base", "{model}");
        }
        for model in ["claude-opus-5", "gemini-3.8-flash", "gpt-oss-120b", "o1000", "", "gpt-4omega"] {
            assert_eq!(name(model), "none", "{model}");
        }
    }

    #[test]
    fn a_long_word_has_an_end() {
        for length in [3 * MOST, MOST + MOST / 2, 2 * MOST - 8] {
            assert_eq!(Tokenizer::of("gpt-4o").count(&"a".repeat(length)), length / 8);
        }
    }

    #[test]
    fn many_long_texts_have_an_end_together() {
        let (word, number) = ("a".repeat(MOST), "1".repeat(MOST));
        let texts = json!([word, number, number]);
        let messages = json!([{"content": word}, {"content": number}, {"content": [{"text": number}]}]);
        let tokenizer = Tokenizer::of("gpt-4o");
        assert_eq!(tokenizer.within(&texts), 3 * MOST / 8);
        assert_eq!(tokenizer.conversation(Some(&messages)), 3 * MOST / 8 + 4 * BESIDE);
    }

    proptest::proptest! {
        #[test]
        fn a_text_has_as_many_tokens_as_pieces(text in ".{0,60}") {
            proptest::prop_assert_eq!(count(&text), pieces(&text).len());
            for model in ["gpt-4", "gpt-5"] {
                let pieces = Tokenizer::of(model).pieces(&text);
                let tokens: usize = pieces.iter().map(|piece| piece.tokens).sum();
                proptest::prop_assert_eq!(Tokenizer::of(model).count(&text), tokens);
                proptest::prop_assert_eq!(pieces.into_iter().map(|piece| piece.text).collect::<String>(), text.clone());
            }
        }
    }

    #[test]
    fn a_picture_is_not_counted_by_its_bytes() {
        let picture =
            json!([{"role": "user", "content": [{"type": "image", "source": {"data": "aaaa bbbb cccc"}}]}]);
        let nothing = json!([{"role": "user", "content": [{"type": "image", "source": {"data": ""}}]}]);
        assert_eq!(conversation(Some(&picture)), conversation(Some(&nothing)));
    }
}
