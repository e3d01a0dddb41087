//! Log lines and traces: storms by their number, patterns that are new or grown, operations that fail or got slower.

use super::{Scene, Told, finding};
use crate::analysis::insight::episode::{Rule, episodes};
use crate::analysis::insight::join::Sign;
use crate::analysis::insight::usual::{Pick, Usual};
use crate::analysis::insight::{Finding, Kind};
use crate::analysis::logs::{self, number};
use crate::analysis::patterns::compare::Kind as Found;
use crate::analysis::patterns::tally;
use crate::analysis::traces::words;
use crate::model::labels::Labels;
use crate::model::log::{Level, Volume};
use crate::model::series::Series;
use crate::model::unit::Unit;
use crate::report::words::looked_at;
use crate::text::Plain;

/// Fewer lines more than usual are no storm.
const STORM: f64 = 200.0;
/// A pattern alone is told from so many lines on, and if it grew so many times.
const LINES: u64 = 10;
const TIMES: f64 = 4.0;
const FAILING: u32 = 10;

pub fn signs(scene: &Scene, signs: &mut Vec<Sign>) {
    storms(scene, signs);
    patterns(scene, signs);
    traces(scene, signs);
}

/// Lines a second of some levels, each bucket at its middle.
fn rate(volume: &Volume, keep: impl Fn(Level) -> bool) -> Series {
    let levels: Vec<&Vec<u64>> = volume.levels.iter().filter(|(level, _)| keep(*level)).map(|(_, all)| all).collect();
    let count = volume.levels.iter().map(|(_, all)| all.len()).max().unwrap_or(0);
    let seconds = (volume.step.max(1) as f64) / 1e3;
    let sum = |at: usize| levels.iter().filter_map(|all| all.get(at)).sum::<u64>() as f64 / seconds;
    let times = (0..count as i64).map(|at| volume.start + at * volume.step + volume.step / 2).collect();
    Series::new(Labels::default(), times, (0..count).map(sum).collect())
}

fn storms(scene: &Scene, signs: &mut Vec<Sign>) {
    let Some(logs) = &scene.report.logs else { return };
    let Some(volume) = &logs.volume else { return };
    let trouble = |level: Level| level <= Level::Warn;
    let any = |_: Level| true;
    for (what, keep) in [("warnings and errors", &trouble as &dyn Fn(Level) -> bool), ("lines", &any)] {
        let now = rate(volume, keep);
        let before = logs.volume_before.as_ref().map(|before| (rate(before, keep), volume.start - before.start));
        let usual = Usual::new(before.iter().map(|(series, back)| (series, *back)), volume.step, Pick::Both);
        // The first and the last bucket are not whole.
        let inner = now.points().skip(1).take(now.times.len().saturating_sub(2));
        let (times, values) = inner.unzip();
        let now = Series::new(Labels::default(), times, values);
        let rule = Rule { sure: 6.0, floor: 0.05, ratio: 1.5, limit: None, window: 0, falls: false };
        for episode in episodes(&now, &usual, volume.step, &rule) {
            let within = now.points().filter(|(t, _)| (episode.first..=episode.last).contains(t));
            let more: f64 =
                within.map(|(_, rate)| rate - episode.was.unwrap_or(0.0)).sum::<f64>() * volume.step as f64 / 1e3;
            if more < STORM {
                continue;
            }
            let usual_rate = rate_of_all(logs.volume_before.as_ref()).max(0.1);
            let score = 70.0 * {
                let x = (episode.is - episode.was.unwrap_or(0.0)) / usual_rate;
                x / (x + 0.4)
            };
            let text =
                format!("Logs: {} more {what} than usual{}", number(more as u64), scene.when(episode.from, episode.to));
            let told = Told { kind: Kind::Logs, subject: Plain::default(), score, unit: Unit::Count, text };
            let mut finding = finding(told, &episode);
            let select = if what == "lines" { "" } else { "level=WARN" };
            finding.evidence.extend(scene.lines("the log lines", select, (episode.from, episode.to)));
            let brief = format!("{} more {what} than usual", number(more as u64));
            signs.push(Sign { finding, endpoint: None, instance: None, brief });
        }
    }
}

