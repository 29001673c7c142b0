//! A profile out of its TOML file.

use crate::data::table::Table;
use crate::data::{self, Syntax};
use crate::diagnostics::Parsed;
use crate::gateway::dialects::Endpoint;
use crate::gateway::routing::Edition;
use crate::source::Span;

use super::{
    Authentication, Base, CredentialPlace, ErrorForm, Errors, Fixed, Format, Header, LimitHeaders, Models,
    Profile, ResetForm, Service, Takes, UnknownParameters, Unsupported,
};

/// Reads a profile; none where it has no name.
pub(super) fn profile(text: &str) -> Parsed<Option<Profile>> {
    let (document, problems) = data::parse(text, Syntax::Toml).into_parts();
    let root = document.root;
    let mut table = Table::new(&root, "a provider profile", problems);
    let name = table.text("name");
    let mut profile = Profile {
        name: name.clone().unwrap_or_default(),
        title: table.text("title").or(name).unwrap_or_default(),
        source: table.text("source").unwrap_or_default(),
        date: table.text("date").unwrap_or_default(),
        service: table.choice("service", SERVICES),
        edition: table.choice("edition", EDITIONS),
        hosts: table.texts("hosts").into_iter().map(|host| host.to_lowercase()).collect(),
        local: table.flag("local"),
        ports: table.numbers("ports"),
        unknown_parameters: table.choice("unknown_parameters", UNKNOWN_PARAMETERS),
        parameters: table.texts("parameters"),
        request_id: table.text("request_id").unwrap_or_default().to_lowercase(),
        elsewhere: table.texts("elsewhere"),
        website: table.flag("website"),
        json_only: table.flag("json_only"),
        ..Profile::default()
    };
    profile.fixed = table.tables("fixed", "a fixed answer", fixed);
    profile.headers = table.tables("header", "a header", header);
    profile.variables = table.tables("variable", "a variable", |variable| {
        (variable.text("name").unwrap_or_default(), variable.text("value").unwrap_or_default())
    });
    profile.unsupported = table.tables("unsupported", "an unsupported parameter", unsupported);
    profile.integrations = table.tables("integration", "an integration", |integration| {
        (integration.text("slug").unwrap_or_default(), integration.text("provider").unwrap_or_default())
    });
    profile.authentication = table.table("authentication", "`authentication`", authentication);
    profile.models = table.table("models", "`models`", models);
    profile.errors = table.table("errors", "`errors`", |table| errors(table, Errors::default()));
    let usual = profile.errors.clone();
    profile.bases = table.tables("base", "a base path", |table| base(table, &usual));
    profile.limits = table.table("limits", "`limits`", limits);
    if profile.name.is_empty() {
        table.problem(root.span, "a provider profile has no `name`");
    }
    let problems = table.finish();
    Parsed::new(Some(profile).filter(|profile| !profile.name.is_empty()), problems)
}

const SERVICES: &[(&str, Service)] =
    &[("plain", Service::Plain), ("portkey", Service::Portkey), ("generic", Service::Generic)];

const EDITIONS: &[(&str, Edition)] = &[("hosted", Edition::Hosted), ("open", Edition::Open)];

const UNKNOWN_PARAMETERS: &[(&str, UnknownParameters)] = &[
    ("refuse", UnknownParameters::Refused),
    ("refuse-at-top", UnknownParameters::RefusedAtTop),
    ("ignore", UnknownParameters::Ignored),
    ("pass", UnknownParameters::PassedOn),
];

const FORMATS: &[(&str, Format)] = &[
    ("text", Format::Text),
    ("object", Format::Object),
    ("config", Format::Config),
    ("number", Format::Number),
    ("names", Format::Names),
    ("url", Format::Url),
    ("boolean", Format::Boolean),
];

const RESET_FORMS: &[(&str, ResetForm)] =
    &[("duration", ResetForm::Duration), ("time", ResetForm::Time), ("unix", ResetForm::Unix)];

const TAKES: &[(&str, Takes)] = &[("own", Takes::Own), ("any", Takes::Any)];

/// A base path; what its errors leave out is taken from those of the provider.
fn base(table: &mut Table<'_>, usual: &Errors) -> Base {
    let path = table.text("path").unwrap_or_default().trim_end_matches('/').to_owned();
    let (endpoints, itself) = (endpoints(table, "endpoints"), endpoint(table, "itself"));
    let query = table.texts("query");
    let errors = table.table("errors", "`errors`", |table| Some(Box::new(errors(table, usual.clone()))));
    Base { path, endpoints, itself, query, places: places(table), errors }
}

