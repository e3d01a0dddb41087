//! Where the parts of the logs lie. It follows from the size of the screen alone, so that nothing jumps.

use ratatui::layout::Rect;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Places {
    /// What is asked, and how much of it there is.
    pub query: Rect,
    /// How far the list can be relied on.
    pub status: Rect,
    /// One row a level, and the time below them.
    pub volume: Rect,
    /// One line each.
    pub rows: Rect,
    /// What the lines say, counted.
    pub patterns: Rect,
}

/// How many rows of levels a body of so many rows has room for.
fn levels(height: u16) -> u16 {
    match height {
        0..12 => 0,
        12..30 => 3,
        _ => 4,
    }
}

pub fn places(area: Rect, with_patterns: bool) -> Places {
    let mut top = area.y;
    let mut take = |wanted: u16| {
        let height = wanted.min(area.bottom().saturating_sub(top));
        let part = Rect { y: top, height, ..area };
        top += height;
        part
    };
    let (query, status) = (take(1), take(1));
    let levels = levels(area.height);
    let volume = take(if levels > 0 { levels + 1 } else { 0 });
    let left = area.height.saturating_sub(query.height + status.height + volume.height);
    let patterns = if with_patterns { (left * 3 / 5).min(14) } else { 0 };
    Places { query, status, volume, rows: take(left - patterns), patterns: take(patterns) }
}

/// How many cells the name of a service has in the list.
pub fn service(width: u16) -> usize {
    match width {
        0..60 => 0,
        60..100 => 10,
        100..160 => 14,
        _ => 20,
    }
}

/// Where the bars of a row of the volume begin, and how many there are.
pub fn bars(width: u16) -> (u16, u16) {
    let (left, right) = (8, if width < 60 { 10 } else { 24 });
    (left, width.saturating_sub(left + right))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_parts_fill_the_body_and_do_not_overlap() {
        for (width, height) in (0..230u16).step_by(7).flat_map(|width| (0..70).map(move |height| (width, height))) {
            for with in [false, true] {
                let area = Rect::new(0, 4, width, height);
                let Places { query, status, volume, rows, patterns } = places(area, with);
                let mut y = area.y;
                for part in [query, status, volume, rows, patterns] {
                    assert_eq!(part.y, y, "{width}x{height}");
                    y += part.height;
                }
                assert_eq!(y, area.bottom(), "{width}x{height}");
            }
        }
    }
}
