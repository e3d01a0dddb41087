//! The command line as plain data. Nothing happens in here: `main` acts on what it says.

mod help;
mod value;

use std::ffi::OsString;
use std::path::PathBuf;

use clap::error::ErrorKind;
use clap::parser::ValueSource;
use clap::{Arg, ArgMatches, CommandFactory, FromArgMatches, Parser, Subcommand, ValueEnum};
use jiff::tz::TimeZone;

use crate::config::{Color, Overrides, check_url, collector_url};
use crate::time::{BadTime, Range, Timestamp, parse_moment};

pub use clap_complete::Shell;
pub use value::Output;

pub use crate::model::fail_on::FailOn;
pub use crate::model::format::Format;
pub use crate::model::period::Period;

/// The exit code for a wrong flag or a wrong config.
pub const WRONG_USE: u8 = 64;

#[derive(Debug, Parser)]
#[command(name = "a360", bin_name = "a360", version, about = help::ABOUT, after_help = help::EXAMPLES, max_term_width = 100)]
pub struct Cli {
    /// Look around in a simulated incident; needs no server, no config and no network
    #[arg(long, conflicts_with_all = ["context", "prometheus", "alertmanager", "elasticsearch", "jaeger"])]
    pub demo: bool,

    /// Config file [default: $A360_CONFIG, then ~/.config/a360/config.toml]
    #[arg(long, value_name = "FILE", global = true)]
    pub config: Option<PathBuf>,

    /// Context of the config to start with, such as prod
    #[arg(long, value_name = "NAME")]
    pub context: Option<String>,

    /// Ask this Prometheus instead of the context's own
    #[arg(long, value_name = "URL")]
    pub prometheus: Option<String>,

    /// Ask this Alertmanager instead of the context's own
    #[arg(long, value_name = "URL")]
    pub alertmanager: Option<String>,

    /// Ask this Elasticsearch or OpenSearch instead of the context's own
    #[arg(long, value_name = "URL")]
    pub elasticsearch: Option<String>,

    /// Ask this Jaeger instead of the context's own
    #[arg(long, value_name = "URL")]
    pub jaeger: Option<String>,

    /// Live range: the last 15m, 1h, 6h, 24h, 7d
    #[arg(long, value_name = "LENGTH", value_parser = value::range, conflicts_with_all = ["from", "report"])]
    pub range: Option<i64>,

    /// Start of a fixed range: 14:00, "2026-11-23 14:00", 2026-11-23T14:00:00Z, -90m
    #[arg(long, value_name = "TIME", value_parser = value::moment, allow_hyphen_values = true)]
    pub from: Option<String>,

    /// End of the fixed range [default: now]
    #[arg(long, value_name = "TIME", value_parser = value::moment, allow_hyphen_values = true, requires = "from")]
    pub to: Option<String>,

    /// Scope of the context to look at, such as one shop of many
    #[arg(long, value_name = "NAME")]
    pub scope: Option<String>,

    /// View to open first: overview, alerts, logs, traces, silences, rules
    #[arg(long, value_name = "NAME", conflicts_with = "report")]
    pub view: Option<String>,

    /// What to put the cursor on in that view, as `Y` copies it
    #[arg(long, value_name = "ID", conflicts_with = "report")]
    pub select: Option<String>,

    /// Theme
    #[arg(long, value_name = "NAME", conflicts_with = "report")]
    pub theme: Option<String>,

    /// Colours: auto, none, 16, 256 or true
    #[arg(long, value_name = "WHICH", value_parser = Color::read, conflicts_with = "report")]
    pub color: Option<Color>,

    /// How often charts are asked
    #[arg(long, value_name = "TIME", value_parser = value::interval, conflicts_with = "report")]
    pub refresh: Option<i64>,

