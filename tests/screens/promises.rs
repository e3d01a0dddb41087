//! What the screen must never do: call the unknown none, the old new, or hide an alarm for want of room.

use a360::model::watch::Watch;
use a360::time::DAY;
use a360::ui::app::App;
use a360::ui::range::Shown;
use a360::ui::theme::Theme;
use ratatui::style::Modifier;

use crate::console::{NOW, paint};
use crate::scenes::scene;
use crate::story::{Story, by, since};
use crate::{press, text};

const SIZES: [(u16, u16); 3] = [(80, 24), (120, 40), (200, 50)];

fn screen(app: &App) -> String {
    text(&paint(app))
}

fn line<'a>(text: &'a str, title: &str) -> &'a str {
    text.lines().find(|line| line.contains(title)).unwrap_or_default()
}

#[test]
fn what_is_three_minutes_old_is_not_calm() {
    for (width, height) in SIZES {
        let text = screen(&scene("hanging", width, height));
        assert!(!text.contains("● calm"), "{text}");
    }
}

#[test]
fn a_question_that_the_server_refuses_is_not_calm() {
    for (width, height) in SIZES {
        let text = screen(&scene("refused_question", width, height));
        assert!(!text.contains("● calm"), "{text}");
    }
}

#[test]
fn no_traffic_at_all_is_not_calm() {
    let text = screen(&scene("zero", 80, 24));
    assert!(!text.contains("● calm"), "{text}");
}

#[test]
fn alerts_that_are_not_known_are_not_green() {
    let text = screen(&scene("alerts_unknown", 80, 24));
    assert!(!text.contains("● every target answers"), "{text}");
}

#[test]
fn history_is_not_told_in_the_present() {
    // Failing now, before the rule's time is up; half an hour ago it was calm.
    let story = Story { alerts: Vec::new(), ..Story::incident() };
    let mut app = scene("asking", 120, 40);
    story.tell(&mut app, NOW);
    press(&mut app, "h h");
    story.tell(&mut app, NOW);
    let text = screen(&app);
    assert!(!text.contains("● calm: nothing fires, every target answers"), "that hour is over\n{text}");
}

#[test]
fn what_began_before_the_range_has_no_beginning() {
    for minutes in [90.0, 600.0] {
        let mut app = scene("asking", 120, 40);
        let mut story = Story::incident();
        story.lines(&Watch::default().errors, vec![(Default::default(), since(minutes, 0.003, 0.124))]);
        story.tell(&mut app, NOW);
        let text = screen(&app);
        assert!(!line(&text, "fails").contains("(1h)"), "{text}");
        assert!(!line(&text, "Error rate").contains("for 1h"), "{text}");
    }
}

#[test]
fn a_coarse_step_does_not_make_an_incident_young() {
    let mut app = scene("asking", 80, 24);
    app.shown = Shown::Live(7 * DAY);
    Story::incident().tell(&mut app, NOW);
    let text = screen(&app);
    // It began eight minutes ago, the points are hours apart.
    assert!(!text.contains("(0s)") && !text.contains("for 0s"), "{text}");
}

#[test]
fn the_unknown_is_not_none() {
    for (width, height) in SIZES {
        for name in ["asking", "failed"] {
            let text = screen(&scene(name, width, height));
            for lie in ["no targets", "answer nothing", "hosts 0"] {
                assert!(!text.contains(lie), "{name}, {lie:?}\n{text}");
            }
        }
    }
}

#[test]
fn what_is_not_asked_is_not_awaited() {
    for (width, height) in SIZES {
        let text = screen(&scene("unasked", width, height));
        for lie in ["asking…", "no answer yet", "alerts …", "no targets", "answer nothing"] {
            assert!(!text.contains(lie), "{lie:?}\n{text}");
        }
    }
}

