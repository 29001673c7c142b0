//! The commands: what was typed, what it means, and how the program ends.
//!
//! [`arguments`] holds what can be typed, [`context`] what the world around the process is like; each command has
//! a file of its own.

mod accepted;
pub mod arguments;
mod build;
mod check;
pub mod context;
mod explain;
mod fix;
mod gateway;
mod list;
mod record;
mod serve;
mod verification;

use std::error::Error as _;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::Parser;

use arguments::{Arguments, Command, NotAGateway};
use context::Context;

use crate::render::output;
use crate::{examples, site};

/// How the program ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exit {
    /// Nothing is wrong.
    Fine,
    /// The documentation is wrong.
    Wrong,
    /// The call or the configuration is wrong.
    Call,
    /// We could not do our work.
    Trouble,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(match exit {
            Exit::Fine => 0,
            Exit::Wrong => 1,
            Exit::Call => 2,
            Exit::Trouble => 3,
        })
    }
}

/// Why a command ends without a result.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A code that no diagnostic carries.
    #[error("no diagnostic has the code `{code}`{}", meant(*nearest))]
    UnknownCode {
        /// What was asked for.
        code: String,
        /// The code that was probably meant.
        nearest: Option<&'static str>,
    },
    /// The setting `gateway.mode` names none.
    #[error("the setting `gateway.mode` is wrong")]
    Mode(#[from] NotAGateway),
    /// A file cannot be repaired.
    #[error("cannot repair {}", path.display())]
    Repair {
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// A file of accepted findings cannot be read or written.
    #[error("cannot use the baseline {}", path.display())]
    Baseline {
        /// The file.
        path: PathBuf,
        /// Why.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// The mock, or recordings, were to be recorded.
    #[error("only live gateways are recorded; write `--gateway live`, or the base URL of a gateway")]
    NothingToRecord,
    /// A recording cannot be written.
    #[error("cannot write the recording {}", path.display())]
    Record {
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// A cost was limited, and nobody knows it.
    #[error("`--max-cost` needs `input_price` and `output_price` in `[gateway.live]` of the settings")]
    NoPrices,
    /// A file of answers cannot be read.
    #[error("cannot read the script {}", path.display())]
    Script {
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// The site cannot be read.
    #[error(transparent)]
    Site(site::Error),
    /// The examples cannot be run.
    #[error(transparent)]
    Examples(examples::Error),
    /// The site cannot be written.
    #[error(transparent)]
    Write(output::Error),
    /// The gateway cannot be started.
    #[error(transparent)]
    Gateway(crate::gateway::Error),
    /// The preview cannot be served.
    #[error(transparent)]
    Serve(crate::serve::Error),
    /// Something of the preview could not be done.
    #[error(transparent)]
    Preview(crate::serve::Trouble),
    /// There are no threads, or no signals.
    #[error("cannot start")]
    Runtime(#[source] std::io::Error),
    /// The reader of our output is gone; nobody is left to be told.
    #[error("the reader of the output is gone")]
    ReaderGone,
    /// The output cannot be written.
    #[error("cannot write the output")]
    Output(#[source] std::io::Error),
}

fn meant(nearest: Option<&str>) -> String {
    match nearest {
        Some(nearest) => format!(" (did you mean `{nearest}`?)"),
        None => "; `proofpress explain` lists them all".to_owned(),
    }
}

impl Error {
    /// How the program ends on it.
    pub fn exit(&self) -> Exit {
        match self {
            Self::ReaderGone => Exit::Fine,
            Self::Baseline { source, .. } if source.is::<crate::report::baseline::Error>() => Exit::Call,
            Self::UnknownCode { .. }
            | Self::Mode(_)
            | Self::NoPrices
            | Self::NothingToRecord
            | Self::Script { .. }
            | Self::Site(site::Error::NoSite { .. } | site::Error::NotFound { .. })
            | Self::Write(output::Error::NotOurs(_) | output::Error::NotAFolder(_)) => Exit::Call,
            Self::Site(site::Error::Read { .. })
            | Self::Repair { .. }
            | Self::Record { .. }
            | Self::Baseline { .. }
            | Self::Examples(_)
            | Self::Write(_)
            | Self::Gateway(_)
            | Self::Serve(_)
            | Self::Preview(_)
            | Self::Runtime(_)
            | Self::Output(_) => Exit::Trouble,
        }
    }

    /// One line with all that led to it, for standard error.
    pub fn line(&self) -> String {
        let mut line = format!("proofpress: error: {self}");
        let mut source = self.source();
        while let Some(error) = source {
            let said = error.to_string();
            // Some errors repeat their source in their own words.
            if !line.contains(&said) {
                line.push_str(": ");
                line.push_str(&said);
            }
            source = error.source();
        }
        line.push('\n');
        line
    }
}

/// The program: reads the call, runs the command, says how it ended.
pub fn main() -> ExitCode {
    let arguments = match Arguments::try_parse_from(context::arguments()) {
        Ok(arguments) => arguments,
        Err(error) => {
            // Help goes to stdout, a wrong call to stderr; a reader that is gone needs neither.
            let _ = error.print();
            return if error.use_stderr() { Exit::Call } else { Exit::Fine }.into();
        }
    };
    let ended = run(arguments.command, &Context::of_process(arguments.color));
    let exit = ended.unwrap_or_else(|error| {
        if !matches!(error, Error::ReaderGone) {
            context::say(&error.line());
        }
        error.exit()
    });
    exit.into()
}

fn run(command: Command, context: &Context) -> Result<Exit, Error> {
    match command {
        Command::Build(build) => build::run(&build, context),
        Command::Check(check) => check::run(&check, context),
        Command::Fix(fix) => fix::run(&fix, context),
        Command::Record(record) => record::run(&record, context),
        Command::List(list) => list::run(&list, context),
        Command::Serve(serve) => serve::run(&serve, context),
        Command::Gateway(gateway) => gateway::run(&gateway, context),
        Command::Explain(explain) => explain::run(&explain),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_says_what_led_to_it() {
        let error = Error::Output(std::io::Error::other("no space left"));
        assert_eq!(error.line(), "proofpress: error: cannot write the output: no space left\n");
    }
}
