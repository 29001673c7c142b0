//! What a validator found, as problems at the keys and values that caused it.

use jsonschema::ValidationError;
use jsonschema::error::ValidationErrorKind as Kind;
use serde_json::Value as Json;

use super::finding::{self, Finding, Place, listed};
use super::{Completeness, hint, shape};
use crate::data::{Node, Path, Step, Value};
use crate::diagnostics::{Code, Problem, nearest};

/// Unknown keys of one object beyond this many are not said; the object is another one than was meant.
const UNKNOWN: usize = 20;

/// Turns the errors for one value into problems.
pub(super) struct Judge<'a> {
    pub(super) root: &'a Json,
    pub(super) node: &'a Node,
    /// Where the value stands in the whole.
    pub(super) at: &'a Path,
    pub(super) whole: Completeness,
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
        let meant: Vec<String> = merged.iter().filter_map(|finding| finding.meant.clone()).collect();
        merged.into_iter().filter_map(|finding| finished(finding, &meant)).collect()
    }

    /// The place an error speaks of; none where it lies outside of the value, or in what is left open.
    pub(super) fn place(&self, pointer: &str) -> Option<Place<'_>> {
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

    pub(super) fn findings(&self, error: &ValidationError) -> Vec<Finding> {
        match error.kind() {
            Kind::AnyOf { context } | Kind::OneOfNotValid { context } => return self.meant(error, context),
            Kind::OneOfMultipleValid { .. } if self.whole == Completeness::Fragment => return Vec::new(),
            _ => {}
        }
        let Some(place) = self.place(error.instance_path().as_str()) else { return Vec::new() };
        match error.kind() {
            Kind::AdditionalProperties { unexpected } | Kind::UnevaluatedProperties { unexpected } => {
                unexpected
                    .iter()
                    .take(UNKNOWN)
                    .filter_map(|key| self.unknown_key(&place, key, error))
                    .collect()
            }
            Kind::PropertyNames { error: inner } => wrong_name(&place, inner).into_iter().collect(),
            Kind::Required { property } => self.missing(&place, property).into_iter().collect(),
            Kind::Type { kind } => vec![finding::wrong_type(&place, finding::types(kind))],
            Kind::Enum { options } => {
                vec![finding::wrong_value(&place, options.as_array().cloned().unwrap_or_default())]
            }
            Kind::Constant { expected_value } => {
                vec![finding::wrong_value(&place, vec![expected_value.as_ref().clone()])]
            }
            Kind::FalseSchema => vec![finding::refused(&place)],
            _ => finding::bounds(&place, error, self.whole).into_iter().collect(),
        }
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
        let near = nearest(key, free.iter().copied());
        let certain = near.filter(|near| {
            let target = shape::step(self.root, &forms, &Step::Key((*near).to_owned()));
            hint::is_certain(key, near) && hint::fit(self.root, &target, &member.value) >= 0
        });
        let elsewhere =
            if certain.is_some() { None } else { hint::elsewhere(self.root, &place.path, &forms, member) };
        if let Some(help) = elsewhere.or_else(|| near.map(|near| format!("write `{near}`"))) {
            problem = problem.help(help);
        }
        if let Some(fix) = certain.and_then(|near| hint::key_in_place(member, near)) {
            problem = problem.fix(fix);
        }
        let meant = near.map(str::to_owned);
        Some(Finding { depth: place.path.0.len() + 1, meant, ..Finding::new(place, problem) })
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
fn finished(finding: Finding, meant: &[String]) -> Option<Problem> {
    if finding.lacking.is_empty() {
        return Some(finding.problem);
    }
    let mut lacking = finding.lacking;
    lacking.sort();
    lacking.dedup();
    lacking.retain(|key| !meant.contains(key));
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
