//! Conditional routing: whether a query holds for a request, as the gateway evaluates it (versions 1.15.2 and 2.2.3).

use serde_json::Value;

use super::Call;

/// Queries that lie deeper in each other never hold.
const DEEPEST: usize = 32;

/// A pattern gives up after so many steps, so that no page can make the gateway hang.
const STEPS: usize = 100_000;

/// Whether a query holds; an operator that the gateway does not know is the error, as the gateway words it.
pub(super) fn holds(query: &Value, call: &Call) -> Result<bool, String> {
    evaluate(query, call, 0)
}

fn evaluate(query: &Value, call: &Call, depth: usize) -> Result<bool, String> {
    if depth > DEEPEST {
        return Ok(false);
    }
    for (key, wanted) in query.as_object().into_iter().flatten() {
        match (key.as_str(), wanted) {
            // Whatever stands beside these two is not looked at.
            ("$or", Value::Array(parts)) => {
                for part in parts {
                    if evaluate(part, call, depth + 1)? {
                        return Ok(true);
                    }
                }
                return Ok(false);
            }
            ("$and", Value::Array(parts)) => {
                for part in parts {
                    if !evaluate(part, call, depth + 1)? {
                        return Ok(false);
                    }
                }
                return Ok(true);
            }
            _ => {}
        }
        let actual = actual(key, call);
        let held = match wanted {
            Value::Object(operators) => all(operators, actual.as_ref())?,
            // JavaScript takes the places of a list for its keys.
            Value::Array(elements) if !elements.is_empty() => return Err(unsupported("0")),
            Value::Array(_) => true,
            plain => equal(actual.as_ref(), plain),
        };
        if !held {
            return Ok(false);
        }
    }
    Ok(true)
}

/// What a key of exactly two levels stands for.
fn actual(key: &str, call: &Call) -> Option<Value> {
    let (place, name) = key.split_once('.')?;
    let name = name.split('.').next().unwrap_or_default();
    match place {
        "metadata" => call.metadata.get(name).cloned(),
        "params" => call.params.get(name).cloned(),
        "url" if name == "pathname" => Some(Value::String(call.path.clone())),
        _ => None,
    }
}

fn all(operators: &serde_json::Map<String, Value>, actual: Option<&Value>) -> Result<bool, String> {
    for (operator, wanted) in operators {
        let listed = || wanted.as_array().map(|values| values.iter().any(|value| equal(actual, value)));
        let compare = |holds: fn(f64, f64) -> bool| {
            let numbers = actual.and_then(float).zip(float(wanted));
            numbers.is_some_and(|(actual, wanted)| holds(actual, wanted))
        };
        let held = match operator.as_str() {
            "$eq" => equal(actual, wanted),
            "$ne" => !equal(actual, wanted),
            "$gt" => compare(|actual, wanted| actual > wanted),
            "$gte" => compare(|actual, wanted| actual >= wanted),
            "$lt" => compare(|actual, wanted| actual < wanted),
            "$lte" => compare(|actual, wanted| actual <= wanted),
            "$in" => listed() == Some(true),
            "$nin" => listed() == Some(false),
            // The operators after a pattern are not looked at.
            "$regex" => return Ok(matches(wanted, actual)),
            other => return Err(unsupported(other)),
        };
        if !held {
            return Ok(false);
        }
    }
    Ok(true)
}

fn unsupported(operator: &str) -> String {
    format!("Unsupported operator used in the query router: {operator}")
}

/// JavaScript's strict equality.
fn equal(actual: Option<&Value>, wanted: &Value) -> bool {
    match (actual, wanted) {
        (Some(Value::Number(one)), Value::Number(other)) => one.as_f64() == other.as_f64(),
        (Some(Value::Object(_) | Value::Array(_)) | None, _) => false,
        (Some(actual), wanted) => actual == wanted,
    }
}

/// JavaScript's `parseFloat`: the number that a text starts with.
fn float(value: &Value) -> Option<f64> {
    let text = match value {
        Value::Number(number) => return number.as_f64(),
        Value::String(text) => text.trim_start(),
        _ => return None,
    };
    let ends = text.char_indices().map(|(at, letter)| at + letter.len_utf8()).take(64);
    ends.filter_map(|end| text.get(..end)?.parse().ok()).filter(|number: &f64| number.is_finite()).last()
}

