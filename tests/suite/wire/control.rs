//! What is asked of a stand-alone gateway itself.

use super::*;
use proofpress::gateway::Pages;
use proofpress::gateway::faults::Plan;
use proofpress::gateway::faults::rules::Rule;
use serde_json::Value;

async fn world() -> World {
    World::of(Options { pages: Pages::All, ..Options::default() }).await
}

impl World {
    async fn ask(&self, method: &str, path: &str, body: &str) -> (u16, String) {
        self.asked(&format!("{method} {path} HTTP/1.1\r\nhost: localhost\r\n"), body).await
    }

    async fn asked(&self, head: &str, body: &str) -> (u16, String) {
        let length = body.len();
        let request = format!("{head}content-length: {length}\r\nconnection: close\r\n\r\n{body}");
        let answer = self.raw(request.as_bytes()).await;
        let status = answer.split(' ').nth(1).and_then(|status| status.parse().ok()).unwrap_or_default();
        let (_, body) = answer.split_once("\r\n\r\n").unwrap_or_default();
        (status, body.to_owned())
    }

    async fn models(&self) -> u16 {
        let key = self.credential("openai");
        let head =
            format!("GET /openai/v1/models HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer {key}\r\n");
        self.asked(&head, "").await.0
    }
}

fn json(text: &str) -> Value {
    serde_json::from_str(text).unwrap()
}

