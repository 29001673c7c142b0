//! Where the tags of a page stand does not change what it says.

use std::fmt::Write as _;

use pulldown_cmark::TagEnd;

use super::*;

/// What a page is made of.
#[derive(Clone, Debug)]
enum Block {
    Text(&'static str),
    Heading(&'static str),
    Fence(Vec<&'static str>),
    List(Vec<Vec<Block>>),
    Component { name: &'static str, attributes: &'static str, inside: Vec<Block> },
}

fn block() -> impl Strategy<Value = Block> {
    let text =
        prop::sample::select(vec!["text", "`code` and *more*", "日本 é [a](/b)", "a <Icon icon=\"x\" /> b"]);
    let heading = prop::sample::select(vec!["## One", "### A & B?", "## é"]);
    let line = prop::sample::select(vec!["x = 1", "  y", "", "\tz", "<Note>", "</Step>", "- a", "# b", "é"]);
    let leaf = prop_oneof![
        text.prop_map(Block::Text),
        heading.prop_map(Block::Heading),
        proptest::collection::vec(line, 0..4).prop_map(Block::Fence),
    ];
    let name = prop::sample::select(vec!["Note", "Steps", "Step", "Accordion", "Tab"]);
    let attributes = prop::sample::select(vec!["", " title=\"A: b\"", " title='é' open", " cols={2}"]);
    leaf.prop_recursive(4, 24, 4, move |inner| {
        let items = proptest::collection::vec(proptest::collection::vec(inner.clone(), 1..3), 1..3);
        let inside = proptest::collection::vec(inner, 0..4);
        prop_oneof![
            1 => items.prop_map(Block::List),
            3 => (name.clone(), attributes.clone(), inside)
                .prop_map(|(name, attributes, inside)| Block::Component { name, attributes, inside }),
        ]
    })
}

/// The ways to write the same page: numbers that decide about indentation and blank lines, used over and over.
struct Ways<'a>(std::iter::Cycle<std::slice::Iter<'a, u8>>);

impl Ways<'_> {
    fn below(&mut self, limit: u8) -> usize {
        usize::from(self.0.next().map_or(0, |number| number % limit))
    }
}

/// The lines of blocks, which stand at the left.
fn lines(blocks: &[Block], ways: &mut Ways<'_>) -> Vec<String> {
    let mut out: Vec<String> = Vec::new();
    for block in blocks {
        // Paragraphs and lists that touch would become one.
        let is_component = matches!(block, Block::Component { .. });
        let touches = is_component && ways.below(2) == 0;
        if !out.is_empty() && !touches {
            out.push(String::new());
        }
        match block {
            Block::Text(text) | Block::Heading(text) => out.push((*text).to_owned()),
            Block::Fence(code) => {
                out.push("```js".to_owned());
                out.extend(code.iter().map(|line| (*line).to_owned()));
                out.push("```".to_owned());
            }
            Block::List(items) => {
                for item in items {
                    let inner = lines(item, ways);
                    out.extend(inner.iter().enumerate().map(|(at, line)| match (at, line.as_str()) {
                        (0, line) => format!("- {line}"),
                        (_, "") => String::new(),
                        (_, line) => format!("  {line}"),
                    }));
                    // Every list is loose, whatever stands in its items.
                    out.push(String::new());
                }
                out.push("<!-- -->".to_owned());
            }
            Block::Component { name, attributes, inside } => {
                out.push(format!("<{name}{attributes}>"));
                let indentation = " ".repeat(ways.below(6));
                let is_airy = ways.below(2) == 0;
                out.extend(is_airy.then(String::new));
                for line in lines(inside, ways) {
                    out.push(if line.is_empty() { line } else { format!("{indentation}{line}") });
                }
                out.extend(is_airy.then(String::new));
                out.push(format!("</{name}>"));
                out.push(String::new());
            }
        }
    }
    out
}

/// What a page says: its pieces in order, with the text of headings and fences, and the anchors.
fn story(page: &Page) -> String {
    let mut out = String::new();
    for (piece, _) in &page.pieces {
        let written = match piece {
            Piece::HeadingStart(index) => {
                writeln!(out, "heading {:?}", page.headings.get(*index).map(|one| &one.text))
            }
            Piece::HeadingEnd(_) => writeln!(out, "/heading"),
            Piece::Fence(index) => {
                writeln!(out, "fence {:?}", page.fences.get(*index).map(|one| one.body.text()))
            }
            Piece::ComponentStart(index) => {
                let component = page.components.get(*index);
                let attributes: Option<Vec<_>> = component.map(|one| {
                    one.attributes.iter().map(|attribute| (&attribute.name, &attribute.value)).collect()
                });
                writeln!(out, "<{:?} {attributes:?}", component.map(|one| &one.name))
            }
            Piece::ComponentEnd(index) => writeln!(out, "/{index}"),
            Piece::Expression(index) => writeln!(out, "expression {index}"),
            Piece::Tag(index) => writeln!(out, "tag {index}"),
            // Blank lines make a list loose, by the rules of CommonMark.
            Piece::Markdown(Event::Start(Tag::Paragraph) | Event::End(TagEnd::Paragraph)) => Ok(()),
            Piece::Markdown(Event::Html(text)) if text.trim().is_empty() => Ok(()),
            Piece::Markdown(Event::Html(text)) => writeln!(out, "html {}", text.trim()),
            Piece::Markdown(Event::Text(text)) => writeln!(out, "text {text}"),
            Piece::Markdown(event) => writeln!(out, "{event:?}"),
        };
        written.expect("writing to a string cannot fail");
    }
    for diagnostic in &page.diagnostics {
        out.push_str(&diagnostic.problem.message);
    }
    out.extend(page.anchors().map(|anchor| format!("#{anchor}\n")));
    out
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn indentation_and_blank_lines_change_nothing(
        blocks in proptest::collection::vec(block(), 0..5),
        one in proptest::collection::vec(any::<u8>(), 1..24),
        other in proptest::collection::vec(any::<u8>(), 1..24),
        ending in prop::sample::select(vec!["\n", "\r\n"]),
    ) {
        let write = |numbers: &[u8], ending: &str| lines(&blocks, &mut Ways(numbers.iter().cycle())).join(ending) + ending;
        let (first, second) = (write(&one, "\n"), write(&other, ending));
        prop_assert_eq!(holds(&second), Ok(()), "{:?}", second);
        let (first_story, second_story) = (story(&page(&first)), story(&page(&second)));
        prop_assert_eq!(first_story, second_story, "{}\n=====\n{}", first, second);
    }
}
