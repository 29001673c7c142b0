//! What is recorded of a gateway, and answered from the recordings; the gateway is one of ours, which stands alone.

use std::fs;
use std::path::Path;

use rustix::process::Signal;
use serde_json::Value;

use super::process::{end, gateway_with};

const PAGE: &str = "# Models\n\n```bash\ncurl --silent https://api.openai.com/v1/chat/completions \\\n  -H \"Authorization: Bearer $OPENAI_API_KEY\" -H \"Content-Type: application/json\" \\\n  -d '{\"model\": \"gpt-5\", \"messages\": [{\"role\": \"user\", \"content\": \"Hello\"}]}'\n```\n\n```bash status=401\ncurl --silent https://api.openai.com/v1/models -H \"Authorization: Bearer wrong-one-of-them\"\n```\n";

/// A site with one page, recorded.
fn recorded() -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder can be made");
    fs::create_dir(folder.path().join("content")).expect("it can be made");
    fs::write(folder.path().join("proofpress.toml"), "").expect("it can be written");
    fs::write(folder.path().join("content/index.md"), PAGE).expect("it can be written");
    let (child, address) = gateway_with(&[]);
    let (status, said) = run(folder.path(), &["record", "--gateway", &format!("http://{address}/openai/v1")]);
    end(child, Signal::TERM);
    assert_eq!(status, Some(0), "{said}");
    assert!(said.contains("proofpress: recorded 2 exchanges in 1 file of cassettes\n"), "{said}");
    assert!(said.contains("\nsent: 2 requests; "), "{said}");
    folder
}

fn run(folder: &Path, arguments: &[&str]) -> (Option<i32>, String) {
    let mut command = super::process::program(arguments);
    command.current_dir(folder).env("PATH", std::env::var_os("PATH").unwrap_or_default());
    let output = command.output().expect("the program runs");
    let said = [output.stdout, output.stderr].concat();
    (output.status.code(), String::from_utf8_lossy(&said).into_owned())
}

#[test]
fn what_was_recorded_is_answered_without_a_gateway() {
    let folder = recorded();
    let (status, said) = run(folder.path(), &["check", "--gateway", "replay"]);
    assert_eq!(status, Some(0), "{said}");
    assert!(said.contains("2 passed"), "{said}");
}

#[test]
fn what_only_the_mock_says_may_be_allowed_all_the_same() {
    let folder = recorded();
    let page = "# Models\n\n```bash allow=ignored-header\ncurl --silent https://api.portkey.ai/v1/chat/completions \\\n  -H \"x-portkey-api-key: $PORTKEY_API_KEY\" -H \"Content-Type: application/json\" \\\n  -H \"x-portkey-metadata: {'team': 'docs'}\" \\\n  -d '{\"model\": \"@openai-prod/gpt-5\", \"messages\": [{\"role\": \"user\", \"content\": \"Hello\"}]}'\n```\n";
    fs::write(folder.path().join("content/index.md"), page).expect("it can be written");
    let (child, address) = gateway_with(&[]);
    let url = format!("http://{address}/portkey/v1");
    let said = [
        run(folder.path(), &["check", "--deny", "warnings"]),
        run(folder.path(), &["check", "--deny", "warnings", "--gateway", &url]),
    ];
    end(child, Signal::TERM);
    for (status, said) in said {
        assert_eq!(status, Some(0), "{said}");
        assert!(said.contains("1 passed"), "{said}");
    }
}

#[test]
fn a_recording_can_be_reviewed() {
    let folder = recorded();
    let text =
        fs::read_to_string(folder.path().join("cassettes/content/index.json")).expect("it was written");
    let cassette: Value = serde_json::from_str(&text).expect("it is JSON");
    let request = &cassette["exchanges"][0]["request"];
    assert_eq!(request["url"], "https://api.openai.com/v1/chat/completions");
    assert_eq!(request["json"]["messages"][0]["content"], "Hello");
    assert_eq!(request["headers"], serde_json::json!({ "content-type": "application/json" }));
    assert_eq!(cassette["exchanges"][1]["answer"]["status"], 401);
    assert!(text.lines().count() > 30, "{text}");
}

#[test]
fn a_request_that_has_changed_is_said_with_the_nearest() {
    let folder = recorded();
    let page = folder.path().join("content/index.md");
    fs::write(&page, PAGE.replace("Hello", "Goodbye")).expect("it can be written");
    let (status, said) = run(folder.path(), &["check", "--gateway", "replay"]);
    assert_eq!(status, Some(0), "{said}");
    let message = "warning[not-recorded]: this request was not recorded: the nearest one, in `cassettes/content/index.json`, differs in `messages[0].content`";
    assert!(said.contains(message), "{said}");
    assert!(said.contains("1 passed, 0 failed, 1 skipped"), "{said}");
    assert_eq!(run(folder.path(), &["check", "--gateway", "replay", "--deny", "warnings"]).0, Some(1));
}

