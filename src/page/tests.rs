//! What a page is read as.

use std::fmt::Write as _;

use proptest::prelude::*;
use pulldown_cmark::{Event, Tag};

use super::*;

fn page(text: &str) -> Page {
    Page::parse(Source::new("content/page.md", text))
}

/// The fences of a page, one a line: language, body, and `swallowed` where the Markdown rules hide it.
#[track_caller]
fn check(text: &str, expected: &str) {
    let page = page(text);
    let mut seen = String::new();
    for fence in &page.fences {
        let swallowed = if fence.swallowed { " swallowed" } else { "" };
        let _ = writeln!(seen, "{} {:?}{swallowed}", fence.language, fence.body.text());
    }
    assert_eq!(seen.trim_end(), expected);
    if let Err(what) = holds(text) {
        panic!("{what}");
    }
}

/// The diagnostics of a page, one a line: code and the text that is underlined.
#[track_caller]
fn says(text: &str, expected: &str) {
    let page = page(text);
    let mut seen = String::new();
    for diagnostic in &page.diagnostics {
        let problem = &diagnostic.problem;
        let _ = writeln!(seen, "{} {}", problem.code.as_str(), page.source.slice(problem.span));
    }
    assert_eq!(seen.trim_end(), expected);
}

/// The pieces of a page in short.
#[track_caller]
fn pieces(text: &str, expected: &str) {
    let mut seen = Vec::new();
    for (piece, _) in page(text).pieces {
        seen.push(match piece {
            Piece::Fence(index) => format!("fence {index}"),
            Piece::HeadingStart(_) => "<heading>".to_owned(),
            Piece::HeadingEnd(_) => "</heading>".to_owned(),
            Piece::Markdown(Event::Start(tag)) => format!("<{}>", name(&tag)),
            Piece::Markdown(Event::End(tag)) => format!("</{tag:?}>"),
            Piece::Markdown(Event::Text(text) | Event::Html(text)) => format!("{text:?}"),
            Piece::Markdown(event) => format!("{event:?}"),
        });
    }
    assert_eq!(seen.join(" "), expected);
}

fn name(tag: &Tag<'_>) -> String {
    format!("{:?}", tag.to_end())
}

fn attributes(info: &str) -> Attributes {
    let page = page(&format!("```{info}\n```\n"));
    page.fences.first().map(|fence| fence.attributes.clone()).unwrap_or_default()
}

/// What is promised of every text whatever.
fn holds(text: &str) -> Result<(), String> {
    let page = page(text);
    let inside =
        |span: Span| text.get(span.range()).map(|_| ()).ok_or(format!("{span:?} is not in the text"));
    page.pieces.iter().try_for_each(|(_, span)| inside(*span))?;
    page.headings.iter().try_for_each(|heading| inside(heading.span))?;
    page.links.iter().try_for_each(|link| inside(link.span))?;
    page.diagnostics.iter().try_for_each(|diagnostic| inside(diagnostic.problem.span))?;
    for fence in &page.fences {
        inside(fence.span)?;
        inside(fence.info)?;
        maps_back(&fence.body)?;
    }
    if page.fences.windows(2).any(|pair| matches!(pair, [one, other] if one.span.end > other.span.start)) {
        return Err("fences overlap, or are not in order".to_owned());
    }
    nests(&page)?;
    let shows_mask = |piece: &Piece| match piece {
        Piece::Markdown(
            Event::Text(piece) | Event::Html(piece) | Event::InlineHtml(piece) | Event::Code(piece),
        ) => piece.contains("<?x") && !text.contains("<?x"),
        _ => false,
    };
    match page.pieces.iter().find(|(piece, _)| shows_mask(piece)) {
        Some(piece) => Err(format!("a mask is shown: {piece:?}")),
        None => Ok(()),
    }
}

/// Each line of a body is the text that it points to; a tab may leave blanks at its beginning.
fn maps_back(body: &Excerpt) -> Result<(), String> {
    let mut at = 0;
    for line in body.text().split_inclusive('\n') {
        let shown = line.trim_end_matches(['\n', '\r']);
        let from = body.source().slice(body.locate(Span::new(at, at + shown.len())));
        if from != shown && from.trim_start() != shown.trim_start() {
            return Err(format!("{shown:?} points to {from:?}"));
        }
        at += line.len();
    }
    Ok(())
}

/// What is opened is closed in order, and each heading and fence stands there once.
fn nests(page: &Page) -> Result<(), String> {
    let mut open = Vec::new();
    let (mut fences, mut headings) = (Vec::new(), Vec::new());
    for (piece, _) in &page.pieces {
        match piece {
            Piece::Markdown(Event::Start(tag)) => open.push(name(tag)),
            Piece::HeadingStart(index) => open.push(format!("{index}")),
            Piece::Markdown(Event::End(tag)) if open.pop() != Some(format!("{tag:?}")) => {
                return Err(format!("{tag:?} ends what is not open"));
            }
            Piece::HeadingEnd(index) if open.pop() != Some(format!("{index}")) => {
                return Err(format!("heading {index} is not open"));
            }
            Piece::HeadingEnd(index) => headings.push(*index),
            Piece::Fence(index) => fences.push(*index),
            Piece::Markdown(_) => {}
        }
    }
    // A fence that stands in a table comes behind it.
    fences.sort_unstable();
    let once = fences.iter().copied().eq(0..page.fences.len())
        && headings.iter().copied().eq(0..page.headings.len());
    if open.is_empty() && once {
        Ok(())
    } else {
        Err(format!("{open:?} stays open, or {fences:?} are not all"))
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_text_is_a_page(text in "\\PC*") {
        prop_assert_eq!(holds(&text), Ok(()));
    }

    #[test]
    fn any_soup_of_markdown_is_a_page(parts in proptest::collection::vec(part(), 0..60)) {
        let text = parts.concat();
        prop_assert_eq!(holds(&text), Ok(()), "{:?}", text);
    }
}

fn part() -> impl Strategy<Value = &'static str> {
    prop::sample::select(vec![
        "```",
        "````",
        "```js",
        "~~~",
        "~~~ x",
        "\n```\n",
        "\n    ```\n",
        "\n",
        "\n",
        "\n\n",
        "\r\n",
        "    ",
        "  ",
        "\t",
        " ",
        "> ",
        "- ",
        "1. ",
        "* ",
        "<Step>",
        "</Step>",
        "\n<Tab a=\"b\">\n",
        "\n</Tab>\n",
        "<div>",
        "</div>",
        "<pre>",
        "</pre>",
        "<!--",
        "-->",
        "<!-- example: no_run -->",
        "{/* example: live */}",
        "{/*",
        "*/}",
        "<?",
        "?>",
        "`",
        "``",
        "text",
        "é",
        "日",
        "# ",
        "\n# h\n",
        "===\n",
        "---\n",
        "| a |\n|---|\n",
        "| b",
        "[a](b",
        ")",
        "[a]: ",
        "\"",
        "*",
        "**",
        "_",
        "[^1]: ",
        "[^1]",
        "\n: ",
        "title: x\n",
        "+++\n",
        "\u{feff}",
        "\\",
        "&amp;",
        "{1,3}",
        "<https://a.b>",
        "[!NOTE]\n",
        "- [ ] ",
        "~",
    ])
}
