//! Scripts of a shell, read far enough to know what they would run and where each argument stands.
//!
//! This is no shell: a real one runs the script. It is read to decide whether it is harmless ([`harmless`]), and to
//! find the place in the page that an answer speaks of ([`curl`]).

pub mod curl;
mod decoded;
mod filters;
pub mod harmless;
mod lexer;
pub mod variables;

pub use decoded::Decoded;

use crate::diagnostics::Parsed;
use crate::source::{Excerpt, Span};

/// A script: its simple commands in the order of the text, those of pipes and substitutions included.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Script {
    /// The commands.
    pub commands: Vec<Command>,
    /// Grammar beyond simple commands, pipes and lists (`for`, `(…)`, a job in the background): what and where.
    pub beyond: Vec<(String, Span)>,
}

/// A simple command.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Command {
    /// From its first to its last word.
    pub span: Span,
    /// `NAME=value` before the first word.
    pub assignments: Vec<Assignment>,
    /// The words; the first one is the program.
    pub words: Vec<Word>,
    /// Where its input and output go.
    pub redirects: Vec<Redirect>,
}

/// `NAME=value`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Assignment {
    /// The variable.
    pub name: String,
    /// Its value.
    pub value: Word,
}

/// A redirection.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Redirect {
    /// `<`, `>`, `>>`, `<<`, `<<<` and so on, without a number before it.
    pub operator: String,
    /// The file, or the text of a here-document.
    pub target: Word,
}

/// A word of a command, quotes still on.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Word {
    /// The word as it stands.
    pub span: Span,
    /// What it is made of.
    pub parts: Vec<Part>,
    /// What of it stands outside of quotes: there patterns are matched, and values fall apart at spaces.
    pub bare: Vec<Span>,
}

/// What is known of the value of a variable.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Known {
    /// It is this text.
    Text(String),
    /// Nothing sets it.
    Unset,
    /// Only the shell knows it.
    Open,
}

/// The beginning of a word as the program gets it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Beginning {
    /// The text up to the first part that only the shell knows.
    pub text: String,
    /// Whether that is all of the word.
    pub whole: bool,
}

/// A part of a word.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Part {
    /// Text that stands for itself.
    Copy(Span),
    /// An escape, and what it stands for.
    Escape(Span, String),
    /// `$NAME` or `${NAME}`; the second is `${NAME:-default}`'s default.
    Variable(Span, String, Option<String>),
    /// Something that only the shell can work out: a substitution, arithmetic, a pattern.
    Opaque(Span),
}

impl Word {
    /// The word as the program gets it: quotes off, variables filled in. What only the shell knows is left out.
    pub fn decode(&self, script: &Excerpt, lookup: &dyn Fn(&str) -> Option<String>) -> Excerpt {
        let mut word = script.rebuild(self.span.start);
        for part in &self.parts {
            match part {
                Part::Copy(span) => word.copy(*span),
                Part::Escape(span, text) => word.decoded(text, *span),
                Part::Variable(span, name, default) => {
                    let value = lookup(name).or_else(|| default.clone()).unwrap_or_default();
                    word.decoded(&value, *span);
                }
                Part::Opaque(_) => {}
            }
        }
        word.finish()
    }

    /// As much of the word from its start as is known.
    pub fn beginning(&self, script: &str, values: &dyn Fn(&str) -> Known) -> Beginning {
        let mut text = String::new();
        for part in &self.parts {
            match part {
                Part::Copy(span) => text.push_str(script.get(span.range()).unwrap_or_default()),
                Part::Escape(_, escape) => text.push_str(escape),
                Part::Variable(_, name, default) => match values(name) {
                    Known::Text(value) => text.push_str(&value),
                    Known::Unset => text.push_str(default.as_deref().unwrap_or_default()),
                    Known::Open => return Beginning { text, whole: false },
                },
                Part::Opaque(_) => return Beginning { text, whole: false },
            }
        }
        Beginning { text, whole: true }
    }

