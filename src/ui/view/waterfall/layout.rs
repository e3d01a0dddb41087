//! Where the parts of an open trace stand, and how a row is shared out.

use ratatui::layout::Rect;

/// Rows that are left where the detail has none.
const LEAST: u16 = 9;
/// A duration, and the mark of an error after it.
const TIME: u16 = 11;

/// How much room the detail of the span has; from half on it takes the keys.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Size {
    #[default]
    Small,
    Half,
    Full,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Places {
    pub head: Rect,
    /// What the backend says of the whole trace.
    pub note: Rect,
    pub ruler: Rect,
    /// The tree, or the table.
    pub rows: Rect,
    pub panel: Rect,
}

pub fn places(area: Rect, size: Size, has_note: bool, is_table: bool) -> Places {
    let mut rest = area;
    let mut take = |height: u16| {
        let part = Rect { height: height.min(rest.height), ..rest };
        rest = Rect { y: rest.y + part.height, height: rest.height - part.height, ..rest };
        part
    };
    let head = take(1);
    let note = take(u16::from(has_note && area.height > LEAST));
    let is_full = size == Size::Full && !is_table;
    let ruler = take(u16::from(!is_full));
    let height = match size {
        _ if is_table => 0,
        Size::Full => rest.height,
        Size::Half => (rest.height / 2).max(4).min(rest.height),
        Size::Small if rest.height < LEAST => 0,
        Size::Small => (rest.height / 3).clamp(4, 10),
    };
    let rows = Rect { height: rest.height - height, ..rest };
    Places { head, note, ruler, rows, panel: Rect { y: rows.bottom(), height, ..rest } }
}

/// The cells of a row, from left to right.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Columns {
    /// With the mark of the cursor.
    pub name: u16,
    pub bar: u16,
    pub time: u16,
}

pub fn columns(width: u16) -> Columns {
    let time = if width >= 24 { TIME } else { 0 };
    let rest = width - time;
    let bar = if width >= 40 { rest - rest * 9 / 20 } else { 0 };
    Columns { name: rest - bar, bar, time }
}

/// The part of a row where the bars stand.
pub fn bars(row: Rect) -> Rect {
    let columns = columns(row.width);
    // One cell stays free on the left.
    let width = columns.bar.saturating_sub(1);
    Rect { x: row.x + columns.name + (columns.bar - width), width, ..row }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_lies_outside_and_nothing_overlaps() {
        for height in 0..60 {
            for size in [Size::Small, Size::Half, Size::Full] {
                for (has_note, is_table) in [(false, false), (true, false), (true, true)] {
                    let area = Rect::new(3, 2, 80, height);
                    let Places { head, note, ruler, rows, panel } = places(area, size, has_note, is_table);
                    let parts = [head, note, ruler, rows, panel];
                    assert_eq!(parts.iter().map(|part| part.height).sum::<u16>(), height, "{parts:?}");
                    let ends = parts.iter().fold(area.y, |y, part| {
                        assert_eq!(part.y, y, "{parts:?}");
                        part.bottom()
                    });
                    assert_eq!(ends, area.bottom());
                }
            }
        }
    }

    #[test]
    fn a_row_is_shared_out_at_every_width() {
        for width in 0..300 {
            let Columns { name, bar, time } = columns(width);
            assert_eq!(name + bar + time, width);
        }
        assert_eq!(columns(80), Columns { name: 31, bar: 38, time: 11 });
        assert_eq!(columns(200), Columns { name: 85, bar: 104, time: 11 });
    }
}
