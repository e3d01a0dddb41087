//! The three alert rules of Agent360, evaluated on what the simulation counts, so that alerts agree with the charts.

mod rules;

use std::collections::BTreeMap;

use rules::{RULES, Rule};

use super::agent360::{between, failed};
use super::flow::Meter;
use super::kubelet::LIMIT;
use super::scrape::{INTERVAL, Job, Target, grid};
use super::service::{BOUNDS, ENDPOINTS, INSTANCES, UPPER};
use super::story::Run;
use super::{Labels, METRIC_NAME, Plain, Series, Sim, Timestamp};
use crate::model::alert::{Alert, AlertState};
use crate::time::MINUTE;

/// The window of the rules' rates.
const WINDOW: i64 = 5 * MINUTE;
/// No rule holds longer than this before an incident begins, or after it is over.
const BEFORE: i64 = 5 * MINUTE;
const AFTER: i64 = 10 * MINUTE;

/// What is counted of an endpoint: the requests that failed, and all of them by the bounds they lie between.
type Counts = [f64; 1 + BOUNDS.len()];

/// What all instances have counted at each evaluation in a stretch of time, over all their lives.
struct Rates<'a> {
    sim: &'a Sim,
    first: i64,
    rows: Vec<[Counts; ENDPOINTS.len()]>,
}

impl<'a> Rates<'a> {
    /// Good for the evaluations from `start` to `end`.
    fn new(sim: &'a Sim, (start, end): (i64, i64)) -> Self {
        let times = grid(0, start - WINDOW, &[(start - WINDOW, end)]);
        let first = times.first().copied().unwrap_or(start);
        let mut rates = Self { sim, first, rows: vec![[Counts::default(); ENDPOINTS.len()]; times.len()] };
        for index in 0..INSTANCES.len() {
            for run in sim.runs(Target { job: Job::Agent360, index }, first, end) {
                (0..ENDPOINTS.len()).for_each(|endpoint| rates.add(&times, index, run, endpoint));
            }
        }
        rates
    }

    /// Adds what one endpoint counts in one life of an instance.
    fn add(&mut self, times: &[i64], instance: usize, run: Run, endpoint: usize) {
        let sim = self.sim;
        let last = times.last().copied().unwrap_or(run.started);
        let failed = failed(sim, instance, endpoint).into_iter().map(|flow| (0, flow));
        let between = between(sim, instance, endpoint).enumerate().map(|(bucket, flow)| (1 + bucket, flow));
        for (place, flow) in failed.chain(between) {
            let meter = Meter::new(&flow, sim.curve, &sim.story, run, last);
            let lived = times.iter().map(|t| sim.story.seconds(*t.clamp(&run.started, &run.until)));
            for (row, reading) in self.rows.iter_mut().zip(meter.all(lived)) {
                row[endpoint][place] += reading;
            }
        }
    }

    /// What has been counted of an endpoint in the window that ends at the evaluation `t`.
    fn increase(&self, endpoint: usize, t: i64) -> Counts {
        let row = |t: i64| self.rows.get(((t - self.first) / INTERVAL) as usize);
        let (Some(from), Some(to)) = (row(t - WINDOW), row(t)) else { return Counts::default() };
        std::array::from_fn(|i| to[endpoint][i] - from[endpoint][i])
    }

    fn error_ratio(&self, t: i64) -> f64 {
        let increases = (0..ENDPOINTS.len()).map(|endpoint| self.increase(endpoint, t));
        let add = |(failed, all), [bad, between @ ..]: Counts| (failed + bad, all + between.iter().sum::<f64>());
        let (failed, all) = increases.fold((0.0, 0.0), add);
        failed / all
    }

    /// As `histogram_quantile` does it: straight within a bucket, never beyond the last bound.
    fn p95(&self, endpoint: usize, t: i64) -> f64 {
        let [_, between @ ..] = self.increase(endpoint, t);
        let mut wanted = 0.95 * between.iter().sum::<f64>();
        let mut bound = 0.0;
        for (here, upper) in between.into_iter().zip(UPPER) {
            if here >= wanted {
                return bound + (upper - bound) * wanted / here;
            }
            (wanted, bound) = (wanted - here, upper);
        }
        bound
    }

