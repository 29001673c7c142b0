//! What clients see of faults.

use super::*;
use proofpress::gateway::faults::Plan;

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
