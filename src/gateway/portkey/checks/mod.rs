//! The checks of guardrails that need no network (the plugin `default` of 1.15.2): what each decides, and what it tells of that.

mod counts;
mod json;
mod texts;

use serde_json::{Value, json};

use super::super::routing::HookCheck;
use super::hooks::Side;
use super::javascript;
use super::routes::Function;

/// So many UTF-16 units of a text are shown.
const SHOWN: usize = 100;

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

impl From<bool> for Verdict {
    fn from(passed: bool) -> Self {
        if passed { Self::Passed } else { Self::Failed }
    }
}

/// What came of a check.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Checked {
    pub(super) verdict: Verdict,
    /// What it found, in the words of the gateway.
    pub(super) data: Value,
    /// Why it broke.
    pub(super) error: Option<Value>,
}

/// What a check found: whether it lets the request pass, and what it tells; or why it broke.
type Found = Result<(bool, Value), Broken>;

/// Why a check broke, and what it tells nevertheless.
#[derive(Clone, Debug, PartialEq)]
struct Broken {
    /// The name of the error; an error that is no `Error` has none.
    name: Option<&'static str>,
    message: String,
    data: Value,
}

/// What a check is told, and the text that it looks at.
#[derive(Clone, Copy, Debug)]
struct Given<'a> {
    parameters: &'a Value,
    text: &'a str,
}

