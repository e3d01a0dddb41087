//! The real loop on a clock that tests wind: keys first, answers together, frames few.

#![cfg(test)]

use std::io;
use std::time::Duration;

use a360::model::write::{Job, Outcome, Write, Written};
use a360::run::event_loop::{self, Leave};
use tokio::sync::mpsc;

#[path = "../support/console.rs"]
mod console;
mod logs;
mod reports;
mod stage;

use console::key;
use stage::{Painted, Server, Stage, clock, held_and_written, wait};

#[tokio::test(start_paused = true)]
async fn the_first_frame_waits_for_nobody() {
    let mut stage = Stage::new(Server::Hangs);
    let left = stage
        .play(async |desk| {
            wait(300).await;
            assert_eq!(desk.frames_between(0, 1), 1);
            assert!(desk.last().contains("asking…"), "{}", desk.last());
            desk.press("q").await;
        })
        .await;
    assert_eq!(left, Leave::Quit);
    assert_eq!(stage.desk.frames().len(), 1, "nothing happened, so nothing is drawn again");
}

#[tokio::test(start_paused = true)]
async fn a_key_is_drawn_at_once_although_every_source_hangs() {
    let mut stage = Stage::new(Server::Hangs);
    stage
        .play(async |desk| {
            wait(100).await;
            desk.press("?").await;
            wait(1).await;
            assert!(desk.last().contains("KEYS"), "{}", desk.last());
            desk.press("q t").await;
            wait(1).await;
            assert!(desk.last().contains("time (or 90m"), "{}", desk.last());
            desk.press("esc q").await;
        })
        .await;
    let at: Vec<u128> = stage.desk.frames().iter().map(|(at, _)| at.as_millis()).collect();
    assert_eq!(at, [0, 100, 101]);
}

#[tokio::test(start_paused = true)]
async fn another_view_is_drawn_at_once_and_its_questions_follow() {
    let mut stage = Stage::new(Server::Answers(Duration::from_millis(50)));
    stage
        .play(async |desk| {
            wait(300).await;
            desk.press("2").await;
            wait(10).await;
            assert!(desk.last().contains("by urgency"), "{}", desk.last());
            assert!(!desk.last().contains("no alerting rule"), "{}", desk.last());
            wait(100).await;
            assert!(desk.last().contains("there is no alerting rule"), "{}", desk.last());
            desk.press("tab").await;
            wait(10).await;
            assert!(desk.last().contains("Request rate"), "{}", desk.last());
            desk.press("q").await;
        })
        .await;
}

#[tokio::test(start_paused = true)]
async fn a_flood_of_keys_ends_in_few_frames() {
    let mut stage = Stage::with_queue(Server::Hangs, 10_001);
    let keys = stage.desk.keys.clone();
    for _ in 0..10_000 {
        keys.try_send(key("j")).unwrap();
    }
    keys.try_send(key("q")).unwrap();
    assert_eq!(stage.run().await.unwrap(), Leave::Quit);
    assert!(stage.desk.frames().len() <= 4, "{} frames", stage.desk.frames().len());
    // Ten thousand steps over four panels end where they began: none was lost.
    assert_eq!(stage.app.overview.selected, 0);
}

#[tokio::test(start_paused = true)]
async fn a_flood_through_the_real_queue_is_drawn_seldom() {
    let mut stage = Stage::new(Server::Answers(Duration::from_millis(10)));
    stage
        .play(async |desk| {
            for _ in 0..2_501 {
                desk.press("j j j j").await;
            }
            desk.press("j q").await;
        })
        .await;
    let frames = stage.desk.frames().len();
    assert!(frames <= 10_006 / 100, "{frames} frames");
    assert_eq!(stage.app.overview.selected, 1);
}

#[tokio::test(start_paused = true)]
async fn answers_that_arrive_together_make_one_frame() {
    let mut stage = Stage::new(Server::Answers(Duration::from_millis(100)));
    stage
        .play(async |desk| {
            wait(150).await;
            assert_eq!((desk.frames_between(0, 100), desk.frames_between(100, 150)), (1, 1));
            assert!(desk.last().contains("no series"), "{}", desk.last());
            desk.press("q").await;
        })
        .await;
}

#[tokio::test(start_paused = true)]
async fn answers_that_trickle_in_share_frames() {
    let mut stage = Stage::new(Server::Trickles(Duration::from_millis(7)));
    stage
        .play(async |desk| {
            wait(900).await;
            let frames = desk.frames();
            let apart = frames.windows(2).map(|pair| pair[1].0 - pair[0].0);
            assert!(
                frames.len() > 3 && apart.clone().all(|apart| apart.as_millis() >= 12),
                "{:?}",
                apart.collect::<Vec<_>>()
            );
            desk.press("q").await;
        })
        .await;
}

