//! `histogram_quantile` over classic buckets: cumulative counters told apart by the label `le`.

use super::EvalError;
use super::aggregate::{Group, groups};
use super::eval::nameless;
use super::value::{Column, merged};

const BOUND: &str = "le";
/// Counts that differ by less than this share of their sum differ by rounding only.
const ROUNDING: f64 = 1e-12;

/// How many observations there were up to a bound.
#[derive(Debug, Clone, Copy)]
struct Bucket {
    bound: f64,
    count: f64,
}

/// One series for each histogram among `columns`: where the quantile lies, interpolated within its bucket.
pub fn quantiles(quantile: &[f64], columns: Vec<Column>) -> Result<Vec<Column>, EvalError> {
    let bounded = |column: Column| Some((column.labels.get(BOUND)?.parse::<f64>().ok()?, column));
    let (bounds, columns): (Vec<f64>, Vec<Column>) = columns.into_iter().filter_map(bounded).unzip();
    let histogram = |group: Group| {
        let bucket = |member: usize, step: usize| {
            let count = columns.get(member)?.values.get(step).copied().flatten()?;
            Some(Bucket { bound: *bounds.get(member)?, count })
        };
        let value = |(step, &q): (usize, &f64)| {
            let buckets: Vec<Bucket> = group.members.iter().filter_map(|&member| bucket(member, step)).collect();
            (!buckets.is_empty()).then(|| in_buckets(q, buckets))
        };
        Column { labels: group.labels, values: quantile.iter().enumerate().map(value).collect() }
    };
    // Histograms of different metrics stay apart here, though their names are dropped in the end.
    let groups = groups(columns.iter().map(|column| column.labels.with(BOUND, "")));
    merged(nameless(groups.into_iter().map(histogram).collect()))
}

fn in_buckets(q: f64, mut buckets: Vec<Bucket>) -> f64 {
    if q.is_nan() {
        return f64::NAN;
    }
    if !(0.0..=1.0).contains(&q) {
        return if q < 0.0 { f64::NEG_INFINITY } else { f64::INFINITY };
    }
    buckets.sort_by(|a, b| a.bound.total_cmp(&b.bound));
    // Without the bucket that holds everything nobody knows how much there is.
    if buckets.last().is_none_or(|last| last.bound != f64::INFINITY) {
        return f64::NAN;
    }
    interpolated(q, &monotonic(coalesced(buckets))).unwrap_or(f64::NAN)
}

/// Buckets of the same bound, such as `1` and `1.0`, count as one.
fn coalesced(buckets: Vec<Bucket>) -> Vec<Bucket> {
    let mut out: Vec<Bucket> = Vec::with_capacity(buckets.len());
    for bucket in buckets {
        match out.last_mut() {
            Some(last) if last.bound == bucket.bound => last.count += bucket.count,
            _ => out.push(bucket),
        }
    }
    out
}

/// A higher bound holds at least as much as a lower one; where scrapes or rounding say otherwise, the lower counts.
fn monotonic(mut buckets: Vec<Bucket>) -> Vec<Bucket> {
    let mut least = buckets.first().map_or(0.0, |first| first.count);
    for bucket in buckets.iter_mut().skip(1) {
        if bucket.count < least || nearly_equal(bucket.count, least) {
            bucket.count = least;
        } else {
            least = bucket.count;
        }
    }
    buckets
}

fn nearly_equal(a: f64, b: f64) -> bool {
    let sum = a.abs() + b.abs();
    if a == 0.0 || b == 0.0 || sum < f64::MIN_POSITIVE {
        return (a - b).abs() < ROUNDING * f64::MIN_POSITIVE;
    }
    (a - b).abs() / sum.min(f64::MAX) < ROUNDING
}

/// `None` where there is nothing to interpolate: one bucket, or no observations.
fn interpolated(q: f64, buckets: &[Bucket]) -> Option<f64> {
    let [finite @ .., all] = buckets else { return None };
    let highest = finite.last()?;
    if all.count == 0.0 {
        return None;
    }
    let rank = q * all.count;
    if rank.is_nan() {
        return Some(highest.bound);
    }
    let at = finite.partition_point(|bucket| bucket.count < rank);
    // Beyond the last finite bound that bound is all that is known.
    let Some(bucket) = finite.get(at) else { return Some(highest.bound) };
    let below = at.checked_sub(1).and_then(|below| finite.get(below));
    let (start, less) = match below {
        None if bucket.bound <= 0.0 => return Some(bucket.bound),
        None => (0.0, 0.0),
        Some(below) => (below.bound, below.count),
    };
    Some(start + (bucket.bound - start) * ((rank - less) / (bucket.count - less)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn quantile(q: f64, buckets: &[(f64, f64)]) -> f64 {
        in_buckets(q, buckets.iter().map(|&(bound, count)| Bucket { bound, count }).collect())
    }

    const INF: f64 = f64::INFINITY;

    #[test]
    fn interpolates_within_the_bucket() {
        let buckets = [(INF, 12.0), (0.1, 2.0), (0.2, 6.0), (0.4, 10.0)];
        assert!((quantile(0.5, &buckets) - 0.2).abs() < 1e-12);
        assert!((quantile(0.75, &buckets) - 0.35).abs() < 1e-12);
        assert!((quantile(1.0 / 12.0, &buckets) - 0.05).abs() < 1e-12);
        assert_eq!(quantile(0.99, &buckets), 0.4);
    }

    #[test]
    fn the_ends_are_special() {
        let buckets = [(-1.0, 5.0), (1.0, 10.0), (INF, 10.0)];
        assert_eq!(quantile(0.1, &buckets), -1.0);
        assert_eq!(quantile(-0.1, &buckets), -INF);
        assert_eq!(quantile(1.1, &buckets), INF);
        assert!(quantile(f64::NAN, &buckets).is_nan());
    }

    #[test]
    fn what_cannot_be_known_is_nan() {
        assert!(quantile(0.5, &[(1.0, 5.0), (2.0, 6.0)]).is_nan());
        assert!(quantile(0.5, &[(INF, 5.0)]).is_nan());
        assert!(quantile(0.5, &[(1.0, 0.0), (INF, 0.0)]).is_nan());
    }

    #[test]
    fn disorder_is_mended() {
        // 6 after 8 counts as 8; `1` and `1.0` are one bucket.
        assert!((quantile(0.9, &[(1.0, 8.0), (2.0, 6.0), (3.0, 10.0), (INF, 10.0)]) - 2.5).abs() < 1e-12);
        assert!((quantile(0.5, &[(1.0, 3.0), (1.0, 3.0), (2.0, 10.0), (INF, 10.0)]) - 5.0 / 6.0).abs() < 1e-12);
        let rounded = 10.0 * (1.0 + 1e-14);
        assert_eq!(quantile(1.0, &[(1.0, 10.0), (2.0, rounded), (INF, 10.0)]), 1.0);
    }
}
