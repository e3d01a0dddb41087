//! The rows about machines: the watched hosts, the database, and the machine this program runs on.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};
use ratatui::widgets::Widget;
use unicode_width::UnicodeWidthStr;

use super::Overview;
use super::database::Targets;
use super::hosts::{DISK_LIMIT, HostRow, SKEW_LIMIT};
use super::legend::fit;
use crate::model::host::HostSample;
use crate::model::unit::Unit;
use crate::ui::theme::Role;
use crate::ui::view::Scene;
use crate::ui::widget::ground::put;
use crate::ui::widget::sparkline;

/// Wide enough for the table of hosts; the database stands beside it.
const WIDE: u16 = 110;
const DATABASE_WIDTH: u16 = 39;
/// Cells of the table of hosts, with short names.
const TABLE_WIDTH: u16 = 81;
const NAME_WIDTH: usize = 13;

pub fn draw(overview: &Overview, scene: &Scene, area: Rect, buf: &mut Buffer) {
    if area.is_empty() {
        return;
    }
    let wide = area.width >= WIDE && area.height > 2;
    // Where there is room to spare, long names get some of it.
    let names = NAME_WIDTH + usize::from(area.width.saturating_sub(TABLE_WIDTH + DATABASE_WIDTH).min(20));
    let width = if wide { TABLE_WIDTH + (names - NAME_WIDTH) as u16 } else { area.width };
    if wide {
        let side = Rect { x: area.x + width, width: DATABASE_WIDTH, ..area };
        for (line, row) in database(overview, scene).into_iter().zip(side.rows()) {
            line.render(row, buf);
        }
    }
    let rows = usize::from(area.height);
    let mut lines = match rows {
        _ if wide => table(overview, scene, rows - 1, Some(names)),
        0..=4 => vec![brief(overview, scene)],
        _ => table(overview, scene, rows - 2, None),
    };
    if !wide && rows > 4 {
        lines.push(database_line(overview, scene));
    }
    lines.push(here(overview, scene, width));
    for (line, row) in lines.into_iter().zip((Rect { width, ..area }).rows()) {
        put(line, row, buf);
    }
}

/// `hosts 2 · node-a disk / 81 % ▲ │ cassandra 3/3 up, read p99 12 ms`
fn brief<'a>(overview: &Overview, scene: &Scene) -> Line<'a> {
    let rows = overview.hosts.rows();
    let said = match overview.hosts.instead() {
        _ if !scene.asked => "not asked".to_owned(),
        Some(instead) => fit(&instead, 24),
        None => rows.len().to_string(),
    };
    let mut spans = vec![Span::styled(format!(" hosts {said}"), scene.theme.style(Role::Text))];
    let worst =
        rows.first().filter(|row| row.is_troubled()).and_then(|row| Some(format!(" · {} {}", row.name, trouble(row)?)));
    spans.extend(worst.map(|text| Span::styled(text, scene.theme.style(Role::Warning))));
    spans.push(Span::styled(" │", scene.theme.style(Role::Rule)));
    spans.extend(database_line(overview, scene).spans);
    Line::from(spans)
}

fn trouble(row: &HostRow) -> Option<String> {
    let show = |value: f64| Unit::Ratio.show(value);
    if let Some((mount, ratio)) = row.disk.as_ref().filter(|(_, ratio)| *ratio > DISK_LIMIT) {
        return Some(format!("disk {mount} {} ▲", show(*ratio)));
    }
    if let Some(skew) = row.skew.filter(|skew| skew.abs() > SKEW_LIMIT) {
        return Some(format!("clock {skew:+.1} s ▲"));
    }
    let (what, value) = if row.cpu > row.memory { ("cpu", row.cpu?) } else { ("memory", row.memory?) };
    Some(format!("{what} {} ▲", show(value)))
}

