//! What providers of other dialects than OpenAI's answer, and where each looks for what it needs.

use super::*;

const GOOGLE: &str =
    "POST https://generativelanguage.googleapis.com/v1beta/models/gemini-3.8-flash:generateContent";
const GOOGLE_KEY: &[&str] = &["x-goog-api-key: $GEMINI_API_KEY"];
const CONTENTS: &str = r#"{"contents": [{"role": "user", "parts": [{"text": "Hi"}]}]}"#;
const MESSAGES: &str =
    r#"{"model": "claude-sonnet-4-6", "max_tokens": 64, "messages": [{"role": "user", "content": "Hi"}]}"#;

fn body(line: &str, headers: &[&str], body: &str) -> Value {
    serde_json::from_str(&mock().answer(&request(line, headers, body)).answer.body_text()).unwrap()
}

#[test]
fn google_takes_its_key_in_a_header_or_in_the_query() {
    check(GOOGLE, GOOGLE_KEY, CONTENTS, (200, &[]));
    let key = for_variable(mock().profiles(), "GEMINI_API_KEY").unwrap();
    check(&format!("{GOOGLE}?key={key}"), &[], CONTENTS, (200, &[]));
    check(&format!("{GOOGLE}?key=YOUR_API_KEY"), &[], CONTENTS, (200, &[]));
    let help = "missing-credential at credential: send `x-goog-api-key: $GEMINI_API_KEY`";
    check(GOOGLE, &[], CONTENTS, (403, &[help]));
    let help = "wrong-credential at credential: use the credential of Google Gemini, `GEMINI_API_KEY`";
    check(GOOGLE, &["x-goog-api-key: $OPENAI_API_KEY"], CONTENTS, (400, &[help]));
}

