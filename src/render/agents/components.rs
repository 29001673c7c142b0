//! Components as plain Markdown: steps are a numbered list, tabs are sections, notes are alerts.

use crate::page::{Component, Piece, Place};

use super::attributes::{flag, list, text, title, value};
use super::inline::{Emphasis, Inline};
use super::lower::Lowering;
use super::raw::collapsed;
use super::writer::{Block, Spacing};

/// Where repositories are that are named without it.
const GITHUB: &str = "https://github.com/";

/// The attributes that name a field, and where that says that it belongs.
const PLACES: [(&str, &str); 6] = [
    ("path", "in the path"),
    ("query", "in the query"),
    ("header", "in a header"),
    ("cookie", "in a cookie"),
    ("body", "in the body"),
    ("name", ""),
];

/// How a component that is open ends.
#[derive(Debug)]
pub(super) enum Opened {
    /// Its children stand there as they are.
    Children,
    /// So does its text, in a line.
    Words,
    /// It has a frame.
    Frame,
    /// It has a list in an item.
    Folder,
    /// It is a section, below this level.
    Section(u8),
    /// It is a section in a list or a quote.
    Titled,
    /// A text follows its children.
    Followed(String),
    /// A text in brackets follows them.
    Explained(Tip),
}

/// What a tooltip says of its words.
#[derive(Debug)]
pub(super) struct Tip {
    text: String,
    link: Option<(String, String)>,
}

/// What a component is in Markdown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Lowered {
    Alert(&'static str),
    Banner,
    Callout,
    Card,
    Children,
    Color,
    Field,
    File,
    Folder,
    Icon,
    Latex,
    List(List),
    Mermaid,
    Prompt,
    Section(&'static str),
    Step,
    Titled,
    Tooltip,
    Visibility,
}

/// A component that is a list of others.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum List {
    Steps,
    Tree,
}

/// What a component of this name is; one that is not known is what stands in it.
fn lowered(name: &str) -> Lowered {
    match name {
        "Callout" => Lowered::Callout,
        "Info" | "Note" => Lowered::Alert("NOTE"),
        "Check" | "Tip" => Lowered::Alert("TIP"),
        "Warning" => Lowered::Alert("WARNING"),
        "Danger" => Lowered::Alert("CAUTION"),
        "Steps" => Lowered::List(List::Steps),
        "Step" => Lowered::Step,
        "Tab" | "View" => Lowered::Section("title"),
        "Update" => Lowered::Section("label"),
        "Accordion" | "Color.Row" | "Expandable" => Lowered::Titled,
        "Banner" => Lowered::Banner,
        "Card" | "GitHub.Repo" | "Github.Repo" | "Tile" => Lowered::Card,
        "ParamField" | "ResponseField" => Lowered::Field,
        "Tooltip" => Lowered::Tooltip,
        "Icon" => Lowered::Icon,
        "Latex" => Lowered::Latex,
        "FileTree" | "Tree" => Lowered::List(List::Tree),
        "Tree.Folder" => Lowered::Folder,
        "Tree.File" => Lowered::File,
        "Color.Item" => Lowered::Color,
        "Mermaid" => Lowered::Mermaid,
        "Prompt" => Lowered::Prompt,
        "Visibility" => Lowered::Visibility,
        _ => Lowered::Children,
    }
}

impl<'a> Lowering<'a> {
    /// Begins the component that the piece of an index starts.
    pub(super) fn begin_component(&mut self, component: &'a Component, index: usize) {
        let opened = if self.skipped.is_some() {
            Opened::Children
        } else if component.place == Place::Inline || self.in_line() {
            self.begin_inline(component)
        } else {
            self.begin_block(component, index)
        };
        self.open.push(opened);
    }

    /// Ends the innermost component.
    pub(super) fn end_component(&mut self) {
        let Some(opened) = self.open.pop() else { return };
        if let Some(depth) = self.skipped {
            if depth == self.open.len() {
                self.skipped = None;
            }
            return;
        }
        match opened {
            Opened::Words => {}
            Opened::Children => self.end_words(),
            Opened::Titled => self.settle(),
            Opened::Frame => {
                self.settle();
                self.writer.end_or_drop();
            }
            Opened::Folder => {
                self.settle();
                self.writer.end_or_drop();
                self.writer.end_or_drop();
            }
            Opened::Section(level) => {
                self.settle();
                self.level = level;
            }
            Opened::Followed(text) => self.words().push_markdown(&text),
            Opened::Explained(tip) => self.explain(&tip),
        }
    }

    fn begin_inline(&mut self, component: &Component) -> Opened {
        match lowered(&component.name) {
            Lowered::Icon => Opened::Words,
            Lowered::Latex => self.latex(component),
            Lowered::Tooltip => tooltip(component),
            Lowered::Visibility => {
                self.visibility(component);
                Opened::Words
            }
            Lowered::Color => {
                let text = color(component);
                self.words().push_text(&text);
                Opened::Words
            }
            _ => {
                if let Some(title) = title(component) {
                    let words = self.words();
                    push_strong(words, &title);
                    words.push_text(" ");
                }
                Opened::Words
            }
        }
    }

