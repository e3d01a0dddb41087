//! The state on disk: one file, replaced whole.

use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use super::note;
use crate::cli::Output;
use crate::report::schedule::State;
use crate::report::write;

fn path(folder: &Path) -> PathBuf {
    folder.join("schedule.json")
}

/// What was done so far; nothing where there is no file yet, or none that can be read, which is said.
pub fn load(folder: &Path) -> State {
    let path = path(folder);
    let text = match fs::read_to_string(&path) {
        Ok(text) => text,
        Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => {
            return State::default();
        }
        Err(error) => {
            note(&format!("{} cannot be read ({error}); nothing is made up for", path.display()));
            return State::default();
        }
    };
    State::read(&text).unwrap_or_else(|why| {
        note(&format!("{} is no record of runs ({why}); it is begun anew", path.display()));
        State::default()
    })
}

pub fn save(folder: &Path, state: &State) -> Result<(), String> {
    let saved = write(&Output::File(path(folder)), &state.text());
    saved.map_err(|error| format!("what was done cannot be kept: {error}"))
}
