//! What a part of an expression is worth: one number for each point of the grid, or columns of them with labels.

use std::collections::HashMap;

use super::grid::Grid;
use super::{EvalError, Series};
use crate::model::labels::{Labels, METRIC_NAME};

#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    Scalar(Vec<f64>),
    Vector(Vec<Column>),
}

/// One series over the grid; `None` where it has no value.
#[derive(Debug, Clone, PartialEq)]
pub struct Column {
    pub labels: Labels,
    pub values: Vec<Option<f64>>,
}

impl Column {
    pub fn scalar(values: Vec<f64>) -> Self {
        Self { labels: Labels::default(), values: values.into_iter().map(Some).collect() }
    }

    pub fn is_empty(&self) -> bool {
        self.values.iter().all(Option::is_none)
    }

    pub fn into_series(self, grid: Grid) -> Series {
        let points = grid.times().zip(self.values).filter_map(|(time, value)| Some((time, value?)));
        let (times, values) = points.unzip();
        Series { labels: self.labels, times, values }
    }
}

pub fn without_name(labels: &Labels) -> Labels {
    labels.filter(|name| name != METRIC_NAME)
}

pub fn same_labels() -> EvalError {
    EvalError::Execution("vector cannot contain metrics with the same labelset".to_owned())
}

/// Makes one column of those that share their labels; that two of them have a value at one time is an error.
pub fn merged(columns: Vec<Column>) -> Result<Vec<Column>, EvalError> {
    let mut places: HashMap<Labels, usize> = HashMap::with_capacity(columns.len());
    let mut out: Vec<Column> = Vec::with_capacity(columns.len());
    for column in columns {
        let place = *places.entry(column.labels.clone()).or_insert(out.len());
        match out.get_mut(place) {
            None => out.push(column),
            Some(held) => join(held, column)?,
        }
    }
    Ok(out)
}

fn join(held: &mut Column, other: Column) -> Result<(), EvalError> {
    for (slot, value) in held.values.iter_mut().zip(other.values) {
        match (slot.is_some(), value) {
            (_, None) => {}
            (true, Some(_)) => return Err(same_labels()),
            (false, Some(_)) => *slot = value,
        }
    }
    Ok(())
}

/// Refuses columns that share their labels, also at different times: the rule for functions of range vectors.
pub fn distinct(columns: Vec<Column>) -> Result<Vec<Column>, EvalError> {
    let columns: Vec<Column> = columns.into_iter().filter(|column| !column.is_empty()).collect();
    let mut seen: HashMap<&Labels, ()> = HashMap::with_capacity(columns.len());
    if columns.iter().any(|column| seen.insert(&column.labels, ()).is_some()) {
        return Err(same_labels());
    }
    Ok(columns)
}

/// Columns that are filled value by value, found by their labels.
#[derive(Default)]
pub struct Builder {
    places: HashMap<Labels, usize>,
    columns: Vec<Column>,
}

impl Builder {
    pub fn put(&mut self, labels: Labels, grid: Grid, step: usize, value: f64) -> Result<(), EvalError> {
        let next = self.columns.len();
        let place = *self.places.entry(labels.clone()).or_insert(next);
        if place == next {
            self.columns.push(Column { labels, values: vec![None; grid.count] });
        }
        match self.columns.get_mut(place).and_then(|column| column.values.get_mut(step)) {
            Some(slot @ None) => *slot = Some(value),
            _ => return Err(same_labels()),
        }
        Ok(())
    }

    pub fn finish(self) -> Vec<Column> {
        self.columns
    }
}
