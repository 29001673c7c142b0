//! Data in comments: keys and values that a page shows for the reader to take in, or as another choice.
//!
//! Only comments that fill their lines are looked at; what stands behind a value on its line is prose.

use super::{Node, Path, Step, Syntax, Value, parse};
use crate::source::Span;

/// What a comment holds.
#[derive(Clone, Debug, PartialEq)]
pub struct Commented {
    /// Where it would stand.
    pub path: Path,
    /// Its members as an object, or the element of a list.
    pub node: Node,
    /// It is written as nothing but data is: divided by a comma, or with the sign of TOML.
    pub marked: bool,
}

/// More lines than these in a row are not read as one.
const LINES: usize = 48;

/// So many pieces are tried in one text.
const TRIES: usize = 400;

/// The data in the comments of a text, which was read as `root`.
pub fn read(text: &str, syntax: Syntax, root: &Node) -> Vec<Commented> {
    let mut found = Vec::new();
    let mut tries = TRIES;
    for group in groups(text, syntax, root) {
        let mut at = 0;
        while at < group.len() {
            let mut end = if may_begin(text, group[at]) { group.len().min(at + LINES) } else { at };
            let mut pieces = Vec::new();
            while end > at && tries > 0 && pieces.is_empty() {
                tries -= 1;
                pieces = group.get(at..end).map_or_else(Vec::new, |lines| piece(text, syntax, root, lines));
                end -= usize::from(pieces.is_empty());
            }
            at = end.max(at + 1);
            found.append(&mut pieces);
        }
    }
    found
}

/// A line that is a comment.
#[derive(Clone, Copy, Debug)]
struct Line {
    /// Where it begins.
    start: usize,
    /// Where the sign of the comment stands.
    sign: usize,
    /// What stands behind the sign and one space.
    body: usize,
    /// Where it ends, without the line break.
    end: usize,
}

/// The comments that fill their lines, those in a row together.
fn groups(text: &str, syntax: Syntax, root: &Node) -> Vec<Vec<Line>> {
    let sign = if matches!(syntax, Syntax::Yaml | Syntax::Toml) { "#" } else { "//" };
    let mut groups: Vec<Vec<Line>> = Vec::new();
    let mut goes_on = false;
    let mut start = 0;
    for whole in text.split_inclusive('\n') {
        let line = whole.trim_end();
        let inner = line.trim_start();
        let at = start + line.len() - inner.len();
        if inner.starts_with(sign) && !is_text(root, at) {
            let rest = inner.get(sign.len()..).unwrap_or_default();
            let body = at + sign.len() + usize::from(rest.starts_with(' '));
            let found = Line { start, sign: at, body, end: start + line.len() };
            match groups.last_mut().filter(|_| goes_on) {
                Some(group) => group.push(found),
                None => groups.push(vec![found]),
            }
            goes_on = true;
        } else {
            goes_on = false;
        }
        start += whole.len();
    }
    groups
}

