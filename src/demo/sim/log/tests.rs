use std::collections::BTreeSet;

use super::*;
use crate::demo::sim::trace;
use crate::demo::sim::{Trouble, Wish};
use crate::time::{HOUR, MINUTE};

const START: Timestamp = Timestamp(1_763_901_234_567);

fn lines(from: i64, to: i64) -> Vec<Line> {
    Sim::new(360, START).lines(START.plus(from), START.plus(to), 10)
}

/// Without what changes from line to line.
fn pattern(message: &str) -> String {
    message.chars().filter(|c| !c.is_ascii_digit()).collect()
}

#[test]
fn the_parts_are_the_whole_and_no_line_is_there_twice() {
    let whole = lines(-30_000, 30_000);
    let parts: Vec<Line> =
        [(-30_000, -7_321), (-7_321, 400), (400, 30_000)].into_iter().flat_map(|(a, b)| lines(a, b)).collect();
    assert!(whole == parts);
    assert!(whole.windows(2).all(|w| w[0].time <= w[1].time));
    let keys: BTreeSet<u64> = whole.iter().map(|line| line.key).collect();
    assert_eq!(keys.len(), whole.len());
}

#[test]
fn every_failed_request_has_its_line_and_one_in_ten_of_the_others() {
    let sim = Sim::new(360, START);
    let (from, to) = (START.floor_to(SECOND).plus(-60_000), START.floor_to(SECOND));
    let count = |counted: &dyn Fn(&crate::demo::sim::Counted) -> u64| -> u64 {
        sim.request_counts(&[from.0, to.0], 10).iter().map(counted).sum()
    };
    let lines = sim.lines(from, to, 10);
    let of = |level: Level| lines.iter().filter(|l| l.kind == "request" && l.level == level).count() as u64;
    let failed = count(&|c| if c.status.starts_with('5') { c.counts[0] } else { 0 });
    assert!(failed > 1_000);
    assert_eq!(of(Level::Error), failed);
    assert_eq!(of(Level::Info), count(&|c| if c.status.starts_with('5') { 0 } else { c.multiples[0] }));
}

#[test]
fn an_upstream_incident_brings_words_that_are_new() {
    let patterns =
        |from| -> BTreeSet<String> { lines(from, from + MINUTE).iter().map(|l| pattern(&l.message)).collect() };
    let (before, during) = (patterns(-HOUR), patterns(-MINUTE));
    for new in [
        "upstream timeout after  ms",
        "retrying payment  attempt ",
        "circuit breaker \"payment\" is open,  calls refused",
    ] {
        assert!(during.contains(new) && !before.contains(new), "{new}");
    }
    assert!(patterns(-2 * HOUR).union(&during).count() > 20);
}

#[test]
fn some_lines_have_a_stack_and_some_errors_no_type() {
    let all = lines(-3 * MINUTE, 0);
    assert!(all.iter().any(|l| l.message.lines().count() > 4));
    let errors: Vec<_> = all.iter().filter(|l| l.level == Level::Error).collect();
    assert!(errors.iter().any(|l| l.error_type.is_none()) && errors.iter().any(|l| l.error_type == Some("Timeout")));
    assert!([Level::Debug, Level::Info, Level::Warn].iter().all(|level| all.iter().any(|l| l.level == *level)));
}

#[test]
fn a_line_names_its_trace_only_when_that_is_kept() {
    let sim = Sim::new(360, START);
    let mut named = 0;
    for line in sim.lines(START.plus(-10_000), START, 10) {
        let Some(about) = line.about else { continue };
        let Some((trace, span)) = about.trace else {
            assert!(line.level == Level::Info);
            continue;
        };
        named += 1;
        let request = sim.request(trace).unwrap();
        assert!(request.kept() && about.request_id == format!("req-{:016x}", request.own));
        assert!(
            trace::spans(&request)
                .iter()
                .any(|s| s.id == span && s.place == line.place || s.place.service != line.place.service)
        );
    }
    assert!(named > 100);
}

#[test]
fn a_storm_is_hundreds_of_lines_a_second_from_one_pod() {
    let wish = Wish { instance: Some(2), strength: Some(1.0), ..Wish::new(Trouble::LogStorm, START) };
    let sim = Sim::calm(3, START).with(&wish, START).unwrap().0;
    let storm = sim.lines(START.plus(60_000), START.plus(70_000), 10);
    let here = storm.iter().filter(|l| l.place.pod == "agent360-2" && l.kind == "queue").count();
    assert!((3_900..=4_100).contains(&here), "{here}");
    assert!(Sim::calm(3, START).lines(START.plus(60_000), START.plus(70_000), 10).len() < 1_000);
}

#[test]
fn who_is_down_is_silent_and_says_so_when_it_starts() {
    let wish = Wish { instance: Some(1), length: Some(MINUTE), ..Wish::new(Trouble::InstanceDown, START) };
    let sim = Sim::calm(3, START).with(&wish, START).unwrap().0;
    let of = |from: i64, to: i64| -> Vec<Line> {
        let all = sim.lines(START.plus(from), START.plus(to), 10);
        all.into_iter().filter(|l| l.place.pod == "agent360-1").collect()
    };
    assert!(!of(-5_000, 0).is_empty());
    assert_eq!(of(0, MINUTE), []);
    assert!(of(MINUTE, MINUTE + 2_000)[0].message.starts_with("starting agent360"));
}
