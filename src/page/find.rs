//! Finds the fences of a page, also those that the Markdown rules would swallow.
//!
//! A fence inside a component, or four columns deep, is HTML, code or text for a Markdown parser, and its closing
//! line may even begin a fence of its own. So the parser reads a copy of the page in which each such fence is one
//! line of the same length, a processing instruction: that is a block wherever it stands, and all places stay true.

use std::collections::BTreeMap;
use std::ops::Range;

use pulldown_cmark::{CodeBlockKind, Event, Options, Parser, Tag, TagEnd};

use super::lines::{Extent, Lines, Opening, run};
use super::regions::Regions;
use super::scan::{Mark, Scanned};
use crate::source::{Excerpt, Span};

/// How often a page is read at most; after that, what the parser does not see is taken as found.
const ROUNDS: usize = 6;

/// The length of the shortest processing instruction, `<??>`.
const SHORTEST: usize = 4;

/// An event with its place in the view.
pub(super) type Placed<'a> = (Event<'a>, Range<usize>);

/// A fence as found.
#[derive(Clone, Debug)]
pub(super) struct Found {
    /// From its first mark to the end of its last line.
    pub(super) span: Range<usize>,
    /// The info string.
    pub(super) info: Range<usize>,
    /// The body.
    pub(super) body: Excerpt,
    /// Whether it has a closing line.
    pub(super) closed: bool,
    /// The Markdown rules do not show it as a fence.
    pub(super) swallowed: bool,
    /// It stands inside a component.
    pub(super) in_component: bool,
    /// The attributes in a comment directly above it.
    pub(super) comment: Option<Span>,
}

/// A stretch of the view that the parser reads as a processing instruction.
#[derive(Clone, Debug)]
pub(super) struct Mask {
    /// Where it stands.
    pub(super) span: Range<usize>,
    /// What stands there.
    pub(super) held: Held,
}

/// What stands in the place of a processing instruction.
#[derive(Clone, Debug)]
pub(super) enum Held {
    /// A fence.
    Fence(Box<Found>),
    /// A comment that is not shown.
    Comment,
    /// A tag of a component.
    Mark(Mark),
}

/// What the parser gives for a page.
pub(super) struct Read<'a> {
    /// The events of a copy in which each mask is a processing instruction.
    pub(super) events: Vec<Placed<'a>>,
    /// The masks in order.
    pub(super) masks: Vec<Mask>,
    /// The fences among the events, in order.
    pub(super) fences: Vec<Found>,
}

/// Reads the view of a page and hands the outcome to `build`; all places are those of the view.
pub(super) fn read<T>(scanned: &Scanned, dollars: Dollars, build: impl FnOnce(Read<'_>) -> T) -> T {
    let view = &scanned.view;
    let lines = Lines::new(view.text(), 0);
    let mut text = view.text().to_owned();
    let held = scanned.marks.iter();
    let mut masks: Vec<Mask> =
        held.map(|mark| Mask { span: mark.span.clone(), held: Held::Mark(mark.clone()) }).collect();
    let regions = ["```", "~~~"]
        .iter()
        .any(|marks| memchr::memmem::find(text.as_bytes(), marks.as_bytes()).is_some())
        .then(|| Regions::new(view.text(), &lines));
    for round in 0..=ROUNDS {
        let events = events(&text, dollars);
        let scan = Scan::new(scanned, &lines, &events);
        let mut missing = match &regions {
            Some(regions) if round < ROUNDS => scan.missing(regions, &masks),
            _ => Vec::new(),
        };
        if missing.is_empty() {
            let mut fences = scan.fences(&events);
            for fence in &mut fences {
                fence.closed &= !scanned.unclosed.contains_key(&fence.span.start);
            }
            // After the last round a fence may reach over a mask, and shows what stands there.
            masks.retain(|mask| !overlaps(&fences, &mask.span));
            return build(Read { events, masks, fences });
        }
        // What hides the others may be a fence in a component alone.
        let is_inner = |mask: &Mask| match &mask.held {
            Held::Fence(fence) => fence.in_component,
            Held::Comment | Held::Mark(_) => true,
        };
        if missing.iter().any(is_inner) {
            missing.retain(is_inner);
        }
        drop(events);
        for mask in &missing {
            cover(&mut text, mask.span.clone());
        }
        masks.extend(missing);
        masks.sort_by_key(|mask| mask.span.start);
    }
    unreachable!("the last round looks for nothing")
}

/// Whether dollar signs begin formulas.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Dollars {
    AreText,
    BeginFormulas,
}

fn events(text: &str, dollars: Dollars) -> Vec<Placed<'_>> {
    let mut options = Options::ENABLE_TABLES
        | Options::ENABLE_FOOTNOTES
        | Options::ENABLE_STRIKETHROUGH
        | Options::ENABLE_TASKLISTS
        | Options::ENABLE_GFM
        | Options::ENABLE_HEADING_ATTRIBUTES
        | Options::ENABLE_DEFINITION_LIST;
    options.set(Options::ENABLE_MATH, dollars == Dollars::BeginFormulas);
    Parser::new_ext(text, options).into_offset_iter().collect()
}

