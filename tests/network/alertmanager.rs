//! Alertmanager's questions and answers over the wire: alone, and a pair that disagrees, is half down or hangs.

use a360::model::delivery::{Holdings, Routing};
use a360::model::endpoint::{Endpoint, Proxy};
use a360::model::fault::FetchError;
use a360::model::query::{Answer, Query};
use a360::model::silence::SilenceState;
use a360::source::alertmanager::Alertmanager;
use a360::text::Plain;
use a360::time::Timestamp;

use crate::server::{Request, Server, Then, Wire, mute, refused_url, say};

const NOW: Timestamp = Timestamp(1_795_388_290_123);
const GO_404: (&str, &str) = ("404 Not Found", "404 page not found\n");

fn source(urls: &[String]) -> Alertmanager {
    Alertmanager::new(urls.iter().map(|url| Endpoint { proxy: Proxy::None, ..Endpoint::new(url) }).collect())
}

/// Answers by the path before its `?`.
fn server(pages: Vec<(&'static str, &'static str, String)>) -> Server {
    Server::new(move |request: &Request, wire: &mut dyn Wire| -> Then {
        let path = request.head.split([' ', '?']).nth(1).unwrap_or_default();
        let found = pages.iter().find(|(known, ..)| *known == path);
        let (status, body) = found.map_or(GO_404, |(_, status, body)| (status, body.as_str()));
        say(wire, status, "", body.as_bytes())
    })
}

fn alert(fingerprint: &str, updated: u32, receiver: &str, silence: &str) -> String {
    format!(
        r#"{{"fingerprint":"{fingerprint}","labels":{{"alertname":"{fingerprint}","seen":"{updated}"}},"annotations":{{}},
        "receivers":[{{"name":"{receiver}"}}],"startsAt":"2026-11-20T12:00:00Z","updatedAt":"2026-11-20T13:00:0{updated}Z",
        "status":{{"state":"active","silencedBy":[{silence}],"inhibitedBy":[],"mutedBy":[]}}}}"#
    )
}

fn group(fingerprint: &str, muted_by: &str) -> String {
    format!(r#"{{"alerts":[{{"fingerprint":"{fingerprint}","status":{{"mutedBy":[{muted_by}]}}}}],"labels":{{}}}}"#)
}

fn silence(id: &str, state: &str, updated: u32) -> String {
    format!(
        r#"{{"id":"{id}","status":{{"state":"{state}"}},"updatedAt":"2026-11-20T13:00:0{updated}Z","comment":"c",
        "createdBy":"ada","startsAt":"2026-11-20T12:00:00Z","endsAt":"2026-11-20T14:00:00Z",
        "matchers":[{{"name":"a","value":"b","isRegex":false,"isEqual":true}}]}}"#
    )
}

fn holding(alerts: &[String], groups: &[String]) -> Server {
    server(vec![
        ("/api/v2/alerts", "200 OK", format!("[{}]", alerts.join(","))),
        ("/api/v2/alerts/groups", "200 OK", format!("[{}]", groups.join(","))),
    ])
}

async fn held(source: &Alertmanager) -> Holdings {
    source.ask(&Query::Held, NOW).await.unwrap().into_held().unwrap()
}

async fn fault(urls: &[String], query: &Query) -> FetchError {
    source(urls).ask(query, NOW).await.unwrap_err()
}

fn texts(list: &[Plain]) -> Vec<&str> {
    list.iter().map(Plain::as_str).collect()
}

/// A server that takes every question and answers none.
fn hanging() -> Server {
    Server::raw(mute)
}

#[tokio::test]
async fn two_that_disagree_make_one_picture() {
    let one = holding(
        &[alert("a", 1, "old", "\"s1\""), alert("b", 1, "x", "")],
        &[group("a", ""), group("b", "\"night\""), group("b", "\"lunch\"")],
    );
    let two =
        holding(&[alert("a", 2, "new", "\"s2\""), alert("c", 1, "x", "")], &[group("a", "\"night\""), group("c", "")]);
    for urls in [[one.url(), two.url()], [two.url(), one.url()]] {
        let holdings = held(&source(&urls)).await;
        assert_eq!(texts(&holdings.notes), [""; 0]);
        let [a, b, c] = &holdings.alerts[..] else { panic!("{holdings:?}") };
        assert_eq!(a.labels.get("seen").unwrap().as_str(), "2", "the newer one is shown");
        assert_eq!((texts(&a.receivers), a.silenced_by.len()), (vec!["new", "old"], 2));
        assert!(a.muted_by.is_empty(), "one of the two would tell of it");
        assert_eq!((b.fingerprint.as_str(), texts(&b.muted_by)), ("b", vec!["lunch", "night"]));
        assert!(c.muted_by.is_empty());
    }
}

#[tokio::test]
async fn what_is_asked_for_is_written_out() {
    let server = holding(&[], &[]);
    held(&source(&[server.url()])).await;
    let mut asked: Vec<_> =
        server.requests().iter().map(|request| request.head.lines().next().unwrap().to_owned()).collect();
    asked.sort();
    assert_eq!(
        asked,
        [
            "get /api/v2/alerts/groups?active=true&silenced=true&inhibited=true&muted=true http/1.1",
            "get /api/v2/alerts?active=true&silenced=true&inhibited=true&unprocessed=true http/1.1",
        ]
    );
}

