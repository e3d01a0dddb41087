//! The findings, the most important first: each with its score, its sentence and the command that shows it.

use super::escape::{bounded, text};
use crate::analysis::insight::{Carrier, Finding};
use crate::model::unit::Unit;
use crate::report::document::Report;
use crate::report::render::sections::INSIGHTS;

/// Of the section that text and Markdown have; here it comes first.
pub const SLUG: &str = "what";
/// The most findings that are shown, and the most carriers of one.
const MOST: usize = 20;
const MOST_CARRIERS: usize = 4;
/// A command is of no use when it is cut.
const LONGEST: usize = 2000;

pub fn section(report: &Report) -> String {
    let shown: String = report.insights.iter().take(MOST).map(|finding| one(finding, report)).collect();
    let more = match report.insights.len().saturating_sub(MOST) {
        0 => String::new(),
        more => format!("<p class=\"said\">and {more} more</p>\n"),
    };
    let body = match (shown.is_empty(), report.not_asked.is_empty()) {
        (false, _) => format!("<ol class=\"insights\">\n{shown}</ol>\n{more}"),
        (true, true) => "<p>Nothing stands out.</p>\n".to_owned(),
        (true, false) => "<p>Nothing stands out in what was answered.</p>\n".to_owned(),
    };
    format!("<section id=\"{SLUG}\">\n<h2>{INSIGHTS}</h2>\n{body}</section>\n")
}

fn one(finding: &Finding, report: &Report) -> String {
    let score = if finding.score.is_finite() { finding.score.clamp(0.0, 100.0) } else { 0.0 };
    let evidence = finding.evidence.first();
    let seen = evidence.map(|evidence| format!("to be seen in: {}", evidence.what));
    let facts = [Some(finding.kind.word().to_owned()), when(finding, report), carried(&finding.carriers), seen];
    let facts: Vec<String> = facts.into_iter().flatten().map(|fact| text(&fact)).collect();
    let command = evidence.map_or_else(String::new, |evidence| {
        let command = report.plan.opening.command(&evidence.place);
        format!("<p class=\"open\"><code>{}</code></p>\n", bounded(&command, LONGEST))
    });
    format!(
        "<li class=\"insight\">\n<div class=\"score\"><b>{score:.0}</b><svg width=\"56\" height=\"6\" role=\"img\" \
         aria-label=\"score {score:.0} of 100\"><rect class=\"all\" width=\"56\" height=\"6\" rx=\"3\"/>\
         <rect class=\"{}\" width=\"{:.1}\" height=\"6\" rx=\"3\"/></svg></div>\n\
         <div><p class=\"sentence\">{}</p>\n<p class=\"said\">{}</p>\n{command}</div>\n</li>\n",
        class(score),
        score * 0.56,
        text(&finding.text),
        facts.join(" · "),
    )
}

fn class(score: f64) -> &'static str {
    match score {
        score if score >= 70.0 => "critical",
        score if score >= 40.0 => "warning",
        _ => "notice",
    }
}

fn when(finding: &Finding, report: &Report) -> Option<String> {
    let clock = |at| report.plan.clock(at, &report.grid);
    match (finding.from, finding.to) {
        (Some(from), Some(to)) => Some(format!("{} to {}", clock(from), clock(to))),
        (Some(from), None) => Some(format!("since {}", clock(from))),
        (None, Some(to)) => Some(format!("until {}", clock(to))),
        (None, None) => None,
    }
}

/// `endpoint /api/pay 94 %, method POST 90 %`
fn carried(carriers: &[Carrier]) -> Option<String> {
    let one = |carrier: &Carrier| format!("{} {} {}", carrier.label, carrier.value, Unit::Ratio.show(carrier.share));
    let all: Vec<String> = carriers.iter().take(MOST_CARRIERS).map(one).collect();
    (!all.is_empty()).then(|| format!("carried by {}", all.join(", ")))
}
