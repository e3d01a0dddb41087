//! Memory, CPU and disks: what grew beyond what is usual, how steadily, and when it is full at this slope.

use super::{Scene, Told, arrow, find, finding};
use crate::analysis::insight::episode::{Episode, Rule};
use crate::analysis::insight::join::{Sign, host};
use crate::analysis::insight::robust::slope;
use crate::analysis::insight::split::window;
use crate::analysis::insight::usual::Pick;
use crate::analysis::insight::{Finding, Kind, Shift};
use crate::model::labels::Labels;
use crate::model::unit::Unit;
use crate::report::ask::{Topic, When};
use crate::report::figures::Change;
use crate::text::Plain;
use crate::time::{DAY, format_duration};

/// Of all pairs of points so many must go up for a leak.
const STEADY: f64 = 0.8;
/// What is full later than so many periods, and than a week, is no news of this one.
const PERIODS: f64 = 4.0;

pub fn signs(scene: &Scene, signs: &mut Vec<Sign>) {
    memory(scene, signs);
    ratio(scene, signs);
    cpu(scene, signs);
    disks(scene, signs);
}

/// The pod, or else the instance without its port.
fn place(labels: &Labels, name: &Plain) -> Plain {
    let label = labels.get("pod").or_else(|| labels.get("instance")).unwrap_or(name);
    host(label)
}

/// Its growth, where it is steady, for each ms.
fn growth(scene: &Scene, topic: Topic, labels: &Labels, episode: &Episode) -> Option<f64> {
    let series = find(scene.answers.frame(topic, When::Now), labels)?;
    let points: Vec<(i64, f64)> = series.points().filter(|(t, _)| (episode.first..=episode.last).contains(t)).collect();
    let found = slope(&points)?;
    let length = (episode.last - episode.first) as f64;
    // A step up and flat from there on is no leak.
    let rises = found.per_ms * length >= 0.2 * (episode.is - episode.was.unwrap_or(0.0)).abs();
    (found.per_ms > 0.0 && found.steady >= STEADY && rises).then_some(found.per_ms)
}

fn memory(scene: &Scene, signs: &mut Vec<Sign>) {
    let rule = Rule { sure: 6.0, floor: 16.0 * 1024.0 * 1024.0, ratio: 1.15, limit: None, window: 0, falls: false };
    for row in &scene.report.resources.memory.rows {
        for episode in scene.stretches(scene.answers.frames(Topic::Memory), &row.labels, Pick::Both, &rule) {
            let gain = episode.peak.1 / episode.was.unwrap_or(episode.peak.1).max(1.0) - 1.0;
            let score = 75.0 * (gain / 0.5).clamp(0.0, 1.0).sqrt();
            signs.push(grown(scene, (Topic::Memory, Unit::Bytes), (&row.name, &row.labels), &episode, score, None));
        }
    }
}

fn ratio(scene: &Scene, signs: &mut Vec<Sign>) {
    let limit = scene.report.plan.watch.limits.memory_ratio;
    let rule = Rule { sure: 6.0, floor: 0.03, ratio: 1.1, limit: Some(limit), window: 0, falls: false };
    for row in &scene.report.resources.memory_ratio.rows {
        for episode in scene.stretches(scene.answers.frames(Topic::MemoryRatio), &row.labels, Pick::Both, &rule) {
            let peak = episode.peak.1;
            // What has been near its limit all the time is a danger, and not yet a harm.
            let gain = episode.was.map_or(0.6, |was| ((peak - was) / 0.15).clamp(0.0, 1.0).sqrt());
            let score = 80.0 * gain * (0.5 + 0.5 * (peak / limit.max(0.01)).clamp(0.0, 1.0));
            let what = (Topic::MemoryRatio, Unit::Ratio);
            signs.push(grown(scene, what, (&row.name, &row.labels), &episode, score, Some(1.0)));
        }
    }
}

