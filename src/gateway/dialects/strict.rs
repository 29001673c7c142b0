//! What OpenAI asks of a schema that it is to keep to strictly: each object closed, and each of its keys required.
//!
//! As users quote it, read 2026-12-01: `camel-ai/camel#2231` and `kevinwatt/mysql-mcp#5` for tools, `dottxt-ai/outlines#844` for answers.

use serde_json::{Map, Value};

use super::Endpoint;
use super::parameters::{Complaint, Fault, Rule};
use crate::data::{Path, Step};

/// So many mistakes of one schema are said.
const MOST: usize = 4;

/// How deep a schema is looked into; the service takes ten levels (guide on structured outputs, 2026).
const DEEPEST: usize = 64;

/// A schema that is kept to strictly.
struct Schema<'a> {
    value: &'a Value,
    /// Where it stands.
    place: Path,
    /// What it is for, as the service says it: `function 'forecast'`.
    thing: String,
    /// What the service names beside the message.
    param: String,
    code: Option<&'static str>,
}

/// Adds what is wrong with the strict schemas of a body.
pub(super) fn check(endpoint: Endpoint, body: &Value, complaints: &mut Vec<Complaint>) {
    let schemas = match endpoint {
        Endpoint::ChatCompletions => chat(body),
        Endpoint::Responses => responses(body),
        _ => return,
    };
    for schema in schemas {
        let mut found = Vec::new();
        object(&schema, schema.value, &mut Vec::new(), &mut found);
        found.truncate(MOST);
        complaints.append(&mut found);
    }
}

fn is_strict(value: &Value) -> bool {
    value.get("strict").and_then(Value::as_bool) == Some(true)
}

fn name(value: &Value) -> &str {
    value.get("name").and_then(Value::as_str).unwrap_or_default()
}

fn path(steps: &[&str]) -> Path {
    Path(steps.iter().map(|step| Step::Key((*step).to_owned())).collect())
}

fn chat(body: &Value) -> Vec<Schema<'_>> {
    let mut schemas = Vec::new();
    if let Some(format) = body.pointer("/response_format/json_schema").filter(|format| is_strict(format)) {
        schemas.extend(format.get("schema").map(|value| Schema {
            value,
            place: path(&["response_format", "json_schema", "schema"]),
            thing: format!("response_format '{}'", name(format)),
            param: "response_format".to_owned(),
            code: None,
        }));
    }
    schemas.extend(tools(body, &["function", "parameters"]));
    schemas
}

fn responses(body: &Value) -> Vec<Schema<'_>> {
    let mut schemas = Vec::new();
    if let Some(format) = body.pointer("/text/format").filter(|format| is_strict(format)) {
        schemas.extend(format.get("schema").map(|value| Schema {
            value,
            place: path(&["text", "format", "schema"]),
            thing: format!("response_format '{}'", name(format)),
            param: "text.format.schema".to_owned(),
            code: Some("invalid_json_schema"),
        }));
    }
    schemas.extend(tools(body, &["parameters"]));
    schemas
}

/// The schemas of the functions of a body, each at these steps below its tool.
fn tools<'a>(body: &'a Value, steps: &[&str]) -> Vec<Schema<'a>> {
    let mut schemas = Vec::new();
    for (index, tool) in body.get("tools").and_then(Value::as_array).into_iter().flatten().enumerate() {
        let function = if steps.len() == 2 { tool.get("function") } else { Some(tool) };
        let Some(function) = function.filter(|function| is_strict(function)) else { continue };
        let Some(value) = function.get("parameters").filter(|value| value.is_object()) else { continue };
        let mut place = path(&["tools"]);
        place.0.push(Step::Index(index));
        place.0.extend(path(steps).0);
        let param = place.to_string();
        let thing = format!("function '{}'", name(function));
        schemas.push(Schema { value, place, thing, param, code: Some("invalid_function_parameters") });
    }
    schemas
}

/// Looks into a part of a schema that stands at `steps` in it.
fn object(schema: &Schema, part: &Value, steps: &mut Vec<Step>, found: &mut Vec<Complaint>) {
    if steps.len() > DEEPEST || found.len() > MOST {
        return;
    }
    let Some(members) = part.as_object() else { return };
    let properties = members.get("properties").and_then(Value::as_object);
    if members.get("type").and_then(Value::as_str) == Some("object") || properties.is_some() {
        closed(schema, members, properties, steps, found);
    }
    let mut inside = |key: &str, name: Step, value: &Value| {
        steps.push(Step::Key(key.to_owned()));
        steps.push(name);
        object(schema, value, steps, found);
        steps.truncate(steps.len().saturating_sub(2));
    };
    for key in ["properties", "$defs", "definitions"] {
        for (name, value) in members.get(key).and_then(Value::as_object).into_iter().flatten() {
            inside(key, Step::Key(name.clone()), value);
        }
    }
    for (index, value) in members.get("anyOf").and_then(Value::as_array).into_iter().flatten().enumerate() {
        inside("anyOf", Step::Index(index), value);
    }
    if let Some(items) = members.get("items") {
        steps.push(Step::Key("items".to_owned()));
        object(schema, items, steps, found);
        steps.pop();
    }
}

