//! The four panels: what each asks, and what its answer means now.

use std::borrow::Cow;

use super::Overview;
use crate::analysis::availability::Availability;
use crate::analysis::stats::{above_since, total};
use crate::model::labels::{Labels, METRIC_NAME};
use crate::model::series::{Frame, Series};
use crate::model::unit::Unit;
use crate::time::{Timestamp, ago};
use crate::ui::theme::Role;
use crate::ui::view::Scene;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Panel {
    Requests,
    Errors,
    Latency,
    Resources,
}

pub const ALL: [Panel; 4] = [Panel::Requests, Panel::Errors, Panel::Latency, Panel::Resources];

impl Panel {
    /// As `--select` names it.
    pub fn id(self) -> &'static str {
        match self {
            Self::Requests => "requests",
            Self::Errors => "errors",
            Self::Latency => "latency",
            Self::Resources => "resources",
        }
    }

    pub fn title(self) -> &'static str {
        match self {
            Self::Requests => "Request rate",
            Self::Errors => "Error rate",
            Self::Latency => "Latency p95",
            Self::Resources => "Memory ▏CPU",
        }
    }

    pub fn unit(self) -> Unit {
        match self {
            Self::Requests => Unit::PerSecond,
            Self::Errors => Unit::Ratio,
            Self::Latency => Unit::Seconds,
            Self::Resources => Unit::Bytes,
        }
    }
}

/// One line of a chart or of its legend.
pub struct Entry<'a> {
    pub name: String,
    pub series: Cow<'a, Series>,
    pub unit: Unit,
    /// Drawn against the right axis.
    pub right: bool,
    /// Which of the theme's series colours.
    pub colour: usize,
    /// Whether it is on the small chart as well, or in the legend and on the full screen only.
    pub small: bool,
    /// A value at or above this is a lower bound: the histogram's last bucket.
    pub cap: Option<f64>,
}

impl Entry<'_> {
    pub fn show(&self, value: f64) -> String {
        let text = self.unit.show(value);
        if self.cap.is_some_and(|cap| value >= cap * 0.9999) { format!("≥ {text}") } else { text }
    }
}

/// The value of now, in words.
pub struct Reading {
    pub text: String,
    /// `▲ above 10 % for 6m`, `▼ 21 %`; empty when there is nothing to say.
    pub comparison: String,
    pub role: Role,
}

impl Reading {
    fn new(text: impl Into<String>, comparison: impl Into<String>, role: Role) -> Self {
        Self { text: text.into(), comparison: comparison.into(), role }
    }
}

