//! Variables in a configuration: that the client fills them in where they stand, and that the page says that they are to be set.

use super::Surroundings;
use super::config::Placed;
use crate::data::select::Selector;
use crate::data::{Node, Value};
use crate::diagnostics::{Code, Problem};
use crate::examples::clients::VariableForm;
use crate::examples::shell::variables::is_guarded;
use crate::source::Span;

/// How one client or another writes a variable.
const FORMS: [&str; 4] = ["${{ secrets.NAME }}", "${NAME}", "{env:NAME}", "os.environ/NAME"];

/// Says which variables are sent as they stand.
pub(super) fn sent_as_they_stand(placed: &Placed<'_>, problems: &mut Vec<Problem>) {
    for node in sent(placed) {
        let Some(text) = node.as_str() else { continue };
        if let Some((form, name)) = literal(placed, text) {
            problems.push(unfilled(placed, node, &form.written(name), name));
        }
    }
}

/// Says which variables nobody is told to set.
pub(super) fn untold(placed: &Placed<'_>, around: &Surroundings<'_>, problems: &mut Vec<Problem>) {
    let mut said: Vec<String> = Vec::new();
    for (text, span) in texts(&placed.whole) {
        let forms = placed.client.variables.iter();
        let names = forms.flat_map(|form| form.names(text).into_iter().filter(|name| form.takes(name)));
        for name in names {
            // The name of a credential speaks for itself, and what every system sets is there.
            let is_there = placed.variable(around, name).is_some() || is_guarded(name) || name == "USER";
            if is_there
                || placed.sets(name)
                || is_told(name, around)
                || said.iter().any(|known| known == name)
            {
                continue;
            }
            said.push(name.to_owned());
            let message = format!("the page never says that the variable `{name}` is to be set");
            let problem = Problem::new(Code::UntoldVariable, span, message);
            problems.push(problem.help(format!("say it, or show it: `export {name}=…`")));
        }
    }
}

/// A variable that a text holds and its client does not fill in: its form and its name.
pub(super) fn literal<'t>(placed: &Placed<'_>, text: &'t str) -> Option<(VariableForm, &'t str)> {
    let own = &placed.client.variables;
    let is_filled = |name: &str| own.iter().any(|form| form.names(text).contains(&name) && form.takes(name));
    FORMS.into_iter().filter_map(VariableForm::parse).find_map(|form| {
        let name = form.names(text).into_iter().find(|name| !is_filled(name))?;
        Some((form, name))
    })
}

fn unfilled(placed: &Placed<'_>, node: &Node, written: &str, name: &str) -> Problem {
    let title = format!("{} {}", placed.client.title, placed.client.version);
    let message = format!("`{written}` is sent as it stands");
    let problem = Problem::new(Code::LiteralVariable, node.span, message);
    let capitals = name.to_uppercase();
    match placed.client.variables.first() {
        Some(own) if own.takes(name) => {
            problem.label(format!("no variable to {title}")).help(format!("write `{}`", own.written(name)))
        }
        Some(own) => problem
            .label(format!("{title} fills in names in capitals alone"))
            .help(format!("write `{}`", own.written(&capitals))),
        None => problem
            .label(format!("{title} fills no variable in"))
            .help("name the variable in a key that takes one, or let the reader write the value"),
    }
}

/// The values that are sent: addresses, credentials and headers.
fn sent<'a>(placed: &'a Placed<'_>) -> Vec<&'a Node> {
    let mut found = Vec::new();
    for rule in &placed.client.endpoints {
        for (_, endpoint) in rule.each.iter().flat_map(|each| each.select(&placed.whole)) {
            let at = |selector: &Option<Selector>| {
                selector.iter().flat_map(|selector| selector.select(endpoint)).map(|(_, node)| node).collect()
            };
            let plain: Vec<&Node> = at(&rule.base_url);
            let headers: Vec<&Node> = at(&rule.headers);
            found.extend(plain);
            found.extend(at(&rule.credential));
            found.extend(headers.into_iter().flat_map(Node::members).map(|member| &member.value));
        }
    }
    found
}

/// All texts of a value, with their places.
fn texts(node: &Node) -> Vec<(&str, Span)> {
    let mut found = Vec::new();
    let mut open = vec![node];
    while let Some(node) = open.pop() {
        if let Value::String(text) = &node.value {
            found.push((text.as_str(), node.span));
        }
        open.extend(node.elements());
        open.extend(node.members().iter().map(|member| &member.value));
    }
    found.sort_by_key(|(_, span)| *span);
    found
}

/// Whether the page names a variable where it is not read: in a sentence, a command or a file of variables.
fn is_told(name: &str, around: &Surroundings<'_>) -> bool {
    let text = around.page.source.text();
    let is_part =
        |letter: Option<char>| letter.is_some_and(|letter| letter.is_alphanumeric() || letter == '_');
    text.match_indices(name).any(|(at, _)| {
        let (before, after) = text.split_at_checked(at).unwrap_or_default();
        let after = after.get(name.len()..).unwrap_or_default();
        let is_read = ["$", "${", "{env:", "os.environ/", "secrets.", "inputs."];
        !is_part(before.chars().next_back())
            && !is_part(after.chars().next())
            && !is_read.iter().any(|sign| before.ends_with(sign))
    })
}
