//! The site as it stands: read again where it was touched, rendered where it is looked at.

use std::collections::{BTreeSet, HashMap, VecDeque};
use std::mem;
use std::path::PathBuf;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

use tokio::sync::watch;

use super::Trouble;
use super::queue::{Knowledge, Queue, Task};
use super::status::Status;
use crate::checks;
use crate::diagnostics::{Diagnostic, tidy};
use crate::examples::{Outcome, Verdict, Verdicts};
use crate::page::{Fence, Page};
use crate::render::{Look, Renderer};
use crate::site::{self, Changes, Route, Site, Target};

/// So many pages are kept as they were rendered last, for the time when they cannot be.
const KEPT: usize = 16;

/// So many characters of a hash tell one content from another.
const MARK: usize = 16;

/// A site under a preview; shared by all that serve, read and verify it.
#[derive(Debug)]
pub(super) struct Preview {
    state: RwLock<State>,
    queue: Mutex<Queue>,
    /// Told when the queue has something to do.
    waiting: Condvar,
    /// How often anything has changed.
    version: watch::Sender<u64>,
    /// Whether the preview has ended.
    stopped: watch::Sender<bool>,
    /// Pages as they were rendered last, the newest first.
    kept: Mutex<VecDeque<(Route, u64, Document)>>,
}

/// All that pages are rendered from.
#[derive(Debug)]
pub(super) struct State {
    pub(super) site: Site,
    pub(super) look: Arc<Look>,
    /// What is wrong with the templates.
    pub(super) templates: Vec<Diagnostic>,
    /// What is wrong with the profiles.
    pub(super) profiles: Vec<Diagnostic>,
    /// What the checks say, by the path of the page.
    pub(super) checks: HashMap<String, Vec<Diagnostic>>,
    /// What became of the fences of each page, by its path.
    pub(super) outcomes: HashMap<String, Judged>,
    /// What could not be done.
    pub(super) trouble: Option<Trouble>,
}

/// The outcomes of a page, with the text of the fences that they are of.
#[derive(Debug, Default)]
pub(super) struct Judged {
    fences: Vec<blake3::Hash>,
    pub(super) outcomes: Vec<Outcome>,
}

/// What is served at an address.
#[derive(Debug)]
pub(super) enum Answer {
    /// A page.
    Page(Document),
    /// What says that there is no page.
    NotFound(Document),
    /// The page is there and cannot be rendered.
    Broken(Box<Diagnostic>),
    /// A file, with its name.
    File(String, Vec<u8>),
    /// It is served at this address.
    Elsewhere(String),
}

/// A rendered page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Document {
    pub(super) html: String,
    /// The same for the same HTML.
    pub(super) mark: String,
}

impl Document {
    fn new(html: String) -> Self {
        let mark = blake3::hash(html.as_bytes()).to_hex().chars().take(MARK).collect();
        Self { html, mark }
    }

    /// What is shown in place of a page that cannot be rendered; its mark is that of no page.
    pub(super) fn broken(said: &str) -> Self {
        let said = said.replace('&', "&amp;").replace('<', "&lt;");
        let html = format!(
            "<!DOCTYPE html>\n<html lang=\"en\">\n<head><meta charset=\"utf-8\"><title>Not rendered</title></head>\n\
             <body><h1>This page cannot be rendered</h1>\n<pre>{said}</pre>\n</body>\n</html>\n"
        );
        Self { html, mark: String::new() }
    }
}

impl Preview {
    /// A preview of a site, of which nothing is verified yet.
    pub(super) fn new(site: Site) -> Self {
        let (look, templates) = Look::new(&site);
        let rest = site.pages.iter().map(|page| page.page.source.path().to_owned()).collect();
        let state = State {
            site,
            look: Arc::new(look),
            templates,
            profiles: Vec::new(),
            checks: HashMap::new(),
            outcomes: HashMap::new(),
            trouble: None,
        };
        let queue = Queue { rest, unreported: true, ..Queue::default() };
        Self {
            state: RwLock::new(state),
            queue: Mutex::new(queue),
            waiting: Condvar::new(),
            version: watch::Sender::new(0),
            stopped: watch::Sender::new(false),
            kept: Mutex::default(),
        }
    }

