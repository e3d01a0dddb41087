//! The requests behind the counters: in each second just as many as the counters gain in it, each with its time, how
//! long it took and what made it fail.

use super::Sim;
use super::agent360::answers;
use super::flow::Meter;
use super::id::{Key, TraceId};
use super::noise::{pair, unit};
use super::scrape::{Job, Target};
use super::service::{Answers, ENDPOINTS, INSTANCES, UPPER, effect, part_between};
use super::story::{Incident, Kind, Run};
use crate::time::{SECOND, Timestamp};

/// Nanoseconds of a millisecond.
pub const MS: i64 = 1_000_000;
/// A request that takes longer is kept as a trace, as are those that fail.
const SLOW: i64 = 2_000 * MS;
/// The bound of the histogram that is as long.
const SLOW_BOUND: usize = 3;
/// Part of the other requests that is kept.
const KEPT: f64 = 0.05;
/// A counter may be ahead of an incident, or behind it, by so much.
const SLACK: i64 = 20 * SECOND;
/// Seconds that the quickest and the slowest take.
const QUICKEST: f64 = 0.004;
const SLOWEST: f64 = 12.0;

/// One request, answered.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Request {
    pub key: Key,
    pub method: &'static str,
    pub status: &'static str,
    /// How many of its kind the process had counted with it.
    pub count: u64,
    /// When it was answered and counted, in nanoseconds since the epoch.
    pub end: i64,
    /// In nanoseconds.
    pub duration: i64,
    pub trace: TraceId,
    /// The incident that made it fail or wait.
    pub cause: Option<Kind>,
    /// Chance of its own.
    pub own: u64,
}

/// How many requests got one answer in each of some stretches of time.
#[derive(Debug, Clone, PartialEq)]
pub struct Counted {
    pub instance: usize,
    pub endpoint: usize,
    pub method: &'static str,
    pub status: &'static str,
    pub counts: Vec<u64>,
    /// Those of them whose number is a multiple of what was asked: the ones that are logged.
    pub multiples: Vec<u64>,
}

impl Counted {
    pub fn path(&self) -> &'static str {
        ENDPOINTS[self.endpoint].path
    }
}

impl Request {
    pub fn path(&self) -> &'static str {
        ENDPOINTS[self.key.endpoint].path
    }

    pub fn failed(&self) -> bool {
        self.status.starts_with('5')
    }

    pub fn is_slow(&self) -> bool {
        self.duration > SLOW
    }

    /// Whether its trace is kept.
    pub fn kept(&self) -> bool {
        self.failed() || self.is_slow() || unit(pair(self.own, 3)) < KEPT
    }

    pub fn duration_ms(&self) -> f64 {
        (self.duration / 1_000) as f64 / 1e3
    }

    /// The histogram's bucket it is counted in.
    pub fn bucket(&self) -> usize {
        let seconds = self.duration as f64 / 1e9;
        UPPER.iter().position(|&upper| seconds <= upper).unwrap_or(UPPER.len())
    }
}

impl Sim {
    /// The requests answered from `start` on and before `end`, in order of time.
    pub fn requests(&self, start: Timestamp, end: Timestamp) -> Vec<Request> {
        self.requests_of(start, end, |_, _| true)
    }

    /// Those of them that failed, without making the others.
    pub fn failures(&self, start: Timestamp, end: Timestamp) -> Vec<Request> {
        self.requests_of(start, end, |_, status| status.starts_with('5'))
    }

    /// Those of them whose endpoint, by its number, and status are wanted, without making the others.
    pub fn requests_of(&self, start: Timestamp, end: Timestamp, keep: impl Fn(usize, &str) -> bool) -> Vec<Request> {
        let (first, last) = (start.0.div_euclid(SECOND), (end.0 - 1).div_euclid(SECOND));
        let mut requests = Vec::new();
        if start < end {
            self.each_flow(first * SECOND, (last + 1) * SECOND, |place, run| {
                let (key, (_, _, status)) = place;
                if keep(key.endpoint, status) {
                    self.of_flow(place, run, first..=last, &mut requests);
                }
            });
        }
        requests.retain(|r: &Request| r.end >= start.0 * MS && r.end < end.0 * MS);
        requests.sort_unstable_by_key(|request| (request.end, request.key));
        requests
    }

