//! Clients: programs whose configuration is documented, each described by a profile.
//!
//! A profile is a TOML file beside this one, or in a site's `profiles/clients/`. It says how a snippet is recognised, which
//! schema holds, and where endpoints and model references stand.

mod commands;
mod environment;
mod profile;
mod program;
mod rules;
mod variables;

use std::collections::BTreeSet;
use std::sync::OnceLock;

use aho_corasick::AhoCorasick;

pub use commands::{CommandRule, Does};
pub use environment::{Environment, RetiredName, ValueRule};
pub use profile::{Client, EndpointRule, KnownProvider, ReferenceRule, Retired, Route};
pub use program::{Issue, Program, Ruling, place, version_in};
pub use rules::{Condition, NameRule, Rule, Test};
pub use variables::VariableForm;

use super::Mended;
use crate::data::schema::{Completeness, Repair, Schema};
use crate::data::{self, Document, Node, Path, Step, Syntax, Value};
use crate::diagnostics::{Code, Diagnostic, Problem, nearest};
use crate::page::Fence;
use crate::site::{OF_PROGRAM, Site};
use crate::source::{Excerpt, Source};

/// The built-in profiles: file name and text. Where two could claim a fence, the first one does.
const BUILTIN: &[(&str, &str)] = &[
    ("openclaw.toml", include_str!("openclaw.toml")),
    ("litellm.toml", include_str!("litellm.toml")),
    ("codex.toml", include_str!("codex.toml")),
    ("continue.toml", include_str!("continue.toml")),
    ("opencode.toml", include_str!("opencode.toml")),
    ("zed.toml", include_str!("zed.toml")),
    ("librechat.toml", include_str!("librechat.toml")),
    ("aider.toml", include_str!("aider.toml")),
    ("aider-models.toml", include_str!("aider-models.toml")),
    ("aider-metadata.toml", include_str!("aider-metadata.toml")),
];

/// The schemas that built-in profiles name.
const SCHEMAS: &[(&str, &str)] = &[
    ("openclaw.schema.json", include_str!("openclaw.schema.json")),
    ("litellm.schema.json", include_str!("litellm.schema.json")),
    ("codex.schema.json", include_str!("codex.schema.json")),
    ("continue.schema.json", include_str!("continue.schema.json")),
    ("opencode.schema.json", include_str!("opencode.schema.json")),
    ("zed.schema.json", include_str!("zed.schema.json")),
    ("librechat.schema.json", include_str!("librechat.schema.json")),
    ("aider.schema.json", include_str!("aider.schema.json")),
    ("aider-models.schema.json", include_str!("aider-models.schema.json")),
    ("aider-metadata.schema.json", include_str!("aider-metadata.schema.json")),
];

/// What built-in profiles name beside their schemas.
const FILES: &[(&str, &str)] = &[("openclaw.batch.mjs", include_str!("openclaw.batch.mjs"))];

/// The clients that a run knows.
#[derive(Debug, Default)]
pub struct Clients {
    clients: Vec<Known>,
    words: OnceLock<Words>,
}

/// The words by which pages speak of clients, to be found in one walk over a text.
#[derive(Debug)]
struct Words {
    search: AhoCorasick,
    /// The client of each word, by its place among the clients.
    clients: Vec<usize>,
}

/// The names of the clients that a page speaks of.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Mentions(BTreeSet<String>);

impl Words {
    fn of<'a>(clients: impl Iterator<Item = &'a Client>) -> Self {
        let words =
            clients.enumerate().flat_map(|(at, client)| client.mentions.iter().map(move |word| (word, at)));
        let (words, clients): (Vec<&String>, Vec<usize>) = words.filter(|(word, _)| !word.is_empty()).unzip();
        let search = AhoCorasick::builder().ascii_case_insensitive(true).build(words);
        Self { search: search.expect("a profile names few words"), clients }
    }
}

impl Mentions {
    /// Whether the page speaks of a client.
    pub fn has(&self, client: &Client) -> bool {
        self.0.contains(&client.name)
    }
}

/// A client with its schema, which is compiled when it is first needed.
#[derive(Debug)]
struct Known {
    client: Client,
    /// The text of the schema, and the name it is known by.
    schema_text: (String, String),
    schema: OnceLock<Result<(Schema, Vec<Repair>), String>>,
}

