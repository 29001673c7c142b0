//! Markdown as a page keeps it: what its parser says, in half the room.

use pulldown_cmark::{
    Alignment, BlockQuoteKind, CodeBlockKind, CowStr, HeadingLevel, LinkType, MetadataBlockKind, TagEnd,
};

/// What the parser says of a place; a page has hundreds of them.
#[derive(Clone, Debug, PartialEq)]
pub enum Event {
    /// What begins here.
    Start(Tag),
    /// What ends here.
    End(TagEnd),
    /// Words.
    Text(CowStr<'static>),
    /// A code span.
    Code(CowStr<'static>),
    /// A formula among words.
    InlineMath(CowStr<'static>),
    /// A formula by itself.
    DisplayMath(CowStr<'static>),
    /// Raw HTML among blocks.
    Html(CowStr<'static>),
    /// Raw HTML among words.
    InlineHtml(CowStr<'static>),
    /// The label of a footnote, where it is referred to.
    FootnoteReference(CowStr<'static>),
    /// A line ends.
    SoftBreak,
    /// A line ends, and that is meant.
    HardBreak,
    /// A line across.
    Rule,
    /// A task, and whether it is done.
    TaskListMarker(bool),
}

/// What begins.
#[derive(Clone, Debug, PartialEq)]
pub enum Tag {
    /// Words.
    Paragraph,
    /// A heading that is none of the page.
    Heading(HeadingLevel),
    /// A quote, or an alert of a kind.
    BlockQuote(Option<BlockQuoteKind>),
    /// Code without a fence; the info string of one that is none of the page.
    CodeBlock(Option<CowStr<'static>>),
    /// Raw HTML.
    HtmlBlock,
    /// A list, and the number of its first item.
    List(Option<u64>),
    /// An item of it.
    Item,
    /// The text of the footnote with a label.
    FootnoteDefinition(CowStr<'static>),
    /// A list of terms.
    DefinitionList,
    /// A term.
    DefinitionListTitle,
    /// What is said of it.
    DefinitionListDefinition,
    /// A table with its columns.
    Table(Box<[Alignment]>),
    /// Its first row.
    TableHead,
    /// A row.
    TableRow,
    /// A cell.
    TableCell,
    /// `*a*`
    Emphasis,
    /// `**a**`
    Strong,
    /// `~~a~~`
    Strikethrough,
    /// `^a^`
    Superscript,
    /// `~a~`
    Subscript,
    /// A link.
    Link(Box<Target>),
    /// An image.
    Image(Box<Target>),
    /// Front matter that is none of the page.
    MetadataBlock(MetadataBlockKind),
}

/// Where a link leads, or an image comes from.
#[derive(Clone, Debug, PartialEq)]
pub struct Target {
    /// How it is written.
    pub kind: LinkType,
    /// As written.
    pub address: CowStr<'static>,
    /// What is shown beside it.
    pub title: CowStr<'static>,
}

impl Event {
    /// What a page keeps of an event.
    pub(super) fn kept(event: pulldown_cmark::Event<'_>) -> Self {
        use pulldown_cmark::Event as Said;
        match event {
            Said::Start(tag) => Self::Start(Tag::kept(&tag)),
            Said::End(end) => Self::End(end),
            Said::Text(text) => Self::Text(text.into_static()),
            Said::Code(code) => Self::Code(code.into_static()),
            Said::InlineMath(tex) => Self::InlineMath(tex.into_static()),
            Said::DisplayMath(tex) => Self::DisplayMath(tex.into_static()),
            Said::Html(html) => Self::Html(html.into_static()),
            Said::InlineHtml(html) => Self::InlineHtml(html.into_static()),
            Said::FootnoteReference(label) => Self::FootnoteReference(label.into_static()),
            Said::SoftBreak => Self::SoftBreak,
            Said::HardBreak => Self::HardBreak,
            Said::Rule => Self::Rule,
            Said::TaskListMarker(is_done) => Self::TaskListMarker(is_done),
        }
    }

    /// The event as its parser and the writer of HTML have it.
    pub fn lent(&self) -> pulldown_cmark::Event<'_> {
        use pulldown_cmark::Event as Said;
        match self {
            Self::Start(tag) => Said::Start(tag.lent()),
            Self::End(end) => Said::End(*end),
            Self::Text(text) => Said::Text(text.as_ref().into()),
            Self::Code(code) => Said::Code(code.as_ref().into()),
            Self::InlineMath(tex) => Said::InlineMath(tex.as_ref().into()),
            Self::DisplayMath(tex) => Said::DisplayMath(tex.as_ref().into()),
            Self::Html(html) => Said::Html(html.as_ref().into()),
            Self::InlineHtml(html) => Said::InlineHtml(html.as_ref().into()),
            Self::FootnoteReference(label) => Said::FootnoteReference(label.as_ref().into()),
            Self::SoftBreak => Said::SoftBreak,
            Self::HardBreak => Said::HardBreak,
            Self::Rule => Said::Rule,
            Self::TaskListMarker(is_done) => Said::TaskListMarker(*is_done),
        }
    }
}

impl Tag {
    /// Whether it stands in a line of text.
    pub fn is_inline(&self) -> bool {
        matches!(
            self,
            Self::Emphasis
                | Self::Strong
                | Self::Strikethrough
                | Self::Superscript
                | Self::Subscript
                | Self::Link(_)
                | Self::Image(_)
        )
    }

    /// What a page keeps of a tag.
    pub(super) fn kept(tag: &pulldown_cmark::Tag<'_>) -> Self {
        use pulldown_cmark::Tag as Said;
        let text = |text: &CowStr<'_>| text.clone().into_static();
        let target = |kind: &LinkType, address: &CowStr<'_>, title: &CowStr<'_>| {
            Box::new(Target { kind: *kind, address: text(address), title: text(title) })
        };
        match tag {
            Said::Paragraph => Self::Paragraph,
            Said::Heading { level, .. } => Self::Heading(*level),
            Said::BlockQuote(kind) => Self::BlockQuote(*kind),
            Said::CodeBlock(CodeBlockKind::Indented) => Self::CodeBlock(None),
            Said::CodeBlock(CodeBlockKind::Fenced(info)) => Self::CodeBlock(Some(text(info))),
            Said::HtmlBlock => Self::HtmlBlock,
            Said::List(first) => Self::List(*first),
            Said::Item => Self::Item,
            Said::FootnoteDefinition(label) => Self::FootnoteDefinition(text(label)),
            Said::DefinitionList => Self::DefinitionList,
            Said::DefinitionListTitle => Self::DefinitionListTitle,
            Said::DefinitionListDefinition => Self::DefinitionListDefinition,
            Said::Table(columns) => Self::Table(columns.as_slice().into()),
            Said::TableHead => Self::TableHead,
            Said::TableRow => Self::TableRow,
            Said::TableCell => Self::TableCell,
            Said::Emphasis => Self::Emphasis,
            Said::Strong => Self::Strong,
            Said::Strikethrough => Self::Strikethrough,
            Said::Superscript => Self::Superscript,
            Said::Subscript => Self::Subscript,
            Said::Link { link_type, dest_url, title, .. } => Self::Link(target(link_type, dest_url, title)),
            Said::Image { link_type, dest_url, title, .. } => Self::Image(target(link_type, dest_url, title)),
            Said::MetadataBlock(kind) => Self::MetadataBlock(*kind),
        }
    }

    /// The tag as its parser and the writer of HTML have it.
    pub(super) fn lent(&self) -> pulldown_cmark::Tag<'_> {
        use pulldown_cmark::Tag as Said;
        match self {
            Self::Paragraph => Said::Paragraph,
            Self::Heading(level) => {
                Said::Heading { level: *level, id: None, classes: Vec::new(), attrs: Vec::new() }
            }
            Self::BlockQuote(kind) => Said::BlockQuote(*kind),
            Self::CodeBlock(None) => Said::CodeBlock(CodeBlockKind::Indented),
            Self::CodeBlock(Some(info)) => Said::CodeBlock(CodeBlockKind::Fenced(info.as_ref().into())),
            Self::HtmlBlock => Said::HtmlBlock,
            Self::List(first) => Said::List(*first),
            Self::Item => Said::Item,
            Self::FootnoteDefinition(label) => Said::FootnoteDefinition(label.as_ref().into()),
            Self::DefinitionList => Said::DefinitionList,
            Self::DefinitionListTitle => Said::DefinitionListTitle,
            Self::DefinitionListDefinition => Said::DefinitionListDefinition,
            Self::Table(columns) => Said::Table(columns.to_vec()),
            Self::TableHead => Said::TableHead,
            Self::TableRow => Said::TableRow,
            Self::TableCell => Said::TableCell,
            Self::Emphasis => Said::Emphasis,
            Self::Strong => Said::Strong,
            Self::Strikethrough => Said::Strikethrough,
            Self::Superscript => Said::Superscript,
            Self::Subscript => Said::Subscript,
            Self::Link(target) => {
                let (dest_url, title) = (target.address.as_ref().into(), target.title.as_ref().into());
                Said::Link { link_type: target.kind, dest_url, title, id: "".into() }
            }
            Self::Image(target) => {
                let (dest_url, title) = (target.address.as_ref().into(), target.title.as_ref().into());
                Said::Image { link_type: target.kind, dest_url, title, id: "".into() }
            }
            Self::MetadataBlock(kind) => Said::MetadataBlock(*kind),
        }
    }
}

#[cfg(test)]
mod tests {
    use pulldown_cmark::{Options, Parser};

    use super::*;

    #[test]
    fn what_is_kept_is_written_as_before() {
        let text = "# a\n\n> [!NOTE]\n> b *c* **d** ~~e~~ `f` <i>g</i>[^1] [h](/i \"j\") ![k](/l)\\\n> m\nn\n\n- [x] o\n\n3. p\n\n| q |\n|--:|\n| r |\n\n<b>\n\n    s\n\n***\n\nt\n: u\n\n[^1]: v\n";
        let parsed = || Parser::new_ext(text, Options::all());
        let kept: Vec<Event> = parsed().map(Event::kept).collect();
        let (mut before, mut after) = (String::new(), String::new());
        pulldown_cmark::html::push_html(&mut before, parsed());
        pulldown_cmark::html::push_html(&mut after, kept.iter().map(Event::lent));
        assert_eq!(after, before);
    }

    #[test]
    fn it_takes_half_the_room() {
        assert!(2 * size_of::<Event>() <= size_of::<pulldown_cmark::Event<'_>>());
    }
}
