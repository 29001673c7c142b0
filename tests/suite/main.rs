//! What a user can see of the program, and what must hold of its code as a whole.
//!
//! [`cases`] runs the folders under `tests/cases`; `tests/README.md` says how to add one. [`process`] holds what a case
//! cannot say, [`recordings`] and [`secrets`] what is kept of a gateway, [`serve`] looks at the preview as a browser does, [`wire`] speaks with the gateway as clients do. [`manual`] holds the
//! manual to what the program knows, and [`browser`] looks at a built page as a reader does. [`oracle`], [`conformance`] and
//! [`proof`] hold what we read and write to the judgement of others, the [`judges`]; [`agreement`] does so for what we say of
//! configurations, and [`client`] lets the real program use one. [`portkey`] lets the real Portkey gateway and the mock's engine answer
//! the same requests, and [`sdks`] lets the clients of providers use our gateway.

#![expect(clippy::disallowed_methods, reason = "tests prepare folders, and read what the program wrote")]
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod agreement;
mod architecture;
mod browser;
mod case;
mod cases;
mod client;
mod clients;
mod conformance;
mod judges;
mod manual;
mod oracle;
mod pattern;
mod portkey;
#[cfg(unix)]
mod process;
mod program;
mod proof;
#[cfg(unix)]
mod recordings;
#[cfg(unix)]
mod sdks;
#[cfg(unix)]
mod secrets;
#[cfg(unix)]
mod serve;
mod soup;
mod wire;