    /// The request of a trace id, if it is one of this simulation.
    pub fn request(&self, trace: TraceId) -> Option<Request> {
        let key = Key::of(trace, self.seed)?;
        let answer = ENDPOINTS.get(key.endpoint)?.answers().get(key.answer).copied()?;
        let target = (key.instance < INSTANCES.len()).then_some(Target { job: Job::Agent360, index: key.instance })?;
        let (from, to) = (key.second.checked_mul(SECOND)?, key.second.checked_add(1)?.checked_mul(SECOND)?);
        let mut found = Vec::new();
        for run in self.runs(target, from, to).into_iter().filter(|run| run.started < to && run.until > from) {
            self.of_flow((key, answer), run, key.second..=key.second, &mut found);
        }
        found.into_iter().find(|request| request.key == key)
    }

    /// How many requests there were between each two neighbours of `edges`, by answer, without making a single one.
    /// Exact where the edges are whole seconds.
    pub fn request_counts(&self, edges: &[i64], one_in: u64) -> Vec<Counted> {
        let (Some(&from), Some(&to)) = (edges.first(), edges.last()) else { return Vec::new() };
        let mut counted: Vec<Counted> = Vec::new();
        self.each_flow(from, to, |(key, (method, _, status)), run| {
            let readings = self.readings(key, run, edges);
            let (instance, endpoint) = (key.instance, key.endpoint);
            let same =
                |c: &&mut Counted| (c.instance, c.endpoint, c.method, c.status) == (instance, endpoint, method, status);
            let empty = vec![0; edges.len() - 1];
            let counts = readings.windows(2).map(|w| w[1] - w[0]);
            let multiples = readings.windows(2).map(|w| w[1] / one_in.max(1) - w[0] / one_in.max(1));
            if let Some(row) = counted.iter_mut().rev().find(same) {
                row.counts.iter_mut().zip(counts).for_each(|(sum, count)| *sum += count);
                row.multiples.iter_mut().zip(multiples).for_each(|(sum, count)| *sum += count);
            } else {
                let mut row = Counted { instance, endpoint, method, status, counts: empty.clone(), multiples: empty };
                row.counts.iter_mut().zip(counts).for_each(|(sum, count)| *sum += count);
                row.multiples.iter_mut().zip(multiples).for_each(|(sum, count)| *sum += count);
                counted.push(row);
            }
        });
        counted
    }

    /// How many of the requests that went well are slow, on average. The edges are those that they were counted between.
    pub fn slow_among(&self, counted: &Counted, edges: &[i64]) -> f64 {
        let (Some(&from), Some(&to)) = (edges.first(), edges.last()) else { return 0.0 };
        let mix = Mix::new(self, counted.endpoint, (from, to));
        let between = edges.windows(2).zip(&counted.counts);
        between.map(|(edge, count)| *count as f64 * mix.slow_part((edge[0] + edge[1]) / 2)).sum()
    }

    /// Each counter of requests in each life of a process that touches the stretch.
    fn each_flow(&self, from: i64, to: i64, mut show: impl FnMut((Key, Answers), Run)) {
        for instance in 0..INSTANCES.len() {
            let runs = self.runs(Target { job: Job::Agent360, index: instance }, from, to);
            for run in runs.into_iter().filter(|run| run.started < to && run.until > from) {
                for (endpoint, what) in ENDPOINTS.iter().enumerate() {
                    for (number, answer) in what.answers().into_iter().enumerate() {
                        show((Key { second: 0, instance, endpoint, answer: number, number: 0 }, answer), run);
                    }
                }
            }
        }
    }

    /// What a counter of requests shows at each of some rising times, as long as the process lives.
    fn readings(&self, key: Key, run: Run, times: &[i64]) -> Vec<u64> {
        let Some(&answer) = ENDPOINTS[key.endpoint].answers().get(key.answer) else { return Vec::new() };
        let flow = answers(self, key.instance, key.endpoint, answer);
        let last = times.last().copied().unwrap_or(run.started);
        let meter = Meter::new(&flow, self.curve, &self.story, run, last);
        let lived = times.iter().map(|t| self.story.seconds(*t.clamp(&run.started, &run.until)));
        meter.all(lived).map(|reading| reading.floor() as u64).collect()
    }

    fn of_flow(
        &self,
        (key, answer): (Key, Answers),
        run: Run,
        seconds: std::ops::RangeInclusive<i64>,
        found: &mut Vec<Request>,
    ) {
        let edges: Vec<i64> = (*seconds.start()..=seconds.end() + 1).map(|second| second * SECOND).collect();
        let readings = self.readings(key, run, &edges);
        let mix = Mix::new(self, key.endpoint, (edges[0], edges[edges.len() - 1]));
        for ((edge, reading), second) in edges.windows(2).zip(readings.windows(2)).zip(seconds) {
            let (from, to) = (edge[0].max(run.started), edge[1].min(run.until));
            for number in 0..u32::try_from(reading[1] - reading[0]).unwrap_or(u32::MAX) {
                let key = Key { second, number, ..key };
                let count = reading[0] + 1 + u64::from(number);
                found.push(mix.request(self.seed, key, answer, count, (from, to)));
            }
        }
    }
}

