//! The proof that nothing is lost: a manual is built, and each page of HTML is held to its source by judges that know
//! nothing of our code, from the first word to the last.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use crate::judges::foreign::{self, Text};
use crate::judges::story::difference;
use crate::judges::{html, mdx, shown, told};

#[test]
fn nothing_of_openclaw_is_lost() {
    prove("openclaw", &[]);
}

#[test]
fn nothing_of_fastmcp_is_lost() {
    prove("fastmcp", &[]);
}

/// Builds a manual and compares each page; `known` are the pages that cannot be compared or differ, with the reason.
fn prove(manual: &str, known: &[(&str, &str)]) {
    let Some(folder) = foreign::folder(manual) else { return };
    let site = tempfile::tempdir().unwrap();
    let pages = foreign::pages(&folder);
    let output = build(site.path(), &pages);
    let mut wrong = Vec::new();
    let (mut same, mut refused) = (0, 0);
    for page in &pages {
        let file = output.join(address(&page.path));
        let Ok(text) = fs::read_to_string(&file) else {
            wrong.push((page.path.as_str(), vec![format!("{} is missing", file.display())]));
            continue;
        };
        match compare(page, &text) {
            Compared::Same => same += 1,
            Compared::Refused => refused += 1,
            Compared::Wrong(what) => wrong.push((page.path.as_str(), what)),
        }
    }
    foreign::tell(&format!(
        "{manual}: {} pages, {same} told in full, {} not, {refused} not taken by the judge",
        pages.len(),
        wrong.len()
    ));
    let known: BTreeSet<&str> = known.iter().map(|(path, _)| *path).collect();
    let news: Vec<String> = wrong
        .iter()
        .filter(|(path, _)| !known.contains(path))
        .map(|(path, what)| format!("{path}\n    {}", what.join("\n    ")))
        .collect();
    assert!(news.is_empty(), "{} pages lose something:\n{}", news.len(), news.join("\n"));
}

/// What became of a page.
enum Compared {
    Same,
    /// The judge cannot read its source.
    Refused,
    Wrong(Vec<String>),
}

fn compare(page: &Text, html: &str) -> Compared {
    let (root, mut wrong) = html::parse(html);
    let Some(article) = root.find(&|element| element.name == "article") else {
        return Compared::Wrong(vec!["it has no article".to_owned()]);
    };
    let (shown, raw) = shown::story(article);
    wrong.extend(raw);
    let tree = mdx::tree(&page.text).or_else(|_| mdx::tree(&mdx::without_comments(&page.text)));
    let Ok(tree) = tree else {
        return if wrong.is_empty() { Compared::Refused } else { Compared::Wrong(wrong) };
    };
    wrong.dedup();
    wrong.extend(difference(&told::story(&tree), &shown));
    if wrong.is_empty() { Compared::Same } else { Compared::Wrong(wrong) }
}

/// Builds a site of these pages, whose examples may fail; the folder of its HTML.
fn build(site: &Path, pages: &[Text]) -> PathBuf {
    for page in pages {
        let path = site.join("content").join(&page.path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, &page.text).unwrap();
    }
    let output = site.join("public");
    let read = proofpress::site::load(site).unwrap();
    proofpress::render::build(&read, &proofpress::examples::Verdicts::default(), &|file| {
        let path = output.join(&file.path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, &file.bytes).unwrap();
        Ok(())
    })
    .unwrap();
    output
}

/// The file of a page: each has a folder of its own.
fn address(path: &str) -> String {
    let stem = path.rsplit_once('.').map_or(path, |(stem, _)| stem);
    match stem.strip_suffix("index").filter(|folder| folder.is_empty() || folder.ends_with('/')) {
        Some(folder) => format!("{folder}index.html"),
        None => format!("{stem}/index.html"),
    }
}
