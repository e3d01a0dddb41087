//! From what is on the screen, or on the command line, to the plan of a report.

use crate::model::format::Format;
use crate::model::period::Period;
use crate::report::{self, Depth, Periods, Plan};
use crate::time::Timestamp;
use crate::ui::errand::About;

/// The formats by name, the one first that people open in a browser.
pub fn formats() -> Vec<String> {
    [Format::Html, Format::Markdown, Format::Text, Format::Json].map(|format| format.word().to_owned()).into()
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
    use std::collections::BTreeSet;

    #[test]
    fn every_format_has_a_name_that_is_read_back() {
        let names = formats();
        let read: BTreeSet<Format> = names.iter().map(|name| Format::read(name).unwrap()).collect();
        assert_eq!(read, Format::ALL.into());
        assert_eq!((names.len(), names[0].as_str()), (Format::ALL.len(), "html"));
    }
}
