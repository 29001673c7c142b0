//! What is wrong with the attributes of components, by what their templates declare.

use tera::{ComponentArg, ComponentArgType, Tera};

use crate::diagnostics::{Code, Diagnostic, Problem, Severity, nearest};
use crate::page::{Attribute, AttributeValue, Component, way};
use crate::site::{PageKind, Shows, Site, SitePage};

use super::super::icons;
use super::values::{fitting, is_drawing};
use super::{FILLED, is_for, template_name, written_name};

/// Attributes that mean nothing here and are no mistake.
const IDLE: [&str; 5] = ["class", "className", "id", "key", "style"];

/// What is wrong with the attributes of the components of a page, and with the icons of components and fences.
pub(in super::super) fn check(tera: &Tera, site: &Site, site_page: &SitePage) -> Vec<Diagnostic> {
    let mut problems = Vec::new();
    let page = &site_page.page;
    // What the page imports under the name of a component has parameters of its own, and so has a snippet.
    let is_ours = |component: &&Component| site.shows(site_page, component) == Shows::Component;
    for component in page.components.iter().filter(is_ours) {
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
                Some(_) if is_variable(attribute, site, site_page) => {}
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

/// Whether the value of an attribute is a name that the page imports, or that may be a parameter of a snippet.
fn is_variable(attribute: &Attribute, site: &Site, page: &SitePage) -> bool {
    let AttributeValue::Expression(text) = &attribute.value else { return false };
    way(text).is_some_and(|way| page.kind == PageKind::Snippet || site.value(page, &way).is_some())
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
