//! The terminal is the same afterwards, however the program ends: tried with real processes on real terminals.
//!
//! The child is this test binary again, told by a variable to be a small console.

#![cfg(test)]

#[path = "terminal_guard/console.rs"]
mod console;
#[path = "terminal_guard/pty.rs"]
mod pty;

use std::fs;
use std::process::Stdio;

use pty::{Pty, eventually};
use rustix::process::Signal;

/// The child itself; as a test it does nothing.
#[test]
fn console_child() {
    if std::env::var_os(console::ROLE).is_some() {
        console::main();
    }
}

/// What every way out must have left behind.
fn assert_as_before(pty: &Pty, times: usize) {
    for sequence in ["\x1b[?1049h", "\x1b[?1049l", "\x1b[?2004h", "\x1b[?2004l"] {
        assert_eq!(pty.count(sequence), times, "{sequence:?} in {:?}", pty.text());
    }
    assert!(!pty.text().contains("\x1b[?1000h"), "the mouse was not asked for");
    let screen = pty.screen();
    assert!(!screen.alternate_screen() && !screen.hide_cursor() && !screen.bracketed_paste(), "{:?}", pty.text());
    assert_eq!(screen.mouse_protocol_mode(), vt100::MouseProtocolMode::None);
    assert!(pty.is_as_before(), "termios differ");
}

/// A console that is up, in raw mode, on its own screen.
fn running() -> Pty {
    let mut pty = Pty::new();
    pty.spawn(&[]);
    pty.read_until("READY 1");
    assert!(pty.screen().alternate_screen() && pty.screen().hide_cursor() && pty.screen().bracketed_paste());
    assert!(!pty.is_as_before(), "raw mode is off");
    pty
}

#[test]
fn after_quitting() {
    let mut pty = running();
    pty.write("q");
    assert_eq!(pty.wait(), 0);
    assert_as_before(&pty, 1);
}

#[test]
fn after_an_error_returned_early() {
    let mut pty = running();
    pty.write("e");
    assert_eq!(pty.wait(), 2);
    assert_as_before(&pty, 1);
    assert!(pty.after("\x1b[?1049l").contains("something went wrong"), "said on the user's own screen");
}

#[test]
fn after_a_panic() {
    let mut pty = running();
    pty.write("p");
    assert_eq!(pty.wait(), 101);
    assert_as_before(&pty, 1);
    assert!(pty.after("\x1b[?1049l").contains("a panic in the loop"), "said on the user's own screen");
}

#[test]
fn after_a_panic_of_another_thread() {
    let mut pty = running();
    pty.write("t");
    assert_eq!(pty.wait(), 3);
    assert_as_before(&pty, 1);
    assert!(pty.after("\x1b[?1049l").contains("a panic in a thread"), "said on the user's own screen");
}

#[test]
fn after_a_panic_of_a_task() {
    let mut pty = running();
    pty.write("a");
    assert_eq!(pty.wait(), 3);
    assert_as_before(&pty, 1);
    assert!(pty.after("\x1b[?1049l").contains("a panic in a task"), "said on the user's own screen");
}

#[test]
fn after_every_signal_that_ends_a_program() {
    let endings = [(Signal::TERM, 143), (Signal::INT, 130), (Signal::QUIT, 131), (Signal::HUP, 129)];
    for (signal, code) in endings {
        let mut pty = running();
        pty.signal(signal);
        assert_eq!(pty.wait(), code, "{signal:?}");
        assert_as_before(&pty, 1);
    }
}

#[test]
fn leaving_twice_is_leaving_once() {
    let mut pty = running();
    pty.write("l");
    assert_eq!(pty.wait(), 0);
    assert_as_before(&pty, 1);
}

#[test]
fn the_mouse_is_given_back_too() {
    let mut pty = Pty::new();
    pty.spawn(&[("A360_TEST_MOUSE", "1")]);
    pty.read_until("READY 1");
    assert_ne!(pty.screen().mouse_protocol_mode(), vt100::MouseProtocolMode::None);
    pty.write("q");
    assert_eq!(pty.wait(), 0);
    assert_eq!(pty.screen().mouse_protocol_mode(), vt100::MouseProtocolMode::None);
    assert!(pty.is_as_before());
}

#[test]
fn no_color_does_not_overrule_the_theme() {
    let mut pty = Pty::new();
    pty.spawn(&[("NO_COLOR", "1")]);
    pty.read_until("READY 1");
    assert!(pty.text().contains("\x1b[38;2;1;2;3"), "{:?}", pty.text());
    pty.write("q");
    assert_eq!(pty.wait(), 0);
}

#[test]
fn a_terminal_without_a_size_is_taken_for_a_usual_one() {
    let mut pty = Pty::sized(0, 0);
    pty.spawn(&[]);
    pty.read_until("READY 1 80x24");
    pty.resize(30, 100);
    pty.read_until("100x30");
    pty.write("q");
    assert_eq!(pty.wait(), 0);
}

#[test]
fn a_hang_up_ends_the_program() {
    let mut pty = running();
    pty.hang_up();
    assert_eq!(pty.wait_unread(), 129);
}

