//! Places in a value, named by a part of `JSONPath` (RFC 9535).
//!
//! | form | selects |
//! |---|---|
//! | `$` | the root |
//! | `.name`, `['name']`, `["name"]` | the member of this name |
//! | `.*`, `[*]` | every member and every element |
//! | `[0]`, `[-1]` | the element at this index, from the end where negative |
//! | `..name`, `..*`, `..['name']` | the same, at every depth below |
//!
//! Slices, filters and lists of selectors are not read.

use std::iter::Peekable;
use std::str::Chars;

use super::{Node, Path, Step, Value};

/// A place, or many, in a value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Selector {
    segments: Vec<Segment>,
}

/// Why a selector cannot be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// It does not begin with `$`.
    #[error("a selector begins with `$`")]
    NoRoot,
    /// Something stands where no step can begin or go on.
    #[error("`{0}` is not expected in a selector")]
    Unexpected(char),
    /// It ends in the middle of a step.
    #[error("the selector ends too early")]
    Ends,
    /// A bracket holds a form that is not read here.
    #[error("`[{0}]` is not a form that is read here")]
    Form(String),
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Segment {
    /// At every depth, and not only one below.
    descendant: bool,
    choice: Choice,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Choice {
    Name(String),
    Index(i64),
    All,
}

impl Selector {
    /// Reads a selector.
    pub fn parse(text: &str) -> Result<Self, Error> {
        let mut letters = text.chars().peekable();
        if letters.next() != Some('$') {
            return Err(Error::NoRoot);
        }
        let mut segments = Vec::new();
        while let Some(letter) = letters.next() {
            let descendant = letter == '.' && letters.next_if_eq(&'.').is_some();
            let bracket = letter == '[' || descendant && letters.next_if_eq(&'[').is_some();
            let choice = match letter {
                _ if bracket => bracketed(&mut letters)?,
                '.' => dotted(&mut letters)?,
                other => return Err(Error::Unexpected(other)),
            };
            segments.push(Segment { descendant, choice });
        }
        Ok(Self { segments })
    }

    /// All places selected, in the order of the text; of a member that stands twice only the last one.
    pub fn select<'a>(&self, root: &'a Node) -> Vec<(Path, &'a Node)> {
        let mut found = vec![(Path::default(), root)];
        for segment in &self.segments {
            let mut next = Vec::new();
            for (path, node) in found {
                if segment.descendant {
                    descend(&path, node, &segment.choice, &mut next);
                } else {
                    choose(&path, node, &segment.choice, &mut next);
                }
            }
            found = next;
        }
        found
    }
}

fn dotted(letters: &mut Peekable<Chars>) -> Result<Choice, Error> {
    if letters.next_if_eq(&'*').is_some() {
        return Ok(Choice::All);
    }
    let mut name = String::new();
    while let Some(letter) =
        letters.next_if(|letter| letter.is_alphanumeric() || matches!(letter, '_' | '-' | '$'))
    {
        name.push(letter);
    }
    if name.is_empty() {
        return Err(letters.next().map_or(Error::Ends, Error::Unexpected));
    }
    Ok(Choice::Name(name))
}

/// What stands in brackets; the opening one is taken already.
fn bracketed(letters: &mut Peekable<Chars>) -> Result<Choice, Error> {
    if let Some(quote) = letters.next_if(|letter| matches!(letter, '\'' | '"')) {
        let mut name = String::new();
        loop {
            match letters.next().ok_or(Error::Ends)? {
                letter if letter == quote => break,
                '\\' => name.push(letters.next().ok_or(Error::Ends)?),
                letter => name.push(letter),
            }
        }
        return match letters.next() {
            Some(']') => Ok(Choice::Name(name)),
            other => Err(other.map_or(Error::Ends, Error::Unexpected)),
        };
    }
    let mut inside = String::new();
    loop {
        match letters.next().ok_or(Error::Ends)? {
            ']' => break,
            letter => inside.push(letter),
        }
    }
    if inside == "*" {
        return Ok(Choice::All);
    }
    inside.parse().map(Choice::Index).map_err(|_| Error::Form(inside))
}

