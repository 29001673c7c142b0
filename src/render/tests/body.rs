//! The body of a page.

use proptest::prelude::*;

use super::*;
use crate::page::Page;
use crate::source::Source;

pub(super) fn check(markdown: &str, expected: &str) {
    assert_eq!(body(&[("content/index.md", markdown)], &[]).trim_end(), expected);
}

pub(super) fn check_has(markdown: &str, expected: &str) {
    let html = body(&[("content/index.md", markdown)], &[]);
    assert!(html.contains(expected), "{html}");
}

pub(super) fn check_lacks(markdown: &str, unexpected: &str) {
    let html = body(&[("content/index.md", markdown)], &[]);
    assert!(!html.contains(unexpected), "{html}");
}

#[test]
fn a_heading_has_an_anchor() {
    check(
        "## A `b`",
        "<h2 id=\"a-b\">A <code>b</code><a class=\"anchor\" href=\"#a-b\" aria-label=\"Link to “A b”\">#</a></h2>",
    );
}

#[test]
fn a_heading_answers_to_what_other_generators_call_it() {
    check_has("## A & B", "<h2 id=\"a--b\"><span id=\"a-&amp;-b\" class=\"alias\"></span>A &amp; B<a");
}

#[test]
fn a_component_answers_behind_the_tag_that_shows_its_id() {
    check_has(
        "<ParamField path=\"maxTokens\" />",
        "id=\"param-maxtokens\"><span id=\"param-max-tokens\" class=\"alias\"></span>",
    );
    check_has(
        "<Card id=\"c\" title=\"a>b\">\nd\n</Card>",
        "<div class=\"card\"><span id=\"c\" class=\"alias\"></span>",
    );
    check_has("<Odd id=\"c\">\nd\n</Odd>", "<span id=\"c\" class=\"alias\"></span><p>d</p>");
}

#[test]
fn the_opening_heading_is_left_to_the_template() {
    check("# T\n\ntext", "<p>text</p>");
    check("<!-- made by a program -->\n\n# T\n\ntext", "<p>text</p>");
}

#[test]
fn raw_html_passes_through() {
    check("a <kbd>b</kbd>", "<p>a <kbd>b</kbd></p>");
}

#[test]
fn an_alert_is_an_aside() {
    let icon = super::icons::html("lightbulb", "", "");
    check(
        "> [!TIP]\n> Hi",
        &format!(
            "<aside class=\"alert tip\" aria-label=\"Tip\">\n<p class=\"alert-title\">{icon}Tip</p>\n<p>Hi</p>\n</aside>"
        ),
    );
}

#[test]
fn tags_that_close_themselves_leave_what_is_around_them_open() {
    check_lacks(
        "<p>\n    <img src=\"https://a.b\" />\n    <img\n        src=\"https://c.d\"\n    />\n    e\n</p>",
        "&lt;",
    );
}

#[test]
fn an_address_in_the_text_is_a_link() {
    check("see https://a.b/c.", "<p>see <a href=\"https://a.b/c\">https://a.b/c</a>.</p>");
    check_lacks("a\n\n    https://a.b\n\n`https://a.b` [https://a.b](/c)", "href=\"https://a.b");
}

#[test]
fn a_table_can_be_scrolled() {
    check_has(
        "| a |\n|---|\n| b |",
        "<div class=\"table\" role=\"region\" aria-label=\"Table\" tabindex=\"0\"><table>",
    );
}

#[test]
fn a_task_is_a_box() {
    check_has("- [x] a", "<input disabled=\"\" type=\"checkbox\" checked=\"\" aria-label=\"Done\"/>");
}

#[test]
fn footnotes_stand_at_the_end_and_lead_back() {
    check(
        "a[^x]\n\n[^x]: b\n\nc",
        "<p>a<sup class=\"footnote-reference\"><a id=\"footnote-ref-1\" href=\"#footnote-1\" \
         aria-label=\"Footnote 1\">1</a></sup></p>\n<p>c</p>\n\
         <section class=\"footnotes\" aria-label=\"Footnotes\">\n<ol>\n<li id=\"footnote-1\" value=\"1\">\n\
         <p>b <a class=\"footnote-back\" href=\"#footnote-ref-1\" aria-label=\"Back to the text\">↩\u{fe0e}</a></p>\n\
         </li>\n</ol>\n</section>",
    );
}

#[test]
fn a_footnote_is_led_back_to_once() {
    check_has("a[^x] b[^x]\n\n[^x]: c", "<a href=\"#footnote-1\" aria-label=\"Footnote 1\">1</a>");
}

