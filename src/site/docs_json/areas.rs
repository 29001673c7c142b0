//! The navigation of `docs.json`: divisions, groups and pages.

use std::collections::{HashMap, HashSet};

use super::super::navigation::{Area, Choice, Directory, Entry, Navigation, Switch, SwitchKind};
use super::super::{Route, SitePage};
use super::Reader;
use crate::data::{Node, Value};
use crate::diagnostics::{Code, Problem, Severity, nearest};

/// Deeper divisions and groups are passed over.
const DEEPEST: usize = 32;

/// So many pages that are not there get a nearest one named.
const HELPED: usize = 40;

/// So many pages that are in no navigation are named.
const NAMED: usize = 6;

/// Divisions by the keys of their lists, in the order in which Mintlify looks for them.
const DIVISIONS: [(&str, SwitchKind); 7] = [
    ("products", SwitchKind::Product),
    ("languages", SwitchKind::Language),
    ("versions", SwitchKind::Version),
    ("tabs", SwitchKind::Tab),
    ("dropdowns", SwitchKind::Dropdown),
    ("anchors", SwitchKind::Anchor),
    ("menu", SwitchKind::Menu),
];

/// Keys that every part of the navigation can have.
const COMMON: [&str; 14] = [
    "products",
    "languages",
    "versions",
    "tabs",
    "dropdowns",
    "anchors",
    "menu",
    "groups",
    "pages",
    "global",
    "directory",
    "openapi",
    "asyncapi",
    "hidden",
];

/// Keys of divisions.
const OF_DIVISIONS: [&str; 15] = [
    "icon",
    "color",
    "description",
    "href",
    "tag",
    "default",
    "align",
    "searchable",
    "banner",
    "footer",
    "navbar",
    "expanded",
    "public",
    "boost",
    "iconType",
];

/// Keys of groups.
const OF_GROUPS: [&str; 8] = ["group", "icon", "iconType", "tag", "root", "expanded", "public", "boost"];

/// Keys whose pages Mintlify makes of the description of an API.
const MADE: [&str; 4] = ["openapi", "asyncapi", "graphql", "sdk"];

/// Methods before the path of an operation, in place of a page.
const METHODS: [&str; 9] = ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS", "TRACE", "WEBHOOK"];

/// What the navigation holds.
#[derive(Debug, Default)]
pub(in super::super) struct Found {
    pub(in super::super) navigation: Navigation,
    /// The addresses of pages that it names and that are not there.
    pub(in super::super) absent: HashSet<Route>,
}

/// The language that is read by default; none where the pages have one language.
pub(super) fn language(root: &Node) -> Option<String> {
    let languages = root.get("navigation")?.get("languages")?.elements();
    let is_default = |node: &&Node| node.get("default").and_then(Node::as_bool) == Some(true);
    let language = languages.iter().find(is_default).or_else(|| languages.first())?;
    language.get("language")?.as_str().map(ToOwned::to_owned)
}

/// Reads `navigation` of the settings in a folder, and says which pages are not there and which are in none.
pub(super) fn read(reader: &mut Reader, root: &Node, pages: &[SitePage], folder: &str) -> Found {
    let Some(node) = reader.object(root, "navigation") else { return Found::default() };
    let mut routes = HashMap::new();
    for (index, page) in pages.iter().enumerate().filter(|(_, page)| page.is_served()) {
        routes.entry(page.route.clone()).or_insert(index);
    }
    // A page with an address of its own is also named by its file.
    let moved =
        pages.iter().enumerate().filter(|(_, page)| page.is_served() && page.page.front.permalink.is_some());
    for (index, page) in moved {
        let path = page.page.source.path();
        let path = path.strip_prefix(folder).unwrap_or(path).trim_start_matches('/');
        routes.entry(Route::for_file(path)).or_insert(index);
    }
    let mut areas = Areas { reader, pages, routes, listed: vec![false; pages.len()], absent: HashSet::new() };
    areas.reader.known(node, "`navigation`", &[&COMMON, &["graphql", "sdk"]]);
    let area = areas.area(node, Directory::None, 0);
    areas.say_unlisted(root);
    Found { absent: areas.absent, navigation: Navigation::new(area) }
}

