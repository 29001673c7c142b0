//! Live gateways, whose world is a second gateway or a listener of the test.

use super::*;

#[tokio::test]
async fn a_placeholder_becomes_the_credential_of_the_environment() {
    let upstream = World::mock().await;
    let internet = upstream.gateway.session("");
    let key = upstream.credential("portkey");
    let world = World::live(&upstream, &[("PORTKEY_API_KEY", &key)]).await;
    for body in [CHAT, STREAM] {
        let exchange = world.gateway.session("x").send(chat("YOUR_API_KEY", body)).await.unwrap();
        assert_eq!((exchange.answer.status, exchange.findings.as_slice()), (200, [].as_slice()));
        let sent = internet.take();
        let [sent] = sent.as_slice() else { panic!("{sent:?}") };
        assert_eq!(sent.request.headers.iter().filter(|(_, value)| *value == key).count(), 1);
        assert_eq!(body_of(&exchange), body_of(sent));
        assert!(!format!("{exchange:?}").contains(&key));
    }
}

#[tokio::test]
async fn an_issued_credential_becomes_the_credential_of_the_environment() {
    let upstream = World::mock().await;
    let internet = upstream.gateway.session("");
    let world = World::live(&upstream, &[("PORTKEY_API_KEY", SECRET)]).await;
    let key = world.credential("portkey");
    let exchange = world.gateway.session("x").send(chat(&key, CHAT)).await.unwrap();
    let sent = internet.take();
    assert!(sent.first().unwrap().request.headers.iter().any(|(_, value)| value == SECRET));
    check_nowhere(&exchange);
    assert_eq!(exchange.answer.status, 401);
    let findings: Vec<_> = exchange.findings.iter().map(|finding| finding.code).collect();
    assert_eq!(findings, [Code::WrongCredential]);
}

#[tokio::test]
async fn the_credential_of_another_provider_is_not_given_away() {
    let upstream = World::mock().await;
    let internet = upstream.gateway.session("");
    let world =
        World::live(&upstream, &[("OPENAI_API_KEY", SECRET), ("PORTKEY_API_KEY", "another-secret")]).await;
    let exchange = world.gateway.session("x").send(chat(&world.credential("openai"), CHAT)).await.unwrap();
    assert!(!format!("{:?}", internet.take()).contains(SECRET));
    assert_eq!(exchange.answer.status, 401);
}

#[tokio::test]
async fn nothing_is_sent_without_a_credential() {
    let upstream = World::mock().await;
    let internet = upstream.gateway.session("");
    let world = World::live(&upstream, &[]).await;
    let exchange = world.gateway.session("x").send(chat("YOUR_API_KEY", CHAT)).await.unwrap();
    assert_eq!(exchange.unsent, Some(Unsent::NoCredential("PORTKEY_API_KEY".to_owned())));
    assert_eq!(internet.take(), []);
}

#[tokio::test]
async fn nothing_is_sent_to_a_host_that_nobody_knows() {
    let upstream = World::mock().await;
    let internet = upstream.gateway.session("");
    let world = World::live(&upstream, &[]).await;
    let request = Request { host: "llm.example.com".to_owned(), ..chat("key", CHAT) };
    let exchange = world.gateway.session("x").send(request).await.unwrap();
    assert_eq!(exchange.unsent, Some(Unsent::UnknownHost("llm.example.com".to_owned())));
    assert_eq!(internet.take(), []);
}

#[tokio::test]
async fn a_gateway_of_ones_own_gets_the_same_request() {
    let upstream = World::mock().await;
    let internet = upstream.gateway.session("");
    let key = upstream.credential("portkey");
    for base in ["/v1", "/v1/", "/portkey/v1", ""] {
        let url = format!("http://{}{base}", upstream.gateway.address()).parse().unwrap();
        let world = World::with(Mode::Url(url), &[]).await;
        let exchange = world.gateway.session("x").send(chat(&key, CHAT)).await.unwrap();
        assert_eq!(exchange.answer.status, 200, "{base} {}", body_of(&exchange));
        let sent = internet.take();
        assert_eq!(sent.first().unwrap().request.path, "/v1/chat/completions");
    }
}

