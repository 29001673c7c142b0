//! What pages show of each other: snippets, and values that they import.
//!
//! 1. [`Site::shows`] says what a tag of a page stands for, by its name and by what the page imports.
//! 2. When a site is read, each page that uses others is put together with them ([`expand`]).
//! 3. [`Site::shown`] gives that page. Whatever readers see of a page is made of it: HTML, Markdown, the table of
//!    contents, anchors and links. Whatever is said of a file is said of the page as read, in [`Site::pages`].

mod expand;
mod templates;

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use rayon::prelude::*;

use super::{Origin, PageKind, Site, SitePage};
use crate::data::Value;
use crate::diagnostics::{Code, Diagnostic, Problem, Searches, nearest, tidy};
use crate::page::{AttributeValue, Component, ExportValue, Imported, Link};
use crate::source::Source;
use templates::Key;

/// The folder of the snippets, below the folder of the pages.
pub(super) const FOLDER: &str = "snippets/";

/// The endings that an import may leave out.
const ENDINGS: [&str; 3] = ["", ".mdx", ".md"];

/// How it is said that the file of a `Snippet` is not there.
const NO_SNIPPET: &str = "there is no snippet";

/// What a tag of a page stands for.
#[derive(Clone, Debug, PartialEq)]
pub enum Shows {
    /// A component with a template, or one that nobody knows.
    Component,
    /// The body of this page, by its index in [`Site::pages`]; it need not be a snippet.
    Snippet(usize),
    /// What a component of this page shows that only puts tags together, by the name of its export.
    Template(usize, String),
    /// A component written in JavaScript, which is not run; what stands inside is shown.
    Script,
    /// A snippet that is not there, as the tag says or as is said where it is imported.
    Missing(Option<Problem>),
}

/// The pages that show something of others.
#[derive(Debug, Default)]
pub(super) struct Snippets {
    /// By the index of the page.
    pages: HashMap<usize, Expanded>,
    /// What the components show that only put tags together, by the page and the name of their export.
    templates: BTreeMap<Key, SitePage>,
    /// What is wrong with the uses, sorted.
    diagnostics: Vec<Diagnostic>,
}

/// A page with the snippets that it uses in their places.
#[derive(Debug)]
struct Expanded {
    page: SitePage,
    /// Where each fence comes from: the index of its page, and its own among the fences of that page.
    fences: Vec<(usize, usize)>,
    /// The file in which each link stands.
    links: Vec<Arc<Source>>,
}

impl Site {
    /// The page of this index as its readers see it: with the snippets that it uses in their places.
    ///
    /// Its pieces, headings, fences, components and expressions are numbered anew, ids are unique on the page, names
    /// in braces that have a value are text, and of a tag that shows a snippet nothing is left. The spans of what
    /// comes from a snippet are those of its file: [`Site::links`] and the excerpts of fences know which.
    pub fn shown(&self, index: usize) -> Option<&SitePage> {
        let expanded = self.snippets.pages.get(&index).map(|expanded| &expanded.page);
        expanded.or_else(|| self.pages.get(index))
    }

    /// Where the fences of [`Site::shown`] come from: the index of the page and of the fence on that page as read.
    pub fn fences(&self, index: usize) -> Vec<(usize, usize)> {
        if let Some(expanded) = self.snippets.pages.get(&index) {
            return expanded.fences.clone();
        }
        let count = self.pages.get(index).map_or(0, |page| page.page.fences.len());
        (0..count).map(|fence| (index, fence)).collect()
    }

    /// The links of [`Site::shown`], each with the file in which it stands.
    pub fn links(&self, index: usize) -> Vec<(&Link, &Arc<Source>)> {
        match (self.snippets.pages.get(&index), self.pages.get(index)) {
            (Some(expanded), _) => expanded.page.page.links.iter().zip(&expanded.links).collect(),
            (None, Some(page)) => page.page.links.iter().map(|link| (link, &page.page.source)).collect(),
            (None, None) => Vec::new(),
        }
    }

    /// What is wrong with the snippets and the imports of all pages; nothing where another program builds the site.
    pub fn snippet_diagnostics(&self) -> &[Diagnostic] {
        &self.snippets.diagnostics
    }

