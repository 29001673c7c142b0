//! Values against a JSON Schema, with what is wrong said at the key or value it is about.

mod alternative;
mod finding;
mod hint;
mod problem;
mod repair;
mod shape;
#[cfg(test)]
mod tests;

use std::sync::OnceLock;

pub use repair::{Repair, RepairKind};
use serde_json::{Map, Value as Json};

use self::problem::Judge;
use super::{Node, Path, Step};
use crate::diagnostics::Problem;

/// Steps that one pattern may take back; a pattern that needs more is refused for the value at hand.
const BACKTRACKS: usize = 100_000;

/// Indexes in a way beyond this are read as this; the elements before it would have to be made up.
const ELEMENTS: usize = 64;

/// A JSON Schema, ready to judge.
#[derive(Debug)]
pub struct Schema {
    root: Json,
    validator: jsonschema::Validator,
    places: OnceLock<Vec<shape::Place>>,
}

/// Why a schema cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// It is no valid schema, or refers to something outside.
    #[error("the schema cannot be used at `{place}`: {message}")]
    Invalid {
        /// Where in the schema, as a JSON pointer.
        place: String,
        /// What is wrong there.
        message: String,
    },
}

/// Whether a value is all there is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Completeness {
    /// A whole configuration, in which nothing required may lack.
    Whole,
    /// A piece or a sketch; what lacks may stand elsewhere.
    Fragment,
}

impl Schema {
    /// Makes a schema ready, after putting right what is known to be wrong in schemas that programs print.
    pub fn compile(schema: &Json) -> Result<(Self, Vec<Repair>), Error> {
        let (root, repairs) = repair::repaired(schema);
        let patterns = jsonschema::PatternOptions::fancy_regex().backtrack_limit(BACKTRACKS);
        let validator =
            jsonschema::options().with_pattern_options(patterns).build(&root).map_err(|error| {
                Error::Invalid {
                    place: error.instance_path().to_string(),
                    message: error.masked().to_string(),
                }
            })?;
        Ok((Self { root, validator, places: OnceLock::new() }, repairs))
    }

    /// What is wrong in a value that stands at `at`; an empty way means that it is the whole document.
    /// What is left open is never wrong.
    pub fn check(&self, node: &Node, at: &Path, whole: Completeness) -> Vec<Problem> {
        let instance = wrapped(node.to_json(), at);
        let judge = Judge { root: &self.root, node, at, whole };
        judge.problems(self.validator.iter_errors(&instance))
    }

    /// Whether the schema says something about this place; `*` stands for any key of a map.
    pub fn knows(&self, path: &Path) -> bool {
        let mut forms = shape::forms(&self.root, &self.root);
        for step in &path.0 {
            let next = shape::step(&self.root, &forms, step);
            if next.is_empty() {
                // Below a value that may be anything every place is known.
                return !path.0.is_empty()
                    && forms.iter().all(|form| shape::is_open(form))
                    && !forms.is_empty();
            }
            forms = next;
        }
        true
    }

    /// The keys at the top, by name.
    pub fn keys(&self) -> impl Iterator<Item = &str> {
        shape::forms(&self.root, &self.root).into_iter().flat_map(shape::names)
    }

    /// The places where an object may have all these keys by name, the nearest to the root first;
    /// `*` stands for any key of a map, index 0 for any element.
    pub fn places_of(&self, keys: &[&str]) -> Vec<Path> {
        let places = self.places.get_or_init(|| shape::places(&self.root));
        let fitting = places.iter().filter(|place| keys.iter().all(|key| place.keys.contains(*key)));
        let mut found: Vec<Path> = fitting.map(|place| place.path.clone()).collect();
        found.dedup();
        found
    }
}

/// The value inside of empty objects and lists, so that it stands at its place.
fn wrapped(value: Json, at: &Path) -> Json {
    at.0.iter().rev().fold(value, |inner, step| match step {
        Step::Key(key) => Json::Object(Map::from_iter([(key.clone(), inner)])),
        Step::Index(index) => {
            let mut elements = vec![Json::Null; *index.min(&ELEMENTS)];
            elements.push(inner);
            Json::Array(elements)
        }
    })
}
