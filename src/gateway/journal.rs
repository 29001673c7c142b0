//! The last exchanges of a gateway, for people who look on and for programs.

use std::collections::VecDeque;
use std::fmt;
use std::sync::{Arc, Mutex};
use std::time::SystemTime;

use serde_json::{Value, json};
use tokio::sync::watch;

use super::exchange::{Exchange, Finding};
use super::limits::rfc_3339;
use super::session::locked;

/// How many exchanges are kept.
const MOST: usize = 500;

/// How many bytes of bodies are kept in all.
const MOST_BYTES: usize = 16 << 20;

/// How much of one body is kept.
const MOST_OF_ONE: usize = 64 << 10;

/// An exchange and when it was.
#[derive(Debug)]
pub(super) struct Entry {
    /// Counted from one.
    pub(super) number: u64,
    pub(super) time: SystemTime,
    exchange: Exchange,
    bytes: usize,
}

/// The last exchanges; what is older is forgotten.
pub(super) struct Journal {
    kept: Mutex<Kept>,
    /// The number of the last one.
    last: watch::Sender<u64>,
}

#[derive(Debug, Default)]
struct Kept {
    entries: VecDeque<Arc<Entry>>,
    bytes: usize,
    count: u64,
}

impl fmt::Debug for Journal {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Credentials are struck out when something is shown, and not before.
        formatter.debug_struct("Journal").finish_non_exhaustive()
    }
}

impl Default for Journal {
    fn default() -> Self {
        Self { kept: Mutex::default(), last: watch::Sender::new(0) }
    }
}

impl Journal {
    /// Keeps an exchange.
    pub(super) fn keep(&self, exchange: &Exchange, time: SystemTime) {
        let exchange = shortened(exchange);
        let bytes = exchange.request.body.len() + exchange.answer.chunks.iter().map(Vec::len).sum::<usize>();
        let mut kept = locked(&self.kept);
        kept.count += 1;
        let number = kept.count;
        kept.bytes += bytes;
        kept.entries.push_back(Arc::new(Entry { number, time, exchange, bytes }));
        while kept.entries.len() > MOST || kept.bytes > MOST_BYTES {
            let Some(oldest) = kept.entries.pop_front() else { break };
            kept.bytes -= oldest.bytes;
        }
        drop(kept);
        self.last.send_replace(number);
    }

    /// The exchanges after a number, the oldest first.
    pub(super) fn after(&self, number: u64) -> Vec<Arc<Entry>> {
        let kept = locked(&self.kept);
        kept.entries.iter().filter(|entry| entry.number > number).map(Arc::clone).collect()
    }

    /// Forgets all exchanges; they are counted on.
    pub(super) fn clear(&self) {
        let mut kept = locked(&self.kept);
        kept.entries.clear();
        kept.bytes = 0;
    }

    /// Tells of the number of the last exchange.
    pub(super) fn news(&self) -> watch::Receiver<u64> {
        self.last.subscribe()
    }
}

impl Entry {
    /// The exchange without credentials.
    pub(super) fn shown(&self) -> Exchange {
        self.exchange.shown()
    }

    /// When it was, as RFC 3339 writes it.
    pub(super) fn time(&self) -> String {
        time(self.time)
    }

    /// The whole entry for programs.
    pub(super) fn json(&self) -> Value {
        let exchange = self.shown();
        let mut value = brief(&exchange, self.time);
        value["number"] = json!(self.number);
        value["request"] = json!({ "headers": exchange.request.headers, "body": exchange.request.text() });
        value["answer"] = json!({
            "headers": exchange.answer.headers,
            "body": exchange.answer.body_text(),
            "pieces": exchange.answer.chunks.len(),
        });
        value
    }
}

/// What was asked and answered, without bodies and without credentials.
pub fn line(exchange: &Exchange, when: SystemTime) -> Value {
    brief(&exchange.shown(), when)
}

