//! A secret shows up nowhere, wherever it comes from: everything that is written is searched for it.

use std::fs;
use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpListener};
use std::path::Path;
use std::sync::mpsc::{self, Receiver};

use rustix::process::Signal;
use walkdir::WalkDir;

use super::process::{ask, end, gateway_with, program};

/// Secrets that nothing gives away but the place where they stand.
const OF_ENVIRONMENT: &str = "correct-horse/battery+staple";
const OF_ADDRESS: &str = "trombone-lantern-velvet-9";
const OF_CLIENT: &str = "gravel-teapot-monsoon-4";

/// One that looks like what it is.
const LOOKING_REAL: &str = "sk-or-v1-4711-9Xk2LmQ8ZtRwVb3N";

/// A service that answers every request with all that it was sent: in a header, in its message, in pieces.
struct Echo {
    address: SocketAddr,
    /// The keys that it was sent.
    keys: Receiver<String>,
}

impl Echo {
    /// Whether it was asked with the credential of the environment since the last time.
    fn has_spoken(&self) -> bool {
        self.keys.try_iter().any(|key| key == OF_ENVIRONMENT)
    }
}

fn echo() -> Echo {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port is free");
    let address = listener.local_addr().expect("it has an address");
    let (sender, keys) = mpsc::channel();
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let Ok(mut stream) = stream else { return };
            let mut request = vec![0; 65_536];
            let count = stream.read(&mut request).unwrap_or_default();
            let heard = String::from_utf8_lossy(request.get(..count).unwrap_or_default()).into_owned();
            let key =
                heard.lines().find_map(|line| line.strip_prefix("authorization: Bearer ")).unwrap_or("none");
            let _ = sender.send(key.to_owned());
            let (one, _) = key.split_at(key.len() / 2);
            let body = format!(
                "{{\"error\":{{\"message\":\"the key {key} in {} is wrong\"}}}}",
                heard.lines().next().unwrap_or_default().replace('"', "")
            );
            let beginning = format!(
                "HTTP/1.1 401 No\r\nx-key: {key}\r\ntransfer-encoding: chunked\r\nconnection: close\r\ncontent-type: application/json\r\n\r\n"
            );
            let cut = body.find(one).map_or(1, |at| at + one.len());
            let (first, second) = body.split_at(cut.max(1));
            let _ = write!(stream, "{beginning}{:x}\r\n{first}\r\n", first.len());
            let _ = stream.flush();
            let _ = write!(stream, "{:x}\r\n{second}\r\n0\r\n\r\n", second.len());
        }
    });
    Echo { address, keys }
}

/// Every file below a folder but the sources, with its name, and what else was written.
fn everything(folder: &Path, said: &str) -> String {
    let mut all = said.to_owned();
    for entry in WalkDir::new(folder).into_iter().filter_map(Result::ok) {
        let is_source =
            entry.path().ends_with("proofpress.toml") || entry.path().ends_with("content/index.md");
        all.push_str(&entry.path().to_string_lossy());
        all.push('\n');
        if entry.file_type().is_file() && !is_source {
            all.push_str(&String::from_utf8_lossy(&fs::read(entry.path()).unwrap_or_default()));
        }
    }
    all
}

#[track_caller]
fn check_nowhere(all: &str, secrets: &[&str]) {
    for secret in secrets {
        let spellings = [
            (*secret).to_owned(),
            secret.replace('/', "%2F").replace('+', "%2B"),
            secret.replace('/', "\\/"),
            secret.replace('/', "&#x2F;"),
        ];
        for spelling in spellings {
            let place = all.find(&spelling).map(|at| {
                all.get(at.saturating_sub(200)..(at + 60).min(all.len())).unwrap_or_default().to_owned()
            });
            assert_eq!(place, None, "{spelling}");
        }
    }
}

fn site(settings: &str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder can be made");
    fs::create_dir(folder.path().join("content")).expect("it can be made");
    fs::write(folder.path().join("proofpress.toml"), settings).expect("it can be written");
    let page = "# Page\n\n```bash\ncurl --silent https://api.openai.com/v1/models?limit=5 -H \"Authorization: Bearer $OPENAI_API_KEY\"\n```\n\n```json5 client=openclaw\n{ models: { providers: { openai: { baseUrl: \"https://api.openai.com/v1\", apiKey: \"${OPENAI_API_KEY}\", api: \"openai-completions\", models: [{ id: \"gpt-5\", name: \"GPT\" }] } } } }\n```\n";
    fs::write(folder.path().join("content/index.md"), page).expect("it can be written");
    folder
}

