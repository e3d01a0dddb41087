//! The situations that the overview must show, each as a console that has been told what is going on.

use a360::model::alert::AlertState;
use a360::model::fault::FetchError;
use a360::model::series::Notes;
use a360::model::watch::Watch;
use a360::text::Plain;
use a360::time::SECOND;
use a360::ui::app::{App, Event};

use crate::console::{self, NOW};
use crate::story::{Line, Reply, Story, alert, by, endpoints, flat, instances, since, wave};

pub type Scene = (&'static str, fn(&mut App));

/// The seven states of a panel, which nobody may take for one another.
pub const STATES: [Scene; 7] = [
    ("unasked", |app| {
        app.setup.contexts[0].prometheus = false;
        Story::calm().tell(app, NOW);
    }),
    ("asking", |_| {}),
    ("empty", |app| Story::default().tell(app, NOW)),
    ("zero", |app| {
        let watch = Watch::default();
        let mut story = Story::calm();
        story.lines(&watch.requests, endpoints([0.0; 3], 0.0));
        // Zero failed of zero requests.
        story.lines(&watch.errors, vec![(Default::default(), flat(f64::NAN))]);
        story.lines(&watch.errors_by_endpoint, endpoints([f64::NAN; 3], 0.0));
        story.lines(&watch.latency, endpoints([f64::NAN; 3], 0.0));
        story.tell(app, NOW);
    }),
    ("stale", |app| {
        Story::calm().tell(app, NOW.plus(-42 * SECOND));
        outage(FetchError::Refused).tell(app, NOW.plus(-37 * SECOND));
        app.handle(Event::Tick, NOW);
    }),
    ("partial", |app| {
        let notes =
            Notes { partial: true, warnings: vec!["one of 3 stores did not answer".into()], ..Notes::default() };
        Story { notes, ..Story::calm() }.tell(app, NOW);
    }),
    ("failed", |app| {
        outage(FetchError::Dns("prometheus.example".into())).tell(app, NOW.plus(-30 * SECOND));
        app.handle(Event::Tick, NOW);
    }),
];

pub const OTHERS: [Scene; 23] = [
    ("calm", |app| Story::calm().tell(app, NOW)),
    ("incident", |app| Story::incident().tell(app, NOW)),
    ("worst_night", worst_night),
    ("no_5xx_series", |app| {
        let watch = Watch::default();
        let mut story = Story::calm();
        story.lines(&watch.errors, Vec::new());
        story.lines(&watch.errors_by_endpoint, Vec::new());
        story.tell(app, NOW);
    }),
    ("series_dropped", |app| noted(app, Notes { series_dropped: 120, ..Notes::default() })),
    ("histograms", |app| noted(app, Notes { histograms: 4, ..Notes::default() })),
    ("refused_question", |app| {
        let error = FetchError::Server { kind: "bad_data".into(), message: "parse error: unexpected )".into() };
        let mut story = Story::calm();
        story.set(&Watch::default().latency, Reply::Fails(error));
        story.tell(app, NOW);
    }),
    ("one_unanswered", |app| {
        let mut story = Story::calm();
        story.set(&Watch::default().latency, Reply::Hangs);
        story.tell(app, NOW);
    }),
    ("hanging", |app| {
        Story::calm().tell(app, NOW.plus(-180 * SECOND));
        app.handle(Event::Tick, NOW);
    }),
    ("all_down", |app| with_up(app, instances_down(6.0))),
    ("gone", |app| with_up(app, ended(9.0))),
    ("one_of_three_down", |app| {
        let mut up = instances([1.0; 3], 0.0);
        up[1].1 = since(6.0, 1.0, 0.0);
        with_up(app, up);
    }),
    ("not_scraped", |app| with_up(app, Vec::new())),
    ("restart", |app| {
        let mut story = Story::calm();
        let mut started = instances([1.79e9; 3], 0.0);
        let again = (NOW.0 / 1000 - 9 * 60) as f64;
        started[1].1 = since(9.0, 1.79e9, again);
        story.lines(&Watch::default().started, started);
        story.tell(app, NOW);
    }),
    ("last_bucket", |app| {
        let mut story = Story::incident();
        let mut latency = endpoints([0.26, 0.41, 0.12], 0.05);
        latency[1].1 = since(8.0, 0.41, 5.0);
        story.lines(&Watch::default().latency, latency);
        story.tell(app, NOW);
    }),
    ("no_memory_limit", |app| {
        let mut story = Story::calm();
        story.values(&Watch::default().memory_ratio, vec![(by("pod", "agent360-0"), f64::INFINITY)]);
        story.tell(app, NOW);
    }),
    ("near_memory_limit", |app| {
        let mut story = Story::calm();
        story.values(&Watch::default().memory_ratio, vec![(by("pod", "agent360-0"), 0.93)]);
        story.tell(app, NOW);
    }),
    ("alerts_many", |app| {
        let firing = |i: i64| {
            alert(&format!("Alert{i}"), ["critical", "warning", "info", "own"][i as usize % 4], AlertState::Firing, i)
        };
        Story { alerts: (0..12).map(firing).collect(), ..Story::calm() }.tell(app, NOW);
    }),
    ("alerts_pending", |app| {
        let alerts = vec![alert("HighLatency", "warning", AlertState::Pending, 4)];
        Story { alerts, ..Story::calm() }.tell(app, NOW);
    }),
    ("alerts_unknown", |app| {
        let error = FetchError::Server { kind: "execution".into(), message: "rules are loading".into() };
        Story { alerts_fail: Some(error), ..Story::calm() }.tell(app, NOW);
    }),
    ("hostile", |app| hostile().tell(app, NOW)),
    ("many", |app| many().tell(app, NOW)),
    ("odd_numbers", |app| odd_numbers().tell(app, NOW)),
];

pub fn scene(name: &str, width: u16, height: u16) -> App {
    let (_, tell) = STATES.iter().chain(&OTHERS).find(|(of, _)| *of == name).unwrap();
    let mut app = console::app(width, height);
    tell(&mut app);
    app
}

pub fn names() -> impl Iterator<Item = &'static str> {
    STATES.iter().chain(&OTHERS).map(|(name, _)| *name)
}

