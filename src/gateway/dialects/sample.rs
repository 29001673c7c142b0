//! Values that conform to a JSON Schema, for tool calls and structured answers.

use std::cell::Cell;

use serde_json::{Map, Value, json};

use super::pattern;

/// How deep a value is made; what lies deeper is `null`.
const DEEPEST: usize = 32;

/// How many values are made for one schema; a schema that contains itself more than once would have no end.
const MOST: u32 = 1024;

/// The longest list that is made.
const LONGEST: u64 = 16;

/// A value that conforms to a schema as far as the keywords are known that clients use: types, enums, constants, bounds,
/// patterns, formats, references into the schema itself and combinations.
pub(crate) fn conforming(schema: &Value) -> Value {
    Maker { root: schema, left: Cell::new(MOST) }.made(schema, "", 0)
}

/// Makes values of the parts of a schema.
struct Maker<'a> {
    root: &'a Value,
    /// How many values may still be made.
    left: Cell<u32>,
}

impl Maker<'_> {
    /// A value for the member `name`, whose name becomes the text of strings.
    fn made(&self, schema: &Value, name: &str, depth: usize) -> Value {
        let left = self.left.get();
        if depth > DEEPEST || left == 0 {
            return Value::Null;
        }
        self.left.set(left - 1);
        if let Some(reference) = schema.get("$ref").and_then(Value::as_str) {
            let target = reference.strip_prefix('#').and_then(|pointer| self.root.pointer(pointer));
            return target.map_or(Value::Null, |target| self.made(target, name, depth + 1));
        }
        for keyword in ["const", "default"] {
            let value = schema.get(keyword);
            if let Some(value) = value.filter(|value| keyword == "const" || fits(value, schema)) {
                return value.clone();
            }
        }
        if let Some(first) = schema.get("enum").and_then(Value::as_array).and_then(|values| values.first()) {
            return first.clone();
        }
        if let Some(whole) = self.combined(schema) {
            return self.made(&whole, name, depth + 1);
        }
        match kind(schema) {
            "object" => self.object(schema, depth),
            "array" => self.array(schema, name, depth),
            "string" => string(schema, name),
            "integer" => integer(number(schema)),
            "number" => json!(number(schema)),
            "boolean" => Value::Bool(true),
            _ => Value::Null,
        }
    }

    /// A schema that is put together from others as one: all of `allOf`, and the first of `anyOf` and `oneOf`.
    fn combined(&self, schema: &Value) -> Option<Value> {
        let members = schema.as_object()?;
        let keyword = ["allOf", "anyOf", "oneOf"].into_iter().find(|key| members.contains_key(*key))?;
        let mut whole = members.clone();
        let forms = whole.remove(keyword)?;
        let forms = forms.as_array().map(Vec::as_slice).unwrap_or_default();
        let most = if keyword == "allOf" { forms.len() } else { 1 };
        for form in forms.iter().take(most) {
            merge(&mut whole, self.resolved(form).as_object()?);
        }
        Some(Value::Object(whole))
    }

    /// What a reference leads to.
    fn resolved<'b>(&'b self, schema: &'b Value) -> &'b Value {
        let reference =
            schema.get("$ref").and_then(Value::as_str).and_then(|reference| reference.strip_prefix('#'));
        reference.and_then(|pointer| self.root.pointer(pointer)).unwrap_or(schema)
    }

    fn object(&self, schema: &Value, depth: usize) -> Value {
        let mut members = Map::new();
        for (key, form) in schema.get("properties").and_then(Value::as_object).into_iter().flatten() {
            members.insert(key.clone(), self.made(form, key, depth + 1));
        }
        let other = schema.get("additionalProperties").filter(|other| other.is_object());
        let required = schema.get("required").and_then(Value::as_array).into_iter().flatten();
        for key in required.filter_map(Value::as_str) {
            let value = || other.map_or_else(|| json!(key), |other| self.made(other, key, depth + 1));
            members.entry(key).or_insert_with(value);
        }
        Value::Object(members)
    }

    fn array(&self, schema: &Value, name: &str, depth: usize) -> Value {
        let bound = |key: &str| schema.get(key).and_then(Value::as_u64);
        let mut elements: Vec<Value> = Vec::new();
        for form in schema.get("prefixItems").and_then(Value::as_array).into_iter().flatten() {
            elements.push(self.made(form, name, depth + 1));
        }
        let usual = u64::from(elements.is_empty());
        let least = bound("minItems").unwrap_or(usual).max(usual).min(LONGEST);
        let most = bound("maxItems").unwrap_or(u64::MAX);
        let items = schema.get("items").filter(|items| items.is_object());
        let unique = schema.get("uniqueItems").and_then(Value::as_bool) == Some(true);
        while (elements.len() as u64) < least.min(most) {
            let Some(items) = items else { break };
            let element = self.made(items, name, depth + 1);
            if element.is_null() {
                break;
            }
            let element = if unique { other(items, element, &elements) } else { element };
            elements.push(element);
        }
        Value::Array(elements)
    }
}

