//! How far a server's clock is from ours, from the `Date` of its answers.
//!
//! A live window must end at the server's now: ask a server that is ten minutes behind for "the last minute" and a
//! healthy service looks dead. But a window that moves with every measurement makes charts jitter.

use std::sync::atomic::{AtomicI64, Ordering};

use crate::time::Timestamp;

/// Below this the clocks count as equal: the stamp has whole seconds, and answers take time.
const TOLERANCE: i64 = 2_000;

#[derive(Debug, Default)]
pub struct Skew(AtomicI64);

impl Skew {
    /// Takes in an answer stamped `date` that was on its way between two moments of our clock.
    ///
    /// The stamp was made at an unknown moment between the two and cut to seconds, so it fits a range of skews. The
    /// estimate only moves when it does not fit: a slow answer says little, a steady clock gives a steady number.
    pub fn learn(&self, date: Timestamp, sent: Timestamp, received: Timestamp) {
        let (low, high) = (date.since(received), date.plus(1_000).since(sent));
        let held = self.0.load(Ordering::Relaxed);
        if held < low || held > high {
            self.0.store(low + (high - low) / 2, Ordering::Relaxed);
        }
    }

    /// Milliseconds that the server is ahead; 0 if the clocks agree well enough.
    pub fn ms(&self) -> i64 {
        let held = self.0.load(Ordering::Relaxed);
        if held.abs() > TOLERANCE { held } else { 0 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn learn(skew: &Skew, date: i64, sent: i64, received: i64) -> i64 {
        skew.learn(Timestamp(date), Timestamp(sent), Timestamp(received));
        skew.ms()
    }

    #[test]
    fn a_clock_ten_minutes_off_is_found_and_stays_put() {
        let skew = Skew::default();
        assert_eq!(learn(&skew, 600_000, 200, 400), 600_200);
        assert_eq!(learn(&skew, 601_000, 1_100, 1_900), 600_200);
        assert_eq!(learn(&skew, 602_000, 2_250, 2_260), 600_200);
        let behind = Skew::default();
        assert_eq!(learn(&behind, 0, 600_200, 600_400), -599_800);
    }

    #[test]
    fn a_healthy_clock_gives_no_skew_however_slow_the_answers() {
        let skew = Skew::default();
        for (date, sent, received) in [(1_000, 1_999, 2_001), (5_000, 1_000, 31_000), (30_000, 1_000, 30_100)] {
            assert_eq!(learn(&skew, date, sent, received), 0);
        }
    }

    #[test]
    fn a_mended_clock_is_believed() {
        let skew = Skew::default();
        learn(&skew, 600_000, 0, 100);
        assert_eq!(learn(&skew, 700_000, 700_100, 700_200), 0);
    }
}
