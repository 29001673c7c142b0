//! `proofpress build`: renders the site and verifies it; what is wrong does not replace what is good.

use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::arguments::Build;
use super::context::{Context, say};
use super::verification::{self, Verified};
use super::{Error, Exit};
use crate::diagnostics::{Code, Diagnostic};
use crate::examples::Verdicts;
use crate::render::{self, output::Staging};
use crate::report::json::Listing;
use crate::report::{Report, Warnings};
use crate::site::{self, Site};

/// Verifies the site, renders it beside the old one, and lets it take the old one's place if nothing is wrong.
pub(super) fn run(build: &Build, context: &Context) -> Result<Exit, Error> {
    let root = &build.verifying.root;
    let site = site::load(root).map_err(Error::Site)?;
    let output = build.output.clone().unwrap_or_else(|| root.join(&site.settings.build.output));
    let Verified { verdicts, mut found } = verification::verify(&site, &build.verifying, context)?;
    let rendered = render(&site, &verdicts, &output)?;
    found.extend(rendered.diagnostics);
    let warnings = build.reporting.warnings();
    let mut baseline = verification::Accepted::read(&build.reporting)?;
    let exit = if build.allow_failures {
        // What is wrong beside examples and links is not allowed, and a secret is wrong wherever it stands.
        let is_firm = |said: &&Diagnostic| !matches!(said.problem.code, Code::BrokenLink | Code::Redirect);
        let firm = found.iter().filter(is_firm).cloned().chain(secrets(&verdicts)).collect();
        verification::exit(
            &Report::sifted(&Verdicts::default(), firm, |found| baseline.clone().sift(found, &site)),
            warnings,
        )
    } else {
        verification::exit(
            &Report::sifted(&verdicts, found.clone(), |found| baseline.clone().sift(found, &site)),
            warnings,
        )
    };
    let report = Report::sifted(&verdicts, found, |found| baseline.sift(found, &site));
    baseline.write()?;
    verification::present(&report, &build.reporting, Listing::Examples, context)?;
    let place = output.strip_prefix(".").unwrap_or(&output).display();
    if exit == Exit::Fine {
        rendered.staging.publish().map_err(Error::Write)?;
        say(&format!("proofpress: wrote {} files to {place}\n", rendered.files));
        if report.is_wrong(Warnings::Shown) {
            say(
                "proofpress: failed examples and broken links are allowed; the examples are marked on their pages\n",
            );
        }
    } else if output.exists() {
        say(&format!("proofpress: {place} is left as it was\n"));
    } else {
        say(&format!("proofpress: nothing is written to {place}\n"));
    }
    Ok(exit)
}

/// The credentials in examples that nobody is to see.
fn secrets(verdicts: &Verdicts) -> impl Iterator<Item = Diagnostic> {
    let all = verdicts.pages.iter().flatten().flat_map(|outcome| &outcome.diagnostics);
    all.filter(|diagnostic| diagnostic.problem.code == Code::RealSecret).cloned()
}

/// A site beside its target.
struct Rendered {
    staging: Staging,
    files: usize,
    diagnostics: Vec<Diagnostic>,
}

fn render(site: &Site, verdicts: &Verdicts, output: &Path) -> Result<Rendered, Error> {
    let staging = Staging::new(output).map_err(Error::Write)?;
    let files = AtomicUsize::new(0);
    let sink = |file: render::File| {
        files.fetch_add(1, Ordering::Relaxed);
        staging.write(&file)
    };
    let diagnostics = render::build(site, verdicts, &sink).map_err(Error::Write)?;
    Ok(Rendered { staging, files: files.into_inner(), diagnostics })
}
