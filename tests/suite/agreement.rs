//! Our verdicts on configurations of `OpenClaw`, held against those of the program itself: on what its manual shows, and on what
//! is left of that when one mistake is put into it.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::OnceLock;

use proofpress::data::{self, Document, Syntax};
use proofpress::diagnostics::Diagnostic;
use proofpress::examples::{Cap, Kind, Options, Outcome, Verifier};
use proofpress::gateway::Mode;
use proofpress::gateway::faults::Clock;
use proofpress::page::{Fence, Page};
use proofpress::site;
use proofpress::source::Source;

use crate::judges::foreign::{self, tell};
use crate::judges::mutations::{self, Mistake, Numbers};
use crate::judges::openclaw::{self, Issue, Ruling};

/// A fence of the manual that may hold a configuration.
struct Example {
    /// `channels/telegram.md:41`.
    place: String,
    text: String,
    document: Document,
    /// What we say.
    outcome: Outcome,
    /// What the program says.
    ruling: Ruling,
}

/// Configurations of the manual on which we and the program differ, by their text, with the reason. Five at most.
const DIFFERENCES: [(&str, &str); 0] = [];

/// What the program takes for a configuration, and we for none, by its text, with the reason.
const NOT_RECOGNISED: [(&str, &str); 1] = [("{}\n", "an empty object is anything")];

#[test]
fn the_manual() {
    let Some(examples) = manual() else { return };
    let ours: Vec<&Example> = examples.iter().filter(|example| example.is_configuration()).collect();
    let (mut accepted, mut refused, mut wrong) = (0, 0, Vec::new());
    let mut skipped: BTreeMap<&str, usize> = BTreeMap::new();
    for example in &ours {
        match (example.ruling.valid, example.is_refused_by_us()) {
            (true, false) => accepted += 1,
            (false, true) => refused += 1,
            (true, true) => wrong.push(*example),
            (false, false) => match context(&example.document, &example.ruling) {
                Some(reason) => *skipped.entry(reason).or_default() += 1,
                None => wrong.push(*example),
            },
        }
    }
    // What the program takes for one counts, whatever we make of it; but for what the page itself says that it is no example.
    let (others, ignored): (Vec<&Example>, Vec<&Example>) = examples
        .iter()
        .filter(|example| !example.is_configuration() && example.is_taken_for_one())
        .partition(|example| example.outcome.kind.is_some());
    let lost: Vec<&Example> =
        others.into_iter().filter(|example| !is_known(&NOT_RECOGNISED, example)).collect();
    let skips: usize = skipped.values().sum();
    tell(&format!(
        "openclaw: {} fences of data, {} of them configurations: {accepted} taken by both, {refused} refused by both, \
         {skips} skipped, {} judged otherwise, {} not recognised, {} ignored by their pages",
        examples.len(),
        ours.len(),
        wrong.len(),
        lost.len(),
        ignored.len()
    ));
    for (reason, count) in skipped {
        tell(&format!("    {count:>4} skipped: {reason}"));
    }
    assert!(ours.len() > 1_000, "the manual has become small");
    assert!(DIFFERENCES.len() <= 5);
    let news: Vec<String> = wrong
        .iter()
        .filter(|example| !is_known(&DIFFERENCES, example))
        .map(|example| example.told())
        .collect();
    assert!(news.is_empty(), "{} configurations are judged otherwise:\n{}", news.len(), news.join("\n"));
    for (text, _) in DIFFERENCES {
        assert!(wrong.iter().any(|example| example.text == text), "named for a reason that is gone: {text}");
    }
    let lost: Vec<String> = lost.iter().map(|example| example.told()).collect();
    assert!(lost.is_empty(), "{} configurations are not recognised:\n{}", lost.len(), lost.join("\n"));
}

fn is_known(known: &[(&str, &str)], example: &Example) -> bool {
    known.iter().any(|(text, _)| *text == example.text)
}

/// The first of the seeds.
const SEED: u64 = 4;

/// How many mistakes are put into each configuration.
const ROUNDS: usize = 2;