/// Everything at once, with names as long as they are in real life.
fn worst_night(app: &mut App) {
    let watch = Watch::default();
    app.setup.contexts[0].name = "production-eu-central-1".into();
    app.setup.contexts[0].production = true;
    let mut story = Story::incident();
    story.alerts.push(alert("KubernetesPodCrashLoopingTooOften", "critical", AlertState::Firing, 12));
    story.lines(&watch.errors, vec![(Default::default(), since(12.0, 0.003, 0.124))]);
    story.values(&watch.memory_ratio, vec![(by("pod", "agent360-0"), 0.93)]);
    let mut up = instances([1.0; 3], 0.0);
    up[1].1 = since(6.0, 1.0, 0.0);
    story.lines(&watch.up, up);
    story.tell(app, NOW);
}

fn outage(error: FetchError) -> Story {
    Story { outage: Some(error), ..Story::default() }
}

fn noted(app: &mut App, notes: Notes) {
    Story { notes, ..Story::calm() }.tell(app, NOW);
}

fn with_up(app: &mut App, up: Vec<Line>) {
    let mut story = Story::calm();
    story.lines(&Watch::default().up, up);
    story.tell(app, NOW);
}

fn instances_down(minutes: f64) -> Vec<Line> {
    instances([1.0; 3], 0.0).into_iter().map(|(labels, _)| (labels, since(minutes, 1.0, 0.0))).collect()
}

fn ended(minutes: f64) -> Vec<Line> {
    let end = |(labels, _)| -> Line { (labels, Box::new(move |ago| (ago > minutes).then_some(1.0))) };
    instances([1.0; 3], 0.0).into_iter().map(end).collect()
}

