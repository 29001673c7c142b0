//! What else must hold: the links of our own pages, the places of components, and that no page shows a real credential.

mod formulas;
mod links;
mod misplaced;

use rayon::prelude::*;

use crate::diagnostics::{Diagnostic, Problem, tidy};
use crate::gateway::credentials;
use crate::page::Page;
use crate::site::{Origin, Site, SitePage};

/// Checks what pages say beside their examples; the links only where the site is built by us.
pub fn check(site: &Site) -> Vec<Diagnostic> {
    let mut diagnostics: Vec<Diagnostic> = site.pages.par_iter().flat_map_iter(said).collect();
    if site.origin == Origin::Site {
        diagnostics.extend(links::check(site));
        diagnostics.extend(site.snippet_diagnostics().iter().cloned());
        diagnostics.extend(links::redirects(site));
    }
    tidy(&mut diagnostics);
    diagnostics
}

/// What is wrong with a page by itself.
fn said(page: &SitePage) -> impl Iterator<Item = Diagnostic> {
    let places = misplaced::misplaced(&page.page, page.kind).into_iter();
    places.chain(formulas::unread(&page.page)).chain(secrets(&page.page))
}

/// Credentials outside of fences, whose own are told with the examples.
fn secrets(page: &Page) -> Vec<Diagnostic> {
    let mut found = credentials::real_ones(page.source.text());
    found.retain(|span| !page.fences.iter().any(|fence| fence.body.span().contains(*span)));
    found.into_iter().map(|span| Problem::real_secret(span).of(&page.source)).collect()
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
