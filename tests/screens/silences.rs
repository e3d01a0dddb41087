//! Making, changing and ending silences as a person does it: keys in, requests out, and what the screen says meanwhile.

use a360::model::matcher::{Matcher, Op, parse};
use a360::model::silence::{Silence, SilenceState};
use a360::model::write::{Draft, Ends, Outcome, Write, WriteError, Written};
use a360::time::{HOUR, MINUTE, SECOND, Timestamp};
use a360::ui::app::{App, Effect, Event};
use crossterm::event::Event as TermEvent;

use crate::alerting::{incident, silence, situation};
use crate::console::{NOW, key, paint, text};
use crate::story::Story;
use crate::{press, snapshot};

pub fn screen(app: &App) -> String {
    text(&paint(app))
}

pub fn footer(app: &App) -> String {
    screen(app).lines().last().unwrap_or_default().to_owned()
}

pub fn shows(app: &App, name: &str) {
    snapshot(&format!("silences_{name}_{}x{}", app.size.0, app.size.1), &screen(app));
}

pub fn paste(app: &mut App, text: &str) {
    app.handle(Event::Term(TermEvent::Paste(text.into())), NOW);
}

/// Enter for the review, and once more after it was read.
pub fn confirm(app: &mut App) -> Option<Effect> {
    press(app, "enter");
    app.handle(Event::Term(key("enter")), NOW.plus(SECOND))
}

/// What was sent, if the last key sent anything.
pub fn written(effect: Option<Effect>) -> Option<(u64, Write)> {
    match effect? {
        Effect::Write(job) => Some((job.ticket, job.write)),
        _ => None,
    }
}

pub fn draft(effect: Option<Effect>) -> Draft {
    match written(effect) {
        Some((_, Write::Silence(draft))) => draft,
        other => panic!("no silence was sent: {other:?}"),
    }
}

pub fn answer(app: &mut App, ticket: u64, result: Result<Written, WriteError>) {
    app.handle(Event::Written(Box::new(Outcome { ticket, result })), NOW);
}

fn exact(text: &str) -> Vec<Matcher> {
    parse(text).unwrap()
}

/// The incident with silences of all kinds.
pub fn silences() -> Story {
    let mut story = incident();
    let begins = |mut silence: Silence, minutes: i64| {
        silence.starts_at = NOW.plus(minutes * MINUTE);
        silence
    };
    let soon = Silence {
        created_by: "jo".into(),
        comment: "database moves".into(),
        ..silence("e71", SilenceState::Active, "alertname=~\"High.*\", severity!=critical", 9)
    };
    let nothing = silence("a02", SilenceState::Active, "alertname=\"DiskFull\", instance=~\"db-[0-9]+:9100\"", 2880);
    let planned = begins(silence("b90", SilenceState::Pending, "cluster=\"eu-1\"", 240), 120);
    story.silences.extend([planned, nothing, soon]);
    story
}

pub fn list(width: u16, height: u16) -> App {
    let mut app = situation("incident", width, height);
    press(&mut app, ": s i l e n c e s enter");
    silences().tell(&mut app, NOW);
    app
}

#[test]
fn an_acknowledgement_is_two_keys_and_nothing_leaves_before_the_second() {
    let mut app = situation("incident", 80, 24);
    assert_eq!(press(&mut app, "a"), None);
    assert!(screen(&app).contains("Acknowledge 1 alert until 14:18"), "{}", screen(&app));
    let sent = draft(press(&mut app, "enter"));
    let expected = Draft {
        id: None,
        matchers: exact("alertname=HighErrorRate, cluster=eu-1, severity=critical"),
        starts_at: None,
        ends: Ends::After(15 * MINUTE),
        created_by: "mara".into(),
        comment: "ACK! by mara, with a360".into(),
    };
    assert_eq!(sent, expected);
}

#[test]
fn who_is_not_known_says_so_first_and_only_once() {
    let mut app = situation("incident", 80, 24);
    app.setup.author = None;
    assert_eq!(press(&mut app, "a enter enter"), None);
    assert!(screen(&app).contains("author is empty: say who silences it"), "{}", screen(&app));
    shows(&app, "no_author");
    press(&mut app, "j o");
    let sent = draft(confirm(&mut app));
    assert_eq!((sent.created_by.as_str(), sent.comment.as_str()), ("jo", "ACK! by jo, with a360"));
    press(&mut app, "esc j a");
    let again = draft(press(&mut app, "enter"));
    assert_eq!(again.created_by.as_str(), "jo");
}