#[tokio::test]
async fn a_credential_stays_as_it_is_where_the_environment_has_none() {
    let url = upstream(|request| {
        let has = request.contains("x-portkey-api-key: YOUR_API_KEY\r\n");
        format!("HTTP/1.1 {} X\r\ncontent-length: 2\r\n\r\n{{}}", if has { 200 } else { 500 }).into_bytes()
    });
    let world = World::with(Mode::Url(url.await.parse().unwrap()), &[]).await;
    let exchange = world.gateway.session("x").send(chat("YOUR_API_KEY", CHAT)).await.unwrap();
    assert_eq!(exchange.answer.status, 200);
}

#[tokio::test]
async fn what_is_kept_of_a_long_answer_is_its_beginning() {
    const MOST: usize = 16 << 20;
    let url = upstream(|_| {
        let long = "a".repeat(MOST - 4);
        // The second piece does not fit any more; the third one would.
        format!(
            "HTTP/1.1 200 X\r\ncontent-type: text/plain\r\ntransfer-encoding: chunked\r\n\r\n\
             {:x}\r\n{long}\r\n8\r\nbbbbbbbb\r\n4\r\ncccc\r\n0\r\n\r\n",
            long.len()
        )
        .into_bytes()
    });
    let world = World::with(Mode::Url(url.await.parse().unwrap()), &[]).await;
    let exchange = world.gateway.session("x").send(chat("YOUR_API_KEY", CHAT)).await.unwrap();
    let body = body_of(&exchange);
    assert_eq!((body.len(), body.trim_start_matches('a')), (MOST - 4, ""));
    assert_eq!(text(&exchange.request.body), CHAT);
}

#[tokio::test]
async fn a_secret_that_comes_back_is_struck_out() {
    let url = upstream(|request| {
        // Split in the middle of the secret, and once more in a header.
        let (start, end) = request.split_at(request.find("-9Xk2Lm").unwrap());
        format!(
            "HTTP/1.1 403 No\r\nx-echo: {SECRET}\r\ntransfer-encoding: chunked\r\n\r\n\
             {:x}\r\n{start}\r\n{:x}\r\n{end}\r\n0\r\n\r\n",
            start.len(),
            end.len()
        )
        .into_bytes()
    });
    let world = World::with(Mode::Url(url.await.parse().unwrap()), &[("PORTKEY_API_KEY", SECRET)]).await;
    let session = world.gateway.session("x");
    let exchange = session.send(chat("YOUR_API_KEY", CHAT)).await.unwrap();
    check_nowhere(&exchange);
    assert!(body_of(&exchange).contains("x-portkey-api-key: ***\r\n"), "{}", body_of(&exchange));
    let [finding] = exchange.findings.as_slice() else { panic!("{exchange:?}") };
    assert_eq!(finding.code, Code::Refused);
    assert!(finding.message.starts_with("`api.portkey.ai` answers 403: POST /v1/chat/completions "));
    let call = [PORTKEY, "-i", "-H", "x-portkey-api-key: YOUR_API_KEY", "--json", CHAT];
    if let Some(output) = world.curl(&session, &call).await {
        assert!(text(&output.stdout).contains("x-echo: ***"), "{output:?}");
        assert!(!text(&output.stdout).contains(SECRET), "{output:?}");
    }
}

async fn check_no_answer(answer: &'static [u8], reason: &str) {
    let url = upstream(move |_| answer.to_vec()).await;
    let world = World::with(Mode::Url(url.parse().unwrap()), &[("PORTKEY_API_KEY", SECRET)]).await;
    let session = world.gateway.session("x");
    let call = [PORTKEY, "-H", "x-portkey-api-key: YOUR_API_KEY", "--json", CHAT];
    if world.curl(&session, &call).await.is_none() {
        return;
    }
    let exchanges = session.take();
    let [exchange] = exchanges.as_slice() else { panic!("{exchanges:?}") };
    let [finding] = exchange.findings.as_slice() else { panic!("{exchange:?}") };
    assert_eq!(finding.code, Code::NoAnswer);
    assert!(finding.message.contains(reason), "{}", finding.message);
    check_nowhere(exchange);
}

#[tokio::test]
async fn an_answer_that_breaks_off_is_none() {
    check_no_answer(b"HTTP/1.1 200 OK\r\ncontent-length: 50\r\n\r\nabc", "the answer broke off").await;
}

#[tokio::test]
async fn an_answer_that_is_no_http_is_none() {
    check_no_answer(b"sk-or-v1-4711-9Xk2LmQ8ZtRwVb3N\r\n\r\n", "gave no answer").await;
}

