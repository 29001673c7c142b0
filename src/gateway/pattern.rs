//! Which requests are meant: by provider, method, path, model, what the user says, headers, and their number.

use serde_json::Value;

use super::exchange::{Exchange, Request};
use super::profiles::Profiles;
use crate::data::table::Table;

/// What a request must be like; what is not said does not matter.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Pattern {
    /// The name of the provider.
    pub provider: Option<String>,
    /// The method, in capitals.
    pub method: Option<String>,
    /// The path; `*` stands for anything.
    pub path: Option<String>,
    /// The model; `*` stands for anything.
    pub model: Option<String>,
    /// What the last message of the user contains.
    pub message: Option<String>,
    /// Headers by their names in lower case, with their values; `*` stands for anything.
    pub headers: Vec<(String, String)>,
    /// Which of the requests that fit otherwise, from one.
    pub nth: Option<u64>,
}

/// A request, with what patterns ask of it read once.
#[derive(Debug)]
pub(super) struct Subject<'a> {
    pub(super) request: &'a Request,
    provider: Option<&'a str>,
    body: Option<Value>,
}

impl<'a> Subject<'a> {
    pub(super) fn of(exchange: &'a Exchange) -> Self {
        let request = &exchange.request;
        Self { request, provider: exchange.provider.as_deref(), body: request.json() }
    }

    /// The model that is asked for; Google's API has it in the path.
    pub(super) fn model(&self) -> Option<&str> {
        let of_path = || {
            let (_, rest) = self.request.path.rsplit_once("/models/")?;
            rest.split_once(':').map(|(model, _)| model)
        };
        self.body.as_ref().and_then(|body| body.get("model")).and_then(Value::as_str).or_else(of_path)
    }

    /// The last message of the user, in any dialect.
    pub(super) fn message(&self) -> Option<String> {
        let body = self.body.as_ref()?;
        let turns = ["messages", "input", "contents"].iter().find_map(|key| body.get(*key));
        match turns.or_else(|| body.get("prompt"))? {
            Value::String(text) => Some(text.clone()),
            Value::Array(turns) => {
                let is_user = |turn: &&Value| {
                    turn.get("role").is_none_or(|role| role == "user")
                        && turn.get("type").is_none_or(|kind| kind == "message")
                };
                let turn = turns.iter().rev().find(is_user)?;
                Some(text_of(turn.get("content").or_else(|| turn.get("parts")).unwrap_or(turn)))
            }
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::Object(_) => None,
        }
    }
}

/// The text of a message, of which parts may be pictures.
fn text_of(content: &Value) -> String {
    match content {
        Value::String(text) => text.clone(),
        Value::Array(parts) => {
            let texts: Vec<String> = parts.iter().map(text_of).filter(|text| !text.is_empty()).collect();
            texts.join("\n")
        }
        Value::Object(part) => part.get("text").map(text_of).unwrap_or_default(),
        Value::Null | Value::Bool(_) | Value::Number(_) => String::new(),
    }
}

impl Pattern {
    /// Reads the keys of a pattern out of a table, which may have others.
    pub(super) fn read(table: &mut Table<'_>, profiles: &Profiles) -> Self {
        let provider = table.spanned_text("provider");
        if let Some((name, span)) = &provider
            && profiles.get(name).is_none()
        {
            table.unknown_word(name, *span, profiles.iter().map(|profile| profile.name.as_str()));
        }
        let headers = table.named_texts("headers");
        let nth = table.number("nth");
        if nth == Some(0) {
            table.problem(table.span(), "`nth` counts from 1");
        }
        Self {
            provider: provider.map(|(name, _)| name),
            method: table.text("method").map(|method| method.to_uppercase()),
            path: table.text("path"),
            model: table.text("model"),
            message: table.text("message"),
            headers: headers.into_iter().map(|(name, value)| (name.to_lowercase(), value)).collect(),
            nth: nth.map(u64::from),
        }
    }

