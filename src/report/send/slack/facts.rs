//! The figures that a channel asks for first, and what could not be asked.

use serde_json::{Value, json};

use super::words::{cut, escape};
use crate::analysis::alerts::State;
use crate::model::unit::Unit;
use crate::report::document::Report;
use crate::report::figures::{Change, Row};
use crate::report::words::{change, max, reading};
use crate::text::Plain;

/// Slack's limit.
const FIELD: usize = 2_000;
/// The most reasons, and characters of each.
const MOST_REASONS: usize = 5;
const REASON: usize = 400;

/// One block with what there is of them.
pub fn fields(report: &Report) -> Option<Value> {
    let fields = [requests(report), errors(report), slowest(report), firing(report), answered(report)];
    let field = |(name, text): (&str, String)| json!({ "type": "mrkdwn", "text": cut(&format!("*{name}*\n{text}"), FIELD), "verbatim": true });
    let fields: Vec<Value> = fields.into_iter().flatten().map(field).collect();
    (!fields.is_empty()).then(|| json!({ "type": "section", "fields": fields }))
}

fn compared(text: String, of: Change) -> String {
    match of {
        Change::Unknown => text,
        of => format!("{text} ({} against before)", escape(&change(of), FIELD)),
    }
}

fn requests(report: &Report) -> Option<(&'static str, String)> {
    let requests = &report.requests;
    let count = requests.count.map(|count| format!("about {}", Unit::Count.show(count.round())));
    let text = count.unwrap_or_else(|| reading(Unit::PerSecond, requests.total.now));
    Some(("Requests", compared(text, requests.total.change)))
}

fn errors(report: &Report) -> Option<(&'static str, String)> {
    let row = &report.errors.total;
    let average = row.figures.map(|figures| Unit::Ratio.show(figures.avg));
    let text = match average {
        Some(average) => format!("{average}, at most {}", max(Unit::Ratio, row)),
        None => reading(Unit::Ratio, row.now),
    };
    Some(("Errors", compared(text, row.change)))
}

fn slowest(report: &Report) -> Option<(&'static str, String)> {
    let rows = &report.performance.by_endpoint.rows;
    let highest = |row: &&Row| row.figures.map_or(f64::NEG_INFINITY, |figures| figures.max);
    let row = rows.iter().filter(|row| row.figures.is_some()).max_by(|a, b| highest(a).total_cmp(&highest(b)))?;
    let text = format!("{} {}", max(Unit::Seconds, row), escape(&row.name, 300));
    Some(("Worst p95", compared(text, row.change)))
}

fn firing(report: &Report) -> Option<(&'static str, String)> {
    let firing = report.alerts.as_ref().map(|rows| rows.iter().filter(|row| row.state == State::Firing).count());
    Some(("Alerts firing", firing.map_or_else(|| "not asked".to_owned(), |count| count.to_string())))
}

fn answered(report: &Report) -> Option<(&'static str, String)> {
    Some(("Scrapes answered", Unit::Ratio.show(report.availability.answered?)))
}

/// `3 of 40 questions were not answered`, and why.
pub fn not_asked(report: &Report) -> Option<String> {
    let missing = &report.not_asked;
    if missing.is_empty() {
        return None;
    }
    let mut reasons: Vec<((&str, &Plain), usize)> = Vec::new();
    for one in missing {
        match reasons.iter_mut().find(|(held, _)| *held == (one.source, &one.why)) {
            Some((_, count)) => *count += 1,
            None => reasons.push(((one.source, &one.why), 1)),
        }
    }
    let more = reasons.len().saturating_sub(MOST_REASONS);
    let line = |((source, why), count): &((&str, &Plain), usize)| {
        format!("• {source}: {} ({count} {})", escape(why, REASON), if *count == 1 { "question" } else { "questions" })
    };
    let mut lines: Vec<String> = reasons.iter().take(MOST_REASONS).map(line).collect();
    if more > 0 {
        lines.push(format!("• and {more} more reasons"));
    }
    let head = format!("*{} of {} questions were not answered*", missing.len(), report.asked);
    Some(format!("{head}\n{}", lines.join("\n")))
}
