//! Environment variables: names that a client reads, values of the form that it reads, addresses that can be called.

use std::sync::OnceLock;

use super::{Claim, Plan, Surroundings, config};
use crate::data::table::Table;
use crate::data::{self, Document, Member, Node, Path, Syntax, Value};
use crate::diagnostics::{Code, Diagnostic, Problem, Severity, nearest};
use crate::examples::anchors::{Anchors, BodyAnchor};
use crate::examples::clients::Client;
use crate::examples::probe::{self, Target};
use crate::examples::shell::variables::is_name;
use crate::examples::{Check, Kind};
use crate::gateway::credentials;
use crate::gateway::exchange::Place;
use crate::page::Fence;
use crate::source::Span;

/// A variable that is given a value; all spans are those of the text of the fence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::examples) struct Assigned {
    /// Its name.
    pub name: String,
    /// Where the name stands.
    pub name_span: Span,
    /// The value; none where only the reader knows it.
    pub value: Option<String>,
    /// Where the value stands, without quotes.
    pub value_span: Span,
}

/// Whether a fence is a file of variables. Of `ini` and `properties`, whose lines mean many things, all have to be some.
pub(in crate::examples) fn speaks(fence: &Fence) -> bool {
    match fence.language.as_str() {
        "dotenv" | "env" | ".env" => true,
        "ini" | "properties" | "conf" => {
            let (assigned, problems) = read(fence.body.text());
            let is_capital = |assigned: &Assigned| !assigned.name.contains(char::is_lowercase);
            problems.is_empty() && !assigned.is_empty() && assigned.iter().all(is_capital)
        }
        _ => false,
    }
}

/// The variables of a file of lines `NAME=value`, and what is no such line.
pub(in crate::examples) fn read(text: &str) -> (Vec<Assigned>, Vec<Problem>) {
    let mut assigned = Vec::new();
    let mut problems = Vec::new();
    let mut start = 0;
    for whole in text.split_inclusive('\n') {
        let line = whole.trim_end();
        let inner = line.trim_start();
        let inner = inner.strip_prefix("export ").unwrap_or(inner).trim_start();
        let at = start + line.len() - inner.len();
        start += whole.len();
        if inner.is_empty() || inner.starts_with(['#', ';', '[', '.', '…', '<']) {
            continue;
        }
        let named = inner.split_once('=').filter(|(name, _)| is_name(name.trim_end()));
        let Some((name, value)) = named else {
            let problem = Problem::new(Code::Syntax, Span::new(at, at + inner.len()), "no line of variables");
            problems.push(problem.help("write `NAME=value`, or `#` before a remark"));
            continue;
        };
        let from = at + name.len() + 1 + value.len() - value.trim_start().len();
        let (value, from) = unquoted(value.trim_start(), from);
        assigned.push(Assigned {
            name: name.trim_end().to_owned(),
            name_span: Span::new(at, at + name.trim_end().len()),
            value: Some(value.to_owned()).filter(|value| !is_left_open(value)),
            value_span: Span::new(from, from + value.len()),
        });
    }
    (assigned, problems)
}

/// A value without its quotes, or without the remark behind it, and where it begins.
fn unquoted(value: &str, from: usize) -> (&str, usize) {
    for quote in ['"', '\''] {
        if let Some((inner, _)) = value.strip_prefix(quote).and_then(|inner| inner.split_once(quote)) {
            return (inner, from + 1);
        }
    }
    let plain = value.split_once(" #").map_or(value, |(plain, _)| plain);
    (plain.trim_end(), from)
}

/// Whether a value is one that the reader fills in, or a shell.
pub(super) fn is_left_open(value: &str) -> bool {
    value.contains(['$', '<', '>', '{', '…', '`']) || value.contains("...")
}

/// The plan for a file of variables.
pub(in crate::examples) fn plan<'a>(fence: &'a Fence, around: &Surroundings<'_>) -> Plan<'a> {
    let (assigned, problems) = read(fence.body.text());
    let named = fence.attributes.example.client.as_ref().and_then(|name| around.clients.named(&name.value));
    let is_its = |client: &Client| assigned.iter().any(|assigned| client.environment.owns(&assigned.name));
    let client = named.or_else(|| around.clients.iter().find(|client| is_its(client)));
    let kind = client.map_or(Kind::Data, |client| Kind::Config(client.name.clone()));
    let mut plan = Plan::new(fence, Claim::Example(kind));
    plan.checked.insert(Check::Syntax);
    plan.report(problems);
    plan.diagnostics.extend(judge(&assigned, fence, around));
    plan
}

