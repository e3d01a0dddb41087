//! One picture from the answers of several servers. Each knows what it was told; gossip between them takes a moment.

use std::collections::{BTreeMap, BTreeSet};

use super::Held as Answer;
use super::decode::{Dated, Mutings};
use crate::model::delivery::{Held, Holdings};
use crate::model::silence::Silence;
use crate::text::Plain;

/// What all of them hold, by fingerprint, and what is not known.
pub fn holdings(answers: Vec<(Plain, Answer)>, mut notes: Vec<Plain>) -> Holdings {
    let (mut lists, mut mutings) = (Vec::new(), Mutings::default());
    for (name, answer) in answers {
        let page = answer.alerts;
        if page.dropped > 0 {
            notes.push(Plain::from(format!("{name}: {} more alerts are left out", page.dropped)));
        }
        match answer.mutings {
            Ok(more) => mutings.join(more),
            Err(fault) => notes.push(Plain::from(format!("{name}: what is muted is not known: {fault}"))),
        }
        lists.push(page.alerts);
    }
    let (alerts, doubtful) = alerts(lists, &mutings);
    if doubtful > 0 {
        let alerts = if doubtful == 1 { "1 alert is" } else { &format!("{doubtful} alerts are") };
        notes.push(Plain::from(format!("{alerts} kept quiet by one server and told of by another")));
    }
    Holdings { alerts, notes }
}

/// With how many are quiet at one server only.
fn alerts(lists: Vec<Vec<Held>>, mutings: &Mutings) -> (Vec<Held>, usize) {
    let mut merged: BTreeMap<(Plain, Plain), Held> = BTreeMap::new();
    let mut doubtful = BTreeSet::new();
    for alert in lists.into_iter().flatten() {
        let key = key(&alert);
        let alert = match merged.remove(&key) {
            None => alert,
            Some(other) => {
                if is_quiet(&other) != is_quiet(&alert) {
                    doubtful.insert(key.clone());
                }
                join(other, alert)
            }
        };
        merged.insert(key, alert);
    }
    let muted = |mut alert: Held| {
        alert.muted_by = mutings.of(&alert.fingerprint);
        alert
    };
    (merged.into_values().map(muted).collect(), doubtful.len())
}

fn is_quiet(alert: &Held) -> bool {
    !alert.silenced_by.is_empty() || !alert.inhibited_by.is_empty()
}

/// The fingerprint follows from the labels; where one is missing, these tell alerts apart.
fn key(alert: &Held) -> (Plain, Plain) {
    let labels = if alert.fingerprint.is_empty() { Plain::from(alert.labels.to_string()) } else { Plain::default() };
    (alert.fingerprint.clone(), labels)
}

/// The one that was updated last, with all that either knows of who is told. What keeps it quiet counts only where both
/// are kept quiet: a server that does not know of a silence tells.
fn join(one: Held, two: Held) -> Held {
    let quiet = is_quiet(&one) && is_quiet(&two);
    let (mut kept, other) = if two.updated_at > one.updated_at { (two, one) } else { (one, two) };
    unite(&mut kept.receivers, other.receivers);
    if quiet {
        unite(&mut kept.silenced_by, other.silenced_by);
        unite(&mut kept.inhibited_by, other.inhibited_by);
    } else {
        kept.silenced_by.clear();
        kept.inhibited_by.clear();
    }
    kept
}

fn unite<T: PartialEq>(list: &mut Vec<T>, more: Vec<T>) {
    for item in more {
        if !list.contains(&item) {
            list.push(item);
        }
    }
}

