//! The program itself, on a terminal and without one.

#![cfg(test)]

use std::io::Read;
use std::net::TcpListener;
use std::path::Path;
use std::process::{Command, Output, Stdio};
use std::thread;
use std::time::Duration;

use regex::Regex;
use rustix::process::{Pid, Signal, kill_process};
use tempfile::TempDir;

#[path = "support/pty.rs"]
mod pty;

use pty::Pty;

const A360: &str = env!("CARGO_BIN_EXE_a360");
/// A terminal that can do everything, in UTC.
const FINE: [(&str, &str); 4] =
    [("TERM", "xterm-256color"), ("COLORTERM", "truecolor"), ("LANG", "C.UTF-8"), ("TZ", "UTC")];

fn console(args: &[&str], vars: &[(&str, &str)], cols: u16, rows: u16) -> Pty {
    Pty::spawn(pty::command(A360, args, vars), cols, rows)
}

fn demo(cols: u16, rows: u16) -> Pty {
    console(&["--demo"], &FINE, cols, rows)
}

impl Pty {
    fn shows(&self, text: &str) -> vt100::Screen {
        self.until(text, |screen| screen.contents().contains(text))
    }

    fn hides(&self, text: &str) {
        self.until(&format!("{text:?} gone"), |screen| !screen.contents().contains(text));
    }

    /// Presses keys, and gives the exit code and all that was ever written.
    fn leave(&mut self, keys: &str) -> (u32, String) {
        self.write(keys);
        self.end()
    }

    fn end(&mut self) -> (u32, String) {
        let written = self.rest();
        (self.child.wait().unwrap().exit_code(), written)
    }

    /// The terminal edits lines, shows what is typed and heeds Ctrl-C, as a shell leaves it.
    fn is_for_people(&self) -> bool {
        let modes = format!("{:?}", self.master.get_termios().unwrap());
        ["ICANON", "ECHO |", "ISIG", "OPOST", "ICRNL"].iter().all(|mode| modes.contains(mode))
    }

    fn signal(&self, signal: Signal) {
        let id = self.child.process_id().and_then(|id| Pid::from_raw(id.try_into().unwrap())).unwrap();
        kill_process(id, signal).unwrap();
    }
}

/// Without a terminal.
fn run(args: &[&str], home: &Path) -> Output {
    let mut command = Command::new(A360);
    command.args(args).env_clear().env("HOME", home).stdin(Stdio::null());
    command.output().unwrap()
}

