//! What `--baseline` and `--prune` do with the findings of a command.

use std::io;
use std::path::{Path, PathBuf};

use super::Error;
use super::arguments::Reporting;
use super::context::say;
use crate::diagnostics::Diagnostic;
use crate::report::Counted;
use crate::report::baseline::{Baseline, Sifted};
use crate::site::{Origin, Site};

/// The findings that `--baseline` accepts.
#[derive(Debug, Default)]
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
