//! What lies around and over the view: it takes no more room than it needs, and says which keys it has.

use a360::model::labels::Labels;
use a360::model::watch::Watch;
use a360::time::DAY;
use a360::ui::app::App;
use a360::ui::range::Shown;
use a360::ui::theme::{Role, Theme};
use ratatui::style::Modifier;

use crate::console::{NOW, paint};
use crate::scenes::scene;
use crate::story::{Story, instances};
use crate::{press, text};

fn screen(app: &App) -> String {
    text(&paint(app))
}

fn over(keys: &str, width: u16, height: u16) -> App {
    let mut app = scene("incident", width, height);
    press(&mut app, keys);
    app
}

fn footer(app: &App) -> String {
    screen(app).lines().last().unwrap().to_owned()
}

#[test]
fn many_restarts_leave_the_times_readable() {
    let mut app = scene("asking", 80, 24);
    app.shown = Shown::Live(7 * DAY);
    let mut story = Story::calm();
    // A deploy every four hours.
    let started = |ago: f64| Some((NOW.0 / 1000) as f64 - (ago / 240.0).floor() * 14_400.0 - 14_400.0);
    let lines = instances([0.0; 3], 0.0).into_iter().map(|(labels, _)| (labels, Box::new(started) as _)).collect();
    story.lines(&Watch::default().started, lines);
    story.tell(&mut app, NOW);
    let text = screen(&app);
    assert!(
        text.contains("↻") && text.contains(" Nov 16 ") && text.contains(" 19 ") && text.contains(" 21 "),
        "no date on the axis\n{text}"
    );
}

#[test]
fn what_fired_is_marked_below_every_chart() {
    let mut app = scene("asking", 120, 40);
    let mut story = Story::calm();
    let labels = |name, severity| {
        Labels::of(&[("__name__", "ALERTS"), ("alertname", name), ("alertstate", "firing"), ("severity", severity)])
    };
    let between = |from: f64, to: f64| Box::new(move |ago: f64| (to..from).contains(&ago).then_some(1.0)) as _;
    story.lines(
        "ALERTS{alertstate=\"firing\"}",
        vec![(labels("Worst", "critical"), between(38.0, 33.0)), (labels("Bad", "warning"), between(48.0, 33.0))],
    );
    story.tell(&mut app, NOW);
    let buf = paint(&app);
    let theme = Theme::builtin("default").unwrap();
    let marks = |role| {
        let style = theme.style(role);
        buf.content.iter().filter(|cell| cell.symbol() == "‾" && Some(cell.fg) == style.fg).count()
    };
    let (critical, warning) = (marks(Role::Critical), marks(Role::Warning));
    assert!(critical >= 8 && warning >= 12, "{critical} and {warning}\n{}", text(&buf));
    assert_eq!(screen(&app).lines().filter(|line| line.contains("‾‾")).count(), 2, "two rows of charts");
}

/// A mark may be a blank, and a blank that is underlined looks like a sign.
#[test]
fn no_theme_underlines_a_mark() {
    for name in Theme::names() {
        let accent = Theme::builtin(name).unwrap().style(Role::Accent);
        assert!(!accent.add_modifier.contains(Modifier::UNDERLINED), "{name}");
    }
}

#[test]
fn the_footer_offers_what_the_overlay_takes() {
    for (keys, offers) in [
        ("?", &["Esc close", "j k scroll"][..]),
        (":", &["↑↓ move", "Enter take", "Esc cancel", "type to narrow"]),
        ("t", &["↑↓ move", "Enter take", "Esc cancel", "type to narrow"]),
        ("/", &["Enter find", "Esc cancel"]),
    ] {
        let footer = footer(&over(keys, 80, 24));
        assert!(!footer.contains("t time") && !footer.contains("p pause"), "{keys}: {footer}");
        assert!(offers.iter().all(|offer| footer.contains(offer)), "{keys}: {footer}");
    }
    let whole = footer(&over("?", 200, 50));
    assert!(whole.contains("Esc close") && !whole.contains("scroll"), "{whole}");
}

