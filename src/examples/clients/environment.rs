//! The environment variables that a client reads, as a profile says them.

use fancy_regex::Regex;

use super::rules::pattern;
use crate::data::table::Table;

/// The environment of a client.
#[derive(Clone, Debug, Default)]
pub struct Environment {
    /// How the names of its own variables begin; empty where it has none.
    pub prefix: String,
    /// The names that it reads.
    pub names: Vec<String>,
    /// Behind the prefix stands a key of its configuration in capitals, and the value is that of the key.
    pub holds_keys: bool,
    /// Beginnings of names that older versions read.
    pub retired: Vec<RetiredName>,
    /// What it makes of values.
    pub values: Vec<ValueRule>,
}

/// A beginning of names that is not read any more.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RetiredName {
    /// The beginning.
    pub prefix: String,
    /// What to do now.
    pub help: String,
}

/// The form that a value must have.
#[derive(Clone, Debug)]
pub struct ValueRule {
    /// The variables.
    pub names: Vec<String>,
    /// The form; none where the profile does not say it right.
    pub form: Option<Box<Regex>>,
    /// The form in words, as `a port`.
    pub expected: String,
}

impl Environment {
    /// Whether a variable is one of the client's own, by the beginning of its name.
    pub fn owns(&self, name: &str) -> bool {
        let begins = |prefix: &str| !prefix.is_empty() && name.starts_with(prefix);
        begins(&self.prefix) || self.retired.iter().any(|retired| begins(&retired.prefix))
    }

    /// The key of the configuration that a variable stands for.
    pub fn key(&self, name: &str) -> Option<String> {
        let key = name.strip_prefix(self.prefix.as_str()).filter(|_| self.holds_keys)?;
        (!self.names.iter().any(|known| known == name)).then(|| key.to_lowercase().replace('_', "-"))
    }

    /// The variable that stands for a key.
    pub fn variable(&self, key: &str) -> Option<String> {
        self.holds_keys.then(|| format!("{}{}", self.prefix, key.to_uppercase().replace('-', "_")))
    }
}

pub(super) fn environment(table: &mut Table<'_>) -> Environment {
    Environment {
        prefix: table.text("prefix").unwrap_or_default(),
        names: table.texts("names"),
        holds_keys: table.flag("holds_keys"),
        retired: table.tables("retired", "`[[environment.retired]]`", |table| RetiredName {
            prefix: table.text("prefix").unwrap_or_default(),
            help: table.text("help").unwrap_or_default(),
        }),
        values: table.tables("values", "`[[environment.values]]`", value),
    }
}

fn value(table: &mut Table<'_>) -> ValueRule {
    let form = pattern(table, "matches");
    ValueRule { names: table.texts("names"), form, expected: table.text("expected").unwrap_or_default() }
}