#[test]
fn a_link_to_a_file_leads_to_its_page() {
    let files = [("content/index.md", "[x](b/c.md?d#e)"), ("content/b/c.md", "## E")];
    assert_eq!(body(&files, &[]).trim_end(), "<p><a href=\"/b/c/?d#e\">x</a></p>");
}

#[test]
fn a_link_elsewhere_stays() {
    check("[x](https://a.example/b.md)", "<p><a href=\"https://a.example/b.md\">x</a></p>");
}

#[test]
fn links_keep_the_base_path_of_the_site() {
    let files = [
        ("content/index.md", "[x](/b) [y](/c.txt)"),
        ("content/b.md", "b"),
        ("static/c.txt", "c"),
        ("proofpress.toml", "[site]\nurl = \"https://a.example/docs\"\n"),
    ];
    let site = bare(&files);
    let (files, _) = built(&site, &Verdicts::default());
    let expected = "<p><a href=\"/docs/b/\">x</a> <a href=\"/docs/c.txt\">y</a></p>\n";
    assert_eq!(text(&files, "index.html"), expected);
}

#[test]
fn a_link_goes_where_its_redirect_leads() {
    let settings = r#"{ "navigation": { "pages": ["index"] }, "redirects": [{ "source": "/old", "destination": "/#b" }] }"#;
    let site = themed(&[
        ("docs.json", settings),
        ("index.md", "---\ntitle: T\n---\n[x](/old)\n\n## B\n"),
        ("templates/page.html", "{{ page.body | safe }}"),
    ]);
    let (files, _) = built(&site, &Verdicts::default());
    let seen = text(&files, "index.html");
    assert!(seen.starts_with("<p><a href=\"/#b\">x</a></p>"), "{seen}");
}

#[test]
fn the_opening_heading_is_shown_like_all_others() {
    let site = bare(&[
        ("content/index.md", "# See [b](b.md) <Badge>new</Badge>\n"),
        ("content/b.md", "b"),
        ("templates/home.html", "{{ page.heading | safe }}"),
    ]);
    let (files, _) = built(&site, &Verdicts::default());
    let seen = text(&files, "index.html");
    assert!(seen.contains("<a href=\"/b/\">b</a> <span class=\"badge"), "{seen}");
}

#[test]
fn a_fence_has_a_title_and_a_language() {
    check_has("```json title=\"a.json\"\n{}\n```", "<span class=\"fence-title\">a.json</span>");
    check_has("```json title=\"a.json\"\n{}\n```", "<span class=\"fence-language\">JSON</span>");
}

#[test]
fn code_is_escaped() {
    check_has("```\n<script>\n```", "<code>&lt;script&gt;\n</code>");
}

#[test]
fn a_title_is_escaped() {
    check_has("```json title=\"<b>\"\n{}\n```", "<span class=\"fence-title\">&lt;b&gt;</span>");
}

#[test]
fn the_copy_button_is_hidden_until_a_script_shows_it() {
    check_has("```json\n{}\n```", "<button type=\"button\" class=\"copy\" hidden>Copy</button>");
}

#[test]
fn a_hidden_fence_is_not_shown() {
    check("```json hidden\n{}\n```\n\ntext", "<p>text</p>");
}

#[test]
fn what_the_verifier_reads_is_not_shown() {
    check_lacks("```json name=secret-name needs=other timeout=3s\n{}\n```", "secret-name");
}

#[test]
fn what_nothing_tests_has_no_badge() {
    check_lacks("```json\n{}\n```", "evidence");
}

/// Lines that mean something to Markdown, to fences and to HTML, and some that do not.
const LINES: [&str; 18] = [
    "# a <b>",
    "## `b`",
    "```json5 {2-1} focus=1 lines",
    "{ a: [",
    "```",
    "~~~ diff title=\"<x>\"",
    "+ x",
    "> [!NOTE]",
    "> b",
    "- [x] c",
    "  1. d",
    "| a | b |",
    "|---|---:|",
    "[^1]: e[^1]",
    "f[^1] ![g[^2]](h.md#i)",
    "<div><aside>",
    "[^2]: > j",
    "",
];

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn every_page_can_be_rendered(lines in proptest::collection::vec(0_usize..18, 0..24)) {
        let text: Vec<&str> = lines.iter().filter_map(|line| LINES.get(*line).copied()).collect();
        let mut site = bare(&[("content/index.md", "")]);
        site.pages.iter_mut().for_each(|page| page.page = Page::parse(Source::new("content/index.md", text.join("\n"))));
        let (renderer, _) = Renderer::new(&site);
        let html = renderer.page(0, &|_| &[]).expect("the template is right");
        prop_assert_eq!(html.matches("<figure").count(), html.matches("</figure>").count());
        prop_assert_eq!(html.matches("<li").count(), html.matches("</li>").count());
    }
}
