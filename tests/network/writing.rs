//! Silences are written once, wherever the way to the server or back breaks, and what is said of it is true.

use std::sync::Arc;
use std::time::Duration;

use a360::config::Config;
use a360::model::ask::Ask;
use a360::model::endpoint::{Endpoint, Proxy};
use a360::model::matcher::{Matcher, Op};
use a360::model::query::{Query, Source};
use a360::model::window::Progress;
use a360::model::write::{Draft, Ends, Write, WriteError, Written};
use a360::run::backend::Sources;
use a360::source::alertmanager::Alertmanager;
use a360::time::{MINUTE, Timestamp};

use crate::fake::{Fake, Fault, Mode};
use crate::server::refused_url;

pub const NOW: Timestamp = Timestamp(1_795_388_290_123);
/// Long enough for a machine that is busy.
const PATIENCE: Duration = Duration::from_millis(900);
const EVERY_FAULT: [Fault; 4] = [Fault::Hangs, Fault::Dies, Fault::Breaks, Fault::Gateway];

pub fn endpoint(url: &str) -> Endpoint {
    Endpoint { proxy: Proxy::None, timeout: PATIENCE, ..Endpoint::new(url) }
}

fn source(urls: &[String]) -> Alertmanager {
    Alertmanager::new(urls.iter().map(|url| endpoint(url)).collect())
}

fn draft() -> Draft {
    Draft {
        id: None,
        matchers: vec![Matcher::new("alertname", Op::Equal, "Down"), Matcher::new("team", Op::Fits, "a|b")],
        starts_at: None,
        ends: Ends::After(15 * MINUTE),
        created_by: "mara".into(),
        comment: "ACK! looking\ninto it".into(),
    }
}

async fn write(urls: &[String], write: &Write) -> Result<Written, WriteError> {
    source(urls).write(write, NOW).await
}

async fn create(fake: &Fake) -> Result<Written, WriteError> {
    write(&[fake.url()], &Write::Silence(draft())).await
}

fn silenced(id: &str) -> Written {
    Written::Silenced(id.to_owned())
}

fn expired(id: &str) -> Written {
    Written::Expired(id.to_owned())
}

/// What is said when nothing was changed.
fn words(result: Result<Written, WriteError>) -> String {
    match result {
        Err(WriteError::NotDone(fault)) => fault.to_string(),
        other => panic!("{other:?}"),
    }
}

fn moment(value: &serde_json::Value) -> Timestamp {
    Timestamp(value.as_str().unwrap().parse::<jiff::Timestamp>().unwrap().as_millisecond())
}

#[tokio::test]
async fn a_silence_is_sent_to_the_letter() {
    let fake = Fake::new(Mode::Takes);
    let matchers = vec![
        Matcher::new("ключ.x", Op::NotEqual, "значение"),
        Matcher::new("path", Op::FitsNot, "a\"b\\d+\n\u{202e}\u{1b}"),
    ];
    let exact = Draft {
        id: Some("old-1".to_owned()),
        starts_at: Some(NOW.plus(-MINUTE)),
        ends: Ends::At(NOW.plus(MINUTE)),
        matchers,
        ..draft()
    };
    assert_eq!(write(&[fake.url()], &Write::Silence(exact)).await, Ok(silenced("id-0")));
    let posted = fake.server.requests().into_iter().find(|request| request.head.starts_with("post")).unwrap();
    assert!(posted.head.starts_with("post /api/v2/silences http/1.1\r\n"));
    assert!(posted.head.contains("content-type: application/json\r\n"));
    let expected = concat!(
        r#"{"comment":"ACK! looking\ninto it","createdBy":"mara","endsAt":"2026-11-22T22:59:10.123Z","id":"old-1","#,
        r#""matchers":[{"isEqual":false,"isRegex":false,"name":"ключ.x","value":"значение"},"#,
        r#"{"isEqual":false,"isRegex":true,"name":"path","value":"a\"b\\d+\n"#,
        "\u{202e}",
        r#"\u001b"}],"startsAt":"2026-11-22T22:57:10.123Z"}"#
    );
    assert_eq!(posted.body, expected);
}

