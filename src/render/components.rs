//! Components through their templates, whose declared parameters are what an author can write.

mod check;
mod values;

pub(super) use check::check;

use serde::Serialize;
use tera::{ComponentInfo, Context, Tera, Value};

use crate::page::{Attribute, AttributeValue, Component, Place};
use crate::site::SitePage;

use super::icons;
use super::links::Links;
use super::markup::{aliases, escaped};
use values::fitting;

/// Parameters that are filled from where a component stands and what it holds, and that no author writes.
const FILLED: [&str; 6] = ["around", "children", "group", "index", "unique", "written"];

/// Attributes whose name means something else in a template, with the parameter that they fill.
const RENAMED: [(&str, &str); 2] = [("body", "in_body"), ("for", "audience")];

/// Attributes that are the address of a page or a file.
const ADDRESSES: [&str; 3] = ["href", "img", "src"];

/// What components of a page are shown with.
#[derive(Clone, Copy, Debug)]
pub(super) struct Stage<'a> {
    pub(super) tera: &'a Tera,
    pub(super) page: &'a SitePage,
    pub(super) links: &'a Links<'a>,
}

/// Where a component stands among others.
#[derive(Clone, Copy, Debug)]
pub(super) struct Seat {
    /// Its index on the page.
    pub(super) own: usize,
    /// How many components stand before it in the same one.
    pub(super) index: usize,
    /// The index on the page of the one around it.
    pub(super) around: Option<usize>,
}

/// What stands inside a component.
#[derive(Debug, Default)]
pub(super) struct Inside {
    /// All of it.
    pub(super) html: String,
    /// The fences and components that it consists of; none where it holds anything else, or where nobody asks.
    pub(super) children: Vec<Child>,
}

/// A fence or a component as its parent sees it.
#[derive(Clone, Debug, Default, Serialize)]
pub(super) struct Child {
    /// Its title, name or label; that of its language for a fence without one.
    pub(super) title: String,
    /// Its anchor; empty where it has none.
    pub(super) id: String,
    /// The name of its icon; empty where it has none.
    pub(super) icon: String,
    /// The language of a fence; empty for a component.
    pub(super) language: String,
    /// The whole of it.
    pub(super) html: String,
}

impl<'a> Stage<'a> {
    /// A component as HTML; what stands inside, where it has no template.
    pub(super) fn component(self, seat: Seat, inside: Inside) -> Result<String, tera::Error> {
        let Some(component) = self.get(seat.own) else { return Ok(inside.html) };
        let name = template_name(&component.name);
        let Inside { html: mut body, children } = inside;
        let Some(definition) = self.tera.get_component_definition(name) else {
            body.insert_str(0, &aliases(component.aliases.iter().chain(&component.id)));
            return Ok(body);
        };
        let mut context = self.written(component, &definition);
        for parameter in definition.args() {
            let around = seat.around.and_then(|around| self.get(around));
            let value = match parameter.name() {
                "id" => component.id.as_deref().map(Value::from),
                "index" => Some(Value::from(seat.index)),
                "group" => seat.around.map(|around| Value::from(unique(around))),
                "unique" => Some(Value::from(unique(seat.own))),
                "written" => Some(Value::from(self.source(component))),
                "children" => Some(Value::try_from_serializable(&children)?),
                "around" => around.map(|around| self.attributes(around)).transpose()?,
                _ => None,
            };
            let is_there = context.contains_key(parameter.name());
            let missing = || (parameter.is_required() && !is_there).then(|| Value::from(""));
            if let Some(value) = value.or_else(missing) {
                context.insert_value(parameter.name().to_owned(), value);
            }
        }
        let mut html = self.tera.render_component(name, &context, Some(&body), true)?;
        answer(&mut html, component);
        Ok(match component.place {
            Place::Inline => html.trim().to_owned(),
            Place::Block => html,
        })
    }

    /// A component as its parent sees it.
    pub(super) fn child(self, index: usize, html: String) -> Child {
        let Some(component) = self.get(index) else { return Child { html, ..Child::default() } };
        let title = ["title", "name", "label"].iter().find_map(|name| component.text(name));
        Child {
            title: title.unwrap_or_default().to_owned(),
            id: component.id.clone().unwrap_or_default(),
            icon: component.text("icon").unwrap_or_default().to_owned(),
            language: String::new(),
            html,
        }
    }

    /// Whether the template of a component asks for its children one by one.
    pub(super) fn wants_children(self, index: usize) -> bool {
        let definition = self
            .get(index)
            .and_then(|component| self.tera.get_component_definition(template_name(&component.name)));
        definition.is_some_and(|found| found.args().iter().any(|parameter| parameter.name() == "children"))
    }