/// What is wrong with variables that a fence sets.
pub(in crate::examples) fn judge(
    assigned: &[Assigned],
    fence: &Fence,
    around: &Surroundings<'_>,
) -> Vec<Diagnostic> {
    let mut diagnostics = Vec::new();
    for assigned in assigned {
        diagnostics.extend(address(assigned, fence, around));
        for client in around.clients.iter().filter(|client| client.environment.owns(&assigned.name)) {
            let problems = match client.environment.key(&assigned.name) {
                Some(key) => of_key(&key, assigned, client, fence, around),
                None => of_name(assigned, client),
            };
            diagnostics.extend(problems.into_iter().map(|problem| problem.within(&fence.body)));
        }
    }
    diagnostics
}

/// What is wrong with the name of a variable, or with its value.
fn of_name(assigned: &Assigned, client: &Client) -> Vec<Problem> {
    let environment = &client.environment;
    let name = assigned.name.as_str();
    let title = format!("{} {}", client.title, client.version);
    let unread = |name: &str| {
        let message = format!("{} does not read the variable `{name}`", client.title);
        Problem::new(Code::UnknownVariable, assigned.name_span, message).label(format!("not read by {title}"))
    };
    if let Some(retired) = environment.retired.iter().find(|retired| name.starts_with(&retired.prefix)) {
        return vec![unread(name).help(retired.help.clone())];
    }
    if !environment.names.iter().any(|known| known == name) {
        // Many more are read than are documented; only what looks misspelt is worth a word.
        let near = environment.names.iter().find(|known| is_misspelt(name, known));
        let say = |near: &String| unread(name).help(format!("write `{near}`")).fix(near.clone());
        return near.map(say).into_iter().collect();
    }
    let Some(value) = assigned.value.as_deref().filter(|value| !value.is_empty()) else { return Vec::new() };
    let rules = environment.values.iter().filter(|rule| rule.names.iter().any(|known| known == name));
    let breaks = |form: &fancy_regex::Regex| !form.is_match(value).unwrap_or(true);
    rules
        .filter(|rule| rule.form.as_deref().is_some_and(breaks) && !credentials::placeholder(value))
        .map(|rule| {
            let message = format!("`{value}` is not a value of `{name}`");
            let problem = Problem::new(Code::UnknownValue, assigned.value_span, message);
            // The program goes on without it.
            problem.severity(Severity::Warning).label(format!("expected {}", rule.expected))
        })
        .collect()
}

/// Whether a name differs from a known one in the letters of one word, or in the joints between its words.
fn is_misspelt(name: &str, known: &str) -> bool {
    if name.replace('_', "") == known.replace('_', "") {
        return true;
    }
    let (words, others): (Vec<&str>, Vec<&str>) = (name.split('_').collect(), known.split('_').collect());
    let differing: Vec<_> = words.iter().zip(&others).filter(|(word, other)| word != other).collect();
    match differing.as_slice() {
        [(word, other)] if words.len() == others.len() => nearest(word, [**other]).is_some(),
        _ => false,
    }
}

/// What is wrong with a variable that stands for a key of the configuration.
fn of_key(
    key: &str,
    assigned: &Assigned,
    client: &Client,
    fence: &Fence,
    around: &Surroundings<'_>,
) -> Vec<Problem> {
    let Ok(schema) = around.clients.schema(client) else { return Vec::new() };
    let at = |key: &str| Path(vec![data::Step::Key(key.to_owned())]);
    if !schema.knows(&at(key)) {
        let message = format!("{} does not read the variable `{}`", client.title, assigned.name);
        let problem = Problem::new(Code::UnknownVariable, assigned.name_span, message);
        let problem = problem.label(format!("it has no option `{key}`"));
        let known = client.keys.iter().map(String::as_str).filter(|key| schema.knows(&at(key)));
        let near =
            nearest(key, known.chain(schema.keys())).and_then(|near| client.environment.variable(near));
        return vec![match near {
            Some(near) => problem.help(format!("write `{near}`")).fix(near),
            None => problem,
        }];
    }
    let Some(value) = &assigned.value else { return Vec::new() };
    let (document, problems) = data::parse(value, Syntax::Yaml).into_parts();
    let plain = |node: &Node| !matches!(node.value, Value::Object(_) | Value::Array(_) | Value::Elided);
    let value = match document.root {
        root if problems.is_empty() && plain(&root) => root.value,
        _ => Value::String(value.clone()),
    };
    let value = Node::new(assigned.value_span, value);
    let member = Member { key: key.to_owned(), key_span: assigned.name_span, value };
    let root = Node::new(assigned.name_span.to(assigned.value_span), Value::Object(vec![member]));
    let document = Document { root, fragment: true, sketch: false };
    config::judged(&Path::default(), fence, client, document, around)
}

