//! All examples of a site: discover, plan, start the gateway, run, judge.

use std::collections::{BTreeMap, VecDeque};
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::time::Duration;

use futures_util::{StreamExt, TryStreamExt};
use rayon::prelude::*;

use super::anchors::Anchors;
use super::clients::Clients;
use super::judge::{self, Tried};
use super::kinds::shell::Run;
use super::kinds::{Claim, Plan, Probe, Work};
use super::memory::{Key, Known, Memory};
use super::programs::{Place, Programs};
use super::run::{self, Ran, Stage};
use super::{Check, Error, Outcome, Verdict, Verdicts, discover};
use crate::diagnostics::{Code, Diagnostic, Problem};
use crate::gateway::allowance::Allowance;
use crate::gateway::cassettes::Cassettes;
use crate::gateway::exchange::Exchange;
use crate::gateway::faults::{Clock, rules};
use crate::gateway::limits;
use crate::gateway::mock::Mock;
use crate::gateway::profiles::Profiles;
use crate::gateway::server::{self, Gateway, Mode};
use crate::page::Page;
use crate::site::{self, Site};
use crate::source::Span;

/// How long the gateway of a user may take to be there.
const PATIENCE: Duration = Duration::from_secs(10);

/// How examples are run.
#[derive(Clone, Debug)]
pub struct Options {
    /// Who answers their requests.
    pub mode: Mode,
    /// The environment: `PATH` for commands, credentials for live gateways.
    pub environment: BTreeMap<String, String>,
    /// How many examples run at a time.
    pub parallel: usize,
    /// The folder where what programs say is kept from one run to the next; it can be removed at any time.
    pub cache: Option<PathBuf>,
    /// The time of day.
    pub clock: Clock,
    /// What live gateways may be asked, in place of what the settings say.
    pub cap: Cap,
}

/// Limits of a call.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Cap {
    /// Requests.
    pub requests: Option<u64>,
    /// Tokens.
    pub tokens: Option<u64>,
    /// Money, in the currency of the settings' prices.
    pub cost: Option<f64>,
}

/// What happens while examples run, for those who show it.
#[derive(Clone, Debug)]
pub enum Event {
    /// So many fences have been read.
    Planned {
        /// Those that make a claim.
        examples: usize,
    },
    /// An example is judged.
    Judged {
        /// The file.
        file: String,
        /// The line of its fence.
        line: u32,
        /// The verdict.
        verdict: Verdict,
    },
}

/// Who is told of events.
pub type Events<'a> = &'a (dyn Fn(Event) + Sync);

/// Verifies pages, as often as they change: gateway, profiles and schemas are there once.
#[derive(Debug)]
pub struct Verifier {
    runtime: tokio::runtime::Runtime,
    gateway: Gateway,
    mock: Mock,
    clients: Clients,
    /// The programs that are installed here, and may be asked.
    programs: Programs,
    scratch: tempfile::TempDir,
    ca_file: PathBuf,
    options: Options,
    timeout: Duration,
    /// The codes that the settings switch off.
    allowed: Vec<Code>,
    /// Whether the same request always has the same answer.
    is_steady: bool,
    memory: Option<Memory>,
}

/// All fences of a site, and what became of each; what is wrong with the profiles of the site as well.
pub fn verify(
    site: &Site,
    options: Options,
    events: Events<'_>,
) -> Result<(Verdicts, Vec<Diagnostic>), Error> {
    let (verifier, diagnostics) = Verifier::start(site, options)?;
    let pages: Vec<&Page> = site.pages.iter().map(|page| &page.page).collect();
    let pages = verifier.verify(&pages, events)?;
    let asked = verifier.programs.asked()?;
    let (mended, sent) = (verifier.clients.mended(), verifier.gateway.tally());
    Ok((Verdicts { pages, mended, asked, sent }, diagnostics))
}

