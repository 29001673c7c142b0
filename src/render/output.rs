//! The only writer of a site: into a folder beside the target, which takes its place when all is well.

use std::fs::{self, File as Handle};
use std::io::{self, Write};
use std::path::{Component, Path, PathBuf};

use crate::site;

/// The file that says that a folder was made by us and may be replaced.
pub const MARKER: &str = site::OUTPUT_MARKER;

/// How many staging folders of other runs are passed over before we give up.
const ATTEMPTS: u32 = 1000;

/// A file of the finished site.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct File {
    /// The path from the root of the site, with `/` on every system.
    pub path: String,
    /// The content.
    pub bytes: Vec<u8>,
}

/// Our own trouble in writing a site.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A path that leaves the output folder, or means something else to the system.
    #[error("`{0}` is not a path inside the output folder")]
    Outside(String),
    /// Two files of one path.
    #[error("`{0}` is written twice")]
    Twice(String),
    /// The target is there and is no folder.
    #[error("{} is not a folder", .0.display())]
    NotAFolder(PathBuf),
    /// The target was not made by us, and what is in it would be lost.
    #[error("{} is not empty and was not made by proofpress; empty it or name another folder", .0.display())]
    NotOurs(PathBuf),
    /// The system refused.
    #[error("cannot {action} {}: {source}", path.display())]
    System {
        /// What we wanted to do.
        action: &'static str,
        /// To what.
        path: PathBuf,
        /// Why not.
        source: io::Error,
    },
}

impl Error {
    /// A file of the site that was there a moment ago.
    pub(super) fn unread(error: &site::Error) -> Self {
        let source = io::Error::other(error.to_string());
        Self::System { action: "copy", path: PathBuf::new(), source }
    }
}

/// A site on its way: written beside the target, which stays untouched until [`Staging::publish`].
#[derive(Debug)]
pub struct Staging {
    /// The folder that is replaced; where a symbolic link was named, what it leads to.
    target: PathBuf,
    /// Where the files are written until then.
    folder: PathBuf,
    /// Held locked, so that another run does not take the folder for a leftover.
    marker: Option<Handle>,
}

impl Staging {
    /// Makes ready to write to `target`; clears what a run that crashed has left beside it.
    pub fn new(target: &Path) -> Result<Self, Error> {
        let target = resolve(target)?;
        if let Some(parent) = target.parent() {
            make_folders(parent)?;
        }
        recover(&target)?;
        check_owner(&target)?;
        for attempt in 0..ATTEMPTS {
            let folder = beside(&target, &format!("staging-{attempt}"));
            match fs::create_dir(&folder) {
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
                Err(source) => return Err(trouble("make", &folder, source)),
                Ok(()) => {
                    let path = folder.join(MARKER);
                    let marker =
                        Handle::create_new(&path).map_err(|source| trouble("write", &path, source))?;
                    // A file system without locks is used all the same; only parallel runs are unsafe there.
                    let _locked = marker.try_lock();
                    return Ok(Self { target, folder, marker: Some(marker) });
                }
            }
        }
        let source = io::Error::other("too many other runs are under way");
        Err(trouble("make a folder beside", &target, source))
    }

    /// Writes one file; may be called from several threads.
    pub fn write(&self, file: &File) -> Result<(), Error> {
        let path = self.folder.join(inside(&file.path)?);
        if let Some(parent) = path.parent() {
            make_folders(parent)?;
        }
        match Handle::create_new(&path) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
                Err(Error::Twice(file.path.clone()))
            }
            Err(source) => Err(trouble("write", &path, source)),
            Ok(mut handle) => handle.write_all(&file.bytes).map_err(|source| trouble("write", &path, source)),
        }
    }

    /// Puts what was written in the place of the target; where that fails the old target is put back.
    pub fn publish(mut self) -> Result<(), Error> {
        check_owner(&self.target)?;
        self.marker = None;
        let old = beside(&self.target, "old");
        let existed = self.target.exists();
        if existed {
            fs::rename(&self.target, &old).map_err(|source| trouble("replace", &self.target, source))?;
        }
        if let Err(source) = fs::rename(&self.folder, &self.target) {
            if existed {
                fs::rename(&old, &self.target).map_err(|source| trouble("put back", &self.target, source))?;
            }
            return Err(trouble("replace", &self.target, source));
        }
        if existed { clear(&old) } else { Ok(()) }
    }
}

impl Drop for Staging {
    fn drop(&mut self) {
        self.marker = None;
        // After `publish` the folder is gone; in all other cases nobody is left to tell of a failure.
        let _cleared = clear(&self.folder);
    }
}

