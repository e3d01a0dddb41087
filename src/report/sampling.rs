//! How a period is sampled: what one point of a question stands for.
//!
//! Up to some hours the points are as close as targets are scraped. Farther apart, a point that shows one moment loses
//! what happened in between: rates are taken over all of the step, gauges are averaged over it with their highest value
//! beside it, and what is true of the end is asked for the end itself.

use super::ask::Topic;
use super::plan::{FINEST, Grid, STEPS};
use crate::analysis::history;
use crate::analysis::widen::{over, widen};
use crate::model::watch::Watch;
use crate::time::MINUTE;

/// What a point stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum How {
    /// The moment, or the window that the question itself names.
    Points,
    /// All of the step before it, at one rate.
    Rate,
    /// The average of the step before it.
    Average,
    /// The highest of the step before it.
    Highest,
}

impl How {
    pub fn word(self) -> &'static str {
        match self {
            Self::Points => "points",
            Self::Rate => "rate_over_step",
            Self::Average => "average_of_step",
            Self::Highest => "highest_of_step",
        }
    }
}

/// One question as it is asked over a period.
#[derive(Debug, Clone, PartialEq)]
pub struct Sampled {
    pub topic: Topic,
    pub expr: String,
    /// ms
    pub step: i64,
    pub how: How,
}

/// From this step on, in ms, a point of a gauge says too little of what lies between two.
const COARSE: i64 = MINUTE;
/// Points of the alerts that fired: their series are few, and alerts are short.
const MOST_OF_FIRED: i64 = 3_000;

/// Every question that is asked over each period.
pub fn ranges(watch: &Watch, grid: &Grid) -> Vec<Sampled> {
    let step = grid.step;
    let points = |topic, expr: &str| Sampled { topic, expr: expr.to_owned(), step, how: How::Points };
    let as_ = |topic, expr: Option<String>, how| expr.map(|expr| Sampled { topic, expr, step, how });
    let rate = |topic, expr: &str| as_(topic, widen(expr, step), How::Rate).unwrap_or_else(|| points(topic, expr));
    let is_coarse = step >= COARSE;
    let average = |topic, expr: &str| {
        let wide = is_coarse.then(|| widen(expr, step).or_else(|| over("avg_over_time", expr, step))).flatten();
        as_(topic, wide, How::Average).unwrap_or_else(|| points(topic, expr))
    };
    let highest =
        |topic, expr: &str| as_(topic, is_coarse.then(|| over("max_over_time", expr, step)).flatten(), How::Highest);
    let up = is_coarse.then(|| over("avg_over_time", &watch.up, step)).flatten();
    // Targets that are down one after the other are no outage of the service: it needs a question of its own.
    let any_up = up.is_some().then(|| over("avg_over_time", &format!("max({}\n) or vector(0)", watch.up), step));
    let mut all = vec![
        rate(Topic::Requests, &watch.requests),
        rate(Topic::Errors, &watch.errors),
        rate(Topic::ErrorsByEndpoint, &watch.errors_by_endpoint),
        rate(Topic::Latency, &watch.latency),
        average(Topic::Memory, &watch.memory),
        average(Topic::Cpu, &watch.cpu),
        average(Topic::MemoryRatio, &watch.memory_ratio),
        as_(Topic::Up, up, How::Average).unwrap_or_else(|| points(Topic::Up, &watch.up)),
        points(Topic::Started, &watch.started),
        fired(grid),
    ];
    all.extend(highest(Topic::MemoryPeak, &watch.memory));
    all.extend(highest(Topic::CpuPeak, &watch.cpu));
    all.extend(highest(Topic::MemoryRatioPeak, &watch.memory_ratio));
    all.extend(as_(Topic::AnyUp, any_up.flatten(), How::Average));
    all
}

/// What holds at the end of the period, where the last point of a question does not say it.
pub fn ends(watch: &Watch, grid: &Grid) -> Vec<(Topic, String)> {
    let own = [
        (Topic::Requests, &watch.requests),
        (Topic::Errors, &watch.errors),
        (Topic::ErrorsByEndpoint, &watch.errors_by_endpoint),
        (Topic::Latency, &watch.latency),
        (Topic::Memory, &watch.memory),
        (Topic::Cpu, &watch.cpu),
        (Topic::MemoryRatio, &watch.memory_ratio),
        (Topic::Up, &watch.up),
    ];
    let sampled = ranges(watch, grid);
    let is_wide = |topic| {
        let how = sampled.iter().find(|one| one.topic == topic).map_or(How::Points, |one| one.how);
        how != How::Points && (topic == Topic::Up || grid.step > 5 * MINUTE)
    };
    own.into_iter().filter(|(topic, _)| is_wide(*topic)).map(|(topic, expr)| (topic, expr.clone())).collect()
}

/// Closer than anything else: an alert that fired between two points would never have been.
fn fired(grid: &Grid) -> Sampled {
    let fits = |step: &i64| grid.step % step == 0 && grid.now.length() / step <= MOST_OF_FIRED;
    let step = STEPS.into_iter().find(fits).unwrap_or(grid.step).min(grid.step).max(FINEST);
    let expr = history::FIRING.to_owned();
    let highest = (step > MINUTE).then(|| over("max_over_time", &expr, step)).flatten();
    let how = if highest.is_some() { How::Highest } else { How::Points };
    Sampled { topic: Topic::Fired, expr: highest.unwrap_or(expr), step, how }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::plan::Periods;
    use crate::time::{DAY, HOUR, Range, Timestamp};

    fn grid(length: i64) -> Grid {
        let end = Timestamp(1_795_442_607_000);
        Grid::of(Periods::of(Range::new(end.plus(-length), end)), end)
    }

    #[test]
    fn a_short_period_is_asked_as_the_config_says() {
        let watch = Watch::default();
        let all = ranges(&watch, &grid(HOUR));
        assert!(all.iter().all(|one| one.how == How::Points && one.step == FINEST));
        assert_eq!((all.len(), all[0].expr == watch.requests, ends(&watch, &grid(HOUR)).len()), (10, true, 0));
    }

    #[test]
    fn a_month_is_looked_at_wholly() {
        let watch = Watch::default();
        let all = ranges(&watch, &grid(30 * DAY));
        let of = |topic| all.iter().find(|one| one.topic == topic).unwrap();
        assert_eq!(of(Topic::Requests).expr, "sum by (endpoint) (rate(agent360_requests_total[1h]))");
        assert_eq!(of(Topic::Memory).expr, "avg_over_time(agent360_memory_usage_bytes[1h])");
        assert_eq!(of(Topic::MemoryPeak).expr, "max_over_time(agent360_memory_usage_bytes[1h])");
        assert!(of(Topic::AnyUp).expr.starts_with("avg_over_time((max(up{"), "{}", of(Topic::AnyUp).expr);
        assert_eq!((of(Topic::Fired).step, of(Topic::Fired).how), (15 * MINUTE, How::Highest));
        assert_eq!(ends(&watch, &grid(30 * DAY)).len(), 8);
        assert_eq!(ends(&watch, &grid(DAY)).len(), 1);
    }

    #[test]
    fn no_question_has_more_points_than_a_server_gives() {
        for days in [1, 2, 7, 30, 92, 366, 3_660] {
            let grid = grid(days * DAY);
            for one in ranges(&Watch::default(), &grid) {
                assert!(grid.now.length() / one.step <= 3_000 && grid.now.length() % one.step == 0, "{one:?}");
            }
        }
    }
}
