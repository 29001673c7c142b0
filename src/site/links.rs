//! Where the links of a page lead, as the site serves them.

use std::path::Path;

use super::files::is_page;
use super::routes::decode;
use super::{Route, Site, SitePage};

/// What a link leads to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Target {
    /// Another host, or another program: not ours to say.
    Elsewhere,
    /// A page, by its index, and the anchor on it.
    Page(usize, Option<String>),
    /// A file of `static/`.
    File(String),
    /// A page that lacks the anchor.
    NoAnchor(usize, String),
    /// A page that the navigation names and that is not there, which is said where it is named.
    Absent,
    /// Nothing that the site serves; the path as the site would serve it.
    Nothing(String),
}

impl Site {
    /// What `link` leads to on `page`, redirects followed.
    ///
    /// A path with the ending of a page is a file beside the page, as an editor or GitHub sees it; every other
    /// relative path is one beside the address, as a browser sees it, and in a manual with a `docs.json` beside the file.
    pub fn target(&self, page: &SitePage, link: &str) -> Target {
        if is_elsewhere(link) {
            return Target::Elsewhere;
        }
        let Address { path, anchor } = Address::of(link);
        if path.is_empty() {
            let own = self.page_by_path(page.page.source.path());
            return own.map_or(Target::Elsewhere, |(own, _)| self.anchored(own, anchor));
        }
        let file = self.page_by_file(page, path);
        let is_served = |index: &usize| self.pages.get(*index).is_some_and(SitePage::is_served);
        if let Some(index) = file.filter(is_served) {
            return self.anchored(index, anchor);
        }
        let path = self.without_base(path);
        let from = if self.is_manual() && !page.is_index() { page.route.parent() } else { None };
        let Some(route) = from.as_ref().unwrap_or(&page.route).join(path) else {
            return Target::Nothing(path.to_owned());
        };
        self.served(&route, anchor)
    }

    /// What an address of the site leads to, redirects followed; `address` begins with `/`.
    pub fn destination(&self, address: &str) -> Target {
        if is_elsewhere(address) {
            return Target::Elsewhere;
        }
        let Address { path, anchor } = Address::of(address);
        match Route::parse(self.without_base(path)) {
            Some(route) => self.served(&route, anchor),
            None => Target::Nothing(path.to_owned()),
        }
    }

    /// What is served at a route: a page, a file, or what a redirect leads to.
    fn served(&self, route: &Route, anchor: Option<String>) -> Target {
        if let Some(found) = self.there(route, anchor.as_ref()) {
            return found;
        }
        let Some((end, _)) = self.redirected(route) else { return self.missing(route) };
        if is_elsewhere(&end) {
            return Target::Elsewhere;
        }
        let address = Address::of(&end);
        // The anchor of the link goes before that of the redirect, as browsers have it.
        let anchor = anchor.or(address.anchor);
        let Some(route) = Route::parse(self.without_base(address.path)) else {
            return Target::Nothing(end.clone());
        };
        self.there(&route, anchor.as_ref()).unwrap_or_else(|| self.missing(&route))
    }

    /// Where the address of `route` leads by redirects, and which of [`Site::redirects`] are on the way.
    pub fn redirected(&self, route: &Route) -> Option<(String, Vec<usize>)> {
        self.redirects.follow(route, &|route| self.there(route, None).is_some())
    }

    fn there(&self, route: &Route, anchor: Option<&String>) -> Option<Target> {
        if let Some((index, _)) = self.page_by_route(route) {
            return Some(self.anchored(index, anchor.cloned()));
        }
        let file = route.segments().collect::<Vec<_>>().join("/");
        if self.asset(&file).is_some() {
            return Some(Target::File(file));
        }
        // Manuals name the page of a folder by its file as well.
        let is_index = self.is_manual() && route.segments().last().is_some_and(|last| last == "index");
        let (index, _) =
            is_index.then(|| route.parent()).flatten().and_then(|above| self.page_by_route(&above))?;
        Some(self.anchored(index, anchor.cloned()))
    }

    fn missing(&self, route: &Route) -> Target {
        let is_absent = self.absent.contains(route);
        if is_absent { Target::Absent } else { Target::Nothing(route.as_str().to_owned()) }
    }

    /// A place on a page; as in a browser, an anchor is looked for as it is written, and then decoded.
    fn anchored(&self, index: usize, anchor: Option<String>) -> Target {
        let Some(written) = anchor else { return Target::Page(index, None) };
        let has = |anchor: &str| self.shown(index).is_some_and(|page| page.page.has_anchor(anchor));
        if has(&written) {
            return Target::Page(index, Some(written));
        }
        let decoded = decode(&written);
        // Every browser leads to the top of a page for this one.
        if decoded == "top" || has(&decoded) {
            Target::Page(index, Some(decoded))
        } else {
            Target::NoAnchor(index, decoded)
        }
    }

    /// The page of a file that is named from the file of `page`, or from the folder of the pages.
    pub(super) fn page_by_file(&self, page: &SitePage, path: &str) -> Option<usize> {
        let path = decode(path);
        if !is_page(Path::new(&path)) {
            return None;
        }
        let own = page.page.source.path();
        let beside = own.rsplit_once('/').map_or("", |(folder, _)| folder);
        let (start, rest) =
            path.strip_prefix('/').map_or((beside, path.as_str()), |rest| (&self.layout.content, rest));
        let mut folders: Vec<&str> = start.split('/').filter(|folder| !folder.is_empty()).collect();
        for segment in rest.split('/') {
            match segment {
                "" | "." => {}
                ".." => {
                    folders.pop()?;
                }
                name => folders.push(name),
            }
        }
        let absolute = if start.starts_with('/') { "/" } else { "" };
        self.page_by_path(&format!("{absolute}{}", folders.join("/"))).map(|(index, _)| index)
    }

    /// A path from the root of the host, without the base path of the site.
    pub fn without_base<'a>(&self, path: &'a str) -> &'a str {
        let url = self.settings.site.url.as_deref().unwrap_or_default();
        let host = url.split_once("://").map_or(url, |(_, host)| host);
        let base = host.find('/').and_then(|at| host.get(at..)).unwrap_or_default();
        match path.strip_prefix(base) {
            Some("") => "/",
            Some(rest) if rest.starts_with('/') => rest,
            _ => path,
        }
    }
}

/// The parts of a link that say where it leads.
struct Address<'a> {
    path: &'a str,
    /// As written; none where it is empty.
    anchor: Option<String>,
}

impl<'a> Address<'a> {
    fn of(link: &'a str) -> Self {
        let (path, anchor) = link.split_once('#').map_or((link, None), |(path, anchor)| (path, Some(anchor)));
        let path = path.split('?').next().unwrap_or_default();
        Self { path, anchor: anchor.filter(|anchor| !anchor.is_empty()).map(ToOwned::to_owned) }
    }
}

/// Whether a link has a scheme or a host.
fn is_elsewhere(link: &str) -> bool {
    let scheme = link.split([':', '/', '?', '#']).next().unwrap_or_default();
    let has_scheme = link.get(scheme.len()..).is_some_and(|rest| rest.starts_with(':'))
        && scheme.starts_with(|letter: char| letter.is_ascii_alphabetic());
    has_scheme || link.starts_with("//")
}
