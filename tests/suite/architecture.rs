//! Rules of the code that no lint carries: the order of the rooms, the length of files, how each opens.

use std::fs;
use std::path::{Path, PathBuf};

use walkdir::WalkDir;

/// The rooms in reading order; each may use only those before it.
const ROOMS: [&str; 12] = [
    "source",
    "diagnostics",
    "data",
    "page",
    "site",
    "gateway",
    "examples",
    "checks",
    "render",
    "report",
    "serve",
    "cli",
];

/// Lines of code in a file from which a seam is due.
const LONG: usize = 400;

/// Lines of code that no file may have.
const TOO_LONG: usize = 450;

/// Names of modules that say nothing of what they hold.
const EMPTY_NAMES: [&str; 8] = ["utils", "util", "helpers", "helper", "common", "misc", "types", "tools"];

/// A file of the source tree.
struct File {
    /// From the root of the repository, with `/`.
    path: String,
    text: String,
}

#[test]
fn rooms_use_only_rooms_above_them() {
    let mut wrong = Vec::new();
    for file in files(&["src"]) {
        let Some(own) = room(&file.path) else { continue };
        for (line, used) in arrows(&file.text) {
            if ROOMS.iter().position(|room| *room == used).is_some_and(|used| used > own) {
                wrong.push(format!("{}:{line} uses `crate::{used}`", file.path));
            }
        }
    }
    assert_none(&wrong, "rooms are used from above them");
}

#[test]
fn the_map_names_the_rooms_in_order() {
    let map = fs::read_to_string(root().join("src/lib.rs")).unwrap();
    let declared: Vec<&str> =
        map.lines().filter_map(|line| line.strip_prefix("pub mod ")?.strip_suffix(';')).collect();
    let positions: Vec<Option<usize>> =
        declared.iter().map(|declared| ROOMS.iter().position(|room| room == declared)).collect();
    assert!(positions.iter().all(Option::is_some), "a room has no place in the order: {declared:?}");
    assert!(positions.is_sorted(), "src/lib.rs names the rooms in another order: {declared:?}");
}

#[test]
fn every_file_of_a_room_belongs_to_one() {
    let outside = |file: &File| {
        room(&file.path).is_none() && !["src/lib.rs", "src/main.rs"].contains(&file.path.as_str())
    };
    let wrong: Vec<String> = files(&["src"]).into_iter().filter(outside).map(|file| file.path).collect();
    assert_none(&wrong, "files stand in no room");
}

#[test]
fn every_file_opens_with_a_sentence() {
    let closed = |file: &File| !file.text.lines().next().is_some_and(|line| line.starts_with("//! "));
    let wrong: Vec<String> =
        files(&["src", "tests"]).into_iter().filter(closed).map(|file| file.path).collect();
    assert_none(&wrong, "files do not open with `//!`");
}

#[test]
fn no_file_is_too_long() {
    let mut wrong = Vec::new();
    for file in files(&["src", "tests"]) {
        let lines = lines_of_code(&file.text);
        if lines > TOO_LONG {
            wrong.push(format!("{}: {lines} lines of code", file.path));
        } else if lines > LONG {
            println!("{}: {lines} lines of code, look for a seam", file.path);
        }
    }
    assert_none(&wrong, "files are too long");
}

#[test]
fn no_module_has_an_empty_name() {
    let empty = |file: &File| {
        let parts = file.path.trim_end_matches(".rs").split('/');
        parts.into_iter().any(|part| EMPTY_NAMES.contains(&part))
    };
    let wrong: Vec<String> =
        files(&["src", "tests"]).into_iter().filter(empty).map(|file| file.path).collect();
    assert_none(&wrong, "modules have names that say nothing");
}

#[test]
fn lints_are_silenced_only_with_a_reason() {
    // Put together here, so that this file does not find itself.
    let forbidden = [["#[", "allow("].concat(), ["#![", "allow("].concat()];
    let mut wrong = Vec::new();
    for file in files(&["src", "tests"]) {
        for (at, line) in file.text.lines().enumerate() {
            if forbidden.iter().any(|attribute| line.trim_start().starts_with(attribute)) {
                wrong.push(format!("{}:{}", file.path, at + 1));
            }
        }
    }
    assert_none(&wrong, "lints are silenced without `expect` and a reason");
}

