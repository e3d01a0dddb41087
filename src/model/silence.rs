//! Silences: alerts that nobody is to be told of for a while, as Alertmanager keeps them.

use super::matcher::Matcher;
use crate::text::Plain;
use crate::time::Timestamp;

/// Ordered by what matters: what silences now comes first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SilenceState {
    Active,
    Pending,
    Expired,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Silence {
    /// As the server wrote it; for sending back.
    pub id: String,
    pub state: SilenceState,
    pub matchers: Vec<Matcher>,
    pub starts_at: Timestamp,
    pub ends_at: Timestamp,
    pub created_by: Plain,
    pub comment: Plain,
}
