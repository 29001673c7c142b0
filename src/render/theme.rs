//! The built-in theme and what a site puts in its place, file by file.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock};

use include_dir::{Dir, include_dir};
use tera::{ErrorKind, Tera};

use crate::diagnostics::{Code, Diagnostic, Problem};
use crate::site::{self, Asset, Site};
use crate::source::{Source, Span};

use super::brand;
use super::functions;
use super::links::based;
use super::output::File;

static TEMPLATES: Dir = include_dir!("$CARGO_MANIFEST_DIR/templates");
static STATICS: Dir = include_dir!("$CARGO_MANIFEST_DIR/static");

/// So many characters of a hash make an address of a file its own.
const HASH: usize = 10;

/// The style sheet that is made of the colours and fonts of a site.
pub(super) const BRAND: &str = "brand.css";

/// Templates and static files, those of the site before the built-in ones.
#[derive(Debug)]
pub(super) struct Theme {
    templates: BTreeMap<String, Arc<Source>>,
    statics: Arc<BTreeMap<String, Static>>,
}

/// A file that is served as it is.
#[derive(Debug)]
struct Static {
    content: Content,
    /// A part of the hash of its content, once it was asked for.
    hash: OnceLock<String>,
}

/// Where the content of a file comes from.
#[derive(Debug)]
enum Content {
    /// It is built in.
    BuiltIn(&'static [u8]),
    /// It is made from the settings of the site.
    Made(String),
    /// It is a file of the site, which is read when it is needed.
    Asset(Asset),
}

impl Static {
    fn new(content: Content) -> Self {
        Self { content, hash: OnceLock::new() }
    }

    fn read(&self) -> Result<Cow<'_, [u8]>, site::Error> {
        match &self.content {
            Content::BuiltIn(bytes) => Ok(Cow::Borrowed(bytes)),
            Content::Made(text) => Ok(Cow::Borrowed(text.as_bytes())),
            Content::Asset(asset) => asset.read().map(Cow::Owned),
        }
    }

    /// What makes its address its own; empty where it cannot be read, which is said when it is written.
    fn hash(&self) -> &str {
        self.hash.get_or_init(|| {
            let hash = |bytes: Cow<'_, [u8]>| blake3::hash(&bytes).to_hex().chars().take(HASH).collect();
            self.read().map(hash).unwrap_or_default()
        })
    }
}

impl Theme {
    /// The theme of a site; `base` is the path below which it is served.
    pub(super) fn new(site: &Site, base: &str) -> Self {
        let mut files = Vec::new();
        collect(&TEMPLATES, &mut files);
        let built_in =
            files.iter().filter_map(|(path, bytes)| Some((path, std::str::from_utf8(bytes).ok()?)));
        let mut templates: BTreeMap<String, Arc<Source>> = built_in
            .map(|(path, text)| (path.clone(), Source::new(format!("<built-in>/templates/{path}"), text)))
            .collect();
        for (path, text) in &site.assets.templates {
            templates.insert(path.clone(), Source::new(format!("templates/{path}"), text.as_str()));
        }
        let mut files = Vec::new();
        collect(&STATICS, &mut files);
        let built_in = files.into_iter().map(|(path, bytes)| (path, Static::new(Content::BuiltIn(bytes))));
        let mut statics: BTreeMap<String, Static> = built_in.collect();
        let address = |path: &str| based(base, path).into_owned();
        if let Some(sheet) = brand::sheet(&site.appearance, &address) {
            statics.insert(BRAND.to_owned(), Static::new(Content::Made(sheet)));
        }
        for asset in &site.assets.statics {
            statics.insert(asset.path.clone(), Static::new(Content::Asset(asset.clone())));
        }
        Self { templates, statics: Arc::new(statics) }
    }

