//! One sentence for whoever was just woken: what is wrong, where, since when.

use super::alerts::Digest;
use super::availability::{Availability, Restart};
use super::logs::{blamed, insights, loudest};
use super::patterns::tally::Finding;
use super::stats::{Above, above, at_cap, last_above, median, total_now};
use super::traces::{Row, words};
use crate::model::alert::Severity;
use crate::model::labels::Labels;
use crate::model::series::{Frame, Series};
use crate::model::unit::Unit;
use crate::model::watch::Limits;
use crate::text::Plain;
use crate::time::{MINUTE, Timestamp, ago};

/// Points farther apart than this do not tell when something began.
const COARSE: i64 = 5 * MINUTE;

/// How loud the sentence is; ordered, the worst last.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    Calm,
    /// Nothing is known yet.
    Unknown,
    Notice,
    Warning,
    Critical,
}

impl Level {
    pub fn word(self) -> &'static str {
        match self {
            Self::Calm => "calm",
            Self::Unknown => "unknown",
            Self::Notice => "notice",
            Self::Warning => "warning",
            Self::Critical => "critical",
        }
    }
}

#[derive(Debug, Clone, PartialEq)]
pub struct Headline {
    pub level: Level,
    pub text: String,
}

/// What the sentence is made from; what was not answered is absent.
#[derive(Default)]
pub struct Facts<'a> {
    pub availability: Option<Availability>,
    pub requests: Option<&'a Frame>,
    pub errors: Option<&'a Frame>,
    pub errors_by_endpoint: Option<&'a Frame>,
    pub latency: Option<&'a Frame>,
    /// The upper bound of the histogram's last finite bucket, in seconds.
    pub latency_cap: Option<f64>,
    pub memory_ratio: Option<(Plain, f64)>,
    pub alerts: Option<&'a Digest>,
    pub restarts: Vec<Restart>,
    /// What is new or grown in the logs, and everything else that was compared; what stands out first.
    pub logs: &'a [Finding],
    /// Traces that failed, the newest first.
    pub traces: &'a [Row],
    /// The range is over: nothing is told of now.
    pub is_history: bool,
}

/// The sentence. `clock` writes a time of day.
pub fn headline(facts: &Facts, limits: &Limits, now: Timestamp, clock: &dyn Fn(i64) -> String) -> Headline {
    if facts.is_history {
        return history(facts, limits, clock);
    }
    let since = Since { now, clock };
    absence(facts, &since)
        .or_else(|| failing(facts, limits, &since))
        .or_else(|| degraded(facts, &since))
        .or_else(|| slow(facts, limits, &since).map(|text| said(Level::Warning, text)))
        .or_else(|| memory(facts, limits))
        .or_else(|| firing(facts))
        .or_else(|| restarted(facts, now))
        .unwrap_or_else(|| heard(facts, rest(facts), clock))
}

/// What was worst within a range that is over.
fn history(facts: &Facts, limits: &Limits, clock: &dyn Fn(i64) -> String) -> Headline {
    let worst = |frame: Option<&Frame>, limit: f64| {
        let found = frame?.series.iter().filter_map(|series| Some((name(&series.labels), last_above(series, limit)?)));
        found.max_by(|a, b| a.1.2.total_cmp(&b.1.2))
    };
    let told = |what: &str, unit: Unit, (from, to, peak): (i64, i64, f64)| {
        format!("{what} up to {} from {} to {}", unit.show(peak), clock(from), clock(to))
    };
    let of_all = worst(facts.errors, limits.error_ratio).map(|(_, stretch)| told("5xx", Unit::Ratio, stretch));
    let of_one = || worst(facts.errors_by_endpoint, limits.error_ratio);
    let failed = of_all.or_else(|| of_one().map(|(who, stretch)| told(&format!("5xx of {who}"), Unit::Ratio, stretch)));
    let slow = worst(facts.latency, limits.latency_seconds)
        .map(|(who, stretch)| told(&format!("p95 of {who}"), Unit::Seconds, stretch));
    let heard = blamed(facts.logs, None);
    let found: Vec<String> = failed.into_iter().chain(slow).chain(heard).collect();
    match (found.is_empty(), facts.errors.is_some() && facts.latency.is_some()) {
        (false, _) => said(Level::Notice, format!("in this range: {}", found.join("; "))),
        (true, true) => said(Level::Notice, "in this range errors and latency stayed below their limits".to_owned()),
        (true, false) => said(Level::Unknown, "no answer about this range yet".to_owned()),
    }
}

/// Words the beginning of something.
struct Since<'a> {
    now: Timestamp,
    clock: &'a dyn Fn(i64) -> String,
}

