//! Whatever the size and whatever is pressed: something is painted, and all of it can be sent to a terminal.

use a360::model::fault::FetchError;
use a360::model::write::{Job, Outcome, WriteError, Written};
use a360::time::SECOND;
use a360::ui::action::TABLE;
use a360::ui::app::{App, Effect, Event};
use a360::ui::screen;
use crossterm::event::{Event as TermEvent, KeyModifiers, MouseButton, MouseEvent, MouseEventKind};
use proptest::prelude::*;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use crate::alerting;
use crate::console::{self, NOW, key, paint};
use crate::press;
use crate::scenes::scene;
use crate::{check, log_story, trace_story};

/// What lies over the view, normal and on the whole screen.
const OVER: [&str; 7] = ["", "?", ":", "t", "s", "/ a p i", "/ a p i enter < <"];

fn on(app: &App, width: u16, height: u16) {
    let mut buf = Buffer::empty(Rect::new(0, 0, width, height));
    screen::draw(app, &mut buf);
    check(&buf, &format!("{width}x{height}"));
}

/// Every height at which the layout changes by every width at which it does, and a few large ones.
fn sizes() -> impl Iterator<Item = (u16, u16)> {
    let widths =
        || (0..=4).chain([11, 23, 38, 39, 40, 41, 46, 58, 69, 70, 71, 83, 97, 109, 110, 111, 150, 191, 192, 220]);
    let heights = || (0..=24).chain([28, 29, 30, 36, 41, 53, 70]);
    widths().flat_map(move |width| heights().map(move |height| (width, height)))
}

#[test]
fn at_any_size() {
    for full in ["", "f"] {
        for keys in OVER {
            let mut app = scene("incident", 120, 40);
            press(&mut app, full);
            press(&mut app, keys);
            for (width, height) in sizes().step_by(3) {
                // The terminal may be of another size than the console has been told.
                on(&app, width, height);
            }
            for (width, height) in sizes().step_by(5).chain([(0, 0), (40, 10), (220, 70)]) {
                app.handle(Event::Term(TermEvent::Resize(width, height)), NOW);
                on(&app, width, height);
            }
        }
    }
}

#[test]
fn with_hostile_words_and_numbers_at_any_size() {
    for name in ["hostile", "odd_numbers", "many", "gone"] {
        let mut app = scene(name, 80, 24);
        for (width, height) in sizes().step_by(11) {
            app.handle(Event::Term(TermEvent::Resize(width, height)), NOW);
            on(&app, width, height);
        }
    }
}

#[derive(Debug, Clone)]
enum Step {
    Key(String),
    Paste(String),
    Mouse(MouseEventKind, u16, u16),
    Resize(u16, u16),
    Answers(bool),
    /// What became of what was sent last.
    Outcome(u8),
    Wait(i64),
}

fn step() -> impl Strategy<Value = Step> {
    let bound: Vec<&str> = TABLE.iter().flat_map(|row| row.keys.iter().copied()).collect();
    prop_oneof![
        12 => prop::sample::select(bound).prop_map(|name| Step::Key(name.to_owned())),
        4 => "[ -~äß東]".prop_map(|c| Step::Key(if c == " " { "space".to_owned() } else { c })),
        2 => prop::sample::select(vec!["delete", "insert", "f12", "ctrl-w", "ctrl-u", "alt-x", "ctrl-a"])
            .prop_map(|name| Step::Key(name.to_owned())),
        1 => "\\PC{0,20}|[0-9]{1,3}[smhdwy]|-[0-9]{1,2}h to [0-9]{1,2}:[0-9]{2}".prop_map(Step::Paste),
        2 => (0u16..230, 0u16..80).prop_map(|(width, height)| Step::Resize(width, height)),
        3 => (mouse(), 0u16..250, 0u16..80).prop_map(|(kind, column, row)| Step::Mouse(kind, column, row)),
        2 => any::<bool>().prop_map(Step::Answers),
        2 => (0u8..4).prop_map(Step::Outcome),
        1 => (-5i64..4000).prop_map(Step::Wait),
    ]
}

fn mouse() -> impl Strategy<Value = MouseEventKind> {
    let left = MouseButton::Left;
    let kinds = vec![MouseEventKind::Down(left), MouseEventKind::Drag(left), MouseEventKind::Up(left)];
    prop::sample::select(
        [kinds, vec![MouseEventKind::ScrollUp, MouseEventKind::ScrollDown, MouseEventKind::Moved]].concat(),
    )
}

fn outcome(job: Job, which: u8) -> Outcome {
    let result = match which {
        0 => Ok(Written::Silenced("0c5f3a52".into())),
        1 => Ok(Written::Expired("s1".into())),
        2 => Err(WriteError::NotDone(FetchError::Refused)),
        _ => Err(WriteError::Unclear(FetchError::Truncated, job.write)),
    };
    Outcome { ticket: job.ticket, result }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 40, ..ProptestConfig::default() })]

    #[test]
    fn whatever_is_pressed(begin in prop::sample::select(vec!["", "2", "2 a", "2 S x", "2 v G x", "3", "3 k enter", "3 g P w", "3 P x j", "3 P enter esc", "3 z < z", "4", "4 enter", "4 e", "4 b", "4 O"]), steps in prop::collection::vec(step(), 1..40)) {
        let (calm, incident) = (alerting::calm(), alerting::incident());
        let mut app = console::app(80, 24);
        (app.setup.contexts[0].alertmanager, app.setup.contexts[0].logs) = (true, true);
        app.setup.contexts[0].traces = true;
        for key in begin.split(' ').filter(|key| !key.is_empty()) {
            press(&mut app, key);
            incident.tell(&mut app, NOW);
            log_story::told(&mut app, log_story::arrivals(log_story::incident(50)));
            trace_story::told(&mut app, &trace_story::found(trace_story::incident(20)));
        }
        let mut sent = None;
        let mut now = NOW;
        for step in steps {
            match step {
                Step::Key(name) => {
                    if let Some(Effect::Write(job)) = app.handle(Event::Term(key(&name)), now) {
                        sent = Some(*job);
                    }
                }
                Step::Paste(text) => drop(app.handle(Event::Term(TermEvent::Paste(text)), now)),
                Step::Mouse(kind, column, row) => {
                    let event = MouseEvent { kind, column, row, modifiers: KeyModifiers::NONE };
                    app.handle(Event::Term(TermEvent::Mouse(event)), now);
                }
                Step::Resize(width, height) => drop(app.handle(Event::Term(TermEvent::Resize(width, height)), now)),
                Step::Answers(bad) => {
                    (if bad { &incident } else { &calm }).tell(&mut app, now);
                    let traces = if bad { trace_story::hostile() } else { trace_story::incident(9) };
                    trace_story::told(&mut app, &trace_story::found(traces));
                    log_story::told(&mut app, log_story::arrivals(if bad { log_story::hostile() } else { log_story::incident(9) }));
                }
                Step::Outcome(which) => {
                    if let Some(job) = sent.take() {
                        app.handle(Event::Written(Box::new(outcome(job, which))), now);
                    }
                }
                Step::Wait(seconds) => {
                    now = now.plus(seconds * SECOND);
                    app.handle(Event::Tick, now);
                }
            }
            check(&paint(&app), "whatever is pressed");
        }
    }
}
