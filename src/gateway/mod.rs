//! The gateway: it answers the requests of examples as the real services would, and says beside each answer
//! what is wrong with the request.
//!
//! [`exchange`] holds requests and answers; [`profiles`] what is known of providers; [`credentials`] the keys
//! that the mock issues; [`dialects`] the wire formats; [`routing`] Portkey Configs, and
//! [`portkey`] the gateway that follows them; [`mock`] puts them together as one pure function from a request to an exchange.
//! [`faults`] and [`limits`] let it fail on purpose, [`scripts`] answers from a file, and [`cassettes`] from what
//! was recorded.
//! Around it stand the sockets: [`authority`] makes certificates for any host, [`session`] keeps apart the requests of
//! different examples, `proxy` speaks HTTP, `live` asks the real services, `control` shows the `journal` of a gateway that
//! stands alone, [`server`] is the gateway as a whole.

pub mod exchange;

pub mod profiles;

pub mod credentials;

pub mod dialects;

pub mod routing;

pub mod portkey;

pub mod mock;

pub mod pattern;

pub mod usage;

pub mod limits;

pub mod faults;

pub mod scripts;

pub mod cassettes;

mod secrets;

mod shown;

pub mod journal;

mod metrics;

pub mod authority;

pub mod session;

mod line;

mod addresses;

pub mod allowance;

mod wallet;

mod refusal;

mod outgoing;

mod proxy;

mod live;

mod control;

pub mod server;

pub use addresses::is_of_this_machine;
pub use exchange::UNSENT;
pub use server::{Base, Dialect, Error, Gateway, Log, Mode, Options, Pages};
pub use session::Session;
