//! Where the parts of a chart lie. Widths depend on the area only, never on the data, so that nothing jumps.

use ratatui::layout::Rect;

use super::raster::ACROSS;

/// Below these a part is left out: first the times, then the values, and at last only the line remains.
const HEIGHT_FOR_TIMES: u16 = 3;
const HEIGHT_FOR_VALUES: u16 = 2;
const WIDTH_FOR_TIMES: u16 = 12;
const WIDTH_FOR_VALUES: u16 = 20;
const WIDTH_FOR_BOTH: u16 = 32;
/// A chart this wide has room for the longest value labels.
const WIDE: u16 = 60;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Parts {
    /// Label cells at the left and at the right; the axis line itself is one more. 0 where the part is left out.
    pub left: u16,
    pub right: u16,
    pub plot: Rect,
    /// The row of times below the plot.
    pub times: Option<Rect>,
}

impl Parts {
    pub fn of(area: Rect, right_axis: bool) -> Self {
        let label = if area.width >= WIDE { 6 } else { 5 };
        let values = area.width >= WIDTH_FOR_VALUES && area.height >= HEIGHT_FOR_VALUES;
        let left = if values { label } else { 0 };
        let right = if values && right_axis && area.width >= WIDTH_FOR_BOTH { label } else { 0 };
        let axis = |label: u16| if label > 0 { label + 1 } else { 0 };
        let width = area.width - axis(left) - axis(right);
        let has_times = area.height >= HEIGHT_FOR_TIMES && width >= WIDTH_FOR_TIMES;
        let plot = Rect::new(area.x + axis(left), area.y, width, area.height - u16::from(has_times));
        let times = has_times.then(|| Rect::new(plot.x, plot.bottom(), width, 1));
        Self { left, right, plot, times }
    }
}

/// How many dot columns a chart of this area has: ask the server for that many points
/// (for [`live_points`](super::live_points) of them when the chart is live).
pub fn dots(area: Rect, right_axis: bool) -> u16 {
    Parts::of(area, right_axis).plot.width.saturating_mul(ACROSS)
}
