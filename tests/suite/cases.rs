//! Every folder `tests/cases/<group>/<name>` is a case.

use std::fs;
use std::path::{Path, PathBuf};

use rayon::prelude::*;

use super::case::{self, Expectations};

#[test]
fn every_case_holds() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases");
    let folders: Vec<PathBuf> = folders(&root).iter().flat_map(|group| folders(group)).collect();
    let wanted = std::env::var("PROOFPRESS_CASE").unwrap_or_default();
    let name = |folder: &Path| folder.strip_prefix(&root).unwrap_or(folder).display().to_string();
    let folders: Vec<PathBuf> = folders.into_iter().filter(|folder| name(folder).contains(&wanted)).collect();
    assert!(!folders.is_empty(), "no case found");
    let expectations = match std::env::var_os("PROOFPRESS_BLESS") {
        Some(value) if value == "1" => Expectations::Accepted,
        _ => Expectations::Compared,
    };
    let results: Vec<_> =
        folders.par_iter().map(|folder| (name(folder), case::run(folder, expectations))).collect();
    let mut failed = 0;
    for (name, result) in &results {
        let Err(failures) = result else {
            println!("case {name} ... ok");
            continue;
        };
        failed += 1;
        println!("case {name} ... FAILED");
        for failure in failures {
            println!("{failure}");
        }
    }
    let all = results.len();
    assert_eq!(
        failed, 0,
        "{failed} of {all} cases fail; PROOFPRESS_BLESS=1 cargo test accepts what came out"
    );
}

/// The folders in a folder, sorted; a file among them is no group and no case.
fn folders(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).expect("the folder of the cases can be read");
    let mut folders: Vec<PathBuf> = entries.map(|entry| entry.expect("its entries too").path()).collect();
    folders.sort();
    for path in &folders {
        assert!(path.is_dir(), "{} is a file where a folder belongs", path.display());
    }
    folders
}
