//! The trace in words: one sentence for whoever was just woken, and what is copied and counted.

use unicode_width::UnicodeWidthStr;

use super::Waterfall;
use crate::analysis::logs::{factor, number};
use crate::analysis::summary::{Headline, Level};
use crate::analysis::traces::{Blame, Spent};
use crate::model::trace::Span;
use crate::model::unit::nanos;
use crate::time::Timestamp;
use crate::ui::view::overview::fit;

/// From so many times the median on, a trace is slow.
const SLOW: f64 = 2.0;
/// Cells of an error's own words.
const WORDS: usize = 60;

/// `usual` is how many times the median of its like in the list the trace took, where that is known.
pub fn headline(waterfall: &Waterfall, usual: Option<f64>) -> Headline {
    if waterfall.trace.spans.is_empty() {
        return Headline { level: Level::Unknown, text: "this trace has no spans".to_owned() };
    }
    let times = usual.filter(|times| times.is_finite() && *times > 0.0);
    let failed = failed(waterfall);
    let is_slow = times.is_some_and(|times| times >= SLOW);
    let level = if failed.is_some() || is_slow { Level::Warning } else { Level::Calm };
    let usual = times.map(|times| format!("{} the median of the list", factor(times)));
    // It stands first where it is what is wrong.
    let (first, last) = if is_slow { (usual, None) } else { (None, usual) };
    let parts: Vec<String> = first.into_iter().chain(failed).chain(longest(waterfall)).chain(last).collect();
    Headline { level, text: parts.join("; ") }
}

/// `3 errors, the deepest in inventory SELECT stock: Timeout: no connection from pool`
fn failed(waterfall: &Waterfall) -> Option<String> {
    let Blame { service, operation, error } = waterfall.facts.blame.as_ref()?;
    let count = waterfall.facts.failures.len();
    let count =
        if count == 1 { "1 error, in".to_owned() } else { format!("{} errors, the deepest in", number(count as u64)) };
    let error = if error.is_empty() { String::new() } else { format!(": {}", fit(error, WORDS)) };
    Some(format!("{count} {}{error}", named(service, operation)))
}

fn named(service: &str, operation: &str) -> String {
    format!("{service} {operation}").trim().to_owned()
}

fn name(waterfall: &Waterfall, span: &Span) -> String {
    let service = waterfall.facts.service(span).map_or("", |service| &service.name);
    named(service, &span.operation)
}

/// `inventory SELECT stock held it up for 3 s (96 %)`
fn longest(waterfall: &Waterfall) -> Option<String> {
    let row = waterfall.spent.iter().max_by_key(|row| row.critical).filter(|row| row.critical > 0)?;
    let share = waterfall.facts.percent(row.critical);
    Some(format!("{} held it up for {} ({share})", whose(row), nanos(row.critical)))
}

fn whose(row: &Spent) -> String {
    named(&row.service, &row.operation)
}

/// `inventory SELECT stock 3 s 96 % · checkout place_order 21 ms`: where the most time went, as far as there is room.
pub fn most(waterfall: &Waterfall, width: usize) -> String {
    let mut said = String::new();
    for row in waterfall.spent.iter().filter(|row| row.self_time > 0) {
        let share = waterfall.facts.percent(row.self_time);
        let part = format!("{} {} {share}", whose(row), nanos(row.self_time));
        if said.width() + 3 + part.width() > width {
            break;
        }
        said += if said.is_empty() { "" } else { " · " };
        said += &part;
    }
    said
}

impl Waterfall {
    /// What is copied: the trace, and the span under the cursor.
    pub fn text(&self) -> String {
        let Some(span) = self.span() else { return format!("{}\n", self.trace.id) };
        let at = Timestamp::of_ns(span.start).rfc3339();
        let failed = if span.is_error { " failed" } else { "" };
        let name = name(self, span);
        format!("trace {} span {} {at} {} {name}{failed}\n", self.trace.id, span.id, nanos(span.duration))
    }

    /// Where the cursor is: `5 of 41`.
    pub fn words(&self) -> String {
        let count = |count: usize| number(count as u64);
        if let Some(table) = &self.table {
            let last = self.spent.len();
            return format!("{} of {} operations", count((table.at + 1).min(last)), count(last));
        }
        let (shown, all) = (self.rows.shown().len(), self.tree.nodes.len());
        let row = self.rows.place(self.cursor).map_or(0, |row| row + 1);
        let rest = if shown < all { format!(", {} spans", count(all)) } else { String::new() };
        format!("{} of {}{rest}", count(row.min(shown)), count(shown))
    }
}
