//! The checks of guardrails that need no network (the plugin `default` of 1.15.2): what each decides.

use fancy_regex::{Regex, RegexBuilder};
use serde_json::Value;

use super::super::routing::HookCheck;
use super::hooks::Side;
use super::javascript;
use super::routes::Function;

/// A pattern gives up after so many steps, so that no config can make the gateway hang.
const STEPS: usize = 100_000;

/// What a check looks at.
#[derive(Clone, Debug)]
pub(super) struct Seen<'a> {
    pub(super) function: Function,
    /// The body of the request, with what the config puts in.
    pub(super) request: &'a Value,
    /// The body of the answer; null before there is one.
    pub(super) answer: &'a Value,
    pub(super) metadata: &'a Value,
}

/// What a check decides.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    Passed,
    Failed,
    /// It broke on what it was given.
    Broken,
    /// There is no such check.
    Missing,
}

/// Runs a check.
pub(super) fn run(check: &HookCheck, seen: &Seen<'_>, side: Side) -> Verdict {
    let Some(name) = check.id.strip_prefix("default.") else { return Verdict::Missing };
    let given = &check.parameters;
    let text = text(seen, side);
    let decided = match name {
        "contains" => contains(given, &text),
        "regexMatch" => pattern(given, &text),
        "wordCount" => counted(given, ("minWords", "maxWords"), words(&text)),
        "characterCount" => counted(given, ("minCharacters", "maxCharacters"), characters(&text)),
        "sentenceCount" => counted(given, ("minSentences", "maxSentences"), Some(sentences(&text))),
        "alluppercase" => cased(given, &text, char::is_ascii_lowercase),
        "alllowercase" => cased(given, &text, char::is_ascii_uppercase),
        "endsWith" => ends_with(given, &text),
        "jsonKeys" => json_keys(given, &text),
        "jsonSchema" => json_schema(given, &text),
        "containsCode" => contains_code(given, &text),
        "modelWhitelist" => model(given, seen),
        "requiredMetadataKeys" => return metadata_keys(given, seen, side),
        // These ask the network, or change what they see.
        "validUrls"
        | "webhook"
        | "log"
        | "jwt"
        | "modelRules"
        | "addPrefix"
        | "regexReplace"
        | "allowedRequestTypes"
        | "notNull" => return Verdict::Passed,
        _ => return Verdict::Missing,
    };
    match decided {
        Some(true) => Verdict::Passed,
        Some(false) => Verdict::Failed,
        None => Verdict::Broken,
    }
}

/// The text that is looked at: of the last message, or of the first choice.
fn text(seen: &Seen<'_>, side: Side) -> String {
    let parts = |value: Option<&Value>| match value {
        Some(Value::Array(parts)) => parts
            .iter()
            .map(|part| {
                part.get("text").or(Some(part)).and_then(Value::as_str).unwrap_or_default().to_owned()
            })
            .collect(),
        Some(Value::String(text)) => vec![text.clone()],
        _ => Vec::new(),
    };
    let last = || seen.request.get("messages").and_then(Value::as_array).and_then(|messages| messages.last());
    let found: Vec<String> = match (side, seen.function) {
        (Side::Before, Function::Chat | Function::Messages) => {
            parts(last().and_then(|last| last.get("content")))
        }
        (Side::Before, Function::Complete) => parts(seen.request.get("prompt")),
        (Side::Before, Function::Embed) => parts(seen.request.get("input")),
        (Side::After, Function::Chat) => parts(seen.answer.pointer("/choices/0/message/content")),
        (Side::After, Function::Complete) => parts(seen.answer.pointer("/choices/0/text")),
        (Side::After, Function::Messages) => parts(seen.answer.get("content")),
        _ => Vec::new(),
    };
    found.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join("\n")
}

/// What has to hold: true, or false where the check is told to turn its verdict round.
fn expected(given: &Value) -> bool {
    !javascript::truthy(given.get("not"))
}

fn contains(given: &Value, text: &str) -> Option<bool> {
    let words = given.get("words")?.as_array()?;
    let found = words.iter().filter(|word| text.contains(&javascript::text(Some(word)))).count();
    match given.get("operator").and_then(Value::as_str) {
        Some("any") => Some(found > 0),
        Some("all") => Some(found == words.len()),
        Some("none") => Some(found == 0),
        _ => Some(false),
    }
}

fn compiled(pattern: &str) -> Option<Regex> {
    RegexBuilder::new(pattern).backtrack_limit(STEPS).build().ok()
}

fn pattern(given: &Value, text: &str) -> Option<bool> {
    let rule = given.get("rule").and_then(Value::as_str).filter(|rule| !rule.is_empty())?;
    if text.is_empty() {
        return None;
    }
    Some((compiled(rule)?.is_match(text).ok()?) == expected(given))
}

fn words(text: &str) -> Option<usize> {
    Some(text.split_whitespace().count()).filter(|count| *count > 0)
}

fn characters(text: &str) -> Option<usize> {
    Some(text.encode_utf16().count()).filter(|count| *count > 0)
}

fn sentences(text: &str) -> usize {
    text.matches(['.', '!', '?']).count()
}

fn counted(given: &Value, bounds: (&str, &str), count: Option<usize>) -> Option<bool> {
    let bound = |key: &str| given.get(key).and_then(Value::as_f64);
    let (lowest, highest) = (bound(bounds.0)?, bound(bounds.1)?);
    let count = f64::from(u32::try_from(count?).ok()?);
    Some(((lowest..=highest).contains(&count)) == expected(given))
}

