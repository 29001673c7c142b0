//! Links, images and redirects: each must lead to something that the site serves.

use std::sync::Arc;

use rayon::prelude::*;

use crate::diagnostics::{Code, Diagnostic, Problem, Searches, Severity, nearest};
use crate::page::Link;
use crate::site::{Redirect, Route, Site, Target};
use crate::source::{Source, Span};

/// The links of all pages.
pub(super) fn check(site: &Site) -> Vec<Diagnostic> {
    let pages = (0..site.pages.len()).into_par_iter();
    let mut broken: Vec<Broken<'_>> = pages.flat_map_iter(|index| broken(site, index)).collect();
    broken.extend(site.manual_links().iter().filter_map(|(source, link)| {
        let target = site.destination(&link.target);
        is_broken(&target).then_some(Broken { source, link, target })
    }));
    let mut near = Searches::default();
    let say = |one: &Broken<'_>| {
        let meant = near.meant(one.key(), || one.meant(site));
        one.diagnostic(site, meant.as_deref())
    };
    broken.iter().filter_map(say).collect()
}

/// A link that leads nowhere.
struct Broken<'a> {
    /// The file in which it stands.
    source: &'a Arc<Source>,
    link: &'a Link,
    target: Target,
}

/// Those of a page and of the snippets in it; of a snippet itself only those that lead to the same place everywhere.
fn broken(site: &Site, index: usize) -> Vec<Broken<'_>> {
    let Some(page) = site.shown(index) else { return Vec::new() };
    let is_checked = |link: &Link| page.is_served() || link.target.starts_with('/');
    let links = site.links(index).into_iter().filter(|(link, _)| is_checked(link));
    links
        .filter_map(|(link, source)| {
            let target = site.target(page, &link.target);
            is_broken(&target).then_some(Broken { source, link, target })
        })
        .collect()
}

fn is_broken(target: &Target) -> bool {
    matches!(target, Target::NoAnchor(..) | Target::Nothing(_))
}

impl Broken<'_> {
    fn key(&self) -> String {
        match &self.target {
            Target::NoAnchor(index, anchor) => format!("{index}#{anchor}"),
            Target::Nothing(path) => path.clone(),
            Target::Elsewhere | Target::Page(..) | Target::File(_) | Target::Absent => String::new(),
        }
    }

    /// The nearest target that is there, as it would be written.
    fn meant(&self, site: &Site) -> Option<String> {
        match &self.target {
            Target::NoAnchor(index, anchor) => {
                let ids: Vec<&str> = site.shown(*index)?.page.anchors().collect();
                let near = nearest(anchor, ids.iter().copied()).or_else(|| of_one_stem(anchor, &ids));
                near.map(|id| format!("#{id}"))
            }
            Target::Nothing(path) => nearest_address(site, path),
            Target::Elsewhere | Target::Page(..) | Target::File(_) | Target::Absent => None,
        }
    }

    fn diagnostic(&self, site: &Site, meant: Option<&str>) -> Option<Diagnostic> {
        let message = match &self.target {
            Target::NoAnchor(index, anchor) => {
                format!("`{}` has no heading `#{anchor}`", site.pages.get(*index)?.route)
            }
            _ => format!("the site has no page and no file at `{}`", self.link.target),
        };
        let problem = Problem::new(Code::BrokenLink, place(self.source, self.link), message);
        let problem = match (meant, &self.target) {
            (Some(meant), _) => problem.help(format!("the nearest is `{meant}`")),
            (None, Target::NoAnchor(..)) => problem.help("name a heading that is there, or the page alone"),
            (None, _) => problem.help(nothing_near(site)),
        };
        Some(problem.of(self.source))
    }
}

fn nothing_near(site: &Site) -> &'static str {
    if site.is_manual() {
        "name a page, a heading or a file that is there"
    } else {
        "name a page, a heading or a file of `static/` that is there"
    }
}

/// The nearest address to one that leads nowhere; of pages that have moved, the one of the same name.
fn nearest_address(site: &Site, path: &str) -> Option<String> {
    let pages = || site.pages.iter().filter(|page| page.is_served()).map(|page| page.route.as_str());
    let files = site.assets.statics.iter().map(|asset| asset.path.as_str());
    // A file is named without the first `/`, and lies closest to a path without the last one.
    let bare = path.trim_matches('/');
    let found = nearest(path, pages()).map(ToOwned::to_owned);
    let found = found.or_else(|| nearest(bare, files).map(|name| format!("/{name}")));
    found.or_else(|| {
        let name = bare.rsplit('/').next().filter(|name| name.len() > 3)?;
        let is_named = |route: &&str| route.trim_end_matches('/').rsplit('/').next() == Some(name);
        let mut same = pages().filter(is_named);
        let first = same.next()?;
        same.next().is_none().then(|| first.to_owned())
    })
}

