//! What a fault makes of an answer.

use crate::gateway::exchange::{Answer, Exchange, Unsent};
use crate::gateway::limits;
use crate::gateway::mock::judgement::{Fill, filled};
use crate::gateway::profiles::{ErrorForm, GENERIC, Profile, Profiles};

use super::{Clock, Connection, Cut, Delivery, End, RetryAfter, Turn};

/// The exchange as the fault has it, and how its answer goes out.
pub(in crate::gateway) fn shape(
    turn: &Turn,
    exchange: Exchange,
    profiles: &Profiles,
    clock: &Clock,
) -> (Exchange, Delivery) {
    let mut exchange = Exchange { fault: Some(turn.text.clone()), ..exchange };
    let profile = exchange.provider.as_deref().and_then(|name| profiles.get(name));
    if let Some(status) = turn.status {
        exchange.answer = refusal(status, &exchange, profile, profiles);
        if matches!(exchange.unsent, Some(Unsent::NotPlayed(_))) {
            exchange.unsent = None;
        }
        if status == 429
            && let Some(profile) = profile
        {
            let wait = turn.retry_after.map_or(1, RetryAfter::seconds);
            limits::refused_headers(profile, wait, clock.now(), &mut exchange.answer);
        }
    } else if let Some(unsent) = exchange.unsent.clone() {
        exchange = exchange.left(unsent);
    }
    if let Some(retry_after) = turn.retry_after {
        exchange.answer.headers.retain(|(name, _)| name != "retry-after");
        exchange.answer.headers.push(("retry-after".to_owned(), retry_after.text(clock)));
    }
    if turn.is_last_word && turn.status.is_some() {
        exchange.answer.headers.push(("x-should-retry".to_owned(), "false".to_owned()));
    }
    if let Some(kind) = &turn.content_type {
        exchange.answer.headers.retain(|(name, _)| name != "content-type");
        exchange.answer.headers.push(("content-type".to_owned(), kind.clone()));
    }
    if turn.malformed {
        spoil(&mut exchange.answer);
    }
    let mut end = End::Whole;
    if let Some(cut) = turn.cut {
        shorten(&mut exchange.answer, cut);
        end = End::Broken;
    }
    if turn.connection != Connection::Kept {
        // What comes here was not stopped at its handshake, for it had none.
        exchange.answer = Answer { status: 502, headers: Vec::new(), chunks: Vec::new() };
        end = End::Reset;
    }
    (exchange, Delivery { delay: turn.delay, pause: turn.pause, end })
}

impl RetryAfter {
    fn seconds(self) -> u64 {
        match self {
            Self::Seconds(seconds) | Self::Date(seconds) => seconds,
        }
    }

    /// The value of the header (RFC 9110, section 10.2.3).
    fn text(self, clock: &Clock) -> String {
        match self {
            Self::Seconds(seconds) => seconds.to_string(),
            Self::Date(seconds) => {
                httpdate::fmt_http_date(clock.now() + std::time::Duration::from_secs(seconds))
            }
        }
    }
}

/// The answer of a status, in the words of the provider.
fn refusal(status: u16, exchange: &Exchange, profile: Option<&Profile>, profiles: &Profiles) -> Answer {
    let own = profile.map(|profile| form(profile, status)).filter(|form| !form.body.is_empty());
    let usual = || profiles.get(GENERIC).map(|profile| form(profile, status));
    let form = own.or_else(usual).cloned().unwrap_or_default();
    let body = exchange.request.json();
    let model = body.as_ref().and_then(|body| body.get("model")).and_then(serde_json::Value::as_str);
    let fill = Fill { model: model.unwrap_or_default(), message: reason(status), ..Fill::default() };
    filled(&ErrorForm { status, ..form }, &fill, &exchange.request)
}

/// The form of the error that has a status.
fn form(profile: &Profile, status: u16) -> &ErrorForm {
    let errors = &profile.errors;
    match status {
        401 => &errors.wrong_credential,
        402 => &errors.budget,
        404 => &errors.unknown_model,
        429 => &errors.rate_limit,
        503 | 529 => &errors.overloaded,
        500..=599 => &errors.server_error,
        _ => &errors.bad_parameter,
    }
}

/// The usual words for a status (RFC 9110, section 15).
fn reason(status: u16) -> &'static str {
    hyper::StatusCode::from_u16(status)
        .ok()
        .and_then(|status| status.canonical_reason())
        .unwrap_or("The request was refused")
}

