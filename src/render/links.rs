//! Addresses: from what an author writes, and from routes, to what stands in the HTML.

use std::borrow::Cow;
use std::collections::BTreeSet;

use crate::site::{Route, Site, SitePage};

/// The addresses of a site.
#[derive(Debug)]
pub(super) struct Links<'a> {
    /// `https://host` and the base path, where the settings say so.
    origin: Option<&'a str>,
    /// The path of that address, without `/` at its end.
    base: &'a str,
    routes: BTreeSet<&'a str>,
}

impl<'a> Links<'a> {
    /// The addresses of this site.
    pub(super) fn new(site: &'a Site) -> Self {
        let origin = site.settings.site.url.as_deref().map(|url| url.trim_end_matches('/'));
        let base = origin
            .and_then(|url| url.split_once("://"))
            .map_or("", |(_, rest)| rest.find('/').and_then(|at| rest.get(at..)).unwrap_or_default());
        Self { origin, base, routes: site.pages.iter().map(|page| page.route.as_str()).collect() }
    }

    /// The base path, without `/` at its end.
    pub(super) fn base(&self) -> &'a str {
        self.base
    }

    /// The address of a route or of a file, from the root of the host.
    pub(super) fn local(&self, path: &str) -> String {
        format!("{}{path}", self.base)
    }

    /// The whole address of a route, where the settings say where the site will be served.
    pub(super) fn absolute(&self, route: &Route) -> Option<String> {
        self.origin.map(|origin| format!("{origin}{route}"))
    }

    /// What an author's target is in the HTML of `page`; targets elsewhere stay as they are.
    pub(super) fn target<'t>(&self, page: &SitePage, target: &'t str) -> Cow<'t, str> {
        let is_elsewhere = target.is_empty() || target.starts_with(['#', '?']) || target.starts_with("//");
        if is_elsewhere || has_scheme(target) {
            return Cow::Borrowed(target);
        }
        let end = target.find(['#', '?']).unwrap_or(target.len());
        let (path, rest) = target.split_at(end);
        let joined = join(&folder(page), path);
        let stem = strip_file(&joined);
        let route = if stem.ends_with('/') { stem.to_owned() } else { format!("{stem}/") };
        let address = if self.routes.contains(route.as_str()) { route } else { joined };
        Cow::Owned(format!("{}{address}{rest}", self.base))
    }
}

/// The folder of a page's file, as an address with `/` at its end.
fn folder(page: &SitePage) -> String {
    let route = page.route.as_str();
    let file = page.page.source.path().rsplit('/').next().unwrap_or_default();
    let stem = file.split('.').next().unwrap_or_default();
    if route == "/" || matches!(stem, "index" | "README" | "_index") {
        return route.to_owned();
    }
    let parent = route.trim_end_matches('/').rfind('/').map_or(0, |at| at + 1);
    route.get(..parent).unwrap_or("/").to_owned()
}

/// `mailto:` and the like: a letter, then letters, digits, `+`, `-` and `.`, then a colon (RFC 3986, 3.1).
fn has_scheme(target: &str) -> bool {
    target.split_once(':').is_some_and(|(scheme, _)| {
        scheme.starts_with(|letter: char| letter.is_ascii_alphabetic())
            && scheme
                .chars()
                .all(|letter| letter.is_ascii_alphanumeric() || matches!(letter, '+' | '-' | '.'))
    })
}

/// A path seen from a folder; `..` stops at the root.
fn join(folder: &str, path: &str) -> String {
    let mut parts: Vec<&str> = Vec::new();
    let from = if path.starts_with('/') { "" } else { folder };
    for part in from.split('/').chain(path.split('/')) {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop();
            }
            _ => parts.push(part),
        }
    }
    let is_folder = path.ends_with('/') || path.ends_with("/..") || matches!(path, "." | "..");
    let end = if is_folder && !parts.is_empty() { "/" } else { "" };
    format!("/{}{end}", parts.join("/"))
}

/// The address without the name of a Markdown file: `/a/index.md` is `/a/`, `/a/b.md` is `/a/b`.
fn strip_file(path: &str) -> &str {
    let Some(stem) = path.strip_suffix(".md").or_else(|| path.strip_suffix(".mdx")) else { return path };
    match stem.rsplit_once('/') {
        Some((_, "index" | "README" | "_index")) => stem.trim_end_matches(|letter| letter != '/'),
        _ => stem,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(folder: &str, path: &str, expected: &str) {
        assert_eq!(strip_file(&join(folder, path)), expected);
    }

    #[test]
    fn a_file_beside_is_found() {
        check("/providers/", "./venice.md", "/providers/venice");
    }

    #[test]
    fn an_index_is_its_folder() {
        check("/providers/", "../guides/index.md", "/guides/");
    }

    #[test]
    fn an_absolute_path_ignores_the_folder() {
        check("/providers/", "/guides/start", "/guides/start");
    }

    #[test]
    fn a_way_up_stops_at_the_root() {
        check("/a/", "../../../b", "/b");
    }

    #[test]
    fn the_folder_itself_is_a_folder() {
        check("/a/b/", ".", "/a/b/");
        check("/a/", "..", "/");
    }

    #[test]
    fn a_scheme_is_seen() {
        assert!(has_scheme("mailto:a@b.example"));
        assert!(!has_scheme("a/b:c"));
        assert!(!has_scheme("./x"));
    }
}
