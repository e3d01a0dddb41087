//! Paints the overview: panels with title, chart and legend; below them machines and alerts.

use ratatui::buffer::Buffer;
use ratatui::layout::{Alignment, Position, Rect};
use ratatui::text::{Line, Span};
use ratatui::widgets::Widget;
use unicode_width::UnicodeWidthStr;

use super::layout::{self, PanelArea, full, layout};
use super::lines::{Entry, entries};
use super::panel::{self, Panel};
use super::reading::{Reading, reading};
use super::{Overview, alerts, legend, log_tile, machines, trace_tile};
use crate::analysis::availability::Availability;
use crate::model::fault::FetchError;
use crate::model::series::{Frame, Notes};
use crate::model::unit::Unit;
use crate::store::Slot;
use crate::time::{Timestamp, ago};
use crate::ui::theme::Role;
use crate::ui::view::Scene;
use crate::ui::widget::chart::{self, Chart};

pub fn draw(overview: &Overview, scene: &Scene, area: Rect, buf: &mut Buffer) {
    if scene.full {
        return draw_panel(overview, overview.panel(), full(area), area, scene, buf);
    }
    let layout = layout(area);
    for (panel, place) in panel::ALL.into_iter().zip(layout.panels) {
        draw_panel(overview, panel, place, area, scene, buf);
    }
    machines::draw(overview, scene, layout.machines, buf);
    let below = below(scene, area);
    let (width, height) = (usize::from(below.alerts.width), usize::from(below.alerts.height));
    for (line, row) in alerts::lines(scene, width, height).into_iter().zip(below.alerts.rows()) {
        line.render(row, buf);
    }
    for row in below.rules.into_iter().flat_map(Rect::rows) {
        Line::styled("│", scene.theme.style(Role::Rule)).render(row, buf);
    }
    match below.logs.height {
        0 => {}
        1 => log_tile::line(&overview.log_news, scene, below.logs, buf),
        _ => log_tile::draw(&overview.log_news, scene, below.logs, buf),
    }
    match below.traces.height {
        0 => {}
        1 => trace_tile::line(&overview.trace_news, scene, below.traces, buf),
        _ => trace_tile::draw(&overview.trace_news, scene, below.traces, buf),
    }
}

/// What lies below the machines, on the page with all of it.
pub fn below(scene: &Scene, area: Rect) -> layout::Below {
    layout::below(layout(area).alerts, scene.logs, scene.traces)
}

fn draw_panel(overview: &Overview, panel: Panel, place: PanelArea, body: Rect, scene: &Scene, buf: &mut Buffer) {
    let slot = overview.slot(panel);
    let asking = !overview.is_current(panel, scene, body);
    title(overview, panel, place.title, scene, asking, buf);
    let lines = entries(overview, panel);
    if let Some(sentence) = instead(slot, &lines, scene) {
        let middle =
            Rect { y: place.chart.y + place.chart.height / 2, height: 1.min(place.chart.height), ..place.chart };
        let text = legend::fit(&sentence.0, usize::from(middle.width));
        Line::styled(text, scene.theme.style(sentence.1)).alignment(Alignment::Center).render(middle, buf);
        return;
    }
    let stretch = window(overview, panel, scene, place.chart);
    plot(overview, panel, &lines, stretch, place.chart, scene, buf);
    let selected = scene.full.then_some(overview.series);
    match (place.table, complaint(slot, scene)) {
        (true, None) => legend::table(&lines, scene, stretch, selected, place.legend, buf),
        (false, None) => legend::short(&lines, scene, place.legend, buf),
        (_, Some((text, role))) => {
            // The complaint takes the last row of the legend: the values above it stay.
            let rest = Rect { height: place.legend.height.saturating_sub(1), ..place.legend };
            let last = Rect { y: rest.bottom(), height: 1.min(place.legend.height), ..rest };
            if place.table {
                legend::table(&lines, scene, stretch, selected, rest, buf);
            } else {
                legend::short(&lines, scene, rest, buf);
            }
            let text = legend::fit(&format!("   {text}"), usize::from(last.width));
            Line::styled(text, scene.theme.style(role)).render(last, buf);
        }
    }
}

