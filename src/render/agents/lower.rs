//! The pieces of a page as Markdown without components, in one pass.

use std::fmt::Write as _;

use pulldown_cmark::{Alignment, BlockQuoteKind, LinkType, TagEnd};

use crate::page::{Event, Fence, Piece, Tag, Target};
use crate::site::SitePage;

use super::Agents;
use super::components::Opened;
use super::inline::{Emphasis, Inline, Part, Shape};
use super::writer::{Block, Spacing, Writer};

/// Writes the pieces of pages.
pub(super) struct Lowering<'a> {
    pub(super) agents: &'a Agents<'a>,
    /// The page whose pieces are written.
    pub(super) page: &'a SitePage,
    pub(super) writer: Writer,
    /// The words of the block that is open.
    pub(super) inline: Option<Inline>,
    /// The room of the words before.
    spare: Inline,
    /// The words are a title, which the next paragraph joins.
    pub(super) joins: bool,
    /// The words are those of a heading.
    in_heading: bool,
    /// The level of the heading that stands above.
    pub(super) level: u8,
    /// How the components that are open end.
    pub(super) open: Vec<Opened>,
    /// The component of this depth is left out.
    pub(super) skipped: Option<usize>,
    /// Raw HTML that goes on.
    html: String,
    /// The text of a code block without a fence.
    code: Option<(String, String)>,
    table: Option<Table>,
    /// The indexes of the pieces that begin loose lists.
    loose: Vec<usize>,
    /// The lists of definitions that are open.
    definitions: Vec<Spacing>,
}

/// A table that is open.
struct Table {
    alignments: Vec<Alignment>,
    lines: Vec<String>,
    row: String,
}

impl<'a> Lowering<'a> {
    /// Nothing so far.
    pub(super) fn new(agents: &'a Agents<'a>, page: &'a SitePage) -> Self {
        Self {
            agents,
            page,
            writer: Writer::new(),
            inline: None,
            spare: Inline::default(),
            joins: false,
            in_heading: false,
            level: 1,
            open: Vec::new(),
            skipped: None,
            html: String::new(),
            code: None,
            table: None,
            loose: loose(page),
            definitions: Vec::new(),
        }
    }

    /// What was written.
    pub(super) fn finish(mut self) -> String {
        self.flush_html();
        self.settle();
        self.writer.finish()
    }

    /// Writes the pieces of the page from one index up to another.
    pub(super) fn pieces(&mut self, from: usize, to: usize) {
        let pieces = &self.page.page.pieces;
        for (index, (piece, _)) in pieces.iter().enumerate().take(to).skip(from) {
            self.piece(index, piece);
        }
    }

    fn piece(&mut self, index: usize, piece: &'a Piece) {
        if self.skipped.is_some() && !matches!(piece, Piece::ComponentStart(_) | Piece::ComponentEnd(_)) {
            return;
        }
        if let Piece::Markdown(Event::Html(html)) = piece {
            self.html.push_str(html);
            return;
        }
        self.flush_html();
        let page = &self.page.page;
        match piece {
            Piece::Markdown(event) => self.markdown(index, event),
            Piece::HeadingStart(heading) => {
                self.settle();
                self.level = page.headings.get(*heading).map_or(self.level, |heading| heading.level);
                self.inline = Some(std::mem::take(&mut self.spare));
                self.in_heading = true;
            }
            Piece::HeadingEnd(_) => self.end_heading(),
            Piece::Fence(fence) => {
                if let Some(fence) = page.fences.get(*fence) {
                    self.fence(fence);
                }
            }
            Piece::ComponentStart(component) => {
                if let Some(component) = page.components.get(*component) {
                    self.begin_component(component, index);
                }
            }
            Piece::ComponentEnd(_) => self.end_component(),
            Piece::Expression(index) => {
                if let Some(expression) = page.expressions.get(*index) {
                    self.words().push_text(&expression.text);
                }
            }
            // A page as its readers see it has none.
            Piece::Tag(_) => {}
        }
    }

    fn markdown(&mut self, index: usize, event: &'a Event) {
        match event {
            Event::Start(tag) => self.start(index, tag),
            Event::End(tag) => self.end(*tag),
            Event::Text(text) => match &mut self.code {
                Some((_, code)) => code.push_str(text),
                None => self.words().push_text(text),
            },
            Event::Code(code) => self.words().push_code(code),
            Event::InlineMath(math) => self.words().push_raw(&format!("${math}$")),
            Event::DisplayMath(math) => self.words().push_raw(&format!("$${}$$", math.replace('\n', " "))),
            Event::Html(html) | Event::InlineHtml(html) => self.inline_html(html),
            Event::FootnoteReference(label) => self.words().push_raw(&format!("[^{label}]")),
            Event::SoftBreak => self.words().push_break(Part::Soft),
            Event::HardBreak => self.words().push_break(Part::Hard),
            Event::Rule => {
                self.settle();
                self.writer.rule();
            }
            Event::TaskListMarker(done) => self.words().push_raw(if *done { "[x] " } else { "[ ] " }),
        }
    }

