//! Making, changing and ending silences: from the form to the request, and what became of it.

use super::App;
use crate::model::write::Outcome;

impl App {
    pub(super) fn written(&mut self, outcome: Outcome) {
        let _ = outcome;
    }
}