#[tokio::test]
async fn time_is_the_servers() {
    // An hour ahead of us.
    let fake = Fake::new(Mode::Takes);
    fake.dated("Date: Sun, 22 Nov 2026 23:58:10 GMT\r\n");
    assert_eq!(create(&fake).await, Ok(silenced("id-0")));
    let sent = fake.silences().remove(0);
    let (starts, ends) = (moment(&sent["startsAt"]), moment(&sent["endsAt"]));
    let theirs = NOW.plus(60 * MINUTE);
    assert!(ends.since(theirs.plus(15 * MINUTE)).abs() < 3_000, "{}", ends.rfc3339());
    assert!(starts < theirs && theirs.since(starts) < 10_000, "{}", starts.rfc3339());
    let posted = fake.writes().remove(0).1;
    assert!(!posted.contains("\"id\""), "{posted}");
}

#[tokio::test]
async fn what_was_taken_is_found_whatever_became_of_the_answer() {
    for fault in EVERY_FAULT {
        let fake = Fake::new(Mode::TakesAnd(fault));
        assert_eq!(create(&fake).await, Ok(silenced("id-0")));
        assert_eq!(fake.writes().len(), 1);
        fake.set(Mode::TakesAnd(fault));
        assert_eq!(write(&[fake.url()], &Write::Expire("id-0".to_owned())).await, Ok(expired("id-0")));
        assert_eq!(fake.writes().len(), 2);
    }
}

#[tokio::test]
async fn what_was_lost_is_sent_once_and_told_of() {
    let said = [
        "no answer within 900ms",
        "connection lost: closed without an answer",
        "the answer was cut short",
        "HTTP 504: 504 too late",
    ];
    // All at once: before it is believed, each waits a while.
    futures_util::future::join_all(EVERY_FAULT.into_iter().zip(said).map(|(fault, said)| lost(fault, said))).await;
}

async fn lost(fault: Fault, said: &str) {
    let fake = Fake::new(Mode::Takes);
    create(&fake).await.unwrap();
    fake.set(Mode::Just(fault));
    let other = Draft { comment: "another".into(), ..draft() };
    let expected = format!("{said}, and Alertmanager does not list it: nothing was changed");
    assert_eq!(words(write(&[fake.url()], &Write::Silence(other)).await), expected);
    let expected = format!("{said}, and Alertmanager lists the silence as before: nothing was changed");
    assert_eq!(words(write(&[fake.url()], &Write::Expire("id-0".to_owned())).await), expected);
    assert_eq!(fake.writes().len(), 3, "one each");
}

#[tokio::test]
async fn what_shows_late_is_waited_for() {
    let fake = Fake::new(Mode::TakesAnd(Fault::Dies));
    assert_eq!(create(fake.lags()).await, Ok(silenced("id-0")), "one look is no proof that it is not there");
    assert_eq!(create(fake.set(Mode::Takes).lags()).await, Ok(silenced("id-1")));
    let asked = fake.server.requests();
    let last: Vec<_> = asked[asked.len() - 3..].iter().map(|request| &request.head[..4]).collect();
    assert_eq!(last, ["post", "get ", "get "], "whoever looks next sees it");
}

