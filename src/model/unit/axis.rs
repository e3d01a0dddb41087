//! The value axis: a round top that changes seldom, and ticks that read as a person would count.
//!
//! A drawing keeps no memory, so an axis cannot follow the data slowly. It is kept calm by being coarse instead:
//! zero is always on it, and its ends lie a third to a half apart from the next ones.

use super::Unit;

/// The ends an axis may have, times a power of ten. Few, so that the axis seldom changes.
const TOPS: [f64; 8] = [1.0, 1.5, 2.0, 3.0, 4.0, 6.0, 8.0, 10.0];
/// What may lie between two ticks, times a power of ten.
const STEPS: [f64; 8] = [1.0, 1.5, 2.0, 2.5, 3.0, 4.0, 5.0, 10.0];
/// The same for bytes, times a power of two.
const BINARY_TOPS: [f64; 3] = [1.0, 1.5, 2.0];
const DAY: f64 = 86_400.0;
/// Ends of a time axis beyond ten seconds: parts and multiples of minutes, hours and days.
const TIMES: [f64; 22] = [
    15.0, 20.0, 30.0, 45.0, 60.0, 90.0, 120.0, 180.0, 240.0, 360.0, 600.0, 900.0, 1_200.0, 1_800.0, 3_600.0, 5_400.0,
    7_200.0, 10_800.0, 21_600.0, 43_200.0, 64_800.0, DAY,
];
/// Rounding noise that must not push a value over an end.
const NOISE: f64 = 1e-9;
/// Beyond these the arithmetic of an axis would run over or under; such values are drawn at its edge.
const LARGEST: f64 = 1e300;
const SMALLEST: f64 = 1e-300;

#[derive(Debug, Clone, PartialEq)]
pub struct Axis {
    pub unit: Unit,
    pub min: f64,
    pub max: f64,
    /// Rising, the first at `min` and the last at `max`.
    pub ticks: Vec<f64>,
}

impl Axis {
    /// An axis of `rows` cells that holds zero, `low` and `high`. What is not finite counts as zero.
    pub fn nice(unit: Unit, low: f64, high: f64, rows: u16) -> Self {
        let (low, high) = (usable(low), usable(high));
        let (low, high) = (low.min(high).min(0.0), low.max(high).max(0.0));
        let ticks =
            if low < 0.0 && high > 0.0 { across_zero(unit, low, high, rows) } else { from_zero(unit, low, high, rows) };
        let (min, max) = (ticks.first().copied().unwrap_or(0.0), ticks.last().copied().unwrap_or(1.0));
        Self { unit, min, max, ticks }
    }

    /// The row of a value among `rows` from the top; outside values lie on the edge.
    pub fn row(&self, value: f64, rows: u16) -> u16 {
        let last = f64::from(rows.saturating_sub(1));
        // `as` saturates, and the clamp has removed what is not a number of rows.
        ((self.max - value) / (self.max - self.min) * last).round().clamp(0.0, last) as u16
    }
}

fn usable(value: f64) -> f64 {
    if value.is_finite() && value.abs() > SMALLEST { value.clamp(-LARGEST, LARGEST) } else { 0.0 }
}

fn from_zero(unit: Unit, low: f64, high: f64, rows: u16) -> Vec<f64> {
    let size = high.max(-low);
    let top = if size > 0.0 { round_up(unit, size) } else { 1.0 };
    let parts = parts(unit, top, rows);
    let end = if low < 0.0 { -top } else { top };
    let mut ticks: Vec<f64> = (0..=parts).map(|i| end * f64::from(i) / f64::from(parts)).collect();
    if end < 0.0 {
        ticks.reverse();
    }
    ticks
}

