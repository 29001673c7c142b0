//! A client profile as read from its file.

use crate::data::fields::Fields;
use crate::data::select::Selector;
use crate::data::{Node, Syntax};
use crate::diagnostics::{Code, Parsed, Problem};

/// How a client writes the value of an environment variable.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum VariableForm {
    /// `${NAME}`, anywhere in a text.
    Braces,
    /// `os.environ/NAME`, as the whole text.
    OsEnviron,
    /// Values are taken as they stand.
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
    /// Unknown keys are passed over by the program, and not refused.
    pub passes_over_unknown_keys: bool,
}

/// Where endpoints stand, and how they are called. Selectors but `each` start at what `each` finds.
#[derive(Clone, Debug)]
pub struct EndpointRule {
    /// The endpoints.
    pub each: Selector,
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
    /// Where it stood.
    pub at: Selector,
    /// What to do now.
    pub help: String,
    /// The program still reads it, and says that it is old.
    pub still_read: bool,
}

impl Client {
    /// Reads a profile; none where its name or its languages are missing.
    pub fn read(root: &Node) -> Parsed<Option<Self>> {
        let mut fields = Fields::new(root, "a client profile", Code::Setting);
        let mut problems = Vec::new();
        let name = fields.text("name");
        let title = fields.text("title");
        let version = fields.text("version").unwrap_or_default();
        // For people who keep the profile; programs have no use for them.
        fields.text("source");
        fields.text("date");
        let syntaxes: Vec<Syntax> = fields.texts("syntaxes").iter().filter_map(|name| syntax(name)).collect();
        let variables = match fields.text("variables").as_deref() {
            Some("${NAME}") => VariableForm::Braces,
            Some("os.environ/NAME") => VariableForm::OsEnviron,
            _ => VariableForm::None,
        };
        let endpoints =
            fields.tables("endpoints").iter().filter_map(|node| endpoint(node, &mut problems)).collect();
        let references =
            fields.tables("references").iter().map(|node| reference(node, &mut problems)).collect();
        let providers =
            fields.tables("providers").iter().flat_map(|node| known(node, &mut problems)).collect();
        let retired = fields.tables("retired").iter().filter_map(|node| gone(node, &mut problems)).collect();
        let client = Self {
            title: title.or_else(|| name.clone()).unwrap_or_default(),
            name: name.clone().unwrap_or_default(),
            version,
            files: fields.texts("files"),
            keys: fields.texts("keys"),
            tables: fields.texts("tables"),
            lists: fields.texts("lists"),
            passes_over_unknown_keys: fields.flag("passes_over_unknown_keys").unwrap_or_default(),
            include: fields.text("include"),
            variable_table: selector(&mut fields, "variable_table"),
            inner_keys: fields.texts("inner_keys"),
            schema: fields.text("schema").unwrap_or_default(),
            syntaxes,
            variables,
            endpoints,
            references,
            providers,
            retired,
        };
        if client.name.is_empty() || client.syntaxes.is_empty() {
            fields.problem(root.span, "a client profile needs `name` and `syntaxes`");
        }
        let usable = !client.name.is_empty() && !client.syntaxes.is_empty();
        problems.extend(fields.finish());
        Parsed::new(usable.then_some(client), problems)
    }
}

fn syntax(name: &str) -> Option<Syntax> {
    match name {
        "json" => Some(Syntax::Json),
        "jsonc" => Some(Syntax::Jsonc),
        "json5" => Some(Syntax::Json5),
        "yaml" => Some(Syntax::Yaml),
        "toml" => Some(Syntax::Toml),
        _ => None,
    }
}

