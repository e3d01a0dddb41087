use super::*;
use crate::model::log::Level;
use crate::time::{MINUTE, SECOND};

const WINDOW: i64 = 16 * MINUTE;
/// The end of a bucket.
const NOW: Timestamp = Timestamp(1_763_901_240_000 - 1);

pub fn line(ago: i64, level: Level, service: &str, message: &str) -> Line {
    Line {
        index: "i".into(),
        id: "x".into(),
        at: NOW.plus(-ago).0 * 1_000_000,
        level,
        service: service.into(),
        place: "pod-1".into(),
        message: message.into(),
        kind: Plain::default(),
        endpoint: Plain::default(),
        error_type: Plain::default(),
        trace: Plain::default(),
    }
}

/// A line every so often, over a stretch that is given by how long ago it began and ended.
fn every(step: i64, (from, to): (i64, i64), message: &str) -> Vec<Line> {
    (0..(from - to) / step).map(|i| line(from - i * step, Level::Warn, "shop", &format!("{message} {i}"))).collect()
}

fn tally(lines: &[Line]) -> Tally {
    let mut tally = Tally::new(WINDOW);
    tally.extend(lines);
    tally
}

/// All that came since.
fn from(start: Timestamp) -> Range {
    Range::new(start, Timestamp(i64::MAX))
}

fn findings(lines: &[Line]) -> Vec<Finding> {
    tally(lines).findings(NOW, &[from(NOW.plus(-2 * WINDOW))])
}

fn kind(lines: &[Line]) -> Kind {
    let found = findings(lines);
    assert_eq!(found.len(), 1, "{found:?}");
    found[0].kind
}

const BOTH: (i64, i64) = (2 * WINDOW - 1, 0);
const OLD: (i64, i64) = (2 * WINDOW - 1, WINDOW);
const NEW: (i64, i64) = (WINDOW - 1, 0);

#[test]
fn new_grown_same_fallen_and_gone() {
    assert_eq!(kind(&every(SECOND, NEW, "upstream timeout after")), Kind::New);
    assert_eq!(kind(&every(SECOND, OLD, "upstream timeout after")), Kind::Gone);
    assert_eq!(kind(&every(SECOND, BOTH, "upstream timeout after")), Kind::Same);
    let more = [every(20 * SECOND, OLD, "a"), every(SECOND, NEW, "a")].concat();
    assert!(matches!(kind(&more), Kind::Grown(times) if (19.0..21.5).contains(&times)));
    let less = [every(SECOND, OLD, "a"), every(20 * SECOND, NEW, "a")].concat();
    assert!(matches!(kind(&less), Kind::Fallen(times) if (19.0..21.5).contains(&times)));
}

#[test]
fn small_counts_are_no_growth() {
    let few = [every(8 * MINUTE, OLD, "a"), every(2 * MINUTE, NEW, "a")].concat();
    assert_eq!(kind(&few), Kind::Same);
    let enough = [every(8 * MINUTE, OLD, "a"), every(20 * SECOND, NEW, "a")].concat();
    assert!(matches!(kind(&enough), Kind::Grown(_)));
}

#[test]
fn what_was_seen_long_ago_is_not_new() {
    let mut tally = tally(&every(SECOND, (10 * WINDOW, 9 * WINDOW), "a"));
    tally.extend(&every(SECOND, NEW, "a"));
    let found = tally.findings(NOW, &[from(NOW.plus(-20 * WINDOW))]);
    assert!(matches!(found[0].kind, Kind::Grown(_)) && found[0].before == 0, "{found:?}");
}

#[test]
fn without_the_window_before_nothing_is_new() {
    let lines = every(SECOND, NEW, "a");
    let of = |known_from: i64| tally(&lines).findings(NOW, &[from(NOW.plus(-known_from))])[0].kind;
    assert_eq!(of(WINDOW), Kind::Unknown);
    assert_eq!(of(WINDOW + WINDOW / 8), Kind::Unknown);
    assert_eq!(of(WINDOW + WINDOW / 2), Kind::New);
    // A part of it was seen: what is in it is taken for a part.
    let lines = every(SECOND, (WINDOW + WINDOW / 2, 0), "a");
    assert_eq!(tally(&lines).findings(NOW, &[from(NOW.plus(-WINDOW - WINDOW / 2))])[0].kind, Kind::Same);
}

