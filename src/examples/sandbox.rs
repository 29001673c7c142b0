//! What a command of a page may touch: its own folder, the programs of the system, and the port of the gateway.
//!
//! The kernel sees to it (Landlock, Linux 5.13 and later; ports since 6.7). Elsewhere commands run without; that they are
//! known to be harmless is asked everywhere.

use std::path::{Path, PathBuf};

/// How far a process could be confined.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Level {
    /// Files and connections.
    Full,
    /// Some of it; the kernel knows no more.
    Partial,
    /// Nothing.
    None,
}

/// What a confined process may reach.
#[derive(Clone, Debug)]
pub struct Limits {
    /// The folder that it may read and write.
    pub folder: PathBuf,
    /// The files and folders that it may read, beside those of the system.
    pub readable: Vec<PathBuf>,
    /// The one port that it may connect to.
    pub port: u16,
}

/// Where a system keeps its programs and what they need to start.
const SYSTEM: &[&str] = &[
    "/usr",
    "/bin",
    "/sbin",
    "/lib",
    "/lib32",
    "/lib64",
    "/opt",
    "/nix",
    "/etc/alternatives",
    "/etc/ld.so.cache",
    "/etc/ld.so.conf",
    "/etc/ld.so.conf.d",
    "/etc/localtime",
    "/etc/ssl",
    "/etc/pki",
    "/etc/nsswitch.conf",
    "/etc/hosts",
    "/etc/resolv.conf",
    "/etc/host.conf",
    "/etc/gai.conf",
    "/etc/inputrc",
    "/etc/locale.alias",
    "/proc",
    "/dev/urandom",
    "/dev/random",
    "/dev/zero",
];

/// What may be written to outside of the folder. What is open already, such as a pipe that is standard output, needs no
/// rule, and the kernel takes none for it.
const SINKS: &[&str] = &["/dev/null", "/dev/tty"];

/// Why limits are not in force.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// They cannot be set, although the kernel knows such limits.
    #[error("cannot confine commands: {0}")]
    Refused(String),
    /// The kernel knows no such limits, and they are asked for.
    #[error("cannot confine commands: this system knows no such limits")]
    Unknown,
}

/// Confines this process and all that it starts, for good.
#[cfg(target_os = "linux")]
pub fn confine(limits: &Limits) -> Result<Level, Error> {
    restrict(limits).map_err(|error| Error::Refused(error.to_string()))
}

/// Confines this process and all that it starts, for good.
#[cfg(not(target_os = "linux"))]
pub fn confine(_limits: &Limits) -> Result<Level, Error> {
    Ok(Level::None)
}

#[cfg(target_os = "linux")]
fn restrict(limits: &Limits) -> Result<Level, landlock::RulesetError> {
    use landlock::{
        ABI, Access, AccessFs, AccessNet, NetPort, Ruleset, RulesetAttr, RulesetCreatedAttr, RulesetStatus,
        Scope, path_beneath_rules,
    };
    let abi = ABI::V6;
    let (all, read) = (AccessFs::from_all(abi), AccessFs::from_read(abi));
    let readable = SYSTEM.iter().map(Path::new).chain(limits.readable.iter().map(PathBuf::as_path));
    let status = Ruleset::default()
        .handle_access(all)?
        .handle_access(AccessNet::from_all(abi))?
        .scope(Scope::from_all(abi))?
        .create()?
        // What does not exist on this system is passed over.
        .add_rules(path_beneath_rules(readable, read))?
        .add_rules(path_beneath_rules(SINKS, AccessFs::from_file(abi) & !AccessFs::Execute))?
        .add_rules(path_beneath_rules([&limits.folder], all))?
        .add_rule(NetPort::new(limits.port, AccessNet::ConnectTcp))?
        .restrict_self()?;
    Ok(match status.ruleset {
        RulesetStatus::FullyEnforced => Level::Full,
        RulesetStatus::PartiallyEnforced => Level::Partial,
        RulesetStatus::NotEnforced => Level::None,
    })
}
