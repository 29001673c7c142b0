//! The files of a site, and what templates see.

use super::*;

#[test]
fn a_site_has_its_pages_and_what_belongs_to_it() {
    let site = bare(&[("content/index.md", "# A"), ("content/b/c.md", "# C"), ("static/d.txt", "d")]);
    let (files, diagnostics) = built(&site, &Verdicts::default());
    assert!(diagnostics.is_empty(), "{diagnostics:?}");
    let names: Vec<&str> = files.iter().map(|(name, _)| name.as_str()).collect();
    let expected = [
        "404.html",
        "b/c.md",
        "b/c/index.html",
        "d.txt",
        "favicon.svg",
        "index.html",
        "index.md",
        "llms-full.txt",
        "llms.txt",
        "robots.txt",
        "theme.css",
        "theme.js",
    ];
    assert_eq!(names, expected);
}

#[test]
fn a_site_with_an_address_has_a_sitemap() {
    let site = bare(&[
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
fn a_page_says_what_search_engines_and_networks_are_told() {
    let front = "---\nkeywords: [a, b]\ncanonical: https://b.example/\nrobots: noindex, nofollow\n\"og:title\": C\n\"twitter:card\": d\n---\n# A";
    let site = themed(&[
        ("content/index.md", front),
        ("content/b.md", "---\nnoindex: true\n---\n# B"),
        ("proofpress.toml", "[site]\ntitle = \"T\"\nurl = \"https://a.example\"\n"),
    ]);
    let (files, _) = built(&site, &Verdicts::default());
    let html = text(&files, "index.html");
    for part in [
        "<meta name=\"keywords\" content=\"a, b\">",
        "<link rel=\"canonical\" href=\"https://b.example/\">",
        "<meta name=\"robots\" content=\"noindex, nofollow\">",
        "<meta property=\"og:title\" content=\"C\">",
        "<meta name=\"twitter:card\" content=\"d\">",
    ] {
        assert!(html.contains(part), "{part} is not in {html}");
    }
    assert_eq!((html.matches("og:title").count(), html.matches("\"robots\"").count()), (1, 1));
    assert!(text(&files, "b/index.html").contains("<meta name=\"robots\" content=\"noindex\">"));
    assert!(!text(&files, "sitemap.xml").contains("<loc>"));
}

#[test]
fn the_same_site_gives_the_same_bytes() {
    let site = bare(&[("content/index.md", "# A\n\n```json\n{}\n```"), ("content/b.md", "# B")]);
    assert_eq!(built(&site, &Verdicts::default()).0, built(&site, &Verdicts::default()).0);
}

#[test]
fn a_template_with_a_mistake_is_underlined() {
    let site = bare(&[("content/index.md", "# A"), ("templates/home.html", "a\n{{ page.titel }}")]);
    let (files, diagnostics) = built(&site, &Verdicts::default());
    assert_eq!(text(&files, "index.html"), "");
    let diagnostic = diagnostics.first().expect("the template is wrong");
    assert_eq!(diagnostic.problem.code, Code::Template);
    assert_eq!(diagnostic.source.path(), "templates/home.html");
    assert_eq!(diagnostic.source.position(diagnostic.problem.span.start).line, 2);
}

#[test]
fn a_function_that_is_not_there_is_underlined() {
    let site = bare(&[("content/index.md", "# A"), ("templates/home.html", "é\né{{ nope() }}")]);
    let (_, diagnostics) = built(&site, &Verdicts::default());
    let diagnostic = diagnostics.first().expect("the template is wrong");
    assert_eq!(diagnostic.problem.message, "unknown function `nope`");
    assert_eq!(diagnostic.source.slice(diagnostic.problem.span), "nope");
}

#[test]
fn a_template_that_cannot_be_read_is_said() {
    let site = bare(&[("content/index.md", "# A"), ("templates/home.html", "a\n{% if %}")]);
    let (_, diagnostics) = built(&site, &Verdicts::default());
    let diagnostic = diagnostics.first().expect("the template is wrong");
    assert_eq!(diagnostic.source.path(), "templates/home.html");
    assert_eq!(diagnostic.source.position(diagnostic.problem.span.start).line, 2);
}

#[test]
fn a_template_that_is_not_there_is_said_where_it_is_named() {
    let site = bare(&[("content/index.md", "---\ntemplate: nope.html\n---\n# A")]);
    let (_, diagnostics) = built(&site, &Verdicts::default());
    let diagnostic = diagnostics.first().expect("the template is missing");
    assert_eq!(diagnostic.problem.message, "there is no template `nope.html`");
    assert_eq!(diagnostic.source.slice(diagnostic.problem.span), "nope.html");
}

#[test]
fn a_static_file_does_not_hide_a_page() {
    let site = bare(&[("content/b.md", "# B"), ("static/b/index.html", "x")]);
    let (files, diagnostics) = built(&site, &Verdicts::default());
    assert_ne!(text(&files, "b/index.html"), "x");
    assert_eq!(diagnostics.first().map(|diagnostic| diagnostic.problem.code), Some(Code::RouteTaken));
}

/// What `{{ … }}` in `templates/page.html` gives for `content/a/b.md` in a site with two sections.
fn check_template(template: &str, expected: &str) {
    let site = bare(&[
        ("content/index.md", "# Home"),
        ("content/a/index.md", "---\ntitle: A\nweight: 1\ndescription: First\n---\n"),
        ("content/a/b.md", "---\ntitle: B\nweight: 1\n---\n## C\n### D\n#### E\n"),
        ("content/a/f.md", "---\ntitle: F\nweight: 2\n---\n"),
        ("content/g/h.md", "---\ntitle: H\n---\n"),
        ("templates/page.html", template),
    ]);
    let (files, diagnostics) = built(&site, &Verdicts::default());
    assert!(diagnostics.is_empty(), "{diagnostics:?}");
    assert_eq!(text(&files, "a/b/index.html"), expected);
}

#[test]
fn a_page_knows_its_neighbours() {
    check_template(
        "{% if page.previous and page.next %}{{ page.previous.url }} {{ page.next.url }}{% endif %}",
        "/a/ /a/f/",
    );
}

#[test]
fn a_page_knows_what_stands_above_it() {
    check_template(
        "{% for crumb in page.breadcrumbs %}{{ crumb.title }} {{ crumb.url }};{% endfor %}",
        "A /a/;",
    );
}

#[test]
fn the_contents_are_headings_of_two_levels() {
    check_template("{% for item in page.contents %}{{ item.level }}{{ item.text }}{% endfor %}", "2C3D");
}

#[test]
fn the_entry_of_the_page_is_marked_and_its_section_open() {
    let entry = "{% component NavigationEntry(entry: map, depth: integer = 0) %}{% if entry.open %}{{ entry.title }}:\
                 {{ body }}{% endif %}{% if entry.current %}({{ entry.title }}){% endif %}{% endcomponent NavigationEntry %}";
    let site = bare(&[
        ("content/index.md", "# Home"),
        ("content/a/index.md", "# A"),
        ("content/a/b.md", "# B"),
        ("templates/partials/navigation.html", entry),
        ("templates/page.html", "{{ navigation.menu | safe }}"),
        ("templates/404.html", ""),
        ("templates/home.html", ""),
    ]);
    let (files, diagnostics) = built(&site, &Verdicts::default());
    assert!(diagnostics.is_empty(), "{diagnostics:?}");
    assert_eq!(text(&files, "a/b/index.html"), "A:B:(B)");
}

#[test]
fn the_front_matter_can_be_read_by_templates() {
    check_template("{{ page.data.title }} {{ page.data?.weight or 0 }}", "B 1");
}

#[test]
fn a_large_site_carries_only_the_open_section() {
    let mut files = vec![("content/index.md".to_owned(), "# Home".to_owned())];
    for section in ["a", "b"] {
        for number in 0..120 {
            files.push((format!("content/{section}/{number}.md"), format!("# {section}{number}")));
        }
    }
    let entry = "{% component NavigationEntry(entry: map, depth: integer = 0) %}{% if depth == 0 %}\
                 {{ entry.title }} {{ entry.url }} {% endif %}-{{ body }}{% endcomponent NavigationEntry %}";
    for (path, template) in [
        ("templates/partials/navigation.html", entry),
        ("templates/page.html", "{{ navigation.menu | safe }}"),
        ("templates/404.html", ""),
    ] {
        files.push((path.to_owned(), template.to_owned()));
    }
    let borrowed: Vec<(&str, &str)> =
        files.iter().map(|(path, text)| (path.as_str(), text.as_str())).collect();
    let (files, _) = built(&bare(&borrowed), &Verdicts::default());
    assert_eq!(text(&files, "a/3/index.html"), format!("Home / -A  -{}B /b/0/ -", "-".repeat(120)));
}

#[test]
fn the_built_in_templates_render_a_bare_page() {
    let site = themed(&[("proofpress.toml", ""), ("content/index.md", ""), ("content/a.md", "text")]);
    let (files, diagnostics) = built(&site, &Verdicts::default());
    assert!(diagnostics.is_empty(), "{diagnostics:?}");
    assert!(text(&files, "a/index.html").contains("<p>text</p>"));
    assert!(text(&files, "index.html").contains("<section class=\"hero\">"));
    assert!(text(&files, "404.html").contains("<h1>This page is not here</h1>"));
}

#[test]
fn the_built_in_templates_render_a_full_page() {
    let settings = "[site]\nurl = \"https://a.example/docs\"\nrepository = \"https://b.example\"\n\
                    edit = \"https://b.example/edit/{path}\"\n";
    let page = "---\ntitle: A & B\ndescription: \"<C>\"\n---\n## D\n### E\n## F\n";
    let site = themed(&[
        ("proofpress.toml", settings),
        ("content/index.md", "---\ntitle: T\nactions:\n  - text: Go\n    link: /g/a/\n---\n"),
        ("content/g/a.md", page),
        ("content/g/b.md", "# B"),
    ]);
    let (files, diagnostics) = built(&site, &Verdicts::default());
    assert!(diagnostics.is_empty(), "{diagnostics:?}");
    assert!(text(&files, "index.html").contains("<a class=\"button primary\" href=\"/docs/g/a/\">Go</a>"));
    let html = text(&files, "g/a/index.html");
    for expected in [
        "<title>A &amp; B ·",
        "<meta name=\"description\" content=\"&lt;C&gt;\">",
        "<link rel=\"canonical\" href=\"https://a.example/docs/g/a/\">",
        "<link rel=\"alternate\" type=\"text/markdown\" href=\"https://a.example/docs/g/a.md\">",
        "<a href=\"#d\">D</a>",
        "aria-current=\"page\"><span>A &amp; B</span></a>",
        "rel=\"next\"",
        "Edit this page",
        "/docs/theme.css?v=",
    ] {
        assert!(html.contains(expected), "{expected} is not in {html}");
    }
}
