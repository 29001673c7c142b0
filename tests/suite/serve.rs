//! The preview as a browser sees it: pages over HTTP, and what it is told over a WebSocket when a file is saved.

use std::fs;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;
use tempfile::TempDir;

/// After so long the preview is thought to have said its last word; no test waits for it where all is well.
const PATIENCE: Duration = Duration::from_mins(1);

const GOOD: &str = "---\ntitle: First\n---\n\n# First\n\nGood morning.\n\n```json\n{ \"a\": 1 }\n```\n";

/// A preview of a small site of its own.
struct Preview {
    child: Child,
    folder: TempDir,
    address: String,
}

impl Preview {
    /// A site with a home page and a page in a folder.
    fn start() -> Self {
        Self::of(&[("content/index.md", "# Home\n"), ("content/guides/first.md", GOOD)])
    }

    fn of(files: &[(&str, &str)]) -> Self {
        let folder = tempfile::tempdir().expect("there is room for a site");
        for (path, text) in files {
            write(folder.path(), path, text);
        }
        let mut child = Command::new(env!("CARGO_BIN_EXE_proofpress"))
            .args(["serve", "--port", "0", "--root"])
            .arg(folder.path())
            .env_remove("NO_COLOR")
            .stdin(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the program starts");
        let mut said = BufReader::new(child.stderr.take().expect("it is piped"));
        let mut line = String::new();
        said.read_line(&mut line).expect("it says where it serves");
        let address =
            line.trim().strip_prefix("proofpress: serving http://").and_then(|rest| rest.strip_suffix('/'));
        let address = address.expect("the first line is that").to_owned();
        // What it says later is read, or it would wait for a reader.
        std::thread::spawn(move || std::io::copy(&mut said, &mut std::io::sink()));
        Self { child, folder, address }
    }

    fn save(&self, path: &str, text: &str) {
        write(self.folder.path(), path, text);
    }

    fn get(&self, path: &str) -> Answer {
        self.ask(path, &self.address, "")
    }

    fn ask(&self, path: &str, host: &str, headers: &str) -> Answer {
        let mut stream = connect(&self.address);
        let request = format!("GET {path} HTTP/1.1\r\nHost: {host}\r\n{headers}Connection: close\r\n\r\n");
        stream.write_all(request.as_bytes()).expect("it takes requests");
        let mut bytes = Vec::new();
        stream.read_to_end(&mut bytes).expect("it answers and closes");
        let text = String::from_utf8(bytes).expect("the files of these tests are texts");
        let (head, body) = text.split_once("\r\n\r\n").expect("an answer has a head");
        Answer { head: head.to_lowercase(), body: body.to_owned() }
    }

    /// A browser that shows the page at a path.
    fn browser(&self, path: &str) -> Browser {
        let mut stream = connect(&self.address);
        let request = format!(
            "GET /.proofpress/live?page={path} HTTP/1.1\r\nHost: {host}\r\nOrigin: http://{host}\r\n\
             Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n\
             Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n",
            host = self.address
        );
        stream.write_all(request.as_bytes()).expect("it takes requests");
        let mut stream = BufReader::new(stream);
        let mut head = String::new();
        while !head.ends_with("\r\n\r\n") {
            assert_ne!(stream.read_line(&mut head).expect("it answers"), 0, "{head}");
        }
        assert!(head.starts_with("HTTP/1.1 101 "), "{head}");
        // The example of RFC 6455, 1.3: what follows from that key.
        assert!(head.contains("s3pPLMBiTxaQ9kYGzzhZRbK+xOo="), "{head}");
        Browser { stream, last: Value::Null }
    }

    /// Ends it, and gives its exit status.
    fn end(mut self, signal: Signal) -> Option<i32> {
        kill_process(Pid::from_child(&self.child), signal).expect("it is still there");
        self.child.wait().expect("it ends").code()
    }
}

impl Drop for Preview {
    fn drop(&mut self) {
        // It may have ended already.
        let _gone = self.child.kill();
        let _gone = self.child.wait();
    }
}

/// An answer; its head in lower case.
struct Answer {
    head: String,
    body: String,
}

impl Answer {
    fn status(&self) -> &str {
        self.head.split(' ').nth(1).unwrap_or_default()
    }

    fn header(&self, name: &str) -> &str {
        let line = self.head.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(": "));
        line.unwrap_or_default()
    }

