//! What bodies have against the tables.

use serde_json::json;

use super::*;

#[track_caller]
fn check_body(endpoint: Endpoint, body: &Value, expected: &[(&str, Fault)]) {
    let complaints = check(endpoint, body, &[]);
    let found: Vec<(String, Fault)> =
        complaints.iter().map(|complaint| (complaint.path.to_string(), complaint.fault.clone())).collect();
    let expected: Vec<(String, Fault)> =
        expected.iter().map(|(path, fault)| ((*path).to_owned(), fault.clone())).collect();
    assert_eq!(found, expected);
}

#[track_caller]
fn check_chat(extra: &Value, path: &str, fault: &Fault) {
    let mut body = json!({"model": "gpt-5.5", "messages": [{"role": "user", "content": "Hi"}]});
    for (key, value) in extra.as_object().into_iter().flatten() {
        body[key] = value.clone();
    }
    check_body(Endpoint::ChatCompletions, &body, &[(path, fault.clone())]);
}

fn unknown(near: Option<&str>) -> Fault {
    Fault::Unknown { near: near.map(str::to_owned) }
}

#[test]
fn every_table_is_read() {
    for endpoint in
        Endpoint::ALL.iter().filter(|endpoint| endpoint.methods(endpoint.path()).contains(&"POST"))
    {
        let complaints = check(*endpoint, &json!({"zzzz": 1}), &[]);
        assert!(complaints.iter().any(|found| found.fault == unknown(None)), "{endpoint}");
        if endpoint.takes_form() || *endpoint == Endpoint::Batches {
            continue;
        }
        let known = check(*endpoint, &json!({"model": 1}), &[]);
        assert!(known.iter().any(|found| matches!(found.fault, Fault::Type { .. })), "{endpoint}");
    }
}

#[test]
fn a_number_above_its_bound() {
    let fault = Fault::Above { bound: 2.0, value: 5.0, whole: false };
    check_chat(&json!({"temperature": 5}), "temperature", &fault);
}

#[test]
fn a_number_below_its_bound() {
    check_chat(&json!({"n": 0}), "n", &Fault::Below { bound: 1.0, value: 0.0, whole: true });
}

#[test]
fn a_text_is_no_number() {
    let fault = Fault::Type { wanted: "a number".to_owned(), found: "a string" };
    check_chat(&json!({"temperature": "0.7"}), "temperature", &fault);
}

#[test]
fn a_misspelt_parameter_has_a_neighbour() {
    check_chat(&json!({"max_token": 1}), "max_token", &unknown(Some("max_tokens")));
}

#[test]
fn a_value_outside_of_its_set() {
    let known = vec!["text".to_owned(), "json_object".to_owned(), "json_schema".to_owned()];
    let fault = Fault::Value { value: "json".to_owned(), known };
    check_chat(&json!({"response_format": {"type": "json"}}), "response_format.type", &fault);
}

#[test]
fn an_empty_list_of_messages() {
    check_chat(&json!({"messages": []}), "messages", &Fault::Empty);
}

#[test]
fn a_list_that_is_too_long() {
    check_chat(&json!({"stop": ["a", "b", "c", "d", "e"]}), "stop", &Fault::TooMany { most: 4, length: 5 });
}

#[test]
fn null_is_taken_where_the_table_says_so() {
    let body = json!({"model": "m", "messages": [{"role": "user", "content": "Hi"}], "stop": null});
    check_body(Endpoint::ChatCompletions, &body, &[]);
}

#[test]
fn a_message_is_an_object_with_a_role_that_is_known() {
    let text = Fault::Type { wanted: "an object".to_owned(), found: "a string" };
    check_chat(&json!({"messages": ["Hi"]}), "messages[0]", &text);
    check_chat(&json!({"messages": [{"content": "Hi"}]}), "messages[0].role", &Fault::Missing);
    let known = ["system", "assistant", "user", "function", "tool", "developer"].map(str::to_owned).to_vec();
    let fault = Fault::Value { value: "human".to_owned(), known };
    check_chat(&json!({"messages": [{"role": "human", "content": "Hi"}]}), "messages[0].role", &fault);
}