/// Puts the keywords of a schema into another: properties and what is required are added, the rest takes its place.
fn merge(whole: &mut Map<String, Value>, form: &Map<String, Value>) {
    for (key, value) in form {
        match (whole.get_mut(key), value) {
            (Some(Value::Object(known)), Value::Object(more)) if key == "properties" || key == "$defs" => {
                known.extend(more.clone());
            }
            (Some(Value::Array(known)), Value::Array(more)) if key == "required" => {
                known.extend(more.clone());
            }
            _ => {
                whole.insert(key.clone(), value.clone());
            }
        }
    }
}

/// An element like this one that is not among the others yet, as far as there is one.
fn other(schema: &Value, element: Value, known: &[Value]) -> Value {
    if !known.contains(&element) {
        return element;
    }
    if let Some(values) = schema.get("enum").and_then(Value::as_array) {
        return values.iter().find(|value| !known.contains(value)).cloned().unwrap_or(element);
    }
    let place = known.len();
    match &element {
        Value::String(text) => json!(format!("{text}{place}")),
        Value::Number(number) if !number.is_f64() => {
            json!(number.as_i64().unwrap_or(0).saturating_add(i64::try_from(place).unwrap_or_default()))
        }
        Value::Bool(flag) => json!(!flag),
        _ => element,
    }
}

