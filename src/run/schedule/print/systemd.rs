//! Units: one service that stays and does every entry at its time, or a timer for each.

use std::collections::BTreeSet;

use super::{Program, variables};
use crate::config::{Config, Schedule, Zone};
use crate::model::timetable::{Cron, Rule};

const WHERE: &str = "\
# For the whole machine: into /etc/systemd/system, with User= set in [Service] to who may read the config; then
# `systemctl daemon-reload`. For one user: into ~/.config/systemd/user; then `systemctl --user daemon-reload`.
";

/// What does not keep a report from being asked for, written to any folder and sent.
const HARDENING: &str = "\
# What was done is kept there: `a360 schedule list --state /var/lib/a360`, or of a user ~/.local/state/a360.
StateDirectory=a360
StateDirectoryMode=0700
NoNewPrivileges=yes
RestrictSUIDSGID=yes
RestrictRealtime=yes
LockPersonality=yes
RestrictAddressFamilies=AF_UNIX AF_INET AF_INET6 AF_NETLINK
# What not every user's own systemd can do:
#ProtectSystem=full
#ProtectKernelTunables=yes
#ProtectControlGroups=yes
";

pub fn print(config: &Config, program: &Program, timers: bool) -> String {
    if timers { each(config, program) } else { one(config, program) }
}

fn one(config: &Config, program: &Program) -> String {
    format!(
        "# file: a360-schedule.service
{WHERE}# Then: systemctl enable --now a360-schedule.service

[Unit]
Description=a360: reports at their times
Wants=network-online.target
After=network-online.target

[Service]
ExecStart={}
Restart=on-failure
RestartSec=30
# A wrong config is not mended by another start.
RestartPreventExitStatus=64
{}{HARDENING}
[Install]
WantedBy=default.target
",
        line(program, &[]),
        secrets(config),
    )
}

fn each(config: &Config, program: &Program) -> String {
    let mut taken = BTreeSet::new();
    let mut text = WHERE.to_owned();
    for schedule in &config.schedules {
        let unit = unit(&schedule.name, &mut taken);
        let name = escaped(&schedule.name);
        let calendar: Vec<String> = calendar(schedule).iter().map(|when| format!("OnCalendar={when}\n")).collect();
        text.push_str(&format!(
            "
# file: {unit}.service
[Unit]
Description=a360: report {name}
Wants=network-online.target
After=network-online.target

[Service]
Type=oneshot
ExecStart={}
{}{HARDENING}
# file: {unit}.timer
# Then: systemctl enable --now {unit}.timer
[Unit]
Description=a360: {}

[Timer]
{}AccuracySec=1s
Persistent=true

[Install]
WantedBy=timers.target
",
            line(program, &["--once", "--only", &schedule.name]),
            secrets(config),
            escaped(&schedule.rule.to_string()),
            calendar.concat(),
        ));
    }
    text
}

fn line(program: &Program, more: &[&str]) -> String {
    let mut words: Vec<String> = program.words().iter().enumerate().map(|(at, word)| quoted(word, at == 0)).collect();
    if program.state.is_none() {
        // Of the service: there may be no home.
        words.extend(["--state".to_owned(), "%S/a360".to_owned()]);
    }
    words.extend(more.iter().map(|word| quoted(word, false)));
    words.join(" ")
}

/// `%` is a specifier everywhere, `$` a variable everywhere but in the program's own path.
fn quoted(word: &str, is_program: bool) -> String {
    let word = word.replace('\\', "\\\\").replace('"', "\\\"").replace('%', "%%");
    let word = if is_program { word } else { word.replace('$', "$$") };
    let is_plain = |c: char| c.is_alphanumeric() || "/._-%$:@+,=".contains(c);
    if !word.is_empty() && word.chars().all(is_plain) { word } else { format!("\"{word}\"") }
}

/// For a description.
fn escaped(text: &str) -> String {
    text.replace('%', "%%").trim_end_matches('\\').to_owned()
}

/// `a360-morning`; no two entries have the same.
fn unit(name: &str, taken: &mut BTreeSet<String>) -> String {
    let safe: String = name.chars().map(|c| if c.is_ascii_alphanumeric() || c == '-' { c } else { '_' }).collect();
    let own = format!("a360-{safe}");
    let names = std::iter::once(own.clone()).chain((2..).map(|number| format!("{own}-{number}")));
    let free = names.into_iter().find(|name| !taken.contains(name)).unwrap_or(own);
    taken.insert(free.clone());
    free
}