fn brief(exchange: &Exchange, when: SystemTime) -> Value {
    let status = exchange.unsent.is_none().then_some(exchange.answer.status);
    json!({
        "time": time(when),
        "method": exchange.request.method,
        "url": exchange.request.url(),
        "provider": exchange.provider,
        "status": status,
        "unsent": exchange.unsent.as_ref().map(ToString::to_string),
        "fault": exchange.fault,
        "findings": exchange.findings.iter().map(finding).collect::<Vec<_>>(),
    })
}

fn finding(finding: &Finding) -> Value {
    json!({
        "severity": finding.severity.as_str(),
        "code": finding.code.as_str(),
        "message": finding.message,
        "help": finding.help,
    })
}

fn time(time: SystemTime) -> String {
    rfc_3339(time.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default().as_secs())
}

/// The exchange with as much of its bodies as is kept.
fn shortened(exchange: &Exchange) -> Exchange {
    // In a body that is cut, credentials could no longer be told by their names.
    let answered: usize = exchange.answer.chunks.iter().map(Vec::len).sum();
    let is_long = exchange.request.body.len() > MOST_OF_ONE || answered > MOST_OF_ONE;
    let mut exchange = if is_long { exchange.shown() } else { exchange.clone() };
    exchange.request.body.truncate(MOST_OF_ONE);
    exchange.request.body.shrink_to_fit();
    let mut left = MOST_OF_ONE;
    for chunk in &mut exchange.answer.chunks {
        chunk.truncate(left);
        left -= chunk.len();
    }
    exchange.answer.chunks.retain(|chunk| !chunk.is_empty());
    exchange
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::gateway::dialects::seed::tests::request;
    use crate::gateway::exchange::Answer;

    fn exchange(size: usize) -> Exchange {
        Exchange {
            request: request(&"a".repeat(size)),
            answer: Answer::text(200, "text/plain", "b".repeat(size)),
            provider: Some("openai".to_owned()),
            findings: Vec::new(),
            unsent: None,
            fault: None,
        }
    }

    #[test]
    fn only_the_last_exchanges_are_kept() {
        let journal = Journal::default();
        for _ in 0..MOST + 7 {
            journal.keep(&exchange(1), SystemTime::UNIX_EPOCH);
        }
        let numbers: Vec<u64> = journal.after(0).iter().map(|entry| entry.number).collect();
        assert_eq!((numbers.len(), numbers[0]), (MOST, 8));
        assert_eq!(journal.after(506).len(), 1);
        assert_eq!(*journal.news().borrow(), 507);
    }

    #[test]
    fn only_so_many_bytes_are_kept() {
        let journal = Journal::default();
        for _ in 0..400 {
            journal.keep(&exchange(1 << 20), SystemTime::UNIX_EPOCH);
        }
        let entries = journal.after(0);
        let bytes: usize = entries.iter().map(|entry| entry.bytes).sum();
        assert!(bytes <= MOST_BYTES && entries.len() > 100, "{bytes} in {}", entries.len());
    }

    #[test]
    fn what_is_forgotten_is_counted_on() {
        let journal = Journal::default();
        journal.keep(&exchange(1), SystemTime::UNIX_EPOCH);
        journal.clear();
        assert!(journal.after(0).is_empty());
        journal.keep(&exchange(1), SystemTime::UNIX_EPOCH);
        assert_eq!(journal.after(0)[0].number, 2);
    }

    #[test]
    fn an_entry_is_told_without_credentials() {
        let journal = Journal::default();
        let mut exchange = exchange(1);
        exchange.request.headers.push(("authorization".to_owned(), "Bearer correct-horse".to_owned()));
        journal.keep(&exchange, SystemTime::UNIX_EPOCH);
        let told = journal.after(0)[0].json();
        assert_eq!(told["request"]["headers"][0][1], "Bearer ***");
        assert_eq!(told["time"], "1970-01-01T00:00:00Z");
        assert_eq!(told["status"], 200);
    }
}
