//! Limits that a provider puts on requests and tokens of a minute, and budgets that run out: off unless asked for.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::time::{Duration, Instant, SystemTime};

use super::exchange::{Answer, Exchange};
use super::faults::Clock;
use super::mock::judgement::{Fill, filled};
use super::pattern::Subject;
use super::profiles::{ErrorForm, GENERIC, Profile, Profiles, ResetForm};
use super::session::locked;
use super::usage::Usage;
use crate::data::table::Table;
use crate::data::{Node, Value};
use crate::diagnostics::{Code, Parsed, Problem};

/// How many accounts are kept; who calls under ever new names shares one.
const MOST_ACCOUNTS: usize = 100_000;

/// A minute in seconds.
const MINUTE: f64 = 60.0;

/// What is let through.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Limit {
    /// The name of the provider; each of them where there is none.
    pub provider: Option<String>,
    /// Requests a minute.
    pub requests: Option<u64>,
    /// Tokens a minute.
    pub tokens: Option<u64>,
    /// Tokens in all.
    pub budget: Option<u64>,
}

/// Reads a list of limits; `profiles` are the providers that can be named.
pub fn read(node: &Node, profiles: &Profiles) -> Parsed<Vec<Limit>> {
    let Value::Array(elements) = &node.value else {
        let problem = Problem::new(Code::Setting, node.span, "`limits` is not a list of tables");
        return Parsed::new(Vec::new(), vec![problem.help("write `[[gateway.limits]]` before each of them")]);
    };
    let mut problems = Vec::new();
    let mut limits = Vec::new();
    for element in elements {
        let mut table = Table::new(element, "a limit", Vec::new());
        let provider = table.spanned_text("provider");
        if let Some((name, span)) = &provider
            && profiles.get(name).is_none()
        {
            table.unknown_word(name, *span, profiles.iter().map(|profile| profile.name.as_str()));
        }
        let limit = Limit {
            provider: provider.map(|(name, _)| name),
            requests: table.count("requests"),
            tokens: table.count("tokens"),
            budget: table.count("budget"),
        };
        if limit.requests.is_none() && limit.tokens.is_none() && limit.budget.is_none() {
            table.problem(element.span, "a limit has none of `requests`, `tokens` and `budget`");
        }
        problems.extend(table.finish());
        limits.push(limit);
    }
    Parsed::new(limits, problems)
}

/// The limits of a gateway, and what was used of them.
#[derive(Debug, Default)]
pub(super) struct Limits {
    limits: RwLock<Arc<Vec<Limit>>>,
    /// By limit and session.
    accounts: Mutex<HashMap<(usize, String, String), Account>>,
}

/// What was used of a limit.
#[derive(Clone, Copy, Debug)]
struct Account {
    requests: Bucket,
    tokens: Bucket,
    spent: u64,
}

/// What is left of a minute's share; it fills up again evenly.
#[derive(Clone, Copy, Debug)]
struct Bucket {
    size: f64,
    left: f64,
    at: Instant,
}

/// What of a limit is used up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Exhausted {
    Requests,
    Tokens,
    Budget,
}

impl Limits {
    pub(super) fn new(limits: Vec<Limit>) -> Self {
        Self { limits: RwLock::new(Arc::new(limits)), accounts: Mutex::default() }
    }

