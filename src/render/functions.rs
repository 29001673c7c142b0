//! What templates can call: addresses, icons, and the texts of attributes as HTML.

use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use tera::{Kwargs, State, Tera, TeraResult, Value};

use super::icons;
use super::links::based;
use super::markup::{Inline, inline};

/// Registers the functions and filters of the theme.
///
/// - `asset(path=…)`: the address of a static file, which changes with its content;
/// - `has_asset(path=…)`: whether there is such a file;
/// - `url(path=…)`: a path of the site as it is served;
/// - `icon(name=…, type=…, class=…)`: an icon as HTML, empty for an unknown one;
/// - `text | inline`: the Markdown of a title as HTML, without links; `text | linked`: that of a caption, with them;
/// - `value | colour`: a colour for a `style`, or the two of `{light, dark}`; empty where it is none;
/// - `text | urlencode`: for the query of an address.
///
/// `address` gives that of a static file, and `base` is the path below which the site is served.
pub(super) fn register<F>(tera: &mut Tera, base: &str, address: F)
where
    F: Fn(&str) -> Option<String> + Clone + Send + Sync + 'static,
{
    let known = address.clone();
    tera.register_function("has_asset", move |arguments: Kwargs, _: &State| -> TeraResult<bool> {
        let path: String = arguments.must_get("path")?;
        Ok(known(&path).is_some())
    });
    tera.register_function("asset", move |arguments: Kwargs, _: &State| -> TeraResult<String> {
        let path: String = arguments.must_get("path")?;
        let missing = || tera::Error::message(format!("there is no static file `{path}`"));
        address(&path).ok_or_else(missing)
    });
    let root = base.to_owned();
    tera.register_function("url", move |arguments: Kwargs, _: &State| -> TeraResult<String> {
        let path: String = arguments.must_get("path")?;
        Ok(based(&root, &path).into_owned())
    });
    let root = base.to_owned();
    tera.register_function("icon", move |arguments: Kwargs, _: &State| -> TeraResult<Value> {
        let name: String = arguments.must_get("name")?;
        let kind: Option<String> = arguments.get("type")?;
        let class: Option<String> = arguments.get("class")?;
        let kind = kind.filter(|kind| !kind.is_empty()).map(|kind| format!("icon-{kind}"));
        let classes: Vec<String> = class.into_iter().chain(kind).collect();
        Ok(Value::safe_string(&icons::html(&name, &classes.join(" "), &root)))
    });
    tera.register_filter("inline", |text: &str, _: Kwargs, _: &State| -> Value {
        Value::safe_string(&inline(text, Inline::Plain))
    });
    let root = base.to_owned();
    tera.register_filter("linked", move |text: &str, _: Kwargs, _: &State| -> Value {
        Value::safe_string(&inline(text, Inline::Linked(&root)))
    });
    tera.register_filter("colour", |value: Value, _: Kwargs, _: &State| colour(&value));
    tera.register_filter("urlencode", |text: &str, _: Kwargs, _: &State| {
        utf8_percent_encode(text, NON_ALPHANUMERIC).to_string()
    });
}

/// The colour that a value names, so that nothing else gets into a `style`.
fn colour(value: &Value) -> String {
    let part = |name: &'static str| {
        value.as_map().and_then(|map| map.get(&tera::value::Key::from(name))).and_then(Value::as_str)
    };
    match (value.as_str(), part("light"), part("dark")) {
        (Some(text), ..) => plain_colour(text).unwrap_or_default().to_owned(),
        (None, Some(light), Some(dark)) => match (plain_colour(light), plain_colour(dark)) {
            (Some(light), Some(dark)) => format!("light-dark({light}, {dark})"),
            _ => String::new(),
        },
        (None, Some(one), None) | (None, None, Some(one)) => plain_colour(one).unwrap_or_default().to_owned(),
        (None, None, None) => String::new(),
    }
}

fn plain_colour(text: &str) -> Option<&str> {
    let text = text.trim();
    let is_part = |letter: char| letter.is_ascii_alphanumeric() || "#(),.%/- ".contains(letter);
    (!text.is_empty()
        && text.len() <= 64
        && text.chars().all(is_part)
        && !text.to_ascii_lowercase().contains("url"))
    .then_some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_colour_is_nothing_else() {
        assert_eq!(colour(&Value::from("oklch(70% 0.2 145)")), "oklch(70% 0.2 145)");
        assert_eq!(colour(&Value::from("red; background: url(x)")), "");
        assert_eq!(colour(&Value::from("URL(//a.example/b)")), "");
        assert_eq!(colour(&Value::from(7)), "");
    }
}
