//! Findings that were there when somebody began to look: they are accepted, so that only new ones fail.
//!
//! A finding is known by its file, its code and its message, not by its line, which moves with the text; of equal ones
//! so many are accepted as there were.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::shareable;
use crate::diagnostics::{Code, Diagnostic};
use crate::source::Span;

/// The form of the file.
const VERSION: u32 = 1;

/// What is accepted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Baseline {
    counts: BTreeMap<Finding, usize>,
}

/// How a finding is known again.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Finding {
    file: String,
    code: String,
    message: String,
}

/// The file.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    version: u32,
    findings: Vec<Counted>,
}

#[derive(Serialize, Deserialize)]
struct Counted {
    #[serde(flatten)]
    finding: Finding,
    count: usize,
}

/// A file that is no baseline.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// It is not written as one.
    #[error("it is no baseline of ours")]
    Form(#[from] serde_json::Error),
    /// It is one of a program that is newer.
    #[error("it has the form {0}, and this program knows the form {VERSION}")]
    Version(u32),
}

/// Diagnostics, divided by a baseline.
#[derive(Debug, Default)]
pub struct Sifted {
    /// Those that are not accepted.
    pub new: Vec<Diagnostic>,
    /// How many are.
    pub accepted: usize,
    /// What is accepted and was not found, with what stays of it.
    pub gone: usize,
}

impl Finding {
    fn of(diagnostic: &Diagnostic) -> Self {
        let problem = &diagnostic.problem;
        Self {
            file: diagnostic.source.path().to_owned(),
            code: problem.code.as_str().to_owned(),
            message: shareable(&problem.message).into_owned(),
        }
    }
}

impl Baseline {
    /// Accepts all of these; a real credential and a wrong setting are never accepted.
    pub fn of(diagnostics: &[Diagnostic]) -> Self {
        let mut baseline = Self::default();
        for diagnostic in diagnostics.iter().filter(|diagnostic| diagnostic.problem.code.can_be_allowed()) {
            *baseline.counts.entry(Finding::of(diagnostic)).or_default() += 1;
        }
        baseline
    }

    /// Reads the text of the file.
    pub fn parse(text: &str) -> Result<Self, Error> {
        let written: Written = serde_json::from_str(text)?;
        if written.version != VERSION {
            return Err(Error::Version(written.version));
        }
        let mut baseline = Self::default();
        for Counted { finding, count } in written.findings {
            *baseline.counts.entry(finding).or_default() += count;
        }
        Ok(baseline)
    }

    /// The text of the file, sorted, with a line break at its end.
    pub fn write(&self) -> String {
        let findings =
            self.counts.iter().map(|(finding, count)| Counted { finding: finding.clone(), count: *count });
        let written = Written { version: VERSION, findings: findings.collect() };
        // Texts and numbers can always be written.
        serde_json::to_string_pretty(&written).unwrap_or_default() + "\n"
    }

    /// How many findings are accepted.
    pub fn len(&self) -> usize {
        self.counts.values().sum()
    }

    /// Whether none is.
    pub fn is_empty(&self) -> bool {
        self.counts.is_empty()
    }

    /// Divides diagnostics, and takes out what was not found in files for which `is_read` holds.
    pub fn sift(&mut self, diagnostics: Vec<Diagnostic>, is_read: impl Fn(&str) -> bool) -> Sifted {
        let mut left = self.counts.clone();
        let mut sifted = Sifted::default();
        for diagnostic in diagnostics {
            let known = left.get_mut(&Finding::of(&diagnostic)).filter(|left| **left > 0);
            match known.filter(|_| diagnostic.problem.code.can_be_allowed()) {
                Some(left) => {
                    *left -= 1;
                    sifted.accepted += 1;
                }
                None => sifted.new.push(diagnostic),
            }
        }
        for (finding, left) in left.into_iter().filter(|(finding, left)| *left > 0 && is_read(&finding.file))
        {
            sifted.gone += left;
            if let Some(count) = self.counts.get_mut(&finding) {
                *count -= left;
            }
        }
        self.counts.retain(|_, count| *count > 0);
        sifted
    }
}

impl Sifted {
    /// The places of the diagnostics that are not accepted, by which those of an example are told apart.
    pub(super) fn places(&self) -> BTreeSet<(&str, Span, Code, &str)> {
        self.new.iter().map(super::place).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostics::Problem;
    use crate::source::Source;

    fn finding(file: &str, code: Code, message: &str) -> Diagnostic {
        Problem::new(code, Span::default(), message).of(&Source::new(file, ""))
    }

    fn two() -> Vec<Diagnostic> {
        vec![finding("a.md", Code::BrokenLink, "x"), finding("a.md", Code::BrokenLink, "x")]
    }

    #[test]
    fn what_was_there_is_accepted_and_what_is_new_is_not() {
        let mut baseline = Baseline::of(&two());
        let mut later = two();
        later.push(finding("a.md", Code::BrokenLink, "x"));
        later.push(finding("b.md", Code::BrokenLink, "x"));
        let sifted = baseline.sift(later, |_| true);
        assert_eq!((sifted.new.len(), sifted.accepted, sifted.gone), (2, 2, 0));
        assert_eq!(baseline.len(), 2);
    }

    #[test]
    fn a_baseline_shrinks_and_never_grows() {
        let mut baseline = Baseline::of(&two());
        let sifted = baseline.sift(vec![finding("a.md", Code::BrokenLink, "x")], |_| true);
        assert_eq!((sifted.accepted, sifted.gone, baseline.len()), (1, 1, 1));
        // What was not looked at stays.
        assert_eq!((baseline.sift(Vec::new(), |_| false).gone, baseline.len()), (0, 1));
        baseline.sift(Vec::new(), |_| true);
        assert!(baseline.is_empty());
        assert_eq!(baseline.sift(two(), |_| true).new.len(), 2);
    }

    #[test]
    fn credentials_and_settings_are_never_accepted() {
        let firm = vec![finding("a.md", Code::RealSecret, "x"), finding("a.toml", Code::Setting, "x")];
        assert_eq!(Baseline::of(&firm).sift(firm, |_| true).new.len(), 2);
    }

    #[test]
    fn a_credential_in_a_message_is_not_kept() {
        let message = "`sk-proj-4f9cQ2mZ8LkT1vWxYb3N` is not an address";
        let baseline = Baseline::of(&[finding("a.md", Code::WrongPath, message)]);
        assert!(!baseline.write().contains("LkT1vWx"), "{}", baseline.write());
    }

    #[test]
    fn the_file_is_read_as_it_is_written() {
        let baseline = Baseline::of(&two());
        assert_eq!(Baseline::parse(&baseline.write()).expect("it is one"), baseline);
        assert!(matches!(Baseline::parse("{\"version\": 9, \"findings\": []}"), Err(Error::Version(9))));
        assert!(matches!(Baseline::parse("[]"), Err(Error::Form(_))));
    }
}
