//! Every recording is whole, answers a question that is asked, and is read by whatever reads such answers.
//!
//! `FAMILIES` says what is asserted of whose answers. A capability that brings a decoder puts it to use there: an answer
//! that no decoder wants fails, unless the table says that nothing reads it yet.

use std::collections::{BTreeMap, BTreeSet};

use a360::model::endpoint::{Endpoint, Proxy};
use a360::model::engine::Engine;
use a360::model::fault::FetchError;
use a360::model::log::Search;
use a360::model::query::Query;
use a360::model::window::{Part, Progress, Span, Window};
use a360::source::alertmanager::{Alertmanager, decode as am};
use a360::source::elasticsearch::Elasticsearch;
use a360::source::prometheus::{Flavour, Prometheus, decode};
use a360::text::Plain;
use a360::time::{Range, Timestamp};
use serde_json::Value;

use crate::recordings::{Answer, answer, every, questions, stack};
use crate::server::{Server, say};
use crate::traces_recorded;

const NOW: Timestamp = Timestamp(1_795_176_700_000);

/// Servers that are asked the same and answer alike.
struct Family {
    /// How their names begin.
    servers: &'static str,
    /// Their file in `tests/stack/questions`.
    questions: &'static str,
    /// What must be true of every answer.
    check: fn(&Answer),
}

const FAMILIES: [Family; 8] = [
    Family { servers: "prometheus-", questions: "prometheus", check: prometheus },
    Family { servers: "victoria-metrics", questions: "prometheus", check: prometheus },
    Family { servers: "alertmanager-", questions: "alertmanager", check: alertmanager },
    Family { servers: "elasticsearch-9.2-security", questions: "security", check: search_engine },
    Family { servers: "elasticsearch-7.17-security", questions: "security", check: search_engine },
    Family { servers: "elasticsearch-", questions: "search-engine", check: search_engine },
    Family { servers: "opensearch-", questions: "search-engine", check: search_engine },
    Family { servers: "jaeger-", questions: "jaeger", check: traces_recorded::jaeger },
];

fn family(server: &str) -> &'static Family {
    let found = FAMILIES.iter().find(|family| server.starts_with(family.servers));
    found.unwrap_or_else(|| panic!("nothing is known of {server}"))
}

#[test]
fn every_answer_is_read() {
    for answer in every() {
        (family(&answer.server).check)(&answer);
    }
}

#[test]
fn every_answer_is_whole_and_of_the_server_it_names() {
    let versions = stack("versions");
    let version = |server: &str| {
        let mut lines = versions.lines().map(|line| line.split_whitespace().collect::<Vec<_>>());
        let line = lines.find(|words| words.first() == Some(&server.trim_end_matches("-security")));
        line.unwrap_or_else(|| panic!("{server} is not in tests/stack/versions"))[3].trim_start_matches('v').to_owned()
    };
    for answer in every() {
        assert_eq!(answer.version, version(&answer.server), "{}", answer.place());
        let length = answer.header("content-length").and_then(|length| length.parse().ok());
        assert_eq!(length, Some(answer.body.len()), "{}", answer.place());
        assert!(answer.path.starts_with('/') && answer.method.chars().all(|c| c.is_ascii_uppercase()));
        assert!(answer.sent.is_some() || answer.method != "POST" || answer.path.contains("keep_alive"));
        assert!(answer.user.is_none() || answer.server.ends_with("-security"), "{}", answer.place());
    }
}

#[test]
fn every_question_has_its_answer_and_every_answer_its_question() {
    let mut found: BTreeMap<String, BTreeSet<(String, u16)>> = BTreeMap::new();
    for answer in every() {
        found.entry(answer.server).or_default().insert((answer.name, answer.status));
    }
    assert!(found.len() >= 14, "{:?}", found.keys());
    for (server, answers) in &found {
        let asked = questions(family(server).questions).into_iter().filter(|question| question.is_for(server));
        let asked: BTreeSet<_> = asked.map(|question| (question.name, question.status)).collect();
        assert_eq!(*answers, asked, "{server}: record it again: tests/stack/record {server}");
    }
}

