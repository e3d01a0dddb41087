//! The list of silences: whose, until when, what they hit now.

use std::collections::HashMap;

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::{Alerts, Gone, layout};
use crate::analysis::alerts::Row;
use crate::model::matcher::{all_match, compile};
use crate::model::silence::{Silence, SilenceState};
use crate::time::Timestamp;
use crate::ui::view::Scene;

mod draw;
mod words;

pub use words::headline;

#[derive(Default)]
pub struct Page {
    /// Where the silences that are shown stand among all, in the order in which they are shown.
    shown: Vec<usize>,
    /// So many are over and hidden.
    hidden: usize,
    /// Those of the last day that are over too.
    pub over_too: bool,
    /// The id of the selected one: it stays selected wherever it moves.
    selected: Option<String>,
    /// Somebody has put the cursor there.
    chosen: bool,
    /// An id that the server gave, and that its list does not have yet.
    awaited: Option<String>,
    place: usize,
    top: usize,
    /// How many alerts those in sight hit.
    counts: HashMap<String, usize>,
    /// Where the alerts that the selected one hits stand among all.
    hits: Vec<usize>,
    /// How far the server's clock, by which silences begin and end, is ahead of ours.
    pub ahead: i64,
}

/// What silences now comes first, and of that what ends first.
fn order(silence: &Silence) -> (SilenceState, i64, &str) {
    let time = match silence.state {
        SilenceState::Active => silence.ends_at.0,
        SilenceState::Pending => silence.starts_at.0,
        SilenceState::Expired => silence.ends_at.0.saturating_neg(),
    };
    (silence.state, time, &silence.id)
}

impl Alerts {
    /// The clock by which silences begin and end.
    pub fn server_now(&self, scene: &Scene) -> Timestamp {
        scene.now.plus(self.silences_page.ahead)
    }

    /// Makes the list of silences anew; gives a selected one that is no more in it.
    pub fn refresh_silences(&mut self, area: Rect) -> Option<Gone> {
        let all = self.silences.get().map_or(&[][..], Vec::as_slice);
        let page = &mut self.silences_page;
        let is_over = |silence: &Silence| silence.state == SilenceState::Expired;
        let mut shown: Vec<usize> = (0..all.len())
            .filter(|at| page.over_too || all.get(*at).is_some_and(|silence| !is_over(silence)))
            .collect();
        shown.sort_by_key(|at| all.get(*at).map(order));
        page.hidden = all.len() - shown.len();
        page.shown = shown;
        page.counts.clear();
        let id_at = |place: usize| page.shown.get(place).and_then(|at| all.get(*at)).map(|silence| &silence.id);
        let find = |id: &String| (0..page.shown.len()).find(|place| id_at(*place) == Some(id));
        // What the server has just made comes first; until it is listed, what was there stays selected.
        let awaited = page.awaited.as_ref().and_then(find);
        let found = awaited.or_else(|| page.selected.as_ref().and_then(find));
        let gone = match found {
            Some(place) => {
                page.place = place;
                None
            }
            None => page
                .selected
                .as_ref()
                .filter(|_| page.chosen && page.awaited.is_none())
                .map(|id| Gone { name: "the silence".into(), hidden: all.iter().any(|silence| silence.id == *id) }),
        };
        self.select_silence(self.silences_page.place, area);
        gone
    }

    fn select_silence(&mut self, place: usize, area: Rect) {
        let page = &mut self.silences_page;
        page.place = place.min(page.shown.len().saturating_sub(1));
        let height = usize::from(layout::places(area, false).rows.height).max(1);
        page.top = page.top.min(page.place).max((page.place + 1).saturating_sub(height));
        self.silences_page.selected = self.selected_silence().map(|silence| silence.id.clone());
        if self.silences_page.awaited == self.silences_page.selected {
            self.silences_page.awaited = None;
        }
        self.count_hits(height);
    }

    /// Tries the matchers of those in sight on every alert: of all silences that would take too long.
    fn count_hits(&mut self, height: usize) {
        let all = self.silences.get().map_or(&[][..], Vec::as_slice);
        let page = &self.silences_page;
        let hits = |silence: &Silence| -> Vec<usize> {
            let Ok(compiled) = compile(&silence.matchers) else { return Vec::new() };
            let rows = self.list.rows.iter().enumerate();
            // Alertmanager knows labels exactly that are not shown so.
            let named = |row: &Row| row.held.as_ref().is_some_and(|held| held.silenced_by.contains(&silence.id));
            rows.filter(|(_, row)| named(row) || all_match(&compiled, &row.labels)).map(|(at, _)| at).collect()
        };
        let seen = page.shown.iter().skip(page.top).take(height).filter_map(|at| all.get(*at));
        let new: Vec<(String, usize)> = seen
            .filter(|silence| silence.state != SilenceState::Expired && !page.counts.contains_key(&silence.id))
            .map(|silence| (silence.id.clone(), hits(silence).len()))
            .collect();
        let selected = self.selected_silence().map(hits).unwrap_or_default();
        self.silences_page.counts.extend(new);
        self.silences_page.hits = selected;
    }

    pub fn selected_silence(&self) -> Option<&Silence> {
        self.silences.get()?.get(*self.silences_page.shown.get(self.silences_page.place)?)
    }

    pub fn step_silences(&mut self, by: isize, area: Rect) {
        self.silences_page.chosen = true;
        self.silences_page.awaited = None;
        self.select_silence(self.silences_page.place.saturating_add_signed(by), area);
    }

    /// The cursor goes to the silence of this id as soon as it is listed.
    pub fn follow_silence(&mut self, id: &str, area: Rect) {
        self.silences_page.awaited = Some(id.to_owned());
        self.silences_page.chosen = true;
        self.refresh_silences(area);
    }

    /// Those that are over too, or not.
    pub fn toggle_over(&mut self, area: Rect) {
        self.silences_page.over_too = !self.silences_page.over_too;
        self.refresh_silences(area);
    }

    /// Whether those that are over are shown, and whether there are any to show.
    pub fn over(&self) -> (bool, bool) {
        (self.silences_page.over_too, self.silences_page.hidden > 0)
    }

    /// What `y` copies.
    pub fn silence_text(&self) -> String {
        self.selected_silence().map_or_else(String::new, words::copied)
    }
}

pub fn draw(alerts: &Alerts, scene: &Scene, area: Rect, buf: &mut Buffer) {
    draw::draw(alerts, scene, area, buf);
}
