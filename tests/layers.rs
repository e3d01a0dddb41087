//! Who may import whom: the map of `src/lib.rs`, enforced.

#![cfg(test)]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use regex::Regex;

/// A room, by the beginning of its path below `src/`; the longest that fits counts. Then what it may import of ours.
const ROOMS: &[(&str, &[&str])] = &[
    ("text", &["text"]),
    ("time", &["time"]),
    ("model", &["model", "text", "time"]),
    ("store", &["model", "text", "time"]),
    ("analysis", &["analysis", "model", "text", "time"]),
    ("telemetry", &["telemetry", "model", "text", "time"]),
    ("source", &["source", "telemetry", "model", "text", "time"]),
    ("config", &["config", "model", "text", "time"]),
    ("cli", &["cli", "config", "model", "text", "time"]),
    ("demo", &["demo", "model", "text", "time"]),
    ("ui/theme", &["ui::theme", "text"]),
    ("ui/ascii", &["ui::ascii"]),
    ("ui/widget", &["ui::widget", "ui::theme", "model::unit", "text", "time"]),
    ("ui/view", &["ui::view", "ui::widget", "ui::theme", "ui::range", "store", "model", "analysis", "text", "time"]),
    ("ui", &["ui", "store", "model", "analysis", "text", "time"]),
    ("report", &["report", "cli", "store", "model", "analysis", "source", "telemetry", "text", "time"]),
    (
        "run",
        &[
            "run",
            "ui",
            "source",
            "telemetry",
            "demo",
            "store",
            "model",
            "analysis",
            "config",
            "cli",
            "report",
            "text",
            "time",
        ],
    ),
];

/// Names that only some rooms may say.
const RESERVED: &[(&str, &[&str])] = &[
    (r"\breqwest::", &["source"]),
    // The config only reads mailboxes.
    (r"\blettre::", &["source", "config::target"]),
    (r"\btokio::", &["source", "run", "report", "telemetry", "main"]),
    (r"\b(opentelemetry\w*|tracing_opentelemetry|tracing_subscriber)::", &["telemetry"]),
    (r"\bratatui::", &["ui", "run"]),
    (r"(SystemTime|jiff::Timestamp|Zoned)::now\(", &["run", "report", "main"]),
    (r"\bpromql_parser::", &["model::promql", "analysis", "demo", "config"]),
    // The parser panics on some texts; `promql::parse` guards it.
    (r"\bpromql_parser::parser::(parse\b|\{[^}]*\bparse\b)", &["model::promql"]),
];

fn sources() -> Vec<(PathBuf, String)> {
    fn walk(folder: &Path, found: &mut Vec<PathBuf>) {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                walk(&path, found);
            } else if path.extension().is_some_and(|ending| ending == "rs") {
                found.push(path);
            }
        }
    }
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    walk(&root, &mut files);
    files
        .iter()
        .map(|path| (path.strip_prefix(&root).unwrap().to_owned(), code(&fs::read_to_string(path).unwrap())))
        .collect()
}

/// Without comments and without the tests at the end of a file.
fn code(text: &str) -> String {
    let text = text.split("#[cfg(test)]\nmod tests {").next().unwrap_or_default();
    text.lines().map(|line| line.split("//").next().unwrap_or_default()).collect::<Vec<_>>().join("\n")
}

fn is_test(path: &Path) -> bool {
    path.components().any(|part| part.as_os_str() == "tests" || part.as_os_str() == "tests.rs")
}

/// The path without `.rs`, with `::` between its parts: `ui/view/overview.rs` is `ui::view::overview`.
fn module(path: &Path) -> String {
    path.with_extension("").to_string_lossy().replace('/', "::")
}

fn is_in(module: &str, room: &str) -> bool {
    module == room || module.strip_prefix(room).is_some_and(|rest| rest.starts_with("::"))
}

#[test]
fn every_import_keeps_to_the_map() {
    let import = Regex::new(r"\bcrate::((?:\w+)(?:::\w+)*)").unwrap();
    let mut wrong = BTreeSet::new();
    let mut checked = 0;
    for (path, code) in sources().into_iter().filter(|(path, _)| !is_test(path)) {
        let own = module(&path);
        let room =
            ROOMS.iter().filter(|(room, _)| is_in(&own, &room.replace('/', "::"))).max_by_key(|(room, _)| room.len());
        for found in import.captures_iter(&code) {
            checked += 1;
            let target = &found[1];
            let allowed = room.is_some_and(|(_, allowed)| allowed.iter().any(|of| is_in(target, of)));
            if !allowed {
                wrong.insert(format!("{} imports {target}", path.display()));
            }
        }
    }
    assert!(checked > 100, "only {checked} imports were found: is the test still looking at the code?");
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn network_runtime_terminal_and_clock_stay_in_their_rooms() {
    let mut wrong = BTreeSet::new();
    for (path, code) in sources().into_iter().filter(|(path, _)| !is_test(path)) {
        for (pattern, rooms) in RESERVED {
            let said = Regex::new(pattern).unwrap().is_match(&code);
            if said && !rooms.iter().any(|room| is_in(&module(&path), room)) {
                wrong.insert(format!("{} says {pattern}", path.display()));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn every_module_says_what_it_is_for() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let silent: Vec<_> = sources()
        .into_iter()
        .filter(|(path, _)| !is_test(path))
        .filter(|(path, _)| !fs::read_to_string(root.join(path)).unwrap().starts_with("//!"))
        .map(|(path, _)| path)
        .collect();
    assert!(silent.is_empty(), "{silent:?}");
}
