//! The report as HTML for mail clients: tables and inline styles, nothing else is sure to be shown.

use super::page::{self, Block, Page, Sheet};
use crate::report::document::Report;

pub fn mail(report: &Report) -> String {
    write(&page::page(report))
}

fn write(page: &Page) -> String {
    let level = if page.level.is_empty() { String::new() } else { format!("{}: ", page.level) };
    let mut out = format!(
        "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><title>{0}</title></head><body>",
        escape(&page.title)
    );
    out.push_str(&format!("<h1>{}</h1><p><b>{level}{}</b></p>", escape(&page.title), escape(&page.summary)));
    page.facts.iter().for_each(|fact| out.push_str(&format!("<p>{}</p>", escape(fact))));
    for section in &page.sections {
        out.push_str(&format!("<h2>{}</h2>", escape(section.title)));
        section.blocks.iter().for_each(|block| push(&mut out, block));
    }
    out.push_str("</body></html>");
    out
}

fn push(out: &mut String, block: &Block) {
    match block {
        Block::Line(line) => out.push_str(&format!("<p>{}</p>", escape(line))),
        Block::List(items) => {
            out.push_str("<ul>");
            items.iter().for_each(|item| out.push_str(&format!("<li>{}</li>", escape(item))));
            out.push_str("</ul>");
        }
        Block::Spark { bars, note } => out.push_str(&format!("<p>{} {}</p>", escape(bars), escape(note))),
        Block::Table(sheet) => table(out, sheet),
    }
}

fn table(out: &mut String, sheet: &Sheet) {
    let row = |tag: &str, cells: &[String]| {
        let cells: Vec<String> = cells.iter().map(|cell| format!("<{tag}>{}</{tag}>", escape(cell))).collect();
        format!("<tr>{}</tr>", cells.join(""))
    };
    out.push_str(&format!("<table>{}", row("th", &sheet.head)));
    sheet.rows.iter().for_each(|cells| out.push_str(&row("td", cells)));
    out.push_str("</table>");
}

/// The most characters of one text.
const LONGEST: usize = 480;

fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars().take(LONGEST) {
        match c {
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '&' => out.push_str("&amp;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            c => out.push(c),
        }
    }
    out
}
