//! What a silence needs to know of the alerts: which there are, since when that is known, and one of them in a line.

use ratatui::text::{Line, Span};

use super::notes::{self, Known};
use super::words::{cell, mark};
use super::{Alerts, layout};
use crate::analysis::alerts::Row;
use crate::model::fault::FetchError;
use crate::model::silence::Silence;
use crate::time::Timestamp;
use crate::ui::theme::{Role, Theme};
use crate::ui::view::Scene;

impl Alerts {
    /// Every alert that is known, shown or not.
    pub fn rows(&self) -> &[Row] {
        &self.list.rows
    }

    /// The silences that are known, those of the last day that are over too.
    pub fn silences(&self) -> &[Silence] {
        self.silences.get().map_or(&[], Vec::as_slice)
    }

    /// Why the silences are not known as they are now.
    pub fn silences_fail(&self) -> Option<&FetchError> {
        self.silences.feed.error.as_ref().map(|(error, _)| error)
    }

    /// Whether Alertmanager has ever said what it holds, and what it said instead.
    pub fn alertmanager_known(&self) -> Result<(), Option<&FetchError>> {
        match &self.held.feed {
            feed if feed.value.is_some() => Ok(()),
            feed => Err(feed.error.as_ref().map(|(error, _)| error)),
        }
    }

    /// Whether a silence keeps the selected alert quiet.
    pub fn is_silenced(&self) -> bool {
        self.row().and_then(|row| row.held.as_ref()).is_some_and(|held| !held.silenced_by.is_empty())
    }

    /// From when the knowledge of the alerts is, where it is not the newest.
    pub fn as_of(&self, scene: &Scene) -> Option<Timestamp> {
        let held = self.held.feed.value.as_ref().map(|(_, at)| *at);
        let held = held.filter(|_| scene.alertmanager && !notes::is_fresh(&self.held, scene));
        match notes::known(self, scene) {
            Known::Old(at) => Some(held.map_or(at, |held| held.min(at))),
            _ => held,
        }
    }

    /// The alert as one line among those that a silence hits; `state` is what is said of it beside its name.
    pub fn brief(&self, row: &Row, state: &str, width: usize, theme: &Theme) -> Line<'static> {
        let (sign, role) = mark(row);
        let (name, state_width) = layout::brief(width);
        let quiet = if row.state.is_quiet() { Role::Dim } else { Role::Text };
        let rest = width.saturating_sub(4 + 10 + name + state_width);
        Line::from(vec![
            Span::styled(format!(" {sign}  "), theme.style(role)),
            Span::styled(cell(row.severity.word(), 9) + " ", theme.style(role)),
            Span::styled(cell(&row.name(), name.saturating_sub(1)) + " ", theme.style(quiet)),
            Span::styled(cell(state, state_width.saturating_sub(1)) + " ", theme.style(quiet)),
            Span::styled(cell(&self.list.difference_in(row, rest), rest), theme.style(Role::Dim)),
        ])
    }
}
