//! Requests, errors and latency.

use crate::model::labels::Labels;
use crate::model::series::Frame;
use crate::model::unit::Unit;
use crate::model::watch::Limits;
use crate::report::ask::{Answers, Topic, When};
use crate::report::document::{Errors, Performance, Requests};
use crate::report::figures::{Each, Meaning, Row, Through};
use crate::report::fill::{part_ratios, total_rate, total_ratio};
use crate::report::plan::Grid;
use crate::report::tables::{Frames, Layout, held, table};
use crate::time::SECOND;

/// Something computed from the answers, for each period.
type Made = Each<Option<Frame>>;

fn frames(made: &Made) -> Frames<'_> {
    made.as_ref().map(|frame| frame.as_ref())
}

pub fn sections(answers: &Answers, grid: &Grid, limits: &Limits) -> (Requests, Errors, Performance) {
    let rate = Made::of(|when| answers.frame(Topic::Requests, when).map(total_rate));
    (requests(answers, &rate, grid), errors(answers, &rate, grid, limits), performance(answers, grid, limits))
}

fn requests(answers: &Answers, rate: &Made, grid: &Grid) -> Requests {
    let layout = Layout {
        unit: Unit::PerSecond,
        meaning: Meaning::default(),
        weights: None,
        peaks: None,
        end: answers.frame(Topic::Requests, When::End),
        keeps_gone: true,
        by_average: true,
    };
    let end = answers.frame(Topic::Requests, When::End).map(total_rate);
    Requests {
        total: whole(frames(rate), end.as_ref(), None, grid, Meaning::default()),
        count_week: rate.week.as_ref().and_then(|frame| count(frame, grid)),
        count: rate.now.as_ref().and_then(|frame| count(frame, grid)),
        count_before: rate.before.as_ref().and_then(|frame| count(frame, grid)),
        covered: rate.now.as_ref().map(|frame| samples(frame) as f64 / grid.points().max(1) as f64),
        idle_since: rate.now.as_ref().and_then(|frame| idle_since(frame, grid)),
        by_endpoint: table(answers.frames(Topic::Requests), grid, layout),
    }
}

/// The row of a frame that holds one series, the total.
fn whole(frames: Frames, end: Option<&Frame>, weights: Option<Frames>, grid: &Grid, meaning: Meaning) -> Row {
    let labels = Labels::default();
    let through = Through {
        name: "all".into(),
        held: frames.map(|frame| held(frame, &labels)),
        end: end.map(|frame| held(Some(frame), &labels)),
        peak: Each::default(),
        weight: weights.unwrap_or_default().map(|frame| frame.and_then(|frame| frame.series.first())),
        labels,
    };
    through.row(grid, meaning)
}

/// Every point stands for the step before it.
fn count(rate: &Frame, grid: &Grid) -> Option<f64> {
    let values = rate.series.first()?.values.iter().filter(|value| value.is_finite());
    Some(values.sum::<f64>() * grid.step as f64 / SECOND as f64)
}

fn samples(frame: &Frame) -> usize {
    frame.series.first().map_or(0, |series| series.times.len())
}

fn idle_since(rate: &Frame, grid: &Grid) -> Option<i64> {
    let series = rate.series.first()?;
    series.at(grid.now.end.0, grid.step)?;
    series.points().rev().take_while(|(_, rate)| *rate <= 0.0).last().map(|(time, _)| time)
}

fn errors(answers: &Answers, rate: &Made, grid: &Grid, limits: &Limits) -> Errors {
    let meaning = Meaning { limit: Some(limits.error_ratio), cap: None, per_traffic: true };
    let fill = |topic, fill: fn(&Frame, Option<&Frame>) -> Frame| {
        Made::of(|when| Some(fill(answers.frame(topic, when)?, answers.frame(Topic::Requests, when))))
    };
    let (all, parts) = (fill(Topic::Errors, total_ratio), fill(Topic::ErrorsByEndpoint, part_ratios));
    let weights = Some(answers.frames(Topic::Requests));
    let end = |topic, fill: fn(&Frame, Option<&Frame>) -> Frame| {
        Some(fill(answers.frame(topic, When::End)?, answers.frame(Topic::Requests, When::End)))
    };
    let (end_all, end_parts) = (end(Topic::Errors, total_ratio), end(Topic::ErrorsByEndpoint, part_ratios));
    let layout = Layout {
        unit: Unit::Ratio,
        meaning,
        weights,
        peaks: None,
        end: end_parts.as_ref(),
        keeps_gone: false,
        by_average: false,
    };
    Errors {
        total: whole(frames(&all), end_all.as_ref(), Some(frames(rate)), grid, meaning),
        by_endpoint: table(frames(&parts), grid, layout),
    }
}

fn performance(answers: &Answers, grid: &Grid, limits: &Limits) -> Performance {
    let bounds = answers.vector(Topic::Buckets, When::Now).into_iter().flat_map(|vector| &vector.samples);
    let bounds = bounds.filter_map(|sample| sample.labels.get("le")?.parse::<f64>().ok());
    let cap = bounds.filter(|bound| bound.is_finite()).reduce(f64::max);
    let meaning = Meaning { limit: Some(limits.latency_seconds), cap, per_traffic: true };
    let end = answers.frame(Topic::Latency, When::End);
    let layout =
        Layout { unit: Unit::Seconds, meaning, weights: None, peaks: None, end, keeps_gone: false, by_average: false };
    Performance { cap, by_endpoint: table(answers.frames(Topic::Latency), grid, layout) }
}
