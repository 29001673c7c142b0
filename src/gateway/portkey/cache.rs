//! What the hosted service keeps of answers (recorded from 2.2.3 with a store in memory); the open-source 1.15.2 keeps nothing.

use std::collections::BTreeMap;
use std::time::Duration;

/// Answers by what they were asked with.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Cache {
    kept: BTreeMap<[u8; 32], Kept>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Kept {
    body: Vec<u8>,
    until: Option<Duration>,
}

impl Cache {
    /// The key of a call: its parts, each with its length, so that no two calls share one.
    pub(super) fn key(parts: &[&[u8]]) -> [u8; 32] {
        let mut hasher = blake3::Hasher::new();
        for part in parts {
            hasher.update(&u64::try_from(part.len()).unwrap_or(u64::MAX).to_le_bytes());
            hasher.update(part);
        }
        *hasher.finalize().as_bytes()
    }

    /// What was kept and is still fresh.
    pub(super) fn get(&self, key: &[u8; 32], now: Duration) -> Option<&[u8]> {
        let kept = self.kept.get(key)?;
        kept.until.is_none_or(|until| now < until).then_some(kept.body.as_slice())
    }

    /// Keeps the body of an answer.
    pub(super) fn put(&mut self, key: [u8; 32], body: Vec<u8>, until: Option<Duration>) {
        self.kept.insert(key, Kept { body, until });
    }
}
