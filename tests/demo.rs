//! The demo's Prometheus and Alertmanager agree: with each other, with the shipped rules and with the shipped routes.

#![cfg(test)]

#[path = "demo/traces.rs"]
mod traces;
#[path = "demo/why.rs"]
mod why;

use std::sync::Arc;

use a360::analysis::alerts::{State, Told, rows};
use a360::analysis::history;
use a360::analysis::logs::insights;
use a360::analysis::patterns::compare::Kind;
use a360::analysis::patterns::tally::Tally;
use a360::analysis::routing::Tree;
use a360::demo::Service;
use a360::model::alert::Alert;
use a360::model::ask::Ask;
use a360::model::delivery::{Held, Holdings, Routing};
use a360::model::log::{Count, Page, Search, Tallies};
use a360::model::matcher::{Matcher, Op};
use a360::model::promql;
use a360::model::query::{Answer, Query};
use a360::model::rule::RuleGroup;
use a360::model::series::Frame;
use a360::model::silence::SilenceState;
use a360::model::window::{Progress, Span};
use a360::model::write::{Draft, Ends, Write, WriteError, Written};
use a360::run::backend::Demo;
use a360::time::{DAY, MINUTE, Range, SECOND, Timestamp, parse_duration};
use yaml_rust2::{Yaml, YamlLoader};

const START: Timestamp = Timestamp(1_763_901_234_567);
const NOW: Timestamp = Timestamp(START.0 + 2 * MINUTE);

fn ask(query: &Query) -> Answer {
    Service::new(360, START).answer(query, Progress::default(), NOW).unwrap()
}

fn groups() -> Vec<RuleGroup> {
    ask(&Query::Rules).into_rules().unwrap()
}

fn holdings() -> Holdings {
    ask(&Query::Held).into_held().unwrap()
}

fn tree() -> Tree {
    let Routing { config, .. } = ask(&Query::Routing).into_routing().unwrap();
    Tree::parse(&config).unwrap()
}

fn shipped_rules() -> Yaml {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/monitoring/prometheus/alert-rules.yml");
    let mut documents = YamlLoader::load_from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    documents.remove(0)["groups"][0].clone()
}

#[test]
fn its_rules_are_the_shipped_ones() {
    let shipped = shipped_rules();
    let groups = groups();
    assert_eq!((groups.len(), groups[0].name.as_str()), (1, shipped["name"].as_str().unwrap()));
    let shipped = shipped["rules"].as_vec().unwrap();
    assert_eq!(groups[0].rules.len(), shipped.len());
    for (rule, shipped) in groups[0].rules.iter().zip(shipped) {
        assert_eq!(rule.name, shipped["alert"].as_str().unwrap());
        let tree = |text: &str| promql::parse(text).unwrap().to_string();
        assert_eq!(tree(&rule.expr), tree(shipped["expr"].as_str().unwrap()));
        let alerting = rule.alerting.as_ref().unwrap();
        assert_eq!(alerting.hold, parse_duration(shipped["for"].as_str().unwrap()).unwrap());
        assert_eq!(rule.labels.get("severity").unwrap(), shipped["labels"]["severity"].as_str().unwrap());
        for annotation in ["summary", "description"] {
            assert_eq!(
                alerting.annotations.get(annotation).unwrap(),
                shipped["annotations"][annotation].as_str().unwrap()
            );
        }
    }
}

#[test]
fn a_rule_shows_the_alerts_that_its_expression_finds() {
    let groups = groups();
    let mut shown: Vec<Alert> = Vec::new();
    for rule in &groups[0].rules {
        let alerts = &rule.alerting.as_ref().unwrap().alerts;
        // The alerts are those of the last evaluation.
        let query = Query::Instant { expr: rule.expr.clone(), at: groups[0].evaluated };
        let found = ask(&query).into_vector().unwrap().samples;
        assert_eq!(found.len(), alerts.len(), "{}", rule.name);
        assert!(alerts.iter().all(|alert| alert.name() == rule.name));
        shown.extend(alerts.clone());
    }
    let mut alone = ask(&Query::Alerts).into_alerts().unwrap();
    for alerts in [&mut shown, &mut alone] {
        alerts.sort_by(|a, b| a.labels.cmp(&b.labels));
    }
    assert_eq!(shown, alone);
}

#[test]
fn the_two_are_merged_into_one_list() {
    let rows = rows(&groups(), &[], Some(&holdings()), None);
    assert_eq!(rows.len(), ask(&Query::Alerts).into_alerts().unwrap().len());
    for row in &rows {
        match row.state {
            State::Firing => assert!(matches!(row.told, Told::Receivers(_)), "{row:?}"),
            State::Pending => assert_eq!(row.told, Told::Nobody),
            state => panic!("{state:?}"),
        }
    }
}

#[test]
fn who_is_told_is_whom_the_routes_say() {
    let tree = tree();
    let held = holdings().alerts;
    assert!(held.len() >= 2);
    for alert in held {
        let routes = tree.routes(&alert.labels);
        let receivers: Vec<_> = routes.iter().map(|route| route.receiver.clone()).collect();
        assert_eq!(alert.receivers, receivers);
        assert!(routes.iter().all(|route| route.unreadable.is_none()));
        assert_eq!(routes[0].group_by, ["alertname", "cluster", "service"]);
        assert_eq!(routes[0].group_wait, 30 * SECOND);
    }
    assert_eq!(tree.receiver("team-agent360-critical").unwrap().targets, ["slack #agent360-critical", "pagerduty"]);
}