fn endpoint(node: &Node, problems: &mut Vec<Problem>) -> Option<EndpointRule> {
    let mut fields = Fields::new(node, "`[[endpoints]]`", Code::Setting);
    let each = selector(&mut fields, "each");
    let rule = |each| EndpointRule {
        each,
        base_url: selector(&mut fields, "base_url"),
        credential: selector(&mut fields, "credential"),
        headers: selector(&mut fields, "headers"),
        dialect: selector(&mut fields, "dialect"),
        models: selector(&mut fields, "models"),
        default_dialect: fields.text("default_dialect"),
        required: fields.texts("required"),
        dialects: fields.table("dialects").map(pairs).unwrap_or_default(),
        routes: fields.tables("routes").iter().map(|node| route(node, problems)).collect(),
    };
    let rule = each.map(rule);
    problems.extend(fields.finish());
    rule
}

fn route(node: &Node, problems: &mut Vec<Problem>) -> Route {
    let mut fields = Fields::new(node, "`[[endpoints.routes]]`", Code::Setting);
    let route = Route {
        prefix: fields.text("prefix").unwrap_or_default(),
        base_url: fields.text("base_url"),
        dialect: fields.text("dialect").unwrap_or_default(),
        variable: fields.text("variable"),
    };
    problems.extend(fields.finish());
    route
}

fn reference(node: &Node, problems: &mut Vec<Problem>) -> ReferenceRule {
    let mut fields = Fields::new(node, "`[[references]]`", Code::Setting);
    let rule = ReferenceRule {
        values: selectors(&mut fields, "values"),
        keys: selectors(&mut fields, "keys"),
        aliases: selectors(&mut fields, "aliases"),
        names: selectors(&mut fields, "names"),
        providers: selector(&mut fields, "providers"),
        models: selector(&mut fields, "models"),
        sends_undeclared: fields.flag("sends_undeclared").unwrap_or_default(),
    };
    problems.extend(fields.finish());
    rule
}

/// A table names one provider with what is known of it, or several of which only the names are known.
fn known(node: &Node, problems: &mut Vec<Problem>) -> Vec<KnownProvider> {
    let mut fields = Fields::new(node, "`[[providers]]`", Code::Setting);
    let (base_url, dialect) = (fields.text("base_url"), fields.text("dialect"));
    let (variable, base_variable) = (fields.text("variable"), fields.text("base_variable"));
    let bare_prefix = fields.text("bare_prefix");
    let needs_declaration = fields.flag("needs_declaration").unwrap_or_default();
    let known = fields.texts("names").into_iter().map(|name| KnownProvider {
        name,
        base_url: base_url.clone(),
        dialect: dialect.clone(),
        variable: variable.clone(),
        base_variable: base_variable.clone(),
        bare_prefix: bare_prefix.clone(),
        needs_declaration,
    });
    let known = known.collect();
    problems.extend(fields.finish());
    known
}

fn gone(node: &Node, problems: &mut Vec<Problem>) -> Option<Retired> {
    let mut fields = Fields::new(node, "`[[retired]]`", Code::Setting);
    let at = selector(&mut fields, "at");
    let help = fields.text("help").unwrap_or_default();
    let still_read = fields.flag("still_read").unwrap_or_default();
    problems.extend(fields.finish());
    Some(Retired { at: at?, help, still_read })
}

fn selector(fields: &mut Fields<'_>, key: &'static str) -> Option<Selector> {
    let span = fields.node(key)?.span;
    let text = fields.text(key)?;
    match Selector::parse(&text) {
        Ok(selector) => Some(selector),
        Err(error) => {
            fields.problem(span, format!("`{text}` is no selector: {error}"));
            None
        }
    }
}

fn selectors(fields: &mut Fields<'_>, key: &'static str) -> Vec<Selector> {
    let Some(span) = fields.node(key).map(|node| node.span) else { return Vec::new() };
    let mut selectors = Vec::new();
    for text in fields.texts(key) {
        match Selector::parse(&text) {
            Ok(selector) => selectors.push(selector),
            Err(error) => fields.problem(span, format!("`{text}` is no selector: {error}")),
        }
    }
    selectors
}

fn pairs(node: &Node) -> Vec<(String, String)> {
    let pair = |member: &crate::data::Member| Some((member.key.clone(), member.value.as_str()?.to_owned()));
    node.members().iter().filter_map(pair).collect()
}
