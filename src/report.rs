//! The one-shot report: everything is asked once, written once, and the exit code says how bad it is. No terminal.
//!
//! `ask` puts the questions, `build` makes the [`Report`] from the answers, `explain` asks on about what stands out, `render` writes it in a format, `write`
//! puts it in its place. Only asking and writing touch the outside.

mod ask;
mod build;
mod deliver;
mod document;
mod exit;
mod explain;
mod figures;
mod fill;
mod logs;
mod period;
mod plan;
mod render;
mod sampling;
pub mod schedule;
pub mod send;
mod tables;
mod traces;
mod words;
mod write;

use std::io::{IsTerminal, Write};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use tracing::Instrument;

use crate::cli::{FailOn, Format, Output};
use crate::model::ask::Ask;
use crate::model::query::Source;
use crate::model::target::Target;
use crate::source::poll::Clock;
use crate::telemetry;
use crate::text::Plain;
use crate::time::{SECOND, Timestamp, format_duration};

pub use ask::{NotAsked, Tell, Topic, When};
pub use document::Report;
pub use exit::{CALM, FIRING, NOT_ASKED, NOT_SENT, exit_code};
pub use period::periods;
pub use plan::{Depth, Grid, Periods, Plan, label};
pub use render::{mail, render};
pub use send::Patience;
pub use write::{WriteError, check_folder, write};

/// Where the report goes, and what its exit code is about.
#[derive(Debug, Clone)]
pub struct Delivery {
    pub files: Vec<(Format, Output)>,
    pub targets: Vec<Target>,
    pub fail_on: FailOn,
    /// The locale cannot show more.
    pub ascii: bool,
    /// The folder for a report that could not be written or sent.
    pub spare: PathBuf,
    pub patience: Patience,
    /// Set when something goes out to a target, so that whoever cuts the run off knows that it may have arrived.
    pub begun: Arc<AtomicBool>,
}

/// A clock that is further off than this moves the period; less is within the distance of two points.
const SKEW: i64 = 15 * SECOND;

/// Asks everything and makes the report. It never fails: what could not be asked is listed in it.
pub async fn build(ask: &impl Ask, plan: &Plan, clock: Clock, tell: Tell<'_>) -> Report {
    let report = build_once(ask, plan, clock, tell).await;
    // To the second, which is what a server tells.
    let ahead = Timestamp(ask.skew_ms(Source::Prometheus)).plus(SECOND / 2).floor_to(SECOND).0;
    if ahead.abs() < SKEW {
        return report;
    }
    // To a server that is behind, the end of the period is yet to come: a healthy service would look dead.
    let mut report = build_once(ask, &plan.on_clock(ahead), clock, tell).await;
    let way = if ahead > 0 { "ahead of" } else { "behind" };
    let text =
        format!("the server's clock is {} {way} ours; all times here are the server's", format_duration(ahead.abs()));
    report.warnings.push(Plain::from(text));
    report
}

async fn build_once(ask: &impl Ask, plan: &Plan, clock: Clock, tell: Tell<'_>) -> Report {
    let grid = plan::Grid::of(plan.periods, plan.generated_at);
    let mut questions = ask::questions(&plan.watch, &grid, plan.alertmanager);
    if plan.logs {
        questions.extend(logs::questions(plan, &grid));
    }
    if plan.traces {
        questions.extend(traces::questions(plan, &grid));
    }
    let asked = ask::ask_all(ask, &questions, plan.at_once, clock, tell);
    let answers = asked.instrument(telemetry::step("ask")).await;
    let mut report = telemetry::step("build").in_scope(|| build::report(plan, grid, answers));
    explain::explain(ask, &mut report, clock, &mut |_, _| {}).instrument(telemetry::step("explain")).await;
    report
}

/// The whole run; gives the exit code. What went wrong is said on the standard error.
pub async fn run(ask: &impl Ask, plan: &Plan, delivery: &Delivery, clock: Clock) -> u8 {
    run_once(ask, plan, delivery, clock).instrument(telemetry::step("report")).await
}

async fn run_once(ask: &impl Ask, plan: &Plan, delivery: &Delivery, clock: Clock) -> u8 {
    let watched = std::io::stderr().is_terminal();
    let mut tell = |done: usize, all: usize| {
        if watched {
            say(if done < all { format!("\rasking {done} of {all}") } else { format!("\r{:24}\r", "") });
        }
    };
    let report = build(ask, plan, clock, &mut tell).await;
    if !report.not_asked.is_empty() {
        let (missing, all) = (report.not_asked.len(), report.asked);
        say(format!("a360: not answered: {missing} of {all} questions; the report lists them\n"));
    }
    let mut unsent = deliver::files(&report, delivery);
    let code = exit_code(&report, delivery.fail_on);
    if !delivery.targets.is_empty() {
        delivery.begun.store(true, Ordering::Relaxed);
        let mut cut_off = CutOff { report: &report, delivery, is_over: false };
        let sending = deliver::targets(&report, delivery, code, watched, clock);
        unsent.extend(sending.instrument(telemetry::step("send")).await);
        cut_off.is_over = true;
    }
    if unsent.is_empty() {
        return code;
    }
    telemetry::step("write").in_scope(|| deliver::keep(&report, delivery, &unsent));
    NOT_SENT
}

/// Keeps a report whose sending is cut off: it is not sent again.
struct CutOff<'a> {
    report: &'a Report,
    delivery: &'a Delivery,
    is_over: bool,
}

impl Drop for CutOff<'_> {
    fn drop(&mut self) {
        if !self.is_over {
            deliver::keep(self.report, self.delivery, &send::WHOLE);
        }
    }
}

/// A standard error that nobody holds open is no reason to stop.
fn say(text: String) {
    let mut out = std::io::stderr().lock();
    let _ = out.write_all(text.as_bytes()).and_then(|()| out.flush());
}