/// `names` is the width of the names in the wide table; none for the narrow one.
fn table<'a>(overview: &Overview, scene: &Scene, rows: usize, names: Option<usize>) -> Vec<Line<'a>> {
    let dim = scene.theme.style(Role::Dim);
    let hosts = overview.hosts.rows();
    if rows == 0 {
        return Vec::new();
    }
    let head = match names {
        None => format!(" {:<16} {:>8} {:>8} {:>16} {:>8}", "HOSTS", "cpu", "memory", "disk", "load"),
        Some(width) => format!(
            " {:<width$} {:>14} {:>14} {:>15} {:>13} {:>6}",
            "HOSTS", "cpu", "memory", "disk", "net ↓  ↑", "load"
        ),
    };
    let mut lines = vec![Line::styled(head, dim)];
    let room = rows - 1;
    let instead = if scene.asked { overview.hosts.instead() } else { Some("not asked".to_owned()) };
    if let (Some(instead), true) = (instead, room > 0) {
        lines.push(Line::styled(format!(" {}", fit(&instead, 70)), dim));
    }
    let shown = if hosts.len() > room { room.saturating_sub(1) } else { hosts.len() };
    lines.extend(hosts.iter().take(shown).map(|host| row(host, scene, names)));
    if hosts.len() > shown && room > 0 {
        lines.push(Line::styled(format!(" + {} more hosts", hosts.len() - shown), dim));
    }
    lines
}

fn row<'a>(host: &HostRow, scene: &Scene, names: Option<usize>) -> Line<'a> {
    let theme = scene.theme;
    let ratio = |value: Option<f64>| value.map_or_else(|| "–".to_owned(), |v| Unit::Ratio.show(v));
    let loud = |over: bool| theme.style(if over { Role::Warning } else { Role::Text });
    let over = |value: Option<f64>| value.is_some_and(|v| v > 0.9);
    let (mount, used) = host.disk.clone().unzip();
    let full = used.is_some_and(|used| used > DISK_LIMIT);
    let disk = format!("{} {}{}", fit(&mount.unwrap_or_default(), 8), ratio(used), if full { " ▲" } else { "" });
    let load = match (host.load, host.cores) {
        (Some(load), Some(cores)) => format!("{}/{}", one_place(load), Unit::Count.show(cores)),
        (Some(load), None) => one_place(load),
        _ => "–".to_owned(),
    };
    let Some(names) = names else {
        return Line::from(vec![
            Span::styled(format!(" {:<16}", fit(&host.name, 16)), theme.style(Role::Text)),
            Span::styled(format!(" {:>8}", ratio(host.cpu)), loud(over(host.cpu))),
            Span::styled(format!(" {:>8}", ratio(host.memory)), loud(over(host.memory))),
            Span::styled(format!(" {disk:>16}"), loud(full)),
            Span::styled(format!(" {load:>8}"), theme.style(Role::Text)),
        ]);
    };
    let spark = |values: &[f64]| {
        sparkline::bars(&values[values.len().saturating_sub(6)..], Some((0.0, 1.0))).collect::<String>()
    };
    let net = |value: Option<f64>| value.map_or_else(|| "–".to_owned(), |v| Unit::BytesPerSecond.tick(v));
    let skew = host
        .skew
        .filter(|skew| skew.abs() > SKEW_LIMIT)
        .map_or_else(String::new, |skew| format!("  clock {skew:+.1} s"));
    Line::from(vec![
        Span::styled(format!(" {:<names$}", fit(&host.name, names)), theme.style(Role::Text)),
        Span::styled(format!(" {:>6}{:>8}", spark(&host.cpu_history), ratio(host.cpu)), loud(over(host.cpu))),
        Span::styled(format!(" {:>6}{:>8}", spark(&host.memory_history), ratio(host.memory)), loud(over(host.memory))),
        Span::styled(format!(" {disk:>15}"), loud(full)),
        Span::styled(format!(" {:>6} {:>6}", net(host.received), net(host.sent)), theme.style(Role::Text)),
        Span::styled(format!(" {load:>6}"), theme.style(Role::Text)),
        Span::styled(skew, theme.style(Role::Warning)),
    ])
}

