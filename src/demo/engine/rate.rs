//! How fast something grows: `rate` and its family, with Prometheus' extrapolation to the ends of the window.

use super::eval::seconds;
use super::sums::Sum;
use super::window::Samples;

pub fn rate(samples: Samples) -> Option<f64> {
    Some(extrapolated(samples, true)? / seconds(samples.end - samples.start))
}

pub fn increase(samples: Samples) -> Option<f64> {
    extrapolated(samples, true)
}

pub fn delta(samples: Samples) -> Option<f64> {
    extrapolated(samples, false)
}

/// The growth between the first and the last sample, stretched to the window's ends as far as the spacing of the
/// samples suggests that the series goes on there.
fn extrapolated(samples: Samples, counter: bool) -> Option<f64> {
    let ((first_time, first), (last_time, last)) = (samples.first()?, samples.last()?);
    if samples.values.len() < 2 {
        return None;
    }
    let growth = last - first + if counter { lost_in_resets(samples.values) } else { 0.0 };
    let sampled = seconds(last_time - first_time);
    let spacing = sampled / (samples.values.len() - 1) as f64;
    // A gap of more than this at an end means that the series starts or stops inside the window.
    let to_end = |gap: f64| if gap >= spacing * 1.1 { spacing / 2.0 } else { gap };

    let mut before = to_end(seconds(first_time - samples.start));
    if counter && growth > 0.0 && first >= 0.0 {
        // A counter cannot have been below zero: at this pace it was zero so long ago, and not earlier.
        let since_zero = sampled * (first / growth);
        if since_zero < before {
            before = since_zero;
        }
    }
    let after = to_end(seconds(samples.end - last_time));
    Some(growth * ((sampled + before + after) / sampled))
}

/// What a counter had reached each time it started over.
fn lost_in_resets(values: &[f64]) -> f64 {
    values.iter().zip(values.iter().skip(1)).filter(|(a, b)| b < a).map(|(a, _)| a).sum()
}

pub fn irate(samples: Samples) -> Option<f64> {
    let (before, after, time) = last_two(samples)?;
    let growth = if after < before { after } else { after - before };
    Some(growth / time)
}

pub fn idelta(samples: Samples) -> Option<f64> {
    let (before, after, _) = last_two(samples)?;
    Some(after - before)
}

/// The last two values and the seconds between them.
fn last_two(samples: Samples) -> Option<(f64, f64, f64)> {
    let &[.., before, after] = samples.values else { return None };
    let &[.., from, to] = samples.times else { return None };
    Some((before, after, seconds(to - from)))
}

pub fn deriv(samples: Samples) -> Option<f64> {
    // Counted from the first sample: seconds since 1970 would cost the precision.
    Some(line(samples, samples.first()?.0)?.slope)
}

pub fn predict_linear(samples: Samples, ahead: f64) -> Option<f64> {
    let line = line(samples, samples.now)?;
    Some(line.slope * ahead + line.height)
}

/// A straight line and its height at the moment it was asked for.
struct Line {
    slope: f64,
    height: f64,
}

/// The line of least squares.
fn line(samples: Samples, origin: i64) -> Option<Line> {
    let first = samples.first()?.1;
    if samples.values.len() < 2 {
        return None;
    }
    if samples.values.iter().all(|&value| value == first) {
        let flat = Line { slope: 0.0, height: first };
        return Some(if first.is_infinite() { Line { slope: f64::NAN, height: f64::NAN } } else { flat });
    }
    let mut sums = [Sum::default(); 4];
    for (&time, &y) in samples.times.iter().zip(samples.values) {
        let x = seconds(time - origin);
        for (sum, value) in sums.iter_mut().zip([x, y, x * y, x * x]) {
            *sum = sum.add(value);
        }
    }
    let [x, y, xy, xx] = sums.map(Sum::total);
    let count = samples.values.len() as f64;
    let slope = (xy - x * y / count) / (xx - x * x / count);
    Some(Line { slope, height: y / count - slope * x / count })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A window from 0 to 60 s over samples given as seconds and values.
    fn over(points: &[(i64, f64)], function: fn(Samples) -> Option<f64>) -> Option<f64> {
        let times: Vec<i64> = points.iter().map(|(time, _)| time * 1000).collect();
        let values: Vec<f64> = points.iter().map(|(_, value)| *value).collect();
        function(Samples { values: &values, times: &times, start: 0, end: 60_000, now: 60_000 })
    }

    #[test]
    fn growth_is_stretched_to_both_ends() {
        // 30 in 45 s, samples 15 s apart, 5 s and 10 s to the ends: 30 * 60/45.
        let points = [(5, 1000.0), (20, 1010.0), (35, 1020.0), (50, 1030.0)];
        assert_eq!(over(&points, increase), Some(40.0));
        assert_eq!(over(&points, rate), Some(40.0 / 60.0));
        assert_eq!(over(&points, delta), Some(40.0));
    }

    #[test]
    fn far_ends_are_reached_by_half_a_spacing_only() {
        // 10 s apart, 20 s and 30 s to the ends: 5 s on each side. 10 * 20/10.
        assert_eq!(over(&[(20, 1000.0), (30, 1010.0)], increase), Some(20.0));
    }

    #[test]
    fn a_counter_is_not_stretched_below_zero() {
        // 10 a second from 2 on: zero was 0.2 s earlier, not 5 s. 100 * (10 + 0.2 + 5)/10.
        let points = [(20, 2.0), (30, 102.0)];
        assert!((over(&points, increase).unwrap() - 152.0).abs() < 1e-9);
        assert_eq!(over(&points, delta), Some(200.0));
    }

    #[test]
    fn the_half_spacing_comes_before_the_zero_point() {
        // Zero was 6 s earlier: more than half a spacing (5 s), less than the threshold. 100 * (10 + 5 + 5)/10.
        assert_eq!(over(&[(20, 60.0), (30, 160.0)], increase), Some(200.0));
    }

    #[test]
    fn resets_are_made_good() {
        // 5 to 10, restart, 2 to 7: grown by 5 + 2 + 5, stretched from 45 s to 60 s (zero lies 18.75 s back).
        let points = [(5, 5.0), (20, 10.0), (35, 2.0), (50, 7.0)];
        assert_eq!(over(&points, increase), Some(16.0));
        assert!((over(&points, delta).unwrap() - 2.0 * 60.0 / 45.0).abs() < 1e-12);
    }

    #[test]
    fn one_sample_tells_no_rate() {
        for function in [rate, increase, delta, irate, idelta, deriv] {
            assert_eq!(over(&[(30, 1.0)], function), None);
        }
    }

    #[test]
    fn the_last_two_samples() {
        assert_eq!(over(&[(10, 0.0), (20, 5.0), (40, 15.0)], irate), Some(0.5));
        assert_eq!(over(&[(20, 15.0), (40, 5.0)], irate), Some(0.25));
        assert_eq!(over(&[(20, 15.0), (40, 5.0)], idelta), Some(-10.0));
    }

    #[test]
    fn a_line_through_the_samples() {
        let points = [(10, 20.0), (20, 40.0), (30, 60.0)];
        assert_eq!(over(&points, deriv), Some(2.0));
        assert_eq!(over(&points, |samples| predict_linear(samples, 30.0)), Some(180.0));
        assert_eq!(over(&[(10, 3.0), (20, 3.0)], deriv), Some(0.0));
        let flat = over(&[(10, f64::INFINITY), (20, f64::INFINITY)], deriv);
        assert!(flat.is_some_and(f64::is_nan));
    }
}
