//! The gateway as a whole: started, asked for sessions, stopped.

use std::collections::BTreeMap;
use std::convert::Infallible;
use std::fmt;
use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use reqwest::Url;
use rustls::crypto::ring;
use tokio::net::TcpListener;
use tokio::sync::{mpsc, watch};

use super::authority::{self, Authority};
use super::credentials;
use super::exchange::{Answer, Exchange, Request, Scheme, Unsent};
use super::faults::rules::{Rule, Rules};
use super::faults::{self, Clock, Delivery, End};
use super::limits::{Limit, Limits};
use super::live::Live;
use super::mock::Mock;
use super::outgoing::{self, Outgoing};
use super::pattern::Subject;
use super::profiles::{Profile, Profiles, Service};
use super::proxy::{self, Phase, Watch};
use super::secrets::Secrets;
use super::session::{Recipient, Session, Sessions};

/// The header of an answer that did not come from a provider; its value is the host, the path or the variable.
pub const UNSENT: &str = "x-proofpress-unsent";

/// How long requests under way may take to end when a gateway stops.
const GRACE: Duration = Duration::from_secs(3);

/// Who answers.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Mode {
    /// The mock, out of its profiles.
    #[default]
    Mock,
    /// The real hosts.
    Live,
    /// A gateway of the user's own, at this base URL.
    Url(Url),
}

/// Is told of every exchange when it is over.
pub type Log = Box<dyn Fn(&Exchange) + Send + Sync>;

/// What a gateway is to be.
pub struct Options {
    /// Who answers.
    pub mode: Mode,
    /// The address to listen at.
    pub host: IpAddr,
    /// The port to listen at; any free one where it is 0.
    pub port: u16,
    /// The providers that are known.
    pub profiles: Profiles,
    /// The environment: credentials and, for live modes, the proxy and the certificates of the network here.
    pub environment: BTreeMap<String, String>,
    /// Is told of every exchange.
    pub log: Option<Log>,
    /// What goes wrong on purpose.
    pub faults: Vec<Rule>,
    /// The limits of providers.
    pub limits: Vec<Limit>,
    /// The time of day.
    pub clock: Clock,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            mode: Mode::Mock,
            host: IpAddr::V4(Ipv4Addr::LOCALHOST),
            port: 0,
            profiles: Profiles::builtin(),
            environment: BTreeMap::new(),
            log: None,
            faults: Vec::new(),
            limits: Vec::new(),
            clock: Clock::default(),
        }
    }
}

impl fmt::Debug for Options {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The environment holds secrets, and so may the URL of a gateway.
        formatter
            .debug_struct("Options")
            .field("host", &self.host)
            .field("port", &self.port)
            .finish_non_exhaustive()
    }
}

/// Where a stand-alone gateway stands for a provider.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Base {
    /// The name of the provider.
    pub provider: String,
    /// The base URL.
    pub url: String,
    /// A credential that is taken there.
    pub credential: String,
}

/// What a gateway cannot do.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The port cannot be had.
    #[error("cannot listen at {address}: {source}")]
    Listen {
        /// The address that was asked for.
        address: SocketAddr,
        /// Why.
        source: io::Error,
    },
    /// There is no certificate authority.
    #[error(transparent)]
    Authority(#[from] authority::Error),
    /// It was to ask itself.
    #[error("the gateway at {0} would ask itself")]
    Circle(SocketAddr),
    /// There is no client for requests to others.
    #[error("cannot prepare requests: {0}")]
    Client(String),
    /// What was to be sent cannot be written as HTTP.
    #[error("cannot be sent: {0}")]
    NoRequest(String),
    /// The gateway did not answer.
    #[error("the gateway did not answer: {0}")]
    Lost(String),
}

/// A gateway that is listening; when it is dropped, it ends at once.
#[derive(Debug)]
pub struct Gateway {
    shared: Arc<Shared>,
    phase: watch::Sender<Phase>,
    at_work: mpsc::Receiver<Infallible>,
}