fn rate_of_all(volume: Option<&Volume>) -> f64 {
    volume
        .and_then(|volume| crate::analysis::insight::robust::median(rate(volume, |_| true).values.into_iter()))
        .unwrap_or(0.0)
}

fn patterns(scene: &Scene, signs: &mut Vec<Sign>) {
    let found = scene.report.logs.as_ref().and_then(|logs| logs.patterns.as_ref());
    for one in found.iter().flat_map(|patterns| &patterns.found) {
        let strong = match one.kind {
            Found::New => one.count >= LINES,
            Found::Grown(times) => times >= TIMES && one.count >= LINES,
            _ => false,
        };
        let base = match one.level {
            Level::Error => 30.0,
            Level::Warn => 18.0,
            _ => 8.0,
        };
        let text = logs::insights(std::slice::from_ref(one), 1, &|at| scene.clock(at)).pop();
        let (Some(mut text), true) = (text, strong) else { continue };
        // The numbers are those of a sample: nobody may take them for all.
        if let Some(patterns) = found.filter(|patterns| patterns.is_sample) {
            text.push_str(&format!(" (in {})", looked_at(patterns.lines, patterns.of)));
        }
        let stretch = (
            one.since.or_else(|| Some(crate::time::Timestamp::of_ns(one.first).0)),
            Some(crate::time::Timestamp::of_ns(one.last).0),
        );
        signs.push(pattern(scene, one, base, stretch, text));
    }
}

fn pattern(scene: &Scene, one: &tally::Finding, score: f64, stretch: (Option<i64>, Option<i64>), text: String) -> Sign {
    let mut finding = Finding {
        kind: Kind::Logs,
        subject: one.text.clone(),
        score,
        from: stretch.0,
        to: stretch.1,
        text: text.clone(),
        figures: None,
        carriers: Vec::new(),
        evidence: Vec::new(),
    };
    let select = format!("level={}", one.level.word());
    let select = if one.level <= Level::Warn { select } else { String::new() };
    finding.evidence.extend(scene.lines("its log lines", &select, stretch));
    Sign { finding, endpoint: one.endpoints.first().cloned(), instance: None, brief: text }
}

fn traces(scene: &Scene, signs: &mut Vec<Sign>) {
    let Some(traces) = &scene.report.traces else { return };
    let sign = |score: f64, subject: &Plain, text: String, terms: &str| {
        let mut finding = Finding {
            kind: Kind::Traces,
            subject: subject.clone(),
            score,
            from: None,
            to: None,
            text: text.clone(),
            figures: None,
            carriers: Vec::new(),
            evidence: Vec::new(),
        };
        finding.evidence.extend(scene.traces("these traces", terms, (None, None)));
        let endpoint = subject.split_whitespace().find(|word| word.starts_with('/')).map(Plain::new);
        Sign { finding, endpoint, instance: None, brief: text }
    };
    if let Some(failing) = &traces.failing {
        for one in &failing.began {
            let counts = (one.count, one.count_before);
            let grew = one.count >= FAILING && one.count_before.is_some_and(|was| one.count >= 3 * was.max(1));
            let text = words::failing((&one.operation, &one.service), counts, &failing.rows);
            signs.extend(text.filter(|_| grew).map(|text| sign(22.0, &one.operation, text, "error=true")));
        }
    }
    for one in traces.slower.iter().flatten().filter(|one| one.is_own) {
        let times = one.p95.1 as f64 / one.p95.0.max(1) as f64;
        let score = if times >= 2.0 { 20.0 } else { 10.0 };
        let least = format!("min={}ms", (one.p95.0 / 1_000_000).max(1));
        signs.push(sign(score, &one.operation, words::slower(one), &least));
    }
}
