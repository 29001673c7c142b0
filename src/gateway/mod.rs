//! The gateway: it answers the requests of examples as the real services would, and says beside each answer
//! what is wrong with the request.
//!
//! [`exchange`] holds requests and answers; [`profiles`] what is known of providers; [`credentials`] the keys
//! that the mock issues; [`dialects`] the wire formats; [`routing`] Portkey Configs, and
//! [`portkey`] the gateway that follows them; [`mock`] puts them together as one pure function from a request to an exchange.
//! [`faults`] and [`limits`] let it fail on purpose.
//! Around it stand the sockets: [`authority`] makes certificates for any host, [`session`] keeps apart the requests of
//! different examples, `proxy` speaks HTTP, `live` asks the real services, [`server`] is the gateway as a whole.

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

mod secrets;

pub mod authority;

pub mod session;

mod line;

mod wallet;

mod refusal;

mod outgoing;

mod proxy;

mod live;

pub mod server;

pub use server::{Base, Error, Gateway, Log, Mode, Options, UNSENT};
pub use session::Session;
