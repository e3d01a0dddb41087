//! Selectors over a grid: the last sample at each point, and windows of samples that slide along.

use super::EvalError;
use super::eval::{Evaluator, nameless};
use super::grid::{Grid, Moment, check_size};
use super::plan::{Over, Range, Selector, Source};
use super::value::{Column, distinct};
use crate::model::series::Series;

/// How old a sample may be and still count as the present value: younger than this.
const LOOKBACK: i64 = 5 * 60 * 1000;

/// The samples of one series with `start < time <= end`.
#[derive(Debug, Clone, Copy)]
pub struct Samples<'a> {
    /// Never empty.
    pub values: &'a [f64],
    pub times: &'a [i64],
    pub start: i64,
    pub end: i64,
    /// The moment of evaluation; not `end` when there is an offset.
    pub now: i64,
}

impl Samples<'_> {
    pub fn first(&self) -> Option<(i64, f64)> {
        Some((*self.times.first()?, *self.values.first()?))
    }

    pub fn last(&self) -> Option<(i64, f64)> {
        Some((*self.times.last()?, *self.values.last()?))
    }
}

impl Evaluator<'_> {
    /// The last sample at each point, as `take` reads it from time and value.
    pub fn instant(
        &self,
        selector: &Selector,
        grid: Grid,
        take: impl Fn(i64, f64) -> f64,
    ) -> Result<Vec<Column>, EvalError> {
        let Some((first, last)) = selector.moment.ends(grid) else { return Ok(Vec::new()) };
        let series = self.fetch(selector, first.saturating_sub(LOOKBACK), last);
        check_size(series.len(), grid)?;
        let column = |series: Series| {
            let values = last_samples(&series, selector.moment, grid, &take);
            Column { labels: series.labels, values }
        };
        Ok(series.into_iter().map(column).filter(|column| !column.is_empty()).collect())
    }

    pub fn over(&self, over: &Over, grid: Grid) -> Result<Vec<Column>, EvalError> {
        let parameter = match &over.parameter {
            None => vec![0.0; grid.count],
            Some(node) => self.scalar(node, grid)?,
        };
        let columns = self.windows(&over.range, grid, |samples, step| {
            (over.function)(samples, parameter.get(step).copied().unwrap_or(f64::NAN))
        })?;
        distinct(if over.keeps_name { columns } else { nameless(columns) })
    }

    /// Where a range vector has samples at all.
    pub fn present(&self, range: &Range, grid: Grid) -> Result<Vec<Column>, EvalError> {
        self.windows(range, grid, |_, _| Some(1.0))
    }

    fn windows(
        &self,
        range: &Range,
        grid: Grid,
        function: impl Fn(Samples, usize) -> Option<f64>,
    ) -> Result<Vec<Column>, EvalError> {
        let series = self.range(range, grid)?;
        check_size(series.len(), grid)?;
        let column = |series: Series| {
            let values = slide(&series, range, grid, &function);
            Column { labels: series.labels, values }
        };
        Ok(series.into_iter().map(column).collect())
    }

    fn range(&self, range: &Range, grid: Grid) -> Result<Vec<Series>, EvalError> {
        let Some((first, last)) = range.moment.ends(grid) else { return Ok(Vec::new()) };
        let start = first.saturating_sub(range.length);
        match &range.source {
            Source::Samples(selector) => Ok(self.fetch(selector, start, last)),
            Source::Subquery { of, step } => {
                // The points of a subquery are multiples of its step, whatever the question's own grid is.
                let inner = Grid::new((start.div_euclid(*step) + 1) * step, last, *step);
                let columns = self.vector(of, inner)?;
                Ok(columns.into_iter().map(|column| column.into_series(inner)).collect())
            }
        }
    }
}

fn last_samples(series: &Series, moment: Moment, grid: Grid, take: &impl Fn(i64, f64) -> f64) -> Vec<Option<f64>> {
    let mut seen = 0;
    let last = |t: i64| {
        let t = moment.seen_from(t);
        seen = advance(&series.times, seen, t);
        let at = seen.checked_sub(1)?;
        let (time, value) = (*series.times.get(at)?, *series.values.get(at)?);
        (time > t.saturating_sub(LOOKBACK)).then(|| take(time, value))
    };
    grid.times().map(last).collect()
}

fn slide(
    series: &Series,
    range: &Range,
    grid: Grid,
    function: &impl Fn(Samples, usize) -> Option<f64>,
) -> Vec<Option<f64>> {
    let (mut from, mut to) = (0, 0);
    let window = |(step, now): (usize, i64)| {
        let end = range.moment.seen_from(now);
        let start = end.saturating_sub(range.length);
        to = advance(&series.times, to, end);
        from = advance(&series.times, from, start);
        let (times, values) = (series.times.get(from..to)?, series.values.get(from..to)?);
        if times.is_empty() {
            return None;
        }
        function(Samples { values, times, start, end, now }, step)
    };
    grid.times().enumerate().map(window).collect()
}

/// How many of `times` are at or before `t`, given that at least `known` are.
fn advance(times: &[i64], known: usize, t: i64) -> usize {
    known + times.iter().skip(known).take_while(|&&time| time <= t).count()
}
