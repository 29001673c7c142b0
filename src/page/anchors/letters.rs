//! Letters as Mintlify writes them in anchors.
//!
//! The facts are those of the npm packages `@sindresorhus/transliterate` 1.6.0 (its letters of the Latin, Greek and
//! Cyrillic alphabets) and `@mintlify/common` 1.0.1211 (the signs that it takes out), read 2026-11-27.

use icu_properties::CodePointSetData;
use icu_properties::props::{EmojiModifier, EmojiModifierBase, EmojiPresentation, ExtendedPictographic};

/// What is written for letters in lower case.
const LETTERS: [(&str, &str); 51] = [
    ("", "¨¯´·¸ʹ͵ͺ΄΅ъь"),
    (" and ", "&"),
    (" love ", "♥"),
    (" unicorn ", "🦄"),
    ("a", "àáâãåāăąǎǟǡǻȁȃȧάαаḁạảấầẩẫậắằẳẵặ"),
    ("ae", "äæ"),
    ("b", "бḃḅḇ"),
    ("c", "¢çćĉċčḉ"),
    ("ch", "ч"),
    ("d", "ðďđδдḋḍḏḑḓ"),
    ("e", "èéêëēĕėęěȅȇȩέεеэḕḗḙḛḝẹẻẽếềểễệ"),
    ("f", "φфḟ"),
    ("g", "ĝğġģǧǵγгḡ"),
    ("h", "ĥħȟḣḥḧḩḫẖ"),
    ("i", "ìíîïĩīĭįıǐȉȋΐήίηιϊиіḭḯỉị"),
    ("ij", "ĳ"),
    ("j", "ĵǰ"),
    ("k", "ķǩκкḱḳḵ"),
    ("kh", "х"),
    ("kj", "ќ"),
    ("ks", "ξ"),
    ("l", "ĺļľłλлḷḹḻḽ"),
    ("lj", "љ"),
    ("m", "μмḿṁṃ"),
    ("n", "ñńņňǹνнṅṇṉṋ"),
    ("nj", "њ"),
    ("o", "òóôõøōŏőơǒǫǭȍȏȫȭȯȱοωόώоṍṏṑṓọỏốồổỗộớờởỡợ"),
    ("oe", "ö"),
    ("p", "πпṕṗ"),
    ("ps", "ψ"),
    ("r", "ŕŗřȑȓρрṙṛṝṟ"),
    ("s", "śŝşšșςσсṡṣṥṧṩ"),
    ("sch", "щ"),
    ("sh", "ш"),
    ("ss", "ß"),
    ("t", "ţťțτтṫṭṯṱẗ"),
    ("th", "þθ"),
    ("ts", "ц"),
    ("u", "ùúûũūŭůűųưǔǖǘǚǜȕȗуṳṵṷṹṻụủứừửữự"),
    ("ue", "ü"),
    ("v", "βвṽṿ"),
    ("w", "ŵẁẃẅẇẉẘ"),
    ("x", "χẋẍ"),
    ("y", "¥ýÿŷȳΰυϋύйыẏẙỳỵỷỹ"),
    ("ya", "я"),
    ("ye", "є"),
    ("yi", "ї"),
    ("yo", "ё"),
    ("yu", "ю"),
    ("z", "źżžζзẑẓẕ"),
    ("zh", "ж"),
];

/// Two letters that are written as one.
const PAIRS: [(&str, &str); 2] = [("ъе", "ye"), ("ый", "iy")];

/// A text in lower case in Latin letters, where it can be; other letters stay.
pub(super) fn latin(text: &str) -> String {
    let mut text = text.to_lowercase();
    if text.is_ascii() && !text.contains('&') {
        return text;
    }
    for (pair, written) in PAIRS {
        text = text.replace(pair, written);
    }
    let mut out = String::with_capacity(text.len());
    for letter in text.chars() {
        let is_plain = letter.is_ascii() && letter != '&';
        match LETTERS.iter().find(|(_, letters)| !is_plain && letters.contains(letter)) {
            Some((written, _)) => out.push_str(written),
            None => out.push(letter),
        }
    }
    out
}

/// Whether Mintlify takes this sign out of the anchors of headings: emoji, and marks that quote, bracket or end a sentence.
pub(super) fn is_dropped(letter: char) -> bool {
    if letter.is_ascii() {
        return "?,;:!'\"()[]{}".contains(letter);
    }
    matches!(letter, '\u{200d}' | '\u{fe0e}' | '\u{fe0f}')
        || CodePointSetData::new::<ExtendedPictographic>().contains(letter)
        || CodePointSetData::new::<EmojiPresentation>().contains(letter)
        || CodePointSetData::new::<EmojiModifier>().contains(letter)
        || CodePointSetData::new::<EmojiModifierBase>().contains(letter)
}
