//! The report in the format that was asked for. Text and Markdown are two ways to write the same page; JSON is
//! written from the data itself.

mod ascii;
pub mod json;
pub mod mail;
mod markdown;
mod page;
mod sections;
mod spark;
mod text;

use super::document::Report;
use crate::cli::Format;

pub use page::word;

/// `ascii` keeps text within what an old locale can show; Markdown and JSON are always UTF-8.
pub fn render(report: &Report, format: Format, ascii: bool) -> String {
    match format {
        Format::Text if ascii => ascii::ascii(&text::text(&page::page(report))),
        Format::Text => text::text(&page::page(report)),
        Format::Markdown => markdown::markdown(&page::page(report)),
        Format::Html => mail::mail(report),
        Format::Json => json::json(report),
    }
}
