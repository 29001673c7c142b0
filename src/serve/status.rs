//! How it stands, as the browser is told.

use serde::Serialize;

use super::preview::{Document, State};
use crate::diagnostics::{Diagnostic, tidy};
use crate::report::text::{self, Paper};

/// So many pages with errors are named.
const NAMED: usize = 20;

/// What the script of the preview reads.
#[derive(Debug, Serialize)]
pub(super) struct Status {
    /// The mark of the page as it is now; none where it cannot be rendered.
    mark: Option<String>,
    /// What is wrong with the page that is shown, and with the site as such.
    problems: Vec<ProblemView>,
    /// How many errors there are on other pages.
    elsewhere: usize,
    /// The pages that have them, the first ones.
    pages: Vec<PageView>,
    /// How many pages are still to be verified.
    verifying: usize,
    /// What could not be done.
    trouble: Option<String>,
}

/// A diagnostic.
#[derive(Debug, Serialize)]
struct ProblemView {
    severity: &'static str,
    code: &'static str,
    message: String,
    /// `file:line:column`.
    place: String,
    /// The lines of the file with what is underlined, and the help, as a terminal shows them.
    quote: String,
}

/// Another page with errors.
#[derive(Debug, Serialize)]
struct PageView {
    title: String,
    url: String,
    errors: usize,
}

impl Status {
    /// The status for the page of an index, as it was rendered just now; addresses begin with `base`.
    pub(super) fn new(
        state: &State,
        base: &str,
        (shown, document): (Option<usize>, Result<Document, Diagnostic>),
        verifying: usize,
    ) -> Self {
        let (mark, broken) = match document {
            Ok(document) => (Some(document.mark), None),
            Err(diagnostic) => (None, Some(diagnostic)),
        };
        let mut found = state.of_site();
        found.extend(broken);
        let (mut pages, mut elsewhere) = (Vec::new(), 0);
        for (index, page) in state.site.pages.iter().enumerate() {
            let on_page = state.of_page(page.page.source.path());
            if Some(index) == shown {
                found.extend(on_page);
                continue;
            }
            let errors = on_page.iter().filter(|diagnostic| diagnostic.is_error()).count();
            if errors > 0 {
                elsewhere += errors;
                if !page.is_served() {
                    continue;
                }
                let (title, url) = (page.page.front.title.clone(), format!("{base}{}", page.route));
                pages.push(PageView { title, url, errors });
            }
        }
        pages.truncate(NAMED);
        tidy(&mut found);
        let problems = found.iter().map(ProblemView::new).collect();
        let trouble = state.trouble.as_ref().map(ToString::to_string);
        Self { mark, problems, elsewhere, pages, verifying, trouble }
    }
}

impl ProblemView {
    fn new(diagnostic: &Diagnostic) -> Self {
        let problem = &diagnostic.problem;
        let position = diagnostic.source.position(problem.span.start);
        let written = text::diagnostics(std::slice::from_ref(diagnostic), Paper::Plain);
        // The first line is the message, which stands apart.
        let quote = written.split_once('\n').map_or("", |(_, rest)| rest);
        Self {
            severity: problem.severity.as_str(),
            code: problem.code.as_str(),
            message: problem.message.clone(),
            place: format!("{}:{}:{}", diagnostic.source.path(), position.line, position.column),
            quote: quote.trim_end().to_owned(),
        }
    }
}
