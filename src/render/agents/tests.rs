//! What agents read of a page.

mod components;
mod round;

use super::super::tests::{Fixture, bare, built, doubtful, text, themed};
use super::*;

/// A page that says this, in a site with another page and a file.
fn site(text: &str) -> Fixture {
    let page = format!("---\ntitle: T\n---\n{text}");
    bare(&[
        ("content/index.md", page.as_str()),
        ("content/a/b.md", "# B\n\n## C\n"),
        ("static/i.png", ""),
        ("static/hand.md", "mine"),
    ])
}

/// What stands below the title.
fn lowered(text: &str) -> String {
    let site = site(text);
    let (index, _) = site.page_by_route(&Route::root()).expect("it has an index");
    let markdown = Agents::new(&site).page(index).expect("the page is there");
    markdown.strip_prefix("# T\n").expect("it begins with its title").trim_matches('\n').to_owned()
}

#[track_caller]
fn check(text: &str, expected: &str) {
    assert_eq!(lowered(text), expected);
}

/// What is written as it was.
#[track_caller]
fn same(text: &str) {
    check(text, text);
}

#[test]
fn words_stay_what_they_are() {
    same("A line\nand a second, with *light*, **strong** and ~~struck~~ words and `code`.\n\nAnother.");
}

#[test]
fn headings_have_marks() {
    check("Two\n---\n\n### Three ###\n", "## Two\n\n### Three");
}

#[test]
fn a_break_that_is_meant_is_a_backslash() {
    check("a  \nb", "a\\\nb");
}

#[test]
fn lists_keep_their_blank_lines() {
    same("- a\n- b\n  - c\n    1. d\n    2. e\n- f");
    same("- a\n\n- b\n\n  c");
    check("* a\n* b\n\n\n+ c", "- a\n- b\n\n* c");
}

#[test]
fn a_numbered_list_begins_where_it_began() {
    check("7. a\n7. b", "7. a\n8. b");
    same("9. a\n10. b\n\n    c".replace("9. a\n", "9. a\n\n").as_str());
}

#[test]
fn tasks_are_ticked() {
    same("- [x] a\n- [ ] b");
}

#[test]
fn quotes_and_alerts_have_a_mark_on_each_line() {
    same("> a\n> b\n>\n> - c\n>\n>   d");
    same("> [!WARNING]\n> a\n>\n> b");
}

#[test]
fn tables_keep_their_columns() {
    check("a | b \\| c\n:-|-:\n`x\\|y` | *z*", "| a | b \\| c |\n| :-- | --: |\n| `x\\|y` | *z* |");
}

#[test]
fn footnotes_stand_where_they_stood() {
    same("a[^1] b\n\n[^1]: c\n\n    d");
}

#[test]
fn terms_are_defined() {
    same("a\n: b\n: c");
}

#[test]
fn a_fence_keeps_its_language_its_title_and_its_code() {
    check("```JSON title=\"a b\" {1} no_run\n{ }\n\n  x\n```", "```json title=\"a b\"\n{ }\n\n  x\n```");
    check("- a\n\n  ```js\n  x\n\n    y\n  ```", "- a\n\n  ```js\n  x\n\n    y\n  ```");
    check("````\n```\na\n```\n````", "````\n```\na\n```\n````");
    check("    a\n    b", "```\na\nb\n```");
}

#[test]
fn a_hidden_fence_is_not_shown() {
    check("a\n\n```bash hidden\nx\n```\n\nb", "a\n\nb");
}

#[test]
fn links_lead_to_markdown() {
    check("[x](/a/b/#c)", "[x](/a/b.md#c)");
    check("[x](a/b.md \"t\")", "[x](/a/b.md \"t\")");
    check(
        "[x](#c) [y](https://a.example/?a=b&c) [z](/nowhere)",
        "[x](#c) [y](https://a.example/?a=b&c) [z](/nowhere)",
    );
    check("![x](/i.png)", "![x](/i.png)");
    check("<https://a.example/_a_> [x]\n\n[x]: <b c>", "<https://a.example/_a_> [x](<b c>)");
    check("[x](/)", "[x](/index.md)");
    check(
        "https://a.example/b_c www.a.example a@b.example",
        "<https://a.example/b_c> [www.a.example](http://www.a.example) <a@b.example>",
    );
}

