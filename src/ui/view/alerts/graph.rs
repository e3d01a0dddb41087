//! The chart of the selected alert's expression, with its threshold and the times of pending and firing.

use ratatui::buffer::Buffer;
use ratatui::layout::{Alignment, Rect};
use ratatui::text::Line as TextLine;
use ratatui::widgets::Widget;

use super::layout::{chart as chart_area, places};
use super::measure::Measure;
use super::{Alerts, words};
use crate::analysis::alerts::Row;
use crate::analysis::stats::stats;
use crate::model::labels::METRIC_NAME;
use crate::model::query::Query;
use crate::model::series::Series;
use crate::model::window::{Span, step_for};
use crate::time::{MINUTE, ago};
use crate::ui::theme::Role;
use crate::ui::view::Scene;
use crate::ui::view::overview::fit;
use crate::ui::widget::chart::{self, Chart};

/// The question that the chart of the selected alert answers.
pub fn question(alerts: &Alerts, scene: &Scene, area: Rect) -> Option<Query> {
    let detail = places(area, scene.full).detail;
    let measure = alerts.row().and_then(|row| alerts.measure(row)).filter(|_| detail.height > 0)?;
    let step = step(scene, detail);
    let span = match scene.shown.span() {
        Span::Live { .. } => Span::Live { length: (i64::from(dots(detail)) - 1) * step },
        fixed => fixed,
    };
    Some(Query::Range { expr: measure.threshold.expr.clone(), span, step })
}

fn dots(detail: Rect) -> u16 {
    // As high as a chart with values at its side; the height itself changes with the words around it.
    chart::dots(Rect { height: 4, ..chart_area(detail).0 }, false).max(20)
}

/// The distance of two points, in ms: one for each dot column.
pub fn step(scene: &Scene, detail: Rect) -> i64 {
    let dots = dots(detail);
    let points = if scene.shown.is_live() { chart::live_points(dots) } else { dots - 1 };
    step_for(scene.shown.length(), points)
}

/// The line of one alert: the series all of whose labels the alert has, or its rule sets anew.
fn line<'a>(alerts: &'a Alerts, row: &Row) -> Option<&'a Series> {
    let (_, rule) = alerts.rule(row)?;
    let is_own = |series: &&Series| {
        series
            .labels
            .iter()
            .filter(|(name, _)| name.as_str() != METRIC_NAME)
            .all(|(name, value)| row.labels.get(name) == Some(value) || rule.labels.get(name).is_some())
    };
    alerts.chart.get()?.series.iter().filter(is_own).max_by_key(|series| series.labels.len())
}

/// What the chart shows and what is told of it.
pub struct Graph<'a> {
    pub measure: &'a Measure,
    line: Option<&'a Series>,
    stretch: (i64, i64),
    /// What stands in place of a line that cannot be drawn.
    instead: Option<(String, Role)>,
    /// Why the line may be old.
    pub stale: Option<String>,
    step: i64,
}

impl<'a> Graph<'a> {
    pub fn of(alerts: &'a Alerts, row: &Row, scene: &Scene, detail: Rect) -> Option<Self> {
        let measure = alerts.measure(row)?;
        let is_its = alerts.charted == measure.threshold.expr;
        let line = is_its.then(|| line(alerts, row)).flatten();
        let feed = &alerts.chart.feed;
        let instead = match &feed.error {
            _ if line.is_some() => None,
            Some((error, since)) => Some((format!("✖ {error} · for {}", ago(scene.now.since(*since))), Role::Failed)),
            None if !is_its => Some(("asking…".to_owned(), Role::Dim)),
            None => Some(("empty: no series of the expression has this alert's labels".to_owned(), Role::Stale)),
        };
        let step = alerts.chart.get().filter(|_| is_its).map_or(1, |frame| frame.window.step);
        let stale = stale(alerts, scene).filter(|_| line.is_some());
        Some(Self { measure, line, stretch: stretch(line, scene, detail), instead, stale, step })
    }

