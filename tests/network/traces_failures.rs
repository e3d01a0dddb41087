//! What a Jaeger, or whatever stands before it, may do instead of answering, and what becomes of it.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use a360::model::endpoint::{Endpoint, Proxy};
use a360::model::fault::FetchError;
use a360::model::query::Query;
use a360::model::trace::TraceId;
use a360::source::jaeger::Jaeger;
use serde_json::json;

use crate::server::{Server, Then, mute, refused_url, reset, say};
use crate::traces::{NOW, found, ids, jaeger, not_found, ok, page, search, source, v1, v1_trace, v3, v3_trace};

fn queries() -> [Query; 5] {
    let sought = search("a", &[], 20);
    let Query::Traces { search, span } = sought.clone() else { panic!("a search") };
    [
        Query::Services,
        Query::Operations { service: "a".to_owned() },
        sought,
        Query::Sample { search, span },
        Query::Trace { id: TraceId(7) },
    ]
}

#[tokio::test]
async fn what_is_no_jaeger_says_so() {
    for (status, body, words, is_outage) in [
        ("200 OK", "<html><title>Sign in</title>", "not a Jaeger API: a web page “Sign in”; a login", true),
        ("200 OK", "", "not a Jaeger API: an empty answer", true),
        ("200 OK", r#"{"status":"success","data2":[]}"#, "not a Jaeger API: JSON of something else", true),
        ("200 OK", r#"{"services":["#, "the answer was cut short", true),
        ("404 Not Found", "404 page not found\n", "not a Jaeger API: HTTP 404 “404 page not found”; is the path", true),
        ("401 Unauthorized", "", "not signed in: the server wants to know who asks", true),
        ("403 Forbidden", "no tenant", "not allowed (403): no tenant", true),
        ("502 Bad Gateway", "<html><title>502 Bad Gateway</title></html>", "HTTP 502: 502 Bad Gateway", true),
        (
            "500 Internal Server Error",
            r#"{"data":null,"errors":[{"code":500,"msg":"elasticsearch: all shards failed"}]}"#,
            "HTTP 500: elasticsearch: all shards failed",
            true,
        ),
        (
            "500 Internal Server Error",
            r#"{"error":{"httpCode":500,"message":"plugin: gone"}}"#,
            "HTTP 500: plugin: gone",
            true,
        ),
        (
            "501 Not Implemented",
            r#"{"errors":[{"code":501,"msg":"not configured"}]}"#,
            "error 501: not configured",
            false,
        ),
        ("429 Too Many Requests", "", "too many requests (429), waiting 10s", true),
    ] {
        let server = Server::saying(status, "Content-Type: text/plain\r\n", body);
        for query in queries() {
            let fault = source(&server.url()).ask(&query, NOW).await.unwrap_err();
            assert!(fault.to_string().contains(words), "{query:?}: {fault}");
            assert_eq!(fault.is_outage(), is_outage, "{fault}");
        }
    }
    for query in queries() {
        let fault = source(&refused_url()).ask(&query, NOW).await.unwrap_err();
        assert_eq!(fault, FetchError::Refused);
    }
}

#[tokio::test]
async fn half_an_answer_is_never_a_whole_one() {
    let whole = [v3(&[v3_trace(7, "a", 5, false)]).1, v1(&[v1_trace(7, "a", 5, false)]).1];
    for (body, is_v3) in whole.into_iter().zip([true, false]) {
        // Cut in the body, which is told by its length, and cut by whoever wrote it, which is not.
        for short_length in [true, false] {
            let half = body.as_bytes()[..body.len() - 9].to_vec();
            let length = if short_length { half.len() } else { body.len() };
            let server = Server::new(move |request, wire| {
                let head = &request.head;
                if head.contains("/api/v3/services") {
                    return if is_v3 { say(wire, "200 OK", "", b"{}") } else { say(wire, "404 Not Found", "", b"") };
                }
                if head.contains("/api/services") {
                    return say(wire, "200 OK", "", br#"{"data":[]}"#);
                }
                if head.contains("summaries") {
                    return say(wire, "404 Not Found", "", b"");
                }
                let _ = write!(wire, "HTTP/1.1 200 OK\r\nContent-Length: {length}\r\n\r\n");
                let _ = wire.write_all(&half);
                Then::Close
            });
            for query in &queries()[2..] {
                let fault = source(&server.url()).ask(query, NOW).await.unwrap_err();
                assert_eq!(fault, FetchError::Truncated, "{query:?}");
            }
        }
    }
}

#[tokio::test]
async fn a_server_that_hangs_or_resets_is_given_up_in_time() {
    let endpoint =
        |url: &str| Endpoint { proxy: Proxy::None, timeout: Duration::from_millis(300), ..Endpoint::new(url) };
    let mute = Server::raw(mute);
    let fault = Jaeger::new(endpoint(&mute.url())).ask(&Query::Services, NOW).await.unwrap_err();
    assert_eq!(fault, FetchError::Timeout(Duration::from_millis(300)));
    let rude = Server::raw(|stream| reset(stream, b""));
    let fault = Jaeger::new(endpoint(&rude.url())).ask(&Query::Services, NOW).await.unwrap_err();
    assert!(matches!(fault, FetchError::Broken(_)), "{fault:?}");
}

#[tokio::test]
async fn three_gigabytes_are_not_taken_in_and_fewer_traces_are_asked_for() {
    let asked = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&asked);
    let server = Server::new(move |request, wire| {
        let head = &request.head;
        let whole = head.contains("/api/v3/traces/") || head.contains("depth=20&") || head.contains("depth=1&");
        match () {
            () if head.contains("/api/v3/services") => say(wire, "200 OK", "", b"{}"),
            () if head.contains("summaries") => say(wire, "404 Not Found", "", b""),
            () if whole => {
                count.fetch_add(1, Ordering::SeqCst);
                let _ = write!(wire, "HTTP/1.1 200 OK\r\nContent-Length: 3221225472\r\n\r\n{{");
                Then::Close
            }
            () => say(wire, "200 OK", "", v3(&[v3_trace(7, "a", 5, false)]).1.as_bytes()),
        }
    });
    let source = source(&server.url());
    let too_large = FetchError::TooLarge { limit: 64 << 20 };
    assert_eq!(source.ask(&Query::Trace { id: TraceId(7) }, NOW).await.unwrap_err(), too_large);
    let some = found(&source, &search("a", &[], 20)).await;
    assert_eq!((some.traces.len(), some.is_limited), (1, true));
    assert_eq!(some.notes[0].as_str(), "answer larger than 64 MiB: only 2 traces were asked for");
    assert_eq!(source.ask(&search("a", &[], 1), NOW).await.unwrap_err(), too_large);
    assert_eq!(asked.load(Ordering::SeqCst), 3);
}

#[tokio::test]
async fn without_a_length_three_gigabytes_stop_at_the_limit_too() {
    let server = Server::new(|_, wire| {
        let _ = wire.write_all(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
        let chunk = [b"10000\r\n".as_slice(), &[b' '; 0x1_0000], b"\r\n"].concat();
        while wire.write_all(&chunk).is_ok() {}
        Then::Close
    });
    let endpoint = Endpoint { proxy: Proxy::None, max_answer: 1 << 20, ..Endpoint::new(&server.url()) };
    let fault = Jaeger::new(endpoint).ask(&Query::Services, NOW).await.unwrap_err();
    assert_eq!(fault, FetchError::TooLarge { limit: 1 << 20 });
}

#[tokio::test]
async fn a_server_that_comes_back_as_another_is_met_anew() {
    let age = Arc::new(AtomicUsize::new(0));
    let now = Arc::clone(&age);
    let server = jaeger(move |path, _| match (now.load(Ordering::SeqCst), path) {
        (0, "/api/services") => ok(&json!({ "data": ["a"] })),
        (0, "/api/traces") => v1(&[v1_trace(1, "a", 1, false)]),
        (1, _) => ("503 Service Unavailable", String::new()),
        (2, "/api/v3/services") => ok(&json!({ "services": ["a"] })),
        (2, "/api/v3/traces") => v3(&[v3_trace(2, "a", 1, false)]),
        (3, "/api/v3/services") => ok(&json!({ "services": ["a"] })),
        (3, "/api/v3/trace-summaries") => ok(&json!({ "summaries": [{ "traceId": "3" }] })),
        _ => page(),
    });
    let source = source(&server.url());
    let query = search("a", &[], 5);
    let id = async || found(&source, &query).await.traces[0].id.0;
    assert_eq!(id().await, 1);
    // Replaced between two questions: the page of its UI is where the list was.
    age.store(2, Ordering::SeqCst);
    assert_eq!(id().await, 2);
    // Away, and back as the next one.
    age.store(1, Ordering::SeqCst);
    assert!(matches!(source.ask(&query, NOW).await, Err(FetchError::Status { code: 503, .. })));
    age.store(3, Ordering::SeqCst);
    assert_eq!(id().await, 3);
}

#[tokio::test]
async fn summaries_that_fail_are_a_failure_and_those_that_are_missing_are_not() {
    for (said, fails) in [
        (("404 Not Found", "404 page not found".to_owned()), false),
        (("405 Method Not Allowed", String::new()), false),
        (("501 Not Implemented", r#"{"error":{"message":"not by this storage"}}"#.to_owned()), false),
        (page(), false),
        (("500 Internal Server Error", r#"{"error":{"message":"storage is away"}}"#.to_owned()), true),
    ] {
        let server = jaeger(move |path, _| match path {
            "/api/v3/services" => ok(&json!({ "services": ["a"] })),
            "/api/v3/trace-summaries" => said.clone(),
            "/api/v3/traces" => v3(&[v3_trace(7, "a", 5, true)]),
            _ => not_found(),
        });
        let source = source(&server.url());
        match source.ask(&search("a", &[], 20), NOW).await {
            Ok(answer) => {
                let found = answer.into_traces().unwrap();
                assert!(!fails && found.traces.len() == 1 && found.traces[0].errors == 1);
            }
            Err(fault) => assert!(fails && fault.to_string() == "HTTP 500: storage is away", "{fault}"),
        }
    }
}

#[tokio::test]
async fn errors_beside_an_answer_are_told() {
    let server = jaeger(|path, query| match path {
        "/api/services" => ok(&json!({ "data": ["a"] })),
        "/api/traces" if query.contains("service=a") => {
            let errors = json!([{ "code": 500, "msg": "one shard is away" }]);
            ok(&json!({ "data": [v1_trace(7, "a", 5, false)], "errors": errors }))
        }
        "/api/traces" => ok(&json!({ "data": [], "errors": [{ "msg": "all are away" }] })),
        _ => page(),
    });
    let source = source(&server.url());
    let some = found(&source, &search("a", &[], 20)).await;
    assert_eq!((some.traces.len(), some.notes[0].as_str()), (1, "one shard is away"));
    let fault = source.ask(&search("b", &[], 20), NOW).await.unwrap_err();
    assert_eq!(fault.to_string(), "error: all are away");
}

#[tokio::test]
async fn one_service_whose_storage_fails_does_not_hide_the_others() {
    let server = jaeger(|path, query| match path {
        "/api/v3/services" => ok(&json!({ "services": ["a", "bad", "c"] })),
        "/api/v3/traces" if query.contains("=bad") => {
            ("500 Internal Server Error", r#"{"error":{"httpCode":500,"message":"too many buckets"}}"#.to_owned())
        }
        "/api/v3/traces" if query.contains("=c&") => v3(&[v3_trace(8, "c", 6, false)]),
        "/api/v3/traces" => v3(&[v3_trace(7, "a", 5, false)]),
        _ => page(),
    });
    let source = source(&server.url());
    let found = found(&source, &search("", &[], 20)).await;
    assert_eq!((ids(&found), found.notes[0].as_str()), (vec![8, 7], "bad: HTTP 500: too many buckets"));
}

#[tokio::test]
async fn a_server_that_is_overrun_keeps_what_it_has_said_and_is_asked_no_more() {
    let server = jaeger(|path, query| match path {
        "/api/v3/services" => ok(&json!({ "services": ["a", "b", "c", "d", "e"] })),
        "/api/v3/traces" if query.contains("=a&") => v3(&[v3_trace(7, "a", 5, false)]),
        "/api/v3/traces" => ("503 Service Unavailable", r#"{"error":{"httpCode":503,"message":"away"}}"#.to_owned()),
        _ => page(),
    });
    let source = source(&server.url());
    let found = found(&source, &search("", &[], 20)).await;
    let notes: Vec<&str> = found.notes.iter().map(|note| note.as_str()).collect();
    let left = "2 of 5 services were asked; name one to see its traces";
    assert_eq!((ids(&found), notes), (vec![7], vec!["b: HTTP 503: away", left]));
    assert!(server.requests().iter().all(|request| !request.head.contains("=c&")));
    assert!(source.ask(&search("b", &[], 20), NOW).await.unwrap_err().is_outage());
}

#[tokio::test]
async fn a_failure_that_comes_between_two_questions_says_nothing_of_the_server() {
    let server = jaeger(|path, query| match path {
        "/api/services" => ok(&json!({ "data": ["a"] })),
        "/api/traces" if query.contains("error") => v1(&[]),
        // It has just begun.
        "/api/traces" => v1(&[v1_trace(1, "a", NOW.0 * 1_000 - 5_000_000, true)]),
        _ => page(),
    });
    let source = source(&server.url());
    let failing = search("a", &[("error", "true")], 5);
    for _ in 0..3 {
        assert_eq!(ids(&found(&source, &failing).await), [1]);
    }
    let with_error = server.requests().iter().filter(|request| request.head.contains("error")).count();
    assert_eq!(with_error, 3, "it is asked again whether it finds them");
}
