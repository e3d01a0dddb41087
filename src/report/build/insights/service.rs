//! Errors, latency and traffic, by endpoint and of the whole.

use super::{Frames, Scene, Told, arrow, arrow_to, find, finding, severity};
use crate::analysis::insight::Kind;
use crate::analysis::insight::episode::{Episode, Rule};
use crate::analysis::insight::join::Sign;
use crate::analysis::insight::split::window;
use crate::analysis::insight::usual::Pick;
use crate::analysis::stats::at_cap;
use crate::model::labels::Labels;
use crate::model::series::{Frame, Series};
use crate::model::unit::Unit;
use crate::report::ask::Topic;
use crate::report::figures::Each;
use crate::report::fill::{part_ratios, total_rate, total_ratio};
use crate::text::Plain;

/// So many requests more than usual must fail, or be slow: less is chance at an endpoint that hardly anybody uses.
const FEW: f64 = 20.0;
const SURE: f64 = 6.0;

pub fn signs(scene: &Scene, signs: &mut Vec<Sign>) {
    errors(scene, signs);
    latency(scene, signs);
    traffic(scene, signs);
}

type Made = Each<Option<Frame>>;

fn frames(made: &Made) -> Frames<'_> {
    made.as_ref().map(Option::as_ref)
}

impl Scene<'_> {
    /// Of all requests, and how many there were within a stretch.
    fn traffic(&self, labels: &Labels, episode: &Episode) -> (f64, f64) {
        let requests = self.answers.frame(Topic::Requests, crate::report::ask::When::Now);
        let within = |series: &Series| {
            let points =
                series.points().filter(|(t, value)| (episode.first..=episode.last).contains(t) && value.is_finite());
            points.map(|(_, value)| value).sum::<f64>() * self.report.grid.step as f64 / 1e3
        };
        let all: f64 = requests.map_or(0.0, |frame| frame.series.iter().map(within).sum());
        let own = if labels.is_empty() { Some(all) } else { find(requests, labels).map(within) };
        // A config may split requests in another way; then nothing is known of its share.
        let own = own.unwrap_or(all / 4.0);
        (if all > 0.0 { (own / all).clamp(0.0, 1.0) } else { 0.0 }, own)
    }
}

fn of(name: &Plain) -> String {
    if name.is_empty() { String::new() } else { format!(" on {name}") }
}

fn errors(scene: &Scene, signs: &mut Vec<Sign>) {
    let answers = scene.answers;
    let watch = &scene.report.plan.watch;
    let make = |topic, fill: fn(&Frame, Option<&Frame>) -> Frame| {
        Made::of(|when| Some(fill(answers.frame(topic, when)?, answers.frame(Topic::Requests, when))))
    };
    let limit = watch.limits.error_ratio;
    let rule = |expr: &str| Rule {
        sure: SURE,
        floor: 0.005,
        ratio: 1.5,
        limit: Some(limit),
        window: window(expr),
        falls: false,
    };
    let parts = make(Topic::ErrorsByEndpoint, part_ratios);
    let one = |name: &Plain, labels: &Labels, made: &Made, rule: &Rule, signs: &mut Vec<Sign>| {
        for episode in scene.stretches(frames(made), labels, Pick::Lower, rule) {
            let (share, requests) = scene.traffic(labels, &episode);
            let excess = episode.is - episode.was.unwrap_or(0.0);
            if excess * requests < FEW {
                continue;
            }
            let score = 100.0 * severity(excess / limit.max(0.001)) * (0.75 + 0.25 * share.sqrt());
            let figures = arrow(Unit::Ratio, episode.was, episode.is);
            let text = format!("Errors{}: {figures}{}", of(name), scene.when(episode.from, episode.to));
            let mut finding =
                finding(Told { kind: Kind::Errors, subject: name.clone(), score, unit: Unit::Ratio, text }, &episode);
            let stretch = (episode.from, episode.to);
            finding.evidence.push(scene.panel("errors by endpoint", "errors", stretch, episode.peak.0));
            finding.evidence.extend(scene.lines("log lines with errors", "level=ERROR", stretch));
            finding.evidence.extend(scene.traces("failing traces", "error=true", stretch));
            let endpoint = Some(name.clone()).filter(|name| !name.is_empty());
            let brief = format!("errors{} {figures}", of(name));
            signs.push(Sign { finding, endpoint, instance: None, brief });
        }
    };
    let before = signs.len();
    for row in &scene.report.errors.by_endpoint.rows {
        one(&row.name, &row.labels, &parts, &rule(&watch.errors_by_endpoint), signs);
    }
    // The whole is told where no part of it carries it.
    if signs.len() == before {
        let all = make(Topic::Errors, total_ratio);
        one(&Plain::default(), &Labels::default(), &all, &rule(&watch.errors), signs);
    }
}

