//! What live gateways may be asked and may cost, and what they were asked and have cost.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::exchange::Unsent;
use super::session::locked;
use super::usage::Usage;
use crate::data::Node;
use crate::data::table::Table;
use crate::diagnostics::Parsed;

/// The longest time that is waited before a request is sent again.
const LONGEST_WAIT: Duration = Duration::from_mins(1);

/// The time before the first further try, where the host says nothing; it doubles each time.
const FIRST_WAIT: Duration = Duration::from_millis(500);

/// What live gateways may be asked; without a limit where there is none.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Allowance {
    /// Requests, further tries among them.
    pub requests: Option<u64>,
    /// Tokens, read and written.
    pub tokens: Option<u64>,
    /// Money, in the currency of the prices.
    pub cost: Option<f64>,
    /// What a million tokens cost that are read.
    pub input_price: Option<f64>,
    /// What a million tokens cost that are written.
    pub output_price: Option<f64>,
    /// How often a request is sent again that its host could not answer for now.
    pub retries: u16,
    /// How many requests a host gets at a time.
    pub at_a_time: u16,
}

impl Default for Allowance {
    fn default() -> Self {
        Self {
            requests: None,
            tokens: None,
            cost: None,
            input_price: None,
            output_price: None,
            retries: 2,
            at_a_time: 4,
        }
    }
}

impl Allowance {
    /// Reads the settings of live gateways.
    pub fn read(node: &Node) -> Parsed<Self> {
        let mut table = Table::new(node, "`gateway.live`", Vec::new());
        let usual = Self::default();
        let allowance = Self {
            requests: table.count("requests"),
            tokens: table.count("tokens"),
            cost: table.decimal("cost"),
            input_price: table.decimal("input_price"),
            output_price: table.decimal("output_price"),
            retries: table.number("retries").unwrap_or(usual.retries),
            at_a_time: table.number("at_a_time").unwrap_or(usual.at_a_time).max(1),
        };
        if allowance.cost.is_some() && !allowance.knows_prices() {
            let span = node.get("cost").map_or(node.span, |cost| cost.span);
            table.problem(span, "`cost` is a limit only together with `input_price` and `output_price`");
        }
        Parsed::new(allowance, table.finish())
    }

    /// Whether it can tell what tokens cost.
    pub fn knows_prices(&self) -> bool {
        self.input_price.is_some() && self.output_price.is_some()
    }
}

/// What live gateways were asked.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Tally {
    /// Requests that were sent, further tries among them.
    pub requests: u64,
    /// Those of them that were further tries.
    pub retries: u64,
    /// The tokens that answers have told of.
    pub usage: Usage,
    /// What they cost, where prices are known.
    pub cost: Option<f64>,
}

/// The allowance of a gateway and what is used of it.
#[derive(Debug, Default)]
pub(super) struct Ledger {
    allowance: Allowance,
    tally: Mutex<Tally>,
    hosts: Mutex<HashMap<String, Arc<Semaphore>>>,
}

impl Ledger {
    pub(super) fn new(allowance: Allowance) -> Self {
        Self { allowance, ..Self::default() }
    }

    /// How often a request may be sent again.
    pub(super) fn retries(&self) -> u32 {
        u32::from(self.allowance.retries)
    }

    /// Counts a request that is about to be sent; or says which limit is reached.
    pub(super) fn admit(&self) -> Result<(), Unsent> {
        let mut tally = locked(&self.tally);
        let Allowance { requests, tokens, cost, .. } = self.allowance;
        let spent = self.cost(tally.usage);
        let reached = match () {
            () if requests.is_some_and(|most| tally.requests >= most) => {
                requests.map(|most| counted(most, "request"))
            }
            () if tokens.is_some_and(|most| tally.usage.total() >= most) => {
                tokens.map(|most| counted(most, "token"))
            }
            () if cost.zip(spent).is_some_and(|(most, spent)| spent >= most) => {
                cost.map(|most| format!("a cost of {most}"))
            }
            () => None,
        };
        if let Some(reached) = reached {
            return Err(Unsent::Exhausted(reached));
        }
        tally.requests += 1;
        Ok(())
    }

    /// Counts that the last request was a further try.
    pub(super) fn retry(&self) {
        locked(&self.tally).retries += 1;
    }

    /// Counts the tokens of an answer.
    pub(super) fn charge(&self, usage: Usage) {
        let mut tally = locked(&self.tally);
        tally.usage.input = tally.usage.input.saturating_add(usage.input);
        tally.usage.output = tally.usage.output.saturating_add(usage.output);
    }

    /// What was asked so far.
    pub(super) fn tally(&self) -> Tally {
        let tally = *locked(&self.tally);
        Tally { cost: self.cost(tally.usage), ..tally }
    }

    /// Waits until a host has room for a request.
    pub(super) async fn turn(&self, host: &str) -> Option<OwnedSemaphorePermit> {
        let room = {
            let mut hosts = locked(&self.hosts);
            let size = usize::from(self.allowance.at_a_time);
            Arc::clone(hosts.entry(host.to_owned()).or_insert_with(|| Arc::new(Semaphore::new(size))))
        };
        room.acquire_owned().await.ok()
    }

