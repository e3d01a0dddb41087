//! A million log lines held: memory, the time to find a text in all of them, and how quickly lines are taken in.
//! `cargo bench --bench logs`

use std::hint::black_box;
use std::time::Instant;

use a360::model::log::{Arrivals, Cursor, Way};
use a360::model::log::{Level, Line};
use a360::model::query::{Answer, Query, Update};
use a360::store::log::{CAP, Lines};
use a360::time::{MINUTE, Timestamp};
use a360::ui::app::{App, Event};
use a360::ui::keymap::Key;
use a360::ui::screen;
use crossterm::event::Event as TermEvent;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

#[path = "support/console.rs"]
mod console;

use console::{app, resident, timed};

const BATCH: usize = 20_000;
const NOW: Timestamp = Timestamp(1_795_442_607_000);
const SIZE: (u16, u16) = (200, 50);

/// A line as services write it: some hundred bytes, an id of Elasticsearch, a trace.
fn line(i: usize) -> Line {
    let user = i * 7 % 90_001;
    let message = match i % 5 {
        0 | 1 => format!("request {i} of user {user} took {} ms and was answered with 503 after 3 attempts", i % 3_001),
        2 => format!("upstream timeout after {} ms, the order {i} of user {user} is kept for later", i % 3_001),
        3 => format!("cache miss for key session:{user}:{i}, loaded {} bytes from the upstream store", i % 9_001),
        _ => format!("connection {i} from 10.0.{}.{} closed by the peer in the middle of a reply", i % 199, i % 251),
    };
    Line {
        index: format!("agent360-2026.11.{}", 20 + i * 3 / CAP).into(),
        id: format!("AVx{i:017x}").into(),
        at: (NOW.0 - 50 * MINUTE) * 1_000_000 + i as i64 * 1_200_000,
        level: Level::ALL[i % 5],
        service: ["gateway", "checkout", "payment"][i % 3].into(),
        place: format!("pod-{}", i % 40).into(),
        message: message.into(),
        kind: "request".into(),
        endpoint: ["/api/search", "/api/checkout"][i % 2].into(),
        error_type: ["", "Timeout"][i % 2].into(),
        trace: format!("{i:032x}").into(),
    }
}

fn main() {
    let mut lines = Lines::default();
    let (before, mut spent, mut worst) = (resident(), 0.0, 0.0f64);
    // Beyond the cap too: the oldest go then.
    for batch in 0..(CAP + CAP / 5) / BATCH {
        let arrived: Vec<Line> = (batch * BATCH..(batch + 1) * BATCH).map(line).collect();
        let start = Instant::now();
        lines.arrive(arrived, i64::MAX, |_| 0);
        let took = start.elapsed().as_secs_f64();
        (spent, worst) = (spent + took, worst.max(took));
        if lines.len() == CAP && lines.dropped() == 0 {
            println!("{} lines held: {:.0} MiB", lines.len(), resident() - before);
        }
    }
    let rate = (CAP + CAP / 5) as f64 / spent / 1e6;
    println!("taken in: {rate:.2} M lines a second; {BATCH} at once: {:.1} ms at worst", worst * 1e3);
    for text in ["nowhere to be found", "timeout", "upstream", "e", "answered with 503 after 3", "Answered"] {
        let start = Instant::now();
        lines.seek(black_box(text));
        println!("find {text:?}: {} lines in {:.1} ms", lines.hits(), start.elapsed().as_secs_f64() * 1e3);
    }
    let late: Vec<Line> =
        (0..BATCH).map(|i| Line { id: format!("late{i}").into(), ..line(i * 37 + 200_000) }).collect();
    let start = Instant::now();
    lines.arrive(late, i64::MAX, |_| 0);
    println!("{BATCH} late lines put in their places: {:.1} ms", start.elapsed().as_secs_f64() * 1e3);
    drop(lines);
    console();
    println!("resident at the end: {:.0} MiB", resident() - before);
}

