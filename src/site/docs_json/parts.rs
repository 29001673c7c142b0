//! `docs.json` in several files: an object with a `$ref` stands for the file that it names.
//!
//! All files are read as one tree, in which the spans of each file are shifted behind those of the files before it; so a
//! span of the tree knows its file.

use std::sync::Arc;

use super::Error;
use crate::data::{self, Member, Node, Syntax, Value};
use crate::diagnostics::{Code, Diagnostic, Problem};
use crate::source::{Source, Span};

/// The key that names another file.
const REFERENCE: &str = "$ref";

/// So many files are read, and so deep do they name each other.
const MOST: usize = 256;
const DEEPEST: usize = 16;

/// So many bytes are read before the last of them.
const LONGEST: u32 = 1 << 30;

/// Reads a file by its path from the root of the manual; none where there is no such file.
pub(in super::super) type Files<'a> = dyn FnMut(&str) -> Result<Option<Arc<Source>>, Error> + 'a;

/// The files of a `docs.json`, each with the place of its first byte.
#[derive(Clone, Debug, Default)]
pub(super) struct Parts(Vec<(u32, Arc<Source>)>);

impl Parts {
    /// The tree of a `docs.json` and of all that it names; what is wrong is added to `problems`.
    pub(super) fn read(
        source: &Arc<Source>,
        files: &mut Files<'_>,
        problems: &mut Vec<Problem>,
    ) -> Result<(Self, Node), Error> {
        let mut reader = Reader { parts: Self::default(), files, problems, way: Vec::new() };
        let mut root = reader.parse(source, super::NAME);
        reader.resolve(&mut root)?;
        Ok((reader.parts, root))
    }

    /// The diagnostic of a problem in the tree.
    pub(super) fn said(&self, problem: Problem) -> Diagnostic {
        let (source, span) = self.place(problem.span);
        Problem { span, ..problem }.of(source)
    }

    /// The file of a span of the tree, and the span in it.
    pub(super) fn place(&self, span: Span) -> (&Arc<Source>, Span) {
        let index = self.0.partition_point(|(base, _)| *base <= span.start).saturating_sub(1);
        let Some((base, source)) = self.0.get(index) else { unreachable!("there is a file for every span") };
        (source, Span { start: span.start - base, end: span.end - base })
    }
}

struct Reader<'a, 'f> {
    parts: Parts,
    files: &'a mut Files<'f>,
    problems: &'a mut Vec<Problem>,
    /// The files that are being read, each named by the one before it.
    way: Vec<String>,
}

impl Reader<'_, '_> {
    /// Where the next file begins.
    fn end(&self) -> u32 {
        let last = self.parts.0.last();
        last.map_or(0, |(base, source)| base + Span::new(0, source.text().len()).end + 1)
    }

    /// The tree of a file.
    fn parse(&mut self, source: &Arc<Source>, path: &str) -> Node {
        let base = self.end();
        self.parts.0.push((base, Arc::clone(source)));
        self.way.push(path.to_owned());
        let (document, problems) = data::parse(source.text(), Syntax::Json).into_parts();
        let shifted = |problem: Problem| Problem { span: problem.span.shifted(base), ..problem };
        self.problems.extend(problems.into_iter().map(shifted));
        let mut root = document.root;
        root.shift(base);
        root
    }

    fn resolve(&mut self, node: &mut Node) -> Result<(), Error> {
        match &mut node.value {
            Value::Array(elements) => elements.iter_mut().try_for_each(|element| self.resolve(element)),
            Value::Object(members) => {
                let at = members.iter().position(|member| member.key == REFERENCE);
                let Some(at) = at else {
                    return members.iter_mut().try_for_each(|member| self.resolve(&mut member.value));
                };
                let reference = members.remove(at);
                let mut own = std::mem::take(members);
                own.iter_mut().try_for_each(|member| self.resolve(&mut member.value))?;
                if let Some(target) = self.target(&reference)? {
                    *node = joined(target, own);
                } else {
                    *members = own;
                }
                Ok(())
            }
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Elided => Ok(()),
        }
    }

    /// The tree of the file that a reference names.
    fn target(&mut self, reference: &Member) -> Result<Option<Node>, Error> {
        let span = reference.value.span;
        let here = self.way.last().cloned().unwrap_or_default();
        let Some(path) = reference.value.as_str().and_then(|path| beside(&here, path)) else {
            self.say(
                span,
                "`$ref` names no file of the manual".to_owned(),
                "write a path such as `./pages.json`",
            );
            return Ok(None);
        };
        if self.way.contains(&path) || self.way.len() >= DEEPEST || self.parts.0.len() >= MOST {
            self.say(
                span,
                format!("`{path}` is read already, or files name each other too deep"),
                "write what it holds here",
            );
            return Ok(None);
        }
        let Some(source) = (self.files)(&path)? else {
            self.say(span, format!("there is no file `{path}`"), "name a file from the folder of this one");
            return Ok(None);
        };
        if self.end() > LONGEST {
            self.say(span, "the files of the settings are too long".to_owned(), "divide the manual");
            return Ok(None);
        }
        let mut root = self.parse(&source, &path);
        self.resolve(&mut root)?;
        self.way.pop();
        Ok(Some(root))
    }

    fn say(&mut self, span: Span, message: String, help: &str) {
        self.problems.push(Problem::new(Code::Setting, span, message).help(help));
    }
}

/// What a reference stands for; keys beside it go before those of the file.
fn joined(mut target: Node, own: Vec<Member>) -> Node {
    if let Value::Object(members) = &mut target.value {
        members.retain(|member| own.iter().all(|other| other.key != member.key));
        members.extend(own);
    }
    target
}

/// A path from the root of the manual, for one that is named in the file `here`; none where it leads out of the manual.
fn beside(here: &str, path: &str) -> Option<String> {
    let folder = here.rsplit_once('/').map_or("", |(folder, _)| folder);
    let start = if path.starts_with('/') { "" } else { folder };
    let mut folders: Vec<&str> = start.split('/').filter(|name| !name.is_empty()).collect();
    for name in path.split('/') {
        match name {
            "" | "." => {}
            ".." => {
                folders.pop()?;
            }
            name if name.contains(['\\', ':', '\0']) => return None,
            name => folders.push(name),
        }
    }
    (!folders.is_empty()).then(|| folders.join("/"))
}