    #[expect(clippy::cast_precision_loss, reason = "tokens are counted up to 2^52")]
    fn cost(&self, usage: Usage) -> Option<f64> {
        let (input, output) = self.allowance.input_price.zip(self.allowance.output_price)?;
        Some((usage.input as f64 * input + usage.output as f64 * output) / 1e6)
    }
}

fn counted(count: u64, thing: &str) -> String {
    if count == 1 { format!("1 {thing}") } else { format!("{count} {thing}s") }
}

/// How long to wait before a request is sent again; nothing where it is not to be.
///
/// Hosts say it in `retry-after-ms` or `retry-after`, in seconds or as a date (RFC 9110, section 10.2.3), and forbid it with
/// `x-should-retry: false` (the SDKs of `OpenAI` and Anthropic read both).
pub(super) fn wait_after(
    status: u16,
    header: impl Fn(&str) -> Option<String>,
    tries: u32,
    now: SystemTime,
) -> Option<Duration> {
    let is_passing = matches!(status, 429 | 502 | 503 | 504 | 529);
    if !is_passing || header("x-should-retry").as_deref() == Some("false") {
        return None;
    }
    let milliseconds = || Some(Duration::from_millis(header("retry-after-ms")?.trim().parse().ok()?));
    let told = || {
        let text = header("retry-after")?;
        let seconds =
            text.trim().parse::<f64>().ok().and_then(|seconds| Duration::try_from_secs_f64(seconds).ok());
        seconds.or_else(|| {
            let date = httpdate::parse_http_date(text.trim()).ok()?;
            Some(date.duration_since(now).unwrap_or_default())
        })
    };
    let wait = milliseconds().or_else(told).unwrap_or(FIRST_WAIT * 2_u32.saturating_pow(tries));
    (wait <= LONGEST_WAIT).then_some(wait)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::{self, Syntax};

    #[track_caller]
    fn check_wait(status: u16, headers: &[(&str, &str)], tries: u32, wait: Option<u64>) {
        let header = |name: &str| {
            headers.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned())
        };
        let now = SystemTime::UNIX_EPOCH + Duration::from_secs(784_111_777);
        assert_eq!(wait_after(status, header, tries, now), wait.map(Duration::from_millis));
    }

    #[test]
    fn a_host_says_when_to_come_back() {
        check_wait(429, &[("retry-after", "7")], 0, Some(7000));
        check_wait(429, &[("retry-after", "7"), ("retry-after-ms", "20")], 0, Some(20));
        check_wait(503, &[("retry-after", "Sun, 06 Nov 1994 08:49:47 GMT")], 0, Some(10_000));
        check_wait(503, &[("retry-after", "Sun, 06 Nov 1994 08:49:27 GMT")], 0, Some(0));
    }

    #[test]
    fn without_a_word_the_time_doubles() {
        check_wait(529, &[], 0, Some(500));
        check_wait(429, &[("retry-after", "soon")], 2, Some(2000));
    }

    #[test]
    fn what_would_not_pass_is_not_sent_again() {
        check_wait(500, &[], 0, None);
        check_wait(400, &[("retry-after", "1")], 0, None);
        check_wait(429, &[("x-should-retry", "false")], 0, None);
        check_wait(429, &[("retry-after", "3600")], 0, None);
        check_wait(429, &[("retry-after", "-1")], 9, None);
    }

    #[track_caller]
    fn check_limit(allowance: Allowance, reached: &str) {
        let ledger = Ledger::new(allowance);
        assert_eq!(ledger.admit(), Ok(()));
        ledger.charge(Usage { input: 60, output: 40 });
        assert_eq!(
            ledger.admit().map_err(|unsent| unsent.to_string()),
            Err(format!("the limit of {reached} is reached"))
        );
        assert_eq!(ledger.tally().requests, 1);
    }

    #[test]
    fn what_is_used_up_is_not_asked_for() {
        check_limit(Allowance { requests: Some(1), ..Allowance::default() }, "1 request");
        check_limit(Allowance { tokens: Some(100), ..Allowance::default() }, "100 tokens");
        let prices = Allowance { input_price: Some(1.0), output_price: Some(10.0), ..Allowance::default() };
        check_limit(Allowance { cost: Some(0.0004), ..prices }, "a cost of 0.0004");
    }

    #[test]
    fn a_cost_needs_prices() {
        let text = "cost = 1\nretires = 3";
        let root = data::parse(text, Syntax::Toml).into_parts().0.root;
        let (_, problems) = Allowance::read(&root).into_parts();
        let found: Vec<_> = problems.iter().map(|problem| problem.message.as_str()).collect();
        assert_eq!(
            found,
            [
                "`cost` is a limit only together with `input_price` and `output_price`",
                "`retires` is not a key of `gateway.live`"
            ]
        );
    }
}
