//! One page at a time, from the page value and its outcomes to HTML.

use std::borrow::Cow;
use std::sync::Arc;

use rayon::prelude::*;
use tera::{Context, Tera};

use crate::data::Node;
use crate::diagnostics::{Code, Diagnostic, Problem};
use crate::examples::{Outcome, Verdict};
use crate::page::Page;
use crate::site::{self, NamedLink, Pair, Scheme, Site, SitePage};
use crate::source::Span;

use super::agents::Agents;
use super::body::body;
use super::components;
use super::fence::fence;
use super::highlight::Highlighter;
use super::links::Links;
use super::navigation::{Places, contents};
use super::output::File;
use super::theme::BRAND;
use super::theme::Theme;
use super::views::{
    AlternateView, BannerView, ColumnView, CountsView, MetaView, NamedLinkView, NavigationView, NodeView,
    NotFoundContext, PageContext, PageView, PairView, SiteView,
};
use super::{languages, prose};

/// The template of the first page.
const HOME: &str = "home.html";

/// What stays while pages change: templates, static files, grammars.
#[derive(Debug)]
pub struct Look {
    theme: Theme,
    tera: Tera,
    highlighter: Highlighter,
}

/// All that pages of a site are rendered with.
#[derive(Debug)]
pub struct Renderer<'a> {
    site: &'a Site,
    links: Links<'a>,
    agents: Agents<'a>,
    places: Places<'a>,
    look: Arc<Look>,
}

impl Look {
    /// Reads the templates; where those of the site cannot be read, the built-in ones are used, and it is said why.
    pub fn new(site: &Site) -> (Self, Vec<Diagnostic>) {
        let links = Links::new(site);
        let theme = Theme::new(site, links.base());
        let (mut tera, mut diagnostics) = theme.engine(links.base());
        let view = around(site, links, &theme);
        match tera::Value::try_from_serializable(&view) {
            Ok(value) => tera.global_context().insert_value("site", value),
            Err(error) => diagnostics.push(theme.diagnostic(&error)),
        }
        (Self { theme, tera, highlighter: Highlighter::default() }, diagnostics)
    }
}

impl<'a> Renderer<'a> {
    /// A renderer with the look of the site, and what is wrong with its templates.
    pub fn new(site: &'a Site) -> (Self, Vec<Diagnostic>) {
        let (look, diagnostics) = Look::new(site);
        (Self::with(site, Arc::new(look)), diagnostics)
    }

    /// A renderer with a look that was read before, from this site or an earlier state of it.
    pub fn with(site: &'a Site, look: Arc<Look>) -> Self {
        let links = Links::new(site);
        Self { site, links, agents: Agents::new(site), places: Places::new(site, links), look }
    }

