//! Recorded exchanges: kept as files that can be read and reviewed, and answered from.
//!
//! `write` makes a file, `read` takes it back, `meaning` says when two requests mean the same.

mod meaning;
mod read;
mod write;

use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, Mutex};
use std::time::SystemTime;

use super::exchange::{Answer, Exchange, Finding, Place, Request, Unsent};
use super::session::locked;
use crate::data::Path;
use crate::diagnostics::{Code, Diagnostic, Problem};
use crate::source::{Source, Span};

pub use write::write;

use meaning::{Meaning, differences};

/// After so many days a recording is old.
const OLD: u64 = 90;

/// A day in seconds.
const DAY: u64 = 86_400;

/// How many differences to a recording are named.
const MOST_NAMED: usize = 3;

/// The recordings that a gateway answers from.
#[derive(Debug, Default)]
pub struct Cassettes {
    recordings: Vec<Recording>,
    by_meaning: HashMap<Meaning, Vec<usize>>,
    /// How often each was asked for, by session.
    counts: Mutex<HashMap<(String, Meaning), usize>>,
}

/// A recorded exchange.
struct Recording {
    /// The file.
    file: String,
    request: Request,
    answer: Answer,
}

impl fmt::Debug for Recording {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Recording").field("file", &self.file).finish_non_exhaustive()
    }
}

impl Cassettes {
    /// The recordings of files; what is wrong with these, and which of them are old.
    pub fn read(sources: &[Arc<Source>], now: SystemTime) -> (Self, Vec<Diagnostic>) {
        let mut cassettes = Self::default();
        let mut diagnostics = Vec::new();
        for source in sources {
            let (cassette, problems) = read::cassette(source.text()).into_parts();
            diagnostics.extend(problems.into_iter().map(|problem| problem.of(source)));
            diagnostics.extend(
                cassette.recorded.and_then(|recorded| old(recorded, now)).map(|problem| problem.of(source)),
            );
            for (request, answer) in cassette.exchanges {
                let file = source.path().to_owned();
                let index = cassettes.recordings.len();
                cassettes.by_meaning.entry(Meaning::of(&request)).or_default().push(index);
                cassettes.recordings.push(Recording { file, request, answer });
            }
        }
        (cassettes, diagnostics)
    }

    /// The exchange as it was recorded; where one request was sent several times, its answers are given in turn.
    pub(super) fn answer(&self, judged: &Exchange, session: &str) -> Result<Answer, Box<(Unsent, Finding)>> {
        let request = judged.shown().request;
        let meaning = Meaning::of(&request);
        let Some(found) = self.by_meaning.get(&meaning) else { return Err(self.missing(&request)) };
        let mut counts = locked(&self.counts);
        let count = counts.entry((session.to_owned(), meaning)).or_default();
        let index = found.get(*count).or(found.last()).copied().unwrap_or_default();
        *count += 1;
        drop(counts);
        match self.recordings.get(index) {
            Some(recording) => Ok(recording.answer.clone()),
            None => Err(self.missing(&request)),
        }
    }

    /// Forgets a session that is over.
    pub(super) fn forget(&self, session: &str) {
        locked(&self.counts).retain(|(of, _), _| of != session);
    }

    /// What is said of a request that was never recorded: the nearest one that was, and what differs.
    fn missing(&self, request: &Request) -> Box<(Unsent, Finding)> {
        let is_there = |recording: &&Recording| {
            let other = &recording.request;
            (&other.method, &other.host, other.port, &other.path)
                == (&request.method, &request.host, request.port, &request.path)
        };
        let near = self
            .recordings
            .iter()
            .filter(is_there)
            .map(|recording| (differences(&recording.request, request), recording));
        let nearest = near.min_by_key(|(differences, _)| differences.len());
        let (reason, place) = if let Some((differences, recording)) = nearest {
            let named: Vec<String> =
                differences.iter().take(MOST_NAMED).map(|(name, _)| format!("`{name}`")).collect();
            let more = differences.len().saturating_sub(MOST_NAMED);
            let more = if more == 0 { String::new() } else { format!(" and {more} more") };
            let file = &recording.file;
            let reason = format!("the nearest one, in `{file}`, differs in {}{more}", named.join(", "));
            (reason, differences.into_iter().next().map_or(Place::Host, |(_, place)| place))
        } else {
            let Request { method, path, host, .. } = request;
            (format!("nothing was recorded for `{method} {path}` of `{host}`"), Place::Host)
        };
        let message = format!("this request was not recorded: {reason}");
        let finding =
            Finding::new(Code::NotRecorded, place, message).help("record it with `proofpress record`");
        Box::new((Unsent::NotRecorded(reason), finding))
    }
}

/// What is said of a cassette that is old.
fn old((recorded, span): (u64, Span), now: SystemTime) -> Option<Problem> {
    let now = now.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default().as_secs() / DAY;
    let days = now.saturating_sub(recorded);
    (days > OLD).then(|| {
        let message = format!("this was recorded {days} days ago");
        Problem::new(Code::OldRecording, span, message).help("record it again with `proofpress record`")
    })
}

/// What is said where the live gateway and the mock disagree about a request.
///
/// Refusals for want of money, of rights or of time say nothing about the mock.
pub(super) fn drift(mock: &Exchange, live: &Answer) -> Option<Finding> {
    let host = &mock.request.host;
    let refused_by_mock = mock.findings.iter().find(|finding| finding.is_error());
    let (message, place) = match (refused_by_mock, live.status) {
        (Some(finding), 200..300) => {
            let message = format!("`{host}` takes a request that the mock refuses: {}", finding.message);
            (message, finding.place.clone())
        }
        (None, 400 | 404 | 405 | 415 | 422) if mock.unsent.is_none() && mock.answer.is_success() => {
            (format!("`{host}` refuses a request that the mock takes"), Place::Body(Path::default()))
        }
        (_, _) => return None,
    };
    let help = match &mock.provider {
        Some(provider) => format!("the mock's profile `{provider}` is wrong, or older than the service"),
        None => "the mock's profile is wrong, or older than the service".to_owned(),
    };
    Some(Finding::new(Code::Drift, place, message).help(help))
}

#[cfg(test)]
mod tests;
