//! The words of one block: gathered as they come, written when the block ends and all neighbours are known.

use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd};

use super::escape::{Choice, Marks, guarded, is_escaped};
use super::line::Line;
use super::link;

/// Stands before a line while it is read.
const FIRST: &str = "x: ";

/// The words of a paragraph, a heading or a cell.
#[derive(Debug, Default)]
pub(super) struct Inline {
    /// What is said; a break is a newline, and there is no other one.
    pub(super) text: String,
    /// What it is made of, with the byte where each part ends.
    pub(super) parts: Vec<(Part, usize)>,
    /// The openers of emphasis that is not closed, as indexes of parts.
    emphasis: Vec<usize>,
    /// The links that are open.
    links: Vec<Open>,
}

/// A part of the words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Part {
    /// Text, to be read as it stands.
    Text,
    /// Text between brackets.
    Label,
    /// Markdown.
    Raw,
    /// A line ends.
    Soft,
    /// A line ends, and that is meant.
    Hard,
    /// A mark of emphasis, with the index of the part that closes it.
    Opener(usize),
    /// A mark of emphasis, with the index of the part that opens it.
    Closer(usize),
    /// A mark of emphasis that could not be read as one.
    Dropped,
}

/// How words are emphasised.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Emphasis {
    /// `*a*`
    Light,
    /// `**a**`
    Strong,
    /// `~~a~~`
    Struck,
}

/// A link or an image that is open.
#[derive(Debug)]
struct Open {
    end: String,
    /// The length of the text at its beginning.
    since: usize,
    /// It is written as it stands, between angle brackets.
    is_auto: bool,
}

/// What the words are written as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Shape {
    /// Lines.
    Paragraph,
    /// One line behind marks.
    Heading,
    /// One line between bars.
    Cell,
}

impl Inline {
    /// Nothing, in the room that was already taken.
    pub(super) fn emptied(mut self) -> Self {
        self.text.clear();
        self.parts.clear();
        self.emphasis.clear();
        self.links.clear();
        self
    }

    /// Whether nothing would be written.
    pub(super) fn is_blank(&self) -> bool {
        self.text.bytes().all(|byte| byte.is_ascii_whitespace())
    }

    /// Adds text.
    pub(super) fn push_text(&mut self, text: &str) {
        let part = match self.links.last() {
            Some(open) if open.is_auto => Part::Raw,
            Some(_) => Part::Label,
            None => Part::Text,
        };
        self.push_line(text);
        self.end(part);
    }

