//! Following what arrives: how far one has come, and what is still on its way.

use super::line::{self, LATEST, USUAL, arrival};
use super::sought::Sought;
use super::{ONE_IN, cursor, last};
use crate::demo::sim::Sim;
use crate::demo::sim::log::Line;
use crate::model::log::{Arrivals, Way};
use crate::time::{MINUTE, Timestamp};

/// Lines that one answer has at most.
const MOST: usize = 20_000;
/// Who was away for longer begins anew.
const AWAY: i64 = 10 * MINUTE;
/// The first lines are not sought further back. Whoever compares two windows of a quarter of an hour has both.
const BACK: i64 = 32 * MINUTE;

/// How far a tail has come.
pub struct Reached {
    /// All that arrived up to it was given, in ms.
    to: i64,
    /// Lines that are sought and written, but not there yet.
    coming: Vec<Line>,
}

/// The newest lines.
pub fn begin(sim: &Sim, sought: &Sought, fill: usize, now: Timestamp) -> Arrivals {
    let (mut lines, _) = last(sim, sought, (now.0 - BACK, now.0 + 1), fill, now);
    lines.drain(..lines.len().saturating_sub(fill));
    let mut coming = sim.lines(now.plus(-LATEST), now.plus(1), ONE_IN);
    coming.retain(|line| arrival(line) > now.0 && sought.matches(line));
    answer(lines, true, Reached { to: now.0, coming })
}

impl Reached {
    pub fn is_near(&self, now: Timestamp) -> bool {
        now.0 - self.to <= AWAY
    }

    /// What arrived since. A clock that was set back brings nothing until it is here again.
    pub fn next(&self, sim: &Sim, sought: &Sought, now: Timestamp) -> Arrivals {
        let to = self.to.max(now.0);
        let new = sim.lines(Timestamp(self.to + 1), Timestamp(to + 1), ONE_IN);
        let new = new.into_iter().filter(|line| sought.matches(line));
        let (mut here, coming): (Vec<Line>, Vec<Line>) =
            self.coming.iter().cloned().chain(new).partition(|line| arrival(line) <= to);
        here.sort_unstable_by_key(|line| (line.time, line.key));
        answer(here, false, Reached { to, coming })
    }
}

fn answer(mut lines: Vec<Line>, anew: bool, reached: Reached) -> Arrivals {
    let skipped = lines.len().saturating_sub(MOST);
    lines.drain(..skipped);
    Arrivals {
        lines: lines.iter().map(line::shown).collect(),
        anew,
        skipped: skipped as u64,
        complete_to: Some(Timestamp(reached.to - USUAL)),
        way: Way::Arrival,
        notes: Vec::new(),
        cursor: cursor(reached),
    }
}
