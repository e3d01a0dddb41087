//! From the answers to the report: pure, so that a report can be made from any answers, and never fails.

mod fired;
mod hosts;
mod insights;
mod presence;
mod slo;
mod summary;
mod traffic;

use self::summary::Known;
pub use self::summary::admit_again;
use super::ask::{Answers, Topic, When};
use super::document::{Report, Resources};
use super::figures::{Each, Meaning};
use super::logs;
use super::plan::{Grid, Plan};
use super::sampling;
use super::tables::{Frames, Layout, table};
use super::traces;
use crate::analysis::alerts::{Row, rows};
use crate::analysis::summary::{Headline, Level};
use crate::analysis::switch::Switch;
use crate::model::alert::{Alert, AlertState};
use crate::model::delivery::Holdings;
use crate::model::unit::Unit;
use crate::text::Plain;

/// The report that these answers make.
pub fn report(plan: &Plan, grid: Grid, mut answers: Answers) -> Report {
    let (requests, errors, performance) = traffic::sections(&answers, &grid, &plan.watch.limits);
    let resources = resources(&answers, &grid, plan);
    let availability = presence::presence(&answers, &grid, is_average(plan, &grid));
    let hosts = hosts::hosts(&answers);
    let switch = switch(&answers, plan);
    let name = switch.name().map(Plain::as_str);
    let alerts = answers.alerts().map(|alerts| active(alerts, answers.holdings(), name));
    let switch_alarm = switch.alarm(grid.now.end).filter(|_| plan.is_recent(&grid));
    let logs = plan.logs.then(|| logs::logs(&answers, &grid, plan.depth));
    let traces = plan.traces.then(|| traces::traces(&answers, plan));
    let failing = traces.as_ref().and_then(|traces| traces.failing.as_ref()).map_or(&[][..], |failing| &failing.rows);
    let found = logs.as_ref().and_then(|logs| logs.patterns.as_ref()).map_or(&[][..], |patterns| &patterns.found);
    let known = Known {
        requests: &requests,
        presence: &availability,
        resources: &resources,
        cap: performance.cap,
        logs: found,
        traces: failing,
    };
    let summary = summary::summary(&answers, &known, plan, &grid);
    let summary = match &switch_alarm {
        // Whatever else is said is not to be relied on.
        Some(alarm) => Headline { level: Level::Critical, text: format!("{alarm}; {}", summary.text) },
        None => summary,
    };
    let slo = plan.watch.slo.map(|target| slo::slo(target, &errors.total));
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
        switch_alarm,
        fired: fired::fired(&answers, name),
        logs,
        traces,
        insights: Vec::new(),
        warnings: std::mem::take(&mut answers.warnings),
        not_asked: std::mem::take(&mut answers.not_asked),
        asked: answers.asked,
        requests_sent: answers.requests,
        halved: answers.halved,
        slo,
    };
    report.insights = insights::insights(&report, &answers);
    report
}

/// Whether a point of `up` stands for a step, and not for a moment.
fn is_average(plan: &Plan, grid: &Grid) -> bool {
    let sampled = sampling::ranges(&plan.watch, grid);
    sampled.iter().any(|one| one.topic == Topic::Up && one.how == sampling::How::Average)
}

impl Answers {
    fn frames(&self, topic: Topic) -> Frames<'_> {
        Each::of(|when| self.frame(topic, when))
    }
}

fn resources(answers: &Answers, grid: &Grid, plan: &Plan) -> Resources {
    let one = |topic, peak, unit, limit| {
        let meaning = Meaning { limit, ..Meaning::default() };
        let (peaks, end) = (Some(answers.frames(peak)), answers.frame(topic, When::End));
        let layout = Layout { unit, meaning, weights: None, peaks, end, keeps_gone: false, by_average: false };
        table(answers.frames(topic), grid, layout)
    };
    Resources {
        memory: one(Topic::Memory, Topic::MemoryPeak, Unit::Bytes, None),
        cpu: one(Topic::Cpu, Topic::CpuPeak, Unit::Percent, None),
        memory_ratio: one(
            Topic::MemoryRatio,
            Topic::MemoryRatioPeak,
            Unit::Ratio,
            Some(plan.watch.limits.memory_ratio),
        ),
    }
}

/// What is pending or fires in this Prometheus, and what Alertmanager makes of it, in an order that does not change from
/// run to run.
fn active(alerts: &[Alert], held: Option<&Holdings>, switch: Option<&str>) -> Vec<Row> {
    let active: Vec<Alert> = alerts.iter().filter(|alert| alert.state != AlertState::Inactive).cloned().collect();
    rows(&[], &active, held, switch).into_iter().filter(|row| row.own.is_some()).collect()
}

/// The dead man's switch, as far as the answers tell of it: it is wanted if it fired in one of the two periods.
fn switch(answers: &Answers, plan: &Plan) -> Switch {
    let mut switch = Switch::new(plan.dead_mans_switch.as_ref());
    let frames = [When::Now, When::Before].into_iter().filter_map(|when| answers.frame(Topic::Fired, when));
    let mut fired = frames.flat_map(|frame| &frame.series).map(|series| series.labels.get("alertname"));
    if switch.question().is_some() {
        let was_there = fired.any(|name| name.is_some() && name == switch.name());
        switch.learn_past(was_there);
    }
    if let Some(alerts) = answers.alerts() {
        switch.learn_alerts(alerts);
    }
    switch
}
