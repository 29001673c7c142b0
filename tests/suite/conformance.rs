//! What we make of Markdown that is not ours, against the examples of the two specifications.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use proofpress::render::Renderer;
use proofpress::site::{self, Route};

use crate::judges::foreign;
use crate::judges::html::{self, Element, Node};

/// Stands above each example, so that none opens the page: front matter and a title are not Markdown.
const OPENING: &str = "opening\n\n";

/// Why tags are read in another way.
const JSX: &str = "a tag is read as JSX has it: it may go over lines, and closes itself with `/>`";

/// An example of a specification.
struct Example {
    number: usize,
    markdown: String,
    html: String,
}

#[test]
fn commonmark_is_what_its_specification_says() {
    let Some(folder) = foreign::folder("spec") else { return };
    let examples = read(&folder.join("commonmark.txt"), &|_| true);
    assert_eq!(examples.len(), 652);
    let ours = [
        (24, "a language is taken as it is written"),
        (34, "a language is taken as it is written"),
        (91, JSX),
        (134, "a fence that is indented too far is shown as one, and its author is told"),
        (137, "the end of a fence may be indented too far"),
        (154, JSX),
        (161, "a fence that HTML would swallow is shown as one, and its author is told"),
        (163, "`<Warning>` is a component"),
        (602, "an address is a link, as in GFM"),
        (606, "an address is a link, as in GFM"),
        (608, "an address is a link, as in GFM"),
        (611, "an address is a link, as in GFM"),
        (612, "an address is a link, as in GFM"),
        (614, JSX),
        (615, JSX),
        (616, JSX),
        (642, JSX),
        (643, JSX),
    ];
    check("CommonMark 0.31.2", &examples, &ours);
}

#[test]
fn the_extensions_of_gfm_are_what_its_specification_says() {
    let Some(folder) = foreign::folder("spec") else { return };
    let examples = read(&folder.join("gfm.txt"), &|extension| !extension.is_empty());
    assert_eq!(examples.len(), 24);
    let ours = [(652, "raw HTML passes through: the pages are the author's own")];
    check("GFM 0.29", &examples, &ours);
}

/// Renders all examples and compares; `ours` are those that are different on purpose, with the reason.
fn check(specification: &str, examples: &[Example], ours: &[(usize, &str)]) {
    let folder = tempfile::tempdir().expect("a scratch folder can be made");
    write(folder.path(), "proofpress.toml", "[site]\ntitle = \"T\"\n");
    write(folder.path(), "templates/page.html", "{{ page.body | safe }}");
    for example in examples {
        let path = format!("content/{}.md", example.number);
        write(folder.path(), &path, &format!("{OPENING}{}", example.markdown));
    }
    let site = site::load(folder.path()).expect("it can be read");
    let (renderer, _) = Renderer::new(&site);
    let (mut wrong, mut gone) = (String::new(), Vec::new());
    let mut same = 0;
    for example in examples {
        let route = Route::parse(&format!("/{}/", example.number)).expect("it is an address");
        let (index, _) = site.page_by_route(&route).expect("every example has a page");
        let seen = plain(&renderer.page(index, &|_| &[]).unwrap());
        let expected = plain(&format!("<p>opening</p>{}", example.html));
        let is_known = ours.iter().any(|(number, _)| *number == example.number);
        if seen == expected {
            same += 1;
            gone.extend(is_known.then_some(example.number));
        } else if !is_known {
            let _written = writeln!(
                wrong,
                "example {}: {:?}\n  ours   {seen}\n  theirs {expected}",
                example.number, example.markdown
            );
        }
    }
    foreign::tell(&format!(
        "{specification}: {} examples, {same} the same, {} ours on purpose",
        examples.len(),
        ours.len()
    ));
    assert!(wrong.is_empty(), "{specification} says otherwise:\n{wrong}");
    assert!(gone.is_empty(), "these are named for a reason that is gone: {gone:?}");
}

fn write(folder: &Path, path: &str, text: &str) {
    let path = folder.join(path);
    fs::create_dir_all(path.parent().expect("it stands in a folder")).expect("it can be made");
    fs::write(path, text).expect("it can be written");
}