/// What all connections of a gateway share.
pub(super) struct Shared {
    pub(super) address: SocketAddr,
    pub(super) authority: Arc<Authority>,
    pub(super) sessions: Arc<Sessions>,
    /// Sends the requests of sessions, through the gateway itself.
    pub(super) client: reqwest::Client,
    pub(super) mock: Mock,
    pub(super) secrets: Secrets,
    pub(super) faults: Rules,
    pub(super) limits: Limits,
    pub(super) clock: Clock,
    live: Option<Live>,
    log: Option<Log>,
}

impl fmt::Debug for Shared {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Shared").field("address", &self.address).finish_non_exhaustive()
    }
}

impl Gateway {
    /// Starts to listen; must be called within a Tokio runtime.
    pub async fn start(options: Options) -> Result<Self, Error> {
        // Another part of the process may have chosen already; ours is for the clients that ask for the default.
        let _ = ring::default_provider().install_default();
        let wanted = SocketAddr::new(options.host, options.port);
        check_base(&options.mode, wanted)?;
        let listen = |source| Error::Listen { address: wanted, source };
        let listener = TcpListener::bind(wanted).await.map_err(listen)?;
        let bound = listener.local_addr().map_err(listen)?;

        let address = SocketAddr::new(reachable(bound.ip()), bound.port());
        check_base(&options.mode, address)?;
        let authority = Arc::new(Authority::new()?);
        let secrets = Secrets::of(&options.environment, &options.profiles, &options.mode);
        let live = match options.mode {
            Mode::Mock => None,
            Mode::Live => Some(Live::new(None, options.environment).await?),
            Mode::Url(base) => Some(Live::new(Some(base), options.environment).await?),
        };
        let shared = Arc::new(Shared {
            address,
            client: own_client(address, &authority)?,
            authority,
            sessions: Sessions::new(random()?),
            mock: Mock::new(options.profiles),
            secrets,
            faults: Rules::new(options.faults),
            limits: Limits::new(options.limits),
            clock: options.clock,
            live,
            log: options.log,
        });
        let (phase, phases) = watch::channel(Phase::Open);
        let (sign, at_work) = mpsc::channel(1);
        let watch = Watch { phase: phases, _at_work: sign };
        tokio::spawn(proxy::listen(listener, Arc::clone(&shared), watch));
        Ok(Self { shared, phase, at_work })
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.shared.address
    }

    /// The certificate that clients have to trust, as PEM text.
    pub fn authority_pem(&self) -> &str {
        self.shared.authority.pem()
    }

    /// The session of a name; the one without a name sees the requests that name none.
    pub fn session(&self, name: &str) -> Session {
        Session::open(&self.shared, name)
    }

    /// The providers that it stands for, each with its base URL here and a credential that it takes.
    pub fn bases(&self) -> Vec<Base> {
        let address = self.shared.address;
        let profiles = self.shared.mock.profiles();
        profiles
            .iter()
            .map(|profile| Base {
                provider: profile.name.clone(),
                url: format!("http://{address}/{}{}", profile.name, profile.base()),
                credential: credentials::issued_to(profile),
            })
            .collect()
    }

    /// Ends it: what was begun is finished within a few seconds, nothing new is taken.
    pub async fn stop(mut self) {
        self.phase.send_replace(Phase::Closing);
        let _ = tokio::time::timeout(GRACE, self.at_work.recv()).await;
        self.phase.send_replace(Phase::Closed);
        let _ = tokio::time::timeout(GRACE, self.at_work.recv()).await;
    }
}

impl Drop for Gateway {
    fn drop(&mut self) {
        self.phase.send_replace(Phase::Closed);
    }
}

impl Shared {
    /// Whether an address is the gateway's own.
    pub(super) fn is_self(&self, host: &str, port: u16) -> bool {
        is_address(self.address, host, port)
    }