#[test]
fn a_silence_is_filled_in_reviewed_and_sent() {
    let mut app = situation("incident", 80, 24);
    assert_eq!(press(&mut app, "S enter"), None);
    assert!(screen(&app).contains("comment is empty: say why it is silenced"), "{}", screen(&app));
    paste(&mut app, "deploy");
    assert_eq!(press(&mut app, "enter enter enter"), None, "a review that nobody could read comes first");
    press(&mut app, "esc");
    assert!(screen(&app).contains("Enter shows what will be sent"), "back in the fields");
    let sent = draft(confirm(&mut app));
    assert_eq!((sent.ends, sent.starts_at, sent.comment.as_str()), (Ends::After(2 * HOUR), None, "deploy"));
}

#[test]
fn times_are_typed_in_the_zone_that_is_shown_and_meant_by_the_clock_of_the_server() {
    let fill = |ahead: i64, from: &str, duration: &str| {
        let mut app = situation("incident", 80, 24);
        Story { ahead, ..incident() }.tell(&mut app, NOW);
        press(&mut app, "S");
        paste(&mut app, "why");
        press(&mut app, "up up ctrl-u");
        paste(&mut app, from);
        press(&mut app, "up ctrl-u");
        paste(&mut app, duration);
        let sent = draft(confirm(&mut app));
        (sent.starts_at, sent.ends)
    };
    let six = Timestamp(1_795_500_000_000);
    assert_eq!(fill(0, "now", "until 06:00"), (None, Ends::At(six)));
    assert_eq!(fill(0, "now", "2026-11-24 06:00"), (None, Ends::At(six)));
    assert_eq!(fill(0, "in 2h", "30m"), (Some(NOW.plus(2 * HOUR)), Ends::At(NOW.plus(150 * MINUTE))));
    let ahead = 10 * MINUTE;
    assert_eq!(fill(ahead, "now", "30m"), (None, Ends::After(30 * MINUTE)));
    let from = NOW.plus(2 * HOUR + ahead);
    assert_eq!(fill(ahead, "in 2h", "30m"), (Some(from), Ends::At(from.plus(30 * MINUTE))));
}

#[test]
fn what_was_reviewed_is_what_is_sent_also_when_time_has_passed() {
    let later = |duration: &str, minutes: i64| {
        let mut app = situation("incident", 80, 24);
        press(&mut app, "S");
        paste(&mut app, "why");
        press(&mut app, "up up up ctrl-u");
        paste(&mut app, duration);
        press(&mut app, "enter");
        app.handle(Event::Tick, NOW.plus(minutes * MINUTE));
        let effect = app.handle(Event::Term(key("enter")), NOW.plus(minutes * MINUTE));
        (effect, screen(&app))
    };
    let five_past = Timestamp(1_795_442_700_000);
    assert_eq!(draft(later("until 14:05", 1).0).ends, Ends::At(five_past));
    // Not the one of tomorrow, which nobody has seen.
    let (effect, text) = later("until 14:05", 3);
    assert!(effect.is_none() && text.contains("it would end before it begins"), "{text}");
    assert_eq!(draft(later("30m", 3).0).ends, Ends::After(30 * MINUTE));
}

#[test]
fn what_cannot_be_read_or_would_be_refused_is_said_while_typing_and_is_not_sent() {
    let mut app = situation("incident", 80, 24);
    press(&mut app, "S");
    paste(&mut app, "why");
    press(&mut app, "tab ctrl-u");
    for (typed, said) in [
        ("alertname=~\"(\"", "unclosed group"),
        ("alertname", "one of = != =~ !~ is missing"),
        ("team!=x, pod=~\".*\"", "must not fit an empty value"),
        ("", "at least one matcher is needed"),
    ] {
        press(&mut app, "ctrl-u");
        paste(&mut app, typed);
        assert!(screen(&app).contains(said), "{typed}\n{}", screen(&app));
        assert_eq!(confirm(&mut app), None, "{typed}");
    }
    press(&mut app, "ctrl-u");
    paste(&mut app, "alertname=HighLatency");
    press(&mut app, "tab ctrl-u");
    paste(&mut app, "until 2026-11-22 10:00");
    assert!(screen(&app).contains("it would end before it begins"), "{}", screen(&app));
    assert_eq!(confirm(&mut app), None);
}

