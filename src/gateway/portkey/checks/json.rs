//! What JSON or code stands in a text.

use serde_json::{Value, json};

use super::super::javascript;
use super::texts::compiled;
use super::{Found, Given, broken, told};

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

/// The best of the pieces that are JSON, with the keys that it has and those that it lacks.
struct Best<'a> {
    json: Value,
    present: Vec<&'a Value>,
    missing: Vec<&'a Value>,
    passed: bool,
}

pub(super) fn keys(given: Given<'_>) -> Found {
    let keys = given.get("keys").and_then(Value::as_array).filter(|keys| !keys.is_empty());
    let operator = given.get("operator").and_then(Value::as_str);
    let operator = operator.filter(|operator| matches!(*operator, "any" | "all" | "none"));
    let told_of = given.something("Missing text to analyze").and_then(|text| {
        let keys = keys.ok_or("Missing or invalid keys array")?;
        let wrong = "Invalid or missing operator (must be \"any\", \"all\", or \"none\")";
        Ok((text, keys, operator.ok_or(wrong)?))
    });
    let (text, keys, operator) = told_of.map_err(|message| {
        let explanation = format!("An error occurred while processing JSON: {message}");
        let data = told([
            ("explanation", Some(explanation.into())),
            ("operator", given.told("operator")),
            ("requiredKeys", given.told("keys")),
            ("textExcerpt", Some(given.excerpt_or_none())),
        ]);
        broken(message, data)
    })?;
    let pieces = pieces(text, Braces::Too);
    if pieces.is_empty() {
        let data = told([
            ("explanation", Some("No valid JSON found in the text.".into())),
            ("requiredKeys", given.told("keys")),
            ("operator", given.told("operator")),
            ("textExcerpt", Some(given.excerpt())),
        ]);
        return Ok((false, data));
    }
    let best = best(&pieces, keys, operator);
    let data = told([
        ("explanation", Some(explained(operator, &best).into())),
        ("matchedJson", Some(best.json)),
        ("verdict", Some(best.passed.into())),
        ("presentKeys", Some(json!(best.present))),
        ("missingKeys", Some(json!(best.missing))),
        ("operator", given.told("operator")),
        ("textExcerpt", Some(given.excerpt())),
    ]);
    Ok((best.passed, data))
}

fn best<'a>(pieces: &[String], keys: &'a [Value], operator: &str) -> Best<'a> {
    let nothing =
        Best { json: Value::Null, present: Vec::new(), missing: keys.iter().collect(), passed: false };
    let mut best = nothing;
    for json in pieces.iter().filter_map(|piece| serde_json::from_str::<Value>(piece).ok()) {
        let is_there = |key: &&Value| json.get(javascript::text(Some(key))).is_some();
        let (present, missing): (Vec<&Value>, Vec<&Value>) = keys.iter().partition(is_there);
        let passed = match operator {
            "any" => !present.is_empty(),
            "all" => missing.is_empty(),
            _ => present.is_empty(),
        };
        if passed || present.len() > best.present.len() {
            best = Best { json, present, missing, passed };
        }
        if passed {
            break;
        }
    }
    best
}

fn explained(operator: &str, best: &Best<'_>) -> String {
    let list =
        |keys: &[&Value]| keys.iter().map(|key| javascript::text(Some(key))).collect::<Vec<_>>().join(", ");
    let found = match best.present.as_slice() {
        [] => "No matching keys found".to_owned(),
        keys => format!("Found keys: [{}]", list(keys)),
    };
    let absent = match best.missing.as_slice() {
        [] => "No missing keys".to_owned(),
        keys => format!("Missing keys: [{}]", list(keys)),
    };
    match (operator, best.passed) {
        ("any", true) => format!("Successfully found at least one required key. {found}."),
        ("any", false) => format!("Failed to find any required keys. {absent}."),
        ("all", true) => format!("Successfully found all required keys. {found}."),
        ("all", false) => format!("Failed to find all required keys. {absent}."),
        (_, true) => format!("Successfully verified no required keys are present. {absent}."),
        (_, false) => format!("Found some keys that should not be present. {found}."),
    }
}

