//! What has to be put right in schemas as programs print them, before they can judge.

use serde_json::{Map, Value};

/// One thing that was put right.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Repair {
    /// Where in the schema, as a JSON pointer.
    pub place: String,
    /// What was done.
    pub kind: RepairKind,
}

/// What was put right.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum RepairKind {
    /// A reference led nowhere and leads to the definition of the nearest enclosing schema now.
    Rerooted {
        /// The new reference.
        to: String,
    },
    /// A reference led nowhere and was taken out; any value is taken there.
    Dropped {
        /// The old reference.
        reference: String,
    },
    /// A key with a default was required, as it is where defaults are filled in.
    Eased {
        /// The key.
        key: String,
    },
    /// `\0` in a pattern, which JavaScript alone reads, was written `\x00`.
    Pattern,
}

impl RepairKind {
    /// What was wrong, in a few words.
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::Rerooted { .. } => "a reference whose definition stands further inside",
            Self::Dropped { .. } => "a reference that leads nowhere",
            Self::Eased { .. } => "a required key that has a default",
            Self::Pattern => "`\\0` in a pattern",
        }
    }
}

impl std::fmt::Display for Repair {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let place = if self.place.is_empty() { "/" } else { &self.place };
        match &self.kind {
            RepairKind::Rerooted { to } => {
                write!(out, "the reference at `{place}` leads nowhere; read as `{to}`")
            }
            RepairKind::Dropped { reference } => {
                write!(out, "the reference `{reference}` at `{place}` leads nowhere")
            }
            RepairKind::Eased { key } => {
                write!(out, "the key `{key}` at `{place}` has a default; it may be left out")
            }
            RepairKind::Pattern => write!(out, "the pattern at `{place}` writes `\\0`; read as `\\x00`"),
        }
    }
}

/// The schema with its defects put right, and what was done. Keys with a default are no longer required, because
/// a schema that a program prints describes its configuration with the defaults filled in.
pub(super) fn repaired(schema: &Value) -> (Value, Vec<Repair>) {
    let mut repairs = Vec::new();
    let mut root = schema.clone();
    mend(schema, &mut root, &mut String::new(), &mut repairs);
    repairs.sort();
    (root, repairs)
}

/// Keywords whose value is data or prose and no schema.
const DATA: [&str; 5] = ["const", "default", "enum", "examples", "$comment"];

fn mend(root: &Value, schema: &mut Value, place: &mut String, repairs: &mut Vec<Repair>) {
    match schema {
        Value::Array(items) => {
            for (index, item) in items.iter_mut().enumerate() {
                below(place, &index.to_string(), |place| mend(root, item, place, repairs));
            }
        }
        Value::Object(keywords) => {
            mend_reference(root, keywords, place, repairs);
            mend_pattern(keywords, place, repairs);
            ease_required(root, keywords, place, repairs);
            for (key, value) in keywords.iter_mut() {
                // A property may carry any name, so `properties` itself is gone through by its values.
                let named = matches!(
                    key.as_str(),
                    "properties" | "patternProperties" | "$defs" | "definitions" | "dependentSchemas"
                );
                if let (true, Value::Object(schemas)) = (named, &mut *value) {
                    for (name, schema) in schemas.iter_mut() {
                        let step = format!("{key}/{}", escaped(name));
                        below(place, &step, |place| mend(root, schema, place, repairs));
                    }
                } else if !DATA.contains(&key.as_str()) {
                    below(place, &escaped(key), |place| mend(root, value, place, repairs));
                }
            }
        }
        _ => {}
    }
}

/// Schemas come from `serde_json`, which reads no deeper than 128, so the recursion is bounded.
fn below(place: &mut String, step: &str, inner: impl FnOnce(&mut String)) {
    let before = place.len();
    place.push('/');
    place.push_str(step);
    inner(place);
    place.truncate(before);
}

fn escaped(key: &str) -> String {
    key.replace('~', "~0").replace('/', "~1")
}

