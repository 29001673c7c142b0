//! One page put together with the snippets that it uses: their pieces come into the places of their tags.

use std::collections::BTreeSet;
use std::sync::Arc;

use pulldown_cmark::TagEnd;

use super::templates::{Key, begins_block, shown_by};
use super::{Expanded, Shows};
use crate::data::Value;
use crate::diagnostics::{Code, Diagnostic, Problem};
use crate::page::{
    Address, AttributeValue, CHILDREN, Component, Event, ExportValue, Expression, Heading, Html, HtmlTag,
    Imported, ImportedName, Link, Module, Page, Piece, Place, Slugger, Tag, member, shown, slug, way,
};
use crate::site::{PageKind, Site, SitePage};
use crate::source::{Source, Span};

/// How deep snippets stand in each other.
const DEEPEST: usize = 16;

/// How deep they stand in each other with what stands inside their tags.
const NESTED: usize = 64;

/// How many pieces a page has before the last snippet.
const MOST: usize = 500_000;

/// How many snippets a page shows at most.
const USES: usize = 10_000;

/// The name of all parameters together.
pub(super) const ALL: &str = "props";

/// Pieces with their places.
type Pieces = [(Piece, Span)];

/// Puts the page of this index together; what is wrong with the uses stands where the tags do.
pub(super) fn expand(site: &Site, index: usize, page: &SitePage) -> (Expanded, Vec<Diagnostic>) {
    let mut slugger = Slugger::default();
    let mut waiting = BTreeSet::new();
    // What the page itself has keeps its ids, whatever comes between.
    let headings = page.page.headings.iter().map(|heading| &heading.id);
    for id in headings.chain(page.page.components.iter().filter_map(|component| component.id.as_ref())) {
        waiting.insert(slugger.unique(id));
    }
    let mut empty = page.page.clone();
    empty.pieces.clear();
    empty.headings.clear();
    empty.fences.clear();
    empty.components.clear();
    empty.expressions.clear();
    empty.tags.clear();
    empty.diagnostics.clear();
    let mut expander = Expander {
        site,
        links: vec![Arc::clone(&page.page.source); empty.links.len()],
        page: empty,
        fences: Vec::new(),
        slugger,
        waiting,
        linked: BTreeSet::from([(index, None)]),
        uses: 0,
        headings: Vec::new(),
        diagnostics: Vec::new(),
    };
    let scope = Scope {
        page: index,
        own: page,
        use_number: 0,
        way: vec![(index, None)],
        nested: 0,
        parameters: &[],
        children: None,
    };
    expander.pieces(&page.page.pieces, &scope);
    expander.page.find_anchors();
    let page = SitePage { page: expander.page, route: page.route.clone(), kind: page.kind };
    (Expanded { page, fences: expander.fences, links: expander.links }, expander.diagnostics)
}

/// What names mean in a stretch of pieces.
struct Scope<'s> {
    /// The page that the pieces are of.
    page: usize,
    own: &'s SitePage,
    /// The number of the use of a snippet, from one; zero on the page itself.
    use_number: usize,
    /// What stands around, from the outermost page to this one.
    way: Vec<Key>,
    /// How deep snippets and what stands inside their tags stand in each other here.
    nested: usize,
    parameters: &'s [(String, Value)],
    children: Option<Children<'s>>,
}

/// What stands inside the tag of a snippet.
#[derive(Clone, Copy)]
struct Children<'s> {
    pieces: &'s Pieces,
    scope: &'s Scope<'s>,
    place: Place,
}

impl Scope<'_> {
    /// Whether the pieces are those of a component, whose names are values or nothing.
    fn is_template(&self) -> bool {
        matches!(self.way.last(), Some((_, Some(_))))
    }

    fn source(&self) -> &Arc<Source> {
        &self.own.page.source
    }
}

/// Puts a page together.
struct Expander<'a> {
    site: &'a Site,
    page: Page,
    fences: Vec<(usize, usize)>,
    links: Vec<Arc<Source>>,
    slugger: Slugger,
    /// The ids of the page itself that are not yet shown.
    waiting: BTreeSet<String>,
    /// The pages whose links are taken down.
    linked: BTreeSet<Key>,
    /// How many snippets are used so far.
    uses: usize,
    /// The headings that are open, among those of the page as it is put together; a snippet in one may have its own.
    headings: Vec<usize>,
    diagnostics: Vec<Diagnostic>,
}

