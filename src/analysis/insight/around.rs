//! Findings as somebody ranks them who asks about one moment, or about one alert.

use super::{Finding, Kind};
use crate::model::labels::Labels;
use crate::time::MINUTE;

/// What began so long after the moment, or ended so long before it, still belongs to it: alerts begin late.
const NEAR: i64 = 10 * MINUTE;
/// What lies elsewhere in time counts for so much.
const ELSEWHERE: f64 = 0.6;
/// What has a label value of the alert counts for so much.
const SHARED: f64 = 1.25;
/// That the alert fired does not say why it does.
const ITSELF: f64 = 0.5;
/// Labels that say what kind of alert it is, and not what it is about.
const ABOUT_THE_RULE: [&str; 6] = ["alertname", "severity", "job", "team", "cluster", "prometheus"];

/// Ranks anew what stands out around a moment, in ms; of an alert by its labels as well.
pub fn around(mut findings: Vec<Finding>, at: i64, alert: Option<&Labels>) -> Vec<Finding> {
    for finding in &mut findings {
        let time = if is_near(finding, at) { 1.0 } else { ELSEWHERE };
        let share = alert.map_or(1.0, |labels| relation(finding, labels));
        let score = finding.score * time * share;
        finding.score = if score.is_nan() { 0.0 } else { score.clamp(0.0, 100.0) };
    }
    // Stable: what was found first stays before its equals.
    findings.sort_by(|a, b| b.score.total_cmp(&a.score));
    findings
}

/// What has no time is of the whole stretch.
fn is_near(finding: &Finding, at: i64) -> bool {
    let began = finding.from.is_none_or(|from| from.saturating_sub(NEAR) <= at);
    let lasted = finding.to.is_none_or(|to| to.saturating_add(NEAR) >= at);
    began && lasted
}

fn relation(finding: &Finding, alert: &Labels) -> f64 {
    if finding.kind == Kind::Alert && alert.get("alertname") == Some(&finding.subject) {
        return ITSELF;
    }
    let mut labels = alert.iter().filter(|(name, value)| !value.is_empty() && !ABOUT_THE_RULE.contains(&name.as_str()));
    let is_shared = labels.any(|(name, value)| {
        finding.subject == *value || finding.carriers.iter().any(|part| part.label == *name && part.value == *value)
    });
    if is_shared { SHARED } else { 1.0 }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::insight::Carrier;
    use proptest::prelude::*;

    fn finding(kind: Kind, subject: &str, score: f64, from: Option<i64>, to: Option<i64>) -> Finding {
        let (text, figures, carriers, evidence) = (subject.to_owned(), None, Vec::new(), Vec::new());
        Finding { kind, subject: subject.into(), score, from, to, text, figures, carriers, evidence }
    }

    fn order(findings: Vec<Finding>) -> Vec<String> {
        findings.into_iter().map(|finding| finding.text).collect()
    }

    #[test]
    fn what_lies_elsewhere_in_time_goes_down() {
        let at = 100 * MINUTE;
        let all = vec![
            finding(Kind::Errors, "over long ago", 80.0, Some(0), Some(60 * MINUTE)),
            finding(Kind::Latency, "later", 75.0, Some(140 * MINUTE), None),
            finding(Kind::Memory, "lasts", 60.0, Some(0), None),
            finding(Kind::Cpu, "no time", 55.0, None, None),
        ];
        assert_eq!(order(around(all, at, None)), ["lasts", "no time", "over long ago", "later"]);
    }

    #[test]
    fn what_has_a_label_of_the_alert_goes_up_and_the_alert_itself_down() {
        let carrier = Carrier { label: "instance".into(), value: "a-2".into(), share: 0.9 };
        let carried = Finding { carriers: vec![carrier], ..finding(Kind::Errors, "all", 45.0, None, None) };
        let all = vec![
            finding(Kind::Alert, "HighErrorRate", 90.0, None, None),
            finding(Kind::Latency, "/api/other", 55.0, None, None),
            finding(Kind::Memory, "agent360", 54.0, None, None),
            finding(Kind::Traffic, "/api/x", 48.0, None, None),
            carried,
        ];
        let alert = Labels::of(&[
            ("alertname", "HighErrorRate"),
            ("endpoint", "/api/x"),
            ("instance", "a-2"),
            ("job", "agent360"),
        ]);
        let ranked = order(around(all, 0, Some(&alert)));
        assert_eq!(ranked, ["/api/x", "all", "/api/other", "agent360", "HighErrorRate"]);
    }

    proptest! {
        #[test]
        fn it_only_ranks(scores in prop::collection::vec(0.0..100.0f64, 0..12), at in any::<i64>(), from in any::<i64>()) {
            let all: Vec<_> = scores
                .iter()
                .enumerate()
                .map(|(i, score)| finding(Kind::Errors, &i.to_string(), *score, Some(from), from.checked_add(i as i64)))
                .collect();
            let ranked = around(all.clone(), at, None);
            prop_assert!(ranked.is_sorted_by(|a, b| a.score >= b.score));
            prop_assert!(ranked.iter().all(|finding| (0.0..=100.0).contains(&finding.score)));
            let (mut before, mut after) = (order(all), order(ranked));
            before.sort();
            after.sort();
            prop_assert_eq!(before, after);
        }
    }
}
