//! The gateway on real sockets: with curl, with an HTTP library, and with bytes that are no HTTP at all.

use std::collections::BTreeMap;
use std::io::{ErrorKind, Write};
use std::process::Output;
use std::sync::{Arc, Mutex};

use proofpress::diagnostics::Code;
use proofpress::gateway::exchange::{Exchange, Request, Scheme, Unsent};
use proofpress::gateway::profiles::Profiles;
use proofpress::gateway::server::{Gateway, Mode, Options, UNSENT};
use proofpress::gateway::session::Session;
use tempfile::NamedTempFile;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// A credential of nobody, which must be seen by the upstream alone.
const SECRET: &str = "sk-quite-secret-4711-value";
const CHAT: &str = r#"{"model":"@openai/gpt-5","messages":[{"role":"user","content":"Hi"}]}"#;
const STREAM: &str = r#"{"model":"@openai/gpt-5","messages":[{"role":"user","content":"Hi"}],"stream":true}"#;
const PORTKEY: &str = "https://api.portkey.ai/v1/chat/completions";

/// A gateway with its certificate in a file.
struct World {
    gateway: Gateway,
    authority: NamedTempFile,
}

impl World {
    async fn mock() -> Self {
        Self::with(Mode::Mock, &[]).await
    }

    async fn with(mode: Mode, environment: &[(&str, &str)]) -> Self {
        let environment =
            environment.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        let gateway = Gateway::start(Options { mode, environment, ..Options::default() }).await.unwrap();
        let mut authority = NamedTempFile::new().unwrap();
        authority.write_all(gateway.authority_pem().as_bytes()).unwrap();
        Self { gateway, authority }
    }

    /// A live gateway whose internet is `upstream`.
    async fn live(upstream: &World, environment: &[(&str, &str)]) -> Self {
        let proxy = upstream.gateway.session("").proxy_url();
        let authority = upstream.authority.path().to_str().unwrap();
        let network = [("HTTPS_PROXY", proxy.as_str()), ("SSL_CERT_FILE", authority)];
        Self::with(Mode::Live, &[&network, environment].concat()).await
    }

    /// The credential that the mock takes for a provider.
    fn credential(&self, provider: &str) -> String {
        let bases = self.gateway.bases();
        bases.into_iter().find(|base| base.provider == provider).unwrap().credential
    }

    /// Runs curl as an example does; none, and a loud word, where there is no curl.
    async fn curl(&self, session: &Session, arguments: &[&str]) -> Option<Output> {
        let mut command = tokio::process::Command::new("curl");
        command.args(["-q", "-sS"]).args(arguments);
        for (name, value) in session.environment(self.authority.path()) {
            match value {
                Some(value) => command.env(name, value),
                None => command.env_remove(name),
            };
        }
        match command.output().await {
            Err(error) if error.kind() == ErrorKind::NotFound => {
                println!("SKIPPED: there is no curl on this machine, so nothing was shown about curl");
                None
            }
            output => Some(output.unwrap()),
        }
    }

    /// What comes back for bytes, until the gateway closes.
    async fn raw(&self, bytes: &[u8]) -> String {
        let mut stream = TcpStream::connect(self.gateway.address()).await.unwrap();
        // The gateway may close before it has read everything.
        let _ = stream.write_all(bytes).await;
        let _ = stream.shutdown().await;
        let mut answer = Vec::new();
        let _ = stream.read_to_end(&mut answer).await;
        String::from_utf8_lossy(&answer).into_owned()
    }

    async fn is_well(&self) {
        let answer = self.raw(b"GET /health HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n").await;
        assert!(answer.starts_with("HTTP/1.1 200 "), "{answer}");
        assert!(answer.ends_with(r#"{"status":"ok"}"#), "{answer}");
    }
}

fn chat(key: &str, body: &str) -> Request {
    Request {
        method: "POST".to_owned(),
        scheme: Scheme::Https,
        host: "api.portkey.ai".to_owned(),
        port: 443,
        path: "/v1/chat/completions".to_owned(),
        query: String::new(),
        headers: vec![
            ("x-portkey-api-key".to_owned(), key.to_owned()),
            ("content-type".to_owned(), "application/json".to_owned()),
        ],
        body: body.as_bytes().to_vec(),
    }
}

fn body_of(exchange: &Exchange) -> String {
    String::from_utf8(exchange.answer.chunks.concat()).unwrap()
}

fn text(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).unwrap()
}

/// An upstream that answers every connection with what `answer` makes of its request, and then closes.
async fn upstream(answer: impl Fn(&str) -> Vec<u8> + Send + 'static) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let mut request = Vec::new();
            let mut buffer = [0; 4096];
            // All bodies here end with a brace.
            while !request.ends_with(b"}") {
                let read = stream.read(&mut buffer).await.unwrap();
                request.extend_from_slice(buffer.get(..read).unwrap());
            }
            let _ = stream.write_all(&answer(&String::from_utf8_lossy(&request))).await;
            let _ = stream.shutdown().await;
        }
    });
    format!("http://{address}/v1")
}