impl Expander<'_> {
    fn pieces(&mut self, pieces: &Pieces, scope: &Scope<'_>) {
        let own = &scope.own.page;
        // The numbers that the open components have got.
        let mut open = Vec::new();
        let mut at = 0;
        while let Some((piece, span)) = pieces.get(at) {
            let rest = pieces.get(at + 1..).unwrap_or_default();
            at += 1;
            match piece {
                Piece::ComponentStart(index) => {
                    let Some(component) = own.components.get(*index) else { continue };
                    let shows = self.site.shows(scope.own, component);
                    if let Some(target) = shown_by(&shows) {
                        let is_end = |(piece, _): &(Piece, Span)| matches!(piece, Piece::ComponentEnd(end) if end == index);
                        let length = rest.iter().position(is_end).unwrap_or(rest.len());
                        at += length + 1;
                        self.snippet(&target, component, rest.get(..length).unwrap_or_default(), scope);
                    } else {
                        self.say(shows, component, scope);
                        open.push(self.component(component, *span, scope));
                    }
                }
                Piece::ComponentEnd(_) => {
                    if let Some(index) = open.pop() {
                        self.push(Piece::ComponentEnd(index), *span);
                    }
                }
                Piece::HeadingStart(index) => {
                    if let Some(heading) = own.headings.get(*index) {
                        self.page.headings.push(Heading { text: String::new(), ..heading.clone() });
                        self.headings.push(self.page.headings.len() - 1);
                        self.push(Piece::HeadingStart(self.page.headings.len() - 1), *span);
                    }
                }
                Piece::HeadingEnd(index) => self.end_heading(own.headings.get(*index), *span, scope),
                Piece::Fence(index) => {
                    if let Some(fence) = own.fences.get(*index) {
                        self.page.fences.push(fence.clone());
                        self.fences.push((scope.page, *index));
                        self.push(Piece::Fence(self.page.fences.len() - 1), *span);
                    }
                }
                Piece::Expression(index) => {
                    if let Some(expression) = own.expressions.get(*index) {
                        self.expression(expression, *span, scope);
                    }
                }
                Piece::Tag(index) => {
                    if let Some(tag) = own.tags.get(*index) {
                        self.tag(tag, *span, scope);
                    }
                }
                Piece::Markdown(Event::Start(Tag::Paragraph)) if is_children(rest, scope) => {
                    // What stands there brings its own paragraphs.
                    self.children(scope, Place::Block);
                    at += 2;
                }
                Piece::Markdown(event) => self.push(Piece::Markdown(of_use(event, scope.use_number)), *span),
            }
        }
    }

    fn push(&mut self, piece: Piece, span: Span) {
        if let Some(heading) = self.headings.last().and_then(|index| self.page.headings.get_mut(*index)) {
            match &piece {
                Piece::Markdown(Event::Text(text) | Event::Code(text)) => heading.text.push_str(text),
                Piece::Markdown(Event::SoftBreak | Event::HardBreak) => heading.text.push(' '),
                _ => {}
            }
        }
        self.page.pieces.push((piece, span));
    }

    fn end_heading(&mut self, read: Option<&Heading>, span: Span, scope: &Scope<'_>) {
        let (Some(index), Some(read)) = (self.headings.pop(), read) else { return };
        let Some(heading) = self.page.headings.get_mut(index) else { return };
        heading.text = heading.text.trim().to_owned();
        if scope.use_number == 0 && self.waiting.remove(&read.id) {
            heading.id.clone_from(&read.id);
        } else {
            let is_made = read.id == slug(&read.text) && heading.text != read.text;
            let wanted = if is_made { slug(&heading.text) } else { read.id.clone() };
            heading.id = self.slugger.unique(&wanted);
            heading.aliases.clear();
        }
        self.push(Piece::HeadingEnd(index), span);
    }

    /// Begins a component that is none of a snippet; gives its number.
    fn component(&mut self, read: &Component, span: Span, scope: &Scope<'_>) -> usize {
        let mut component = read.clone();
        component.resolve(|way| self.value(way, scope).cloned());
        let is_own = scope.use_number == 0;
        let kept = component.id.take().filter(|id| is_own && self.waiting.remove(id));
        if kept.is_none() {
            component.aliases.clear();
        }
        component.id = kept.or_else(|| component.wanted_id().map(|id| self.slugger.unique(&id)));
        component.home = (!is_own).then(|| Arc::clone(scope.source()));
        self.page.components.push(component);
        let index = self.page.components.len() - 1;
        self.push(Piece::ComponentStart(index), span);
        index
    }

    /// Puts a snippet in the place of its tag.
    fn snippet(&mut self, target: &Key, component: &Component, inside: &Pieces, scope: &Scope<'_>) {
        let Some(page) = self.site.shown_at(target) else { return };
        let path = target.1.as_deref().unwrap_or(page.page.source.path());
        let wrong = |message: String, help: &str| {
            Problem::new(Code::SnippetLoop, component.name_span, message).help(help).of(scope.source())
        };
        if scope.way.contains(target) {
            let message = format!("`{path}` shows itself here");
            return self
                .diagnostics
                .push(wrong(message, "take it out, or move what both show to a third file"));
        }
        if scope.way.len() > DEEPEST || scope.nested >= NESTED {
            let message = format!("`{path}` stands deeper than {DEEPEST} snippets in each other");
            return self.diagnostics.push(wrong(message, "use it on the page itself"));
        }
        if self.uses >= USES || self.page.pieces.len() >= MOST {
            let message = format!("the page shows more than {USES} snippets, or is too long with them");
            return self.diagnostics.push(wrong(message, "divide the page"));
        }
        self.uses += 1;
        if self.linked.insert(target.clone()) {
            self.page.links.extend(page.page.links.iter().cloned());
            self.links.resize(self.page.links.len(), Arc::clone(&page.page.source));
        }
        let parameters = self.site.named_for(target, self.parameters(component, scope));
        // What stands inside goes before an attribute of that name.
        let has_children = !inside.is_empty() || !parameters.iter().any(|(name, _)| name == CHILDREN);
        let way = scope.way.iter().chain([target]).cloned().collect();
        let inner = Scope {
            page: target.0,
            own: page,
            use_number: self.uses,
            way,
            nested: scope.nested + 1,
            parameters: &parameters,
            children: has_children.then_some(Children { pieces: inside, scope, place: component.place }),
        };
        let pieces = page.page.pieces.as_slice();
        // JSX has no paragraphs: words alone get one where they stand by themselves.
        let is_bare = match self.site.template(target) {
            Some(template) => {
                template.place == Place::Block || inside.iter().any(|(piece, _)| begins_block(piece))
            }
            None => false,
        };
        let is_bare = is_bare || component.place == Place::Inline;
        self.pieces(if is_bare { unwrapped(pieces) } else { pieces }, &inner);
    }

    /// What stands inside the tag of the snippet, among blocks or in a line of text.
    fn children(&mut self, scope: &Scope<'_>, place: Place) {
        let Some(Children { pieces, scope: outer, .. }) = scope.children else { return };
        if self.uses >= USES || self.page.pieces.len() >= MOST || scope.nested >= NESTED {
            return;
        }
        self.uses += 1;
        let inner = Scope { way: outer.way.clone(), nested: scope.nested + 1, ..*outer };
        self.pieces(if place == Place::Inline { unwrapped(pieces) } else { pieces }, &inner);
    }

    fn expression(&mut self, expression: &Expression, span: Span, scope: &Scope<'_>) {
        if expression.way == [CHILDREN] && scope.children.is_some() {
            return self.children(scope, Place::Inline);
        }
        let text = self.value(&expression.way, scope).and_then(shown);
        // What a component is not given it does not show.
        if let Some(text) = text.or_else(|| scope.is_template().then(String::new)) {
            if !text.is_empty() {
                self.push(Piece::Markdown(Event::Text(text.into())), span);
            }
            return;
        }
        if let Some(name) = expression.way.first().filter(|name| self.is_script(name, scope)) {
            self.say_script(name, expression.span, scope);
        }
        if let Some(heading) = self.headings.last().and_then(|index| self.page.headings.get_mut(*index)) {
            heading.text.push_str(&expression.text);
        }
        self.page.expressions.push(expression.clone());
        self.push(Piece::Expression(self.page.expressions.len() - 1), span);
    }

    /// A tag of raw HTML with variables.
    fn tag(&mut self, tag: &HtmlTag, span: Span, scope: &Scope<'_>) {
        let html = tag.html(|way| self.value(way, scope).cloned());
        let source = Arc::clone(scope.source());
        for Address { target, image, .. } in Html::default().addresses(&html) {
            self.page.links.push(Link { target, span: tag.span, image });
            self.links.push(Arc::clone(&source));
        }
        // On a snippet itself its parameters are not known.
        if !scope.is_template() && (scope.own.kind == PageKind::Page || scope.use_number > 0) {
            for way in tag.variables() {
                if self.value(way, scope).is_none() {
                    self.say_script(&way.join("."), tag.span, scope);
                }
            }
        }
        self.push(Piece::Markdown(Event::InlineHtml(html.into())), span);
    }

    fn say_script(&mut self, name: &str, span: Span, scope: &Scope<'_>) {
        let message = format!("`{name}` has no value that is written out, and JavaScript is not run");
        let problem = Problem::new(Code::ScriptComponent, span, message);
        let help = "export a text, a number, a list or an object that is written out";
        self.diagnostics.push(problem.help(help).of(scope.source()));
    }

    /// The value of a name where the pieces stand.
    fn value<'v>(&'v self, way: &[String], scope: &'v Scope<'_>) -> Option<&'v Value> {
        let way = way.strip_prefix(&[ALL.to_owned()]).filter(|_| scope.use_number > 0).unwrap_or(way);
        let (name, rest) = way.split_first()?;
        match scope.parameters.iter().rev().find(|(known, _)| known == name) {
            Some((_, value)) => member(value, rest),
            None => self.site.value(scope.own, way),
        }
    }

    /// The attributes of a tag as what they are in the snippet.
    fn parameters(&self, component: &Component, scope: &Scope<'_>) -> Vec<(String, Value)> {
        let value = |value: &AttributeValue| match value {
            AttributeValue::Flag => Some(Value::Bool(true)),
            AttributeValue::Text(text) => Some(Value::String(text.clone())),
            AttributeValue::Data(value) => Some(value.clone()),
            AttributeValue::Expression(text) => self.value(&way(text)?, scope).cloned(),
        };
        let attributes = component.attributes.iter();
        attributes.filter_map(|attribute| Some((attribute.name.clone(), value(&attribute.value)?))).collect()
    }

    /// Whether a name of the page is JavaScript.
    fn is_script(&self, name: &str, scope: &Scope<'_>) -> bool {
        let module = &scope.own.page.module;
        let is_script = |module: &Module, name: &str| {
            module.exported(name).is_some_and(|export| !matches!(export.value, ExportValue::Data(_)))
        };
        match module.imported(name) {
            None => is_script(module, name),
            Some((import, _)) if !import.is_page() => true,
            Some((import, ImportedName { what: Imported::Named(name), .. })) => {
                let target = self.site.imported(scope.own, &import.from);
                target
                    .and_then(|target| self.site.pages.get(target))
                    .is_some_and(|page| is_script(&page.page.module, name))
            }
            Some(_) => false,
        }
    }

    /// Says what is wrong with the tag of a component that shows no snippet.
    fn say(&mut self, shows: Shows, component: &Component, scope: &Scope<'_>) {
        let problem = match shows {
            Shows::Script => {
                let message = format!("`{}` is written in JavaScript, which is not run", component.name);
                let help = "write it as a snippet in Markdown, or as a template of its name";
                Problem::new(Code::ScriptComponent, component.name_span, message).help(help)
            }
            Shows::Missing(Some(problem)) => problem,
            Shows::Missing(None) | Shows::Component | Shows::Snippet(_) | Shows::Template(..) => return,
        };
        self.diagnostics.push(problem.of(scope.source()));
    }
}