struct Areas<'a> {
    reader: &'a mut Reader,
    pages: &'a [SitePage],
    /// The first page of each address, and of each file that has another one.
    routes: HashMap<Route, usize>,
    /// By page: whether the navigation names it.
    listed: Vec<bool>,
    absent: HashSet<Route>,
}

impl Areas<'_> {
    /// What stands below a part of the navigation; `directory` is what its groups inherit.
    fn area(&mut self, node: &Node, directory: Directory, depth: usize) -> Area {
        if depth >= DEEPEST {
            return Area::default();
        }
        self.say_made(node);
        let directory = self.directory(node).unwrap_or(directory);
        let mut area = Area::default();
        for (key, kind) in DIVISIONS {
            let nodes = self.reader.list(node, key);
            let choices: Vec<Choice> =
                nodes.iter().filter_map(|node| self.choice(node, kind, directory, depth + 1)).collect();
            if !choices.is_empty() {
                area.switches.push(Switch { kind, choices });
            }
        }
        area.entries = self.entries(node, directory, depth + 1);
        if let Some(global) = self.reader.object(node, "global") {
            for (key, kind) in DIVISIONS {
                for node in self.reader.list(global, key) {
                    area.links.extend(self.choice(node, kind, directory, depth + 1));
                }
            }
        }
        area
    }

    fn choice(
        &mut self,
        node: &Node,
        kind: SwitchKind,
        directory: Directory,
        depth: usize,
    ) -> Option<Choice> {
        let name = kind.as_str();
        self.reader.known(
            node,
            &format!("a {name}"),
            &[&[name], &COMMON, &OF_DIVISIONS, &["graphql", "sdk"]],
        );
        self.reader.needed(node, name)?;
        Some(Choice {
            title: self.reader.owned(node, name)?,
            description: self.reader.owned(node, "description"),
            icon: self.reader.icon(node),
            tag: self.reader.owned(node, "tag"),
            default: self.reader.flag(node, "default").unwrap_or_default(),
            hidden: self.reader.flag(node, "hidden").unwrap_or_default(),
            link: self.reader.owned(node, "href"),
            area: self.area(node, directory, depth),
        })
    }

    /// The groups and pages of a part of the navigation.
    fn entries(&mut self, node: &Node, directory: Directory, depth: usize) -> Vec<Entry> {
        let mut entries = Vec::new();
        for group in self.reader.list(node, "groups") {
            entries.extend(self.group(group, directory, depth));
        }
        for page in self.reader.list(node, "pages") {
            match &page.value {
                Value::String(path) => entries.extend(self.page(page, path)),
                Value::Object(_) => entries.extend(self.group(page, directory, depth)),
                Value::Elided => {}
                _ => {
                    self.reader.wrong(page, "this is neither a page nor a group", "write the path of a page");
                }
            }
        }
        entries
    }

    fn group(&mut self, node: &Node, directory: Directory, depth: usize) -> Option<Entry> {
        if depth >= DEEPEST {
            return None;
        }
        self.reader.known(
            node,
            "a group",
            &[&OF_GROUPS, &COMMON, &["graphql", "sdk", "searchable", "color"]],
        );
        self.reader.needed(node, "group")?;
        self.say_made(node);
        let directory = self.directory(node).unwrap_or(directory);
        let root = node.get("root").and_then(|root| Some((root, root.as_str()?)));
        let page = root.and_then(|(node, path)| self.page(node, path)).and_then(|entry| entry.page);
        let entry = Entry {
            title: self.reader.owned(node, "group")?,
            page,
            link: None,
            icon: self.reader.icon(node),
            tag: self.reader.owned(node, "tag"),
            expanded: self.reader.flag(node, "expanded").unwrap_or_default(),
            directory,
            entries: self.entries(node, directory, depth + 1),
        };
        // Its pages are listed all the same.
        let is_hidden = self.reader.flag(node, "hidden").unwrap_or_default();
        (!is_hidden).then_some(entry)
    }

    /// The entry of a page; none where it is not there, or is not to be shown.
    fn page(&mut self, node: &Node, path: &str) -> Option<Entry> {
        if path.split_once(' ').is_some_and(|(method, _)| METHODS.contains(&method)) {
            self.say(node, format!("no page is made of the operation `{path}`"), "write a page for it");
            return None;
        }
        if path.starts_with("https://") || path.starts_with("http://") {
            return Some(Entry { title: path.to_owned(), link: Some(path.to_owned()), ..Entry::default() });
        }
        let plain = path.trim_start_matches("./").trim_matches('/');
        let bare = plain.strip_suffix(".mdx").or_else(|| plain.strip_suffix(".md")).unwrap_or(plain);
        let route = Route::for_file(&format!("{bare}.md"));
        let Some(index) = self.routes.get(&route).copied() else {
            self.say_absent(node, path, route);
            return None;
        };
        if let Some(listed) = self.listed.get_mut(index) {
            *listed = true;
        }
        let front = &self.pages.get(index)?.page.front;
        if front.hidden {
            return None;
        }
        Some(Entry {
            title: front.nav_title.as_ref().unwrap_or(&front.title).clone(),
            page: Some(index),
            link: front.url.as_ref().map(|url| url.value.clone()),
            icon: front.icon.clone(),
            tag: front.tag.clone(),
            ..Entry::default()
        })
    }

    fn directory(&mut self, node: &Node) -> Option<Directory> {
        match self.reader.one_of(node, "directory", &["none", "card", "accordion"])? {
            "card" => Some(Directory::Cards),
            "accordion" => Some(Directory::Accordion),
            _ => Some(Directory::None),
        }
    }

    fn say_absent(&mut self, node: &Node, path: &str, route: Route) {
        let message = format!("there is no page `{path}`");
        let problem = Problem::new(Code::MissingPage, node.span, message);
        let meant = (self.absent.len() < HELPED)
            .then(|| nearest(route.as_str(), self.routes.keys().map(Route::as_str)))
            .flatten()
            .map(|meant| meant.trim_matches('/').to_owned());
        self.reader.problems.push(match meant {
            Some(meant) => problem.help(format!("write `{meant}`")),
            None => problem.help("write the page, or take the entry out"),
        });
        self.absent.insert(route);
    }

    /// Says that Mintlify would make pages here.
    fn say_made(&mut self, node: &Node) {
        for key in MADE {
            if let Some(member) = node.member(key) {
                let message = format!("no pages are made of `{key}`");
                let problem = Problem::new(Code::Setting, member.key_span, message);
                let help = "write pages for its operations, or take it out";
                self.reader.problems.push(problem.severity(Severity::Warning).help(help));
            }
        }
    }

    /// Says in one diagnostic which pages are in no navigation.
    fn say_unlisted(&mut self, root: &Node) {
        let unlisted: Vec<&str> = self
            .pages
            .iter()
            .zip(&self.listed)
            .filter(|(page, listed)| !**listed && page.is_served() && !page.page.front.hidden)
            .map(|(page, _)| page.page.source.path())
            .collect();
        let Some(member) = root.member("navigation").filter(|_| !unlisted.is_empty()) else { return };
        let message = match unlisted.as_slice() {
            [one] => format!("`{one}` is in no navigation"),
            several => format!("{} pages are in no navigation", several.len()),
        };
        let named =
            unlisted.iter().take(NAMED).map(|path| format!("`{path}`")).collect::<Vec<_>>().join(", ");
        let named = match unlisted.len().checked_sub(NAMED) {
            None | Some(0) => named,
            Some(more) => format!("{named} and {more} more"),
        };
        let help = match unlisted.len() {
            1 => "list it, or write `hidden: true` in its front matter".to_owned(),
            _ => format!("list {named}, or write `hidden: true` in their front matter"),
        };
        let problem = Problem::new(Code::UnlistedPage, member.key_span, message);
        self.reader.problems.push(problem.help(help));
    }

    fn say(&mut self, node: &Node, message: String, help: &str) {
        let problem = Problem::new(Code::Setting, node.span, message);
        self.reader.problems.push(problem.severity(Severity::Warning).help(help));
    }
}
