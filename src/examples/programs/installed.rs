//! One program: how it is started, asked and believed.
//!
//! It runs confined, in a scratch folder that is its home, with the gateway in place of the network. What it said is kept in the cache of
//! the user, by all that it depends on.

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Output, Stdio};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use serde::Deserialize;
use serde_json::json;
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader, Lines};
use tokio::process::{Child, ChildStdin, ChildStdout, Command};
use tokio::sync::OnceCell;

use super::super::Asked;
use super::super::clients::{Client, Issue, Program, Ruling, version_in};
use super::super::kinds::Whole;
use super::super::run::located;
use super::super::sandbox::{self, Limits};

/// How long a program may take for one answer.
const PATIENCE: Duration = Duration::from_mins(1);

/// Where programs run, and what they may use.
#[derive(Clone, Debug)]
pub(in crate::examples) struct Place {
    /// Where scratch folders are made.
    pub scratch: PathBuf,
    /// The folder of the site, which they may read.
    pub root: PathBuf,
    /// The folders of programs, as the caller has them; handed on.
    pub path: String,
    /// The home of the caller, which no program may read as a whole.
    pub home: Option<PathBuf>,
    /// The port of the gateway, the only one that they may connect to.
    pub port: u16,
    /// Where verdicts are kept from one run to the next.
    pub cache: Option<PathBuf>,
}

/// A program that is installed here.
pub(in crate::examples) struct Installed {
    client: String,
    title: String,
    program: Program,
    /// The name of the file that it reads.
    file: String,
    /// The batch command's own files, by their names: they are put beside the configuration.
    files: Vec<(String, String)>,
    start: Vec<PathBuf>,
    place: Place,
    version: OnceCell<Result<String, String>>,
    worker: tokio::sync::Mutex<Worker>,
    tally: Mutex<(usize, Option<String>)>,
}

/// What judges many configurations, one after the other.
enum Worker {
    /// It was not needed yet.
    Fresh,
    /// It is there.
    Running(Box<Running>),
    /// There is none, or none any more.
    Gone,
}

struct Running {
    _child: Child,
    _home: tempfile::TempDir,
    input: ChildStdin,
    output: Lines<BufReader<ChildStdout>>,
}

/// A line that a batch command answers.
#[derive(Deserialize)]
struct Line {
    valid: bool,
    #[serde(default)]
    issues: Vec<Issue>,
}

impl std::fmt::Debug for Installed {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // The environment holds secrets.
        formatter.debug_struct("Installed").field("client", &self.client).finish_non_exhaustive()
    }
}

impl Installed {
    /// The program of a client, if it is here; `files` are those that stand beside the profile.
    pub(in crate::examples) fn find(
        client: &Client,
        command: &[String],
        place: &Place,
        files: &dyn Fn(&str) -> Option<String>,
    ) -> Option<Self> {
        let program = client.program.clone()?;
        let start = start(if command.is_empty() { &program.command } else { command }, place)?;
        let beside = program.batch.iter().filter_map(|word| Some((word.clone(), files(word)?))).collect();
        Some(Self {
            client: client.name.clone(),
            title: client.title.clone(),
            file: client.files.first().cloned().unwrap_or_else(|| "configuration".to_owned()),
            files: beside,
            program,
            start,
            place: place.clone(),
            version: OnceCell::new(),
            worker: tokio::sync::Mutex::new(Worker::Fresh),
            tally: Mutex::new((0, None)),
        })
    }

    /// The name of the client.
    pub(super) fn client(&self) -> &str {
        &self.client
    }

    /// How it is called where it speaks: `OpenClaw 2026.9.6`.
    pub(in crate::examples) async fn speaker(&self) -> String {
        match self.version().await {
            Ok(version) => format!("{} {version}", self.title),
            Err(_) => self.title.clone(),
        }
    }

    /// Its version.
    async fn version(&self) -> Result<&str, &str> {
        let ask = || async {
            let home = self.home().map_err(|error| error.to_string())?;
            let output =
                self.run(&self.program.version, &[], home.path()).await.map_err(|error| error.to_string())?;
            let printed = String::from_utf8_lossy(&output.stdout).into_owned();
            match version_in(&printed) {
                version if output.status.success() && !version.is_empty() => Ok(version),
                _ => Err(complaint(&output)),
            }
        };
        self.version.get_or_init(ask).await.as_ref().map(String::as_str).map_err(String::as_str)
    }

    /// The schema that it prints, with the version that it is from.
    pub(in crate::examples) async fn schema(&self) -> Result<(String, String), String> {
        let version = self.version().await.map_err(str::to_owned)?.to_owned();
        let key = self.key(&["schema", &version]).await;
        if let Some(known) = self.recall("schemas", &key).await {
            return Ok((known, version));
        }
        let home = self.home().map_err(|error| error.to_string())?;
        let output =
            self.run(&self.program.schema, &[], home.path()).await.map_err(|error| error.to_string())?;
        if !output.status.success() {
            return Err(complaint(&output));
        }
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        self.keep("schemas", &key, &text).await;
        Ok((text, version))
    }

