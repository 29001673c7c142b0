//! Which of several alternatives was meant, where a value fits none.

use jsonschema::ValidationError;
use jsonschema::error::ValidationErrorKind as Kind;
use serde_json::Value as Json;

use super::finding::{Finding, Place, Wanted, wrong_type, wrong_value};
use super::hint;
use super::problem::Judge;
use crate::data::Step;
use crate::diagnostics::{Code, Problem};

impl Judge<'_> {
    /// The findings of the alternative that was meant; none where one of them holds with what is left open.
    pub(super) fn meant(
        &self,
        error: &ValidationError,
        context: &[Vec<ValidationError<'static>>],
    ) -> Vec<Finding> {
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