    fn begin_block(&mut self, component: &'a Component, index: usize) -> Opened {
        self.end_words();
        match lowered(&component.name) {
            Lowered::Icon => Opened::Words,
            Lowered::Tooltip => tooltip(component),
            Lowered::Visibility => self.visibility(component),
            Lowered::Alert(kind) => self.alert(component, kind),
            Lowered::Callout => self.alert(component, callout(component)),
            Lowered::Banner => {
                self.settle();
                self.line(&text(component, "content").unwrap_or_default());
                Opened::Children
            }
            Lowered::Latex => self.latex(component),
            Lowered::List(list) => {
                self.settle();
                match list {
                    List::Steps => self.writer.begin_list(Some(1), Spacing::Loose),
                    List::Tree => self.writer.begin_list(None, Spacing::Tight),
                }
                Opened::Frame
            }
            Lowered::Step => {
                self.settle();
                if !self.writer.in_list() {
                    self.strong_line(title(component));
                    return Opened::Titled;
                }
                let number = text(component, "stepNumber").and_then(|number| number.parse().ok());
                self.writer.begin_item(number);
                self.strong_line(title(component));
                Opened::Frame
            }
            Lowered::Section(name) => self.section(component, name),
            Lowered::Titled => {
                self.settle();
                self.strong_line(title(component));
                if let Some(description) = text(component, "description") {
                    self.line(&description);
                }
                Opened::Titled
            }
            Lowered::Card => self.card(component),
            Lowered::Field => self.field(component),
            Lowered::Folder | Lowered::File | Lowered::Color => self.leaf(component),
            Lowered::Mermaid => self.mermaid(component, index),
            Lowered::Prompt => {
                self.settle();
                self.strong_line(text(component, "description").or_else(|| title(component)));
                self.writer.begin_quote(None);
                Opened::Frame
            }
            Lowered::Children => {
                if let Some(hint) = text(component, "hint") {
                    self.settle();
                    self.line(&hint);
                }
                text(component, "caption").map_or(Opened::Children, Opened::Followed)
            }
        }
    }

    fn alert(&mut self, component: &Component, kind: &str) -> Opened {
        self.settle();
        self.writer.begin_quote(Some(kind));
        self.strong_line(title(component));
        Opened::Frame
    }

    /// A formula, as it is written.
    fn latex(&mut self, component: &Component) -> Opened {
        let Some(formula) = self.inside(component) else { return Opened::Words };
        if !formula.trim().is_empty() {
            self.words().push_code(collapsed(formula).trim());
        }
        self.skip()
    }

    /// A heading below the one that stands above; a line in a list or a quote, where headings would divide the page.
    fn section(&mut self, component: &Component, name: &str) -> Opened {
        self.settle();
        let mut heading = text(component, name).or_else(|| title(component)).unwrap_or_default();
        if let Some(description) = text(component, "description") {
            heading = format!("{heading} ({description})");
        }
        if self.writer.is_nested() {
            self.strong_line(Some(heading));
            return Opened::Titled;
        }
        let level = self.level;
        self.level = (level + 1).min(6);
        if !heading.trim().is_empty() {
            self.begin_words();
            self.words().push_markdown(&heading);
            self.end_heading();
        }
        let tags = list(component, "tags");
        if !tags.is_empty() {
            self.line(&tags.join(", "));
        }
        Opened::Section(level)
    }

    /// An item in a list of such items.
    fn begin_single(&mut self) {
        if !self.writer.in_singles() {
            self.writer.begin_list(None, Spacing::Single);
        }
        self.writer.begin_item(None);
        self.inline = Some(Inline::default());
    }

    fn card(&mut self, component: &Component) -> Opened {
        self.begin_single();
        let repository = text(component, "repo").map(|repo| repo.trim_start_matches(GITHUB).to_owned());
        let target = text(component, "href").filter(|target| !target.is_empty());
        let target = target.or_else(|| repository.as_ref().map(|name| format!("{GITHUB}{name}")));
        let title =
            title(component).or(repository).or_else(|| text(component, "cta")).or_else(|| target.clone());
        match (title, target) {
            (Some(title), Some(target)) => {
                self.begin_link("[", &target, "");
                let words = self.words();
                words.push_markdown(&title);
                words.end_link();
            }
            (Some(title), None) => push_strong(self.words(), &title),
            (None, _) => {}
        }
        self.joins = true;
        if let Some(description) = text(component, "description") {
            self.words().push_markdown(&description);
        }
        Opened::Frame
    }