    /// The mark of the content, as the script of the page has it.
    fn mark(&self) -> &str {
        let (_, rest) = self.body.split_once("data-mark=\"").expect("the page has the script");
        rest.split('"').next().unwrap_or_default()
    }
}

/// The end of a WebSocket that listens.
struct Browser {
    stream: BufReader<TcpStream>,
    /// What it was told last.
    last: Value,
}

impl Browser {
    /// Waits until what it was told last fits.
    fn wait(&mut self, what: &str, fits: impl Fn(&Value) -> bool) -> Value {
        while self.last.is_null() || !fits(&self.last) {
            let text = self.message();
            assert!(text.is_some(), "it never says {what}, and last {}", self.last);
            self.last = serde_json::from_str(&text.unwrap_or_default()).expect("messages are JSON");
        }
        self.last.clone()
    }

    /// Waits until all is verified.
    fn verified(&mut self) -> Value {
        self.wait("that all is verified", |status| status["verifying"] == 0)
    }

    /// The next text message; none at the end, or when patience is.
    fn message(&mut self) -> Option<String> {
        loop {
            let [first, second] = self.bytes::<2>()?;
            let length = match second & 0x7f {
                126 => u64::from(u16::from_be_bytes(self.bytes()?)),
                127 => u64::from_be_bytes(self.bytes()?),
                short => u64::from(short),
            };
            let mut payload = vec![0; usize::try_from(length).ok()?];
            self.stream.read_exact(&mut payload).ok()?;
            if first == 0x81 {
                return String::from_utf8(payload).ok();
            }
        }
    }

    fn bytes<const N: usize>(&mut self) -> Option<[u8; N]> {
        let mut bytes = [0; N];
        self.stream.read_exact(&mut bytes).ok()?;
        Some(bytes)
    }
}

fn connect(address: &str) -> TcpStream {
    let stream = TcpStream::connect(address).expect("the preview listens");
    stream.set_read_timeout(Some(PATIENCE)).expect("the time is not zero");
    stream
}

fn write(folder: &Path, path: &str, text: &str) {
    let path = folder.join(path);
    fs::create_dir_all(path.parent().expect("a file stands in a folder")).expect("there is room");
    fs::write(path, text).expect("there is room");
}

fn codes(status: &Value) -> Vec<&str> {
    let problems = status["problems"].as_array().expect("there is a list of problems");
    problems.iter().filter_map(|problem| problem["code"].as_str()).collect()
}

#[test]
fn pages_and_files_are_served_at_their_addresses() {
    let preview = Preview::start();
    let home = preview.get("/");
    assert_eq!((home.status(), home.header("content-type")), ("200", "text/html; charset=utf-8"));
    assert!(home.body.contains("<h1"), "{}", home.body);
    assert!(preview.get("/guides/first/").body.contains("Good morning."));
    for path in ["/guides/first", "/guides/first/index.html"] {
        let moved = preview.get(path);
        assert_eq!((moved.status(), moved.header("location")), ("307", "/guides/first/"), "{path}");
    }
    let style = preview.get("/theme.css?v=1");
    assert_eq!((style.status(), style.header("content-type")), ("200", "text/css; charset=utf-8"));
    assert_eq!(style.header("cache-control"), "no-store");
    for path in ["/nothing/", "/../Cargo.toml", "/..%2fCargo.toml", "/content/index.md"] {
        assert_eq!(preview.get(path).status(), "404", "{path}");
    }
}

#[test]
fn markdown_is_served_for_agents() {
    let preview = Preview::start();
    let page = preview.get("/guides/first.md");
    assert_eq!((page.status(), page.header("content-type")), ("200", "text/markdown; charset=utf-8"));
    assert_eq!(page.body, "# First\n\nGood morning.\n\n```json\n{ \"a\": 1 }\n```\n");
    let list = preview.get("/llms.txt");
    assert_eq!((list.status(), list.header("content-type")), ("200", "text/plain; charset=utf-8"));
    assert!(list.body.contains("- [First](/guides/first.md)\n"), "{}", list.body);
    assert!(preview.get("/llms-full.txt").body.contains("Source: /guides/first/"));
    assert_eq!(preview.get("/guides/second.md").status(), "404");
    preview.save("content/guides/first.md", &GOOD.replace("morning", "evening"));
    preview
        .browser("/guides/first/")
        .wait("the new text", |_| preview.get("/guides/first.md").body.contains("Good evening."));
}