/// Into how many parts the axis is cut: the count nearest to one in three rows that gives round steps.
fn parts(unit: Unit, top: f64, rows: u16) -> u16 {
    let between = rows.saturating_sub(1);
    let wished = (between / 3).max(1);
    let fits = (1..=(between / 2).clamp(1, 6)).filter(|n| is_round(unit, top / f64::from(*n)));
    fits.min_by_key(|n| (n.abs_diff(wished), u16::MAX - n)).unwrap_or(1)
}

fn across_zero(unit: Unit, low: f64, high: f64, rows: u16) -> Vec<f64> {
    let most = f64::from((rows / 3).clamp(2, 6));
    let mut step = round_up(unit, ((high - low) / most).max(SMALLEST));
    let count = |size: f64, step: f64| (size / step - NOISE).ceil();
    while count(high, step) + count(-low, step) > most {
        step = round_up(unit, step * (1.0 + 1e-3));
    }
    // At most six steps in all, so the conversion is exact.
    let (below, above) = (count(-low, step) as i32, count(high, step) as i32);
    (-below..=above).map(|i| step * f64::from(i)).collect()
}

/// The least round end at or above a positive size.
fn round_up(unit: Unit, size: f64) -> f64 {
    match unit {
        Unit::Bytes | Unit::BytesPerSecond if size > 1.0 => {
            let power = 2f64.powi(size.log2().floor() as i32);
            scaled_up(size, &BINARY_TOPS, |top| top * power)
        }
        Unit::Seconds if size > 10.0 * (1.0 + NOISE) => {
            let day = |size: f64| decimal_up(size / DAY, &TOPS) * DAY;
            TIMES.into_iter().find(|end| size <= end * (1.0 + NOISE)).unwrap_or_else(|| day(size))
        }
        _ => decimal_up(size, &TOPS),
    }
}

fn decimal_up(size: f64, tops: &[f64]) -> f64 {
    let exponent = size.log10().floor() as i32;
    let power = 10f64.powi(exponent.abs());
    // Dividing by a whole power gives the float nearest to the decimal: 0.3, not 0.30000000000000004.
    scaled_up(size, tops, |top| if exponent < 0 { top / power } else { top * power })
}

fn scaled_up(size: f64, tops: &[f64], scale: impl Fn(f64) -> f64) -> f64 {
    tops.iter().map(|top| scale(*top)).find(|end| size <= end * (1.0 + NOISE)).unwrap_or(size)
}

