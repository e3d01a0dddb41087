//! A simulated Agent360: any sample of any time follows from a seed, the time the program started and that time.
//!
//! Nothing is stored and nothing runs: counters are integrals in closed form, noise is a hash. The demo asks it for
//! ranges of samples as a Prometheus server would have scraped them; an exporter can ask what a target shows now.

mod agent360;
mod alerts;
mod curve;
mod database;
mod fleet;
mod flow;
mod host;
pub mod id;
mod kubelet;
pub mod log;
mod noise;
pub mod request;
mod scrape;
mod series;
mod service;
mod story;
#[cfg(test)]
mod tests;
pub mod trace;

use crate::model::labels::{Labels, METRIC_NAME};
use crate::model::series::Series;
use crate::text::Plain;
use crate::time::Timestamp;
use curve::Curve;
pub use fleet::Place;
pub use request::{Counted, Request};
use scrape::Scrapes;
pub use scrape::{INTERVAL, Job, Target};
pub use series::Kind as MetricKind;
use series::{Member, Metric, Recent};
pub use service::{BOUNDS, ENDPOINT_PATHS};
use story::Story;
pub use story::{HISTORY, Incident, Kind as IncidentKind, Phase, Refused, Trouble, Wish};

#[derive(Debug, Clone)]
pub struct Sim {
    seed: u64,
    started: Timestamp,
    curve: Curve,
    story: Story,
}

/// What a target shows of one series, without the labels that the scraper adds.
#[derive(Debug, Clone, PartialEq)]
pub struct Exposed {
    /// With the metric name.
    pub labels: Labels,
    pub value: f64,
    /// The name, kind and help of its family; series of one family follow each other.
    pub family: &'static str,
    pub kind: MetricKind,
    pub help: &'static str,
}

fn metrics(job: Job) -> &'static [Metric] {
    match job {
        Job::Agent360 => &agent360::METRICS,
        Job::Node => &host::METRICS,
        Job::Kubelet => &kubelet::METRICS,
        Job::Cassandra => &database::METRICS,
    }
}

fn labels(name: &str, member: &Member<'_>, target: Option<Target>) -> Labels {
    let pair = |name: &str, value: &str| (Plain::new(name), Plain::new(value));
    let mut pairs = vec![pair(METRIC_NAME, name)];
    pairs.extend(member.labels.iter().map(|(name, value)| pair(name, value)));
    if let Some(target) = target {
        pairs.extend([pair("job", target.job.name()), pair("instance", target.instance())]);
    }
    Labels::new(pairs)
}

impl Sim {
    /// `started` is when the program started: an incident began shortly before, and there are 60 days of history.
    pub fn new(seed: u64, started: Timestamp) -> Self {
        Self { seed, started, curve: Curve::new(started), story: Story::new(seed, started) }
    }

    /// The same service, but nothing goes wrong unless it is added.
    pub fn calm(seed: u64, started: Timestamp) -> Self {
        Self { story: Story::calm(seed, started), ..Self::new(seed, started) }
    }

    /// With an incident more, or several; says by which numbers `without` and `added` know them. What was before `now`
    /// stays as it was.
    pub fn with(&self, wish: &Wish, now: Timestamp) -> Result<(Self, Vec<usize>), Refused> {
        let (story, numbers) = self.story.with(wish, now)?;
        Ok((Self { story, ..self.clone() }, numbers))
    }

    /// With one of the added incidents getting better from `now` on, or never beginning.
    pub fn without(&self, number: usize, now: Timestamp) -> Result<Self, Refused> {
        Ok(Self { story: self.story.without(number, now)?, ..self.clone() })
    }

    /// What was added, by number.
    pub fn added(&self) -> &[Incident] {
        self.story.added()
    }

    /// The samples scraped from `start` up to and including `end` of each series that `keep` accepts; the caller
    /// sees to it that `end` is not in the future. `name` is the metric name when it is known, to be quick.
    pub fn select(&self, name: Option<&str>, keep: &dyn Fn(&Labels) -> bool, start: i64, end: i64) -> Vec<Series> {
        self.select_within(name, keep, &[(start, end)])
    }

    /// The same for several stretches at once, both ends included, in order of time: the windows of a coarse range
    /// cost less than all that lies between them.
    pub fn select_within(
        &self,
        name: Option<&str>,
        keep: &dyn Fn(&Labels) -> bool,
        stretches: &[(i64, i64)],
    ) -> Vec<Series> {
        let wanted = |metric: &str| name.is_none_or(|name| name == metric);
        let mut found = Vec::new();
        for target in Target::all() {
            let scrapes = std::cell::LazyCell::new(|| Scrapes::of(self, target, stretches));
            let mut recent = Recent::default();
            for metric in metrics(target.job).iter().filter(|metric| wanted(metric.name)) {
                for member in (metric.members)(self, target.index) {
                    let labels = labels(metric.name, &member, Some(target));
                    if keep(&labels) {
                        let (times, values) = member.shape.samples(self, &scrapes, &mut recent);
                        found.push(Series { labels, times, values });
                    }
                }
            }
            if wanted("up") {
                let up = labels("up", &Member::gauge(Vec::new(), |_, _| 1.0), Some(target));
                if keep(&up) {
                    found.push(Series { labels: up, times: scrapes.times.clone(), values: scrapes.up() });
                }
            }
        }
        if wanted("ALERTS") {
            found.extend(self.alert_series(keep, stretches));
        }
        found.retain(|series| !series.times.is_empty());
        found
    }

    /// Whether the process of a target lives at `t`.
    pub fn is_up(&self, target: Target, t: Timestamp) -> bool {
        self.runs(target, t.0, t.0).iter().any(|run| run.started <= t.0 && t.0 < run.until)
    }

    /// What a target shows at `t`, as its exporter would write it; nothing while it is away.
    pub fn exposition(&self, target: Target, t: Timestamp) -> Option<Vec<Exposed>> {
        let t = t.0;
        let run = self.runs(target, t, t).into_iter().find(|run| run.started <= t && t < run.until)?;
        let mut exposed = Vec::new();
        for metric in metrics(target.job) {
            for member in (metric.members)(self, target.index) {
                if let Some(value) = member.shape.value(self, run, t) {
                    let labels = labels(metric.name, &member, None);
                    let Metric { family, kind, help, .. } = *metric;
                    exposed.push(Exposed { labels, value, family, kind, help });
                }
            }
        }
        Some(exposed)
    }

    /// An incident that is under way at `t`, with how far it has come.
    pub fn incident(&self, t: Timestamp) -> Option<(Incident, Phase)> {
        let mut all = self.story.around(t.0).map(|incident| (incident, incident.phase(t.0)));
        all.find(|(_, phase)| *phase != Phase::Calm)
    }

    /// The incidents that are under way at any time between the two, in order of time.
    pub fn incidents(&self, start: Timestamp, end: Timestamp) -> Vec<Incident> {
        let all = self.story.incidents(start.0, end.0).filter(|i| i.begin <= end.0 && i.calm > start.0);
        let mut all: Vec<_> = all.collect();
        all.sort_by_key(|incident| incident.begin);
        all
    }
}
