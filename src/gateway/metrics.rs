//! What a gateway has done, in numbers, as Prometheus reads them (text format 0.0.4).

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::Arc;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

use super::exchange::Exchange;
use super::session::locked;
use super::usage::Usage;

/// The media type of the format.
pub(super) const KIND: &str = "text/plain; version=0.0.4; charset=utf-8";

/// The numbers; their labels are providers, statuses and codes, of which there are only so many.
#[derive(Debug, Default)]
pub(super) struct Metrics {
    exchanges: Mutex<BTreeMap<(String, String), u64>>,
    findings: Mutex<BTreeMap<&'static str, u64>>,
    faults: AtomicU64,
    input: AtomicU64,
    output: AtomicU64,
    retries: AtomicU64,
    open: Arc<AtomicU64>,
}

/// An answer that is on its way; counted until it is dropped.
#[derive(Debug)]
pub(super) struct Open(Arc<AtomicU64>);

impl Drop for Open {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

impl Metrics {
    /// Counts an exchange.
    pub(super) fn count(&self, exchange: &Exchange) {
        let provider = exchange.provider.clone().unwrap_or_default();
        let status =
            if exchange.unsent.is_some() { "unsent".to_owned() } else { exchange.answer.status.to_string() };
        *locked(&self.exchanges).entry((provider, status)).or_default() += 1;
        if !exchange.findings.is_empty() {
            let mut findings = locked(&self.findings);
            for finding in &exchange.findings {
                *findings.entry(finding.code.as_str()).or_default() += 1;
            }
        }
        self.faults.fetch_add(u64::from(exchange.fault.is_some()), Ordering::Relaxed);
    }

    /// Counts tokens that somebody pays for.
    pub(super) fn spend(&self, usage: Usage) {
        self.input.fetch_add(usage.input, Ordering::Relaxed);
        self.output.fetch_add(usage.output, Ordering::Relaxed);
    }

    /// Counts a request that is sent again.
    pub(super) fn retry(&self) {
        self.retries.fetch_add(1, Ordering::Relaxed);
    }

    /// Counts an answer that begins.
    pub(super) fn open(&self) -> Open {
        self.open.fetch_add(1, Ordering::Relaxed);
        Open(Arc::clone(&self.open))
    }

    /// All of them in Prometheus' format.
    pub(super) fn text(&self) -> String {
        let mut text = String::new();
        let mut family = |name: &str, kind: &str, help: &str, lines: Vec<(String, u64)>| {
            // A `String` takes everything.
            let _ = writeln!(text, "# HELP {name} {help}\n# TYPE {name} {kind}");
            for (labels, value) in lines {
                let _ = writeln!(text, "{name}{labels} {value}");
            }
        };
        let exchanges = locked(&self.exchanges).clone();
        let exchanges = exchanges.into_iter().map(|((provider, status), count)| {
            (format!("{{provider=\"{}\",status=\"{status}\"}}", escaped(&provider)), count)
        });
        family(
            "proofpress_exchanges_total",
            "counter",
            "Requests that were answered, or not sent.",
            exchanges.collect(),
        );
        let findings = locked(&self.findings).clone();
        let findings = findings.into_iter().map(|(code, count)| (format!("{{code=\"{code}\"}}"), count));
        family(
            "proofpress_findings_total",
            "counter",
            "Mistakes that were found in requests.",
            findings.collect(),
        );
        let single = |value: &AtomicU64| value.load(Ordering::Relaxed);
        let alone = |value: &AtomicU64| vec![(String::new(), single(value))];
        family("proofpress_faults_total", "counter", "Requests that were made to fail.", alone(&self.faults));
        family("proofpress_retries_total", "counter", "Requests that were sent again.", alone(&self.retries));
        let tokens = vec![
            ("{direction=\"input\"}".to_owned(), single(&self.input)),
            ("{direction=\"output\"}".to_owned(), single(&self.output)),
        ];
        family("proofpress_tokens_total", "counter", "Tokens that live gateways have counted.", tokens);
        family("proofpress_answers_open", "gauge", "Answers that are on their way.", alone(&self.open));
        text
    }
}

/// The value of a label.
fn escaped(value: &str) -> String {
    value.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::gateway::dialects::seed::tests::request;
    use crate::gateway::exchange::{Answer, Finding, Place, Unsent};

    #[test]
    fn numbers_are_told_as_prometheus_reads_them() {
        let metrics = Metrics::default();
        let exchange = Exchange {
            request: request(""),
            answer: Answer::text(429, "", ""),
            provider: Some("a\"b".to_owned()),
            findings: vec![Finding::new(crate::diagnostics::Code::WrongPath, Place::Path, "")],
            unsent: None,
            fault: Some("429".to_owned()),
        };
        metrics.count(&exchange);
        metrics.count(&exchange);
        metrics.count(&Exchange {
            provider: None,
            unsent: Some(Unsent::UnknownHost("x".to_owned())),
            ..exchange
        });
        let open = metrics.open();
        let text = metrics.text();
        for line in [
            "# TYPE proofpress_exchanges_total counter",
            "proofpress_exchanges_total{provider=\"a\\\"b\",status=\"429\"} 2",
            "proofpress_exchanges_total{provider=\"\",status=\"unsent\"} 1",
            "proofpress_findings_total{code=\"wrong-path\"} 3",
            "proofpress_faults_total 3",
            "proofpress_answers_open 1",
        ] {
            assert!(text.lines().any(|found| found == line), "{line} in {text}");
        }
        drop(open);
        assert!(metrics.text().contains("proofpress_answers_open 0\n"));
    }
}
