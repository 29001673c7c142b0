//! `llms.txt`, after the proposal of llmstxt.org, and `llms-full.txt`.
//!
//! The proposal was read 2026-11-27: a heading with the name of the site, a quote that says what it is, and headings of the
//! second level with lists of links; what stands below `Optional` can be left out by who is short of room.

use std::fmt::Write as _;

use rayon::prelude::*;

use super::super::Sink;
use super::super::languages;
use super::super::output::{self, File};
use super::inline::{Inline, Shape};
use super::raw::collapsed;
use super::sections::{Edition, Section, sections};
use super::{Agents, Document};

/// The list of the pages.
const INDEX: &str = "llms.txt";

/// All pages in one text.
const FULL: &str = "llms-full.txt";

/// The folder of the sections, where one text would be too long.
const SECTIONS: &str = "llms-full";

/// A text of all pages that is longer than this, in bytes, is divided.
const LONGEST: usize = 1 << 20;

impl Agents<'_> {
    /// A file for agents, other than those of the site itself.
    pub(in super::super) fn file(&self, path: &str) -> Option<String> {
        if let Some(index) = self.page_of(path) {
            return self.page(index);
        }
        if path.strip_suffix(".txt").is_none() || !self.is_free(path) {
            return None;
        }
        let editions = Edition::all(self.site);
        editions.iter().find_map(|edition| {
            let name = path.strip_prefix(&edition.folder)?;
            let sections = sections(self.site, edition);
            if name == INDEX {
                return Some(self.index(edition, &editions, &sections));
            }
            if name == FULL {
                return Some(self.full(&sections).unwrap_or_else(|| self.divided(edition, &sections)));
            }
            let name = name.strip_prefix(SECTIONS)?.strip_prefix('/')?.strip_suffix(".txt")?;
            let section = sections.iter().find(|section| section.name == name)?;
            if self.full(&sections).is_some() { None } else { Some(self.text(section)) }
        })
    }

    /// Whether there is a file of this path for agents.
    pub(super) fn has(&self, path: &str) -> bool {
        let is_index = || {
            let editions = Edition::all(self.site);
            editions.iter().any(|edition| {
                path.strip_prefix(&edition.folder).is_some_and(|name| {
                    name == INDEX
                        || name == FULL
                        || name.strip_prefix(SECTIONS).is_some_and(|rest| rest.starts_with('/'))
                })
            })
        };
        self.page_of(path).is_some() || (self.is_free(path) && is_index())
    }

    /// Hands over the Markdown of every page, and `llms.txt` and `llms-full.txt` of each language, the latter in sections
    /// where it is long; each file as soon as it is written, and no page is written twice for its section.
    pub(in super::super) fn files(&self, sink: &Sink<'_>) -> Result<(), output::Error> {
        let hand_over = |path: String, text: String| {
            if self.is_free(&path) { sink(File { path, bytes: text.into_bytes() }) } else { Ok(()) }
        };
        let hand_over_page = |index: usize, document: Document| {
            let file = self.path(index).map(|path| File { path, bytes: document.alone().into_bytes() });
            file.map_or(Ok(()), sink)
        };
        let editions = Edition::all(self.site);
        let mut done = vec![false; self.site.pages.len()];
        for edition in &editions {
            let sections = sections(self.site, edition);
            hand_over(format!("{}{INDEX}", edition.folder), self.index(edition, &editions, &sections))?;
            let path = format!("{}{FULL}", edition.folder);
            if let Some(full) = self.full(&sections) {
                hand_over(path, full)?;
                continue;
            }
            hand_over(path, self.divided(edition, &sections))?;
            sections.par_iter().try_for_each(|section| {
                let mut text = String::new();
                for index in &section.pages {
                    let Some(page) = self.site.shown(*index) else { continue };
                    let document = self.document(page);
                    push_page(&mut text, &document);
                    // Another language may name it too.
                    if done.get(*index) == Some(&false) {
                        hand_over_page(*index, document)?;
                    }
                }
                hand_over(section_path(edition, section), text)
            })?;
            for index in sections.iter().flat_map(|section| &section.pages) {
                if let Some(done) = done.get_mut(*index) {
                    *done = true;
                }
            }
        }
        let rest = done.par_iter().enumerate().filter(|(_, done)| !**done);
        rest.try_for_each(|(index, _)| match self.site.shown(index) {
            Some(page) if page.is_served() => hand_over_page(index, self.document(page)),
            _ => Ok(()),
        })
    }

    /// `llms.txt`.
    fn index(&self, edition: &Edition<'_>, editions: &[Edition<'_>], sections: &[Section]) -> String {
        let mut out = self.head();
        let full = format!("{}{FULL}", edition.folder);
        if self.is_free(&full) {
            out.push_str("\nThe text of all pages is in ");
            push_link(&mut out, FULL, &self.links.whole(&format!("/{full}")));
            out.push_str(".\n");
        }
        if editions.len() > 1 {
            out.push_str("\nOther languages: ");
            let others = editions.iter().filter(|other| other.folder != edition.folder);
            for (at, other) in others.enumerate() {
                out.push_str(if at > 0 { ", " } else { "" });
                let url = self.links.whole(&format!("/{}{INDEX}", other.folder));
                push_link(&mut out, languages::name(other.language), &url);
            }
            out.push_str(".\n");
        }
        for section in sections {
            out.push_str("\n## ");
            push_words(&mut out, &section.title);
            out.push_str("\n\n");
            for page in &section.pages {
                self.push_entry(&mut out, *page);
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

    fn push_entry(&self, out: &mut String, index: usize) {
        let Some(page) = self.site.pages.get(index) else { return };
        let url = self.url(index).unwrap_or_else(|| self.links.whole(page.route.as_str()));
        let front = &page.page.front;
        out.push_str("- ");
        push_link(out, &front.title, &url);
        if let Some(description) = front.description.as_deref().filter(|text| !text.trim().is_empty()) {
            out.push_str(": ");
            push_words(out, description);
        }
        out.push('\n');
    }

    /// All pages in one text; none where that is too long.
    fn full(&self, sections: &[Section]) -> Option<String> {
        let mut out = String::new();
        let pages = sections.iter().flat_map(|section| &section.pages);
        for page in pages.filter_map(|page| self.site.shown(*page)) {
            push_page(&mut out, &self.document(page));
            if out.len() > LONGEST {
                return None;
            }
        }
        Some(out)
    }

    /// `llms-full.txt` where it leads to its sections.
    fn divided(&self, edition: &Edition<'_>, sections: &[Section]) -> String {
        let mut out = self.head();
        out.push_str("\nThe text of all pages, by section.\n\n## Sections\n\n");
        for section in sections {
            out.push_str("- ");
            let url = self.links.whole(&format!("/{}", section_path(edition, section)));
            push_link(&mut out, &section.title, &url);
            let count = section.pages.len();
            // Writing to a string cannot fail.
            let _written = writeln!(out, ": {count} page{}", if count == 1 { "" } else { "s" });
        }
        out
    }

    fn text(&self, section: &Section) -> String {
        let mut out = String::new();
        for page in section.pages.iter().filter_map(|page| self.site.shown(*page)) {
            push_page(&mut out, &self.document(page));
        }
        out
    }
}

fn push_page(out: &mut String, document: &Document) {
    if !out.is_empty() {
        out.push('\n');
    }
    out.push_str(&document.text);
}

fn section_path(edition: &Edition<'_>, section: &Section) -> String {
    format!("{}{SECTIONS}/{}.txt", edition.folder, section.name)
}

/// Writes a text as one line.
fn push_words(out: &mut String, text: &str) {
    let mut words = Inline::default();
    words.push_text(&collapsed(text));
    words.write(out, "", Shape::Heading);
}

fn push_link(out: &mut String, text: &str, url: &str) {
    let mut words = Inline::default();
    words.begin_link("[", url, "");
    words.push_text(collapsed(text).trim());
    words.end_link();
    words.write(out, "", Shape::Heading);
}
