//! What the mock gateway bears: requests a second, streams that are open at once, and memory.
//!
//! `cargo bench --bench gateway` starts the program as its users do, asks it over keep-alive connections of loopback, and reads
//! what Linux counts of its process. `PROOFPRESS_AIMOCK` names the command line of another mock (`aimock` from npm), which
//! is then measured in the same way; `benches/README.md` has figures.

#![expect(clippy::print_stdout, reason = "a benchmark reports")]
#![expect(
    clippy::disallowed_methods,
    reason = "a benchmark is asked for by its environment, and reads what the system counts"
)]

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::process::{Child, Command, ExitCode, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

/// Connections that ask at the same time.
const CLIENTS: usize = 16;

/// Requests of a run.
const REQUESTS: usize = 100_000;

/// Streams that are open at once.
const STREAMS: usize = 1000;

const CHAT: &str = r#"{"model":"gpt-5","messages":[{"role":"user","content":"Say pong."}]}"#;
const STREAM: &str = r#"{"model":"gpt-5","messages":[{"role":"user","content":"Say pong."}],"stream":true}"#;

/// A server that is measured.
struct Server {
    name: &'static str,
    child: Child,
    address: String,
    path: &'static str,
    credential: String,
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn main() -> ExitCode {
    let mut servers = Vec::new();
    servers.extend(ours("proofpress", &[]));
    servers.extend(other());
    println!("{:<12} {:>12} {:>10} {:>10} {:>12}", "", "requests/s", "CPU s", "RSS MiB", "RSS after");
    for server in &servers {
        requests(server);
    }
    drop(servers);
    // A pause between the pieces keeps all streams open until the last one has begun.
    if let Some(server) = ours("proofpress", &["--fault", "slow:1s*"]) {
        streams(&server);
    }
    ExitCode::SUCCESS
}

/// The program, on a free port.
fn ours(name: &'static str, more: &[&str]) -> Option<Server> {
    let mut command = Command::new(env!("CARGO_BIN_EXE_proofpress"));
    command.args(["gateway", "--port", "0", "--log-format", "json"]).args(more);
    let mut child = command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().ok()?;
    let mut line = String::new();
    BufReader::new(child.stdout.take()?).read_line(&mut line).ok()?;
    let listening: serde_json::Value = serde_json::from_str(&line).ok()?;
    let address = listening["address"].as_str()?.strip_prefix("http://")?.to_owned();
    let provider = listening["providers"].as_array()?.iter().find(|base| base["provider"] == "openai")?;
    let credential = provider["credential"].as_str()?.to_owned();
    Some(Server { name, child, address, path: "/openai/v1/chat/completions", credential })
}

/// The other mock, at the port that its command line names last.
fn other() -> Option<Server> {
    let line = std::env::var("PROOFPRESS_AIMOCK").ok()?;
    let words: Vec<&str> = line.split_whitespace().collect();
    let (program, arguments) = words.split_first()?;
    let port = arguments.last()?;
    let child = Command::new(program)
        .args(arguments)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn();
    let address = format!("127.0.0.1:{port}");
    let server = Server {
        name: "aimock",
        child: child.ok()?,
        address,
        path: "/v1/chat/completions",
        credential: "sk-test-key".to_owned(),
    };
    let begun = Instant::now();
    while TcpStream::connect(&server.address).is_err() {
        if begun.elapsed() > Duration::from_secs(20) {
            println!("SKIPPED: the other mock does not listen at {}", server.address);
            return None;
        }
        thread::sleep(Duration::from_millis(50));
    }
    Some(server)
}

/// Requests a second over keep-alive connections, and what memory does meanwhile.
fn requests(server: &Server) {
    let one = ask(server, CHAT);
    assert!(one.contains(" 200 "), "{} answers {one}", server.name);
    run(server, REQUESTS / 10);
    let (before, cpu) = (memory(server), seconds(server));
    let begun = Instant::now();
    run(server, REQUESTS);
    let rate = count(REQUESTS) / begun.elapsed().as_secs_f64();
    let (cpu, after) = (seconds(server) - cpu, memory(server));
    println!("{:<12} {rate:>12.0} {cpu:>10.2} {before:>10.1} {after:>12.1}", server.name);
}

fn run(server: &Server, requests: usize) {
    thread::scope(|scope| {
        for _ in 0..CLIENTS {
            scope.spawn(|| {
                let Ok(mut stream) = TcpStream::connect(&server.address) else { return };
                // A request is one piece.
                let _ = stream.set_nodelay(true);
                let request = request(server, CHAT, "keep-alive");
                let mut buffer = Vec::with_capacity(16_384);
                for _ in 0..requests / CLIENTS {
                    if stream.write_all(request.as_bytes()).is_err() || !one_answer(&mut stream, &mut buffer)
                    {
                        println!("{}: an answer is missing", server.name);
                        return;
                    }
                }
            });
        }
    });
}

/// Reads one answer, whose length is said or which comes in chunks.
fn one_answer(stream: &mut TcpStream, buffer: &mut Vec<u8>) -> bool {
    buffer.clear();
    let mut piece = [0; 8192];
    loop {
        let Ok(count @ 1..) = stream.read(&mut piece) else { return false };
        buffer.extend_from_slice(piece.get(..count).unwrap_or_default());
        let Some(head) = buffer.windows(4).position(|window| window == b"\r\n\r\n") else { continue };
        let text = String::from_utf8_lossy(buffer.get(..head).unwrap_or_default()).to_lowercase();
        let length = text
            .split("content-length: ")
            .nth(1)
            .and_then(|rest| rest.lines().next()?.trim().parse::<usize>().ok());
        let is_whole = match length {
            Some(length) => buffer.len() >= head + 4 + length,
            None => buffer.ends_with(b"0\r\n\r\n"),
        };
        if is_whole {
            return true;
        }
    }
}

/// How many streams are open at once, and what they take of memory.
fn streams(server: &Server) {
    let before = memory(server);
    let begun = Instant::now();
    let request = request(server, STREAM, "close");
    let mut open = Vec::with_capacity(STREAMS);
    for _ in 0..STREAMS {
        let Ok(mut stream) = TcpStream::connect(&server.address) else { break };
        if stream.write_all(request.as_bytes()).is_err() || stream.read_exact(&mut [0; 1]).is_err() {
            break;
        }
        open.push(stream);
    }
    let took = begun.elapsed().as_secs_f64();
    let during = memory(server);
    let told = ask_path(server, "/metrics");
    let gauge =
        told.lines().find_map(|line| line.strip_prefix("proofpress_answers_open ")).unwrap_or("?").to_owned();
    let failed = AtomicBool::new(false);
    thread::scope(|scope| {
        for part in open.chunks_mut(STREAMS / 8) {
            scope.spawn(|| {
                for stream in part {
                    let mut rest = String::new();
                    if stream.read_to_string(&mut rest).is_err() || !rest.contains("data: [DONE]") {
                        failed.store(true, Ordering::Relaxed);
                    }
                }
            });
        }
    });
    let ended = if failed.into_inner() { "not all of them ended well" } else { "all of them ended well" };
    println!(
        "\n{} streams begun in {took:.2} s, {gauge} open at once; RSS {before:.1} MiB before, {during:.1} MiB meanwhile; {ended}",
        open.len()
    );
}

fn request(server: &Server, body: &str, connection: &str) -> String {
    format!(
        "POST {} HTTP/1.1\r\nHost: {}\r\nAuthorization: Bearer {}\r\nContent-Type: application/json\r\nConnection: {connection}\r\nContent-Length: {}\r\n\r\n{body}",
        server.path,
        server.address,
        server.credential,
        body.len()
    )
}

fn ask(server: &Server, body: &str) -> String {
    sent(server, &request(server, body, "close"))
}

fn ask_path(server: &Server, path: &str) -> String {
    sent(server, &format!("GET {path} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n\r\n", server.address))
}

fn sent(server: &Server, request: &str) -> String {
    let mut answer = String::new();
    if let Ok(mut stream) = TcpStream::connect(&server.address) {
        let _ = stream.write_all(request.as_bytes());
        let _ = stream.read_to_string(&mut answer);
    }
    answer
}

/// The memory of a server that is not swapped out, in MiB, as Linux counts it.
fn memory(server: &Server) -> f64 {
    let status = std::fs::read_to_string(format!("/proc/{}/status", server.child.id())).unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap_or_default();
    line.trim().trim_end_matches(" kB").parse::<f64>().unwrap_or(f64::NAN) / 1024.0
}

/// The seconds of CPU that a server has used; Linux counts hundredths.
fn seconds(server: &Server) -> f64 {
    let stat = std::fs::read_to_string(format!("/proc/{}/stat", server.child.id())).unwrap_or_default();
    let after = stat.rsplit(')').next().unwrap_or_default();
    let ticks = after.split_whitespace().skip(11).take(2).filter_map(|field| field.parse::<f64>().ok());
    ticks.sum::<f64>() / 100.0
}

fn count(number: usize) -> f64 {
    f64::from(u32::try_from(number).unwrap_or(u32::MAX))
}
