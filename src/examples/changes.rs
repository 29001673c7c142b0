//! Changes: a fence that shows lines taken out and put in is judged as it reads afterwards. What it was before may be wrong.

use crate::data::{self, Syntax};
use crate::page::Fence;
use crate::source::{Excerpt, Span};

/// How the sign at the beginning of a line is taken off.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Margin {
    /// Every line has a column for it, which goes.
    Column,
    /// Only lines that are put in have one; it goes.
    Sign,
    /// Only they have one; a space takes its place.
    Space,
    /// Only they have one; it goes with the space behind it.
    SignAndSpace,
}

/// Whether a fence shows a change.
pub(super) fn shows(fence: &Fence) -> bool {
    fence.attributes.diff || is_diff(fence)
}

fn is_diff(fence: &Fence) -> bool {
    matches!(fence.language.as_str(), "diff" | "patch")
}

/// The fence as it reads afterwards, in each language that it can be read in; none where it is no data.
pub(super) fn after(fence: &Fence) -> Vec<Fence> {
    let title = fence.attributes.title.clone().or_else(|| named_file(fence.body.text()));
    let ending = title.as_deref().and_then(|title| title.rsplit('.').next());
    let languages: Vec<&str> = match (is_diff(fence), ending.filter(|ending| Syntax::named(ending).is_some()))
    {
        (false, _) => vec![fence.language.as_str()],
        (true, Some(ending)) => vec![ending],
        (true, None) => vec!["json5", "yaml", "toml"],
    };
    let fitting = |language: &str| {
        let syntax = Syntax::named(language)?;
        let margins = [Margin::Column, Margin::Space, Margin::SignAndSpace, Margin::Sign];
        let mut texts = margins.into_iter().filter_map(|margin| text(fence, margin));
        let body = texts.find(|body| {
            let (document, problems) = data::parse(body.text(), syntax.lenient()).into_parts();
            problems.is_empty() && !document.root.members().is_empty()
        })?;
        let mut read = Fence { language: language.to_owned(), body, ..fence.clone() };
        read.attributes.title.clone_from(&title);
        read.attributes.diff = false;
        Some(read)
    };
    languages.into_iter().filter_map(fitting).collect()
}

/// The file that the head of a change names.
fn named_file(text: &str) -> Option<String> {
    let line = text.lines().take(8).find_map(|line| line.strip_prefix("+++ "))?;
    line.split(['\t', ' ']).next().map(str::to_owned)
}

/// The lines that are there afterwards; none where the margin is not that of the fence.
fn text(fence: &Fence, margin: Margin) -> Option<Excerpt> {
    let whole = fence.body.text();
    let mut after = fence.body.rebuild(0);
    let mut at_top = is_diff(fence);
    let mut start = 0;
    for line in whole.split_inclusive('\n') {
        let end = start + line.len();
        let is_head = is_diff(fence)
            && (["@@", "\\ "].iter().any(|sign| line.starts_with(sign))
                || at_top && ["diff ", "index ", "--- ", "+++ "].iter().any(|sign| line.starts_with(sign)));
        at_top &= is_head;
        let is_new = line.starts_with('+');
        let width = match margin {
            Margin::Column if is_new || line.starts_with(' ') => 1,
            Margin::SignAndSpace if line.starts_with("+ ") => 2,
            Margin::Sign | Margin::Space | Margin::SignAndSpace if is_new => 1,
            Margin::Column if !line.trim().is_empty() && !is_head && !line.starts_with('-') => return None,
            _ => 0,
        };
        if !is_head && !line.starts_with('-') {
            if is_new && margin == Margin::Space {
                after.decoded(" ", Span::new(start, start + 1));
            }
            after.copy(Span::new(start + width, end));
        }
        start = end;
    }
    Some(after.finish())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::page::Page;
    use crate::source::Source;

    #[track_caller]
    fn check(info: &str, text: &str, expected: &[(&str, &str)]) {
        let page = Page::parse(Source::new("a.md", format!("```{info}\n{text}```\n")));
        let found = after(&page.fences[0]);
        let found: Vec<_> = found.iter().map(|fence| (fence.language.as_str(), fence.body.text())).collect();
        assert_eq!(found, expected, "{text}");
    }

    #[test]
    fn what_is_taken_out_is_gone() {
        check("json5 diff", "{\n-  a: 1,\n+  a: 2,\n}\n", &[("json5", "{\n   a: 2,\n}\n")]);
    }

    #[test]
    fn a_column_of_signs_goes() {
        check(
            "diff",
            "--- a/x.yaml\n+++ b/x.yaml\n@@ -1 +1 @@\n a:\n-  b: 1\n+  b: 2\n",
            &[("yaml", "a:\n  b: 2\n")],
        );
    }

    #[test]
    fn lines_of_yaml_keep_their_columns() {
        check("yaml diff", "a:\n  b: 1\n-   c: 1\n+ c: 2\n", &[("yaml", "a:\n  b: 1\n  c: 2\n")]);
        check("yaml diff", "a: 1\n- c: 1\n+ c: 2\n", &[("yaml", "a: 1\nc: 2\n")]);
    }

    #[test]
    fn other_lines_are_no_data() {
        check("diff", "-old words\n+new words\n", &[]);
    }
}
