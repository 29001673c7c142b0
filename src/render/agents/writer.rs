//! Blocks as Markdown, written one after the other: what is open knows how its lines begin.

use super::inline::{Inline, Shape};

/// Deeper lines are not indented any further; no page of a person is deeper, and every line carries all of it.
const DEEPEST: usize = 120;

/// The largest number of an item that a parser reads, by the specification of `CommonMark`.
const LARGEST: u64 = 999_999_999;

/// Writes blocks into one text.
#[derive(Debug)]
pub(super) struct Writer {
    out: String,
    /// How each line begins.
    prefix: String,
    /// What is open, outermost first.
    frames: Vec<Frame>,
    /// So many of the frames are written; the others wait for what stands in them.
    opened: usize,
    /// The last block without blocks in it.
    leaf: Option<Block>,
}

/// Something that holds blocks.
#[derive(Debug)]
struct Frame {
    kind: Kind,
    /// What stands before its first line.
    marker: String,
    /// What stands before each further line.
    rest: &'static str,
    /// How often.
    times: usize,
    /// The last block in it.
    last: Option<Block>,
    /// The length of the prefix outside.
    outside: usize,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Page,
    Quote,
    List(List),
    Item,
    Definition(Spacing),
    Footnote,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct List {
    /// The number of the next item.
    next: Option<u64>,
    mark: char,
    spacing: Spacing,
}

/// Where blank lines stand in a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Spacing {
    /// Nowhere.
    Tight,
    /// Between its items and between the blocks of an item.
    Loose,
    /// Between the blocks of an item: a list of single items that nobody has made a list of. What else follows ends it.
    Single,
}

/// A block, as far as what stands beside it needs to know.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Block {
    /// Lines of text.
    Paragraph,
    /// `# a`
    Heading,
    /// A fence.
    Code,
    /// `> a`
    Quote,
    /// A list with this mark; whether it can stand directly below a paragraph.
    List(char, Below),
    /// An item of a list.
    Item,
    /// A table.
    Table,
    /// A line across.
    Rule,
    /// The text of a footnote.
    Footnote,
    /// A term that is defined.
    Term,
    /// What is said of it.
    Definition(Spacing),
}

/// Whether a block can stand directly below a paragraph.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Below {
    /// It begins there.
    Begins,
    /// It would be read as a line of the paragraph.
    Continues,
}

impl Writer {
    /// A writer of a page.
    pub(super) fn new() -> Self {
        let page =
            Frame { kind: Kind::Page, marker: String::new(), rest: "", times: 0, last: None, outside: 0 };
        Self { out: String::new(), prefix: String::new(), frames: vec![page], opened: 1, leaf: None }
    }

    /// What was written, with a newline at its end.
    pub(super) fn finish(mut self) -> String {
        while self.frames.len() > 1 {
            self.end();
        }
        if !self.out.is_empty() {
            self.out.push('\n');
        }
        self.out
    }

    /// How much was written so far, in bytes.
    pub(super) fn len(&self) -> usize {
        self.out.len()
    }

    /// Whether blocks stand in something else than the page.
    pub(super) fn is_nested(&self) -> bool {
        self.frames.len() > 1
    }

    /// Whether the innermost frame is a list of single items.
    pub(super) fn in_singles(&self) -> bool {
        self.list().is_some_and(|list| list.spacing == Spacing::Single)
    }

    /// Whether the innermost frame is a list.
    pub(super) fn in_list(&self) -> bool {
        self.list().is_some()
    }

    fn list(&self) -> Option<List> {
        match self.frames.last()?.kind {
            Kind::List(list) => Some(list),
            Kind::Page | Kind::Quote | Kind::Item | Kind::Definition(_) | Kind::Footnote => None,
        }
    }

    /// Begins a quote; `alert` is the name of its kind.
    pub(super) fn begin_quote(&mut self, alert: Option<&str>) {
        let marker = alert.map_or_else(|| "> ".to_owned(), |alert| format!("> [!{alert}]\n> "));
        self.push(Kind::Quote, marker, "> ", 1);
    }

