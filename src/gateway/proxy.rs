//! The wire: one listener that is an intercepting proxy and a stand-alone server, with HTTP/1.1 and HTTP/2.

use base64::alphabet;
use base64::engine::{DecodePaddingMode, Engine as _, GeneralPurpose, GeneralPurposeConfig};
use std::convert::Infallible;
use std::future::poll_fn;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use hyper::body::{Body, Incoming};
use hyper::header::HeaderValue;
use hyper::service::service_fn;
use hyper::upgrade::{OnUpgrade, Upgraded};
use hyper::{Method, StatusCode, Version};
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto;
use tokio::io::{AsyncBufReadExt, AsyncRead, AsyncWrite, AsyncWriteExt, BufReader};
use tokio::net::TcpListener;
use tokio::sync::{mpsc, watch};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;

use super::addresses;
use super::control;
use super::exchange::{Answer, Request, Scheme};
use super::line::{Cord, Line};
use super::outgoing::{Outgoing, whole};
use super::server::{self, Shared};

/// How long a client may take over its headers, a handshake, or the next piece of a body.
const PATIENCE: Duration = Duration::from_secs(30);
/// The largest request that is read.
pub(super) const MOST_BODY: usize = 16 * 1024 * 1024;
/// The largest head of a request that is read.
pub(super) const MOST_HEAD: usize = 64 * 1024;
/// The most headers that are read.
const MOST_HEADERS: usize = 200;

/// How far the end of a gateway has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Phase {
    /// Requests are answered.
    Open,
    /// What was begun is finished.
    Closing,
    /// Everything is dropped.
    Closed,
}

/// What every task of a gateway holds: the news of its end, and a sign that the task is still at work.
#[derive(Clone)]
pub(super) struct Watch {
    pub(super) phase: watch::Receiver<Phase>,
    pub(super) _at_work: mpsc::Sender<Infallible>,
}

impl Watch {
    /// Returns when the gateway has come so far.
    pub(super) async fn until(&mut self, phase: Phase) {
        // A gateway that was dropped is closed.
        let _ = self.phase.wait_for(|now| *now >= phase).await;
    }
}

/// How a request came here.
#[derive(Clone)]
enum Way {
    /// Straight to the listener.
    Listener(Cord),
    /// Through a tunnel that the client had asked for.
    Tunnel(Target),
}

impl Way {
    /// What the connection below it all hangs on.
    fn cord(&self) -> &Cord {
        match self {
            Self::Listener(cord) | Self::Tunnel(Target { cord, .. }) => cord,
        }
    }
}

/// No answer at all: the connection is reset.
#[derive(Debug, thiserror::Error)]
#[error("the connection is to be reset")]
struct Reset;

/// Where a tunnel leads, and who dug it.
#[derive(Clone)]
struct Target {
    scheme: Scheme,
    host: String,
    port: u16,
    session: String,
    cord: Cord,
}

/// Takes connections until the gateway closes.
pub(super) async fn listen(listener: TcpListener, shared: Arc<Shared>, mut watch: Watch) {
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            () = async { watch.until(Phase::Closing).await } => return,
        };
        match accepted {
            Ok((stream, _)) => {
                let (line, cord) = Line::new(stream);
                tokio::spawn(serve(line, Way::Listener(cord), Arc::clone(&shared), watch.clone()));
            }
            // No file handles, for instance; they come back when connections end.
            Err(_) => tokio::time::sleep(Duration::from_millis(20)).await,
        }
    }
}

