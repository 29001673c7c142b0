//! Which targets are asked, and in which order.

use super::conditions::holds;
use super::{Call, Condition, Config, Heard, Reached, Strategy, Target, Unroutable};

/// How deep targets lie in targets.
const DEEPEST: usize = 32;

/// Leads a request over the targets.
pub(super) fn walk(
    config: &Config,
    call: &Call,
    ask: &mut dyn FnMut(&Target) -> Heard,
) -> Result<Reached, Unroutable> {
    Walk { call, ask }.level(&config.root, None, 0)
}

struct Walk<'a> {
    call: &'a Call,
    ask: &'a mut dyn FnMut(&Target) -> Heard,
}

impl Walk<'_> {
    /// Asks a level, with all that it inherits.
    fn level(
        &mut self,
        target: &Target,
        above: Option<&Target>,
        depth: usize,
    ) -> Result<Reached, Unroutable> {
        let target = above.map_or_else(|| target.clone(), |above| inherit(target, above));
        let Some(strategy) = target.strategy.as_ref().filter(|_| depth < DEEPEST) else {
            return Ok(Reached::Answer((self.ask)(&target)));
        };
        let chooses = matches!(strategy, Strategy::LoadBalance | Strategy::Fallback { .. });
        if chooses && !target.has_targets {
            return Err(Unroutable::Broken);
        }
        match strategy {
            Strategy::Single => {
                let first = target.targets.first().ok_or(Unroutable::Broken)?;
                self.level(first, Some(&target), depth + 1)
            }
            Strategy::LoadBalance => match by_weight(&target, self.call.seed) {
                Some(chosen) => self.level(chosen, Some(&target), depth + 1),
                None => Ok(Reached::NoWeight),
            },
            Strategy::Fallback { on_status_codes } => {
                let mut reached = Reached::NoTarget;
                for next in &target.targets {
                    reached = self.level(next, Some(&target), depth + 1)?;
                    if !goes_on(on_status_codes.as_deref(), reached) {
                        break;
                    }
                }
                Ok(reached)
            }
            Strategy::Conditional { conditions, default } => {
                let chosen = by_condition(&target, (conditions.as_deref(), default.as_deref()), self.call);
                self.level(chosen.map_err(Unroutable::Router)?, Some(&target), depth + 1)
            }
        }
    }
}

/// Whether a fallback asks the next target.
fn goes_on(codes: Option<&[u16]>, reached: Reached) -> bool {
    match (codes, reached) {
        (Some(codes), Reached::Answer(heard)) => !heard.exception && codes.contains(&heard.status),
        (None, Reached::Answer(heard)) => !heard.exception && !(200..300).contains(&heard.status),
        (codes, Reached::NoTarget | Reached::NoWeight) => codes.is_none(),
    }
}

/// The target that the first condition which holds names.
fn by_condition<'a>(
    target: &'a Target,
    rules: (Option<&[Condition]>, Option<&str>),
    call: &Call,
) -> Result<&'a Target, String> {
    let (conditions, default) = rules;
    let conditions = conditions.ok_or_else(|| "No conditions passed in the query router".to_owned())?;
    let mut name = default.filter(|name| !name.is_empty());
    for condition in conditions {
        if holds(&condition.query, call)? {
            name = Some(&condition.then);
            break;
        }
    }
    let name = name.ok_or_else(|| "Query router did not resolve to any valid target".to_owned())?;
    let found = target.targets.iter().find(|target| target.name.as_deref() == Some(name));
    found.ok_or_else(|| format!("Invalid target name found in the query router: {name}"))
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
    target.forward_headers = target.forward_headers.or_else(|| above.forward_headers.clone());
    target.before = target.before.or_else(|| above.before.clone());
    target.after = target.after.or_else(|| above.after.clone());
    target
}

/// A target by chance, its share being its weight; none where no weight is above zero.
fn by_weight(target: &Target, seed: u64) -> Option<&Target> {
    let total: f64 = target.targets.iter().map(|target| target.weight).sum();
    let mut rest = fraction(seed, &target.path) * total;
    for target in &target.targets {
        if rest < target.weight {
            return Some(target);
        }
        rest -= target.weight;
    }
    None
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
