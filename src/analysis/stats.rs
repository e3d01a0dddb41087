//! Figures of a series: smallest, largest, average, and since when it lies above a limit.

use crate::model::series::Series;

/// Of the finite samples of a stretch; `last` is the newest sample whatever its value.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Stats {
    pub last: f64,
    pub min: f64,
    pub max: f64,
    pub avg: f64,
}

/// Figures of the samples from `start` to `end`; nothing when there is no sample.
pub fn stats(series: &Series, start: i64, end: i64) -> Option<Stats> {
    let mut found = Stats { last: f64::NAN, min: f64::NAN, max: f64::NAN, avg: f64::NAN };
    let (mut sum, mut count, mut any) = (0.0, 0u32, false);
    for (_, value) in series.points().filter(|(t, _)| (start..=end).contains(t)) {
        any = true;
        found.last = value;
        if value.is_finite() {
            found.min = found.min.min(value);
            found.max = found.max.max(value);
            sum += value;
            count += 1;
        }
    }
    if count > 0 {
        found.avg = sum / f64::from(count);
    }
    any.then_some(found)
}

/// The unbroken stretch above a limit that reaches up to the newest sample; times in ms.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Above {
    /// The last sample before it; none where it reaches back to the first, so that nobody knows when it began.
    pub after: Option<i64>,
    /// Its own first sample.
    pub from: i64,
}

/// Since when a series lies above `limit`, if it does now.
pub fn above(series: &Series, limit: f64) -> Option<Above> {
    let from = series.points().rev().take_while(|(_, value)| *value > limit).last()?.0;
    let first = series.times.partition_point(|time| *time < from);
    Some(Above { after: first.checked_sub(1).and_then(|before| series.times.get(before).copied()), from })
}

/// The last stretch above a limit within a series, whether it still lasts or not: from, to, and the highest value.
pub fn last_above(series: &Series, limit: f64) -> Option<(i64, i64, f64)> {
    let mut back = series.points().rev().skip_while(|(_, value)| *value <= limit || value.is_nan());
    let (to, first) = back.next()?;
    Some(
        back.take_while(|(_, value)| *value > limit)
            .fold((to, to, first), |(_, to, peak), (time, value)| (time, to, peak.max(value))),
    )
}

/// Whether a quantile lies in the histogram's last bucket, so that its value is only a lower bound. `cap` is the bound
/// of the last finite bucket.
pub fn at_cap(value: f64, cap: Option<f64>) -> bool {
    cap.is_some_and(|cap| value >= cap * 0.9999)
}

/// Median of the finite values; what a series was like before something happened to it.
pub fn median(values: impl Iterator<Item = f64>) -> Option<f64> {
    let mut finite: Vec<f64> = values.filter(|value| value.is_finite()).collect();
    if finite.is_empty() {
        return None;
    }
    let middle = finite.len() / 2;
    let (_, median, _) = finite.select_nth_unstable_by(middle, f64::total_cmp);
    Some(*median)
}

/// The sum over series at each time that any of them has, for a total of parts.
pub fn total(series: &[Series]) -> Series {
    let Some((first, rest)) = series.split_first() else { return Series::default() };
    if rest.iter().any(|other| other.times != first.times) {
        return total_of_uneven(series);
    }
    let mut values = vec![f64::NAN; first.times.len()];
    for part in series {
        values.iter_mut().zip(&part.values).for_each(|(sum, value)| *sum = plus(*sum, *value));
    }
    Series { times: first.times.clone(), values, ..Series::default() }
}

/// The sum of what is finite; NaN where nothing is, for no value is not zero.
fn plus(sum: f64, value: f64) -> f64 {
    match (sum.is_nan(), value.is_finite()) {
        (_, false) => sum,
        (true, true) => value,
        (false, true) => sum + value,
    }
}

fn total_of_uneven(series: &[Series]) -> Series {
    let mut sums: std::collections::BTreeMap<i64, f64> = std::collections::BTreeMap::new();
    for (time, value) in series.iter().flat_map(Series::points) {
        let sum = sums.entry(time).or_insert(f64::NAN);
        *sum = plus(*sum, value);
    }
    let (times, values) = sums.into_iter().unzip();
    Series { times, values, ..Series::default() }
}

/// The newest value of that sum.
pub fn total_now(series: &[Series]) -> Option<f64> {
    let newest = series.iter().filter_map(|part| part.times.last()).max()?;
    let parts = series.iter().filter_map(Series::last).filter(|(time, _)| time == newest);
    let sum = parts.fold(f64::NAN, |sum, (_, value)| plus(sum, value));
    (!sum.is_nan()).then_some(sum)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::labels::Labels;

    fn series(points: &[(i64, f64)]) -> Series {
        let (times, values) = points.iter().copied().unzip();
        Series::new(Labels::default(), times, values)
    }

    #[test]
    fn figures_leave_out_what_is_not_finite() {
        let stats = stats(&series(&[(1, 2.0), (2, f64::NAN), (3, 4.0), (4, f64::INFINITY)]), 0, 10).unwrap();
        assert_eq!((stats.min, stats.max, stats.avg), (2.0, 4.0, 3.0));
        assert_eq!(stats.last, f64::INFINITY);
    }

    #[test]
    fn nothing_in_the_stretch_is_nothing() {
        assert_eq!(stats(&series(&[(1, 2.0)]), 5, 10), None);
    }

    #[test]
    fn above_reaches_back_to_where_it_began() {
        let began = above(&series(&[(1, 5.0), (2, 0.0), (3, 2.0), (4, 3.0)]), 1.0);
        assert_eq!(began, Some(Above { after: Some(2), from: 3 }));
        assert_eq!(above(&series(&[(1, 5.0), (2, 3.0)]), 1.0), Some(Above { after: None, from: 1 }));
        assert_eq!(above(&series(&[(1, 5.0), (2, 0.0)]), 1.0), None);
        assert_eq!(above(&series(&[(1, 5.0), (2, f64::NAN)]), 1.0), None);
    }

    #[test]
    fn a_stretch_that_is_over_is_found_with_its_peak() {
        let over = series(&[(1, 0.0), (2, 3.0), (3, 9.0), (4, 2.0), (5, 0.0), (6, f64::NAN)]);
        assert_eq!(last_above(&over, 1.0), Some((2, 4, 9.0)));
        assert_eq!(last_above(&over, 10.0), None);
    }

    #[test]
    fn totals_and_medians() {
        let sum = total(&[series(&[(1, 1.0), (2, 2.0)]), series(&[(2, 3.0), (3, f64::NAN)])]);
        assert_eq!(sum.points().take(2).collect::<Vec<_>>(), [(1, 1.0), (2, 5.0)]);
        assert!(sum.last().unwrap().1.is_nan(), "no value is not zero");
        let even = [series(&[(1, 1.0), (2, f64::NAN)]), series(&[(1, 3.0), (2, 4.0)])];
        assert_eq!(total(&even).points().collect::<Vec<_>>(), [(1, 4.0), (2, 4.0)]);
        assert_eq!((total_now(&even), total_now(&[])), (Some(4.0), None));
        assert_eq!(median([3.0, f64::NAN, 1.0, 2.0].into_iter()), Some(2.0));
        assert_eq!(median([].into_iter()), None);
    }
}