pub(super) fn schema(given: Given<'_>) -> Found {
    let schema = given.get("schema").filter(|schema| schema.is_object() || schema.is_array());
    let validator = schema.and_then(|schema| jsonschema::options().build(schema).ok());
    let Some(validator) = validator else {
        let message = "Missing or invalid JSON schema";
        let data = told([
            ("explanation", Some("An error occurred while processing the JSON.".into())),
            ("error", Some(message.into())),
            ("not", Some(given.not())),
        ]);
        return Err(broken(message.to_owned(), data));
    };
    let pieces = pieces(given.text, Braces::Else);
    if pieces.is_empty() {
        let data = told([
            ("explanation", Some("No valid JSON found in the response.".into())),
            ("not", Some(given.not())),
        ]);
        return Ok((false, data));
    }
    let read: Vec<Value> = pieces.iter().filter_map(|piece| serde_json::from_str(piece).ok()).collect();
    let Some(matched) = read.iter().find(|value| validator.is_valid(value)).or(read.first()) else {
        return Ok((false, Value::Null));
    };
    let is_valid = validator.is_valid(matched);
    let passed = is_valid != given.is_turned();
    let explanation = given.sentence(
        passed.into(),
        [
            "Successfully validated JSON against the provided schema.".to_owned(),
            "Successfully validated JSON does not match the schema as expected.".to_owned(),
            "JSON matches the schema when it should not.".to_owned(),
            "Failed to validate JSON against the provided schema.".to_owned(),
        ],
    );
    // What a validator says of a mistake is in its own words, here as there.
    let errors = validator.iter_errors(matched);
    let errors = errors.map(|error| json!({"path": "", "message": error.to_string()}));
    let data = told([
        ("matchedJson", Some(matched.clone())),
        ("not", Some(given.not())),
        ("explanation", Some(explanation)),
        ("validationErrors", Some(errors.collect())),
    ]);
    Ok((passed, data))
}

pub(super) fn code(given: Given<'_>) -> Found {
    let format = given.get("format").and_then(Value::as_str).filter(|format| !format.is_empty());
    let told_of = match format {
        None => Err("Missing required parameter: format".to_owned()),
        Some(format) => given.something("No text content to analyze").map(|text| (format, text)),
    };
    let (format, text) = told_of.map_err(|message| {
        let explanation = format!("Error while checking for code blocks: {message}");
        let data = told([
            ("explanation", Some(explanation.into())),
            ("searchedFormat", given.told("format")),
            ("not", Some(given.not())),
            ("textExcerpt", Some(given.excerpt_or_none())),
        ]);
        broken(message, data)
    })?;
    let pattern = compiled(r"```(\w+)\n[\s\S]*?\n```");
    let found = pattern.iter().flat_map(|pattern| pattern.captures_iter(text).flatten());
    let languages: Vec<String> = found
        .filter_map(|found| found.get(1))
        .map(|language| named(&language.as_str().to_lowercase()))
        .collect();
    let passed = languages.iter().any(|language| language == format) != given.is_turned();
    let explanation = if languages.is_empty() {
        Value::from("No code blocks found in the text")
    } else {
        given.sentence(
            passed.into(),
            [
                format!("Found code block(s) in {format} format"),
                format!("No code blocks in {format} format found as expected"),
                format!("Found code block(s) in {format} format when none were expected"),
                format!("No code blocks in {format} format found"),
            ],
        )
    };
    let data = told([
        ("explanation", Some(explanation)),
        ("searchedFormat", Some(format.into())),
        ("not", Some(given.not())),
        ("foundFormats", Some(json!(languages))),
        ("textExcerpt", Some(given.excerpt())),
    ]);
    Ok((passed, data))
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