#[test]
fn mistakes() {
    let (Some(examples), Some(judge)) = (manual(), openclaw::folder()) else { return };
    let wrong = with_mistakes(examples);
    assert!(wrong.len() >= 2_000, "only {} mistakes were made", wrong.len());
    let texts: Vec<String> = wrong.iter().map(|(_, text)| text.clone()).collect();
    let rulings = openclaw::rule(&judge, &texts);
    let mut figures: BTreeMap<Mistake, (usize, usize)> = BTreeMap::new();
    let (mut alarms, mut survivors, mut skipped) = (Vec::new(), Vec::new(), 0);
    for (((mistake, text), ruling), ours) in wrong.iter().zip(&rulings).zip(ours(&texts)) {
        let figures = figures.entry(*mistake).or_default();
        let errors: Vec<&Diagnostic> = ours.iter().filter(|diagnostic| diagnostic.is_error()).collect();
        match (ruling.valid, errors.first()) {
            (true, None) => figures.0 += 1,
            (false, Some(_)) => figures.1 += 1,
            (true, Some(error)) => alarms.push(format!("{mistake:?}: {}\n{text}", error.problem.message)),
            (false, None) => match context(&data::parse(text, Syntax::Json5).into_parts().0, ruling) {
                Some(_) => skipped += 1,
                None => survivors.push(format!("{mistake:?}: {}\n{text}", ruling.told())),
            },
        }
    }
    let taken: usize = figures.values().map(|figures| figures.0).sum();
    let refused: usize = figures.values().map(|figures| figures.1).sum();
    tell(&format!(
        "openclaw: {} mistakes: {refused} refused by both, {taken} taken by both, {skipped} skipped, {} false alarms, {} missed",
        wrong.len(),
        alarms.len(),
        survivors.len()
    ));
    for (mistake, (taken, refused)) in figures {
        tell(&format!("    {mistake:?}: {refused} refused, {taken} taken"));
    }
    let is_right = alarms.is_empty() && survivors.is_empty();
    assert!(is_right, "false alarms:\n{}\n\nmissed:\n{}", alarms.join("\n"), survivors.join("\n"));
}

/// Mistakes in the configurations that the program takes, a few in each.
fn with_mistakes(examples: &[Example]) -> Vec<(Mistake, String)> {
    let mut texts: Vec<&str> = Vec::new();
    for example in examples.iter().filter(|example| example.ruling.valid && example.is_configuration()) {
        if !texts.contains(&example.text.as_str()) {
            texts.push(&example.text);
        }
    }
    let mut wrong = Vec::new();
    for (seed, (index, text)) in (SEED..).zip(texts.iter().enumerate()) {
        let mut numbers = Numbers::new(seed);
        for round in 0..ROUNDS {
            // Each kind in its turn, or the next one that the text has a place for.
            let first = (index * ROUNDS + round) % Mistake::ALL.len();
            let kinds = Mistake::ALL.iter().cycle().skip(first).take(Mistake::ALL.len());
            let mut made =
                kinds.filter_map(|kind| Some((*kind, mutations::with(text, *kind, &mut numbers)?)));
            wrong.extend(made.next());
        }
    }
    wrong
}

impl Example {
    fn is_configuration(&self) -> bool {
        matches!(&self.outcome.kind, Some(Kind::Config(client)) if client == "openclaw")
    }

    fn is_refused_by_us(&self) -> bool {
        self.outcome.diagnostics.iter().any(Diagnostic::is_error)
    }

    /// Whether the program finds nothing wrong with its outermost keys.
    fn is_taken_for_one(&self) -> bool {
        self.ruling.valid || self.ruling.issues.iter().all(|issue| !issue.path.is_empty())
    }

    fn told(&self) -> String {
        let ours = self.outcome.diagnostics.iter().filter(|diagnostic| diagnostic.is_error());
        let ours: Vec<&str> = ours.map(|diagnostic| diagnostic.problem.message.as_str()).collect();
        format!("{}\n    ours   {}\n    theirs {}", self.place, ours.join("; "), self.ruling.told())
    }
}

/// What a program of its own adds that is not installed with the judge: channels of dist/channel-catalog.json, and a search.
const BY_PLUGINS: [&str; 6] = [
    "unknown channel id: openclaw-weixin",
    "unknown channel id: openclaw-zaloclawbot",
    "unknown channel id: qqbot",
    "unknown channel id: wecom",
    "unknown channel id: yuanbao",
    "unknown web_search provider: codex",
];

