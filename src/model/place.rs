//! Where in the console something is to be seen, and the command line that opens it there.

use crate::text::Plain;
use crate::time::{Range, format_duration};

/// A view with a stretch of time, and what the cursor is on there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    pub room: Room,
    pub range: Range,
    /// As `--select` takes it in that view.
    pub select: Option<String>,
}

/// The views that evidence is seen in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Room {
    Overview,
    Alerts,
    Logs,
    Traces,
}

impl Room {
    /// As `--view` takes it.
    pub fn id(self) -> &'static str {
        match self {
            Self::Overview => "overview",
            Self::Alerts => "alerts",
            Self::Logs => "logs",
            Self::Traces => "traces",
        }
    }
}

/// What a command line must say first to come to the same servers and the same scope.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Opening {
    /// Such as `--config FILE`.
    pub flags: Vec<String>,
    /// None in the demo, which has one.
    pub context: Option<Plain>,
    pub scope: Option<Plain>,
}

/// The time that a command line opens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Time {
    /// The last so many ms.
    Live(i64),
    Fixed(Range),
}

impl Opening {
    /// `a360 --context prod --view overview --from … --to … --scope shop --select latency`
    pub fn command(&self, place: &Place) -> String {
        self.line(place.room.id(), Time::Fixed(place.range), place.select.as_deref())
    }

    pub fn line(&self, view: &str, time: Time, select: Option<&str>) -> String {
        let mut words = vec!["a360".to_owned()];
        let mut say = |flag: &str, value: String| words.extend([flag.to_owned(), value]);
        if let Some(context) = &self.context {
            say("--context", context.to_string());
        }
        say("--view", view.to_owned());
        match time {
            Time::Live(length) => say("--range", format_duration(length)),
            Time::Fixed(range) => {
                say("--from", range.start.rfc3339());
                say("--to", range.end.rfc3339());
            }
        }
        if let Some(scope) = &self.scope {
            say("--scope", scope.to_string());
        }
        if let Some(select) = select {
            say("--select", select.to_owned());
        }
        words.splice(1..1, self.flags.iter().cloned());
        words.iter().map(|word| for_shell(word)).collect::<Vec<_>>().join(" ")
    }
}

/// A word for a POSIX shell.
pub fn for_shell(word: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_./:@+=,".contains(c);
    if !word.is_empty() && word.chars().all(plain) {
        word.to_owned()
    } else {
        format!("'{}'", word.replace('\'', r"'\''"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::Timestamp;

    #[test]
    fn a_place_is_a_command_line_that_a_shell_reads_as_it_is() {
        let opening =
            Opening { flags: vec!["--config".into(), "a b.toml".into()], context: Some("prod".into()), scope: None };
        let range = Range::new(Timestamp(0), Timestamp(60_000));
        let place = Place { room: Room::Logs, range, select: Some("query=\"it's\"".to_owned()) };
        assert_eq!(
            opening.command(&place),
            r#"a360 --config 'a b.toml' --context prod --view logs --from 1970-01-01T00:00:00Z --to 1970-01-01T00:01:00Z --select 'query="it'\''s"'"#
        );
    }
}
