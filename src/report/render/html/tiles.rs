//! The key figures, one tile each, beside the period before and the same a week before.

use super::draw::spark;
use super::escape::text;
use crate::analysis::alerts::State;
use crate::model::unit::Unit;
use crate::report::document::{self, Report, Table};
use crate::report::figures::{Change, Row};
use crate::report::words::{NONE, change, max, maybe, minutes, reading};

struct Tile {
    label: &'static str,
    value: String,
    notes: Vec<String>,
    /// A sign and a class where it is bad.
    is_bad: bool,
    course: String,
}

pub fn tiles(report: &Report) -> String {
    let all = [requests(report), errors(report), slowest(report), availability(report), alerts(report), memory(report)];
    let shown: String = all.into_iter().flatten().map(Tile::html).collect();
    format!("<section class=\"tiles\" aria-label=\"Key figures\">\n{shown}</section>\n")
}

impl Tile {
    fn html(self) -> String {
        let (class, sign) = if self.is_bad { (" bad", "<span aria-hidden=\"true\">▲ </span>") } else { ("", "") };
        let notes: String = self.notes.iter().map(|note| format!("<span>{}</span>\n", text(note))).collect();
        format!(
            "<div class=\"tile{class}\">\n<p class=\"label\">{}</p>\n<p class=\"value\">{sign}{}</p>\n{}<p class=\"notes\">{notes}</p>\n</div>\n",
            text(self.label),
            text(&self.value),
            self.course
        )
    }
}

/// `+12 % on before`, `+3 % on the week before`, as far as they are known.
fn against(row: &Row) -> Vec<String> {
    [(row.change, "before"), (row.change_of_week, "a week before")]
        .into_iter()
        .filter(|(of, _)| *of != Change::Unknown)
        .map(|(of, when)| compared(of, when))
        .collect()
}

fn compared(of: Change, when: &str) -> String {
    match of {
        Change::New => format!("none {when}"),
        Change::Ratio(ratio) if ratio.abs() < 0.005 => format!("as {when}"),
        of => format!("{} vs {when}", change(of)),
    }
}

fn requests(report: &Report) -> Option<Tile> {
    let requests = &report.requests;
    let value = requests
        .count
        .map_or_else(|| reading(Unit::PerSecond, requests.total.now), |count| Unit::Count.show(count.round()));
    let average = requests.total.figures.map(|figures| format!("{} on average", Unit::PerSecond.show(figures.avg)));
    Some(Tile {
        label: "Requests",
        value,
        notes: average.into_iter().chain(against(&requests.total)).collect(),
        is_bad: requests.idle_since.is_some(),
        course: spark(&requests.total.course),
    })
}

fn errors(report: &Report) -> Option<Tile> {
    let total = &report.errors.total;
    let average = total.figures.map(|figures| figures.avg);
    let value = if average.is_some() { maybe(Unit::Ratio, average) } else { reading(Unit::Ratio, total.now) };
    let most = total.figures.map(|_| format!("highest {}", max(Unit::Ratio, total)));
    Some(Tile {
        label: "Error ratio",
        value,
        notes: most.into_iter().chain(against(total)).collect(),
        is_bad: total.above.is_some_and(|above| above.minutes > 0.0),
        course: spark(&total.course),
    })
}

fn slowest(report: &Report) -> Option<Tile> {
    let table = &report.performance.by_endpoint;
    let Some(row) = table.rows.first().filter(|row| row.figures.is_some()) else {
        return Some(Tile { value: absent(table), ..Tile::empty("Slowest p95") });
    };
    Some(Tile {
        label: "Slowest p95",
        value: max(Unit::Seconds, row),
        notes: [row.name.to_string()].into_iter().chain(against(row)).collect(),
        is_bad: row.above.is_some_and(|above| above.minutes > 0.0),
        course: spark(&row.course),
    })
}

fn absent(table: &Table) -> String {
    if table.state == document::State::NotAsked { "not asked".to_owned() } else { NONE.to_owned() }
}

fn availability(report: &Report) -> Option<Tile> {
    let presence = &report.availability;
    let down = presence.minutes_down.filter(|down| *down > 0.0);
    let restarts = presence.restarts.as_ref().map(|restarts| format!("restarts: {}", restarts.len()));
    let before = presence.answered_before.map(|before| format!("{} before", Unit::Ratio.show(before)));
    Some(Tile {
        label: "Scrapes answered",
        value: presence.answered.map_or_else(|| NONE.to_owned(), |answered| Unit::Ratio.show(answered)),
        notes: down
            .map(|down| format!("down for {}", minutes(down)))
            .into_iter()
            .chain(before)
            .chain(restarts)
            .collect(),
        is_bad: down.is_some(),
        course: String::new(),
    })
}

fn alerts(report: &Report) -> Option<Tile> {
    let Some(alerts) = &report.alerts else {
        return Some(Tile { value: "not asked".to_owned(), ..Tile::empty("Firing") });
    };
    let firing = alerts.iter().filter(|row| row.state == State::Firing).count();
    let pending = alerts.iter().filter(|row| row.state == State::Pending).count();
    let quiet = alerts.iter().filter(|row| row.state.is_quiet()).count();
    let others = [(pending, "pending"), (quiet, "silenced or inhibited")];
    let others = others.into_iter().filter(|(count, _)| *count > 0).map(|(count, word)| format!("{word}: {count}"));
    let fired = report.fired.as_ref().map(|fired| format!("fired in the period: {}", fired.len()));
    Some(Tile {
        label: "Alerts firing",
        value: firing.to_string(),
        notes: others.chain(fired).collect(),
        is_bad: firing > 0,
        course: String::new(),
    })
}

fn memory(report: &Report) -> Option<Tile> {
    let row = report.resources.memory_ratio.rows.iter().find(|row| row.figures.is_some())?;
    Some(Tile {
        label: "Memory of the limit",
        value: max(Unit::Ratio, row),
        notes: [row.name.to_string()].into_iter().chain(against(row)).collect(),
        is_bad: row.above.is_some_and(|above| above.minutes > 0.0),
        course: spark(&row.course),
    })
}

impl Tile {
    fn empty(label: &'static str) -> Self {
        Self { label, value: String::new(), notes: Vec::new(), is_bad: false, course: String::new() }
    }
}
