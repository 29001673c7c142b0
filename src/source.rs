//! Texts, and places in them that still point back to the file a person edits.

use std::sync::Arc;

/// A half-open range of bytes, counted from zero.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Span {
    /// The first byte.
    pub start: u32,
    /// The byte after the last one.
    pub end: u32,
}

impl Span {
    /// A span from byte offsets; an end before the start gives an empty span.
    pub fn new(start: usize, end: usize) -> Self {
        let start = offset(start);
        Self { start, end: offset(end).max(start) }
    }

    /// The empty span at `at`.
    pub fn at(at: usize) -> Self {
        Self::new(at, at)
    }

    /// The same range as indexes of a string.
    pub fn range(self) -> std::ops::Range<usize> {
        self.start as usize..self.end as usize
    }

    /// Its length in bytes.
    pub fn len(self) -> u32 {
        self.end - self.start
    }

    /// Whether it holds no byte.
    pub fn is_empty(self) -> bool {
        self.start == self.end
    }

    /// The smallest span that holds both.
    #[must_use]
    pub fn to(self, other: Self) -> Self {
        Self { start: self.start.min(other.start), end: self.end.max(other.end) }
    }

    /// The same length, moved right by `by` bytes.
    #[must_use]
    pub fn shifted(self, by: u32) -> Self {
        Self { start: self.start.saturating_add(by), end: self.end.saturating_add(by) }
    }

    /// Whether `other` lies inside.
    pub fn contains(self, other: Self) -> bool {
        self.start <= other.start && other.end <= self.end
    }
}

impl From<std::ops::Range<usize>> for Span {
    fn from(range: std::ops::Range<usize>) -> Self {
        Self::new(range.start, range.end)
    }
}

/// Files are refused above [`Source::LIMIT`], so that every offset fits.
fn offset(at: usize) -> u32 {
    u32::try_from(at).unwrap_or(u32::MAX)
}

/// A place as people count: lines and columns from one, a column being a character.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Position {
    /// The line, from one.
    pub line: u32,
    /// The character in the line, from one.
    pub column: u32,
}

/// A text with the name a person knows it by.
#[derive(Debug)]
pub struct Source {
    path: String,
    text: String,
    lines: Vec<u32>,
}

impl Source {
    /// The largest text in bytes that is read; a page above it is a mistake.
    pub const LIMIT: usize = 64 << 20;

    /// A source; `path` is shown in diagnostics, with `/` on every system.
    pub fn new(path: impl Into<String>, text: impl Into<String>) -> Arc<Self> {
        let text = text.into();
        let breaks = memchr::memchr_iter(b'\n', text.as_bytes());
        let lines = std::iter::once(0).chain(breaks.map(|at| offset(at + 1))).collect();
        Arc::new(Self { path: path.into(), text, lines })
    }

    /// The path as shown to people.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// The whole text.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The text of `span`; empty where the span is not on character borders.
    pub fn slice(&self, span: Span) -> &str {
        self.text.get(span.range()).unwrap_or_default()
    }

    /// Where the byte `at` stands; the end of the text for all beyond it.
    pub fn position(&self, at: u32) -> Position {
        let line = self.lines.partition_point(|start| *start <= at).max(1) - 1;
        let start = self.lines.get(line).copied().unwrap_or_default() as usize;
        let mut end = (at as usize).min(self.text.len());
        while !self.text.is_char_boundary(end) {
            end -= 1;
        }
        let column = self.text.get(start..end).map_or(0, |text| text.chars().count());
        Position { line: offset(line + 1), column: offset(column + 1) }
    }

    /// The span of a line counted from one, without its line break.
    pub fn line(&self, line: u32) -> Option<Span> {
        let at = (line as usize).checked_sub(1)?;
        let start = *self.lines.get(at)? as usize;
        let end = self.lines.get(at + 1).map_or(self.text.len(), |next| *next as usize);
        let text = self.text.get(start..end)?;
        Some(Span::new(start, start + text.trim_end_matches(['\n', '\r']).len()))
    }
}

