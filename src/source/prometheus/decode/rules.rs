//! The answer to `rules`: groups of rules with their health and their alerts.

use crate::model::alert::Alert;
use crate::model::fault::FetchError;
use crate::model::labels::Labels;
use crate::model::rule::{Alerting, Health, Rule, RuleGroup};
use crate::source::json::value::{exact, labels, moment, seconds};
use crate::source::json::{Fault, Scanner};
use crate::text::Plain;
use crate::time::Timestamp;

use super::alerts::alert;
use super::envelope::envelope;

/// Groups, rules and alerts that one page may hold; no real server comes near, and memory stays bounded.
const MAX_ITEMS: usize = 200_000;

/// Some groups, and what to ask for those that follow.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct RulePage {
    pub groups: Vec<RuleGroup>,
    pub next: Option<String>,
}

pub fn rules(body: &[u8]) -> Result<RulePage, FetchError> {
    let (mut page, mut listed, mut room) = (RulePage::default(), false, Room(MAX_ITEMS));
    let envelope = envelope(body, |scan| {
        scan.object(|key, scan| match key {
            b"groups" => {
                listed = true;
                scan.array(|scan| {
                    room.take(scan)?;
                    page.groups.push(group(scan, &mut room)?);
                    Ok(())
                })
            }
            // Some versions send an empty one where nothing follows.
            b"groupNextToken" => {
                page.next = exact(scan)?.filter(|token| !token.is_empty());
                Ok(())
            }
            _ => scan.skip().map(drop),
        })
    })?;
    envelope.succeeded()?;
    if listed { Ok(page) } else { Err(FetchError::Decode(Plain::new("it has no `groups`"))) }
}

/// How many items there is still room for.
struct Room(usize);

impl Room {
    fn take(&mut self, scan: &Scanner) -> Result<(), Fault> {
        match self.0.checked_sub(1) {
            Some(left) => {
                self.0 = left;
                Ok(())
            }
            None => scan.bad("no more than 200,000 rules and alerts"),
        }
    }
}

fn group(scan: &mut Scanner, room: &mut Room) -> Result<RuleGroup, Fault> {
    let mut group = RuleGroup {
        name: Plain::default(),
        file: Plain::default(),
        interval: 0,
        took: 0.0,
        evaluated: None,
        rules: Vec::new(),
    };
    scan.object(|key, scan| {
        match key {
            b"name" => group.name = scan.text()?.unwrap_or_default(),
            b"file" => group.file = scan.text()?.unwrap_or_default(),
            b"interval" => group.interval = whole(scan)?,
            b"evaluationTime" => group.took = seconds(scan)?.unwrap_or_default(),
            b"lastEvaluation" => group.evaluated = moment(scan)?,
            b"rules" => scan.array(|scan| {
                room.take(scan)?;
                group.rules.push(rule(scan, room)?);
                Ok(())
            })?,
            _ => drop(scan.skip()?),
        }
        Ok(())
    })?;
    Ok(group)
}

/// A rule while its keys come in.
#[derive(Default)]
struct Draft {
    kind: Plain,
    name: Plain,
    expr: String,
    health: Plain,
    last_error: Plain,
    took: f64,
    evaluated: Option<Timestamp>,
    labels: Labels,
    hold: i64,
    keep: i64,
    annotations: Labels,
    alerts: Vec<Alert>,
    has_state: bool,
}

fn rule(scan: &mut Scanner, room: &mut Room) -> Result<Rule, Fault> {
    let mut draft = Draft::default();
    scan.object(|key, scan| {
        match key {
            b"type" => draft.kind = scan.text()?.unwrap_or_default(),
            b"name" => draft.name = scan.text()?.unwrap_or_default(),
            b"query" => draft.expr = exact(scan)?.unwrap_or_default(),
            b"health" => draft.health = scan.text()?.unwrap_or_default(),
            b"lastError" => draft.last_error = scan.text()?.unwrap_or_default(),
            b"evaluationTime" => draft.took = seconds(scan)?.unwrap_or_default(),
            b"lastEvaluation" => draft.evaluated = moment(scan)?,
            b"labels" => draft.labels = labels(scan)?,
            b"duration" => draft.hold = whole(scan)?,
            b"keepFiringFor" => draft.keep = whole(scan)?,
            b"annotations" => draft.annotations = labels(scan)?,
            b"alerts" => scan.array(|scan| {
                room.take(scan)?;
                draft.alerts.push(alert(scan)?);
                Ok(())
            })?,
            b"state" => draft.has_state = scan.skip()?.starts_with(b"\""),
            _ => drop(scan.skip()?),
        }
        Ok(())
    })?;
    Ok(draft.finish())
}

