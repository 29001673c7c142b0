//! What components are read as.

use super::*;

/// The components of a page, one a line: their names, attributes and where they stand in each other, by indentation.
#[track_caller]
fn tree(text: &str, expected: &str) {
    let page = page(text);
    if let Err(what) = holds(text) {
        panic!("{what}");
    }
    let mut seen = String::new();
    let mut depth = 0;
    for (piece, _) in &page.pieces {
        match piece {
            Piece::ComponentStart(index) => {
                if let Some(component) = page.components.get(*index) {
                    let _ = write!(seen, "{}{}", "  ".repeat(depth), component.name);
                    for attribute in &component.attributes {
                        let _ = match &attribute.value {
                            AttributeValue::Flag => write!(seen, " {}", attribute.name),
                            AttributeValue::Text(text) => write!(seen, " {}={text:?}", attribute.name),
                            AttributeValue::Expression(text) => write!(seen, " {}=<{text}>", attribute.name),
                            AttributeValue::Data(value) => {
                                let node = crate::data::Node::new(Span::default(), value.clone());
                                write!(seen, " {}={}", attribute.name, node.to_json())
                            }
                        };
                    }
                    seen.push('\n');
                }
                depth += 1;
            }
            Piece::ComponentEnd(_) => depth -= 1,
            _ => {}
        }
    }
    assert_eq!(seen.trim_end(), expected);
}

#[test]
fn a_component_holds_blocks() {
    pieces(
        "<Note>\n  Hi *you*.\n\n  - a\n  - b\n</Note>\n",
        r#"<0> <Paragraph> "Hi " <Emphasis> "you" </Emphasis> "." </Paragraph> <List(false)> <Item> "a" </Item> <Item> "b" </Item> </List(false)> </0>"#,
    );
}

