//! `proofpress serve`: the site while it is written, verified with each save.

use std::sync::Arc;

use super::arguments;
use super::context::{Context, ended, say};
use super::{Error, Exit, verification};
use crate::report::text::Paper;
use crate::report::{Report, Warnings, text};
use crate::serve::{self, Event, Options};
use crate::site;

/// Serves until it is interrupted; what is wrong with what was touched goes to standard error.
pub(super) fn run(serve: &arguments::Serve, context: &Context) -> Result<Exit, Error> {
    let site = site::load(&serve.verifying.root).map_err(Error::Site)?;
    let examples = verification::options(&site, &serve.verifying, context)?;
    let options = Options { host: serve.host, port: serve.port, examples };
    let paper = context.paper;
    let runtime = tokio::runtime::Runtime::new().map_err(Error::Runtime)?;
    runtime.block_on(async {
        // Asked for before anything is said, or an interrupt just after the first line would end us unasked.
        let ended = ended()?;
        let events: serve::Events = Arc::new(move |event| say(&line(&event, paper)));
        serve::run(site, options, events, ended).await.map_err(Error::Serve)
    })?;
    Ok(Exit::Fine)
}

/// What the person at the terminal is told of an event.
fn line(event: &Event, paper: Paper) -> String {
    match event {
        Event::Serving(address) => format!("proofpress: serving http://{address}/\n"),
        Event::Trouble(trouble) => Error::Preview(trouble.clone()).line(),
        Event::Verified { verdicts, found } => {
            let report = Report::new(verdicts, found.clone());
            let conclusion = text::conclusion(&report, Warnings::Shown);
            text::diagnostics(&report.diagnostics, paper) + &conclusion
        }
    }
}
