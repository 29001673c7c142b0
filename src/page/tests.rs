//! What a page is read as.

mod anchors;
mod attributes;
mod components;
mod html;
mod module;
mod nesting;

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
            Piece::ComponentStart(index) => format!("<{index}>"),
            Piece::ComponentEnd(index) => format!("</{index}>"),
            Piece::Expression(index) => format!("{{{index}}}"),
            Piece::Tag(index) => format!("<{{{index}}}>"),
            Piece::Markdown(Event::Start(tag)) => format!("<{}>", name(&tag)),
            Piece::Markdown(Event::End(tag)) => format!("</{tag:?}>"),
            Piece::Markdown(Event::Text(text) | Event::Html(text)) => format!("{:?}", text.as_ref()),
            Piece::Markdown(Event::Code(text)) => format!("`{text}`"),
            Piece::Markdown(event) => format!("{event:?}"),
        });
    }
    assert_eq!(seen.join(" "), expected);
}

fn name(tag: &Tag<'_>) -> String {
    format!("{:?}", tag.to_end())
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
    let masks = ["<?x", "<?0", "<?1", "<?/", "<?-", "<x-", "</x-"];
    let shows = |piece: &str| masks.iter().any(|mask| piece.contains(mask) && !text.contains(mask));
    let shows_mask = |piece: &Piece| match piece {
        Piece::Markdown(
            Event::Text(piece) | Event::Html(piece) | Event::InlineHtml(piece) | Event::Code(piece),
        ) => shows(piece),
        _ => false,
    };
    if page.fences.iter().any(|fence| shows(fence.body.text())) {
        return Err("a mask is shown in a fence".to_owned());
    }
    for component in &page.components {
        inside(component.span)?;
        if page.source.slice(component.name_span) != component.name {
            return Err(format!("{component:?} has its name elsewhere"));
        }
        component.attributes.iter().try_for_each(|attribute| inside(attribute.value_span))?;
        stands(&page, component)?;
    }
    leads(&page)?;
    match page.pieces.iter().find(|(piece, _)| shows_mask(piece)) {
        Some(piece) => Err(format!("a mask is shown: {piece:?}")),
        None => Ok(()),
    }
}

/// A component has its tag and its attributes where it says.
fn stands(page: &Page, component: &Component) -> Result<(), String> {
    let whole = page.source.slice(component.span);
    if !whole.starts_with('<') || !component.span.contains(component.name_span) {
        return Err(format!("{component:?} stands elsewhere: {whole:?}"));
    }
    for attribute in &component.attributes {
        let name = page.source.slice(attribute.name_span);
        let value = page.source.slice(attribute.value_span);
        let is_right = match &attribute.value {
            AttributeValue::Flag => value.is_empty(),
            AttributeValue::Data(_) | AttributeValue::Expression(_) => {
                value.starts_with('{') && value.ends_with('}')
            }
            AttributeValue::Text(text) => {
                value.starts_with(['"', '\'', '{']) || value.trim_end_matches('/') == text || value == text
            }
        };
        if name != attribute.name || !is_right || !component.span.contains(attribute.value_span) {
            return Err(format!("{attribute:?} stands elsewhere: {name:?} {value:?}"));
        }
    }
    Ok(())
}

/// Headings, links and anchors are where they say, and those of the page are found; no two places have one id.
fn leads(page: &Page) -> Result<(), String> {
    let mut ids = std::collections::BTreeSet::new();
    for heading in &page.headings {
        let written = page.source.slice(heading.span);
        // Marks, entities and values in braces may stand between its letters, or for them.
        let mut letters = written.chars();
        let is_there = |letter: char| !letter.is_alphanumeric() || letters.any(|other| other == letter);
        if !written.contains(['&', '{']) && !heading.text.chars().all(is_there) {
            return Err(format!("{heading:?} stands elsewhere: {written:?}"));
        }
        if !ids.insert(heading.id.as_str()) {
            return Err(format!("{heading:?} has the id of another"));
        }
    }
    for link in &page.links {
        let written = page.source.slice(link.span);
        let is_plain = !written.starts_with(['[', '!', '<', '{']) && !written.contains('&');
        if is_plain && !written.contains(&link.target) {
            return Err(format!("{link:?} stands elsewhere: {written:?}"));
        }
    }
    let components = page.components.iter().filter_map(|component| component.id.as_deref());
    if let Some(id) = components.clone().find(|id| !ids.insert(id)) {
        return Err(format!("{id:?} is the id of two"));
    }
    let aliases = page.headings.iter().flat_map(|heading| &heading.aliases);
    let aliases = aliases.chain(page.components.iter().flat_map(|component| &component.aliases));
    if let Some(alias) = aliases.clone().find(|alias| !ids.insert(alias)) {
        return Err(format!("{alias:?} is an alias of another"));
    }
    match ids.iter().find(|id| !id.is_empty() && !page.has_anchor(id)) {
        Some(id) => Err(format!("{id:?} is not found")),
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
    let (mut fences, mut headings, mut components) = (Vec::new(), Vec::new(), Vec::new());
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
            Piece::ComponentStart(index) => open.push(format!("component {index}")),
            Piece::ComponentEnd(index) if open.pop() != Some(format!("component {index}")) => {
                return Err(format!("component {index} is not open"));
            }
            Piece::ComponentEnd(index) => components.push(*index),
            Piece::Fence(index) => fences.push(*index),
            Piece::Expression(_) | Piece::Tag(_) | Piece::Markdown(_) => {}
        }
    }
    // A fence that stands in a table comes behind it.
    fences.sort_unstable();
    components.sort_unstable();
    let once = fences.iter().copied().eq(0..page.fences.len())
        && headings.iter().copied().eq(0..page.headings.len())
        && components.iter().copied().eq(0..page.components.len());
    if open.is_empty() && once {
        Ok(())
    } else {
        Err(format!("{open:?} stays open, or {fences:?} or {components:?} are not all"))
    }
}

