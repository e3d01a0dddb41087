//! The formats a report can be written in.

use clap::ValueEnum;

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, ValueEnum)]
pub enum Format {
    Text,
    Markdown,
    Html,
    Json,
}

impl Format {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Text, Self::Markdown, Self::Html, Self::Json];

    /// As the command line and the config write it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Markdown => "markdown",
            Self::Html => "html",
            Self::Json => "json",
        }
    }

    /// The ending of its files.
    pub fn ending(self) -> &'static str {
        match self {
            Self::Text => "txt",
            Self::Markdown => "md",
            Self::Html => "html",
            Self::Json => "json",
        }
    }

    /// The format of that word, or all the words there are.
    pub fn read(text: &str) -> Result<Self, String> {
        let words = Self::ALL.map(Self::word).join(", ");
        let found = Self::ALL.into_iter().find(|format| format.word() == text);
        found.ok_or_else(|| format!("`{text}` is no format; write one of: {words}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_line_and_the_config_use_the_same_words() {
        for format in Format::ALL {
            assert_eq!(Format::read(format.word()), Ok(format));
            assert_eq!(format.to_possible_value().unwrap().get_name(), format.word());
        }
        assert_eq!(Format::value_variants(), Format::ALL);
        assert!(Format::read("pdf").unwrap_err().ends_with("text, markdown, html, json"));
    }
}
