//! How many words, characters or sentences a text has.

use serde_json::Value;

use super::super::javascript;
use super::{Found, Given, broken, told};

/// What is counted, and how it is spoken of.
struct Counted {
    /// Its name in the data.
    key: &'static str,
    /// The names of its bounds, as the check is told them.
    bounds: [&'static str; 2],
    /// The same in the data.
    told: [&'static str; 2],
    /// How a verdict begins, by the count.
    subject: fn(usize) -> String,
    /// The bounds in words.
    range: fn(&str, &str) -> String,
    /// How an error begins.
    error: &'static str,
}

const WORDS: Counted = Counted {
    key: "wordCount",
    bounds: ["minWords", "maxWords"],
    told: ["minWords", "maxWords"],
    subject: |count| format!("The text contains {count} words, which is"),
    range: |lowest, highest| format!("{lowest}-{highest} words"),
    error: "An error occurred while processing word count",
};

const CHARACTERS: Counted = Counted {
    key: "characterCount",
    bounds: ["minCharacters", "maxCharacters"],
    told: ["minCharacters", "maxCharacters"],
    subject: |count| format!("The text contains {count} characters, which is"),
    range: |lowest, highest| format!("{lowest}-{highest} characters"),
    error: "An error occurred while counting characters",
};

const SENTENCES: Counted = Counted {
    key: "sentenceCount",
    bounds: ["minSentences", "maxSentences"],
    told: ["minCount", "maxCount"],
    subject: |count| format!("The sentence count ({count}) is"),
    range: |lowest, highest| format!("{lowest} to {highest}"),
    error: "An error occurred",
};

pub(super) fn words(given: Given<'_>) -> Found {
    let trimmed = Given { text: given.text.trim(), ..given };
    let text = trimmed.something("Missing text to analyze");
    let count = text.and_then(|text| {
        let bounds = whole(&WORDS.bounds(given)).ok_or("Invalid or missing word count range")?;
        Ok((text.split_whitespace().count(), bounds))
    });
    found(&WORDS, given, trimmed, count)
}

pub(super) fn characters(given: Given<'_>) -> Found {
    let text = given.something("Missing text to analyze");
    let count = text.and_then(|text| {
        let bounds = whole(&CHARACTERS.bounds(given)).ok_or("Invalid or missing character count range")?;
        Ok((text.encode_utf16().count(), bounds))
    });
    found(&CHARACTERS, given, given, count)
}

pub(super) fn sentences(given: Given<'_>) -> Found {
    let bounds = numbers(&SENTENCES.bounds(given)).ok_or_else(|| "Missing sentence count range".to_owned());
    let count = bounds.map(|bounds| (given.text.matches(['.', '!', '?']).count(), bounds));
    found(&SENTENCES, given, given, count)
}

impl Counted {
    fn bounds<'a>(&self, given: Given<'a>) -> [Option<&'a Value>; 2] {
        self.bounds.map(|key| given.get(key))
    }
}

/// Bounds that are numbers.
fn numbers(bounds: &[Option<&Value>; 2]) -> Option<[f64; 2]> {
    let [lowest, highest] = bounds.map(|bound| bound.and_then(Value::as_f64));
    Some([lowest?, highest?])
}

/// Bounds that are whole numbers.
fn whole(bounds: &[Option<&Value>; 2]) -> Option<[f64; 2]> {
    numbers(bounds).filter(|bounds| bounds.iter().all(|bound| bound.fract() == 0.0))
}

/// What a count within its bounds decides and tells; `shown` is the text that is told.
fn found(
    counted: &Counted,
    given: Given<'_>,
    shown: Given<'_>,
    count: Result<(usize, [f64; 2]), String>,
) -> Found {
    let [lowest, highest] = counted.bounds;
    let [told_lowest, told_highest] = counted.told;
    let (count, [least, most]) = match count {
        Ok(count) => count,
        Err(message) => {
            let data = told([
                ("explanation", Some(format!("{}: {message}", counted.error).into())),
                (told_lowest, given.told(lowest)),
                (told_highest, given.told(highest)),
                ("not", Some(given.not())),
                ("textExcerpt", Some(given.excerpt_or_none())),
            ]);
            return Err(broken(message, data));
        }
    };
    let is_within = u32::try_from(count).is_ok_and(|count| (least..=most).contains(&f64::from(count)));
    let passed = is_within != given.is_turned();
    let subject = (counted.subject)(count);
    let range = (counted.range)(&javascript::text(given.get(lowest)), &javascript::text(given.get(highest)));
    let explanation = given.sentence(
        passed.into(),
        [
            format!("{subject} within the specified range of {range}."),
            format!("{subject} outside the specified range of {range} as expected."),
            format!("{subject} within the specified range of {range} when it should not be."),
            format!("{subject} outside the specified range of {range}."),
        ],
    );
    let data = told([
        (counted.key, Some(count.into())),
        (told_lowest, given.told(lowest)),
        (told_highest, given.told(highest)),
        ("not", Some(given.not())),
        ("verdict", Some(passed.into())),
        ("explanation", Some(explanation)),
        ("textExcerpt", Some(shown.excerpt())),
    ]);
    Ok((passed, data))
}
