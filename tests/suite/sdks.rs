//! The clients that people really use against the mock gateway: what they ask must be taken, what it answers must be understood, and what
//! it refuses must come out as the client's own error, asked again where that can help and not where it cannot.

use std::collections::BTreeMap;
use std::io::{self, Read as _, Write as _};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::{Arc, Mutex};

use proofpress::gateway::exchange::Exchange;
use proofpress::gateway::server::{Base, Gateway, Options};
use tempfile::TempDir;

use crate::judges::foreign;

/// Requests with this header are asked once, although the client would ask again for what may pass.
const PROBE: &str = "x-probe";

/// A gateway that remembers the probes that it was asked.
struct World {
    // Dropped before the runtime that it runs in.
    gateway: Gateway,
    probes: Arc<Mutex<Vec<u16>>>,
    _runtime: tokio::runtime::Runtime,
    home: TempDir,
}

impl World {
    fn new() -> Self {
        let runtime = tokio::runtime::Runtime::new().expect("there are threads");
        let probes = Arc::new(Mutex::new(Vec::new()));
        let seen = Arc::clone(&probes);
        let log: proofpress::gateway::Log = Box::new(move |exchange: &Exchange| {
            if exchange.request.header(PROBE).is_some() {
                seen.lock().expect("nobody panics with it").push(exchange.answer.status);
            }
        });
        let options = Options { log: Some(log), ..Options::default() };
        let gateway = runtime.block_on(Gateway::start(options)).expect("a free port");
        Self { gateway, probes, _runtime: runtime, home: tempfile::tempdir().expect("a folder") }
    }

    fn base(&self, provider: &str) -> Base {
        self.gateway
            .bases()
            .into_iter()
            .find(|base| base.provider == provider)
            .expect("the provider is known")
    }

    /// The bases and the credentials of all providers, each as `name=value` divided by commas.
    fn all(&self) -> [String; 2] {
        let bases: BTreeMap<String, Base> =
            self.gateway.bases().into_iter().map(|base| (base.provider.clone(), base)).collect();
        let joined = |value: fn(&Base) -> &str| {
            let pairs = bases.iter().map(|(name, base)| format!("{name}={}", value(base)));
            pairs.collect::<Vec<_>>().join(",")
        };
        [joined(|base| &base.url), joined(|base| &base.credential)]
    }

    /// Runs a client in an empty home; every line that begins with `held: ` is something that held.
    #[track_caller]
    fn check(&self, command: &mut Command, name: &str, least: usize) {
        let path = std::env::var_os("PATH").unwrap_or_default();
        command.env_clear().env("PATH", path).env("HOME", self.home.path()).stdin(Stdio::null());
        command.env("PYTHONDONTWRITEBYTECODE", "1").env("LITELLM_LOCAL_MODEL_COST_MAP", "True");
        command.env("AI_SDK_LOG_WARNINGS", "false");
        if let Some(folder) = foreign::fetched("sdks", SCRIPT, PROMISE) {
            command.env("PYTHONPATH", folder.join("python"));
        }
        let output = command.output().expect("the client starts");
        let said = String::from_utf8_lossy(&output.stdout).into_owned();
        let complained = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(output.status.success(), "{name}: {said}\n{complained}");
        let held = said.lines().filter(|line| line.starts_with("held: ")).count();
        assert!(held >= least, "{name}: only {held} of {least} checks were made\n{said}");
        foreign::tell(&format!("{name}: {held} checks of the client held"));
    }
}

const SCRIPT: &str = "scripts/foreign-sdks.sh";
const PROMISE: &str = "PROOFPRESS_SDKS";

fn script(name: &str) -> String {
    format!("{}/tests/suite/sdks/{name}", env!("CARGO_MANIFEST_DIR"))
}

/// A client for Python of one provider.
fn python(provider: &str, least: usize) {
    if foreign::fetched("sdks", SCRIPT, PROMISE).is_none() {
        return;
    }
    let world = World::new();
    let base = world.base(provider);
    let mut command = Command::new("python3");
    command.arg(script(&format!("{provider}_python.py"))).args([&base.url, &base.credential]);
    world.check(&mut command, &format!("{provider} for Python"), least);
    let probes = world.probes.lock().expect("nobody panics with it");
    // The client of OpenAI sends one that is wrong, and asks once.
    let expected: &[u16] = if provider == "openai" { &[400] } else { &[] };
    assert_eq!(probes.as_slice(), expected, "asked again, or never");
}

