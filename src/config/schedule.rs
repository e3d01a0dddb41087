//! `[[schedule]]`: which report is written when, and where it goes.

use std::path::PathBuf;

use super::mistake::Mistake;
use super::section::{Entry, Section};
use super::ui::Zone;
use super::{Config, find_scope, target, watch};
use crate::model::fail_on::FailOn;
use crate::model::format::Format;
use crate::model::period::Period;
use crate::model::timetable::{Cron, Rule, Timetable, WEEKDAYS, parse_time};
use crate::text::nearest::did_you_mean;

#[derive(Debug, Clone, PartialEq)]
pub struct Schedule {
    /// No other has it.
    pub name: String,
    pub rule: Rule,
    pub zone: Zone,
    pub period: Period,
    /// The last whole day, week or month, not the time that ends now.
    pub calendar: bool,
    /// Left out, it is the one that the config starts with.
    pub context: Option<String>,
    pub scope: Option<String>,
    /// Of the files in `folder`.
    pub formats: Vec<Format>,
    pub folder: Option<PathBuf>,
    /// Names of targets.
    pub send: Vec<String>,
    pub fail_on: FailOn,
}

impl Schedule {
    pub fn timetable(&self) -> Timetable {
        Timetable { rule: self.rule.clone(), zone: self.zone.time_zone() }
    }
}

pub(super) const KEYS: [&str; 15] = [
    "name", "every", "at", "on", "day", "cron", "zone", "report", "calendar", "context", "scope", "formats", "folder",
    "send", "fail_on",
];

type Read<T> = Result<T, Mistake>;

/// Reads all `[[schedule]]`; what they name is looked for in the rest of the config.
pub fn read_all(top: &Section<'_>, config: &Config) -> Read<Vec<Schedule>> {
    let mut schedules: Vec<Schedule> = Vec::new();
    for section in top.tables("schedule")? {
        let schedule = read(&section, config)?;
        if schedules.iter().any(|other| other.name == schedule.name) {
            let text = format!("there is a schedule `{}` already; give this one another name", schedule.name);
            return Err(section.mistake(&text));
        }
        schedules.push(schedule);
    }
    Ok(schedules)
}

fn read(section: &Section<'_>, config: &Config) -> Read<Schedule> {
    section.only(&KEYS)?;
    let name = section.read("name", watch::name)?;
    let name = name.ok_or_else(|| section.mistake("[[schedule]] has no `name`; add name = \"morning\""))?;
    let (rule, own) = rule(section)?;
    let period = section.read("report", period)?.or(own).ok_or_else(|| {
        section.mistake("[[schedule]] has `cron` but no `report`; add report = \"daily\", or another period")
    })?;
    let is_calendar = section.flag("calendar")?;
    if let (Some(true), false, Some(entry)) = (is_calendar, period.has_calendar(), section.get("calendar")) {
        let text = format!("needs report = \"daily\", \"weekly\" or \"monthly\"; {period} has no calendar");
        return Err(section.wrong(&entry, &text));
    }
    let (folder, formats) = files(section)?;
    let send = send(section, config)?;
    if folder.is_none() && send.is_empty() {
        let text =
            "[[schedule]] goes nowhere; add send = [\"NAME\"] with a name of [targets.NAME], or folder = \"PATH\"";
        return Err(section.mistake(text));
    }
    let (context, scope) = subject(section, config)?;
    Ok(Schedule {
        name,
        rule,
        zone: section.read("zone", Zone::read)?.unwrap_or_else(|| config.ui.zone.clone()),
        period,
        calendar: is_calendar.unwrap_or(own.is_some() && period.has_calendar()),
        context,
        scope,
        formats,
        folder,
        send,
        fail_on: section.read("fail_on", FailOn::read)?.unwrap_or(FailOn::Critical),
    })
}

fn period(text: &str) -> Result<Period, String> {
    Period::read(text).map_err(|mend| format!("`{text}` is no period; {mend}"))
}

/// When, and the period that goes with it by itself.
fn rule(section: &Section<'_>) -> Read<(Rule, Option<Period>)> {
    let every = section.read("every", every)?;
    match (every, section.read("cron", Cron::parse)?) {
        (None, Some(cron)) => {
            refuse(section, &["at", "on", "day"], "stands beside `cron`, which says when already; leave it out")?;
            Ok((Rule::Cron(Box::new(cron)), None))
        }
        (Some(period), None) => Ok((by_calendar(section, period)?, Some(period))),
        (None, None) => {
            let text =
                "[[schedule]] says not when; add every = \"daily\" with at = \"07:30\", or cron = \"30 7 * * 1-5\"";
            Err(section.mistake(text))
        }
        (Some(_), Some(_)) => {
            let text = "[[schedule]] has both `every` and `cron`; leave out the one or the other";
            Err(section.mistake(text))
        }
    }
}

