//! The site for agents: each page as plain Markdown, a list of them all, and all of them in one text.
//!
//! 1. [`Lowering`] writes the pieces of a page, the page value itself and not its source, through a [`writer`] that knows
//!    what is open; components become the Markdown that says the same.
//! 2. [`Agents::page`] is a page with its title and description, as it is served at `/<route>.md`.
//! 3. [`Agents::file`] and [`Agents::files`] are `llms.txt`, in the order of the navigation, and `llms-full.txt`.

mod attributes;
mod components;
mod escape;
mod html;
mod index;
mod inline;
mod line;
mod link;
mod lower;
mod raw;
mod sections;
#[cfg(test)]
mod tests;
mod writer;

use std::borrow::Cow;
use std::ops::Range;
use std::sync::OnceLock;

use crate::site::{Route, Site, SitePage};

use super::body::opening_heading;
use super::links::{Led, Links};
use inline::Inline;
use lower::Lowering;
use writer::Block;

/// The file of the first page, whose address has no name.
const HOME: &str = "index.md";

/// What a site says to agents.
#[derive(Debug)]
pub(super) struct Agents<'a> {
    site: &'a Site,
    links: Links<'a>,
    /// The files of pages in folders whose names look like those of our files, for which they leave no room.
    taken: Vec<String>,
    /// The addresses of all pages, found when the first page is written.
    urls: OnceLock<Vec<Option<String>>>,
}

/// A page as Markdown.
#[derive(Debug)]
struct Document {
    /// With a line that says where it comes from.
    text: String,
    /// Where that line stands, with the blank line before it.
    origin: Range<usize>,
}

impl Document {
    /// The page as it is served by itself.
    fn alone(mut self) -> String {
        self.text.replace_range(self.origin, "");
        self.text
    }
}

impl<'a> Agents<'a> {
    /// What this site says to agents.
    pub(super) fn new(site: &'a Site) -> Self {
        let looks_alike = |route: &&Route| [".md/", ".txt/"].iter().any(|end| route.as_str().contains(end));
        let routes =
            site.pages.iter().filter(|page| page.is_served()).map(|page| &page.route).filter(looks_alike);
        Self {
            site,
            links: Links::new(site),
            taken: routes.map(Route::file).collect(),
            urls: OnceLock::new(),
        }
    }

    /// The file with the Markdown of a page; none where something else has its place.
    pub(super) fn path(&self, index: usize) -> Option<String> {
        let page = self.site.pages.get(index).filter(|_| self.site.has_address(index))?;
        let segments: Vec<String> = page.route.segments().collect();
        let path = if segments.is_empty() { HOME.to_owned() } else { segments.join("/") + ".md" };
        let is_home = segments.is_empty() || self.site.page_by_route(&Route::root()).is_none();
        (self.is_free(&path) && (is_home || path != HOME)).then_some(path)
    }

    /// The address of that file: whole, where the settings say where the site will be served.
    pub(super) fn url(&self, index: usize) -> Option<String> {
        self.path(index)?;
        let route = self.site.pages.get(index)?.route.as_str();
        Some(match route.trim_end_matches('/') {
            "" => self.links.whole(&format!("/{HOME}")),
            route => self.links.whole(&format!("{route}.md")),
        })
    }

    /// The Markdown of a page.
    pub(super) fn page(&self, index: usize) -> Option<String> {
        self.site.shown(index).map(|page| self.document(page).alone())
    }

    /// The page whose Markdown is a file.
    fn page_of(&self, path: &str) -> Option<usize> {
        let route = if path == HOME { Some(Route::root()) } else { None };
        let named = || Route::parse(&format!("/{}", path.strip_suffix(".md")?));
        let found = |route: Route| self.site.page_by_route(&route).map(|(index, _)| index);
        let index = route.and_then(found).or_else(|| found(named()?))?;
        self.path(index).filter(|own| own == path).map(|_| index)
    }

    fn document(&self, page: &SitePage) -> Document {
        let mut lowering = Lowering::new(self, page);
        let rest = opening_heading(page).map_or(0, |end| end + 1);
        if rest > 0 {
            lowering.pieces(0, rest);
        } else {
            lowering.begin_words();
            lowering.words().push_text(&page.page.front.title);
            lowering.end_heading();
        }
        let start = lowering.writer.len();
        lowering.words().push_raw(&format!("Source: {}", self.links.whole(page.route.as_str())));
        lowering.settle();
        let origin = start..lowering.writer.len();
        if let Some(description) = page.page.front.description.as_deref() {
            let mut words = Inline::default();
            words.push_text(&raw::collapsed(description));
            if !words.is_blank() {
                lowering.writer.begin_quote(None);
                lowering.writer.words(Block::Paragraph, "", &words);
                lowering.writer.end();
            }
        }
        lowering.pieces(rest, page.page.pieces.len());
        Document { text: lowering.finish(), origin }
    }

    /// What an author's target is for an agent: pages are their Markdown, and what the site serves has its whole address.
    fn target<'t>(&self, page: &SitePage, target: &'t str) -> Cow<'t, str> {
        match self.links.led(page, target) {
            Led::Away | Led::Here => Cow::Borrowed(target),
            Led::File(file) => Cow::Owned(self.links.whole(&file)),
            Led::Page(index, rest) => {
                let route = || self.site.pages.get(index).map(|page| self.links.whole(page.route.as_str()));
                let urls = || (0..self.site.pages.len()).map(|index| self.url(index)).collect();
                let url = self.urls.get_or_init(urls).get(index).cloned().flatten();
                url.or_else(route).map_or(Cow::Borrowed(target), |url| Cow::Owned(url + &rest))
            }
        }
    }

    /// Whether no file of the site has this path, or one that stands in its way.
    fn is_free(&self, path: &str) -> bool {
        let statics = &self.site.assets.statics;
        let below = format!("{path}/");
        let after = statics.partition_point(|asset| asset.path.as_str() < below.as_str());
        let stands_below = statics.get(after).is_some_and(|asset| asset.path.starts_with(&below));
        let mut folders = path.match_indices('/').filter_map(|(at, _)| path.get(..at));
        !(self.site.asset(path).is_some()
            || stands_below
            || folders.any(|folder| self.site.asset(folder).is_some())
            || self.taken.iter().any(|file| file.starts_with(&below)))
    }

    /// Whether a file would stand below one of ours, as if that were a folder.
    pub(super) fn is_above(&self, file: &str) -> bool {
        let mut folders = file.match_indices('/').filter_map(|(at, _)| file.get(..at));
        folders.any(|folder| [".md", ".txt"].iter().any(|end| folder.ends_with(end)) && self.has(folder))
    }
}