#[test]
fn arrows_are_found_in_every_form_of_a_path() {
    let text = "use crate::page::Page;\n// crate::cli\nuse crate::{site, gateway::exchange::{A, B}, render};\nlet x = crate::data::parse();\n/// [`crate::serve`]\npub(crate) fn x() {}";
    let found: Vec<String> = arrows(text).into_iter().map(|(line, room)| format!("{line} {room}")).collect();
    assert_eq!(found, ["1 page", "3 site", "3 gateway", "3 render", "4 data"]);
}

#[test]
fn lines_of_code_are_neither_comments_nor_tests() {
    assert_eq!(lines_of_code("//! A.\n\nfn a() {\n    // why\n}\n\n#[cfg(test)]\nmod tests {\n}\n"), 2);
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Every Rust file below some folders, sorted.
fn files(folders: &[&str]) -> Vec<File> {
    let mut files = Vec::new();
    for folder in folders {
        for entry in WalkDir::new(root().join(folder)).sort_by_file_name() {
            let entry = entry.expect("the source tree can be read");
            if entry.path().extension().is_some_and(|extension| extension == "rs") {
                let path: PathBuf =
                    entry.path().strip_prefix(root()).expect("it stands below the root").to_owned();
                let text = fs::read_to_string(entry.path()).expect("Rust files are UTF-8");
                files.push(File { path: path.display().to_string().replace('\\', "/"), text });
            }
        }
    }
    assert!(!files.is_empty(), "no Rust file found");
    files
}

/// The place of a file's room in the order.
fn room(path: &str) -> Option<usize> {
    let name = path.strip_prefix("src/")?.split('/').next()?.trim_end_matches(".rs");
    ROOMS.iter().position(|room| *room == name)
}

/// The first names of the paths from `crate::`, comments left out, each with its line.
fn arrows(text: &str) -> Vec<(usize, &str)> {
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(offset) = text.get(at..).and_then(|rest| rest.find("crate::")) {
        let start = at + offset;
        at = start + "crate::".len();
        let before = text.get(..start).unwrap_or_default();
        let line = before.lines().count().max(1) + usize::from(before.ends_with('\n'));
        let head = before.rsplit('\n').next().unwrap_or_default();
        if head.contains("//") {
            continue;
        }
        let rest = text.get(at..).unwrap_or_default();
        found.extend(first_names(rest).into_iter().map(|name| (line, name)));
    }
    found
}

/// The first name of a path, or those of each path in braces.
fn first_names(rest: &str) -> Vec<&str> {
    let Some(inner) = rest.strip_prefix('{') else {
        return word(rest).into_iter().collect();
    };
    let (mut depth, mut from, mut names) = (0_usize, 0, Vec::new());
    for (at, letter) in inner.char_indices() {
        match letter {
            '{' => depth += 1,
            '}' if depth == 0 => {
                names.extend(inner.get(from..at).and_then(word));
                break;
            }
            '}' => depth -= 1,
            ',' if depth == 0 => {
                names.extend(inner.get(from..at).and_then(word));
                from = at + 1;
            }
            _ => {}
        }
    }
    names
}

/// The name at the start of a text.
fn word(text: &str) -> Option<&str> {
    let text = text.trim_start();
    let end = text.find(|letter: char| !letter.is_alphanumeric() && letter != '_').unwrap_or(text.len());
    text.get(..end).filter(|name| !name.is_empty())
}

/// Lines that are neither empty nor comments, up to the tests at the end of the file.
fn lines_of_code(text: &str) -> usize {
    let code = text.split("\n#[cfg(test)]\nmod tests").next().unwrap_or_default();
    let counts = |line: &&str| !line.trim().is_empty() && !line.trim_start().starts_with("//");
    code.lines().filter(counts).count()
}

fn assert_none(wrong: &[String], what: &str) {
    assert!(wrong.is_empty(), "{what}:\n{}", wrong.join("\n"));
}
