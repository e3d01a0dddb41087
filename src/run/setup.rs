//! From config and command line to the console's own settings; a mistake in either is found here, before the
//! terminal is taken.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use directories::ProjectDirs;

use super::Env;
use super::author::author;
use super::plan;
use crate::analysis::scope::{narrow_watch, parse_matchers};
use crate::cli::{Cli, Period};
use crate::config::{self, Config, Mistake};
use crate::model::endpoint::Endpoint;
use crate::model::engine::INDEX;
use crate::model::log::Filter;
use crate::model::place::Opening;
use crate::model::target::Target;
use crate::model::watch::{Scope, Watch};
use crate::report::{self, Delivery, Depth as Looks, Patience, Periods, Plan};
use crate::time::{SECOND, Timestamp};
use crate::ui::app::{App, ContextSetup, Select, Setup};
use crate::ui::ascii::Glyphs;
use crate::ui::errand::About;
use crate::ui::keymap::Keymap;
use crate::ui::range::Shown;
use crate::ui::theme::{Depth, Theme};
use crate::ui::view::ViewId;

/// The console as it stands before its first frame.
pub fn app(cli: &Cli, config: &Config, size: (u16, u16), now: Timestamp, env: Env) -> Result<App, Mistake> {
    let argument = |text: &str| Mistake::of_argument(text);
    let unknown = |view: &str| argument(&format!("there is no view `{view}`; --view takes: {}", ViewId::ids()));
    let view = cli.view.as_deref().map(|view| ViewId::parse(view).ok_or_else(|| unknown(view))).transpose()?;
    let zone = config.ui.zone.time_zone();
    let select = cli.select.as_deref().map(|text| Select::parse(text, view.unwrap_or_default(), now, &zone));
    let select = select.transpose().map_err(|error| argument(&error.0))?;
    let shown = match cli.fixed(now, &zone).map_err(|error| argument(&error.0))? {
        Some(range) => Shown::between(range.start, range.end).map_err(|error| argument(&error.0))?,
        None => Shown::Live(config.ui.range),
    };
    let contexts = if cli.demo { vec![demo()] } else { config.contexts.iter().map(context).collect() };
    let context = contexts.iter().position(|context| *context.name == config.context && !cli.demo).unwrap_or(0);
    let scope = scope(cli, &contexts[context])?;
    let setup = Setup {
        contexts,
        demo: cli.demo,
        keymap: keymap(config)?,
        theme: theme(config, env)?,
        ascii: glyphs(config, env) == Glyphs::Ascii,
        zone,
        live: config.ui.range,
        refresh: duration(config.ui.refresh),
        tiles: duration(config.ui.tiles),
        flags: flags(cli),
        author: author(config.author.as_deref(), cli.demo, env),
        bell: config.ui.bell,
        formats: plan::formats(),
    };
    let mut app = App::new(setup, size, now);
    app.view = view.unwrap_or_default();
    app.open(context, scope, shown, select.as_ref());
    Ok(app)
}

/// What only the console can see in a config: themes, and actions in `[keys]`.
pub fn check(config: &Config) -> Result<(), Mistake> {
    keymap(config)?;
    theme(config, &|_| None).map(drop)
}

