use proptest::prelude::*;

use super::*;
use crate::model::log::Level;

const SECOND: i64 = 1_000_000_000;

fn line(at: i64, id: &str, message: &str) -> Line {
    Line {
        index: "logs-1".into(),
        id: id.into(),
        at,
        level: Level::Info,
        service: "shop".into(),
        place: "pod-1".into(),
        message: message.into(),
        kind: "".into(),
        endpoint: "/api/pay".into(),
        error_type: "".into(),
        trace: "4bf9".into(),
    }
}

fn none(_: &Line) -> u32 {
    0
}

fn messages(lines: &Lines) -> Vec<String> {
    lines.from(0).map(|held| held.message.to_owned()).collect()
}

#[test]
fn a_late_line_takes_its_place_and_is_marked_and_none_comes_twice() {
    let mut lines = Lines::default();
    assert_eq!(lines.arrive(vec![line(SECOND, "a", "one"), line(50 * SECOND, "c", "three")], i64::MAX, none).held, 2);
    let late = vec![line(8 * SECOND, "b", "two"), line(50 * SECOND, "c", "three"), line(49 * SECOND, "d", "jitter")];
    assert_eq!(lines.arrive(late, i64::MAX, none).held, 2);
    assert_eq!(messages(&lines), ["one", "two", "jitter", "three"]);
    let marks: Vec<_> = lines.from(0).map(|held| held.late).collect();
    assert_eq!(marks, [None, Some(42), None, None]);
    assert_eq!(lines.fill(vec![line(0, "e", "zero")], none).held, 1);
    let first = lines.get(0).unwrap();
    assert_eq!((first.message, first.late, first.id, first.trace, first.service), ("zero", None, "e", "4bf9", "shop"));
}

#[test]
fn a_line_dated_in_the_future_makes_no_other_one_late() {
    let mut lines = Lines::default();
    lines.arrive(vec![line(900 * SECOND, "f", "future"), line(10 * SECOND, "a", "one")], 11 * SECOND, none);
    assert_eq!(lines.newest_by(11 * SECOND), Some(10 * SECOND));
    lines.arrive(vec![line(12 * SECOND, "b", "two"), line(2 * SECOND, "c", "late")], 12 * SECOND, none);
    let marks: Vec<_> = lines.from(0).map(|held| held.late).collect();
    assert_eq!(marks, [Some(8), None, None, None]);
    assert_eq!((lines.newest_by(0), Lines::default().newest_by(0)), (None, None));
}

#[test]
fn beyond_the_cap_the_oldest_go_and_are_counted() {
    let mut lines = Lines::up_to(3);
    lines.arrive((0..5).map(|i| line(i, &i.to_string(), &i.to_string())).collect(), i64::MAX, none);
    assert_eq!((messages(&lines), lines.dropped(), lines.len()), (vec!["2".into(), "3".into(), "4".into()], 2, 3));
    lines.arrive(vec![line(1, "1", "1")], i64::MAX, none);
    assert_eq!((lines.dropped(), lines.oldest(), lines.newest()), (3, Some(2), Some(4)));
}

#[test]
fn beyond_the_room_for_what_they_say_the_oldest_go() {
    let mut lines = Lines::up_to(5_000);
    lines.room = 160_000;
    // Message, id and trace: a hundred bytes.
    let hundred = |i: i64| line(i, &format!("{i:06}"), &"x".repeat(90));
    for first in [0, 1_500] {
        lines.arrive((first..first + 1_500).map(hundred).collect(), i64::MAX, none);
        assert!(lines.is_full());
    }
    assert_eq!((lines.len(), lines.held(), lines.dropped(), lines.bytes), (1_600, 1_600, 1_400, 160_000));
    assert_eq!((lines.oldest(), lines.newest()), (Some(1_400), Some(2_999)));
    lines.clear();
    assert!(!lines.is_full() && lines.room == 160_000);
}

#[test]
fn a_line_is_found_again_wherever_it_has_moved() {
    let mut lines = Lines::default();
    lines.arrive((0..5_000).map(|i| line(2 * i, &i.to_string(), "x")).collect(), i64::MAX, none);
    let key = lines.key(2_500).unwrap();
    lines.fill((0..3_000).map(|i| line(2 * i + 1, "odd", "y")).collect(), none);
    assert_eq!((lines.position(&key), lines.get(5_000).map(|held| held.at)), (5_000, Some(key.at)));
    assert_eq!(lines.key(lines.len()), None);
}

#[test]
fn what_is_looked_for_is_counted_and_gone_to_around_the_ends() {
    let mut lines = Lines::up_to(3_000);
    let text = |i: i64| if i % 1_000 == 7 { "Upstream timeout" } else { "all is well" };
    lines.arrive((0..3_000).map(|i| line(i, &i.to_string(), text(i))).collect(), i64::MAX, none);
    lines.seek("timeout");
    assert_eq!(lines.hits(), 3);
    let steps = [(0, true), (7, true), (2_500, true), (7, false), (8, false), (1_007, false)];
    assert_eq!(
        steps.map(|(at, forward)| lines.next_hit(at, forward)),
        [7, 1_007, 7, 2_007, 7, 7].map(Some),
        "{steps:?}"
    );
    lines.arrive(vec![Line { endpoint: "/timeout".into(), ..line(9_000, "z", "no") }], i64::MAX, none);
    assert_eq!(lines.hits(), 4, "shared words count, and words that are new");
    lines.arrive((0..8).map(|i| line(9_001 + i, "w", "no")).collect(), i64::MAX, none);
    assert_eq!(lines.hits(), 3, "one has gone");
    lines.seek("nothing like it");
    assert_eq!((lines.hits(), lines.next_hit(0, true)), (0, None));
}

