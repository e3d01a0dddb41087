//! The views: each keeps its answers, says what it wants to know, and draws itself.

use std::time::Duration;

use jiff::tz::TimeZone;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::range::Shown;
use super::theme::Theme;
use crate::model::alert::Alert;
use crate::model::query::{Subscription, Update};
use crate::model::watch::Watch;
use crate::store::Slot;
use crate::time::Timestamp;

pub mod overview;

/// What a view is shown in: the things that all views share.
pub struct Scene<'a> {
    pub now: Timestamp,
    pub shown: Shown,
    /// Already narrowed to the scope.
    pub watch: &'a Watch,
    pub alerts: &'a Slot<Vec<Alert>>,
    pub theme: &'a Theme,
    pub zone: &'a TimeZone,
    /// How often charts and tiles are asked again.
    pub refresh: Duration,
    pub tiles: Duration,
    /// The moment that all charts point at.
    pub crosshair: Option<i64>,
    /// One panel on the whole screen.
    pub full: bool,
    /// Whether this context has a Prometheus at all.
    pub asked: bool,
}

impl Scene<'_> {
    /// Time of day; with the date where the range spans more than a day.
    pub fn clock(&self, at: i64) -> String {
        let pattern = if self.shown.length() > crate::time::DAY { "%m-%d %H:%M" } else { "%H:%M" };
        Timestamp(at).format(pattern, self.zone)
    }
}

pub trait View {
    /// Takes in what was learned, if it is the view's own.
    fn apply(&mut self, update: Update, scene: &Scene, area: Rect);
    /// The questions that should be open while the view is shown in `area`.
    fn queries(&self, scene: &Scene, area: Rect) -> Vec<Subscription>;
    fn draw(&self, scene: &Scene, area: Rect, buf: &mut Buffer);
}
