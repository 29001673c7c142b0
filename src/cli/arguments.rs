//! What can be typed, as types.

use std::net::{IpAddr, Ipv4Addr};
use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};
use reqwest::Url;

use crate::gateway::Mode;
use crate::report::Warnings;
use crate::report::text::Detail;

const EXIT_CODES: &str = "\
Exit codes:
  0  nothing is wrong
  1  the documentation is wrong
  2  the call or the configuration is wrong
  3  the work could not be done (disk, port, a tool that is missing)";

/// Builds a documentation site from Markdown and runs the examples on its pages.
#[derive(Debug, Parser)]
#[command(name = "proofpress", version, after_help = EXIT_CODES)]
pub struct Arguments {
    /// Whether the output is coloured
    #[arg(long, global = true, value_enum, default_value_t, value_name = "WHEN")]
    pub color: Color,
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// The commands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Render the site and verify it; a site with a mistake does not replace the last good one
    Build(Build),
    /// Verify without rendering: the site, or any folder of Markdown
    Check(Check),
    /// Write the repairs that are certain back into the pages
    Fix(Fix),
    /// Verify against a live gateway, and keep the exchanges as recordings
    Record(Record),
    /// Show the site while it is written: each save is rendered, verified and reloaded
    Serve(Serve),
    /// Show every fence: its kind, what became of it, or why nothing tests it
    List(List),
    /// Run the mock gateway alone, for any client to be pointed at
    Gateway(Gateway),
    /// Say what a diagnostic means, with a wrong and a right example
    Explain(Explain),
}

/// When the output is coloured.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum Color {
    /// On a terminal, unless `NO_COLOR` is set.
    #[default]
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

/// The form of a report.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// For people.
    #[default]
    Text,
    /// One document for programs.
    Json,
}

/// What is denied.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Denied {
    /// Warnings.
    Warnings,
}

/// How the examples are verified; the same for all commands that do.
#[derive(Args, Debug)]
pub struct Verifying {
    /// The folder of the site
    #[arg(long, value_name = "FOLDER", default_value = ".")]
    pub root: PathBuf,
    /// Who answers the requests of the examples: `mock`, `live` (the real hosts), `replay` (recordings), or the base URL of a
    /// gateway
    #[arg(long, value_name = "mock|live|replay|URL", value_parser = mode)]
    pub gateway: Option<Mode>,
    /// What is sent to live gateways at most; what is left of the examples is skipped
    #[arg(long, value_name = "NUMBER")]
    pub max_requests: Option<u64>,
    /// How many tokens live gateways may use
    #[arg(long, value_name = "NUMBER")]
    pub max_tokens: Option<u64>,
    /// What live gateways may cost, by the prices in the settings
    #[arg(long, value_name = "AMOUNT")]
    pub max_cost: Option<f64>,
}

/// How the report is written; the same for all commands that verify and judge.
#[derive(Args, Debug)]
pub struct Reporting {
    /// The form of the report on standard output
    #[arg(long, value_enum, default_value_t, value_name = "FORMAT")]
    pub format: Format,
    /// What fails beside errors
    #[arg(long, value_enum, value_name = "WHAT")]
    pub deny: Option<Denied>,
    /// Accept what is wrong today: where FILE is not there, it is written; then only what is not in it fails
    #[arg(long, value_name = "FILE")]
    pub baseline: Option<PathBuf>,
    /// Take out of the baseline what is mended
    #[arg(long, requires = "baseline")]
    pub prune: bool,
    /// Leave out the figures
    #[arg(short, long, conflicts_with = "verbose")]
    pub quiet: bool,
    /// Show each skipped example with its place and reason
    #[arg(short, long)]
    pub verbose: bool,
}

impl Reporting {
    /// What warnings do.
    pub fn warnings(&self) -> Warnings {
        match self.deny {
            Some(Denied::Warnings) => Warnings::Denied,
            None => Warnings::Shown,
        }
    }

    /// How much is said of skipped examples.
    pub fn detail(&self) -> Detail {
        if self.verbose { Detail::Places } else { Detail::Reasons }
    }
}

/// The arguments of `build`.
#[derive(Args, Debug)]
#[command(after_help = EXIT_CODES)]
pub struct Build {
    /// How the examples are verified.
    #[command(flatten)]
    pub verifying: Verifying,
    /// How the report is written.
    #[command(flatten)]
    pub reporting: Reporting,
    /// The folder that the site is written to; `public` in the folder of the site by default
    #[arg(long, value_name = "FOLDER")]
    pub output: Option<PathBuf>,
    /// Publish although examples fail, which are marked on their pages, or links lead nowhere
    #[arg(long)]
    pub allow_failures: bool,
}

/// The arguments of `check`.
#[derive(Args, Debug)]
#[command(after_help = EXIT_CODES)]
pub struct Check {
    /// Markdown files, and folders of them; the site of `--root` where none is given
    #[arg(value_name = "PATH")]
    pub paths: Vec<PathBuf>,
    /// How the examples are verified.
    #[command(flatten)]
    pub verifying: Verifying,
    /// How the report is written.
    #[command(flatten)]
    pub reporting: Reporting,
}

