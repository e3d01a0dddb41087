//! Two vectors together: which series of one side belongs to which of the other, and what comes of the pair.

use std::collections::{HashMap, HashSet};

use super::EvalError;
use super::eval::presence;
use super::grid::Grid;
use super::plan::{Calculation, Cardinality, Combination, Grouping, SetOperator};
use super::value::{Column, merged, without_name};
use crate::model::labels::Labels;

fn execution(text: impl Into<String>) -> EvalError {
    EvalError::Execution(text.into())
}

/// The match group of every column of both sides, as small numbers, and how many there are.
fn signatures(grouping: &Grouping, left: &[Column], right: &[Column]) -> (Vec<usize>, Vec<usize>, usize) {
    let mut numbers: HashMap<Labels, usize> = HashMap::new();
    let mut number = |column: &Column| {
        let next = numbers.len();
        *numbers.entry(grouping.key(&column.labels)).or_insert(next)
    };
    let left = left.iter().map(&mut number).collect();
    let right = right.iter().map(&mut number).collect();
    (left, right, numbers.len())
}

fn at(column: &Column, step: usize) -> Option<f64> {
    column.values.get(step).copied().flatten()
}

/// `and`, `or`, `unless`: the series of the left side, and for `or` those of the right side that it lacks.
pub fn combine(
    combination: &Combination,
    left: Vec<Column>,
    right: Vec<Column>,
    grid: Grid,
) -> Result<Vec<Column>, EvalError> {
    let (left_groups, right_groups, count) = signatures(&combination.matching, &left, &right);
    Ok(match combination.operator {
        SetOperator::And => masked(left, &left_groups, &group_presence(&right, &right_groups, count, grid), true),
        SetOperator::Unless => masked(left, &left_groups, &group_presence(&right, &right_groups, count, grid), false),
        SetOperator::Or => {
            let taken = group_presence(&left, &left_groups, count, grid);
            let mut columns = left;
            columns.extend(masked(right, &right_groups, &taken, false));
            merged(columns)?
        }
    })
}

/// For each match group, at which points it has a value.
fn group_presence(columns: &[Column], groups: &[usize], count: usize, grid: Grid) -> Vec<Vec<bool>> {
    let mut present = vec![vec![false; grid.count]; count];
    for (column, &group) in columns.iter().zip(groups) {
        for (seen, value) in present.get_mut(group).into_iter().flatten().zip(&column.values) {
            *seen |= value.is_some();
        }
    }
    present
}

/// Keeps the values at the points where their group is, or is not, present.
fn masked(columns: Vec<Column>, groups: &[usize], present: &[Vec<bool>], keep_present: bool) -> Vec<Column> {
    let mask = |(mut column, &group): (Column, &usize)| {
        for (value, &seen) in column.values.iter_mut().zip(present.get(group).into_iter().flatten()) {
            *value = value.filter(|_| seen == keep_present);
        }
        column
    };
    columns.into_iter().zip(groups).map(mask).filter(|column| !column.is_empty()).collect()
}

/// Arithmetic and comparison. `many` is the side that may have several partners; one to one, it is the left side.
pub fn calculate(
    calculation: &Calculation,
    left: Vec<Column>,
    right: Vec<Column>,
    grid: Grid,
) -> Result<Vec<Column>, EvalError> {
    let swapped = matches!(calculation.cardinality, Cardinality::OneToMany(_));
    let (many, one) = if swapped { (&right, &left) } else { (&left, &right) };
    let (many_groups, one_groups, count) = signatures(&calculation.matching, many, one);
    let pairing = Pairing { calculation, many, one, many_groups, one_groups, count, swapped };
    pairing.run(grid)
}

struct Pairing<'a> {
    calculation: &'a Calculation,
    many: &'a [Column],
    one: &'a [Column],
    many_groups: Vec<usize>,
    one_groups: Vec<usize>,
    count: usize,
    swapped: bool,
}

