//! The gateway as a whole: started, asked for sessions, stopped.

use std::collections::BTreeMap;
use std::convert::Infallible;
use std::fmt;
use std::io;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use reqwest::Url;
use rustls::crypto::ring;
use tokio::net::TcpListener;
use tokio::sync::{mpsc, watch};

use super::addresses::{check_base, reachable};
use super::allowance::{Allowance, Tally};
use super::authority::{self, Authority};
use super::cassettes::{self, Cassettes};
use super::credentials;
use super::exchange::{Answer, Exchange, Request, Unsent};
use super::faults::rules::{Rule, Rules};
use super::faults::{self, Clock, Delivery, End};
use super::journal::Journal;
use super::limits::{Limit, Limits};
use super::live::Live;
use super::metrics::Metrics;
use super::mock::Mock;
use super::outgoing::{self, Outgoing};
use super::pattern::Subject;
use super::profiles::{Profile, Profiles};
use super::proxy::{self, Phase, Watch};
use super::refusal::refusal;
use super::scripts::{Script, Scripted};
use super::secrets::Secrets;
use super::session::{Recipient, Session, Sessions};

/// How long requests under way may take to end when a gateway stops.
const GRACE: Duration = Duration::from_secs(10);

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
    /// Recordings.
    Replay,
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
    /// The recordings that [`Mode::Replay`] answers from.
    pub cassettes: Cassettes,
    /// What live gateways may be asked.
    pub allowance: Allowance,
    /// What it shows of itself.
    pub pages: Pages,
    /// Answers in place of the mock's own.
    pub script: Option<Script>,
}

/// What a gateway shows of itself, to those who ask it and not a provider.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Pages {
    /// That it is there.
    #[default]
    Health,
    /// Its exchanges and its numbers too, and its faults can be set.
    All,
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
            cassettes: Cassettes::default(),
            allowance: Allowance::default(),
            pages: Pages::default(),
            script: None,
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

/// Where a stand-alone gateway stands for clients of a dialect.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dialect {
    /// The name of the dialect.
    pub name: String,
    /// The base URL, as such clients want to be told it.
    pub url: String,
    /// A credential that is taken there.
    pub credential: String,
}