#[track_caller]
fn check_nowhere(exchange: &Exchange) {
    assert!(!format!("{exchange:?}").contains(SECRET), "{exchange:?}");
    let bytes = [exchange.answer.chunks.concat(), exchange.request.body.clone()].concat();
    assert!(!String::from_utf8_lossy(&bytes).contains(SECRET));
}

mod curl {
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
}

mod sessions {
    use super::*;

    #[tokio::test]
    async fn see_only_their_own_requests() {
        let world = World::mock().await;
        let authority = reqwest::Certificate::from_pem(world.gateway.authority_pem().as_bytes()).unwrap();
        let sessions =
            [world.gateway.session("a:b c/ü"), world.gateway.session("2"), world.gateway.session("")];
        for (number, session) in sessions.iter().enumerate() {
            let client = reqwest::Client::builder()
                .proxy(reqwest::Proxy::all(session.proxy_url()).unwrap())
                .tls_certs_only([authority.clone()])
                .build()
                .unwrap();
            for scheme in ["http", "https"] {
                let url = format!("{scheme}://api.portkey.ai/v1/models?session={number}");
                client.get(url).send().await.unwrap().bytes().await.unwrap();
            }
        }
        for (number, session) in sessions.iter().enumerate() {
            let seen: Vec<_> = session
                .take()
                .into_iter()
                .map(|exchange| (exchange.request.scheme, exchange.request.query))
                .collect();
            let query = format!("session={number}");
            assert_eq!(seen, [(Scheme::Http, query.clone()), (Scheme::Https, query)]);
        }
    }

    #[tokio::test]
    async fn of_one_name_are_one() {
        let world = World::mock().await;
        let (one, other) = (world.gateway.session("same"), world.gateway.session("same"));
        assert_eq!(one.proxy_url(), other.proxy_url());
        let bytes = format!(
            "GET http://localhost:11434/v1/models HTTP/1.1\r\nproxy-authorization: Basic {}\r\nconnection: close\r\n\r\n",
            "c2FtZTp4"
        );
        drop(one);
        world.raw(bytes.as_bytes()).await;
        assert_eq!(other.take().len(), 1);
        drop(other);
        assert_eq!(world.gateway.session("same").take(), []);
    }

    #[tokio::test]
    async fn get_the_exchange_of_what_they_send() {
        let world = World::mock().await;
        let session = world.gateway.session("sender");
        let request = chat(&world.credential("portkey"), CHAT);
        let exchange = session.send(request.clone()).await.unwrap();
        assert_eq!(exchange.answer.status, 200);
        assert_eq!(exchange.request.body, request.body);
        assert!(exchange.request.headers.iter().all(|(name, _)| name != "proofpress-ticket"));
        assert_eq!(session.take(), []);
    }

    #[tokio::test]
    async fn send_many_requests_at_once() {
        let world = World::mock().await;
        let session = Arc::new(world.gateway.session("many"));
        let tasks: Vec<_> = (0..200)
            .map(|number| {
                let session = Arc::clone(&session);
                let request = Request { query: format!("number={number}"), ..chat("none", CHAT) };
                tokio::spawn(async move { session.send(request).await.unwrap().request.query })
            })
            .collect();
        for (number, task) in tasks.into_iter().enumerate() {
            assert_eq!(task.await.unwrap(), format!("number={number}"));
        }
    }

    #[tokio::test]
    async fn cannot_send_what_is_no_request() {
        let world = World::mock().await;
        let session = world.gateway.session("odd");
        let good = chat("key", CHAT);
        let odd = [
            Request { host: "a b".to_owned(), ..good.clone() },
            Request { host: String::new(), ..good.clone() },
            Request { method: "BAD METHOD".to_owned(), ..good.clone() },
            Request { headers: vec![("a b".to_owned(), String::new())], ..good.clone() },
            Request { headers: vec![("a".to_owned(), "x\r\ny: z".to_owned())], ..good },
        ];
        for request in odd {
            assert!(session.send(request.clone()).await.is_err(), "{request:?}");
        }
    }
}

