//! The report as a page of words: what text and Markdown have in common. Everything on it is text to be escaped or
//! fitted by whoever writes it out; nothing here knows how.

use super::sections;
use crate::analysis::summary::Level;
use crate::report::document::Report;
use crate::report::plan::Grid;
use crate::report::sampling::{How, ranges};
use crate::report::words::{moment, together};
use crate::time::{DAY, format_duration};

pub struct Page {
    pub title: String,
    /// What it is about, from when to when, from where.
    pub facts: Vec<String>,
    /// One word of how bad it is; empty when all is calm.
    pub level: &'static str,
    pub summary: String,
    pub sections: Vec<Section>,
}

pub struct Section {
    pub title: &'static str,
    pub blocks: Vec<Block>,
}

pub enum Block {
    Line(String),
    List(Vec<String>),
    /// A small chart and what it shows.
    Spark {
        bars: String,
        note: String,
    },
    Table(Sheet),
    /// What stands out, with the commands that show it.
    Finding {
        text: String,
        evidence: Vec<(String, String)>,
    },
}

/// The first column is a name, the others are values. Long tables are cut and say so.
pub struct Sheet {
    pub head: Vec<String>,
    pub rows: Vec<Vec<String>>,
    /// So many rows were left out.
    pub more: usize,
}

/// The most rows of a table that a person reads.
const MOST_ROWS: usize = 20;

impl Sheet {
    pub fn new(head: &[&str], mut rows: Vec<Vec<String>>) -> Self {
        let more = rows.len().saturating_sub(MOST_ROWS);
        rows.truncate(MOST_ROWS);
        Self { head: head.iter().map(|&word| word.to_owned()).collect(), rows, more }
    }
}

/// The first of many, and how many more there are.
pub fn first_of(mut items: Vec<String>) -> Block {
    let more = items.len().saturating_sub(MOST_ROWS);
    items.truncate(MOST_ROWS);
    if more > 0 {
        items.push(format!("and {more} more"));
    }
    Block::List(items)
}

pub fn page(report: &Report) -> Page {
    let plan = &report.plan;
    let demo = if plan.demo { " (demo: simulated data)" } else { "" };
    let scope = plan.scope.as_ref().map_or_else(String::new, |scope| format!(", scope {scope}"));
    let grid = &report.grid;
    let mut page = Page {
        title: format!("a360 report: {}{demo}", plan.title()),
        facts: vec![
            format!("context {}{scope}, {}", plan.context, plan.address),
            together(grid.now, &plan.zone),
            format!("sampled every {}, {}", format_duration(grid.step), compared(grid)),
            format!("generated {} by a360 {}", moment(plan.generated_at, &plan.zone), plan.version),
        ],
        level: word(report.summary.level),
        summary: report.summary.text.clone(),
        sections: sections::sections(report),
    };
    page.facts.extend(sampled(report));
    page
}

fn compared(grid: &Grid) -> String {
    let before = format_duration(grid.before.length());
    match grid.week {
        Some(_) => format!("compared with the {before} before and the same time a week before"),
        None if grid.now.start.since(grid.before.start) == 7 * DAY => {
            format!("compared with the {before} before, which is the same time a week before")
        }
        None => format!("compared with the {before} before; a week before would overlap"),
    }
}

/// What stands for more than its moment; nothing where nothing does.
fn sampled(report: &Report) -> Option<String> {
    let all = ranges(&report.plan.watch, &report.grid);
    let is = |how: How| all.iter().any(|one| one.how == how);
    let rate = is(How::Rate).then_some("rates over the whole of it");
    let average = is(How::Average).then_some("gauges averaged over it, with their highest values");
    let halved = (report.halved > 0).then(|| format!("{} requests in halves, too heavy at once", report.halved));
    let how: Vec<String> = rate.into_iter().chain(average).map(str::to_owned).chain(halved).collect();
    (!how.is_empty()).then(|| {
        format!("each point stands for the {} before it: {}", format_duration(report.grid.step), how.join("; "))
    })
}

pub fn word(level: Level) -> &'static str {
    match level {
        Level::Calm => "",
        Level::Unknown => "UNKNOWN",
        Level::Notice => "NOTICE",
        Level::Warning => "WARNING",
        Level::Critical => "CRITICAL",
    }
}
