//! The exit code, and the whole run with its file.

use std::fs;
use std::sync::Arc;

use a360::cli::{FailOn, Format, Output};
use a360::model::alert::AlertState;
use a360::model::fault::FetchError;
use a360::model::query::Query;
use a360::report::{CALM, Delivery, FIRING, NOT_ASKED, NOT_SENT, Patience, exit_code, run};

use crate::script::{NOW, Script, alert, build, plan, scripted};

/// For critical, warning and none.
fn codes(script: Script) -> [u8; 3] {
    let report = build(script);
    [FailOn::Critical, FailOn::Warning, FailOn::None].map(|fail_on| exit_code(&report, fail_on))
}

fn with_alert(severity: &str, state: AlertState) -> Script {
    Script { alerts: vec![alert("A", severity, state, 5)], ..Script::calm() }
}

#[test]
fn the_exit_code_says_how_bad_it_is() {
    assert_eq!(codes(Script::calm()), [CALM; 3]);
    assert_eq!(codes(with_alert("critical", AlertState::Firing)), [FIRING, FIRING, CALM]);
    assert_eq!(codes(with_alert("warning", AlertState::Firing)), [CALM, FIRING, CALM]);
    assert_eq!(codes(with_alert("info", AlertState::Firing)), [CALM; 3]);
    assert_eq!(codes(with_alert("critical", AlertState::Pending)), [CALM; 3]);
}

#[test]
fn a_service_that_is_not_there_counts_as_critical() {
    assert_eq!(codes(Script::down()), [FIRING, FIRING, CALM]);
    assert_eq!(codes(Script::calm().all(|ago| (ago > 90).then_some(1.0))), [FIRING, FIRING, CALM]);
    assert_eq!(codes(Script::calm().all(|_| None)), [FIRING, FIRING, CALM]);
    // Only `up` is named otherwise: the rest of the service is seen.
    let mut unnamed = Script::calm();
    unnamed.set(&a360::model::watch::Watch::default().up, "instance", &[]);
    assert_eq!(codes(unnamed), [CALM; 3]);
}

#[test]
fn what_could_not_be_asked_is_worse_than_what_fires() {
    let no_alerts = |query: &Query| (*query == Query::Alerts).then_some(FetchError::Refused);
    assert_eq!(codes(Script { refuse: no_alerts, ..Script::down() }), [NOT_ASKED; 3]);
    let mut partial = with_alert("critical", AlertState::Firing);
    partial.notes.partial = true;
    assert_eq!(codes(partial), [NOT_ASKED; 3]);
    let mut dropped = Script::calm();
    dropped.notes.series_dropped = 3;
    assert_eq!(codes(dropped), [NOT_ASKED; 3]);
    let mut remark = Script::calm();
    remark.notes.warnings = vec!["metric might not be a counter".into()];
    assert_eq!(codes(remark), [CALM; 3]);
}

fn run_to(script: Script, output: Output) -> u8 {
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let spare = tempfile::tempdir().unwrap();
    let delivery = Delivery {
        files: vec![(Format::Json, output)],
        targets: Vec::new(),
        fail_on: FailOn::Critical,
        ascii: false,
        spare: spare.path().to_owned(),
        patience: Patience::default(),
        begun: Arc::default(),
    };
    runtime.block_on(run(&scripted(script), &plan(), &delivery, || NOW))
}

#[test]
fn a_run_writes_the_file_and_gives_the_code() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("report.json");
    assert_eq!(run_to(Script::incident(), Output::File(path.clone())), FIRING);
    let report: serde_json::Value = serde_json::from_slice(&fs::read(&path).unwrap()).unwrap();
    assert_eq!(report["schema"], "a360.report/2");
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
}

#[test]
fn what_cannot_be_written_is_the_worst_of_all() {
    let folder = tempfile::tempdir().unwrap();
    let refused = Script { refuse: |_| Some(FetchError::Refused), ..Script::calm() };
    assert_eq!(run_to(refused, Output::File(folder.path().join("none/report.json"))), NOT_SENT);
}
