//! Courses as paths. A gap stays a gap, and a value between two gaps is a dot.

use crate::report::render::spark::squeeze;

/// The width and height that a path is drawn in; a browser stretches it.
pub const ACROSS: i64 = 2400;
pub const DOWN: i64 = 1000;

/// From values to heights.
#[derive(Debug, Clone, Copy)]
pub struct Scale {
    pub min: f64,
    pub max: f64,
}

impl Scale {
    /// From the top; outside values lie on the edge.
    pub fn of(self, value: f64) -> f64 {
        let share = (self.max - value) / (self.max - self.min);
        if share.is_finite() { share.clamp(0.0, 1.0) } else { 1.0 }
    }

    fn down(self, value: f64) -> i64 {
        // `as` saturates, and the share is from 0 to 1.
        (self.of(value) * DOWN as f64).round() as i64
    }
}

/// The lines of a course; each of its cells stands for the time before its end. `stretch` is its length against that
/// of the chart.
pub fn path(course: &[Option<f64>], scale: Scale, stretch: f64) -> String {
    let mut out = String::new();
    for run in runs(course, scale, stretch) {
        let mut held = None;
        for (x, y) in &run {
            match held {
                None => out.push_str(&format!("M{x} {y}")),
                Some((was_x, was_y)) => out.push_str(&format!("l{} {}", x - was_x, y - was_y)),
            }
            held = Some((*x, *y));
        }
        if run.len() == 1 {
            out.push_str("h0");
        }
    }
    out
}

/// The ground below a course.
pub fn ground(course: &[Option<f64>], scale: Scale) -> String {
    let mut out = String::new();
    for run in runs(course, scale, 1.0).into_iter().filter(|run| run.len() > 1) {
        let (Some(first), Some(last)) = (run.first(), run.last()) else { continue };
        let foot = scale.down(0.0);
        out.push_str(&format!("M{} {foot}", first.0));
        run.iter().for_each(|(x, y)| out.push_str(&format!("L{x} {y}")));
        out.push_str(&format!("L{} {foot}Z", last.0));
    }
    out
}

/// Points that hang together, as whole numbers: nobody sees less than half a dot.
fn runs(course: &[Option<f64>], scale: Scale, stretch: f64) -> Vec<Vec<(i64, i64)>> {
    let across = |at: usize| ((at + 1) as f64 / course.len() as f64 * stretch * ACROSS as f64).round() as i64;
    let mut runs = vec![Vec::new()];
    for (at, value) in course.iter().enumerate() {
        match (value, runs.last_mut()) {
            (Some(value), Some(run)) => run.push((across(at), scale.down(*value))),
            _ => runs.push(Vec::new()),
        }
    }
    runs.retain(|run| !run.is_empty());
    runs
}

/// A small course beside a row; what it says stands in the row too.
pub fn spark(course: &[Option<f64>]) -> String {
    let cells = squeeze(course, 60);
    let peak = cells.iter().flatten().copied().fold(f64::NAN, f64::max);
    if peak.is_nan() {
        return String::new();
    }
    let low = cells.iter().flatten().copied().fold(0.0, f64::min);
    let scale = Scale { min: low, max: if peak > low { peak } else { low + 1.0 } };
    format!(
        "<svg class=\"spark\" width=\"96\" height=\"20\" viewBox=\"0 -60 {ACROSS} {}\" preserveAspectRatio=\"none\" \
         aria-hidden=\"true\"><path class=\"ground\" d=\"{}\"/><path d=\"{}\"/></svg>",
        DOWN + 120,
        ground(&cells, scale),
        path(&cells, scale, 1.0)
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    const SCALE: Scale = Scale { min: 0.0, max: 10.0 };

    #[test]
    fn gaps_are_not_bridged_and_a_single_value_is_a_dot() {
        let course = [Some(0.0), Some(10.0), None, Some(5.0), None, None];
        assert_eq!(path(&course, SCALE, 1.0), "M400 1000l400 -1000M1600 500h0");
        assert_eq!(ground(&course, SCALE), "M400 1000L400 1000L800 0L800 1000Z");
        assert_eq!(path(&[None], SCALE, 1.0), "");
    }

    #[test]
    fn odd_values_stay_on_the_chart() {
        assert_eq!([20.0, -3.0, f64::NAN].map(|value| SCALE.of(value)), [0.0, 1.0, 1.0]);
        assert_eq!(Scale { min: 1.0, max: 1.0 }.of(1.0), 1.0);
        assert_eq!(spark(&[None, None]), "");
        assert!(spark(&[Some(0.0)]).contains("M2400 1000h0"));
    }
}
