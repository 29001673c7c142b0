//! A page of HTML as a tree, by a tokenizer that is not ours; what is open, closed and known is checked on the way.

use std::collections::BTreeMap;

use html5gum::emitters::default::DefaultEmitter;
use html5gum::{Token, Tokenizer};

/// Elements without an end.
const VOID: [&str; 13] =
    ["area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"];

/// The elements that our pages are made of, beside the void ones and those of SVG.
const KNOWN: [&str; 77] = [
    "a",
    "abbr",
    "article",
    "aside",
    "audio",
    "b",
    "blockquote",
    "body",
    "button",
    "caption",
    "center",
    "cite",
    "code",
    "dd",
    "del",
    "details",
    "dfn",
    "dialog",
    "div",
    "dl",
    "dt",
    "em",
    "fieldset",
    "figcaption",
    "figure",
    "footer",
    "form",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "head",
    "header",
    "html",
    "i",
    "iframe",
    "ins",
    "kbd",
    "label",
    "legend",
    "li",
    "main",
    "mark",
    "math",
    "menu",
    "nav",
    "noscript",
    "ol",
    "option",
    "output",
    "p",
    "picture",
    "pre",
    "q",
    "s",
    "samp",
    "script",
    "section",
    "select",
    "small",
    "span",
    "strong",
    "style",
    "sub",
    "summary",
    "sup",
    "table",
    "tbody",
    "td",
    "template",
    "textarea",
    "th",
    "thead",
    "title",
    "tr",
];

/// Elements of lists, media and drawings that stand in pages too.
const MORE: [&str; 18] = [
    "ul", "u", "var", "video", "time", "svg", "path", "circle", "rect", "line", "g", "polyline", "polygon",
    "use", "defs", "ellipse", "text", "symbol",
];

/// A node of the tree.
#[derive(Debug)]
pub(crate) enum Node {
    Element(Element),
    Text(String),
}

/// An element with what stands in it.
#[derive(Debug, Default)]
pub(crate) struct Element {
    pub(crate) name: String,
    pub(crate) attributes: BTreeMap<String, String>,
    pub(crate) children: Vec<Node>,
}

impl Element {
    /// The value of an attribute; empty where it is missing.
    pub(crate) fn attribute(&self, name: &str) -> &str {
        self.attributes.get(name).map_or("", String::as_str)
    }

    /// Whether it has a class.
    pub(crate) fn has_class(&self, class: &str) -> bool {
        self.attribute("class").split_whitespace().any(|own| own == class)
    }

    /// The elements inside it.
    pub(crate) fn elements(&self) -> impl Iterator<Item = &Element> {
        self.children.iter().filter_map(|child| match child {
            Node::Element(element) => Some(element),
            Node::Text(_) => None,
        })
    }

    /// The first element inside it, at any depth, for which a test holds.
    pub(crate) fn find(&self, test: &dyn Fn(&Element) -> bool) -> Option<&Element> {
        self.elements().find_map(|element| if test(element) { Some(element) } else { element.find(test) })
    }

    /// All its text.
    pub(crate) fn text(&self) -> String {
        self.text_without("")
    }

    /// All its text but that of elements with a class.
    pub(crate) fn text_without(&self, class: &str) -> String {
        let mut out = String::new();
        self.push_text(class, &mut out);
        out
    }

    fn push_text(&self, class: &str, out: &mut String) {
        for child in &self.children {
            match child {
                Node::Element(element) if element.has_class(class) => {}
                Node::Element(element) => element.push_text(class, out),
                Node::Text(text) => out.push_str(text),
            }
        }
    }
}

/// Reads HTML into a tree; what is wrong with its tags is listed.
pub(crate) fn parse(html: &str) -> (Element, Vec<String>) {
    let mut emitter = DefaultEmitter::default();
    emitter.naively_switch_states(true);
    let mut open = vec![Element::default()];
    let mut wrong = Vec::new();
    for Ok(token) in Tokenizer::new_with_emitter(html, emitter) {
        match token {
            Token::StartTag(tag) => {
                let name = string(&tag.name);
                if !is_known(&name) {
                    wrong.push(format!("<{name}> is no element"));
                }
                if let Some(name) =
                    tag.attributes.keys().map(|name| string(name)).find(|name| name == "classname")
                {
                    wrong.push(format!("`{name}` is an attribute of JSX"));
                }
                let attributes =
                    tag.attributes.iter().map(|(key, value)| (string(key), string(value))).collect();
                let element = Element { name, attributes, children: Vec::new() };
                if VOID.contains(&element.name.as_str()) || (tag.self_closing && is_drawing(&open)) {
                    put(&mut open, Node::Element(element));
                } else {
                    open.push(element);
                }
            }
            Token::EndTag(tag) => end(&mut open, &string(&tag.name), &mut wrong),
            Token::String(text) => put(&mut open, Node::Text(string(&text))),
            Token::Error(error) => wrong.push(format!("the tokenizer says: {}", *error)),
            Token::Comment(_) | Token::Doctype(_) => {}
        }
    }
    while open.len() > 1 {
        let name = open.last().map(|element| element.name.clone()).unwrap_or_default();
        wrong.push(format!("<{name}> is never closed"));
        end(&mut open, &name, &mut wrong);
    }
    (open.pop().unwrap_or_default(), wrong)
}

/// Closes an element; what is open in it is closed with it, and named.
fn end(open: &mut Vec<Element>, name: &str, wrong: &mut Vec<String>) {
    let Some(depth) = open.iter().skip(1).rposition(|element| element.name == name) else {
        wrong.push(format!("</{name}> closes nothing"));
        return;
    };
    while open.len() > depth + 1 {
        let Some(element) = open.pop() else { return };
        if open.len() > depth + 1 {
            wrong.push(format!("</{name}> closes <{}>", element.name));
        }
        put(open, Node::Element(element));
    }
}

fn put(open: &mut [Element], node: Node) {
    if let Some(element) = open.last_mut() {
        element.children.push(node);
    }
}

/// Whether a drawing is open, in which elements close themselves.
fn is_drawing(open: &[Element]) -> bool {
    open.iter().any(|element| element.name == "svg")
}

fn is_known(name: &str) -> bool {
    VOID.contains(&name) || KNOWN.contains(&name) || MORE.contains(&name)
}

fn string(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}