/// The examples of a specification whose extension is wanted, which is empty for those of the core.
///
/// An example stands between lines of 32 backticks, the first with `example` and the extension behind it; a line `.`
/// divides Markdown from HTML, and `→` is a tab.
fn read(path: &Path, is_wanted: &dyn Fn(&str) -> bool) -> Vec<Example> {
    let text = fs::read_to_string(path).expect("it can be read");
    let mark = "`".repeat(32);
    let (mut number, mut examples) = (0, Vec::new());
    let mut lines = text.lines();
    while let Some(line) = lines.next() {
        let Some(extension) = line.strip_prefix(&mark).and_then(|rest| rest.trim().strip_prefix("example"))
        else {
            continue;
        };
        number += 1;
        let mut part = |end: &str| {
            let lines = lines.by_ref().take_while(|line| *line != end);
            lines.fold(String::new(), |out, line| out + &line.replace('→', "\t") + "\n")
        };
        let (markdown, html) = (part("."), part(&mark));
        if is_wanted(extension.trim()) {
            examples.push(Example { number, markdown, html });
        }
    }
    examples
}

/// HTML without what means nothing, and without what is ours: anchors, the frames of tables and fences.
fn plain(html: &str) -> String {
    let (root, _) = html::parse(html);
    let mut out = String::new();
    inside(&root, &mut out);
    out.trim().to_owned()
}

fn inside(parent: &Element, out: &mut String) {
    for child in &parent.children {
        match child {
            Node::Text(text) => push_text(text, out),
            Node::Element(element) => push_element(element, out),
        }
    }
}

/// Adds text with one blank for each run of them, and none at the edge of a block.
fn push_text(text: &str, out: &mut String) {
    if text.starts_with(char::is_whitespace) && !out.ends_with(['\n', ' ']) {
        out.push(' ');
    }
    out.push_str(&crate::judges::words(text).replace('&', "&amp;").replace('<', "&lt;"));
    if text.ends_with(char::is_whitespace) && !out.ends_with(['\n', ' ']) {
        out.push(' ');
    }
}

fn push_element(element: &Element, out: &mut String) {
    let name = element.name.as_str();
    if name == "a" && element.has_class("anchor") || element.has_class("alias") || name == "figcaption" {
        return;
    }
    if name == "figure" && element.has_class("fence") || name == "div" && element.has_class("table") {
        return inside(element, out);
    }
    if name == "tbody" && element.elements().next().is_none() {
        return;
    }
    let is_block = !INLINE.contains(&name);
    if is_block {
        edge(out);
    }
    if name == "pre" {
        let class = element.find(&|inner| inner.name == "code").map_or("", |code| code.attribute("class"));
        // A line of its own, so that its text is compared letter by letter.
        let _written = writeln!(out, "<pre {class}>{:?}", element.text());
        return;
    }
    let attributes = attributes(element);
    let _written = write!(out, "<{name}{attributes}>");
    if is_block {
        out.push('\n');
    }
    if name == "code" {
        out.push_str(&element.text());
    } else {
        inside(element, out);
    }
    if !["br", "hr", "img", "input"].contains(&name) {
        if is_block {
            edge(out);
        }
        let _written = write!(out, "</{name}>");
    }
    if is_block {
        out.push('\n');
    }
}

/// Elements that stand in a line of text.
const INLINE: [&str; 14] = [
    "a",
    "b",
    "b2",
    "bab",
    "code",
    "del",
    "em",
    "i",
    "img",
    "input",
    "responsive-image",
    "span",
    "strong",
    "s",
];

/// Begins a new line, the blanks before it left out.
fn edge(out: &mut String) {
    out.truncate(out.trim_end().len());
    if !out.is_empty() {
        out.push('\n');
    }
}

fn attributes(element: &Element) -> String {
    let mut out = String::new();
    let is_heading = matches!(element.name.as_str(), "h1" | "h2" | "h3" | "h4" | "h5" | "h6");
    for (name, value) in &element.attributes {
        let (name, value) = match (name.as_str(), value.as_str()) {
            ("id", _) if is_heading => continue,
            ("aria-label", _) if element.name == "input" => continue,
            // The same in the older form.
            ("align", value) => ("style", format!("text-align: {value}")),
            (name, value) => (name, value.to_owned()),
        };
        let _written = write!(out, " {name}={value:?}");
    }
    out
}
