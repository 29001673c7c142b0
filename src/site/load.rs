//! Reads a site, or any folder of Markdown, into a value.

use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rayon::prelude::*;

use super::assets::{self, has_ending};
use super::docs_json::{self, Manual};
use super::files::{self, Asset, File, Wanted};
use super::navigation::{Navigation, of_folders};
use super::redirects::Redirects;
use super::snippets::{self, Snippets};
use super::{
    Appearance, Assets, Error, Layout, OF_PROGRAM, OUTPUT_MARKER, Origin, PageKind, Profiles, Route,
    Settings, Site, SitePage, routes,
};
use crate::diagnostics::{Code, Diagnostic, Problem, Severity, tidy};
use crate::page::{Names, Page};
use crate::source::Source;

/// The file that makes a folder a site.
pub(super) const SETTINGS: &str = "proofpress.toml";

/// The folder of the pages.
const CONTENT: &str = "content";

/// Where a manual is written that has a folder of the usual name.
const OTHER_OUTPUT: &str = "_site";

/// A page to be read.
struct Wish {
    /// The path that people know it by.
    shown: String,
    place: PathBuf,
    route: Route,
    kind: PageKind,
}

/// Reads the site in `root`; paths are shown from there.
pub fn load(root: &Path) -> Result<Site, Error> {
    load_as(root, Path::new(""))
}

/// Reads any files and folders of Markdown; paths are shown as they are given.
///
/// The settings are those of the nearest `proofpress.toml` in the first path or above it, up to the folder of its
/// repository. A single folder that is a site of ours is read as one.
pub fn load_folder(paths: &[PathBuf]) -> Result<Site, Error> {
    if let [path] = paths
        && (path.join(SETTINGS).is_file() && path.join(CONTENT).is_dir() || is_manual(path))
    {
        return load_as(path, path);
    }
    if let Some(path) = paths.iter().find(|path| !path.exists()) {
        return Err(Error::NotFound { path: path.clone() });
    }
    let first = paths.first().map_or(Path::new("."), PathBuf::as_path);
    let folder = if first.is_dir() { first } else { first.parent().unwrap_or(first) };
    let root = settings_folder(folder)?;
    let mut diagnostics = Vec::new();
    let settings = match &root {
        Some(root) => {
            settings(root, &files::shown(&root.join(SETTINGS)), Settings::default(), &mut diagnostics)?
        }
        None => Settings::default(),
    };
    let profiles = match &root {
        Some(root) => profiles(root, root, &settings, &mut diagnostics)?,
        None => Profiles::default(),
    };
    let root = root.unwrap_or_else(|| folder.to_owned());
    let output = root.join(&settings.build.output);
    let mut wishes: Vec<Wish> = Vec::new();
    for path in paths {
        if path.is_dir() {
            let found = files::walk(path, Wanted::Pages, Some(&output))?;
            wishes.extend(found.into_iter().map(|file| wish(path, file)));
        } else {
            let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
            let route = Route::for_file(&name);
            let kind = PageKind::Page;
            wishes.push(Wish { shown: files::shown(path), place: path.clone(), route, kind });
        }
    }
    let mut pages = pages(wishes, &Names::default(), &mut diagnostics)?;
    for page in &mut pages {
        // What another program builds may have components of its own.
        page.page.diagnostics.retain(|diagnostic| diagnostic.problem.code != Code::UnknownComponent);
    }
    let layout = match paths {
        [path] if path.is_dir() => Layout { content: files::shown(path), ..Layout::default() },
        _ => Layout::default(),
    };
    let site = Site {
        root,
        origin: Origin::Folder,
        settings,
        pages,
        navigation: Navigation::default(),
        assets: Assets::default(),
        profiles,
        diagnostics,
        appearance: Appearance::default(),
        redirects: Redirects::default(),
        manual: None,
        absent: HashSet::new(),
        layout,
        routes: HashMap::new(),
        snippets: Snippets::default(),
    };
    Ok(site.indexed())
}

fn load_as(root: &Path, prefix: &Path) -> Result<Site, Error> {
    Ok(read(root, prefix, &|_| false)?.into_site(root, Vec::new()))
}

