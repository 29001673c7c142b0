//! Addresses as they stand in the HTML: of routes, of files, and of what an author links to.

use std::borrow::Cow;

use pulldown_cmark::CowStr;

use super::markup::push_escaped;
use crate::page::Address;
use crate::site::{Route, Site, SitePage, Target};

/// The addresses of a site.
#[derive(Clone, Copy, Debug)]
pub(super) struct Links<'a> {
    site: &'a Site,
    /// Where the site will be served, without `/` at its end, where the settings say so.
    origin: Option<&'a str>,
    /// The path of that address, without `/` at its end.
    base: &'a str,
}

impl<'a> Links<'a> {
    /// The addresses of this site.
    pub(super) fn new(site: &'a Site) -> Self {
        let origin = site.settings.site.url.as_deref().map(|url| url.trim_end_matches('/'));
        let host = origin.and_then(|url| url.split_once("://")).map_or("", |(_, host)| host);
        let base = host.find('/').and_then(|at| host.get(at..)).unwrap_or_default();
        Self { site, origin, base }
    }

    /// The base path, without `/` at its end.
    pub(super) fn base(&self) -> &'a str {
        self.base
    }

    /// The address of a route or of a file, from the root of the host.
    pub(super) fn local(&self, path: &str) -> String {
        format!("{}{path}", self.base)
    }

    /// The address of a route or of a file: whole, where the settings say where the site will be served.
    pub(super) fn whole(&self, path: &str) -> String {
        format!("{}{path}", self.origin.unwrap_or(self.base))
    }

    /// The whole address of a route, where the settings say where the site will be served.
    pub(super) fn absolute(&self, route: &Route) -> Option<String> {
        self.origin.map(|origin| format!("{origin}{route}"))
    }

    /// A target that leads to nothing of the site, from the root of the host where it was from the root of the site.
    fn rooted<'t>(&self, target: &'t str) -> Cow<'t, str> {
        let is_local = target.starts_with('/') && !target.starts_with("//");
        let has_base = self.base.is_empty() || target.starts_with(self.base);
        if is_local && !has_base {
            Cow::Owned(format!("{}{target}", self.base))
        } else {
            Cow::Borrowed(target)
        }
    }

    /// The address of a link of the settings: one from the root of the site is led to the page or file that is meant.
    pub(super) fn address(&self, href: &str) -> String {
        let path = href.split(['#', '?']).next().unwrap_or_default();
        let rest = href.get(path.len()..).unwrap_or_default();
        if !path.starts_with('/') || path.starts_with("//") {
            return href.to_owned();
        }
        match Route::parse(path).filter(|route| self.site.page_by_route(route).is_some()) {
            Some(route) => format!("{}{route}{rest}", self.base),
            None => format!("{}{href}", self.base),
        }
    }

    /// A piece of raw HTML with its addresses as they are in the HTML of `page`.
    pub(super) fn raw<'t>(&self, page: &SitePage, text: &'t str, addresses: Vec<Address>) -> CowStr<'t> {
        let mut out = String::new();
        let mut at = 0;
        for Address { target, range, .. } in addresses {
            if let Cow::Owned(target) = self.target(page, &target) {
                out.push_str(text.get(at..range.start).unwrap_or_default());
                push_escaped(&mut out, &target);
                at = range.end;
            }
        }
        if at == 0 {
            return CowStr::Borrowed(text);
        }
        out.push_str(text.get(at..).unwrap_or_default());
        out.into()
    }

    /// What an author's target is in the HTML of `page`; what leads elsewhere or nowhere stays as it is.
    pub(super) fn target<'t>(&self, page: &SitePage, target: &'t str) -> Cow<'t, str> {
        let path = target.split(['#', '?']).next().unwrap_or_default();
        if path.is_empty() {
            return Cow::Borrowed(target);
        }
        let rest = target.get(path.len()..).unwrap_or_default();
        match self.site.target(page, target) {
            Target::Elsewhere | Target::Nothing(_) | Target::Absent => self.rooted(target),
            Target::File(name) => Cow::Owned(format!("{}/{name}{rest}", self.base)),
            Target::Page(index, _) | Target::NoAnchor(index, _) => match self.site.pages.get(index) {
                Some(page) => Cow::Owned(format!("{}{}{rest}", self.base, page.route)),
                None => Cow::Borrowed(target),
            },
        }
    }
}