#[test]
fn recordings_are_small_and_say_nothing_of_the_machine() {
    let answers = every();
    let size: usize = answers.iter().map(|answer| answer.body.len()).sum();
    assert!(size < 1_500_000, "{size} bytes");
    let here = env!("CARGO_MANIFEST_DIR");
    for answer in answers {
        let text = String::from_utf8_lossy(&answer.body);
        for word in [here, "/tmp/", "/home/", "/root/"] {
            assert!(!text.contains(word), "{} has {word}", answer.place());
        }
    }
}

/// Paths of which nothing reads the answers yet; they must be successes in Prometheus' envelope.
const UNREAD: [&str; 8] = [
    "/api/v1/label",
    "/api/v1/series",
    "/api/v1/metadata",
    "/api/v1/targets",
    "/api/v1/query_exemplars",
    "/api/v1/status/tsdb",
    "/api/v1/status/runtimeinfo",
    "/api/v1/status/walreplay",
];

fn prometheus(answer: &Answer) {
    let (place, body) = (answer.place(), answer.body.as_slice());
    if !answer.is_success() {
        return refusal(answer);
    }
    match answer.path.split('?').next().unwrap_or_default() {
        "/api/v1/query_range" => {
            let window = Window { start: 0, end: 0, step: 20_000, part: Part::Whole };
            decode::range(body, window).unwrap_or_else(|fault| panic!("{place}: {fault}"));
        }
        "/api/v1/query" => match decode::instant(body) {
            Ok(_) => {}
            // What is neither a number nor a set of them.
            Err(FetchError::Unsupported(_)) if matches!(answer.name.as_str(), "string" | "range-selector") => {}
            Err(fault) => panic!("{place}: {fault}"),
        },
        "/api/v1/rules" => {
            let page = decode::rules(body).unwrap_or_else(|fault| panic!("{place}: {fault}"));
            assert_eq!(page.groups.is_empty(), answer.server == "victoria-metrics", "{place}");
            assert!(page.next.is_none() || answer.name == "rules-paged", "{place}");
        }
        "/api/v1/alerts" => drop(decode::alerts(body).unwrap_or_else(|fault| panic!("{place}: {fault}"))),
        // `each_server_is_known_by_what_it_says_of_itself` reads it.
        "/api/v1/status/buildinfo" => assert_eq!(answer.json()["status"], "success", "{place}"),
        "/-/ready" => assert!(body.ends_with(b"is Ready.\n"), "{place}"),
        path => {
            assert!(UNREAD.iter().any(|known| path.starts_with(known)), "{place}: nothing reads {path}");
            assert_eq!(answer.json()["status"], "success", "{place}");
        }
    }
}

/// The same answer to a question of ours must become the right kind of error.
fn refusal(recorded: &Answer) {
    let (place, status, body) = (recorded.place(), recorded.status_line.clone(), recorded.body.clone());
    let server = Server::new(move |_, wire| say(wire, &status, "", &body));
    let query = Query::Instant { expr: "up".to_owned(), at: None };
    let fault = wait(async { source(&server).ask(&query, Progress::default(), NOW).await.unwrap_err() });
    let FetchError::Server { kind, message } = &fault else {
        assert!(matches!(fault, FetchError::Foreign { .. }), "{place}: {fault:?}");
        assert!(matches!(recorded.status, 404 | 405), "{place}: {fault}");
        return;
    };
    if recorded.header("content-type").is_some_and(|kind| kind.starts_with("application/json")) {
        let said = recorded.json();
        assert_eq!(message.as_str(), said["error"], "{place}");
        // VictoriaMetrics repeats the status there.
        let own = said["errorType"].as_str().filter(|kind| kind.parse::<u16>().is_err());
        assert_eq!(kind, own.unwrap_or("execution"), "{place}");
    } else {
        assert_eq!((kind.as_str(), recorded.status), ("bad_data", 400), "{place}");
    }
}

