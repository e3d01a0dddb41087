//! PromQL without a server: the demo's questions are answered here, by the letter of Prometheus.
//!
//! An expression is parsed once, turned into a plan, and the plan is worked out for all points of the range
//! together: every series is a column with one place for each point, so that samples are fetched once, labels are
//! made once, and a window over samples only slides.
//!
//! Where Prometheus' versions differ, the 3.x rules hold: windows and the 5 minutes of lookback leave out their
//! older end (a sample exactly 5 minutes old is gone; 2.x still counts it), and `rate` bounds its extrapolation
//! before it looks for the counter's zero point. What is not evaluated is refused by name, never guessed: native
//! histograms, trigonometry, `limitk`, `atan2`, `fill`, experimental functions. There are no staleness markers: a
//! series that ends is gone when its last sample is five minutes old.

mod aggregate;
mod binary;
mod calendar;
mod eval;
mod grid;
mod histogram;
mod lower;
mod map;
mod matching;
mod over;
mod plan;
mod rank;
mod rate;
mod relabel;
mod sums;
mod value;
mod window;

use thiserror::Error;

use crate::model::labels::Labels;
use crate::model::promql;
use crate::model::series::{Sample, Series};
use crate::model::window::Window;
use eval::Evaluator;
use grid::Grid;
use lower::Shape;
use value::{Column, Value};

/// Gives the samples with `start < time <= end` (ms) of every series whose labels the first argument accepts.
///
/// The metric's name is given where the expression fixes it, so that no other metric need be looked at. More samples
/// on either side do no harm; a label with an empty value must not be among a series' labels.
pub type Select<'a> = &'a dyn Fn(&dyn Fn(&Labels) -> bool, Option<&str>, i64, i64) -> Vec<Series>;

/// Why an expression has no answer.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum EvalError {
    /// The question itself is wrong; Prometheus answers 400, `bad_data`.
    #[error("{0}")]
    Parse(String),
    /// The data do not fit the question, as in many-to-many matching; Prometheus answers 422, `execution`.
    #[error("{0}")]
    Execution(String),
    /// A part of the language that Prometheus knows and this engine does not.
    #[error("the demo does not evaluate `{0}`")]
    Unsupported(String),
}

/// Prometheus' own limit on the points of one series.
const MAX_POINTS: i64 = 11_000;

/// The answer to a range question: series in order of their labels, a scalar as one series without labels.
pub fn range(expr: &str, window: Window, select: Select) -> Result<Vec<Series>, EvalError> {
    let grid = grid_of(window)?;
    let expr = promql::parse(expr).map_err(EvalError::Parse)?;
    let plan = match lower::shape(&expr) {
        Shape::Other(found) => {
            let text = format!("invalid expression type \"{found}\" for range query, must be scalar or instant vector");
            return Err(EvalError::Parse(text));
        }
        Shape::Value => lower::lower(&expr, window.start, window.end)?,
    };
    let mut series: Vec<Series> = match Evaluator::new(select).value(&plan, grid)? {
        Value::Scalar(values) => vec![Column::scalar(values).into_series(grid)],
        Value::Vector(columns) => columns.into_iter().map(|column| column.into_series(grid)).collect(),
    };
    series.retain(|series| !series.times.is_empty());
    series.sort_by(|a, b| a.labels.cmp(&b.labels));
    Ok(series)
}

/// The answer to a question about one moment, in the order of the expression (`sort`, `topk`); a scalar is one
/// sample without labels.
pub fn instant(expr: &str, at: i64, select: Select) -> Result<Vec<Sample>, EvalError> {
    let grid = Grid { start: at, step: 1, count: 1 };
    let expr = promql::parse(expr).map_err(EvalError::Parse)?;
    if let Shape::Other(found) = lower::shape(&expr) {
        return Err(EvalError::Unsupported(format!("a {found} as the answer")));
    }
    let plan = lower::lower(&expr, at, at)?;
    let columns = match Evaluator::new(select).value(&plan, grid)? {
        Value::Scalar(values) => vec![Column::scalar(values)],
        Value::Vector(columns) => columns,
    };
    let sample = |column: Column| {
        let value = column.values.first().copied().flatten()?;
        Some(Sample { labels: column.labels, time: at, value })
    };
    Ok(columns.into_iter().filter_map(sample).collect())
}

fn grid_of(window: Window) -> Result<Grid, EvalError> {
    let bad = |text: &str| Err(EvalError::Parse(text.to_owned()));
    if window.step <= 0 {
        return bad("zero or negative query resolution step widths are not accepted. Try a positive integer");
    }
    if window.end < window.start {
        return bad("end timestamp must not be before start time");
    }
    if window.points() > MAX_POINTS + 1 {
        return bad("exceeded maximum resolution of 11,000 points per timeseries. Try a longer step");
    }
    Ok(Grid::new(window.start, window.end, window.step))
}

#[cfg(test)]
mod fuzz;
#[cfg(test)]
mod tests;
