//! Live preview: what is saved is seen, and verified again.
//!
//! 1. `preview` holds the site as it stands, renders what is asked for, and knows what is wrong with it.
//! 2. `watch` says which files were touched; what they hold is read again, and nothing else.
//! 3. `verification` verifies the pages that have changed, those that are looked at first.
//! 4. `http` serves it all from memory, and tells browsers over a WebSocket when their page is another one.

mod http;
mod preview;
mod queue;
mod status;
mod verification;
mod watch;

use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::thread;

use tokio::net::TcpListener;

use crate::diagnostics::Diagnostic;
use crate::examples::{self, Verdicts};
use crate::site::Site;

use preview::Preview;

/// Where the preview listens, and how it verifies.
#[derive(Clone, Debug)]
pub struct Options {
    /// The address; where it is one of this machine alone, only requests that name this machine are answered.
    pub host: IpAddr,
    /// The port; any free one where it is 0.
    pub port: u16,
    /// How examples are run.
    pub examples: examples::Options,
}

/// What happens meanwhile, for those who show it.
#[derive(Clone, Debug)]
pub enum Event {
    /// The site is served at this address.
    Serving(SocketAddr),
    /// What was touched is verified.
    Verified {
        /// What became of the fences of each page that was new or changed.
        verdicts: Verdicts,
        /// What else is wrong with these pages and with the site as such.
        found: Vec<Diagnostic>,
    },
    /// Something could not be done; the preview goes on with what it had.
    Trouble(Trouble),
}

/// What the preview could not do.
#[derive(Clone, Debug, thiserror::Error)]
pub enum Trouble {
    /// What was touched cannot be read.
    #[error(transparent)]
    Site(Arc<crate::site::Error>),
    /// Examples cannot be run.
    #[error(transparent)]
    Examples(Arc<examples::Error>),
    /// Files cannot be watched any more.
    #[error("cannot watch the files of the site")]
    Watch(#[source] Arc<notify::Error>),
}

/// Who is told of events.
pub type Events = Arc<dyn Fn(Event) + Send + Sync>;

/// Our own trouble in serving a site.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The address cannot be listened at.
    #[error("cannot listen at {address}")]
    Listen {
        /// The address that was asked for.
        address: SocketAddr,
        /// Why not.
        source: io::Error,
    },
    /// The files of the site cannot be watched.
    #[error("cannot watch the files of the site")]
    Watch(#[from] notify::Error),
    /// The threads for it cannot be had, or the listener broke.
    #[error("cannot serve")]
    System(#[from] io::Error),
}

/// Serves a site, as [`crate::site::load`] gives it, until `ended`; must be called within a Tokio runtime.
pub async fn run(
    site: Site,
    options: Options,
    events: Events,
    ended: impl Future<Output = ()>,
) -> Result<(), Error> {
    let wanted = SocketAddr::new(options.host, options.port);
    let listen = |source| Error::Listen { address: wanted, source };
    let listener = TcpListener::bind(wanted).await.map_err(listen)?;
    let address = listener.local_addr().map_err(listen)?;
    // Watched before anything is said, so that no save after the first line is missed.
    let watcher = watch::Watcher::new(&site)?;
    let preview = Arc::new(Preview::new(site));
    let saves = spawn("proofpress-saves", {
        let (preview, events) = (Arc::clone(&preview), Arc::clone(&events));
        move || watch::follow(watcher, &preview, &events)
    })?;
    let examples = spawn("proofpress-examples", {
        let (preview, events) = (Arc::clone(&preview), Arc::clone(&events));
        move || verification::run(&preview, &options.examples, &events)
    })?;
    events(Event::Serving(address));
    let served = http::serve(listener, Arc::clone(&preview));
    let result = tokio::select! {
        result = served => result.map_err(Error::System),
        () = ended => Ok(()),
    };
    preview.stop();
    for thread in [saves, examples] {
        // A thread that has panicked has said so itself.
        let _ended = thread.join();
    }
    result
}

fn spawn(name: &str, work: impl FnOnce() + Send + 'static) -> io::Result<thread::JoinHandle<()>> {
    thread::Builder::new().name(name.to_owned()).spawn(work)
}
