//! One case: a folder that says what is run on what, and what comes of it.

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::Command;

use walkdir::WalkDir;

use super::pattern;

/// What a case folder may hold.
const PARTS: [&str; 10] =
    ["site", "base", "edit", "command", "environment", "status", "stdout", "stderr", "files", "written"];

/// What a case folder must hold.
const REQUIRED: [&str; 4] = ["command", "status", "stdout", "stderr"];

/// The base that is this repository's own site.
const OWN: &str = "own";

/// What belongs to this repository's own site, from the root.
const OWN_SITE: [&str; 5] = ["proofpress.toml", "content", "templates", "static", "profiles"];

/// What is done with an expectation that does not hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Expectations {
    /// It fails the case.
    Compared,
    /// It is written anew.
    Accepted,
}

/// Why a case does not hold.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Failure {
    /// The folder is not a case.
    #[error("{0}")]
    Folder(String),
    /// The edit does not fit the page.
    #[error("`edit` must find its text once in {file}, and finds it {count} times")]
    Edit {
        /// The file that is edited.
        file: String,
        /// How often the text stands there.
        count: usize,
    },
    /// Something else came out.
    #[error("{part} differs\n{difference}")]
    Differs {
        /// Which part.
        part: String,
        /// How.
        difference: String,
    },
    /// The system refused.
    #[error("{}: {source}", path.display())]
    System {
        /// At which path.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
}

/// Every file below a folder, by its path with `/`.
type Tree = BTreeMap<String, Vec<u8>>;

/// What came out, with the volatile parts masked.
struct Outcome {
    status: String,
    stdout: String,
    stderr: String,
    before: Tree,
    after: Tree,
}

/// Runs the case of a folder; every part that differs is a failure.
pub(crate) fn run(folder: &Path, expectations: Expectations) -> Result<(), Vec<Failure>> {
    let outcome =
        check_parts(folder, expectations).and_then(|()| execute(folder)).map_err(|failure| vec![failure])?;
    let Outcome { status, stdout, stderr, before, after } = outcome;
    let mut expected =
        vec![("status".to_owned(), status), ("stdout".to_owned(), stdout), ("stderr".to_owned(), stderr)];
    if folder.join("written").exists() {
        expected.push(("written".to_owned(), written(&before, &after)));
    }
    let mut failures = Vec::new();
    for path in tree(&folder.join("files")).map_err(|failure| vec![failure])?.into_keys() {
        match after.get(&path) {
            Some(bytes) => {
                expected.push((format!("files/{path}"), String::from_utf8_lossy(bytes).into_owned()));
            }
            None => failures.push(Failure::Folder(format!("{path} was not written"))),
        }
    }
    let compared = expected.iter().map(|(part, actual)| compare(folder, part, actual, expectations));
    failures.extend(compared.filter_map(Result::err));
    if failures.is_empty() { Ok(()) } else { Err(failures) }
}

fn check_parts(folder: &Path, expectations: Expectations) -> Result<(), Failure> {
    let entries = fs::read_dir(folder).map_err(|source| system(folder, source))?;
    for entry in entries {
        let name = entry.map_err(|source| system(folder, source))?.file_name();
        if !PARTS.iter().any(|part| name == *part) {
            return Err(Failure::Folder(format!("{} is not a part of a case", name.display())));
        }
    }
    let required = match expectations {
        Expectations::Compared => REQUIRED.as_slice(),
        Expectations::Accepted => &["command"],
    };
    match required.iter().find(|part| !folder.join(part).is_file()) {
        Some(part) => Err(Failure::Folder(format!("`{part}` is missing"))),
        None => Ok(()),
    }
}

fn execute(folder: &Path) -> Result<Outcome, Failure> {
    let scratch = tempfile::tempdir().map_err(|source| system(folder, source))?;
    // The system may hand out a path with symbolic links in it, and the program may print the real one.
    let place = scratch.path().canonicalize().map_err(|source| system(scratch.path(), source))?;
    let site = place.join("site");
    prepare(folder, &site)?;
    let before = tree(&site)?;
    let words = words(&read(&folder.join("command"))?)?;
    let output = Command::new(env!("CARGO_BIN_EXE_proofpress"))
        .args(&words)
        .current_dir(&site)
        .env_clear()
        .env("PATH", std::env::var_os("PATH").unwrap_or_default())
        .env("HOME", &place)
        .env("TMPDIR", &place)
        .envs(environment(folder)?)
        .output()
        .map_err(|source| system(&site, source))?;
    // Pages of our own are written further; a case about one of them must not care on which line its mistake stands.
    let own = base(folder)?.as_deref() == Some(OWN);
    let mask = |bytes: &[u8]| {
        let text = masked(&String::from_utf8_lossy(bytes), &place);
        if own { without_line_numbers(&text) } else { text }
    };
    let status = output.status.code().map_or_else(|| "ended by a signal".to_owned(), |code| code.to_string());
    Ok(Outcome {
        status: format!("{status}\n"),
        stdout: mask(&output.stdout),
        stderr: mask(&output.stderr),
        before,
        after: tree(&site)?,
    })
}