#[test]
fn nothing_is_written() {
    let preview = Preview::start();
    preview.browser("/").verified();
    assert!(!preview.folder.path().join("public").exists());
}

#[test]
fn a_save_is_seen_and_then_verified() {
    let preview = Preview::start();
    let mut browser = preview.browser("/guides/first/");
    let before = browser.verified();
    assert_eq!(codes(&before), Vec::<&str>::new());
    preview
        .save("content/guides/first.md", &GOOD.replace("Good morning", "Good evening").replace("1 }", "1 "));
    browser.wait("another mark", |status| status["mark"] != before["mark"]);
    assert!(preview.get("/guides/first/").body.contains("Good evening."));
    let verified =
        browser.wait("what is wrong", |status| !codes(status).is_empty() && status["verifying"] == 0);
    assert_eq!(codes(&verified), ["syntax"]);
    assert_eq!(verified["problems"][0]["place"], "content/guides/first.md:10:1");
    assert_eq!(preview.get("/guides/first/").mark(), verified["mark"].as_str().unwrap());
}

#[test]
fn a_file_put_in_the_place_of_another_is_seen() {
    let preview = Preview::start();
    let mut browser = preview.browser("/guides/first/");
    let before = browser.verified();
    preview.save("content/guides/.first.md.new", &GOOD.replace("morning", "night"));
    let guides = preview.folder.path().join("content/guides");
    fs::rename(guides.join(".first.md.new"), guides.join("first.md")).unwrap();
    browser.wait("another mark", |status| status["mark"] != before["mark"]);
    assert!(preview.get("/guides/first/").body.contains("Good night."));
}

#[test]
fn pages_come_and_go_with_their_place_in_the_navigation() {
    let preview = Preview::start();
    let mut browser = preview.browser("/guides/first/");
    let before = browser.verified();
    preview.save("content/guides/deep/second.md", "---\ntitle: A second page\n---\n\nNew.\n");
    let with = browser.wait("a new navigation", |status| status["mark"] != before["mark"]);
    assert!(preview.get("/guides/first/").body.contains("A second page"));
    assert_eq!(preview.get("/guides/deep/second/").status(), "200");
    fs::remove_dir_all(preview.folder.path().join("content/guides/deep")).unwrap();
    browser.wait("the old navigation", |status| {
        status["mark"] != with["mark"] && status["mark"] == before["mark"]
    });
    assert_eq!(preview.get("/guides/deep/second/").status(), "404");
}

#[test]
fn a_broken_template_is_shown_over_the_last_good_page() {
    let preview = Preview::start();
    let mut browser = preview.browser("/");
    let good = browser.verified();
    preview.save("templates/partials/mark.html", "{% if %}");
    let broken = browser.wait("what is wrong", |status| codes(status) == ["template"]);
    assert_eq!(broken["mark"], good["mark"]);
    assert_eq!(preview.get("/").mark(), good["mark"].as_str().unwrap());
    preview.save("templates/partials/mark.html", "{{ missing.member }}");
    browser.wait("that it cannot be rendered", |status| {
        status["mark"].is_null() && codes(status) == ["template"]
    });
    let kept = preview.get("/");
    assert_eq!((kept.status(), kept.mark()), ("200", good["mark"].as_str().unwrap()));
    preview.save("templates/partials/mark.html", "<i>own mark</i>");
    browser.wait("another mark", |status| status["mark"].is_string() && status["mark"] != good["mark"]);
    assert!(preview.get("/").body.contains("<i>own mark</i>"));
}

#[test]
fn broken_settings_are_shown_and_those_before_them_stay() {
    let preview = Preview::start();
    preview.save("proofpress.toml", "[site]\ntitle = \"Own title\"\n");
    let mut browser = preview.browser("/");
    let good = browser.wait("that all is verified", |status| {
        // A status that was sent before the settings were read has another mark than the page by now.
        let page = preview.get("/");
        status["verifying"] == 0 && page.body.contains("Own title") && status["mark"] == page.mark()
    });
    preview.save("proofpress.toml", "[site]\ntitel = \"Other title\"\n");
    let broken =
        browser.wait("what is wrong", |status| codes(status) == ["setting"] && status["verifying"] == 0);
    assert_eq!(broken["problems"][0]["place"], "proofpress.toml:2:1");
    assert_eq!(broken["mark"], good["mark"]);
    preview.save("proofpress.toml", "[site]\ntitle = \"Other title\"\n");
    browser.wait("that all is well", |status| codes(status).is_empty() && status["mark"] != good["mark"]);
    assert!(preview.get("/").body.contains("Other title"));
}