    fn memory(&self, pod: usize, t: i64) -> f64 {
        self.sim.container_memory(pod, t) / LIMIT
    }
}

impl Sim {
    /// The alerts that are pending or firing at `now`, as of the last evaluation, which happens every 15 s.
    pub fn alerts(&self, now: Timestamp) -> Vec<Alert> {
        let last = now.floor_to(INTERVAL).0;
        let mut alerts = Vec::new();
        for stretch in self.troubled(last, last) {
            self.evaluate(stretch, &mut |t, alert| {
                if t == last {
                    alerts.push(alert);
                }
            });
        }
        alerts.sort_by(|a, b| (a.state, a.severity(), &a.labels).cmp(&(b.state, b.severity(), &b.labels)));
        alerts
    }

    /// The stretches of time, apart from each other and cut at `end`, that incidents and their alerts take and that
    /// end at `start` or later.
    fn troubled(&self, start: i64, end: i64) -> Vec<(i64, i64)> {
        let incidents = self.story.incidents(start - 2 * AFTER, end + BEFORE);
        let mut all: Vec<_> = incidents.map(|i| (i.begin - BEFORE, i.calm + AFTER)).collect();
        all.sort_unstable();
        let mut apart: Vec<(i64, i64)> = Vec::new();
        for (from, to) in all {
            match apart.last_mut() {
                Some(last) if from <= last.1 => last.1 = last.1.max(to),
                _ => apart.push((from, to)),
            }
        }
        apart.retain(|&(from, to)| to >= start && from <= end);
        apart.iter().map(|&(from, to)| (from, to.min(end))).collect()
    }

    /// Goes through a stretch and shows each alert at each evaluation.
    fn evaluate(&self, stretch: (i64, i64), show: &mut dyn FnMut(i64, Alert)) {
        let rates = Rates::new(self, stretch);
        for rule in &RULES {
            let mut since: BTreeMap<usize, i64> = BTreeMap::new();
            for t in grid(0, self.story.oldest(), &[stretch]) {
                for (place, (labels, value)) in (rule.values)(&rates, t).into_iter().enumerate() {
                    // Without traffic there is no ratio, and nothing fires.
                    if value.is_nan() || value <= rule.above {
                        since.remove(&place);
                        continue;
                    }
                    let began = *since.entry(place).or_insert(t);
                    show(t, alert(rule, &labels, began, t, value));
                }
            }
        }
    }

    /// The series that Prometheus writes of its alerts: 1 while one is pending, 1 in another while it is firing.
    pub(super) fn alert_series(&self, keep: &dyn Fn(&Labels) -> bool, stretches: &[(i64, i64)]) -> Vec<Series> {
        let mut found: BTreeMap<Labels, Series> = BTreeMap::new();
        let times = grid(0, self.story.oldest(), stretches);
        let (Some(&first), Some(&last)) = (times.first(), times.last()) else { return Vec::new() };
        for stretch in self.troubled(first, last) {
            self.evaluate(stretch, &mut |t, alert| {
                let state = if alert.state == AlertState::Firing { "firing" } else { "pending" };
                let labels = alert.labels.with(METRIC_NAME, "ALERTS").with("alertstate", state);
                if times.binary_search(&t).is_ok() && keep(&labels) {
                    let series = found.entry(labels).or_default();
                    series.times.push(t);
                    series.values.push(1.0);
                }
            });
        }
        found.into_iter().map(|(labels, series)| Series { labels, ..series }).collect()
    }
}

fn alert(rule: &Rule, labels: &[(&'static str, &'static str)], began: i64, t: i64, value: f64) -> Alert {
    let mut pairs: Vec<_> = labels.iter().map(|(name, value)| (Plain::new(name), Plain::new(value))).collect();
    pairs.push((Plain::new("alertname"), Plain::new(rule.name)));
    pairs.push((Plain::new("severity"), Plain::new(rule.severity)));
    let state = if t - began >= rule.hold { AlertState::Firing } else { AlertState::Pending };
    Alert {
        labels: Labels::new(pairs),
        annotations: rule.annotations(),
        state,
        active_at: Some(Timestamp(began)),
        value: Some(value),
    }
}
