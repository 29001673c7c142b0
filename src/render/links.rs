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

    /// The address of a link of the settings: one from the root of the site is led to the page or file that is meant.
    pub(super) fn address(&self, href: &str) -> String {
        let (path, rest) = divided(href);
        let is_page = |route: &Route| self.site.page_by_route(route).is_some();
        match Route::parse(self.site.without_base(path)).filter(is_page) {
            Some(route) if !path.starts_with("//") => format!("{}{route}{rest}", self.base),
            _ => based(self.base, href).into_owned(),
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
        match self.led(page, target) {
            Led::Away => based(self.base, target),
            Led::Here => Cow::Borrowed(target),
            Led::File(file) => Cow::Owned(format!("{}{file}", self.base)),
            Led::Page(index, rest) => match self.site.pages.get(index) {
                Some(page) => Cow::Owned(format!("{}{}{rest}", self.base, page.route)),
                None => Cow::Borrowed(target),
            },
        }
    }

    /// What an author's target leads to.
    pub(super) fn led(&self, page: &SitePage, target: &str) -> Led {
        let (path, rest) = divided(target);
        if path.is_empty() {
            return Led::Here;
        }
        match self.site.target(page, target) {
            Target::Elsewhere | Target::Nothing(_) | Target::Absent => Led::Away,
            Target::File(name) => Led::File(format!("/{name}{rest}")),
            // A redirect can lead to a place on a page.
            Target::Page(index, Some(anchor)) if !rest.contains('#') => {
                Led::Page(index, format!("{rest}#{anchor}"))
            }
            Target::Page(index, _) | Target::NoAnchor(index, _) => Led::Page(index, rest.to_owned()),
        }
    }
}

/// What a target leads to.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Led {
    /// To nothing that the site serves.
    Away,
    /// To a place on the same page.
    Here,
    /// To this file from the root of the site, with what stands behind it.
    File(String),
    /// To the page of this index, with what stands behind its address.
    Page(usize, String),
}

/// An address of the site from the root of its host; what leads elsewhere, or has the base path already, stays as it is.
pub(super) fn based<'t>(base: &str, address: &'t str) -> Cow<'t, str> {
    let is_ours = address.starts_with('/') && !address.starts_with("//");
    let has_base = address.strip_prefix(base).is_some_and(|rest| rest.starts_with('/'));
    if is_ours && !has_base { Cow::Owned(format!("{base}{address}")) } else { Cow::Borrowed(address) }
}

/// A target as its path and what follows that.
fn divided(target: &str) -> (&str, &str) {
    target.split_at(target.find(['#', '?']).unwrap_or(target.len()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_of_the_site_gets_its_base_path_once() {
        let seen = ["/a", "/docs/a", "/docs-old", "//a", "https://a/", "a", "#a"]
            .map(|address| based("/docs", address));
        assert_eq!(seen, ["/docs/a", "/docs/a", "/docs/docs-old", "//a", "https://a/", "a", "#a"]);
        assert_eq!(based("", "/a"), "/a");
    }
}
