//! Our parse against that of MDX, by a parser that others wrote: the same components, headings, fences and links.

use std::collections::BTreeMap;

use proofpress::page::Page;
use proofpress::source::Source;

use crate::judges::foreign::{self, Text};
use crate::judges::{difference, mdx, ours};

/// What became of a page.
enum Judged {
    Same,
    Differs(String),
    /// MDX does not take it, and says why.
    Refused(String),
}

#[test]
fn the_pages_of_openclaw_are_what_mdx_reads() {
    compare("openclaw", &[("web/dashboards.md", "an address stands in angle brackets")], &[]);
}

#[test]
fn the_pages_of_fastmcp_are_what_mdx_reads() {
    let code = "lines that are indented by four columns are code, which MDX does not have";
    let different = [
        ("python-sdk/fastmcp-apps-config.mdx", code),
        ("python-sdk/fastmcp-apps-file_upload.mdx", code),
        ("python-sdk/fastmcp-server-auth-providers-azure.mdx", code),
        ("python-sdk/fastmcp-server-server.mdx", code),
        ("python-sdk/fastmcp-server-transforms-search-base.mdx", code),
        ("python-sdk/fastmcp-server-transforms-version_filter.mdx", code),
    ];
    let refused =
        [("snippets/prefab-demo-frame.mdx", "a script whose blank lines the judge does not look beyond")];
    compare("fastmcp", &refused, &different);
}

/// Compares all pages of a manual; `refused` are the pages that MDX does not take, `different` those that are read
/// in another way, each for the reason beside it. Both can only become fewer.
fn compare(manual: &str, refused: &[(&str, &str)], different: &[(&str, &str)]) {
    let Some(folder) = foreign::folder(manual) else { return };
    let pages = foreign::pages(&folder);
    let mut found: BTreeMap<&str, String> = BTreeMap::new();
    let mut outside: BTreeMap<&str, String> = BTreeMap::new();
    for page in &pages {
        match judge(page) {
            Judged::Same => {}
            Judged::Differs(how) => {
                found.insert(&page.path, how);
            }
            Judged::Refused(why) => {
                outside.insert(&page.path, why);
            }
        }
    }
    let same = pages.len() - found.len() - outside.len();
    foreign::tell(&format!(
        "{manual}: {} pages, {same} read as MDX reads them, {} otherwise, {} not taken by MDX",
        pages.len(),
        found.len(),
        outside.len()
    ));
    expect("are read otherwise than MDX reads them", &found, different);
    expect("are not taken by MDX", &outside, refused);
}

/// Holds what was found to what is known.
fn expect(what: &str, found: &BTreeMap<&str, String>, known: &[(&str, &str)]) {
    let is_known = |path: &str| known.iter().any(|(known, _)| *known == path);
    let news: Vec<String> = found
        .iter()
        .filter(|(path, _)| !is_known(path))
        .map(|(path, how)| format!("{path}\n    {how}"))
        .collect();
    assert!(news.is_empty(), "{} pages {what}:\n{}", news.len(), news.join("\n"));
    let gone: Vec<&str> =
        known.iter().map(|(path, _)| *path).filter(|path| !found.contains_key(path)).collect();
    assert!(gone.is_empty(), "these are named for a reason that is gone: {gone:?}");
}

fn judge(page: &Text) -> Judged {
    let text = match mdx::tree(&page.text) {
        Ok(_) => page.text.clone(),
        // MDX takes no comments of HTML; without them the page is the same to both.
        Err(_) => mdx::without_comments(&page.text),
    };
    let tree = match mdx::tree(&text) {
        Ok(tree) => tree,
        Err(why) => return Judged::Refused(why),
    };
    let read = Page::parse(Source::new(page.path.as_str(), text));
    match difference(&ours::facts(&read), &mdx::facts(&tree)) {
        None => Judged::Same,
        Some(how) => Judged::Differs(how),
    }
}