/// Answers the requests of one connection until it ends.
async fn serve<S>(stream: S, way: Way, shared: Arc<Shared>, mut watch: Watch)
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let mut builder = auto::Builder::new(TokioExecutor::new());
    // The date would make two answers differ.
    builder
        .http1()
        .auto_date_header(false)
        .timer(TokioTimer::new())
        .header_read_timeout(PATIENCE)
        .max_buf_size(MOST_HEAD)
        .max_headers(MOST_HEADERS)
        .half_close(true);
    builder
        .http2()
        .auto_date_header(false)
        .timer(TokioTimer::new())
        .max_header_list_size(u32::try_from(MOST_HEAD).unwrap_or(u32::MAX))
        .keep_alive_interval(PATIENCE)
        .keep_alive_timeout(PATIENCE);
    let inner = watch.clone();
    let service = service_fn(move |request| {
        let (shared, way, watch) = (Arc::clone(&shared), way.clone(), inner.clone());
        async move {
            let response = respond(request, &way, shared, watch).await;
            if response.is_none() {
                way.cord().pull();
            }
            response.ok_or(Reset)
        }
    });
    let mut connection = pin!(builder.serve_connection_with_upgrades(TokioIo::new(stream), service));
    // A connection that breaks has no one left to tell.
    tokio::select! {
        _ = connection.as_mut() => return,
        () = watch.until(Phase::Closing) => connection.as_mut().graceful_shutdown(),
    }
    tokio::select! {
        _ = connection => {}
        () = watch.until(Phase::Closed) => {}
    }
}

/// The response to one request; none where the connection is to be reset.
async fn respond(
    request: hyper::Request<Incoming>,
    way: &Way,
    shared: Arc<Shared>,
    watch: Watch,
) -> Option<hyper::Response<Outgoing>> {
    if request.method() == Method::CONNECT {
        return Some(match way {
            Way::Listener(cord) => dig(request, cord.clone(), shared, watch),
            Way::Tunnel(_) => refuse(StatusCode::BAD_REQUEST, "a tunnel inside a tunnel"),
        });
    }
    let arrival = match arrival(request, way, &shared, &watch).await {
        Ok(arrival) => arrival,
        Err((status, reason)) => return Some(refuse(status, reason)),
    };
    let Arrival { request, session, ticket, standing } = arrival;
    if standing && let Some(answer) = control::answer(&shared, &request, watch.clone()).await {
        return Some(whole(answer));
    }
    let request = if standing { addresses::addressed(&shared, request) } else { request };
    let recipient = shared.sessions.recipient(&session, ticket.as_deref());
    let open = shared.metrics.open();
    let mut response = server::answer(&shared, request, recipient, watch).await?;
    response.body_mut().counted(open);
    Some(response)
}

/// Reads a request to its end; or how and why it is refused.
async fn arrival(
    request: hyper::Request<Incoming>,
    way: &Way,
    shared: &Shared,
    watch: &Watch,
) -> Result<Arrival, (StatusCode, &'static str)> {
    let (parts, body) = request.into_parts();
    let arrival = arrive(&parts, way, shared).map_err(|reason| (StatusCode::BAD_REQUEST, reason))?;
    // Judged by what it has, not by what it says of itself.
    let mut closing = watch.clone();
    let read = tokio::select! {
        read = read(body) => read,
        () = closing.until(Phase::Closing) => Err(Unread::Closing),
    };
    let body = read.map_err(|unread| match unread {
        Unread::Closing => (StatusCode::SERVICE_UNAVAILABLE, "the gateway is closing"),
        Unread::TooLong => (StatusCode::PAYLOAD_TOO_LARGE, "the body is longer than 16 MiB"),
        Unread::TooSlow => (StatusCode::REQUEST_TIMEOUT, "the body did not come in time"),
        Unread::Broken => (StatusCode::BAD_REQUEST, "the body cannot be read"),
    })?;
    Ok(Arrival { request: Request { body, ..arrival.request }, ..arrival })
}

/// A request, and to whom it belongs.
struct Arrival {
    request: Request,
    session: String,
    ticket: Option<String>,
    /// Whether it was meant for the gateway as a server, not as a proxy.
    standing: bool,
}

