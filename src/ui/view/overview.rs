//! The overview: is it healthy? Four charts, machines, database, alerts, and one sentence.

use std::time::Duration;

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};

use super::{Scene, View};
use crate::analysis::availability::{Availability, Restart, availability, restarts};
use crate::analysis::stats::total;
use crate::analysis::summary::{Facts, Headline, Level, headline};
use crate::model::host::HostSample;
use crate::model::query::{Answer, Query, Subscription, Update};
use crate::model::series::{Frame, Series, Vector};
use crate::model::window::{Span, step_for};
use crate::store::Slot;
use crate::text::Plain;
use crate::ui::widget::chart;

mod alerts;
mod database;
mod draw;
mod hosts;
mod layout;
mod legend;
mod lines;
mod machines;
pub mod panel;
mod reading;

use database::Database;
use hosts::Hosts;
pub use legend::fit;
use panel::Panel;

/// Marks and bounds change seldom and are asked seldom.
const SELDOM: Duration = Duration::from_secs(60);

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
    buckets: Slot<Vector>,
    memory_ratio: Slot<Vector>,
    hosts: Hosts,
    database: Database,
    here: Slot<HostSample>,
    /// Which panel has the cursor, 0 to 3.
    pub selected: usize,
    /// Which series the cursor is on when a panel is on the whole screen.
    pub series: usize,
}

/// A question and where its answer goes.
struct Asked<T> {
    query: Query,
    every: Duration,
    slot: fn(&mut Overview) -> &mut Slot<T>,
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
        // An answer that the latest question did not get is not known any more.
        fn sure<T>(slot: &Slot<T>) -> Option<&T> {
            slot.get().filter(|_| slot.feed.error.is_none())
        }
        let facts = Facts {
            availability: sure(&self.up).map(availability),
            requests: sure(&self.requests),
            errors: sure(&self.errors),
            errors_by_endpoint: sure(&self.errors_by_endpoint),
            latency: sure(&self.latency),
            latency_cap: self.latency_cap(),
            memory_ratio: self.memory_of_limit(),
            alerts: sure(scene.alerts).map(Vec::as_slice),
            restarts: self.restarts(),
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

    /// The distance of two points, in ms: one point for each dot column of the chart in `area`, never more.
    fn step(&self, panel: Panel, scene: &Scene, area: Rect) -> i64 {
        let dots = chart::dots(area, panel == Panel::Resources).max(20);
        let points = if scene.shown.is_live() { chart::live_points(dots) } else { dots };
        step_for(scene.shown.length(), points)
    }

    /// What a panel's questions are about: for a live chart as much as its dot columns hold.
    fn span(&self, panel: Panel, scene: &Scene, area: Rect) -> Span {
        let chart = self.place(panel, scene, area).chart;
        let dots = i64::from(chart::dots(chart, panel == Panel::Resources).max(20));
        match scene.shown.span() {
            Span::Live { .. } => Span::Live { length: (dots - 1) * self.step(panel, scene, chart) },
            fixed => fixed,
        }
    }

    fn frames(&self, scene: &Scene, area: Rect) -> Vec<Asked<Frame>> {
        let asked = |expr: &str, panel: Panel, every: Duration, slot: fn(&mut Overview) -> &mut Slot<Frame>| Asked {
            query: self.question(expr, panel, scene, area),
            every,
            slot,
        };
        let watch = scene.watch;
        vec![
            asked(&watch.requests, Panel::Requests, scene.refresh, |o| &mut o.requests),
            asked(&watch.errors, Panel::Errors, scene.refresh, |o| &mut o.errors),
            asked(&watch.latency, Panel::Latency, scene.refresh, |o| &mut o.latency),
            asked(&watch.memory, Panel::Resources, scene.refresh, |o| &mut o.memory),
            asked(&watch.cpu, Panel::Resources, scene.refresh, |o| &mut o.cpu),
            asked(&watch.errors_by_endpoint, Panel::Errors, scene.tiles, |o| &mut o.errors_by_endpoint),
            asked(&watch.up, Panel::Requests, scene.tiles, |o| &mut o.up),
            asked(&watch.started, Panel::Requests, scene.tiles, |o| &mut o.started),
        ]
    }

    /// Whether a panel shows the answer to what is asked now, or has none to show.
    fn is_current(&self, panel: Panel, scene: &Scene, area: Rect) -> bool {
        let expr = match panel {
            Panel::Requests => &scene.watch.requests,
            Panel::Errors => &scene.watch.errors,
            Panel::Latency => &scene.watch.latency,
            Panel::Resources => &scene.watch.memory,
        };
        let slot = self.slot(panel);
        slot.feed.value.is_none() || slot.answers(&self.question(expr, panel, scene, area))
    }

    /// A question over the range, with a point for each dot column of the panel's chart.
    fn question(&self, expr: &str, panel: Panel, scene: &Scene, area: Rect) -> Query {
        let step = self.step(panel, scene, self.place(panel, scene, area).chart);
        Query::Range { expr: expr.to_owned(), span: self.span(panel, scene, area), step }
    }

    /// The step of the selected panel's chart, in ms.
    pub fn chart_step(&self, scene: &Scene, area: Rect) -> i64 {
        self.step(self.panel(), scene, self.place(self.panel(), scene, area).chart)
    }

    fn place(&self, panel: Panel, scene: &Scene, area: Rect) -> layout::PanelArea {
        if scene.full { layout::full(area) } else { layout::layout(area).panels[panel as usize] }
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

    fn vectors(&self, scene: &Scene) -> Vec<Asked<Vector>> {
        let asked = |expr: &str, every: Duration, slot: fn(&mut Overview) -> &mut Slot<Vector>| {
            let at = (!scene.shown.is_live()).then(|| scene.shown.at(scene.now).end);
            Asked { query: Query::Instant { expr: expr.to_owned(), at }, every, slot }
        };
        vec![
            asked(&scene.watch.buckets, SELDOM, |o| &mut o.buckets),
            asked(&scene.watch.memory_ratio, scene.tiles, |o| &mut o.memory_ratio),
        ]
    }
}

impl View for Overview {
    fn apply(&mut self, update: Update, scene: &Scene, area: Rect) {
        let query = &update.subscription.query;
        if let Some(asked) = self.frames(scene, area).into_iter().find(|asked| asked.query == *query) {
            (asked.slot)(self).take_frame(query, update.result.and_then(Answer::into_frame), update.at);
        } else if let Some(asked) = self.vectors(scene).into_iter().find(|asked| asked.query == *query) {
            (asked.slot)(self).take(query, update.result.and_then(Answer::into_vector), update.at);
        } else if *query == Query::Host {
            self.here.take(query, update.result.and_then(Answer::into_host), update.at);
        } else if let Some(update) = self.hosts.apply(update, scene) {
            self.database.apply(update, scene);
        }
    }

    fn queries(&self, scene: &Scene, area: Rect) -> Vec<Subscription> {
        // A fixed range is history: one answer settles it.
        let every = |every: Duration| scene.shown.is_live().then_some(every);
        let mut wanted = vec![Subscription { query: Query::Host, every: Some(scene.tiles) }];
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
