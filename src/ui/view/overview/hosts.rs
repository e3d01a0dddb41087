//! The machines, by node-exporter: processor, memory, fullest disk, network, load and clock of each.

use std::collections::BTreeMap;
use std::time::Duration;

use crate::model::labels::Labels;
use crate::model::query::{Answer, Query, Subscription, Update};
use crate::model::series::{Frame, Vector};
use crate::model::watch;
use crate::store::Slot;
use crate::text::Plain;
use crate::ui::view::Scene;

/// Points of the small charts in the table.
const SPARK_POINTS: i64 = 8;
/// A file system or its inodes above this is worth a mark.
pub const DISK_LIMIT: f64 = 0.8;
/// Seconds that a clock may be off.
pub const SKEW_LIMIT: f64 = 1.0;

#[derive(Default)]
pub struct Hosts {
    cpu: Slot<Frame>,
    memory: Slot<Frame>,
    disk: Slot<Vector>,
    inodes: Slot<Vector>,
    received: Slot<Vector>,
    sent: Slot<Vector>,
    load: Slot<Vector>,
    cores: Slot<Vector>,
    clock_skew: Slot<Vector>,
}

/// What is known of one machine; ratios are 0 to 1, traffic is bytes a second.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct HostRow {
    pub name: Plain,
    pub cpu: Option<f64>,
    pub cpu_history: Vec<f64>,
    pub memory: Option<f64>,
    pub memory_history: Vec<f64>,
    /// The fullest file system, or the one with the fewest inodes left, and its ratio.
    pub disk: Option<(String, f64)>,
    pub received: Option<f64>,
    pub sent: Option<f64>,
    pub load: Option<f64>,
    pub cores: Option<f64>,
    /// Seconds ahead.
    pub skew: Option<f64>,
}

impl HostRow {
    /// Something about it is near its end.
    pub fn is_troubled(&self) -> bool {
        let over = |value: Option<f64>, limit: f64| value.is_some_and(|v| v.abs() > limit);
        over(self.cpu, 0.9)
            || over(self.memory, 0.9)
            || self.disk.as_ref().is_some_and(|d| d.1 > DISK_LIMIT)
            || over(self.skew, SKEW_LIMIT)
    }
}

/// Where the answer to a question goes.
type Pick<T> = fn(&mut Hosts) -> &mut Slot<T>;
type Field = fn(&mut HostRow) -> &mut Option<f64>;

impl Hosts {
    fn frames(queries: &watch::Hosts) -> [(&str, Pick<Frame>); 2] {
        [(&queries.cpu, |h| &mut h.cpu), (&queries.memory, |h| &mut h.memory)]
    }

    fn vectors(queries: &watch::Hosts) -> [(&str, Pick<Vector>); 7] {
        [
            (&queries.disk, |h| &mut h.disk),
            (&queries.inodes, |h| &mut h.inodes),
            (&queries.received, |h| &mut h.received),
            (&queries.sent, |h| &mut h.sent),
            (&queries.load, |h| &mut h.load),
            (&queries.cores, |h| &mut h.cores),
            (&queries.clock_skew, |h| &mut h.clock_skew),
        ]
    }

    fn range(expr: &str, scene: &Scene) -> Query {
        let step = (scene.shown.length() / SPARK_POINTS).max(1);
        Query::Range { expr: expr.to_owned(), span: scene.shown.span(), step }
    }

    fn instant(expr: &str, scene: &Scene) -> Query {
        let at = (!scene.shown.is_live()).then(|| scene.shown.at(scene.now).end);
        Query::Instant { expr: expr.to_owned(), at }
    }

    pub fn queries(&self, scene: &Scene) -> Vec<Subscription> {
        let every = |every: Duration| scene.shown.is_live().then_some(every);
        let hosts = &scene.watch.hosts;
        let frames = Self::frames(hosts).map(|(expr, _)| Self::range(expr, scene));
        let vectors = Self::vectors(hosts).map(|(expr, _)| Self::instant(expr, scene));
        frames.into_iter().chain(vectors).map(|query| Subscription { query, every: every(scene.tiles) }).collect()
    }

    /// Takes in what is its own and gives back what is not.
    pub fn apply(&mut self, update: Update, scene: &Scene) -> Option<Update> {
        let hosts = &scene.watch.hosts;
        let query = &update.subscription.query;
        for (expr, slot) in Self::frames(hosts) {
            if Self::range(expr, scene) == *query {
                slot(self).take_frame(query, update.result.and_then(Answer::into_frame), update.at);
                return None;
            }
        }
        for (expr, slot) in Self::vectors(hosts) {
            if Self::instant(expr, scene) == *query {
                slot(self).take(query, update.result.and_then(Answer::into_vector), update.at);
                return None;
            }
        }
        Some(update)
    }

    /// What to say in the place of machines; nothing when there are some.
    pub fn instead(&self) -> Option<String> {
        match (&self.cpu.feed.value, &self.cpu.feed.error) {
            (None, None) => Some("asking…".to_owned()),
            (None, Some((error, _))) => Some(format!("✖ {error}")),
            (Some(_), _) => self.rows().is_empty().then(|| "none has node-exporter's series".to_owned()),
        }
    }

    /// Every machine that any answer names: the troubled ones first, then by name.
    pub fn rows(&self) -> Vec<HostRow> {
        let mut rows: BTreeMap<Plain, HostRow> = BTreeMap::new();
        for (slot, history) in [(&self.cpu, true), (&self.memory, false)] {
            for series in slot.get().into_iter().flat_map(|frame| &frame.series) {
                let row = row(&mut rows, &series.labels);
                let (value, kept) = if history {
                    (&mut row.cpu, &mut row.cpu_history)
                } else {
                    (&mut row.memory, &mut row.memory_history)
                };
                *value = series.last().map(|(_, value)| value);
                *kept = series.values.clone();
            }
        }
        for (slot, field) in self.plain_fields() {
            for sample in slot.get().into_iter().flat_map(|vector| &vector.samples) {
                *field(row(&mut rows, &sample.labels)) = Some(sample.value);
            }
        }
        for (slot, what) in [(&self.disk, ""), (&self.inodes, " inodes")] {
            for sample in slot.get().into_iter().flat_map(|vector| &vector.samples) {
                let row = row(&mut rows, &sample.labels);
                if row.disk.as_ref().is_none_or(|(_, ratio)| sample.value > *ratio) {
                    let mount = sample.labels.get("mountpoint").map_or("", |mount| mount.as_str());
                    row.disk = Some((format!("{mount}{what}"), sample.value));
                }
            }
        }
        let mut rows: Vec<HostRow> = rows.into_values().collect();
        rows.sort_by_key(|row| !row.is_troubled());
        rows
    }

    fn plain_fields(&self) -> [(&Slot<Vector>, Field); 5] {
        [
            (&self.received, |row| &mut row.received),
            (&self.sent, |row| &mut row.sent),
            (&self.load, |row| &mut row.load),
            (&self.cores, |row| &mut row.cores),
            (&self.clock_skew, |row| &mut row.skew),
        ]
    }
}

fn row<'a>(rows: &'a mut BTreeMap<Plain, HostRow>, labels: &Labels) -> &'a mut HostRow {
    let name = labels.get("instance").cloned().unwrap_or_else(|| "(no instance)".into());
    rows.entry(name.clone()).or_insert_with(|| HostRow { name, ..HostRow::default() })
}
