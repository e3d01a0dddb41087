//! What a report is to be about, and the points in time that are asked for it.

use jiff::tz::TimeZone;

use super::ask::When;
use crate::model::period::Period;
use crate::model::place::Opening;
use crate::model::watch::Watch;
use crate::model::window::Span;
use crate::text::Plain;
use crate::time::{DAY, HOUR, MINUTE, Range, SECOND, Timestamp, format_duration};

/// Everything that is decided before the first question.
#[derive(Debug, Clone)]
pub struct Plan {
    pub context: Plain,
    /// Where Prometheus is, without anything secret.
    pub address: Plain,
    pub periods: Periods,
    /// What the period is called: `last hour`, `daily`.
    pub label: String,
    /// Questions under way at once, to each of the sources.
    pub at_once: usize,
    /// Already narrowed to the scope.
    pub watch: Watch,
    /// Whether there is an Alertmanager to ask whom alerts reach.
    pub alertmanager: bool,
    /// Whether there are logs to search.
    pub logs: bool,
    /// Whether there are traces to search.
    pub traces: bool,
    /// The alert that must always fire, where the config names it; empty is none.
    pub dead_mans_switch: Option<Plain>,
    pub scope: Option<Plain>,
    /// How much of logs and traces is looked at.
    pub depth: Depth,
    /// How the console is opened at what the report names.
    pub opening: Opening,
    /// Of the times in text and Markdown; JSON is always UTC.
    pub zone: TimeZone,
    /// The answers are simulated.
    pub demo: bool,
    pub generated_at: Timestamp,
    pub version: &'static str,
}

/// How closely logs and traces are looked at: as closely as a report deserves, or as a person waits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Depth {
    Full,
    /// Fewer parts of the period and fewer lines of each, for whoever waits for it.
    Quick,
}

impl Depth {
    /// One of two numbers.
    pub fn of<T>(self, full: T, quick: T) -> T {
        if self == Self::Full { full } else { quick }
    }
}

impl Plan {
    /// The same for a server whose clock is ahead by so much. Times that were named are the server's already.
    pub fn on_clock(&self, ahead: i64) -> Self {
        let mut plan = self.clone();
        if self.periods.now.end == self.generated_at {
            plan.periods = self.periods.plus(ahead);
        }
        plan.generated_at = self.generated_at.plus(ahead);
        plan
    }
}

/// The stretch of time that a report is about, and those that it is compared with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Periods {
    pub now: Range,
    /// The period before it; of a calendar month or a day on which clocks are set it may be longer or shorter.
    pub before: Range,
    /// The same period a week before; none where it would overlap the period, or be the period before.
    pub week: Option<Range>,
}

impl Periods {
    /// Those of any stretch of time, without a calendar.
    pub fn of(now: Range) -> Self {
        let week = Range::new(now.start.plus(-WEEK), now.end.plus(-WEEK));
        Self { now, before: now.before(), week: (now.length() < WEEK).then_some(week) }
    }

    fn plus(self, ms: i64) -> Self {
        let move_ = |range: Range| Range::new(range.start.plus(ms), range.end.plus(ms));
        Self { now: move_(self.now), before: move_(self.before), week: self.week.map(move_) }
    }
}

const WEEK: i64 = 7 * DAY;

/// What a period is called; a fixed range has no name of its own.
pub fn label(period: Period, is_fixed: bool) -> String {
    match period {
        _ if is_fixed => "fixed range".to_owned(),
        Period::LastHour => "last hour".to_owned(),
        Period::Daily => "daily".to_owned(),
        Period::Weekly => "weekly".to_owned(),
        Period::Monthly => "monthly".to_owned(),
        Period::Length(ms) => format!("last {}", format_duration(ms)),
    }
}

/// The finest distance of two points: how often targets are scraped, as a rule.
pub const FINEST: i64 = 15 * SECOND;
/// The most points of a series in one answer.
const MOST_POINTS: i64 = 1_000;
pub const STEPS: [i64; 14] = [
    FINEST,
    30 * SECOND,
    MINUTE,
    2 * MINUTE,
    5 * MINUTE,
    10 * MINUTE,
    15 * MINUTE,
    30 * MINUTE,
    HOUR,
    2 * HOUR,
    3 * HOUR,
    6 * HOUR,
    12 * HOUR,
    DAY,
];

/// The periods in whole steps.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Grid {
    /// ms
    pub step: i64,
    pub now: Range,
    pub before: Range,
    pub week: Option<Range>,
}

