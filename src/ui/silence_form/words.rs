//! What the form says: what it is about, what to be careful of, and what became of it.

use super::{Clock, Form, Goal, LONG, hits};
use crate::analysis::alerts::{Row, State};
use crate::model::silence::{Silence, SilenceState};
use crate::text::Plain;
use crate::time::{self, Timestamp, ago};
use crate::ui::view::alerts::Alerts;

/// By this beginning other tools know that somebody works on the alert.
const SIGN: &str = "ACK!";

pub fn acknowledged(author: Option<&Plain>) -> String {
    let by = author.map_or_else(String::new, |author| format!(" by {author},"));
    format!("{SIGN}{by} with a360")
}

/// Whether nobody has changed that comment.
pub fn is_acknowledged(comment: &str) -> bool {
    let middle = comment.strip_prefix(SIGN).and_then(|rest| rest.strip_suffix(" with a360"));
    middle.is_some_and(|by| by.is_empty() || (by.starts_with(" by ") && by.ends_with(',')))
}

/// `3 alerts`, `ALL 12 alerts`, `nothing`
pub fn count(form: &Form) -> String {
    match form.hits.rows.len() {
        0 => "nothing".to_owned(),
        all if form.hits.all() => format!("ALL {all} alerts"),
        count => alerts(count),
    }
}

fn alerts(count: usize) -> String {
    if count == 1 { "1 alert".to_owned() } else { format!("{count} alerts") }
}

/// The same with a blank before it, where it can be said at all.
fn whom(form: &Form) -> String {
    if form.fields.matchers().is_ok() { format!(" {}", count(form)) } else { String::new() }
}

/// The beginning of a sentence: what is done, and to what.
pub fn title(form: &Form, clock: Clock) -> String {
    let until = form.times(clock).map_or_else(|_| String::new(), |times| until(&times, clock));
    match &form.goal {
        Goal::Silence => format!("Silence{}{until}", whom(form)),
        Goal::Acknowledge => format!("Acknowledge{}{until}", whom(form)),
        Goal::Change(silence) => format!("Change the silence {}{until}", short(&silence.id)),
        Goal::Extend(silence) => format!("Extend the silence {}{until}", short(&silence.id)),
        Goal::Expire(silence) if is_planned(silence) => {
            format!("Take back the silence {}, which has not begun", short(&silence.id))
        }
        Goal::Expire(silence) => format!("End the silence {} now", short(&silence.id)),
    }
}

fn until(times: &super::fields::Times, clock: Clock) -> String {
    let from = times.from.filter(|from| *from > clock.now);
    let from = from.map_or_else(String::new, |from| format!(" from {}", clock.brief(from)));
    format!("{from} until {}", clock.brief(times.until))
}

/// Said when it is done, before the id.
pub fn done(form: &Form, clock: Clock) -> String {
    let until = form.times(clock).map_or_else(|_| String::new(), |times| until(&times, clock));
    match &form.goal {
        Goal::Silence | Goal::Acknowledge if form.hits.rows.is_empty() => {
            format!("silence made{until}; it hits nothing now")
        }
        Goal::Silence => format!("silenced {}{until}", count(form)),
        Goal::Acknowledge => format!("acknowledged {}{until}", count(form)),
        Goal::Change(_) => format!("silence changed: {}{until}", count(form)),
        Goal::Extend(_) => format!("silence extended{until}"),
        Goal::Expire(silence) if is_planned(silence) => format!("took back the silence by {}", silence.created_by),
        Goal::Expire(silence) => format!("ended the silence by {}", silence.created_by),
    }
}

/// What was wanted, for when it is not done or not certain: `the silence of 3 alerts`.
pub fn wanted(form: &Form) -> String {
    match &form.goal {
        Goal::Silence => format!("the silence of {}", count(form)),
        Goal::Acknowledge => format!("the acknowledgement of {}", count(form)),
        Goal::Change(silence) => format!("the change of the silence by {}", silence.created_by),
        Goal::Extend(silence) => format!("the extension of the silence by {}", silence.created_by),
        Goal::Expire(silence) => format!("the end of the silence by {}", silence.created_by),
    }
}

/// Nobody is quiet because of it yet.
pub fn is_planned(silence: &Silence) -> bool {
    silence.state == SilenceState::Pending
}

/// The beginning of an id: enough to find it again.
pub fn short(id: &str) -> Plain {
    Plain::from(id.chars().take(8).collect::<String>())
}

