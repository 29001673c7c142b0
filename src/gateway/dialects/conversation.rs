//! Rules between the members of a body, which no table of types can hold: that answers of tools follow their calls, that a tool that
//! is chosen is there, that one parameter comes only with another.
//!
//! Wording: OpenAI as quoted in miurla/morphic#136 and smarter-sh/smarter#264; Anthropic as quoted in anthropics/claude-code#18947 and
//! #8210. Read 2026-12-01.

use std::collections::HashSet;

use serde_json::Value;

use super::Endpoint;
use super::parameters::{Complaint, Fault, Rule, step};
use crate::data::{Path, Step};

/// Adds what does not go together in a body.
pub(super) fn check(endpoint: Endpoint, body: &Value, complaints: &mut Vec<Complaint>) {
    match endpoint {
        Endpoint::ChatCompletions => chat(body, complaints),
        Endpoint::Responses => responses(body, complaints),
        Endpoint::Messages => messages(body, complaints),
        _ => {}
    }
}

fn elements<'a>(body: &'a Value, key: &str) -> &'a [Value] {
    body.get(key).and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default()
}

fn text<'a>(value: &'a Value, key: &str) -> &'a str {
    value.get(key).and_then(Value::as_str).unwrap_or_default()
}

fn place(list: &str, index: usize, inner: &[Step]) -> Path {
    let mut path = step(&Path::default(), list);
    path.0.push(Step::Index(index));
    path.0.extend(inner.iter().cloned());
    path
}

fn key(name: &str) -> Step {
    Step::Key(name.to_owned())
}

fn rule(path: Path, said: String, message: &str, help: &str) -> Complaint {
    let rule = Rule { said, code: None, param: None, message: message.to_owned(), help: help.to_owned() };
    Complaint { path, fault: Fault::Rule(Box::new(rule)) }
}

fn chat(body: &Value, complaints: &mut Vec<Complaint>) {
    let list = elements(body, "messages");
    let mut open: HashSet<&str> = HashSet::new();
    let mut caller = 0;
    for (index, message) in list.iter().enumerate() {
        let role = text(message, "role");
        if role == "tool" {
            if let Some(id) = message.get("tool_call_id").and_then(Value::as_str)
                && !open.remove(id)
            {
                let said = "Invalid parameter: messages with role 'tool' must be a response to a preceeding message with 'tool_calls'.";
                let path = place("messages", index, &[key("role")]);
                let message = "this answer of a tool follows no message that calls it";
                let help = "put the assistant's message with `tool_calls` before it, with the same id";
                complaints.push(rule(path, said.to_owned(), message, help));
            }
            continue;
        }
        unanswered(&open, caller, complaints);
        open.clear();
        if role == "assistant" {
            let calls = elements(message, "tool_calls");
            open.extend(calls.iter().filter_map(|call| call.get("id")?.as_str()));
            caller = index;
            let silent = ["content", "tool_calls", "function_call", "audio", "refusal"];
            if silent.iter().all(|key| message.get(*key).is_none()) {
                let path = place("messages", index, &[key("content")]);
                complaints.push(Complaint { path, fault: Fault::Missing });
            }
        }
    }
    unanswered(&open, caller, complaints);
    together(body, complaints);
}

fn unanswered(open: &HashSet<&str>, caller: usize, complaints: &mut Vec<Complaint>) {
    if open.is_empty() {
        return;
    }
    let mut ids: Vec<&str> = open.iter().copied().collect();
    ids.sort_unstable();
    let said = format!(
        "An assistant message with 'tool_calls' must be followed by tool messages responding to each 'tool_call_id'. The following tool_call_ids did not have response messages: {}",
        ids.join(", ")
    );
    let message = format!("the calls `{}` are not answered", ids.join("`, `"));
    let help = "put a message with the role `tool` behind it for each call";
    complaints.push(rule(place("messages", caller, &[]), said, &message, help));
}

