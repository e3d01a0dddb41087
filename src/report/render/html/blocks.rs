//! The blocks of a section as paragraphs, lists and tables; a row that has a course shows it.

use super::draw::spark;
use super::escape::text;
use crate::report::document::{Report, Table};
use crate::report::figures::Row;
use crate::report::render::page::{Block, Section, Sheet};

pub fn blocks(section: &Section, id: &str, report: &Report) -> String {
    let one = |block: &Block| match block {
        Block::Table(sheet) => table(sheet, section, id, report),
        other => other.words(),
    };
    section.blocks.iter().map(one).collect()
}

fn table(sheet: &Sheet, section: &Section, id: &str, report: &Report) -> String {
    let what = sheet.head.first().map_or("", String::as_str);
    let rows = rows_of(id, what, report);
    let find = |cells: &[String]| {
        rows.iter().copied().find(|row| Some(row.name.as_str()) == cells.first().map(String::as_str))
    };
    let has_courses = sheet.rows.iter().any(|cells| find(cells).is_some());
    let head: String = sheet.head.iter().map(|word| format!("<th scope=\"col\">{}</th>", text(word))).collect();
    let drawn = if has_courses { "<th scope=\"col\" class=\"course\">course</th>" } else { "" };
    let body: String = sheet.rows.iter().map(|cells| row(cells, find(cells), has_courses)).collect();
    let more = match sheet.more {
        0 => String::new(),
        more => format!("<p class=\"said\">and {more} more</p>\n"),
    };
    let by = if what == "endpoint" { " by" } else { ":" };
    let caption = text(&format!("{}{by} {what}", section.title.split(" (").next().unwrap_or_default()));
    format!(
        "<div class=\"scroll\" role=\"region\" aria-label=\"{caption}\" tabindex=\"0\">\n<table>\n<caption>{caption}</caption>\n\
         <thead><tr>{head}{drawn}</tr></thead>\n<tbody>\n{body}</tbody>\n</table>\n</div>\n{more}"
    )
}

fn row(cells: &[String], of: Option<&Row>, has_courses: bool) -> String {
    let mut out = String::from("<tr>");
    let is_over = of.is_some_and(|row| row.above.is_some_and(|above| above.since.is_some()));
    for (at, cell) in cells.iter().enumerate() {
        out.push_str(&match at {
            0 => format!("<th scope=\"row\">{}</th>", text(cell)),
            // Not by its colour alone.
            1 if is_over => format!("<td class=\"over\"><span aria-hidden=\"true\">▲ </span>{}</td>", text(cell)),
            _ => format!("<td>{}</td>", text(cell)),
        });
    }
    if has_courses {
        out.push_str(&format!("<td class=\"course\">{}</td>", of.map_or_else(String::new, |row| spark(&row.course))));
    }
    out.push_str("</tr>\n");
    out
}

/// The rows that a table was written from.
fn rows_of<'a>(section: &str, what: &str, report: &'a Report) -> Vec<&'a Row> {
    let all = |whole: Option<&'a Row>, table: &'a Table| whole.into_iter().chain(&table.rows).collect();
    match (section, what) {
        ("requests", _) => all(Some(&report.requests.total), &report.requests.by_endpoint),
        ("errors", _) => all(Some(&report.errors.total), &report.errors.by_endpoint),
        ("performance", _) => all(None, &report.performance.by_endpoint),
        ("resources", "memory") => all(None, &report.resources.memory),
        ("resources", "cpu") => all(None, &report.resources.cpu),
        ("resources", _) => all(None, &report.resources.memory_ratio),
        _ => Vec::new(),
    }
}
