//! What a body may say at an endpoint: what it has against tables of types, bounds and closed sets.

mod tables;

use serde_json::Value;

use self::tables::{Kind, Object, Parameter};
use super::{Dialect, Endpoint};
use crate::data::{Path, Step};
use crate::diagnostics::nearest;

/// What is wrong with a parameter.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::gateway) struct Complaint {
    /// Where.
    pub(in crate::gateway) path: Path,
    /// What.
    pub(in crate::gateway) fault: Fault,
}

/// A kind of mistake in a parameter.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::gateway) enum Fault {
    /// It is not there.
    Missing,
    /// It is of another type.
    Type {
        /// The types that are taken, in words: `a string`.
        wanted: String,
        /// The type that it has.
        found: &'static str,
    },
    /// It is below the least.
    Below {
        /// The least.
        bound: f64,
        /// The value.
        value: f64,
        /// Whether only whole numbers are taken.
        whole: bool,
    },
    /// It is above the most.
    Above {
        /// The most.
        bound: f64,
        /// The value.
        value: f64,
        /// Whether only whole numbers are taken.
        whole: bool,
    },
    /// It is not in the closed set.
    Value {
        /// The value.
        value: String,
        /// The set.
        known: Vec<String>,
    },
    /// It is an empty list.
    Empty,
    /// It is a list with more elements than are taken.
    TooMany {
        /// The most.
        most: usize,
        /// How many it has.
        length: usize,
    },
    /// It is not known.
    Unknown {
        /// The parameter that was probably meant.
        near: Option<String>,
    },
    /// It does not go with the rest of the body.
    Rule(Box<Rule>),
}

/// A rule between members, which no table of types can hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::gateway) struct Rule {
    /// What the provider says.
    pub(in crate::gateway) said: String,
    /// The code that the provider gives it.
    pub(in crate::gateway) code: Option<&'static str>,
    /// The parameter that the provider names, where it is not the place of the mistake.
    pub(in crate::gateway) param: Option<String>,
    /// What we say.
    pub(in crate::gateway) message: String,
    /// What to do.
    pub(in crate::gateway) help: String,
}

/// What is wrong with a body, what is nearest to its top first; `also` names the parameters that the provider takes beside
/// those of the dialect.
pub(in crate::gateway) fn check(endpoint: Endpoint, body: &Value, also: &[String]) -> Vec<Complaint> {
    let Some(table) = tables::of(endpoint) else { return Vec::new() };
    let mut check = Check {
        camel: endpoint.dialect() == Dialect::Google,
        text: endpoint.takes_form(),
        complaints: Vec::new(),
    };
    check.object(body, table, also, &At::Root);
    super::conversation::check(endpoint, body, &mut check.complaints);
    super::strict::check(endpoint, body, &mut check.complaints);
    check.complaints.sort_by_key(|complaint| complaint.path.0.len());
    check.complaints
}

/// A place in a body, which is only written out where something is wrong.
#[derive(Clone, Copy, Debug)]
enum At<'a> {
    Root,
    Key(&'a At<'a>, &'a str),
    Index(&'a At<'a>, usize),
}

impl At<'_> {
    fn path(&self) -> Path {
        match self {
            Self::Root => Path::default(),
            Self::Key(parent, key) => step(&parent.path(), key),
            Self::Index(parent, index) => {
                let mut path = parent.path();
                path.0.push(Step::Index(*index));
                path
            }
        }
    }
}

/// A walk through a body.
struct Check {
    /// Whether a name may also be written with underscores, as Google takes it.
    camel: bool,
    /// Whether all values are texts, as in a form.
    text: bool,
    complaints: Vec<Complaint>,
}

impl Check {
    fn complain(&mut self, at: &At, fault: Fault) {
        self.complaints.push(Complaint { path: at.path(), fault });
    }

    fn object(&mut self, value: &Value, table: &Object, also: &[String], at: &At) {
        let Some(members) = value.as_object() else { return };
        let (table, chosen) = match &table.by {
            None => (table, None),
            Some(by) => match self.case(value, table, by, at) {
                Some(case) => (case, Some(by.as_str())),
                None => return,
            },
        };
        for parameter in table.keys.iter().filter(|parameter| parameter.required) {
            if !members.keys().any(|key| self.is_name(key, &parameter.name)) {
                self.complain(&At::Key(at, &parameter.name), Fault::Missing);
            }
        }
        for (key, member) in members {
            let here = At::Key(at, key);
            let known = table.key(key).or_else(|| {
                let camel = if self.camel { camel_of(key)? } else { return None };
                table.key(&camel)
            });
            match known {
                Some(parameter) => self.one(member, parameter, &here),
                None if table.open || Some(key.as_str()) == chosen || also.contains(key) => {}
                None => {
                    let known = table.keys.iter().map(|parameter| parameter.name.as_str());
                    let near = nearest(key, known.chain(also.iter().map(String::as_str))).map(str::to_owned);
                    self.complain(&here, Fault::Unknown { near });
                }
            }
        }
    }

