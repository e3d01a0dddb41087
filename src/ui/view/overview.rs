//! The overview: is it healthy? Four charts, machines, database, alerts, and one sentence.

use std::time::Duration;

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};

use super::{Scene, View};
use crate::analysis::availability::{Availability, Restart, availability, restarts};
use crate::analysis::history::{self, Firing};
use crate::analysis::stats::total;
use crate::analysis::summary::{Facts, Headline, Level, headline};
use crate::model::alert::Severity;
use crate::model::host::HostSample;
use crate::model::query::{Answer, Query, Source, Subscription, Update};
use crate::model::series::{Frame, Series, Vector};
use crate::model::trace::TraceId;
use crate::store::Slot;
use crate::text::Plain;
use crate::time::Timestamp;

mod alerts;
mod database;
mod draw;
mod hosts;
mod layout;
mod legend;
mod lines;
mod log_news;
mod log_tile;
mod machines;
pub mod panel;
mod questions;
mod reading;
mod tile;
mod trace_news;
mod trace_tile;

use database::Database;
use hosts::Hosts;
pub use legend::fit;
use log_news::LogNews;
use panel::Panel;
use trace_news::TraceNews;

#[derive(Default)]
pub struct Overview {
    requests: Slot<Frame>,
    errors: Slot<Frame>,
    errors_by_endpoint: Slot<Frame>,
    latency: Slot<Frame>,
    memory: Slot<Frame>,
    cpu: Slot<Frame>,
    up: Slot<Frame>,
    started: Slot<Frame>,
    fired: Slot<Frame>,
    /// When alerts fired: critical ones, and warnings. Read once from an answer, drawn often.
    firings: [Vec<Firing>; 2],
    buckets: Slot<Vector>,
    memory_ratio: Slot<Vector>,
    hosts: Hosts,
    database: Database,
    here: Slot<HostSample>,
    log_news: LogNews,
    trace_news: TraceNews,
    /// Which panel has the cursor, 0 to 3.
    pub selected: usize,
    /// Which series the cursor is on when a panel is on the whole screen.
    pub series: usize,
}

impl Overview {
    pub fn panel(&self) -> Panel {
        panel::ALL[self.selected % panel::ALL.len()]
    }

    pub fn select(&mut self, id: &str) -> bool {
        let found = panel::ALL.iter().position(|panel| panel.id() == id);
        self.selected = found.unwrap_or(self.selected);
        found.is_some()
    }

    /// Moves the cursor; on the whole screen it walks through the series.
    pub fn move_cursor(&mut self, by: isize, full: bool) {
        if full {
            let count = lines::entries(self, self.panel()).len().max(1);
            self.series = self.series.saturating_add_signed(by).min(count - 1);
        } else {
            let count = panel::ALL.len();
            self.selected = (self.selected + count).saturating_add_signed(by.clamp(-1, 1)) % count;
            self.series = 0;
        }
    }

    pub fn availability(&self) -> Option<Availability> {
        self.up.get().map(availability)
    }

    pub fn restarts(&self) -> Vec<Restart> {
        self.started.get().map(restarts).unwrap_or_default()
    }

    /// The moment that the crosshair means: where an alert began that fires there, or a restart beside it.
    pub fn meant(&self, at: i64, step: i64) -> i64 {
        let restarts = self.restarts().into_iter().map(|restart| restart.at);
        let restart = restarts.filter(|moment| (moment - at).abs() <= step).min_by_key(|moment| (moment - at).abs());
        let firing =
            self.firings.iter().flatten().filter(|firing| !firing.from_before && firing.range.contains(Timestamp(at)));
        restart.or(firing.map(|firing| firing.range.start.0).next()).unwrap_or(at)
    }

    fn read_firings(&mut self) {
        let Some(frame) = self.fired.get() else { return };
        let of = |severity| history::together(frame, |labels| Severity::of(labels) == severity).firings;
        self.firings = [Severity::Critical, Severity::Warning].map(of);
    }

    /// The bound of the latency histogram's last finite bucket, in seconds: no quantile is ever higher.
    pub fn latency_cap(&self) -> Option<f64> {
        let bounds =
            self.buckets.get()?.samples.iter().filter_map(|sample| sample.labels.get("le")?.parse::<f64>().ok());
        bounds.filter(|bound| bound.is_finite()).reduce(f64::max)
    }

    /// The pod that is nearest to its memory limit; +Inf where none has a limit.
    pub fn memory_of_limit(&self) -> Option<(Plain, f64)> {
        let samples = &self.memory_ratio.get()?.samples;
        let name = |labels: &crate::model::labels::Labels| {
            let label = ["pod", "instance", "name"].into_iter().find_map(|name| labels.get(name));
            label.cloned().unwrap_or_else(|| labels.to_string().into())
        };
        let limited =
            samples.iter().filter(|sample| sample.value.is_finite()).max_by(|a, b| a.value.total_cmp(&b.value));
        limited
            .or_else(|| samples.iter().find(|s| s.value.is_infinite()))
            .map(|sample| (name(&sample.labels), sample.value))
    }

    /// Zero errors wherever there was traffic: no 5xx series exists until the first failure.
    fn no_errors(&self) -> Option<Series> {
        let mut zero = total(&self.requests.get()?.series);
        let traffic = std::mem::take(&mut zero.values);
        zero.times = zero.times.iter().zip(&traffic).filter(|(_, rate)| **rate > 0.0).map(|(time, _)| *time).collect();
        zero.values = vec![0.0; zero.times.len()];
        (!zero.times.is_empty()).then_some(zero)
    }

