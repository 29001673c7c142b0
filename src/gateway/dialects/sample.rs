//! Values that conform to a JSON Schema, for tool calls and structured answers.

use serde_json::{Map, Value, json};

/// How deep a value is made; what lies deeper is `null`.
const DEEPEST: usize = 32;

/// A value that conforms to a schema as far as the keywords are known that clients use: types, enums, constants, bounds,
/// formats, references into the schema itself and combinations.
pub(crate) fn conforming(schema: &Value) -> Value {
    made(schema, schema, "", 0)
}

/// A value for the member `name`, whose name becomes the text of strings.
fn made(schema: &Value, root: &Value, name: &str, depth: usize) -> Value {
    if depth > DEEPEST {
        return Value::Null;
    }
    if let Some(reference) = schema.get("$ref").and_then(Value::as_str) {
        let target = reference.strip_prefix('#').and_then(|pointer| root.pointer(pointer));
        return target.map_or(Value::Null, |target| made(target, root, name, depth + 1));
    }
    for keyword in ["const", "default"] {
        if let Some(value) = schema.get(keyword).filter(|value| keyword == "const" || fits(value, schema)) {
            return value.clone();
        }
    }
    if let Some(first) = schema.get("enum").and_then(Value::as_array).and_then(|values| values.first()) {
        return first.clone();
    }
    for keyword in ["anyOf", "oneOf"] {
        if let Some(first) = schema.get(keyword).and_then(Value::as_array).and_then(|forms| forms.first()) {
            return made(first, root, name, depth + 1);
        }
    }
    if let Some(forms) = schema.get("allOf").and_then(Value::as_array) {
        return all(schema, forms, root, depth);
    }
    match kind(schema) {
        "object" => object(schema, root, depth),
        "array" => array(schema, root, name, depth),
        "string" => string(schema, name),
        "integer" => integer(number(schema)),
        "number" => json!(number(schema)),
        "boolean" => Value::Bool(true),
        _ => Value::Null,
    }
}

/// The type of a schema; what has properties is an object although it does not say so.
fn kind(schema: &Value) -> &str {
    match schema.get("type") {
        Some(Value::String(kind)) => kind,
        Some(Value::Array(kinds)) => {
            kinds.iter().filter_map(Value::as_str).find(|kind| *kind != "null").unwrap_or("null")
        }
        _ if schema.get("properties").is_some() => "object",
        _ if schema.get("items").is_some() => "array",
        _ if schema.as_object().is_some_and(Map::is_empty) => "string",
        _ => "null",
    }
}

fn fits(value: &Value, schema: &Value) -> bool {
    let kind = kind(schema);
    match value {
        Value::Null => kind == "null",
        Value::Bool(_) => kind == "boolean",
        Value::Number(number) => kind == "number" || (kind == "integer" && !number.is_f64()),
        Value::String(_) => kind == "string" && schema.get("enum").is_none(),
        Value::Array(_) | Value::Object(_) => false,
    }
}

fn all(schema: &Value, forms: &[Value], root: &Value, depth: usize) -> Value {
    let mut merged = Map::new();
    let mut rest = schema.clone();
    if let Some(rest) = rest.as_object_mut() {
        rest.remove("allOf");
    }
    let rest = Some(&rest).filter(|rest| rest.as_object().is_some_and(|rest| !rest.is_empty()));
    for form in forms.iter().chain(rest) {
        match made(form, root, "", depth + 1) {
            Value::Object(members) => merged.extend(members),
            Value::Null => {}
            other => return other,
        }
    }
    Value::Object(merged)
}

fn object(schema: &Value, root: &Value, depth: usize) -> Value {
    let mut members = Map::new();
    for (key, form) in schema.get("properties").and_then(Value::as_object).into_iter().flatten() {
        members.insert(key.clone(), made(form, root, key, depth + 1));
    }
    let required = schema.get("required").and_then(Value::as_array).into_iter().flatten();
    for key in required.filter_map(Value::as_str) {
        members.entry(key).or_insert_with(|| Value::String(key.to_owned()));
    }
    Value::Object(members)
}