/// Runs a check.
pub(super) fn run(check: &HookCheck, seen: &Seen<'_>, side: Side) -> Checked {
    let error = json!({"name": "Check error", "message": "Error executing check"});
    let missing = Checked { verdict: Verdict::Missing, data: Value::Null, error: Some(error) };
    let Some(name) = check.id.strip_prefix("default.") else { return missing };
    let text = text(seen, side);
    let given = Given { parameters: &check.parameters, text: &text };
    let found = match name {
        "contains" => texts::contains(given),
        "regexMatch" => texts::pattern(given),
        "alluppercase" => texts::uppercase(given),
        "alllowercase" => texts::lowercase(given),
        "endsWith" => texts::ends_with(given),
        "validUrls" => texts::addresses(given),
        "wordCount" => counts::words(given),
        "characterCount" => counts::characters(given),
        "sentenceCount" => counts::sentences(given),
        "jsonKeys" => json::keys(given),
        "jsonSchema" => json::schema(given),
        "containsCode" => json::code(given),
        "modelWhitelist" => model(given, seen),
        "requiredMetadataKeys" => metadata_keys(given, seen, side),
        // These ask the network, or change what they see.
        "webhook"
        | "log"
        | "jwt"
        | "modelRules"
        | "addPrefix"
        | "regexReplace"
        | "allowedRequestTypes"
        | "notNull" => Ok((true, Value::Null)),
        _ => return missing,
    };
    match found {
        Ok((passed, data)) => Checked { verdict: passed.into(), data, error: None },
        Err(Broken { name, message, data }) => {
            let error = told([("name", name.map(Value::from)), ("message", Some(message.into()))]);
            // Nothing was decided about the keys, and that is no failure there.
            let verdict = if name.is_some() { Verdict::Broken } else { Verdict::Passed };
            Checked { verdict, data, error: Some(error) }
        }
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

impl<'a> Given<'a> {
    fn get(self, key: &str) -> Option<&'a Value> {
        self.parameters.get(key)
    }

    /// What the check is told under a name, as it stands in an answer.
    fn told(self, key: &str) -> Option<Value> {
        self.get(key).cloned()
    }

    /// Whether the check is told to turn its verdict round.
    fn is_turned(self) -> bool {
        javascript::truthy(self.get("not"))
    }

    /// What it was told about that.
    fn not(self) -> Value {
        self.get("not").filter(|_| self.is_turned()).cloned().unwrap_or(Value::Bool(false))
    }

    /// The sentence for a verdict: passed, passed turned round, failed turned round, failed.
    fn sentence(self, verdict: Verdict, sentences: [String; 4]) -> Value {
        let [as_is, turned, wrongly, failed] = sentences;
        Value::from(match (verdict == Verdict::Passed, self.is_turned()) {
            (true, false) => as_is,
            (true, true) => turned,
            (false, true) => wrongly,
            (false, false) => failed,
        })
    }

    /// The beginning of the text.
    fn excerpt(self) -> Value {
        Value::from(excerpt(self.text))
    }

    /// The same where a check broke.
    fn excerpt_or_none(self) -> Value {
        if self.text.is_empty() { Value::from("No text available") } else { self.excerpt() }
    }

    /// A text to look at; where there is none, the check breaks with `message`.
    fn something(self, message: &'static str) -> Result<&'a str, String> {
        if self.text.is_empty() { Err(message.to_owned()) } else { Ok(self.text) }
    }
}

/// Members that are there, as an object.
fn told<const COUNT: usize>(members: [(&str, Option<Value>); COUNT]) -> Value {
    let members = members.into_iter().filter_map(|(key, value)| Some((key.to_owned(), value?)));
    Value::Object(members.collect())
}

/// An error of JavaScript, with what is told of it.
fn broken(message: String, data: Value) -> Broken {
    Broken { name: Some("Error"), message, data }
}

fn excerpt(text: &str) -> String {
    let units: Vec<u16> = text.encode_utf16().take(SHOWN + 1).collect();
    match units.get(..SHOWN) {
        Some(shown) if units.len() > SHOWN => format!("{}...", String::from_utf16_lossy(shown)),
        _ => text.to_owned(),
    }
}

fn model(given: Given<'_>, seen: &Seen<'_>) -> Found {
    let allowed = given.get("models").and_then(Value::as_array);
    let asked = seen.request.get("model").filter(|model| javascript::truthy(Some(model)));
    let message = match (allowed, asked) {
        (None, _) => "Missing or invalid model whitelist",
        (_, None) => "Missing model in request",
        (Some(allowed), Some(asked)) => {
            let passed = allowed.contains(asked) != given.is_turned();
            let name = javascript::text(Some(asked));
            let explanation = given.sentence(
                passed.into(),
                [
                    format!("Model \"{name}\" is allowed."),
                    format!("Model \"{name}\" is not in the allowed list as expected."),
                    format!("Model \"{name}\" is in the allowed list when it should not be."),
                    format!("Model \"{name}\" is not in the allowed list."),
                ],
            );
            let data = told([
                ("verdict", Some(passed.into())),
                ("not", Some(given.not())),
                ("explanation", Some(explanation)),
                ("requestedModel", Some(asked.clone())),
                ("allowedModels", given.told("models")),
            ]);
            return Ok((passed, data));
        }
    };
    let models = given.get("models").filter(|models| javascript::truthy(Some(models)));
    let data = told([
        ("explanation", Some(format!("An error occurred while checking model whitelist: {message}").into())),
        ("requestedModel", Some(asked.cloned().unwrap_or_else(|| "No model specified".into()))),
        ("not", Some(given.not())),
        ("allowedModels", Some(models.cloned().unwrap_or_else(|| json!([])))),
    ]);
    Err(broken(message.to_owned(), data))
}

fn metadata_keys(given: Given<'_>, seen: &Seen<'_>, side: Side) -> Found {
    let keys = given.get("metadataKeys").and_then(Value::as_array).filter(|keys| !keys.is_empty());
    let operator = given.get("operator").and_then(Value::as_str).unwrap_or_default();
    let message = match keys {
        _ if side == Side::After => "This plugin only works for before_request_hooks",
        None => "metadataKeys must be an array and not empty",
        Some(keys) if !keys.iter().all(Value::is_string) => "metadataKeys must be an array of strings",
        Some(_) if !matches!(operator, "all" | "any" | "none") => "operator must be one of: all, any, none",
        Some(keys) => {
            let is_there = |key: &&Value| key.as_str().is_some_and(|key| seen.metadata.get(key).is_some());
            let (found, lost): (Vec<&Value>, Vec<&Value>) = keys.iter().partition(is_there);
            let passed = match operator {
                "any" => !found.is_empty(),
                "all" => lost.is_empty(),
                _ => found.is_empty(),
            };
            let end = match (operator, passed) {
                ("any", true) => "At least one metadata key was found.",
                ("all", true) => "All metadata keys were found.",
                (_, true) | ("any", false) => "No metadata keys were found.",
                ("all", false) => "Some metadata keys were missing.",
                (_, false) => "Some metadata keys were found.",
            };
            let verdict = if passed { "passed" } else { "failed" };
            let data = json!({
                "explanation": format!("Check {verdict} for '{operator}' metadata keys. {end}"),
                "missing_metadata_keys": lost,
                "found_metadata_keys": found,
                "operator": operator,
            });
            return Ok((passed, data));
        }
    };
    Err(Broken { name: None, message: message.to_owned(), data: Value::Null })
}
