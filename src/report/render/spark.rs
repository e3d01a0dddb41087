//! A course of values in one row, one cell each: `▁▂▃▅█`, from zero to the largest.

const BARS: [char; 8] = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];

/// How many cells it has at most.
const CELLS: usize = 24;

/// Nothing when there is no value at all. A gap is a dot, so that it is told from zero.
pub fn spark(course: &[Option<f64>]) -> Option<String> {
    let course = squeeze(course, CELLS);
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

/// In at most so many cells, each the largest value of those that fall into it.
pub fn squeeze(course: &[Option<f64>], most: usize) -> Vec<Option<f64>> {
    let count = course.len().min(most);
    let mut cells = vec![None; count];
    for (at, value) in course.iter().enumerate().filter_map(|(at, value)| Some((at, (*value)?))) {
        // Each cell stands for the time before its end, so that the last one falls into the last one.
        let to = ((at + 1) * count).div_ceil(course.len()).saturating_sub(1);
        if let Some(cell) = cells.get_mut(to) {
            *cell = Some(cell.map_or(value, |held: f64| held.max(value)));
        }
    }
    cells
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_course_keeps_its_peaks_and_its_gaps() {
        let mut course: Vec<Option<f64>> = vec![Some(1.0); 240];
        course[9] = Some(8.0);
        course[20..30].fill(None);
        assert_eq!(spark(&course).unwrap(), "█▂·▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂");
        assert_eq!(squeeze(&course, 500), course);
        assert_eq!(squeeze(&[None, Some(2.0), Some(1.0)], 2), [None, Some(2.0)]);
        assert_eq!(squeeze(&[], 2), []);
    }

    #[test]
    fn values_stand_on_zero_and_gaps_show() {
        let course = [Some(0.0), Some(4.0), None, Some(8.0), Some(7.9)];
        assert_eq!(spark(&course).unwrap(), "▁▅·██");
        assert_eq!(spark(&[Some(0.0), Some(0.0)]).unwrap(), "▁▁");
        assert_eq!(spark(&[None, None]), None);
        assert_eq!(spark(&[]), None);
    }
}
