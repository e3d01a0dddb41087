//! What the overview asks: over the range, with a point for each dot column of the chart that shows it, and of now.

use std::time::Duration;

use ratatui::layout::Rect;

use super::panel::Panel;
use super::{Overview, layout};
use crate::analysis::history::FIRING;
use crate::model::query::Query;
use crate::model::series::{Frame, Vector};
use crate::model::window::{Span, step_for};
use crate::store::Slot;
use crate::ui::view::Scene;
use crate::ui::widget::chart;

/// Bounds of buckets change seldom and are asked seldom.
const SELDOM: Duration = Duration::from_secs(60);

/// Whether a question is the one about alerts that fired.
pub fn is_about_alerts(query: &Query) -> bool {
    matches!(query, Query::Range { expr, .. } if expr == FIRING)
}

/// A question and where its answer goes.
pub struct Asked<T> {
    pub query: Query,
    pub every: Duration,
    pub slot: fn(&mut Overview) -> &mut Slot<T>,
}

impl Overview {
    /// The distance of two points, in ms: one point for each dot column of the chart in `area`, never more.
    pub fn step(&self, panel: Panel, scene: &Scene, area: Rect) -> i64 {
        let dots = chart::dots(area, panel == Panel::Resources).max(20);
        let points = if scene.shown.is_live() { chart::live_points(dots) } else { dots - 1 };
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

    pub fn frames(&self, scene: &Scene, area: Rect) -> Vec<Asked<Frame>> {
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
            asked(FIRING, Panel::Requests, scene.tiles, |o| &mut o.fired),
        ]
    }

    /// Whether a panel shows the answer to what is asked now, or has none to show.
    pub fn is_current(&self, panel: Panel, scene: &Scene, area: Rect) -> bool {
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

    pub fn place(&self, panel: Panel, scene: &Scene, area: Rect) -> layout::PanelArea {
        if scene.full { layout::full(area) } else { layout::layout(area).panels[panel as usize] }
    }

    pub fn vectors(&self, scene: &Scene) -> Vec<Asked<Vector>> {
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
