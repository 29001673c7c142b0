//! Portkey Configs: the gateway takes them, and they do what they say: their targets fail by turns, their load is shared, and what they keep
//! is found again.

mod trials;

use serde_json::json;

use super::{Claim, Plan, Probe, Surroundings, Work};
use crate::data::Document;
use crate::diagnostics::Severity;
use crate::examples::anchors::{Anchors, BodyAnchor, HeaderAnchor};
use crate::examples::{Check, Kind};
use crate::gateway::credentials;
use crate::gateway::exchange::{Request, Scheme};
use crate::gateway::routing::Config;
use crate::page::Fence;

/// The name of the provider profile whose Configs these are.
const PROVIDER: &str = "portkey";

/// Whether data is a Portkey Config.
pub(in crate::examples) fn recognises(document: &Document) -> bool {
    !document.fragment && crate::gateway::routing::looks_like_config(&document.root)
}

/// The plan for a Portkey Config.
pub(in crate::examples) fn plan<'a>(
    fence: &'a Fence,
    document: &Document,
    around: &Surroundings<'_>,
) -> Plan<'a> {
    let mut plan = Plan::new(fence, Claim::Example(Kind::Routing));
    plan.checked.insert(Check::Syntax);
    let (config, mut problems) = Config::read(&document.root).into_parts();
    plan.checked.insert(Check::Schema);
    let refused = problems.iter().any(|problem| problem.severity == Severity::Error);
    if let Some(config) = config.filter(|_| !refused && !document.sketch) {
        problems.extend(trials::of(&config, document));
        plan.checked.insert(Check::Routing);
        if !fence.attributes.example.no_run {
            plan.work = Work::Requests(vec![probe(fence, document, around)]);
        }
    }
    plan.report(problems);
    plan
}

/// A request that carries the Config.
fn probe(fence: &Fence, document: &Document, around: &Surroundings<'_>) -> Probe {
    let body = &fence.body;
    let profile = around.mock.profiles().get(PROVIDER);
    let issued = profile.map(credentials::issued_to).unwrap_or_default();
    let config = document.root.to_json();
    let question = json!({
        "model": "gpt-5.4",
        "messages": [{ "role": "user", "content": "Reply with the word ready." }],
    });
    let request = Request {
        method: "POST".to_owned(),
        scheme: Scheme::Https,
        host: "api.portkey.ai".to_owned(),
        port: 443,
        path: "/v1/chat/completions".to_owned(),
        query: String::new(),
        headers: vec![
            ("content-type".to_owned(), "application/json".to_owned()),
            ("x-portkey-api-key".to_owned(), issued),
            ("x-portkey-config".to_owned(), config.to_string()),
        ],
        body: question.to_string().into_bytes(),
    };
    let whole = body.locate(document.root.span);
    let header = HeaderAnchor {
        name: "x-portkey-config".to_owned(),
        key: whole,
        value: body.part(document.root.span),
    };
    let anchors = Anchors {
        whole,
        url: None,
        method: None,
        credential: None,
        headers: vec![header],
        body: BodyAnchor::MadeUp,
    };
    Probe { request, anchors }
}
