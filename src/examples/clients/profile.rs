//! A client profile as read from its file.

use super::commands::{self, CommandRule};
use super::environment::{self, Environment};
use super::program::Program;
use super::rules::{self, NameRule, Rule};
use super::variables::VariableForm;
use crate::data::select::Selector;
use crate::data::table::Table;
use crate::data::{Node, Syntax};
use crate::diagnostics::Parsed;
use crate::source::Span;

/// A client.
#[derive(Clone, Debug)]
pub struct Client {
    /// Its name in attributes and settings.
    pub name: String,
    /// Its name for people.
    pub title: String,
    /// The version that the profile describes.
    pub version: String,
    /// The languages of its configuration.
    pub syntaxes: Vec<Syntax>,
    /// Names of its files; a fence titled so is its configuration.
    pub files: Vec<String>,
    /// Its keys at the top level.
    pub keys: Vec<String>,
    /// Those of them that hold tables and tell it from other programs.
    pub tables: Vec<String>,
    /// Those that hold lists and tell it from other programs.
    pub lists: Vec<String>,
    /// A key that takes in another file, wherever it stands.
    pub include: Option<String>,
    /// The environment variables that it reads.
    pub environment: Environment,
    /// A table of variables that the configuration sets itself.
    pub variable_table: Option<Selector>,
    /// Keys that stand directly below these tables, by which a misspelt one is known.
    pub inner_keys: Vec<String>,
    /// Texts at the top that only this client has: the key, and its value.
    pub marks: Vec<(String, String)>,
    /// Words by which a page speaks of it, in lower case; its name and its title where the profile has none.
    pub mentions: Vec<String>,
    /// Without a title or a mark, a page has to speak of it.
    pub needs_mention: bool,
    /// The file of its schema.
    pub schema: String,
    /// How variables are written; none where values are taken as they stand.
    pub variables: Vec<VariableForm>,
    /// How a value from a file is written, which only the reader knows.
    pub file_values: Vec<VariableForm>,
    /// Texts in place of a base URL or a credential that say that it is given elsewhere.
    pub given_elsewhere: Vec<String>,
    /// Where endpoints stand.
    pub endpoints: Vec<EndpointRule>,
    /// Where model references stand.
    pub references: Vec<ReferenceRule>,
    /// Providers that it knows by itself.
    pub providers: Vec<KnownProvider>,
    /// Keys that were moved or taken out.
    pub retired: Vec<Retired>,
    /// Commands that change it.
    pub commands: Vec<CommandRule>,
    /// What it refuses although its schema takes it.
    pub rules: Vec<Rule>,
    /// Names that have to be known or declared.
    pub names: Vec<NameRule>,
    /// The program itself, for where it is installed.
    pub program: Option<Program>,
    /// Unknown keys are passed over by the program, and not refused.
    pub passes_over_unknown_keys: bool,
    /// The tables in which a program refuses unknown keys that it passes over elsewhere.
    pub refuses_unknown_keys: Vec<Selector>,
}

/// Where endpoints stand, and how they are called. Selectors but `each` start at what `each` finds.
#[derive(Clone, Debug)]
pub struct EndpointRule {
    /// The endpoints; none where the profile does not say it right.
    pub each: Option<Selector>,
    /// The base URL.
    pub base_url: Option<Selector>,
    /// The name of a provider that the client knows by itself, where it is not the key of the endpoint.
    pub provider: Option<Selector>,
    /// The credential.
    pub credential: Option<Selector>,
    /// The name of the variable that holds the credential.
    pub credential_variable: Option<Selector>,
    /// What says that the credential comes from elsewhere: any value but `false`.
    pub credential_elsewhere: Vec<Selector>,
    /// A table of headers.
    pub headers: Option<Selector>,
    /// A table of headers, each with the name of the variable that holds its value.
    pub header_variables: Option<Selector>,
    /// The dialect, by the client's name for it.
    pub dialect: Option<Selector>,
    /// The models.
    pub models: Vec<Selector>,
    /// Tables whose keys are models.
    pub model_keys: Option<Selector>,
    /// The key in such a model that holds its id where that is not its key in the table.
    pub model_id: Option<String>,
    /// The dialect where none is given.
    pub default_dialect: Option<String>,
    /// The client's names of dialects, and ours.
    pub dialects: Vec<(String, String)>,
    /// What the beginning of a model id decides, the longest first.
    pub routes: Vec<Route>,
    /// Where this holds `true`, the base URL is none, and the endpoint is not asked.
    pub unless: Option<Selector>,
    /// Keys that an endpoint must have, unless the client knows the provider by itself.
    pub required: Vec<String>,
}

