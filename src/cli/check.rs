//! `proofpress check`: verifies without rendering.

use super::accepted::Accepted;
use super::arguments::Check;
use super::context::Context;
use super::verification::{self, Verified};
use super::{Error, Exit};
use crate::report::Report;
use crate::report::json::Listing;

/// Verifies the site, or what stands at the paths; to find no example is a mistake of the call's own.
pub(super) fn run(check: &Check, context: &Context) -> Result<Exit, Error> {
    let site = verification::load(&check.paths, &check.verifying)?;
    let Verified { verdicts, mut found, .. } = verification::verify(&site, &check.verifying, context)?;
    let place = check.paths.first().unwrap_or(&check.verifying.root);
    found.extend(verification::no_examples(&verdicts, place));
    let mut baseline = Accepted::read(&check.reporting)?;
    let report = Report::sifted(&verdicts, found, |found| baseline.sift(found, &site));
    baseline.write()?;
    verification::present(&report, &check.reporting, Listing::Examples, context)?;
    Ok(verification::exit(&report, check.reporting.warnings()))
}