fn latency(scene: &Scene, signs: &mut Vec<Sign>) {
    let watch = &scene.report.plan.watch;
    let limit = watch.limits.latency_seconds;
    let rule =
        Rule { sure: SURE, floor: 0.05, ratio: 1.5, limit: Some(limit), window: window(&watch.latency), falls: false };
    let frames = scene.answers.frames(Topic::Latency);
    for row in &scene.report.performance.by_endpoint.rows {
        for episode in scene.stretches(frames, &row.labels, Pick::Lower, &rule) {
            let (share, requests) = scene.traffic(&row.labels, &episode);
            // Of slow requests one in twenty makes the percentile.
            if requests / 20.0 < FEW {
                continue;
            }
            let excess = (episode.is - episode.was.unwrap_or(0.0)) / limit.max(0.001);
            let score = 100.0 * severity(excess) * (0.75 + 0.25 * share.sqrt());
            // At the histogram's last bucket nobody knows how long it really took.
            let sign = if at_cap(episode.is, scene.report.performance.cap) { "≥ " } else { "" };
            let figures = arrow_to(Unit::Seconds, episode.was, format!("{sign}{}", Unit::Seconds.show(episode.is)));
            let text = format!("p95 of {}: {figures}{}", row.name, scene.when(episode.from, episode.to));
            let told = Told { kind: Kind::Latency, subject: row.name.clone(), score, unit: Unit::Seconds, text };
            let mut finding = finding(told, &episode);
            let stretch = (episode.from, episode.to);
            finding.evidence.push(scene.panel("latency by endpoint", "latency", stretch, episode.peak.0));
            let least = (episode.was.unwrap_or(limit).max(0.001) * 1e3).round() as u64;
            finding.evidence.extend(scene.traces("slow traces", &format!("min={least}ms"), stretch));
            let brief = format!("p95 of {} {figures}", row.name);
            signs.push(Sign { finding, endpoint: Some(row.name.clone()), instance: None, brief });
        }
    }
}

fn traffic(scene: &Scene, signs: &mut Vec<Sign>) {
    let watch = &scene.report.plan.watch;
    let rule = Rule { sure: SURE, floor: 0.5, ratio: 1.5, limit: None, window: window(&watch.requests), falls: true };
    let total = Made::of(|when| scene.answers.frame(Topic::Requests, when).map(total_rate));
    let whole = (Plain::default(), Labels::default(), frames(&total));
    let by_endpoint = scene.answers.frames(Topic::Requests);
    let rows = scene.report.requests.by_endpoint.rows.iter();
    let parts = rows.map(|row| (row.name.clone(), row.labels.clone(), by_endpoint));
    for (name, labels, frames) in std::iter::once(whole).chain(parts) {
        for episode in scene.stretches(frames, &labels, Pick::Both, &rule) {
            let was = episode.was.unwrap_or(0.0);
            let (share, _) = scene.traffic(&labels, &episode);
            let part =
                if episode.falls { 1.0 - episode.is / was.max(1e-9) } else { 0.6 * (1.0 - was / episode.is.max(1e-9)) };
            let score = 70.0 * part.clamp(0.0, 1.0) * share.sqrt();
            let figures = arrow(Unit::PerSecond, episode.was, episode.is);
            let text = format!("Traffic{}: {figures}{}", of(&name), scene.when(episode.from, episode.to));
            let told = Told { kind: Kind::Traffic, subject: name.clone(), score, unit: Unit::PerSecond, text };
            let mut finding = finding(told, &episode);
            let stretch = (episode.from, episode.to);
            finding.evidence.push(scene.panel("requests", "requests", stretch, episode.peak.0));
            let brief = format!("traffic{} {figures}", of(&name));
            let endpoint = Some(name.clone()).filter(|name| !name.is_empty());
            signs.push(Sign { finding, endpoint, instance: None, brief });
        }
    }
}