#[test]
fn each_server_is_known_by_what_it_says_of_itself() {
    for (name, flavour, version) in [
        ("prometheus-2.42", Flavour::Prometheus, "2.42.0+ds"),
        ("prometheus-3.14", Flavour::Prometheus, ""),
        ("victoria-metrics", Flavour::VictoriaMetrics, ""),
    ] {
        let [query, build, other] = ["vector", "buildinfo", "unknown-path"].map(|question| answer(name, question));
        let server = Server::new(move |request, wire| {
            let path = request.head.split(' ').nth(1);
            let recorded = [&query, &build].into_iter().find(|known| path == Some(known.path.as_str()));
            let recorded = recorded.unwrap_or(&other);
            say(wire, &recorded.status_line, "", &recorded.body)
        });
        let probe = wait(async { source(&server).probe(NOW).await.unwrap() });
        assert_eq!((probe.flavour, probe.version.as_str()), (flavour, version), "{name}");
    }
}

fn source(server: &Server) -> Prometheus {
    Prometheus::new(Endpoint { proxy: Proxy::None, ..Endpoint::new(&server.url()) })
}

pub fn wait<T>(work: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(work)
}

/// What is asked to read is decoded; answers to what changes silences or alerts are in the forms that are known.
fn alertmanager(answer: &Answer) {
    let place = answer.place();
    let read = |result: Result<usize, FetchError>| result.unwrap_or_else(|fault| panic!("{place}: {fault}"));
    let body = answer.body.as_slice();
    if !answer.is_success() {
        return alertmanager_refusal(answer);
    }
    match (answer.method.as_str(), answer.path.split('?').next().unwrap_or_default()) {
        ("GET", "/api/v2/alerts") => {
            let alerts = read(am::alerts(body).map(|page| page.alerts.len()));
            assert_eq!(alerts, answer.json().as_array().expect("a list").len(), "{place}");
        }
        ("GET", "/api/v2/alerts/groups") => drop(read(am::mutings(body).map(|_| 0))),
        ("GET", "/api/v2/silences") => {
            let silences = read(am::silences(body).map(|silences| silences.len()));
            assert_eq!(silences, answer.json().as_array().expect("a list").len(), "{place}");
        }
        // One, in the form that the list has them.
        ("GET", path) if path.starts_with("/api/v2/silence/") => {
            assert_eq!(read(am::silences(&[b"[", body, b"]"].concat()).map(|silences| silences.len())), 1, "{place}");
        }
        ("GET", "/api/v2/status") => {
            let status = am::status(body).unwrap_or_else(|fault| panic!("{place}: {fault}"));
            let said = status.routing.version.as_str();
            assert!(said.is_empty() || said.starts_with(&answer.version), "{place}");
            assert!(status.routing.config.contains("receiver: team\n"), "{place}");
            assert_eq!((status.cluster.as_str(), status.members), ("disabled", 0), "{place}");
        }
        // The API that is gone from newer ones.
        ("GET", "/api/v1/alerts") => assert!(matches!(am::alerts(body), Err(FetchError::Foreign { .. })), "{place}"),
        ("GET", "/-/ready") | ("DELETE", _) => {}
        // Nothing reads these yet.
        ("GET", "/api/v2/receivers") | ("POST", _) => {
            let body = answer.json();
            assert!(body.is_array() || body.is_object(), "{place}");
        }
        (method, path) => panic!("{place}: nothing reads {method} {path}"),
    }
}