fn run(folder: &Path, arguments: &[&str]) -> String {
    let mut command = program(arguments);
    command.current_dir(folder).env("PATH", std::env::var_os("PATH").unwrap_or_default());
    command.env("OPENAI_API_KEY", OF_ENVIRONMENT).env("SOME_TOKEN", LOOKING_REAL);
    let output = command.output().expect("the program runs");
    let said = [output.stdout, output.stderr].concat();
    String::from_utf8_lossy(&said).into_owned()
}

#[test]
fn of_the_environment_when_the_service_repeats_it() {
    let echo = echo();
    let service = format!("http://{}/v1", echo.address);
    for arguments in [
        ["check", "--verbose", "--gateway", &service].as_slice(),
        &["check", "--format", "json", "--gateway", &service],
        &["list", "--gateway", &service],
        &["build", "--allow-failures", "--gateway", &service],
        &["record", "--gateway", &service],
    ] {
        let folder = site("");
        let said = run(folder.path(), arguments);
        // The service was asked, and what it said is told.
        assert!(said.contains("401") && echo.has_spoken(), "{arguments:?} {said}");
        check_nowhere(&everything(folder.path(), &said), &[OF_ENVIRONMENT, LOOKING_REAL]);
    }
}

#[test]
fn of_the_address_of_a_gateway() {
    let echo = echo();
    let service = format!("http://me:{OF_ADDRESS}@{}/v1", echo.address);
    let folder = site("");
    let said = run(folder.path(), &["record", "--gateway", &service]);
    assert!(said.contains("401") && echo.has_spoken(), "{said}");
    check_nowhere(&everything(folder.path(), &said), &[OF_ADDRESS, OF_ENVIRONMENT]);
    let nobody = format!("http://me:{OF_ADDRESS}@127.0.0.1:1/v1");
    let said = run(folder.path(), &["check", "--gateway", &nobody]);
    assert!(said.contains("cannot reach the gateway"), "{said}");
    check_nowhere(&said, &[OF_ADDRESS]);
}

#[test]
fn of_the_settings() {
    let echo = echo();
    let folder = site(&format!("[gateway]\nmode = \"http://me:{OF_ADDRESS}@{}/v1\"\n", echo.address));
    let said = run(folder.path(), &["build", "--allow-failures"]);
    assert!(said.contains("401"), "{said}");
    assert!(echo.has_spoken(), "{said}");
    check_nowhere(&everything(folder.path(), &said), &[OF_ADDRESS, OF_ENVIRONMENT]);
}

#[test]
fn of_a_client_of_the_gateway_alone() {
    for format in ["text", "json"] {
        let folder = tempfile::tempdir().expect("a folder can be made");
        let place = folder.path().join("kept");
        let (child, address) =
            gateway_with(&["--log-format", format, "--record", place.to_str().expect("it is text")]);
        let basic = "bWU6Z3JhdmVsLXRlYXBvdC1tb25zb29uLTQ=";
        ask(&address, "/openai/v1/models", &format!("Authorization: Bearer {OF_CLIENT}\r\n"));
        ask(&address, "/openai/v1/models", &format!("Authorization: Basic {basic}\r\n"));
        ask(&address, &format!("/openai/v1/models?key={OF_CLIENT}"), "");
        ask(&address, &format!("/openai/v1/{OF_CLIENT}"), &format!("x-api-key: {OF_CLIENT}\r\n"));
        ask(&address, "/v1/models", &format!("x-portkey-config: {{\"api_key\":\"{OF_CLIENT}\"}}\r\n"));
        ask(&address, &format!("/openai/v1/models/{LOOKING_REAL}"), &format!("x-note: {LOOKING_REAL}\r\n"));
        let body = format!("{{\"model\":\"gpt-5\",\"api_key\":\"{OF_CLIENT}\",\"{LOOKING_REAL}\":1}}");
        let head = format!("content-type: application/json\r\ncontent-length: {}\r\n", body.len());
        post(&address, "/openai/v1/chat/completions", &head, &body);
        let pages = ["/_proofpress/", "/_proofpress/exchanges", "/_proofpress/exchanges.html", "/metrics"];
        let shown: String = pages.iter().map(|page| ask(&address, page, "")).collect();
        assert_eq!(shown.matches("<article").count(), 14, "{shown}");
        let (_, said) = end(child, Signal::TERM);
        let all = everything(folder.path(), &format!("{shown}{said}"));
        check_nowhere(&all, &[OF_CLIENT, LOOKING_REAL, basic]);
    }
}

fn post(address: &str, path: &str, head: &str, body: &str) {
    let mut stream = std::net::TcpStream::connect(address).expect("the gateway listens");
    let request = format!("POST {path} HTTP/1.1\r\nHost: {address}\r\n{head}Connection: close\r\n\r\n{body}");
    stream.write_all(request.as_bytes()).expect("it takes requests");
    stream.read_to_end(&mut Vec::new()).expect("it answers and closes");
}