/// A piece of a source whose indentation, quotes or escapes are taken off, which can still point back.
#[derive(Clone, Debug)]
pub struct Excerpt {
    source: Arc<Source>,
    text: String,
    runs: Vec<Run>,
    /// Where the piece ends in the source.
    end: u32,
}

/// A stretch of the excerpt, up to the next run.
#[derive(Clone, Copy, Debug)]
struct Run {
    /// Where it starts in the excerpt.
    at: u32,
    /// What it was made from.
    from: Span,
    made: Made,
}

impl Excerpt {
    /// The whole source, unchanged.
    pub fn whole(source: &Arc<Source>) -> Self {
        Self::verbatim(source, Span::new(0, source.text.len()))
    }

    /// A piece of the source, unchanged.
    pub fn verbatim(source: &Arc<Source>, span: Span) -> Self {
        let mut builder = ExcerptBuilder::new(source, span.start);
        builder.copy(span);
        builder.finish()
    }

    /// The text of the excerpt.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The source it was taken from.
    pub fn source(&self) -> &Arc<Source> {
        &self.source
    }

    /// Where a span of the excerpt stands in the source.
    pub fn locate(&self, span: Span) -> Span {
        let start = self.origin(span.start, Side::Start);
        if span.is_empty() {
            return Span { start, end: start };
        }
        Span { start, end: self.origin(span.end, Side::End).max(start) }
    }

    /// A part of the excerpt, as an excerpt of the same source.
    #[must_use]
    pub fn part(&self, span: Span) -> Self {
        let mut part = self.rebuild(span.start);
        part.copy(span);
        part.finish()
    }

    /// Starts an excerpt of this excerpt; `start` is where an empty result points to.
    pub fn rebuild(&self, start: u32) -> Rebuild<'_> {
        let start = self.origin(start, Side::Start);
        Rebuild { outer: self, builder: ExcerptBuilder::new(&self.source, start) }
    }

    /// The span of the whole excerpt in its source.
    pub fn span(&self) -> Span {
        self.locate(Span::new(0, self.text.len()))
    }

    fn origin(&self, at: u32, side: Side) -> u32 {
        let at = at.min(offset(self.text.len()));
        let index = match side {
            Side::Start => self.runs.partition_point(|run| run.at <= at),
            Side::End => self.runs.partition_point(|run| run.at < at),
        };
        let Some(run) = index.checked_sub(1).and_then(|index| self.runs.get(index)) else {
            return self.runs.first().map_or(self.end, |run| run.from.start);
        };
        let into = at - run.at;
        match side {
            _ if run.made == Made::Copied => (run.from.start + into).min(run.from.end),
            Side::Start if into == 0 => run.from.start,
            Side::Start if at == offset(self.text.len()) => self.end,
            Side::Start => run.from.start,
            Side::End => run.from.end,
        }
    }
}

/// How a run came about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Made {
    /// Byte for byte.
    Copied,
    /// From other bytes, as a whole.
    Decoded,
}

#[derive(Clone, Copy)]
enum Side {
    Start,
    End,
}

/// Puts an excerpt together, piece by piece, in the order of the result.
#[derive(Debug)]
pub struct ExcerptBuilder {
    source: Arc<Source>,
    text: String,
    runs: Vec<Run>,
    end: u32,
}

impl ExcerptBuilder {
    /// An empty excerpt that points to `start`.
    pub fn new(source: &Arc<Source>, start: u32) -> Self {
        Self { source: Arc::clone(source), text: String::new(), runs: Vec::new(), end: start }
    }

    /// Appends a piece of the source unchanged.
    pub fn copy(&mut self, span: Span) {
        self.end = span.end;
        append(
            &mut self.text,
            &mut self.runs,
            self.source.slice(span),
            Run { at: 0, from: span, made: Made::Copied },
        );
    }

    /// Appends `text`, which stands for `from` in the source (an escape, a tab made spaces).
    pub fn decoded(&mut self, text: &str, from: Span) {
        self.push(text, from, Made::Decoded);
    }

    /// How many bytes the excerpt has so far.
    pub fn len(&self) -> usize {
        self.text.len()
    }

