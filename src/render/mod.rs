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

use std::collections::BTreeMap;

use rayon::prelude::*;

use crate::diagnostics::{Code, Diagnostic, Problem, tidy};
use crate::examples::Verdicts;
use crate::site::{OUTPUT_MARKER, Site, SitePage};
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
    let mut claims = Claims::default();
    let mut pages = Vec::with_capacity(site.pages.len());
    for (index, page) in site.pages.iter().enumerate().filter(|(index, _)| site.has_address(*index)) {
        let path = page.route.file();
        match claims.claim(&path, Some(page)) {
            Ok(()) => pages.push((index, path)),
            Err(owner) => diagnostics
                .push(in_the_way(page, owner.map_or(OUTPUT_MARKER, |owner| owner.page.source.path()))),
        }
    }
    let pages = pages
        .into_par_iter()
        .map(|(index, path)| {
            let outcomes = |page: usize| verdicts.pages.get(page).map_or(&[][..], Vec::as_slice);
            match renderer.page(index, &outcomes) {
                Ok(html) => sink(File { path, bytes: html.into_bytes() }).map(|()| None),
                Err(diagnostic) => Ok(Some(diagnostic)),
            }
        })
        .collect::<Result<Vec<_>, _>>()?;
    diagnostics.extend(pages.into_iter().flatten());
    renderer.agents().files(sink)?;
    for file in renderer.statics().chain(renderer.indexes().into_iter().map(Ok)) {
        let file = file.map_err(|error| output::Error::unread(&error))?;
        match claims.claim(&file.path, None) {
            Ok(()) => sink(file)?,
            // A file that is made goes behind one of the site, and a folder behind a file.
            Err(owner) => diagnostics.extend(owner.map(|owner| in_the_way(owner, &file.path))),
        }
    }
    for file in redirects::files(site, &renderer) {
        if !renderer.agents().is_above(&file.path) && claims.claim(&file.path, None).is_ok() {
            sink(file)?;
        }
    }
    if claims.claim("404.html", None).is_ok() {
        match renderer.not_found() {
            Ok(html) => sink(File { path: "404.html".to_owned(), bytes: html.into_bytes() })?,
            Err(diagnostic) => diagnostics.push(diagnostic),
        }
    }
    tidy(&mut diagnostics);
    Ok(diagnostics)
}

/// The paths that are written, each with the page whose it is. A path may be a file or a folder, not both.
#[derive(Default)]
struct Claims<'a>(BTreeMap<String, Option<&'a SitePage>>);

impl<'a> Claims<'a> {
    /// Takes a path, unless it, a file where its folders would be, or something below it is taken: then the page whose
    /// that is comes back.
    fn claim(&mut self, path: &str, page: Option<&'a SitePage>) -> Result<(), Option<&'a SitePage>> {
        if path.split('/').next() == Some(OUTPUT_MARKER) {
            return Err(None);
        }
        let above = path.match_indices('/').filter_map(|(at, _)| path.get(..at));
        if let Some(owner) = above.chain([path]).find_map(|path| self.0.get(path)) {
            return Err(*owner);
        }
        let folder = format!("{path}/");
        if let Some((below, owner)) = self.0.range(folder.clone()..).next()
            && below.starts_with(&folder)
        {
            return Err(*owner);
        }
        self.0.insert(path.to_owned(), page);
        Ok(())
    }
}

fn in_the_way(page: &SitePage, of: &str) -> Diagnostic {
    let message = format!("the file `{of}` has the address of this page");
    let problem = Problem::new(Code::RouteTaken, Span::default(), message);
    problem.help("rename one of them").of(&page.page.source)
}

#[cfg(test)]
mod tests;
