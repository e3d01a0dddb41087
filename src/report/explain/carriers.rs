//! Which label values a change comes from: by how much each part grew, of all that grew.

use std::collections::BTreeMap;

use super::Case;
use crate::analysis::insight::{Carrier, Kind};
use crate::model::labels::Labels;
use crate::model::series::Vector;
use crate::model::unit::Unit;
use crate::report::ask::{Answers, Topic, When};
use crate::report::document::Report;
use crate::text::Plain;

/// A value with less of the change does not carry it.
const CARRIES: f64 = 0.6;

/// By how much each part grew.
type Growth = BTreeMap<Labels, f64>;

pub fn apply(report: &mut Report, case: &Case, answers: &Answers) {
    let topic = Topic::Carriers(case.number as u8);
    let (Some(now), Some(before)) = (answers.vector(topic, When::Now), answers.vector(topic, When::Before)) else {
        return;
    };
    let Some(finding) = report.insights.get_mut(case.number) else { return };
    let parts = |vector: &Vector| match finding.kind {
        Kind::Latency => slower_than(vector, finding.figures.and_then(|shift| shift.was)),
        _ => vector.samples.iter().map(|sample| (sample.labels.clone(), sample.value)).collect(),
    };
    let growth = growth(&parts(now), &parts(before));
    let (carriers, share) = carriers(&growth, &case.labels);
    if let Some(words) = words(&carriers, share) {
        finding.text.push_str(&words);
    }
    finding.carriers = carriers;
}

fn growth(now: &Growth, before: &Growth) -> Growth {
    let more = |(labels, value): (&Labels, &f64)| {
        let more = value - before.get(labels).copied().filter(|was| was.is_finite()).unwrap_or(0.0);
        (more.is_finite() && more > 0.0).then(|| (labels.clone(), more))
    };
    now.iter().filter_map(more).collect()
}

/// Of a histogram, how many took longer than the first bound that is not below `usual`, without the label `le`.
fn slower_than(vector: &Vector, usual: Option<f64>) -> Growth {
    let bound = |labels: &Labels| labels.get("le").and_then(|le| le.parse::<f64>().ok());
    let finite = vector.samples.iter().filter_map(|sample| bound(&sample.labels)).filter(|bound| bound.is_finite());
    let Some(edge) = finite.filter(|bound| *bound >= usual.unwrap_or(0.0)).reduce(f64::min) else {
        return Growth::new();
    };
    let mut slower = Growth::new();
    for sample in &vector.samples {
        let sign = match bound(&sample.labels) {
            Some(f64::INFINITY) => 1.0,
            Some(bound) if bound == edge => -1.0,
            _ => continue,
        };
        *slower.entry(sample.labels.filter(|name| name != "le")).or_default() += sign * sample.value;
    }
    slower
}

/// The value of each label that carries most of the change, and what part those together do.
fn carriers(growth: &Growth, known: &Labels) -> (Vec<Carrier>, f64) {
    let all: f64 = growth.values().sum();
    let mut by: BTreeMap<(&Plain, &Plain), f64> = BTreeMap::new();
    for (labels, more) in growth {
        for pair in labels.iter().filter(|(name, _)| known.get(name).is_none()) {
            *by.entry(pair).or_default() += more;
        }
    }
    let carry = by.into_iter().filter(|(_, more)| all > 0.0 && more / all >= CARRIES);
    let mut carriers: Vec<Carrier> = carry
        .map(|((label, value), more)| Carrier {
            label: label.clone(),
            value: value.clone(),
            share: (more / all).min(1.0),
        })
        .collect();
    carriers.sort_by(|a, b| b.share.total_cmp(&a.share).then_with(|| a.label.cmp(&b.label)));
    let has = |labels: &Labels| carriers.iter().all(|one| labels.get(&one.label) == Some(&one.value));
    let joint: f64 = growth.iter().filter(|(labels, _)| has(labels)).map(|(_, more)| more).sum();
    let share = if all > 0.0 { (joint / all).min(1.0) } else { 0.0 };
    (carriers, share)
}

/// `; 96 % of it POST 500 on agent360-2:8000`
fn words(carriers: &[Carrier], share: f64) -> Option<String> {
    let value = |names: &[&str]| carriers.iter().find(|one| names.contains(&one.label.as_str())).map(|one| &one.value);
    let what = [value(&["method"]), value(&["status", "status_code", "code"])];
    let what: Vec<&str> = what.into_iter().flatten().map(Plain::as_str).collect();
    let place = value(&["instance", "pod"]).map(|place| format!(" on {place}")).unwrap_or_default();
    let endpoint = value(&["endpoint", "route", "path", "handler"]).map(|path| format!(" {path}")).unwrap_or_default();
    let all = format!("{}{endpoint}{place}", what.join(" "));
    // Together they may carry little, although each of them carries much.
    let tells = !all.is_empty() && share >= 0.5;
    tells.then(|| format!("; {} of it {}", Unit::Ratio.show((share * 100.0).round() / 100.0), all.trim_start()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::series::Sample;

    fn vector(parts: &[(&[(&str, &str)], f64)]) -> Vector {
        let sample =
            |(labels, value): &(&[(&str, &str)], f64)| Sample { labels: Labels::of(labels), time: 0, value: *value };
        Vector { samples: parts.iter().map(sample).collect(), ..Vector::default() }
    }

    #[test]
    fn the_values_that_grew_carry_it() {
        let of = |status: &'static str, instance: &'static str| {
            Labels::of(&[("method", "POST"), ("status", status), ("instance", instance)])
        };
        let now = Growth::from([
            (of("500", "a"), 96.0),
            (of("500", "b"), 3.0),
            (of("503", "a"), 5.0),
            (of("502", "a"), f64::NAN),
        ]);
        let before = Growth::from([(of("500", "b"), 2.0), (of("503", "a"), 2.0)]);
        let (found, share) = carriers(&growth(&now, &before), &Labels::default());
        assert_eq!(found.len(), 3);
        assert_eq!(words(&found, share).unwrap(), "; 96 % of it POST 500 on a");
        assert_eq!(words(&[], 0.0), None);
        assert_eq!(carriers(&Growth::new(), &Labels::default()), (vec![], 0.0));
    }

    #[test]
    fn slow_requests_are_those_above_the_bound() {
        let slow = vector(&[
            (&[("le", "0.5"), ("instance", "a")], 60.0),
            (&[("le", "1.0"), ("instance", "a")], 80.0),
            (&[("le", "+Inf"), ("instance", "a")], 100.0),
        ]);
        assert_eq!(slower_than(&slow, Some(0.3)), Growth::from([(Labels::of(&[("instance", "a")]), 40.0)]));
        assert!(slower_than(&slow, Some(9.0)).is_empty() && slower_than(&Vector::default(), None).is_empty());
    }
}
