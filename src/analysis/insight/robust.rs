//! Figures that a few wild values do not move: the median, the spread about it, and the slope of Theil and Sen.
//!
//! The median and the median absolute deviation stay true while less than half of the values are wrong (Rousseeuw and
//! Croux, "Alternatives to the Median Absolute Deviation", 1993); the slope that is the median of the slopes of all
//! pairs stays true while less than 29 % are (Sen, "Estimates of the Regression Coefficient Based on Kendall's Tau",
//! 1968). So an incident in the past does not hide the next one, and a spike makes no leak.

/// Of values that chance makes, the median deviation times this is the standard deviation.
const NORMAL: f64 = 1.4826;
/// Points that a slope is made of at most: pairs are many.
const POINTS: usize = 120;

/// The value that so great a part of the finite ones does not exceed; nothing of nothing.
pub fn quantile(values: impl Iterator<Item = f64>, part: f64) -> Option<f64> {
    let mut finite: Vec<f64> = values.filter(|value| value.is_finite()).collect();
    let at = (finite.len().checked_sub(1)? as f64 * part.clamp(0.0, 1.0)).round() as usize;
    let (_, value, _) = finite.select_nth_unstable_by(at, f64::total_cmp);
    Some(*value)
}

pub fn median(values: impl Iterator<Item = f64>) -> Option<f64> {
    quantile(values, 0.5)
}

/// The standard deviation about the median, as the usual values have it.
pub fn spread(values: impl Iterator<Item = f64> + Clone) -> Option<f64> {
    let middle = median(values.clone())?;
    Some(NORMAL * median(values.map(|value| (value - middle).abs()))?)
}

/// How fast something grows.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Slope {
    /// For each ms.
    pub per_ms: f64,
    /// Which part of all pairs of points goes the same way, 0.5 to 1: chance alone gives a half.
    pub steady: f64,
}

/// Of points in order of time; nothing of less than eight.
pub fn slope(points: &[(i64, f64)]) -> Option<Slope> {
    let every = points.len().div_ceil(POINTS).max(1);
    let thin: Vec<(i64, f64)> = points.iter().copied().filter(|(_, value)| value.is_finite()).step_by(every).collect();
    if thin.len() < 8 {
        return None;
    }
    let mut slopes = Vec::with_capacity(thin.len() * thin.len() / 2);
    for (number, (from, low)) in thin.iter().enumerate() {
        let later = thin.iter().skip(number + 1).filter(|(to, _)| to > from);
        slopes.extend(later.map(|(to, high)| (high - low) / (to - from) as f64));
    }
    let per_ms = median(slopes.iter().copied())?;
    let same = slopes.iter().filter(|one| **one * per_ms > 0.0).count();
    Some(Slope { per_ms, steady: same as f64 / slopes.len().max(1) as f64 })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wild_values_move_nothing() {
        let values = [1.0, 2.0, 3.0, 1e9, f64::NAN, f64::INFINITY];
        assert_eq!(quantile([].into_iter(), 0.5), None);
        assert_eq!(quantile(values.into_iter(), 0.0), Some(1.0));
        assert!(median(values.into_iter()).unwrap() <= 3.0);
        assert!(spread([9.0, 10.0, 11.0, 10.0, 900.0].into_iter()).unwrap() < 3.0);
    }

    #[test]
    fn a_slope_is_that_of_most_points() {
        let line: Vec<(i64, f64)> = (0..40).map(|i| (i, if i == 20 { 1e6 } else { i as f64 * 2.0 })).collect();
        let found = slope(&line).unwrap();
        assert!((found.per_ms - 2.0).abs() < 1e-9 && found.steady > 0.9);
        assert_eq!(slope(&line[..7]), None);
        let flat: Vec<(i64, f64)> = (0..40).map(|i| (i, 1.0)).collect();
        assert_eq!(slope(&flat).unwrap(), Slope { per_ms: 0.0, steady: 0.0 });
    }
}
