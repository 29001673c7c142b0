//! Numbers as JSON and JSON5 write them.

use crate::data::Number;

/// The strictest syntax that reads a number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    Json,
    Json5,
}

/// The number a run of letters is, and the strictest syntax that reads it so.
pub(super) fn read(run: &str) -> Option<(Number, Form)> {
    if let Some(value) = constant(run) {
        return Some((Number::Float(value), Form::Json5));
    }
    let (sign, digits) = match run.as_bytes().first()? {
        b'-' => (-1, run.get(1..)?),
        b'+' => (1, run.get(1..)?),
        _ => (1, run),
    };
    let plus = if run.starts_with('+') { Form::Json5 } else { Form::Json };
    if let Some(digits) = digits.strip_prefix("0x").or_else(|| digits.strip_prefix("0X")) {
        return hexadecimal(sign, digits).map(|value| (value, Form::Json5));
    }
    let form = if decimal(digits)? == Form::Json { plus } else { Form::Json5 };
    let plain = run.strip_prefix('+').unwrap_or(run);
    let whole = digits.bytes().all(|digit| digit.is_ascii_digit()) && plain != "-0";
    let value = match plain.parse() {
        Ok(value) if whole => Number::Integer(value),
        _ => Number::Float(plain.parse().ok()?),
    };
    Some((value, form))
}

/// `Infinity` and `NaN`, with a sign or without.
pub(super) fn constant(run: &str) -> Option<f64> {
    match run {
        "Infinity" | "+Infinity" => Some(f64::INFINITY),
        "-Infinity" => Some(f64::NEG_INFINITY),
        "NaN" | "+NaN" | "-NaN" => Some(f64::NAN),
        _ => None,
    }
}

/// The number as JSON writes it; none for infinities and NaN.
pub(super) fn plain(number: Number) -> Option<String> {
    match number {
        Number::Integer(value) => Some(value.to_string()),
        Number::Float(value) => serde_json::Number::from_f64(value).map(|value| value.to_string()),
    }
}

fn hexadecimal(sign: i64, digits: &str) -> Option<Number> {
    if digits.is_empty() || !digits.bytes().all(|digit| digit.is_ascii_hexdigit()) {
        return None;
    }
    if let Ok(value) = i64::from_str_radix(digits, 16)
        && (value != 0 || sign > 0)
    {
        return Some(Number::Integer(sign * value));
    }
    let value = digits
        .chars()
        .filter_map(|digit| digit.to_digit(16))
        .fold(0.0, |sum, digit| sum * 16.0 + f64::from(digit));
    Some(Number::Float(if sign < 0 { -value } else { value }))
}

/// Whether digits with point and exponent are a number, and of which syntax.
fn decimal(digits: &str) -> Option<Form> {
    let (mantissa, exponent) = match digits.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, Some(exponent)),
        None => (digits, None),
    };
    let (whole, fraction) = match mantissa.split_once('.') {
        Some((whole, fraction)) => (whole, Some(fraction)),
        None => (mantissa, None),
    };
    let all_digits = |text: &str| text.bytes().all(|digit| digit.is_ascii_digit());
    let exponent_fits = exponent.is_none_or(|exponent| {
        let digits = exponent.strip_prefix(['+', '-']).unwrap_or(exponent);
        !digits.is_empty() && all_digits(digits)
    });
    let leading_zero = whole.len() > 1 && whole.starts_with('0');
    let empty = whole.is_empty() && fraction.is_none_or(str::is_empty);
    if !exponent_fits
        || !all_digits(whole)
        || !all_digits(fraction.unwrap_or_default())
        || leading_zero
        || empty
    {
        return None;
    }
    let loose = whole.is_empty() || fraction.is_some_and(str::is_empty);
    Some(if loose { Form::Json5 } else { Form::Json })
}
