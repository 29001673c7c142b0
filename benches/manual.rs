//! What a large manual costs: CPU seconds, pages per CPU second and peak memory of each stage, cold.
//!
//! `cargo bench --bench manual` reads the folder that `PROOFPRESS_MANUAL` names, else `target/foreign/openclaw`, which
//! `scripts/foreign-manuals.sh` fetches. Every stage is a process of its own, so that none finds the memory or the caches of
//! another. `benches/README.md` has figures.

#![expect(
    clippy::disallowed_methods,
    reason = "a benchmark is asked for by its environment, and reads what the system counts"
)]
#![expect(clippy::print_stdout, reason = "a benchmark reports")]

use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};
use std::time::Duration;

use proofpress::examples::Verdicts;
use proofpress::render;
use proofpress::render::output::Staging;
use proofpress::site;

/// Where the manual stands that nobody names.
const MANUAL: &str = "target/foreign/openclaw";

/// So often each stage is run; the median is told.
const RUNS: usize = 5;

/// The stages, each with what it does.
const STAGES: [(&str, &str); 5] = [
    (FLOOR, "pulldown-cmark alone: read, parse, HTML, write; what this machine can do"),
    ("parse", "read and parse all pages"),
    ("render", "… and render them"),
    ("write", "… and write them"),
    (WHOLE, "`proofpress build`, examples and links verified"),
];

/// The stage that has nothing of ours, by which the figures of two machines can be compared.
const FLOOR: &str = "floor";

/// The stage that is the program itself; what it finds wrong is no trouble of ours.
const WHOLE: &str = "whole";

/// How long a run waits: ext4 looks for a while at the places of files that were just deleted, those of the run before.
const REST: Duration = Duration::from_secs(7);

/// Ticks of the clock in which Linux counts the time of processes, a second.
const TICKS: f64 = 100.0;

/// What a process has cost so far.
struct Cost {
    cpu: f64,
    /// In MiB.
    peak: f64,
}

fn main() -> ExitCode {
    let first = std::env::args().nth(1).unwrap_or_default();
    match first.strip_prefix("stage=") {
        Some(stage) => run(stage),
        None if first == "build" => {
            let ended = proofpress::cli::main();
            tell();
            ended
        }
        None => compare(),
    }
}

/// Runs all stages and reports.
fn compare() -> ExitCode {
    let manual = std::env::var_os("PROOFPRESS_MANUAL").map_or_else(|| PathBuf::from(MANUAL), PathBuf::from);
    if !manual.is_dir() {
        println!(
            "SKIPPED: there is no manual in {}; scripts/foreign-manuals.sh fetches one",
            manual.display()
        );
        return ExitCode::SUCCESS;
    }
    let pages = site::load(&manual).map_or(0, |site| site.pages.len());
    println!("{} with {pages} pages, median of {RUNS} runs", manual.display());
    println!("{:<8} {:>8} {:>12} {:>9}", "stage", "CPU s", "pages/CPU s", "peak MiB");
    for (stage, what) in STAGES {
        let run = |_| {
            std::thread::sleep(REST);
            measured(stage, &manual)
        };
        let mut costs: Vec<Cost> = (0..RUNS).filter_map(run).collect();
        costs.sort_by(|one, other| one.cpu.total_cmp(&other.cpu));
        let Some(cost) = costs.get(costs.len() / 2) else {
            println!("{stage}: could not be run");
            return ExitCode::FAILURE;
        };
        let rate = f64::from(u32::try_from(pages).unwrap_or(u32::MAX)) / cost.cpu.max(1.0 / TICKS);
        println!("{stage:<8} {:>8.2} {rate:>12.0} {:>9.0}  {what}", cost.cpu, cost.peak);
    }
    ExitCode::SUCCESS
}

/// Runs a stage in a process of its own, which tells its cost on its last line.
fn measured(stage: &str, manual: &Path) -> Option<Cost> {
    let program = std::env::current_exe().ok()?;
    let scratch = tempfile::tempdir().ok()?;
    let mut command = Command::new(program);
    if stage == WHOLE {
        command.args(["build", "--quiet", "--allow-failures", "--root"]).arg(manual);
        command.arg("--output").arg(scratch.path().join("site"));
    } else {
        command.arg(format!("stage={stage}")).arg(manual);
    }
    let output = command.output().ok()?;
    let said = String::from_utf8_lossy(&output.stdout);
    let (cpu, peak) = said.lines().last()?.strip_prefix("cost ")?.split_once(' ')?;
    Some(Cost { cpu: cpu.parse().ok()?, peak: peak.parse().ok()? })
}

/// One stage on the manual that is named behind it.
fn run(stage: &str) -> ExitCode {
    let Some(manual) = std::env::args_os().nth(2).map(PathBuf::from) else { return ExitCode::FAILURE };
    let Ok(scratch) = tempfile::tempdir() else { return ExitCode::FAILURE };
    let is_done = match stage {
        FLOOR => floor(&manual, scratch.path()).is_ok(),
        "parse" => site::load(&manual).is_ok(),
        "render" => rendered(&manual, &|_| Ok(())),
        _ => Staging::new(&scratch.path().join("site"))
            .is_ok_and(|staging| rendered(&manual, &|file| staging.write(&file))),
    };
    if !is_done {
        return ExitCode::FAILURE;
    }
    tell();
    ExitCode::SUCCESS
}

/// Each file of Markdown in the folder as HTML in `into`, without a thought.
fn floor(manual: &Path, into: &Path) -> std::io::Result<()> {
    let entries = walkdir::WalkDir::new(manual).into_iter().filter_map(Result::ok);
    let pages = entries.filter(|entry| entry.path().extension().is_some_and(|ending| ending == "md"));
    for (index, entry) in pages.enumerate() {
        let text = std::fs::read_to_string(entry.path())?;
        let mut html = String::with_capacity(2 * text.len());
        let parser = pulldown_cmark::Parser::new_ext(&text, pulldown_cmark::Options::all());
        pulldown_cmark::html::push_html(&mut html, parser);
        std::fs::write(into.join(format!("{index}.html")), html)?;
    }
    Ok(())
}

/// Writes the line that [`measured`] reads.
fn tell() {
    if let Some(Cost { cpu, peak }) = cost() {
        println!("cost {cpu} {peak}");
    }
}

fn rendered(manual: &Path, sink: &render::Sink<'_>) -> bool {
    site::load(manual).is_ok_and(|site| render::build(&site, &Verdicts::default(), sink).is_ok())
}

/// What this process and those that it waited for have cost, as Linux counts it; none elsewhere.
fn cost() -> Option<Cost> {
    let stat = std::fs::read_to_string("/proc/self/stat").ok()?;
    // The name of the program, in brackets, may hold blanks.
    let fields: Vec<&str> = stat.rsplit_once(')')?.1.split_whitespace().collect();
    let ticks = fields.get(11..15)?.iter().filter_map(|field| field.parse::<u32>().ok()).sum::<u32>();
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    let kilobytes: u32 = line.split_whitespace().next()?.parse().ok()?;
    Some(Cost { cpu: f64::from(ticks) / TICKS, peak: f64::from(kilobytes) / 1024.0 })
}