#[tokio::test]
async fn what_cannot_be_looked_for_stays_unclear_until_it_can() {
    let fake = Fake::new(Mode::TakesAnd(Fault::Dies));
    fake.lists(false);
    let Err(WriteError::Unclear(fault, again)) = create(&fake).await else { panic!("it cannot be known") };
    assert_eq!(fault.to_string(), "connection lost: closed without an answer");
    let Write::Again(kept) = &again else { panic!("{again:?}") };
    assert!(matches!(kept.ends, Ends::At(at) if at.since(NOW.plus(15 * MINUTE)).abs() < 3_000));
    assert_eq!(Draft { ends: draft().ends, ..kept.clone() }, draft());

    // As long as nobody lists anything, nothing is sent.
    let Err(WriteError::Unclear(fault, same)) = write(&[fake.url()], &again).await else { panic!("still unknown") };
    assert_eq!((fault.to_string().as_str(), &same), ("error 500: multiple matcher sets", &again));
    fake.lists(true);
    assert_eq!(write(&[fake.url()], &again).await, Ok(silenced("id-0")));
    assert_eq!(fake.writes().len(), 1);

    // And what turns out to be lost is sent then.
    let lost = Fake::new(Mode::Just(Fault::Dies));
    lost.lists(false);
    let Err(WriteError::Unclear(_, again)) = create(&lost).await else { panic!("it cannot be known") };
    lost.lists(true).set(Mode::Takes);
    assert_eq!(write(&[lost.url()], &again).await, Ok(silenced("id-0")));
    assert_eq!(lost.writes().len(), 2);
    assert_eq!(lost.silences().len(), 1);

    let Err(WriteError::Unclear(_, again)) = ({
        lost.lists(false).set(Mode::TakesAnd(Fault::Hangs));
        write(&[lost.url()], &Write::Expire("id-0".to_owned())).await
    }) else {
        panic!("it cannot be known")
    };
    assert_eq!(again, Write::Expire("id-0".to_owned()));
}

#[tokio::test]
async fn only_the_very_same_silence_is_taken_for_it() {
    let fake = Fake::new(Mode::Takes);
    let at = |ms| Draft { ends: Ends::At(NOW.plus(ms)), ..draft() };
    write(&[fake.url()], &Write::Silence(at(10 * MINUTE))).await.unwrap();
    let turned = {
        let mut draft = at(10 * MINUTE + 900);
        draft.matchers.reverse();
        draft
    };
    assert_eq!(
        write(&[fake.url()], &Write::Again(turned)).await,
        Ok(silenced("id-0")),
        "in another order, near enough"
    );
    let mut others = vec![at(10 * MINUTE + 1_100), at(10 * MINUTE), at(10 * MINUTE), at(10 * MINUTE), at(10 * MINUTE)];
    others[1].comment = "ACK! looking".into();
    others[2].created_by = "jonas".into();
    others[3].matchers.pop();
    others[4].starts_at = Some(NOW.plus(5 * MINUTE));
    for (place, other) in others.into_iter().enumerate() {
        let id = format!("id-{}", place + 1);
        assert_eq!(write(&[fake.url()], &Write::Again(other)).await, Ok(silenced(&id)));
    }
    // One that is over is none.
    write(&[fake.url()], &Write::Expire("id-0".to_owned())).await.unwrap();
    assert_eq!(write(&[fake.url()], &Write::Again(at(10 * MINUTE))).await, Ok(silenced("id-6")));
}

#[tokio::test]
async fn a_list_that_fails_does_not_keep_anyone_from_silencing() {
    let fake = Fake::new(Mode::Takes);
    fake.lists(false);
    assert_eq!(create(&fake).await, Ok(silenced("id-0")));
    assert_eq!(write(&[fake.url()], &Write::Expire("id-0".to_owned())).await, Ok(expired("id-0")));
}

#[tokio::test]
async fn nobody_waits_behind_questions_that_hang() {
    let fake = Fake::new(Mode::TakesAnd(Fault::Dies));
    let hangs = "/api/v2/alerts";
    let endpoint = Endpoint { concurrency: 1, timeout: Duration::from_secs(30), ..endpoint(&fake.url()) };
    fake.hangs_at(hangs);
    let source = Alertmanager::new(vec![endpoint]);
    let asking = source.clone();
    let question = tokio::spawn(async move { asking.ask(&Query::Held, NOW).await });
    while !fake.server.requests().iter().any(|request| request.head.contains(hangs)) {
        tokio::task::yield_now().await;
    }
    assert_eq!(source.write(&Write::Silence(draft()), NOW).await, Ok(silenced("id-0")));
    assert!(!question.is_finished());
    question.abort();
}

#[tokio::test]
async fn an_answer_without_an_id_is_none() {
    for (status, body, said) in [
        ("200 OK", "{}", "unreadable answer: there is no id"),
        ("200 OK", "", "an empty answer"),
        ("200 OK", "{\"sil", "cut short"),
        ("500 Internal Server Error", "", "HTTP 500: Internal Server Error"),
    ] {
        let fake = Fake::new(Mode::Says(status, "", body));
        let words = words(create(&fake).await);
        assert!(words.contains(said) && words.ends_with("does not list it: nothing was changed"), "{words}");
        assert_eq!(fake.writes().len(), 1);
    }
}

