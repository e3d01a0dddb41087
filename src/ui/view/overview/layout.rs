//! Where the overview's panels and tiles lie, for any size. Depends on the size alone, so that nothing jumps.

use ratatui::layout::Rect;

use crate::ui::widget::chart;

pub const PANELS: usize = 4;
/// Panels stand in two columns from this width on.
const TWO_COLUMNS: u16 = 70;
/// A panel this wide has its legend beside the chart, as a table.
const SIDE_LEGEND: u16 = 130;
const SIDE_WIDTH: u16 = 46;
const GAP: u16 = 2;
/// Alerts and logs stand beside each other from this width on.
const BESIDE: u16 = 110;
/// All three do from this width on.
const ALL_BESIDE: u16 = 180;
/// From so many rows on each of two tiles above each other has a title.
const TWO_TILES: u16 = 6;
/// So many rows has what fires before the logs get one.
const LEAST_ALERTS: u16 = 3;
/// Below this a chart says nothing: the panel is its title line alone.
const LEAST_CHART: u16 = 3;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct PanelArea {
    pub title: Rect,
    /// Plot, axis labels included; empty where there is no room.
    pub chart: Rect,
    pub legend: Rect,
    /// The legend is a table with last, min, max and avg.
    pub table: bool,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Layout {
    pub panels: [PanelArea; PANELS],
    /// Hosts, database and this machine.
    pub machines: Rect,
    pub alerts: Rect,
}

/// What lies below the machines; what there is no room for is empty.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Below {
    pub alerts: Rect,
    /// Between what stands beside each other.
    pub rules: [Rect; 2],
    /// One row, or several with a title.
    pub logs: Rect,
    pub traces: Rect,
}

/// Alerts, and what is there of logs and traces: beside each other, or the logs and the traces in the last rows.
pub fn below(area: Rect, has_logs: bool, has_traces: bool) -> Below {
    if area.width < BESIDE || area.height < 2 || !(has_logs || has_traces) {
        return stacked(area, has_logs, has_traces);
    }
    if has_logs && has_traces && area.width >= ALL_BESIDE {
        let width = (area.width - 2) / 3;
        let (first, rest) = split(area, area.width - 2 * width - 2);
        let (logs, second) = (Rect { width, ..rest }, Rect { x: rest.x + width, width: 1, ..rest });
        let traces = Rect { x: second.right(), width, ..rest };
        return Below { alerts: first.0, rules: [first.1, second], logs, traces };
    }
    let ((alerts, rule), right) = split(area, area.width / 2 + area.width % 2);
    let rows = match (has_logs, has_traces) {
        (true, false) => 0,
        (false, _) => right.height,
        _ if right.height >= TWO_TILES => right.height / 2,
        _ => u16::from(right.height > 2),
    };
    let logs = Rect { height: right.height - rows, ..right };
    let traces = Rect { y: logs.bottom(), height: rows, ..right };
    let empty = |rect: Rect| if rect.height == 0 { Rect::default() } else { rect };
    Below { alerts, rules: [rule, Rect::default()], logs: empty(logs), traces: empty(traces) }
}

/// What is left of a column with the rule beside it, and the rest.
fn split(area: Rect, width: u16) -> ((Rect, Rect), Rect) {
    let rule = Rect { x: area.x + width, width: 1, ..area };
    let rest = Rect { x: rule.right(), width: area.width - width - 1, ..area };
    ((Rect { width, ..area }, rule), rest)
}

/// One row each, as long as the alerts keep enough.
fn stacked(area: Rect, has_logs: bool, has_traces: bool) -> Below {
    let mut below = Below { alerts: area, ..Below::default() };
    let mut last = |is_there: bool, least: u16| {
        if !is_there || below.alerts.height < least {
            return Rect::default();
        }
        below.alerts.height -= 1;
        Rect { y: below.alerts.bottom(), height: 1, ..area }
    };
    let both = has_logs && has_traces;
    let traces = last(has_traces, if both { LEAST_ALERTS + 2 } else { LEAST_ALERTS });
    let logs = last(has_logs, LEAST_ALERTS);
    Below { logs, traces, ..below }
}