/// Each silence once, as whoever changed it last has it: what silences now comes first, and of those what ends first.
pub fn silences(lists: impl IntoIterator<Item = Vec<Dated>>) -> Vec<Silence> {
    let mut merged: BTreeMap<String, Dated> = BTreeMap::new();
    for dated in lists.into_iter().flatten() {
        let newer = merged.get(&dated.silence.id).is_none_or(|held| dated.updated_at > held.updated_at);
        if newer {
            merged.insert(dated.silence.id.clone(), dated);
        }
    }
    let mut silences: Vec<Silence> = merged.into_values().map(|dated| dated.silence).collect();
    silences.sort_by(|a, b| (a.state, a.ends_at, &a.id).cmp(&(b.state, b.ends_at, &b.id)));
    silences
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::labels::Labels;
    use crate::model::silence::SilenceState;
    use crate::source::alertmanager::decode::{self, AlertPage};
    use crate::time::Timestamp;

    fn held(fingerprint: &str, updated: Option<i64>, receiver: &str, silence: &str) -> Held {
        Held {
            fingerprint: fingerprint.into(),
            labels: Labels::of(&[("receiver", receiver)]),
            annotations: Labels::default(),
            starts_at: None,
            updated_at: updated.map(Timestamp),
            receivers: vec![receiver.into()],
            generator: Plain::default(),
            silenced_by: vec![silence.to_owned()],
            inhibited_by: Vec::new(),
            muted_by: Vec::new(),
        }
    }

    fn answer(alerts: Vec<Held>, groups: &str) -> (Plain, Answer) {
        let alerts = AlertPage { alerts, dropped: 0 };
        ("am".into(), Answer { alerts, mutings: decode::mutings(groups.as_bytes()) })
    }

    #[test]
    fn what_only_one_server_keeps_quiet_is_told_of() {
        let mut told = held("a", Some(2), "team", "");
        told.silenced_by.clear();
        for turned in [false, true] {
            let mut answers =
                vec![answer(vec![held("a", Some(1), "team", "s1")], "[]"), answer(vec![told.clone()], "[]")];
            if turned {
                answers.reverse();
            }
            let holdings = holdings(answers, Vec::new());
            assert!(holdings.alerts[0].silenced_by.is_empty());
            assert_eq!(holdings.notes, ["1 alert is kept quiet by one server and told of by another"]);
        }
    }

    #[test]
    fn the_newest_wins_and_what_keeps_quiet_is_united() {
        for turned in [false, true] {
            let mut answers = vec![
                answer(vec![held("b", Some(1), "old", "s1"), held("a", None, "x", "s")], "[]"),
                answer(vec![held("b", Some(2), "new", "s2"), held("a", Some(-5), "x", "s")], "[]"),
            ];
            if turned {
                answers.reverse();
            }
            let alerts = holdings(answers, Vec::new()).alerts;
            let [a, b] = &alerts[..] else { panic!("two alerts: {alerts:?}") };
            assert_eq!((a.updated_at, a.receivers.len(), a.silenced_by.len()), (Some(Timestamp(-5)), 1, 1));
            assert_eq!((b.labels.get("receiver").unwrap().as_str(), b.receivers.len()), ("new", 2));
            assert_eq!(b.silenced_by, ["s2", "s1"]);
        }
    }

    #[test]
    fn alerts_without_a_fingerprint_are_not_taken_for_one() {
        let alerts = vec![held("", Some(1), "x", "s"), held("", Some(1), "y", "s"), held("", Some(2), "y", "s")];
        assert_eq!(holdings(vec![answer(alerts, "[]")], Vec::new()).alerts.len(), 2);
    }

    #[test]
    fn an_alert_is_muted_only_if_every_group_it_is_in_is() {
        let group = |fingerprint: &str, names: &str| {
            format!(r#"{{"alerts":[{{"fingerprint":"{fingerprint}","status":{{"mutedBy":[{names}]}}}}]}}"#)
        };
        let muted = |groups: [&[String]; 2]| {
            let answers =
                groups.map(|groups| answer(vec![held("a", Some(1), "x", "s")], &format!("[{}]", groups.join(","))));
            let alert = holdings(answers.into(), Vec::new()).alerts.remove(0);
            alert.muted_by.iter().map(Plain::to_string).collect::<Vec<_>>()
        };
        let (night, day, none) = (group("a", "\"night\""), group("a", "\"day\",\"night\""), group("a", ""));
        assert_eq!(muted([&[night.clone(), day.clone()], &[]]), ["day", "night"]);
        assert_eq!(muted([&[night.clone(), none.clone()], &[]]), [""; 0]);
        assert_eq!(muted([std::slice::from_ref(&night), std::slice::from_ref(&none)]), [""; 0], "the other would tell");
        assert_eq!(muted([&[], &[]]), [""; 0]);
        assert_eq!(muted([&[group("b", "\"night\"")], &[]]), [""; 0]);
    }

    #[test]
    fn silences_are_each_there_once_as_they_were_changed_last() {
        let silence = |id: &str, state: &str, updated: &str, ends: &str| {
            format!(
                r#"{{"id":"{id}","status":{{"state":"{state}"}},"updatedAt":"2026-01-01T00:00:0{updated}Z","comment":"",
                "createdBy":"","startsAt":"2026-01-01T00:00:00Z","endsAt":"2026-01-0{ends}T00:00:00Z",
                "matchers":[{{"name":"a","value":"b"}}]}}"#
            )
        };
        let read = |list: &[String]| decode::silences(format!("[{}]", list.join(",")).as_bytes()).unwrap();
        let one = read(&[silence("x", "active", "1", "9"), silence("y", "expired", "1", "2")]);
        let two = read(&[
            silence("x", "expired", "2", "8"),
            silence("z", "active", "1", "7"),
            silence("w", "active", "1", "6"),
        ]);
        for lists in [[one.clone(), two.clone()], [two, one]] {
            let merged = silences(lists);
            let seen: Vec<_> = merged.iter().map(|silence| (silence.id.as_str(), silence.state)).collect();
            let (active, expired) = (SilenceState::Active, SilenceState::Expired);
            assert_eq!(seen, [("w", active), ("z", active), ("y", expired), ("x", expired)]);
        }
    }
}
