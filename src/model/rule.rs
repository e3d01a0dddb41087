//! Rules, as Prometheus evaluates them: in groups, at an interval, with their health.

use super::alert::Alert;
use super::labels::Labels;
use crate::text::Plain;
use crate::time::Timestamp;

#[derive(Debug, Clone, PartialEq)]
pub struct RuleGroup {
    pub name: Plain,
    pub file: Plain,
    /// Milliseconds from one evaluation to the next.
    pub interval: i64,
    /// Milliseconds that the last evaluation of all its rules took.
    pub took: f64,
    pub evaluated: Option<Timestamp>,
    pub rules: Vec<Rule>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Health {
    Ok,
    Failing,
    /// Not evaluated yet.
    Unknown,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Rule {
    pub name: Plain,
    /// PromQL, exact, for asking again.
    pub expr: String,
    pub health: Health,
    pub last_error: Plain,
    /// Milliseconds.
    pub took: f64,
    pub evaluated: Option<Timestamp>,
    pub labels: Labels,
    /// Nothing for a rule that records.
    pub alerting: Option<Alerting>,
}

/// What only a rule that alerts has.
#[derive(Debug, Clone, PartialEq)]
pub struct Alerting {
    /// Milliseconds that the expression must hold before it fires.
    pub hold: i64,
    /// Milliseconds that it goes on firing after the expression holds no more.
    pub keep: i64,
    /// With their templates unexpanded.
    pub annotations: Labels,
    /// Pending and firing ones.
    pub alerts: Vec<Alert>,
}
