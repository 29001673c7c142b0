//! Components in places where they mean nothing, by what Mintlify shows of them there.

use crate::diagnostics::{Code, Diagnostic, Problem};
use crate::page::{Component, Event, Names, Page, Piece, Tag};
use crate::site::PageKind;
use crate::source::Span;

/// Components that stand directly in one of others, the first of which is named to the author.
const PARENTS: [(&str, &[&str]); 6] = [
    ("Color.Item", &["Color", "Color.Row"]),
    ("Color.Row", &["Color"]),
    ("Step", &["Steps"]),
    ("Tab", &["Tabs"]),
    ("Tree.File", &["Tree", "Tree.Folder"]),
    ("Tree.Folder", &["Tree", "Tree.Folder"]),
];

/// Components that take a part of the width of a page, which no cell of a table has.
const NEVER_IN_TABLES: [&str; 2] = ["ParamField", "ResponseField"];

/// What may stand directly in a component.
#[derive(Clone, Copy)]
enum Content {
    /// Only these components.
    Only(&'static [&'static str]),
    /// These components, and text between them.
    OnlyOrText(&'static [&'static str]),
    /// These components, and lists in their place.
    OnlyOrLists(&'static [&'static str]),
    Fences,
    /// Everything but text, which belongs into one of these.
    Blocks(&'static str),
}

const CONTENTS: [(&str, Content); 8] = [
    ("AccordionGroup", Content::OnlyOrText(&["Accordion"])),
    ("CardGroup", Content::Blocks("Card")),
    ("CodeGroup", Content::Fences),
    ("Columns", Content::Blocks("Column")),
    ("Tabs", Content::Only(&["Tab"])),
    ("Tiles", Content::Blocks("Tile")),
    ("Tree", Content::OnlyOrLists(&["Tree.File", "Tree.Folder"])),
    ("Tree.Folder", Content::OnlyOrLists(&["Tree.File", "Tree.Folder"])),
];

/// What stands somewhere.
#[derive(Clone, Copy)]
enum Thing<'a> {
    Component(&'a str),
    Fence,
    List,
    Text,
    Other,
}

impl Content {
    fn allows(self, thing: Thing<'_>) -> bool {
        match (self, thing) {
            (
                Self::Only(names) | Self::OnlyOrText(names) | Self::OnlyOrLists(names),
                Thing::Component(name),
            ) => names.contains(&name),
            (Self::OnlyOrText(_), thing) => !matches!(thing, Thing::Fence),
            (Self::OnlyOrLists(_), Thing::List) | (Self::Fences, Thing::Fence) => true,
            (Self::Blocks(_), thing) => !matches!(thing, Thing::Text),
            (Self::Only(_) | Self::OnlyOrLists(_) | Self::Fences, _) => false,
        }
    }

    fn problem(self, component: &Component, span: Span) -> Problem {
        let name = &component.name;
        let (message, help) = match self {
            Self::Only(names) | Self::OnlyOrText(names) | Self::OnlyOrLists(names) => {
                let child = names.first().copied().unwrap_or_default();
                (
                    format!("`{name}` holds something else than `{child}`"),
                    format!("put it into `<{child}>`, or outside of `<{name}>`"),
                )
            }
            Self::Fences => (
                format!("`{name}` holds something else than fences"),
                format!("put it above or below `<{name}>`"),
            ),
            Self::Blocks(child) => {
                (format!("`{name}` holds text of its own"), format!("put the text into `<{child}>`"))
            }
        };
        Problem::new(Code::MisplacedComponent, span, message).help(help)
    }
}

/// What is wrong with the places of the components of a page; each is blamed for its content once.
pub(super) fn misplaced(page: &Page, kind: PageKind) -> Vec<Diagnostic> {
    let mut walk = Walk { page, kind, names: Names::default(), open: Vec::new(), problems: Vec::new() };
    for (piece, span) in &page.pieces {
        walk.piece(piece, *span);
    }
    walk.problems.into_iter().map(|problem| problem.of(&page.source)).collect()
}

