//! The manual names all there is: every command, setting, attribute and code.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use proofpress::diagnostics::{Code, Explanation};
use proofpress::page::{Attributes, Page};
use proofpress::source::Source;
use serde_json::Value;

/// What stands around the part of a page that is written from the code.
const BEGIN: &str = "<!-- What follows is written by `PROOFPRESS_BLESS=1 cargo test`. -->\n";
const END: &str = "<!-- What follows is written by hand. -->\n";

#[test]
fn the_diagnostics_page_holds_every_code() {
    let path = place("diagnostics");
    let page = fs::read_to_string(&path).unwrap();
    let (before, rest) = page.split_once(BEGIN).expect("the page says where its codes begin");
    let (codes, after) = rest.split_once(END).expect("the page says where its codes end");
    let written: String = Code::ALL.iter().map(section).collect::<String>() + "\n";
    if std::env::var_os("PROOFPRESS_BLESS").is_some_and(|value| value == "1") {
        fs::write(&path, format!("{before}{BEGIN}{written}{END}{after}")).unwrap();
    } else {
        assert!(codes == written, "the page is old; PROOFPRESS_BLESS=1 cargo test writes it anew");
    }
}

fn section(code: &Explanation) -> String {
    let (severity, meaning) = (code.severity.as_str(), code.meaning.trim());
    let (wrong, right) = (fence("Wrong", code.wrong), fence("Right", code.right));
    format!("\n## `{}`\n\n**{severity}**: {meaning}\n\n{wrong}\n{right}", code.name)
}

/// A fence around a text that may hold fences itself.
fn fence(title: &str, text: &str) -> String {
    let ticks = if text.contains("```") { "````" } else { "```" };
    format!("{ticks}text title=\"{title}\"\n{text}\n{ticks}\n")
}

/// The codes whose examples are not the text of one page: they need a site, a live gateway, an installed program, or a real secret.
const BEYOND_A_PAGE: [&str; 18] = [
    "missing-snippet",
    "snippet-loop",
    "broken-link",
    "route-taken",
    "missing-page",
    "unlisted-page",
    "redirect",
    "template",
    "setting",
    "unreadable-file",
    "real-secret",
    "refused-by-program",
    "refused",
    "no-answer",
    "drift",
    "not-recorded",
    "old-recording",
    "no-examples",
];

#[test]
fn every_wrong_example_draws_its_code_and_every_right_one_nothing() {
    let mut beyond = Vec::new();
    for code in Code::ALL {
        let (Some(wrong), Some(right)) = (page_with(code.wrong), page_with(code.right)) else {
            beyond.push(code.name);
            continue;
        };
        let drawn = codes(&wrong);
        assert!(drawn.iter().any(|drawn| drawn == code.name), "{} draws {drawn:?}", code.name);
        assert_eq!(codes(&right), Vec::<String>::new(), "the right example of {}", code.name);
    }
    assert_eq!(beyond, BEYOND_A_PAGE);
}

/// A page that shows an example of a code; none where it is not the text of a page.
fn page_with(example: &str) -> Option<String> {
    let language = match example.split([' ', '\n']).next().unwrap_or_default() {
        "{" => "json5",
        config if config.starts_with("{\"") => "json",
        "model_list:" => "yaml",
        "curl" | "echo" if !example.contains("example.") => "bash",
        markup if ["```", "---", "<", "export"].iter().any(|start| markup.starts_with(start)) => {
            return Some(format!("{example}\n"));
        }
        _ => return None,
    };
    Some(format!("OpenClaw, LiteLLM\n\n```{language}\n{example}\n```\n"))
}

/// The codes that are drawn by a page; that nothing on it is tested does not count.
fn codes(page: &str) -> Vec<String> {
    let folder = tempfile::tempdir().expect("a folder can be made");
    fs::create_dir(folder.path().join("content")).expect("a folder can be made");
    fs::write(folder.path().join("proofpress.toml"), "").expect("it can be written");
    fs::write(folder.path().join("content/page.md"), page).expect("it can be written");
    let printed = proofpress(folder.path(), &["check", "--format=json"]);
    let report: Value = serde_json::from_str(&printed).expect("the report is JSON");
    let codes = report["diagnostics"].as_array().into_iter().flatten();
    let codes = codes.filter_map(|said| said["code"].as_str()).filter(|code| *code != "no-examples");
    codes.map(str::to_owned).collect()
}

