//! The one place that reads the tree of a site.

use std::fs;
use std::path::{Component, Path, PathBuf};
use std::sync::Arc;

use ignore::gitignore::{Gitignore, GitignoreBuilder};
use walkdir::{DirEntry, WalkDir};

use super::{Error, OUTPUT_MARKER};
use crate::diagnostics::{Code, Diagnostic, Problem};
use crate::source::{Source, Span};

/// The endings of pages.
const PAGE_ENDINGS: [&str; 3] = ["md", "mdx", "markdown"];

/// Folders that hold what others wrote or made.
const FOREIGN_FOLDERS: [&str; 2] = ["node_modules", "target"];

/// A file that was found, not yet read.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct File {
    /// Its path from the folder that was walked, with `/` on every system.
    pub(super) path: String,
    /// Where it is.
    pub(super) place: PathBuf,
}

/// A file that is served as it is; read when it is asked for.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Asset {
    /// Its path from the root of the site, with `/` on every system.
    pub path: String,
    /// Where it is.
    pub(super) place: PathBuf,
}

impl Asset {
    /// Its content.
    pub fn read(&self) -> Result<Vec<u8>, Error> {
        read_bytes(&self.place)
    }
}

/// Which files of a folder are wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Wanted {
    /// Pages; hidden folders and those of others are left out.
    Pages,
    /// All files.
    All,
    /// All files of a manual with a `docs.json`, without what its `.mintignore` names.
    Manual,
}

/// The file in which a manual names what is none of it, in the form of a `.gitignore`.
pub(super) const IGNORED: &str = ".mintignore";

/// What is never a page of a manual; as Mintlify has it, by `@mintlify/common` 1.0.1211, read 2026-11-27.
const NEVER: [&str; 4] = ["README.md", "LICENSE.md", "CHANGELOG.md", "CONTRIBUTING.md"];

/// What a manual leaves out.
fn ignored(folder: &Path) -> Gitignore {
    let mut builder = GitignoreBuilder::new(folder);
    for name in NEVER {
        // The names are patterns that can be read.
        let _added = builder.add_line(None, name);
    }
    // A file that is not there, and a pattern that cannot be read, ignore nothing.
    let _error = builder.add(folder.join(IGNORED));
    builder.build().unwrap_or_else(|_| Gitignore::empty())
}

/// The files below `folder`, sorted by path; none where it does not exist.
///
/// What lies in `output`, or in a folder that an earlier build has written, is left out. A link is followed where it stays inside `folder`.
pub(super) fn walk(folder: &Path, wanted: Wanted, output: Option<&Path>) -> Result<Vec<File>, Error> {
    if !folder.is_dir() {
        return Ok(Vec::new());
    }
    let home = canonical(folder)?;
    let output = output.and_then(|output| output.canonicalize().ok());
    let ignored = if wanted == Wanted::Manual { ignored(folder) } else { Gitignore::empty() };
    let is_wanted = |entry: &DirEntry| {
        let name = entry.file_name().to_string_lossy();
        let is_output = || {
            entry.file_type().is_dir()
                && (is_written(entry.path())
                    || output.is_some() && entry.path().canonicalize().ok() == output)
        };
        let strays =
            || entry.path_is_symlink() && !entry.path().canonicalize().is_ok_and(|to| to.starts_with(&home));
        let is_ignored = || ignored.matched(entry.path(), entry.file_type().is_dir()).is_ignore();
        entry.depth() == 0
            || !(wanted != Wanted::All && (is_foreign(&name) || is_output() || is_ignored()) || strays())
    };
    let mut files = Vec::new();
    for entry in WalkDir::new(folder).follow_links(true).into_iter().filter_entry(is_wanted) {
        let entry = match entry {
            Ok(entry) => entry,
            // A link that leads back to its own folder, or nowhere, has nothing new.
            Err(error) if error.loop_ancestor().is_some() || is_dead_link(&error) => continue,
            Err(error) => return Err(trouble(error, folder)),
        };
        if entry.file_type().is_file() && (wanted != Wanted::Pages || is_page(entry.path())) {
            let path = shown(entry.path().strip_prefix(folder).unwrap_or(entry.path()));
            files.push(File { path, place: entry.into_path() });
        }
    }
    files.sort();
    Ok(files)
}

