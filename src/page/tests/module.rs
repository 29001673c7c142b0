//! What imports, exports and names in braces are read as.

use super::*;

/// The module of a page, one statement a line, and its text.
#[track_caller]
fn check(text: &str, expected: &str, shown: &str) {
    let page = page(text);
    if let Err(what) = holds(text) {
        panic!("{what}");
    }
    let mut seen = Vec::new();
    for import in &page.module.imports {
        assert_eq!(page.source.slice(import.from_span), import.from);
        let names: Vec<String> =
            import.names.iter().map(|name| format!("{:?} as {}", name.what, name.local)).collect();
        seen.push(format!("import {} from {}", names.join(", "), import.from));
    }
    for export in &page.module.exports {
        let value = match &export.value {
            ExportValue::Data(node) => node.to_json().to_string(),
            ExportValue::Template(template) => template_as_text(template),
            ExportValue::Script => "script".to_owned(),
        };
        seen.push(format!("export {} = {value}", export.name));
    }
    assert_eq!(seen.join("\n"), expected);
    let mut text = String::new();
    for (piece, _) in &page.pieces {
        match piece {
            Piece::Markdown(Event::Text(part) | Event::Html(part) | Event::InlineHtml(part)) => {
                text.push_str(part);
            }
            Piece::Markdown(Event::Code(part)) => {
                let _ = write!(text, "`{part}`");
            }
            Piece::Markdown(Event::SoftBreak) => text.push(' '),
            Piece::Expression(index) => text.push_str(&page.expressions[*index].text),
            _ => {}
        }
    }
    assert_eq!(text.trim(), shown);
}

#[test]
fn imports_are_read_and_not_shown() {
    check(
        "import A from '/snippets/a.mdx'\nimport { b, c as d } from \"./y.mdx\";\nimport E, { f } from 'e'\nimport * as G from \"g.mdx\"\nimport 'x.css'\n\nText.\n",
        "import Default as A from /snippets/a.mdx\nimport Named(\"b\") as b, Named(\"c\") as d from ./y.mdx\nimport Default as E, Named(\"f\") as f from e\nimport All as G from g.mdx\nimport  from x.css",
        "Text.",
    );
    check(
        "import {\n  a,\n\n  b,\n} from 'x'\nText.\n",
        "import Named(\"a\") as a, Named(\"b\") as b from x",
        "Text.",
    );
}

#[test]
fn exports_are_data_or_javascript() {
    check(
        "export const a = 'x'\nexport const b = 1.5;\nexport const c = true\nexport const d = `t`\nexport const e = [\n  1,\n\n  { k: \"v\" },\n]\n\nText.\n",
        "export a = \"x\"\nexport b = 1.5\nexport c = true\nexport d = \"t\"\nexport e = [1,{\"k\":\"v\"}]",
        "Text.",
    );
    check(
        "export const A = ({ b }) => {\n  return (\n    <div>\n\n      {b()}\n    </div>\n  )\n}\nexport function B() {\n\n  return 1\n}\n\nexport default A\n\nText.\n",
        "export A = script\nexport B = script\nexport default = script",
        "Text.",
    );
    check("export { a, b as c } from './d.mdx'\nText.\n", "export a = script\nexport c = script", "Text.");
}

/// A component by its parameters, what it shows, and where that stands.
fn template_as_text(template: &Template) -> String {
    let parameters = match &template.parameters {
        Parameters::All(name) => name.clone(),
        Parameters::Each(parameters) => {
            let one = |parameter: &Parameter| {
                format!("{} {} {:?}", parameter.name, parameter.local, crate::page::shown(&parameter.default))
            };
            parameters.iter().map(one).collect::<Vec<_>>().join(", ")
        }
    };
    format!("({parameters}) {:?} {}", template.place, template.markup)
}

/// A component, or that it has to be run.
#[track_caller]
fn check_component(text: &str, expected: &str) {
    check(&format!("export {text}\n\nText.\n"), &format!("export A = {expected}"), "Text.");
}

#[test]
fn components_that_only_put_tags_together_are_told() {
    check_component(
        "const A = ({ a, b: c = \"d\", e = 1 }) => {\n  return (\n    <Badge\n      size=\"lg\"\n      title={a}\n    >\n      New in {c}\n      <b>{e}</b>\n    </Badge>\n  );\n};",
        "(a a Some(\"\"), b c Some(\"d\"), e e Some(\"1\")) Inline <Badge size=\"lg\" title={a} >New in {c}<b>{e}</b></Badge>",
    );
    check_component("const A = () => <br />", "() Inline <br />");
    check_component(
        "const A = props => <p>{props.a}{' '}{/* b */}{props.children}</p>;",
        "(props) Block <p>{props.a} {children}</p>",
    );
    check_component(
        "function A({ children: inner }) {\n  return <><i>a</i>{inner}</>\n}",
        "(children inner Some(\"\")) Inline <i>a</i>{children}",
    );
}

#[test]
fn text_of_components_needs_no_brackets_in_pairs() {
    check_component(
        "const A = ({ a, b }) => <b>({a}/{b}) :(</b>",
        "(a a Some(\"\"), b b Some(\"\")) Inline <b>({a}/{b}) :(</b>",
    );
    check_component("const A = () => <p>{\"a\"}\n{\"b\"} c</p>", "() Block <p>ab c</p>");
    check_component("const A = () => <b>{/* a */ }don't{/* b */}</b>; // c", "() Inline <b>don't</b>");
}