/// What the list below the fields is: `hits 3 alerts now`.
pub fn heading(form: &Form, alerts: &Alerts) -> String {
    if let Goal::Expire(silence) = &form.goal {
        let heard = rows(form, alerts).filter(|row| hits::without(row, &silence.id) == "heard again").count();
        if is_planned(silence) {
            return format!("it would hit {}", count(form));
        }
        return match (heard, form.hits.rows.len()) {
            (0, 0) => "it hits nothing now".to_owned(),
            (0, _) => "none of these is heard of again".to_owned(),
            (count, _) => format!("{} heard of again", self::alerts(count)),
        };
    }
    match form.fields.matchers() {
        Err(_) => "what it hits is not known".to_owned(),
        Ok(_) => format!("hits {} now", count(form)),
    }
}

pub fn rows<'a>(form: &'a Form, alerts: &'a Alerts) -> impl Iterator<Item = &'a Row> {
    form.hits.rows.iter().filter_map(|at| alerts.rows().get(*at))
}

/// What is said of an alert beside its name.
pub fn state(form: &Form, row: &Row) -> &'static str {
    match &form.goal {
        Goal::Expire(silence) => hits::without(row, &silence.id),
        _ => row.state.word(),
    }
}

/// What to be careful of, the worst first.
pub fn warnings(form: &Form, alerts: &Alerts, as_of: Option<Timestamp>, clock: Clock) -> Vec<String> {
    let mut said = Vec::new();
    if let Some(at) = as_of {
        said.push(format!("the alerts are known as of {} ago: it may hit others", ago(clock.now.since(at))));
    }
    said.extend(meanwhile(form, alerts, clock));
    if let Some(error) = alerts.silences_fail() {
        said.push(format!("whether a silence hits them already is not known: {error}"));
    }
    if !matches!(form.goal, Goal::Expire(_)) {
        said.extend(reach(form));
        said.extend(already(form, alerts, clock));
        let length = form.times(clock).map_or(0, |times| times.length(clock.now));
        if length > LONG {
            said.push(format!("it lasts long: {}", time::length(length)));
        }
    }
    let names: Vec<&str> = form.left_out.iter().map(Plain::as_str).collect();
    if !names.is_empty() {
        said.push(format!("left out, as it could not match what is shown: {}", names.join(", ")));
    }
    said
}

/// Somebody else has changed the silence since the form was opened.
fn meanwhile(form: &Form, alerts: &Alerts, clock: Clock) -> Option<String> {
    let old = form.of()?;
    match alerts.silences().iter().find(|silence| silence.id == old.id) {
        None => Some("this silence is no longer there".to_owned()),
        Some(new) if new.state == SilenceState::Expired => Some("this silence has ended meanwhile".to_owned()),
        Some(new) if new.ends_at != old.ends_at => {
            Some(format!("this silence was changed meanwhile: it ends {} now", clock.show(new.ends_at)))
        }
        Some(new) if new.comment != old.comment => Some("this silence was changed meanwhile".to_owned()),
        Some(_) => None,
    }
}

fn reach(form: &Form) -> Option<String> {
    let hits = &form.hits;
    let others = hits.rows.len().saturating_sub(1);
    match (&form.origin, hits.rows.len()) {
        _ if form.fields.matchers().is_err() => None,
        (_, 0) => Some("it hits nothing now".to_owned()),
        _ if hits.all() => Some(format!("it hits ALL {} alerts there are", hits.of)),
        (Some(_), _) if !hits.origin => Some("it does not hit the alert that it was opened from".to_owned()),
        (Some(_), 2..) => Some(format!("it hits {others} more than the alert that it was opened from")),
        _ => None,
    }
}

fn already(form: &Form, alerts: &Alerts, clock: Clock) -> Option<String> {
    let id = form.hits.already.as_ref()?;
    let known = alerts.silences().iter().find(|silence| silence.id == *id);
    let what = if rows(form, alerts).any(|row| row.state == State::Silenced) {
        "silenced already"
    } else {
        "an equal silence holds already"
    };
    Some(match known {
        Some(Silence { created_by, comment, ends_at, .. }) => {
            format!("{what}: by {created_by} until {} ({comment})", clock.show(*ends_at))
        }
        None => format!("{what}: {}", short(id)),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_acknowledgement_begins_with_its_sign_and_names_who() {
        assert_eq!(acknowledged(Some(&"mara".into())), "ACK! by mara, with a360");
        assert!(is_acknowledged(&acknowledged(None)) && is_acknowledged("ACK! by jo x, with a360"));
        assert!(!is_acknowledged("ACK! looking into it") && !is_acknowledged(""));
    }
}