impl Clients {
    /// The built-in clients, with the settings and profiles of a site; what is wrong with these as diagnostics.
    pub fn of(site: &Site) -> (Self, Vec<Diagnostic>) {
        let mut diagnostics = Vec::new();
        let mut clients = Self::default();
        for (name, text) in BUILTIN {
            clients.add(&Source::new(format!("built-in {name}"), *text), &|_| None, &mut diagnostics);
        }
        for profile in &site.profiles.clients {
            clients.add(profile, &|name| site.profiles.schema(name).map(str::to_owned), &mut diagnostics);
        }
        for (name, settings) in &site.settings.clients {
            let names: Vec<String> = clients.names().map(str::to_owned).collect();
            if !names.contains(name) {
                diagnostics.extend(site.settings.source.as_ref().map(|source| {
                    let message = format!("no client profile is named `{name}`");
                    let problem = Problem::new(Code::Setting, settings.name_span, message);
                    let near = nearest(name, names.iter().map(String::as_str));
                    let help = near.map_or_else(
                        || format!("they are `{}`", names.join("`, `")),
                        |near| format!("write `{near}`"),
                    );
                    problem.help(help).of(source)
                }));
            }
            let known = clients.clients.iter_mut().find(|known| known.client.name == *name);
            if let (Some(known), Some(schema)) = (known, &settings.schema) {
                let name = schema.to_string_lossy().replace('\\', "/");
                let text = site.profiles.schema(&name).unwrap_or_default().to_owned();
                known.schema_text = (name, text);
                known.schema = OnceLock::new();
            }
        }
        (clients, diagnostics)
    }

    fn add(
        &mut self,
        source: &std::sync::Arc<Source>,
        file: &dyn Fn(&str) -> Option<String>,
        diagnostics: &mut Vec<Diagnostic>,
    ) {
        let excerpt = Excerpt::whole(source);
        let document = data::parse(source.text(), Syntax::Toml).take(&excerpt, diagnostics);
        let Some(client) = Client::read(&document.root).take(&excerpt, diagnostics) else { return };
        let builtin =
            || SCHEMAS.iter().find(|(name, _)| *name == client.schema).map(|(_, text)| (*text).to_owned());
        let text = file(&client.schema).or_else(builtin);
        let is_printed = client.schema == OF_PROGRAM;
        if let (None, Some(named), false) = (&text, document.root.get("schema"), is_printed) {
            let message = format!("there is no schema `{}`", client.schema);
            let problem = Problem::new(Code::Setting, named.span, message);
            diagnostics.push(problem.help("name a file that stands beside the profile").within(&excerpt));
        }
        let schema = OnceLock::new();
        if text.is_none() && !client.schema.is_empty() {
            // Nothing can be held against it, and nothing is to pass for that; the lock is new, and so free.
            let _free = schema.set(Err(format!("there is no schema `{}`", client.schema)));
        }
        let schema_text = (client.schema.clone(), text.unwrap_or_else(|| "{}".to_owned()));
        self.clients.retain(|known| known.client.name != client.name);
        self.clients.push(Known { client, schema_text, schema });
    }

    /// A file that stands beside the profiles, of the site or built in.
    pub fn file(site: &Site, name: &str) -> Option<String> {
        let builtin = || FILES.iter().find(|(known, _)| *known == name).map(|(_, text)| *text);
        site.profiles.schema(name).or_else(builtin).map(str::to_owned)
    }

    /// The clients whose schema is the one that their program prints.
    pub fn printed(&self) -> Vec<&Client> {
        let of_program = |known: &&Known| known.schema_text.0 == OF_PROGRAM;
        self.clients.iter().filter(of_program).map(|known| &known.client).collect()
    }

    /// Takes the schema that a program has printed, or why it did not; `name` is how reports call it.
    pub fn learn(&mut self, client: &str, name: String, schema: Result<String, String>) {
        let Some(known) = self.clients.iter_mut().find(|known| known.client.name == client) else { return };
        known.schema = OnceLock::new();
        match schema {
            Ok(text) => known.schema_text = (name, text),
            Err(reason) => {
                // The lock is new, and so free.
                let _free = known.schema.set(Err(format!("{name} prints no schema: {reason}")));
            }
        }
    }

