//! When alerts fired, read from the series that Prometheus writes of them.
//!
//! A point says that an alert fired about then: each stands for one step of time.

use crate::model::labels::Labels;
use crate::model::series::{Frame, Series};
use crate::text::Plain;
use crate::time::{MINUTE, Range, Timestamp};

/// What this is read from: one series for each alert while it fires.
pub const FIRING: &str = r#"ALERTS{alertstate="firing"}"#;

/// An alert flaps if it fired at least so often …
const OFTEN: usize = 4;
/// … and more than half of the times ended sooner than this.
const SHORT: i64 = 15 * MINUTE;

/// One stretch of time in which an alert fired.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Firing {
    pub range: Range,
    /// It fired already at the first point: since when is not known.
    pub from_before: bool,
    /// It still fired at the last point.
    pub still: bool,
}

/// What an alert did in the time that was asked for.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct History {
    /// In order of time, apart from each other.
    pub firings: Vec<Firing>,
}

impl History {
    pub fn count(&self) -> usize {
        self.firings.len()
    }

    /// Milliseconds.
    pub fn total(&self) -> i64 {
        self.firings.iter().map(|firing| firing.range.length()).sum()
    }

    pub fn still(&self) -> bool {
        self.firings.last().is_some_and(|firing| firing.still)
    }

    /// It fired at least four times, and most of them were over within a quarter of an hour.
    pub fn flaps(&self) -> bool {
        let short = self.firings.iter().filter(|firing| !firing.still && firing.range.length() < SHORT).count();
        self.count() >= OFTEN && 2 * short > self.count()
    }

    /// How long it usually takes until it is resolved: the median of the firings that are seen whole, in milliseconds.
    pub fn usual(&self) -> Option<i64> {
        let whole = self.firings.iter().filter(|firing| !firing.still && !firing.from_before);
        let mut lengths: Vec<i64> = whole.map(|firing| firing.range.length()).collect();
        lengths.sort_unstable();
        let (low, high) = (lengths.len().checked_sub(1)? / 2, lengths.len() / 2);
        Some((lengths.get(low)? + lengths.get(high)?) / 2)
    }
}

/// When any of those fired that `keep` accepts: several series at once are one firing.
pub fn together(frame: &Frame, keep: impl Fn(&Labels) -> bool) -> History {
    Points::new(frame).history(&frame.series.iter().filter(|series| keep(&series.labels)).collect::<Vec<_>>())
}

/// One history for each value of a label, as for each `alertname`; in order of the values.
pub fn by(frame: &Frame, label: &str) -> Vec<(Plain, History)> {
    let value = |series: &Series| series.labels.get(label).cloned().unwrap_or_default();
    let mut series: Vec<&Series> = frame.series.iter().collect();
    series.sort_by_key(|series| value(series));
    let points = Points::new(frame);
    let groups = series.chunk_by(|a, b| value(a) == value(b));
    groups
        .filter_map(|group| Some((value(group.first()?), points.history(group))))
        .filter(|(_, h)| h.count() > 0)
        .collect()
}

/// The points in time at which a frame has samples.
struct Points {
    first: i64,
    last: i64,
    step: i64,
}

impl Points {
    fn new(frame: &Frame) -> Self {
        // The head, a point at the very end, lies beyond the window.
        let last = frame.series.iter().filter_map(Series::last).map(|(t, _)| t).fold(frame.window.end, i64::max);
        Self { first: frame.window.start, last, step: frame.window.step.max(1) }
    }