    fn start(&mut self, index: usize, tag: &'a Tag) {
        match tag {
            Tag::Paragraph if self.joins => {}
            Tag::Paragraph | Tag::DefinitionListTitle => self.begin_words(),
            Tag::TableCell => {
                self.settle();
                self.inline = Some(std::mem::take(&mut self.spare));
            }
            Tag::Heading(level) => {
                self.begin_words();
                self.level = *level as u8;
            }
            Tag::BlockQuote(kind) => {
                self.settle();
                self.writer.begin_quote(kind.map(alert));
            }
            Tag::CodeBlock(info) => {
                self.settle();
                let info = info.as_ref().map(ToString::to_string).unwrap_or_default();
                self.code = Some((info, String::new()));
            }
            Tag::List(first) => {
                self.settle();
                let is_loose = self.loose.binary_search(&index).is_ok();
                self.writer.begin_list(*first, if is_loose { Spacing::Loose } else { Spacing::Tight });
            }
            Tag::Item => {
                self.settle();
                self.writer.begin_item(None);
            }
            Tag::FootnoteDefinition(label) => {
                self.settle();
                self.writer.begin_footnote(label);
            }
            Tag::DefinitionListDefinition => {
                self.settle();
                self.writer.begin_definition(self.definitions.last().copied().unwrap_or(Spacing::Tight));
            }
            Tag::Table(alignments) => {
                self.settle();
                let alignments = alignments.to_vec();
                self.table = Some(Table { alignments, lines: Vec::new(), row: String::new() });
            }
            Tag::Emphasis => self.words().begin_emphasis(Emphasis::Light),
            Tag::Strong => self.words().begin_emphasis(Emphasis::Strong),
            Tag::Strikethrough => self.words().begin_emphasis(Emphasis::Struck),
            Tag::Link(target) => self.begin_target(index, target),
            Tag::Image(target) => self.begin_link("![", &target.address, &target.title),
            Tag::DefinitionList => {
                let is_loose = self.loose.binary_search(&index).is_ok();
                self.definitions.push(if is_loose { Spacing::Loose } else { Spacing::Tight });
            }
            Tag::HtmlBlock
            | Tag::TableHead
            | Tag::TableRow
            | Tag::Superscript
            | Tag::Subscript
            | Tag::MetadataBlock(_) => {}
        }
    }

    fn begin_target(&mut self, index: usize, target: &Target) {
        let address = target.address.as_ref();
        match target.kind {
            LinkType::Autolink | LinkType::Email if self.is_shown_whole(index, address) => {
                self.words().begin_auto();
            }
            LinkType::Email => self.words().begin_link("[", &format!("mailto:{address}"), ""),
            _ => self.begin_link("[", address, &target.title),
        }
    }

    fn end(&mut self, tag: TagEnd) {
        match tag {
            TagEnd::Paragraph => self.end_words(),
            TagEnd::Heading(_) => self.end_heading(),
            TagEnd::DefinitionListTitle => self.end_block(Block::Term),
            TagEnd::BlockQuote(_)
            | TagEnd::List(_)
            | TagEnd::Item
            | TagEnd::FootnoteDefinition
            | TagEnd::DefinitionListDefinition => {
                self.settle();
                self.writer.end();
            }
            TagEnd::CodeBlock => {
                if let Some((info, code)) = self.code.take() {
                    self.writer.code(&info, &code);
                }
            }
            TagEnd::TableCell => self.end_cell(),
            TagEnd::TableHead | TagEnd::TableRow => {
                if let Some(table) = &mut self.table {
                    table.end_row();
                }
            }
            TagEnd::Table => {
                self.inline = None;
                if let Some(table) = self.table.take() {
                    self.writer.table(&table.lines);
                }
            }
            TagEnd::Emphasis => self.words().end_emphasis(Emphasis::Light),
            TagEnd::Strong => self.words().end_emphasis(Emphasis::Strong),
            TagEnd::Strikethrough => self.words().end_emphasis(Emphasis::Struck),
            TagEnd::Link | TagEnd::Image => self.words().end_link(),
            TagEnd::DefinitionList => {
                self.definitions.pop();
            }
            TagEnd::HtmlBlock | TagEnd::Superscript | TagEnd::Subscript | TagEnd::MetadataBlock(_) => {}
        }
    }

    /// Whether the link that begins at a piece shows its target, and can stand between angle brackets.
    fn is_shown_whole(&self, index: usize, target: &str) -> bool {
        let shown = self.page.page.pieces.get(index + 1).map(|(piece, _)| piece);
        matches!(shown, Some(Piece::Markdown(Event::Text(text))) if **text == *target)
            && !target.contains(|letter: char| letter.is_whitespace() || matches!(letter, '<' | '>'))
    }