/// `trap "" HUP` is what `nohup` and some login scripts do. The shell leads the session; the console is not told.
#[test]
fn a_hang_up_ends_the_program_even_when_sighup_is_ignored() {
    let folder = tempfile::tempdir().unwrap();
    let code = folder.path().join("code");
    let mut pty = Pty::new();
    pty.spawn_in_shell(&format!("trap '' HUP; \"$@\"; echo $? > {}", code.display()));
    pty.read_until("READY 1");
    pty.hang_up();
    eventually("the console is gone", || fs::read_to_string(&code).is_ok_and(|text| text.trim() == "129"));
}

#[test]
fn ctrl_z_gives_the_terminal_to_the_shell_and_fg_takes_it_back() {
    let mut pty = Pty::new();
    pty.spawn_in_shell("set -m; \"$@\"; echo stopped: $?; read go; fg > /dev/null; echo ended: $?");
    pty.read_until("READY 1");
    pty.write("\x1a");
    pty.read_until("stopped: 147");
    assert!(pty.is_as_before(), "the shell has its own modes");
    assert!(!pty.screen().alternate_screen() && !pty.screen().hide_cursor());
    pty.write("\n");
    pty.read_until("READY 2");
    assert!(pty.screen().alternate_screen() && !pty.is_as_before());
    pty.write("q");
    pty.read_until("ended: 0");
    pty.wait();
    assert_as_before(&pty, 2);
}

#[test]
fn a_stop_from_outside_is_the_same() {
    let mut pty = Pty::new();
    pty.spawn_in_shell("set -m; \"$@\"; echo stopped: $?; read go; fg > /dev/null; echo ended: $?");
    pty.read_until("READY 1");
    pty.signal(Signal::TSTP);
    pty.read_until("stopped: 147");
    assert!(pty.is_as_before());
    pty.write("\n");
    pty.read_until("READY 2");
    pty.signal(Signal::TERM);
    pty.read_until("ended: 143");
    pty.wait();
    assert_as_before(&pty, 2);
}

/// SIGSTOP leaves no time to give anything back; the way out must still be the right one.
#[test]
fn a_stop_without_warning_is_mended_by_the_end() {
    let mut pty = Pty::new();
    pty.spawn_in_shell("set -m; \"$@\"; echo stopped: $?; stty sane; read go; fg > /dev/null; echo ended: $?");
    pty.read_until("READY 1");
    pty.signal(Signal::STOP);
    pty.read_until("stopped: 147");
    pty.write("\n");
    pty.read_until("READY 2");
    pty.write("q");
    pty.read_until("ended: 0");
    pty.wait();
    assert!(!pty.screen().alternate_screen() && !pty.screen().hide_cursor());
    assert!(pty.is_as_before());
}

#[test]
fn in_the_background_the_terminal_is_the_shells() {
    let folder = tempfile::tempdir().unwrap();
    let notes = folder.path().join("notes");
    let noted = |text: &str| fs::read_to_string(&notes).is_ok_and(|found| found == text);
    let mut pty = Pty::new();
    let export = format!("export {}={}", console::NOTES, notes.display());
    pty.spawn_in_shell(&format!("set -m; {export}; \"$@\"; echo stopped: $?; read go"));
    pty.read_until("READY 1");
    let console = pty.foreground();
    pty.write("\x1a");
    pty.read_until("stopped: 147");
    rustix::process::kill_process(console, Signal::CONT).unwrap();
    eventually("the console goes on", || noted("background"));
    assert!(pty.is_as_before(), "and leaves the shell's modes alone");
    rustix::process::kill_process(console, Signal::TERM).unwrap();
    eventually("the console has ended", || noted("143"));
    pty.write("\n");
    pty.wait();
    assert_as_before(&pty, 1);
}

#[test]
fn without_a_shell_to_go_back_to_ctrl_z_does_nothing() {
    let mut pty = running();
    pty.write("\x1a");
    pty.read_until("NO-SHELL");
    pty.write("q");
    assert_eq!(pty.wait(), 0);
    assert_as_before(&pty, 1);
}

/// A line that is stuck: what was drawn cannot go out. The program still hears and still ends.
#[test]
fn a_terminal_that_takes_nothing_does_not_hold_up_the_end() {
    let folder = tempfile::tempdir().unwrap();
    let flooded = folder.path().join("flooded");
    let mut pty = Pty::new();
    pty.spawn(&[(console::FLOODED, flooded.to_str().unwrap())]);
    pty.read_until("READY 1");
    pty.write("f");
    eventually("the terminal is flooded", || flooded.exists());
    pty.signal(Signal::TERM);
    assert_eq!(pty.wait_unread(), 143);
    assert!(pty.is_as_before());
}

#[test]
fn without_a_terminal_the_way_out_is_shown() {
    let output = console::command().stdin(Stdio::null()).env(console::ROLE, "console").output().unwrap();
    let said = String::from_utf8(output.stdout).unwrap();
    assert_eq!(output.status.code(), Some(64));
    assert!(
        said.contains("a360 needs a terminal and standard input is none; for cron, CI and pipes use `a360 --report`")
    );
}
