//! How much time a report is about.

use std::fmt;

use crate::time::{DAY, HOUR, MINUTE, format_duration, parse_duration};

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
    /// ms; by the calendar it can be another.
    pub fn length(self) -> i64 {
        match self {
            Self::LastHour => HOUR,
            Self::Daily => DAY,
            Self::Weekly => 7 * DAY,
            Self::Monthly => 30 * DAY,
            Self::Length(ms) => ms,
        }
    }

    /// A calendar knows such a stretch of time.
    pub fn has_calendar(self) -> bool {
        matches!(self, Self::Daily | Self::Weekly | Self::Monthly)
    }

    /// `daily`, `weekly`, `monthly` or a length.
    pub fn read(text: &str) -> Result<Self, String> {
        match text {
            "daily" => Ok(Self::Daily),
            "weekly" => Ok(Self::Weekly),
            "monthly" => Ok(Self::Monthly),
            length => match parse_duration(length) {
                Ok(ms) if (MINUTE..=366 * DAY).contains(&ms) => Ok(Self::Length(ms)),
                Ok(_) => Err("write a period from 1m to 366d".to_owned()),
                Err(_) => Err("write daily, weekly, monthly, or a length such as 90m or 7d".to_owned()),
            },
        }
    }
}

/// As [`Period::read`] takes it.
impl fmt::Display for Period {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Daily => f.write_str("daily"),
            Self::Weekly => f.write_str("weekly"),
            Self::Monthly => f.write_str("monthly"),
            Self::LastHour | Self::Length(_) => f.write_str(&format_duration(self.length())),
        }
    }
}
