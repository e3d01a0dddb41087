//! `?`: every key, from the action table, and what the marks mean.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};
use ratatui::widgets::{Clear, Widget};

use crate::ui::action::TABLE;
use crate::ui::app::App;
use crate::ui::theme::Role;

const MARKS: &[(&str, &str)] = &[
    ("▲ ! ~ ·", "critical, warning, pending, other"),
    ("● ✖ …", "the source answers, does not, is being asked"),
    ("stale 42s", "old data: the source did not answer since"),
    ("PARTIAL", "the server itself says that data are missing"),
    ("≥ 5 s", "the quantile lies in the last bucket: it is at least that"),
    ("↻", "a restart of an instance"),
    ("✖ on an axis", "no target of the service answered"),
    ("–", "no value; not the same as 0"),
    ("○", "in the legend and on the full screen, not on the small chart"),
];

pub fn lines<'a>(app: &App) -> Vec<Line<'a>> {
    let theme = &app.setup.theme;
    let key = theme.style(Role::Key);
    let mut lines = vec![Line::styled(" KEYS", theme.style(Role::Title))];
    for row in TABLE {
        let keys: Vec<String> = app.setup.keymap.keys(row.action).iter().map(ToString::to_string).collect();
        lines.push(Line::from(vec![
            Span::styled(format!(" {:>16}  ", keys.join(" ")), key),
            Span::styled(row.help, theme.style(Role::Text)),
            Span::styled(format!("  ({})", row.name), theme.style(Role::Dim)),
        ]));
    }
    lines.push(Line::default());
    lines.push(Line::styled(" MARKS", theme.style(Role::Title)));
    for (mark, meaning) in MARKS {
        lines.push(Line::from(vec![
            Span::styled(format!(" {mark:>16}  "), key),
            Span::styled(*meaning, theme.style(Role::Text)),
        ]));
    }
    lines
}

pub fn draw(app: &App, top: u16, area: Rect, buf: &mut Buffer) {
    Clear.render(area, buf);
    buf.set_style(area, app.setup.theme.style(Role::Overlay));
    let all = lines(app);
    let left = all.len().saturating_sub(usize::from(top) + usize::from(area.height));
    for (line, row) in all.into_iter().skip(usize::from(top)).zip(area.rows()) {
        line.render(row, buf);
    }
    if left > 0 && area.height > 0 {
        let row = Rect { y: area.bottom() - 1, height: 1, ..area };
        Clear.render(row, buf);
        Line::styled(format!(" {} more lines below: j", left + 1), app.setup.theme.style(Role::Dim)).render(row, buf);
    }
}
