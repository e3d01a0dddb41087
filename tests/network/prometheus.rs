//! Prometheus' questions and answers over the wire, from servers that are starting, limited, or something else.

use a360::model::endpoint::{Endpoint, Proxy};
use a360::model::fault::FetchError;
use a360::model::query::{Answer, Query};
use a360::model::series::Frame;
use a360::model::window::{Part, Progress, Span};
use a360::source::prometheus::{Flavour, Prometheus};
use a360::time::{HOUR, MINUTE, Range, SECOND, Timestamp};

use crate::server::{Request, Server, Then, Wire, refused_url, say};

const NOW: Timestamp = Timestamp(1_795_388_290_123);
const EMPTY: &str = r#"{"status":"success","data":{"resultType":"matrix","result":[]}}"#;

fn source(url: &str) -> Prometheus {
    Prometheus::new(Endpoint { proxy: Proxy::None, ..Endpoint::new(url) })
}

fn range(expr: &str, span: Span, step: i64) -> Query {
    Query::Range { expr: expr.to_owned(), span, step }
}

fn live(expr: &str) -> Query {
    range(expr, Span::Live { length: HOUR }, 20 * SECOND)
}

fn instant() -> Query {
    Query::Instant { expr: "up".to_owned(), at: None }
}

async fn frame(source: &Prometheus, query: &Query, progress: Progress, now: Timestamp) -> Frame {
    match source.ask(query, progress, now).await.unwrap() {
        Answer::Frame(frame) => frame,
        other => panic!("{other:?}"),
    }
}

async fn fault(url: &str, query: &Query) -> FetchError {
    source(url).ask(query, Progress::default(), NOW).await.unwrap_err()
}

async fn words(status: &'static str, headers: &'static str, body: &'static str) -> String {
    fault(&Server::saying(status, headers, body).url(), &instant()).await.to_string()
}

/// Answers by path; what is not listed is a 404 as Go says it.
fn paths(list: Vec<(&'static str, &'static str)>) -> impl Fn(&Request, &mut dyn Wire) -> Then {
    move |request, wire| {
        let path = request.head.split(' ').nth(1).unwrap_or_default();
        match list.iter().find(|(known, _)| *known == path) {
            Some((_, body)) => say(wire, "200 OK", "", body.as_bytes()),
            None => say(wire, "404 Not Found", "Content-Type: text/plain\r\n", b"404 page not found\n"),
        }
    }
}

#[tokio::test]
async fn a_live_chart_asks_whole_then_the_head_then_the_tail() {
    let server = Server::saying("200 OK", "", EMPTY);
    let source = source(&server.url());
    let query = live("up");
    let whole = frame(&source, &query, Progress::default(), NOW).await.window;
    let progress = Progress::default().advance(whole);
    let head = frame(&source, &query, progress.clone(), NOW.plus(SECOND)).await.window;
    let tail = frame(&source, &query, progress, NOW.plus(20 * SECOND)).await.window;
    assert_eq!((whole.part, head.part), (Part::Whole, Part::Head));
    assert!(matches!(tail.part, Part::Tail { .. }));
    let bodies: Vec<_> = server.requests().into_iter().map(|request| request.body).collect();
    assert_eq!(bodies[0], "query=up&start=1795384680&end=1795388280&step=20");
    assert_eq!(bodies[1], "query=up&start=1795388291.123&end=1795388291.123&step=20");
    assert_eq!(bodies[2], "query=up&start=1795388140&end=1795388300&step=20");
}

#[tokio::test]
async fn an_expression_of_the_ends_is_always_asked_whole() {
    let server = Server::saying("200 OK", "", EMPTY);
    let source = source(&server.url());
    let query = live("up @ end()");
    let whole = frame(&source, &query, Progress::default(), NOW).await.window;
    let again = frame(&source, &query, Progress::default().advance(whole), NOW.plus(SECOND)).await.window;
    assert_eq!(again.part, Part::Whole);
}

#[tokio::test]
async fn a_live_chart_ends_at_the_servers_now() {
    let date = "2026-11-23T05:08:10Z".parse::<jiff::Timestamp>().unwrap();
    let server_now = Timestamp(date.as_millisecond());
    let server = Server::saying("200 OK", "Date: Mon, 23 Nov 2026 05:08:10 GMT\r\n", EMPTY);
    let source = source(&server.url());
    let ours = server_now.plus(-10 * MINUTE);
    frame(&source, &live("up"), Progress::default(), ours).await;
    let second = frame(&source, &live("up"), Progress::default(), ours).await.window;
    assert!((second.end - server_now.0).abs() <= 40 * SECOND, "{second:?}");
}

