//! Incidents that are added while the simulation runs.

use super::*;

fn add(sim: &Sim, trouble: Trouble, at: Timestamp) -> Sim {
    let wish = Wish { length: Some(6 * MINUTE), strength: Some(1.0), ..Wish::new(trouble, at) };
    sim.with(&wish, at).unwrap().0
}

fn everything(sim: &Sim, from: i64, to: i64) -> Vec<Series> {
    sim.select(None, &|_| true, from, to)
}

#[test]
fn adding_and_ending_one_leaves_the_past_alone() {
    for seed in 0..3 {
        let now = START.plus(7 * SECOND + 333);
        let from = now.0 - 20 * MINUTE;
        for trouble in Trouble::ALL {
            let calm = Sim::calm(seed, START);
            let added = add(&calm, trouble, now);
            assert!(everything(&calm, from, now.0 - 1) == everything(&added, from, now.0 - 1), "{trouble:?}");
            assert!(everything(&calm, from, now.0 + 9 * MINUTE) != everything(&added, from, now.0 + 9 * MINUTE));
            for later in [2, 90] {
                let end = now.plus(later * SECOND);
                let ended = added.without(0, end).unwrap();
                assert!(everything(&ended, from, end.0 - 1) == everything(&added, from, end.0 - 1), "{trouble:?}");
                assert!(everything(&ended, from, end.0 + HOUR) != everything(&added, from, end.0 + HOUR));
            }
        }
    }
}

#[test]
fn counters_rise_through_incidents_that_overlap() {
    let mut sim = Sim::calm(4, START);
    let mut at = START;
    for trouble in [Trouble::ErrorBurst, Trouble::Slow, Trouble::Stuck, Trouble::Leak, Trouble::LogStorm] {
        sim = add(&sim, trouble, at);
        at = at.plus(40 * SECOND);
    }
    sim = sim.without(1, at).unwrap();
    let mut resets = 0;
    for series in everything(&sim, START.0, START.0 + 20 * MINUTE) {
        let name = series.labels.get(METRIC_NAME).unwrap();
        if !name.ends_with("_total") && !name.contains("_duration_seconds_") {
            continue;
        }
        // The leak ends with a restart, once.
        let falls = falls(&series).len();
        assert!(falls <= 1, "{}", series.labels);
        resets += falls;
    }
    assert!(resets > 0);
}

#[test]
fn an_error_burst_fires_the_alert_and_a_calm_day_none() {
    let calm = Sim::calm(9, START);
    for hour in 0..24 {
        assert_eq!(calm.alerts(START.plus(-hour * HOUR)), []);
    }
    let wish = Wish {
        endpoint: Some(0),
        strength: Some(1.0),
        length: Some(12 * MINUTE),
        ..Wish::new(Trouble::ErrorBurst, START)
    };
    let sim = calm.with(&wish, START).unwrap().0;
    let alerts = sim.alerts(START.plus(11 * MINUTE));
    assert!(alerts.iter().any(|a| a.name() == "HighErrorRate"), "{alerts:?}");
}

#[test]
fn overlapping_incidents_give_each_alert_once() {
    let sim = add(&add(&Sim::calm(9, START), Trouble::ErrorBurst, START), Trouble::Slow, START.plus(MINUTE));
    for minute in 0..20 {
        let alerts = sim.alerts(START.plus(minute * MINUTE));
        let labels: std::collections::BTreeSet<_> = alerts.iter().map(|a| a.labels.clone()).collect();
        assert_eq!(labels.len(), alerts.len(), "{alerts:?}");
    }
    for series in sim.select(Some("ALERTS"), &|_| true, START.0, START.0 + HOUR) {
        assert!(series.times.windows(2).all(|w| w[0] < w[1]), "{}", series.labels);
    }
}

#[test]
fn what_is_down_shows_nothing_fires_nothing_and_counts_anew() {
    let sim = add(&Sim::calm(2, START), Trouble::AllDown, START);
    assert_eq!(sim.alerts(START.plus(6 * MINUTE)), []);
    for index in 0..3 {
        let target = Target { job: Job::Agent360, index };
        assert!(sim.exposition(target, START.plus(-1)).is_some());
        assert_eq!(sim.exposition(target, START.plus(MINUTE)), None);
        let total = |at: i64| -> f64 {
            let exposed = sim.exposition(target, START.plus(at)).unwrap();
            exposed.iter().filter(|e| e.family == "agent360_requests_total").map(|e| e.value).sum()
        };
        assert!(total(8 * MINUTE) < 0.1 * total(-1));
    }
}
