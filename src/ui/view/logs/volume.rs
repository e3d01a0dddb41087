//! How many lines there were over time: one row a level, the time below.

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};
use ratatui::text::{Line, Span};
use unicode_width::UnicodeWidthStr;

use super::{layout, row};
use crate::analysis::logs::number;
use crate::model::log::{Level, Volume};
use crate::time::{MINUTE, Range, Timestamp};
use crate::ui::theme::Role;
use crate::ui::view::Scene;
use crate::ui::view::alerts::right;

const BARS: [&str; 8] = ["▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"];
/// Cells from one time to the next below the bars.
const APART: usize = 16;

/// The rows: each level that has one, and what comes below it in the last.
fn rows(volume: &Volume, most: usize) -> Vec<(String, Role, Vec<u64>)> {
    let own = [Level::Error, Level::Warn, Level::Info];
    let mut rows: Vec<(String, Role, Vec<u64>)> = Vec::new();
    for level in Level::ALL {
        let counts = volume.levels.iter().find(|(of, _)| *of == level).map(|(_, counts)| counts.clone());
        let has_room = rows.len() < most;
        match (counts, rows.last_mut()) {
            (counts, _) if has_room && own.contains(&level) => {
                rows.push((level.word().to_owned(), row::role(level), counts.unwrap_or_default()))
            }
            (Some(counts), _) if has_room => {
                let word = if level == Level::Unknown { "other" } else { level.word() };
                rows.push((word.to_owned(), row::role(level), counts));
            }
            (Some(counts), Some((word, _, all))) => {
                if !word.ends_with('+') {
                    word.push('+');
                }
                all.resize(all.len().max(counts.len()), 0);
                all.iter_mut().zip(counts).for_each(|(all, count)| *all = all.saturating_add(count));
            }
            (None, _) | (_, None) => {}
        }
    }
    rows
}

pub fn draw(volume: Option<&Volume>, window: Option<Range>, scene: &Scene, area: Rect, buf: &mut Buffer) {
    let Some(most) = usize::from(area.height).checked_sub(1) else { return };
    let (left, cells) = layout::bars(area.width);
    let Some(volume) = volume else { return };
    for ((word, role, counts), line) in rows(volume, most).into_iter().zip(area.rows()) {
        buf.set_line(area.x + 1, line.y, &Line::styled(word, scene.theme.style(role)), left.saturating_sub(2));
        let counts = &counts[counts.len().saturating_sub(usize::from(cells))..];
        let highest = counts.iter().copied().max().unwrap_or(0);
        for (x, count) in (line.x + left..line.right()).zip(counts) {
            let (bar, role) = bar(*count, highest, role);
            if let Some(cell) = buf.cell_mut(Position::new(x, line.y)) {
                cell.set_symbol(bar).set_style(scene.theme.style(role));
            }
        }
        let spans = totals(counts, highest, volume.step, area.width, role, scene);
        let x = (line.x + left + cells).min(line.right());
        buf.set_line(x, line.y, &spans, line.right() - x);
    }
    let axis = Rect { y: area.bottom() - 1, height: 1, ..area };
    match window {
        Some(window) => mark(volume, window, scene, area, axis, buf),
        None => times(volume, scene, axis, buf),
    }
}

/// Nothing is the flat line; a single one already stands out of it.
fn bar(count: u64, highest: u64, role: Role) -> (&'static str, Role) {
    if count == 0 {
        return (BARS[0], Role::Rule);
    }
    let step = (u128::from(count) * 7 / u128::from(highest.max(1))).clamp(1, 7) as usize;
    (BARS[step], role)
}

/// `  1,310   max 402/m`
fn totals<'a>(counts: &[u64], highest: u64, step: i64, width: u16, role: Role, scene: &Scene) -> Line<'a> {
    let sum = counts.iter().fold(0u64, |sum, count| sum.saturating_add(*count));
    let role = if sum == 0 { Role::Dim } else { role };
    let sum = Span::styled(right(&number(sum), 9), scene.theme.style(role));
    if width < 60 || highest == 0 {
        return Line::from(sum);
    }
    let most = highest as f64 * MINUTE as f64 / step.max(1) as f64;
    let most = if most < 1_000.0 { format!("{most:.0}") } else { number(most as u64) };
    Line::from(vec![sum, Span::styled(format!("  max {most}/m"), scene.theme.style(Role::Dim))])
}

