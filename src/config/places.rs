//! Where the config file is looked for, as data, so that a test can say it without touching the process.

use std::ffi::OsString;
use std::fs::File;
use std::io::{self, ErrorKind, Read};
use std::path::{Path, PathBuf};

use directories::{BaseDirs, ProjectDirs};

use super::mistake::Mistake;

/// Thousands of contexts fit in.
const MOST_BYTES: u64 = 4 * 1024 * 1024;

/// In the order in which they are tried. The first two are somebody's word: the file must be there.
#[derive(Debug, Clone, Default)]
pub struct Places {
    /// `--config`
    pub flag: Option<PathBuf>,
    /// `$A360_CONFIG`; empty is as good as unset.
    pub variable: Option<OsString>,
    /// `config.toml` in the platform's config folder; none where there is no home.
    pub platform: Option<PathBuf>,
    /// What `~/` stands for.
    pub home: Option<PathBuf>,
}

impl Places {
    /// What this process was given.
    pub fn of_process(flag: Option<PathBuf>) -> Self {
        Self {
            flag,
            variable: std::env::var_os("A360_CONFIG"),
            platform: ProjectDirs::from("", "", "a360").map(|dirs| dirs.config_dir().join("config.toml")),
            home: BaseDirs::new().map(|dirs| dirs.home_dir().to_owned()),
        }
    }

    /// The file that would be read or written, and whether somebody named it.
    pub fn chosen(&self) -> Option<(&Path, bool)> {
        let named = self.variable.as_deref().filter(|value| !value.is_empty()).map(Path::new);
        let named = self.flag.as_deref().or(named).map(|path| (path, true));
        named.or_else(|| self.platform.as_deref().map(|path| (path, false)))
    }

    /// Path and text of the file, if there is one.
    pub(super) fn read(&self) -> Result<Option<(PathBuf, String)>, Mistake> {
        let Some((path, named)) = self.chosen() else { return Ok(None) };
        let bytes = match read(path) {
            Ok(bytes) if bytes.len() as u64 > MOST_BYTES => {
                return Err(Mistake::of_file(path, "larger than 4 MiB; that is no config file, mend the path"));
            }
            Ok(bytes) => bytes,
            Err(error) if error.kind() == ErrorKind::NotFound && !named => return Ok(None),
            Err(error) => return Err(Mistake::of_file(path, &unreadable(&error))),
        };
        match String::from_utf8(bytes) {
            Ok(text) => Ok(Some((path.to_owned(), text))),
            Err(error) => Err(not_utf8(path, &error)),
        }
    }
}

/// Not `fs::read`: a device that never ends, named by mistake, would fill the memory.
fn read(path: &Path) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    File::open(path)?.take(MOST_BYTES + 1).read_to_end(&mut bytes)?;
    Ok(bytes)
}

fn unreadable(error: &io::Error) -> String {
    match error.kind() {
        ErrorKind::NotFound => {
            "no such file; mend the path, or write one with `a360 config init --config FILE`".to_owned()
        }
        ErrorKind::PermissionDenied => "no permission to read this file; see its owner and mode".to_owned(),
        ErrorKind::IsADirectory => "this is a folder; name the file in it".to_owned(),
        _ => format!("cannot be read: {error}"),
    }
}

fn not_utf8(path: &Path, error: &std::string::FromUtf8Error) -> Mistake {
    let good = &error.as_bytes()[..error.utf8_error().valid_up_to()];
    let line = good.iter().filter(|byte| **byte == b'\n').count() + 1;
    Mistake::at(path, line, "not UTF-8 text; save the file as UTF-8")
}
