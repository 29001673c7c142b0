//! Components through their templates, whose declared parameters are what an author can write.

use tera::{ComponentArgType, Context, Tera, Value};

use crate::data::{self, Node, Number};
use crate::diagnostics::{Code, Diagnostic, Problem, Severity, nearest};
use crate::page::{Attribute, AttributeValue, Component, Page, Place};
use crate::source::Span;

use super::markup::{aliases, escaped};

/// Attributes that mean nothing here and are no mistake.
const IDLE: [&str; 5] = ["class", "className", "id", "key", "style"];

/// Parameters that are filled from where a component stands, and that no author writes.
const FILLED: [&str; 2] = ["index", "group"];

/// Where a component stands among others.
#[derive(Clone, Copy, Debug)]
pub(super) struct Seat {
    /// How many components stand before it in the same one.
    pub(super) index: usize,
    /// The index on the page of the one around it.
    pub(super) around: Option<usize>,
}

/// A component as HTML; what stands inside, where it has no template.
pub(super) fn component(
    tera: &Tera,
    component: &Component,
    seat: Seat,
    inside: String,
) -> Result<String, tera::Error> {
    let name = template_name(&component.name);
    let Some(definition) = tera.get_component_definition(&name) else { return Ok(inside) };
    let mut context = Context::new();
    for parameter in definition.args() {
        let written = component.attributes.iter().find(|attribute| is_for(attribute, parameter.name()));
        let value = match parameter.name() {
            "id" => component.id.as_deref().map(Value::from),
            "index" => Some(Value::from(seat.index)),
            "group" => seat.around.map(|around| Value::from(format!("group-{around}").as_str())),
            _ => written.and_then(|attribute| fitting(attribute, parameter.arg_type())),
        };
        let missing = || parameter.is_required().then(|| Value::from(""));
        if let Some(value) = value.or_else(missing) {
            context.insert_value(parameter.name().to_owned(), value);
        }
    }
    if definition.rest_param().is_some() {
        for attribute in &component.attributes {
            let is_declared = definition.args().iter().any(|parameter| is_for(attribute, parameter.name()));
            if let Some(value) = fitting(attribute, None).filter(|_| !is_declared && attribute.name != "body")
            {
                context.insert_value(attribute.name.clone(), value);
            }
        }
    }
    let mut html = tera.render_component(&name, &context, Some(&inside), true)?;
    answer(&mut html, component);
    Ok(match component.place {
        Place::Inline => html.trim().to_owned(),
        Place::Block => html,
    })
}

/// Puts what a component answers to behind the tag that shows its id; that one too, where no tag shows it.
fn answer(html: &mut String, component: &Component) {
    let Some(id) = &component.id else { return };
    let shown = html.find(&format!("id=\"{}\"", escaped(id)));
    let own = shown.is_none().then_some(id);
    let places = aliases(component.aliases.iter().chain(own));
    if !places.is_empty() {
        let at = tag_end(html, shown.unwrap_or_default());
        html.insert_str(at, &places);
    }
}

/// Where the tag ends that is open at this place, or that stands there; the place itself, where none does.
fn tag_end(html: &str, at: usize) -> usize {
    let mut quote = None;
    for (offset, letter) in html.bytes().enumerate().skip(at) {
        match (quote, letter) {
            (Some(open), _) if open == letter => quote = None,
            (Some(_), _) => {}
            (None, b'"' | b'\'') => quote = Some(letter),
            (None, b'>') => return offset + 1,
            (None, _) => {}
        }
    }
    at
}

/// What is wrong with the attributes of the components of a page.
pub(super) fn check(tera: &Tera, page: &Page) -> Vec<Diagnostic> {
    let mut problems = Vec::new();
    for component in &page.components {
        let Some(definition) = tera.get_component_definition(&template_name(&component.name)) else {
            continue;
        };
        let parameters = definition.args();
        for attribute in &component.attributes {
            let is_free = definition.rest_param().is_some() || IDLE.contains(&attribute.name.as_str());
            let is_known = |name: &&str| !FILLED.contains(name);
            let known = parameters.iter().map(tera::ComponentArg::name).filter(is_known);
            match parameters.iter().find(|parameter| is_for(attribute, parameter.name())) {
                Some(parameter) if fitting(attribute, parameter.arg_type()).is_none() => {
                    problems.push(unfit(attribute, parameter.arg_type()));
                }
                None if !is_free => problems.push(unknown(attribute, component, known)),
                Some(_) | None => {}
            }
        }
        for parameter in parameters.iter().filter(|parameter| parameter.is_required()) {
            if component.attributes.iter().all(|attribute| attribute.name != parameter.name()) {
                let message = format!("`{}` has no `{}`", component.name, parameter.name());
                let help = format!("write `{}=\"…\"` in its tag", parameter.name());
                let problem = Problem::new(Code::BadComponent, component.name_span, message);
                problems.push(problem.severity(Severity::Warning).help(help));
            }
        }
    }
    problems.into_iter().map(|problem| problem.of(&page.source)).collect()
}