    /// Whether the shell makes exactly one word of it, and no name of a file: outside of quotes stands no pattern that
    /// reaches further than its own folder, and no value that may hold spaces or patterns itself.
    pub fn is_one(&self, script: &str, values: &dyn Fn(&str) -> Known) -> bool {
        let bare = |span: Span| {
            let after = self.bare.partition_point(|bare| bare.start <= span.start);
            after.checked_sub(1).and_then(|at| self.bare.get(at)).is_some_and(|bare| span.end <= bare.end)
        };
        let plain = |value: &str| {
            !value.is_empty()
                && value.chars().all(|letter| letter.is_alphanumeric() || "-_./:@%+,=".contains(letter))
        };
        let whole = self.parts.iter().filter(|part| bare(part.span())).all(|part| match part {
            Part::Copy(_) | Part::Escape(..) => true,
            Part::Variable(_, name, default) => match values(name) {
                Known::Text(value) => plain(&value),
                Known::Unset => default.as_deref().is_some_and(plain),
                Known::Open => false,
            },
            Part::Opaque(_) => false,
        });
        whole && !self.is_pattern(script, values)
    }

    /// Whether the shell may put names of files from elsewhere, or several words, in its place.
    pub fn is_pattern(&self, script: &str, values: &dyn Fn(&str) -> Known) -> bool {
        let raw = script.get(self.span.range()).unwrap_or_default();
        let texts = self.bare.iter().filter_map(|span| script.get(span.range()));
        let text: String = texts.filter(|text| !text.starts_with(['$', '`'])).collect();
        let braces = text.contains('{') && (text.contains(',') || text.contains(".."));
        // In a folder without folders a pattern that begins with a name leads nowhere.
        let begins = self.beginning(script, values).text;
        let leads = begins.is_empty() || begins.starts_with('/') || raw.contains("..");
        let names = text.contains(['*', '?', '[']) && raw.contains('/') && leads;
        braces || names || raw.starts_with('~')
    }

    /// The word where it holds nothing but text.
    pub fn literal(&self, script: &str) -> Option<String> {
        let mut text = String::new();
        for part in &self.parts {
            match part {
                Part::Copy(span) => text.push_str(script.get(span.range())?),
                Part::Escape(_, escape) => text.push_str(escape),
                Part::Variable(..) | Part::Opaque(_) => return None,
            }
        }
        Some(text)
    }

    /// A word of the form `name=value` as its name and the parts of its value.
    pub fn named_value<'t>(&self, script: &'t str) -> Option<(&'t str, Vec<Part>)> {
        let Some(Part::Copy(first)) = self.parts.first() else { return None };
        let (name, _) = script.get(first.range())?.split_once('=')?;
        if first.start != self.span.start || !variables::is_name(name) {
            return None;
        }
        let mut parts = self.parts.clone();
        if let Some(part) = parts.first_mut() {
            *part = Part::Copy(Span::new(first.range().start + name.len() + 1, first.range().end));
        }
        Some((name, parts))
    }

    /// The variables that it reads and that have no default.
    pub fn variables(&self) -> impl Iterator<Item = (&str, Span)> {
        self.parts.iter().filter_map(|part| match part {
            Part::Variable(span, name, None) => Some((name.as_str(), *span)),
            _ => None,
        })
    }
}

impl Part {
    /// Where it stands.
    pub fn span(&self) -> Span {
        match self {
            Self::Copy(span) | Self::Escape(span, _) | Self::Variable(span, ..) | Self::Opaque(span) => *span,
        }
    }
}

impl Command {
    /// All words, those of assignments and redirections included.
    pub fn all_words(&self) -> impl Iterator<Item = &Word> {
        let assigned = self.assignments.iter().map(|assignment| &assignment.value);
        assigned.chain(&self.words).chain(self.redirects.iter().map(|redirect| &redirect.target))
    }
}

/// Reads a script of bash.
pub fn parse(text: &str) -> Parsed<Script> {
    lexer::read(text)
}
