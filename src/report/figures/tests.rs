//! Figures from samples: what is missing, what is capped, and what is compared.

use super::*;
use crate::time::{Range, Timestamp};

/// Four steps of 15 s: points at 15, 30, 45 and 60 s.
fn grid() -> Grid {
    let range = |from, to| Range::new(Timestamp(from), Timestamp(to));
    Grid { step: 15_000, now: range(0, 60_000), before: range(-60_000, 0), week: None }
}

fn series(values: &[f64]) -> Series {
    let times = (1..=values.len() as i64).map(|i| i * 15_000).collect();
    Series::new(Labels::default(), times, values.to_vec())
}

fn pair<'a>(now: Held<'a>, before: Held<'a>) -> Through<'a> {
    let held = Each { now, before, week: Held::NotAsked };
    Through {
        name: "a".into(),
        labels: Labels::default(),
        held,
        weight: Each::default(),
        peak: Each::default(),
        end: None,
    }
}

fn row(values: &[f64], meaning: Meaning) -> Row {
    pair(Held::Series(&series(values)), Held::Missing).row(&grid(), meaning)
}

#[test]
fn what_is_missing_is_never_zero() {
    let per_traffic = Meaning { per_traffic: true, ..Meaning::default() };
    let limited = Meaning { limit: Some(0.85), ..Meaning::default() };
    assert_eq!(row(&[0.0; 4], per_traffic).now, Reading::Value(0.0));
    assert_eq!(row(&[1.0, 1.0, 1.0, f64::NAN], per_traffic).now, Reading::NoTraffic);
    assert_eq!(row(&[1.0, 1.0, 1.0, f64::NAN], Meaning::default()).now, Reading::NoData);
    assert_eq!(row(&[f64::INFINITY; 4], limited).now, Reading::NoLimit);
    assert_eq!(row(&[f64::NAN; 4], per_traffic).figures, None);
    assert_eq!(pair(Held::Missing, Held::Missing).row(&grid(), limited).now, Reading::NoData);
    assert_eq!(pair(Held::NotAsked, Held::Missing).row(&grid(), limited).now, Reading::NotAsked);
}

#[test]
fn a_value_of_long_ago_is_not_the_value_of_now() {
    let grid = Grid { step: 120_000, now: Range::new(Timestamp(0), Timestamp(480_000)), ..grid() };
    let ended = Series::new(Labels::default(), vec![120_000, 240_000, 360_000], vec![1.0; 3]);
    let row = pair(Held::Series(&ended), Held::Missing).row(&grid, Meaning::default());
    assert_eq!((row.now, row.figures.map(|f| f.avg)), (Reading::NoData, Some(1.0)));
}

#[test]
fn the_end_and_the_peaks_are_those_that_were_asked_apart() {
    let (averages, peaks, end) = (series(&[1.0; 4]), series(&[1.0, 9.0, 1.0, 1.0]), series(&[5.0; 4]));
    let through = Through {
        peak: Each { now: Some(&peaks), ..Each::default() },
        end: Some(Held::Series(&end)),
        ..pair(Held::Series(&averages), Held::Missing)
    };
    let row = through.row(&grid(), Meaning::default());
    assert_eq!((row.now, row.figures.map(|f| (f.avg, f.max))), (Reading::Value(5.0), Some((1.0, 9.0))));
}

#[test]
fn the_last_bucket_is_a_lower_bound() {
    let meaning = Meaning { cap: Some(5.0), ..Meaning::default() };
    let at_cap = row(&[0.4, 0.4, 5.0, 5.0], meaning);
    assert_eq!((at_cap.now, at_cap.capped), (Reading::AtLeast(5.0), true));
    let was = row(&[0.4, 5.0, 0.4, 0.4], meaning);
    assert_eq!((was.now, was.capped), (Reading::Value(0.4), true));
}

#[test]
fn changes_tell_new_gone_and_unknown() {
    assert_eq!(Change::between(Some(3.0), Some(2.0)), Change::Ratio(0.5));
    assert_eq!(Change::between(Some(0.0), Some(0.0)), Change::Ratio(0.0));
    assert_eq!(Change::between(Some(0.2), Some(0.0)), Change::New);
    assert_eq!(Change::between(Some(0.2), None), Change::New);
    assert_eq!(Change::between(Some(0.0), None), Change::Unknown);
    assert_eq!(Change::between(None, Some(1.0)), Change::Gone);
    assert_eq!(Change::between(Some(1e300), Some(1e-300)), Change::Unknown);
    let unasked = pair(Held::Series(&series(&[1.0])), Held::NotAsked).row(&grid(), Meaning::default());
    assert_eq!(unasked.change, Change::Unknown);
}

#[test]
fn minutes_above_a_limit_and_since_when() {
    let limited = Meaning { limit: Some(0.1), ..Meaning::default() };
    let above = |values: &[f64]| row(values, limited).above.unwrap();
    let rising = above(&[0.5, 0.0, 0.2, 0.3]);
    assert_eq!((rising.minutes, rising.since, rising.from_start), (0.75, Some(45_000), false));
    let over = above(&[0.5, 0.5, 0.5, 0.0]);
    assert_eq!((over.minutes, over.since), (0.75, None));
    assert!(above(&[0.5; 4]).from_start);
    assert_eq!(row(&[f64::INFINITY; 4], limited).above, None);
    assert_eq!(above(&[0.0; 4]).minutes_before, Some(0.0));
}

#[test]
fn averages_of_ratios_count_the_traffic() {
    let (ratio, traffic) = (series(&[0.0, 0.0, 0.0, 1.0]), series(&[10.0, 10.0, 10.0, 270.0]));
    let weighted = Through {
        weight: Each { now: Some(&traffic), ..Each::default() },
        ..pair(Held::Series(&ratio), Held::Missing)
    };
    assert_eq!(weighted.row(&grid(), Meaning::default()).figures.unwrap().avg, 0.9);
}

#[test]
fn percentiles_are_samples() {
    let many: Vec<f64> = (1..=100).map(f64::from).collect();
    let figures = of(&series(&many), None).unwrap();
    assert_eq!((figures.min, figures.avg, figures.p95, figures.max), (1.0, 50.5, 95.0, 100.0));
    assert_eq!(of(&series(&[7.0]), None).unwrap().p95, 7.0);
}

#[test]
fn the_course_keeps_gaps_and_peaks() {
    assert_eq!(row(&[1.0, f64::NAN, 3.0, 2.0], Meaning::default()).course, [Some(1.0), None, Some(3.0), Some(2.0)]);
}