/// The dialects, each with a provider that speaks it, and the path that its clients put behind a base URL themselves.
const DIALECTS: [(&str, &str, &str); 5] = [
    ("openai-completions", "openai", ""),
    ("openai-responses", "openai", ""),
    ("anthropic-messages", "anthropic", "/v1"),
    ("google-generative-ai", "google", ""),
    ("ollama", "ollama", "/v1"),
];

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
    /// Where it is reached.
    pub(super) address: SocketAddr,
    /// Where it listens.
    pub(super) bound: IpAddr,
    pub(super) authority: Arc<Authority>,
    pub(super) sessions: Arc<Sessions>,
    /// Sends the requests of sessions, through the gateway itself.
    pub(super) client: reqwest::Client,
    pub(super) mock: Mock,
    pub(super) secrets: Secrets,
    pub(super) faults: Rules,
    pub(super) limits: Limits,
    pub(super) clock: Clock,
    pub(super) metrics: Metrics,
    /// The last exchanges, where anybody may look at them.
    pub(super) journal: Option<Journal>,
    script: Option<Scripted>,
    pub(super) cassettes: Option<Cassettes>,
    /// What goes wrong, and what is limited, at the start.
    start: (Vec<Rule>, Vec<Limit>),
    pub(super) live: Option<Live>,
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
        let replays = options.mode == Mode::Replay;
        let live = match options.mode {
            Mode::Mock | Mode::Replay => None,
            Mode::Live => Some(Live::new(None, options.environment, options.allowance).await?),
            Mode::Url(base) => Some(Live::new(Some(base), options.environment, options.allowance).await?),
        };
        let shared = Arc::new(Shared {
            address,
            bound: bound.ip(),
            client: own_client(address, &authority)?,
            authority,
            sessions: Sessions::new(random()?),
            mock: Mock::new(options.profiles),
            secrets,
            faults: Rules::new(options.faults.clone()),
            limits: Limits::new(options.limits.clone()),
            start: (options.faults, options.limits),
            clock: options.clock,
            metrics: Metrics::default(),
            journal: (options.pages == Pages::All).then(Journal::default),
            script: options.script.map(Scripted::new),
            cassettes: replays.then_some(options.cassettes),
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
        self.shared.bases()
    }

    /// The dialects that it speaks, each with a base URL here and a credential that it takes.
    pub fn dialects(&self) -> Vec<Dialect> {
        let bases = self.bases();
        let dialect = |(name, provider, own): &(&str, &str, &str)| {
            let base = bases.iter().find(|base| base.provider == *provider)?;
            let url = base.url.strip_suffix(own).unwrap_or(&base.url).to_owned();
            Some(Dialect { name: (*name).to_owned(), url, credential: base.credential.clone() })
        };
        DIALECTS.iter().filter_map(dialect).collect()
    }

    /// What live gateways were asked so far; nothing where there are none.
    pub fn tally(&self) -> Option<Tally> {
        self.shared.live.as_ref().map(|live| live.ledger.tally())
    }

    /// Ends it: what was begun is finished within ten seconds, nothing new is taken.
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
    /// The providers that it stands for.
    pub(super) fn bases(&self) -> Vec<Base> {
        let address = self.address;
        let base = |profile: &Profile| Base {
            provider: profile.name.clone(),
            url: format!("http://{address}/{}{}", profile.name, profile.base()),
            credential: credentials::issued_to(profile),
        };
        self.mock.profiles().iter().map(base).collect()
    }

    /// Faults, limits and scripts as they were at the start, and all counts at zero.
    pub(super) fn restart(&self) {
        let (faults, limits) = &self.start;
        self.faults.replace(faults.clone());
        self.limits.replace(limits.clone());
        if let Some(script) = &self.script {
            script.restart();
        }
    }

    /// Lets go wrong what the session, the rules and the limits say.
    fn simulate(&self, exchange: Exchange, recipient: &Recipient) -> Simulated {
        if !is_played(&exchange) {
            return Simulated::Nothing(exchange);
        }
        let mut turn = recipient.turn();
        if turn.is_none() && !self.faults.all().is_empty() {
            turn = self.faults.turn(&Subject::of(&exchange), &recipient.session());
        }
        if let Some(turn) = turn {
            let (exchange, delivery) = faults::shape(&turn, exchange, self.mock.profiles(), &self.clock);
            return Simulated::Made(exchange, delivery);
        }
        let scripted = match &self.script {
            Some(script) => script.answer(exchange, &self.mock, &self.clock),
            None => Err(Box::new(exchange)),
        };
        let exchange = match scripted {
            // What was made to fail uses up nothing, and says itself what is left.
            Ok((exchange, delivery)) if exchange.fault.is_some() => {
                return Simulated::Made(exchange, delivery);
            }
            Ok((exchange, delivery)) => {
                return Simulated::Made(self.limited(exchange, recipient), delivery);
            }
            Err(exchange) => *exchange,
        };
        let exchange = self.limited(exchange, recipient);
        match exchange.fault {
            Some(_) => Simulated::Made(exchange, Delivery::default()),
            None => Simulated::Nothing(exchange),
        }
    }

    /// Holds an exchange against the limits, where nobody has limits of their own.
    fn limited(&self, exchange: Exchange, recipient: &Recipient) -> Exchange {
        if exchange.unsent.is_some() || self.limits.all().is_empty() || self.live.is_some() {
            return exchange;
        }
        self.limits.apply(exchange, &recipient.session(), self.mock.profiles(), &self.clock)
    }

    /// Whether a connection is to fail at its handshake.
    pub(super) fn breaks_tls(&self, host: &str, port: u16, session: &str) -> bool {
        let provider = || self.mock.profiles().at(host, port).map(|profile| profile.name.as_str());
        // As its requests are counted, too.
        let session = if self.sessions.has(session) { session } else { "" };
        self.sessions.breaks_tls(session)
            || (!self.faults.all().is_empty() && self.faults.breaks_tls(provider(), session))
    }

    /// Ends an exchange: secrets are struck out, the log is told, the owner gets it. Gives the answer as it may be
    /// shown.
    pub(super) fn finish(&self, exchange: Exchange, recipient: Recipient) -> Answer {
        let exchange = self.told(exchange);
        let answer = exchange.answer.clone();
        recipient.record(exchange);
        answer
    }

    /// Strikes the secrets of an exchange out, and tells of it all but its owner.
    pub(super) fn told(&self, mut exchange: Exchange) -> Exchange {
        self.secrets.strike_exchange(&mut exchange);
        self.metrics.count(&exchange);
        if let Some(journal) = &self.journal {
            journal.keep(&exchange, self.clock.now());
        }
        if let Some(log) = &self.log {
            log(&exchange);
        }
        exchange
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
        Simulated::Made(exchange, delivery) => {
            // A reply without a body of its own has none where the mock has none.
            let exchange = match exchange.unsent.clone() {
                Some(unsent) if exchange.fault.is_none() => exchange.left(unsent),
                Some(_) | None => exchange,
            };
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
    let exchange = match &shared.cassettes {
        Some(cassettes) if is_played(&exchange) => replayed(cassettes, exchange, &recipient),
        _ => exchange,
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

/// Whether a provider is meant that is known, so that something else than the mock may answer.
fn is_played(exchange: &Exchange) -> bool {
    matches!(exchange.unsent, None | Some(Unsent::NotPlayed(_)))
}

/// The exchange as it was recorded, and what the recording says of it; or why there is none.
fn replayed(cassettes: &Cassettes, judged: Exchange, recipient: &Recipient) -> Exchange {
    match cassettes.answer(&judged, &recipient.session()) {
        Ok(answer) => {
            let drift = cassettes::drift(&judged, &answer);
            let mut exchange = Exchange { answer, findings: Vec::new(), unsent: None, ..judged };
            exchange.findings.extend(refusal(&exchange));
            exchange.findings.extend(drift);
            exchange
        }
        Err(missing) => {
            let (unsent, finding) = *missing;
            Exchange { unsent: Some(unsent), findings: vec![finding], ..judged }
        }
    }
}

/// What became of an exchange that faults, scripts and limits have looked at.
enum Simulated {
    /// It is as it was, with headers that tell of limits at most.
    Nothing(Exchange),
    /// Its answer was made here, and is never asked of anybody.
    Made(Exchange, Delivery),
}

/// Says that nothing was sent, and why.
pub(super) fn leave(
    shared: &Shared,
    exchange: Exchange,
    unsent: Unsent,
    recipient: Recipient,
) -> hyper::Response<Outgoing> {
    outgoing::whole(shared.finish(exchange.left(unsent), recipient))
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
