//! How a site looks and what stands around its pages, as far as a theme can be told.

/// The look of a site; everything has a default.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Appearance {
    /// The picture in the header.
    pub logo: Option<Pair>,
    /// Where the logo leads; the home page by default.
    pub logo_link: Option<String>,
    /// The picture of the browser's tab.
    pub favicon: Option<Pair>,
    /// The colours of links and marks.
    pub colors: Colors,
    /// The font of the text.
    pub body_font: Option<Font>,
    /// The font of the headings.
    pub heading_font: Option<Font>,
    /// The colours that a reader gets who has not chosen; those of the system by default.
    pub scheme: Scheme,
    /// The reader cannot choose other colours.
    pub scheme_is_fixed: bool,
    /// Links in the header.
    pub links: Vec<NamedLink>,
    /// The button in the header.
    pub primary: Option<NamedLink>,
    /// Columns of links in the footer.
    pub columns: Vec<Column>,
    /// Accounts elsewhere, in the footer: the name of the service and the address.
    pub socials: Vec<(String, String)>,
    /// What stands above every page.
    pub banner: Option<Banner>,
    /// `meta` elements of every page, name and content.
    pub meta: Vec<(String, String)>,
    /// The same for the pages of a folder, by its path, the shortest first.
    pub meta_of_folders: Vec<(String, Vec<(String, String)>)>,
    /// Pages that are in no navigation may be indexed by search engines.
    pub index_all: bool,
    /// The title of the page for addresses that lead nowhere.
    pub not_found_title: Option<String>,
    /// Its text, as Markdown.
    pub not_found_text: Option<String>,
    /// Its reader is led to the home page.
    pub not_found_leads_home: bool,
    /// Style sheets of the site, from its root.
    pub styles: Vec<String>,
    /// Scripts of the site, from its root.
    pub scripts: Vec<String>,
}

/// A file for light and one for dark colours; the same where there is but one.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Pair {
    /// Shown on a light ground.
    pub light: String,
    /// Shown on a dark ground.
    pub dark: String,
}

/// Colours as `#rrggbb`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Colors {
    /// The colour of the site.
    pub primary: Option<String>,
    /// The one for a dark ground, where it differs.
    pub on_dark: Option<String>,
    /// The one for a light ground, where it differs.
    pub on_light: Option<String>,
}

/// Which colours.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Scheme {
    /// As the system of the reader has it.
    #[default]
    System,
    /// Light.
    Light,
    /// Dark.
    Dark,
}

/// A font.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Font {
    /// Its family.
    pub family: String,
    /// Its weight.
    pub weight: Option<i64>,
    /// Where its file is; without one, the reader's own is used.
    pub source: Option<String>,
    /// The format of the file: `woff` or `woff2`.
    pub format: Option<String>,
}

/// A link with its text.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NamedLink {
    /// Its text.
    pub label: String,
    /// Where it leads.
    pub href: String,
    /// The name of its icon.
    pub icon: Option<String>,
}

/// A column of links in the footer.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Column {
    /// What stands above it.
    pub title: Option<String>,
    /// Its links.
    pub links: Vec<NamedLink>,
}

/// What stands above every page.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Banner {
    /// Its text, as Markdown.
    pub text: String,
    /// `info`, `warning` or `critical`.
    pub kind: String,
    /// The reader can put it away.
    pub dismissible: bool,
}