#[test]
fn only_what_needs_it_is_escaped() {
    same("a_b_c, 2 * 3, ~/x, a[0] [b], 5 < 6, R&D, #1, C:\\Users, 1.5, a - b, x | y, 50% {a}!");
    check(
        "\\*a\\* \\_b\\_ 2\\*3\\*4 \\[c](d) \\`e\\` \\<f> \\&amp; \\~\\~g~~",
        "\\*a\\* \\_b\\_ 2\\*3\\*4 [c\\](d) \\`e\\` \\<f> \\&amp; \\~\\~g\\~\\~",
    );
    check(
        "\\# a\n\n\\- b\n\n1\\. c\n\n\\> d\n\n\\+ e\n\n\\---\n\n\\[x]: y",
        "\\# a\n\n\\- b\n\n1\\. c\n\n\\> d\n\n\\+ e\n\n\\---\n\n[x\\]: y",
    );
}

#[test]
fn html_that_arranges_is_left_out() {
    check("<div align=\"center\">\n<p>a <b>b</b></p>\n</div>", "a b");
    check("a <span>b</span><br/>c <a id=\"x\"></a>d", "a b\\\nc d");
    check("<a href=\"/a/b/\">x</a> <img src=\"/i.png\" alt=\"y\">", "[x](/a/b.md) ![y](/i.png)");
    check("<p>\n  <a href=\"/a/b/\"><img src=\"/i.png\" alt=\"y\" /></a>\n</p>", "[![y](/i.png)](/a/b.md)");
    check("a\n\n<!-- b -->\n\nc<!-- d --> e", "a\n\nc e");
    check("<h2>a</h2>\n<pre>b &lt;\n c</pre>\n<style>d</style>", "## a\n\n```\nb <\n c\n```");
    check("| a |\n|---|\n| b<br>c |", "| a |\n| --- |\n| b c |");
}

#[test]
fn a_placeholder_is_text() {
    check("Send <TOKEN> or <id>.", "Send \\<TOKEN> or \\<id>.");
}

#[test]
fn a_page_has_its_title_and_says_what_it_is() {
    let site = bare(&[
        ("content/index.md", "---\ndescription: D *d*\n---\n# A `b`\n\nc"),
        ("content/x.md", "---\ntitle: X\ndescription: D\n---\n## c"),
    ]);
    let agents = Agents::new(&site);
    assert_eq!(agents.file("index.md").as_deref(), Some("# A `b`\n\n> D \\*d\\*\n\nc\n"));
    assert_eq!(agents.file("x.md").as_deref(), Some("# X\n\n> D\n\n## c\n"));
    assert_eq!(agents.file("y.md"), None);
}

#[test]
fn a_file_of_the_site_stays() {
    let site = bare(&[("content/a.md", "# A"), ("static/a.md", "mine"), ("static/llms.txt", "mine")]);
    let (files, diagnostics) = built(&site, &crate::examples::Verdicts::default());
    assert!(diagnostics.is_empty(), "{diagnostics:?}");
    assert_eq!(text(&files, "a.md"), "mine");
    assert_eq!(text(&files, "llms.txt"), "mine");
    assert_eq!(Agents::new(&site).url(0), None);
}

#[test]
fn a_folder_of_that_name_leaves_no_room() {
    let site = bare(&[
        ("content/a.md", "# A"),
        ("content/a.md.md", "# B"),
        ("content/index/index.md", "# C"),
        ("content/index.md", ""),
    ]);
    let agents = Agents::new(&site);
    let paths: Vec<_> = (0..site.pages.len()).map(|index| agents.path(index)).collect();
    let expected = [None, Some("a.md.md".to_owned()), Some("index.md".to_owned()), None];
    assert_eq!(paths, expected);
    let (_, diagnostics) = built(&site, &crate::examples::Verdicts::default());
    assert!(diagnostics.is_empty(), "{diagnostics:?}");
}

