//! Pictures of charts. What holds for any of them is in `promises`.

mod promises;

use insta::assert_snapshot;
use ratatui::style::Color;

use super::*;
use crate::time::{HOUR, MINUTE};

/// 2026-11-23T13:03:00Z
const START: i64 = 1_795_438_980_000;
static ZONE: TimeZone = TimeZone::UTC;
const RANGE: (i64, i64) = (START, START + HOUR);

/// `count` samples over an hour.
fn hour(count: i64, value: impl Fn(f64) -> f64) -> (Vec<i64>, Vec<f64>) {
    (0..count).map(|i| (START + i * HOUR / count, value(i as f64 / count as f64))).unzip()
}

fn line(samples: &(Vec<i64>, Vec<f64>)) -> Line<'_> {
    Line { times: &samples.0, values: &samples.1, style: Style::new(), right_axis: false }
}

fn chart<'a>(lines: &'a [Line<'a>], unit: Unit, width: u16) -> Chart<'a> {
    let step = HOUR / i64::from(dots(Rect::new(0, 0, width, 9), false));
    Chart { lines, ..Chart::new(RANGE, step, unit, &ZONE) }
}

fn draw(chart: &Chart, width: u16, height: u16) -> Buffer {
    let mut buf = Buffer::empty(Rect::new(0, 0, width, height));
    chart.render(buf.area, &mut buf);
    buf
}

/// The rows of a buffer, each between bars so that blanks at both ends count.
fn text(buf: &Buffer) -> String {
    let rows = buf.content.chunks(usize::from(buf.area.width.max(1)));
    rows.map(|row| format!("▕{}▏", row.iter().map(|cell| cell.symbol()).collect::<String>()))
        .collect::<Vec<_>>()
        .join("\n")
}

fn picture(chart: &Chart, width: u16, height: u16) -> String {
    text(&draw(chart, width, height))
}

/// Twice as many columns as cells: the usual case.
fn sine(width: u16) -> (Vec<i64>, Vec<f64>) {
    hour(i64::from(dots(Rect::new(0, 0, width, 9), false)), |x| 200.0 + 120.0 * (x * 9.0).sin())
}

#[test]
fn a_typical_chart() {
    let (mut a, mut b) = (sine(61), hour(108, |x| 40.0 - 20.0 * x));
    for samples in [&mut a, &mut b] {
        samples.0.truncate(102);
        samples.1.truncate(102);
    }
    let lines = [line(&a), line(&b)];
    let chart = Chart { newest: Some(a.0[a.0.len() - 1]), ..chart(&lines, Unit::PerSecond, 61) };
    assert_snapshot!(picture(&chart, 61, 8), @r"
    ▕   400┤                                                      ▏
    ▕      │     ⣀⡤⠤⠒⠒⠢⠤⢄⣀                            ⢀⣠⠤⠤⠔⠒⠦⠤⡀   ▏
    ▕      │ ⢀⠤⠎⠉        ⠈⠉⠢⢤                      ⡠⠴⠒⠁           ▏
    ▕   200┤⠎⠁               ⠉⠣⢤                ⡠⠴⠉⠁              ▏
    ▕      │                    ⠉⠣⢤⣀         ⡠⠴⠉⠁                 ▏
    ▕      │                        ⠉⠑⠒⠦⠤⠒⠒⠊⠉                     ▏
    ▕     0┤⠉⠉⠉⠉⠉⠉⠉⠙⠒⠒⠒⠒⠒⠒⠒⠒⠒⠒⠒⠒⠒⠒⠒⠒⠒⠒⠒⠒⠒⠒⠒⠒⠒⠒⠒⠒⠒⠒⠒⠒⠒⠒⠒⠒⠒⠒⠒⠒⠤⠤⠄   ▏
    ▕       13:03     13:15         13:30        13:45   13:59▲   ▏
    ");
}

#[test]
fn the_smallest_useful_chart() {
    let a = sine(38);
    let lines = [line(&a)];
    assert_snapshot!(picture(&chart(&lines, Unit::Seconds, 38), 38, 4), @r"
    ▕ 6min┤ ⢀⣀⠤⠔⠒⠒⠤⠤⣀              ⣀⠤⠤⠒⠒⠢⠤⣀▏
    ▕     │⠊⠁        ⠉⠒⠤⣀      ⣀⠤⠒⠉        ▏
    ▕    0┤              ⠉⠉⠑⠊⠉⠉            ▏
    ▕      13:03         13:30        14:03▏
    ");
}

#[test]
fn missing_samples_and_nan_are_gaps_and_a_lone_sample_is_a_dot() {
    let mut a = hour(66, |x| 0.1 + 0.2 * x);
    a.1[10..20].fill(f64::NAN);
    a.0.drain(30..40);
    a.1.drain(30..40);
    a.1[45] = f64::NAN;
    a.1[47] = f64::NAN;
    let lines = [line(&a)];
    assert_snapshot!(picture(&Chart { step: HOUR / 66, ..chart(&lines, Unit::Seconds, 39) }, 39, 7), @r"
    ▕300ms┤                         ⣀⣀⠠⠠⠔⠒⠊⠁▏
    ▕     │                   ⠠⠤⠒⠒⠉⠉        ▏
    ▕     │         ⢀⠤⠤⠔⠒⠂                  ▏
    ▕     │⣀⡠⠤⠔⠂                            ▏
    ▕     │                                 ▏
    ▕    0┤                                 ▏
    ▕      13:03         13:30         14:03▏
    ");
}

#[test]
fn infinity_is_marked_at_the_edge() {
    let mut a = sine(39);
    a.1[20] = f64::INFINITY;
    a.1[40..44].fill(f64::NEG_INFINITY);
    let lines = [line(&a)];
    assert_snapshot!(picture(&chart(&lines, Unit::Count, 39), 39, 7), @r"
    ▕  400┤         ▲                       ▏
    ▕     │  ⡠⠔⠒⠒⠒⠢⢄⡟⡄              ⣀⠔⠒⠒⠒⠢⢄ ▏
    ▕     │⡠⠊       ⠁⠧⡀           ⡠⠊       ⠁▏
    ▕     │⠁          ⠈⠢⡀        ⡎          ▏
    ▕     │             ⠈⠒⠤⠤⠤⠤⡆ ⢸           ▏
    ▕    0┤                   ▼▼▼           ▏
    ▕      13:03         13:30         14:03▏
    ");
}

#[test]
fn two_axes() {
    let memory = hour(108, |x| (1.0 + 0.6 * x) * 1_073_741_824.0);
    let cpu = hour(108, |x| 35.0 + 20.0 * (x * 7.0).cos());
    let lines = [line(&memory), Line { right_axis: true, ..line(&cpu) }];
    let limits = [Limit { value: 90.0, style: Style::new(), right_axis: true }];
    let chart = Chart { right: Some(Unit::Percent), limits: &limits, ..chart(&lines, Unit::Bytes, 61) };
    assert_snapshot!(picture(&chart, 61, 8), @r"
    ▕    2G┤                                               ├100%  ▏
    ▕      │╌ ╌ ╌ ╌ ╌ ╌ ╌ ╌ ╌ ╌ ╌ ╌ ╌ ╌ ╌ ╌ ╌ ╌⣀⣀⣀⣀⣀⡠⠤⠤⠤⠤⠤⠔├90%   ▏
    ▕      │           ⢀⣀⣀⣀⣀⣀⡠⠤⠤⠤⠤⠤⠔⠒⠒⠒⠒⠒⠉⠉⠉⠉⠉⠉            │      ▏
    ▕    1G┤⠟⠛⠓⠒⠒⠶⢍⣉⠉⠉⠉⠁                      ⣀⡠⠤⠒⠒⠒⠉⠉⠉⠉⠑⠒⠒├50%   ▏
    ▕      │        ⠉⠑⠢⢄⣀                ⢀⡤⠔⠒⠉             │      ▏
    ▕      │             ⠉⠑⠒⠤⠤⢄⣀⣀⣀⣀⣠⠤⠤⠔⠊⠉⠁                 │      ▏
    ▕     0┤                                               ├0     ▏
    ▕       13:03    13:15       13:30      13:45     14:03       ▏
    ");
}

#[test]
fn a_threshold_is_dashed_and_always_on_the_axis() {
    let a = hour(66, |x| if x > 0.8 { 0.13 } else { 0.003 });
    let calm = hour(66, |_| 0.003);
    let limits = [Limit { value: 0.1, style: Color::Red.into(), right_axis: false }];
    let (alarm, calm) = ([line(&a)], [line(&calm)]);
    let alarm = Chart { limits: &limits, ..chart(&alarm, Unit::Ratio, 39) };
    assert_snapshot!(picture(&alarm, 39, 7), @r"
    ▕  15%┤                          ⣀⣀⣀⣀⣀⣀⡀▏
    ▕     │                          ⡇      ▏
    ▕  10%┤╌ ╌ ╌ ╌ ╌ ╌ ╌ ╌ ╌ ╌ ╌ ╌ ╌ ⡇ ╌ ╌ ╌▏
    ▕     │                         ⢰⠁      ▏
    ▕     │                         ⢸       ▏
    ▕    0┤⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣸       ▏
    ▕      13:03         13:30         14:03▏
    ");
    let calm = Chart { limits: &limits, ..chart(&calm, Unit::Ratio, 39) };
    assert_snapshot!(picture(&calm, 39, 7), @r"
    ▕  10%┤╌ ╌ ╌ ╌ ╌ ╌ ╌ ╌ ╌ ╌ ╌ ╌ ╌ ╌ ╌ ╌ ╌▏
    ▕     │                                 ▏
    ▕     │                                 ▏
    ▕     │                                 ▏
    ▕     │                                 ▏
    ▕    0┤⠤⠤⠤⠤⠤⠤⠤⠤⠤⠤⠤⠤⠤⠤⠤⠤⠤⠤⠤⠤⠤⠤⠤⠤⠤⠤⠤⠤⠤⠤⠤⠤⠄▏
    ▕      13:03         13:30         14:03▏
    ");
}

#[test]
fn marks_and_crosshair() {
    let a = sine(61);
    let lines = [line(&a)];
    let mark = |from, to, glyph| Mark {
        from: START + from * MINUTE,
        to: START + to * MINUTE,
        style: Style::new(),
        glyph,
        soft: false,
    };
    let marks = [mark(20, 20, '↻'), mark(55, 57, '━'), mark(-90, -80, 'x'), mark(90, 91, 'x')];
    let chart = Chart {
        marks: &marks,
        crosshair: Some(START + 35 * MINUTE),
        newest: Some(START + 57 * MINUTE),
        ..chart(&lines, Unit::PerSecond, 61)
    };
    assert_snapshot!(picture(&chart, 61, 6), @r"
    ▕   400┤                               │                      ▏
    ▕      │  ⣀⡤⠴⠒⠋⠉⠉⠉⠉⠉⠓⠒⠤⢄⣀              │       ⢀⣀⠤⠖⠒⠉⠉⠉⠉⠉⠉⠒⠢⠤⡀▏
    ▕      │⠖⠊              ⠈⠉⠢⢤⣀⡀         │    ⡠⠴⠒⠁              ▏
    ▕      │                     ⠉⠑⠒⠤⢄⣀⣀⣀⣀⣀⡠⠤⠖⠊⠉                  ▏
    ▕     0┤                               │                      ▏
    ▕       13:03     13:15   ↻        13:38:00  13:45       ━━▲  ▏
    ");
}

#[test]
fn a_long_mark_carries_the_labels_on_it_and_a_moment_gives_way_to_them() {
    let mark = |from, to, glyph| Mark {
        from: START + from * MINUTE,
        to: START + to * MINUTE,
        style: Style::new(),
        glyph,
        soft: false,
    };
    let marks = [mark(10, 50, '━'), mark(28, 28, '↻')];
    let chart = Chart { marks: &marks, ..Chart::new(RANGE, MINUTE, Unit::Count, &ZONE) };
    assert_snapshot!(picture(&chart, 61, 3), @r"
    ▕      │                                                      ▏
    ▕      │                         ↻                            ▏
    ▕       13:03    ━13:15━━━━━━━━━13:30━━━━━━━━13:45━━━━   14:03▏
    ");
}

/// A week of marks, so many hours apart.
fn week(hours: i64, width: u16) -> String {
    let range = (START - 167 * HOUR, START + HOUR);
    let times = (1..).map(|n| range.0 + n * hours * HOUR).take_while(|time| *time < range.1);
    let marks: Vec<Mark> =
        times.map(|time| Mark { from: time, to: time, style: Style::new(), glyph: '↻', soft: false }).collect();
    let flat = (vec![range.0, range.1], vec![1.0, 1.0]);
    let lines = [line(&flat)];
    let chart =
        Chart { lines: &lines, marks: &marks, newest: Some(range.1), ..Chart::new(range, 0, Unit::Count, &ZONE) };
    picture(&chart, width, 5)
}

#[test]
fn marks_never_take_the_place_of_times() {
    assert_snapshot!([week(4, 39), week(40, 39), week(4, 61), week(1000, 110)].join("\n-\n"), @"
    ▕    1┤⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉▏
    ▕     │                                 ▏
    ▕     │                                 ▏
    ▕    0┤                                 ▏
    ▕      Nov 16 ↻↻↻ 19 ↻ 20  21 ↻↻ Nov 23↻▏
    -
    ▕    1┤⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉▏
    ▕     │                                 ▏
    ▕     │                                 ▏
    ▕    0┤               ↻               ↻ ▏
    ▕      Nov 16 ↻   19   20  21 ↻  Nov 23▲▏
    -
    ▕     1┤⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉▏
    ▕      │                                                      ▏
    ▕      │                                                      ▏
    ▕     0┤                                                      ▏
    ▕       Nov 16 ↻  18  ↻↻↻ 19 ↻ ↻↻ 20 ↻↻ ↻ 21 ↻↻↻ 22  ↻ Nov 23▲▏
    -
    ▕     1┤⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉▏
    ▕      │                                                                                                       ▏
    ▕      │                                                                                                       ▏
    ▕     0┤                                                                                                       ▏
    ▕       Nov 16              Nov 18         Nov 19         Nov 20        Nov 21         Nov 22           Nov 23▲▏
    ");
}

#[test]
fn a_mark_at_the_newest_moment_stands_for_the_arrow() {
    for (from, glyph, row) in [
        (RANGE.1, '↻', "      13:03         13:30        14:03↻"),
        // Less than a cell of a stretch is one too.
        (RANGE.1 - 1, '✖', "      13:03         13:30        14:03✖"),
    ] {
        let mark = Mark { from, to: RANGE.1, style: Style::new(), glyph, soft: false };
        let chart = Chart { marks: &[mark], newest: Some(RANGE.1), ..Chart::new(RANGE, MINUTE, Unit::Count, &ZONE) };
        assert_eq!(picture(&chart, 39, 3).lines().last().unwrap().trim_matches(['▕', '▏']), row);
    }
}

#[test]
fn a_stretch_is_never_left_out_however_short() {
    let at = |time, to, glyph| Mark { from: time, to, style: Style::new(), glyph, soft: false };
    // As many restarts as there are minutes, and a short outage where a label would stand.
    let mut marks: Vec<Mark> = (0..60).map(|n| at(START + n * MINUTE, START + n * MINUTE, '↻')).collect();
    let down = START + 28 * MINUTE;
    marks.push(at(down, down + 1, '✖'));
    let chart = Chart { marks: &marks, ..Chart::new(RANGE, MINUTE, Unit::Count, &ZONE) };
    assert!(picture(&chart, 61, 6).contains('✖'));
}

#[test]
fn without_samples_no_value_is_made_up() {
    let chart = Chart::new(RANGE, MINUTE, Unit::Count, &ZONE);
    assert_snapshot!(picture(&chart, 39, 5), @r"
    ▕     │                                 ▏
    ▕     │                                 ▏
    ▕     │                                 ▏
    ▕     │                                 ▏
    ▕      13:03         13:30         14:03▏
    ");
}

#[test]
fn small_areas_lose_first_the_times_then_the_values() {
    let a = sine(24);
    let lines = [line(&a)];
    let chart = chart(&lines, Unit::Count, 24);
    let all: Vec<String> = [(24, 3), (24, 2), (24, 1), (19, 3), (11, 3), (3, 2), (1, 1)]
        .map(|(width, height)| picture(&chart, width, height))
        .into();
    assert_snapshot!(all.join("\n-\n"), @r"
    ▕  400┤⢀⠤⠤⠒⠤⢄⡀      ⣀⠤⠔⠢⠤▏
    ▕    0┤⠁     ⠈⠑⠒⠤⠔⠒⠉     ▏
    ▕      13:03        14:03▏
    -
    ▕  400┤⢀⠤⠤⠒⠤⢄⡀      ⣀⠤⠔⠢⠤▏
    ▕    0┤⠁     ⠈⠑⠒⠤⠔⠒⠉     ▏
    -
    ▕⠔⠒⠒⠒⠒⠒⠒⠒⠢⠤⠤⠤⠤⠤⠤⠤⠤⠒⠒⠒⠒⠒⠒⠂▏
    -
    ▕⢀⠤⠤⠒⠤⢄⡀      ⢀⡠⠤⠒⠤⠄▏
    ▕⠁     ⠈⠑⠒⠢⠤⠒⠊⠁     ▏
    ▕13:03         14:03▏
    -
    ▕⢀⡠⢄     ⢀⠤⣄▏
    ▕⠎  ⠱⣀  ⡴⠁  ▏
    ▕    ⠈⠑⠋    ▏
    -
    ▕⣴⡀⡴▏
    ▕⠁⠳⠁▏
    -
    ▕⠶▏
    ");
}

#[test]
fn lines_run_on_to_the_edge_towards_samples_out_of_sight() {
    let times = [START - MINUTE, START + 2 * HOUR];
    let lines = [Line { times: &times, values: &[0.0, 8.0], style: Style::new(), right_axis: false }];
    let limits = [Limit { value: 8.0, style: Style::new(), right_axis: false }];
    let chart = Chart { step: 0, limits: &limits, ..chart(&lines, Unit::Count, 39) };
    assert_snapshot!(picture(&chart, 39, 5), @r"
    ▕    8┤╌ ╌ ╌ ╌ ╌ ╌ ╌ ╌ ╌ ╌ ╌ ╌ ╌ ╌ ╌ ╌ ╌▏
    ▕     │                                 ▏
    ▕     │                 ⣀⣀⣀⣀⡠⠤⠤⠤⠤⠒⠒⠒⠒⠊⠉⠉▏
    ▕    0┤⣀⣀⣀⡠⠤⠤⠤⠤⠒⠒⠒⠒⠊⠉⠉⠉⠉                ▏
    ▕      13:03         13:30         14:03▏
    ");
}
