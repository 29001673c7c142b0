//! What live gateways are asked: again where they say so, and no more than allowed.

use std::sync::atomic::{AtomicUsize, Ordering};

use super::*;
use proofpress::gateway::allowance::Allowance;
use proofpress::gateway::usage::Usage;

const DONE: &str = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\nconnection: close\r\n\r\n{\"usage\":{\"prompt_tokens\":30,\"completion_tokens\":20}}";

/// A gateway of the user's own that gives these answers in turn, the last one again and again.
async fn world(answers: &'static [&'static str], allowance: Allowance) -> World {
    let count = AtomicUsize::new(0);
    let base = upstream(move |_| {
        let index = count.fetch_add(1, Ordering::Relaxed).min(answers.len() - 1);
        answers.get(index).unwrap().as_bytes().to_vec()
    })
    .await;
    World::of(Options { mode: Mode::Url(base.parse().unwrap()), allowance, ..Options::default() }).await
}

async fn statuses(world: &World, requests: usize) -> Vec<(u16, Option<Unsent>)> {
    let session = world.gateway.session("x");
    let mut seen = Vec::new();
    for _ in 0..requests {
        let exchange = session.send(chat("key", CHAT)).await.unwrap();
        seen.push((exchange.answer.status, exchange.unsent));
    }
    seen
}

#[tokio::test]
async fn a_request_is_sent_again_when_its_host_says_so() {
    let world = world(
        &["HTTP/1.1 503 Busy\r\nretry-after-ms: 1\r\nconnection: close\r\ncontent-length: 0\r\n\r\n", DONE],
        Allowance::default(),
    )
    .await;
    assert_eq!(statuses(&world, 1).await, [(200, None)]);
    let tally = world.gateway.tally().unwrap();
    assert_eq!((tally.requests, tally.retries, tally.usage), (2, 1, Usage { input: 30, output: 20 }));
}

#[tokio::test]
async fn a_host_that_stays_busy_has_the_last_word() {
    let world = world(
        &["HTTP/1.1 429 Too Many Requests\r\nretry-after: 0\r\nconnection: close\r\ncontent-length: 0\r\n\r\n"],
        Allowance::default(),
    )
    .await;
    assert_eq!(statuses(&world, 1).await, [(429, None)]);
    assert_eq!(world.gateway.tally().unwrap().requests, 3);
}

#[tokio::test]
async fn a_limit_ends_the_sending() {
    let world = world(&[DONE], Allowance { tokens: Some(50), ..Allowance::default() }).await;
    let limit = Some(Unsent::Exhausted("50 tokens".to_owned()));
    assert_eq!(statuses(&world, 2).await, [(200, None), (502, limit)]);
    assert_eq!(world.gateway.tally().unwrap().requests, 1);
}
