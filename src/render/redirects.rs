//! Redirects as files: a page at each address that leads elsewhere, and the list that servers of static sites read.

use std::fmt::Write as _;

use crate::site::{Route, Site};

use super::output::File;
use super::renderer::Renderer;

/// The list of redirects as Netlify and Cloudflare Pages read it, by their documentation of 2026-11.
const LIST: &str = "_redirects";

/// The files of all redirects of a site. Where a wildcard stands for pages, each of them has its own.
pub(super) fn files<'a>(site: &'a Site, renderer: &'a Renderer<'_>) -> impl Iterator<Item = File> + 'a {
    let page = move |(source, destination): (Route, String)| {
        let bytes = html(&renderer.address(&destination)).into_bytes();
        File { path: source.file(), bytes }
    };
    let exact = site.redirects.exact().map(|(source, redirect)| {
        let end = site.redirected(&source).map(|(end, _)| end);
        (source, end.unwrap_or_else(|| redirect.destination.clone()))
    });
    let routes: Vec<&Route> =
        site.pages.iter().filter(|page| page.is_served()).map(|page| &page.route).collect();
    let opened = site.redirects.opened(&routes).into_iter();
    let home = site.leads_home().map(|page| (Route::root(), page.route.as_str().to_owned()));
    exact.chain(opened).chain(home).map(page).chain(list(site, renderer))
}

fn html(address: &str) -> String {
    let address = super::markup::escaped(address);
    format!(
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<title>Moved</title>\n\
         <meta name=\"robots\" content=\"noindex\">\n<link rel=\"canonical\" href=\"{address}\">\n\
         <meta http-equiv=\"refresh\" content=\"0; url={address}\">\n</head>\n\
         <body>\n<p>This page has moved to <a href=\"{address}\">{address}</a>.</p>\n</body>\n</html>\n"
    )
}

fn list(site: &Site, renderer: &Renderer<'_>) -> Option<File> {
    if site.redirects.list.is_empty() {
        return None;
    }
    let mut out = String::new();
    // Servers take the first that fits; as everywhere, one address goes before many.
    let (open, exact): (Vec<_>, Vec<_>) = site.redirects.list.iter().partition(|redirect| redirect.is_open());
    for redirect in exact.into_iter().chain(open) {
        let status = if redirect.permanent { 308 } else { 307 };
        let (source, destination) = redirect.with_splats();
        // A blank divides the fields, and a line is a redirect.
        if source.contains(char::is_whitespace) || destination.contains(char::is_whitespace) {
            continue;
        }
        let source = format!("{}{source}", renderer.base());
        // Writing to a string cannot fail.
        let _written = writeln!(out, "{source} {} {status}", renderer.address(&destination));
    }
    Some(File { path: LIST.to_owned(), bytes: out.into_bytes() })
}
