//! In which order the alerts of a group stand.

use std::cmp::Reverse;

use crate::analysis::alerts::Row;
use crate::time::Timestamp;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Order {
    /// By state, then by severity.
    #[default]
    Urgency,
    Newest,
    Oldest,
    Name,
    /// By state, then by name.
    State,
}

impl Order {
    pub const ALL: [Self; 5] = [Self::Urgency, Self::Newest, Self::Oldest, Self::Name, Self::State];

    pub fn name(self) -> &'static str {
        match self {
            Self::Urgency => "urgency",
            Self::Newest => "newest first",
            Self::Oldest => "oldest first",
            Self::Name => "name",
            Self::State => "state",
        }
    }

    /// Sorts the numbers of alerts, which come in order of urgency; what began nobody knows when comes last.
    pub fn sort(self, numbers: &mut [usize], rows: &[Row], since: &dyn Fn(&Row) -> Option<Timestamp>) {
        let row = |number: &usize| rows.get(*number);
        let began = |number: &usize| row(number).and_then(since);
        match self {
            Self::Urgency => {}
            Self::Newest => numbers.sort_by_cached_key(|number| Reverse(began(number))),
            Self::Oldest => numbers.sort_by_cached_key(|number| (began(number).is_none(), began(number))),
            Self::Name => numbers.sort_by_cached_key(|number| row(number).map(Row::name)),
            Self::State => numbers.sort_by_cached_key(|number| row(number).map(|row| (row.state, row.name()))),
        }
    }
}