    /// The names of all clients.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.clients.iter().map(|known| known.client.name.as_str())
    }

    /// All of them, in the order of their names.
    pub fn iter(&self) -> impl Iterator<Item = &Client> {
        self.clients.iter().map(|known| &known.client)
    }

    /// The client of a name.
    pub fn named(&self, name: &str) -> Option<&Client> {
        self.clients.iter().map(|known| &known.client).find(|client| client.name == name)
    }

    /// The schema of a client; the error says why it cannot be used.
    pub fn schema(&self, client: &Client) -> Result<&Schema, &str> {
        let Some(known) = self.clients.iter().find(|known| known.client.name == client.name) else {
            return Err("the client has no profile");
        };
        let compile = || {
            let (name, text) = &known.schema_text;
            let json =
                serde_json::from_str(text).map_err(|error| format!("`{name}` is not JSON: {error}"))?;
            Schema::compile(&json).map_err(|error| format!("`{name}`: {error}"))
        };
        known.schema.get_or_init(compile).as_ref().map(|(schema, _)| schema).map_err(String::as_str)
    }

    /// The schemas that are not built in, were needed, and had to be put right.
    pub fn mended(&self) -> Vec<Mended> {
        let of = |known: &Known| {
            let (schema, text) = &known.schema_text;
            let (_, repairs) = known.schema.get()?.as_ref().ok()?;
            let is_builtin = SCHEMAS.iter().any(|(_, builtin)| builtin == text);
            let mended = Mended {
                client: known.client.name.clone(),
                schema: schema.clone(),
                repairs: repairs.clone(),
            };
            (!is_builtin && !repairs.is_empty()).then_some(mended)
        };
        self.clients.iter().filter_map(of).collect()
    }

    /// The clients that the text of a page speaks of, each by a whole word.
    pub fn mentioned(&self, text: &str) -> Mentions {
        let words = self.words.get_or_init(|| Words::of(self.iter()));
        let is_inside = |letter: Option<char>| letter.is_some_and(char::is_alphanumeric);
        let mut found = vec![false; self.clients.len()];
        for word in words.search.find_overlapping_iter(text) {
            let before = text.get(..word.start()).and_then(|before| before.chars().next_back());
            let after = text.get(word.end()..).and_then(|after| after.chars().next());
            let client =
                words.clients.get(word.pattern().as_usize()).and_then(|client| found.get_mut(*client));
            if let Some(found) = client.filter(|_| !is_inside(before) && !is_inside(after)) {
                *found = true;
            }
        }
        let named = self.iter().zip(found).filter(|(_, found)| *found);
        Mentions(named.map(|(client, _)| client.name.clone()).collect())
    }

    /// The client whose configuration a fence holds, by its title or by its top-level keys. Keys such as `hooks` have other
    /// programs as well: then the page has to speak of the client, or the schema to know what stands
    /// below them. Of every other key the page has to speak of the client, and the schema to know all that stands below it.
    pub fn recognise(
        &self,
        fence: &Fence,
        syntax: Syntax,
        document: &Document,
        mentions: &Mentions,
    ) -> Option<&Client> {
        let is_mentioned = |client: &Client| mentions.0.contains(&client.name);
        let fitting = || self.clients.iter().map(|known| &known.client).filter(|client| client.reads(syntax));
        let is_named = |client: &&Client| client.is_titled(fence) || client.is_marked(document);
        let is_its = |client: &&Client| {
            let known = || !client.needs_mention && self.knows_content(client, document);
            client.is_shaped(document) && (is_mentioned(client) || known())
        };
        let is_all_known = |client: &&Client| {
            !client.needs_mention && is_mentioned(client) && self.knows_all(client, document)
        };
        let found = fitting().find(is_named).or_else(|| fitting().find(is_its));
        let found = found.or_else(|| fitting().find(is_all_known));
        found.or_else(|| {
            // A fence that says where it belongs is a configuration; whose, is told by the place.
            let at = fence.attributes.example.at.as_ref()?;
            let path = Path(at.value.split('.').map(|key| Step::Key(key.to_owned())).collect());
            let named = |client: &&Client| !client.needs_mention || is_mentioned(client);
            fitting().filter(named).find(|client| self.schema(client).is_ok_and(|schema| schema.knows(&path)))
        })
    }
}

impl Clients {
    /// Whether the schema of a client knows something of what stands below each key that tells it.
    fn knows_content(&self, client: &Client, document: &Document) -> bool {
        let Ok(schema) = self.schema(client) else { return false };
        let mut telling = document.root.members().iter().filter(|member| client.tables.contains(&member.key));
        let knows = |member: &data::Member| {
            let below = |key: &str| Path(vec![Step::Key(member.key.clone()), Step::Key(key.to_owned())]);
            member.value.members().iter().any(|inner| schema.knows(&below(&inner.key)))
        };
        telling.clone().next().is_some() && telling.all(knows)
    }

