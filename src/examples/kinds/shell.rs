//! Commands of a shell: they run as they stand, and their requests are answered.

use std::collections::BTreeSet;
use std::time::Duration;

use super::environment::{self, Assigned};
use super::{Claim, Plan, Surroundings, Work, commands};
use crate::data::{self, Syntax};
use crate::diagnostics::{Code, Diagnostic, Problem};
use crate::examples::anchors::{Anchors, BodyAnchor, HeaderAnchor};
use crate::examples::shell::{self, Known, Part, Script, curl, curl::Curl, harmless, variables};
use crate::examples::{Check, Kind};
use crate::page::Fence;
use crate::source::{Excerpt, Span};

/// A script to run.
#[derive(Clone, Debug)]
pub(in crate::examples) struct Run {
    /// Its text.
    pub text: String,
    /// Its requests, in the order of the text.
    pub requests: Vec<Anchors>,
    /// Where each line stands, for a command that fails.
    pub commands: Vec<Span>,
    /// The programs that have to be installed.
    pub programs: BTreeSet<String>,
    /// The variables that it reads.
    pub env: Vec<(String, String)>,
    /// How long it may take, where the fence says so.
    pub timeout: Option<Duration>,
    /// What runs before it in the same shell.
    pub before: Vec<String>,
}

/// The languages of a shell.
pub(in crate::examples) fn speaks(language: &str) -> bool {
    matches!(language, "bash" | "sh" | "shell" | "zsh" | "curl")
}

/// The plan for a script; what it sets and makes is there for the scripts after it.
pub(in crate::examples) fn plan<'a>(fence: &'a Fence, around: &mut Surroundings<'_>) -> Plan<'a> {
    let (script, problems) = shell::parse(fence.body.text()).into_parts();
    // What a script sets that cannot be read is not known.
    let assigned = if problems.is_empty() { assigned(&script, fence.body.text()) } else { Vec::new() };
    let mut plan = planned(fence, &script, problems, around);
    // A harmless script may write the file of a configuration.
    if matches!(plan.claim, Claim::Example(Kind::Shell) | Claim::Skipped(Kind::Shell, _)) {
        let written = commands::plan(fence, &script, around);
        plan.diagnostics.extend(written.into_iter().flat_map(|written| written.diagnostics));
    }
    plan.diagnostics.extend(environment::judge(&assigned, fence, around));
    plan
}

fn planned<'a>(
    fence: &'a Fence,
    script: &Script,
    problems: Vec<Problem>,
    around: &mut Surroundings<'_>,
) -> Plan<'a> {
    let body = &fence.body;
    let mut plan = Plan::new(fence, Claim::Example(Kind::Shell));
    if script.commands.is_empty() {
        return Plan::untested(fence, "it holds no command");
    }
    if !problems.is_empty() {
        // What the shell of the page cannot read may be meant for another program.
        if !begins_harmless(script, body) {
            return Plan::untested(fence, "its first command is not known to be harmless");
        }
        plan.checked.insert(Check::Syntax);
        plan.report(problems);
        return plan;
    }
    if let Some((name, _)) = fence
        .attributes
        .example
        .env
        .iter()
        .find(|(name, _)| !variables::is_name(name) || variables::is_guarded(name))
    {
        return Plan::untested(fence, format!("not run: `env` sets `{name}`"));
    }
    let mut files = std::mem::take(&mut around.files);
    let outside = |name: &str| match around.variable(fence, name) {
        _ if around.opened.contains(name) => Known::Open,
        Some(value) => Known::Text(value),
        None => Known::Unset,
    };
    let judged = harmless::judge(script, body, &outside, &mut files);
    around.files = files;
    let needs = match judged {
        Ok(needs) => needs,
        Err(reason) => {
            remember(script, body, around);
            return commands::plan(fence, script, around)
                .unwrap_or_else(|| Plan::untested(fence, format!("not run: {}", reason.text)));
        }
    };
    plan.checked.insert(Check::Syntax);
    let plan = runnable(plan, script, needs, around);
    remember(script, body, around);
    plan
}

/// The plan of a harmless script with its run, where the reader has all that it needs.
fn runnable<'a>(
    mut plan: Plan<'a>,
    script: &Script,
    needs: harmless::Needs,
    around: &Surroundings<'_>,
) -> Plan<'a> {
    let (fence, body) = (plan.fence, &plan.fence.body);
    let mut env = fence.attributes.example.env.clone();
    let example = &fence.attributes.example;
    let goes_on = example.continued || !example.needs.is_empty();
    for (name, _) in &needs.variables {
        if goes_on && around.opened.contains(name) {
            continue;
        }
        let Some(value) = around.variable(fence, name) else {
            plan.claim = Claim::Skipped(Kind::Shell, format!("the page never sets `${name}`"));
            return plan;
        };
        env.push((name.clone(), value));
    }
    let lookup = |name: &str| env.iter().find(|(known, _)| known == name).map(|(_, value)| value.clone());
    let curls = curls(script, body, &lookup);
    plan.diagnostics.extend(curls.iter().flat_map(broken_bodies));
    if let Some(address) =
        curls.iter().flat_map(|curl| &curl.urls).find(|url| url.text().contains(['<', '>']))
    {
        plan.claim =
            Claim::Skipped(Kind::Shell, format!("the reader fills in the address `{}`", address.text()));
        return plan;
    }
    let run = Run {
        text: body.text().to_owned(),
        requests: curls.iter().map(|curl| anchors(curl, body)).collect(),
        commands: script.commands.iter().map(|command| body.locate(command.span)).collect(),
        programs: needs.programs,
        env: env.clone(),
        timeout: fence.attributes.example.timeout,
        before: Vec::new(),
    };
    if !fence.attributes.example.no_run {
        plan.work = Work::Script(run);
    }
    plan
}

