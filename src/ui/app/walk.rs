//! From an alert to what belongs to it: its metrics from before it began, and its links.

use super::{App, Effect};
use crate::analysis::scope::fits;
use crate::time::{DAY, HOUR, MINUTE, Timestamp};
use crate::ui::overlay::Overlay;
use crate::ui::range::Shown;
use crate::ui::view::ViewId;

/// So much of the time before an alert began is shown with it.
const BEFORE: i64 = 15 * MINUTE;
/// The ranges that are tried, the shortest first.
const RANGES: [i64; 4] = [HOUR, 6 * HOUR, DAY, 7 * DAY];

impl App {
    /// The overview, from shortly before the selected alert began, in its scope.
    pub(super) fn walk_to_metrics(&mut self) {
        if self.view != ViewId::Alerts {
            return;
        }
        let Some((name, since, scope)) = self.alert_under_cursor() else { return };
        let shown = since.map_or(self.shown, |since| self.long_enough(since));
        self.moving(|app| {
            (app.full, app.shown, app.crosshair) = (false, shown, since.map(|at| at.0));
            app.show_view(ViewId::Overview);
            if scope != app.scope {
                app.use_scope(scope);
            }
        });
        let key = |action| self.setup.keymap.first(action).unwrap_or_default();
        let back = key(crate::ui::action::Action::HistoryBack);
        self.say(&match since {
            Some(_) => format!("the crosshair is where {name} began; {back} goes back to it"),
            None => format!("since when {name} is active is not known; {back} goes back to it"),
        });
    }

    /// Its name, since when it is active, and the scope that it belongs to.
    pub(super) fn alert_under_cursor(&self) -> Option<(String, Option<Timestamp>, usize)> {
        let row = self.alerting.row()?;
        let scopes = self.context().map_or(&[][..], |context| &context.scopes);
        let scope = scopes.iter().position(|scope| fits(scope, &row.labels)).map_or(self.scope, |place| place + 1);
        Some((row.name().to_string(), row.since, scope))
    }

    /// A live range that begins before the alert did; the one that is shown, if it does.
    pub(super) fn long_enough(&self, since: Timestamp) -> Shown {
        let needed = self.now.since(since).saturating_add(BEFORE);
        match self.shown {
            Shown::Live(length) if length >= needed => self.shown,
            _ => {
                let fixed = RANGES.into_iter().find(|length| *length >= needed);
                Shown::live(fixed.unwrap_or(needed)).unwrap_or(Shown::Live(366 * DAY))
            }
        }
    }

    /// A list of the links of the selected alert.
    pub(super) fn show_links(&mut self) {
        match Overlay::links(self) {
            Some(overlay) => self.overlay = Some(overlay),
            None => self.say("this alert has no link"),
        }
    }

    pub(super) fn copy_link(&mut self, name: &str, url: String) -> Effect {
        let said = format!("copied the {name}: {url}");
        self.copy(url, &said)
    }
}