#[test]
fn no_silence_hits_what_fires_and_one_has_ended_two_hours_ago() {
    let silences = ask(&Query::Silences).into_silences().unwrap();
    assert_eq!(silences.len(), 3);
    assert!(
        silences
            .iter()
            .any(|silence| silence.comment.as_str() == "deploy" && START.since(silence.ends_at) == 120 * MINUTE)
    );
    assert!(holdings().alerts.iter().all(|alert| alert.silenced_by.is_empty()));
}

#[tokio::test]
async fn what_is_silenced_is_silenced_in_every_answer() {
    let demo = Demo::new(360, START, Arc::default());
    let elsewhere = demo.clone();
    let held =
        async |at| elsewhere.ask(&Query::Held, Progress::default(), at).await.unwrap().into_held().unwrap().alerts;
    let listed = async |at| {
        let silences = elsewhere.ask(&Query::Silences, Progress::default(), at).await.unwrap();
        silences.into_silences().unwrap()
    };
    let alert = held(NOW).await.remove(0);
    let draft = Draft {
        id: None,
        matchers: alert.labels.iter().map(|(name, value)| Matcher::new(name, Op::Equal, value)).collect(),
        starts_at: None,
        ends: Ends::After(15 * MINUTE),
        created_by: "demo".into(),
        comment: "ACK!".into(),
    };
    let Ok(Written::Silenced(id)) = demo.write(&Write::Silence(draft), NOW).await else { panic!("refused") };
    let quiet =
        |alerts: Vec<Held>| alerts.into_iter().filter(|alert| alert.silenced_by == [id.clone()]).collect::<Vec<_>>();
    let [silenced] = &quiet(held(NOW).await)[..] else { panic!("one and no other") };
    assert_eq!(silenced.fingerprint, alert.fingerprint);
    assert_eq!(listed(NOW).await.len(), 4);

    let soon = NOW.plus(MINUTE);
    assert_eq!(demo.write(&Write::Expire(id.clone()), soon).await, Ok(Written::Expired(id.clone())));
    assert!(quiet(held(soon).await).is_empty());
    let over = listed(soon).await.into_iter().find(|silence| silence.id == id).unwrap();
    assert_eq!(over.state, SilenceState::Expired);
    let twice = demo.write(&Write::Expire("unknown".to_owned()), soon).await;
    assert!(matches!(twice, Err(WriteError::NotDone(_))), "{twice:?}");
}

#[test]
fn what_fires_has_a_history() {
    let expr = r#"ALERTS{alertstate="firing"}"#.to_owned();
    let frame: Frame =
        ask(&Query::Range { expr, span: Span::Live { length: DAY }, step: MINUTE }).into_frame().unwrap();
    for (name, history) in history::by(&frame, "alertname") {
        assert!(history.count() > 0 && history.total() > 0 && history.total() < DAY / 2, "{name}: {history:?}");
        assert!(history.firings.is_sorted_by(|a, b| a.range.end < b.range.start), "{name}");
    }
    let errors = history::by(&frame, "alertname").into_iter().find(|(name, _)| name == "HighErrorRate").unwrap().1;
    assert!(errors.still(), "{errors:?}");
    // It is held since the firing began, as far as a step can tell.
    let held = holdings().alerts.into_iter().find(|alert| alert.receivers == ["team-agent360-critical"]).unwrap();
    let seen = errors.firings.last().unwrap().range.start;
    assert!((0..=MINUTE).contains(&seen.since(held.starts_at.unwrap())));
}

#[test]
fn the_incident_is_new_in_the_logs() {
    let window = 15 * MINUTE;
    let from = NOW.plus(-2 * window);
    let span = Span::Fixed(Range::new(from, NOW));
    let query = Query::Lines { search: Search::default(), span, before: None, limit: u32::MAX };
    let Page { lines, .. } = ask(&query).into_lines().unwrap();
    let mut tally = Tally::new(window);
    tally.extend(&lines);
    let found = tally.findings(NOW, &[Range::new(from, NOW)]);
    let new: Vec<_> = found.iter().filter(|finding| finding.kind == Kind::New).collect();
    let timeout = new.iter().find(|finding| finding.text.starts_with("upstream timeout after <*>")).unwrap();
    assert!(timeout.count > 1_000 && timeout.since.is_some());
    let said = insights(&found, 5, &|at| Timestamp(at).rfc3339());
    assert!(said.len() == 5 && said[0].contains("is new: "), "{said:?}");
    // What goes on every day is not.
    let usual = found.iter().find(|finding| finding.text.starts_with("gc: generation <*>")).unwrap();
    assert_eq!(usual.kind, Kind::Same);
    // Both ways of counting agree.
    let mut here = Tallies::of(&lines);
    here.over = None;
    let query = Query::Tallies { search: Search::default(), span };
    assert_eq!(ask(&query).into_tallies().unwrap(), here);
    // And so does the volume, level by level.
    let query = Query::Volume { search: Search::default(), span, step: MINUTE };
    let volume = ask(&query).into_volume().unwrap();
    assert_eq!(volume.total, Count::Exactly(volume.levels.iter().flat_map(|(_, counts)| counts).sum()));
    for (level, counts) in &volume.levels {
        let here = lines.iter().filter(|line| line.level == *level).count();
        assert_eq!(counts.iter().sum::<u64>(), here as u64, "{level:?}");
    }
}
