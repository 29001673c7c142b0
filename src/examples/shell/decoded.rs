//! A word as the program gets it, which still knows where each of its letters stands in the script.

use super::{Known, Part, Word};
use crate::data::Node;
use crate::diagnostics::Problem;
use crate::source::Span;

/// The text of a word.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Decoded {
    /// The text.
    pub text: String,
    /// Its stretches in order.
    runs: Vec<Run>,
}

/// A stretch of the text, up to the next one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Run {
    /// Where it begins in the text.
    at: usize,
    /// What it was made from.
    from: Span,
    made: Made,
}

/// How a stretch came about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Made {
    /// Letter by letter.
    Copied,
    /// From other letters, as a whole.
    Decoded,
}

impl Decoded {
    /// The text of a word; none where only the shell knows a part of it.
    pub fn of(word: &Word, script: &str, values: &dyn Fn(&str) -> Known) -> Option<Self> {
        let mut decoded = Self::default();
        for part in &word.parts {
            match part {
                Part::Copy(span) => decoded.push(script.get(span.range())?, *span, Made::Copied),
                Part::Escape(span, text) => decoded.push(text, *span, Made::Decoded),
                Part::Variable(span, name, default) => match (values(name), default) {
                    (Known::Text(value), _) => decoded.push(&value, *span, Made::Decoded),
                    (Known::Unset, Some(default)) => decoded.push(default, *span, Made::Decoded),
                    (Known::Unset | Known::Open, _) => return None,
                },
                Part::Opaque(_) => return None,
            }
        }
        Some(decoded)
    }

    fn push(&mut self, text: &str, from: Span, made: Made) {
        if !text.is_empty() {
            self.runs.push(Run { at: self.text.len(), from, made });
            self.text.push_str(text);
        }
    }

    /// Where a span of the text stands in the script.
    pub fn locate(&self, span: Span) -> Span {
        let (start, end) = (span.range().start, span.range().end);
        let run = |at: usize| {
            let index = self.runs.partition_point(|run| run.at <= at);
            index.checked_sub(1).and_then(|index| self.runs.get(index))
        };
        let Some(first) = run(start) else { return Span::default() };
        let from = match first.made {
            Made::Copied => (first.from.range().start + start - first.at).min(first.from.range().end),
            Made::Decoded => first.from.range().start,
        };
        let Some(last) = run(end.saturating_sub(1)).filter(|_| end > start) else { return Span::at(from) };
        let to = match last.made {
            Made::Copied => (last.from.range().start + end - last.at).min(last.from.range().end),
            Made::Decoded => last.from.range().end,
        };
        Span::new(from, to)
    }

    /// The part of the text that a span names, as a text of its own.
    #[must_use]
    pub fn part(&self, span: Span) -> Self {
        let mut part = Self::default();
        for (index, run) in self.runs.iter().enumerate() {
            let end = self.runs.get(index + 1).map_or(self.text.len(), |next| next.at);
            let range = span.range().start.max(run.at)..span.range().end.min(end);
            let Some(text) = self.text.get(range.clone()).filter(|text| !text.is_empty()) else { continue };
            let start = run.from.range().start + range.start - run.at;
            let from = match run.made {
                Made::Copied => Span::new(start, start + text.len()),
                Made::Decoded => run.from,
            };
            part.push(text, from, run.made);
        }
        part
    }

    /// Moves all spans of a value that was read from the text to where they stand in the script.
    pub fn place(&self, node: &mut Node) {
        node.relocate(&|span| self.locate(span));
    }

    /// A problem with the text, at its place in the script; its repair holds only where the letters stand as they are.
    #[must_use]
    pub fn told(&self, problem: Problem) -> Problem {
        let span = self.locate(problem.span);
        let fix = problem.fix.filter(|_| span.len() == problem.span.len());
        Problem { span, fix, ..problem }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(script: &str, piece: &str, written: &str) {
        let (parsed, _) = super::super::parse(script).into_parts();
        let word = parsed.commands[0].words.last().expect("a word");
        let decoded = Decoded::of(word, script, &|_| Known::Text("value".to_owned())).expect("it is known");
        let at = decoded.text.find(piece).expect("it is there");
        let span = decoded.locate(Span::new(at, at + piece.len()));
        assert_eq!(script.get(span.range()), Some(written), "{script}");
    }

    #[test]
    fn letters_stand_where_they_are_written() {
        check("a 'b c'", "c", "c");
        check(r#"a "x\"key\"y""#, "key", "key");
        check(r#"a "x\"key\"y""#, "\"key\"", r#"\"key\""#);
        check("a b\"$C\"d", "value", "$C");
        check("a b\"$C\"d", "d", "d");
    }
}
