//! The proof that nothing is lost: a manual is built, and each page of HTML is held to its source by judges that know
//! nothing of our code, from the first word to the last.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use walkdir::WalkDir;

use crate::judges::foreign;
use crate::judges::story::difference;
use crate::judges::words;
use crate::judges::{html, mdx, shown, told};

/// Why a file is not built.
const NO_PAGE: &str = "it is no page for the generator of the manual either";

#[test]
fn nothing_of_openclaw_is_lost() {
    prove("openclaw", &[], &str::to_owned);
}

#[test]
fn nothing_of_fastmcp_is_lost() {
    let code = "lines that are indented by four columns are code, which MDX does not have";
    let escape = "a backslash in braces is one of Markdown, and not of an expression";
    let snippet = "an imported snippet is shown, which the judge does not read";
    let known = [
        ("apps/fastmcp-app.mdx", snippet),
        ("apps/overview.mdx", snippet),
        ("apps/prefab.mdx", snippet),
        ("community/README.md", NO_PAGE),
        ("python-sdk/fastmcp-apps-config.mdx", code),
        ("python-sdk/fastmcp-apps-file_upload.mdx", code),
        ("python-sdk/fastmcp-resources-base.mdx", code),
        ("python-sdk/fastmcp-server-auth-providers-azure.mdx", code),
        ("python-sdk/fastmcp-server-context.mdx", escape),
        ("python-sdk/fastmcp-server-providers-base.mdx", escape),
        ("python-sdk/fastmcp-server-server.mdx", code),
        ("python-sdk/fastmcp-server-transforms-search-base.mdx", code),
        ("python-sdk/fastmcp-server-transforms-version_filter.mdx", code),
        ("python-sdk/fastmcp-server-transforms-visibility.mdx", escape),
        ("python-sdk/fastmcp-utilities-versions.mdx", code),
        ("snippets/local-focus.mdx", NO_PAGE),
        ("snippets/prefab-demo-frame.mdx", NO_PAGE),
        ("snippets/prefab-pin-warning.mdx", NO_PAGE),
        ("snippets/version-badge.mdx", NO_PAGE),
        ("snippets/youtube-embed.mdx", NO_PAGE),
        ("v2/getting-started/welcome.mdx", "a blank line in a tag ends it, as in Markdown"),
        (
            "v2/servers/middleware.mdx",
            "the tag of a component has its line to itself, and what it says as the judge is told has not",
        ),
        ("v3/apps/fastmcp-app.mdx", snippet),
        ("v3/apps/overview.mdx", snippet),
        ("v3/apps/prefab.mdx", snippet),
        ("v3/community/README.md", NO_PAGE),
    ];
    prove("fastmcp", &known, &with_its_components);
}

/// A page of `FastMCP` with what its two components say that only put tags together, copied from them by hand.
fn with_its_components(text: &str) -> String {
    let tip = "<Tip><strong>This integration focuses on running local FastMCP server files with STDIO transport.</strong> For remote \
        servers running with HTTP or SSE transport, use your client's native configuration - FastMCP's integrations focus on simplifying \
        the complex local setup with dependencies and <code>uv</code> commands.</Tip>";
    let mut out = String::new();
    for (index, piece) in text.replace("<LocalFocusTip />", tip).split("<VersionBadge version=\"").enumerate()
    {
        match piece
            .split_once('"')
            .and_then(|(version, rest)| Some((version, rest.trim_start().strip_prefix("/>")?)))
        {
            Some((version, rest)) if index > 0 => {
                out.extend(["<Badge>New in version <code>", version, "</code></Badge>", rest]);
            }
            _ if index > 0 => out.extend(["<VersionBadge version=\"", piece]),
            _ => out.push_str(piece),
        }
    }
    out
}