/// Why the program refuses a text, where no reason stands in the text itself; none where one does.
fn context(document: &Document, ruling: &Ruling) -> Option<&'static str> {
    let has_agents = document.root.get("agents").is_some_and(|agents| agents.get("entries").is_some());
    let reason = |Issue { path, message }: &Issue| {
        let says = |words: &str| message.contains(words);
        if BY_PLUGINS.contains(&message.as_str())
            || says("(install or enable plugin")
            || says("plugin not found: ")
        {
            Some("a plugin that is not installed")
        } else if says("Failed to read include file") {
            Some("a file that stands elsewhere")
        } else if says("is not readable: ") {
            Some("a command of another machine")
        } else if says("Unknown agent id") && !has_agents {
            Some("an agent that is declared elsewhere")
        } else if says("JSON5 parse failed") && document.sketch {
            Some("a sketch, which the program cannot read")
        } else if has_gap(path) || has_gap(message) || is_left_open(document, path) {
            Some("what the reader fills in")
        } else {
            None
        }
    };
    let reasons: Option<Vec<&str>> = ruling.issues.iter().map(reason).collect();
    reasons?.first().copied()
}

/// Whether a text has a place such as `<name>` that the reader fills in.
fn has_gap(text: &str) -> bool {
    text.contains('<') && text.contains('>')
}

/// Whether the reader is to replace the value at a path: it has a gap, or is a word in capitals, such as `YOUR_APPLICATION_ID`.
fn is_left_open(document: &Document, path: &str) -> bool {
    let node = path.split('.').try_fold(&document.root, |node, key| node.get(key));
    let is_capital = |letter: char| letter.is_ascii_uppercase() || matches!(letter, '_' | '-');
    let is_open = |text: &str| has_gap(text) || !text.is_empty() && text.chars().all(is_capital);
    node.and_then(data::Node::as_str).is_some_and(is_open)
}

/// The data fences of the manual with both verdicts; none where the manual or the judge is missing.
fn manual() -> Option<&'static [Example]> {
    static EXAMPLES: OnceLock<Option<Vec<Example>>> = OnceLock::new();
    let read = || Some(examples(&foreign::pages(&foreign::folder("openclaw")?), &openclaw::folder()?));
    EXAMPLES.get_or_init(read).as_deref()
}

/// The data fences of a manual, as they stand on its pages.
fn examples(pages: &[foreign::Text], judge: &Path) -> Vec<Example> {
    let mut parsed: Vec<Page> =
        pages.iter().map(|page| Page::parse(Source::new(page.path.clone(), page.text.clone()))).collect();
    for page in &mut parsed {
        page.fences.retain(|fence| matches!(fence.language.as_str(), "json" | "json5" | "jsonc"));
        for fence in &mut page.fences {
            fence.attributes.example.no_run = true;
        }
    }
    let pages: Vec<&Page> = parsed.iter().collect();
    let outcomes = verifier().verify(&pages, &|_| ()).expect("they are verified");
    let fences: Vec<_> =
        pages.iter().flat_map(|page| &page.fences).zip(outcomes.into_iter().flatten()).collect();
    let texts: Vec<String> = fences.iter().map(|(fence, _)| fence.body.text().to_owned()).collect();
    let rulings = openclaw::rule(judge, &texts);
    let example = |((fence, outcome), ruling): ((&Fence, Outcome), Ruling)| {
        let text = fence.body.text().to_owned();
        let (document, _) = data::parse(&text, Syntax::Json5).into_parts();
        Example { place: format!("{}:{}", outcome.file, outcome.line), text, document, outcome, ruling }
    };
    fences.into_iter().zip(rulings).map(example).collect()
}

/// What we say of each text, on a page of its own.
fn ours(texts: &[String]) -> Vec<Vec<Diagnostic>> {
    let page = |text: &String| {
        let fence = format!("````````json5 client=openclaw no_run\n{text}\n````````\n");
        Page::parse(Source::new("page.md", fence))
    };
    let pages: Vec<Page> = texts.iter().map(page).collect();
    let pages: Vec<&Page> = pages.iter().collect();
    let outcomes = verifier().verify(&pages, &|_| ()).expect("they are verified");
    let diagnostics = |page: Vec<Outcome>| page.into_iter().flat_map(|outcome| outcome.diagnostics).collect();
    outcomes.into_iter().map(diagnostics).collect()
}

/// The verifier of a site that says nothing itself.
fn verifier() -> Verifier {
    let folder = tempfile::tempdir().expect("a scratch folder can be made");
    std::fs::write(folder.path().join("page.md"), "").expect("it can be written");
    let site = site::load_folder(&[folder.path().to_owned()]).expect("it can be read");
    let options = Options {
        mode: Mode::Mock,
        environment: BTreeMap::new(),
        parallel: 2,
        cache: None,
        clock: Clock::default(),
        cap: Cap::default(),
    };
    let (verifier, diagnostics) = Verifier::start(&site, options).expect("the mock starts");
    assert!(diagnostics.is_empty());
    verifier
}
