//! What becomes of a silence that was sent: told once, where it is looked for, and never sent a second time blindly.

use a360::model::fault::FetchError;
use a360::model::write::{Write, WriteError, Written};
use a360::ui::app::Effect;

use crate::alerting::{incident, situation};
use crate::console::NOW;
use crate::press;
use crate::silences::{answer, confirm, draft, footer, list, paste, screen, shows, written};

const ID: &str = "0c5f3a52-1111-2222-3333-444455556666";

fn timeout() -> FetchError {
    FetchError::Timeout(std::time::Duration::from_secs(10))
}

fn refusal() -> FetchError {
    FetchError::Server { kind: "bad_data".into(), message: "silence invalid: comment is too short".into() }
}

#[test]
fn a_silence_is_not_ended_while_nobody_knows_whether_it_was_extended() {
    let mut app = situation("incident", 80, 24);
    let (ticket, _) = written(press(&mut app, "v G E enter")).unwrap();
    assert_eq!(written(press(&mut app, "esc x enter")), None);
    assert!(screen(&app).contains("another change of this silence was sent a moment ago"), "{}", screen(&app));
    answer(&mut app, ticket, Ok(Written::Silenced("s1".into())));
    assert_eq!(written(press(&mut app, "enter")).unwrap().1, Write::Expire("s1".into()));
}

#[test]
fn nothing_is_sent_twice_and_success_is_told_with_its_id() {
    let mut app = situation("incident", 80, 24);
    let (ticket, _) = written(press(&mut app, "a enter")).unwrap();
    assert_eq!(press(&mut app, "enter"), None);
    shows(&app, "sending");
    // Also not by a second form.
    assert_eq!(written(press(&mut app, "esc a enter")), None);
    assert!(screen(&app).contains("the same was sent a moment ago"), "{}", screen(&app));
    press(&mut app, "esc a");
    answer(&mut app, ticket, Ok(Written::Silenced(ID.into())));
    assert!(footer(&app).contains("acknowledged 1 alert until 14:18 (id 0c5f3a52)"), "{}", footer(&app));
    assert!(app.overlay.is_some(), "a form that awaits nothing stays");
    press(&mut app, "esc");
    let (ticket, _) = written(press(&mut app, "a enter")).unwrap();
    answer(&mut app, ticket, Ok(Written::Silenced(ID.into())));
    assert!(app.overlay.is_none());
    answer(&mut app, ticket, Ok(Written::Silenced("other".into())));
    assert!(!footer(&app).contains("other"), "an outcome counts once");
}

#[test]
fn the_words_of_the_server_stand_in_the_form_and_what_was_typed_stays() {
    let mut app = situation("incident", 80, 24);
    press(&mut app, "S");
    paste(&mut app, "why");
    let (ticket, _) = written(confirm(&mut app)).unwrap();
    answer(&mut app, ticket, Err(WriteError::NotDone(refusal())));
    assert!(screen(&app).contains("✖ NOT DONE: bad_data: silence invalid: comment is too short"), "{}", screen(&app));
    shows(&app, "refused");
    press(&mut app, "e");
    paste(&mut app, " and how");
    let sent = draft(confirm(&mut app));
    assert_eq!(sent.comment.as_str(), "why and how");
}

#[test]
fn what_is_not_certain_is_loud_and_enter_looks_before_it_sends() {
    let mut app = situation("incident", 80, 24);
    let (ticket, write) = written(press(&mut app, "a enter")).unwrap();
    let Write::Silence(draft) = write else { panic!("no silence") };
    let again = Write::Again(draft);
    answer(&mut app, ticket, Err(WriteError::Unclear(timeout(), again.clone())));
    shows(&app, "unclear");
    assert_eq!(press(&mut app, "e x a"), None, "nothing else can be sent");
    let (next, write) = written(press(&mut app, "enter")).unwrap();
    assert_eq!((write, next > ticket), (again.clone(), true));
    answer(&mut app, next, Err(WriteError::Unclear(timeout(), again)));
    press(&mut app, "esc");
    assert!(footer(&app).contains("it is not certain what became of the acknowledgement"), "{}", footer(&app));
}

#[test]
fn whoever_closed_the_form_is_told_in_the_last_line_also_in_another_context() {
    for (result, said) in [
        (Ok(Written::Silenced(ID.into())), "in staging: acknowledged 1 alert until 14:18 (id 0c5f3a52)"),
        (Err(WriteError::NotDone(refusal())), "✖ in staging: NOT DONE: the acknowledgement of 1 alert: bad_data"),
        (Err(WriteError::Unclear(timeout(), Write::Expire("x".into()))), "✖ in staging: NOT CERTAIN: the acknow"),
    ] {
        let mut app = situation("incident", 120, 40);
        let (ticket, _) = written(press(&mut app, "a enter")).unwrap();
        press(&mut app, "esc c down enter");
        answer(&mut app, ticket, result);
        assert!(footer(&app).contains(said), "{}", footer(&app));
    }
}

