//! The real open-source gateway, as `scripts/portkey-gateway.sh` installs it, and an upstream of ours behind it.

use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use proofpress::gateway::exchange::Request;

use super::case::{self, Answered, Called, Case, Outcome};
use super::script;
use crate::judges::foreign;

/// What does not answer for so long never does.
const NEVER: Duration = Duration::from_secs(6);

/// What it says when it is ready.
const READY: &str = "Ready for connections";

/// The gateway where it is installed; none, and said aloud, where it is missing and may be.
pub(crate) fn folder() -> Option<PathBuf> {
    foreign::fetched("portkey-gateway", "scripts/portkey-gateway.sh", "PROOFPRESS_PORTKEY")
}

/// The gateway and its upstream, which both end with it.
pub(crate) struct Real {
    process: Child,
    port: u16,
    upstream: Upstream,
    /// A port where nobody listens.
    gone: u16,
}

impl Drop for Real {
    fn drop(&mut self) {
        let _ended = self.process.kill();
        let _waited = self.process.wait();
    }
}

impl Real {
    /// Starts it on the loopback address. It is ready when it says so: before that, a request that it cannot answer ends it.
    pub(crate) fn start(folder: &Path) -> Self {
        Self::start_before(folder, &BTreeMap::new())
    }

    /// The same, with others in place of the hosts that it would ask: by the beginning of an address, what it begins with instead.
    pub(crate) fn start_before(folder: &Path, hosts: &BTreeMap<&str, String>) -> Self {
        let upstream = Upstream::start();
        let [port, gone] = free_ports();
        let script = folder.join("node_modules/@portkey-ai/gateway/build/start-server.js");
        let preload = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/suite/portkey/loopback.mjs");
        let mut process = Command::new("node")
            .arg("--import")
            .arg(preload)
            .arg(script)
            .args(["--headless", &format!("--port={port}")])
            .env("HOSTS", serde_json::to_string(hosts).expect("texts are JSON"))
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("node starts");
        let mut output = BufReader::new(process.stdout.take().expect("it is piped"));
        let real = Self { process, port, upstream, gone };
        let mut told = Vec::new();
        while !String::from_utf8_lossy(&told).contains(READY) {
            let length = output.read_until(b'\n', &mut told).expect("its output can be read");
            assert!(length > 0, "the gateway ended: {}", String::from_utf8_lossy(&told));
        }
        thread::spawn(move || std::io::copy(&mut output, &mut std::io::sink()));
        real
    }

    /// Where it listens on the loopback address.
    pub(crate) fn port(&self) -> u16 {
        self.port
    }

    /// What it makes of a case; `at` tells the calls of this case from those of others.
    pub(crate) fn play(&self, at: usize, case: &Case) -> Outcome {
        let upstream = format!("http://127.0.0.1:{}/c{at}", self.upstream.port);
        let gone = format!("http://127.0.0.1:{}", self.gone);
        let request = case.request.request(&upstream, &gone);
        let answer = ask(self.port, &request)
            .map(|(status, headers, body)| case::answered(status, &headers, &body, &gone));
        let answer = answer.map(|answer| unplaced(answer, &format!("/c{at}")));
        Outcome { answer, upstream: self.upstream.calls(at) }
    }
}

/// An answer without the part of the address that tells cases apart.
fn unplaced(answer: Answered, part: &str) -> Answered {
    let body =
        answer.body.map(|body| serde_json::from_str(&body.to_string().replace(part, "")).unwrap_or(body));
    Answered { body, ..answer }
}

/// Two ports that nobody listens at.
fn free_ports() -> [u16; 2] {
    let listen = || TcpListener::bind(("127.0.0.1", 0)).expect("a port is free");
    [listen(), listen()].map(|listener| listener.local_addr().expect("it has an address").port())
}

/// The calls of each case, and when the first of them came.
type Calls = Arc<Mutex<BTreeMap<usize, (Instant, Vec<Called>)>>>;

/// The upstream of the cases on a socket.
struct Upstream {
    port: u16,
    calls: Calls,
}

impl Upstream {
    fn start() -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).expect("a port is free");
        let port = listener.local_addr().expect("it has an address").port();
        let calls = Calls::default();
        let heard = Arc::clone(&calls);
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let heard = Arc::clone(&heard);
                thread::spawn(move || serve(&stream, &heard));
            }
        });
        Self { port, calls }
    }

    fn calls(&self, at: usize) -> Vec<Called> {
        let calls = self.calls.lock().expect("nobody panicked");
        calls.get(&at).map(|(_, calls)| calls.clone()).unwrap_or_default()
    }
}

