//! Pages out of pages: HTML, templates, highlighting, and the one writer.
//!
//! 1. [`Renderer::new`] reads the templates, the built-in ones and those of the site.
//! 2. [`Renderer::page`] turns a page and the outcomes of its examples into HTML.
//! 3. [`build`] does so for all pages at once and hands each over as it is ready.
//! 4. [`check`] says what pages write that no template takes.
//! 5. `agents` says the same to programs, as Markdown.
//! 6. [`output`] writes what is handed over and puts it in the place of the old site.

mod agents;
mod body;
mod brand;
mod components;
mod evidence;
mod fence;
mod functions;
mod highlight;
mod icons;
mod languages;
mod links;
mod markup;
mod math;
mod navigation;
pub mod output;
mod prose;
mod redirects;
mod renderer;
mod theme;
mod views;

use std::collections::BTreeSet;

use rayon::prelude::*;

use crate::diagnostics::{Code, Diagnostic, Problem, tidy};
use crate::examples::Verdicts;
use crate::site::{Site, SitePage};
use crate::source::Span;

pub use output::File;
pub use renderer::{Look, Renderer};

/// Takes the files of a site as they are ready, from several threads.
pub type Sink<'a> = dyn Fn(File) -> Result<(), output::Error> + Sync + 'a;

/// What is wrong with the templates of a site and with the attributes of the components on its pages, sorted.
pub fn check(site: &Site) -> Vec<Diagnostic> {
    let (renderer, mut diagnostics) = Renderer::new(site);
    diagnostics.extend(renderer.check());
    tidy(&mut diagnostics);
    diagnostics
}

/// Renders a site into `sink`; what is wrong with its templates comes back, sorted. Pure apart from the sink.
pub fn build(site: &Site, verdicts: &Verdicts, sink: &Sink<'_>) -> Result<Vec<Diagnostic>, output::Error> {
    let (renderer, mut diagnostics) = Renderer::new(site);
    let pages = (0..site.pages.len())
        .into_par_iter()
        .map(|index| {
            let outcomes = |page: usize| verdicts.pages.get(page).map_or(&[][..], Vec::as_slice);
            // Of two pages with one address, which is said elsewhere, the first is served.
            let Some(page) = site.pages.get(index).filter(|_| site.has_address(index)) else {
                return Ok(None);
            };
            match renderer.page(index, &outcomes) {
                Ok(html) => sink(File { path: page.route.file(), bytes: html.into_bytes() }).map(|()| None),
                Err(diagnostic) => Ok(Some(diagnostic)),
            }
        })
        .collect::<Result<Vec<_>, _>>()?;
    diagnostics.extend(pages.into_iter().flatten());
    renderer.agents().files(sink)?;
    let mut taken: BTreeSet<String> = served(site).map(|page| page.route.file()).collect();
    for file in renderer.statics().chain(renderer.indexes().into_iter().map(Ok)) {
        let file = file.map_err(|error| output::Error::unread(&error))?;
        if taken.insert(file.path.clone()) {
            sink(file)?;
        } else if let Some(page) = served(site).find(|page| page.route.file() == file.path) {
            let message = format!("the file `{}` has the address of this page", file.path);
            let problem = Problem::new(Code::RouteTaken, Span::default(), message);
            diagnostics.push(problem.help("rename one of them").of(&page.page.source));
        }
    }
    for file in redirects::files(site, &renderer) {
        if !renderer.agents().is_above(&file.path) && taken.insert(file.path.clone()) {
            sink(file)?;
        }
    }
    if taken.insert("404.html".to_owned()) {
        match renderer.not_found() {
            Ok(html) => sink(File { path: "404.html".to_owned(), bytes: html.into_bytes() })?,
            Err(diagnostic) => diagnostics.push(diagnostic),
        }
    }
    tidy(&mut diagnostics);
    Ok(diagnostics)
}

fn served(site: &Site) -> impl Iterator<Item = &SitePage> {
    site.pages.iter().filter(|page| page.is_served())
}

#[cfg(test)]
mod tests;