/// Takes a brace out of the middle piece that has one, so that its JSON is none.
fn spoil(answer: &mut Answer) {
    let last_brace = |chunk: &Vec<u8>| chunk.iter().rposition(|byte| *byte == b'}');
    let with_brace: Vec<usize> = (0..answer.chunks.len())
        .filter(|at| answer.chunks.get(*at).is_some_and(|chunk| last_brace(chunk).is_some()))
        .collect();
    let Some(chunk) = with_brace.get(with_brace.len() / 2).and_then(|at| answer.chunks.get_mut(*at)) else {
        answer.chunks = vec![b"{".to_vec()];
        return;
    };
    if let Some(at) = last_brace(chunk) {
        chunk.remove(at);
    }
}

/// Leaves the beginning of an answer.
fn shorten(answer: &mut Answer, cut: Cut) {
    let pieces = answer.chunks.len();
    match cut {
        Cut::After(count) if pieces > 1 => answer.chunks.truncate(count.min(pieces - 1)),
        Cut::Half if pieces > 1 => answer.chunks.truncate(pieces / 2),
        Cut::After(0) => answer.chunks.clear(),
        Cut::After(_) | Cut::Half => {
            for chunk in &mut answer.chunks {
                chunk.truncate(chunk.len() / 2);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, SystemTime};

    use super::*;
    use crate::diagnostics::Code;
    use crate::gateway::dialects::seed::tests::request;
    use crate::gateway::faults::Plan;
    use crate::gateway::mock::Mock;

    const BODY: &str = r#"{"model":"gpt-5","messages":[{"role":"user","content":"Hi"}]}"#;

    fn shaped(plan: &str) -> (Exchange, Delivery) {
        let profiles = Profiles::builtin();
        let (plan, problems) = Plan::parse(plan, 0, Code::BadAttribute).into_parts();
        assert_eq!(problems, []);
        let mut request = request(BODY);
        let key = crate::gateway::credentials::issued_to(profiles.get("openai").unwrap());
        request.headers.push(("authorization".to_owned(), format!("Bearer {key}")));
        request.headers.push(("content-type".to_owned(), "application/json".to_owned()));
        let exchange = Mock::new(profiles.clone()).answer(&request);
        assert_eq!(exchange.answer.status, 200);
        let clock = Clock::at(SystemTime::UNIX_EPOCH + Duration::from_hours(24));
        shape(plan.turn(0).unwrap(), exchange, &profiles, &clock)
    }

    #[test]
    fn a_status_has_the_words_of_the_provider() {
        let (exchange, _) = shaped("429");
        assert_eq!(exchange.answer.status, 429);
        assert_eq!(exchange.answer.header("content-type"), Some("application/json"));
        let body: serde_json::Value = serde_json::from_slice(&exchange.answer.body()).unwrap();
        assert_eq!(body["error"]["code"], "rate_limit_exceeded");
        assert_eq!(exchange.answer.header("x-should-retry"), None);
        assert_eq!(exchange.fault.as_deref(), Some("429"));
    }

    #[test]
    fn the_time_to_wait_is_said_in_seconds_or_as_a_date() {
        assert_eq!(shaped("429+retry-after:7").0.answer.header("retry-after"), Some("7"));
        let (exchange, _) = shaped("503+retry-after-date:60");
        assert_eq!(exchange.answer.header("retry-after"), Some("Fri, 02 Jan 1970 00:01:00 GMT"));
    }

    #[test]
    fn a_malformed_answer_is_no_json() {
        let (exchange, _) = shaped("malformed");
        assert_eq!(exchange.answer.status, 200);
        assert!(serde_json::from_slice::<serde_json::Value>(&exchange.answer.body()).is_err());
    }

    #[test]
    fn another_content_type_is_said() {
        let (exchange, _) = shaped("content-type");
        let kinds: Vec<_> =
            exchange.answer.headers.iter().filter(|(name, _)| name == "content-type").collect();
        assert_eq!(kinds, [&("content-type".to_owned(), "text/html; charset=utf-8".to_owned())]);
    }

    #[test]
    fn a_cut_answer_breaks_off() {
        let (exchange, delivery) = shaped("cut");
        assert_eq!(delivery.end, End::Broken);
        let body = exchange.answer.body();
        assert!(!body.is_empty() && serde_json::from_slice::<serde_json::Value>(&body).is_err());
    }

    #[test]
    fn a_connection_is_reset_without_an_answer() {
        assert_eq!(shaped("reset").1.end, End::Reset);
        assert_eq!(shaped("tls").1.end, End::Reset);
    }

    #[test]
    fn delays_are_for_the_way_out() {
        let (exchange, delivery) = shaped("delay:2s+slow:10ms");
        assert_eq!(exchange.answer.status, 200);
        assert_eq!(
            (delivery.delay, delivery.pause),
            (Some(Duration::from_secs(2)), Some(Duration::from_millis(10)))
        );
    }
}
