//! Configurations of clients: they parse, fit the schema, their references lead somewhere, and each endpoint answers.

use super::{Claim, Plan, Surroundings, Whole, Work, endpoints, references, rules, unfilled};
use crate::data::commented::{self, Commented};
use crate::data::schema::{Completeness, Schema};
use crate::data::{Document, Member, Node, Path, Step, Syntax, Value};
use crate::diagnostics::{Code, Diagnostic, Problem, Severity};
use crate::examples::clients::Client;
use crate::examples::{Check, Kind};
use crate::gateway::credentials;
use crate::page::Fence;
use crate::source::Span;

/// A configuration at its place in the whole file.
pub(super) struct Placed<'a> {
    /// The client.
    pub client: &'a Client,
    /// The fence.
    pub fence: &'a Fence,
    /// The whole file, with nothing but the fence in it.
    pub whole: Node,
    /// Whether something is left out: a fragment, or a sketch.
    pub partial: bool,
}

impl Placed<'_> {
    /// The value of a variable: the one that the configuration sets, else the one that the reader has.
    pub(super) fn variable(&self, around: &Surroundings<'_>, name: &str) -> Option<String> {
        let tables = self.client.variable_table.iter().flat_map(|table| table.select(&self.whole));
        let mut own = tables.filter_map(|(_, table)| table.get(name)?.as_str());
        own.next_back().map(str::to_owned).or_else(|| around.variable(self.fence, name))
    }

    /// Whether the configuration sets a variable itself.
    pub(super) fn sets(&self, name: &str) -> bool {
        let mut tables = self.client.variable_table.iter().flat_map(|table| table.select(&self.whole));
        tables.any(|(_, table)| table.get(name).is_some())
    }

    /// The member at the end of a way, whose key can be underlined.
    pub(super) fn member(&self, path: &Path) -> Option<&Member> {
        let (last, parents) = path.0.split_last()?;
        let Step::Key(key) = last else { return None };
        self.whole.at(&Path(parents.to_vec()))?.member(key)
    }
}

/// Of so many unknown keys each is tried by itself.
const TRIED: usize = 50;

/// The plan for a configuration.
pub(in crate::examples) fn plan<'a>(
    fence: &'a Fence,
    client: &Client,
    document: Document,
    around: &Surroundings<'_>,
) -> Plan<'a> {
    let schema = around.clients.schema(client);
    let at = schema.map_or_else(|_| Path::default(), |schema| place(fence, client, &document, schema));
    let in_comments = in_comments(&at, fence, client, &document.root, around);
    let mut plan = plan_at(&at, fence, client, document, around);
    plan.report(in_comments);
    plan
}

/// The plan for what stands at a place of a configuration.
pub(in crate::examples) fn plan_at<'a>(
    at: &Path,
    fence: &'a Fence,
    client: &Client,
    document: Document,
    around: &Surroundings<'_>,
) -> Plan<'a> {
    let mut plan = Plan::new(fence, Claim::Example(Kind::Config(client.name.clone())));
    plan.checked.insert(Check::Syntax);
    let schema = match around.clients.schema(client) {
        Ok(schema) => schema,
        Err(reason) => {
            plan.claim = Claim::Skipped(Kind::Config(client.name.clone()), reason.to_owned());
            return plan;
        }
    };
    plan.diagnostics.extend(unknown_place(fence, client, at, schema));
    let (placed, mut problems) = held(at, fence, client, document, schema);
    unfilled::untold(&placed, around, &mut problems);
    plan.checked.insert(Check::Schema);
    // An address that cannot be called is wrong where it is called, and so is what no provider takes.
    let mut unsent = Vec::new();
    let runs = !fence.attributes.example.no_run;
    let addresses = if runs { &mut problems } else { &mut unsent };
    unfilled::sent_as_they_stand(&placed, addresses);
    let mut probes = endpoints::probes(&placed, around, addresses);
    let followed = references::follow(&placed, around, &mut problems, &mut probes);
    if followed > 0 {
        plan.checked.insert(Check::References);
    }
    plan.report(problems);
    if runs && !probes.is_empty() {
        plan.work = Work::Requests(probes);
    }
    if !placed.partial && client.program.is_some() {
        plan.whole.push(whole(placed, around));
    }
    plan
}

/// A configuration with nothing left out, as the program itself would get it.
fn whole(placed: Placed<'_>, around: &Surroundings<'_>) -> Whole {
    let (body, span) = (placed.fence.body.text(), placed.whole.span);
    // Where braces stand around it, they are all of it; elsewhere it is all of the fence.
    let text = body.get(span.range()).filter(|text| text.starts_with('{')).unwrap_or(body).to_owned();
    let mut names: Vec<&str> = placed.client.variables.iter().flat_map(|form| form.names(&text)).collect();
    names.sort_unstable();
    names.dedup();
    // The program is asked what it makes of the configuration, and not whether a variable is set.
    let value = |name: &&str| around.variable(placed.fence, name).unwrap_or_else(|| "value".to_owned());
    let variables = names.iter().map(|name| ((*name).to_owned(), value(name))).collect();
    Whole { client: placed.client.name.clone(), text, variables, root: placed.whole }
}