#[test]
fn text_of_components_begins_no_block() {
    for text in ["# a", "- a", "+ a", "> a", "1. a", "\n - {a}\n", "{\"2) a\"}", ": a"] {
        check_component(&format!("const A = ({{ a }}) => <Note>{text}</Note>"), "script");
    }
    check_component("const A = () => <Note><b>a</b> - b</Note>", "() Block <Note><b>a</b> - b</Note>");
    check_component("const A = () => <b># a</b>", "() Inline <b># a</b>");
}

#[test]
fn components_that_do_more_have_to_be_run() {
    for body in [
        "<b>{/* a */ \"b\"}</b>",
        "<b>{a()}</b>",
        "<b>{a && <i/>}</b>",
        "<b onClick={a}>b</b>",
        "<b {...a}>b</b>",
        "<b title={a + 1}>b</b>",
        "<b>*a*</b>",
        "<b>a</i>",
        "<b>a</b> + 1",
        "{ const b = 1; return <b>a</b> }",
        "{ return a }",
        "a",
    ] {
        check_component(&format!("const A = ({{ a }}) => {body}"), "script");
    }
    check_component("const A = ({ a, ...rest }) => <b>{a}</b>", "script");
    check_component("const A = async () => <b>a</b>", "script");
    check_component("const A = ({ children = 'a' }) => <b>{children}</b>", "script");
    check_component("const A = ({ a = Infinity }) => <b>{a}</b>", "script");
}

#[test]
fn prose_that_begins_like_a_statement_is_text() {
    for text in [
        "export keeps only that a message was omitted.",
        "import subpath.",
        "import it from there",
        "export default settings to a file",
        "export const",
        "export function calls are kept",
        "export PORT=\"1\"",
    ] {
        check(text, "", text);
    }
    check("Text\nimport A from 'a'\n", "", "Text import A from 'a'");
    check("- import A from 'a'\n", "", "import A from 'a'");
    check("  import A from 'a'\n", "", "import A from 'a'");
    check("`import A from 'a'`\n", "", "`import A from 'a'`");
    check("export const a = {\n\ntext\n", "", "export const a = {text");
}

#[test]
fn a_statement_in_a_fence_is_code() {
    super::check(
        "```js\nimport a from 'b'\nexport const c = 1\n```\n",
        r#"js "import a from 'b'\nexport const c = 1\n""#,
    );
    check("```js\nimport a from 'b'\n```\n", "", "");
}

#[test]
fn names_in_braces_are_values_where_the_page_has_them() {
    check(
        "export const v = '1.2'\nexport const o = { a: { b: 3 } }\n\nVersion {v}, {o.a.b}, { v }, {w}, `{v}`, \\{v}, {o}, {1 + 1}.\n",
        "export v = \"1.2\"\nexport o = {\"a\":{\"b\":3}}",
        "Version 1.2, 3, 1.2, {w}, `{v}`, {v}, {o}, {1 + 1}.",
    );
    check("A {{v}} [{v}]({v}) <b>{v}</b>\n", "", "A {{v}} {v} <b>{v}</b>");
    let target = |text: &str| page(text).links.first().map(|link| link.target.clone()).unwrap_or_default();
    assert_eq!(target("https://a.b/{id}/c\n"), "https://a.b/{id}/c");
    assert_eq!(target("export const v = 'x'\nSee https://a.b/{v}/{w}.\n"), "https://a.b/x/{w}");
}

#[test]
fn a_heading_shows_the_values_of_the_page() {
    let page = page("export const v = 'One'\n\n## Use {v}\n\n## Use {w}\n");
    let headings: Vec<_> =
        page.headings.iter().map(|heading| (heading.id.as_str(), heading.text.as_str())).collect();
    assert_eq!(headings, [("use-one", "Use One"), ("use-w", "Use {w}")]);
}

#[test]
fn an_attribute_has_the_value_of_a_variable() {
    let page = page("export const v = 'One'\n\n<Step title={v}>\na\n</Step>\n");
    let component = page.components.first().expect("there is one");
    assert_eq!((component.text("title"), component.id.as_deref()), (Some("One"), Some("one")));
}

#[test]
fn a_name_that_is_imported_is_a_component() {
    says(
        "import Odd from './odd.mdx'\nexport const Own = () => 1\n\n<Odd />\n\n<Own>a</Own> and <Odd x=\"1\" />.\n\n<Other />\n",
        "unknown-component Other",
    );
    pieces(
        "import A from 'a'\n\n<A />\n\n<A /> is *it*.\n",
        "<0> </0> <Paragraph> <1> </1> \" is \" <Emphasis> \"it\" </Emphasis> \".\" </Paragraph>",
    );
}

#[test]
fn statements_that_never_end_are_not_read_again_and_again() {
    let text = "export const a = {\n".repeat(20_000);
    assert!(page(&text).module.exports.is_empty());
}

#[test]
fn statements_whose_end_is_guessed_are_not_read_again_and_again() {
    let text = "export const a = {{\n}\n\n".repeat(20_000);
    let count = page(&text).module.exports.len();
    assert!((1..100).contains(&count), "{count}");
}

#[test]
fn what_never_closes_takes_nothing_of_the_page() {
    for begin in ["`a", "1 /* a", "(a"] {
        let page = page(&format!("export const x = {begin}\n\n# Title\n\ntext\n"));
        assert_eq!(page.headings.len(), 1, "{begin}");
    }
}
