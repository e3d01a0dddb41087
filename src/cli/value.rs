//! The values of flags: read, and refused with what would be right.

use std::fmt;
use std::path::PathBuf;

use jiff::tz::TimeZone;

use crate::config;
use crate::model::format::Format;
use crate::time::{DAY, HOUR, MINUTE, Timestamp, parse_duration, parse_moment};

/// How long a report looks back from now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Period {
    /// `--report` alone.
    LastHour,
    Daily,
    Weekly,
    Monthly,
    /// ms
    Length(i64),
}

impl Period {
    /// ms
    pub fn length(self) -> i64 {
        match self {
            Self::LastHour => HOUR,
            Self::Daily => DAY,
            Self::Weekly => 7 * DAY,
            Self::Monthly => 30 * DAY,
            Self::Length(ms) => ms,
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Output {
    Stdout,
    File(PathBuf),
}

pub fn period(text: &str) -> Result<Period, String> {
    match text {
        "" => Ok(Period::LastHour),
        "daily" => Ok(Period::Daily),
        "weekly" => Ok(Period::Weekly),
        "monthly" => Ok(Period::Monthly),
        length => match parse_duration(length) {
            Ok(ms) if (MINUTE..=366 * DAY).contains(&ms) => Ok(Period::Length(ms)),
            Ok(_) => Err("write a period from 1m to 366d".to_owned()),
            Err(_) => Err("write daily, weekly, monthly, or a length such as 90m or 7d".to_owned()),
        },
    }
}

pub fn output(text: &str) -> Result<Output, String> {
    match text {
        "-" => Ok(Output::Stdout),
        "" => Err("write the path of a file, or - for the standard output".to_owned()),
        path => Ok(Output::File(PathBuf::from(path))),
    }
}

/// What the ending of a file says.
pub fn format_of(output: &Output) -> Option<Format> {
    let Output::File(path) = output else { return None };
    let ending = path.extension()?.to_str()?.to_ascii_lowercase();
    Format::ALL.into_iter().find(|format| format.ending() == ending)
}

impl fmt::Display for Output {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Stdout => f.write_str("-"),
            Self::File(path) => path.display().fmt(f),
        }
    }
}

pub fn range(text: &str) -> Result<i64, String> {
    config::live_range(parse_duration(text).map_err(|error| error.0)?)
}

pub fn interval(text: &str) -> Result<i64, String> {
    config::interval(parse_duration(text).map_err(|error| error.0)?)
}

/// Only how it is written; what it means depends on the clock and the zone.
pub fn moment(text: &str) -> Result<String, String> {
    parse_moment(text, Timestamp(0), &TimeZone::UTC).map(|_| text.to_owned()).map_err(|error| error.0)
}
