//! Lines for a crontab.

use super::{Program, variables};
use crate::config::{Config, Schedule, Zone};
use crate::model::place::for_shell;
use crate::model::timetable::Rule;

pub fn print(config: &Config, program: &Program) -> String {
    let mut text = "\
# Lines for `crontab -e`. No lock is needed around them: two runs at once wait for each other, and what was missed
# while the machine was off is made up for by the next one.
"
    .to_owned();
    let names: Vec<&str> = variables(config).into_iter().collect();
    if !names.is_empty() {
        text.push_str(&format!("# The config takes secrets from the environment; set {} here.\n", names.join(", ")));
    }
    // A zone holds for all lines below it, so those of this machine's own come first.
    let (own, others): (Vec<_>, Vec<_>) = config.schedules.iter().partition(|of| of.zone == Zone::Local);
    for schedule in own {
        text.push_str(&entry(schedule, program));
    }
    if !others.is_empty() {
        text.push_str(
            "
# CRON_TZ is known to cronie (Fedora, RHEL, SUSE, Arch). The cron of Debian and Ubuntu passes it by and takes the times
# below as those of the machine: there, use `a360 schedule run` as a service, or timers of systemd.
",
        );
    }
    let mut zone = "";
    for schedule in others {
        let own = if schedule.zone == Zone::Utc { "UTC" } else { schedule.zone.word() };
        if own != zone {
            text.push_str(&format!("CRON_TZ={own}\n"));
            zone = own;
        }
        text.push_str(&entry(schedule, program));
    }
    text
}

fn entry(schedule: &Schedule, program: &Program) -> String {
    let when = match &schedule.rule {
        Rule::Daily(at) => format!("{} {} * * *", at.minute(), at.hour()),
        Rule::Weekly(day, at) => format!("{} {} * * {}", at.minute(), at.hour(), day.to_sunday_zero_offset()),
        // On all of the last days: which of them is the month's own is known here.
        Rule::Monthly(day, at) if *day > 28 => format!("{} {} 28-{day} * *", at.minute(), at.hour()),
        Rule::Monthly(day, at) => format!("{} {} {day} * *", at.minute(), at.hour()),
        Rule::Cron(cron) => cron.text().to_owned(),
    };
    let words = program.words().into_iter().chain(["--once", "--only", schedule.name.as_str()]);
    let line: Vec<String> = words.map(quoted).collect();
    format!("# {}: {}\n{when} {}\n", schedule.name, schedule.rule, line.join(" "))
}

/// For the shell, and before it for cron, to which `%` is the end of the line.
fn quoted(word: &str) -> String {
    for_shell(word).replace('%', "\\%")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_come_through_cron_and_the_shell_as_they_are() {
        assert_eq!(quoted("/usr/bin/a360"), "/usr/bin/a360");
        assert_eq!(quoted("50% it's"), r"'50\% it'\''s'");
        assert_eq!(quoted(""), "''");
    }
}