#[test]
fn googles_base_for_clients_of_openai_takes_a_bearer_only() {
    let line = "POST https://generativelanguage.googleapis.com/v1beta/openai/chat/completions";
    check(line, &["Authorization: Bearer $GEMINI_API_KEY"], &chat("gemini-3.8-flash"), (200, &[]));
    let (status, findings) =
        outcome(&request(&format!("{line}?key=YOUR_KEY"), &[], &chat("gemini-3.8-flash")));
    assert_eq!((status, findings.len()), (400, 1), "{findings:?}");
    assert_eq!(body(line, &[], "{}")[0]["error"]["status"], "INVALID_ARGUMENT");
    let unknown = chat("gemini-3.8-flash").replace("}]}", r#"}], "top_k": 1}"#);
    let found = body(line, &["Authorization: Bearer $GEMINI_API_KEY"], &unknown);
    let message = "Invalid JSON payload received. Unknown name \"top_k\": Cannot find field.";
    assert_eq!(found[0]["error"]["message"], message);
}

#[test]
fn google_answers_in_its_own_words() {
    let found = body(GOOGLE, GOOGLE_KEY, CONTENTS);
    assert_eq!(found["modelVersion"], "gemini-3.8-flash");
    let wrong = GOOGLE.replace("3.8", "9.9");
    let found = body(&wrong, GOOGLE_KEY, CONTENTS);
    assert_eq!(found["error"]["status"], "NOT_FOUND");
    let found = body(
        GOOGLE,
        GOOGLE_KEY,
        r#"{"contents": [{"parts": [{"text": "Hi"}]}], "generationConfig": {"maxTokens": 5}}"#,
    );
    let message = "Invalid JSON payload received. Unknown name \"maxTokens\" at 'generation_config': Cannot find field.";
    assert_eq!(found["error"]["message"], message);
}

#[test]
fn google_streams_as_it_is_asked_to() {
    let line = GOOGLE.replace(":generate", ":streamGenerate");
    let kind = |line: &str| {
        let exchange = mock().answer(&request(line, GOOGLE_KEY, CONTENTS));
        exchange.answer.header("content-type").unwrap().to_owned()
    };
    assert_eq!(kind(&line), "application/json; charset=UTF-8");
    assert_eq!(kind(&format!("{line}?alt=sse")), "text/event-stream");
}

#[test]
fn the_rest_of_google_is_there() {
    let at = |rest: &str| format!("https://generativelanguage.googleapis.com/v1beta/models{rest}");
    check(&format!("GET {}", at("")), GOOGLE_KEY, "", (200, &[]));
    check(&format!("GET {}", at("/gemini-3.8-flash")), GOOGLE_KEY, "", (200, &[]));
    check(&format!("POST {}", at("/gemini-3.8-flash:countTokens")), GOOGLE_KEY, CONTENTS, (200, &[]));
    let content = r#"{"content": {"parts": [{"text": "Hi"}]}}"#;
    check(&format!("POST {}", at("/gemini-embedding-001:embedContent")), GOOGLE_KEY, content, (200, &[]));
    let help = "wrong-path at path: the base URL is `https://generativelanguage.googleapis.com/v1beta`";
    let line = "POST https://generativelanguage.googleapis.com/models/gemini-3.8-flash:generateContent";
    check(line, GOOGLE_KEY, CONTENTS, (404, &[help]));
}

#[test]
fn azure_has_deployments_and_versions() {
    let key = &["api-key: $AZURE_OPENAI_API_KEY"];
    let body = r#"{"messages": [{"role": "user", "content": "Hi"}]}"#;
    let line = "POST https://docs.openai.azure.com/openai/deployments/my-gpt/chat/completions";
    check(&format!("{line}?api-version=2024-10-21"), key, body, (200, &[]));
    check(line, key, body, (404, &["wrong-path at path: add `?api-version=` to the URL"]));
    check("POST https://docs.openai.azure.com/openai/v1/chat/completions", key, &chat("my-gpt"), (200, &[]));
    let (status, _) = outcome(&request(&format!("{line}?api-version=2024-10-21"), &[], body));
    assert_eq!(status, 401);
}

#[test]
fn anthropic_counts_tokens_and_lists_models() {
    let headers = &["x-api-key: $ANTHROPIC_API_KEY", "anthropic-version: 2023-06-01"];
    let counted = r#"{"model": "claude-sonnet-4-6", "messages": [{"role": "user", "content": "Hi"}]}"#;
    check("POST https://api.anthropic.com/v1/messages/count_tokens", headers, counted, (200, &[]));
    assert_eq!(body("GET https://api.anthropic.com/v1/models", headers, "")["data"][0]["type"], "model");
    let image = MESSAGES.replace("\"Hi\"", r#"[{"type": "image"}]"#);
    let help = "bad-parameter at body messages[0].content[0]: add `source`";
    check("POST https://api.anthropic.com/v1/messages", headers, &image, (400, &[help]));
    let found = body("POST https://api.anthropic.com/v1/messages", headers, &image);
    assert_eq!(found["error"]["message"], "messages.0.content.0.source: Field required");
}

#[test]
fn a_request_has_an_id_where_the_provider_gives_one() {
    let headers = &["x-api-key: $ANTHROPIC_API_KEY", "anthropic-version: 2023-06-01"];
    let exchange = mock().answer(&request("POST https://api.anthropic.com/v1/messages", headers, "{}"));
    let error: Value = serde_json::from_str(&exchange.answer.body_text()).unwrap();
    assert_eq!(error["request_id"].as_str(), exchange.answer.header("request-id"));
    let exchange = mock().answer(&request(OPENAI, OPENAI_KEY, &chat("gpt-5.5")));
    assert!(exchange.answer.header("x-request-id").is_some_and(|id| id.starts_with("req_")));
}

#[test]
fn ollama_says_at_each_base_what_it_says_there() {
    let wrong = r#"{"model": 1, "messages": []}"#;
    let found = body("POST http://localhost:11434/api/chat", &[], wrong);
    assert!(found["error"].as_str().unwrap().starts_with("json: cannot unmarshal number"), "{found}");
    let found = body("POST http://localhost:11434/v1/chat/completions", &[], wrong);
    assert!(found["error"]["message"].is_string(), "{found}");
}

#[test]
fn mistral_and_groq_refuse_what_they_do_not_know() {
    let unknown =
        |model: &str| chat(model).replace("}]}", r#"}], "store": true, "logit_bias": {}, "zzzz": 1}"#);
    let found = body(
        "POST https://api.mistral.ai/v1/chat/completions",
        &["Authorization: Bearer $MISTRAL_API_KEY"],
        &unknown("mistral-large-latest"),
    );
    assert_eq!(found["message"]["detail"][0]["loc"][1], "zzzz");
    let found = body(
        "POST https://api.groq.com/openai/v1/chat/completions",
        &["Authorization: Bearer $GROQ_API_KEY"],
        &unknown("openai/gpt-oss-120b"),
    );
    assert_eq!(found["error"]["message"], "property 'zzzz' is unsupported");
}

#[test]
fn a_model_takes_not_every_parameter() {
    let with = |model: &str, more: &str| chat(model).replace("}]}", &format!("}}], {more}}}"));
    let help = "bad-parameter at body max_tokens: write `max_completion_tokens`";
    check(OPENAI, OPENAI_KEY, &with("gpt-5.5", r#""max_tokens": 64"#), (400, &[help]));
    check(OPENAI, OPENAI_KEY, &with("gpt-5.5", r#""max_completion_tokens": 64"#), (200, &[]));
    check(OPENAI, OPENAI_KEY, &with("gpt-4o", r#""max_tokens": 64, "temperature": 0.5"#), (200, &[]));
    check(OPENAI, OPENAI_KEY, &with("gpt-5-mini", r#""temperature": 1"#), (200, &[]));
    let help = "bad-parameter at body temperature: take it out: this model takes 1 alone";
    check(OPENAI, OPENAI_KEY, &with("gpt-5-mini", r#""temperature": 0.5"#), (400, &[help]));
    let found = body(OPENAI, OPENAI_KEY, &with("gpt-5-mini", r#""temperature": 0.5"#));
    assert_eq!(found["error"]["code"], "unsupported_value");
}

#[test]
fn rules_between_members_are_held() {
    let with = |more: &str| chat("gpt-5.5").replace("}]}", more);
    let stray = with(r#"}, {"role": "tool", "tool_call_id": "a", "content": "sun"}]}"#);
    let help = "bad-parameter at body messages[1].role: put the assistant's message with `tool_calls` before it, with the same id";
    check(OPENAI, OPENAI_KEY, &stray, (400, &[help]));
    let open = with(
        r#"}], "tools": [{"type": "function", "function": {"name": "f", "strict": true, "parameters": {"type": "object"}}}]}"#,
    );
    let help = "bad-parameter at body tools[0].function.parameters: add `\"additionalProperties\": false`";
    check(OPENAI, OPENAI_KEY, &open, (400, &[help]));
    assert_eq!(body(OPENAI, OPENAI_KEY, &open)["error"]["code"], "invalid_function_parameters");
    // Others pass it on to a model that may know better.
    let groq = "POST https://api.groq.com/openai/v1/chat/completions";
    let key = &["Authorization: Bearer $GROQ_API_KEY"];
    check(groq, key, &open.replace("gpt-5.5", "openai/gpt-oss-120b"), (200, &[]));
}

#[test]
fn the_path_of_a_gateway_has_segments_of_the_readers_own() {
    let base = "https://gateway.ai.cloudflare.com/v1/my-account/my-gateway";
    check(&format!("POST {base}/compat/chat/completions"), &[], &chat("openai/gpt-5.5"), (200, &[]));
    check(
        &format!("POST {base}/anthropic/v1/messages"),
        &["anthropic-version: 2023-06-01"],
        MESSAGES,
        (200, &[]),
    );
}

#[test]
fn a_route_of_kong_is_an_endpoint_itself_and_knows_its_model() {
    let hi = r#"{"messages": [{"role": "user", "content": "Hi"}]}"#;
    let at = |path: &str| format!("POST https://docs.kongcloud.dev{path}");
    for path in ["/chat", "/ai/chat", "/openai/chat/completions", "/ai/openai/chat/completions"] {
        check(&at(path), &["apikey: $KONG_API_KEY"], hi, (200, &[]));
    }
    assert_eq!(body(&at("/chat"), &[], hi)["model"], "gpt-5.5");
    let said = body(&at("/chat"), &[], "{\"messages\": ");
    let message = "content-type header does not match request body, or bad JSON formatting";
    assert_eq!(said["error"]["message"], message);
    check(
        &at("/openai/embeddings"),
        &[],
        r#"{"model": "text-embedding-3-small", "input": "Hi"}"#,
        (200, &[]),
    );
    let help = "wrong-method at method: send it with `POST` and a body, in curl with `-d '{…}'`";
    let (status, findings) = outcome(&request("GET https://docs.kongcloud.dev/chat", &[], ""));
    assert_eq!((status, findings), (400, vec![help.to_owned()]));
    check(&at("/chat"), &[], "{}", (400, &["bad-parameter at body : add `messages`"]));
}

#[test]
fn a_form_is_read_and_answered() {
    let form = "--XX\r\nContent-Disposition: form-data; name=\"model\"\r\n\r\nwhisper-1\r\n\
        --XX\r\nContent-Disposition: form-data; name=\"file\"; filename=\"talk.mp3\"\r\n\r\nab\r\n--XX--\r\n";
    let asked = |body: &str, kind: &str| {
        let mut asked = request("POST https://api.openai.com/v1/audio/transcriptions", OPENAI_KEY, body);
        asked.headers.retain(|(name, _)| name != "content-type");
        asked.headers.push(("content-type".to_owned(), kind.to_owned()));
        let exchange = mock().answer(&asked);
        (exchange.answer.status, exchange.answer.body_text())
    };
    let (status, said) = asked(form, "multipart/form-data; boundary=XX");
    assert_eq!(status, 200, "{said}");
    assert!(said.contains("talk.mp3"), "{said}");
    let (status, _) = asked(&form.replace("model", "modle"), "multipart/form-data; boundary=XX");
    assert_eq!(status, 400);
    let (status, _) = asked("{}", "application/json");
    assert_eq!(status, 400);
}

#[test]
fn what_stands_beside_the_models_is_answered() {
    let openai = |line: &str, body: &str| check(line, OPENAI_KEY, body, (200, &[]));
    openai("POST https://api.openai.com/v1/moderations", r#"{"input": "Hi"}"#);
    openai(
        "POST https://api.openai.com/v1/images/generations",
        r#"{"model": "gpt-image-1", "prompt": "a cat"}"#,
    );
    openai(
        "POST https://api.openai.com/v1/audio/speech",
        r#"{"model": "tts-1", "input": "Hi", "voice": "alloy"}"#,
    );
    let batch = r#"{"input_file_id": "file-1", "endpoint": "/v1/embeddings", "completion_window": "24h"}"#;
    openai("POST https://api.openai.com/v1/batches", batch);
    openai("GET https://api.openai.com/v1/batches/batch_1", "");
    openai("GET https://api.openai.com/v1/files/file-1/content", "");
    openai("DELETE https://api.openai.com/v1/files/file-1", "");
}

proptest::proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig::with_cases(256))]

    #[test]
    fn hostile_bodies_are_answered(which in 0..12_usize, body in "(\\{\"(contents|messages|tools|input|generationConfig|file|prompt)\": ?(\\[|\\{|\\}|\\]|\"[a-z]{0,6}\":?|-?[0-9]{1,30}|null|,|.{0,4}){0,9}\\}|.{0,40})") {
        let lines = [
            GOOGLE, OPENAI, "POST https://api.anthropic.com/v1/messages", "POST http://localhost:11434/api/chat",
            "POST https://api.openai.com/v1/responses", "POST https://api.openai.com/v1/images/edits",
            "POST https://api.openai.com/v1/audio/transcriptions", "POST https://api.openai.com/v1/moderations",
            "POST https://a.openai.azure.com/openai/deployments/x/chat/completions?api-version=1",
            "POST https://api.mistral.ai/v1/chat/completions", "POST http://localhost:11434/api/embed",
            "POST https://generativelanguage.googleapis.com/v1beta/models/x:batchEmbedContents?alt=sse",
        ];
        let exchange = mock().answer(&request(lines[which], GOOGLE_KEY, &body));
        proptest::prop_assert!(exchange.answer.status >= 200);
    }
}