    pub(super) fn all(&self) -> Arc<Vec<Limit>> {
        Arc::clone(&self.limits.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Puts other limits in the place of these; nothing is used of them yet.
    pub(super) fn replace(&self, limits: Vec<Limit>) {
        *self.limits.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(limits);
        locked(&self.accounts).clear();
    }

    /// Forgets a session that is over.
    pub(super) fn forget(&self, session: &str) {
        if !self.all().is_empty() {
            locked(&self.accounts).retain(|(_, _, of), _| of != session);
        }
    }

    /// Holds an exchange against the limits of its provider: refuses it, or says how much is left.
    pub(super) fn apply(
        &self,
        exchange: Exchange,
        session: &str,
        profiles: &Profiles,
        clock: &Clock,
    ) -> Exchange {
        let limits = self.all();
        let provider = exchange.provider.clone().unwrap_or_default();
        let is_meant = |limit: &Limit| limit.provider.as_ref().is_none_or(|wanted| *wanted == provider);
        let Some((index, limit)) = limits.iter().enumerate().find(|(_, limit)| is_meant(limit)) else {
            return exchange;
        };
        let Some(profile) = profiles.get(&provider) else { return exchange };
        let mut accounts = locked(&self.accounts);
        let key = (index, provider.clone(), session.to_owned());
        let key = if accounts.len() < MOST_ACCOUNTS || accounts.contains_key(&key) {
            key
        } else {
            (index, provider, String::new())
        };
        let now = Instant::now();
        let account = accounts.entry(key).or_insert_with(|| Account::new(limit, now));
        account.refill(now);
        let mut exchange = if let Some(exhausted) = account.exhausted(limit) {
            refused(exchange, exhausted, account, (profile, profiles))
        } else {
            account.charge(&exchange.answer);
            exchange
        };
        let account = *account;
        drop(accounts);
        let answer = &mut exchange.answer;
        if limit.requests.is_some() {
            told_headers(profile, "requests", (account.requests, clock.now()), answer);
        }
        if limit.tokens.is_some() {
            told_headers(profile, "tokens", (account.tokens, clock.now()), answer);
        }
        exchange
    }
}

impl Account {
    fn new(limit: &Limit, now: Instant) -> Self {
        let bucket = |size: Option<u64>| Bucket::new(size.unwrap_or_default(), now);
        Self { requests: bucket(limit.requests), tokens: bucket(limit.tokens), spent: 0 }
    }

    fn refill(&mut self, now: Instant) {
        self.requests.refill(now);
        self.tokens.refill(now);
    }

    fn exhausted(&self, limit: &Limit) -> Option<Exhausted> {
        if limit.budget.is_some_and(|budget| self.spent >= budget) {
            Some(Exhausted::Budget)
        } else if limit.requests.is_some() && self.requests.left < 1.0 {
            Some(Exhausted::Requests)
        } else if limit.tokens.is_some() && self.tokens.left < 1.0 {
            Some(Exhausted::Tokens)
        } else {
            None
        }
    }

    #[expect(clippy::cast_precision_loss, reason = "tokens are counted up to 2^52")]
    fn charge(&mut self, answer: &Answer) {
        self.requests.left -= 1.0;
        if answer.is_success() {
            let used = Usage::of(answer).total();
            self.tokens.left -= used as f64;
            self.spent = self.spent.saturating_add(used);
        }
    }
}

impl Bucket {
    #[expect(clippy::cast_precision_loss, reason = "limits are counted up to 2^52")]
    fn new(size: u64, now: Instant) -> Self {
        Self { size: size as f64, left: size as f64, at: now }
    }

    fn refill(&mut self, now: Instant) {
        let passed = now.saturating_duration_since(self.at).as_secs_f64();
        self.left = (self.left + passed * self.size / MINUTE).min(self.size);
        self.at = now;
    }

    /// How long until there is so much.
    fn until(&self, wanted: f64) -> Duration {
        if self.left >= wanted || self.size <= 0.0 {
            return Duration::ZERO;
        }
        Duration::try_from_secs_f64((wanted - self.left) * MINUTE / self.size).unwrap_or(Duration::MAX)
    }
}

/// The refusal of a request that is one too many, in the words of the provider.
fn refused(
    exchange: Exchange,
    exhausted: Exhausted,
    account: &Account,
    (profile, profiles): (&Profile, &Profiles),
) -> Exchange {
    let (what, short, bucket) = match exhausted {
        Exhausted::Requests => ("requests", "RPM", account.requests),
        Exhausted::Tokens => ("tokens", "TPM", account.tokens),
        Exhausted::Budget => ("budget", "", account.tokens),
    };
    let own = |errors: &super::profiles::Errors| match exhausted {
        Exhausted::Budget => errors.budget.clone(),
        Exhausted::Requests | Exhausted::Tokens => errors.rate_limit.clone(),
    };
    let form = Some(own(&profile.errors)).filter(|form| !form.body.is_empty());
    let form: ErrorForm =
        form.or_else(|| profiles.get(GENERIC).map(|generic| own(&generic.errors))).unwrap_or_default();
    let wait = bucket.until(1.0).as_secs() + 1;
    let limit = bucket.size;
    let message = format!(
        "{what} per min ({short}): Limit {limit}, Used {limit}, Requested 1. Please try again in {wait}s"
    );
    let subject = Subject::of(&exchange);
    let model = subject.model().unwrap_or_default().to_owned();
    let fill = Fill { model: &model, message: &message, param: Some(what), ..Fill::default() };
    let mut answer = filled(&form, &fill, &exchange.request);
    if exhausted != Exhausted::Budget && profile.limits.retry_after {
        answer.headers.push(("retry-after".to_owned(), wait.to_string()));
    }
    let fault = match exhausted {
        Exhausted::Budget => "the budget is spent".to_owned(),
        Exhausted::Requests | Exhausted::Tokens => format!("the limit of {limit} {what} a minute"),
    };
    Exchange { answer, fault: Some(fault), ..exchange }
}

/// The headers that say what is left, where the provider has such headers.
fn told_headers(profile: &Profile, what: &str, (bucket, now): (Bucket, SystemTime), answer: &mut Answer) {
    let limits = &profile.limits;
    let mut put = |name: &str, value: String| {
        // A name without a place for the kind is the one of requests.
        if !name.is_empty() && (name.contains("{what}") || what == "requests") {
            answer.headers.push((name.replace("{what}", what), value));
        }
    };
    put(&limits.limit, format!("{}", bucket.size));
    put(&limits.remaining, format!("{}", bucket.left.max(0.0).floor()));
    put(&limits.reset, reset(limits.form, bucket.until(bucket.size), now));
}

/// The headers of a refusal that a fault has made: nothing is left, and what to wait for.
pub(super) fn refused_headers(profile: &Profile, wait: u64, now: SystemTime, answer: &mut Answer) {
    let limits = &profile.limits;
    let wait_for = Duration::from_secs(wait);
    let named = [(&limits.remaining, "0".to_owned()), (&limits.reset, reset(limits.form, wait_for, now))];
    for (name, value) in named.into_iter().filter(|(name, _)| !name.is_empty()) {
        answer.headers.push((name.replace("{what}", "requests"), value));
    }
    if limits.retry_after {
        answer.headers.push(("retry-after".to_owned(), wait.to_string()));
    }
}

/// When a limit is whole again, as the provider writes it.
fn reset(form: ResetForm, wait: Duration, now: SystemTime) -> String {
    let seconds = wait.as_secs_f64();
    let then = now + wait;
    let since = then.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    match form {
        ResetForm::Duration if wait < Duration::from_secs(1) => format!("{}ms", wait.as_millis()),
        ResetForm::Duration if wait < Duration::from_mins(1) => format!("{seconds:.0}s"),
        ResetForm::Duration => format!("{}m{}s", wait.as_secs() / 60, wait.as_secs() % 60),
        ResetForm::Time => rfc_3339(since.as_secs()),
        ResetForm::Unix => since.as_secs().to_string(),
    }
}

/// A time in seconds since 1970 as RFC 3339 writes it, in UTC.
pub(in crate::gateway) fn rfc_3339(seconds: u64) -> String {
    let (days, rest) = (seconds / 86_400, seconds % 86_400);
    // Days in years of 365.2425, from the first of March of the year 0 (Howard Hinnant, «chrono-Compatible Low-Level
    // Date Algorithms», civil_from_days).
    let shifted = days + 719_468;
    let (era, of_era) = (shifted / 146_097, shifted % 146_097);
    let year_of_era = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month = (5 * of_year + 2) / 153;
    let day = of_year - (153 * month + 2) / 5 + 1;
    let month = if month < 10 { month + 3 } else { month - 9 };
    let year = year_of_era + era * 400 + u64::from(month <= 2);
    let (hour, minute, second) = (rest / 3600, rest / 60 % 60, rest % 60);
    format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}Z")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::gateway::dialects::seed::tests::request;

    fn answered(limit: Limit, requests: usize) -> Vec<Exchange> {
        let profiles = Profiles::builtin();
        let limits = Limits::new(vec![limit]);
        let clock = Clock::at(SystemTime::UNIX_EPOCH);
        let one = || {
            let answer = Answer::text(
                200,
                "application/json",
                r#"{"usage":{"prompt_tokens":30,"completion_tokens":30}}"#,
            );
            let exchange = Exchange {
                request: request(r#"{"model":"gpt-5"}"#),
                answer,
                provider: Some("openai".to_owned()),
                findings: Vec::new(),
                unsent: None,
                fault: None,
            };
            limits.apply(exchange, "", &profiles, &clock)
        };
        (0..requests).map(|_| one()).collect()
    }

    fn statuses(exchanges: &[Exchange]) -> Vec<u16> {
        exchanges.iter().map(|exchange| exchange.answer.status).collect()
    }

    #[test]
    fn requests_beyond_the_limit_are_refused_with_what_to_wait_for() {
        let exchanges = answered(Limit { requests: Some(2), ..Limit::default() }, 3);
        assert_eq!(statuses(&exchanges), [200, 200, 429]);
        let header = |at: usize, name: &str| exchanges[at].answer.header(name).map(str::to_owned);
        assert_eq!(header(0, "x-ratelimit-limit-requests").as_deref(), Some("2"));
        assert_eq!(header(0, "x-ratelimit-remaining-requests").as_deref(), Some("1"));
        assert_eq!(header(0, "x-ratelimit-reset-requests").as_deref(), Some("30s"));
        assert_eq!(header(0, "x-ratelimit-limit-tokens"), None);
        assert_eq!(header(2, "x-ratelimit-remaining-requests").as_deref(), Some("0"));
        assert_eq!(header(2, "retry-after").as_deref(), Some("30"));
        assert!(exchanges[2].answer.body_text().contains("requests per min (RPM): Limit 2"));
    }

    #[test]
    fn tokens_are_counted() {
        let exchanges = answered(Limit { tokens: Some(100), ..Limit::default() }, 3);
        assert_eq!(statuses(&exchanges), [200, 200, 429]);
        assert_eq!(exchanges[0].answer.header("x-ratelimit-remaining-tokens"), Some("40"));
    }

    #[test]
    fn a_budget_runs_out_for_good() {
        let exchanges = answered(Limit { budget: Some(100), ..Limit::default() }, 3);
        assert_eq!(statuses(&exchanges), [200, 200, 429]);
        assert!(exchanges[2].answer.body_text().contains("insufficient_quota"));
        assert_eq!(exchanges[2].answer.header("retry-after"), None);
    }

    #[test]
    fn a_limit_of_another_provider_is_none() {
        let limit = Limit { provider: Some("anthropic".to_owned()), requests: Some(0), ..Limit::default() };
        assert_eq!(statuses(&answered(limit, 2)), [200, 200]);
    }

    #[test]
    fn a_share_fills_up_evenly() {
        let start = Instant::now();
        let mut bucket = Bucket::new(60, start);
        bucket.left = 0.0;
        bucket.refill(start + Duration::from_secs(10));
        assert!((bucket.left - 10.0).abs() < 1e-6);
        bucket.refill(start + Duration::from_mins(5));
        assert!((bucket.left - 60.0).abs() < 1e-6);
    }

    #[test]
    fn a_time_is_written_as_each_provider_writes_it() {
        let now = SystemTime::UNIX_EPOCH + Duration::from_hours(498_924);
        let check = |form, wait, text| assert_eq!(reset(form, Duration::from_millis(wait), now), text);
        check(ResetForm::Duration, 120, "120ms");
        check(ResetForm::Duration, 1_000, "1s");
        check(ResetForm::Duration, 360_000, "6m0s");
        check(ResetForm::Time, 5_000, "2026-12-01T12:00:05Z");
        check(ResetForm::Unix, 5_000, "1796126405");
    }
}
