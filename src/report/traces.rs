//! What is asked of the traces, and what the report makes of it.
//!
//! Nobody can fetch all traces of a busy day: of each of some even parts of the period a few of the newest are looked
//! at. Failing and slow ones are sought besides, so that those are listed too. Each answer becomes figures as soon as
//! it is there: whole traces are large.

use std::collections::BTreeMap;

use super::ask::{Answers, Question, Topic, When};
use super::document::{Began, Failing, Looked, Traces};
use super::plan::{Grid, Plan, parts};
use crate::analysis::traces::{Tally, shares, slower};
use crate::model::query::{Answer, Query};
use crate::model::trace::{Sample, TraceSearch};
use crate::model::window::Span;
use crate::text::Plain;
use crate::time::Range;

/// Parts that a period is looked at in, and traces of each.
const PARTS: u8 = 12;
pub const LIMIT: u32 = 20;
/// Of those that fail or are slow fewer parts do.
const CHOSEN: u8 = 4;
/// The same where somebody waits.
const QUICK: (u8, u8) = (4, 1);
/// Operations and services that are told.
const MOST: usize = 12;

/// What the answers say of each of the two periods.
#[derive(Debug, Default)]
pub struct Folded(BTreeMap<When, Tally>);

impl Folded {
    /// Takes in what an answer has to say; gives back what is left of it.
    pub fn take(&mut self, topic: Topic, when: When, sample: Sample) -> Sample {
        let tally = self.0.entry(when).or_default();
        for trace in &sample.traces {
            match topic {
                Topic::Traces(_) => tally.take(trace),
                Topic::TracesSlow(_) => tally.take_slow(trace),
                _ => tally.take_failing(trace),
            }
        }
        Sample { traces: Vec::new(), ..sample }
    }
}

pub fn questions(plan: &Plan, grid: &Grid) -> Vec<Question> {
    let any =
        TraceSearch { service: plan.watch.service.clone().unwrap_or_default(), limit: LIMIT, ..Default::default() };
    let failing = TraceSearch { tags: vec![("error".to_owned(), "true".to_owned())], ..any.clone() };
    let slow = TraceSearch { min: Some(plan.watch.limits.slow_ns()), ..any.clone() };
    let (most, chosen) = plan.depth.of((PARTS, CHOSEN), QUICK);
    let mut all = Vec::new();
    let mut ask = |search: &TraceSearch, most: u8, when: When, period: Range, topic: fn(u8) -> Topic| {
        all.extend(parts(period, most).map(|(number, part)| {
            let query = Query::Sample { search: search.clone(), span: Span::Fixed(part) };
            Question { topic: topic(number), when, query }
        }));
    };
    for (when, period) in [(When::Now, grid.now), (When::Before, grid.before)] {
        ask(&any, most, when, period, Topic::Traces);
        ask(&failing, chosen, when, period, Topic::TracesFailing);
    }
    ask(&slow, chosen, When::Now, grid.now, Topic::TracesSlow);
    all
}

pub fn traces(answers: &Answers, plan: &Plan) -> Traces {
    let none = Tally::default();
    let of = |when| answers.traces.0.get(&when).unwrap_or(&none);
    let (now, before) = (of(When::Now), of(When::Before));
    let is_known = |topic: fn(u8) -> Topic, when| (0..PARTS).any(|part| answers.of(topic(part), when).is_some());
    let [usual, usual_before] = [When::Now, When::Before].map(|when| is_known(Topic::Traces, when));
    let failing = is_known(Topic::TracesFailing, When::Now);
    let failing_before = is_known(Topic::TracesFailing, When::Before);
    let is_both = usual && usual_before;
    let first = |mut rows: Vec<_>| {
        rows.truncate(MOST);
        rows
    };
    let mut slower = slower(now, before);
    slower.truncate(MOST);
    let mut shares = shares(now, before);
    shares.truncate(MOST);
    let is_limited = |topic: fn(u8) -> Topic, when| {
        let cut = |part| matches!(answers.of(topic(part), when), Some(Answer::Sample(sample)) if sample.is_limited);
        (0..PARTS).any(cut)
    };
    Traces {
        looked: usual.then(|| Looked { traces: now.counted(), is_sample: is_limited(Topic::Traces, When::Now) }),
        before: usual_before
            .then(|| Looked { traces: before.counted(), is_sample: is_limited(Topic::Traces, When::Before) }),
        slow_from: plan.watch.limits.slow_ns(),
        slowest: (usual || is_known(Topic::TracesSlow, When::Now)).then(|| first(now.slowest.clone())),
        failing: failing.then(|| Failing {
            // None was found by its error, and yet some of the slow ones have one.
            count: now.failed().max(u32::try_from(now.failing.len()).unwrap_or(u32::MAX)),
            count_before: failing_before.then(|| before.failed()),
            is_sample: is_limited(Topic::TracesFailing, When::Now),
            rows: first(now.failing.clone()),
            began: began(now, before, failing_before),
        }),
        slower: is_both.then_some(slower),
        shares: usual.then_some(shares),
    }
}

/// Where errors began, the most first.
fn began(now: &Tally, before: &Tally, is_known: bool) -> Vec<Began> {
    let of = |((service, operation), count): (&(Plain, Plain), &u32)| {
        let was = before.began.get(&(service.clone(), operation.clone())).copied().unwrap_or(0);
        let (service, operation) = (service.clone(), operation.clone());
        Began { service, operation, count: *count, count_before: is_known.then_some(was) }
    };
    let mut all: Vec<_> = now.began.iter().map(of).collect();
    all.sort_by(|a, b| b.count.cmp(&a.count).then_with(|| (&a.service, &a.operation).cmp(&(&b.service, &b.operation))));
    all.truncate(MOST);
    all
}
