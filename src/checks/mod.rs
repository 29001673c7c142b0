//! What else must hold: the links of our own pages, the places of components, and that no page shows a real credential.

mod misplaced;

use rayon::prelude::*;

use crate::diagnostics::{Code, Diagnostic, Problem, nearest, tidy};
use crate::gateway::credentials;
use crate::page::{Link, Page};
use crate::site::{Origin, Site, SitePage, Target};
use crate::source::Span;

/// Checks what pages say beside their examples; the links only where the site is built by us.
pub fn check(site: &Site) -> Vec<Diagnostic> {
    let ours = site.origin == Origin::Site;
    let found = |page| {
        let links = if ours { broken_links(site, page) } else { Vec::new() };
        links.into_iter().chain(misplaced::misplaced(&page.page)).chain(secrets(&page.page))
    };
    let mut diagnostics: Vec<Diagnostic> = site.pages.par_iter().flat_map_iter(found).collect();
    tidy(&mut diagnostics);
    diagnostics
}

fn broken_links(site: &Site, page: &SitePage) -> Vec<Diagnostic> {
    page.page.links.iter().filter_map(|link| broken(site, page, link)).collect()
}

/// Credentials outside of fences, whose own are told with the examples.
fn secrets(page: &Page) -> Vec<Diagnostic> {
    let mut found = credentials::real_ones(page.source.text());
    found.retain(|span| !page.fences.iter().any(|fence| fence.body.span().contains(*span)));
    found.into_iter().map(|span| Problem::real_secret(span).of(&page.source)).collect()
}

fn broken(site: &Site, page: &SitePage, link: &Link) -> Option<Diagnostic> {
    let (message, meant) = match site.target(page, &link.target) {
        Target::Elsewhere | Target::Page(..) | Target::File(_) => return None,
        Target::NoAnchor(index, anchor) => {
            let target = site.pages.get(index)?;
            let ids: Vec<&str> = target.page.anchors().collect();
            let meant = nearest(&anchor, ids.iter().copied()).or_else(|| of_one_stem(&anchor, &ids));
            let meant = meant.map(|id| format!("#{id}"));
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

/// The candidate that begins as `word` does, for most of its length.
fn of_one_stem<'a>(word: &str, candidates: &[&'a str]) -> Option<&'a str> {
    let shared =
        |candidate: &str| word.chars().zip(candidate.chars()).take_while(|(one, other)| one == other).count();
    let found = candidates.iter().copied().max_by_key(|candidate| shared(candidate))?;
    let length = word.chars().count();
    (shared(found) >= 4 && shared(found) * 3 >= length * 2).then_some(found)
}

/// The target inside a link where it stands there as it is read; else the whole link.
fn place(page: &SitePage, link: &Link) -> Span {
    let text = page.page.source.slice(link.span);
    let at = text.rfind(&link.target).filter(|_| !link.target.is_empty());
    at.map_or(link.span, |at| Span::new(at, at + link.target.len()).shifted(link.span.start))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is said of a link on the first of two pages: the text that is underlined, and the help.
    #[track_caller]
    fn check_link(link: &str, expected: Option<(&str, &str)>) {
        let folder = tempfile::tempdir().expect("a scratch folder can be made");
        let text = format!("# Home\n\n> see {link} and go\n");
        let files =
            [("content/index.md", text.as_str()), ("content/portkey.md", "# Portkey\n## Quick start\n")];
        for (path, text) in files {
            write(&folder.path().join(path), text);
        }
        let site = crate::site::load(folder.path()).expect("the site can be read");
        let diagnostics = check(&site);
        let seen = diagnostics.first().map(|said| {
            (said.source.slice(said.problem.span), said.problem.help.as_deref().unwrap_or_default())
        });
        assert_eq!(seen, expected);
    }

    #[expect(clippy::disallowed_methods, reason = "a test makes the tree that it reads")]
    fn write(place: &std::path::Path, text: &str) {
        std::fs::create_dir_all(place.parent().expect("a file has a folder")).expect("a folder can be made");
        std::fs::write(place, text).expect("a file can be written");
    }

    #[test]
    fn a_link_to_a_page_is_right() {
        check_link("[x](/portkey#quick-start)", None);
        check_link("[x](portkey.md)", None);
    }

    #[test]
    fn a_link_to_a_missing_page_names_the_nearest() {
        check_link("[/portky](/portky)", Some(("/portky", "the nearest is `/portkey/`")));
    }

    #[test]
    fn a_link_to_a_missing_heading_names_the_nearest() {
        check_link(
            "[x](/portkey/#quickstrat)",
            Some(("/portkey/#quickstrat", "the nearest is `#quick-start`")),
        );
    }

    #[test]
    fn a_link_to_a_heading_of_one_stem_names_it() {
        check_link("[x](/portkey/#quicken)", Some(("/portkey/#quicken", "the nearest is `#quick-start`")));
    }

    #[test]
    fn a_link_to_nothing_says_what_could_stand_there() {
        let help = "name a page, a heading or a file of `static/` that is there";
        check_link("![x](a.png)", Some(("a.png", help)));
    }
}