/// What a report is about and where it goes.
pub fn report(
    cli: &Cli,
    period: Period,
    config: &Config,
    now: Timestamp,
    env: Env,
) -> Result<(Plan, Delivery), Mistake> {
    let zone = config.ui.zone.time_zone();
    let fixed = cli.fixed(now, &zone).map_err(|error| Mistake::of_argument(&error.0))?;
    let chosen = config.find(&config.context)?;
    let context = if cli.demo { demo() } else { context(chosen) };
    let scope = scope(cli, &context)?.checked_sub(1).and_then(|place| context.scopes.get(place));
    let watch = scope.map_or(Ok(context.watch.clone()), |scope| narrow_watch(&context.watch, scope));
    let periods = fixed.map_or_else(|| report::periods(period, cli.calendar, now, &zone), Periods::of);
    let about = About {
        context: ContextSetup {
            // Without a config the ones of this machine are guesses: no report may fail for them.
            alertmanager: context.alertmanager && (cli.demo || config.path.is_some() || cli.alertmanager.is_some()),
            logs: context.logs && (cli.demo || config.path.is_some() || cli.elasticsearch.is_some()),
            traces: context.traces && (cli.demo || config.path.is_some() || cli.jaeger.is_some()),
            ..context.clone()
        },
        watch: watch.map_err(|error| Mistake::of_argument(&error))?,
        opening: Opening {
            flags: flags(cli),
            context: (!cli.demo).then(|| context.name.clone()),
            scope: scope.map(|scope| scope.name.as_str().into()),
        },
        range: periods.now,
        live: None,
        zone,
        demo: cli.demo,
    };
    let label = report::label(period, fixed.is_some());
    let plan = plan::plan(&about, label, periods, Looks::Full, now);
    let ascii = glyphs(config, env) == Glyphs::Ascii;
    let mut targets: Vec<Target> = Vec::new();
    for name in &cli.send {
        let target = config.find_target(name)?;
        if !targets.contains(target) {
            targets.push(target.clone());
        }
    }
    let (files, fail_on, patience) = (cli.files(), cli.fail_on, Patience::default());
    Ok((
        plan,
        Delivery { files, targets, fail_on, ascii, spare: spare(&state_folder()), patience, begun: Arc::default() },
    ))
}

/// Where is kept what was done: the state folder of this user, or beside the temporary files where there is no home.
pub fn state_folder() -> PathBuf {
    let own = |dirs: ProjectDirs| dirs.state_dir().unwrap_or_else(|| dirs.data_local_dir()).to_owned();
    ProjectDirs::from("", "", "a360").map_or_else(|| std::env::temp_dir().join("a360"), own)
}

/// Where in a state folder a report is kept that could not be sent.
pub fn spare(state: &Path) -> PathBuf {
    state.join("unsent")
}

/// As many as the most willing source takes; each client keeps to its own `concurrency`.
fn at_once(context: &config::Context) -> usize {
    let engine = context.elasticsearch.as_ref().map(|engine| engine.endpoint.concurrency);
    let of = |endpoint: Option<&Endpoint>| endpoint.map(|endpoint| endpoint.concurrency);
    let all = [of(context.prometheus.as_ref()), of(context.alertmanager.first()), engine, of(context.jaeger.as_ref())];
    all.into_iter().flatten().max().unwrap_or(1)
}

fn duration(ms: i64) -> Duration {
    Duration::from_millis(ms.max(SECOND).unsigned_abs())
}

fn context(context: &config::Context) -> ContextSetup {
    let address = match &context.prometheus {
        Some(endpoint) => endpoint.url.as_str().into(),
        None => "no Prometheus in this context".into(),
    };
    ContextSetup {
        name: context.name.as_str().into(),
        production: context.production,
        address,
        at_once: at_once(context),
        prometheus: context.prometheus.is_some(),
        alertmanager: !context.alertmanager.is_empty(),
        logs: context.elasticsearch.is_some(),
        traces: context.jaeger.is_some(),
        index: context.elasticsearch.as_ref().map(|engine| engine.index.as_str().into()).unwrap_or_default(),
        read_only: context.read_only,
        dead_mans_switch: context.dead_mans_switch.as_deref().map(Into::into),
        scopes: context.scopes.clone(),
        watch: context.watch.clone(),
    }
}

/// The simulated service, with a scope to try.
fn demo() -> ContextSetup {
    let endpoint = "/api/checkout";
    let logs = Filter { field: "endpoint".to_owned(), value: endpoint.to_owned(), exclude: false };
    let scope = Scope {
        name: "checkout".to_owned(),
        matcher: format!("endpoint=\"{endpoint}\""),
        logs: Some(logs),
        traces: Some("checkout".to_owned()),
    };
    ContextSetup {
        name: "demo".into(),
        production: false,
        address: "the embedded simulation".into(),
        at_once: 4,
        prometheus: true,
        alertmanager: true,
        logs: true,
        traces: true,
        index: INDEX.into(),
        read_only: false,
        // Its rules have none.
        dead_mans_switch: Some("".into()),
        scopes: vec![scope],
        watch: Watch::default(),
    }
}

