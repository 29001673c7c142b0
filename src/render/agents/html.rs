//! Raw HTML as a sequence of tags and texts, read as loosely as browsers do.

/// A piece of HTML.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Token<'a> {
    /// What stands between tags, with its entities.
    Text(&'a str),
    /// An opening tag.
    Start(Tag<'a>),
    /// The name of a closing tag.
    End(&'a str),
}

/// An opening tag.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Tag<'a> {
    /// Its name as written.
    pub(super) name: &'a str,
    /// What stands behind the name.
    attributes: &'a str,
    /// All of it.
    pub(super) whole: &'a str,
}

/// Elements that hold no text of the page.
const SILENT: [&str; 6] = ["head", "math", "script", "style", "svg", "template"];

/// Elements that stand in a line of text.
const INLINE: [&str; 34] = [
    "a", "abbr", "b", "bdi", "bdo", "big", "button", "cite", "code", "data", "del", "dfn", "em", "font", "i",
    "img", "ins", "kbd", "label", "mark", "picture", "q", "s", "samp", "small", "source", "span", "strong",
    "sub", "sup", "time", "u", "var", "wbr",
];

/// So many tags may be looked through to the end of the text in vain; after that, tags are text.
const PATIENCE: usize = 50;

/// The tokens of a text; comments, declarations and what is no text of the page are left out.
pub(super) fn tokens(html: &str) -> Vec<Token<'_>> {
    let mut tokens = Vec::new();
    let mut rest = html;
    let mut failures = 0;
    while !rest.is_empty() {
        let Some(at) = rest.find('<') else {
            tokens.push(Token::Text(rest));
            break;
        };
        let (before, tag) = rest.split_at(at);
        if !before.is_empty() {
            tokens.push(Token::Text(before));
        }
        rest = if let Some(end) = unseen(tag) {
            end
        } else if let Some((token, behind)) = token(tag, &mut failures).filter(|_| failures < PATIENCE) {
            tokens.push(token);
            match token {
                Token::Start(start) if start.is_silent() => behind_element(start.name, behind, &mut failures),
                Token::Start(_) | Token::End(_) | Token::Text(_) => behind,
            }
        } else {
            let (sign, behind) = tag.split_at(1);
            tokens.push(Token::Text(sign));
            behind
        };
    }
    tokens
}

/// What stands behind a comment, a declaration or an instruction.
fn unseen(text: &str) -> Option<&str> {
    let (start, end) = [("<!--", "-->"), ("<![CDATA[", "]]>"), ("<?", "?>"), ("<!", ">")]
        .into_iter()
        .find(|(start, _)| text.starts_with(start))?;
    let inner = text.get(start.len()..)?;
    Some(inner.split_once(end).map_or("", |(_, behind)| behind))
}

fn token<'a>(text: &'a str, failures: &mut usize) -> Option<(Token<'a>, &'a str)> {
    let inner = text.get(1..)?;
    let (is_end, inner) = inner.strip_prefix('/').map_or((false, inner), |inner| (true, inner));
    let length = inner
        .bytes()
        .take_while(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b':' | b'.'))
        .count();
    if !inner.starts_with(|letter: char| letter.is_ascii_alphabetic()) {
        return None;
    }
    let (name, behind) = inner.split_at(length);
    let end = tag_end(behind, failures)?;
    let (attributes, behind) = (behind.get(..end)?, behind.get(end + 1..)?);
    let whole = text.get(..text.len() - behind.len())?;
    let token = if is_end { Token::End(name) } else { Token::Start(Tag { name, attributes, whole }) };
    Some((token, behind))
}

/// Where the `>` of a tag stands; one in quotes is none.
fn tag_end(text: &str, failures: &mut usize) -> Option<usize> {
    if *failures >= PATIENCE {
        return None;
    }
    let mut quote = None;
    for (at, byte) in text.bytes().enumerate() {
        match (quote, byte) {
            (Some(open), byte) if open == byte => quote = None,
            (None, b'"' | b'\'') => quote = Some(byte),
            (None, b'>') => return Some(at),
            _ => {}
        }
    }
    *failures += 1;
    text.find('>')
}

/// What stands behind an element, whose opening tag was read.
fn behind_element<'a>(name: &str, text: &'a str, failures: &mut usize) -> &'a str {
    let mut rest = text;
    while let Some(at) = rest.find("</") {
        let behind = rest.get(at + 2..).unwrap_or_default();
        let is_own = behind.get(..name.len()).is_some_and(|end| end.eq_ignore_ascii_case(name));
        rest = behind;
        if is_own {
            return behind.split_once('>').map_or("", |(_, behind)| behind);
        }
    }
    *failures += 1;
    text
}

impl Tag<'_> {
    fn is_silent(&self) -> bool {
        SILENT.iter().any(|name| name.eq_ignore_ascii_case(self.name)) && !self.attributes.ends_with('/')
    }

    /// The value of an attribute, its entities decoded as far as they stand in addresses.
    pub(super) fn attribute(&self, name: &str) -> Option<String> {
        let mut rest = self.attributes;
        loop {
            rest = rest.trim_start_matches(|letter: char| letter.is_whitespace() || letter == '/');
            let length = rest
                .find(|letter: char| letter.is_whitespace() || matches!(letter, '=' | '/'))
                .unwrap_or(rest.len());
            if length == 0 && !rest.starts_with('=') {
                return None;
            }
            let (key, behind) = rest.split_at(length);
            let (value, behind) = value(behind);
            if key.eq_ignore_ascii_case(name) {
                return Some(decoded(value.unwrap_or_default()));
            }
            rest = behind;
        }
    }
}

/// The value behind the name of an attribute, and what follows.
fn value(text: &str) -> (Option<&str>, &str) {
    let Some(text) = text.trim_start().strip_prefix('=').map(str::trim_start) else { return (None, text) };
    for quote in ['"', '\''] {
        if let Some(inner) = text.strip_prefix(quote) {
            let (value, behind) = inner.split_once(quote).unwrap_or((inner, ""));
            return (Some(value), behind);
        }
    }
    let end = text.find(char::is_whitespace).unwrap_or(text.len());
    let (value, behind) = text.split_at(end);
    (Some(value), behind)
}

fn decoded(value: &str) -> String {
    if !value.contains('&') {
        return value.to_owned();
    }
    value.replace("&quot;", "\"").replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
}

/// Whether an element stands in a line of text.
pub(super) fn is_inline(name: &str) -> bool {
    INLINE.iter().any(|known| known.eq_ignore_ascii_case(name))
}

/// The level of a heading.
pub(super) fn heading(name: &str) -> Option<u8> {
    match name.as_bytes() {
        [b'h' | b'H', level @ b'1'..=b'6'] => Some(level - b'0'),
        _ => None,
    }
}
