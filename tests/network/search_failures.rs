//! What a search engine, or whatever stands before it, may do instead of answering, and what becomes of it.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread::sleep;
use std::time::{Duration, Instant};

use a360::model::endpoint::{Endpoint, Proxy};
use a360::model::engine::Engine;
use a360::model::fault::FetchError;
use a360::model::log::{Count, Page, Search, Way};
use a360::model::query::{Answer, Query};
use a360::model::window::{Progress, Span};
use a360::source::elasticsearch::Elasticsearch;
use a360::time::{HOUR, Timestamp};
use jiff::tz::TimeZone;
use serde_json::{Value, json};

use crate::server::{Server, say};
use crate::tail::{INDICES, Stage, wait};

pub const NOW: Timestamp = Timestamp(1_795_388_290_000);

/// Answers each question with a status, headers and a body, by its path and its own body.
pub fn engine(answer: impl Fn(&str, &str) -> (&'static str, &'static str, Vec<u8>) + Send + Sync + 'static) -> Server {
    Server::new(move |request, wire| {
        let path = request.head.split(' ').nth(1).unwrap_or_default();
        let (status, headers, body) = answer(path, &request.body);
        say(wire, status, headers, &body)
    })
}

pub fn source(server: &Server, max_answer: u64) -> Elasticsearch {
    let endpoint = Endpoint { proxy: Proxy::None, max_answer, ..Endpoint::new(&server.url()) };
    Elasticsearch::new(Engine { endpoint, ..Engine::new("") })
}

pub fn ask(source: &Elasticsearch, query: &Query) -> Result<Answer, FetchError> {
    wait(source.ask(query, Progress::default(), NOW))
}

pub fn lines() -> Query {
    Query::Lines { search: Search::default(), span: Span::Live { length: HOUR }, before: None, limit: 500 }
}

pub fn page(source: &Elasticsearch) -> Page {
    ask(source, &lines()).unwrap().into_lines().unwrap()
}

pub fn ok(body: &Value) -> (&'static str, &'static str, Vec<u8>) {
    ("200 OK", "", body.to_string().into_bytes())
}

