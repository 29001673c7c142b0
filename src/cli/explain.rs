//! `proofpress explain`: what a diagnostic means, with a wrong and a right example.

use super::arguments::Explain;
use super::context::print;
use super::{Error, Exit};
use crate::diagnostics::{Code, Explanation, nearest};

/// Prints the explanation of a code, or the list of all codes.
pub(super) fn run(explain: &Explain) -> Result<Exit, Error> {
    let text = match &explain.code {
        Some(name) => explanation(named(name)?.explanation()),
        None => index(),
    };
    print(&text)?;
    Ok(Exit::Fine)
}

/// The code of a name, also as it stands in a report: `error[unknown-key]`.
fn named(name: &str) -> Result<Code, Error> {
    let bare = name.strip_suffix(']').and_then(|name| name.split_once('[')).map_or(name, |(_, code)| code);
    Code::named(bare).ok_or_else(|| Error::UnknownCode {
        code: bare.to_owned(),
        nearest: nearest(bare, Code::ALL.iter().map(|explanation| explanation.name)),
    })
}

fn explanation(explanation: &Explanation) -> String {
    let Explanation { name, severity, meaning, wrong, right, .. } = explanation;
    let severity = severity.as_str();
    format!(
        "{severity}[{name}]\n\n{}\n\nWrong:\n\n{}\n\nRight:\n\n{}\n",
        meaning.trim(),
        indented(wrong),
        indented(right)
    )
}

fn indented(text: &str) -> String {
    text.lines().map(|line| format!("    {line}").trim_end().to_owned()).collect::<Vec<_>>().join("\n")
}

fn index() -> String {
    let width = Code::ALL.iter().map(|explanation| explanation.name.len()).max().unwrap_or_default();
    let line =
        |explanation: &Explanation| format!("{:<width$}  {}\n", explanation.name, explanation.meaning.trim());
    Code::ALL.iter().map(line).collect()
}
