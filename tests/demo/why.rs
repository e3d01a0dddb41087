//! `W` in the demo, by keys: the incident that is under way is named first, and every piece of evidence opens.

use std::sync::Arc;

use a360::analysis::insight::Kind;
use a360::cli;
use a360::config::Config;
use a360::model::place::Room;
use a360::run::backend::Demo;
use a360::run::reporter::{Reporter, Shelf};
use a360::run::setup;
use a360::time::Timestamp;
use a360::ui::app::{App, Effect, Event};
use a360::ui::errand::{News, Ranking};
use a360::ui::keymap::Key;
use a360::ui::range::Shown;
use a360::ui::view::ViewId;
use crossterm::event::Event as TermEvent;

use super::{NOW, START};

fn now() -> Timestamp {
    NOW
}

fn console() -> App {
    let cli = cli::parse(["a360", "--demo"].map(Into::into)).unwrap();
    setup::app(&cli, &Config::default(), (120, 40), NOW, &|_| None).unwrap()
}

fn press(app: &mut App, keys: &str) -> Option<Effect> {
    let mut effect = None;
    for key in keys.split_whitespace() {
        effect = app.handle(Event::Term(TermEvent::Key(Key::parse(key).unwrap().event())), NOW);
    }
    effect
}

/// Presses `W` and waits for the ranking, as the loop does.
async fn why(app: &mut App) -> Ranking {
    let folder = tempfile::tempdir().unwrap();
    let demo = Demo::new(360, START, Arc::default());
    let mut reporter = Reporter::new(demo, now, Shelf::new(folder.path().to_owned(), None));
    let Some(Effect::Errand(errand)) = press(app, "W") else { panic!("nothing is asked") };
    reporter.start(errand);
    loop {
        let news = reporter.next().await.unwrap();
        app.handle(Event::News(Box::new(news.clone())), NOW);
        if let News::Why { ranking, .. } = news {
            return *ranking;
        }
    }
}

#[tokio::test(start_paused = true)]
async fn the_incident_is_named_first_and_each_piece_of_evidence_opens_and_comes_back() {
    let mut app = console();
    let ranking = why(&mut app).await;
    assert_eq!(ranking.missing, []);
    let first = &ranking.findings[0];
    assert!(matches!(first.kind, Kind::Errors | Kind::Latency), "{first:?}");
    assert_eq!(first.subject.as_str(), "/api/checkout", "{first:?}");
    let pane = app.overlay.clone();
    let before = (app.view, app.shown, app.crosshair);
    let places: Vec<_> =
        ranking.findings.iter().flat_map(|finding| &finding.evidence).map(|evidence| evidence.place.clone()).collect();
    assert!(!places.is_empty());
    for (down, place) in places.iter().enumerate() {
        app.overlay = pane.clone();
        press(&mut app, &"j ".repeat(down));
        press(&mut app, "enter");
        assert!(app.overlay.is_none(), "{place:?}: {:?}", app.notice);
        let view = match place.room {
            Room::Overview => ViewId::Overview,
            Room::Alerts => ViewId::Alerts,
            Room::Logs => ViewId::Logs,
            Room::Traces => ViewId::Traces,
        };
        assert_eq!((app.view, app.shown), (view, Shown::Fixed(place.range)), "{place:?}");
        press(&mut app, "[");
        assert_eq!((app.view, app.shown, app.crosshair), before, "{place:?}");
    }
    // The first has a key of its own.
    app.overlay = pane;
    press(&mut app, "1");
    assert_eq!(app.shown, Shown::Fixed(places[0].range));
}