    /// Begins a list, which is numbered from `first` on where there is one.
    pub(super) fn begin_list(&mut self, first: Option<u64>, spacing: Spacing) {
        // Two lists of one kind would be read as one.
        let before = match self.frames.last().and_then(|frame| frame.last) {
            Some(Block::List(mark, _)) => Some(mark),
            // Three equal marks in a line would be read as a rule.
            None if self.opened < self.frames.len() => {
                self.frames.last().and_then(|frame| frame.marker.chars().next())
            }
            _ => None,
        };
        let marks = if first.is_some() { ['.', ')'] } else { ['-', '*'] };
        let mark = marks.into_iter().find(|mark| before != Some(*mark)).unwrap_or('-');
        self.push(Kind::List(List { next: first, mark, spacing }), String::new(), "", 0);
    }

    /// Begins an item of the list that is open, with a number of its own where it has one.
    pub(super) fn begin_item(&mut self, number: Option<u64>) {
        let mut marker = "- ".to_owned();
        if let Some(Frame { kind: Kind::List(list), .. }) = self.frames.last_mut() {
            marker = match list.next {
                Some(next) => {
                    let number = number.unwrap_or(next).min(LARGEST);
                    list.next = Some(number + 1);
                    format!("{number}{} ", list.mark)
                }
                None => format!("{} ", list.mark),
            };
        }
        let width = marker.len();
        self.push(Kind::Item, marker, " ", width);
    }

    /// Begins the text of a footnote.
    pub(super) fn begin_footnote(&mut self, label: &str) {
        self.push(Kind::Footnote, format!("[^{label}]: "), " ", 4);
    }

    /// Begins what says something of a term.
    pub(super) fn begin_definition(&mut self, spacing: Spacing) {
        self.push(Kind::Definition(spacing), ": ".to_owned(), " ", 2);
    }

    fn push(&mut self, kind: Kind, marker: String, rest: &'static str, times: usize) {
        self.frames.push(Frame { kind, marker, rest, times, last: None, outside: 0 });
    }

    /// Ends the innermost frame; one that is empty is written all the same, lists apart.
    pub(super) fn end(&mut self) {
        if self.frames.len() < 2 {
            return;
        }
        if self.opened < self.frames.len() && !self.in_list() {
            self.open(None);
            let end = self.out.trim_end_matches(' ').len();
            self.out.truncate(end);
        }
        self.drop_frame();
    }

    /// Ends the innermost frame; one that is empty was never there.
    pub(super) fn end_or_drop(&mut self) {
        if self.frames.len() > 1 {
            self.drop_frame();
        }
    }

    fn drop_frame(&mut self) {
        if let Some(frame) = self.frames.pop()
            && self.opened > self.frames.len()
        {
            self.opened = self.frames.len();
            self.prefix.truncate(frame.outside);
        }
    }

    /// Writes words as a block.
    pub(super) fn words(&mut self, block: Block, marks: &str, inline: &Inline) {
        self.open(Some(block));
        self.out.push_str(marks);
        let shape = if block == Block::Heading { Shape::Heading } else { Shape::Paragraph };
        inline.write(&mut self.out, &self.prefix, shape);
        if inline.is_blank() {
            let end = self.out.trim_end_matches(' ').len();
            self.out.truncate(end);
        }
    }

    /// Writes a fence.
    pub(super) fn code(&mut self, info: &str, code: &str) {
        self.open(Some(Block::Code));
        let mark = if info.contains('`') { b'~' } else { b'`' };
        let mut longest = 2;
        let mut run = 0;
        for byte in code.bytes() {
            run = if byte == mark { run + 1 } else { 0 };
            longest = longest.max(run);
        }
        let marks: String = std::iter::repeat_n(char::from(mark), longest + 1).collect();
        self.out.push_str(&marks);
        self.out.push_str(info);
        for line in code.strip_suffix('\n').unwrap_or(code).split('\n').filter(|_| !code.is_empty()) {
            self.line(line.strip_suffix('\r').unwrap_or(line));
        }
        self.line(&marks);
    }

