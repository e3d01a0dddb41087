//! The logs in the report of the demo, which has an incident.

use std::sync::{Arc, Mutex};

use a360::analysis::insight::Kind;
use a360::cli::Format;
use a360::model::ask::Ask;
use a360::model::fault::FetchError;
use a360::model::log::{Count, Filter, Level, Line, Page, Tallies, Volume};
use a360::model::query::{Answer, Query, Source};
use a360::model::window::{Progress, Span};
use a360::report::{self, Periods, Plan, Report, render};
use a360::run::backend::Demo;
use a360::time::{DAY, Range, Timestamp};

use crate::script::{NOW, Script, Scripted, plan, scripted};

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
    for part in
        ["error type", "Timeout", "(none)", "/api/checkout", "upstream timeout after", "new", "ERROR ", "12,000 of "]
    {
        assert!(logs.contains(part), "{part}: {logs}");
    }
    // Where a line is broken depends on the names.
    assert!(text.split_whitespace().collect::<Vec<_>>().join(" ").contains("is new: "), "{text}");
    assert!(render(&report, Format::Markdown, false).contains("\n## Logs\n"));
    let json: serde_json::Value = serde_json::from_str(&render(&report, Format::Json, false)).unwrap();
    let found = json["logs"]["patterns"]["found"].as_array().unwrap();
    let timeout = found.iter().find(|one| one["pattern"].as_str().unwrap().starts_with("upstream timeout")).unwrap();
    assert_eq!((&timeout["kind"], &timeout["times"]), (&"new".into(), &serde_json::Value::Null));
    assert_eq!(timeout["level"], "ERROR");
    assert_eq!(
        (&json["logs"]["patterns"]["is_sample"], &json["logs"]["patterns"]["lines"]),
        (&true.into(), &12_000.into())
    );
    assert!(
        json["logs"]["lines"]["levels"]["ERROR"].as_u64() > json["logs"]["lines_before"]["levels"]["ERROR"].as_u64()
    );
    assert!(json["logs"]["tallies"]["error_types"][0]["count"].as_u64().unwrap() > 100);
    assert!(json["insights"].as_array().unwrap().iter().any(|insight| insight.to_string().contains("--view logs")));
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
    let of = |what| (("es", what), ("es", what));
    let (volume, lines) = (of("logs.volume"), of("logs.lines"));
    assert_eq!(topics, [("es", "logs.tallies"), volume.0, volume.1, lines.0, lines.1]);
    let text = render(&report, Format::Text, false);
    let (_, logs) = text.split_once("\nLOGS\n").unwrap();
    assert!(logs.contains("error types and requests: not asked") && logs.contains("patterns: not asked"));
    let json: serde_json::Value = serde_json::from_str(&render(&report, Format::Json, false)).unwrap();
    crate::schema::check(&json, &schema());
}

/// Of each question about lines when they are from, and what they must have.
type Asked = Vec<(Range, Vec<Filter>)>;

/// Answers questions about lines as a busy server does: one line a second, of which a page gives the newest.
#[derive(Clone)]
struct Busy {
    rest: Scripted,
    asked: Arc<Mutex<Asked>>,
    /// Parts of a period that are not answered, by their number.
    fails: Option<usize>,
}

/// When something else was said, and what.
const NOON: (i64, i64) = (7 * 3_600, 9 * 3_600 + 1_800);

fn said(at: i64) -> Line {
    let ago = (NOW.0 - at) / 1_000;
    let is_trouble = (NOON.0..NOON.1).contains(&ago);
    let (level, message) = match is_trouble && ago % 3 == 0 {
        true => (Level::Error, format!("disk of shard {ago} is full")),
        false => (Level::Info, format!("GET /items/{ago} took {} ms", ago % 90)),
    };
    Line {
        index: "i".into(),
        id: ago.to_string().into(),
        at: at * 1_000_000,
        level,
        service: "store".into(),
        place: "store-0".into(),
        message: message.as_str().into(),
        kind: "".into(),
        endpoint: "".into(),
        error_type: "".into(),
        trace: "".into(),
    }
}

