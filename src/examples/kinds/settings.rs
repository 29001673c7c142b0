//! What commands do to a configuration: read from their words, their options and their input.

use super::Surroundings;
use crate::data::{self, Document, Node, Path, Step, Syntax, Value};
use crate::diagnostics::Problem;
use crate::examples::clients::{Client, CommandRule, Does};
use crate::examples::shell::{Command, Decoded, Known, Script, Word};
use crate::page::Fence;
use crate::source::Span;

/// What one command does to one key, or to the whole.
pub(super) struct Setting {
    /// Where the command stands in the fence.
    pub span: Span,
    /// The steps to the value, each with its place; none where it is the whole.
    pub path: Vec<(Step, Span)>,
    /// The value.
    pub value: Node,
    /// What is wrong with the way in which it is written.
    pub problems: Vec<Problem>,
    /// The key is taken out.
    pub takes_out: bool,
}

impl Setting {
    fn new(command: &Command, path: Vec<(Step, Span)>, value: Node, problems: Vec<Problem>) -> Self {
        Self { span: command.span, path, value, problems, takes_out: false }
    }
}

/// How a value is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Form {
    /// As data of a syntax, else as a text.
    Any(Syntax),
    /// As JSON.
    Json,
}

/// Deeper than any configuration, and than the readers of data go.
const DEEPEST: usize = 128;

/// Programs that start another one, whose name stands somewhere behind.
const LAUNCHERS: [&str; 11] =
    ["docker", "docker-compose", "podman", "sudo", "npx", "pnpm", "yarn", "bunx", "node", "env", "exec"];

/// What is known where commands are read.
pub(super) struct Reader<'a> {
    pub fence: &'a Fence,
    pub script: &'a Script,
    pub client: &'a Client,
    pub around: &'a Surroundings<'a>,
}

/// The options and the words of a command, sorted by what they are for.
struct Told<'a> {
    given: Vec<&'a Word>,
    is_json: bool,
    batches: Vec<Decoded>,
    assigned: Vec<Decoded>,
    fields: Vec<(&'a str, Decoded)>,
}

