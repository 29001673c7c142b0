//! The list of models, and one of them.

use serde_json::{Value, json};

use crate::gateway::exchange::Answer;

/// When models were made, as far as this service says.
const CREATED: u64 = 1_767_225_600;

/// The list.
pub(in crate::gateway) fn list<'a>(ids: impl Iterator<Item = &'a str>, owner: &str) -> Answer {
    let data: Vec<Value> = ids.map(|id| entry(id, owner)).collect();
    Answer::json(200, &json!({"object": "list", "data": data}))
}

/// One model.
pub(in crate::gateway) fn one(id: &str, owner: &str) -> Answer {
    Answer::json(200, &entry(id, owner))
}

fn entry(id: &str, owner: &str) -> Value {
    json!({"id": id, "object": "model", "created": CREATED, "owned_by": owner})
}
