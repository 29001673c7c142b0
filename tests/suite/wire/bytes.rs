//! Bytes: well formed ones, and others.

use super::*;

#[tokio::test]
async fn the_same_request_has_the_same_bytes() {
    let world = World::mock().await;
    let key = world.credential("portkey");
    for body in [CHAT, STREAM] {
        let request = format!(
            "POST /v1/chat/completions HTTP/1.1\r\nhost: localhost\r\nx-portkey-api-key: {key}\r\n\
             content-type: application/json\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{body}",
            body.len()
        );
        let answer = world.raw(request.as_bytes()).await;
        assert!(answer.starts_with("HTTP/1.1 200 "), "{answer}");
        assert_eq!(answer, world.raw(request.as_bytes()).await);
    }
}

#[tokio::test]
async fn a_stream_comes_in_its_pieces() {
    let world = World::mock().await;
    let session = world.gateway.session("pieces");
    let exchange = session.send(chat(&world.credential("portkey"), STREAM)).await.unwrap();
    let key = world.credential("portkey");
    let answer = world
        .raw(
            format!(
                "POST /v1/chat/completions HTTP/1.1\r\nhost: localhost\r\nx-portkey-api-key: {key}\r\n\
                 content-type: application/json\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{STREAM}",
                STREAM.len()
            )
            .as_bytes(),
        )
        .await;
    for chunk in &exchange.answer.chunks {
        let piece = format!("{:X}\r\n{}\r\n", chunk.len(), text(chunk));
        assert!(answer.contains(&piece), "{piece} in {answer}");
    }
}

async fn check_refused(bytes: &[u8], status: &str) {
    let world = World::mock().await;
    let answer = world.raw(bytes).await;
    assert!(answer.starts_with(&format!("HTTP/1.1 {status} ")), "{answer}");
    world.is_well().await;
    world.gateway.stop().await;
}

async fn check_survived(bytes: &[u8]) {
    let world = World::mock().await;
    world.raw(bytes).await;
    world.is_well().await;
    world.gateway.stop().await;
}

#[tokio::test]
async fn what_is_no_http_is_refused() {
    check_refused(b"hello there\r\n\r\n", "400").await;
}

#[tokio::test]
async fn a_length_that_is_none_is_refused() {
    check_refused(b"POST /v1/x HTTP/1.1\r\nhost: a\r\ncontent-length: -5\r\n\r\n", "400").await;
}

#[tokio::test]
async fn a_host_that_is_none_is_refused() {
    check_refused(b"GET /v1/models HTTP/1.1\r\nhost: a b:x\r\nconnection: close\r\n\r\n", "400").await;
}

#[tokio::test]
async fn a_tunnel_to_nowhere_is_refused() {
    check_refused(b"CONNECT localhost:99999 HTTP/1.1\r\nhost: localhost\r\n\r\n", "400").await;
}

#[tokio::test]
async fn a_head_without_end_is_refused() {
    let head = format!("GET / HTTP/1.1\r\nhost: a\r\nx: {}\r\n\r\n", "a".repeat(200_000));
    check_refused(head.as_bytes(), "431").await;
}

#[tokio::test]
async fn a_thousand_headers_are_refused() {
    let head = format!("GET / HTTP/1.1\r\nhost: a\r\n{}\r\n", "x: y\r\n".repeat(1000));
    check_refused(head.as_bytes(), "431").await;
}

#[tokio::test]
async fn a_body_beyond_all_measure_is_refused() {
    check_refused(b"POST /v1/x HTTP/1.1\r\nhost: a\r\ncontent-length: 99999999999\r\n\r\nabc", "413").await;
}

#[tokio::test]
async fn a_body_that_ends_early_is_survived() {
    check_survived(b"POST /v1/x HTTP/1.1\r\nhost: a\r\ncontent-length: 50\r\n\r\nabc").await;
}

#[tokio::test]
async fn chunks_that_are_none_are_survived() {
    check_survived(b"POST /v1/x HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n").await;
}

#[tokio::test]
async fn a_tunnel_full_of_noise_is_survived() {
    check_survived(b"CONNECT api.portkey.ai:443 HTTP/1.1\r\n\r\n\x16\x03\x01\xff\xff\x00\x01\x02").await;
    check_survived(b"CONNECT api.portkey.ai:443 HTTP/1.1\r\n\r\n\x00\xff\x00").await;
    check_survived(b"CONNECT api.portkey.ai:443 HTTP/1.1\r\n\r\n").await;
}

#[tokio::test]
async fn noise_after_the_words_of_http_2_is_survived() {
    check_survived(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\xff\xff\xff\xff\xff\xff\xff\xff\xff").await;
}

#[tokio::test]
async fn plain_http_through_a_tunnel_is_answered() {
    let world = World::mock().await;
    let session = world.gateway.session("");
    let answer = world
        .raw(
            b"CONNECT localhost:11434 HTTP/1.1\r\n\r\n\
              GET /v1/models HTTP/1.1\r\nhost: localhost:11434\r\nconnection: close\r\n\r\n",
        )
        .await;
    assert!(answer.starts_with("HTTP/1.1 200 OK\r\n\r\nHTTP/1.1 200 OK\r\n"), "{answer}");
    assert_eq!(session.take().first().unwrap().provider.as_deref(), Some("ollama"));
}

#[tokio::test]
async fn a_gateway_stops_while_clients_dawdle() {
    let world = World::mock().await;
    let mut idle = TcpStream::connect(world.gateway.address()).await.unwrap();
    let mut half = TcpStream::connect(world.gateway.address()).await.unwrap();
    half.write_all(b"POST /v1/x HTTP/1.1\r\nhost: a\r\ncontent-length: 50\r\n\r\nabc").await.unwrap();
    let mut tunnel = TcpStream::connect(world.gateway.address()).await.unwrap();
    tunnel.write_all(b"CONNECT api.portkey.ai:443 HTTP/1.1\r\n\r\n").await.unwrap();
    world.gateway.stop().await;
    for stream in [&mut idle, &mut half, &mut tunnel] {
        // Ended or reset; what counts is that it is over.
        let _ = stream.read_to_end(&mut Vec::new()).await;
    }
}

#[tokio::test]
async fn a_port_that_is_taken_is_an_error() {
    let world = World::mock().await;
    let port = world.gateway.address().port();
    let error = Gateway::start(Options { port, ..Options::default() }).await.unwrap_err();
    assert!(error.to_string().starts_with(&format!("cannot listen at 127.0.0.1:{port}: ")), "{error}");
}
