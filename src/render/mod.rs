//! x
mod highlight;
mod markup;
pub mod output;
