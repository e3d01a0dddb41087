//! One line as it is held, and as it is handed out.

use crate::model::log::{Level, Said};

/// One line that is held.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Held<'a> {
    /// Nanoseconds since the epoch.
    pub at: i64,
    pub level: Level,
    pub service: &'a str,
    pub place: &'a str,
    pub kind: &'a str,
    pub endpoint: &'a str,
    pub error_type: &'a str,
    pub message: &'a str,
    pub trace: &'a str,
    /// It came so many seconds after a line that is newer.
    pub late: Option<u32>,
    pub index: &'a str,
    pub id: &'a str,
    /// What it says, by the number that whoever took it in gave it.
    pub pattern: u32,
}

impl<'a> Held<'a> {
    pub fn said(&self) -> Said<'a> {
        Said { at: self.at, level: self.level, service: self.service, message: self.message }
    }
}

/// Message, id and trace are one text: that is one allocation a line.
#[derive(Debug)]
pub struct Row {
    pub(super) at: i64,
    pub(super) text: Box<str>,
    pub(super) message: u32,
    pub(super) id: u32,
    pub(super) index: u32,
    pub(super) service: u32,
    pub(super) place: u32,
    pub(super) kind: u32,
    pub(super) endpoint: u32,
    pub(super) error_type: u32,
    pub(super) late: u32,
    pub(super) level: Level,
    /// The number of what it says.
    pub(super) pattern: u32,
}

impl Row {
    pub(super) fn message(&self) -> &str {
        self.text.get(..self.message as usize).unwrap_or_default()
    }

    pub(super) fn id(&self) -> &str {
        self.text.get(self.message as usize..(self.message + self.id) as usize).unwrap_or_default()
    }

    pub(super) fn trace(&self) -> &str {
        self.text.get((self.message + self.id) as usize..).unwrap_or_default()
    }

    pub(super) fn words(&mut self) -> [&mut u32; 6] {
        let Self { index, service, place, kind, endpoint, error_type, .. } = self;
        [index, service, place, kind, endpoint, error_type]
    }
}
