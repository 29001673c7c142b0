//! Which targets are asked, in which order and after which waits, on a clock that nobody waits for.

use std::time::Duration;

use super::conditions::holds;
use super::{Attempt, Call, Config, Route, Strategy, Target};

/// More retries are not played, however many a config asks for.
const MOST_RETRIES: u32 = 100;

/// How deep targets lie in targets.
const DEEPEST: usize = 32;

/// The answer of the gateway itself, as status and message.
type Refusal = (u16, String);

/// Plays a request; `outcome` says which status a target answers at which attempt, counted from zero.
pub(super) fn route(config: &Config, call: &Call, outcome: &mut dyn FnMut(&Target, u32) -> u16) -> Route {
    let mut play = Play { call, outcome, route: Route::default() };
    if let Err((status, message)) = play.level(&config.root, None, 0) {
        play.route.status = status;
        play.route.refusal = Some(message);
        play.route.answered_by = None;
    }
    play.route
}

struct Play<'a> {
    call: &'a Call,
    outcome: &'a mut dyn FnMut(&Target, u32) -> u16,
    route: Route,
}

impl Play<'_> {
    /// Asks a level, with all that it inherits.
    fn level(&mut self, target: &Target, above: Option<&Target>, depth: usize) -> Result<(), Refusal> {
        let target = above.map_or_else(|| target.clone(), |above| inherit(target, above));
        let Some(strategy) = target.strategy.as_ref().filter(|_| depth < DEEPEST) else {
            self.ask(&target);
            return Ok(());
        };
        match strategy {
            Strategy::Single => {
                let first = target.targets.first().ok_or_else(broken)?;
                self.level(first, Some(&target), depth + 1)
            }
            Strategy::LoadBalance => {
                let chosen = by_weight(&target, self.call.seed).ok_or_else(broken)?;
                self.level(chosen, Some(&target), depth + 1)
            }
            Strategy::Fallback { on_status_codes } => {
                if target.targets.is_empty() {
                    return Err((500, "Error: res.body.getReader is not a function".to_owned()));
                }
                for next in &target.targets {
                    self.level(next, Some(&target), depth + 1)?;
                    let status = self.route.status;
                    let goes_on = match on_status_codes {
                        Some(codes) => codes.contains(&status),
                        None => !(200..300).contains(&status),
                    };
                    if !goes_on {
                        break;
                    }
                }
                Ok(())
            }
            Strategy::Conditional { conditions, default } => {
                let Some(conditions) = conditions.as_ref().filter(|conditions| !conditions.is_empty()) else {
                    return Err((400, "No conditions passed in the query router".to_owned()));
                };
                let refused = |message: String| (400, message);
                let mut name = default.as_ref();
                for condition in conditions {
                    if holds(&condition.query, self.call).map_err(refused)? {
                        name = Some(&condition.then);
                        break;
                    }
                }
                let name = name
                    .ok_or_else(|| refused("Query router did not resolve to any valid target".to_owned()))?;
                let found = target.targets.iter().find(|target| target.name.as_ref() == Some(name));
                let found = found.ok_or_else(|| {
                    refused(format!("Invalid target name found in the query router: {name}"))
                })?;
                self.level(found, Some(&target), depth + 1)
            }
        }
    }

    /// Asks one target, again and again as its retries say.
    fn ask(&mut self, target: &Target) {
        let most = target.retry.as_ref().map_or(0, |retry| retry.attempts.min(MOST_RETRIES));
        let mut attempt = 0;
        loop {
            // One second, two, four, … without chance in it.
            let wait = match attempt {
                0 => Duration::ZERO,
                again => Duration::from_secs(1_u64.checked_shl(again - 1).unwrap_or(u64::MAX)),
            };
            let status = (self.outcome)(target, attempt);
            self.route.attempts.push(Attempt { target: target.path.clone(), status, wait });
            self.route.status = status;
            let again = target.retry.as_ref().is_some_and(|retry| retry.on_status_codes.contains(&status));
            if !again || attempt >= most {
                let used_up = again && most > 0;
                self.route.retries = if used_up { -1 } else { i32::try_from(attempt).unwrap_or(i32::MAX) };
                break;
            }
            attempt += 1;
        }
        self.route.answered_by = Some(target.path.clone());
    }
}

fn broken() -> Refusal {
    (500, "Something went wrong".to_owned())
}

/// A target with what the level above gives to all its targets.
fn inherit(target: &Target, above: &Target) -> Target {
    let mut target = target.clone();
    let own = std::mem::take(&mut target.override_params);
    target.override_params.clone_from(&above.override_params);
    target.override_params.extend(own);
    target.retry = target.retry.or_else(|| above.retry.clone());
    target.cache = target.cache.or_else(|| above.cache.clone());
    target.request_timeout = target.request_timeout.or(above.request_timeout);
    target.custom_host = target.custom_host.or_else(|| above.custom_host.clone());
    target
}

/// A target by chance, its share being its weight; none where no weight is above zero.
fn by_weight(target: &Target, seed: u64) -> Option<&Target> {
    let weights = || target.targets.iter().map(|target| target.weight.max(0.0));
    let total: f64 = weights().sum();
    if total <= 0.0 || !total.is_finite() {
        return None;
    }
    let mut rest = fraction(seed, &target.path) * total;
    for (target, weight) in target.targets.iter().zip(weights()) {
        if weight > 0.0 && rest < weight {
            return Some(target);
        }
        rest -= weight;
    }
    target.targets.iter().rfind(|target| target.weight > 0.0)
}

/// A number from zero up to one that follows from a seed and the place of a choice.
fn fraction(seed: u64, place: &str) -> f64 {
    let mut hasher = blake3::Hasher::new();
    hasher.update(&seed.to_le_bytes());
    hasher.update(place.as_bytes());
    let mut bytes = [0; 4];
    bytes.copy_from_slice(hasher.finalize().as_bytes().get(..4).unwrap_or(&[0; 4]));
    f64::from(u32::from_le_bytes(bytes)) / (f64::from(u32::MAX) + 1.0)
}
