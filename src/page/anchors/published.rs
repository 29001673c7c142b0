//! The anchors that other generators give to headings and components, so that links to a page published by one still work.
//!
//! The rules are facts of the npm packages `@mintlify/common` 1.0.1211, `@sindresorhus/slugify` 2.2.0 and
//! `markdown-it-anchor` 10.0.0, read 2026-11-27. Anchors are given here without percent-encoding: that is how a browser
//! looks for them.

use std::collections::{BTreeMap, BTreeSet};

use super::letters::{is_dropped, latin};
use super::{Claim, Owner};
use crate::page::Heading;
use crate::page::components::Component;

/// What the headings and components of a page were called elsewhere; a heading with an id of its own has it there too.
pub(super) fn claims(headings: &[Heading], components: &[Component]) -> Vec<Claim> {
    let mut claims = of_markdown_it(headings);
    claims.extend(of_outline(headings, components));
    claims.extend(of_titles(components));
    claims.extend(of_fields(components));
    claims
}

/// The anchors of `markdown-it-anchor`: numbers begin at 1 and pass over what is taken.
fn of_markdown_it(headings: &[Heading]) -> Vec<Claim> {
    let mut numbers = BTreeMap::new();
    let mut claims = Vec::new();
    for (index, heading) in headings.iter().enumerate() {
        let base = if heading.id.is_empty() { joined(&heading.text) } else { heading.id.clone() };
        let mut anchor = base.clone();
        let mut number = numbers.get(&base).copied().unwrap_or(1);
        while numbers.contains_key(&anchor) {
            anchor = format!("{base}-{number}");
            number += 1;
        }
        numbers.insert(base, number);
        numbers.entry(anchor.clone()).or_insert(1);
        claims.push((anchor, Owner::Heading(index)));
    }
    claims
}

/// A text in lower case, each run of white space a dash.
fn joined(text: &str) -> String {
    text.to_lowercase().split_whitespace().collect::<Vec<_>>().join("-")
}

/// Components whose headings keep their anchors although others on the page have them.
const FOLDED: [&str; 5] = ["Accordion", "AccordionGroup", "Expandable", "Prompt", "Update"];

/// What the outline of a Mintlify page holds: headings down to the fourth level, updates and steps.
fn of_outline(headings: &[Heading], components: &[Component]) -> Vec<Claim> {
    let of_headings =
        headings.iter().enumerate().map(|(index, heading)| (heading.span.start, Owner::Heading(index)));
    let of_components = components
        .iter()
        .enumerate()
        .map(|(index, component)| (component.span.start, Owner::Component(index)));
    let mut order: Vec<(u32, Owner)> = of_headings.chain(of_components).collect();
    order.sort_by_key(|(start, _)| *start);
    let mut outline = Outline::default();
    let mut claims = Vec::new();
    for (start, owner) in order {
        let anchors = match owner {
            Owner::Heading(index) => headings.get(index).map(|heading| outline.heading(start, heading)),
            Owner::Component(index) => {
                components.get(index).map(|component| outline.component(start, component))
            }
        };
        claims.extend(anchors.into_iter().flatten().map(|anchor| (anchor, owner)));
    }
    claims
}

/// The outline of a Mintlify page up to some place.
#[derive(Default)]
struct Outline {
    counter: Counter,
    /// How often each anchor was asked for, and those that were given.
    seen: BTreeMap<String, usize>,
    steps: BTreeSet<String>,
    /// Where the last one of [`FOLDED`] ends that has begun.
    folded: u32,
}

impl Outline {
    fn heading(&mut self, start: u32, heading: &Heading) -> Vec<String> {
        if heading.level > 4 {
            return Vec::new();
        }
        let slug = match heading.id.as_str() {
            "" => self.counter.number(spelled(&heading.text)),
            written => written.to_owned(),
        };
        let shown = cleaned(&slug);
        let shown = if start < self.folded { shown } else { self.numbered(shown) };
        // The links that are made of a heading still have the signs that are taken out where it is shown.
        vec![shown, slug]
    }

    fn component(&mut self, start: u32, component: &Component) -> Vec<String> {
        let folded = self.folded;
        if FOLDED.contains(&component.name.as_str()) {
            self.folded = folded.max(component.span.end);
        }
        let own = component.text("id").filter(|id| !id.is_empty()).map(ToOwned::to_owned);
        let Some(slug) = own.or_else(|| Some(spelled(&component.title()?))) else { return Vec::new() };
        let shown = cleaned(&slug);
        match component.name.as_str() {
            // Steps are not numbered; of two with one anchor, a browser leads to the first.
            "Step" if self.steps.insert(shown.clone()) => vec![shown, slug],
            "Update" if start < folded => vec![shown, slug],
            "Update" => vec![self.numbered(shown), slug],
            _ => Vec::new(),
        }
    }