/// Parameters that come only with another.
fn together(body: &Value, complaints: &mut Vec<Complaint>) {
    let is = |key: &str| body.get(key).and_then(Value::as_bool) == Some(true);
    let has = |key: &str| body.get(key).is_some_and(|value| !value.is_null());
    let mut only = |parameter: &str, said: String, message: String, help: String| {
        complaints.push(rule(step(&Path::default(), parameter), said, &message, &help));
    };
    if has("stream_options") && !is("stream") {
        only(
            "stream_options",
            "The 'stream_options' parameter is only allowed when 'stream' is enabled.".to_owned(),
            "`stream_options` comes only with `stream`".to_owned(),
            "add `\"stream\": true`, or take it out".to_owned(),
        );
    }
    if has("top_logprobs") && !is("logprobs") {
        only(
            "top_logprobs",
            "'top_logprobs' is only allowed when 'logprobs' is enabled.".to_owned(),
            "`top_logprobs` comes only with `logprobs`".to_owned(),
            "add `\"logprobs\": true`, or take it out".to_owned(),
        );
    }
    for parameter in ["tool_choice", "parallel_tool_calls"] {
        let idle = body.get("tool_choice").and_then(Value::as_str) == Some("none");
        if has(parameter) && !idle && elements(body, "tools").is_empty() {
            only(
                parameter,
                format!(
                    "Invalid value for '{parameter}': '{parameter}' is only allowed when 'tools' are specified."
                ),
                format!("`{parameter}` comes only with `tools`"),
                "add `tools`, or take it out".to_owned(),
            );
        }
    }
    let named = body.pointer("/tool_choice/function/name").and_then(Value::as_str);
    if let Some(named) = named.filter(|_| !elements(body, "tools").is_empty()) {
        let mut present =
            elements(body, "tools").iter().filter_map(|tool| tool.pointer("/function/name")?.as_str());
        if !present.any(|one| one == named) {
            only(
                "tool_choice",
                format!("Invalid value: '{named}' is not among the names of 'tools'."),
                format!("`tool_choice` names `{named}`, which is none of the tools"),
                "name a function that stands in `tools`".to_owned(),
            );
        }
    }
}

fn responses(body: &Value, complaints: &mut Vec<Complaint>) {
    let begun = ["input", "prompt", "conversation", "previous_response_id"];
    if begun.iter().all(|key| body.get(*key).is_none_or(Value::is_null)) {
        complaints.push(Complaint { path: step(&Path::default(), "input"), fault: Fault::Missing });
    }
    // What came before may stand at the service.
    if ["conversation", "previous_response_id"]
        .iter()
        .any(|key| body.get(*key).is_some_and(|value| !value.is_null()))
    {
        return;
    }
    let items = elements(body, "input");
    let of =
        |kind: &'static str| items.iter().enumerate().filter(move |(_, item)| text(item, "type") == kind);
    let called: HashSet<&str> = of("function_call").map(|(_, item)| text(item, "call_id")).collect();
    let answered: HashSet<&str> = of("function_call_output").map(|(_, item)| text(item, "call_id")).collect();
    for (index, item) in of("function_call_output") {
        let id = text(item, "call_id");
        if !id.is_empty() && !called.contains(id) {
            let said = format!("No tool call found for function call output with call_id {id}.");
            let message = format!("`{id}` is the output of a call that is not there");
            let help = "put the item `function_call` before it, or name `previous_response_id`";
            complaints.push(rule(place("input", index, &[]), said, &message, help));
        }
    }
    for (index, item) in of("function_call") {
        let id = text(item, "call_id");
        if !id.is_empty() && !answered.contains(id) {
            let said = format!("No tool output found for function call {id}.");
            let message = format!("the call `{id}` is not answered");
            let help = "put an item `function_call_output` with the same `call_id` behind it";
            complaints.push(rule(place("input", index, &[]), said, &message, help));
        }
    }
}

fn messages(body: &Value, complaints: &mut Vec<Complaint>) {
    let list = elements(body, "messages");
    let ids = |index: usize, kind: &str, name: &str| -> Vec<(usize, &str)> {
        let blocks = list.get(index).map_or(&[][..], |message| elements(message, "content"));
        let found = blocks.iter().enumerate().filter(|(_, block)| text(block, "type") == kind);
        found.map(|(at, block)| (at, text(block, name))).filter(|(_, id)| !id.is_empty()).collect()
    };
    for (index, _) in list.iter().enumerate() {
        let before = index.checked_sub(1).map(|before| ids(before, "tool_use", "id")).unwrap_or_default();
        for (at, id) in ids(index, "tool_result", "tool_use_id") {
            if before.iter().any(|(_, called)| *called == id) {
                continue;
            }
            let said = format!(
                "messages.{index}.content.{at}: unexpected `tool_use_id` found in `tool_result` blocks: {id}. Each `tool_result` block must have a corresponding `tool_use` block in the previous message."
            );
            let path = place("messages", index, &[key("content"), Step::Index(at), key("tool_use_id")]);
            let message = format!("`{id}` is the result of a call that is not in the message before");
            complaints.push(rule(
                path,
                said,
                &message,
                "put the assistant's message with the `tool_use` before it",
            ));
        }
        let behind = ids(index + 1, "tool_result", "tool_use_id");
        let called = ids(index, "tool_use", "id");
        let open: Vec<&str> = called
            .iter()
            .map(|(_, id)| *id)
            .filter(|id| !behind.iter().any(|(_, answered)| answered == id))
            .collect();
        if !open.is_empty() {
            let said = format!(
                "messages.{index}: `tool_use` ids were found without `tool_result` blocks immediately after: {}. Each `tool_use` block must have a corresponding `tool_result` block in the next message.",
                open.join(", ")
            );
            let message = format!("the calls `{}` are not answered in the next message", open.join("`, `"));
            let help = "put a message of the user with a `tool_result` for each behind it";
            complaints.push(rule(place("messages", index, &[]), said, &message, help));
        }
    }
    thinking(body, complaints);
}

