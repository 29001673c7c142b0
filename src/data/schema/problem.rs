//! What a validator found, as problems at the keys and values that caused it.

use jsonschema::ValidationError;
use jsonschema::error::{TypeKind, ValidationErrorKind as Kind};
use serde_json::Value as Json;

use super::{Completeness, hint, shape};
use crate::data::{Member, Node, Number, Path, Step, Value};
use crate::diagnostics::{Code, Problem, nearest};
use crate::source::Span;

/// Turns the errors for one value into problems.
pub(super) struct Judge<'a> {
    pub(super) root: &'a Json,
    pub(super) node: &'a Node,
    /// Where the value stands in the whole.
    pub(super) at: &'a Path,
    pub(super) whole: Completeness,
}

/// A place inside the value.
struct Place<'a> {
    /// The way from the root of the whole.
    path: Path,
    node: &'a Node,
    /// The member whose value it is.
    member: Option<&'a Member>,
}

/// What is wrong, and how far it is from what was meant.
struct Finding {
    problem: Problem,
    /// How deep the place is.
    depth: usize,
    /// The keys that lack, where that is the problem.
    lacking: Vec<String>,
    /// The types or values that would be taken, where that is the problem.
    wanted: Wanted,
}

/// What would be taken in place of a value.
#[derive(Clone, Debug, PartialEq)]
enum Wanted {
    Nothing,
    Types(Vec<&'static str>),
    Values(Vec<Json>),
}

impl Judge<'_> {
    pub(super) fn problems<'i>(&self, errors: impl Iterator<Item = ValidationError<'i>>) -> Vec<Problem> {
        let mut findings: Vec<Finding> = errors.flat_map(|error| self.findings(&error)).collect();
        findings.sort_by_key(|finding| (finding.problem.span, finding.problem.code));
        let mut merged: Vec<Finding> = Vec::new();
        for finding in findings {
            match merged.last_mut().filter(|last| last.problem.span == finding.problem.span) {
                Some(last) if last.problem.code == Code::MissingKey && !finding.lacking.is_empty() => {
                    last.lacking.extend(finding.lacking);
                }
                // Two errors at one place have one cause; the more telling code sorts first.
                Some(last)
                    if last.problem.code == finding.problem.code || last.problem.code == Code::WrongType => {}
                _ => merged.push(finding),
            }
        }
        let unknown: Vec<(Span, String)> = merged
            .iter()
            .filter_map(|finding| finding.problem.fix.clone().map(|fix| (finding.problem.span, fix)))
            .collect();
        let problems = merged.into_iter().filter_map(|finding| finished(finding, &unknown));
        problems.collect()
    }

    /// The place an error speaks of; none where it lies outside of the value, or in what is left open.
    fn place(&self, pointer: &str) -> Option<Place<'_>> {
        let mut steps = pointer.split('/').skip(1).map(|step| step.replace("~1", "/").replace("~0", "~"));
        for step in &self.at.0 {
            let fits = match step {
                Step::Key(key) => steps.next()? == *key,
                Step::Index(index) => steps.next()?.parse::<usize>().ok()? == (*index).min(super::ELEMENTS),
            };
            if !fits {
                return None;
            }
        }
        let mut place = Place { path: self.at.clone(), node: self.node, member: None };
        for step in steps {
            match &place.node.value {
                Value::Object(_) => {
                    place.member = Some(place.node.member(&step)?);
                    place.node = place.member.map(|member| &member.value)?;
                    place.path.0.push(Step::Key(step));
                }
                Value::Array(elements) => {
                    let index = step.parse().ok()?;
                    place.member = None;
                    place.node = elements.get(index)?;
                    place.path.0.push(Step::Index(index));
                }
                _ => return None,
            }
        }
        (place.node.value != Value::Elided).then_some(place)
    }

    fn findings(&self, error: &ValidationError) -> Vec<Finding> {
        match error.kind() {
            Kind::AnyOf { context } | Kind::OneOfNotValid { context } => return self.meant(error, context),
            Kind::OneOfMultipleValid { .. } if self.whole == Completeness::Fragment => return Vec::new(),
            _ => {}
        }
        let Some(place) = self.place(error.instance_path().as_str()) else { return Vec::new() };
        match error.kind() {
            Kind::AdditionalProperties { unexpected } | Kind::UnevaluatedProperties { unexpected } => {
                unexpected.iter().filter_map(|key| self.unknown_key(&place, key, error)).collect()
            }
            Kind::PropertyNames { error: inner } => wrong_name(&place, inner).into_iter().collect(),
            Kind::Required { property } => self.missing(&place, property).into_iter().collect(),
            Kind::Type { kind } => vec![wrong_type(&place, types(kind))],
            Kind::Enum { options } => {
                vec![wrong_value(&place, options.as_array().cloned().unwrap_or_default())]
            }
            Kind::Constant { expected_value } => {
                vec![wrong_value(&place, vec![expected_value.as_ref().clone()])]
            }
            Kind::FalseSchema => vec![refused(&place)],
            _ => bounds(&place, error, self.whole).into_iter().collect(),
        }
    }

    /// The findings of the alternative that was meant; none where one of them holds with what is left open.
    fn meant(&self, error: &ValidationError, context: &[Vec<ValidationError<'static>>]) -> Vec<Finding> {
        let pointer = error.instance_path().as_str();
        let Some(place) = self.place(pointer) else {
            return self.meant_above(context);
        };
        let here = place.path.0.len();
        let mut branches = Vec::new();
        for errors in context {
            let findings: Vec<Finding> = errors.iter().flat_map(|error| self.findings(error)).collect();
            if findings.is_empty() {
                return Vec::new();
            }
            branches.push(findings);
        }
        if branches.is_empty() {
            return vec![Finding::new(
                &place,
                Problem::new(
                    Code::Schema,
                    place.node.span,
                    format!("{} fits none of the forms that are taken", place.name()),
                ),
            )];
        }
        let rests_on_self = |findings: &Vec<Finding>| {
            findings.iter().any(|finding| finding.depth == here && finding.wanted != Wanted::Nothing)
        };
        if branches.iter().all(rests_on_self) {
            return vec![one_of_all(&place, &branches)];
        }
        let rank = |findings: &Vec<Finding>| {
            let told_apart = findings
                .iter()
                .filter(|finding| {
                    finding.depth == here + 1
                        && matches!(&finding.wanted, Wanted::Values(values) if values.len() == 1)
                })
                .count();
            let deepest = findings.iter().map(|finding| finding.depth).max().unwrap_or_default();
            (rests_on_self(findings), told_apart, findings.len(), usize::MAX - deepest)
        };
        let tags: Vec<Json> = shared_tags(&branches, here + 1);
        let mut branches: Vec<_> = branches.into_iter().collect();
        branches.sort_by_key(rank);
        let mut chosen = branches.into_iter().next().unwrap_or_default();
        // Where every alternative is told by a value and none has it, all their values would be taken.
        if tags.len() > 1
            && let Some(tag) = chosen
                .iter()
                .position(|finding| finding.depth == here + 1 && matches!(finding.wanted, Wanted::Values(_)))
        {
            let span = chosen.swap_remove(tag).problem.span;
            if let Some(member) = place.node.members().iter().find(|member| member.value.span == span) {
                let mut path = place.path.clone();
                path.0.push(Step::Key(member.key.clone()));
                let inner = Place { path, node: &member.value, member: Some(member) };
                return vec![wrong_value(&inner, tags)];
            }
        }
        chosen
    }

    /// An alternative above a fragment: it holds where the fragment holds in one of its branches.
    fn meant_above(&self, context: &[Vec<ValidationError<'static>>]) -> Vec<Finding> {
        let mut best: Option<Vec<Finding>> = None;
        for errors in context {
            let refuses_the_way = errors.iter().any(|error| {
                let above = self.place(error.instance_path().as_str()).is_none();
                above
                    && !matches!(
                        error.kind(),
                        Kind::Required { .. } | Kind::AnyOf { .. } | Kind::OneOfNotValid { .. }
                    )
            });
            if refuses_the_way {
                continue;
            }
            let findings: Vec<Finding> = errors.iter().flat_map(|error| self.findings(error)).collect();
            if best.as_ref().is_none_or(|best| findings.len() < best.len()) {
                best = Some(findings);
            }
        }
        best.unwrap_or_default()
    }

    fn unknown_key(&self, place: &Place, key: &str, error: &ValidationError) -> Option<Finding> {
        let member = place.node.member(key)?;
        let pointer = error.evaluation_path().as_str();
        let form = pointer.rsplit_once('/').and_then(|(form, _)| shape::through(self.root, form));
        let unevaluated = matches!(error.kind(), Kind::UnevaluatedProperties { .. });
        let forms = match form {
            Some(form) if !unevaluated => vec![form],
            _ => shape::at(self.root, &place.path),
        };
        let known: Vec<&str> = forms.iter().flat_map(|form| shape::names(form)).collect();
        let free: Vec<&str> = known.iter().copied().filter(|name| place.node.get(name).is_none()).collect();
        let message = format!("`{key}` is not a key of {}", place.owner());
        let mut problem = Problem::new(Code::UnknownKey, member.key_span, message);
        problem = problem.label(match known.as_slice() {
            [] => "no key is taken here".to_owned(),
            few if few.len() <= 6 => {
                let keys: Vec<String> = few.iter().map(|name| format!("`{name}`")).collect();
                format!("the keys here are {}", listed(&keys, "and"))
            }
            _ => format!("not a key of {}", place.owner()),
        });
        let elsewhere = hint::elsewhere(self.root, &place.path, &forms, key);
        if let Some(near) = nearest(key, free.iter().copied()) {
            problem = problem.help(format!("write `{near}`"));
            if hint::is_certain(key, near)
                && let Some(fix) = hint::key_in_place(member, near)
            {
                problem = problem.fix(fix);
            }
        } else if let Some(help) = elsewhere {
            problem = problem.help(help);
        }
        Some(Finding { depth: place.path.0.len() + 1, ..Finding::new(place, problem) })
    }

    fn missing(&self, place: &Place, property: &Json) -> Option<Finding> {
        if self.whole == Completeness::Fragment {
            return None;
        }
        let key = property.as_str()?.to_owned();
        // The words are found when all that lacks is known.
        let problem = Problem::new(Code::MissingKey, place.opening(), place.owner());
        Some(Finding { lacking: vec![key], ..Finding::new(place, problem) })
    }
}

/// A problem of missing keys gets its words; one that follows from a misspelt key is taken out.
fn finished(finding: Finding, fixes: &[(Span, String)]) -> Option<Problem> {
    if finding.lacking.is_empty() {
        return Some(finding.problem);
    }
    let mut lacking = finding.lacking;
    lacking.sort();
    lacking.dedup();
    lacking.retain(|key| !fixes.iter().any(|(_, fix)| fix.trim_matches('"') == key));
    let keys: Vec<String> = lacking.iter().map(|key| format!("`{key}`")).collect();
    if keys.is_empty() {
        return None;
    }
    let noun = if keys.len() == 1 { "key" } else { "keys" };
    let message = format!("{} lacks the {noun} {}", finding.problem.message, listed(&keys, "and"));
    let label = format!("without {}", listed(&keys, "and"));
    Some(Problem { message, label: Some(label), ..finding.problem })
}

fn wrong_name(place: &Place, inner: &ValidationError) -> Option<Finding> {
    let key = inner.instance().as_str()?.to_owned();
    let member = place.node.member(&key)?;
    let mut problem =
        Problem::new(Code::UnknownKey, member.key_span, format!("`{key}` is not a key of {}", place.owner()));
    match inner.kind() {
        Kind::Enum { options } => {
            let options: Vec<&str> =
                options.as_array().into_iter().flatten().filter_map(Json::as_str).collect();
            if let Some(near) = nearest(&key, options.iter().copied()) {
                problem = problem.help(format!("write `{near}`"));
            }
            let shown: Vec<String> = options.iter().map(|option| format!("`{option}`")).collect();
            problem = problem.label(format!("the keys here are {}", listed(&shown, "and")));
        }
        Kind::Pattern { pattern } => problem = problem.label(format!("a key here matches `{pattern}`")),
        Kind::MinLength { .. } if key.is_empty() => problem = problem.label("a key here is not empty"),
        _ => problem = problem.label("the name is refused"),
    }
    Some(Finding { depth: place.path.0.len() + 1, ..Finding::new(place, problem) })
}

impl Finding {
    fn new(place: &Place, problem: Problem) -> Self {
        Self { problem, depth: place.path.0.len(), lacking: Vec::new(), wanted: Wanted::Nothing }
    }
}

impl Place<'_> {
    /// The place in a sentence.
    fn name(&self) -> String {
        if self.path.0.is_empty() { "the value".to_owned() } else { format!("`{}`", self.path) }
    }

    /// The object in a sentence.
    fn owner(&self) -> String {
        if self.path.0.is_empty() { "the top level".to_owned() } else { format!("`{}`", self.path) }
    }

    /// The key of an object, or its first brace or key where it has none.
    fn opening(&self) -> Span {
        let start = self.node.span.range().start;
        match (self.member, self.node.members().first()) {
            (Some(member), _) => member.key_span,
            (None, Some(first)) if first.key_span.range().start == start => first.key_span,
            _ if self.node.span.is_empty() => self.node.span,
            _ => Span::new(start, start + 1),
        }
    }
}

