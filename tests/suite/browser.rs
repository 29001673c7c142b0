//! What a reader sees of the gallery of components: a browser looks at a copy of the page, and says what it found.
//!
//! Where there is no browser, the test says loudly that it is skipped. `PROOFPRESS_AXE` names the `axe.min.js` of
//! axe-core, with which the rules of WCAG are looked at as well; `.ci/run` sees to both.

use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// The names that the same browser has on different systems.
const BROWSERS: [&str; 5] =
    ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome"];

/// No profile, no network, no second process that outlives it; the time of the page runs as fast as it can.
const FLAGS: [&str; 14] = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
    "--host-resolver-rules=MAP * ~NOTFOUND",
    "--hide-scrollbars",
    "--window-size=1280,900",
    "--virtual-time-budget=60000",
    "--dump-dom",
];

/// What is done with the scripts of the theme.
#[derive(Clone, Copy, PartialEq)]
enum Scripts {
    Run,
    Off,
}

/// The page in its folder, as the browser is to see it.
struct Gallery {
    site: PathBuf,
    folder: PathBuf,
    browser: PathBuf,
}

#[test]
fn readers_can_use_the_gallery() {
    let Some(browser) = browser() else {
        // Past the harness, which keeps what passing tests print.
        let _shown =
            writeln!(io::stderr().lock(), "SKIPPED: there is no browser; nobody looked at the pages");
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    let gallery = Gallery { site: build(folder.path()), folder: folder.path().to_owned(), browser };
    let mut wrong = Vec::new();
    wrong.extend(gallery.look("desktop", "tabs anchors others", "", Scripts::Run));
    wrong.extend(gallery.look("plain", "plain", "", Scripts::Off));
    wrong.extend(gallery.look_framed("phone", "width", 390));
    if let Some(axe) = axe() {
        for theme in ["light", "dark"] {
            let attributes = format!(" data-theme=\"{theme}\"");
            let name = format!("axe-{theme}");
            wrong.extend(gallery.look_with(&name, "axe", &attributes, (Scripts::Run, &axe)));
        }
    } else {
        let said = "SKIPPED: PROOFPRESS_AXE names no axe-core; the rules of WCAG were not looked at";
        let _shown = writeln!(io::stderr().lock(), "{said}");
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Our own site, in a folder of its own; what becomes of its examples is for others to say.
fn build(folder: &Path) -> PathBuf {
    let site = folder.join("site");
    let output = Command::new(env!("CARGO_BIN_EXE_proofpress"))
        .args(["build", "--quiet", "--allow-failures", "--output"])
        .arg(&site)
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .stdin(Stdio::null())
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
    site
}

impl Gallery {
    fn look(&self, name: &str, checks: &str, attributes: &str, scripts: Scripts) -> Vec<String> {
        self.look_with(name, checks, attributes, (scripts, ""))
    }

    /// What is wrong with the page; `attributes` are put into its first tag, and a script before the checks.
    fn look_with(
        &self,
        name: &str,
        checks: &str,
        attributes: &str,
        (scripts, before): (Scripts, &str),
    ) -> Vec<String> {
        let file = self.write(name, &self.page(checks, attributes, (scripts, before)));
        self.said(name, &file)
    }

    /// What is wrong with the page in a frame of this width: no window of a browser is as narrow as a phone.
    fn look_framed(&self, name: &str, checks: &str, width: u32) -> Vec<String> {
        self.write("framed", &self.page(checks, "", (Scripts::Run, "")));
        let around = format!(
            "<!DOCTYPE html><title>Frame</title><body style=\"margin:0\">\
             <script>addEventListener(\"message\", (event) => {{ const out = document.createElement(\"pre\"); \
             out.id = \"said\"; out.textContent = event.data; document.body.replaceChildren(out); }})</script>\
             <iframe src=\"framed.html\" style=\"border:0\" width=\"{width}\" height=\"844\"></iframe>"
        );
        let file = self.write(name, &around);
        self.said(name, &file)
    }

    /// The page in one file, so that it needs no server.
    fn page(&self, checks: &str, attributes: &str, (scripts, before): (Scripts, &str)) -> String {
        let read = |path: &str| fs::read_to_string(self.site.join(path)).unwrap();
        let page = read("manual/components/index.html");
        let (head, rest) = page.split_once("<link rel=\"stylesheet\"").unwrap();
        let rest = rest.split_once("<script>").unwrap().1;
        let body = rest.split_once("</head>").unwrap().1;
        let head = head.replacen("<html ", &format!("<html data-checks=\"{checks}\"{attributes} "), 1);
        let body = body.replace("</body>", "").replace("</html>", "");
        let theme = if scripts == Scripts::Run { read("theme.js") } else { String::new() };
        let (style, own) = (read("theme.css"), include_str!("browser.js"));
        format!(
            "{head}<style>{style}</style></head>{body}<script type=\"module\">{theme}</script>\
             <script>{before}</script><script>{own}</script></body></html>"
        )
    }

    fn write(&self, name: &str, text: &str) -> PathBuf {
        let file = self.folder.join(format!("{name}.html"));
        fs::write(&file, text).unwrap();
        file
    }

    /// What the checks of a page have found wrong.
    fn said(&self, name: &str, file: &Path) -> Vec<String> {
        let profile = self.folder.join(format!("{name}-profile"));
        let output = Command::new(&self.browser)
            .args(FLAGS)
            .arg(format!("--user-data-dir={}", profile.display()))
            .arg(format!("file://{}", file.display()))
            .stdin(Stdio::null())
            .output()
            .unwrap();
        let document = String::from_utf8_lossy(&output.stdout);
        let complaint = String::from_utf8_lossy(&output.stderr);
        let said = document.split_once("<pre id=\"said\">").and_then(|(_, rest)| rest.split_once("</pre>"));
        let Some((said, _)) = said else {
            return vec![format!("{name}: no answer of the page; {complaint}")];
        };
        let is_done =
            said.lines().last().is_some_and(|line| line == format!("done {}", said.lines().count() - 1));
        assert!(is_done && said.lines().count() > 1, "{name} did not come to its end: {said}");
        let wrong = said.lines().filter(|line| line.starts_with("not ok"));
        wrong.map(|line| format!("{name}: {line}")).collect()
    }
}

/// The first browser on the search path.
fn browser() -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    let folders: Vec<PathBuf> = std::env::split_paths(&path).collect();
    let places = BROWSERS.iter().flat_map(|name| folders.iter().map(move |folder| folder.join(name)));
    places.into_iter().find(|place| place.is_file())
}

fn axe() -> Option<String> {
    let path = std::env::var_os("PROOFPRESS_AXE")?;
    Some(fs::read_to_string(path).unwrap())
}
