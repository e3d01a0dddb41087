//! The cursor on the list of alerts: it moves, is kept in sight, and holds on to its alert.

use ratatui::layout::{Position, Rect};

use super::{Alerts, detail, layout};
use crate::ui::view::Scene;

impl Alerts {
    pub(super) fn select(&mut self, place: usize) {
        self.place = place.min(self.list.len().saturating_sub(1));
        self.selected = self.list.get(self.place).map(|row| row.identity().clone());
        self.scroll = 0;
    }

    /// Moves the cursor; on the whole screen from one alert to the next as well.
    pub fn move_cursor(&mut self, by: isize, area: Rect) {
        self.choose(self.place.saturating_add_signed(by));
        self.follow(area);
    }

    pub(super) fn choose(&mut self, place: usize) {
        (self.chosen, self.wanted) = (true, None);
        self.select(place);
        self.look_back();
    }

    /// Half a page of the list, or of a detail that fills the screen.
    pub fn page(&mut self, by: isize, scene: &Scene, area: Rect) {
        if scene.full {
            let last = detail::rows(self, scene, area).saturating_sub(area.height);
            let step = (area.height / 2).max(1);
            self.scroll = if by > 0 { self.scroll.saturating_add(step) } else { self.scroll.saturating_sub(step) };
            self.scroll = self.scroll.min(last);
        } else {
            let half = isize::try_from(layout::places(area, false).rows.height / 2).unwrap_or(1).max(1);
            self.move_cursor(by.saturating_mul(half), area);
        }
    }

    /// Keeps the cursor in sight.
    pub(super) fn follow(&mut self, area: Rect) {
        // By the list as it is below no detail: coming back to it finds it where it was.
        self.top = self.first_in_sight(layout::places(area, false).rows.height);
    }

    /// The first entry to draw so that the selected one is in sight, moved as little as can be.
    pub(super) fn first_in_sight(&self, height: u16) -> usize {
        let height = usize::from(height).max(1);
        let at = self.list.entry_of(self.place).unwrap_or(0);
        // The heading above the first alert of a group is shown with it.
        let lowest = at.saturating_sub(usize::from(at == 1));
        self.top.min(lowest).max((at + 1).saturating_sub(height)).min(self.list.entries.len().saturating_sub(1))
    }

    /// Puts the cursor on the alert under a cell of the terminal.
    pub fn click(&mut self, scene: &Scene, area: Rect, cell: Position) {
        let rows = layout::places(area, scene.full).rows;
        let entry = self.first_in_sight(rows.height) + usize::from(cell.y.saturating_sub(rows.y));
        if let Some(nth) = self.list.nth_of(entry).filter(|_| rows.contains(cell)) {
            self.choose(nth);
        }
    }
}