#[test]
fn what_is_hit_is_shown_as_it_is_typed_and_too_much_or_nothing_is_loud() {
    let mut app = situation("incident", 120, 40);
    press(&mut app, "S tab ctrl-u");
    for (typed, heading, said) in [
        ("alertname=HighErrorRate", "── hits 1 alert now", ""),
        ("alertname=~\"High(Error|Lat).*\"", "── hits 4 alerts now", "it hits 3 more than the alert"),
        ("alertname=HighCPU", "── hits 1 alert now", "does not hit the alert that it was opened from"),
        ("alertname=~\".+\"", "── hits ALL 6 alerts now", "it hits ALL 6 alerts"),
        ("alertname=Other", "── hits nothing now", "it hits nothing now"),
        ("alertname=", "── what it hits is not known", "must not fit an empty value"),
        (
            "endpoint=\"/api/search\"",
            "── hits 1 alert now",
            "silenced already: by mara until 14:46 UTC (deploy of 4.2)",
        ),
    ] {
        press(&mut app, "ctrl-u");
        paste(&mut app, typed);
        let text = screen(&app);
        assert!(text.contains(heading) && text.contains(said), "{typed}\n{text}");
        assert!(!said.is_empty() || !text.contains("! it hits"), "{typed}\n{text}");
        let below = text.split(heading).nth(1).unwrap_or_default();
        let rows = below.lines().filter(|line| line.contains("  High")).count();
        assert_eq!(rows > 0, heading.contains("alert"), "{typed}\n{text}");
    }
}

#[test]
fn ten_thousand_alerts_are_counted_and_the_rest_is_told() {
    let mut app = situation("many", 80, 24);
    press(&mut app, "S tab ctrl-u");
    paste(&mut app, "pod=~\"pod-0.*\"");
    let text = screen(&app);
    assert!(text.contains("hits ALL 10000 alerts") && text.contains(" more, PgDn shows them"), "{text}");
    press(&mut app, "pagedown pagedown");
    assert_ne!(screen(&app), text);
    shows(&app, "many");
}

#[test]
fn a_change_keeps_exactly_what_nobody_touched() {
    let mut app = list(120, 40);
    let mut story = silences();
    let hostile = Matcher::new("text", Op::NotEqual, "a\u{202e}b\n");
    let mut odd = story.silences.remove(0);
    odd.matchers.push(hostile.clone());
    odd.ends_at = NOW.plus(7 * MINUTE + 123);
    story.silences.insert(0, odd.clone());
    story.tell(&mut app, NOW);
    press(&mut app, "g");
    press(&mut app, "enter");
    assert!(screen(&app).contains("text!=\"a<U+202E>b⏎\""), "{}", screen(&app));
    press(&mut app, "up up");
    paste(&mut app, "!");
    let sent = draft(confirm(&mut app));
    assert_eq!(sent.matchers, odd.matchers);
    assert_eq!((sent.starts_at, sent.ends), (Some(odd.starts_at), Ends::At(odd.ends_at)));
    assert_eq!((sent.id.as_deref(), sent.comment.as_str()), (Some("s1"), "deploy of 4.2!"));
}

#[test]
fn the_words_of_others_go_back_as_they_came() {
    let (mut app, mut story) = (list(120, 40), silences());
    let comment = format!("👩\u{200d}🚒 is on it:\r\n\tone\n\ttwo ⏎ {}", "x".repeat(9_000));
    (story.silences[0].comment, story.silences[0].created_by) = (comment.as_str().into(), "jo\u{200d}".into());
    story.silences[0].ends_at = NOW.plus(7 * MINUTE);
    story.tell(&mut app, NOW);
    press(&mut app, "g E");
    assert!(screen(&app).contains("is on it:^M⏎ one⏎ two"), "{}", screen(&app));
    let Some((ticket, Write::Silence(sent))) = written(press(&mut app, "enter")) else { panic!("nothing was sent") };
    assert_eq!((sent.comment.raw(), sent.created_by.raw()), (comment.as_str(), "jo\u{200d}"));
    answer(&mut app, ticket, Ok(Written::Silenced("s1".into())));
    press(&mut app, "E e tab tab tab");
    paste(&mut app, "!");
    let changed = draft(confirm(&mut app));
    assert!(changed.comment.raw().ends_with('!') && changed.comment.raw().contains("one\n two \n xx"));
    assert_eq!(changed.created_by.raw(), "jo\u{200d}");
}

#[test]
fn an_extension_is_one_hour_more_and_an_end_shows_who_is_heard_of_again() {
    let mut app = situation("incident", 80, 24);
    press(&mut app, "v G E");
    let Some((ticket, Write::Silence(sent))) = written(press(&mut app, "enter")) else { panic!("nothing was sent") };
    assert_eq!((sent.id.as_deref(), sent.ends), (Some("s1"), Ends::At(NOW.plus(103 * MINUTE))));
    answer(&mut app, ticket, Ok(Written::Silenced("s1".into())));
    press(&mut app, "x");
    assert!(screen(&app).contains("── 1 alert heard of again"), "{}", screen(&app));
    assert_eq!(written(press(&mut app, "enter")).unwrap().1, Write::Expire("s1".into()));
    press(&mut app, "esc g x");
    assert!(footer(&app).contains("no silence keeps HighErrorRate quiet"), "{}", footer(&app));
}