#[test]
fn leaving_waits_for_a_second_key_while_an_answer_is_awaited() {
    let mut app = situation("incident", 80, 24);
    let (ticket, _) = written(press(&mut app, "a enter")).unwrap();
    assert_eq!(press(&mut app, "esc q"), None);
    assert!(footer(&app).contains("is still awaited"), "{}", footer(&app));
    assert_eq!(press(&mut app, "q"), Some(Effect::Quit));
    answer(&mut app, ticket, Ok(Written::Silenced(ID.into())));
    assert_eq!(press(&mut app, "q"), Some(Effect::Quit));
}

#[test]
fn the_good_news_is_not_hidden_by_the_alert_that_is_quiet_now() {
    let mut app = situation("incident", 120, 40);
    press(&mut app, "j k");
    let (ticket, _) = written(press(&mut app, "a enter")).unwrap();
    answer(&mut app, ticket, Ok(Written::Silenced(ID.into())));
    let mut story = incident();
    let Some(Ok(held)) = &mut story.held else { panic!("nothing held") };
    held.alerts[0].silenced_by = vec![ID.into()];
    story.tell(&mut app, NOW);
    assert!(footer(&app).contains("acknowledged 1 alert until 14:18"), "{}", footer(&app));
    assert!(!screen(&app).contains("▌▲"), "it is hidden: {}", screen(&app));
}

#[test]
fn an_end_that_is_not_certain_is_asked_for_again() {
    let mut app = list(80, 24);
    let (ticket, write) = written(press(&mut app, "g x enter")).unwrap();
    assert_eq!(write, Write::Expire("e71".into()));
    answer(&mut app, ticket, Err(WriteError::Unclear(timeout(), write.clone())));
    assert!(screen(&app).contains("Enter ends it once more, which does no harm"), "{}", screen(&app));
    let (ticket, again) = written(press(&mut app, "enter")).unwrap();
    assert_eq!(again, write);
    answer(&mut app, ticket, Ok(Written::Expired("e71".into())));
    assert!(app.overlay.is_none() && footer(&app).contains("ended the silence by jo (id e71)"), "{}", footer(&app));
}

#[test]
fn the_smallest_screen_says_what_became_of_it() {
    let mut app = situation("incident", 40, 10);
    press(&mut app, "v G a");
    let (ticket, write) = written(press(&mut app, "enter")).unwrap();
    assert!(screen(&app).contains("… sending"), "{}", screen(&app));
    answer(&mut app, ticket, Err(WriteError::NotDone(refusal())));
    assert!(screen(&app).contains("✖ NOT DONE: bad_data"), "{}", screen(&app));
    let (ticket, _) = written(press(&mut app, "enter")).unwrap();
    answer(&mut app, ticket, Err(WriteError::Unclear(timeout(), write)));
    assert!(screen(&app).contains("✖ NOT CERTAIN"), "{}", screen(&app));
}

#[test]
fn what_nobody_asked_for_does_not_hide_what_became_of_a_request() {
    let mut app = situation("incident", 200, 50);
    let (ticket, _) = written(press(&mut app, "a enter")).unwrap();
    press(&mut app, "esc");
    answer(&mut app, ticket, Err(WriteError::NotDone(refusal())));
    // Everything is resolved meanwhile, and the cursor with it.
    press(&mut app, "j k");
    let mut story = incident();
    story.alerts.clear();
    story.rules = Some(Ok(Vec::new()));
    story.held = Some(Ok(Default::default()));
    story.tell(&mut app, NOW);
    let told = footer(&app);
    assert!(told.contains("✖ NOT DONE: the ack") && told.contains("is no longer in the list"), "{told}");
}

#[test]
fn another_context_is_not_told_of_by_what_was_said_of_this_one() {
    let mut app = situation("incident", 120, 40);
    app.setup.contexts[app.context].read_only = true;
    press(&mut app, "a");
    assert!(footer(&app).contains("read-only"), "{}", footer(&app));
    press(&mut app, "c down enter");
    assert!(!footer(&app).contains("read-only"), "{}", footer(&app));

    let mut app = situation("incident", 120, 40);
    let (ticket, _) = written(press(&mut app, "a enter")).unwrap();
    press(&mut app, "esc");
    answer(&mut app, ticket, Err(WriteError::NotDone(refusal())));
    press(&mut app, "c down enter");
    assert!(footer(&app).contains("✖ in staging: NOT DONE"), "{}", footer(&app));
}