    /// What a tag of `page`, a page as read, stands for.
    pub fn shows(&self, page: &SitePage, component: &Component) -> Shows {
        let (first, member) = component
            .name
            .split_once('.')
            .map_or((component.name.as_str(), None), |(first, rest)| (first, Some(rest)));
        if let Some((import, name)) = page.page.module.imported(first) {
            if !import.is_page() {
                return Shows::Script;
            }
            let Some(target) = self.imported(page, &import.from) else { return Shows::Missing(None) };
            return match (&name.what, member) {
                (Imported::Default, _) => Shows::Snippet(target),
                (Imported::Named(name), _) => self.exported(target, name),
                (Imported::All, member) => self.exported(target, member.unwrap_or_default()),
            };
        }
        if page.page.module.exported(&component.name).is_some() {
            let own = self.page_by_path(page.page.source.path()).map(|(index, _)| index);
            let shown = own.map(|index| self.exported(index, &component.name));
            return shown.filter(|shown| *shown != Shows::Component).unwrap_or(Shows::Script);
        }
        if component.name == "Snippet" { self.named(component) } else { Shows::Component }
    }

    /// The value of a name that `page` exports or imports; of what it imports, only what the other file has itself.
    pub fn value<'a>(&'a self, page: &'a SitePage, way: &[String]) -> Option<&'a Value> {
        let (first, rest) = way.split_first()?;
        let Some((import, name)) = page.page.module.imported(first) else {
            return page.page.module.value(way);
        };
        let target = &self.pages.get(self.imported(page, &import.from)?)?.page.module;
        match &name.what {
            Imported::Default => None,
            Imported::Named(name) => {
                let way: Vec<String> = std::iter::once(name).chain(rest).cloned().collect();
                target.value(&way)
            }
            Imported::All => target.value(rest),
        }
    }

    /// Puts together what pages show of each other, as they stand now.
    pub(super) fn expand(&mut self) {
        self.snippets = Snippets { templates: self.templates(), ..Snippets::default() };
        let is_user = |page: &SitePage| {
            let module = &page.page.module;
            !module.imports.is_empty()
                || !page.page.tags.is_empty()
                || !module.exports.is_empty()
                || page.page.components.iter().any(|component| component.name == "Snippet")
        };
        let users: Vec<usize> =
            self.pages.iter().enumerate().filter(|(_, page)| is_user(page)).map(|(index, _)| index).collect();
        let read = |index: usize| {
            let page = self.pages.get(index)?;
            let (expanded, mut diagnostics) = expand::expand(self, index, page);
            diagnostics.extend(self.wrong_imports(page));
            // A snippet is shown by others, and never by itself.
            Some((index, (page.kind == PageKind::Page).then_some(expanded), diagnostics))
        };
        let found: Vec<_> = users.into_par_iter().filter_map(read).collect();
        let templates = std::mem::take(&mut self.snippets.templates);
        let mut snippets = Snippets { templates, ..Snippets::default() };
        for (index, expanded, diagnostics) in found {
            if self.origin == Origin::Site {
                snippets.diagnostics.extend(diagnostics);
            }
            snippets.pages.extend(expanded.map(|expanded| (index, expanded)));
        }
        tidy(&mut snippets.diagnostics);
        self.help(&mut snippets.diagnostics);
        self.snippets = snippets;
    }

    /// Names the nearest file to those that are not there, the first of them: each is compared with all that there are.
    fn help(&self, diagnostics: &mut [Diagnostic]) {
        let mut near = Searches::default();
        let is_open =
            |said: &&mut Diagnostic| said.problem.code == Code::MissingSnippet && said.problem.help.is_none();
        for said in diagnostics.iter_mut().filter(is_open) {
            let is_named = said.problem.message.starts_with(NO_SNIPPET);
            let (folder, before) = if is_named { (FOLDER, "") } else { ("", "/") };
            let written = said.source.slice(said.problem.span).trim_matches(['"', '\'']);
            let name = written.trim_start_matches(['.', '/']);
            let name = name.strip_prefix(folder).unwrap_or(name);
            let prefix = self.below_content(folder);
            let paths = || self.pages.iter().filter_map(|page| page.page.source.path().strip_prefix(&prefix));
            let meant =
                near.meant(format!("{folder}{name}"), || nearest(name, paths()).map(ToOwned::to_owned));
            said.problem.help = Some(match meant {
                Some(meant) => format!("the nearest is `{before}{meant}`"),
                None if is_named => format!("name a file of `{prefix}`"),
                None => "write the path of a page or a snippet, from the folder of the pages".to_owned(),
            });
        }
    }

