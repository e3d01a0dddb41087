//! `a360 schedule …`: reports that are written by themselves, in the foreground or woken up by systemd or cron.

mod keep;
mod list;
mod lock;
mod print;
pub mod serve;
mod stop;

use std::io::{self, IsTerminal, Write};
use std::path::PathBuf;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use tokio::time::sleep;

use self::lock::Taken;
use self::serve::{Office, Wake};
use self::stop::Stop;
use super::backend::Backend;
use super::{Env, clock, commands, own_traces, setup};
use crate::cli::{self, Cli, ScheduleCommand};
use crate::config::{Config, Mistake, Places, Schedule};
use crate::model::target::{Folder, Target, Way};
use crate::report::schedule::{Entry, LATE, State};
use crate::report::{self, CALM, Delivery, NOT_SENT, Plan};
use crate::text::Plain;
use crate::text::nearest::did_you_mean;
use crate::time::{MINUTE, Timestamp};

/// How long `--once` waits for another runner that does what is due.
const WAIT: i64 = 40 * MINUTE;

pub fn command(command: &ScheduleCommand, cli: &Cli, places: &Places, env: Env) -> Result<u8, Mistake> {
    let config = Config::load(places)?;
    if config.schedules.is_empty() {
        let text = "the config has no [[schedule]]; add one, `a360 config init` writes an example";
        return Err(match &config.path {
            Some(path) => Mistake::of_file(path, text),
            None => Mistake::of_argument("there is no config file; write one with `a360 config init`"),
        });
    }
    match command {
        ScheduleCommand::List { state } => {
            let known = keep::load(&folder(state.as_ref()));
            Ok(commands::print(list::list(&config, &known, clock()).as_bytes()))
        }
        ScheduleCommand::Print { what, timers, state } => {
            Ok(commands::print(print::print(&config, *what, *timers, state.as_deref())?.as_bytes()))
        }
        ScheduleCommand::Run { once, only, state } => {
            let schedules = chosen(&config, only)?;
            let folder = folder(state.as_ref());
            let is_quiet = *once && !io::stderr().is_terminal();
            run(Desk { cli, config: &config, schedules, folder, env, is_quiet, begun: Arc::default() }, *once)
        }
    }
}

fn folder(said: Option<&PathBuf>) -> PathBuf {
    said.cloned().unwrap_or_else(setup::state_folder)
}

fn chosen<'a>(config: &'a Config, only: &[String]) -> Result<Vec<&'a Schedule>, Mistake> {
    if only.is_empty() {
        return Ok(config.schedules.iter().collect());
    }
    let find = |name: &String| {
        let names = config.schedules.iter().map(|schedule| schedule.name.as_str());
        let hint = || did_you_mean(name, names.clone(), "the schedules are");
        let found = config.schedules.iter().find(|schedule| schedule.name == *name);
        found.ok_or_else(|| Mistake::of_argument(&format!("unknown schedule `{name}`{}", hint())))
    };
    only.iter().map(find).collect()
}

fn entry(schedule: &Schedule) -> Entry {
    let words = format!("{}, {}", schedule.rule, schedule.zone.word());
    Entry { name: schedule.name.clone(), words, timetable: schedule.timetable() }
}

fn run(mut desk: Desk<'_>, once: bool) -> Result<u8, Mistake> {
    for schedule in &desk.schedules {
        // What is wrong with an entry is to be said now, and not at its time.
        desk.order(schedule, clock())?;
    }
    let runtime = commands::runtime().map_err(|error| Mistake::of_argument(&format!("no threads: {error}")))?;
    let own = own_traces::start(desk.config, &desk.config.context, runtime.handle());
    let code = runtime.block_on(work(&mut desk, once));
    if let Some(notice) = runtime.block_on(own.close()) {
        note(&notice.to_string());
    }
    // A request that hangs must not keep the program alive.
    runtime.shutdown_background();
    code
}

