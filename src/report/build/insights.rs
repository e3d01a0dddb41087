//! What happened, ranked: the signs in the answers, put together to findings.
//!
//! A score is 0 to 100 and means the same for every kind: 100 is everybody without service, 15 the least that is told.
//! Errors and latency count by how often their excess makes up the limit, `x / (x + 0.7)`, and by the part of the
//! traffic; what is away by the part of the targets; memory by what it took of the limit. Log lines, traffic and CPU
//! say less by themselves and count less. The thresholds are six standard deviations of the other periods, and below
//! that what nobody cares for: no number was fitted to an incident.

mod logs;
mod places;
mod presence;
mod resources;
mod service;

use crate::analysis::insight::episode::{Episode, Rule, episodes};
use crate::analysis::insight::join::findings;
use crate::analysis::insight::usual::{Pick, Usual};
use crate::analysis::insight::{Finding, Kind, Shift};
use crate::model::labels::Labels;
use crate::model::series::{Frame, Series};
use crate::model::unit::Unit;
use crate::report::ask::{Answers, When};
use crate::report::document::Report;
use crate::report::figures::{Change, Each};
use crate::text::Plain;
use crate::time::{HOUR, MINUTE, SECOND, format_duration};

/// Frames of one question in the three periods.
type Frames<'a> = Each<Option<&'a Frame>>;

/// Stretches of one series that are told.
const MOST: usize = 3;
/// A day's curve does not bend so far that this much time matters.
const SHORT: i64 = 2 * HOUR;

pub fn insights(report: &Report, answers: &Answers) -> Vec<Finding> {
    let scene = Scene { report, answers };
    let mut signs = Vec::new();
    service::signs(&scene, &mut signs);
    resources::signs(&scene, &mut signs);
    presence::signs(&scene, &mut signs);
    logs::signs(&scene, &mut signs);
    let mut found = findings(signs, report.grid.now, report.grid.step);
    found.extend(nothing_before(report));
    found
}

struct Scene<'a> {
    report: &'a Report,
    answers: &'a Answers,
}

fn find<'a>(frame: Option<&'a Frame>, labels: &Labels) -> Option<&'a Series> {
    frame?.series.iter().find(|series| series.labels == *labels)
}

impl Scene<'_> {
    fn clock(&self, at: i64) -> String {
        self.report.plan.clock(at, &self.report.grid)
    }

    /// ` from 13:42 to 14:03 (21m)`
    fn when(&self, from: Option<i64>, to: Option<i64>) -> String {
        match (from, to) {
            (Some(from), Some(to)) => {
                let whole = if to - from > 5 * MINUTE { MINUTE } else { SECOND };
                let length = format_duration((to - from + whole / 2).max(SECOND) / whole * whole);
                format!(" from {} to {} ({length})", self.clock(from), self.clock(to))
            }
            (Some(from), None) => format!(" since {}", self.clock(from)),
            (None, Some(to)) => format!(" until {}", self.clock(to)),
            (None, None) => " in the whole period".to_owned(),
        }
    }

    /// The stretches of one series that stand out most.
    fn stretches(&self, frames: Frames, labels: &Labels, pick: Pick, rule: &Rule) -> Vec<Episode> {
        let grid = &self.report.grid;
        let Some(now) = find(frames.now, labels) else { return Vec::new() };
        let other = |frame, when| {
            let back = grid.now.end.since(grid.range(when)?.end);
            Some((find(frame, labels)?, back))
        };
        let others = [other(frames.before, When::Before), other(frames.week, When::Week)];
        let usual = Usual::new(others.into_iter().flatten(), grid.step, pick);
        // What bends with the day can only be told where the time of day is heeded.
        let bends = pick == Pick::Both && grid.now.length() > SHORT;
        if bends && usual.is_known() && !usual.knows_hours() {
            return Vec::new();
        }
        let mut all = episodes(now, &usual, grid.step, rule);
        all.sort_by(|a, b| b.excess.total_cmp(&a.excess));
        all.truncate(MOST);
        all
    }
}

/// What a sign is about, and its words.
struct Told {
    kind: Kind,
    subject: Plain,
    score: f64,
    unit: Unit,
    text: String,
}

fn finding(told: Told, episode: &Episode) -> Finding {
    let figures = Some(Shift { unit: told.unit, was: episode.was, is: Some(episode.is) });
    Finding {
        kind: told.kind,
        subject: told.subject,
        score: told.score.clamp(0.0, 100.0),
        from: episode.from,
        to: episode.to,
        text: told.text,
        figures,
        carriers: Vec::new(),
        evidence: Vec::new(),
    }
}

/// How bad an excess is that makes up so many limits, 0 to 1.
fn severity(limits: f64) -> f64 {
    let limits = limits.max(0.0);
    limits / (limits + 0.7)
}

/// `0.3 % → 31 %`; `31 %` where nothing is known of before.
fn arrow(unit: Unit, was: Option<f64>, is: f64) -> String {
    arrow_to(unit, was, unit.show(is))
}

fn arrow_to(unit: Unit, was: Option<f64>, is: String) -> String {
    match was {
        Some(was) => format!("{} → {is}", unit.show(was)),
        None => is,
    }
}

fn nothing_before(report: &Report) -> Option<Finding> {
    let total = &report.requests.total;
    let is_new = total.change == Change::New && total.before.is_none() && total.week.is_none();
    (is_new && report.availability.answered_before.is_none()).then(|| Finding {
        kind: Kind::Traffic,
        subject: Plain::default(),
        score: 1.0,
        from: None,
        to: None,
        text: "There is nothing to compare with: the period before has no data".to_owned(),
        figures: None,
        carriers: Vec::new(),
        evidence: Vec::new(),
    })
}
