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

pub fn presence(answers: &Answers, grid: &Grid, is_average: bool) -> Presence {
    let shares = |when| Shares::of(answers, when, is_average);
    let (now, before) = (shares(When::Now), shares(When::Before));
    let was_there = before.as_ref().is_some_and(|shares| !shares.up.series.is_empty());
    let ended = answers.ended(Topic::Up);
    let state = ended.as_ref().map(|frame| match (availability(frame), before.as_ref().and_then(|b| newest(&b.up))) {
        // Gone for the whole period: only the one before still knows the service.
        (Availability::NotScraped, Some(last)) => Availability::Gone { since: last + grid.step },
        (state, _) => state,
    });
    let end = answers.frame(Topic::Up, When::End);
    let outages = now.as_ref().map_or_else(Vec::new, |shares| outages(shares, end, grid, was_there));
    let starts = answers.frame(Topic::Started, When::Now);
    let starts_before = answers.frame(Topic::Started, When::Before);
    Presence {
        unseen: state == Some(Availability::NotScraped) && nothing_else(answers),
        state,
        answered: now.as_ref().and_then(|shares| answered(&shares.up)),
        answered_before: before.as_ref().and_then(|shares| answered(&shares.up)),
        minutes_down: now.as_ref().map(|shares| minutes_down(shares, grid, was_there)),
        // What was before that period is not known.
        minutes_down_before: before.as_ref().map(|shares| minutes_down(shares, &grid_before(grid), false)),
        outages,
        restarts: starts.map(|frame| restarts(&joined(starts_before, frame))),
        restarts_before: starts_before.map(|frame| restarts(frame).len()),
    }
}

/// How much of each step each target answered, and how much of it any of them did.
struct Shares {
    up: Frame,
    any: Option<Frame>,
    is_average: bool,
}

