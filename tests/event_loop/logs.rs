//! The logs in the real loop: keys do not wait for the tail, whether it says nothing or too much.

use crate::stage::{Server, Stage, wait};

fn of_logs(server: Server) -> Stage {
    let mut stage = Stage::new(server);
    stage.app.setup.contexts[0].logs = true;
    stage.app.setup.contexts[0].prometheus = false;
    stage
}

#[tokio::test(start_paused = true)]
async fn keys_are_drawn_at_once_while_the_tail_hangs() {
    let mut stage = of_logs(Server::Tail(None));
    stage
        .play(async |desk| {
            wait(100).await;
            for (key, words) in
                [("3", "asking for lines"), ("v", "INFO and worse"), ("P", "0 patterns"), ("e", " query "), ("x", "x█")]
            {
                desk.press(key).await;
                wait(1).await;
                assert!(desk.last().contains(words), "{key}\n{}", desk.last());
            }
            desk.press("esc 1").await;
            wait(1).await;
            assert!(!desk.last().contains("asking for lines"), "{}", desk.last());
            desk.press("q").await;
        })
        .await;
    assert_eq!(stage.desk.frames_between(100, 106), 6, "one a key, and nothing else happened");
}

#[tokio::test(start_paused = true)]
async fn every_key_has_its_frame_while_twenty_thousand_lines_come_each_second() {
    const EACH: i64 = 20_000;
    let mut stage = of_logs(Server::Tail(Some(EACH)));
    stage
        .play(async |desk| {
            desk.press("3").await;
            wait(100).await;
            assert!(desk.last().contains("of a flood"), "{}", desk.last());
            desk.press("P esc").await;
            wait(100).await;
            let (mut pressed, mut drawn) = (0, 0);
            for turn in 0..12 {
                for key in [["k", "G"][turn % 2], "ctrl-u", "w"] {
                    let before = desk.frames().len();
                    desk.press(key).await;
                    wait(1).await;
                    (pressed, drawn) = (pressed + 1, drawn + usize::from(desk.frames().len() > before));
                    wait(99).await;
                }
            }
            assert_eq!((pressed, drawn), (36, 36));
            assert!(desk.last().contains("1 pattern in 1h"), "{}", desk.last());
            desk.press("q").await;
        })
        .await;
    let asked = stage.app.logs.held() as i64 / EACH;
    assert!((4..=6).contains(&asked), "asked {asked} times in four seconds, and nothing was lost");
    assert_eq!(stage.app.logs.held() as i64 % EACH, 0);
    // Sixty frames a second are the most; here there is one a key, one an answer, and one a tick of the clock.
    assert!(stage.desk.frames().len() <= 60, "{} frames", stage.desk.frames().len());
}
