//! The figures of one series in a period, beside those of the period before.
//!
//! What is missing is never zero: no series, no traffic, no limit and a question without an answer are each told
//! from the others.

use super::ask::When;
use super::plan::Grid;
use crate::analysis::stats::at_cap;
use crate::model::labels::Labels;
use crate::model::series::Series;
use crate::text::Plain;
use crate::time::{MINUTE, Range};

/// How many cells a course has at most: as many as a chart can show apart.
const CELLS: i64 = 240;

/// The value at the period's end.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Reading {
    Value(f64),
    /// It sits at the histogram's last bucket: the real value may be anything above.
    AtLeast(f64),
    NoLimit,
    NoTraffic,
    NoData,
    NotAsked,
}

impl Reading {
    pub fn value(self) -> Option<f64> {
        match self {
            Self::Value(value) | Self::AtLeast(value) => Some(value),
            Self::NoLimit | Self::NoTraffic | Self::NoData | Self::NotAsked => None,
        }
    }
}

/// Of the finite samples of a period.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Figures {
    pub min: f64,
    pub avg: f64,
    pub p95: f64,
    pub max: f64,
}

impl Figures {
    fn with(self, value: Option<f64>) -> Self {
        let value = value.filter(|value| value.is_finite());
        let (min, max) = value.map_or((self.min, self.max), |value| (self.min.min(value), self.max.max(value)));
        Self { min, max, ..self }
    }

    fn up_to(self, peak: Option<&Series>) -> Self {
        let values = peak.into_iter().flat_map(|series| series.values.iter().copied());
        Self { max: values.filter(|value| value.is_finite()).fold(self.max, f64::max), ..self }
    }
}

/// Against the period before.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub enum Change {
    /// 0.25 is a quarter more.
    Ratio(f64),
    /// There was nothing before.
    New,
    /// There was something before.
    Gone,
    #[default]
    Unknown,
}

impl Change {
    /// Of two known values; what was not asked is not compared, see [`Change::Unknown`].
    pub fn between(now: Option<f64>, before: Option<f64>) -> Self {
        match (now, before) {
            (Some(0.0), Some(0.0)) => Self::Ratio(0.0),
            (Some(0.0), None) | (None, None | Some(0.0)) => Self::Unknown,
            (Some(_), None | Some(0.0)) => Self::New,
            (None, Some(_)) => Self::Gone,
            (Some(now), Some(before)) => match (now - before) / before.abs() {
                ratio if ratio.is_finite() => Self::Ratio(ratio),
                _ => Self::Unknown,
            },
        }
    }
}

/// How long a value lay above its limit.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Above {
    pub minutes: f64,
    pub minutes_before: Option<f64>,
    /// Since when without a break, up to the period's end.
    pub since: Option<i64>,
    /// It was above when the period began: it may have been so for longer than `since` says.
    pub from_start: bool,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Row {
    pub name: Plain,
    pub labels: Labels,
    pub now: Reading,
    pub figures: Option<Figures>,
    pub before: Option<Figures>,
    /// Of the same period a week before.
    pub week: Option<Figures>,
    /// Of the averages.
    pub change: Change,
    pub change_of_week: Change,
    /// Only where there is a limit.
    pub above: Option<Above>,
    /// The largest value reached the histogram's last bucket.
    pub capped: bool,
    /// The course of the period in at most 240 cells, each the largest value of its time.
    pub course: Vec<Option<f64>>,
    /// The same of the period before.
    pub course_before: Vec<Option<f64>>,
}

/// What is known of a series in a period.
#[derive(Debug, Clone, Copy)]
pub enum Held<'a> {
    NotAsked,
    Missing,
    Series(&'a Series),
}

impl<'a> Held<'a> {
    pub fn series(self) -> Option<&'a Series> {
        if let Self::Series(series) = self { Some(series) } else { None }
    }
}

/// What the values of a table mean.
#[derive(Debug, Clone, Copy, Default)]
pub struct Meaning {
    pub limit: Option<f64>,
    pub cap: Option<f64>,
    /// Divided by traffic: NaN is no traffic.
    pub per_traffic: bool,
}

/// A series in every period. Averages count each point by its `weight`, where there is one.
pub struct Through<'a> {
    pub name: Plain,
    pub labels: Labels,
    pub held: Each<Held<'a>>,
    pub weight: Each<Option<&'a Series>>,
    /// The highest values, where those of `held` are averages.
    pub peak: Each<Option<&'a Series>>,
    /// What holds at the very end, where that was asked apart.
    pub end: Option<Held<'a>>,
}

/// One thing for each of the periods.
#[derive(Debug, Clone, Copy, Default)]
pub struct Each<T> {
    pub now: T,
    pub before: T,
    pub week: T,
}

impl<T> Each<T> {
    pub fn of(make: impl Fn(When) -> T) -> Self {
        Self { now: make(When::Now), before: make(When::Before), week: make(When::Week) }
    }

    pub fn as_ref(&self) -> Each<&T> {
        Each { now: &self.now, before: &self.before, week: &self.week }
    }

    pub fn map<U>(self, make: impl Fn(T) -> U) -> Each<U> {
        Each { now: make(self.now), before: make(self.before), week: make(self.week) }
    }
}

