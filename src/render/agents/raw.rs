//! Raw HTML as Markdown: links and images stay what they are, what only arranges is left out, texts are kept.

use crate::page::is_element;

use super::html::{self, Tag, Token};
use super::inline::{Inline, Part};
use super::lower::Lowering;

impl Lowering<'_> {
    /// HTML among blocks.
    pub(super) fn block_html(&mut self, html: &str) {
        // The text of an element whose lines are kept.
        let mut kept: Option<String> = None;
        for token in html::tokens(html) {
            match (token, &mut kept) {
                (Token::End(name), Some(code)) if name.eq_ignore_ascii_case("pre") => {
                    self.settle();
                    self.writer.code("", decoded(code).trim_matches('\n'));
                    kept = None;
                }
                (Token::Text(text), Some(code)) => code.push_str(text),
                (Token::Start(_) | Token::End(_), Some(_)) => {}
                (Token::Start(tag), None) if tag.name.eq_ignore_ascii_case("pre") => {
                    kept = Some(String::new());
                }
                (Token::Text(text), None) => self.html_text(text),
                (Token::Start(tag), None) => {
                    if !html::is_inline(tag.name)
                        && is_element(tag.name)
                        && !tag.name.eq_ignore_ascii_case("br")
                    {
                        self.divide();
                    }
                    self.html_tag(&tag);
                }
                (Token::End(name), None) => match html::heading(name) {
                    Some(level) if self.inline.is_some() && !self.in_line() => {
                        self.level = level;
                        self.end_heading();
                    }
                    _ if !html::is_inline(name) && is_element(name) => self.divide(),
                    _ => self.html_end(name),
                },
            }
        }
        if let Some(code) = kept {
            self.settle();
            self.writer.code("", decoded(&code).trim_matches('\n'));
        }
        self.divide();
    }

    /// HTML in a line of text.
    pub(super) fn inline_html(&mut self, html: &str) {
        for token in html::tokens(html) {
            match token {
                Token::Text(text) => self.html_text(text),
                Token::Start(tag) => self.html_tag(&tag),
                Token::End(name) => self.html_end(name),
            }
        }
    }

    /// Ends the words that are open, unless they stand in a cell.
    fn divide(&mut self) {
        if self.in_line() {
            self.words().push_text(" ");
        } else if self.inline.is_some() {
            self.settle();
        }
    }

    fn html_tag(&mut self, tag: &Tag<'_>) {
        match tag.name.to_ascii_lowercase().as_str() {
            "br" if self.in_line() => self.words().push_text(" "),
            "br" if self.inline.is_some() => self.words().push_break(Part::Hard),
            "img" => {
                let Some(source) = tag.attribute("src").filter(|source| !source.is_empty()) else { return };
                self.begin_link("![", &source, "");
                let alternative = tag.attribute("alt").unwrap_or_default();
                let words = self.words();
                words.push_text(&collapsed(&alternative));
                words.end_link();
            }
            "a" => {
                let target = tag.attribute("href").filter(|target| !target.is_empty());
                if let Some(target) = target.filter(|_| !self.inline.as_ref().is_some_and(Inline::in_link)) {
                    self.begin_link("[", &target, "");
                }
            }
            "iframe" | "video" | "audio" | "embed" => {
                if let Some(source) = tag.attribute("src").filter(|source| !source.is_empty()) {
                    self.begin_link("[", &source, "");
                    let title = tag.attribute("title").unwrap_or_else(|| source.clone());
                    let words = self.words();
                    words.push_text(&collapsed(&title));
                    words.end_link();
                }
            }
            name if is_element(name) => {}
            _ => self.words().push_text(tag.whole),
        }
    }

    fn html_end(&mut self, name: &str) {
        if !is_element(&name.to_ascii_lowercase()) {
            self.words().push_text(&format!("</{name}>"));
        } else if name.eq_ignore_ascii_case("a")
            && let Some(inline) = &mut self.inline
        {
            if inline.is_link_empty() {
                inline.drop_link();
            } else {
                inline.end_link();
            }
        }
    }

    /// Text with entities, which mean the same in Markdown.
    fn html_text(&mut self, text: &str) {
        let text = collapsed(text);
        if self.inline.is_none() && text.trim().is_empty() {
            return;
        }
        let words = self.words();
        let mut rest = text.as_str();
        while let Some(at) = rest.find('&') {
            let (before, entity) = rest.split_at(at);
            words.push_text(before);
            let length = super::escape::entity(entity.get(1..).unwrap_or_default());
            match length {
                Some(length) => words.push_raw(entity.get(..length + 1).unwrap_or_default()),
                None => words.push_text("&"),
            }
            rest = entity.get(length.map_or(1, |length| length + 1)..).unwrap_or_default();
        }
        words.push_text(rest);
    }
}

/// The text with single blanks between its words, as browsers show it.
pub(super) fn collapsed(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for letter in text.chars() {
        if !letter.is_ascii_whitespace() {
            out.push(letter);
        } else if !out.ends_with(' ') {
            out.push(' ');
        }
    }
    out
}

fn decoded(text: &str) -> String {
    text.replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&quot;", "\"")
        .replace("&#39;", "'")
        .replace("&amp;", "&")
}
