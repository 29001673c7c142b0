//! `docs.json`, the settings of Mintlify's manuals, read as they are.
//!
//! The keys are those of the npm package `@mintlify/validation` 0.1.878, read 2026-11-27. What a site of ours has no use for
//! is passed over; a key that is in no list of these is named.

mod appearance;
mod areas;
mod parts;

use std::collections::HashMap;
use std::sync::Arc;

use super::appearance::Appearance;
use super::redirects::{Redirect, Redirects};
use super::settings::is_url;
use super::{Error, Route, SitePage};
use crate::data::{Member, Node, Value};
use crate::diagnostics::{Code, Diagnostic, Problem, Severity, nearest};
use crate::page::Link;
use crate::source::{Source, Span};

pub(super) use areas::Found;
pub(super) use parts::Files;

use parts::Parts;

/// The name of the file.
pub(super) const NAME: &str = "docs.json";

/// The keys at the top that we read.
const READ: [&str; 15] = [
    "$schema",
    "name",
    "description",
    "colors",
    "logo",
    "favicon",
    "fonts",
    "appearance",
    "navbar",
    "footer",
    "banner",
    "navigation",
    "redirects",
    "seo",
    "errors",
];

/// Those that say something to Mintlify alone: its themes, its services and its playground.
const IDLE: [&str; 15] = [
    "theme",
    "public",
    "api",
    "background",
    "search",
    "icons",
    "styling",
    "integrations",
    "contextual",
    "thumbnails",
    "interaction",
    "metadata",
    "variables",
    "markdown",
    "variations",
];

/// What `docs.json` says of a site.
#[derive(Clone, Debug)]
pub(super) struct Manual {
    parts: Parts,
    root: Node,
    pub(super) title: Option<String>,
    pub(super) description: Option<String>,
    /// The language that is read by default.
    pub(super) language: Option<String>,
    /// Where it will be served.
    pub(super) url: Option<String>,
    pub(super) appearance: Appearance,
    pub(super) redirects: Redirects,
    /// What its header, its footer and its pictures lead to, each with its file.
    pub(super) links: Vec<(Arc<Source>, Link)>,
}

impl Manual {
    /// Reads `docs.json`, apart from its navigation; `files` gives the files that it names.
    pub(super) fn read(
        source: &Arc<Source>,
        files: &mut Files<'_>,
    ) -> Result<(Self, Vec<Diagnostic>), Error> {
        let mut problems = Vec::new();
        let (parts, root) = Parts::read(source, files, &mut problems)?;
        let mut reader = Reader { problems, links: Vec::new() };
        if !matches!(root.value, Value::Object(_) | Value::Elided) {
            reader.wrong(&root, "`docs.json` is not an object", "write `{ \"name\": …, \"navigation\": … }`");
        }
        reader.known(&root, "`docs.json`", &[&READ, &IDLE]);
        let appearance = reader.appearance(&root);
        let address =
            appearance.meta.iter().find(|(name, _)| name == "canonical").map(|(_, content)| content);
        let manual = Self {
            title: reader.owned(&root, "name"),
            description: reader.owned(&root, "description"),
            language: areas::language(&root),
            url: address.filter(|url| is_url(url)).map(|url| url.trim_end_matches('/').to_owned()),
            redirects: reader.redirects(&root),
            links: std::mem::take(&mut reader.links).into_iter().map(|link| placed(&parts, link)).collect(),
            appearance,
            parts,
            root,
        };
        let diagnostics = reader.said(&manual.parts);
        Ok((manual, diagnostics))
    }

    /// Its navigation; `pages` are those of the site, in the order of their paths.
    pub(super) fn navigation(&self, pages: &[SitePage]) -> (Found, Vec<Diagnostic>) {
        let mut reader = Reader { problems: Vec::new(), links: Vec::new() };
        let path = self.place(self.root.span).0.path();
        let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
        let found = areas::read(&mut reader, &self.root, pages, folder);
        (found, reader.said(&self.parts))
    }

