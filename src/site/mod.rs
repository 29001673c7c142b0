//! The tree as read and as understood: settings, pages, addresses, navigation.

mod files;
mod links;
mod load;
mod navigation;
mod reload;
mod routes;
mod settings;
#[cfg(test)]
mod tests;

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::Arc;

pub use links::Target;
pub use load::{load, load_folder};
pub use reload::Changes;
pub use routes::Route;
pub use settings::{BuildSettings, ClientSettings, ExampleSettings, GatewaySettings, Settings, SiteSettings};

use crate::diagnostics::Diagnostic;
use crate::page::Page;
use crate::source::Source;

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
    /// The files that are copied or overridden: `static/` and `templates/`, path and bytes.
    pub assets: Assets,
    /// What it adds to the knowledge of clients and providers.
    pub profiles: Profiles,
    /// What is wrong with the site as such (pages carry their own).
    pub diagnostics: Vec<Diagnostic>,
    /// The folder of the pages, as people know it.
    content: String,
    /// The first page of each address, as an index into `pages`.
    routes: HashMap<Route, usize>,
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
    /// Where it is served.
    pub route: Route,
}

/// The tree of the navigation: sections with their pages.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Navigation {
    /// The entries of the top level.
    pub entries: Vec<Entry>,
    /// All pages of the navigation in reading order, as indexes into [`Site::pages`].
    pub order: Vec<usize>,
}

/// An entry of the navigation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Its text.
    pub title: String,
    /// Its page, as an index into [`Site::pages`]; a section may have none.
    pub page: Option<usize>,
    /// What stands below it.
    pub entries: Vec<Entry>,
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

/// The files of `static/` and `templates/`, sorted by path, `/` on every system.
#[derive(Clone, Debug, Default)]
pub struct Assets {
    /// Copied as they are.
    pub statics: Vec<(String, Vec<u8>)>,
    /// Templates that go before the built-in ones.
    pub templates: Vec<(String, String)>,
}

impl Site {
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
