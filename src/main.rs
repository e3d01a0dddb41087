//! `a360`: arguments → config → console, report or command → exit code. A closed pipe is not an error.

use std::io::{self, Write};
use std::process::ExitCode;
use std::sync::Arc;

use a360::cli::{self, Cli, Command, Period, WRONG_USE};
use a360::config::{Config, Mistake, Places};
use a360::report;
use a360::run::backend::Backend;
use a360::run::reporter::Shelf;
use a360::run::terminal::{self, Options};
use a360::run::{clock, commands, console, own_traces, schedule, setup};

/// 128 and the number of SIGHUP: the terminal went away.
const HUNG_UP: u8 = 129;

fn main() -> ExitCode {
    let cli = match cli::parse(std::env::args_os()) {
        Ok(cli) => cli,
        Err(error) => {
            // Nobody is left to tell when this cannot be printed.
            let _ = error.print();
            return ExitCode::from(cli::exit_code(&error));
        }
    };
    ExitCode::from(start(&cli).unwrap_or_else(|mistake| {
        let _ = writeln!(io::stderr(), "error: {mistake}");
        WRONG_USE
    }))
}

fn start(cli: &Cli) -> Result<u8, Mistake> {
    let places = Places::of_process(cli.config.clone());
    match &cli.command {
        Some(Command::Completions { shell }) => return Ok(commands::print(&cli::completions(*shell))),
        Some(Command::Config(command)) => return commands::config(command, &places),
        Some(Command::Schedule(command)) => return schedule::command(command, cli, &places, &env),
        None => {}
    }
    // The demo needs nothing: a broken config must not keep anyone from it, a chosen one is read.
    let config = if cli.demo && cli.config.is_none() { Config::default() } else { Config::load(&places)? };
    let config = config.with(&cli.overrides())?;
    match cli.report {
        Some(period) => write_report(cli, period, &config),
        None => console(cli, &config),
    }
}

fn write_report(cli: &Cli, period: Period, config: &Config) -> Result<u8, Mistake> {
    let (plan, delivery) = setup::report(cli, period, config, clock(), &env)?;
    let context = config.contexts.iter().position(|context| context.name == config.context).unwrap_or(0);
    let backend = Backend::of(cli, config, context, Arc::default());
    let runtime = commands::runtime().map_err(|error| Mistake::of_argument(&format!("no threads: {error}")))?;
    let own = own_traces::start(config, &plan.context, runtime.handle());
    let code = runtime.block_on(report::run(&backend, &plan, &delivery, clock));
    if let Some(notice) = runtime.block_on(own.close()) {
        let _ = writeln!(io::stderr(), "a360: {notice}");
    }
    runtime.shutdown_background();
    Ok(code)
}

fn console(cli: &Cli, config: &Config) -> Result<u8, Mistake> {
    let size = terminal::size();
    let mut app = setup::app(cli, config, (size.width, size.height), clock(), &env)?;
    if let Err(why) = terminal::check() {
        return Err(Mistake::of_argument(&why.to_string()));
    }
    let host = Arc::default();
    let sources = |number: usize| Backend::of(cli, config, number, Arc::clone(&host));
    let options = Options { mouse: config.ui.mouse };
    let ended = commands::runtime().and_then(|runtime| {
        let own = own_traces::start(config, app.context().map_or("", |context| &context.name), runtime.handle());
        let code = runtime.block_on(console::run(&mut app, sources, options, Shelf::of_process(&env), &own));
        // The terminal is the user's again; what there was to say stood in the footer.
        let _ = runtime.block_on(own.close());
        // A request that hangs must not keep the program alive.
        runtime.shutdown_background();
        code
    });
    Ok(ended.unwrap_or_else(|error| {
        if terminal::is_gone() {
            return HUNG_UP;
        }
        let _ = writeln!(io::stderr(), "error: the terminal: {error}");
        1
    }))
}

fn env(name: &str) -> Option<String> {
    std::env::var(name).ok()
}