    /// The file of a span of the settings, and the span in it.
    pub(super) fn place(&self, span: Span) -> (&Arc<Source>, Span) {
        self.parts.place(span)
    }
}

/// Reads values and takes down what is wrong with them.
struct Reader {
    problems: Vec<Problem>,
    /// What is led to, with the places in the tree of all files.
    links: Vec<Link>,
}

/// A link with its file, and its place in that.
fn placed(parts: &Parts, link: Link) -> (Arc<Source>, Link) {
    let (source, span) = parts.place(link.span);
    (Arc::clone(source), Link { span, ..link })
}

impl Reader {
    /// What is wrong, in order. Of one warning that is said of many places, such as of a key that a generator wrote
    /// everywhere, the help of the first says of how many.
    fn said(self, parts: &Parts) -> Vec<Diagnostic> {
        let is_repeated =
            |problem: &Problem| problem.severity == Severity::Warning && problem.code == Code::Setting;
        let mut counts: HashMap<String, usize> = HashMap::new();
        for problem in self.problems.iter().filter(|problem| is_repeated(problem)) {
            *counts.entry(problem.message.clone()).or_default() += 1;
        }
        let once = |mut problem: Problem| {
            if is_repeated(&problem) {
                let more = counts.remove(&problem.message)? - 1;
                if more > 0 {
                    let places = if more == 1 { "place" } else { "places" };
                    let help = problem.help.unwrap_or_default();
                    problem.help = Some(format!("{help}, here and in {more} more {places}"));
                }
            }
            Some(parts.said(problem))
        };
        self.problems.into_iter().filter_map(once).collect()
    }

    fn redirects(&mut self, root: &Node) -> Redirects {
        let mut list: Vec<Redirect> = Vec::new();
        let mut seen = HashMap::new();
        for node in self.list(root, "redirects") {
            self.known(node, "a redirect", &[&["source", "destination", "permanent"]]);
            let (Some(source), Some(destination)) =
                (self.needed(node, "source"), self.needed(node, "destination"))
            else {
                continue;
            };
            let (Some(from), Some(to)) = (source.as_str(), destination.as_str()) else { continue };
            let permanent = self.flag(node, "permanent").unwrap_or(true);
            // Without its slash it is one from the root all the same.
            let from = if from.starts_with('/') { from.to_owned() } else { format!("/{from}") };
            // With and without its last slash it is one address, which some settings redirect both.
            let path = from.split(['?', '#']).next().unwrap_or_default();
            let address = Route::parse(path).map_or_else(|| path.to_owned(), |route| route.to_string());
            if let Some((written, leads)) = seen.insert(address, (from.clone(), to)) {
                if written == from || leads != to {
                    let message = format!("`{from}` is redirected already");
                    let problem = Problem::new(Code::Redirect, source.span, message);
                    self.problems.push(problem.help("keep one of the two redirects"));
                }
                continue;
            }
            list.push(Redirect {
                source: from,
                source_span: source.span,
                destination: to.to_owned(),
                destination_span: destination.span,
                permanent,
            });
        }
        Redirects::new(list)
    }

    /// Every key of an object must be in one of the lists.
    fn known(&mut self, node: &Node, what: &str, lists: &[&[&str]]) {
        let all = || lists.iter().flat_map(|list| list.iter().copied());
        for member in node.members().iter().filter(|member| !all().any(|key| key == member.key)) {
            let message = format!("`{}` is not a key of {what}", member.key);
            let problem = Problem::new(Code::Setting, member.key_span, message).severity(Severity::Warning);
            self.problems.push(match nearest(&member.key, all()) {
                Some(meant) => problem.help(format!("write `{meant}`")),
                None => problem.help("take it out: nothing reads it"),
            });
        }
    }