fn every(text: &str) -> Result<Period, String> {
    let words = ["daily", "weekly", "monthly"];
    let hint = || did_you_mean(text, words.into_iter(), "write one of");
    let found = Period::read(text).ok().filter(|period| period.has_calendar());
    found.ok_or_else(|| format!("`{text}` is not a choice{}", hint()))
}

fn by_calendar(section: &Section<'_>, every: Period) -> Read<Rule> {
    let at = section.read("at", parse_time)?;
    let at = at.ok_or_else(|| section.mistake("[[schedule]] has no `at`; add at = \"07:30\""))?;
    match every {
        Period::Weekly => {
            refuse(section, &["day"], "is for every = \"monthly\"; a week has on = \"monday\"")?;
            let on = section.read("on", |text| {
                let found = WEEKDAYS.into_iter().find(|(word, _)| *word == text);
                let hint = || did_you_mean(text, WEEKDAYS.into_iter().map(|(word, _)| word), "write one of");
                found.map(|(_, day)| day).ok_or_else(|| format!("`{text}` is no day of the week{}", hint()))
            })?;
            let on = on.ok_or_else(|| section.mistake("[[schedule]] has no `on`; add on = \"monday\""))?;
            Ok(Rule::Weekly(on, at))
        }
        Period::Monthly => {
            refuse(section, &["on"], "is for every = \"weekly\"; a month has day = 1")?;
            let day = section.number("day", 0.0, 31.0)?;
            let day = day.ok_or_else(|| section.mistake("[[schedule]] has no `day`; add day = 1"))?;
            match (1..=31_i8).find(|whole| f64::from(*whole) == day) {
                Some(day) => Ok(Rule::Monthly(day, at)),
                None => Err(section.mistake("`day` in [[schedule]] must be a whole number from 1 to 31")),
            }
        }
        _ => {
            refuse(section, &["on", "day"], "is not for every = \"daily\"; leave it out")?;
            Ok(Rule::Daily(at))
        }
    }
}

fn refuse(section: &Section<'_>, keys: &[&str], why: &str) -> Read<()> {
    let found: Option<Entry<'_>> = keys.iter().find_map(|key| section.get(key));
    found.map_or(Ok(()), |entry| Err(section.wrong(&entry, why)))
}

fn files(section: &Section<'_>) -> Read<(Option<PathBuf>, Vec<Format>)> {
    let folder = section.read("folder", |text| section.file.resolve(text))?;
    let Some(entry) = section.get("formats") else {
        let usual = if folder.is_some() { vec![Format::Html, Format::Json] } else { Vec::new() };
        return Ok((folder, usual));
    };
    if folder.is_none() {
        return Err(section.wrong(&entry, "is about files; add folder = \"PATH\", or leave it out"));
    }
    Ok((folder, target::formats(section, &entry)?))
}

fn send(section: &Section<'_>, config: &Config) -> Read<Vec<String>> {
    let Some(entry) = section.get("send") else { return Ok(Vec::new()) };
    let mut names: Vec<String> = Vec::new();
    for name in section.texts(&entry)? {
        config.find_target(name).map_err(|mistake| section.file.mistake(entry.line, &mistake.to_string()))?;
        if !names.iter().any(|known| known == name) {
            names.push(name.to_owned());
        }
    }
    Ok(names)
}

/// Context and scope.
fn subject(section: &Section<'_>, config: &Config) -> Read<(Option<String>, Option<String>)> {
    let name = section.text("context")?;
    let at = |key: &str| section.get(key).map_or(section.line, |entry| entry.line);
    let known = |key: &str, mistake: Mistake| section.file.mistake(at(key), &mistake.to_string());
    let context = config.find(name.unwrap_or(&config.context)).map_err(|mistake| known("context", mistake))?;
    let scope = section.text("scope")?;
    if let Some(scope) = scope {
        find_scope(&context.scopes, scope, &context.name).map_err(|mistake| known("scope", mistake))?;
    }
    Ok((name.map(str::to_owned), scope.map(str::to_owned)))
}