    /// What it says of a configuration; none where it cannot say anything, and then the reason is kept for the report.
    pub(in crate::examples) async fn judge(&self, whole: &Whole) -> Option<Ruling> {
        let judged = self.ask(whole).await;
        let mut tally = locked(&self.tally);
        match judged {
            Ok(mut ruling) => {
                let all = ruling.issues.len();
                ruling.issues.retain(|issue| !self.program.is_of_surroundings(issue));
                // Refused for what is missing around it: nothing is said of the configuration itself.
                if ruling.issues.is_empty() && all > 0 {
                    return None;
                }
                tally.0 += 1;
                Some(ruling)
            }
            Err(reason) => {
                tally.1.get_or_insert(reason);
                None
            }
        }
    }

    /// What it was asked so far; none where it was not asked at all.
    pub(in crate::examples) fn asked(&self) -> Option<Asked> {
        let (judged, trouble) = locked(&self.tally).clone();
        let version = self.version.get().and_then(|version| version.clone().ok()).unwrap_or_default();
        (judged > 0 || trouble.is_some()).then(|| Asked {
            program: self.title.clone(),
            version,
            judged,
            trouble,
        })
    }

    async fn ask(&self, whole: &Whole) -> Result<Ruling, String> {
        let version = self.version().await.map_err(str::to_owned)?;
        let variables = format!("{:?}", whole.variables);
        let key = self.key(&["verdict", version, &self.file, &whole.text, &variables]).await;
        if let Some(known) =
            self.recall("verdicts", &key).await.and_then(|text| serde_json::from_str(&text).ok())
        {
            return Ok(known);
        }
        let ruling = match self.in_batch(whole).await {
            Some(ruling) => ruling,
            None => self.alone(whole).await?,
        };
        self.keep("verdicts", &key, &json!(ruling).to_string()).await;
        Ok(ruling)
    }

    /// Asks the command that judges many; none where there is none, or it does not answer.
    async fn in_batch(&self, whole: &Whole) -> Option<Ruling> {
        let mut place = self.worker.lock().await;
        // It is put back when it has answered: who is broken off in between leaves no answer for the next one.
        let mut running = match std::mem::replace(&mut *place, Worker::Gone) {
            Worker::Fresh => self.begin().await?,
            Worker::Running(running) => *running,
            Worker::Gone => return None,
        };
        let variables: BTreeMap<&str, &str> =
            whole.variables.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        let line = format!("{}\n", json!({ "text": whole.text, "variables": variables }));
        let answer = async {
            running.input.write_all(line.as_bytes()).await.ok()?;
            running.input.flush().await.ok()?;
            let answer = running.output.next_line().await.ok()??;
            serde_json::from_str::<Line>(&answer).ok()
        };
        let Line { valid, issues } = tokio::time::timeout(PATIENCE, answer).await.ok().flatten()?;
        *place = Worker::Running(Box::new(running));
        // One that is refused without a word could not be judged.
        (valid || !issues.is_empty()).then(|| Ruling { issues: if valid { Vec::new() } else { issues } })
    }

    async fn begin(&self) -> Option<Running> {
        let home = self.home().ok()?;
        for (name, text) in &self.files {
            tokio::fs::write(home.path().join(name), text).await.ok()?;
        }
        let program = self.start.first()?;
        let words =
            self.program.batch.iter().map(|word| word.replace("{program}", &program.to_string_lossy()));
        let words: Vec<String> = words.collect();
        let (first, rest) = words.split_first()?;
        let first = located(first, &self.place.path)?;
        let mut command = Command::new(&first);
        command.args(rest);
        self.prepare(&mut command, home.path());
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
        let (mut child, _level) = sandbox::spawn(&mut command, &self.limits(home.path(), &first)).ok()?;
        let input = child.stdin.take()?;
        let output = BufReader::new(child.stdout.take()?).lines();
        Some(Running { _child: child, _home: home, input, output })
    }

    /// Starts it for one configuration.
    async fn alone(&self, whole: &Whole) -> Result<Ruling, String> {
        let home = self.home().map_err(|error| error.to_string())?;
        let file = home.path().join(&self.file);
        tokio::fs::write(&file, &whole.text).await.map_err(|error| error.to_string())?;
        let place = file.to_string_lossy().into_owned();
        let words: Vec<String> =
            self.program.validate.iter().map(|word| word.replace("{file}", &place)).collect();
        let mut variables = whole.variables.clone();
        variables.extend(self.program.file_variable.iter().map(|name| (name.clone(), place.clone())));
        let output = self.run(&words, &variables, home.path()).await.map_err(|error| error.to_string())?;
        let printed = String::from_utf8_lossy(&output.stdout);
        self.program.ruling(output.status.code(), &printed).ok_or_else(|| complaint(&output))
    }

    fn home(&self) -> io::Result<tempfile::TempDir> {
        tempfile::Builder::new().prefix("program-").tempdir_in(&self.place.scratch)
    }

