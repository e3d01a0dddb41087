//! Finds text in what is painted and marks it, as `less` does.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Modifier;

use crate::ui::theme::{Role, Theme};

/// Where the text stands, in reading order: column, row and width in cells. Case counts only if it is typed.
pub fn places(text: &str, area: Rect, buf: &Buffer) -> Vec<Rect> {
    let exact = text.chars().any(char::is_uppercase);
    let fold = |c: &str| if exact { c.to_owned() } else { c.to_lowercase() };
    let sought: Vec<String> = text.chars().map(|c| fold(c.encode_utf8(&mut [0; 4]))).collect();
    let mut found = Vec::new();
    if sought.is_empty() {
        return found;
    }
    for row in area.rows() {
        let cells: Vec<String> = (row.left()..row.right()).map(|x| fold(buf[(x, row.y)].symbol())).collect();
        let mut x = 0;
        while x + sought.len() <= cells.len() {
            if cells[x..x + sought.len()] == sought[..] {
                found.push(Rect::new(row.x + x as u16, row.y, sought.len() as u16, 1));
                x += sought.len();
            } else {
                x += 1;
            }
        }
    }
    found
}

/// Marks every place, the current one more than the others; gives how many there are.
pub fn mark(text: &str, current: usize, area: Rect, theme: &Theme, buf: &mut Buffer) -> usize {
    let places = places(text, area, buf);
    for (i, place) in places.iter().enumerate() {
        buf.set_style(*place, theme.style(Role::Match));
        if i == current {
            buf.set_style(*place, theme.style(Role::Match).add_modifier(Modifier::REVERSED));
        }
    }
    places.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_every_place_without_case() {
        let buf = Buffer::with_lines(["Request rate", "no request, REQUEST"]);
        let hits = places("request", buf.area, &buf);
        assert_eq!(hits, [Rect::new(0, 0, 7, 1), Rect::new(3, 1, 7, 1), Rect::new(12, 1, 7, 1)]);
        assert_eq!(places("REQ", buf.area, &buf).len(), 1);
        assert!(places("", buf.area, &buf).is_empty());
    }
}
