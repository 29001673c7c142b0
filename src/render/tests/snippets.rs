//! What readers see of snippets.

use super::*;

/// The body of the home page of a site with these files, and what is wrong with its snippets: where, and what.
#[track_caller]
fn check(files: &[(&str, &str)], html: &str, said: &[&str]) {
    let site = bare(files);
    let (renderer, diagnostics) = Renderer::new(&site);
    assert!(diagnostics.is_empty(), "{diagnostics:?}");
    let (index, _) = site.page_by_route(&Route::root()).expect("it has an index");
    let seen = renderer.page(index, &|_| &[]).expect("it can be rendered");
    assert_eq!(seen.trim(), html);
    let all = site.snippet_diagnostics().iter().map(|said| {
        let position = said.source.position(said.problem.span.start);
        let help = said.problem.help.as_deref().unwrap_or_default();
        format!("{}:{} {}; {help}", said.source.path(), position.line, said.problem.message)
    });
    assert_eq!(all.collect::<Vec<_>>(), said);
}

#[test]
fn a_snippet_stands_in_the_place_of_its_tag() {
    check(
        &[
            (
                "content/index.md",
                "import Hi from '/snippets/hi.mdx'\n\na\n\n<Hi word=\"you\" />\n\nb <Hi word={2} /> c\n",
            ),
            ("content/snippets/hi.mdx", "Hi *{word}*!\n"),
        ],
        "<p>a</p>\n<p>Hi <em>you</em>!</p>\n<p>b Hi <em>2</em>! c</p>",
        &[],
    );
    check(
        &[
            ("content/index.md", "<Snippet file=\"hi.mdx\" name=\"you\" />\n"),
            ("content/snippets/hi.mdx", "Hi {name}, {props.name}, {other}.\n"),
        ],
        "<p>Hi you, you, {other}.</p>",
        &[],
    );
}

#[test]
fn what_agents_read_of_a_snippet_hides_no_heading_of_the_page() {
    let site = bare(&[
        ("content/index.md", "## First\n\n<Snippet file=\"a.mdx\" />\n"),
        (
            "content/snippets/a.mdx",
            "<Visibility for=\"agents\">\n## Second\n\nMany words of a snippet.\n</Visibility>\n",
        ),
        ("templates/home.html", "{% for heading in page.contents %}{{ heading.text }};{% endfor %}"),
    ]);
    let (files, _) = built(&site, &Verdicts::default());
    assert_eq!(text(&files, "index.html"), "First;");
}

#[test]
fn what_stands_inside_comes_into_the_place_of_children() {
    check(
        &[
            ("content/index.md", "import Box from './snippets/box.mdx'\n\n<Box>\n- a\n\nb\n</Box>\n"),
            ("templates/components/note.html", "{% component Note() %}[{{ body }}]{% endcomponent Note %}"),
            ("content/snippets/box.mdx", "<Note>\n  {children}\n</Note>\n"),
        ],
        "[<ul>\n<li>a</li>\n</ul>\n<p>b</p>\n]",
        &[],
    );
}

#[test]
fn values_come_from_other_files() {
    check(
        &[
            (
                "content/index.md",
                "import { version as v, app } from '/snippets/values.mdx'\nimport * as all from '/snippets/values.mdx'\n\n## Use {v}\n\n{app.name} {all.version}\n",
            ),
            (
                "content/snippets/values.mdx",
                "export const version = '1.2'\nexport const app = { name: \"Ply\" }\n",
            ),
        ],
        "<h2 id=\"use-v\"><span id=\"use-{v}\" class=\"alias\"></span>Use 1.2<a class=\"anchor\" href=\"#use-v\" aria-label=\"Link to “Use 1.2”\">#</a></h2>\n<p>Ply 1.2</p>",
        &[],
    );
}