fn mend_reference(root: &Value, keywords: &mut Map<String, Value>, place: &str, repairs: &mut Vec<Repair>) {
    let Some(Value::String(reference)) = keywords.get("$ref") else { return };
    let Some(target) =
        reference.strip_prefix('#').filter(|target| target.is_empty() || target.starts_with('/'))
    else {
        return;
    };
    if root.pointer(target).is_some() {
        return;
    }
    let mut ancestor = place;
    let kind = loop {
        let Some((outer, _)) = ancestor.rsplit_once('/') else {
            let reference = reference.clone();
            keywords.remove("$ref");
            break RepairKind::Dropped { reference };
        };
        ancestor = outer;
        let candidate = format!("{ancestor}{target}");
        if root.pointer(&candidate).is_some() {
            let to = format!("#{candidate}");
            keywords.insert("$ref".to_owned(), to.clone().into());
            break RepairKind::Rerooted { to };
        }
    };
    repairs.push(Repair { place: place.to_owned(), kind });
}

fn mend_pattern(keywords: &mut Map<String, Value>, place: &str, repairs: &mut Vec<Repair>) {
    let Some(Value::String(pattern)) = keywords.get_mut("pattern") else { return };
    let mended = with_plain_nul(pattern);
    if mended != *pattern {
        *pattern = mended;
        repairs.push(Repair { place: place.to_owned(), kind: RepairKind::Pattern });
    }
}

/// The pattern with `\0` written as `\x00`; an escaped backslash before a zero is left alone.
fn with_plain_nul(pattern: &str) -> String {
    let mut mended = String::with_capacity(pattern.len());
    let mut letters = pattern.chars().peekable();
    while let Some(letter) = letters.next() {
        mended.push(letter);
        if letter == '\\' {
            match letters.next() {
                Some('0') if !letters.peek().is_some_and(char::is_ascii_digit) => mended.push_str("x00"),
                Some(other) => mended.push(other),
                None => {}
            }
        }
    }
    mended
}

fn ease_required(root: &Value, keywords: &mut Map<String, Value>, place: &str, repairs: &mut Vec<Repair>) {
    let Some(Value::Object(properties)) = keywords.get("properties") else { return };
    let has_default = |name: &Value| {
        let property = name.as_str().and_then(|name| properties.get(name));
        let target = property.and_then(|property| property.get("$ref")).and_then(Value::as_str);
        let target = target.and_then(|target| root.pointer(target.strip_prefix('#')?));
        [property, target].into_iter().flatten().any(|schema| schema.get("default").is_some())
    };
    let Some(Value::Array(required)) = keywords.get("required") else { return };
    let (eased, still): (Vec<Value>, Vec<Value>) = required.iter().cloned().partition(has_default);
    for key in eased.iter().filter_map(Value::as_str) {
        repairs.push(Repair { place: place.to_owned(), kind: RepairKind::Eased { key: key.to_owned() } });
    }
    keywords.insert("required".to_owned(), still.into());
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(schema: &str, mended: &str, said: &[&str]) {
        let (root, repairs) = repaired(&serde_json::from_str(schema).expect("JSON"));
        assert_eq!(root, serde_json::from_str::<Value>(mended).expect("JSON"));
        assert_eq!(repairs.iter().map(ToString::to_string).collect::<Vec<_>>(), said);
    }

    #[test]
    fn a_dangling_reference_leads_to_the_nearest_definition() {
        check(
            r##"{"properties":{"a":{"$defs":{"x":{}},"items":{"$ref":"#/$defs/x"}}}}"##,
            r##"{"properties":{"a":{"$defs":{"x":{}},"items":{"$ref":"#/properties/a/$defs/x"}}}}"##,
            &["the reference at `/properties/a/items` leads nowhere; read as `#/properties/a/$defs/x`"],
        );
        check(r##"{"$ref":"#/$defs/x"}"##, "{}", &["the reference `#/$defs/x` at `/` leads nowhere"]);
    }

    #[test]
    fn a_nul_of_javascript_is_written_in_full() {
        check(
            r#"{"pattern":"[^\\0]\\\\0"}"#,
            r#"{"pattern":"[^\\x00]\\\\0"}"#,
            &["the pattern at `/` writes `\\0`; read as `\\x00`"],
        );
    }

    #[test]
    fn a_key_with_a_default_is_not_required() {
        check(
            r#"{"properties":{"a":{"default":1},"b":{},"required":{"type":"array"}},"required":["a","b"]}"#,
            r#"{"properties":{"a":{"default":1},"b":{},"required":{"type":"array"}},"required":["b"]}"#,
            &["the key `a` at `/` has a default; it may be left out"],
        );
    }
}
