//! Which files of the site are touched.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::mpsc::{self, RecvTimeoutError};
use std::time::Duration;

use notify::{RecommendedWatcher, RecursiveMode};
use notify_debouncer_full::{DebounceEventResult, Debouncer, RecommendedCache, new_debouncer};

use super::preview::Preview;
use super::{Event, Events, Trouble};
use crate::site::Site;

/// Editors write a file in several steps; so long after the last one it is read.
const REST: Duration = Duration::from_millis(40);

/// How exactly that time is kept.
const TICK: Duration = Duration::from_millis(10);

/// How soon an end of the preview is noticed.
const END: Duration = Duration::from_millis(100);

/// Watches a site; ends when it is dropped.
pub(super) struct Watcher {
    root: PathBuf,
    debouncer: Debouncer<RecommendedWatcher, RecommendedCache>,
    events: mpsc::Receiver<DebounceEventResult>,
}

impl Watcher {
    /// Begins to watch the folders of a site, and its root for those that are still to come.
    pub(super) fn new(site: &Site) -> Result<Self, notify::Error> {
        let root = if site.root.as_os_str().is_empty() { Path::new(".") } else { &site.root };
        let root = root.canonicalize()?;
        let (sender, events) = mpsc::channel();
        let mut debouncer = new_debouncer(REST, Some(TICK), sender)?;
        debouncer.watch(&root, RecursiveMode::NonRecursive)?;
        let mut watcher = Self { root, debouncer, events };
        for folder in site.folders() {
            watcher.watch(&folder)?;
        }
        let schemas = site.settings.clients.iter().filter_map(|(_, client)| client.schema.as_deref());
        for folder in schemas.filter_map(Path::parent) {
            let folder = watcher.root.join(folder);
            if folder.starts_with(&watcher.root) && folder != watcher.root && folder.is_dir() {
                watcher.debouncer.watch(&folder, RecursiveMode::NonRecursive)?;
            }
        }
        Ok(watcher)
    }

    /// Watches a folder of the root where it is there.
    fn watch(&mut self, folder: &Path) -> Result<(), notify::Error> {
        let place = self.root.join(folder);
        if place.is_dir() { self.debouncer.watch(&place, RecursiveMode::Recursive) } else { Ok(()) }
    }

    /// The paths that were touched, from the root; an empty path where it is not known which.
    fn touched(&mut self, events: DebounceEventResult) -> Result<BTreeSet<PathBuf>, notify::Error> {
        let mut touched = BTreeSet::new();
        let events = events.map_err(|errors| {
            let first = errors.into_iter().next();
            first.unwrap_or_else(|| notify::Error::generic("the system says nothing more"))
        })?;
        for event in events {
            if event.need_rescan() {
                touched.insert(PathBuf::new());
            }
            // To read a file is an event as well.
            if event.kind.is_access() {
                continue;
            }
            let inside = event.paths.iter().filter_map(|path| path.strip_prefix(&self.root).ok());
            touched.extend(inside.filter(|path| !path.as_os_str().is_empty()).map(Path::to_owned));
        }
        Ok(touched)
    }

    /// Watches those of `folders` that were made, or put in the place of others.
    fn watch_new(&mut self, touched: &BTreeSet<PathBuf>, folders: &[PathBuf]) -> Result<(), notify::Error> {
        folders.iter().filter(|folder| touched.contains(*folder)).try_for_each(|folder| self.watch(folder))
    }
}

/// Has the preview read what is touched, until it ends.
pub(super) fn follow(mut watcher: Watcher, preview: &Preview, events: &Events) {
    let stopped = preview.stopped();
    let mut unread = BTreeSet::new();
    while !*stopped.borrow() {
        let received = match watcher.events.recv_timeout(END) {
            Ok(received) => received,
            Err(RecvTimeoutError::Timeout) => continue,
            Err(RecvTimeoutError::Disconnected) => return,
        };
        let touched = watcher.touched(received).and_then(|touched| {
            unread.extend(touched.iter().cloned());
            // Only a new folder of the root is one more to be watched.
            if touched.iter().any(|path| path.components().count() == 1) {
                let folders = preview.state().site.folders();
                watcher.watch_new(&touched, &folders)?;
            }
            Ok(())
        });
        let trouble = match touched {
            Ok(()) => {
                if unread.is_empty() {
                    continue;
                }
                match preview.reload(&unread) {
                    Ok(()) => {
                        unread.clear();
                        continue;
                    }
                    // What could not be read is tried again with the next event.
                    Err(error) => Trouble::Site(Arc::new(error)),
                }
            }
            Err(error) => Trouble::Watch(Arc::new(error)),
        };
        preview.fail(trouble.clone());
        events(Event::Trouble(trouble));
    }
}
