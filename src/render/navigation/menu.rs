//! The entries of one area as HTML: each rendered once in each of its states, and put together for every page.

use std::sync::OnceLock;

use tera::{Context, Tera};

use crate::site::{Entry, Site};

use super::super::links::Links;
use super::super::views::EntryView;
use super::DEPTH;

/// Up to this many pages an area is carried whole; beyond it only what stands around the page is.
const WHOLE: usize = 200;

/// The component of the theme that shows an entry; what stands inside it is what stands below the entry.
const COMPONENT: &str = "NavigationEntry";

/// Stands in the HTML of an entry for what stands below it.
const INSIDE: &str = "\u{e000}";

/// The entries of an area.
#[derive(Debug)]
pub(super) struct Menu<'a> {
    site: &'a Site,
    pub(super) links: Links<'a>,
    /// Its pages in reading order.
    pub(super) order: Vec<usize>,
    entries: Vec<Item<'a>>,
    is_whole: bool,
}

/// An entry with its HTML, by its state.
#[derive(Debug)]
struct Item<'a> {
    entry: &'a Entry,
    depth: usize,
    states: [OnceLock<Shell>; 4],
    items: Vec<Item<'a>>,
}

/// HTML around what stands below an entry.
#[derive(Clone, Debug)]
struct Shell {
    before: String,
    after: String,
}

/// How an entry stands to the page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    /// It has nothing to do with it, and what stands below it is not carried.
    Closed,
    /// It has nothing to do with it.
    Plain,
    /// The page stands below it.
    Open,
    /// It is the page.
    Current,
}

impl<'a> Menu<'a> {
    pub(super) fn new(site: &'a Site, links: Links<'a>, entries: &'a [Entry], order: Vec<usize>) -> Self {
        let is_whole = order.len() <= WHOLE;
        Self { site, links, order, entries: items(entries, 0), is_whole }
    }

    /// The list of entries; `way` leads to the page, where it stands among them.
    pub(super) fn html(&self, tera: &Tera, way: Option<&[usize]>) -> Result<String, tera::Error> {
        let mut out = String::new();
        self.write(&mut out, tera, &self.entries, way)?;
        Ok(out)
    }

    fn write(
        &self,
        out: &mut String,
        tera: &Tera,
        items: &[Item<'a>],
        way: Option<&[usize]>,
    ) -> Result<(), tera::Error> {
        for (at, item) in items.iter().enumerate() {
            let rest = way.and_then(|way| way.strip_prefix(&[at]));
            let state = match rest {
                Some([]) => State::Current,
                Some(_) => State::Open,
                None if self.is_whole || item.items.is_empty() => State::Plain,
                None => State::Closed,
            };
            let shell = self.shell(tera, item, state)?;
            out.push_str(&shell.before);
            if state != State::Closed {
                self.write(out, tera, &item.items, rest)?;
            }
            out.push_str(&shell.after);
        }
        Ok(())
    }

    /// The HTML of an entry in a state, rendered when it is first asked for.
    fn shell<'s>(&self, tera: &Tera, item: &'s Item<'a>, state: State) -> Result<&'s Shell, tera::Error> {
        let Some(slot) = item.states.get(state as usize) else {
            unreachable!("there is a slot for every state")
        };
        if let Some(shell) = slot.get() {
            return Ok(shell);
        }
        let view = self.entry(item.entry, state, 0);
        let mut context = Context::new();
        context.insert("entry", &view);
        context.insert("depth", &item.depth);
        let html = tera.render_component(COMPONENT, &context, Some(INSIDE), true)?;
        let (before, after) = html.split_once(INSIDE).unwrap_or((&html, ""));
        let shell = Shell { before: before.to_owned(), after: after.to_owned() };
        Ok(slot.get_or_init(|| shell))
    }

    /// Entries for templates that go through them by themselves, so many levels of them.
    pub(super) fn views(&self, entries: &'a [Entry], levels: usize) -> Vec<EntryView<'a>> {
        if levels == 0 {
            return Vec::new();
        }
        entries.iter().map(|entry| self.entry(entry, State::Plain, levels - 1)).collect()
    }

    fn entry(&self, entry: &'a Entry, state: State, levels: usize) -> EntryView<'a> {
        let page = entry.page.and_then(|page| self.site.pages.get(page));
        // A group that is not carried leads to its first page, or it could not be reached at all.
        let first = || if state == State::Closed { entry.first_page() } else { None };
        let target = page.or_else(|| self.site.pages.get(first()?));
        let elsewhere = entry.link.as_deref().map(|link| self.links.address(link));
        EntryView {
            title: &entry.title,
            url: elsewhere.or_else(|| target.map(|page| self.links.local(page.route.as_str()))),
            description: page.and_then(|page| page.page.front.description.as_deref()),
            icon: entry.icon.as_deref(),
            tag: entry.tag.as_deref(),
            section: !entry.entries.is_empty(),
            carried: !entry.entries.is_empty() && state != State::Closed,
            current: state == State::Current,
            open: matches!(state, State::Open | State::Current) || entry.expanded,
            entries: self.views(&entry.entries, levels),
        }
    }
}

fn items(entries: &[Entry], depth: usize) -> Vec<Item<'_>> {
    if depth >= DEPTH {
        return Vec::new();
    }
    let item =
        |entry| Item { entry, depth, states: Default::default(), items: items(&entry.entries, depth + 1) };
    entries.iter().map(item).collect()
}
