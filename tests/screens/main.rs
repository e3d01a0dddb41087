//! The whole screen, as it is painted, in every situation that an on-call must not misread.

#![cfg(test)]

use a360::time::SECOND;
use a360::ui::app::{App, Effect, Event};
use a360::ui::ascii::asciify;
use a360::ui::theme::Theme;
use crossterm::event::Event as TermEvent;
use ratatui::buffer::{Buffer, Cell};

mod alerting;
mod alerts;
#[path = "../support/console.rs"]
mod console;
mod log_patterns;
mod log_story;
mod log_walks;
mod logs;
mod never_panics;
mod over;
mod pages;
mod promises;
mod rules;
mod scenes;
mod silences;
mod silences_page;
mod silences_sent;
mod story;
mod styled;
mod switch;
mod tile;
mod trace_story;
mod trace_tile;
mod trace_walks;
mod traces;
mod walking;
mod waterfall;
mod why;

use console::{NOW, key, paint, text};
use scenes::{STATES, names, scene};
use story::Story;

/// Terminals that people have, and the least that is enough.
const SIZES: [(u16, u16); 4] = [(40, 10), (80, 24), (120, 40), (200, 50)];

/// Presses keys written as in the config; gives the last effect.
fn press(app: &mut App, keys: &str) -> Option<Effect> {
    let mut effect = None;
    for name in keys.split_whitespace() {
        effect = app.handle(Event::Term(key(name)), NOW);
    }
    effect
}

fn snapshot(name: &str, text: &str) {
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path("../snapshots");
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.bind(|| insta::assert_snapshot!(name, text));
}

fn shows(app: &App, name: &str) {
    let (width, height) = app.size;
    snapshot(&format!("{name}_{width}x{height}"), &text(&paint(app)));
}

#[test]
fn every_situation_at_80x24() {
    names().for_each(|name| shows(&scene(name, 80, 24), name));
}

#[test]
fn the_usual_days_at_every_size() {
    for (width, height) in SIZES {
        shows(&scene("calm", width, height), "calm");
        shows(&scene("incident", width, height), "incident");
    }
    shows(&scene("incident", 39, 9), "incident");
}

#[test]
fn the_loud_situations_at_120x40() {
    for name in ["worst_night", "stale", "failed", "all_down", "gone", "hostile", "many", "odd_numbers", "restart"] {
        shows(&scene(name, 120, 40), name);
    }
}

#[test]
fn what_lies_over_the_view() {
    for (name, keys) in [
        ("help", "?"),
        ("help_end", "? G"),
        ("palette", ": z o"),
        ("range", "t"),
        ("range_typed", "t x enter"),
        ("scope", "s down"),
        ("context", "c"),
        ("find_prompt", "/ a p i"),
        ("find", "/ a p i enter n"),
        ("find_nothing", "/ z z z enter"),
        ("full", "j f j"),
        ("crosshair", "< <"),
        ("full_crosshair", "j j f < < <"),
        ("paused", "p"),
        ("scoped", "s down enter"),
    ] {
        for (width, height) in [(80, 24), (120, 40)] {
            let mut app = scene("incident", width, height);
            press(&mut app, keys);
            Story::incident().tell(&mut app, NOW);
            shows(&app, name);
        }
    }
}

/// The part of the screen with the first panel, without what says the same elsewhere.
fn first_panel(app: &App) -> String {
    let text = text(&paint(app));
    let rows =
        text.lines().skip_while(|row| !row.contains("Request rate")).take_while(|row| !row.contains("Latency p95"));
    rows.map(|row| row.chars().take(usize::from(app.size.0) / 2).collect::<String>() + "\n").collect()
}