#[test]
fn ids_are_unique_with_snippets() {
    let files = [
        (
            "content/index.md",
            "import A from '/snippets/a.mdx'\n\n<A />\n\n## One\n\n<A />\n\n[x](#one-1) [y](#one-2) [z](#one-3)\n",
        ),
        ("content/snippets/a.mdx", "## One\n\n[w](b) [v](#here)\n"),
        ("content/b.md", "# B"),
    ];
    let site = bare(&files);
    let (index, _) = site.page_by_route(&Route::root()).expect("it has an index");
    let page = &site.shown(index).expect("it is there").page;
    let ids: Vec<&str> = page.headings.iter().map(|heading| heading.id.as_str()).collect();
    assert_eq!(ids, ["one-1", "one", "one-2"]);
    let wrong = crate::checks::check(&site);
    let wrong: Vec<_> =
        wrong.iter().map(|said| (said.source.path(), said.source.slice(said.problem.span))).collect();
    assert_eq!(wrong, [("content/index.md", "#one-3"), ("content/snippets/a.mdx", "#here")]);
}

#[test]
fn a_snippet_is_no_page() {
    let site = bare(&[
        ("content/index.md", "# A"),
        ("content/snippets/b.md", "# B"),
        ("content/c/snippets/d.md", "# D"),
        ("proofpress.toml", "[site]\nurl = \"https://a.example\"\n"),
    ]);
    let (files, diagnostics) = built(&site, &Verdicts::default());
    assert!(diagnostics.is_empty(), "{diagnostics:?}");
    let pages: Vec<&str> =
        files.iter().map(|(name, _)| name.as_str()).filter(|name| name.ends_with("index.html")).collect();
    assert_eq!(pages, ["c/snippets/d/index.html", "index.html"]);
    assert!(!text(&files, "sitemap.xml").contains("snippets/b"));
    assert_eq!(site.navigation.order.len(), 2);
}

#[test]
fn snippets_stand_in_each_other() {
    check(
        &[
            ("content/index.md", "import A from '/snippets/a.mdx'\n\n<A x=\"1\">*c*</A>\n"),
            (
                "content/snippets/a.mdx",
                "import B from './b.mdx'\n\na{x}\n\n<B y={x}>{children} and {x}</B>\n",
            ),
            ("content/snippets/b.mdx", "b{y}{x}\n\n<B>{children}</B>\n"),
        ],
        "<p>a1</p>\n<p>b1{x}</p>\n<p><em>c</em> and 1</p>",
        &[],
    );
}

#[test]
fn snippets_that_show_themselves_are_left_out() {
    let one = "import B from './b.mdx'\n\na\n\n<B />\n";
    let two = "import A from './a.mdx'\n\nb\n\n<A />\n";
    check(
        &[
            ("content/index.md", "import A from '/snippets/a.mdx'\n\n<A />\n"),
            ("content/snippets/a.mdx", one),
            ("content/snippets/b.mdx", two),
        ],
        "<p>a</p>\n<p>b</p>",
        &[
            "content/snippets/a.mdx:5 `content/snippets/b.mdx` shows itself here; take it out, or move what both show to a third file",
            "content/snippets/b.mdx:5 `content/snippets/a.mdx` shows itself here; take it out, or move what both show to a third file",
        ],
    );
}

#[test]
fn snippets_stand_in_each_other_only_so_deep() {
    let texts: Vec<(String, String)> = (0..18)
        .map(|at| {
            let next = format!("import N from './{}.mdx'\n\n{at}\n\n<N />\n", at + 1);
            (format!("content/snippets/{at}.mdx"), if at == 17 { "end".to_owned() } else { next })
        })
        .collect();
    let mut files = vec![("content/index.md", "<Snippet file=\"0.mdx\" />\n")];
    files.extend(texts.iter().map(|(path, text)| (path.as_str(), text.as_str())));
    let site = bare(&files);
    let said: Vec<&str> = site.snippet_diagnostics().iter().map(|said| said.source.path()).collect();
    assert_eq!(said, ["content/snippets/15.mdx", "content/snippets/16.mdx"]);
}

