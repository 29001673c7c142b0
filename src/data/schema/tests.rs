//! What is said about values that a schema refuses, and where.

use super::*;
use crate::data::{Syntax, parse};

const SCHEMA: &str = r##"{
  "$schema": "http://json-schema.org/draft-07/schema#",
  "type": "object",
  "additionalProperties": false,
  "required": ["gateway"],
  "properties": {
    "gateway": {
      "type": "object", "additionalProperties": false,
      "properties": {
        "port": { "type": "integer", "maximum": 65535 },
        "bind": { "enum": ["loopback", "lan"] },
        "name": { "type": "string", "minLength": 1, "pattern": "^(?!x)" }
      }
    },
    "agents": {
      "type": "object", "additionalProperties": false,
      "properties": {
        "defaults": {
          "type": "object", "additionalProperties": false,
          "properties": {
            "model": {
              "anyOf": [
                { "type": "string" },
                {
                  "type": "object", "additionalProperties": false,
                  "properties": { "primary": { "type": "string" }, "fallbacks": { "type": "array", "items": { "type": "string" } } }
                }
              ]
            }
          }
        },
        "entries": { "type": "object", "propertyNames": { "pattern": "^[a-z]+$" }, "additionalProperties": { "$ref": "#/definitions/agent" } }
      }
    },
    "secret": {
      "oneOf": [
        { "type": "object", "properties": { "source": { "const": "env" }, "id": { "type": "string" } }, "required": ["source", "id"], "additionalProperties": false },
        { "type": "object", "properties": { "source": { "const": "file" }, "path": { "type": "string" } }, "required": ["source", "path"], "additionalProperties": false }
      ]
    },
    "models": {
      "type": "array",
      "items": { "type": "object", "required": ["id", "name"], "properties": { "id": { "type": "string" }, "name": { "type": "string" }, "cost": { "type": "number" } }, "additionalProperties": false }
    }
  },
  "definitions": { "agent": { "type": "object", "properties": { "tool": { "type": "string" } }, "additionalProperties": false } }
}"##;

fn schema() -> Schema {
    let (schema, repairs) = Schema::compile(&serde_json::from_str(SCHEMA).expect("JSON")).expect("a schema");
    assert_eq!(repairs, []);
    schema
}

fn found(text: &str, at: &str, whole: Completeness) -> Vec<String> {
    let (document, problems) = parse(text, Syntax::Json5).into_parts();
    assert_eq!(problems, []);
    let at =
        Path(at.split('.').filter(|step| !step.is_empty()).map(|step| Step::Key(step.to_owned())).collect());
    let problems = schema().check(&document.root, &at, whole);
    let shown = problems.iter().map(|problem| {
        let here = text.get(problem.span.range()).expect("a span within the text");
        let help = problem.help.as_ref().map(|help| format!(" ({help})")).unwrap_or_default();
        format!("{here}: {}: {}{help}", problem.code.as_str(), problem.message)
    });
    shown.collect()
}

/// The one problem of a whole configuration.
fn check(text: &str, problem: &str) {
    assert_eq!(found(text, "", Completeness::Whole), [problem]);
}

/// The problems of a piece at a place.
fn piece(text: &str, at: &str, problems: &[&str]) {
    assert_eq!(found(text, at, Completeness::Fragment), problems);
}

#[test]
fn what_fits_has_no_problem() {
    assert!(found("{ gateway: { port: 1 } }", "", Completeness::Whole).is_empty());
}

#[test]
fn an_unknown_key_leads_to_the_nearest() {
    check("{ gatway: {} , gateway: {} }", "gatway: unknown-key: `gatway` is not a key of the top level");
    check("{ gateway: { prot: 1 } }", "prot: unknown-key: `prot` is not a key of `gateway` (write `port`)");
}

#[test]
fn a_misspelt_key_is_not_missing_as_well() {
    check("{ gatway: {} }", "gatway: unknown-key: `gatway` is not a key of the top level (write `gateway`)");
}

#[test]
fn a_key_of_another_place_leads_there() {
    piece(
        "{ primary: 'a/b' }",
        "agents.defaults",
        &[
            "primary: unknown-key: `primary` is not a key of `agents.defaults` (`primary` belongs under `model`)",
        ],
    );
    piece(
        "{ defaults: {} }",
        "agents.defaults",
        &[
            "defaults: unknown-key: `defaults` is not a key of `agents.defaults` (`defaults` is a key of `agents`)",
        ],
    );
}

#[test]
fn a_wrong_type_says_both_types() {
    check(
        "{ gateway: { port: '80' } }",
        "'80': wrong-type: `gateway.port` must be an integer, not a string (write `80`)",
    );
    check("{ gateway: [1] }", "[: wrong-type: `gateway` must be an object, not an array");
}

#[test]
fn a_wrong_value_leads_to_the_nearest() {
    check(
        "{ gateway: { bind: 'lna' } }",
        "'lna': unknown-value: `lna` is not a value of `gateway.bind` (write `lan`)",
    );
}

#[test]
fn keys_that_lack_are_one_problem_of_their_object() {
    check(
        "{ gateway: {}, models: [{ cost: 1 }] }",
        "{: missing-key: `models[0]` lacks the keys `id` and `name`",
    );
    check("{ agents: {} }", "{: missing-key: the top level lacks the key `gateway`");
    piece("{ models: [{ cost: 1 }] }", "", &[]);
}

