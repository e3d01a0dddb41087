//! What the log lines of a finding's stretch say, and who writes them.

use std::collections::BTreeMap;

use super::Case;
use crate::analysis::insight::{Carrier, Evidence, Finding, Kind};
use crate::analysis::logs::{covered, insights, stands_out};
use crate::analysis::patterns::tally::{self, Sample, between};
use crate::model::log::{Level, Line, Page};
use crate::model::place::{Place, Room};
use crate::model::query::Answer;
use crate::model::unit::Unit;
use crate::report::ask::{Answers, Topic, When};
use crate::report::document::Report;
use crate::text::Plain;
use crate::text::words::quoted;
use crate::time::{MINUTE, Range, Timestamp};

/// Who writes fewer of the lines does not make the storm.
const MOST_OF: f64 = 0.5;
/// A pattern with fewer lines explains nothing.
const FEW: u64 = 3;

/// The lines that a finding about lines is of.
pub fn level(finding: &Finding) -> Option<Level> {
    let select = finding.evidence.first().and_then(|evidence| evidence.place.select.as_deref());
    match select {
        Some("level=ERROR") => Some(Level::Error),
        Some("level=WARN") => Some(Level::Warn),
        _ => None,
    }
}

pub fn apply(report: &mut Report, case: &Case, answers: &Answers) {
    let page = |when| match answers.of(Topic::FoundLines(case.number as u8), when)? {
        Answer::Lines(page) => Some(page),
        _ => None,
    };
    let (Some(now), Some(before)) = (page(When::Now), page(When::Before)) else { return };
    let found = between(&sample(now, case.range), &sample(before, case.before));
    let clock = |at: i64| report.plan.clock(at, &report.grid);
    let Some(finding) = report.insights.get(case.number) else { return };
    let told = pattern(&found, finding);
    let mut text = finding.text.clone();
    let (mut carriers, mut subject) = (finding.carriers.clone(), finding.subject.clone());
    if finding.kind == Kind::Logs {
        let own = writers(&now.lines);
        text.push_str(&own.iter().find(|one| one.label == *"place").map_or_else(String::new, |place| {
            let service = own.iter().find(|one| one.label == *"service");
            let service = service.map_or_else(String::new, |one| format!("{} on ", one.value));
            format!("; {} of it from {service}{}", Unit::Ratio.show((place.share * 100.0).round() / 100.0), place.value)
        }));
        carriers.extend(own);
    }
    if let Some(one) = told {
        let known = text.contains(one.text.as_str());
        let said = if finding.kind == Kind::Logs {
            Some(format!("`{}`", one.text))
        } else {
            insights(std::slice::from_ref(one), 1, &clock).pop()
        };
        text.extend(said.filter(|_| !known).map(|said| format!("; {said}")));
        if subject.is_empty() && finding.kind == Kind::Logs {
            subject = one.text.clone();
        }
    }
    let evidence = told.and_then(|one| place(one, case.range, report.grid.now.end)).filter(|_| report.plan.logs);
    if let Some(finding) = report.insights.get_mut(case.number) {
        (finding.text, finding.carriers, finding.subject) = (text, carriers, subject);
        finding.evidence.extend(evidence);
    }
}

fn sample(page: &Page, range: Range) -> Sample<'_> {
    Sample { period: range, parts: vec![(&page.lines[..], covered(page, range))] }
}

/// What stands out most; of a storm it may be what is usual, only far more of it.
fn pattern<'a>(found: &'a [tally::Finding], finding: &Finding) -> Option<&'a tally::Finding> {
    let is_trouble = |one: &&tally::Finding| one.level <= Level::Warn && one.count >= FEW;
    // Of an endpoint's errors only its own lines tell.
    let is_own = |one: &&tally::Finding| one.endpoints.is_empty() || one.endpoints.contains(&finding.subject);
    if finding.kind == Kind::Logs {
        return found.iter().filter(|one| stands_out(one)).max_by_key(|one| one.count).or_else(|| found.first());
    }
    found.iter().filter(|one| stands_out(one)).filter(is_trouble).find(is_own)
}

/// The service and the place that write most of the lines.
fn writers(lines: &[Line]) -> Vec<Carrier> {
    let most = |label: &str, pick: fn(&Line) -> &Plain| {
        let mut counts: BTreeMap<&Plain, usize> = BTreeMap::new();
        lines.iter().map(pick).filter(|name| !name.is_empty()).for_each(|name| *counts.entry(name).or_default() += 1);
        let (name, count) = counts.into_iter().max_by_key(|(_, count)| *count)?;
        let share = count as f64 / lines.len().max(1) as f64;
        (share >= MOST_OF).then(|| Carrier { label: Plain::new(label), value: name.clone(), share })
    };
    [most("place", |line| &line.place), most("service", |line| &line.service)].into_iter().flatten().collect()
}

/// Its lines in the console, sought by the longest run of words that all of them have.
fn place(one: &tally::Finding, range: Range, last: Timestamp) -> Option<Evidence> {
    let clean = |part: &str| {
        part.split(|c: char| !c.is_alphanumeric() && c != ' ')
            .max_by_key(|words| words.len())
            .unwrap_or("")
            .trim()
            .to_owned()
    };
    let words = one.text.split("<*>").map(clean).max_by_key(String::len).filter(|words| !words.is_empty())?;
    let select = Some(format!("query={}", quoted(&format!("\"{words}\""))));
    let margin = (range.length() / 4).max(10 * MINUTE);
    let range = Range::new(range.start.plus(-margin), range.end.plus(margin).min(last));
    Some(Evidence { what: "the lines that are new".to_owned(), place: Place { room: Room::Logs, range, select } })
}