#[test]
fn an_alarm_is_shortened_and_never_dropped() {
    for (width, height) in SIZES {
        let text = screen(&scene("worst_night", width, height));
        let titles = [line(&text, "Error rate"), line(&text, "Latency p95")];
        // Two panels to a row: errors at the right, latency and memory side by side.
        assert_eq!(titles.map(|title| title.matches('▲').count()), [1, 2], "{text}");
    }
}

#[test]
fn a_target_that_is_down_is_seen_beside_a_louder_trouble() {
    for (width, height) in SIZES {
        let text = screen(&scene("worst_night", width, height));
        assert!(text.contains("2/3") || text.contains("2 of 3"), "{text}");
    }
}

#[test]
fn the_header_never_loses_what_fires() {
    for width in 40..=140 {
        let mut app = scene("worst_night", width, 24);
        press(&mut app, "s down enter p");
        Story::incident().tell(&mut app, NOW);
        let text = screen(&app);
        let header = text.lines().next().unwrap();
        assert!(header.contains("▲1") || header.contains("▲ 1"), "{width}: {header}");
    }
}

#[test]
fn room_for_alerts_has_alerts() {
    for (width, height) in [(60, 20), (69, 22), (80, 20)] {
        let text = screen(&scene("worst_night", width, height));
        assert!(!text.contains("ALERTS") || text.contains("firing"), "{width}x{height}\n{text}");
    }
}

#[test]
fn long_names_do_not_move_the_columns() {
    let text = screen(&scene("worst_night", 120, 40));
    let columns = text.lines().filter_map(|line| line.find("firing").map(|at| line[..at].chars().count()));
    let columns: Vec<usize> = columns.collect();
    assert!(columns.len() > 1 && columns.iter().all(|at| *at == columns[0]), "{columns:?}\n{text}");
}

#[test]
fn one_endpoint_has_one_colour() {
    let app = scene("incident", 200, 50);
    let buf = paint(&app);
    let text = text(&buf);
    let mut inks = Vec::new();
    for (y, line) in text.lines().enumerate() {
        for (at, _) in line.match_indices("/api/checkout  ") {
            let x = line[..at].chars().count() as u16;
            inks.push(buf[(x - 2, y as u16)].fg);
        }
    }
    assert!(inks.len() >= 3 && inks.iter().all(|ink| *ink == inks[0]), "{inks:?}\n{text}");
}

#[test]
fn nothing_is_underlined_but_words() {
    for name in ["mono", "high-contrast"] {
        let mut app = scene("incident", 120, 40);
        app.setup.theme = Theme::builtin(name).unwrap();
        let buf = paint(&app);
        let body = app.body();
        for row in body.rows() {
            let cell = &buf[(row.x, row.y)];
            let blank = cell.symbol() == " " && cell.modifier.contains(Modifier::UNDERLINED);
            assert!(!blank, "{name}: row {}", row.y);
        }
    }
}

#[test]
fn the_crosshair_has_values_at_every_size() {
    for (width, height) in SIZES {
        let mut app = scene("incident", width, height);
        let before = screen(&app);
        press(&mut app, "< < <");
        let after = screen(&app);
        // Half an hour ago the error rate was 0.3 %, now it is 12.4 %.
        assert!(before.contains("12.4 %") && after.contains("0.3 %"), "{width}x{height}\n{after}");
    }
}

#[test]
fn titles_and_values_do_not_touch() {
    let text = screen(&scene("stale", 80, 24));
    assert!(!text.contains("42s1"), "{text}");
}

#[test]
fn a_pod_without_a_limit_does_not_hide_one_that_is_near_its_own() {
    let mut app = scene("asking", 120, 40);
    let mut story = Story::calm();
    story.values(&Watch::default().memory_ratio, vec![(by("pod", "a"), f64::INFINITY), (by("pod", "b"), 0.95)]);
    story.tell(&mut app, NOW);
    let text = screen(&app);
    assert!(text.contains("b uses 95 %"), "{text}");
}
