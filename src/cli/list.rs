//! `proofpress list`: every fence, and what became of it.

use super::arguments::{Format, List};
use super::context::{Context, print, say};
use super::verification::{self, Verified};
use super::{Error, Exit};
use crate::report::json::Listing;
use crate::report::{Report, Warnings, json, text};

/// Lists the fences. A list judges no example: it ends well also where some fail, but not where the settings are wrong.
pub(super) fn run(list: &List, context: &Context) -> Result<Exit, Error> {
    let site = verification::load(&list.paths, &list.verifying)?;
    let Verified { verdicts, found } = verification::verify(&site, &list.verifying, context)?;
    let report = Report::new(&verdicts, found);
    match list.format {
        Format::Json => print(&json::write(&report, Listing::Fences))?,
        Format::Text => print(&text::list(&report))?,
    }
    let exit = verification::exit(&report, Warnings::Shown);
    if exit != Exit::Call {
        return Ok(Exit::Fine);
    }
    say(&text::diagnostics(&report.diagnostics, context.paper));
    Ok(exit)
}
