//! What the keys do to the panel: where its cursor goes, and which patterns are shown or hidden.

use super::{Logs, Panel, Patterns};
use crate::analysis::patterns::PatternId;
use crate::analysis::patterns::tally::Finding;
use crate::text::Plain;
use crate::ui::view::Scene;

impl Panel {
    /// Where the cursor is.
    pub fn position(&self) -> usize {
        let at = |id| self.found.iter().position(|finding| finding.id == id);
        self.cursor.and_then(at).unwrap_or(0)
    }

    pub fn selected(&self) -> Option<&Finding> {
        self.found.get(self.position())
    }

    fn step(&mut self, by: isize) {
        let to = self.position().saturating_add_signed(by).min(self.found.len().saturating_sub(1));
        self.cursor = self.found.get(to).map(|finding| finding.id);
    }
}

impl Patterns {
    pub fn is_only(&self, id: PatternId) -> bool {
        self.only.is_some_and(|only| self.tally.find(only) == id)
    }

    pub fn is_hidden(&self, id: PatternId) -> bool {
        self.hidden.iter().any(|hidden| self.tally.find(*hidden) == id)
    }

    /// Since when all lines of the range were seen, if not since its beginning; in ms.
    pub fn unseen_before(&self) -> Option<i64> {
        let (_, window) = self.panel.as_ref()?.windows?;
        self.seen.from.filter(|from| *from > window.start.0)
    }

    /// What narrows the list, in words: the pattern of all lines, then those that none has.
    pub fn chips(&self) -> Vec<(&'static str, Plain)> {
        let text = |word: &'static str| move |id: &PatternId| (word, self.tally.text(*id));
        self.only.iter().map(text("only ")).chain(self.hidden.iter().map(text("without "))).collect()
    }

    /// The pattern under the cursor, with the cursor in the panel.
    fn under_cursor(&self) -> Option<PatternId> {
        Some(self.panel.as_ref().filter(|panel| panel.focused)?.selected()?.id)
    }

    fn toggle_only(&mut self) {
        let Some(id) = self.under_cursor() else { return };
        if self.is_only(id) {
            self.only = None;
        } else {
            self.hidden.retain(|hidden| self.tally.find(*hidden) != id);
            self.only = Some(id);
        }
    }

    fn toggle_hidden(&mut self) {
        let Some(id) = self.under_cursor() else { return };
        if self.is_hidden(id) {
            self.hidden.retain(|hidden| self.tally.find(*hidden) != id);
        } else {
            // Nothing at all would be left.
            self.only = self.only.filter(|only| self.tally.find(*only) != id);
            self.hidden.push(id);
        }
    }

    /// Takes back what narrowed last; false if nothing does.
    fn widen(&mut self) -> bool {
        self.only.take().is_some() || self.hidden.pop().is_some()
    }
}

impl Logs {
    /// Opens the panel with the cursor in it; goes there; closes it.
    pub fn toggle_patterns(&mut self, scene: &Scene) {
        match &mut self.patterns.panel {
            Some(panel) if panel.focused => self.patterns.panel = None,
            Some(panel) => panel.focused = true,
            None => self.patterns.panel = Some(Panel { focused: true, ..Panel::default() }),
        }
        self.refresh_patterns(scene);
    }

    /// Back to the lines; false if the cursor is there already.
    pub fn leave_patterns(&mut self) -> bool {
        let panel = self.patterns.panel.as_mut().filter(|panel| panel.focused);
        panel.map(|panel| panel.focused = false).is_some()
    }

    pub fn is_in_patterns(&self) -> bool {
        self.patterns.is_focused()
    }

    /// Whether the cursor of the panel is on a pattern.
    pub fn has_pattern(&self) -> bool {
        self.patterns.under_cursor().is_some()
    }

    pub fn has_patterns(&self) -> bool {
        self.patterns.panel.is_some()
    }

    /// Moves the cursor of the panel; false if it is not there.
    pub(in crate::ui::view::logs) fn step_patterns(&mut self, by: isize) -> bool {
        let panel = self.patterns.panel.as_mut().filter(|panel| panel.focused);
        panel.map(|panel| panel.step(by)).is_some()
    }

    /// Only lines of the pattern under the cursor, or no longer.
    pub fn only_pattern(&mut self) {
        self.patterns.toggle_only();
        self.patterns.apply(&mut self.live.lines);
    }

    /// No lines of the pattern under the cursor, or again.
    pub fn hide_pattern(&mut self) {
        self.patterns.toggle_hidden();
        self.patterns.apply(&mut self.live.lines);
    }

    pub(in crate::ui::view::logs) fn widen_patterns(&mut self) -> bool {
        let is_wider = self.patterns.widen();
        if is_wider {
            self.patterns.apply(&mut self.live.lines);
        }
        is_wider
    }

    /// The pattern under the cursor, to be given to somebody.
    pub(in crate::ui::view::logs) fn pattern_text(&self) -> Option<String> {
        let panel = self.patterns.panel.as_ref().filter(|panel| panel.focused)?;
        Some(format!("{}\n", panel.selected()?.text))
    }
}
