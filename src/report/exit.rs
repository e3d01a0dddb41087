//! The exit code, for cron and CI: the highest that applies wins.
//!
//! Alerts are those that fire when the report is made, also for a period of the past: Prometheus tells no others.

use super::document::Report;
use crate::analysis::alerts::State;
use crate::analysis::availability::Availability;
use crate::cli::FailOn;
use crate::model::alert::Severity;

pub const CALM: u8 = 0;
/// Something fires at or above the chosen severity, or the service is not there.
pub const FIRING: u8 = 1;
/// A question was not answered, or not whole.
pub const NOT_ASKED: u8 = 2;
/// The report could not be written.
pub const NOT_SENT: u8 = 3;

/// What the report itself says; [`NOT_SENT`] is for whoever writes it.
pub fn exit_code(report: &Report, fail_on: FailOn) -> u8 {
    if !report.not_asked.is_empty() {
        NOT_ASKED
    } else if fires(report, fail_on) {
        FIRING
    } else {
        CALM
    }
}

fn fires(report: &Report, fail_on: FailOn) -> bool {
    let worst = match fail_on {
        FailOn::Critical => Severity::Critical,
        FailOn::Warning => Severity::Warning,
        FailOn::None => return false,
    };
    let alerts = report.alerts.iter().flatten();
    // What somebody keeps quiet is known already.
    let firing = alerts.filter(|row| row.state == State::Firing).any(|row| row.severity <= worst);
    firing || is_absent(report) || report.switch_alarm.is_some()
}

/// No rule fires when the metrics vanish, so a service that is not there counts as a critical alert of its own.
/// Where only `up` answers nothing and other series are there, the question is wrong and not the service.
fn is_absent(report: &Report) -> bool {
    let presence = &report.availability;
    presence.unseen || matches!(presence.state, Some(Availability::Down { .. } | Availability::Gone { .. }))
}
