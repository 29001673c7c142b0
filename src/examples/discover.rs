//! From the fences of a page to what has to be done for each of them.

use std::collections::{BTreeMap, BTreeSet};

use super::changes;
use super::clients::{Clients, Mentions};
use super::companions::{Companions, Data};
use super::kinds::shell::Run;
use super::kinds::{
    Claim, Plan, Surroundings, Work, config, data as data_kind, environment, routing, shell, together,
};
use crate::data::{Document, Syntax};
use crate::diagnostics::{Code, Problem, nearest};
use crate::gateway::credentials;
use crate::gateway::faults::Plan as Faults;
use crate::gateway::mock::Mock;
use crate::page::{Fence, Page};
use crate::source::Span;

/// The plans for all fences of a page, in their order.
pub(super) fn plans<'a>(page: &'a Page, clients: &Clients, mock: &Mock) -> Vec<Plan<'a>> {
    if page.fences.is_empty() {
        return Vec::new();
    }
    let mentions = clients.mentioned(page.source.text());
    let changed: Vec<Option<Fence>> =
        page.fences.iter().map(|fence| changed(fence, clients, &mentions)).collect();
    let shown: Vec<(&Fence, Option<Data>)> = page
        .fences
        .iter()
        .zip(&changed)
        .map(|(fence, changed)| changed.as_ref().unwrap_or(fence))
        .map(|fence| (fence, Data::read(fence)))
        .collect();
    let mut around = Surroundings {
        page,
        clients,
        mock,
        companions: Companions::of(&shown, clients, &mentions),
        mentions,
        variables: BTreeMap::new(),
        opened: BTreeSet::new(),
        files: BTreeSet::new(),
    };
    for fence in page.fences.iter().filter(|fence| environment::speaks(fence)) {
        let (assigned, _) = environment::read(fence.body.text());
        let known = assigned.into_iter().filter_map(|one| Some((one.name, one.value?)));
        around.variables.extend(known.filter(|(_, value)| !value.is_empty()));
    }
    let mut plans = Vec::with_capacity(page.fences.len());
    for (fence, (shown, data)) in page.fences.iter().zip(shown) {
        let mut plan = plan(shown, data, &mut around).of(fence);
        if !matches!(&plan.claim, Claim::None(_)) {
            prepend(fence, &mut plan, &plans);
        }
        plan.faults = faults(fence, &mut plan);
        let secrets = credentials::real_ones(fence.body.text()).into_iter().map(Problem::real_secret);
        plan.report(secrets.collect());
        plans.push(plan);
    }
    plans
}

/// What is to go wrong with the requests of a fence; what documents an error ends with it.
fn faults(fence: &Fence, plan: &mut Plan<'_>) -> Option<Faults> {
    let example = &fence.attributes.example;
    let written = example.fault.as_ref()?;
    let source = fence.body.source();
    let attribute = source.slice(written.span);
    // The value stands in the attribute as it is, perhaps in quotes.
    let start = attribute.find(written.value.as_str()).unwrap_or_default();
    let base = written.span.start + u32::try_from(start).unwrap_or_default();
    let (faults, problems) = Faults::parse(&written.value, base, Code::BadAttribute).into_parts();
    if !problems.is_empty() {
        plan.diagnostics.extend(problems.into_iter().map(|problem| problem.of(source)));
        plan.work = Work::None;
        return None;
    }
    Some(if example.promises_failure() { faults.documented() } else { faults })
}

/// The fence as it reads after the change that it shows; none where it shows none, or none of data.
fn changed(fence: &Fence, clients: &Clients, mentions: &Mentions) -> Option<Fence> {
    if !changes::shows(fence) {
        return None;
    }
    let is_named = Syntax::named(&fence.language).is_some() || fence.attributes.example.client.is_some();
    let is_some_ones = |fence: &Fence| {
        let Some(data) = Data::read(fence) else { return false };
        let documents = data.documents();
        let mut owners =
            documents.iter().map(|document| clients.recognise(fence, data.syntax, document, mentions));
        owners.any(|owner| owner.is_some())
    };
    changes::after(fence).into_iter().find(|after| is_named || is_some_ones(after))
}

fn plan<'a>(fence: &'a Fence, data: Option<Data>, around: &mut Surroundings<'_>) -> Plan<'a> {
    let example = &fence.attributes.example;
    if let Some(reason) = &example.ignore {
        return Plan::untested(fence, format!("ignored: {}", reason.value));
    }
    if example.response.is_some() || example.output {
        return Plan::untested(fence, "an expectation of the example before it");
    }
    if changes::shows(fence) {
        return Plan::untested(fence, "lines of a change");
    }
    if let Some(data) = data {
        return data_plan(fence, data, around);
    }
    if environment::speaks(fence) {
        return environment::plan(fence, around);
    }
    if shell::speaks(&fence.language) {
        return shell::plan(fence, around);
    }
    Plan::untested(
        fence,
        match fence.language.as_str() {
            "" => "it names no language".to_owned(),
            language => format!("nothing is claimed by `{language}`"),
        },
    )
}

