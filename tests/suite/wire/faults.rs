//! What clients see of faults.

use super::*;
use proofpress::gateway::faults::Plan;
use proofpress::gateway::faults::rules::Rule;

async fn curl(plan: &str, more: &[&str]) -> Option<Output> {
    let world = World::mock().await;
    let session = world.gateway.session("fault");
    let (plan, problems) = Plan::parse(plan, 0, Code::BadAttribute).into_parts();
    assert_eq!(problems, []);
    session.plan_faults(plan);
    let key = format!("x-portkey-api-key: {}", world.credential("portkey"));
    let call = ["-H", &key, "--json", STREAM, "-D", "-"];
    let output = world.curl(&session, &[more, &call].concat()).await;
    world.gateway.stop().await;
    output
}

async fn check_exit(plan: &str, more: &[&str], exit: i32) {
    if let Some(output) = curl(plan, more).await {
        assert_eq!(output.status.code(), Some(exit), "{output:?}");
    }
}

#[tokio::test]
async fn a_connection_is_reset() {
    // 56 and 16: the connection, or the stream of HTTP/2, ended before there was an answer.
    check_exit("reset", &["--http1.1", PORTKEY], 56).await;
    check_exit("reset", &["http://localhost:11434/v1/chat/completions"], 56).await;
}

#[tokio::test]
async fn a_handshake_fails() {
    check_exit("tls", &[PORTKEY], 35).await;
    check_exit("tls,ok", &["--retry", "1", "--retry-all-errors", "--retry-delay", "0", PORTKEY], 0).await;
}

#[tokio::test]
async fn handshakes_and_requests_of_names_without_a_session_are_counted_together() {
    let (plan, _) = Plan::parse("tls,429", 0, Code::Setting).into_parts();
    let faults = vec![Rule::of(plan, "tls,429")];
    let world = World::of(Options { faults, ..Options::default() }).await;
    // Of `nobody`, with the beginning of a handshake.
    let head = "CONNECT api.openai.com:443 HTTP/1.1\r\nhost: api.openai.com\r\nproxy-authorization: Basic bm9ib2R5Ong=\r\n\r\n\u{16}";
    let answer = world.raw(head.as_bytes()).await;
    assert!(answer.ends_with("\u{15}\u{3}\u{3}\0\u{2}\u{2}("), "{answer:?}");
    let answer = world.raw(b"GET http://api.openai.com/v1/models HTTP/1.1\r\nhost: api.openai.com\r\nproxy-authorization: Basic bm9ib2R5Ong=\r\nconnection: close\r\n\r\n").await;
    assert!(answer.starts_with("HTTP/1.1 429 "), "{answer:?}");
}

#[tokio::test]
async fn what_goes_wrong_with_a_request_that_is_not_played_leaves_it_its_reason() {
    let world = World::mock().await;
    let session = world.gateway.session("fault");
    let (plan, _) = Plan::parse("slow:1ms,reset,503", 0, Code::BadAttribute).into_parts();
    session.plan_faults(plan);
    let (host, path) = ("api.openai.com".to_owned(), "/v1/fine_tuning/jobs".to_owned());
    let authorization = format!("Bearer {}", world.credential("openai"));
    let headers = vec![("authorization".to_owned(), authorization)];
    let request = Request { host, path, headers, ..chat("", CHAT) };
    let exchange = session.send(request.clone()).await.unwrap();
    let Some(Unsent::NotPlayed(subject)) = &exchange.unsent else { panic!("{exchange:?}") };
    assert_eq!((exchange.answer.status, exchange.answer.header(UNSENT)), (502, Some(subject.as_str())));
    assert!(body_of(&exchange).contains("nothing was sent"), "{}", body_of(&exchange));
    assert_eq!(exchange.findings, []);
    assert!(session.send(request.clone()).await.unwrap().unsent.is_some());
    let exchange = session.send(request).await.unwrap();
    assert_eq!((exchange.answer.status, exchange.unsent), (503, None));
}

#[tokio::test]
async fn a_stream_breaks_off() {
    check_exit("cut:2", &["--http1.1", PORTKEY], 18).await;
    let Some(output) = curl("cut:2", &[PORTKEY]).await else { return };
    assert_ne!(output.status.code(), Some(0));
    assert_eq!(text(&output.stdout).matches("data: ").count(), 2, "{output:?}");
}

#[tokio::test]
async fn a_refusal_has_its_headers() {
    let Some(output) = curl("429+retry-after:9", &[PORTKEY]).await else { return };
    let head = text(&output.stdout);
    assert!(head.contains("429") && head.contains("retry-after: 9"), "{head}");
}