/// ` Error rate   PARTIAL              12.4 %  ▲ above 10 % for 6m `
fn title(overview: &Overview, panel: Panel, area: Rect, scene: &Scene, asking: bool, buf: &mut Buffer) {
    let theme = scene.theme;
    let here = overview.panel() == panel;
    let right = reading(overview, panel, scene);
    let value = right.as_ref().map_or(0, |reading| reading.text.width() as u16);
    let badge = if asking { Some(("asking…".to_owned(), Role::Dim)) } else { badge(overview.slot(panel), scene) };
    let badge_width = badge.as_ref().map_or(0, |(badge, _)| badge.width() as u16 + 1);
    // The value and the badge stay whole; the name gives way.
    let room = area.width.saturating_sub(value + badge_width + 2);
    let mut left = vec![
        if here { Span::styled("▌", theme.style(Role::Accent)) } else { Span::raw(" ") },
        Span::styled(
            legend::fit(panel.title(), usize::from(room)),
            theme.style(if here { Role::Strong } else { Role::Title }),
        ),
    ];
    if let Some((badge, role)) = badge {
        left.extend([Span::raw(" "), Span::styled(badge, theme.style(role))]);
    }
    let left = Line::from(left);
    let used = left.width() as u16 + 1;
    left.render(area, buf);
    if let Some(Reading { text, comparison, role }) = right {
        let room = area.width.saturating_sub(used + value);
        let comparison = comparison.into_iter().find(|words| words.width() as u16 + 2 <= room);
        let words = comparison.map_or(text.clone(), |words| format!("{text}  {words}"));
        let place = Rect { x: area.x + used.min(area.width), width: area.width.saturating_sub(used), ..area };
        Line::styled(words, theme.style(role)).alignment(Alignment::Right).render(place, buf);
    }
}

/// One or two words that the data are not whole or not fresh.
fn badge(slot: &Slot<Frame>, scene: &Scene) -> Option<(String, Role)> {
    let (frame, at) = slot.feed.value.as_ref()?;
    if let Some(age) = stale(slot, *at, scene) {
        return Some((format!("stale {}", ago(age)), Role::Stale));
    }
    is_partial(&frame.notes).then(|| ("PARTIAL".to_owned(), Role::Stale))
}

fn is_partial(notes: &Notes) -> bool {
    notes.partial || notes.series_dropped > 0 || notes.histograms > 0
}

/// The age of live data that should have been replaced by now, in ms.
fn stale(slot: &Slot<Frame>, at: Timestamp, scene: &Scene) -> Option<i64> {
    let age = scene.now.since(at);
    let late = scene.is_overdue(at, scene.refresh);
    (scene.shown.is_live() && (late || slot.feed.error.is_some())).then_some(age)
}

/// What stands in the place of a chart that cannot be drawn: each of the reasons reads differently.
fn instead(slot: &Slot<Frame>, lines: &[Entry], scene: &Scene) -> Option<(String, Role)> {
    match (&slot.feed.value, &slot.feed.error) {
        _ if !scene.asked => Some(("not asked: this context has no Prometheus".to_owned(), Role::Dim)),
        (None, None) => Some(("asking…".to_owned(), Role::Dim)),
        (None, Some((error, since))) => Some((failure(error, *since, scene), Role::Failed)),
        (Some((frame, _)), _) if lines.is_empty() && frame.notes.histograms > 0 => {
            Some(("native histograms: not drawn yet".to_owned(), Role::Stale))
        }
        (Some(_), _) if lines.is_empty() => Some(("empty: no series answers this query".to_owned(), Role::Stale)),
        _ => None,
    }
}

fn failure(error: &FetchError, since: Timestamp, scene: &Scene) -> String {
    format!("✖ {error} · for {}", ago(scene.now.since(since)))
}

/// One line about data that are shown all the same.
fn complaint(slot: &Slot<Frame>, scene: &Scene) -> Option<(String, Role)> {
    if let Some((error, since)) = &slot.feed.error {
        return Some((failure(error, *since, scene), Role::Failed));
    }
    doubt(&slot.get()?.notes).map(|text| (text, Role::Stale))
}

/// Why an answer may not be the whole truth.
pub fn doubt(notes: &Notes) -> Option<String> {
    if notes.series_dropped > 0 {
        return Some(format!("{} more series came than are drawn", notes.series_dropped));
    }
    if notes.histograms > 0 {
        return Some(format!("{} series of native histograms: not drawn yet", notes.histograms));
    }
    let warning = notes.warnings.first().map(|warning| format!("! {warning}"));
    warning.or_else(|| notes.partial.then(|| "the server says that data are missing".to_owned()))
}

