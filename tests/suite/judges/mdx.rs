//! What a page holds by the rules of MDX, as the `markdown` crate reads them.

use std::collections::HashMap;
use std::panic::AssertUnwindSafe;

use markdown::mdast::{AttributeContent, AttributeValue, Node};
use markdown::{Constructs, MdxSignal, ParseOptions};

use super::{Fact, words};

/// The tree of a page; what MDX does not take is the error.
pub(crate) fn tree(text: &str) -> Result<Node, String> {
    let constructs = Constructs { frontmatter: true, mdx_esm: true, ..with_mdx(&Constructs::gfm()) };
    let options = ParseOptions {
        constructs,
        gfm_strikethrough_single_tilde: true,
        // The end of a block is where a blank line is; what the code means is nobody's business here.
        mdx_esm_parse: Some(Box::new(|_| MdxSignal::Ok)),
        ..ParseOptions::default()
    };
    // It has places that it holds to be unreachable, and are not.
    let read = std::panic::catch_unwind(AssertUnwindSafe(|| markdown::to_mdast(text, &options)));
    let read = read.map_err(|_| "the judge fails".to_owned())?;
    let mut tree = read.map_err(|message| message.to_string())?;
    unlink(&mut tree, false);
    Ok(tree)
}

/// Constructs with those of MDX, and without those that MDX turns off.
fn with_mdx(constructs: &Constructs) -> Constructs {
    Constructs {
        autolink: false,
        code_indented: false,
        html_flow: false,
        html_text: false,
        mdx_expression_flow: true,
        mdx_expression_text: true,
        mdx_jsx_flow: true,
        mdx_jsx_text: true,
        ..constructs.clone()
    }
}

/// The facts of a page in order.
pub(crate) fn facts(tree: &Node) -> Vec<Fact> {
    let mut definitions = HashMap::new();
    define(tree, &mut definitions);
    let mut facts = Vec::new();
    walk(tree, &definitions, &mut facts);
    facts
}

/// Takes out the links inside links, which are no links by any rule.
#[expect(clippy::fn_params_excessive_bools, reason = "the walk knows no more than whether it is in a link")]
fn unlink(node: &mut Node, inside: bool) {
    let is_link = matches!(node, Node::Link(_) | Node::LinkReference(_));
    let Some(children) = node.children_mut() else { return };
    for child in std::mem::take(children) {
        match child {
            Node::Link(link) if inside || is_link => children.extend(link.children),
            child => children.push(child),
        }
    }
    for child in children {
        unlink(child, inside || is_link);
    }
}

/// The targets of references; the first of a name counts.
fn define<'a>(node: &'a Node, definitions: &mut HashMap<&'a str, &'a str>) {
    if let Node::Definition(definition) = node {
        definitions.entry(&definition.identifier).or_insert(&definition.url);
    }
    for child in node.children().into_iter().flatten() {
        define(child, definitions);
    }
}

fn walk(node: &Node, definitions: &HashMap<&str, &str>, facts: &mut Vec<Fact>) {
    let line = node.position().map_or(0, |position| position.start.line);
    let target = |name: &str| definitions.get(name).copied().unwrap_or_default();
    let mut end = None;
    match node {
        Node::MdxJsxFlowElement(element) => {
            end = component(element.name.as_deref(), &element.attributes, line, facts);
        }
        Node::MdxJsxTextElement(element) => {
            end = component(element.name.as_deref(), &element.attributes, line, facts);
        }
        Node::Heading(heading) => facts.push(Fact::heading(heading.depth, &heading_text(node), line)),
        Node::Code(code) => {
            let info = [code.lang.as_deref(), code.meta.as_deref()].into_iter().flatten().collect::<Vec<_>>();
            facts.push(Fact::fence(&info.join(" "), &code.value, line));
        }
        Node::Link(found) => facts.push(Fact::new(format!("[]({})", found.url), line)),
        Node::Image(image) => facts.push(Fact::new(format!("![]({})", image.url), line)),
        Node::LinkReference(found) => {
            facts.push(Fact::new(format!("[]({})", target(&found.identifier)), line));
        }
        Node::ImageReference(image) => {
            facts.push(Fact::new(format!("![]({})", target(&image.identifier)), line));
        }
        _ => {}
    }
    for child in node.children().into_iter().flatten() {
        walk(child, definitions, facts);
    }
    facts.extend(end);
}

