//! What else must hold: the links of our own pages.

use rayon::prelude::*;

use crate::diagnostics::{Code, Diagnostic, Problem, nearest, tidy};
use crate::page::Link;
use crate::site::{Origin, Site, SitePage, Target};
use crate::source::Span;

/// Checks what a site says beside its examples; nothing where another program builds the site.
pub fn check(site: &Site) -> Vec<Diagnostic> {
    if site.origin != Origin::Site {
        return Vec::new();
    }
    let mut diagnostics: Vec<Diagnostic> = site
        .pages
        .par_iter()
        .flat_map_iter(|page| page.page.links.iter().filter_map(|link| broken(site, page, link)))
        .collect();
    tidy(&mut diagnostics);
    diagnostics
}

fn broken(site: &Site, page: &SitePage, link: &Link) -> Option<Diagnostic> {
    let (message, meant) = match site.target(page, &link.target) {
        Target::Elsewhere | Target::Page(..) | Target::File(_) => return None,
        Target::NoAnchor(index, anchor) => {
            let target = site.pages.get(index)?;
            let ids = target.page.headings.iter().map(|heading| heading.id.as_str());
            let meant = nearest(&anchor, ids).map(|id| format!("#{id}"));
            (format!("`{}` has no heading `#{anchor}`", target.route), meant)
        }
        Target::Nothing(path) => {
            let routes = site.pages.iter().map(|page| page.route.as_str());
            let files = site.assets.statics.iter().map(|(name, _)| name.as_str());
            // A file is named without the first `/`, and lies closest to a path without the last one.
            let meant = nearest(&path, routes).map(ToOwned::to_owned);
            let bare = path.trim_matches('/');
            let meant = meant.or_else(|| nearest(bare, files).map(|name| format!("/{name}")));
            (format!("the site has no page and no file at `{}`", link.target), meant)
        }
    };
    let problem = Problem::new(Code::BrokenLink, place(page, link), message);
    let problem = match meant {
        Some(meant) => problem.help(format!("the nearest is `{meant}`")),
        None => problem.help("name a page, a heading or a file of `static/` that is there"),
    };
    Some(problem.of(&page.page.source))
}

/// The target inside a link where it stands there as it is read; else the whole link.
fn place(page: &SitePage, link: &Link) -> Span {
    let text = page.page.source.slice(link.span);
    let at = text.rfind(&link.target).filter(|_| !link.target.is_empty());
    at.map_or(link.span, |at| Span::new(at, at + link.target.len()).shifted(link.span.start))
}
