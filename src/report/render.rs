//! The report in the format that was asked for. Text and Markdown are two ways to write the same page; JSON is
//! written from the data itself, HTML from both.

mod ascii;
mod html;
pub mod json;
mod mail;
mod markdown;
mod page;
mod sections;
mod spark;
mod text;

pub use mail::mail;

use super::document::Report;
use crate::cli::Format;

pub use page::word;

/// `ascii` keeps text within what an old locale can show; the others are always UTF-8.
pub fn render(report: &Report, format: Format, ascii: bool) -> String {
    match format {
        Format::Text if ascii => ascii::ascii(&text::text(&page::page(report))),
        Format::Text => text::text(&page::page(report)),
        Format::Markdown => markdown::markdown(&page::page(report)),
        Format::Html => html::html(report),
        Format::Json => json::json(report),
    }
}
