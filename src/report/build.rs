//! From the answers to the report: pure, so that a report can be made from any answers, and never fails.

mod fired;
mod hosts;
mod insights;
mod presence;
mod summary;
mod traffic;

use self::summary::Known;
use super::ask::{Answers, Topic, When};
use super::document::{Report, Resources};
use super::figures::Meaning;
use super::plan::{Grid, Plan};
use super::tables::{Both, Layout, table};
use crate::model::alert::{Alert, AlertState};
use crate::model::unit::Unit;

/// The report that these answers make.
pub fn report(plan: &Plan, grid: Grid, answers: Answers) -> Report {
    let (requests, errors, performance) = traffic::sections(&answers, &grid, &plan.watch.limits);
    let resources = resources(&answers, &grid, plan);
    let availability = presence::presence(&answers, &grid);
    let hosts = hosts::hosts(&answers);
    let alerts = answers.alerts().map(sorted);
    let known = Known { requests: &requests, presence: &availability, resources: &resources, cap: performance.cap };
    let summary = summary::summary(&answers, &known, plan, &grid);
    let mut report = Report {
        plan: plan.clone(),
        grid,
        summary,
        requests,
        errors,
        performance,
        resources,
        availability,
        hosts,
        alerts,
        fired: fired::fired(&answers),
        insights: Vec::new(),
        warnings: answers.warnings,
        not_asked: answers.not_asked,
        asked: answers.asked,
    };
    report.insights = insights::insights(&report);
    report
}

impl Answers {
    fn both(&self, topic: Topic) -> Both<'_> {
        Both { now: self.frame(topic, When::Now), before: self.frame(topic, When::Before) }
    }
}

fn resources(answers: &Answers, grid: &Grid, plan: &Plan) -> Resources {
    let one = |topic, unit, limit| {
        let meaning = Meaning { limit, ..Meaning::default() };
        let layout = Layout { unit, meaning, weights: None, keeps_gone: false, by_average: false };
        table(answers.both(topic), grid, layout)
    };
    Resources {
        memory: one(Topic::Memory, Unit::Bytes, None),
        cpu: one(Topic::Cpu, Unit::Percent, None),
        memory_ratio: one(Topic::MemoryRatio, Unit::Ratio, Some(plan.watch.limits.memory_ratio)),
    }
}

/// Firing before pending, the worst first, then by name: an order that does not change from run to run.
fn sorted(alerts: &[Alert]) -> Vec<Alert> {
    let mut kept: Vec<Alert> = alerts.iter().filter(|alert| alert.state != AlertState::Inactive).cloned().collect();
    kept.sort_by_cached_key(|alert| (alert.state, alert.severity(), alert.name(), alert.labels.clone()));
    kept
}
