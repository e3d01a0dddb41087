//! The silences of the last day that are over and would have hit the selected alert.

use std::cmp::Reverse;
use std::collections::HashMap;

use crate::model::labels::Labels;
use crate::model::matcher::{Compiled, all_match, compile};
use crate::model::silence::{Silence, SilenceState};

/// So many are looked through at each step of the cursor, those that ended last.
const MOST: usize = 1_000;

/// A silence with its matchers, ready to be tried; one that cannot be read hits nothing.
struct Past {
    silence: Silence,
    matchers: Option<Vec<Compiled>>,
}

#[derive(Default)]
pub struct Over {
    /// The one that ended last first.
    known: Vec<Past>,
    /// Where those stand that hit the selected alert.
    hits: Vec<usize>,
}

impl Over {
    pub fn learn(&mut self, silences: &[Silence]) {
        // What is over does not change: its expressions are read once.
        let known = self.known.drain(..).map(|past| (past.silence.id, past.matchers));
        let mut read: HashMap<String, Option<Vec<Compiled>>> = known.collect();
        let over = silences.iter().filter(|silence| silence.state == SilenceState::Expired);
        let mut over: Vec<&Silence> = over.collect();
        over.sort_by_key(|silence| Reverse(silence.ends_at));
        let past = |silence: &Silence| Past {
            matchers: read.remove(&silence.id).unwrap_or_else(|| compile(&silence.matchers).ok()),
            silence: silence.clone(),
        };
        self.known = over.into_iter().take(MOST).map(past).collect();
        self.hits.clear();
    }

    pub fn look_for(&mut self, labels: &Labels) {
        let hits = |past: &Past| past.matchers.as_ref().is_some_and(|matchers| all_match(matchers, labels));
        self.hits = (0..self.known.len()).filter(|at| self.known.get(*at).is_some_and(hits)).collect();
    }

    pub fn hits(&self) -> impl Iterator<Item = &Silence> {
        self.hits.iter().filter_map(|at| self.known.get(*at)).map(|past| &past.silence)
    }
}
