//! `cargo run --release --example screenshots`: pictures of the demo for the README, taken from the program itself.
//!
//! Each picture is a console on a terminal of its own, all at once, since the demo's alert fires after a minute.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a tool of the project: what fails must be seen")]

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::thread;
use std::time::Duration;

#[path = "../../tests/support/pty.rs"]
mod pty;
mod shape;
mod svg;

use pty::Pty;

/// Longer than it takes until the demo's critical alert fires.
const PATIENCE: Duration = Duration::from_secs(180);
/// A frame that is as it was so long ago is whole.
const STILL: Duration = Duration::from_millis(150);

/// One console and the pictures taken of it, one after the other.
struct Session {
    theme: &'static str,
    lang: &'static str,
    shots: &'static [Shot],
}

struct Shot {
    name: &'static str,
    size: (u16, u16),
    /// Pressed before; the screen shows `wanted` then.
    keys: &'static str,
    wanted: &'static str,
}

const SMALL: (u16, u16) = (80, 24);
const USUAL: (u16, u16) = (120, 40);
const LARGE: (u16, u16) = (200, 50);

const SESSIONS: [Session; 10] = [
    Session {
        theme: "default",
        lang: "C.UTF-8",
        shots: &[
            shot("overview-120x40", USUAL, "", "req/s"),
            shot("overview-80x24", SMALL, "", "req/s"),
            shot("overview-200x50", LARGE, "", "req/s"),
            shot("alerts-120x40", USUAL, "2", "team-agent360-critic"),
            shot("help-120x40", USUAL, "1?", "KEYS"),
            shot("palette-120x40", USUAL, "q:zo", "zoom-out"),
            shot("full-crosshair-120x40", USUAL, "\x03jjf<<", "there"),
        ],
    },
    themed("default", &[shot("acknowledge-120x40", USUAL, "2a", "Enter SEND")]),
    themed("default", &[shot("why-120x40", USUAL, "W", "carried by")]),
    themed(
        "default",
        &[shot("logs-120x40", USUAL, "3", "warnings among"), shot("patterns-120x40", USUAL, "P", "requests      /api")],
    ),
    themed(
        "default",
        &[
            shot("traces-120x40", USUAL, "4v", "newest first"),
            shot("trace-80x24", SMALL, "\r", "span id"),
            shot("trace-120x40", USUAL, "E", "child of"),
        ],
    ),
    themed("light", &[shot("light-120x40", USUAL, "", "req/s")]),
    themed("high-contrast", &[shot("high-contrast-120x40", USUAL, "", "req/s")]),
    themed("colour-blind-safe", &[shot("colour-blind-safe-120x40", USUAL, "", "req/s")]),
    themed("mono", &[shot("mono-120x40", USUAL, "", "req/s")]),
    Session { theme: "default", lang: "C", shots: &[shot("ascii-80x24", SMALL, "", "req/s")] },
];

const fn shot(name: &'static str, size: (u16, u16), keys: &'static str, wanted: &'static str) -> Shot {
    Shot { name, size, keys, wanted }
}

const fn themed(theme: &'static str, shots: &'static [Shot]) -> Session {
    Session { theme, lang: "C.UTF-8", shots }
}

fn main() {
    let program = build();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("screenshots");
    fs::create_dir_all(&folder).unwrap();
    println!("waiting for the demo's alert: a minute or so");
    thread::scope(|scope| {
        for session in &SESSIONS {
            scope.spawn(|| session.take(&program, &folder));
        }
    });
}

/// The program beside this example, built as it was: cargo builds no programs for an example.
fn build() -> PathBuf {
    let mut command = Command::new(env!("CARGO"));
    command.args(["build", "--bin", "a360"]).current_dir(env!("CARGO_MANIFEST_DIR"));
    if !cfg!(debug_assertions) {
        command.arg("--release");
    }
    assert!(command.status().unwrap().success(), "a360 does not build");
    let examples = env::current_exe().unwrap();
    examples.parent().and_then(Path::parent).unwrap().join("a360")
}

impl Session {
    fn take(&self, program: &Path, folder: &Path) {
        let vars = [("TERM", "xterm-256color"), ("COLORTERM", "truecolor"), ("LANG", self.lang), ("TZ", "UTC")];
        let command = pty::command(program.to_str().unwrap(), &["--demo", "--theme", self.theme], &vars);
        let mut console = Pty::spawn(command, USUAL.0, USUAL.1);
        console.patience = PATIENCE;
        console.until("an alert that fires", |screen| {
            screen.contents().lines().any(|line| line.contains("critical") && line.contains("firing"))
        });
        for shot in self.shots {
            console.resize(shot.size.0, shot.size.1);
            console.write(shot.keys);
            console.until(shot.wanted, |screen| screen.contents().contains(shot.wanted));
            let picture = svg::picture(&still(&console), &format!("a360 --demo, {}", shot.name));
            let path = folder.join(shot.name).with_extension("svg");
            fs::write(&path, &picture).unwrap();
            println!("{} {} KiB", path.display(), picture.len() / 1024);
        }
        // Closes what is open, and quits.
        console.write("\x03\x03");
        console.rest();
    }
}

fn still(console: &Pty) -> vt100::Screen {
    let look = || console.until("a screen", |_| true);
    let mut before = look();
    loop {
        thread::sleep(STILL);
        let now = look();
        if now.contents_formatted() == before.contents_formatted() {
            return now;
        }
        before = now;
    }
}
