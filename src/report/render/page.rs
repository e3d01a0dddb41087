//! The report as a page of words: what text and Markdown have in common. Everything on it is text to be escaped or
//! fitted by whoever writes it out; nothing here knows how.

use super::sections;
use crate::analysis::summary::Level;
use crate::report::document::Report;
use crate::report::words::{moment, together};
use crate::time::format_duration;

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
    let length = format_duration(grid.now.length());
    Page {
        title: format!("a360 report: {}{demo}", plan.title()),
        facts: vec![
            format!("context {}{scope}, {}", plan.context, plan.address),
            together(grid.now, &plan.zone),
            format!("sampled every {}, compared with the {length} before", format_duration(grid.step)),
            format!("generated {} by a360 {}", moment(plan.generated_at, &plan.zone), plan.version),
        ],
        level: word(report.summary.level),
        summary: report.summary.text.clone(),
        sections: sections::sections(report),
    }
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