#[test]
fn the_next_match_is_offered_while_there_is_one() {
    let offers = |keys| footer(&over(keys, 80, 24)).contains("n next match");
    assert!(offers("/ a p i enter"));
    assert!(!offers("") && !offers("/ z z z enter") && !offers("/ a p i enter esc"));
}

#[test]
fn overlays_leave_the_headline_and_no_scraps_at_their_sides() {
    let calm = screen(&over("", 80, 24));
    for keys in ["t", ":", "s", "c"] {
        let app = over(keys, 80, 24);
        let buf = paint(&app);
        let text = text(&buf);
        assert_eq!(text.lines().nth(2), calm.lines().nth(2), "the headline stays");
        let edges: Vec<usize> = (0..24).filter(|y| text.lines().nth(*y) == Some(&"─".repeat(80))).collect();
        let first = edges[0];
        assert_eq!(first, 3, "below the headline\n{text}");
        // All rows down to the second edge, which may hold a count, are the picker's own.
        let last = (first + 1..24).find(|y| text.lines().nth(*y).unwrap().starts_with("──")).unwrap();
        let ground = app.setup.theme.style(Role::Overlay).bg.unwrap();
        for y in first..=last {
            let own = |x: u16| {
                let bg = buf[(x, y as u16)].bg;
                bg == ground || Some(bg) == app.setup.theme.style(Role::Selected).bg
            };
            assert!(own(0) && own(79), "{keys}: row {y}\n{text}");
        }
    }
}

#[test]
fn no_row_of_an_overlay_is_cut_without_a_sign() {
    for width in 40..=130 {
        for (keys, row) in [(": z o o m", "zoom in, around the crosshair if there is one"), ("?", "find far")] {
            let app = over(keys, width, 40);
            for line in screen(&app).lines().filter(|line| line.contains(&row[..7])) {
                assert!(line.contains(row) || line.contains('…'), "{width}: {line}");
            }
        }
    }
}

#[test]
fn help_and_palette_name_nothing_that_does_nothing() {
    let help = screen(&over("?", 120, 50));
    assert!(help.contains("MARKS") && help.contains("(quit)"), "all of it in two columns\n{help}");
    assert!(!help.contains("(overview)") && screen(&over("f ?", 120, 50)).contains("(overview)"), "{help}");
    let palette = screen(&over(": a l e r t", 120, 50));
    for text in [help, palette] {
        assert!(!text.contains("filter with Alertmanager") && !text.contains("group the alerts"), "{text}");
        assert!(text.contains("the alerts: what fires"), "{text}");
    }
    let alerts = screen(&over("2 ?", 120, 50));
    assert!(alerts.contains("(overview)") && alerts.contains("(group)"), "{alerts}");
    assert!(!alerts.contains("(scope)") && !alerts.contains("(alerts)"), "{alerts}");
}

#[test]
fn help_has_one_ground_to_the_last_row() {
    let app = over("?", 80, 24);
    let buf = paint(&app);
    let ground = app.setup.theme.style(Role::Overlay).bg.unwrap();
    assert!(app.body().positions().all(|place| buf[place].bg == ground));
}

#[test]
fn the_context_in_use_is_the_one_that_is_selected() {
    let mut app = over("c down enter", 80, 24);
    press(&mut app, "c");
    let name = app.context().unwrap().name.to_string();
    let text = screen(&app);
    assert!(text.lines().any(|line| line.starts_with(&format!(" ▌{name}"))), "{text}");
}

#[test]
fn without_a_ground_of_its_own_a_list_takes_the_whole_width() {
    for (name, width) in [("default", 84), ("mono", 120), ("terminal", 120)] {
        let mut app = over("t", 120, 40);
        app.setup.theme = Theme::builtin(name).unwrap();
        let text = screen(&app);
        assert_eq!(text.lines().nth(3).unwrap().trim().chars().count(), width, "{name}\n{text}");
    }
}