fn below(path: &Path, step: Step) -> Path {
    let mut path = path.clone();
    path.0.push(step);
    path
}

/// The members and elements of a node with their ways, without members that a later one hides.
fn children<'a>(path: &Path, node: &'a Node) -> Vec<(Path, &'a Node)> {
    match &node.value {
        Value::Array(elements) => elements
            .iter()
            .enumerate()
            .map(|(index, element)| (below(path, Step::Index(index)), element))
            .collect(),
        Value::Object(members) => {
            let mut last = std::collections::HashMap::new();
            for (at, member) in members.iter().enumerate() {
                last.insert(member.key.as_str(), at);
            }
            let visible =
                members.iter().enumerate().filter(|(at, member)| last.get(member.key.as_str()) == Some(at));
            visible.map(|(_, member)| (below(path, Step::Key(member.key.clone())), &member.value)).collect()
        }
        _ => Vec::new(),
    }
}

fn choose<'a>(path: &Path, node: &'a Node, choice: &Choice, found: &mut Vec<(Path, &'a Node)>) {
    match choice {
        Choice::All => found.extend(children(path, node)),
        Choice::Name(name) => {
            found.extend(node.get(name).map(|value| (below(path, Step::Key(name.clone())), value)));
        }
        Choice::Index(index) => {
            let elements = node.elements();
            let distance = usize::try_from(index.unsigned_abs()).unwrap_or(usize::MAX);
            let at = if *index < 0 { elements.len().checked_sub(distance) } else { Some(distance) };
            let element = at.and_then(|at| Some((at, elements.get(at)?)));
            found.extend(element.map(|(at, value)| (below(path, Step::Index(at)), value)));
        }
    }
}

/// Values are nested no deeper than the readers allow, so the recursion is bounded.
fn descend<'a>(path: &Path, node: &'a Node, choice: &Choice, found: &mut Vec<(Path, &'a Node)>) {
    choose(path, node, choice, found);
    for (path, child) in children(path, node) {
        descend(&path, child, choice, found);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::{Syntax, parse};

    fn check(selector: &str, found: &[&str]) {
        let text = r#"{ a: { "b.c": [ { id: 1 }, { id: 2 } ], id: 3 }, id: 4, id: 5 }"#;
        let (document, _) = parse(text, Syntax::Json5).into_parts();
        let selector = Selector::parse(selector).expect("a selector");
        let shown: Vec<String> = selector
            .select(&document.root)
            .iter()
            .map(|(path, node)| format!("{path}={}", node.to_json()))
            .collect();
        assert_eq!(shown, found);
    }

    #[test]
    fn the_root_is_selected() {
        check("$['id']", &["id=5"]);
    }

    #[test]
    fn names_and_wildcards_select_below() {
        check("$.a['b.c'][*].id", &[r#"a["b.c"][0].id=1"#, r#"a["b.c"][1].id=2"#]);
        check("$.a.*[0].id", &[r#"a["b.c"][0].id=1"#]);
    }

    #[test]
    fn an_index_counts_from_the_end_where_negative() {
        check("$.a[\"b.c\"][-1].id", &[r#"a["b.c"][1].id=2"#]);
        check("$.a[\"b.c\"][2].id", &[]);
        check("$.a[\"b.c\"][-3].id", &[]);
    }

    #[test]
    fn descendants_are_found_at_every_depth() {
        check("$..id", &["id=5", "a.id=3", r#"a["b.c"][0].id=1"#, r#"a["b.c"][1].id=2"#]);
    }

    #[test]
    fn what_is_not_read_is_an_error() {
        assert_eq!(Selector::parse("a"), Err(Error::NoRoot));
        assert_eq!(Selector::parse("$a"), Err(Error::Unexpected('a')));
        assert_eq!(Selector::parse("$."), Err(Error::Ends));
        assert_eq!(Selector::parse("$[0:2]"), Err(Error::Form("0:2".to_owned())));
        assert_eq!(Selector::parse("$['a"), Err(Error::Ends));
    }
}