#[test]
fn what_is_not_there_is_said() {
    check(
        &[
            (
                "content/index.md",
                "import A from '/snippets/valeus.mdx'\nimport { vrsion } from '/snippets/values.mdx'\n\n<A>a</A>\n\n<Snippet file=\"value.mdx\" />\n\n<Snippet />\n\n{vrsion}\n",
            ),
            ("content/snippets/values.mdx", "export const version = '1.2'\n"),
        ],
        "<p>a</p>\n\n\n<p>{vrsion}</p>",
        &[
            "content/index.md:1 there is no file `/snippets/valeus.mdx`; the nearest is `/snippets/values.mdx`",
            "content/index.md:2 `content/snippets/values.mdx` exports no `vrsion`; write `version`",
            "content/index.md:6 there is no snippet `value.mdx`; the nearest is `values.mdx`",
            "content/index.md:8 `Snippet` has no `file`; write `file=\"…\"` with a file of `snippets/`",
        ],
    );
}

#[test]
fn javascript_is_not_run() {
    check(
        &[
            (
                "content/index.md",
                "import { Chart } from '/snippets/chart.jsx'\nimport { Year } from '/snippets/year.mdx'\nexport const Own = () => <b>{Date.now()}</b>\nexport const now = Date.now()\n\n<Chart>a</Chart>\n\n<Year />\n\n<Own /> {now}\n",
            ),
            (
                "content/snippets/year.mdx",
                "export const Year = () => {\n  return <b>{new Date().getFullYear()}</b>\n}\n",
            ),
        ],
        "<p>a</p>\n<p> {now}</p>",
        &[
            "content/index.md:6 `Chart` is written in JavaScript, which is not run; write it as a snippet in Markdown, or as a template of its name",
            "content/index.md:8 `Year` is written in JavaScript, which is not run; write it as a snippet in Markdown, or as a template of its name",
            "content/index.md:10 `Own` is written in JavaScript, which is not run; write it as a snippet in Markdown, or as a template of its name",
            "content/index.md:10 `now` has no value that is written out, and JavaScript is not run; export a text, a number, a list or an object that is written out",
        ],
    );
}

#[test]
fn components_that_only_put_tags_together_are_shown() {
    let parts = "export const Since = ({ version, label = 'Since' }) => (\n  <b className=\"since\">\n    {label} <code>{version}</code>\n  </b>\n);\n\nexport const Box = (props) => <div title={props.title}>{props.children}</div>\n\nexport function Both({ a }) {\n  return <Box title={a}><Since version={a} /></Box>\n}\n";
    check(
        &[
            (
                "content/index.md",
                "import { Since, Box, Both } from '/snippets/parts.mdx'\nexport const Own = ({ who }) => <em>{who}!</em>\n\na <Since version=\"2\" /> b\n\n<Since version=\"<3>\" label=\"From\" />\n\n<Box title=\"t\">\n**c**\n\n- d\n</Box>\n\n<Both a=\"4\" />\n\n<Own who=\"you\" /><Own />\n",
            ),
            ("content/snippets/parts.mdx", parts),
        ],
        "<p>a <b class=\"since\">Since <code>2</code></b> b</p>\n<p><b class=\"since\">From <code>&lt;3&gt;</code></b></p>\n<div title=\"t\">\n<p><strong>c</strong></p>\n<ul>\n<li>d</li>\n</ul>\n</div><div title=\"4\">\n<p><b class=\"since\">Since <code>4</code></b></p>\n</div>\n<p><em>you!</em><em>!</em></p>",
        &[],
    );
}

#[test]
fn what_stands_inside_a_component_may_be_an_attribute() {
    check(
        &[(
            "content/index.md",
            "export const A = ({ children }) => <b>{children}</b>\n\n<A children=\"a\" /> <A>b</A>\n",
        )],
        "<p><b>a</b> <b>b</b></p>",
        &[],
    );
}

#[test]
fn what_is_wrong_in_a_component_is_said_where_it_stands() {
    let site = bare(&[(
        "content/index.md",
        "# A\n\nexport const B = () => (\n  <Card\n    titel=\"x\">\n    <a href=\"/nowhere/\">y</a>\n  </Card>\n);\n\n<B />\n",
    )]);
    let (renderer, _) = Renderer::new(&site);
    let said = renderer.check().into_iter().chain(crate::checks::check(&site));
    let said = said.map(|said| {
        let position = said.source.position(said.problem.span.start);
        let text = said.source.slice(said.problem.span);
        format!("{}:{} {text}: {}", position.line, position.column, said.problem.message)
    });
    let said: Vec<String> = said.collect();
    assert_eq!(
        said,
        [
            "4:3 <Card: `titel` is not an attribute of `Card`",
            "4:3 <Card: the site has no page and no file at `/nowhere/`"
        ],
    );
}

