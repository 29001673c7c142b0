//! What stands in a text: words, a pattern, letters of one case, an end, addresses.

use fancy_regex::{Captures, Regex, RegexBuilder};
use serde_json::{Map, Value, json};

use super::super::javascript;
use super::{Broken, Found, Given, broken, told};

/// A pattern gives up after so many steps, so that no config can make the gateway hang.
const STEPS: usize = 100_000;

pub(super) fn compiled(pattern: &str) -> Option<Regex> {
    RegexBuilder::new(pattern).backtrack_limit(STEPS).build().ok()
}

pub(super) fn contains(given: Given<'_>) -> Found {
    let words = match given.get("words") {
        Some(Value::Array(words)) => words,
        other => {
            let message = match other {
                None => "Cannot read properties of undefined (reading 'filter')",
                Some(Value::Null) => "Cannot read properties of null (reading 'filter')",
                Some(_) => "r.filter is not a function",
            };
            let data =
                json!({"explanation": "An error occurred while processing the text.", "error": message});
            return Err(Broken { name: Some("TypeError"), message: message.to_owned(), data });
        }
    };
    let is_found = |word: &&Value| given.text.contains(&javascript::text(Some(word)));
    let (found, lost): (Vec<&Value>, Vec<&Value>) = words.iter().partition(is_found);
    let operator = javascript::text(given.get("operator"));
    let passed = match operator.as_str() {
        "any" => !found.is_empty(),
        "all" => lost.is_empty(),
        "none" => found.is_empty(),
        _ => false,
    };
    let end = match (operator.as_str(), passed) {
        ("any", true) => " At least one word was found.",
        ("all", true) => " All words were found.",
        ("none", true) | ("any", false) => " No words were found.",
        ("all", false) => " Some words were missing.",
        ("none", false) => " Some words were found.",
        _ => "",
    };
    let verdict = if passed { "passed" } else { "failed" };
    let data = told([
        ("explanation", Some(format!("Check {verdict} for '{operator}' words.{end}").into())),
        ("foundWords", Some(json!(found))),
        ("missingWords", Some(json!(lost))),
        ("operator", given.told("operator")),
    ]);
    Ok((passed, data))
}

pub(super) fn pattern(given: Given<'_>) -> Found {
    let rule = given.get("rule").and_then(Value::as_str).filter(|rule| !rule.is_empty());
    let found = match rule {
        None => Err("Missing regex pattern".to_owned()),
        Some(rule) => given.something("Missing text to match").and_then(|text| {
            let invalid = || format!("Invalid regular expression: /{rule}/");
            let found = compiled(rule).ok_or_else(invalid)?;
            let captures = found.captures(text).map_err(|_| invalid())?;
            Ok((rule, captures.map(|captures| details(&found, &captures, text))))
        }),
    };
    let (rule, details) = match found {
        Ok(found) => found,
        Err(message) => {
            let data = told([
                (
                    "explanation",
                    Some(format!("An error occurred while processing the regex: {message}").into()),
                ),
                ("regexPattern", given.told("rule")),
                ("not", Some(given.not())),
                ("textExcerpt", Some(given.excerpt_or_none())),
            ]);
            return Err(broken(message, data));
        }
    };
    let passed = details.is_some() != given.is_turned();
    let explanation = given.sentence(
        passed.into(),
        [
            format!("The regex pattern '{rule}' successfully matched the text."),
            format!("The regex pattern '{rule}' did not match the text as expected."),
            format!("The regex pattern '{rule}' matched the text when it should not have."),
            format!("The regex pattern '{rule}' did not match the text."),
        ],
    );
    let data = told([
        ("regexPattern", Some(rule.into())),
        ("not", Some(given.not())),
        ("verdict", Some(passed.into())),
        ("explanation", Some(explanation)),
        ("matchDetails", Some(details.unwrap_or(Value::Null))),
        ("textExcerpt", Some(given.excerpt())),
    ]);
    Ok((passed, data))
}

/// What a pattern has found, and where, in UTF-16 units.
fn details(pattern: &Regex, captures: &Captures<'_, str>, text: &str) -> Value {
    let whole = captures.get(0);
    let before = whole.and_then(|whole| text.get(..whole.start())).unwrap_or_default();
    let named = pattern.capture_names().flatten();
    let groups: Map<String, Value> =
        named.filter_map(|name| Some((name.to_owned(), captures.name(name)?.as_str().into()))).collect();
    let rest = captures.iter().skip(1).map(|group| group.map(|group| group.as_str()));
    json!({
        "matchedText": whole.map(|whole| whole.as_str()),
        "index": before.encode_utf16().count(),
        "groups": groups,
        "captures": rest.collect::<Vec<_>>(),
    })
}

pub(super) fn uppercase(given: Given<'_>) -> Found {
    cased(given, ["uppercase", "lowercase"], char::is_ascii_lowercase)
}

