//! Our verdicts on configurations against those of the programs themselves: Continue's and `LibreChat`'s validators, the parser of Aider's
//! options, Codex where it was fetched; and a second opinion on our schemas.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use proofpress::page::Page;
use proofpress::source::Source;
use serde_json::{Value, json};

use crate::judges::drawn::{BREAKS, Dice, broken, draw, toml, yaml};
use crate::judges::foreign;

/// How many configurations are drawn for a client; each is broken in several ways.
const DRAWN: u64 = 120;

/// A configuration that is judged.
struct Trial {
    /// What was done to it.
    how: String,
    text: String,
}

/// Where the two differ for a reason that is known: a text in what is said, and the reason.
type Known = (&'static str, &'static str);

/// A client, and who judges its configurations.
struct Client {
    name: &'static str,
    /// The file, by whose name its fences are known.
    title: &'static str,
    language: &'static str,
    judge: Judge,
    drawn: u64,
    known: &'static [Known],
}

/// Who says what the program would say.
enum Judge {
    /// A script beside this file that is given a folder: the command, the script, the folder.
    Script(&'static str, &'static str, &'static str),
    /// The program itself, started for each configuration: the folder it stands in.
    Program(&'static str),
}

#[test]
fn continue_judges_as_we_do() {
    compare(&Client {
        name: "continue",
        title: "~/.continue/config.yaml",
        language: "yaml",
        judge: Judge::Script("node", "clients.mjs", "node"),
        drawn: DRAWN,
        known: &[],
    });
}

#[test]
fn librechat_judges_as_we_do() {
    const CODE: &str =
        "a rule between keys or on the inside of a text, which stands in code and not in the schema";
    compare(&Client {
        name: "librechat",
        title: "librechat.yaml",
        language: "yaml",
        judge: Judge::Script("node", "clients.mjs", "node"),
        drawn: DRAWN,
        known: &[
            ("missed: cloudfront.", CODE),
            (".allowedAddresses", CODE),
            ("preset.endpoint: endpoint is required unless", CODE),
            ("skillSync.github.sources: At least one", CODE),
            (
                "version: Required; : Unrecognized key(s)",
                "keys that fit at one other place alone are read as a piece of it",
            ),
        ],
    });
}

#[test]
fn aider_judges_as_we_do() {
    compare(&Client {
        name: "aider",
        title: ".aider.conf.yml",
        language: "yaml",
        judge: Judge::Script("python3", "aider.py", "aider"),
        drawn: DRAWN,
        known: &[
            (" = nothing", "an unknown key without a value is passed over"),
            (
                " = a blank",
                "an unknown key whose value has a blank in it passes for the name of a file to edit",
            ),
        ],
    });
}

#[test]
fn codex_judges_as_we_do() {
    compare(&Client {
        name: "codex",
        title: "~/.codex/config.toml",
        language: "toml",
        judge: Judge::Program("codex"),
        drawn: DRAWN / 3,
        known: &[
            ("No such file or directory", "a file that stands elsewhere"),
            (
                "missed: failed to load configuration: Model provider",
                "a provider that another file may declare, which is a warning",
            ),
            ("is not supported for", "a rule between keys"),
            ("cannot be combined with", "a rule between keys"),
            ("cannot mix `filters` with", "a rule between keys"),
            ("default_permissions requires", "a rule between keys"),
            (
                "missing field",
                "what a table in a list needs; the script that makes the schema does not ask for it",
            ),
        ],
    });
}

/// Draws configurations, breaks them, and holds our verdict on each to that of the program. What differs must be `known`, and what is
/// known must still differ.
fn compare(client: &Client) {
    let Some(folder) = foreign::folder("clients") else { return };
    if let Judge::Program(place) = client.judge
        && !folder.join(place).is_dir()
    {
        foreign::tell(&format!(
            "SKIPPED: {place} itself is not there; scripts/foreign-clients.sh {place} fetches it"
        ));
        return;
    }
    let trials = trials(client);
    let theirs = match client.judge {
        Judge::Script(program, script, sources) => {
            let mut judge = Command::new(program);
            judge.arg(root().join("tests/suite/judges").join(script)).arg(folder.join(sources));
            judge.env("PYTHONPATH", folder.join("python")).env("PYTHONDONTWRITEBYTECODE", "1");
            answers(&mut judge, client.name, &trials)
        }
        Judge::Program(place) => {
            trials.iter().map(|trial| started(&folder.join(place), &trial.text)).collect()
        }
    };
    let ours = ours(client, &trials);
    let (mut agreed, mut used, mut wrong) = (0, BTreeSet::new(), Vec::new());
    for ((trial, theirs), ours) in trials.iter().zip(&theirs).zip(&ours) {
        let said = match (theirs, ours) {
            (Some(complaint), None) => format!("missed: {complaint}"),
            (None, Some(error)) => format!("false alarm: {error}{}", value_of(error, &trial.text)),
            (None, None) | (Some(_), Some(_)) => {
                agreed += 1;
                continue;
            }
        };
        match client.known.iter().find(|(text, _)| said.contains(text)) {
            Some((text, _)) => drop(used.insert(*text)),
            None => wrong.push(format!("{}, {said}\n{}", trial.how, trial.text)),
        }
    }
    foreign::tell(&format!(
        "{}: {} configurations, {} of them refused by the program; {agreed} judged alike, {} not for {} known reasons",
        client.name,
        trials.len(),
        theirs.iter().flatten().count(),
        trials.len() - agreed - wrong.len(),
        client.known.len(),
    ));
    let first: Vec<&String> = wrong.iter().take(8).collect();
    assert!(wrong.is_empty(), "{} differ: {first:#?}", wrong.len());
    let stale: Vec<&Known> = client.known.iter().filter(|(text, _)| !used.contains(text)).collect();
    assert_eq!(stale, Vec::<&Known>::new(), "nothing differs for these reasons any more");
}

/// What tells of the value whose key stands in an error: that there is none, or that it has a blank.
fn value_of(error: &str, text: &str) -> &'static str {
    let key = error.split('`').nth(1).unwrap_or_default();
    let line = text.lines().find_map(|line| line.trim_start().strip_prefix(key)?.strip_prefix(':'));
    match line.map(str::trim) {
        Some("null" | "[]") => " = nothing",
        // A table goes on in the lines below, and is written with blanks.
        Some(value) if value.is_empty() || value.contains(' ') => " = a blank",
        _ => "",
    }
}

/// What is judged: the right and wrong fences of our own page, and what is drawn from the schema and broken.
fn trials(client: &Client) -> Vec<Trial> {
    let schema = read(&format!("src/examples/clients/{}.schema.json", client.name));
    let schema: Value = serde_json::from_str(&schema).expect("a schema is JSON");
    let own = fences(client.name).into_iter().filter(|(title, _)| title == client.title);
    let mut trials: Vec<Trial> = own.map(|(_, text)| Trial { how: "our page".to_owned(), text }).collect();
    assert!(trials.len() > 2, "our page shows too few configurations of {}", client.name);
    let trial = |how: String, value: &Value| {
        let mut text = String::new();
        match client.language {
            "toml" => toml(value, &mut text)?,
            _ => yaml(value, 0, &mut text),
        }
        Some(Trial { how, text })
    };
    for seed in 0..client.drawn {
        let mut dice = Dice::new(seed + 1);
        let whole = draw(&schema, &schema, &mut dice, 0);
        trials.extend(trial(format!("drawn with {seed}"), &whole));
        for how in BREAKS {
            if let Some((wrong, place)) = broken(&whole, how, &mut dice) {
                trials.extend(trial(format!("drawn with {seed}, {how} at {place}"), &wrong));
            }
        }
    }
    trials
}

/// The configurations of a page on a client, by their titles.
fn fences(client: &str) -> Vec<(String, String)> {
    let page = Page::parse(Source::new("page.md", read(&format!("content/clients/{client}.md"))));
    let titled = page.fences.iter().filter_map(|fence| {
        let title = fence.attributes.title.clone()?;
        Some((title, fence.body.text().to_owned()))
    });
    titled.collect()
}

fn read(path: &str) -> String {
    fs::read_to_string(root().join(path)).expect(path)
}

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// What a judge that reads questions says to each; none where the program takes it.
fn answers(judge: &mut Command, client: &str, trials: &[Trial]) -> Vec<Option<String>> {
    let scratch = tempfile::tempdir().unwrap();
    let mut lines = String::new();
    for trial in trials {
        lines.extend([
            &json!({ "client": client, "text": trial.text }).to_string(),
            "
",
        ]);
    }
    let questions = scratch.path().join("questions");
    fs::write(&questions, lines).unwrap();
    let output = judge.stdin(Stdio::from(File::open(questions).unwrap())).output().expect("the judge runs");
    let said = String::from_utf8(output.stdout).unwrap();
    let answers: Vec<Option<String>> =
        said.lines().map(|line| serde_json::from_str(line).expect("an answer is a text or null")).collect();
    assert_eq!(answers.len(), trials.len(), "{}", String::from_utf8_lossy(&output.stderr));
    answers
}

/// What Codex says when it is started with a configuration; none where it takes it.
fn started(folder: &Path, text: &str) -> Option<String> {
    let home = tempfile::tempdir().unwrap();
    fs::write(home.path().join("config.toml"), text).unwrap();
    let mut command = Command::new(folder.join("codex"));
    command.args(["app-server", "--print-startup-config"]).current_dir(home.path()).env_clear();
    command.env("HOME", home.path()).env("CODEX_HOME", home.path()).stdin(Stdio::null());
    let output = command.output().expect("Codex starts");
    let said: Value = serde_json::from_slice(&output.stdout).expect("Codex prints JSON");
    said["error"]["message"].as_str().map(|message| message.replace(&*home.path().to_string_lossy(), ""))
}

/// How many fences stand on a page.
const ON_A_PAGE: usize = 100;

/// The first error that we find in each; none where there is none.
fn ours(client: &Client, trials: &[Trial]) -> Vec<Option<String>> {
    let site = tempfile::tempdir().unwrap();
    fs::create_dir(site.path().join("content")).unwrap();
    fs::write(site.path().join("proofpress.toml"), "").unwrap();
    // By file and line: the trial that stands there.
    let mut places: BTreeMap<(String, u64), usize> = BTreeMap::new();
    for (number, page) in trials.chunks(ON_A_PAGE).enumerate() {
        let name = format!("content/{number:03}.md");
        let mut text = "# Trials\n".to_owned();
        for (at, trial) in page.iter().enumerate() {
            let start = u64::try_from(text.lines().count()).unwrap() + 1;
            let body = trial.text.trim_end();
            let Client { language, title, .. } = client;
            write!(text, "\n```{language} title=\"{title}\" no_run\n{body}\n```\n").unwrap();
            let end = u64::try_from(text.lines().count()).unwrap();
            for line in start..=end {
                places.insert((name.clone(), line), number * ON_A_PAGE + at);
            }
        }
        fs::write(site.path().join(name), text).unwrap();
    }
    let mut command = Command::new(env!("CARGO_BIN_EXE_proofpress"));
    command.args(["check", "--format=json"]).current_dir(site.path()).env_clear().stdin(Stdio::null());
    let printed = command.output().expect("the program runs").stdout;
    let report: Value = serde_json::from_slice(&printed).expect("the report is JSON");
    let mut errors = vec![None; trials.len()];
    for said in
        report["diagnostics"].as_array().into_iter().flatten().filter(|said| said["severity"] == "error")
    {
        let file = said["file"].as_str().unwrap_or_default().to_owned();
        let place = (file, said["line"].as_u64().unwrap_or_default());
        let at = *places.get(&place).expect("what is wrong stands in a trial");
        let text = format!(
            "{}: {}",
            said["code"].as_str().unwrap_or_default(),
            said["message"].as_str().unwrap_or_default()
        );
        errors[at].get_or_insert(text);
    }
    errors
}

/// The manual of `OpenClaw` shows two configurations of Zed and one of Codex; that of `FastMCP` many of other programs.
#[test]
fn only_what_is_surely_theirs_is_taken_for_the_clients_in_manuals_of_others() {
    for (manual, expected) in [("openclaw", &["codex 1", "zed 2"][..]), ("fastmcp", &[])] {
        let Some(folder) = foreign::folder(manual) else { return };
        let mut command = Command::new(env!("CARGO_BIN_EXE_proofpress"));
        command.args(["check", "--color=never"]).current_dir(folder).env_clear().stdin(Stdio::null());
        let printed = command.output().expect("the program runs");
        let said = String::from_utf8_lossy(&[printed.stdout, printed.stderr].concat()).into_owned();
        let mut found = Vec::new();
        for line in said.lines().filter_map(|line| line.trim_start().strip_prefix("config ")) {
            let words: Vec<&str> = line.split([' ', ':']).filter(|word| !word.is_empty()).collect();
            if let [client, count, ..] = words[..]
                && !["openclaw", "litellm"].contains(&client)
            {
                found.push(format!("{client} {count}"));
            }
        }
        assert!(said.contains("fences"), "{said}");
        assert_eq!(found, expected, "{manual}");
    }
}

/// What stands right on our pages is right by another reader of the same schema.
#[test]
fn another_reader_of_our_schemas_agrees_with_our_pages() {
    let Some(folder) = foreign::folder("clients") else { return };
    let mut judged = 0;
    for (client, page, endings) in [
        ("aider", "aider", &[".aider.conf.yml"][..]),
        ("aider-models", "aider", &["settings.yml"]),
        ("aider-metadata", "aider", &["metadata.json"]),
        ("codex", "codex", &["config.toml"]),
        ("continue", "continue", &["config.yaml"]),
        ("librechat", "librechat", &["librechat.yaml"]),
        ("opencode", "opencode", &["opencode.json"]),
        ("zed", "zed", &["settings.json"]),
    ] {
        let page = Page::parse(Source::new("page.md", read(&format!("content/clients/{page}.md"))));
        let scratch = tempfile::tempdir().unwrap();
        let mut right = Vec::new();
        for (at, fence) in page.fences.iter().enumerate() {
            let title = fence.attributes.title.clone().unwrap_or_default();
            if fence.attributes.example.should_fail.is_some()
                || !endings.iter().any(|end| title.ends_with(end))
            {
                continue;
            }
            let ending = title.rsplit('.').next().unwrap_or_default();
            let file = scratch.path().join(format!("{at}.{ending}"));
            fs::write(&file, fence.body.text()).unwrap();
            right.push(file);
        }
        assert!(!right.is_empty(), "no page shows a right configuration of {client}");
        judged += right.len();
        let schema = root().join(format!("src/examples/clients/{client}.schema.json"));
        let mut command = Command::new("python3");
        command.args(["-m", "check_jsonschema", "--schemafile"]).arg(schema).args(right);
        let output = command.env("PYTHONPATH", folder.join("python")).output().expect("Python runs");
        assert!(output.status.success(), "{client}: {}", String::from_utf8_lossy(&output.stdout));
    }
    foreign::tell(&format!("check-jsonschema takes {judged} configurations of our pages, as we do"));
}