/// What a label may hold when nobody means well.
pub const HOSTILE: [&str; 8] = [
    "\x1b[2J\x1b]52;c;eA==\x07\u{9b}31m",
    "/exe.\u{202e}gpj\u{2066}",
    "/東京/価格/カート/購入",
    "👩‍👩‍👧‍👦🇩🇪👍🏽🔥",
    "a\u{301}\u{302}\u{303}\u{304}\u{305}\u{306}\u{307}\u{308}",
    "\r\n\t\0\u{200b}\u{feff}",
    "ﷺ௵𒐫꧅",
    "",
];

fn hostile() -> Story {
    let watch = Watch::default();
    let mut words: Vec<String> = HOSTILE.iter().map(|word| (*word).to_owned()).collect();
    words.push("x".repeat(64 * 1024));
    words.push("\u{301}".repeat(64 * 1024));
    let mut story = Story::incident();
    let lines = |label: &str, value: f64| -> Vec<Line> {
        words.iter().enumerate().map(|(i, word)| (by(label, word), flat(value + i as f64))).collect()
    };
    for expr in [&watch.requests, &watch.latency, &watch.errors_by_endpoint] {
        story.lines(expr, lines("endpoint", 0.5));
    }
    for expr in [&watch.memory, &watch.cpu, &watch.hosts.cpu] {
        story.lines(expr, lines("instance", 1.0));
    }
    let mut up = lines("instance", 1.0);
    up[0].1 = flat(0.0);
    story.lines(&watch.up, up);
    story.values(
        &watch.hosts.disk,
        words.iter().map(|word| (by("instance", word).with("mountpoint", word), 0.99)).collect(),
    );
    story.values(&watch.memory_ratio, vec![(by("pod", &words[0]), 0.99)]);
    story.alerts = words.iter().map(|word| alert(word, word, AlertState::Firing, 3)).collect();
    story.notes =
        Notes { partial: true, warnings: words.iter().map(|word| Plain::new(word)).collect(), ..Notes::default() };
    story
}

fn many() -> Story {
    let watch = Watch::default();
    let mut story = Story::calm();
    let lines = |label: &str, count: usize, top: f64| -> Vec<Line> {
        (0..count).map(|i| (by(label, &format!("/api/v2/thing/{i:03}")), wave(top / (i + 1) as f64, 0.01))).collect()
    };
    story.lines(&watch.requests, lines("endpoint", 500, 900.0));
    story.lines(&watch.latency, lines("endpoint", 500, 1.5));
    story.lines(&watch.errors_by_endpoint, lines("endpoint", 500, 0.01));
    story.lines(&watch.memory, lines("instance", 40, 2e9));
    story.lines(&watch.hosts.cpu, lines("instance", 60, 0.95));
    story
}

/// What PromQL may give besides numbers that make sense.
fn odd_numbers() -> Story {
    let watch = Watch::default();
    let mut story = Story::calm();
    let odd = [f64::NAN, f64::INFINITY, f64::NEG_INFINITY, 1e308, -1e308, 5e-324, -0.0];
    let cycle = |start: usize| -> Line {
        (
            by("endpoint", &format!("/odd/{start}")),
            Box::new(move |ago| Some(odd[((ago * 3.0) as usize + start) % odd.len()])),
        )
    };
    let fixed: Vec<Line> = odd.iter().enumerate().map(|(i, v)| (by("endpoint", &format!("/{i}")), flat(*v))).collect();
    story.lines(&watch.requests, vec![cycle(0), cycle(3)]);
    story.lines(&watch.latency, fixed);
    story.lines(&watch.errors, vec![(Default::default(), flat(f64::INFINITY))]);
    story.lines(&watch.memory, instances([f64::NEG_INFINITY, -1.6e9, f64::NAN], 0.0));
    story.lines(&watch.cpu, instances([1e300, 0.0, -3.0], 0.0));
    story.values(&watch.memory_ratio, vec![(by("pod", "agent360-0"), f64::NAN)]);
    story.values(&watch.hosts.load, vec![(by("instance", "node-a:9100"), f64::INFINITY)]);
    story
}
