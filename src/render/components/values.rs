//! Values of attributes as templates take them.

use tera::{ComponentArgType, Value};

use crate::data::{self, Node, Number};
use crate::page::{Attribute, AttributeValue};
use crate::source::Span;

/// The value of an attribute as a parameter of this type; none where it does not fit.
pub(super) fn fitting(attribute: &Attribute, wanted: Option<ComponentArgType>) -> Option<Value> {
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
        (AttributeValue::Expression(text), None | Some(Type::String)) if is_drawing(attribute) => {
            Some(Value::from(text.as_str()))
        }
        (AttributeValue::Expression(_) | AttributeValue::Flag | AttributeValue::Text(_), _) => None,
    }
}

/// Whether an attribute is an icon that its author draws: `icon={<svg …>}`.
pub(super) fn is_drawing(attribute: &Attribute) -> bool {
    let is_svg = matches!(&attribute.value, AttributeValue::Expression(text) if text.starts_with("<svg"));
    is_svg && attribute.name == "icon"
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
