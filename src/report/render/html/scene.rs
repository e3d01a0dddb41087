//! What all charts of a page have in common: the period from left to right, round times below, and what must not be
//! missed: when the service was down, and what started anew.

use crate::report::document::Report;
use crate::report::words::moment;
use crate::time::Timestamp;
use crate::time::round::Times;

use super::escape::text;

/// About as many characters as fit below a chart.
const CELLS: u16 = 90;
/// More restarts than this are a hedge, not marks.
const MOST_RESTARTS: usize = 40;

pub struct Scene<'a> {
    pub report: &'a Report,
    /// Percent of the width, and what is written there.
    times: Vec<(f64, String)>,
}

impl<'a> Scene<'a> {
    pub fn of(report: &'a Report) -> Self {
        let now = report.grid.now;
        let times = Times::new((now.start.0, now.end.0), CELLS, &report.plan.zone);
        let labels = times.round(24).into_iter().map(|at| (at, times.label(at)));
        let mut scene = Self { report, times: Vec::new() };
        scene.times = labels.map(|(at, label)| (scene.percent(at), label)).collect();
        scene
    }

    /// Where a time lies, in percent of the width.
    pub fn percent(&self, at: i64) -> f64 {
        let now = self.report.grid.now;
        let share = at.saturating_sub(now.start.0) as f64 / now.length().max(1) as f64;
        (share * 100.0).clamp(0.0, 100.0)
    }

    /// Upright lines at round times, and the times below; every other one gives way on a narrow screen.
    pub fn times(&self, top: u32, bottom: u32) -> String {
        let mut out = String::new();
        for (number, (x, label)) in self.times.iter().enumerate() {
            let anchor = match *x {
                x if x < 3.0 => "start",
                x if x > 97.0 => "end",
                _ => "middle",
            };
            let odd = if number % 2 == 1 { " odd" } else { "" };
            out.push_str(&format!(
                "<line class=\"grid\" x1=\"{x:.2}%\" x2=\"{x:.2}%\" y1=\"{top}\" y2=\"{bottom}\"/>\
                 <text class=\"tick{odd}\" x=\"{x:.2}%\" y=\"{}\" text-anchor=\"{anchor}\">{}</text>\n",
                bottom + 16,
                text(label)
            ));
        }
        out
    }

    /// Stretches in which the whole service was down, and restarts.
    pub fn marks(&self, top: u32, bottom: u32) -> String {
        let (grid, presence) = (&self.report.grid, &self.report.availability);
        let mut out = String::new();
        for outage in presence.outages.iter().filter(|outage| outage.target.is_none()) {
            let from = self.percent(outage.from.unwrap_or(grid.now.start.0));
            let to = self.percent(outage.to.unwrap_or(grid.now.end.0));
            let (width, height) = ((to - from).max(0.2), bottom - top);
            out.push_str(&format!(
                "<rect class=\"down\" x=\"{from:.2}%\" y=\"{top}\" width=\"{width:.2}%\" height=\"{height}\">\
                 <title>the service was down</title></rect>\n"
            ));
        }
        for restart in presence.restarts.iter().flatten().take(MOST_RESTARTS) {
            let (x, at) = (self.percent(restart.at), moment(Timestamp(restart.at), &self.report.plan.zone));
            out.push_str(&format!(
                "<line class=\"restart\" x1=\"{x:.2}%\" x2=\"{x:.2}%\" y1=\"{top}\" y2=\"{bottom}\">\
                 <title>{} restarted at {}</title></line>\n<text class=\"restart\" x=\"{x:.2}%\" y=\"{}\" text-anchor=\"middle\" \
                 aria-hidden=\"true\">▲</text>\n",
                text(&restart.instance),
                text(&at),
                bottom
            ));
        }
        out
    }

    /// Whether there is a mark to be explained.
    pub fn has_marks(&self) -> (bool, bool) {
        let presence = &self.report.availability;
        let restarts = presence.restarts.as_ref().is_some_and(|restarts| !restarts.is_empty());
        (presence.outages.iter().any(|outage| outage.target.is_none()), restarts)
    }
}
