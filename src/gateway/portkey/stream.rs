//! What becomes of a stream: it is cut at the ends of its events and handed on event by event, mapped where the provider has its own.

use super::providers::Mapping;

/// The events of a stream, and what the client gets of each. A piece that cannot be read ends the stream quietly.
pub(super) fn events(body: &[u8], mapping: &mut Mapping<'_>) -> Vec<Vec<u8>> {
    let text = String::from_utf8_lossy(body);
    let end = mapping.end_of_event();
    let mut pieces: Vec<&str> = text.split(end).collect();
    let rest = pieces.pop().unwrap_or_default();
    let mut out = Vec::new();
    for piece in pieces.into_iter().filter(|piece| !piece.is_empty()) {
        match mapping.event(piece) {
            Ok(Some(mapped)) => out.push(mapped.into_bytes()),
            Ok(None) => out.push(format!("{piece}{end}").into_bytes()),
            Err(()) => return out,
        }
    }
    if !rest.is_empty() {
        match mapping.event(rest) {
            Ok(Some(mapped)) => out.push(mapped.into_bytes()),
            Ok(None) => out.push(rest.as_bytes().to_vec()),
            Err(()) => {}
        }
    }
    out.retain(|chunk| !chunk.is_empty());
    out
}