    /// The words of the block that is open; those of a paragraph, where none is.
    pub(super) fn words(&mut self) -> &mut Inline {
        if self.inline.is_none() {
            self.settle();
        }
        let inline = self.inline.get_or_insert_with(|| std::mem::take(&mut self.spare));
        if std::mem::take(&mut self.joins) && !inline.is_blank() {
            inline.push_raw(": ");
        }
        inline
    }

    pub(super) fn begin_words(&mut self) {
        self.settle();
        self.inline = Some(std::mem::take(&mut self.spare));
    }

    /// Writes the words as a paragraph.
    pub(super) fn end_words(&mut self) {
        self.end_block(Block::Paragraph);
    }

    pub(super) fn end_heading(&mut self) {
        let marks = "#".repeat(usize::from(self.level.clamp(1, 6))) + " ";
        let mut inline = self.inline.take().unwrap_or_default();
        inline.close();
        self.joins = false;
        self.in_heading = false;
        self.writer.words(Block::Heading, &marks, &inline);
        self.spare = inline.emptied();
    }

    fn end_block(&mut self, block: Block) {
        self.joins = false;
        if let Some(mut inline) = self.inline.take().filter(|inline| !inline.is_blank()) {
            inline.close();
            self.writer.words(block, "", &inline);
            self.spare = inline.emptied();
        }
    }

    /// Ends what no block can stand in: words, and a list of single items.
    pub(super) fn settle(&mut self) {
        self.end_words();
        if self.writer.in_singles() {
            self.writer.end();
        }
    }

    fn end_cell(&mut self) {
        let mut inline = self.inline.take().unwrap_or_default();
        inline.close();
        if let Some(table) = &mut self.table {
            table.row.push_str("| ");
            inline.write(&mut table.row, "", Shape::Cell);
            if !inline.is_blank() {
                table.row.push(' ');
            }
        }
        self.spare = inline.emptied();
    }

    /// Whether words are open that no block can end.
    pub(super) fn in_line(&self) -> bool {
        self.in_heading || self.table.is_some()
    }

    pub(super) fn begin_link(&mut self, start: &str, target: &str, title: &str) {
        let target = self.agents.target(self.page, target);
        self.words().begin_link(start, &target, title);
    }

    pub(super) fn fence(&mut self, fence: &Fence) {
        if fence.attributes.example.hidden {
            return;
        }
        self.settle();
        let mut info = fence.language.clone();
        if let Some(title) = &fence.attributes.title {
            let quote = if title.contains('"') { '\'' } else { '"' };
            if !info.is_empty() {
                info.push(' ');
            }
            // Writing to a string cannot fail.
            let _written = write!(info, "title={quote}{title}{quote}");
        }
        self.writer.code(&info, fence.body.text());
    }

    fn flush_html(&mut self) {
        if !self.html.is_empty() {
            let html = std::mem::take(&mut self.html);
            self.block_html(&html);
        }
    }
}

impl Table {
    fn end_row(&mut self) {
        let mut row = std::mem::take(&mut self.row);
        row.push('|');
        self.lines.push(row);
        // The first row is the head.
        if self.lines.len() == 1 {
            let marks = self.alignments.iter().map(|alignment| match alignment {
                Alignment::None => "| --- ",
                Alignment::Left => "| :-- ",
                Alignment::Center => "| :-: ",
                Alignment::Right => "| --: ",
            });
            self.lines.push(marks.collect::<String>() + "|");
        }
    }
}

/// The name of an alert.
fn alert(kind: BlockQuoteKind) -> &'static str {
    match kind {
        BlockQuoteKind::Note => "NOTE",
        BlockQuoteKind::Tip => "TIP",
        BlockQuoteKind::Important => "IMPORTANT",
        BlockQuoteKind::Warning => "WARNING",
        BlockQuoteKind::Caution => "CAUTION",
    }
}

/// The pieces that begin loose lists: those with paragraphs directly in their items or definitions.
fn loose(page: &SitePage) -> Vec<usize> {
    let mut loose = Vec::new();
    // The pieces that began what is open; lists and what stands in them alone count.
    let mut open: Vec<(usize, bool)> = Vec::new();
    for (index, (piece, _)) in page.page.pieces.iter().enumerate() {
        match piece {
            Piece::Markdown(Event::Start(Tag::Paragraph)) => {
                if let [.., (list, _), (_, true)] = open.as_slice() {
                    loose.push(*list);
                }
                open.push((index, false));
            }
            Piece::Markdown(Event::Start(tag)) => {
                open.push((index, matches!(tag, Tag::Item | Tag::DefinitionListDefinition)));
            }
            Piece::HeadingStart(_) | Piece::ComponentStart(_) => open.push((index, false)),
            Piece::Markdown(Event::End(_)) | Piece::HeadingEnd(_) | Piece::ComponentEnd(_) => {
                open.pop();
            }
            Piece::Markdown(_) | Piece::Fence(_) | Piece::Expression(_) | Piece::Tag(_) => {}
        }
    }
    loose.sort_unstable();
    loose.dedup();
    loose
}
