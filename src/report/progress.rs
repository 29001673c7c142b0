//! A bar on standard error while examples run.

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use super::one_line;
use crate::examples::Event;

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
        let style = ProgressStyle::with_template("verifying [{bar:30}] {pos}/{len} {wide_msg}")
            .unwrap_or_else(|_| ProgressStyle::default_bar())
            .progress_chars("=> ");
        let bar = ProgressBar::with_draw_target(Some(0), target).with_style(style);
        Self { bar }
    }

    /// Shows what has happened.
    pub fn read(&self, event: &Event) {
        match event {
            Event::Planned { examples } => self.bar.set_length(*examples as u64),
            Event::Judged { file, line, .. } => {
                self.bar.set_message(one_line(&format!("{file}:{line}")));
                self.bar.inc(1);
            }
        }
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.bar.finish_and_clear();
    }
}
