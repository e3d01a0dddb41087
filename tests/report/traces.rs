//! The traces in the report of the demo, which has an incident, and of servers that answer in part or not at all.

use std::sync::{Arc, Mutex};

use a360::analysis::insight::Kind;
use a360::cli::Format;
use a360::model::ask::Ask;
use a360::model::fault::FetchError;
use a360::model::query::{Answer, Query, Source};
use a360::model::trace::{Sample, TraceSearch};
use a360::model::window::{Progress, Span};
use a360::report::{self, Plan, Report, render};
use a360::run::backend::Demo;
use a360::time::{Range, Timestamp};
use serde_json::Value;

use crate::script::{NOW, plan};

type Refuse = fn(&TraceSearch, Range) -> Option<FetchError>;

/// The demo, but for what its tracing backend does not answer; keeps what it was asked.
#[derive(Clone)]
struct Asked {
    demo: Demo,
    refuse: Refuse,
    notes: &'static [&'static str],
    searches: Arc<Mutex<Vec<(TraceSearch, Range)>>>,
}

impl Ask for Asked {
    async fn ask(&self, query: &Query, progress: Progress, now: Timestamp) -> Result<Answer, FetchError> {
        let Query::Sample { search, span: Span::Fixed(range) } = query else {
            assert_ne!(query.source(), Source::Jaeger, "{query:?}");
            return self.demo.ask(query, progress, now).await;
        };
        self.searches.lock().unwrap().push((search.clone(), *range));
        if let Some(error) = (self.refuse)(search, *range) {
            return Err(error);
        }
        let sample = self.demo.ask(query, progress, now).await?.into_sample()?;
        let notes = self.notes.iter().map(|note| (*note).into()).collect();
        Ok(Answer::Sample(Sample { notes, ..sample }))
    }
}

fn asked(refuse: Refuse, notes: &'static [&'static str]) -> Asked {
    Asked { demo: Demo::new(360, NOW, Arc::default()), refuse, notes, searches: Arc::default() }
}

fn built(ask: &Asked, plan: &Plan) -> Report {
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    runtime.block_on(report::build(ask, plan, || NOW, &mut |_, _| {}))
}

fn with_traces() -> Plan {
    Plan { traces: true, demo: true, ..plan() }
}

fn json(report: &Report) -> Value {
    let value = serde_json::from_str(&render(report, Format::Json, false)).unwrap();
    crate::schema::check(&value, &serde_json::from_str(include_str!("../../src/report/schema.json")).unwrap());
    value
}

fn section(report: &Report) -> String {
    let text = render(report, Format::Text, false);
    let (_, rest) = text.split_once("\nTRACES\n").unwrap();
    rest.split_once("\n\nERROR BUDGET").unwrap().0.to_owned()
}

#[test]
fn the_traces_are_told_in_every_format() {
    let report = built(&asked(|_, _| None, &[]), &with_traces());
    assert!(report.not_asked.is_empty(), "{:?}", report.not_asked);
    let text = section(&report);
    for part in [
        "240 traces looked at, 240 in the period before: up to 20 of the newest",
        "POST /api/checkout of gateway",
        "authorize of payment",
        "upstream timeout after",
        "where errors begin",
        "got slower",
        "the slowest:",
        "critical path",
    ] {
        assert!(text.contains(part), "{part}: {text}");
    }
    assert!(render(&report, Format::Markdown, false).contains("\n## Traces\n"));
    assert!(report.summary.text.contains("its traces fail in authorize of payment"), "{}", report.summary.text);
    let said: Vec<&str> =
        report.insights.iter().filter(|one| one.kind == Kind::Traces).map(|one| one.text.as_str()).collect();
    assert!(said[0].contains("failing traces fail first in authorize of payment, 0 before: "), "{said:?}");
    assert!(said[0].contains("; authorize of payment got slower: "), "{said:?}");
    let traces = &json(&report)["traces"];
    let slowest = traces["slowest"].as_array().unwrap();
    assert!(slowest[0]["seconds"].as_f64().unwrap() > 2.0 && slowest.len() == 12, "{slowest:?}");
    let newest = &traces["failing"]["newest"][0];
    assert_eq!((newest["trace_id"].as_str().unwrap().len(), newest["fails_in"]["error"].is_string()), (32, true));
    assert!(traces["failing"]["count"].as_u64() > traces["failing"]["count_before"].as_u64());
    let shares = traces["critical_path"].as_array().unwrap();
    assert_eq!((shares[0]["service"].as_str(), shares[0]["has_grown"].as_bool()), (Some("payment"), Some(true)));
}

#[test]
fn without_a_tracing_backend_nothing_is_asked_and_told() {
    let ask = asked(|_, _| None, &[]);
    let report = built(&ask, &plan());
    assert!(ask.searches.lock().unwrap().is_empty());
    assert!(!render(&report, Format::Text, false).contains("\nTRACES\n"));
    assert!(json(&report)["traces"].is_null());
}

