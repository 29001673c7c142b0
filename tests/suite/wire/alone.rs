//! The gateway as a server of its own.

use proofpress::gateway::dialects::Endpoint;
use proofpress::gateway::profiles::Profile;

use super::*;

async fn check(head: &str, host: &str, path: &str) {
    let log = Arc::new(Mutex::new(Vec::new()));
    let listening = Arc::clone(&log);
    let listener: proofpress::gateway::server::Log =
        Box::new(move |exchange: &Exchange| listening.lock().unwrap().push(exchange.request.clone()));
    let gateway = Gateway::start(Options { log: Some(listener), ..Options::default() }).await.unwrap();
    let world = World { gateway, authority: NamedTempFile::new().unwrap() };
    world.raw(format!("{head}\r\nconnection: close\r\n\r\n").as_bytes()).await;
    let requests = log.lock().unwrap();
    let seen: Vec<_> = requests.iter().map(|seen| (seen.host.as_str(), seen.path.as_str())).collect();
    assert_eq!(seen, [(host, path)]);
}

#[tokio::test]
async fn it_is_portkey() {
    check("GET /v1/models HTTP/1.1\r\nhost: localhost", "api.portkey.ai", "/v1/models").await;
}

#[tokio::test]
async fn the_first_segment_names_a_provider() {
    check("GET /openai/v1/models HTTP/1.1\r\nhost: localhost", "api.openai.com", "/v1/models").await;
    check("GET /venice/api/v1/models HTTP/1.1\r\nhost: localhost", "api.venice.ai", "/api/v1/models").await;
}

#[tokio::test]
async fn the_host_names_a_provider() {
    check("GET /v1/models HTTP/1.1\r\nhost: api.openai.com", "api.openai.com", "/v1/models").await;
}

#[tokio::test]
async fn an_old_client_without_a_host_is_answered() {
    check("GET /v1/models HTTP/1.0", "api.portkey.ai", "/v1/models").await;
}

#[tokio::test]
async fn it_tells_that_it_is_well() {
    World::mock().await.is_well().await;
}

#[tokio::test]
async fn every_provider_has_a_base() {
    let world = World::mock().await;
    let address = world.gateway.address();
    let bases = world.gateway.bases();
    assert_eq!(bases.len(), Profiles::builtin().iter().count());
    let venice = bases.iter().find(|base| base.provider == "venice").unwrap();
    assert_eq!(venice.url, format!("http://{address}/venice/api/v1"));
}

#[tokio::test]
async fn every_provider_is_found_at_its_base_with_its_credential() {
    let world = World::mock().await;
    let profiles = Profiles::builtin();
    let lists_models = |profile: &&Profile| {
        profile.bases.first().is_none_or(|base| base.endpoints.contains(&Endpoint::Models))
    };
    for base in world.gateway.bases() {
        // A route of Kong's is one endpoint, and none of them lists models.
        let Some(profile) = profiles.get(&base.provider).filter(lists_models) else { continue };
        let place = profile.authentication.places.first().unwrap();
        let scheme = place.scheme.as_ref().map_or(String::new(), |scheme| format!("{scheme} "));
        let path = base.url.split_once("//").and_then(|(_, rest)| rest.split_once('/')).unwrap().1;
        // One of them passes on to whom it is told.
        let head = format!(
            "GET /{path}/models HTTP/1.1\r\nhost: localhost\r\nanthropic-version: 2023-06-01\r\nx-portkey-provider: openai\r\n\
             {}: {scheme}{}\r\nconnection: close\r\n\r\n",
            place.header, base.credential
        );
        let answer = world.raw(head.as_bytes()).await;
        assert!(answer.starts_with("HTTP/1.1 200 "), "{base:?} {answer}");
    }
}
