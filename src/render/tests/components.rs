//! Components, as their templates show them.

use std::sync::Arc;

use super::body::{check, check_has, check_lacks};
use super::*;
use crate::page::{Names, Page};
use crate::source::Source;

/// What is said of a page and its components.
fn said(markdown: &str) -> Vec<String> {
    let site = bare(&[("content/index.md", markdown)]);
    let (renderer, _) = Renderer::new(&site);
    let problems = renderer.check().into_iter().map(|said| said.problem);
    problems.map(|said| format!("{} {}", said.message, said.help.unwrap_or_default())).collect()
}

#[test]
fn a_note_is_an_aside() {
    check_has("<Note>Hi *you*</Note>", "</svg>Note</p>\n<p>Hi <em>you</em></p>");
}

#[test]
fn steps_are_a_list_with_anchors() {
    let markdown = "<Steps>\n  <Step title=\"One & two\">\n    a\n  </Step>\n</Steps>";
    check_has(markdown, "<ol class=\"steps\">\n<li class=\"step\" id=\"one--two\">");
    check_has(markdown, "One &amp; two");
}

#[test]
fn the_first_tab_is_open_and_closes_with_the_others() {
    let markdown = "<Tabs>\n<Tab title=\"A\">a</Tab>\n<Tab title=\"B\">b</Tab>\n</Tabs>";
    check_has(markdown, "<details class=\"tab\" id=\"a\" name=\"group-0\" open>");
    check_has(markdown, "<details class=\"tab\" id=\"b\" name=\"group-0\"><summary>B</summary>");
}

#[test]
fn a_component_in_a_line_stays_in_its_paragraph() {
    check(
        "a <Badge>b</Badge> c",
        "<p>a <span class=\"badge badge-gray badge-md badge-rounded\">b</span> c</p>",
    );
}

#[test]
fn a_component_without_a_template_shows_what_stands_inside() {
    check("<Odd>\n*a*\n</Odd>", "<p><em>a</em></p>");
}

#[test]
fn a_field_is_named_by_its_place() {
    check_has("<ParamField body=\"a\" />", "<span class=\"field-label\">body</span>");
    check_lacks("<ParamField path=\"a\" />", "field-label");
    check_has("<ParamField query=\"a\" default={2} />", "default <code>2</code>");
    check_has("<ParamField />", "<div class=\"field\">");
    check_has("<ResponseField name=\"a.b\" />", "id=\"param-ab\"");
}

#[test]
fn a_site_has_components_of_its_own() {
    let mut site = bare(&[("content/index.md", "")]);
    let shout = "{% component Shout(word: string, ...rest) %}<b>{{ word }} {{ rest.more }}</b>{{ body }}{% endcomponent Shout %}";
    let note = "{% component Note() %}<i>{{ body }}</i>{% endcomponent Note %}";
    for (file, text) in [("shout", shout), ("note", note)] {
        site.assets.templates.push((format!("components/{file}.html"), text.to_owned()));
    }
    let mut names = Names::default();
    names.add("Shout");
    let source =
        Source::new("content/index.md", "<Shout word=\"a\" more=\"b\">c</Shout>\n\n<Note>d</Note>\n");
    site.pages.iter_mut().for_each(|page| page.page = Page::parse_with(Arc::clone(&source), &names));
    let (renderer, diagnostics) = Renderer::new(&site);
    assert!(diagnostics.is_empty(), "{diagnostics:?}");
    let html = renderer.page(0, &|_| &[]).expect("the templates are right");
    assert!(html.contains("<b>a b</b><p>c</p>") && html.contains("<i><p>d</p>"), "{html}");
    assert!(site.pages.iter().all(|page| page.page.diagnostics.is_empty()));
}

#[test]
fn an_attribute_is_escaped() {
    check_lacks("<Card title='<b>' />", "<b>");
    check_lacks("<Step title='\"><script>' />", "<script>");
}

#[test]
fn an_unknown_attribute_is_said_with_the_nearest() {
    let site = bare(&[("content/index.md", "<Card titel=\"a\" cols={2} href={x} />\n\n<Tab />\n")]);
    let (renderer, _) = Renderer::new(&site);
    let seen: Vec<_> = renderer
        .check()
        .into_iter()
        .map(|said| format!("{} {}", said.problem.message, said.problem.help.unwrap_or_default()))
        .collect();
    let expected = [
        "`titel` is not an attribute of `Card` write `title`",
        "`cols` is not an attribute of `Card` take it out, or declare it in the template of the component",
        "the value of `href` is an expression, which is not evaluated write a value of the type that its template declares",
        "`Tab` has no `title` write `title=\"…\"` in its tag",
    ];
    assert_eq!(seen, expected);
}

#[test]
fn what_no_author_writes_is_no_attribute() {
    let said = said("<Tabs>\n<Tab title=\"A\" group=\"x\">a</Tab>\n</Tabs>");
    let expected =
        "`group` is not an attribute of `Tab` take it out, or declare it in the template of the component";
    assert_eq!(said, [expected]);
}

#[test]
fn attributes_of_style_are_no_mistake() {
    let markdown = "<Card className=\"a\" style={{ b: 1 }} id=\"c\" key={1} title=\"d\" />";
    assert_eq!(said(markdown), Vec::<String>::new());
}

#[test]
fn what_a_page_imports_is_not_ours() {
    assert_eq!(said("import { Card } from \"a\"\n\n<Card titel=\"a\" />"), Vec::<String>::new());
}