    /// Whether all keys at the top are keys of a client, and its schema knows all that stands directly below them.
    fn knows_all(&self, client: &Client, document: &Document) -> bool {
        let Ok(schema) = self.schema(client) else { return false };
        let members = document.root.members();
        let below = |member: &data::Member| {
            let way = |steps: &[Step]| {
                Path([Step::Key(member.key.clone())].into_iter().chain(steps.iter().cloned()).collect())
            };
            let keys = member.value.members().iter().map(|inner| way(&[Step::Key(inner.key.clone())]));
            let elements = member.value.elements().iter().flat_map(Node::members);
            let elements = elements.map(|inner| way(&[Step::Index(0), Step::Key(inner.key.clone())]));
            keys.chain(elements).collect::<Vec<_>>()
        };
        let ways: Vec<Path> = members.iter().flat_map(below).collect();
        // A plain value tells by its type alone, and `$schema` nothing at all.
        let is_plain = |member: &data::Member| {
            !matches!(member.value.value, Value::Object(_) | Value::Array(_) | Value::Elided)
                && !member.key.starts_with('$')
        };
        let fits = || schema.check(&document.root, &Path::default(), Completeness::Fragment).is_empty();
        members.iter().all(|member| client.keys.contains(&member.key))
            && ways.iter().all(|way| schema.knows(way))
            && (!ways.is_empty() || members.iter().any(is_plain) && fits())
    }
}

impl Client {
    /// Whether its configuration is written in a syntax; the kinds of JSON count as one.
    fn reads(&self, syntax: Syntax) -> bool {
        let json = |syntax: &Syntax| matches!(syntax, Syntax::Json | Syntax::Jsonc | Syntax::Json5);
        self.syntaxes.iter().any(|known| *known == syntax || (json(known) && json(&syntax)))
    }

    fn is_titled(&self, fence: &Fence) -> bool {
        let title = fence.attributes.title.as_deref().unwrap_or_default();
        let is_whole = |before: &str| !before.ends_with(char::is_alphanumeric);
        self.files.iter().any(|file| title.strip_suffix(file.as_str()).is_some_and(is_whole))
    }

    /// Whether a text at the top is one that only this client has, and most keys are its own.
    fn is_marked(&self, document: &Document) -> bool {
        let members = document.root.members();
        let own = members.iter().filter(|member| self.keys.contains(&member.key)).count();
        let marked = |(key, text): &(String, String)| {
            document.root.get(key).and_then(Node::as_str).is_some_and(|value| value == text)
        };
        own * 2 > members.len() && self.marks.iter().any(marked)
    }

    /// Most keys at the top are keys of this client, or nearly so, and what stands there has the right shape.
    fn is_shaped(&self, document: &Document) -> bool {
        let members = document.root.members();
        let is_table = |member: &data::Member| matches!(member.value.value, Value::Object(_) | Value::Elided);
        let is_list = |member: &data::Member| matches!(member.value.value, Value::Array(_) | Value::Elided);
        let tells = |member: &&data::Member| {
            (self.tables.contains(&member.key) && is_table(member))
                || (self.lists.contains(&member.key) && is_list(member))
        };
        let own = |member: &&data::Member| {
            let told = self.tables.contains(&member.key) || self.lists.contains(&member.key);
            tells(member) || (self.keys.contains(&member.key) && !told)
        };
        let near = |member: &&data::Member| {
            let similar = |names: &[String]| nearest(&member.key, names.iter().map(String::as_str)).is_some();
            (is_table(member) && similar(&self.tables)) || (is_list(member) && similar(&self.lists))
        };
        let known = members.iter().filter(own).count();
        let meant = members.iter().filter(|member| !own(member) && near(member)).count();
        // One near miss alone is a word like any other: it must hold what only this client has.
        let telling = members.iter().any(|member| tells(&member));
        (known > 0 && telling && (known + meant) * 2 > members.len())
            || (meant > 0 && known == 0 && members.iter().any(|member| self.holds_own(member)))
    }