/// What the beginning of a model id decides.
#[derive(Clone, Debug)]
pub struct Route {
    /// The beginning, which is taken off before the request.
    pub prefix: String,
    /// Where requests go when no base URL is given.
    pub base_url: Option<String>,
    /// The dialect.
    pub dialect: String,
    /// The variable of the credential that is sent when none is given.
    pub variable: Option<String>,
}

/// Where references to models stand.
#[derive(Clone, Debug)]
pub struct ReferenceRule {
    /// References as values.
    pub values: Vec<Selector>,
    /// Tables whose keys are references.
    pub keys: Vec<Selector>,
    /// Names that stand for a model: values that references may use as they are.
    pub aliases: Vec<Selector>,
    /// The names that may be referred to, where a reference is a plain name.
    pub names: Vec<Selector>,
    /// Where a provider and a model stand apart: the tables that hold both.
    pub pairs: Option<Selector>,
    /// The name of the provider in such a table.
    pub provider: Option<Selector>,
    /// The model in such a table.
    pub model: Option<Selector>,
    /// The provider where the table names none.
    pub default_provider: Option<String>,
    /// The tables whose keys are providers, where a reference is `provider/model` or a pair.
    pub providers: Vec<Selector>,
    /// The ids of a provider's models, from the provider.
    pub models: Option<Selector>,
    /// The table whose keys are a provider's models, from the provider.
    pub model_keys: Option<Selector>,
    /// A model that a declared provider does not declare is asked for all the same.
    pub sends_undeclared: bool,
    /// A reference to a provider that is nowhere is taken, and found wrong only when it is used.
    pub takes_unknown: bool,
    /// The client knows more providers than the profile names; only what looks misspelt is worth a word.
    pub knows_more_providers: bool,
}

/// A provider that a client knows by itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KnownProvider {
    /// The name in references.
    pub name: String,
    /// Where requests go; none where nothing is known of that.
    pub base_url: Option<String>,
    /// The dialect.
    pub dialect: Option<String>,
    /// The variable of the credential.
    pub variable: Option<String>,
    /// The variable that replaces the base URL.
    pub base_variable: Option<String>,
    /// What is put before a model id without `/`.
    pub bare_prefix: Option<String>,
    /// A configuration that declares it has to say all of it.
    pub needs_declaration: bool,
}

/// A key that was moved or taken out.
#[derive(Clone, Debug)]
pub struct Retired {
    /// Where it stood; none where the profile does not say it right.
    pub at: Option<Selector>,
    /// What to do now.
    pub help: String,
    /// The program still reads it, and says that it is old.
    pub still_read: bool,
    /// The program refuses it, whatever it does with other keys that it does not know.
    pub refused: bool,
}

impl Client {
    /// Reads a profile; none where its name or its languages are missing.
    pub fn read(root: &Node) -> Parsed<Option<Self>> {
        let mut table = Table::new(root, "a client profile", Vec::new());
        let name = table.text("name").unwrap_or_default();
        // For people who keep the profile; programs have no use for them.
        table.text("source");
        table.text("date");
        let title = table.text("title").unwrap_or_else(|| name.clone());
        let mentions = table.texts("mentions");
        let client = Self {
            title: title.clone(),
            name: name.clone(),
            version: table.text("version").unwrap_or_default(),
            syntaxes: syntaxes(&mut table),
            files: table.texts("files"),
            keys: table.texts("keys"),
            tables: table.texts("tables"),
            lists: table.texts("lists"),
            inner_keys: table.texts("inner_keys"),
            include: table.text("include"),
            environment: table.table("environment", "`[environment]`", environment::environment),
            variable_table: selector(&mut table, "variable_table"),
            schema: table.text("schema").unwrap_or_default(),
            marks: table.named_texts("marks"),
            mentions: if mentions.is_empty() {
                vec![name.to_lowercase(), title.to_lowercase()]
            } else {
                mentions
            },
            needs_mention: table.flag("needs_mention"),
            variables: variables(&mut table, "variables"),
            file_values: variables(&mut table, "file_values"),
            given_elsewhere: table.texts("given_elsewhere"),
            passes_over_unknown_keys: table.flag("passes_over_unknown_keys"),
            refuses_unknown_keys: selectors(&mut table, "refuses_unknown_keys"),
            endpoints: table.tables("endpoints", "`[[endpoints]]`", endpoint),
            references: table.tables("references", "`[[references]]`", reference),
            providers: table
                .tables("providers", "`[[providers]]`", providers)
                .into_iter()
                .flatten()
                .collect(),
            retired: table.tables("retired", "`[[retired]]`", retired),
            commands: table.tables("commands", "`[[commands]]`", commands::command),
            rules: table.tables("rules", "`[[rules]]`", rules::rule),
            names: table.tables("names", "`[[names]]`", rules::names),
            program: table.table("program", "`[program]`", |table| Some(Program::read(table))),
        };
        let usable = !client.name.is_empty() && !client.syntaxes.is_empty();
        if !usable {
            table.problem(root.span, "a client profile needs `name` and `syntaxes`");
        }
        Parsed::new(usable.then_some(client), table.finish())
    }
}

