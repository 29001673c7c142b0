//! Which requests a plan of faults is for, and how far it has come.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError, RwLock};

use crate::data::table::Table;
use crate::data::{Node, Value};
use crate::diagnostics::{Code, Parsed, Problem};
use crate::gateway::pattern::{Pattern, Subject};
use crate::gateway::profiles::Profiles;
use crate::gateway::session::locked;

use super::{Connection, Plan, Turn};

/// How many counts are kept; who calls under ever new names shares one.
const MOST_COUNTS: usize = 100_000;

/// A plan and the requests that it is for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Rule {
    /// The requests.
    pub pattern: Pattern,
    /// What goes wrong.
    pub plan: Plan,
    /// The plan as it was written.
    pub text: String,
    /// In how many of a million requests something goes wrong.
    pub chance: u32,
    /// What decides which ones.
    pub seed: u64,
}

impl Rule {
    /// A plan for all requests.
    pub fn of(plan: Plan, text: &str) -> Self {
        Self { plan, text: text.to_owned(), chance: ALWAYS, ..Self::default() }
    }
}

/// In how many of a million all go wrong.
const ALWAYS: u32 = 1_000_000;

/// Reads a list of rules; `profiles` are the providers that can be named.
pub fn read(node: &Node, profiles: &Profiles) -> Parsed<Vec<Rule>> {
    let Value::Array(elements) = &node.value else {
        let problem = Problem::new(Code::Setting, node.span, "`faults` is not a list of tables");
        return Parsed::new(Vec::new(), vec![problem.help("write `[[gateway.faults]]` before each of them")]);
    };
    let mut problems = Vec::new();
    let mut rules = Vec::new();
    for element in elements {
        let (rule, wrong) = rule(element, profiles).into_parts();
        rules.extend(rule);
        problems.extend(wrong);
    }
    Parsed::new(rules, problems)
}

fn rule(node: &Node, profiles: &Profiles) -> Parsed<Option<Rule>> {
    if !matches!(node.value, Value::Object(_)) {
        return Parsed::new(None, vec![Problem::new(Code::Setting, node.span, "a fault is not a table")]);
    }
    let mut table = Table::new(node, "a fault", Vec::new());
    let pattern = Pattern::read(&mut table, profiles);
    let text = table.spanned_text("fault");
    let chance = table.decimal("probability").map_or(Some(ALWAYS), millionths);
    let seed = table.number("seed");
    let mut problems = Vec::new();
    if chance.is_none() {
        let span = node.get("probability").map_or(node.span, |value| value.span);
        problems.push(Problem::new(Code::Setting, span, "`probability` is not from 0 to 1"));
    }
    let Some((text, span)) = text else {
        problems.extend(table.finish());
        let problem = Problem::new(Code::Setting, node.span, "a fault has no `fault`");
        problems.push(problem.help("write what goes wrong, such as `fault = \"429*2\"`"));
        return Parsed::new(None, problems);
    };
    // Behind the quote that opens the text.
    let (plan, wrong) = Plan::parse(&text, span.start + 1, Code::Setting).into_parts();
    if plan.breaks_tls() && pattern.asks_of_request() {
        let problem = Problem::new(Code::Setting, span, "TLS fails before anything of a request is known");
        problems.push(problem.help("name the provider alone"));
    }
    problems.extend(wrong);
    problems.extend(table.finish());
    let rule =
        Rule { pattern, plan, text, chance: chance.unwrap_or(ALWAYS), seed: u64::from(seed.unwrap_or(0)) };
    Parsed::new(Some(rule), problems)
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "it is from 0 to 1")]
fn millionths(chance: f64) -> Option<u32> {
    (0.0..=1.0).contains(&chance).then(|| (chance * f64::from(ALWAYS)).round() as u32)
}

/// The rules of a gateway, each with how often it was looked at in each session.
#[derive(Debug, Default)]
pub(in crate::gateway) struct Rules {
    rules: RwLock<Arc<Vec<Rule>>>,
    counts: Mutex<HashMap<(usize, String), u64>>,
}

impl Rules {
    pub(in crate::gateway) fn new(rules: Vec<Rule>) -> Self {
        Self { rules: RwLock::new(Arc::new(rules)), counts: Mutex::default() }
    }

