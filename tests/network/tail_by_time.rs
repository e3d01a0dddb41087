//! The tail against a search engine that does not give its numbers: by time, each line once that is not later than the
//! overlap.

use a360::model::log::{Level, Search, Way};
use a360::time::Timestamp;
use proptest::prelude::*;

use crate::tail::{INDICES, Stage, wait};

fn numberless(search: Search) -> Stage {
    let stage = Stage::new(search);
    stage.engine(|engine| {
        engine.numberless = true;
        engine.create(INDICES[0], 2);
        engine.create(INDICES[1], 1);
    });
    stage
}

/// What happens between two polls.
#[derive(Debug, Clone)]
enum Step {
    /// Into which index and shard, how late or early, in steps of some ms so that many share one; seen after how many
    /// rounds by each copy.
    Write(usize, u32, i64, u32, u32),
    Failing,
    Poll,
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    // Together with the rounds it stays within the overlap.
    let late = prop_oneof![6 => 0..4_000i64, 3 => 0..50_000i64, 1 => -100_000..0i64].prop_map(|late| late / 250 * 250);
    let write = (0..2usize, 0..2u32, late, 0..4u32, 0..4u32)
        .prop_map(|(index, shard, late, a, b)| Step::Write(index, shard, late, a, b));
    let step = prop_oneof![20 => write, 1 => Just(Step::Failing), 8 => Just(Step::Poll)];
    prop::collection::vec(step, 1..80)
}

async fn play(steps: Vec<Step>, search: Search) -> Result<(), String> {
    let mut stage = numberless(search);
    stage.poll().await;
    for (number, step) in steps.into_iter().enumerate() {
        match step {
            Step::Write(index, shard, late, a, b) => {
                let level = if number % 3 == 0 { "ERROR" } else { "INFO" };
                let shard = if index == 0 { shard } else { 0 };
                stage.write(INDICES[index], shard, &format!("d{number}"), late, level, [a, b]);
            }
            Step::Failing => stage.engine(|engine| engine.failing = true),
            Step::Poll => {
                let arrivals = stage.poll().await;
                assert_eq!(arrivals.way, Way::Time);
                let held = arrivals.complete_to.is_none_or(|to| to.0 <= stage.now - 61_000);
                assert!(held, "never newer than the overlap and the refresh");
            }
        }
    }
    // The overlap lasts longer than they need to be seen; those ahead are seen at once.
    for _ in 0..14 {
        stage.poll().await;
    }
    stage.whole()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 80, max_shrink_iters: 200, ..ProptestConfig::default() })]

    #[test]
    fn within_the_overlap_each_line_comes_once(steps in steps()) {
        let result = wait(play(steps, Search::default()));
        prop_assert!(result.is_ok(), "{}", result.unwrap_err());
    }

    #[test]
    fn and_so_it_is_of_a_search(steps in steps()) {
        let search = Search { level: Some(Level::Error), ..Search::default() };
        let result = wait(play(steps, search));
        prop_assert!(result.is_ok(), "{}", result.unwrap_err());
    }
}

#[test]
fn it_is_said_that_lines_are_followed_by_time_and_why() {
    wait(async {
        let mut stage = numberless(Search::default());
        stage.write(INDICES[0], 0, "first", 0, "INFO", [0, 0]);
        let first = stage.poll().await;
        assert_eq!((first.way, first.anew, first.lines.len()), (Way::Time, true, 1));
        let note = first.notes[0].as_str();
        assert!(note.contains("[_seq_no] is not known") && note.contains("followed by time"), "{note}");
        assert_eq!(first.complete_to, Some(Timestamp(stage.now - 61_000)));
        assert_eq!(stage.poll().await.notes.len(), 0);
    });
}

#[test]
fn numbers_that_are_taken_away_are_no_end() {
    wait(async {
        let mut stage = Stage::new(Search::default());
        stage.engine(|engine| engine.create(INDICES[0], 1));
        stage.write(INDICES[0], 0, "first", 0, "INFO", [0, 0]);
        assert_eq!(stage.poll().await.way, Way::Arrival);
        stage.engine(|engine| engine.numberless = true);
        stage.write(INDICES[0], 0, "second", 0, "INFO", [0, 0]);
        let anew = stage.poll().await;
        assert_eq!((anew.way, anew.anew, anew.lines.len()), (Way::Time, true, 2));
    });
}