impl Grid {
    /// Ends with the period, to the second, so that the newest point is of now however long the period is; what has
    /// not happened yet is left out. Reaches back a little further where the length is not a whole number of steps.
    pub fn of(periods: Periods, now: Timestamp) -> Self {
        let period = periods.now;
        let end = if period.start < now { period.end.min(now) } else { period.end };
        let end = end.floor_to(SECOND);
        let length = end.since(period.start).max(FINEST);
        let step = STEPS.into_iter().find(|step| length.div_euclid(*step) < MOST_POINTS);
        // Beyond any period that the command line takes: whole days.
        let step = step.unwrap_or_else(|| (length / MOST_POINTS / DAY + 1) * DAY);
        let whole = |end: Timestamp, length: i64| {
            let count = length.div_euclid(step) + i64::from(length.rem_euclid(step) > 0);
            Range::new(end.plus(-count * step), end)
        };
        let now = whole(end, length);
        // What the period lacks at its end, the others lack as well: the same hours are compared.
        let missing = period.end.since(end);
        let week = periods.week.map(|week| whole(week.end.plus(-missing).floor_to(SECOND), week.length() - missing));
        let is_beside = periods.before.end == period.start;
        let before = if is_beside {
            Self::beside(now, periods, step)
        } else {
            whole(periods.before.end, periods.before.length())
        };
        Self { step, now, before, week }
    }

    /// The period before ends where the period begins, so that no moment is left out.
    fn beside(now: Range, periods: Periods, step: i64) -> Range {
        if periods.before.length() == periods.now.length() {
            return now.before();
        }
        let count = (periods.before.length() / step).max(1);
        Range::new(now.start.plus(-count * step), now.start)
    }

    /// The range of one of the periods.
    pub fn range(&self, when: When) -> Option<Range> {
        match when {
            When::Now => Some(self.now),
            When::Before => Some(self.before),
            When::Week => self.week,
            When::End => None,
        }
    }

    /// All periods that there are.
    pub fn periods(&self) -> impl Iterator<Item = (When, Range)> {
        When::ALL.into_iter().filter_map(|when| Some((when, self.range(when)?)))
    }

    /// Each point stands for the step before it, so that the two periods share none and together have no gap.
    pub fn span(&self, of: Range, step: i64) -> Span {
        Span::Fixed(Range::new(of.start.plus(step), of.end))
    }

    /// How many points a series without gaps has.
    pub fn points(&self) -> i64 {
        self.now.length() / self.step
    }
}

/// A part that a period is looked at in is not shorter than this, in ms.
const SHORTEST: i64 = 10 * SECOND;

/// The parts of a period, at most so many, which share no moment and leave none out.
pub fn parts(period: Range, most: u8) -> impl Iterator<Item = (u8, Range)> {
    let count = (period.length() / SHORTEST).clamp(1, i64::from(most.max(1)));
    let edge = move |number: i64| period.start.plus(period.length() * number / count);
    (0..count as u8).map(move |number| {
        let (start, end) = (edge(i64::from(number)), edge(i64::from(number) + 1));
        (number, Range::new(start, if end < period.end { end.plus(-1) } else { end }))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const NOW: Timestamp = Timestamp(1_795_356_207_000); // 14:03:27 UTC

    fn last(length: i64) -> Grid {
        Grid::of(Periods::of(Range::new(NOW.plus(-length), NOW)), NOW)
    }

    #[test]
    fn steps_are_round_and_requests_small() {
        let steps: Vec<String> = [MINUTE, HOUR, DAY, 7 * DAY, 30 * DAY, 366 * DAY]
            .map(|length| format!("{} x {}", last(length).points(), format_duration(last(length).step)))
            .into();
        assert_eq!(steps, ["4 x 15s", "240 x 15s", "720 x 2m", "672 x 15m", "720 x 1h", "732 x 12h"]);
    }

    #[test]
    fn the_newest_point_is_recent_even_in_a_long_period() {
        let grid = last(30 * DAY);
        assert_eq!(grid.now.end, NOW);
        assert_eq!(grid.span(grid.now, HOUR), Span::Fixed(Range::new(grid.now.start.plus(HOUR), grid.now.end)));
        assert_eq!(grid.before.end, grid.now.start);
    }

    #[test]
    fn what_has_not_happened_yet_is_left_out() {
        let grid = Grid::of(Periods::of(Range::new(NOW.plus(-HOUR), NOW.plus(HOUR))), NOW);
        assert!(grid.now.end <= NOW);
        assert_eq!(grid.now.length(), HOUR);
    }

    proptest! {
        #[test]
        fn a_grid_covers_its_period(length in 1..20 * 366 * DAY, end in 0..2_000_000_000_000i64) {
            let period = Range::new(Timestamp(end - length), Timestamp(end));
            let grid = Grid::of(Periods::of(period), Timestamp(end));
            prop_assert!((1..=MOST_POINTS).contains(&grid.points()));
            prop_assert_eq!(grid.now.length() % grid.step, 0);
            prop_assert!(grid.now.start <= period.start.max(grid.now.end.plus(-FINEST)));
            prop_assert!(period.end.since(grid.now.end) < SECOND);
        }
    }
}
