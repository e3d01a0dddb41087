//! The page of silences, and how it and the form look on terminals of all sizes.

use a360::model::fault::FetchError;
use a360::model::silence::SilenceState;
use a360::model::write::{Ends, Written};
use a360::time::{HOUR, SECOND};
use a360::ui::app::{App, Effect, Event};
use a360::ui::theme::Theme;
use crossterm::event::Event as TermEvent;
use ratatui::style::Modifier;

use crate::alerting::{calm, incident, silence, situation};
use crate::console::{NOW, paint};
use crate::silences::{answer, confirm, draft, footer, list, paste, screen, shows, silences, written};
use crate::story::Story;
use crate::{check, press};

#[test]
fn without_the_list_of_silences_the_rest_works() {
    let error = FetchError::Status { code: 500, message: "multiple matcher sets are not supported".into() };
    let story = Story { silences_fail: Some(error), silences: Vec::new(), ..incident() };
    let mut app = crate::console::app(80, 24);
    app.setup.contexts[0].alertmanager = true;
    press(&mut app, "2");
    story.tell(&mut app, NOW);
    press(&mut app, ": s i l e n c e s enter");
    shows(&app, "unknown");
    press(&mut app, "esc a");
    assert!(screen(&app).contains("! whether a silence hits them already is not known: HTTP 500"), "{}", screen(&app));
    assert_eq!(draft(press(&mut app, "enter")).created_by.as_str(), "mara");
}

fn rows(app: &App) -> Vec<String> {
    let text = screen(app);
    let is_row = |line: &&str| line.contains(" in ") || line.contains(" ago ");
    text.lines().skip(6).take_while(|line| !line.is_empty()).filter(is_row).map(str::to_owned).collect()
}