#[test]
fn a_static_file_that_is_saved_makes_its_pages_new() {
    let preview = Preview::of(&[("content/index.md", "# Home\n"), ("static/theme.css", "body {}\n")]);
    let mut browser = preview.browser("/");
    let before = browser.verified();
    preview.save("static/theme.css", "body { color: red }\n");
    browser.wait("another mark", |status| status["mark"] != before["mark"]);
    assert_eq!(preview.get("/theme.css").body, "body { color: red }\n");
}

#[test]
fn errors_on_other_pages_are_counted_and_named() {
    let preview = Preview::start();
    let mut browser = preview.browser("/");
    browser.verified();
    preview.save("content/guides/first.md", "---\ntitle: First\n---\n\n[gone](/gone/)\n\n```json\n{\n```\n");
    let status = browser.wait("both errors", |status| status["elsewhere"] == 2);
    assert_eq!(
        status["pages"],
        serde_json::json!([{ "title": "First", "url": "/guides/first/", "errors": 2 }])
    );
    assert_eq!(codes(&status), Vec::<&str>::new());
}

#[test]
fn what_stands_above_an_example_does_not_take_its_verdict_away() {
    let preview = Preview::start();
    let mut browser = preview.browser("/guides/first/");
    let before = browser.verified();
    assert!(preview.get("/guides/first/").body.contains("Verified"));
    preview.save("content/guides/first.md", &GOOD.replace("morning", "evening"));
    browser.wait("another mark", |status| status["mark"] != before["mark"]);
    assert!(preview.get("/guides/first/").body.contains("Verified"));
}

#[test]
fn a_site_below_a_path_is_served_there() {
    let settings = "[site]\nurl = \"https://example.com/docs\"\n";
    let preview = Preview::of(&[("proofpress.toml", settings), ("content/index.md", "# Home\n")]);
    let moved = preview.get("/");
    assert_eq!((moved.status(), moved.header("location")), ("307", "/docs/"));
    assert_eq!(preview.get("/docs/").status(), "200");
    assert_eq!(preview.get("/docs/theme.css").status(), "200");
    assert_eq!(preview.get("/theme.css").status(), "404");
    assert!(preview.get("/docs/sitemap.xml").body.contains("https://example.com/docs/"));
}

#[test]
fn a_foreign_name_that_leads_here_is_refused() {
    let preview = Preview::start();
    for host in ["attacker.example", "attacker.example:80", "localhost.attacker.example"] {
        assert_eq!(preview.ask("/", host, "").status(), "403", "{host}");
    }
    assert_eq!(preview.ask("/", "localhost:1234", "").status(), "200");
}

#[test]
fn pages_of_others_are_told_nothing() {
    let preview = Preview::start();
    let upgrade =
        "Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n";
    let foreign =
        ["", "Origin: null\r\n", "Origin: https://attacker.example\r\n", "Origin: http://127.0.0.1:1\r\n"];
    for origin in foreign {
        let headers = format!("{origin}{upgrade}Connection: Upgrade\r\n");
        let answer = preview.ask("/.proofpress/live?page=/", &preview.address, &headers);
        assert_eq!(answer.status(), "403", "{origin}");
    }
}

#[test]
fn it_ends_when_it_is_told_to_with_browsers_still_there() {
    for signal in [Signal::INT, Signal::TERM] {
        let preview = Preview::start();
        let _browser = preview.browser("/");
        assert_eq!(preview.end(signal), Some(0));
    }
}

#[test]
fn a_port_that_is_taken_is_our_trouble() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port().to_string();
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), "content/index.md", "# Home\n");
    let mut command = Command::new(env!("CARGO_BIN_EXE_proofpress"));
    let output = command.args(["serve", "--port", &port, "--root"]).arg(folder.path()).output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(3));
    assert!(said.starts_with(&format!("proofpress: error: cannot listen at 127.0.0.1:{port}: ")), "{said}");
}