/// The type of a schema; what has properties is an object although it does not say so.
fn kind(schema: &Value) -> &str {
    match schema.get("type") {
        Some(Value::String(kind)) => kind,
        Some(Value::Array(kinds)) => {
            kinds.iter().filter_map(Value::as_str).find(|kind| *kind != "null").unwrap_or("null")
        }
        _ if schema.get("properties").is_some() || schema.get("required").is_some() => "object",
        _ if schema.get("items").is_some() || schema.get("prefixItems").is_some() => "array",
        _ if ["pattern", "minLength", "format"].iter().any(|key| schema.get(*key).is_some()) => "string",
        _ if ["minimum", "maximum", "exclusiveMinimum"].iter().any(|key| schema.get(*key).is_some()) => {
            "number"
        }
        _ if schema.as_object().is_some_and(Map::is_empty) || *schema == true => "string",
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

fn string(schema: &Value, name: &str) -> Value {
    let least = schema.get("minLength").and_then(Value::as_u64).unwrap_or(0).min(1024);
    let most = schema.get("maxLength").and_then(Value::as_u64).unwrap_or(u64::MAX);
    let least = usize::try_from(least).unwrap_or_default();
    let most = usize::try_from(most).unwrap_or(usize::MAX);
    let matching =
        schema.get("pattern").and_then(Value::as_str).and_then(|form| pattern::matching(form, least));
    if let Some(text) = matching {
        return Value::String(text);
    }
    let text = match schema.get("format").and_then(Value::as_str) {
        Some("date") => "2026-01-01",
        Some("time") => "12:00:00Z",
        Some("date-time") => "2026-01-01T12:00:00Z",
        Some("duration") => "P1D",
        Some("email" | "idn-email") => "reader@example.com",
        Some("uri" | "url" | "iri" | "uri-reference") => "https://example.com/",
        Some("uuid") => "00000000-0000-4000-a000-000000000000",
        Some("ipv4") => "192.0.2.1",
        Some("ipv6") => "2001:db8::1",
        Some("hostname" | "idn-hostname") => "example.com",
        _ if name.is_empty() => "text",
        _ => name,
    };
    let mut text = text.to_owned();
    while text.chars().count() < least {
        text.push('x');
    }
    Value::String(text.chars().take(most).collect())
}

/// A number as a whole one.
fn integer(number: f64) -> Value {
    // Bounds beyond 64 bits make no whole number that JSON could carry.
    if number.abs() < 9.0e15 {
        return serde_json::from_str(&format!("{:.0}", number.ceil())).unwrap_or(Value::Null);
    }
    json!(number)
}

fn number(schema: &Value) -> f64 {
    let bound = |key: &str| schema.get(key).and_then(Value::as_f64);
    let whole = kind(schema) == "integer";
    let least = bound("minimum").or_else(|| bound("exclusiveMinimum").map(|least| least + 1.0));
    let most = bound("maximum").or_else(|| bound("exclusiveMaximum").map(|most| most - 1.0));
    let value = least.unwrap_or_else(|| most.map_or(1.0, |most| most.min(1.0)));
    // Between two bounds that lie close together.
    let lower = bound("exclusiveMinimum").or(bound("minimum"));
    let upper = bound("maximum").or(bound("exclusiveMaximum"));
    let value = match (lower, upper) {
        (Some(lower), Some(upper)) if value > upper && !whole => f64::midpoint(lower, upper),
        _ => value,
    };
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
        let node = json!({"type": "object", "properties": {"a": {"$ref": "#"}, "b": {"$ref": "#"}, "c": {"$ref": "#"}}});
        let made = conforming(&node).to_string();
        assert!(made.starts_with("{\"a\":{") && made.len() < 100_000, "{}", made.len());
    }

    #[test]
    fn a_pattern_is_kept() {
        check(&json!({"type": "string", "pattern": "^[A-Z]{2}-\\d{4}$"}));
        check(&json!({"type": "string", "pattern": "^(GET|POST) /[a-z]+$", "minLength": 9}));
        check(&json!({"pattern": "\\.(png|jpg)$"}));
    }

    #[test]
    fn what_stands_beside_a_combination_counts() {
        check(
            &json!({"type": "object", "required": ["a"], "properties": {"a": {"type": "integer"}, "b": {"type": "string"}},
            "anyOf": [{"required": ["b"]}, {"required": ["a"]}]}),
        );
        check(&json!({"allOf": [{"type": "string"}, {"minLength": 12}]}));
    }

    #[test]
    fn elements_are_unlike_where_they_have_to_be() {
        let list =
            |items: Value| json!({"type": "array", "items": items, "minItems": 3, "uniqueItems": true});
        check(&list(json!({"type": "string"})));
        check(&list(json!({"type": "integer", "minimum": 5})));
        check(&list(json!({"enum": ["a", "b", "c"]})));
    }

    #[test]
    fn a_tuple_has_its_parts() {
        check(
            &json!({"type": "array", "prefixItems": [{"type": "number"}, {"type": "string"}], "minItems": 2, "items": false}),
        );
    }

    #[test]
    fn a_number_lies_between_its_bounds() {
        check(&json!({"type": "number", "exclusiveMinimum": 0, "maximum": 0.5}));
        check(&json!({"type": "integer", "minimum": 0.5, "maximum": 3}));
    }

    /// Schemas of the kinds that tools have.
    fn schemas() -> impl proptest::strategy::Strategy<Value = Value> {
        use proptest::prelude::*;
        let leaf = prop_oneof![
            Just(json!({"type": "string"})),
            Just(json!({"type": ["string", "null"]})),
            Just(json!({"type": "boolean"})),
            (-9..9_i32, 0..9_i32).prop_map(
                |(least, more)| json!({"type": "integer", "minimum": least, "maximum": least + more})
            ),
            (0..9_usize, 0..9_usize).prop_map(
                |(least, more)| json!({"type": "string", "minLength": least, "maxLength": least + more})
            ),
            Just(json!({"type": "string", "format": "date-time"})),
            Just(json!({"enum": ["a", 1, null]})),
            Just(json!({"const": "x"})),
            "[a-c]{1,3}(\\[x-z\\]|\\\\d\\+)?"
                .prop_map(|form| json!({"type": "string", "pattern": format!("^{form}$")})),
        ];
        leaf.prop_recursive(4, 24, 4, |inner| {
            let inner = inner.boxed();
            prop_oneof![
                (inner.clone(), 0..4_usize, 0..3_usize)
                    .prop_map(|(items, least, more)| json!({"type": "array", "items": items, "minItems": least, "maxItems": least + more})),
                proptest::collection::btree_map("[a-d]", inner.clone(), 0..4).prop_map(|members| {
                    let required: Vec<String> = members.keys().cloned().collect();
                    json!({"type": "object", "properties": members, "required": required, "additionalProperties": false})
                }),
                (inner.clone(), inner).prop_map(|(one, two)| json!({"anyOf": [one, two]})),
            ]
        })
    }

    proptest::proptest! {
        #[test]
        fn any_schema_of_a_tool_is_kept(schema in schemas()) {
            let value = conforming(&schema);
            let validator = jsonschema::validator_for(&schema).unwrap();
            proptest::prop_assert!(validator.is_valid(&value), "{} does not conform to {}", value, schema);
        }
    }
}
