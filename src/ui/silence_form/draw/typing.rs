//! A field that is typed into, over several lines where it is long: the cursor stays in sight.

use ratatui::text::{Line, Span};
use unicode_segmentation::UnicodeSegmentation;
use unicode_width::UnicodeWidthStr;

use crate::ui::theme::{Role, Theme};
use crate::ui::widget::input::Input;

pub fn lines(input: &Input, focused: bool, width: usize, most: usize, theme: &Theme) -> Vec<Line<'static>> {
    let (before, _) = input.halves();
    let text = input.text();
    let starts = starts(text, width.max(1));
    let cursor = starts.iter().rposition(|start| *start <= before.len()).unwrap_or(0);
    let first = if focused { (cursor + 1).saturating_sub(most) } else { 0 };
    let mut lines = Vec::new();
    for n in (first..starts.len()).take(most.max(1)) {
        let end = starts.get(n + 1).copied().unwrap_or(text.len());
        let part = &text[starts[n]..end];
        let is_cut = n + 1 == first + most && end < text.len();
        let mut line = match focused && n == cursor {
            true => with_cursor(part, before.len() - starts[n], theme),
            false => Line::from(Span::styled(part.to_owned(), theme.style(Role::Text))),
        };
        if is_cut && !(focused && n == cursor) {
            line = Line::from(Span::styled(cut(part, width), theme.style(Role::Text)));
        }
        lines.push(line);
    }
    lines
}

fn with_cursor(part: &str, at: usize, theme: &Theme) -> Line<'static> {
    let (before, after) = part.split_at(at.min(part.len()));
    let under = after.graphemes(true).next().unwrap_or(" ");
    let rest = after.get(under.len()..).unwrap_or_default();
    Line::from(vec![
        Span::styled(before.to_owned(), theme.style(Role::Text)),
        Span::styled(under.to_owned(), theme.style(Role::Selected).add_modifier(ratatui::style::Modifier::REVERSED)),
        Span::styled(rest.to_owned(), theme.style(Role::Text)),
    ])
}

fn cut(part: &str, width: usize) -> String {
    let mut kept = crate::ui::view::overview::fit(part.trim_end(), width.saturating_sub(1));
    if !kept.ends_with('…') {
        kept.push('…');
    }
    kept
}

/// Where the lines begin: each is broken behind its last blank, or where it is full. The cursor behind the last
/// character has room too.
fn starts(text: &str, width: usize) -> Vec<usize> {
    let (mut starts, mut used, mut blank) = (vec![0], 0, None);
    for (at, grapheme) in text.grapheme_indices(true) {
        let cells = grapheme.width();
        let begin = *starts.last().unwrap_or(&0);
        if used + cells > width && at > begin {
            let next = blank.filter(|blank| *blank > begin).unwrap_or(at);
            starts.push(next);
            used = text[next..at].width();
        }
        used += cells;
        if grapheme == " " {
            blank = Some(at + 1);
        }
    }
    if used >= width {
        starts.push(text.len());
    }
    starts
}

#[cfg(test)]
mod tests {
    use super::*;
    use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

    fn shown(input: &Input, focused: bool, width: usize, most: usize) -> Vec<String> {
        lines(input, focused, width, most, &Theme::default()).iter().map(ToString::to_string).collect()
    }

    #[test]
    fn a_long_text_is_broken_at_blanks_and_the_cursor_is_in_sight() {
        let mut input = Input::default();
        input.insert("a=\"1\", bb=\"22\", ccc=\"333\"");
        assert_eq!(shown(&input, true, 16, 3), ["a=\"1\", bb=\"22\", ", "ccc=\"333\" "]);
        assert_eq!(shown(&input, true, 10, 2), ["bb=\"22\", ", "ccc=\"333\" "]);
        assert_eq!(shown(&input, false, 10, 2), ["a=\"1\", ", "bb=\"22\",…"]);
        input.key(KeyEvent::new(KeyCode::Home, KeyModifiers::NONE));
        assert_eq!(shown(&input, true, 10, 1), ["a=\"1\", "]);
    }

    #[test]
    fn any_text_fits_any_width() {
        let mut input = Input::default();
        input.insert("東京 東京東京 a\u{301}b xxxxxxxxxxxxxxxx");
        for width in 0..20 {
            for line in shown(&input, true, width, 9) {
                assert!(line.trim_end().width() <= width.max(2), "{width}: {line}");
            }
        }
    }
}