async fn work(desk: &mut Desk<'_>, once: bool) -> Result<u8, Mistake> {
    let mut stop = Stop::listen().map_err(|error| Mistake::of_argument(&format!("no signals: {error}")))?;
    let mut stopped = pin!(stop.next());
    let entries: Vec<Entry> = desk.schedules.iter().map(|schedule| entry(schedule)).collect();
    let folder = desk.folder.clone();
    let began = clock();
    let _lock = loop {
        let holder = match lock::take(&folder)? {
            Taken::Ours(lock) => break lock,
            Taken::Others(holder) => holder,
        };
        if once && !serve::is_due(&entries, &keep::load(&folder), clock()) {
            return Ok(CALM);
        }
        if !once || clock().since(began) > WAIT {
            note(&format!("{holder}, and one is enough; nothing was done here"));
            return Ok(NOT_SENT);
        }
        tokio::select! {
            code = &mut stopped => return Ok(code),
            () = sleep(Duration::from_secs(1)) => {}
        }
    };
    let mut state = keep::load(&folder);
    let wake = if once { Wake::Once } else { Wake::Always };
    serve::admit(&mut state, &entries, wake, clock());
    // Better now than after the first report: what is not kept would be done again.
    keep::save(&folder, &state).map_err(|why| Mistake::of_argument(&why))?;
    Ok(serve::serve(&entries, &mut state, desk, stopped, clock, wake).await)
}

/// Does what is due: for its context, with its own targets.
struct Desk<'a> {
    cli: &'a Cli,
    config: &'a Config,
    schedules: Vec<&'a Schedule>,
    /// Of the state.
    folder: PathBuf,
    env: Env<'a>,
    /// Only what is wrong is said.
    is_quiet: bool,
    /// Whether the last order has begun to send.
    begun: Arc<AtomicBool>,
}

/// Everything that one run needs.
struct Order {
    backend: Backend,
    plan: Plan,
    delivery: Delivery,
}

impl Desk<'_> {
    /// The same as the command line that would write this report, at the moment `at`.
    fn order(&self, schedule: &Schedule, at: Timestamp) -> Result<Order, Mistake> {
        let mut config = self.config.clone();
        config.ui.zone = schedule.zone.clone();
        if let Some(name) = &schedule.context {
            config.context.clone_from(name);
        }
        let cli = cli::parse(["a360".into()]).map_err(|error| Mistake::of_argument(&error.to_string()))?;
        let cli = Cli {
            config: self.cli.config.clone(),
            calendar: schedule.calendar,
            scope: schedule.scope.clone(),
            send: schedule.send.clone(),
            fail_on: schedule.fail_on,
            ..cli
        };
        let (plan, mut delivery) = setup::report(&cli, schedule.period, &config, at, self.env)?;
        delivery.files.clear();
        if let Some(path) = &schedule.folder {
            let folder = Folder { path: path.clone(), formats: schedule.formats.clone() };
            delivery.targets.push(Target { name: schedule.name.clone(), way: Way::File(folder) });
        }
        delivery.spare = setup::spare(&self.folder);
        let number = config.contexts.iter().position(|context| context.name == config.context).unwrap_or(0);
        Ok(Order { backend: Backend::of(&cli, &config, number, Arc::default()), plan, delivery })
    }

    async fn write(&self, number: usize, due: Timestamp) -> u8 {
        let Some(schedule) = self.schedules.get(number) else { return CALM };
        let now = clock();
        // A day by the calendar is that of the time it was due at, and what was missed is told as of then.
        let is_of_then = schedule.calendar || now.since(due) > LATE;
        match self.order(schedule, if is_of_then { due } else { now }) {
            Ok(mut order) => {
                order.plan.generated_at = now;
                order.delivery.begun = Arc::clone(&self.begun);
                report::run(&order.backend, &order.plan, &order.delivery, clock).await
            }
            Err(mistake) => {
                note(&mistake.to_string());
                NOT_SENT
            }
        }
    }
}

impl Office for Desk<'_> {
    fn run(&mut self, number: usize, due: Timestamp) -> impl Future<Output = u8> {
        // At once, and not when the work begins: what was sent before is none of this one's.
        self.begun = Arc::default();
        self.write(number, due)
    }

    fn has_begun_to_send(&self) -> bool {
        self.begun.load(Ordering::Relaxed)
    }

    fn keep(&mut self, state: &State) {
        if let Err(why) = keep::save(&self.folder, state) {
            note(&why);
        }
    }

    fn say(&mut self, number: usize, text: &str, is_well: bool) {
        if is_well && self.is_quiet {
            return;
        }
        let schedule = self.schedules.get(number);
        let zone = schedule.map_or(jiff::tz::TimeZone::UTC, |schedule| schedule.zone.time_zone());
        let name = schedule.map_or("", |schedule| &schedule.name);
        line(&format!("{} {name}: {text}", clock().format("%Y-%m-%d %H:%M:%S %z", &zone)));
    }
}

fn note(text: &str) {
    line(&format!("a360: {text}"));
}

/// A standard error that nobody holds open is no reason to stop.
fn line(text: &str) {
    let _ = writeln!(io::stderr(), "{}", Plain::new(text));
}
