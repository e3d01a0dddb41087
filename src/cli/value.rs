//! The values of flags: read, and refused with what would be right.

use std::fmt;
use std::path::PathBuf;

use jiff::tz::TimeZone;

use crate::config;
use crate::model::format::Format;
use crate::model::period::Period;
use crate::time::{Timestamp, parse_duration, parse_moment};

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Output {
    Stdout,
    File(PathBuf),
}

/// Nothing is the last hour.
pub fn period(text: &str) -> Result<Period, String> {
    if text.is_empty() { Ok(Period::LastHour) } else { Period::read(text) }
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
