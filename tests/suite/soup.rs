//! Our parse against that of MDX on pages that nobody wrote: blocks in blocks at any indentation, and lines at random.

use proofpress::page::{Event, Page, Piece, Tag};
use proofpress::source::Source;
use proptest::prelude::*;

use crate::judges::{difference, mdx, ours};

/// Lines that begin, end and fill what a page is made of.
const LINES: [&str; 26] = [
    "",
    "",
    "text",
    "some *more* `text`",
    "# Heading",
    "### A `b` c",
    "- item",
    "* item",
    "1. item",
    "> quote",
    "```js title=\"a\"",
    "```",
    "~~~",
    "<Note>",
    "</Note>",
    "<Steps>",
    "</Steps>",
    "<Step title=\"One\">",
    "</Step>",
    "<Card title=\"x\" href=\"/y\" />",
    "[link](/target)",
    "![image](/a.png)",
    "a <Tooltip tip=\"t\">b</Tooltip> c",
    "<Note>text</Note>",
    "| a | b |",
    "|---|---|",
];

const COMPONENTS: [&str; 5] = ["Note", "Steps", "Tabs", "Card", "Accordion"];

/// What is decided by numbers; no numbers are left is a decision, too.
struct Choices<'a>(std::slice::Iter<'a, u8>);

impl Choices<'_> {
    fn below(&mut self, limit: u8) -> usize {
        usize::from(self.0.next().map_or(0, |number| number % limit))
    }
}

/// The lines of some blocks.
fn blocks(choices: &mut Choices<'_>, depth: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for _ in 0..=choices.below(3) {
        if !lines.is_empty() && choices.below(4) != 3 {
            lines.push(String::new());
        }
        lines.extend(block(choices, depth));
    }
    lines
}

fn block(choices: &mut Choices<'_>, depth: usize) -> Vec<String> {
    let kinds = if depth < 4 { 10 } else { 6 };
    match choices.below(kinds) {
        0 => vec!["some text".to_owned()],
        1 => vec!["text in `<Note>` and".to_owned(), "a [link](/to) on two lines".to_owned()],
        2 => vec![format!("## Heading {}", choices.below(3))],
        3 => fence(choices),
        4 => vec!["<Card title=\"A &amp; b\" href=\"/c\" />".to_owned()],
        5 => vec!["a <Tooltip tip=\"t\">b</Tooltip> c".to_owned()],
        6 | 7 => component(choices, depth),
        8 => {
            let marker = ["- ", "1. ", "*   ", "-  "].get(choices.below(4)).copied().unwrap_or("- ");
            let items = 1 + choices.below(2);
            let mut lines = Vec::new();
            for _ in 0..items {
                let inner = blocks(choices, depth + 1);
                lines.extend(hang(&inner, marker));
            }
            lines
        }
        _ => {
            blocks(choices, depth + 1).iter().map(|line| format!("> {line}").trim_end().to_owned()).collect()
        }
    }
}

fn fence(choices: &mut Choices<'_>) -> Vec<String> {
    let marks = ["```", "~~~", "````"].get(choices.below(3)).copied().unwrap_or("```");
    let info = ["", "js", "json5 {1-2} title=\"x\""].get(choices.below(3)).copied().unwrap_or_default();
    let mut lines = vec![format!("{marks}{info}")];
    for _ in 0..choices.below(4) {
        let line = ["code", "  indented", "", "<Note>", "</Step>", "- item", "# comment"];
        lines.push(line.get(choices.below(7)).copied().unwrap_or_default().to_owned());
    }
    lines.push(marks.to_owned());
    lines
}

fn component(choices: &mut Choices<'_>, depth: usize) -> Vec<String> {
    let name = COMPONENTS.get(choices.below(5)).copied().unwrap_or("Note");
    let indentation = " ".repeat(choices.below(5));
    let is_airy = choices.below(2) == 1;
    let mut lines = vec![format!("<{name} title=\"T {}\">", choices.below(9))];
    lines.extend(is_airy.then(String::new));
    for line in blocks(choices, depth + 1) {
        lines.push(if line.is_empty() { line } else { format!("{indentation}{line}") });
    }
    lines.extend(is_airy.then(String::new));
    lines.push(format!("</{name}>"));
    lines
}

/// Lines as the content of a list item.
fn hang(lines: &[String], marker: &str) -> Vec<String> {
    let blank = " ".repeat(marker.len());
    lines
        .iter()
        .enumerate()
        .map(|(at, line)| match (at, line.as_str()) {
            (0, line) => format!("{marker}{line}"),
            (_, "") => String::new(),
            (_, line) => format!("{blank}{line}"),
        })
        .collect()
}

/// The first place where we read a page otherwise than MDX; none where MDX does not take it.
fn check(text: &str) -> Result<(), TestCaseError> {
    let Ok(tree) = mdx::tree(text) else { return Ok(()) };
    let page = Page::parse(Source::new("page.md", text));
    // MDX has no indented code, CommonMark has; and where we say that something is wrong, we guess what was meant.
    if page.pieces.iter().any(|(piece, _)| is_indented_code(piece)) || !page.diagnostics.is_empty() {
        return Ok(());
    }
    match difference(&ours::facts(&page), &mdx::facts(&tree)) {
        None => Ok(()),
        Some(how) => Err(TestCaseError::fail(format!("{how}\n{text}"))),
    }
}

fn is_indented_code(piece: &Piece) -> bool {
    matches!(piece, Piece::Markdown(Event::Start(Tag::CodeBlock(None))))
}

fn settings() -> ProptestConfig {
    ProptestConfig { cases: 2000, failure_persistence: None, ..ProptestConfig::default() }
}

proptest! {
    #![proptest_config(settings())]

    #[test]
    fn nested_blocks_are_what_mdx_reads(choices in prop::collection::vec(any::<u8>(), 0..80)) {
        let lines = blocks(&mut Choices(choices.iter()), 0);
        check(&(lines.join("\n") + "\n"))?;
    }

    #[test]
    fn lines_at_random_are_what_mdx_reads(
        lines in prop::collection::vec((0..4_usize, prop::sample::select(LINES.as_slice())), 0..12)
    ) {
        let lines: Vec<String> =
            lines.iter().map(|(indentation, line)| format!("{}{line}", " ".repeat(*indentation))).collect();
        check(&(lines.join("\n") + "\n"))?;
    }
}
