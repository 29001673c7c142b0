//! A client profile as read from its file.

use super::rules::{self, NameRule, Rule};
use crate::data::select::Selector;
use crate::data::table::Table;
use crate::data::{Node, Syntax};
use crate::diagnostics::Parsed;
use crate::source::Span;

/// How a client writes the value of an environment variable.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum VariableForm {
    /// `${NAME}`, anywhere in a text.
    Braces,
    /// `os.environ/NAME`, as the whole text.
    OsEnviron,
    /// Values are taken as they stand.
    #[default]
    None,
}

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
    /// A table of variables that the configuration sets itself.
    pub variable_table: Option<Selector>,
    /// Keys that stand directly below these tables, by which a misspelt one is known.
    pub inner_keys: Vec<String>,
    /// The file of its schema.
    pub schema: String,
    /// How variables are written.
    pub variables: VariableForm,
    /// Where endpoints stand.
    pub endpoints: Vec<EndpointRule>,
    /// Where model references stand.
    pub references: Vec<ReferenceRule>,
    /// Providers that it knows by itself.
    pub providers: Vec<KnownProvider>,
    /// Keys that were moved or taken out.
    pub retired: Vec<Retired>,
    /// What it refuses although its schema takes it.
    pub rules: Vec<Rule>,
    /// Names that have to be known or declared.
    pub names: Vec<NameRule>,
    /// Unknown keys are passed over by the program, and not refused.
    pub passes_over_unknown_keys: bool,
}

/// Where endpoints stand, and how they are called. Selectors but `each` start at what `each` finds.
#[derive(Clone, Debug)]
pub struct EndpointRule {
    /// The endpoints; none where the profile does not say it right.
    pub each: Option<Selector>,
    /// The base URL.
    pub base_url: Option<Selector>,
    /// The credential.
    pub credential: Option<Selector>,
    /// A table of headers.
    pub headers: Option<Selector>,
    /// The dialect, by the client's name for it.
    pub dialect: Option<Selector>,
    /// The models.
    pub models: Option<Selector>,
    /// The dialect where none is given.
    pub default_dialect: Option<String>,
    /// The client's names of dialects, and ours.
    pub dialects: Vec<(String, String)>,
    /// What the beginning of a model id decides, the longest first.
    pub routes: Vec<Route>,
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
    /// The tables whose keys are providers, where a reference is `provider/model`.
    pub providers: Option<Selector>,
    /// The ids of a provider's models, from the provider.
    pub models: Option<Selector>,
    /// A model that a declared provider does not declare is asked for all the same.
    pub sends_undeclared: bool,
    /// A reference to a provider that is nowhere is taken, and found wrong only when it is used.
    pub takes_unknown: bool,
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
}

impl Client {
    /// Reads a profile; none where its name or its languages are missing.
    pub fn read(root: &Node) -> Parsed<Option<Self>> {
        let mut table = Table::new(root, "a client profile", Vec::new());
        let name = table.text("name").unwrap_or_default();
        // For people who keep the profile; programs have no use for them.
        table.text("source");
        table.text("date");
        let client = Self {
            title: table.text("title").unwrap_or_else(|| name.clone()),
            name,
            version: table.text("version").unwrap_or_default(),
            syntaxes: syntaxes(&mut table),
            files: table.texts("files"),
            keys: table.texts("keys"),
            tables: table.texts("tables"),
            lists: table.texts("lists"),
            inner_keys: table.texts("inner_keys"),
            include: table.text("include"),
            variable_table: selector(&mut table, "variable_table"),
            schema: table.text("schema").unwrap_or_default(),
            variables: table.choice("variables", VARIABLE_FORMS),
            passes_over_unknown_keys: table.flag("passes_over_unknown_keys"),
            endpoints: table.tables("endpoints", "`[[endpoints]]`", endpoint),
            references: table.tables("references", "`[[references]]`", reference),
            providers: table
                .tables("providers", "`[[providers]]`", providers)
                .into_iter()
                .flatten()
                .collect(),
            retired: table.tables("retired", "`[[retired]]`", retired),
            rules: table.tables("rules", "`[[rules]]`", rules::rule),
            names: table.tables("names", "`[[names]]`", rules::names),
        };
        let usable = !client.name.is_empty() && !client.syntaxes.is_empty();
        if !usable {
            table.problem(root.span, "a client profile needs `name` and `syntaxes`");
        }
        Parsed::new(usable.then_some(client), table.finish())
    }
}

/// How profiles write the form of variables.
const VARIABLE_FORMS: &[(&str, VariableForm)] =
    &[("${NAME}", VariableForm::Braces), ("os.environ/NAME", VariableForm::OsEnviron)];

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
        credential: selector(table, "credential"),
        headers: selector(table, "headers"),
        dialect: selector(table, "dialect"),
        models: selector(table, "models"),
        default_dialect: table.text("default_dialect"),
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
        providers: selector(table, "providers"),
        models: selector(table, "models"),
        sends_undeclared: table.flag("sends_undeclared"),
        takes_unknown: table.flag("takes_unknown"),
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
    let texts = table.spanned_texts(key);
    texts.into_iter().filter_map(|(text, span)| parse(table, &text, span)).collect()
}

pub(super) fn parse(table: &mut Table<'_>, text: &str, span: Span) -> Option<Selector> {
    let parsed = Selector::parse(text);
    if let Err(error) = &parsed {
        table.problem(span, format!("`{text}` is no selector: {error}"));
    }
    parsed.ok()
}