impl Pairing<'_> {
    fn run(&self, grid: Grid) -> Result<Vec<Column>, EvalError> {
        let mut places: HashMap<(usize, usize), usize> = HashMap::new();
        let mut out: Vec<Column> = Vec::new();
        let (many_present, one_present) = (presence(self.many, grid), presence(self.one, grid));
        for step in 0..grid.count {
            // An empty side ends it before anything can be found wrong with the other.
            if !many_present.get(step).is_some_and(|p| *p) || !one_present.get(step).is_some_and(|p| *p) {
                continue;
            }
            let partners = self.partners(step)?;
            let mut used = HashSet::new();
            for (m, (column, &group)) in self.many.iter().zip(&self.many_groups).enumerate() {
                let Some(value) = at(column, step) else { continue };
                let Some((o, other)) = partners.get(group).copied().flatten() else { continue };
                let next = out.len();
                let place = *places.entry((m, o)).or_insert(next);
                if place == next {
                    out.push(Column { labels: self.labels(m, o), values: vec![None; grid.count] });
                }
                let Some(column) = out.get_mut(place) else { continue };
                self.use_once(&mut used, group, &column.labels)?;
                if let Some(slot) = column.values.get_mut(step) {
                    *slot = self.result(value, other);
                }
            }
        }
        merged(out.into_iter().filter(|column| !column.is_empty()).collect())
    }

    /// For each match group the one series of the `one` side, with its value.
    fn partners(&self, step: usize) -> Result<Vec<Option<(usize, f64)>>, EvalError> {
        let mut partners: Vec<Option<(usize, f64)>> = vec![None; self.count];
        for (o, (column, &group)) in self.one.iter().zip(&self.one_groups).enumerate() {
            let Some(value) = at(column, step) else { continue };
            let Some(slot) = partners.get_mut(group) else { continue };
            if let Some((other, _)) = *slot {
                return Err(self.ambiguous(o, other));
            }
            *slot = Some((o, value));
        }
        Ok(partners)
    }

    fn result(&self, many: f64, one: f64) -> Option<f64> {
        let (a, b) = if self.swapped { (one, many) } else { (many, one) };
        let operator = self.calculation.operator;
        match (operator.is_comparison(), self.calculation.as_bool) {
            (true, false) => operator.holds(a, b).then_some(a),
            _ => Some(operator.number(a, b)),
        }
    }

    /// A group may have one pair, or, many to one, several with different labels; those count too that a comparison
    /// then drops.
    fn use_once(
        &self,
        used: &mut HashSet<(usize, Option<Labels>)>,
        group: usize,
        labels: &Labels,
    ) -> Result<(), EvalError> {
        let to_one = self.calculation.cardinality == Cardinality::OneToOne;
        if used.insert((group, (!to_one).then(|| labels.clone()))) {
            return Ok(());
        }
        Err(execution(match to_one {
            true => "multiple matches for labels: many-to-one matching must be explicit (group_left/group_right)",
            false => "multiple matches for labels: grouping labels must ensure unique matches",
        }))
    }

    fn labels(&self, many: usize, one: usize) -> Labels {
        let empty = Labels::default();
        let of = |columns: &[Column], at: usize| columns.get(at).map_or_else(|| empty.clone(), |c| c.labels.clone());
        let (many, one) = (of(self.many, many), of(self.one, one));
        let calculation = self.calculation;
        let mut labels = match calculation.operator.is_comparison() {
            true => many,
            false => without_name(&many),
        };
        let listed = |name: &str| calculation.matching.names.iter().any(|n| n == name);
        match &calculation.cardinality {
            Cardinality::OneToOne => labels = labels.filter(|name| listed(name) == calculation.matching.named),
            Cardinality::ManyToOne(taken) | Cardinality::OneToMany(taken) => {
                for name in taken {
                    labels = labels.with(name, one.get(name).map_or("", |value| value.as_str()));
                }
            }
        }
        if calculation.as_bool { without_name(&labels) } else { labels }
    }

    fn ambiguous(&self, a: usize, b: usize) -> EvalError {
        let labels = |at: usize| self.one.get(at).map(|column| column.labels.clone()).unwrap_or_default();
        let group = self.calculation.matching.key(&labels(a));
        let side = if self.swapped { "left" } else { "right" };
        execution(format!(
            "found duplicate series for the match group {group} on the {side} hand-side of the operation: [{}, {}];\
             many-to-many matching not allowed: matching labels must be unique on one side",
            labels(a),
            labels(b)
        ))
    }
}
