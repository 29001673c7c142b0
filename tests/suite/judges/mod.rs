//! Judges that know nothing of our code: they say what a page holds, by another parser of its source or by its HTML.

pub(crate) mod drawn;
pub(crate) mod foreign;
pub(crate) mod html;
pub(crate) mod mdx;
pub(crate) mod mutations;
pub(crate) mod openclaw;
pub(crate) mod ours;
pub(crate) mod shown;
mod slug;
pub(crate) mod story;
pub(crate) mod told;

use std::fmt::Write as _;

/// One thing that a page holds, written so that judges can be compared: `<Tab title="A">`, `## Text`, `[](target)`.
#[derive(Clone, Debug)]
pub(crate) struct Fact {
    /// What it is.
    pub(crate) text: String,
    /// The line of the source, from one; zero where it is not known.
    pub(crate) line: usize,
}

impl Fact {
    pub(crate) fn new(text: impl Into<String>, line: usize) -> Self {
        Self { text: text.into(), line }
    }

    pub(crate) fn heading(level: u8, text: &str, line: usize) -> Self {
        Self::new(format!("{} {}", "#".repeat(usize::from(level)), words(text)), line)
    }

    /// A fence: what stands behind its marks, and its code.
    pub(crate) fn fence(info: &str, code: &str, line: usize) -> Self {
        // The `markdown` crate drops the blank lines at the end of a fence.
        let code = code.replace("\r\n", "\n");
        Self::new(format!("```{}\n{}", words(info), code.trim_end_matches('\n')), line)
    }

    /// The start of a component; each attribute is its name and its value, where that is a text.
    pub(crate) fn open(name: &str, attributes: &[(String, Option<String>)], line: usize) -> Self {
        let mut text = format!("<{name}");
        for (name, value) in attributes {
            // Writing to a string cannot fail.
            let _written = match value {
                Some(value) => write!(text, " {name}=\"{}\"", words(value)),
                None => write!(text, " {name}"),
            };
        }
        Self::new(text + ">", line)
    }
}

/// A text with one blank for each run of them.
pub(crate) fn words(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The first place where two judges disagree, for people; none where they agree.
pub(crate) fn difference(ours: &[Fact], theirs: &[Fact]) -> Option<String> {
    let same = ours.iter().zip(theirs).take_while(|(ours, theirs)| ours.text == theirs.text).count();
    if same == ours.len() && same == theirs.len() {
        return None;
    }
    let show = |fact: Option<&Fact>| {
        fact.map_or("nothing".to_owned(), |fact| format!("line {}: {:?}", fact.line, fact.text))
    };
    Some(format!("ours   {}\n    theirs {}", show(ours.get(same)), show(theirs.get(same))))
}
