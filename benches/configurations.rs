//! What the data of a manual costs: all its data fences read, and held against the schema of a client, after that is compiled.
//!
//! `cargo bench --bench configurations` reads the folder that `PROOFPRESS_MANUAL` names, else `target/foreign/openclaw`,
//! which `scripts/foreign-manuals.sh` fetches, and uses the schema of `OpenClaw`. `benches/README.md` has figures.

#![expect(
    clippy::disallowed_methods,
    reason = "a benchmark is asked for by its environment, and reads what the system counts"
)]
#![expect(clippy::print_stdout, reason = "a benchmark reports")]

use std::path::PathBuf;
use std::process::ExitCode;

use proofpress::data::schema::Completeness;
use proofpress::data::{self, Document, Path, Syntax};
use proofpress::examples::clients::{Clients, Mentions};
use proofpress::page::Fence;
use proofpress::site::{self, SitePage};

/// Where the manual stands that nobody names.
const MANUAL: &str = "target/foreign/openclaw";

/// So often the fences are gone through; the mean of one run is told, for the clock counts hundredths of a second.
const RUNS: u32 = 20;

/// Ticks of the clock in which Linux counts the time of processes, a second.
const TICKS: f64 = 100.0;

fn main() -> ExitCode {
    let manual = std::env::var_os("PROOFPRESS_MANUAL").map_or_else(|| PathBuf::from(MANUAL), PathBuf::from);
    let Some(site) = manual.is_dir().then(|| site::load(&manual).ok()).flatten() else {
        println!(
            "SKIPPED: there is no manual in {}; scripts/foreign-manuals.sh fetches one",
            manual.display()
        );
        return ExitCode::SUCCESS;
    };
    let (clients, _) = Clients::of(&site);
    let Some(openclaw) = clients.named("openclaw") else { return ExitCode::FAILURE };
    let before = seconds();
    let Ok(schema) = clients.schema(openclaw) else { return ExitCode::FAILURE };
    println!(
        "{:<44} {:>8.0} ms of CPU, once",
        "compile the schema of OpenClaw",
        1000.0 * (seconds() - before)
    );
    let lenient =
        |syntax| if matches!(syntax, Syntax::Json | Syntax::Jsonc) { Syntax::Json5 } else { syntax };
    let of_page = |page: &'_ SitePage| {
        let mentions = clients.mentioned(&page.page.source.text().to_lowercase());
        let read = |fence: &'_ Fence| {
            Some((fence.clone(), lenient(Syntax::named(&fence.language)?), mentions.clone()))
        };
        page.page.fences.iter().filter_map(read).collect::<Vec<_>>()
    };
    let fences: Vec<(Fence, Syntax, Mentions)> = site.pages.iter().flat_map(of_page).collect();
    let bytes: usize = fences.iter().map(|(fence, ..)| fence.body.text().len()).sum();
    let read = |(fence, syntax, _): &(Fence, Syntax, Mentions)| {
        data::parse(fence.body.text(), *syntax).into_parts().0
    };
    let reading = mean(|| fences.iter().map(read).filter(|document| document.sketch).count());
    println!(
        "{:<44} {reading:>8.1} ms of CPU",
        format!("read {} data fences ({} kB)", fences.len(), bytes / 1000)
    );
    let documents: Vec<Document> = fences.iter().map(read).collect();
    let is_its = |((fence, syntax, mentions), document): &(&(Fence, Syntax, Mentions), &Document)| {
        clients
            .recognise(fence, *syntax, document, mentions)
            .is_some_and(|client| client.name == openclaw.name)
    };
    let recognising = mean(|| fences.iter().zip(&documents).filter(is_its).count());
    println!("{:<44} {recognising:>8.1} ms of CPU", "tell whose they are");
    let its: Vec<&Document> =
        fences.iter().zip(&documents).filter(is_its).map(|(_, document)| document).collect();
    let check =
        |document: &&Document| schema.check(&document.root, &Path::default(), completeness(document)).len();
    let checking = mean(|| its.iter().map(check).sum());
    println!(
        "{:<44} {checking:>8.1} ms of CPU",
        format!("hold {} of OpenClaw against its schema", its.len())
    );
    ExitCode::SUCCESS
}

fn completeness(document: &Document) -> Completeness {
    if document.fragment || document.sketch { Completeness::Fragment } else { Completeness::Whole }
}

/// Milliseconds of CPU of one run.
fn mean(mut run: impl FnMut() -> usize) -> f64 {
    let before = seconds();
    for _ in 0..RUNS {
        std::hint::black_box(run());
    }
    1000.0 * (seconds() - before) / f64::from(RUNS)
}

/// What this process has cost so far, as Linux counts it; zero elsewhere.
fn seconds() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    // The name of the program, in brackets, may hold blanks.
    let fields = stat.rsplit_once(')').map(|(_, rest)| rest.split_whitespace());
    let ticks = fields.into_iter().flatten().skip(11).take(2).filter_map(|field| field.parse::<f64>().ok());
    ticks.sum::<f64>() / TICKS
}