    /// The value of a key that must be a text.
    fn needed<'a>(&mut self, node: &'a Node, key: &str) -> Option<&'a Node> {
        let found = node.get(key);
        match (&node.value, found) {
            (Value::Object(_), None) => {
                self.wrong(node, &format!("`{key}` is missing"), &format!("write `\"{key}\": \"…\"`"));
            }
            (Value::Object(_) | Value::Elided, _) => {}
            (_, _) => self.wrong(node, "this is not an object", &format!("write `{{ \"{key}\": \"…\" }}`")),
        }
        found.filter(|value| self.is_text(value, key))
    }

    fn text<'a>(&mut self, node: &'a Node, key: &str) -> Option<&'a str> {
        let value = node.get(key)?;
        self.is_text(value, key).then(|| value.as_str()).flatten()
    }

    fn owned(&mut self, node: &Node, key: &str) -> Option<String> {
        self.text(node, key).map(ToOwned::to_owned)
    }

    fn is_text(&mut self, value: &Node, key: &str) -> bool {
        let is_text = value.as_str().is_some();
        if !is_text && value.value != Value::Elided {
            self.wrong(value, &format!("`{key}` is not a text"), "put it in quotes");
        }
        is_text
    }

    /// A text that is the address of a page or a file; one without a host is one from the root.
    fn address(&mut self, node: &Node, key: &str) -> Option<String> {
        let text = self.owned(node, key)?;
        let is_local = !text.starts_with(['/', '#', '?', '{']) && !text.contains(':') && !text.is_empty();
        let target = if is_local { format!("/{text}") } else { text.clone() };
        if target.starts_with('/') {
            let span = node.get(key).map(|value| value.span).unwrap_or_default();
            self.links.push(Link { target, span, image: false });
        }
        Some(text)
    }

    fn flag(&mut self, node: &Node, key: &str) -> Option<bool> {
        let value = node.get(key)?;
        let flag = value.as_bool();
        if flag.is_none() && value.value != Value::Elided {
            self.wrong(value, &format!("`{key}` is not `true` or `false`"), "write `true` or `false`");
        }
        flag
    }

    /// The elements of a list; none where there is no list.
    fn list<'a>(&mut self, node: &'a Node, key: &str) -> &'a [Node] {
        let Some(value) = node.get(key) else { return &[] };
        if !matches!(value.value, Value::Array(_) | Value::Elided) {
            self.wrong(value, &format!("`{key}` is not a list"), "put its elements in brackets");
        }
        value.elements()
    }

    /// The members of an object; none where there is no object.
    fn object<'a>(&mut self, node: &'a Node, key: &str) -> Option<&'a Node> {
        let value = node.get(key)?;
        let is_object = matches!(value.value, Value::Object(_));
        if !is_object && value.value != Value::Elided {
            self.wrong(value, &format!("`{key}` is not an object"), "put its keys in braces");
        }
        is_object.then_some(value)
    }

    /// The members of an object whose values are texts.
    fn texts(&mut self, node: &Node, key: &str) -> Vec<(String, String)> {
        let members: &[Member] = self.object(node, key).map(Node::members).unwrap_or_default();
        let text = |reader: &mut Self, member: &Member| {
            reader
                .is_text(&member.value, &member.key)
                .then(|| (member.key.clone(), member.value.as_str().unwrap_or_default().to_owned()))
        };
        members.iter().filter_map(|member| text(self, member)).collect()
    }

    /// The name of an icon: a text, or an object with one.
    fn icon(&mut self, node: &Node) -> Option<String> {
        let value = node.get("icon")?;
        if matches!(value.value, Value::Object(_)) {
            self.known(value, "an icon", &[&["name", "style", "library"]]);
            return self.owned(value, "name");
        }
        self.owned(node, "icon")
    }

    fn wrong(&mut self, node: &Node, message: &str, help: &str) {
        self.problems.push(Problem::new(Code::Setting, node.span, message).help(help));
    }
}

#[cfg(test)]
mod tests;
