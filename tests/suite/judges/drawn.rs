//! Configurations drawn from a schema by dice, whole and broken in one place. Whether one is right is for a judge to say.

use serde_json::{Map, Value, json};

/// Dice that fall the same way in every run.
pub(crate) struct Dice(u64);

impl Dice {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1)
    }

    /// A number below `bound`.
    pub(crate) fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 >> 33).unwrap() % bound.max(1)
    }

    fn one<'a, T>(&mut self, all: &'a [T]) -> &'a T {
        &all[self.below(all.len())]
    }
}

/// How deep a drawn value goes with what it could leave out.
const DEEPEST: usize = 5;

/// A value that a schema asks for, as far as the dice can tell.
pub(crate) fn draw(root: &Value, schema: &Value, dice: &mut Dice, depth: usize) -> Value {
    if let Some(place) = schema["$ref"].as_str() {
        let form = root.pointer(place.trim_start_matches('#')).expect("references lead inside of the schema");
        return draw(root, form, dice, depth);
    }
    if let Some(only) = schema.get("const") {
        return only.clone();
    }
    if let Some(words) = schema["enum"].as_array() {
        return dice.one(words).clone();
    }
    for choice in ["anyOf", "oneOf"] {
        if let Some(forms) = schema[choice].as_array().filter(|_| schema.get("properties").is_none()) {
            return draw(root, dice.one(forms), dice, depth);
        }
    }
    if let Some(forms) = schema["allOf"].as_array() {
        let drawn = forms.iter().map(|form| draw(root, form, dice, depth));
        let members = drawn.filter_map(|value| value.as_object().cloned()).flatten();
        return Value::Object(members.collect());
    }
    let kind = match &schema["type"] {
        Value::Array(kinds) => dice.one(kinds).as_str().unwrap_or_default().to_owned(),
        kind => kind.as_str().unwrap_or_default().to_owned(),
    };
    match kind.as_str() {
        "object" => table(root, schema, dice, depth),
        "array" => {
            let least = usize::try_from(schema["minItems"].as_u64().unwrap_or(0)).unwrap();
            let count = if depth > DEEPEST { least } else { least + dice.below(3) };
            Value::Array((0..count).map(|_| draw(root, &schema["items"], dice, depth + 1)).collect())
        }
        "boolean" => Value::Bool(dice.below(2) == 0),
        "integer" => {
            let number = least(schema).round() + f64::from(u8::try_from(dice.below(5)).unwrap());
            serde_json::from_str(&format!("{number:.0}")).expect("digits are a number")
        }
        "number" => json!(least(schema) + 0.5),
        "null" => Value::Null,
        _ => json!(text(schema, dice)),
    }
}

/// A number that is not too small, and not too large.
fn least(schema: &Value) -> f64 {
    let bound = |key: &str| schema[key].as_f64();
    let lowest = bound("minimum").or_else(|| bound("exclusiveMinimum").map(|bound| bound + 1.0));
    lowest.or_else(|| bound("maximum").map(|most| most - 5.0)).unwrap_or(1.0)
}

fn text(schema: &Value, dice: &mut Dice) -> String {
    if schema["pattern"].as_str().is_some_and(|pattern| pattern.contains("true|false")) {
        return (*dice.one(&["true", "no", "on", "0"])).to_owned();
    }
    if schema.get("pattern").is_some() {
        return (*dice.one(&["1", "12", "a"])).to_owned();
    }
    match schema["format"].as_str() {
        Some("uri") => "https://llm.example.com/v1".to_owned(),
        Some("email") => "docs@example.com".to_owned(),
        _ => (*dice.one(&["gpt-5.5", "a b", "https://llm.example.com/v1", "plain", "${API_KEY}"])).to_owned(),
    }
}

fn table(root: &Value, schema: &Value, dice: &mut Dice, depth: usize) -> Value {
    let mut members = Map::new();
    let required: Vec<&str> =
        schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    for (key, form) in schema["properties"].as_object().into_iter().flatten() {
        // Of some keys a schema says nothing, and the dice cannot tell either.
        if form.as_object().is_some_and(Map::is_empty) && !required.contains(&key.as_str()) {
            continue;
        }
        // At the top a few keys are enough, or every page would hold all of them.
        let rare = if depth == 0 { 8 } else { 3 };
        let wanted = required.contains(&key.as_str()) || (depth < DEEPEST && dice.below(rare) == 0);
        if wanted {
            members.insert(key.clone(), draw(root, form, dice, depth + 1));
        }
    }
    if schema["additionalProperties"].is_object() && depth < DEEPEST {
        members.insert("a_name".to_owned(), draw(root, &schema["additionalProperties"], dice, depth + 1));
    }
    Value::Object(members)
}

/// The ways in which a configuration is broken.
pub(crate) const BREAKS: [&str; 9] = [
    "key misspelt",
    "key too many",
    "key away",
    "other type",
    "other word",
    "one level up",
    "null",
    "one level down",
    "other number",
];