    /// Write a report instead of opening the console: daily, weekly, monthly, 90m, 7d [default: 1h]
    #[arg(long, value_name = "PERIOD", value_parser = value::period, num_args = 0..=1, default_missing_value = "",
          help_heading = "Report")]
    pub report: Option<Period>,

    /// Yesterday, the last week from Monday on or the last month, in the config's `zone`; with --report daily, weekly
    /// or monthly
    #[arg(long, requires = "report", conflicts_with = "from", help_heading = "Report")]
    pub calendar: bool,

    /// How the report is written [default: what the ending of FILE says, then text]
    #[arg(long, value_enum, requires = "report", help_heading = "Report")]
    pub format: Option<Format>,

    /// Where the report goes, several times for several files; - is the standard output [default: -, or nowhere else
    /// with --send]
    #[arg(long, value_name = "FILE", value_parser = value::output, requires = "report", help_heading = "Report")]
    pub output: Vec<Output>,

    /// Send the report to these targets of the config
    #[arg(long, value_name = "NAME[,NAME]", value_delimiter = ',', requires = "report", help_heading = "Report")]
    pub send: Vec<String>,

    /// Exit with 1 when an alert of this severity or worse fires
    #[arg(long, value_enum, default_value = "critical", requires = "report", help_heading = "Report")]
    pub fail_on: FailOn,

    /// Send traces of a360 itself, over OTLP: how long its own polls, requests and drawing take
    /// [default: the config's `telemetry.url`, http://127.0.0.1:4318/v1/traces]
    #[arg(long, value_name = "URL", num_args = 0..=1, require_equals = true, default_missing_value = "")]
    pub trace_self: Option<String>,

    #[command(subcommand)]
    pub command: Option<Command>,
}

#[derive(Debug, Clone, PartialEq, Eq, Subcommand)]
pub enum Command {
    /// Check, write or show the config
    #[command(subcommand)]
    Config(ConfigCommand),
    /// Write and send reports by themselves, as [[schedule]] in the config says
    #[command(subcommand)]
    Schedule(ScheduleCommand),
    /// Print completions for a shell
    #[command(after_help = help::COMPLETIONS)]
    Completions {
        #[arg(value_enum)]
        shell: Shell,
    },
}

#[derive(Debug, Clone, PartialEq, Eq, Subcommand)]
pub enum ConfigCommand {
    /// Read the config and say what is wrong with it
    Check {
        /// Also ask every source: version, clock, what matches
        #[arg(long)]
        connect: bool,
    },
    /// Write a config file with every key and its default
    Init {
        /// Replace a file that is there
        #[arg(long)]
        force: bool,
    },
    /// Print the config in force as TOML, without secrets
    Show,
}

#[derive(Debug, Clone, PartialEq, Eq, Subcommand)]
pub enum ScheduleCommand {
    /// Stay, and do each entry at its time; one that was missed is made up for once
    #[command(after_help = help::SCHEDULE)]
    Run {
        /// Do what is due now, and end with the worst exit code
        #[arg(long)]
        once: bool,
        /// Only this entry; can be given several times
        #[arg(long, value_name = "NAME")]
        only: Vec<String>,
        /// Where is kept what was done, and what could not be sent [default: ~/.local/state/a360]
        #[arg(long, value_name = "DIR")]
        state: Option<PathBuf>,
    },
    /// Show each entry: its next runs, its last one, what it is about and where it goes
    List {
        /// Where `run` keeps what was done
        #[arg(long, value_name = "DIR")]
        state: Option<PathBuf>,
    },
    /// Print units for systemd, or lines for a crontab
    Print {
        #[arg(value_enum)]
        what: Waker,
        /// For systemd: a timer for each entry, in place of one service that stays
        #[arg(long)]
        timers: bool,
        /// Where `run` is to keep what was done
        #[arg(long, value_name = "DIR")]
        state: Option<PathBuf>,
    },
}

/// What starts the runner.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Waker {
    Systemd,
    Cron,
}