#[test]
fn bounds_are_said_with_their_limit() {
    check("{ gateway: { port: 70000 } }", "70000: out-of-bounds: `gateway.port` must be at most 65535");
    check("{ gateway: { name: '' } }", "'': out-of-bounds: `gateway.name` must be a text that is not empty");
    check(
        "{ gateway: { name: 'xa' } }",
        "'xa': out-of-bounds: `gateway.name` must be a text that matches `^(?!x)`",
    );
}

#[test]
fn of_alternatives_only_the_one_that_was_meant_is_spoken_of() {
    piece(
        "{ model: { primry: 'a' } }",
        "agents.defaults",
        &["primry: unknown-key: `primry` is not a key of `agents.defaults.model` (write `primary`)"],
    );
    piece(
        "{ model: 1 }",
        "agents.defaults",
        &[
            "1: wrong-type: `agents.defaults.model` must be a string or an object, not an integer (write `\"1\"`)",
        ],
    );
    piece(
        "{ source: 'env', id: 1 }",
        "secret",
        &["1: wrong-type: `secret.id` must be a string, not an integer (write `\"1\"`)"],
    );
    piece(
        "{ source: 'evn', id: 'A' }",
        "secret",
        &["'evn': unknown-value: `evn` is not a value of `secret.source` (write `env`)"],
    );
    check("{ gateway: {}, secret: { source: 'env' } }", "secret: missing-key: `secret` lacks the key `id`");
}

#[test]
fn a_name_of_a_map_has_its_form() {
    piece("{ entries: { A1: {} } }", "agents", &["A1: unknown-key: `A1` is not a key of `agents.entries`"]);
    piece(
        "{ tol: 'x' }",
        "agents.entries.main",
        &["tol: unknown-key: `tol` is not a key of `agents.entries.main` (write `tool`)"],
    );
}

#[test]
fn what_is_left_open_is_never_wrong() {
    piece("{ gateway: { port: ..., bind: … }, models: [...] }", "", &[]);
    piece("{ model: ... }", "agents.defaults", &[]);
}

fn path(text: &str) -> Path {
    Path(
        text.split('.')
            .filter(|step| !step.is_empty())
            .map(|step| step.parse().map_or_else(|_| Step::Key(step.to_owned()), Step::Index))
            .collect(),
    )
}

#[test]
fn places_are_known() {
    let schema = schema();
    assert!(schema.knows(&path("agents.defaults.model.primary")));
    assert!(schema.knows(&path("agents.entries.*.tool")));
    assert!(schema.knows(&path("models.0.id")));
    assert!(!schema.knows(&path("agents.primary")));
    assert_eq!(schema.places_of(&["primary"]), [path("agents.defaults.model")]);
    assert_eq!(schema.places_of(&["id", "cost"]), [path("models.0")]);
    assert_eq!(schema.places_of(&["tool"]), [path("agents.entries.*")]);
    assert_eq!(schema.places_of(&["nothing"]), []);
}

#[test]
fn a_schema_is_shared_between_threads() {
    fn shared<T: Send + Sync>(_: &T) {}
    shared(&schema());
}

#[test]
fn a_schema_that_is_none_is_an_error() {
    let error = Schema::compile(&serde_json::json!({ "type": 5 })).expect_err("no schema");
    assert!(error.to_string().starts_with("the schema cannot be used at"), "{error}");
}

/// The problems of a whole configuration of `OpenClaw`, by the structure of its own schema.
fn openclaw(text: &str, expected: &[&str]) {
    static OPENCLAW: std::sync::LazyLock<Schema> = std::sync::LazyLock::new(|| {
        let text = include_str!("../../examples/clients/openclaw.schema.json");
        let (schema, repairs) =
            Schema::compile(&serde_json::from_str(text).expect("JSON")).expect("a schema");
        let eased = |repair: &&Repair| matches!(repair.kind, RepairKind::Eased { .. });
        assert_eq!(repairs.iter().filter(|repair| !eased(repair)).count(), 10);
        assert!(repairs.iter().any(|repair| eased(&repair)));
        schema
    });
    let (document, _) = parse(text, Syntax::Json5).into_parts();
    let problems = OPENCLAW.check(&document.root, &Path::default(), Completeness::Whole);
    let shown = problems.iter().map(|problem| {
        let here = text.get(problem.span.range()).expect("a span within the text");
        format!("{here}: {}", problem.help.as_ref().unwrap_or(&problem.message))
    });
    assert_eq!(shown.collect::<Vec<_>>(), expected);
}

#[test]
fn a_configuration_of_openclaw_fits_its_schema() {
    openclaw(
        "{ models: { providers: { portkey: { baseUrl: 'https://api.portkey.ai/v1', apiKey: '${PORTKEY_API_KEY}', \
         api: 'openai-completions', models: [{ id: '@openai/gpt-5', name: 'GPT-5' }] } } }, \
         agents: { defaults: { model: { primary: 'portkey/@openai/gpt-5' } } } }",
        &[],
    );
}

#[test]
fn a_misplaced_part_of_openclaw_leads_to_its_place() {
    openclaw(
        "{ agents: { defaults: { primary: 'a/b' } } }",
        &["primary: `primary` belongs under `model`, `imageModel` or another key"],
    );
    openclaw(
        "{ providers: { x: { baseUrl: 'u', models: [] } } }",
        &["providers: `providers` belongs under `models`"],
    );
    openclaw(
        "{ models: { portkey: { baseUrl: 'u', models: [] } } }",
        &["portkey: `portkey` belongs under `providers`"],
    );
    openclaw(
        "{ models: { providers: { x: { api: 'openai', baseUrl: 'u', models: [] } } } }",
        &["'openai': write `openai-completions`"],
    );
}
