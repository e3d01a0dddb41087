//! Messages of a chat: within all limits, and harmless whatever stands in a label.

use a360::analysis::insight::{Evidence, Finding, Kind};
use a360::model::place::{Place, Room};
use a360::report::Report;
use a360::report::send::{Told, messages};
use a360::time::Range;
use serde_json::Value;

use crate::script::{NOW, Script, build};

fn finding(text: &str, select: &str) -> Finding {
    let place = Place { room: Room::Logs, range: Range::new(NOW.plus(-60_000), NOW), select: Some(select.to_owned()) };
    Finding {
        kind: Kind::Errors,
        subject: "/api/pay".into(),
        score: 87.4,
        from: None,
        to: None,
        text: text.to_owned(),
        figures: None,
        carriers: Vec::new(),
        evidence: vec![Evidence { what: "errors".to_owned(), place }],
    }
}

fn with(findings: Vec<Finding>) -> Report {
    Report { insights: findings, ..build(Script::hostile()) }
}

fn sent(report: &Report) -> Vec<Value> {
    let told = Told { code: 1, places: vec!["/var/reports/<x>.html".into()] };
    messages(report, &told).iter().map(|body| serde_json::from_str(body).unwrap()).collect()
}

/// Every text that is shown, with its limit.
fn texts(message: &Value) -> Vec<(String, usize)> {
    let text = |value: &Value, limit: usize| (value["text"].as_str().unwrap().to_owned(), limit);
    let mut all = vec![text(message, 40_000)];
    for block in message["blocks"].as_array().unwrap() {
        match block["type"].as_str().unwrap() {
            "header" => all.push(text(&block["text"], 150)),
            "context" => {
                assert!(block["elements"].as_array().unwrap().len() <= 10);
                all.extend(block["elements"].as_array().unwrap().iter().map(|element| text(element, 3_000)));
            }
            "section" if block["text"].is_object() => all.push(text(&block["text"], 3_000)),
            "section" => {
                assert!(block["fields"].as_array().unwrap().len() <= 10);
                all.extend(block["fields"].as_array().unwrap().iter().map(|field| text(field, 2_000)));
            }
            other => panic!("a block that is not meant: {other}"),
        }
    }
    all
}

fn keeps_the_limits(messages: &[Value]) {
    assert!((1..=3).contains(&messages.len()), "{}", messages.len());
    for message in messages {
        let blocks = message["blocks"].as_array().unwrap();
        assert!(blocks.len() <= 50, "{}", blocks.len());
        let size: usize = blocks.iter().map(|block| block.to_string().chars().count()).sum();
        assert!(size <= 10_000, "{size}");
        for (text, limit) in texts(message) {
            assert!(!text.is_empty() && text.chars().count() <= limit, "{limit}: {text}");
        }
        for quiet in ["unfurl_links", "unfurl_media", "link_names"] {
            assert_eq!(message[quiet], false);
        }
    }
}

#[test]
fn an_incident_is_one_message_that_says_what_matters() {
    let report = build(Script::incident());
    let report = Report { insights: vec![finding("errors rose", "it's")], ..report };
    let messages = sent(&report);
    keeps_the_limits(&messages);
    assert_eq!(messages.len(), 1);
    let all: String = texts(&messages[0]).into_iter().map(|(text, _)| text + "\n").collect();
    for part in [
        "CRITICAL: prod, last hour",
        "something fires (exit code 1)",
        "*Requests*",
        "*Errors*",
        "*Worst p95*",
        "*Alerts firing*",
        "1. *[87]* errors rose\n`a360 --context prod --view logs",
        "The whole report also goes to: /var/reports/&lt;x&gt;.html",
    ] {
        assert!(all.contains(part), "{part}\n{all}");
    }
}

#[test]
fn hostile_words_call_nobody_and_format_nothing() {
    let evil = "<!channel> <@U1> <http://evil|x> @here *b* _i_ ~s~ `c` & ``` \u{1b}[2J\r\nx";
    let report = with(vec![finding(evil, evil)]);
    for message in sent(&report) {
        keeps_the_limits(std::slice::from_ref(&message));
        for (text, _) in texts(&message) {
            assert!(!text.contains(['<', '>', '\u{1b}']), "{text}");
            let outside = text.split('`').step_by(2).collect::<String>();
            assert!(!outside.contains("@here") && !outside.contains("://"), "{outside}");
            // What is between backticks is a whole command, and ours.
            assert_eq!(text.matches('`').count() % 2, 0, "{text}");
        }
    }
}

#[test]
fn the_limits_hold_however_much_there_is() {
    let long = "<".repeat(10_000);
    keeps_the_limits(&sent(&with((0..500).map(|n| finding(&format!("{n} {long}"), "x")).collect())));
    keeps_the_limits(&sent(&with((0..500).map(|n| finding(&format!("{n}"), &long)).collect())));
    let mut report = with(vec![finding("a", "b")]);
    report.plan.context = long.as_str().into();
    report.plan.scope = Some(long.as_str().into());
    report.plan.label = long.clone();
    report.summary.text = long.clone();
    report.plan.opening.context = Some(long.as_str().into());
    let told = Told { code: 2, places: vec![long.as_str().into(); 30] };
    let messages: Vec<Value> =
        messages(&report, &told).iter().map(|body| serde_json::from_str(body).unwrap()).collect();
    keeps_the_limits(&messages);
}

#[test]
fn what_could_not_be_asked_is_said_with_its_reason() {
    let refused = Script { refuse: |_| Some(a360::model::fault::FetchError::Refused), ..Script::calm() };
    let messages = sent(&build(refused));
    let all: String = texts(&messages[0]).into_iter().map(|(text, _)| text + "\n").collect();
    assert!(all.contains("questions were not answered*\n• ") && all.contains("connection refused"), "{all}");
    keeps_the_limits(&messages);
}