#[test]
fn each_period_is_looked_at_as_a_whole_and_the_scope_is_kept() {
    let ask = asked(|_, _| None, &[]);
    let mut plan = with_traces();
    plan.watch.service = Some("checkout".to_owned());
    let report = built(&ask, &plan);
    let searches = ask.searches.lock().unwrap().clone();
    assert!(searches.iter().all(|(search, _)| search.service == "checkout" && search.limit == 20));
    for (count, fits) in [
        (24, (|search| search.tags.is_empty() && search.min.is_none()) as fn(&TraceSearch) -> bool),
        (8, |search| search.tags == [("error".to_owned(), "true".to_owned())]),
        (4, |search| search.min == Some(2_000_000_000)),
    ] {
        let mut ranges: Vec<Range> = searches.iter().filter(|one| fits(&one.0)).map(|one| one.1).collect();
        ranges.sort();
        assert_eq!((ranges.len(), ranges[count - 1].end), (count, report.grid.now.end));
        assert!(ranges.windows(2).all(|pair| (0..=1).contains(&pair[1].start.since(pair[0].end))), "no gap");
    }
}

#[test]
fn a_backend_that_is_down_is_listed_and_takes_nothing_along() {
    let ask = asked(|_, _| Some(FetchError::Refused), &[]);
    let report = built(&ask, &with_traces());
    let topics: Vec<(&str, &str)> = report.not_asked.iter().map(|entry| (entry.source, entry.topic.word())).collect();
    let of = |word| ("jaeger", word);
    let [newest, failing, slow] = ["traces.newest", "traces.failing", "traces.slow"].map(of);
    assert_eq!(topics, [newest, newest, failing, failing, slow]);
    assert!(ask.searches.lock().unwrap().len() <= 8, "whoever is down is not asked everything");
    let text = section(&report);
    for part in ["the slowest", "those that fail", "operations that got slower", "the critical path"] {
        assert!(text.contains(&format!("{part}: not asked")), "{text}");
    }
    let value = json(&report);
    assert!(value["traces"]["slowest"].is_null() && value["requests"]["total"]["now"].is_number());
    assert!(value["traces"]["looked_at"].is_null());
}

#[test]
fn what_one_search_does_not_answer_is_missing_and_the_rest_is_told() {
    // Searches for errors fail, as does one part of the others.
    let refuse: Refuse = |search, range| {
        let is_one = search.min.is_none() && range.end == NOW;
        (!search.tags.is_empty() || is_one).then(|| FetchError::Server { kind: "500".into(), message: "no".into() })
    };
    let report = built(&asked(refuse, &["1 of 4 services was not asked"]), &with_traces());
    let topics: Vec<&str> = report.not_asked.iter().map(|entry| entry.topic.word()).collect();
    assert_eq!(topics, ["traces.newest", "traces.failing", "traces.failing"]);
    let traces = report.traces.as_ref().unwrap();
    assert!(traces.failing.is_none() && traces.slower.is_some() && traces.looked.unwrap().traces == 220);
    assert_eq!(report.warnings, ["1 of 4 services was not asked"], "once");
    assert!(section(&report).contains("those that fail: not asked"));
    json(&report);
}

#[test]
fn without_enough_traces_before_it_does_not_say_that_nothing_got_slower() {
    // All answer, but the period before is older than what the server keeps.
    #[derive(Clone)]
    struct Young(Asked);
    impl Ask for Young {
        async fn ask(&self, query: &Query, progress: Progress, now: Timestamp) -> Result<Answer, FetchError> {
            let is_old = matches!(query, Query::Sample { span: Span::Fixed(range), .. }
                if range.end <= NOW.plus(-a360::time::HOUR));
            match is_old {
                true => Ok(Answer::Sample(Sample { traces: Vec::new(), is_limited: false, notes: Vec::new() })),
                false => self.0.ask(query, progress, now).await,
            }
        }
    }
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let young = Young(asked(|_, _| None, &[]));
    let report = runtime.block_on(report::build(&young, &with_traces(), || NOW, &mut |_, _| {}));
    let text = section(&report);
    assert!(text.contains("240 traces looked at, 0 in the period before"), "{text}");
    assert!(!text.contains("no operation got"), "{text}");
    assert!(text.contains("whether operations got slower is not known"), "{text}");
}

#[test]
fn whole_traces_are_not_kept() {
    let report = built(&asked(|_, _| None, &[]), &with_traces());
    let traces = report.traces.as_ref().unwrap();
    assert!(traces.slowest.as_ref().is_some_and(|rows| rows.len() <= 12));
    assert!(traces.failing.as_ref().is_some_and(|failing| failing.rows.len() <= 12 && failing.began.len() <= 12));
}