#[test]
fn the_address_of_the_site_stands_before_its_own() {
    let site = bare(&[
        ("proofpress.toml", "[site]\ntitle = \"S\"\ndescription = \"D\"\nurl = \"https://a.example/docs\"\n"),
        ("content/index.md", "[x](/b/)"),
        ("content/b.md", "# B\n[y](/) ![z](/i.png)"),
        ("static/i.png", ""),
    ]);
    let agents = Agents::new(&site);
    let b = "# B\n\n[y](https://a.example/docs/index.md) ![z](https://a.example/docs/i.png)\n";
    assert_eq!(agents.file("b.md").as_deref(), Some(b));
    let index = "# S\n\n> D\n\nThe text of all pages is in [llms-full.txt](https://a.example/docs/llms-full.txt).\n\n\
                 ## Pages\n\n- [index](https://a.example/docs/index.md)\n- [B](https://a.example/docs/b.md)\n";
    assert_eq!(agents.file("llms.txt").as_deref(), Some(index));
}

#[test]
fn the_list_has_each_page_once_in_the_order_of_the_navigation() {
    let site = bare(&[
        ("content/index.md", "---\ntitle: Home\n---\n"),
        ("content/z/index.md", "---\ntitle: Z\nweight: 1\ndescription: Zed\n---\n"),
        ("content/z/b.md", "---\ntitle: B\nweight: 2\n---\n"),
        ("content/z/a.md", "---\ntitle: A\nweight: 1\n---\n"),
        ("content/z/n.md", "---\ntitle: N\nnoindex: true\n---\n"),
        ("content/h.md", "---\ntitle: H\nhidden: true\n---\n"),
        ("content/h/below.md", "---\ntitle: Below\n---\n"),
    ]);
    let index = Agents::new(&site).file("llms.txt").expect("it is there");
    let expected = "# T\n\nThe text of all pages is in [llms-full.txt](/llms-full.txt).\n\n\
                    ## Pages\n\n- [Home](/index.md)\n\n\
                    ## Z\n\n- [Z](/z.md): Zed\n- [A](/z/a.md)\n- [B](/z/b.md)\n\n\
                    ## Optional\n\n- [Below](/h/below.md)\n";
    assert_eq!(index, expected);
}

/// The list of a site with this `docs.json` and pages.
fn listed(settings: &str, path: &str, pages: &[&str]) -> String {
    let texts: Vec<(String, String)> =
        pages.iter().map(|path| (format!("{path}.md"), format!("# {}\n", path.to_uppercase()))).collect();
    let mut files = vec![("docs.json", settings)];
    files.extend(texts.iter().map(|(path, text)| (path.as_str(), text.as_str())));
    let site = doubtful(&files);
    let list = Agents::new(&site).file(path).expect("it is there");
    list.split_once("\n## ").map_or(String::new(), |(_, sections)| format!("## {sections}"))
}

#[test]
fn a_group_is_named_with_its_tab() {
    let settings = r#"{ "name": "N", "theme": "mint", "navigation": { "tabs": [
        { "tab": "T", "groups": [{ "group": "G", "pages": ["b", "a", { "group": "H", "pages": ["c", "b"] }] }] },
        { "tab": "U", "pages": ["d"] } ] } }"#;
    let expected = "## T: G\n\n- [B](/b.md)\n- [A](/a.md)\n- [C](/c.md)\n\n## U\n\n- [D](/d.md)\n\n\
                    ## Optional\n\n- [E](/e.md)\n";
    assert_eq!(listed(settings, "llms.txt", &["a", "b", "c", "d", "e"]), expected);
}

#[test]
fn each_language_has_its_list() {
    let settings = r#"{ "name": "N", "theme": "mint", "navigation": { "languages": [
        { "language": "fr", "groups": [{ "group": "G", "pages": ["fr/a"] }] },
        { "language": "en", "default": true, "groups": [{ "group": "G", "pages": ["a"] }] } ] } }"#;
    let pages = ["a", "b", "fr/a", "fr/b"];
    let english = "## G\n\n- [A](/a.md)\n\n## Optional\n\n- [B](/b.md)\n";
    let french = "## G\n\n- [FR/A](/fr/a.md)\n\n## Optional\n\n- [FR/B](/fr/b.md)\n";
    assert_eq!(listed(settings, "llms.txt", &pages), english);
    assert_eq!(listed(settings, "fr/llms.txt", &pages), french);
}

