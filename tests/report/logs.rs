//! The logs in the report of the demo, which has an incident.

use std::sync::Arc;

use a360::cli::Format;
use a360::model::ask::Ask;
use a360::model::fault::FetchError;
use a360::model::query::{Answer, Query, Source};
use a360::model::window::Progress;
use a360::report::{self, Plan, Report, render};
use a360::run::backend::Demo;
use a360::time::Timestamp;

use crate::script::{NOW, plan};

fn built(ask: &impl Ask, logs: bool) -> Report {
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let plan = Plan { logs, demo: true, ..plan() };
    runtime.block_on(report::build(ask, &plan, || NOW, &mut |_, _| {}))
}

fn schema() -> serde_json::Value {
    serde_json::from_str(include_str!("../../src/report/schema.json")).unwrap()
}

fn demo() -> Demo {
    Demo::new(360, NOW, Arc::default())
}

#[test]
fn the_logs_are_told_in_every_format() {
    let report = built(&demo(), true);
    assert!(report.not_asked.is_empty(), "{:?}", report.not_asked);
    let text = render(&report, Format::Text, false);
    let (_, logs) = text.split_once("\nLOGS\n").unwrap();
    for part in ["error type", "Timeout", "(none)", "/api/checkout", "upstream timeout after", "new", "10000 lines"] {
        assert!(logs.contains(part), "{part}: {logs}");
    }
    assert!(logs.contains("is new: "), "{logs}");
    assert!(render(&report, Format::Markdown, false).contains("\n## Logs\n"));
    let json: serde_json::Value = serde_json::from_str(&render(&report, Format::Json, false)).unwrap();
    let found = json["logs"]["patterns"]["found"].as_array().unwrap();
    let timeout = found.iter().find(|one| one["pattern"].as_str().unwrap().starts_with("upstream timeout")).unwrap();
    assert_eq!((&timeout["kind"], &timeout["times"]), (&"new".into(), &serde_json::Value::Null));
    assert_eq!(timeout["level"], "ERROR");
    assert!(json["logs"]["tallies"]["error_types"][0]["count"].as_u64().unwrap() > 100);
    assert!(json["insights"].as_array().unwrap().iter().any(|insight| insight["section"] == "logs"));
    crate::schema::check(&json, &schema());
}

#[test]
fn without_logs_there_is_no_section() {
    let report = built(&demo(), false);
    assert!(!render(&report, Format::Text, false).contains("\nLOGS\n"));
    let json: serde_json::Value = serde_json::from_str(&render(&report, Format::Json, false)).unwrap();
    assert!(json["logs"].is_null());
}

/// A demo without its search engine.
#[derive(Clone)]
struct Deaf(Demo);

impl Ask for Deaf {
    async fn ask(&self, query: &Query, progress: Progress, now: Timestamp) -> Result<Answer, FetchError> {
        if query.source() == Source::Elasticsearch {
            return Err(FetchError::Refused);
        }
        self.0.ask(query, progress, now).await
    }
}

#[test]
fn a_search_engine_that_is_down_is_listed_and_takes_nothing_along() {
    let report = built(&Deaf(demo()), true);
    let topics: Vec<(&str, &str)> = report.not_asked.iter().map(|entry| (entry.source, entry.topic.word())).collect();
    assert_eq!(topics, [("es", "logs.tallies"), ("es", "logs.lines"), ("es", "logs.lines")]);
    let text = render(&report, Format::Text, false);
    let (_, logs) = text.split_once("\nLOGS\n").unwrap();
    assert!(logs.contains("error types and requests: not asked") && logs.contains("patterns: not asked"));
    let json: serde_json::Value = serde_json::from_str(&render(&report, Format::Json, false)).unwrap();
    crate::schema::check(&json, &schema());
}
