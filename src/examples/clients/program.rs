//! The real program behind a profile: how it is asked, and how its answer is read.

use fancy_regex::Regex;
use serde::{Deserialize, Serialize};

use super::profile::selector;
use super::rules::pattern;
use crate::data::select::Selector;
use crate::data::table::Table;
use crate::data::{self, Node, Syntax};

/// How a program is asked what it takes.
#[derive(Clone, Debug)]
pub struct Program {
    /// What starts it, as it is looked for in `PATH`; then arguments that always stand there.
    pub command: Vec<String>,
    /// The arguments with which it prints its version.
    pub version: Vec<String>,
    /// The arguments with which it prints its schema.
    pub schema: Vec<String>,
    /// The arguments with which it judges a file; `{file}` is its place.
    pub validate: Vec<String>,
    /// A variable that holds the place of the file.
    pub file_variable: Option<String>,
    /// A command that judges many, a line each; `{program}` is where the program is.
    pub batch: Vec<String>,
    /// What it complains of, in the JSON that it prints.
    pub issues: Option<Selector>,
    /// The way to the place, from a complaint.
    pub issue_path: Option<Selector>,
    /// What is wrong, from a complaint.
    pub issue_message: Option<Selector>,
    /// Complaints that come from where it runs, and not from the configuration.
    pub surroundings: Vec<Regex>,
}

/// What a program says of a configuration.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ruling {
    /// What it complains of; it takes the configuration where that is nothing.
    pub issues: Vec<Issue>,
}

/// One complaint.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Issue {
    /// The keys and indexes that lead there, divided by dots; empty for the whole.
    pub path: String,
    /// What is wrong, in its words.
    pub message: String,
}

impl Program {
    /// Reads `[program]`.
    pub(super) fn read(table: &mut Table<'_>) -> Self {
        let command = table.texts("command");
        if command.is_empty() {
            let span = table.span();
            table.problem(span, "`command` has to say how the program is started");
        }
        Self {
            command,
            version: table.texts("version"),
            schema: table.texts("schema"),
            validate: table.texts("validate"),
            file_variable: table.text("file_variable"),
            batch: table.texts("batch"),
            issues: selector(table, "issues"),
            issue_path: selector(table, "issue_path"),
            issue_message: selector(table, "issue_message"),
            surroundings: table
                .tables("surroundings", "`[[program.surroundings]]`", |table| pattern(table, "message"))
                .into_iter()
                .flatten()
                .map(|pattern| *pattern)
                .collect(),
        }
    }

    /// What it says, by how it ended and what it printed; none where that is no verdict.
    pub fn ruling(&self, exit: Option<i32>, printed: &str) -> Option<Ruling> {
        if exit == Some(0) {
            return Some(Ruling::default());
        }
        let (document, problems) = data::parse(printed, Syntax::Json).into_parts();
        let issues = self.issues.as_ref().filter(|_| problems.is_empty() && exit.is_some())?;
        let text = |node: &Node, at: &Option<Selector>| {
            let found = at.iter().flat_map(|at| at.select(node)).find_map(|(_, node)| node.as_str());
            found.unwrap_or_default().to_owned()
        };
        let issue = |node: &Node| Issue {
            path: text(node, &self.issue_path),
            message: text(node, &self.issue_message),
        };
        let issues: Vec<Issue> =
            issues.select(&document.root).into_iter().map(|(_, node)| issue(node)).collect();
        (!issues.is_empty()).then_some(Ruling { issues })
    }

    /// Whether a complaint comes from where the program runs, and not from the configuration.
    pub fn is_of_surroundings(&self, issue: &Issue) -> bool {
        self.surroundings.iter().any(|pattern| pattern.is_match(&issue.message).unwrap_or_default())
    }
}

/// The number in what a program prints as its version: the first word that begins with a digit, else all of its first line.
pub fn version_in(printed: &str) -> String {
    let line = printed.lines().map(str::trim).find(|line| !line.is_empty()).unwrap_or_default();
    let words = line.split_whitespace().map(|word| word.trim_start_matches('v'));
    let number = words.clone().find(|word| word.starts_with(|letter: char| letter.is_ascii_digit()));
    number.unwrap_or(line).trim_matches([',', '(', ')']).to_owned()
}

