//! What the data of a manual costs: all its data fences read, and held against the schema of a client, after that is compiled.
//!
//! `cargo bench --bench configurations` reads the folder that `PROOFPRESS_MANUAL` names, else `target/foreign/openclaw`,
//! which `scripts/foreign-manuals.sh` fetches, and uses the schema of OpenClaw. `benches/README.md` has figures.

#![expect(
    clippy::disallowed_methods,
    reason = "a benchmark is asked for by its environment, and reads what the system counts"
)]
#![expect(clippy::print_stdout, reason = "a benchmark reports")]

use std::path::PathBuf;
use std::process::ExitCode;

use proofpress::data::schema::{Completeness, Schema};
use proofpress::data::{self, Path, Syntax};
use proofpress::site;

/// Where the manual stands that nobody names.
const MANUAL: &str = "target/foreign/openclaw";

/// The schema as `openclaw config schema` prints it.
const SCHEMA: &str = include_str!("../src/examples/clients/openclaw.schema.json");

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
    let fences = site.pages.iter().flat_map(|page| &page.page.fences);
    let lenient =
        |syntax| if matches!(syntax, Syntax::Json | Syntax::Jsonc) { Syntax::Json5 } else { syntax };
    let texts: Vec<(&str, Syntax)> = fences
        .filter_map(|fence| Some((fence.body.text(), lenient(Syntax::named(&fence.language)?))))
        .collect();
    let before = seconds();
    let compiled = serde_json::from_str(SCHEMA).ok().and_then(|schema| Schema::compile(&schema).ok());
    let Some((schema, _)) = compiled else { return ExitCode::FAILURE };
    println!(
        "{:<44} {:>8.0} ms of CPU, once",
        "compile the schema of OpenClaw",
        1000.0 * (seconds() - before)
    );
    // The first value makes what all share.
    let _warm = schema.check(
        &data::parse("{}", Syntax::Json5).into_parts().0.root,
        &Path::default(),
        Completeness::Whole,
    );
    let read = |(text, syntax): &(&str, Syntax)| data::parse(text, *syntax).into_parts().0;
    let documents: Vec<_> = texts.iter().map(read).collect();
    let bytes: usize = texts.iter().map(|(text, _)| text.len()).sum();
    let reading = mean(|| texts.iter().map(read).filter(|document| document.sketch).count());
    println!(
        "{:<44} {reading:>8.1} ms of CPU",
        format!("read {} data fences ({} kB)", texts.len(), bytes / 1000)
    );
    let is_one = |document: &&data::Document| !document.fragment && !document.root.members().is_empty();
    let whole: Vec<_> = documents.iter().filter(is_one).collect();
    let check = |document: &&data::Document| {
        schema.check(&document.root, &Path::default(), Completeness::Fragment).len()
    };
    let checking = mean(|| whole.iter().map(check).sum());
    println!(
        "{:<44} {checking:>8.1} ms of CPU",
        format!("hold {} documents against the schema", whole.len())
    );
    ExitCode::SUCCESS
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