impl Verifier {
    /// Starts a gateway with the profiles of a site; what is wrong with these as diagnostics.
    pub fn start(site: &Site, options: Options) -> Result<(Self, Vec<Diagnostic>), Error> {
        let (mut settings, mut diagnostics) = gateway_of(site);
        if options.mode == Mode::Replay {
            let (sources, unreadable) = site::cassettes(site).map_err(Error::Cassettes)?;
            let (read, wrong) = Cassettes::read(&sources, options.clock.now());
            settings.cassettes = read;
            diagnostics.extend(unreadable.into_iter().chain(wrong));
        }
        let profiles = settings.profiles.clone();
        let (mut clients, wrong) = Clients::of(site);
        diagnostics.extend(wrong);
        let scratch = tempfile::Builder::new().prefix("proofpress-").tempdir();
        let scratch =
            scratch.map_err(|source| Error::ScratchDir { path: PathBuf::from("the system's"), source })?;
        let threads = tokio::runtime::Builder::new_multi_thread().enable_all().build();
        let runtime = threads.map_err(|source| Error::Threads { source })?;
        // A recording of one request can hold several answers.
        let is_steady =
            options.mode != Mode::Replay && settings.faults.is_empty() && settings.limits.is_empty();
        let gateway = runtime.block_on(Gateway::start(server::Options {
            mode: options.mode.clone(),
            environment: options.environment.clone(),
            clock: options.clock,
            allowance: Allowance {
                requests: options.cap.requests.or(settings.allowance.requests),
                tokens: options.cap.tokens.or(settings.allowance.tokens),
                cost: options.cap.cost.or(settings.allowance.cost),
                ..settings.allowance
            },
            ..settings
        }))?;
        if let Mode::Url(url) = &options.mode {
            runtime.block_on(reach(url))?;
        }
        let ca_file = scratch.path().join("authority.pem");
        let written = runtime.block_on(tokio::fs::write(&ca_file, gateway.authority_pem()));
        written.map_err(|source| Error::ScratchDir { path: ca_file.clone(), source })?;
        let place = Place {
            scratch: scratch.path().to_owned(),
            root: absolute(&site.root),
            path: run::path_of(&options.environment).to_owned(),
            home: options.environment.get("HOME").map(PathBuf::from),
            port: gateway.address().port(),
            cache: options.cache.clone(),
        };
        let programs = Programs::find(site, &clients, &place)?;
        runtime.block_on(programs.print_schemas(&mut clients));
        let timeout = Duration::from_secs(site.settings.examples.timeout);
        let verifier = Self {
            runtime,
            gateway,
            mock: Mock::new(profiles),
            clients,
            programs,
            scratch,
            ca_file,
            options,
            timeout,
            allowed: site.settings.allow.clone(),
            is_steady,
            memory: None,
        };
        Ok((verifier, diagnostics))
    }

    /// Keeps what went well: where a page is verified again, only what is new on it is tried.
    #[must_use]
    pub fn remembering(self) -> Self {
        Self { memory: self.is_steady.then(Memory::default), ..self }
    }

    /// The outcomes of all fences of these pages, in their order.
    pub fn verify(&self, pages: &[&Page], events: Events<'_>) -> Result<Vec<Vec<Outcome>>, Error> {
        self.runtime.block_on(self.run(self.plans(pages, events), events))
    }

    /// The same, unless `ended` comes before: then nothing, and what was begun is broken off.
    pub fn verify_until(
        &self,
        pages: &[&Page],
        events: Events<'_>,
        ended: impl Future<Output = ()>,
    ) -> Result<Option<Vec<Vec<Outcome>>>, Error> {
        let plans = self.plans(pages, events);
        let outcomes = self.runtime.block_on(async {
            tokio::select! {
                outcomes = self.run(plans, events) => outcomes.map(Some),
                () = ended => Ok(None),
            }
        });
        if let (Some(memory), Ok(Some(_))) = (&self.memory, &outcomes) {
            for page in pages {
                memory.tidy(page.source.path());
            }
        }
        outcomes
    }

