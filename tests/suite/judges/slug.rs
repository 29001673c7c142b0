//! Anchors of headings by an implementation of its own, after the description of the npm package `github-slugger`
//! 2.0.0 (read 2026-11-27): lower case, without all but letters, marks, digits, connectors, `-` and blanks, each
//! blank a `-`; the second of a name has `-1` behind it, and so on, where that is free.

use std::collections::HashMap;

/// Makes the anchors of a page.
#[derive(Default)]
pub(crate) struct Slugs(HashMap<String, u32>);

impl Slugs {
    /// The next anchor.
    pub(crate) fn next(&mut self, text: &str) -> String {
        let first = slug(text);
        let mut anchor = first.clone();
        if let Some(&times) = self.0.get(&first) {
            let mut times = times;
            while self.0.contains_key(&anchor) {
                times += 1;
                anchor = format!("{first}-{times}");
            }
            self.0.insert(first, times);
        }
        self.0.insert(anchor.clone(), 0);
        anchor
    }
}

fn slug(text: &str) -> String {
    let kept = |letter: &char| match letter {
        ' ' | '-' | '_' => true,
        letter if letter.is_ascii() => letter.is_ascii_alphanumeric(),
        // Beyond ASCII: letters and digits stay, and so do marks that are joined to them.
        '\u{200c}' | '\u{200d}' => false,
        letter => letter.is_alphabetic() || unicode_ident::is_xid_continue(*letter),
    };
    text.to_lowercase().chars().filter(kept).map(|letter| if letter == ' ' { '-' } else { letter }).collect()
}
