//! The report in one sentence, as the console would say it at the period's end.

use std::collections::BTreeMap;

use crate::analysis::alerts::digest_of_own;
use crate::analysis::patterns::tally::Finding;
use crate::analysis::summary::{Facts, Headline, Level, headline};
use crate::analysis::switch::Switch;
use crate::analysis::traces::Row as TraceRow;
use crate::model::series::Frame;
use crate::report::ask::{Answers, Topic};
use crate::report::document::{Presence, Requests, Resources};
use crate::report::figures::Row;
use crate::report::fill::{part_ratios, total_ratio};
use crate::report::plan::{Grid, Plan};
use crate::text::Plain;
use crate::time::{MINUTE, Timestamp};

/// The sections that the sentence looks at besides the answers themselves.
pub struct Known<'a> {
    pub requests: &'a Requests,
    pub presence: &'a Presence,
    pub resources: &'a Resources,
    pub cap: Option<f64>,
    /// What is new or grown in the logs.
    pub logs: &'a [Finding],
    /// Traces that failed.
    pub traces: &'a [TraceRow],
}

pub fn summary(answers: &Answers, known: &Known, plan: &Plan, grid: &Grid) -> Headline {
    if !answers.not_asked.is_empty() && answers.is_empty() {
        return nothing_known(answers);
    }
    let mut said = if known.presence.unseen { unseen() } else { sentence(answers, known, plan, grid) };
    if said.level == Level::Unknown {
        "nothing stands out in what was answered".clone_into(&mut said.text);
    }
    if let Some(since) = known.requests.idle_since.filter(|_| said.level <= Level::Notice) {
        not_calm(&mut said, Level::Notice);
        said.text.push_str(&format!("; no traffic {}", plan.since(since, grid)));
    }
    if !answers.not_asked.is_empty() {
        admit(&mut said, answers.not_asked.len(), answers.asked);
    }
    said
}

fn nothing_known(answers: &Answers) -> Headline {
    let mut reasons: BTreeMap<&Plain, usize> = BTreeMap::new();
    for entry in &answers.not_asked {
        *reasons.entry(&entry.why).or_default() += 1;
    }
    let most = reasons.into_iter().max_by_key(|(_, count)| *count).map_or("", |(why, _)| why.as_str());
    let text = format!("nothing is known: none of {} questions was answered ({most})", answers.asked);
    Headline { level: Level::Unknown, text }
}

fn unseen() -> Headline {
    let text = "DOWN or not set up: no target of this service is scraped and none of its series is there; \
                compare `up` under [contexts.….overview] with the targets of Prometheus";
    Headline { level: Level::Critical, text: text.to_owned() }
}

/// A calm that is none, or not known to be one, is not called so.
fn not_calm(said: &mut Headline, level: Level) {
    said.level = said.level.max(level);
    if let Some(rest) = said.text.strip_prefix("calm: ") {
        said.text = rest.to_owned();
    }
}

fn admit(said: &mut Headline, missing: usize, asked: usize) {
    not_calm(said, Level::Unknown);
    said.text.push_str(&admission(missing, asked));
}

fn admission(missing: usize, asked: usize) -> String {
    let verb = if missing == 1 { "was" } else { "were" };
    format!("; {missing} of {asked} questions {verb} not answered")
}

/// Admits what was not answered of the questions that were asked later, too: so many were missing, of so many.
pub fn admit_again(said: &mut Headline, was: (usize, usize), is: (usize, usize)) {
    if was.0 > 0
        && let Some(rest) = said.text.strip_suffix(&admission(was.0, was.1))
    {
        said.text = rest.to_owned();
    }
    if is.0 > 0 {
        admit(said, is.0, is.1);
    }
}

fn sentence(answers: &Answers, known: &Known, plan: &Plan, grid: &Grid) -> Headline {
    // What ended before the period did is no news of its end.
    let current = |frame: Frame| {
        let series = frame.series.into_iter().filter(|series| series.at(grid.now.end.0, MINUTE).is_some());
        Frame { series: series.collect(), ..frame }
    };
    let frame = |topic| answers.ended(topic);
    let rate = frame(Topic::Requests);
    let errors = frame(Topic::Errors).map(|errors| current(total_ratio(&errors, rate.as_ref())));
    let parts = frame(Topic::ErrorsByEndpoint).map(|parts| current(part_ratios(&parts, rate.as_ref())));
    let requests = rate.map(current);
    let latency = frame(Topic::Latency).map(current);
    // Alerts are those of the moment they were asked; nobody knows any more what fired then.
    let is_recent = plan.is_recent(grid);
    let switch = Switch::new(plan.dead_mans_switch.as_ref());
    let name = switch.name().map(Plain::as_str);
    let digest = answers.alerts().map(|alerts| digest_of_own(alerts, answers.holdings(), name));
    let facts = Facts {
        availability: known.presence.state.clone(),
        requests: requests.as_ref(),
        errors: errors.as_ref(),
        errors_by_endpoint: parts.as_ref(),
        latency: latency.as_ref(),
        latency_cap: known.cap,
        memory_ratio: nearest_limit(&known.resources.memory_ratio.rows),
        alerts: digest.as_ref().filter(|_| is_recent),
        restarts: known.presence.restarts.clone().unwrap_or_default(),
        logs: known.logs,
        traces: known.traces,
        is_history: !is_recent,
    };
    headline(&facts, &plan.watch.limits, grid.now.end, &|at| plan.clock(at, grid))
}

fn nearest_limit(rows: &[Row]) -> Option<(Plain, f64)> {
    let values = rows.iter().filter_map(|row| Some((row.name.clone(), row.now.value()?)));
    values.max_by(|a, b| a.1.total_cmp(&b.1))
}

impl Plan {
    /// The period ends when the report is made: what fires now belongs to it.
    pub fn is_recent(&self, grid: &Grid) -> bool {
        self.generated_at.since(grid.now.end) <= MINUTE
    }

    /// A time within the report, as short as it can be told from the others.
    pub fn clock(&self, at: i64, grid: &Grid) -> String {
        let pattern = if grid.now.length() > crate::time::DAY { "%m-%d %H:%M" } else { "%H:%M" };
        Timestamp(at).format(pattern, &self.zone)
    }

    /// Since when something holds that holds at the end; what began with the period may have begun earlier.
    pub fn since(&self, at: i64, grid: &Grid) -> String {
        let from_start = at <= grid.now.start.0 + grid.step;
        if from_start { "in the whole period".to_owned() } else { format!("since {}", self.clock(at, grid)) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(level: Level, text: &str) -> Headline {
        Headline { level, text: text.to_owned() }
    }

    #[test]
    fn what_is_asked_later_and_not_answered_is_admitted_once() {
        let mut calm = said(Level::Calm, "calm: nothing fires");
        admit_again(&mut calm, (0, 60), (0, 64));
        assert_eq!(calm, said(Level::Calm, "calm: nothing fires"));
        admit_again(&mut calm, (0, 60), (1, 64));
        assert_eq!(calm, said(Level::Unknown, "nothing fires; 1 of 64 questions was not answered"));
        admit_again(&mut calm, (1, 64), (3, 66));
        assert_eq!(calm, said(Level::Unknown, "nothing fires; 3 of 66 questions were not answered"));
    }
}