/// Whether a byte belongs to a text, such as a block of YAML over several lines.
fn is_text(node: &Node, at: usize) -> bool {
    match &node.value {
        Value::String(_) => node.span.range().contains(&at),
        Value::Array(elements) => elements.iter().any(|element| is_text(element, at)),
        Value::Object(members) => members.iter().any(|member| is_text(&member.value, at)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::Elided => false,
    }
}

/// Whether a line begins like a member, an element or a table.
fn may_begin(text: &str, line: Line) -> bool {
    let body = text.get(line.body..line.end).unwrap_or_default().trim_start();
    let name = body.find([':', '=', ' ']).and_then(|end| body.get(..end)).unwrap_or_default();
    let rest = body.get(name.len()..).unwrap_or_default().trim_start();
    body.starts_with(['{', '[', '-']) || !name.is_empty() && rest.starts_with([':', '='])
}

/// The data in some lines, which must be nothing else.
fn piece(text: &str, syntax: Syntax, root: &Node, lines: &[Line]) -> Vec<Commented> {
    let Some((first, last)) = lines.first().zip(lines.last()) else { return Vec::new() };
    let mut bare = text.get(first.start..last.end).unwrap_or_default().to_owned();
    for line in lines {
        let at = line.sign - first.start;
        let width = if matches!(syntax, Syntax::Yaml | Syntax::Toml) { 1 } else { 2 };
        bare.replace_range(at..at + width, " ".repeat(width).as_str());
    }
    match syntax {
        Syntax::Json | Syntax::Jsonc | Syntax::Json5 => json(&bare, *first, root).into_iter().collect(),
        Syntax::Yaml => yaml(text, &bare, *first, root),
        Syntax::Toml => toml(text, &bare, *first).into_iter().collect(),
    }
}

fn json(bare: &str, first: Line, root: &Node) -> Option<Commented> {
    let (path, around) = innermost(root, first.sign, Path::default());
    let is_list = matches!(around.value, Value::Array(_));
    let divided = bare.trim_end().ends_with(',');
    let whole = if is_list { bare.trim_end().trim_end_matches(',') } else { bare };
    let (document, problems) = parse(whole, Syntax::Json5).into_parts();
    let mut node = document.root;
    let behind = node.members().last().and_then(|member| bare.get(member.value.span.range().end..));
    let marked = divided || behind.is_some_and(|behind| behind.trim_start().starts_with(','));
    if !problems.is_empty() || node.members().is_empty() || document.fragment == is_list {
        return None;
    }
    node.shift(Span::at(first.start).start);
    let path = if is_list { below(&path, Step::Index(0)) } else { path };
    Some(Commented { path, node, marked })
}

/// The innermost object or list around a byte, with the way to it.
fn innermost(node: &Node, at: usize, path: Path) -> (Path, &Node) {
    let holds = |node: &Node| {
        matches!(node.value, Value::Object(_) | Value::Array(_)) && node.span.range().contains(&at)
    };
    let member = node.members().iter().find(|member| holds(&member.value));
    let element = node.elements().iter().enumerate().find(|(_, element)| holds(element));
    match (member, element) {
        (Some(member), _) => innermost(&member.value, at, below(&path, Step::Key(member.key.clone()))),
        (None, Some((index, element))) => innermost(element, at, below(&path, Step::Index(index))),
        (None, None) => (path, node),
    }
}

fn below(path: &Path, step: Step) -> Path {
    Path(path.0.iter().cloned().chain([step]).collect())
}

fn yaml(text: &str, bare: &str, first: Line, root: &Node) -> Vec<Commented> {
    let (document, problems) = parse(bare, Syntax::Yaml).into_parts();
    let mut node = document.root;
    node.shift(Span::at(first.start).start);
    if !problems.is_empty() || !is_plain_data(&node, text) {
        return Vec::new();
    }
    let own = text.get(first.body..first.end).unwrap_or_default();
    let column = first.sign - first.start + own.len() - own.trim_start().len();
    let mut live = Vec::new();
    blocks(root, &Path::default(), &mut live);
    match &node.value {
        Value::Object(_) => {
            let keys = |node: &Node| node.members().iter().map(|member| member.key_span).collect();
            let path = neighbour(text, first.start, column, &live, &keys);
            path.map(|path| Commented { path, node, marked: false }).into_iter().collect()
        }
        Value::Array(elements) => {
            let dashes = |node: &Node| {
                let before = |span: Span| text.get(..span.range().start)?.rfind('-').map(Span::at);
                node.elements().iter().filter_map(|element| before(element.span)).collect()
            };
            let Some(path) = neighbour(text, first.start, column, &live, &dashes) else { return Vec::new() };
            let path = below(&path, Step::Index(0));
            let tables = elements.iter().filter(|element| !element.members().is_empty());
            tables.map(|node| Commented { path: path.clone(), node: node.clone(), marked: false }).collect()
        }
        _ => Vec::new(),
    }
}

/// Whether a value of YAML has no sentence in it and no key without a value, as prose with a colon does.
fn is_plain_data(node: &Node, text: &str) -> bool {
    let written = text.get(node.span.range()).unwrap_or_default();
    let is_name = |key: &str| !key.is_empty() && !key.contains(char::is_whitespace);
    match &node.value {
        Value::Object(members) => {
            members.iter().all(|member| is_name(&member.key) && is_plain_data(&member.value, text))
        }
        Value::Array(elements) => elements.iter().all(|element| is_plain_data(element, text)),
        Value::String(value) => written.starts_with(['"', '\'', '|', '>']) || !value.contains(' '),
        Value::Bool(_) | Value::Number(_) => true,
        Value::Null | Value::Elided => false,
    }
}

/// All objects and lists, each with the way to it.
fn blocks<'a>(node: &'a Node, path: &Path, found: &mut Vec<(Path, &'a Node)>) {
    if matches!(node.value, Value::Object(_) | Value::Array(_)) {
        found.push((path.clone(), node));
    }
    for member in node.members() {
        blocks(&member.value, &below(path, Step::Key(member.key.clone())), found);
    }
    for (index, element) in node.elements().iter().enumerate() {
        blocks(element, &below(path, Step::Index(index)), found);
    }
}

/// The way to the object or list of YAML whose parts, at the places that `parts` gives, stand at this column, before a byte or
/// behind it, with nothing between that is indented less.
fn neighbour(
    text: &str,
    at: usize,
    column: usize,
    live: &[(Path, &Node)],
    parts: &dyn Fn(&Node) -> Vec<Span>,
) -> Option<Path> {
    let column_of = |at: usize| text.get(..at).map(|before| at - before.rfind('\n').map_or(0, |at| at + 1));
    let next_line =
        |at: usize| text.get(at..).and_then(|rest| rest.find('\n')).map_or(text.len(), |end| at + end);
    let is_inside = |from: usize, to: usize| {
        let between = text.get(from..to).unwrap_or_default();
        let code = |line: &&str| !line.trim().is_empty() && !line.trim_start().starts_with('#');
        between.lines().filter(code).all(|line| line.len() - line.trim_start().len() >= column)
    };
    let mut best: Option<(usize, &Path)> = None;
    for (path, node) in live {
        for part in parts(node).iter().map(|part| part.range().start) {
            let distance = part.abs_diff(at);
            let is_near = best.is_none_or(|(nearest, _)| distance < nearest);
            let reaches = || if part < at { is_inside(next_line(part), at) } else { is_inside(at, part) };
            if is_near && column_of(part) == Some(column) && reaches() {
                best = Some((distance, path));
            }
        }
    }
    best.map(|(_, path)| path.clone())
}

fn toml(text: &str, bare: &str, first: Line) -> Option<Commented> {
    let is_header = |line: &&str| line.trim_start().starts_with('[') && line.trim_end().ends_with(']');
    let own = bare.trim_start().starts_with('[');
    let header = text.get(..first.start)?.lines().rev().find(is_header).filter(|_| !own);
    let header = header.map(|header| format!("{header}\n")).unwrap_or_default();
    let (document, problems) = parse(&format!("{header}{bare}"), Syntax::Toml).into_parts();
    if !problems.is_empty() {
        return None;
    }
    let mut path = Path::default();
    let mut node = document.root;
    while let Value::Object(members) = &node.value
        && let [member] = members.as_slice()
        && member.key_span.range().end <= header.len()
        && !header.is_empty()
    {
        path.0.push(Step::Key(member.key.clone()));
        let inner = match &member.value.value {
            Value::Array(elements) => {
                path.0.push(Step::Index(0));
                elements.first()?.clone()
            }
            _ => member.value.clone(),
        };
        node = inner;
    }
    if !has_value(&node) {
        return None;
    }
    moved(&mut node, header.len(), first.start);
    Some(Commented { path, node, marked: true })
}

fn has_value(node: &Node) -> bool {
    match &node.value {
        Value::Object(members) => members.iter().any(|member| has_value(&member.value)),
        _ => true,
    }
}

/// Moves spans that count from `from` to where they count from `to`; what begins before is put there.
fn moved(node: &mut Node, from: usize, to: usize) {
    let place = |span: Span| {
        let at = |at: usize| at.max(from) - from + to;
        Span::new(at(span.range().start), at(span.range().end))
    };
    node.relocate(&place);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, syntax: Syntax, expected: &[&str]) {
        let (document, _) = parse(text, syntax).into_parts();
        let shown = |found: Commented| {
            let keys = found
                .node
                .members()
                .iter()
                .map(|member| text.get(member.key_span.range()).unwrap_or_default());
            format!("{}: {}", found.path, keys.collect::<Vec<_>>().join(" "))
        };
        let found: Vec<String> = read(text, syntax, &document.root).into_iter().map(shown).collect();
        assert_eq!(found, expected, "{text}");
    }

    #[test]
    fn a_key_belongs_to_the_object_around_it() {
        check(
            "{\n  a: {\n    b: 1\n    // c: 2, // why\n  },\n  // d: \"x\"\n}",
            Syntax::Json5,
            &["a: c", ": d"],
        );
    }

    #[test]
    fn lines_in_a_row_are_one_value() {
        check("{\n  a: 1,\n  // Or this:\n  // b: {\n  //   c: 2,\n  // },\n}", Syntax::Json5, &[": b"]);
    }

    #[test]
    fn an_element_belongs_to_its_list() {
        check("{ a: [\n  { id: 1 },\n  // { id: 2 },\n] }", Syntax::Json5, &["a[0]: id"]);
    }

    #[test]
    fn prose_is_no_data() {
        check("{\n  // Example: a sentence\n  // see https://example.com\n  a: 1,\n}", Syntax::Json5, &[]);
        check("a: 1\n# Note: this is a sentence\n# see: \n", Syntax::Yaml, &[]);
        check("a = 1\n# b = whatever you like\n# [optional]\n", Syntax::Toml, &[]);
    }

    #[test]
    fn the_column_tells_where_a_line_of_yaml_belongs() {
        check("a:\n  b: 1\n  # c: 2\n# d: 3\n", Syntax::Yaml, &["a: c", ": d"]);
        check("a:\n  # c: 2\n  b: 1\n#   e: 3\n", Syntax::Yaml, &["a: c", "a: e"]);
        check("a:\n  - b: 1\n    # c: 2\n  # - d: 3\n", Syntax::Yaml, &["a[0]: c", "a[0]: d"]);
        check("a: |\n  # b: 1\n", Syntax::Yaml, &[]);
    }

    #[test]
    fn the_header_above_tells_where_a_line_of_toml_belongs() {
        check("[a.b]\nc = 1\n# d = 2\n\n[[e]]\n# f = 3\n", Syntax::Toml, &["a.b: d", "e[0]: f"]);
        check("c = 1\n# [a]\n# d = 2\n", Syntax::Toml, &[": a"]);
    }
}
