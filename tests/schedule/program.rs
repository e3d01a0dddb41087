//! The program itself: its lock, its signals, its state and its files. No server answers, which is told with code 2.

use std::fs;
use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};

use rustix::process::{Pid, Signal, kill_process};
use tempfile::TempDir;

pub struct Home {
    folder: TempDir,
}

/// Nobody listens on port 1.
const SERVER: &str = "[contexts.here.prometheus]\nurl = 'http://127.0.0.1:1'\n";

impl Home {
    pub fn new(schedules: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join("reports")).unwrap();
        fs::write(folder.path().join("config.toml"), format!("{SERVER}{schedules}")).unwrap();
        Self { folder }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub fn command(&self, line: &str) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_a360"));
        let home = self.folder.path();
        command.env_clear().env("HOME", home).env("XDG_STATE_HOME", home.join("state")).env("TZ", "UTC");
        command.arg("--config").arg(home.join("config.toml")).arg("schedule").args(line.split(' '));
        command
    }

    pub fn run(&self, line: &str) -> Output {
        self.command(line).output().unwrap()
    }

    fn state(&self) -> String {
        fs::read_to_string(self.path("state/a360/schedule.json")).unwrap_or_default()
    }

    /// As if the entry had been done up to then.
    fn settled(&self, name: &str, when: &str, ms: i64) {
        fs::create_dir_all(self.path("state/a360")).unwrap();
        let text = format!(
            r#"{{"version": 1, "entries": {{"{name}": {{"when": "{when}", "settled": {ms}, "last": null}}}}}}"#
        );
        fs::write(self.path("state/a360/schedule.json"), text).unwrap();
    }

    fn reports(&self) -> Vec<String> {
        let entries = fs::read_dir(self.path("reports")).unwrap();
        entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
    }
}

pub fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// A runner that says something as soon as it is at work: it makes up for a run that was missed.
fn start(home: &Home) -> (Child, BufReader<std::process::ChildStderr>) {
    let mut child = home.command("run").stderr(Stdio::piped()).stdout(Stdio::null()).spawn().unwrap();
    let mut told = BufReader::new(child.stderr.take().unwrap());
    let mut text = String::new();
    while !text.contains("exit code") {
        assert_ne!(told.read_line(&mut text).unwrap(), 0, "it ended: {text}");
    }
    (child, told)
}

fn tell(child: &Child, signal: Signal) {
    kill_process(Pid::from_child(child), signal).unwrap();
}

pub const MORNING: &str = "[[schedule]]\nname = 'morning'\nevery = 'daily'\nat = '07:30'\nzone = 'utc'\nfolder = 'reports'\nformats = ['json']\n";

#[test]
fn a_missed_run_is_made_up_for_once_and_by_its_own_calendar() {
    let home = Home::new(MORNING);
    // Last done two weeks ago.
    let long_ago = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_millis() as i64;
    home.settled("morning", "daily at 07:30, utc", long_ago - 14 * 86_400_000);
    let output = home.run("run --once");
    assert_eq!(output.status.code(), Some(2), "{}", said(&output));
    assert!(said(&output).contains("morning: something could not be asked, took"), "{}", said(&output));
    assert_eq!(home.reports().len(), 1);
    let report = fs::read_to_string(home.path("reports").join(&home.reports()[0])).unwrap();
    let report: serde_json::Value = serde_json::from_str(&report).unwrap();
    assert!(report["period"]["from"].as_str().unwrap().ends_with("T00:00:00Z"), "{}", report["period"]);
    let output = home.run("run --once");
    assert_eq!((output.status.code(), said(&output)), (Some(0), String::new()), "nothing is due");
    assert_eq!(home.reports().len(), 1);
    let list = home.run("list");
    let list = String::from_utf8_lossy(&list.stdout).into_owned();
    assert!(list.contains("something could not be asked, took") && !list.contains("missed"), "{list}");
}

#[test]
fn the_first_start_makes_up_for_nothing_and_keeps_when_it_was() {
    let schedule = "[[schedule]]\nname = 'leap'\ncron = '0 7 29 2 *'\nreport = '1h'\nfolder = 'reports'\n";
    let home = Home::new(schedule);
    let output = home.run("run --once");
    assert_eq!((output.status.code(), said(&output)), (Some(0), String::new()));
    assert!(home.state().contains("\"leap\"") && home.reports().is_empty());
}