/// The configuration broken in one place, and the key at the place; none where it has no such place.
pub(crate) fn broken(value: &Value, how: &str, dice: &mut Dice) -> Option<(Value, String)> {
    let mut places = Vec::new();
    members(value, &mut String::new(), &mut places);
    let place = dice.one(places.get(..).filter(|places| !places.is_empty())?).clone();
    let (parent, key) = place.rsplit_once('/')?;
    let mut whole = value.clone();
    let known = whole.pointer(&place)?.clone();
    let table = whole.pointer_mut(parent)?.as_object_mut()?;
    let plain = key.replace("~1", "/").replace("~0", "~");
    match how {
        "key misspelt" => {
            let value = table.remove(&plain)?;
            let (before, after) = plain.split_at(plain.char_indices().nth(plain.chars().count() / 2)?.0);
            let wrong = format!("{before}q{after}");
            table.insert(wrong, value);
        }
        "key too many" => {
            table.insert("notAKey".to_owned(), json!(1));
        }
        "key away" => {
            table.remove(&plain)?;
        }
        "other type" => {
            let other = match known {
                Value::Object(_) => json!(7),
                Value::Array(_) => json!("text"),
                Value::Bool(_) => json!([1]),
                Value::Number(_) => json!(["text"]),
                Value::String(_) | Value::Null => json!([{ "a": 1 }]),
            };
            table.insert(plain, other);
        }
        "other word" => {
            known.as_str()?;
            table.insert(plain, json!("no-such-word"));
        }
        "other number" => {
            known.as_f64()?;
            table.insert(plain, json!(-7.25));
        }
        "null" => {
            table.insert(plain, Value::Null);
        }
        "one level down" => {
            let value = table.remove(&plain)?;
            table.insert("settings".to_owned(), json!({ plain.clone(): value }));
        }
        _ => {
            let value = table.remove(&plain)?;
            let (above, _) = parent.rsplit_once('/')?;
            whole.pointer_mut(above)?.as_object_mut()?.insert(plain, value);
        }
    }
    Some((whole, place))
}

/// The ways to all members of tables, at every depth.
fn members(value: &Value, way: &mut String, places: &mut Vec<String>) {
    let inner: Vec<(String, &Value)> = match value {
        Value::Object(members) => {
            members.iter().map(|(key, value)| (key.replace('~', "~0").replace('/', "~1"), value)).collect()
        }
        Value::Array(elements) => {
            elements.iter().enumerate().map(|(at, value)| (at.to_string(), value)).collect()
        }
        _ => return,
    };
    for (key, inner) in inner {
        let length = way.len();
        way.push('/');
        way.push_str(&key);
        if value.is_object() {
            places.push(way.clone());
        }
        members(inner, way, places);
        way.truncate(length);
    }
}

/// The value as lines of YAML, a member each.
pub(crate) fn yaml(value: &Value, indent: usize, out: &mut String) {
    let pad = " ".repeat(indent);
    let nested = |value: &Value| {
        value.as_object().is_some_and(|members| !members.is_empty())
            || value.as_array().is_some_and(|elements| !elements.is_empty())
    };
    let mut line = |start: String, value: &Value| {
        if nested(value) {
            out.extend([&start, "\n"]);
            yaml(value, indent + 2, out);
        } else {
            out.extend([&start, " ", &value.to_string(), "\n"]);
        }
    };
    match value {
        Value::Object(members) => {
            for (key, value) in members {
                let is_plain = key
                    .chars()
                    .all(|letter| letter.is_ascii_alphanumeric() || letter == '_' || letter == '-');
                let key = if is_plain { key.clone() } else { json!(key).to_string() };
                line(format!("{pad}{key}:"), value);
            }
        }
        Value::Array(elements) => {
            for value in elements {
                line(format!("{pad}-"), value);
            }
        }
        other => out.extend([&pad, &other.to_string(), "\n"]),
    }
}

/// The value as TOML, a line for each key at the top; none where TOML has no such value.
pub(crate) fn toml(value: &Value, out: &mut String) -> Option<()> {
    for (key, value) in value.as_object()? {
        out.extend([&json!(key).to_string(), " = ", &inline(value)?, "\n"]);
    }
    Some(())
}

fn inline(value: &Value) -> Option<String> {
    match value {
        Value::Null => None,
        Value::Array(elements) => {
            let inner: Option<Vec<String>> = elements.iter().map(inline).collect();
            Some(format!("[{}]", inner?.join(", ")))
        }
        Value::Object(members) => {
            let pair = |(key, value): (&String, &Value)| Some(format!("{} = {}", json!(key), inline(value)?));
            let inner: Option<Vec<String>> = members.iter().map(pair).collect();
            Some(format!("{{ {} }}", inner?.join(", ")))
        }
        plain => Some(plain.to_string()),
    }
}