/// The number of the scope that `--scope` names; 0 is everything.
fn scope(cli: &Cli, context: &ContextSetup) -> Result<usize, Mistake> {
    let Some(name) = &cli.scope else { return Ok(0) };
    let found = config::find_scope(&context.scopes, name, &context.name)?;
    parse_matchers(&found.matcher).map_err(|error| Mistake::of_argument(&error))?;
    Ok(context.scopes.iter().position(|scope| scope == found).map_or(0, |place| place + 1))
}

fn keymap(config: &Config) -> Result<Keymap, Mistake> {
    let changes: Vec<_> = config.keys.iter().map(|binding| (binding.action.clone(), binding.keys.clone())).collect();
    Keymap::default()
        .with(&changes)
        .map_err(|(at, text)| config.mistake(config.keys.get(at).map_or(1, |binding| binding.line), &text))
}

fn theme(config: &Config, env: Env) -> Result<Theme, Mistake> {
    let folder = config.path.as_deref().and_then(Path::parent).unwrap_or(Path::new("")).join("themes");
    let theme = Theme::load(&config.ui.theme, &folder).map_err(|error| config.theme_mistake(&error.to_string()))?;
    let chosen = match config.ui.color {
        config::Color::Auto => None,
        config::Color::None => Some(Depth::Mono),
        config::Color::Ansi16 => Some(Depth::Ansi16),
        config::Color::Ansi256 => Some(Depth::Ansi256),
        config::Color::True => Some(Depth::TrueColor),
    };
    Ok(theme.at(Depth::detect(chosen, env)))
}

/// Which signs can be shown; the report asks as well.
pub fn glyphs(config: &Config, env: Env) -> Glyphs {
    let chosen = match config.ui.glyphs {
        config::Glyphs::Auto => None,
        config::Glyphs::Unicode => Some(Glyphs::Unicode),
        config::Glyphs::Ascii => Some(Glyphs::Ascii),
    };
    Glyphs::detect(chosen, env)
}

/// What a copied command line must repeat to come to the same servers.
fn flags(cli: &Cli) -> Vec<String> {
    let mut flags = Vec::new();
    if cli.demo {
        flags.push("--demo".to_owned());
    }
    if let Some(path) = &cli.config {
        // Whole: the command is read in another folder than this one, out of a chat or a mail.
        let whole = std::path::absolute(path).unwrap_or_else(|_| path.clone());
        flags.extend(["--config".to_owned(), whole.to_string_lossy().into_owned()]);
    }
    for (flag, url) in [
        ("--prometheus", &cli.prometheus),
        ("--alertmanager", &cli.alertmanager),
        ("--elasticsearch", &cli.elasticsearch),
        ("--jaeger", &cli.jaeger),
    ] {
        flags.extend(url.iter().flat_map(|url| [flag.to_owned(), url.clone()]));
    }
    flags
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_copied_command_line_comes_to_the_same_servers() {
        let said = "--jaeger http://j:16686 --alertmanager http://am:9093/x/ --elasticsearch http://es --prometheus http://prom --config /etc/a.toml --range 6h";
        let cli = crate::cli::parse(["a360"].into_iter().chain(said.split(' ')).map(Into::into)).unwrap();
        let expected = "--config /etc/a.toml --prometheus http://prom --alertmanager http://am:9093/x --elasticsearch http://es --jaeger http://j:16686";
        assert_eq!(flags(&cli).join(" "), expected);
    }

    #[test]
    fn a_copied_command_line_finds_its_config_from_any_folder() {
        let cli = crate::cli::parse(["a360", "--config", "a.toml"].map(Into::into)).unwrap();
        let here = std::env::current_dir().unwrap().join("a.toml");
        assert_eq!(flags(&cli), ["--config".to_owned(), here.to_string_lossy().into_owned()]);
    }
}