#[test]
fn words_that_no_line_uses_are_let_go() {
    let mut lines = Lines::up_to(100);
    for i in 0..200_000i64 {
        lines.arrive(vec![Line { endpoint: format!("/{i}").into(), ..line(i, "a", "m") }], i64::MAX, none);
    }
    assert!(lines.names.len() <= WORDS + 1, "{}", lines.names.len());
    assert_eq!(lines.get(99).unwrap().endpoint, "/199999");
}

/// The pattern of a line is the number that it begins with.
fn numbered(line: &Line) -> u32 {
    line.message.split(' ').next().unwrap().parse().unwrap()
}

#[test]
fn lines_that_are_not_shown_are_held_and_come_back() {
    let mut lines = Lines::up_to(4_000);
    let one = |i: i64| line(i, &i.to_string(), &format!("{} said", i % 3));
    lines.arrive((0..4_000).map(one).collect(), i64::MAX, numbered);
    lines.seek("0 said");
    lines.show(Some(Shown { patterns: vec![true, false], others: false }));
    assert_eq!((lines.len(), lines.held(), lines.hits()), (1_334, 4_000, 1_334));
    assert_eq!(lines.from(700).map(|held| held.at).take(2).collect::<Vec<_>>(), [2_100, 2_103]);
    let key = lines.key(1_000).unwrap();
    assert_eq!((key.at, lines.position(&key), lines.next_hit(1_333, true)), (3_000, 1_000, Some(0)));
    let taken = lines.arrive((4_000..4_003).map(one).collect(), i64::MAX, numbered);
    assert_eq!((taken, lines.len()), (Taken { held: 3, shown: 1 }, 1_334), "the oldest, which was shown, has gone");
    lines.show(Some(Shown { patterns: vec![false], others: true }));
    assert_eq!((lines.len(), lines.hits(), lines.next_hit(5, true)), (2_666, 0, None));
    lines.show(None);
    assert_eq!((lines.len(), lines.hits(), lines.position(&key)), (4_000, 1_334, 2_997));
    assert_eq!(lines.since(4_001).map(|held| held.pattern).collect::<Vec<_>>(), [2, 0]);
}

proptest! {
    #[test]
    fn what_is_shown_stands_as_if_nothing_else_was_there(
        order in Just((0..3_000i64).collect::<Vec<_>>()).prop_shuffle(),
        cap in prop::sample::select(vec![50usize, 1_500, 10_000]),
        shown in prop::collection::vec(any::<bool>(), 4),
        at in 0usize..3_000,
        when in 0usize..3,
    ) {
        let one = |i: i64| line(i / 7, &format!("{:05}", i * 7_919 % 3_000), &format!("{} {}", i % 5, i));
        let shown = Shown { patterns: shown, others: true };
        let mut lines = Lines::up_to(cap);
        lines.seek("3");
        for (part, ids) in order.chunks(1_000).enumerate() {
            if part == when {
                lines.show(Some(shown.clone()));
            }
            lines.arrive(ids.iter().map(|i| one(*i)).collect(), i64::MAX, numbered);
        }
        let is_shown = |held: &Held| shown.patterns.get(held.pattern as usize).copied().unwrap_or(true);
        let expected: Vec<&str> = lines.since(i64::MIN).filter(is_shown).map(|held| held.message).collect();
        let hits: Vec<usize> = (0..expected.len()).filter(|at| expected[*at].contains('3')).collect();
        prop_assert_eq!(&messages(&lines), &expected);
        prop_assert_eq!((lines.len(), lines.held(), lines.hits()), (expected.len(), cap.min(3_000), hits.len()));
        prop_assert_eq!(lines.get(at).map(|held| held.message), expected.get(at).copied());
        if let Some(key) = lines.key(at) {
            prop_assert_eq!(lines.position(&key), at);
            let after = hits.iter().find(|hit| **hit > at).or(hits.first()).copied();
            let before = hits.iter().rev().find(|hit| **hit < at).or(hits.last()).copied();
            prop_assert_eq!((lines.next_hit(at, true), lines.next_hit(at, false)), (after, before));
        }
    }

    #[test]
    fn any_order_of_arrival_gives_the_same_list(
        order in Just((0..3_000i64).collect::<Vec<_>>()).prop_shuffle(),
        batch in 1usize..700,
        cap in prop::sample::select(vec![50usize, 1_500, 10_000]),
        again in 0usize..300,
    ) {
        // Seven lines a moment, and some of them come twice.
        let all = |i: i64| line(i / 7, &format!("{:05}", i * 7_919 % 3_000), &i.to_string());
        let mut expected = Lines::up_to(cap);
        expected.arrive((0..3_000).map(all).collect(), i64::MAX, none);
        let mut lines = Lines::up_to(cap);
        let twice: Vec<i64> = order.iter().chain(order.iter().take(again)).copied().collect();
        for part in twice.chunks(batch) {
            lines.arrive(part.iter().map(|i| all(*i)).collect(), i64::MAX, none);
        }
        prop_assert_eq!(messages(&lines), messages(&expected));
        prop_assert_eq!(lines.len(), cap.min(3_000));
    }
}
