//! A fence as HTML: its bar, its code in colour, and what became of it as an example.

use tera::{Context, Tera};

use crate::examples::Outcome;
use crate::page::Fence;

use super::components::Child;
use super::evidence::evidence;
use super::highlight::{Highlighter, Lines};
use super::views::FenceView;

/// The template of a fence.
pub(super) const TEMPLATE: &str = "partials/fence.html";

/// Languages as people write them.
const LABELS: &[(&str, &str)] = &[
    ("bash", "Shell"),
    ("c", "C"),
    ("console", "Terminal"),
    ("cpp", "C++"),
    ("css", "CSS"),
    ("curl", "Shell"),
    ("diff", "Diff"),
    ("dockerfile", "Dockerfile"),
    ("env", "Environment"),
    ("go", "Go"),
    ("html", "HTML"),
    ("http", "HTTP"),
    ("ini", "INI"),
    ("java", "Java"),
    ("javascript", "JavaScript"),
    ("js", "JavaScript"),
    ("json", "JSON"),
    ("json5", "JSON5"),
    ("jsonc", "JSON with comments"),
    ("markdown", "Markdown"),
    ("md", "Markdown"),
    ("mdx", "MDX"),
    ("mermaid", "Mermaid"),
    ("powershell", "PowerShell"),
    ("py", "Python"),
    ("python", "Python"),
    ("ruby", "Ruby"),
    ("rust", "Rust"),
    ("sh", "Shell"),
    ("shell", "Shell"),
    ("sql", "SQL"),
    ("toml", "TOML"),
    ("ts", "TypeScript"),
    ("typescript", "TypeScript"),
    ("xml", "XML"),
    ("yaml", "YAML"),
    ("yml", "YAML"),
    ("zsh", "Shell"),
];

/// Languages that say nothing to a reader.
const UNNAMED: &[&str] = &["", "text", "txt", "plain", "plaintext", "output"];

/// The fence as HTML; empty where it is hidden.
pub(super) fn fence(
    tera: &Tera,
    highlighter: &Highlighter,
    fence: &Fence,
    outcome: Option<&Outcome>,
) -> Result<String, tera::Error> {
    let attributes = &fence.attributes;
    if attributes.example.hidden {
        return Ok(String::new());
    }
    let lines = Lines {
        highlight: attributes.highlight.clone(),
        focus: attributes.focus.clone(),
        diff: attributes.diff || fence.language == "diff",
        numbers: attributes.lines,
    };
    let view = FenceView {
        title: attributes.title.as_deref(),
        language: &fence.language,
        label: label(&fence.language),
        code: highlighter.html(fence.body.text(), &fence.language, &lines),
        lines: attributes.lines,
        wrap: attributes.wrap,
        expandable: attributes.expandable,
        nocopy: attributes.nocopy,
        focus: !attributes.focus.is_empty(),
        role: if attributes.example.response.is_some() {
            "answer"
        } else if attributes.example.output {
            "output"
        } else {
            ""
        },
        icon: attributes.icon.as_deref(),
        other: &attributes.other,
        evidence: outcome.and_then(|outcome| evidence(highlighter, fence, outcome)),
    };
    tera.render(TEMPLATE, &Context::from_serialize(&view)?)
}

/// A fence, whose HTML this is, as the component around it sees it.
pub(super) fn child(fence: &Fence, html: &str) -> Child {
    let title = fence.attributes.title.as_deref().unwrap_or(label(&fence.language));
    Child {
        title: if title.is_empty() { "Code" } else { title }.to_owned(),
        id: String::new(),
        icon: fence.attributes.icon.clone().unwrap_or_default(),
        language: fence.language.clone(),
        html: html.to_owned(),
    }
}

fn label(language: &str) -> &str {
    if UNNAMED.contains(&language) {
        return "";
    }
    LABELS.iter().find(|(name, _)| *name == language).map_or(language, |(_, label)| label)
}
