//! Sessions: which exchange belongs to which example.

use std::collections::HashMap;
use std::fmt;
use std::mem;
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};

use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use reqwest::{Method, Url};
use rustls::pki_types::ServerName;
use tokio::sync::oneshot;

use super::exchange::{Exchange, Request, Scheme};
use super::faults::{Connection, Plan, Turn};
use super::outgoing;
use super::proxy;
use super::server::{Error, Shared};

/// The header by which the gateway knows a request of [`Session::send`]; it is taken off on arrival.
pub(super) const TICKET: &str = "proofpress-ticket";

/// One example's share of a gateway; what it keeps is freed when it is dropped.
pub struct Session {
    records: Arc<Records>,
    shared: Arc<Shared>,
}

impl fmt::Debug for Session {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Session").field("name", &self.records.name).finish_non_exhaustive()
    }
}

impl Session {
    pub(super) fn open(shared: &Arc<Shared>, name: &str) -> Self {
        Self { records: shared.sessions.open(name), shared: Arc::clone(shared) }
    }

    /// The proxy as a client is told of it; the user name in it names the session.
    pub fn proxy_url(&self) -> String {
        let address = self.shared.address;
        if self.records.name.is_empty() {
            return format!("http://{address}");
        }
        format!("http://{}:x@{address}", percent_encoded(&self.records.name))
    }

    /// What a child process must find in its environment so that its requests come here and it trusts the answers;
    /// variables without a value must not be there. `ca_file` holds [`Gateway::authority_pem`].
    ///
    /// [`Gateway::authority_pem`]: super::server::Gateway::authority_pem
    pub fn environment(&self, ca_file: &Path) -> Vec<(String, Option<String>)> {
        // curl reads HTTP_PROXY only in lower case; others only in capitals.
        const PROXY: [&str; 6] =
            ["ALL_PROXY", "HTTPS_PROXY", "HTTP_PROXY", "all_proxy", "http_proxy", "https_proxy"];
        const AUTHORITY: [&str; 9] = [
            "AWS_CA_BUNDLE",
            "CARGO_HTTP_CAINFO",
            "CURL_CA_BUNDLE",
            "DENO_CERT",
            "GIT_SSL_CAINFO",
            "NODE_EXTRA_CA_CERTS",
            "PIP_CERT",
            "REQUESTS_CA_BUNDLE",
            "SSL_CERT_FILE",
        ];
        // LiteLLM asks the network for prices as soon as it is imported.
        const SWITCHES: [(&str, &str); 2] =
            [("LITELLM_LOCAL_MODEL_COST_MAP", "True"), ("NODE_USE_ENV_PROXY", "1")];
        // OpenSSL prefers the folder to the file, and NO_PROXY would let requests for localhost pass us by.
        const ABSENT: [&str; 3] = ["NO_PROXY", "SSL_CERT_DIR", "no_proxy"];

        let proxy = self.proxy_url();
        let authority = ca_file.to_string_lossy().into_owned();
        let set = |name: &str, value: &str| (name.to_owned(), Some(value.to_owned()));
        PROXY
            .iter()
            .map(|name| set(name, &proxy))
            .chain(AUTHORITY.iter().map(|name| set(name, &authority)))
            .chain(SWITCHES.iter().map(|(name, value)| set(name, value)))
            .chain(ABSENT.iter().map(|name| ((*name).to_owned(), None)))
            .collect()
    }

    /// Lets go wrong what a plan says, request by request, from now on.
    pub fn plan_faults(&self, plan: Plan) {
        *locked(&self.records.faults) = Some(Course { plan, taken: 0 });
    }

    /// The exchanges since the last call, in the order in which the requests arrived.
    pub fn take(&self) -> Vec<Exchange> {
        let mut numbered = mem::take(&mut *locked(&self.records.exchanges));
        numbered.sort_by_key(|(number, _)| *number);
        numbered.into_iter().map(|(_, exchange)| exchange).collect()
    }

