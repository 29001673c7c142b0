//! Live gateways: the same requests, sent to the real hosts or to a gateway of the user's own.

use std::collections::BTreeMap;
use std::fmt;
use std::io;
use std::sync::Arc;
use std::time::Duration;

use hyper::body::Bytes;
use reqwest::header::{ACCEPT_ENCODING, CONTENT_ENCODING, HeaderMap, HeaderName, HeaderValue};
use reqwest::{Certificate, Method, NoProxy, Proxy, Url};
use tokio::sync::{OwnedSemaphorePermit, mpsc};

use super::allowance::{Allowance, Ledger, wait_after};
use super::cassettes;
use super::exchange::{Answer, Exchange, Request, Scheme, Unsent};
use super::outgoing::{self, Outgoing};
use super::profiles::{Profile, Service};
use super::proxy::{Phase, Watch};
use super::refusal::{no_answer, refusal};
use super::secrets::Censor;
use super::server::{self, Error, Shared};
use super::session::{Recipient, innermost, url_of};
use super::usage::Usage;
use super::wallet::Wallet;

/// How long a host may take to accept a connection.
const CONNECT: Duration = Duration::from_secs(10);
/// How long a host may be silent; models think.
const SILENCE: Duration = Duration::from_mins(3);
/// How much of an answer is kept; the client gets all of it.
const MOST_KEPT: usize = 16 * 1024 * 1024;

/// The way to the real services.
pub(super) struct Live {
    client: reqwest::Client,
    /// The gateway of the user's own; none for the real hosts.
    base: Option<Url>,
    wallet: Wallet,
    pub(super) ledger: Ledger,
}

impl Live {
    pub(super) async fn new(
        base: Option<Url>,
        environment: BTreeMap<String, String>,
        allowance: Allowance,
    ) -> Result<Self, Error> {
        let client = outside_client(&environment).await?;
        let wallet = Wallet { environment, must_pay: base.is_none() };
        Ok(Self { client, base, wallet, ledger: Ledger::new(allowance) })
    }

    /// Sends the request of an exchange on and passes the answer through as it comes.
    pub(super) async fn forward(
        &self,
        shared: &Arc<Shared>,
        judged: Exchange,
        recipient: Recipient,
        watch: Watch,
    ) -> hyper::Response<Outgoing> {
        let prepared = self.prepare(shared, &judged);
        let (url, headers) = match prepared {
            Ok(prepared) => prepared,
            Err(unsent) => return server::leave(shared, judged, unsent, recipient),
        };
        let Ok(method) = Method::from_bytes(judged.request.method.as_bytes()) else {
            let under_way = UnderWay::new(Arc::clone(shared), judged, recipient);
            return under_way.give_up("the method cannot be sent on");
        };
        let room = self.ledger.turn(url.host_str().unwrap_or_default()).await;
        if let Err(unsent) = self.ledger.admit() {
            return server::leave(shared, judged, unsent, recipient);
        }
        let body = Bytes::copy_from_slice(&judged.request.body);
        let mut under_way = UnderWay::new(Arc::clone(shared), judged, recipient);
        under_way.room = room;
        let outward = Outward { method, url, headers, body };
        let response = match self.send(&outward, shared, watch.clone()).await {
            Ok(response) => response,
            Err(error) => return under_way.give_up(&reason_of(&error)),
        };
        let encoding = response.headers().get(CONTENT_ENCODING);
        if encoding.is_some_and(|encoding| encoding != "identity") {
            // A secret inside could not be struck out.
            return under_way.give_up("the answer is compressed although that was declined");
        }
        under_way.begin(response.status().as_u16(), response.headers());
        let (pieces, receiver) = mpsc::channel(8);
        let answer = &under_way.exchange.answer;
        let passed = outgoing::head(answer.status, &answer.headers, Outgoing::passing(receiver));
        tokio::spawn(pass(response, under_way, pieces, watch));
        passed
    }

