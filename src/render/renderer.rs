//! One page at a time, from the page value and its outcomes to HTML.

use std::sync::Arc;

use rayon::prelude::*;
use tera::{Context, Tera};

use crate::data::Node;
use crate::diagnostics::{Code, Diagnostic, Problem};
use crate::examples::{Outcome, Verdict};
use crate::page::Page;
use crate::site::{Site, SitePage};
use crate::source::Span;

use super::body::body;
use super::components;
use super::fence::fence;
use super::highlight::Highlighter;
use super::links::Links;
use super::navigation::{Places, contents};
use super::output::File;
use super::theme::Theme;
use super::views::{CountsView, NodeView, NotFoundContext, PageContext, PageView, SiteView};

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
    places: Places,
    look: Arc<Look>,
}

impl Look {
    /// Reads the templates; where those of the site cannot be read, the built-in ones are used, and it is said why.
    pub fn new(site: &Site) -> (Self, Vec<Diagnostic>) {
        let links = Links::new(site);
        let theme = Theme::new(&site.assets);
        let (mut tera, mut diagnostics) = theme.engine(links.base());
        let settings = &site.settings.site;
        let view = SiteView {
            title: &settings.title,
            description: &settings.description,
            language: if settings.language.is_empty() { "en" } else { &settings.language },
            repository: settings.repository.as_deref(),
            base: links.base(),
            home: links.local("/"),
        };
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
        Self { site, links: Links::new(site), places: Places::new(site), look }
    }

    /// The path below which the site is served, without `/` at its end; empty at the root of a host.
    pub fn base(&self) -> &'a str {
        self.links.base()
    }

    /// The page of this index of [`Site::pages`] as a whole HTML document; `outcomes` are those of its fences, in order.
    pub fn page(&self, index: usize, outcomes: &[Outcome]) -> Result<String, Diagnostic> {
        let Some(page) = self.site.pages.get(index) else { return self.not_found() };
        let fences = page.page.fences.iter().enumerate();
        let fences = fences
            .map(|(at, value)| fence(&self.look.tera, &self.look.highlighter, value, outcomes.get(at)))
            .collect::<Result<Vec<_>, _>>()
            .map_err(|error| self.look.theme.diagnostic(&error))?;
        let template = self.template(page)?;
        let context = PageContext {
            page: self
                .view(index, page, (outcomes, &fences))
                .map_err(|error| self.look.theme.diagnostic(&error))?,
            navigation: self.places.entries(self.site, &self.links, Some(index)),
        };
        self.render(&template, &context)
    }

    /// What is wrong with the attributes of components, by what their templates declare.
    pub fn check(&self) -> Vec<Diagnostic> {
        let pages = self.site.pages.par_iter();
        pages.flat_map_iter(|page| components::check(&self.look.tera, &page.page)).collect()
    }

    /// The page for addresses that lead nowhere.
    pub fn not_found(&self) -> Result<String, Diagnostic> {
        let navigation = self.places.entries(self.site, &self.links, None);
        self.render("404.html", &NotFoundContext { navigation })
    }

    /// The static files of the theme and of the site.
    pub fn statics(&self) -> impl Iterator<Item = File> + '_ {
        self.look.theme.files()
    }

    /// The content of a static file of the theme or of the site.
    pub fn static_file(&self, path: &str) -> Option<&[u8]> {
        self.look.theme.file(path)
    }

    /// `sitemap.xml` and `robots.txt`, unless the site has its own.
    pub fn indexes(&self) -> Vec<File> {
        let mut files = Vec::new();
        let mut robots = String::from("User-agent: *\nAllow: /\n");
        let pages: Option<Vec<String>> =
            self.site.pages.iter().map(|page| self.links.absolute(&page.route)).collect();
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
            let name = if page.route.as_str() == "/" { "home.html" } else { "page.html" };
            return Ok(name.to_owned());
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
        (outcomes, fences): (&[Outcome], &[String]),
    ) -> Result<PageView<'v>, tera::Error> {
        let front = &page.page.front;
        let body = body(page, &self.links, fences, &self.look.tera)?;
        let (previous, next) = self.places.neighbours(self.site, &self.links, index);
        Ok(PageView {
            title: &front.title,
            heading: body.heading.unwrap_or_else(|| super::markup::escaped(&front.title)),
            description: front.description.as_deref(),
            url: self.links.local(page.route.as_str()),
            canonical: self.links.absolute(&page.route),
            body: body.html,
            contents: contents(&page.page),
            breadcrumbs: self.places.breadcrumbs(self.site, &self.links, index),
            previous,
            next,
            edit: self.edit(&page.page),
            verified: counts(outcomes),
            data: front.data.as_ref().map(NodeView),
        })
    }

    fn edit(&self, page: &Page) -> Option<String> {
        Some(self.site.settings.site.edit.as_ref()?.replace("{path}", page.source.path()))
    }
}

fn span(node: &Node) -> Span {
    node.span
}

fn counts(outcomes: &[Outcome]) -> CountsView {
    let mut counts = CountsView::default();
    for outcome in outcomes {
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
