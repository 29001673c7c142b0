//! What the readers promise, syntax by syntax.

use proptest::prelude::*;

use super::*;

/// Parses, and shows the value as JSON and each problem as `text under the span: message`.
fn check(text: &str, syntax: Syntax, value: &str, problems: &[&str]) {
    let (document, found) = parse(text, syntax).into_parts();
    let found: Vec<String> = found
        .iter()
        .map(|problem| {
            format!(
                "{}: {}",
                text.get(problem.span.range()).expect("a span within the text"),
                problem.message
            )
        })
        .collect();
    assert_eq!(found, problems, "{text}");
    let value: serde_json::Value = serde_json::from_str(value).expect("JSON");
    assert_eq!(document.root.to_json(), value, "{text}");
}

fn json5(text: &str, value: &str) {
    check(text, Syntax::Json5, value, &[]);
}

fn json(text: &str, value: &str, problem: &str) {
    check(text, Syntax::Json, value, &[problem]);
}

#[test]
fn json5_is_read_whole() {
    json5("{a: 1, 'b': \"c\", $d_1: [+1, .5, 5., 0x1F,],}", r#"{"a":1,"b":"c","$d_1":[1,0.5,5.0,31]}"#);
    json5(
        "// a\n{ /* b */ x: -0x10, y: 1e3, z: [Infinity, -Infinity, NaN] }",
        r#"{"x":-16,"y":1000.0,"z":[null,null,null]}"#,
    );
    json5("{é: 1, \\u0061b: 2, ünïcode_1: 3}", r#"{"é":1,"ab":2,"ünïcode_1":3}"#);
    json5("'a\\\nb\\x41\\v\\0\\'\\q'", r#""abA\u000b\u0000'q""#);
    json5("\"\\ud83d\\ude00\u{2028}\"", "\"😀\u{2028}\"");
    json5("{null: 1, true: 2, NaN: 3, Infinity : 4}", r#"{"null":1,"true":2,"NaN":3,"Infinity":4}"#);
}

#[test]
fn json_refuses_what_is_json5() {
    json(r#"{"a": 'b'}"#, r#"{"a":"b"}"#, "'b': single quotes around a text");
    json(r"{a: 1}", r#"{"a":1}"#, "a: the key `a` has no quotes");
    json(r#"{"a": 1,}"#, r#"{"a":1}"#, ",: a comma behind the last value");
    json(r#"{"a": 0x1F}"#, r#"{"a":31}"#, "0x1F: `0x1F` is a number only in JSON5");
    json("{\"a\": 1} // b", r#"{"a":1}"#, "// b: a comment in JSON");
    json("{\"a\":\u{a0}1}", r#"{"a":1}"#, "\u{a0}: the invisible character U+00A0 is not allowed here");
    json(r#"{"a": "\q"}"#, r#"{"a":"q"}"#, "\\q: `\\q` is not an escape");
}

#[test]
fn jsonc_reads_comments_and_trailing_commas() {
    check("{\"a\": [1,], // b\n}", Syntax::Jsonc, r#"{"a":[1]}"#, &[]);
}

#[test]
fn a_missing_comma_is_one_problem_at_the_value_before() {
    json(r#"{"a": 1 "b": 2}"#, r#"{"a":1,"b":2}"#, "1: expected `,` or `}`, found `\"b\"`");
    json(r#"[{"a": 1} {"b": 2}]"#, r#"[{"a":1},{"b":2}]"#, "}: expected `,` or `]`, found `{`");
}

#[test]
fn one_mistake_is_one_problem() {
    json(r#"{"a" 1, "b": 2}"#, r#"{"a":1,"b":2}"#, "1: expected `:` after the key `\"a\"`, found `1`");
    json(r#"{"a": , "b": 2}"#, r#"{"a":null,"b":2}"#, ",: expected a value, found `,`");
    json(r#"{"a": "x" | "y", "b": 2}"#, r#"{"a":"x","b":2}"#, "|: expected `,` or `}`, found `|`");
    json(r#"{"a": [1, 2}"#, r#"{"a":[1,2]}"#, "}: expected `,` or `]`, found `}`");
    json(r#"{"a": {"b": 1}"#, r#"{"a":{"b":1}}"#, "{: `{` is never closed");
    json(r#"{"a": 1}}"#, r#"{"a":1}"#, "}: `}` closes nothing");
    json(r#"{"a": 1} {"b": 2}"#, r#"{"a":1}"#, "{: a second value begins here: `{`");
    json("{\"a\": \"b\n, \"c\": 1}", r#"{"a":"b","c":1}"#, "\"b: a text that is never closed");
    json(r#"{"a": sk-123, "b": 2}"#, r#"{"a":null,"b":2}"#, "sk-123: `sk-123` is not a value");
    json(r#"{"a": True}"#, r#"{"a":true}"#, "True: `True` is not a value");
    json(r#"{"a": 180_000}"#, r#"{"a":180000}"#, "180_000: `180_000` is not a number");
    json("{“a”: 1}", r#"{"a":1}"#, "“a”: typographic quotation marks around a text");
    json("{\"a\": \"b\nc\", \"d\": 1}", r#"{"a":"b"}"#, "\"b: a text that is never closed");
    json(r#"{"a": "say "hi" now", "b": 1}"#, r#"{"a":"say ","b":1}"#, "hi: expected `,` or `}`, found `hi`");
    json(r#"{"a" = 1, "b": 2}"#, r#"{"a":1,"b":2}"#, "=: expected `:` after the key `\"a\"`, found `=`");
    json(r#"{"a": 1; "b": 2}"#, r#"{"a":1,"b":2}"#, ";: expected `,` or `}`, found `;`");
    json(r#"{"a": <your key>, "b": 2}"#, r#"{"a":null,"b":2}"#, "<your key>: `<your key>` is not a value");
    json(r#"{"a": ${KEY}, "b": 2}"#, r#"{"a":null,"b":2}"#, "${KEY}: `${KEY}` is not a value");
    json("{\"a\": 1 # c\n}", r#"{"a":1}"#, "#: `#` begins no comment here");
    json(r#"{"a": `b`}"#, r#"{"a":"b"}"#, "`b`: backticks around a text");
    json(r#"{"a": ], "b": 1}"#, r#"{"a":null,"b":1}"#, "]: expected a value, found `]`");
    json("", "null", ": no value at all");
}

#[test]
fn a_key_that_is_no_name_needs_quotes() {
    check(
        "{a-b: 1, 10: 2}",
        Syntax::Json5,
        r#"{"a-b":1,"10":2}"#,
        &["a-b: the key `a-b` needs quotes", "10: the key `10` needs quotes"],
    );
}

#[test]
fn a_key_that_stands_twice_is_a_warning_at_the_second() {
    check("{a: 1, a: 2}", Syntax::Json5, r#"{"a":2}"#, &["a: the key `a` stands twice in one object"]);
}

#[test]
fn a_fragment_needs_no_braces() {
    let (document, problems) = parse("providers: { x: 1 },\nmode: 2", Syntax::Json5).into_parts();
    assert_eq!(problems, []);
    assert!(document.fragment);
    assert_eq!(document.root.to_json().to_string(), r#"{"providers":{"x":1},"mode":2}"#);
}

fn sketch(text: &str, syntax: Syntax, value: &str) {
    check(text, syntax, value, &[]);
    assert!(parse(text, syntax).into_parts().0.sketch, "{text}");
}

#[test]
fn an_ellipsis_marks_a_sketch() {
    sketch("{ a: 1, ... }", Syntax::Json5, r#"{"a":1}"#);
    sketch("{ a: 1, // ...\n }", Syntax::Json5, r#"{"a":1}"#);
    sketch(r#"{ "a": ..., "b": [1, …] }"#, Syntax::Json, r#"{"a":null,"b":[1,null]}"#);
    sketch("{ ... other keys ...\n b: 1 }", Syntax::Json5, r#"{"b":1}"#);
    sketch("a:\n  ...\n", Syntax::Yaml, r#"{"a":null}"#);
    sketch("a: 1\n...\nb: 2\n", Syntax::Yaml, r#"{"a":1,"b":2}"#);
    sketch("a = 1\n...\nb = 2\n", Syntax::Toml, r#"{"a":1,"b":2}"#);
}

#[test]
fn yaml_is_read_with_aliases_and_merge_keys() {
    let text =
        "base: &b {x: 1, y: 2}\nmine:\n  <<: *b\n  y: 3\nlist: [no, 0x1F, 1.5, ~, .inf]\ntext: |\n  a\n  b\n";
    let value =
        r#"{"base":{"x":1,"y":2},"mine":{"y":3,"x":1},"list":["no",31,1.5,null,null],"text":"a\nb\n"}"#;
    check(text, Syntax::Yaml, value, &[]);
    check("a: 1\na: 2\n", Syntax::Yaml, r#"{"a":2}"#, &["a: the key `a` stands twice in one object"]);
}

#[test]
fn aliases_cannot_blow_a_text_up() {
    let mut text = String::from("a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
    for level in 1..12 {
        let before = format!("*a{}, ", level - 1).repeat(10);
        text.extend(["a", &level.to_string(), ": &a", &level.to_string(), " [", &before, "]\n"]);
    }
    assert_eq!(parse(&text, Syntax::Yaml).problems().len(), 1);
}

#[test]
fn toml_is_read_with_spans() {
    let text = "a = 1\n[b.c]\nd = [1.5, \"é\"]\n[[e]]\nf.g = 1979-05-27\n";
    check(text, Syntax::Toml, r#"{"a":1,"b":{"c":{"d":[1.5,"é"]}},"e":[{"f":{"g":"1979-05-27"}}]}"#, &[]);
    let (document, _) = parse(text, Syntax::Toml).into_parts();
    let member = document
        .root
        .get("b")
        .and_then(|node| node.get("c"))
        .and_then(|node| node.member("d"))
        .expect("a member");
    assert_eq!(text.get(member.key_span.range()), Some("d"));
    assert_eq!(text.get(member.value.span.range()), Some("[1.5, \"é\"]"));
    check("a = 1\na = 2\n", Syntax::Toml, "null", &["a: duplicate key"]);
}

#[test]
fn deep_nesting_is_a_problem_and_no_overflow() {
    for syntax in [Syntax::Json, Syntax::Json5, Syntax::Yaml, Syntax::Toml] {
        let open = if syntax == Syntax::Toml { "a = " } else { "" };
        let text = format!("{open}{}{}", "[".repeat(50_000), "]".repeat(50_000));
        assert_eq!(parse(&text, syntax).problems().len(), 1, "{syntax:?}");
    }
    let stray = format!("{{{}", "]".repeat(50_000));
    assert!(!parse(&stray, Syntax::Json5).problems().is_empty());
    let braces = "{a:".repeat(50_000);
    assert_eq!(parse(&braces, Syntax::Json5).problems().len(), 2);
}

/// Spans lie on borders of characters within the text, and what belongs to a value lies in it.
fn assert_spans(text: &str, node: &Node) {
    assert!(text.get(node.span.range()).is_some(), "{text:?} {node:?}");
    for member in node.members() {
        assert!(text.get(member.key_span.range()).is_some(), "{text:?} {member:?}");
        assert!(
            node.span.contains(member.key_span) && node.span.contains(member.value.span),
            "{text:?} {node:?}"
        );
        assert_spans(text, &member.value);
    }
    for element in node.elements() {
        assert!(node.span.contains(element.span), "{text:?} {node:?}");
        assert_spans(text, element);
    }
}

const SYNTAXES: [Syntax; 5] = [Syntax::Json, Syntax::Jsonc, Syntax::Json5, Syntax::Yaml, Syntax::Toml];

fn any_value() -> impl Strategy<Value = serde_json::Value> {
    let leaf = prop_oneof![
        Just(serde_json::Value::Null),
        any::<bool>().prop_map(Into::into),
        any::<i64>().prop_map(Into::into),
        any::<f64>().prop_filter("finite", |number| number.is_finite()).prop_map(Into::into),
        any::<String>().prop_map(Into::into),
    ];
    leaf.prop_recursive(5, 40, 6, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(Into::into),
            prop::collection::vec((any::<String>(), inner), 0..6)
                .prop_map(|members| members.into_iter().collect()),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_text_is_read_without_a_panic(text in r#"([{}\[\]:,"'a-c0-9.\\ \n#|>&*é…“/=-]|\.\.\.|: |- |null|<<)*"#) {
        for syntax in SYNTAXES {
            let (document, problems) = parse(&text, syntax).into_parts();
            assert_spans(&text, &document.root);
            for problem in problems {
                prop_assert!(text.get(problem.span.range()).is_some(), "{:?} {:?}", text, problem);
            }
        }
    }

    #[test]
    fn any_letters_are_read_without_a_panic(text in any::<String>()) {
        for syntax in SYNTAXES {
            assert_spans(&text, &parse(&text, syntax).into_parts().0.root);
        }
    }

    #[test]
    fn what_is_written_is_read_again(value in any_value()) {
        let text = serde_json::to_string_pretty(&value).expect("JSON");
        for syntax in [Syntax::Json, Syntax::Jsonc, Syntax::Json5] {
            let (document, problems) = parse(&text, syntax).into_parts();
            prop_assert_eq!(&problems, &vec![]);
            prop_assert_eq!(document.root.to_json(), value.clone());
        }
    }

    #[test]
    fn json5_agrees_with_the_crate_of_that_name(text in r#"[{\[]([{}\[\]:,'"a-c0-9.+xe\\ \n-]|true|NaN|'a': ?|b: ?|//a\n){0,12}[\]}]"#) {
        let theirs = json5::from_str::<serde_json::Value>(&text);
        let (document, problems) = parse(&text, Syntax::Json5).into_parts();
        let ours = problems.iter().all(|problem| problem.code != crate::diagnostics::Code::Syntax);
        if !document.sketch && !document.fragment {
            prop_assert_eq!(ours, theirs.is_ok(), "{:?} {:?} {:?}", text, theirs, problems);
            if let Ok(theirs) = theirs {
                prop_assert_eq!(document.root.to_json(), theirs);
            }
        }
    }
}
