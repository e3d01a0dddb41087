//! Incidents drawn by chance, over the ranges that somebody on call meets.

use a360::demo::sim::{Sim, Trouble, Wish};
use a360::time::{DAY, HOUR, MINUTE, Range, Timestamp};

/// Splitmix64.
pub struct Chance(pub u64);

impl Chance {
    fn unit(&mut self) -> f64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut x = self.0;
        x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((x ^ (x >> 31)) >> 11) as f64 / (1u64 << 53) as f64
    }

    pub fn between(&mut self, least: i64, most: i64) -> i64 {
        least + (self.unit() * (most - least + 1) as f64) as i64
    }
}

/// An incident in the period of a report.
pub struct Case {
    pub sim: Sim,
    pub period: Range,
    pub wish: Wish,
}

/// A Monday, and whole weeks after it.
const MONDAY: i64 = 1_795_392_000_000;

/// Any hour of any day of a month.
pub fn moment(chance: &mut Chance) -> Timestamp {
    Timestamp(MONDAY + chance.between(0, 28 * 24 * 60) * MINUTE)
}

/// Shares: each kind one in five, of the latency a third stuck. Lengths: errors, latency and storms from 4 to 40
/// minutes, an instance is down from 3 to 30, memory leaks for 25 to 90. Strength: 0.3 to 1. Half of the reports are
/// of a day, half of an hour, in which the incident may still last.
pub fn case(chance: &mut Chance) -> Case {
    let end = moment(chance);
    let kinds = [Trouble::ErrorBurst, Trouble::Slow, Trouble::Leak, Trouble::LogStorm, Trouble::InstanceDown];
    let mut trouble = kinds[chance.between(0, 4) as usize];
    if trouble == Trouble::Slow && chance.between(0, 2) == 0 {
        trouble = Trouble::Stuck;
    }
    let (least, most) = match trouble {
        Trouble::Leak => (25, 90),
        Trouble::InstanceDown => (3, 30),
        _ => (4, 40),
    };
    let length = chance.between(least * 60, most * 60) * 1_000;
    let is_day = chance.between(0, 1) == 0;
    let period = Range::new(end.plus(if is_day { -DAY } else { -HOUR }), end);
    // It begins in the period and is seen for four minutes at least; a leak for a quarter of an hour.
    let seen = if trouble == Trouble::Leak { 15 * MINUTE } else { 4 * MINUTE };
    let begin = Timestamp(chance.between(period.start.0 / 1_000 + 120, (period.end.0 - seen) / 1_000) * 1_000);
    let wish = Wish {
        endpoint: Some(chance.between(0, 5) as usize),
        instance: Some(chance.between(0, 2) as usize),
        strength: Some(chance.between(30, 100) as f64 / 100.0),
        length: Some(length),
        ..Wish::new(trouble, begin)
    };
    let calm = Sim::calm(chance.between(1, 1 << 40) as u64, end);
    let (sim, _) = calm.with(&wish, begin).unwrap();
    Case { sim, period, wish }
}