/// The variables that a script sets, with their places.
fn assigned(script: &Script, text: &str) -> Vec<Assigned> {
    let mut found = Vec::new();
    for command in &script.commands {
        found.extend(command.assignments.iter().map(|assignment| {
            let start = assignment.value.span.range().start - assignment.name.len() - 1;
            value(&assignment.name, start, &assignment.value.parts, text)
        }));
        let program = command.words.first().and_then(|word| word.literal(text));
        // What `-e` and `--env` of containers set is set like what is exported.
        let is_container = program.as_deref().is_some_and(|name| matches!(name, "docker" | "podman"));
        let mut before = program.filter(|name| name == "export");
        for word in command.words.iter().skip(1) {
            let is_set = before
                .as_deref()
                .is_some_and(|before| before == "export" || is_container && matches!(before, "-e" | "--env"));
            found.extend(
                word.named_value(text)
                    .filter(|_| is_set)
                    .map(|(name, parts)| value(name, word.span.range().start, &parts, text)),
            );
            if before.as_deref() != Some("export") {
                before = word.literal(text);
            }
        }
    }
    found
}

/// A variable whose name stands at `start`, with the parts of its value.
fn value(name: &str, start: usize, parts: &[Part], text: &str) -> Assigned {
    let parts: Vec<&Part> = parts.iter().filter(|part| !part.span().is_empty()).collect();
    let end = start + name.len() + 1;
    let (value, value_span) = match parts.as_slice() {
        [Part::Copy(span)] => (text.get(span.range()).map(str::to_owned), *span),
        [] => (Some(String::new()), Span::at(end)),
        parts => (None, parts.iter().fold(Span::at(end), |span, part| span.to(part.span()))),
    };
    let value = value.filter(|value| !environment::is_left_open(value));
    Assigned { name: name.to_owned(), name_span: Span::new(start, start + name.len()), value, value_span }
}

fn begins_harmless(script: &Script, body: &Excerpt) -> bool {
    let name = |command: &shell::Command| command.words.first().and_then(|word| word.literal(body.text()));
    script.commands.first().and_then(name).is_some_and(|name| harmless::knows(&name))
}

/// Keeps the variables that the script sets.
fn remember(script: &Script, body: &Excerpt, around: &mut Surroundings<'_>) {
    for (name, value) in variables::assigned(script, body.text()) {
        match value {
            Known::Text(value) => {
                let before = around.variables.insert(name.clone(), value.clone());
                if before.is_some_and(|before| before != value) {
                    around.opened.insert(name);
                }
            }
            Known::Unset | Known::Open => {
                around.opened.insert(name);
            }
        }
    }
}

fn curls(script: &Script, body: &Excerpt, lookup: &dyn Fn(&str) -> Option<String>) -> Vec<Curl> {
    let is_curl = |command: &&shell::Command| {
        command.words.first().and_then(|word| word.literal(body.text())).is_some_and(|name| name == "curl")
    };
    let mut commands: Vec<_> = script.commands.iter().filter(is_curl).collect();
    commands.sort_by_key(|command| command.span);
    // What is known inside the script as well: a variable set by one line and read by another.
    let own = |name: &str| {
        let assigned = script.commands.iter().flat_map(|command| &command.assignments);
        let value = assigned.rev().find(|assignment| assignment.name == name);
        value.and_then(|assignment| assignment.value.literal(body.text())).or_else(|| lookup(name))
    };
    let own = |name: &str| own(name).map_or(Known::Unset, Known::Text);
    commands.into_iter().filter_map(|command| curl::read(command, body, &own).ok()).collect()
}

/// Bodies that are said to be JSON, and are not.
fn broken_bodies(curl: &Curl) -> Vec<Diagnostic> {
    let json = curl.header("content-type").is_some_and(|(_, value)| value.text().contains("json"));
    let [body] = curl.data.as_slice() else { return Vec::new() };
    if !json || body.text().is_empty() || body.text().starts_with('@') {
        return Vec::new();
    }
    let (_, problems) = data::parse(body.text(), Syntax::Json).into_parts();
    let first = problems.into_iter().find(|problem| problem.code == Code::Syntax);
    first
        .map(|problem| {
            let message = format!("the body is not JSON as it is sent: {}", problem.message);
            Problem { code: Code::BodySyntax, message, ..problem }.within(body)
        })
        .into_iter()
        .collect()
}

fn anchors(curl: &Curl, body: &Excerpt) -> Anchors {
    let headers: Vec<HeaderAnchor> = curl.headers.iter().filter_map(header).collect();
    let secret = |header: &&HeaderAnchor| crate::gateway::exchange::is_secret_name(&header.name);
    let credential = headers.iter().rev().find(secret).map(|header| header.value.span());
    Anchors {
        whole: body.locate(curl.program),
        url: curl.urls.first().cloned(),
        method: curl.method.as_ref().map(Excerpt::span),
        credential: credential.or_else(|| curl.user.as_ref().map(Excerpt::span)),
        headers,
        body: match curl.data.as_slice() {
            [data] => BodyAnchor::Text(data.clone()),
            [] if !curl.fields.is_empty() => BodyAnchor::Form(curl.fields.clone()),
            _ => BodyAnchor::None,
        },
    }
}

fn header(line: &Excerpt) -> Option<HeaderAnchor> {
    let (name, rest) = line.text().split_once(':')?;
    let start = name.len() + 1 + (rest.len() - rest.trim_start().len());
    Some(HeaderAnchor {
        name: name.trim().to_lowercase(),
        key: line.locate(Span::new(0, name.len())),
        value: line.part(Span::new(start, line.text().len())),
    })
}