fn array(schema: &Value, root: &Value, name: &str, depth: usize) -> Value {
    let least = schema.get("minItems").and_then(Value::as_u64).unwrap_or(1).clamp(1, 16);
    let most = schema.get("maxItems").and_then(Value::as_u64).unwrap_or(u64::MAX);
    let element = schema.get("items").map_or(Value::Null, |items| made(items, root, name, depth + 1));
    if element.is_null() {
        return json!([]);
    }
    Value::Array((0..least.min(most)).map(|_| element.clone()).collect())
}

fn string(schema: &Value, name: &str) -> Value {
    let text = match schema.get("format").and_then(Value::as_str) {
        Some("date") => "2026-01-01",
        Some("time") => "12:00:00Z",
        Some("date-time") => "2026-01-01T12:00:00Z",
        Some("email") => "reader@example.com",
        Some("uri" | "url") => "https://example.com/",
        Some("uuid") => "00000000-0000-4000-a000-000000000000",
        Some("ipv4") => "192.0.2.1",
        Some("hostname") => "example.com",
        _ if name.is_empty() => "text",
        _ => name,
    };
    let least = schema.get("minLength").and_then(Value::as_u64).unwrap_or(0).min(1024);
    let most = schema.get("maxLength").and_then(Value::as_u64).unwrap_or(u64::MAX);
    let mut text = text.to_owned();
    while (text.chars().count() as u64) < least {
        text.push('x');
    }
    Value::String(text.chars().take(usize::try_from(most).unwrap_or(usize::MAX)).collect())
}

/// A number as a whole one.
fn integer(number: f64) -> Value {
    // Bounds beyond 64 bits make no whole number that JSON could carry.
    if number.abs() < 9.0e15 {
        return serde_json::from_str(&format!("{number:.0}")).unwrap_or(Value::Null);
    }
    json!(number)
}

fn number(schema: &Value) -> f64 {
    let bound = |key: &str| schema.get(key).and_then(Value::as_f64);
    let least = bound("minimum").or_else(|| bound("exclusiveMinimum").map(|least| least + 1.0));
    let most = bound("maximum").or_else(|| bound("exclusiveMaximum").map(|most| most - 1.0));
    let value = least.unwrap_or_else(|| most.map_or(1.0, |most| most.min(1.0)));
    bound("multipleOf").filter(|step| *step > 0.0).map_or(value, |step| (value / step).ceil() * step)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(schema: &Value) {
        let value = conforming(schema);
        let validator = jsonschema::validator_for(schema).unwrap();
        assert!(validator.is_valid(&value), "{value} does not conform to {schema}");
    }

    #[test]
    fn an_object_has_all_that_is_required() {
        check(&json!({"type":"object","required":["city","unit"],"additionalProperties":false,
            "properties":{"city":{"type":"string"},"unit":{"enum":["c","f"]},"days":{"type":"integer","minimum":3}}}));
    }

    #[test]
    fn bounds_are_kept() {
        check(&json!({"type":"string","minLength":9,"maxLength":12}));
        check(&json!({"type":"number","exclusiveMinimum":2,"multipleOf":5}));
        check(&json!({"type":"array","minItems":2,"items":{"type":"boolean"}}));
    }

    #[test]
    fn references_are_followed() {
        check(
            &json!({"$defs":{"step":{"type":"object","required":["why"],"properties":{"why":{"type":"string"}}}},
            "type":"object","required":["steps"],"properties":{"steps":{"type":"array","items":{"$ref":"#/$defs/step"}}}}),
        );
    }

    #[test]
    fn one_form_of_several_is_taken() {
        check(&json!({"anyOf":[{"type":"integer"},{"type":"null"}]}));
        check(&json!({"allOf":[{"type":"object","required":["a"],"properties":{"a":{"const":1}}},
            {"type":"object","required":["b"],"properties":{"b":{"type":["string","null"]}}}]}));
    }

    #[test]
    fn a_schema_that_contains_itself_ends() {
        assert!(conforming(&json!({"$ref":"#"})).is_null());
    }
}
