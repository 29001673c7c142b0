//! What can be typed, as types.

use clap::{Args, Parser, Subcommand, ValueEnum};

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

/// The arguments of `explain`.
#[derive(Args, Debug)]
#[command(after_help = EXIT_CODES)]
pub struct Explain {
    /// The code in the brackets of a diagnostic; all codes with their meaning where none is given
    pub code: Option<String>,
}
