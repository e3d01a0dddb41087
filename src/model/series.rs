//! Samples as columns, and how a newer part of an answer joins what is there.

use std::collections::BTreeMap;

use super::labels::Labels;
use super::window::{Part, Window};
use crate::text::Plain;

/// The samples of one label set: times in ms, rising, each once. A missing sample is simply not there.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Series {
    pub labels: Labels,
    pub times: Vec<i64>,
    pub values: Vec<f64>,
}

impl Series {
    pub fn new(labels: Labels, times: Vec<i64>, values: Vec<f64>) -> Self {
        debug_assert_eq!(times.len(), values.len());
        let mut series = Self { labels, times, values };
        series.settle();
        series
    }

    pub fn points(&self) -> impl DoubleEndedIterator<Item = (i64, f64)> {
        self.times.iter().copied().zip(self.values.iter().copied())
    }

    pub fn last(&self) -> Option<(i64, f64)> {
        Some((*self.times.last()?, *self.values.last()?))
    }

    /// The sample at `t` or the nearest before it, if it is not older than `within` ms.
    pub fn at(&self, t: i64, within: i64) -> Option<(i64, f64)> {
        let i = self.times.partition_point(|&x| x <= t).checked_sub(1)?;
        let (time, value) = (*self.times.get(i)?, *self.values.get(i)?);
        (t - time <= within).then_some((time, value))
    }

    /// Keeps only the samples from `start` up to and including `end`.
    pub fn retain(&mut self, start: i64, end: i64) {
        let to = self.times.partition_point(|&t| t <= end);
        let from = self.times.partition_point(|&t| t < start).min(to);
        for keep in [to..self.times.len(), 0..from] {
            self.times.drain(keep.clone());
            self.values.drain(keep);
        }
    }

    /// Merges and look-alikes deliver doubles and disorder: sort, and of two samples at one time keep the last.
    fn settle(&mut self) {
        if self.times.is_sorted_by(|a, b| a < b) {
            return;
        }
        let sorted: BTreeMap<i64, f64> = self.points().collect();
        (self.times, self.values) = sorted.into_iter().unzip();
    }
}

/// What a server said beside its answer.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Notes {
    pub warnings: Vec<Plain>,
    /// The server itself says that data is missing.
    pub partial: bool,
    /// So many series were left out, because more came than are kept.
    pub series_dropped: usize,
    /// So many series hold native histograms, which are not drawn yet.
    pub histograms: usize,
}

/// The answer to a range question.
#[derive(Debug, Clone, PartialEq)]
pub struct Frame {
    pub window: Window,
    pub series: Vec<Series>,
    pub notes: Notes,
}

impl Frame {
    /// Takes in a newer answer to the same question. Series are kept in the order of their labels.
    pub fn absorb(&mut self, newer: Frame) {
        let (cut, keep_from) = match newer.window.part {
            Part::Whole => {
                *self = newer;
                return self.series.sort_by(|a, b| a.labels.cmp(&b.labels));
            }
            Part::Tail { keep_from } => (newer.window.start, keep_from),
            Part::Head => (self.window.end + 1, self.window.start),
        };
        self.series.sort_by(|a, b| a.labels.cmp(&b.labels));
        self.series.iter_mut().for_each(|held| held.retain(keep_from, cut - 1));
        for fresh in newer.series {
            match self.series.binary_search_by(|held| held.labels.cmp(&fresh.labels)) {
                Ok(at) => {
                    let held = &mut self.series[at];
                    held.times.extend(&fresh.times);
                    held.values.extend(&fresh.values);
                    held.settle();
                }
                Err(at) => self.series.insert(at, fresh),
            }
        }
        self.series.retain(|series| !series.times.is_empty());
        self.notes = newer.notes;
        if newer.window.part != Part::Head {
            self.window.start = keep_from;
            self.window.end = newer.window.end;
        }
    }
}

/// One element of an instant answer.
#[derive(Debug, Clone, PartialEq)]
pub struct Sample {
    pub labels: Labels,
    /// Milliseconds of the server's clock.
    pub time: i64,
    pub value: f64,
}

/// The answer to an instant question.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Vector {
    pub samples: Vec<Sample>,
    pub notes: Notes,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn labels(name: &str) -> Labels {
        Labels::of(&[("endpoint", name)])
    }

    fn frame(part: Part, start: i64, end: i64, series: &[(&str, &[(i64, f64)])]) -> Frame {
        let series = series
            .iter()
            .map(|(name, points)| {
                let (times, values) = points.iter().copied().unzip();
                Series::new(labels(name), times, values)
            })
            .collect();
        Frame { window: Window { start, end, step: 10, part }, series, notes: Notes::default() }
    }

    fn points(frame: &Frame, name: &str) -> Vec<(i64, f64)> {
        frame.series.iter().find(|s| s.labels == labels(name)).map(|s| s.points().collect()).unwrap_or_default()
    }

    #[test]
    fn a_tail_heals_adds_and_forgets() {
        let mut held = frame(Part::Whole, 0, 30, &[("/a", &[(0, 1.0), (10, 2.0), (20, 3.0), (30, 4.0), (34, 9.0)])]);
        let tail = Part::Tail { keep_from: 10 };
        held.absorb(frame(tail, 30, 40, &[("/a", &[(30, 5.0), (40, 6.0)]), ("/new", &[(40, 7.0)])]));
        assert_eq!(points(&held, "/a"), [(10, 2.0), (20, 3.0), (30, 5.0), (40, 6.0)]);
        assert_eq!(points(&held, "/new"), [(40, 7.0)]);
        assert_eq!((held.window.start, held.window.end), (10, 40));
    }

    #[test]
    fn a_head_replaces_the_head_before_it() {
        let mut held = frame(Part::Whole, 0, 10, &[("/a", &[(0, 1.0), (10, 2.0)])]);
        held.absorb(frame(Part::Head, 13, 13, &[("/a", &[(13, 3.0)])]));
        held.absorb(frame(Part::Head, 16, 16, &[("/a", &[(16, 4.0)])]));
        assert_eq!(points(&held, "/a"), [(0, 1.0), (10, 2.0), (16, 4.0)]);
        assert_eq!(held.window.end, 10);
    }

    #[test]
    fn a_series_that_ended_stays_until_it_leaves_the_range() {
        let mut held = frame(Part::Whole, 0, 20, &[("/gone", &[(0, 1.0)]), ("/a", &[(20, 1.0)])]);
        held.absorb(frame(Part::Tail { keep_from: 10 }, 20, 30, &[("/a", &[(20, 1.0), (30, 1.0)])]));
        assert_eq!(held.series.len(), 1);
    }

    #[test]
    fn disorder_and_doubles_are_settled() {
        let series = Series::new(labels("/a"), vec![20, 10, 20], vec![1.0, 2.0, 3.0]);
        assert_eq!(series.points().collect::<Vec<_>>(), [(10, 2.0), (20, 3.0)]);
        assert_eq!(series.at(25, 10), Some((20, 3.0)));
        assert_eq!(series.at(35, 10), None);
        assert_eq!(series.at(5, 10), None);
    }
}
