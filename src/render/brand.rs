//! The colours and fonts of a site as a style sheet over that of the theme.

use std::fmt::Write as _;

use crate::site::{Appearance, Font};

/// The grounds of the theme, `--paper` in its style sheet.
const LIGHT: Color = Color(0xfc, 0xfb, 0xf8);
const DARK: Color = Color(0x11, 0x15, 0x14);

/// What stands on a colour: white, or a dark that the theme has.
const WHITE: Color = Color(0xff, 0xff, 0xff);
const INK: Color = Color(0x0c, 0x0f, 0x0e);

/// The contrast that WCAG 2.2 asks for between text and its ground at level AA (criterion 1.4.3).
const CONTRAST: f64 = 4.5;

/// A colour as red, green and blue.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Color(u8, u8, u8);

impl Color {
    /// The colour of `#rrggbb`.
    fn parse(text: &str) -> Option<Self> {
        let number = u32::from_str_radix(text.strip_prefix('#')?, 16).ok()?;
        let [_, red, green, blue] = number.to_be_bytes();
        Some(Self(red, green, blue))
    }

    /// The relative luminance of WCAG 2.2.
    fn luminance(self) -> f64 {
        let linear = |part: u8| {
            let part = f64::from(part) / 255.0;
            if part <= 0.04045 { part / 12.92 } else { ((part + 0.055) / 1.055).powf(2.4) }
        };
        0.2126 * linear(self.0) + 0.7152 * linear(self.1) + 0.0722 * linear(self.2)
    }

    /// The contrast ratio of WCAG 2.2.
    fn contrast(self, other: Self) -> f64 {
        let (one, two) = (self.luminance(), other.luminance());
        (one.max(two) + 0.05) / (one.min(two) + 0.05)
    }

    /// So many hundredths of the way to another colour.
    fn mixed(self, other: Self, hundredths: u16) -> Self {
        let mix = |one: u8, two: u8| {
            let sum = u16::from(one) * (100 - hundredths) + u16::from(two) * hundredths;
            u8::try_from((sum + 50) / 100).unwrap_or(u8::MAX)
        };
        Self(mix(self.0, other.0), mix(self.1, other.1), mix(self.2, other.2))
    }

    /// The nearest colour on the way to `end` that can be read on each of these grounds.
    fn readable(self, grounds: &[Self], end: Self) -> Self {
        let is_readable = |color: &Self| grounds.iter().all(|ground| color.contrast(*ground) >= CONTRAST);
        (0..=100).step_by(2).map(|part| self.mixed(end, part)).find(is_readable).unwrap_or(end)
    }

    fn hex(self) -> String {
        format!("#{:02x}{:02x}{:02x}", self.0, self.1, self.2)
    }

    /// What can be read on it.
    fn ink(self) -> Self {
        if self.contrast(WHITE) >= self.contrast(INK) { WHITE } else { INK }
    }
}

/// The style sheet; none where the site has neither colours nor fonts of its own. `address` leads to a file of the site.
pub(super) fn sheet(appearance: &Appearance, address: &dyn Fn(&str) -> String) -> Option<String> {
    let mut rules = String::new();
    let mut faces = String::new();
    colors(appearance, &mut rules);
    for (font, variable, fallback) in [
        (&appearance.body_font, "--text", "system-ui, sans-serif"),
        (&appearance.heading_font, "--display", "system-ui, sans-serif"),
    ] {
        let Some(font) = font else { continue };
        let family = quoted(&font.family);
        // Writing to a string cannot fail.
        let _written = writeln!(rules, "  {variable}: {family}, {fallback};");
        face(font, &family, address, &mut faces);
    }
    if rules.is_empty() {
        return None;
    }
    let weights =
        [(&appearance.body_font, "body"), (&appearance.heading_font, "h1, h2, h3, h4, h5, h6, .brand")];
    let mut out = format!("{faces}:root {{\n{rules}}}\n");
    for (font, elements) in weights {
        if let Some(weight) = font.as_ref().and_then(|font| font.weight) {
            let _written = writeln!(out, "{elements} {{ font-weight: {weight}; }}");
        }
    }
    Some(out)
}

