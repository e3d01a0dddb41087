//! The legend under or beside a chart: a name and figures for each line, in the line's colour.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};
use ratatui::widgets::Widget;
use unicode_width::UnicodeWidthStr;

use super::lines::Entry;
use crate::analysis::stats::{Stats, stats};
use crate::model::series::Series;
use crate::ui::theme::Role;
use crate::ui::view::Scene;

/// The least cells for a name and its value side by side with others.
const CELL: u16 = 29;

/// Cells of one figure in the table.
const FIGURE: usize = 12;

/// The stretch that the figures are of, in ms.
pub type Stretch = (i64, i64);

/// Short: `● /api/search 241` side by side, as many as fit, then how many more.
pub fn short(entries: &[Entry], scene: &Scene, area: Rect, buf: &mut Buffer) {
    let newest = newest(entries);
    // As many columns as hold a name and a value, spread over the width.
    let columns = (area.width / CELL).max(1);
    let cell = area.width / columns;
    let columns = usize::from(columns);
    let room = columns * usize::from(area.height);
    if room == 0 {
        return;
    }
    let shown = if entries.len() > room { room.saturating_sub(usize::from(room > 1)) } else { entries.len() };
    for (i, entry) in entries.iter().take(shown).enumerate() {
        let place = Rect {
            x: area.x + (i % columns) as u16 * cell,
            y: area.y + (i / columns) as u16,
            width: cell.saturating_sub(1),
            height: 1,
        };
        let value = value(entry, scene, newest);
        let room = usize::from(place.width).saturating_sub(value.width() + 5);
        let name = fit(&entry.name, room);
        line(entry, scene, format!("{name}  {value}"), false).render(place, buf);
    }
    if entries.len() > shown && room > 1 {
        let at = shown % columns;
        let place = Rect { x: area.x + at as u16 * cell, y: area.y + (shown / columns) as u16, width: cell, height: 1 };
        let more = format!("  + {} more", entries.len() - shown);
        Line::styled(more, scene.theme.style(Role::Dim)).render(place.intersection(area), buf);
    }
}

/// A table: last, min, max and average of each line; scrolls so that `selected` is in sight.
pub fn table(
    entries: &[Entry],
    scene: &Scene,
    stretch: Stretch,
    selected: Option<usize>,
    area: Rect,
    buf: &mut Buffer,
) {
    let newest = newest(entries);
    let mut rows = area.rows();
    let Some(head) = rows.next() else { return };
    let columns = figures(area.width);
    let name_width = usize::from(area.width).saturating_sub((columns.len() + 1) * FIGURE + 3).min(48);
    let mut title =
        format!("   {:name_width$}{:>FIGURE$}", "", if scene.crosshair.is_some() { "there" } else { "last" });
    columns.iter().for_each(|(name, _)| title.push_str(&format!("{name:>FIGURE$}")));
    Line::styled(title, scene.theme.style(Role::Dim)).render(head, buf);
    let room = usize::from(area.height.saturating_sub(1));
    let first = selected.unwrap_or(0).saturating_sub(room.saturating_sub(1));
    let left = entries.len().saturating_sub(first);
    let shown = if left > room { room.saturating_sub(1) } else { left };
    for ((i, entry), row) in entries
        .iter()
        .enumerate()
        .skip(first)
        .take(shown.max(usize::from(selected.is_some() && room > 0)))
        .zip(&mut rows)
    {
        let stats = stats(&entry.series, stretch.0, stretch.1);
        let cells: String = stats.map_or_else(String::new, |stats| {
            columns.iter().map(|(_, figure)| format!("{:>FIGURE$}", entry.show(figure(&stats)))).collect()
        });
        let name = fit(&entry.name, name_width);
        let text = format!("{name:<name_width$}{:>FIGURE$}{cells}", value(entry, scene, newest));
        line(entry, scene, text, selected == Some(i)).render(row, buf);
        if selected == Some(i) {
            buf.set_style(row, scene.theme.style(Role::Selected));
        }
    }
    if let (true, Some(row)) = (left > shown, rows.next()) {
        Line::styled(format!("   + {} more", left - shown), scene.theme.style(Role::Dim)).render(row, buf);
    }
}

type Figure = (&'static str, fn(&Stats) -> f64);
const MIN: Figure = ("min", |stats| stats.min);
const MAX: Figure = ("max", |stats| stats.max);
const AVG: Figure = ("avg", |stats| stats.avg);

/// As many figures beside the last value as fit beside a readable name.
fn figures(width: u16) -> &'static [Figure] {
    match width {
        0..=54 => &[MAX],
        55..=66 => &[MAX, AVG],
        _ => &[MIN, MAX, AVG],
    }
}

fn line<'a>(entry: &Entry, scene: &Scene, text: String, selected: bool) -> Line<'a> {
    let mark = if selected { Span::styled("▌", scene.theme.style(Role::Accent)) } else { Span::raw(" ") };
    Line::from(vec![
        mark,
        Span::styled(if entry.small || scene.full { "● " } else { "○ " }, entry.style(scene.theme)),
        Span::styled(text, scene.theme.style(Role::Text)),
    ])
}

/// The value under the crosshair, or the newest; a series that ended has none.
pub fn value(entry: &Entry, scene: &Scene, newest: Option<i64>) -> String {
    let series: &Series = &entry.series;
    let sample = match scene.crosshair {
        Some(at) => series.at(at, spacing(series)),
        None => series.last().filter(|(time, _)| newest.is_none_or(|newest| newest - time <= spacing(series))),
    };
    sample.map_or_else(|| "–".to_owned(), |(_, value)| entry.show(value))
}

/// The time of the newest sample of all.
pub fn newest(entries: &[Entry]) -> Option<i64> {
    entries.iter().filter_map(|entry| entry.series.times.last()).max().copied()
}

/// The usual distance of two samples; the whole past for a single one.
fn spacing(series: &Series) -> i64 {
    series.times.windows(2).map(|pair| pair[1] - pair[0]).max().unwrap_or(i64::MAX / 4)
}

/// Cut to a width in cells, with a mark that it was cut.
pub fn fit(text: &str, width: usize) -> String {
    if text.width() <= width {
        return text.to_owned();
    }
    let mut kept = String::new();
    for grapheme in unicode_segmentation::UnicodeSegmentation::graphemes(text, true) {
        if kept.width() + grapheme.width() + 1 > width {
            break;
        }
        kept.push_str(grapheme);
    }
    if width > 0 {
        kept.push('…');
    }
    kept
}