    /// Lets go wrong what the session, the rules and the limits say.
    fn simulate(&self, exchange: Exchange, recipient: &Recipient) -> Simulated {
        let may_fail = matches!(exchange.unsent, None | Some(Unsent::NotPlayed(_)));
        if !may_fail {
            return Simulated::Nothing(exchange);
        }
        let mut turn = recipient.turn();
        if turn.is_none() && !self.faults.all().is_empty() {
            turn = self.faults.turn(&Subject::of(&exchange), &recipient.session());
        }
        if let Some(turn) = turn {
            let (exchange, delivery) = faults::shape(&turn, exchange, self.mock.profiles(), &self.clock);
            return Simulated::Fault(exchange, delivery);
        }
        if exchange.unsent.is_some() || self.limits.all().is_empty() || self.live.is_some() {
            return Simulated::Nothing(exchange);
        }
        let exchange = self.limits.apply(exchange, &recipient.session(), self.mock.profiles(), &self.clock);
        match exchange.fault {
            Some(_) => Simulated::Fault(exchange, Delivery::default()),
            None => Simulated::Nothing(exchange),
        }
    }

    /// Whether a connection is to fail at its handshake.
    pub(super) fn breaks_tls(&self, host: &str, port: u16, session: &str) -> bool {
        let provider = || self.mock.profiles().at(host, port).map(|profile| profile.name.as_str());
        self.sessions.breaks_tls(session)
            || (!self.faults.all().is_empty() && self.faults.breaks_tls(provider(), session))
    }

    /// Ends an exchange: secrets are struck out, the log is told, the owner gets it. Gives the answer as it may be
    /// shown.
    pub(super) fn finish(&self, mut exchange: Exchange, recipient: Recipient) -> Answer {
        self.secrets.strike_exchange(&mut exchange);
        if let Some(log) = &self.log {
            log(&exchange);
        }
        let answer = exchange.answer.clone();
        recipient.record(exchange);
        answer
    }
}

/// Answers a request, as the mode has it; nothing where the connection is to be reset.
pub(super) async fn answer(
    shared: &Arc<Shared>,
    request: Request,
    recipient: Recipient,
    mut watch: Watch,
) -> Option<hyper::Response<Outgoing>> {
    let exchange = shared.mock.answer(&request);
    let simulated = shared.simulate(exchange, &recipient);
    let exchange = match simulated {
        Simulated::Nothing(exchange) => exchange,
        // What goes wrong on purpose is never sent to anybody.
        Simulated::Fault(exchange, delivery) => {
            let answer = shared.finish(exchange, recipient);
            if let Some(delay) = delivery.delay {
                tokio::select! {
                    () = tokio::time::sleep(delay) => {}
                    () = watch.until(Phase::Closed) => {}
                }
            }
            return (delivery.end != End::Reset).then(|| outgoing::delivered(answer, delivery));
        }
    };
    Some(match (&exchange.unsent, &shared.live) {
        // What the mock cannot play, the real service can.
        (None | Some(Unsent::NotPlayed(_)), Some(live)) => {
            live.forward(shared, exchange, recipient, watch).await
        }
        (Some(unsent), _) => {
            let unsent = unsent.clone();
            leave(shared, exchange, unsent, recipient)
        }
        (None, None) => outgoing::whole(shared.finish(exchange, recipient)),
    })
}

/// What became of an exchange that faults and limits have looked at.
enum Simulated {
    /// It is as it was, with headers that tell of limits at most.
    Nothing(Exchange),
    /// Something goes wrong on purpose.
    Fault(Exchange, Delivery),
}

/// Says that nothing was sent, and why.
pub(super) fn leave(
    shared: &Shared,
    exchange: Exchange,
    unsent: Unsent,
    recipient: Recipient,
) -> hyper::Response<Outgoing> {
    let message = format!("{unsent}; nothing was sent");
    let mut answer = json_answer(
        502,
        &serde_json::json!({ "error": { "message": message, "type": "proofpress_gateway" } }),
    );
    answer.headers.push((UNSENT.to_owned(), unsent.subject().to_owned()));
    let exchange = Exchange { answer, findings: Vec::new(), unsent: Some(unsent), ..exchange };
    outgoing::whole(shared.finish(exchange, recipient))
}

/// An answer of the gateway's own.
pub(super) fn json_answer(status: u16, body: &serde_json::Value) -> Answer {
    Answer {
        status,
        headers: vec![("content-type".to_owned(), "application/json".to_owned())],
        chunks: vec![body.to_string().into_bytes()],
    }
}

