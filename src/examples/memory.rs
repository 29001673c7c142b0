//! What went well already, by all that it depends on: of a page that changes, only what is new is tried.

use std::collections::HashMap;
use std::fmt::Debug;
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::run::Ran;
use crate::gateway::exchange::Exchange;

/// What a request or a script depends on, apart from what stays while a verifier lives.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Key(blake3::Hash);

/// What was tried and went well.
#[derive(Clone, Debug)]
pub(super) enum Known {
    /// A request and its answer.
    Exchange(Box<Exchange>),
    /// A script.
    Script(Box<Ran>),
}

/// What is known of each page since it was last verified.
#[derive(Debug, Default)]
pub(super) struct Memory {
    pages: Mutex<HashMap<String, HashMap<Key, Entry>>>,
}

#[derive(Debug)]
struct Entry {
    known: Known,
    /// Whether the page still has it.
    used: bool,
}

impl Key {
    /// The key of values; their debug form shows all that they hold.
    pub(super) fn of(values: &impl Debug) -> Self {
        Self(blake3::hash(format!("{values:?}").as_bytes()))
    }
}

impl Memory {
    /// What is known of a page.
    pub(super) fn recall(&self, page: &str, key: Key) -> Option<Known> {
        let mut pages = self.pages();
        let entry = pages.get_mut(page)?.get_mut(&key)?;
        entry.used = true;
        Some(entry.known.clone())
    }

    /// Keeps what went well.
    pub(super) fn keep(&self, page: &str, key: Key, known: Known) {
        self.pages().entry(page.to_owned()).or_default().insert(key, Entry { known, used: true });
    }

    /// Forgets what a page did not use since the last time.
    pub(super) fn tidy(&self, page: &str) {
        if let Some(entries) = self.pages().get_mut(page) {
            entries.retain(|_, entry| std::mem::take(&mut entry.used));
        }
    }

    fn pages(&self) -> MutexGuard<'_, HashMap<String, HashMap<Key, Entry>>> {
        self.pages.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn known() -> Known {
        Known::Script(Box::default())
    }

    #[test]
    fn what_was_kept_is_known_on_its_page_alone() {
        let memory = Memory::default();
        memory.keep("a.md", Key::of(&"one"), known());
        assert!(memory.recall("a.md", Key::of(&"one")).is_some());
        assert!(memory.recall("a.md", Key::of(&"two")).is_none());
        assert!(memory.recall("b.md", Key::of(&"one")).is_none());
    }

    #[test]
    fn what_a_page_no_longer_has_is_forgotten() {
        let memory = Memory::default();
        memory.keep("a.md", Key::of(&"one"), known());
        memory.keep("a.md", Key::of(&"two"), known());
        memory.tidy("a.md");
        assert!(memory.recall("a.md", Key::of(&"one")).is_some());
        memory.tidy("a.md");
        assert!(memory.recall("a.md", Key::of(&"one")).is_some());
        assert!(memory.recall("a.md", Key::of(&"two")).is_none());
    }
}