    fn history(&self, series: &[&Series]) -> History {
        let points = series.iter().flat_map(|series| series.points());
        let mut times: Vec<i64> = points.filter(|(_, value)| *value > 0.0).map(|(t, _)| t).collect();
        times.sort_unstable();
        let mut firings: Vec<Firing> = Vec::new();
        for t in times {
            let (still, end) = (t >= self.last, Timestamp((t + self.step).min(self.last)));
            match firings.last_mut() {
                // A gap shorter than two steps may be one lost point.
                Some(last) if t - last.range.end.0 < 2 * self.step => (last.range.end, last.still) = (end, still),
                _ => {
                    let from_before = t < self.first + self.step;
                    firings.push(Firing { range: Range::new(Timestamp(t), end), from_before, still });
                }
            }
        }
        History { firings }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::series::Notes;
    use crate::model::window::{Part, Window};
    use crate::time::HOUR;

    const STEP: i64 = MINUTE;

    /// Points are given as minutes; the frame is a day long.
    fn frame(series: &[(&str, &[i64])]) -> Frame {
        let series = series.iter().map(|(name, minutes)| {
            let labels = [("__name__", "ALERTS"), ("alertstate", "firing"), ("alertname", name)];
            let times: Vec<i64> = minutes.iter().map(|minute| minute * MINUTE).collect();
            Series { labels: Labels::of(&labels), values: vec![1.0; times.len()], times }
        });
        let window = Window { start: 0, end: 24 * HOUR, step: STEP, part: Part::Whole };
        Frame { window, series: series.collect(), notes: Notes::default() }
    }

    fn minutes(history: &History) -> Vec<(i64, i64)> {
        let minutes = |firing: &Firing| (firing.range.start.0 / MINUTE, firing.range.end.0 / MINUTE);
        history.firings.iter().map(minutes).collect()
    }

    fn run(from: i64, to: i64) -> Vec<i64> {
        (from..to).collect()
    }

    #[test]
    fn a_lost_point_does_not_end_a_firing_and_two_do() {
        let history = together(&frame(&[("A", &[10, 11, 13, 20, 23])]), |_| true);
        assert_eq!(minutes(&history), [(10, 14), (20, 21), (23, 24)]);
        assert_eq!((history.count(), history.total(), history.still()), (3, 6 * MINUTE, false));
    }

    #[test]
    fn the_ends_of_the_frame_are_not_ends_of_a_firing() {
        let day = 24 * 60;
        let mut times = run(0, 30);
        times.extend(run(100, 120));
        times.extend(run(day - 5, day + 1));
        let history = together(&frame(&[("A", &times)]), |_| true);
        assert_eq!(minutes(&history), [(0, 30), (100, 120), (day - 5, day)]);
        let ends: Vec<_> = history.firings.iter().map(|firing| (firing.from_before, firing.still)).collect();
        assert_eq!(ends, [(true, false), (false, false), (false, true)]);
        assert!(history.still());
        // Only the one in the middle is seen whole.
        assert_eq!(history.usual(), Some(20 * MINUTE));
        // One step before the end it had stopped.
        assert!(!together(&frame(&[("A", &run(day - 5, day))]), |_| true).still());
    }

    #[test]
    fn a_head_says_that_it_still_fires() {
        let mut frame = frame(&[("A", &run(1_400, 1_441)), ("B", &run(1_400, 1_441))]);
        frame.series[0].times.push(24 * HOUR + 20_000);
        frame.series[0].values.push(1.0);
        let [(_, a), (_, b)] = &by(&frame, "alertname")[..] else { panic!() };
        assert!(a.still() && !b.still());
        assert_eq!(a.firings[0].range.end, Timestamp(24 * HOUR + 20_000));
        assert_eq!(a.count(), 1);
    }

    #[test]
    fn the_usual_time_is_the_median() {
        let times: Vec<i64> = [run(10, 12), run(100, 130), run(200, 210), run(300, 320)].concat();
        let history = together(&frame(&[("A", &times)]), |_| true);
        assert_eq!(history.usual(), Some(15 * MINUTE));
        assert_eq!(together(&frame(&[("A", &run(10, 12))]), |_| true).usual(), Some(2 * MINUTE));
        assert_eq!(History::default().usual(), None);
    }

    #[test]
    fn many_short_ones_are_flapping() {
        let shorts = |count: i64| (0..count).flat_map(|i| run(100 * i + 10, 100 * i + 15)).collect::<Vec<_>>();
        assert!(!together(&frame(&[("A", &shorts(3))]), |_| true).flaps());
        assert!(together(&frame(&[("A", &shorts(4))]), |_| true).flaps());
        let longs = |count: i64| (0..count).flat_map(|i| run(100 * i + 510, 100 * i + 540)).collect::<Vec<_>>();
        assert!(together(&frame(&[("A", &[shorts(4), longs(3)].concat())]), |_| true).flaps());
        assert!(!together(&frame(&[("A", &[shorts(4), longs(4)].concat())]), |_| true).flaps());
    }

    #[test]
    fn alerts_of_one_name_fire_together() {
        let mut frame = frame(&[("B", &[10, 11]), ("A", &[11, 12]), ("A", &[5]), ("C", &[])]);
        frame.series[2].labels = frame.series[2].labels.with("pod", "x");
        let histories = by(&frame, "alertname");
        let names: Vec<_> = histories.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(names, ["A", "B"]);
        assert_eq!(minutes(&histories[0].1), [(5, 6), (11, 13)]);
        assert_eq!(minutes(&together(&frame, |_| true)), [(5, 6), (10, 13)]);
    }

    #[test]
    fn disordered_or_zero_points_do_no_harm() {
        let mut frame = frame(&[("A", &[10, 12, 11])]);
        frame.series[0].values[1] = 0.0;
        assert_eq!(minutes(&together(&frame, |_| true)), [(10, 12)]);
        frame.window.step = 0;
        assert_eq!(together(&frame, |_| true).count(), 2);
    }
}
