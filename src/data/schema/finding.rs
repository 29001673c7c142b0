//! One thing that is wrong with a value, and its words.

use jsonschema::ValidationError;
use jsonschema::error::{TypeKind, ValidationErrorKind as Kind};
use serde_json::Value as Json;

use super::{Completeness, hint};
use crate::data::{Member, Node, Number, Path, Value};
use crate::diagnostics::{Code, Problem, nearest};
use crate::source::Span;

/// A place inside the value.
pub(super) struct Place<'a> {
    /// The way from the root of the whole.
    pub(super) path: Path,
    pub(super) node: &'a Node,
    /// The member whose value it is.
    pub(super) member: Option<&'a Member>,
}

/// What is wrong, and how far it is from what was meant.
pub(super) struct Finding {
    pub(super) problem: Problem,
    /// How deep the place is.
    pub(super) depth: usize,
    /// The keys that lack, where that is the problem.
    pub(super) lacking: Vec<String>,
    /// The key that was probably meant, where a key is unknown.
    pub(super) meant: Option<String>,
    /// The types or values that would be taken, where that is the problem.
    pub(super) wanted: Wanted,
}

/// What would be taken in place of a value.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Wanted {
    Nothing,
    Types(Vec<&'static str>),
    Values(Vec<Json>),
}

impl Finding {
    pub(super) fn new(place: &Place, problem: Problem) -> Self {
        Self { problem, depth: place.path.0.len(), lacking: Vec::new(), meant: None, wanted: Wanted::Nothing }
    }
}

impl Place<'_> {
    /// The place in a sentence.
    pub(super) fn name(&self) -> String {
        if self.path.0.is_empty() { "the value".to_owned() } else { format!("`{}`", self.path) }
    }

    /// The object in a sentence.
    pub(super) fn owner(&self) -> String {
        if self.path.0.is_empty() { "the top level".to_owned() } else { format!("`{}`", self.path) }
    }

    /// The key of an object, or its first brace or key where it has none.
    pub(super) fn opening(&self) -> Span {
        let start = self.node.span.range().start;
        match (self.member, self.node.members().first()) {
            (Some(member), _) => member.key_span,
            (None, Some(first)) if first.key_span.range().start == start => first.key_span,
            _ if self.node.span.is_empty() => self.node.span,
            _ => Span::new(start, start + 1),
        }
    }
}

pub(super) fn types(kind: &TypeKind) -> Vec<&'static str> {
    match kind {
        TypeKind::Single(one) => vec![hint::type_name(one.as_str())],
        TypeKind::Multiple(several) => several.iter().map(|one| hint::type_name(one.as_str())).collect(),
    }
}

pub(super) fn wrong_type(place: &Place, mut wanted: Vec<&'static str>) -> Finding {
    wanted.dedup();
    let found = match &place.node.value {
        Value::Null | Value::Elided => "`null`",
        Value::Bool(_) => "a boolean",
        Value::Number(Number::Integer(_)) => "an integer",
        Value::Number(Number::Float(number)) if !number.is_finite() => "a number beyond all bounds",
        Value::Number(Number::Float(_)) => "a number",
        Value::String(_) => "a string",
        Value::Array(_) => "an array",
        Value::Object(_) => "an object",
    };
    let names: Vec<String> = wanted.iter().map(|name| (*name).to_owned()).collect();
    let expected = listed(&names, "or");
    let span = hint::short(place.node);
    let message = format!("{} must be {expected}, not {found}", place.name());
    let mut problem =
        Problem::new(Code::WrongType, span, message).label(format!("expected {expected}, found {found}"));
    if let Some(fix) = hint::as_type(place.node, &wanted) {
        problem = problem.help(format!("write `{fix}`")).fix(fix);
    }
    Finding { wanted: Wanted::Types(wanted), ..Finding::new(place, problem) }
}

