//! What is written is read as the same again.

use proptest::prelude::*;
use pulldown_cmark::{CodeBlockKind, Event, Options, Parser, Tag, TagEnd};

use super::super::super::tests::bare;
use super::*;
use crate::page::{Event as Kept, Page, Piece};

/// Events in short: the text of a block as one, and nothing that only arranges.
#[derive(Default)]
struct Shape {
    out: Vec<String>,
    text: String,
    code: Option<String>,
    emphasis: Emphasised,
}

/// Whether emphasis counts: some that is made of odd signs has no second spelling, and is left out.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
enum Emphasised {
    #[default]
    Shown,
    Ignored,
}

impl Shape {
    fn event(&mut self, event: &Event<'_>, target: &dyn Fn(&str) -> String) {
        match event {
            Event::Text(text) => self.text.push_str(text),
            Event::SoftBreak => self.text.push('\n'),
            Event::HardBreak => {
                self.text.truncate(self.text.trim_end_matches([' ', '\t']).len());
                self.text.push_str("\u{1}\n");
            }
            Event::FootnoteReference(label) => self.put(format!("note {label}")),
            Event::Start(Tag::FootnoteDefinition(label)) => self.put(format!("<note {label}>")),
            Event::Code(code) => self.put(format!("`{code}`")),
            Event::Start(Tag::CodeBlock(kind)) => {
                self.flush();
                self.code = Some(match kind {
                    CodeBlockKind::Fenced(info) if info.starts_with("title=") => String::new(),
                    CodeBlockKind::Fenced(info) => info.split(' ').next().unwrap_or_default().to_lowercase(),
                    CodeBlockKind::Indented => String::new(),
                });
            }
            Event::End(TagEnd::CodeBlock) => {
                let language = self.code.take().unwrap_or_default();
                let text = std::mem::take(&mut self.text);
                self.fence(&language, &text);
            }
            Event::Start(Tag::HtmlBlock | Tag::DefinitionList)
            | Event::End(TagEnd::HtmlBlock | TagEnd::DefinitionList) => self.flush(),
            Event::Html(html) | Event::InlineHtml(html) => self.put(format!("html {html}")),
            Event::Start(Tag::Link { dest_url, title, .. }) => {
                self.put(format!("link {} {title}", target(dest_url)));
            }
            Event::Start(Tag::Image { dest_url, title, .. }) => {
                self.put(format!("image {} {title}", target(dest_url)));
            }
            Event::Start(Tag::Heading { level, .. }) => self.put(format!("<heading {}>", *level as u8)),
            Event::Start(Tag::Emphasis | Tag::Strong | Tag::Strikethrough)
            | Event::End(TagEnd::Emphasis | TagEnd::Strong | TagEnd::Strikethrough)
                if self.emphasis == Emphasised::Ignored => {}
            Event::Start(tag) => self.put(format!("<{tag:?}>")),
            Event::End(TagEnd::Heading(_)) => self.put("</heading>".to_owned()),
            event => self.put(format!("{event:?}")),
        }
    }

    fn fence(&mut self, language: &str, code: &str) {
        let code = code.strip_suffix('\n').unwrap_or(code);
        // The language is kept as it is written, in which a parser reads escapes and entities.
        let language = language.split(|letter: char| !letter.is_alphanumeric()).next().unwrap_or_default();
        self.put(format!("code {language} {code:?}"));
    }

    fn put(&mut self, what: String) {
        self.flush();
        self.out.push(what);
    }

    fn flush(&mut self) {
        let text = std::mem::take(&mut self.text);
        let lines: Vec<&str> = text.lines().map(|line| line.trim_matches([' ', '\t'])).collect();
        let text = lines.join("\n");
        // Nothing is broken at the beginning and the end of a block.
        let text = text.trim_matches([' ', '\n', '\u{1}']);
        if !text.is_empty() {
            self.out.push(format!("{text:?}"));
        }
    }
}

/// What was read; a break in a heading is a blank, for it has one line.
fn of_page(page: &Page, emphasis: Emphasised, target: &dyn Fn(&str) -> String) -> Vec<String> {
    let mut shape = Shape { emphasis, ..Shape::default() };
    let mut in_heading = false;
    for (piece, _) in &page.pieces {
        match piece {
            Piece::Markdown(Kept::SoftBreak | Kept::HardBreak) if in_heading => {
                shape.text.truncate(shape.text.trim_end().len());
                shape.text.push(' ');
            }
            Piece::Markdown(event) => shape.event(&event.lent(), target),
            Piece::HeadingStart(index) => {
                in_heading = true;
                let level = page.headings.get(*index).map_or(0, |heading| heading.level);
                shape.put(format!("<heading {level}>"));
            }
            Piece::HeadingEnd(_) => {
                in_heading = false;
                shape.put("</heading>".to_owned());
            }
            Piece::Fence(index) => {
                if let Some(fence) = page.fences.get(*index) {
                    shape.fence(&fence.language, fence.body.text());
                }
            }
            Piece::Expression(index) => {
                let text = page.expressions.get(*index).map(|expression| expression.text.as_str());
                shape.event(&Event::Text(text.unwrap_or_default().into()), target);
            }
            Piece::ComponentStart(_) | Piece::ComponentEnd(_) | Piece::Tag(_) => {}
        }
    }
    shape.flush();
    shape.out
}

