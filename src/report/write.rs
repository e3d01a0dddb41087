//! Puts the finished report where it belongs: a file is replaced whole or not at all.

use std::ffi::OsString;
use std::fs::{self, File, Metadata, OpenOptions};
use std::io::{self, ErrorKind, Write};
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};

use thiserror::Error;

use crate::cli::Output;

#[derive(Debug, Error)]
pub enum WriteError {
    #[error("cannot write the report to the standard output: {0}")]
    Stdout(io::Error),
    #[error("cannot write {}: there is no folder {}; create it or write elsewhere", .0.display(), .1.display())]
    NoFolder(PathBuf, PathBuf),
    #[error("cannot write {}: it is a folder; add the name of a file", .0.display())]
    Folder(PathBuf),
    #[error("cannot write {}: {why}", path.display())]
    File { path: PathBuf, why: io::Error },
}

/// Writes all of it, or leaves what was there.
pub fn write(output: &Output, text: &str) -> Result<(), WriteError> {
    match output {
        Output::Stdout => print(&mut io::stdout().lock(), text).map_err(WriteError::Stdout),
        Output::File(path) => file(path, text),
    }
}

/// The most reports that are kept; a target that is gone for good must not fill the disk.
const MOST_KEPT: usize = 200;

/// Keeps files that found no other place: in this folder, or in a new one among the temporary files. Only we may read
/// them there.
pub fn keep(folder: &Path, files: &[(String, String)]) -> Result<Vec<PathBuf>, WriteError> {
    keep_in(folder, files).or_else(|_| keep_in(&temporary_folder()?, files))
}

fn keep_in(folder: &Path, files: &[(String, String)]) -> Result<Vec<PathBuf>, WriteError> {
    let failed = |why| WriteError::File { path: folder.to_owned(), why };
    fs::DirBuilder::new().recursive(true).mode(0o700).create(folder).map_err(failed)?;
    make_room(folder, files.len());
    let keep = |(name, text): &(String, String)| {
        let path = folder.join(name);
        file(&path, text).map(|()| path)
    };
    files.iter().map(keep).collect()
}

/// Everybody can write beside it, so it is one that was not there before.
fn temporary_folder() -> Result<PathBuf, WriteError> {
    let all = std::env::temp_dir();
    let folder = |attempt: u32| all.join(format!("a360-unsent-{}-{attempt}", std::process::id()));
    let mut last = ErrorKind::AlreadyExists.into();
    for folder in (0..100).map(folder) {
        match fs::DirBuilder::new().mode(0o700).create(&folder) {
            Ok(()) => return Ok(folder),
            Err(error) => last = error,
        }
    }
    Err(WriteError::File { path: all, why: last })
}

/// Takes the oldest away. What cannot be taken away stays.
fn make_room(folder: &Path, wanted: usize) {
    let Ok(entries) = fs::read_dir(folder) else { return };
    let ours = |path: &PathBuf| path.file_name().is_some_and(|name| name.to_string_lossy().starts_with("a360-"));
    let age = |path: PathBuf| Some((fs::metadata(&path).ok()?.modified().ok()?, path));
    let mut kept: Vec<_> = entries.flatten().map(|entry| entry.path()).filter(ours).filter_map(age).collect();
    kept.sort();
    let over = (kept.len() + wanted).saturating_sub(MOST_KEPT);
    for (_, path) in kept.into_iter().take(over) {
        let _ = fs::remove_file(path);
    }
}

/// A reader that has seen enough, such as `head`, is no failure.
fn print(out: &mut dyn Write, text: &str) -> io::Result<()> {
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(()),
        result => result,
    }
}

fn file(path: &Path, text: &str) -> Result<(), WriteError> {
    let failed = |why| WriteError::File { path: path.to_owned(), why };
    // Through a symbolic link, so that the link stays and its target is replaced.
    let target = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    let there = fs::metadata(&target).ok();
    match &there {
        Some(there) if there.is_dir() => return Err(WriteError::Folder(path.to_owned())),
        // A device or a named pipe cannot be replaced, only written to.
        Some(there) if !there.is_file() => {
            let mut out = OpenOptions::new().write(true).open(&target).map_err(failed)?;
            return print(&mut out, text).map_err(failed);
        }
        _ => {}
    }
    let folder = target.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    if !folder.is_dir() {
        return Err(WriteError::NoFolder(path.to_owned(), folder.to_owned()));
    }
    replace(&target, folder, there.as_ref(), text).map_err(failed)
}