#[tokio::test(start_paused = true)]
async fn the_clock_ticks_with_the_seconds_and_nothing_is_drawn_between() {
    let mut stage = Stage::new(Server::Hangs);
    stage
        .play(async |desk| {
            wait(3_500).await;
            desk.press("q").await;
        })
        .await;
    let clocks: Vec<String> = stage
        .desk
        .frames()
        .iter()
        .map(|(_, text)| text.split_whitespace().find(|word| word.starts_with("14:")).unwrap().to_owned())
        .collect();
    assert_eq!(clocks, ["14:03:27", "14:03:28", "14:03:29", "14:03:30"]);
    let at: Vec<u128> = stage.desk.frames().iter().map(|(at, _)| at.as_millis()).collect();
    // Each waits a moment for what may come with it.
    assert_eq!(at, [0, 1_006, 2_006, 3_006]);
}

#[tokio::test(start_paused = true)]
async fn one_hanging_question_holds_up_no_other() {
    let mut stage = Stage::new(Server::AlertsOnly);
    stage
        .play(async |desk| {
            wait(100).await;
            assert!(desk.last().contains("none is pending or firing"), "{}", desk.last());
            desk.press("q").await;
        })
        .await;
}

#[tokio::test(start_paused = true)]
async fn failures_are_drawn_and_keys_still_work() {
    let mut stage = Stage::new(Server::Fails);
    stage
        .play(async |desk| {
            wait(41).await;
            assert!(desk.last().contains("connection refused"), "{}", desk.last());
            desk.press("?").await;
            wait(1).await;
            assert!(desk.last().contains("KEYS"), "{}", desk.last());
            desk.press("q q").await;
        })
        .await;
}

#[tokio::test(start_paused = true)]
async fn keys_are_handled_while_the_terminal_takes_no_frame() {
    let mut stage = Stage::new(Server::Answers(Duration::from_millis(10)));
    stage.desk.is_ready(false);
    stage
        .play(async |desk| {
            desk.press("j j :").await;
            wait(2_500).await;
            assert_eq!(desk.frames().len(), 0);
            desk.press("z o o m").await;
            wait(10).await;
            desk.is_ready(true);
            wait(10).await;
            assert_eq!(desk.frames().len(), 1, "what was left out is not made up for");
            assert!(desk.last().contains(": zoom"), "{}", desk.last());
            desk.is_ready(false);
            desk.press("esc q").await;
        })
        .await;
    assert_eq!(stage.app.overview.selected, 2);
}

#[tokio::test(start_paused = true)]
async fn copying_goes_to_the_terminal() {
    let mut stage = Stage::new(Server::Hangs);
    stage.play(async |desk| desk.press("j y Y q").await).await;
    let asides = stage.desk.asides();
    let [Painted::Copy(values), Painted::Copy(line)] = &asides[..] else { panic!("{asides:?}") };
    assert!(values.starts_with("Error rate at 2026-11-23T14:03:27Z"), "{values}");
    assert_eq!(line, "a360 --context staging --view overview --range 1h --select errors");
}

#[tokio::test(start_paused = true)]
async fn redrawing_forgets_the_screen_before_the_next_frame() {
    let mut stage = Stage::new(Server::Hangs);
    stage
        .play(async |desk| {
            wait(10).await;
            desk.press("ctrl-l").await;
            wait(10).await;
            desk.press("q").await;
        })
        .await;
    let painted = stage.desk.painted.borrow();
    assert!(
        matches!(painted[..], [(_, Painted::Frame(_)), (_, Painted::Clear), (_, Painted::Frame(_))]),
        "{painted:?}"
    );
}

#[tokio::test(start_paused = true)]
async fn it_is_left_for_what_it_cannot_do_itself() {
    for (keys, leave) in
        [("q", Leave::Quit), ("ctrl-c", Leave::Quit), ("ctrl-z", Leave::Suspend), ("c down enter", Leave::Context(1))]
    {
        let mut stage = Stage::new(Server::Hangs);
        assert_eq!(stage.play(async |desk| desk.press(keys).await).await, leave, "{keys}");
    }
    let mut stage = Stage::new(Server::Hangs);
    stage.desk.keys = mpsc::channel(1).0;
    assert_eq!(stage.run().await.unwrap(), Leave::InputEnded);
}

