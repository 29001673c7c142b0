//! Faults on demand: what a service can be made to do wrong, with which request, and how the answer goes out then.
//!
//! `read` reads plans such as `429*2,500`, [`rules`] says which requests they are for, `shape` makes the answer.

mod read;
pub mod rules;
mod shape;

use std::time::{Duration, Instant, SystemTime};

pub(super) use shape::shape;

/// What goes wrong, request by request.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Plan {
    steps: Vec<Step>,
}

/// A turn that is taken several times.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Step {
    turn: Turn,
    /// How often; without end where there is none.
    times: Option<u32>,
}

/// What goes wrong with one request, all of it together.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Turn {
    /// As it was written.
    pub(super) text: String,
    pub(super) status: Option<u16>,
    pub(super) retry_after: Option<RetryAfter>,
    /// Before the answer begins.
    pub(super) delay: Option<Duration>,
    /// Between the pieces of a stream.
    pub(super) pause: Option<Duration>,
    pub(super) cut: Option<Cut>,
    pub(super) malformed: bool,
    pub(super) content_type: Option<String>,
    pub(super) connection: Connection,
    /// Whether clients are told not to try again.
    pub(super) is_last_word: bool,
}

/// When a client may try again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum RetryAfter {
    Seconds(u64),
    /// So many seconds from now, said as a date.
    Date(u64),
}

/// Where an answer breaks off.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Cut {
    /// In the middle.
    Half,
    /// After so many pieces of a stream.
    After(usize),
}

/// What becomes of the connection.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Connection {
    #[default]
    Kept,
    /// It is reset before there is an answer.
    Reset,
    /// It does not come to be, because the handshake of TLS fails.
    NoTls,
}

/// How an answer goes out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Delivery {
    pub(super) delay: Option<Duration>,
    pub(super) pause: Option<Duration>,
    pub(super) end: End,
}

/// How an answer ends.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum End {
    #[default]
    Whole,
    /// It breaks off.
    Broken,
    /// There is none.
    Reset,
}

/// The time of day, without a question to the system for each request.
#[derive(Clone, Copy, Debug)]
pub struct Clock {
    started: SystemTime,
    since: Instant,
}

impl Clock {
    /// A clock that goes on from a time.
    pub fn at(started: SystemTime) -> Self {
        Self { started, since: Instant::now() }
    }

    /// The time now.
    pub fn now(&self) -> SystemTime {
        self.started + self.since.elapsed()
    }
}

impl Default for Clock {
    fn default() -> Self {
        Self::at(SystemTime::UNIX_EPOCH)
    }
}

impl Plan {
    /// The same as the last word of an example that documents an error: the last step holds for all that follows, and
    /// its answer tells clients not to try again (`x-should-retry`, which the SDKs of OpenAI and Anthropic read).
    #[must_use]
    pub fn documented(mut self) -> Self {
        if let Some(last) = self.steps.last_mut() {
            last.times = None;
            last.turn.is_last_word = true;
        }
        self
    }

    /// What goes wrong with the request of a number, which counts from zero; nothing where all is over.
    pub(super) fn turn(&self, number: u64) -> Option<&Turn> {
        let mut before = 0_u64;
        for step in &self.steps {
            let Some(times) = step.times else { return Some(&step.turn) };
            before += u64::from(times);
            if number < before {
                return Some(&step.turn);
            }
        }
        None
    }

    /// Whether TLS is to fail at any time, which only a connection through the proxy can.
    pub(super) fn breaks_tls(&self) -> bool {
        self.steps.iter().any(|step| step.turn.connection == Connection::NoTls)
    }
}

impl Turn {
    /// Whether nothing goes wrong.
    pub(super) fn is_nothing(&self) -> bool {
        let Self { text, is_last_word: _, .. } = self;
        *self == Self { text: text.clone(), is_last_word: self.is_last_word, ..Self::default() }
    }
}