/// The normal overview.
pub fn layout(area: Rect) -> Layout {
    let columns = if area.width >= TWO_COLUMNS { 2 } else { 1 };
    let rows = PANELS as u16 / columns;
    let (mut machines, alerts) = tiles(area.height);
    let blank = u16::from(area.height >= 30);
    let mut height = area.height.saturating_sub(machines + alerts + u16::from(machines > 0) + blank) / rows;
    if height <= LEAST_CHART {
        // No room for a chart: a line for each panel, and what fires has the rest.
        height = 1.min(area.height / rows);
        machines = u16::from(area.height > rows + 3);
    }
    let width = (area.width.saturating_sub(GAP * (columns - 1))) / columns;
    let panel = |i: u16| {
        let (column, row) = (i % columns, i / columns);
        let place = Rect::new(area.x + column * (width + GAP), area.y + row * height, width, height);
        panel_area(place, row + 1 < rows)
    };
    let mut panels = [panel(0), panel(1), panel(2), panel(3)];
    if columns == 2 {
        // The chart below has an axis on the right, too: the same moments stand above each other.
        let [_, errors, _, resources] = &mut panels;
        errors.chart.width -= (chart::dots(errors.chart, false) - chart::dots(resources.chart, true)) / 2;
    }
    let machines_at = area.y + rows * height + u16::from(machines > 0 && height > 1);
    // What does not divide into rows of panels goes to the alerts.
    let alerts_at = machines_at + machines + blank;
    let rest = |y: u16, height: u16| Rect::new(area.x, y.min(area.bottom()), area.width, height).intersection(area);
    Layout {
        panels,
        machines: rest(machines_at, machines),
        alerts: rest(alerts_at, area.bottom().saturating_sub(alerts_at)),
    }
}

/// Rows for machines and alerts, blank lines not counted.
fn tiles(height: u16) -> (u16, u16) {
    match height {
        0..=13 => (0, 0),
        14..=15 => (0, 2),
        16..=17 => (1, 3),
        18..=22 => (2, 4),
        23..=28 => (3, 4),
        29..=35 => (4, 4),
        36..=41 => (5, 5),
        42..=43 => (5, 6),
        _ => (5, 8),
    }
}

fn panel_area(place: Rect, below: bool) -> PanelArea {
    let title = Rect { height: 1.min(place.height), ..place };
    let table = place.width >= SIDE_LEGEND && place.height > 6;
    let blank = u16::from(below && place.height > 7);
    let legend = match place.height {
        _ if table => 0,
        0..=6 => 0,
        7..=9 => 1,
        10..=13 => 2,
        _ => 3,
    };
    let height = place.height.saturating_sub(1 + legend + blank);
    if height < LEAST_CHART {
        return PanelArea { title, ..PanelArea::default() };
    }
    let side = if table { SIDE_WIDTH } else { 0 };
    let chart = Rect::new(place.x, place.y + 1, place.width - side, height);
    let legend = if table {
        Rect::new(chart.right() + 1, chart.y, side - 1, height)
    } else {
        Rect::new(place.x, chart.bottom(), place.width, legend)
    };
    PanelArea { title, chart, legend, table }
}

/// One panel on the whole screen: title, chart, and a table of all its series.
pub fn full(area: Rect) -> PanelArea {
    let title = Rect { height: 1.min(area.height), ..area };
    let rest = area.height.saturating_sub(1);
    let legend = if rest < 8 { 0 } else { (rest / 3).clamp(3, 14) };
    let chart = Rect::new(area.x, area.y + title.height, area.width, rest - legend);
    let legend = Rect::new(area.x, chart.bottom(), area.width, legend);
    PanelArea { title, chart, legend, table: true }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn everything_lies_inside_and_panels_do_not_overlap(width in 0u16..320, height in 0u16..120, has in any::<(bool, bool)>()) {
            let area = Rect::new(3, 4, width, height);
            let Layout { panels, machines, alerts } = layout(area);
            let mut all = vec![machines, alerts];
            for panel in panels.into_iter().chain([full(area)]) {
                all.extend([panel.title, panel.chart, panel.legend]);
            }
            let under = below(alerts, has.0, has.1);
            let parts_below = [under.alerts, under.rules[0], under.rules[1], under.logs, under.traces];
            all.extend(parts_below);
            for rect in all.iter().filter(|rect| !rect.is_empty()) {
                prop_assert_eq!(rect.intersection(area), *rect);
            }
            let parts: Vec<Rect> = panels.iter().flat_map(|p| [p.title, p.chart, p.legend]).chain([machines]).chain(parts_below).collect();
            for (i, a) in parts.iter().enumerate() {
                for b in &parts[i + 1..] {
                    prop_assert!(a.intersection(*b).is_empty(), "{a:?} {b:?}");
                }
            }
        }
    }

    #[test]
    fn the_usual_sizes_have_charts() {
        for (width, height) in [(80, 19), (120, 35), (200, 45)] {
            let layout = layout(Rect::new(0, 4, width, height));
            assert!(layout.panels.iter().all(|panel| panel.chart.height >= LEAST_CHART), "{width}x{height}");
            assert!(!layout.alerts.is_empty() && !layout.machines.is_empty());
        }
    }
}