#[tokio::test]
async fn exchanges_are_shown_as_json_without_credentials() {
    let world = world().await;
    assert_eq!(world.models().await, 200);
    let (status, body) = world.ask("GET", "/_proofpress/exchanges", "").await;
    assert_eq!(status, 200);
    let exchange = &json(&body)["exchanges"][0];
    assert_eq!(exchange["url"], "https://api.openai.com/v1/models");
    assert_eq!((&exchange["status"], &exchange["number"]), (&Value::from(200), &Value::from(1)));
    assert!(!body.contains(&world.credential("openai")) && body.contains("Bearer ***"), "{body}");
    let (_, body) = world.ask("GET", "/_proofpress/exchanges?after=1", "").await;
    assert_eq!(body, r#"{"exchanges":[]}"#);
}

#[tokio::test]
async fn who_waits_is_told_of_the_next_exchange() {
    let world = world().await;
    let waiting = world.ask("GET", "/_proofpress/exchanges?after=0&wait", "");
    let ((status, body), _) = tokio::join!(waiting, world.models());
    assert_eq!((status, json(&body)["exchanges"].as_array().map(Vec::len)), (200, Some(1)));
}

#[tokio::test]
async fn the_page_shows_what_was_asked_and_what_was_wrong() {
    let world = world().await;
    world.ask("GET", "/openai/v1/models?x=%3Cb%3E", "").await;
    let (status, page) = world.ask("GET", "/_proofpress/", "").await;
    assert_eq!(status, 200);
    for part in [
        "<html lang=\"en\">",
        "missing-credential",
        "https://api.openai.com/v1/models",
        "401",
        "<h3>What is wrong</h3>",
    ] {
        assert!(page.contains(part), "{part} in {page}");
    }
    let (_, fragment) = world.ask("GET", "/_proofpress/exchanges.html?after=0", "").await;
    assert!(fragment.starts_with("<article id=\"x1\"") && page.contains(&fragment), "{fragment}");
    assert_eq!(world.ask("GET", "/_proofpress", "").await.0, 308);
}

#[tokio::test]
async fn faults_are_set_shown_and_taken_away() {
    let world = world().await;
    let (status, shown) =
        world.ask("PUT", "/_proofpress/faults", r#"[{"fault":"429*2","provider":"openai"}]"#).await;
    assert_eq!((status, shown.as_str()), (200, r#"[{"fault":"429*2","provider":"openai"}]"#));
    assert_eq!([world.models().await, world.models().await, world.models().await], [429, 429, 200]);
    world.ask("PUT", "/_proofpress/faults", r#"[{"fault":"500*"}]"#).await;
    assert_eq!(world.models().await, 500);
    assert_eq!(world.ask("DELETE", "/_proofpress/faults", "").await.0, 204);
    assert_eq!(world.models().await, 200);
}

#[tokio::test]
async fn a_fault_that_cannot_be_read_changes_nothing() {
    let world = world().await;
    for (body, message) in [
        (r#"[{"fault":"rset"}]"#, "`rset` is not a fault"),
        (r#"[{"falt":"429"}]"#, "a fault has no `fault`"),
        (r#"{"fault":"429"}"#, "`faults` is not a list of tables"),
        ("[", "is never closed"),
    ] {
        let (status, told) = world.ask("PUT", "/_proofpress/faults", body).await;
        assert_eq!(status, 400);
        assert!(told.contains(message), "{message} in {told}");
    }
    assert_eq!(world.ask("GET", "/_proofpress/faults", "").await, (200, "[]".to_owned()));
}

#[tokio::test]
async fn limits_are_set_and_taken_away() {
    let world = world().await;
    assert_eq!(world.ask("PUT", "/_proofpress/limits", r#"[{"requests":1}]"#).await.0, 200);
    assert_eq!([world.models().await, world.models().await], [200, 429]);
    assert_eq!(world.ask("DELETE", "/_proofpress/limits", "").await.0, 204);
    assert_eq!(world.models().await, 200);
}

#[tokio::test]
async fn a_reset_begins_anew() {
    let (plan, _) = Plan::parse("429", 0, Code::Setting).into_parts();
    let faults = vec![Rule::of(plan, "429")];
    let world = World::of(Options { pages: Pages::All, faults, ..Options::default() }).await;
    assert_eq!([world.models().await, world.models().await], [429, 200]);
    assert_eq!(world.ask("POST", "/_proofpress/reset", "").await.0, 204);
    assert_eq!(world.ask("GET", "/_proofpress/exchanges", "").await.1, r#"{"exchanges":[]}"#);
    assert_eq!(world.models().await, 429);
}

#[tokio::test]
async fn numbers_are_there_for_prometheus() {
    let world = world().await;
    world.models().await;
    let (status, text) = world.ask("GET", "/metrics", "").await;
    assert_eq!(status, 200);
    let line = "proofpress_exchanges_total{provider=\"openai\",status=\"200\"} 1";
    assert!(text.lines().any(|found| found == line), "{text}");
}

#[tokio::test]
async fn pages_of_other_sites_and_names_of_other_hosts_are_refused() {
    let world = world().await;
    let put = "PUT /_proofpress/faults HTTP/1.1\r\n";
    for head in [
        "host: localhost\r\norigin: https://evil.example\r\n",
        "host: localhost\r\nsec-fetch-site: cross-site\r\n",
        "host: rebound.example\r\n",
    ] {
        let (status, _) = world.asked(&format!("{put}{head}"), r#"[{"fault":"500*"}]"#).await;
        assert_eq!(status, 403, "{head}");
    }
    let (status, _) =
        world.asked(&format!("{put}host: localhost\r\norigin: http://localhost\r\n"), "[]").await;
    assert_eq!(status, 200);
}

#[tokio::test]
async fn a_gateway_for_others_takes_every_name_and_no_page_of_another_site() {
    let host = std::net::Ipv4Addr::UNSPECIFIED.into();
    let world = World::of(Options { host, pages: Pages::All, ..Options::default() }).await;
    let put = "PUT /_proofpress/faults HTTP/1.1\r\nhost: docs.example\r\n";
    assert_eq!(world.asked(put, r#"[{"fault":"500*"}]"#).await.0, 200);
    assert_eq!(world.models().await, 500);
    let foreign = format!("{put}origin: https://evil.example\r\n");
    assert_eq!(world.asked(&foreign, "[]").await.0, 403);
}

#[tokio::test]
async fn what_is_not_there_is_said() {
    let world = world().await;
    assert_eq!(world.ask("GET", "/_proofpress/nothing", "").await.0, 404);
    assert_eq!(world.ask("POST", "/_proofpress/faults", "").await.0, 405);
}

#[tokio::test]
async fn a_gateway_for_examples_has_no_switches() {
    let world = World::mock().await;
    world.ask("PUT", "/_proofpress/faults", r#"[{"fault":"500*"}]"#).await;
    assert_eq!(world.models().await, 200);
    world.is_well().await;
}
