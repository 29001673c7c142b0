//! What readers see of a page, and what a built site holds.

use std::fs;
use std::sync::Mutex;

use super::*;
use crate::examples::{Check, Outcome, Verdict};
use crate::gateway::exchange::{Answer, Exchange, Request, Scheme};
use crate::site::{self, Route};

/// A site of these files, which has only the body of a page as its template, unless it brings another one.
#[expect(clippy::disallowed_methods, reason = "a test writes the site that it reads")]
fn site(files: &[(&str, &str)]) -> Site {
    let folder = tempfile::tempdir().expect("a scratch folder can be made");
    let bare = [
        ("proofpress.toml", "[site]\ntitle = \"T\"\n"),
        ("templates/page.html", "{{ page.body | safe }}"),
        ("templates/home.html", "{{ page.body | safe }}"),
    ];
    for (path, text) in bare.iter().chain(files) {
        let path = folder.path().join(path);
        fs::create_dir_all(path.parent().expect("it stands in the scratch folder")).expect("it can be made");
        fs::write(path, text).expect("it can be written");
    }
    let site = site::load(folder.path()).expect("it can be read");
    assert!(site.diagnostics.is_empty(), "{:?}", site.diagnostics);
    site
}

/// All files that are built, by path.
fn built(site: &Site, verdicts: &Verdicts) -> (Vec<(String, String)>, Vec<Diagnostic>) {
    let files = Mutex::new(Vec::new());
    let diagnostics = build(site, verdicts, &|file: File| {
        let text = String::from_utf8_lossy(&file.bytes).into_owned();
        files.lock().expect("nobody panics with it").push((file.path, text));
        Ok(())
    });
    let mut files = files.into_inner().expect("nobody panics with it");
    files.sort();
    (files, diagnostics.expect("the sink takes everything"))
}

fn text<'a>(files: &'a [(String, String)], path: &str) -> &'a str {
    files.iter().find(|(name, _)| name == path).map_or("", |(_, text)| text)
}

fn body(files: &[(&str, &str)], outcomes: &[Outcome]) -> String {
    let site = site(files);
    let (renderer, diagnostics) = Renderer::new(&site);
    assert!(diagnostics.is_empty(), "{diagnostics:?}");
    let (index, _) = site.page_by_route(&Route::root()).expect("it has an index");
    renderer.page(index, outcomes).expect("it can be rendered")
}

fn check(markdown: &str, expected: &str) {
    assert_eq!(body(&[("content/index.md", markdown)], &[]).trim_end(), expected);
}

fn check_has(markdown: &str, expected: &str) {
    let html = body(&[("content/index.md", markdown)], &[]);
    assert!(html.contains(expected), "{html}");
}