    /// The static files, each read when it is taken.
    pub(super) fn files(&self) -> impl Iterator<Item = Result<File, site::Error>> + '_ {
        self.statics
            .iter()
            .map(|(path, file)| Ok(File { path: path.clone(), bytes: file.read()?.into_owned() }))
    }

    /// The content of a static file; none where there is none, or it cannot be read any more.
    pub(super) fn file(&self, path: &str) -> Option<Vec<u8>> {
        self.statics.get(path)?.read().ok().map(Cow::into_owned)
    }

    /// Whether there is a static file of this path.
    pub(super) fn has(&self, path: &str) -> bool {
        self.statics.contains_key(path)
    }

    /// The templates, ready to be rendered; where those of the site cannot be read, the built-in ones.
    pub(super) fn engine(&self, base: &str) -> (Tera, Vec<Diagnostic>) {
        let templates = self.templates.iter().map(|(path, source)| (path.as_str(), source.text()));
        let mut tera = self.functions(base);
        let Err(error) = tera.add_raw_templates(templates) else { return (tera, Vec::new()) };
        let diagnostic = self.diagnostic(&error);
        let mut files = Vec::new();
        collect(&TEMPLATES, &mut files);
        let built_in =
            files.iter().filter_map(|(path, bytes)| Some((path, std::str::from_utf8(bytes).ok()?)));
        let mut tera = self.functions(base);
        let built_in: Vec<(&str, &str)> = built_in.map(|(path, text)| (path.as_str(), text)).collect();
        // A test renders with the built-in templates, so that they can be read.
        let _read = tera.add_raw_templates(built_in);
        (tera, vec![diagnostic])
    }

    /// An engine with the functions of the theme.
    fn functions(&self, base: &str) -> Tera {
        let mut tera = Tera::default();
        let (statics, prefix) = (Arc::clone(&self.statics), base.to_owned());
        functions::register(&mut tera, base, move |path| {
            Some(format!("{prefix}/{path}?v={}", statics.get(path)?.hash()))
        });
        tera
    }

    /// What the engine found, at the place in the template.
    pub(super) fn diagnostic(&self, error: &tera::Error) -> Diagnostic {
        let (file, span, message) = match error.kind() {
            ErrorKind::SyntaxError(report) | ErrorKind::RenderingError(report) => {
                let span = Span::from(report.span().range.clone());
                (report.filename().to_owned(), span, report.message().to_owned())
            }
            ErrorKind::TemplateNotFound(name) => {
                (String::new(), Span::default(), format!("there is no template `{name}`"))
            }
            ErrorKind::MissingParent { current, parent } => {
                (current.clone(), Span::default(), format!("there is no template `{parent}` to extend"))
            }
            _ => {
                let report = error.to_string();
                let (file, span) = self.place(&report).unwrap_or_default();
                (file, span, report)
            }
        };
        let named = self.templates.get(&file).cloned();
        let source = named.unwrap_or_else(|| self.blamed(&message));
        Problem::new(Code::Template, span, one_line(&message))
            .help("write it as Tera 2 reads it; the built-in templates show what a page offers")
            .of(&source)
    }

    /// The place that a report names in its line `--> file:line:column`, as the engine writes reports of what is
    /// missing from a template; it gives no other form of them.
    fn place(&self, report: &str) -> Option<(String, Span)> {
        let line = report.lines().find_map(|line| line.trim_start().strip_prefix("--> "))?;
        let mut parts = line.rsplitn(3, ':');
        let column: usize = parts.next()?.trim().parse().ok()?;
        let line: u32 = parts.next()?.parse().ok()?;
        let file = parts.next()?;
        let source = self.templates.get(file)?;
        let whole = source.line(line)?;
        let text = source.slice(whole);
        let start = text.char_indices().nth(column.checked_sub(1)?).map_or(text.len(), |(at, _)| at);
        let rest = text.get(start..).unwrap_or_default();
        let quoted = report.split('`').nth(1).filter(|name| rest.starts_with(name)).map_or(0, str::len);
        let start = whole.start as usize + start;
        Some((file.to_owned(), Span::new(start, start + quoted)))
    }

    /// The template that a message without a place speaks of, else the first of the site.
    fn blamed(&self, message: &str) -> Arc<Source> {
        let spoken = self.templates.iter().find(|(path, _)| message.contains(path.as_str()));
        let own = || self.templates.values().find(|source| !source.path().starts_with('<')).cloned();
        let found = spoken.map(|(_, source)| Arc::clone(source)).or_else(own);
        found.unwrap_or_else(|| Source::new("templates", ""))
    }
}

fn collect(folder: &'static Dir, out: &mut Vec<(String, &'static [u8])>) {
    for file in folder.files() {
        let path = file.path().to_string_lossy().replace('\\', "/");
        out.push((path, file.contents()));
    }
    for folder in folder.dirs() {
        collect(folder, out);
    }
}

/// The first line that says something, without a full stop, in lower case.
fn one_line(message: &str) -> String {
    let line =
        message.lines().map(str::trim).find(|line| !line.is_empty()).unwrap_or("it cannot be rendered");
    let line = line.strip_prefix("error: ").unwrap_or(line);
    let mut letters = line.trim_end_matches('.').chars();
    let first = letters.next().map(|letter| letter.to_lowercase().to_string()).unwrap_or_default();
    first + letters.as_str()
}
