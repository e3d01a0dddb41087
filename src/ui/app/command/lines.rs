//! What `--select` says of the logs: `query="level:ERROR" level=WARN service="shop" type!="audit" at=2026-11-23T14:03:25Z`.
//!
//! It is copied into terminals and chats: what is not printable is written as its number, and read back as it was.

use crate::model::log::{Filter, Level, Search};
use crate::text::Plain;
use crate::text::words::{quoted, word};

/// What is sought, and the moment of the line under the cursor, in ns.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Lines {
    pub search: Search,
    pub at: Option<i64>,
}

/// The names that are not those of fields, unless they are quoted.
const OWN: [&str; 3] = ["query", "level", "at"];
/// Where a word without quotes ends.
const STOPS: [char; 2] = ['=', '!'];

impl Lines {
    /// Nothing, if nothing is selected.
    pub fn text(&self) -> Option<String> {
        let Self { search: Search { text, filters, level }, at } = self;
        let query = (!text.is_empty()).then(|| format!("query={}", quoted(text)));
        let level = level.map(|level| format!("level={}", level.word()));
        let filter = |filter: &Filter| {
            let op = if filter.exclude { "!=" } else { "=" };
            format!("{}{op}{}", name(&filter.field), quoted(&filter.value))
        };
        let at = at.and_then(|at| jiff::Timestamp::from_nanosecond(at.into()).ok()).map(|at| format!("at={at}"));
        let parts: Vec<String> = query.into_iter().chain(level).chain(filters.iter().map(filter)).chain(at).collect();
        (!parts.is_empty()).then(|| parts.join(" "))
    }

    pub fn parse(text: &str) -> Result<Self, String> {
        let mut lines = Self::default();
        let mut rest = text.trim();
        if rest.is_empty() {
            return Err("it is empty".to_owned());
        }
        while !rest.is_empty() {
            let is_quoted = rest.starts_with('"');
            let (field, after) = word(rest, &STOPS)?;
            let missing = || format!("`=` is missing after `{}`", Plain::new(&field));
            let (exclude, after) = match after.strip_prefix("!=") {
                Some(after) => (true, after),
                None => (false, after.strip_prefix('=').ok_or_else(missing)?),
            };
            let (value, after) = word(after, &STOPS)?;
            rest = after.trim_start();
            match field.as_str() {
                own if !is_quoted && exclude && OWN.contains(&own) => return Err(format!("`{own}` takes = only")),
                "query" if !is_quoted => lines.search.text = value,
                "level" if !is_quoted => lines.search.level = Some(level(&value)?),
                "at" if !is_quoted => lines.at = Some(moment(&value)?),
                "" => return Err("a field has no name".to_owned()),
                _ => lines.search.filters.push(Filter { field, value, exclude }),
            }
        }
        Ok(lines)
    }
}

fn level(text: &str) -> Result<Level, String> {
    let known = Level::ALL.into_iter().find(|level| level.word().eq_ignore_ascii_case(text));
    known.ok_or_else(|| format!("`{}` is no level; ERROR, WARN, INFO and DEBUG are", Plain::new(text)))
}

fn moment(text: &str) -> Result<i64, String> {
    let at = text.parse::<jiff::Timestamp>().ok().and_then(|at| i64::try_from(at.as_nanosecond()).ok());
    at.ok_or_else(|| format!("`{}` is not a time; write 2026-11-23T14:00:00Z", Plain::new(text)))
}

/// A field as it is, if nothing of it can be taken for something else.
fn name(field: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "_.@-".contains(c);
    let is_plain = !field.is_empty() && field.chars().all(plain) && !OWN.contains(&field);
    if is_plain { field.to_owned() } else { quoted(field) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn it_reads_as_it_is_written() {
        let text = r#"query="level:(ERROR OR \"x\")" level=WARN service.keyword="shop" type!="audit" at=2026-11-23T14:03:25.377Z"#;
        let lines = Lines::parse(text).unwrap();
        assert_eq!(lines.search.text, "level:(ERROR OR \"x\")");
        assert_eq!((lines.search.level, lines.at), (Some(Level::Warn), Some(1_795_442_605_377_000_000)));
        assert_eq!(lines.search.filters.iter().map(|one| one.exclude).collect::<Vec<_>>(), [false, true]);
        assert_eq!(lines.text().unwrap(), text);
        assert_eq!(Lines::default().text(), None);
    }

    #[test]
    fn mistakes_say_what_would_be_right() {
        for (text, words) in [
            ("level:ERROR", "`=` is missing after `level:ERROR`"),
            ("level=LOUD", "`LOUD` is no level; ERROR"),
            ("at=noon", "`noon` is not a time"),
            ("query=\"x", "a quote is not closed"),
            ("level!=WARN", "`level` takes = only"),
            ("  ", "it is empty"),
            ("=\"x\"", "a field has no name"),
            ("query=\"\\u{zz}\"", "is no character"),
        ] {
            let error = Lines::parse(text).unwrap_err();
            assert!(error.contains(words), "{text}: {error}");
        }
    }

    proptest! {
        #[test]
        fn any_words_come_back(
            text in any::<String>(),
            fields in prop::collection::vec(("[a-z.]{1,9}|query|at|level|\\PC{1,5}|[\\x00-\\x7f]{1,3}", any::<String>(), any::<bool>()), 0..4),
            level in prop::sample::select(vec![None, Some(Level::Warn), Some(Level::Unknown)]),
            at in prop::option::of(any::<i64>()),
        ) {
            let filters = fields.into_iter().map(|(field, value, exclude)| Filter { field, value, exclude }).collect();
            let lines = Lines { search: Search { text, filters, level }, at };
            if let Some(written) = lines.text() {
                prop_assert_eq!(&*Plain::new(&written).chars().take(500).collect::<String>(), &*written.chars().take(500).collect::<String>());
                prop_assert_eq!(Lines::parse(&written), Ok(lines));
            }
        }
    }
}
