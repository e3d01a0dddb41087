//! Where list and detail lie. It follows from the size of the screen alone, so that nothing jumps when alerts come.

use ratatui::layout::Rect;

/// Cells before the first column of a list: the cursor, the mark, a blank each.
pub const MARGIN: usize = 4;
/// A body of fewer rows has room for the list or the detail, not for both.
const BOTH: u16 = 14;
/// The line that counts the alerts, the one for what is wrong with the answers, and the heads of the columns.
const HEAD: u16 = 3;
/// From this width on the facts of a chart stand beside it.
const BESIDE: u16 = 100;
const FACTS: u16 = 30;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Places {
    /// Counts, notes and column heads.
    pub head: Rect,
    /// One row an alert.
    pub rows: Rect,
    pub detail: Rect,
}

pub fn places(area: Rect, full: bool) -> Places {
    let nothing = Rect { height: 0, ..area };
    if full {
        return Places { head: nothing, rows: nothing, detail: area };
    }
    let list = if area.height < BOTH { area.height } else { (area.height * 2 / 5).max(HEAD + 4) };
    let head = Rect { height: HEAD.min(list), ..area };
    let rows = Rect { y: head.bottom(), height: list - head.height, ..area };
    // A blank line between the two.
    let top = (rows.bottom() + 1).min(area.bottom());
    Places { head, rows, detail: Rect { y: top, height: area.bottom() - top, ..area } }
}

/// The chart's part of the detail and, where it is wide, the room for the facts beside it. The width, by which the
/// server is asked, follows from the width of the screen alone.
pub fn chart(detail: Rect) -> (Rect, Option<Rect>) {
    let inner = Rect { x: detail.x + 1.min(detail.width), width: detail.width.saturating_sub(2), ..detail };
    if detail.width < BESIDE {
        return (inner, None);
    }
    let chart = Rect { width: inner.width - FACTS - 2, ..inner };
    (chart, Some(Rect { x: chart.right() + 2, width: FACTS, ..inner }))
}

/// How wide name and state are where an alert is one line among others that a silence hits.
pub fn brief(width: usize) -> (usize, usize) {
    match width {
        0..60 => (width.saturating_sub(14 + 10), 10),
        60..100 => (26, 18),
        _ => (34, 24),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_part_lies_within_at_any_size() {
        for (width, height) in (0..230).step_by(7).flat_map(|w| (0..80).map(move |h| (w, h))) {
            let area = Rect::new(0, 4, width, height);
            for full in [false, true] {
                let places = places(area, full);
                let (plot, facts) = chart(places.detail);
                for part in [places.head, places.rows, places.detail, plot].into_iter().chain(facts) {
                    assert_eq!(area.intersection(part), part, "{width}x{height} {part:?}");
                }
                assert!(places.rows.bottom() <= places.detail.y || full);
            }
        }
    }
}