    /// Whether it has none.
    pub fn is_empty(&self) -> bool {
        self.text.is_empty()
    }

    /// The excerpt.
    pub fn finish(self) -> Excerpt {
        Excerpt { source: self.source, text: self.text, runs: self.runs, end: self.end }
    }

    fn push(&mut self, text: &str, from: Span, made: Made) {
        self.end = from.end;
        append(&mut self.text, &mut self.runs, text, Run { at: 0, from, made });
    }
}

/// Puts a text behind another one, and the run that it is behind the runs of that one.
fn append(whole: &mut String, runs: &mut Vec<Run>, text: &str, run: Run) {
    if text.is_empty() {
        return;
    }
    match runs.last_mut() {
        Some(last)
            if run.made == Made::Copied && last.made == run.made && last.from.end == run.from.start =>
        {
            last.from.end = run.from.end;
        }
        _ => runs.push(Run { at: offset(whole.len()), ..run }),
    }
    whole.push_str(text);
}

/// Puts an excerpt of an excerpt together; spans are those of the outer one.
#[derive(Debug)]
pub struct Rebuild<'a> {
    outer: &'a Excerpt,
    builder: ExcerptBuilder,
}

impl Rebuild<'_> {
    /// Appends a piece of the outer excerpt unchanged.
    pub fn copy(&mut self, span: Span) {
        let runs = &self.outer.runs;
        let mut index = runs.partition_point(|run| run.at <= span.start).max(1) - 1;
        while let Some(run) = runs.get(index).filter(|run| run.at < span.end) {
            index += 1;
            let next = runs.get(index).map_or(offset(self.outer.text.len()), |next| next.at);
            let piece = Span { start: span.start.max(run.at), end: span.end.min(next) };
            let text = self.outer.text.get(piece.range()).unwrap_or_default();
            let from = match run.made {
                Made::Copied => self.outer.locate(piece),
                Made::Decoded => run.from,
            };
            self.builder.push(text, from, run.made);
        }
    }

    /// Appends `text`, which stands for `from` in the outer excerpt.
    pub fn decoded(&mut self, text: &str, from: Span) {
        let from = self.outer.locate(from);
        self.builder.push(text, from, Made::Decoded);
    }

    /// The excerpt.
    pub fn finish(self) -> Excerpt {
        self.builder.finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_count_characters() {
        let source = Source::new("a.md", "é1\nxy\r\nz");
        assert_eq!(source.position(2), Position { line: 1, column: 2 });
        assert_eq!(source.position(4), Position { line: 2, column: 1 });
        assert_eq!(source.position(99), Position { line: 3, column: 2 });
        assert_eq!(source.line(2), Some(Span::new(4, 6)));
    }

    #[test]
    fn a_dedented_piece_points_back() {
        let source = Source::new("a.md", "  ab\n  cd\n");
        let mut builder = ExcerptBuilder::new(&source, 2);
        builder.copy(Span::new(2, 5));
        builder.copy(Span::new(7, 10));
        let excerpt = builder.finish();
        assert_eq!(excerpt.text(), "ab\ncd\n");
        assert_eq!(excerpt.locate(Span::new(3, 5)), Span::new(7, 9));
        assert_eq!(excerpt.locate(Span::new(0, 6)), Span::new(2, 10));
    }

    #[test]
    fn an_escape_inside_a_part_points_to_the_whole_escape() {
        let source = Source::new("a.md", r#"x "a\"b" y"#);
        let whole = Excerpt::whole(&source);
        let mut inner = whole.rebuild(3);
        inner.copy(Span::new(3, 4));
        inner.decoded("\"", Span::new(4, 6));
        inner.copy(Span::new(6, 7));
        let inner = inner.finish();
        assert_eq!(inner.text(), "a\"b");
        assert_eq!(inner.locate(Span::new(1, 2)), Span::new(4, 6));
        assert_eq!(inner.part(Span::new(1, 3)).locate(Span::new(1, 2)), Span::new(6, 7));
        assert_eq!(inner.locate(Span::new(3, 3)), Span::new(7, 7));
    }
}