/// Notes the start of a component and gives its end; an element of HTML is none.
fn component(
    name: Option<&str>,
    attributes: &[AttributeContent],
    line: usize,
    facts: &mut Vec<Fact>,
) -> Option<Fact> {
    let name = name.filter(|name| name.starts_with(|letter: char| letter.is_ascii_uppercase()))?;
    let attributes: Vec<(String, Option<String>)> = attributes
        .iter()
        .map(|attribute| match attribute {
            AttributeContent::Expression(expression) => (expression.value.clone(), None),
            AttributeContent::Property(property) => {
                let value = match &property.value {
                    Some(AttributeValue::Literal(text)) => Some(text.clone()),
                    Some(AttributeValue::Expression(expression)) => plain_text(&expression.value),
                    None => None,
                };
                (property.name.clone(), value)
            }
        })
        .collect();
    facts.push(Fact::open(name, &attributes, line));
    Some(Fact::new(format!("</{name}>"), line))
}

/// The text of an expression that is nothing but a text: `"a"`, `'a'`, `` `a` ``.
fn plain_text(expression: &str) -> Option<String> {
    let expression = expression.trim();
    let quote = expression.chars().next().filter(|quote| "\"'`".contains(*quote))?;
    let inside = expression.strip_prefix(quote)?.strip_suffix(quote)?;
    (!inside.contains([quote, '\\', '$'])).then(|| inside.to_owned())
}

/// The text of a heading without markup, an identifier in braces behind it left out.
fn heading_text(node: &Node) -> String {
    let mut out = String::new();
    push_text(node, &mut out);
    let text = words(&out);
    let plain = text.rsplit_once(" {#").filter(|(_, id)| id.ends_with('}')).map(|(text, _)| text.to_owned());
    plain.unwrap_or(text)
}

/// Adds the text of a node; an expression stays as it is written, a comment in braces says nothing.
pub(crate) fn push_text(node: &Node, out: &mut String) {
    match node {
        Node::Text(text) => out.push_str(&text.value),
        Node::InlineCode(code) => out.push_str(&code.value),
        Node::MdxTextExpression(expression) if !is_comment(&expression.value) => {
            out.push('{');
            out.push_str(&expression.value);
            out.push('}');
        }
        Node::Break(_) => out.push(' '),
        _ => node.children().into_iter().flatten().for_each(|child| push_text(child, out)),
    }
}

/// Whether an expression is a comment alone.
pub(crate) fn is_comment(expression: &str) -> bool {
    let expression = expression.trim();
    expression.starts_with("/*") && expression.ends_with("*/")
}

/// A page without its comments; what stands in fences and in code stays.
pub(crate) fn without_comments(text: &str) -> String {
    let mut out = String::new();
    let mut fence: Option<String> = None;
    let mut in_comment = false;
    for line in text.split_inclusive('\n') {
        if !in_comment && toggle(line, &mut fence) {
            out.push_str(line);
            continue;
        }
        let mut rest = line;
        loop {
            if in_comment {
                let Some((_, after)) = rest.split_once("-->") else {
                    out.push_str(if rest.ends_with('\n') { "\n" } else { "" });
                    break;
                };
                (rest, in_comment) = (after, false);
            }
            let opened = rest.split_once("<!--").filter(|(before, _)| before.matches('`').count() % 2 == 0);
            let Some((before, after)) = opened else {
                out.push_str(rest);
                break;
            };
            out.push_str(before);
            (rest, in_comment) = (after, true);
        }
    }
    out
}

/// Whether a line belongs to a fence; `fence` is the mark of the one that is open.
fn toggle(line: &str, fence: &mut Option<String>) -> bool {
    let line = line.trim();
    let length = line.chars().take_while(|letter| line.starts_with(*letter)).count();
    let mark: String = line.chars().take(length).collect();
    let is_mark = length >= 3 && (mark.starts_with('`') || mark.starts_with('~'));
    match fence {
        Some(open) => {
            if is_mark && mark == line && mark.starts_with(open.as_str()) {
                *fence = None;
            }
            true
        }
        None if is_mark => {
            *fence = Some(mark);
            true
        }
        None => false,
    }
}