/// Reads the head of a request.
fn arrive(parts: &hyper::http::request::Parts, way: &Way, shared: &Shared) -> Result<Arrival, &'static str> {
    let mut session = String::new();
    let mut ticket = None;
    let mut headers = Vec::with_capacity(parts.headers.len());
    for (name, value) in &parts.headers {
        let value = String::from_utf8_lossy(value.as_bytes()).into_owned();
        match name.as_str() {
            "proxy-authorization" => session = user_of(&value).unwrap_or_default(),
            "proxy-connection" => {}
            super::session::TICKET => ticket = Some(value),
            other => headers.push((other.to_owned(), value)),
        }
    }
    let uri = &parts.uri;
    let (scheme, host, port, standing) = match way {
        Way::Tunnel(target) => {
            session.clone_from(&target.session);
            (target.scheme, target.host.clone(), target.port, false)
        }
        Way::Listener(_) => {
            // Over HTTP/2 every request names its scheme and its host, so it says nothing of a proxy.
            let absolute = uri.scheme().is_some() && parts.version != Version::HTTP_2;
            let scheme =
                if uri.scheme_str() == Some("https") && absolute { Scheme::Https } else { Scheme::Http };
            let named = uri
                .authority()
                .map(hyper::http::uri::Authority::as_str)
                .or_else(|| parts.headers.get(hyper::header::HOST).and_then(|value| value.to_str().ok()));
            let (host, port) = match named {
                Some(named) => host_and_port(named, scheme).ok_or("the host cannot be read")?,
                None if absolute => return Err("the host is missing"),
                None => (shared.address.ip().to_string(), shared.address.port()),
            };
            let standing = !absolute || shared.is_self(&host, port);
            (scheme, host, port, standing)
        }
    };
    let path = if uri.path().starts_with('/') { uri.path() } else { "/" };
    let request = Request {
        method: parts.method.as_str().to_owned(),
        scheme,
        host,
        port,
        path: path.to_owned(),
        query: uri.query().unwrap_or_default().to_owned(),
        headers,
        body: Vec::new(),
    };
    Ok(Arrival { request, session, ticket, standing })
}

/// Agrees to a tunnel and serves what comes through it.
fn dig(
    mut request: hyper::Request<Incoming>,
    cord: Cord,
    shared: Arc<Shared>,
    watch: Watch,
) -> hyper::Response<Outgoing> {
    let target =
        request.uri().authority().and_then(|authority| host_and_port(authority.as_str(), Scheme::Https));
    let Some((host, port)) = target else {
        return refuse(StatusCode::BAD_REQUEST, "the host of the tunnel cannot be read");
    };
    let session = request
        .headers()
        .get(hyper::header::PROXY_AUTHORIZATION)
        .and_then(|value| value.to_str().ok())
        .and_then(user_of)
        .unwrap_or_default();
    let upgrade = hyper::upgrade::on(&mut request);
    let target = Target { scheme: Scheme::Https, host, port, session, cord };
    tokio::spawn(walk(upgrade, target, shared, watch));
    hyper::Response::new(Outgoing::empty())
}

/// What comes out of a tunnel.
enum Inside {
    Plain(BufReader<TokioIo<Upgraded>>),
    Encrypted(Box<TlsStream<BufReader<TokioIo<Upgraded>>>>),
}

/// Serves what comes through a tunnel.
async fn walk(upgrade: OnUpgrade, target: Target, shared: Arc<Shared>, watch: Watch) {
    let mut closing = watch.clone();
    let inside = tokio::select! {
        inside = enter(upgrade, &target, &shared) => inside,
        () = closing.until(Phase::Closing) => None,
    };
    match inside {
        Some(Inside::Plain(stream)) => {
            let way = Way::Tunnel(Target { scheme: Scheme::Http, ..target });
            serve(stream, way, shared, watch).await;
        }
        Some(Inside::Encrypted(stream)) => serve(stream, Way::Tunnel(target), shared, watch).await,
        None => {}
    }
}

/// Waits for the client to say what it speaks; none where it goes away, says nothing, or does not trust us, which it
/// tells its user itself.
async fn enter(upgrade: OnUpgrade, target: &Target, shared: &Shared) -> Option<Inside> {
    let upgraded = upgrade.await.ok()?;
    let mut stream = BufReader::new(TokioIo::new(upgraded));
    let start = tokio::time::timeout(PATIENCE, stream.fill_buf()).await.ok()?.ok()?;
    // Some clients send plain HTTP through a tunnel; a TLS handshake begins with byte 22 (RFC 8446, section 5.1).
    if *start.first()? != 22 {
        return Some(Inside::Plain(stream));
    }
    if shared.breaks_tls(&target.host, target.port, &target.session) {
        // A fatal alert: the handshake has failed (RFC 8446, section 6).
        let _ = stream.write_all(&[21, 3, 3, 0, 2, 2, 40]).await;
        let _ = stream.shutdown().await;
        return None;
    }
    let acceptor = TlsAcceptor::from(shared.authority.server_config(&target.host));
    let stream = tokio::time::timeout(PATIENCE, acceptor.accept(stream)).await.ok()?.ok()?;
    Some(Inside::Encrypted(Box::new(stream)))
}