#[test]
fn where_a_recording_and_the_mock_disagree_is_said() {
    let folder = recorded();
    let cassette = folder.path().join("cassettes/content/index.json");
    let text = fs::read_to_string(&cassette).expect("it was written");
    fs::write(&cassette, text.replace("gpt-5\"", "gpt-9\"")).expect("it can be written");
    let page = folder.path().join("content/index.md");
    fs::write(&page, PAGE.replace("gpt-5", "gpt-9")).expect("it can be written");
    let (status, said) = run(folder.path(), &["check", "--gateway", "replay"]);
    assert_eq!(status, Some(0), "{said}");
    assert!(
        said.contains("warning[drift]: `api.openai.com` takes a request that the mock refuses: "),
        "{said}"
    );
}

#[test]
fn a_hostile_recording_is_a_diagnostic() {
    let folder = recorded();
    let cassette = folder.path().join("cassettes/content/index.json");
    fs::write(&cassette, r#"{"recorded":"2020-01-01","exchanges":[{"request":{"url":"file:///etc/passwd"},"answer":{"status":99}}]}"#)
        .expect("it can be written");
    let (status, said) = run(folder.path(), &["check", "--gateway", "replay"]);
    assert_eq!(status, Some(2), "{said}");
    for part in [
        "warning[old-recording]: this was recorded ",
        "`file:///etc/passwd` is not an address",
        "cassettes/content/index.json:1:",
    ] {
        assert!(said.contains(part), "{part} in {said}");
    }
}

#[test]
fn the_mock_is_not_recorded() {
    let folder = tempfile::tempdir().expect("a folder can be made");
    let (status, said) = run(folder.path(), &["record", "--gateway", "mock"]);
    assert_eq!(status, Some(2), "{said}");
    assert!(said.contains("only live gateways are recorded"), "{said}");
}

#[test]
fn a_gateway_alone_records_what_it_is_asked() {
    let folder = tempfile::tempdir().expect("a folder can be made");
    let place = folder.path().join("kept");
    let (child, address) = gateway_with(&["--record", place.to_str().expect("it is text")]);
    super::process::ask(&address, "/openai/v1/models", "");
    end(child, Signal::TERM);
    let text = fs::read_to_string(place.join("000001-get-v1-models.json")).expect("it was written");
    let cassette: Value = serde_json::from_str(&text).expect("it is JSON");
    assert_eq!(cassette["exchanges"][0]["answer"]["status"], 401);
}

#[test]
fn what_else_stands_beside_recordings_does_not_number_them() {
    let others = [
        ("2026-notes.json", "000001"),
        ("000041-notes.md", "000001"),
        ("000041-get.json", "000042"),
        ("18446744073709551615-x.json", "000000"),
        ("99999999999999999999-x.json", "000001"),
    ];
    for (other, number) in others {
        let folder = tempfile::tempdir().expect("a folder can be made");
        fs::write(folder.path().join(other), "{}").expect("it can be written");
        let (child, address) = gateway_with(&["--record", folder.path().to_str().expect("it is text")]);
        super::process::ask(&address, "/openai/v1/models", "");
        end(child, Signal::TERM);
        assert!(folder.path().join(format!("{number}-get-v1-models.json")).is_file(), "{other}");
    }
}

#[test]
fn a_gateway_alone_records_no_faults_and_overwrites_nothing() {
    let folder = tempfile::tempdir().expect("a folder can be made");
    let place = folder.path().join("kept");
    for path in ["/openai/v1/models", "/anthropic/v1/models", "/openai/v1/models"] {
        let (child, address) =
            gateway_with(&["--fault", "429", "--record", place.to_str().expect("it is text")]);
        for _ in 0..2 {
            super::process::ask(&address, path, "");
        }
        end(child, Signal::TERM);
    }
    let urls = ["000001", "000002", "000003"].map(|number| {
        let text =
            fs::read_to_string(place.join(format!("{number}-get-v1-models.json"))).expect("it was written");
        let cassette: Value = serde_json::from_str(&text).expect("it is JSON");
        cassette["exchanges"][0]["request"]["url"].as_str().expect("it has one").to_owned()
    });
    let [openai, anthropic] = ["https://api.openai.com/v1/models", "https://api.anthropic.com/v1/models"];
    assert_eq!(urls, [openai, anthropic, openai]);
    // Beside them there is the mark of the folder.
    assert_eq!(fs::read_dir(&place).expect("it was made").count(), 4);
}