impl Since<'_> {
    fn at(&self, at: i64) -> String {
        format!("since {} ({})", (self.clock)(at), ago(self.now.since(Timestamp(at))))
    }

    /// Says no more than the samples do: what began before them, or somewhere between two far apart.
    fn of(&self, above: Above) -> String {
        match above.after {
            None => format!("since before {}", (self.clock)(above.from)),
            Some(after) if above.from - after > COARSE => format!("since after {}", (self.clock)(after)),
            Some(_) => self.at(above.from),
        }
    }
}

/// How long something has lasted, in a word: `6m`, `>1h` when it began before the samples, `<1h` when they are sparse.
pub fn lasting(above: Above, now: Timestamp) -> String {
    let long = |from: i64| ago(now.since(Timestamp(from)));
    match above.after {
        None => format!(">{}", long(above.from)),
        Some(after) if above.from - after > COARSE => format!("<{}", long(after)),
        Some(_) => long(above.from),
    }
}

fn said(level: Level, text: String) -> Headline {
    Headline { level, text }
}

fn absence(facts: &Facts, since: &Since) -> Option<Headline> {
    let text = match facts.availability.as_ref()? {
        Availability::Down { targets, since: Some(at) } => {
            format!("DOWN: 0 of {targets} targets answer {}", since.at(*at))
        }
        Availability::Down { targets, since: None } => {
            format!("DOWN: 0 of {targets} targets answer, in this whole range")
        }
        Availability::Gone { since: at } => {
            format!("DOWN: its series are gone {}; nothing is scraped any more", since.at(*at))
        }
        _ => return None,
    };
    Some(said(Level::Critical, text))
}

fn failing(facts: &Facts, limits: &Limits, since: &Since) -> Option<Headline> {
    let limit = limits.error_ratio;
    let all = facts.errors.and_then(|errors| errors.series.first());
    let of_all = all.and_then(|all| Some((above(all, limit)?, all.last()?.1)));
    let culprit = facts.errors_by_endpoint.and_then(|by| culprit(by, facts.requests, limit));
    let who = culprit.map(|(series, _)| series);
    let (level, began, ratio) = match of_all {
        Some((began, ratio)) => (Level::Critical, began, ratio),
        // One endpoint alone may fail wholly and be little of all requests.
        None => {
            let (series, _) = culprit.filter(|(_, failed)| *failed >= FEW)?;
            (Level::Warning, above(series, limit)?, series.last()?.1)
        }
    };
    let endpoint = who.and_then(|series| series.labels.get("endpoint")).map(Plain::as_str);
    let mut text = match who {
        Some(series) => {
            let change = change(series, began.from, Unit::Ratio);
            format!("{} fails: 5xx {change} {}", name(&series.labels), since.of(began))
        }
        None => format!("5xx {} of all requests {}", Unit::Ratio.show(ratio), since.of(began)),
    };
    if let Some(slow) = facts.latency.and_then(|frame| worst(frame, limits.latency_seconds)) {
        text.push_str(&format!("; p95 {}", latency_change(facts, slow.0, slow.1.from)));
    }
    if let Some(said) = blamed(facts.logs, endpoint) {
        text.push_str(&format!("; {said}"));
    }
    if let Some(said) = words::blamed(facts.traces, endpoint) {
        text.push_str(&format!("; {said}"));
    }
    if let Some(Availability::Degraded { up, targets, .. }) = &facts.availability {
        text = format!("{up} of {targets} targets up; {text}");
    }
    Some(said(level, text))
}

/// Fewer failed requests a second of one endpoint, some seven in five minutes, are no news.
const FEW: f64 = 0.025;

/// The endpoint that carries most of the failed requests now, and how many a second those are.
fn culprit<'a>(ratios: &'a Frame, requests: Option<&Frame>, limit: f64) -> Option<(&'a Series, f64)> {
    let volume = |labels: &Labels| {
        let same = |series: &&Series| series.labels.get("endpoint") == labels.get("endpoint");
        requests.and_then(|frame| frame.series.iter().find(same)).and_then(Series::last).map_or(1.0, |(_, rate)| rate)
    };
    let ratio = |series: &Series| series.last().map_or(0.0, |(_, ratio)| ratio);
    let failed = |series: &Series| ratio(series) * volume(&series.labels);
    let failing = ratios.series.iter().filter(|series| ratio(series) > limit);
    failing.map(|series| (series, failed(series))).max_by(|a, b| a.1.total_cmp(&b.1))
}

fn slow(facts: &Facts, limits: &Limits, since: &Since) -> Option<String> {
    let (series, began) = worst(facts.latency?, limits.latency_seconds)?;
    Some(format!(
        "{} is slow: p95 {} {}",
        name(&series.labels),
        latency_change(facts, series, began.from),
        since.of(began)
    ))
}

/// The series that lies highest above the limit now, and since when.
fn worst(frame: &Frame, limit: f64) -> Option<(&Series, Above)> {
    let above = frame.series.iter().filter_map(|series| Some((series, above(series, limit)?, series.last()?.1)));
    above.max_by(|a, b| a.2.total_cmp(&b.2)).map(|(series, began, _)| (series, began))
}

