//! Levels in whatever words or numbers a team writes them.

use crate::model::log::Level;

/// Words in lower case, in the order of [`Level::ALL`]; a single letter is the beginning of its word.
pub const WORDS: [(Level, &[&str]); 4] = [
    (
        Level::Error,
        &[
            "error",
            "err",
            "e",
            "fatal",
            "f",
            "critical",
            "crit",
            "c",
            "alert",
            "a",
            "emergency",
            "emerg",
            "panic",
            "severe",
            "failure",
        ],
    ),
    (Level::Warn, &["warn", "warning", "w"]),
    (Level::Info, &["info", "information", "informational", "i", "notice", "n", "log", "default"]),
    (Level::Debug, &["debug", "d", "trace", "t", "verbose", "v", "fine", "finer", "finest"]),
];

/// A word in any case, or a number: up to 7 as syslog counts, from 10 on as Python does.
pub fn read(text: &[u8]) -> Level {
    let text = text.trim_ascii();
    let known = |words: &[&str]| words.iter().any(|word| text.eq_ignore_ascii_case(word.as_bytes()));
    if let Some((level, _)) = WORDS.iter().find(|(_, words)| known(words)) {
        return *level;
    }
    let number = std::str::from_utf8(text).ok().and_then(|text| text.parse::<f64>().ok());
    match number {
        Some(number) if number.fract() == 0.0 => of_number(number as i64),
        _ => Level::Unknown,
    }
}

fn of_number(number: i64) -> Level {
    match number {
        0..=3 | 40..=60 => Level::Error,
        4 | 30..=39 => Level::Warn,
        5 | 6 | 20..=29 => Level::Info,
        7 | 10..=19 => Level::Debug,
        _ => Level::Unknown,
    }
}

/// As they may be written, for a field that is not analysed.
pub fn spellings(level: Level) -> Vec<String> {
    let words = WORDS.iter().find(|(known, _)| *known == level).map_or(&[][..], |(_, words)| words);
    let capital =
        |word: &str| word.get(..1).unwrap_or_default().to_ascii_uppercase() + word.get(1..).unwrap_or_default();
    let each = |word: &&str| [(*word).to_owned(), word.to_ascii_uppercase(), capital(word)];
    let mut all: Vec<String> = words.iter().flat_map(each).collect();
    all.sort();
    all.dedup();
    all
}

/// The same, and the numbers that are usual.
pub fn mixed(level: Level) -> Vec<String> {
    let numbers: &[u8] = match level {
        Level::Error => &[0, 1, 2, 3, 40, 50, 60],
        Level::Warn => &[4, 30],
        Level::Info => &[5, 6, 20],
        Level::Debug => &[7, 10],
        Level::Unknown => &[],
    };
    spellings(level).into_iter().chain(numbers.iter().map(ToString::to_string)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_level_is_known_in_any_word_or_number() {
        for (text, level) in [
            ("ERROR", Level::Error),
            (" Fatal ", Level::Error),
            ("W", Level::Warn),
            ("warning", Level::Warn),
            ("30", Level::Warn),
            ("30.0", Level::Warn),
            ("notice", Level::Info),
            ("6", Level::Info),
            ("TRACE", Level::Debug),
            ("7", Level::Debug),
            ("10", Level::Debug),
            ("", Level::Unknown),
            ("-1", Level::Unknown),
            ("30.5", Level::Unknown),
            ("nan", Level::Unknown),
            ("loud", Level::Unknown),
        ] {
            assert_eq!(read(text.as_bytes()), level, "{text}");
        }
        assert!(spellings(Level::Warn).iter().all(|word| read(word.as_bytes()) == Level::Warn));
        for level in Level::ALL {
            assert!(mixed(level).iter().all(|word| read(word.as_bytes()) == level));
        }
        assert!(spellings(Level::Error).contains(&"Error".to_owned()) && spellings(Level::Unknown).is_empty());
    }
}