    /// Sends a request over the socket, as a client of its own would, and gives the exchange, which is not kept
    /// for [`Session::take`].
    pub async fn send(&self, request: Request) -> Result<Exchange, Error> {
        let url = url_of(&request).map_err(Error::NoRequest)?;
        let method = Method::from_bytes(request.method.as_bytes())
            .map_err(|_| Error::NoRequest(format!("`{}` is no method", request.method)))?;
        let mut headers = headers_of(&request).map_err(Error::NoRequest)?;
        let (ticket, mut arrival) = Ticket::issue(&self.shared.sessions, &self.records);
        headers.insert(HeaderName::from_static(TICKET), ticket.header());
        // Half of what is read at most: HTTP/2 counts more for each header than it has letters.
        let head = request.headers.iter().map(|(name, value)| name.len() + value.len()).sum::<usize>();
        if request.body.len() > proxy::MOST_BODY || url.as_str().len() + head > proxy::MOST_HEAD / 2 {
            return Err(Error::NoRequest("it is longer than any that is read".to_owned()));
        }
        let mut sending = self.shared.client.request(method, url).headers(headers);
        if !request.body.is_empty() {
            sending = sending.body(request.body);
        }
        let read = read_to_end(sending).await;
        // An exchange is recorded before the end of its answer goes out; so one that is not there by now never comes,
        // and one that is there counts, also where its answer broke off.
        match (arrival.try_recv().ok(), read) {
            (Some(exchange), _) => Ok(exchange),
            (None, Ok(status)) => {
                Err(Error::NoRequest(format!("it is too long to be read, or no HTTP ({status})")))
            }
            (None, Err(error)) if error.is_builder() => Err(Error::NoRequest(innermost(&error))),
            (None, Err(error)) => Err(Error::Lost(innermost(&error))),
        }
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        // The last one of its name.
        if Arc::strong_count(&self.records) == 1 {
            self.shared.faults.forget(&self.records.name);
            self.shared.limits.forget(&self.records.name);
            if let Some(cassettes) = &self.shared.cassettes {
                cassettes.forget(&self.records.name);
            }
        }
    }
}

/// Sends a request and reads the answer to its end, or a streamed exchange would never be complete; gives the status.
async fn read_to_end(sending: reqwest::RequestBuilder) -> reqwest::Result<u16> {
    let mut response = sending.send().await?;
    while response.chunk().await?.is_some() {}
    Ok(response.status().as_u16())
}

/// The open sessions and the requests under way.
pub(super) struct Sessions {
    open: Mutex<HashMap<String, Weak<Records>>>,
    waiting: Mutex<HashMap<u64, Waiting>>,
    next: AtomicU64,
    // Without it a child process could guess the ticket of another example.
    secret: u64,
}

/// Who waits for an exchange, and in which session.
struct Waiting {
    sender: oneshot::Sender<Exchange>,
    records: Weak<Records>,
}

impl Sessions {
    pub(super) fn new(secret: u64) -> Arc<Self> {
        Arc::new(Self { open: Mutex::default(), waiting: Mutex::default(), next: AtomicU64::new(0), secret })
    }

    fn open(self: &Arc<Self>, name: &str) -> Arc<Records> {
        let mut open = locked(&self.open);
        if let Some(records) = open.get(name).and_then(Weak::upgrade) {
            return records;
        }
        let records = Arc::new(Records {
            name: name.to_owned(),
            exchanges: Mutex::default(),
            faults: Mutex::default(),
            sessions: Arc::downgrade(self),
        });
        open.insert(name.to_owned(), Arc::downgrade(&records));
        records
    }

    /// Whom the exchange belongs to that begins now.
    pub(super) fn recipient(self: &Arc<Self>, session: &str, ticket: Option<&str>) -> Recipient {
        let number = self.next.fetch_add(1, Ordering::Relaxed);
        let owner = ticket
            .and_then(|ticket| self.ticket_number(ticket))
            .map_or_else(|| Owner::Session(session.to_owned()), Owner::Ticket);
        Recipient { number, owner, sessions: Arc::clone(self) }
    }

    /// Whether somebody keeps a session of a name.
    pub(super) fn has(&self, name: &str) -> bool {
        locked(&self.open).get(name).is_some_and(|records| records.strong_count() > 0)
    }

    /// Whether the next connection of a session fails at its handshake.
    pub(super) fn breaks_tls(&self, session: &str) -> bool {
        let records = locked(&self.open).get(session).and_then(Weak::upgrade);
        records.is_some_and(|records| records.breaks_tls())
    }

    fn ticket_number(&self, ticket: &str) -> Option<u64> {
        let (secret, number) = ticket.split_once('-')?;
        let number = number.parse().ok()?;
        (secret == self.secret.to_string() && locked(&self.waiting).contains_key(&number)).then_some(number)
    }
}

/// What one session has seen.
struct Records {
    name: String,
    exchanges: Mutex<Vec<(u64, Exchange)>>,
    faults: Mutex<Option<Course>>,
    sessions: Weak<Sessions>,
}

/// A plan, and how many requests it has seen.
struct Course {
    plan: Plan,
    taken: u64,
}

impl Records {
    /// What goes wrong with the next request.
    fn turn(&self) -> Option<Turn> {
        let mut course = locked(&self.faults);
        let course = course.as_mut()?;
        let turn = course.plan.turn(course.taken).cloned();
        course.taken += 1;
        turn.filter(|turn| !turn.is_nothing())
    }

    /// Whether the next connection fails at its handshake.
    fn breaks_tls(&self) -> bool {
        let mut course = locked(&self.faults);
        let Some(course) = course.as_mut() else { return false };
        let fails = course.plan.turn(course.taken).is_some_and(|turn| turn.connection == Connection::NoTls);
        course.taken += u64::from(fails);
        fails
    }
}