#[test]
fn a_fence_in_the_open_is_seen() {
    check("```json\n{}\n```\n", r#"json "{}\n""#);
}

#[test]
fn a_fence_in_a_list_loses_the_indentation_of_the_item() {
    check("1. a\n\n   ~~~py\n   x\n     y\n\n   z\n   ~~~\n", r#"py "x\n  y\n\nz\n""#);
}

#[test]
fn a_fence_behind_a_list_mark_loses_the_indentation_of_the_item() {
    check("- ```sh\n  ls\n  ```\n", r#"sh "ls\n""#);
}

#[test]
fn a_fence_in_a_quote_loses_the_marks() {
    check("> - a\n>   ```sh\n>   ls\n>\n>   cd\n>   ```\n", r#"sh "ls\n\ncd\n""#);
}

#[test]
fn a_tab_over_the_border_leaves_a_part_of_itself() {
    check("- a\n  ```sh\n\tls\n  ```\n", r#"sh "  ls\n""#);
    check("<Step>\n  ```sh\n\tls\n  ```\n</Step>\n", r#"sh "  ls\n""#);
}

#[test]
fn carriage_returns_are_not_part_of_a_body() {
    check("a\r\n```sh x=1\r\nls\r\n\r\ncd\r\n```\r\n", r#"sh "ls\n\ncd\n""#);
    check("<Step>\r\n  ```sh\r\n  ls\r\n  ```\r\n</Step>\r\n", r#"sh "ls\n""#);
}

#[test]
fn a_byte_order_mark_is_no_text() {
    check("\u{feff}```json\n{}\n```\n", r#"json "{}\n""#);
}

#[test]
fn a_fence_in_a_longer_fence_is_shown() {
    check("````md\n```js\n1\n```\n````\n", r#"md "```js\n1\n```\n""#);
    check("<Step>\n  ````md\n  ```js\n  1\n  ```\n  ````\n</Step>\n", r#"md "```js\n1\n```\n""#);
}

#[test]
fn a_fence_in_a_comment_is_none() {
    check("<!--\n```js\n1\n```\n-->\n", "");
    check("<Step>\n  <!-- a\n\n    ```js\n    1\n    ```\n  -->\n</Step>\n", "");
}

#[test]
fn a_fence_in_a_code_span_or_raw_html_is_none() {
    check("`` a\n    ```js\n`` b\n\n    ```\n", "");
    check("<pre>\n```js\n1\n```\n</pre>\n", "");
}

#[test]
fn a_fence_in_a_component_is_found_at_any_depth() {
    let text = "<Steps>\n  <Step title=\"A\">\n    Text.\n    ```bash\n    ls\n\n      cd\n    ```\n    More.\n  </Step>\n</Steps>\n";
    check(text, r#"bash "ls\n\n  cd\n""#);
    says(text, "");
}

#[test]
fn a_fence_behind_one_in_a_component_is_as_it_was() {
    check("<Step>\n```x\n\n1\n```\n</Step>\n\n```y\n2\n```\n", "x \"\\n1\\n\"\ny \"2\\n\"");
}

#[test]
fn a_component_holds_in_what_is_not_closed() {
    check("<Step>\n\n```x\n1\n</Step>\n\n```y\n2\n```\n", "x \"1\\n\"\ny \"2\\n\"");
    says("<Step>\n\n```x\n1\n</Step>\n\n```y\n2\n```\n", "unclosed-fence ```x");
}

#[test]
fn a_closing_line_may_stand_deeper_in_a_component() {
    check("<Step>\n\n```x\n1\n     ```\n\n</Step>\n\n```y\n2\n```\n", "x \"1\\n\"\ny \"2\\n\"");
}

#[test]
fn a_name_in_angle_brackets_is_no_component() {
    check("Write <TOKEN> here.\n\n```x\n1\n```\n", r#"x "1\n""#);
    check("`<Step>` and\n\n```x\n1\n```\n\n`</Step>`\n", r#"x "1\n""#);
}

#[test]
fn a_hidden_fence_is_read_and_said() {
    let text = "text\n    ```json\n    {}\n    ```\n";
    check(text, r#"json "{}\n" swallowed"#);
    says(text, "hidden-fence ```json");
    says("<div>\n```json\n{}\n```\n</div>\n", "hidden-fence ```json");
}

#[test]
fn a_fence_whose_body_leaves_its_item_is_read_as_meant() {
    let text = "- item\n  ```bash\nls\n  ```\n\ntext\n";
    check(text, r#"bash "ls\n" swallowed"#);
    says(text, "hidden-fence ```bash");
}

#[test]
fn marks_with_text_between_them_are_no_fence() {
    check("    ```x\n    a\n\ntext\n\n    ```\n", "");
}

#[test]
fn a_component_in_a_component_ends_before_it() {
    says("<Step>\n<Tab>\n</Tab>\n  ```x\n  ```\n</Step>\n", "");
}

#[test]
fn a_tag_in_a_code_span_is_no_component() {
    says("`<Step>` is\n    ```x\n    ```\n\n`</Step>`\n", "hidden-fence ```x");
}

#[test]
fn fences_stand_in_the_order_of_the_file() {
    check("a\n    ```x\n\n    ```\n\n: ```y\n", "x \"\\n\" swallowed\ny \"\"");
}

#[test]
fn a_fence_that_is_never_closed_is_said() {
    says("a\n\n```json5 x\n{}\n", "unclosed-fence ```json5 x");
    says("> ```a\n> b\n\n```c\nd\n```\n", "unclosed-fence ```a");
}

#[test]
fn a_fence_divides_what_it_stands_in() {
    pieces(
        "a *b\n    ```x\n    ```\n  c* d\n",
        r#"<Paragraph> "a " <Emphasis> "b" </Emphasis> </Paragraph> fence 0 <Paragraph> <Emphasis> "c" </Emphasis> " d" </Paragraph>"#,
    );
    pieces("<Step>\n  ```x\n\n  ```\n</Step>\n", "<0> fence 0 </0>");
    pieces("    ```x\n    1\n    ```\n", "fence 0");
}

#[test]
fn a_fence_in_a_list_item_stays_there() {
    pieces(
        "- a\n\n      ```x\n      ```\n",
        r#"<List(false)> <Item> <Paragraph> "a" </Paragraph> fence 0 </Item> </List(false)>"#,
    );
}

#[test]
fn a_comment_in_the_way_of_mdx_is_not_shown() {
    pieces("{/* example: live */}\n```x\n```\n", "fence 0");
}

#[test]
fn headings_have_anchors() {
    let page = page("# A *b* `c`\n\n## A b c\n\nD\n---\n\n# E {#own}\n\n# own\n");
    let anchors: Vec<_> = page.headings.iter().map(|heading| (heading.level, heading.id.as_str())).collect();
    assert_eq!(anchors, [(1, "a-b-c"), (2, "a-b-c-1"), (2, "d"), (1, "own"), (1, "own-1")]);
    assert_eq!(page.front.title, "A b c");
}

#[test]
fn links_keep_their_place() {
    let text = "a [b](/c#d) ![e](f.png)\n\n[g]\n\n[g]: h.md\n";
    let page = page(text);
    let seen: Vec<_> = page
        .links
        .iter()
        .map(|link| (link.target.as_str(), page.source.slice(link.span), link.image))
        .collect();
    assert_eq!(seen, [("/c#d", "[b](/c#d)", false), ("f.png", "![e](f.png)", true), ("h.md", "[g]", false)]);
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_text_is_a_page(text in "\\PC*") {
        prop_assert_eq!(holds(&text), Ok(()));
    }

    #[test]
    fn any_soup_of_markdown_is_a_page(parts in proptest::collection::vec(prop_oneof![part(), tag_part()], 0..60)) {
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

fn tag_part() -> impl Strategy<Value = &'static str> {
    prop::sample::select(vec![
        "<Note>",
        "</Note>",
        "\n  <Note>\n",
        "\n  </Note>\n",
        "- <Note>",
        "\n> <Steps>\n",
        "<Tooltip tip=\"a\">",
        "</Tooltip>",
        "<Icon icon={x} />",
        "<Card",
        " title={",
        "}",
        " a='b'",
        "/>",
        "\n<Card />\n",
        "\n<Odd>\n",
        "\n</Odd>\n",
        "{/* c */}",
        "<a id=\"x\" />",
        "<a\n  href=\"b\" style={{ c: 1 }}\n/>",
        "<div className=\"d\">",
        "<i onClick={e} />",
        "<>",
        "</>",
        "\n<style>{`",
        "`}</style>\n",
        "{name}",
        "{a.b}",
        "\nimport A from 'a'\n",
        "\nexport const name = {\n\n a: 1 }\n",
        "\n<A />\n",
        "import ",
        "export const ",
        "\n## A & B?\n",
        "\n# a {#a-1}\n",
        "<Step title=\"A & B?\" id={1}>",
        "\n<Accordion title='é: `x`' open>\n",
        "</Accordion>",
        "\r\n\t<ParamField path=\"aB\" required />\r\n",
        "<b id='a-b'>",
    ])
}
