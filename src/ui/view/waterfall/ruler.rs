//! The times above the bars: round ones, from the beginning of what is shown.

use crate::model::unit::nanos;

const SECOND: i64 = 1_000_000_000;
/// Cells from one label to the next, at least.
const APART: i64 = 11;
/// Round seconds beyond the decimal ones, up to a day.
const SECONDS: [i64; 15] = [10, 15, 30, 60, 120, 300, 600, 900, 1_800, 3_600, 7_200, 10_800, 21_600, 43_200, 86_400];

/// What lies between two labels.
fn step(length: i64, width: u16) -> i64 {
    let tens = |from: i64| (0..=18).map_while(move |power| 10i64.checked_pow(power)?.checked_mul(from));
    let many = move |from: i64| tens(from).flat_map(|ten| [1, 2, 5].map(|n| ten.saturating_mul(n)));
    let small = many(1).take_while(|step| *step <= 5 * SECOND);
    let steps = small.chain(SECONDS.map(|step| step * SECOND)).chain(many(86_400 * SECOND).skip(1));
    let fits = |step: &i64| i128::from(*step) * i128::from(width) >= i128::from(APART) * i128::from(length);
    steps.take(80).find(fits).unwrap_or(i64::MAX)
}

/// The labels of so long a time in so many cells, and the cell in which each begins.
pub fn labels(length: i64, width: u16) -> Vec<(u16, String)> {
    let length = length.max(0);
    if width == 0 {
        return Vec::new();
    }
    let end = nanos(length);
    let last = width.saturating_sub(end.chars().count() as u16);
    let step = step(length, width);
    let cell = |time: i64| (i128::from(time) * i128::from(width) / i128::from(length.max(1))) as u16;
    let mut labels: Vec<(u16, String)> = Vec::new();
    let mut time = 0i64;
    while time < length {
        let (at, text) = (cell(time), if time == 0 { "0".to_owned() } else { nanos(time) });
        if usize::from(at) + text.chars().count() + 2 > usize::from(last) {
            break;
        }
        labels.push((at, text));
        time = time.saturating_add(step);
    }
    if end.chars().count() <= usize::from(width) {
        labels.push((last, end));
    }
    labels
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn line(length: i64, width: u16) -> String {
        let mut line = String::new();
        for (at, text) in labels(length, width) {
            line.extend(std::iter::repeat_n(' ', usize::from(at) - line.chars().count()));
            line.push_str(&text);
        }
        line
    }

    #[test]
    fn labels_are_round_in_every_unit() {
        assert_eq!(line(3_120_000_000, 60), "0                  1 s                2 s             3.12 s");
        assert_eq!(line(71_000_000, 40), "0          20 ms      40 ms        71 ms");
        assert_eq!(line(840, 40), "0                      500 ns     840 ns");
        assert_eq!(line(7_200 * SECOND, 40), "0                   60 min           2 h");
        assert_eq!(line(0, 10), "       0 s");
        assert_eq!(line(5, 3), "");
        assert_eq!(line(400 * 86_400 * SECOND, 30), "0              200 d     400 d");
    }

    proptest! {
        #[test]
        fn labels_never_touch(length in any::<i64>(), width in 0u16..300) {
            let mut end = 0;
            for (at, text) in labels(length, width) {
                prop_assert!(end == 0 || at > end, "{:?}", labels(length, width));
                end = at + text.chars().count() as u16;
                prop_assert!(end <= width);
            }
        }
    }
}
