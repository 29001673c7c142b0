//! Makes the view of a page that the Markdown parser reads: components become marks that it knows how to pass over.
//!
//! 1. A cursor walks over the lines with a stack of what is open: quotes, list items, components.
//! 2. The tag of a component that stands where a block can begin becomes a processing instruction on a line of its
//!    own, which ends a paragraph and needs no blank lines; one in a line of text becomes a tag of its own kind.
//! 3. What stands inside a component loses its indentation. Every run knows where it was copied from.
//!
//! So the page stays one document, in which references, footnotes and anchors work across components.

mod html;
mod module;
mod output;
mod tags;
mod text;
mod verbatim;

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::sync::Arc;

use super::components::{Component, Names, Place};
use super::expression::Expression;
use super::jsx::HtmlTag;
use super::lines::{Cursor, Lines};
use super::module::Module;
use super::regions::Regions;
use crate::diagnostics::Problem;
use crate::source::{Excerpt, ExcerptBuilder, Source, Span};

/// How deep components, lists and quotes are followed.
const DEEPEST: usize = 64;

/// How often a page may be read through for statements that never end.
const IN_VAIN: usize = 64;

/// A page as the Markdown parser is to read it.
#[derive(Debug)]
pub(super) struct Scanned {
    /// The text, which points back.
    pub(super) view: Excerpt,
    /// The marks in the view, in order.
    pub(super) marks: Vec<Mark>,
    /// The components in the order of their opening tags.
    pub(super) components: Vec<Component>,
    /// The names in braces in the text.
    pub(super) expressions: Vec<Expression>,
    /// The tags of HTML with variables.
    pub(super) tags: Vec<HtmlTag>,
    /// What the page imports and exports.
    pub(super) module: Module,
    /// What is wrong with all of them; spans are those of the file.
    pub(super) problems: Vec<Problem>,
    /// The tags of HTML that are written anew: where in the view, and where their places in the file begin.
    pub(super) rewritten: Vec<(Range<usize>, usize)>,
    /// The fences in the view that the page never closes, by their starts, with the ends that they are given.
    pub(super) unclosed: BTreeMap<usize, usize>,
}

/// A place in the view that stands for a tag or a comment.
#[derive(Clone, Debug)]
pub(super) struct Mark {
    /// Where it stands in the view.
    pub(super) span: Range<usize>,
    /// Where the tag or comment stands in the file.
    pub(super) at: usize,
    /// What it stands for.
    pub(super) what: What,
    /// Whether it is a block.
    pub(super) place: Place,
}

/// What a mark stands for; numbers are indexes of components.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum What {
    Start(usize),
    End(usize),
    /// Start and end.
    Whole(usize),
    /// An expression.
    Expression(usize),
    /// A tag of HTML with variables.
    Tag(usize),
    /// Nothing that is shown.
    Nothing,
}

impl What {
    /// The index of the component.
    pub(super) fn component(self) -> Option<usize> {
        match self {
            Self::Start(index) | Self::End(index) | Self::Whole(index) => Some(index),
            Self::Expression(_) | Self::Tag(_) | Self::Nothing => None,
        }
    }
}

/// The page from the byte `start` on, without any component.
pub(super) fn plain(source: &Arc<Source>, start: usize) -> Scanned {
    Scanned {
        view: Excerpt::verbatim(source, Span::new(start, source.text().len())),
        marks: Vec::new(),
        components: Vec::new(),
        expressions: Vec::new(),
        tags: Vec::new(),
        module: Module::default(),
        problems: Vec::new(),
        rewritten: Vec::new(),
        unclosed: BTreeMap::new(),
    }
}

