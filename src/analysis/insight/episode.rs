//! Stretches in which a series is not what it usually is: level shifts, spikes and ramps.
//!
//! A point is unusual if it lies further off than chance goes (standard deviations by the median absolute deviation of
//! the other periods), and further than anybody cares for (a distance and a ratio). Unusual points that follow each
//! other are an episode. It began where the series crosses the middle between the usual value and its own: of the two
//! levels that fit it best that is where they meet. A rate over a window lags behind by half of it.

use super::robust::{median, quantile};
use super::usual::{Band, Usual};
use crate::model::series::Series;
use crate::time::MINUTE;

/// What is unusual enough.
#[derive(Debug, Clone, Copy)]
pub struct Rule {
    /// Standard deviations.
    pub sure: f64,
    /// The smallest distance that matters, and the smallest ratio.
    pub floor: f64,
    pub ratio: f64,
    /// Where nothing is known of other periods, what lies above it is unusual.
    pub limit: Option<f64>,
    /// Values are rates over so much time, in ms.
    pub window: i64,
    /// A fall is unusual, too.
    pub falls: bool,
}

#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Episode {
    /// In ms; nothing where it began with the first point, and where it lasts.
    pub from: Option<i64>,
    pub to: Option<i64>,
    /// Its first and last unusual point.
    pub first: i64,
    pub last: i64,
    pub was: Option<f64>,
    /// What four in five of its values do not exceed; of a fall one in five.
    pub is: f64,
    /// The furthest value, and when.
    pub peak: (i64, f64),
    /// How many of the thresholds the peak is off.
    pub excess: f64,
    pub falls: bool,
}

/// Unusual points with less than this between them are one episode; two steps at least.
const GAP: i64 = 6 * MINUTE;
/// One point alone is an episode only if it is off by so many thresholds.
const ALONE: f64 = 2.0;

struct Point {
    number: usize,
    excess: f64,
    falls: bool,
    band: Option<Band>,
}

/// In order of time.
pub fn episodes(series: &Series, usual: &Usual, step: i64, rule: &Rule) -> Vec<Episode> {
    let spread = usual.spread();
    let points = series.points().enumerate().filter(|(_, (_, value))| value.is_finite());
    let odd: Vec<Point> =
        points.filter_map(|(number, (t, value))| odd(number, value, usual.at(t), spread, rule)).collect();
    let gap = GAP.max(2 * step);
    let time = |point: &Point| series.times.get(point.number).copied().unwrap_or_default();
    let runs = odd.chunk_by(|a, b| a.falls == b.falls && time(b) - time(a) <= gap);
    runs.filter_map(|run| episode(series, run, step, rule)).collect()
}

fn odd(number: usize, value: f64, band: Option<Band>, spread: f64, rule: &Rule) -> Option<Point> {
    // What lasts since before the period before is like it was, and yet an outage.
    let beyond = || {
        let limit = rule.limit.filter(|limit| value > *limit && *limit > 0.0)?;
        Some(Point { number, excess: value / limit, falls: false, band: None })
    };
    let Some(band) = band else { return beyond() };
    let least = |from: f64, ratio: f64| (rule.sure * spread).max(rule.floor).max(ratio * from.abs());
    let up = (value - band.high) / least(band.high, rule.ratio - 1.0);
    if up >= 1.0 {
        return Some(Point { number, excess: up, falls: false, band: Some(band) });
    }
    let down = (band.low - value) / least(band.low, 1.0 - 1.0 / rule.ratio);
    let fall = (rule.falls && down >= 1.0).then_some(Point { number, excess: down, falls: true, band: Some(band) });
    fall.or_else(beyond)
}

fn episode(series: &Series, run: &[Point], step: i64, rule: &Rule) -> Option<Episode> {
    let (head, tail) = (run.first()?, run.last()?);
    let furthest = run.iter().max_by(|a, b| a.excess.total_cmp(&b.excess))?;
    if run.len() < 2 && furthest.excess < ALONE {
        return None;
    }
    let falls = head.falls;
    let values = || run.iter().filter_map(|point| series.values.get(point.number).copied());
    let is = quantile(values(), if falls { 0.2 } else { 0.8 })?;
    let was = median(run.iter().filter_map(|point| point.band).map(|band| if falls { band.low } else { band.high }));
    let at = |number: usize| Some((*series.times.get(number)?, *series.values.get(number)?));
    let middle = f64::midpoint(was.or(rule.limit).unwrap_or(is), is);
    let beyond = |value: f64| if falls { value < middle } else { value > middle };
    let (first, last) = (at(head.number)?.0, at(tail.number)?.0);
    let mut crossing = run.iter().filter(|point| at(point.number).is_some_and(|(_, value)| beyond(value)));
    let (mut began, mut ended) = (head.number, tail.number);
    if let (Some(a), Some(b)) = (crossing.clone().next(), crossing.next_back()) {
        (began, ended) = (a.number, b.number);
    }
    let half = rule.window / 2;
    let from = (head.number > 0).then(|| at(began).map(|(t, _)| t - step / 2 - half)).flatten();
    let is_last = tail.number + 1 >= series.times.len();
    let to = if is_last { None } else { at(ended).map(|(t, _)| t + step / 2 - half) };
    // Of what is shorter than the window both ends blur.
    let to = to.map(|to| to.max(from.unwrap_or(first) + step.min(MINUTE)));
    Some(Episode { from, to, first, last, was, is, peak: at(furthest.number)?, excess: furthest.excess, falls })
}

