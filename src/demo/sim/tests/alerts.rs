//! The alerts: when they come and go, and that they agree with the samples.

use super::*;
use crate::model::alert::AlertState;

#[test]
fn the_first_alert_is_pending_at_the_start_fires_soon_and_all_is_calm_later() {
    for shift in 0..30i64 {
        let sim = Sim::new(shift as u64, START.plus(shift * 4_007 * SECOND));
        let named = |seconds: i64, name: &str| {
            let alerts = sim.alerts(sim.started.plus(seconds * SECOND));
            alerts.iter().find(|a| a.name() == *name).map(|a| a.state)
        };
        for rule in ["HighErrorRate", "HighLatency"] {
            assert_eq!(named(-9 * 60, rule), None, "{rule} {shift}");
            assert_eq!(named(90, rule), Some(AlertState::Firing), "{rule} {shift}");
        }
        assert_eq!(named(0, "HighErrorRate"), Some(AlertState::Pending), "{shift}");
        assert_eq!(named(0, "HighMemoryUsage"), Some(AlertState::Pending), "{shift}");
        assert_eq!(named(12 * 60, "HighMemoryUsage"), Some(AlertState::Firing), "{shift}");
        assert_eq!(sim.alerts(sim.started.plus(25 * MINUTE)), [], "{shift}");
    }
}

#[test]
fn an_alert_says_what_and_since_when() {
    let alerts = sim().alerts(START.plus(2 * MINUTE));
    let error = &alerts[0];
    assert_eq!(error.labels, Labels::of(&[("alertname", "HighErrorRate"), ("severity", "critical")]));
    assert_eq!(error.annotations.get("summary").unwrap(), "High error rate detected");
    let since = START.since(error.active_at.unwrap());
    assert!((3 * MINUTE..5 * MINUTE).contains(&since), "{since}");
    // The value is what a rate over the scraped samples gives.
    let measured = error_ratio(START.0 + 2 * MINUTE);
    assert!((error.value.unwrap() / measured - 1.0).abs() < 0.05, "{:?} {measured}", error.value);
    let latency = alerts.iter().find(|a| a.name() == "HighLatency").unwrap();
    assert_eq!(latency.labels.get("endpoint").unwrap(), "/api/checkout");
    assert!((2.8..3.3).contains(&latency.value.unwrap()), "{:?}", latency.value);
    let memory = alerts.iter().find(|a| a.name() == "HighMemoryUsage").unwrap();
    assert_eq!(memory.labels.get("pod").unwrap(), "agent360-1");
    assert_eq!(memory.state, AlertState::Pending);
}

#[test]
fn an_active_alert_began_at_the_same_time_whenever_it_is_asked() {
    let begun = |seconds| sim().alerts(START.plus(seconds * SECOND))[0].active_at;
    assert_eq!(begun(0), begun(400));
}

#[test]
fn alerts_leave_series_behind() {
    let (from, to) = (START.0 - DAY, START.0 + 30 * MINUTE);
    let series = all("ALERTS", from, to);
    let firing = with(&series, &[("alertname", "HighErrorRate"), ("alertstate", "firing")]);
    assert_eq!(firing.len(), 1);
    let at = firing[0].at(START.0 + 10 * MINUTE, INTERVAL);
    assert_eq!(at.map(|(_, v)| v), Some(1.0));
    for name in ["HighLatency", "HighMemoryUsage"] {
        assert!(!with(&series, &[("alertname", name), ("alertstate", "firing")]).is_empty(), "{name}");
    }
    for s in &series {
        assert!(s.times.is_sorted_by(|a, b| a < b) && s.times.iter().all(|t| (from..=to).contains(t)));
    }
}
