//! How many tokens a text has, as an estimate, and the pieces that an answer is streamed in.
//!
//! No tokenizer is built in. Only that of OpenAI is public; its ranks add megabytes to the program and count wrongly for everybody
//! else. An estimate that follows from the text alone is enough for answers that are made up: it grows with the text, the limits of a
//! request hold by it, and counts in one answer add up.

use serde_json::Value;

/// So many characters of a long word are one piece.
const LONGEST: usize = 8;

/// What a message costs beside its texts, and what an answer is begun with (OpenAI Cookbook, «How to count tokens with tiktoken», 2026).
const BESIDE: usize = 3;

/// A text in pieces: each word with the space before it, and long words in parts.
pub(super) fn pieces(text: &str) -> Vec<String> {
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

/// How many pieces a text has.
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

/// How many tokens a conversation has: its texts, and what each message costs beside them.
pub(super) fn conversation(messages: Option<&Value>) -> usize {
    match messages {
        Some(Value::Array(messages)) => {
            messages.iter().map(|message| BESIDE + within(message, 0)).sum::<usize>() + BESIDE
        }
        Some(other) => within(other, 0).max(1),
        None => 1,
    }
}

/// How many tokens the texts in a value have; what is no text, such as the bytes of a picture, is not counted.
pub(super) fn within(value: &Value, depth: usize) -> usize {
    // The parser goes no deeper.
    if depth > 128 {
        return 0;
    }
    match value {
        Value::String(text) => count(text),
        Value::Array(elements) => elements.iter().map(|element| within(element, depth + 1)).sum(),
        Value::Object(members) => members
            .iter()
            .filter(|(key, _)| {
                !matches!(key.as_str(), "data" | "url" | "file_data" | "images" | "cache_control")
            })
            .map(|(_, member)| within(member, depth + 1))
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

    proptest::proptest! {
        #[test]
        fn a_text_has_as_many_tokens_as_pieces(text in ".{0,60}") {
            proptest::prop_assert_eq!(count(&text), pieces(&text).len());
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