#[tokio::test]
async fn a_fixed_range_is_asked_as_it_is_and_eleven_thousand_is_the_end() {
    let server = Server::saying("200 OK", "", EMPTY);
    let source = source(&server.url());
    let span = |points: i64| Span::Fixed(Range::new(Timestamp(1_500), Timestamp(1_500 + (points - 1) * SECOND)));
    frame(&source, &range("up", span(11_001), SECOND), Progress::default(), NOW).await;
    assert_eq!(server.requests()[0].body, "query=up&start=1.500&end=11001.500&step=1");
    let error = source.ask(&range("up", span(11_002), SECOND), Progress::default(), NOW).await.unwrap_err();
    assert_eq!(error.to_string(), "11002 points; a server gives at most 11,000: ask for a larger step");
    assert!(!error.is_outage());
    assert_eq!(server.requests().len(), 1);
}

#[tokio::test]
async fn a_moment_is_sent_only_when_it_is_meant() {
    let body = r#"{"status":"success","data":{"resultType":"vector","result":[]}}"#;
    let server = Server::saying("200 OK", "", body);
    let source = source(&server.url());
    let asker = source.clone();
    tokio::spawn(async move { asker.ask(&instant(), Progress::default(), NOW).await }).await.unwrap().unwrap();
    let then = Query::Instant { expr: "up".to_owned(), at: Some(Timestamp(1_500)) };
    source.ask(&then, Progress::default(), NOW).await.unwrap();
    let requests = server.requests();
    assert!(requests[0].head.starts_with("post /api/v1/query http/1.1"));
    assert_eq!((requests[0].body.as_str(), requests[1].body.as_str()), ("query=up", "query=up&time=1.500"));
}

#[tokio::test]
async fn a_refused_question_keeps_the_servers_words_and_the_position() {
    let parse = r#"{"status":"error","errorType":"bad_data","error":"invalid parameter \"query\": 1:4: parse error: unexpected end of input"}"#;
    let server = Server::saying("400 Bad Request", "", parse);
    let error = fault(&server.url(), &instant()).await;
    assert_eq!(error.to_string(), "bad_data: invalid parameter \"query\": 1:4: parse error: unexpected end of input");
    assert!(!error.is_outage());
    let many = r#"{"status":"error","errorType":"execution","error":"many-to-many matching not allowed"}"#;
    assert_eq!(words("422 Unprocessable Entity", "", many).await, "execution: many-to-many matching not allowed");
    let gone = r#"{"status":"error","errorType":"canceled","error":"query was canceled"}"#;
    assert_eq!(words("499 Client Closed", "", gone).await, "canceled: query was canceled");
}

#[tokio::test]
async fn a_server_that_replays_its_log_is_starting() {
    let server = Server::new(|request, wire| match request.head.contains("walreplay") {
        true => {
            let body = br#"{"status":"success","data":{"min":0,"max":10,"current":3}}"#;
            say(wire, "200 OK", "", body)
        }
        false => say(wire, "503 Service Unavailable", "X-Prometheus-Stopping: false\r\n", b"Service Unavailable"),
    });
    assert_eq!(fault(&server.url(), &instant()).await.to_string(), "starting (WAL replay 3/10)");
    let stopping = words("503 Service Unavailable", "X-Prometheus-Stopping: true\r\n", "Service Unavailable").await;
    assert_eq!(stopping, "shutting down");
    let silent = words("503 Service Unavailable", "X-Prometheus-Stopping: false\r\n", "Service Unavailable").await;
    assert_eq!(silent, "starting");
}