    /// The rules as they stand.
    pub(in crate::gateway) fn all(&self) -> Arc<Vec<Rule>> {
        Arc::clone(&self.rules.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Puts other rules in the place of these, and begins to count anew.
    pub(in crate::gateway) fn replace(&self, rules: Vec<Rule>) {
        *self.rules.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(rules);
        locked(&self.counts).clear();
    }

    /// Forgets a session that is over.
    pub(in crate::gateway) fn forget(&self, session: &str) {
        let rules = self.all().len();
        if rules > 0 {
            let mut counts = locked(&self.counts);
            for rule in 0..rules {
                counts.remove(&(rule, session.to_owned()));
            }
        }
    }

    /// What goes wrong with a request, by the first rule that has something for it.
    pub(in crate::gateway) fn turn(&self, subject: &Subject<'_>, session: &str) -> Option<Turn> {
        let rules = self.all();
        let mut found = None;
        for (index, rule) in rules.iter().enumerate() {
            // A rule for one request counts all of them, others only those that come to it.
            let is_looked_at = found.is_none() || rule.pattern.nth.is_some();
            if is_looked_at && rule.pattern.mismatch(subject).is_none() {
                let turn = decided(rule, index, session, self.count(index, session));
                found = found.or(turn.filter(|turn| !turn.is_nothing()).cloned());
            }
        }
        found
    }

    /// Whether a connection to a provider is to fail at its handshake.
    pub(in crate::gateway) fn breaks_tls(&self, provider: Option<&str>, session: &str) -> bool {
        let rules = self.all();
        let is_meant = |rule: &Rule| {
            rule.plan.breaks_tls()
                && rule.pattern.provider.as_deref().is_none_or(|wanted| provider == Some(wanted))
        };
        rules.iter().enumerate().filter(|(_, rule)| is_meant(rule)).any(|(index, rule)| {
            let number = self.number(index, session);
            let turn = decided(rule, index, session, number);
            let fails = turn.is_some_and(|turn| turn.connection == Connection::NoTls);
            if fails {
                self.count(index, session);
            }
            fails
        })
    }

    fn number(&self, rule: usize, session: &str) -> u64 {
        locked(&self.counts).get(&(rule, session.to_owned())).copied().unwrap_or_default()
    }

    /// Counts a request that fits a rule; gives its number, from zero.
    fn count(&self, index: usize, session: &str) -> u64 {
        let mut counts = locked(&self.counts);
        let key = (index, session.to_owned());
        let key = if counts.len() < MOST_COUNTS || counts.contains_key(&key) {
            key
        } else {
            (index, String::new())
        };
        let count = counts.entry(key).or_default();
        let number = *count;
        *count += 1;
        number
    }
}

/// What a rule lets go wrong with the request of a number.
fn decided<'a>(rule: &'a Rule, index: usize, session: &str, number: u64) -> Option<&'a Turn> {
    if rule.pattern.nth.is_some_and(|nth| nth != number + 1) {
        return None;
    }
    // With a pattern that picks one request, the plan begins there.
    let turn = rule.plan.turn(if rule.pattern.nth.is_some() { 0 } else { number })?;
    is_struck(rule, index, session, number).then_some(turn)
}

