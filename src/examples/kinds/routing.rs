//! Portkey Configs.
use super::{Plan, Surroundings};
use crate::data::Document;
use crate::page::Fence;
pub(in crate::examples) fn recognises(_document: &Document) -> bool {
    false
}
pub(in crate::examples) fn plan<'a>(
    fence: &'a Fence,
    _document: &Document,
    _around: &Surroundings<'_>,
) -> Plan<'a> {
    Plan::untested(fence, "")
}
