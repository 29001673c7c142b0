//! The tree as read and as understood: settings, pages, addresses, navigation.

mod appearance;
mod assets;
mod docs_json;
mod files;
mod links;
mod load;
mod navigation;
mod redirects;
mod reload;
mod routes;
mod settings;
mod snippets;
#[cfg(test)]
mod tests;

use std::collections::{HashMap, HashSet};
use std::path::PathBuf;
use std::sync::Arc;

pub use appearance::{Appearance, Banner, Colors, Column, Font, NamedLink, Pair, Scheme};
pub use files::Asset;
pub use links::Target;
pub use load::{cassettes, load, load_folder};
pub use navigation::{Area, Choice, Directory, Entry, Navigation, Switch, SwitchKind};
pub use redirects::{Redirect, Redirects};
pub use reload::Changes;
pub use routes::Route;
pub use settings::{
    Asking, BuildSettings, ClientSettings, ExampleSettings, GatewaySettings, OF_PROGRAM, OUTPUT_MARKER,
    Settings, SiteSettings,
};
pub use snippets::Shows;

use crate::diagnostics::Diagnostic;
use crate::page::{Link, Page};
use crate::source::{Source, Span};

/// A site as understood.
#[derive(Debug)]
pub struct Site {
    /// The folder of `proofpress.toml`.
    pub root: PathBuf,
    /// How it came about.
    pub origin: Origin,
    /// Its settings.
    pub settings: Settings,
    /// Its pages, in the order of their paths.
    pub pages: Vec<SitePage>,
    /// The tree of the navigation.
    pub navigation: Navigation,
    /// The files that are copied, and the templates that go before the built-in ones.
    pub assets: Assets,
    /// What it adds to the knowledge of clients and providers.
    pub profiles: Profiles,
    /// What is wrong with the site as such (pages carry their own).
    pub diagnostics: Vec<Diagnostic>,
    /// How it looks and what stands around its pages.
    pub appearance: Appearance,
    /// Addresses that lead to other ones.
    pub redirects: Redirects,
    /// Its `docs.json`, where it has one.
    manual: Option<docs_json::Manual>,
    /// The addresses of pages that its navigation names and that are not there, which is said once.
    absent: HashSet<Route>,
    layout: Layout,
    /// The first page of each address, as an index into `pages`.
    routes: HashMap<Route, usize>,
    /// What pages show of each other.
    snippets: snippets::Snippets,
}

/// How a site came about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    /// It is a site of ours, with `content/`.
    Site,
    /// It is some files, whose site is built by another program.
    Folder,
}

/// A page with its address.
#[derive(Debug)]
pub struct SitePage {
    /// The page.
    pub page: Page,
    /// Where it is served; where a snippet would be, if it were a page.
    pub route: Route,
    /// Whether it is a page of its own.
    pub kind: PageKind,
}

/// Whether a file of Markdown is a page of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PageKind {
    /// It has an address.
    Page,
    /// It is a text that pages take in.
    Snippet,
}

impl SitePage {
    /// Whether it has an address of its own.
    pub fn is_served(&self) -> bool {
        self.kind == PageKind::Page
    }

    /// Whether its file is the `index` of its folder.
    fn is_index(&self) -> bool {
        let path = self.page.source.path();
        let name = path.rsplit_once('/').map_or(path, |(_, name)| name);
        routes::stem(name) == "index"
    }
}

/// Where the parts of a site stand, as people know them.
#[derive(Clone, Debug, Default)]
struct Layout {
    /// The path of the root.
    prefix: PathBuf,
    /// The folder of the pages; empty where it is the one that paths are shown from.
    content: String,
}

/// The files of `profiles/`, and the schemas that settings name.
#[derive(Clone, Debug, Default)]
pub struct Profiles {
    /// Profiles of clients.
    pub clients: Vec<Arc<Source>>,
    /// Profiles of providers.
    pub providers: Vec<Arc<Source>>,
    /// Schemas by the name that a profile or a setting calls them.
    pub schemas: Vec<(String, Arc<Source>)>,
}

impl Profiles {
    /// The text of a schema.
    pub fn schema(&self, name: &str) -> Option<&str> {
        self.schemas.iter().find(|(known, _)| known == name).map(|(_, source)| source.text())
    }
}

/// The files that are served as they are, and the templates; sorted by path, `/` on every system.
#[derive(Clone, Debug, Default)]
pub struct Assets {
    /// Copied as they are.
    pub statics: Vec<Asset>,
    /// Templates that go before the built-in ones.
    pub templates: Vec<(String, String)>,
}

impl Site {
    /// Whether it is a manual with a `docs.json`.
    pub fn is_manual(&self) -> bool {
        self.manual.is_some()
    }

    /// The page that `/` leads to where there is none: the first one that the navigation names.
    pub fn leads_home(&self) -> Option<&SitePage> {
        let first = self.navigation.root.first_page().and_then(|page| self.pages.get(page));
        first.filter(|_| self.page_by_route(&Route::root()).is_none())
    }

    /// The links and pictures that `docs.json` names, each with its file.
    pub fn manual_links(&self) -> &[(Arc<Source>, Link)] {
        self.manual.as_ref().map(|manual| manual.links.as_slice()).unwrap_or_default()
    }

    /// The file of a span of `docs.json`, such as that of a redirect, and the span in it.
    pub fn manual_place(&self, span: Span) -> Option<(&Arc<Source>, Span)> {
        self.manual.as_ref().map(|manual| manual.place(span))
    }

    /// The file that is served as it is at a path from the root of the site.
    pub fn asset(&self, path: &str) -> Option<&Asset> {
        let statics = &self.assets.statics;
        let index = statics.binary_search_by(|asset| asset.path.as_str().cmp(path)).ok()?;
        statics.get(index)
    }

    /// Whether the page of this index is served: it is no snippet, and of two pages of one address it is the first.
    pub fn has_address(&self, index: usize) -> bool {
        let page = self.pages.get(index).filter(|page| page.is_served());
        page.and_then(|page| self.page_by_route(&page.route)).is_some_and(|(first, _)| first == index)
    }

    /// The page that is served at an address, and its index.
    pub fn page_by_route(&self, route: &Route) -> Option<(usize, &SitePage)> {
        let index = *self.routes.get(route)?;
        Some((index, self.pages.get(index)?))
    }

    /// The page of a file, by the path that people know it by, and its index.
    pub fn page_by_path(&self, path: &str) -> Option<(usize, &SitePage)> {
        let index = self.pages.binary_search_by(|page| page.page.source.path().cmp(path)).ok()?;
        Some((index, self.pages.get(index)?))
    }
}

/// Our own trouble in reading a site.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// There is neither `proofpress.toml` nor `content/`.
    #[error("there is no `proofpress.toml` and no `content` in {}", path.display())]
    NoSite {
        /// The folder.
        path: PathBuf,
    },
    /// A file or folder that was asked for is not there.
    #[error("there is no {}", path.display())]
    NotFound {
        /// The path as asked for.
        path: PathBuf,
    },
    /// A file or folder cannot be read.
    #[error("cannot read {}", path.display())]
    Read {
        /// The path.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
}
