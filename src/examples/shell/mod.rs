//! Scripts of a shell, read far enough to know what they would run and where each argument stands.
//!
//! This is no shell: a real one runs the script. It is read to decide whether it is harmless ([`harmless`]), and to
//! find the place in the page that an answer speaks of ([`curl`]).

pub mod curl;
pub mod harmless;
mod lexer;

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

    /// The variables that it reads and that have no default.
    pub fn variables(&self) -> impl Iterator<Item = (&str, Span)> {
        self.parts.iter().filter_map(|part| match part {
            Part::Variable(span, name, None) => Some((name.as_str(), *span)),
            _ => None,
        })
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
