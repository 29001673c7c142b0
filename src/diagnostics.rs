//! What is wrong, at one place of one text: problems, diagnostics and the codes they carry.

mod codes;

use std::collections::HashMap;
use std::sync::Arc;

pub use codes::{Code, Explanation};

use crate::source::{Excerpt, Source, Span};

/// How much a diagnostic weighs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Severity {
    /// The real program or provider refuses it.
    Error,
    /// It works, and misleads the reader.
    Warning,
}

impl Severity {
    /// The word that stands in every format.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warning => "warning",
        }
    }
}

/// One thing to say about one place of a text that need not be a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// What kind of mistake it is.
    pub code: Code,
    /// How much it weighs; the code's own weight unless something else is known.
    pub severity: Severity,
    /// Where, in the text that was read.
    pub span: Span,
    /// One line that names the thing; lower case, backticks, no full stop.
    pub message: String,
    /// What stands under the underlined characters.
    pub label: Option<String>,
    /// What to do, one line.
    pub help: Option<String>,
    /// What to write in place of `span`, where that is certain.
    pub fix: Option<String>,
}

impl Problem {
    /// A problem of the code's usual severity.
    pub fn new(code: Code, span: Span, message: impl Into<String>) -> Self {
        Self {
            code,
            severity: code.severity(),
            span,
            message: message.into(),
            label: None,
            help: None,
            fix: None,
        }
    }

    /// The problem with a text that looks like a real credential.
    pub fn real_secret(span: Span) -> Self {
        Self::new(Code::RealSecret, span, "this looks like a real credential")
            .label("everyone who reads the page can use it")
            .help("take it back at its provider, and write a placeholder or a variable")
    }

    /// Says what stands under the underlined characters.
    #[must_use]
    pub fn label(mut self, label: impl Into<String>) -> Self {
        self.label = Some(label.into());
        self
    }

    /// Says what to do.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// Says what belongs in place of the span.
    #[must_use]
    pub fn fix(mut self, text: impl Into<String>) -> Self {
        self.fix = Some(text.into());
        self
    }

    /// Weighs it differently from its code.
    #[must_use]
    pub fn severity(mut self, severity: Severity) -> Self {
        self.severity = severity;
        self
    }

    /// The diagnostic for a problem in an excerpt: its span moves into the file.
    pub fn within(self, excerpt: &Excerpt) -> Diagnostic {
        let span = excerpt.locate(self.span);
        Diagnostic { source: Arc::clone(excerpt.source()), problem: Self { span, ..self } }
    }

    /// The diagnostic for a problem whose span is already one of `source`.
    pub fn of(self, source: &Arc<Source>) -> Diagnostic {
        Diagnostic { source: Arc::clone(source), problem: self }
    }
}

/// One thing to say about one place of one file.
#[derive(Clone, Debug)]
pub struct Diagnostic {
    /// The file.
    pub source: Arc<Source>,
    /// What is wrong; its span is one of `source`.
    pub problem: Problem,
}

impl Diagnostic {
    /// The order of reports: file, place, weight, message.
    pub fn order(&self) -> (&str, Span, Severity, Code, &str) {
        let problem = &self.problem;
        (self.source.path(), problem.span, problem.severity, problem.code, &problem.message)
    }

    /// Whether it fails a build.
    pub fn is_error(&self) -> bool {
        self.problem.severity == Severity::Error
    }
}

/// A text with what problems want to be written in it, and how many of them were followed: of two that touch the same
/// place, the first. Where quotes are escaped, as in a string of a shell, a repair with quotes of its own would end it.
pub fn repaired<'a>(text: &str, problems: impl IntoIterator<Item = &'a Problem>) -> (String, usize) {
    let mut fixes: Vec<(Span, &str)> =
        problems.into_iter().filter_map(|problem| Some((problem.span, problem.fix.as_deref()?))).collect();
    fixes.sort_unstable();
    let mut out = String::with_capacity(text.len());
    let (mut at, mut count) = (0, 0);
    for (span, fix) in fixes {
        let range = span.range();
        let (Some(before), Some(written)) = (text.get(at..range.start), text.get(range.clone())) else {
            continue;
        };
        if written.contains('\\') && fix.contains(['"', '\'']) {
            continue;
        }
        out.push_str(before);
        out.push_str(fix);
        at = range.end;
        count += 1;
    }
    out.push_str(text.get(at..).unwrap_or_default());
    (out, count)
}

/// Sorts for a report and takes out what was said twice.
pub fn tidy(diagnostics: &mut Vec<Diagnostic>) {
    diagnostics.sort_by(|one, other| one.order().cmp(&other.order()));
    diagnostics.dedup_by(|one, other| one.order() == other.order());
}

/// A value and all that was wrong on the way to it; the value comes only together with the problems.
#[derive(Clone, Debug)]
#[must_use]
pub struct Parsed<T> {
    value: T,
    problems: Vec<Problem>,
}

impl<T> Parsed<T> {
    /// A value with its problems.
    pub fn new(value: T, problems: Vec<Problem>) -> Self {
        Self { value, problems }
    }