#[test]
fn two_runners_do_not_meet_and_a_dead_one_is_in_nobodys_way() {
    let home = Home::new(MORNING);
    home.settled("morning", "daily at 07:30, utc", 1_000);
    let (mut first, mut told) = start(&home);
    let second = home.run("run");
    assert_eq!(second.status.code(), Some(3));
    let expected = format!("process {} runs the schedules of", first.id());
    assert!(said(&second).contains(&expected), "{}", said(&second));
    // Nothing is due: whoever was woken up by a timer has nothing to wait for.
    assert_eq!(home.run("run --once").status.code(), Some(0));
    tell(&first, Signal::KILL);
    first.wait().unwrap();
    let mut rest = String::new();
    told.read_to_string(&mut rest).unwrap();
    for report in home.reports() {
        fs::remove_file(home.path("reports").join(report)).unwrap();
    }
    home.settled("morning", "daily at 07:30, utc", 1_000);
    let (mut third, _told) = start(&home);
    tell(&third, Signal::TERM);
    assert_eq!(third.wait().unwrap().code(), Some(0));
    assert_eq!(home.reports().len(), 1);
}

#[test]
fn it_ends_when_it_is_told_to() {
    for (signal, code) in [(Signal::TERM, 0), (Signal::INT, 0), (Signal::HUP, 129)] {
        let home = Home::new(MORNING);
        home.settled("morning", "daily at 07:30, utc", 1_000);
        let (mut child, _told) = start(&home);
        tell(&child, signal);
        assert_eq!(child.wait().unwrap().code(), Some(code), "{signal:?}");
    }
}

#[test]
fn what_is_under_way_when_it_is_told_to_end_is_not_done() {
    let home = Home::new("");
    // It takes the question and never answers.
    let server = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("[contexts.here.prometheus]\nurl = 'http://{}'\n{MORNING}", server.local_addr().unwrap());
    fs::write(home.path("config.toml"), url).unwrap();
    home.settled("morning", "daily at 07:30, utc", 1_000);
    let mut child = home.command("run").stderr(Stdio::piped()).spawn().unwrap();
    let _asked = server.accept().unwrap();
    tell(&child, Signal::TERM);
    assert_eq!(child.wait().unwrap().code(), Some(0));
    let mut text = String::new();
    child.stderr.take().unwrap().read_to_string(&mut text).unwrap();
    assert!(text.contains("morning: was stopped under way; it will be made up for"), "{text}");
    assert!(home.reports().is_empty() && home.state().contains("\"settled\": 1000"), "{}", home.state());
}

#[test]
fn what_cannot_be_kept_is_said_before_anything_is_done() {
    let home = Home::new(MORNING);
    fs::write(home.path("file"), "").unwrap();
    let state = home.path("file/state");
    let output = home.run(&format!("run --once --state {}", state.display()));
    assert_eq!(output.status.code(), Some(64));
    assert!(said(&output).contains("what was done cannot be kept there") && said(&output).contains("--state DIR"));
    assert!(home.reports().is_empty());
}

#[test]
fn a_state_that_is_broken_is_begun_anew_and_said() {
    let home = Home::new(MORNING);
    home.settled("morning\"", "x", 1);
    let output = home.run("run --once");
    assert!(
        said(&output).contains("is no record of runs") && said(&output).contains("begun anew"),
        "{}",
        said(&output)
    );
    assert!(home.state().contains("\"morning\""));
}

#[test]
fn wrong_use_is_64_and_says_the_mend() {
    let home = Home::new(MORNING);
    let case = |line: &str, part: &str| {
        let output = home.run(line);
        assert_eq!(output.status.code(), Some(64), "{line}");
        assert!(said(&output).contains(part), "{line}: {}", said(&output));
    };
    case("run --only mornin", "unknown schedule `mornin`; did you mean `morning`?");
    case("print cron --timers", "`--timers` is for `a360 schedule print systemd`");
    case("print launchd", "systemd, cron");
    let empty = Home::new("");
    let output = empty.run("list");
    assert_eq!(output.status.code(), Some(64));
    assert!(said(&output).contains("has no [[schedule]]"), "{}", said(&output));
    assert!(Path::new(env!("CARGO_BIN_EXE_a360")).exists());
}

#[test]
fn the_list_needs_no_server_and_no_state() {
    let home = Home::new(MORNING);
    let output = home.run("list");
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    assert_eq!((output.status.code(), said(&output)), (Some(0), String::new()));
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(lines[0], "morning: daily at 07:30, utc");
    assert!(lines[1].starts_with("  next   ") && lines[1].contains("07:30 UTC ("), "{text}");
    assert!(lines[2].starts_with("         ") && lines[3].contains(" 07:30 UTC)"), "{text}");
    assert_eq!(lines[4..6], ["  last   never", "  what   daily by the calendar, context here"]);
    assert!(lines[6].starts_with("  to     /") && lines[6].ends_with("reports (json)"), "{text}");
    assert!(!home.path("state").exists());
}