#[test]
fn a_component_on_one_line_holds_a_paragraph() {
    pieces("<Note>Hi.</Note>\n", r#"<0> <Paragraph> "Hi." </Paragraph> </0>"#);
}

#[test]
fn a_component_ends_a_paragraph() {
    pieces(
        "a\n<Note>\nb\n</Note>\nc\n",
        r#"<Paragraph> "a" </Paragraph> <0> <Paragraph> "b" </Paragraph> </0> <Paragraph> "c" </Paragraph>"#,
    );
}

#[test]
fn a_closing_tag_may_end_a_line_of_text() {
    pieces(
        "<Note>\n- a\n- b</Note>\n\nc\n",
        r#"<0> <List(false)> <Item> "a" </Item> <Item> "b" </Item> </List(false)> </0> <Paragraph> "c" </Paragraph>"#,
    );
}

#[test]
fn a_component_stands_in_a_list_item() {
    pieces(
        "1. a\n   <Note>\n   b\n   </Note>\n2. c\n",
        r#"<List(true)> <Item> "a" <0> <Paragraph> "b" </Paragraph> </0> </Item> <Item> "c" </Item> </List(true)>"#,
    );
    pieces(
        "- <Note>\n  a\n  </Note>\n",
        r#"<List(false)> <Item> <0> <Paragraph> "a" </Paragraph> </0> </Item> </List(false)>"#,
    );
}

#[test]
fn a_component_stands_in_a_quote() {
    pieces(
        "> <Note>\n>   a\n> </Note>\n>\n> b\n",
        r#"<BlockQuote(None)> <0> <Paragraph> "a" </Paragraph> </0> <Paragraph> "b" </Paragraph> </BlockQuote(None)>"#,
    );
}

#[test]
fn a_component_stands_in_a_line_of_text() {
    pieces(
        "a <Tooltip tip=\"x\">b</Tooltip> <Icon icon=\"c\" />.\n",
        r#"<Paragraph> "a " <0> "b" </0> " " <1> </1> "." </Paragraph>"#,
    );
    pieces("<Badge>a</Badge> b\n", r#"<Paragraph> <0> "a" </0> " b" </Paragraph>"#);
}

#[test]
fn a_component_stands_in_a_cell() {
    tree("| a | b |\n|---|---|\n| <Badge>x</Badge> | <Icon icon=\"a|b\" /> |\n", "Badge\nIcon icon=\"a|b\"");
}

#[test]
fn components_stand_in_components_at_any_depth() {
    tree(
        "<Steps>\n<Step title=\"a\">\n      <Tabs>\n        <Tab title=\"b\">\n    - c\n\n      <Note>d</Note>\n        </Tab>\n   <Tab title=\"e\">f</Tab></Tabs>\n</Step>\n</Steps>\n",
        "Steps\n  Step title=\"a\"\n    Tabs\n      Tab title=\"b\"\n        Note\n      Tab title=\"e\"",
    );
}

#[test]
fn attributes_are_texts_data_and_flags() {
    tree(
        "<Card a=\"x &amp; y\" b='z' cols={2} data={[1,{k:\"}\"}]} on={true} flag c={`t`} d={e.f}\n  last=\"é\"\n/>\n",
        "Card a=\"x & y\" b=\"z\" cols=2 data=[1,{\"k\":\"}\"}] on=true flag c=\"t\" d=<e.f> last=\"é\"",
    );
}

#[test]
fn a_value_without_quotes_is_said() {
    says("<Card title=Portkey />\n", "bad-component Portkey");
    says("<Card title=\"a\" title=\"b\" />\n", "bad-component title");
    says("<Card {...rest} />\n", "bad-component {...rest}");
}

#[test]
fn attributes_know_their_places() {
    let page = page("a\n\n  <Card title=\"é\" cols={2} />\n");
    let attributes = page.components.first().map(|card| card.attributes.as_slice()).unwrap_or_default();
    let seen: Vec<_> = attributes
        .iter()
        .map(|one| (page.source.slice(one.name_span), page.source.slice(one.value_span)))
        .collect();
    assert_eq!(seen, [("title", "\"é\""), ("cols", "{2}")]);
}

#[test]
fn what_is_not_closed_ends_with_what_is_around_it() {
    let text = "<Steps>\n<Step title=\"a\">\nb\n</Steps>\n\nc\n";
    tree(text, "Steps\n  Step title=\"a\"");
    says(text, "unclosed-component <Step title=\"a\">");
    says("<Note>\na\n", "unclosed-component <Note>");
    says("> <Note>\n> a\n\nb\n", "unclosed-component <Note>");
    says("a <Badge>b\n\nc\n", "unclosed-component <Badge>");
}

#[test]
fn a_tag_that_closes_nothing_is_said_and_not_shown() {
    says("a\n</Note>\n", "stray-tag </Note>");
    pieces("a\n</Note>\nb\n", r#"<Paragraph> "a" </Paragraph> <Paragraph> "b" </Paragraph>"#);
}

#[test]
fn an_unknown_component_shows_what_stands_inside() {
    says("<Nte>\na\n</Nte>\n", "unknown-component Nte");
    says("<Nte />\n", "unknown-component Nte");
    let page = page("<Nte>\na\n</Nte>\n");
    let help = page.diagnostics.first().and_then(|diagnostic| diagnostic.problem.help.as_deref());
    assert_eq!(help, Some("write `Note`"));
}

#[test]
fn what_only_looks_like_a_tag_is_text() {
    for text in
        ["Write <TOKEN> here.\n", "<TOKEN>\n", "a Stream<T> b\n", "<Your name>\n", "\\<Note>\n", "a < B\n"]
    {
        tree(text, "");
        says(text, "");
    }
    pieces("a <TOKEN> b\n", r#"<Paragraph> "a " "<TOKEN>" " b" </Paragraph>"#);
    pieces("Stream<T>\n", r#"<Paragraph> "Stream" "<T>" </Paragraph>"#);
}

#[test]
fn a_tag_in_code_is_code() {
    for text in [
        "`<Note>`\n",
        "```html\n<Note>\n```\n",
        "a\n\n    <Note>\n",
        "a `b\n<Icon /> c` d\n",
        "<!-- <Note> -->\n",
    ] {
        tree(text, "");
        says(text, "");
    }
    tree("<Note>\n```html\n</Note>\n```\n</Note>\n", "Note");
}

#[test]
fn a_comment_is_not_shown() {
    pieces("{/* a */}\n", "");
    pieces("a {/* b */} c\n", r#"<Paragraph> "a " " c" </Paragraph>"#);
    pieces("{/*\n<Note>\n\n*/}\nb\n", r#"<Paragraph> "b" </Paragraph>"#);
    pieces("`{/* a */}`\n", "<Paragraph> `{/* a */}` </Paragraph>");
}

#[test]
fn an_expression_stays_as_it_is() {
    pieces("{a.b}\n", "<Paragraph> {0} </Paragraph>");
}

#[test]
fn references_reach_across_components() {
    let text = "<Note>\n[a]\n</Note>\n\n[a]: /b\n";
    assert_eq!(page(text).links.iter().map(|link| link.target.as_str()).collect::<Vec<_>>(), ["/b"]);
}

#[test]
fn a_heading_in_a_component_has_an_anchor() {
    let page = page("# a\n\n<Note>\n      ## b c\n</Note>\n");
    assert_eq!(page.headings.iter().map(|heading| heading.id.as_str()).collect::<Vec<_>>(), ["a", "b-c"]);
}

#[test]
fn a_tag_that_closes_itself_is_a_block() {
    pieces(
        "<a id=\"x\" />\n## b\n",
        r#"<HtmlBlock> "<a id=\"x\"></a>\n" </HtmlBlock> <heading> "b" </heading>"#,
    );
}

#[test]
fn a_component_may_stand_in_html() {
    pieces(
        "<div>\n<Note>\n*a*\n</Note>\n</div>\n",
        r#"<HtmlBlock> "<div>\n" </HtmlBlock> <0> <Paragraph> <Emphasis> "a" </Emphasis> </Paragraph> </0> <HtmlBlock> "</div>\n" </HtmlBlock>"#,
    );
}

#[test]
fn carriage_returns_and_tabs_change_nothing() {
    tree(
        "<Steps>\r\n\t<Step title=\"a\">\r\n\t\tb\r\n\t</Step>\r\n</Steps>\r\n",
        "Steps\n  Step title=\"a\"",
    );
}

#[test]
fn a_tag_before_a_long_text_is_read() {
    for start in ["", "a"] {
        let text = format!("<Note title=\"{start}\">\n{}\n</Note>\n", "é".repeat(5000));
        tree(&text, &format!("Note title={start:?}"));
    }
}

#[test]
fn many_components_are_read() {
    let text = format!("{}a\n{}", "<Note>\n".repeat(500), "</Note>\n".repeat(500));
    assert_eq!(holds(&text), Ok(()));
}