/// What was read of a site, before it is put together.
pub(super) struct Read {
    pub(super) settings: Settings,
    /// What is wrong with the settings.
    pub(super) settings_diagnostics: Vec<Diagnostic>,
    /// The paths of pages that are there and were not read.
    pub(super) known: HashSet<String>,
    /// The pages that were read, in the order of their paths.
    pub(super) pages: Vec<SitePage>,
    pub(super) manual: Option<Manual>,
    assets: Assets,
    profiles: Profiles,
    diagnostics: Vec<Diagnostic>,
    layout: Layout,
}

/// Whether the folder is a manual with a `docs.json`, whose pages stand beside it.
fn is_manual(root: &Path) -> bool {
    root.join(docs_json::NAME).is_file() && !root.join(CONTENT).is_dir()
}

/// Reads a site, apart from the pages that are known already.
pub(super) fn read(root: &Path, prefix: &Path, is_known: &dyn Fn(&str) -> bool) -> Result<Read, Error> {
    let is_manual = is_manual(root);
    let content = root.join(CONTENT);
    if !is_manual && !root.join(SETTINGS).is_file() && !content.is_dir() {
        return Err(Error::NoSite { path: root.to_owned() });
    }
    let mut settings_diagnostics = Vec::new();
    let manual = if is_manual { manual(root, prefix, &mut settings_diagnostics)? } else { None };
    let base = manual.as_ref().map_or_else(Settings::default, |manual| of_manual(manual, root));
    let settings = settings(root, &files::shown(&prefix.join(SETTINGS)), base, &mut settings_diagnostics)?;
    let mut diagnostics = Vec::new();
    let (pages, mut assets, folder) = if is_manual {
        let found = files::walk(root, Wanted::Manual, Some(&root.join(&settings.build.output)))?;
        let (pages, others): (Vec<File>, Vec<File>) =
            found.into_iter().partition(|file| files::is_page(Path::new(&file.path)));
        // What was recorded is for the examples, and not for readers.
        let is_recording = |file: &File| Path::new(&file.path).starts_with(&settings.gateway.cassettes);
        let others = others.into_iter().filter(|file| !is_recording(file)).collect();
        (pages, assets::of_tree(prefix, others, &mut diagnostics)?, prefix.to_owned())
    } else {
        let found = files::walk(&content, Wanted::Pages, None)?;
        (found, assets::of_folders_beside(root, prefix, &mut diagnostics)?, prefix.join(CONTENT))
    };
    assets.statics.sort();
    let wishes = pages.into_iter().map(|file| wish(&folder, file));
    let (known, wishes): (Vec<Wish>, Vec<Wish>) = wishes.partition(|wish| is_known(&wish.shown));
    let pages = self::pages(wishes, &assets::names(&assets), &mut diagnostics)?;
    let profiles = profiles(root, prefix, &settings, &mut diagnostics)?;
    let known = known.into_iter().map(|wish| wish.shown).collect();
    let layout = Layout { prefix: prefix.to_owned(), content: files::shown(&folder) };
    Ok(Read { settings, settings_diagnostics, known, pages, manual, assets, profiles, diagnostics, layout })
}

fn manual(root: &Path, prefix: &Path, diagnostics: &mut Vec<Diagnostic>) -> Result<Option<Manual>, Error> {
    let shown = files::shown(&prefix.join(docs_json::NAME));
    let Some(source) = text(&root.join(docs_json::NAME), &shown, diagnostics)? else { return Ok(None) };
    let mut unreadable = Vec::new();
    let home = files::canonical(root)?;
    let mut read = |path: &str| {
        let place = root.join(path);
        // A link may lead out of the manual.
        if !place.is_file() || !place.canonicalize().is_ok_and(|place| place.starts_with(&home)) {
            return Ok(None);
        }
        text(&place, &files::shown(&prefix.join(path)), &mut unreadable)
    };
    let (manual, found) = Manual::read(&source, &mut read)?;
    diagnostics.extend(unreadable);
    diagnostics.extend(found);
    Ok(Some(manual))
}

/// The settings that a manual brings along, under those of `proofpress.toml`.
fn of_manual(manual: &Manual, root: &Path) -> Settings {
    let mut settings = Settings::default();
    let output = root.join(&settings.build.output);
    if output.is_dir() && !output.join(OUTPUT_MARKER).is_file() {
        settings.build.output = PathBuf::from(OTHER_OUTPUT);
    }
    let site = &mut settings.site;
    if let Some(title) = &manual.title {
        title.clone_into(&mut site.title);
    }
    if let Some(description) = &manual.description {
        description.clone_into(&mut site.description);
    }
    if let Some(language) = &manual.language {
        language.clone_into(&mut site.language);
    }
    site.url.clone_from(&manual.url);
    settings
}