/// What is open at some place of a page.
enum Open<'a> {
    Component(&'a Component, Option<Content>),
    Paragraph,
    Table,
    Element,
}

struct Walk<'a> {
    page: &'a Page,
    kind: PageKind,
    names: Names,
    open: Vec<Open<'a>>,
    problems: Vec<Problem>,
}

impl Walk<'_> {
    fn piece(&mut self, piece: &Piece, span: Span) {
        match piece {
            Piece::ComponentStart(index) => {
                let Some(component) = self.page.components.get(*index) else { return };
                self.place(component);
                if self.is_ours(component) {
                    self.hold(Thing::Component(&component.name), component.name_span);
                }
                let content = CONTENTS.iter().find(|(name, _)| *name == component.name);
                self.open.push(Open::Component(component, content.map(|(_, content)| *content)));
            }
            Piece::HeadingStart(_) => {
                self.hold(Thing::Text, span);
                self.open.push(Open::Element);
            }
            Piece::Fence(index) => {
                let line = self.page.fences.get(*index).map(|fence| fence.span.start..fence.info.end);
                let line = line.map_or(span, |line| Span { start: line.start, end: line.end });
                self.hold(Thing::Fence, line);
            }
            Piece::Markdown(Event::Start(tag)) => self.start(tag, span),
            Piece::ComponentEnd(_) | Piece::HeadingEnd(_) | Piece::Markdown(Event::End(_)) => {
                self.open.pop();
            }
            Piece::Markdown(Event::Text(text)) if !text.trim().is_empty() => self.hold(Thing::Text, span),
            Piece::Markdown(Event::Code(_)) => self.hold(Thing::Text, span),
            Piece::Expression(_) | Piece::Tag(_) | Piece::Markdown(_) => {}
        }
    }

    fn start(&mut self, tag: &Tag, span: Span) {
        let thing = match tag {
            Tag::Paragraph | Tag::HtmlBlock => None,
            Tag::List(_) => Some(Thing::List),
            Tag::Emphasis | Tag::Strong | Tag::Strikethrough | Tag::Link(_) => Some(Thing::Text),
            _ => Some(Thing::Other),
        };
        if let Some(thing) = thing {
            self.hold(thing, span);
        }
        self.open.push(match tag {
            Tag::Paragraph | Tag::HtmlBlock => Open::Paragraph,
            Tag::Table(_) => Open::Table,
            _ => Open::Element,
        });
    }

    /// Whether we know what a component does with its content.
    fn is_ours(&self, component: &Component) -> bool {
        self.names.place(&component.name).is_some()
            && component.name != "Snippet"
            && self.page.module.imported(&component.name).is_none()
    }

    /// Holds the place of a component against what it needs around it.
    fn place(&mut self, component: &Component) {
        let name = component.name.as_str();
        let around = self.open.iter().rev().find_map(|open| match open {
            Open::Component(component, _) => Some(*component),
            Open::Paragraph | Open::Table | Open::Element => None,
        });
        let parents = PARENTS.iter().find(|(child, _)| *child == name);
        let is_lost = parents.is_some_and(|(_, parents)| {
            // What stands around a snippet is known only where it is used.
            around.map_or(self.kind == PageKind::Page, |around| {
                self.is_ours(around) && !parents.contains(&around.name.as_str())
            })
        });
        if let Some(parent) = parents.and_then(|(_, parents)| parents.first()).filter(|_| is_lost) {
            let message = format!("`{name}` stands outside of `{parent}`");
            let problem = Problem::new(Code::MisplacedComponent, component.name_span, message);
            self.problems.push(problem.help(format!("put `<{parent}>` and `</{parent}>` around it")));
        }
        let in_table = self.open.iter().any(|open| matches!(open, Open::Table));
        if in_table && NEVER_IN_TABLES.contains(&name) {
            let message = format!("`{name}` stands in a table");
            let problem = Problem::new(Code::MisplacedComponent, component.name_span, message);
            self.problems.push(problem.help("put it below the table"));
        }
    }

    /// Holds a thing against what may stand directly in the component around it.
    fn hold(&mut self, thing: Thing<'_>, span: Span) {
        let direct = match self.open.as_mut_slice() {
            [.., Open::Component(component, content), Open::Paragraph]
            | [.., Open::Component(component, content)] => Some((component, content)),
            _ => None,
        };
        let Some((component, content)) = direct else { return };
        if let Some(wanted) = content.filter(|content| !content.allows(thing)) {
            self.problems.push(wanted.problem(component, span));
            *content = None;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::Source;

    /// The texts that are underlined, and the messages.
    #[track_caller]
    fn check(text: &str, expected: &[(&str, &str)]) {
        let page = Page::parse(Source::new("content/page.md", text));
        let found = misplaced(&page, PageKind::Page);
        let seen: Vec<_> = found
            .iter()
            .map(|said| (page.source.slice(said.problem.span), said.problem.message.as_str()))
            .collect();
        assert_eq!(seen, expected);
    }

    #[test]
    fn a_step_stands_in_steps() {
        check("<Step title=\"a\">\nb\n</Step>\n", &[("Step", "`Step` stands outside of `Steps`")]);
        check("<Tabs>\n<Tab title=\"a\">\n<Steps>\n<Step title=\"b\" />\n</Steps>\n</Tab>\n</Tabs>\n", &[]);
        check("<Note>\n<Tab title=\"a\" />\n</Note>\n", &[("Tab", "`Tab` stands outside of `Tabs`")]);
        check("<Tree.File name=\"a\" />\n", &[("Tree.File", "`Tree.File` stands outside of `Tree`")]);
    }

    #[test]
    fn a_group_holds_what_it_is_for() {
        let message = "`AccordionGroup` holds something else than `Accordion`";
        check("<AccordionGroup>\n```sh\n```\n<Note />\n</AccordionGroup>\n", &[("```sh", message)]);
        check("<Tabs>\na\n</Tabs>\n", &[("a", "`Tabs` holds something else than `Tab`")]);
        check("<AccordionGroup>\n<Note>\na\n</Note>\n</AccordionGroup>\n", &[("Note", message)]);
        check(
            "<AccordionGroup>\n{/* a */}\n<!-- b -->\n<Accordion title=\"c\">\nd\n</Accordion>\n</AccordionGroup>\n",
            &[],
        );
    }

    #[test]
    fn a_code_group_holds_fences() {
        check("<CodeGroup>\n```js\n```\n\n```sh\n```\n</CodeGroup>\n", &[]);
        let message = "`CodeGroup` holds something else than fences";
        check("<CodeGroup>\nSee [a](b):\n```js\n```\n</CodeGroup>\n", &[("See ", message)]);
    }

    #[test]
    fn columns_hold_blocks() {
        check("<Columns>\n![](a.png)\n<Card title=\"a\">\nb\n</Card>\n</Columns>\n", &[]);
        check("<Columns>\n**a**\n</Columns>\n", &[("**a**", "`Columns` holds text of its own")]);
    }

    #[test]
    fn a_tree_holds_lists_or_files() {
        check(
            "<Tree>\n- a/\n  - b\n</Tree>\n<Tree>\n<Tree.Folder name=\"a\">\n<Tree.File name=\"b\" />\n</Tree.Folder>\n</Tree>\n",
            &[],
        );
        check("<Tree>\na\n</Tree>\n", &[("a", "`Tree` holds something else than `Tree.File`")]);
    }

    #[test]
    fn a_component_of_a_site_may_hold_anything() {
        check("<Odd>\n<Step title=\"a\" />\n</Odd>\n<Steps>\n<Odd>\na\n</Odd>\n</Steps>\n", &[]);
    }
}
