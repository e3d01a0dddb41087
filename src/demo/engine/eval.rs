//! Works a plan out over a grid: what each part is worth, from the parts below it.

use super::grid::{Grid, check_size};
use super::plan::{Node, Selector};
use super::value::{Column, Value, distinct, merged, without_name};
use super::{EvalError, Select, aggregate, binary, histogram, matching, relabel};
use crate::model::labels::Labels;
use crate::model::series::Series;

pub struct Evaluator<'a> {
    select: Select<'a>,
}

impl<'a> Evaluator<'a> {
    pub fn new(select: Select<'a>) -> Self {
        Self { select }
    }

    /// The series a selector means, in order of their labels, with their samples in `(start, end]`.
    pub fn fetch(&self, selector: &Selector, start: i64, end: i64) -> Vec<Series> {
        let accept = |labels: &Labels| selector.accepts(labels);
        let mut series = (self.select)(&accept, selector.name.as_deref(), start, end);
        series.sort_by(|a, b| a.labels.cmp(&b.labels));
        series
    }

    pub fn value(&self, node: &Node, grid: Grid) -> Result<Value, EvalError> {
        check_size(1, grid)?;
        let columns = match node {
            Node::Number(number) => return Ok(Value::Scalar(vec![*number; grid.count])),
            Node::Time => return Ok(Value::Scalar(grid.times().map(seconds).collect())),
            Node::ToScalar(of) => return Ok(Value::Scalar(only_values(&self.vector(of, grid)?, grid))),
            Node::Negate(of) => return self.negate(of, grid),
            Node::Calculate(calculation) => {
                let left = self.value(&calculation.left, grid)?;
                let right = self.value(&calculation.right, grid)?;
                return binary::calculate(calculation, left, right, grid);
            }
            Node::Select(selector) => self.instant(selector, grid, |_, value| value)?,
            Node::SampleTime(selector) => merged(nameless(self.instant(selector, grid, |taken, _| seconds(taken))?))?,
            Node::PointTime(of) => merged(nameless(stamped(self.vector(of, grid)?, grid)))?,
            Node::Combine(combination) => {
                let left = self.vector(&combination.left, grid)?;
                let right = self.vector(&combination.right, grid)?;
                matching::combine(combination, left, right, grid)?
            }
            Node::Aggregate(aggregation) => aggregate::aggregate(self, aggregation, grid)?,
            Node::Map { function, of, parameters } => {
                let columns = self.vector(of, grid)?;
                let parameters =
                    parameters.iter().map(|node| self.scalar(node, grid)).collect::<Result<Vec<_>, _>>()?;
                merged(nameless(mapped(columns, |value, step| function(value, &at_step(&parameters, step)))))?
            }
            Node::Over(over) => self.over(over, grid)?,
            Node::Absent { of, labels } => absent(&self.vector(of, grid)?, labels, grid),
            Node::AbsentOverTime { range, labels } => absent(&self.present(range, grid)?, labels, grid),
            Node::ToVector(of) => vec![Column::scalar(self.scalar(of, grid)?)],
            Node::Sort { of, descending } => sorted(self.vector(of, grid)?, *descending, grid),
            Node::HistogramQuantile { quantile, of } => {
                let quantile = self.scalar(quantile, grid)?;
                histogram::quantiles(&quantile, self.vector(of, grid)?)?
            }
            Node::LabelReplace(replace) => relabel::replace(replace, self.vector(&replace.of, grid)?)?,
            Node::LabelJoin(join) => relabel::join(join, self.vector(&join.of, grid)?)?,
        };
        Ok(Value::Vector(columns))
    }

    pub fn vector(&self, node: &Node, grid: Grid) -> Result<Vec<Column>, EvalError> {
        match self.value(node, grid)? {
            Value::Vector(columns) => Ok(columns),
            Value::Scalar(_) => {
                Err(EvalError::Parse("parse error: expected type instant vector, got scalar".to_owned()))
            }
        }
    }

    pub fn scalar(&self, node: &Node, grid: Grid) -> Result<Vec<f64>, EvalError> {
        match self.value(node, grid)? {
            Value::Scalar(values) => Ok(values),
            Value::Vector(_) => {
                Err(EvalError::Parse("parse error: expected type scalar, got instant vector".to_owned()))
            }
        }
    }

    fn negate(&self, of: &Node, grid: Grid) -> Result<Value, EvalError> {
        Ok(match self.value(of, grid)? {
            Value::Scalar(values) => Value::Scalar(values.into_iter().map(|value| -value).collect()),
            Value::Vector(columns) => Value::Vector(distinct(nameless(mapped(columns, |value, _| Some(-value))))?),
        })
    }
}

pub fn seconds(ms: i64) -> f64 {
    ms as f64 / 1000.0
}

pub fn nameless(columns: Vec<Column>) -> Vec<Column> {
    columns.into_iter().map(|column| Column { labels: without_name(&column.labels), ..column }).collect()
}

/// Changes every value; `change` gets the value and the number of its point.
pub fn mapped(mut columns: Vec<Column>, change: impl Fn(f64, usize) -> Option<f64>) -> Vec<Column> {
    for column in &mut columns {
        for (step, slot) in column.values.iter_mut().enumerate() {
            *slot = slot.and_then(|value| change(value, step));
        }
    }
    columns
}

/// Whether any of `columns` has a value at each point.
pub fn presence(columns: &[Column], grid: Grid) -> Vec<bool> {
    let mut present = vec![false; grid.count];
    for column in columns {
        for (seen, value) in present.iter_mut().zip(&column.values) {
            *seen |= value.is_some();
        }
    }
    present
}

fn at_step(parameters: &[Vec<f64>], step: usize) -> Vec<f64> {
    parameters.iter().filter_map(|values| values.get(step).copied()).collect()
}

fn stamped(columns: Vec<Column>, grid: Grid) -> Vec<Column> {
    let times: Vec<i64> = grid.times().collect();
    mapped(columns, |_, step| times.get(step).copied().map(seconds))
}

fn absent(columns: &[Column], labels: &Labels, grid: Grid) -> Vec<Column> {
    let values: Vec<Option<f64>> =
        presence(columns, grid).into_iter().map(|present| (!present).then_some(1.0)).collect();
    let column = Column { labels: labels.clone(), values };
    if column.is_empty() { Vec::new() } else { vec![column] }
}

/// `scalar()`: the value of the only series there is at a point, else NaN.
fn only_values(columns: &[Column], grid: Grid) -> Vec<f64> {
    let only = |step: usize| {
        let mut present = columns.iter().filter_map(|column| column.values.get(step).copied().flatten());
        match (present.next(), present.next()) {
            (Some(value), None) => value,
            _ => f64::NAN,
        }
    };
    (0..grid.count).map(only).collect()
}

/// Only an instant question keeps an order of values; NaN goes last both ways.
fn sorted(mut columns: Vec<Column>, descending: bool, grid: Grid) -> Vec<Column> {
    if grid.count == 1 {
        columns.retain(|column| !column.is_empty());
        let value = |column: &Column| column.values.first().copied().flatten().unwrap_or(f64::NAN);
        columns.sort_by(|a, b| super::sums::ordered(value(a), value(b), descending));
    }
    columns
}
