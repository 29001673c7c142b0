//! The tree as read and as understood: settings, pages, addresses, navigation.

use std::fmt;
use std::path::PathBuf;

use crate::diagnostics::Diagnostic;
use crate::page::Page;

/// A site as understood.
#[derive(Debug)]
pub struct Site {
    /// The folder of `proofpress.toml`.
    pub root: PathBuf,
    /// Its settings.
    pub settings: Settings,
    /// Its pages, in the order of their paths.
    pub pages: Vec<SitePage>,
    /// The tree of the navigation.
    pub navigation: Navigation,
    /// The files that are copied or overridden: `static/` and `templates/`, path and bytes.
    pub assets: Assets,
    /// What is wrong with the site as such (pages carry their own).
    pub diagnostics: Vec<Diagnostic>,
}

/// A page with its address.
#[derive(Debug)]
pub struct SitePage {
    /// The page.
    pub page: Page,
    /// Where it is served.
    pub route: Route,
}

/// The address of a page, from `/`, with `/` at its end: `/providers/portkey/`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Route(String);

impl Route {
    /// The address.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Route {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.0)
    }
}

/// The settings of `proofpress.toml`, defaults filled in.
#[derive(Clone, Debug, Default)]
pub struct Settings {
    /// `[site]`.
    pub site: SiteSettings,
    /// `[clients.NAME]`.
    pub clients: Vec<(String, ClientSettings)>,
    /// `[examples]`.
    pub examples: ExampleSettings,
    /// `[gateway]`.
    pub gateway: GatewaySettings,
}

/// `[site]`.
#[derive(Clone, Debug, Default)]
pub struct SiteSettings {
    /// `title`.
    pub title: String,
    /// `description`.
    pub description: String,
    /// `url`: where it will be served, for the sitemap and links with a host; no `/` at its end. Its path is the base path.
    pub url: Option<String>,
    /// `language`: BCP 47, `en` by default.
    pub language: String,
    /// `repository`: the address of its source; shown in the header.
    pub repository: Option<String>,
    /// `edit`: an address with `{path}` for the link below a page.
    pub edit: Option<String>,
}

/// `[clients.NAME]`.
#[derive(Clone, Debug, Default)]
pub struct ClientSettings {
    /// `schema`: a file from the root of the site, in place of the built-in one.
    pub schema: Option<PathBuf>,
}

/// `[examples]`.
#[derive(Clone, Debug, Default)]
pub struct ExampleSettings {
    /// `timeout` of a command in seconds, 30 by default.
    pub timeout: u64,
}

/// `[gateway]`.
#[derive(Clone, Debug, Default)]
pub struct GatewaySettings {
    /// `mode`: `mock`, `live` or a base URL; the command line goes before it.
    pub mode: Option<String>,
}

/// The tree of the navigation: sections with their pages.
#[derive(Clone, Debug, Default)]
pub struct Navigation {
    /// The entries of the top level.
    pub entries: Vec<Entry>,
    /// All pages of the navigation in reading order, as indexes into [`Site::pages`].
    pub order: Vec<usize>,
}

/// An entry of the navigation.
#[derive(Clone, Debug)]
pub struct Entry {
    /// Its text.
    pub title: String,
    /// Its page, as an index into [`Site::pages`]; a section may have none.
    pub page: Option<usize>,
    /// What stands below it.
    pub entries: Vec<Entry>,
}

/// The files of `static/` and `templates/`, sorted by path, `/` on every system.
#[derive(Clone, Debug, Default)]
pub struct Assets {
    /// Copied as they are.
    pub statics: Vec<(String, Vec<u8>)>,
    /// Templates that go before the built-in ones.
    pub templates: Vec<(String, String)>,
}