fn latency_change(facts: &Facts, series: &Series, began: i64) -> String {
    let now = series.last().map_or(f64::NAN, |(_, value)| value);
    let text = change(series, began, Unit::Seconds);
    if at_cap(now, facts.latency_cap) { text.replacen("→ ", "→ ≥ ", 1) } else { text }
}

/// `0.3 % → 88 %`: what it was before it began, and what it is.
fn change(series: &Series, began: i64, unit: Unit) -> String {
    let now = series.last().map_or(f64::NAN, |(_, value)| value);
    let before = median(series.points().take_while(|(time, _)| *time < began).map(|(_, value)| value));
    match before {
        Some(before) => format!("{} → {}", unit.show(before), unit.show(now)),
        None => unit.show(now),
    }
}

fn degraded(facts: &Facts, since: &Since) -> Option<Headline> {
    let Availability::Degraded { up, targets, down, since: began } = facts.availability.as_ref()? else { return None };
    let names: Vec<&str> = down.iter().take(3).map(Plain::as_str).collect();
    let text = format!("{up} of {targets} targets answer; down: {} {}", names.join(", "), since.at(*began));
    Some(said(Level::Warning, text))
}

fn memory(facts: &Facts, limits: &Limits) -> Option<Headline> {
    let (who, ratio) = facts.memory_ratio.as_ref()?;
    let high = ratio.is_finite() && *ratio > limits.memory_ratio;
    high.then(|| said(Level::Warning, format!("{who} uses {} of its memory limit", Unit::Ratio.show(*ratio))))
}

fn firing(facts: &Facts) -> Option<Headline> {
    let digest = facts.alerts?;
    let level = match digest.worst()? {
        Severity::Critical => Level::Critical,
        Severity::Warning => Level::Warning,
        Severity::Info | Severity::Other => Level::Notice,
    };
    let more = if digest.more > 0 { format!(" and {} more", digest.more) } else { String::new() };
    let quiet = if digest.quiet > 0 { format!("; {} quiet", digest.quiet) } else { String::new() };
    let names: Vec<&str> = digest.names.iter().map(Plain::as_str).collect();
    let verb = if digest.count() == 1 { "alert fires" } else { "alerts fire" };
    Some(said(level, format!("{} {verb}: {}{more}{quiet}", digest.count(), names.join(", "))))
}

fn restarted(facts: &Facts, now: Timestamp) -> Option<Headline> {
    let recent = facts.restarts.iter().rev().find(|restart| now.since(Timestamp(restart.at)) < 15 * MINUTE)?;
    Some(said(Level::Notice, format!("{} restarted {} ago", recent.instance, ago(now.since(Timestamp(recent.at))))))
}

fn rest(facts: &Facts) -> Headline {
    let answered = [
        ("requests", facts.requests.is_some()),
        ("errors", facts.errors.is_some()),
        ("latency", facts.latency.is_some()),
        ("targets", facts.availability.is_some()),
        ("alerts", facts.alerts.is_some()),
    ];
    let unknown: Vec<&str> = answered.iter().filter(|(_, known)| !known).map(|(name, _)| *name).collect();
    if unknown.len() == answered.len() {
        return said(Level::Unknown, "no answer yet".into());
    }
    if facts.availability == Some(Availability::NotScraped) {
        let mend = "no target of this service is scraped; set `up` under [contexts.….overview] to its targets";
        return said(Level::Notice, mend.into());
    }
    if !unknown.is_empty() {
        return said(Level::Notice, format!("not known: {}; the rest is below its limits", unknown.join(", ")));
    }
    let traffic = facts.requests.and_then(|frame| total_now(&frame.series)).unwrap_or(0.0);
    if traffic <= 0.0 {
        return said(Level::Notice, "no traffic: every target answers, and no request comes".into());
    }
    if let Some(quiet) = facts.alerts.map(|digest| digest.quiet).filter(|quiet| *quiet > 0) {
        let text = format!("nothing fires but {quiet} silenced, inhibited or muted; every target answers");
        return said(Level::Notice, text);
    }
    said(Level::Calm, "calm: nothing fires, every target answers".into())
}

/// Nobody may be told that it is calm while the logs say something else.
fn heard(facts: &Facts, rest: Headline, clock: &dyn Fn(i64) -> String) -> Headline {
    let news = loudest(facts.logs).filter(|_| rest.level == Level::Calm);
    let Some(sentence) = news.and_then(|news| insights(std::slice::from_ref(news), 1, clock).pop()) else {
        return rest;
    };
    said(Level::Notice, format!("nothing fires; in the logs {sentence}"))
}

fn name(labels: &Labels) -> String {
    labels.get("endpoint").map_or_else(|| labels.to_string(), |endpoint| endpoint.to_string())
}

#[cfg(test)]
mod tests;
