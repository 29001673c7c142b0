//! The preview over HTTP: everything from memory, nothing to be cached, and only for this machine.

use std::io;
use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::extract::ws::{Message, WebSocket, WebSocketUpgrade};
use axum::extract::{Query, Request, State};
use axum::http::header::{self, HeaderMap, HeaderName, HeaderValue};
use axum::http::{StatusCode, Uri};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use serde::Deserialize;
use tokio::net::TcpListener;

use super::preview::{Answer, Document, Preview};
use crate::gateway::is_of_this_machine;
use crate::report::text::{self, Paper};

/// What browsers run beside the scripts of the page.
const SCRIPT: &str = include_str!("preview.js");

/// Where that is; pages of a site never begin with a dot that the site did not ask for.
const SCRIPT_PATH: &str = "/.proofpress/preview.js";

/// Where browsers hear of changes.
const LIVE_PATH: &str = "/.proofpress/live";

/// The endings of files, and what they hold.
const TYPES: [(&str, &str); 28] = [
    ("avif", "image/avif"),
    ("css", "text/css; charset=utf-8"),
    ("csv", "text/csv; charset=utf-8"),
    ("gif", "image/gif"),
    ("htm", "text/html; charset=utf-8"),
    ("html", "text/html; charset=utf-8"),
    ("ico", "image/x-icon"),
    ("jpeg", "image/jpeg"),
    ("jpg", "image/jpeg"),
    ("js", "text/javascript; charset=utf-8"),
    ("json", "application/json"),
    ("md", "text/markdown; charset=utf-8"),
    ("mjs", "text/javascript; charset=utf-8"),
    ("mp4", "video/mp4"),
    ("otf", "font/otf"),
    ("pdf", "application/pdf"),
    ("png", "image/png"),
    ("svg", "image/svg+xml"),
    ("toml", "application/toml"),
    ("ttf", "font/ttf"),
    ("txt", "text/plain; charset=utf-8"),
    ("wasm", "application/wasm"),
    ("webm", "video/webm"),
    ("webmanifest", "application/manifest+json"),
    ("webp", "image/webp"),
    ("woff", "font/woff"),
    ("woff2", "font/woff2"),
    ("xml", "application/xml"),
];

/// Which names of this server are taken for its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Names {
    /// Those of this machine; a foreign name that leads here is an attack on it.
    ThisMachine,
    /// All, where others are meant to come.
    All,
}

/// Answers until it is dropped.
pub(super) async fn serve(listener: TcpListener, preview: Arc<Preview>) -> io::Result<()> {
    let local = listener.local_addr()?.ip();
    let names = if local.is_loopback() { Names::ThisMachine } else { Names::All };
    let router = Router::new()
        .route(SCRIPT_PATH, get(script))
        .route(LIVE_PATH, get(live))
        .fallback(get(page))
        .with_state(preview)
        .layer(middleware::from_fn(move |request, next| guard(names, request, next)));
    axum::serve(listener, router).await
}

/// Refuses what is not meant for us, and forbids to keep what is.
async fn guard(names: Names, request: Request, next: Next) -> Response {
    let host = host(request.headers(), request.uri());
    let is_own = match names {
        Names::ThisMachine => host.as_deref().is_some_and(is_this_machine),
        Names::All => host.is_some(),
    };
    let mut response = if is_own {
        next.run(request).await
    } else {
        (StatusCode::FORBIDDEN, "this preview answers requests to this machine only\n").into_response()
    };
    let headers = response.headers_mut();
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    response
}

/// The host that a request is for, with its port.
fn host(headers: &HeaderMap, uri: &Uri) -> Option<String> {
    let named = headers.get(header::HOST).and_then(|host| host.to_str().ok());
    named.or_else(|| uri.authority().map(axum::http::uri::Authority::as_str)).map(str::to_lowercase)
}

/// Whether a host, with or without a port, is a name that only this machine has.
fn is_this_machine(host: &str) -> bool {
    let name = match host.strip_prefix('[') {
        Some(rest) => rest.split(']').next().unwrap_or_default(),
        None => host.rsplit_once(':').map_or(host, |(name, _)| name),
    };
    is_of_this_machine(name)
}

async fn script() -> Response {
    ([(header::CONTENT_TYPE, "text/javascript; charset=utf-8")], SCRIPT).into_response()
}

