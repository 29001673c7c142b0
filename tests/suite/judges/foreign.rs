//! What others wrote, as `scripts/foreign-manuals.sh` and `scripts/foreign-clients.sh` fetch it: manuals, the specifications of
//! Markdown, and the validators of clients.

use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use walkdir::WalkDir;

/// A page of a manual.
pub(crate) struct Text {
    /// From the folder of the manual, with `/`.
    pub(crate) path: String,
    pub(crate) text: String,
}

/// A folder that was fetched; none, and said aloud, where it is missing and may be.
pub(crate) fn folder(name: &str) -> Option<PathBuf> {
    fetched(name, "scripts/foreign-manuals.sh", "PROOFPRESS_FOREIGN")
}

/// A folder that `script` fetches; it may be missing where the variable `promise` does not say that it is there.
pub(crate) fn fetched(name: &str, script: &str, promise: &str) -> Option<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/foreign").join(name);
    if folder.is_dir() {
        return Some(folder);
    }
    #[expect(clippy::disallowed_methods, reason = "whoever has fetched it all says so")]
    let is_promised = std::env::var_os(promise).is_some();
    assert!(!is_promised, "{} is missing", folder.display());
    tell(&format!("SKIPPED: {} is missing, nothing is compared; {script} fetches it", folder.display()));
    None
}

/// The pages of a manual in the order of their paths; what its site generator passes over is left out.
pub(crate) fn pages(folder: &Path) -> Vec<Text> {
    let is_hidden = |name: &str| name.starts_with('.');
    let walk = WalkDir::new(folder).sort_by_file_name().into_iter();
    let walk = walk
        .filter_entry(move |entry| entry.depth() == 0 || !is_hidden(&entry.file_name().to_string_lossy()));
    let mut pages = Vec::new();
    for entry in walk {
        let entry = entry.expect("the manual can be read");
        if entry.path().extension().is_some_and(|ending| ending == "md" || ending == "mdx") {
            let path = entry.path().strip_prefix(folder).expect("it stands in the folder");
            let path = path.display().to_string().replace('\\', "/");
            let text = fs::read_to_string(entry.path()).expect("pages are UTF-8");
            pages.push(Text { path, text });
        }
    }
    assert!(!pages.is_empty(), "no page is found in {}", folder.display());
    pages
}

/// Prints the outcome of a comparison past the harness, which keeps what passing tests print.
pub(crate) fn tell(line: &str) {
    let _shown = writeln!(io::stderr().lock(), "{line}");
}