impl Read {
    /// The components that its pages can use.
    pub(super) fn names(&self) -> Names {
        assets::names(&self.assets)
    }

    /// The site of what was read and of the pages that were known.
    pub(super) fn into_site(self, root: &Path, known: Vec<SitePage>) -> Site {
        let Self { settings, settings_diagnostics, mut pages, assets, profiles, mut diagnostics, .. } = self;
        pages.extend(known);
        pages.sort_by(|one, other| one.page.source.path().cmp(other.page.source.path()));
        diagnostics.extend(settings_diagnostics);
        diagnostics.extend(routes::taken(&pages));
        let (navigation, absent) = match &self.manual {
            Some(manual) => {
                let (found, said) = manual.navigation(&pages);
                diagnostics.extend(said);
                (found.navigation, found.absent)
            }
            None => (of_folders(&pages), HashSet::new()),
        };
        let mut appearance =
            self.manual.as_ref().map_or_else(Appearance::default, |manual| manual.appearance.clone());
        if self.manual.is_some() {
            // As Mintlify has it, every style sheet and script of the tree is one of every page.
            let of = |ending: &str| {
                let is_it = |asset: &&Asset| has_ending(&asset.path, ending);
                assets.statics.iter().filter(is_it).map(|asset| asset.path.clone()).collect()
            };
            (appearance.styles, appearance.scripts) = (of("css"), of("js"));
        }
        let site = Site {
            root: root.to_owned(),
            origin: Origin::Site,
            settings,
            navigation,
            pages,
            assets,
            profiles,
            diagnostics,
            appearance,
            redirects: self
                .manual
                .as_ref()
                .map_or_else(Redirects::default, |manual| manual.redirects.clone()),
            manual: self.manual,
            absent,
            layout: self.layout,
            routes: HashMap::new(),
            snippets: Snippets::default(),
        };
        site.indexed()
    }
}

impl Site {
    fn indexed(mut self) -> Self {
        for (index, page) in self.pages.iter().enumerate().filter(|(_, page)| page.is_served()) {
            self.routes.entry(page.route.clone()).or_insert(index);
        }
        tidy(&mut self.diagnostics);
        self.expand();
        self
    }
}

fn wish(folder: &Path, file: File) -> Wish {
    let route = Route::for_file(&file.path);
    let kind = if file.path.starts_with(snippets::FOLDER) { PageKind::Snippet } else { PageKind::Page };
    Wish { shown: files::shown(&folder.join(&file.path)), place: file.place, route, kind }
}

/// A page, and the address that it gives itself.
pub(super) fn page(source: Arc<Source>, names: &Names) -> (Page, Option<Route>) {
    let mut page = Page::parse_with(source, names);
    let permalink = page.front.permalink.as_ref().and_then(|link| Route::parse(&link.value));
    if let (None, Some(link)) = (&permalink, &page.front.permalink) {
        let message = format!("`{}` is no address of the site", link.value);
        let problem = Problem::new(Code::FrontMatter, link.span, message).severity(Severity::Warning);
        let said = problem.help("write a path from `/`").of(&page.source);
        page.diagnostics.push(said);
    }
    (page, permalink)
}

/// Reads pages in parallel; each file once, in the order of the paths.
fn pages(
    mut wishes: Vec<Wish>,
    names: &Names,
    diagnostics: &mut Vec<Diagnostic>,
) -> Result<Vec<SitePage>, Error> {
    wishes.sort_by(|one, other| one.shown.cmp(&other.shown));
    wishes.dedup_by(|one, other| one.shown == other.shown);
    let read = |wish: Wish| -> Result<Result<SitePage, Diagnostic>, Error> {
        let source = files::read_text(&wish.place, &wish.shown)?;
        Ok(source.map(|source| {
            let (page, permalink) = page(source, names);
            SitePage { page, route: permalink.unwrap_or(wish.route), kind: wish.kind }
        }))
    };
    let read: Vec<_> = wishes.into_par_iter().map(read).collect::<Result<_, Error>>()?;
    let mut pages = Vec::with_capacity(read.len());
    for page in read {
        match page {
            Ok(page) => pages.push(page),
            Err(diagnostic) => diagnostics.push(diagnostic),
        }
    }
    Ok(pages)
}

