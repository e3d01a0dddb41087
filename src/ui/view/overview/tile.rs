//! What the tiles of logs and traces have alike: the title with its remark, and the words for a source that fails.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};
use unicode_width::UnicodeWidthStr;

use crate::model::fault::FetchError;
use crate::time::{Timestamp, ago};
use crate::ui::theme::Role;
use crate::ui::view::Scene;
use crate::ui::widget::ground::put;

/// The title, and what may be wrong with what stands below it: where it does not fit it takes the next of the rows.
pub fn head(
    title: String,
    status: Option<(String, Role)>,
    scene: &Scene,
    head: Rect,
    rows: &mut impl Iterator<Item = Rect>,
    buf: &mut Buffer,
) {
    let style = |role| scene.theme.style(role);
    let mut line = Line::styled(title, style(Role::Dim));
    if let Some((text, role)) = status {
        let fits = line.width() + 2 + text.width() <= usize::from(head.width);
        let said = Span::styled(format!("{}{text}", if fits { "  " } else { " " }), style(role));
        if fits {
            line.push_span(said);
        } else if let Some(row) = rows.next() {
            put(Line::from(said), row, buf);
        }
    }
    put(line, head, buf);
}

/// Since when a source fails; and how old what is shown is, in ms, where something is.
pub fn failing(error: &FetchError, since: Timestamp, age: Option<i64>, scene: &Scene) -> (String, Role) {
    let kept = age.map_or_else(String::new, |age| format!("as of {} ago, then ", ago(age)));
    (format!("{kept}✖ {error} · for {}", ago(scene.now.since(since))), Role::Failed)
}