/// The lines of a panel, the worst first.
pub fn entries<'a>(overview: &'a Overview, panel: Panel) -> Vec<Entry<'a>> {
    let frame = |slot: &'a crate::store::Slot<Frame>| slot.get().map_or(&[][..], |frame| frame.series.as_slice());
    match panel {
        Panel::Requests => ranked(frame(&overview.requests), Unit::PerSecond, 0),
        Panel::Latency => {
            let mut lines = ranked(frame(&overview.latency), Unit::Seconds, 0);
            let cap = overview.latency_cap();
            lines.iter_mut().for_each(|line| line.cap = cap);
            lines
        }
        Panel::Errors => {
            let mut lines = match overview.errors.get().map(|frame| frame.series.as_slice()) {
                Some([]) => overview
                    .no_errors()
                    .into_iter()
                    .map(|series| line("all".into(), Cow::Owned(series), Unit::Ratio, 0))
                    .collect(),
                Some(series) => ranked(series, Unit::Ratio, 0),
                None => Vec::new(),
            };
            let mut parts = ranked(frame(&overview.errors_by_endpoint), Unit::Ratio, 1);
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

fn line(name: String, series: Cow<'_, Series>, unit: Unit, colour: usize) -> Entry<'_> {
    Entry { name, series, unit, right: false, colour, small: true, cap: None }
}

/// Colour by order of labels, which does not change with the values; place by the highest value, which seldom does.
fn ranked(series: &[Series], unit: Unit, first_colour: usize) -> Vec<Entry<'_>> {
    let names = names(series);
    let mut order: Vec<usize> = (0..series.len()).collect();
    order.sort_by(|a, b| series[*a].labels.cmp(&series[*b].labels));
    let mut lines: Vec<Entry> = order
        .into_iter()
        .enumerate()
        .map(|(rank, i)| line(names[i].clone(), Cow::Borrowed(&series[i]), unit, first_colour + rank))
        .collect();
    let peak = |line: &Entry| line.series.values.iter().copied().filter(|v| !v.is_nan()).fold(f64::MIN, f64::max);
    lines.sort_by(|a, b| peak(b).total_cmp(&peak(a)).then_with(|| a.name.cmp(&b.name)));
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

/// What the panel says in its title.
pub fn reading(overview: &Overview, panel: Panel, scene: &Scene) -> Option<Reading> {
    if let Some(down) = absence(overview, scene) {
        return Some(down);
    }
    match panel {
        Panel::Requests => requests(overview),
        Panel::Errors => errors(overview, scene),
        Panel::Latency => latency(overview, scene),
        Panel::Resources => resources(overview, scene),
    }
}

/// A service that is not there says so on each of its panels, whatever the last samples were.
fn absence(overview: &Overview, scene: &Scene) -> Option<Reading> {
    let since = |at: Option<i64>| at.map_or_else(String::new, |at| format!("since {}", scene.clock(at)));
    match overview.availability()? {
        Availability::Down { since: at, .. } => Some(Reading::new("✖ DOWN", since(at), Role::Critical)),
        Availability::Gone { since: at } => Some(Reading::new("✖ GONE", since(Some(at)), Role::Critical)),
        _ => None,
    }
}

fn requests(overview: &Overview) -> Option<Reading> {
    let frame = overview.requests.get()?;
    if frame.series.is_empty() {
        return Some(Reading::new("no series", "", Role::Stale));
    }
    let sum = total(&frame.series);
    let (_, now) = sum.last()?;
    if now == 0.0 {
        return Some(Reading::new("0 req/s", "no traffic", Role::Warning));
    }
    let average = sum.values.iter().sum::<f64>() / sum.values.len() as f64;
    let change = now / average - 1.0;
    let comparison = match change {
        c if c.abs() < 0.1 || !c.is_finite() => String::new(),
        c => format!("{} {:.0} % vs avg", if c > 0.0 { "▲" } else { "▼" }, c.abs() * 100.0),
    };
    Some(Reading::new(Unit::PerSecond.show(now), comparison, Role::Strong))
}

fn errors(overview: &Overview, scene: &Scene) -> Option<Reading> {
    let frame = overview.errors.get()?;
    let traffic = overview.requests.get().and_then(|frame| total(&frame.series).last()).map(|(_, rate)| rate);
    let ratio = match (frame.series.first(), traffic) {
        (_, Some(rate)) if rate <= 0.0 => return Some(Reading::new("no traffic", "", Role::Stale)),
        (Some(series), _) => series.last()?.1,
        // No 5xx series exists until the first failure.
        (None, Some(_)) => 0.0,
        (None, None) => return Some(Reading::new("no series", "", Role::Stale)),
    };
    if ratio.is_nan() {
        return Some(Reading::new("no traffic", "", Role::Stale));
    }
    let limit = scene.watch.limits.error_ratio;
    let role = if ratio > limit { Role::Critical } else { Role::Strong };
    let since = frame.series.first().and_then(|series| above_since(series, limit));
    Some(Reading::new(Unit::Ratio.show(ratio), above(since, limit, Unit::Ratio, scene), role))
}

fn latency(overview: &Overview, scene: &Scene) -> Option<Reading> {
    let frame = overview.latency.get()?;
    if frame.series.is_empty() {
        return Some(Reading::new("no series", "", Role::Stale));
    }
    let newest = frame.series.iter().filter_map(|series| Some((series, series.last()?.1)));
    let Some((series, value)) = newest.filter(|(_, value)| !value.is_nan()).max_by(|a, b| a.1.total_cmp(&b.1)) else {
        return Some(Reading::new("no traffic", "", Role::Stale));
    };
    let limit = scene.watch.limits.latency_seconds;
    let at_cap = overview.latency_cap().is_some_and(|cap| value >= cap * 0.9999);
    let text = format!("{}{}", if at_cap { "≥ " } else { "" }, Unit::Seconds.show(value));
    let role = if value > limit { Role::Warning } else { Role::Strong };
    Some(Reading::new(text, above(above_since(series, limit), limit, Unit::Seconds, scene), role))
}

fn above(since: Option<i64>, limit: f64, unit: Unit, scene: &Scene) -> String {
    since.map_or_else(String::new, |at| {
        format!("▲ above {} for {}", unit.show(limit), ago(scene.now.since(Timestamp(at))))
    })
}

fn resources(overview: &Overview, scene: &Scene) -> Option<Reading> {
    let newest = |slot: &crate::store::Slot<Frame>| {
        let values = slot.get()?.series.iter().filter_map(|series| Some(series.last()?.1));
        Some(values.filter(|value| !value.is_nan()).fold(f64::NAN, f64::max))
    };
    let (memory, cpu) = (newest(&overview.memory), newest(&overview.cpu));
    if memory.is_none() && cpu.is_none() {
        return None;
    }
    let show =
        |value: Option<f64>, unit: Unit| value.filter(|v| !v.is_nan()).map_or_else(|| "–".to_owned(), |v| unit.show(v));
    let (comparison, role) = match overview.memory_of_limit() {
        Some((_, ratio)) if ratio.is_infinite() => ("no limit".to_owned(), Role::Strong),
        Some((_, ratio)) if ratio > scene.watch.limits.memory_ratio => {
            (format!("▲ {} of limit", Unit::Ratio.show(ratio)), Role::Warning)
        }
        Some((_, ratio)) => (format!("{} of limit", Unit::Ratio.show(ratio)), Role::Strong),
        None => (String::new(), Role::Strong),
    };
    Some(Reading::new(format!("{} ▏ {}", show(memory, Unit::Bytes), show(cpu, Unit::Percent)), comparison, role))
}
