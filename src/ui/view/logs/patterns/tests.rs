use super::*;
use crate::model::log::{Count, Level};
use crate::time::MINUTE;

const NOW: Timestamp = Timestamp(1_795_442_607_000);

fn line(ago: i64, message: &str) -> Line {
    let none = || "".into();
    Line {
        index: "i".into(),
        id: ago.to_string().into(),
        at: NOW.plus(-ago).ns(),
        level: Level::Info,
        service: none(),
        place: none(),
        message: message.into(),
        kind: none(),
        endpoint: none(),
        error_type: none(),
        trace: none(),
    }
}

fn taken(patterns: &mut Patterns, lines: &mut Lines, new: Vec<Line>) {
    lines.fill(new, |line| patterns.take(line, NOW.0));
    patterns.apply(lines);
}

fn counts(patterns: &mut Patterns) -> Vec<(String, u64, u64)> {
    let found = patterns.tally.findings(NOW, &patterns.seen.stretches(NOW));
    found.into_iter().map(|one| (one.text.to_string(), one.count, one.before)).collect()
}

#[test]
fn a_wrong_clock_does_not_make_the_present_the_long_past() {
    let (mut patterns, mut lines) = (Patterns::default(), Lines::default());
    let all = vec![line(9_000, "one came"), line(-300 * 86_400_000, "one came"), line(8_000, "one came")];
    taken(&mut patterns, &mut lines, all);
    assert_eq!((lines.held(), counts(&mut patterns)), (3, vec![("one came".to_owned(), 2, 0)]));
}

#[test]
fn patterns_that_become_one_are_shown_and_hidden_as_one() {
    let (mut patterns, mut lines) = (Patterns::default(), Lines::default());
    let word = |i: i64| line(i, &format!("user {} is gone", ["ada", "bo", "cy", "di", "ed", "flo", "gus"][i as usize]));
    taken(&mut patterns, &mut lines, vec![word(0), line(90, "all is well")]);
    let of = |lines: &Lines, at: usize| lines.get(at).map(|held| PatternId(held.pattern)).unwrap();
    let first = of(&lines, 1);
    patterns.hidden = vec![first];
    patterns.apply(&mut lines);
    assert_eq!(lines.len(), 1);
    taken(&mut patterns, &mut lines, (1..7).map(word).collect());
    let hidden = patterns.tally.find(first);
    lines.show(None);
    let ids: Vec<PatternId> = lines.from(0).map(|held| patterns.tally.find(PatternId(held.pattern))).collect();
    let of_it = ids.iter().filter(|id| **id == hidden).count();
    assert!(of_it > 1, "the words are a value by now: {ids:?}");
    patterns.apply(&mut lines);
    assert_eq!(lines.len(), 8 - of_it);
    patterns.hidden.clear();
    patterns.only = Some(first);
    patterns.apply(&mut lines);
    assert_eq!(lines.len(), of_it);
}

#[test]
fn another_range_counts_again_without_mining() {
    let (mut patterns, mut lines) = (Patterns::default(), Lines::default());
    taken(&mut patterns, &mut lines, (0..100).map(|i| line(i * MINUTE, "a request came")).collect());
    patterns.seen.begin(Some(line(99 * MINUTE, "").at), NOW);
    let before = patterns.numbers;
    for (window, expected) in [(HOUR, 100), (10 * MINUTE, 20), (HOUR, 100), (200 * MINUTE, 100)] {
        patterns.recount(&lines, window, NOW);
        let found = counts(&mut patterns);
        let sum = found[0].1 + found[0].2;
        assert!((expected - 1..=expected + 1).contains(&sum), "{window}: {found:?}");
    }
    assert_eq!(patterns.numbers, before);
}

#[test]
fn lines_of_the_range_before_are_counted_once() {
    let (mut patterns, mut lines) = (Patterns::default(), Lines::default());
    let held = line(70 * MINUTE, "a request came");
    taken(&mut patterns, &mut lines, vec![held.clone()]);
    let range = Range::new(NOW.plus(-2 * HOUR), NOW.plus(-HOUR));
    patterns.earlier = Earlier::Asked(range, None);
    let page =
        Page { lines: vec![line(80 * MINUTE, "a request came"), held], total: Count::Exactly(2), notes: Vec::new() };
    patterns.take_earlier(Ok(page), &lines);
    assert_eq!(counts(&mut patterns), [("a request came".to_owned(), 0, 2)]);
    assert_eq!((patterns.seen.earlier, &patterns.earlier), (Some(range), &Earlier::Counted));
}