fn check_lacks(markdown: &str, unexpected: &str) {
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
fn the_opening_heading_is_left_to_the_template() {
    check("# T\n\ntext", "<p>text</p>");
}

#[test]
fn raw_html_passes_through() {
    check("a <kbd>b</kbd>", "<p>a <kbd>b</kbd></p>");
}

#[test]
fn an_alert_is_an_aside() {
    check(
        "> [!TIP]\n> Hi",
        "<aside class=\"alert tip\" aria-label=\"Tip\">\n<p class=\"alert-title\">Tip</p>\n<p>Hi</p>\n</aside>",
    );
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
    check_has("- [x] a", "<input disabled=\"\" type=\"checkbox\" checked=\"\"/>");
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
    let site = site(&files);
    let (files, _) = built(&site, &Verdicts::default());
    let expected = "<p><a href=\"/docs/b/\">x</a> <a href=\"/docs/c.txt\">y</a></p>\n";
    assert_eq!(text(&files, "index.html"), expected);
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

fn exchange() -> Exchange {
    let header = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    Exchange {
        request: Request {
            method: "POST".to_owned(),
            scheme: Scheme::Https,
            host: "api.example".to_owned(),
            port: 443,
            path: "/v1/x".to_owned(),
            query: String::new(),
            headers: vec![header("authorization", "Bearer sk-hush"), header("content-length", "9")],
            body: br#"{"a":"<b>"}"#.to_vec(),
        },
        answer: Answer {
            status: 200,
            headers: vec![header("content-type", "text/event-stream"), header("date", "today")],
            chunks: (0..9).map(|number| format!("data: {number}\n\n").into_bytes()).collect(),
        },
        provider: None,
        findings: Vec::new(),
        unsent: None,
    }
}

fn outcome(verdict: Verdict) -> Outcome {
    Outcome {
        file: "content/index.md".to_owned(),
        line: 1,
        language: "json".to_owned(),
        kind: None,
        verdict,
        checked: vec![Check::Syntax, Check::Schema, Check::Request],
        exchanges: Vec::new(),
        diagnostics: Vec::new(),
    }
}

fn check_outcome(outcome: Outcome, expected: &[&str], unexpected: &[&str]) {
    let html = body(&[("content/index.md", "```json\n{}\n```")], &[outcome]);
    for text in expected {
        assert!(html.contains(text), "{text} is not in {html}");
    }
    for text in unexpected {
        assert!(!html.contains(text), "{text} is in {html}");
    }
}

#[test]
fn a_passed_example_says_what_was_checked() {
    let outcome = Outcome { exchanges: vec![exchange(), exchange()], ..outcome(Verdict::Passed) };
    check_outcome(
        outcome,
        &["<strong>Verified</strong> · schema, 2 requests", "<details class=\"evidence\">"],
        &[],
    );
}

#[test]
fn credentials_are_never_shown() {
    let outcome = Outcome { exchanges: vec![exchange()], ..outcome(Verdict::Passed) };
    check_outcome(outcome, &["<dt>authorization</dt>"], &["hush", "content-length", "today"]);
}

#[test]
fn a_body_is_laid_out_and_escaped() {
    let outcome = Outcome { exchanges: vec![exchange()], ..outcome(Verdict::Passed) };
    check_outcome(
        outcome,
        &["  <span class=\"hl-k\">&quot;a&quot;</span>", "&quot;&lt;b&gt;&quot;"],
        &["<b>"],
    );
}

#[test]
fn a_stream_is_shortened() {
    let outcome = Outcome { exchanges: vec![exchange()], ..outcome(Verdict::Passed) };
    check_outcome(outcome, &["data: 2\n\n…\n\ndata: 8", "a stream of 9 events, 4 shown"], &["data: 5"]);
}

#[test]
fn a_skipped_example_says_why() {
    let outcome = outcome(Verdict::Skipped("no profile knows `a.example`".to_owned()));
    check_outcome(
        outcome,
        &["<strong>Not run</strong> · no profile knows <code>a.example</code>"],
        &["details"],
    );
}

#[test]
fn a_failed_example_shows_its_diagnostics() {
    let source = crate::source::Source::new("content/index.md", "```json\n{}\n```");
    let problem = Problem::new(Code::UnknownKey, Span::new(8, 9), "`a` is <wrong>").help("write `b`");
    let outcome = Outcome { diagnostics: vec![problem.of(&source)], ..outcome(Verdict::Failed) };
    let expected = [
        "<figure class=\"fence failed\">",
        "<strong>Failed</strong> · 1 error",
        "<code>a</code> is &lt;wrong&gt;",
        "write <code>b</code>",
        "content/index.md:2:1",
    ];
    check_outcome(outcome, &expected, &[]);
}

#[test]
fn an_untested_fence_shows_nothing() {
    check_outcome(outcome(Verdict::Untested("no claim".to_owned())), &[], &["evidence", "no claim"]);
}

#[test]
fn a_site_has_its_pages_and_what_belongs_to_it() {
    let site = site(&[("content/index.md", "# A"), ("content/b/c.md", "# C"), ("static/d.txt", "d")]);
    let (files, diagnostics) = built(&site, &Verdicts::default());
    assert!(diagnostics.is_empty(), "{diagnostics:?}");
    let names: Vec<&str> = files.iter().map(|(name, _)| name.as_str()).collect();
    let expected = [
        "404.html",
        "b/c/index.html",
        "d.txt",
        "favicon.svg",
        "index.html",
        "robots.txt",
        "theme.css",
        "theme.js",
    ];
    assert_eq!(names, expected);
}

#[test]
fn a_site_with_an_address_has_a_sitemap() {
    let site = site(&[
        ("content/index.md", "# A"),
        ("content/b.md", "# B"),
        ("proofpress.toml", "[site]\nurl = \"https://a.example/docs\"\n"),
    ]);
    let (files, _) = built(&site, &Verdicts::default());
    let sitemap = text(&files, "sitemap.xml");
    assert!(sitemap.contains("<loc>https://a.example/docs/b/</loc>"), "{sitemap}");
    let robots = text(&files, "robots.txt");
    assert!(robots.ends_with("\nSitemap: https://a.example/docs/sitemap.xml\n"), "{robots}");
}

#[test]
fn the_same_site_gives_the_same_bytes() {
    let site = site(&[("content/index.md", "# A\n\n```json\n{}\n```"), ("content/b.md", "# B")]);
    assert_eq!(built(&site, &Verdicts::default()).0, built(&site, &Verdicts::default()).0);
}

#[test]
fn a_template_with_a_mistake_is_underlined() {
    let site = site(&[("content/index.md", "# A"), ("templates/home.html", "a\n{{ page.titel }}")]);
    let (files, diagnostics) = built(&site, &Verdicts::default());
    assert_eq!(text(&files, "index.html"), "");
    let diagnostic = diagnostics.first().expect("the template is wrong");
    assert_eq!(diagnostic.problem.code, Code::Template);
    assert_eq!(diagnostic.source.path(), "templates/home.html");
    assert_eq!(diagnostic.source.position(diagnostic.problem.span.start).line, 2);
}

#[test]
fn a_template_that_cannot_be_read_is_said() {
    let site = site(&[("content/index.md", "# A"), ("templates/home.html", "a\n{% if %}")]);
    let (_, diagnostics) = built(&site, &Verdicts::default());
    let diagnostic = diagnostics.first().expect("the template is wrong");
    assert_eq!(diagnostic.source.path(), "templates/home.html");
    assert_eq!(diagnostic.source.position(diagnostic.problem.span.start).line, 2);
}

#[test]
fn a_template_that_is_not_there_is_said_where_it_is_named() {
    let site = site(&[("content/index.md", "---\ntemplate: nope.html\n---\n# A")]);
    let (_, diagnostics) = built(&site, &Verdicts::default());
    let diagnostic = diagnostics.first().expect("the template is missing");
    assert_eq!(diagnostic.problem.message, "there is no template `nope.html`");
    assert_eq!(diagnostic.source.slice(diagnostic.problem.span), "nope.html");
}

#[test]
fn a_static_file_does_not_hide_a_page() {
    let site = site(&[("content/b.md", "# B"), ("static/b/index.html", "x")]);
    let (files, diagnostics) = built(&site, &Verdicts::default());
    assert_ne!(text(&files, "b/index.html"), "x");
    assert_eq!(diagnostics.first().map(|diagnostic| diagnostic.problem.code), Some(Code::RouteTaken));
}