    /// Whether it asks for more than its provider and its number, so that a request must have been read.
    pub(super) fn asks_of_request(&self) -> bool {
        let Self { provider: _, method, path, model, message, headers, nth: _ } = self;
        [method, path, model, message].into_iter().any(Option::is_some) || !headers.is_empty()
    }

    /// What of a request does not fit, in a few words; its number is not looked at.
    pub(super) fn mismatch(&self, subject: &Subject<'_>) -> Option<String> {
        let request = subject.request;
        let differs = |thing: &str, wanted: &str, found: Option<&str>| match found {
            Some(found) => format!("its {thing} is `{found}`, not `{wanted}`"),
            None => format!("it has no {thing}, and `{wanted}` is wanted"),
        };
        if let Some(provider) = self.provider.as_deref().filter(|wanted| subject.provider != Some(wanted)) {
            return Some(differs("provider", provider, subject.provider));
        }
        if let Some(method) = self.method.as_deref().filter(|wanted| *wanted != request.method) {
            return Some(differs("method", method, Some(&request.method)));
        }
        if let Some(path) = self.path.as_deref().filter(|wanted| !is_like(&request.path, wanted)) {
            return Some(differs("path", path, Some(&request.path)));
        }
        if let Some(model) = self.model.as_deref() {
            let found = subject.model();
            if !found.is_some_and(|found| is_like(found, model)) {
                return Some(differs("model", model, found));
            }
        }
        if let Some(wanted) = &self.message {
            let found = subject.message();
            if !found.as_ref().is_some_and(|found| found.contains(wanted.as_str())) {
                return Some(format!("the last message of its user does not say `{wanted}`"));
            }
        }
        self.headers.iter().find_map(|(name, wanted)| {
            let fits = request.headers.iter().any(|(key, value)| key == name && is_like(value, wanted));
            // The value of a header may be a credential.
            (!fits).then(|| format!("it has no header `{name}` of that value"))
        })
    }
}

/// Whether a text is like a pattern in which `*` stands for anything.
fn is_like(text: &str, pattern: &str) -> bool {
    let mut parts = pattern.split('*');
    let Some(mut rest) = text.strip_prefix(parts.next().unwrap_or_default()) else { return false };
    let mut parts: Vec<&str> = parts.collect();
    let Some(last) = parts.pop() else { return rest.is_empty() };
    for part in parts {
        match rest.split_once(part) {
            Some((_, after)) => rest = after,
            None => return false,
        }
    }
    rest.ends_with(last)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::gateway::dialects::seed::tests::request;

    #[test]
    fn a_star_stands_for_anything() {
        for (text, pattern) in
            [("a", "a"), ("abc", "a*"), ("abc", "*c"), ("abc", "a*c"), ("a", "*"), ("aXbYc", "a*b*c")]
        {
            assert!(is_like(text, pattern), "{text} {pattern}");
        }
        for (text, pattern) in [("a", "b"), ("ab", "a"), ("a", "a*a"), ("abc", "*b"), ("ac", "a*b*c")] {
            assert!(!is_like(text, pattern), "{text} {pattern}");
        }
    }

    #[track_caller]
    fn check_message(body: &str, message: Option<&str>) {
        let request = request(body);
        let subject = Subject { request: &request, provider: None, body: request.json() };
        assert_eq!(subject.message().as_deref(), message);
    }

    #[test]
    fn the_last_message_is_found_in_every_dialect() {
        check_message(
            r#"{"messages":[{"role":"user","content":"one"},{"role":"assistant","content":"no"},{"role":"user","content":[{"type":"text","text":"two"}]},{"role":"tool","content":"no"}]}"#,
            Some("two"),
        );
        check_message(r#"{"input":"one"}"#, Some("one"));
        check_message(
            r#"{"input":[{"role":"user","content":[{"type":"input_text","text":"one"}]},{"type":"function_call_output","output":"no"}]}"#,
            Some("one"),
        );
        check_message(r#"{"contents":[{"parts":[{"text":"one"}]}]}"#, Some("one"));
        check_message(r#"{"prompt":"one"}"#, Some("one"));
        check_message("{}", None);
        check_message("no", None);
    }
}
