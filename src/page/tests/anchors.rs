//! What headings, components and tags of a page answer to.

use super::*;

/// The ids of a page in order, headings first, each with its aliases behind it.
#[track_caller]
fn check(text: &str, expected: &str) {
    let page = page(text);
    let mut seen = Vec::new();
    for heading in &page.headings {
        seen.push(
            [heading.id.as_str()].into_iter().chain(heading.aliases.iter().map(String::as_str)).collect(),
        );
    }
    for component in &page.components {
        let id = component.id.as_deref().unwrap_or("-");
        seen.push([id].into_iter().chain(component.aliases.iter().map(String::as_str)).collect::<Vec<_>>());
    }
    let seen: Vec<String> = seen.iter().map(|anchors| anchors.join(" ")).collect();
    assert_eq!(seen.join("; "), expected);
}

#[test]
fn a_heading_answers_to_what_other_generators_call_it() {
    check("# What's new?\n", "whats-new what's-new? whats-new?");
    check("# A & B\n", "a--b a-&-b");
    check("# Plain words\n", "plain-words");
}

#[test]
fn numbers_of_other_generators_are_kept() {
    // `a-2` is the third heading here and the second one there.
    check("# a\n\n# a\n\n# a\n", "a; a-1; a-2 a-3");
    check("# a.\n\n# a.\n", "a a.; a-1 a-2 a.-1");
}

#[test]
fn an_alias_never_hides_an_id() {
    check("# a/b\n\n<Card id=\"a/b\" />\n", "ab; a/b");
    check("# a/b\n\n<a id=\"a/b\" />\n", "ab");
}

#[test]
fn an_alias_of_two_headings_belongs_to_none() {
    // `a-&-b-2` is the second heading for one generator, and the third one for the other.
    let text = "# A & B\n\n# A & B\n\n# A & B\n";
    check(text, "a--b a-&-b; a--b-1 a-&-b-1; a--b-2 a-&-b-3");
}

#[test]
fn components_have_ids_and_aliases() {
    check("<Accordion title=\"A & B: c\">\nx\n</Accordion>\n", "a--b-c a-and-b-c");
    check("<Accordion title=\"The `x_y` *key*\" />\n", "the-x_y-key the-x-y-key");
    check("<ParamField path=\"maxTokens\" />\n", "param-maxtokens param-max-tokens");
    check("<ParamField path=\"--port <port>\" />\n", "param---port-port param-port param-port-port");
    check("<Card id=\"c\" title=\"C\" />\n", "c");
}

#[test]
fn all_anchors_are_found() {
    let page =
        page("# A & B\n\n<Step title=\"c\">\nx <a name=\"d\"></a>\n</Step>\n\n<div\n  id='e'>\n</div>\n");
    assert_eq!(page.anchors().collect::<Vec<_>>(), ["a-&-b", "a--b", "c", "d", "e"]);
    assert!(page.has_anchor("a-&-b") && page.has_anchor("e") && !page.has_anchor("f"));
}
