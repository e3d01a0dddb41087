//! The mouse, for those who asked for it: a click selects a panel and points at a moment, the wheel zooms there.

use crossterm::event::{MouseButton, MouseEvent, MouseEventKind};
use ratatui::layout::Position;

use super::App;
use crate::time::Timestamp;
use crate::ui::view::ViewId;

impl App {
    pub(super) fn mouse(&mut self, event: MouseEvent) {
        if self.overlay.is_some() {
            return;
        }
        let cell = Position::new(event.column, event.row);
        match self.view {
            ViewId::Overview => {}
            ViewId::Alerts => return self.mouse_on_alerts(event.kind, cell),
            ViewId::Silences | ViewId::Rules | ViewId::Logs | ViewId::Traces => {
                return self.mouse_on_a_list(event.kind);
            }
        }
        let Some((panel, moment)) = self.overview.at(&self.scene(), self.body(), cell) else { return };
        let factor = match event.kind {
            MouseEventKind::Down(MouseButton::Left) => {
                self.overview.select(panel.id());
                self.crosshair = moment.or(self.crosshair);
                return;
            }
            MouseEventKind::ScrollUp => 0.5,
            MouseEventKind::ScrollDown => 2.0,
            _ => return,
        };
        let around = moment.map(Timestamp);
        self.moving(|app| app.shown = app.shown.zoom(factor, around, app.now));
    }

    fn mouse_on_a_list(&mut self, kind: MouseEventKind) {
        match kind {
            MouseEventKind::ScrollUp => self.step(-3),
            MouseEventKind::ScrollDown => self.step(3),
            _ => {}
        }
    }

    fn mouse_on_alerts(&mut self, kind: MouseEventKind, cell: Position) {
        self.in_alerts(|alerting, scene, area| match kind {
            MouseEventKind::Down(MouseButton::Left) => alerting.click(scene, area, cell),
            MouseEventKind::ScrollUp => alerting.move_cursor(-3, area),
            MouseEventKind::ScrollDown => alerting.move_cursor(3, area),
            _ => {}
        });
    }
}
