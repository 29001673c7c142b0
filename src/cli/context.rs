//! The world around the process, asked once: arguments, environment, terminal, standard streams.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::io::{self, IsTerminal as _, Write as _};
use std::num::NonZero;
use std::path::{Path, PathBuf};

use super::Error;
use super::arguments::Color;
use crate::gateway::faults::Clock;
use crate::report::progress::Shown;
use crate::report::text::Paper;

/// What a command knows of the world.
#[derive(Debug)]
pub struct Context {
    /// The environment; names and values that are no text are left out.
    pub variables: BTreeMap<String, String>,
    /// What reports are written on.
    pub paper: Paper,
    /// Where progress is shown.
    pub progress: Shown,
    /// How many things are worth doing at a time.
    pub parallel: usize,
    /// The user's folder for what can be found out again; none where the environment names no home.
    pub cache: Option<PathBuf>,
    /// The time of day.
    pub clock: Clock,
}

/// The call, the name of the program first.
pub fn arguments() -> impl Iterator<Item = OsString> {
    std::env::args_os()
}

impl Context {
    /// Asks the world.
    #[expect(clippy::disallowed_methods, reason = "this is the one place that asks the clock")]
    pub fn of_process(color: Color) -> Self {
        let variables: BTreeMap<String, String> = std::env::vars_os()
            .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
            .collect();
        let set = |name: &str| variables.get(name).map(String::as_str);
        let plain = set("NO_COLOR").is_some_and(|value| !value.is_empty()) || set("TERM") == Some("dumb");
        let paper = match color {
            Color::Always => Paper::Styled,
            Color::Auto if io::stdout().is_terminal() && !plain => Paper::Styled,
            Color::Auto | Color::Never => Paper::Plain,
        };
        let progress = if io::stderr().is_terminal() { Shown::Terminal } else { Shown::Nowhere };
        // Most of an example is waiting for a process or a socket.
        let parallel = 2 * std::thread::available_parallelism().map_or(1, NonZero::get);
        let folder = |name: &str| set(name).filter(|value| Path::new(value).is_absolute()).map(PathBuf::from);
        let caches = folder("XDG_CACHE_HOME").or_else(|| Some(folder("HOME")?.join(".cache")));
        let cache = caches.map(|caches| caches.join("proofpress"));
        let clock = Clock::at(std::time::SystemTime::now());
        Self { variables, paper, progress, parallel, cache, clock }
    }
}

/// Writes data to standard output.
pub(super) fn print(text: &str) -> Result<(), Error> {
    let mut out = io::stdout().lock();
    out.write_all(text.as_bytes()).and_then(|()| out.flush()).map_err(|error| match error.kind() {
        io::ErrorKind::BrokenPipe => Error::ReaderGone,
        _ => Error::Output(error),
    })
}

/// Says something to the person at the terminal, on standard error; a process without one goes on in silence.
pub(super) fn say(text: &str) {
    let _ = io::stderr().lock().write_all(text.as_bytes());
}

/// Waits for an interrupt from the keyboard, or for the request to end; must be called within a Tokio runtime.
pub(super) fn ended() -> Result<impl Future<Output = ()>, Error> {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        let mut interrupt = signal(SignalKind::interrupt()).map_err(Error::Runtime)?;
        let mut terminate = signal(SignalKind::terminate()).map_err(Error::Runtime)?;
        Ok(async move {
            tokio::select! {
                _ = interrupt.recv() => {}
                _ = terminate.recv() => {}
            }
        })
    }
    #[cfg(not(unix))]
    {
        Ok(async {
            // Without a handler the process ends by itself.
            let _ = tokio::signal::ctrl_c().await;
        })
    }
}