#[test]
fn no_state_looks_like_another_even_without_colour() {
    for (width, height) in SIZES {
        let shown = STATES.map(|(name, _)| {
            let app = scene(name, width, height);
            // The smallest size has no room for charts: there the headline and the header must tell.
            (name, if height < 20 { text(&paint(&app)) } else { first_panel(&app) })
        });
        for (i, (name, panel)) in shown.iter().enumerate() {
            assert!(!panel.trim().is_empty(), "{name} at {width}x{height} shows nothing");
            for (other, like) in &shown[i + 1..] {
                assert_ne!(panel, like, "{name} and {other} at {width}x{height} look the same");
            }
        }
    }
}

#[test]
fn old_data_never_passes_for_fresh() {
    for (width, height) in SIZES {
        for (name, _) in STATES {
            let calm = text(&paint(&scene(name, width, height))).contains("● calm");
            let fine = matches!(name, "partial" | "zero");
            assert!(!calm || fine, "{name} at {width}x{height} is called calm");
        }
    }
}

#[test]
fn nothing_jumps_when_an_answer_comes_again() {
    for (width, height) in [(80, 24), (120, 40), (200, 50)] {
        let mut app = scene("incident", width, height);
        let places = |app: &App| -> Vec<(usize, usize)> {
            let text = text(&paint(app));
            let titles = ["Request rate", "Error rate", "Latency p95", "Memory", "ALERTS", "this machine"];
            let find = |title| {
                text.lines()
                    .enumerate()
                    .find_map(|(y, row)| Some((row.find(title).map(|at| row[..at].chars().count())?, y)))
            };
            titles.into_iter().filter_map(find).collect()
        };
        let before = places(&app);
        for seconds in [1, 5, 11, 60] {
            Story::incident().tell(&mut app, NOW.plus(seconds * SECOND));
            assert_eq!(places(&app), before, "{width}x{height} after {seconds} s");
        }
        // The titles stand there before any answer as well.
        assert_eq!(places(&scene("asking", width, height))[..4], before[..4], "{width}x{height}");
    }
}

#[test]
fn ascii_is_ascii_in_every_situation() {
    for name in names() {
        let mut app = scene(name, 120, 40);
        app.setup.ascii = true;
        for keys in ["", "?", "esc :", "esc t", "esc / a", "esc f"] {
            press(&mut app, keys);
            let text = text(&paint(&app));
            assert!(text.is_ascii(), "{name} after {keys:?}:\n{text}");
        }
    }
    let mut app = scene("incident", 80, 24);
    app.setup.ascii = true;
    shows(&app, "ascii");
}

/// Every cell can be sent to a terminal as it is.
fn check(buf: &Buffer, what: &str) {
    // Nearly all cells hold one printable sign of ASCII: without this the tests take half as long again.
    let is_usual = |cell: &Cell| matches!(cell.symbol().as_bytes(), [b' '..=b'~']);
    for (at, cell) in buf.content.iter().enumerate().filter(|(_, cell)| !is_usual(cell)) {
        let symbol = cell.symbol();
        let hidden = |c: char| {
            c.is_control()
                || matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
        };
        assert!(!symbol.contains(hidden) && symbol.len() <= 32, "{what}: cell {at} holds {symbol:?}");
    }
}

#[test]
fn hostile_words_stay_words() {
    for (width, height) in SIZES {
        for keys in ["", "f", "f down down", "< <", "s", ": s c o", "/ x enter"] {
            let mut app = scene("hostile", width, height);
            press(&mut app, keys);
            check(&paint(&app), keys);
        }
    }
}

#[test]
fn themes_change_colours_and_nothing_else() {
    let mut app = scene("incident", 120, 40);
    let plain = text(&paint(&app));
    for name in Theme::names() {
        app.setup.theme = Theme::builtin(name).unwrap();
        assert_eq!(text(&paint(&app)), plain, "{name}");
        let mut buf = paint(&app);
        asciify(&mut buf);
        assert!(text(&buf).is_ascii());
    }
}

#[test]
fn a_resize_to_nothing_is_no_size() {
    let mut app = scene("calm", 80, 24);
    app.handle(Event::Term(TermEvent::Resize(0, 0)), NOW);
    assert_eq!(app.size, (80, 24));
}
