//! Was the service there? Outages, restarts, and how many scrapes were answered.

use std::collections::BTreeMap;

use crate::analysis::availability::{Availability, availability, restarts};
use crate::model::labels::Labels;
use crate::model::series::{Frame, Series};
use crate::report::ask::{Answers, Topic, When};
use crate::report::document::{Outage, Presence};
use crate::report::plan::Grid;
use crate::text::Plain;
use crate::time::MINUTE;

pub fn presence(answers: &Answers, grid: &Grid) -> Presence {
    let (now, before) = (answers.frame(Topic::Up, When::Now), answers.frame(Topic::Up, When::Before));
    let was_there = before.is_some_and(|frame| !frame.series.is_empty());
    let state = now.map(|frame| match (availability(frame), before.and_then(newest)) {
        // Gone for the whole period: only the one before still knows the service.
        (Availability::NotScraped, Some(last)) => Availability::Gone { since: last + grid.step },
        (state, _) => state,
    });
    let outages = now.map_or_else(Vec::new, |frame| outages(frame, grid, was_there));
    let starts = answers.frame(Topic::Started, When::Now);
    let starts_before = answers.frame(Topic::Started, When::Before);
    Presence {
        unseen: state == Some(Availability::NotScraped) && nothing_else(answers),
        state,
        answered: now.and_then(answered),
        answered_before: before.and_then(answered),
        minutes_down: now.map(|frame| minutes_down(frame, grid, was_there)),
        // What was before that period is not known.
        minutes_down_before: before.map(|frame| minutes_down(frame, &grid_before(grid), false)),
        outages,
        restarts: starts.map(|frame| restarts(&joined(starts_before, frame))),
        restarts_before: starts_before.map(|frame| restarts(frame).len()),
    }
}

fn grid_before(grid: &Grid) -> Grid {
    Grid { now: grid.before, before: grid.before.before(), ..*grid }
}

fn newest(frame: &Frame) -> Option<i64> {
    frame.series.iter().filter_map(Series::last).map(|(time, _)| time).max()
}

/// No other question about the service was answered with a series.
fn nothing_else(answers: &Answers) -> bool {
    let topics = [Topic::Requests, Topic::Latency, Topic::Memory, Topic::Cpu];
    topics.into_iter().all(|topic| answers.frame(topic, When::Now).is_some_and(|frame| frame.series.is_empty()))
}

