//! Where the links of a page lead, as the site serves them.

use std::path::Path;

use super::files::is_page;
use super::routes::decode;
use super::{Site, SitePage};

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
    /// Nothing that the site serves; the path as the site would serve it.
    Nothing(String),
}

impl Site {
    /// What `link` leads to on `page`.
    ///
    /// A path with the ending of a page is a file beside the page, as an editor or GitHub sees it; every other
    /// relative path is one beside the address, as a browser sees it.
    pub fn target(&self, page: &SitePage, link: &str) -> Target {
        if is_elsewhere(link) {
            return Target::Elsewhere;
        }
        let (path, anchor) = link.split_once('#').map_or((link, None), |(path, anchor)| (path, Some(anchor)));
        let path = path.split('?').next().unwrap_or_default();
        let anchor = anchor.map(decode).filter(|anchor| !anchor.is_empty());
        if path.is_empty() {
            let own = self.page_by_path(page.page.source.path());
            return own.map_or(Target::Elsewhere, |(own, _)| self.anchored(own, anchor));
        }
        if let Some(index) = self.page_by_file(page, path) {
            return self.anchored(index, anchor);
        }
        let path = self.without_base(path);
        let Some(route) = page.route.join(path) else { return Target::Nothing(path.to_owned()) };
        if let Some((index, _)) = self.page_by_route(&route) {
            return self.anchored(index, anchor);
        }
        let file = route.segments().collect::<Vec<_>>().join("/");
        if self.assets.statics.binary_search_by(|(name, _)| name.as_str().cmp(&file)).is_ok() {
            return Target::File(file);
        }
        Target::Nothing(route.as_str().to_owned())
    }

    fn anchored(&self, index: usize, anchor: Option<String>) -> Target {
        let has = |anchor: &str| self.pages.get(index).is_some_and(|page| page.page.has_anchor(anchor));
        match anchor {
            // Every browser leads to the top of a page for this one.
            Some(anchor) if anchor != "top" && !has(&anchor) => Target::NoAnchor(index, anchor),
            anchor => Target::Page(index, anchor),
        }
    }

    /// The page of a file that is named from the file of `page`, or from the folder of the pages.
    fn page_by_file(&self, page: &SitePage, path: &str) -> Option<usize> {
        let path = decode(path);
        if !is_page(Path::new(&path)) {
            return None;
        }
        let own = page.page.source.path();
        let beside = own.rsplit_once('/').map_or("", |(folder, _)| folder);
        let (start, rest) =
            path.strip_prefix('/').map_or((beside, path.as_str()), |rest| (&self.content, rest));
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
    fn without_base<'a>(&self, path: &'a str) -> &'a str {
        let url = self.settings.site.url.as_deref().unwrap_or_default();
        let host = url.split_once("://").map_or(url, |(_, host)| host);
        let base = host.find('/').and_then(|at| host.get(at..)).unwrap_or_default();
        path.strip_prefix(base).filter(|rest| rest.starts_with('/')).unwrap_or(path)
    }
}

/// Whether a link has a scheme or a host.
fn is_elsewhere(link: &str) -> bool {
    let scheme = link.split([':', '/', '?', '#']).next().unwrap_or_default();
    let has_scheme = link.get(scheme.len()..).is_some_and(|rest| rest.starts_with(':'))
        && scheme.starts_with(|letter: char| letter.is_ascii_alphabetic());
    has_scheme || link.starts_with("//")
}
