//! Mistakes, one at a time, put into configurations that are right.

#![expect(clippy::string_slice, reason = "the spans are those of the text")]

use proofpress::data::{self, Member, Node, Path, Step, Syntax, Value};

/// A kind of mistake.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Mistake {
    MisspeltKey,
    MisplacedKey,
    RetiredKey,
    DuplicateKey,
    WrongType,
    WrongValue,
    MissingKey,
    MissingComma,
    WrongNesting,
    UnknownProvider,
}

impl Mistake {
    pub(crate) const ALL: [Self; 10] = [
        Self::MisspeltKey,
        Self::MisplacedKey,
        Self::RetiredKey,
        Self::DuplicateKey,
        Self::WrongType,
        Self::WrongValue,
        Self::MissingKey,
        Self::MissingComma,
        Self::WrongNesting,
        Self::UnknownProvider,
    ];
}

/// Keys that older versions read, with the object that they stood in; from the manual's page on migrations.
const RETIRED: [(&str, &str); 16] = [
    ("", "agent: { model: \"openai/gpt-5.4\" }"),
    ("", "defaultModel: \"openai/gpt-5.4\""),
    ("", "heartbeat: { every: \"30m\" }"),
    ("", "memorySearch: { enabled: true }"),
    ("", "audit: { enabled: true }"),
    ("", "media: {}"),
    ("", "routing: { allowFrom: [] }"),
    ("agents", "list: [{ id: \"main\" }]"),
    ("agents.defaults", "llm: { idleTimeoutSeconds: 5 }"),
    ("agents.defaults", "memorySearch: { enabled: true }"),
    ("agents.defaults", "pdfMaxBytesMb: 5"),
    ("agents.defaults", "contextTokens: 1000"),
    ("tools.exec", "timeoutSec: 5"),
    ("cron", "failureDestination: { mode: \"announce\" }"),
    ("env", "OPENAI_API_KEY: \"x\""),
    ("gateway.nodes", "allowCommands: []"),
];

/// Numbers that depend on the seed alone.
pub(crate) struct Numbers(u64);

impl Numbers {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1)
    }

    /// A number below `end`; zero where that is zero.
    fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        let end = u64::try_from(end).expect("a number of things fits");
        usize::try_from(self.0.checked_rem(end).unwrap_or_default()).expect("it is below one that fits")
    }

    fn one_of<'a, T>(&mut self, things: &'a [T]) -> Option<&'a T> {
        things.get(self.below(things.len()))
    }
}

/// A member with the way to the object that holds it.
struct Found<'a> {
    owner: Path,
    object: &'a Node,
    member: &'a Member,
}

/// The text with one mistake of this kind; none where the text has no place for it.
pub(crate) fn with(text: &str, mistake: Mistake, numbers: &mut Numbers) -> Option<String> {
    let (document, _) = data::parse(text, Syntax::Json5).into_parts();
    let root = &document.root;
    let mut members = Vec::new();
    collect(root, &Path::default(), &mut members);
    match mistake {
        Mistake::MisspeltKey => {
            let member = numbers.one_of(&members)?.member;
            let key = misspelt(&member.key, numbers)?;
            Some(replaced(text, member.key_span.range(), &quoted(&key)))
        }
        Mistake::MisplacedKey => misplaced(text, root, deep(&members, numbers)?),
        Mistake::RetiredKey => retired(text, root, numbers),
        Mistake::DuplicateKey => {
            let member = numbers.one_of(&members)?.member;
            Some(inserted(text, member.key_span.range().start, &format!("{}, ", written(text, member))))
        }
        Mistake::WrongType => {
            let node = &numbers.one_of(&members)?.member.value;
            Some(replaced(text, node.span.range(), numbers.one_of(of_other_types(&node.value))?))
        }
        Mistake::WrongValue => {
            let is_plain = |value: &Value| matches!(value, Value::String(_) | Value::Number(_));
            let scalars = values(&members, is_plain);
            let node = numbers.one_of(&scalars)?;
            let wrong: [&str; 3] = match &node.value {
                Value::Number(_) => ["-1", "0.5", "99999999999"],
                _ => ["\"no such value\"", "\"\"", "\"5 parsecs\""],
            };
            Some(replaced(text, node.span.range(), numbers.one_of(&wrong)?))
        }
        Mistake::MissingKey => Some(removed(text, deep(&members, numbers)?.member)),
        Mistake::MissingComma => {
            let divided: Vec<usize> = members.iter().filter_map(|found| comma(text, found)).collect();
            let at = *numbers.one_of(&divided)?;
            Some(replaced(text, at..at + 1, ""))
        }
        Mistake::WrongNesting => {
            let node = &numbers.one_of(&members)?.member.value;
            let inner = &text[node.span.range()];
            let wrapped = [format!("[{inner}]"), format!("{{ value: {inner} }}")];
            Some(replaced(text, node.span.range(), numbers.one_of(&wrapped)?))
        }
        Mistake::UnknownProvider => {
            let is_one = |value: &Value| matches!(value, Value::String(text) if is_reference(text));
            let references = values(&members, is_one);
            let node = numbers.one_of(&references)?;
            let (_, model) = node.as_str()?.split_once('/')?;
            Some(replaced(text, node.span.range(), &quoted(&format!("nosuchprovider/{model}"))))
        }
    }
}

