//! The ground under what lies over the view, and lines that say when they are cut.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::Line;
use ratatui::widgets::{Clear, Widget};
use unicode_width::UnicodeWidthStr;

use crate::ui::theme::{Role, Theme};

/// Clears the ground for what lies over the view.
pub fn lay(theme: &Theme, area: Rect, buf: &mut Buffer) {
    Clear.render(area, buf);
    buf.set_style(area, theme.base());
    buf.set_style(area, theme.style(Role::Overlay));
}

/// Writes a line; what does not fit ends in `…`, so that nobody takes it for the whole.
pub fn put(line: Line, row: Rect, buf: &mut Buffer) {
    let row = row.intersection(buf.area);
    let is_cut = line.width() > usize::from(row.width);
    line.render(row, buf);
    if !is_cut || row.is_empty() {
        return;
    }
    let last = row.right() - 1;
    // A sign two cells wide may reach into the last cell.
    if last > row.x && buf[(last - 1, row.y)].symbol().width() > 1 {
        buf[(last - 1, row.y)].set_symbol(" ");
    }
    buf[(last, row.y)].set_symbol("…");
}
