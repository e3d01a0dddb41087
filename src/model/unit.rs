//! What a number counts, and how a person reads it. Every number on screen and in a report goes through here.

pub mod axis;

use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Unit {
    /// A bare number.
    Count,
    /// Requests a second.
    PerSecond,
    /// 0 to 1, shown as percent.
    Ratio,
    /// 0 to 100.
    Percent,
    Seconds,
    Bytes,
    BytesPerSecond,
}

const DECIMAL: [(f64, &str); 4] = [(1e12, "T"), (1e9, "G"), (1e6, "M"), (1e3, "k")];
const KIB: f64 = 1024.0;
const BINARY: [(f64, &str); 5] = [
    (KIB * KIB * KIB * KIB * KIB, "PiB"),
    (KIB * KIB * KIB * KIB, "TiB"),
    (KIB * KIB * KIB, "GiB"),
    (KIB * KIB, "MiB"),
    (KIB, "KiB"),
];
const TIME: [(f64, &str, f64); 5] =
    [(86_400.0, "d", 86_400.0), (3_600.0, "h", 3_600.0), (60.0, "min", 60.0), (1.0, "s", 1.0), (1e-3, "ms", 1e-3)];

impl Unit {
    /// Value and unit in at most some ten cells: `312 req/s`, `12.4 %`, `3.1 s`, `1.6 GiB`.
    pub fn show(self, value: f64) -> String {
        let (number, unit) = self.split(value);
        if unit.is_empty() { number } else { format!("{number} {unit}") }
    }

    /// The same, shorter, for an axis: `400`, `15%`, `4s`, `2G`.
    pub fn tick(self, value: f64) -> String {
        let (number, unit) = self.split(value);
        if number == "0" {
            return number.to_owned();
        }
        let unit = match self {
            Self::Bytes | Self::BytesPerSecond => {
                unit.chars().next().filter(|c| *c != 'B').map_or(String::new(), String::from)
            }
            Self::PerSecond => unit.trim_end_matches("req/s").trim().to_owned(),
            _ => unit,
        };
        format!("{number}{unit}")
    }

    fn split(self, value: f64) -> (String, String) {
        if value.is_nan() {
            return ("no value".to_owned(), String::new());
        }
        if value.is_infinite() {
            return (if value > 0.0 { "+Inf" } else { "-Inf" }.to_owned(), String::new());
        }
        match self {
            Self::Count => scaled(value, &DECIMAL, ""),
            Self::PerSecond => {
                let (number, prefix) = scaled(value, &DECIMAL, "");
                (number, if prefix.is_empty() { "req/s".to_owned() } else { format!("{prefix} req/s") })
            }
            Self::Ratio => (digits(value * 100.0), "%".to_owned()),
            Self::Percent => (digits(value), "%".to_owned()),
            Self::Seconds => seconds(value),
            Self::Bytes => scaled(value, &BINARY, "B"),
            Self::BytesPerSecond => {
                let (number, unit) = scaled(value, &BINARY, "B");
                (number, format!("{unit}/s"))
            }
        }
    }
}

fn scaled(value: f64, table: &[(f64, &str)], base: &str) -> (String, String) {
    let size = value.abs();
    match table.iter().find(|(scale, _)| size >= *scale * 0.9995) {
        Some((scale, unit)) => (digits(value / scale), (*unit).to_owned()),
        None => (digits(value), base.to_owned()),
    }
}

fn seconds(value: f64) -> (String, String) {
    let size = value.abs();
    if size == 0.0 {
        return ("0".to_owned(), "s".to_owned());
    }
    // From two minutes on minutes read better; below, plain seconds do.
    let found = TIME
        .iter()
        .find(|(from, unit, _)| size >= if matches!(*unit, "d" | "h" | "min") { from * 2.0 } else { *from * 0.9995 });
    match found {
        Some((_, unit, scale)) => (digits(value / scale), (*unit).to_owned()),
        None => (digits(value * 1e6), "µs".to_owned()),
    }
}

/// A duration in ns: `3.12 s`, `12 ms`, `840 µs`, `15 ns`.
pub fn nanos(ns: i64) -> String {
    if (-999..=999).contains(&ns) && ns != 0 { format!("{ns} ns") } else { Unit::Seconds.show(ns as f64 / 1e9) }
}

/// Three significant digits, none of them noise; exponents only where nothing else fits.
pub fn digits(value: f64) -> String {
    let size = value.abs();
    if size == 0.0 {
        return "0".to_owned();
    }
    if !(1e-4..1e6).contains(&size) {
        return format!("{value:.1e}");
    }
    let places = match size {
        s if s >= 99.95 => 0,
        s if s >= 9.995 => 1,
        s if s >= 0.0995 => 2,
        s if s >= 0.00995 => 3,
        _ => 4,
    };
    let text = format!("{value:.places$}");
    if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.').to_owned() } else { text }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_read_as_a_person_writes_them() {
        let show = |unit: Unit, values: &[f64]| values.iter().map(|v| unit.show(*v)).collect::<Vec<_>>().join("|");
        assert_eq!(show(Unit::PerSecond, &[312.4, 0.0, 0.25, 12_345.0]), "312 req/s|0 req/s|0.25 req/s|12.3 k req/s");
        assert_eq!(show(Unit::Ratio, &[0.124, 0.0, 1.0, 0.003]), "12.4 %|0 %|100 %|0.3 %");
        assert_eq!(show(Unit::Seconds, &[3.1, 0.26, 0.000_4, 5.0, 7_800.0]), "3.1 s|260 ms|400 µs|5 s|2.17 h");
        assert_eq!(show(Unit::Bytes, &[1.6 * KIB * KIB * KIB, 0.0, 900.0, 1048575.9]), "1.6 GiB|0 B|900 B|1 MiB");
        assert_eq!(show(Unit::Percent, &[58.0, 71.24]), "58 %|71.2 %");
        assert_eq!(
            show(Unit::Count, &[f64::NAN, f64::INFINITY, f64::NEG_INFINITY, 1e300]),
            "no value|+Inf|-Inf|1.0e288 T"
        );
    }

    #[test]
    fn nanoseconds_are_told_in_the_unit_that_fits() {
        let told = [0, 15, -999, 1_000, 840_000, 12_000_000, 3_120_000_000, -5_000_000, 7_800_000_000_000].map(nanos);
        assert_eq!(told.join("|"), "0 s|15 ns|-999 ns|1 µs|840 µs|12 ms|3.12 s|-5 ms|2.17 h");
        assert_eq!([nanos(i64::MAX), nanos(i64::MIN)].join("|"), "106752 d|-106752 d");
    }

    #[test]
    fn ticks_are_short() {
        assert_eq!(Unit::Ratio.tick(0.15), "15%");
        assert_eq!(Unit::Bytes.tick(2.0 * KIB * KIB * KIB), "2G");
        assert_eq!(Unit::PerSecond.tick(400.0), "400");
        assert_eq!(Unit::PerSecond.tick(4_000.0), "4k");
        assert_eq!(Unit::Seconds.tick(0.5), "500ms");
        assert_eq!(Unit::Seconds.tick(0.0), "0");
    }
}
