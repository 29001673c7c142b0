//! What `build`, `check` and `list` share: read a site, verify its examples, gather what is wrong.

use std::path::{Path, PathBuf};
use std::slice;

use super::arguments::{self, Format, Reporting, Verifying};
use super::context::{Context, print};
use super::{Error, Exit};
use crate::checks;
use crate::diagnostics::{Code, Diagnostic, Problem};
use crate::examples::{self, Cap, Verdicts};
use crate::gateway::Mode;
use crate::render;
use crate::report::json::{self, Listing};
use crate::report::progress::Progress;
use crate::report::{Report, Warnings, text};
use crate::site::{self, Site};
use crate::source::{Source, Span};

/// The file of the settings.
const SETTINGS: &str = "proofpress.toml";

/// That of a manual.
const MANUAL: &str = "docs.json";

/// What became of the examples of a site, and what else is wrong with it.
#[derive(Debug)]
pub(super) struct Verified {
    pub(super) verdicts: Verdicts,
    /// What pages, settings and checks say; the examples say the rest.
    pub(super) found: Vec<Diagnostic>,
}

/// Reads what stands at `paths`, or the site of `--root`; where that is no site, it is read as a folder of Markdown.
pub(super) fn load(paths: &[PathBuf], verifying: &Verifying) -> Result<Site, Error> {
    let paths = if paths.is_empty() { slice::from_ref(&verifying.root) } else { paths };
    site::load_folder(paths).map_err(Error::Site)
}

/// Verifies the examples of a site and gathers everything else that is wrong.
pub(super) fn verify(site: &Site, verifying: &Verifying, context: &Context) -> Result<Verified, Error> {
    verified(site, options(site, verifying, context)?, context)
}

/// The same, with examples run as these options have it.
pub(super) fn verified(
    site: &Site,
    options: examples::Options,
    context: &Context,
) -> Result<Verified, Error> {
    let progress = Progress::new(context.progress);
    let (verdicts, mut found) =
        examples::verify(site, options, &|event| progress.read(&event)).map_err(Error::Examples)?;
    drop(progress);
    found.extend(site.diagnostics.iter().cloned());
    found.extend(site.pages.iter().flat_map(|page| page.page.diagnostics.iter().cloned()));
    found.extend(checks::check(site));
    found.extend(render::check(site));
    found.retain(|diagnostic| !site.settings.allow.contains(&diagnostic.problem.code));
    Ok(Verified { verdicts, found })
}

/// How the examples of a site are run: the command line goes before its settings.
pub(super) fn options(
    site: &Site,
    verifying: &Verifying,
    context: &Context,
) -> Result<examples::Options, Error> {
    let mode = match (&verifying.gateway, &site.settings.gateway.mode) {
        (Some(mode), _) => mode.clone(),
        (None, Some(text)) => arguments::mode(text)?,
        (None, None) => Mode::Mock,
    };
    Ok(examples::Options {
        mode,
        environment: context.variables.clone(),
        parallel: context.parallel,
        cache: context.cache.clone(),
        clock: context.clock,
        cap: Cap {
            requests: verifying.max_requests,
            tokens: verifying.max_tokens,
            cost: cost(site, verifying)?,
        },
    })
}

/// The cost that the call allows; without prices it would allow any.
fn cost(site: &Site, verifying: &Verifying) -> Result<Option<f64>, Error> {
    let has = |key| site.settings.gateway.live.as_ref().is_some_and(|live| live.get(key).is_some());
    match verifying.max_cost {
        Some(_) if !has("input_price") || !has("output_price") => Err(Error::NoPrices),
        cost => Ok(cost),
    }
}

/// The diagnostic for a search that found nothing; `place` is where examples were looked for.
pub(super) fn no_examples(verdicts: &Verdicts, place: &Path) -> Option<Diagnostic> {
    let report = Report::new(verdicts, Vec::new());
    if report.summary.examples() > 0 {
        return None;
    }
    let message = match report.summary.pages {
        0 => "no page was found, and so no example".to_owned(),
        1 => "no example was found on 1 page".to_owned(),
        pages => format!("no example was found on {pages} pages"),
    };
    let problem = Problem::new(Code::NoExamples, Span::default(), message)
        .help("`proofpress list` says of each fence why nothing tests it");
    Some(problem.of(&Source::new(place.display().to_string(), "")))
}

/// Prints a report in the form that was asked for.
pub(super) fn present(
    report: &Report<'_>,
    reporting: &Reporting,
    listing: Listing,
    context: &Context,
) -> Result<(), Error> {
    if reporting.format == Format::Json {
        return print(&json::write(report, listing));
    }
    let mut text = text::diagnostics(&report.diagnostics, context.paper);
    if !reporting.quiet {
        text.push_str(&text::summary(report, reporting.detail()));
        text.push('\n');
        text.push_str(&text::conclusion(report, reporting.warnings()));
    }
    print(&text)
}

/// How a report ends the program: wrong settings go before wrong documentation.
pub(super) fn exit(report: &Report<'_>, warnings: Warnings) -> Exit {
    if report.diagnostics.iter().any(is_of_settings) {
        Exit::Call
    } else if report.is_wrong(warnings) {
        Exit::Wrong
    } else {
        Exit::Fine
    }
}

/// Whether it is an error of the settings, in what they say or in how they are written.
fn is_of_settings(diagnostic: &Diagnostic) -> bool {
    let name = Path::new(diagnostic.source.path()).file_name().unwrap_or_default();
    let there = match diagnostic.problem.code {
        Code::Setting => true,
        Code::Syntax | Code::UnreadableFile => name == SETTINGS || name == MANUAL,
        _ => name == SETTINGS,
    };
    diagnostic.is_error() && there
}