#[test]
fn the_commands_page_names_every_command_and_option() {
    let page = Sections::of("commands");
    for command in commands() {
        let section = page.named(&command);
        let shared = ["Options of every command", "Verifying", "Reporting"].map(|title| page.named(title));
        let help = help(&command);
        assert!(help.contains("--color"), "{help}");
        let options =
            help.split_whitespace().filter_map(|word| word.trim_end_matches(',').strip_prefix("--"));
        for option in options.filter(|option| !option.is_empty()) {
            let name = format!("`--{option}");
            let is_there = [section].into_iter().chain(shared).any(|text| text.contains(&name));
            assert!(is_there, "the page does not name `--{option}` of `{command}`");
        }
    }
}

#[test]
fn the_commands_page_gives_every_exit_code() {
    let help = proofpress(Path::new("."), &["--help"]);
    let (_, codes) = help.split_once("Exit codes:\n").unwrap();
    let page = Sections::of("commands");
    for code in codes.lines().filter_map(|line| line.split_whitespace().next()) {
        assert!(page.named("Exit codes").contains(&format!("\n| {code} | ")), "the page lacks {code}");
    }
}

/// The commands that the help lists, but `help` itself.
fn commands() -> Vec<String> {
    let help = proofpress(Path::new("."), &["--help"]);
    let (_, rest) = help.split_once("Commands:\n").expect("the help lists the commands");
    let (commands, _) = rest.split_once("\n\n").expect("an empty line ends the list");
    let names = commands.lines().filter_map(|line| line.split_whitespace().next());
    names.filter(|name| *name != "help").map(str::to_owned).collect()
}

/// The help of a command from its options on.
fn help(command: &str) -> String {
    let help = proofpress(Path::new("."), &[command, "--help"]);
    let (_, options) = help.split_once("Options:\n").expect("the help lists the options");
    options.to_owned()
}

#[test]
fn the_configuration_page_names_every_setting() {
    let page = Sections::of("configuration");
    for table in settings("") {
        let section = page.named(&format!("`{table}`"));
        let named: Vec<&str> = rows(section);
        assert_eq!(named, settings(&table), "the page and the program name other keys of `{table}`");
    }
}

/// The keys of a table of the settings, as the program names them to one who writes another.
fn settings(table: &str) -> Vec<String> {
    let folder = tempfile::tempdir().expect("a folder can be made");
    let header = match table {
        "" => String::new(),
        "clients" => "[clients.openclaw]\n".to_owned(),
        table => format!("[{table}]\n"),
    };
    let text = format!("{header}zzzzzzzzzzzz = 1\n");
    fs::write(folder.path().join("proofpress.toml"), text).expect("it can be written");
    let printed = proofpress(folder.path(), &["check", "--format=json"]);
    let report: Value = serde_json::from_str(&printed).expect("the report is JSON");
    let said = report["diagnostics"].as_array().into_iter().flatten().find(|said| said["code"] == "setting");
    let help = said.and_then(|said| said["help"].as_str()).expect("the key is refused with a help");
    help.split('`').skip(1).step_by(2).map(str::to_owned).collect()
}

#[test]
fn the_attributes_page_names_every_attribute() {
    let page = fs::read_to_string(place("attributes")).unwrap();
    let mut missing = Vec::new();
    for name in Attributes::names() {
        let forms = [format!("`{name}`"), format!("`{name}=")];
        if !forms.iter().any(|form| page.contains(form.as_str())) {
            missing.push(name);
        }
    }
    assert_eq!(missing, Vec::<&str>::new(), "the page does not name them");
}

/// A fence with a path as its title adds to that file, a page begins it anew; a fence with a call as its title shows what
/// the call prints then.
#[test]
fn the_client_of_ones_own_works_as_the_page_says() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("content/manual/own-client.md");
    let page = Page::parse(Source::new("own-client.md", fs::read_to_string(path).unwrap()));
    let folder = tempfile::tempdir().unwrap();
    let mut calls = 0;
    for fence in &page.fences {
        let Some(title) = &fence.attributes.title else { continue };
        if let Some(call) = title.strip_prefix("proofpress ") {
            let arguments: Vec<&str> = call.split(' ').collect();
            let printed = proofpress(folder.path(), &arguments);
            assert_eq!(printed.trim_end(), fence.body.text().trim_end(), "{title}");
            calls += 1;
            continue;
        }
        let file = folder.path().join(title);
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        let before = fs::read_to_string(&file).unwrap_or_default();
        let kept = if title.starts_with("content/") { "" } else { before.as_str() };
        fs::write(&file, format!("{kept}{}", fence.body.text())).unwrap();
    }
    assert!(calls > 0, "the page shows no call");
}