fn cased(given: &Value, text: &str, wrong: fn(&char) -> bool) -> Option<bool> {
    if text.is_empty() {
        return None;
    }
    Some(text.chars().any(|letter| wrong(&letter)) != expected(given))
}

fn ends_with(given: &Value, text: &str) -> Option<bool> {
    let end = given.get("suffix").and_then(Value::as_str).filter(|end| !end.is_empty())?;
    if text.is_empty() {
        return None;
    }
    Some((text.ends_with(end) || text.ends_with(&format!("{end}."))) == expected(given))
}

/// When JSON is looked for in braces.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Braces {
    /// Where no fence holds any.
    Else,
    /// Beside those of fences.
    Too,
}

/// The pieces of JSON in a text: fenced ones first, then what stands in the shortest braces.
fn pieces(text: &str, braces: Braces) -> Vec<String> {
    let find = |pattern: &str, group: usize| {
        let pattern = compiled(pattern);
        let found = pattern.iter().flat_map(|pattern| pattern.captures_iter(text).flatten());
        found
            .filter_map(|found| found.get(group).map(|piece| piece.as_str().trim().to_owned()))
            .collect::<Vec<_>>()
    };
    let mut pieces = find(r"```+(?:json)?\s*([\s\S]*?)```+", 1);
    if pieces.is_empty() || braces == Braces::Too {
        pieces.extend(find(r"\{[\s\S]*?\}", 0));
    }
    pieces
}

fn json_keys(given: &Value, text: &str) -> Option<bool> {
    let keys = given.get("keys")?.as_array().filter(|keys| !keys.is_empty())?;
    let operator = given.get("operator").and_then(Value::as_str)?;
    if text.is_empty() || !matches!(operator, "any" | "all" | "none") {
        return None;
    }
    let holds = |value: &Value| {
        let present = keys.iter().filter_map(Value::as_str).filter(|key| value.get(key).is_some()).count();
        match operator {
            "any" => present > 0,
            "all" => present == keys.len(),
            _ => present == 0,
        }
    };
    let read =
        pieces(text, Braces::Too).into_iter().filter_map(|piece| serde_json::from_str::<Value>(&piece).ok());
    Some(read.into_iter().any(|value| holds(&value)))
}

fn json_schema(given: &Value, text: &str) -> Option<bool> {
    let schema = given.get("schema").filter(|schema| schema.is_object())?;
    let validator = jsonschema::options().build(schema).ok()?;
    let read: Vec<Value> =
        pieces(text, Braces::Else).iter().filter_map(|piece| serde_json::from_str(piece).ok()).collect();
    if read.is_empty() {
        return Some(false);
    }
    Some((read.iter().any(|value| validator.is_valid(value))) == expected(given))
}

fn contains_code(given: &Value, text: &str) -> Option<bool> {
    let format = given.get("format").and_then(Value::as_str).filter(|format| !format.is_empty())?;
    if text.is_empty() {
        return None;
    }
    let pattern = compiled(r"```(\w+)\n[\s\S]*?\n```")?;
    let found = pattern.captures_iter(text).flatten();
    let languages: Vec<String> = found
        .filter_map(|found| found.get(1))
        .map(|language| named(&language.as_str().to_lowercase()))
        .collect();
    Some((languages.iter().any(|language| language == format)) == expected(given))
}

/// The name of a language by the word after a fence.
fn named(word: &str) -> String {
    let name = match word {
        "sql" => "SQL",
        "py" | "python" | "gyp" => "Python",
        "ts" | "tsx" | "typescript" => "TypeScript",
        "js" | "jsx" | "javascript" => "JavaScript",
        "java" => "Java",
        "cs" => "C#",
        "cpp" => "C++",
        "c" => "C",
        "rb" => "Ruby",
        "php" => "PHP",
        "swift" => "Swift",
        "kt" => "Kotlin",
        "go" => "Go",
        "rs" => "Rust",
        "scala" => "Scala",
        "r" => "R",
        "pl" => "Perl",
        "sh" => "Shell",
        "html" => "HTML",
        "css" => "CSS",
        "xml" => "XML",
        "json" => "JSON",
        "yml" => "YAML",
        "md" => "Markdown",
        "dockerfile" => "Dockerfile",
        other => other,
    };
    name.to_owned()
}

fn model(given: &Value, seen: &Seen<'_>) -> Option<bool> {
    let allowed = given.get("models")?.as_array()?;
    let asked = seen.request.get("model").filter(|model| javascript::truthy(Some(model)))?;
    Some((allowed.contains(asked)) == expected(given))
}

fn metadata_keys(given: &Value, seen: &Seen<'_>, side: Side) -> Verdict {
    let keys = given.get("metadataKeys").and_then(Value::as_array).filter(|keys| !keys.is_empty());
    let (Side::Before, Some(keys)) = (side, keys) else { return Verdict::Passed };
    let present =
        keys.iter().filter_map(Value::as_str).filter(|key| seen.metadata.get(key).is_some()).count();
    let holds = match given.get("operator").and_then(Value::as_str) {
        Some("any") => present > 0,
        Some("all") => present == keys.len(),
        Some("none") => present == 0,
        _ => true,
    };
    if holds { Verdict::Passed } else { Verdict::Failed }
}
