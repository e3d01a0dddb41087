//! Silences: alerts that nobody is to be told of for a while, as Alertmanager keeps them.

use std::fmt;
use std::ops::Deref;
use std::sync::Arc;

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
    pub created_by: Exact,
    pub comment: Exact,
}

/// A text that goes back to the server as it came; it is shown by its `Plain` alone.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct Exact {
    shown: Plain,
    /// As it is sent, where that is not what is shown.
    raw: Option<Arc<str>>,
}

impl Exact {
    pub fn new(raw: &str) -> Self {
        let shown = Plain::new(raw);
        Self { raw: (shown != *raw).then(|| Arc::from(raw)), shown }
    }

    /// As it is sent; not for showing.
    pub fn raw(&self) -> &str {
        self.raw.as_deref().unwrap_or(&self.shown)
    }
}

impl Deref for Exact {
    type Target = Plain;

    fn deref(&self) -> &Plain {
        &self.shown
    }
}

impl From<&str> for Exact {
    fn from(raw: &str) -> Self {
        Self::new(raw)
    }
}

impl fmt::Display for Exact {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.shown, f)
    }
}

impl fmt::Debug for Exact {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self.raw(), f)
    }
}
