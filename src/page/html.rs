//! The names of HTML elements, by which a tag is told from text in angle brackets.

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
    ELEMENTS.binary_search(&name.as_str()).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

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