fn secrets(config: &Config) -> String {
    let names = variables(config);
    if names.is_empty() {
        return String::new();
    }
    let names = names.into_iter().map(|name| format!("#   {name}=...\n")).collect::<String>();
    format!(
        "# The config takes secrets from the environment. Put them into a file that only the service can read:
{names}#EnvironmentFile=/etc/a360.env
"
    )
}

/// The values of `OnCalendar=`; any of them is meant.
fn calendar(schedule: &Schedule) -> Vec<String> {
    let zone = match &schedule.zone {
        Zone::Local => String::new(),
        Zone::Utc => " UTC".to_owned(),
        named => format!(" {}", named.word()),
    };
    match &schedule.rule {
        Rule::Daily(at) => vec![format!("*-*-* {}{zone}", at.strftime("%H:%M:00"))],
        Rule::Weekly(day, at) => {
            let day = WEEKDAYS.get(usize::from(day.to_sunday_zero_offset().unsigned_abs())).unwrap_or(&"");
            vec![format!("{day} *-*-* {}{zone}", at.strftime("%H:%M:00"))]
        }
        Rule::Monthly(day, at) => {
            // On all of the last days: which of them is the month's own is known here.
            let days = if *day > 28 { format!("28..{day}") } else { day.to_string() };
            vec![format!("*-*-{days} {}{zone}", at.strftime("%H:%M:00"))]
        }
        Rule::Cron(cron) => of_cron(cron).into_iter().map(|when| when + &zone).collect(),
    }
}

const WEEKDAYS: [&str; 7] = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"];

fn of_cron(cron: &Cron) -> Vec<String> {
    let [minutes, hours, days, months, weekdays] = cron.values();
    let numbers = |values: Option<Vec<u16>>| {
        let words = |values: Vec<u16>| values.iter().map(u16::to_string).collect::<Vec<_>>().join(",");
        values.map_or_else(|| "*".to_owned(), words)
    };
    let time = format!("{}:{}:00", numbers(hours), numbers(minutes));
    let months = numbers(months);
    let names = weekdays.map(|values| {
        let name = |value: &u16| WEEKDAYS.get(usize::from(*value)).copied();
        values.iter().filter_map(name).collect::<Vec<_>>().join(",")
    });
    match (days, names) {
        // Cron means either, systemd both.
        (Some(days), Some(names)) => {
            vec![format!("*-{months}-{} {time}", numbers(Some(days))), format!("{names} *-{months}-* {time}")]
        }
        (days, None) => vec![format!("*-{months}-{} {time}", numbers(days))],
        (None, Some(names)) => vec![format!("{names} *-{months}-* {time}")],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_come_through_a_unit_as_they_are() {
        assert_eq!(quoted("/usr/bin/a360", true), "/usr/bin/a360");
        assert_eq!(quoted("/opt/a b/50%", false), "\"/opt/a b/50%%\"");
        assert_eq!(quoted("a\"b\\c $HOME", false), "\"a\\\"b\\\\c $$HOME\"");
        assert_eq!(quoted("it's", false), "\"it's\"");
        assert_eq!(quoted(";", false), "\";\"");
    }

    #[test]
    fn units_have_names_of_their_own() {
        let mut taken = BTreeSet::new();
        let names = ["a b", "a_b", "../x", "a b"].map(|name| unit(name, &mut taken));
        assert_eq!(names, ["a360-a_b", "a360-a_b-2", "a360-___x", "a360-a_b-3"]);
    }

    #[test]
    fn cron_as_systemd_says_it() {
        let of = |text| of_cron(&Cron::parse(text).unwrap());
        assert_eq!(of("30 7 * * 1-5"), ["Mon,Tue,Wed,Thu,Fri *-*-* 7:30:00"]);
        assert_eq!(of("0 6,14 1 jan *"), ["*-1-1 6,14:0:00"]);
        assert_eq!(of("*/30 * 13 * 5"), ["*-*-13 *:0,30:00", "Fri *-*-* *:0,30:00"]);
    }
}