    async fn run(&self, words: &[String], variables: &[(String, String)], home: &Path) -> io::Result<Output> {
        let (program, arguments) = self.start.split_first().ok_or(io::ErrorKind::NotFound)?;
        let mut command = Command::new(program);
        command.args(arguments).args(words);
        self.prepare(&mut command, home);
        command.envs(variables.iter().map(|(name, value)| (name, value)));
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let spawned = sandbox::spawn(&mut command, &self.limits(home, program)).map_err(io::Error::other);
        let (child, _level) = spawned?;
        let output = tokio::time::timeout(PATIENCE, child.wait_with_output()).await;
        output.map_err(|_| io::Error::other("it did not end in time"))?
    }

    fn prepare(&self, command: &mut Command, home: &Path) {
        command.current_dir(home).env_clear().env("HOME", home).env("TMPDIR", home).env("LANG", "C.UTF-8");
        command.env("PATH", &self.place.path);
        command.kill_on_drop(true);
    }

    /// What it may touch: its home; it may read the site, the folders of programs, and what it was installed with.
    fn limits(&self, home: &Path, program: &Path) -> Limits {
        let mut readable: Vec<PathBuf> = std::env::split_paths(&self.place.path).collect();
        let real = |place: &Path| place.canonicalize().ok();
        let node = located("node", &self.place.path);
        let places = self.start.iter().map(PathBuf::as_path).chain(node.as_deref()).chain([program]);
        let reader = self.place.home.as_deref();
        let is_too_much = |folder: &Path| reader.is_some_and(|reader| reader.starts_with(folder));
        let installations = places.filter_map(real).map(|place| match installation(&place) {
            Some(folder) if !is_too_much(&folder) => folder,
            Some(_) | None => place,
        });
        readable.extend(installations);
        readable.push(self.place.root.clone());
        Limits { folder: home.to_owned(), readable, port: self.place.port }
    }

    /// The name of what is kept: it follows from all that an answer depends on.
    async fn key(&self, parts: &[&str]) -> String {
        let mut hasher = blake3::Hasher::new();
        let start: Vec<String> = self.start.iter().map(|place| place.display().to_string()).collect();
        let own = format!("{:?}{:?}", self.program, self.files);
        for part in parts.iter().copied().chain([env!("CARGO_PKG_VERSION"), &own, &start.join("\n")]) {
            hasher.update(part.as_bytes()).update(&[0]);
        }
        // What belongs to the site changes without another version.
        for file in self.start.iter().filter(|place| place.starts_with(&self.place.root)) {
            hasher.update(&tokio::fs::read(file).await.unwrap_or_default()).update(&[0]);
        }
        hasher.finalize().to_hex().to_string()
    }

    async fn recall(&self, kind: &str, key: &str) -> Option<String> {
        let file = self.place.cache.as_ref()?.join(kind).join(key);
        tokio::fs::read_to_string(file).await.ok()
    }

    /// Keeps an answer for the next run; a cache that cannot be written costs time, and nothing else.
    async fn keep(&self, kind: &str, key: &str, text: &str) {
        let Some(folder) = self.place.cache.as_ref().map(|cache| cache.join(kind)) else { return };
        let written = async {
            tokio::fs::create_dir_all(&folder).await?;
            // Another run may read it at the same time: it is there whole, or not at all.
            let part = folder.join(format!("{key}.{}", std::process::id()));
            tokio::fs::write(&part, text).await?;
            tokio::fs::rename(&part, folder.join(key)).await
        };
        let _kept: io::Result<()> = written.await;
    }
}

/// The last line of what a program complains of.
fn complaint(output: &Output) -> String {
    let text =
        String::from_utf8_lossy(&output.stderr).into_owned() + &String::from_utf8_lossy(&output.stdout);
    let line =
        text.lines().map(str::trim).rfind(|line| !line.is_empty()).unwrap_or("it says nothing").to_owned();
    line.chars().take(200).collect()
}

/// How a command is started: its program by its place, and arguments that are files of the site by theirs.
fn start(command: &[String], place: &Place) -> Option<Vec<PathBuf>> {
    let (program, arguments) = command.split_first()?;
    let own = |word: &str| Some(place.root.join(word)).filter(|file| file.is_file())?.canonicalize().ok();
    let program = if program.contains('/') { own(program) } else { located(program, &place.path) };
    let arguments = arguments.iter().map(|word| own(word).unwrap_or_else(|| PathBuf::from(word)));
    Some(program.into_iter().chain(arguments).collect())
        .filter(|words: &Vec<PathBuf>| words.len() == command.len())
}

/// The folder that holds all that a program was installed with: the outermost `node_modules`, the folder around `bin`, or its own.
fn installation(program: &Path) -> Option<PathBuf> {
    let parent = program.parent()?;
    let modules =
        program.ancestors().filter(|folder| folder.file_name().is_some_and(|name| name == "node_modules"));
    if let Some(modules) = modules.last() {
        return Some(modules.to_owned());
    }
    let is_bin = parent.file_name().is_some_and(|name| name == "bin");
    let around = parent.parent().filter(|around| is_bin && around.join("lib").is_dir());
    Some(around.unwrap_or(parent).to_owned())
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