#[tokio::test]
async fn of_a_pair_one_is_written_to() {
    let (up, idle) = (Fake::new(Mode::Takes), Fake::new(Mode::Takes));
    assert_eq!(write(&[up.url(), idle.url()], &Write::Silence(draft())).await, Ok(silenced("id-0")));
    assert_eq!(write(&[refused_url(), up.url()], &Write::Silence(draft())).await, Ok(silenced("id-1")));
    assert_eq!((up.writes().len(), idle.writes().len()), (2, 0));

    // One that hangs is not sent anything: it might still do it when it wakes up.
    let hangs = Fake::new(Mode::Takes);
    hangs.answers(false);
    assert_eq!(write(&[hangs.url(), up.url()], &Write::Silence(draft())).await, Ok(silenced("id-2")));
    assert!(hangs.writes().is_empty());
    assert_eq!(words(create(&hangs).await), "no answer within 900ms");
    assert!(hangs.writes().is_empty());

    // What surely was not done at the one is done by the other.
    let turned_away = Fake::new(Mode::Says("403 Forbidden", "", "not from here"));
    assert_eq!(write(&[turned_away.url(), up.url()], &Write::Silence(draft())).await, Ok(silenced("id-3")));
    // What the one refuses, the other would refuse too.
    let refuses = Fake::new(Mode::Says("400 Bad Request", "", "\"bad matcher format\"\n"));
    let said = words(write(&[refuses.url(), up.url()], &Write::Silence(draft())).await);
    assert_eq!((said.as_str(), up.writes().len()), ("error 400: bad matcher format", 4));
    assert_eq!(words(write(&[refused_url(), refused_url()], &Write::Silence(draft())).await), "connection refused");
}

#[tokio::test]
async fn what_one_of_a_pair_took_is_never_sent_to_the_other() {
    let (took, other) = (Fake::new(Mode::TakesAnd(Fault::Dies)), Fake::new(Mode::Takes));
    let pair = [took.url(), other.url()];
    assert_eq!(write(&pair, &Write::Silence(draft())).await, Ok(silenced("id-0")));
    assert!(other.writes().is_empty());

    // The one cannot be asked any more, and the other has not heard of it.
    took.lists(false);
    let Err(WriteError::Unclear(_, again)) =
        write(&pair, &Write::Silence(Draft { comment: "another".into(), ..draft() })).await
    else {
        panic!("it cannot be known")
    };
    assert!(other.writes().is_empty());
    other.hears_of(&took);
    assert_eq!(write(&pair, &again).await, Ok(silenced("id-1")));
    assert!(other.writes().is_empty());
    assert_eq!(took.writes().len(), 2);
}

#[tokio::test]
async fn a_silence_that_only_the_other_knows_is_ended_there() {
    let (stranger, knows) = (Fake::new(Mode::Says("404 Not Found", "", "")), Fake::new(Mode::Takes));
    create(&knows).await.unwrap();
    let pair = [stranger.url(), knows.url()];
    assert_eq!(write(&pair, &Write::Expire("id-0".to_owned())).await, Ok(expired("id-0")));
}