/// Whether an attribute fills a parameter: `body` is what stands inside for a template, so an attribute of that name
/// fills `in_body`.
fn is_for(attribute: &Attribute, parameter: &str) -> bool {
    match attribute.name.as_str() {
        "body" => parameter == "in_body",
        name => name == parameter,
    }
}

/// `Tree.Folder` is shown by the template of `TreeFolder`.
fn template_name(name: &str) -> String {
    name.replace('.', "")
}

fn unknown<'a>(
    attribute: &Attribute,
    component: &Component,
    known: impl Iterator<Item = &'a str>,
) -> Problem {
    let message = format!("`{}` is not an attribute of `{}`", attribute.name, component.name);
    let problem = Problem::new(Code::UnknownAttribute, attribute.name_span, message);
    match nearest(&attribute.name, known) {
        Some(name) => problem.help(format!("write `{name}`")),
        None => problem.help("take it out, or declare it in the template of the component"),
    }
}

fn unfit(attribute: &Attribute, wanted: Option<ComponentArgType>) -> Problem {
    let message = match (&attribute.value, wanted) {
        (AttributeValue::Expression(_), _) | (_, None) => {
            format!("the value of `{}` is an expression, which is not evaluated", attribute.name)
        }
        (_, Some(wanted)) => format!("the value of `{}` is no {}", attribute.name, type_name(wanted)),
    };
    let span = attribute.name_span.to(attribute.value_span);
    Problem::new(Code::BadComponent, span, message)
        .severity(Severity::Warning)
        .help("write a value of the type that its template declares")
}

fn type_name(wanted: ComponentArgType) -> &'static str {
    match wanted {
        ComponentArgType::Bool => "`{true}` or `{false}`",
        ComponentArgType::Integer => "whole number",
        ComponentArgType::Float | ComponentArgType::Number => "number",
        ComponentArgType::Array => "list",
        ComponentArgType::Map => "object",
        _ => "text",
    }
}

/// The value of an attribute as a parameter of this type; none where it does not fit.
fn fitting(attribute: &Attribute, wanted: Option<ComponentArgType>) -> Option<Value> {
    use ComponentArgType as Type;
    match (&attribute.value, wanted) {
        (AttributeValue::Flag, None | Some(Type::Bool)) => Some(Value::from(true)),
        (AttributeValue::Text(text), None | Some(Type::String)) => Some(Value::from(text.as_str())),
        (AttributeValue::Text(text), Some(Type::Bool)) => text.parse::<bool>().ok().map(Value::from),
        (AttributeValue::Text(text), Some(Type::Integer)) => text.parse::<i64>().ok().map(Value::from),
        (AttributeValue::Text(text), Some(Type::Float | Type::Number)) => {
            text.parse::<f64>().ok().map(Value::from)
        }
        (AttributeValue::Data(value), wanted) => data_value(value, wanted),
        (AttributeValue::Expression(_) | AttributeValue::Flag | AttributeValue::Text(_), _) => None,
    }
}

fn data_value(value: &data::Value, wanted: Option<ComponentArgType>) -> Option<Value> {
    use ComponentArgType as Type;
    let json = Node::new(Span::default(), value.clone()).to_json();
    let fits = match (value, wanted) {
        (_, None)
        | (data::Value::Bool(_), Some(Type::Bool))
        | (data::Value::Number(_), Some(Type::Float | Type::Number))
        | (data::Value::Number(Number::Integer(_)), Some(Type::Integer))
        | (data::Value::Array(_), Some(Type::Array))
        | (data::Value::Object(_), Some(Type::Map)) => true,
        (data::Value::Number(_) | data::Value::Bool(_), Some(Type::String)) => {
            return Some(Value::from(json.to_string().as_str()));
        }
        _ => false,
    };
    if fits { Value::try_from_serializable(&json).ok() } else { None }
}
