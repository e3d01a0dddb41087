//! One line that says where the config is wrong and what would be right.

use std::fmt;
use std::path::{Path, PathBuf};

use crate::text::Plain;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mistake {
    /// None: it was said on the command line.
    path: Option<PathBuf>,
    /// None: the whole file is meant.
    line: Option<usize>,
    text: Plain,
}

impl Mistake {
    pub fn at(path: &Path, line: usize, text: &str) -> Self {
        Self { path: Some(path.to_owned()), line: Some(line), text: Plain::new(text) }
    }

    pub fn of_file(path: &Path, text: &str) -> Self {
        Self { path: Some(path.to_owned()), line: None, text: Plain::new(text) }
    }

    pub fn of_argument(text: &str) -> Self {
        Self { path: None, line: None, text: Plain::new(text) }
    }
}

impl fmt::Display for Mistake {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(path) = &self.path {
            write!(f, "{}:", Plain::new(&path.to_string_lossy()))?;
            if let Some(line) = self.line {
                write!(f, "{line}:")?;
            }
            f.write_str(" ")?;
        }
        f.write_str(&self.text)
    }
}

impl std::error::Error for Mistake {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mistake_cannot_carry_control_characters() {
        let mistake = Mistake::at(Path::new("a\x1b.toml"), 3, "unknown key `\x1b[2J`");
        assert_eq!(mistake.to_string(), "a^[.toml:3: unknown key `^[[2J`");
    }
}