#[tokio::test(start_paused = true)]
async fn keys_after_the_one_that_leaves_are_there_for_the_next_time() {
    let mut stage = Stage::new(Server::Hangs);
    assert_eq!(stage.play(async |desk| desk.press("ctrl-z j ?").await).await, Leave::Suspend);
    let left = stage
        .play(async |desk| {
            wait(10).await;
            assert!(desk.last().contains("KEYS"));
            desk.press("esc q").await;
        })
        .await;
    assert_eq!((left, stage.app.overview.selected), (Leave::Quit, 1));
}

#[tokio::test(start_paused = true)]
async fn it_may_be_dropped_at_any_moment_and_entered_again() {
    let mut stage = Stage::new(Server::Answers(Duration::from_millis(30)));
    let desk = stage.desk.clone();
    for turn in 0..100 {
        desk.press("j").await;
        let cut = Duration::from_millis(turn % 7);
        assert!(tokio::time::timeout(cut, stage.run()).await.is_err(), "nobody left it");
    }
    stage
        .play(async |desk| {
            wait(100).await;
            assert!(desk.last().contains("no series"), "answers are not lost: {}", desk.last());
            desk.press("q").await;
        })
        .await;
    assert_eq!(stage.app.overview.selected, 0, "a hundred keys over four panels, none lost");
}

#[tokio::test(start_paused = true)]
async fn another_context_hears_nothing_of_the_former_one() {
    let mut stage = Stage::new(Server::Answers(Duration::from_millis(50)));
    let left = stage
        .play(async |desk| {
            wait(20).await;
            desk.press("c down enter").await;
        })
        .await;
    assert_eq!(left, Leave::Context(1));
    stage.hands.poller.switch(Server::Hangs);
    stage
        .play(async |desk| {
            wait(500).await;
            assert!(desk.last().contains("prod") && desk.last().contains("asking…"), "{}", desk.last());
            assert!(!desk.last().contains("no series"), "{}", desk.last());
            desk.press("q").await;
        })
        .await;
}

fn job(id: &str) -> Job {
    Job { ticket: 7, write: Write::Expire(id.to_owned()) }
}

#[tokio::test(start_paused = true)]
async fn a_change_is_carried_out_once_while_every_question_hangs() {
    let mut stage = Stage::new(Server::Hangs);
    stage.hands.writer.start(job("a"));
    stage
        .play(async |desk| {
            wait(300).await;
            desk.press("?").await;
            wait(1).await;
            assert!(desk.last().contains("KEYS"), "keys do not wait for it: {}", desk.last());
            wait(500).await;
            assert_eq!(desk.frames_between(302, 400), 0);
            assert_eq!(desk.frames_between(400, 420), 1, "what became of it is drawn");
            desk.press("q q").await;
        })
        .await;
    assert_eq!(held_and_written(), (0, 1));
}

#[tokio::test(start_paused = true)]
async fn what_was_changed_is_asked_for_at_once() {
    let mut stage = Stage::new(Server::Answers(Duration::from_millis(10)));
    stage.app.setup.contexts[0].alertmanager = true;
    stage
        .play(async |desk| {
            wait(100).await;
            assert_eq!(held_and_written(), (1, 0));
            desk.press("ctrl-z").await;
        })
        .await;
    stage.hands.writer.start(job("a"));
    stage
        .play(async |desk| {
            wait(390).await;
            assert_eq!(held_and_written(), (1, 1));
            wait(20).await;
            assert_eq!(held_and_written(), (2, 1));
            desk.press("q").await;
        })
        .await;
}

#[tokio::test(start_paused = true)]
async fn a_change_goes_on_in_another_context() {
    let mut stage = Stage::new(Server::Hangs);
    stage.hands.writer.start(job("a"));
    stage.play(async |desk| desk.press("c down enter").await).await;
    stage.hands.writer.switch(Server::Fails);
    let outcome = stage.hands.writer.next().await.unwrap();
    assert_eq!(outcome, Outcome { ticket: 7, result: Ok(Written::Expired("a".to_owned())) });
}

#[tokio::test(start_paused = true)]
async fn a_terminal_that_fails_ends_the_loop() {
    let mut stage = Stage::new(Server::Hangs);
    let Stage { app, hands, input, .. } = &mut stage;
    let gone = async || Err(io::ErrorKind::BrokenPipe.into());
    let left = event_loop::run(app, hands, clock, input, gone, &mut |_| Ok(())).await;
    assert_eq!(left.unwrap_err().kind(), io::ErrorKind::BrokenPipe);
    let fine = async || Ok(());
    let left = event_loop::run(app, hands, clock, input, fine, &mut |_| Err(io::ErrorKind::WriteZero.into())).await;
    assert_eq!(left.unwrap_err().kind(), io::ErrorKind::WriteZero);
}
