//! The examples of a site: found, planned, run, judged.

mod anchors;
mod changes;
pub mod clients;
mod companions;
mod discover;
mod judge;
mod kinds;
mod last_word;
mod memory;
mod probe;
mod programs;
mod run;
mod sandbox;
pub mod shell;
mod verifier;

pub use verifier::{Cap, Event, Events, Options, Verifier, gateway_of, verify};

use std::fmt;
use std::path::PathBuf;

use crate::data::schema::Repair;
use crate::diagnostics::Diagnostic;
use crate::gateway::allowance::Tally;
use crate::gateway::exchange::Exchange;

/// What an example claims.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// The configuration of the client of this name.
    Config(String),
    /// A Portkey Config.
    Routing,
    /// Data that parses.
    Data,
    /// Commands of a shell.
    Shell,
}

impl Kind {
    /// The word in reports.
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::Config(_) => "config",
            Self::Routing => "routing",
            Self::Data => "data",
            Self::Shell => "shell",
        }
    }
}

/// What became of an example.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// All that it claims holds.
    Passed,
    /// Something does not; the diagnostics say what.
    Failed,
    /// It could not be tried.
    Skipped(String),
    /// It is not an example: nothing tests it, for this reason.
    Untested(String),
}

/// A way in which an example was tried.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Check {
    /// It was read.
    Syntax,
    /// It was held against a schema.
    Schema,
    /// The program itself was asked, and has the last word.
    Program,
    /// Its model references were followed.
    References,
    /// Its requests were sent and answered.
    Request,
    /// Its routing was tried.
    Routing,
    /// Its commands were run.
    Run,
}

impl Check {
    /// The word in reports.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Syntax => "syntax",
            Self::Schema => "schema",
            Self::Program => "program",
            Self::References => "references",
            Self::Request => "request",
            Self::Routing => "routing",
            Self::Run => "run",
        }
    }
}

/// A fence and what became of it.
#[derive(Clone, Debug)]
pub struct Outcome {
    /// The file, as shown to people.
    pub file: String,
    /// The line of the opening fence, from one.
    pub line: u32,
    /// The language of the fence.
    pub language: String,
    /// Its kind; none where nothing tests it.
    pub kind: Option<Kind>,
    /// What became of it.
    pub verdict: Verdict,
    /// How it was tried.
    pub checked: Vec<Check>,
    /// What was sent and answered.
    pub exchanges: Vec<Exchange>,
    /// What is wrong with it.
    pub diagnostics: Vec<Diagnostic>,
}

/// What became of all fences: one list a page, in the order of the pages and of their fences.
#[derive(Clone, Debug, Default)]
pub struct Verdicts {
    /// The outcomes of each page.
    pub pages: Vec<Vec<Outcome>>,
    /// The schemas of the site's own that judged, and had to be put right before; in the order of their clients.
    pub mended: Vec<Mended>,
    /// The programs that were asked, in the order of their clients.
    pub asked: Vec<Asked>,
    /// What was sent to live gateways; nothing where the mock has answered.
    pub sent: Option<Tally>,
}

/// A program that was asked what it takes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asked {
    /// Its name for people.
    pub program: String,
    /// Its version; empty where it does not say.
    pub version: String,
    /// The configurations that it judged.
    pub judged: usize,
    /// Why it could not judge another one, where that was so.
    pub trouble: Option<String>,
}

/// A schema that could not judge as it was.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mended {
    /// The client whose configurations it judges.
    pub client: String,
    /// Its file.
    pub schema: String,
    /// What was put right.
    pub repairs: Vec<Repair>,
}

impl fmt::Display for Verdict {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(match self {
            Self::Passed => "passed",
            Self::Failed => "failed",
            Self::Skipped(_) => "skipped",
            Self::Untested(_) => "untested",
        })
    }
}

/// Our own trouble in running examples.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A scratch folder, or a file in it, could not be made.
    #[error("cannot write the scratch folder {}", path.display())]
    ScratchDir {
        /// The folder.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// The shell could not be started or waited for.
    #[error("cannot run `bash`")]
    Shell {
        /// Why.
        source: std::io::Error,
    },
    /// The shell could not be started within its limits.
    #[error(transparent)]
    Confine(#[from] sandbox::Error),
    /// The gateway could not be started, or did not answer.
    #[error(transparent)]
    Gateway(#[from] crate::gateway::server::Error),
    /// The recordings cannot be read.
    #[error(transparent)]
    Cassettes(crate::site::Error),
    /// The gateway that was asked for is not there.
    #[error("cannot reach the gateway at {host}")]
    Unreachable {
        /// Its host and port.
        host: String,
        /// Why.
        source: std::io::Error,
    },
    /// A program that has to be asked is not installed.
    #[error("`{program}` is not installed, which the settings require for `{client}`")]
    NoProgram {
        /// How it would be started.
        program: String,
        /// The client.
        client: String,
    },
    /// A program that has to be asked cannot judge.
    #[error("{program} cannot judge its configurations, which the settings require: {reason}")]
    NoVerdict {
        /// Its name for people.
        program: String,
        /// The last line of what it says.
        reason: String,
    },
    /// The threads for requests could not be had.
    #[error("cannot start the threads that send requests")]
    Threads {
        /// Why.
        source: std::io::Error,
    },
}