#[tokio::test]
async fn one_that_is_down_is_a_note_and_both_are_a_failure() {
    let up = holding(&[alert("a", 1, "x", "")], &[]);
    let gone = refused_url();
    let broken = Server::saying("500 Internal Server Error", "", "\"the store is gone\\u001b\"\n");
    let holdings = held(&source(&[gone.clone(), up.url(), broken.url()])).await;
    assert_eq!(holdings.alerts.len(), 1);
    let host = |url: &str| url.trim_start_matches("http://").to_owned();
    let expected = [
        format!("{}: connection refused", host(&gone)),
        format!("{}: error 500: the store is gone^[", host(&broken.url())),
    ];
    assert_eq!(texts(&holdings.notes), expected);
    assert_eq!(fault(&[gone.clone(), broken.url()], &Query::Held).await, FetchError::Refused, "that of the first");
    assert_eq!(fault(&[broken.url(), gone], &Query::Held).await.to_string(), "error 500: the store is gone^[");
}

#[tokio::test]
async fn one_that_hangs_does_not_hold_up_the_other() {
    let (up, hangs) = (holding(&[alert("a", 1, "x", "")], &[]), hanging());
    let begun = std::time::Instant::now();
    let holdings = held(&source(&[hangs.url(), up.url()])).await;
    assert_eq!(holdings.alerts.len(), 1);
    let [note] = &holdings.notes[..] else { panic!("{:?}", holdings.notes) };
    assert!(note.starts_with(hangs.url().trim_start_matches("http://")) && note.contains("no answer within"), "{note}");
    assert!(begun.elapsed().as_secs() < 25, "the timeout of a request is 30 s");
}

#[tokio::test]
async fn one_that_refuses_does_not_cut_short_the_other() {
    let endpoint = |url: &str, timeout| Endpoint { proxy: Proxy::None, timeout, ..Endpoint::new(url) };
    let (short, hangs) = (std::time::Duration::from_millis(300), hanging());
    let pair = [endpoint(&refused_url(), short), endpoint(&hangs.url(), short)];
    let error = Alertmanager::new(pair.into()).ask(&Query::Held, NOW).await.unwrap_err();
    assert_eq!(error, FetchError::Refused);
    let alone = Alertmanager::new(vec![endpoint(&hangs.url(), short)]).ask(&Query::Held, NOW).await;
    assert_eq!(alone, Err(FetchError::Timeout(short)));
    let none = Alertmanager::new(Vec::new()).ask(&Query::Held, NOW).await;
    assert!(matches!(none, Err(FetchError::Unsupported(_))));
}

#[tokio::test]
async fn alerts_without_their_groups_are_still_alerts() {
    let alone = server(vec![
        ("/api/v2/alerts", "200 OK", format!("[{}]", alert("a", 1, "x", ""))),
        ("/api/v2/alerts/groups", "500 Internal Server Error", "\"no groups today\"".to_owned()),
    ]);
    let holdings = held(&source(&[alone.url()])).await;
    assert_eq!(holdings.alerts.len(), 1);
    let note = format!("{}: what is muted is not known: error 500: no groups today", &alone.url()[7..]);
    assert_eq!(texts(&holdings.notes), [note]);
    // The other way round nothing is known.
    let groups = server(vec![("/api/v2/alerts/groups", "200 OK", "[]".to_owned())]);
    assert!(matches!(fault(&[groups.url()], &Query::Held).await, FetchError::Foreign { .. }));
}

