//! From what is on the screen, or on the command line, to the plan of a report.

use clap::ValueEnum;

use crate::cli::{Format, Period};
use crate::report::{self, Depth, Periods, Plan};
use crate::time::Timestamp;
use crate::ui::errand::About;

/// The formats by name, the one first that people open in a browser.
pub fn formats() -> Vec<String> {
    let mut names: Vec<String> = Format::value_variants().iter().filter_map(name).collect();
    let order = ["html", "markdown", "text", "json"];
    names.sort_by_key(|name| order.iter().position(|known| known == name));
    names
}

fn name(format: &Format) -> Option<String> {
    Some(format.to_possible_value()?.get_name().to_owned())
}

/// The format of a name.
pub fn format(text: &str) -> Option<Format> {
    Format::from_str(text, false).ok()
}

/// What the name of a file in that format ends in.
pub fn ending(format: Format) -> String {
    match format {
        Format::Text => "txt".to_owned(),
        Format::Markdown => "md".to_owned(),
        other => name(&other).unwrap_or_default(),
    }
}

/// What the period of the screen is called.
pub fn label(about: &About) -> String {
    report::label(about.live.map_or(Period::LastHour, Period::Length), about.live.is_none())
}

/// What is to be asked and compared.
pub fn plan(about: &About, label: String, periods: Periods, depth: Depth, now: Timestamp) -> Plan {
    let context = &about.context;
    Plan {
        context: context.name.clone(),
        address: context.address.clone(),
        periods,
        label,
        at_once: context.at_once,
        watch: about.watch.clone(),
        alertmanager: context.alertmanager,
        logs: context.logs,
        traces: context.traces,
        dead_mans_switch: context.dead_mans_switch.clone(),
        scope: about.opening.scope.clone(),
        depth,
        opening: about.opening.clone(),
        zone: about.zone.clone(),
        demo: about.demo,
        generated_at: now,
        version: env!("CARGO_PKG_VERSION"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_format_has_a_name_that_is_read_back() {
        let names = formats();
        assert_eq!(names.len(), Format::value_variants().len());
        assert!(names.iter().all(|name| format(name).is_some()), "{names:?}");
        assert_eq!(names.last().map(String::as_str), Some("json"));
        assert_eq!(format("pdf"), None);
    }
}