/// Whether a name is that of a hidden file, or of a folder of what others wrote or made.
fn is_foreign(name: &str) -> bool {
    name.starts_with('.') || FOREIGN_FOLDERS.contains(&name)
}

/// Whether a folder is the output of a build.
fn is_written(folder: &Path) -> bool {
    folder.join(OUTPUT_MARKER).is_file()
}

/// Whether a file or folder of `root` belongs to a manual that stands there, as far as its path tells.
pub(super) fn is_of_manual(root: &Path, path: &Path) -> bool {
    let mut place = root.to_owned();
    path.components().all(|part| {
        place.push(part);
        !is_foreign(&part.as_os_str().to_string_lossy()) && !is_written(&place)
    })
}

/// The folders of `root` whose files make the manual that stands there, by their names.
pub(super) fn folders_of_manual(root: &Path) -> Vec<PathBuf> {
    let entries =
        WalkDir::new(root).min_depth(1).max_depth(1).sort_by_file_name().into_iter().filter_map(Result::ok);
    let folders = entries.filter(|entry| entry.file_type().is_dir());
    folders.map(|entry| PathBuf::from(entry.file_name())).filter(|name| is_of_manual(root, name)).collect()
}

/// Whether a path has the ending of a page.
pub(super) fn is_page(path: &Path) -> bool {
    let ending = path.extension().and_then(|ending| ending.to_str()).unwrap_or_default();
    PAGE_ENDINGS.iter().any(|page| page.eq_ignore_ascii_case(ending))
}

/// Reads a file as text; `shown` is the name that people know it by.
pub(super) fn read_text(place: &Path, shown: &str) -> Result<Result<Arc<Source>, Diagnostic>, Error> {
    let unreadable = |message: String, help: &str| {
        let problem = Problem::new(Code::UnreadableFile, Span::default(), message).help(help);
        Ok(Err(problem.of(&Source::new(shown, ""))))
    };
    let limit = u64::try_from(Source::LIMIT).unwrap_or(u64::MAX);
    if fs::metadata(place).is_ok_and(|metadata| metadata.len() > limit) {
        return unreadable(format!("`{shown}` is larger than {} MiB", limit >> 20), "divide the file");
    }
    match String::from_utf8(read_bytes(place)?) {
        Ok(text) => Ok(Ok(Source::new(shown, text))),
        Err(error) => {
            let at = error.utf8_error().valid_up_to();
            unreadable(format!("`{shown}` is not UTF-8 from byte {at} on"), "save the file as UTF-8")
        }
    }
}

/// Reads a file as it is.
#[expect(clippy::disallowed_methods, reason = "this is the place that reads the tree")]
pub(super) fn read_bytes(place: &Path) -> Result<Vec<u8>, Error> {
    fs::read(place).map_err(|source| Error::Read { path: place.to_owned(), source })
}

/// The path of a folder without links and dots.
pub(super) fn canonical(folder: &Path) -> Result<PathBuf, Error> {
    let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
    folder.canonicalize().map_err(|source| Error::Read { path: folder.to_owned(), source })
}

/// A path as people read it: with `/` on every system, and without `.` in it or `/` behind it.
pub(super) fn shown(path: &Path) -> String {
    let path: PathBuf = path.components().filter(|part| *part != Component::CurDir).collect();
    let text = path.to_string_lossy();
    if std::path::MAIN_SEPARATOR == '/' {
        text.into_owned()
    } else {
        text.replace(std::path::MAIN_SEPARATOR, "/")
    }
}

fn is_dead_link(error: &walkdir::Error) -> bool {
    error.io_error().is_some_and(|error| error.kind() == std::io::ErrorKind::NotFound)
}

fn trouble(error: walkdir::Error, folder: &Path) -> Error {
    let path = error.path().unwrap_or(folder).to_owned();
    let source =
        error.into_io_error().unwrap_or_else(|| std::io::Error::other("the folder cannot be walked"));
    Error::Read { path, source }
}