    /// Both parts.
    pub fn into_parts(self) -> (T, Vec<Problem>) {
        (self.value, self.problems)
    }

    /// The value; the problems are added to `diagnostics` as those of `excerpt`.
    pub fn take(self, excerpt: &Excerpt, diagnostics: &mut Vec<Diagnostic>) -> T {
        diagnostics.extend(self.problems.into_iter().map(|problem| problem.within(excerpt)));
        self.value
    }

    /// The problems alone.
    pub fn problems(&self) -> &[Problem] {
        &self.problems
    }
}

/// The candidate that was probably meant by `word`, by edit distance; none where all are far.
pub fn nearest<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    const JOINTS: [char; 3] = ['_', '-', ' '];
    let plain = |text: &str| text.to_lowercase().replace(JOINTS, "");
    let folded = plain(word);
    let most = (word.chars().count() / 3).clamp(1, 4);
    let length = folded.chars().count();
    let letters = Letters::of(&folded);
    candidates
        .into_iter()
        .filter(|candidate| *candidate != word)
        // What is longer or shorter by more is not within reach, nor what has other letters: neither need be compared
        // letter by letter.
        .filter(|candidate| {
            candidate.chars().filter(|letter| !JOINTS.contains(letter)).count().abs_diff(length) <= most
                && letters.lacking(candidate) <= most
        })
        .map(|candidate| {
            let other = plain(candidate);
            (strsim::osa_distance(&folded, &other), folded.len().abs_diff(other.len()), candidate)
        })
        .filter(|(distance, _, candidate)| *distance <= most && *distance < candidate.chars().count())
        .min()
        .map(|(_, _, candidate)| candidate)
}

/// How often a word has each ASCII letter and digit, whatever its case.
struct Letters([u8; 256]);

impl Letters {
    fn of(word: &str) -> Self {
        let mut counts = [0_u8; 256];
        for byte in Self::told(word) {
            let count = &mut counts[usize::from(byte)];
            *count = count.saturating_add(1);
        }
        Self(counts)
    }

    /// How many letters of another word this one has not: it cannot be nearer than that.
    fn lacking(&self, other: &str) -> usize {
        let mut left = self.0;
        let mut lacking = 0;
        for byte in Self::told(other) {
            let count = &mut left[usize::from(byte)];
            lacking += usize::from(*count == 0);
            *count = count.saturating_sub(1);
        }
        lacking
    }

    fn told(word: &str) -> impl Iterator<Item = u8> {
        word.bytes().filter(u8::is_ascii_alphanumeric).map(|byte| byte.to_ascii_lowercase())
    }
}

/// Searches for what was meant by words that are nothing: each is made once, and so many of them at most, for each compares
/// with all that there is.
#[derive(Debug, Default)]
pub struct Searches(HashMap<String, Option<String>>);

impl Searches {
    /// So many are made.
    const MOST: usize = 200;

    /// What was meant by a word, which `search` finds.
    pub fn meant(&mut self, word: String, search: impl FnOnce() -> Option<String>) -> Option<String> {
        if let Some(known) = self.0.get(&word) {
            return known.clone();
        }
        if self.0.len() >= Self::MOST {
            return None;
        }
        self.0.entry(word).or_insert_with(search).clone()
    }
}

/// Whether two words differ in their letters alone. Of numbers, as in the names of models, any other one may be meant.
pub fn has_same_numbers(one: &str, other: &str) -> bool {
    let digits = |word: &'_ str| word.chars().filter(char::is_ascii_digit).collect::<String>();
    digits(one) == digits(other)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn repairs_that_touch_each_other_are_not_both_made() {
        let fix =
            |start, end, text: &str| Problem::new(Code::UnknownKey, Span::new(start, end), "").fix(text);
        let problems = [fix(4, 7, "D"), fix(0, 3, "A"), fix(2, 5, "B"), fix(99, 100, "E"), fix(9, 11, "")];
        assert_eq!(repaired("abc def é", &problems), ("A D é".to_owned(), 2));
        assert_eq!(repaired("é", &[fix(1, 2, "x")]), ("é".to_owned(), 0));
        assert_eq!(repaired("\\\"a\\\"", &[fix(0, 5, "\"b\"")]).1, 0);
    }

    #[test]
    fn the_nearest_key_is_found_across_spellings() {
        assert_eq!(nearest("modle", ["model", "mode", "models"]), Some("model"));
        assert_eq!(nearest("base_url", ["baseUrl", "api"]), Some("baseUrl"));
        assert_eq!(nearest("contextTokens", ["cost", "id"]), None);
    }

    #[test]
    fn a_search_is_made_once_and_not_without_end() {
        let mut searches = Searches::default();
        let mut made = 0;
        for word in (0..300).chain(0..300) {
            let found = searches.meant(word.to_string(), || {
                made += 1;
                Some(word.to_string())
            });
            assert_eq!(found.is_some(), word < 200, "{word}");
        }
        assert_eq!(made, 200);
    }

    #[test]
    fn a_short_word_has_no_far_neighbour() {
        assert_eq!(nearest("a", ["xy", "b"]), None);
    }
}
