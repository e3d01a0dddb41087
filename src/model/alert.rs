//! Alerts, as Prometheus evaluates them.

use super::labels::Labels;
use crate::text::Plain;
use crate::time::Timestamp;

/// Ordered by urgency: the worst comes first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum AlertState {
    Firing,
    Pending,
    Inactive,
}

/// Ordered by urgency: the worst comes first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    Critical,
    Warning,
    Info,
    /// None given, or a word of the team's own.
    Other,
}

impl Severity {
    /// Reads the `severity` label: the words that teams use.
    pub fn of(labels: &Labels) -> Self {
        match labels.get("severity").map(|s| s.to_ascii_lowercase()).as_deref() {
            Some("critical" | "crit" | "page" | "emergency" | "fatal" | "p1" | "error") => Self::Critical,
            Some("warning" | "warn" | "ticket" | "p2" | "major") => Self::Warning,
            Some("info" | "information" | "notice" | "none" | "minor") => Self::Info,
            _ => Self::Other,
        }
    }

    pub fn word(self) -> &'static str {
        match self {
            Self::Critical => "critical",
            Self::Warning => "warning",
            Self::Info => "info",
            Self::Other => "other",
        }
    }
}

#[derive(Debug, Clone, PartialEq)]
pub struct Alert {
    pub labels: Labels,
    pub annotations: Labels,
    pub state: AlertState,
    pub active_at: Option<Timestamp>,
    pub value: Option<f64>,
}

impl Alert {
    pub fn name(&self) -> Plain {
        self.labels.get("alertname").filter(|name| !name.is_empty()).cloned().unwrap_or_else(|| Plain::new("(no name)"))
    }

    pub fn severity(&self) -> Severity {
        Severity::of(&self.labels)
    }
}
