//! How many tokens an answer says it has used, in any dialect.

use serde_json::Value;

use super::exchange::Answer;

/// Tokens that were used.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Usage {
    /// Read.
    pub input: u64,
    /// Written.
    pub output: u64,
}

/// Names of the tokens that were read: OpenAI's chat, responses and Anthropic, Google, Ollama.
const INPUT: [&str; 4] = ["prompt_tokens", "input_tokens", "promptTokenCount", "prompt_eval_count"];

/// Names of the tokens that were written.
const OUTPUT: [&str; 4] = ["completion_tokens", "output_tokens", "candidatesTokenCount", "eval_count"];

/// Words without which a line of a stream says nothing of tokens.
const MARKS: [&str; 2] = ["usage", "eval_count"];

impl Usage {
    /// Both together.
    pub fn total(self) -> u64 {
        self.input.saturating_add(self.output)
    }

    /// What an answer says; nothing where it says nothing.
    pub(super) fn of(answer: &Answer) -> Self {
        let body = answer.body();
        if let Ok(value) = serde_json::from_slice::<Value>(&body) {
            return Self::default().told(&value);
        }
        let text = String::from_utf8_lossy(&body);
        let told = text.lines().filter(|line| MARKS.iter().any(|mark| line.contains(mark)));
        let values = told.filter_map(|line| {
            serde_json::from_str::<Value>(line.strip_prefix("data:").unwrap_or(line).trim()).ok()
        });
        // Later events repeat what earlier ones have said, and add to it.
        values.fold(Self::default(), |usage, value| usage.told(&value))
    }

    fn told(self, value: &Value) -> Self {
        let places = ["/usage", "/message/usage", "/response/usage", "/usageMetadata", ""];
        places.iter().filter_map(|place| value.pointer(place)).fold(self, |usage, told| {
            let number =
                |names: [&str; 4]| names.iter().find_map(|name| told.get(name)?.as_u64()).unwrap_or(0);
            Self { input: usage.input.max(number(INPUT)), output: usage.output.max(number(OUTPUT)) }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(body: &str, input: u64, output: u64) {
        assert_eq!(Usage::of(&Answer::text(200, "", body)), Usage { input, output });
    }

    #[test]
    fn every_dialect_says_its_tokens() {
        check(r#"{"usage":{"prompt_tokens":3,"completion_tokens":4,"total_tokens":7}}"#, 3, 4);
        check(r#"{"usage":{"input_tokens":3,"output_tokens":4}}"#, 3, 4);
        check(r#"{"usageMetadata":{"promptTokenCount":3,"candidatesTokenCount":4}}"#, 3, 4);
        check(r#"{"prompt_eval_count":3,"eval_count":4,"done":true}"#, 3, 4);
        check(r#"{"error":"no"}"#, 0, 0);
        check("no", 0, 0);
    }

    #[test]
    fn a_stream_says_them_in_its_events() {
        check(
            "data: {\"choices\":[],\"usage\":null}\n\ndata: {\"usage\":{\"prompt_tokens\":3,\"completion_tokens\":4}}\n\ndata: [DONE]\n\n",
            3,
            4,
        );
        check(
            "event: message_start\ndata: {\"message\":{\"usage\":{\"input_tokens\":3,\"output_tokens\":1}}}\n\ndata: {\"usage\":{\"output_tokens\":4}}\n\n",
            3,
            4,
        );
        check("data: {\"response\":{\"usage\":{\"input_tokens\":3,\"output_tokens\":4}}}\n\n", 3, 4);
        check("{\"done\":false}\n{\"done\":true,\"prompt_eval_count\":3,\"eval_count\":4}\n", 3, 4);
    }
}