/// A manual as its owners have it: no folder of ours, and what it says of its navigation in two files.
fn manual() -> Preview {
    Preview::of(&[
        ("docs.json", r#"{ "name": "Acme", "navigation": { "$ref": "parts/nav.json" } }"#),
        ("parts/nav.json", r#"{ "pages": ["guides/a"] }"#),
        ("guides/a.mdx", "---\ntitle: First\n---\n\nGood <Snippet file=\"time.mdx\" />\n"),
        ("snippets/time.mdx", "morning\n"),
    ])
}

#[test]
fn what_is_saved_in_a_manual_is_shown() {
    let preview = manual();
    let mut browser = preview.browser("/guides/a/");
    let saved = [
        ("guides/a.mdx", "---\ntitle: First\n---\n\nBad <Snippet file=\"time.mdx\" />\n", "Bad"),
        ("snippets/time.mdx", "evening\n", "evening"),
        ("parts/nav.json", r#"{ "groups": [{ "group": "Own group", "pages": ["guides/a"] }] }"#, "Own group"),
    ];
    for (path, text, shown) in saved {
        let before = browser.verified();
        preview.save(path, text);
        browser.wait(path, |status| status["mark"].is_string() && status["mark"] != before["mark"]);
        assert!(preview.get("/guides/a/").body.contains(shown), "{path}");
    }
    // A folder that was not there at the start.
    preview.save("more/b.mdx", "---\ntitle: Second\n---\n\nb\n");
    let mut other = preview.browser("/more/b/");
    other.wait("the new page", |_| preview.get("/more/b/").status() == "200");
}

#[test]
fn what_is_none_of_a_manual_is_not_served() {
    let preview = manual();
    let mut browser = preview.browser("/guides/a/");
    browser.verified();
    for path in ["serve.log", ".a.mdx.swp", "node_modules/x/y.md", "dist/.proofpress-output", "dist/z.md"] {
        preview.save(path, "x");
    }
    preview.save("guides/a.mdx", "---\ntitle: First\n---\n\nNew\n");
    browser.wait("the page", |_| preview.get("/guides/a/").body.contains("New"));
    for path in ["/dist/z/", "/node_modules/x/y/"] {
        assert_eq!(preview.get(path).status(), "404", "{path}");
    }
}

#[test]
fn a_manual_without_a_first_page_leads_to_one() {
    let preview = manual();
    let moved = preview.get("/");
    assert_eq!((moved.status(), moved.header("location")), ("307", "/guides/a/"));
}

#[test]
fn redirects_that_lead_nowhere_are_not_followed() {
    let settings = r#"{ "name": "Acme", "navigation": { "pages": ["index", "docs/a"] }, "redirects": [
        { "source": "/:path*", "destination": "/docs/:path*" }, { "source": "/b", "destination": "/docs/a#c" } ] }"#;
    let preview =
        Preview::of(&[("docs.json", settings), ("index.md", "# Home\n"), ("docs/a.md", "# A\n\n## C\n")]);
    assert_eq!(preview.get("/a").header("location"), "/docs/a/");
    assert_eq!(preview.get("/nothing").status(), "404");
    assert_eq!(preview.get("/robots.txt").status(), "200");
    assert_eq!(preview.get("/b?x=1").header("location"), "/docs/a/?x=1#c");
}

#[test]
fn a_page_for_nothing_of_the_site_stays() {
    let preview = Preview::of(&[("content/index.md", "# Home\n"), ("static/404.html", "<body>own</body>\n")]);
    let shown = preview.get("/nope");
    assert!(shown.body.contains("own"), "{}", shown.body);
    let status = preview.browser("/nope").verified();
    assert_eq!(status["mark"], shown.mark());
}

#[test]
fn a_page_moves_when_it_says_so() {
    let preview = Preview::start();
    let mut browser = preview.browser("/");
    browser.verified();
    preview.save("content/guides/first.md", "---\npermalink: /moved/\n---\n\n# First\n");
    browser.wait("the new address", |_| preview.get("/moved/").status() == "200");
    assert_eq!(preview.get("/guides/first/").status(), "404");
}

#[test]
fn a_component_that_is_written_later_is_known_on_the_page() {
    let preview = Preview::of(&[("content/index.md", "# Home\n\n<Foo />\n")]);
    let mut browser = preview.browser("/");
    browser.wait("the unknown component", |status| codes(status) == ["unknown-component"]);
    preview
        .save("templates/components/foo.html", "{% component Foo() %}<b>own foo</b>{% endcomponent Foo %}");
    browser.wait("that it is known", |status| codes(status).is_empty());
    assert!(preview.get("/").body.contains("own foo"));
}
