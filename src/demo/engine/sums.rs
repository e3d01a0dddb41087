//! Sums that do not lose small addends, and what is built on them; the same steps as in Prometheus, so that the same
//! digits come out.

use std::cmp::Ordering;

/// A sum with the error that the additions so far have left (Kahan, as improved by Neumaier).
#[derive(Debug, Clone, Copy, Default)]
pub struct Sum {
    sum: f64,
    error: f64,
}

impl Sum {
    fn new(sum: f64, error: f64) -> Self {
        Self { sum, error }
    }

    pub fn add(self, value: f64) -> Self {
        let sum = self.sum + value;
        let lost = match sum.is_infinite() {
            true => 0.0,
            false if self.sum.abs() >= value.abs() => (self.sum - sum) + value,
            false => (value - sum) + self.sum,
        };
        Self { sum, error: self.error + lost }
    }

    pub fn total(self) -> f64 {
        if self.sum.is_infinite() { self.sum } else { self.sum + self.error }
    }
}

pub fn sum(values: &[f64]) -> f64 {
    values.iter().fold(Sum::default(), |sum, &value| sum.add(value)).total()
}

/// The mean by way of the sum; where that would overflow, step by step.
pub fn mean(values: &[f64]) -> f64 {
    let Some((&first, rest)) = values.split_first() else { return f64::NAN };
    let mut sum = Sum::new(first, 0.0);
    let mut stepwise: Option<Sum> = None;
    for (i, &value) in rest.iter().enumerate() {
        let count = (i + 2) as f64;
        if stepwise.is_none() {
            let next = sum.add(value);
            if !next.sum.is_infinite() {
                sum = next;
                continue;
            }
        }
        let mean = stepwise.unwrap_or(Sum::new(sum.sum / (count - 1.0), sum.error / (count - 1.0)));
        let share = (count - 1.0) / count;
        stepwise = Some(Sum::new(share * mean.sum, share * mean.error).add(value / count));
    }
    let count = values.len() as f64;
    stepwise.map_or(sum.sum / count + sum.error / count, Sum::total)
}

/// The mean square of the distance from the mean.
pub fn variance(values: &[f64]) -> f64 {
    let (mut mean, mut squares) = (Sum::default(), Sum::default());
    for (i, &value) in values.iter().enumerate() {
        let delta = value - mean.total();
        mean = mean.add(delta / (i + 1) as f64);
        squares = squares.add(delta * (value - mean.total()));
    }
    squares.total() / values.len() as f64
}

pub fn minimum(values: &[f64]) -> f64 {
    values.iter().copied().fold(f64::NAN, |least, value| if value < least || least.is_nan() { value } else { least })
}

pub fn maximum(values: &[f64]) -> f64 {
    values.iter().copied().fold(f64::NAN, |most, value| if value > most || most.is_nan() { value } else { most })
}

/// The value below which the share `q` of `values` lies, interpolated between its neighbours.
pub fn quantile(q: f64, values: &[f64]) -> f64 {
    if values.is_empty() || q.is_nan() {
        return f64::NAN;
    }
    if !(0.0..=1.0).contains(&q) {
        return if q < 0.0 { f64::NEG_INFINITY } else { f64::INFINITY };
    }
    let mut sorted = values.to_vec();
    // NaN counts as the smallest.
    sorted.sort_by(|a, b| ordered(*b, *a, true));
    let rank = q * (sorted.len() - 1) as f64;
    let weight = rank - rank.floor();
    let lower = rank.floor().max(0.0) as usize;
    let upper = (lower + 1).min(sorted.len() - 1);
    match (sorted.get(lower), sorted.get(upper)) {
        (Some(lower), Some(upper)) => lower * (1.0 - weight) + upper * weight,
        _ => f64::NAN,
    }
}

/// The order of two values with NaN last, whichever way the others go.
pub fn ordered(a: f64, b: f64, descending: bool) -> Ordering {
    let order = a.partial_cmp(&b).unwrap_or_else(|| a.is_nan().cmp(&b.is_nan()));
    if descending && !a.is_nan() && !b.is_nan() { order.reverse() } else { order }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sum_keeps_what_plain_addition_loses() {
        assert_eq!(sum(&[1.0, 1e100, 1.0, -1e100]), 2.0);
        assert_eq!(sum(&[f64::INFINITY, 1.0]), f64::INFINITY);
        assert!(sum(&[f64::INFINITY, f64::NEG_INFINITY]).is_nan());
    }

    #[test]
    fn a_mean_survives_an_overflowing_sum() {
        assert_eq!(mean(&[1.0, 2.0, 6.0]), 3.0);
        let most = f64::MAX;
        assert!((mean(&[most, most, most]) / most - 1.0).abs() < 1e-15);
        assert_eq!(mean(&[f64::INFINITY, 1.0, 2.0]), f64::INFINITY);
        assert!(mean(&[f64::INFINITY, f64::NEG_INFINITY]).is_nan());
        assert!(mean(&[]).is_nan());
    }

    #[test]
    fn variance_is_of_the_whole_population() {
        assert_eq!(variance(&[2.0, 4.0, 4.0, 4.0, 5.0, 5.0, 7.0, 9.0]), 4.0);
        assert!(variance(&[f64::INFINITY, 1.0]).is_nan());
    }

    #[test]
    fn extremes_pass_over_nan() {
        assert_eq!(minimum(&[f64::NAN, 2.0, 1.0]), 1.0);
        assert_eq!(maximum(&[1.0, f64::NAN, 2.0]), 2.0);
        assert!(maximum(&[f64::NAN]).is_nan());
    }

    #[test]
    fn quantiles_lie_between_their_neighbours() {
        let values = [4.0, 1.0, 3.0, 2.0];
        assert_eq!(quantile(0.5, &values), 2.5);
        assert_eq!(quantile(0.0, &values), 1.0);
        assert_eq!(quantile(1.0, &values), 4.0);
        assert_eq!(quantile(-0.1, &values), f64::NEG_INFINITY);
        assert_eq!(quantile(1.1, &values), f64::INFINITY);
        assert!(quantile(f64::NAN, &values).is_nan());
        assert!(quantile(0.0, &[f64::NAN, 1.0]).is_nan());
    }
}
