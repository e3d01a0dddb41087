//! Is the service there at all? No alert rule fires when its metrics vanish, so the console must say it itself.

use crate::model::series::{Frame, Series};
use crate::text::Plain;

/// What the `up` series say at the newest point.
#[derive(Debug, Clone, PartialEq)]
pub enum Availability {
    /// Every target answers.
    Up { targets: usize },
    /// Some do; `down` names the others, `since` is when the first of them went, in ms.
    Degraded { up: usize, targets: usize, down: Vec<Plain>, since: i64 },
    /// No target answers. `since` is absent when that began before the range.
    Down { targets: usize, since: Option<i64> },
    /// The series ended: nothing is scraped any more.
    Gone { since: i64 },
    /// There is no such series in the whole range.
    NotScraped,
}

/// Reads the `up` frame: 1 for each target that was scraped, 0 for each that was not.
pub fn availability(frame: &Frame) -> Availability {
    let newest = frame.series.iter().filter_map(Series::last).map(|(time, _)| time).max();
    let Some(newest) = newest else { return Availability::NotScraped };
    let end = newest.max(frame.window.end);
    if end - newest > frame.window.step {
        return Availability::Gone { since: newest + frame.window.step };
    }
    let present: Vec<&Series> =
        frame.series.iter().filter(|s| s.last().is_some_and(|(time, _)| newest - time <= frame.window.step)).collect();
    let down: Vec<&Series> =
        present.iter().copied().filter(|s| s.last().is_some_and(|(_, value)| value < 0.5)).collect();
    let since: Vec<i64> = down.iter().filter_map(|s| zero_since(s)).collect();
    if down.is_empty() {
        Availability::Up { targets: present.len() }
    } else if down.len() == present.len() {
        // The service was gone when the last of its targets went; at the edge of the range that is not known.
        let since = since.into_iter().max().filter(|since| *since > frame.window.start);
        Availability::Down { targets: present.len(), since }
    } else {
        let names =
            down.iter().map(|s| s.labels.get("instance").cloned().unwrap_or_else(|| s.labels.to_string().into()));
        let since = since.into_iter().min().unwrap_or(newest);
        Availability::Degraded { up: present.len() - down.len(), targets: present.len(), down: names.collect(), since }
    }
}

/// When the zeros at the end of a series began.
fn zero_since(series: &Series) -> Option<i64> {
    series.points().rev().take_while(|(_, value)| *value < 0.5).last().map(|(time, _)| time)
}

/// A start of a process: which instance, and when, in ms.
#[derive(Debug, Clone, PartialEq)]
pub struct Restart {
    pub instance: Plain,
    pub at: i64,
}

/// Restarts within the frame, in order: the start time of an instance changed from one sample to the next.
pub fn restarts(started: &Frame) -> Vec<Restart> {
    let mut found = Vec::new();
    for series in &started.series {
        let instance = series.labels.get("instance").cloned().unwrap_or_default();
        let changed = series.values.windows(2).filter(|pair| pair[1] > pair[0] + 1.0);
        found.extend(changed.map(|pair| Restart { instance: instance.clone(), at: (pair[1] * 1000.0) as i64 }));
    }
    found.sort_by_key(|restart| restart.at);
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::labels::Labels;
    use crate::model::series::Notes;
    use crate::model::window::{Part, Window};

    fn frame(series: &[(&str, &[(i64, f64)])]) -> Frame {
        let window = Window { start: 0, end: 100, step: 10, part: Part::Whole };
        let series = series.iter().map(|(instance, points)| {
            let (times, values) = points.iter().copied().unzip();
            Series::new(Labels::of(&[("instance", instance)]), times, values)
        });
        Frame { window, series: series.collect(), notes: Notes::default() }
    }

    #[test]
    fn all_up_some_down_all_down() {
        let up: &[(i64, f64)] = &[(80, 1.0), (90, 1.0), (100, 1.0)];
        let fell: &[(i64, f64)] = &[(80, 1.0), (90, 0.0), (100, 0.0)];
        assert_eq!(availability(&frame(&[("a", up), ("b", up)])), Availability::Up { targets: 2 });
        let degraded = Availability::Degraded { up: 1, targets: 2, down: vec!["b".into()], since: 90 };
        assert_eq!(availability(&frame(&[("a", up), ("b", fell)])), degraded);
        assert_eq!(
            availability(&frame(&[("a", fell), ("b", fell)])),
            Availability::Down { targets: 2, since: Some(90) }
        );
    }

    #[test]
    fn down_for_the_whole_range_has_no_beginning() {
        let always: &[(i64, f64)] = &[(0, 0.0), (50, 0.0), (100, 0.0)];
        assert_eq!(availability(&frame(&[("a", always)])), Availability::Down { targets: 1, since: None });
    }

    #[test]
    fn a_series_that_ended_is_gone_and_none_is_not_scraped() {
        assert_eq!(availability(&frame(&[("a", &[(40, 1.0), (50, 1.0)])])), Availability::Gone { since: 60 });
        assert_eq!(availability(&frame(&[])), Availability::NotScraped);
    }

    #[test]
    fn a_later_start_time_is_a_restart() {
        let found = restarts(&frame(&[("a", &[(10, 5.0), (20, 5.0), (30, 25.0)]), ("b", &[(10, 1.0)])]));
        assert_eq!(found, [Restart { instance: "a".into(), at: 25_000 }]);
    }
}
