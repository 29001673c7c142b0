//! What a command of a page may touch: its own folder, the programs of the system, and the port of the gateway.
//!
//! The kernel sees to it (Landlock, Linux 5.13 and later; ports since 6.7). Elsewhere commands run without; that they are
//! known to be harmless is asked everywhere.

use std::path::{Path, PathBuf};
use std::{io, thread};

use tokio::process::{Child, Command};
use tokio::runtime::Handle;

/// How far a process could be confined.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Level {
    /// Files and connections.
    Full,
    /// Some of it; the kernel knows no more.
    Partial,
    /// Nothing.
    None,
}

/// What a confined process may reach.
#[derive(Clone, Debug)]
pub(super) struct Limits {
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
    "/gnu/store",
    "/home/linuxbrew/.linuxbrew",
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

/// Why a command could not be started.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Limits cannot be set, although the kernel knows such limits.
    #[error("cannot confine commands: {0}")]
    Refused(String),
    /// The program is not there, or the system has no room for it.
    #[error("cannot start a command")]
    Start(#[from] io::Error),
}

/// Starts a command that is confined with all that it starts, and tells how far that could be done.
///
/// Limits hold for a thread and what it starts, and for good; so the command gets a thread of its own.
pub(super) fn spawn(command: &mut Command, limits: &Limits) -> Result<(Child, Level), Error> {
    let runtime = Handle::current();
    let start = || {
        let _inside = runtime.enter();
        // A wall that cannot be built is no reason to go on without it.
        let level = confine(limits)?;
        Ok((command.spawn()?, level))
    };
    thread::scope(|scope| {
        let started = thread::Builder::new().name("confined".to_owned()).spawn_scoped(scope, start)?;
        started.join().unwrap_or_else(|_| Err(io::Error::other("its thread has ended").into()))
    })
}

/// Confines this thread and all that it starts, for good.
#[cfg(target_os = "linux")]
fn confine(limits: &Limits) -> Result<Level, Error> {
    restrict(limits).map_err(|error| Error::Refused(error.to_string()))
}

/// Confines this thread and all that it starts, for good.
#[cfg(not(target_os = "linux"))]
fn confine(_limits: &Limits) -> Result<Level, Error> {
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

#[cfg(all(test, target_os = "linux"))]
#[expect(clippy::disallowed_methods, reason = "a test makes what is to be out of reach")]
mod tests {
    use std::io::Write;
    use std::process::Stdio;

    use super::*;

    /// What a page's command may do, with its output in pipes, as the verifier has it.
    #[tokio::test]
    async fn a_confined_program_sees_its_own_folder_alone() {
        let folder = tempfile::tempdir().expect("a folder can be made");
        let foreign = tempfile::tempdir().expect("a folder can be made");
        let secret = foreign.path().join("secret");
        std::fs::write(&secret, "seen").expect("it can be written");
        let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a port is free");
        let port = listener.local_addr().expect("it has an address").port();
        let script = format!(
            "echo own > own && cat own; cat {0}/secret; echo x > {0}/made; cat /etc/passwd; \
             (exec 3<>/dev/tcp/127.0.0.1/{port}) && echo connected; echo done > /dev/stdout",
            foreign.path().display()
        );
        let mut command = Command::new("bash");
        command.args(["-c", &script]).current_dir(folder.path());
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let limits = Limits { folder: folder.path().to_owned(), readable: Vec::new(), port: 9 };
        let (child, level) = spawn(&mut command, &limits).expect("it starts");
        let output = child.wait_with_output().await.expect("it ends");
        if level == Level::None {
            // Past the harness, which keeps what passing tests print.
            let _shown =
                writeln!(io::stderr().lock(), "SKIPPED: this kernel has no Landlock; nothing was confined");
            return;
        }
        let complaint = String::from_utf8_lossy(&output.stderr);
        assert_eq!(String::from_utf8_lossy(&output.stdout), "own\ndone\n", "{complaint}");
        assert!(!foreign.path().join("made").exists());
        // The limits are those of the command, not ours.
        assert_eq!(std::fs::read_to_string(&secret).expect("it can be read"), "seen");
    }
}