    /// Writes a line across.
    pub(super) fn rule(&mut self) {
        // In an item hyphens could be taken for its mark, or for the underline of its words.
        let marks = if self.is_nested() { "___" } else { "---" };
        self.open(Some(Block::Rule));
        self.out.push_str(marks);
    }

    /// Writes a table, line by line.
    pub(super) fn table(&mut self, lines: &[String]) {
        self.open(Some(Block::Table));
        let mut lines = lines.iter();
        if let Some(first) = lines.next() {
            self.out.push_str(first);
        }
        for line in lines {
            self.line(line);
        }
    }

    fn line(&mut self, line: &str) {
        self.out.push('\n');
        self.out.push_str(if line.is_empty() { self.prefix.trim_end() } else { &self.prefix });
        self.out.push_str(line);
    }

    /// Begins a line for a block, or for the frames that wait where there is none.
    fn open(&mut self, block: Option<Block>) {
        let level = self.opened - 1;
        let next = self.block_at(self.opened, block).or(block);
        if let Some(next) = next {
            self.separate(level, next);
        }
        while self.opened < self.frames.len() {
            let this = self.block_at(self.opened, block);
            if let Some(around) = self.frames.get_mut(self.opened - 1) {
                around.last = this;
            }
            let Some(frame) = self.frames.get_mut(self.opened) else { break };
            frame.outside = self.prefix.len();
            if self.prefix.len() < DEEPEST {
                let mut lines = frame.marker.split('\n');
                self.out.push_str(lines.next().unwrap_or_default());
                for line in lines {
                    self.out.push('\n');
                    self.out.push_str(&self.prefix);
                    self.out.push_str(line);
                }
                self.prefix.extend(std::iter::repeat_n(frame.rest, frame.times));
            }
            self.opened += 1;
        }
        if let Some(frame) = self.frames.last_mut().filter(|_| block.is_some()) {
            frame.last = block;
        }
        self.leaf = block;
    }

    /// The frame of this index as a block, in which `block` is the first one, where there is one.
    fn block_at(&self, index: usize, block: Option<Block>) -> Option<Block> {
        Some(match self.frames.get(index)?.kind {
            Kind::Page | Kind::Quote => Block::Quote,
            Kind::Item => Block::Item,
            Kind::Definition(spacing) => Block::Definition(spacing),
            Kind::Footnote => Block::Footnote,
            Kind::List(list) => {
                // Its first item has raised the number, and is the next frame.
                let is_first = list.next.is_none_or(|next| next == 2);
                let is_empty = block.is_none() && self.frames.len() == index + 2;
                Block::List(list.mark, if is_first && !is_empty { Below::Begins } else { Below::Continues })
            }
        })
    }

    /// Ends the line before a block in the frame of this index, with a blank line where it is needed.
    fn separate(&mut self, level: usize, next: Block) {
        let Some(frame) = self.frames.get(level) else { return };
        let Some(before) = frame.last else { return };
        let outer = level.checked_sub(1).and_then(|level| self.frames.get(level));
        let is_tight = match (frame.kind, outer.map(|frame| frame.kind)) {
            (Kind::List(list), _) => list.spacing != Spacing::Loose,
            (Kind::Item, Some(Kind::List(list))) => list.spacing == Spacing::Tight,
            (Kind::Definition(spacing), _) => spacing == Spacing::Tight,
            _ => next == Block::Definition(Spacing::Tight),
        };
        let is_open = matches!(self.leaf, Some(Block::Paragraph | Block::Table | Block::Term));
        let would_join = match next {
            Block::Paragraph
            | Block::Table
            | Block::Footnote
            | Block::Term
            | Block::List(_, Below::Continues) => is_open,
            Block::Quote => before == Block::Quote,
            Block::Definition(_)
            | Block::List(_, Below::Begins)
            | Block::Heading
            | Block::Code
            | Block::Item
            | Block::Rule => false,
        };
        // A blank line below a definition without a text would end the list.
        let is_kept = matches!(next, Block::Definition(_)) && self.leaf.is_none();
        self.out.push('\n');
        if would_join || !(is_tight || is_kept) {
            self.out.push_str(self.prefix.trim_end());
            self.out.push('\n');
        }
        self.out.push_str(&self.prefix);
    }
}
