//! What traces say together: one sentence for each thing that stands out.

use super::{Blame, PathShare, Row, Slower};
use crate::analysis::logs::number;
use crate::model::unit::Unit;
use crate::text::Plain;

/// Fewer failing traces than this are no news.
const FEW: u32 = 3;
/// Standard deviations that the number of failing ones must grow by.
const SURE: f64 = 3.0;
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

/// `40 failing traces fail first in reserve of inventory, 1 before: Timeout: upstream timeout after 3000 ms`, where more
/// do than before: operation and service, and of how many traces now and before, as far as it is known.
pub fn failing(name: (&Plain, &Plain), (count, before): (u32, Option<u32>), rows: &[Row]) -> Option<String> {
    let (now, was) = (f64::from(count), f64::from(before.unwrap_or(0)));
    if count < FEW || now - was < SURE * (now + was).sqrt() {
        return None;
    }
    let here = |blame: &&Blame| blame.operation == *name.0 && blame.service == *name.1;
    let error = rows.iter().filter_map(|row| row.blame.as_ref()).find(here).map_or("", |blame| blame.error.as_str());
    let error = if error.is_empty() { String::new() } else { format!(": {}", shortened(error)) };
    let before = before.map_or_else(String::new, |before| format!(", {} before", number(before.into())));
    let (count, here) = (number(count.into()), named(name.0, name.1));
    Some(format!("{count} failing traces fail first in {here}{before}{error}"))
}

/// What the traces add about an endpoint that fails, or about everything: `its traces fail in authorize of payment`.
/// Where they fail at the door there is nothing to add.
pub fn blamed(failing: &[Row], endpoint: Option<&str>) -> Option<String> {
    let is_of = |row: &&Row| endpoint.is_none_or(|endpoint| is_about(row, endpoint));
    let rows: Vec<(&Row, &Blame)> =
        failing.iter().filter(is_of).filter_map(|row| Some((row, row.blame.as_ref()?))).collect();
    let same =
        |one: &Blame| rows.iter().filter(|(_, b)| (&b.service, &b.operation) == (&one.service, &one.operation)).count();
    let (count, row, blame) =
        rows.iter().map(|(row, blame)| (same(blame), row, blame)).max_by_key(|(count, ..)| *count)?;
    let is_elsewhere = (&blame.service, &blame.operation) != (&row.service, &row.operation);
    let whose = if endpoint.is_some() { "its traces" } else { "traces" };
    (count >= FEW as usize && count * 2 > rows.len() && is_elsewhere)
        .then(|| format!("{whose} fail in {}", named(&blame.operation, &blame.service)))
}

/// Its first span names the endpoint as a word: `POST /api/pay`, but not `/api/payments`.
fn is_about(row: &Row, endpoint: &str) -> bool {
    row.operation.as_str().split_whitespace().any(|word| word == endpoint)
}

fn shortened(text: &str) -> String {
    let mut chars = text.chars();
    let start: String = chars.by_ref().take(QUOTED).collect();
    if chars.next().is_some() { format!("{start}…") } else { start }
}