#[test]
fn the_page_on_profiles_names_every_key_that_the_built_in_ones_have() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let page = fs::read_to_string(root.join("content/manual/own-client.md")).unwrap();
    let mut missing = BTreeSet::new();
    for folder in ["src/examples/clients", "src/gateway/profiles"] {
        let files = fs::read_dir(root.join(folder)).unwrap().map(|entry| entry.unwrap().path());
        for file in files.filter(|file| file.extension().is_some_and(|ending| ending == "toml")) {
            let text = fs::read_to_string(&file).unwrap();
            let forms = |key: &str| [format!("`{key}`"), format!("`[[{key}]]`")];
            let lacks = |key: &&str| !forms(key).iter().any(|form| page.contains(form.as_str()));
            missing.extend(keys(&text).filter(lacks).map(str::to_owned));
        }
    }
    assert_eq!(missing, BTreeSet::new());
}

/// The keys of a profile, but the client's own names in `dialects`.
fn keys(profile: &str) -> impl Iterator<Item = &str> {
    let mut table = "";
    profile.lines().filter_map(move |line| {
        if line.starts_with('[') {
            table = line;
        }
        let (key, _) = line.split_once(" = ")?;
        let is_key = key.chars().all(|letter| letter.is_ascii_lowercase() || letter == '_');
        (is_key && table != "[endpoints.dialects]").then_some(key)
    })
}

/// The keys in the first column of a table.
fn rows(section: &str) -> Vec<&str> {
    let key = |line: &'_ str| line.starts_with("| `");
    section.lines().filter(|line| key(line)).filter_map(|line| line.split('`').nth(1)).collect()
}

/// A page of the reference, by its headings.
struct Sections {
    page: String,
}

impl Sections {
    fn of(name: &str) -> Self {
        Self { page: fs::read_to_string(place(name)).expect("the page is there") }
    }

    /// What stands under a heading of the second level.
    fn named(&self, title: &str) -> &str {
        let heading = format!("\n## {title}\n");
        let (_, rest) = self.page.split_once(&heading).expect(title);
        rest.split_once("\n## ").map_or(rest, |(section, _)| section)
    }
}

fn place(page: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("content/manual/reference");
    folder.join(format!("{page}.md"))
}

/// What the program prints.
fn proofpress(folder: &Path, arguments: &[&str]) -> String {
    let mut command = Command::new(env!("CARGO_BIN_EXE_proofpress"));
    command.args(arguments).current_dir(folder).env_clear().stdin(Stdio::null());
    // Commands of pages are looked up there; everything else of the environment stays away.
    command.envs(std::env::var_os("PATH").map(|path| ("PATH", path)));
    let output = command.output().expect("the program runs");
    String::from_utf8(output.stdout).expect("it prints text")
}

/// What the gallery shows as source is what stands below it.
#[test]
fn the_gallery_shows_what_it_says() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("content/manual/components.md");
    let text = fs::read_to_string(path).unwrap();
    let sources = text.split("\n````mdx\n").skip(1);
    let pairs: Vec<(&str, &str)> = sources.filter_map(|rest| rest.split_once("\n````\n\n")).collect();
    assert!(pairs.len() > 15, "{}", pairs.len());
    for (source, result) in pairs {
        assert!(result.starts_with(source), "{source}");
    }
}

/// Each component stands there, with every attribute that its template declares.
#[test]
fn the_gallery_shows_every_component_and_attribute() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"));
    let gallery = fs::read_to_string(folder.join("content/manual/components.md")).unwrap();
    let filled = ["around", "children", "group", "index", "unique", "written", "in_body", "audience"];
    let mut missing = Vec::new();
    for file in fs::read_dir(folder.join("templates/components")).unwrap() {
        let template = fs::read_to_string(file.unwrap().path()).unwrap();
        let (_, rest) = template.split_once("{% component ").expect("a file holds a component");
        let (name, rest) = rest.split_once('(').expect("a component has parameters");
        let (parameters, _) = rest.split_once(") -%}").expect("they end with the tag");
        if !gallery.contains(&format!("<{name}")) && name != "Snippet" {
            missing.push(name.to_owned());
        }
        for parameter in parameters.split(", ").filter(|parameter| !parameter.is_empty()) {
            let key = parameter.split([':', ' ']).next().unwrap_or_default();
            let is_named = gallery.contains(&format!("`{key}`"));
            if !is_named && !filled.contains(&key) && !key.starts_with("...") {
                missing.push(format!("{name} {key}"));
            }
        }
    }
    assert_eq!(missing, Vec::<String>::new(), "the page does not show them");
}
