//! `?`: every key, from the action table, and what the marks mean.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};
use unicode_width::UnicodeWidthStr;

use crate::ui::action::{Action, TABLE};
use crate::ui::app::App;
use crate::ui::overlay::does_something;
use crate::ui::theme::Role;
use crate::ui::widget::ground::{lay, put};

const MARKS: &[(&str, &str)] = &[
    ("▲ ! ~ ·", "critical, warning, pending, other"),
    ("● ✖ …", "the source answers, does not, is being asked"),
    ("stale 42s", "old data: the source did not answer since"),
    ("PARTIAL", "the server itself says that data are missing"),
    ("≥ 5 s", "the quantile lies in the last bucket: it is at least that"),
    ("↻ ‾ by an axis", "an instance restarted, an alert was firing"),
    ("✖ on an axis", "no target of the service answered"),
    ("–", "no value; not the same as 0"),
    ("– in a list", "an alert that is kept quiet"),
    ("● in a list", "a rule that works; a dead man's switch that fires as it must"),
    ("✖ no Watchdog", "the alert that must always fire does not: alerting is broken"),
    ("▁▄█", "in an hour of the day: did not fire, fired, fired most of it"),
    ("○", "in the legend and on the full screen, not on the small chart"),
];
/// From this width on the marks stand beside the keys.
const TWO_COLUMNS: u16 = 120;
/// Between the two columns.
const APART: usize = 3;

pub fn lines<'a>(app: &App) -> Vec<Line<'a>> {
    let width = app.size.0;
    let mut lines = keys(app);
    if width < TWO_COLUMNS {
        lines.push(Line::default());
        lines.extend(marks(app, 16, width.into()));
        return lines;
    }
    let left = lines.iter().map(Line::width).max().unwrap_or(0) + APART;
    let marks = marks(app, 12, usize::from(width).saturating_sub(left));
    lines.resize(lines.len().max(marks.len()), Line::default());
    for (line, mark) in lines.iter_mut().zip(marks) {
        line.push_span(" ".repeat(left - line.width()));
        line.extend(mark);
    }
    lines
}

fn keys<'a>(app: &App) -> Vec<Line<'a>> {
    let theme = &app.setup.theme;
    let mut lines = vec![Line::styled(" KEYS", theme.style(Role::Title))];
    for row in TABLE.iter().filter(|row| does_something(app, row.action)) {
        let keys: Vec<String> = app.setup.keymap.keys(row.action).iter().map(ToString::to_string).collect();
        lines.push(Line::from(vec![
            Span::styled(format!(" {:>16}  ", keys.join(" ")), theme.style(Role::Key)),
            Span::styled(row.help, theme.style(Role::Text)),
            Span::styled(format!("  ({})", row.name), theme.style(Role::Dim)),
        ]));
    }
    lines
}

/// The signs in a column of so many cells, what they mean beside it.
fn marks<'a>(app: &App, column: usize, width: usize) -> Vec<Line<'a>> {
    let theme = &app.setup.theme;
    let mut lines = vec![Line::from(Span::styled(" MARKS", theme.style(Role::Title)))];
    for (mark, meaning) in MARKS {
        for (n, part) in wrap(meaning, width.saturating_sub(column + 3)).into_iter().enumerate() {
            let mark = if n == 0 { mark } else { "" };
            lines.push(Line::from(vec![
                Span::styled(format!(" {mark:>column$}  "), theme.style(Role::Key)),
                Span::styled(part, theme.style(Role::Text)),
            ]));
        }
    }
    lines
}

/// Broken between words.
fn wrap(text: &str, width: usize) -> Vec<String> {
    let mut lines = vec![String::new()];
    for word in text.split(' ') {
        match lines.last_mut() {
            Some(line) if line.is_empty() => line.push_str(word),
            Some(line) if line.width() + 1 + word.width() <= width => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines
}

pub fn draw(app: &App, top: u16, area: Rect, buf: &mut Buffer) {
    let theme = &app.setup.theme;
    lay(theme, area, buf);
    let all = lines(app);
    let left = all.len().saturating_sub(usize::from(top) + usize::from(area.height));
    for (line, row) in all.into_iter().skip(usize::from(top)).zip(area.rows()) {
        put(line, row, buf);
    }
    if left > 0 && area.height > 0 {
        let row = Rect { y: area.bottom() - 1, height: 1, ..area };
        lay(theme, row, buf);
        let key = app.setup.keymap.first(Action::Down).unwrap_or_default();
        put(Line::styled(format!(" {} more lines below: {key}", left + 1), theme.style(Role::Dim)), row, buf);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_kept_whole() {
        assert_eq!(wrap("no value; not the same as 0", 12), ["no value;", "not the same", "as 0"]);
        assert_eq!(wrap("incomprehensible word", 4), ["incomprehensible", "word"]);
    }
}
