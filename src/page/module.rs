//! What a page takes from other files and gives to them: `import` and `export`, as MDX has them.

mod script;
mod statement;
mod template;

pub(super) use statement::{Statement, begins, statement};
pub use template::{CHILDREN, Parameter, Parameters, Template};

use std::collections::HashMap;

use super::components::AttributeValue;
use crate::data::{Node, Number, Value};
use crate::source::Span;

/// The endings of files that are pages or snippets; everything else that is imported is a program.
const ENDINGS: [&str; 3] = [".md", ".mdx", ".markdown"];

/// The imports and exports of a page; nothing of them is shown.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Module {
    /// The imports in order.
    pub imports: Vec<Import>,
    /// The exports in order.
    pub exports: Vec<Export>,
    /// The imports and their names by the names that they give.
    imported: HashMap<String, (usize, usize)>,
    /// The exports by name.
    exported: HashMap<String, usize>,
}

/// One `import`.
#[derive(Clone, Debug, PartialEq)]
pub struct Import {
    /// The file as written.
    pub from: String,
    /// Where that stands, without its quotes.
    pub from_span: Span,
    /// The names that it gives.
    pub names: Vec<ImportedName>,
    /// The whole statement.
    pub span: Span,
}

/// A name that an import gives.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ImportedName {
    /// What it stands for in the other file.
    pub what: Imported,
    /// The name on this page.
    pub local: String,
    /// Where it stands, with what it stands for.
    pub span: Span,
}

/// What is imported.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Imported {
    /// The file itself: `import X from`.
    Default,
    /// One of its exports: `import { x } from`.
    Named(String),
    /// All its exports: `import * as x from`.
    All,
}

/// One `export`.
#[derive(Clone, Debug, PartialEq)]
pub struct Export {
    /// Its name; `default` where it has none.
    pub name: String,
    /// Where that stands.
    pub name_span: Span,
    /// Its value.
    pub value: ExportValue,
    /// The whole statement.
    pub span: Span,
}

/// The value of an export.
#[derive(Clone, Debug, PartialEq)]
pub enum ExportValue {
    /// A literal, as data; its spans are those of the file.
    Data(Node),
    /// A component that only puts tags together.
    Template(Box<Template>),
    /// JavaScript, which is not run.
    Script,
}

impl Import {
    /// Whether the file is a page or a snippet; else it is a program, which is not run.
    pub fn is_page(&self) -> bool {
        let name = self.from.rsplit('/').next().unwrap_or_default();
        !name.contains('.') || ENDINGS.iter().any(|ending| name.ends_with(ending))
    }
}

impl Module {
    /// The import that gives this name on the page, and what the name stands for.
    pub fn imported(&self, name: &str) -> Option<(&Import, &ImportedName)> {
        let (import, at) = *self.imported.get(name)?;
        let import = self.imports.get(import)?;
        Some((import, import.names.get(at)?))
    }

    /// The export of this name; the last one, where there are several.
    pub fn exported(&self, name: &str) -> Option<&Export> {
        self.exports.get(*self.exported.get(name)?)
    }

    /// The value at the end of a way that begins with the name of an export; none where that is no data.
    pub fn value(&self, way: &[String]) -> Option<&Value> {
        let (name, rest) = way.split_first()?;
        match &self.exported(name)?.value {
            ExportValue::Data(node) => member(&node.value, rest),
            ExportValue::Template(_) | ExportValue::Script => None,
        }
    }

    /// Whether the page has a name for something that a tag of this name can show.
    pub(super) fn names(&self, tag: &str) -> bool {
        let first = tag.split('.').next().unwrap_or_default();
        self.imported(first).is_some() || self.exported(tag).is_some()
    }

    /// Takes a statement down.
    pub(super) fn add(&mut self, statement: Statement) {
        if let Some(import) = statement.import {
            for (at, name) in import.names.iter().enumerate() {
                self.imported.entry(name.local.clone()).or_insert((self.imports.len(), at));
            }
            self.imports.push(import);
        }
        for export in statement.exports {
            self.exported.insert(export.name.clone(), self.exports.len());
            self.exports.push(export);
        }
    }
}

/// The value at the end of a way into another one.
pub fn member<'a>(value: &'a Value, way: &[String]) -> Option<&'a Value> {
    way.iter().try_fold(value, |value, key| match value {
        Value::Object(members) => {
            members.iter().rev().find(|member| member.key == *key).map(|member| &member.value.value)
        }
        _ => None,
    })
}

/// A value as it is shown in text: nothing for what is no text and no number, a list without anything between its
/// elements; none for an object, which cannot be shown. So does React, whose way MDX follows (react.dev, read
/// 2026-11-27).
pub fn shown(value: &Value) -> Option<String> {
    match value {
        Value::Null | Value::Elided | Value::Bool(_) => Some(String::new()),
        Value::Number(Number::Integer(number)) => Some(number.to_string()),
        Value::Number(Number::Float(number)) => Some(number.to_string()),
        Value::String(text) => Some(text.clone()),
        Value::Array(elements) => elements.iter().map(|element| shown(&element.value)).collect(),
        Value::Object(_) => None,
    }
}

impl From<&Value> for AttributeValue {
    /// The value of an attribute that names a variable.
    fn from(value: &Value) -> Self {
        match value {
            Value::String(text) => Self::Text(text.clone()),
            value => Self::Data(value.clone()),
        }
    }
}
