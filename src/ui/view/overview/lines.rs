//! The lines of a panel's chart and legend: their names, colours and order.

use std::borrow::Cow;
use std::collections::BTreeSet;

use ratatui::style::Style;

use super::Overview;
use super::panel::Panel;
use crate::analysis::stats::at_cap;
use crate::model::labels::{Labels, METRIC_NAME};
use crate::model::series::{Frame, Series};
use crate::model::unit::Unit;
use crate::text::Plain;
use crate::ui::theme::{Role, Theme};

/// One line of a chart or of its legend.
pub struct Entry<'a> {
    pub name: String,
    pub series: Cow<'a, Series>,
    pub unit: Unit,
    /// Drawn against the right axis.
    pub right: bool,
    /// Which of the theme's series colours; none for what is of no part but of all.
    pub colour: Option<usize>,
    /// Whether it is on the small chart as well, or in the legend and on the full screen only.
    pub small: bool,
    /// A value at or above this is a lower bound: the histogram's last bucket.
    pub cap: Option<f64>,
}

impl Entry<'_> {
    pub fn style(&self, theme: &Theme) -> Style {
        self.colour.map_or_else(|| theme.style(Role::Strong), |colour| theme.series(colour))
    }

    pub fn show(&self, value: f64) -> String {
        let text = self.unit.show(value);
        if at_cap(value, self.cap) { format!("≥ {text}") } else { text }
    }
}

/// The lines of a panel, the worst first.
pub fn entries<'a>(overview: &'a Overview, panel: Panel) -> Vec<Entry<'a>> {
    let frame = |slot: &'a crate::store::Slot<Frame>| slot.get().map_or(&[][..], |frame| frame.series.as_slice());
    match panel {
        Panel::Requests => inked(overview, ranked(frame(&overview.requests), Unit::PerSecond, 0)),
        Panel::Latency => {
            let mut lines = inked(overview, ranked(frame(&overview.latency), Unit::Seconds, 0));
            let cap = overview.latency_cap();
            lines.iter_mut().for_each(|line| line.cap = cap);
            lines
        }
        Panel::Errors => {
            let mut lines = match overview.errors.get().map(|frame| frame.series.as_slice()) {
                Some([]) => overview
                    .no_errors()
                    .map(|zero| line("all".into(), Cow::Owned(zero), Unit::Ratio, None))
                    .into_iter()
                    .collect(),
                Some(series) => inked(overview, ranked(series, Unit::Ratio, 0)),
                None => Vec::new(),
            };
            let mut parts = inked(overview, ranked(frame(&overview.errors_by_endpoint), Unit::Ratio, 0));
            parts.iter_mut().for_each(|part| part.small = false);
            lines.extend(parts);
            lines
        }
        Panel::Resources => {
            let mut lines = ranked(frame(&overview.memory), Unit::Bytes, 0);
            let mut cpu = ranked(frame(&overview.cpu), Unit::Percent, lines.len());
            lines.iter_mut().for_each(|line| line.name = join("memory", &line.name));
            cpu.iter_mut().for_each(|line| (line.right, line.name) = (true, join("cpu", &line.name)));
            // In turn, so that a short legend has both.
            let half = lines.len();
            lines.extend(cpu);
            let mut mixed: Vec<(usize, Entry)> = lines.into_iter().enumerate().collect();
            mixed.sort_by_key(|(i, _)| if *i < half { i * 2 } else { (i - half) * 2 + 1 });
            mixed.into_iter().map(|(_, line)| line).collect()
        }
    }
}

fn join(what: &str, name: &str) -> String {
    if name == "all" { what.to_owned() } else { format!("{what} {name}") }
}

/// One endpoint has one colour on all panels: its place among all endpoints that any of them knows.
fn inked<'a>(overview: &Overview, mut lines: Vec<Entry<'a>>) -> Vec<Entry<'a>> {
    let frames =
        [&overview.requests, &overview.latency, &overview.errors_by_endpoint].into_iter().filter_map(|slot| slot.get());
    let known: BTreeSet<&Plain> =
        frames.flat_map(|frame| &frame.series).filter_map(|series| series.labels.get("endpoint")).collect();
    for line in &mut lines {
        match line.series.labels.get("endpoint") {
            Some(endpoint) => line.colour = known.iter().position(|other| *other == endpoint),
            None if line.name == "all" => line.colour = None,
            None => {}
        }
    }
    lines
}

fn line(name: String, series: Cow<'_, Series>, unit: Unit, colour: Option<usize>) -> Entry<'_> {
    Entry { name, series, unit, right: false, colour, small: true, cap: None }
}

/// Colour by order of labels, which does not change with the values. The highest now comes first; values of about the
/// same size keep the order of their names, so that rows seldom change places.
fn ranked(series: &[Series], unit: Unit, first_colour: usize) -> Vec<Entry<'_>> {
    let names = names(series);
    let mut order: Vec<usize> = (0..series.len()).collect();
    order.sort_by(|a, b| series[*a].labels.cmp(&series[*b].labels));
    let mut lines: Vec<Entry> = order
        .into_iter()
        .enumerate()
        .map(|(rank, i)| line(names[i].clone(), Cow::Borrowed(&series[i]), unit, Some(first_colour + rank)))
        .collect();
    let size = |line: &Entry| match line.series.last() {
        Some((_, value)) if value > 0.0 => (value.ln() / 1.3_f64.ln()).floor(),
        _ => f64::MIN,
    };
    lines.sort_by(|a, b| size(b).total_cmp(&size(a)).then_with(|| a.name.cmp(&b.name)));
    lines
}

/// The values of the labels that differ; `all` for the only series.
fn names(series: &[Series]) -> Vec<String> {
    let differs = |name: &str| series.iter().any(|s| s.labels.get(name) != series[0].labels.get(name));
    let short = |labels: &Labels| {
        let values: Vec<&str> = labels
            .iter()
            .filter(|(name, _)| name.as_str() != METRIC_NAME && (series.len() == 1 || differs(name)))
            .filter(|(name, _)| series.len() > 1 || name.as_str() != "job")
            .map(|(_, value)| value.as_str())
            .collect();
        if values.is_empty() { "all".to_owned() } else { values.join(" ") }
    };
    series.iter().map(|s| short(&s.labels)).collect()
}
