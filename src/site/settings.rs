//! The settings of a site: `proofpress.toml`, checked key by key.

use std::path::{Component, Path, PathBuf};
use std::sync::Arc;

use crate::data::{self, Member, Node, Number, Syntax, Value};
use crate::diagnostics::{Code, Diagnostic, Problem, nearest};
use crate::source::{Excerpt, Source, Span};

/// The settings of `proofpress.toml`, defaults filled in.
#[derive(Clone, Debug, Default)]
pub struct Settings {
    /// `[site]`.
    pub site: SiteSettings,
    /// `[clients.NAME]`.
    pub clients: Vec<(String, ClientSettings)>,
    /// `[examples]`.
    pub examples: ExampleSettings,
    /// `[diagnostics] allow`: what is not said of anything.
    pub allow: Vec<Code>,
    /// `[gateway]`.
    pub gateway: GatewaySettings,
    /// `[build]`.
    pub build: BuildSettings,
    /// The file that they stand in.
    pub source: Option<Arc<Source>>,
}

/// `[site]`.
#[derive(Clone, Debug)]
pub struct SiteSettings {
    /// `title`, `Documentation` by default.
    pub title: String,
    /// `description`, empty by default.
    pub description: String,
    /// `url`: where it will be served, for the sitemap and links with a host; no `/` at its end. Its path is the base path.
    pub url: Option<String>,
    /// `language`: BCP 47, `en` by default.
    pub language: String,
    /// `repository`: the address of its source; shown in the header.
    pub repository: Option<String>,
    /// `edit`: an address with `{path}` for the link below a page.
    pub edit: Option<String>,
}

/// `[clients.NAME]`.
#[derive(Clone, Debug, Default)]
pub struct ClientSettings {
    /// `schema`: a file from the root of the site, or [`OF_PROGRAM`], in place of the built-in one.
    pub schema: Option<PathBuf>,
    /// Where `schema` stands in the settings.
    pub schema_span: Span,
    /// `command`: what starts the program, in place of what the profile says.
    pub command: Vec<String>,
    /// `program`: whether the program itself is asked.
    pub program: Asking,
    /// Where the name stands in the settings.
    pub name_span: Span,
}

/// In place of the file of a schema: the one that the installed program prints.
pub const OF_PROGRAM: &str = "program";

/// Whether the program itself is asked what it takes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Asking {
    /// Where it is installed.
    #[default]
    WhereInstalled,
    /// It has to be installed.
    Required,
    /// Never.
    Never,
}

/// `[examples]`.
#[derive(Clone, Debug)]
pub struct ExampleSettings {
    /// `timeout` of a command in seconds, 30 by default.
    pub timeout: u64,
}

/// `[gateway]`.
#[derive(Clone, Debug)]
pub struct GatewaySettings {
    /// `mode`: `mock`, `live` or a base URL; the command line goes before it. The mock gateway by default.
    pub mode: Option<String>,
    /// `faults`: what goes wrong on purpose, as written; read by the gateway.
    pub faults: Option<Node>,
    /// `cassettes`: the folder of recordings, from the root of the site; `cassettes` by default.
    pub cassettes: PathBuf,
    /// `live`: what live gateways may be asked, as written; read by the gateway.
    pub live: Option<Node>,
    /// `limits`: what providers let through, as written; read by the gateway.
    pub limits: Option<Node>,
}

/// `[build]`.
#[derive(Clone, Debug)]
pub struct BuildSettings {
    /// `output`: the folder that is written, from the root of the site; `public` by default, and `_site` where a manual with a
    /// `docs.json` has a `public` of its own.
    pub output: PathBuf,
}

impl Default for SiteSettings {
    fn default() -> Self {
        Self {
            title: "Documentation".to_owned(),
            description: String::new(),
            url: None,
            language: "en".to_owned(),
            repository: None,
            edit: None,
        }
    }
}

impl Default for ExampleSettings {
    fn default() -> Self {
        Self { timeout: 30 }
    }
}

impl Default for GatewaySettings {
    fn default() -> Self {
        Self { mode: None, faults: None, cassettes: PathBuf::from("cassettes"), live: None, limits: None }
    }
}

impl Default for BuildSettings {
    fn default() -> Self {
        Self { output: PathBuf::from("public") }
    }
}

/// The file that says that a folder was made by us and may be replaced.
pub const OUTPUT_MARKER: &str = ".proofpress-output";

/// The folders of a site that it reads.
const OWN_FOLDERS: [&str; 4] = ["content", "static", "templates", "profiles"];

/// The longest time in seconds that an example can be given: a day.
const LONGEST_TIMEOUT: i64 = 86_400;

impl Settings {
    /// Reads the text of `proofpress.toml`; what cannot be used keeps its default.
    pub fn parse(source: &Arc<Source>) -> (Self, Vec<Diagnostic>) {
        Self::parse_over(source, Self::default())
    }