mod wire {
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
        check_refused(b"POST /v1/x HTTP/1.1\r\nhost: a\r\ncontent-length: 99999999999\r\n\r\nabc", "413")
            .await;
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
        let address = world.gateway.address();
        world.gateway.stop().await;
        for stream in [&mut idle, &mut half, &mut tunnel] {
            // Ended or reset; what counts is that it is over.
            let _ = stream.read_to_end(&mut Vec::new()).await;
        }
        assert!(TcpStream::connect(address).await.is_err());
    }

    #[tokio::test]
    async fn a_port_that_is_taken_is_an_error() {
        let world = World::mock().await;
        let port = world.gateway.address().port();
        let error = Gateway::start(Options { port, ..Options::default() }).await.unwrap_err();
        assert!(error.to_string().starts_with(&format!("cannot listen at 127.0.0.1:{port}: ")), "{error}");
    }
}

mod alone {
    use super::*;

    async fn check(head: &str, host: &str, path: &str) {
        let log = Arc::new(Mutex::new(Vec::new()));
        let heard = Arc::clone(&log);
        let log_one: proofpress::gateway::server::Log =
            Box::new(move |exchange: &Exchange| heard.lock().unwrap().push(exchange.request.clone()));
        let gateway = Gateway::start(Options { log: Some(log_one), ..Options::default() }).await.unwrap();
        let world = World { gateway, authority: NamedTempFile::new().unwrap() };
        world.raw(format!("{head}\r\nconnection: close\r\n\r\n").as_bytes()).await;
        let requests = log.lock().unwrap();
        let seen: Vec<_> = requests.iter().map(|seen| (seen.host.as_str(), seen.path.as_str())).collect();
        assert_eq!(seen, [(host, path)]);
    }

    #[tokio::test]
    async fn it_is_portkey() {
        check("GET /v1/models HTTP/1.1\r\nhost: localhost", "api.portkey.ai", "/v1/models").await;
    }

    #[tokio::test]
    async fn the_first_segment_names_a_provider() {
        check("GET /openai/v1/models HTTP/1.1\r\nhost: localhost", "api.openai.com", "/v1/models").await;
        check("GET /venice/api/v1/models HTTP/1.1\r\nhost: localhost", "api.venice.ai", "/api/v1/models")
            .await;
    }

    #[tokio::test]
    async fn the_host_names_a_provider() {
        check("GET /v1/models HTTP/1.1\r\nhost: api.openai.com", "api.openai.com", "/v1/models").await;
    }

    #[tokio::test]
    async fn an_old_client_without_a_host_is_answered() {
        check("GET /v1/models HTTP/1.0", "api.portkey.ai", "/v1/models").await;
    }

    #[tokio::test]
    async fn it_tells_that_it_is_well() {
        World::mock().await.is_well().await;
    }

    #[tokio::test]
    async fn every_provider_has_a_base() {
        let world = World::mock().await;
        let address = world.gateway.address();
        let bases = world.gateway.bases();
        assert_eq!(bases.len(), Profiles::builtin().iter().count());
        let venice = bases.iter().find(|base| base.provider == "venice").unwrap();
        assert_eq!(venice.url, format!("http://{address}/venice/api/v1"));
    }
}

mod live {
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
            World::live(&upstream, &[("OPENAI_API_KEY", SECRET), ("PORTKEY_API_KEY", "another-secret")])
                .await;
        let exchange =
            world.gateway.session("x").send(chat(&world.credential("openai"), CHAT)).await.unwrap();
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
            format!("HTTP/1.1 {} X\r\ncontent-length: 2\r\n\r\n{{}}", if has { 200 } else { 500 })
                .into_bytes()
        });
        let world = World::with(Mode::Url(url.await.parse().unwrap()), &[]).await;
        let exchange = world.gateway.session("x").send(chat("YOUR_API_KEY", CHAT)).await.unwrap();
        assert_eq!(exchange.answer.status, 200);
    }

    #[tokio::test]
    async fn a_secret_that_comes_back_is_struck_out() {
        let url = upstream(|request| {
            // Split in the middle of the secret, and once more in a header.
            let (start, end) = request.split_at(request.find("-secret-").unwrap());
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
        check_no_answer(b"sk-quite-secret-4711-value\r\n\r\n", "gave no answer").await;
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
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/v1", listener.local_addr().unwrap()).parse().unwrap();
        drop(listener);
        let world = World::with(Mode::Url(url), &[]).await;
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
}
