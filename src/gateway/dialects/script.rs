//! What a model is told to say, in place of what it would say by itself.

use std::cell::RefCell;

use serde_json::Value;

/// What a model says, whatever the dialect.
#[derive(Clone, Debug, Default, PartialEq)]
pub(in crate::gateway) struct Line {
    /// A text.
    pub(in crate::gateway) text: String,
    /// Calls of tools, each with its arguments; then nothing else is said.
    pub(in crate::gateway) calls: Vec<(String, Value)>,
}

thread_local! {
    // Between the request and what a model says to it lies all that judges and routes requests, and has no use for it.
    static LINE: RefCell<Option<Line>> = const { RefCell::new(None) };
}

/// Gives an answer in which models say this.
pub(in crate::gateway) fn prompted<T>(line: Line, answer: impl FnOnce() -> T) -> T {
    /// Takes the line back, also where the answer ends in a panic.
    struct Curtain;
    impl Drop for Curtain {
        fn drop(&mut self) {
            LINE.with_borrow_mut(|line| *line = None);
        }
    }
    LINE.with_borrow_mut(|place| *place = Some(line));
    let _curtain = Curtain;
    answer()
}

/// What is to be said in the answer that is being given.
pub(super) fn line() -> Option<Line> {
    LINE.with_borrow(Clone::clone)
}