    /// Reads the text of `proofpress.toml`; what it does not set, or not rightly, stays as in `base`.
    pub(super) fn parse_over(source: &Arc<Source>, base: Self) -> (Self, Vec<Diagnostic>) {
        let excerpt = Excerpt::whole(source);
        let (document, problems) = data::parse(source.text(), Syntax::Toml).into_parts();
        let mut reader = Reader { problems };
        let settings = Self { source: Some(Arc::clone(source)), ..reader.settings(&document.root, base) };
        (settings, reader.problems.into_iter().map(|problem| problem.within(&excerpt)).collect())
    }
}

struct Reader {
    problems: Vec<Problem>,
}

impl Reader {
    fn settings(&mut self, root: &Node, base: Settings) -> Settings {
        let mut settings = base;
        self.known(root, "", &["site", "clients", "examples", "diagnostics", "gateway", "build"]);
        if let Some(node) = self.table(root, "", "site") {
            self.site(node, &mut settings.site);
        }
        for member in self.table(root, "", "clients").map(Node::members).unwrap_or_default() {
            let table = format!("clients.{}", member.key);
            if self.is_table(member, &table) {
                let client = self.client(member, &table);
                settings.clients.push((member.key.clone(), client));
            }
        }
        if let Some(node) = self.table(root, "", "examples") {
            self.known(node, "examples", &["timeout"]);
            if let Some(seconds) = self.seconds(node, "examples", "timeout") {
                settings.examples.timeout = seconds;
            }
        }
        if let Some(node) = self.table(root, "", "diagnostics") {
            self.known(node, "diagnostics", &["allow"]);
            settings.allow = self.allow(node);
        }
        if let Some(node) = self.table(root, "", "gateway") {
            self.known(node, "gateway", &["mode", "cassettes", "live", "faults", "limits"]);
            settings.gateway.mode = self.mode(node);
            if let Some(folder) = self.folder(node, ("gateway", "cassettes"), "cassettes") {
                settings.gateway.cassettes = folder;
            }
            settings.gateway.live = self.table(node, "gateway", "live").cloned();
            settings.gateway.faults = node.get("faults").cloned();
            settings.gateway.limits = node.get("limits").cloned();
        }
        if let Some(node) = self.table(root, "", "build") {
            self.known(node, "build", &["output"]);
            if let Some(output) = self.folder(node, ("build", "output"), "public") {
                settings.build.output = output;
            }
        }
        settings
    }

    fn client(&mut self, member: &Member, table: &str) -> ClientSettings {
        let node = &member.value;
        self.known(node, table, &["schema", "program", "command"]);
        let (schema, schema_span) = self.text(node, table, "schema").unzip();
        let command = node.get("command").map(Node::elements).unwrap_or_default();
        let words: Vec<String> = command.iter().filter_map(Node::as_str).map(str::to_owned).collect();
        if let Some(list) = node.get("command").filter(|_| words.is_empty() || words.len() < command.len()) {
            let help = "write `[\"node\", \"dist/cli.js\"]`";
            self.say(list.span, format!("`{table}.command` is not a list of texts"), help);
        }
        let asking = [
            ("where-installed", Asking::WhereInstalled),
            ("required", Asking::Required),
            ("never", Asking::Never),
        ];
        let program = self.text(node, table, "program").and_then(|(word, span)| {
            let found = asking.iter().find(|(name, _)| *name == word);
            if found.is_none() {
                let help = "write `where-installed`, `required` or `never`";
                self.say(span, format!("`{word}` is not a value of `{table}.program`"), help);
            }
            found.map(|(_, asking)| *asking)
        });
        ClientSettings {
            schema: schema.map(PathBuf::from),
            schema_span: schema_span.unwrap_or_default(),
            name_span: member.key_span,
            command: words,
            program: program.unwrap_or_default(),
        }
    }

    fn site(&mut self, node: &Node, site: &mut SiteSettings) {
        self.known(node, "site", &["title", "description", "url", "language", "repository", "edit"]);
        if let Some((title, _)) = self.text(node, "site", "title") {
            title.clone_into(&mut site.title);
        }
        if let Some((description, _)) = self.text(node, "site", "description") {
            description.clone_into(&mut site.description);
        }
        if let Some((language, span)) = self.text(node, "site", "language") {
            let is_tag = |letter: char| letter.is_ascii_alphanumeric() || letter == '-';
            if language.starts_with(|letter: char| letter.is_ascii_alphabetic())
                && language.chars().all(is_tag)
            {
                language.clone_into(&mut site.language);
            } else {
                let message = format!("`{language}` is not a language");
                self.say(span, message, "write a tag such as `en` or `pt-BR`");
            }
        }
        if let Some(url) = self.address(node, "url") {
            site.url = Some(url.trim_end_matches('/').to_owned());
        }
        site.repository = self.address(node, "repository");
        site.edit = self.address(node, "edit");
        if let Some((edit, span)) =
            self.text(node, "site", "edit").filter(|(edit, _)| !edit.contains("{path}"))
        {
            let help = "write `{path}` where the path of the page belongs";
            self.say(span, format!("`{edit}` leads every page to one address"), help);
        }
    }

