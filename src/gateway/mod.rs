//! The gateway: it answers the requests of examples as the real services would, and says beside each answer
//! what is wrong with the request.
//!
//! [`exchange`] holds requests and answers; [`profiles`] what is known of providers; [`credentials`] the keys
//! that the mock issues; [`dialects`] the wire formats; [`routing`] Portkey Configs; [`mock`] puts them
//! together as one pure function from a request to an exchange.

pub mod exchange;

pub mod profiles;

pub mod credentials;

pub mod dialects;

pub mod routing;

pub mod mock;
