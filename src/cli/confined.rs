//! `proofpress confined`: becomes another program, after giving up what that one must not have.

use super::arguments::Confined;
use super::context::Context;
use super::{Error, Exit};
use crate::examples::sandbox::{self, Level, Limits};

/// Confines this process, and becomes the program; comes back only where that cannot be started.
#[cfg(unix)]
pub(super) fn run(confined: Confined, context: &Context) -> Result<Exit, Error> {
    use std::os::unix::process::CommandExt;

    let mut program = confined.program.into_iter();
    let Some(name) = program.next() else { return Ok(Exit::Call) };
    let path = context.variables.get("PATH").map(String::as_str).unwrap_or_default();
    let readable = confined.readable.into_iter().chain(std::env::split_paths(path)).collect();
    // A wall that cannot be built is no reason to go on without it.
    let level = sandbox::confine(&Limits { folder: confined.folder, readable, port: confined.port })
        .map_err(Error::Confine)?;
    if confined.required && level == Level::None {
        return Err(Error::Confine(sandbox::Error::Unknown));
    }
    let source = std::process::Command::new(&name).args(program).exec();
    Err(Error::Program { name: name.to_string_lossy().into_owned(), source })
}

/// Processes can be confined on Unix alone; elsewhere nobody calls this.
#[cfg(not(unix))]
pub(super) fn run(_confined: Confined, _context: &Context) -> Result<Exit, Error> {
    Ok(Exit::Call)
}
