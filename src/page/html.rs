//! HTML in a page: the names of elements, by which a tag is told from text in angle brackets, and the anchors of tags.

mod addresses;

pub use addresses::{Address, Html};

use super::components::unescaped;

/// The elements of the HTML Living Standard, read 2026-11-23, with the obsolete ones that pages still use and those
/// of SVG that stand in pages; in order.
const ELEMENTS: [&str; 136] = [
    "a",
    "abbr",
    "acronym",
    "address",
    "area",
    "article",
    "aside",
    "audio",
    "b",
    "base",
    "bdi",
    "bdo",
    "big",
    "blockquote",
    "body",
    "br",
    "button",
    "canvas",
    "caption",
    "center",
    "circle",
    "cite",
    "code",
    "col",
    "colgroup",
    "data",
    "datalist",
    "dd",
    "defs",
    "del",
    "details",
    "dfn",
    "dialog",
    "div",
    "dl",
    "dt",
    "ellipse",
    "em",
    "embed",
    "fieldset",
    "figcaption",
    "figure",
    "font",
    "footer",
    "form",
    "g",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "head",
    "header",
    "hgroup",
    "hr",
    "html",
    "i",
    "iframe",
    "img",
    "input",
    "ins",
    "kbd",
    "label",
    "legend",
    "li",
    "line",
    "link",
    "main",
    "map",
    "mark",
    "marquee",
    "math",
    "menu",
    "meta",
    "meter",
    "nav",
    "nobr",
    "noscript",
    "object",
    "ol",
    "optgroup",
    "option",
    "output",
    "p",
    "param",
    "path",
    "picture",
    "polygon",
    "polyline",
    "pre",
    "progress",
    "q",
    "rect",
    "rp",
    "rt",
    "ruby",
    "s",
    "samp",
    "script",
    "search",
    "section",
    "select",
    "slot",
    "small",
    "source",
    "span",
    "strike",
    "strong",
    "style",
    "sub",
    "summary",
    "sup",
    "svg",
    "table",
    "tbody",
    "td",
    "template",
    "text",
    "textarea",
    "tfoot",
    "th",
    "thead",
    "time",
    "title",
    "tr",
    "track",
    "tspan",
    "tt",
    "u",
    "ul",
    "use",
    "var",
    "video",
    "wbr",
    "xmp",
];

/// Whether a text that begins with a tag is HTML; a name in capitals that no element has is a placeholder or a type.
pub(super) fn is_html(text: &str) -> bool {
    let Some(rest) = text.trim_start().strip_prefix('<') else { return true };
    let name = rest.strip_prefix('/').unwrap_or(rest);
    if !name.starts_with(|letter: char| letter.is_ascii_uppercase()) {
        return true;
    }
    let length = name.bytes().take_while(|byte| byte.is_ascii_alphanumeric() || *byte == b'-').count();
    let name = name.get(..length).unwrap_or_default().to_ascii_lowercase();
    is_element(&name)
}

/// Whether HTML has an element of this name, which is in lower case.
pub fn is_element(name: &str) -> bool {
    ELEMENTS.binary_search(&name).is_ok()
}

/// The ids of the tags in a text, and the names of its `<a>` tags, which old pages have as anchors.
pub(super) fn anchors(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut rest = text;
    while let Some((_, behind)) = rest.split_once('<') {
        if let Some(comment) = behind.strip_prefix("!--") {
            rest = comment.split_once("-->").map_or("", |(_, rest)| rest);
            continue;
        }
        if !behind.starts_with(|letter: char| letter.is_ascii_alphabetic()) {
            rest = behind;
            continue;
        }
        let length = behind.find(|letter: char| letter.is_whitespace() || "/>".contains(letter));
        let (name, mut attributes) =
            behind.split_at_checked(length.unwrap_or(behind.len())).unwrap_or_default();
        while let Some((key, value, rest)) = attribute(attributes) {
            let is_anchor = key.eq_ignore_ascii_case("id")
                || (key.eq_ignore_ascii_case("name") && name.eq_ignore_ascii_case("a"));
            if is_anchor && !value.is_empty() {
                found.push(unescaped(value));
            }
            attributes = rest;
        }
        rest = attributes;
    }
    found
}

/// The first attribute of the rest of a tag, its value without quotes, and what follows; none where the tag ends.
fn attribute(tag: &str) -> Option<(&str, &str, &str)> {
    let tag = tag.trim_start_matches(|letter: char| letter.is_whitespace() || letter == '/');
    let length =
        tag.find(|letter: char| letter.is_whitespace() || "=/>".contains(letter)).unwrap_or(tag.len());
    let (key, behind) = tag.split_at_checked(length).filter(|(key, _)| !key.is_empty())?;
    let Some(value) = behind.trim_start().strip_prefix('=') else { return Some((key, "", behind)) };
    let value = value.trim_start();
    // As in JSX, a text may stand in braces.
    let value = value.strip_prefix('{').map_or(value, str::trim_start);
    if let Some(quote) = value.chars().next().filter(|letter| "\"'`".contains(*letter)) {
        let (value, rest) = value.strip_prefix(quote)?.split_once(quote)?;
        return Some((key, value, rest.trim_start_matches('}')));
    }
    let length = value.find(|letter: char| letter.is_whitespace() || letter == '>').unwrap_or(value.len());
    let (value, rest) = value.split_at_checked(length)?;
    Some((key, value, rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_have_anchors() {
        let text = "<a id=\"one\" /> <A NAME=two></a>\n<div\n  data-id='x' hidden\n id = 'th&amp;ree'>id=\"no\"</div>";
        assert_eq!(anchors(text), ["one", "two", "th&ree"]);
        assert_eq!(anchors("<!-- <a id=\"x\"> --><i id={\"y\"} b><input name=\"z\"> 1 < 2 <p id"), ["y"]);
    }

    #[test]
    fn the_names_are_in_order() {
        assert!(ELEMENTS.is_sorted());
    }

    #[test]
    fn a_name_in_capitals_is_an_element_or_text() {
        assert!(is_html("<BR>") && is_html("</Div>") && is_html("<your-key>") && is_html("<!DOCTYPE html>"));
        assert!(!is_html("<TOKEN>") && !is_html("</T>") && !is_html("<Your name>"));
    }
}