/// The settings of a folder over those of `base`.
fn settings(
    folder: &Path,
    shown: &str,
    base: Settings,
    diagnostics: &mut Vec<Diagnostic>,
) -> Result<Settings, Error> {
    let place = folder.join(SETTINGS);
    if !place.is_file() {
        return Ok(base);
    }
    let Some(source) = text(&place, shown, diagnostics)? else { return Ok(base) };
    let (mut settings, found) = Settings::parse_over(&source, base);
    diagnostics.extend(found);
    for (_, client) in &mut settings.clients {
        let span = client.schema_span;
        if let Some(schema) =
            client.schema.take_if(|schema| *schema != Path::new(OF_PROGRAM) && !folder.join(schema).is_file())
        {
            let message = format!("there is no file `{}`", files::shown(&schema));
            let problem = Problem::new(Code::Setting, span, message);
            diagnostics.push(problem.help("name a schema file from the root of the site").of(&source));
        }
    }
    Ok(settings)
}

/// The text of a file, unless it is none, which is said.
pub(super) fn text(
    place: &Path,
    shown: &str,
    diagnostics: &mut Vec<Diagnostic>,
) -> Result<Option<Arc<Source>>, Error> {
    match files::read_text(place, shown)? {
        Ok(source) => Ok(Some(source)),
        Err(diagnostic) => {
            diagnostics.push(diagnostic);
            Ok(None)
        }
    }
}

/// The recordings of a site, in the order of their paths; what cannot be read as text is said.
pub fn cassettes(site: &Site) -> Result<(Vec<Arc<Source>>, Vec<Diagnostic>), Error> {
    let mut diagnostics = Vec::new();
    let mut sources = Vec::new();
    let folder = &site.settings.gateway.cassettes;
    for file in files::walk(&site.root.join(folder), Wanted::All, None)? {
        if Path::new(&file.path).extension().is_some_and(|ending| ending == "json") {
            let shown = files::shown(&folder.join(&file.path));
            sources.extend(text(&file.place, &shown, &mut diagnostics)?);
        }
    }
    Ok((sources, diagnostics))
}

/// The profiles of a site, and the schemas that its settings and its profiles can name.
fn profiles(
    root: &Path,
    prefix: &Path,
    settings: &Settings,
    diagnostics: &mut Vec<Diagnostic>,
) -> Result<Profiles, Error> {
    let mut profiles = Profiles::default();
    for (folder, list) in [("clients", &mut profiles.clients), ("providers", &mut profiles.providers)] {
        let folder = format!("profiles/{folder}");
        for file in files::walk(&root.join(&folder), Wanted::All, None)? {
            let shown = files::shown(&prefix.join(&folder).join(&file.path));
            let Some(source) = text(&file.place, &shown, diagnostics)? else { continue };
            if Path::new(&file.path).extension().is_some_and(|ending| ending == "toml") {
                list.push(source);
            } else {
                profiles.schemas.push((file.path, source));
            }
        }
    }
    let named = settings.clients.iter().filter_map(|(_, client)| client.schema.as_ref());
    for schema in named.filter(|schema| schema.as_path() != Path::new(OF_PROGRAM)) {
        let name = files::shown(schema);
        if let Some(source) = text(&root.join(schema), &name, diagnostics)? {
            profiles.schemas.push((name, source));
        }
    }
    Ok(profiles)
}

/// The nearest folder with settings, in `folder` or above it, up to the folder of its repository.
fn settings_folder(folder: &Path) -> Result<Option<PathBuf>, Error> {
    let typed = folder.ancestors().map(Path::to_owned);
    // Above what was typed there are only absolute paths.
    let above: Vec<PathBuf> = files::canonical(folder)?.ancestors().map(Path::to_owned).collect();
    for (typed, real) in typed.map(Some).chain(std::iter::repeat(None)).zip(above) {
        let here = typed.unwrap_or_else(|| real.clone());
        if real.join(SETTINGS).is_file() {
            return Ok(Some(if files::canonical(&here).is_ok_and(|here| here == real) {
                here
            } else {
                real
            }));
        }
        if real.join(".git").exists() {
            break;
        }
    }
    Ok(None)
}