    /// The worst value in sight and when it was.
    pub fn peak(&self, scene: &Scene) -> Option<(&'static str, String)> {
        let line = self.line?;
        let stats = stats(line, self.stretch.0, self.stretch.1)?;
        let (word, worst) = if self.measure.is_floor() { ("lowest", stats.min) } else { ("peak", stats.max) };
        let inside = |(time, value): &(i64, f64)| (self.stretch.0..=self.stretch.1).contains(time) && *value == worst;
        let at = line.points().find(inside).map(|(time, _)| scene.clock(time))?;
        Some((word, format!("{} at {at}", self.measure.unit.show(worst))))
    }

    /// The value under the crosshair, or the newest one, with its time.
    pub fn value(&self, scene: &Scene) -> Option<String> {
        let line = self.line?;
        let (time, value) = match scene.crosshair {
            Some(at) => line.at(at, self.step)?,
            None => line.last()?,
        };
        let is_now = scene.crosshair.is_none() && scene.server_now().0 - time <= (3 * self.step).max(MINUTE);
        let when = if is_now { "now".to_owned() } else { format!("at {}", scene.clock(time)) };
        Some(format!("{}  {when}", self.measure.unit.show(value)))
    }

    pub fn draw(&self, alerts: &Alerts, row: &Row, scene: &Scene, area: Rect, buf: &mut Buffer) {
        if let Some((text, role)) = &self.instead {
            let middle = Rect { y: area.y + area.height / 2, height: 1.min(area.height), ..area };
            let text = fit(text, usize::from(middle.width));
            TextLine::styled(text, scene.theme.style(*role)).alignment(Alignment::Center).render(middle, buf);
            return;
        }
        let Some(line) = self.line else { return };
        let theme = scene.theme;
        let style = theme.style(words::mark(row).1);
        let lines = [chart::Line { times: &line.times, values: &line.values, style, right_axis: false }];
        let bound = self.measure.threshold.bound;
        let limits = [chart::Limit { value: bound, style: theme.style(Role::Limit), right_axis: false }];
        let marks = marks(alerts, row, scene);
        Chart {
            lines: &lines,
            limits: &limits,
            marks: &marks,
            ..scene.chart(self.stretch, self.step, self.measure.unit)
        }
        .render(area, buf);
    }
}

/// Why a line is not what it should be by now.
fn stale(alerts: &Alerts, scene: &Scene) -> Option<String> {
    let feed = &alerts.chart.feed;
    let at = feed.value.as_ref()?.1;
    let age = scene.now.since(at);
    match &feed.error {
        Some((error, _)) => Some(format!("stale {}: {error}", ago(age))),
        None => {
            let late = scene.shown.is_live() && scene.is_overdue(at, scene.refresh);
            late.then(|| format!("stale {}", ago(age)))
        }
    }
}

/// The stretch of time in sight.
fn stretch(line: Option<&Series>, scene: &Scene, detail: Rect) -> (i64, i64) {
    let range = scene.shown.at(scene.now);
    if !scene.shown.is_live() {
        return (range.start.0, range.end.0);
    }
    let step = step(scene, detail);
    let newest = line.and_then(Series::last).map_or(0, |(time, _)| time);
    chart::live_window(newest.max(scene.now.floor_to(step).0), scene.shown.length(), step, dots(detail))
}

/// While it pended, and when it began to fire.
fn marks(alerts: &Alerts, row: &Row, scene: &Scene) -> Vec<chart::Mark> {
    let mark =
        |from: i64, to: i64, glyph, role, soft| chart::Mark { from, to, style: scene.theme.style(role), glyph, soft };
    let fired = words::fires_since(alerts, row).map(|at| at.0);
    let began = row.since.map(|at| at.0).filter(|began| fired != Some(*began));
    let (glyph, role) = words::mark(row);
    let glyph = glyph.chars().next().unwrap_or('·');
    let mut marks = Vec::new();
    if let Some(began) = began {
        // The time for which it must hold; where it begins stays in sight beside the times.
        let until = fired.unwrap_or(scene.server_now().0);
        marks.push(mark(began, until, '~', Role::Pending, true));
        marks.push(mark(began, began, '~', Role::Pending, false));
    }
    marks.extend(fired.map(|fired| mark(fired, fired, glyph, role, false)));
    marks
}