    fn plans<'a>(&self, pages: &[&'a Page], events: Events<'_>) -> Vec<Vec<Plan<'a>>> {
        let plans: Vec<Vec<Plan<'a>>> =
            pages.par_iter().map(|page| discover::plans(page, &self.clients, &self.mock)).collect();
        let claims = |plan: &&Plan<'_>| !matches!(plan.claim, Claim::None(_));
        events(Event::Planned { examples: plans.iter().flatten().filter(claims).count() });
        plans
    }

    async fn run(&self, plans: Vec<Vec<Plan<'_>>>, events: Events<'_>) -> Result<Vec<Vec<Outcome>>, Error> {
        let mut outcomes: Vec<Vec<Outcome>> =
            plans.iter().map(|plans| Vec::with_capacity(plans.len())).collect();
        let numbered = plans.into_iter().enumerate().flat_map(|(page, plans)| {
            plans.into_iter().enumerate().map(move |(index, plan)| (page, index, plan))
        });
        let tasks = numbered.map(|(page, index, plan)| async move {
            let outcome = self.one(plan, &format!("{page}-{index}")).await?;
            if outcome.kind.is_some() {
                let Outcome { file, line, verdict, .. } = &outcome;
                events(Event::Judged { file: file.clone(), line: *line, verdict: verdict.clone() });
            }
            Ok::<_, Error>((page, outcome))
        });
        let mut judged = futures_util::stream::iter(tasks).buffered(self.options.parallel.max(1));
        while let Some((page, outcome)) = judged.try_next().await? {
            if let Some(outcomes) = outcomes.get_mut(page) {
                outcomes.push(outcome);
            }
        }
        Ok(outcomes)
    }

    /// Does the work of a plan, and judges it.
    async fn one(&self, mut plan: Plan<'_>, name: &str) -> Result<Outcome, Error> {
        for whole in std::mem::take(&mut plan.whole) {
            self.programs.settle(&mut plan, &whole).await;
        }
        let mut commands = Vec::new();
        let tried = match std::mem::replace(&mut plan.work, Work::None) {
            Work::None => Tried::default(),
            _ if plan.fence.attributes.example.live && self.options.mode == Mode::Mock => {
                Tried { obstacle: Some("only a live gateway can answer it".to_owned()), ..Tried::default() }
            }
            Work::Requests(probes) => {
                plan.checked.insert(Check::Request);
                self.requests(probes, &mut plan, name).await?
            }
            Work::Script(script) => {
                commands.clone_from(&script.commands);
                self.script(script, &mut plan, name).await?
            }
        };
        Ok(judge::outcome(plan, tried, &commands, &self.allowed, &self.options.mode))
    }

    async fn requests(&self, probes: Vec<Probe>, plan: &mut Plan<'_>, name: &str) -> Result<Tried, Error> {
        let session = self.gateway.session(name);
        if let Some(faults) = &plan.faults {
            session.plan_faults(faults.clone());
        }
        // Where something goes wrong by turns, every request counts.
        let memory = self.memory.as_ref().filter(|_| plan.faults.is_none());
        let mut tried = Tried::default();
        for Probe { request, anchors } in probes {
            let page = plan.fence.body.source().path();
            let key = memory.map(|memory| (memory, Key::of(&request)));
            let known = key.and_then(|(memory, key)| memory.recall(page, key));
            if let Some(Known::Exchange(exchange)) = known {
                tried.exchanges.push((*exchange, anchors));
                continue;
            }
            match session.send(request).await {
                Ok(exchange) => {
                    if let Some((memory, key)) = key.filter(|_| exchange.answer.is_success()) {
                        memory.keep(page, key, Known::Exchange(Box::new(exchange.clone())));
                    }
                    tried.exchanges.push((exchange, anchors));
                }
                Err(server::Error::NoRequest(reason)) => {
                    let problem = Problem::new(
                        Code::Refused,
                        anchors.whole,
                        format!("no request can be made: {reason}"),
                    );
                    plan.diagnostics.push(problem.of(plan.fence.body.source()));
                }
                Err(server::Error::Lost(reason)) => {
                    tried.obstacle.get_or_insert(format!("the gateway did not answer: {reason}"));
                }
                Err(error) => return Err(error.into()),
            }
        }
        Ok(tried)
    }

    async fn script(&self, script: Run, plan: &mut Plan<'_>, name: &str) -> Result<Tried, Error> {
        let page = plan.fence.body.source().path();
        let given = (&script.text, &script.before, &script.env, &script.timeout, &plan.faults);
        let key = self.memory.as_ref().map(|memory| (memory, Key::of(&given)));
        let known = key.and_then(|(memory, key)| memory.recall(page, key));
        let mut ran = if let Some(Known::Script(ran)) = known {
            *ran
        } else if let Some(program) = run::missing_program(&script, &self.options.environment) {
            return Ok(Tried { obstacle: Some(format!("`{program}` is not installed")), ..Tried::default() });
        } else {
            // The session is there before the script, and keeps what it is told.
            let session = self.gateway.session(name);
            if let Some(faults) = &plan.faults {
                session.plan_faults(faults.clone());
            }
            let ran = match self.run_script(&script, name).await {
                // The author's text is at fault, not the system.
                Err(Error::Shell { source }) if source.kind() == ErrorKind::ArgumentListTooLong => {
                    let obstacle = "it is too long for a shell, with all that runs before it".to_owned();
                    return Ok(Tried { obstacle: Some(obstacle), ..Tried::default() });
                }
                ran => ran?,
            };
            let is_well =
                ran.exit == Some(0) && ran.exchanges.iter().all(|exchange| exchange.unsent.is_none());
            if let Some((memory, key)) = key.filter(|_| is_well) {
                memory.keep(page, key, Known::Script(Box::new(ran.clone())));
            }
            ran
        };
        let exchanges = std::mem::take(&mut ran.exchanges);
        plan.checked.insert(Check::Run);
        if !exchanges.is_empty() {
            plan.checked.insert(Check::Request);
        }
        let exchanges = matched(exchanges, script.requests, plan.fence.body.span());
        Ok(Tried { exchanges, ran: Some(ran), obstacle: None })
    }

    async fn run_script(&self, script: &Run, name: &str) -> Result<Ran, Error> {
        let stage = Stage {
            gateway: &self.gateway,
            ca_file: &self.ca_file,
            scratch: self.scratch.path(),
            environment: &self.options.environment,
            timeout: self.timeout,
        };
        run::script(script, name, &stage).await
    }
}

