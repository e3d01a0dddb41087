//! A console without a terminal or a server, and what work in it costs.

use std::time::{Duration, Instant};

use a360::model::watch::Watch;
use a360::time::{HOUR, Timestamp};
use a360::ui::app::{App, ContextSetup, Setup};
use a360::ui::keymap::Keymap;
use a360::ui::theme::Theme;
use jiff::tz::TimeZone;

/// With one context, which has logs and traces; nothing where the theme cannot be read.
pub fn app(size: (u16, u16), now: Timestamp) -> Option<App> {
    let context = ContextSetup {
        name: "bench".into(),
        production: false,
        address: "http://prometheus:9090".into(),
        at_once: 8,
        prometheus: false,
        alertmanager: false,
        logs: true,
        traces: true,
        index: "agent360-*".into(),
        read_only: false,
        dead_mans_switch: None,
        scopes: Vec::new(),
        watch: Watch::default(),
    };
    let setup = Setup {
        contexts: vec![context],
        demo: false,
        keymap: Keymap::default(),
        theme: Theme::builtin("default")?,
        ascii: false,
        zone: TimeZone::UTC,
        live: HOUR,
        refresh: Duration::from_secs(5),
        tiles: Duration::from_secs(15),
        flags: Vec::new(),
        author: None,
        bell: false,
        formats: ["markdown", "text", "json"].map(str::to_owned).into(),
    };
    Some(App::new(setup, size, now))
}

/// In seconds.
pub fn timed(work: impl FnOnce()) -> f64 {
    let start = Instant::now();
    work();
    start.elapsed().as_secs_f64()
}

/// What is resident of this process, in MiB; 0 where the system does not tell.
pub fn resident() -> f64 {
    let statm = std::fs::read_to_string("/proc/self/statm").unwrap_or_default();
    let pages: f64 = statm.split(' ').nth(1).and_then(|pages| pages.parse().ok()).unwrap_or(0.0);
    pages * 4_096.0 / 1_048_576.0
}
