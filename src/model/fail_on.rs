//! What makes the exit code of a report a failure.

use clap::ValueEnum;

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum FailOn {
    Critical,
    Warning,
    None,
}

const WORDS: [(&str, FailOn); 3] =
    [("critical", FailOn::Critical), ("warning", FailOn::Warning), ("none", FailOn::None)];

impl FailOn {
    pub fn read(text: &str) -> Result<Self, String> {
        let found = WORDS.iter().find(|(word, _)| *word == text);
        found
            .map(|(_, of)| *of)
            .ok_or_else(|| format!("`{text}` is not a choice; write one of: critical, warning, none"))
    }

    /// As the command line and the config write it.
    pub fn word(self) -> &'static str {
        WORDS.iter().find(|(_, of)| *of == self).map_or("", |(word, _)| word)
    }
}
