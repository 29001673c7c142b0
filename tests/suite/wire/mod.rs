//! The gateway on real sockets: with curl, with an HTTP library, and with bytes that are no HTTP at all.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test ends where its world is not as it should be")]

mod alone;
mod bytes;
mod control;
mod curl;
mod faults;
mod live;
mod scripts;
mod sessions;
mod spending;

use std::collections::BTreeMap;
use std::io::{ErrorKind, Write, stderr};
use std::process::Output;
use std::sync::{Arc, Mutex};

use proofpress::diagnostics::Code;
use proofpress::gateway::UNSENT;
use proofpress::gateway::exchange::{Exchange, Request, Scheme, Unsent};
use proofpress::gateway::profiles::Profiles;
use proofpress::gateway::server::{Error, Gateway, Mode, Options};
use proofpress::gateway::session::Session;
use tempfile::NamedTempFile;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// A credential of nobody, which must be seen by the upstream alone.
const SECRET: &str = "sk-or-v1-4711-9Xk2LmQ8ZtRwVb3N";
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
        Self::of(Options { mode, environment, ..Options::default() }).await
    }

    async fn of(options: Options) -> Self {
        let gateway = Gateway::start(options).await.unwrap();
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
                // Past the harness, which keeps what passing tests print to itself.
                let _ = writeln!(stderr(), "SKIPPED: there is no curl here, so nothing was shown about curl");
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
