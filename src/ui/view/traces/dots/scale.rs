//! How high a duration lies: by its share of the longest, or by its logarithm where the shortest would lie on the
//! ground. Both ends are round, so that they change seldom.

/// From this ratio of the longest to the shortest on the scale is logarithmic.
const WIDE: f64 = 20.0;

#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Scale {
    /// ns
    low: f64,
    high: f64,
    is_log: bool,
}

/// Round durations in ns, the shortest first: decimal up to a minute, then minutes, hours and days.
fn round() -> impl DoubleEndedIterator<Item = f64> {
    let decimal = (0..11).flat_map(|power| [1.0, 2.0, 5.0].map(|digit| digit * 10f64.powi(power)));
    let minutes = [1.0, 2.0, 5.0, 10.0, 20.0, 60.0, 120.0, 300.0, 600.0, 1_440.0].map(|minutes| minutes * 60e9);
    let days = (0..6).flat_map(|power| [2.0, 5.0, 10.0].map(|digit| digit * 10f64.powi(power) * 86_400e9));
    let decimal: Vec<f64> = decimal.filter(|ns| *ns < 60e9).collect();
    let days: Vec<f64> = days.collect();
    decimal.into_iter().chain(minutes).chain(days)
}

impl Scale {
    /// From the shortest to the longest, in ns.
    pub fn of(shortest: i64, longest: i64) -> Self {
        let (shortest, longest) = (shortest.max(1) as f64, longest.max(1) as f64);
        let high = round().find(|ns| *ns >= longest).unwrap_or(longest);
        if longest / shortest < WIDE {
            return Self { low: 0.0, high, is_log: false };
        }
        let low = round().rev().find(|ns| *ns <= shortest).unwrap_or(1.0);
        Self { low, high, is_log: true }
    }

    /// From 0 at the bottom to 1 at the top.
    pub fn share(&self, ns: i64) -> f64 {
        let ns = (ns.max(0) as f64).clamp(self.low, self.high);
        let share = if self.is_log { (ns / self.low).ln() / (self.high / self.low).ln() } else { ns / self.high };
        if share.is_finite() { share.clamp(0.0, 1.0) } else { 0.0 }
    }

    /// Rows from the top, each with the duration that lies there; both ends first, then what has room.
    pub fn ticks(&self, rows: u16) -> Vec<(u16, f64)> {
        let Some(last) = rows.checked_sub(1) else { return Vec::new() };
        let row = |ns: f64| ((1.0 - self.share(ns as i64)) * f64::from(last)).round() as u16;
        let mut ticks = vec![(0, self.high), (last, self.low)];
        let inner: Vec<f64> = match self.is_log {
            false => vec![self.high / 2.0],
            true => {
                let decades = round().filter(|ns| (ns.log10() - ns.log10().round()).abs() < 1e-9 || *ns >= 60e9);
                decades.filter(|ns| self.low < *ns && *ns < self.high).collect()
            }
        };
        for ns in inner {
            let at = row(ns);
            if ticks.iter().all(|(taken, _)| taken.abs_diff(at) > 1) {
                ticks.push((at, ns));
            }
        }
        ticks.dedup_by_key(|(row, _)| *row);
        ticks
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::unit::Unit;
    use proptest::prelude::*;

    const MS: i64 = 1_000_000;

    fn words(scale: Scale, rows: u16) -> String {
        let mut ticks = scale.ticks(rows);
        ticks.sort_by_key(|(row, _)| *row);
        let word = |(row, ns): (u16, f64)| format!("{row}:{}", Unit::Seconds.tick(ns / 1e9));
        ticks.into_iter().map(word).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn ends_are_round_and_wide_ones_are_logarithmic() {
        assert_eq!(words(Scale::of(700 * MS, 3_120 * MS), 6), "0:5s 3:2.5s 5:0");
        assert_eq!(words(Scale::of(3 * MS, 3_120 * MS), 10), "0:5s 2:1s 5:100ms 7:10ms 9:2ms");
        assert_eq!(words(Scale::of(1, 1), 6), "0:0.001µs 5:0");
        assert_eq!(words(Scale::of(60_000 * MS, 7_000_000 * MS), 8), "0:2h 3:20min 5:5min 7:60s");
    }

    #[test]
    fn longer_lies_higher() {
        let scale = Scale::of(MS, 1_000 * MS);
        assert_eq!(
            [0, MS, 31 * MS, 1_000 * MS, i64::MAX].map(|ns| (scale.share(ns) * 10.0).round()),
            [0.0, 0.0, 5.0, 10.0, 10.0]
        );
        assert_eq!(Scale::of(900 * MS, 1_000 * MS).share(500 * MS), 0.5);
    }

    proptest! {
        #[test]
        fn every_duration_has_a_place(a in any::<i64>(), b in any::<i64>(), ns in any::<i64>(), rows in 0u16..40) {
            let scale = Scale::of(a.min(b), a.max(b));
            prop_assert!((0.0..=1.0).contains(&scale.share(ns)));
            prop_assert!(scale.ticks(rows).iter().all(|(row, _)| *row < rows.max(1)));
        }
    }
}