    /// Adds a line of Markdown, as titles of components have it; links keep their text, and what is no line stays as it is.
    pub(super) fn push_markdown(&mut self, text: &str) {
        // Behind a letter nothing is a list, a heading or a quote.
        let source = format!("{FIRST}{text}");
        let is_plain = !text.contains(['`', '*', '_', '~', '[', '\\']);
        let events: Vec<Event<'_>> = if is_plain {
            Vec::new()
        } else {
            Parser::new_ext(&source, Options::ENABLE_STRIKETHROUGH).collect()
        };
        let Some(first) = events.get(1).and_then(|event| match event {
            Event::Text(words) => words.strip_prefix(FIRST),
            _ => None,
        }) else {
            return self.push_text(text);
        };
        let is_line = |event: &Event<'_>| match event {
            Event::Start(tag) => matches!(
                tag,
                Tag::Paragraph | Tag::Emphasis | Tag::Strong | Tag::Strikethrough | Tag::Link { .. }
            ),
            Event::End(_) | Event::Text(_) | Event::InlineHtml(_) | Event::Code(_) => true,
            _ => false,
        };
        if !events.iter().all(is_line) {
            return self.push_text(text);
        }
        self.push_text(first);
        for event in events.iter().skip(2) {
            match event {
                Event::Text(words) | Event::InlineHtml(words) => self.push_text(words),
                Event::Code(code) => self.push_code(code),
                Event::Start(Tag::Emphasis) => self.begin_emphasis(Emphasis::Light),
                Event::End(TagEnd::Emphasis) => self.end_emphasis(Emphasis::Light),
                Event::Start(Tag::Strong) => self.begin_emphasis(Emphasis::Strong),
                Event::End(TagEnd::Strong) => self.end_emphasis(Emphasis::Strong),
                Event::Start(Tag::Strikethrough) => self.begin_emphasis(Emphasis::Struck),
                Event::End(TagEnd::Strikethrough) => self.end_emphasis(Emphasis::Struck),
                _ => {}
            }
        }
    }

    /// Adds Markdown.
    pub(super) fn push_raw(&mut self, markdown: &str) {
        self.text.push_str(markdown);
        self.end(Part::Raw);
    }

    /// Adds a code span.
    pub(super) fn push_code(&mut self, code: &str) {
        let mut longest = 0;
        let mut run = 0;
        for byte in code.bytes() {
            run = if byte == b'`' { run + 1 } else { 0 };
            longest = longest.max(run);
        }
        let marks = "`".repeat(longest + 1);
        let is_blank = code.bytes().all(|byte| byte == b' ');
        let is_padded = code.starts_with(' ') && code.ends_with(' ') && !is_blank;
        let blank = if code.starts_with('`') || code.ends_with('`') || is_padded { " " } else { "" };
        if matches!(self.parts.last(), Some((Part::Raw, _))) && self.text.ends_with('`') {
            // Two code spans side by side would be read as one.
            self.text.push(' ');
        }
        self.text.push_str(&marks);
        self.text.push_str(blank);
        self.push_line(code);
        self.text.push_str(blank);
        self.push_raw(&marks);
    }

    /// Adds a text as one line.
    fn push_line(&mut self, text: &str) {
        for (index, line) in text.split(['\n', '\r']).enumerate() {
            if index > 0 {
                self.text.push(' ');
            }
            self.text.push_str(line);
        }
    }

    /// Ends a line; `part` is one of the two breaks.
    pub(super) fn push_break(&mut self, part: Part) {
        self.text.push('\n');
        self.parts.push((part, self.text.len()));
    }

    /// Begins emphasis.
    pub(super) fn begin_emphasis(&mut self, emphasis: Emphasis) {
        self.emphasis.push(self.parts.len());
        self.text.push_str(emphasis.marks());
        self.parts.push((Part::Opener(0), self.text.len()));
    }

    /// Ends it.
    pub(super) fn end_emphasis(&mut self, emphasis: Emphasis) {
        let Some(opener) = self.emphasis.pop() else { return };
        let closer = self.parts.len();
        let Some((part, start)) = self.parts.get_mut(opener) else { return };
        let inner = self.text.get(*start..).unwrap_or_default();
        let is_read = !inner.is_empty() && !inner.starts_with([' ', '\n']) && !inner.ends_with([' ', '\n']);
        *part = if is_read { Part::Opener(closer) } else { Part::Dropped };
        self.text.push_str(emphasis.marks());
        self.parts.push((if is_read { Part::Closer(opener) } else { Part::Dropped }, self.text.len()));
    }

    /// Begins a link, or an image, whose text follows.
    pub(super) fn begin_link(&mut self, start: &str, target: &str, title: &str) {
        self.push_raw(start);
        let end = link::ending(target, title);
        self.links.push(Open { end, since: self.text.len(), is_auto: false });
    }

    /// Begins a link that shows its target; in another link it is a text.
    pub(super) fn begin_auto(&mut self) {
        if self.in_link() {
            self.links.push(Open { end: String::new(), since: self.text.len(), is_auto: false });
            return;
        }
        self.push_raw("<");
        self.links.push(Open { end: ">".to_owned(), since: self.text.len(), is_auto: true });
    }

    /// Ends the innermost link.
    pub(super) fn end_link(&mut self) {
        if let Some(open) = self.links.pop() {
            self.push_raw(&open.end);
        }
    }

    /// Whether a link or an image is open.
    pub(super) fn in_link(&self) -> bool {
        !self.links.is_empty()
    }

    /// Whether the innermost link has no text so far.
    pub(super) fn is_link_empty(&self) -> bool {
        self.links.last().is_some_and(|open| open.since == self.text.len())
    }

    /// Takes the innermost link back, which has no text.
    pub(super) fn drop_link(&mut self) {
        if self.links.pop().is_some()
            && let Some((part, end)) = self.parts.pop()
        {
            let start = self.parts.last().map_or(0, |(_, end)| *end);
            // The bracket may have joined what was written before it.
            let kept = if part == Part::Raw && end - start > 1 { end - 1 } else { start };
            self.text.truncate(kept);
            if kept > start {
                self.parts.push((part, kept));
            }
        }
    }

    /// Ends what is still open.
    pub(super) fn close(&mut self) {
        while !self.links.is_empty() {
            if self.is_link_empty() {
                self.drop_link();
            } else {
                self.end_link();
            }
        }
    }

    /// Writes it behind what stands in `out`; each further line begins with `prefix`.
    pub(super) fn write(&self, out: &mut String, prefix: &str, shape: Shape) {
        let marks = Marks::new(self, Choice::Beside);
        if !marks.is_dense || self.is_read_with(&marks) {
            return self.write_with(&marks, out, prefix, shape);
        }
        for choice in [Choice::Even, Choice::Odd] {
            let marks = Marks::new(self, choice);
            if self.is_read_with(&marks) {
                return self.write_with(&marks, out, prefix, shape);
            }
        }
        // Emphasis that has no spelling is left out: the words come first.
        let plain = self.without_emphasis();
        plain.write_with(&Marks::new(&plain, Choice::Beside), out, prefix, shape);
    }

    /// Whether a parser finds the same emphasis in what was written.
    fn is_read_with(&self, marks: &Marks) -> bool {
        let mut written = String::new();
        self.write_with(marks, &mut written, "", Shape::Heading);
        let parser = Parser::new_ext(&written, Options::ENABLE_STRIKETHROUGH);
        let found = parser.filter_map(|event| match event {
            Event::Start(Tag::Emphasis) => Some((true, "*")),
            Event::Start(Tag::Strong) => Some((true, "**")),
            Event::Start(Tag::Strikethrough) => Some((true, "~~")),
            Event::End(TagEnd::Emphasis) => Some((false, "*")),
            Event::End(TagEnd::Strong) => Some((false, "**")),
            Event::End(TagEnd::Strikethrough) => Some((false, "~~")),
            _ => None,
        });
        let mut start = 0;
        let meant = self.parts.iter().filter_map(|(part, end)| {
            let marks = self.text.get(std::mem::replace(&mut start, *end)..*end).unwrap_or_default();
            match part {
                Part::Opener(_) => Some((true, marks)),
                Part::Closer(_) => Some((false, marks)),
                Part::Text | Part::Label | Part::Raw | Part::Soft | Part::Hard | Part::Dropped => None,
            }
        });
        meant.eq(found)
    }

    fn without_emphasis(&self) -> Self {
        let mut plain = Self { text: self.text.clone(), parts: self.parts.clone(), ..Self::default() };
        for (part, _) in &mut plain.parts {
            if matches!(part, Part::Opener(_) | Part::Closer(_)) {
                *part = Part::Dropped;
            }
        }
        plain
    }

    fn write_with(&self, marks: &Marks, out: &mut String, prefix: &str, shape: Shape) {
        let mut line = Line { out, prefix, shape, broken: None, empty: 0, is_start: true };
        let mut ends_code = false;
        let mut start = 0;
        for (index, (part, end)) in self.parts.iter().enumerate() {
            let words = self.text.get(start..*end).unwrap_or_default();
            match part {
                Part::Text | Part::Label => self.write_text(&mut line, marks, (start, *part), words),
                Part::Raw => {
                    // The words of a task begin behind its mark.
                    let is_start = line.is_start && matches!(words, "[x] " | "[ ] ");
                    // Emphasis that is left out has brought two code spans together.
                    if ends_code && words.starts_with('`') {
                        line.push(' ');
                    }
                    line.push_str(words);
                    line.is_start = is_start;
                }
                Part::Soft => line.end(Part::Soft),
                Part::Hard => line.end(Part::Hard),
                Part::Opener(_) | Part::Closer(_) if marks.is_low(index) => {
                    line.push_str(&words.replace('*', "_"));
                }
                Part::Opener(_) | Part::Closer(_) => line.push_str(words),
                Part::Dropped => {}
            }
            ends_code = match part {
                Part::Raw => words.ends_with('`'),
                Part::Dropped => ends_code,
                Part::Text | Part::Label | Part::Soft | Part::Hard | Part::Opener(_) | Part::Closer(_) => {
                    false
                }
            };
            start = *end;
        }
        while line.out.ends_with([' ', '\t']) && !line.is_start {
            line.out.pop();
        }
    }

    fn write_text(&self, line: &mut Line<'_>, marks: &Marks, (start, part): (usize, Part), words: &str) {
        let mut guard = 0..0;
        let mut next = 0;
        while let Some(rest) = words.get(next..)
            && let Some(letter) = rest.chars().next()
        {
            let at = start + next;
            // Most letters mean nothing but themselves.
            let plain = if line.is_start { 0 } else { plain(rest) };
            if plain > 0 && at >= guard.end {
                line.push_str(rest.get(..plain).unwrap_or_default());
                next += plain;
                continue;
            }
            next += letter.len_utf8();
            if line.is_start {
                if letter == ' ' || letter == '\t' {
                    continue;
                }
                let rest = self.text.get(at..).unwrap_or_default();
                let whole = rest.split('\n').next().unwrap_or_default();
                if let Some(found) = guarded(whole).filter(|_| line.shape == Shape::Paragraph) {
                    guard = at + found.start..at + found.end;
                }
            }
            let escaped = guard.contains(&at)
                || marks.is_escaped(at, letter)
                || is_escaped(&self.text, at, (start, part), line.shape);
            // A bar is escaped by the line itself.
            if escaped && !(letter == '|' && line.shape == Shape::Cell) {
                line.push('\\');
            }
            line.push(letter);
        }
    }

    fn end(&mut self, part: Part) {
        let end = self.text.len();
        match self.parts.last_mut() {
            Some((last, at)) if *last == part => *at = end,
            _ => self.parts.push((part, end)),
        }
    }
}

impl Emphasis {
    fn marks(self) -> &'static str {
        match self {
            Self::Light => "*",
            Self::Strong => "**",
            Self::Struck => "~~",
        }
    }
}

/// By byte, whether it may mean more than itself in Markdown.
const MEANT: [bool; 256] = {
    let mut meant = [false; 256];
    let marks = b"\\`*_~<&[]!(:#}|";
    let mut index = 0;
    while index < marks.len() {
        meant[marks[index] as usize] = true;
        index += 1;
    }
    meant
};

/// The length of the letters at the beginning of a text that mean nothing but themselves in Markdown.
fn plain(text: &str) -> usize {
    text.bytes().position(|byte| MEANT[usize::from(byte)]).unwrap_or(text.len())
}
