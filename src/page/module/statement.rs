//! One statement at the beginning of a line: an `import` or an `export`, or text that only begins like one.

use super::script::{self, End};
use super::template::Form;
use super::{Export, ExportValue, Import, Imported, ImportedName};
use crate::data::{self, Node, Syntax, Value};
use crate::page::expression::{is_name, is_part};
use crate::source::Span;

/// A statement as read.
#[derive(Debug)]
pub(in crate::page) struct Statement {
    /// Where it ends, on its last line.
    pub(in crate::page) end: usize,
    pub(super) import: Option<Import>,
    pub(super) exports: Vec<Export>,
}

/// Whether a line may begin a statement.
pub(in crate::page) fn begins(line: &str) -> bool {
    let rest = line.strip_prefix("import").or_else(|| line.strip_prefix("export"));
    rest.is_some_and(|rest| rest.starts_with([' ', '\t', '{', '*', '"', '\'']))
}

/// The statement that begins at the byte `at`; none where it is text.
///
/// Of `budget`, which is how many bytes of a page may be read and not belong to a statement, what was read so is taken.
pub(in crate::page) fn statement(text: &str, at: usize, budget: &mut usize) -> Option<Statement> {
    let mut reader = Reader { text, at, budget };
    if reader.word("import") { reader.import(at) } else { reader.export(at) }
}

pub(super) struct Reader<'a, 'b> {
    pub(super) text: &'a str,
    pub(super) at: usize,
    pub(super) budget: &'b mut usize,
}