fn endpoints(table: &mut Table<'_>, key: &str) -> Vec<Endpoint> {
    let names = table.spanned_texts(key);
    names.into_iter().filter_map(|(name, span)| named(table, &name, span)).collect()
}

fn endpoint(table: &mut Table<'_>, key: &str) -> Option<Endpoint> {
    let (name, span) = table.spanned_text(key)?;
    named(table, &name, span)
}

fn named(table: &mut Table<'_>, name: &str, span: Span) -> Option<Endpoint> {
    let endpoint = Endpoint::named(name);
    if endpoint.is_none() {
        table.unknown_word(name, span, Endpoint::ALL.iter().map(|known| known.as_str()));
    }
    endpoint
}

fn fixed(table: &mut Table<'_>) -> Fixed {
    Fixed {
        method: table.text("method").unwrap_or_else(|| "GET".to_owned()),
        path: table.text("path").unwrap_or_default(),
        status: table.number("status").unwrap_or(200),
        body: table.text("body").unwrap_or_default(),
        open: table.flag("open"),
    }
}

fn header(table: &mut Table<'_>) -> Header {
    let name = table.text("name").unwrap_or_default().to_lowercase();
    Header { name, format: table.choice("format", FORMATS) }
}

fn authentication(table: &mut Table<'_>) -> Authentication {
    Authentication {
        takes: table.choice("takes", TAKES),
        places: places(table),
        prefixes: table.texts("prefixes"),
        variables: table.texts("variables"),
        open: endpoints(table, "open"),
    }
}

fn places(table: &mut Table<'_>) -> Vec<CredentialPlace> {
    table.tables("places", "a place of the credential", |place| CredentialPlace {
        header: place.text("header").unwrap_or_default().to_lowercase(),
        query: place.text("query"),
        scheme: place.text("scheme"),
    })
}

/// A pattern; none where it is missing or cannot be read.
fn pattern(table: &mut Table<'_>, key: &str) -> Option<fancy_regex::Regex> {
    let (pattern, span) = table.spanned_text(key)?;
    fancy_regex::Regex::new(&pattern)
        .map_err(|error| {
            let message = error.to_string().lines().next().unwrap_or_default().to_owned();
            table.problem(span, format!("`{key}` is not a pattern: {message}"));
        })
        .ok()
}

fn unsupported(table: &mut Table<'_>) -> Unsupported {
    Unsupported {
        parameter: table.text("parameter").unwrap_or_default(),
        endpoints: endpoints(table, "endpoints"),
        models: pattern(table, "models"),
        only: table.text("only"),
        message: table.text("message").unwrap_or_default(),
        code: table.text("code").unwrap_or_default(),
        help: table.text("help").unwrap_or_default(),
    }
}

fn models(table: &mut Table<'_>) -> Models {
    Models {
        form: pattern(table, "form"),
        words: table.text("words").unwrap_or_default(),
        example: table.text("example").unwrap_or_default(),
        known: table.texts("known"),
        closed: table.flag("closed"),
        optional: table.flag("optional"),
        suffixes: table.texts("suffixes"),
    }
}

fn errors(table: &mut Table<'_>, usual: Errors) -> Errors {
    let mut form = |key: &str, usual: ErrorForm| {
        let (status, body) =
            table.table(key, "an error", |error| (error.number("status"), error.text("body")));
        ErrorForm { status: status.unwrap_or(usual.status), body: body.unwrap_or(usual.body) }
    };
    Errors {
        missing_credential: form("missing_credential", usual.missing_credential),
        wrong_credential: form("wrong_credential", usual.wrong_credential),
        unknown_model: form("unknown_model", usual.unknown_model),
        model_form: form("model_form", usual.model_form),
        wrong_path: form("wrong_path", usual.wrong_path),
        wrong_method: form("wrong_method", usual.wrong_method),
        content_type: form("content_type", usual.content_type),
        body_syntax: form("body_syntax", usual.body_syntax),
        bad_parameter: form("bad_parameter", usual.bad_parameter),
        unknown_parameter: form("unknown_parameter", usual.unknown_parameter),
        rate_limit: form("rate_limit", usual.rate_limit),
        server_error: form("server_error", usual.server_error),
        overloaded: form("overloaded", usual.overloaded),
        budget: form("budget", usual.budget),
    }
}