    /// The state, to be read.
    pub(super) fn state(&self) -> RwLockReadGuard<'_, State> {
        self.state.read().unwrap_or_else(PoisonError::into_inner)
    }

    /// How often anything has changed, for those who wait for it.
    pub(super) fn versions(&self) -> watch::Receiver<u64> {
        self.version.subscribe()
    }

    /// Whether the preview has ended, for those who wait for it.
    pub(super) fn stopped(&self) -> watch::Receiver<bool> {
        self.stopped.subscribe()
    }

    /// Ends all that waits.
    pub(super) fn stop(&self) {
        self.stopped.send_replace(true);
        self.queue().stopped = true;
        self.waiting.notify_all();
    }

    /// Reads again what was touched; what cannot be read leaves everything as it was.
    pub(super) fn reload(&self, touched: &BTreeSet<PathBuf>) -> Result<(), site::Error> {
        let mut state = self.write();
        let changes = state.site.reload(touched)?;
        if matches!(state.trouble, Some(Trouble::Site(_))) {
            state.trouble = None;
        }
        if changes.is_empty() {
            return Ok(());
        }
        state.apply(&changes);
        let all = state.site.pages.iter().map(|page| page.page.source.path().to_owned());
        let rest: Vec<String> = if changes.knowledge { all.collect() } else { Vec::new() };
        drop(state);
        let mut queue = self.queue();
        queue.unreported = true;
        queue.knowledge |= changes.knowledge;
        if changes.knowledge {
            queue.rest = rest.into();
        }
        for path in changes.pages {
            queue.hurry(path);
        }
        drop(queue);
        self.waiting.notify_all();
        self.bump();
        Ok(())
    }

    /// Says what could not be done.
    pub(super) fn fail(&self, trouble: Trouble) {
        self.write().trouble = Some(trouble);
        self.bump();
    }

    /// What is served at a path; a page that is looked at is verified before others.
    pub(super) fn answer(&self, path: &str) -> Answer {
        let state = self.state();
        let renderer = state.renderer();
        let base = renderer.base();
        let Some(rest) = path.strip_prefix(base).filter(|rest| rest.starts_with('/')) else {
            let leads_home = path == "/" || path == base;
            return if leads_home { Answer::Elsewhere(format!("{base}/")) } else { not_found(&renderer) };
        };
        let Some(route) = Route::parse(rest) else { return not_found(&renderer) };
        if let Some((index, page)) = state.site.page_by_route(&route) {
            if !rest.ends_with('/') {
                return Answer::Elsewhere(format!("{base}{route}"));
            }
            self.queue().look_at(page.page.source.path());
            return match self.document(&state, &renderer, index) {
                Ok(document) => Answer::Page(document),
                Err(diagnostic) => {
                    let kept = self.kept().iter().find(|(kept, ..)| *kept == route).cloned();
                    kept.map_or(Answer::Broken(Box::new(diagnostic)), |(_, _, document)| {
                        Answer::Page(document)
                    })
                }
            };
        }
        let folder = rest.strip_suffix("index.html").and_then(Route::parse);
        if let Some(route) = folder.filter(|route| state.site.page_by_route(route).is_some()) {
            return Answer::Elsewhere(format!("{base}{route}"));
        }
        let name = route.segments().collect::<Vec<_>>().join("/");
        if let Some(bytes) = renderer.static_file(&name) {
            return Answer::File(name, bytes);
        }
        if let Some(text) = renderer.agents_file(&name) {
            return Answer::File(name, text.into_bytes());
        }
        if let Some(file) = renderer.indexes().into_iter().find(|file| file.path == name) {
            return Answer::File(name, file.bytes);
        }
        if let Some((address, _)) = state.site.redirected(&route)
            && !matches!(state.site.destination(&address), Target::Nothing(_))
        {
            return Answer::Elsewhere(renderer.address(&address));
        }
        match state.site.leads_home().filter(|_| route == Route::root()) {
            Some(page) => Answer::Elsewhere(format!("{base}{}", page.route)),
            None => not_found(&renderer),
        }
    }

    /// How it stands, for the browser that shows the page at a path.
    pub(super) fn status(&self, path: &str) -> Status {
        let state = self.state();
        let renderer = state.renderer();
        let rest = path.strip_prefix(renderer.base()).unwrap_or(path);
        let shown = Route::parse(rest).and_then(|route| state.site.page_by_route(&route));
        let document = match shown {
            Some((index, _)) => self.document(&state, &renderer, index),
            None => nothing(&renderer),
        };
        let verifying = self.queue().left();
        let shown = shown.map(|(index, _)| index);
        Status::new(&state, renderer.base(), (shown, document), verifying)
    }

    /// A page of the site, rendered; kept for the time when it cannot be.
    fn document(&self, state: &State, renderer: &Renderer<'_>, index: usize) -> Result<Document, Diagnostic> {
        let page = state.site.pages.get(index);
        // What is written after this is told after this: a page of this version is none of a later state.
        let version = *self.version.borrow();
        let is_kept = |(route, of, _): &&(Route, u64, Document)| {
            *of == version && page.is_some_and(|page| page.route == *route)
        };
        if let Some((_, _, document)) = self.kept().iter().find(is_kept) {
            return Ok(document.clone());
        }
        let outcomes = |index: usize| {
            let page = state.site.pages.get(index);
            page.map(|page| state.outcomes_of(page.page.source.path())).unwrap_or_default()
        };
        let document = Document::new(renderer.page(index, &outcomes)?);
        if let Some(page) = page {
            let mut kept = self.kept();
            kept.retain(|(route, ..)| *route != page.route);
            kept.push_front((page.route.clone(), version, document.clone()));
            kept.truncate(KEPT);
        }
        Ok(document)
    }

    /// Waits for something to do; what is taken must be given back with [`Preview::judged`].
    pub(super) fn task(&self, most: usize) -> Task {
        let mut queue = self.queue();
        loop {
            if queue.stopped {
                return Task::Stop;
            }
            let paths = queue.take(most);
            if !paths.is_empty() || queue.knowledge {
                let knowledge =
                    if mem::take(&mut queue.knowledge) { Knowledge::Changed } else { Knowledge::Same };
                drop(queue);
                let state = self.state();
                let pages = paths.iter().filter_map(|path| state.site.page_by_path(path));
                return Task::Verify(pages.map(|(_, page)| page.page.clone()).collect(), knowledge);
            }
            if mem::take(&mut queue.unreported) {
                return Task::Report(mem::take(&mut queue.done).into_iter().collect());
            }
            queue = self.waiting.wait(queue).unwrap_or_else(PoisonError::into_inner);
        }
    }

    /// Takes what became of pages; what was saved again meanwhile is left out.
    pub(super) fn judged(&self, pages: &[Page], outcomes: Vec<Vec<Outcome>>) {
        let mut state = self.write();
        for (page, outcomes) in pages.iter().zip(outcomes) {
            let path = page.source.path();
            let is_current =
                |(_, current): (usize, &site::SitePage)| Arc::ptr_eq(&current.page.source, &page.source);
            if state.site.page_by_path(path).is_some_and(is_current) {
                state.outcomes.insert(path.to_owned(), Judged::new(page, outcomes));
            }
        }
        if matches!(state.trouble, Some(Trouble::Examples(_))) {
            state.trouble = None;
        }
        drop(state);
        let mut queue = self.queue();
        queue.at_work.clear();
        queue.done.extend(pages.iter().map(|page| page.source.path().to_owned()));
        drop(queue);
        self.bump();
    }

    /// Takes back pages that cannot be verified; they stay as they are until they are saved again.
    pub(super) fn give_up(&self, pages: &[Page]) {
        let mut queue = self.queue();
        queue.at_work.clear();
        queue.done.extend(pages.iter().map(|page| page.source.path().to_owned()));
    }

    /// Takes what is wrong with the profiles.
    pub(super) fn learned(&self, profiles: Vec<Diagnostic>) {
        self.write().profiles = profiles;
        self.bump();
    }

    /// What became of pages, and what else is wrong with them and with the site; the checks are made anew.
    pub(super) fn report(&self, paths: &[String]) -> (Verdicts, Vec<Diagnostic>) {
        let state = self.state();
        let mut found = checks::check(&state.site);
        found.extend(state.renderer().check());
        drop(state);
        let mut state = self.write();
        state.checks.clear();
        for diagnostic in found {
            state.checks.entry(diagnostic.source.path().to_owned()).or_default().push(diagnostic);
        }
        drop(state);
        self.bump();
        let state = self.state();
        let mut found = state.of_site();
        let allow = &state.site.settings.allow;
        let mut verdicts = Verdicts::default();
        for path in paths {
            let Some((_, page)) = state.site.page_by_path(path) else { continue };
            found.extend(page.page.diagnostics.iter().cloned());
            found.extend(state.checks.get(path).into_iter().flatten().cloned());
            verdicts.pages.push(state.outcomes_of(path).to_vec());
        }
        found.retain(|diagnostic| !allow.contains(&diagnostic.problem.code));
        (verdicts, found)
    }

    fn bump(&self) {
        self.version.send_modify(|version| *version += 1);
    }

    fn write(&self) -> RwLockWriteGuard<'_, State> {
        self.state.write().unwrap_or_else(PoisonError::into_inner)
    }

    fn queue(&self) -> MutexGuard<'_, Queue> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn kept(&self) -> MutexGuard<'_, VecDeque<(Route, u64, Document)>> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn renderer(&self) -> Renderer<'_> {
        Renderer::with(&self.site, Arc::clone(&self.look))
    }

    /// Brings what was made of the site into line with it.
    fn apply(&mut self, changes: &Changes) {
        if changes.look {
            let (look, templates) = Look::new(&self.site);
            // Templates that cannot be read leave the look as it was.
            if templates.is_empty() {
                self.look = Arc::new(look);
            }
            self.templates = templates;
        }
        for path in &changes.pages {
            self.checks.remove(path);
            let Some((_, page)) = self.site.page_by_path(path) else { continue };
            if let Some(judged) = self.outcomes.remove(path) {
                self.outcomes.insert(path.clone(), judged.carried(&page.page));
            }
        }
        if changes.tree {
            let Self { site, outcomes, checks, .. } = self;
            outcomes.retain(|path, _| site.page_by_path(path).is_some());
            checks.retain(|path, _| site.page_by_path(path).is_some());
        }
    }

    /// What became of the fences of a page; nothing where it was never verified.
    pub(super) fn outcomes_of(&self, path: &str) -> &[Outcome] {
        self.outcomes.get(path).map(|judged| judged.outcomes.as_slice()).unwrap_or_default()
    }

    /// What is wrong with a page; its HTML and the site as such say more.
    pub(super) fn of_page(&self, path: &str) -> Vec<Diagnostic> {
        let page = self.site.page_by_path(path).map(|(_, page)| page.page.diagnostics.as_slice());
        let checks = self.checks.get(path).into_iter().flatten();
        let examples = self.outcomes_of(path).iter().flat_map(|outcome| &outcome.diagnostics);
        let allow = &self.site.settings.allow;
        let said = page.into_iter().flatten().chain(checks).chain(examples);
        let mut found =
            said.filter(|diagnostic| !allow.contains(&diagnostic.problem.code)).cloned().collect();
        tidy(&mut found);
        found
    }

    /// What is wrong with the site as such.
    pub(super) fn of_site(&self) -> Vec<Diagnostic> {
        [&self.site.diagnostics, &self.templates, &self.profiles].into_iter().flatten().cloned().collect()
    }
}

