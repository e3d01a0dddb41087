//! Which critical alerts are new, so that each is told of once: not those that were there before anybody looked, and not
//! those that somebody keeps quiet.

use std::collections::HashMap;

use super::alerts::{Digest, State};
use crate::model::alert::{Alert, Severity};
use crate::model::labels::Labels;
use crate::text::Plain;
use crate::time::{MINUTE, SECOND, Timestamp};

/// So long an alert that Alertmanager does not hold yet may still turn out to be silenced.
const PATIENCE: i64 = 30 * SECOND;
/// An alert that was away comes back as the same one if it has been active since then, give or take this.
const SAME: i64 = MINUTE;
/// For so long one that is away is remembered.
const REMEMBERED: i64 = 10 * MINUTE;

/// One alert from when it first fired.
#[derive(Debug, Clone, Copy)]
struct Life {
    active_at: Option<Timestamp>,
    first: Timestamp,
    last: Timestamp,
    /// The number of the answer that it was last in.
    answer: u64,
    told: bool,
    /// Alertmanager has once said that it is kept quiet.
    hushed: bool,
}

/// What has been told of.
#[derive(Debug, Default)]
pub struct News {
    lives: HashMap<Labels, Life>,
    answers: u64,
}

impl News {
    /// The critical alerts that are to be told of now, in order of urgency. `is_answer` says that the alerts were
    /// answered just now, and not only what Alertmanager holds; `knows` that Alertmanager's word is fresh.
    pub fn take(
        &mut self,
        alerts: &[Alert],
        digest: &Digest,
        is_answer: bool,
        knows: bool,
        now: Timestamp,
    ) -> Vec<Plain> {
        self.answers += u64::from(is_answer);
        let is_first = self.answers <= 1;
        let mut new = Vec::new();
        for one in digest.order.iter().filter(|one| !matches!(one.state, State::Pending | State::Alive)) {
            let Some(alert) = alerts.get(one.number).filter(|alert| alert.severity() == Severity::Critical) else {
                continue;
            };
            let life = self.life(alert, now);
            life.hushed |= one.state.is_quiet();
            life.told |= is_first;
            let is_clear = match knows {
                true => !one.state.is_quiet() && (one.is_held || now.since(life.first) >= PATIENCE),
                // Nobody can say that it is quiet, unless somebody has.
                false => !life.hushed,
            };
            if is_clear && !life.told {
                life.told = true;
                new.push(alert.name());
            }
        }
        self.lives.retain(|_, life| now.since(life.last) < REMEMBERED);
        new
    }

    fn life(&mut self, alert: &Alert, now: Timestamp) -> &mut Life {
        let answer = self.answers;
        let born = Life { active_at: alert.active_at, first: now, last: now, answer, told: false, hushed: false };
        let life = self.lives.entry(alert.labels.clone()).or_insert(born);
        let was_away = life.answer + 1 < answer;
        let is_later = match (life.active_at, alert.active_at) {
            (Some(before), Some(at)) => at.since(before) > SAME,
            _ => true,
        };
        if was_away && is_later {
            *life = born;
        }
        (life.last, life.answer) = (now, answer);
        life
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::alerts::digest;
    use crate::model::alert::AlertState;
    use crate::model::delivery::{Held, Holdings};

    const NOW: Timestamp = Timestamp(1_700_000_000_000);

    fn alert(name: &str, minutes: i64) -> Alert {
        Alert {
            labels: Labels::of(&[("alertname", name), ("severity", "critical")]),
            annotations: Labels::default(),
            state: AlertState::Firing,
            active_at: Some(NOW.plus(minutes * MINUTE)),
            value: None,
        }
    }

    fn held(alert: &Alert, silenced: bool) -> Holdings {
        let held = Held {
            fingerprint: "f".into(),
            labels: alert.labels.clone(),
            annotations: Labels::default(),
            starts_at: None,
            updated_at: None,
            receivers: Vec::new(),
            generator: "".into(),
            silenced_by: if silenced { vec!["s".to_owned()] } else { Vec::new() },
            inhibited_by: Vec::new(),
            muted_by: Vec::new(),
        };
        Holdings { alerts: vec![held], notes: Vec::new() }
    }

    /// Answers every 15 s, without an Alertmanager.
    fn tell(news: &mut News, steps: &[&[Alert]]) -> Vec<String> {
        let step = |(n, alerts): (usize, &&[Alert])| {
            let now = NOW.plus(n as i64 * 15 * SECOND);
            news.take(alerts, &digest(alerts, None, None), true, false, now)
        };
        let names = steps.iter().enumerate().flat_map(step);
        names.map(|name| name.to_string()).collect()
    }

    #[test]
    fn what_was_there_at_the_first_answer_is_not_new_and_what_comes_is_told_once() {
        let (a, b) = (alert("A", 0), alert("B", 1));
        let both = [a.clone(), b];
        let only = [a];
        assert_eq!(tell(&mut News::default(), &[&only, &only, &both, &both]), ["B"]);
    }

    #[test]
    fn the_same_alert_after_a_lost_answer_is_not_new_and_one_that_began_anew_is() {
        let (a, later) = ([alert("A", 0)], [alert("A", 5)]);
        assert_eq!(tell(&mut News::default(), &[&[], &a, &[], &a, &[], &[], &a]), ["A"]);
        assert_eq!(tell(&mut News::default(), &[&[], &a, &[], &later]), ["A", "A"]);
        // Two Prometheus in turn, which do not agree since when it is active.
        assert_eq!(tell(&mut News::default(), &[&[], &a, &later, &a, &later]), ["A"]);
    }

    #[test]
    fn what_is_silenced_is_told_when_the_silence_is_over_and_not_when_alertmanager_is_away() {
        let alerts = [alert("A", 0)];
        let mut news = News::default();
        news.take(&[], &Digest::default(), true, true, NOW);
        let mut tell = |held: Option<&Holdings>, seconds: i64| {
            let digest = digest(&alerts, held, None);
            news.take(&alerts, &digest, true, held.is_some(), NOW.plus(seconds * SECOND)).len()
        };
        let (silenced, loud) = (held(&alerts[0], true), held(&alerts[0], false));
        assert_eq!(
            [tell(Some(&silenced), 45), tell(None, 120), tell(Some(&loud), 135), tell(Some(&loud), 150)],
            [0, 0, 1, 0]
        );
    }

    #[test]
    fn one_that_alertmanager_does_not_hold_yet_is_waited_for_a_while() {
        let alerts = [alert("A", 0)];
        let take = |news: &mut News, held: &Holdings, is_answer, seconds: i64| {
            let digest = digest(&alerts, Some(held), None);
            news.take(&alerts, &digest, is_answer, true, NOW.plus(seconds * SECOND)).len()
        };
        let began = || {
            let mut news = News::default();
            news.take(&[], &Digest::default(), true, true, NOW);
            news
        };
        let nothing = Holdings::default();
        let mut news = began();
        assert_eq!(
            [(0, &nothing), (15, &nothing), (30, &nothing), (45, &nothing)]
                .map(|(at, held)| take(&mut news, held, true, at)),
            [0, 0, 1, 0]
        );
        // It comes to be held a moment later, by an answer of Alertmanager.
        let mut news = began();
        assert_eq!(take(&mut news, &nothing, true, 0), 0);
        assert_eq!(take(&mut news, &held(&alerts[0], false), false, 1), 1);
    }
}