impl Through<'_> {
    pub fn row(self, grid: &Grid, meaning: Meaning) -> Row {
        let (held, weight, peak) = (self.held, self.weight, self.peak);
        let figures = held.now.series().and_then(|series| of(series, weight.now)).map(|f| f.up_to(peak.now));
        let before = held.before.series().and_then(|series| of(series, weight.before)).map(|f| f.up_to(peak.before));
        let week = held.week.series().and_then(|series| of(series, weight.week)).map(|f| f.up_to(peak.week));
        let end = self.end.filter(|end| !matches!(end, Held::NotAsked)).unwrap_or(held.now);
        let now = reading(end, grid, meaning);
        // What holds at the end is within the extremes, though its step as a whole may not reach it.
        let figures = figures.map(|figures| figures.with(now.value().filter(|_| self.end.is_some())));
        let average = |figures: Option<Figures>| figures.map(|figures| figures.avg);
        let against = |then: Held, was: Option<Figures>| match (held.now, then) {
            (Held::NotAsked, _) | (_, Held::NotAsked) => Change::Unknown,
            // It is there and idle, which is not the same as gone.
            (Held::Series(_), _) if figures.is_none() => Change::Unknown,
            _ => Change::between(average(figures), average(was)),
        };
        let (change, change_of_week) = (against(held.before, before), against(held.week, week));
        let capped = figures.is_some_and(|figures| at_cap(figures.max, meaning.cap));
        let above = meaning.limit.and_then(|limit| above(held.now, held.before, now.value(), limit, grid));
        let within = |held: Held, range| held.series().map_or_else(Vec::new, |series| course(series, range, grid.step));
        let (course, course_before) = (within(held.now, grid.now), within(held.before, grid.before));
        let (name, labels) = (self.name, self.labels);
        Row { name, labels, now, figures, before, week, change, change_of_week, above, capped, course, course_before }
    }
}

/// Of the finite samples; nothing when there is none.
fn of(series: &Series, weight: Option<&Series>) -> Option<Figures> {
    let mut values: Vec<f64> = series.values.iter().copied().filter(|value| value.is_finite()).collect();
    values.sort_by(f64::total_cmp);
    let (min, max) = (*values.first()?, *values.last()?);
    let plain = values.iter().sum::<f64>() / values.len() as f64;
    let avg = weight.and_then(|weight| weighted(series, weight)).unwrap_or(plain);
    let p95 = values.get((values.len() * 95).div_ceil(100).saturating_sub(1)).copied().unwrap_or(max);
    // Rounding must not put an average outside of its values.
    Some(Figures { min, avg: avg.clamp(min, max), p95, max })
}

fn weighted(series: &Series, weight: &Series) -> Option<f64> {
    let (mut sum, mut all) = (0.0, 0.0);
    for (time, value) in series.points().filter(|(_, value)| value.is_finite()) {
        let share = weight.at(time, 0).map_or(0.0, |(_, share)| share);
        if share.is_finite() && share > 0.0 {
            sum += value * share;
            all += share;
        }
    }
    let average = sum / all;
    average.is_finite().then_some(average)
}

/// The samples of now; a little late is still now, a point further back is not.
fn newest(series: &Series, grid: &Grid) -> Option<f64> {
    series.at(grid.now.end.0, MINUTE).map(|(_, value)| value)
}

fn reading(held: Held, grid: &Grid, meaning: Meaning) -> Reading {
    let series = match held {
        Held::NotAsked => return Reading::NotAsked,
        Held::Missing => return Reading::NoData,
        Held::Series(series) => series,
    };
    match newest(series, grid) {
        None => Reading::NoData,
        Some(value) if value.is_nan() && meaning.per_traffic => Reading::NoTraffic,
        Some(value) if value.is_nan() => Reading::NoData,
        Some(f64::INFINITY) if meaning.limit.is_some() => Reading::NoLimit,
        Some(value) if at_cap(value, meaning.cap) => Reading::AtLeast(value),
        Some(value) => Reading::Value(value),
    }
}

fn above(now: Held, before: Held, at_end: Option<f64>, limit: f64, grid: &Grid) -> Option<Above> {
    let series = now.series().filter(|series| series.values.iter().any(|value| value.is_finite()))?;
    // What has no limit is infinitely far above it and means nothing.
    let is_above = |value: f64| value.is_finite() && value > limit;
    let minutes = |series: &Series| {
        let points = series.values.iter().filter(|value| is_above(**value)).count();
        points as f64 * grid.step as f64 / MINUTE as f64
    };
    let minutes_before = match before {
        Held::NotAsked => None,
        Held::Missing => Some(0.0),
        Held::Series(series) => Some(minutes(series)),
    };
    let ends_above = at_end.is_some_and(is_above);
    let stretch = series.points().rev().take_while(|(_, value)| is_above(*value));
    let since = stretch.last().map(|(time, _)| time).filter(|_| ends_above);
    let from_start = since.is_some_and(|since| since <= grid.now.start.0 + grid.step);
    Some(Above { minutes: minutes(series), minutes_before, since, from_start })
}

/// The largest finite value of each stretch of time; of each point where there are fewer points than cells.
fn course(series: &Series, range: Range, step: i64) -> Vec<Option<f64>> {
    let count = (range.length() / step.max(1)).clamp(1, CELLS);
    let length = range.length().max(1);
    let mut cells = vec![None; count as usize];
    for (time, value) in series.points().filter(|(_, value)| value.is_finite()) {
        // A point stands for the step before it, so that the last one belongs to the last cell.
        let at = (time - range.start.0 - 1).clamp(0, length - 1);
        if let Some(cell) = cells.get_mut((at * count / length) as usize) {
            *cell = Some(cell.map_or(value, |held: f64| held.max(value)));
        }
    }
    cells
}

#[cfg(test)]
mod tests;