/// Whether chance strikes a request; the same seed strikes the same ones.
fn is_struck(rule: &Rule, index: usize, session: &str, number: u64) -> bool {
    if rule.chance >= ALWAYS {
        return true;
    }
    let mut hasher = blake3::Hasher::new();
    hasher
        .update(&rule.seed.to_le_bytes())
        .update(&(index as u64).to_le_bytes())
        .update(&number.to_le_bytes());
    let hash = hasher.update(session.as_bytes()).finalize();
    let mut first = [0; 8];
    first.copy_from_slice(hash.as_bytes().get(..8).unwrap_or(&[0; 8]));
    u64::from_le_bytes(first) % u64::from(ALWAYS) < u64::from(rule.chance)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::{self, Syntax};
    use crate::gateway::dialects::seed::tests::request;
    use crate::gateway::exchange::Exchange;
    use crate::gateway::mock::Mock;

    fn exchange() -> Exchange {
        Mock::new(Profiles::builtin()).answer(&request(r#"{"model":"gpt-5"}"#))
    }

    fn rules(text: &str) -> (Vec<Rule>, Vec<Problem>) {
        let root = data::parse(text, Syntax::Toml).into_parts().0.root;
        read(root.get("faults").unwrap(), &Profiles::builtin()).into_parts()
    }

    /// What goes wrong with the first requests, `-` for nothing.
    #[track_caller]
    fn check(text: &str, turns: &[&str]) {
        let (rules, problems) = rules(text);
        assert_eq!(problems, []);
        let rules = Rules::new(rules);
        let exchange = exchange();
        let subject = Subject::of(&exchange);
        let taken: Vec<String> =
            turns.iter().map(|_| rules.turn(&subject, "").map_or("-".to_owned(), |turn| turn.text)).collect();
        assert_eq!(taken, turns);
    }

    #[track_caller]
    fn check_wrong(text: &str, message: &str, underlined: &str) {
        let (_, problems) = rules(text);
        let found: Vec<_> = problems
            .iter()
            .map(|problem| (problem.message.as_str(), text.get(problem.span.range())))
            .collect();
        assert_eq!(found, [(message, Some(underlined))]);
    }

    #[test]
    fn a_rule_without_a_pattern_is_for_all() {
        check("[[faults]]\nfault = \"429*2\"", &["429", "429", "-"]);
    }

    #[test]
    fn a_rule_for_others_does_nothing() {
        check(
            "[[faults]]\nfault = \"429\"\nprovider = \"anthropic\"\n[[faults]]\nfault = \"500\"\npath = \"/v1/*\"\nmodel = \"gpt-*\"",
            &["500", "-"],
        );
    }

    #[test]
    fn the_nth_request_is_struck() {
        check("[[faults]]\nfault = \"reset\"\nnth = 2", &["-", "reset", "-"]);
        check(
            "[[faults]]\nfault = \"429\"\nnth = 1\n[[faults]]\nfault = \"500\"\nnth = 2",
            &["429", "500", "-"],
        );
    }

    #[test]
    fn the_same_seed_strikes_the_same_requests() {
        let text = "[[faults]]\nfault = \"500*\"\nprobability = 0.5\nseed = 1";
        let struck = |seed: &str| -> Vec<bool> {
            let rules = Rules::new(rules(&text.replace("seed = 1", seed)).0);
            let exchange = exchange();
            (0..200).map(|_| rules.turn(&Subject::of(&exchange), "a").is_some()).collect()
        };
        let first = struck("seed = 1");
        assert_eq!(first, struck("seed = 1"));
        assert_ne!(first, struck("seed = 2"));
        let count = first.iter().filter(|struck| **struck).count();
        assert!((60..140).contains(&count), "{count}");
    }

    /// Which of the first connections fail at their handshake, where each of the others brings one request.
    fn broken(text: &str, connections: usize) -> Vec<bool> {
        let (rules, problems) = rules(text);
        assert_eq!(problems, []);
        let rules = Rules::new(rules);
        let exchange = exchange();
        let subject = Subject::of(&exchange);
        let connection = |_| {
            let fails = rules.breaks_tls(Some("openai"), "");
            assert!(fails || rules.turn(&subject, "").is_none(), "{text}");
            fails
        };
        (0..connections).map(connection).collect()
    }

    #[test]
    fn handshakes_fail_by_number_and_by_chance_too() {
        assert_eq!(broken("[[faults]]\nfault = \"tls\"", 3), [true, false, false]);
        assert_eq!(broken("[[faults]]\nfault = \"tls\"\nnth = 2", 3), [false, true, false]);
        assert_eq!(broken("[[faults]]\nfault = \"tls*\"\nprobability = 0", 3), [false; 3]);
        let struck = broken("[[faults]]\nfault = \"tls*\"\nprobability = 0.5", 200);
        let count = struck.iter().filter(|struck| **struck).count();
        assert!((60..140).contains(&count), "{count}");
    }

    #[test]
    fn a_handshake_shows_nothing_of_a_request() {
        for key in [
            "method = \"GET\"",
            "headers = { x = \"y\" }",
            "path = \"/\"",
            "model = \"m\"",
            "message = \"m\"",
        ] {
            let text = format!("[[faults]]\nfault = \"tls\"\n{key}");
            check_wrong(&text, "TLS fails before anything of a request is known", "\"tls\"");
        }
    }

    #[test]
    fn sessions_count_for_themselves() {
        let rules = Rules::new(rules("[[faults]]\nfault = \"429\"").0);
        let exchange = exchange();
        let subject = Subject::of(&exchange);
        assert!(rules.turn(&subject, "a").is_some());
        assert!(rules.turn(&subject, "a").is_none());
        assert!(rules.turn(&subject, "b").is_some());
        rules.forget("a");
        assert!(rules.turn(&subject, "a").is_some());
    }

    #[test]
    fn what_is_wrong_is_underlined() {
        check_wrong(
            "[[faults]]\nfualt = \"429\"\nfault = \"429\"",
            "`fualt` is not a key of a fault",
            "fualt",
        );
        check_wrong("[[faults]]\nfault = \"429,rset\"", "`rset` is not a fault", "rset");
        check_wrong(
            "[[faults]]\nfault = \"429\"\nprovider = \"opnai\"",
            "`opnai` is not a value that is known here",
            "\"opnai\"",
        );
        check_wrong("[[faults]]\nfault = \"429\"\nprobability = 2", "`probability` is not from 0 to 1", "2");
    }
}