#[test]
fn an_answer_of_a_tool_says_which_call() {
    let messages = json!({"messages": [{"role": "tool", "content": "sun"}]});
    check_chat(&messages, "messages[0].tool_call_id", &Fault::Missing);
}

#[test]
fn parts_of_messages_are_looked_into() {
    let part = |part: Value| json!({"messages": [{"role": "user", "content": [part]}]});
    let place = "messages[0].content[0]";
    let missing = &Fault::Missing;
    check_chat(&part(json!({"type": "image_url"})), &format!("{place}.image_url"), missing);
    check_chat(
        &part(json!({"type": "image_url", "image_url": {}})),
        &format!("{place}.image_url.url"),
        missing,
    );
    let fault = Fault::Type { wanted: "an object".to_owned(), found: "a string" };
    let url = part(json!({"type": "image_url", "image_url": "https://example.com/a.png"}));
    check_chat(&url, &format!("{place}.image_url"), &fault);
    check_chat(
        &part(json!({"type": "text", "txt": "a", "text": "b"})),
        &format!("{place}.txt"),
        &unknown(Some("text")),
    );
}

#[test]
fn tools_are_looked_into() {
    let tools = |tool: Value| json!({"tools": [tool]});
    check_chat(&tools(json!({"function": {"name": "f"}})), "tools[0].type", &Fault::Missing);
    check_chat(
        &tools(json!({"type": "function", "function": {}})),
        "tools[0].function.name",
        &Fault::Missing,
    );
    let flat = json!({"model": "m", "messages": [{"role": "user", "content": "Hi"}], "tools": [{"type": "function", "name": "f"}]});
    let expected = [("tools[0].function", Fault::Missing), ("tools[0].name", unknown(None))];
    check_body(Endpoint::ChatCompletions, &flat, &expected);
}

#[test]
fn what_is_nearest_to_the_top_comes_first() {
    let body = json!({"messages": [{"role": "user"}], "model": 1});
    let complaints = check(Endpoint::ChatCompletions, &body, &[]);
    let places: Vec<String> = complaints.iter().map(|complaint| complaint.path.to_string()).collect();
    assert_eq!(places, ["model", "messages[0].content"]);
}

#[test]
fn googles_names_may_have_underscores() {
    let body =
        json!({"contents": [{"parts": [{"text": "Hi"}]}], "generation_config": {"max_output_tokens": 0}});
    let fault = Fault::Below { bound: 1.0, value: 0.0, whole: true };
    check_body(Endpoint::GenerateContent, &body, &[("generation_config.max_output_tokens", fault)]);
    let body = json!({"contents": [{"parts": [{"txt": "Hi"}]}]});
    check_body(Endpoint::GenerateContent, &body, &[("contents[0].parts[0].txt", unknown(Some("text")))]);
}

#[test]
fn a_tool_of_anthropics_has_a_schema_or_a_type() {
    let body = |tool: Value| json!({"model": "m", "max_tokens": 1, "tools": [tool], "messages": [{"role": "user", "content": "Hi"}]});
    let check =
        |tool: Value, expected: &[(&str, Fault)]| check_body(Endpoint::Messages, &body(tool), expected);
    check(json!({"name": "f", "input_schema": {"type": "object"}}), &[]);
    check(json!({"type": "web_search_20250305", "name": "web_search"}), &[]);
    check(json!({"name": "f"}), &[("tools[0].input_schema", Fault::Missing)]);
}

#[test]
fn a_form_has_texts_for_numbers() {
    let form = json!({"model": "whisper-1", "file": {"filename": "a.mp3"}, "temperature": "2"});
    let fault = Fault::Above { bound: 1.0, value: 2.0, whole: false };
    check_body(Endpoint::Transcriptions, &form, &[("temperature", fault)]);
}
