//! How often a target is tried, and how long the gateway waits in between, on a clock that nobody waits for.

use std::time::Duration;

use super::Retry;

/// More retries are not played, however many a config asks for.
pub(super) const MOST_RETRIES: u32 = 100;

/// A provider that asks for a longer wait is not asked again (versions 1.15.2 and 2.2.3); all waits together have this bound, too.
const LONGEST_WAIT: Duration = Duration::from_mins(1);

/// What an attempt came to, as far as retries look at it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tried {
    /// The status; none where no connection came about.
    pub status: Option<u16>,
    /// How long the provider asks to wait.
    pub retry_after: Option<Duration>,
}

/// What became of all attempts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Outcome {
    /// Retries that were made.
    pub made: u32,
    /// Whether the provider asked for a wait that is too long, after which nothing is tried.
    pub given_up: bool,
}

/// Tries until an answer is good enough or the retries are used up; `attempt` is told how long was waited before it, and which
/// attempt it is, counted from zero.
pub fn attempts(retry: Option<&Retry>, attempt: &mut dyn FnMut(Duration, u32) -> Tried) -> Outcome {
    let most = retry.map_or(0, |retry| retry.attempts.min(MOST_RETRIES));
    let codes = retry.filter(|_| most > 0).map_or(&[][..], |retry| retry.on_status_codes.as_slice());
    let heeds = retry.is_some_and(|retry| retry.use_retry_after_header);
    let mut budget = LONGEST_WAIT;
    // Once a provider has said how long to wait, nothing is waited beside that.
    let mut own_waits = true;
    let (mut wait, mut made) = (Duration::ZERO, 0);
    loop {
        let tried = attempt(wait, made);
        let again = tried.status.is_none_or(|status| codes.contains(&status));
        if !again {
            return Outcome { made, given_up: false };
        }
        let asked = tried.retry_after.filter(|wait| heeds && tried.status == Some(429) && !wait.is_zero());
        wait = match asked {
            Some(asked) if asked >= LONGEST_WAIT || asked > budget => {
                return Outcome { made, given_up: true };
            }
            Some(asked) => {
                budget -= asked;
                own_waits = false;
                asked
            }
            // One second, two, four, … without chance in it.
            None if own_waits => Duration::from_secs(1_u64.checked_shl(made).unwrap_or(u64::MAX)),
            None => Duration::ZERO,
        };
        if made >= most {
            return Outcome { made, given_up: false };
        }
        made += 1;
    }
}