fn colors(appearance: &Appearance, rules: &mut String) {
    let colors = &appearance.colors;
    let parse = |text: &Option<String>| text.as_deref().and_then(Color::parse);
    let Some(primary) = parse(&colors.primary).or_else(|| parse(&colors.on_light)) else { return };
    let (light, dark) = (parse(&colors.on_light), parse(&colors.on_dark));
    let (light, dark) = (light.unwrap_or(primary), dark.unwrap_or(primary));
    let washes = (LIGHT.mixed(light, 9), DARK.mixed(dark, 16));
    let on_light = light.readable(&[LIGHT, washes.0, WHITE], INK);
    let on_dark = dark.readable(&[DARK, washes.1], WHITE);
    let mut pair = |name: &str, light: Color, dark: Color| {
        let _written = writeln!(rules, "  --{name}: light-dark({}, {});", light.hex(), dark.hex());
    };
    pair("accent", on_light, on_dark);
    pair("accent-ink", on_light.ink(), on_dark.ink());
    pair("accent-wash", washes.0, washes.1);
    // Style sheets that were written for Mintlify mix these by themselves.
    for (name, color) in [("primary", primary), ("primary-light", dark), ("primary-dark", light)] {
        let _written = writeln!(rules, "  --{name}: {} {} {};", color.0, color.1, color.2);
    }
}

fn face(font: &Font, family: &str, address: &dyn Fn(&str) -> String, faces: &mut String) {
    let Some(source) = &font.source else { return };
    let format = font.format.as_deref().unwrap_or("woff2");
    let _written = writeln!(
        faces,
        "@font-face {{ font-family: {family}; src: url({}) format({}); font-display: swap; }}",
        quoted(&address(source)),
        quoted(format),
    );
}

/// A text as a string of CSS.
fn quoted(text: &str) -> String {
    let plain: String =
        text.chars().filter(|letter| !letter.is_control() && !matches!(letter, '"' | '\\' | '<')).collect();
    format!("\"{plain}\"")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::site::Colors;

    fn sheet_of(primary: &str) -> String {
        let colors = Colors { primary: Some(primary.to_owned()), ..Colors::default() };
        let appearance = Appearance { colors, ..Appearance::default() };
        sheet(&appearance, &|path| path.to_owned()).unwrap_or_default()
    }

    #[test]
    fn a_colour_that_can_be_read_stays() {
        assert!(sheet_of("#0c6650").contains("--accent: light-dark(#0c6650,"), "{}", sheet_of("#0c6650"));
    }

    #[test]
    fn a_colour_that_cannot_be_read_is_changed_until_it_can() {
        for primary in ["#ffff00", "#ffffff", "#000000", "#d84a31", "#808080"] {
            let sheet = sheet_of(primary);
            let pair = sheet.split_once("--accent: light-dark(").and_then(|(_, rest)| rest.split_once(");"));
            let (light, dark) = pair.and_then(|(pair, _)| pair.split_once(", ")).expect("it has an accent");
            let parse = |text| Color::parse(text).expect("a colour");
            assert!(
                parse(light).contrast(LIGHT) >= CONTRAST && parse(dark).contrast(DARK) >= CONTRAST,
                "{sheet}"
            );
        }
    }

    #[test]
    fn a_font_cannot_end_its_string() {
        let font = Font { family: "A\"; } body { color: red".to_owned(), ..Font::default() };
        let appearance = Appearance { body_font: Some(font), ..Appearance::default() };
        let sheet = sheet(&appearance, &|path| path.to_owned()).unwrap_or_default();
        assert_eq!(sheet, ":root {\n  --text: \"A; } body { color: red\", system-ui, sans-serif;\n}\n");
    }

    #[test]
    fn a_site_without_a_look_of_its_own_has_no_sheet() {
        assert_eq!(sheet(&Appearance::default(), &|path| path.to_owned()), None);
    }
}
