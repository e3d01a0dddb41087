//! How long a span took, as a person writes it: `500us`, `20ms`, `1.5s`, `1m30s`; in ns.

use crate::text::Plain;

const UNITS: [(&str, i64); 8] = [
    ("ns", 1),
    ("us", 1_000),
    ("µs", 1_000),
    ("μs", 1_000),
    ("ms", 1_000_000),
    ("s", 1_000_000_000),
    ("m", 60_000_000_000),
    ("h", 3_600_000_000_000),
];

pub fn parse(text: &str) -> Result<i64, String> {
    let mut rest = text;
    let mut total: i64 = 0;
    while !rest.is_empty() {
        let letters = rest.find(|c: char| !c.is_ascii_digit() && c != '.').ok_or_else(|| bad(text))?;
        let (number, after) = rest.split_at(letters);
        let end = after.find(|c: char| c.is_ascii_digit() || c == '.').unwrap_or(after.len());
        let (unit, after) = after.split_at(end);
        let unit = UNITS.iter().find(|(name, _)| *name == unit).ok_or_else(|| bad(text))?.1;
        total = scaled(number, unit).and_then(|ns| total.checked_add(ns)).ok_or_else(|| bad(text))?;
        rest = after;
    }
    if total > 0 { Ok(total) } else { Err(bad(text)) }
}

fn bad(text: &str) -> String {
    format!("`{}` is no duration: write 500us, 20ms, 1.5s or 1m30s", Plain::new(text))
}

/// A decimal number of units, exact.
fn scaled(number: &str, unit: i64) -> Option<i64> {
    let (whole, part) = number.split_once('.').unwrap_or((number, ""));
    let mut ns = whole.parse::<i64>().ok()?.checked_mul(unit)?;
    let mut place = unit;
    for digit in part.chars() {
        place /= 10;
        ns = ns.checked_add(i64::from(digit.to_digit(10)?) * place)?;
    }
    Some(ns)
}

/// Exact, readable by [`parse`].
pub fn show(ns: i64) -> String {
    let (name, unit) = match ns {
        ..1_000 => ("ns", 1),
        1_000..1_000_000 => ("us", 1_000),
        1_000_000..1_000_000_000 => ("ms", 1_000_000),
        _ => ("s", 1_000_000_000),
    };
    let (whole, part) = (ns / unit, ns % unit);
    if part == 0 {
        return format!("{whole}{name}");
    }
    let digits = usize::try_from(unit.ilog10()).unwrap_or(0);
    format!("{whole}.{}{name}", format!("{part:0digits$}").trim_end_matches('0'))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn lengths_are_read_as_go_writes_them() {
        let read = ["500ms", "1.5s", "1m30s", "100us", "2µs", "7ns", "0.25ms", "1h"].map(|text| parse(text).unwrap());
        let ms = 1_000_000;
        assert_eq!(read, [500 * ms, 1_500 * ms, 90_000 * ms, ms / 10, 2_000, 7, ms / 4, 3_600_000 * ms]);
        for text in ["", "5", "s", "5x", "-5s", "1.2.3s", "0s", ".s", "99999999999h", "5 s"] {
            assert!(parse(text).unwrap_err().ends_with("is no duration: write 500us, 20ms, 1.5s or 1m30s"), "{text}");
        }
    }

    proptest! {
        #[test]
        fn what_is_written_is_read(ns in 1..i64::MAX) {
            prop_assert_eq!(parse(&show(ns)), Ok(ns));
        }
    }
}
