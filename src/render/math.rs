//! Formulas as `MathML`, which browsers show and read aloud without a script.

use pulldown_latex::config::DisplayMode;
use pulldown_latex::{Parser, ParserError, RenderConfig, Storage, push_mathml};

use super::markup::escaped;
use crate::page::LONGEST_FORMULA;

/// A formula in TeX as HTML; as it is written, where it cannot be read.
pub(super) fn math(tex: &str, display_mode: DisplayMode) -> String {
    let class = match display_mode {
        DisplayMode::Inline => "math inline",
        DisplayMode::Block => "math display",
    };
    match mathml(tex, display_mode) {
        Some(mathml) => format!("<span class=\"{class}\">{mathml}</span>"),
        None => format!("<code class=\"{class}\">{}</code>", escaped(tex)),
    }
}

fn mathml(tex: &str, display_mode: DisplayMode) -> Option<String> {
    if tex.len() > LONGEST_FORMULA {
        return None;
    }
    let storage = Storage::new();
    let events = Parser::new(tex, &storage).collect::<Result<Vec<_>, ParserError>>().ok()?;
    let mut out = String::new();
    let written = escaped(tex);
    let config = RenderConfig { display_mode, ..RenderConfig::with_annotation(&written) };
    push_mathml(&mut out, events.into_iter().map(Ok::<_, ParserError>), config).ok()?;
    // The signs of comparison and of alignment come as they are.
    Some(out.replace("><<", ">&lt;<").replace(">&<", ">&amp;<"))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_formula_is_mathml_and_keeps_its_tex() {
        let html = math("x^2 < 1", DisplayMode::Inline);
        assert!(html.starts_with("<span class=\"math inline\"><math"), "{html}");
        assert!(html.contains("<msup><mi>x</mi><mn>2</mn></msup>"), "{html}");
        assert!(html.contains("<mo>&lt;</mo>"), "{html}");
        assert!(html.contains("application/x-tex\">x^2 &lt; 1</annotation>"), "{html}");
        assert!(math("1", DisplayMode::Block).contains(" display=\"block\""));
    }

    #[test]
    fn what_is_no_formula_stays_as_it_is_written() {
        assert_eq!(math("\\frac{<a", DisplayMode::Block), "<code class=\"math display\">\\frac{&lt;a</code>");
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn any_text_is_shown(parts in proptest::collection::vec(part(), 0..24)) {
            prop_assert!(!math(&parts.concat(), DisplayMode::Inline).is_empty());
        }
    }

    fn part() -> impl Strategy<Value = String> {
        let signs = vec![
            "\\",
            "{",
            "}",
            "^",
            "_",
            "&",
            "\\\\",
            "\\frac",
            "\\begin{matrix}",
            "\\end{matrix}",
            "\\left(",
            "\\right)",
            "\\text{",
            "\\color{red}",
            "\\def\\a#1{#1",
            "\\a",
            "%",
            "#",
            "~",
            "é",
            "1",
            "x",
            "'",
            "\n",
            " ",
            "$",
            "\\sqrt[",
            "]",
            "\\middle|",
            "\\operatorname",
            "<",
        ];
        prop_oneof![proptest::sample::select(signs).prop_map(ToOwned::to_owned), "\\PC{0,4}"]
    }
}
