//! Requests, answers, and what is wrong with them.

use crate::data::Path;
use crate::diagnostics::{Code, Severity};

/// Whether the connection is encrypted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Scheme {
    /// Plain HTTP.
    Http,
    /// HTTP over TLS.
    Https,
}

/// A request as a client sends it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    /// In capitals.
    pub method: String,
    /// The scheme.
    pub scheme: Scheme,
    /// The host as the client names it, in lower case, without a port.
    pub host: String,
    /// The port, also where it is the usual one.
    pub port: u16,
    /// The path, as sent, from `/`.
    pub path: String,
    /// The query without its `?`; empty where there is none.
    pub query: String,
    /// Names in lower case, in the order sent; names may repeat.
    pub headers: Vec<(String, String)>,
    /// The body as sent.
    pub body: Vec<u8>,
}

/// What came back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// The status.
    pub status: u16,
    /// Names in lower case.
    pub headers: Vec<(String, String)>,
    /// The body in pieces, as it is streamed; one piece where it is not.
    pub chunks: Vec<Vec<u8>>,
}

/// The part of a request that something is wrong with.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Place {
    /// The host, or the request as a whole.
    Host,
    /// The method.
    Method,
    /// The path.
    Path,
    /// A parameter of the query, by name.
    Query(String),
    /// The credential, wherever it stands (also where it is missing).
    Credential,
    /// A header by its name in lower case.
    Header(String),
    /// A place in the JSON value of a header.
    InHeader(String, Path),
    /// A place in the body; the empty path is the body as a whole.
    Body(Path),
    /// The key at the end of a way into the body, where the key is wrong and not its value.
    BodyKey(Path),
    /// A byte of a body that is not JSON.
    BodyByte(usize),
}

/// One thing that is wrong with a request, or misleads the reader.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// The kind of mistake.
    pub code: Code,
    /// An error where the provider refuses the request, a warning where it answers all the same.
    pub severity: Severity,
    /// Where in the request.
    pub place: Place,
    /// One line.
    pub message: String,
    /// What stands under the underlined characters.
    pub label: Option<String>,
    /// What to do.
    pub help: Option<String>,
    /// What belongs there, where that is certain.
    pub fix: Option<String>,
}

/// A request with its answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Exchange {
    /// What was sent; credentials struck out where it is shown, see [`Request::shown`].
    pub request: Request,
    /// What came back.
    pub answer: Answer,
    /// The name of the provider profile that it was judged by; none where no profile fits and nothing was sent.
    pub provider: Option<String>,
    /// What is wrong with the request.
    pub findings: Vec<Finding>,
    /// Why nothing was sent, where nothing was sent.
    pub unsent: Option<Unsent>,
}

/// Why a request was not sent on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unsent {
    /// No profile knows the host, and path and body belong to no known dialect.
    UnknownHost(String),
    /// The live gateway needs this variable, and the environment does not have it.
    NoCredential(String),
}
