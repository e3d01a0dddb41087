//! The alert that a command line asked for: it may come late, be silenced, or be gone.

use super::list::Filter;
use super::notes::{Known, known};
use super::{Alerts, Scene};
use crate::text::Plain;

impl Alerts {
    /// Selects the alert that a command line asked for; says what it was, once, when it is known not to be there.
    pub(super) fn find_wanted(&mut self, scene: &Scene) -> Option<Plain> {
        let wanted = self.wanted.as_ref()?;
        // The one with the fewest labels of its own is the closest.
        let found = self.list.rows.iter().filter(|row| wanted.fits(row)).min_by_key(|row| row.labels.len());
        let Some((labels, is_hidden)) = found.map(|row| (row.identity().clone(), row.state.is_hidden())) else {
            let is_known = known(self, scene) == Known::Now && self.rules.get().is_some();
            let is_known = is_known && (!scene.alertmanager || self.held.get().is_some());
            return is_known.then(|| self.wanted.take()).flatten().map(|wanted| Plain::from(wanted.text()));
        };
        if is_hidden && !self.quiet_too {
            self.quiet_too = true;
            let rows = std::mem::take(&mut self.list.rows);
            self.arrange(rows);
        }
        // Wanted until somebody moves: it may turn out to be silenced with the next answer.
        (self.selected, self.chosen) = (Some(labels), true);
        None
    }

    /// Shows what is quiet too, or no more.
    pub fn toggle_quiet(&mut self) {
        (self.quiet_too, self.wanted) = (!self.quiet_too, None);
    }

    /// Selects the alert that all of these fit, when it comes.
    pub fn want(&mut self, wanted: Filter) {
        self.wanted = Some(wanted);
    }
}
