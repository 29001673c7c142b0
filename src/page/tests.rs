//! What a page is read as.

mod anchors;
mod attributes;
mod components;
mod holds;
mod html;
mod module;
mod nesting;

use std::fmt::Write as _;

use proptest::prelude::*;

use super::*;
use holds::holds;

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

fn name(tag: &Tag) -> String {
    format!("{:?}", tag.lent().to_end())
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
