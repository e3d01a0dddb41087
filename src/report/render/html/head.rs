//! The band on top: how bad it is, in a word and a sentence, of what and of when. And the foot.

use super::escape::{bounded, text};
use crate::analysis::summary::Level;
use crate::model::place::{Place, Room};
use crate::report::document::Report;
use crate::report::render::page::Page;
use crate::report::words::{moment, together};
use crate::time::format_duration;

pub fn head(report: &Report, page: &Page) -> String {
    let (class, sign, word) = level(report.summary.level);
    let facts: String = facts(report)
        .into_iter()
        .map(|(name, value)| format!("<div><dt>{name}</dt><dd>{}</dd></div>\n", text(&value)))
        .collect();
    format!(
        "<header class=\"band {class}\">\n<p class=\"kind\">{}</p>\n<h1>{}</h1>\n\
         <p class=\"summary\"><b class=\"level\"><span aria-hidden=\"true\">{sign}</span> {word}</b> {}</p>\n\
         <dl>\n{facts}</dl>\n</header>\n",
        text(&page.title),
        text(&title(report)),
        text(&page.summary),
    )
}

/// A word, a sign and a class: three ways to see it.
fn level(level: Level) -> (&'static str, &'static str, &'static str) {
    match level {
        Level::Calm => ("calm", "✓", "CALM"),
        Level::Unknown => ("unknown", "?", "UNKNOWN"),
        Level::Notice => ("notice", "●", "NOTICE"),
        Level::Warning => ("warning", "▲", "WARNING"),
        Level::Critical => ("critical", "✖", "CRITICAL"),
    }
}

fn title(report: &Report) -> String {
    let scope = report.plan.scope.as_ref().map_or_else(String::new, |scope| format!(" / {scope}"));
    format!("{}{scope}", report.plan.context)
}

fn facts(report: &Report) -> Vec<(&'static str, String)> {
    let (plan, grid) = (&report.plan, &report.grid);
    let mut facts =
        vec![("Period", together(grid.now, &plan.zone)), ("Compared with", together(grid.before, &plan.zone))];
    facts.extend(grid.week.map(|week| ("And with", together(week, &plan.zone))));
    facts.push(("Sampled", format!("every {}", format_duration(grid.step))));
    facts.push(("Source", plan.address.to_string()));
    facts.push(("Generated", moment(plan.generated_at, &plan.zone)));
    facts
}

pub fn foot(report: &Report) -> String {
    let plan = &report.plan;
    let place = Place { room: Room::Overview, range: report.grid.now, select: None };
    let asked = report.asked - report.not_asked.len().min(report.asked);
    format!(
        "<footer>\n<p>The same period in the console: <code>{}</code></p>\n\
         <p>{asked} of {} questions answered. In charts and small courses each point is the largest value of its time; \
         a gap has no data. Made by a360 {}.</p>\n</footer>\n",
        bounded(&plan.opening.command(&place), 2000),
        report.asked,
        text(plan.version),
    )
}
