//! The second round of questions, about the findings that stand out most: which label values carry a change, and what
//! the log lines of exactly that stretch say. Few and bounded: a report of a calm day asks nothing more.

mod carriers;
mod lines;

use super::ask::{Question, Tell, Topic, When, ask_all};
use super::build::admit_again;
use super::document::Report;
use crate::analysis::insight::split::{bucketed, counted};
use crate::analysis::insight::{Finding, Kind};
use crate::model::ask::Ask;
use crate::model::labels::Labels;
use crate::model::log::{Level, Search};
use crate::model::query::Query;
use crate::model::window::Span;
use crate::source::poll::Clock;
use crate::time::{MINUTE, Range, Timestamp};

/// So many findings are explained.
const MOST: usize = 5;
/// Lines that are looked at for one of them, and as many of the time that it is compared with.
const LINES: u32 = 500;

/// What one finding is asked about.
struct Case {
    number: usize,
    range: Range,
    /// As long, in the period before.
    before: Range,
    labels: Labels,
}

/// Asks, and adds the answers to the findings.
pub async fn explain(ask: &impl Ask, report: &mut Report, clock: Clock, tell: Tell<'_>) {
    let cases: Vec<Case> = (0..report.insights.len().min(MOST)).filter_map(|number| case(report, number)).collect();
    let questions: Vec<Question> = cases.iter().flat_map(|case| questions(report, case)).collect();
    if questions.is_empty() {
        return;
    }
    let mut answers = ask_all(ask, &questions, report.plan.at_once, clock, tell).await;
    for case in &cases {
        carriers::apply(report, case, &answers);
        lines::apply(report, case, &answers);
    }
    let was = (report.not_asked.len(), report.asked);
    report.asked += answers.asked;
    report.requests_sent += answers.requests;
    report.halved += answers.halved;
    report.not_asked.append(&mut answers.not_asked);
    let is = (report.not_asked.len(), report.asked);
    admit_again(&mut report.summary, was, is);
    report.warnings.append(&mut answers.warnings);
    report.warnings.sort();
    report.warnings.dedup();
}

fn case(report: &Report, number: usize) -> Option<Case> {
    let finding = report.insights.get(number)?;
    let wanted = matches!(finding.kind, Kind::Errors | Kind::Latency | Kind::Logs);
    let from = finding
        .from
        .filter(|_| wanted || finding.kind == Kind::Down)
        .map(Timestamp)
        .or_else(|| wanted.then_some(report.grid.now.start))?;
    let to = finding.to.map_or(report.grid.now.end, Timestamp);
    let start = Timestamp(from.0 / 1000 * 1000);
    let length = (to.since(start) / 1000 * 1000).max(MINUTE);
    let range = Range::new(start, start.plus(length).min(report.grid.now.end));
    let back = report.grid.now.end.since(report.grid.before.end).max(length);
    let before = Range::new(range.start.plus(-back), range.end.plus(-back));
    Some(Case { number, range, before, labels: labels(report, finding) })
}

/// Of the endpoint that it is about.
fn labels(report: &Report, finding: &Finding) -> Labels {
    let rows = match finding.kind {
        Kind::Errors => &report.errors.by_endpoint.rows,
        Kind::Latency => &report.performance.by_endpoint.rows,
        _ => return Labels::default(),
    };
    let own = rows.iter().find(|row| row.name == finding.subject);
    own.map(|row| row.labels.clone()).unwrap_or_default()
}

fn questions(report: &Report, case: &Case) -> Vec<Question> {
    let Some(finding) = report.insights.get(case.number) else { return Vec::new() };
    let watch = &report.plan.watch;
    let number = case.number as u8;
    let length = case.range.length();
    let expr = match finding.kind {
        Kind::Errors if case.labels.is_empty() => counted(&watch.errors, &case.labels, length),
        Kind::Errors => counted(&watch.errors_by_endpoint, &case.labels, length),
        Kind::Latency => bucketed(&watch.latency, &case.labels, length),
        _ => None,
    };
    let level = match finding.kind {
        Kind::Errors => Some(Some(Level::Error)),
        Kind::Latency => Some(Some(Level::Warn)),
        // A pattern tells its own lines; of a storm it is not known what they are.
        Kind::Logs if finding.subject.is_empty() => Some(lines::level(finding)),
        _ => None,
    };
    // A search engine that said nothing is not asked again.
    let answered = report.logs.as_ref().is_some_and(|logs| logs.patterns.is_some());
    let search =
        level.filter(|_| answered).map(|level| Search { level, ..Search::default() }.within(watch.logs.as_ref()));
    let mut all = Vec::new();
    for (when, range) in [(When::Now, case.range), (When::Before, case.before)] {
        all.extend(expr.iter().map(|expr| {
            let query = Query::Instant { expr: expr.clone(), at: Some(range.end) };
            Question { topic: Topic::Carriers(number), when, query }
        }));
        all.extend(search.iter().map(|search| {
            let query = Query::Lines { search: search.clone(), span: Span::Fixed(range), before: None, limit: LINES };
            Question { topic: Topic::FoundLines(number), when, query }
        }));
    }
    all
}