/// Why a body could not be read.
enum Unread {
    Closing,
    TooLong,
    TooSlow,
    Broken,
}

/// Reads a body to its end.
async fn read(body: Incoming) -> Result<Vec<u8>, Unread> {
    if body.size_hint().lower() > MOST_BODY as u64 {
        return Err(Unread::TooLong);
    }
    let mut body = pin!(body);
    let mut bytes = Vec::new();
    loop {
        let next = poll_fn(|context| body.as_mut().poll_frame(context));
        let frame = tokio::time::timeout(PATIENCE, next).await.map_err(|_| Unread::TooSlow)?;
        match frame {
            None => return Ok(bytes),
            Some(Err(_)) => return Err(Unread::Broken),
            Some(Ok(frame)) => {
                let Some(data) = frame.data_ref() else { continue };
                if bytes.len() + data.len() > MOST_BODY {
                    return Err(Unread::TooLong);
                }
                bytes.extend_from_slice(data);
            }
        }
    }
}

/// The parts of `host:port` or `[host]:port`, the host in lower case.
pub(super) fn host_and_port(text: &str, scheme: Scheme) -> Option<(String, u16)> {
    let authority: hyper::http::uri::Authority = text.parse().ok()?;
    let host = authority.host();
    let host = host.strip_prefix('[').and_then(|host| host.strip_suffix(']')).unwrap_or(host);
    let after = authority.as_str().rsplit_once(authority.host()).map(|(_, after)| after)?;
    let port = match (authority.port_u16(), scheme) {
        (Some(port), _) => port,
        (None, _) if !matches!(after, "" | ":") => return None,
        (None, Scheme::Http) => 80,
        (None, Scheme::Https) => 443,
    };
    (!host.is_empty()).then(|| (host.trim_end_matches('.').to_ascii_lowercase(), port))
}

/// Clients may leave the padding away.
const LENIENT: GeneralPurpose = GeneralPurpose::new(
    &alphabet::STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// The user of `Basic …` credentials.
fn user_of(value: &str) -> Option<String> {
    let (kind, encoded) = value.trim().split_once(' ')?;
    if !kind.eq_ignore_ascii_case("basic") {
        return None;
    }
    let text = String::from_utf8(LENIENT.decode(encoded.trim()).ok()?).ok()?;
    // The password is ours and has no colon; the name may have some.
    Some(text.rsplit_once(':').map_or(text.as_str(), |(user, _)| user).to_owned())
}

/// The answer to what is no request.
fn refuse(status: StatusCode, reason: &str) -> hyper::Response<Outgoing> {
    let mut response = whole(Answer::of_gateway(status.as_u16(), reason));
    // What is left of the request is not read.
    response.headers_mut().insert(hyper::header::CONNECTION, HeaderValue::from_static("close"));
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_host_has_the_port_of_its_scheme() {
        assert_eq!(host_and_port("API.portkey.ai", Scheme::Https), Some(("api.portkey.ai".into(), 443)));
        assert_eq!(host_and_port("localhost", Scheme::Http), Some(("localhost".into(), 80)));
        assert_eq!(host_and_port("[::1]:8080", Scheme::Http), Some(("::1".into(), 8080)));
        assert_eq!(host_and_port("[::1]", Scheme::Http), Some(("::1".into(), 80)));
    }

    #[test]
    fn a_port_that_is_none_is_no_host() {
        assert_eq!(host_and_port("localhost:99999", Scheme::Http), None);
        assert_eq!(host_and_port("", Scheme::Http), None);
    }

    #[test]
    fn the_user_is_read_from_basic_credentials() {
        assert_eq!(user_of("Basic Z3VpZGUubWQ6NDI6eA=="), Some("guide.md:42".into()));
        assert_eq!(user_of("basic czE6eA=="), Some("s1".into()));
    }

    #[test]
    fn other_credentials_have_no_user() {
        assert_eq!(user_of("Bearer abc"), None);
        assert_eq!(user_of("Basic \u{fc}"), None);
        assert_eq!(user_of("Basic"), None);
    }
}
