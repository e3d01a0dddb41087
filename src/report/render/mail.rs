//! The report as the HTML of a mail: tables and attributes that every mail program knows, no picture, no style sheet,
//! and small enough that none of them cuts it. The whole report goes along as a file.

use super::html::escape::text;
use super::page::{Block, Page, Section, Sheet, page};
use super::sections::INSIGHTS;
use crate::analysis::summary::Level;
use crate::report::document::Report;

/// Mail programs cut a mail at 102 KiB.
const MOST: usize = 96 * 1024;
/// The most rows of a table, and items of a list.
const MOST_ROWS: usize = 10;
const FONT: &str = "font-family:Segoe UI,Roboto,Helvetica,Arial,sans-serif";
const MONO: &str = "font-family:Consolas,Menlo,monospace";

/// For the HTML part of a mail; at most 100 KiB.
pub fn mail(report: &Report) -> String {
    let page = page(report);
    let mut body = head(report, &page);
    body.push_str(&insights(report));
    let mut left = 0;
    for section in &page.sections {
        let more = self::section(section, report);
        if left > 0 || body.len() + more.len() > MOST {
            left += 1;
        } else {
            body.push_str(&more);
        }
    }
    if left > 0 {
        let sections = if left == 1 { "section more is" } else { "sections more are" };
        body.push_str(&row(&format!("{left} {sections} in the report itself.")));
    }
    format!(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\"/>\n<meta name=\"viewport\" content=\"width=device-width\"/>\n\
         <title>{}</title>\n</head>\n<body style=\"margin:0;padding:0;background:#f3f5f8\">\n\
         <table role=\"presentation\" width=\"100%\" cellpadding=\"0\" cellspacing=\"0\" style=\"background:#f3f5f8\"><tr><td align=\"center\" style=\"padding:16px 8px\">\n\
         <table role=\"presentation\" width=\"680\" cellpadding=\"0\" cellspacing=\"0\" style=\"width:100%;max-width:680px;background:#ffffff;\
         border:1px solid #d9dee7;{FONT};font-size:14px;line-height:20px;color:#1b1f27\">\n{body}</table>\n</td></tr></table>\n</body>\n</html>\n",
        text(&page.title)
    )
}

fn head(report: &Report, page: &Page) -> String {
    let (colour, word) = match report.summary.level {
        Level::Calm => ("#1b6e3c", "CALM"),
        Level::Unknown => ("#6b3fa0", "UNKNOWN"),
        Level::Notice => ("#1d5fbf", "NOTICE"),
        Level::Warning => ("#8a5300", "WARNING"),
        Level::Critical => ("#b3261e", "CRITICAL"),
    };
    let facts: String = page.facts.iter().map(|fact| format!("{}<br/>\n", text(fact))).collect();
    format!(
        "<tr><td style=\"background:{colour};color:#ffffff;padding:14px 20px\"><b style=\"font-size:13px\">{word}</b><br/>\n\
         <span style=\"font-size:18px;line-height:24px\">{}</span></td></tr>\n\
         <tr><td style=\"padding:12px 20px;color:#4f5866;font-size:13px\"><b>{}</b><br/>\n{facts}</td></tr>\n",
        text(&page.summary),
        text(&page.title)
    )
}

fn row(words: &str) -> String {
    format!("<tr><td style=\"padding:6px 20px\">{}</td></tr>\n", text(words))
}

fn title(words: &str) -> String {
    format!(
        "<tr><td style=\"padding:18px 20px 4px;border-top:1px solid #d9dee7\"><h2 style=\"margin:0;font-size:16px\">{}</h2></td></tr>\n",
        text(words)
    )
}

/// The findings, each with its score; the commands are in the report.
fn insights(report: &Report) -> String {
    let items: Vec<String> = report
        .insights
        .iter()
        .take(MOST_ROWS)
        .map(|finding| format!("{:.0}  {}", finding.score, finding.text))
        .collect();
    if items.is_empty() { String::new() } else { title("What stands out (score)") + &list(&items) }
}

fn section(section: &Section, report: &Report) -> String {
    // The findings have been told.
    if section.title == INSIGHTS && !report.insights.is_empty() {
        return String::new();
    }
    let blocks: String = section.blocks.iter().map(block).collect();
    title(section.title) + &blocks
}

fn block(block: &Block) -> String {
    match block {
        Block::Line(line) => row(line),
        Block::List(items) => list(items),
        Block::Spark { bars, note } => format!(
            "<tr><td style=\"padding:6px 20px\"><span style=\"{MONO};color:#1d5fbf\">{}</span> {}</td></tr>\n",
            text(bars),
            text(note)
        ),
        Block::Table(sheet) => table(sheet),
        // Told before, without their commands.
        Block::Finding { .. } => String::new(),
    }
}

fn list(items: &[String]) -> String {
    let shown = items.iter().take(MOST_ROWS).map(|item| format!("<li style=\"margin:2px 0\">{}</li>\n", text(item)));
    let more = items.len().saturating_sub(MOST_ROWS);
    let more = (more > 0).then(|| format!("<li>and {more} more</li>\n"));
    let items: String = shown.chain(more).collect();
    format!(
        "<tr><td style=\"padding:2px 20px\"><ul style=\"margin:4px 0;padding-left:20px\">\n{items}</ul></td></tr>\n"
    )
}

fn table(sheet: &Sheet) -> String {
    let align = |at: usize| if at == 0 { "left" } else { "right" };
    let head = sheet.head.iter().enumerate().map(|(at, word)| {
        format!(
            "<th align=\"{}\" style=\"padding:3px 6px;color:#4f5866;font-weight:normal\">{}</th>",
            align(at),
            text(word)
        )
    });
    let cells = |cells: &Vec<String>| {
        let cells = cells.iter().enumerate().map(|(at, cell)| {
            format!(
                "<td align=\"{}\" style=\"padding:3px 6px;border-top:1px solid #e8ebf0\">{}</td>",
                align(at),
                text(cell)
            )
        });
        format!("<tr>{}</tr>\n", cells.collect::<String>())
    };
    let (head, rows): (String, String) = (head.collect(), sheet.rows.iter().take(MOST_ROWS).map(cells).collect());
    let more = sheet.more + sheet.rows.len().saturating_sub(MOST_ROWS);
    let more = if more > 0 { row(&format!("and {more} more")) } else { String::new() };
    format!(
        "<tr><td style=\"padding:4px 14px\"><table width=\"100%\" cellpadding=\"0\" cellspacing=\"0\" style=\"font-size:13px\">\n\
         <tr>{head}</tr>\n{rows}</table></td></tr>\n{more}"
    )
}