impl Reader<'_> {
    /// What all commands of the script do.
    pub(super) fn all(&self) -> Vec<Setting> {
        let commands = self.script.commands.iter().enumerate();
        commands.filter_map(|(index, command)| self.one(index, command)).flatten().collect()
    }

    /// What a command does; none where it is another one, or one that does more than is understood.
    fn one(&self, index: usize, command: &Command) -> Option<Vec<Setting>> {
        let found = self.client.commands.iter().find_map(|rule| Some((rule, self.behind(command, rule)?)));
        let (rule, words) = found?;
        let told = self.told(rule, words)?;
        let mut settings = Vec::new();
        for batch in &told.batches {
            settings.extend(self.batch(command, batch));
        }
        for assigned in &told.assigned {
            settings.extend(self.assigned(command, assigned, rule));
        }
        match (rule.does, told.given.as_slice()) {
            (Does::Set, [path]) if !told.fields.is_empty() => {
                let path = self.path(&self.decoded(path)?)?;
                settings.push(Setting::new(command, path, object(&told.fields, command.span), Vec::new()));
            }
            (Does::Set, [path, value]) if told.fields.is_empty() => {
                let path = self.path(&self.decoded(path)?)?;
                let form = if told.is_json { Form::Json } else { Form::Any(rule.syntax) };
                let (value, problems) = match self.decoded(value) {
                    Some(decoded) => value_of(&decoded, form),
                    None => (Node::new(value.span, Value::Elided), Vec::new()),
                };
                settings.push(Setting::new(command, path, value, problems));
            }
            (Does::Unset, [path]) => {
                let path = self.path(&self.decoded(path)?)?;
                let span = path.last().map_or(command.span, |(_, span)| *span);
                let setting = Setting::new(command, path, Node::new(span, Value::Elided), Vec::new());
                settings.push(Setting { takes_out: true, ..setting });
            }
            (Does::Patch, []) => {
                let input = self.input(index, command)?;
                let (document, problems) = data::parse(&input.text, rule.syntax).into_parts();
                let mut value = without_nothing(document.root);
                input.place(&mut value);
                let problems = problems.into_iter().map(|problem| input.told(problem)).collect();
                settings.push(Setting::new(command, Vec::new(), value, problems));
            }
            (Does::Set | Does::Unset | Does::Patch | Does::Start, _) => {}
        }
        Some(settings)
    }

    fn text(&self) -> &str {
        self.fence.body.text()
    }

    fn decoded(&self, word: &Word) -> Option<Decoded> {
        let known = |name: &str| match self.around.variable(self.fence, name) {
            _ if self.around.opened.contains(name) => Known::Open,
            Some(value) => Known::Text(value),
            None => Known::Open,
        };
        Decoded::of(word, self.text(), &known)
    }

    /// The words behind those of a rule, where a command begins with these or starts a program that does.
    fn behind<'w>(&self, command: &'w Command, rule: &CommandRule) -> Option<&'w [Word]> {
        let (program, below) = rule.words.split_first()?;
        let names: Vec<Option<String>> = command.words.iter().map(|word| word.literal(self.text())).collect();
        let is_program = |name: &Option<String>| {
            name.as_ref().is_some_and(|name| name == program || rule.also.contains(name))
        };
        let launched = names.first()?.as_deref().is_some_and(|name| LAUNCHERS.contains(&name));
        let candidates = if launched { names.len() } else { 1 };
        let at = names.iter().take(candidates).position(is_program)?;
        let is_there = |(offset, name): (usize, &String)| {
            names.get(at + 1 + offset).and_then(Option::as_ref).is_some_and(|word| word == name)
        };
        let behind = command.words.get(at + rule.words.len()..)?;
        (below.iter().enumerate().all(is_there) && !behind.is_empty()).then_some(behind)
    }

    fn told<'w>(&self, rule: &'w CommandRule, words: &'w [Word]) -> Option<Told<'w>> {
        let mut told =
            Told { given: Vec::new(), is_json: false, batches: vec![], assigned: vec![], fields: vec![] };
        let mut words = words.iter();
        while let Some(word) = words.next() {
            let literal = word.literal(self.text());
            let begins = literal.as_deref().filter(|text| text.starts_with('-'));
            let Some(text) = begins.filter(|text| text.parse::<f64>().is_err()) else {
                told.given.push(word);
                continue;
            };
            let name = text.split_once('=').map_or(text, |(name, _)| name);
            let is_one_of = |options: &[String]| options.iter().any(|option| option == name);
            let mut value = || match text.split_once('=') {
                Some(_) => {
                    let whole = self.decoded(word)?;
                    Some(whole.part(Span::new(name.len() + 1, whole.text.len())))
                }
                None => self.decoded(words.next()?),
            };
            let field = rule.fields.iter().find(|(option, _)| option == name);
            if is_one_of(&rule.json_options) {
                told.is_json = true;
            } else if is_one_of(&rule.options) {
            } else if is_one_of(&rule.value_options) {
                value()?;
            } else if is_one_of(&rule.batch_options) {
                told.batches.push(value()?);
            } else if is_one_of(&rule.assign_options) {
                told.assigned.extend(value());
            } else if let Some((_, key)) = field {
                told.fields.push((key, value()?));
            } else if rule.does != Does::Start {
                // Its value would be taken for that of the key.
                return None;
            }
        }
        Some(told)
    }

    /// The steps of a path in dots and brackets; none where the reader fills something in.
    fn path(&self, decoded: &Decoded) -> Option<Vec<(Step, Span)>> {
        let path = decoded.text.as_str();
        if path.is_empty() || path.contains(['<', '>', '$', '*']) {
            return None;
        }
        let mut steps: Vec<(Step, Span)> = Vec::new();
        let mut at = 0;
        while let Some(rest) = path.get(at..).filter(|rest| !rest.is_empty()) {
            if let Some(inner) = rest.strip_prefix('[') {
                let length = inner.find(']')?;
                let name = inner.get(..length)?;
                let bare = name.trim_matches(['"', '\'']);
                let start = at + 1 + usize::from(bare.len() < name.len());
                let step = match bare.parse() {
                    Ok(index) if bare.len() == name.len() => Step::Index(index),
                    _ => Step::Key(bare.to_owned()),
                };
                steps.push((step, decoded.locate(Span::new(start, start + bare.len()))));
                at += length + 2;
            } else {
                let rest = rest.strip_prefix('.').filter(|_| at > 0).unwrap_or(rest);
                at = path.len() - rest.len();
                let length = rest.find(['.', '[']).unwrap_or(rest.len());
                let name = rest.get(..length).filter(|name| !name.is_empty())?;
                let step = self.step(&steps, name);
                steps.push((step, decoded.locate(Span::new(at, at + length))));
                at += length;
            }
            if steps.len() > DEEPEST {
                return None;
            }
        }
        Some(steps)
    }

    /// A number is a place in a list where the schema has a list there, else a key like any other.
    fn step(&self, before: &[(Step, Span)], name: &str) -> Step {
        let key = Step::Key(name.to_owned());
        let (Ok(index), Ok(schema)) = (name.parse(), self.around.clients.schema(self.client)) else {
            return key;
        };
        let index = Step::Index(index);
        let steps = before.iter().map(|(step, _)| step.clone()).chain([index.clone()]);
        if schema.knows(&Path(steps.collect())) { index } else { key }
    }

    /// A list of objects of a path and a value.
    fn batch(&self, command: &Command, decoded: &Decoded) -> Vec<Setting> {
        let (document, problems) = data::parse(&decoded.text, Syntax::Json).into_parts();
        let mut settings = Vec::new();
        for entry in document.root.elements() {
            let named = entry.member("path").filter(|member| member.value.as_str().is_some());
            let value = entry.members().iter().find(|member| member.key != "path");
            let (Some(named), Some(value)) = (named, value) else { continue };
            let quoted = named.value.span;
            let inner = Span { start: quoted.start + 1, end: quoted.end.saturating_sub(1) };
            let Some(path) = self.path(&decoded.part(inner)) else { continue };
            let mut value = value.value.clone();
            decoded.place(&mut value);
            settings.push(Setting::new(command, path, value, Vec::new()));
        }
        if let Some(first) = settings.first_mut() {
            first.problems = problems.into_iter().map(|problem| decoded.told(problem)).collect();
        }
        settings
    }

    /// `key=value` of an option.
    fn assigned(&self, command: &Command, decoded: &Decoded, rule: &CommandRule) -> Option<Setting> {
        let at = decoded.text.find('=')?;
        let path = self.path(&decoded.part(Span::new(0, at)))?;
        let value = decoded.part(Span::new(at + 1, decoded.text.len()));
        let (value, problems) = value_of(&value, Form::Any(rule.syntax));
        Some(Setting::new(command, path, value, problems))
    }

    /// What a command reads: a text written behind it, or one that the command before it prints.
    fn input(&self, index: usize, command: &Command) -> Option<Decoded> {
        let own = |command: &Command| {
            let redirect = command.redirects.iter().find(|redirect| redirect.operator.starts_with("<<"))?;
            self.decoded(&redirect.target)
        };
        own(command).or_else(|| {
            let before = self.script.commands.get(index.checked_sub(1)?)?;
            let program = before.words.first()?.literal(self.text())?;
            match program.as_str() {
                "cat" => own(before),
                "echo" | "printf" => self.decoded(before.words.last().filter(|_| before.words.len() == 2)?),
                _ => None,
            }
        })
    }
}