fn out(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

fn err(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

fn nobody() -> TempDir {
    tempfile::tempdir().unwrap()
}

/// Whether each panel has its title and a value with its unit.
fn has_values(text: &str) -> bool {
    let number = r"\s[0-9.]+ ";
    let panels = [
        "Request rate.*NUMBER.{0,2}req/s",
        "Error rate.*NUMBER%",
        "Latency p95.*NUMBERm?s",
        "Memory ▏CPU.*NUMBER[MG]iB ▏NUMBER%",
    ];
    panels.iter().all(|panel| Regex::new(&panel.replace("NUMBER", number)).unwrap().is_match(text))
}

#[test]
fn the_first_screen_has_four_panels_with_values_at_every_size() {
    for (cols, rows) in [(80, 24), (120, 40), (200, 50)] {
        let mut demo = demo(cols, rows);
        let screen = demo.until("four values", |screen| has_values(&screen.contents()));
        assert!(screen.contents().contains("DEMO"), "{}", screen.contents());
        assert!(screen.alternate_screen() && screen.hide_cursor() && screen.bracketed_paste());
        let (code, written) = demo.leave("q");
        assert_eq!(code, 0);
        assert!(written.contains("\x1b[?1049l") && written.contains("\x1b[?25h"), "the screen is given back");
    }
}

#[test]
fn keys_do_what_the_help_says() {
    let mut demo = demo(120, 40);
    demo.until("four values", |screen| has_values(&screen.contents()));
    demo.write("?");
    demo.shows("KEYS");
    demo.write("?");
    demo.hides("KEYS");
    demo.write(":");
    demo.shows("next panel or line");
    demo.write("full\r");
    demo.shows("avg");
    demo.write("\x1b");
    demo.hides("avg");
    demo.write("t");
    demo.shows("time (or 90m");
    demo.write("90m\r");
    demo.shows("live 1h30m");
    demo.write("[");
    demo.shows("live 1h ");
    demo.write("p");
    demo.shows("paused");
    demo.write("p");
    demo.hides("paused");
    demo.write("jjf");
    demo.shows("avg");
    demo.write("f");
    demo.hides("avg");
    demo.write("/memory\r");
    demo.shows("/memory  1 of");
    let (code, written) = demo.leave("q");
    assert_eq!(code, 0);
    assert!(written.trim_end_matches('\0').ends_with("\x1b[?1049l"), "nothing is written after the farewell");
    assert!(demo.is_for_people());
}

#[test]
fn it_follows_the_size_of_the_terminal() {
    let mut demo = demo(80, 24);
    demo.until("four values", |screen| has_values(&screen.contents()));
    for (cols, rows) in [(120, 40), (200, 50), (40, 10), (80, 24)] {
        demo.resize(cols, rows);
        // The last line reaches to the right edge, where the keys stand.
        demo.until("the footer in the last line", |screen| {
            let lines: Vec<String> = screen.rows(0, cols).collect();
            let last = lines.last().map(|line| line.trim_end().to_owned()).unwrap_or_default();
            lines.len() == usize::from(rows)
                && last.starts_with(" asked")
                && last.chars().count() + 3 >= usize::from(cols)
        });
    }
    demo.resize(30, 8);
    demo.shows("needs 40x10");
    demo.resize(80, 24);
    demo.until("four values", |screen| has_values(&screen.contents()));
    assert_eq!(demo.leave("q").0, 0);
}

/// The parameters of all sequences that choose colours or styles.
fn styles(written: &str) -> Vec<u16> {
    let sequence = Regex::new("\x1b\\[([0-9;:]*)m").unwrap();
    let all = sequence.captures_iter(written).flat_map(|found| {
        let (_, [numbers]) = found.extract();
        numbers.split([';', ':']).filter_map(|number| number.parse().ok()).collect::<Vec<_>>()
    });
    all.collect()
}

#[test]
fn no_color_means_no_colour() {
    let colour = |number: &u16| matches!(number, 30..=38 | 40..=48 | 90..=97 | 100..=107);
    for (vars, wanted) in [(&[("NO_COLOR", "1")][..], false), (&[], true)] {
        let vars: Vec<_> = FINE.iter().chain(vars).copied().collect();
        let mut demo = console(&["--demo"], &vars, 80, 24);
        demo.until("four values", |screen| has_values(&screen.contents()));
        let styles = styles(&demo.leave("?q q").1);
        assert!(styles.contains(&1), "bold is no colour");
        assert_eq!(styles.iter().any(colour), wanted, "{vars:?}: {styles:?}");
    }
}

#[test]
fn poor_terminals_get_ascii_only() {
    for vars in [[("TERM", "dumb"), ("LANG", "C.UTF-8")], [("TERM", "xterm"), ("LANG", "C")]] {
        let mut demo = console(&["--demo"], &vars, 80, 24);
        demo.shows("Memory |CPU");
        demo.until("a value", |screen| screen.contents().contains(" req/s"));
        demo.write("?");
        demo.shows("KEYS");
        demo.write("q:");
        demo.shows("next panel or line");
        let (code, written) = demo.leave("\x03q");
        assert_eq!(code, 0);
        let odd: String = written.chars().filter(|c| !c.is_ascii()).collect();
        assert!(odd.is_empty(), "{vars:?}: {odd}");
    }
}

#[test]
fn pasted_rubbish_is_no_command() {
    let mut demo = demo(120, 40);
    demo.until("four values", |screen| has_values(&screen.contents()));
    let rubbish = "q\rqq\n\x1b[31m\x1b]0;x\x07\u{202e}東京\t\0";
    demo.write(&format!("\x1b[200~{rubbish}\x1b[201~"));
    demo.write("/");
    demo.write(&format!("\x1b[200~{rubbish}\x1b[201~"));
    let screen = demo.shows("/q");
    assert!(screen.contents().contains("DEMO"));
    demo.write("\x1b");
    demo.hides("/q");
    // In two parts, as a slow line brings it.
    demo.write("\x1b[200~q");
    demo.write("q\x1b[201~?");
    demo.shows("KEYS");
    assert_eq!(demo.leave("qq").0, 0);
}

#[test]
fn more_keys_than_are_read_at_once_do_not_deafen_it() {
    let mut console = demo(80, 24);
    console.shows("Request rate");
    // All of them wait when it goes on: as a held key on a slow line, or a long text without bracketed paste.
    console.signal(Signal::STOP);
    console.write(&"j".repeat(3_000));
    console.signal(Signal::CONT);
    assert_eq!(console.leave("q").0, 0);
}

#[test]
fn signals_end_it_with_their_number_and_the_terminal_is_given_back() {
    for (signal, wanted) in [(Signal::TERM, 143), (Signal::HUP, 129), (Signal::INT, 130), (Signal::QUIT, 131)] {
        let mut demo = demo(80, 24);
        demo.shows("DEMO");
        demo.signal(signal);
        let (code, written) = demo.end();
        assert_eq!(code, wanted, "{signal:?}");
        let farewell = written.rsplit("\x1b[?2004l").next().unwrap();
        assert!(farewell.contains("\x1b[?25h") && farewell.contains("\x1b[?1049l"), "{signal:?}: {farewell:?}");
        assert!(demo.is_for_people(), "{signal:?}");
    }
}

#[test]
fn a_server_that_refuses_or_never_answers_does_not_hold_the_keys() {
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let silent = format!("http://{}", silent.local_addr().map(|at| at.to_string()).unwrap());
    // A port that was free a moment ago.
    let closed = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let home = nobody();
    let vars: Vec<_> = FINE.into_iter().chain([("HOME", home.path().to_str().unwrap())]).collect();
    for (url, sign) in [(silent, "asking…"), (format!("http://{closed}"), "connection refused")] {
        let mut console = console(&["--prometheus", &url], &vars, 100, 30);
        console.shows(sign);
        console.write("?");
        console.shows("KEYS");
        assert_eq!(console.leave("qq").0, 0);
    }
}

#[test]
fn flags_open_the_view_that_was_copied() {
    let args = ["--demo", "--from", "-150m", "--to", "-90m", "--select", "latency+full"];
    let mut demo = console(&args, &FINE, 120, 40);
    let screen = demo.until("a table", |screen| screen.contents().contains("avg"));
    let text = screen.contents();
    assert!(text.contains("paused") && text.contains("Latency p95") && !text.contains("Request rate"), "{text}");
    assert_eq!(demo.leave("q").0, 0);
    let select = r#"query="endpoint:\"/api/login\"" level=WARN service!="auth""#;
    let text = console(&["--demo", "--view", "logs", "--select", select], &FINE, 160, 40).shows("● live").contents();
    assert!(text.contains("endpoint:\"/api/login\"  WARN and worse  not service=auth"), "{text}");
}

#[test]
fn without_a_terminal_it_says_what_to_do() {
    let home = nobody();
    let output = run(&["--demo"], home.path());
    assert_eq!(output.status.code(), Some(64));
    assert!(err(&output).contains("standard input is none") && err(&output).contains("--report"), "{}", err(&output));
    assert_eq!(out(&output), "");
    let command = pty::command("/bin/sh", &["-c", "\"$0\" --demo | cat; echo done", A360], &FINE);
    let (_, written) = Pty::spawn(command, 80, 24).end();
    assert!(written.contains("standard output is none") && !written.contains("\x1b[?1049h"), "{written}");
}

#[test]
fn wrong_use_exits_with_64_and_says_what_is_right() {
    let home = nobody();
    for (args, said) in [
        (&["--nope"][..], "--nope"),
        (&["--demo", "--context", "x"], "--context"),
        (&["--demo", "--range", "5x"], "5x"),
        (&["--demo", "--view", "nope"], "--view takes: overview, alerts"),
        (&["--demo", "--select", "cpu"], "requests, errors, latency, resources"),
        (&["--demo", "--scope", "chekout"], "did you mean `checkout`?"),
        (&["--demo", "--theme", "defualt"], "did you mean `default`?"),
        (&["--demo", "--from", "15:00", "--to", "14:00"], "is not before"),
        (&["--prometheus", "ftp://x"], "http"),
        (&["completions", "tcsh"], "bash"),
        (&["config"], "check"),
    ] {
        let output = run(args, home.path());
        assert_eq!(output.status.code(), Some(64), "{args:?}: {}", err(&output));
        assert!(err(&output).contains(said), "{args:?}: {}", err(&output));
        assert_eq!(out(&output), "", "{args:?}");
    }
}

#[test]
fn commands_print_and_are_done() {
    let home = nobody();
    for args in
        [&["--version"][..], &["--help"], &["completions", "bash"], &["completions", "zsh"], &["config", "show"]]
    {
        let output = run(args, home.path());
        assert_eq!((output.status.code(), err(&output).as_str()), (Some(0), ""), "{args:?}");
        assert!(out(&output).contains(if args[0] == "config" { "no config file" } else { "a360" }), "{args:?}");
    }
    let checked = run(&["config", "check"], home.path());
    assert_eq!(checked.status.code(), Some(0), "{}{}", out(&checked), err(&checked));
}

#[test]
fn a_reader_that_has_enough_is_no_failure() {
    let mut child =
        Command::new(A360).args(["completions", "bash"]).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    drop(child.stdout.take());
    let mut said = String::new();
    child.stderr.take().unwrap().read_to_string(&mut said).unwrap();
    assert_eq!((child.wait().unwrap().code(), said.as_str()), (Some(0), ""));
}

#[test]
fn a_broken_config_is_named_by_line_and_keeps_nobody_from_the_demo() {
    let home = nobody();
    let path = home.path().join("a360.toml");
    std::fs::write(&path, "[ui]\nrefresh = \"5s\"\nthme = \"light\"\n").unwrap();
    let path = path.to_str().unwrap();
    for args in [&["--config", path, "config", "check"][..], &["--config", path, "config", "show"], &["--config", path]]
    {
        let output = run(args, home.path());
        assert_eq!(output.status.code(), Some(64), "{args:?}: {}", out(&output));
        assert!(err(&output).contains("a360.toml:3") && err(&output).contains("theme"), "{args:?}: {}", err(&output));
    }
    let vars: Vec<_> = FINE.into_iter().chain([("A360_CONFIG", path)]).collect();
    let mut demo = console(&["--demo"], &vars, 80, 24);
    demo.shows("DEMO");
    assert_eq!(demo.leave("q").0, 0);
}

#[test]
fn a_config_is_shown_checked_and_obeyed() {
    let home = nobody();
    let path = home.path().join("a360.toml");
    let text = "[ui]\ntheme = \"light\"\nrange = \"6h\"\n[keys]\nhelp = [\"f5\"]\n[contexts.here]\nproduction = true\n\
                [contexts.here.prometheus]\nurl = \"http://127.0.0.1:1\"\n";
    std::fs::write(&path, text).unwrap();
    let path = path.to_str().unwrap();
    let shown = run(&["config", "show", "--config", path], home.path());
    assert_eq!(shown.status.code(), Some(0), "{}", err(&shown));
    assert!(out(&shown).contains("theme = \"light\"") && out(&shown).contains("[contexts.here"), "{}", out(&shown));
    let checked = run(&["config", "check", "--config", path], home.path());
    assert_eq!(checked.status.code(), Some(0), "{}", err(&checked));
    assert!(out(&checked).contains("valid"), "{}", out(&checked));
    let refused = run(&["config", "check", "--connect", "--config", path], home.path());
    assert_eq!(refused.status.code(), Some(2), "{}{}", out(&refused), err(&refused));
    assert!(out(&refused).contains("refused"), "{}", out(&refused));
    let mut console = console(&["--config", path], &FINE, 100, 30);
    console.shows("live 6h");
    console.shows(" here ");
    console.write("\x1b[15~");
    console.shows("KEYS");
    assert_eq!(console.leave("qq").0, 0);
}

#[test]
fn a_terminal_that_changes_its_size_at_the_start_is_followed() {
    // As tmux and tiling window managers do, some thousandths of a second after the start.
    for wait in (0..20).map(|i| Duration::from_micros(i * 400)) {
        let mut demo = demo(100, 30);
        thread::sleep(wait);
        demo.resize(120, 40);
        demo.until("the second column at its place", |screen| {
            let row = screen.rows(0, 120).find(|row| row.contains("Request rate"));
            row.and_then(|row| row.find("Error rate")).is_some_and(|at| at > 60)
        });
        assert_eq!(demo.leave("q").0, 0);
    }
}