    /// What the overview says in one sentence.
    pub fn headline(&self, scene: &Scene) -> Headline {
        // An answer that the latest question did not get is not known any more, nor is one from before another view
        // was shown.
        fn sure<'a, T>(slot: &'a Slot<T>, scene: &Scene) -> Option<&'a T> {
            let (value, at) = slot.feed.value.as_ref()?;
            let late = scene.shown.is_live() && scene.is_overdue(*at, scene.tiles);
            (slot.feed.error.is_none() && !late).then_some(value)
        }
        let facts = Facts {
            availability: sure(&self.up, scene).map(availability),
            requests: sure(&self.requests, scene),
            errors: sure(&self.errors, scene),
            errors_by_endpoint: sure(&self.errors_by_endpoint, scene),
            latency: sure(&self.latency, scene),
            latency_cap: self.latency_cap(),
            memory_ratio: self.memory_of_limit(),
            alerts: sure(scene.alerts, scene).map(|_| scene.digest),
            restarts: self.restarts(),
            logs: self.log_news.sure(scene),
            traces: self.trace_news.sure(scene),
            is_history: !scene.shown.is_live(),
        };
        let said = headline(&facts, &scene.watch.limits, scene.now, &|at| scene.clock(at));
        match self.partial() {
            // Nobody may be told that all is well by half an answer.
            Some(why) if said.level < Level::Warning => {
                Headline { level: Level::Notice, text: format!("PARTIAL data ({why}); {}", said.text) }
            }
            _ => said,
        }
    }

    /// Why one of the panels does not show everything, by the server's own word.
    fn partial(&self) -> Option<String> {
        let answers = panel::ALL.into_iter().filter_map(|panel| self.slot(panel).get());
        answers.filter(|frame| frame.notes.partial).find_map(|frame| draw::doubt(&frame.notes))
    }

    /// The answer that a panel's state is read from.
    fn slot(&self, panel: Panel) -> &Slot<Frame> {
        match panel {
            Panel::Requests => &self.requests,
            Panel::Errors => &self.errors,
            Panel::Latency => &self.latency,
            Panel::Resources => &self.memory,
        }
    }

    /// The first of the traces that are shown: the slowest of those that fail, or the slowest.
    pub fn trace(&self, scene: &Scene) -> Option<TraceId> {
        self.trace_news.first(scene)
    }

    /// The panel under a cell of the terminal, and the moment, where the cell lies on the chart.
    pub fn at(&self, scene: &Scene, area: Rect, cell: Position) -> Option<(Panel, Option<i64>)> {
        draw::at(self, scene, area, cell)
    }

    /// Name and value of every line of a panel, at the crosshair or now.
    pub fn values(&self, panel: Panel, scene: &Scene) -> Vec<(String, String)> {
        let lines = lines::entries(self, panel);
        let newest = legend::newest(&lines);
        lines.iter().map(|entry| (entry.name.clone(), legend::value(entry, scene, newest))).collect()
    }
}

impl View for Overview {
    fn apply(&mut self, update: Update, scene: &Scene, area: Rect) {
        let query = &update.subscription.query;
        let mut frames = self.frames(scene, area);
        frames.retain(|asked| asked.query == *query);
        let mut vectors = self.vectors(scene);
        vectors.retain(|asked| asked.query == *query);
        if *query == Query::Host {
            self.here.take(query, update.result.and_then(Answer::into_host), update.at);
        } else if query.source() == Source::Elasticsearch {
            self.log_news.apply(update, scene);
        } else if query.source() == Source::Jaeger {
            self.trace_news.apply(update, scene);
        } else if !frames.is_empty() || !vectors.is_empty() {
            // Two questions may have been made the same in the config.
            let fires = questions::is_about_alerts(query);
            for asked in frames {
                (asked.slot)(self).take_frame(query, update.result.clone().and_then(Answer::into_frame), update.at);
            }
            for asked in vectors {
                (asked.slot)(self).take(query, update.result.clone().and_then(Answer::into_vector), update.at);
            }
            if fires {
                self.read_firings();
            }
        } else if let Some(update) = self.hosts.apply(update, scene) {
            self.database.apply(update, scene);
        }
    }

    fn queries(&self, scene: &Scene, area: Rect) -> Vec<Subscription> {
        // A fixed range is history: one answer settles it.
        let every = |every: Duration| scene.shown.is_live().then_some(every);
        let mut wanted = vec![Subscription { query: Query::Host, every: Some(scene.tiles) }];
        wanted.extend(self.log_news.queries(scene));
        if !scene.full && !draw::below(scene, area).traces.is_empty() {
            wanted.extend(self.trace_news.queries(scene));
        }
        if scene.asked {
            let frames = self.frames(scene, area).into_iter().map(|asked| (asked.query, asked.every));
            let vectors = self.vectors(scene).into_iter().map(|asked| (asked.query, asked.every));
            wanted.extend(frames.chain(vectors).map(|(query, at)| Subscription { query, every: every(at) }));
            wanted.extend(self.hosts.queries(scene));
            wanted.extend(self.database.queries(scene));
        }
        wanted
    }

    fn draw(&self, scene: &Scene, area: Rect, buf: &mut Buffer) {
        draw::draw(self, scene, area, buf);
    }
}
