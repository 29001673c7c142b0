//! Languages by their own names.

/// Tags of languages as `docs.json` can have them (npm package `@mintlify/validation` 0.1.878, read 2026-11-27), with the
/// names that their speakers give them; in order.
const NAMES: [(&str, &str); 39] = [
    ("ar", "العربية"),
    ("ca", "Català"),
    ("cn", "简体中文"),
    ("cs", "Čeština"),
    ("da", "Dansk"),
    ("de", "Deutsch"),
    ("en", "English"),
    ("es", "Español"),
    ("fi", "Suomi"),
    ("fr", "Français"),
    ("fr-ca", "Français (Canada)"),
    ("he", "עברית"),
    ("hi", "हिन्दी"),
    ("hu", "Magyar"),
    ("id", "Bahasa Indonesia"),
    ("it", "Italiano"),
    ("ja", "日本語"),
    ("ja-jp", "日本語"),
    ("jp", "日本語"),
    ("ko", "한국어"),
    ("lv", "Latviešu"),
    ("nl", "Nederlands"),
    ("no", "Norsk"),
    ("pl", "Polski"),
    ("pt", "Português"),
    ("pt-br", "Português (Brasil)"),
    ("ro", "Română"),
    ("ru", "Русский"),
    ("sv", "Svenska"),
    ("th", "ไทย"),
    ("tr", "Türkçe"),
    ("uk", "Українська"),
    ("uz", "Oʻzbekcha"),
    ("vi", "Tiếng Việt"),
    ("zh", "中文"),
    ("zh-cn", "简体中文"),
    ("zh-hans", "简体中文"),
    ("zh-hant", "繁體中文"),
    ("zh-tw", "繁體中文"),
];

/// Languages that are written from right to left.
const LEFTWARD: [&str; 4] = ["ar", "fa", "he", "ur"];

/// The name of a language; its tag where we know none.
pub(super) fn name(tag: &str) -> &str {
    let folded = tag.to_ascii_lowercase();
    let found = NAMES.binary_search_by(|(known, _)| (*known).cmp(folded.as_str())).ok();
    found.and_then(|index| NAMES.get(index)).map_or(tag, |(_, name)| name)
}

/// The tag that HTML takes for a language: two that Mintlify has are none.
pub(super) fn tag(tag: &str) -> &str {
    match tag {
        "cn" => "zh-CN",
        "jp" => "ja",
        _ => tag,
    }
}

/// The direction of its writing.
pub(super) fn direction(tag: &str) -> &'static str {
    let first = tag.split('-').next().unwrap_or_default();
    if LEFTWARD.contains(&first) { "rtl" } else { "ltr" }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn languages_have_names() {
        assert!(NAMES.is_sorted());
        assert_eq!(
            (name("pt-BR"), name("xx"), direction("he"), tag("cn")),
            ("Português (Brasil)", "xx", "rtl", "zh-CN")
        );
    }
}