impl Draft {
    fn finish(self) -> Rule {
        // Only a rule that alerts has a state.
        let alerts = self.kind == "alerting" || (self.kind.is_empty() && self.has_state);
        let (hold, keep) = (self.hold, self.keep);
        Rule {
            health: health(&self.health, &self.last_error),
            name: self.name,
            expr: self.expr,
            last_error: self.last_error,
            took: self.took,
            evaluated: self.evaluated,
            labels: self.labels,
            alerting: alerts.then_some(Alerting { hold, keep, annotations: self.annotations, alerts: self.alerts }),
        }
    }
}

/// A word that nobody knows is no proof of health.
fn health(word: &str, last_error: &str) -> Health {
    match word {
        "err" | "error" | "bad" => Health::Failing,
        _ if !last_error.is_empty() => Health::Failing,
        // vmalert says so of a rule that found no series.
        "ok" | "no-match" | "nomatch" => Health::Ok,
        _ => Health::Unknown,
    }
}

fn whole(scan: &mut Scanner) -> Result<i64, Fault> {
    Ok(seconds(scan)?.unwrap_or_default().round() as i64)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::alert::AlertState;
    use proptest::prelude::*;

    fn page(groups: &str) -> RulePage {
        let body = format!(r#"{{"status":"success","data":{{"groups":{groups}}}}}"#);
        rules(body.as_bytes()).unwrap()
    }

    #[test]
    fn what_is_missing_is_empty_and_what_is_odd_is_not_healthy() {
        let groups = page(
            r#"[{"name":"g\u001b[2J","file":"f","interval":15.5,"rules":[
                {"type":"recording","name":"a:b","query":"sum(x)\n","health":"ok"},
                {"name":"Old","state":"unknown","alerts":null,"health":"shiny"},
                {"type":"alerting","name":"Down","duration":"90","keepFiringFor":600,"lastError":"no\u0007",
                 "alerts":[{"labels":{},"state":"unknown"},{"labels":{"a":"b"},"state":"firing","value":"+Inf"}]}]},
               {"rules":null}]"#,
        )
        .groups;
        assert_eq!((groups[0].name.as_str(), groups[0].interval, groups[0].rules.len()), ("g^[[2J", 15_500, 3));
        let [record, old, down] = &groups[0].rules[..] else { panic!("three rules") };
        assert_eq!((record.expr.as_str(), record.health, &record.alerting), ("sum(x)\n", Health::Ok, &None));
        assert_eq!((old.health, old.alerting.as_ref().unwrap().alerts.len()), (Health::Unknown, 0));
        let alerting = down.alerting.as_ref().unwrap();
        assert_eq!((down.health, down.last_error.as_str()), (Health::Failing, "no^G"));
        assert_eq!((alerting.hold, alerting.keep), (90_000, 600_000));
        let states = alerting.alerts.iter().map(|alert| (alert.state, alert.value)).collect::<Vec<_>>();
        assert_eq!(states, [(AlertState::Inactive, None), (AlertState::Firing, Some(f64::INFINITY))]);
        assert_eq!((groups[1].name.as_str(), groups[1].rules.len(), groups[1].evaluated), ("", 0, None));
    }

    #[test]
    fn no_groups_come_as_a_list_or_as_null_but_not_as_nothing() {
        assert_eq!((page("[]"), page("null")), (RulePage::default(), RulePage::default()));
        for body in [r#"{"status":"success","data":{"alerts":[]}}"#, r#"{"status":"success"}"#] {
            assert!(matches!(rules(body.as_bytes()), Err(FetchError::Decode(_))), "{body}");
        }
        assert!(matches!(rules(b"{}"), Err(FetchError::Foreign { .. })));
    }

    #[test]
    fn a_flood_of_nothing_is_refused() {
        let flood = vec!["{}"; MAX_ITEMS + 1].join(",");
        let body = format!(r#"{{"status":"success","data":{{"groups":[{flood}]}}}}"#);
        let error = rules(body.as_bytes()).unwrap_err().to_string();
        assert!(error.contains("no more than 200,000"), "{error}");
    }

    #[test]
    fn an_empty_token_is_none() {
        let next = |token: &str| {
            rules(format!(r#"{{"data":{{"groupNextToken":{token},"groups":[]}},"status":"success"}}"#).as_bytes())
        };
        assert_eq!(next("\"\"").unwrap().next, None);
        assert_eq!(next("null").unwrap().next, None);
        assert_eq!(next("\"a b\"").unwrap().next.as_deref(), Some("a b"));
    }

    proptest! {
        #[test]
        fn a_damaged_answer_never_panics(at in 0..200usize, byte in any::<u8>()) {
            let mut body = br#"{"status":"success","data":{"groups":[{"name":"g","interval":1,"rules":[{"type":"alerting","alerts":[{"labels":{"a":"b"},"value":"1e+00"}],"duration":3600,"evaluationTime":0.1}]}],"groupNextToken":"x"}}"#.to_vec();
            let at = at % body.len();
            body[at] = byte;
            let _ = rules(&body);
            body.truncate(at);
            prop_assert!(rules(&body).is_err());
        }
    }
}