#[test]
fn lines_of_one_moment_are_read_page_by_page() {
    wait(async {
        let mut stage = numberless(Search::default());
        stage.poll().await;
        for number in 0..25_000 {
            stage.write(INDICES[number % 2], 0, &format!("d{number}"), 0, "INFO", [0, 0]);
        }
        let arrivals = stage.poll().await;
        assert_eq!((arrivals.lines.len(), arrivals.skipped), (25_000, 0));
        stage.write(INDICES[0], 0, "one more", 1_000, "INFO", [0, 0]);
        let before = stage.server.requests().len();
        assert_eq!(stage.poll().await.lines.len(), 1);
        // Of the second that is read again only the ids come, and the one document that is new.
        let asked = stage.server.requests();
        let bodies: Vec<&str> = asked[before..].iter().map(|request| request.body.as_str()).collect();
        let bare = bodies.iter().filter(|body| body.contains("\"_source\":false")).count();
        assert!((3..=4).contains(&bare) && bodies.len() == bare + 3, "{bare} of {}", bodies.len());
    });
}

#[test]
fn a_burst_says_how_many_lines_it_skipped() {
    wait(async {
        let mut stage = numberless(Search::default());
        stage.poll().await;
        for number in 0..110_000 {
            stage.write(INDICES[0], 0, &format!("d{number}"), 1_200 - number / 100, "INFO", [0, 0]);
        }
        let arrivals = stage.poll().await;
        assert_eq!((arrivals.lines.len(), arrivals.skipped), (100_000, 10_000));
        assert!(stage.seen.contains_key("d109999") && !stage.seen.contains_key("d9999"));
        stage.write(INDICES[0], 0, "next", 0, "INFO", [0, 0]);
        assert_eq!(stage.poll().await.lines.len(), 1);
    });
}

#[test]
fn the_overlap_grows_to_the_lateness_that_is_seen() {
    wait(async {
        let mut stage = numberless(Search::default());
        stage.write(INDICES[0], 0, "first", 0, "INFO", [0, 0]);
        stage.poll().await;
        // Something newer, so that the others are late.
        stage.now += 120_000;
        stage.write(INDICES[0], 0, "newer", 0, "INFO", [0, 0]);
        stage.poll().await;
        for late in [55_000, 100_000, 190_000] {
            stage.now += late;
            stage.write(INDICES[0], 0, &format!("now{late}"), 0, "INFO", [0, 0]);
            stage.poll().await;
            stage.write(INDICES[0], 0, &format!("late{late}"), late, "INFO", [0, 0]);
            let arrivals = stage.poll().await;
            assert_eq!(arrivals.lines.len(), 1, "{late}");
            assert_eq!(arrivals.complete_to, Some(Timestamp(stage.now - 1_000 - 2 * late - 2_000)), "{late}");
        }
        stage.whole().unwrap();
    });
}

#[test]
fn a_quiet_tail_costs_one_small_request() {
    wait(async {
        let mut stage = numberless(Search::default());
        for number in 0..50 {
            stage.write(INDICES[0], 0, &format!("d{number}"), 0, "INFO", [0, 0]);
        }
        stage.poll().await;
        let mut more = 0;
        for _ in 0..70 {
            let before = stage.server.requests().len();
            assert_eq!(stage.poll().await.lines.len(), 0);
            let asked = stage.server.requests();
            more += asked.len() - before - 1;
            let request = &asked[before];
            let answer = stage.engine(|engine| engine.answer("/x/_msearch", &request.body).to_string());
            assert!(request.head.len() + request.body.len() + answer.len() < 2_048);
        }
        // As long as there is something in the overlap its seconds are compared now and then.
        assert!(more <= 6, "{more}");
    });
}

#[test]
fn lines_from_the_future_come_once_and_hold_up_nothing() {
    wait(async {
        let mut stage = numberless(Search::default());
        stage.poll().await;
        for ahead in [500, 5_000, 86_400_000] {
            stage.write(INDICES[0], 0, &format!("ahead{ahead}"), -ahead, "INFO", [0, 0]);
        }
        assert_eq!(stage.poll().await.lines.len(), 3);
        for number in 0..12 {
            stage.write(INDICES[0], 0, &format!("d{number}"), 0, "INFO", [0, 0]);
            assert_eq!(stage.poll().await.lines.len(), 1, "{number}");
        }
        stage.write(INDICES[0], 0, "late", 30_000, "INFO", [0, 0]);
        stage.poll().await;
        stage.whole().unwrap();
    });
}