/// Reads the arguments, the program's own name first.
pub fn parse(args: impl IntoIterator<Item = OsString>) -> Result<Cli, clap::Error> {
    let matches = Cli::command().try_get_matches_from(args)?;
    refuse_idle_flags(&matches)?;
    let mut cli = Cli::from_arg_matches(&matches)?;
    for (flag, given) in [
        ("--prometheus", &mut cli.prometheus),
        ("--alertmanager", &mut cli.alertmanager),
        ("--elasticsearch", &mut cli.elasticsearch),
        ("--jaeger", &mut cli.jaeger),
    ] {
        if let Some(url) = given {
            // Not in a value parser: clap would print the value back, and with it a password.
            *url = check_url(url).map_err(|why| wrong(&format!("the address of `{flag}` {why}")))?;
        }
    }
    if let Some(url) = cli.trace_self.as_mut().filter(|url| !url.is_empty()) {
        *url = collector_url(url).map_err(|why| wrong(&format!("the address of `--trace-self` {why}")))?;
    }
    if let Some(twice) = cli.output.iter().enumerate().find(|(at, output)| cli.output[..*at].contains(output)) {
        return Err(wrong(&format!("`--output` names {} twice; leave one out", twice.1)));
    }
    if cli.format.is_some() && cli.output.is_empty() && !cli.send.is_empty() {
        return Err(wrong("`--format` is for `--output`; targets have formats of their own, leave it out"));
    }
    if cli.from.is_some() && cli.report.is_some_and(|period| period != Period::LastHour) {
        return Err(wrong("`--from` cannot be used with the PERIOD of `--report`; leave out the one or the other"));
    }
    if cli.calendar && !cli.report.is_some_and(Period::has_calendar) {
        return Err(wrong("`--calendar` needs --report daily, weekly or monthly; no other period has a calendar"));
    }
    Ok(cli)
}

/// A flag that a command would not look at is a misunderstanding, better cleared up at once.
fn refuse_idle_flags(matches: &ArgMatches) -> Result<(), clap::Error> {
    let Some(command) = matches.subcommand_name() else { return Ok(()) };
    let cli = Cli::command();
    let said = |arg: &&Arg| matches.value_source(arg.get_id().as_str()) == Some(ValueSource::CommandLine);
    match cli.get_arguments().filter(|arg| !arg.is_global_set()).find(said).and_then(Arg::get_long) {
        None => Ok(()),
        Some(flag) => Err(wrong(&format!("`--{flag}` does nothing for `a360 {command}`; leave it out"))),
    }
}

/// A mistake on the command line that clap cannot see, such as an unknown view; said the way clap says it.
pub fn wrong(text: &str) -> clap::Error {
    Cli::command().error(ErrorKind::ValueValidation, text)
}

/// 0 for `--help` and `--version`, otherwise [`WRONG_USE`].
pub fn exit_code(error: &clap::Error) -> u8 {
    if error.exit_code() == 0 { 0 } else { WRONG_USE }
}

/// The completions of a shell, to be written to the standard output.
pub fn completions(shell: Shell) -> Vec<u8> {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Cli::command(), "a360", &mut script);
    script
}

impl Cli {
    /// What it says on top of the config.
    pub fn overrides(&self) -> Overrides {
        Overrides {
            context: self.context.clone(),
            prometheus: self.prometheus.clone(),
            alertmanager: self.alertmanager.clone(),
            elasticsearch: self.elasticsearch.clone(),
            jaeger: self.jaeger.clone(),
            range: self.range,
            refresh: self.refresh,
            theme: self.theme.clone(),
            color: self.color,
            trace_self: self.trace_self.as_ref().map(|url| Some(url.clone()).filter(|url| !url.is_empty())),
        }
    }

    /// The files of a report, each in its format.
    pub fn files(&self) -> Vec<(Format, Output)> {
        let format = |output: &Output| self.format.or_else(|| value::format_of(output)).unwrap_or(Format::Text);
        let mut files: Vec<(Format, Output)> =
            self.output.iter().map(|output| (format(output), output.clone())).collect();
        if files.is_empty() && self.send.is_empty() {
            files.push((self.format.unwrap_or(Format::Text), Output::Stdout));
        }
        files
    }

    /// The fixed range of `--from` and `--to`, if they are given.
    pub fn fixed(&self, now: Timestamp, zone: &TimeZone) -> Result<Option<Range>, BadTime> {
        let Some(from) = &self.from else { return Ok(None) };
        let start = parse_moment(from, now, zone)?;
        let end = self.to.as_ref().map_or(Ok(now), |to| parse_moment(to, now, zone))?;
        if start >= now && (start < end || self.to.is_none()) {
            return Err(BadTime(format!("--from {from} has not come yet; write the day with the time")));
        }
        if start < end {
            return Ok(Some(Range::new(start, end)));
        }
        let to = self.to.as_deref().unwrap_or("now");
        Err(BadTime(format!("--from {from} is not before --to {to}; swap them, or write the day with the time")))
    }
}

#[cfg(test)]
mod tests;