    /// Sends a request, and sends it again where its host has no time for it now.
    async fn send(
        &self,
        outward: &Outward,
        shared: &Shared,
        mut watch: Watch,
    ) -> Result<reqwest::Response, reqwest::Error> {
        let mut tries = 0;
        loop {
            let mut sending = self
                .client
                .request(outward.method.clone(), outward.url.clone())
                .headers(outward.headers.clone());
            if !outward.body.is_empty() {
                sending = sending.body(outward.body.clone());
            }
            let response = sending.send().await?;
            let header = |name: &str| {
                response.headers().get(name).and_then(|value| value.to_str().ok()).map(str::to_owned)
            };
            let wait = wait_after(response.status().as_u16(), header, tries, shared.clock.now());
            let Some(wait) = wait.filter(|_| tries < self.ledger.retries()) else { return Ok(response) };
            tokio::select! {
                () = tokio::time::sleep(wait) => {}
                () = watch.until(Phase::Closing) => return Ok(response),
            }
            if self.ledger.admit().is_err() {
                return Ok(response);
            }
            self.ledger.retry();
            shared.metrics.retry();
            tries += 1;
        }
    }

    /// Where a request goes and with which headers, or why it goes nowhere.
    fn prepare(&self, shared: &Shared, judged: &Exchange) -> Result<(Url, HeaderMap), Unsent> {
        let profiles = shared.mock.profiles();
        let request = &judged.request;
        let profile = judged.provider.as_deref().and_then(|name| profiles.get(name));
        let unknown = || Unsent::UnknownHost(request.host.clone());
        let profile = profile.ok_or_else(unknown)?;
        let near = is_loopback(&request.host);
        let url = match &self.base {
            Some(base) => rebased(base, profile, request),
            // An address that nobody vouches for gets nothing, unless it is the reader's own machine.
            None if profile.service == Service::Generic && !near => return Err(unknown()),
            None if shared.is_self(&request.host, request.port) => return Err(unknown()),
            None => url_of(request).map_err(|_| unknown())?,
        };
        // A credential never travels in the open.
        let bound = if request.scheme == Scheme::Https || near || self.base.is_some() {
            self.wallet.bind(profiles, profile, request)?
        } else {
            request.headers.clone()
        };
        let mut headers = HeaderMap::new();
        for (name, value) in bound {
            if outgoing::is_of_connection(&name) || is_replaced(&name) {
                continue;
            }
            let name = HeaderName::from_bytes(name.as_bytes());
            let value = HeaderValue::from_str(&value);
            if let (Ok(name), Ok(value)) = (name, value) {
                headers.append(name, value);
            }
        }
        headers.insert(ACCEPT_ENCODING, HeaderValue::from_static("identity"));
        Ok((url, headers))
    }
}

/// Passes an answer on, piece by piece, and ends the exchange before the client sees the end.
async fn pass(
    mut response: reqwest::Response,
    mut under_way: UnderWay,
    pieces: mpsc::Sender<Result<Bytes, io::Error>>,
    mut watch: Watch,
) {
    let shared = Arc::clone(&under_way.shared);
    let mut censor = Censor::default();
    let mut closing = watch.clone();
    loop {
        let chunk = tokio::select! {
            chunk = response.chunk() => chunk,
            () = pieces.closed() => return,
            () = closing.until(Phase::Closed) => return,
        };
        match chunk {
            Ok(Some(chunk)) => {
                let shown = censor.pass(&shared.secrets, &chunk);
                under_way.keep(&shown);
                let delivered = tokio::select! {
                    delivered = pieces.send(Ok(Bytes::from(shown))) => delivered.is_ok(),
                    () = watch.until(Phase::Closed) => false,
                };
                if !delivered {
                    return;
                }
            }
            Ok(None) => {
                let rest = censor.rest(&shared.secrets);
                under_way.keep(&rest);
                under_way.complete();
                let _ = pieces.send(Ok(Bytes::from(rest))).await;
                return;
            }
            Err(error) => {
                let reason = format!("the answer broke off: {}", reason_of(&error));
                drop(under_way.give_up(&reason));
                let _ = pieces.send(Err(io::Error::other("the answer broke off"))).await;
                return;
            }
        }
    }
}

/// A request as it leaves, credentials and all; so it has no debug form.
struct Outward {
    method: Method,
    url: Url,
    headers: HeaderMap,
    body: Bytes,
}

/// An exchange whose answer is still to come; recorded even when the client goes away before.
struct UnderWay {
    shared: Arc<Shared>,
    exchange: Exchange,
    /// The same as the mock has it, without the body of the request, of which there is one copy.
    mock: Exchange,
    /// How many bytes of the answer have come.
    come: usize,
    recipient: Option<Recipient>,
    /// Its room at the host.
    room: Option<OwnedSemaphorePermit>,
}

