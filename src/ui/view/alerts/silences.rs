//! The list of silences: whose, until when, what they hit now.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::Alerts;
use crate::ui::view::Scene;

#[derive(Default)]
pub struct Page {
    /// The cursor.
    pub place: usize,
}

pub fn draw(_alerts: &Alerts, _scene: &Scene, _area: Rect, _buf: &mut Buffer) {}