/// Copies the site of the case, or its base with the edit.
fn prepare(folder: &Path, site: &Path) -> Result<(), Failure> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    fs::create_dir_all(site).map_err(|source| system(site, source))?;
    match base(folder)?.as_deref() {
        None => {}
        Some(OWN) => {
            for part in OWN_SITE {
                copy(&root.join(part), &site.join(part))?;
            }
        }
        Some(name) => {
            let from = root.join("tests/sites").join(name);
            if !from.is_dir() {
                return Err(Failure::Folder(format!("`base` names tests/sites/{name}, which is no folder")));
            }
            copy(&from, site)?;
        }
    }
    copy(&folder.join("site"), site)?;
    if folder.join("edit").exists() { edit(&read(&folder.join("edit"))?, site) } else { Ok(()) }
}

/// The site that the case starts from, where it names one.
fn base(folder: &Path) -> Result<Option<String>, Failure> {
    let path = folder.join("base");
    if path.exists() { Ok(Some(read(&path)?.trim().to_owned())) } else { Ok(None) }
}

/// Applies an edit: the path of a file, then the lines of a text after `-`, then those of its replacement after `+`.
fn edit(text: &str, site: &Path) -> Result<(), Failure> {
    let mut lines = text.lines();
    let file = lines.next().unwrap_or_default().trim();
    let (mut old, mut new) = (Vec::new(), Vec::new());
    for line in lines {
        match (line.strip_prefix('-'), line.strip_prefix('+')) {
            (Some(line), _) => old.push(line),
            (_, Some(line)) => new.push(line),
            _ => {
                return Err(Failure::Folder(format!(
                    "a line of `edit` begins with neither - nor +: {line:?}"
                )));
            }
        }
    }
    let (old, new) = (old.join("\n"), new.join("\n"));
    let path = site.join(file);
    let page = read(&path)?;
    let count = if old.is_empty() { 0 } else { page.matches(&old).count() };
    if count != 1 {
        return Err(Failure::Edit { file: file.to_owned(), count });
    }
    fs::write(&path, page.replacen(&old, &new, 1)).map_err(|source| system(&path, source))
}

/// Copies a file or a folder; what is not there is not copied.
fn copy(from: &Path, to: &Path) -> Result<(), Failure> {
    for entry in WalkDir::new(from).into_iter().filter_map(Result::ok) {
        let target = match entry.path().strip_prefix(from) {
            Ok(rest) if rest.as_os_str().is_empty() => to.to_owned(),
            Ok(rest) => to.join(rest),
            Err(_) => continue,
        };
        let copied = if entry.file_type().is_dir() {
            fs::create_dir_all(&target)
        } else {
            fs::copy(entry.path(), &target).map(|_| ())
        };
        copied.map_err(|source| system(&target, source))?;
    }
    Ok(())
}

/// The words of the one line of `command` after `proofpress`; quotes keep a word together.
fn words(command: &str) -> Result<Vec<String>, Failure> {
    let mut words = Vec::new();
    let mut word: Option<String> = None;
    let mut quote = None;
    for letter in command.trim().chars() {
        match (quote, letter) {
            (Some(open), letter) if letter == open => quote = None,
            (None, '"' | '\'') => {
                quote = Some(letter);
                word.get_or_insert_default();
            }
            (None, letter) if letter.is_whitespace() => words.extend(word.take()),
            _ => word.get_or_insert_default().push(letter),
        }
    }
    words.extend(word);
    if quote.is_some() || words.first().is_none_or(|word| word != "proofpress") {
        return Err(Failure::Folder("`command` is not a line that begins with proofpress".to_owned()));
    }
    words.remove(0);
    Ok(words)
}

fn environment(folder: &Path) -> Result<Vec<(String, String)>, Failure> {
    let path = folder.join("environment");
    if !path.exists() {
        return Ok(Vec::new());
    }
    let pair = |line: &str| {
        let pair = line.split_once('=').map(|(name, value)| (name.to_owned(), value.to_owned()));
        pair.ok_or_else(|| Failure::Folder(format!("a line of `environment` is not NAME=VALUE: {line:?}")))
    };
    read(&path)?.lines().map(pair).collect()
}

/// The text with names for what differs from run to run.
fn masked(text: &str, place: &Path) -> String {
    let site = place.join("site");
    let named = [
        (site.display().to_string(), "[SITE]"),
        (place.display().to_string(), "[SCRATCH]"),
        (env!("CARGO_MANIFEST_DIR").to_owned(), "[REPOSITORY]"),
        (concat!("proofpress ", env!("CARGO_PKG_VERSION")).to_owned(), "proofpress [VERSION]"),
    ];
    let text = named.iter().fold(text.to_owned(), |text, (from, to)| text.replace(from, to));
    let mut pieces = text.split("127.0.0.1:");
    let mut out = pieces.next().unwrap_or_default().to_owned();
    for piece in pieces {
        out.push_str("127.0.0.1:");
        let rest = piece.trim_start_matches(|letter: char| letter.is_ascii_digit());
        out.push_str(if rest.len() < piece.len() { "[PORT]" } else { "" });
        out.push_str(rest);
    }
    out
}