fn is_round(unit: Unit, step: f64) -> bool {
    let decimal = match unit {
        Unit::Bytes | Unit::BytesPerSecond => step <= 1.0,
        Unit::Seconds => step <= 10.0,
        _ => true,
    };
    let round = if decimal { decimal_up(step, &STEPS) } else { round_up(unit, step) };
    (round - step).abs() <= step * 1e-6
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const GIB: f64 = 1_073_741_824.0;

    fn ticks(unit: Unit, low: f64, high: f64, rows: u16) -> String {
        Axis::nice(unit, low, high, rows).ticks.iter().map(|t| unit.tick(*t)).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn ticks_are_round_in_their_unit() {
        assert_eq!(ticks(Unit::PerSecond, 33.0, 321.0, 7), "0 200 400");
        assert_eq!(ticks(Unit::PerSecond, 33.0, 321.0, 12), "0 100 200 300 400");
        assert_eq!(ticks(Unit::PerSecond, 33.0, 321.0, 3), "0 400");
        assert_eq!(ticks(Unit::Ratio, 0.0, 0.131, 7), "0 5% 10% 15%");
        assert_eq!(ticks(Unit::Percent, 0.0, 58.0, 7), "0 30% 60%");
        assert_eq!(ticks(Unit::Bytes, 0.0, 1.6 * GIB, 7), "0 1G 2G");
        assert_eq!(ticks(Unit::Bytes, 0.0, 2.1 * GIB, 7), "0 1.5G 3G");
        assert_eq!(ticks(Unit::BytesPerSecond, 0.0, 700.0, 7), "0 384 768");
        assert_eq!(ticks(Unit::Seconds, 0.0, 0.43, 10), "0 200ms 400ms 600ms");
        assert_eq!(ticks(Unit::Seconds, 0.0, 3.1, 7), "0 2s 4s");
        assert_eq!(ticks(Unit::Seconds, 0.0, 95.0, 7), "0 60s 2min");
        assert_eq!(ticks(Unit::Seconds, 0.0, 5_000.0, 10), "0 30min 60min 90min");
        assert_eq!(ticks(Unit::Seconds, 0.0, 30.0 * DAY, 7), "0 15d 30d");
        assert_eq!(ticks(Unit::Count, 0.0, 0.31, 7), "0 0.2 0.4");
    }

    #[test]
    fn negative_values_keep_zero_on_the_axis() {
        assert_eq!(ticks(Unit::Count, -7.0, -3.0, 7), "-8 -4 0");
        assert_eq!(ticks(Unit::Count, -7.0, 12.0, 12), "-12 -6 0 6 12");
        assert_eq!(ticks(Unit::Count, -1.0, 1_000.0, 3), "-1k 0 1k");
    }

    #[test]
    fn odd_input_gives_a_plain_axis() {
        let plain = (0.0, 1.0);
        for (low, high) in [(0.0, 0.0), (f64::NAN, f64::NAN), (f64::INFINITY, f64::NEG_INFINITY), (5e-324, 5e-324)] {
            let axis = Axis::nice(Unit::Count, low, high, 7);
            assert_eq!((axis.min, axis.max), plain, "{low} {high}");
        }
        assert_eq!(Axis::nice(Unit::Count, 4.0, 4.0, 7).max, 4.0);
        for high in [1e300, f64::MAX] {
            let top = Axis::nice(Unit::Count, 0.0, high, 7).max;
            assert!((1e300..1.001e300).contains(&top), "{high}: {top}");
        }
    }

    #[test]
    fn a_little_more_data_does_not_move_the_axis() {
        let top = |high| Axis::nice(Unit::PerSecond, 0.0, high, 7).max;
        assert!((301..=400).all(|high| top(f64::from(high)) == 400.0));
        assert_eq!(top(400.1), 600.0);
    }

    #[test]
    fn rows_run_from_the_top_down() {
        let axis = Axis::nice(Unit::Count, 0.0, 4.0, 5);
        assert_eq!([9.0, 4.0, 2.0, 0.0, -1.0, f64::NAN].map(|v| axis.row(v, 5)), [0, 0, 2, 4, 4, 0]);
        assert_eq!(axis.row(1.0, 0), 0);
    }

    fn any_unit() -> impl Strategy<Value = Unit> {
        use Unit::*;
        prop::sample::select(vec![Count, PerSecond, Ratio, Percent, Seconds, Bytes, BytesPerSecond])
    }

    proptest! {
        #[test]
        fn an_axis_holds_its_data_and_rises(unit in any_unit(), low in any::<f64>(), high in any::<f64>(), rows in 0u16..80) {
            let axis = Axis::nice(unit, low, high, rows);
            prop_assert!(axis.min <= 0.0 && axis.max >= 0.0 && axis.max > axis.min);
            prop_assert!((axis.max - axis.min).is_finite());
            prop_assert!(axis.ticks.len() >= 2 && axis.ticks.len() <= 8);
            prop_assert!(axis.ticks.is_sorted_by(|a, b| a < b));
            for value in [low, high] {
                if (SMALLEST..LARGEST).contains(&value.abs()) {
                    let slack = (axis.max - axis.min) * 1e-6;
                    prop_assert!(value <= axis.max + slack && value >= axis.min - slack);
                }
            }
        }

        #[test]
        fn an_axis_is_not_far_larger_than_its_data(unit in any_unit(), high in 1e-3..1e12f64, rows in 2u16..80) {
            prop_assert!(Axis::nice(unit, 0.0, high, rows).max <= high * 2.01);
        }
    }
}