impl<'a> Reader<'a, '_> {
    pub(super) fn rest(&self) -> &'a str {
        self.text.get(self.at..).unwrap_or_default()
    }

    /// Steps over blanks, those of line breaks included.
    pub(super) fn blanks(&mut self) {
        let rest = self.rest();
        self.at += rest.len() - rest.trim_start().len();
    }

    pub(super) fn eat(&mut self, mark: &str) -> bool {
        self.blanks();
        let is_there = self.rest().starts_with(mark);
        self.at += if is_there { mark.len() } else { 0 };
        is_there
    }

    /// Steps over a whole word.
    pub(super) fn word(&mut self, word: &str) -> bool {
        self.blanks();
        let is_there = self.rest().strip_prefix(word).is_some_and(|rest| !rest.starts_with(is_part));
        self.at += if is_there { word.len() } else { 0 };
        is_there
    }

    pub(super) fn name(&mut self) -> Option<(&'a str, Span)> {
        self.blanks();
        let rest = self.rest();
        let length = rest.find(|letter: char| !is_part(letter)).unwrap_or(rest.len());
        let name = rest.get(..length).filter(|name| is_name(name))?;
        self.at += length;
        Some((name, Span::new(self.at - length, self.at)))
    }

    /// A text in quotes, which end on the line.
    pub(super) fn quoted(&mut self) -> Option<(&'a str, Span)> {
        self.blanks();
        let quote = self.rest().chars().next().filter(|quote| matches!(quote, '"' | '\''))?;
        let inner = self.rest().get(1..)?;
        let length = inner.find([quote, '\n'])?;
        let text = inner
            .get(..length)
            .filter(|_| inner.get(length..).is_some_and(|rest| rest.starts_with(quote)))?;
        let start = self.at + 1;
        self.at = start + length + 1;
        Some((text, Span::new(start, start + length)))
    }

    /// The end of the statement, where nothing but `;` follows on its line.
    pub(super) fn ends(&mut self) -> Option<usize> {
        let line = self.rest().split('\n').next().unwrap_or_default();
        let rest = line.trim();
        let rest = rest.strip_prefix(';').map_or(rest, str::trim_start);
        (rest.is_empty() || rest.starts_with("//")).then(|| self.at + line.trim_end().len())
    }

    fn import(&mut self, start: usize) -> Option<Statement> {
        let mut names = Vec::new();
        self.blanks();
        if !self.rest().starts_with(['"', '\'']) {
            if let Some((local, span)) = self.name() {
                names.push(ImportedName { what: Imported::Default, local: local.to_owned(), span });
            }
            let goes_on = names.is_empty() || self.eat(",");
            if goes_on && self.eat("*") {
                let from = self.at - 1;
                let (local, span) = if self.word("as") { self.name()? } else { return None };
                let span = Span::new(from, from).to(span);
                names.push(ImportedName { what: Imported::All, local: local.to_owned(), span });
            } else if goes_on {
                names.extend(self.named()?.into_iter().map(|named| ImportedName {
                    what: if named.name == "default" {
                        Imported::Default
                    } else {
                        Imported::Named(named.name.to_owned())
                    },
                    local: named.local.to_owned(),
                    span: named.span,
                }));
            }
            if !self.word("from") {
                return None;
            }
        }
        let (from, from_span) = self.quoted()?;
        let end = self.ends()?;
        let import = Import { from: from.to_owned(), from_span, names, span: Span::new(start, end) };
        Some(Statement { end, import: Some(import), exports: Vec::new() })
    }

    /// `{ a, b as c }`.
    fn named(&mut self) -> Option<Vec<Named<'a>>> {
        let mut names = Vec::new();
        if !self.eat("{") {
            return None;
        }
        while !self.eat("}") {
            let (name, span) = self.name()?;
            let (local, end) = if self.word("as") { self.name()? } else { (name, span) };
            names.push(Named { name, local, span: span.to(end) });
            if !self.eat(",") {
                self.blanks();
                if !self.rest().starts_with('}') {
                    return None;
                }
            }
        }
        Some(names)
    }

    fn export(&mut self, start: usize) -> Option<Statement> {
        if !self.word("export") {
            return None;
        }
        self.blanks();
        let script = |name: &str, name_span: Span| (name.to_owned(), name_span, ExportValue::Script);
        let (found, end) = if self.rest().starts_with(['{', '*']) {
            self.exported_names()?
        } else if self.word("default") {
            let span = Span::new(self.at - "default".len(), self.at);
            let is_script = self.begins_script();
            (vec![script("default", span)], if is_script { self.script_end()? } else { return None })
        } else if self.word("const") || self.word("let") || self.word("var") {
            let (name, span) = self.name()?;
            if !self.eat("=") || self.rest().starts_with('=') {
                return None;
            }
            self.blanks();
            let from = self.at;
            let (value, end) = if let Some(told) = self.component(from, Form::Arrow) {
                told
            } else {
                let end = self.script_end()?;
                (self.value(from, end), end)
            };
            (vec![(name.to_owned(), span, value)], end)
        } else {
            let is_async = self.word("async");
            let is_class = self.word("class");
            if !is_class && !self.word("function") {
                return None;
            }
            let (name, span) = self.name()?;
            self.blanks();
            if !self.rest().starts_with(if is_class { ['{', 'e'] } else { ['(', '<'] }) {
                return None;
            }
            let told = if is_async || is_class { None } else { self.component(self.at, Form::Function) };
            match told {
                Some((value, end)) => (vec![(name.to_owned(), span, value)], end),
                None => (vec![script(name, span)], self.script_end()?),
            }
        };
        let span = Span::new(start, end);
        let exports =
            found.into_iter().map(|(name, name_span, value)| Export { name, name_span, value, span });
        Some(Statement { end, import: None, exports: exports.collect() })
    }

    /// `{ a, b as c } from "file"` and `* from "file"`, whose values are not followed.
    fn exported_names(&mut self) -> Option<(Vec<Exported>, usize)> {
        let mut names = Vec::new();
        if self.eat("*") {
            if self.word("as") {
                let (name, span) = self.name()?;
                names.push((name.to_owned(), span, ExportValue::Script));
            }
            if !self.word("from") {
                return None;
            }
            self.quoted()?;
        } else {
            let found = self.named()?.into_iter();
            names.extend(found.map(|named| (named.local.to_owned(), named.span, ExportValue::Script)));
            if self.word("from") {
                self.quoted()?;
            }
        }
        Some((names, self.ends()?))
    }

    /// Whether what is exported by default looks like code: prose may begin with the same words.
    fn begins_script(&mut self) -> bool {
        self.blanks();
        let rest = self.rest();
        let line = rest.split('\n').next().unwrap_or_default().trim_end().trim_end_matches(';');
        let words = ["function", "async", "class"];
        is_name(line)
            || rest.starts_with(['(', '{', '[', '"', '\'', '`'])
            || words
                .iter()
                .any(|word| rest.strip_prefix(word).is_some_and(|rest| rest.starts_with([' ', '('])))
    }

    fn script_end(&mut self) -> Option<usize> {
        let rest = self.text.len() - self.at.min(self.text.len());
        if *self.budget < rest {
            return None;
        }
        let end = script::end(self.text, self.at);
        if !matches!(end, End::At(_)) {
            *self.budget -= rest;
        }
        match end {
            End::At(end) | End::Guessed(end) => Some(end),
            End::Never => None,
        }
    }

    /// The component that only puts tags together and whose parameters begin at a byte, and where its statement ends.
    fn component(&mut self, from: usize, form: Form) -> Option<(ExportValue, usize)> {
        // Text in JSX need not have the brackets of JavaScript in pairs.
        let (template, end) = self.template(from, form)?;
        Some((ExportValue::Template(Box::new(template)), end))
    }

    /// The value of an expression, where it is a literal.
    fn value(&self, from: usize, end: usize) -> ExportValue {
        let text = self.text.get(from..end).unwrap_or_default().trim_end();
        let text = text.strip_suffix(';').unwrap_or(text).trim_end();
        let template = text.strip_prefix('`').and_then(|text| text.strip_suffix('`'));
        if let Some(plain) = template {
            let is_plain = !plain.contains(['`', '\\']) && !plain.contains("${");
            let span = Span::new(from, from + text.len());
            let node = is_plain.then(|| Node::new(span, Value::String(plain.to_owned())));
            return node.map_or(ExportValue::Script, ExportValue::Data);
        }
        let (document, problems) = data::parse(text, Syntax::Json5).into_parts();
        let is_data = problems.is_empty() && !document.fragment && !document.sketch;
        match document.root {
            Node { value: Value::Elided, .. } => ExportValue::Script,
            mut root if is_data => {
                root.shift(Span::at(from).start);
                ExportValue::Data(root)
            }
            _ => ExportValue::Script,
        }
    }
}

/// A name that is exported, where it stands, and its value.
type Exported = (String, Span, ExportValue);

/// A name in `{ name as local }`.
struct Named<'a> {
    name: &'a str,
    local: &'a str,
    span: Span,
}
