//! Addresses that lead to other ones.

use std::collections::HashMap;

use super::Route;
use super::routes::decode;
use crate::source::Span;

/// So many redirects are followed in a row.
const FOLLOWED: usize = 16;

/// The redirects of a site.
#[derive(Clone, Debug, Default)]
pub struct Redirects {
    /// In the order of the settings.
    pub list: Vec<Redirect>,
    /// Those without a wildcard, by their source; the first of each.
    exact: HashMap<Route, usize>,
    /// Those with one, in order.
    open: Vec<usize>,
}

/// One address, or many of one form, that lead elsewhere.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Redirect {
    /// What leads elsewhere, as written.
    pub source: String,
    /// Where the source stands in the settings.
    pub source_span: Span,
    /// Where it leads, as written.
    pub destination: String,
    /// Where the destination stands in the settings.
    pub destination_span: Span,
    /// Whether browsers and search engines may remember it.
    pub permanent: bool,
}

impl Redirects {
    /// The redirects in the order of the settings.
    pub(super) fn new(list: Vec<Redirect>) -> Self {
        let mut redirects = Self { list, ..Self::default() };
        for (index, redirect) in redirects.list.iter().enumerate() {
            if redirect.is_open() {
                redirects.open.push(index);
            } else if let Some(route) = redirect.route() {
                redirects.exact.entry(route).or_insert(index);
            }
        }
        redirects
    }

    /// Where the address of `route` leads in one step, and by which redirect of the list; an exact source goes before one
    /// with a wildcard.
    fn step(&self, route: &Route) -> Option<(String, usize)> {
        if let Some(index) = self.exact.get(route)
            && let Some(redirect) = self.list.get(*index)
        {
            return Some((redirect.destination.clone(), *index));
        }
        for index in &self.open {
            let Some(redirect) = self.list.get(*index) else { continue };
            if let Some(bound) = bind(&redirect.source, route) {
                return Some((fill(&redirect.destination, &bound), *index));
            }
        }
        None
    }

    /// Where the address of `route` leads in the end, and the redirects on the way; where they lead in a circle, the last
    /// address is one that was there before. At an address where `is_there` says that something is served they end.
    pub(super) fn follow(
        &self,
        route: &Route,
        is_there: &dyn Fn(&Route) -> bool,
    ) -> Option<(String, Vec<usize>)> {
        let mut way: Vec<usize> = Vec::new();
        let mut last = None;
        let mut here = route.clone();
        while way.len() < FOLLOWED {
            let Some((destination, index)) = self.step(&here) else { break };
            let is_again = way.contains(&index);
            way.push(index);
            let next = Route::parse(path_of(&destination));
            last = Some(destination);
            match next {
                Some(next) if !is_again && !is_there(&next) => here = next,
                _ => break,
            }
        }
        last.map(|last| (last, way))
    }

    /// The exact sources with the redirects they stand for, in order of the list.
    pub fn exact(&self) -> impl Iterator<Item = (Route, &Redirect)> {
        self.list.iter().enumerate().filter_map(|(index, redirect)| {
            let route = redirect.route()?;
            (self.exact.get(&route) == Some(&index)).then_some((route, redirect))
        })
    }

    /// For every redirect with a wildcard, the addresses that lead to one of `routes` by it.
    pub fn opened(&self, routes: &[&Route]) -> Vec<(Route, String)> {
        let mut found = Vec::new();
        for index in &self.open {
            let Some(redirect) =
                self.list.get(*index).filter(|redirect| is_open(path_of(&redirect.destination)))
            else {
                continue;
            };
            for route in routes {
                let Some(bound) = bind(path_of(&redirect.destination), route) else { continue };
                if let Some(source) = Route::parse(&fill(&redirect.source, &bound)) {
                    found.push((source, fill(&redirect.destination, &bound)));
                }
            }
        }
        found
    }
}

impl Redirect {
    /// Whether its source stands for more than one address.
    pub fn is_open(&self) -> bool {
        is_open(&self.source)
    }

    /// Whether where it leads depends on the address that is asked for.
    pub fn leads_openly(&self) -> bool {
        is_open(&self.destination)
    }

    /// The one address that it stands for.
    pub fn route(&self) -> Option<Route> {
        if self.is_open() { None } else { Route::parse(path_of(&self.source)) }
    }

    /// Source and destination with `*` and `:splat` for all that follows, as servers of static sites write them.
    pub fn with_splats(&self) -> (String, String) {
        let write = |text: &str, rest: &str| {
            let path = path_of(text);
            let behind = text.get(path.len()..).unwrap_or_default();
            let parts = path.split('/').map(|part| match is_wildcard(part) {
                Some(Wildcard::Rest(before, _)) => format!("{before}{rest}"),
                Some(Wildcard::One(_)) | None => part.to_owned(),
            });
            parts.collect::<Vec<_>>().join("/") + behind
        };
        (write(&self.source, "*"), write(&self.destination, ":splat"))
    }
}

/// The path of an address, without what follows `?` or `#`.
fn path_of(address: &str) -> &str {
    address.split(['?', '#']).next().unwrap_or_default()
}