/// The candidate that begins as `word` does, for most of its length.
fn of_one_stem<'a>(word: &str, candidates: &[&'a str]) -> Option<&'a str> {
    let shared =
        |candidate: &str| word.chars().zip(candidate.chars()).take_while(|(one, other)| one == other).count();
    let found = candidates.iter().copied().max_by_key(|candidate| shared(candidate))?;
    let length = word.chars().count();
    (shared(found) >= 4 && shared(found) * 3 >= length * 2).then_some(found)
}

/// The target inside a link where it stands there as it is read; else the whole link.
fn place(source: &Source, link: &Link) -> Span {
    let text = source.slice(link.span);
    let at = text.rfind(&link.target).filter(|_| !link.target.is_empty());
    at.map_or(link.span, |at| Span::new(at, at + link.target.len()).shifted(link.span.start))
}

/// The redirects: in a circle, over another one, to nothing, or behind a page.
pub(super) fn redirects(site: &Site) -> Vec<Diagnostic> {
    let list = site.redirects.list.iter().enumerate();
    let mut near = Searches::default();
    list.filter_map(|(index, redirect)| {
        let problem = wrong(site, index, redirect, &mut near)?;
        let (source, span) = site.manual_place(problem.span)?;
        Some(Problem { span, ..problem }.of(source))
    })
    .collect()
}

fn wrong(site: &Site, index: usize, redirect: &Redirect, near: &mut Searches) -> Option<Problem> {
    let Redirect { source, destination, .. } = redirect;
    if redirect.is_open() {
        // Where it leads is known if it is the same for all.
        let end = site.destination(destination);
        if redirect.leads_openly() || !destination.starts_with('/') || !is_broken(&end) {
            return None;
        }
        return nowhere(site, redirect, destination, &end, near);
    }
    let Some(route) = redirect.route() else {
        let message = format!("`{source}` is no address of the site");
        return Some(
            Problem::new(Code::Redirect, redirect.source_span, message).help("write a path from `/`"),
        );
    };
    let there = match site.page_by_route(&route) {
        Some(_) => Some("page"),
        None => site.asset(&route.segments().collect::<Vec<_>>().join("/")).map(|_| "file"),
    };
    if let Some(what) = there {
        let message = format!("`{source}` is the address of a {what}, which is what readers get");
        let problem = Problem::new(Code::Redirect, redirect.source_span, message);
        return Some(
            problem.severity(Severity::Warning).help(format!("take out the redirect, or the {what}")),
        );
    }
    let (end, way) = site.redirected(&route)?;
    if way.iter().filter(|step| **step == index).count() > 1 || is_circle(site, &end, &way) {
        let message = format!("`{source}` leads in a circle");
        let problem = Problem::new(Code::Redirect, redirect.source_span, message);
        return Some(problem.help("lead one of its redirects to a page"));
    }
    let target = site.destination(&end);
    if is_broken(&target) {
        return nowhere(site, redirect, &end, &target, near);
    }
    if way.len() < 2 {
        return None;
    }
    let message = format!("`{destination}` is itself redirected");
    let problem = Problem::new(Code::Redirect, redirect.destination_span, message);
    let problem = problem.severity(Severity::Warning);
    let problem = problem.help(format!("write `{end}`"));
    // A browser takes an anchor on the way along.
    Some(if destination.contains(['#', '?']) { problem } else { problem.fix(format!("\"{end}\"")) })
}

/// What is wrong with a redirect that leads nowhere in the end.
fn nowhere(
    site: &Site,
    redirect: &Redirect,
    end: &str,
    target: &Target,
    near: &mut Searches,
) -> Option<Problem> {
    let (message, help) = if let Target::NoAnchor(page, anchor) = target {
        let page = site.shown(*page)?;
        let help = match nearest(anchor, page.page.anchors()) {
            Some(near) => format!("the nearest is `#{near}`"),
            None => "name the page alone".to_owned(),
        };
        (format!("`{}` has no heading `#{anchor}`", page.route), help)
    } else {
        let path = end.split('#').next().unwrap_or_default();
        let help = match near.meant(path.to_owned(), || nearest_address(site, path)) {
            Some(near) => format!("the nearest is `{near}`"),
            None => nothing_near(site).to_owned(),
        };
        (format!("the site has no page and no file at `{end}`"), help)
    };
    Some(Problem::new(Code::Redirect, redirect.destination_span, message).help(help))
}

/// Whether the last of the redirects on a way leads to one before it.
fn is_circle(site: &Site, end: &str, way: &[usize]) -> bool {
    let Some(route) = Route::parse(end.split(['#', '?']).next().unwrap_or_default()) else { return false };
    site.redirected(&route).is_some_and(|(_, next)| next.first().is_some_and(|next| way.contains(next)))
}