#[test]
fn what_has_not_begun_is_taken_back_and_nobody_is_heard_of_again() {
    let mut app = list(80, 24);
    press(&mut app, "G x");
    let text = screen(&app);
    assert!(text.contains("Take back the silence b90, which has not begun"), "{text}");
    assert!(text.contains("── it would hit 1 alert") && !text.contains("again"), "{text}");
    let (ticket, _) = written(press(&mut app, "enter")).unwrap();
    answer(&mut app, ticket, Ok(Written::Expired("b90".into())));
    assert!(footer(&app).contains("took back the silence by mara (id b90)"), "{}", footer(&app));
}

#[test]
fn of_several_silences_one_is_chosen_first() {
    let mut app = situation("incident", 80, 24);
    let mut story = silences();
    let Some(Ok(held)) = &mut story.held else { panic!("nothing held") };
    held.alerts.iter_mut().for_each(|held| held.silenced_by = vec!["s1".into(), "e71".into()]);
    press(&mut app, "v");
    story.tell(&mut app, NOW);
    press(&mut app, "x down");
    shows(&app, "which");
    press(&mut app, "enter");
    assert!(screen(&app).contains("stays silenced") && screen(&app).contains("none of these"), "{}", screen(&app));
    assert_eq!(written(press(&mut app, "enter")).unwrap().1, Write::Expire("e71".into()));
}

#[test]
fn where_nothing_can_be_silenced_the_keys_say_why_and_are_not_offered() {
    let why = |change: fn(&mut App), said: &str| {
        for keys in ["a", "S", "x", "E", "4 : s i l e n c e s enter S"] {
            let mut app = situation("incident", 120, 40);
            change(&mut app);
            press(&mut app, keys);
            assert!(app.overlay.is_none() && footer(&app).contains(said), "{keys}: {}", footer(&app));
            press(&mut app, "?");
            assert!(!screen(&app).contains("(acknowledge)") && !screen(&app).contains("(silence)"), "{keys}");
        }
    };
    why(|app| app.setup.contexts[0].read_only = true, "this context is read-only");
    why(|app| app.setup.contexts[0].alertmanager = false, "this context has no Alertmanager");
    let mut app = situation("alertmanager_down", 120, 40);
    press(&mut app, "a");
    assert!(footer(&app).contains("alertmanager: connection refused; nothing can be silenced"), "{}", footer(&app));
    let mut app = situation("asking", 120, 40);
    press(&mut app, "S");
    assert!(footer(&app).contains("alertmanager has not answered yet"), "{}", footer(&app));
    let mut app = situation("incident", 120, 40);
    assert!(footer(&app).contains("a ack  S silence"), "{}", footer(&app));
    press(&mut app, "1 a S x E");
    assert!(app.overlay.is_none() && app.notice.is_none());
}

#[test]
fn old_knowledge_is_said_in_the_form() {
    let mut app = situation("incident", 80, 24);
    press(&mut app, "a");
    let later = NOW.plus(120 * SECOND);
    app.handle(Event::Tick, later);
    assert!(screen(&app).contains("! the alerts are known as of 2m ago: it may hit others"), "{}", screen(&app));
}

#[test]
fn what_others_changed_meanwhile_is_said_and_what_was_before_is_shown() {
    let mut app = list(120, 40);
    press(&mut app, "g j S");
    let mut story = silences();
    story.silences[0].ends_at = NOW.plus(HOUR);
    story.tell(&mut app, NOW.plus(SECOND));
    assert!(screen(&app).contains("! this silence was changed meanwhile: it ends 15:03 UTC now"), "{}", screen(&app));
    story.silences[0].state = SilenceState::Expired;
    story.tell(&mut app, NOW.plus(2 * SECOND));
    assert!(screen(&app).contains("! this silence has ended meanwhile"), "{}", screen(&app));
    press(&mut app, "up ctrl-u");
    paste(&mut app, "alertname=HighLatency");
    press(&mut app, "enter");
    let text = screen(&app);
    assert!(text.contains(" were       alertname=\"HighLatency\", endpoint=\"/api/search\""), "{text}");
    let sent = draft(confirm(&mut app));
    assert_eq!((sent.id.as_deref(), sent.matchers), (Some("s1"), exact("alertname=HighLatency")));
}