fn answered(up: &Frame) -> Option<f64> {
    let values = || up.series.iter().flat_map(|series| &series.values);
    let answered = values().filter(|value| **value >= 0.5).count();
    (values().count() > 0).then(|| answered as f64 / values().count() as f64)
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Moment {
    Up,
    Down,
    Absent,
}

/// The service as a whole at each point of the grid, from the first at which it is known to be there.
fn moments(up: &Frame, grid: &Grid, was_there: bool) -> Vec<(i64, Moment)> {
    let mut seen: BTreeMap<i64, bool> = BTreeMap::new();
    for (time, value) in up.series.iter().flat_map(Series::points) {
        *seen.entry(time).or_default() |= value >= 0.5;
    }
    let first = if was_there { Some(grid.now.start.0) } else { seen.keys().next().copied() };
    let times = (1..=grid.points()).map(|i| grid.now.start.0 + i * grid.step);
    let times = times.filter(|time| first.is_some_and(|first| first <= *time));
    let moment = |time| match seen.get(&time) {
        Some(true) => Moment::Up,
        Some(false) => Moment::Down,
        None => Moment::Absent,
    };
    let mut moments: Vec<(i64, Moment)> = times.map(|time| (time, moment(time))).collect();
    // The newest sample may still be under way.
    if matches!(moments.as_slice(), [.., (_, Moment::Up | Moment::Down), (_, Moment::Absent)]) {
        moments.pop();
    }
    moments
}

fn minutes_down(up: &Frame, grid: &Grid, was_there: bool) -> f64 {
    let down = moments(up, grid, was_there).into_iter().filter(|(_, moment)| *moment != Moment::Up).count();
    down as f64 * grid.step as f64 / MINUTE as f64
}

/// Of the whole service first, then of single targets where it is not the same outage; each in order of time.
fn outages(up: &Frame, grid: &Grid, was_there: bool) -> Vec<Outage> {
    let whole = stretches(&moments(up, grid, was_there), grid, &None);
    let mut parts = Vec::new();
    for series in up.series.iter().filter(|_| up.series.len() > 1) {
        let target = Some(series.labels.get("instance").cloned().unwrap_or_else(|| of_labels(&series.labels)));
        let moment = |value: f64| if value >= 0.5 { Moment::Up } else { Moment::Down };
        let points: Vec<_> = series.points().map(|(time, value)| (time, moment(value))).collect();
        let ended = series.last().map(|(time, _)| time + grid.step).filter(|end| *end <= grid.now.end.0);
        parts.extend(stretches(&points, grid, &target).into_iter().map(|outage| Outage {
            // A target that was taken away while it was down is no longer down.
            to: outage.to.or(ended),
            ..outage
        }));
    }
    parts.retain(|part| !whole.iter().any(|outage| (outage.from, outage.to) == (part.from, part.to)));
    parts.sort_by(|a, b| (a.from, &a.target).cmp(&(b.from, &b.target)));
    whole.into_iter().chain(parts).collect()
}

fn of_labels(labels: &Labels) -> Plain {
    labels.to_string().into()
}

fn stretches(moments: &[(i64, Moment)], grid: &Grid, target: &Option<Plain>) -> Vec<Outage> {
    let mut found: Vec<Outage> = Vec::new();
    let mut open = false;
    for (time, moment) in moments {
        match (open, *moment) {
            (false, Moment::Up) => {}
            (true, Moment::Up) => {
                if let Some(outage) = found.last_mut() {
                    outage.to = Some(*time);
                }
                open = false;
            }
            (false, _) => {
                let from = (*time > grid.now.start.0 + grid.step).then_some(*time);
                found.push(Outage { target: target.clone(), from, to: None, gone: *moment == Moment::Absent });
                open = true;
            }
            (true, _) => {
                if let Some(outage) = found.last_mut() {
                    outage.gone &= *moment == Moment::Absent;
                }
            }
        }
    }
    found
}

/// The start times with the last one of the period before, so that a restart between the two is seen.
fn joined(before: Option<&Frame>, now: &Frame) -> Frame {
    let mut joined = now.clone();
    for series in &mut joined.series {
        let same = before.and_then(|frame| frame.series.iter().find(|s| s.labels == series.labels));
        if let Some((time, value)) = same.and_then(Series::last) {
            series.times.insert(0, time);
            series.values.insert(0, value);
        }
    }
    joined
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::series::Notes;
    use crate::model::window::{Part, Window};
    use crate::time::{Range, Timestamp};

    fn grid() -> Grid {
        let range = |from, to| Range::new(Timestamp(from), Timestamp(to));
        Grid { step: 60_000, now: range(0, 360_000), before: range(-360_000, 0), week: None }
    }

    /// One character a minute: up, down, or no sample.
    fn up(series: &[(&str, &str)]) -> Frame {
        let window = Window { start: 60_000, end: 360_000, step: 60_000, part: Part::Whole };
        let series = series.iter().map(|(instance, course)| {
            let points = course.chars().enumerate().filter(|(_, c)| *c != ' ');
            let (times, values) =
                points.map(|(i, c)| ((i as i64 + 1) * 60_000, if c == 'u' { 1.0 } else { 0.0 })).unzip();
            Series::new(Labels::of(&[("instance", instance)]), times, values)
        });
        Frame { window, series: series.collect(), notes: Notes::default() }
    }

    fn outage(target: Option<&str>, from: Option<i64>, to: Option<i64>, gone: bool) -> Outage {
        let minutes = |minutes: i64| minutes * 60_000;
        Outage { target: target.map(Plain::new), from: from.map(minutes), to: to.map(minutes), gone }
    }

    #[test]
    fn outages_of_the_service_and_of_one_target() {
        let found = outages(&up(&[("a", "uddduu"), ("b", "uudduu")]), &grid(), true);
        assert_eq!(found, [outage(None, Some(3), Some(5), false), outage(Some("a"), Some(2), Some(5), false)]);
    }

    #[test]
    fn edges_of_the_period_are_not_invented() {
        let found = outages(&up(&[("a", "ddudd")]), &grid(), true);
        assert_eq!(found, [outage(None, None, Some(3), false), outage(None, Some(4), None, false)]);
    }

    #[test]
    fn series_that_vanish_are_gone_and_those_not_yet_there_are_not() {
        assert_eq!(outages(&up(&[("a", "uuu   ")]), &grid(), true), [outage(None, Some(4), None, true)]);
        assert_eq!(outages(&up(&[("a", "   uuu")]), &grid(), false), []);
        assert_eq!(outages(&up(&[("a", "   uuu")]), &grid(), true), [outage(None, None, Some(4), true)]);
        assert_eq!(minutes_down(&up(&[("a", "  duu ")]), &grid(), true), 3.0);
    }

    #[test]
    fn a_pod_that_was_replaced_is_no_outage_of_the_service() {
        let found = outages(&up(&[("old", "uud   "), ("new", "  uuuu")]), &grid(), true);
        assert_eq!(found, [outage(Some("old"), Some(3), Some(4), false)]);
        assert_eq!(answered(&up(&[("old", "uud   "), ("new", "  uuuu")])), Some(6.0 / 7.0));
    }

    #[test]
    fn a_restart_between_the_two_periods_is_seen() {
        let started = |course: &[(i64, f64)]| {
            let (times, values) = course.iter().copied().unzip();
            let series = vec![Series::new(Labels::of(&[("instance", "a")]), times, values)];
            Frame { series, ..up(&[]) }
        };
        let (before, now) = (started(&[(0, -500.0)]), started(&[(60_000, 30.0), (120_000, 30.0)]));
        assert_eq!(restarts(&joined(Some(&before), &now)).len(), 1);
        assert_eq!(restarts(&joined(None, &now)).len(), 0);
    }
}