/// The value at the end of the way that a program gives, or as near as the way leads, and the key that leads to it.
pub fn place<'a>(root: &'a Node, path: &str) -> (&'a Node, Option<&'a data::Member>) {
    let (mut node, mut member) = (root, None);
    let mut rest = path.trim_start_matches('$');
    loop {
        rest = rest.trim_start_matches(['.', '[', ']', '"', '\'']);
        let ends = |after: &str| after.is_empty() || after.starts_with(['.', '[', ']', '"', '\'']);
        // A key may have dots in it: the longest one that fits is meant.
        let keys =
            node.members().iter().filter(|member| rest.strip_prefix(member.key.as_str()).is_some_and(ends));
        if let Some(found) = keys.max_by_key(|member| member.key.len()).filter(|_| !rest.is_empty()) {
            rest = rest.get(found.key.len()..).unwrap_or_default();
            (node, member) = (&found.value, Some(found));
            continue;
        }
        let digits = rest.find(|letter: char| !letter.is_ascii_digit()).unwrap_or(rest.len());
        let index = rest.get(..digits).and_then(|digits| digits.parse::<usize>().ok());
        let Some(element) = index.and_then(|index| node.elements().get(index)) else { return (node, member) };
        rest = rest.get(digits..).unwrap_or_default();
        (node, member) = (element, None);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn program(text: &str) -> Program {
        let (document, _) = data::parse(text, Syntax::Toml).into_parts();
        let mut table = Table::new(&document.root, "a program", Vec::new());
        let program = Program::read(&mut table);
        assert!(table.finish().is_empty(), "{text}");
        program
    }

    const ASKED: &str = "command = [\"x\"]\nissues = \"$.issues[*]\"\nissue_path = \"$.path\"\nissue_message = \"$.message\"\n\
        [[surroundings]]\nmessage = \"^plugin not found\"\n";

    #[test]
    fn an_exit_of_zero_takes_it() {
        assert_eq!(program(ASKED).ruling(Some(0), "whatever"), Some(Ruling::default()));
    }

    #[test]
    fn complaints_are_read_where_the_profile_says() {
        let printed = r#"{ "issues": [{ "path": "a.0", "message": "no" }] }"#;
        let issue = Issue { path: "a.0".to_owned(), message: "no".to_owned() };
        assert_eq!(program(ASKED).ruling(Some(1), printed), Some(Ruling { issues: vec![issue] }));
    }

    #[test]
    fn what_is_no_verdict_is_none() {
        for printed in ["", "oops", "{ \"issues\": [] }", "{}"] {
            assert_eq!(program(ASKED).ruling(Some(1), printed), None, "{printed}");
        }
        assert_eq!(program(ASKED).ruling(None, "{ \"issues\": [{}] }"), None);
    }

    #[test]
    fn a_complaint_may_be_of_the_surroundings() {
        let issue = |message: &str| Issue { path: String::new(), message: message.to_owned() };
        assert!(program(ASKED).is_of_surroundings(&issue("plugin not found: x")));
        assert!(!program(ASKED).is_of_surroundings(&issue("a plugin not found")));
    }

    #[test]
    fn a_version_is_a_number() {
        for printed in ["OpenClaw 2026.9.6 (eb377ac)\n", "v2026.9.6", "\nopenclaw v2026.9.6, beta"] {
            assert_eq!(version_in(printed), "2026.9.6", "{printed}");
        }
        assert_eq!(version_in("nightly\nbuilt today"), "nightly");
    }

    #[track_caller]
    fn check_place(path: &str, text: &str, key: Option<&str>) {
        let config = r#"{ "a": { "b.c": [{ "d": 1 }, { "d": 2 }] } }"#;
        let (document, _) = data::parse(config, Syntax::Json).into_parts();
        let (node, member) = place(&document.root, path);
        assert_eq!(config.get(node.span.range()), Some(text), "{path}");
        assert_eq!(member.map(|member| member.key.as_str()), key, "{path}");
    }

    #[test]
    fn a_way_is_followed_as_far_as_it_leads() {
        check_place("a.b.c.1.d", "2", Some("d"));
        check_place("a[\"b.c\"][0]", "{ \"d\": 1 }", None);
        check_place("$.a.b.c[7]", "[{ \"d\": 1 }, { \"d\": 2 }]", Some("b.c"));
        check_place("<root>", r#"{ "a": { "b.c": [{ "d": 1 }, { "d": 2 }] } }"#, None);
        check_place("", r#"{ "a": { "b.c": [{ "d": 1 }, { "d": 2 }] } }"#, None);
    }
}