impl Judged {
    fn new(page: &Page, outcomes: Vec<Outcome>) -> Self {
        Self { fences: page.fences.iter().map(|fence| text(fence, page)).collect(), outcomes }
    }

    /// The outcomes that fences of a new text of the page keep until they are verified: those of fences as they were.
    fn carried(self, page: &Page) -> Self {
        let mut old: Vec<_> = self.fences.into_iter().zip(self.outcomes.into_iter().map(Some)).collect();
        let carry = |fence: &Fence| {
            let text = text(fence, page);
            let same = old.iter_mut().find(|(old, outcome)| *old == text && outcome.is_some());
            same.and_then(|(_, outcome)| outcome.take()).unwrap_or_else(|| waiting(fence, page))
        };
        let outcomes = page.fences.iter().map(carry).collect();
        Self::new(page, outcomes)
    }
}

/// The text of a fence with its info string, as a key.
fn text(fence: &Fence, page: &Page) -> blake3::Hash {
    let mut hasher = blake3::Hasher::new();
    hasher
        .update(page.source.slice(fence.info).as_bytes())
        .update(b"\n")
        .update(fence.body.text().as_bytes());
    hasher.finalize()
}

fn waiting(fence: &Fence, page: &Page) -> Outcome {
    Outcome {
        file: page.source.path().to_owned(),
        line: page.source.position(fence.span.start).line,
        language: fence.language.clone(),
        kind: None,
        verdict: Verdict::Untested("it is being verified".to_owned()),
        checked: Vec::new(),
        exchanges: Vec::new(),
        diagnostics: Vec::new(),
    }
}

/// The page for addresses that lead nowhere; a file of the site goes before that of the theme.
fn nothing(renderer: &Renderer<'_>) -> Result<Document, Diagnostic> {
    let own = renderer.static_file("404.html").map(|bytes| String::from_utf8_lossy(&bytes).into_owned());
    own.map_or_else(|| renderer.not_found(), Ok).map(Document::new)
}

fn not_found(renderer: &Renderer<'_>) -> Answer {
    match nothing(renderer) {
        Ok(document) => Answer::NotFound(document),
        Err(diagnostic) => Answer::Broken(Box::new(diagnostic)),
    }
}
