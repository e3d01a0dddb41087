//! What servers really send, what they might, and what nobody should.

use super::*;
use crate::model::alert::AlertState;
use crate::model::labels::Labels;
use crate::model::window::Part;
use proptest::prelude::*;

const WINDOW: Window = Window { start: 0, end: 60_000, step: 20_000, part: Part::Whole };

fn matrix(result: &str) -> String {
    format!(r#"{{"status":"success","data":{{"resultType":"matrix","result":{result}}}}}"#)
}

fn vector(result: &str) -> String {
    format!(r#"{{"status":"success","data":{{"resultType":"vector","result":{result}}}}}"#)
}

fn points(frame: &Frame) -> Vec<(i64, f64)> {
    frame.series.iter().flat_map(Series::points).collect()
}

fn read(body: &str) -> Frame {
    range(body.as_bytes(), WINDOW).unwrap()
}

#[test]
fn a_plain_matrix_becomes_columns() {
    let body = matrix(
        r#"[{"metric":{"__name__":"up","job":"a"},"values":[[1795388290.800,"1"],[1795388310.800,"0.25"]]},
            {"metric":{},"values":[[1795388290,"-7"]]}]"#,
    );
    let frame = read(&body);
    assert_eq!(frame.series[0].labels.to_string(), r#"up{job="a"}"#);
    assert_eq!(points(&frame), [(1_795_388_290_800, 1.0), (1_795_388_310_800, 0.25), (1_795_388_290_000, -7.0)]);
    assert_eq!((frame.window, frame.notes), (WINDOW, Default::default()));
}

#[test]
fn odd_numbers_and_white_space_are_read() {
    let body = matrix(
        r#"[ { "values" : [ [ -1.5 , "NaN" ] , [0,"+Inf"],[1e0,"-Inf"],[2.25,"1e-300"],[3.0005,"1e+300"],[4,"-0"] ] } ]"#,
    );
    let frame = read(&body);
    assert_eq!(frame.series[0].times, [-1_500, 0, 1_000, 2_250, 3_001, 4_000]);
    let values = &frame.series[0].values;
    assert!(values[0].is_nan() && values[5].is_sign_negative());
    assert_eq!(values[1..5], [f64::INFINITY, f64::NEG_INFINITY, 1e-300, 1e300]);
}

#[test]
fn keys_come_in_any_order_with_strangers_among_them() {
    let body = r#"{"infos":["i (1:2)"],"data":{"stats":{"a":[1,{}]},"result":[{"x":[[]],"values":[[1,"2"]],"metric":{"a":"b"}}],
        "analysis":{},"resultType":"matrix"},"warnings":["w"],"status":"success","trace":null}"#;
    let frame = read(body);
    assert_eq!(points(&frame), [(1_000, 2.0)]);
    assert_eq!(frame.notes.warnings, ["i (1:2)", "w"].map(Plain::new));
    assert!(!frame.notes.partial);
}

