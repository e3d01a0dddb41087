//! A console without a terminal: its state, its keys, and what it paints.

use std::time::Duration;

use a360::model::watch::Scope;
use a360::model::watch::Watch;
use a360::time::{HOUR, Timestamp};
use a360::ui::app::{App, ContextSetup, Setup};
use a360::ui::keymap::{Key, Keymap};
use a360::ui::screen;
use a360::ui::theme::Theme;
use crossterm::event::Event as TermEvent;
use jiff::tz::TimeZone;
use ratatui::buffer::{Buffer, Cell};
use ratatui::layout::Rect;
use unicode_width::UnicodeWidthStr;

/// 2026-11-23T14:03:27Z.
pub const NOW: Timestamp = Timestamp(1_795_442_607_000);

/// A console with the contexts `staging` and `prod`, before its first question.
pub fn app(width: u16, height: u16) -> App {
    let setup = Setup {
        contexts: vec![context("staging"), context("prod")],
        demo: false,
        keymap: Keymap::default(),
        theme: Theme::builtin("default").unwrap(),
        ascii: false,
        zone: TimeZone::UTC,
        live: HOUR,
        refresh: Duration::from_secs(5),
        tiles: Duration::from_secs(15),
        flags: Vec::new(),
        author: Some("mara".into()),
        bell: true,
        formats: ["markdown", "text", "json"].map(str::to_owned).into(),
    };
    App::new(setup, (width, height), NOW)
}

fn context(name: &str) -> ContextSetup {
    ContextSetup {
        name: name.into(),
        production: name == "prod",
        address: "http://prometheus:9090".into(),
        at_once: 8,
        prometheus: true,
        alertmanager: false,
        logs: false,
        traces: false,
        index: "agent360-*".into(),
        read_only: false,
        dead_mans_switch: None,
        scopes: vec![Scope { name: "shop".into(), matcher: "namespace=\"shop\"".into(), logs: None, traces: None }],
        watch: Watch::default(),
    }
}

/// What the terminal sends for a key, written as in the config.
pub fn key(name: &str) -> TermEvent {
    TermEvent::Key(Key::parse(name).unwrap().event())
}

/// A frame of the size that the console believes in.
pub fn paint(app: &App) -> Buffer {
    let mut buf = Buffer::empty(Rect::new(0, 0, app.size.0, app.size.1));
    screen::draw(app, &mut buf);
    buf
}

/// The frame as a person reads it, without the blanks at the ends of lines.
pub fn text(buf: &Buffer) -> String {
    let width = usize::from(buf.area.width).max(1);
    buf.content.chunks(width).map(|row| line(row).trim_end().to_owned() + "\n").collect()
}

/// A wide sign covers the cell after it.
fn line(row: &[Cell]) -> String {
    let mut line = String::new();
    let mut covered = 0;
    for cell in row {
        if covered > 0 {
            covered -= 1;
            continue;
        }
        line.push_str(cell.symbol());
        covered = cell.symbol().width().saturating_sub(1);
    }
    line
}
