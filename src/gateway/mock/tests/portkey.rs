//! What the two Portkey gateways answer to right and wrong requests.

use super::*;

const GATEWAY: &str = "POST http://localhost:8787/v1/chat/completions";

#[test]
fn portkey_drops_and_clamps_parameters_and_says_nothing() {
    let body = r#"{"model": "@openai/gpt-5.5", "messages": [{"role": "user", "content": "Hi"}], "temperature": 5, "max_token": 1}"#;
    let expected = [
        "warning bad-parameter at body temperature: the gateway sends 2 in its place",
        "warning unknown-parameter at key max_token: write `max_tokens`",
    ];
    check(PORTKEY, PORTKEY_KEY, body, (200, &expected));
}

#[test]
fn headers_that_portkey_loses_are_warnings() {
    let headers = [
        PORTKEY_KEY[0],
        "x-portkey-metadata: {'team': 'docs'}",
        "x-portkey-metdata: {}",
        "x-portkey-forward-headers: ['a', 'b']",
    ];
    let expected = [
        "warning ignored-header at x-portkey-metadata : write a JSON object with double quotes: `{\"team\": \"docs\"}`",
        "warning ignored-header at header x-portkey-metdata: write `x-portkey-metadata`",
        "warning ignored-header at x-portkey-forward-headers : write the names divided by commas",
    ];
    check(PORTKEY, &headers, &chat("@openai/gpt-5.5"), (200, &expected));
}

#[test]
fn a_config_that_is_no_json_is_400() {
    let help = "bad-header at x-portkey-config : write JSON with double quotes in one line, or the id of a saved config, `pc-…`";
    check(PORTKEY, &[PORTKEY_KEY[0], "x-portkey-config: {oops"], &chat("@openai/gpt-5.5"), (400, &[help]));
    check(PORTKEY, &[PORTKEY_KEY[0], "x-portkey-config: pc-docs-1a2b3c"], &chat("gpt-5.5"), (200, &[]));
}

#[test]
fn a_config_routes() {
    let config = r#"x-portkey-config: {"strategy":{"mode":"fallback"},"targets":[{"provider":"@openai","override_params":{"model":"gpt-none"}},{"provider":"@anthropic","override_params":{"model":"claude-sonnet-4-6"}}]}"#;
    let request = request(PORTKEY, &[PORTKEY_KEY[0], config, "x-portkey-trace-id: t-1"], &chat("gpt-5.5"));
    let exchange = mock().answer(&request);
    assert_eq!(exchange.answer.status, 200);
    assert_eq!(exchange.answer.header("x-portkey-last-used-option-index"), Some("config.targets[1]"));
    assert_eq!(exchange.answer.header("x-portkey-provider"), Some("anthropic"));
    assert_eq!(exchange.answer.header("x-portkey-trace-id"), Some("t-1"));
    let places: Vec<String> = exchange.findings.iter().map(|finding| place(&finding.place)).collect();
    assert_eq!(places, ["x-portkey-config targets[0].override_params.model"]);
    assert!(!exchange.findings[0].is_error());
}

#[test]
fn a_refused_config_says_where() {
    let config = r#"x-portkey-config: {"strategy":{"mode":"falback"},"targets":[{"provider":"@openai"}]}"#;
    let request = request(PORTKEY, &[PORTKEY_KEY[0], config], &chat("gpt-5.5"));
    let (status, findings) = outcome(&request);
    assert_eq!(
        (status, findings[0].as_str()),
        (400, "refused-config at x-portkey-config strategy.mode: write `fallback`")
    );
}

#[test]
fn an_unknown_slug_is_400() {
    let help = "unknown-model at body model: write `@anthropic`";
    check(PORTKEY, PORTKEY_KEY, &chat("@antropic/claude-sonnet-4-6"), (400, &[help]));
    let headers = [PORTKEY_KEY[0], "x-portkey-provider: opnai"];
    check(
        PORTKEY,
        &headers,
        &chat("gpt-5.5"),
        (
            400,
            &[
                "bad-header at header x-portkey-provider: write `openai`, or `@` and the slug of an integration",
            ],
        ),
    );
}

