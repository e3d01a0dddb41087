//! What is promised to whoever sends requests, and how much of the room for errors is used.

use crate::report::document::Slo;
use crate::report::figures::{Reading, Row};
use crate::time::DAY;

/// `errors` is the share of all requests that failed, each moment counted by its requests.
pub fn slo(target: f64, errors: &Row) -> Slo {
    let room = 1.0 - target;
    let failed = errors.figures.map(|figures| figures.avg);
    let burn = match errors.now {
        Reading::NoTraffic => Some(0.0),
        now => now.value().map(|now| now / room),
    };
    Slo {
        target,
        good: failed.map(|failed| 1.0 - failed),
        used: failed.map(|failed| failed / room),
        burn,
        spent_in: burn.filter(|burn| *burn > 0.0).map(|burn| (30.0 * DAY as f64 / burn) as i64),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::figures::{Change, Figures};
    use crate::time::HOUR;

    fn errors(now: Reading, avg: Option<f64>) -> Row {
        Row {
            name: "all".into(),
            labels: Default::default(),
            now,
            figures: avg.map(|avg| Figures { min: avg, avg, p95: avg, max: avg }),
            before: None,
            week: None,
            change: Change::Unknown,
            change_of_week: Change::Unknown,
            above: None,
            capped: false,
            course: Vec::new(),
            course_before: Vec::new(),
        }
    }

    #[test]
    fn a_budget_is_used_by_errors_and_by_nothing_else() {
        let slo = slo(0.999, &errors(Reading::Value(0.72), Some(0.0005)));
        let near = |a: Option<f64>, b: f64| (a.unwrap() - b).abs() < 1e-9;
        assert!(near(slo.good, 0.9995) && near(slo.used, 0.5) && near(slo.burn, 720.0), "{slo:?}");
        assert!((slo.spent_in.unwrap() - HOUR).abs() < 10);
    }

    #[test]
    fn what_is_not_known_uses_nothing_and_promises_nothing() {
        let unknown = slo(0.999, &errors(Reading::NotAsked, None));
        assert_eq!((unknown.good, unknown.used, unknown.burn, unknown.spent_in), (None, None, None, None));
        assert_eq!(slo(0.999, &errors(Reading::NoTraffic, None)).burn, Some(0.0));
        assert_eq!(slo(0.999, &errors(Reading::Value(0.0), Some(0.0))).spent_in, None);
    }
}
