//! Aggregations: `sum by (…)` and its like, one value for each group and point.

use std::collections::HashMap;

use super::eval::Evaluator;
use super::grid::Grid;
use super::plan::{Aggregation, Aggregator, Grouping};
use super::value::{Builder, Column};
use super::{EvalError, rank, relabel, sums};
use crate::model::labels::Labels;

/// The columns of one group, by their number.
pub struct Group {
    pub labels: Labels,
    pub members: Vec<usize>,
}

pub fn aggregate(evaluator: &Evaluator, aggregation: &Aggregation, grid: Grid) -> Result<Vec<Column>, EvalError> {
    let columns = evaluator.vector(&aggregation.of, grid)?;
    let grouping = &aggregation.grouping;
    let reduced = |reduce: fn(&[f64]) -> f64| Ok(reduce_groups(&columns, grouping, grid, |values, _| reduce(values)));
    match &aggregation.operator {
        Aggregator::Sum => reduced(sums::sum),
        Aggregator::Average => reduced(sums::mean),
        Aggregator::Minimum => reduced(sums::minimum),
        Aggregator::Maximum => reduced(sums::maximum),
        Aggregator::Count => reduced(|values| values.len() as f64),
        Aggregator::Group => reduced(|_| 1.0),
        Aggregator::Deviation => reduced(|values| sums::variance(values).sqrt()),
        Aggregator::Variance => reduced(sums::variance),
        Aggregator::Quantile(q) => {
            let q = evaluator.scalar(q, grid)?;
            let at = |step: usize| q.get(step).copied().unwrap_or(f64::NAN);
            Ok(reduce_groups(&columns, grouping, grid, |values, step| sums::quantile(at(step), values)))
        }
        Aggregator::Top(k) => rank::leading(columns, grouping, &evaluator.scalar(k, grid)?, rank::Side::Top, grid),
        Aggregator::Bottom(k) => {
            rank::leading(columns, grouping, &evaluator.scalar(k, grid)?, rank::Side::Bottom, grid)
        }
        Aggregator::CountValues(label) => count_values(&columns, grouping, label, grid),
    }
}

/// Those with the same labels together, in order of appearance.
pub fn groups(labels: impl Iterator<Item = Labels>) -> Vec<Group> {
    let mut places: HashMap<Labels, usize> = HashMap::new();
    let mut groups: Vec<Group> = Vec::new();
    for (member, labels) in labels.enumerate() {
        let place = *places.entry(labels.clone()).or_insert(groups.len());
        match groups.get_mut(place) {
            Some(group) => group.members.push(member),
            None => groups.push(Group { labels, members: vec![member] }),
        }
    }
    groups
}

fn reduce_groups(
    columns: &[Column],
    grouping: &Grouping,
    grid: Grid,
    reduce: impl Fn(&[f64], usize) -> f64,
) -> Vec<Column> {
    let mut present: Vec<f64> = Vec::new();
    let mut column = |group: Group| {
        let members: Vec<&[Option<f64>]> =
            group.members.iter().filter_map(|&m| columns.get(m)).map(|column| column.values.as_slice()).collect();
        let mut value = |step: usize| {
            present.clear();
            present.extend(members.iter().filter_map(|values| values.get(step).copied().flatten()));
            (!present.is_empty()).then(|| reduce(&present, step))
        };
        Column { labels: group.labels, values: (0..grid.count).map(&mut value).collect() }
    };
    groups(columns.iter().map(|column| grouping.key(&column.labels))).into_iter().map(&mut column).collect()
}

/// One series for each value that occurs in a group, named by the value, counting the series that have it.
fn count_values(columns: &[Column], grouping: &Grouping, label: &str, grid: Grid) -> Result<Vec<Column>, EvalError> {
    if !relabel::is_label_name(label) {
        return Err(EvalError::Execution(format!("invalid label name \"{label}\"")));
    }
    let mut grouping = grouping.clone();
    if grouping.named {
        grouping.names.push(label.to_owned());
    }
    let mut builder = Builder::default();
    for step in 0..grid.count {
        let mut counts: HashMap<Labels, f64> = HashMap::new();
        for column in columns {
            if let Some(value) = column.values.get(step).copied().flatten() {
                *counts.entry(grouping.key(&column.labels.with(label, &written(value)))).or_default() += 1.0;
            }
        }
        for (labels, count) in counts {
            builder.put(labels, grid, step, count)?;
        }
    }
    let mut columns = builder.finish();
    columns.sort_by(|a, b| a.labels.cmp(&b.labels));
    Ok(columns)
}

/// A number as Go writes it without exponent.
fn written(value: f64) -> String {
    match value {
        f64::INFINITY => "+Inf".to_owned(),
        f64::NEG_INFINITY => "-Inf".to_owned(),
        _ => value.to_string(),
    }
}