/// The text with `LL` in place of the line numbers of diagnostics, and their margin as wide as that.
fn without_line_numbers(text: &str) -> String {
    text.lines().map(|line| without_line_number(line) + "\n").collect()
}

fn without_line_number(line: &str) -> String {
    let inner = line.trim_start();
    let rest = inner.trim_start_matches(|letter: char| letter.is_ascii_digit());
    if let Some(place) = inner.strip_prefix("--> ") {
        let mut parts = place.rsplitn(3, ':');
        let (column, _line, path) = (parts.next(), parts.next(), parts.next());
        return match (path, column) {
            (Some(path), Some(column)) => format!("  --> {path}:LL:{column}"),
            _ => line.to_owned(),
        };
    }
    if rest.len() < inner.len() && [" |", " -", " +", " ~"].iter().any(|margin| rest.starts_with(margin)) {
        return format!("LL{rest}");
    }
    if line.starts_with(' ') && (inner == "|" || inner.starts_with("| ")) {
        format!("   {inner}")
    } else {
        line.to_owned()
    }
}

fn tree(folder: &Path) -> Result<Tree, Failure> {
    let mut tree = Tree::new();
    for entry in WalkDir::new(folder).into_iter().filter_map(Result::ok) {
        if let (true, Ok(path)) = (entry.file_type().is_file(), entry.path().strip_prefix(folder)) {
            let bytes = fs::read(entry.path()).map_err(|source| system(entry.path(), source))?;
            let parts: Vec<_> = path.iter().map(OsStr::to_string_lossy).collect();
            tree.insert(parts.join("/"), bytes);
        }
    }
    Ok(tree)
}

/// The paths that are new, changed or gone, one a line.
fn written(before: &Tree, after: &Tree) -> String {
    let new =
        after.iter().filter(|(path, bytes)| before.get(*path) != Some(bytes)).map(|(path, _)| path.clone());
    let gone = before.keys().filter(|path| !after.contains_key(*path)).map(|path| format!("{path} (gone)"));
    let mut lines: Vec<String> = new.chain(gone).collect();
    lines.sort();
    lines.into_iter().map(|line| line + "\n").collect()
}

fn compare(folder: &Path, part: &str, actual: &str, expectations: Expectations) -> Result<(), Failure> {
    let path = folder.join(part);
    let expected = if path.exists() { read(&path)? } else { "(nothing yet)".to_owned() };
    if pattern::matches(&expected, actual) {
        return Ok(());
    }
    match expectations {
        Expectations::Accepted => fs::write(&path, actual).map_err(|source| system(&path, source)),
        Expectations::Compared => Err(Failure::Differs {
            part: part.to_owned(),
            difference: pattern::difference(&expected, actual),
        }),
    }
}

fn read(path: &Path) -> Result<String, Failure> {
    fs::read_to_string(path).map_err(|source| system(path, source))
}

fn system(path: &Path, source: io::Error) -> Failure {
    Failure::System { path: path.to_owned(), source }
}

#[test]
fn quotes_keep_a_word_of_a_command_together() {
    assert_eq!(words("proofpress check 'a b' \"\" c\n").unwrap(), ["check", "a b", "", "c"]);
    assert!(words("check").is_err());
    assert!(words("proofpress 'open").is_err());
}

#[test]
fn what_differs_from_run_to_run_is_masked() {
    let place = Path::new("/scratch/1");
    assert_eq!(masked("/scratch/1/site/a on 127.0.0.1:8080", place), "[SITE]/a on 127.0.0.1:[PORT]");
}

#[test]
fn written_names_what_is_new_changed_or_gone() {
    let tree = |files: &[(&str, &str)]| -> Tree {
        files.iter().map(|(path, text)| ((*path).to_owned(), text.as_bytes().to_vec())).collect()
    };
    let before = tree(&[("same", "1"), ("changed", "1"), ("old", "1")]);
    let after = tree(&[("same", "1"), ("changed", "2"), ("new", "1")]);
    assert_eq!(written(&before, &after), "changed\nnew\nold (gone)\n");
}

#[test]
fn a_diagnostic_without_line_numbers_keeps_its_columns() {
    let text = "error: x\n  --> a.md:12:5\n   |\n12 | x: 1\n   | ^ here\n   |\nhelp: y\n";
    let other = "error: x\n   --> a.md:123:5\n    |\n123 | x: 1\n    | ^ here\n    |\nhelp: y\n";
    let masked = "error: x\n  --> a.md:LL:5\n   |\nLL | x: 1\n   | ^ here\n   |\nhelp: y\n";
    assert_eq!(without_line_numbers(text), masked);
    assert_eq!(without_line_numbers(other), masked);
}