/// The stretch of time that a chart in `area` shows.
pub fn window(overview: &Overview, panel: Panel, scene: &Scene, area: Rect) -> (i64, i64) {
    if !scene.shown.is_live() {
        let range = scene.shown.at(scene.now);
        return (range.start.0, range.end.0);
    }
    let step = overview.step(panel, scene, area);
    let newest = overview
        .slot(panel)
        .get()
        .map_or(0, |frame| frame.series.iter().filter_map(|s| s.times.last()).max().copied().unwrap_or(0));
    // The server's clock decides, as far as it is known; a service that is gone must still move to the left.
    let end = newest.max(scene.now.floor_to(step).0);
    chart::live_window(end, scene.shown.length(), step, chart::dots(area, panel == Panel::Resources))
}

fn plot(
    overview: &Overview,
    panel: Panel,
    entries: &[Entry],
    range: (i64, i64),
    area: Rect,
    scene: &Scene,
    buf: &mut Buffer,
) {
    let theme = scene.theme;
    let watch = &scene.watch.limits;
    let limit = match panel {
        Panel::Errors => Some(watch.error_ratio),
        Panel::Latency => Some(watch.latency_seconds),
        Panel::Requests | Panel::Resources => None,
    };
    let drawn = entries.iter().enumerate().filter(|(_, entry)| entry.small || scene.full);
    let mut lines: Vec<(bool, chart::Line)> = drawn
        .map(|(i, entry)| {
            let style = entry.style(theme);
            (
                scene.full && i == overview.series,
                chart::Line {
                    times: &entry.series.times,
                    values: &entry.series.values,
                    style,
                    right_axis: entry.right,
                },
            )
        })
        .collect();
    // The worst line is drawn over the others, the selected one over all.
    lines.reverse();
    lines.sort_by_key(|(selected, _)| *selected);
    let lines: Vec<chart::Line> = lines.into_iter().map(|(_, line)| line).collect();
    let limits: Vec<chart::Limit> = limit
        .into_iter()
        .map(|value| chart::Limit { value, style: theme.style(Role::Limit), right_axis: false })
        .collect();
    let marks = marks(overview, scene);
    Chart { lines: &lines, limits: &limits, marks: &marks, ..empty(overview, panel, range, scene) }.render(area, buf);
}

/// A panel's axes without anything on them.
fn empty<'a>(overview: &Overview, panel: Panel, range: (i64, i64), scene: &'a Scene) -> Chart<'a> {
    let step = overview.slot(panel).get().map_or(1, |frame| frame.window.step);
    let right = (panel == Panel::Resources).then_some(Unit::Percent);
    Chart { right, ..scene.chart(range, step, panel.unit()) }
}

/// The panel under a cell of the terminal, and the moment, where the cell lies on the chart.
pub fn at(overview: &Overview, scene: &Scene, area: Rect, cell: Position) -> Option<(Panel, Option<i64>)> {
    let shown = panel::ALL.into_iter().filter(|panel| !scene.full || *panel == overview.panel());
    let mut places = shown.map(|panel| (panel, overview.place(panel, scene, area)));
    let (panel, place) =
        places.find(|(_, place)| [place.title, place.chart, place.legend].iter().any(|part| part.contains(cell)))?;
    let range = window(overview, panel, scene, place.chart);
    let time = place.chart.contains(cell).then(|| empty(overview, panel, range, scene).time_at(place.chart, cell.x));
    Some((panel, time.flatten()))
}

/// Restarts, and the stretches in which alerts fired or nothing answered, on every chart: what is worse lies over what
/// is not.
fn marks(overview: &Overview, scene: &Scene) -> Vec<chart::Mark> {
    let style = scene.theme.style(Role::Mark);
    let mut marks: Vec<chart::Mark> = overview
        .restarts()
        .into_iter()
        .map(|restart| chart::Mark { from: restart.at, to: restart.at, style, glyph: '↻', soft: false })
        .collect();
    let [critical, warning] = &overview.firings;
    for (firings, role) in [(warning, Role::Warning), (critical, Role::Critical)] {
        let style = scene.theme.style(role);
        marks.extend(firings.iter().map(|firing| {
            let (from, to) = (firing.range.start.0, if firing.still { scene.now.0 } else { firing.range.end.0 });
            chart::Mark { from, to, style, glyph: '‾', soft: true }
        }));
    }
    let down = match overview.availability() {
        Some(Availability::Down { since, .. }) => Some(since.unwrap_or(i64::MIN)),
        Some(Availability::Gone { since }) => Some(since),
        _ => None,
    };
    let style = scene.theme.style(Role::Critical);
    marks.extend(down.map(|from| chart::Mark { from, to: scene.now.0, style, glyph: '✖', soft: false }));
    marks
}
