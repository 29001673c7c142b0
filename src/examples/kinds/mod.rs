//! The kinds of examples, one file each: what a fence claims, and what has to be tried.

mod commands;
pub(super) mod config;
pub(super) mod data;
pub(super) mod endpoints;
pub(super) mod environment;
pub(super) mod references;
pub(super) mod routing;
pub(super) mod rules;
mod settings;
pub(super) mod shell;
mod unfilled;

use std::collections::{BTreeMap, BTreeSet};

use super::anchors::Anchors;
use super::clients::{Clients, Mentions};
use super::companions::Companions;
use super::{Check, Kind};
use crate::data::Node;
use crate::diagnostics::Diagnostic;
use crate::gateway::credentials;
use crate::gateway::exchange::Request;
use crate::gateway::faults;
use crate::gateway::mock::Mock;
use crate::page::{Fence, Page};

/// What is known while the fences of a page are read.
pub(super) struct Surroundings<'a> {
    /// The page.
    pub page: &'a Page,
    /// The clients that it speaks of.
    pub mentions: Mentions,
    /// All clients.
    pub clients: &'a Clients,
    /// The mock, which issues credentials.
    pub mock: &'a Mock,
    /// What its fences say for all of them.
    pub companions: Companions,
    /// The variables that commands before this fence have set.
    pub variables: BTreeMap<String, String>,
    /// Variables that scripts before it set to what only the shell knows, or to several values.
    pub opened: BTreeSet<String>,
    /// The files that commands before this fence have made.
    pub files: BTreeSet<String>,
}

impl Surroundings<'_> {
    /// The value of an environment variable, as the reader of the page would have it.
    pub(super) fn variable(&self, fence: &Fence, name: &str) -> Option<String> {
        let own = fence.attributes.example.env.iter().rev().find(|(known, _)| known == name);
        own.map(|(_, value)| value.clone())
            .or_else(|| credentials::for_variable(self.mock.profiles(), name))
            .or_else(|| self.variables.get(name).cloned())
    }
}

/// What is to be done for a fence.
#[derive(Debug)]
pub(super) struct Plan<'a> {
    /// The fence.
    pub fence: &'a Fence,
    /// What it claims.
    pub claim: Claim,
    /// What is wrong with it already.
    pub diagnostics: Vec<Diagnostic>,
    /// How it was tried already.
    pub checked: BTreeSet<Check>,
    /// What has to be sent or run.
    pub work: Work,
    /// The configurations that the program itself can be asked about.
    pub whole: Vec<Whole>,
    /// What goes wrong with its requests on purpose.
    pub faults: Option<faults::Plan>,
}

/// A whole configuration.
#[derive(Clone, Debug)]
pub(super) struct Whole {
    /// The client's name.
    pub client: String,
    /// Its value.
    pub root: Node,
    /// Its text.
    pub text: String,
    /// The variables that it reads, with what the reader has in them.
    pub variables: Vec<(String, String)>,
}

/// One plan for all that a fence holds.
pub(super) fn together<'a>(mut plans: impl Iterator<Item = Plan<'a>>) -> Option<Plan<'a>> {
    let mut first = plans.next()?;
    plans.for_each(|plan| first.take(plan));
    // Of those that have no text of their own, none can be asked about.
    let texts: Vec<String> = first.whole.iter().map(|whole| whole.text.clone()).collect();
    first.whole.retain(|whole| texts.iter().filter(|text| **text == whole.text).count() == 1);
    Some(first)
}

/// What a fence claims.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Claim {
    /// Something that can be tested.
    Example(Kind),
    /// Something that can be tested, but not here.
    Skipped(Kind, String),
    /// Nothing, for this reason.
    None(String),
}

/// What has to be sent or run.
#[derive(Debug)]
pub(super) enum Work {
    /// Nothing.
    None,
    /// These requests, one after the other.
    Requests(Vec<Probe>),
    /// A script.
    Script(shell::Run),
}

/// A request with its places on the page.
#[derive(Clone, Debug)]
pub(super) struct Probe {
    /// What is sent.
    pub request: Request,
    /// Where its parts stand.
    pub anchors: Anchors,
}

impl<'a> Plan<'a> {
    /// A plan without work.
    pub(super) fn new(fence: &'a Fence, claim: Claim) -> Self {
        Self {
            fence,
            claim,
            diagnostics: Vec::new(),
            checked: BTreeSet::new(),
            work: Work::None,
            whole: Vec::new(),
            faults: None,
        }
    }

    /// A fence that nothing tests.
    pub(super) fn untested(fence: &'a Fence, reason: impl Into<String>) -> Self {
        Self::new(fence, Claim::None(reason.into()))
    }

    /// The same plan for the fence on the page, of which this one's is a reading.
    pub(super) fn of(self, fence: &Fence) -> Plan<'_> {
        let Self { fence: read, claim, diagnostics, checked, work, whole, faults } = self;
        // Places of another text lead nowhere in this one.
        let whole = if read.body.text() == fence.body.text() { whole } else { Vec::new() };
        Plan { fence, claim, diagnostics, checked, work, whole, faults }
    }

    /// Takes what another plan for the same fence has found and has to send.
    fn take(&mut self, other: Self) {
        self.diagnostics.extend(other.diagnostics);
        self.checked.extend(other.checked);
        self.whole.extend(other.whole);
        match (&mut self.work, other.work) {
            (Work::Requests(own), Work::Requests(more)) => own.extend(more),
            (Work::None, work) => self.work = work,
            (_, _) => {}
        }
    }

    /// Takes the problems of a text that the fence holds.
    pub(super) fn report(&mut self, problems: Vec<crate::diagnostics::Problem>) {
        let body = &self.fence.body;
        self.diagnostics.extend(problems.into_iter().map(|problem| problem.within(body)));
    }
}
