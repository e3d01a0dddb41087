//! What can be asked for on the command line.

use std::ops::RangeInclusive;
use std::time::Duration;

use a360::time::parse_duration;
use clap::error::ErrorKind;
use clap::{CommandFactory, FromArgMatches, Parser, ValueEnum};

use crate::order::Order;

/// The simulated Agent360 as a live service: metrics to scrape, logs into a search engine, traces into Jaeger, and
/// incidents on demand. Prints a scrape configuration, ended by an empty line, and runs until it is ended.
///
/// Everything listens on loopback only.
#[derive(Debug, Parser)]
#[command(name = "agent360")]
pub struct Args {
    /// Port of the control page; 0 takes a free one
    #[arg(long, default_value_t = 18_000)]
    pub port: u16,
    /// Port of the first target; the others take the following ones. 0 takes free ones
    #[arg(long, value_name = "FIRST", default_value_t = 0)]
    pub target_port: u16,
    /// The same seed gives the same incidents, counted from the start
    #[arg(long, default_value_t = 360)]
    pub seed: u64,
    /// Nothing goes wrong unless it is asked for
    #[arg(long)]
    pub calm: bool,

    /// Search engine to write the logs into, such as http://127.0.0.1:9200; can be given again
    #[arg(long, value_name = "URL", value_parser = address)]
    pub logs_to: Vec<String>,
    /// User at the search engine before it; the password is read from the environment variable AGENT360_LOGS_PASSWORD
    #[arg(long, value_name = "USER", requires = "logs_to")]
    pub logs_user: Vec<String>,
    /// Whom to log in as at each search engine, told by the order of the flags
    #[arg(skip)]
    pub users: Vec<Option<String>>,
    /// What a log document looks like: in fluentd's envelope with the line as a string, as plain JSON, or one of each
    #[arg(long, value_enum, default_value_t = Layout::Envelope)]
    pub layout: Layout,
    /// Share of the lines that are sent late
    #[arg(long, value_name = "SHARE", default_value_t = 0.0, value_parser = share)]
    pub late: f64,
    /// How late those are
    #[arg(long, value_name = "FROM..TO", default_value = "5s..55s", value_parser = stretch)]
    pub late_by: Stretch,
    /// Send the lines of each second in any order
    #[arg(long)]
    pub reorder: bool,
    /// Share of the lines that have the very time of the line before
    #[arg(long, value_name = "SHARE", default_value_t = 0.0, value_parser = share)]
    pub ties: f64,
    /// How often lines and spans are sent
    #[arg(long, value_name = "TIME", default_value = "1s", value_parser = duration)]
    pub flush: Duration,
    /// Part of the requests that went well that leave a line
    #[arg(long, value_name = "1/N", default_value = "1/10", value_parser = one_in)]
    pub request_lines: u64,

    /// Where to send spans over OTLP/HTTP, such as http://127.0.0.1:4318/v1/traces; can be given again
    #[arg(long, value_name = "URL", value_parser = address)]
    pub traces_to: Vec<String>,

    /// An incident: kind[,endpoint=PATH][,instance=NAME][,after=TIME][,for=TIME][,strength=0..1]; can be given again.
    /// Kinds: error-burst, slow, stuck, leak, log-storm, instance-down, all-down
    #[arg(long, value_name = "SPEC")]
    pub incident: Vec<Order>,

    /// When the simulation started, in ms since 1970; by default now, or at the beginning of the newest stretch of
    /// `--history`. With the same one, counters go on from where that history ends
    #[arg(long, value_name = "MS")]
    pub started: Option<i64>,

    /// Print what was stored from so long ago until so long ago, as OpenMetrics with times, and end: 6h..0s; can be
    /// given again. Incidents are counted from the beginning of the newest stretch
    #[arg(long, value_name = "FROM..TO", value_parser = ago)]
    pub history: Vec<Ago>,
}

/// From so many milliseconds ago until so many.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ago(pub i64, pub i64);

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Layout {
    Envelope,
    Plain,
    Both,
}

/// In milliseconds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stretch(pub RangeInclusive<i64>);

impl Args {
    /// As the process was called; ends it with a clear word where that makes no sense.
    pub fn read() -> Self {
        let matches = Self::command().get_matches();
        let mut args = Self::from_arg_matches(&matches).unwrap_or_else(|error| error.exit());
        let places = |name: &str| matches.indices_of(name).into_iter().flatten().collect::<Vec<usize>>();
        let (urls, users) = (places("logs_to"), places("logs_user"));
        args.users = vec![None; urls.len()];
        for (place, user) in users.into_iter().zip(&args.logs_user) {
            let before = urls.iter().rposition(|&url| url < place);
            match before.and_then(|url| args.users.get_mut(url)) {
                Some(of) => *of = Some(user.clone()),
                None => Self::refuse("--logs-user: it belongs behind the --logs-to it is for"),
            }
        }
        args
    }

    pub fn refuse(why: &str) -> ! {
        Self::command().error(ErrorKind::ValueValidation, why).exit()
    }
}

fn address(text: &str) -> Result<String, String> {
    let url = reqwest::Url::parse(text).map_err(|error| format!("{error}; write http://127.0.0.1:9200"))?;
    if url.scheme() != "http" || !url.has_host() {
        return Err("only http:// addresses can be written to".to_owned());
    }
    Ok(text.trim_end_matches('/').to_owned())
}

fn share(text: &str) -> Result<f64, String> {
    let share = text.parse().ok().filter(|share| (0.0..=1.0).contains(share));
    share.ok_or_else(|| "a share is a number from 0 to 1".to_owned())
}

fn stretch(text: &str) -> Result<Stretch, String> {
    let wrong = || "write it as 5s..55s, the shorter first".to_owned();
    let (from, to) = text.split_once("..").ok_or_else(wrong)?;
    let read = |text: &str| parse_duration(text).map_err(|error| error.to_string());
    let (from, to) = (read(from)?, read(to)?);
    if from <= to { Ok(Stretch(from..=to)) } else { Err(wrong()) }
}

fn ago(text: &str) -> Result<Ago, String> {
    let wrong = || "write it as 6h..0s, the longer first".to_owned();
    let (from, to) = text.split_once("..").ok_or_else(wrong)?;
    let read = |text: &str| if text == "0s" { Ok(0) } else { parse_duration(text).map_err(|error| error.to_string()) };
    let (from, to) = (read(from)?, read(to)?);
    if from > to { Ok(Ago(from, to)) } else { Err(wrong()) }
}

fn duration(text: &str) -> Result<Duration, String> {
    let ms = parse_duration(text).map_err(|error| error.to_string())?;
    Ok(Duration::from_millis(ms.unsigned_abs()))
}

fn one_in(text: &str) -> Result<u64, String> {
    let number = text.strip_prefix("1/").and_then(|number| number.parse().ok()).filter(|number| *number > 0);
    number.ok_or_else(|| "write it as 1/10".to_owned())
}