/// The answer to what is asked of the gateway itself, not of a provider.
pub(super) fn own_page(shared: &Shared, request: &Request) -> Option<Answer> {
    let asked = request.path == "/health" && matches!(request.method.as_str(), "GET" | "HEAD");
    let is_own = asked && shared.mock.profiles().at(&request.host, request.port).is_none();
    is_own.then(|| json_answer(200, &serde_json::json!({ "status": "ok" })))
}

/// A request to the gateway as a server, turned into one to the provider that is meant: named by the first segment
/// of the path or by the host; else it is Portkey.
pub(super) fn addressed(shared: &Shared, request: Request) -> Request {
    let profiles = shared.mock.profiles();
    let rest = request.path.strip_prefix('/').unwrap_or_default();
    let (segment, rest) = rest.split_once('/').unwrap_or((rest, ""));
    if let Some(profile) = profiles.get(segment) {
        let path = format!("/{rest}");
        return Request { path, ..moved(shared, request, profile) };
    }
    let secure = || profiles.at(&request.host, 443);
    if let Some(profile) = profiles.at(&request.host, request.port).or_else(secure) {
        return if profile.hosts.contains(&request.host) {
            Request { scheme: Scheme::Https, port: profile.ports.first().copied().unwrap_or(443), ..request }
        } else {
            request
        };
    }
    match profiles.iter().find(|profile| profile.service == Service::Portkey) {
        Some(portkey) => moved(shared, request, portkey),
        None => request,
    }
}

/// A request at the usual address of a provider.
fn moved(shared: &Shared, request: Request, profile: &Profile) -> Request {
    let (scheme, host, port) = match (profile.hosts.first(), profile.local) {
        (Some(host), false) => (Scheme::Https, host.clone(), profile.ports.first().copied().unwrap_or(443)),
        (host, _) => {
            let host = host.map_or("localhost", String::as_str).to_owned();
            (Scheme::Http, host, profile.ports.first().copied().unwrap_or(shared.address.port()))
        }
    };
    Request { scheme, host, port, ..request }
}

/// Refuses a base URL that leads back to the gateway.
fn check_base(mode: &Mode, address: SocketAddr) -> Result<(), Error> {
    let Mode::Url(base) = mode else { return Ok(()) };
    let host = base.host_str().unwrap_or_default();
    match base.port_or_known_default() {
        Some(port) if is_address(address, host, port) => Err(Error::Circle(address)),
        _ => Ok(()),
    }
}

/// Whether a host and a port lead to an address on this machine.
fn is_address(address: SocketAddr, host: &str, port: u16) -> bool {
    let host = host.trim_matches(['[', ']']);
    let is_here = |ip: IpAddr| ip.is_loopback() || ip.is_unspecified() || ip == address.ip();
    port == address.port() && (host == "localhost" || host.parse().is_ok_and(is_here))
}

/// The address by which a listener is reached; one that listens everywhere is reached by loopback.
fn reachable(ip: IpAddr) -> IpAddr {
    match ip {
        IpAddr::V4(ip) if ip.is_unspecified() => IpAddr::V4(Ipv4Addr::LOCALHOST),
        IpAddr::V6(ip) if ip.is_unspecified() => IpAddr::V6(Ipv6Addr::LOCALHOST),
        other => other,
    }
}

/// A client that sends everything through the gateway and trusts only its authority.
fn own_client(address: SocketAddr, authority: &Authority) -> Result<reqwest::Client, Error> {
    let failed = |error: reqwest::Error| Error::Client(error.to_string());
    let certificate = reqwest::Certificate::from_pem(authority.pem().as_bytes()).map_err(failed)?;
    reqwest::Client::builder()
        .proxy(reqwest::Proxy::all(format!("http://{address}")).map_err(failed)?)
        .tls_certs_only([certificate])
        .redirect(reqwest::redirect::Policy::none())
        .build()
        .map_err(failed)
}

/// A number that nobody can guess.
fn random() -> Result<u64, Error> {
    let mut bytes = [0; 8];
    ring::default_provider()
        .secure_random
        .fill(&mut bytes)
        .map_err(|_| Error::Client("the system has no random numbers".to_owned()))?;
    Ok(u64::from_le_bytes(bytes))
}
