//! A cron expression: the five fields that every cron knows, no more, so that a crontab can say the same.

use croner::parser::{CronParser, Seconds, Year};
use jiff::civil::DateTime;

const FIELDS: [&str; 5] = ["minute", "hour", "day of the month", "month", "day of the week"];
const EXAMPLE: &str = "write minute, hour, day, month and weekday, such as \"30 7 * * 1-5\"";

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cron {
    text: String,
    parsed: croner::Cron,
}

impl Cron {
    pub fn parse(text: &str) -> Result<Self, String> {
        let fields: Vec<&str> = text.split_whitespace().collect();
        if fields.len() != FIELDS.len() {
            let count = fields.len();
            return Err(format!("`{text}` has {count} of 5 fields; {EXAMPLE}"));
        }
        for (at, (field, name)) in fields.iter().zip(FIELDS).enumerate() {
            let mut alone = ["*"; 5];
            alone[at] = field;
            if !is_plain(field, at) || read(&alone.join(" ")).is_none() {
                return Err(format!("`{text}` has a wrong {name}, `{field}`; {}", bounds(at)));
            }
        }
        let text = fields.join(" ");
        let parsed = read(&text).ok_or_else(|| format!("`{text}` is no cron expression; {EXAMPLE}"))?;
        let cron = Self { text, parsed };
        // A leap year comes within eight years at most.
        match cron.next(DateTime::constant(2023, 1, 1, 0, 0, 0, 0)).is_some_and(|found| found.year() < 2033) {
            true => Ok(cron),
            false => Err(format!("`{}` never comes: no such month has such a day; mend one of them", cron.text)),
        }
    }

    pub fn text(&self) -> &str {
        &self.text
    }

    /// The next time that it names, after this one.
    pub fn next(&self, after: DateTime) -> Option<DateTime> {
        let second = after.with().subsec_nanosecond(0).build().ok()?;
        self.parsed.find_next_occurrence(&second, false).ok()
    }

    /// Minutes, hours, days of the month, months and days of the week (0 is Sunday) that it names; none is any.
    pub fn values(&self) -> [Option<Vec<u16>>; 5] {
        let pattern = &self.parsed.pattern;
        let all = [&pattern.minutes, &pattern.hours, &pattern.days, &pattern.months, &pattern.days_of_week];
        let mut fields = self.text.split(' ');
        all.map(|values| (fields.next() != Some("*")).then(|| values.values()))
    }
}

fn read(text: &str) -> Option<croner::Cron> {
    let parser = CronParser::builder().seconds(Seconds::Disallowed).year(Year::Disallowed).build();
    parser.parse(text).ok()
}

/// The parser knows more signs, which no crontab and no timer could repeat.
fn is_plain(field: &str, at: usize) -> bool {
    let is_name = |word: &str| at >= 3 && word.len() == 3;
    let words = field.split(|c: char| !c.is_ascii_alphabetic()).filter(|word| !word.is_empty());
    field.chars().all(|c| c.is_ascii_alphanumeric() || "*,-/".contains(c)) && words.into_iter().all(is_name)
}

fn bounds(at: usize) -> &'static str {
    match at {
        0 => "write 0 to 59, *, */15, 0,30 or 10-20",
        1 => "write 0 to 23, *, */6, 7,19 or 8-17",
        2 => "write 1 to 31, *, 1,15 or 1-7; the last day of each month is every = \"monthly\" with day = 31",
        3 => "write 1 to 12, jan to dec, *, 1,7 or 3-9",
        _ => "write 0 to 7 (0 and 7 are Sunday), sun to sat, *, 1-5 or 1,3",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_wrong_is_said_with_the_field() {
        let why = |text| Cron::parse(text).unwrap_err();
        assert!(why("30 7 * *").contains("has 4 of 5 fields; write minute, hour"));
        assert!(why("0 30 7 * * *").contains("has 6 of 5 fields"));
        assert!(why("@daily").contains("has 1 of 5 fields"));
        assert!(why("60 7 * * *").contains("has a wrong minute, `60`; write 0 to 59"));
        assert!(why("0 24 * * *").contains("has a wrong hour, `24`; write 0 to 23"));
        assert!(why("0 7 0 * *").contains("has a wrong day of the month, `0`"));
        assert!(why("0 7 L * *").contains("the last day of each month is every = \"monthly\""));
        assert!(why("0 7 * 13 *").contains("has a wrong month, `13`"));
        assert!(why("0 7 * * mo").contains("has a wrong day of the week, `mo`; write 0 to 7"));
        assert!(why("0 7 * * 1#1").contains("has a wrong day of the week"));
        assert!(why("0 7 * * é").contains("has a wrong day of the week"));
        assert!(why("0 7 30 2 *").contains("never comes"));
        assert!(why("").contains("has 0 of 5 fields"));
    }

    #[test]
    fn good_ones_are_kept_as_written() {
        for text in ["30 7 * * 1-5", "*/15 * * * *", "0 7 29 2 *", "0 7 1,15 jan-mar mon,FRI", "5-59/5 0 * * 7"] {
            assert_eq!(Cron::parse(text).map(|cron| cron.text().to_owned()).as_deref(), Ok(text));
        }
        assert_eq!(Cron::parse("  30  7 * *   *").unwrap().text(), "30 7 * * *");
    }

    #[test]
    fn its_values_are_spelled_out() {
        let [minutes, hours, days, months, weekdays] = Cron::parse("*/20 7 * feb 5,7").unwrap().values();
        assert_eq!((minutes, hours), (Some(vec![0, 20, 40]), Some(vec![7])));
        assert_eq!((days, months, weekdays), (None, Some(vec![2]), Some(vec![0, 5])));
    }
}