/// The same answer to a question of ours must become the right kind of error, with the server's own words.
fn alertmanager_refusal(recorded: &Answer) {
    let (place, status, body) = (recorded.place(), recorded.status_line.clone(), recorded.body.clone());
    let server = Server::new(move |_, wire| say(wire, &status, "", &body));
    let endpoint = Endpoint { proxy: Proxy::None, ..Endpoint::new(&server.url()) };
    let fault = wait(async { Alertmanager::new(vec![endpoint]).ask(&Query::Silences, NOW).await.unwrap_err() });
    let said = if recorded.body.is_empty() { Value::Null } else { recorded.json() };
    let words = said.as_str().or(said["message"].as_str()).or(said["error"].as_str());
    match &fault {
        FetchError::Server { kind, message } => {
            assert_eq!(Some(message.as_str()), words.map(Plain::new).as_deref(), "{place}");
            assert_eq!(kind.as_str(), format!("error {}", recorded.status), "{place}");
        }
        FetchError::Foreign { found, .. } => {
            assert!(matches!(recorded.status, 404 | 405 | 410), "{place}: {fault}");
            assert!(found.contains(words.unwrap_or_default()), "{place}: {fault}");
        }
        _ => panic!("{place}: {fault:?}"),
    }
}

/// Searches are read; of the others, that an error is an object or a string, beside the status once more.
fn search_engine(answer: &Answer) {
    let (place, body) = (answer.place(), answer.json());
    assert!(body.is_object(), "{place}");
    // Whoever may not ask is not told either what product this is.
    let product = answer.header("x-elastic-product").is_some();
    let refused = matches!(answer.status, 401 | 403);
    assert_eq!(product, answer.server.starts_with("elasticsearch") && !refused, "{place}");
    // These say what was not found in the words of a success.
    let finds_nothing = matches!(answer.name.as_str(), "document-missing" | "pit-close-again");
    if !answer.is_success() && !finds_nothing {
        assert_eq!(body["status"], answer.status, "{place}");
        assert!(body["error"].is_string() || body["error"]["type"].is_string(), "{place}");
    }
    if answer.path.contains("/_search?") || answer.path.ends_with("/_search") {
        search(answer, &body);
    }
    if answer.name == "version" {
        let versions = body["nodes"].as_object().expect("nodes").values().map(|node| node["version"].as_str());
        assert!(versions.eq([Some(answer.version.as_str())]), "{place}");
    }
}

/// The same answer to a question of ours becomes as many lines, or the right kind of error.
fn search(recorded: &Answer, said: &Value) {
    let (place, status, body) = (recorded.place(), recorded.status_line.clone(), recorded.body.clone());
    let server = Server::new(move |request, wire| match request.head.contains("_field_caps") {
        true => say(wire, "200 OK", "", b"{}"),
        false => say(wire, &status, "", &body),
    });
    let endpoint = Endpoint { proxy: Proxy::None, ..Endpoint::new(&server.url()) };
    let source = Elasticsearch::new(Engine { endpoint, ..Engine::new("") });
    let span = Span::Fixed(Range::new(Timestamp(0), NOW));
    let query = Query::Lines { search: Search::default(), span, before: None, limit: 1_000 };
    match wait(source.ask(&query, Progress::default(), NOW)) {
        Ok(page) => {
            let page = page.into_lines().unwrap();
            let hits = said["hits"]["hits"].as_array().map_or(0, Vec::len);
            assert!(recorded.is_success() && page.lines.len() == hits, "{place}: {page:?}");
            let sourced = |hit: &Value| hit.get("_source").is_none() || hit["_source"].get("@timestamp").is_some();
            assert!(page.lines.iter().all(|line| !line.id.is_empty() && line.at > 0), "{place}");
            if said["hits"]["hits"].as_array().is_some_and(|hits| hits.iter().all(sourced)) && hits > 0 {
                let named = page.lines.iter().filter(|line| !line.message.is_empty()).count();
                assert!(
                    named == hits || recorded.name.starts_with("pit") || recorded.name == "search-fields",
                    "{place}"
                );
            }
        }
        Err(fault) => {
            assert!(!recorded.is_success(), "{place}: {fault}");
            let right = match recorded.status {
                401 => matches!(fault, FetchError::Unauthorized(_)),
                403 => matches!(fault, FetchError::Forbidden(_)),
                // The breakers of the recordings are those that pass: it is asked again soon.
                429 => matches!(fault, FetchError::Status { code: 429, .. }) && fault.may_pass(),
                _ => matches!(fault, FetchError::Server { .. }),
            };
            assert!(right, "{place}: {fault:?}");
        }
    }
}
