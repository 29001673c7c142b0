//! What `build`, `check` and `list` share: read a site, verify its examples, gather what is wrong.

use std::path::{Path, PathBuf};
use std::{io, slice};

use super::arguments::{self, Format, Reporting, Verifying};
use super::context::{Context, print, say};
use super::{Error, Exit};
use crate::checks;
use crate::diagnostics::{Code, Diagnostic, Problem};
use crate::examples::{self, Verdicts};
use crate::gateway::Mode;
use crate::render;
use crate::report::baseline::{Baseline, Sifted};
use crate::report::json::{self, Listing};
use crate::report::progress::Progress;
use crate::report::{Counted, Report, Warnings, text};
use crate::site::{self, Origin, Site};
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
    let options = options(site, verifying, context)?;
    let progress = Progress::new(context.progress);
    let (verdicts, mut found) =
        examples::verify(site, options, &|event| progress.read(&event)).map_err(Error::Examples)?;
    drop(progress);
    found.extend(site.diagnostics.iter().cloned());
    found.extend(site.pages.iter().flat_map(|page| page.page.diagnostics.iter().cloned()));
    found.extend(checks::check(site));
    found.extend(render::check(site));
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
    Ok(examples::Options { mode, environment: context.variables.clone(), parallel: context.parallel })
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

/// The findings that `--baseline` accepts.
#[derive(Clone, Debug, Default)]
pub(super) struct Accepted {
    file: Option<PathBuf>,
    baseline: Baseline,
    /// The file is not there yet.
    is_new: bool,
    /// What is mended is taken out.
    prunes: bool,
    gone: usize,
}

impl Accepted {
    /// Reads the file, where one is named.
    #[expect(clippy::disallowed_methods, reason = "this file is none of the site")]
    pub(super) fn read(reporting: &Reporting) -> Result<Self, Error> {
        let Some(file) = reporting.baseline.clone() else { return Ok(Self::default()) };
        match std::fs::read_to_string(&file) {
            Ok(text) => {
                let baseline = Baseline::parse(&text)
                    .map_err(|source| Error::Baseline { path: file.clone(), source: source.into() })?;
                Ok(Self { file: Some(file), baseline, prunes: reporting.prune, ..Self::default() })
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                Ok(Self { file: Some(file), is_new: true, ..Self::default() })
            }
            Err(source) => Err(Error::Baseline { path: file, source: source.into() }),
        }
    }

    /// Divides what was found; where there was no file, all of it is accepted.
    pub(super) fn sift(&mut self, found: Vec<Diagnostic>, site: &Site) -> Sifted {
        if self.file.is_none() {
            return Sifted { new: found, ..Sifted::default() };
        }
        if self.is_new {
            self.baseline = Baseline::of(&found);
        }
        // What a call for a part of the tree did not look at is not gone.
        let is_read = |file: &str| {
            site.origin == Origin::Site || site.page_by_path(file).is_some() || !Path::new(file).exists()
        };
        let mut rest = self.baseline.clone();
        let sifted = rest.sift(found, is_read);
        self.gone = sifted.gone;
        if self.prunes {
            self.baseline = rest;
        }
        sifted
    }

    /// Writes the file where it is new or is to become smaller, and says what is gone.
    #[expect(clippy::disallowed_methods, reason = "this file is none of the site")]
    pub(super) fn write(&self) -> Result<(), Error> {
        let Some(file) = &self.file else { return Ok(()) };
        let (gone, are) = (Counted(self.gone, "accepted finding"), if self.gone == 1 { "is" } else { "are" });
        let place = file.display();
        if self.gone > 0 && !self.prunes {
            say(&format!("proofpress: {gone} {are} gone; `--prune` takes what is mended out of {place}\n"));
            return Ok(());
        }
        if !self.is_new && self.gone == 0 {
            return Ok(());
        }
        std::fs::write(file, self.baseline.write())
            .map_err(|source| Error::Baseline { path: file.clone(), source: source.into() })?;
        let now = Counted(self.baseline.len(), "finding");
        if self.is_new {
            say(&format!("proofpress: {place} accepts {now} from now on\n"));
        } else {
            say(&format!("proofpress: {gone} {are} gone, {place} accepts {now} from now on\n"));
        }
        Ok(())
    }
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
