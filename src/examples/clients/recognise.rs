//! Whose configuration a fence holds.

use std::collections::BTreeSet;

use aho_corasick::AhoCorasick;

use super::{Client, Clients};
use crate::data::schema::Completeness;
use crate::data::{self, Document, Node, Path, Step, Syntax, Value};
use crate::diagnostics::nearest;
use crate::page::Fence;

/// The words by which pages speak of clients, to be found in one walk over a text.
#[derive(Debug)]
pub(super) struct Words {
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

impl Clients {
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
    use super::super::tests::builtin;
    use super::*;
    use crate::source::Source;

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