#[test]
fn a_model_in_the_address_names_an_integration() {
    let asked = format!("{PORTKEY}?model=@your-slug/any");
    let body = r#"{"messages": [{"role": "user", "content": "Hi"}]}"#;
    let help = "warning bad-parameter at body : name a model: the gateway puts in one of its own";
    check(&asked, PORTKEY_KEY, body, (200, &[help]));
    let retry = r#"x-portkey-config: {"retry":{"attempts":1}}"#;
    check(&asked, &[PORTKEY_KEY[0], retry], body, (200, &[help]));
    let strange = asked.replace("@your-slug", "@opnai");
    check(&strange, PORTKEY_KEY, body, (400, &[help, "unknown-model at query model: write `@openai`"]));
    let bare = asked.replace("@your-slug/any", "gpt-5.5");
    check(&bare, PORTKEY_KEY, body, (400, &[help, "model-form at query model: write `@openai/gpt-5.5`"]));
}

#[test]
fn a_provider_by_its_name_needs_its_own_key() {
    let headers = [PORTKEY_KEY[0], "x-portkey-provider: openai", "Authorization: Bearer $OPENAI_API_KEY"];
    check(PORTKEY, &headers, &chat("gpt-5.5"), (200, &[]));
    let (status, findings) = outcome(&request(PORTKEY, &headers[..2], &chat("gpt-5.5")));
    assert_eq!(status, 401);
    assert!(findings[0].starts_with("missing-credential"), "{findings:?}");
}

#[test]
fn the_open_source_gateway_takes_names_and_own_keys() {
    let headers = ["x-portkey-provider: openai", "Authorization: Bearer $OPENAI_API_KEY"];
    check(GATEWAY, &headers, &chat("gpt-5.5"), (200, &[]));
    let help = "wrong-credential at header authorization: use the credential of OpenAI, `OPENAI_API_KEY`";
    let headers = ["x-portkey-provider: openai", "Authorization: Bearer $PORTKEY_API_KEY"];
    check(GATEWAY, &headers, &chat("gpt-5.5"), (401, &[help]));
    let help = "unknown-model at body model: write `gpt-5.4-mini`";
    let headers = ["x-portkey-provider: openai", "Authorization: Bearer $OPENAI_API_KEY"];
    check(GATEWAY, &headers, &chat("gpt-5.4-mimi"), (404, &[help]));
}

#[test]
fn the_open_source_gateway_has_no_accounts() {
    let help = "bad-header at header x-portkey-provider: write `openai`";
    let headers = ["x-portkey-provider: @openai", "Authorization: Bearer $OPENAI_API_KEY"];
    check(GATEWAY, &headers, &chat("gpt-5.5"), (400, &[help]));
    let help = "bad-header at x-portkey-config : write the config itself, as JSON in one line";
    check(GATEWAY, &["x-portkey-config: pc-docs-1a2b3c"], &chat("gpt-5.5"), (400, &[help]));
    let help = "bad-header at host: send `x-portkey-provider: openai`, or a config in `x-portkey-config`";
    check(GATEWAY, &["Authorization: Bearer $OPENAI_API_KEY"], &chat("gpt-5.5"), (400, &[help]));
    let slug = r#"x-portkey-config: {"provider":"@openai"}"#;
    let (status, findings) = outcome(&request(GATEWAY, &[slug], &chat("gpt-5.5")));
    assert_eq!(
        (status, findings[0].as_str()),
        (400, "refused-config at x-portkey-config provider: write `openai`")
    );
}

