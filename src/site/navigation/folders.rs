//! The navigation of a site without one of its own: from its folders and the front matter of its pages.

use std::collections::BTreeMap;

use super::super::SitePage;
use super::{Area, Entry, Navigation};

/// A folder, or a page that has pages below it.
#[derive(Default)]
struct Section {
    page: Option<usize>,
    sections: BTreeMap<String, Section>,
}

/// The place of an entry among its siblings.
type Rank = (bool, i64, String, String);

/// The navigation of `pages`, which stand in the order of their paths.
pub(in super::super) fn navigation(pages: &[SitePage]) -> Navigation {
    let mut root = Section::default();
    for (index, page) in pages.iter().enumerate().filter(|(_, page)| page.is_served()) {
        let mut section = &mut root;
        for segment in page.route.segments() {
            section = section.sections.entry(segment).or_default();
        }
        // Of two pages that claim one address the first one stays.
        section.page.get_or_insert(index);
    }
    let mut entries = root.entries(pages);
    if let Some((page, first)) = root.page.and_then(|index| Some((index, pages.get(index)?)))
        && !first.page.front.hidden
    {
        entries.insert(0, Entry { title: title(first), page: Some(page), ..Entry::default() });
    }
    Navigation::new(Area { entries, ..Area::default() })
}

impl Section {
    fn entries(&self, pages: &[SitePage]) -> Vec<Entry> {
        let mut entries: Vec<(Rank, Entry)> =
            self.sections.iter().filter_map(|(name, section)| section.entry(name, pages)).collect();
        entries.sort_by(|one, other| one.0.cmp(&other.0));
        entries.into_iter().map(|(_, entry)| entry).collect()
    }

    /// The entry of a section; none where its page is hidden, or nothing is in it.
    fn entry(&self, name: &str, pages: &[SitePage]) -> Option<(Rank, Entry)> {
        let page = self.page.and_then(|index| pages.get(index));
        if page.is_some_and(|page| page.page.front.hidden) {
            return None;
        }
        let entries = self.entries(pages);
        if page.is_none() && entries.is_empty() {
            return None;
        }
        let title = page.map_or_else(|| spoken(name), title);
        let weight = page.and_then(|page| page.page.front.weight);
        let rank = (weight.is_none(), weight.unwrap_or_default(), title.to_lowercase(), name.to_owned());
        Some((rank, Entry { title, page: self.page, entries, ..Entry::default() }))
    }
}

fn title(page: &SitePage) -> String {
    let front = &page.page.front;
    front.nav_title.as_ref().unwrap_or(&front.title).clone()
}

/// The name of a folder as a title: `getting-started` is `Getting started`.
fn spoken(name: &str) -> String {
    let words = name.replace(['-', '_'], " ");
    let mut letters = words.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}
