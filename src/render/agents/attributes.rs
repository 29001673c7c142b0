//! What the attributes of a component say, as words.

use crate::data::{Node, Value};
use crate::page::{AttributeValue, Component};
use crate::source::Span;

use super::raw::collapsed;

/// The value of a colour, which may have one for each scheme.
pub(super) fn value(component: &Component) -> Option<String> {
    let attribute = component.attributes.iter().find(|attribute| attribute.name == "value")?;
    let AttributeValue::Data(Value::Object(members)) = &attribute.value else {
        return text(component, "value");
    };
    let values =
        members.iter().filter_map(|member| Some(format!("{} {}", member.key, member.value.as_str()?)));
    Some(values.collect::<Vec<_>>().join(", "))
}

/// The title.
pub(super) fn title(component: &Component) -> Option<String> {
    text(component, "title")
}

/// The value of an attribute as one line.
pub(super) fn text(component: &Component, name: &str) -> Option<String> {
    let attribute = component.attributes.iter().find(|attribute| attribute.name == name)?;
    match &attribute.value {
        AttributeValue::Text(text) | AttributeValue::Expression(text) => Some(collapsed(text)),
        AttributeValue::Data(value) => Some(Node::new(Span::default(), value.clone()).to_json().to_string()),
        AttributeValue::Flag => None,
    }
}

/// The texts of an attribute that is a list.
pub(super) fn list(component: &Component, name: &str) -> Vec<String> {
    let attribute = component.attributes.iter().find(|attribute| attribute.name == name);
    match attribute.map(|attribute| &attribute.value) {
        Some(AttributeValue::Data(Value::Array(elements))) => {
            elements.iter().filter_map(|element| element.as_str().map(collapsed)).collect()
        }
        Some(AttributeValue::Text(text)) => vec![collapsed(text)],
        Some(AttributeValue::Data(_) | AttributeValue::Expression(_) | AttributeValue::Flag) | None => {
            Vec::new()
        }
    }
}

/// Whether an attribute that is a flag is set.
pub(super) fn flag(component: &Component, name: &str) -> bool {
    let attribute = component.attributes.iter().find(|attribute| attribute.name == name);
    attribute.is_some_and(|attribute| match &attribute.value {
        AttributeValue::Flag | AttributeValue::Data(Value::Bool(true)) => true,
        AttributeValue::Text(text) => text == "true",
        AttributeValue::Data(_) | AttributeValue::Expression(_) => false,
    })
}
