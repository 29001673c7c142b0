//! The real gateway as the live one: a page is verified through it, recorded, and verified again when it is gone.

use std::fs;
use std::path::Path;

use rustix::process::Signal;

use super::real::{self, Real};
use crate::process::{end, gateway_with, program};

/// A page on the gateway of one's own: a chat, a stream, a Config whose first target fails, and an error. What stands behind the gateway is
/// a mock of ours, in place of OpenAI.
fn page(upstream: &str) -> String {
    let host = format!("http://{upstream}/openai/v1");
    let curl =
        "curl --silent http://localhost:8787/v1/chat/completions -H \"Content-Type: application/json\"";
    let key = "-H \"Authorization: Bearer $OPENAI_API_KEY\"";
    let named = format!("-H \"x-portkey-provider: openai\" -H \"x-portkey-custom-host: {host}\"");
    let said = "\"messages\": [{\"role\": \"user\", \"content\": \"Hello\"}]";
    let target = |model: &str| {
        format!(
            "{{\"provider\": \"openai\", \"api_key\": \"'\"$OPENAI_API_KEY\"'\", \"custom_host\": \"{host}\", \"override_params\": {{\"model\": \"{model}\"}}}}"
        )
    };
    let config = format!(
        "{{\"strategy\": {{\"mode\": \"fallback\"}}, \"targets\": [{}, {}]}}",
        target("gpt-no-such-one"),
        target("gpt-5")
    );
    let fences = [
        format!("```bash\n{curl} {key} {named} -d '{{\"model\": \"gpt-5\", {said}}}'\n```"),
        format!("```bash\n{curl} {key} {named} -d '{{\"model\": \"gpt-5\", \"stream\": true, {said}}}'\n```"),
        format!("```bash\n{curl} -H 'x-portkey-config: {config}' -d '{{\"model\": \"gpt-5\", {said}}}'\n```"),
        format!(
            "```bash status=400\n{curl} {key} -H \"x-portkey-provider: opnai\" -d '{{\"model\": \"gpt-5\", {said}}}'\n```"
        ),
    ];
    format!("# A gateway of one's own\n\n{}\n", fences.join("\n\n"))
}

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
    let real = Real::start(&installed);
    let (behind, upstream) = gateway_with(&[]);
    let folder = tempfile::tempdir().expect("a folder can be made");
    fs::create_dir(folder.path().join("content")).expect("it can be made");
    fs::write(folder.path().join("proofpress.toml"), "").expect("it can be written");
    fs::write(folder.path().join("content/index.md"), page(&upstream)).expect("it can be written");
    let base = format!("http://127.0.0.1:{}/v1", real.port());

    let (status, said) = run(folder.path(), &["build", "--gateway", &base]);
    assert_eq!(status, Some(0), "{said}");
    assert!(said.contains("4 passed, 0 failed, 0 skipped"), "{said}");

    let (status, said) = run(folder.path(), &["record", "--gateway", &base]);
    assert_eq!(status, Some(0), "{said}");
    assert!(said.contains("recorded 4 exchanges in 1 file of cassettes"), "{said}");

    drop(real);
    let (_, asked) = end(behind, Signal::TERM);
    // Twice three chats, and the first target of the Config before each of two.
    assert_eq!(asked.matches("POST https://api.openai.com/v1/chat/completions 200").count(), 6, "{asked}");
    assert_eq!(asked.matches("POST https://api.openai.com/v1/chat/completions 404").count(), 2, "{asked}");

    let (status, said) = run(folder.path(), &["build", "--gateway", "replay"]);
    assert_eq!(status, Some(0), "{said}");
    assert!(said.contains("4 passed, 0 failed, 0 skipped"), "{said}");
    let kept =
        fs::read_to_string(folder.path().join("cassettes/content/index.json")).expect("it was written");
    assert!(kept.contains("x-portkey-last-used-option-index"), "{kept}");
    assert!(!kept.contains("sk-proj-"), "{kept}");
}