    /// The anchor with the number that the outline puts behind it.
    fn numbered(&mut self, anchor: String) -> String {
        let count = self.seen.entry(anchor.clone()).or_default();
        *count += 1;
        if *count == 1 {
            return anchor;
        }
        let mut number = *count;
        let mut numbered = format!("{anchor}-{number}");
        while self.seen.contains_key(&numbered) {
            number += 1;
            numbered = format!("{anchor}-{number}");
        }
        self.seen.insert(anchor, number);
        self.seen.insert(numbered.clone(), 1);
        numbered
    }
}

/// The anchors of tabs, accordions and views, which are each numbered in their own way.
fn of_titles(components: &[Component]) -> Vec<Claim> {
    let mut claims = Vec::new();
    let mut tabs = Counter::default();
    let mut counts: BTreeMap<(&str, String), usize> = BTreeMap::new();
    let own = |component: &Component| component.text("id").is_some_and(|id| !id.is_empty());
    let own_tabs = components.iter().filter(|component| component.name == "Tab" && own(component));
    let mut taken: BTreeSet<String> =
        own_tabs.filter_map(|component| component.text("id")).map(ToOwned::to_owned).collect();
    for (index, component) in components.iter().enumerate().filter(|(_, component)| !own(component)) {
        let Some(title) = component.title() else { continue };
        let anchor = match component.name.as_str() {
            "Tab" => {
                let slug = spelled(&title);
                let mut anchor = tabs.number(slug.clone());
                while !slug.is_empty() && taken.contains(&anchor) {
                    anchor = tabs.number(slug.clone());
                }
                taken.insert(anchor.clone());
                anchor
            }
            name @ ("Accordion" | "View") => {
                let base = plain(&latin(&title.replacen(':', "-", 1)));
                let count = counts.entry((name, base.clone())).or_default();
                *count += 1;
                if *count > 1 { format!("{base}-{}", *count - 1) } else { base }
            }
            _ => continue,
        };
        claims.push((anchor, Owner::Component(index)));
    }
    claims
}

/// The anchors of parameters and fields, with the values in angle brackets that stand behind their names and without:
/// published manuals have both (that of `OpenClaw` 2026.9.6 links to `#param-port` for `--port <port>`).
fn of_fields(components: &[Component]) -> Vec<Claim> {
    let mut claims = of_field_names(components, ToOwned::to_owned);
    claims.extend(of_field_names(components, |name| {
        name.split_once('<').map_or(name, |(name, _)| name.trim_end()).to_owned()
    }));
    claims
}

fn of_field_names(components: &[Component], spelling: impl Fn(&str) -> String) -> Vec<Claim> {
    let mut claims = Vec::new();
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    let is_field = |component: &Component| matches!(component.name.as_str(), "ParamField" | "ResponseField");
    let fields = components.iter().enumerate().filter(|(_, component)| is_field(component));
    let mut taken: BTreeSet<String> =
        fields.clone().filter_map(|(_, field)| field.text("id")).map(ToOwned::to_owned).collect();
    for (index, field) in fields.filter(|(_, field)| field.text("id").is_none()) {
        let Some(name) = field.title() else { continue };
        let base = parted(&format!("param-{}", spelling(&name)));
        let anchor = |count: usize| match count {
            0 => plain(&latin(&base)),
            count => plain(&latin(&format!("{base}-{count}"))),
        };
        let count = counts.entry(anchor(0)).or_default();
        while !taken.insert(anchor(*count)) {
            *count += 1;
        }
        claims.push((anchor(*count), Owner::Component(index)));
        *count += 1;
    }
    claims
}

/// Numbers equal anchors as `slugifyWithCounter` does: the second one gets a 2.
#[derive(Default)]
struct Counter(BTreeMap<String, usize>);

impl Counter {
    fn number(&mut self, slug: String) -> String {
        if slug.is_empty() {
            return slug;
        }
        let key = slug.to_lowercase();
        let numberless = self.0.get(without_numbers(&key)).copied().unwrap_or_default();
        let count = self.0.entry(key).or_default();
        *count += 1;
        match *count {
            1 if numberless > 2 => format!("{slug}-1"),
            1 => slug,
            count => format!("{slug}-{count}"),
        }
    }
}

/// An anchor without the numbers behind it.
fn without_numbers(slug: &str) -> &str {
    let mut rest = slug;
    while let Some((before, number)) = rest.rsplit_once('-') {
        if number.is_empty() || !number.bytes().all(|byte| byte.is_ascii_digit()) {
            break;
        }
        rest = before;
    }
    rest
}

/// A title as an anchor in which signs of other scripts stay.
fn spelled(title: &str) -> String {
    let kept = |letter: char| if ".!~*'()".contains(letter) { '-' } else { letter };
    tidied(&joined(title).chars().map(kept).collect::<Vec<_>>())
}

/// A text in lower case as an anchor of letters and digits.
fn plain(text: &str) -> String {
    let kept =
        |letter: char| if letter.is_ascii_lowercase() || letter.is_ascii_digit() { letter } else { '-' };
    tidied(&text.chars().map(kept).collect::<Vec<_>>())
}

