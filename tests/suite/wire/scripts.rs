//! A script before a live gateway, before recordings, and under limits.

use super::*;
use proofpress::data::Syntax;
use proofpress::gateway::limits::Limit;
use proofpress::gateway::scripts::Script;

fn script(text: &str) -> Script {
    let (script, problems) = Script::parse(text, Syntax::Toml, &Profiles::builtin()).into_parts();
    assert_eq!(problems, []);
    script
}

/// What a gateway of this mode answers by a script, and what it has asked a gateway behind it.
async fn answered(text: &str, mode: impl FnOnce(&World) -> Mode) -> (Exchange, Vec<Exchange>) {
    let upstream = World::mock().await;
    let internet = upstream.gateway.session("");
    let options = Options { mode: mode(&upstream), script: Some(script(text)), ..Options::default() };
    let world = World::of(options).await;
    let request = chat(&upstream.credential("portkey"), CHAT);
    let exchange = world.gateway.session("x").send(request).await.unwrap();
    (exchange, internet.take())
}

fn of_ones_own(upstream: &World) -> Mode {
    Mode::Url(format!("http://{}/v1", upstream.gateway.address()).parse().unwrap())
}

#[tokio::test]
async fn what_a_reply_answers_is_not_sent() {
    let replies = [
        ("body = \"scripted\"", 200, "scripted"),
        ("status = 503", 503, ""),
        ("fault = \"429\"", 429, ""),
        ("fault = \"malformed\"", 200, ""),
    ];
    for (reply, status, body) in replies {
        for mode in [of_ones_own, |_: &World| Mode::Replay] {
            let (exchange, sent) = answered(&format!("[[replies]]\n{reply}"), mode).await;
            assert_eq!(
                (exchange.answer.status, sent.len(), exchange.unsent.clone()),
                (status, 0, None),
                "{reply}"
            );
            assert!(body_of(&exchange).contains(body), "{reply}");
        }
    }
}

#[tokio::test]
async fn what_no_reply_is_for_is_sent_where_the_script_leaves_it_to_others() {
    let reply = "[[replies]]\nmatch = { model = \"other\" }\nbody = \"scripted\"";
    let (exchange, sent) = answered(&format!("unmatched = \"mock\"\n{reply}"), of_ones_own).await;
    assert_eq!((exchange.answer.status, sent.len()), (200, 1));
    let (exchange, sent) = answered(reply, of_ones_own).await;
    assert!(matches!(exchange.unsent, Some(Unsent::NotScripted(_))), "{exchange:?}");
    assert_eq!(sent, []);
}

#[tokio::test]
async fn a_reply_without_a_body_is_none_for_what_the_mock_does_not_play() {
    let upstream = World::mock().await;
    let internet = upstream.gateway.session("");
    let options = Options {
        mode: of_ones_own(&upstream),
        script: Some(script("[[replies]]\nstatus = 200")),
        ..Options::default()
    };
    let world = World::of(options).await;
    let (host, path) = ("api.openai.com".to_owned(), "/v1/fine_tuning/jobs".to_owned());
    let authorization = format!("Bearer {}", world.credential("openai"));
    let headers = vec![("authorization".to_owned(), authorization)];
    let request = Request { host, path, headers, ..chat("", CHAT) };
    let exchange = world.gateway.session("x").send(request).await.unwrap();
    assert_eq!(exchange.unsent, Some(Unsent::NotPlayed("POST /v1/fine_tuning/jobs".to_owned())));
    assert_eq!((exchange.answer.status, internet.take()), (502, Vec::new()));
}

#[tokio::test]
async fn a_scripted_refusal_uses_up_nothing() {
    let text = "[[replies]]\nmatch = { nth = 1 }\nfault = \"429\"\n[[replies]]\nbody = \"scripted\"";
    let limit = Limit { requests: Some(1), ..Limit::default() };
    let world =
        World::of(Options { script: Some(script(text)), limits: vec![limit], ..Options::default() }).await;
    let session = world.gateway.session("x");
    let mut answers = Vec::new();
    for _ in 0..3 {
        let request = Request { host: "api.openai.com".to_owned(), ..chat("key", CHAT) };
        answers.push(session.send(request).await.unwrap().answer);
    }
    let told = |answer: &proofpress::gateway::exchange::Answer| {
        let named = answer.headers.iter().filter(|(name, _)| name == "x-ratelimit-remaining-requests");
        (answer.status, named.count())
    };
    assert_eq!(answers.iter().map(told).collect::<Vec<_>>(), [(429, 1), (200, 1), (429, 1)]);
}
