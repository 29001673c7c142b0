//! Reads again what has changed of a site, and nothing else.

use std::collections::BTreeSet;
use std::mem;
use std::path::{Component, Path, PathBuf};

use super::files::IGNORED;
use super::load::{self, SETTINGS};
use super::navigation::of_folders;
use super::{Error, Site, SitePage, assets, docs_json, files};
use crate::diagnostics::Diagnostic;
use crate::page::Page;

/// The folders of the root whose files make a site that is no manual.
const FOLDERS: [&str; 4] = ["content", "templates", "static", "profiles"];

/// What is different after a reload.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Changes {
    /// The paths of pages that are new or have another text, sorted.
    pub pages: Vec<String>,
    /// Pages have come or gone, or something of the site was read again that all pages share.
    pub tree: bool,
    /// Templates, static files or settings were read again.
    pub look: bool,
    /// Profiles, schemas or settings were read again.
    pub knowledge: bool,
}

impl Changes {
    /// Whether all is as before.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// The paths that were touched, by what they mean to a site.
#[derive(Default)]
struct Touched {
    /// Files and folders of pages, as people know them.
    content: Vec<String>,
    /// Among them is one that is not merely another text of a page that is known.
    tree: bool,
    look: bool,
    knowledge: bool,
}

impl Site {
    /// Reads again the files of `changed`, which are paths from the root of the site; an empty path is all of it.
    ///
    /// A site as [`super::load`] gives it is expected. Settings that are wrong are said to be, and those before them
    /// stay. On an error everything is as it was.
    pub fn reload(&mut self, changed: &BTreeSet<PathBuf>) -> Result<Changes, Error> {
        let touched = self.touched(changed);
        let only_pages = !touched.tree && !touched.look && !touched.knowledge;
        if only_pages && let Some(pages) = self.reload_pages(&touched.content)? {
            return Ok(Changes { pages, ..Changes::default() });
        }
        self.reload_tree(&touched)
    }

    /// The folders of the root whose files make the site.
    pub fn folders(&self) -> Vec<PathBuf> {
        if self.is_manual() {
            files::folders_of_manual(&self.root)
        } else {
            FOLDERS.map(PathBuf::from).to_vec()
        }
    }

    fn touched(&self, changed: &BTreeSet<PathBuf>) -> Touched {
        let prefix = &self.layout.prefix;
        let mut touched = Touched::default();
        for path in changed {
            let shown = files::shown(&prefix.join(path));
            let is_manual = self.manual.is_some();
            if is_manual && path != Path::new(IGNORED) && !files::is_of_manual(&self.root, path) {
                continue;
            }
            let first = match path.components().next() {
                Some(Component::Normal(first)) => first.to_string_lossy(),
                _ => "".into(),
            };
            match first.as_ref() {
                "" => {
                    touched.content.push(self.layout.content.clone());
                    (touched.tree, touched.look, touched.knowledge) = (true, true, true);
                }
                "templates" | "static" if !is_manual => touched.look = true,
                "profiles" if !is_manual => touched.knowledge = true,
                SETTINGS | docs_json::NAME => (touched.look, touched.knowledge) = (true, true),
                _ if self.is_schema(path) => touched.knowledge = true,
                _ if shown == self.layout.content || is_below(&shown, &self.layout.content) => {
                    let place = self.root.join(path);
                    let is_known = self.page_by_path(&shown).is_some();
                    if is_known && place.is_file() {
                        touched.content.push(shown);
                    } else if is_known || files::is_page(path) || self.is_folder(&place, &shown) {
                        touched.content.push(shown);
                        touched.tree = true;
                    } else if is_manual {
                        // Templates, pictures and profiles stand among the pages.
                        touched.knowledge |= first == "profiles";
                        touched.look |= first == "templates" || assets::is_served(&shown);
                        touched.tree |= first == IGNORED;
                    }
                }
                _ => {}
            }
        }
        touched
    }

