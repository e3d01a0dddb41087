//! A window that is chosen on the volume, bar by bar, to look at nothing else.

use ratatui::layout::Rect;

use super::{Logs, layout::places};
use crate::time::{Range, Timestamp};
use crate::ui::view::Scene;

/// Moments in ms: the beginnings of the bars at its ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Window {
    /// The edge that moves.
    at: i64,
    /// The one that is set.
    other: Option<i64>,
    /// The length of a bar.
    step: i64,
}

impl Window {
    pub fn is_set(self) -> bool {
        self.other.is_some()
    }

    /// From the first bar to the end of the last one.
    pub fn range(self) -> Range {
        let other = self.other.unwrap_or(self.at);
        let (from, to) = (self.at.min(other), self.at.max(other));
        Range::new(Timestamp(from), Timestamp(to.saturating_add(self.step)))
    }

    fn step_by(&mut self, bars: i64, within: Range) {
        let first = within.start.floor_to(self.step).0;
        let last = within.end.floor_to(self.step).0;
        self.at = self.at.saturating_add(bars.saturating_mul(self.step)).clamp(first, last.max(first));
    }
}

impl Logs {
    pub fn window(&self) -> Option<Window> {
        self.window
    }

    /// Begins to choose a window at the crosshair or the newest bar; then sets the edge, then lets it go again. False
    /// where there is no volume.
    pub fn choose_window(&mut self, scene: &Scene, area: Rect) -> bool {
        if places(area, self.has_patterns()).volume.height == 0 || self.volume.get().is_none() {
            return false;
        }
        self.window = Some(match self.window {
            Some(window) if window.is_set() => Window { other: None, ..window },
            Some(window) => Window { other: Some(window.at), ..window },
            None => {
                let step = self.volume.get().map_or(1, |volume| volume.step).max(1);
                let at = Timestamp(scene.crosshair.unwrap_or(scene.shown.at(scene.now).end.0));
                Window { at: at.floor_to(step).0, other: None, step }
            }
        });
        true
    }

    /// Moves the edge by so many bars.
    pub fn move_window(&mut self, bars: i64, scene: &Scene) {
        if let Some(window) = &mut self.window {
            window.step_by(bars, scene.shown.at(scene.now));
        }
    }

    pub fn leave_window(&mut self) -> Option<Window> {
        self.window.take()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn either_edge_may_come_first_and_none_leaves_the_range() {
        let within = Range::new(Timestamp(1_005), Timestamp(1_995));
        let mut window = Window { at: 1_500, other: None, step: 10 };
        assert_eq!(window.range(), Range::new(Timestamp(1_500), Timestamp(1_510)));
        window.other = Some(window.at);
        window.step_by(-3, within);
        assert_eq!(window.range(), Range::new(Timestamp(1_470), Timestamp(1_510)));
        window.step_by(i64::MIN, within);
        assert_eq!(window.range(), Range::new(Timestamp(1_000), Timestamp(1_510)));
        window.step_by(i64::MAX, within);
        assert_eq!(window.range(), Range::new(Timestamp(1_500), Timestamp(2_000)));
    }
}
