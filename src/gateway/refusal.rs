//! What a live answer says is wrong: a refusal in the words of the provider, or no answer at all.

use crate::data::{Path, Step};
use crate::diagnostics::{Code, Severity};

use super::exchange::{Answer, Exchange, Finding, Place};

/// How much of a provider's message is quoted, in characters.
const MOST_QUOTED: usize = 200;

/// The finding where nobody answered.
pub(super) fn no_answer(message: String) -> Finding {
    finding(Code::NoAnswer, Place::Host, message)
}

fn finding(code: Code, place: Place, message: String) -> Finding {
    Finding { code, severity: Severity::Error, place, message, label: None, help: None, fix: None }
}

/// What a refusal says; none where the answer is none.
pub(super) fn refusal(exchange: &Exchange) -> Option<Finding> {
    let status = exchange.answer.status;
    if (200..300).contains(&status) {
        return None;
    }
    let host = &exchange.request.host;
    let quoted = message_of(&exchange.answer);
    let message = if quoted.is_empty() {
        format!("`{host}` answers {status}")
    } else {
        format!("`{host}` answers {status}: {quoted}")
    };
    let (code, place) = match status {
        401 => (Code::WrongCredential, Place::Credential),
        404 if quoted.to_lowercase().contains("model") => {
            (Code::UnknownModel, Place::Body(Path(vec![Step::Key("model".to_owned())])))
        }
        404 => (Code::WrongPath, Place::Path),
        405 => (Code::WrongMethod, Place::Method),
        _ => (Code::Refused, Place::Host),
    };
    Some(finding(code, place, message))
}

/// The message in the body of an error, on one line.
fn message_of(answer: &Answer) -> String {
    let body = answer.chunks.concat();
    let text = String::from_utf8_lossy(&body);
    let value: Option<serde_json::Value> = serde_json::from_str(&text).ok();
    // The forms of OpenAI and most others, of Portkey, of Ollama, and of frameworks.
    let places = ["/error/message", "/message", "/error", "/detail", "/0/error/message"];
    let said = value.as_ref().and_then(|value| {
        places.iter().find_map(|place| value.pointer(place).and_then(serde_json::Value::as_str))
    });
    let said =
        said.unwrap_or(if value.is_some() || !text.trim_start().starts_with('<') { &text } else { "" });
    let line = said.split(|character: char| character.is_whitespace() || character.is_control());
    let line = line.filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ");
    match line.char_indices().nth(MOST_QUOTED) {
        Some((end, _)) => format!("{}…", line.get(..end).unwrap_or_default()),
        None => line,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(body: &str, message: &str) {
        let answer = Answer { status: 400, headers: Vec::new(), chunks: vec![body.as_bytes().to_vec()] };
        assert_eq!(message_of(&answer), message);
    }

    #[test]
    fn the_message_is_found_in_every_form() {
        check(r#"{"error":{"message":"No such model","type":"x"}}"#, "No such model");
        check(r#"{"status":"failure","message":"Invalid config"}"#, "Invalid config");
        check(r#"{"error":"model 'x' not found"}"#, "model 'x' not found");
        check(r#"{"detail":"Not Found"}"#, "Not Found");
    }

    #[test]
    fn another_body_is_its_own_message() {
        check("404 page not found\n", "404 page not found");
        check(r#"{"code":5}"#, r#"{"code":5}"#);
    }

    #[test]
    fn a_page_for_browsers_is_no_message() {
        check("<!doctype html><title>502</title>", "");
    }

    #[test]
    fn a_message_stays_on_one_line_and_short() {
        check("{\"error\":\"one\\n  two\\u0007three\"}", "one two three");
        check(&"ü".repeat(500), &format!("{}…", "ü".repeat(MOST_QUOTED)));
    }
}
