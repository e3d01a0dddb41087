//! What any chart keeps: colours, times, calm, and that no input breaks it.

use proptest::prelude::*;
use ratatui::style::Modifier;

use super::*;

fn styled<'a>(line: Line<'a>, color: Color) -> Line<'a> {
    Line { style: color.into(), ..line }
}

#[test]
fn where_lines_meet_the_later_one_gives_the_colour_and_both_give_dots() {
    let (a, b) = (hour(108, |_| 10.0), hour(108, |_| 9.5));
    let alone = [styled(line(&a), Color::Green)];
    let both = [styled(line(&a), Color::Green), styled(line(&b), Color::Red)];
    let cell = |lines: &[Line]| draw(&chart(lines, Unit::Count, 61), 61, 6)[(30, 0)].clone();
    let (alone, both) = (cell(&alone), cell(&both));
    assert_eq!((alone.symbol(), alone.fg), ("⠉", Color::Green));
    assert_eq!((both.symbol(), both.fg), ("⠛", Color::Red));
}

#[test]
fn blank_cells_keep_their_style_and_a_dashed_line_has_one() {
    let a = hour(108, |_| 1.0);
    let lines = [styled(line(&a), Color::Green)];
    let dim_red = Style::new().fg(Color::Red).add_modifier(Modifier::DIM);
    let limits = [Limit { value: 2.0, style: dim_red, right_axis: false }];
    let buf = draw(&Chart { limits: &limits, ..chart(&lines, Unit::Count, 61) }, 61, 6);
    let styles = |y| (7..61).map(|x| buf[(x, y)].style()).collect::<std::collections::HashSet<_>>();
    assert_eq!(styles(0).len(), 1, "the dashes and what is between them");
    assert_eq!(styles(1), [ratatui::buffer::Cell::EMPTY.style()].into());
}

#[test]
fn the_crosshair_leaves_the_lines_their_colour() {
    let a = hour(108, |_| 1.0);
    let lines = [styled(line(&a), Color::Green)];
    let styles = Styles { crosshair: Style::new().fg(Color::Yellow).bg(Color::Blue), ..Styles::default() };
    let chart = Chart { crosshair: Some(START + HOUR / 2), styles, ..chart(&lines, Unit::Count, 61) };
    let (buf, x) = (draw(&chart, 61, 6), chart.column_of(Rect::new(0, 0, 61, 6), START + HOUR / 2).unwrap());
    assert_eq!((buf[(x, 0)].symbol(), buf[(x, 0)].fg, buf[(x, 0)].bg), ("⠉", Color::Green, Color::Blue));
    assert_eq!((buf[(x, 2)].symbol(), buf[(x, 2)].fg), ("│", Color::Yellow));
}

#[test]
fn a_spike_shows_at_any_zoom() {
    let mut a = hour(10_000, |_| 1.0);
    a.1[6_789] = 100.0;
    let lines = [line(&a)];
    let chart = Chart { step: HOUR / 10_000, ..chart(&lines, Unit::Count, 61) };
    let rows = picture(&chart, 61, 8);
    let top = rows.lines().next().unwrap().trim_start_matches('▕');
    let spike = top.chars().position(|c| ('\u{2801}'..='\u{28ff}').contains(&c)).unwrap();
    assert_eq!(spike, 7 + 6_789 * 54 / 10_000);
}

#[test]
fn time_and_column_are_each_others_inverse() {
    let area = Rect::new(3, 2, 80, 10);
    let chart = Chart::new(RANGE, MINUTE, Unit::Count, &ZONE);
    let plot = chart.plot_area(area);
    for x in plot.x..plot.right() {
        assert_eq!(chart.column_of(area, chart.time_at(area, x).unwrap()), Some(x));
    }
    assert_eq!(chart.time_at(area, plot.x - 1), None);
    assert_eq!(chart.time_at(area, plot.right()), None);
    assert_eq!(
        [RANGE.0 - 1, RANGE.0, RANGE.1, RANGE.1 + 1].map(|t| chart.column_of(area, t)),
        [None, Some(plot.x), Some(plot.right() - 1), None]
    );
}

#[test]
fn a_live_chart_changes_few_cells_while_time_goes_on() {
    // 30 steps of 22 s: a chart that moved by a dot a step would redraw nearly every cell of the line each time.
    let (width, step) = (100, 22_000);
    let dots = dots(Rect::new(0, 0, width, 10), false);
    let times: Vec<i64> = (0..300).map(|i| (START / step + i) * step).collect();
    let values: Vec<f64> = times.iter().map(|t| 50.0 + 40.0 * (*t as f64 / 3e5).sin()).collect();
    let frame = |now: usize| {
        let lines = [Line { times: &times[..now], values: &values[..now], style: Style::new(), right_axis: false }];
        let range = live_window(times[now - 1], HOUR, step, dots);
        draw(&Chart { lines: &lines, ..Chart::new(range, step, Unit::Count, &ZONE) }, width, 10)
    };
    let changed: usize = (250..280).map(|now| frame(now).diff(&frame(now + 1)).len()).sum();
    assert!(changed / 30 < 40, "{} cells a step", changed / 30);
}