fn matches(pattern: &Value, actual: Option<&Value>) -> bool {
    let text = match actual {
        Some(Value::String(text)) => text.clone(),
        Some(other) => other.to_string(),
        // JavaScript makes a text of what is not there.
        None => "undefined".to_owned(),
    };
    let pattern = pattern.as_str().unwrap_or_default();
    let built = fancy_regex::RegexBuilder::new(pattern).backtrack_limit(STEPS).build();
    built.is_ok_and(|pattern| pattern.is_match(&text).unwrap_or(false))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn met(query: &Value) -> Result<bool, String> {
        let call = Call {
            metadata: json!({"plan": "paid", "age": "30"}),
            params: json!({"model": "gpt-4o-mini", "stream": true, "max_tokens": 64}),
            path: "/v1/chat/completions".to_owned(),
            seed: 0,
        };
        holds(query, &call)
    }

    #[track_caller]
    fn check_met(query: &Value) {
        assert_eq!(met(query), Ok(true), "{query}");
    }

    #[track_caller]
    fn check_unmet(query: &Value) {
        assert_eq!(met(query), Ok(false), "{query}");
    }

    #[track_caller]
    fn check_unsupported(query: &Value, operator: &str) {
        let message = format!("Unsupported operator used in the query router: {operator}");
        assert_eq!(met(query), Err(message), "{query}");
    }

    #[test]
    fn equality_is_strict() {
        check_met(&json!({"metadata.plan": {"$eq": "paid"}}));
        check_met(&json!({"metadata.plan": "paid"}));
        check_unmet(&json!({"metadata.age": 30}));
        check_met(&json!({"params.stream": true}));
    }

    #[test]
    fn comparisons_read_numbers_out_of_texts() {
        check_met(&json!({"metadata.age": {"$gte": 18, "$lt": 31}}));
        check_unmet(&json!({"metadata.plan": {"$gt": 1}}));
    }

    #[test]
    fn lists_are_looked_through() {
        check_met(&json!({"metadata.plan": {"$in": ["paid", "trial"]}}));
        check_unmet(&json!({"metadata.plan": {"$nin": ["paid"]}}));
    }

    #[test]
    fn a_pattern_is_found_anywhere() {
        check_met(&json!({"params.model": {"$regex": "^gpt-4o"}}));
        check_met(&json!({"params.model": {"$regex": "(?=.*mini)gpt"}}));
        check_unmet(&json!({"params.model": {"$regex": "("}}));
    }

    #[test]
    fn what_is_no_list_holds_nothing() {
        check_unmet(&json!({"metadata.plan": {"$in": "paid"}}));
        check_unmet(&json!({"metadata.plan": {"$nin": "free"}}));
        check_unsupported(&json!({"$or": {"metadata.plan": "paid"}}), "metadata.plan");
        check_unsupported(&json!({"metadata.plan": ["paid"]}), "0");
    }

    #[test]
    fn a_pattern_looks_at_what_is_not_there_as_a_word() {
        check_met(&json!({"metadata.team": {"$regex": "^undefined$"}}));
        check_unmet(&json!({"metadata.team": {"$eq": "undefined"}}));
    }

    #[test]
    fn an_operator_of_patterns_hides_those_after_it() {
        check_met(&json!({"params.model": {"$regex": "gpt", "$eq": "other"}}));
    }

    #[test]
    fn and_or_hide_what_stands_beside_them() {
        check_met(
            &json!({"$or": [{"metadata.plan": "free"}, {"url.pathname": "/v1/chat/completions"}], "metadata.plan": "x"}),
        );
        check_unmet(&json!({"$and": [{"metadata.plan": "paid"}, {"params.max_tokens": {"$lt": 10}}]}));
    }

    #[test]
    fn an_unknown_operator_is_refused() {
        check_unsupported(&json!({"metadata.plan": {"$contains": "p"}}), "$contains");
    }
}