#[test]
fn what_stands_out_comes_first_and_errors_before_the_rest() {
    let mut lines = every(SECOND, BOTH, "calm words");
    lines.extend(every(20 * SECOND, OLD, "grown words"));
    lines.extend(every(SECOND, NEW, "grown words"));
    lines.extend(every(2 * SECOND, OLD, "gone words"));
    lines.extend(every(10 * SECOND, NEW, "new words"));
    lines.extend(every(20 * SECOND, NEW, "new failure").into_iter().map(|line| Line { level: Level::Error, ..line }));
    let texts: Vec<String> = findings(&lines).iter().map(|finding| finding.text.to_string()).collect();
    assert_eq!(texts, ["new failure <*>", "new words <*>", "grown words <*>", "calm words <*>", "gone words <*>"]);
}

#[test]
fn a_finding_says_what_there_is_to_know() {
    let mut lines = every(MINUTE, (10 * MINUTE, 0), "upstream timeout after");
    lines[3].service = "checkout".into();
    lines[4].level = Level::Error;
    // In any order.
    lines.reverse();
    lines.rotate_left(4);
    let found = findings(&lines).remove(0);
    assert_eq!((found.count, found.before), (10, 0));
    assert_eq!((found.first, found.last), (NOW.plus(-10 * MINUTE).0 * 1_000_000, NOW.plus(-MINUTE).0 * 1_000_000));
    assert_eq!(found.example, "upstream timeout after 9");
    assert_eq!((found.level, found.levels), (Level::Warn, [1, 9, 0, 0, 0]));
    assert_eq!(found.services, ["shop", "checkout"]);
    assert_eq!(found.spark, [0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 0]);
    assert_eq!(found.since, Some(NOW.0 + 1 - 11 * MINUTE));
}

#[test]
fn patterns_that_become_one_are_counted_as_one() {
    let words = ["red", "green", "blue", "white", "black", "pink", "grey"];
    let lines = words
        .iter()
        .zip(1..)
        .map(|(word, ago)| line(ago * MINUTE, Level::Info, word, &format!("painted the house {word} today")));
    let found = findings(&lines.collect::<Vec<_>>());
    assert_eq!((found.len(), found[0].count, found[0].services.len()), (1, 7, row::APART));
    assert_eq!(found[0].spark[8..], [1, 1, 1, 1, 1, 1, 1, 0]);
}

#[test]
fn time_goes_on_and_late_lines_are_counted_where_they_belong() {
    let mut tally = tally(&every(SECOND, NEW, "a"));
    let later = NOW.plus(WINDOW);
    assert_eq!(tally.findings(later, &[from(NOW.plus(-3 * WINDOW))])[0].kind, Kind::Gone);
    // Beyond all windows, and of the future: neither is in a window.
    tally.extend(&every(SECOND, (9 * WINDOW, 8 * WINDOW), "a"));
    tally.add(line(-40 * WINDOW, Level::Info, "shop", "from the future").said());
    assert_eq!(tally.findings(later, &[from(NOW.plus(-3 * WINDOW))]).len(), 1);
    tally.extend(&every(MINUTE, (WINDOW - 1, 0), "a"));
    assert_eq!(tally.findings(NOW, &[from(NOW.plus(-3 * WINDOW))])[0].count, 16 * 60 - 1 + 15);
}

#[test]
fn a_flood_of_different_lines_does_not_fill_the_memory() {
    let mut tally = Tally::new(WINDOW);
    let word = |n: usize| -> String { (0..6).map(|i| char::from(b'a' + ((n >> (4 * i)) & 15) as u8)).collect() };
    for n in 0..40_000 {
        let message = format!("{} {} {}", word(n), word(n * 31 + 7), word(n * 17 + 3));
        tally.add(line(0, Level::Info, "shop", &message).said());
    }
    assert!(tally.rows.len() <= CROWDED);
    let found = tally.findings(NOW, &[from(NOW.plus(-2 * WINDOW))]);
    assert!(found.len() <= super::super::MOST + 1);
    assert_eq!(found.iter().map(|finding| finding.count).sum::<u64>(), 40_000);
    let others = found.iter().find(|finding| finding.id == PatternId::OTHERS).unwrap();
    assert!(others.kind != Kind::New && others.text == "(other patterns)");
}