fn of_markdown(text: &str, emphasis: Emphasised) -> Vec<String> {
    let options = Options::ENABLE_TABLES
        | Options::ENABLE_FOOTNOTES
        | Options::ENABLE_STRIKETHROUGH
        | Options::ENABLE_TASKLISTS
        | Options::ENABLE_GFM
        | Options::ENABLE_HEADING_ATTRIBUTES
        | Options::ENABLE_DEFINITION_LIST;
    let mut shape = Shape { emphasis, ..Shape::default() };
    for event in Parser::new_ext(text, options) {
        shape.event(&event, &str::to_owned);
    }
    shape.flush();
    shape.out
}

/// Whether a page holds something that Markdown has no word for.
fn is_foreign(page: &Page) -> bool {
    let has_html = |piece: &Piece| matches!(piece, Piece::Markdown(Kept::Html(_) | Kept::InlineHtml(_)));
    !page.components.is_empty() || page.pieces.iter().any(|(piece, _)| has_html(piece))
}

/// Both readings of a page, where they differ.
fn difference(site: &Site, index: usize, emphasis: Emphasised) -> Option<(Vec<String>, Vec<String>, String)> {
    let page = site.shown(index)?;
    let agents = Agents::new(site);
    let mut lowering = Lowering::new(&agents, page);
    lowering.pieces(0, page.page.pieces.len());
    let markdown = lowering.finish();
    let target = |target: &str| agents.target(page, target).into_owned();
    let (before, after) = (of_page(&page.page, emphasis, &target), of_markdown(&markdown, emphasis));
    (before != after).then_some((before, after, markdown))
}

/// A site whose one page says this.
fn of_text(text: &str) -> Fixture {
    let mut site = bare(&[("content/index.md", "")]);
    if let Some(page) = site.pages.first_mut() {
        page.page = Page::parse(crate::source::Source::new("content/index.md", text));
    }
    site
}

fn holds(text: &str, emphasis: Emphasised) -> Result<(), TestCaseError> {
    let site = of_text(text);
    let is_ours = site.pages.first().is_some_and(|page| !is_foreign(&page.page));
    prop_assume!(is_ours);
    if let Some((before, after, markdown)) = difference(&site, 0, emphasis) {
        let text = format!("{text:?}\nbecame\n{markdown}\nand {before:#?}\nbecame {after:#?}");
        return Err(TestCaseError::fail(text));
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, max_global_rejects: 100_000, ..ProptestConfig::default() })]

    #[test]
    fn signs_are_read_as_the_same_signs(text in "[a1 *_~`#>=|:<&;!(){}+.\\[\\]\\\\\n-]{0,40}") {
        holds(&text, Emphasised::Ignored)?;
    }

    #[test]
    fn emphasis_is_read_as_the_same_emphasis(parts in proptest::collection::vec(emphasised(), 0..8)) {
        holds(&parts.concat(), Emphasised::Shown)?;
    }

    #[test]
    fn blocks_are_read_as_the_same_blocks(parts in proptest::collection::vec(part(), 0..40)) {
        holds(&parts.concat(), Emphasised::Ignored)?;
    }
}

/// Words with emphasis, and what stands between them and the next ones.
fn emphasised() -> impl Strategy<Value = String> {
    let emphasised = [
        "*a*",
        "**b**",
        "_c_",
        "*d **e** f*",
        "***g***",
        "~~h~~",
        "**_i_**",
        "*j*k",
        "(**l**)",
        "**`m`**",
        "**n** o*p",
    ];
    let between = [" ", ", ", "\n", " q ", " 2 * 3 ", " r_s ", "\\\n"];
    let parts = (prop::sample::select(emphasised.to_vec()), prop::sample::select(between.to_vec()));
    parts.prop_map(|(emphasised, between)| format!("{emphasised}{between}"))
}

fn part() -> impl Strategy<Value = &'static str> {
    prop::sample::select(vec![
        "a",
        "b c",
        "\n",
        "\n",
        "\n\n",
        "  ",
        "    ",
        "> ",
        "- ",
        "* ",
        "1. ",
        "3) ",
        "# ",
        "### ",
        "\n---\n",
        "***",
        "`d`",
        "*e*",
        "**f**",
        "_g_",
        "~~h~~",
        "[i](j)",
        "![k](l \"m\")",
        "<https://n.example>",
        "[^o]",
        "\n\n[^o]: p\n",
        "\n| q | r |\n|---|:-:|\n| s | t |\n",
        "\n```u\nv\n```\n",
        "\n: w",
        "- [x] ",
        "> [!TIP]\n> ",
        "\\\n",
        "\\*",
        "\\_",
        "\\`",
        "&amp;",
        "&lt;",
        "1",
        "#",
        "|",
        "=",
        "\n===\n",
        "~",
        ":",
    ])
}

#[test]
fn our_own_manual_is_read_as_the_same() {
    let site = crate::site::load(std::path::Path::new(env!("CARGO_MANIFEST_DIR"))).expect("it can be read");
    let mut read = 0;
    for (index, page) in site.pages.iter().enumerate().filter(|(_, page)| !is_foreign(&page.page)) {
        let differs = difference(&site, index, Emphasised::Shown);
        assert_eq!(differs, None, "{}", page.page.source.path());
        read += 1;
    }
    assert!(read > 10, "only {read} pages were read");
}
