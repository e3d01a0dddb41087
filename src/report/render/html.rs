//! One HTML file that needs nothing else: no script, no asset, no font from anywhere. Everything from outside is text
//! between tags or in a quoted attribute of ours, see `escape`; what a browser may do with the page is bounded by the
//! policy in its head.

mod blocks;
mod chart;
mod charts;
mod draw;
pub mod escape;
mod head;
mod insights;
mod lanes;
mod scene;
mod side;
mod style;
mod tiles;
mod volume;

use self::escape::{slug, text};
use self::scene::Scene;
use super::page::{Block, Section, page};
use super::sections::{INSIGHTS, NOT_ASKED};
use crate::report::document::Report;

pub fn html(report: &Report) -> String {
    let page = page(report);
    let scene = Scene::of(report);
    let mut body = head::head(report, &page);
    body.push_str(&tiles::tiles(report));
    let shown: Vec<(&Section, bool)> = page.sections.iter().filter_map(|s| place(s).map(|first| (s, first))).collect();
    body.push_str(&contents(&shown));
    body.push_str("<main>\n");
    // What is not known stands before what is: a gap at the end of a long page is not seen.
    for (section, _) in shown.iter().filter(|(_, first)| *first) {
        body.push_str(&warned(section));
    }
    body.push_str(&insights::section(report));
    for (section, _) in shown.iter().filter(|(_, first)| !first) {
        body.push_str(&self::section(section, &scene));
    }
    body.push_str("</main>\n");
    body.push_str(&head::foot(report));
    format!(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\"/>\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"{}\"/>\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"/>\n\
         <meta name=\"color-scheme\" content=\"light dark\"/>\n\
         <meta name=\"referrer\" content=\"no-referrer\"/>\n<title>{}</title>\n<style>{}</style>\n</head>\n\
         <body>\n{body}</body>\n</html>\n",
        style::policy(),
        text(&format!("{}, {}", page.title, report.plan.context)),
        style::STYLE,
    )
}

/// Whether a section stands before all others; nothing for one that is written in another way.
fn place(section: &Section) -> Option<bool> {
    match slug(section.title).as_str() {
        insights::SLUG => None,
        COULD => Some(true),
        _ => Some(false),
    }
}

/// The anchor of what could not be asked.
const COULD: &str = "could";

fn contents(shown: &[(&Section, bool)]) -> String {
    let link = |id: &str, title: &str| format!("<li><a href=\"#{id}\">{}</a></li>\n", text(title));
    let of = |first: bool| shown.iter().filter(move |(_, is)| *is == first);
    let all = of(true).map(|(section, _)| link(&slug(section.title), section.title));
    let rest = of(false).map(|(section, _)| link(&slug(section.title), section.title.split(" (").next().unwrap_or("")));
    let links: String = all.chain([link(insights::SLUG, INSIGHTS)]).chain(rest).collect();
    format!("<nav aria-label=\"Contents\">\n<ul>\n{links}</ul>\n</nav>\n")
}

fn section(section: &Section, scene: &Scene) -> String {
    let id = slug(section.title);
    let (charts, blocks) = (charts::charts(&id, scene), blocks::blocks(section, &id, scene.report));
    format!("<section id=\"{id}\">\n<h2>{}</h2>\n{charts}{blocks}</section>\n", text(section.title))
}

fn warned(section: &Section) -> String {
    let id = slug(section.title);
    let items: String = section.blocks.iter().map(Block::words).collect();
    format!(
        "<section id=\"{id}\" class=\"card unknown\">\n<h2><span aria-hidden=\"true\">?</span> {}</h2>\n{items}</section>\n",
        text(section.title)
    )
}

impl Block {
    /// A block that is no table.
    fn words(&self) -> String {
        match self {
            // Here it stands before.
            Self::Line(line) => match line.strip_suffix(NOT_ASKED) {
                Some(what) => format!("<p>{}not asked: see <a href=\"#{COULD}\">above</a></p>\n", text(what)),
                None => format!("<p>{}</p>\n", text(line)),
            },
            Self::Spark { note, .. } => format!("<p>{}</p>\n", text(note)),
            Self::List(items) => {
                let items: String = items.iter().map(|item| format!("<li>{}</li>\n", text(item))).collect();
                format!("<ul>\n{items}</ul>\n")
            }
            // The findings have a section of their own.
            Self::Table(_) | Self::Finding { .. } => String::new(),
        }
    }
}