#[test]
fn what_the_reader_fills_into_headers_of_portkey_is_not_judged() {
    let host = "x-portkey-custom-host: YOUR_BASE_URL";
    let own = ["x-portkey-provider: openai", "Authorization: Bearer $OPENAI_API_KEY", host];
    check(PORTKEY, &[PORTKEY_KEY[0], own[0], own[1], host], &chat("my-model"), (200, &[]));
    check(PORTKEY, &[PORTKEY_KEY[0], host], &chat("@openai/my-model"), (200, &[]));
    check(GATEWAY, &own, &chat("my-model"), (200, &[]));
    check(PORTKEY, &[PORTKEY_KEY[0], "x-portkey-config: YOUR_CONFIG"], &chat("my-model"), (200, &[]));
    check(GATEWAY, &["x-portkey-config: YOUR_CONFIG"], &chat("my-model"), (200, &[]));
    let help = "bad-header at x-portkey-config : write the config itself, as JSON in one line";
    check(GATEWAY, &["x-portkey-config: pc-<id>"], &chat("my-model"), (400, &[help]));
}

#[test]
fn what_only_the_hosted_service_reads_is_said() {
    let headers = [
        "x-portkey-provider: openai",
        "Authorization: Bearer $OPENAI_API_KEY",
        "x-portkey-api-key: $PORTKEY_API_KEY",
    ];
    let help = "warning ignored-header at header x-portkey-api-key: take it out, or send the request to `https://api.portkey.ai/v1`";
    check(GATEWAY, &headers, &chat("gpt-5.5"), (200, &[help]));
    let cache =
        r#"x-portkey-config: {"provider":"openai","api_key":"OPENAI_API_KEY","cache":{"mode":"simple"}}"#;
    check(GATEWAY, &[cache], &chat("gpt-5.5"), (200, &["warning idle-config at x-portkey-config cache: "]));
}

#[test]
fn a_guardrail_keeps_a_request_back() {
    let guard = r#"x-portkey-config: {"provider":"@openai","input_guardrails":[{"default.contains":{"operator":"none","words":["Hi"]},"deny":true}]}"#;
    let help = "refused at x-portkey-config : a guardrail with `deny` keeps this request back: change the request or the check";
    check(PORTKEY, &[PORTKEY_KEY[0], guard], &chat("gpt-5.5"), (446, &[help]));
    // What the mock answers is made up, and so no guardrail looks at it.
    let guard = guard.replace("input_guardrails", "output_guardrails").replace("Hi", "e");
    check(PORTKEY, &[PORTKEY_KEY[0], &guard], &chat("gpt-5.5"), (200, &[]));
}

#[test]
fn a_config_that_is_never_answered_is_answered_at_once() {
    let config = r#"x-portkey-config: {"strategy":{"mode":"loadbalance"},"targets":[{"provider":"openai","api_key":"OPENAI_API_KEY","weight":0}]}"#;
    let (status, findings) = outcome(&request(GATEWAY, &[config], &chat("gpt-5.5")));
    assert_eq!(status, 500);
    assert!(
        findings.iter().any(|finding| finding.starts_with("idle-config at x-portkey-config targets")),
        "{findings:?}"
    );
}

#[test]
fn what_other_providers_are_sent_is_in_their_own_dialect() {
    let headers = [PORTKEY_KEY[0], "x-portkey-provider: @anthropic"];
    let exchange = mock().answer(&request(PORTKEY, &headers, &chat("claude-sonnet-4-6")));
    let body: Value = serde_json::from_slice(&exchange.answer.body()).unwrap();
    assert_eq!(
        (exchange.answer.status, &body["object"], &body["provider"]),
        (200, &"chat.completion".into(), &"anthropic".into())
    );
    let exchange = mock().answer(&request(PORTKEY, &[PORTKEY_KEY[0]], &chat("@google/gemini-2.5-flash")));
    let body: Value = serde_json::from_slice(&exchange.answer.body()).unwrap();
    assert_eq!((exchange.answer.status, &body["provider"]), (200, &"google".into()));
}
