//! A course of values in one row, one cell each: `▁▂▃▅█`, from zero to the largest.

const BARS: [char; 8] = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];

/// Nothing when there is no value at all. A gap is a dot, so that it is told from zero.
pub fn spark(course: &[Option<f64>]) -> Option<String> {
    let peak = course.iter().flatten().copied().fold(f64::NAN, f64::max);
    let bar = |value: &Option<f64>| match value {
        None => '·',
        Some(value) if *value > 0.0 && peak > 0.0 => {
            // `as` saturates, and the largest value belongs to the last bar.
            BARS[((value / peak * 8.0) as usize).min(7)]
        }
        Some(_) => BARS[0],
    };
    (!peak.is_nan()).then(|| course.iter().map(bar).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_stand_on_zero_and_gaps_show() {
        let course = [Some(0.0), Some(4.0), None, Some(8.0), Some(7.9)];
        assert_eq!(spark(&course).unwrap(), "▁▅·██");
        assert_eq!(spark(&[Some(0.0), Some(0.0)]).unwrap(), "▁▁");
        assert_eq!(spark(&[None, None]), None);
        assert_eq!(spark(&[]), None);
    }
}
