//! `llms.txt`, after the proposal of llmstxt.org, and `llms-full.txt`.
//!
//! The proposal was read 2026-11-27: a heading with the name of the site, a quote that says what it is, and headings of the
//! second level with lists of links; what stands below `Optional` can be left out by who is short of room. So pages that the
//! navigation does not lead to stand there, and hidden pages stand nowhere.

use rayon::prelude::*;

use crate::page::slug;
use crate::site::{Entry, SitePage};

use super::super::Sink;
use super::super::output::{self, File};
use super::inline::{Inline, Shape};
use super::raw::collapsed;
use super::{Agents, Origin};

/// The list of the pages.
const INDEX: &str = "llms.txt";

/// All pages in one text.
const FULL: &str = "llms-full.txt";

/// The folder of the sections, where one text would be too long.
const SECTIONS: &str = "llms-full";

/// A text of all pages that is longer than this, in bytes, is divided.
const LONGEST: usize = 1 << 20;

/// The heading of single pages at the top of the navigation.
const SINGLE: &str = "Pages";

/// The heading of pages that stand nowhere in the navigation.
const OTHERS: &str = "Optional";

/// Pages under one heading.
#[derive(Debug, PartialEq, Eq)]
struct Section {
    title: String,
    /// What it is called in addresses.
    name: String,
    pages: Vec<usize>,
}

impl Agents<'_> {
    /// A file for agents, other than those of the site itself.
    pub(in super::super) fn file(&self, path: &str) -> Option<String> {
        if let Some(index) = self.page_of(path) {
            return self.page(index);
        }
        if !self.is_free(path) {
            return None;
        }
        match path {
            INDEX => Some(self.index()),
            FULL => Some(self.full().unwrap_or_else(|| self.divided())),
            _ => {
                let name = path.strip_prefix(SECTIONS)?.strip_prefix('/')?.strip_suffix(".txt")?;
                let sections = self.sections();
                let section = sections.iter().find(|section| section.name == name)?;
                if self.full().is_some() { None } else { Some(self.text(section)) }
            }
        }
    }

    /// Hands over `llms.txt` and `llms-full.txt`, and the sections of the latter where it is long, one at a time.
    pub(in super::super) fn files(&self, sink: &Sink<'_>) -> Result<(), output::Error> {
        let hand_over = |path: String, text: String| match self.is_free(&path) {
            true => sink(File { path, bytes: text.into_bytes() }),
            false => Ok(()),
        };
        hand_over(INDEX.to_owned(), self.index())?;
        if let Some(full) = self.full() {
            return hand_over(FULL.to_owned(), full);
        }
        hand_over(FULL.to_owned(), self.divided())?;
        let sections = self.sections();
        sections.par_iter().try_for_each(|section| hand_over(section.path(), self.text(section)))
    }

    /// `llms.txt`.
    fn index(&self) -> String {
        let mut out = self.head();
        if self.is_free(FULL) {
            let full = self.links.whole(&format!("/{FULL}"));
            out.push_str(&format!("\nThe text of all pages is in [{FULL}]({full}).\n"));
        }
        for section in self.sections() {
            out.push_str("\n## ");
            push_words(&mut out, &section.title);
            out.push_str("\n\n");
            for page in section.pages {
                self.push_link(&mut out, page);
            }
        }
        out
    }

    /// The name of the site, and what it is.
    fn head(&self) -> String {
        let settings = &self.site.settings.site;
        let mut out = String::from("# ");
        push_words(&mut out, &settings.title);
        out.push('\n');
        if !settings.description.trim().is_empty() {
            out.push_str("\n> ");
            push_words(&mut out, &settings.description);
            out.push('\n');
        }
        out
    }

    fn push_link(&self, out: &mut String, index: usize) {
        let Some(page) = self.site.pages.get(index) else { return };
        let url = self.url(index).unwrap_or_else(|| self.links.whole(page.route.as_str()));
        out.push_str("- ");
        let mut words = Inline::default();
        words.begin_link("[", &url, "");
        words.push_text(&collapsed(&page.page.front.title));
        words.end_link();
        words.write(out, "", Shape::Heading);
        if let Some(description) = page.page.front.description.as_deref().filter(|text| !text.trim().is_empty()) {
            out.push_str(": ");
            push_words(out, description);
        }
        out.push('\n');
    }

    /// All pages in one text; none where that is too long.
    fn full(&self) -> Option<String> {
        let mut out = String::new();
        for section in self.sections() {
            for page in section.pages {
                self.push_page(&mut out, page);
                if out.len() > LONGEST {
                    return None;
                }
            }
        }
        Some(out)
    }

    /// `llms-full.txt` where it leads to its sections.
    fn divided(&self) -> String {
        let mut out = self.head();
        out.push_str("\nThe text of all pages, by section.\n\n## Sections\n\n");
        for section in self.sections() {
            let url = self.links.whole(&format!("/{}", section.path()));
            let mut words = Inline::default();
            words.begin_link("[", &url, "");
            words.push_text(&section.title);
            words.end_link();
            out.push_str("- ");
            words.write(&mut out, "", Shape::Heading);
            let count = section.pages.len();
            out.push_str(&format!(": {count} page{}\n", if count == 1 { "" } else { "s" }));
        }
        out
    }

    fn text(&self, section: &Section) -> String {
        let mut out = String::new();
        for page in &section.pages {
            self.push_page(&mut out, *page);
        }
        out
    }

    fn push_page(&self, out: &mut String, index: usize) {
        if let Some(page) = self.site.pages.get(index) {
            if !out.is_empty() {
                out.push('\n');
            }
            out.push_str(&self.document(page, Origin::Named));
        }
    }

    /// All pages that are shown, each once, in the order of the navigation.
    fn sections(&self) -> Vec<Section> {
        let pages = &self.site.pages;
        let mut seen: Vec<bool> = pages
            .iter()
            .enumerate()
            .map(|(index, page)| {
                let is_second = self.site.page_by_route(&page.route).is_some_and(|(first, _)| first != index);
                is_second || !is_listed(page)
            })
            .collect();
        let mut sections: Vec<Section> = Vec::new();
        let mut add = |title: &str, found: Vec<usize>| match sections.iter_mut().find(|own| own.title == title) {
            Some(section) => section.pages.extend(found),
            None if found.is_empty() => {}
            None => sections.push(Section { title: title.to_owned(), name: String::new(), pages: found }),
        };
        for entry in &self.site.navigation.entries {
            let mut found = Vec::new();
            collect(entry, &mut seen, &mut found);
            add(if entry.entries.is_empty() { SINGLE } else { &entry.title }, found);
        }
        let rest = seen.iter().enumerate().filter(|(_, seen)| !**seen).map(|(index, _)| index).collect();
        add(OTHERS, rest);
        name(&mut sections);
        sections
    }
}

