//! What the program does as a process among others: pipes that close, signals, a server that runs until it is told to end.

use std::io::{self, BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::process::{Child, Command, Output, Stdio};

use proofpress::gateway::profiles::Profiles;
use rustix::process::{Pid, Signal, kill_process};

pub(super) fn program(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_proofpress"));
    command.args(arguments).env_clear().stdin(Stdio::null());
    command
}

#[test]
fn a_reader_that_is_gone_is_no_error() {
    let (reader, writer) = io::pipe().unwrap();
    drop(reader);
    let output = program(&["explain"]).stdout(writer).stderr(Stdio::piped()).output().unwrap();
    assert_eq!((output.status.code(), output.stderr.as_slice()), (Some(0), b"".as_slice()));
}

#[test]
fn the_gateway_answers_until_it_is_told_to_end() {
    for signal in [Signal::INT, Signal::TERM] {
        let (child, address) = gateway();
        let answer = ask(&address, "/openai/v1/models", "");
        assert!(answer.starts_with("HTTP/1.1 401 "), "{answer}");
        let (output, said) = end(child, signal);
        assert_eq!(output.status.code(), Some(0));
        assert!(said.starts_with("GET https://api.openai.com/v1/models 401\n"), "{said}");
        assert!(said.contains("  error[missing-credential]: "), "{said}");
    }
}

#[test]
fn the_credentials_that_it_prints_are_taken_and_not_logged() {
    let (mut child, address) = gateway();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines().map_while(Result::ok);
    let line = lines.find(|line| line.starts_with("openai ")).unwrap();
    let credential = line.split_whitespace().nth(2).unwrap().to_owned();
    let answer = ask(&address, "/openai/v1/models", &format!("Authorization: Bearer {credential}\r\n"));
    assert!(answer.starts_with("HTTP/1.1 200 "), "{answer}");
    drop(lines);
    let (_, said) = end(child, Signal::TERM);
    assert_eq!(said, "GET https://api.openai.com/v1/models 200\n");
}

#[test]
fn a_port_that_is_taken_is_our_trouble() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port().to_string();
    let output = program(&["gateway", "--port", &port]).output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(3));
    assert!(said.starts_with(&format!("proofpress: error: cannot listen at 127.0.0.1:{port}: ")), "{said}");
}

#[test]
fn at_the_port_of_a_local_provider_it_is_itself() {
    let profiles = Profiles::builtin();
    let mut ports = profiles.iter().filter(|profile| profile.local).flat_map(|profile| profile.ports.clone());
    let found = ports.find_map(|port| {
        let (child, address) = gateway_at(&port.to_string(), &[]);
        // Somebody else may have the port.
        if address.is_empty() { end_of_one_that_has_no_port(child) } else { Some((child, address)) }
    });
    let Some((child, address)) = found else {
        // Past the harness, which keeps what passing tests print to itself.
        let _ = writeln!(
            io::stderr(),
            "SKIPPED: no port of a local provider is free, so nothing was shown about them"
        );
        return;
    };
    let health = ask(&address, "/health", "");
    assert!(health.ends_with(r#"{"status":"ok"}"#), "{health}");
    let answer = ask(&address, "/openai/v1/models", "");
    let (_, said) = end(child, Signal::TERM);
    assert!(said.starts_with("GET https://api.openai.com/v1/models 401\n"), "{said} {answer}");
}

/// Nothing, once the program has said why it did not start.
fn end_of_one_that_has_no_port<T>(child: Child) -> Option<T> {
    let output = child.wait_with_output().expect("it ends");
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(said.contains("cannot listen at "), "{said}");
    None
}

#[test]
fn a_stream_is_finished_before_the_gateway_ends() {
    let (child, address) = gateway_with(&["--fault", "slow:20ms"]);
    let mut stream = TcpStream::connect(&address).expect("the gateway listens");
    let body = r#"{"model":"m","messages":[{"role":"user","content":"a b c"}],"stream":true}"#;
    let head = format!(
        "POST /generic/v1/chat/completions HTTP/1.1\r\nHost: {address}\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n",
        body.len()
    );
    stream.write_all(format!("{head}{body}").as_bytes()).expect("it takes requests");
    let mut answer = vec![0; 1];
    stream.read_exact(&mut answer).expect("it begins to answer");
    let (output, _) = end(child, Signal::TERM);
    assert_eq!(output.status.code(), Some(0));
    let mut rest = String::new();
    stream.read_to_string(&mut rest).expect("it answers and closes");
    assert!(rest.contains("data: [DONE]\n\n") && rest.ends_with("0\r\n\r\n"), "{rest}");
}

#[test]
fn a_script_answers() {
    let folder = tempfile::tempdir().expect("a folder can be made");
    let file = folder.path().join("answers.toml");
    let text = "[[replies]]\nmatch = { path = \"/v1/models\" }\njson = { scripted = true }\n";
    std::fs::write(&file, text).expect("it can be written");
    let (child, address) =
        gateway_with(&["--script", file.to_str().expect("it is text"), "--log-format", "json"]);
    let answer = ask(&address, "/openai/v1/models", "");
    assert!(answer.ends_with(r#"{"scripted":true}"#), "{answer}");
    let answer = ask(&address, "/openai/v1/other", "");
    assert!(
        answer.contains("no reply of the script is for it: reply 1: its path is `/v1/other`"),
        "{answer}"
    );
    let (_, said) = end(child, Signal::TERM);
    let lines: Vec<serde_json::Value> =
        said.lines().map(|line| serde_json::from_str(line).expect("each line is JSON")).collect();
    assert_eq!((lines.len(), lines[0]["status"].as_u64()), (2, Some(200)), "{said}");
    assert_eq!(lines[1]["status"], serde_json::Value::Null);
}

/// A gateway on a free port, and its address as `host:port`.
fn gateway() -> (Child, String) {
    gateway_with(&[])
}

pub(super) fn gateway_with(more: &[&str]) -> (Child, String) {
    gateway_at("0", more)
}

/// A gateway at a port, and its address, which is empty where it did not start.
fn gateway_at(port: &str, more: &[&str]) -> (Child, String) {
    let mut child = program(&[&["gateway", "--port", port], more].concat())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program starts");
    let mut line = String::new();
    let out = child.stdout.as_mut().expect("it is piped");
    // Byte by byte, so that nothing after the line is taken from others who read.
    let mut byte = [0];
    while !line.ends_with('\n') && out.read(&mut byte).expect("it can be read") == 1 {
        line.push(char::from(byte[0]));
    }
    let rest = line.split("http://").nth(1).unwrap_or_default();
    let address = rest.trim_end().split('"').next().unwrap_or_default().to_owned();
    (child, address)
}

pub(super) fn ask(address: &str, path: &str, header: &str) -> String {
    let mut stream = TcpStream::connect(address).expect("the gateway listens");
    let request = format!("GET {path} HTTP/1.1\r\nHost: {address}\r\n{header}Connection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).expect("it takes requests");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).expect("it answers and closes");
    answer
}

pub(super) fn end(child: Child, signal: Signal) -> (Output, String) {
    let pid = Pid::from_child(&child);
    kill_process(pid, signal).expect("the program is still there");
    let output = child.wait_with_output().expect("it ends");
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    (output, said)
}