    fn get(self, index: usize) -> Option<&'a Component> {
        self.page.page.components.get(index)
    }

    /// What the author wrote, as far as the template takes it.
    fn written(self, component: &Component, definition: &ComponentInfo) -> Context {
        let mut context = Context::new();
        for attribute in &component.attributes {
            let parameter = definition.args().iter().find(|parameter| is_for(attribute, parameter.name()));
            let (name, value) = match parameter {
                Some(parameter) if FILLED.contains(&parameter.name()) => continue,
                Some(parameter) => (parameter.name(), self.value(attribute, parameter.arg_type())),
                None if definition.rest_param().is_some() && attribute.name != "body" => {
                    (attribute.name.as_str(), self.value(attribute, None))
                }
                None => continue,
            };
            // The first of two attributes of one name is the one that counts.
            if let Some(value) = value.filter(|_| !context.contains_key(name)) {
                context.insert_value(name.to_owned(), value);
            }
        }
        context
    }

    /// All attributes of a component, by their names.
    fn attributes(self, component: &Component) -> Result<Value, tera::Error> {
        let values = component.attributes.iter();
        let values =
            values.filter_map(|attribute| Some((attribute.name.as_str(), self.value(attribute, None)?)));
        Value::try_from_serializable(&values.collect::<std::collections::BTreeMap<_, _>>())
    }

    /// The value of an attribute; an address as the site serves it.
    fn value(self, attribute: &Attribute, wanted: Option<tera::ComponentArgType>) -> Option<Value> {
        let is_address = |text: &str| {
            ADDRESSES.contains(&attribute.name.as_str())
                || attribute.name == "icon" && icons::is_picture(text)
        };
        match &attribute.value {
            AttributeValue::Text(text) if is_address(text) => {
                Some(Value::from(self.links.target(self.page, text).as_ref()))
            }
            _ => fitting(attribute, wanted),
        }
    }

    /// What stands inside a component, as written, without the indentation that all its lines have.
    fn source(self, component: &Component) -> String {
        let source = component.home.as_ref().unwrap_or(&self.page.page.source);
        let text = source.slice(component.span);
        let last = component
            .attributes
            .last()
            .map_or(component.name_span, |attribute| attribute.name_span.to(attribute.value_span));
        let from = (last.end - component.span.start) as usize;
        let rest = text.get(from..).and_then(|rest| rest.split_once('>')).map_or("", |(_, rest)| rest);
        let inner = rest.rsplit_once("</").map_or(rest, |(inner, _)| inner);
        let lines = || inner.lines().filter(|line| !line.trim().is_empty());
        let indent = |line: &str| line.len() - line.trim_start_matches([' ', '\t']).len();
        let shared = lines().map(indent).min().unwrap_or(0);
        let lines = inner.lines().map(|line| line.get(shared..).unwrap_or_default());
        lines.collect::<Vec<_>>().join("\n").trim().to_owned()
    }
}

/// Puts what a component answers to behind the tag that shows its id; that one too, where no tag shows it.
fn answer(html: &mut String, component: &Component) {
    let Some(id) = &component.id else { return };
    let shown = html.find(&format!(" id=\"{}\"", escaped(id)));
    let places = aliases(component.aliases.iter().chain(shown.is_none().then_some(id)));
    if places.is_empty() {
        return;
    }
    let first = html.len() - html.trim_start().len();
    let is_block = component.place == Place::Block && html.trim_start().starts_with('<');
    let at = shown.or(is_block.then_some(first)).map_or(0, |at| tag_end(html, at));
    html.insert_str(at, &places);
}

/// Where the tag ends that is open at this place, or that stands there; the place itself, where none does.
fn tag_end(html: &str, at: usize) -> usize {
    let mut quote = None;
    for (offset, letter) in html.bytes().enumerate().skip(at) {
        match (quote, letter) {
            (Some(open), _) if open == letter => quote = None,
            (None, b'"' | b'\'') => quote = Some(letter),
            (None, b'>') => return offset + 1,
            (Some(_) | None, _) => {}
        }
    }
    at
}

/// Whether a component is for those who do not read the HTML.
pub(super) fn is_for_agents(component: &Component) -> bool {
    component.name == "Visibility" && component.text("for") == Some("agents")
}

/// A name that nothing else on the page has.
fn unique(index: usize) -> String {
    format!("group-{index}")
}

/// Whether an attribute fills a parameter.
fn is_for(attribute: &Attribute, parameter: &str) -> bool {
    match RENAMED.iter().find(|(name, _)| *name == attribute.name) {
        Some((_, renamed)) => *renamed == parameter,
        None => attribute.name == parameter,
    }
}

/// The name that an author writes for a parameter.
fn written_name(parameter: &str) -> &str {
    RENAMED.iter().find(|(_, renamed)| *renamed == parameter).map_or(parameter, |(name, _)| name)
}

/// The component whose template shows this one.
pub(super) fn template_name(name: &str) -> &str {
    match name {
        "FileTree" => "Tree",
        "Github.Repo" => "GitHub.Repo",
        _ => name,
    }
}