async fn page(State(preview): State<Arc<Preview>>, uri: Uri) -> Response {
    let path = uri.path().to_owned();
    // To render takes a moment, in which other requests go on.
    match tokio::task::spawn_blocking(move || preview.answer(&path)).await {
        Ok(Answer::Page(document)) => html(StatusCode::OK, &document),
        Ok(Answer::NotFound(document)) => html(StatusCode::NOT_FOUND, &document),
        Ok(Answer::Broken(diagnostic)) => {
            let written = text::diagnostics(std::slice::from_ref(&*diagnostic), Paper::Plain);
            html(StatusCode::INTERNAL_SERVER_ERROR, &Document::broken(&written))
        }
        Ok(Answer::File(name, bytes)) => ([(header::CONTENT_TYPE, kind(&name))], bytes).into_response(),
        Ok(Answer::Elsewhere(address)) => {
            let (before, anchor) = address.split_at(address.find('#').unwrap_or(address.len()));
            // What was asked for goes on, and what the redirect asks for itself stays.
            let mark = if before.contains('?') { '&' } else { '?' };
            redirect(&uri.query().map_or(address.clone(), |query| format!("{before}{mark}{query}{anchor}")))
        }
        Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}

fn html(status: StatusCode, document: &Document) -> Response {
    let head: [(HeaderName, &str); 1] = [(header::CONTENT_TYPE, "text/html; charset=utf-8")];
    (status, head, Body::from(with_script(document))).into_response()
}

/// The page with the script of the preview, which is told what it stands on.
fn with_script(document: &Document) -> String {
    let Document { html, mark } = document;
    let (before, after) = html.rfind("</body>").map_or((html.as_str(), ""), |at| html.split_at(at));
    format!("{before}<script src=\"{SCRIPT_PATH}\" data-mark=\"{mark}\" defer></script>\n{after}")
}

fn redirect(address: &str) -> Response {
    match HeaderValue::from_str(address) {
        // The address is that of now; a site may change.
        Ok(address) => (StatusCode::TEMPORARY_REDIRECT, [(header::LOCATION, address)]).into_response(),
        Err(_) => StatusCode::NOT_FOUND.into_response(),
    }
}

/// What a file holds, by its ending.
fn kind(name: &str) -> &'static str {
    let ending = name.rsplit_once('.').map_or("", |(_, ending)| ending).to_lowercase();
    let found = TYPES.iter().find(|(known, _)| *known == ending);
    found.map_or("application/octet-stream", |(_, kind)| kind)
}

/// The page that a browser shows.
#[derive(Debug, Deserialize)]
struct Shown {
    page: String,
}

async fn live(
    State(preview): State<Arc<Preview>>,
    Query(shown): Query<Shown>,
    headers: HeaderMap,
    uri: Uri,
    upgrade: WebSocketUpgrade,
) -> Response {
    // Every page of the web may open a WebSocket to this machine; only ours are answered.
    let host = host(&headers, &uri);
    let origin = headers.get(header::ORIGIN).and_then(|origin| origin.to_str().ok()).unwrap_or_default();
    let asking = origin.split_once("://").map(|(_, host)| host.to_lowercase());
    if asking.is_none() || asking != host {
        return (StatusCode::FORBIDDEN, "only pages of this preview are told\n").into_response();
    }
    upgrade.on_upgrade(move |socket| tell(socket, preview, shown.page))
}

/// Tells a browser how it stands, again whenever that is something else.
async fn tell(mut socket: WebSocket, preview: Arc<Preview>, page: String) {
    let mut versions = preview.versions();
    let mut told = String::new();
    loop {
        versions.borrow_and_update();
        let asked = (Arc::clone(&preview), page.clone());
        let status = tokio::task::spawn_blocking(move || asked.0.status(&asked.1)).await;
        let Some(text) = status.ok().and_then(|status| serde_json::to_string(&status).ok()) else { return };
        if text != told {
            told.clone_from(&text);
            if socket.send(Message::Text(text.into())).await.is_err() {
                return;
            }
        }
        tokio::select! {
            changed = versions.changed() => if changed.is_err() { return },
            received = socket.recv() => match received {
                Some(Ok(Message::Close(_)) | Err(_)) | None => return,
                Some(Ok(_)) => {}
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_this_machine_are_known() {
        for own in
            ["localhost", "localhost:4000", "127.0.0.1:80", "127.0.0.2", "[::1]:4000", "docs.localhost:1"]
        {
            assert!(is_this_machine(own), "{own}");
        }
        for foreign in
            ["", "example.com", "example.com:4000", "localhost.example.com", "192.0.2.1:80", "[::2]"]
        {
            assert!(!is_this_machine(foreign), "{foreign}");
        }
    }

    #[test]
    fn the_ending_of_a_file_says_what_it_holds() {
        assert_eq!(kind("theme.css"), "text/css; charset=utf-8");
        assert_eq!(kind("a/b.PNG"), "image/png");
        assert_eq!(kind("LICENSE"), "application/octet-stream");
    }

    #[test]
    fn the_script_stands_at_the_end_of_the_body() {
        let check = |html: &str, expected: &str| {
            let document = Document { html: html.to_owned(), mark: "m".to_owned() };
            let script = "<script src=\"/.proofpress/preview.js\" data-mark=\"m\" defer></script>\n";
            assert_eq!(with_script(&document), expected.replace("SCRIPT", script));
        };
        check("<body>a</body>\n", "<body>aSCRIPT</body>\n");
        check("a", "aSCRIPT");
    }

    #[test]
    fn endings_are_in_order_and_there_once() {
        assert!(TYPES.is_sorted_by(|one, other| one.0 < other.0));
    }
}