#[test]
fn a_page_of_two_long_languages_is_written_once() {
    let long = format!("# A\n\n{}\n", "word ".repeat(240_000));
    let settings = r#"{ "name": "N", "navigation": { "languages": [
        { "language": "en", "pages": ["a"] }, { "language": "fr", "pages": ["a"] }, { "language": "fr", "pages": ["a"] } ] } }"#;
    let site = themed(&[("docs.json", settings), ("a.md", &long)]);
    let (files, _) = built(&site, &crate::examples::Verdicts::default());
    let times = |path: &str| files.iter().filter(|(name, _)| name == path).count();
    let seen = ["a.md", "llms-full/pages.txt", "fr/llms.txt", "fr/llms-full/pages.txt"].map(times);
    assert_eq!(seen, [1, 1, 1, 1]);
}

#[test]
fn a_page_that_robots_are_to_leave_out_is_in_no_list() {
    let site = bare(&[("content/index.md", "# A"), ("content/b.md", "---\nrobots: noindex\n---\n# B")]);
    let list = Agents::new(&site).file("llms.txt").unwrap_or_default();
    assert!(list.contains("/index.md") && !list.contains("/b.md"), "{list}");
}

#[test]
fn a_file_stays_where_a_redirect_would_be_a_folder() {
    let site = themed(&[
        (
            "docs.json",
            r#"{ "name": "N", "theme": "mint", "navigation": { "pages": ["a"] },
            "redirects": [{ "source": "/a.md", "destination": "/a" }, { "source": "/b", "destination": "/a#c" }] }"#,
        ),
        ("a.md", "# A\n\n[x](/b)\n\n## C\n"),
    ]);
    let (files, _) = built(&site, &crate::examples::Verdicts::default());
    assert_eq!(text(&files, "a.md"), "# A\n\n[x](/a.md#c)\n\n## C\n");
    assert_eq!(text(&files, "a.md/index.html"), "");
}

#[test]
fn a_short_site_is_one_text() {
    let site =
        bare(&[("content/index.md", "# A\n\nb"), ("content/c.md", "---\ntitle: C\ndescription: D\n---\ne")]);
    let full = "# A\n\nSource: /\n\nb\n\n# C\n\nSource: /c/\n\n> D\n\ne\n";
    assert_eq!(Agents::new(&site).file("llms-full.txt").as_deref(), Some(full));
    assert_eq!(Agents::new(&site).file("llms-full/pages.txt"), None);
}

#[test]
fn a_long_site_is_divided_by_section() {
    let long = format!("# L\n\n{}", "word ".repeat(120_000));
    let site = bare(&[
        ("content/index.md", "# A"),
        ("content/s/a.md", long.as_str()),
        ("content/s/b.md", long.as_str()),
        ("content/t/b.md", "# B"),
    ]);
    let (files, diagnostics) = built(&site, &crate::examples::Verdicts::default());
    assert!(diagnostics.is_empty(), "{diagnostics:?}");
    let index = "# T\n\nThe text of all pages, by section.\n\n## Sections\n\n- [Pages](/llms-full/pages.txt): 1 page\n\
                 - [S](/llms-full/s.txt): 2 pages\n- [T](/llms-full/t.txt): 1 page\n";
    assert_eq!(text(&files, "llms-full.txt"), index);
    assert_eq!(text(&files, "llms-full/t.txt"), "# B\n\nSource: /t/b/\n");
    assert_eq!(Agents::new(&site).file("llms-full/t.txt").as_deref(), Some("# B\n\nSource: /t/b/\n"));
    assert_eq!(Agents::new(&site).file("llms-full/u.txt"), None);
}

#[test]
fn two_code_spans_stay_two() {
    check("`a`<wbr>`b` `c`", "`a` `b` `c`");
}
