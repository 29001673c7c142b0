//! Values as JavaScript reads and writes them, which the gateway is made of.

use serde_json::{Number, Value};

/// Whole numbers up to this one are written without an exponent and without loss.
const EXACT: f64 = 9_007_199_254_740_992.0;

/// `JSON.parse`; every number is a double.
pub(super) fn parse(bytes: &[u8]) -> Option<Value> {
    let mut value = serde_json::from_slice(bytes).ok()?;
    round(&mut value);
    Some(value)
}

/// `JSON.stringify`.
pub(super) fn stringify(value: &Value) -> Vec<u8> {
    value.to_string().into_bytes()
}

/// Makes doubles of all numbers of a value.
fn round(value: &mut Value) {
    match value {
        Value::Number(number) => {
            let exact = number.as_i64().is_some_and(|whole| whole.unsigned_abs() < 1 << 53);
            if let (false, Some(rounded)) = (exact, number.as_f64().and_then(number_of)) {
                *number = rounded;
            }
        }
        Value::Array(elements) => elements.iter_mut().for_each(round),
        Value::Object(members) => members.values_mut().for_each(round),
        Value::Null | Value::Bool(_) | Value::String(_) => {}
    }
}

/// A double, whole where it is whole.
pub(super) fn number_of(double: f64) -> Option<Number> {
    if double.fract() == 0.0 && double.abs() < EXACT {
        #[expect(clippy::cast_possible_truncation, reason = "it is whole and within the range")]
        let whole = double as i64;
        return Some(whole.into());
    }
    Number::from_f64(double)
}

/// `Number(text)`; none where that is not a number.
pub(super) fn number(text: &str) -> Option<f64> {
    let text = text.trim();
    let digits = |prefix: &str| text.strip_prefix(prefix);
    let whole = |digits: &str, base: u32| u32::from_str_radix(digits, base).ok().map(f64::from);
    match () {
        () if text.is_empty() => Some(0.0),
        () if digits("0x").is_some() => whole(digits("0x")?, 16),
        () if digits("0b").is_some() => whole(digits("0b")?, 2),
        () if digits("0o").is_some() => whole(digits("0o")?, 8),
        () if text.chars().all(|letter| letter.is_ascii_digit() || "+-.eE".contains(letter)) => {
            text.parse().ok()
        }
        () => None,
    }
}

/// `Number.parseInt(text)`: the whole number that a text starts with.
pub(super) fn leading_whole(text: &str) -> Option<i64> {
    let text = text.trim();
    let sign = usize::from(text.starts_with(['-', '+']));
    let digits = text.get(sign..)?.bytes().take_while(u8::is_ascii_digit).count();
    text.get(..sign + digits)?.parse().ok()
}

/// A value as a text, as it stands in a template.
pub(super) fn text(value: Option<&Value>) -> String {
    match value {
        None => "undefined".to_owned(),
        Some(Value::String(text)) => text.clone(),
        Some(Value::Object(_)) => "[object Object]".to_owned(),
        Some(Value::Array(elements)) => {
            elements.iter().map(|element| text(Some(element))).collect::<Vec<_>>().join(",")
        }
        Some(other) => other.to_string(),
    }
}

/// Whether a value counts as true.
pub(super) fn truthy(value: Option<&Value>) -> bool {
    match value {
        None | Some(Value::Null | Value::Bool(false)) => false,
        Some(Value::String(text)) => !text.is_empty(),
        Some(Value::Number(number)) => number.as_f64() != Some(0.0),
        Some(Value::Bool(true) | Value::Array(_) | Value::Object(_)) => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_doubles() {
        let text = |bytes: &str| String::from_utf8(stringify(&parse(bytes.as_bytes()).unwrap())).unwrap();
        assert_eq!(text("[1.0, 0.5, 12345678901234567890, 1e2]"), "[1,0.5,1.2345678901234567e+19,100]");
    }

    #[test]
    fn texts_are_read_as_numbers() {
        let read: Vec<Option<f64>> = ["300", " 3e2 ", "0x10", "", "abc", "1px"].map(number).to_vec();
        assert_eq!(read, [Some(300.0), Some(300.0), Some(16.0), Some(0.0), None, None]);
        assert_eq!([leading_whole("7s"), leading_whole("-2"), leading_whole("x")], [Some(7), Some(-2), None]);
    }

    #[test]
    fn values_stand_in_templates() {
        let list = serde_json::json!(["a", {"b": 1}, null, 2]);
        assert_eq!(text(Some(&list)), "a,[object Object],null,2");
    }
}