#[test]
fn the_list_is_in_the_order_in_which_they_matter_and_the_cursor_keeps_to_its_silence() {
    let mut app = list(120, 40);
    let order = |app: &App| {
        rows(app).iter().map(|row| row.split("  ").nth(1).unwrap_or_default().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(order(&app), ["active", "active", "active", "pending"], "{}", screen(&app));
    assert!(screen(&app).contains("3 silences are active; ends soon: jo in 9m (database moves)"), "{}", screen(&app));
    press(&mut app, "v");
    assert_eq!(order(&app).last().unwrap(), "ended", "{}", screen(&app));
    shows(&app, "list");
    press(&mut app, "g j");
    assert!(screen(&app).contains("── active by mara, ends in 43m  s1"), "{}", screen(&app));
    let mut story = silences();
    story.silences.retain(|silence| silence.id != "e71");
    story.tell(&mut app, NOW.plus(SECOND));
    assert!(rows(&app)[0].starts_with('▌') && screen(&app).contains("  s1 ─"), "{}", screen(&app));
    // It is followed under the id that the server gave it.
    let (ticket, _) = written(press(&mut app, "E enter")).unwrap();
    answer(&mut app, ticket, Ok(Written::Silenced("fresh".into())));
    story.silences.push(silence("fresh", SilenceState::Active, "alertname=HighLatency", 103));
    story.silences.retain(|silence| silence.id != "s1");
    story.tell(&mut app, NOW.plus(2 * SECOND));
    assert!(screen(&app).contains("  fresh ─"), "{}", screen(&app));
    let Some(Effect::Copy(text)) = press(&mut app, "y") else { panic!("nothing copied") };
    assert!(text.starts_with("silence fresh active\nmatchers\t{alertname=\"HighLatency\"}\n"), "{text}");
    press(&mut app, "esc");
    assert!(screen(&app).contains("differs by"), "back to the alerts");
}

#[test]
fn one_that_is_over_is_not_ended_again_but_made_anew() {
    let mut app = list(80, 24);
    press(&mut app, "v G x");
    assert!(footer(&app).contains("this silence is over already"), "{}", footer(&app));
    press(&mut app, "S");
    let sent = draft(confirm(&mut app));
    assert_eq!((sent.id, sent.starts_at, sent.ends), (None, None, Ends::After(2 * HOUR)));
}

#[test]
fn how_it_looks() {
    for (width, height) in [(80, 24), (120, 40), (200, 50), (40, 10)] {
        let shown = |keys: &str, name: &str| {
            let mut app = situation("incident", width, height);
            press(&mut app, keys);
            shows(&app, name);
        };
        shown("a", "acknowledge");
        shown("S", "form");
        shown("S d e p l o y enter", "review");
        shown("v G E", "extend");
        shown("v G x", "expire");
        let mut app = list(width, height);
        shows(&app, "page");
        press(&mut app, "j enter");
        shows(&app, "change");
        let mut app = situation("incident", width, height);
        press(&mut app, "S tab ctrl-u");
        paste(&mut app, "alertname=~\"High.*\", severity=~\"(critical|warning|info)\"");
        shows(&app, "form_all");
        let mut app = situation("calm", width, height);
        press(&mut app, ": s i l e n c e s enter");
        calm().tell(&mut app, NOW);
        shows(&app, "none");
    }
}

#[test]
fn at_any_size_with_any_words_something_is_painted_that_can_be_sent() {
    for name in ["incident", "hostile", "old"] {
        for keys in
            ["a", "S", "S x enter", "a enter", "v G x", "v G E e", ": s i l e n c e s enter v", "S tab ctrl-u = ("]
        {
            let mut app = situation(name, 120, 40);
            press(&mut app, keys);
            for (width, height) in (0..130).step_by(19).flat_map(|w| (0..45).step_by(4).map(move |h| (w, h))) {
                app.handle(Event::Term(TermEvent::Resize(width, height)), NOW);
                press(&mut app, "j k");
                check(&paint(&app), &format!("{name} {keys} {width}x{height}"));
            }
            app.setup.ascii = true;
            assert!(name == "hostile" || screen(&app).is_ascii(), "{name} {keys}\n{}", screen(&app));
        }
    }
}

#[test]
fn hostile_labels_are_left_out_and_named() {
    let mut app = situation("hostile", 80, 24);
    press(&mut app, "G S");
    assert!(screen(&app).contains("! left out, as it could not match what is shown: alertname"), "{}", screen(&app));
    shows(&app, "hostile");
}

#[test]
fn a_long_list_is_walked_through_and_found_in() {
    let mut app = list(80, 24);
    let mut story = silences();
    story.silences = (1..=60)
        .map(|n| silence(&format!("n{n:02}"), SilenceState::Active, &format!("pod=\"p{n}\""), 20 * n))
        .collect();
    story.tell(&mut app, NOW);
    press(&mut app, "g");
    assert!(screen(&app).contains("  n01 ─"), "{}", screen(&app));
    for (keys, id) in
        [("G", "n60"), ("ctrl-u", "n51"), ("k", "n50"), ("g", "n01"), ("ctrl-d ctrl-d", "n19"), ("j", "n20")]
    {
        press(&mut app, keys);
        let text = screen(&app);
        assert!(text.contains(&format!("  {id} ─")), "{keys}: {id}\n{text}");
        assert!(text.lines().any(|line| line.starts_with('▌')), "{keys}: the cursor is out of sight\n{text}");
    }
    press(&mut app, "/ p 2 0 enter");
    assert!(footer(&app).contains("/p20  1 of 2"), "{}", footer(&app));
}

#[test]
fn what_the_server_made_is_selected_when_it_is_listed_and_not_before_another() {
    let mut app = list(80, 24);
    press(&mut app, "g j");
    let (ticket, _) = written(press(&mut app, "E enter")).unwrap();
    answer(&mut app, ticket, Ok(Written::Silenced("new".into())));
    let mut story = silences();
    story.silences.remove(3);
    story.tell(&mut app, NOW);
    assert!(screen(&app).contains("  s1 ─"), "the one before stays\n{}", screen(&app));
    story.silences.push(silence("new", SilenceState::Active, "a=b", 90));
    story.tell(&mut app, NOW);
    assert!(screen(&app).contains("  new ─"), "{}", screen(&app));
}

#[test]
fn a_read_only_context_says_so_on_the_page_and_offers_nothing_that_changes() {
    let mut app = list(120, 40);
    app.setup.contexts[0].read_only = true;
    assert!(screen(&app).contains("this context is read-only: nothing is changed from here"), "{}", screen(&app));
    let footer = footer(&app);
    assert!(!["change", "end it", "extend"].iter().any(|word| footer.contains(word)), "{footer}");
}

#[test]
fn without_colour_the_form_reads_the_same_and_its_cursor_is_seen() {
    for keys in ["S", "a", "S x enter", "v G x"] {
        let mut app = situation("incident", 80, 24);
        press(&mut app, keys);
        let plain = screen(&app);
        for name in Theme::names() {
            app.setup.theme = Theme::builtin(name).unwrap();
            assert_eq!(screen(&app), plain, "{name} {keys}");
            let buf = paint(&app);
            let reversed = buf.content.iter().filter(|cell| cell.modifier.contains(Modifier::REVERSED)).count();
            assert!(keys != "S" || reversed > 0, "{name}: no cursor");
        }
    }
}