/// What requests to an endpoint are like over a stretch of time.
struct Mix {
    endpoint: usize,
    incidents: Vec<Incident>,
}

impl Mix {
    fn new(sim: &Sim, endpoint: usize, (from, to): (i64, i64)) -> Self {
        let all = sim.story.incidents(from - SLACK, to + SLACK);
        let incidents = all.filter(|i| i.hits_endpoint() && i.endpoint == endpoint).collect();
        Self { endpoint, incidents }
    }

    fn request(
        &self,
        seed: u64,
        key: Key,
        (method, _, status): Answers,
        count: u64,
        (from, to): (i64, i64),
    ) -> Request {
        let trace = key.trace(seed);
        let own = (trace.0 >> 64) as u64;
        let end = from * MS + (unit(pair(own, 1)) * ((to - from) * MS) as f64) as i64;
        let (seconds, cause) = self.took(end / MS, status, own);
        let duration = (seconds * 1e9) as i64;
        Request { key, method, status, count, end, duration, trace, cause, own }
    }

    /// The part of the requests that went well that takes longer than [`SLOW`].
    fn slow_part(&self, t: i64) -> f64 {
        let what = &ENDPOINTS[self.endpoint];
        let beyond = |within: &[f64; 5]| 1.0 - within[SLOW_BOUND];
        let Some(incident) = self.incidents.iter().find(|i| i.level(t) > 0.0) else { return beyond(&what.within) };
        let (level, effect) = (incident.level(t), effect(incident.kind));
        let (calm, troubled) = (1.0 - level, level * effect.traffic);
        let fails = troubled * (effect.failing + effect.refused);
        let slow = calm * beyond(&what.within) + troubled * beyond(&effect.within);
        // Those that fail are the slowest.
        ((slow - fails) / (calm + troubled - fails)).max(0.0)
    }

    /// Seconds it took, and what it waited for: an incident's failures are the slow part of what it does.
    fn took(&self, t: i64, status: &str, own: u64) -> (f64, Option<Kind>) {
        let what = &ENDPOINTS[self.endpoint];
        let refused = status == "503";
        let close = |i: &&Incident| refused && i.begin - SLACK <= t && t <= i.calm + SLACK;
        let now = self.incidents.iter().find(|i| i.level(t) > 0.0).or(self.incidents.iter().find(close));
        let chance = unit(pair(own, 2));
        let Some(incident) = now else { return (quantile(|bucket| part_between(&what.within, bucket), chance), None) };
        let level = if refused { incident.level(t).max(0.05) } else { incident.level(t) };
        let effect = effect(incident.kind);
        let (calm, troubled) = (1.0 - level, level * effect.traffic);
        let all = calm + troubled;
        let fails = troubled * (effect.failing + effect.refused) / all;
        let usual_fails = calm * what.failing / all;
        let between = |bucket| {
            (calm * part_between(&what.within, bucket) + troubled * part_between(&effect.within, bucket)) / all
        };
        if status.starts_with('5') {
            if !refused && unit(pair(own, 4)) * (fails + usual_fails) >= fails {
                return (quantile(|bucket| part_between(&what.within, bucket), chance), None);
            }
            return (quantile(between, 1.0 - fails * (1.0 - chance)), Some(incident.kind));
        }
        let seconds = quantile(between, chance * (1.0 - fails));
        (seconds, (seconds > what.usual_worst()).then_some(incident.kind))
    }
}

/// The seconds within which a part of the requests is done, from the part in each bucket.
fn quantile(part: impl Fn(usize) -> f64, chance: f64) -> f64 {
    let mut rest = chance;
    for bucket in 0..=UPPER.len() {
        let here = part(bucket);
        if rest < here || bucket == UPPER.len() {
            let low = bucket.checked_sub(1).map_or(QUICKEST, |before| UPPER[before]);
            let high: f64 = UPPER.get(bucket).copied().unwrap_or(SLOWEST);
            return low * (high / low).powf((rest / here.max(1e-12)).clamp(0.0, 0.999_999));
        }
        rest -= here;
    }
    SLOWEST
}