/// The arguments of `record`.
#[derive(Args, Debug)]
#[command(after_help = EXIT_CODES)]
pub struct Record {
    /// Markdown files, and folders of them; the site of `--root` where none is given
    #[arg(value_name = "PATH")]
    pub paths: Vec<PathBuf>,
    /// How the examples are verified.
    #[command(flatten)]
    pub verifying: Verifying,
    /// How the report is written.
    #[command(flatten)]
    pub reporting: Reporting,
}

/// The arguments of `fix`.
#[derive(Args, Debug)]
#[command(after_help = EXIT_CODES)]
pub struct Fix {
    /// Markdown files, and folders of them; the site of `--root` where none is given
    #[arg(value_name = "PATH")]
    pub paths: Vec<PathBuf>,
    /// How the examples are verified.
    #[command(flatten)]
    pub verifying: Verifying,
    /// Write nothing; show the repairs as a diff, and fail if there are any
    #[arg(long)]
    pub check: bool,
}

/// The arguments of `list`.
#[derive(Args, Debug)]
#[command(after_help = EXIT_CODES)]
pub struct List {
    /// Markdown files, and folders of them; the site of `--root` where none is given
    #[arg(value_name = "PATH")]
    pub paths: Vec<PathBuf>,
    /// How the examples are verified.
    #[command(flatten)]
    pub verifying: Verifying,
    /// The form of the list on standard output
    #[arg(long, value_enum, default_value_t, value_name = "FORMAT")]
    pub format: Format,
}

/// The arguments of `serve`.
#[derive(Args, Debug)]
#[command(after_help = EXIT_CODES)]
pub struct Serve {
    /// How the examples are verified.
    #[command(flatten)]
    pub verifying: Verifying,
    /// The port to listen at; any free one where it is 0
    #[arg(long, default_value_t = 4000)]
    pub port: u16,
    /// The address to listen at; requests to other names are refused unless it can be reached from other machines
    #[arg(long, default_value_t = IpAddr::V4(Ipv4Addr::LOCALHOST), value_name = "ADDRESS")]
    pub host: IpAddr,
}

/// The form of a log.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum LogFormat {
    /// For people.
    #[default]
    Text,
    /// An object on each line.
    Json,
}

/// The arguments of `gateway`.
#[derive(Args, Debug)]
#[command(after_help = EXIT_CODES)]
pub struct Gateway {
    /// The folder of a site whose settings and profiles count; the built-in ones alone where none is given
    #[arg(long, value_name = "FOLDER")]
    pub root: Option<PathBuf>,
    /// A file of answers, TOML or JSON, in place of the mock's own
    #[arg(long, value_name = "FILE")]
    pub script: Option<PathBuf>,
    /// Who answers: `mock`, `live` (the real hosts), `replay` (the recordings of `--root`), or the base URL of a gateway
    #[arg(long = "gateway", value_name = "mock|live|replay|URL", value_parser = mode)]
    pub mode: Option<Mode>,
    /// A folder in which each exchange is kept as a recording
    #[arg(long, value_name = "FOLDER")]
    pub record: Option<PathBuf>,
    /// What goes wrong with the first requests, such as `429*2,500`
    #[arg(long, value_name = "PLAN")]
    pub fault: Option<String>,
    /// The form of the log on standard error
    #[arg(long, value_enum, default_value_t, value_name = "FORMAT")]
    pub log_format: LogFormat,
    /// The port to listen at; any free one where it is 0
    #[arg(long, default_value_t = 8787)]
    pub port: u16,
    /// The address to listen at
    #[arg(long, default_value_t = IpAddr::V4(Ipv4Addr::LOCALHOST), value_name = "ADDRESS")]
    pub host: IpAddr,
}

/// The arguments of `explain`.
#[derive(Args, Debug)]
#[command(after_help = EXIT_CODES)]
pub struct Explain {
    /// The code in the brackets of a diagnostic; all codes with their meaning where none is given
    pub code: Option<String>,
}

/// Reads who answers: `mock`, `live`, `replay`, or a base URL.
pub fn mode(text: &str) -> Result<Mode, NotAGateway> {
    match text {
        "mock" => Ok(Mode::Mock),
        "live" => Ok(Mode::Live),
        "replay" => Ok(Mode::Replay),
        _ => {
            let url = Url::parse(text)
                .ok()
                .filter(|url| matches!(url.scheme(), "http" | "https") && url.has_host());
            url.map(Mode::Url).ok_or_else(|| NotAGateway(text.to_owned()))
        }
    }
}

/// A text that names no gateway.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{0}` is no gateway; write `mock`, `live`, `replay`, or a base URL such as `http://127.0.0.1:8787/v1`"
)]
pub struct NotAGateway(String);

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    use super::*;

    #[test]
    fn the_arguments_are_sound() {
        Arguments::command().debug_assert();
    }

    #[test]
    fn a_gateway_is_a_word_or_an_address() {
        assert_eq!(mode("mock"), Ok(Mode::Mock));
        assert_eq!(mode("live"), Ok(Mode::Live));
        assert!(matches!(mode("http://127.0.0.1:8787/v1"), Ok(Mode::Url(_))));
        for wrong in ["", "mok", "ftp://x", "http://", "127.0.0.1:80"] {
            assert_eq!(mode(wrong), Err(NotAGateway(wrong.to_owned())));
        }
    }
}
