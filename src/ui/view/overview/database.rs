//! The database, whatever exports its metrics: targets, and what the metric names found there allow.

use std::time::Duration;

use crate::model::labels::METRIC_NAME;
use crate::model::query::{Answer, Query, Subscription, Update};
use crate::model::series::{Sample, Vector};
use crate::model::unit::Unit;
use crate::store::Slot;
use crate::ui::view::Scene;

/// Which metrics there are changes with a deploy, not with a request.
const NAMES_EVERY: Duration = Duration::from_secs(300);

#[derive(Default)]
pub struct Database {
    up: Slot<Vector>,
    age: Slot<Vector>,
    names: Slot<Vector>,
    latency: Slot<Vector>,
    timeouts: Slot<Vector>,
    compactions: Slot<Vector>,
}

/// How many targets the database has, and how many of them answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Targets {
    Asking,
    Unknown,
    None,
    Up { up: usize, all: usize },
}

/// What exporters call a thing: all of `has`, none of `not`.
struct Sought {
    has: &'static [&'static str],
    not: &'static [&'static str],
}

const PARTS: &[&str] = &["_count", "_sum", "_bucket", "_created"];
const LATENCY: Sought = Sought { has: &["client", "request", "latency"], not: PARTS };
const TIMEOUTS: Sought =
    Sought { has: &["client", "request", "timeout"], not: &["_sum", "_bucket", "_created", "rate"] };
const COMPACTIONS: Sought = Sought { has: &["compaction", "pending"], not: PARTS };

type Wanted = (Query, Duration, fn(&mut Database) -> &mut Slot<Vector>);

impl Database {
    fn wanted(&self, scene: &Scene) -> Vec<Wanted> {
        let matcher = &scene.watch.database.matcher;
        let at = (!scene.shown.is_live()).then(|| scene.shown.at(scene.now).end);
        let ask = |expr: String| Query::Instant { expr, at };
        let mut wanted: Vec<Wanted> = vec![
            (ask(format!("up{{{matcher}}}")), scene.tiles, |d| &mut d.up),
            (ask(format!("max(time() - timestamp(up{{{matcher}}}))")), scene.tiles, |d| &mut d.age),
            (ask(format!("count by (__name__) ({{{matcher}}})")), NAMES_EVERY, |d| &mut d.names),
        ];
        if let Some(name) = self.find(&LATENCY) {
            let p99 = format!(r#"{{{matcher},__name__="{name}",quantile=~"0.99|99thPercentile|99|p99"}}"#);
            wanted.push((ask(format!("max without (instance, pod) ({p99})")), scene.tiles, |d| &mut d.latency));
        }
        if let Some(name) = self.find(&TIMEOUTS) {
            let expr = format!(r#"sum(rate({{{matcher},__name__="{name}"}}[5m]))"#);
            wanted.push((ask(expr), scene.tiles, |d| &mut d.timeouts));
        }
        if let Some(name) = self.find(&COMPACTIONS) {
            let expr = format!(r#"sum({{{matcher},__name__="{name}"}})"#);
            wanted.push((ask(expr), scene.tiles, |d| &mut d.compactions));
        }
        wanted
    }

    /// The shortest metric name that fits: the plainest of a family.
    fn find(&self, sought: &Sought) -> Option<&str> {
        let names = self.names.get()?.samples.iter().filter_map(|sample| sample.labels.get(METRIC_NAME));
        let fits = |name: &str| {
            let lower = name.to_ascii_lowercase();
            sought.has.iter().all(|part| lower.contains(part)) && !sought.not.iter().any(|part| lower.contains(part))
        };
        let plain = |name: &str| name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_' || b == b':');
        names.map(|name| name.as_str()).filter(|name| fits(name) && plain(name)).min_by_key(|name| (name.len(), *name))
    }

    pub fn queries(&self, scene: &Scene) -> Vec<Subscription> {
        let live = scene.shown.is_live();
        self.wanted(scene)
            .into_iter()
            .map(|(query, every, _)| Subscription { query, every: live.then_some(every) })
            .collect()
    }

    pub fn apply(&mut self, update: Update, scene: &Scene) {
        let query = &update.subscription.query;
        if let Some((_, _, slot)) = self.wanted(scene).into_iter().find(|(wanted, _, _)| wanted == query) {
            slot(self).take(query, update.result.and_then(Answer::into_vector), update.at);
        }
    }

    pub fn targets(&self) -> Targets {
        match (self.up.get(), &self.up.feed.error) {
            (None, None) => Targets::Asking,
            (None, Some(_)) => Targets::Unknown,
            (Some(vector), _) if vector.samples.is_empty() => Targets::None,
            (Some(vector), _) => {
                let up = vector.samples.iter().filter(|sample| sample.value > 0.5).count();
                Targets::Up { up, all: vector.samples.len() }
            }
        }
    }

    /// `read p99 12 ms`, `timeouts 0`, … in the order of use.
    pub fn figures(&self) -> Vec<String> {
        let unit = match self.find(&LATENCY) {
            Some(name) if name.contains("seconds") && !name.contains("micro") && !name.contains("milli") => {
                Unit::Seconds
            }
            _ => Unit::Count,
        };
        let mut figures: Vec<String> = Vec::new();
        for sample in self.latency.get().into_iter().flat_map(|vector| &vector.samples).take(4) {
            figures.push(format!("{} p99 {}", operation(sample), unit.show(sample.value)));
        }
        figures.extend(single(&self.timeouts).map(|rate| {
            format!("timeouts {}", if rate == 0.0 { "0".into() } else { format!("{}/s", Unit::Count.show(rate)) })
        }));
        figures.extend(single(&self.compactions).map(|pending| format!("compactions {}", Unit::Count.show(pending))));
        figures.extend(
            single(&self.age).filter(|age| *age > 60.0).map(|age| format!("scraped {} ago", Unit::Seconds.show(age))),
        );
        figures
    }
}

fn single(slot: &Slot<Vector>) -> Option<f64> {
    slot.get()?.samples.first().map(|sample| sample.value)
}

fn operation(sample: &Sample) -> String {
    let named = ["operation", "clientrequest", "request_type", "request", "scope"]
        .into_iter()
        .find_map(|name| sample.labels.get(name));
    named.map_or_else(|| "request".to_owned(), |name| name.to_lowercase())
}