/// Answers the requests of a connection.
fn serve(stream: &TcpStream, calls: &Calls) -> Option<()> {
    let mut reader = BufReader::new(stream.try_clone().ok()?);
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).ok().filter(|read| *read > 0)?;
        let mut parts = line.split_whitespace();
        let (method, address) = (parts.next()?.to_owned(), parts.next()?.to_owned());
        let headers = read_headers(&mut reader)?;
        let length = headers
            .iter()
            .find(|(name, _)| name == "content-length")
            .and_then(|(_, value)| value.parse().ok());
        let mut body = vec![0; length.unwrap_or(0)];
        reader.read_exact(&mut body).ok()?;
        // What is handed on without being read, such as a file, comes in chunks.
        if is_chunked(&headers) {
            read_chunks(&mut reader, &mut body);
        }
        let rest = address.strip_prefix("/c")?;
        let end = rest.find(|letter: char| !letter.is_ascii_digit()).unwrap_or(rest.len());
        let (case, path) = (rest.get(..end)?.parse::<usize>().ok()?, rest.get(end..)?.to_owned());
        let count = {
            let mut calls = calls.lock().ok()?;
            let (first, calls) = calls.entry(case).or_insert_with(|| (Instant::now(), Vec::new()));
            let line = format!("{method} {path}");
            let after = u64::try_from(first.elapsed().as_millis()).ok();
            calls.push(case::called(line.clone(), &headers, &body, after));
            calls.iter().filter(|call| call.line == line).count()
        };
        let script = script::said(&path, &body, count);
        if script.closes {
            return stream.shutdown(Shutdown::Both).ok();
        }
        thread::park_timeout(script.after);
        tell(stream, &script)?;
        if script.breaks {
            return stream.shutdown(Shutdown::Both).ok();
        }
    }
}

fn tell(mut stream: &TcpStream, script: &script::Script) -> Option<()> {
    let mut head = vec![format!("HTTP/1.1 {} X", script.status)];
    let filled = script.headers.iter().filter(|(_, value)| !value.is_empty());
    head.extend(filled.map(|(name, value)| format!("{name}: {value}")));
    // A body that is announced longer than it is breaks off.
    let length = script.body.len() + if script.breaks { 64 } else { 0 };
    if script.status != 204 {
        head.push(format!("content-length: {length}"));
    }
    stream.write_all(format!("{}\r\n\r\n", head.join("\r\n")).as_bytes()).ok()?;
    stream.write_all(&script.body).ok()
}

fn read_headers(reader: &mut BufReader<TcpStream>) -> Option<Vec<(String, String)>> {
    let mut headers = Vec::new();
    loop {
        let mut line = Vec::new();
        reader.read_until(b'\n', &mut line).ok().filter(|read| *read > 0)?;
        // Header values are bytes; those outside of ASCII are read as Latin-1 by nobody here.
        let line = String::from_utf8_lossy(&line).trim_end().to_owned();
        if line.is_empty() {
            return Some(headers);
        }
        let (name, value) = line.split_once(':')?;
        headers.push((name.to_lowercase(), value.trim().to_owned()));
    }
}

type Parts = (u16, Vec<(String, String)>, Vec<u8>);

/// Sends a request on a connection of its own; none where no answer comes.
fn ask(port: u16, request: &Request) -> Option<Parts> {
    let mut stream = TcpStream::connect(("127.0.0.1", port)).ok()?;
    stream.set_read_timeout(Some(NEVER)).ok()?;
    let mark = if request.query.is_empty() { "" } else { "?" };
    let Request { method, path, query, .. } = request;
    let mut head = vec![format!("{method} {path}{mark}{query} HTTP/1.1"), format!("host: 127.0.0.1:{port}")];
    head.extend(request.headers.iter().map(|(name, value)| format!("{name}: {value}")));
    if !request.body.is_empty() || request.method == "POST" {
        head.push(format!("content-length: {}", request.body.len()));
    }
    head.push("connection: close\r\n\r\n".to_owned());
    stream.write_all(head.join("\r\n").as_bytes()).ok()?;
    // It may have answered already, without reading on.
    let _written = stream.write_all(&request.body);
    let mut reader = BufReader::new(stream);
    let mut line = String::new();
    reader.read_line(&mut line).ok().filter(|read| *read > 0)?;
    let status = line.split_whitespace().nth(1)?.parse().ok()?;
    let headers = read_headers(&mut reader)?;
    let mut body = Vec::new();
    if is_chunked(&headers) {
        read_chunks(&mut reader, &mut body);
    } else {
        let _read = reader.read_to_end(&mut body);
    }
    Some((status, headers, body))
}

fn is_chunked(headers: &[(String, String)]) -> bool {
    headers.iter().any(|(name, value)| name == "transfer-encoding" && value.contains("chunked"))
}

fn read_chunks(reader: &mut BufReader<TcpStream>, body: &mut Vec<u8>) -> Option<()> {
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).ok().filter(|read| *read > 0)?;
        let length = usize::from_str_radix(line.trim(), 16).ok()?;
        let mut chunk = vec![0; length + 2];
        reader.read_exact(&mut chunk).ok()?;
        if length == 0 {
            return Some(());
        }
        body.extend(chunk.get(..length)?);
    }
}
