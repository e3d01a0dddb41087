//! A few values in one row, one cell each: `▁▂▃▅█`. For tables, tiles and text reports alike.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;

const BARS: [char; 8] = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];

#[derive(Debug, Clone, Copy)]
pub struct Sparkline<'a> {
    /// NaN is a gap and stays blank; infinite values show as `▲` and `▼`.
    pub values: &'a [f64],
    /// The values of the lowest and of the highest bar; found in the values when not given.
    pub range: Option<(f64, f64)>,
    pub style: Style,
}

impl Sparkline<'_> {
    /// Draws the newest values that fit, the last one at the right end of its room only if the room is full.
    pub fn render(&self, area: Rect, buf: &mut Buffer) {
        let area = area.intersection(buf.area);
        if area.is_empty() {
            return;
        }
        let shown = newest(self.values, usize::from(area.width));
        for (x, bar) in (area.x..area.right()).zip(bars(shown, self.range)).filter(|(_, bar)| *bar != ' ') {
            if let Some(cell) = buf.cell_mut((x, area.y)) {
                cell.set_char(bar).set_style(self.style);
            }
        }
    }
}

/// One character a value.
pub fn bars(values: &[f64], range: Option<(f64, f64)>) -> impl Iterator<Item = char> {
    let (low, high) = range.map_or_else(|| extent(values), |(one, other)| (one.min(other), one.max(other)));
    values.iter().map(move |value| bar(*value, low, high))
}

fn bar(value: f64, low: f64, high: f64) -> char {
    match value {
        v if v.is_nan() => ' ',
        v if v.is_infinite() => {
            if v > 0.0 {
                '▲'
            } else {
                '▼'
            }
        }
        v => {
            // Halved, so that the largest numbers do not run over; `as` saturates and takes NaN for 0.
            let (part, whole) = (v / 2.0 - low / 2.0, high / 2.0 - low / 2.0);
            let level = if whole > 0.0 { (part / whole * 8.0) as usize } else { flat(v) };
            BARS[level.min(7)]
        }
    }
}

/// Values that are all the same: zero is low, anything else is in the middle.
fn flat(value: f64) -> usize {
    if value == 0.0 { 0 } else { 3 }
}

fn extent(values: &[f64]) -> (f64, f64) {
    let finite = values.iter().copied().filter(|v| v.is_finite());
    finite.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), v| (low.min(v), high.max(v)))
}

fn newest(values: &[f64], most: usize) -> &[f64] {
    &values[values.len().saturating_sub(most)..]
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn text(values: &[f64], range: Option<(f64, f64)>) -> String {
        bars(values, range).collect()
    }

    #[test]
    fn values_rise_from_the_least_to_the_most() {
        assert_eq!(text(&[0.0, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0], None), "▁▂▃▄▅▆▇█");
        assert_eq!(text(&[10.0, 20.0], None), "▁█");
    }

    #[test]
    fn a_given_range_holds() {
        assert_eq!(text(&[-5.0, 0.0, 50.0, 100.0, 150.0], Some((0.0, 100.0))), "▁▁▅██");
        assert_eq!(text(&[50.0], Some((100.0, 0.0))), "▅");
    }

    #[test]
    fn gaps_are_blank_and_infinity_is_marked() {
        assert_eq!(text(&[1.0, f64::NAN, 2.0, f64::INFINITY, f64::NEG_INFINITY], None), "▁ █▲▼");
        assert_eq!(text(&[f64::NAN, f64::INFINITY], None), " ▲");
        assert_eq!(text(&[], None), "");
    }

    #[test]
    fn no_change_is_told_from_nothing() {
        assert_eq!(text(&[0.0, 0.0], None), "▁▁");
        assert_eq!(text(&[7.0, 7.0], None), "▄▄");
    }

    #[test]
    fn the_newest_values_are_drawn_and_gaps_left_alone() {
        let mut buf = Buffer::filled(Rect::new(0, 0, 4, 1), ratatui::buffer::Cell::new("."));
        let values = [9.0, 0.0, f64::NAN, 7.0];
        Sparkline { values: &values, range: None, style: Style::new() }.render(Rect::new(1, 0, 3, 1), &mut buf);
        assert_eq!(buf, Buffer::with_lines([".▁.█"]));
    }

    proptest! {
        #[test]
        fn nothing_panics(values in prop::collection::vec(any::<f64>(), 0..20), low in any::<f64>(), high in any::<f64>(), w in 0u16..9, h in 0u16..3) {
            let mut buf = Buffer::empty(Rect::new(0, 0, w, h));
            for range in [None, Some((low, high))] {
                Sparkline { values: &values, range, style: Style::new() }.render(Rect::new(1, 0, 8, 2), &mut buf);
            }
        }
    }
}
