//! Proofpress builds a documentation site from Markdown and runs the examples on its pages.
//!
//! Two functions are the whole of it: [`examples::verify`] finds the examples of a site, runs them against a gateway and judges
//! them; [`render::build`] makes pages of a site and its verdicts, and hands them over one at a time.
//!
//! The rooms, in reading order; each may use only those above it.
//!
//! | room | holds |
//! |---|---|
//! | [`source`] | texts, and places in them |
//! | [`diagnostics`] | one thing to say about one place |
//! | [`data`] | JSON, YAML and TOML as values that know their spans; JSON Schema |
//! | [`page`] | one Markdown file as a value |
//! | [`site`] | the tree as read and as understood |
//! | [`gateway`] | what answers the requests of examples, and says what is wrong with them |
//! | [`examples`] | the examples of a site: found, planned, run, judged |
//! | [`checks`] | what else must hold |
//! | [`render`] | pages out of pages |
//! | [`report`] | diagnostics and verdicts for people and machines |
//! | [`serve`] | live preview |
//! | [`cli`] | the commands |

pub mod source;

pub mod diagnostics;

pub mod data;

pub mod page;

pub mod site;

pub mod gateway;

pub mod examples;

pub mod checks;

pub mod render;

pub mod report;

pub mod serve;

pub mod cli;
