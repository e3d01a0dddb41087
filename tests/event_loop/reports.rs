//! Reports and rankings are made while the keys go on, however long the sources take.

use std::fs;
use std::path::PathBuf;
use std::time::Duration;

use a360::run::event_loop::Leave;
use a360::run::reporter::Shelf;

use crate::stage::{Desk, Server, Stage, clock, wait};

fn files(stage: &Stage) -> Vec<String> {
    let mut names: Vec<String> = fs::read_dir(stage.folder.path())
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

fn says(desk: &Desk, words: &str) {
    assert!(desk.last().contains(words), "{words:?} is not there:\n{}", desk.last());
}

#[tokio::test(start_paused = true)]
async fn why_is_answered_in_two_seconds_although_every_source_hangs() {
    let mut stage = Stage::new(Server::Hangs);
    stage
        .play(async |desk| {
            wait(100).await;
            desk.press("W").await;
            wait(20).await;
            says(&desk, "── Why at 14:03 ──");
            says(&desk, "0 of ");
            // A key that means nothing here is served, and changes nothing.
            desk.press("j").await;
            wait(1).await;
            assert_eq!(desk.frames_between(120, 122), 1);
            wait(1_000).await;
            assert!(!desk.last().contains("not answered"), "{}", desk.last());
            wait(1_000).await;
            says(&desk, "✖ prom not answered: no answer within 1s400ms (");
            says(&desk, "nothing is known: no question was answered");
            desk.press("esc").await;
            wait(20).await;
            says(&desk, "Request rate");
            desk.press("q").await;
        })
        .await;
}

#[tokio::test(start_paused = true)]
async fn whoever_closes_the_pane_or_asks_anew_hears_nothing_of_the_former() {
    let mut stage = Stage::new(Server::Hangs);
    stage
        .play(async |desk| {
            desk.press("W").await;
            wait(1_000).await;
            desk.press("W").await;
            wait(900).await;
            // The first would be due.
            says(&desk, "0 of ");
            wait(1_000).await;
            says(&desk, "prom not answered");
            desk.press("W esc").await;
            wait(3_000).await;
            assert!(!desk.last().contains("Why at"), "{}", desk.last());
            desk.press("q").await;
        })
        .await;
}

#[tokio::test(start_paused = true)]
async fn why_says_that_nothing_stands_out_and_what_was_compared() {
    let mut stage = Stage::new(Server::Answers(Duration::from_millis(20)));
    stage
        .play(async |desk| {
            desk.press("W").await;
            wait(1_000).await;
            says(&desk, "nothing stands out around 14:03");
            says(&desk, "13:18 to 14:03, against 12:33 to 13:18 and a week before");
            desk.press("esc q").await;
        })
        .await;
}

#[tokio::test(start_paused = true)]
async fn a_report_is_written_beside_the_former_and_says_where() {
    let mut stage = Stage::new(Server::Answers(Duration::from_millis(50)));
    stage
        .play(async |desk| {
            desk.press("r").await;
            wait(20).await;
            says(&desk, "write a report as");
            desk.press("enter").await;
            wait(120).await;
            says(&desk, " answered");
            says(&desk, "report: ");
            desk.press("2").await;
            wait(20).await;
            says(&desk, "by urgency");
            // One at a time.
            desk.press("r").await;
            wait(20).await;
            says(&desk, "a report is being written");
            wait(8_000).await;
            desk.press("r enter").await;
            wait(8_000).await;
            says(&desk, "report (");
            desk.press("q").await;
        })
        .await;
    let name = "a360-staging-all-20261123T1303Z-20261123T1403Z";
    assert_eq!(files(&stage), [format!("{name}-2.md"), format!("{name}.md")]);
    let text = fs::read_to_string(stage.folder.path().join(format!("{name}.md"))).unwrap();
    assert!(text.starts_with("# ") && text.contains("staging"), "{text}");
}

#[tokio::test(start_paused = true)]
async fn a_report_of_what_cannot_be_asked_is_written_all_the_same() {
    let mut stage = Stage::new(Server::Fails);
    stage
        .play(async |desk| {
            desk.press("r down enter").await;
            wait(500).await;
            says(&desk, "not answered): ");
            desk.press("q").await;
        })
        .await;
    assert_eq!(files(&stage).len(), 1);
    assert!(files(&stage)[0].ends_with(".txt"));
}

#[tokio::test(start_paused = true)]
async fn whoever_quits_is_asked_nothing_and_leaves_no_half_file() {
    let mut stage = Stage::new(Server::Hangs);
    let left = stage
        .play(async |desk| {
            desk.press("r enter").await;
            wait(700).await;
            desk.press("q").await;
        })
        .await;
    assert_eq!(left, Leave::Quit);
    stage.hands.reporter.close().await;
    wait(60_000).await;
    assert_eq!(files(&stage), [""; 0]);
}

#[tokio::test(start_paused = true)]
async fn a_report_that_has_no_place_says_so() {
    let mut stage = Stage::new(Server::Answers(Duration::from_millis(5)));
    let gone = PathBuf::from("/nowhere/at/all");
    stage.hands.reporter =
        a360::run::reporter::Reporter::new(Server::Answers(Duration::from_millis(5)), clock, Shelf::new(gone, None));
    stage
        .play(async |desk| {
            desk.press("r enter").await;
            wait(1_000).await;
            says(&desk, "no report: cannot write in /nowhere/at/all: ");
            desk.press("q").await;
        })
        .await;
}
