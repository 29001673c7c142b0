//! What the attributes of a fence and the front matter of a page are read as.

use super::{page, says};
use crate::page::{Attributes, Mode};

fn attributes(info: &str) -> Attributes {
    let page = page(&format!("```{info}\n```\n"));
    page.fences.first().map(|fence| fence.attributes.clone()).unwrap_or_default()
}

#[test]
fn the_theme_gets_its_attributes() {
    let attributes = attributes("js{1,3-4} My title.js lines wrap icon=\"x y\" focus={2} theme='dark'");
    assert_eq!(attributes.title.as_deref(), Some("My title.js"));
    assert_eq!(attributes.highlight, [1..=1, 3..=4]);
    assert_eq!(attributes.focus, [2..=2]);
    assert!(attributes.lines && attributes.wrap && !attributes.diff);
    assert_eq!(attributes.icon.as_deref(), Some("x y"));
    assert_eq!(attributes.other, [("theme".to_owned(), "dark".to_owned())]);
}

#[test]
fn lines_stand_in_quotes_where_a_page_is_jsx() {
    assert_eq!(attributes("ts highlight={\"1,3-4\"}").highlight, [1..=1, 3..=4]);
}

#[test]
fn the_verifier_gets_its_attributes() {
    let read = attributes(
        "bash status=401 exit=22 error=\"no key\" needs=a,b env=\"K=a b\" timeout=500ms retry=2 no_run should_fail",
    );
    let example = read.example;
    assert_eq!(example.status.map(|status| status.value), Some(401));
    assert_eq!(example.exit.map(|exit| exit.value), Some(22));
    assert_eq!(example.error.map(|error| error.value).as_deref(), Some("no key"));
    assert_eq!(example.needs.iter().map(|name| name.value.as_str()).collect::<Vec<_>>(), ["a", "b"]);
    assert_eq!(example.env, [("K".to_owned(), "a b".to_owned())]);
    assert_eq!(example.timeout, Some(std::time::Duration::from_millis(500)));
    assert_eq!((example.retry, example.no_run, example.should_fail.is_some()), (2, true, true));
}

#[test]
fn an_expectation_may_name_its_example() {
    let response = |info| attributes(info).example.response.map(|response| response.value);
    assert_eq!(response("json response"), Some(None));
    assert_eq!(response("json response=start"), Some(Some("start".to_owned())));
    assert_eq!(response("json"), None);
}

#[test]
fn what_others_call_it_is_read_as_ignore() {
    let ignore = |info| attributes(info).example.ignore.map(|ignore| ignore.value);
    assert_eq!(ignore("json ignore=\"a sketch\"").as_deref(), Some("a sketch"));
    assert_eq!(ignore("json validate=false").as_deref(), Some("validate=false"));
    assert_eq!(ignore("json test=skip").as_deref(), Some("test=skip"));
    assert_eq!(ignore("json validate=true"), None);
}

#[test]
fn a_bad_value_is_underlined() {
    says("```bash timeout=soon\n```\n", "bad-attribute soon");
    says(
        "```bash status=\"9\" {x} match=same\n```\n",
        "bad-attribute 9\nbad-attribute {x}\nbad-attribute same",
    );
    says("- > ```bash exit=\n  > ```\n", "bad-attribute exit=");
    says("```bash title=\"a\n```\n", "bad-attribute \"a");
    says("```bash ignore\n```\n", "bad-attribute ignore");
}

#[test]
fn an_unknown_attribute_is_said_where_one_of_ours_was_meant() {
    says("```json clinet=openclaw\n```\n", "unknown-attribute clinet");
    says("```json colour=red\n```\n", "");
}

#[test]
fn a_comment_above_a_fence_sets_attributes() {
    let no_run = |text: &str| {
        page(text).fences.iter().map(|fence| fence.attributes.example.no_run).collect::<Vec<_>>()
    };
    assert_eq!(no_run("<!-- example: no_run -->\n```x\n```\n"), [true]);
    assert_eq!(no_run("- a\n\n  <!-- example:\n    no_run -->\n\n  ```x\n  ```\n"), [true]);
    assert_eq!(no_run("<A>\n  {/* example: no_run */}\n  ```x\n  ```\n</A>\n"), [true]);
    assert_eq!(no_run("<!-- no_run -->\n```x\n```\n"), [false]);
    assert_eq!(no_run("<!-- example: no_run -->\ntext\n\n```x\n```\n"), [false]);
    says("<!-- example: timeout=soon -->\n```x\n```\n", "bad-attribute soon");
}

