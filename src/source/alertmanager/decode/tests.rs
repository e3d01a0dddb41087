//! What servers really send, what they might, and what nobody should.

use super::*;
use crate::model::silence::SilenceState;
use crate::time::Timestamp;
use proptest::prelude::*;

#[test]
fn an_alert_is_read_whole_and_made_safe() {
    let body = br#"[{"annotations":{"summary":"\u001b]52;c;AAAA\u0007"},"endsAt":"2099-01-01T00:00:00.000Z",
        "fingerprint":"25ab","receivers":[{"name":"pager"},{"name":null},{}],"startsAt":"2026-11-20T12:00:00.5+02:00",
        "status":{"inhibitedBy":["ff\u202e"],"mutedBy":["night"],"silencedBy":["id\u0007"],"state":"suppressed"},
        "updatedAt":"2026-11-20T13:00:00.123Z","generatorURL":"http://prom/\u001b","labels":{"a":"b"}}]"#;
    let alert = alerts(body).unwrap().alerts.remove(0);
    assert_eq!(alert.annotations.get("summary").unwrap(), "^[]52;c;AAAA^G");
    assert_eq!((alert.fingerprint.as_str(), alert.generator.as_str()), ("25ab", "http://prom/^["));
    assert_eq!(alert.receivers.iter().map(Plain::as_str).collect::<Vec<_>>(), ["pager", "", ""]);
    assert_eq!(alert.starts_at.unwrap().rfc3339(), "2026-11-20T10:00:00.5Z");
    assert_eq!(alert.inhibited_by[0].as_str(), "ff<U+202E>");
    assert_eq!(alert.silenced_by, ["id\u{7}"], "exact, to be found among the silences");
    assert!(alert.muted_by.is_empty(), "that is said by the groups");
}

#[test]
fn keys_may_be_missing_and_lists_null() {
    let page = alerts(br#"[{"labels":null},{},{"status":{"silencedBy":null,"inhibitedBy":null},"receivers":null}]"#);
    let page = page.unwrap();
    assert_eq!(page.alerts.len(), 3);
    assert!(page.alerts.iter().all(|alert| alert.labels.is_empty() && alert.receivers.is_empty()));
    for body in [&b"null"[..], b" null\n", b"[]"] {
        assert_eq!(alerts(body), Ok(AlertPage::default()));
        assert_eq!(mutings(body), Ok(Mutings::default()));
        assert_eq!(silences(body), Ok(Vec::new()));
    }
}

#[test]
fn an_answer_of_something_else_is_not_taken_for_peace() {
    for body in [&br#"{"status":"success","data":[]}"#[..], b"{}"] {
        assert!(matches!(alerts(body), Err(FetchError::Foreign { .. })));
        assert!(matches!(mutings(body), Err(FetchError::Foreign { .. })));
        assert!(matches!(silences(body), Err(FetchError::Foreign { .. })));
        assert!(matches!(status(body), Err(FetchError::Foreign { .. })));
    }
    for body in [&b"[1]"[..], b"[[]]", b"[{}] x", b"[{}", b""] {
        assert!(alerts(body).is_err() && mutings(body).is_err() && silences(body).is_err() && status(body).is_err());
    }
}

#[test]
fn more_alerts_than_are_kept_are_counted() {
    let page = alerts(format!("[{}]", vec!["{}"; MAX_ALERTS + 7].join(",")).as_bytes()).unwrap();
    assert_eq!((page.alerts.len(), page.dropped), (MAX_ALERTS, 7));
}

const SILENCE: &str = r#"{"id":"1","status":{"state":"active"},"matchers":[{"name":"a","value":"b.*\n","isRegex":true,"isEqual":false},{"name":"c","value":""}],
    "startsAt":"2026-11-20T12:00:00Z","endsAt":"2026-11-20T13:00:00.5Z","createdBy":"ada\u001b","comment":"x\ny"}"#;

#[test]
fn a_silence_is_read_whole_and_its_matchers_exactly() {
    let Dated { updated_at, silence } = silences(format!("[{SILENCE}]").as_bytes()).unwrap().remove(0);
    assert_eq!((updated_at, silence.id.as_str(), silence.state), (None, "1", SilenceState::Active));
    assert_eq!(silence.matchers.iter().map(ToString::to_string).collect::<Vec<_>>(), [r#"a!~"b.*⏎""#, r#"c="""#]);
    assert_eq!(silence.matchers[0].parts().2, "b.*\n");
    assert_eq!(silence.ends_at.since(silence.starts_at), 3_600_500);
    assert_eq!((silence.created_by.as_str(), silence.comment.as_str()), ("ada^[", "x⏎y"));
}

#[test]
fn a_silence_that_cannot_be_read_is_not_left_out() {
    for (from, to, words) in [
        ("\"active\"", "\"sleeping\"", "silence `1` is in the unknown state `sleeping`"),
        ("2026-11-20T12:00:00Z", "soon", "silence `1` has no start or no end"),
        ("\"matchers\"", "\"matcherSets\"", "silence `1` has no id or no matchers"),
        ("\"id\":\"1\"", "\"id\":null", "silence `` has no id or no matchers"),
    ] {
        let body = format!("[{SILENCE},{}]", SILENCE.replace(from, to));
        let error = silences(body.as_bytes()).unwrap_err().to_string();
        assert_eq!(error, format!("unreadable answer: {words}"));
    }
}

#[test]
fn a_status_has_a_config_and_perhaps_a_cluster() {
    let body = br#"{"cluster":{"status":"ready","peers":[{"name":"a"},{"name":"b"}]},"config":{"original":"route:\n  receiver: \"\u001b\"\n"},
        "versionInfo":{"version":"0.27.0\u001b"},"uptime":"2026-11-20T12:00:00Z"}"#;
    let read = status(body).unwrap();
    assert_eq!((read.cluster.as_str(), read.members, read.routing.version.as_str()), ("ready", 2, "0.27.0^["));
    assert_eq!(read.routing.config, "route:\n  receiver: \"\u{1b}\"\n");
    let bare = status(br#"{"config":{"original":""},"cluster":{"status":"disabled","peers":null}}"#).unwrap();
    assert_eq!((bare.cluster.as_str(), bare.members, bare.routing.version.as_str()), ("disabled", 0, ""));
}

#[test]
fn a_moment_before_time_began_is_none() {
    let body = br#"[{"startsAt":"0001-01-01T00:00:00Z","updatedAt":"1970-01-01T00:00:01Z"}]"#;
    let alert = alerts(body).unwrap().alerts.remove(0);
    assert_eq!((alert.starts_at, alert.updated_at), (None, Some(Timestamp(1_000))));
}

proptest! {
    #[test]
    fn arbitrary_bytes_never_panic(body in prop::collection::vec(any::<u8>(), 0..300)) {
        let _ = (alerts(&body), mutings(&body), silences(&body), status(&body));
    }

    #[test]
    fn a_damaged_answer_never_panics_and_a_cut_one_is_an_error(at in 0..SILENCE.len(), byte in any::<u8>()) {
        let whole = format!("[{SILENCE}]").into_bytes();
        let mut body = whole.clone();
        body[at] = byte;
        let _ = (alerts(&body), mutings(&body), silences(&body), status(&body));
        let cut = &whole[..at + 1];
        prop_assert!(alerts(cut).is_err() && mutings(cut).is_err() && silences(cut).is_err());
    }
}