#[tokio::test]
async fn an_answer_that_cannot_be_read_through_is_none() {
    check_no_answer(
        b"HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\ncontent-length: 3\r\n\r\nabc",
        "compressed",
    )
    .await;
}

#[tokio::test]
async fn a_host_that_does_not_listen_gives_no_answer() {
    // The port of a service that nobody has offered for decades (`tcpmux`).
    let world = World::with(Mode::Url("http://127.0.0.1:1/v1".parse().unwrap()), &[]).await;
    let exchange = world.gateway.session("x").send(chat("key", CHAT)).await.unwrap();
    assert_eq!(exchange.answer.status, 502);
    assert_eq!(exchange.findings.first().unwrap().code, Code::NoAnswer);
}

#[tokio::test]
async fn an_unreadable_bundle_of_certificates_is_an_error() {
    let environment = BTreeMap::from([("SSL_CERT_FILE".to_owned(), "/nowhere/at/all.pem".to_owned())]);
    let options = Options { mode: Mode::Live, environment, ..Options::default() };
    let error = Gateway::start(options).await.unwrap_err().to_string();
    assert!(error.contains("`/nowhere/at/all.pem` of `SSL_CERT_FILE` cannot be read"), "{error}");
}

#[tokio::test]
async fn a_gateway_that_would_ask_itself_does_not_start() {
    let port = 18_789;
    let mode = Mode::Url(format!("http://localhost:{port}/v1").parse().unwrap());
    let error = Gateway::start(Options { mode, port, ..Options::default() }).await.unwrap_err();
    assert_eq!(error.to_string(), format!("the gateway at 127.0.0.1:{port} would ask itself"));
}

#[tokio::test]
async fn a_gateway_does_not_ask_itself_for_a_provider_without_an_address() {
    let world = World::with(Mode::Live, &[("PORTKEY_API_KEY", SECRET)]).await;
    let answer = world.raw(b"GET /generic/v1/models HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n").await;
    assert!(answer.contains(&format!("{UNSENT}: localhost\r\n")), "{answer}");
}

/// What arrives at Portkey of a request with these headers, in an environment with two credentials.
async fn arrived(headers: &[(&str, &str)]) -> String {
    let upstream = World::mock().await;
    let internet = upstream.gateway.session("");
    let environment = [("OPENAI_API_KEY", SECRET), ("PORTKEY_API_KEY", "secret-of-portkey")];
    let world = World::live(&upstream, &environment).await;
    let openai = world.credential("openai");
    let portkey = world.credential("portkey");
    let headers = headers.iter().map(|(name, value)| {
        ((*name).to_owned(), value.replace("OPENAI", &openai).replace("PORTKEY", &portkey))
    });
    let request = Request { headers: headers.collect(), ..chat("", CHAT) };
    check_nowhere(&world.gateway.session("x").send(request).await.unwrap());
    let sent = internet.take();
    let sent = sent.first().unwrap();
    let header = |name: &str| sent.request.header(name).unwrap_or("none").replace(&openai, "OPENAI");
    format!("{} {}", header("x-portkey-api-key"), header("authorization"))
}

#[tokio::test]
async fn portkey_passes_a_credential_on_beside_its_own() {
    let own = ("x-portkey-api-key", "PORTKEY");
    let provider = ("x-portkey-provider", "openai");
    let wanted = format!("secret-of-portkey Bearer {SECRET}");
    assert_eq!(arrived(&[own, provider, ("authorization", "Bearer OPENAI")]).await, wanted);
    assert_eq!(arrived(&[own, provider, ("authorization", "Bearer YOUR_KEY")]).await, wanted);
}

#[tokio::test]
async fn portkey_gets_no_credential_of_another_in_place_of_its_own() {
    assert_eq!(arrived(&[("authorization", "Bearer OPENAI")]).await, "none Bearer OPENAI");
    assert_eq!(arrived(&[("x-portkey-api-key", "OPENAI")]).await, "OPENAI none");
    assert_eq!(arrived(&[("authorization", "Bearer PORTKEY")]).await, "none Bearer secret-of-portkey");
}

#[tokio::test]
async fn a_provider_behind_portkey_does_not_get_the_credential_of_portkey() {
    let headers = [("x-portkey-api-key", "PORTKEY"), ("authorization", "Bearer YOUR_KEY")];
    assert_eq!(arrived(&headers).await, "secret-of-portkey Bearer YOUR_KEY");
}
