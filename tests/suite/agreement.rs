//! Our verdicts on configurations of OpenClaw, held against those of the program itself.

use std::collections::{BTreeMap, HashMap};
use std::path::Path;
use std::sync::OnceLock;

use proofpress::data::{self, Document, Syntax};
use proofpress::diagnostics::Diagnostic;
use proofpress::examples::{Kind, Options, Outcome, Verifier};
use proofpress::gateway::Mode;
use proofpress::page::Page;
use proofpress::site;
use proofpress::source::Source;

use crate::judges::foreign;
use crate::judges::mutations::{self, Mistake, Numbers};
use crate::judges::openclaw::{self, Ruling};

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

#[test]
fn the_manual() {
    let Some(examples) = manual() else { return };
    let mut out = String::new();
    for example in examples {
        let ruling = &example.ruling;
        let ours: Vec<_> = example.outcome.diagnostics.iter().filter(|d| d.is_error()).collect();
        let kind = example.outcome.kind.clone();
        out.push_str(&serde_json::json!({
            "place": example.place, "kind": format!("{kind:?}"), "text": example.text,
            "fragment": example.document.fragment, "sketch": example.document.sketch,
            "valid": ruling.valid, "issues": ruling.issues.iter().map(|i| format!("{}: {}", i.path, i.message)).collect::<Vec<_>>(),
            "ours": ours.iter().map(|d| format!("{} {}", d.problem.code.as_str(), d.problem.message)).collect::<Vec<_>>(),
        }).to_string());
        out.push('\n');
    }
    std::fs::write("/tmp/agreement.jsonl", out).unwrap();
}

/// The first of the seeds.
const SEED: u64 = 4;

/// How many mistakes are put into each configuration.
const ROUNDS: usize = 2;

#[test]
fn mistakes() {
    let (Some(examples), Some(judge)) = (manual(), openclaw::folder()) else { return };
    let mut texts: Vec<&str> = Vec::new();
    for example in examples.iter().filter(|example| example.ruling.valid && example.is_configuration()) {
        if !texts.contains(&example.text.as_str()) {
            texts.push(&example.text);
        }
    }
    let mut wrong: Vec<(Mistake, String)> = Vec::new();
    let rounds = std::env::var("ROUNDS").ok().and_then(|r| r.parse().ok()).unwrap_or(ROUNDS);
    let seed: u64 = std::env::var("SEED").ok().and_then(|r| r.parse().ok()).unwrap_or(SEED);
    for (index, text) in texts.iter().enumerate() {
        let mut numbers = Numbers::new(seed + index as u64);
        for round in 0..rounds {
            let first = (index * rounds + round) % Mistake::ALL.len();
            let kinds = Mistake::ALL.iter().cycle().skip(first).take(Mistake::ALL.len());
            let found = kinds.into_iter().find_map(|kind| Some((*kind, mutations::with(text, *kind, &mut numbers)?)));
            wrong.extend(found);
        }
    }
    let texts: Vec<String> = wrong.iter().map(|(_, text)| text.clone()).collect();
    let rulings = openclaw::rule(&judge, &texts);
    let ours = ours(&texts);
    let mut out = String::new();
    for (((kind, text), ruling), ours) in wrong.iter().zip(&rulings).zip(&ours) {
        out.push_str(&serde_json::json!({
            "mistake": format!("{kind:?}"), "text": text, "valid": ruling.valid,
            "issues": ruling.issues.iter().map(|i| format!("{}: {}", i.path, i.message)).collect::<Vec<_>>(),
            "ours": ours.iter().filter(|d| d.is_error()).map(|d| format!("{} {}", d.problem.code.as_str(), d.problem.message)).collect::<Vec<_>>(),
            "warnings": ours.iter().filter(|d| !d.is_error()).map(|d| format!("{} {}", d.problem.code.as_str(), d.problem.message)).collect::<Vec<_>>(),
        }).to_string());
        out.push('\n');
    }
    std::fs::write("/tmp/mutations.jsonl", out).unwrap();
}

impl Example {
    fn is_configuration(&self) -> bool {
        matches!(&self.outcome.kind, Some(Kind::Config(client)) if client == "openclaw")
    }
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
    let fences: Vec<_> = pages.iter().flat_map(|page| &page.fences).zip(outcomes.into_iter().flatten()).collect();
    // The manual has most pages twice.
    let mut texts: Vec<String> = fences.iter().map(|(fence, _)| fence.body.text().to_owned()).collect();
    texts.sort();
    texts.dedup();
    let rulings: HashMap<&str, Ruling> = texts.iter().map(String::as_str).zip(openclaw::rule(judge, &texts)).collect();
    let example = |(fence, outcome): (&proofpress::page::Fence, Outcome)| {
        let text = fence.body.text().to_owned();
        let (document, _) = data::parse(&text, Syntax::Json5).into_parts();
        let ruling = rulings[text.as_str()].clone();
        Example { place: format!("{}:{}", outcome.file, outcome.line), text, document, outcome, ruling }
    };
    fences.into_iter().map(example).collect()
}

/// What we say of each text, on a page of its own.
fn ours(texts: &[String]) -> Vec<Vec<Diagnostic>> {
    let page = |text: &String| {
        Page::parse(Source::new("page.md", format!("````````json5 client=openclaw no_run\n{text}\n````````\n")))
    };
    let pages: Vec<Page> = texts.iter().map(page).collect();
    let pages: Vec<&Page> = pages.iter().collect();
    let outcomes = verifier().verify(&pages, &|_| ()).expect("they are verified");
    outcomes.into_iter().map(|page| page.into_iter().flat_map(|outcome| outcome.diagnostics).collect()).collect()
}

fn verifier() -> Verifier {
    let folder = tempfile::tempdir().expect("a scratch folder can be made");
    std::fs::write(folder.path().join("a.md"), "").unwrap();
    let site = site::load_folder(&[folder.path().to_owned()]).expect("it can be read");
    let options = Options { mode: Mode::Mock, environment: BTreeMap::new(), parallel: 2, confiner: None };
    let (verifier, diagnostics) = Verifier::start(&site, options).expect("the mock starts");
    assert!(diagnostics.is_empty());
    verifier
}
