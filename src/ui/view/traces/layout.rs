//! Where the parts of the list lie. It follows from the size of the screen alone, so that nothing jumps.

use ratatui::layout::Rect;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Places {
    /// What is sought, and how much of it there is.
    pub search: Rect,
    /// How far it can be relied on, and what stands out.
    pub status: Rect,
    /// A dot for each trace, and the time below.
    pub dots: Rect,
    /// The heads of the columns.
    pub heads: Rect,
    pub rows: Rect,
}

/// How many rows a body of so many rows has for the dots and their axis.
fn dots(height: u16) -> u16 {
    match height {
        0..15 => 0,
        15..26 => 6,
        26..40 => 9,
        _ => 11,
    }
}

pub fn places(area: Rect) -> Places {
    let mut top = area.y;
    let mut take = |wanted: u16| {
        let height = wanted.min(area.bottom().saturating_sub(top));
        let part = Rect { y: top, height, ..area };
        top += height;
        part
    };
    let (search, status, dots) = (take(1), take(1), take(dots(area.height)));
    let heads = take(if area.height >= 8 { 1 } else { 0 });
    Places { search, status, dots, heads, rows: take(area.height) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_parts_fill_the_body_and_do_not_overlap() {
        for (width, height) in (0..230u16).step_by(7).flat_map(|width| (0..70).map(move |height| (width, height))) {
            let area = Rect::new(0, 4, width, height);
            let Places { search, status, dots, heads, rows } = places(area);
            let mut y = area.y;
            for part in [search, status, dots, heads, rows] {
                assert_eq!(part.y, y, "{width}x{height}");
                y += part.height;
            }
            assert_eq!(y, area.bottom(), "{width}x{height}");
            assert!(height < 5 || rows.height > 0, "{width}x{height}");
        }
    }
}
