//! What a panel says in its title: the value of now, or the one under the crosshair, and how it compares.

use super::Overview;
use super::panel::Panel;
use crate::analysis::availability::Availability;
use crate::analysis::stats::{Above, above, at_cap, stats, total, total_now};
use crate::analysis::summary::lasting;
use crate::model::series::{Frame, Series};
use crate::model::unit::Unit;
use crate::store::Slot;
use crate::ui::theme::Role;
use crate::ui::view::Scene;

pub struct Reading {
    pub text: String,
    /// `▲ above 10 % for 6m`, `▲ 6m`, `▲`: the same, ever shorter; an alarm is never left out for want of room.
    pub comparison: Vec<String>,
    pub role: Role,
}

impl Reading {
    fn plain(text: impl Into<String>, role: Role) -> Self {
        Self { text: text.into(), comparison: Vec::new(), role }
    }
}

/// What the panel says in its title; nothing while nothing is known.
pub fn reading(overview: &Overview, panel: Panel, scene: &Scene) -> Option<Reading> {
    if let Some(at) = scene.crosshair {
        return pointed(overview, panel, scene, at);
    }
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
    let (text, since) = match overview.availability()? {
        Availability::Down { since, .. } => ("✖ DOWN", since),
        Availability::Gone { since } => ("✖ GONE", Some(since)),
        _ => return None,
    };
    let comparison = since.map(|at| format!("since {}", scene.clock(at))).into_iter().collect();
    Some(Reading { text: text.to_owned(), comparison, role: Role::Critical })
}

/// The values at one moment.
fn pointed(overview: &Overview, panel: Panel, scene: &Scene, at: i64) -> Option<Reading> {
    let frame = overview.slot(panel).get()?;
    let within = frame.window.step;
    let value = |series: &Series| series.at(at, within).map(|(_, value)| value);
    let highest = |frame: &Frame| frame.series.iter().filter_map(value).filter(|v| !v.is_nan()).reduce(f64::max);
    let show = |value: Option<f64>, unit: Unit| value.map_or_else(|| "–".to_owned(), |value| unit.show(value));
    let text = match panel {
        Panel::Requests => show(value(&total(&frame.series)), Unit::PerSecond),
        Panel::Errors if frame.series.is_empty() => show(overview.no_errors().as_ref().and_then(value), Unit::Ratio),
        Panel::Errors | Panel::Latency => show(highest(frame), panel.unit()),
        Panel::Resources => {
            let cpu = overview.cpu.get().and_then(highest);
            format!("{} ▏ {}", show(highest(frame), Unit::Bytes), show(cpu, Unit::Percent))
        }
    };
    let comparison = vec![format!("at {}", scene.clock(at))];
    Some(Reading { text, comparison, role: Role::Crosshair })
}

fn requests(overview: &Overview) -> Option<Reading> {
    let frame = overview.requests.get()?;
    if frame.series.is_empty() {
        return Some(Reading::plain("no series", Role::Stale));
    }
    let sum = total(&frame.series);
    let (_, now) = sum.last()?;
    if now == 0.0 {
        return Some(Reading {
            text: "0 req/s".to_owned(),
            comparison: vec!["no traffic".to_owned()],
            role: Role::Warning,
        });
    }
    if now.is_nan() {
        return Some(Reading::plain("no value", Role::Stale));
    }
    let change = now / stats(&sum, i64::MIN, i64::MAX)?.avg - 1.0;
    let comparison = match change {
        c if c.abs() < 0.1 || !c.is_finite() => Vec::new(),
        c => {
            let change = format!("{} {:.0} %", if c > 0.0 { "▲" } else { "▼" }, c.abs() * 100.0);
            vec![format!("{change} vs avg"), change]
        }
    };
    Some(Reading { text: Unit::PerSecond.show(now), comparison, role: Role::Strong })
}

fn errors(overview: &Overview, scene: &Scene) -> Option<Reading> {
    let frame = overview.errors.get()?;
    let traffic = overview.requests.get().and_then(|frame| total_now(&frame.series));
    let ratio = match (frame.series.first(), traffic) {
        (_, Some(rate)) if rate <= 0.0 => return Some(Reading::plain("no traffic", Role::Stale)),
        (Some(series), _) => series.last()?.1,
        // No 5xx series exists until the first failure.
        (None, Some(_)) => 0.0,
        (None, None) => return Some(Reading::plain("no series", Role::Stale)),
    };
    if ratio.is_nan() {
        return Some(Reading::plain("no traffic", Role::Stale));
    }
    let limit = scene.watch.limits.error_ratio;
    let role = if ratio > limit { Role::Critical } else { Role::Strong };
    let since = frame.series.first().and_then(|series| above(series, limit));
    Some(Reading { text: Unit::Ratio.show(ratio), comparison: exceeding(since, limit, Unit::Ratio, scene), role })
}

fn latency(overview: &Overview, scene: &Scene) -> Option<Reading> {
    let frame = overview.latency.get()?;
    if frame.series.is_empty() {
        return Some(Reading::plain("no series", Role::Stale));
    }
    let newest = frame.series.iter().filter_map(|series| Some((series, series.last()?.1)));
    let Some((series, value)) = newest.filter(|(_, value)| !value.is_nan()).max_by(|a, b| a.1.total_cmp(&b.1)) else {
        return Some(Reading::plain("no traffic", Role::Stale));
    };
    let limit = scene.watch.limits.latency_seconds;
    let text =
        format!("{}{}", if at_cap(value, overview.latency_cap()) { "≥ " } else { "" }, Unit::Seconds.show(value));
    let role = if value > limit { Role::Warning } else { Role::Strong };
    Some(Reading { text, comparison: exceeding(above(series, limit), limit, Unit::Seconds, scene), role })
}

fn exceeding(since: Option<Above>, limit: f64, unit: Unit, scene: &Scene) -> Vec<String> {
    let Some(since) = since else { return Vec::new() };
    let (limit, long) = (unit.show(limit), lasting(since, scene.now));
    if long == "0s" {
        return vec![format!("▲ above {limit} now"), "▲".to_owned()];
    }
    vec![format!("▲ above {limit} for {long}"), format!("▲ above {limit} {long}"), format!("▲ {long}"), "▲".to_owned()]
}

fn resources(overview: &Overview, scene: &Scene) -> Option<Reading> {
    let newest = |slot: &Slot<Frame>| {
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
        Some((_, ratio)) if ratio.is_infinite() => (vec!["no limit".to_owned()], Role::Strong),
        Some((_, ratio)) if ratio > scene.watch.limits.memory_ratio => {
            let share = Unit::Ratio.show(ratio);
            (vec![format!("▲ {share} of limit"), format!("▲ {share}"), "▲".to_owned()], Role::Warning)
        }
        Some((_, ratio)) => (vec![format!("{} of limit", Unit::Ratio.show(ratio))], Role::Strong),
        None => (Vec::new(), Role::Strong),
    };
    Some(Reading { text: format!("{} ▏ {}", show(memory, Unit::Bytes), show(cpu, Unit::Percent)), comparison, role })
}