#[cfg(test)]
mod tests {
    use super::super::usual::Pick;
    use super::*;
    use crate::model::labels::Labels;
    use crate::time::{DAY, HOUR};
    use proptest::prelude::*;

    const STEP: i64 = 2 * MINUTE;
    const RULE: Rule = Rule { sure: 6.0, floor: 0.01, ratio: 1.5, limit: None, window: 5 * MINUTE, falls: true };

    fn series(back: i64, value: impl Fn(i64) -> f64) -> Series {
        let times: Vec<i64> = (1..=720).map(|i| i * STEP).collect();
        let values = times.iter().map(|t| value(*t)).collect();
        Series::new(Labels::default(), times.iter().map(|t| t - back).collect(), values)
    }

    fn wave(t: i64) -> f64 {
        0.3 + 0.2 * (t as f64 / DAY as f64 * std::f64::consts::TAU).sin()
    }

    fn found(now: &Series, before: &Series) -> Vec<Episode> {
        episodes(now, &Usual::new([(before, DAY)], STEP, Pick::Both), STEP, &RULE)
    }

    #[test]
    fn what_was_beyond_its_limit_before_already_is_one_all_the_time() {
        let (before, now) = (series(DAY, |_| 0.88), series(0, |_| 0.88));
        let rule = Rule { limit: Some(0.1), ..RULE };
        let found = episodes(&now, &Usual::new([(&before, DAY)], STEP, Pick::Both), STEP, &rule);
        assert_eq!(found.len(), 1);
        assert_eq!((found[0].from, found[0].to, found[0].was), (None, None, None));
    }

    #[test]
    fn the_curve_of_the_day_is_none_and_a_shift_is_one() {
        let before = series(DAY, wave);
        assert_eq!(found(&series(0, wave), &before), []);
        let (from, to) = (10 * HOUR, 10 * HOUR + 20 * MINUTE);
        // As a rate over five minutes shows it.
        let part = |t: i64| ((t - from).clamp(0, 5 * MINUTE) - (t - to).clamp(0, 5 * MINUTE)) as f64 / 3e5;
        let all = found(&series(0, |t| wave(t) + 0.9 * part(t)), &before);
        assert_eq!(all.len(), 1);
        let (began, ended) = (all[0].from.unwrap(), all[0].to.unwrap());
        assert!((began - from).abs() <= STEP && (ended - to).abs() <= STEP, "{began} {ended}");
        assert!(all[0].was.unwrap() < 0.5 && all[0].is > 1.2 && !all[0].falls);
    }

    #[test]
    fn what_lasts_has_no_end_and_a_fall_is_one() {
        let before = series(DAY, |_| 1.0);
        let all = found(&series(0, |t| if t > 20 * HOUR { 0.1 } else { 1.0 }), &before);
        assert_eq!((all.len(), all[0].falls, all[0].to), (1, true, None));
    }

    #[test]
    fn without_another_period_only_the_limit_speaks() {
        let none = Usual::new([], STEP, Pick::Both);
        let now = series(0, |t| if (HOUR..2 * HOUR).contains(&t) { 0.3 } else { 0.09 });
        let all = episodes(&now, &none, STEP, &Rule { limit: Some(0.1), ..RULE });
        assert_eq!((all.len(), all[0].was), (1, None));
        assert_eq!(episodes(&now, &none, STEP, &RULE), []);
    }

    proptest! {
        #[test]
        fn whatever_comes_nothing_breaks(
            now in proptest::collection::vec(proptest::num::f64::ANY, 0..60),
            before in proptest::collection::vec(proptest::num::f64::ANY, 0..60),
            step in 1_000..DAY,
        ) {
            let of = |values: &[f64], back: i64| {
                let times = (0..values.len() as i64).map(|i| i * step - back).collect();
                Series::new(Labels::default(), times, values.to_vec())
            };
            let (now, before) = (of(&now, 0), of(&before, 7 * DAY));
            let usual = Usual::new([(&before, 7 * DAY)], step, Pick::Lower);
            for one in episodes(&now, &usual, step, &RULE) {
                prop_assert!(one.is.is_finite() && one.first <= one.last);
                prop_assert!(one.to.is_none_or(|to| one.from.is_none_or(|from| from <= to)));
            }
        }

        #[test]
        fn noise_alone_is_none(seed in 0..10_000u64) {
            // Hashed noise with one in a hundred wild values on both days, and holes.
            let noise = |t: i64, day: u64| {
                let mut x = (t as u64) ^ (seed << 32) ^ (day << 60);
                x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
                x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
                ((x ^ (x >> 31)) >> 11) as f64 / (1u64 << 53) as f64
            };
            let value = |t: i64, day: u64| match noise(t, day) {
                n if n > 0.97 => f64::NAN,
                n => 0.05 * (1.0 + 0.2 * n),
            };
            prop_assert_eq!(found(&series(0, |t| value(t, 0)), &series(DAY, |t| value(t, 1))), vec![]);
        }
    }
}