/// Holds a value at its place against the schema and the rules of a client.
fn held<'a>(
    at: &Path,
    fence: &'a Fence,
    client: &'a Client,
    document: Document,
    schema: &Schema,
) -> (Placed<'a>, Vec<Problem>) {
    let included = client.include.as_deref().is_some_and(|include| includes(&document.root, include));
    let partial = document.fragment || document.sketch || included || !at.0.is_empty();
    let completeness = if partial { Completeness::Fragment } else { Completeness::Whole };
    let mut problems = schema.check(&document.root, at, completeness);
    problems.retain(|problem| !is_open(problem, fence, client));
    for problem in problems.iter_mut().filter(|problem| problem.code == Code::UnknownKey) {
        // The place is in the message; what reads it is not.
        if problem.label.as_ref().is_some_and(|label| problem.message.ends_with(label.as_str())) {
            problem.label = Some(format!("not in the configuration of {} {}", client.title, client.version));
        }
    }
    let placed = Placed { client, fence, whole: document.root.placed(at), partial };
    if client.passes_over_unknown_keys {
        pass_over(&placed, schema, &mut problems);
    }
    retired(&placed, &mut problems);
    endpoints::required(&placed, &mut problems);
    let mut broken = rules::broken(&placed);
    broken.retain(|problem| !is_open(problem, fence, client));
    rules::add(broken, &mut problems);
    (placed, problems)
}

/// Makes warnings of the unknown keys that a client passes over.
fn pass_over(placed: &Placed<'_>, schema: &Schema, problems: &mut [Problem]) {
    let completeness = if placed.partial { Completeness::Fragment } else { Completeness::Whole };
    let lacking =
        |problems: &[Problem]| problems.iter().filter(|problem| problem.code == Code::MissingKey).count();
    let told = lacking(problems);
    let passed_over = problems.iter().filter(|problem| problem.code == Code::UnknownKey);
    let keys: Vec<Span> =
        passed_over.filter(|problem| !refuses(placed, problem)).map(|problem| problem.span).collect();
    // As a rule nothing is missed without any of them; else each is tried, of so many as people look at.
    let rest = without(&placed.whole, &keys);
    let is_missed = lacking(&schema.check(&rest, &Path::default(), completeness)) > told;
    let is_tried = is_missed && keys.len() <= TRIED;
    for problem in problems.iter_mut().filter(|problem| problem.code == Code::UnknownKey) {
        if refuses(placed, problem) {
            continue;
        }
        // A misspelt key is passed over, and one that has to be there is missed.
        let is_needed = is_tried && {
            let rest = without(&placed.whole, &[problem.span]);
            lacking(&schema.check(&rest, &Path::default(), completeness)) > told
        };
        if !is_needed {
            problem.severity = Severity::Warning;
        }
    }
}

/// What is wrong with a value at its place, without a request.
pub(super) fn judged(
    at: &Path,
    fence: &Fence,
    client: &Client,
    document: Document,
    around: &Surroundings<'_>,
) -> Vec<Problem> {
    let Ok(schema) = around.clients.schema(client) else { return Vec::new() };
    let (placed, mut problems) = held(at, fence, client, document, schema);
    references::follow(&placed, around, &mut problems, &mut Vec::new());
    problems
}

/// What is wrong with the keys and values that stand in the comments of a configuration, each as if it stood there alone.
fn in_comments(
    at: &Path,
    fence: &Fence,
    client: &Client,
    root: &Node,
    around: &Surroundings<'_>,
) -> Vec<Problem> {
    let (Ok(schema), Some(syntax)) = (around.clients.schema(client), Syntax::named(&fence.language)) else {
        return Vec::new();
    };
    let mut problems = Vec::new();
    for found in commented::read(fence.body.text(), syntax, root) {
        let place = Path(at.0.iter().chain(&found.path.0).cloned().collect());
        if !schema.knows(&place) && !place.0.is_empty() {
            continue;
        }
        let document = Document { root: found.node.clone(), fragment: true, sketch: true };
        let mut wrong = judged(&place, fence, client, document, around);
        wrong.retain(|problem| is_meant(problem, &found, fence));
        // The program takes what stands on the page as long as nobody takes the comment in.
        problems.extend(wrong.into_iter().map(|problem| problem.severity(Severity::Warning)));
    }
    problems
}

/// Words that begin a remark, and are no keys of it.
const REMARKS: [&str; 12] = [
    "default", "defaults", "example", "note", "or", "optional", "required", "see", "todo", "tip", "use",
    "e.g.",
];