impl Shares {
    /// Where points are moments they are 1 or 0, whatever the question makes of them.
    fn of(answers: &Answers, when: When, is_average: bool) -> Option<Self> {
        let mut up = answers.frame(Topic::Up, when)?.clone();
        let share = |value: f64| match is_average {
            true => value.clamp(0.0, 1.0),
            false => f64::from(u8::from(value >= 0.5)),
        };
        up.series.iter_mut().flat_map(|series| &mut series.values).for_each(|value| *value = share(*value));
        let any = answers.frame(Topic::AnyUp, when).filter(|_| is_average).cloned();
        Some(Self { up, any, is_average })
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
    (values().count() > 0).then(|| values().sum::<f64>() / values().count() as f64)
}

/// How much of the step before a point something answered; nothing where there was no series.
type Moment = Option<f64>;

fn is_up(moment: Moment) -> bool {
    moment.is_some_and(|share| share > 1.0 - 1e-9)
}

/// Milliseconds that were missed.
fn missed(moment: Moment, grid: &Grid) -> f64 {
    (1.0 - moment.unwrap_or(0.0)) * grid.step as f64
}

/// The service as a whole at each point of the grid, from the first at which it is known to be there.
fn moments(shares: &Shares, grid: &Grid, was_there: bool) -> Vec<(i64, Moment)> {
    let mut seen: BTreeMap<i64, f64> = BTreeMap::new();
    for (time, value) in shares.up.series.iter().flat_map(Series::points) {
        let best = seen.entry(time).or_default();
        *best = best.max(value);
    }
    let any = shares.any.as_ref().and_then(|frame| frame.series.first());
    let first = if was_there { Some(grid.now.start.0) } else { seen.keys().next().copied() };
    let times = (1..=grid.points()).map(|i| grid.now.start.0 + i * grid.step);
    let times = times.filter(|time| first.is_some_and(|first| first <= *time));
    let moment = |time| {
        let best = seen.get(&time).copied()?;
        Some(match any.and_then(|any| any.at(time, 0)) {
            Some((_, share)) => share.clamp(0.0, 1.0),
            // Averages of single targets do not say whether they were down together.
            None if shares.is_average => f64::from(u8::from(best > 0.0)),
            None => best,
        })
    };
    let mut moments: Vec<(i64, Moment)> = times.map(|time| (time, moment(time))).collect();
    // The newest sample may still be under way.
    if matches!(moments.as_slice(), [.., (_, Some(_)), (_, None)]) {
        moments.pop();
    }
    moments
}

fn minutes_down(shares: &Shares, grid: &Grid, was_there: bool) -> f64 {
    moments(shares, grid, was_there).into_iter().map(|(_, moment)| missed(moment, grid)).sum::<f64>() / MINUTE as f64
}

/// Of the whole service first, then of single targets where it is not the same outage; each in order of time. `end`
/// says who answers at the very end.
fn outages(shares: &Shares, end: Option<&Frame>, grid: &Grid, was_there: bool) -> Vec<Outage> {
    let up = &shares.up;
    let answers = |series: &Series| series.last().is_some_and(|(_, value)| value >= 0.5);
    let over = |is_over: bool| is_over.then_some(grid.now.end.0);
    let whole_over = over(end.is_some_and(|frame| frame.series.iter().any(answers)));
    let mut whole = stretches(&moments(shares, grid, was_there), grid, &None, shares.is_average);
    whole.iter_mut().for_each(|outage| outage.to = outage.to.or(whole_over));
    let mut parts = Vec::new();
    for series in up.series.iter().filter(|_| up.series.len() > 1) {
        let target = Some(series.labels.get("instance").cloned().unwrap_or_else(|| of_labels(&series.labels)));
        let points: Vec<_> = series.points().map(|(time, value)| (time, Some(value))).collect();
        let ended = series.last().map(|(time, _)| time + grid.step).filter(|end| *end <= grid.now.end.0);
        let same = |frame: &Frame| frame.series.iter().any(|one| one.labels == series.labels && answers(one));
        let now_up = over(end.is_some_and(same));
        parts.extend(stretches(&points, grid, &target, shares.is_average).into_iter().map(|outage| Outage {
            // A target that was taken away while it was down is no longer down.
            to: outage.to.or(ended).or(now_up),
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

/// Of averages a stretch is where something was missed: it lies somewhere in the steps before its points.
fn stretches(moments: &[(i64, Moment)], grid: &Grid, target: &Option<Plain>, is_average: bool) -> Vec<Outage> {
    let back = if is_average { grid.step } else { 0 };
    let mut found = Vec::new();
    let mut rest = moments;
    while let Some(first) = rest.iter().position(|(_, moment)| !is_up(*moment)) {
        rest = &rest[first..];
        let length = rest.iter().position(|(_, moment)| is_up(*moment)).unwrap_or(rest.len());
        let (stretch, after) = rest.split_at(length);
        let from = stretch.first().map(|(time, _)| *time).filter(|time| *time > grid.now.start.0 + grid.step);
        let lasted: f64 = stretch.iter().map(|(_, moment)| missed(*moment, grid)).sum();
        found.push(Outage {
            target: target.clone(),
            from: from.map(|time| time - back),
            to: after.first().map(|(time, _)| *time - back),
            gone: stretch.iter().all(|(_, moment)| moment.is_none()),
            lasted: lasted.round() as i64,
            is_within: lasted + 1.0 < (stretch.len() as i64 * grid.step) as f64,
        });
        rest = after;
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
    fn shares(series: &[(&str, &str)]) -> Shares {
        Shares { up: up(series), any: None, is_average: false }
    }

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
        let (from, to) = (from.map(minutes), to.map(minutes));
        // Each point stands for the step before it, the last one as well.
        let lasted = to.unwrap_or(420_000) - from.unwrap_or(60_000);
        Outage { target: target.map(Plain::new), from, to, gone, lasted, is_within: false }
    }

    #[test]
    fn outages_of_the_service_and_of_one_target() {
        let found = outages(&shares(&[("a", "uddduu"), ("b", "uudduu")]), None, &grid(), true);
        assert_eq!(found, [outage(None, Some(3), Some(5), false), outage(Some("a"), Some(2), Some(5), false)]);
    }

    #[test]
    fn edges_of_the_period_are_not_invented() {
        let found = outages(&shares(&[("a", "ddudd")]), None, &grid(), true);
        let last = Outage { lasted: 120_000, ..outage(None, Some(4), None, false) };
        assert_eq!(found, [outage(None, None, Some(3), false), last]);
    }

    #[test]
    fn series_that_vanish_are_gone_and_those_not_yet_there_are_not() {
        assert_eq!(outages(&shares(&[("a", "uuu   ")]), None, &grid(), true), [outage(None, Some(4), None, true)]);
        assert_eq!(outages(&shares(&[("a", "   uuu")]), None, &grid(), false), []);
        assert_eq!(outages(&shares(&[("a", "   uuu")]), None, &grid(), true), [outage(None, None, Some(4), true)]);
        assert_eq!(minutes_down(&shares(&[("a", "  duu ")]), &grid(), true), 3.0);
    }

    #[test]
    fn a_pod_that_was_replaced_is_no_outage_of_the_service() {
        let found = outages(&shares(&[("old", "uud   "), ("new", "  uuuu")]), None, &grid(), true);
        assert_eq!(found, [outage(Some("old"), Some(3), Some(4), false)]);
        assert_eq!(answered(&up(&[("old", "uud   "), ("new", "  uuuu")])), Some(6.0 / 7.0));
    }

    #[test]
    fn averages_tell_how_long_and_not_when_and_no_more_than_is_known() {
        let mut averaged = shares(&[("a", "uuuuuu"), ("b", "uuuuuu")]);
        averaged.is_average = true;
        averaged.up.series[0].values[2] = 0.75;
        averaged.up.series[1].values[2] = 0.75;
        // Both missed a quarter of the step, one after the other.
        assert_eq!(minutes_down(&averaged, &grid(), true), 0.0);
        let found = outages(&averaged, None, &grid(), true);
        let told = |o: &Outage| (o.target.is_some(), o.from, o.to, o.lasted, o.is_within);
        assert_eq!(found.iter().map(told).collect::<Vec<_>>(), [(true, Some(120_000), Some(180_000), 15_000, true); 2]);
        // Both together.
        let mut any = up(&[("", "uuuuuu")]);
        any.series[0].values[2] = 0.75;
        averaged.any = Some(any);
        assert_eq!(minutes_down(&averaged, &grid(), true), 0.25);
        assert_eq!(outages(&averaged, None, &grid(), true).len(), 1);
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