    /// The case that the member `by` chooses.
    fn case<'a>(&mut self, value: &Value, table: &'a Object, by: &str, at: &At) -> Option<&'a Object> {
        let here = At::Key(at, by);
        let chosen = match value.get(by) {
            Some(Value::String(chosen)) => chosen.as_str(),
            None | Some(Value::Null) => {
                let Some(usual) = &table.usual else {
                    self.complain(&here, Fault::Missing);
                    return None;
                };
                usual.as_str()
            }
            Some(other) => {
                let fault = Fault::Type { wanted: "a string".to_owned(), found: kind_of(other) };
                self.complain(&here, fault);
                return None;
            }
        };
        let case = table.case(chosen);
        if case.is_none() && !table.open {
            let known = table.cases.iter().map(|(name, _)| name.clone()).collect();
            self.complain(&here, Fault::Value { value: chosen.to_owned(), known });
        }
        case
    }

    fn one(&mut self, value: &Value, parameter: &Parameter, at: &At) {
        if value.is_null() && parameter.null {
            return;
        }
        if self.text && value.is_string() && !parameter.kinds.contains(&Kind::String) {
            return self.written(value, parameter, at);
        }
        if !parameter.kinds.is_empty() && !parameter.kinds.iter().any(|kind| kind.takes(value)) {
            let wanted = parameter.kinds.iter().map(|kind| kind.in_words()).collect::<Vec<_>>().join(" or ");
            return self.complain(at, Fault::Type { wanted, found: kind_of(value) });
        }
        match value {
            Value::Number(number) => {
                let number = number.as_f64().unwrap_or_default();
                let whole = parameter.kinds.contains(&Kind::Integer);
                if let Some(bound) = parameter.minimum.filter(|bound| number < *bound) {
                    self.complain(at, Fault::Below { bound, value: number, whole });
                } else if let Some(bound) = parameter.maximum.filter(|bound| number > *bound) {
                    self.complain(at, Fault::Above { bound, value: number, whole });
                }
            }
            Value::String(text) if !parameter.values.is_empty() && !parameter.values.contains(text) => {
                self.complain(at, Fault::Value { value: text.clone(), known: parameter.values.clone() });
            }
            Value::Array(elements) => self.list(elements, parameter, at),
            Value::Object(members) => {
                if let Some(object) = parameter.inside.object() {
                    self.object(value, object, &[], at);
                }
                if let Some(each) = &parameter.each {
                    for (key, member) in members {
                        self.one(member, each, &At::Key(at, key));
                    }
                }
            }
            Value::String(_) | Value::Null | Value::Bool(_) => {}
        }
    }

    fn list(&mut self, elements: &[Value], parameter: &Parameter, at: &At) {
        if parameter.least.is_some_and(|least| elements.len() < least) {
            self.complain(at, Fault::Empty);
        }
        if let Some(most) = parameter.most.filter(|most| elements.len() > *most) {
            self.complain(at, Fault::TooMany { most, length: elements.len() });
        }
        for (index, element) in elements.iter().enumerate() {
            if let Some(items) = &parameter.items {
                self.one(element, items, &At::Index(at, index));
            }
        }
    }

    /// A value of a form, which is read out of its text.
    fn written(&mut self, value: &Value, parameter: &Parameter, at: &At) {
        let read: Option<Value> = value.as_str().and_then(|text| serde_json::from_str(text).ok());
        match read {
            Some(read) if !read.is_string() => self.one(&read, parameter, at),
            _ if parameter.kinds.is_empty() => {}
            _ => {
                let wanted =
                    parameter.kinds.iter().map(|kind| kind.in_words()).collect::<Vec<_>>().join(" or ");
                self.complain(at, Fault::Type { wanted, found: kind_of(value) });
            }
        }
    }

    fn is_name(&self, key: &str, name: &str) -> bool {
        key == name || (self.camel && camel_of(key).is_some_and(|camel| camel == name))
    }
}

/// A name with underscores as Google's own documentation writes it; none where it has none.
fn camel_of(key: &str) -> Option<String> {
    key.contains('_').then(|| {
        let mut words = key.split('_');
        let mut camel = words.next().unwrap_or_default().to_owned();
        for word in words {
            let mut letters = word.chars();
            camel.extend(letters.next().map(|first| first.to_ascii_uppercase()));
            camel.push_str(letters.as_str());
        }
        camel
    })
}

/// One step further.
pub(super) fn step(at: &Path, key: &str) -> Path {
    let mut path = at.clone();
    path.0.push(Step::Key(key.to_owned()));
    path
}

/// The type of a value, as OpenAI calls it.
pub(super) fn kind_of(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "a boolean",
        Value::Number(number) if number.is_f64() => "a decimal number",
        Value::Number(_) => "an integer",
        Value::String(_) => "a string",
        Value::Array(_) => "an array",
        Value::Object(_) => "an object",
    }
}

#[cfg(test)]
mod tests;
