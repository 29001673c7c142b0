//! What is promised of every text whatever.

use super::*;

/// What is promised of every text whatever.
pub(super) fn holds(text: &str) -> Result<(), String> {
    let page = page(text);
    let inside =
        |span: Span| text.get(span.range()).map(|_| ()).ok_or(format!("{span:?} is not in the text"));
    page.pieces.iter().try_for_each(|(_, span)| inside(*span))?;
    page.headings.iter().try_for_each(|heading| inside(heading.span))?;
    page.links.iter().try_for_each(|link| inside(link.span))?;
    page.diagnostics.iter().try_for_each(|diagnostic| inside(diagnostic.problem.span))?;
    for fence in &page.fences {
        inside(fence.span)?;
        inside(fence.info)?;
        maps_back(&fence.body)?;
    }
    if page.fences.windows(2).any(|pair| matches!(pair, [one, other] if one.span.end > other.span.start)) {
        return Err("fences overlap, or are not in order".to_owned());
    }
    nests(&page)?;
    let masks = ["<?x", "<?0", "<?1", "<?/", "<?-", "<x-", "</x-"];
    let shows = |piece: &str| masks.iter().any(|mask| piece.contains(mask) && !text.contains(mask));
    let shows_mask = |piece: &Piece| match piece {
        Piece::Markdown(
            Event::Text(piece) | Event::Html(piece) | Event::InlineHtml(piece) | Event::Code(piece),
        ) => shows(piece),
        _ => false,
    };
    if page.fences.iter().any(|fence| shows(fence.body.text())) {
        return Err("a mask is shown in a fence".to_owned());
    }
    for component in &page.components {
        inside(component.span)?;
        if page.source.slice(component.name_span) != component.name {
            return Err(format!("{component:?} has its name elsewhere"));
        }
        component.attributes.iter().try_for_each(|attribute| inside(attribute.value_span))?;
        stands(&page, component)?;
    }
    leads(&page)?;
    match page.pieces.iter().find(|(piece, _)| shows_mask(piece)) {
        Some(piece) => Err(format!("a mask is shown: {piece:?}")),
        None => Ok(()),
    }
}

/// A component has its tag and its attributes where it says.
fn stands(page: &Page, component: &Component) -> Result<(), String> {
    let whole = page.source.slice(component.span);
    if !whole.starts_with('<') || !component.span.contains(component.name_span) {
        return Err(format!("{component:?} stands elsewhere: {whole:?}"));
    }
    for attribute in &component.attributes {
        let name = page.source.slice(attribute.name_span);
        let value = page.source.slice(attribute.value_span);
        let is_right = match &attribute.value {
            AttributeValue::Flag => value.is_empty(),
            AttributeValue::Data(_) | AttributeValue::Expression(_) => {
                value.starts_with('{') && value.ends_with('}')
            }
            AttributeValue::Text(text) => {
                value.starts_with(['"', '\'', '{']) || value.trim_end_matches('/') == text || value == text
            }
        };
        if name != attribute.name || !is_right || !component.span.contains(attribute.value_span) {
            return Err(format!("{attribute:?} stands elsewhere: {name:?} {value:?}"));
        }
    }
    Ok(())
}

/// Headings, links and anchors are where they say, and those of the page are found; no two places have one id.
fn leads(page: &Page) -> Result<(), String> {
    let mut ids = std::collections::BTreeSet::new();
    for heading in &page.headings {
        let written = page.source.slice(heading.span);
        // Marks, entities and values in braces may stand between its letters, or for them.
        let mut letters = written.chars();
        let is_there = |letter: char| !letter.is_alphanumeric() || letters.any(|other| other == letter);
        if !written.contains(['&', '{']) && !heading.text.chars().all(is_there) {
            return Err(format!("{heading:?} stands elsewhere: {written:?}"));
        }
        if !ids.insert(heading.id.as_str()) {
            return Err(format!("{heading:?} has the id of another"));
        }
    }
    for link in &page.links {
        let written = page.source.slice(link.span);
        let is_plain = !written.starts_with(['[', '!', '<']) && !written.contains(['&', '{']);
        if is_plain && !written.contains(&link.target) {
            return Err(format!("{link:?} stands elsewhere: {written:?}"));
        }
    }
    let components = page.components.iter().filter_map(|component| component.id.as_deref());
    if let Some(id) = components.clone().find(|id| !ids.insert(id)) {
        return Err(format!("{id:?} is the id of two"));
    }
    let aliases = page.headings.iter().flat_map(|heading| &heading.aliases);
    let aliases = aliases.chain(page.components.iter().flat_map(|component| &component.aliases));
    if let Some(alias) = aliases.clone().find(|alias| !ids.insert(alias)) {
        return Err(format!("{alias:?} is an alias of another"));
    }
    match ids.iter().find(|id| !id.is_empty() && !page.has_anchor(id)) {
        Some(id) => Err(format!("{id:?} is not found")),
        None => Ok(()),
    }
}

/// Each line of a body is the text that it points to; a tab may leave blanks at its beginning.
fn maps_back(body: &Excerpt) -> Result<(), String> {
    let mut at = 0;
    for line in body.text().split_inclusive('\n') {
        let shown = line.trim_end_matches(['\n', '\r']);
        let from = body.source().slice(body.locate(Span::new(at, at + shown.len())));
        if from != shown && from.trim_start() != shown.trim_start() {
            return Err(format!("{shown:?} points to {from:?}"));
        }
        at += line.len();
    }
    Ok(())
}

/// What is opened is closed in order, and each heading and fence stands there once.
fn nests(page: &Page) -> Result<(), String> {
    let mut open = Vec::new();
    let (mut fences, mut headings, mut components) = (Vec::new(), Vec::new(), Vec::new());
    for (piece, _) in &page.pieces {
        match piece {
            Piece::Markdown(Event::Start(tag)) => open.push(name(tag)),
            Piece::HeadingStart(index) => open.push(format!("{index}")),
            Piece::Markdown(Event::End(tag)) if open.pop() != Some(format!("{tag:?}")) => {
                return Err(format!("{tag:?} ends what is not open"));
            }
            Piece::HeadingEnd(index) if open.pop() != Some(format!("{index}")) => {
                return Err(format!("heading {index} is not open"));
            }
            Piece::HeadingEnd(index) => headings.push(*index),
            Piece::ComponentStart(index) => open.push(format!("component {index}")),
            Piece::ComponentEnd(index) if open.pop() != Some(format!("component {index}")) => {
                return Err(format!("component {index} is not open"));
            }
            Piece::ComponentEnd(index) => components.push(*index),
            Piece::Fence(index) => fences.push(*index),
            Piece::Expression(_) | Piece::Tag(_) | Piece::Markdown(_) => {}
        }
    }
    // A fence that stands in a table comes behind it.
    fences.sort_unstable();
    components.sort_unstable();
    let once = fences.iter().copied().eq(0..page.fences.len())
        && headings.iter().copied().eq(0..page.headings.len())
        && components.iter().copied().eq(0..page.components.len());
    if open.is_empty() && once {
        Ok(())
    } else {
        Err(format!("{open:?} stays open, or {fences:?} or {components:?} are not all"))
    }
}