/// The page from the byte `start` on; what begins at one of the places `refused` is text.
pub(super) fn scan(source: &Arc<Source>, start: usize, names: &Names, refused: &BTreeSet<usize>) -> Scanned {
    let text = source.text();
    if !text.get(start..).is_some_and(is_of_interest) {
        return plain(source, start);
    }
    let mut scanner = Scanner {
        text,
        lines: Lines::new(text, start),
        names,
        is_snippet: source.path().split('/').any(|folder| folder == "snippets"),
        refused,
        regions: None,
        out: ExcerptBuilder::new(source, Span::at(start).start),
        line: Line::default(),
        at: start,
        column: 0,
        stack: Vec::new(),
        inline: Vec::new(),
        no_more_comments: false,
        paragraph: false,
        html: false,
        marks: Vec::new(),
        components: Vec::new(),
        expressions: Vec::new(),
        tags: Vec::new(),
        module: Module::default(),
        budget: text.len() * IN_VAIN,
        rewritten: Vec::new(),
        fragments: 0,
        next_fragment: None,
        wrapping: Vec::new(),
        problems: Vec::new(),
        unclosed: BTreeMap::new(),
    };
    while scanner.at < text.len() {
        scanner.line();
    }
    scanner.line = Line { start: text.len(), state: State::Fresh, verbatim: false };
    scanner.end_inline();
    scanner.pop(0);
    scanner.know();
    Scanned {
        view: scanner.out.finish(),
        marks: scanner.marks,
        components: scanner.components,
        expressions: scanner.expressions,
        tags: scanner.tags,
        module: scanner.module,
        problems: scanner.problems,
        rewritten: scanner.rewritten,
        unclosed: scanner.unclosed,
    }
}

/// Whether a text may hold a component, an expression or a statement; most pages of others hold none.
fn is_of_interest(text: &str) -> bool {
    let is_tag = |pair: &[u8]| match pair {
        [b'<', next] => next.is_ascii_alphabetic() || *next == b'>',
        [b'/', next] => next.is_ascii_uppercase() || *next == b'>',
        [b'{', next] => next.is_ascii_alphabetic() || matches!(next, b'/' | b' ' | b'$' | b'_'),
        _ => false,
    };
    text.as_bytes().windows(2).any(is_tag) || text.lines().any(super::module::begins)
}

/// What is open.
#[derive(Clone, Copy, Debug)]
enum Container {
    /// A quote; its mark stands in this column of the view.
    Quote { out: usize },
    /// A list item; its content stands in these columns of the file and of the view.
    Item { inside: usize, out: usize },
    /// A component; the leftmost column of its content so far, and the column of the view where that stands.
    Component { index: usize, inside: Option<usize>, out: usize },
}

/// How far the current line of the view is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    /// Nothing stands there.
    Fresh,
    /// List and quote marks stand there.
    Marked,
    /// Text stands there.
    Filled,
}

/// The current line.
#[derive(Clone, Copy, Debug)]
struct Line {
    /// Where it begins in the file.
    start: usize,
    state: State,
    /// It is copied as it stands, from its start on.
    verbatim: bool,
}

impl Default for Line {
    fn default() -> Self {
        Self { start: 0, state: State::Fresh, verbatim: true }
    }
}

struct Scanner<'a> {
    text: &'a str,
    lines: Lines<'a>,
    names: &'a Names,
    /// The file stands in a folder of snippets, whose names may be parameters.
    is_snippet: bool,
    refused: &'a BTreeSet<usize>,
    /// The tags that are closed, found when the first unknown one stands there.
    regions: Option<Regions>,
    out: ExcerptBuilder,
    line: Line,
    at: usize,
    /// Columns behind the last `>`.
    column: usize,
    stack: Vec<Container>,
    /// The components that are open in the lines of this paragraph.
    inline: Vec<usize>,
    /// No comment in braces ends in the rest of the text.
    no_more_comments: bool,
    /// The line before belongs to a paragraph that may go on.
    paragraph: bool,
    /// The line before belongs to an HTML block that ends at a blank line.
    html: bool,
    marks: Vec<Mark>,
    components: Vec<Component>,
    expressions: Vec<Expression>,
    tags: Vec<HtmlTag>,
    module: Module,
    /// How many bytes may still be read as statements in vain.
    budget: usize,
    rewritten: Vec<(Range<usize>, usize)>,
    /// How many fragments, `<>`, are open.
    fragments: usize,
    /// Where the next `</>` stands behind the last `<>`; beyond the text where none does.
    next_fragment: Option<usize>,
    /// What is left out of the text of a style.
    wrapping: Vec<Span>,
    problems: Vec<Problem>,
    unclosed: BTreeMap<usize, usize>,
}