/// The real place of a target; a link to nowhere is an error, for nothing can stand beside it.
fn resolve(target: &Path) -> Result<PathBuf, Error> {
    let absolute = std::path::absolute(target).map_err(|source| trouble("find", target, source))?;
    match fs::symlink_metadata(&absolute) {
        Ok(data) if data.is_symlink() => {
            fs::canonicalize(&absolute).map_err(|source| trouble("follow", &absolute, source))
        }
        Ok(_) | Err(_) => Ok(absolute),
    }
}

/// A hidden name beside the target, so that both stand on one file system.
fn beside(target: &Path, what: &str) -> PathBuf {
    let name = target.file_name().unwrap_or_default().to_string_lossy();
    target.with_file_name(format!(".{name}.{what}"))
}

/// Refuses a target whose content somebody else has made.
fn check_owner(target: &Path) -> Result<(), Error> {
    if !target.exists() {
        return Ok(());
    }
    if !target.is_dir() {
        return Err(Error::NotAFolder(target.to_path_buf()));
    }
    if target.join(MARKER).is_file() {
        return Ok(());
    }
    let mut entries = fs::read_dir(target).map_err(|source| trouble("read", target, source))?;
    if entries.next().is_some() { Err(Error::NotOurs(target.to_path_buf())) } else { Ok(()) }
}

/// Ends what a crashed run has begun: an old target without a new one comes back, the rest is cleared.
fn recover(target: &Path) -> Result<(), Error> {
    let old = beside(target, "old");
    if old.join(MARKER).is_file() {
        if target.exists() {
            clear(&old)?;
        } else {
            fs::rename(&old, target).map_err(|source| trouble("put back", target, source))?;
        }
    }
    let prefix = beside(target, "staging-");
    let Some(parent) = target.parent() else { return Ok(()) };
    let entries = fs::read_dir(parent).map_err(|source| trouble("read", parent, source))?;
    for entry in entries {
        let folder = entry.map_err(|source| trouble("read", parent, source))?.path();
        if !folder.to_string_lossy().starts_with(&*prefix.to_string_lossy()) {
            continue;
        }
        let Ok(marker) = Handle::open(folder.join(MARKER)) else { continue };
        if marker.try_lock().is_ok() {
            drop(marker);
            clear(&folder)?;
        }
    }
    Ok(())
}

/// The path of a file below the output folder, if it is one on every system.
fn inside(path: &str) -> Result<PathBuf, Error> {
    let outside = || Error::Outside(path.to_owned());
    if path.is_empty() || path.contains(['\\', ':', '\0']) || path.ends_with('/') || path == MARKER {
        return Err(outside());
    }
    let parts: PathBuf = Path::new(path)
        .components()
        .map(|part| match part {
            Component::Normal(part) => Ok(part),
            Component::Prefix(_) | Component::RootDir | Component::CurDir | Component::ParentDir => {
                Err(outside())
            }
        })
        .collect::<Result<_, _>>()?;
    Ok(parts)
}

#[expect(clippy::disallowed_methods, reason = "this is the writer")]
fn make_folders(folder: &Path) -> Result<(), Error> {
    fs::create_dir_all(folder).map_err(|source| trouble("make", folder, source))
}

#[expect(clippy::disallowed_methods, reason = "this is the writer")]
fn clear(folder: &Path) -> Result<(), Error> {
    match fs::remove_dir_all(folder) {
        Err(source) if source.kind() != io::ErrorKind::NotFound => Err(trouble("clear", folder, source)),
        Ok(()) | Err(_) => Ok(()),
    }
}

fn trouble(action: &'static str, path: &Path, source: io::Error) -> Error {
    Error::System { action, path: path.to_path_buf(), source }
}

#[cfg(test)]
#[expect(clippy::disallowed_methods, reason = "the tests look at what was written")]
mod tests {
    use super::*;

    fn file(path: &str, text: &str) -> File {
        File { path: path.to_owned(), bytes: text.as_bytes().to_vec() }
    }

    fn names(folder: &Path) -> Vec<String> {
        let entries = fs::read_dir(folder).expect("the folder is there");
        let mut names: Vec<String> = entries
            .map(|entry| entry.expect("the entry is there").file_name().to_string_lossy().into_owned())
            .collect();
        names.sort();
        names
    }

    fn scratch() -> (tempfile::TempDir, PathBuf) {
        let scratch = tempfile::tempdir().expect("a scratch folder can be made");
        let target = scratch.path().join("public");
        (scratch, target)
    }

    fn publish(target: &Path, text: &str) {
        let staging = Staging::new(target).expect("the target is ours");
        staging.write(&file("a/index.html", text)).expect("the path is inside");
        staging.publish().expect("nothing stands in the way");
    }

