//! What raw HTML with the habits of JSX is read as.

use super::*;

/// The raw HTML and the text of a page, and its links: the text that they point to.
#[track_caller]
fn check(text: &str, expected: &str, links: &[&str]) {
    let page = page(text);
    if let Err(what) = holds(text) {
        panic!("{what}");
    }
    let mut seen = String::new();
    for (piece, _) in &page.pieces {
        match piece {
            Piece::Markdown(Event::Text(part)) => {
                seen.push_str(&part.replace('<', "&lt;"));
            }
            Piece::Markdown(Event::Html(part) | Event::InlineHtml(part)) => seen.push_str(part),
            Piece::Markdown(Event::Code(part)) => {
                let _ = write!(seen, "`{part}`");
            }
            Piece::Markdown(Event::SoftBreak) => seen.push('\n'),
            Piece::Markdown(Event::Start(Tag::Paragraph)) => seen.push_str("(p)"),
            Piece::Expression(index) => seen.push_str(&page.expressions[*index].text),
            _ => {}
        }
    }
    assert_eq!(seen.trim(), expected);
    let found: Vec<String> = page
        .links
        .iter()
        .map(|link| format!("{}{}", page.source.slice(link.span), if link.image { "!" } else { "" }))
        .collect();
    assert_eq!(found, links);
}

#[test]
fn attributes_of_react_are_those_of_html() {
    check(
        "<div className=\"a b\" tabIndex={0} htmlFor='x'>\n\na\n\n</div>\n",
        "<div class=\"a b\" tabindex=\"0\" for='x'>\n(p)a</div>",
        &[],
    );
    check(
        "a <video controls={true} muted={false} autoPlay src={\"b.mp4\"} key=\"c\" />.\n",
        "(p)a <video controls autoplay src=\"b.mp4\"></video>.",
        &["{\"b.mp4\"}!"],
    );
    check(
        "a <b aria-hidden={true} data-x={false} title={`q \"r\"`}>c</b>\n",
        "(p)a <b aria-hidden=\"true\" data-x=\"false\" title=\"q &quot;r&quot;\">c</b>",
        &[],
    );
}

#[test]
fn a_style_is_css() {
    check(
        "a <span style={{ color: \"red\", marginTop: 4, zIndex: 2, padding: 0, \"--x\": 1, WebkitMask: 'a', msFlex: 'b' }}>c</span>\n",
        "(p)a <span style=\"color: red; margin-top: 4px; z-index: 2; padding: 0; --x: 1; -webkit-mask: a; -ms-flex: b\">c</span>",
        &[],
    );
    check("<div style={{ width: \"66%\" }} />\n", "<div style=\"width: 66%\"></div>", &[]);
}

#[test]
fn columns_mean_nothing_in_raw_html() {
    check(
        "<div className=\"a\">\n  <div>\n    <div className=\"b\" style={{ top: 0 }}><span /></div>\n  </div>\n</div>\n",
        "<div class=\"a\">\n  <div>\n    <div class=\"b\" style=\"top: 0\"><span></span></div>\n  </div>\n</div>",
        &[],
    );
    check("a\n\n    <div className=\"b\" />\n", "(p)a&lt;div className=\"b\" />", &[]);
}

#[test]
fn a_tag_may_reach_over_lines() {
    check(
        "<Step>\n    <img\n  src=\"/a.svg\"\n  style={{\n    width: \"1px\",\n  }}\n  alt=\"b\n    c\"\n/>\n*d*\n</Step>\n",
        "<img src=\"/a.svg\" style=\"width: 1px\" alt=\"b c\" />\n(p)d",
        &["/a.svg!"],
    );
    check(
        "<iframe\n  src=\"https://a.b/c\"\n  style={{ border: 0 }}\n  allowFullScreen\n></iframe>\n\n*a*\n",
        "<iframe src=\"https://a.b/c\" style=\"border: 0\" allowfullscreen></iframe>\n(p)a",
        &["https://a.b/c!"],
    );
    check("> <a\n> href=\"x\">b\n", "(p)<a\nhref=\"x\">b", &["<a\n> href=\"x\">"]);
}

#[test]
fn pictures_keep_the_names_of_svg() {
    check(
        "<svg viewBox=\"0 0 1 1\" className=\"a\"><path strokeWidth={2} fillRule=\"evenodd\" d=\"M0\" /></svg>\n",
        "(p)<svg viewBox=\"0 0 1 1\" class=\"a\"><path stroke-width=\"2\" fill-rule=\"evenodd\" d=\"M0\" /></svg>",
        &[],
    );
}

#[test]
fn an_event_handler_is_left_out_and_said() {
    let text = "a <button onClick={() => { go('}') }} type=\"button\">b</button>\n";
    check(text, "(p)a <button type=\"button\">b</button>", &[]);
    says(text, "event-handler onClick={() => { go('}') }}");
    says("a <b title={f()}>b</b>\n", "script-component title={f()}");
}

#[test]
fn a_value_of_the_page_stands_in_an_attribute() {
    check("export const u = '/b'\n\na <a href={u}>c</a>\n", "(p)a <a href=\"/b\">c</a>", &["{u}"]);
}

#[test]
fn elements_that_close_themselves_have_an_end() {
    check("a <span /> <br/> <i/>\n", "(p)a <span></span> <br/> <i></i>", &[]);
    check("<a id=\"x\" />\n## b\n", "<a id=\"x\"></a>\nb", &[]);
}

#[test]
fn fragments_are_not_shown() {
    check("<>\n*a*\n</>\n\nb <>c</>\n", "(p)a(p)b c", &[]);
    check("a <> b\n", "(p)a &lt;> b", &[]);
}

#[test]
fn the_text_of_a_style_is_taken_out_of_its_braces() {
    check(
        "<style>{`\n.a { b: c }\n\n.d > .e {}\n`}</style>\n",
        "<style>\n.a { b: c }\n\n.d > .e {}\n</style>",
        &[],
    );
    check("<Note>\n  <style>{`.a {}`}</style>\n</Note>\n", "<style>.a {}</style>", &[]);
    check("<style>\n.a { b: c }\n</style>\n", "<style>\n.a { b: c }\n</style>", &[]);
    check(
        "<script>\nif (a < b) { c('<i />') }\n</script>\n",
        "<script>\nif (a < b) { c('<i />') }\n</script>",
        &[],
    );
}

#[test]
fn addresses_in_raw_html_are_links() {
    check(
        "<p><a href=\"/x#y\">b</a> <img src='c.png'></p>\n\nd <a href=\"e\">f</a> [g](h)\n",
        "<p><a href=\"/x#y\">b</a> <img src='c.png'></p>\n(p)d <a href=\"e\">f</a> g",
        &["/x#y", "c.png!", "e", "[g](h)"],
    );
}

#[test]
fn what_only_looks_like_html_stays() {
    check(
        "a < b, `<b style={{ a: 1 }}>`, <url {x}, 1 <i {\n",
        "(p)a &lt; b, `<b style={{ a: 1 }}>`, &lt;url {x}, 1 &lt;i {",
        &[],
    );
    check("`a\n<b className=\"x\" style={{}} /> c`\n", "(p)`a <b className=\"x\" style={{}} /> c`", &[]);
    check("a \\<b style={{}}> c\n", "(p)a &lt;b style={{}}> c", &[]);
    super::check(
        "```html\n<div className=\"x\" style={{ a: 1 }} />\n```\n",
        r#"html "<div className=\"x\" style={{ a: 1 }} />\n""#,
    );
}
