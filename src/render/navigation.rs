//! The part of the navigation that a page carries: the top level, and what stands around the page itself.

use crate::page::Page;
use crate::site::{Entry, Site};

use super::links::Links;
use super::views::{ContentsView, EntryView, LinkView};

/// Up to this many pages the navigation is carried whole; beyond it only the open sections are.
const WHOLE: usize = 120;

/// Deeper entries are left out; no tree of a person is deeper, and templates call themselves.
const DEPTH: usize = 16;

/// The navigation as a page carries it; none for a page that stands nowhere in it.
pub(super) fn entries<'a>(site: &'a Site, links: &Links<'_>, current: Option<usize>) -> Vec<EntryView<'a>> {
    let seen = Seen { site, links, current, is_whole: site.navigation.order.len() <= WHOLE };
    seen.entries(&site.navigation.entries, 0)
}

/// The sections above a page, outermost first, without the page itself.
pub(super) fn breadcrumbs<'a>(site: &'a Site, links: &Links<'_>, page: usize) -> Vec<LinkView<'a>> {
    let mut way = Vec::new();
    if !find(&site.navigation.entries, page, &mut way) {
        return Vec::new();
    }
    way.iter().map(|entry| LinkView { title: &entry.title, url: url(site, links, entry) }).collect()
}

/// The pages before and after a page in reading order.
pub(super) fn neighbours<'a>(
    site: &'a Site,
    links: &Links<'_>,
    page: usize,
) -> (Option<LinkView<'a>>, Option<LinkView<'a>>) {
    let order = &site.navigation.order;
    let Some(at) = order.iter().position(|other| *other == page) else { return (None, None) };
    let link = |at: usize| {
        let page = site.pages.get(*order.get(at)?)?;
        Some(LinkView { title: title(&page.page), url: Some(links.local(page.route.as_str())) })
    };
    (at.checked_sub(1).and_then(link), link(at + 1))
}

/// The headings of the second and third level.
pub(super) fn contents(page: &Page) -> Vec<ContentsView<'_>> {
    let headings = page.headings.iter().filter(|heading| matches!(heading.level, 2 | 3));
    headings
        .map(|heading| ContentsView { level: heading.level, id: &heading.id, text: &heading.text })
        .collect()
}

/// The title of a page in lists.
fn title(page: &Page) -> &str {
    page.front.nav_title.as_deref().unwrap_or(&page.front.title)
}

fn url(site: &Site, links: &Links<'_>, entry: &Entry) -> Option<String> {
    let page = site.pages.get(entry.page?)?;
    Some(links.local(page.route.as_str()))
}

/// Puts the entries above `page` into `way`.
fn find<'a>(entries: &'a [Entry], page: usize, way: &mut Vec<&'a Entry>) -> bool {
    if way.len() >= DEPTH {
        return false;
    }
    for entry in entries {
        if entry.page == Some(page) {
            return true;
        }
        way.push(entry);
        if find(&entry.entries, page, way) {
            return true;
        }
        way.pop();
    }
    false
}

/// The navigation as seen from a page.
struct Seen<'a, 'l> {
    site: &'a Site,
    links: &'l Links<'l>,
    current: Option<usize>,
    is_whole: bool,
}

impl<'a> Seen<'a, '_> {
    fn entries(&self, entries: &'a [Entry], depth: usize) -> Vec<EntryView<'a>> {
        if depth >= DEPTH {
            return Vec::new();
        }
        entries.iter().map(|entry| self.entry(entry, depth)).collect()
    }

    fn entry(&self, entry: &'a Entry, depth: usize) -> EntryView<'a> {
        let current = entry.page.is_some() && entry.page == self.current;
        let open = self.current.is_some_and(|page| find(&entry.entries, page, &mut Vec::new()));
        let entries = if self.is_whole || current || open {
            self.entries(&entry.entries, depth + 1)
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
