//! Scripts, run by a real shell in a folder of their own, with the gateway in place of the network.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use tokio::io::AsyncReadExt;
use tokio::process::{Child, Command};

use super::Error;
use super::kinds::shell::Run;
use super::sandbox::{self, Limits};
use crate::gateway::exchange::Exchange;
use crate::gateway::server::Gateway;

/// Where the shell writes the line of a command that failed.
const FAILED_LINE: &str = ".proofpress-failed-line";

/// What runs the scripts.
const SHELL: &str = "bash";

/// What each program of a script may take of memory, in kilobytes; a system that cannot tell does without.
const MEMORY: usize = 4 << 20;

/// What a script may print, in bytes; the rest is read and dropped.
const OUTPUT_LIMIT: usize = 1 << 20;

/// What became of a script.
#[derive(Clone, Debug, Default)]
pub(super) struct Ran {
    /// The exit status; none where it was ended from outside.
    pub exit: Option<i32>,
    /// Whether it was ended because its time was over.
    pub timed_out: bool,
    /// The line of the command that failed, from zero.
    pub failed_line: Option<usize>,
    /// What it complained of.
    pub complaint: String,
    /// What it sent and got.
    pub exchanges: Vec<Exchange>,
}

/// What all scripts share.
pub(super) struct Stage<'a> {
    /// The gateway.
    pub gateway: &'a Gateway,
    /// The certificate of its authority.
    pub ca_file: &'a Path,
    /// Where scratch folders are made.
    pub scratch: &'a Path,
    /// The environment of the caller; only `PATH` is handed on.
    pub environment: &'a BTreeMap<String, String>,
    /// How long a script may take that does not say so itself.
    pub timeout: Duration,
}

/// The first program of a script that is not installed.
pub(super) fn missing_program<'a>(run: &'a Run, environment: &BTreeMap<String, String>) -> Option<&'a str> {
    let installed = |program: &str| located(program, path_of(environment)).is_some();
    let programs = run.programs.iter().map(String::as_str);
    std::iter::once(SHELL).chain(programs).find(|program| !installed(program))
}

/// The folders of programs in an environment.
pub(super) fn path_of(environment: &BTreeMap<String, String>) -> &str {
    environment.get("PATH").map(String::as_str).unwrap_or_default()
}

/// Where a program is among these folders.
pub(super) fn located(program: &str, path: &str) -> Option<PathBuf> {
    std::env::split_paths(path).map(|folder| folder.join(program)).find(|place| place.is_file())
}

