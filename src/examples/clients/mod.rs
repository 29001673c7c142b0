//! Clients: programs whose configuration is documented, each described by a profile.
//!
//! A profile is a TOML file beside this one, or in a site's `profiles/clients/`. It says how a snippet is recognised, which
//! schema holds, and where endpoints and model references stand.

mod commands;
mod environment;
mod profile;
mod program;
mod recognise;
mod rules;
mod variables;

use std::sync::OnceLock;

pub use commands::{CommandRule, Does};
pub use environment::{Environment, RetiredName, ValueRule};
pub use profile::{Client, EndpointRule, KnownProvider, ReferenceRule, Retired, Route};
pub use program::{Issue, Program, Ruling, place, version_in};
pub use recognise::Mentions;
pub use rules::{Condition, NameRule, Rule, Test};
pub use variables::VariableForm;

use recognise::Words;

use super::Mended;
use crate::data::schema::{Repair, Schema};
use crate::data::{self, Syntax};
use crate::diagnostics::{Code, Diagnostic, Problem, nearest};
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
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::{Path, Step};

    pub(super) fn builtin() -> (Clients, Vec<Diagnostic>) {
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
}