#[tokio::test]
async fn refusals_are_in_the_servers_words() {
    let edit = Write::Silence(Draft { id: Some("gone".to_owned()), ..draft() });
    let (new, end) = (Write::Silence(draft()), Write::Expire("gone".to_owned()));
    let gone = "not found: there is no such silence any more";
    let path = "not an Alertmanager API: HTTP 404; is the path in the URL right?";
    let other = "not an Alertmanager API: HTTP 404 “path /x was not found”; is the path in the URL right?";
    for (status, body, write_it, expected) in [
        ("400 Bad Request", "\"bad matcher format: ==\"\n", &new, "error 400: bad matcher format: =="),
        (
            "422 Unprocessable Entity",
            r#"{"code":602,"message":"comment in body is required"}"#,
            &new,
            "error 422: comment in body is required",
        ),
        ("404 Not Found", "\"silence not found\"\n", &edit, gone),
        ("404 Not Found", "", &end, gone),
        ("500 Internal Server Error", "\"silence not found\"\n", &end, gone),
        ("500 Internal Server Error", "\"the disk is full\"\n", &new, "error 500: the disk is full"),
        ("404 Not Found", "", &new, path),
        ("404 Not Found", r#"{"code":404,"message":"path /x was not found"}"#, &end, other),
        ("429 Too Many Requests", "", &new, "too many requests (429), waiting 10s"),
        (
            "200 OK",
            "<html><title>Sign in</title>",
            &end,
            "not an Alertmanager API: a web page “Sign in”; a login in front of it, or another server?",
        ),
        (
            "200 OK",
            "<html><title>Sign in</title>",
            &new,
            "not an Alertmanager API: a web page “Sign in”; a login in front of it, or another server?",
        ),
    ] {
        let fake = Fake::new(Mode::Says(status, "", body));
        assert_eq!(words(write(&[fake.url()], write_it).await), expected);
        assert_eq!(fake.writes().len(), 1, "{expected}");
    }
    let over = Fake::new(Mode::Says("500 Internal Server Error", "", "\"silence gone already expired\""));
    assert_eq!(write(&[over.url()], &end).await, Ok(expired("gone")));
}

#[tokio::test]
async fn an_id_that_would_lead_elsewhere_is_not_sent() {
    let fake = Fake::new(Mode::Takes);
    for id in ["", "../../-/reload", "..", "a/b", "a?b", "a%2fb", "é"] {
        assert!(words(write(&[fake.url()], &Write::Expire(id.to_owned())).await).contains("is no id of a silence"));
    }
    assert!(fake.writes().is_empty());
}

#[tokio::test]
async fn a_redirect_is_not_followed_but_named() {
    let away = "Location: /am/api/v2/silences\r\n";
    for status in ["301 Moved Permanently", "307 Temporary Redirect", "308 Permanent Redirect"] {
        let fake = Fake::new(Mode::Says(status, away, ""));
        let expected = format!("redirected to {}/am; set that address in the config", fake.url());
        assert_eq!(words(create(&fake).await), expected);
        assert_eq!(fake.writes().len(), 1);
    }
}

#[tokio::test]
async fn a_read_only_context_changes_nothing() {
    let fake = Fake::new(Mode::Takes);
    let said = async |text: String| {
        let config = Config::parse(&text, "a360.toml".as_ref(), None).unwrap();
        let sources = Sources::new(config.contexts.first(), Arc::default());
        words(sources.write(&Write::Silence(draft()), NOW).await)
    };
    let locked = format!("[contexts.live]\nread_only = true\nalertmanager.url = '{}'", fake.url());
    assert_eq!(said(locked).await, "the context `live` is read-only: nothing is changed from here");
    assert!(fake.server.requests().is_empty());
    let without = "[contexts.a.prometheus]\nurl = 'http://127.0.0.1:9'".to_owned();
    assert_eq!(said(without).await, "this context has no Alertmanager");
}

#[tokio::test]
async fn silences_go_by_the_clock_of_alertmanager_and_not_by_that_of_prometheus() {
    let (prometheus, alertmanager) = (Fake::new(Mode::Takes), Fake::new(Mode::Takes));
    alertmanager.dated("Date: Sun, 22 Nov 2026 23:08:10 GMT\r\n");
    let text =
        format!("[contexts.a]\nprometheus.url = '{}'\nalertmanager.url = '{}'", prometheus.url(), alertmanager.url());
    let config = Config::parse(&text, "a360.toml".as_ref(), None).unwrap();
    let sources = Sources::new(config.contexts.first(), Arc::default());
    for query in [Query::Alerts, Query::Silences] {
        let _ = sources.ask(&query, Progress::default(), NOW).await;
    }
    let minutes = |source| (sources.skew_ms(source) as f64 / MINUTE as f64).round();
    assert_eq!([Source::Prometheus, Source::Alertmanager].map(minutes), [0.0, 10.0]);
}