impl Ask for Busy {
    async fn ask(&self, query: &Query, progress: Progress, now: Timestamp) -> Result<Answer, FetchError> {
        let (search, range, limit) = match query {
            Query::Lines { search, span: Span::Fixed(range), limit, .. } => (search, range, limit),
            Query::Tallies { .. } => return Ok(Answer::Tallies(Tallies::default())),
            Query::Volume { span: Span::Fixed(range), step, .. } => {
                let (start, total) = (range.start.0, Count::Exactly(range.length() as u64 / 1_000));
                let volume = Volume { start, step: *step, levels: Vec::new(), total, notes: Vec::new() };
                return Ok(Answer::Volume(volume));
            }
            _ => return self.rest.ask(query, progress, now).await,
        };
        let number = {
            let mut asked = self.asked.lock().unwrap();
            asked.push((*range, search.filters.clone()));
            asked.len() - 1
        };
        if self.fails.is_none_or(|fails| fails != number) {
            let all = (range.start.0 / 1_000..=range.end.0 / 1_000).map(|second| second * 1_000);
            let all: Vec<i64> = all.filter(|at| range.contains(Timestamp(*at))).collect();
            let lines = all[all.len().saturating_sub(*limit as usize)..].iter().map(|at| said(*at)).collect();
            return Ok(Answer::Lines(Page { lines, total: Count::Exactly(all.len() as u64), notes: Vec::new() }));
        }
        Err(FetchError::TooLarge { limit: 1 })
    }
}

fn busy(fails: Option<usize>) -> (Report, Asked) {
    let ask = Busy { rest: scripted(Script::calm()), asked: Arc::default(), fails };
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let mut plan = Plan { logs: true, periods: Periods::of(Range::new(NOW.plus(-DAY), NOW)), ..plan() };
    plan.watch.logs = Some(Filter { field: "shop".into(), value: "eu".into(), exclude: false });
    let report = runtime.block_on(report::build(&ask, &plan, || NOW, &mut |_, _| {}));
    let asked = ask.asked.lock().unwrap().clone();
    (report, asked)
}

#[test]
fn a_day_is_looked_at_from_its_morning_on() {
    let (report, mut asked) = busy(None);
    assert!(asked.iter().all(|(_, filters)| filters.len() == 1 && filters[0].field == "shop"), "the scope is kept");
    asked.sort_by_key(|(range, _)| *range);
    assert_eq!(asked.len(), 24);
    assert_eq!(asked[23].0.end, report.grid.now.end);
    assert!(
        asked.windows(2).all(|pair| (0..=1).contains(&pair[1].0.start.since(pair[0].0.end))),
        "no gap, nothing twice"
    );
    let patterns = report.logs.as_ref().unwrap().patterns.as_ref().unwrap();
    assert!(patterns.is_sample && patterns.lines == 12_000 && patterns.lines_before == 12_000);
    // It was over seven hours before the report.
    let found: Vec<&str> = patterns.found.iter().map(|finding| finding.text.as_str()).collect();
    assert_eq!(found, ["disk of shard <*> is full"]);
    let count = patterns.found[0].count;
    let told = report.insights.iter().find(|insight| insight.kind == Kind::Logs).unwrap();
    assert!(
        told.text.starts_with(&format!("`disk of shard <*> is full` from store is new: {count} lines")),
        "{}",
        told.text
    );
    assert!(told.text.ends_with(" lines)") && told.text.contains("(in 12,000 of 86,400 lines)"), "{}", told.text);
}

#[test]
fn a_part_that_is_not_answered_is_listed_once_and_the_rest_is_told() {
    let (report, _) = busy(Some(3));
    let topics: Vec<&str> = report.not_asked.iter().map(|entry| entry.topic.word()).collect();
    assert_eq!(topics, ["logs.lines"]);
    let patterns = report.logs.as_ref().unwrap().patterns.as_ref().unwrap();
    assert_eq!((patterns.lines, patterns.lines_before), (11_000, 12_000));
    assert!(report.asked < 40 + 7, "parts are one question: {}", report.asked);
}

#[test]
fn a_quiet_hour_is_looked_at_as_a_whole() {
    let ask = Busy { rest: scripted(Script::calm()), asked: Arc::default(), fails: None };
    let report = built(&ask, true);
    let patterns = report.logs.as_ref().unwrap().patterns.as_ref().unwrap();
    assert!(!patterns.is_sample && (3_600..=3_601).contains(&patterns.lines), "{patterns:?}");
    let text = render(&report, Format::Text, false);
    assert!(!text.contains("the newest of each part"), "{text}");
}