/// A member one object too far out.
fn misplaced(text: &str, root: &Node, found: &Found<'_>) -> Option<String> {
    let above = Path(found.owner.0.split_last()?.1.to_vec());
    let start = object_start(root.at(&above)?)?;
    let without = removed(text, found.member);
    Some(inserted(&without, start, &format!(" {},", written(text, found.member))))
}

/// A key that older versions read, in an object that is there.
fn retired(text: &str, root: &Node, numbers: &mut Numbers) -> Option<String> {
    let place = |(owner, retired): &(&str, &'static str)| {
        let path = owner.split('.').filter(|key| !key.is_empty());
        let path = Path(path.map(|key| Step::Key(key.to_owned())).collect());
        Some((object_start(root.at(&path)?)?, *retired))
    };
    let fitting: Vec<_> = RETIRED.iter().filter_map(place).collect();
    let (start, retired) = numbers.one_of(&fitting)?;
    Some(inserted(text, *start, &format!(" {retired},")))
}

fn of_other_types(value: &Value) -> &'static [&'static str] {
    match value {
        Value::String(_) => &["42", "true", "{}", "[1]"],
        Value::Number(_) => &["\"many\"", "true", "[]"],
        Value::Bool(_) => &["\"maybe\"", "1", "null"],
        Value::Array(_) => &["{}", "7", "\"text\""],
        Value::Object(_) => &["[]", "\"text\"", "7", "true"],
        Value::Null | Value::Elided => &[],
    }
}

/// A member as it stands in the text.
fn written<'a>(text: &'a str, member: &Member) -> &'a str {
    &text[member.key_span.range().start..member.value.span.range().end]
}

fn is_reference(text: &str) -> bool {
    let letters = |part: &str| {
        !part.is_empty() && part.chars().all(|letter| letter.is_alphanumeric() || "-._:".contains(letter))
    };
    text.split_once('/').is_some_and(|(provider, model)| letters(provider) && letters(model))
}

fn values<'a>(members: &[Found<'a>], wanted: impl Fn(&Value) -> bool) -> Vec<&'a Node> {
    members.iter().map(|found| &found.member.value).filter(|node| wanted(&node.value)).collect()
}

/// A member that does not stand at the top.
fn deep<'a, 'b>(members: &'b [Found<'a>], numbers: &mut Numbers) -> Option<&'b Found<'a>> {
    let deep: Vec<&Found<'a>> = members.iter().filter(|found| !found.owner.0.is_empty()).collect();
    numbers.one_of(&deep).copied()
}

fn collect<'a>(node: &'a Node, path: &Path, found: &mut Vec<Found<'a>>) {
    let below = |step: Step| Path(path.0.iter().cloned().chain([step]).collect());
    for member in node.members() {
        found.push(Found { owner: path.clone(), object: node, member });
        collect(&member.value, &below(Step::Key(member.key.clone())), found);
    }
    for (index, element) in node.elements().iter().enumerate() {
        collect(element, &below(Step::Index(index)), found);
    }
}

fn misspelt(key: &str, numbers: &mut Numbers) -> Option<String> {
    let letters: Vec<char> = key.chars().collect();
    let at = numbers.below(letters.len());
    let letter = *letters.get(at)?;
    let (before, after): (String, String) =
        (letters.iter().take(at).collect(), letters.iter().skip(at + 1).collect());
    Some(match numbers.below(3) {
        0 if letters.len() > 1 => format!("{before}{after}"),
        1 => format!("{before}{letter}{letter}{after}"),
        _ => format!("{before}{}{after}", if letter == 'x' { 'q' } else { 'x' }),
    })
}

fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

fn replaced(text: &str, range: std::ops::Range<usize>, new: &str) -> String {
    format!("{}{new}{}", &text[..range.start], &text[range.end..])
}

fn inserted(text: &str, at: usize, new: &str) -> String {
    replaced(text, at..at, new)
}

/// The place behind the opening brace of an object.
fn object_start(node: &Node) -> Option<usize> {
    matches!(node.value, Value::Object(_)).then(|| node.span.range().start + 1)
}

/// The text without a member, and without the comma behind it.
fn removed(text: &str, member: &Member) -> String {
    let end = member.value.span.range().end;
    let rest = &text[end..];
    let blank = rest.len() - rest.trim_start().len();
    let end = if rest.trim_start().starts_with(',') { end + blank + 1 } else { end };
    replaced(text, member.key_span.range().start..end, "")
}

/// The comma between a member and the next one.
fn comma(text: &str, found: &Found<'_>) -> Option<usize> {
    let end = found.member.value.span.range().end;
    let is_last = found.object.members().last().is_some_and(|last| last.key_span == found.member.key_span);
    (!is_last && text[end..].starts_with(',')).then_some(end)
}
