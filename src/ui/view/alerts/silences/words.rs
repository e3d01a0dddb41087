//! What the page of silences says in words.

use super::super::Alerts;
use super::super::notes::is_fresh;
use crate::analysis::summary::{Headline, Level};
use crate::model::matcher::written;
use crate::model::silence::{Silence, SilenceState};
use crate::time::{MINUTE, Timestamp, ago, length};
use crate::ui::theme::Role;
use crate::ui::view::Scene;

/// A silence that ends within this time is named: who is quiet now will be heard of.
const SOON: i64 = 15 * MINUTE;

/// `2 silences are active; mara's ends in 12m (deploy of 4.2)`
pub fn headline(alerts: &Alerts, scene: &Scene) -> Headline {
    let said = |level, text: String| Headline { level, text };
    let feed = &alerts.silences.feed;
    if !scene.alertmanager {
        return said(Level::Unknown, "this context has no Alertmanager: there are no silences".to_owned());
    }
    let Some((_, at)) = &feed.value else {
        return match &feed.error {
            Some((error, _)) => said(Level::Warning, format!("silences: not known, {error}")),
            None => said(Level::Unknown, "asking alertmanager for its silences".to_owned()),
        };
    };
    let age = ago(scene.now.since(*at));
    let (active, soon) = active(alerts, scene);
    let count = match active {
        0 => "no silence is active".to_owned(),
        1 => "1 silence is active".to_owned(),
        n => format!("{n} silences are active"),
    };
    if let Some((error, _)) = &feed.error {
        return said(Level::Warning, format!("silences: not known now, {error}; {age} ago {count}"));
    }
    if !is_fresh(&alerts.silences, scene) {
        return said(Level::Warning, format!("silences: no answer for {age}; then {count}"));
    }
    let level = if active == 0 { Level::Calm } else { Level::Notice };
    said(level, format!("{count}{soon}"))
}

/// How many silence now, and which of them will not for long.
fn active(alerts: &Alerts, scene: &Scene) -> (usize, String) {
    let now = alerts.server_now(scene);
    let all = alerts.silences.get().map_or(&[][..], Vec::as_slice);
    let active = || all.iter().filter(|silence| silence.state == SilenceState::Active);
    let mut soon: Vec<&Silence> = active().filter(|silence| silence.ends_at.since(now) <= SOON).collect();
    soon.sort_by_key(|silence| silence.ends_at);
    let names: Vec<String> = soon
        .iter()
        .take(3)
        .map(|silence| format!("{} in {} ({})", silence.created_by, left(silence.ends_at, now), silence.comment))
        .collect();
    let more = if soon.len() > 3 { format!(" and {} more", soon.len() - 3) } else { String::new() };
    let text = if names.is_empty() { String::new() } else { format!("; ends soon: {}{more}", names.join(", ")) };
    (active().count(), text)
}

fn left(until: Timestamp, now: Timestamp) -> String {
    length(until.since(now))
}

/// `ends in 43m`, `begins in 2h`, `ended 3h ago`
pub fn when(silence: &Silence, now: Timestamp) -> String {
    match silence.state {
        SilenceState::Active if silence.ends_at <= now => "ends now".to_owned(),
        SilenceState::Active => format!("ends in {}", left(silence.ends_at, now)),
        SilenceState::Pending => format!("begins in {}", left(silence.starts_at, now)),
        SilenceState::Expired => format!("ended {} ago", ago(now.since(silence.ends_at))),
    }
}

pub fn state(silence: &Silence) -> &'static str {
    match silence.state {
        SilenceState::Active => "active",
        SilenceState::Pending => "pending",
        SilenceState::Expired => "ended",
    }
}

/// With its word it reads the same without colour.
pub fn mark(silence: &Silence, now: Timestamp) -> (&'static str, Role) {
    match silence.state {
        SilenceState::Active if silence.ends_at.since(now) <= SOON => ("!", Role::Warning),
        SilenceState::Active => ("●", Role::Text),
        SilenceState::Pending => ("~", Role::Pending),
        SilenceState::Expired => ("–", Role::Dim),
    }
}

/// `3 alerts`, `nothing now`
pub fn hits(count: usize) -> (String, Role) {
    match count {
        0 => ("nothing now".to_owned(), Role::Dim),
        1 => ("1 alert".to_owned(), Role::Text),
        count => (format!("{count} alerts"), Role::Text),
    }
}

/// The silence as text: what somebody else needs to know of it.
pub fn copied(silence: &Silence) -> String {
    let Silence { id, created_by, comment, .. } = silence;
    let id = crate::text::Plain::new(id);
    let times = format!("from\t{}\nuntil\t{}\n", silence.starts_at.rfc3339(), silence.ends_at.rfc3339());
    format!(
        "silence {id} {}\nmatchers\t{{{}}}\n{times}by\t{created_by}\ncomment\t{comment}\n",
        state(silence),
        written(&silence.matchers)
    )
}
