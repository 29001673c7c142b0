//! What a client refuses although its schema takes it, as a profile says it.

use fancy_regex::{Regex, RegexBuilder};

use super::profile::{selector, selectors};
use crate::data::select::Selector;
use crate::data::table::Table;
use crate::diagnostics::Code;

/// Steps that one pattern may take back.
const BACKTRACKS: usize = 100_000;

/// A combination of settings, or a form of a value, that is refused.
#[derive(Clone, Debug)]
pub struct Rule {
    /// What the rule is about; all other selectors start there.
    pub each: Vec<Selector>,
    /// It is refused where all of these hold,
    pub when: Vec<Condition>,
    /// and none of these.
    pub unless: Vec<Condition>,
    /// What is underlined; where it is not there, or not named, what the rule is about.
    pub mark: Option<Selector>,
    /// The kind of mistake.
    pub code: Code,
    /// The sentence; `{place}` stands for the way to what is underlined, `{value}` for its value.
    pub message: String,
    /// What to do.
    pub help: Option<String>,
}

/// Something that holds of a configuration or not.
#[derive(Clone, Debug)]
pub struct Condition {
    /// The values that it is about.
    pub at: Selector,
    /// So many of them pass the test.
    pub times: u16,
    /// The test.
    pub test: Test,
}

/// What is asked of a value.
#[derive(Clone, Debug)]
pub enum Test {
    /// It is there.
    There,
    /// It is one of these.
    Is(Vec<serde_json::Value>),
    /// It is a text or a number that has this form.
    Matches(Box<Regex>),
}

/// Names that have to be known, or declared elsewhere in the configuration.
#[derive(Clone, Debug)]
pub struct NameRule {
    /// Where all other selectors start.
    pub each: Vec<Selector>,
    /// The names, as values.
    pub values: Vec<Selector>,
    /// Tables whose keys are the names.
    pub keys: Vec<Selector>,
    /// What declares names: the keys of tables, and texts.
    pub declared: Vec<Selector>,
    /// The names that the client knows by itself.
    pub known: Vec<String>,
    /// Names that are taken whatever is declared.
    pub always: Vec<String>,
    /// The name that a text of no letters stands for.
    pub empty: Option<String>,
    /// A form that is taken whatever is known or declared.
    pub form: Option<Box<Regex>>,
    /// What they are names of, as `agent`.
    pub thing: String,
    /// What to do where no name is near.
    pub help: Option<String>,
}

impl NameRule {
    /// Whether the profile knows all names; otherwise a configuration that declares none relies on another one.
    pub fn is_closed(&self) -> bool {
        !self.known.is_empty() || self.form.is_some()
    }
}

/// Reads `[[rules]]`.
pub(super) fn rule(table: &mut Table<'_>) -> Rule {
    let each = starts(table);
    let code = table.spanned_text("code").and_then(|(name, span)| {
        let code = Code::named(&name);
        if code.is_none() {
            table.unknown_word(&name, span, CODES);
        }
        code
    });
    let rule = Rule {
        each,
        when: table.tables("when", "a condition", condition).into_iter().flatten().collect(),
        unless: table.tables("unless", "a condition", condition).into_iter().flatten().collect(),
        mark: selector(table, "mark"),
        code: code.unwrap_or(Code::Schema),
        message: table.text("message").unwrap_or_default(),
        help: table.text("help"),
    };
    if rule.message.is_empty() {
        let span = table.span();
        table.problem(span, "a rule needs a `message`");
    }
    rule
}

/// The codes that rules are made for; the first one is that of a rule that names none.
const CODES: [&str; 5] = ["schema", "out-of-bounds", "missing-key", "unknown-key", "unknown-value"];

fn condition(table: &mut Table<'_>) -> Option<Condition> {
    let at = match table.spanned_text("at") {
        None => Selector::parse("$").ok(),
        Some((text, span)) => super::profile::parse(table, &text, span),
    };
    let is = table.values("is");
    let test = match pattern(table, "matches") {
        Some(pattern) => Test::Matches(pattern),
        None if is.is_empty() => Test::There,
        None => Test::Is(is),
    };
    let times = table.number("times").unwrap_or(1);
    at.map(|at| Condition { at, times, test })
}

/// Reads `[[names]]`.
pub(super) fn names(table: &mut Table<'_>) -> NameRule {
    let rule = NameRule {
        each: starts(table),
        values: selectors(table, "values"),
        keys: selectors(table, "keys"),
        declared: selectors(table, "declared"),
        known: table.texts("known"),
        always: table.texts("always"),
        empty: table.text("empty"),
        form: pattern(table, "form"),
        thing: table.text("thing").unwrap_or_default(),
        help: table.text("help"),
    };
    if rule.thing.is_empty() {
        let span = table.span();
        table.problem(span, "`thing` has to say what the names are names of, such as `agent`");
    }
    rule
}

/// `each`; the whole configuration where it is missing.
fn starts(table: &mut Table<'_>) -> Vec<Selector> {
    let each = selectors(table, "each");
    if each.is_empty() { Selector::parse("$").into_iter().collect() } else { each }
}

pub(super) fn pattern(table: &mut Table<'_>, key: &'static str) -> Option<Box<Regex>> {
    let (text, span) = table.spanned_text(key)?;
    let built = RegexBuilder::new(&text).backtrack_limit(BACKTRACKS).build();
    if let Err(error) = &built {
        table.problem(span, format!("`{text}` is no pattern: {error}"));
    }
    built.ok().map(Box::new)
}