#[tokio::test]
async fn gateways_and_strangers_are_told_apart() {
    let login = "<html><head><title>Sign in</title></head></html>";
    assert_eq!(
        words("200 OK", "Content-Type: text/html\r\n", login).await,
        "not a Prometheus API: a web page “Sign in”; a login in front of it, or another server?"
    );
    assert_eq!(words("204 No Content", "", "").await, "not a Prometheus API: an empty answer (HTTP 204)");
    assert_eq!(words("200 OK", "", "").await, "not a Prometheus API: an empty answer (HTTP 200)");
    for (status, code) in [("502 Bad Gateway", 502), ("503 Service Unavailable", 503), ("504 Gateway Timeout", 504)] {
        let error = fault(&Server::saying(status, "", "<html><title>nginx</title></html>").url(), &instant()).await;
        assert_eq!(error.to_string(), format!("HTTP {code}: nginx"));
    }
    assert!(words("404 Not Found", "", "404 page not found\n").await.contains("is the path in the URL right?"));
    assert_eq!(words("200 OK", "", r#"{"hello":1}"#).await, "not a Prometheus API: JSON of something else");
}

#[tokio::test]
async fn no_alerts_is_an_answer_only_where_rules_are_evaluated() {
    let build = r#"{"status":"success","data":{"version":"2.42.0+ds","goVersion":"go1.19.8"}}"#;
    let none = r#"{"status":"success","data":{"alerts":[]}}"#;
    let null = r#"{"status":"success","data":{"alerts":null}}"#;
    let victoria = r#"{"status":"success","data":{"version":"2.24.0"}}"#;
    let no_rules = r#"{"status":"success","data":{"groups":[]}}"#;
    let rules = r#"{"status":"success","data":{"groups":[{"name":"g","rules":[]}]}}"#;
    let victorias =
        |rules| vec![("/api/v1/alerts", none), ("/api/v1/status/buildinfo", victoria), ("/api/v1/rules", rules)];
    let cases = [
        (vec![("/api/v1/alerts", none), ("/api/v1/status/buildinfo", build)], true),
        (vec![("/api/v1/alerts", null)], true),
        (victorias(no_rules), false),
        (victorias(rules), true),
    ];
    for (list, evaluated) in cases {
        let server = Server::new(paths(list));
        let answer = source(&server.url()).ask(&Query::Alerts, Progress::default(), NOW).await;
        if evaluated {
            assert_eq!(answer, Ok(Answer::Alerts(vec![])));
        } else {
            assert_eq!(answer.unwrap_err().to_string(), "this backend does not evaluate rules");
        }
    }
}

#[tokio::test]
async fn a_probe_tells_who_is_there() {
    let up = r#"{"status":"success","data":{"resultType":"vector","result":[{"metric":{},"value":[1,"7"]}]}}"#;
    let build = r#"{"status":"success","data":{"version":"","goVersion":"go1.25"}}"#;
    let stores = r#"{"status":"success","data":{"sidecar":[]}}"#;
    let prometheus = vec![("/p/api/v1/query", up), ("/p/api/v1/status/buildinfo", build)];
    let mut thanos = prometheus.clone();
    thanos.push(("/p/api/v1/stores", stores));
    for (list, flavour) in [(prometheus, Flavour::Prometheus), (thanos, Flavour::Thanos)] {
        let server = Server::new(paths(list));
        let probe = source(&format!("{}/p", server.url())).probe(NOW).await.unwrap();
        assert_eq!((probe.flavour, probe.version.as_str(), probe.targets), (flavour, "", 7));
    }
    let nobody = source(&refused_url());
    assert_eq!(tokio::spawn(async move { nobody.probe(NOW).await }).await.unwrap(), Err(FetchError::Refused));
}

fn rule_page(groups: &[&str], token: &str) -> String {
    let group = |name: &&str| format!(r#"{{"name":"{name}","file":"f","interval":1,"rules":[]}}"#);
    let groups = groups.iter().map(group).collect::<Vec<_>>().join(",");
    format!(r#"{{"status":"success","data":{{"groups":[{groups}],"groupNextToken":"{token}"}}}}"#)
}

async fn rules(server: &Server) -> Result<Vec<String>, FetchError> {
    let groups = source(&server.url()).ask(&Query::Rules, Progress::default(), NOW).await?.into_rules()?;
    Ok(groups.iter().map(|group| group.name.to_string()).collect())
}

#[tokio::test]
async fn rules_in_pages_are_followed_to_the_end() {
    let server = Server::new(|request, wire| {
        let path = request.head.split(' ').nth(1).unwrap_or_default();
        let body = match path {
            "/api/v1/rules" => rule_page(&["a", "b"], "x&=/ y"),
            "/api/v1/rules?group_limit=2&group_next_token=x%26%3d%2f+y" => rule_page(&["c"], ""),
            other => panic!("{other}"),
        };
        say(wire, "200 OK", "", body.as_bytes())
    });
    assert_eq!(rules(&server).await.unwrap(), ["a", "b", "c"]);
    assert_eq!(server.requests().len(), 2);
}

#[tokio::test]
async fn a_server_that_knows_no_pages_is_neither_doubled_nor_asked_for_ever() {
    let server = Server::new(|_, wire| say(wire, "200 OK", "", rule_page(&["a", "b"], "again").as_bytes()));
    assert_eq!(rules(&server).await.unwrap(), ["a", "b"]);
    assert_eq!(server.requests().len(), 2);
    let endless = Server::new(|request, wire| {
        let name = request.number.to_string();
        say(wire, "200 OK", "", rule_page(&[&name], "on").as_bytes())
    });
    let error = rules(&endless).await.unwrap_err().to_string();
    assert_eq!(error, "unreadable answer: the rules go on after 200 pages");
}

#[tokio::test]
async fn no_rules_are_peace_only_where_rules_are_evaluated() {
    const RULES: &str = r#"{"status":"success","data":{"groups":[]}}"#;
    let build =
        |data: &'static str| Server::new(paths(vec![("/api/v1/rules", RULES), ("/api/v1/status/buildinfo", data)]));
    let victoria = build(r#"{"status":"success","data":{"version":"2.24.0"}}"#);
    assert_eq!(rules(&victoria).await.unwrap_err().to_string(), "this backend does not evaluate rules");
    let prometheus = build(r#"{"status":"success","data":{"version":"3.1","goVersion":"go1.25"}}"#);
    assert_eq!(rules(&prometheus).await.unwrap(), [""; 0]);
}
