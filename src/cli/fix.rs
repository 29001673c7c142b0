//! `proofpress fix`: writes the repairs that are certain back into the files they are for.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use similar::TextDiff;

use super::arguments::Fix;
use super::context::{Context, print, say};
use super::verification::{self, Verified};
use super::{Error, Exit};
use crate::diagnostics::{Diagnostic, repaired};
use crate::report::{Counted, Report, shareable};
use crate::source::Source;

/// A file with what becomes of it.
struct Repair {
    source: Arc<Source>,
    text: String,
    count: usize,
}

/// Repairs what stands at the paths; with `--check` it only says what it would do.
pub(super) fn run(fix: &Fix, context: &Context) -> Result<Exit, Error> {
    let site = verification::load(&fix.paths, &fix.verifying)?;
    let Verified { verdicts, found, .. } = verification::verify(&site, &fix.verifying, context)?;
    let report = Report::new(&verdicts, found);
    let repairs = repairs(&report.diagnostics);
    let count: usize = repairs.iter().map(|repair| repair.count).sum();
    let (places, files) = (Counted(count, "repair"), Counted(repairs.len(), "file"));
    let rest = report.diagnostics.len() - count;
    let rest = match rest {
        0 => String::new(),
        _ => format!("; {} no certain repair, `proofpress check` shows what is wrong", has(rest)),
    };
    if fix.check {
        for repair in &repairs {
            print(&difference(repair))?;
        }
        say(&format!("proofpress: {places} to be made in {files}{rest}\n"));
        return Ok(if count == 0 { Exit::Fine } else { Exit::Wrong });
    }
    for repair in &repairs {
        write(repair)?;
        print(&format!("{}: {}\n", repair.source.path(), Counted(repair.count, "repair")))?;
    }
    say(&format!("proofpress: {places} made in {files}{rest}\n"));
    Ok(Exit::Fine)
}

fn has(count: usize) -> String {
    format!("{} {}", Counted(count, "finding"), if count == 1 { "has" } else { "have" })
}

/// What becomes of each file, in the order of their paths.
fn repairs(diagnostics: &[Diagnostic]) -> Vec<Repair> {
    let mut files: BTreeMap<&str, Vec<&Diagnostic>> = BTreeMap::new();
    for diagnostic in diagnostics.iter().filter(|diagnostic| diagnostic.problem.fix.is_some()) {
        files.entry(diagnostic.source.path()).or_default().push(diagnostic);
    }
    let repair = |found: Vec<&Diagnostic>| {
        let source = Arc::clone(&found.first()?.source);
        let (text, count) = repaired(source.text(), found.iter().map(|diagnostic| &diagnostic.problem));
        (count > 0).then_some(Repair { source, text, count })
    };
    files.into_values().filter_map(repair).collect()
}

/// The change as a unified diff, without anything that looks like a real credential.
fn difference(repair: &Repair) -> String {
    let path = repair.source.path();
    let (old, new) = (shareable(repair.source.text()), shareable(&repair.text));
    TextDiff::from_lines(old.as_ref(), new.as_ref())
        .unified_diff()
        .header(&format!("a/{path}"), &format!("b/{path}"))
        .to_string()
}

/// Writes a file anew, unless somebody else has changed it since it was read.
#[expect(clippy::disallowed_methods, reason = "these are the files of the author, who asked for it")]
fn write(repair: &Repair) -> Result<(), Error> {
    let place = Path::new(repair.source.path());
    let trouble = |source| Error::Repair { path: place.to_owned(), source };
    if std::fs::read(place).map_err(trouble)? != repair.source.text().as_bytes() {
        return Err(trouble(std::io::Error::other("it was changed meanwhile")));
    }
    std::fs::write(place, &repair.text).map_err(trouble)
}