    /// The page of a file that `page` imports.
    fn imported(&self, page: &SitePage, from: &str) -> Option<usize> {
        let find = |path: &str| {
            ENDINGS.iter().find_map(|ending| self.page_by_file(page, &format!("{path}{ending}")))
        };
        find(from).or_else(|| if from.starts_with(['.', '/']) { None } else { find(&format!("/{from}")) })
    }

    /// What an export is, used as a component.
    fn exported(&self, target: usize, name: &str) -> Shows {
        let module = self.pages.get(target).map(|page| &page.page.module);
        match module.and_then(|module| module.exported(name)).map(|export| &export.value) {
            Some(ExportValue::Template(_)) => {
                let key = (target, Some(name.to_owned()));
                let is_told = self.snippets.templates.contains_key(&key);
                if is_told { Shows::Template(target, name.to_owned()) } else { Shows::Script }
            }
            Some(ExportValue::Script) => Shows::Script,
            Some(ExportValue::Data(_)) => Shows::Component,
            None => Shows::Missing(None),
        }
    }

    /// What `<Snippet file="…" />` shows.
    fn named(&self, component: &Component) -> Shows {
        let file = component.attributes.iter().find(|attribute| attribute.name == "file");
        let Some(file) = file else {
            let problem = Problem::new(Code::BadComponent, component.name_span, "`Snippet` has no `file`");
            return Shows::Missing(Some(problem.help("write `file=\"…\"` with a file of `snippets/`")));
        };
        let AttributeValue::Text(name) = &file.value else {
            let problem =
                Problem::new(Code::BadComponent, file.value_span, "the `file` of a snippet is no text");
            return Shows::Missing(Some(problem.help("write the path of a file of `snippets/` in quotes")));
        };
        let name = name.trim_start_matches('/');
        let name = name.strip_prefix(FOLDER).unwrap_or(name);
        let path = |ending: &str| self.below_content(&format!("{FOLDER}{name}{ending}"));
        if let Some((index, _)) = ENDINGS.iter().find_map(|ending| self.page_by_path(&path(ending))) {
            return Shows::Snippet(index);
        }
        let message = format!("{NO_SNIPPET} `{name}`");
        let problem = Problem::new(Code::MissingSnippet, file.value_span, message);
        Shows::Missing(Some(problem))
    }

    /// The imports of a page whose file or whose names are not there.
    fn wrong_imports(&self, page: &SitePage) -> Vec<Diagnostic> {
        let mut problems = Vec::new();
        for import in page.page.module.imports.iter().filter(|import| import.is_page()) {
            let Some(target) = self.imported(page, &import.from).and_then(|target| self.pages.get(target))
            else {
                let message = format!("there is no file `{}`", import.from);
                problems.push(Problem::new(Code::MissingSnippet, import.from_span, message));
                continue;
            };
            let module = &target.page.module;
            for name in &import.names {
                let Imported::Named(wanted) = &name.what else { continue };
                if module.exported(wanted).is_some() {
                    continue;
                }
                let message = format!("`{}` exports no `{wanted}`", target.page.source.path());
                let problem = Problem::new(Code::MissingSnippet, name.span, message);
                problems.push(
                    match nearest(wanted, module.exports.iter().map(|export| export.name.as_str())) {
                        Some(meant) => problem.help(format!("write `{meant}`")),
                        None => problem.help(format!("write `export const {wanted} = \"…\"` there")),
                    },
                );
            }
        }
        problems.into_iter().map(|problem| problem.of(&page.page.source)).collect()
    }

    /// The path of a file in the folder of the pages, as people know it.
    fn below_content(&self, path: &str) -> String {
        if self.layout.content.is_empty() {
            path.to_owned()
        } else {
            format!("{}/{path}", self.layout.content)
        }
    }
}
