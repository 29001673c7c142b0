//! `proofpress record`: verifies against a live gateway, and keeps the exchanges as recordings.

use std::fs::File;
use std::io::{ErrorKind, Write as _};
use std::path::{Component, Path, PathBuf};

use super::accepted::Accepted;
use super::arguments::Record;
use super::context::{Context, say};
use super::verification::{self, Verified};
use super::{Error, Exit};
use crate::gateway::Mode;
use crate::gateway::cassettes;
use crate::gateway::exchange::Exchange;
use crate::report::json::Listing;
use crate::report::{Counted, Report};

/// Verifies the site, or what stands at the paths, against a live gateway; one cassette a page.
pub(super) fn run(record: &Record, context: &Context) -> Result<Exit, Error> {
    let site = verification::load(&record.paths, &record.verifying)?;
    let mut options = verification::options(&site, &record.verifying, context)?;
    if matches!(options.mode, Mode::Mock | Mode::Replay) {
        if record.verifying.gateway.is_some() {
            return Err(Error::NothingToRecord);
        }
        options.mode = Mode::Live;
    }
    let answering = answering(&options.mode);
    let Verified { verdicts, mut found } = verification::verified(&site, options, context)?;
    let folder = site.settings.gateway.cassettes.clone();
    let (mut files, mut count) = (0, 0);
    for (page, outcomes) in site.pages.iter().zip(&verdicts.pages) {
        let exchanges: Vec<&Exchange> = outcomes.iter().flat_map(|outcome| &outcome.exchanges).collect();
        let kept = exchanges.iter().filter(|exchange| exchange.is_recorded()).count();
        if kept > 0 {
            let text = cassettes::write(&exchanges, &answering, context.clock.now());
            let name = name(Path::new(page.page.source.path()), &site.root);
            keep(&site.root.join(&folder).join(name), &text)?;
            files += 1;
            count += kept;
        }
    }
    let place = record.paths.first().unwrap_or(&record.verifying.root);
    found.extend(verification::no_examples(&verdicts, place));
    let mut baseline = Accepted::read(&record.reporting)?;
    let report = Report::sifted(&verdicts, found, |found| baseline.sift(found, &site));
    baseline.write()?;
    verification::present(&report, &record.reporting, Listing::Examples, context)?;
    say(&format!(
        "proofpress: recorded {} in {} of {}\n",
        Counted(count, "exchange"),
        Counted(files, "file"),
        folder.display()
    ));
    Ok(verification::exit(&report, record.reporting.warnings()))
}

/// Who has answered, as a cassette says it; without the password of an address.
pub(super) fn answering(mode: &Mode) -> String {
    match mode {
        Mode::Mock => "mock".to_owned(),
        Mode::Live => "live".to_owned(),
        Mode::Replay => "replay".to_owned(),
        Mode::Url(url) => url.origin().ascii_serialization(),
    }
}

/// The file of a page, which never leaves the folder of recordings.
fn name(page: &Path, root: &Path) -> PathBuf {
    let page = page.strip_prefix(root).unwrap_or(page).with_extension("json");
    page.components().filter(|component| matches!(component, Component::Normal(_))).collect()
}

/// Writes a recording.
#[expect(
    clippy::disallowed_methods,
    reason = "recordings are what was asked for, and no part of the built site"
)]
pub(super) fn keep(path: &Path, text: &str) -> Result<(), Error> {
    let trouble = |source| Error::Record { path: path.to_owned(), source };
    if let Some(parent) = path.parent() {
        std::fs::create_dir_all(parent).map_err(trouble)?;
    }
    std::fs::write(path, text).map_err(trouble)
}

/// Writes a recording where there is none; whether that was so.
pub(super) fn add(path: &Path, text: &str) -> Result<bool, Error> {
    let trouble = |source| Error::Record { path: path.to_owned(), source };
    match File::create_new(path) {
        Ok(mut file) => file.write_all(text.as_bytes()).map(|()| true).map_err(trouble),
        Err(error) if error.kind() == ErrorKind::AlreadyExists => Ok(false),
        Err(error) => Err(trouble(error)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_recording_stays_in_its_folder() {
        let check =
            |page: &str, wanted: &str| assert_eq!(name(Path::new(page), Path::new(".")), Path::new(wanted));
        check("content/a/b.md", "content/a/b.json");
        check("../../etc/passwd.md", "etc/passwd.json");
        check("/etc/passwd.mdx", "etc/passwd.json");
    }

    #[test]
    fn the_password_of_an_address_is_not_told() {
        let mode = Mode::Url("http://me:secret-word@127.0.0.1:8787/v1".parse().unwrap());
        assert_eq!(answering(&mode), "http://127.0.0.1:8787");
    }
}
