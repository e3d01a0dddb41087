//! The logs as JSON.

use serde_json::{Map, Value, json};

use super::number;
use crate::analysis::patterns::compare::Kind;
use crate::analysis::patterns::tally::Finding;
use crate::model::log::{Count, Level, Tallies, Volume};
use crate::report::document::{Logs, Patterns};
use crate::text::Plain;
use crate::time::Timestamp;

pub fn logs(logs: &Logs) -> Value {
    json!({
        "lines": logs.volume.as_ref().map(volume),
        "lines_before": logs.volume_before.as_ref().map(volume),
        "tallies": logs.tallies.as_ref().map(tallies),
        "patterns": logs.patterns.as_ref().map(patterns),
    })
}

fn volume(volume: &Volume) -> Value {
    let (count, is_exact) = (volume.total.least(), matches!(volume.total, Count::Exactly(_)));
    let of = |(level, counts): &(Level, Vec<u64>)| (level.word().to_owned(), counts.iter().sum::<u64>().into());
    let levels: Map<String, Value> = volume.levels.iter().map(of).collect();
    json!({ "count": count, "is_exact": is_exact, "levels": levels })
}

fn tallies(tallies: &Tallies) -> Value {
    json!({
        "error_types": counts(&tallies.error_types),
        "requests": counts(&tallies.requests),
        "over_lines": tallies.over,
    })
}

fn counts(of: &[(Plain, u64)]) -> Value {
    of.iter().map(|(name, count)| json!({ "name": name, "count": count })).collect()
}

fn patterns(patterns: &Patterns) -> Value {
    json!({
        "lines": patterns.lines,
        "lines_before": patterns.lines_before,
        "is_sample": patterns.is_sample,
        "found": patterns.found.iter().map(finding).collect::<Vec<_>>(),
    })
}

fn finding(finding: &Finding) -> Value {
    let times = if let Kind::Grown(times) = finding.kind { Some(times) } else { None };
    let time = |ns: i64| Timestamp::of_ns(ns).rfc3339();
    json!({
        "pattern": finding.text,
        "kind": if times.is_some() { "grown" } else { "new" },
        "times": number(times),
        "count": finding.count,
        "count_before": finding.before,
        "level": finding.level.word(),
        "services": finding.services,
        "first": time(finding.first),
        "last": time(finding.last),
        "example": finding.example,
    })
}
