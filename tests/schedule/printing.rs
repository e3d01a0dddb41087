//! Units and crontab lines, as systemd and cron read them.

use std::fs;
use std::process::Command;

use crate::program::{Home, said};

const MANY: &str = r#"
token = { env = 'PROM_TOKEN' }
[[schedule]]
name = '50% "of" it''s $HOME'
every = 'daily'
at = '07:30'
zone = 'Europe/Berlin'
folder = 'reports'
[[schedule]]
name = 'month'
every = 'monthly'
day = 31
at = '06:05'
folder = 'reports'
[[schedule]]
name = 'week'
every = 'weekly'
on = 'sunday'
at = '23:59'
zone = 'utc'
folder = 'reports'
[[schedule]]
name = 'shifts'
cron = '0 6,14,22 13 * 1-5'
report = '8h'
zone = 'utc'
folder = 'reports'
"#;

fn printed(home: &Home, line: &str) -> String {
    let output = home.run(line);
    assert_eq!(output.status.code(), Some(0), "{}", said(&output));
    String::from_utf8(output.stdout).unwrap()
}

fn home() -> Home {
    Home::new(&MANY.replace("''s", "s"))
}

#[test]
fn one_service_that_stays() {
    let text = printed(&home(), "print systemd");
    let program = env!("CARGO_BIN_EXE_a360");
    let start = text.lines().find(|line| line.starts_with("ExecStart=")).unwrap();
    assert!(start.starts_with(&format!("ExecStart={program} --config /")), "{start}");
    assert!(start.ends_with("/config.toml schedule run --state %S/a360"), "{start}");
    for part in ["# file: a360-schedule.service", "Restart=on-failure", "StateDirectory=a360", "#   PROM_TOKEN=..."] {
        assert!(text.contains(part), "{part}\n{text}");
    }
}

#[test]
fn a_timer_for_each() {
    let text = printed(&home(), "print systemd --timers --state /var/a%b");
    for line in [
        "OnCalendar=*-*-* 07:30:00 Europe/Berlin",
        "OnCalendar=*-*-28..31 06:05:00",
        "OnCalendar=Sun *-*-* 23:59:00 UTC",
        "OnCalendar=*-*-13 6,14,22:0:00 UTC",
        "OnCalendar=Mon,Tue,Wed,Thu,Fri *-*-* 6,14,22:0:00 UTC",
        "# file: a360-month.timer",
    ] {
        assert!(text.lines().any(|found| found == line), "{line}\n{text}");
    }
    let start = text.lines().find(|line| line.starts_with("ExecStart=")).unwrap();
    assert!(start.ends_with(r#"--state /var/a%%b --once --only "50%% \"of\" its $$HOME""#), "{start}");
}

#[test]
fn lines_of_a_crontab() {
    let text = printed(&home(), "print cron");
    let lines: Vec<&str> = text.lines().filter(|line| !line.starts_with('#') && !line.is_empty()).collect();
    assert_eq!(lines.len(), 6, "{text}");
    assert!(lines[0].starts_with("5 6 28-31 * * /") && lines[0].ends_with("--once --only month"), "{text}");
    assert_eq!((lines[1], lines[3]), ("CRON_TZ=Europe/Berlin", "CRON_TZ=UTC"));
    assert!(lines[2].starts_with("30 7 * * * /") && lines[2].ends_with(r#"--only '50\% "of" its $HOME'"#), "{text}");
    assert!(lines[4].starts_with("59 23 * * 0 /") && lines[5].starts_with("0 6,14,22 13 * 1-5 /"), "{text}");
    assert!(text.contains("CRON_TZ is known to cronie") && text.contains("set PROM_TOKEN here"), "{text}");
}

/// What the shell makes of a line comes to the entry that is meant.
#[test]
fn a_line_of_a_crontab_runs() {
    let home = home();
    let text = printed(&home, "print cron");
    let line = text.lines().find(|line| line.contains("of") && line.starts_with("30 7")).unwrap();
    // Cron takes the backslash away.
    let command = line.split_once(" * * * ").unwrap().1.replace("\\%", "%");
    let state = tempfile::tempdir().unwrap();
    let output = Command::new("sh").arg("-c").arg(command).env("XDG_STATE_HOME", state.path()).output().unwrap();
    assert_eq!(output.status.code(), Some(0), "{}", said(&output));
    assert!(fs::read_to_string(state.path().join("a360/schedule.json")).unwrap().contains("50% \\\"of\\\""));
}

#[test]
fn systemd_finds_no_fault() {
    if Command::new("systemd-analyze").arg("--version").output().is_err() {
        eprintln!("NOT TESTED: there is no systemd-analyze here");
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let home = home();
    let mut units = Vec::new();
    for text in [printed(&home, "print systemd"), printed(&home, "print systemd --timers")] {
        for part in text.split("# file: ").skip(1) {
            let (name, unit) = part.split_once('\n').unwrap();
            let path = folder.path().join(name);
            fs::write(&path, unit).unwrap();
            units.push(path);
        }
    }
    let output = Command::new("systemd-analyze").arg("verify").args(&units).output().unwrap();
    let own: Vec<String> = said(&output).lines().filter(|line| line.contains("a360")).map(str::to_owned).collect();
    assert!(own.is_empty(), "{own:#?}");
}
