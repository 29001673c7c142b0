//! What `docs.json` says of the look of a site.

use super::super::appearance::{Appearance, Banner, Colors, Column, Font, NamedLink, Pair, Scheme};
use super::Reader;
use crate::data::{Node, Number, Value};

/// Names of links in the header whose type says what they are.
const NAMED: [(&str, &str); 2] = [("github", "GitHub"), ("discord", "Discord")];

impl Reader {
    pub(super) fn appearance(&mut self, root: &Node) -> Appearance {
        let mut appearance = Appearance::default();
        if let Some(logo) = root.get("logo") {
            appearance.logo = self.pair(root, "logo", &["href"]);
            appearance.logo_link = self.address(logo, "href");
        }
        appearance.favicon = self.pair(root, "favicon", &[]);
        appearance.colors = self.colors(root);
        self.fonts(root, &mut appearance);
        if let Some(node) = self.object(root, "appearance") {
            self.known(node, "`appearance`", &[&["default", "strict"]]);
            appearance.scheme = match self.one_of(node, "default", &["system", "light", "dark"]) {
                Some("light") => Scheme::Light,
                Some("dark") => Scheme::Dark,
                _ => Scheme::System,
            };
            appearance.scheme_is_fixed = self.flag(node, "strict").unwrap_or_default();
        }
        if let Some(node) = self.object(root, "navbar") {
            self.known(node, "`navbar`", &[&["links", "primary"]]);
            let links = self.list(node, "links").iter().filter_map(|link| self.named_link(link));
            appearance.links = links.collect();
            if let Some(primary) = self.object(node, "primary") {
                appearance.primary = self.named_link(primary);
            }
        }
        self.footer(root, &mut appearance);
        appearance.banner = self.banner(root);
        self.seo(root, &mut appearance);
        self.errors(root, &mut appearance);
        appearance
    }

    /// A file, or one for light and one for dark colours; `more` are keys that the object has beside these.
    fn pair(&mut self, root: &Node, key: &str, more: &[&str]) -> Option<Pair> {
        let value = root.get(key)?;
        if !matches!(value.value, Value::Object(_)) {
            let file = self.address(root, key)?;
            return Some(Pair { light: file.clone(), dark: file });
        }
        self.known(value, &format!("`{key}`"), &[&["light", "dark"], more]);
        let (light, dark) = (self.address(value, "light"), self.address(value, "dark"));
        let light = light.or_else(|| dark.clone())?;
        Some(Pair { dark: dark.unwrap_or_else(|| light.clone()), light })
    }

    fn colors(&mut self, root: &Node) -> Colors {
        let Some(node) = self.object(root, "colors") else { return Colors::default() };
        self.known(node, "`colors`", &[&["primary", "light", "dark"]]);
        // As Mintlify has it, `light` is the colour on a dark ground and `dark` that on a light one.
        Colors {
            primary: self.color(node, "primary"),
            on_dark: self.color(node, "light"),
            on_light: self.color(node, "dark"),
        }
    }

    /// A colour as `#rrggbb`.
    fn color(&mut self, node: &Node, key: &str) -> Option<String> {
        let value = node.get(key)?;
        let text = self.text(node, key)?;
        let digits =
            text.strip_prefix('#').filter(|digits| digits.bytes().all(|byte| byte.is_ascii_hexdigit()));
        match digits.map(|digits| (digits, digits.len())) {
            Some((digits, 6)) => Some(format!("#{}", digits.to_ascii_lowercase())),
            Some((digits, 3)) => Some(
                digits
                    .chars()
                    .flat_map(|digit| [digit, digit])
                    .fold("#".to_owned(), |color, digit| color + &digit.to_ascii_lowercase().to_string()),
            ),
            _ => {
                self.wrong(
                    value,
                    &format!("`{text}` is not a colour"),
                    "write `#` and six hexadecimal digits",
                );
                None
            }
        }
    }

    fn fonts(&mut self, root: &Node, appearance: &mut Appearance) {
        let Some(node) = self.object(root, "fonts") else { return };
        if node.get("heading").is_none() && node.get("body").is_none() {
            let font = self.font(node);
            appearance.body_font.clone_from(&font);
            appearance.heading_font = font;
            return;
        }
        self.known(node, "`fonts`", &[&["heading", "body"]]);
        if let Some(font) = self.object(node, "heading") {
            appearance.heading_font = self.font(font);
        }
        if let Some(font) = self.object(node, "body") {
            appearance.body_font = self.font(font);
        }
    }

