//! `topk` and `bottomk`: the leading series of each group, at each point anew.
//!
//! Of several series with the same value at the edge, those stay that Prometheus keeps: that depends on how its heap
//! happens to lie, so the heap is Go's `container/heap`, step by step.

use std::cmp::Ordering;

use super::EvalError;
use super::aggregate::groups;
use super::grid::Grid;
use super::plan::Grouping;
use super::sums::ordered;
use super::value::Column;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    Top,
    Bottom,
}

/// Keeps of each column only the values that are among the first `k` of its group. The answer to an instant
/// question comes in order of rank.
pub fn leading(
    columns: Vec<Column>,
    grouping: &Grouping,
    k: &[f64],
    side: Side,
    grid: Grid,
) -> Result<Vec<Column>, EvalError> {
    let mut kept: Vec<Vec<Option<f64>>> = columns.iter().map(|_| vec![None; grid.count]).collect();
    let mut order: Vec<usize> = Vec::new();
    let groups = groups(columns.iter().map(|column| grouping.key(&column.labels)));
    for (step, &k) in sizes(k, columns.len())?.iter().enumerate() {
        for group in &groups {
            let value = |&member: &usize| Some((member, columns.get(member)?.values.get(step).copied().flatten()?));
            for (member, value) in first(k, group.members.iter().filter_map(value), side) {
                if let Some(slot) = kept.get_mut(member).and_then(|values| values.get_mut(step)) {
                    *slot = Some(value);
                }
                order.push(member);
            }
        }
    }
    let mut out: Vec<Option<Column>> =
        columns.into_iter().zip(kept).map(|(column, values)| Some(Column { values, ..column })).collect();
    if grid.count == 1 {
        return Ok(order.iter().filter_map(|&member| out.get_mut(member)?.take()).collect());
    }
    Ok(out.into_iter().flatten().filter(|column| !column.is_empty()).collect())
}

/// How many are kept at each point. Each `k` is looked at, also where there is nothing to rank; but not where all of
/// them are less than one, or there is nothing at all.
fn sizes(ks: &[f64], most: usize) -> Result<Vec<usize>, EvalError> {
    if most == 0 || ks.iter().all(|k| *k < 1.0) {
        return Ok(Vec::new());
    }
    ks.iter().map(|&k| size(k, most)).collect()
}

fn size(k: f64, most: usize) -> Result<usize, EvalError> {
    if k.is_nan() {
        return Err(EvalError::Execution("Parameter value is NaN".to_owned()));
    }
    if !(i64::MIN as f64..=i64::MAX as f64).contains(&k) {
        return Err(EvalError::Execution(format!("Scalar value {k} overflows int64")));
    }
    Ok((k.max(0.0) as usize).min(most))
}

fn first(k: usize, members: impl Iterator<Item = (usize, f64)>, side: Side) -> Vec<(usize, f64)> {
    let mut heap = Heap { items: Vec::new(), side };
    for (member, value) in members.take(if k == 0 { 0 } else { usize::MAX }) {
        if heap.items.len() < k {
            heap.push((member, value));
        } else if heap.loses_to(value) {
            heap.replace_first((member, value));
        }
    }
    let descending = side == Side::Top;
    heap.items.sort_by(|a, b| ordered(a.1, b.1, descending));
    heap.items
}

/// The worst of the kept values lies first.
struct Heap {
    items: Vec<(usize, f64)>,
    side: Side,
}

impl Heap {
    fn loses_to(&self, value: f64) -> bool {
        let Some(&(_, worst)) = self.items.first() else { return false };
        ordered(value, worst, self.side == Side::Top) == Ordering::Less
    }

    /// Whether item `a` is worse than item `b`; NaN is always worse, as in Go.
    fn worse(&self, a: usize, b: usize) -> bool {
        let (Some(a), Some(b)) = (self.items.get(a), self.items.get(b)) else { return false };
        a.1.is_nan() || if self.side == Side::Top { a.1 < b.1 } else { a.1 > b.1 }
    }

    fn push(&mut self, item: (usize, f64)) {
        self.items.push(item);
        let mut child = self.items.len() - 1;
        while child > 0 {
            let parent = (child - 1) / 2;
            if !self.worse(child, parent) {
                break;
            }
            self.items.swap(child, parent);
            child = parent;
        }
    }

    fn replace_first(&mut self, item: (usize, f64)) {
        if let Some(first) = self.items.first_mut() {
            *first = item;
        }
        let mut parent = 0;
        loop {
            let left = 2 * parent + 1;
            if left >= self.items.len() {
                break;
            }
            let worse = if self.worse(left + 1, left) { left + 1 } else { left };
            if !self.worse(worse, parent) {
                break;
            }
            self.items.swap(parent, worse);
            parent = worse;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn members(k: usize, values: &[f64], side: Side) -> Vec<usize> {
        first(k, values.iter().copied().enumerate(), side).into_iter().map(|(member, _)| member).collect()
    }

    #[test]
    fn the_leaders_in_order() {
        let values = [3.0, 9.0, 1.0, 7.0, 5.0];
        assert_eq!(members(3, &values, Side::Top), [1, 3, 4]);
        assert_eq!(members(2, &values, Side::Bottom), [2, 0]);
        assert_eq!(members(9, &values, Side::Bottom), [2, 0, 4, 3, 1]);
        assert!(members(0, &values, Side::Top).is_empty());
    }

    #[test]
    fn nan_is_kept_only_when_there_is_room() {
        let values = [f64::NAN, 1.0, 2.0];
        assert_eq!(members(2, &values, Side::Top), [2, 1]);
        assert_eq!(members(2, &values, Side::Bottom), [1, 2]);
        assert_eq!(members(3, &values, Side::Top), [2, 1, 0]);
    }

    #[test]
    fn of_equals_the_earlier_stay_until_the_heap_drops_one() {
        assert_eq!(members(2, &[1.0, 1.0, 1.0], Side::Top), [0, 1]);
        assert_eq!(members(2, &[1.0, 1.0, 2.0], Side::Top), [2, 1]);
    }

    #[test]
    fn a_size_must_be_a_number() {
        assert!(size(f64::NAN, 5).is_err());
        assert!(size(f64::INFINITY, 5).is_err());
        assert_eq!(size(-3.0, 5), Ok(0));
        assert_eq!(size(2.9, 5), Ok(2));
        assert!(sizes(&[2.0, f64::NAN], 5).is_err());
        assert_eq!(sizes(&[0.5, f64::NEG_INFINITY], 5), Ok(vec![]));
        assert_eq!(sizes(&[f64::NAN], 0), Ok(vec![]));
    }
}