#[test]
fn when_a_live_window_moves_the_picture_moves_by_whole_cells() {
    let (area, length) = (Rect::new(0, 0, 100, 10), HOUR);
    let dots = dots(area, false);
    for step in [5_000, 22_000, 60_000] {
        let times: Vec<i64> = (-2_000..2_000).map(|i| (START / step + i) * step).collect();
        let values: Vec<f64> = times.iter().map(|t| 50.0 + (t / step * 7_919 % 41) as f64).collect();
        let lines = [Line { times: &times, values: &values, style: Style::new(), right_axis: false }];
        let (from, to) = live_window(START, length, step, dots);
        let later = live_window(to, length, step, dots);
        assert!(later.0 > from);
        let columns = |range| {
            let chart = Chart { lines: &lines, ..Chart::new(range, step, Unit::Count, &ZONE) };
            let (buf, plot) = (draw(&chart, area.width, area.height), chart.plot_area(area));
            let column = |x| (plot.y..plot.bottom()).map(|y| buf[(x, y)].symbol().to_owned()).collect::<String>();
            (plot.x..plot.right()).map(column).collect::<Vec<_>>()
        };
        let (before, after) = (columns((from, to)), columns(later));
        assert_eq!(before[4..], after[..after.len() - 4], "step {step}");
    }
}

fn any_value() -> impl Strategy<Value = f64> {
    let odd = [f64::NAN, f64::INFINITY, f64::NEG_INFINITY, 1e308, -1e308, f64::MAX, 5e-324, -5e-324, 0.0, -0.0];
    prop_oneof![any::<f64>(), -1e3..1e3, prop::sample::select(odd.to_vec())]
}

fn any_samples() -> impl Strategy<Value = Vec<(i64, f64)>> {
    let time = prop_oneof![START..START + HOUR, any::<i64>()];
    prop::collection::vec((time, any_value()), 0..30)
}

proptest! {
    #[test]
    fn no_input_panics(
        samples in any_samples(),
        sorted in any::<bool>(),
        value in any_value(),
        range in prop_oneof![Just(RANGE), Just((RANGE.1, RANGE.0)), any::<(i64, i64)>()],
        step in prop_oneof![0..HOUR, any::<i64>()],
        area in (0u16..90, 0u16..20, 0u16..90, 0u16..20),
        moment in any::<i64>(),
        at in START - HOUR..START + 2 * HOUR,
    ) {
        let mut samples = samples;
        if sorted {
            samples.sort_by_key(|(time, _)| *time);
        }
        let (times, values): (Vec<_>, Vec<_>) = samples.into_iter().unzip();
        let line = Line { times: &times, values: &values, style: Style::new(), right_axis: false };
        let lines = [line, Line { right_axis: true, ..line }];
        let limits = [false, true].map(|right_axis| Limit { value, style: Style::new(), right_axis });
        let marks = [Mark { from: at, to: moment, style: Style::new(), glyph: '━', soft: false }];
        let mut buf = Buffer::empty(Rect::new(1, 1, 80, 16));
        let area = Rect::new(area.0, area.1, area.2, area.3);
        for right in [None, Some(Unit::Bytes)] {
            for (newest, crosshair) in [(None, None), (Some(at), Some(moment)), (Some(moment), Some(at))] {
                let chart = Chart::new(range, step, Unit::Seconds, &ZONE);
                let chart = Chart { lines: &lines, right, newest, crosshair, limits: &limits, marks: &marks, ..chart };
                chart.render(area, &mut buf);
                for x in [0, 5, 20, 100] {
                    chart.time_at(area, x);
                }
                chart.column_of(area, moment);
            }
        }
    }

    #[test]
    fn every_sample_in_sight_is_drawn_and_nothing_outside_the_area(
        minutes in prop::collection::btree_set(0i64..60, 0..20),
        width in 1u16..90,
        height in 1u16..12,
    ) {
        let times: Vec<i64> = minutes.iter().map(|m| START + m * MINUTE).collect();
        let values: Vec<f64> = minutes.iter().map(|m| (m * 7 % 11) as f64).collect();
        let lines = [Line { times: &times, values: &values, style: Style::new(), right_axis: false }];
        let chart = Chart { lines: &lines, ..Chart::new(RANGE, MINUTE, Unit::Count, &ZONE) };
        let outer = Rect::new(0, 0, width + 2, height + 2);
        let area = Rect::new(1, 1, width, height);
        let mut buf = Buffer::filled(outer, ratatui::buffer::Cell::new("."));
        chart.render(area, &mut buf);
        for (x, y) in outer.positions().map(|p| (p.x, p.y)).filter(|p| !area.contains((*p).into())) {
            prop_assert_eq!(buf[(x, y)].symbol(), ".");
        }
        for time in &times {
            let x = chart.column_of(area, *time).unwrap();
            let is_ink = |y: u16| ('\u{2801}'..='\u{28ff}').contains(&buf[(x, y)].symbol().chars().next().unwrap());
            prop_assert!(chart.plot_area(area).rows().any(|row| is_ink(row.y)), "nothing at {time}");
        }
    }
}