fn replace(target: &Path, folder: &Path, there: Option<&Metadata>, text: &str) -> io::Result<()> {
    let (mut out, temporary) = create_beside(target, folder)?;
    let filled = fill(&mut out, there, text).and_then(|()| fs::rename(&temporary, target));
    if filled.is_err() {
        let _ = fs::remove_file(&temporary);
        return filled;
    }
    // So that the new name survives a power cut; some file systems cannot do it, and the file itself is safe already.
    let _ = File::open(folder).and_then(|folder| folder.sync_all());
    Ok(())
}

/// The permissions of the file that it replaces, or those that a new file gets.
fn fill(out: &mut File, there: Option<&Metadata>, text: &str) -> io::Result<()> {
    if let Some(there) = there {
        out.set_permissions(there.permissions())?;
    }
    out.write_all(text.as_bytes())?;
    out.sync_all()
}

/// A new file in the same folder, because only there it can take the other's place in one step.
fn create_beside(target: &Path, folder: &Path) -> io::Result<(File, PathBuf)> {
    let name = target.file_name().unwrap_or_default();
    for attempt in 0..100 {
        let mut temporary = OsString::from(".");
        temporary.push(name);
        temporary.push(format!(".{}.{attempt}.tmp", std::process::id()));
        let temporary = folder.join(temporary);
        match OpenOptions::new().write(true).create_new(true).open(&temporary) {
            Err(error) if error.kind() == ErrorKind::AlreadyExists => {}
            result => return Ok((result?, temporary)),
        }
    }
    Err(io::Error::new(ErrorKind::AlreadyExists, "too many unfinished reports beside it; remove its .tmp files"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::{PermissionsExt, symlink};

    fn to(path: &Path) -> Output {
        Output::File(path.to_owned())
    }

    fn names(folder: &Path) -> Vec<String> {
        fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
    }

    #[test]
    fn a_file_is_replaced_with_its_permissions_and_nothing_is_left_behind() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("report.md");
        write(&to(&path), "one").unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).unwrap();
        write(&to(&path), "two").unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), "two");
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o640);
        assert_eq!(names(folder.path()), ["report.md"]);
    }

    #[test]
    fn a_failure_leaves_the_old_file_whole() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("report.md");
        fs::write(&path, "old").unwrap();
        let there = fs::metadata(&path).unwrap();
        // The last step fails: a folder with something in it stands in the way.
        let taken = folder.path().join("taken");
        fs::create_dir_all(taken.join("inside")).unwrap();
        assert!(replace(&taken, folder.path(), Some(&there), "new").is_err());
        // An unfinished one stands at every name that would be tried.
        for attempt in 0..100 {
            let name = format!(".report.md.{}.{attempt}.tmp", std::process::id());
            fs::write(folder.path().join(name), "").unwrap();
        }
        let error = write(&to(&path), "new").unwrap_err().to_string();
        assert!(error.contains("report.md: too many unfinished reports"), "{error}");
        assert_eq!(fs::read_to_string(&path).unwrap(), "old");
        assert!(!names(folder.path()).iter().any(|name| name.starts_with(".taken")));
    }

    #[test]
    fn what_cannot_be_written_is_said_with_the_mend() {
        let folder = tempfile::tempdir().unwrap();
        let error = |path: &Path| write(&to(path), "x").unwrap_err().to_string();
        let missing = folder.path().join("none/report.md");
        assert!(error(&missing).ends_with("none; create it or write elsewhere"), "{}", error(&missing));
        assert!(error(folder.path()).ends_with("it is a folder; add the name of a file"));
        assert!(names(folder.path()).is_empty());
    }

    #[test]
    fn a_link_stays_and_a_device_is_not_replaced() {
        let folder = tempfile::tempdir().unwrap();
        let (real, link) = (folder.path().join("real.md"), folder.path().join("latest.md"));
        fs::write(&real, "old").unwrap();
        symlink(&real, &link).unwrap();
        write(&to(&link), "new").unwrap();
        assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
        assert_eq!(fs::read_to_string(&real).unwrap(), "new");
        write(&to(Path::new("/dev/null")), "x").unwrap();
        assert!(!fs::metadata("/dev/null").unwrap().is_file());
    }

    #[test]
    fn a_closed_pipe_is_no_failure_and_a_full_disk_is() {
        struct Failing(ErrorKind);
        impl Write for Failing {
            fn write(&mut self, _: &[u8]) -> io::Result<usize> {
                Err(self.0.into())
            }
            fn flush(&mut self) -> io::Result<()> {
                Ok(())
            }
        }
        assert!(print(&mut Failing(ErrorKind::BrokenPipe), "x").is_ok());
        assert!(print(&mut Failing(ErrorKind::StorageFull), "x").is_err());
    }
}