#[test]
fn nothing_is_an_answer() {
    for result in ["[]", "null", "[ ]", r#"[{"metric":{"a":"b"},"values":[]}]"#] {
        assert_eq!(read(&matrix(result)).series, [], "{result}");
        assert_eq!(instant(vector("[]").as_bytes()).unwrap().samples, []);
    }
    assert_eq!(read(r#"{"status":"success","data":{"result":[]}}"#).series, []);
}

#[test]
fn histograms_are_counted_not_drawn() {
    let body = matrix(
        r#"[{"metric":{},"values":[[1,"2"]],"histograms":[[2,{"count":"17","sum":"0.46"}]]},
            {"metric":{"only":"h"},"histograms":[[2,{"count":"1","sum":"1","buckets":[[0,"1","2","3"]]}]]},
            {"metric":{},"values":[[3,"4"]],"histograms":[]}]"#,
    );
    let frame = read(&body);
    assert_eq!((frame.series.len(), frame.notes.histograms), (2, 2));
    let body = vector(r#"[{"metric":{},"histogram":[1,{"count":"1","sum":"1"}]},{"metric":{},"value":[1,"5"]}]"#);
    let vector = instant(body.as_bytes()).unwrap();
    assert_eq!((vector.samples.len(), vector.notes.histograms), (1, 1));
}

#[test]
fn missing_data_is_said_when_the_server_says_so() {
    let partial = |extra: &str| {
        let body = format!(r#"{{"status":"success","data":{{"resultType":"matrix","result":[]}},{extra}}}"#);
        read(&body).notes.partial
    };
    assert!(partial(r#""isPartial":true"#));
    assert!(!partial(r#""isPartial":false"#));
    assert!(partial(r#""warnings":["fetch series for Addr: 10.0.0.1:10901: unavailable"]"#));
    assert!(partial(r#""warnings":["receive series: Partial response"]"#));
    assert!(!partial(r#""warnings":["PromQL info: metric might not be a counter"]"#));
}

#[test]
fn warnings_are_capped() {
    let many = vec![r#""w""#; 30].join(",");
    let body = format!(r#"{{"status":"success","data":{{"result":[]}},"warnings":[{many}],"infos":null}}"#);
    assert_eq!(read(&body).notes.warnings.len(), 11);
}

#[test]
fn twenty_thousand_series_are_capped_and_counted() {
    let series: Vec<_> = (0..20_000).map(|i| format!(r#"{{"metric":{{"i":"{i}"}},"values":[[1,"{i}"]]}}"#)).collect();
    let frame = read(&matrix(&format!("[{}]", series.join(","))));
    assert_eq!((frame.series.len(), frame.notes.series_dropped), (MAX_SERIES, 20_000 - MAX_SERIES));
}

#[test]
fn disorder_and_doubles_are_settled() {
    let frame = read(&matrix(r#"[{"metric":{},"values":[[3,"1"],[1,"2"],[3,"3"]]}]"#));
    assert_eq!(points(&frame), [(1_000, 2.0), (3_000, 3.0)]);
}

#[test]
fn labels_are_made_safe() {
    let body = matrix(r#"[{"metric":{"a\u0022":"\u001b[2J\u202e\ud83d","big":"BIG","odd":7},"values":[[1,"1"]]}]"#);
    let body = body.replace("BIG", &"x".repeat(64 * 1024));
    let frame = read(&body);
    let labels = &frame.series[0].labels;
    assert_eq!(labels.get("a\"").unwrap(), "^[[2J<U+202E>\u{fffd}");
    assert!(labels.get("big").unwrap().len() < 9_000);
    assert_eq!(labels.get("odd"), None);
}

#[test]
fn bytes_that_are_not_text_become_marks() {
    let body =
        [br#"{"status":"success","data":{"result":[{"metric":{"a":""#, &b"\xff\xfe"[..], br#""},"value":[1,"2"]}]}}"#];
    let vector = instant(&body.concat()).unwrap();
    assert_eq!(vector.samples[0].labels.get("a").unwrap(), "\u{fffd}\u{fffd}");
}

#[test]
fn an_instant_answer_is_a_vector_or_a_scalar() {
    let samples = |body: &str| instant(body.as_bytes()).unwrap().samples;
    let body = vector(r#"[{"metric":{"job":"a"},"value":[1795388290.8,"3"]}]"#);
    let sample = samples(&body).remove(0);
    assert_eq!((sample.labels, sample.time, sample.value), (Labels::of(&[("job", "a")]), 1_795_388_290_800, 3.0));
    let body = r#"{"status":"success","data":{"resultType":"scalar","result":[1795388290.8,"1"]}}"#;
    let sample = samples(body).remove(0);
    assert_eq!((sample.labels.is_empty(), sample.value), (true, 1.0));
}

#[test]
fn what_cannot_be_shown_says_what_to_ask_instead() {
    let matrix = matrix(r#"[{"metric":{},"values":[[1,"2"]]}]"#);
    let error = instant(matrix.as_bytes()).unwrap_err();
    assert!(matches!(&error, FetchError::Unsupported(text) if text.contains("rate()")), "{error}");
    let body = r#"{"status":"success","data":{"resultType":"string","result":[1795388290.8,"foo"]}}"#;
    assert!(matches!(instant(body.as_bytes()), Err(FetchError::Unsupported(_))));
}

#[test]
fn an_answer_to_another_question_is_an_error() {
    let bodies = [
        vector(r#"[{"metric":{},"value":[1,"2"]}]"#),
        matrix(r#"[{"metric":{},"value":[1,"2"]}]"#),
        r#"{"status":"success","data":{"resultType":"scalar","result":[1,"2"]}}"#.to_owned(),
        r#"{"status":"success","data":{"resultType":"streams","result":[]}}"#.to_owned(),
        r#"{"status":"success","data":{"resultType":"matrix"}}"#.to_owned(),
        r#"{"status":"success"}"#.to_owned(),
        matrix(r#"[{"metric":{},"values":[[1,"two"]]}]"#),
        matrix(r#"[{"metric":{},"values":[[1,"2","3"]]}]"#),
        matrix(r#"[{"metric":[],"values":[]}]"#),
        matrix(r#"{}"#),
    ];
    for body in bodies {
        let result = range(body.as_bytes(), WINDOW);
        assert!(matches!(result, Err(FetchError::Decode(_))), "{body}: {result:?}");
    }
    assert!(matches!(range(br#"{"hello":"world"}"#, WINDOW), Err(FetchError::Foreign { .. })));
}

#[test]
fn a_refusal_inside_a_200_is_a_refusal() {
    let body = br#"{"status":"error","errorType":"execution","error":"many-to-many","data":{"resultType":"matrix"}}"#;
    let expected = FetchError::Server { kind: Plain::new("execution"), message: Plain::new("many-to-many") };
    assert_eq!(range(body, WINDOW), Err(expected.clone()));
    assert_eq!(server_error(body), Some(expected));
    assert_eq!(server_error(b"<html>"), None);
    assert_eq!(server_error(br#"{"status":"success"}"#), None);
    let victoria = server_error(br#"{"status":"error","errorType":"422","error":"too many points\u001b"}"#).unwrap();
    assert_eq!(victoria.to_string(), "execution: too many points^[");
}

#[test]
fn alerts_are_read_leniently() {
    let body = br#"{"status":"success","data":{"alerts":[
        {"labels":{"alertname":"Down","severity":"critical"},"annotations":{"summary":"it is \u001b[31mdown"},
         "state":"firing","activeAt":"2026-11-23T01:02:03.123456789Z","value":"1e+00","keepFiringSince":null},
        {"labels":{"alertname":"Slow"},"state":"pending","activeAt":"0001-01-01T00:00:00Z"}]}}"#;
    let alerts = alerts(body).unwrap();
    assert_eq!((alerts[0].name(), alerts[0].state), (Plain::new("Down"), AlertState::Firing));
    assert_eq!(alerts[0].active_at.unwrap().rfc3339(), "2026-11-23T01:02:03.123Z");
    assert_eq!(alerts[0].value, Some(1.0));
    assert_eq!(alerts[0].annotations.get("summary").unwrap(), "it is ^[[31mdown");
    assert_eq!((alerts[1].state, alerts[1].active_at, alerts[1].value), (AlertState::Pending, None, None));
}

#[test]
fn no_alerts_come_as_a_list_or_as_null() {
    assert_eq!(alerts(br#"{"status":"success","data":{"alerts":[]}}"#), Ok(vec![]));
    assert_eq!(alerts(br#"{"status":"success","data":{"alerts":null}}"#), Ok(vec![]));
    assert!(matches!(alerts(br#"{"status":"success","data":{"groups":[]}}"#), Err(FetchError::Decode(_))));
    // Mimir without its prefix: the Alertmanager's configuration is not a list of alerts.
    assert!(alerts(b"{}").is_err());
}

const WHOLE: &str = r#"{"status":"success","data":{"resultType":"matrix","result":[{"metric":{"a":"\u00e9\n"},"values":[[1.500,"2"],[2,"NaN"]]}]},"warnings":["w"],"isPartial":false}"#;

#[test]
fn an_answer_cut_anywhere_is_truncated() {
    assert!(range(WHOLE.as_bytes(), WINDOW).is_ok());
    for end in 0..WHOLE.len() {
        assert_eq!(range(&WHOLE.as_bytes()[..end], WINDOW), Err(FetchError::Truncated), "cut at {end}");
    }
    assert!(matches!(range(format!("{WHOLE}{{}}").as_bytes(), WINDOW), Err(FetchError::Decode(_))));
}

proptest! {
    #[test]
    fn arbitrary_bytes_never_panic(body in prop::collection::vec(any::<u8>(), 0..300)) {
        let _ = (range(&body, WINDOW), instant(&body), alerts(&body), server_error(&body));
    }

    #[test]
    fn a_damaged_answer_never_panics(at in 0..WHOLE.len(), byte in any::<u8>(), cut in 0..WHOLE.len()) {
        let mut body = WHOLE.as_bytes().to_vec();
        body[at] = byte;
        let _ = (range(&body, WINDOW), instant(&body), alerts(&body));
        body.remove(cut);
        let _ = (range(&body, WINDOW), instant(&body), alerts(&body));
    }

    #[test]
    fn samples_come_back_as_they_were(values in prop::collection::vec(any::<f64>(), 0..50), start in -10_000_000..4_000_000_000i64) {
        let list: Vec<_> = values.iter().enumerate().map(|(i, v)| format!("[{}.125,\"{v}\"]", start + i as i64)).collect();
        let frame = read(&matrix(&format!(r#"[{{"metric":{{}},"values":[{}]}}]"#, list.join(","))));
        let got = points(&frame);
        prop_assert_eq!(got.len(), values.len());
        for (i, ((time, got), value)) in got.into_iter().zip(values).enumerate() {
            let seconds = start + i as i64;
            prop_assert_eq!(time, seconds * 1_000 + if seconds < 0 { -125 } else { 125 });
            prop_assert!(got.to_bits() == value.to_bits() || (got.is_nan() && value.is_nan()));
        }
    }
}
