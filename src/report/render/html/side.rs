//! The values at the side of a chart: a line across for each, and what it is, over whatever is drawn there.

use super::draw::Scale;
use super::escape::text;
use crate::model::unit::Unit;
use crate::model::unit::axis::Axis;

/// The part of a picture that values are drawn in, in dots from its top.
#[derive(Debug, Clone, Copy)]
pub struct Frame {
    pub top: u32,
    pub height: u32,
}

impl Frame {
    pub fn bottom(self) -> u32 {
        self.top + self.height
    }

    pub fn y(self, scale: Scale, value: f64) -> f64 {
        f64::from(self.top) + scale.of(value) * f64::from(self.height)
    }

    pub fn rules(self, axis: &Axis, scale: Scale) -> String {
        let rule = |tick: &f64| {
            let (y, class) = (self.y(scale, *tick), if *tick == 0.0 { "zero" } else { "grid" });
            format!("<line class=\"{class}\" x1=\"0\" x2=\"100%\" y1=\"{y:.1}\" y2=\"{y:.1}\"/>\n")
        };
        axis.ticks.iter().map(rule).collect()
    }

    pub fn values(self, unit: Unit, axis: &Axis, scale: Scale) -> String {
        let value = |tick: &f64| {
            let y = self.y(scale, *tick) - 3.0;
            format!("<text class=\"value\" x=\"2\" y=\"{y:.1}\">{}</text>\n", text(&unit.tick(*tick)))
        };
        axis.ticks.iter().map(value).collect()
    }
}