#[test]
fn an_icon_is_drawn() {
    check_has("<Card title=\"a\" icon=\"rocket\" />", "<svg class=\"icon\" viewBox=\"0 0 24 24\"");
    check_has("<Icon icon=\"robot\" iconType=\"solid\" />", "<svg class=\"icon icon-solid\"");
    check_has("<Icon icon={<svg><path d=\"M1 1\"/></svg>} />", "<svg><path d=\"M1 1\"/></svg>");
    check_lacks("<Icon icon={<svg onload=\"x()\"></svg>} />", "x()");
    check_lacks("<Icon color=\"red;display:none\" icon=\"bot\" />", "display");
}

#[test]
fn an_unknown_icon_is_said_with_the_nearest() {
    let found = said("<Card title=\"a\" icon=\"rokket\" />\n\n```json icon=\"serverr\"\n{}\n```\n");
    let expected = ["there is no icon `rokket` write `rocket`", "there is no icon `serverr` write `server`"];
    assert_eq!(found, expected);
    assert_eq!(said("<Icon icon={<svg><script/></svg>} />").len(), 1);
    check_lacks("<Card title=\"a\" icon=\"rokket\" />", "rokket");
}

#[test]
fn a_title_holds_markdown() {
    check_has("<Step title=\"Run `a`\" />", "Run <code>a</code>");
    check_has("<Frame caption=\"[a](/b)\">c</Frame>", "<figcaption><a href=\"/b\">a</a></figcaption>");
}

#[test]
fn a_group_of_fences_is_tabs() {
    let markdown = "<CodeGroup>\n```json title=\"A\"\n{}\n```\n\n```yaml\na: 1\n```\n</CodeGroup>";
    check_has(markdown, "<details class=\"tab\" name=\"group-0\" open><summary>A</summary>");
    check_has(markdown, "<details class=\"tab\" name=\"group-0\"><summary>YAML</summary>");
}

#[test]
fn a_group_of_more_than_fences_loses_nothing() {
    let markdown = "<CodeGroup>\nBetween\n\n```json\n{}\n```\n\n```yaml\na: 1\n```\n</CodeGroup>";
    check_lacks(markdown, "<details");
    check_has(markdown, "<p>Between</p>");
}

#[test]
fn a_single_fence_needs_no_tabs() {
    check_lacks("<RequestExample>\n```json\n{}\n```\n</RequestExample>", "<details");
}

#[test]
fn a_tab_knows_which_one_is_first() {
    let markdown = "<Tabs defaultTabIndex={1}>\n<Tab title=\"A\">a</Tab>\n<Tab title=\"B\">b</Tab>\n</Tabs>";
    check_has(markdown, "<details class=\"tab\" id=\"b\" name=\"group-0\" open>");
    check_has(markdown, "<details class=\"tab\" id=\"a\" name=\"group-0\"><summary>");
}

#[test]
fn what_is_for_agents_is_not_in_the_html() {
    let markdown = "<Visibility for=\"agents\">\n## Secret\n</Visibility>\n\n<Visibility for=\"humans\">seen</Visibility>";
    check("<Visibility for=\"agents\">\n## Secret\n</Visibility>", "");
    check_has(markdown, "seen");
    let templates = [("content/index.md", markdown), ("templates/home.html", "{{ page.contents }}")];
    assert_eq!(body(&templates, &[]), "[]");
}

#[test]
fn a_card_leads_where_the_site_serves_it() {
    let files = [
        ("content/index.md", "<Card title=\"a\" href=\"b.md\" img=\"/c.png\" icon=\"/c.png\" />"),
        ("content/b.md", "b"),
        ("static/c.png", "c"),
        ("proofpress.toml", "[site]\nurl = \"https://a.example/docs\"\n"),
    ];
    let html = body(&files, &[]);
    assert!(html.contains("<a href=\"/docs/b/\">a</a>"), "{html}");
    assert_eq!(html.matches("src=\"/docs/c.png\"").count(), 2, "{html}");
}

#[test]
fn a_tree_is_lists_in_lists() {
    let markdown =
        "<Tree>\n<Tree.Folder name=\"a\" defaultOpen>\n<Tree.File name=\"b\" />\n</Tree.Folder>\n</Tree>";
    check_has(markdown, "<ul class=\"tree\">");
    check_has(markdown, "<details open><summary>");
    check_has("<Tree>\n- a\n  - b\n</Tree>", "<div class=\"tree\">\n<ul>");
}

#[test]
fn a_prompt_is_copied_as_it_is_written() {
    let markdown = "<Prompt description=\"d\">\n  # A *b*\n\n    - c\n</Prompt>";
    check_has(markdown, "data-copy=\"# A *b*\n\n  - c\"");
}

#[test]
fn a_colour_has_two_values() {
    let markdown = "<Color>\n<Color.Item name=\"a\" value={{ light: \"#fff\", dark: \"#000\" }} />\n</Color>";
    check_has(markdown, "style=\"background: light-dark(#fff, #000)\"");
}

/// Every component of the manual of the dialect has a template.
#[test]
fn every_component_has_a_template() {
    let site = bare(&[("content/index.md", "")]);
    let theme = super::theme::Theme::new(&site, "");
    let (tera, _) = theme.engine("");
    for name in Names::default().iter() {
        let name = super::super::components::template_name(name);
        assert!(tera.get_component_definition(name).is_some(), "{name}");
    }
}