fn grown(
    scene: &Scene,
    (topic, unit): (Topic, Unit),
    (name, labels): (&Plain, &Labels),
    episode: &Episode,
    score: f64,
    full: Option<f64>,
) -> Sign {
    let subject = place(labels, name);
    let growth = growth(scene, topic, labels, episode);
    // What grows was small at first: it began where its line meets what is usual.
    let (at, peak) = episode.peak;
    let began = growth.zip(episode.was).map(|(per_ms, was)| at - ((peak - was) / per_ms) as i64);
    let from = episode.from.map(|from| began.map_or(from, |began| began.clamp(scene.report.grid.now.start.0, from)));
    let episode = &Episode { from, ..*episode };
    let figures = arrow(unit, episode.was, episode.peak.1);
    let word = if growth.is_some() { ", growing all the time" } else { "" };
    let of = if unit == Unit::Ratio { " of its limit" } else { "" };
    let mut text = format!("Memory of {subject}: {figures}{of}{}{word}", scene.when(episode.from, episode.to));
    if let (Some(per_ms), Some(full), None) = (growth, full, episode.to) {
        let left = (full - episode.peak.1) / per_ms;
        let matters = left > 0.0 && left < (7.0 * DAY as f64).max(PERIODS * scene.report.grid.now.length() as f64);
        if matters {
            text.push_str(&format!("; full in {} at this slope", format_duration(left as i64 / 60_000 * 60_000)));
        }
    }
    let told = Told { kind: Kind::Memory, subject: subject.clone(), score, unit, text };
    let mut finding = finding(told, episode);
    finding.figures = Some(Shift { unit, was: episode.was, is: Some(episode.peak.1) });
    finding.evidence.push(scene.panel("memory by instance", "resources", (episode.from, episode.to), episode.peak.0));
    Sign { finding, endpoint: None, instance: Some(subject.clone()), brief: format!("memory of {subject} {figures}") }
}

fn cpu(scene: &Scene, signs: &mut Vec<Sign>) {
    let window = window(&scene.report.plan.watch.cpu);
    let rule = Rule { sure: 6.0, floor: 8.0, ratio: 1.25, limit: None, window, falls: false };
    for row in &scene.report.resources.cpu.rows {
        for episode in scene.stretches(scene.answers.frames(Topic::Cpu), &row.labels, Pick::Both, &rule) {
            let subject = place(&row.labels, &row.name);
            let score = (episode.is - episode.was.unwrap_or(0.0)).clamp(0.0, 100.0) * 0.6;
            let figures = arrow(Unit::Percent, episode.was, episode.is);
            let text = format!("CPU of {subject}: {figures}{}", scene.when(episode.from, episode.to));
            let told = Told { kind: Kind::Cpu, subject: subject.clone(), score, unit: Unit::Percent, text };
            let mut finding = finding(told, &episode);
            let stretch = (episode.from, episode.to);
            finding.evidence.push(scene.panel("CPU by instance", "resources", stretch, episode.peak.0));
            let brief = format!("CPU of {subject} {figures}");
            signs.push(Sign { finding, endpoint: None, instance: Some(subject), brief });
        }
    }
}

/// Only two moments are known of a disk: what is nearly full and soon will be is told.
fn disks(scene: &Scene, signs: &mut Vec<Sign>) {
    for one in &scene.report.hosts.rows {
        let Some(disk) = &one.disk else { continue };
        let (Change::Ratio(_), Some(now), Some(was)) = (disk.used.change, disk.used.now, disk.used.before) else {
            continue;
        };
        let length = scene.report.grid.now.length() as f64;
        let left = (1.0 - now) / ((now - was) / length);
        let soon = now - was >= 0.01 && left < (7.0 * DAY as f64).min(PERIODS * length);
        if now < 0.7 || !soon {
            continue;
        }
        let (what, subject) = (if disk.inodes { "Inodes" } else { "Disk" }, host(&one.name));
        let left = format_duration(left.max(0.0) as i64 / 60_000 * 60_000);
        let figures = arrow(Unit::Ratio, Some(was), now);
        let text = format!("{what} {} of {subject}: {figures}; full in {left} at this slope", disk.mount);
        let finding = Finding {
            kind: Kind::Disk,
            subject: subject.clone(),
            score: 80.0 * ((now - 0.5) / 0.5).clamp(0.0, 1.0),
            from: None,
            to: None,
            text,
            figures: Some(Shift { unit: Unit::Ratio, was: Some(was), is: Some(now) }),
            carriers: Vec::new(),
            evidence: Vec::new(),
        };
        signs.push(Sign { finding, endpoint: None, instance: Some(subject), brief: String::new() });
    }
}
