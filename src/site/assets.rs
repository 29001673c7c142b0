//! What of a tree is no page: the files that are served as they are, and the templates.

use std::path::Path;

use super::files::{self, Asset, File, Wanted};
use super::load::text;
use super::{Assets, Error, docs_json};
use crate::diagnostics::{Code, Diagnostic, Problem};
use crate::page::Names;
use crate::source::{Source, Span};

/// The folder of templates that go before the built-in ones.
const TEMPLATES: &str = "templates/";

/// The endings of files that a manual with a `docs.json` serves as they are; other ones may be of its programs.
const SERVED: [&str; 34] = [
    "avif",
    "css",
    "csv",
    "eot",
    "gif",
    "ico",
    "jpeg",
    "jpg",
    "js",
    "json",
    "m4a",
    "m4v",
    "map",
    "mov",
    "mp3",
    "mp4",
    "ogg",
    "otf",
    "pdf",
    "png",
    "svg",
    "ttf",
    "txt",
    "wasm",
    "wav",
    "webm",
    "webmanifest",
    "webp",
    "woff",
    "woff2",
    "xml",
    "yaml",
    "yml",
    "zip",
];

/// The components that pages can use: the built-in ones and those whose templates the site has.
pub(super) fn names(assets: &Assets) -> Names {
    let mut names = Names::default();
    let templates = assets.templates.iter().filter(|(path, _)| path.starts_with("components/"));
    for tag in templates.flat_map(|(_, text)| text.split("{%").skip(1)) {
        let tag = tag.trim_start_matches(['-', ' ', '\n', '\t']);
        let name = tag.strip_prefix("component ").and_then(|rest| rest.split('(').next());
        if let Some(name) = name.map(str::trim).filter(|name| name.starts_with(char::is_uppercase)) {
            names.add(name);
        }
    }
    names
}

/// The files of `static/` and `templates/`.
pub(super) fn of_folders_beside(
    root: &Path,
    prefix: &Path,
    diagnostics: &mut Vec<Diagnostic>,
) -> Result<Assets, Error> {
    let mut assets = Assets::default();
    for file in files::walk(&root.join("static"), Wanted::All, None)? {
        let shown = files::shown(&prefix.join("static").join(&file.path));
        assets.statics.extend(served(file, &shown, diagnostics));
    }
    for file in files::walk(&root.join(TEMPLATES), Wanted::All, None)? {
        let shown = files::shown(&prefix.join(TEMPLATES).join(&file.path));
        if let Some(source) = text(&file.place, &shown, diagnostics)? {
            assets.templates.push((file.path, source.text().to_owned()));
        }
    }
    Ok(assets)
}

/// The files of a manual that are no pages: those that are served as they are, and the templates.
pub(super) fn of_tree(
    prefix: &Path,
    files: Vec<File>,
    diagnostics: &mut Vec<Diagnostic>,
) -> Result<Assets, Error> {
    let mut assets = Assets::default();
    for file in files {
        let template = file.path.strip_prefix(TEMPLATES).filter(|name| has_ending(name, "html"));
        if let Some(name) = template {
            let shown = files::shown(&prefix.join(&file.path));
            if let Some(source) = text(&file.place, &shown, diagnostics)? {
                assets.templates.push((name.to_owned(), source.text().to_owned()));
            }
        } else if is_served(&file.path) && file.path != docs_json::NAME {
            let shown = files::shown(&prefix.join(&file.path));
            assets.statics.extend(served(file, &shown, diagnostics));
        }
    }
    Ok(assets)
}

/// A file that is served as it is, unless its name is none on every system, which is said.
fn served(file: File, shown: &str, diagnostics: &mut Vec<Diagnostic>) -> Option<Asset> {
    if file.path.contains(['\\', ':']) {
        let message = format!("`{shown}` has a name that is none on every system");
        let problem = Problem::new(Code::UnreadableFile, Span::default(), message);
        let problem = problem.help("rename it, without `\\` and `:`");
        diagnostics.push(problem.of(&Source::new(shown, "")));
        return None;
    }
    Some(Asset { path: file.path, place: file.place })
}

/// Whether a manual serves the files of this ending as they are.
pub(super) fn is_served(path: &str) -> bool {
    SERVED.iter().any(|ending| has_ending(path, ending))
}

pub(super) fn has_ending(path: &str, ending: &str) -> bool {
    Path::new(path).extension().is_some_and(|found| found.eq_ignore_ascii_case(ending))
}