impl Drop for Records {
    fn drop(&mut self) {
        let Some(sessions) = self.sessions.upgrade() else { return };
        let mut open = locked(&sessions.open);
        // A session of the same name may have been opened since.
        if open.get(&self.name).is_some_and(|records| records.strong_count() == 0) {
            open.remove(&self.name);
        }
    }
}

/// To whom one exchange goes.
pub(super) struct Recipient {
    number: u64,
    owner: Owner,
    sessions: Arc<Sessions>,
}

enum Owner {
    Session(String),
    Ticket(u64),
}

impl Recipient {
    /// What its session has planned to go wrong with this request.
    pub(super) fn turn(&self) -> Option<Turn> {
        self.records()?.turn()
    }

    /// The name of its session; empty where nobody keeps one of the name.
    pub(super) fn session(&self) -> String {
        self.records().map(|records| records.name.clone()).unwrap_or_default()
    }

    fn records(&self) -> Option<Arc<Records>> {
        match &self.owner {
            Owner::Session(name) => locked(&self.sessions.open).get(name).and_then(Weak::upgrade),
            Owner::Ticket(number) => {
                locked(&self.sessions.waiting).get(number).and_then(|waiting| waiting.records.upgrade())
            }
        }
    }

    /// Hands the exchange over; it is dropped where nobody wants it.
    pub(super) fn record(self, exchange: Exchange) {
        match self.owner {
            Owner::Session(name) => {
                let records = locked(&self.sessions.open).get(&name).and_then(Weak::upgrade);
                if let Some(records) = records {
                    locked(&records.exchanges).push((self.number, exchange));
                }
            }
            Owner::Ticket(number) => {
                let waiting = locked(&self.sessions.waiting).remove(&number);
                if let Some(waiting) = waiting {
                    // The one who waited may have given up.
                    let _ = waiting.sender.send(exchange);
                }
            }
        }
    }
}

/// The claim to the exchange of one request.
struct Ticket<'a> {
    number: u64,
    sessions: &'a Sessions,
}

impl<'a> Ticket<'a> {
    fn issue(sessions: &'a Sessions, records: &Arc<Records>) -> (Self, oneshot::Receiver<Exchange>) {
        let number = sessions.next.fetch_add(1, Ordering::Relaxed);
        let (sender, receiver) = oneshot::channel();
        locked(&sessions.waiting).insert(number, Waiting { sender, records: Arc::downgrade(records) });
        (Self { number, sessions }, receiver)
    }

    fn header(&self) -> HeaderValue {
        HeaderValue::from_str(&format!("{}-{}", self.sessions.secret, self.number))
            .expect("digits are a header value")
    }
}

impl Drop for Ticket<'_> {
    fn drop(&mut self) {
        locked(&self.sessions.waiting).remove(&self.number);
    }
}

/// The value behind a lock; whoever panicked with it in hand cannot have left it half written.
pub(super) fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The URL of a request.
pub(super) fn url_of(request: &Request) -> Result<Url, String> {
    // A URL would be read otherwise than it was meant.
    if request.host.is_empty() || request.host.contains(['/', '\\', '?', '#', '@']) {
        return Err(format!("`{}` is no host", request.host));
    }
    if !request.path.starts_with('/') {
        return Err(format!("`{}` is no path", request.path));
    }
    // The HTTP library refuses such a name, and an IPv6 address, when it speaks TLS through a proxy.
    let is_name = !request.host.contains(':') && ServerName::try_from(request.host.as_str()).is_ok();
    if request.scheme == Scheme::Https && !is_name {
        return Err(format!("`{}` is no name of a host", request.host));
    }
    let text = request.url();
    Url::parse(&text).map_err(|error| format!("`{text}` is no URL: {error}"))
}

/// The headers of a request, as the HTTP library wants them.
fn headers_of(request: &Request) -> Result<HeaderMap, String> {
    let mut headers = HeaderMap::new();
    for (name, value) in &request.headers {
        // The HTTP library writes these itself.
        if outgoing::is_of_connection(name) || matches!(name.as_str(), "host" | "content-length") {
            continue;
        }
        let header = HeaderName::from_bytes(name.as_bytes())
            .map_err(|_| format!("`{name}` is no name of a header"))?;
        let value = HeaderValue::from_bytes(value.as_bytes())
            .map_err(|_| format!("the value of the header `{name}` cannot be sent"))?;
        headers.append(header, value);
    }
    Ok(headers)
}

/// What is at the bottom of an error; the layers above it only repeat the URL.
pub(super) fn innermost(error: &dyn std::error::Error) -> String {
    let mut innermost = error;
    while let Some(source) = innermost.source() {
        innermost = source;
    }
    innermost.to_string()
}

/// What stands for itself in every part of a URL (RFC 3986, unreserved).
const PLAIN: &percent_encoding::AsciiSet =
    &percent_encoding::NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// A text as a part of a URL.
pub(super) fn percent_encoded(text: &str) -> String {
    percent_encoding::utf8_percent_encode(text, PLAIN).to_string()
}