#[tokio::test]
async fn two_large_pages_do_not_wait_for_each_other() {
    // The client takes in one large answer at a time, until it has been read.
    let filler = "x".repeat(1_000);
    let many = |one: &dyn Fn(usize) -> String| format!("[{}]", (0..6_000).map(one).collect::<Vec<_>>().join(","));
    let alerts = many(&|n| format!(r#"{{"fingerprint":"{n}","labels":{{"a":"{filler}"}}}}"#));
    let groups =
        many(&|n| format!(r#"{{"alerts":[{{"fingerprint":"{n}","x":"{filler}","status":{{"mutedBy":["night"]}}}}]}}"#));
    assert!(alerts.len() > 5 << 20 && groups.len() > 5 << 20);
    let server = server(vec![("/api/v2/alerts", "200 OK", alerts), ("/api/v2/alerts/groups", "200 OK", groups)]);
    let holdings = held(&source(&[server.url()])).await;
    assert_eq!((holdings.alerts.len(), texts(&holdings.notes)), (6_000, vec![]));
    assert!(holdings.alerts.iter().all(|alert| texts(&alert.muted_by) == ["night"]));
}

#[tokio::test]
async fn silences_are_merged_by_id_and_one_server_is_enough() {
    let list = |silences: &[String]| vec![("/api/v2/silences", "200 OK", format!("[{}]", silences.join(",")))];
    let one = server(list(&[silence("x", "active", 1), silence("y", "pending", 1)]));
    let two = server(list(&[silence("x", "expired", 2), silence("z", "active", 1)]));
    for urls in [vec![one.url(), two.url()], vec![two.url(), refused_url(), one.url()]] {
        let silences = source(&urls).ask(&Query::Silences, NOW).await.unwrap().into_silences().unwrap();
        let seen: Vec<_> = silences.iter().map(|silence| (silence.id.as_str(), silence.state)).collect();
        let expected = [("z", SilenceState::Active), ("y", SilenceState::Pending), ("x", SilenceState::Expired)];
        assert_eq!(seen, expected);
    }
}

#[tokio::test]
async fn a_silence_that_the_server_cannot_list_is_told_in_its_words() {
    let words = "\"silence 0123 has multiple matcher sets which is not supported by this API version\"\n";
    let server = server(vec![
        ("/api/v2/silences", "500 Internal Server Error", words.to_owned()),
        ("/api/v2/alerts", "200 OK", "[]".to_owned()),
        ("/api/v2/alerts/groups", "200 OK", "null".to_owned()),
    ]);
    let error = fault(&[server.url()], &Query::Silences).await;
    assert_eq!(
        error.to_string(),
        "error 500: silence 0123 has multiple matcher sets which is not supported by this API version"
    );
    assert!(!error.is_outage(), "the rest works");
    assert_eq!(held(&source(&[server.url()])).await, Holdings::default());
}

#[tokio::test]
async fn the_routing_is_that_of_the_first_who_answers() {
    let status = |config: &str, version: &str| {
        let body = format!(r#"{{"config":{{"original":"{config}"}},"versionInfo":{{"version":"{version}"}}}}"#);
        server(vec![("/api/v2/status", "200 OK", body)])
    };
    let (one, two) = (status("route: 1\\n", ""), status("route: 2\\n", "0.31"));
    for (urls, version, config) in
        [([one.url(), two.url()], "", "route: 1\n"), ([refused_url(), two.url()], "0.31", "route: 2\n")]
    {
        let routing = source(&urls).ask(&Query::Routing, NOW).await.unwrap();
        let expected = Routing { version: version.into(), config: config.to_owned() };
        assert_eq!(routing, Answer::Routing(expected));
    }
}

#[tokio::test]
async fn what_is_no_alertmanager_says_so() {
    for (status, body, words) in [
        ("200 OK", "<html><title>Sign in</title>", "not an Alertmanager API: a web page “Sign in”"),
        ("200 OK", "", "not an Alertmanager API: an empty answer"),
        ("200 OK", r#"{"status":"success","data":[]}"#, "not an Alertmanager API: JSON of something else"),
        ("404 Not Found", "", "not an Alertmanager API: HTTP 404; is the path in the URL right?"),
        ("410 Gone", r#"{"status":"deprecated","error":"v1 is gone"}"#, "HTTP 410 “v1 is gone”; is the path"),
        ("401 Unauthorized", "no org id", "set the X-Scope-OrgID header to your tenant"),
        ("200 OK", "[{", "the answer was cut short"),
        ("503 Service Unavailable", "Limit of concurrent GET requests reached", "HTTP 503: Limit of concurrent"),
    ] {
        let server = Server::saying(status, "", body);
        for query in [Query::Held, Query::Silences, Query::Routing] {
            let said = fault(&[server.url()], &query).await.to_string();
            let list = query == Query::Routing && body == "[{";
            assert!(said.contains(if list { "JSON of something else" } else { words }), "{query:?}: {said}");
        }
    }
    assert!(matches!(fault(&[refused_url()], &Query::Rules).await, FetchError::Unsupported(_)));
}

#[tokio::test]
async fn a_skewed_clock_is_noticed_on_whichever_has_it() {
    // Ten minutes after NOW.
    let ahead = Server::saying("200 OK", "Date: Sun, 22 Nov 2026 23:08:10 GMT\r\n", "[]");
    let right = Server::saying("200 OK", "", "[]");
    let source = source(&[right.url(), ahead.url()]);
    assert_eq!(source.skew_ms(), 0);
    held(&source).await;
    let expected = 10 * 60_000;
    assert!((source.skew_ms() - expected).abs() < 3_000, "{}", source.skew_ms());
}

#[tokio::test]
async fn a_probe_says_what_is_there_of_each() {
    let server = server(vec![
        (
            "/api/v2/status",
            "200 OK",
            r#"{"cluster":{"status":"ready","peers":[{},{}]},"config":{"original":""},"versionInfo":{"version":""}}"#
                .into(),
        ),
        ("/api/v2/alerts", "200 OK", format!("[{}]", alert("a", 1, "x", ""))),
        ("/api/v2/silences", "200 OK", format!("[{},{}]", silence("x", "active", 1), silence("y", "expired", 1))),
    ]);
    let probes = source(&[server.url(), refused_url()]).probe(NOW).await;
    let [Ok(found), Err(FetchError::Refused)] = &probes[..] else { panic!("{probes:?}") };
    assert_eq!((found.version.as_str(), found.cluster.as_str(), found.members), ("", "ready", 2));
    assert_eq!((found.alerts, found.silences, found.skew_ms), (1, 1, 0));
}
