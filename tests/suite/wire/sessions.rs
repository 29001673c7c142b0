//! Sessions: whose exchange is whose.

use super::*;

#[tokio::test]
async fn see_only_their_own_requests() {
    let world = World::mock().await;
    let authority = reqwest::Certificate::from_pem(world.gateway.authority_pem().as_bytes()).unwrap();
    let sessions = [world.gateway.session("a:b c/ü"), world.gateway.session("2"), world.gateway.session("")];
    for (number, session) in sessions.iter().enumerate() {
        let client = reqwest::Client::builder()
            .proxy(reqwest::Proxy::all(session.proxy_url()).unwrap())
            .tls_certs_only([authority.clone()])
            .build()
            .unwrap();
        for scheme in ["http", "https"] {
            let url = format!("{scheme}://api.portkey.ai/v1/models?session={number}");
            client.get(url).send().await.unwrap().bytes().await.unwrap();
        }
    }
    for (number, session) in sessions.iter().enumerate() {
        let seen: Vec<_> = session
            .take()
            .into_iter()
            .map(|exchange| (exchange.request.scheme, exchange.request.query))
            .collect();
        let query = format!("session={number}");
        assert_eq!(seen, [(Scheme::Http, query.clone()), (Scheme::Https, query)]);
    }
}

#[tokio::test]
async fn of_one_name_are_one() {
    let world = World::mock().await;
    let (one, other) = (world.gateway.session("same"), world.gateway.session("same"));
    assert_eq!(one.proxy_url(), other.proxy_url());
    let bytes = format!(
        "GET http://localhost:11434/v1/models HTTP/1.1\r\nproxy-authorization: Basic {}\r\nconnection: close\r\n\r\n",
        "c2FtZTp4"
    );
    drop(one);
    world.raw(bytes.as_bytes()).await;
    assert_eq!(other.take().len(), 1);
    drop(other);
    assert_eq!(world.gateway.session("same").take(), []);
}

#[tokio::test]
async fn get_the_exchange_of_what_they_send() {
    let world = World::mock().await;
    let session = world.gateway.session("sender");
    let request = chat(&world.credential("portkey"), CHAT);
    let exchange = session.send(request.clone()).await.unwrap();
    assert_eq!(exchange.answer.status, 200);
    assert_eq!(exchange.request.body, request.body);
    assert!(exchange.request.headers.iter().all(|(name, _)| name != "proofpress-ticket"));
    assert_eq!(session.take(), []);
}

#[tokio::test]
async fn send_many_requests_at_once() {
    let world = World::mock().await;
    let session = Arc::new(world.gateway.session("many"));
    let tasks: Vec<_> = (0..200)
        .map(|number| {
            let session = Arc::clone(&session);
            let request = Request { query: format!("number={number}"), ..chat("none", CHAT) };
            tokio::spawn(async move { session.send(request).await.unwrap().request.query })
        })
        .collect();
    for (number, task) in tasks.into_iter().enumerate() {
        assert_eq!(task.await.unwrap(), format!("number={number}"));
    }
}

#[tokio::test]
async fn cannot_send_what_is_no_request() {
    let world = World::mock().await;
    let session = world.gateway.session("odd");
    let good = chat("key", CHAT);
    let odd = [
        Request { host: "a b".to_owned(), ..good.clone() },
        Request { host: String::new(), ..good.clone() },
        Request { method: "BAD METHOD".to_owned(), ..good.clone() },
        Request { headers: vec![("a b".to_owned(), String::new())], ..good.clone() },
        Request { headers: vec![("a".to_owned(), "x\r\ny: z".to_owned())], ..good.clone() },
        Request { host: "a..b".to_owned(), ..good.clone() },
        Request { host: "it's.me".to_owned(), ..good.clone() },
        Request { path: format!("/{}", "a".repeat(70_000)), ..good.clone() },
        Request { headers: vec![("a".to_owned(), "x".repeat(70_000))], ..good.clone() },
        Request { body: vec![b'x'; 17 << 20], ..good.clone() },
    ];
    for request in odd {
        let sent = session.send(request).await;
        assert!(matches!(sent, Err(Error::NoRequest(_))), "{sent:?}");
    }
    assert!(session.send(good).await.is_ok());
}