/// An answer with these hits, as JSON or what only looks like it.
pub fn found(hits: &str) -> (&'static str, &'static str, Vec<u8>) {
    let body = format!(r#"{{"timed_out":false,"_shards":{{"total":1,"failed":0}},"hits":{{"hits":[{hits}]}}}}"#);
    ("200 OK", "", body.into_bytes())
}

fn fault(status: &'static str, headers: &'static str, body: &'static str) -> FetchError {
    let server = engine(move |_, _| (status, headers, body.into()));
    ask(&source(&server, u64::MAX), &lines()).unwrap_err()
}

#[test]
fn a_busy_server_is_asked_again_soon_and_a_full_one_seldom() {
    let rejected = r#"{"error":{"root_cause":[{"type":"es_rejected_execution_exception","reason":"queue"}],"type":"search_phase_execution_exception","reason":"all shards failed"},"status":429}"#;
    let transient = r#"{"error":{"root_cause":[],"type":"circuit_breaking_exception","reason":"[parent] Data too large","bytes_wanted":2,"bytes_limit":1,"durability":"TRANSIENT"},"status":429}"#;
    let permanent = r#"{"error":{"root_cause":[],"type":"circuit_breaking_exception","reason":"[fielddata] Data too large","bytes_wanted":2,"bytes_limit":1,"durability":"PERMANENT"},"status":429}"#;
    for (headers, body, words, wait, soon) in [
        ("", rejected, "too many requests (429), waiting 2s", Some(2), true),
        ("Retry-After: 7\r\n", rejected, "too many requests (429), waiting 7s", Some(7), true),
        ("Retry-After: 7\r\n", "slow down", "too many requests (429), waiting 7s", Some(7), true),
        ("", transient, "HTTP 429: circuit_breaking_exception: [parent] Data too large", None, true),
        ("", permanent, "it stays so until the server is given memory", None, false),
    ] {
        let fault = fault("429 Too Many Requests", headers, body);
        assert!(fault.to_string().contains(words), "{fault}");
        assert_eq!((fault.retry_after().map(|wait| wait.as_secs()), fault.may_pass()), (wait, soon), "{fault}");
    }
}

#[test]
fn gateways_keep_their_words() {
    for (status, body, words) in [
        (
            "401 Unauthorized",
            "Unauthorized",
            "the config gives a source a `token`, or `username` and `password` (it says: Unauthorized)",
        ),
        ("502 Bad Gateway", "<html><title>502 Bad Gateway</title></html>", "HTTP 502: 502 Bad Gateway"),
        ("200 OK", "<html><title>Sign in</title>", "a web page “Sign in”"),
        (
            "404 Not Found",
            r#"{"error":{"type":"index_not_found_exception","reason":"no such index [a]"}}"#,
            "no such index",
        ),
    ] {
        assert!(fault(status, "", body).to_string().contains(words), "{}", fault(status, "", body));
    }
}

#[test]
fn a_busy_server_is_asked_for_fewer_lines() {
    let sizes = Arc::new(std::sync::Mutex::new(Vec::new()));
    let asked = Arc::clone(&sizes);
    let server = engine(move |path, body| {
        if !path.contains("_search") || body.contains("date_range") {
            return ok(&json!({}));
        }
        let size = serde_json::from_str::<Value>(body).unwrap()["size"].as_u64().unwrap();
        asked.lock().unwrap().push(size);
        match size {
            ..=100 => found(""),
            _ => ("429 Too Many Requests", "", br#"{"error":{"type":"es_rejected_execution_exception"}}"#.to_vec()),
        }
    });
    let source = source(&server, u64::MAX);
    let query = Query::Tallies { search: Search::default(), span: Span::Live { length: HOUR } };
    assert!((0..2).all(|_| matches!(ask(&source, &query), Err(FetchError::TooMany { .. }))));
    assert!(ask(&source, &query).is_ok());
    assert_eq!(*sizes.lock().unwrap(), [10_000, 1_000, 100]);
}

#[test]
fn no_line_is_lost_when_more_are_asked_for_again() {
    // After a while the pace grows with an answer, which may be the first or the second page of a poll.
    for (by_time, quiet) in [(false, 0), (false, 1), (true, 0), (true, 1)] {
        wait(async {
            let mut stage = Stage::new(Search::default());
            stage.engine(|engine| {
                engine.numberless = by_time;
                engine.create(INDICES[0], 1);
            });
            stage.poll().await;
            stage.engine(|engine| engine.busy = true);
            assert!(matches!(stage.ask().await, Err(FetchError::TooMany { .. })));
            for _ in 0..quiet {
                stage.poll().await;
            }
            for poll in 0..12 {
                for number in 0..1_100 {
                    stage.write(INDICES[0], 0, &format!("{poll} {number}"), number % 900, "INFO", [0, 0]);
                }
                stage.poll().await;
            }
            stage.poll().await;
            assert!(stage.whole().is_ok(), "by time: {by_time}, after {quiet}");
        });
    }
}

/// A look-alike that searches all its shards whichever one is asked for.
#[test]
fn a_server_that_does_not_tell_its_shards_apart_is_followed_by_time() {
    let server = engine(|path, body| match path.contains("_msearch") {
        true => {
            let one = json!({ "_shards": { "total": 2, "failed": 0 }, "hits": { "hits": [] }, "status": 200 });
            ok(&json!({ "responses": vec![one; body.lines().count() / 2] }))
        }
        false => found(""),
    });
    let tail = Query::Tail { search: Search::default(), fill: 10 };
    let arrivals = ask(&source(&server, u64::MAX), &tail).unwrap().into_arrivals().unwrap();
    assert_eq!(arrivals.way, Way::Time);
    assert!(server.requests().len() < 10, "{}", server.requests().len());
}

#[test]
fn half_answers_say_so() {
    for (part, words) in [
        (r#""timed_out":true,"_shards":{"total":2,"failed":0}"#, "the search ran out of time: there is more"),
        (
            r#""timed_out":false,"_shards":{"total":2,"failed":1,"failures":[{"index":"i","reason":{"type":"es_rejected_execution_exception","reason":"queue"}}]}"#,
            "1 of 2 shards failed: i es_rejected_execution_exception: queue",
        ),
        (r#""_clusters":{"total":2,"successful":1,"skipped":1},"_shards":{"total":2}"#, "1 remote clusters did not"),
    ] {
        let server = engine(move |_, _| {
            let body = format!(r#"{{{part},"hits":{{"hits":[{{"_id":"1","_source":{{"message":"m"}}}}]}}}}"#);
            ("200 OK", "", body.into_bytes())
        });
        let page = page(&source(&server, u64::MAX));
        assert_eq!(page.lines.len(), 1);
        assert!(matches!(page.total, Count::AtLeast(_)), "what did not answer was not counted");
        assert!(page.notes.iter().any(|note| note.contains(words)), "{:?}", page.notes);
    }
}

#[test]
fn a_line_that_fills_a_hole_comes_while_shards_of_others_fail() {
    wait(async {
        let mut stage = Stage::new(Search::default());
        stage.engine(|engine| engine.create(INDICES[0], 1));
        stage.poll().await;
        stage.write(INDICES[0], 0, "seen late", 0, "INFO", [5, 5]);
        stage.write(INDICES[0], 0, "seen at once", 0, "INFO", [0, 0]);
        stage.poll().await;
        // For longer than a hole is watched.
        for _ in 0..70 {
            stage.engine(|engine| engine.failing = true);
            stage.poll().await;
        }
        stage.whole().unwrap();
    });
}

#[test]
fn counts_that_shards_did_not_agree_on_say_so() {
    let server = engine(|path, _| {
        let exact = json!({ "keyword": { "searchable": true, "aggregatable": true } });
        if path.contains("_field_caps") {
            let fields = json!({ "level": exact, "type": exact, "endpoint": exact, "error_type": exact });
            return ok(&json!({ "fields": fields }));
        }
        let by = json!({ "doc_count_error_upper_bound": 7, "buckets": [{ "key": "/a", "doc_count": 40 }] });
        let aggs = json!({ "requests": { "by": by } });
        ok(&json!({ "_shards": { "total": 2 }, "hits": { "hits": [] }, "aggregations": aggs }))
    });
    let query = Query::Tallies { search: Search::default(), span: Span::Live { length: HOUR } };
    let tallies = ask(&source(&server, u64::MAX), &query).unwrap().into_tallies().unwrap();
    assert_eq!((tallies.requests, tallies.over), (vec![("/a".into(), 40)], None));
    assert_eq!(tallies.notes, ["a count may be up to 7 too low: there are too many different ones"]);
}

#[test]
fn a_page_keeps_its_lines_if_those_of_its_last_moment_are_not_had() {
    let server = engine(|path, body| {
        let whole = serde_json::from_str::<Value>(body).is_ok_and(|body| body.get("sort").is_some());
        match path {
            path if !path.contains("_search") || body.contains("date_range") => ok(&json!({})),
            _ if whole => found(&vec![r#"{"_id":"1","_source":{"@timestamp":1795388290000}}"#; 500].join(",")),
            _ => ok(&json!({ "timed_out": true, "_shards": { "total": 1 }, "hits": { "hits": [] } })),
        }
    });
    let page = page(&source(&server, u64::MAX));
    assert_eq!((page.lines.len(), page.notes[0].as_str()), (500, "the search ran out of time: there is more"));
}

#[test]
fn a_closed_index_is_not_a_missing_one() {
    for (closed, words) in [
        (json!({}), "no index matches agent360-*"),
        (json!({ "agent360-1": {} }), "no open index matches agent360-*: one is closed; open it to read it"),
        (json!({ "a": {}, "b": {} }), "no open index matches agent360-*: 2 are closed; open them to read them"),
    ] {
        let server = engine(move |path, body| match (path, body) {
            (path, _) if path.contains("_settings") && path.contains("expand_wildcards=closed") => ok(&closed),
            (path, _) if path.contains("_settings") || path.contains("_field_caps") => ok(&json!({})),
            (path, body) if path.contains("_msearch") => {
                let nothing = json!({ "_shards": { "total": 0, "failed": 0 }, "status": 200 });
                ok(&json!({ "responses": vec![nothing; body.lines().count() / 2] }))
            }
            _ => ok(&json!({ "_shards": { "total": 0, "failed": 0 } })),
        });
        let source = source(&server, u64::MAX);
        assert_eq!(page(&source).notes, [words]);
        let tail = ask(&source, &Query::Tail { search: Search::default(), fill: 10 }).unwrap();
        assert_eq!(tail.into_arrivals().unwrap().notes, [words]);
    }
}

#[test]
fn the_servers_clock_is_asked_for_and_counts() {
    let asked = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&asked);
    let ahead = 600_000;
    let server = engine(move |path, body| {
        if body.contains("date_range") {
            count.fetch_add(1, Ordering::SeqCst);
            let from = (NOW.0 + ahead) as f64;
            let aggs = json!({ "now": { "buckets": [{ "from": from, "doc_count": 0 }] } });
            return ok(&json!({ "_shards": { "total": 1, "failed": 0 }, "aggregations": aggs }));
        }
        if path.contains("_search") {
            let range =
                serde_json::from_str::<Value>(body).unwrap()["query"]["bool"]["filter"][0]["range"]["@timestamp"]
                    .clone();
            let until = range["lt"].as_i64().unwrap();
            assert!((until - NOW.0 - ahead).abs() < 30_000, "{range}");
            assert_eq!(until - range["gte"].as_i64().unwrap(), HOUR + 1);
        }
        found("")
    });
    let source = source(&server, u64::MAX);
    page(&source);
    page(&source);
    assert!((source.skew_ms() - ahead).abs() < 30_000, "{}", source.skew_ms());
    assert_eq!(asked.load(Ordering::SeqCst), 1);
}

/// A gateway stamps its answers, each of which takes a while: the question takes longer than any of them.
#[test]
fn a_question_of_several_slow_requests_makes_no_clock_look_wrong() {
    let begun = Instant::now();
    let server = Server::new(move |request, wire| {
        sleep(Duration::from_millis(1_500));
        let now = NOW.plus(i64::try_from(begun.elapsed().as_millis()).unwrap());
        let date = now.format("Date: %a, %d %b %Y %H:%M:%S GMT\r\n", &TimeZone::UTC);
        let body = if request.head.contains("_field_caps") {
            json!({ "fields": {} }).to_string().into_bytes()
        } else {
            found("").2
        };
        say(wire, "200 OK", &date, &body)
    });
    let source = source(&server, u64::MAX);
    page(&source);
    assert!(server.requests().len() >= 3, "one request alone proves nothing");
    assert_eq!(source.skew_ms(), 0);
}

#[test]
fn a_search_that_ran_out_of_time_moves_no_cursor() {
    wait(async {
        let mut stage = Stage::new(Search::default());
        stage.engine(|engine| engine.create(INDICES[0], 1));
        stage.poll().await;
        for number in 0..3 {
            stage.write(INDICES[0], 0, &format!("d{number}"), 0, "INFO", [0, 0]);
        }
        stage.engine(|engine| engine.slow = true);
        let half = stage.poll().await;
        assert_eq!(half.notes, ["the search ran out of time: there is more"]);
        stage.engine(|engine| engine.slow = false);
        assert_eq!(half.lines.len() + stage.poll().await.lines.len(), 3);
        stage.whole().unwrap();
    });
}

#[test]
fn a_shard_that_is_nowhere_keeps_nobody_from_following_the_others() {
    wait(async {
        let mut stage = Stage::new(Search::default());
        stage.engine(|engine| {
            engine.create(INDICES[0], 1);
            engine.create(INDICES[1], 2);
            for number in 0..20 {
                engine.write(INDICES[1], number % 2, &format!("old{number}"), 0, "INFO", [0, 0]);
            }
            engine.absent = [0, 1].map(|number| (INDICES[1].to_owned(), number)).into();
        });
        stage.write(INDICES[0], 0, "before", 0, "INFO", [0, 0]);
        assert!(stage.poll().await.anew);
        for number in 0..3 {
            stage.write(INDICES[0], 0, &format!("d{number}"), 0, "INFO", [0, 0]);
            let arrivals = stage.poll().await;
            assert_eq!((arrivals.lines.len(), arrivals.anew, arrivals.skipped), (1, false, 0));
            assert!(!arrivals.notes.is_empty());
        }
        stage.engine(|engine| engine.absent.clear());
        stage.write(INDICES[1], 1, "back", 0, "INFO", [0, 0]);
        let arrivals = [stage.poll().await, stage.poll().await];
        assert!(arrivals[1].anew && arrivals[1].notes.is_empty());
        assert!(["back", "old0", "old19"].iter().all(|id| stage.seen.contains_key(*id)));
        stage.write(INDICES[1], 1, "next", 0, "INFO", [0, 0]);
        let arrivals = stage.poll().await;
        assert_eq!((arrivals.lines.len(), arrivals.anew), (1, false));
    });
}

#[test]
fn no_index_is_not_no_lines() {
    wait(async {
        let mut stage = Stage::new(Search::default());
        let arrivals = stage.poll().await;
        assert_eq!(arrivals.notes[0], "no index matches agent360-*");
        stage.engine(|engine| engine.create(INDICES[0], 1));
        stage.write(INDICES[0], 0, "first", 0, "INFO", [0, 0]);
        let arrivals = stage.poll().await;
        assert_eq!((arrivals.lines.len(), arrivals.notes.len()), (1, 0));
    });
}