fn types(kind: &TypeKind) -> Vec<&'static str> {
    match kind {
        TypeKind::Single(one) => vec![hint::type_name(one.as_str())],
        TypeKind::Multiple(several) => several.iter().map(|one| hint::type_name(one.as_str())).collect(),
    }
}

fn wrong_type(place: &Place, mut wanted: Vec<&'static str>) -> Finding {
    wanted.dedup();
    let found = match &place.node.value {
        Value::Null | Value::Elided => "`null`",
        Value::Bool(_) => "a boolean",
        Value::Number(Number::Integer(_)) => "an integer",
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

fn wrong_value(place: &Place, mut options: Vec<Json>) -> Finding {
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
    if let Some(near) = place.node.as_str().and_then(|text| nearest(text, words)) {
        problem = problem.help(format!("write `{near}`"));
        if place.node.as_str().is_some_and(|text| hint::is_certain(text, near)) {
            problem = problem.fix(Json::from(near).to_string());
        }
    }
    Finding { wanted: Wanted::Values(options), ..Finding::new(place, problem) }
}

fn refused(place: &Place) -> Finding {
    let span = place.member.map_or(place.node.span, |member| member.key_span);
    Finding::new(place, Problem::new(Code::UnknownKey, span, format!("{} is not allowed", place.name())))
}

/// The one finding where every alternative refuses the value as such.
fn one_of_all(place: &Place, branches: &[Vec<Finding>]) -> Finding {
    let mut values: Vec<Json> = Vec::new();
    let mut types: Vec<&'static str> = Vec::new();
    for finding in branches.iter().flatten() {
        match &finding.wanted {
            Wanted::Values(some) => values.extend(some.iter().cloned()),
            Wanted::Types(some) => types.extend(some),
            Wanted::Nothing => {}
        }
    }
    let by_value = values.iter().any(|option| hint::same_type(option, &place.node.value));
    let mut seen = Vec::new();
    values.retain(|value| {
        !seen.contains(value) && {
            seen.push(value.clone());
            true
        }
    });
    if types.is_empty() || by_value {
        return wrong_value(place, values);
    }
    let mut seen = Vec::new();
    types.retain(|name| {
        !seen.contains(name) && {
            seen.push(*name);
            true
        }
    });
    for value in &values {
        let name = hint::type_name(hint::type_of(value));
        if !types.contains(&name) {
            types.push(name);
        }
    }
    wrong_type(place, types)
}

/// The values by which all alternatives are told apart, where they are told by one member.
fn shared_tags(branches: &[Vec<Finding>], depth: usize) -> Vec<Json> {
    let mut spans = Vec::new();
    let mut tags = Vec::new();
    for findings in branches {
        let tag = findings.iter().find_map(|finding| match &finding.wanted {
            Wanted::Values(values) if finding.depth == depth => Some((finding.problem.span, values.clone())),
            _ => None,
        });
        // An alternative of another type than the value was not meant.
        let other_type =
            findings.iter().any(|finding| finding.depth < depth && finding.wanted != Wanted::Nothing);
        match tag {
            Some((span, values)) => {
                spans.push(span);
                tags.extend(values);
            }
            None if other_type => {}
            None => return Vec::new(),
        }
    }
    spans.dedup();
    if spans.len() == 1 { tags } else { Vec::new() }
}

/// A value outside of bounds, or refused for another reason.
fn bounds(place: &Place, error: &ValidationError, whole: Completeness) -> Option<Finding> {
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
fn listed(items: &[String], last: &str) -> String {
    match items {
        [] => String::new(),
        [one] => one.clone(),
        [first @ .., end] => format!("{} {last} {end}", first.join(", ")),
    }
}
