//! What readers see of a page, and what a built site holds: the sites that the tests are made of.

mod body;
mod components;
mod evidence;
mod site;
mod snippets;

use std::fs;
use std::sync::Mutex;

use super::*;
use crate::examples::Outcome;
use crate::site::{Route, load};

/// A site, with the folder that it was read from.
pub(super) struct Fixture {
    site: Site,
    _folder: tempfile::TempDir,
}

impl std::ops::Deref for Fixture {
    type Target = Site;

    fn deref(&self) -> &Site {
        &self.site
    }
}

impl std::ops::DerefMut for Fixture {
    fn deref_mut(&mut self) -> &mut Site {
        &mut self.site
    }
}

/// A site of these files, which has only the body of a page as its template, unless it brings another one.
pub(super) fn bare(files: &[(&str, &str)]) -> Fixture {
    let mut all = vec![
        ("proofpress.toml", "[site]\ntitle = \"T\"\n"),
        ("templates/page.html", "{{ page.body | safe }}"),
        ("templates/home.html", "{{ page.body | safe }}"),
    ];
    all.extend(files);
    themed(&all)
}

/// A site of these files with the built-in templates.
pub(super) fn themed(files: &[(&str, &str)]) -> Fixture {
    let site = doubtful(files);
    assert!(site.diagnostics.is_empty(), "{:?}", site.diagnostics);
    site
}

/// The same, of which something can be wrong.
#[expect(clippy::disallowed_methods, reason = "a test writes the site that it reads")]
pub(super) fn doubtful(files: &[(&str, &str)]) -> Fixture {
    let folder = tempfile::tempdir().expect("a scratch folder can be made");
    for (path, text) in files {
        let path = folder.path().join(path);
        fs::create_dir_all(path.parent().expect("it stands in the scratch folder")).expect("it can be made");
        fs::write(path, text).expect("it can be written");
    }
    let site = load(folder.path()).expect("it can be read");
    Fixture { site, _folder: folder }
}

/// All files that are built, by path.
pub(super) fn built(site: &Site, verdicts: &Verdicts) -> (Vec<(String, String)>, Vec<Diagnostic>) {
    let files = Mutex::new(Vec::new());
    let diagnostics = build(site, verdicts, &|file: File| {
        let text = String::from_utf8_lossy(&file.bytes).into_owned();
        files.lock().expect("nobody panics with it").push((file.path, text));
        Ok(())
    });
    let mut files = files.into_inner().expect("nobody panics with it");
    files.sort();
    (files, diagnostics.expect("the sink takes everything"))
}

pub(super) fn text<'a>(files: &'a [(String, String)], path: &str) -> &'a str {
    files.iter().find(|(name, _)| name == path).map_or("", |(_, text)| text)
}

fn body(files: &[(&str, &str)], outcomes: &[Outcome]) -> String {
    let site = bare(files);
    let (renderer, diagnostics) = Renderer::new(&site);
    assert!(diagnostics.is_empty(), "{diagnostics:?}");
    let (index, _) = site.page_by_route(&Route::root()).expect("it has an index");
    renderer.page(index, &|_| outcomes).expect("it can be rendered")
}