impl UnderWay {
    fn new(shared: Arc<Shared>, mut judged: Exchange, recipient: Recipient) -> Self {
        let answer = Answer { status: 502, headers: Vec::new(), chunks: Vec::new() };
        // What the mock thinks is wrong is not what the real service says.
        let body = std::mem::take(&mut judged.request.body);
        let mock = judged.clone();
        let request = Request { body, ..judged.request };
        let exchange = Exchange { request, answer, findings: Vec::new(), unsent: None, ..judged };
        Self { shared, exchange, mock, come: 0, recipient: Some(recipient), room: None }
    }

    /// Takes the head of the answer.
    fn begin(&mut self, status: u16, headers: &HeaderMap) {
        self.exchange.answer.status = status;
        self.exchange.answer.headers = headers
            .iter()
            .filter(|(name, _)| !outgoing::is_of_connection(name.as_str()) && *name != "content-length")
            .map(|(name, value)| {
                let value = String::from_utf8_lossy(value.as_bytes());
                (name.as_str().to_owned(), self.shared.secrets.strike(&value))
            })
            .collect();
    }

    fn keep(&mut self, piece: &[u8]) {
        // What does not fit ends what is kept, or it would have a hole.
        self.come = self.come.saturating_add(piece.len());
        if !piece.is_empty() && self.come <= MOST_KEPT {
            self.exchange.answer.chunks.push(piece.to_vec());
        }
    }

    /// The answer is there in full.
    fn complete(mut self) {
        self.exchange.findings = refusal(&self.exchange).into_iter().collect();
        self.exchange.findings.extend(cassettes::drift(&self.mock, &self.exchange.answer));
        if let Some(live) = &self.shared.live {
            let usage = Usage::of(&self.exchange.answer);
            live.ledger.charge(usage);
            self.shared.metrics.spend(usage);
        }
        self.record();
    }

    /// There is no answer, or no end of it.
    fn give_up(mut self, reason: &str) -> hyper::Response<Outgoing> {
        let host = &self.exchange.request.host;
        let message = self.shared.secrets.strike(&format!("`{host}` gave no answer: {reason}"));
        self.exchange.findings = vec![no_answer(message.clone())];
        if self.exchange.answer.chunks.is_empty() {
            self.exchange.answer = Answer::of_gateway(502, &message);
        }
        let response = outgoing::whole(self.exchange.answer.clone());
        self.record();
        response
    }

    fn record(&mut self) {
        self.room = None;
        if let Some(recipient) = self.recipient.take() {
            // Nobody looks at the bodies hereafter, and they may be long.
            let body = std::mem::take(&mut self.exchange.request.body);
            let chunks = std::mem::take(&mut self.exchange.answer.chunks);
            let mut exchange = self.exchange.clone();
            (exchange.request.body, exchange.answer.chunks) = (body, chunks);
            recipient.record(self.shared.told(exchange));
        }
    }
}

impl Drop for UnderWay {
    fn drop(&mut self) {
        if self.recipient.is_some() {
            let message = "the client went away before the answer was complete".to_owned();
            self.exchange.findings = vec![no_answer(message)];
            self.record();
        }
    }
}

/// Whether a header is written anew for the way outside.
fn is_replaced(name: &str) -> bool {
    matches!(name, "host" | "content-length" | "accept-encoding" | "expect")
}

/// The URL of a request below another base: a base with a path takes the place of the provider's own base path.
fn rebased(base: &Url, profile: &Profile, request: &Request) -> Url {
    let mut url = base.clone();
    let prefix = base.path().trim_end_matches('/');
    let path = if prefix.is_empty() {
        request.path.clone()
    } else {
        let own = profile.bases.iter().map(|base| base.path.as_str()).filter(|own| !own.is_empty());
        let rest = own
            .filter_map(|own| request.path.strip_prefix(own))
            .filter(|rest| rest.is_empty() || rest.starts_with('/'))
            .min_by_key(|rest| rest.len());
        format!("{prefix}{}", rest.unwrap_or(&request.path))
    };
    url.set_path(&path);
    url.set_query((!request.query.is_empty()).then_some(request.query.as_str()));
    url
}

fn is_loopback(host: &str) -> bool {
    host == "localhost" || host.parse::<std::net::IpAddr>().is_ok_and(|ip| ip.is_loopback())
}