fn limits(table: &mut Table<'_>) -> LimitHeaders {
    let mut header = |key: &str| table.text(key).unwrap_or_default().to_lowercase();
    let (limit, remaining, reset) = (header("limit"), header("remaining"), header("reset"));
    LimitHeaders {
        source: table.text("source").unwrap_or_default(),
        date: table.text("date").unwrap_or_default(),
        limit,
        remaining,
        reset,
        form: table.choice("form", RESET_FORMS),
        retry_after: table.flag("retry_after"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostics::Code;
    use crate::gateway::profiles::{GENERIC, Profiles};

    #[track_caller]
    fn check(text: &str, message: &str, underlined: &str) {
        let (_, problems) = profile(text).into_parts();
        let found: Vec<(&str, &str)> = problems
            .iter()
            .map(|problem| (problem.message.as_str(), text.get(problem.span.range()).unwrap_or_default()))
            .collect();
        assert_eq!(found, [(message, underlined)]);
    }

    #[test]
    fn the_built_in_profiles_have_no_problems() {
        for (name, text) in super::super::BUILT_IN {
            let (profile, problems) = profile(text).into_parts();
            assert_eq!(problems, [], "{name}");
            let profile = profile.unwrap();
            assert!(!profile.source.is_empty() && !profile.date.is_empty(), "{name} has no source and date");
            if !profile.models.example.is_empty() {
                assert!(profile.models.is_of_form(&profile.models.example), "{name}");
            }
        }
        assert!(Profiles::builtin().get(GENERIC).is_some());
    }

    #[test]
    fn an_unknown_key_is_underlined_with_its_neighbour() {
        check("name = \"x\"\nhots = []", "`hots` is not a key of a provider profile", "hots");
    }

    #[test]
    fn a_wrong_type_is_underlined() {
        check(
            "name = \"x\"\nports = [\"80\"]",
            "`ports` is not a list of numbers from 0 to 65535",
            "[\"80\"]",
        );
    }

    #[test]
    fn an_unknown_endpoint_is_underlined() {
        let text = "name = \"x\"\n[[base]]\npath = \"/v1\"\nendpoints = [\"chat/completion\"]";
        check(text, "`chat/completion` is not a value that is known here", "\"chat/completion\"");
    }

    #[test]
    fn a_pattern_that_is_none_is_underlined() {
        let text = "name = \"x\"\n[models]\nform = \"(\"";
        let (_, problems) = profile(text).into_parts();
        assert_eq!(problems.len(), 1);
        assert_eq!(text.get(problems[0].span.range()), Some("\"(\""));
    }

    #[test]
    fn text_that_is_no_toml_is_a_problem() {
        let (profile, problems) = profile("name = ").into_parts();
        assert!(profile.is_none());
        assert_eq!(problems[0].code, Code::Syntax);
    }

    #[track_caller]
    fn check_errors(text: &str, statuses: [u16; 3]) {
        let (profile, problems) = profile(text).into_parts();
        assert_eq!(problems, []);
        let errors = profile.unwrap().errors;
        let read = [errors.wrong_path, errors.missing_credential, errors.bad_parameter];
        assert_eq!(read.map(|form| form.status), statuses);
    }

    #[test]
    fn an_error_without_a_form_has_the_usual_status() {
        check_errors("name = \"x\"", [404, 401, 400]);
        check_errors("name = \"x\"\n[errors.wrong_path]\nbody = \"no\"", [404, 401, 400]);
    }

    #[test]
    fn an_error_has_the_status_that_is_written() {
        check_errors("name = \"x\"\n[errors.wrong_path]\nstatus = 410", [410, 401, 400]);
    }

    #[test]
    fn a_site_overrides_a_profile_by_its_name() {
        let mut profiles = Profiles::builtin();
        let text = "name = \"openai\"\nhosts = [\"llm.example.com\"]";
        let problems = profiles.add(&crate::source::Source::new("profiles/openai.toml", text));
        assert!(problems.is_empty());
        assert_eq!(profiles.at("llm.example.com", 443).map(|found| found.name.as_str()), Some("openai"));
        assert!(profiles.at("api.openai.com", 443).is_none());
    }
}
