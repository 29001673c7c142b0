//! Anchors of headings, as GitHub and the common Markdown tools make them.

use std::collections::HashMap;

use unicode_general_category::{GeneralCategory, get_general_category};

/// Makes the anchors of one page.
#[derive(Debug, Default)]
pub(super) struct Slugger {
    /// How often each anchor was asked for since.
    taken: HashMap<String, usize>,
}

impl Slugger {
    /// The anchor of a heading, with a number behind it where an earlier one has the same.
    ///
    /// The rule is that of the npm package `github-slugger` 2.0.0.
    pub(super) fn slug(&mut self, text: &str) -> String {
        self.unique(&slug(text))
    }

    /// An anchor that an author wrote, with a number behind it where an earlier one is the same.
    pub(super) fn unique(&mut self, id: &str) -> String {
        let mut result = id.to_owned();
        while self.taken.contains_key(&result) {
            let count = self.taken.entry(id.to_owned()).or_default();
            *count += 1;
            result = format!("{id}-{count}");
        }
        self.taken.insert(result.clone(), 0);
        result
    }
}

/// The anchor of a text, whatever else the page has.
pub fn slug(text: &str) -> String {
    text.to_lowercase()
        .chars()
        .filter(|letter| is_kept(*letter))
        .map(|letter| if letter == ' ' { '-' } else { letter })
        .collect()
}

fn is_kept(letter: char) -> bool {
    use GeneralCategory as Category;
    matches!(letter, ' ' | '-')
        || letter.is_alphabetic()
        || matches!(
            get_general_category(letter),
            Category::NonspacingMark
                | Category::SpacingMark
                | Category::EnclosingMark
                | Category::DecimalNumber
                | Category::ConnectorPunctuation
        )
}