/// The whole console with a million lines: what one update of the tail costs, and each key with its frame.
fn console() {
    let Some(mut app) = app(SIZE, NOW) else { return };
    press(&mut app, "3");
    let (mut update, mut frame) = (0.0f64, 0.0f64);
    for batch in 0..CAP / BATCH + 5 {
        let lines = (batch * BATCH..(batch + 1) * BATCH).map(line).collect();
        update = update.max(timed(|| arrive(&mut app, lines)));
        frame = frame.max(timed(|| paint(&app)));
    }
    println!("console: {BATCH} lines in one update {:.1} ms, a frame {:.2} ms, at worst", update * 1e3, frame * 1e3);
    // What is asked is not answered here, but for the tail.
    for (state, keys) in [
        ("list", ""),
        ("wrapped", "w"),
        ("panel open", "w P esc"),
        ("cursor in the panel", "P"),
        ("only one pattern", "enter esc"),
        ("one pattern hidden", "P enter x esc"),
    ] {
        keys.split_whitespace().for_each(|key| press(&mut app, key));
        walk(&mut app, state);
    }
    for (what, keys) in [
        ("hide a pattern", "P x"),
        ("show it again", "x"),
        ("only it", "enter"),
        ("all", "enter"),
        ("another range", "+"),
    ] {
        let spent = timed(|| {
            keys.split(' ').for_each(|key| press(&mut app, key));
            app.handle(Event::Tick, NOW);
            paint(&app);
        });
        println!("  {what} ({keys}): {:.1} ms with the frame", spent * 1e3);
    }
    let spent = timed(|| {
        "esc / n o w h e r e enter".split(' ').for_each(|key| press(&mut app, key));
        paint(&app);
    });
    println!("  find in all of them: {:.1} ms with the frame", spent * 1e3);
    walk(&mut app, "looked for in vain");
    let lines = (CAP * 2..CAP * 2 + BATCH).map(line).collect();
    println!("  {BATCH} lines with the panel open: {:.1} ms", timed(|| arrive(&mut app, lines)) * 1e3);
}

/// Moves the cursor about, and tells how long a key with its frame takes.
fn walk(app: &mut App, state: &str) {
    let mut spent: Vec<f64> = Vec::new();
    for turn in 0..60 {
        for key in ["k", "ctrl-u", "k", "j", "ctrl-d", ["g", "G", "ctrl-u", "n"][turn % 4]] {
            spent.push(timed(|| {
                press(app, key);
                paint(app);
            }));
        }
    }
    spent.sort_by(f64::total_cmp);
    let at = |share: usize| spent.get((spent.len() - 1) * share / 100).copied().unwrap_or(0.0) * 1e3;
    println!("  a key, {state}: p50 {:.2} ms, p99 {:.2} ms, worst {:.2} ms", at(50), at(99), at(100));
}

fn press(app: &mut App, name: &str) {
    if let Some(key) = Key::parse(name) {
        app.handle(Event::Term(TermEvent::Key(key.event())), NOW);
    }
}

fn paint(app: &App) {
    let mut buf = Buffer::empty(Rect::new(0, 0, SIZE.0, SIZE.1));
    screen::draw(app, &mut buf);
    black_box(&buf);
}

fn arrive(app: &mut App, lines: Vec<Line>) {
    let tail = app.subscriptions().into_iter().find(|subscription| matches!(subscription.query, Query::Tail { .. }));
    let Some(subscription) = tail else { return };
    let cursor = Cursor(std::sync::Arc::new(()));
    let notes = Vec::new();
    let arrivals = Arrivals { lines, anew: false, skipped: 0, complete_to: None, way: Way::Arrival, notes, cursor };
    let result = Ok(Answer::Arrivals(arrivals));
    let update = Update { subscription, at: NOW, next: None, skew_ms: 0, result };
    app.handle(Event::Update(Box::new(update)), NOW);
}