/// Runs a script; `name` tells its requests from those of others.
pub(super) async fn script(run: &Run, name: &str, stage: &Stage<'_>) -> Result<Ran, Error> {
    let folder = tempfile::Builder::new()
        .prefix("example-")
        .tempdir_in(stage.scratch)
        .map_err(|source| Error::ScratchDir { path: stage.scratch.to_owned(), source })?;
    let session = stage.gateway.session(name);
    let earlier = stage.gateway.session(&format!("{name}-before"));
    write(folder.path(), "example.sh", &run.text).await?;
    // curl reads this before its arguments: nothing but HTTP leaves the example, whatever its address is made of.
    write(folder.path(), ".curlrc", "proto = \"=http,https\"\nproto-redir = \"=http,https\"\n").await?;
    let mut wrapper = format!(
        "ulimit -f 65536\nulimit -v {MEMORY} 2> /dev/null || true\nset -e -o pipefail\ntrap 'printf %s \"$LINENO\" > \"$HOME/{FAILED_LINE}\"' ERR\n"
    );
    for (index, text) in run.before.iter().enumerate() {
        let file = format!("before-{index}.sh");
        write(folder.path(), &file, text).await?;
        wrapper.extend([exports(&earlier.proxy_url()).as_str(), "\n. ./", &file, " > before.out\n"]);
    }
    wrapper.extend([exports(&session.proxy_url()).as_str(), "\n. ./example.sh\n"]);

    // By its place the system starts it without a copy of us; to look for a name in another `PATH` would take one.
    let shell = located(SHELL, path_of(stage.environment)).unwrap_or_else(|| PathBuf::from(SHELL));
    let mut command = Command::new(shell);
    command.args(["--noprofile", "--norc", "-c", &wrapper]).current_dir(folder.path()).env_clear();
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut readable = vec![stage.ca_file.to_owned()];
    if let Some(path) = stage.environment.get("PATH") {
        command.env("PATH", path);
        readable.extend(std::env::split_paths(path));
        // A folder of programs may hold links to where they are.
        let programs = run.programs.iter().map(String::as_str).chain([SHELL]);
        let places =
            programs.filter_map(|program| located(program, path_of(stage.environment))?.canonicalize().ok());
        readable.extend(places.filter_map(|place| place.parent().map(Path::to_owned)));
    }
    command.env("HOME", folder.path()).env("TMPDIR", folder.path()).env("LANG", "C.UTF-8");
    for (name, value) in session.environment(stage.ca_file) {
        if let Some(value) = value {
            command.env(name, value);
        }
    }
    command.envs(run.env.iter().map(|(name, value)| (name, value)));
    // A group of its own, so that all that it has started can be ended together.
    command.process_group(0).kill_on_drop(true);
    let limits = Limits { folder: folder.path().to_owned(), readable, port: stage.gateway.address().port() };
    let (child, _level) = sandbox::spawn(&mut command, &limits)?;
    let mut ran = finish(child, run.timeout.unwrap_or(stage.timeout)).await?;
    let line = tokio::fs::read_to_string(folder.path().join(FAILED_LINE)).await.unwrap_or_default();
    ran.failed_line = line.trim().parse::<usize>().ok().and_then(|line| line.checked_sub(1));
    ran.exchanges = session.take();
    drop(earlier);
    Ok(ran)
}

/// The lines that hand the requests which follow to another session.
fn exports(proxy: &str) -> String {
    let names = ["ALL_PROXY", "HTTPS_PROXY", "HTTP_PROXY", "all_proxy", "http_proxy", "https_proxy"];
    let pairs: Vec<String> = names.iter().map(|name| format!("{name}='{proxy}'")).collect();
    format!("export {}", pairs.join(" "))
}

async fn write(folder: &Path, name: &str, text: &str) -> Result<(), Error> {
    let path: PathBuf = folder.join(name);
    tokio::fs::write(&path, text).await.map_err(|source| Error::ScratchDir { path, source })
}

async fn finish(mut child: Child, timeout: Duration) -> Result<Ran, Error> {
    let group = child.id().and_then(|id| i32::try_from(id).ok()).and_then(rustix::process::Pid::from_raw);
    let (mut stdout, mut stderr) = (child.stdout.take(), child.stderr.take());
    let whole = async {
        let (_printed, complaint) = tokio::join!(read(stdout.as_mut()), read(stderr.as_mut()));
        (child.wait().await, complaint)
    };
    let finished = tokio::time::timeout(timeout, whole).await;
    if let Some(group) = group {
        // It may be over already, with something of it still running.
        let _gone = rustix::process::kill_process_group(group, rustix::process::Signal::KILL);
    }
    let Ok((status, complaint)) = finished else {
        return Ok(Ran { timed_out: true, ..Ran::default() });
    };
    let status = status.map_err(|source| Error::Shell { source })?;
    Ok(Ran { exit: status.code(), complaint, ..Ran::default() })
}

/// Reads a pipe to its end, and keeps the beginning.
async fn read(pipe: Option<&mut (impl tokio::io::AsyncRead + Unpin)>) -> String {
    let Some(pipe) = pipe else { return String::new() };
    let mut kept = Vec::new();
    let mut buffer = vec![0; 8192];
    while let Ok(count @ 1..) = pipe.read(&mut buffer).await {
        let room = OUTPUT_LIMIT.saturating_sub(kept.len()).min(count);
        kept.extend_from_slice(buffer.get(..room).unwrap_or_default());
    }
    String::from_utf8_lossy(&kept).into_owned()
}
