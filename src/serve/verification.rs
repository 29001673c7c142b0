//! Verifies the pages of the queue, one task after the other, until the preview ends.

use std::sync::Arc;

use super::preview::Preview;
use super::queue::{Knowledge, Task};
use super::{Event, Events, Trouble};
use crate::examples::{Error, Options, Verifier};
use crate::page::Page;

/// Works until the preview is stopped; the verifier lives here, and ends here.
pub(super) fn run(preview: &Preview, options: &Options, events: &Events) {
    let mut verifier = None;
    loop {
        match preview.task(options.parallel.max(1)) {
            Task::Stop => return,
            Task::Report(paths) => {
                let (verdicts, found) = preview.report(&paths);
                events(Event::Verified { verdicts, found });
            }
            Task::Verify(pages, knowledge) => {
                if knowledge == Knowledge::Changed {
                    verifier = None;
                }
                if let Err(error) = verify(preview, &pages, &mut verifier, options) {
                    let trouble = Trouble::Examples(Arc::new(error));
                    preview.give_up(&pages);
                    preview.fail(trouble.clone());
                    events(Event::Trouble(trouble));
                }
            }
        }
    }
}

fn verify(
    preview: &Preview,
    pages: &[Page],
    verifier: &mut Option<Verifier>,
    options: &Options,
) -> Result<(), Error> {
    let verifier = if let Some(verifier) = verifier {
        verifier
    } else {
        let (started, profiles) = Verifier::start(&preview.state().site, options.clone())?;
        preview.learned(profiles);
        verifier.insert(started.remembering())
    };
    let pages_ref: Vec<&Page> = pages.iter().collect();
    let mut stopped = preview.stopped();
    let ended = async move {
        // An error means that the preview is gone, which is an end as well.
        let _gone = stopped.wait_for(|stopped| *stopped).await;
    };
    if let Some(outcomes) = verifier.verify_until(&pages_ref, &|_| {}, ended)? {
        preview.judged(pages, outcomes);
    }
    Ok(())
}
