//! From what a target counts and measures to the samples that scrapes of it see.

use std::collections::VecDeque;
use std::ops::Range;
use std::rc::Rc;

use super::Sim;
use super::flow::{Flow, Meter};
use super::scrape::Scrapes;
use super::story::Run;

/// Names and values of labels.
pub type Tags = Vec<(&'static str, &'static str)>;

/// As the exposition format names it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    Counter,
    Gauge,
    Histogram,
    Summary,
}

/// One metric name of a job.
pub struct Metric {
    /// The name its series have.
    pub name: &'static str,
    /// The name of the family it belongs to: shorter for the parts of a histogram.
    pub family: &'static str,
    pub kind: Kind,
    pub help: &'static str,
    /// The series of one target of the job.
    pub members: for<'a> fn(&'a Sim, usize) -> Vec<Member<'a>>,
}

/// One series of a target.
pub struct Member<'a> {
    pub labels: Tags,
    pub shape: Shape<'a>,
}

pub enum Shape<'a> {
    /// From the time in milliseconds and the life of the process.
    Gauge(Box<dyn Fn(i64, Run) -> f64 + 'a>),
    Counter {
        /// The sum of flows, each times a factor.
        parts: Vec<(f64, Flow<'a>)>,
        /// The flows count things, so they have no fraction.
        whole: bool,
        /// Does not exist before the flows, factors aside, have brought the first thing: a client library knows a
        /// label's value only once it was used.
        after_first: bool,
    },
}

impl<'a> Member<'a> {
    pub fn gauge(labels: Tags, value: impl Fn(i64, Run) -> f64 + 'a) -> Self {
        Self { labels, shape: Shape::Gauge(Box::new(value)) }
    }

    /// Counts things, from 0.
    pub fn counter(labels: Tags, flow: Flow<'a>) -> Self {
        Self { labels, shape: Shape::Counter { parts: vec![(1.0, flow)], whole: true, after_first: false } }
    }

    /// Adds up something that has fractions, from 0.
    pub fn amount(labels: Tags, flow: Flow<'a>) -> Self {
        Self { labels, shape: Shape::Counter { parts: vec![(1.0, flow)], whole: false, after_first: false } }
    }

    /// Counts things, from the first one on.
    pub fn after_first(labels: Tags, parts: Vec<(f64, Flow<'a>)>) -> Self {
        Self { labels, shape: Shape::Counter { parts, whole: true, after_first: true } }
    }
}

/// What a flow had brought at each scrape of a target.
type Column = Rc<Vec<f64>>;

/// The columns that were read last: the buckets of a histogram are sums of the same ones.
#[derive(Default)]
pub struct Recent(VecDeque<(u64, Column)>);

impl Recent {
    const KEPT: usize = 8;

    fn column(&mut self, sim: &Sim, scrapes: &Scrapes, flow: &Flow<'_>, whole: bool) -> Column {
        if let Some((_, column)) = self.0.iter().find(|(own, _)| Some(*own) == flow.own) {
            return Rc::clone(column);
        }
        let column = Rc::new(column(sim, scrapes, flow, whole));
        if let Some(own) = flow.own {
            self.0.truncate(Self::KEPT - 1);
            self.0.push_front((own, Rc::clone(&column)));
        }
        column
    }
}

fn column(sim: &Sim, scrapes: &Scrapes, flow: &Flow<'_>, whole: bool) -> Vec<f64> {
    let mut column = vec![0.0; scrapes.times.len()];
    for (run, range) in &scrapes.runs {
        let seen = &scrapes.times[range.clone()];
        let Some(&end) = seen.last() else { continue };
        let meter = Meter::new(flow, sim.curve, &sim.story, *run, end);
        let readings = meter.all(seen.iter().map(|&t| sim.story.seconds(t)));
        for (cell, reading) in column[range.clone()].iter_mut().zip(readings) {
            *cell = if whole { reading.floor() } else { reading };
        }
    }
    column
}

impl Shape<'_> {
    /// The samples that some scrapes of one target see. `recent` is for the scrapes of that target only.
    pub fn samples(&self, sim: &Sim, scrapes: &Scrapes, recent: &mut Recent) -> (Vec<i64>, Vec<f64>) {
        let room = scrapes.runs.iter().map(|(_, range)| range.len()).sum();
        let (mut times, mut values) = (Vec::with_capacity(room), Vec::with_capacity(room));
        match self {
            Self::Gauge(value) => {
                for (run, range) in &scrapes.runs {
                    let seen = &scrapes.times[range.clone()];
                    times.extend_from_slice(seen);
                    values.extend(seen.iter().map(|&t| value(t, *run)));
                }
            }
            Self::Counter { parts, whole, after_first } => {
                let column = |(factor, flow): &(f64, Flow<'_>)| (*factor, recent.column(sim, scrapes, flow, *whole));
                let columns: Vec<(f64, Column)> = parts.iter().map(column).collect();
                for (_, range) in &scrapes.runs {
                    let range = if *after_first { known(&columns, range.clone()) } else { range.clone() };
                    times.extend_from_slice(&scrapes.times[range.clone()]);
                    let from = values.len();
                    values.resize(from + range.len(), 0.0);
                    for (factor, column) in columns.iter().filter(|(factor, _)| *factor != 0.0) {
                        values[from..].iter_mut().zip(&column[range.clone()]).for_each(|(sum, x)| *sum += factor * x);
                    }
                }
            }
        }
        (times, values)
    }

    /// The value at any time of a life; none before the series exists.
    pub fn value(&self, sim: &Sim, run: Run, t: i64) -> Option<f64> {
        let (parts, whole, after_first) = match self {
            Self::Gauge(value) => return Some(value(t, run)),
            Self::Counter { parts, whole, after_first } => (parts, *whole, *after_first),
        };
        let (mut sum, mut things) = (0.0, 0.0);
        for (factor, flow) in parts {
            let reading = Meter::new(flow, sim.curve, &sim.story, run, t).at(sim.story.seconds(t));
            let reading = if whole { reading.floor() } else { reading };
            sum += factor * reading;
            things += reading;
        }
        (!after_first || things >= 1.0).then_some(sum)
    }
}

/// The part of a life's scrapes at which the columns have brought anything yet.
fn known(columns: &[(f64, Column)], range: Range<usize>) -> Range<usize> {
    let (mut first, mut end) = (range.start, range.end);
    while first < end {
        let middle = first.midpoint(end);
        let things: f64 = columns.iter().map(|(_, column)| column[middle]).sum();
        if things < 1.0 { first = middle + 1 } else { end = middle }
    }
    first..range.end
}
