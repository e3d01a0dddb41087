//! What traces say together: one sentence for each thing that stands out.

use super::{PathShare, Row, Slower, Tally};
use crate::analysis::logs::{factor, number};
use crate::model::unit::Unit;
use crate::text::Plain;

/// Fewer failing traces than this are no news.
const FEW: u32 = 3;
/// An error is quoted up to so many characters.
const QUOTED: usize = 80;

/// `3.1 s`
pub fn took(ns: i64) -> String {
    Unit::Seconds.show(ns as f64 / 1e9)
}

/// `reserve of inventory`; the operation alone where nobody says whose it is.
pub fn named(operation: &Plain, service: &Plain) -> String {
    if service.is_empty() { operation.to_string() } else { format!("{operation} of {service}") }
}

/// `reserve of inventory got slower: p50 12 ms → 1.4 s, p95 40 ms → 2.9 s, in 61 traces`
pub fn slower(one: &Slower) -> String {
    let pair = |(was, is): (i64, i64)| format!("{} → {}", took(was), took(is));
    let what = named(&one.operation, &one.service);
    format!("{what} got slower: p50 {}, p95 {}, in {} traces", pair(one.p50), pair(one.p95), one.traces.1)
}

/// `payment has 62 % of the critical path of the traces, 21 % before`
pub fn share(one: &PathShare) -> String {
    let before = one.before.map_or_else(String::new, |before| format!(", {} before", Unit::Ratio.show(before)));
    let service = if one.service.is_empty() { "an unnamed service" } else { one.service.as_str() };
    format!("{service} has {} of the critical path of the traces{before}", Unit::Ratio.show(one.now))
}

/// `31 of 40 failing traces fail first in reserve of inventory: Timeout: upstream timeout after 3000 ms`
pub fn failing(tally: &Tally) -> Option<String> {
    let ((service, operation), count) = tally.began.iter().max_by_key(|(_, count)| **count)?;
    let all = tally.failed();
    let is_here = |row: &&Row| row.blame.as_ref().is_some_and(|b| b.service == *service && b.operation == *operation);
    let row = tally.failing.iter().find(is_here);
    let error = row.and_then(|row| row.blame.as_ref()).map_or("", |blame| blame.error.as_str());
    let error = if error.is_empty() { String::new() } else { format!(": {}", shortened(error)) };
    let where_ = named(operation, service);
    (all >= FEW && *count * 2 > all).then(|| {
        format!("{} of {} failing traces fail first in {where_}{error}", number((*count).into()), number(all.into()))
    })
}

/// `the slowest trace took 8.4 s, 4.2x the limit: POST /api/checkout of gateway`
pub fn slowest(row: &Row, limit_seconds: f64) -> Option<String> {
    let times = row.duration as f64 / 1e9 / limit_seconds;
    let what = named(&row.operation, &row.service);
    (times.is_finite() && times >= 1.0)
        .then(|| format!("the slowest trace took {}, {} the limit: {what}", took(row.duration), factor(times)))
}

fn shortened(text: &str) -> String {
    let mut chars = text.chars();
    let start: String = chars.by_ref().take(QUOTED).collect();
    if chars.next().is_some() { format!("{start}…") } else { start }
}
