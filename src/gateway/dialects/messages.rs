//! The messages of a conversation: roles and shapes.

use serde_json::Value;

use super::Endpoint;
use super::parameters::{Complaint, Fault, kind_of, step};
use crate::data::{Path, Step};

/// The roles of OpenAI's chat completions (openai/openai-openapi, commit f85dbe2, 2026-11-22).
const OPENAI_ROLES: &[&str] = &["system", "assistant", "user", "function", "tool", "developer"];

/// The roles of Anthropic's messages (Anthropic Python SDK 2.12.0, 2026-11-22).
const ANTHROPIC_ROLES: &[&str] = &["user", "assistant"];

/// Adds what is wrong with the messages of a body.
pub(super) fn check(endpoint: Endpoint, body: &Value, complaints: &mut Vec<Complaint>) {
    let roles = if endpoint == Endpoint::Messages { ANTHROPIC_ROLES } else { OPENAI_ROLES };
    let at = step(&Path::default(), "messages");
    for (index, message) in body.get("messages").and_then(Value::as_array).into_iter().flatten().enumerate() {
        let mut at = at.clone();
        at.0.push(Step::Index(index));
        one(message, roles, &at, complaints);
    }
    tools(endpoint, body, complaints);
}

fn one(message: &Value, roles: &[&str], at: &Path, complaints: &mut Vec<Complaint>) {
    let mut complain = |path: Path, fault: Fault| complaints.push(Complaint { path, fault });
    if !message.is_object() {
        let fault = Fault::Type { wanted: "an object".to_owned(), found: kind_of(message) };
        return complain(at.clone(), fault);
    }
    let role = match message.get("role") {
        None => return complain(step(at, "role"), Fault::Missing),
        Some(Value::String(role)) => role.as_str(),
        Some(other) => {
            let fault = Fault::Type { wanted: "a string".to_owned(), found: kind_of(other) };
            return complain(step(at, "role"), fault);
        }
    };
    if !roles.contains(&role) {
        let known = roles.iter().map(|role| (*role).to_owned()).collect();
        return complain(step(at, "role"), Fault::Value { value: role.to_owned(), known });
    }
    let calls = message.get("tool_calls").or_else(|| message.get("function_call"));
    match message.get("content") {
        Some(Value::String(_) | Value::Array(_)) => {}
        None | Some(Value::Null) if role == "assistant" && calls.is_some() => {}
        None => complain(step(at, "content"), Fault::Missing),
        Some(Value::Null) if role == "assistant" => {}
        Some(other) => {
            let fault = Fault::Type { wanted: "a string or an array".to_owned(), found: kind_of(other) };
            complain(step(at, "content"), fault);
        }
    }
    if role == "tool" && message.get("tool_call_id").is_none() {
        complain(step(at, "tool_call_id"), Fault::Missing);
    }
}

fn tools(endpoint: Endpoint, body: &Value, complaints: &mut Vec<Complaint>) {
    for (index, tool) in body.get("tools").and_then(Value::as_array).into_iter().flatten().enumerate() {
        let mut at = step(&Path::default(), "tools");
        at.0.push(Step::Index(index));
        let missing = if endpoint == Endpoint::Messages {
            tool.get("name").is_none().then(|| step(&at, "name"))
        } else if tool.get("type").is_none() {
            Some(step(&at, "type"))
        } else if tool.get("type").and_then(Value::as_str) != Some("function") {
            None
        } else if tool.get("function").is_none() {
            Some(step(&at, "function"))
        } else {
            tool.pointer("/function/name").is_none().then(|| step(&step(&at, "function"), "name"))
        };
        complaints.extend(missing.map(|path| Complaint { path, fault: Fault::Missing }));
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[track_caller]
    fn check_message(message: &Value, expected: &[&str]) {
        let mut complaints = Vec::new();
        check(Endpoint::ChatCompletions, &json!({"messages": [message]}), &mut complaints);
        let found: Vec<String> = complaints.iter().map(|complaint| complaint.path.to_string()).collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn a_plain_message_is_right() {
        check_message(&json!({"role": "user", "content": "Hi"}), &[]);
        check_message(&json!({"role": "assistant", "content": null, "tool_calls": []}), &[]);
    }

    #[test]
    fn a_role_has_to_be_known() {
        check_message(&json!({"role": "human", "content": "Hi"}), &["messages[0].role"]);
        check_message(&json!({"content": "Hi"}), &["messages[0].role"]);
    }

    #[test]
    fn an_answer_of_a_tool_says_which_call() {
        check_message(&json!({"role": "tool", "content": "sun"}), &["messages[0].tool_call_id"]);
    }

    #[test]
    fn a_text_is_no_message() {
        check_message(&json!("Hi"), &["messages[0]"]);
    }
}
