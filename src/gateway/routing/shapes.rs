//! The parts that the rules for configs are made of: types, closed sets, and the issues where a value has another shape.

use crate::data::{Node, Number, Value};
use crate::diagnostics::{Code, Problem, nearest};

/// What keeps the gateway from accepting a config.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Issue {
    /// Where, in the gateway's spelling: `targets,0,weight`.
    pub(super) path: String,
    /// The gateway's message.
    pub(super) message: String,
    /// The same in our words, with its place.
    pub(super) problem: Problem,
}

/// A way into a config, as the gateway spells it in issues and in answers.
#[derive(Clone, Debug, Default)]
pub(super) struct Way {
    pub(super) issue: String,
    pub(super) target: String,
}

impl Way {
    pub(super) fn key(&self, key: impl std::fmt::Display) -> Self {
        let comma = if self.issue.is_empty() { "" } else { "," };
        Self { issue: format!("{}{comma}{key}", self.issue), target: self.target.clone() }
    }

    pub(super) fn target(&self, index: usize) -> Self {
        let issue = self.key("targets").key(index).issue;
        Self { issue, target: format!("{}.targets[{index}]", self.target) }
    }
}

pub(super) struct Reader {
    pub(super) edition: super::Edition,
    pub(super) issues: Vec<Issue>,
}

/// Whether a value has the shape that is wanted; a level whose shape is wrong is not judged as a whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Shape {
    Right,
    Wrong,
}

/// The shape of what a key holds beside texts and numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Wanted {
    /// A list of objects.
    Hooks,
    /// A list of objects, or a list of ids.
    Guardrails,
    /// An object of texts.
    Texts,
}

impl Shape {
    pub(super) fn and(self, other: Self) -> Self {
        if self == Self::Right { other } else { self }
    }
}

impl Reader {
    pub(super) fn refuse(&mut self, way: &Way, message: impl Into<String>, problem: Problem) {
        self.issues.push(Issue { path: way.issue.clone(), message: message.into(), problem });
    }

    pub(super) fn codes(&mut self, node: &Node, way: &Way) -> (Shape, Option<Vec<u16>>) {
        let Some(codes) = value(node, "on_status_codes") else { return (Shape::Right, None) };
        let way = way.key("on_status_codes");
        let Value::Array(elements) = &codes.value else {
            return (self.wrong_type(codes, &way, "array", "on_status_codes"), None);
        };
        let mut shape = Shape::Right;
        let mut read = Vec::new();
        for (index, element) in elements.iter().enumerate() {
            match number(element) {
                Some(code) => read.extend(u16::try_from(whole(code)).ok()),
                None => shape = self.wrong_type(element, &way.key(index), "number", "status"),
            }
        }
        (shape, Some(read))
    }

    pub(super) fn names(&mut self, node: &Node, way: &Way, key: &str) -> Shape {
        let Some(names) = node.get(key) else { return Shape::Right };
        let way = way.key(key);
        let Value::Array(elements) = &names.value else { return self.wrong_type(names, &way, "array", key) };
        let mut shape = Shape::Right;
        for (index, element) in elements.iter().enumerate().filter(|(_, element)| element.as_str().is_none())
        {
            shape = self.wrong_type(element, &way.key(index), "string", key);
        }
        shape
    }

    /// A list of objects, or an object of texts.
    pub(super) fn objects(&mut self, node: &Node, way: &Way, wanted: (&str, Wanted)) -> Shape {
        let (key, wanted) = wanted;
        let Some(found) = node.get(key) else { return Shape::Right };
        let way = way.key(key);
        match (wanted, &found.value) {
            (_, Value::Elided) => Shape::Right,
            (Wanted::Hooks, Value::Array(elements)) => {
                let mut shape = Shape::Right;
                for (index, element) in elements.iter().enumerate() {
                    if !matches!(element.value, Value::Object(_)) {
                        shape = shape.and(self.wrong_type(element, &way.key(index), "object", key));
                    }
                }
                shape
            }
            (Wanted::Hooks, _) => self.wrong_type(found, &way, "array", key),
            (Wanted::Guardrails, Value::Array(elements)) => {
                let all = |is: fn(&Node) -> bool| elements.iter().all(is);
                let texts = all(|element| element.as_str().is_some());
                let objects = all(|element| matches!(element.value, Value::Object(_)));
                if texts || objects { Shape::Right } else { self.mixed(found, &way, key) }
            }
            (Wanted::Guardrails, _) => self.mixed(found, &way, key),
            (Wanted::Texts, Value::Object(_)) => {
                let mut shape = Shape::Right;
                for member in found.members() {
                    if member.value.as_str().is_none() {
                        let way = way.key(&member.key);
                        shape = shape.and(self.wrong_type(&member.value, &way, "string", &member.key));
                    }
                }
                shape
            }
            (Wanted::Texts, _) => self.wrong_type(found, &way, "object", key),
        }
    }

    fn mixed(&mut self, node: &Node, way: &Way, key: &str) -> Shape {
        let message = format!("`{key}` is neither a list of ids nor a list of objects");
        let problem = Problem::new(Code::RefusedConfig, node.span, message)
            .help("write `[{ \"default.contains\": { … }, \"deny\": true }]`, or ids of saved guardrails");
        self.refuse(way, "Invalid input", problem);
        Shape::Wrong
    }

