//! Components that only put tags together: what they show is read like a snippet of their page.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::Shows;
use super::expand::ALL;
use crate::data::{Member, Node, Value};
use crate::page::{CHILDREN, Event, Export, ExportValue, Page, Parameter, Parameters, Piece, Template};
use crate::site::assets::names;
use crate::site::{PageKind, Site, SitePage};
use crate::source::{Source, Span};

/// A page, or a component of it that only puts tags together.
pub(super) type Key = (usize, Option<String>);

/// Puts all that was read of a component at its place in the file: the first line of its tags, for their blanks are others.
fn place(read: &mut Page, source: &Arc<Source>, span: Span) {
    let length = source.slice(span).lines().next().unwrap_or_default().trim_end().len();
    let span = Span::new(span.range().start, span.range().start + length);
    read.source = Arc::clone(source);
    read.pieces.iter_mut().for_each(|(_, place)| *place = span);
    read.headings.iter_mut().for_each(|heading| heading.span = span);
    read.links.iter_mut().for_each(|link| link.span = span);
    read.expressions.iter_mut().for_each(|expression| expression.span = span);
    read.tags.iter_mut().for_each(|tag| tag.span = span);
    for component in &mut read.components {
        (component.span, component.name_span) = (span, span);
        for attribute in &mut component.attributes {
            (attribute.name_span, attribute.value_span) = (span, span);
        }
    }
}

/// Whether a piece begins something that cannot stand in a line of text.
pub(super) fn begins_block(piece: &Piece) -> bool {
    match piece {
        Piece::HeadingStart(_) | Piece::Fence(_) => true,
        Piece::Markdown(Event::Start(tag)) => !tag.is_inline(),
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
    pub(super) fn templates(&self) -> BTreeMap<Key, SitePage> {
        let mut found = BTreeMap::new();
        let known = names(&self.assets);
        for (index, page) in self.pages.iter().enumerate() {
            let module = &page.page.module;
            let is_template = |export: &Export| matches!(export.value, ExportValue::Template(_));
            if !module.exports.iter().any(is_template) {
                continue;
            }
            let mut known = known.clone();
            let imported = module.imports.iter().flat_map(|import| &import.names).map(|name| &name.local);
            imported.chain(module.exports.iter().map(|export| &export.name)).for_each(|name| known.add(name));
            for export in &module.exports {
                let ExportValue::Template(template) = &export.value else { continue };
                let source = &page.page.source;
                let mut read = Page::parse_with(Source::new(source.path(), template.markup.as_str()), &known);
                if read.diagnostics.is_empty() {
                    place(&mut read, source, template.span);
                    read.module = Arc::clone(module);
                    let shown = SitePage { page: read, route: page.route.clone(), kind: PageKind::Snippet };
                    found.insert((index, Some(export.name.clone())), shown);
                }
            }
        }
        found
    }

    /// What the components show that only put tags together, each as a page of its own.
    pub fn component_pages(&self) -> impl Iterator<Item = &SitePage> {
        self.snippets.templates.values()
    }

    /// The page, or what a component of it shows.
    pub(super) fn shown_at(&self, key: &Key) -> Option<&SitePage> {
        match key {
            (index, None) => self.pages.get(*index),
            (_, Some(_)) => self.snippets.templates.get(key),
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
                let each = parameters.iter().map(|parameter| (parameter.local.clone(), value(parameter)));
                let inside = given.iter().filter(|(name, _)| name == CHILDREN).cloned();
                each.chain(inside).collect()
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
