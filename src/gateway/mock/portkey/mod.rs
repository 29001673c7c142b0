//! The Portkey gateways of the mock: what the engine makes of a request, and beside it what is wrong with the request.
//!
//! The answer is the engine's, with the mock's own providers behind it; it is as lenient as the real gateway. What is lost or ignored on
//! the way is said beside it: `headers` and `config` look at what the gateway reads, `review` at who is asked, `upstream` hands on
//! what the providers say of the request that they get.

mod accounts;
mod config;
mod headers;
mod integrations;
mod review;
mod upstream;

use std::time::Duration;

use serde_json::{Value, json};

use super::judgement::Judgement;
use super::paths;
use super::{Mock, body};
use crate::data::Path;
use crate::diagnostics::Code;
use crate::gateway::dialects::seed::Seed;
use crate::gateway::dialects::{Endpoint, openai};
use crate::gateway::exchange::{Answer, Exchange, Finding, Place};
use crate::gateway::portkey::{self, Accounts, Cache, Gateway, Nobody, Played};
use crate::gateway::routing::{Edition, Unroutable};

/// What is answered in place of a gateway that never answers.
const NEVER: &str = "the real gateway never answers this";

/// The answer at an endpoint; the credential is judged.
pub(super) fn answer(mock: &Mock, mut judgement: Judgement, asked: &paths::Place) -> Exchange {
    let endpoint = asked.endpoint;
    let (profiles, portkey) = (mock.profiles(), judgement.profile);
    headers::judge(&mut judgement);
    if endpoint == Endpoint::Models && portkey.edition == Edition::Hosted {
        let ids = integrations::models(profiles, portkey);
        return judgement.answered(|| openai::models(ids.iter().map(String::as_str), "portkey"));
    }
    let given = config::given(&mut judgement);
    let bodyless = judgement.request.method != "POST" || endpoint.id(asked.rest).is_some();
    let body = match endpoint {
        _ if bodyless => Some(json!({})),
        // Also where pictures are named in JSON, which OpenAI itself takes.
        _ if endpoint.takes_form() => body::read_form(&mut judgement),
        _ => body::read(&mut judgement),
    };
    if let Some(body) = body.as_ref().filter(|_| !bodyless) {
        body::judge(&mut judgement, endpoint, body);
    }
    // Where nothing has a model, the model names no provider.
    let named = body.as_ref().filter(|_| has_model(endpoint)).unwrap_or(&Value::Null);
    review::provider(profiles, &mut judgement, &given, named);
    let request = config::played(judgement.request, portkey.edition, &given);
    let accounts: &dyn Accounts = match portkey.edition {
        Edition::Hosted => &accounts::Known { profiles, portkey },
        Edition::Open => &Nobody,
    };
    let seed = Seed::of(judgement.request);
    let mut gateway = Gateway {
        edition: portkey.edition,
        accounts,
        cache: &mut Cache::default(),
        now: Duration::from_secs(seed.created()),
        seed: seed.number(),
        judges_answers: false,
    };
    let mut providers = upstream::Providers::new(mock, portkey, judgement.request);
    let played = portkey::answer(&request, &mut gateway, &mut providers);
    upstream::tell(&mut judgement, &providers, &played, given.config());
    settled(judgement, endpoint, played)
}

/// Whether what is asked there names a model.
fn has_model(endpoint: Endpoint) -> bool {
    !matches!(endpoint, Endpoint::Files | Endpoint::Batches | Endpoint::StoredResponses)
}

/// The exchange: the engine's answer, unless the request is refused for what only a real provider would refuse it for.
fn settled(mut judgement: Judgement, endpoint: Endpoint, played: Played) -> Exchange {
    let target = played.target.as_deref().map(config::path_of).unwrap_or_default();
    if let Some(unroutable) = &played.unroutable {
        let message = match unroutable {
            Unroutable::Router(message) => message.as_str(),
            Unroutable::Broken => "Something went wrong",
        };
        let place = config::place(&Path(vec![crate::data::Step::Key("strategy".to_owned())]));
        let finding = Finding::new(Code::Refused, place, format!("the gateway cannot route this: {message}"));
        judgement.note(finding);
    }
    let answer = played.answer.unwrap_or_else(|| portkey::failure(500, NEVER));
    if answer.is_success() {
        return judgement.answered(|| answer);
    }
    if !judgement.has_errors() {
        judgement.note(unexplained(&answer, &judgement, (endpoint, &target)));
    }
    judgement.answered_with(answer)
}

/// What is said of a refusal that nothing else explains.
fn unexplained(answer: &Answer, judgement: &Judgement, asked: (Endpoint, &Path)) -> Finding {
    let (endpoint, target) = asked;
    let (request, edition) = (judgement.request, judgement.profile.edition);
    let openai = if edition == Edition::Hosted { "`@openai`" } else { "`openai`" };
    let body: Value = serde_json::from_slice(&answer.body()).unwrap_or(Value::Null);
    let message = body.get("message").or_else(|| body.pointer("/error/message")).and_then(Value::as_str);
    let message = message.unwrap_or_default();
    if message.contains(" is not supported by ") {
        let provider = message.rsplit(' ').next().unwrap_or_default();
        let finding = Finding::new(
            Code::WrongPath,
            Place::Path,
            format!("the provider `{provider}` has no {endpoint}"),
        );
        return finding.help(format!("ask a provider that has them, such as {openai}"));
    }
    if endpoint == Endpoint::Files && message == "Something went wrong" {
        let finding = Finding::new(Code::WrongPath, Place::Path, "the provider that is asked takes no files");
        return finding.help(format!("ask a provider that takes them, such as {openai}"));
    }
    if message.starts_with("Either x-portkey-config or") {
        let finding = Finding::new(Code::BadHeader, Place::Host, "nothing names a provider");
        return finding.help("send `x-portkey-provider: @openai`, or a config in `x-portkey-config`");
    }
    let place =
        if request.header("x-portkey-config").is_some() { config::place(target) } else { Place::Host };
    let finding =
        Finding::new(Code::Refused, place, format!("the gateway answers {}: {message}", answer.status));
    match answer.status {
        431 => finding.help("keep headers below 16 KB: a long config is better saved, and named by its id"),
        446 => {
            finding.help("a guardrail with `deny` keeps this request back: change the request or the check")
        }
        _ => finding,
    }
}