fn buckets(volume: &Volume) -> usize {
    volume.levels.iter().map(|(_, counts)| counts.len()).max().unwrap_or(0)
}

/// The moment that a bar stands for: its number from the left.
fn moment(volume: &Volume, cells: u16, at: usize) -> i64 {
    let hidden = buckets(volume).saturating_sub(usize::from(cells));
    volume.start.saturating_add(volume.step.saturating_mul((hidden + at) as i64))
}

/// The bars of a window, and when it begins and ends below them.
fn mark(volume: &Volume, window: Range, scene: &Scene, area: Rect, axis: Rect, buf: &mut Buffer) {
    let (left, cells) = layout::bars(area.width);
    let cell = |at: Timestamp| (at.0 - moment(volume, cells, 0)).div_euclid(volume.step.max(1)).clamp(0, cells.into());
    let (from, to) = (cell(window.start) as u16, cell(window.end) as u16);
    let bars = Rect { x: area.x + left + from, width: to.saturating_sub(from), height: area.height - 1, ..area };
    buf.set_style(bars.intersection(area), scene.theme.style(Role::Selected));
    let clock = |at: Timestamp| at.format("%H:%M:%S", scene.zone);
    let words = format!("▲{} to {}", clock(window.start), clock(window.end));
    let x = (left + from).min((left + cells).saturating_sub(words.width() as u16));
    buf.set_line(
        axis.x + x,
        axis.y,
        &Line::styled(words, scene.theme.style(Role::Crosshair)),
        axis.width.saturating_sub(x),
    );
}

fn times(volume: &Volume, scene: &Scene, area: Rect, buf: &mut Buffer) {
    let (left, cells) = layout::bars(area.width);
    // What was counted for a smaller screen fills a part of this one: right of it nothing is told, and no time either.
    let told = buckets(volume).min(cells.into());
    let style = scene.theme.style(Role::Axis);
    let is_short = volume.step.saturating_mul(APART as i64) < MINUTE;
    let clock = |at: i64| match is_short {
        true => Timestamp(at).format("%H:%M:%S", scene.zone),
        false => scene.clock(at),
    };
    for at in (0..told).step_by(APART) {
        let text = clock(moment(volume, cells, at));
        let x = left + at as u16;
        if x + text.len() as u16 <= left + cells {
            buf.set_line(area.x + x, area.y, &Line::styled(text, style), area.width.saturating_sub(x));
        }
    }
    let Some(crosshair) = scene.crosshair else { return };
    let at = crosshair.saturating_sub(moment(volume, cells, 0)).div_euclid(volume.step.max(1));
    if let Some(at) = u16::try_from(at).ok().filter(|at| *at < cells) {
        let text = format!("▲{}", clock(crosshair));
        buf.set_line(
            area.x + left + at,
            area.y,
            &Line::styled(text, scene.theme.style(Role::Crosshair)),
            area.width.saturating_sub(left + at),
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::logs::total;
    use crate::model::log::Count;

    #[test]
    fn a_number_says_when_there_are_more() {
        assert_eq!([Count::Exactly(10_000), Count::AtLeast(10_000)].map(total), ["10,000", "10,000+"]);
    }

    #[test]
    fn levels_without_a_row_of_their_own_are_counted_in_the_last() {
        let levels = vec![(Level::Error, vec![1, 0]), (Level::Debug, vec![2, 2]), (Level::Unknown, vec![0, 5])];
        let volume = Volume { start: 0, step: MINUTE, levels, total: Count::Exactly(10), notes: Vec::new() };
        let words = |most| {
            rows(&volume, most)
                .into_iter()
                .map(|(word, _, counts)| (word, counts.iter().sum()))
                .collect::<Vec<(String, u64)>>()
        };
        assert_eq!(words(3), [("ERROR".into(), 1), ("WARN".into(), 0), ("INFO+".into(), 9)]);
        assert_eq!(words(4), [("ERROR".into(), 1), ("WARN".into(), 0), ("INFO".into(), 0), ("DEBUG+".into(), 9)]);
        assert_eq!((volume.of(Level::Error), volume.of(Level::Warn)), (1, 0));
    }

    #[test]
    fn one_line_among_thousands_is_seen() {
        assert_eq!(
            (bar(0, 9_000, Role::Info).0, bar(1, 9_000, Role::Info).0, bar(9_000, 9_000, Role::Info).0),
            ("▁", "▂", "█")
        );
    }
}
