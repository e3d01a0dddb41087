use proptest::prelude::*;

use super::*;
use crate::model::engine::FieldNames;

fn read(source: &str) -> Line {
    read_with(source, &FieldNames::default())
}

fn read_with(source: &str, own: &FieldNames) -> Line {
    decode(&Arc::from("i"), "1", source.as_bytes(), &Fields::new(own), 7)
}

#[test]
fn plain_documents_and_ecs_are_read_nested_or_dotted() {
    for source in [
        r#"{"@timestamp":"1970-01-01T00:00:01.000000005Z","log.level":"warning","service.name":"shop","message":"m",
            "host.name":"h","trace.id":"t","error.type":"E","url.path":"/p","type":"request"}"#,
        r#"{"@timestamp":["1970-01-01T01:00:01.000000005+01:00"],"log":{"level":"W"},"service":{"name":["shop"]},
            "host":{"name":"h","ip":["1","2"]},"trace":{"id":"t"},"error":[{"type":"E"},{"type":"F"}],
            "url":{"path":"/p"},"message":["m","n"],"type":"request","other":[[{"message":"no"}]]}"#,
    ] {
        let line = read(source);
        assert_eq!((line.at, line.level, line.service.as_str()), (1_000_000_005, Level::Warn, "shop"), "{source}");
        assert_eq!((line.message.as_str(), line.place.as_str(), line.trace.as_str()), ("m", "h", "t"));
        assert_eq!((line.error_type.as_str(), line.endpoint.as_str(), line.kind.as_str()), ("E", "/p", "request"));
    }
}

#[test]
fn the_envelope_is_opened() {
    let line = read(
        r#"{"@timestamp":"2026-11-20T12:00:00.1Z","log":"{\"level\": \"ERROR\", \"message\": \"timed \\\"out\\\"\", \"error_type\": \"T\", \"trace_id\": \"a3\", \"pod\":\"own\"}\n","stream":"stdout","kubernetes":{"pod_name":"p-1","labels":{"app":"agent360"}}}"#,
    );
    assert_eq!((line.level, line.message.as_str()), (Level::Error, "timed \"out\""));
    assert_eq!((line.error_type.as_str(), line.trace.as_str()), ("T", "a3"));
    assert_eq!((line.service.as_str(), line.place.as_str()), ("agent360", "p-1"));
}

#[test]
fn broken_json_in_the_envelope_is_the_message() {
    for (log, message) in [
        (r#"{\"level\": \"ERROR\", \"mess\n"#, r#"{"level": "ERROR", "mess"#),
        (r#"{\"message\":\"a\"} trailing"#, r#"{"message":"a"} trailing"#),
        ("not JSON: Traceback\\n", "not JSON: Traceback"),
        (r#"{\"other\":1}"#, r#"{"other":1}"#),
    ] {
        let line = read(&format!(r#"{{"log":"{log}"}}"#));
        assert_eq!((line.message.as_str(), line.level, line.at), (message, Level::Unknown, 7), "{log}");
    }
}

#[test]
fn a_hostile_document_is_still_a_line() {
    let deep = format!(r#"{{"message":"ok","x":{}1{}}}"#, "[".repeat(5_000), "]".repeat(5_000));
    assert_eq!(read(&deep).message, "ok");
    assert_eq!(read(r#"{"message":"\ud800 \u001b[2J \u202e"}"#).message, "\u{fffd} ^[[2J <U+202E>");
    assert_eq!(
        decode(&Arc::from("i"), "1", b"{\"message\":\"\xff\"}", &Fields::new(&FieldNames::default()), 0).message,
        "\u{fffd}"
    );
    assert!(read(&format!(r#"{{"message":"{}"}}"#, "x".repeat(4_000_000))).message.len() < 9_000);
    let wide: Vec<String> = (0..5_000).map(|n| format!(r#""f{n}":{n}"#)).collect();
    assert_eq!(read(&format!(r#"{{{},"message":"m"}}"#, wide.join(","))).message, "m");
    assert_eq!(read(r#"{"level":null,"endpoint":"","error_type":[],"message":{"a":1}}"#).message, "");
    assert_eq!(read("{\"message\":\"kept\",\"level\":").message, "kept");
}

#[test]
fn the_teams_own_names_go_first() {
    let own = FieldNames {
        message: Some("what".to_owned()),
        level: Some("x.y".to_owned()),
        place: Some("message".to_owned()),
        ..FieldNames::default()
    };
    let line = read_with(r#"{"message":"there","what":"w","level":"INFO","x":{"y":"E"}}"#, &own);
    assert_eq!((line.message.as_str(), line.level, line.place.as_str()), ("w", Level::Error, "there"));
}

#[test]
fn times_come_in_many_forms() {
    for (text, ns) in [
        ("1970-01-01T00:00:01Z", 1_000_000_000),
        ("1795176001000", 1_795_176_001_000_000_000),
        ("1795176001", 1_795_176_001_000_000_000),
        ("1795176001.5", 1_795_176_001_500_000_000),
        ("1795176001000123", 1_795_176_001_000_123_000),
        ("1795176001000123456", 1_795_176_001_000_123_456),
        ("1970-01-01T00:00:01", 1_000_000_000),
        ("1970-01-01 00:00:01", 1_000_000_000),
    ] {
        assert_eq!(moment(text.as_bytes()), Some(ns), "{text}");
    }
    for text in ["", "soon", "NaN", "99999999999999999999"] {
        assert_eq!(moment(text.as_bytes()), None, "{text}");
    }
}

proptest! {
    #[test]
    fn whatever_comes_is_a_line(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        decode(&Arc::from("i"), "1", &bytes, &Fields::new(&FieldNames::default()), 0);
    }

    #[test]
    fn a_log_of_json_pieces_is_a_line(text in r#"[\[\]{}:,"\\a-z0-9. ]{0,60}"#) {
        let source = serde_json::json!({ "log": text, "message": text }).to_string();
        decode(&Arc::from("i"), "1", source.as_bytes(), &Fields::new(&FieldNames::default()), 0);
    }
}
