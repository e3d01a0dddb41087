//! What Alertmanager knows: which alerts it holds, what keeps them quiet, and whom it tells.

use super::labels::Labels;
use crate::text::Plain;
use crate::time::Timestamp;

/// One alert as Alertmanager holds it, resolved ones excepted. Two of a pair that hold the same are one.
#[derive(Debug, Clone, PartialEq)]
pub struct Held {
    /// 16 hexadecimal digits that follow from the labels.
    pub fingerprint: Plain,
    pub labels: Labels,
    pub annotations: Labels,
    pub starts_at: Option<Timestamp>,
    pub updated_at: Option<Timestamp>,
    /// The names of those who are told, or would be.
    pub receivers: Vec<Plain>,
    /// Where the alert comes from: the expression in its Prometheus.
    pub generator: Plain,
    /// Ids of silences.
    pub silenced_by: Vec<String>,
    /// Fingerprints of the alerts that inhibit it.
    pub inhibited_by: Vec<Plain>,
    /// Names of time intervals that mute every group it is in.
    pub muted_by: Vec<Plain>,
}

/// Everything Alertmanager holds.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Holdings {
    /// In order of fingerprint.
    pub alerts: Vec<Held>,
    /// What could not be had of one server of a pair, or of one page; empty when all is known.
    pub notes: Vec<Plain>,
}

impl Holdings {
    /// The same alerts, while it is no longer known what keeps them quiet.
    pub fn as_if_loud(&self) -> Self {
        let loud = |held: &Held| Held {
            silenced_by: Vec::new(),
            inhibited_by: Vec::new(),
            muted_by: Vec::new(),
            ..held.clone()
        };
        Self { alerts: self.alerts.iter().map(loud).collect(), notes: self.notes.clone() }
    }
}

/// How Alertmanager is set up.
#[derive(Debug, Clone, PartialEq)]
pub struct Routing {
    /// May be empty: some builds do not know their own.
    pub version: Plain,
    /// The configuration, YAML, secrets left out by the server. Exact, for reading; not for showing.
    pub config: String,
}