/// The value as the client reads it, with its places in the fence.
fn value_of(decoded: &Decoded, form: Form) -> (Node, Vec<Problem>) {
    let whole = decoded.locate(Span::new(0, decoded.text.len()));
    // A value of TOML stands behind a key.
    let key = if form == Form::Any(Syntax::Toml) { "v = " } else { "" };
    let syntax = match form {
        Form::Json => Syntax::Json,
        Form::Any(syntax) => syntax,
    };
    let (document, mut problems) = data::parse(&format!("{key}{}", decoded.text), syntax).into_parts();
    let Document { root, fragment, sketch } = document;
    if sketch {
        return (Node::new(whole, Value::Elided), Vec::new());
    }
    let is_text = matches!(form, Form::Any(_)) && (fragment || !problems.is_empty());
    let root = if key.is_empty() { Some(root) } else { root.get("v").cloned() };
    let Some(mut root) = root.filter(|_| !is_text) else {
        return (Node::new(whole, Value::String(decoded.text.clone())), Vec::new());
    };
    if !key.is_empty() {
        unshift(&mut root, key.len());
        problems.clear();
    }
    decoded.place(&mut root);
    (root, problems.into_iter().map(|problem| decoded.told(problem)).collect())
}

/// Moves all spans of a value to the left.
fn unshift(node: &mut Node, by: usize) {
    let left = |span: Span| {
        let at = |at: usize| at.saturating_sub(by);
        Span::new(at(span.range().start), at(span.range().end))
    };
    node.relocate(&left);
}

/// The object that options stand for.
fn object(fields: &[(&str, Decoded)], span: Span) -> Node {
    let mut members: Vec<data::Member> = Vec::new();
    for (key, decoded) in fields {
        let (name, is_list) = key.strip_suffix("[]").map_or((*key, false), |name| (name, true));
        let key_span = decoded.locate(Span::new(0, decoded.text.len()));
        let text = Node::new(key_span, Value::String(decoded.text.clone()));
        let value = if is_list { text } else { value_of(decoded, Form::Any(Syntax::Json5)).0 };
        let known = members.iter_mut().find(|member| member.key == name);
        match (known, is_list) {
            (Some(member), true) => {
                if let Value::Array(elements) = &mut member.value.value {
                    elements.push(value);
                }
            }
            (_, false) => members.push(data::Member { key: name.to_owned(), key_span, value }),
            (None, true) => {
                let value = Node::new(key_span, Value::Array(vec![value]));
                members.push(data::Member { key: name.to_owned(), key_span, value });
            }
        }
    }
    Node::new(span, Value::Object(members))
}

/// A value without the members that are `null`: they take a key out.
fn without_nothing(node: Node) -> Node {
    let value = match node.value {
        Value::Object(members) => {
            let kept = members.into_iter().filter(|member| member.value.value != Value::Null);
            let inner =
                |member: data::Member| data::Member { value: without_nothing(member.value), ..member };
            Value::Object(kept.map(inner).collect())
        }
        other => other,
    };
    Node::new(node.span, value)
}
