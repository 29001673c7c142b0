//! The part of the navigation that a page carries: the top level, and what stands around the page itself.

use crate::page::{Heading, Page};
use crate::site::{Entry, Site};

use super::components::is_for_agents;
use super::links::Links;
use super::views::{ContentsView, EntryView, LinkView};

/// Up to this many pages the navigation is carried whole; beyond it only the open sections are.
const WHOLE: usize = 120;

/// Deeper entries are left out; no tree of a person is deeper, and templates call themselves.
const DEPTH: usize = 16;

/// Where each page stands in the navigation, found once for all pages.
#[derive(Debug)]
pub(super) struct Places {
    /// By page: the indexes of the entries that lead to it, outermost first; empty where none does.
    ways: Vec<Vec<usize>>,
    /// By page: its place in reading order.
    order: Vec<Option<usize>>,
}

impl Places {
    /// The places in the navigation of a site.
    pub(super) fn new(site: &Site) -> Self {
        let mut places =
            Self { ways: vec![Vec::new(); site.pages.len()], order: vec![None; site.pages.len()] };
        places.walk(&site.navigation.entries, &mut Vec::new());
        for (at, page) in site.navigation.order.iter().enumerate() {
            if let Some(place) = places.order.get_mut(*page) {
                place.get_or_insert(at);
            }
        }
        places
    }

    fn walk(&mut self, entries: &[Entry], way: &mut Vec<usize>) {
        if way.len() >= DEPTH {
            return;
        }
        for (at, entry) in entries.iter().enumerate() {
            way.push(at);
            if let Some(known) = entry.page.and_then(|page| self.ways.get_mut(page))
                && known.is_empty()
            {
                known.clone_from(way);
            }
            self.walk(&entry.entries, way);
            way.pop();
        }
    }

    fn way(&self, page: Option<usize>) -> &[usize] {
        page.and_then(|page| self.ways.get(page)).map_or(&[], Vec::as_slice)
    }

    /// The pages before and after a page in reading order.
    pub(super) fn neighbours<'a>(
        &self,
        site: &'a Site,
        links: &Links<'_>,
        page: usize,
    ) -> (Option<LinkView<'a>>, Option<LinkView<'a>>) {
        let Some(at) = self.order.get(page).copied().flatten() else { return (None, None) };
        let link = |at: usize| {
            let page = site.pages.get(*site.navigation.order.get(at)?)?;
            Some(LinkView { title: title(&page.page), url: Some(links.local(page.route.as_str())) })
        };
        (at.checked_sub(1).and_then(link), link(at + 1))
    }

    /// The sections above a page, outermost first, without the page itself.
    pub(super) fn breadcrumbs<'a>(
        &self,
        site: &'a Site,
        links: &Links<'_>,
        page: usize,
    ) -> Vec<LinkView<'a>> {
        let way = self.way(Some(page));
        let mut entries = site.navigation.entries.as_slice();
        let mut crumbs = Vec::new();
        for at in way.iter().take(way.len().saturating_sub(1)) {
            let Some(entry) = entries.get(*at) else { break };
            let page = entry.page.and_then(|page| site.pages.get(page));
            crumbs.push(LinkView {
                title: &entry.title,
                url: page.map(|page| links.local(page.route.as_str())),
            });
            entries = &entry.entries;
        }
        crumbs
    }

    /// The navigation as a page carries it; `None` for a page that stands nowhere in it.
    pub(super) fn entries<'a>(
        &self,
        site: &'a Site,
        links: &Links<'_>,
        current: Option<usize>,
    ) -> Vec<EntryView<'a>> {
        let is_whole = site.navigation.order.len() <= WHOLE;
        let seen = Seen { site, links, current, is_whole };
        seen.entries(&site.navigation.entries, Some(self.way(current)), 0)
    }
}

/// The headings of the second and third level.
pub(super) fn contents(page: &Page) -> Vec<ContentsView<'_>> {
    // What agents alone are to read is not in the HTML, and cannot be led to.
    let unseen: Vec<_> = page.components.iter().filter(|component| is_for_agents(component)).collect();
    let is_seen = |heading: &&Heading| !unseen.iter().any(|component| component.span.contains(heading.span));
    let headings = page.headings.iter().filter(|heading| matches!(heading.level, 2 | 3));
    headings
        .filter(is_seen)
        .map(|heading| ContentsView { level: heading.level, id: &heading.id, text: &heading.text })
        .collect()
}

/// The title of a page in lists.
fn title(page: &Page) -> &str {
    page.front.nav_title.as_deref().unwrap_or(&page.front.title)
}

/// The navigation as seen from a page.
struct Seen<'a, 'l> {
    site: &'a Site,
    links: &'l Links<'l>,
    current: Option<usize>,
    is_whole: bool,
}

impl<'a> Seen<'a, '_> {
    /// The entries at a depth; `way` is what is left of the way to the page, where it leads through here.
    fn entries(&self, entries: &'a [Entry], way: Option<&[usize]>, depth: usize) -> Vec<EntryView<'a>> {
        if depth >= DEPTH {
            return Vec::new();
        }
        let entries = entries.iter().enumerate();
        entries
            .map(|(at, entry)| {
                let rest = way.and_then(|way| way.strip_prefix(&[at]));
                self.entry(entry, rest, depth)
            })
            .collect()
    }

    fn entry(&self, entry: &'a Entry, way: Option<&[usize]>, depth: usize) -> EntryView<'a> {
        let current = entry.page.is_some() && entry.page == self.current;
        let open = way.is_some_and(|way| !way.is_empty());
        let entries = if self.is_whole || current || open {
            self.entries(&entry.entries, way, depth + 1)
        } else {
            Vec::new()
        };
        let page = entry.page.and_then(|page| self.site.pages.get(page));
        // A section that is not carried leads to its first page, or it could not be reached at all.
        let first = || if entries.is_empty() { first_page(entry, depth) } else { None };
        let target = page.or_else(|| self.site.pages.get(first()?));
        EntryView {
            title: &entry.title,
            url: target.map(|page| self.links.local(page.route.as_str())),
            description: page.and_then(|page| page.page.front.description.as_deref()),
            section: !entry.entries.is_empty(),
            current,
            open,
            entries,
        }
    }
}

fn first_page(entry: &Entry, depth: usize) -> Option<usize> {
    if depth >= DEPTH {
        return None;
    }
    entry.page.or_else(|| entry.entries.iter().find_map(|entry| first_page(entry, depth + 1)))
}
