//! Commands that change a configuration, such as `openclaw config set gateway.port 19001`, and those that write its file.
//!
//! What the commands of a fence set is put together and judged like a configuration that stands on the page, with each
//! key where the command names it. Nothing is run.

use super::settings::{Reader, Setting};
use super::{Claim, Plan, Surroundings, config};
use crate::data::{self, Document, Member, Node, Path, Step, Syntax, Value};
use crate::diagnostics::{Code, Diagnostic};
use crate::examples::shell::{Command, Decoded, Known, Script};
use crate::page::Fence;
use crate::source::Span;

/// The plan for a fence with such commands; none where it has none that can be read.
pub(super) fn plan<'a>(fence: &'a Fence, script: &Script, around: &Surroundings<'_>) -> Option<Plan<'a>> {
    let set = around.clients.iter().filter_map(|client| {
        let settings = Reader { fence, script, client, around }.all();
        set(fence, client, settings, around)
    });
    let written = script.commands.iter().filter_map(|command| written(fence, command, around));
    let plan = super::together(set.chain(written))?;
    matches!(plan.claim, Claim::Example(_) | Claim::Skipped(..)).then_some(plan)
}

/// The plan for what commands set.
fn set<'a>(
    fence: &'a Fence,
    client: &crate::examples::clients::Client,
    settings: Vec<Setting>,
    around: &Surroundings<'_>,
) -> Option<Plan<'a>> {
    let document = |root: Node| Document { root, fragment: true, sketch: false };
    let judged = |root: Node| config::plan_at(&Path::default(), fence, client, document(root), around);
    let (taken_out, settings): (Vec<Setting>, Vec<Setting>) =
        settings.into_iter().partition(|setting| setting.takes_out);
    let mut documents: Vec<Node> = Vec::new();
    let mut goes_on = false;
    for setting in &settings {
        match documents.last_mut().filter(|last| goes_on && is_free(last, &setting.path)) {
            Some(last) => put(last, &setting.path, setting.value.clone()),
            // What is set again is another way, and not a part of the first.
            None => documents.push(setting.alone()),
        }
        goes_on = setting.is_keyed();
    }
    let out = taken_out.iter().map(|setting| {
        let mut plan = judged(setting.alone());
        // A key of an older version may well be what is to go; one that looks misspelt is none.
        plan.diagnostics.retain(|said| said.problem.fix.is_some() && said.problem.code == Code::UnknownKey);
        plan
    });
    let plans: Vec<Plan<'a>> = documents.into_iter().map(judged).chain(out).collect();
    let mut plan = super::together(plans.into_iter())?;
    let is_bare = |said: &Diagnostic| said.problem.code == Code::UnknownKey && said.problem.help.is_none();
    if plan.diagnostics.iter().any(is_bare) {
        // The key that was meant may be set by another command, and is no candidate beside it.
        let alone: Vec<Diagnostic> =
            settings.iter().flat_map(|setting| judged(setting.alone()).diagnostics).collect();
        for said in plan.diagnostics.iter_mut().filter(|said| is_bare(said)) {
            let same = |other: &&Diagnostic| {
                other.problem.span == said.problem.span && other.problem.code == said.problem.code
            };
            if let Some(other) = alone.iter().find(same) {
                said.problem = other.problem.clone();
            }
        }
    }
    plan.report(settings.into_iter().flat_map(|setting| setting.problems).collect());
    Some(plan)
}

/// The plan for a file that a command writes from a text behind it, where it is known whose it is.
fn written<'a>(fence: &'a Fence, command: &Command, around: &Surroundings<'_>) -> Option<Plan<'a>> {
    let text = fence.body.text();
    let program = command.words.first()?.literal(text)?;
    let file = match program.as_str() {
        "cat" => &command.redirects.iter().find(|redirect| redirect.operator.starts_with('>'))?.target,
        "tee" | "sudo" => command.words.last()?,
        _ => return None,
    };
    let title = file.literal(text)?;
    let syntax = Syntax::named(title.rsplit('.').next()?)?;
    let input = command.redirects.iter().find(|redirect| redirect.operator.starts_with("<<"))?;
    let decoded = Decoded::of(&input.target, text, &|_| Known::Open)?;
    let (document, problems) = data::parse(&decoded.text, syntax.lenient()).into_parts();
    let mut titled = fence.clone();
    titled.attributes.title = Some(title);
    let client = around.clients.recognise(&titled, syntax, &document, &around.mentions)?;
    let mut document = document;
    decoded.place(&mut document.root);
    let mut plan = config::plan_at(&Path::default(), fence, client, document, around);
    plan.whole.clear();
    plan.report(problems.into_iter().map(|problem| decoded.told(problem)).collect());
    Some(plan)
}

impl Setting {
    /// Whether keys alone lead to the value.
    fn is_keyed(&self) -> bool {
        !self.path.is_empty() && self.path.iter().all(|(step, _)| matches!(step, Step::Key(_)))
    }

    /// A configuration of nothing else.
    fn alone(&self) -> Node {
        if self.path.is_empty() {
            return self.value.clone();
        }
        let mut root = Node::new(self.span, Value::Object(Vec::new()));
        put(&mut root, &self.path, self.value.clone());
        root
    }
}

/// Whether nothing is set at a path of keys, nor above it.
fn is_free(root: &Node, path: &[(Step, Span)]) -> bool {
    let mut here = root;
    for (step, _) in path {
        let Step::Key(key) = step else { return false };
        match (&here.value, here.get(key)) {
            (Value::Object(_), Some(next)) => here = next,
            (Value::Object(_), None) => return true,
            (_, _) => return false,
        }
    }
    false
}

/// No more elements than these are made up before one.
const MOST_BEFORE: usize = 64;

/// Puts a value at a path that is free; of a list it is the only element that is known.
fn put(root: &mut Node, path: &[(Step, Span)], value: Node) {
    let Some(((step, span), rest)) = path.split_first() else {
        *root = value;
        return;
    };
    let key = match step {
        Step::Key(key) => key,
        Step::Index(index) => {
            let mut element = Node::new(*span, Value::Object(Vec::new()));
            put(&mut element, rest, value);
            // The elements before it stand elsewhere.
            let open = Node::new(Span::at(span.range().start), Value::Elided);
            let before = std::iter::repeat_n(open, (*index).min(MOST_BEFORE));
            root.value = Value::Array(before.chain([element]).collect());
            return;
        }
    };
    let Value::Object(members) = &mut root.value else { return };
    let at = members.iter().position(|member| member.key == *key);
    let at = at.unwrap_or_else(|| {
        let inner = Node::new(*span, Value::Object(Vec::new()));
        members.push(Member { key: key.clone(), key_span: *span, value: inner });
        members.len() - 1
    });
    if let Some(member) = members.get_mut(at) {
        put(&mut member.value, rest, value);
    }
}