fn variables(table: &mut Table<'_>, key: &'static str) -> Vec<VariableForm> {
    let in_capitals = table.flag("variables_in_capitals");
    let mut forms = Vec::new();
    for (text, span) in table.spanned_text_or_texts(key) {
        match VariableForm::parse(&text) {
            Some(form) if in_capitals => forms.push(form.in_capitals()),
            Some(form) => forms.push(form),
            None => table.problem(span, format!("`{text}` does not say where `NAME` stands")),
        }
    }
    forms
}

fn syntaxes(table: &mut Table<'_>) -> Vec<Syntax> {
    let mut syntaxes = Vec::new();
    for (name, span) in table.spanned_texts("syntaxes") {
        match Syntax::named(&name) {
            Some(syntax) => syntaxes.push(syntax),
            None => table.unknown_word(&name, span, ["json", "jsonc", "json5", "yaml", "toml"]),
        }
    }
    syntaxes
}

fn endpoint(table: &mut Table<'_>) -> EndpointRule {
    EndpointRule {
        each: needed(table, "each"),
        base_url: selector(table, "base_url"),
        provider: selector(table, "provider"),
        credential: selector(table, "credential"),
        credential_variable: selector(table, "credential_variable"),
        credential_elsewhere: selectors(table, "credential_elsewhere"),
        headers: selector(table, "headers"),
        header_variables: selector(table, "header_variables"),
        dialect: selector(table, "dialect"),
        models: selectors(table, "models"),
        model_keys: selector(table, "model_keys"),
        model_id: table.text("model_id"),
        default_dialect: table.text("default_dialect"),
        unless: selector(table, "unless"),
        required: table.texts("required"),
        dialects: table.named_texts("dialects"),
        routes: table.tables("routes", "`[[endpoints.routes]]`", |table| Route {
            prefix: table.text("prefix").unwrap_or_default(),
            base_url: table.text("base_url"),
            dialect: table.text("dialect").unwrap_or_default(),
            variable: table.text("variable"),
        }),
    }
}

fn reference(table: &mut Table<'_>) -> ReferenceRule {
    ReferenceRule {
        values: selectors(table, "values"),
        keys: selectors(table, "keys"),
        aliases: selectors(table, "aliases"),
        names: selectors(table, "names"),
        pairs: selector(table, "pairs"),
        provider: selector(table, "provider"),
        model: selector(table, "model"),
        default_provider: table.text("default_provider"),
        providers: selectors(table, "providers"),
        models: selector(table, "models"),
        model_keys: selector(table, "model_keys"),
        sends_undeclared: table.flag("sends_undeclared"),
        takes_unknown: table.flag("takes_unknown"),
        knows_more_providers: table.flag("knows_more_providers"),
    }
}

/// A table names one provider with what is known of it, or several of which the same is known.
fn providers(table: &mut Table<'_>) -> Vec<KnownProvider> {
    let names = table.texts("names");
    let common = KnownProvider {
        name: String::new(),
        base_url: table.text("base_url"),
        dialect: table.text("dialect"),
        variable: table.text("variable"),
        base_variable: table.text("base_variable"),
        bare_prefix: table.text("bare_prefix"),
        needs_declaration: table.flag("needs_declaration"),
    };
    names.into_iter().map(|name| KnownProvider { name, ..common.clone() }).collect()
}

fn retired(table: &mut Table<'_>) -> Retired {
    Retired {
        at: needed(table, "at"),
        help: table.text("help").unwrap_or_default(),
        still_read: table.flag("still_read"),
        refused: table.flag("refused"),
    }
}

/// A selector without which the table says nothing.
fn needed(table: &mut Table<'_>, key: &'static str) -> Option<Selector> {
    let selector = selector(table, key);
    if selector.is_none() {
        let span = table.span();
        table.problem(span, format!("`{key}` has to say where it stands, such as `$.models.*`"));
    }
    selector
}

pub(super) fn selector(table: &mut Table<'_>, key: &'static str) -> Option<Selector> {
    let (text, span) = table.spanned_text(key)?;
    parse(table, &text, span)
}

pub(super) fn selectors(table: &mut Table<'_>, key: &'static str) -> Vec<Selector> {
    let texts = table.spanned_text_or_texts(key);
    texts.into_iter().filter_map(|(text, span)| parse(table, &text, span)).collect()
}

pub(super) fn parse(table: &mut Table<'_>, text: &str, span: Span) -> Option<Selector> {
    let parsed = Selector::parse(text);
    if let Err(error) = &parsed {
        table.problem(span, format!("`{text}` is no selector: {error}"));
    }
    parsed.ok()
}