/// Whether a paragraph holds what stands inside the tag of the snippet and nothing else, and that is blocks.
fn is_children(rest: &Pieces, scope: &Scope<'_>) -> bool {
    let is_it = |index: &usize| {
        scope.own.page.expressions.get(*index).is_some_and(|expression| expression.way == [CHILDREN])
    };
    scope.children.is_some_and(|children| children.place == Place::Block)
        && matches!(rest, [(Piece::Expression(index), _), (Piece::Markdown(Event::End(TagEnd::Paragraph)), _), ..] if is_it(index))
}

/// What stands in the one paragraph that pieces are; other pieces as they are.
fn unwrapped(pieces: &Pieces) -> &Pieces {
    let starts = |(piece, _): &(Piece, Span)| matches!(piece, Piece::Markdown(Event::Start(Tag::Paragraph)));
    match pieces {
        [first, inner @ .., (Piece::Markdown(Event::End(TagEnd::Paragraph)), _)]
            if starts(first) && !inner.iter().any(starts) =>
        {
            inner
        }
        _ => pieces,
    }
}

/// An event as it is in the use of a snippet of this number: footnotes of one have nothing to do with those of others.
fn of_use(event: &Event, use_number: usize) -> Event {
    let named = |label: &str| format!("{label}-{use_number}").into();
    match event {
        Event::FootnoteReference(label) if use_number > 0 => Event::FootnoteReference(named(label)),
        Event::Start(Tag::FootnoteDefinition(label)) if use_number > 0 => {
            Event::Start(Tag::FootnoteDefinition(named(label)))
        }
        _ => event.clone(),
    }
}