/// Writes a processing instruction of the same length over a range.
fn cover(text: &mut String, range: Range<usize>) {
    let inner = "x".repeat(range.len().saturating_sub(SHORTEST));
    text.replace_range(range, &format!("<?{inner}?>"));
}

/// A fence that the parser reports.
struct Seen {
    span: Range<usize>,
    /// Where the last piece of its body ends.
    text_end: usize,
}

/// What holds a fence in.
struct Limits<'a> {
    /// The component around it.
    component: Option<Range<usize>>,
    /// The fence as the parser sees it.
    natural: Option<&'a Seen>,
    /// A line that it cannot reach.
    limit: usize,
}

/// What the parser saw, beside the lines of the page.
struct Scan<'a> {
    view: &'a Excerpt,
    /// Fences that end where the scanner ended them.
    unclosed: &'a BTreeMap<usize, usize>,
    lines: &'a Lines<'a>,
    /// The fences that the parser reports.
    seen: Vec<Seen>,
    /// Code spans and raw HTML, in which a fence is only shown.
    shown: Vec<Range<usize>>,
}

impl<'a> Scan<'a> {
    fn new(scanned: &'a Scanned, lines: &'a Lines<'a>, events: &[Placed<'_>]) -> Self {
        let view = &scanned.view;
        let mut scan = Self { view, unclosed: &scanned.unclosed, lines, seen: Vec::new(), shown: Vec::new() };
        let mut inside = false;
        for (event, range) in events {
            match event {
                Event::Start(Tag::CodeBlock(CodeBlockKind::Fenced(_))) => {
                    scan.seen.push(Seen { span: range.clone(), text_end: range.start });
                    inside = true;
                }
                Event::End(TagEnd::CodeBlock) => inside = false,
                Event::Text(_) if inside => {
                    if let Some(last) = scan.seen.last_mut() {
                        last.text_end = range.end;
                    }
                }
                Event::Code(_) => scan.shown.push(range.clone()),
                Event::Start(Tag::HtmlBlock)
                    if is_raw(view.text().get(range.clone()).unwrap_or_default()) =>
                {
                    scan.shown.push(range.clone());
                }
                _ => {}
            }
        }
        scan
    }

    /// The fences that the parser does not see, or sees end in the wrong place.
    fn missing(&self, regions: &Regions, masks: &[Mask]) -> Vec<Mask> {
        let lines = self.lines;
        let mut missing = Vec::new();
        let mut seen = self.seen.iter().peekable();
        let mut masks = masks.iter().peekable();
        let mut line = 0;
        // Where the last fence or mask ends.
        let mut done = 0;
        while line < lines.len() {
            let here = lines.start(line)..lines.start(line + 1);
            while seen.next_if(|seen| seen.span.start < here.start).is_some() {}
            let mut last = None;
            while let Some(mask) = masks.next_if(|mask| mask.span.start < here.end) {
                last = Some(mask.span.end);
            }
            if let Some(end) = last {
                done = done.max(end);
                line = lines.at(end - 1).max(line) + 1;
                continue;
            }
            let natural = seen.next_if(|seen| seen.span.start < here.end);
            if let Some((_, end)) = self.unclosed.range(here.clone()).next() {
                line = lines.at(*end) + 1;
                continue;
            }
            let found = self.suspect(line, natural, regions).and_then(|(opening, component)| {
                let limit = masks.peek().map_or(lines.len(), |mask| lines.at(mask.span.start));
                let extent = self.extent(&opening, line, &Limits { component, natural, limit })?;
                Some((opening, extent))
            });
            let comment = (natural.is_some() || found.is_some()).then(|| lines.comment_above(line)).flatten();
            if let Some(comment) = comment.as_ref().filter(|comment| comment.is_visible)
                && comment.whole.start >= done
            {
                missing.push(Mask { span: comment.whole.clone(), held: Held::Comment });
            }
            if let Some((opening, extent)) = found {
                let span = opening.at..extent.end;
                let fence = Found {
                    span: span.clone(),
                    body: lines.body(self.view, &opening, &extent),
                    closed: extent.closed,
                    swallowed: true,
                    in_component: regions.component(opening.at).is_some(),
                    info: opening.info,
                    comment: comment.map(|comment| comment.attributes),
                };
                done = span.end;
                missing.push(Mask { span, held: Held::Fence(Box::new(fence)) });
            } else if let Some(natural) = natural {
                done = natural.span.end;
            }
            line = lines.at(done.saturating_sub(1)).max(line) + 1;
        }
        missing.retain(|mask| mask.span.len() >= SHORTEST);
        missing
    }

    /// An opening line that the parser does not take for one, or whose fence it may end in the wrong place; with
    /// the component around it.
    fn suspect(
        &self,
        line: usize,
        natural: Option<&Seen>,
        regions: &Regions,
    ) -> Option<(Opening, Option<Range<usize>>)> {
        let opening = self.lines.opening(line)?;
        let component = regions.component(opening.at);
        let is_text = natural.is_none() && (self.is_shown(opening.at) || regions.in_comment(opening.at));
        (!is_text).then_some((opening, component))
    }

    /// Where a fence ends for its author; none where the parser knows better, or where it is none.
    fn extent(&self, opening: &Opening, line: usize, limits: &Limits<'_>) -> Option<Extent> {
        let lines = self.lines;
        // The line of the closing tag is no longer code.
        let closing = limits.component.as_ref().map_or(lines.len(), |around| lines.at(around.end - 1));
        let limit = closing.min(limits.limit);
        let reaches_out = |seen: &Seen| limit < lines.len() && seen.span.end > lines.start(limit);
        if limits.natural.is_some_and(|seen| self.is_closed(seen) && !reaches_out(seen)) {
            return None;
        }
        let least = if limits.component.is_some() { 0 } else { opening.least() };
        let is_cut = match limits.natural {
            Some(seen) => reaches_out(seen),
            None => limits.component.is_some(),
        };
        lines.extent(opening, line, limit, least).or_else(|| is_cut.then(|| lines.unclosed(line, limit)))
    }

    fn is_shown(&self, at: usize) -> bool {
        let index = self.shown.partition_point(|range| range.start < at);
        index.checked_sub(1).and_then(|index| self.shown.get(index)).is_some_and(|range| at < range.end)
    }

    fn is_closed(&self, seen: &Seen) -> bool {
        let lines = self.lines;
        let last = lines.at(seen.span.end - 1);
        let mark = self.view.text().as_bytes().get(seen.span.start).copied().unwrap_or_default();
        let count = run(self.view.text().get(seen.span.start..).unwrap_or_default(), mark);
        let rest = lines.line(last).trim_start_matches([' ', '\t', '>']);
        let marks = run(rest, mark);
        lines.at(seen.span.start) < last
            && seen.text_end <= lines.start(last)
            && marks >= count
            && rest.get(marks..).is_some_and(|rest| rest.trim().is_empty())
    }

    /// The fences that the parser sees, with their bodies.
    fn fences(&self, events: &[Placed<'_>]) -> Vec<Found> {
        let mut events = events.iter();
        self.seen.iter().map(|seen| self.fence(seen, &mut events)).collect()
    }

    fn fence<'e>(&self, seen: &Seen, events: &mut impl Iterator<Item = &'e Placed<'e>>) -> Found {
        let text = self.view.text();
        let line = self.lines.at(seen.span.start);
        let rest = self.lines.line(line).get(seen.span.start - self.lines.start(line)..).unwrap_or_default();
        let count = run(rest, rest.as_bytes().first().copied().unwrap_or_default());
        let info = rest.get(count..).unwrap_or_default();
        let start = seen.span.start + count + (info.len() - info.trim_start().len());
        let mut builder = self.view.rebuild(offset(self.lines.start(line + 1)));
        let within = events.skip_while(|(event, _)| !is_fence(event)).skip(1);
        for (event, range) in within {
            let Event::Text(piece) = event else { break };
            let span = Span::from(range.clone());
            match text.get(range.clone()) {
                // Of the same length is also a mask, in whose place the fence shows what stands there.
                Some(same) if same.len() == piece.len() => builder.copy(span),
                // A tab that reaches over the border of the fence leaves a part of itself.
                _ if range.is_empty() => {
                    builder.decoded(piece, Span::new(range.start.saturating_sub(1), range.start));
                }
                _ => builder.decoded(piece, span),
            }
        }
        let shown = text.get(seen.span.clone()).unwrap_or_default().trim_end_matches(['\n', '\r']).len();
        Found {
            span: seen.span.start..seen.span.start + shown,
            info: start..start + info.trim().len(),
            body: builder.finish(),
            closed: self.is_closed(seen),
            swallowed: false,
            in_component: false,
            comment: self.lines.comment_above(line).map(|comment| comment.attributes),
        }
    }
}

fn overlaps(fences: &[Found], span: &Range<usize>) -> bool {
    let index = fences.partition_point(|fence| fence.span.end <= span.start);
    fences.get(index).is_some_and(|fence| fence.span.start < span.end)
}

fn offset(at: usize) -> u32 {
    u32::try_from(at).unwrap_or(u32::MAX)
}

fn is_fence(event: &Event<'_>) -> bool {
    matches!(event, Event::Start(Tag::CodeBlock(CodeBlockKind::Fenced(_))))
}

/// Whether an HTML block is one whose text is shown as it stands.
fn is_raw(block: &str) -> bool {
    let name = block.trim_start().strip_prefix('<').unwrap_or_default();
    let length = name.bytes().take_while(u8::is_ascii_alphabetic).count();
    let name = name.get(..length).unwrap_or_default();
    ["pre", "script", "style", "textarea"].iter().any(|raw| name.eq_ignore_ascii_case(raw))
}