/// The place of a folder, whatever the current one is.
fn absolute(folder: &Path) -> PathBuf {
    folder.canonicalize().unwrap_or_else(|_| folder.to_owned())
}

/// The gateway that a site asks for, with its profiles and what is to go wrong on purpose; what is wrong with these.
pub fn gateway_of(site: &Site) -> (server::Options, Vec<Diagnostic>) {
    let mut profiles = Profiles::builtin();
    let mut diagnostics: Vec<Diagnostic> =
        site.profiles.providers.iter().flat_map(|profile| profiles.add(profile)).collect();
    let gateway = &site.settings.gateway;
    let mut found = Vec::new();
    let faults = gateway.faults.as_ref().map(|node| rules::read(node, &profiles).into_parts());
    let limits = gateway.limits.as_ref().map(|node| limits::read(node, &profiles).into_parts());
    let (faults, wrong) = faults.unwrap_or_default();
    found.extend(wrong);
    let (limits, wrong) = limits.unwrap_or_default();
    found.extend(wrong);
    let allowance = gateway.live.as_ref().map(|node| Allowance::read(node).into_parts());
    let (allowance, wrong) = allowance.unwrap_or_default();
    found.extend(wrong);
    if let Some(source) = &site.settings.source {
        diagnostics.extend(found.into_iter().map(|problem: Problem| problem.of(source)));
    }
    (server::Options { profiles, faults, limits, allowance, ..server::Options::default() }, diagnostics)
}

/// Asks whether a gateway of the user's own is there at all: without it nothing can be said of any page.
async fn reach(url: &reqwest::Url) -> Result<(), Error> {
    let address = (url.host_str().unwrap_or_default(), url.port_or_known_default().unwrap_or_default());
    let connected = tokio::time::timeout(PATIENCE, tokio::net::TcpStream::connect(address)).await;
    let source = match connected {
        Ok(Ok(_)) => return Ok(()),
        Ok(Err(source)) => source,
        Err(_) => std::io::ErrorKind::TimedOut.into(),
    };
    // A base URL may hold a password.
    Err(Error::Unreachable { host: format!("{}:{}", address.0, address.1), source })
}

/// Each exchange with the command that sent it: the first one left with its address, else one that was there before
/// (a retry, a redirection), else the next one.
fn matched(exchanges: Vec<Exchange>, requests: Vec<Anchors>, fence: Span) -> Vec<(Exchange, Anchors)> {
    let mut left: VecDeque<_> = requests.into();
    let mut used: Vec<Anchors> = Vec::new();
    let mut pairs = Vec::with_capacity(exchanges.len());
    for exchange in exchanges {
        let fits = |anchors: &Anchors| anchors.addresses(&exchange.request);
        let anchors = match left.iter().position(fits) {
            Some(index) => left.remove(index),
            None => used.iter().rev().find(|anchors| fits(anchors)).cloned().or_else(|| left.pop_front()),
        };
        let anchors = anchors.or_else(|| used.last().cloned()).unwrap_or_else(|| Anchors::nowhere(fence));
        used.push(anchors.clone());
        pairs.push((exchange, anchors));
    }
    pairs
}
