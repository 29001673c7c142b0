//! The real gateway as the live one: a page is verified through it, recorded, and verified again when it is gone.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use rustix::process::Signal;

use super::real::{self, Real};
use crate::process::{end, gateway_with, program};

/// Our own page on the gateway that one runs oneself.
const PAGE: &str = "content/providers/portkey-gateway.md";

/// Its site: links lead to pages that are not in it.
const SETTINGS: &str = "[diagnostics]\nallow = [\"broken-link\"]\n";

/// What is said of it: eight commands, a configuration and a file, of which only the installation is not tried.
const HOLDS: &str = "1 page with 12 fences: 10 passed, 0 failed, 0 skipped, 2 untested";

fn run(folder: &Path, arguments: &[&str]) -> (Option<i32>, String) {
    let mut command = program(arguments);
    command.current_dir(folder).env("PATH", std::env::var_os("PATH").unwrap_or_default());
    let output = command.output().expect("the program runs");
    let said = [output.stdout, output.stderr].concat();
    (output.status.code(), String::from_utf8_lossy(&said).into_owned())
}

#[test]
fn a_page_is_verified_through_it_and_then_without_it() {
    let Some(installed) = real::folder() else { return };
    // What stands behind the gateway is a mock of ours, in place of the providers.
    let (behind, upstream) = gateway_with(&[]);
    let hosts = [
        ("https://api.openai.com/", format!("http://{upstream}/openai/")),
        ("https://api.anthropic.com/", format!("http://{upstream}/anthropic/")),
    ];
    let real = Real::start_before(&installed, &BTreeMap::from(hosts));
    let folder = tempfile::tempdir().expect("a folder can be made");
    let page = folder.path().join(PAGE);
    fs::create_dir_all(page.parent().expect("it is in a folder")).expect("it can be made");
    fs::write(folder.path().join("proofpress.toml"), SETTINGS).expect("it can be written");
    fs::copy(Path::new(env!("CARGO_MANIFEST_DIR")).join(PAGE), &page).expect("it can be copied");
    let base = format!("http://127.0.0.1:{}/v1", real.port());

    let (status, said) = run(folder.path(), &["build", "--gateway", &base]);
    assert_eq!(status, Some(0), "{said}");
    assert!(said.contains(HOLDS) && said.contains("nothing wrong on 1 page"), "{said}");

    let (status, said) = run(folder.path(), &["record", "--gateway", &base]);
    assert_eq!(status, Some(0), "{said}");
    assert!(said.contains("recorded 8 exchanges in 1 file of cassettes"), "{said}");

    drop(real);
    let (_, asked) = end(behind, Signal::TERM);
    // Twice two chats and what the configuration asks; and the first target of the Config, and the model that is nowhere.
    let count = |line: &str| asked.matches(line).count();
    assert_eq!(count("POST https://api.openai.com/v1/chat/completions 200"), 6, "{asked}");
    assert_eq!(count("POST https://api.openai.com/v1/chat/completions 404"), 4, "{asked}");
    assert_eq!(count("POST https://api.openai.com/v1/audio/transcriptions 200"), 2, "{asked}");
    // Twice a chat, and the second target of the Config.
    assert_eq!(count("POST https://api.anthropic.com/v1/messages 200"), 4, "{asked}");

    let (status, said) = run(folder.path(), &["build", "--gateway", "replay"]);
    assert_eq!(status, Some(0), "{said}");
    assert!(said.contains(HOLDS) && said.contains("nothing wrong on 1 page"), "{said}");
    let kept = fs::read_to_string(folder.path().join("cassettes/content/providers/portkey-gateway.json"))
        .expect("it was written");
    assert!(kept.contains("x-portkey-last-used-option-index"), "{kept}");
    assert!(!kept.contains("sk-proj-"), "{kept}");
}
