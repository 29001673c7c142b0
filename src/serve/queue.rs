//! The pages that have to be verified, and in which order.

use std::collections::{BTreeSet, VecDeque};

use crate::page::Page;

/// The pages that have to be verified.
#[derive(Debug, Default)]
pub(super) struct Queue {
    /// Those that were saved or are looked at.
    pub(super) urgent: VecDeque<String>,
    /// The others.
    pub(super) rest: VecDeque<String>,
    /// Those that are being verified.
    pub(super) at_work: Vec<String>,
    /// Those that are verified and not yet reported.
    pub(super) done: BTreeSet<String>,
    /// Something has changed that is not yet reported.
    pub(super) unreported: bool,
    /// Profiles or schemas were read again.
    pub(super) knowledge: bool,
    pub(super) stopped: bool,
}

/// What is to be verified next.
#[derive(Debug)]
pub(super) enum Task {
    /// Pages; whether what is known of clients and providers must be read again before.
    Verify(Vec<Page>, Knowledge),
    /// All is verified: the pages that were since the last time.
    Report(Vec<String>),
    /// Nothing any more.
    Stop,
}

/// Whether profiles and schemas are those of the last time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Knowledge {
    Same,
    Changed,
}

impl Queue {
    /// Puts a page first; what it was before does not count any more.
    pub(super) fn hurry(&mut self, path: String) {
        self.rest.retain(|waiting| *waiting != path);
        self.urgent.retain(|waiting| *waiting != path);
        self.urgent.push_front(path);
    }

    /// Puts a page first if it waits.
    pub(super) fn look_at(&mut self, path: &str) {
        if let Some(at) = self.rest.iter().position(|waiting| waiting == path) {
            self.urgent.extend(self.rest.remove(at));
        }
    }

    /// The next pages: one that is urgent, or some of the others.
    pub(super) fn take(&mut self, most: usize) -> Vec<String> {
        let paths: Vec<String> = match self.urgent.pop_front() {
            Some(path) => vec![path],
            None => self.rest.drain(..most.min(self.rest.len())).collect(),
        };
        self.at_work.clone_from(&paths);
        paths
    }

    /// How many pages are still to be verified.
    pub(super) fn left(&self) -> usize {
        self.urgent.len() + self.rest.len() + self.at_work.len()
    }
}