pub(super) fn wrong_value(place: &Place, mut options: Vec<Json>) -> Finding {
    options.dedup();
    let shown: Vec<String> =
        options.iter().take(12).map(|option| format!("`{}`", hint::plain(option))).collect();
    let rest = options.len().saturating_sub(shown.len());
    let expected =
        if rest > 0 { format!("{}, … ({rest} more)", shown.join(", ")) } else { listed(&shown, "or") };
    let fits_type = options.iter().any(|option| hint::same_type(option, &place.node.value));
    let span = hint::short(place.node);
    let mut problem = match (&place.node.value, fits_type) {
        (Value::String(text), true) => {
            Problem::new(Code::UnknownValue, span, format!("`{text}` is not a value of {}", place.name()))
        }
        (_, true) => Problem::new(Code::UnknownValue, span, format!("{} must be {expected}", place.name())),
        (_, false) => Problem::new(Code::WrongType, span, format!("{} must be {expected}", place.name())),
    };
    problem = problem.label(format!("expected {expected}"));
    let words: Vec<&str> = options.iter().filter_map(Json::as_str).collect();
    let begun = |text: &str| words.iter().copied().find(|word| text.len() > 2 && word.starts_with(text));
    if let Some(near) =
        place.node.as_str().and_then(|text| nearest(text, words.iter().copied()).or_else(|| begun(text)))
    {
        problem = problem.help(format!("write `{near}`"));
        if place.node.as_str().is_some_and(|text| hint::is_certain(text, near)) {
            problem = problem.fix(Json::from(near).to_string());
        }
    }
    Finding { wanted: Wanted::Values(options), ..Finding::new(place, problem) }
}

pub(super) fn refused(place: &Place) -> Finding {
    let span = place.member.map_or(place.node.span, |member| member.key_span);
    Finding::new(place, Problem::new(Code::UnknownKey, span, format!("{} is not allowed", place.name())))
}

/// A value outside of bounds, or refused for another reason.
pub(super) fn bounds(place: &Place, error: &ValidationError, whole: Completeness) -> Option<Finding> {
    let open = place.node.elements().iter().any(|element| element.value == Value::Elided);
    let told = match error.kind() {
        Kind::MinProperties { .. } if whole == Completeness::Fragment => return None,
        Kind::MinItems { .. } | Kind::UniqueItems | Kind::Contains if open => return None,
        Kind::Minimum { limit } => Some(format!("at least {limit}")),
        Kind::Maximum { limit } => Some(format!("at most {limit}")),
        Kind::ExclusiveMinimum { limit } => Some(format!("more than {limit}")),
        Kind::ExclusiveMaximum { limit } => Some(format!("less than {limit}")),
        Kind::MultipleOf { multiple_of } => Some(format!("a multiple of {multiple_of}")),
        Kind::MinLength { limit: 1 } => Some("a text that is not empty".to_owned()),
        Kind::MinLength { limit } => Some(format!("at least {limit} characters long")),
        Kind::MaxLength { limit } => Some(format!("at most {limit} characters long")),
        Kind::MinItems { limit: 1 } => Some("a list that is not empty".to_owned()),
        Kind::MinItems { limit } => Some(format!("a list of at least {limit}")),
        Kind::MaxItems { limit } => Some(format!("a list of at most {limit}")),
        Kind::AdditionalItems { limit } => Some(format!("a list of at most {limit}")),
        Kind::MinProperties { limit } => Some(format!("an object of at least {limit} keys")),
        Kind::MaxProperties { limit } => Some(format!("an object of at most {limit} keys")),
        Kind::Pattern { pattern } => Some(format!("a text that matches `{pattern}`")),
        Kind::Format { format } => Some(format!("a text of the form `{format}`")),
        Kind::UniqueItems => Some("a list without repetitions".to_owned()),
        _ => None,
    };
    let span = hint::short(place.node);
    let problem = if let Some(told) = told {
        Problem::new(Code::OutOfBounds, span, format!("{} must be {told}", place.name()))
            .label(format!("expected {told}"))
    } else {
        let message = format!("{} is refused by `{}` of the schema", place.name(), error.kind().keyword());
        Problem::new(Code::Schema, span, message)
    };
    Some(Finding::new(place, problem))
}

/// `a, b or c`.
pub(super) fn listed(items: &[String], last: &str) -> String {
    match items {
        [] => String::new(),
        [one] => one.clone(),
        [first @ .., end] => format!("{} {last} {end}", first.join(", ")),
    }
}