/// Whether a pattern stands for more than one address.
fn is_open(pattern: &str) -> bool {
    path_of(pattern).split('/').any(|segment| is_wildcard(segment).is_some())
}

/// A segment of a pattern that stands for others.
enum Wildcard<'a> {
    /// One segment.
    One(&'a str),
    /// All that follows; the text before it in the same segment, and its name.
    Rest(&'a str, &'a str),
}

fn is_wildcard(segment: &str) -> Option<Wildcard<'_>> {
    if let Some(name) = segment.strip_prefix(':') {
        return Some(match name.strip_suffix('*') {
            Some(name) => Wildcard::Rest("", name),
            None => Wildcard::One(name),
        });
    }
    segment.strip_suffix('*').map(|before| Wildcard::Rest(before, "*"))
}

/// What the wildcards of a pattern stand for in an address, by their names; none where the address is of another form.
fn bind<'a>(pattern: &'a str, route: &Route) -> Option<Vec<(&'a str, String)>> {
    let plain = pattern.split([':', '*', '?', '#']).next().unwrap_or_default().trim_end_matches('/');
    let is_letter = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'/' | b'-' | b'_' | b'.');
    // Most addresses are told apart by how they begin.
    if plain.bytes().all(is_letter) && !route.as_str().starts_with(plain) {
        return None;
    }
    let segments: Vec<String> = route.segments().collect();
    let mut bound = Vec::new();
    let mut at = 0;
    for part in path_of(pattern).split('/').filter(|part| !part.is_empty()) {
        match is_wildcard(part) {
            Some(Wildcard::Rest(before, name)) => {
                let rest = segments.get(at..)?.join("/");
                bound.push((name, rest.strip_prefix(before)?.to_owned()));
                return Some(bound);
            }
            Some(Wildcard::One(name)) => bound.push((name, segments.get(at)?.clone())),
            None if segments.get(at).is_some_and(|segment| *segment == decode(part)) => {}
            None => return None,
        }
        at += 1;
    }
    (at == segments.len()).then_some(bound)
}

/// A pattern with what its wildcards stand for.
fn fill(pattern: &str, bound: &[(&str, String)]) -> String {
    let path = path_of(pattern);
    let rest = pattern.get(path.len()..).unwrap_or_default();
    let value = |name: &str| {
        let found = bound.iter().find(|(known, _)| *known == name || name == "*" || *known == "*");
        found.map_or("", |(_, value)| value.as_str())
    };
    let filled: Vec<String> = path
        .split('/')
        .map(|part| match is_wildcard(part) {
            Some(Wildcard::Rest(before, name)) => format!("{before}{}", value(name)),
            Some(Wildcard::One(name)) => value(name).to_owned(),
            None => part.to_owned(),
        })
        .collect();
    filled.join("/") + rest
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Where an address leads by redirects, each written as `source -> destination`.
    #[track_caller]
    fn check(redirects: &[&str], address: &str, expected: &str) {
        let list = redirects.iter().filter_map(|text| text.split_once(" -> "));
        let list = list.map(|(source, destination)| Redirect {
            source: source.to_owned(),
            source_span: Span::default(),
            destination: destination.to_owned(),
            destination_span: Span::default(),
            permanent: true,
        });
        let redirects = Redirects::new(list.collect());
        let route = Route::parse(address).expect("an address");
        let seen = redirects.follow(&route, &|_| false).map_or_else(String::new, |(address, _)| address);
        assert_eq!(seen, expected);
    }

    #[test]
    fn an_exact_source_leads_to_its_destination() {
        check(&["/a -> /b#c"], "/a/", "/b#c");
        check(&["/a -> /b"], "/a/x", "");
        check(&["/a b -> /c"], "/a%20b", "/c");
    }

    #[test]
    fn redirects_are_followed() {
        check(&["/a -> /b", "/b -> /c"], "/a", "/c");
        check(&["/a -> https://example.com/x"], "/a", "https://example.com/x");
    }

    #[test]
    fn a_circle_ends() {
        check(&["/a -> /b", "/b -> /a"], "/a", "/b");
        check(&["/a -> /a"], "/a", "/a");
        check(&["/a/:x* -> /a/b/:x*"], "/a/c", "/a/b/b/c");
    }

    #[test]
    fn wildcards_stand_for_segments() {
        check(&["/old/:slug* -> /new/:slug*"], "/old/a/b", "/new/a/b");
        check(&["/old/:slug* -> /new/:slug*"], "/old", "/new/");
        check(&["/old/* -> /new/*"], "/old/a/b", "/new/a/b");
        check(&["/a/:one/b -> /x/:one#top"], "/a/c/b", "/x/c#top");
        check(&["/a/:one/b -> /x/:one"], "/a/c/d/b", "");
        check(&["/beta-* -> /v2/*"], "/beta-one/two", "/v2/one/two");
    }

    #[test]
    fn an_exact_source_goes_before_a_wildcard() {
        check(&["/a/* -> /b/*", "/a/c -> /d"], "/a/c", "/d");
    }
}