    fn field(&mut self, component: &Component) -> Opened {
        if flag(component, "hidden") {
            return self.skip();
        }
        let named = PLACES.into_iter().find_map(|(key, place)| Some((text(component, key)?, place)));
        self.begin_single();
        let words = self.words();
        let (name, place) = named.unwrap_or_default();
        if !name.is_empty() {
            words.push_code(&name);
        }
        let mut notes: Vec<String> = text(component, "type").into_iter().collect();
        notes.extend(Some(place.to_owned()).filter(|place| !place.is_empty()));
        notes.extend(list(component, "pre"));
        notes.extend(
            ["required", "deprecated"].into_iter().filter(|name| flag(component, name)).map(str::to_owned),
        );
        notes.extend(list(component, "post"));
        let default = text(component, "default");
        if !notes.is_empty() || default.is_some() {
            words.push_text(" (");
            words.push_text(&notes.join(", "));
            if let Some(default) = default {
                words.push_text(if notes.is_empty() { "default " } else { ", default " });
                words.push_code(&default);
            }
            words.push_text(")");
        }
        self.joins = true;
        Opened::Frame
    }

    /// A file, a folder or a colour.
    fn leaf(&mut self, component: &Component) -> Opened {
        if self.writer.in_list() {
            self.writer.begin_item(None);
            self.inline = Some(Inline::default());
        } else {
            self.begin_single();
        }
        match lowered(&component.name) {
            Lowered::Color => {
                let text = color(component);
                self.words().push_text(&text);
            }
            kind => {
                let mut name = text(component, "name").unwrap_or_default();
                if kind == Lowered::Folder && !name.ends_with('/') {
                    name.push('/');
                }
                self.words().push_text(&name);
                self.end_words();
                if kind == Lowered::Folder {
                    self.writer.begin_list(None, Spacing::Tight);
                    return Opened::Folder;
                }
            }
        }
        Opened::Frame
    }

    /// What the diagram is written in, as a fence.
    fn mermaid(&mut self, component: &Component, index: usize) -> Opened {
        self.settle();
        if let Some(chart) = text(component, "chart") {
            self.writer.code("mermaid", &chart);
            return self.skip();
        }
        let pieces = self.page.page.pieces.iter().skip(index + 1);
        let mut inside = pieces.take_while(|(piece, _)| !matches!(piece, Piece::ComponentEnd(_)));
        if inside.any(|(piece, _)| matches!(piece, Piece::Fence(_))) {
            return Opened::Children;
        }
        let Some(chart) = self.inside(component) else { return Opened::Children };
        self.writer.code("mermaid", chart.trim());
        self.skip()
    }

    /// What stands in a component, as it is written; none for one that comes from another file.
    fn inside(&self, component: &Component) -> Option<&'a str> {
        let whole = self.page.page.source.slice(component.span);
        let behind = whole.strip_prefix('<')?.strip_prefix(component.name.as_str())?;
        let (inside, _) = behind.split_once('>')?.1.rsplit_once("</")?;
        Some(inside)
    }

    fn visibility(&mut self, component: &Component) -> Opened {
        if text(component, "for").as_deref() == Some("humans") { self.skip() } else { Opened::Children }
    }

    fn explain(&mut self, tip: &Tip) {
        let words = self.words();
        words.push_text(" (");
        words.push_markdown(&tip.text);
        if let Some((text, target)) = &tip.link {
            words.push_text(if tip.text.is_empty() { "" } else { " " });
            self.begin_link("[", target, "");
            let words = self.words();
            words.push_markdown(text);
            words.end_link();
        }
        self.words().push_text(")");
    }

    /// Leaves out what stands in the component that begins.
    fn skip(&mut self) -> Opened {
        self.skipped = Some(self.open.len());
        Opened::Children
    }

    fn strong_line(&mut self, words: Option<String>) {
        let Some(words) = words.filter(|words| !words.trim().is_empty()) else { return };
        let mut inline = Inline::default();
        push_strong(&mut inline, &words);
        self.writer.words(Block::Paragraph, "", &inline);
    }

    fn line(&mut self, words: &str) {
        let mut inline = Inline::default();
        inline.push_markdown(words);
        if !inline.is_blank() {
            self.writer.words(Block::Paragraph, "", &inline);
        }
    }
}

/// The alert that a callout is.
fn callout(component: &Component) -> &'static str {
    match text(component, "type").as_deref() {
        Some("tip" | "check") => "TIP",
        Some("warning") => "WARNING",
        Some("danger") => "CAUTION",
        _ => "NOTE",
    }
}

fn push_strong(inline: &mut Inline, words: &str) {
    inline.begin_emphasis(Emphasis::Strong);
    inline.push_markdown(words.trim());
    inline.end_emphasis(Emphasis::Strong);
}

fn tooltip(component: &Component) -> Opened {
    let said = ["headline", "tip"].into_iter().filter_map(|name| text(component, name));
    let text_of = said.filter(|text| !text.trim().is_empty()).collect::<Vec<_>>().join(": ");
    let link = text(component, "href").filter(|href| !href.is_empty());
    let link = link.map(|href| (text(component, "cta").unwrap_or_else(|| href.clone()), href));
    if text_of.is_empty() && link.is_none() {
        Opened::Words
    } else {
        Opened::Explained(Tip { text: text_of, link })
    }
}

fn color(component: &Component) -> String {
    let name = text(component, "name").unwrap_or_default();
    let value = value(component).unwrap_or_default();
    if name.is_empty() || value.is_empty() { name + &value } else { format!("{name}: {value}") }
}
