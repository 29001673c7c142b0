//! What is wrong with the attributes of components, by what their templates declare.

use std::collections::BTreeSet;

use tera::{ComponentArg, ComponentArgType, Tera};

use crate::diagnostics::{Code, Diagnostic, Problem, Severity, nearest};
use crate::page::{Attribute, AttributeValue, Component, Page};

use super::super::icons;
use super::values::{fitting, is_drawing};
use super::{FILLED, is_for, template_name, written_name};

/// Attributes that mean nothing here and are no mistake.
const IDLE: [&str; 5] = ["class", "className", "id", "key", "style"];

/// What is wrong with the attributes of the components of a page, and with the icons of components and fences.
pub(in super::super) fn check(tera: &Tera, page: &Page) -> Vec<Diagnostic> {
    let mut problems = Vec::new();
    let imported = imported(page);
    for component in page.components.iter().filter(|component| !imported.contains(component.name.as_str())) {
        let Some(definition) = tera.get_component_definition(template_name(&component.name)) else {
            continue;
        };
        let parameters = definition.args();
        for attribute in &component.attributes {
            let is_free = definition.rest_param().is_some() || IDLE.contains(&attribute.name.as_str());
            let known = || parameters.iter().map(ComponentArg::name).filter(|name| !FILLED.contains(name));
            let known = || known().map(written_name);
            match parameters.iter().find(|parameter| is_for(attribute, parameter.name())) {
                _ if FILLED.contains(&attribute.name.as_str()) => {
                    problems.push(unknown(attribute, component, known()));
                }
                Some(parameter) if fitting(attribute, parameter.arg_type()).is_none() => {
                    problems.push(unfit(attribute, parameter.arg_type()));
                }
                Some(parameter) if parameter.name() == "icon" => problems.extend(icon(attribute)),
                None if !is_free => problems.push(unknown(attribute, component, known())),
                Some(_) | None => {}
            }
        }
        problems.extend(missing(component, parameters));
    }
    for fence in &page.fences {
        let name = fence.attributes.icon.as_deref();
        problems.extend(name.and_then(|name| icons::check(name, fence.info)));
    }
    problems.into_iter().map(|problem| problem.of(&page.source)).collect()
}

/// The names that a page takes from elsewhere: what it calls so is no component of ours.
fn imported(page: &Page) -> BTreeSet<&str> {
    let imports = page.source.text().lines().filter(|line| line.starts_with("import "));
    imports.flat_map(|line| line.split(|letter: char| !letter.is_alphanumeric())).collect()
}

fn missing<'a>(
    component: &'a Component,
    parameters: &'a [ComponentArg],
) -> impl Iterator<Item = Problem> + 'a {
    let is_there = |parameter: &&ComponentArg| {
        component.attributes.iter().any(|attribute| is_for(attribute, parameter.name()))
    };
    let is_missing =
        |parameter: &&ComponentArg| parameter.is_required() && !FILLED.contains(&parameter.name());
    let missing = parameters.iter().filter(is_missing);
    missing.filter(move |parameter| !is_there(parameter)).map(|parameter| {
        let name = written_name(parameter.name());
        let message = format!("`{}` has no `{name}`", component.name);
        Problem::new(Code::BadComponent, component.name_span, message)
            .severity(Severity::Warning)
            .help(format!("write `{name}=\"…\"` in its tag"))
    })
}

fn icon(attribute: &Attribute) -> Option<Problem> {
    match &attribute.value {
        AttributeValue::Text(name) => icons::check(name, attribute.value_span),
        AttributeValue::Expression(drawing) if is_drawing(attribute) => {
            icons::check(drawing, attribute.value_span)
        }
        AttributeValue::Expression(_) | AttributeValue::Data(_) | AttributeValue::Flag => None,
    }
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
