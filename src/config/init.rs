//! Writes the example as a first config file.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use super::mistake::Mistake;
use super::places::Places;

/// Every key with its default.
pub const EXAMPLE: &str = include_str!("../../config.example.toml");

/// The path that was written. A file that is there is left alone unless `force` is given.
pub fn init(places: &Places, force: bool) -> Result<PathBuf, Mistake> {
    let Some((path, _)) = places.chosen() else {
        return Err(Mistake::of_argument("no home folder is known here; say where with --config FILE"));
    };
    if !force && path.symlink_metadata().is_ok() {
        return Err(Mistake::of_file(path, "is there already; --force replaces it"));
    }
    replace(path, EXAMPLE).map_err(|error| Mistake::of_file(path, &format!("cannot be written: {error}")))?;
    Ok(path.to_owned())
}

/// All or nothing: written beside its place, then moved there.
fn replace(path: &Path, text: &str) -> io::Result<()> {
    // A link, as dotfile managers leave it, stays a link.
    let path = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    let mut beside = path.clone().into_os_string();
    beside.push(format!(".{}.new", std::process::id()));
    let beside = PathBuf::from(beside);
    let written = write_new(&beside, text).and_then(|()| fs::rename(&beside, &path));
    if written.is_err() {
        // The first error is the one to tell.
        let _ = fs::remove_file(&beside);
    }
    written
}

fn write_new(path: &Path, text: &str) -> io::Result<()> {
    let mut file = File::create_new(path)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()
}