/// Builds a manual and compares each page, as `told` has it; `known` are the pages that cannot be compared or differ, with the reason.
fn prove(manual: &str, known: &[(&str, &str)], told: &dyn Fn(&str) -> String) {
    let Some(folder) = foreign::folder(manual) else { return };
    let scratch = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).expect("a scratch folder can be made");
    let pages = foreign::pages(&folder);
    let output = build(&folder, scratch.path());
    let mut wrong = Vec::new();
    let (mut same, mut refused) = (0, 0);
    for page in &pages {
        let file = output.join(address(&page.path));
        let Ok(text) = fs::read_to_string(&file) else {
            wrong.push((page.path.as_str(), vec![format!("{} is missing", file.display())]));
            continue;
        };
        match compare(&told(&page.text), &text) {
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
    let found: BTreeSet<&str> = wrong.iter().map(|(path, _)| *path).collect();
    let gone: Vec<&str> = known.iter().map(|(path, _)| *path).filter(|path| !found.contains(path)).collect();
    let known: BTreeSet<&str> = known.iter().map(|(path, _)| *path).collect();
    let news: Vec<String> = wrong
        .iter()
        .filter(|(path, _)| !known.contains(path))
        .map(|(path, what)| format!("{path}\n    {}", what.join("\n    ")))
        .collect();
    assert!(news.is_empty(), "{} pages lose something:\n{}", news.len(), news.join("\n"));
    assert!(gone.is_empty(), "these are named for a reason that is gone: {gone:?}");
}

/// What became of a page.
enum Compared {
    Same,
    /// The judge cannot read its source.
    Refused,
    Wrong(Vec<String>),
}

fn compare(source: &str, html: &str) -> Compared {
    let (root, mut wrong) = html::parse(html);
    let Some(article) = root.find(&|element| element.name == "article") else {
        return Compared::Wrong(vec!["it has no article".to_owned()]);
    };
    let (mut shown, raw) = shown::story(article);
    if let Some(title) = root.find(&|element| element.name == "h1" && element.attribute("id").is_empty()) {
        shown.title = words(&title.text());
    }
    wrong.extend(raw);
    let tree = mdx::tree(source).or_else(|_| mdx::tree(&mdx::without_comments(source)));
    let Ok(tree) = tree else {
        return if wrong.is_empty() { Compared::Refused } else { Compared::Wrong(wrong) };
    };
    wrong.dedup();
    wrong.extend(difference(&told::story(&tree), &shown));
    if wrong.is_empty() { Compared::Same } else { Compared::Wrong(wrong) }
}

/// Builds the manual as its owners would, whatever is wrong with its examples and links; the folder of its HTML.
fn build(manual: &Path, scratch: &Path) -> PathBuf {
    let (root, output) = (scratch.join("manual"), scratch.join("built"));
    link(manual, &root);
    let built = Command::new(env!("CARGO_BIN_EXE_proofpress"))
        .args(["build", "--allow-failures", "--quiet", "--root"])
        .arg(&root)
        .arg("--output")
        .arg(&output)
        .output()
        .expect("the program starts");
    assert!(built.status.success(), "{}", String::from_utf8_lossy(&built.stderr));
    output
}

/// Puts the files of a folder into another, as links where the system has them.
fn link(from: &Path, to: &Path) {
    for entry in WalkDir::new(from) {
        let entry = entry.expect("the manual can be read");
        let target = to.join(entry.path().strip_prefix(from).expect("it stands in the folder"));
        if entry.file_type().is_dir() {
            fs::create_dir_all(target).expect("it can be made");
        } else if fs::hard_link(entry.path(), &target).is_err() {
            fs::copy(entry.path(), &target).expect("it can be copied");
        }
    }
}

/// The file of a page: each has a folder of its own.
fn address(path: &str) -> String {
    let stem = path.rsplit_once('.').map_or(path, |(stem, _)| stem);
    match stem.strip_suffix("index").filter(|folder| folder.is_empty() || folder.ends_with('/')) {
        Some(folder) => format!("{folder}index.html"),
        None => format!("{stem}/index.html"),
    }
}