    /// Reads known pages again; none where one of them cannot be read any more.
    fn reload_pages(&mut self, shown: &[String]) -> Result<Option<Vec<String>>, Error> {
        let mut read = Vec::new();
        for path in shown {
            let Some((index, page)) = self.page_by_path(path) else { return Ok(None) };
            let place =
                self.root.join(Path::new(path).strip_prefix(&self.layout.prefix).unwrap_or(Path::new(path)));
            let Ok(source) = files::read_text(&place, path)? else { return Ok(None) };
            if source.text() != page.page.source.text() {
                read.push((index, source));
            }
        }
        let names = assets::names(&self.assets);
        let read: Vec<(usize, Page)> =
            read.into_iter().map(|(index, source)| (index, load::page(source, &names).0)).collect();
        // The navigation shows titles and all that the front matter says.
        // A page says itself where it is served.
        let moves = read.iter().any(|(index, new)| {
            let old = self.pages.get(*index).and_then(|page| page.page.front.permalink.as_ref());
            old.map(|link| &link.value) != new.front.permalink.as_ref().map(|link| &link.value)
        });
        if moves {
            return Ok(None);
        }
        let shows_else = read.iter().any(|(index, new)| {
            let old = self.pages.get(*index).map(|page| (&page.page.front.title, &page.page.front.data));
            old != Some((&new.front.title, &new.front.data))
        });
        if shows_else && self.manual.is_some() {
            return Ok(None);
        }
        let mut pages = Vec::new();
        for (index, new) in read {
            if let Some(page) = self.pages.get_mut(index) {
                pages.push(new.source.path().to_owned());
                page.page = new;
            }
        }
        if shows_else {
            self.navigation = of_folders(&self.pages);
        }
        if !pages.is_empty() {
            self.expand();
        }
        pages.sort();
        Ok(Some(pages))
    }

    /// Walks the tree again; pages that were not touched are not read.
    fn reload_tree(&mut self, touched: &Touched) -> Result<Changes, Error> {
        let (root, prefix) = (self.root.clone(), self.layout.prefix.clone());
        let is_touched =
            |path: &str| touched.content.iter().any(|changed| path == changed || is_below(path, changed));
        let is_known = |path: &str| !is_touched(path) && self.page_by_path(path).is_some();
        let mut read = load::read(&root, &prefix, &is_known)?;
        if read.names() != assets::names(&self.assets) {
            // What is a component is a part of what a page is read as.
            read = load::read(&root, &prefix, &|_| false)?;
        }
        if read.settings_diagnostics.iter().any(Diagnostic::is_error) {
            read.settings = self.settings.clone();
        }
        let is_new = |page: &&SitePage| {
            let source = &page.page.source;
            self.page_by_path(source.path()).is_none_or(|(_, old)| old.page.source.text() != source.text())
        };
        let pages = read.pages.iter().filter(is_new).map(|page| page.page.source.path().to_owned()).collect();
        let mut known = mem::take(&mut self.pages);
        known.retain(|page| read.known.contains(page.page.source.path()));
        *self = read.into_site(&root, known);
        Ok(Changes { pages, tree: true, look: touched.look, knowledge: touched.knowledge })
    }

    /// Whether a path is, or was, a folder of pages.
    fn is_folder(&self, place: &Path, shown: &str) -> bool {
        place.is_dir() || self.pages.iter().any(|page| is_below(page.page.source.path(), shown))
    }

    fn is_schema(&self, path: &Path) -> bool {
        let path = files::shown(path);
        let mut schemas = self.settings.clients.iter().filter_map(|(_, client)| client.schema.as_deref());
        schemas.any(|schema| files::shown(schema) == path)
    }
}

fn is_below(path: &str, folder: &str) -> bool {
    folder.is_empty() || path.strip_prefix(folder).is_some_and(|rest| rest.starts_with('/'))
}
