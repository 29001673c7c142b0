//! `proofpress build`: renders the site and verifies it; what is wrong does not replace what is good.

use std::mem::ManuallyDrop;
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::accepted::Accepted;
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
    // The process ends with the build, and a large site is long in coming apart.
    let site = ManuallyDrop::new(site::load(root).map_err(Error::Site)?);
    let output = build.output.clone().unwrap_or_else(|| root.join(&site.settings.build.output));
    let Verified { verdicts, mut found } = verification::verify(&site, &build.verifying, context)?;
    let rendered = render(&site, &verdicts, &output)?;
    found.extend(rendered.diagnostics);
    let warnings = build.reporting.warnings();
    let mut baseline = Accepted::read(&build.reporting)?;
    let report = Report::sifted(&verdicts, found, |found| baseline.sift(found, &site));
    baseline.write()?;
    let exit = if build.allow_failures {
        verification::exit(&Report::new(&Verdicts::default(), firm(&report)), warnings)
    } else {
        verification::exit(&report, warnings)
    };
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

/// What is not allowed: all beside examples and links, and a secret wherever it stands.
fn firm(report: &Report<'_>) -> Vec<Diagnostic> {
    let of_examples = report.of_examples();
    let is_firm = |said: &&Diagnostic| match said.problem.code {
        Code::RealSecret => true,
        Code::BrokenLink | Code::Redirect => false,
        _ => !of_examples(said),
    };
    report.diagnostics.iter().filter(is_firm).cloned().collect()
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