/// An anchor without what Mintlify takes out of those of headings when it shows them.
fn cleaned(anchor: &str) -> String {
    anchor.chars().filter(|letter| !is_dropped(*letter)).collect()
}

/// Joins `-s` and `-t` with the word before them, and leaves one dash of several, and none at either end.
fn tidied(anchor: &[char]) -> String {
    let mut out = String::with_capacity(anchor.len());
    let mut at = 0;
    while let Some(letter) = anchor.get(at) {
        let is_word = |letter: char| !matches!(letter, '-' | '_');
        let ends = matches!(anchor.get(at + 2), None | Some('-'));
        let joins = *letter == '-' && matches!(anchor.get(at + 1), Some('s' | 't')) && ends;
        if joins && out.chars().next_back().is_some_and(is_word) {
            out.extend(anchor.get(at + 1..).unwrap_or_default().iter().take(2));
            at += 3;
            continue;
        }
        out.push(*letter);
        at += 1;
    }
    out.split('-').filter(|part| !part.is_empty()).collect::<Vec<_>>().join("-")
}

/// A name in camel case with blanks between its words; an `s` behind capitals belongs to them.
fn parted(name: &str) -> String {
    let letters: Vec<char> = name.chars().collect();
    let mut out = String::with_capacity(name.len() + 8);
    for (at, letter) in letters.iter().enumerate() {
        let before = |by: usize| at.checked_sub(by).and_then(|at| letters.get(at)).copied().unwrap_or(' ');
        let next = letters.get(at + 1).copied().unwrap_or(' ');
        let is_word = before(1).is_ascii_lowercase() || before(1).is_ascii_digit();
        let begins = match letter {
            '0'..='9' => before(1).is_ascii_uppercase() && before(2).is_ascii_uppercase(),
            'A'..='Z' if before(1).is_ascii_uppercase() => next.is_ascii_lowercase() && next != 's',
            'A'..='Z' => is_word,
            _ => false,
        };
        if begins {
            out.push(' ');
        }
        out.push(*letter);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The right sides are what the packages give.
    #[track_caller]
    fn heading(title: &str, anchor: &str) {
        assert_eq!(cleaned(&spelled(title)), anchor);
    }

    #[track_caller]
    fn accordion(title: &str, anchor: &str) {
        assert_eq!(plain(&latin(title)), anchor);
    }

    #[track_caller]
    fn field(name: &str, anchor: &str) {
        assert_eq!(plain(&latin(&parted(name))), anchor);
    }

    #[test]
    fn headings_keep_their_signs_but_for_those_that_are_cleaned() {
        heading("A & B", "a-&-b");
        heading("a/b, c", "a/b-c");
        heading("x.y (z)", "x-y-z");
        heading("a -- b", "a-b");
        heading("snake_case", "snake_case");
        heading("100%", "100%");
        heading("— dash —", "—-dash-—");
        heading("日本語 の", "日本語-の");
        heading("🎉 Party time", "-party-time");
        heading("1️⃣ one", "1⃣-one");
    }

    #[test]
    fn a_lone_s_or_t_belongs_to_the_word_before_it() {
        heading("What's new?", "whats-new");
        heading("Where it's at", "where-its-at");
        heading("What? s", "whats");
        heading("\"q\" t", "qt");
        heading("a s t", "as-t");
        heading("_ s", "_-s");
    }

    #[test]
    fn accordions_are_spelled_in_latin_letters() {
        accordion("A & B: c", "a-and-b-c");
        accordion("Über Größe", "ueber-groesse");
        accordion("Ça va, Łódź, Þór", "ca-va-lodz-thor");
        accordion("Новый объект", "noviy-obyekt");
        accordion("Ελληνικά", "ellinika");
        accordion("🦄 x ♥ y", "unicorn-x-love-y");
        accordion("trusted_proxy_*", "trusted-proxy");
        accordion("日本語", "");
    }

    #[test]
    fn fields_are_parted_into_words() {
        field("maxTokens", "max-tokens");
        field("APIKeys", "api-keys");
        field("HTMLParser2", "html-parser2");
        field("userIDs", "user-ids");
        field("HTTP2Server", "http-2-server");
        field("v2API", "v2-api");
        field("a.b[].c", "a-b-c");
        field("aBCd", "a-b-cd");
        field("listURLsNow", "list-urls-now");
    }

    #[test]
    fn a_number_is_given_where_plain_ones_are_many() {
        let mut counter = Counter::default();
        let seen: Vec<String> = ["a", "a", "a", "a-1", "a-2", "b-1"]
            .iter()
            .map(|slug| counter.number((*slug).to_owned()))
            .collect();
        assert_eq!(seen, ["a", "a-2", "a-3", "a-1-1", "a-2-1", "b-1"]);
    }
}
