//! Where reports go that are written from the console, and what they are called.

use std::fs::OpenOptions;
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

use crate::cli::Output;
use crate::report::{self, Plan};
use crate::run::Env;
use crate::time::Timestamp;

/// Reports of one name that may lie beside each other.
const MOST: usize = 1_000;
/// Of a name of a context or a scope so many characters are kept.
const KEPT: usize = 40;

/// The folder that the console was started in, and one of its own where nothing can be written there.
#[derive(Debug, Clone)]
pub struct Shelf {
    here: PathBuf,
    own: Option<PathBuf>,
}

impl Shelf {
    pub fn new(here: PathBuf, own: Option<PathBuf>) -> Self {
        Self { here, own }
    }

    /// `$XDG_STATE_HOME/a360/reports`, or `~/.local/state/a360/reports`.
    pub fn of_process(env: Env) -> Self {
        let absolute = |name: &str| env(name).map(PathBuf::from).filter(|path| path.is_absolute());
        let state = absolute("XDG_STATE_HOME").or_else(|| absolute("HOME").map(|home| home.join(".local/state")));
        let here = std::env::current_dir().unwrap_or_else(|_| PathBuf::from("."));
        Self::new(here, state.map(|state| state.join("a360").join("reports")))
    }

    /// Writes a report under a name that is free; gives its path, or says why there is none.
    pub fn put(&self, name: &str, ending: &str, text: &str) -> Result<PathBuf, String> {
        let path = match (reserve(&self.here, name, ending), &self.own) {
            (Err(why), Some(own)) if is_closed(&why) => {
                let made = std::fs::create_dir_all(own).and_then(|()| reserve(own, name, ending));
                made.map_err(|other| format!("{}; {}", cannot(&self.here, &why), cannot(own, &other)))?
            }
            (Err(why), _) => return Err(cannot(&self.here, &why)),
            (Ok(path), _) => path,
        };
        match report::write(&Output::File(path.clone()), text) {
            Ok(()) => Ok(path),
            Err(error) => {
                // It is empty, and ours.
                let _ = std::fs::remove_file(&path);
                Err(error.to_string())
            }
        }
    }
}

/// Nothing can be written there at all, as against a disk that is full.
fn is_closed(error: &io::Error) -> bool {
    matches!(error.kind(), ErrorKind::PermissionDenied | ErrorKind::ReadOnlyFilesystem | ErrorKind::NotFound)
}

fn cannot(folder: &Path, why: &io::Error) -> String {
    format!("cannot write in {}: {why}", folder.display())
}

/// An empty file under the first name that nobody has: `a.md`, `a-2.md`.
fn reserve(folder: &Path, name: &str, ending: &str) -> io::Result<PathBuf> {
    for number in 1..=MOST {
        let number = if number == 1 { String::new() } else { format!("-{number}") };
        let path = folder.join(format!("{name}{number}.{ending}"));
        match OpenOptions::new().write(true).create_new(true).open(&path) {
            Err(error) if error.kind() == ErrorKind::AlreadyExists => {}
            result => return result.map(|_| path),
        }
    }
    Err(io::Error::new(ErrorKind::AlreadyExists, format!("{name} is there {MOST} times; remove some")))
}

/// `a360-prod-shop-20261123T1303Z-20261123T1403Z`
pub fn name(plan: &Plan) -> String {
    let scope = plan.scope.as_ref().map_or("all", |scope| scope.as_str());
    let at = |time: Timestamp| time.format("%Y%m%dT%H%MZ", &jiff::tz::TimeZone::UTC);
    let now = plan.periods.now;
    format!("a360-{}-{}-{}-{}", safe(&plan.context), safe(scope), at(now.start), at(now.end))
}

/// Only what no shell and no file system takes for something else.
fn safe(text: &str) -> String {
    let sign = |c: char| if c.is_ascii_alphanumeric() || c == '.' || c == '_' { c } else { '-' };
    text.chars().take(KEPT).map(sign).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    fn names(folder: &Path) -> Vec<String> {
        let mut names: Vec<String> =
            fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }

    #[test]
    fn no_report_replaces_another() {
        let folder = tempfile::tempdir().unwrap();
        let shelf = Shelf::new(folder.path().to_owned(), None);
        fs::write(folder.path().join("a.md"), "theirs").unwrap();
        for text in ["two", "three"] {
            let path = shelf.put("a", "md", text).unwrap();
            assert_eq!(fs::read_to_string(path).unwrap(), text);
        }
        assert_eq!(names(folder.path()), ["a-2.md", "a-3.md", "a.md"]);
        assert_eq!(fs::read_to_string(folder.path().join("a.md")).unwrap(), "theirs");
    }

    #[test]
    fn a_folder_that_is_not_there_gives_way_to_the_own_one() {
        let folder = tempfile::tempdir().unwrap();
        let (gone, own) = (folder.path().join("gone"), folder.path().join("state/a360/reports"));
        let path = Shelf::new(gone.clone(), Some(own.clone())).put("a", "md", "x").unwrap();
        assert_eq!(path, own.join("a.md"));
        let error = Shelf::new(gone.clone(), None).put("a", "md", "x").unwrap_err();
        assert!(error.contains("gone: ") && error.starts_with("cannot write in "), "{error}");
        // A file stands where the folder should be.
        fs::write(folder.path().join("file"), "").unwrap();
        let both = Shelf::new(gone, Some(folder.path().join("file/reports"))).put("a", "md", "x").unwrap_err();
        assert!(both.contains("gone: ") && both.contains("file/reports: "), "{both}");
        assert_eq!(names(folder.path()), ["file", "state"]);
    }

    #[test]
    fn a_full_shelf_says_so() {
        let folder = tempfile::tempdir().unwrap();
        let shelf = Shelf::new(folder.path().to_owned(), None);
        fs::write(folder.path().join("a.md"), "").unwrap();
        (2..=MOST).for_each(|number| fs::write(folder.path().join(format!("a-{number}.md")), "").unwrap());
        let error = shelf.put("a", "md", "x").unwrap_err();
        assert!(error.contains("a is there 1000 times"), "{error}");
    }

    #[test]
    fn names_are_of_letters_and_digits() {
        for (text, expected) in
            [("prod eu-1", "prod-eu-1"), ("../../etc", "..-..-etc"), ("a\u{202e}b$(x)", "a-b--x-"), ("größe", "gr--e")]
        {
            assert_eq!(safe(text), expected);
        }
        assert_eq!(safe(&"x".repeat(500)).len(), KEPT);
    }
}
