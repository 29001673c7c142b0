//! The gateway: it answers the requests of examples as the real services would, and says beside each answer
//! what is wrong with the request.
//!
//! [`exchange`] holds requests and answers.

pub mod exchange;
