//! Fifty calm days, with the day's curve and its noise: nothing to tell.

use a360::demo::sim::Sim;
use a360::time::{DAY, Range};

use crate::draw::{Chance, moment};
use crate::stage::{all, report};

const DAYS: usize = 50;
const MOST: usize = 2;

#[test]
#[ignore = "takes minutes without optimisation; .ci/run runs it"]
fn calm_days_are_silent() {
    let mut chance = Chance(50);
    let days: Vec<(u64, Range)> = (0..DAYS as u64)
        .map(|seed| {
            let end = moment(&mut chance);
            (seed, Range::new(end.plus(-DAY), end))
        })
        .collect();
    let found = all(days, |(seed, day)| (day, report(Sim::calm(seed, day.end), day).insights));
    let mut count = 0;
    for (day, insights) in found {
        for one in insights {
            count += 1;
            println!("calm day to {}: {:.0} {} {}", day.end.rfc3339(), one.score, one.kind.word(), one.text);
        }
    }
    println!("{count} findings in {DAYS} calm days");
    assert!(count <= MOST);
}
