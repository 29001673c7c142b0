//! With curl, as examples run it.

use super::*;

async fn check_chat(more: &[&str], version: &str) {
    let world = World::mock().await;
    let session = world.gateway.session("guide.md:12");
    let key = format!("x-portkey-api-key: {}", world.credential("portkey"));
    let call = [PORTKEY, "-H", &key, "--json", CHAT, "-w", " HTTP/%{http_version} %{http_code}"];
    let Some(output) = world.curl(&session, &[&call, more].concat()).await else { return };
    let exchanges = session.take();
    let [exchange] = exchanges.as_slice() else { panic!("{exchanges:?} {output:?}") };
    assert_eq!(text(&output.stdout), format!("{} HTTP/{version} 200", body_of(exchange)));
    assert_eq!(exchange.provider.as_deref(), Some("portkey"));
    assert_eq!(exchange.request.scheme, Scheme::Https);
    assert_eq!((exchange.request.host.as_str(), exchange.request.port), ("api.portkey.ai", 443));
    assert_eq!(exchange.request.path, "/v1/chat/completions");
    assert_eq!(exchange.request.body, CHAT.as_bytes());
    assert!(!exchange.request.headers.iter().any(|(name, _)| name.starts_with("proxy-")));
    assert_eq!(session.take(), []);
}

/// What the gateway that stands alone says to curl at a path of Portkey's.
async fn check_alone(path: &str, more: &[&str], expected: &str) {
    let world = World::mock().await;
    let session = world.gateway.session("alone");
    let key = format!("x-portkey-api-key: {}", world.credential("portkey"));
    let url = format!("http://{}/portkey/v1/{path}", world.gateway.address());
    let call = [&url, "--noproxy", "*", "-H", &key, "-H", "x-portkey-provider: @openai"];
    let Some(output) = world.curl(&session, &[&call, more].concat()).await else { return };
    assert!(text(&output.stdout).contains(expected), "{output:?}");
}

#[tokio::test]
async fn a_form_is_answered_by_portkey_alone() {
    let form = ["-F", "file=sound;filename=talk.mp3", "-F", "model=whisper-1"];
    check_alone("audio/transcriptions", &form, "The mock gateway heard: talk.mp3").await;
}

#[tokio::test]
async fn a_file_is_found_and_deleted_by_portkey_alone() {
    check_alone("files/file-1", &[], "\"filename\"").await;
    check_alone("files/file-1", &["-X", "DELETE"], "\"deleted\":true").await;
}

#[tokio::test]
async fn speaks_http_2_through_a_tunnel() {
    check_chat(&[], "2").await;
}

#[tokio::test]
async fn speaks_http_1_through_a_tunnel() {
    check_chat(&["--http1.1"], "1.1").await;
}

#[tokio::test]
async fn reaches_a_local_address_in_plain_http() {
    let world = World::mock().await;
    let session = world.gateway.session("local");
    let Some(output) = world.curl(&session, &["http://localhost:11434/v1/models?a=b"]).await else {
        return;
    };
    let exchanges = session.take();
    let [exchange] = exchanges.as_slice() else { panic!("{exchanges:?} {output:?}") };
    assert_eq!(exchange.provider.as_deref(), Some("ollama"));
    assert_eq!(exchange.request.scheme, Scheme::Http);
    assert_eq!((exchange.request.host.as_str(), exchange.request.port), ("localhost", 11434));
    assert_eq!((exchange.request.path.as_str(), exchange.request.query.as_str()), ("/v1/models", "a=b"));
    assert_eq!(text(&output.stdout), body_of(exchange));
}

#[tokio::test]
async fn gets_a_stream_whole() {
    let world = World::mock().await;
    let session = world.gateway.session("stream");
    let key = format!("x-portkey-api-key: {}", world.credential("portkey"));
    let Some(output) = world.curl(&session, &["-N", PORTKEY, "-H", &key, "--json", STREAM]).await else {
        return;
    };
    let exchanges = session.take();
    let [exchange] = exchanges.as_slice() else { panic!("{exchanges:?}") };
    assert!(exchange.answer.chunks.len() > 2, "{exchange:?}");
    assert_eq!(text(&output.stdout), body_of(exchange));
}

#[tokio::test]
async fn is_told_of_an_unknown_host() {
    let world = World::mock().await;
    let session = world.gateway.session("unknown");
    let call = ["-f", "-D", "-", "https://shop.example.com/cart"];
    let Some(output) = world.curl(&session, &call).await else { return };
    assert_eq!(output.status.code(), Some(22));
    assert!(text(&output.stdout).contains(&format!("{UNSENT}: shop.example.com")), "{output:?}");
    let unsent: Vec<_> = session.take().into_iter().map(|exchange| exchange.unsent).collect();
    assert_eq!(unsent, [Some(Unsent::UnknownHost("shop.example.com".to_owned()))]);
}

#[tokio::test]
async fn refuses_without_the_certificate() {
    let world = World::mock().await;
    let session = world.gateway.session("untrusting");
    let other = World::mock().await;
    let authority = other.authority.path().to_str().unwrap();
    let Some(output) = world.curl(&session, &["--cacert", authority, PORTKEY]).await else { return };
    assert_eq!(output.status.code(), Some(60), "{output:?}");
    assert_eq!(session.take(), []);
}

#[tokio::test]
async fn sends_a_large_body_after_asking() {
    let world = World::mock().await;
    let session = world.gateway.session("large");
    let mut file = NamedTempFile::new().unwrap();
    file.write_all(&vec![b'a'; 2_000_000]).unwrap();
    let data = format!("@{}", file.path().display());
    let call = ["--http1.1", "http://localhost:11434/v1/chat/completions", "--data-binary", &data];
    if world.curl(&session, &call).await.is_some() {
        assert_eq!(session.take().first().unwrap().request.body.len(), 2_000_000);
    }
}