pub(super) fn lowercase(given: Given<'_>) -> Found {
    cased(given, ["lowercase", "uppercase"], char::is_ascii_uppercase)
}

/// Whether all letters of a text are of one case; `names` are that case and the other one.
fn cased(given: Given<'_>, names: [&str; 2], is_other: fn(&char) -> bool) -> Found {
    let [name, other] = names;
    let text = given.something("Missing text to analyze").map_err(|message| {
        let explanation = format!("An error occurred while checking {name}: {message}");
        let data = told([
            ("explanation", Some(explanation.into())),
            ("not", Some(given.not())),
            ("textExcerpt", Some(given.excerpt_or_none())),
        ]);
        broken(message, data)
    })?;
    let passed = text.chars().any(|letter| is_other(&letter)) == given.is_turned();
    let explanation = given.sentence(
        passed.into(),
        [
            format!("All alphabetic characters in the text are {name}."),
            format!("The text contains {other} characters as expected."),
            format!("All alphabetic characters in the text are {name} when they should not be."),
            format!("The text contains {other} characters."),
        ],
    );
    let data = told([
        ("verdict", Some(passed.into())),
        ("not", Some(given.not())),
        ("explanation", Some(explanation)),
        ("textExcerpt", Some(given.excerpt())),
    ]);
    Ok((passed, data))
}

pub(super) fn ends_with(given: Given<'_>) -> Found {
    let suffix = given.get("suffix").and_then(Value::as_str).filter(|suffix| !suffix.is_empty());
    let found = given.something("Missing text to analyze").and_then(|text| {
        let suffix = suffix.ok_or("Missing or empty suffix")?;
        let with_period = text.ends_with(&format!("{suffix}."));
        Ok((suffix, text.ends_with(suffix), with_period))
    });
    let (suffix, ends, with_period) = found.map_err(|message| {
        let explanation = format!("An error occurred while checking suffix: {message}");
        let data = told([
            ("explanation", Some(explanation.into())),
            ("suffix", given.told("suffix")),
            ("not", Some(given.not())),
            ("textExcerpt", Some(given.excerpt_or_none())),
        ]);
        broken(message, data)
    })?;
    let passed = (ends || with_period) != given.is_turned();
    let period = if with_period { " (including trailing period)" } else { "" };
    let explanation = given.sentence(
        passed.into(),
        [
            format!("The text ends with \"{suffix}\"{period}."),
            format!("The text does not end with \"{suffix}\" as expected."),
            format!("The text ends with \"{suffix}\" when it should not."),
            format!("The text does not end with \"{suffix}\"."),
        ],
    );
    let data = told([
        ("suffix", Some(suffix.into())),
        ("not", Some(given.not())),
        ("verdict", Some(passed.into())),
        ("explanation", Some(explanation)),
        ("textExcerpt", Some(given.excerpt())),
    ]);
    Ok((passed, data))
}

/// The addresses of a text; whether they answer is not asked, and taken to be as it should.
pub(super) fn addresses(given: Given<'_>) -> Found {
    let by_name = javascript::truthy(given.get("onlyDNS"));
    let method = if by_name { "DNS lookup" } else { "HTTP request" };
    let text = given.something("Missing text to analyze").map_err(|message| {
        let explanation = format!("An error occurred while validating URLs: {message}");
        let data = told([
            ("explanation", Some(explanation.into())),
            ("validationMethod", Some(method.into())),
            ("not", Some(given.not())),
            ("textExcerpt", Some(given.excerpt_or_none())),
        ]);
        broken(message, data)
    })?;
    let pattern = compiled(r#"https?://[^\s,"'{}\[\]]+"#);
    let found: Vec<&str> = pattern
        .iter()
        .flat_map(|pattern| pattern.find_iter(text).flatten())
        .map(|found| found.as_str())
        .collect();
    if found.is_empty() {
        let data = told([
            ("explanation", Some("No URLs found in the text.".into())),
            ("urls", Some(json!([]))),
            ("validationMethod", Some(method.into())),
            ("not", Some(given.not())),
            ("textExcerpt", Some(given.excerpt())),
        ]);
        return Ok((false, data));
    }
    let count = found.len();
    let explanation = if given.is_turned() {
        format!("All URLs are invalid as expected ({count} of {count}).")
    } else {
        format!("All URLs are valid ({count} found).")
    };
    let (valid, invalid) = if given.is_turned() { (Vec::new(), found) } else { (found, Vec::new()) };
    let data = told([
        ("verdict", Some(true.into())),
        ("not", Some(given.not())),
        ("explanation", Some(explanation.into())),
        ("validUrls", Some(json!(valid))),
        ("invalidUrls", Some(json!(invalid))),
        ("validationMethod", Some(method.into())),
        ("textExcerpt", Some(given.excerpt())),
    ]);
    Ok((true, data))
}