    fn font(&mut self, node: &Node) -> Option<Font> {
        self.known(node, "a font", &[&["family", "weight", "source", "format"]]);
        let weight = match node.get("weight").map(|node| (node, &node.value)) {
            Some((_, Value::Number(Number::Integer(weight)))) => Some(*weight),
            Some((_, Value::Elided)) | None => None,
            Some((node, _)) => {
                self.wrong(node, "`weight` is not a whole number", "write one, such as `700`");
                None
            }
        };
        let (source, format) = (self.address(node, "source"), self.owned(node, "format"));
        self.needed(node, "family")?;
        Some(Font { family: self.owned(node, "family")?, weight, source, format })
    }

    /// A link of the header or of the footer.
    fn named_link(&mut self, node: &Node) -> Option<NamedLink> {
        self.known(node, "a link", &[&["label", "href", "icon", "type"]]);
        self.needed(node, "href")?;
        let href = self.address(node, "href")?;
        let kind = self.text(node, "type").unwrap_or_default();
        let named = NAMED.iter().find(|(name, _)| *name == kind);
        let label = self.owned(node, "label").filter(|label| !label.is_empty());
        let label = label.or_else(|| named.map(|(_, label)| (*label).to_owned()));
        let icon = self.icon(node).or_else(|| named.map(|(name, _)| (*name).to_owned()));
        Some(NamedLink { label: label.unwrap_or_else(|| href.clone()), href, icon })
    }

    fn footer(&mut self, root: &Node, appearance: &mut Appearance) {
        let Some(node) = self.object(root, "footer") else { return };
        self.known(node, "`footer`", &[&["socials", "links"]]);
        appearance.socials = self.texts(node, "socials");
        for column in self.list(node, "links") {
            self.known(column, "a column", &[&["header", "items"]]);
            let title = self.owned(column, "header");
            let links = self.list(column, "items").iter().filter_map(|link| self.named_link(link)).collect();
            appearance.columns.push(Column { title, links });
        }
    }

    fn banner(&mut self, root: &Node) -> Option<Banner> {
        let node = self.object(root, "banner")?;
        self.known(node, "`banner`", &[&["content", "dismissible", "type", "color"]]);
        self.needed(node, "content")?;
        Some(Banner {
            text: self.owned(node, "content")?,
            kind: self.one_of(node, "type", &["info", "warning", "critical"]).unwrap_or("info").to_owned(),
            dismissible: self.flag(node, "dismissible").unwrap_or_default(),
        })
    }

    fn seo(&mut self, root: &Node, appearance: &mut Appearance) {
        let Some(node) = self.object(root, "seo") else { return };
        self.known(node, "`seo`", &[&["metatags", "paths", "organization", "indexing", "trailingSlash"]]);
        appearance.meta = self.texts(node, "metatags");
        appearance.index_all = self.one_of(node, "indexing", &["navigable", "all"]) == Some("all");
        for folder in self.list(node, "paths") {
            self.known(folder, "a path", &[&["path", "metatags"]]);
            self.needed(folder, "path");
            if let Some(path) = self.owned(folder, "path") {
                let meta = self.texts(folder, "metatags");
                appearance.meta_of_folders.push((path.trim_matches('/').to_owned(), meta));
            }
        }
        appearance.meta_of_folders.sort_by_key(|(path, _)| path.len());
    }

    fn errors(&mut self, root: &Node, appearance: &mut Appearance) {
        let Some(errors) = self.object(root, "errors") else { return };
        self.known(errors, "`errors`", &[&["404"]]);
        let Some(node) = self.object(errors, "404") else { return };
        self.known(node, "`404`", &[&["redirect", "title", "description"]]);
        appearance.not_found_title = self.owned(node, "title");
        appearance.not_found_text = self.owned(node, "description");
        appearance.not_found_leads_home = self.flag(node, "redirect").unwrap_or_default();
    }

    pub(super) fn one_of<'a>(&mut self, node: &'a Node, key: &str, words: &[&str]) -> Option<&'a str> {
        let value = node.get(key)?;
        let text = self.text(node, key)?;
        if words.contains(&text) {
            return Some(text);
        }
        self.wrong(
            value,
            &format!("`{key}` cannot be `{text}`"),
            &format!("write `{}`", words.join("` or `")),
        );
        None
    }
}
