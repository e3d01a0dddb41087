//! What fired in the period, by name, beside the period before.

use crate::analysis::history::{self, History};
use crate::model::alert::Severity;
use crate::model::series::Frame;
use crate::report::ask::{Answers, Topic, When};
use crate::report::document::Fired;
use crate::text::Plain;

/// Nothing when it was not answered, or when an empty answer means nothing: a backend without a rule engine has none.
pub fn fired(answers: &Answers, switch: Option<&str>) -> Option<Vec<Fired>> {
    let frame = answers.frame(Topic::Fired, When::Now)?;
    let before = answers.frame(Topic::Fired, When::Before).map(|frame| history::by(frame, "alertname"));
    if frame.series.is_empty() && answers.alerts().is_none() {
        return None;
    }
    // What must always fire is no news.
    let by_name = history::by(frame, "alertname").into_iter().filter(|(name, _)| Some(name.as_str()) != switch);
    let mut fired: Vec<Fired> = by_name.map(|now| one(now, frame, before.as_deref())).collect();
    fired.sort_by(|a, b| (b.total, b.times, &a.name).cmp(&(a.total, a.times, &b.name)));
    Some(fired)
}

fn one((name, now): (Plain, History), frame: &Frame, before: Option<&[(Plain, History)]>) -> Fired {
    let labels = frame.series.iter().map(|series| &series.labels);
    let same = labels.filter(|labels| labels.get("alertname").map_or("", Plain::as_str) == name.as_str());
    let severity = same.map(Severity::of).min().unwrap_or(Severity::Other);
    let then = before.map(|all| all.iter().find(|(other, _)| *other == name).map(|(_, history)| history));
    Fired {
        severity,
        times: now.count(),
        times_before: then.map(|history| history.map_or(0, History::count)),
        total: now.total(),
        total_before: then.map(|history| history.map_or(0, History::total)),
        usual: now.usual(),
        flaps: now.flaps(),
        still: now.still(),
        firings: now.firings.iter().map(|firing| firing.range).collect(),
        name: if name.is_empty() { Plain::new("(no name)") } else { name },
    }
}
