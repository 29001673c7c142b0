//! The pages of a site in sections, as `llms.txt` has them: each once, in the order of the navigation.
//!
//! A section is a group of the navigation, named with the tab or the like that it stands in. Pages that the navigation does
//! not lead to come last, below the heading that readers who are short of room may leave out; hidden pages come nowhere.

use std::collections::BTreeSet;

use crate::page::slug;
use crate::site::{Area, Choice, Entry, Site, SitePage, SwitchKind};

/// The heading of single pages at the top of the navigation.
const SINGLE: &str = "Pages";

/// The heading of pages that stand nowhere in the navigation.
const OTHERS: &str = "Optional";

/// A site in one of its languages.
#[derive(Debug)]
pub(super) struct Edition<'a> {
    /// Its tag; empty where the site has but one.
    pub(super) language: &'a str,
    /// Where its lists stand, with `/` at its end; empty for what is read by default.
    pub(super) folder: String,
    /// What of the navigation belongs to it.
    area: &'a Area,
    /// The tags of the other languages.
    others: Vec<&'a str>,
}

/// Pages under one heading.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Section {
    pub(super) title: String,
    /// What it is called in addresses.
    pub(super) name: String,
    pub(super) pages: Vec<usize>,
}

impl<'a> Edition<'a> {
    /// All editions of a site, the default one first.
    pub(super) fn all(site: &'a Site) -> Vec<Self> {
        let languages = site.navigation.languages();
        if languages.is_empty() {
            let area = &site.navigation.root;
            return vec![Self { language: "", folder: String::new(), area, others: Vec::new() }];
        }
        let tags = || languages.iter().map(|choice| choice.title.as_str());
        let editions = languages.iter().enumerate();
        let editions = editions.map(|(index, choice)| Self {
            language: &choice.title,
            folder: if index == 0 { String::new() } else { format!("{}/", choice.title.replace('/', "-")) },
            area: &choice.area,
            others: tags().filter(|tag| *tag != choice.title).collect(),
        });
        let mut editions: Vec<Self> = editions.collect();
        // Of two languages of one tag, which are a mistake of the settings, the first has the files.
        let mut folders = BTreeSet::new();
        editions.retain(|edition| folders.insert(edition.folder.clone()));
        editions
    }

    fn is_default(&self) -> bool {
        self.folder.is_empty()
    }

    /// Whether a page that no navigation leads to belongs to it, by the first part of its address.
    fn owns(&self, page: &SitePage) -> bool {
        let first = page.route.segments().next().unwrap_or_default();
        if self.is_default() { !self.others.contains(&first.as_str()) } else { first == self.language }
    }
}

/// The sections of an edition.
pub(super) fn sections(site: &Site, edition: &Edition<'_>) -> Vec<Section> {
    let is_out = |(index, page): (usize, &SitePage)| !site.has_address(index) || !is_listed(page);
    let mut found = Found { seen: site.pages.iter().enumerate().map(is_out).collect(), sections: Vec::new() };
    found.area(edition.area, &mut Vec::new());
    if edition.is_default() {
        found.area(&site.navigation.root, &mut Vec::new());
    }
    // What no part of the navigation shows is hidden, and what other languages have is theirs.
    site.navigation.root.walk(&mut |entry| {
        if let Some(seen) = entry.page.and_then(|page| found.seen.get_mut(page)) {
            *seen = true;
        }
    });
    let rest = site
        .pages
        .iter()
        .enumerate()
        .filter(|(index, page)| found.seen.get(*index).is_some_and(|seen| !seen) && edition.owns(page));
    let rest = rest.map(|(index, _)| index).collect();
    found.add(OTHERS, rest);
    name(&mut found.sections);
    found.sections
}

/// The sections so far.
struct Found {
    /// By page: whether it stands in a section, or in none at all.
    seen: Vec<bool>,
    sections: Vec<Section>,
}

impl Found {
    /// Adds what is in an area; `way` are the choices that lead there. Languages are editions of their own.
    fn area<'a>(&mut self, area: &'a Area, way: &mut Vec<&'a str>) {
        let switches = area.switches.iter().filter(|switch| switch.kind != SwitchKind::Language);
        for choice in switches.flat_map(|switch| &switch.choices).filter(|choice| is_shown(choice)) {
            way.push(&choice.title);
            self.area(&choice.area, way);
            way.pop();
        }
        for entry in &area.entries {
            let mut pages = Vec::new();
            self.collect(entry, &mut pages);
            let title = match (way.is_empty(), entry.entries.is_empty()) {
                (true, true) => SINGLE.to_owned(),
                (false, true) => way.join(": "),
                (true, false) => entry.title.clone(),
                (false, false) => format!("{}: {}", way.join(": "), entry.title),
            };
            self.add(&title, pages);
        }
    }

    /// The pages of an entry that stand in no section.
    fn collect(&mut self, entry: &Entry, pages: &mut Vec<usize>) {
        if let Some(page) = entry.page
            && let Some(seen) = self.seen.get_mut(page)
            && !std::mem::replace(seen, true)
        {
            pages.push(page);
        }
        for entry in &entry.entries {
            self.collect(entry, pages);
        }
    }

    fn add(&mut self, title: &str, pages: Vec<usize>) {
        if pages.is_empty() {
            return;
        }
        match self.sections.iter_mut().find(|section| section.title == title) {
            Some(section) => section.pages.extend(pages),
            None => self.sections.push(Section { title: title.to_owned(), name: String::new(), pages }),
        }
    }
}

fn is_shown(choice: &Choice) -> bool {
    !choice.hidden && choice.link.is_none()
}

/// Gives each section a name of its own.
fn name(sections: &mut [Section]) {
    let mut names = BTreeSet::new();
    for (index, section) in sections.iter_mut().enumerate() {
        let mut name = slug(&section.title);
        while name.is_empty() || names.contains(&name) {
            name = format!("{name}-{}", index + 1);
        }
        names.insert(name.clone());
        section.name = name;
    }
}

/// Whether a page is for all to find.
fn is_listed(page: &SitePage) -> bool {
    let front = &page.page.front;
    !front.hidden && front.noindex != Some(true)
}