fn data_plan<'a>(fence: &'a Fence, data: Data, around: &Surroundings<'_>) -> Plan<'a> {
    let named = match &fence.attributes.example.client {
        Some(name) => match around.clients.named(&name.value) {
            Some(client) => Some(client),
            None => return unknown_client(fence, name.span, &name.value, around),
        },
        None => None,
    };
    let documents = data.documents();
    let included = around.companions.place(fence, around.clients).filter(|_| named.is_none());
    if let Some((client, at)) = included {
        // What lacks here may stand in the file that takes it in.
        let parts = documents.into_iter().map(|document| Document { fragment: true, ..document });
        let plans = parts.map(|document| config::plan_at(at, fence, client, document, around));
        if let Some(mut plan) = together(plans) {
            plan.report(data.documents.into_parts().1);
            return plan;
        }
        return Plan::untested(fence, "it holds nothing");
    }
    let whose = |document: &Document| {
        named.or_else(|| around.clients.recognise(fence, data.syntax, document, &around.mentions))
    };
    let owned: Vec<_> = documents.iter().map(|document| (document, whose(document))).collect();
    // Each of several values is judged as if it stood alone; one that nobody claims has been read.
    let configs = owned.into_iter().filter_map(|(document, client)| Some((document, client?)));
    let plans = configs.map(|(document, client)| config::plan(fence, client, document.clone(), around));
    if let Some(mut plan) = together(plans) {
        plan.report(data.documents.into_parts().1);
        return plan;
    }
    if data.syntax != Syntax::Yaml && data.syntax != Syntax::Toml {
        let routed = documents.iter().filter(|document| routing::recognises(document));
        if let Some(mut plan) = together(routed.map(|document| routing::plan(fence, document, around))) {
            plan.report(data_kind::problems(fence, data.syntax));
            return plan;
        }
    }
    let mut plan = data_kind::plan(fence, data.syntax);
    if let Some(at) = &fence.attributes.example.at {
        let message = format!("no client has a place `{}` in its configuration", at.value);
        let problem = Problem::new(Code::BadAttribute, at.span, message);
        let help = "name the keys that lead to the text of the fence, divided by dots";
        plan.diagnostics.push(problem.help(help).of(&around.page.source));
    }
    plan
}

fn unknown_client<'a>(fence: &'a Fence, span: Span, name: &str, around: &Surroundings<'_>) -> Plan<'a> {
    let mut plan = Plan::new(fence, Claim::Example(super::Kind::Data));
    let message = format!("no client profile is named `{name}`");
    let problem = Problem::new(Code::BadAttribute, span, message);
    let problem = match nearest(name, around.clients.names()) {
        Some(known) => problem.help(format!("write `client={known}`")),
        None => problem.help("name a built-in profile, or add one to the site"),
    };
    plan.diagnostics.push(problem.of(&around.page.source));
    plan
}

/// How many scripts may run before one in its shell: each of a chain runs all before it.
const LONGEST_CHAIN: usize = 32;

/// Puts before a script what it goes on from: the script before it, or those that it names.
fn prepend(fence: &Fence, plan: &mut Plan<'_>, earlier: &[Plan<'_>]) {
    let example = &fence.attributes.example;
    let mut found: Vec<Run> = Vec::new();
    if example.continued {
        found.extend(earlier.iter().rev().find_map(script));
    }
    for need in &example.needs {
        let name_of =
            |plan: &Plan<'_>| plan.fence.attributes.example.name.as_ref().map(|name| name.value.clone());
        if let Some(needed) = earlier.iter().find(|plan| name_of(plan).as_ref() == Some(&need.value)) {
            found.extend(script(needed));
            continue;
        }
        let names: Vec<String> = earlier.iter().filter_map(name_of).collect();
        let message = format!("no example before this one is named `{}`", need.value);
        let problem = Problem::new(Code::UnknownExample, need.span, message);
        let problem = match nearest(&need.value, names.iter().map(String::as_str)) {
            Some(name) => problem.help(format!("write `needs={name}`")),
            None => problem.help("give the example that it needs a `name=`"),
        };
        plan.diagnostics.push(problem.of(fence.body.source()));
    }
    if found.iter().map(|run| run.before.len() + 1).sum::<usize>() > LONGEST_CHAIN {
        let Claim::Example(kind) = plan.claim.clone() else { return };
        plan.claim = Claim::Skipped(kind, format!("it needs more than {LONGEST_CHAIN} examples before it"));
        plan.work = Work::None;
        return;
    }
    if let Work::Script(run) = &mut plan.work {
        for mut before in found {
            run.before.append(&mut before.before);
            run.before.push(before.text);
            for (name, value) in before.env {
                if !run.env.iter().any(|(known, _)| *known == name) {
                    run.env.push((name, value));
                }
            }
        }
    }
}

/// The script of a plan.
fn script(plan: &Plan<'_>) -> Option<Run> {
    match &plan.work {
        Work::Script(run) => Some(run.clone()),
        Work::None | Work::Requests(_) => None,
    }
}