    fn address(&mut self, node: &Node, key: &str) -> Option<String> {
        let (text, span) = self.text(node, "site", key)?;
        if is_url(text) {
            return Some(text.to_owned());
        }
        self.say(span, format!("`{text}` is not an address"), "write all of it, with `https://`");
        None
    }

    fn mode(&mut self, node: &Node) -> Option<String> {
        let (text, span) = self.text(node, "gateway", "mode")?;
        if matches!(text, "mock" | "live" | "replay") || is_url(text) {
            return Some(text.to_owned());
        }
        let help = match nearest(text, ["mock", "live", "replay"]) {
            Some(meant) => format!("write `{meant}`"),
            None => "write `mock`, `live`, `replay` or the base URL of a gateway".to_owned(),
        };
        self.say(span, format!("`{text}` is not a gateway"), &help);
        None
    }

    /// The codes that are switched off.
    fn allow(&mut self, node: &Node) -> Vec<Code> {
        let Some(list) = node.get("allow") else { return Vec::new() };
        if !matches!(list.value, Value::Array(_) | Value::Elided) {
            let help = "write `allow = [\"script-component\"]`";
            self.say(list.span, "`diagnostics.allow` is not a list".to_owned(), help);
        }
        let mut codes = Vec::new();
        for element in list.elements() {
            match element.as_str().map(Code::to_allow) {
                Some(Ok(code)) => codes.push(code),
                Some(Err(firm)) => self.say(element.span, firm.to_string(), &firm.help()),
                None => self.say(element.span, "a code is a text".to_owned(), "put it in quotes"),
            }
        }
        codes
    }

    /// A folder inside the site that is none of those that it reads, so that it can be written without harm; `usual` is one
    /// that others take.
    fn folder(&mut self, node: &Node, (table, key): (&str, &str), usual: &str) -> Option<PathBuf> {
        let (text, span) = self.text(node, table, key)?;
        let mut folders = Vec::new();
        let mut stays = true;
        for component in Path::new(text).components() {
            match component {
                Component::Normal(name) => folders.push(name.to_owned()),
                Component::CurDir => {}
                Component::ParentDir | Component::RootDir | Component::Prefix(_) => stays = false,
            }
        }
        let is_own = folders.first().is_some_and(|first| OWN_FOLDERS.iter().any(|own| first == own));
        if stays && !folders.is_empty() && !is_own {
            return Some(folders.into_iter().collect());
        }
        let message = format!("`{text}` cannot be the folder that is written");
        self.say(span, message, &format!("name a folder of its own inside the site, such as `{usual}`"));
        None
    }

    fn seconds(&mut self, node: &Node, table: &str, key: &str) -> Option<u64> {
        let value = node.get(key)?;
        match value.value {
            Value::Number(Number::Integer(seconds)) if (1..=LONGEST_TIMEOUT).contains(&seconds) => {
                u64::try_from(seconds).ok()
            }
            _ => {
                let message = format!("`{}` is not a number of seconds", path(table, key));
                self.say(value.span, message, &format!("write a whole number from 1 to {LONGEST_TIMEOUT}"));
                None
            }
        }
    }

    fn text<'a>(&mut self, node: &'a Node, table: &str, key: &str) -> Option<(&'a str, Span)> {
        let value = node.get(key)?;
        let text = value.as_str();
        if text.is_none() && value.value != Value::Elided {
            let message = format!("`{}` is not a text", path(table, key));
            self.say(value.span, message, "put it in quotes");
        }
        text.map(|text| (text, value.span))
    }

    fn table<'a>(&mut self, node: &'a Node, table: &str, key: &str) -> Option<&'a Node> {
        let member = node.member(key)?;
        self.is_table(member, &path(table, key)).then_some(&member.value)
    }

    fn is_table(&mut self, member: &Member, name: &str) -> bool {
        let is_table = matches!(member.value.value, Value::Object(_));
        if !is_table && member.value.value != Value::Elided {
            self.say(
                member.value.span,
                format!("`{name}` is not a table"),
                &format!("write `[{name}]` on a line"),
            );
        }
        is_table
    }

    /// Every key of a table must be one of `keys`.
    fn known(&mut self, node: &Node, table: &str, keys: &[&str]) {
        for member in node.members().iter().filter(|member| !keys.contains(&member.key.as_str())) {
            let message = format!("`{}` is not a setting", path(table, &member.key));
            let problem = Problem::new(Code::Setting, member.key_span, message);
            self.problems.push(match nearest(&member.key, keys.iter().copied()) {
                Some(meant) => problem.help(format!("write `{meant}`")).fix(meant),
                None => problem.help(format!("the settings here are `{}`", keys.join("`, `"))),
            });
        }
    }

    fn say(&mut self, span: Span, message: String, help: &str) {
        self.problems.push(Problem::new(Code::Setting, span, message).help(help));
    }
}

fn path(table: &str, key: &str) -> String {
    if table.is_empty() { key.to_owned() } else { format!("{table}.{key}") }
}

pub(super) fn is_url(text: &str) -> bool {
    let rest = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://")).unwrap_or_default();
    !rest.is_empty() && !rest.starts_with('/') && !text.contains(char::is_whitespace)
}
