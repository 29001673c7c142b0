//! The anchors of a page: the ids of its headings and components, what these answer to beside, and those of HTML tags.

mod letters;
mod published;

use std::collections::{BTreeMap, BTreeSet};

use super::body::Body;
use super::html;
use super::slug::Slugger;
use super::{Component, Event, Heading, Piece};
use crate::source::Span;

/// All anchors of a page, in order, each once.
#[derive(Clone, Debug, Default)]
pub(super) struct Anchors(Vec<String>);

/// What an anchor leads to: the heading or the component of this index.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Owner {
    Heading(usize),
    Component(usize),
}

/// An anchor that another generator gave, and what it led to there.
type Claim = (String, Owner);

impl Anchors {
    /// Gives the headings and components of a page their ids and aliases, and gathers them with those of HTML tags.
    ///
    /// A heading that has an id already keeps it. An alias is never an id of the page, and never leads to two places.
    pub(super) fn give(body: &mut Body) -> Self {
        let claims = published::claims(&body.headings, &body.components);
        let (headings, components): (Vec<Claim>, Vec<Claim>) =
            claims.into_iter().partition(|(_, owner)| matches!(owner, Owner::Heading(_)));
        give_ids(&mut body.headings, &mut body.components);
        let mut known = of_html(&body.pieces);
        known.extend(body.headings.iter().map(|heading| heading.id.clone()));
        known.extend(body.components.iter().filter_map(|component| component.id.clone()));
        // As with ids, headings come first: their aliases do not depend on what stands between them.
        let (of_headings, contested) = settled(headings, &known);
        known.extend(of_headings.keys().cloned());
        let blocked = known.union(&contested).cloned().collect();
        let (of_components, _) = settled(components, &blocked);
        known.extend(of_components.keys().cloned());
        for (alias, owner) in of_headings.into_iter().chain(of_components) {
            let aliases = match owner {
                Owner::Heading(index) => body.headings.get_mut(index).map(|heading| &mut heading.aliases),
                Owner::Component(index) => {
                    body.components.get_mut(index).map(|component| &mut component.aliases)
                }
            };
            if let Some(aliases) = aliases {
                aliases.push(alias);
            }
        }
        known.remove("");
        Self(known.into_iter().collect())
    }

    /// Those of headings and components that have their ids and aliases, and of HTML tags.
    pub(super) fn of(headings: &[Heading], components: &[Component], pieces: &[(Piece, Span)]) -> Self {
        let mut known = of_html(pieces);
        for heading in headings {
            known.extend(std::iter::once(&heading.id).chain(&heading.aliases).cloned());
        }
        for component in components {
            known.extend(component.id.iter().chain(&component.aliases).cloned());
        }
        known.remove("");
        Self(known.into_iter().collect())
    }

    /// Whether something on the page has this anchor.
    pub(super) fn has(&self, anchor: &str) -> bool {
        self.0.binary_search_by(|known| known.as_str().cmp(anchor)).is_ok()
    }

    /// All of them in order.
    pub(super) fn iter(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(String::as_str)
    }
}

/// Gives each heading and component an id that is its own, by the rule of `github-slugger`.
fn give_ids(headings: &mut [Heading], components: &mut [Component]) {
    let mut slugger = Slugger::default();
    for heading in headings {
        heading.id = match heading.id.as_str() {
            "" => slugger.slug(&heading.text),
            written => slugger.unique(written),
        };
    }
    for component in components {
        component.id = component.wanted_id().map(|id| slugger.unique(&id));
    }
}

/// The claims on anchors that are free: by their owner where there is one; those of several owners apart.
fn settled(claims: Vec<Claim>, taken: &BTreeSet<String>) -> (BTreeMap<String, Owner>, BTreeSet<String>) {
    let mut owners = BTreeMap::new();
    let mut contested = BTreeSet::new();
    for (anchor, owner) in claims {
        if anchor.is_empty() || anchor.contains(char::is_whitespace) || taken.contains(&anchor) {
            continue;
        }
        if owners.insert(anchor.clone(), owner).is_some_and(|other| other != owner) {
            contested.insert(anchor);
        }
    }
    owners.retain(|anchor, _| !contested.contains(anchor));
    (owners, contested)
}

/// The anchors of the HTML tags of a page.
fn of_html(pieces: &[(Piece, Span)]) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    // A tag over several lines comes as several pieces.
    let mut html = String::new();
    for (piece, _) in pieces {
        match piece {
            Piece::Markdown(Event::Html(text) | Event::InlineHtml(text)) => html.push_str(text),
            _ if html.is_empty() => {}
            _ => {
                found.extend(html::anchors(&html));
                html.clear();
            }
        }
    }
    found.extend(html::anchors(&html));
    found
}