impl Section {
    fn path(&self) -> String {
        format!("{SECTIONS}/{}.txt", self.name)
    }
}

/// The pages of an entry that nobody has seen.
fn collect(entry: &Entry, seen: &mut [bool], found: &mut Vec<usize>) {
    if let Some(page) = entry.page
        && let Some(seen) = seen.get_mut(page)
        && !std::mem::replace(seen, true)
    {
        found.push(page);
    }
    for entry in &entry.entries {
        collect(entry, seen, found);
    }
}

/// Gives each section a name of its own.
fn name(sections: &mut [Section]) {
    let mut names = std::collections::BTreeSet::new();
    for (index, section) in sections.iter_mut().enumerate() {
        let name = slug(&section.title);
        let is_fit = !name.is_empty() && !names.contains(&name);
        section.name = if is_fit { name } else { format!("{name}-{}", index + 1) };
        names.insert(section.name.clone());
    }
}

/// Whether a page is for all to find.
fn is_listed(page: &SitePage) -> bool {
    let front = &page.page.front;
    let data = front.data.as_ref();
    let noindex = data.and_then(|data| data.get("noindex")).is_some_and(|node| node.value == crate::data::Value::Bool(true));
    !front.hidden && !noindex
}

/// Writes a text as one line.
fn push_words(out: &mut String, text: &str) {
    let mut words = Inline::default();
    words.push_text(&collapsed(text));
    words.write(out, "", Shape::Heading);
}
