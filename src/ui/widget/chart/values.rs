//! The values at the side of a chart: the upright line, ticks and thresholds, always equally wide.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;

use super::{Limit, Styles};
use crate::model::unit::Unit;
use crate::model::unit::axis::Axis;

/// Which side of the plot, and how many cells its labels have.
#[derive(Debug, Clone, Copy)]
pub(super) struct Place {
    pub plot: Rect,
    pub width: u16,
    pub right: bool,
}

/// The label of each row that has one. A limit is worth more than a tick between the ends of the axis.
pub(super) fn labels<'l>(
    axis: &Axis,
    limits: impl Iterator<Item = &'l Limit>,
    styles: Styles,
    rows: u16,
) -> Vec<Option<(f64, Style)>> {
    let mut labels = vec![None; usize::from(rows)];
    let mut put = |value: f64, style: Style| {
        if let Some(label) = labels.get_mut(usize::from(axis.row(value, rows))) {
            *label = Some((value, style));
        }
    };
    for tick in &axis.ticks {
        put(*tick, styles.label);
    }
    for limit in limits {
        put(limit.value, limit.style);
    }
    for end in [axis.min, axis.max] {
        put(end, styles.label);
    }
    labels
}

/// Draws the upright line, and the labels beside it.
pub(super) fn draw(place: Place, unit: Unit, labels: &[Option<(f64, Style)>], styles: Styles, buf: &mut Buffer) {
    let Place { plot, width, right } = place;
    let x = if right { plot.right() } else { plot.x.saturating_sub(1) };
    for (y, label) in (plot.y..plot.bottom()).zip(labels) {
        let tick = if right { '├' } else { '┤' };
        if let Some(cell) = buf.cell_mut((x, y)) {
            cell.set_char(if label.is_some() { tick } else { '│' }).set_style(styles.axis);
        }
        let Some((value, style)) = label else { continue };
        let text = short(unit, *value, usize::from(width));
        let indent = width.saturating_sub(text.chars().count() as u16);
        let from = if right { x + 1 } else { x.saturating_sub(width) + indent };
        buf.set_stringn(from, y, &text, usize::from(width), *style);
    }
}

/// A value in so many cells: in its unit if that fits, else as a power of ten, else not at all; never cut.
fn short(unit: Unit, value: f64, width: usize) -> String {
    let fits = |text: &String| text.chars().count() <= width;
    let tick = Some(unit.tick(value)).filter(fits);
    tick.or_else(|| Some(format!("{value:.0e}")).filter(fits)).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_are_never_cut() {
        assert_eq!(short(Unit::Ratio, 0.125, 6), "12.5%");
        assert_eq!(short(Unit::Count, 1e300, 6), "1e300");
        assert_eq!(short(Unit::Count, -1e300, 5), "");
        assert_eq!(short(Unit::Seconds, 90.0, 5), "90s");
    }
}