    /// The path below which the site is served, without `/` at its end; empty at the root of a host.
    pub fn base(&self) -> &'a str {
        self.links.base()
    }

    /// The page of this index of [`Site::pages`] as a whole HTML document; `outcomes` gives those of the fences of a
    /// page, in their order, for the page itself and for the snippets in it.
    pub fn page<'o>(
        &self,
        index: usize,
        outcomes: &dyn Fn(usize) -> &'o [Outcome],
    ) -> Result<String, Diagnostic> {
        let Some(page) = self.site.shown(index) else { return self.not_found() };
        let outcomes = self.site.fences(index).into_iter().map(|(page, fence)| outcomes(page).get(fence));
        let outcomes: Vec<Option<&Outcome>> = outcomes.collect();
        let fences = page.page.fences.iter().zip(&outcomes);
        let fences = fences
            .map(|(value, outcome)| fence(&self.look.tera, &self.look.highlighter, value, *outcome))
            .collect::<Result<Vec<_>, _>>()
            .map_err(|error| self.look.theme.diagnostic(&error))?;
        let template = self.template(page)?;
        let mut navigation = self.navigation(Some(index))?;
        if template == HOME {
            navigation.sections = self.places.sections();
        }
        let context = PageContext {
            page: self
                .view(index, page, (&outcomes, &fences))
                .map_err(|error| self.look.theme.diagnostic(&error))?,
            navigation,
        };
        self.render(&template, &context)
    }

    /// The address of a link of the settings, as it stands in HTML.
    pub fn address(&self, href: &str) -> String {
        self.links.address(href)
    }

    /// What is wrong with the attributes of components, by what their templates declare.
    pub fn check(&self) -> Vec<Diagnostic> {
        let pages = self.site.pages.par_iter();
        let found = pages.flat_map_iter(|page| components::check(&self.look.tera, self.site, page));
        let mut found: Vec<Diagnostic> = found.collect();
        for page in self.site.component_pages() {
            // What is wrong in a component has the place of the whole, which no repair can take.
            let said = components::check(&self.look.tera, self.site, page).into_iter();
            found.extend(
                said.map(|said| Diagnostic { problem: Problem { fix: None, ..said.problem }, ..said }),
            );
        }
        found
    }

    /// The page for addresses that lead nowhere.
    pub fn not_found(&self) -> Result<String, Diagnostic> {
        let appearance = &self.site.appearance;
        let context = NotFoundContext {
            navigation: self.navigation(None)?,
            title: appearance.not_found_title.as_deref(),
            text: appearance.not_found_text.as_deref().map(|text| prose::blocks(text, self.links)),
            leads_home: appearance.not_found_leads_home,
        };
        self.render("404.html", &context)
    }

    /// What the site says to agents.
    pub(super) fn agents(&self) -> &Agents<'a> {
        &self.agents
    }

    /// A file for agents, with Markdown in it: a page, the list of them, or the text of all.
    pub fn agents_file(&self, path: &str) -> Option<String> {
        self.agents.file(path)
    }

    /// The static files of the theme and of the site, each read when it is taken.
    pub fn statics(&self) -> impl Iterator<Item = Result<File, site::Error>> + '_ {
        self.look.theme.files()
    }

    /// The content of a static file of the theme or of the site.
    pub fn static_file(&self, path: &str) -> Option<Vec<u8>> {
        self.look.theme.file(path)
    }

    /// `sitemap.xml` and `robots.txt`, unless the site has its own.
    pub fn indexes(&self) -> Vec<File> {
        let mut files = Vec::new();
        let mut robots = String::from("User-agent: *\nAllow: /\n");
        let pages = self.site.pages.iter().enumerate();
        let indexed = pages.filter(|(index, page)| page.is_served() && !self.is_unindexed(*index, page));
        let pages: Option<Vec<String>> = indexed.map(|(_, page)| self.links.absolute(&page.route)).collect();
        if let (Some(pages), Some(url)) = (pages, &self.site.settings.site.url) {
            let address = format!("{}/sitemap.xml", url.trim_end_matches('/'));
            robots.push_str("\nSitemap: ");
            robots.push_str(&address);
            robots.push('\n');
            files.push(File { path: "sitemap.xml".to_owned(), bytes: sitemap(&pages).into_bytes() });
        }
        files.push(File { path: "robots.txt".to_owned(), bytes: robots.into_bytes() });
        files.retain(|file| !self.look.theme.has(&file.path));
        files
    }

    fn render<T: serde::Serialize>(&self, template: &str, context: &T) -> Result<String, Diagnostic> {
        Context::from_serialize(context)
            .and_then(|context| self.look.tera.render(template, &context))
            .map_err(|error| self.look.theme.diagnostic(&error))
    }

    /// `template` of the front matter; else `home.html` for the home page and `page.html` for the others.
    fn template(&self, page: &SitePage) -> Result<String, Diagnostic> {
        let wanted = page.page.front.data.as_ref().and_then(|data| data.get("template"));
        let Some((node, name)) = wanted.and_then(|node| Some((node, node.as_str()?))) else {
            // The first page of a manual is a page like the others, as it was written.
            let is_home = page.route.as_str() == "/" && !self.site.is_manual();
            return Ok(if is_home { HOME } else { "page.html" }.to_owned());
        };
        if self.look.tera.contains_template(name) {
            return Ok(name.to_owned());
        }
        let message = format!("there is no template `{name}`");
        let help = "write the name of a file of `templates/`, such as `page.html`";
        Err(Problem::new(Code::Template, span(node), message).help(help).of(&page.page.source))
    }

    fn view<'v>(
        &'v self,
        index: usize,
        page: &'v SitePage,
        (outcomes, fences): (&[Option<&Outcome>], &[String]),
    ) -> Result<PageView<'v>, tera::Error> {
        let front = &page.page.front;
        let body = body(page, &self.links, fences, &self.look.tera)?;
        let (previous, next) = self.places.neighbours(index);
        let language = self.places.language(Some(index)).unwrap_or(&self.site.settings.site.language);
        let language = if language.is_empty() { "en" } else { language };
        Ok(PageView {
            title: &front.title,
            heading: body.heading.unwrap_or_else(|| super::markup::escaped(&front.title)),
            description: front.description.as_deref(),
            url: self.links.local(page.route.as_str()),
            canonical: self.canonical(page),
            markdown: self.agents.url(index),
            body: body.html,
            contents: contents(&page.page),
            breadcrumbs: self.places.breadcrumbs(index),
            previous,
            next,
            edit: self.edit(&page.page),
            verified: counts(outcomes),
            language: languages::tag(language),
            direction: languages::direction(language),
            alternates: self.alternates(index),
            directory: self.places.directory(index),
            meta: self.meta(index, page),
            noindex: self.is_unindexed(index, page),
            keywords: front.keywords.join(", "),
            deprecated: front.deprecated,
            mode: front.mode.as_str(),
            data: front.data.as_ref().map(NodeView),
        })
    }

    fn navigation(&self, page: Option<usize>) -> Result<NavigationView<'a>, Diagnostic> {
        let view = self.places.view(&self.look.tera, self.links, page);
        view.map_err(|error| self.look.theme.diagnostic(&error))
    }

    /// The same page in every language that it is there in, its own included; empty where that is the only one.
    fn alternates(&self, index: usize) -> Vec<AlternateView<'a>> {
        let languages = self.site.navigation.languages();
        let found = languages.into_iter().filter_map(|choice| {
            let page = self.site.pages.get(self.places.translated(index, &choice.title)?)?;
            let url =
                self.links.absolute(&page.route).unwrap_or_else(|| self.links.local(page.route.as_str()));
            Some(AlternateView { language: languages::tag(&choice.title), url })
        });
        let found: Vec<AlternateView> = found.collect();
        if found.len() > 1 { found } else { Vec::new() }
    }

    /// The `meta` elements of a page: those that every page has, then over them what the settings, its nearest folder
    /// and the page itself want.
    fn meta(&self, index: usize, page: &'a SitePage) -> Vec<MetaView<'a>> {
        let appearance = &self.site.appearance;
        let front = &page.page.front;
        let path = page.route.as_str().trim_matches('/');
        let is_around = |folder: &str| {
            path.strip_prefix(folder).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        };
        let folders = appearance.meta_of_folders.iter().filter(|(folder, _)| is_around(folder));
        let mut meta: Vec<MetaView> = Vec::new();
        let mut put = |name: &'a str, content: Cow<'a, str>| {
            meta.retain(|known| known.name != name);
            // Those of Open Graph are properties.
            let attribute = if name.starts_with("og:") { "property" } else { "name" };
            meta.push(MetaView { attribute, name, content });
        };
        if let Some(description) = &front.description {
            put("og:description", Cow::from(description));
        }
        if let Some(address) = self.canonical(page) {
            put("og:url", address);
        }
        put("og:title", Cow::from(&front.title));
        put("og:type", Cow::from("article"));
        put("og:site_name", Cow::from(&self.site.settings.site.title));
        if self.is_unindexed(index, page) {
            put("robots", Cow::from("noindex"));
        }
        let wanted = appearance.meta.iter().chain(folders.flat_map(|(_, meta)| meta)).chain(&front.meta);
        // The canonical address is a link, made of the address of the page.
        for (name, content) in wanted.filter(|(name, _)| name != "canonical") {
            put(name, Cow::from(content));
        }
        meta
    }

    /// The whole address of a page, or the one that it names in place of it.
    fn canonical(&self, page: &'a SitePage) -> Option<Cow<'a, str>> {
        let own = page.page.front.canonical.as_deref().map(Cow::from);
        own.or_else(|| self.links.absolute(&page.route).map(Cow::from))
    }

    /// Whether search engines are asked to leave a page out: by itself, or because a manual names it nowhere.
    fn is_unindexed(&self, index: usize, page: &SitePage) -> bool {
        let front = &page.page.front;
        let is_out =
            self.site.is_manual() && !self.site.appearance.index_all && !self.places.is_listed(index);
        front.noindex.unwrap_or(front.hidden || is_out)
    }

    fn edit(&self, page: &Page) -> Option<String> {
        Some(self.site.settings.site.edit.as_ref()?.replace("{path}", page.source.path()))
    }
}

/// `site`, for the templates.
fn around<'a>(site: &'a Site, links: Links<'a>, theme: &Theme) -> SiteView<'a> {
    let (settings, appearance) = (&site.settings.site, &site.appearance);
    // A picture that is not there would only be a broken one on every page.
    let picture = |path: &str| {
        if path.contains("://") {
            return Some(path.to_owned());
        }
        let name = path.trim_start_matches('/');
        theme.has(name).then(|| links.local(&format!("/{name}")))
    };
    let pair = |pair: &Option<Pair>| {
        let pair = pair.as_ref()?;
        Some(PairView { light: picture(&pair.light)?, dark: picture(&pair.dark)? })
    };
    let link = |link: &'a NamedLink| NamedLinkView {
        label: &link.label,
        url: links.address(&link.href),
        icon: link.icon.as_deref(),
    };
    SiteView {
        title: &settings.title,
        description: &settings.description,
        language: if settings.language.is_empty() { "en" } else { languages::tag(&settings.language) },
        repository: settings.repository.as_deref(),
        base: links.base(),
        home: links.local("/"),
        logo: pair(&appearance.logo),
        logo_link: appearance.logo_link.as_deref().map(|href| links.address(href)),
        favicon: pair(&appearance.favicon),
        scheme: match appearance.scheme {
            Scheme::System => "system",
            Scheme::Light => "light",
            Scheme::Dark => "dark",
        },
        scheme_is_fixed: appearance.scheme_is_fixed,
        branded: theme.has(BRAND),
        styles: &appearance.styles,
        scripts: &appearance.scripts,
        links: appearance.links.iter().map(link).collect(),
        primary: appearance.primary.as_ref().map(link),
        columns: appearance
            .columns
            .iter()
            .map(|column| ColumnView {
                title: column.title.as_deref(),
                links: column.links.iter().map(link).collect(),
            })
            .collect(),
        socials: &appearance.socials,
        banner: appearance.banner.as_ref().map(|banner| BannerView {
            text: prose::line(&banner.text, links),
            kind: &banner.kind,
            dismissible: banner.dismissible,
        }),
    }
}

fn span(node: &Node) -> Span {
    node.span
}

fn counts(outcomes: &[Option<&Outcome>]) -> CountsView {
    let mut counts = CountsView::default();
    for outcome in outcomes.iter().flatten() {
        match outcome.verdict {
            Verdict::Passed => counts.passed += 1,
            Verdict::Failed => counts.failed += 1,
            Verdict::Skipped(_) => counts.skipped += 1,
            Verdict::Untested(_) => {}
        }
    }
    counts
}

/// The addresses in the format of sitemaps.org, 0.9.
fn sitemap(addresses: &[String]) -> String {
    let mut out = String::from(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<urlset xmlns=\"http://www.sitemaps.org/schemas/sitemap/0.9\">\n",
    );
    for address in addresses {
        out.push_str("<url><loc>");
        super::markup::push_escaped(&mut out, address);
        out.push_str("</loc></url>\n");
    }
    out.push_str("</urlset>\n");
    out
}