/// A load reads best with one digit behind the point, as `uptime` gives it.
fn one_place(value: f64) -> String {
    if value.abs() < 1e4 { format!("{value:.1}") } else { Unit::Count.show(value) }
}

fn targets<'a>(overview: &Overview, scene: &Scene) -> Span<'a> {
    let (text, role) = match overview.database.targets() {
        _ if !scene.asked => ("not asked".to_owned(), Role::Dim),
        Targets::Asking => ("asking…".to_owned(), Role::Dim),
        Targets::Unknown => ("✖ not known".to_owned(), Role::Failed),
        Targets::None => ("no targets".to_owned(), Role::Dim),
        Targets::Up { up, all } if up == all => (format!("{up}/{all} up"), Role::Ok),
        Targets::Up { up, all } => (format!("{up}/{all} up ▲"), Role::Critical),
    };
    Span::styled(text, scene.theme.style(role))
}

fn database_line<'a>(overview: &Overview, scene: &Scene) -> Line<'a> {
    let figures: String = overview.database.figures().iter().map(|figure| format!(", {figure}")).collect();
    Line::from(vec![
        Span::styled(format!(" {} ", scene.watch.database.name), scene.theme.style(Role::Title)),
        targets(overview, scene),
        Span::styled(figures, scene.theme.style(Role::Text)),
    ])
}

fn database<'a>(overview: &Overview, scene: &Scene) -> Vec<Line<'a>> {
    let rule = || Span::styled("│ ", scene.theme.style(Role::Rule));
    let name = Span::styled(format!("DATABASE {}  ", scene.watch.database.name), scene.theme.style(Role::Dim));
    let mut lines = vec![Line::from(vec![rule(), name, targets(overview, scene)])];
    for pair in overview.database.figures().chunks(2) {
        let cell = usize::from(DATABASE_WIDTH - 3) / 2;
        let text: String = pair.iter().map(|figure| format!("{:<cell$} ", fit(figure, cell))).collect();
        lines.push(Line::from(vec![rule(), Span::styled(text, scene.theme.style(Role::Text))]));
    }
    lines
}

/// The bastion itself: a slow console may be its fault.
fn here<'a>(overview: &Overview, scene: &Scene, width: u16) -> Line<'a> {
    let style = scene.theme.style(Role::Dim);
    let Some(HostSample { name, cpu, cores, load1, memory_used, memory_total, disk, received, sent, .. }) =
        overview.here.get()
    else {
        return Line::styled(" this machine  asking…", style);
    };
    let bytes = |value: u64| Unit::Bytes.show(value as f64);
    let mut parts = vec![format!(" this machine {name}")];
    parts.push(format!("cpu {}", cpu.map_or_else(|| "–".to_owned(), |cpu| Unit::Ratio.show(cpu))));
    parts.push(format!("memory {} of {}", bytes(*memory_used), bytes(*memory_total)));
    parts.extend(disk.as_ref().map(|disk| {
        let ratio = disk.used as f64 / disk.total.max(1) as f64;
        format!("disk {} {}{}", disk.mount, Unit::Ratio.show(ratio), if ratio > DISK_LIMIT { " ▲" } else { "" })
    }));
    parts.push(format!("load {load1:.1}/{cores}"));
    if let (Some(received), Some(sent)) = (received, sent) {
        parts.push(format!("net {} ↓ {} ↑", Unit::BytesPerSecond.show(*received), Unit::BytesPerSecond.show(*sent)));
    }
    // What does not fit is left out, not cut.
    let mut text = String::new();
    for part in parts {
        if text.width() + part.width() + 2 > usize::from(width) {
            break;
        }
        text.push_str(if text.is_empty() { "" } else { "  " });
        text.push_str(&part);
    }
    Line::styled(text, style)
}