/// What went wrong between us and a host.
fn reason_of(error: &reqwest::Error) -> String {
    if error.is_timeout() {
        return "it took too long".to_owned();
    }
    innermost(error)
}

/// A client for the world, by way of the proxy and with the certificates that the environment names.
async fn outside_client(environment: &BTreeMap<String, String>) -> Result<reqwest::Client, Error> {
    let failed = |error: reqwest::Error| Error::Client(innermost(&error));
    let value = |names: [&str; 2]| {
        names.into_iter().find_map(|name| environment.get(name)).filter(|value| !value.is_empty())
    };
    let mut builder = reqwest::Client::builder()
        .no_proxy()
        .redirect(reqwest::redirect::Policy::none())
        .connect_timeout(CONNECT)
        .read_timeout(SILENCE);
    let spared = value(["NO_PROXY", "no_proxy"]).map_or("", String::as_str);
    let spared = format!("localhost,127.0.0.1,::1,{spared}");
    // Programs take HTTP_PROXY only in lower case, because servers put the header `Proxy` under the other name.
    let proxies = [
        (
            value(["https_proxy", "HTTPS_PROXY"]),
            Proxy::https::<String> as fn(String) -> reqwest::Result<Proxy>,
        ),
        (environment.get("http_proxy"), Proxy::http::<String>),
        (value(["all_proxy", "ALL_PROXY"]), Proxy::all::<String>),
    ];
    for (url, kind) in proxies {
        if let Some(url) = url {
            builder =
                builder.proxy(kind(url.clone()).map_err(failed)?.no_proxy(NoProxy::from_string(&spared)));
        }
    }
    if let Some(path) = environment.get("SSL_CERT_FILE").filter(|path| !path.is_empty()) {
        let unread =
            |error: io::Error| Error::Client(format!("`{path}` of `SSL_CERT_FILE` cannot be read: {error}"));
        let bundle = tokio::fs::read(path).await.map_err(unread)?;
        builder = builder.tls_certs_merge(Certificate::from_pem_bundle(&bundle).map_err(failed)?);
    }
    builder.build().map_err(failed)
}

impl fmt::Debug for Live {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The environment holds secrets.
        formatter.debug_struct("Live").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::gateway::profiles::Profiles;

    #[track_caller]
    fn check_rebased(base: &str, url: &str, rebased_url: &str) {
        let url: Url = url.parse().unwrap();
        let request = Request {
            method: "GET".to_owned(),
            scheme: Scheme::Https,
            host: url.host_str().unwrap().to_owned(),
            port: 443,
            path: url.path().to_owned(),
            query: url.query().unwrap_or_default().to_owned(),
            headers: Vec::new(),
            body: Vec::new(),
        };
        let profiles = Profiles::builtin();
        let profile = profiles.at(&request.host, 443).unwrap();
        assert_eq!(rebased(&base.parse().unwrap(), profile, &request).as_str(), rebased_url);
    }

    #[test]
    fn a_base_with_a_path_replaces_the_base_of_the_provider() {
        check_rebased("http://me:8787/v1", "https://api.portkey.ai/v1/models", "http://me:8787/v1/models");
        check_rebased(
            "http://me:8787/ai/",
            "https://api.venice.ai/api/v1/models",
            "http://me:8787/ai/models",
        );
        check_rebased("http://me:8787/v1", "https://api.portkey.ai/v1", "http://me:8787/v1");
    }

    #[test]
    fn a_base_without_a_path_keeps_the_path() {
        check_rebased(
            "http://me:8787",
            "https://api.venice.ai/api/v1/models",
            "http://me:8787/api/v1/models",
        );
        check_rebased("https://me/", "https://api.portkey.ai/v1/models", "https://me/v1/models");
    }

    #[test]
    fn a_path_outside_of_the_base_of_the_provider_stays_wrong() {
        check_rebased("http://me/v1", "https://api.portkey.ai/models", "http://me/v1/models");
        check_rebased("http://me/x", "https://api.portkey.ai/v10/models", "http://me/x/v10/models");
    }

    #[test]
    fn a_query_goes_along() {
        check_rebased(
            "http://me/v1?a=b",
            "https://api.portkey.ai/v1/models?limit=5",
            "http://me/v1/models?limit=5",
        );
        check_rebased("http://me/v1?a=b", "https://api.portkey.ai/v1/models", "http://me/v1/models");
    }
}
