//! A bar on standard error while examples run.

use std::borrow::Cow;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

/// Where progress is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shown {
    /// On a terminal.
    Terminal,
    /// Nowhere: the output is read by a program, or kept.
    Nowhere,
}

/// The progress of one run; the bar disappears when this is dropped.
#[derive(Debug)]
pub struct Progress {
    bar: ProgressBar,
}

impl Progress {
    /// A bar that waits for work.
    pub fn new(shown: Shown) -> Self {
        let target = match shown {
            Shown::Terminal => ProgressDrawTarget::stderr(),
            Shown::Nowhere => ProgressDrawTarget::hidden(),
        };
        let style = ProgressStyle::with_template("{prefix} [{bar:30}] {pos}/{len} {wide_msg}")
            .unwrap_or_else(|_| ProgressStyle::default_bar())
            .progress_chars("=> ");
        let bar = ProgressBar::with_draw_target(Some(0), target).with_style(style);
        Self { bar }
    }

    /// Says what is done now.
    pub fn stage(&self, name: &'static str) {
        self.bar.set_prefix(name);
    }

    /// Says how many pieces of work there are.
    pub fn expect(&self, pieces: usize) {
        self.bar.set_length(pieces as u64);
    }

    /// Names the piece that is worked on.
    pub fn start(&self, name: impl Into<Cow<'static, str>>) {
        self.bar.set_message(name);
    }

    /// One piece is done.
    pub fn finish_one(&self) {
        self.bar.inc(1);
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.bar.finish_and_clear();
    }
}
