//! Icons: those of Lucide, also by the names that Font Awesome and Tabler have for the same thing.
//!
//! `icons/lucide.txt` is written by `scripts/icons.mjs`, `icons/aliases.txt` by hand; both are in order, and are read when the
//! first icon is shown. The drawings are under the licence in `icons/LICENSE`.

mod drawing;

use std::collections::HashMap;
use std::sync::LazyLock;

use super::links::based;
use super::markup::{escaped, push_escaped};
use crate::diagnostics::{Code, Problem, nearest};
use crate::source::Span;

/// A line is a name, a tab, and what stands inside its `<svg>`, or `=` and the name of the icon that looks the same.
static LUCIDE: &str = include_str!("icons/lucide.txt");

/// A line is a name of another library, a tab, and a name of Lucide.
static ALIASES: &str = include_str!("icons/aliases.txt");

/// What stands behind each name in the two.
static DRAWINGS: LazyLock<HashMap<&str, &str>> = LazyLock::new(|| table(LUCIDE));
static OTHER_NAMES: LazyLock<HashMap<&str, &str>> = LazyLock::new(|| table(ALIASES));

/// The endings of pictures.
const PICTURES: [&str; 7] = [".svg", ".png", ".webp", ".jpg", ".jpeg", ".gif", ".avif"];

/// What an author means by the name of an icon.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Icon<'a> {
    /// What stands inside the `<svg>` of an icon that we have.
    Known(&'static str),
    /// A picture at this address.
    Picture(&'a str),
    /// A drawing of the author's own, as HTML.
    Drawing(String),
    /// A sign that is its own picture, such as an emoji.
    Sign(&'a str),
    /// Nothing that can be shown.
    Unknown,
}

/// What stands inside the `<svg viewBox="0 0 24 24">` of an icon; its lines have no colour and no width of their own.
fn svg(name: &str) -> Option<&'static str> {
    let name = bare(name);
    let found = DRAWINGS.get(name).or_else(|| DRAWINGS.get(OTHER_NAMES.get(name)?))?;
    match found.strip_prefix('=') {
        Some(same) => DRAWINGS.get(same).copied(),
        None => Some(found),
    }
}

/// What is wrong with the name of an icon that stands at `span`.
pub(super) fn check(name: &str, span: Span) -> Option<Problem> {
    if Icon::read(name) != Icon::Unknown || name.trim().is_empty() {
        return None;
    }
    if name.trim_start().starts_with('<') {
        let message = "the icon is no plain drawing".to_owned();
        let help = "draw it with shapes and paths alone, or name a picture or an icon of Lucide";
        return Some(Problem::new(Code::UnknownIcon, span, message).help(help));
    }
    let problem = Problem::new(Code::UnknownIcon, span, format!("there is no icon `{name}`"));
    Some(match nearest(bare(name), names()) {
        Some(name) => problem.help(format!("write `{name}`")),
        None => problem.help("write the name of an icon of Lucide, or the address of a picture"),
    })
}

/// An icon as HTML; empty where there is none of that name. `class` is added to those of the element, and `base` is
/// put before the address of a picture of the site.
pub(super) fn html(name: &str, class: &str, base: &str) -> String {
    let class = if class.is_empty() { String::new() } else { format!(" {}", escaped(class)) };
    match Icon::read(name) {
        Icon::Known(inner) => format!(
            "<svg class=\"icon{class}\" viewBox=\"0 0 24 24\" aria-hidden=\"true\" focusable=\"false\">{inner}</svg>"
        ),
        Icon::Picture(address) => {
            let mut out = format!("<img class=\"icon-image{class}\" src=\"");
            push_escaped(&mut out, &based(base, address));
            out.push_str("\" alt=\"\">");
            out
        }
        Icon::Drawing(inner) => {
            format!("<span class=\"icon-drawing{class}\" aria-hidden=\"true\">{inner}</span>")
        }
        Icon::Sign(sign) => {
            format!("<span class=\"icon-sign{class}\" aria-hidden=\"true\">{}</span>", escaped(sign))
        }
        Icon::Unknown => String::new(),
    }
}

/// Whether an icon is the address of a picture.
pub(super) fn is_picture(name: &str) -> bool {
    let address = name.split(['?', '#']).next().unwrap_or_default().to_ascii_lowercase();
    address.contains("://")
        || address.starts_with(['/', '.'])
        || PICTURES.iter().any(|ending| address.ends_with(ending))
}

impl<'a> Icon<'a> {
    fn read(name: &'a str) -> Self {
        let name = name.trim();
        if name.starts_with('<') {
            return drawing::plain(name).map_or(Self::Unknown, Self::Drawing);
        }
        if is_picture(name) {
            return Self::Picture(name);
        }
        match svg(name) {
            Some(inner) => Self::Known(inner),
            None if !name.is_empty() && !name.chars().any(|letter| letter.is_ascii_graphic()) => {
                Self::Sign(name)
            }
            None => Self::Unknown,
        }
    }
}

/// The name without what Font Awesome writes before it: `fa-solid fa-rocket`, `fa-rocket`, `solid/rocket`.
fn bare(name: &str) -> &str {
    let last = name.rsplit([' ', '/', ':']).next().unwrap_or_default();
    last.strip_prefix("fa-").unwrap_or(last)
}

fn names() -> impl Iterator<Item = &'static str> {
    let lines = LUCIDE.lines().chain(ALIASES.lines());
    lines.filter_map(|line| line.split_once('\t')).map(|(name, _)| name)
}

/// What stands behind each name in a text.
fn table(text: &'static str) -> HashMap<&'static str, &'static str> {
    text.lines().filter_map(|line| line.split_once('\t')).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check_order(text: &'static str) {
        let names: Vec<&str> =
            text.lines().filter_map(|line| line.split_once('\t')).map(|(name, _)| name).collect();
        assert!(names.is_sorted() && names.len() == text.lines().count());
        assert_eq!(table(text).len(), names.len());
    }

    #[test]
    fn every_name_is_found() {
        check_order(LUCIDE);
        check_order(ALIASES);
    }

    #[test]
    fn every_name_leads_to_a_drawing() {
        for name in names() {
            assert!(svg(name).is_some_and(|inner| inner.starts_with('<')), "{name}");
        }
    }

    #[test]
    fn an_icon_has_the_names_of_other_libraries() {
        assert_eq!(svg("robot"), svg("bot"));
        assert_eq!(svg("fa-solid fa-gear"), svg("settings"));
        assert_eq!(svg("alert-triangle"), svg("triangle-alert"));
        assert_eq!(svg("no-such-icon"), None);
        assert_eq!(svg(""), None);
    }

    #[test]
    fn a_picture_is_shown_from_its_address() {
        assert_eq!(
            html("/img/x.svg", "", "/docs"),
            "<img class=\"icon-image\" src=\"/docs/img/x.svg\" alt=\"\">"
        );
        assert_eq!(
            html("/docs/x.svg", "", "/docs"),
            "<img class=\"icon-image\" src=\"/docs/x.svg\" alt=\"\">"
        );
        assert!(html("https://example.com/a\"b", "", "").contains("src=\"https://example.com/a&quot;b\""));
    }

    #[test]
    fn an_unknown_name_shows_nothing_and_is_told() {
        assert_eq!(html("rokket", "", ""), "");
        let problem = check("rokket", Span::default());
        assert_eq!(problem.and_then(|problem| problem.help).as_deref(), Some("write `rocket`"));
        assert!(check("rocket", Span::default()).is_none());
        assert!(check("\u{1f680}", Span::default()).is_none());
    }
}
