//! The addresses of pages.

use std::borrow::Cow;
use std::collections::HashMap;
use std::fmt;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};

use super::SitePage;
use crate::diagnostics::{Code, Diagnostic, Problem};
use crate::source::Span;

/// The address of a page, from `/`, with `/` at its end: `/providers/portkey/`.
///
/// Its segments are percent-encoded and none of them is `.` or `..`, so it never leaves the site.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Route(String);

impl Route {
    /// The address.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The address of the page in a file, whose path is from the folder of the pages, with `/`.
    pub fn for_file(path: &str) -> Self {
        let (folders, name) = path.rsplit_once('/').map_or(("", path), |(folders, name)| (folders, name));
        let last = Some(stem(name)).filter(|stem| *stem != "index");
        Self::of_segments(folders.split('/').chain(last).filter(|segment| !segment.is_empty()))
    }

    /// The address that `text` means, with or without `/` at its end; none where it leads out of the site.
    pub fn parse(text: &str) -> Option<Self> {
        Self::root().join(text.strip_prefix('/')?)
    }

    /// The address of the first page.
    pub fn root() -> Self {
        Self("/".to_owned())
    }

    /// The address that a relative `path` means on this page; none where it leads out of the site.
    pub fn join(&self, path: &str) -> Option<Self> {
        // Most links are written as the address that they mean.
        if let Some(rest) = path.strip_prefix('/').map(|rest| rest.strip_suffix('/').unwrap_or(rest))
            && rest.split('/').all(is_address)
        {
            return Some(Self(format!("/{rest}/")));
        }
        let mut segments: Vec<String> = self.segments().collect();
        if path.starts_with('/') {
            segments.clear();
        }
        for segment in path.split('/') {
            match decode(segment).as_str() {
                "" | "." => {}
                ".." => {
                    segments.pop()?;
                }
                segment => segments.push(segment.to_owned()),
            }
        }
        Some(Self::of_segments(segments.iter().map(String::as_str)))
    }

    /// The address above this one; none above the first page.
    pub fn parent(&self) -> Option<Self> {
        let above = self.0.trim_end_matches('/').rsplit_once('/')?.0;
        Some(Self(format!("{above}/")))
    }

    /// Its segments, decoded.
    pub fn segments(&self) -> impl Iterator<Item = String> + '_ {
        self.0.split('/').filter(|segment| !segment.is_empty()).map(decode)
    }

    /// The file that is served there, from the folder of the site: `providers/portkey/index.html`.
    pub fn file(&self) -> String {
        let mut file = String::new();
        for segment in self.segments() {
            file.push_str(&segment);
            file.push('/');
        }
        file + "index.html"
    }

    fn of_segments<'a>(segments: impl Iterator<Item = &'a str>) -> Self {
        let mut route = "/".to_owned();
        for segment in segments {
            route.extend(utf8_percent_encode(&plain(segment), PLAIN));
            route.push('/');
        }
        Self(route)
    }
}

impl fmt::Display for Route {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.0)
    }
}

/// The name of a file without its ending.
pub(super) fn stem(name: &str) -> &str {
    name.rsplit_once('.').map_or(name, |(stem, _)| stem)
}

/// Whether a segment of a path is the same in an address.
fn is_address(segment: &str) -> bool {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~');
    !matches!(segment, "" | "." | "..") && segment.bytes().all(is_plain)
}

/// A segment without what means more than itself to a browser or a file system.
fn plain(segment: &str) -> String {
    match segment {
        "." | ".." => "-".repeat(segment.len()),
        _ => segment
            .chars()
            .map(
                |letter| if letter.is_control() || matches!(letter, '/' | '\\' | ':') { '-' } else { letter },
            )
            .collect(),
    }
}

/// What stands for itself in a path: the unreserved characters of RFC 3986, and those of `sub-delims` and `@` that need no
/// escape in HTML.
const PLAIN: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~')
    .remove(b'@')
    .remove(b'+')
    .remove(b',')
    .remove(b'!');

/// Takes the percent-encoding off; what is no UTF-8 then is left as it was.
pub(super) fn decode(text: &str) -> String {
    percent_decode_str(text).decode_utf8().map_or_else(|_| text.to_owned(), Cow::into_owned)
}

/// What is wrong where two pages claim one address; letters that differ in case alone are one address on some systems.
pub(super) fn taken(pages: &[SitePage]) -> Vec<Diagnostic> {
    let mut owners: HashMap<String, &SitePage> = HashMap::new();
    let mut diagnostics = Vec::new();
    for page in pages.iter().filter(|page| page.is_served()) {
        let Some(owner) = owners.get(&page.route.as_str().to_lowercase()) else {
            owners.insert(page.route.as_str().to_lowercase(), page);
            continue;
        };
        let source = &page.page.source;
        let message = format!("`{}` is the address of `{}` already", page.route, owner.page.source.path());
        let problem = Problem::new(Code::RouteTaken, Span::default(), message);
        diagnostics.push(problem.help("rename or remove one of the two files").of(source));
    }
    diagnostics
}