#[test]
fn a_page_sets_attributes_for_its_fences() {
    let text = "---\nexamples:\n  client: openclaw\n  no_run: true\n---\n```x client=codex\n```\n```y no_run=false\n```\n";
    let page = page(text);
    let seen: Vec<_> = page
        .fences
        .iter()
        .map(|fence| {
            let example = &fence.attributes.example;
            (example.client.as_ref().map(|client| client.value.as_str()), example.no_run)
        })
        .collect();
    assert_eq!(seen, [(Some("codex"), true), (Some("openclaw"), false)]);
}

#[test]
fn front_matter_is_read() {
    for text in [
        "---\ntitle: A\nsidebarTitle: B\nsummary: C\nweight: 3\nhidden: true\n---\n# X\n",
        "+++\r\ntitle = \"A\"\r\nnav_title = \"B\"\r\ndescription = \"C\"\r\nweight = 3\r\nhidden = true\r\n+++\r\n# X\r\n",
    ] {
        let front = page(text).front;
        assert_eq!((front.title.as_str(), front.nav_title.as_deref()), ("A", Some("B")));
        assert_eq!((front.description.as_deref(), front.weight, front.hidden), (Some("C"), Some(3), true));
    }
}

#[test]
fn front_matter_of_mintlify_is_read() {
    let text = "---\nicon: rocket\niconType: solid\ntag: NEW\nnoindex: false\nmode: wide\nurl: https://a.example\n\
                openapi: GET /pets\nkeywords: [a, b]\n\"og:image\": /a.png\nrobots: noarchive\npermalink: /b\n---\n";
    let page = page(text);
    let front = &page.front;
    assert_eq!((front.icon.as_deref(), front.icon_type.as_deref()), (Some("rocket"), Some("solid")));
    assert_eq!((front.tag.as_deref(), front.noindex, front.mode), (Some("NEW"), Some(false), Mode::Wide));
    let (key, operation) = front.api.as_ref().expect("the page has one");
    assert_eq!((*key, page.source.slice(operation.span)), ("openapi", "GET /pets"));
    assert_eq!(front.url.as_ref().map(|url| url.value.as_str()), Some("https://a.example"));
    assert_eq!(front.keywords, ["a", "b"]);
    let meta = [("og:image", "/a.png"), ("robots", "noarchive")];
    assert_eq!(front.meta, meta.map(|(name, content)| (name.to_owned(), content.to_owned())));
    assert!(page.diagnostics.is_empty(), "{:?}", page.diagnostics);
}

#[test]
fn robots_can_leave_a_page_out() {
    assert_eq!(page("---\nrobots: noindex, nofollow\n---\n").front.noindex, Some(true));
}

#[test]
fn keys_of_mintlify_have_types() {
    says(
        "---\nnoindex: 1\nmode: wid\nkeywords: [a, [b]]\n---\n",
        "front-matter 1\nfront-matter wid\nfront-matter [b]",
    );
    says("---\nurl: /a\nicon: {}\nboost: a\n---\n", "front-matter {}\nfront-matter a\nfront-matter /a");
    says("---\nsidbarTitle: a\nkeyword: b\n---\n", "front-matter sidbarTitle\nfront-matter keyword");
}

/// Keys of Jekyll, Hugo, Docusaurus, Starlight and others are theirs.
#[test]
fn keys_of_other_generators_are_free() {
    let keys = "aliases author badge banner categories comments cover date draft editUrl excerpt group head height \
                hero hide id image lang lastUpdated layout modes nav_order next order outline pagination_next parent \
                prev publish published read_when sidebar sidebar_label sidebar_position since slug status subtitle \
                tags template titles toc type updated version versions";
    let lines: Vec<String> = keys.split_whitespace().map(|key| format!("{key}: a\n")).collect();
    says(&format!("---\n{}---\n", lines.concat()), "");
}

#[test]
fn a_page_without_a_title_is_called_by_its_file() {
    assert_eq!(page("text\n").front.title, "page");
}

#[test]
fn front_matter_is_wrong_where_it_stands() {
    says("---\ntitle: [a]\nweight: much\n---\n", "front-matter [a]\nfront-matter much");
    says("---\na: b\n", "front-matter ---");
    says("---\n- a\n---\n", "front-matter - a");
    says("---\nexamples:\n  clinet: x\n---\n", "unknown-attribute clinet");
    says("---\n\ntext\n", "");
}