    pub(super) fn text(&mut self, node: &Node, way: &Way, key: &str) -> (Shape, Option<String>) {
        match node.get(key) {
            None | Some(Node { value: Value::Elided, .. }) => (Shape::Right, None),
            Some(Node { value: Value::String(text), .. }) => (Shape::Right, Some(text.clone())),
            Some(other) => (self.wrong_type(other, &way.key(key), "string", key), None),
        }
    }

    pub(super) fn number(&mut self, node: &Node, way: &Way, key: &str) -> (Shape, Option<f64>) {
        match node.get(key) {
            None => (Shape::Right, None),
            Some(found) => match number(found) {
                Some(number) => (Shape::Right, Some(number)),
                None => (self.wrong_type(found, &way.key(key), "number", key), None),
            },
        }
    }

    pub(super) fn flag(&mut self, node: &Node, way: &Way, key: &str) -> Shape {
        match node.get(key) {
            Some(found) if found.as_bool().is_none() => self.wrong_type(found, &way.key(key), "boolean", key),
            _ => Shape::Right,
        }
    }

    /// A text of a closed set; `name` is the key and what the gateway calls it.
    pub(super) fn choice(
        &mut self,
        node: &Node,
        way: &Way,
        name: (&str, &str),
        known: &[&str],
    ) -> (Shape, Option<String>) {
        let (key, called) = name;
        let (shape, text) = self.text(node, way, key);
        let Some(found) = node.get(key) else { return (self.missing(node, way, key), None) };
        if let Some(word) = text.as_deref().filter(|word| !known.contains(word)) {
            let problem = Problem::new(
                Code::RefusedConfig,
                found.span,
                format!("`{word}` is not a `{key}` that the gateway knows"),
            );
            let problem = match nearest(word, known.iter().copied()) {
                Some(near) => problem.help(format!("write `{near}`")).fix(format!("\"{near}\"")),
                None => problem.help(format!("it is one of `{}`", known.join("`, `"))),
            };
            let message = format!("Invalid {called} value. Must be one of: {}", known.join(", "));
            self.refuse(&way.key(key), message, problem);
        }
        (shape, text)
    }

    pub(super) fn missing(&mut self, node: &Node, way: &Way, key: &str) -> Shape {
        let problem = Problem::new(Code::RefusedConfig, node.span, format!("`{key}` is missing"))
            .help(format!("add `\"{key}\"`"));
        self.refuse(&way.key(key), "Required", problem);
        Shape::Wrong
    }

    pub(super) fn wrong_type(&mut self, node: &Node, way: &Way, wanted: &str, name: &str) -> Shape {
        let found = match node.value {
            Value::Null => "null",
            Value::Bool(_) => "boolean",
            Value::Number(_) => "number",
            Value::String(_) => "string",
            Value::Array(_) => "array",
            Value::Object(_) => "object",
            // A place that is left open can hold what is wanted.
            Value::Elided => return Shape::Right,
        };
        let article = |kind: &'static str| match kind {
            "null" => "null".to_owned(),
            "array" | "object" => format!("an {kind}"),
            _ => format!("a {kind}"),
        };
        let wanted_words =
            if matches!(wanted, "array" | "object") { format!("an {wanted}") } else { format!("a {wanted}") };
        let message = format!("`{name}` is {}, and the gateway wants {wanted_words}", article(found));
        let mut problem =
            Problem::new(Code::RefusedConfig, node.span, message).help(format!("write {wanted_words}"));
        if let (Some(text), "number" | "boolean") = (node.as_str(), wanted) {
            let fits =
                if wanted == "number" { text.parse::<f64>().is_ok() } else { text.parse::<bool>().is_ok() };
            if fits {
                problem = problem.help(format!("write `{text}` without quotes")).fix(text);
            }
        }
        self.refuse(way, format!("Expected {wanted}, received {found}"), problem);
        Shape::Wrong
    }
}

/// The value of a key, also in the camel case that the gateway turns keys into once they are checked.
pub(super) fn value<'a>(node: &'a Node, key: &str) -> Option<&'a Node> {
    node.get(key).or_else(|| node.get(&camel(key)))
}

/// `on_status_codes` as `onStatusCodes`.
pub(super) fn camel(key: &str) -> String {
    let mut parts = key.split('_');
    let mut camel = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let mut letters = part.chars();
        camel.extend(letters.next().map(|letter| letter.to_ascii_uppercase()));
        camel.extend(letters);
    }
    camel
}

/// A number, as JavaScript reads all of them.
pub(super) fn number(node: &Node) -> Option<f64> {
    match node.value {
        #[expect(clippy::cast_precision_loss, reason = "JavaScript reads every number as a double")]
        Value::Number(Number::Integer(number)) => Some(number as f64),
        Value::Number(Number::Float(number)) => Some(number),
        _ => None,
    }
}

/// The whole part of a number that is counted with.
pub(super) fn whole(number: f64) -> u32 {
    let clamped = number.clamp(0.0, f64::from(u32::MAX));
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "it was clamped to the range"
    )]
    let whole = clamped as u32;
    whole
}