/// What an overloaded service says; the client is told to wait for no time at all.
const OVERLOADED: &[u8] =
    b"HTTP/1.1 429 Too Many Requests\r\ncontent-type: application/json\r\nretry-after-ms: 1\r\n\
    content-length: 70\r\nconnection: close\r\n\r\n\
    {\"error\":{\"message\":\"too fast\",\"type\":\"requests\",\"code\":\"rate_limit\"}}";

/// A way to the gateway that turns the first two requests away.
fn turnstile(gateway: SocketAddr) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let address = listener.local_addr().expect("it is bound");
    std::thread::spawn(move || {
        for (count, stream) in listener.incoming().enumerate() {
            let Ok(mut stream) = stream else { return };
            if count < 2 {
                // All that is asked here fits into one piece, and nothing has to be understood.
                let _ = stream.read(&mut vec![0; 65_536]);
                let _ = stream.write_all(OVERLOADED);
                let _ = stream.shutdown(Shutdown::Both);
                continue;
            }
            std::thread::spawn(move || passed(&stream, gateway));
        }
    });
    address
}

/// Passes a connection on in both directions.
fn passed(client: &TcpStream, gateway: SocketAddr) -> io::Result<()> {
    let server = TcpStream::connect(gateway)?;
    let (mut from, mut to) = (client.try_clone()?, server.try_clone()?);
    let forth = std::thread::spawn(move || io::copy(&mut from, &mut to));
    io::copy(&mut &server, &mut &*client)?;
    client.shutdown(Shutdown::Both)?;
    drop(forth.join());
    Ok(())
}

/// A program of one line that asks once, with an address and a credential.
const ASKED_AGAIN: &[(&str, &str, &str)] = &[
    (
        "openai",
        "import sys, openai; print('held:', openai.OpenAI(base_url=sys.argv[1], api_key=sys.argv[2]).chat.completions.create(\
         model='gpt-5.5', messages=[{'role': 'user', 'content': 'Hi'}]).choices[0].message.content)",
        "/openai/v1",
    ),
    (
        "anthropic",
        "import sys, anthropic; print('held:', anthropic.Anthropic(base_url=sys.argv[1], api_key=sys.argv[2]).messages.create(\
         model='claude-sonnet-4-6', max_tokens=64, messages=[{'role': 'user', 'content': 'Hi'}]).content[0].text)",
        "/anthropic",
    ),
];

#[test]
fn a_client_that_is_turned_away_asks_again() {
    if foreign::fetched("sdks", SCRIPT, PROMISE).is_none() {
        return;
    }
    for (provider, program, path) in ASKED_AGAIN {
        let world = World::new();
        let place = turnstile(world.gateway.address());
        let mut command = Command::new("python3");
        command.args(["-c", program, &format!("http://{place}{path}"), &world.base(provider).credential]);
        world.check(&mut command, &format!("{provider} for Python, turned away twice"), 1);
    }
}

#[test]
fn the_client_of_openai_for_python_understands_it() {
    python("openai", 34);
}

#[test]
fn the_client_of_anthropic_for_python_understands_it() {
    python("anthropic", 18);
}

#[test]
fn the_client_of_google_for_python_understands_it() {
    python("google", 16);
}

#[test]
fn the_client_of_ollama_for_python_understands_it() {
    python("ollama", 14);
}

#[test]
fn the_client_of_portkey_for_python_understands_it() {
    python("portkey", 4);
}

#[test]
fn litellm_understands_eight_providers() {
    if foreign::fetched("sdks", SCRIPT, PROMISE).is_none() {
        return;
    }
    let world = World::new();
    let mut command = Command::new("python3");
    command.arg(script("litellm_python.py")).args(world.all());
    world.check(&mut command, "litellm for Python", 32);
}

#[test]
fn the_clients_for_node_understand_it() {
    let Some(folder) = foreign::fetched("sdks", SCRIPT, PROMISE) else { return };
    let node = folder.join("node");
    let world = World::new();
    let mut command = Command::new("node");
    command.arg(script("node.mjs")).arg(Path::new(&node)).args(world.all());
    world.check(&mut command, "seven clients for Node", 44);
}