/// Whether what a comment says is wrong as data, and no remark that looks like data.
fn is_meant(problem: &Problem, found: &Commented, fence: &Fence) -> bool {
    let text = fence.body.text().get(problem.span.range()).unwrap_or_default();
    let text = text.trim_matches(['"', '\'']);
    match problem.code {
        Code::UnknownKey => {
            let is_remark = REMARKS.contains(&text) || text.starts_with(char::is_uppercase);
            !is_remark && (found.marked || problem.fix.is_some())
        }
        Code::WrongType => found.marked || !text.chars().all(char::is_alphabetic),
        _ => true,
    }
}

/// Whether a part of a value is taken from another file.
fn includes(node: &Node, include: &str) -> bool {
    node.get(include).is_some()
        || node.members().iter().any(|member| includes(&member.value, include))
        || node.elements().iter().any(|element| includes(element, include))
}

/// Whether a problem speaks of something that the reader is to replace, or of the key that takes in another file.
fn is_open(problem: &Problem, fence: &Fence, client: &Client) -> bool {
    let text = fence.body.text().get(problem.span.range()).unwrap_or_default();
    let is_text = text.parse::<f64>().is_err();
    let text = text.trim_matches(['"', '\'']);
    client.include.as_deref() == Some(text)
        || (text.starts_with('<') && text.ends_with('>'))
        // A text with a gap is a text, whatever the reader writes there.
        || (problem.code != Code::WrongType && text.contains('<') && text.contains('>'))
        || (problem.code == Code::OutOfBounds && is_text && credentials::placeholder(text))
}

/// Where in the file the text of a fence belongs.
fn place(fence: &Fence, client: &Client, document: &Document, schema: &Schema) -> Path {
    if let Some(at) = &fence.attributes.example.at {
        return Path(at.value.split('.').map(|key| Step::Key(key.to_owned())).collect());
    }
    let keys: Vec<&str> = document.root.members().iter().map(|member| member.key.as_str()).collect();
    let at_top = keys.iter().any(|key| schema.knows(&Path(vec![Step::Key((*key).to_owned())])));
    // A key that is known only to be refused has no other place either.
    let mut refused = client.retired.iter().filter(|rule| rule.refused).filter_map(|rule| rule.at.as_ref());
    if at_top || keys.is_empty() || refused.any(|at| !at.select(&document.root).is_empty()) {
        return Path::default();
    }
    match schema.places_of(&keys).as_slice() {
        [only] => only.clone(),
        _ => Path::default(),
    }
}

/// What is wrong with the place that a fence names.
fn unknown_place(fence: &Fence, client: &Client, at: &Path, schema: &Schema) -> Option<Diagnostic> {
    let named = fence.attributes.example.at.as_ref().filter(|_| !schema.knows(at))?;
    let message = format!("{} has no place `{}` in its configuration", client.title, named.value);
    let problem = Problem::new(Code::BadAttribute, named.span, message);
    Some(
        problem
            .help("name the keys that lead to the text of the fence, divided by dots")
            .of(fence.body.source()),
    )
}

/// The value without the members whose keys stand at these spans.
fn without(node: &Node, keys: &[Span]) -> Node {
    let value = match &node.value {
        Value::Object(members) => {
            let kept = members.iter().filter(|member| !keys.contains(&member.key_span));
            Value::Object(
                kept.map(|member| Member { value: without(&member.value, keys), ..member.clone() }).collect(),
            )
        }
        Value::Array(elements) => {
            Value::Array(elements.iter().map(|element| without(element, keys)).collect())
        }
        other => other.clone(),
    };
    Node::new(node.span, value)
}

/// Whether an unknown key stands in a table where the client refuses what it passes over elsewhere.
fn refuses(placed: &Placed<'_>, problem: &Problem) -> bool {
    let tables = placed.client.refuses_unknown_keys.iter().flat_map(|tables| tables.select(&placed.whole));
    let mut members = tables.flat_map(|(_, table)| table.members());
    members.any(|member| member.key_span == problem.span)
}

/// Says of retired keys what has become of them.
fn retired(placed: &Placed<'_>, problems: &mut [Problem]) {
    for rule in &placed.client.retired {
        for (path, _) in rule.at.iter().flat_map(|at| at.select(&placed.whole)) {
            let Some(member) = placed.member(&path) else { continue };
            let title = format!("{} {}", placed.client.title, placed.client.version);
            if let Some(problem) = problems.iter_mut().find(|problem| problem.span == member.key_span) {
                problem.help = Some(rule.help.clone());
                problem.fix = None;
                if rule.still_read {
                    problem.message = format!("`{path}` is retired");
                    problem.label = Some(format!("{title} reads it with a complaint"));
                    problem.severity = Severity::Warning;
                } else {
                    let reads = if rule.refused { "refused" } else { "not read" };
                    problem.label = Some(format!("{reads} by {title}"));
                }
                if rule.refused {
                    problem.severity = Severity::Error;
                }
            }
        }
    }
}
