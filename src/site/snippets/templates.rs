//! Components that only put tags together: what they show is read like a snippet of their page.

use std::collections::HashMap;

use super::Shows;
use super::expand::ALL;
use crate::data::{Member, Node, Value};
use crate::page::{Event, ExportValue, Page, Parameter, Parameters, Piece, Tag, Template};
use crate::site::assets::names;
use crate::site::{PageKind, Site, SitePage};
use crate::source::{Source, Span};

/// A page, or a component of it that only puts tags together.
pub(super) type Key = (usize, Option<String>);

/// Whether a piece begins something that cannot stand in a line of text.
pub(super) fn begins_block(piece: &Piece) -> bool {
    match piece {
        Piece::HeadingStart(_) | Piece::Fence(_) => true,
        Piece::Markdown(Event::Start(tag)) => !matches!(
            tag,
            Tag::Emphasis
                | Tag::Strong
                | Tag::Strikethrough
                | Tag::Superscript
                | Tag::Subscript
                | Tag::Link(_)
                | Tag::Image(_)
        ),
        _ => false,
    }
}

/// What is shown in the place of a tag that stands for something of the site.
pub(super) fn shown_by(shows: &Shows) -> Option<Key> {
    match shows {
        Shows::Snippet(target) => Some((*target, None)),
        Shows::Template(target, name) => Some((*target, Some(name.clone()))),
        Shows::Component | Shows::Script | Shows::Missing(_) => None,
    }
}

impl Site {
    /// What the components of all pages show that only put tags together; one in which something is wrong is left to its author.
    pub(super) fn templates(&self) -> HashMap<(usize, String), SitePage> {
        let mut found = HashMap::new();
        let known = names(&self.assets);
        for (index, page) in self.pages.iter().enumerate() {
            let module = &page.page.module;
            for export in &module.exports {
                let ExportValue::Template(template) = &export.value else { continue };
                let mut known = known.clone();
                let imported = module.imports.iter().flat_map(|import| &import.names).map(|name| &name.local);
                imported
                    .chain(module.exports.iter().map(|export| &export.name))
                    .for_each(|name| known.add(name));
                // It is said to stand on the line where it begins.
                let line = page.page.source.position(template.at).line as usize;
                let text = "\n".repeat(line - 1) + &template.markup;
                let mut read = Page::parse_with(Source::new(page.page.source.path(), text), &known);
                if read.diagnostics.is_empty() {
                    read.module = module.clone();
                    let shown = SitePage { page: read, route: page.route.clone(), kind: PageKind::Snippet };
                    found.insert((index, export.name.clone()), shown);
                }
            }
        }
        found
    }

    /// The page, or what a component of it shows.
    pub(super) fn shown_at(&self, key: &Key) -> Option<&SitePage> {
        match key {
            (index, None) => self.pages.get(*index),
            (index, Some(name)) => self.snippets.templates.get(&(*index, name.clone())),
        }
    }

    pub(super) fn template(&self, key: &Key) -> Option<&Template> {
        let (index, name) = key;
        match &self.pages.get(*index)?.page.module.exported(name.as_ref()?)?.value {
            ExportValue::Template(template) => Some(template),
            ExportValue::Data(_) | ExportValue::Script => None,
        }
    }

    /// The attributes of a tag by the names that a component has for them; those of a snippet as they are.
    pub(super) fn named_for(&self, key: &Key, given: Vec<(String, Value)>) -> Vec<(String, Value)> {
        let Some(template) = self.template(key) else { return given };
        match &template.parameters {
            Parameters::Each(parameters) => {
                let value = |parameter: &Parameter| {
                    let value = given.iter().rev().find(|(name, _)| *name == parameter.name);
                    value.map_or_else(|| parameter.default.clone(), |(_, value)| value.clone())
                };
                parameters.iter().map(|parameter| (parameter.local.clone(), value(parameter))).collect()
            }
            Parameters::All(name) if name == ALL => given,
            Parameters::All(name) => {
                let member = |(key, value): (String, Value)| Member {
                    key,
                    key_span: Span::default(),
                    value: Node::new(Span::default(), value),
                };
                vec![(name.clone(), Value::Object(given.into_iter().map(member).collect()))]
            }
        }
    }
}