/// A variable that holds a base URL, and the dialect that is spoken there.
struct Address {
    names: Vec<String>,
    dialect: String,
}

fn addresses() -> &'static [Address] {
    static ADDRESSES: OnceLock<Vec<Address>> = OnceLock::new();
    ADDRESSES.get_or_init(|| {
        let (document, _) = data::parse(include_str!("../clients/addresses.toml"), Syntax::Toml).into_parts();
        Table::new(&document.root, "the addresses", Vec::new()).tables(
            "endpoints",
            "`[[endpoints]]`",
            |table| Address {
                names: table.texts("names"),
                dialect: table.text("dialect").unwrap_or_default(),
            },
        )
    })
}

/// What is wrong with the path of a base URL, as the provider sees it that is called there.
fn address(assigned: &Assigned, fence: &Fence, around: &Surroundings<'_>) -> Option<Diagnostic> {
    let address = addresses().iter().find(|address| address.names.contains(&assigned.name))?;
    let value = assigned.value.as_deref().filter(|value| value.contains("://"))?;
    let target = Target {
        base_url: value,
        dialect: &address.dialect,
        model: "any",
        credential: None,
        headers: Vec::new(),
    };
    let mut request = probe::request(target).ok()?;
    // A library adds the whole path; programs that read the variable themselves may take a base with its version as well.
    let reads = |client: &Client| {
        let mut known = client.providers.iter().filter_map(|known| known.base_variable.as_ref());
        around.mentions.has(client) && known.any(|known| *known == assigned.name)
    };
    if address.dialect == "anthropic-messages" && !around.clients.iter().any(reads) {
        let base = reqwest::Url::parse(value).ok()?;
        request.path = format!("{}/v1/messages", base.path().trim_end_matches('/'));
    }
    let body = &fence.body;
    let url = body.part(assigned.value_span);
    let anchors = Anchors {
        whole: body.locate(assigned.name_span),
        url: Some(url.clone()),
        method: None,
        credential: None,
        headers: Vec::new(),
        body: BodyAnchor::MadeUp,
    };
    if let Some(path) = probe::doubled(value, &address.dialect) {
        let problem = Problem::new(Code::WrongPath, url.span(), format!("`{path}` is added to the base URL"));
        let problem = problem.label("it would stand twice");
        return Some(problem.help(format!("take `{path}` away")).of(body.source()));
    }
    let exchange = around.mock.answer(&request);
    let is_path = |finding: &crate::gateway::exchange::Finding| {
        finding.code == Code::WrongPath && finding.place == Place::Path
    };
    let mut finding = exchange.findings.into_iter().find(is_path)?;
    let base = finding.fix.as_deref().and_then(|path| path.strip_suffix(probe::path(&address.dialect)?));
    if let Some(base) = base {
        let origin = format!("{}://{}", request.scheme.as_str(), request.authority());
        finding.help = Some(format!("the base URL is `{origin}{base}`"));
    }
    anchors.place(body.source(), &request, finding)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: &[(&str, Option<&str>)]) {
        let (assigned, problems) = read(text);
        assert_eq!(problems, [], "{text}");
        let found: Vec<_> = assigned.iter().map(|one| (one.name.as_str(), one.value.as_deref())).collect();
        assert_eq!(found, expected, "{text}");
        for one in &assigned {
            assert_eq!(text.get(one.name_span.range()), Some(one.name.as_str()));
            assert!(one.value.is_none() || text.get(one.value_span.range()) == one.value.as_deref());
        }
    }

    #[test]
    fn lines_are_variables() {
        check(
            "A=1\n\n# remark\nexport B = \"x y\" # z\nC='#'\n",
            &[("A", Some("1")), ("B", Some("x y")), ("C", Some("#"))],
        );
    }

    #[test]
    fn what_the_reader_fills_in_is_open() {
        check("A=<key>\nB=${A}\nC=sk-...\nD=", &[("A", None), ("B", None), ("C", None), ("D", Some(""))]);
    }

    #[test]
    fn other_lines_are_said() {
        assert_eq!(read("A=1\nnot a line\n").1.len(), 1);
    }
}