/// The tokens of thoughts are among those of the answer.
fn thinking(body: &Value, complaints: &mut Vec<Complaint>) {
    let budget = body.pointer("/thinking/budget_tokens").and_then(Value::as_u64);
    let most = body.get("max_tokens").and_then(Value::as_u64);
    if let (Some(budget), Some(most)) = (budget, most)
        && budget >= most
    {
        let said = "`max_tokens` must be greater than `thinking.budget_tokens`.".to_owned();
        let message = format!("`max_tokens` is {most}, not more than the {budget} for thoughts");
        let path = step(&Path::default(), "max_tokens");
        complaints.push(rule(path, said, &message, "write more than `thinking.budget_tokens`"));
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[track_caller]
    fn check_body(endpoint: Endpoint, body: &Value, expected: &[&str]) {
        let mut complaints = Vec::new();
        check(endpoint, body, &mut complaints);
        let found: Vec<String> = complaints.iter().map(|complaint| complaint.path.to_string()).collect();
        assert_eq!(found, expected);
    }

    #[track_caller]
    fn check_chat(messages: &Value, expected: &[&str]) {
        check_body(Endpoint::ChatCompletions, &json!({"messages": messages}), expected);
    }

    const CALLER: &str = r#"{"role": "assistant", "tool_calls": [{"id": "a", "type": "function", "function": {"name": "f", "arguments": "{}"}}]}"#;

    fn caller() -> Value {
        serde_json::from_str(CALLER).unwrap()
    }

    #[test]
    fn a_tool_answers_a_call() {
        let answer = json!({"role": "tool", "tool_call_id": "a", "content": "sun"});
        check_chat(&json!([caller(), answer]), &[]);
        check_chat(&json!([answer]), &["messages[0].role"]);
        check_chat(
            &json!([caller(), {"role": "tool", "tool_call_id": "b", "content": "sun"}]),
            &["messages[1].role", "messages[0]"],
        );
    }

    #[test]
    fn a_call_is_answered_before_anything_else() {
        check_chat(&json!([caller(), {"role": "user", "content": "Hi"}]), &["messages[0]"]);
        check_chat(&json!([{"role": "user", "content": "Hi"}, caller()]), &["messages[1]"]);
    }

    #[test]
    fn an_assistant_says_or_calls_something() {
        check_chat(&json!([{"role": "assistant"}]), &["messages[0].content"]);
        check_chat(&json!([{"role": "assistant", "content": null}]), &[]);
    }

    #[test]
    fn some_parameters_come_only_with_others() {
        let check = |body: &Value, expected: &[&str]| check_body(Endpoint::ChatCompletions, body, expected);
        check(&json!({"stream_options": {"include_usage": true}}), &["stream_options"]);
        check(&json!({"top_logprobs": 2}), &["top_logprobs"]);
        check(&json!({"tool_choice": "auto"}), &["tool_choice"]);
        check(&json!({"tool_choice": "none"}), &[]);
        let tools = json!([{"type": "function", "function": {"name": "f"}}]);
        let choice = json!({"type": "function", "function": {"name": "g"}});
        check(&json!({"tools": tools, "tool_choice": choice}), &["tool_choice"]);
    }

    #[test]
    fn an_output_follows_its_call() {
        let call = json!({"type": "function_call", "call_id": "a", "name": "f", "arguments": "{}"});
        let output = json!({"type": "function_call_output", "call_id": "a", "output": "sun"});
        let check = |body: &Value, expected: &[&str]| check_body(Endpoint::Responses, body, expected);
        check(&json!({"input": [call, output]}), &[]);
        check(&json!({"input": [output]}), &["input[0]"]);
        check(&json!({"input": [call]}), &["input[0]"]);
        check(&json!({"input": [output], "previous_response_id": "resp_1"}), &[]);
        check(&json!({}), &["input"]);
    }

    #[test]
    fn a_result_follows_its_use() {
        let call = json!({"role": "assistant", "content": [{"type": "tool_use", "id": "a", "name": "f", "input": {}}]});
        let result = json!({"role": "user", "content": [{"type": "tool_result", "tool_use_id": "a", "content": "sun"}]});
        let check = |body: &Value, expected: &[&str]| check_body(Endpoint::Messages, body, expected);
        check(&json!({"messages": [call, result]}), &[]);
        check(&json!({"messages": [result]}), &["messages[0].content[0].tool_use_id"]);
        check(&json!({"messages": [call]}), &["messages[0]"]);
    }

    #[test]
    fn thoughts_are_part_of_the_answer() {
        let thinking = json!({"type": "enabled", "budget_tokens": 2048});
        check_body(Endpoint::Messages, &json!({"max_tokens": 1024, "thinking": thinking}), &["max_tokens"]);
    }
}
