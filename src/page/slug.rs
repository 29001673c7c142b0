//! Anchors of headings, as GitHub and the common Markdown tools make them.

use std::collections::HashMap;

use unicode_general_category::{GeneralCategory, get_general_category};

/// Makes the anchors of one page.
#[derive(Debug, Default)]
pub struct Slugger {
    /// How often each anchor was asked for since.
    taken: HashMap<String, usize>,
}

impl Slugger {
    /// The anchor of a heading, with a number behind it where an earlier one has the same.
    ///
    /// The rule is that of the npm package `github-slugger` 2.0.0, which drops the letters that Unicode has got
    /// since version 13; here they are kept.
    pub fn slug(&mut self, text: &str) -> String {
        self.unique(&slug(text))
    }

    /// An anchor that an author wrote, with a number behind it where an earlier one is the same.
    pub fn unique(&mut self, id: &str) -> String {
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

#[cfg(test)]
mod tests {
    use super::*;

    /// The right sides are what `github-slugger` 2.0.0 gives.
    #[track_caller]
    fn check(text: &str, anchor: &str) {
        assert_eq!(slug(text), anchor);
    }

    #[test]
    fn blanks_become_dashes_one_by_one() {
        check("  two  spaces ", "--two--spaces-");
    }

    #[test]
    fn signs_go() {
        check("C++ & C#", "c--c");
        check("`code` and **bold**", "code-and-bold");
        check("a_b-c.d/e", "a_b-cde");
        check("(parens) [brackets] {braces}", "parens-brackets-braces");
        check("“quotes” ‘single’", "quotes-single");
        check("100% — sure…", "100--sure");
        check("@scope/pkg@1.2.3", "scopepkg123");
        check("#1 <tag>", "1-tag");
        check("!!!", "");
    }

    #[test]
    fn letters_of_every_script_stay() {
        check("Ünïcödé Straße", "ünïcödé-straße");
        check("日本語の見出し", "日本語の見出し");
        check("Привет, мир!", "привет-мир");
        check("हिन्दी में", "हिन्दी-में");
        check("한국어 제목", "한국어-제목");
        check("ΑΣ", "ας");
        check("İstanbul", "i\u{307}stanbul");
        check("e\u{301} combining", "e\u{301}-combining");
        check("ﬁ ligature ª º 𝒜", "ﬁ-ligature-ª-º-𝒜");
    }

    #[test]
    fn digits_stay_and_fractions_go() {
        check("١٢٣ arabic digits", "١٢٣-arabic-digits");
        check("x² + y³ = ½", "x--y--");
        check("Ⅷ Ⓐ", "ⅷ-ⓐ");
    }

    #[test]
    fn what_is_no_plain_blank_goes() {
        check("a\u{a0}b\tc\nd", "abcd");
        check("zero\u{200b}width\u{200d}joiner", "zerowidthjoiner");
        check("emoji 🎉 party", "emoji--party");
        check("foo‿bar", "foo‿bar");
    }

    #[test]
    fn equal_headings_are_counted() {
        let mut slugger = Slugger::default();
        let headings = ["foo", "foo", "foo 1", "foo", "foo-1", "Foo", "foo-1-1", "constructor", "", ""];
        let anchors: Vec<String> = headings.iter().map(|heading| slugger.slug(heading)).collect();
        let expected =
            ["foo", "foo-1", "foo-1-1", "foo-2", "foo-1-2", "foo-3", "foo-1-1-1", "constructor", "", "-1"];
        assert_eq!(anchors, expected);
    }
}