impl Scanner<'_> {
    /// Steps over a line, and over all that begins on it.
    fn line(&mut self) {
        self.line = Line { start: self.at, state: State::Fresh, verbatim: self.component().is_none() };
        self.column = 0;
        let matched = self.matched();
        self.blanks();
        if self.rest().is_empty() {
            self.blank(matched);
        } else if matched < self.stack.len() && self.paragraph && !self.begins_block() {
            self.run_on();
        } else {
            if matched < self.stack.len() {
                self.end_inline();
                self.pop(matched);
                self.html = false;
            }
            while self.block() {}
        }
    }

    /// How many of the open containers go on in this line; steps over their marks.
    fn matched(&mut self) -> usize {
        let last = self.stack.iter().rposition(|open| matches!(open, Container::Component { .. }));
        for depth in 0..self.stack.len() {
            let mut cursor = self.cursor();
            cursor.blanks();
            match self.stack.get(depth) {
                Some(Container::Quote { .. }) => {
                    if !cursor.quote() {
                        return depth;
                    }
                    self.column = 0;
                    self.at = self.line_start() + cursor.at;
                }
                // What is indented less still belongs to an item in which a component is open.
                Some(Container::Item { inside, .. }) if last.is_none_or(|last| last < depth) => {
                    let is_left = !cursor.rest().is_empty() && cursor.column < *inside;
                    if is_left {
                        return depth;
                    }
                }
                _ => {}
            }
        }
        self.stack.len()
    }

    fn blank(&mut self, matched: usize) {
        if matched < self.stack.len() {
            self.pop(matched);
        }
        self.end_inline();
        self.paragraph = false;
        self.html = false;
        self.rest_of_line();
    }

    /// One block that begins at the cursor; whether another may begin on the same line.
    fn block(&mut self) -> bool {
        self.blanks();
        let rest = self.rest();
        if rest.is_empty() {
            self.rest_of_line();
            return false;
        }
        let (inside, _) = self.base();
        let in_component = self.component().is_some();
        // Behind a tag on the same line, columns mean nothing.
        let is_behind = self.line.start == usize::MAX;
        if !in_component && !is_behind && self.column >= inside + 4 && !self.paragraph {
            // In raw HTML, columns mean nothing.
            return !self.hidden_fence() && if self.html { self.run_on() } else { self.code() };
        }
        self.draw_back();
        if self.verbatim_block(rest)
            || self.comment(rest)
            || self.statement(rest)
            || self.fragment_line(rest)
            || self.fence()
        {
            return false;
        }
        if let Some(goes_on) = self.block_tag() {
            return goes_on;
        }
        if !is_break(rest) && self.stack.len() < DEEPEST && (self.quote() || self.item()) {
            return true;
        }
        self.run_on()
    }

    /// What is indented less than the content of its component so far moves its border.
    fn draw_back(&mut self) {
        let column = self.column;
        if let Some(Container::Component { inside, .. }) = self.stack.last_mut() {
            *inside = Some(inside.map_or(column, |inside| inside.min(column)));
        }
    }

    /// Indented code.
    fn code(&mut self) -> bool {
        self.copy_line();
        self.paragraph = false;
        false
    }

    fn quote(&mut self) -> bool {
        let mut cursor = self.cursor();
        if !cursor.quote() {
            return false;
        }
        self.end_inline();
        let out = self.mark_containers(cursor.at);
        self.column = 0;
        self.stack.push(Container::Quote { out });
        self.paragraph = false;
        true
    }

    fn item(&mut self) -> bool {
        let mut cursor = self.cursor();
        let column = cursor.column;
        let rest = cursor.rest();
        // An item without text cannot interrupt a paragraph, and is of no use here.
        if !cursor.item() {
            return false;
        }
        let width = cursor.column - column;
        let marks = cursor.at;
        let mut inner = Cursor::resumed(self.line_text(), cursor.at, cursor.column);
        inner.blanks();
        let blanks = inner.column - cursor.column;
        if inner.rest().is_empty() || rest.is_empty() {
            return false;
        }
        self.end_inline();
        let spaces = if blanks > 4 { 1 } else { blanks };
        let end = if blanks > 4 { marks + 1 } else { inner.at };
        let out = self.mark_containers(end) + width + spaces;
        self.column = column + width + spaces;
        self.stack.push(Container::Item { inside: self.column, out });
        self.paragraph = false;
        true
    }
}

/// Whether a line is a thematic break, which looks like a list.
fn is_break(line: &str) -> bool {
    let mut marks = line.bytes().filter(|byte| !byte.is_ascii_whitespace());
    let Some(first) = marks.next().filter(|byte| matches!(byte, b'-' | b'*' | b'_')) else { return false };
    let mut count = 1;
    for mark in marks {
        if mark != first {
            return false;
        }
        count += 1;
    }
    count >= 3
}