#[test]
fn two_stretches_that_lie_apart_are_compared() {
    let day = 24 * 60 * MINUTE;
    let stretch = |ago: i64, length: i64| Range::new(NOW.plus(-ago - length), NOW.plus(-ago));
    let mut earlier = every(SECOND, (day + 2 * MINUTE, day), "calm words");
    earlier.extend(every(20 * SECOND, (day + 2 * MINUTE, day), "grown words"));
    let mut lines = every(SECOND, (2 * MINUTE - 1, 0), "calm words");
    lines.extend(every(SECOND, (2 * MINUTE - 1, 0), "grown words"));
    lines.extend(every(10 * SECOND, (MINUTE, 0), "new words"));
    let whole = |lines, period| Sample { period, parts: vec![(lines, period)] };
    let found = between(&whole(&lines, stretch(0, 2 * MINUTE)), &whole(&earlier, stretch(day, 2 * MINUTE)));
    let said: Vec<(&str, u64, u64)> = found.iter().map(|f| (f.text.as_str(), f.count, f.before)).collect();
    assert_eq!(said, [("new words <*>", 6, 0), ("grown words <*>", 119, 6), ("calm words <*>", 119, 120)]);
    assert!(matches!(found[1].kind, Kind::Grown(_)) && found[2].kind == Kind::Same);
    // Times are those of the lines.
    assert_eq!(found[1].first, NOW.plus(-day - 2 * MINUTE).0 * 1_000_000);
    // A stretch that is shorter is no fall.
    let (short, long) = (every(SECOND, (2 * MINUTE - 1, 0), "a"), every(SECOND, (4 * MINUTE - 1, 0), "a"));
    let half = between(&whole(&short, stretch(0, 2 * MINUTE)), &whole(&long, stretch(0, 4 * MINUTE)));
    assert!(half.iter().all(|finding| finding.kind == Kind::Same), "{half:?}");
    let nothing = between(&whole(&lines, stretch(0, 2 * MINUTE)), &whole(&[], stretch(day, 0)));
    assert!(nothing.iter().all(|finding| finding.kind == Kind::Unknown));
}

/// The end of each of some even parts of a window is seen.
fn ends_of_parts(ago: i64, parts: i64, seen: i64) -> Vec<Range> {
    let length = WINDOW / parts;
    let end = |part: i64| NOW.plus(-ago - part * length);
    (0..parts).rev().map(|part| Range::new(end(part).plus(-seen), end(part))).collect()
}

fn within(lines: &[Line], stretches: Vec<Range>) -> Vec<(Vec<Line>, Range)> {
    let of = |stretch: Range| {
        let here = lines.iter().filter(|line| stretch.contains(Timestamp(line.at / 1_000_000)));
        (here.cloned().collect::<Vec<_>>(), stretch)
    };
    stretches.into_iter().map(of).collect()
}

fn sample(parts: &[(Vec<Line>, Range)], period: Range) -> Sample<'_> {
    Sample { period, parts: parts.iter().map(|(lines, stretch)| (&lines[..], *stretch)).collect() }
}

#[test]
fn few_lines_that_a_sample_has_not_are_no_news_and_many_are() {
    let lines =
        |count: i64| -> Vec<Line> { (0..count).map(|i| line(i * SECOND, Level::Error, "shop", "odd words")).collect() };
    let kind = |count: i64, seen: i64| {
        let now = within(&lines(count), ends_of_parts(0, 4, seen));
        let before = within(&every(SECOND, OLD, "calm words"), ends_of_parts(WINDOW, 4, seen));
        let (period, earlier) =
            (Range::new(NOW.plus(-WINDOW), NOW), Range::new(NOW.plus(-2 * WINDOW), NOW.plus(-WINDOW)));
        let found = between(&sample(&now, period), &sample(&before, earlier));
        found.into_iter().find(|finding| finding.text == "odd words").unwrap().kind
    };
    assert_eq!((kind(3, 30 * SECOND), kind(20, 30 * SECOND)), (Kind::Unknown, Kind::New));
    assert_eq!(kind(1, WINDOW / 4), Kind::New, "of all lines a single one is news");
}

#[test]
fn a_part_of_which_more_was_seen_is_not_the_beginning_of_growth() {
    // As many a second as before until five minutes ago, then ten times as many.
    let usual = every(SECOND, BOTH, "a");
    let more: Vec<Line> = (0..300 * 10).map(|i| line(i * 100, Level::Warn, "shop", &format!("a {i}"))).collect();
    let lines: Vec<Line> = usual.into_iter().chain(more).collect();
    // Of the oldest minutes everything was seen, of the others and of the time before a part.
    let mut seen = ends_of_parts(0, 8, 20 * SECOND);
    seen[0] = Range::new(NOW.plus(-WINDOW), seen[0].end);
    let now = within(&lines, seen);
    let before = within(&lines, ends_of_parts(WINDOW, 8, 20 * SECOND));
    let (period, earlier) = (Range::new(NOW.plus(-WINDOW), NOW), Range::new(NOW.plus(-2 * WINDOW), NOW.plus(-WINDOW)));
    let found = between(&sample(&now, period), &sample(&before, earlier)).remove(0);
    let ago = NOW.0 - found.since.unwrap();
    assert!(matches!(found.kind, Kind::Grown(_)) && (3 * MINUTE..=6 * MINUTE).contains(&ago), "{ago} {found:?}");
}