#[test]
fn many_components_are_many_times_one() {
    let exports: Vec<String> = (0..3000).map(|at| format!("export const A{at} = () => <b>x</b>")).collect();
    let site = bare(&[("content/index.md", &format!("{}\n\n<A2999 />\n", exports.join("\n")))]);
    assert_eq!(site.component_pages().count(), 3000);
}

#[test]
fn a_component_that_shows_itself_comes_to_an_end() {
    check(
        &[("content/index.md", "export const A = () => <b>a <A /></b>\n\n<A />\n")],
        "<p><b>a </b></p>",
        &["content/index.md:1 `A` shows itself here; take it out, or move what both show to a third file"],
    );
}

#[test]
fn many_snippets_in_each_other_come_to_an_end() {
    let texts: Vec<(String, String)> = (0..12)
        .map(|at| {
            (
                format!("content/snippets/{at}.mdx"),
                format!("<Snippet file=\"{}.mdx\" />\n\n", at + 1).repeat(10),
            )
        })
        .collect();
    let mut files =
        vec![("content/index.md", "<Snippet file=\"0.mdx\" />\n"), ("content/snippets/12.mdx", "end")];
    files.extend(texts.iter().map(|(path, text)| (path.as_str(), text.as_str())));
    assert!(!bare(&files).snippet_diagnostics().is_empty());
}

#[test]
fn footnotes_of_snippets_are_their_own() {
    let site = bare(&[
        ("content/index.md", "a[^1]\n\n<Snippet file=\"a.md\" />\n\n[^1]: one\n"),
        ("content/snippets/a.md", "b[^1]\n\n[^1]: two\n"),
    ]);
    let (renderer, _) = Renderer::new(&site);
    let html = renderer.page(0, &|_| &[]).expect("it can be rendered");
    assert!(html.contains("<p>one") && html.contains("<p>two"), "{html}");
}

#[test]
fn raw_html_has_the_parameters_of_a_snippet() {
    check(
        &[
            ("content/index.md", "<Snippet file=\"a.mdx\" to=\"/b\" on={true} />\n"),
            ("content/b.md", "# B"),
            (
                "content/snippets/a.mdx",
                "<a\n  href={to}\n  hidden={on}\n  title={none}\n>c</a> *d*\n\n<img src={props.to} />\n",
            ),
        ],
        "<p><a href=\"/b/\" hidden>c</a> <em>d</em></p>\n<img src=\"/b/\" />",
        &[
            "content/snippets/a.mdx:1 `none` has no value that is written out, and JavaScript is not run; export a text, a number, a list or an object that is written out",
        ],
    );
}

#[test]
fn addresses_in_raw_html_are_those_of_the_site() {
    let site = bare(&[
        ("proofpress.toml", "[site]\nurl = \"https://a.example/docs\"\n"),
        (
            "content/index.md",
            "<p><a href=\"b.md#c\">x</a> <a href=\"#d\">y</a></p>\n\nz <img src=\"/e.png\" />\n",
        ),
        ("content/b.md", "# B\n\n## C\n"),
        ("static/e.png", ""),
    ]);
    let (renderer, _) = Renderer::new(&site);
    let (index, _) = site.page_by_route(&Route::root()).expect("it has an index");
    let html = renderer.page(index, &|_| &[]).expect("it can be rendered");
    let expected =
        "<p><a href=\"/docs/b/#c\">x</a> <a href=\"#d\">y</a></p>\n<p>z <img src=\"/docs/e.png\" /></p>";
    assert_eq!(html.trim(), expected);
    let wrong = crate::checks::check(&site);
    let wrong: Vec<_> = wrong.iter().map(|said| said.source.slice(said.problem.span)).collect();
    assert_eq!(wrong, ["#d"]);
}