    #[test]
    fn nothing_appears_before_it_is_published() {
        let (scratch, target) = scratch();
        let staging = Staging::new(&target).expect("the target is free");
        staging.write(&file("index.html", "x")).expect("the path is inside");
        assert!(!target.exists());
        drop(staging);
        assert_eq!(names(scratch.path()), Vec::<String>::new());
    }

    #[test]
    fn a_second_site_takes_the_place_of_the_first() {
        let (scratch, target) = scratch();
        publish(&target, "one");
        publish(&target, "two");
        assert_eq!(fs::read_to_string(target.join("a/index.html")).expect("it is there"), "two");
        assert_eq!(names(scratch.path()), ["public"]);
        assert_eq!(names(&target), [MARKER, "a"]);
    }

    #[test]
    fn an_abandoned_run_leaves_the_old_site() {
        let (_scratch, target) = scratch();
        publish(&target, "one");
        let staging = Staging::new(&target).expect("the target is ours");
        staging.write(&file("a/index.html", "two")).expect("the path is inside");
        drop(staging);
        assert_eq!(fs::read_to_string(target.join("a/index.html")).expect("it is there"), "one");
    }

    #[test]
    fn a_folder_of_somebody_else_is_refused() {
        let (_scratch, target) = scratch();
        fs::create_dir_all(&target).expect("it can be made");
        fs::write(target.join("thesis.txt"), "years of work").expect("it can be written");
        assert!(matches!(Staging::new(&target), Err(Error::NotOurs(_))));
        assert_eq!(names(&target), ["thesis.txt"]);
    }

    #[test]
    fn an_empty_folder_is_taken() {
        let (_scratch, target) = scratch();
        fs::create_dir_all(&target).expect("it can be made");
        publish(&target, "one");
        assert_eq!(names(&target), [MARKER, "a"]);
    }

    #[test]
    fn a_file_in_place_of_the_folder_is_refused() {
        let (_scratch, target) = scratch();
        fs::write(&target, "x").expect("it can be written");
        assert!(matches!(Staging::new(&target), Err(Error::NotAFolder(_))));
    }

    #[cfg(unix)]
    #[test]
    fn a_link_stays_a_link_and_its_end_is_replaced() {
        let (scratch, target) = scratch();
        let real = scratch.path().join("real");
        fs::create_dir_all(&real).expect("it can be made");
        std::os::unix::fs::symlink(&real, &target).expect("it can be made");
        publish(&target, "one");
        assert!(fs::symlink_metadata(&target).expect("it is there").is_symlink());
        assert_eq!(names(&real), [MARKER, "a"]);
    }

    #[test]
    fn leftovers_of_a_crash_are_cleared_and_a_running_neighbour_is_not() {
        let (scratch, target) = scratch();
        let neighbour = Staging::new(&target).expect("the target is free");
        let crashed = scratch.path().join(".public.staging-7");
        fs::create_dir_all(&crashed).expect("it can be made");
        fs::write(crashed.join(MARKER), "").expect("it can be written");
        publish(&target, "one");
        assert_eq!(names(scratch.path()), [".public.staging-0", "public"]);
        drop(neighbour);
    }

    #[test]
    fn a_site_between_two_renames_comes_back() {
        let (scratch, target) = scratch();
        publish(&target, "one");
        fs::rename(&target, scratch.path().join(".public.old")).expect("it can be moved");
        drop(Staging::new(&target).expect("the target is ours"));
        assert_eq!(fs::read_to_string(target.join("a/index.html")).expect("it is there"), "one");
    }

    fn check_refused(path: &str) {
        let (_scratch, target) = scratch();
        let staging = Staging::new(&target).expect("the target is free");
        assert!(matches!(staging.write(&file(path, "x")), Err(Error::Outside(_))), "{path}");
    }

    #[test]
    fn a_path_upwards_is_refused() {
        check_refused("../x");
    }

    #[test]
    fn a_path_that_turns_upwards_is_refused() {
        check_refused("a/../../x");
    }

    #[test]
    fn a_path_from_the_root_is_refused() {
        check_refused("/etc/x");
    }

    #[test]
    fn a_path_of_another_system_is_refused() {
        check_refused("a\\..\\x");
        check_refused("C:x");
    }

    #[test]
    fn the_marker_is_not_to_be_written() {
        check_refused(MARKER);
    }

    #[test]
    fn one_path_twice_is_refused() {
        let (_scratch, target) = scratch();
        let staging = Staging::new(&target).expect("the target is free");
        staging.write(&file("x", "1")).expect("the path is inside");
        assert!(matches!(staging.write(&file("x", "2")), Err(Error::Twice(_))));
    }
}