    /// Whether a member holds a table of this client under a name that is nearly right.
    fn holds_own(&self, member: &data::Member) -> bool {
        let first = member.value.elements().first().unwrap_or(&member.value);
        let inner: Vec<&str> = first.members().iter().map(|member| member.key.as_str()).collect();
        !inner.is_empty() && inner.iter().all(|key| self.inner_keys.iter().any(|known| known == key))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn builtin() -> (Clients, Vec<Diagnostic>) {
        let mut diagnostics = Vec::new();
        let mut clients = Clients::default();
        for (name, text) in BUILTIN {
            clients.add(&Source::new(*name, *text), &|_| None, &mut diagnostics);
        }
        (clients, diagnostics)
    }

    #[test]
    fn the_built_in_profiles_are_without_a_mistake() {
        let (clients, diagnostics) = builtin();
        assert_eq!(clients.names().count(), BUILTIN.len());
        let messages: Vec<_> = diagnostics.iter().map(|diagnostic| &diagnostic.problem.message).collect();
        assert_eq!(messages, Vec::<&String>::new());
    }

    #[test]
    fn the_built_in_schemas_compile_and_know_the_keys_of_their_profiles() {
        let (clients, _) = builtin();
        for client in clients.clients.iter().map(|known| &known.client) {
            let schema = clients.schema(client).expect("it compiles");
            for key in &client.keys {
                assert!(schema.knows(&Path(vec![Step::Key(key.clone())])), "{}: {key}", client.name);
            }
        }
    }

    fn recognises(text: &str, syntax: Syntax) -> Option<String> {
        recognises_on("on openclaw and litellm", text, syntax)
    }

    fn recognises_on(around: &str, text: &str, syntax: Syntax) -> Option<String> {
        let source = Source::new("a.md", format!("```json5\n{text}\n```\n"));
        let page = crate::page::Page::parse(source);
        let (document, _) = data::parse(text, syntax).into_parts();
        let (clients, _) = builtin();
        clients
            .recognise(&page.fences[0], syntax, &document, &clients.mentioned(around))
            .map(|client| client.name.clone())
    }

    #[test]
    fn a_configuration_is_known_by_its_keys() {
        assert_eq!(recognises("{ agents: { defaults: {} } }", Syntax::Json5).as_deref(), Some("openclaw"));
        assert_eq!(recognises("{ modles: { providers: {} } }", Syntax::Json5).as_deref(), Some("openclaw"));
        assert_eq!(recognises("model_list:\n  - model_name: x\n", Syntax::Yaml).as_deref(), Some("litellm"));
    }

    #[test]
    fn keys_that_others_have_as_well_need_more() {
        let hooks = "{ hooks: { PreToolUse: [] } }";
        assert_eq!(recognises_on("about another program", hooks, Syntax::Json), None);
        let gateway = "{ gateway: { port: 1 } }";
        assert_eq!(recognises_on("no name", gateway, Syntax::Json5).as_deref(), Some("openclaw"));
    }

    #[test]
    fn a_key_of_no_weight_tells_the_client_of_the_page_where_all_below_is_known() {
        let speech = "{ tts: { provider: \"openai\" } }";
        assert_eq!(recognises_on("on openclaw", speech, Syntax::Json5).as_deref(), Some("openclaw"));
        assert_eq!(recognises_on("about another program", speech, Syntax::Json5), None);
        assert_eq!(recognises_on("on openclaw", "{ tts: { vendor: 1 } }", Syntax::Json5), None);
        let root = "{ worktreeRoot: \"/srv\" }";
        assert_eq!(recognises_on("on openclaw", root, Syntax::Json5).as_deref(), Some("openclaw"));
        assert_eq!(recognises_on("on openclaw", "{ worktreeRoot: 1 }", Syntax::Json5), None);
        let bindings = "{ bindings: [{ agentId: \"a\", match: { channel: \"irc\" } }] }";
        assert_eq!(recognises_on("on openclaw", bindings, Syntax::Json5).as_deref(), Some("openclaw"));
    }

    #[test]
    fn a_mark_or_a_title_tells_of_a_client_that_the_page_does_not_name() {
        let opencode = "{ \"$schema\": \"https://opencode.ai/config.json\", \"model\": \"a/b\" }";
        assert_eq!(recognises_on("", opencode, Syntax::Json).as_deref(), Some("opencode"));
        let continues = "name: x\nversion: 1.0.0\nschema: v1\nmodels: []\n";
        assert_eq!(recognises_on("", continues, Syntax::Yaml).as_deref(), Some("continue"));
    }

    #[test]
    fn keys_of_many_programs_need_a_page_that_names_one() {
        let servers = "[mcp_servers.a]\ncommand = \"x\"\n";
        assert_eq!(recognises_on("of another agent", servers, Syntax::Toml), None);
        assert_eq!(recognises_on("codex reads", servers, Syntax::Toml).as_deref(), Some("codex"));
        let editor = "{ \"context_servers\": { \"a\": { \"command\": \"x\" } } }";
        assert_eq!(recognises_on("in zed's settings", editor, Syntax::Json).as_deref(), Some("zed"));
        assert_eq!(recognises_on("it is optimized", editor, Syntax::Json), None);
        let rules = "models:\n  - name: x\n    provider: y\n";
        assert_eq!(recognises_on("continue with the next step", rules, Syntax::Yaml), None);
    }

    #[test]
    fn other_data_is_nobodys() {
        assert_eq!(recognises("{ \"models\": [{ \"id\": \"x\" }] }", Syntax::Json), None);
        assert_eq!(recognises("{ \"message\": \"x\", \"status\": 1 }", Syntax::Json), None);
        assert_eq!(recognises("name: x\non: push\n", Syntax::Yaml), None);
    }
}