fn closed(
    schema: &Schema,
    members: &Map<String, Value>,
    properties: Option<&Map<String, Value>>,
    steps: &[Step],
    found: &mut Vec<Complaint>,
) {
    let mut complain = |said: String, message: String, help: String| {
        let said = format!("Invalid schema for {}: In context={}, {said}", schema.thing, context(steps));
        let rule = Rule { said, code: schema.code, param: Some(schema.param.clone()), message, help };
        let place = schema.place.0.iter().chain(steps).cloned().collect();
        found.push(Complaint { path: Path(place), fault: Fault::Rule(Box::new(rule)) });
    };
    if members.get("additionalProperties").and_then(Value::as_bool) != Some(false) {
        complain(
            "'additionalProperties' is required to be supplied and to be false.".to_owned(),
            "an object of a strict schema is not closed".to_owned(),
            "add `\"additionalProperties\": false`".to_owned(),
        );
    }
    let required = members.get("required").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    let missing =
        properties.and_then(|all| all.keys().find(|key| !required.iter().any(|one| one == key.as_str())));
    if let Some(key) = missing {
        complain(
            format!(
                "'required' is required to be supplied and to be an array including every key in properties. Missing '{key}'."
            ),
            format!("`{key}` is not required, as each key of a strict schema has to be"),
            format!("put `{key}` into `required`; what may be left out is of the types `[\"…\", \"null\"]`"),
        );
    }
}

/// The way to a part, as the service writes it: `('properties', 'city')`.
fn context(steps: &[Step]) -> String {
    let steps: Vec<String> = steps
        .iter()
        .map(|step| match step {
            Step::Key(key) => format!("'{key}'"),
            Step::Index(index) => format!("'{index}'"),
        })
        .collect();
    match steps.as_slice() {
        [] => "()".to_owned(),
        [only] => format!("({only},)"),
        _ => format!("({})", steps.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[track_caller]
    fn check_tool(parameters: &Value, expected: &[(&str, &str)]) {
        let function = json!({"name": "f", "strict": true, "parameters": parameters});
        let body = json!({"tools": [{"type": "function", "function": function}]});
        let mut complaints = Vec::new();
        check(Endpoint::ChatCompletions, &body, &mut complaints);
        let found: Vec<(String, String)> = complaints
            .iter()
            .filter_map(|complaint| match &complaint.fault {
                Fault::Rule(rule) => Some((complaint.path.to_string(), rule.said.clone())),
                _ => None,
            })
            .collect();
        let expected: Vec<(String, String)> = expected
            .iter()
            .map(|(path, said)| (format!("tools[0].function.parameters{path}"), (*said).to_owned()))
            .collect();
        assert_eq!(found, expected);
    }

    const OPEN: &str = "Invalid schema for function 'f': In context=(), 'additionalProperties' is required to be supplied and to be false.";

    #[test]
    fn an_object_is_closed_and_requires_its_keys() {
        check_tool(&json!({"type": "object", "additionalProperties": false, "properties": {}}), &[]);
        check_tool(&json!({"type": "object"}), &[("", OPEN)]);
        let said = "Invalid schema for function 'f': In context=(), 'required' is required to be supplied and to be an array including every key in properties. Missing 'city'.";
        let properties = json!({"city": {"type": "string"}});
        let schema = json!({"type": "object", "additionalProperties": false, "properties": properties});
        check_tool(&schema, &[("", said)]);
    }

    #[test]
    fn objects_inside_are_looked_into() {
        let inner = json!({"type": "array", "items": {"type": "object", "properties": {}}});
        let schema = json!({"type": "object", "additionalProperties": false, "required": ["steps"], "properties": {"steps": inner}});
        let said = "Invalid schema for function 'f': In context=('properties', 'steps', 'items'), 'additionalProperties' is required to be supplied and to be false.";
        check_tool(&schema, &[(".properties.steps.items", said)]);
    }

    #[test]
    fn what_is_not_strict_may_be_anything() {
        let body = json!({"tools": [{"type": "function", "function": {"name": "f", "parameters": {"type": "object"}}}]});
        let mut complaints = Vec::new();
        check(Endpoint::ChatCompletions, &body, &mut complaints);
        assert_eq!(complaints, []);
    }

    #[test]
    fn an_answer_has_a_name_of_its_own() {
        let format = json!({"type": "json_schema", "json_schema": {"name": "place", "strict": true, "schema": {"type": "object"}}});
        let mut complaints = Vec::new();
        check(Endpoint::ChatCompletions, &json!({"response_format": format}), &mut complaints);
        let Fault::Rule(rule) = &complaints[0].fault else { unreachable!("it is a rule") };
        assert_eq!(rule.param.as_deref(), Some("response_format"));
        assert!(rule.said.starts_with("Invalid schema for response_format 'place': In context=(), "));
    }
}
