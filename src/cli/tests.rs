//! What is said on the command line, and what is refused.

use super::*;
use crate::time::{DAY, HOUR, MINUTE, SECOND};

fn said(line: &str) -> Result<Cli, clap::Error> {
    parse(std::iter::once("a360").chain(line.split(' ').filter(|word| !word.is_empty())).map(OsString::from))
}

fn good(line: &str) -> Cli {
    said(line).unwrap_or_else(|error| panic!("{line}: {error}"))
}

#[test]
fn clap_finds_no_fault_in_the_table_of_flags() {
    Cli::command().debug_assert();
}

#[test]
fn nothing_said_is_the_console() {
    let cli = good("");
    assert!(!cli.demo && cli.report.is_none() && cli.command.is_none());
    assert_eq!(cli.overrides(), Overrides::default());
}

#[test]
fn the_console_as_it_is_copied() {
    let cli =
        good("--context prod --scope shop --view overview --select errors --range 6h --refresh 10s --theme light");
    assert_eq!(
        (cli.scope.as_deref(), cli.view.as_deref(), cli.select.as_deref()),
        (Some("shop"), Some("overview"), Some("errors"))
    );
    let over = cli.overrides();
    assert_eq!((over.context.as_deref(), over.theme.as_deref()), (Some("prod"), Some("light")));
    assert_eq!(good("--prometheus http://prom/").prometheus.as_deref(), Some("http://prom"));
    let other = good("--alertmanager http://am/x/").overrides();
    assert_eq!((other.prometheus, other.alertmanager.as_deref()), (None, Some("http://am/x")));
    let logs = good("--elasticsearch https://es/x/").overrides();
    assert_eq!((logs.prometheus, logs.elasticsearch.as_deref()), (None, Some("https://es/x")));
    let traces = good("--jaeger http://j/x/").overrides();
    assert_eq!((traces.prometheus, traces.jaeger.as_deref()), (None, Some("http://j/x")));
    assert_eq!((over.range, over.refresh), (Some(6 * HOUR), Some(10 * SECOND)));
}

#[test]
fn its_own_traces_are_asked_for() {
    let said_of = |line: &str| good(line).overrides().trace_self;
    assert_eq!(said_of(""), None);
    assert_eq!(said_of("--trace-self --report daily"), Some(None));
    assert_eq!(
        said_of("--demo --trace-self=http://jaeger:4318"),
        Some(Some("http://jaeger:4318/v1/traces".to_owned()))
    );
    assert!(said("--trace-self=jaeger").unwrap_err().to_string().contains("`--trace-self` has no scheme"));
    assert!(said("--trace-self http://jaeger:4318").is_err(), "an address needs the sign before it");
    assert!(said("--trace-self config check").unwrap_err().to_string().contains("does nothing"));
}

#[test]
fn reports() {
    let period = |line| good(line).report.map(|period| (period, period.length()));
    assert_eq!(period("--report"), Some((Period::LastHour, HOUR)));
    assert_eq!(period("--report daily"), Some((Period::Daily, DAY)));
    assert_eq!(period("--report weekly"), Some((Period::Weekly, 7 * DAY)));
    assert_eq!(period("--report monthly"), Some((Period::Monthly, 30 * DAY)));
    assert_eq!(period("--report 90m"), Some((Period::Length(90 * MINUTE), 90 * MINUTE)));
    assert!(good("--report daily --calendar").calendar && !good("--report weekly").calendar);
    let cli = good("--report --format json --output /tmp/r.json --fail-on warning");
    assert_eq!(cli.fail_on, FailOn::Warning);
    assert_eq!(cli.files(), [(Format::Json, Output::File(PathBuf::from("/tmp/r.json")))]);
    let cli = good("--report --from -2h --to -1h --output -");
    assert_eq!((cli.report, cli.output), (Some(Period::LastHour), vec![Output::Stdout]));
}

#[test]
fn commands() {
    let command = |line| good(line).command.unwrap();
    assert_eq!(command("config check"), Command::Config(ConfigCommand::Check { connect: false }));
    assert_eq!(command("config check --connect"), Command::Config(ConfigCommand::Check { connect: true }));
    assert_eq!(command("config init --force"), Command::Config(ConfigCommand::Init { force: true }));
    assert_eq!(command("config show"), Command::Config(ConfigCommand::Show));
    let state = Some(PathBuf::from("/s"));
    let run = ScheduleCommand::Run { once: true, only: vec!["a".into(), "b c".into()], state: state.clone() };
    let words = ["a360", "schedule", "run", "--once", "--only", "a", "--only", "b c", "--state", "/s"];
    assert_eq!(parse(words.map(OsString::from)).unwrap().command, Some(Command::Schedule(run)));
    let units = ScheduleCommand::Print { what: Waker::Systemd, timers: true, state };
    assert_eq!(command("schedule print systemd --timers --state /s"), Command::Schedule(units));
    let lines = ScheduleCommand::Print { what: Waker::Cron, timers: false, state: None };
    assert_eq!(command("schedule print cron"), Command::Schedule(lines));
    assert_eq!(command("schedule list"), Command::Schedule(ScheduleCommand::List { state: None }));
    assert_eq!(command("completions fish"), Command::Completions { shell: Shell::Fish });
    for line in ["--config x.toml config show", "config show --config x.toml", "config --config x.toml show"] {
        assert_eq!(good(line).config.as_deref(), Some(std::path::Path::new("x.toml")), "{line}");
    }
}

#[test]
fn a_wrong_flag_is_64_and_names_its_mend() {
    let cases = [
        ("--contxt prod", "--context"),
        ("--prometheus 127.0.0.1:9090", "write http://127.0.0.1:9090"),
        ("--prometheus http://me:hunter2@prom", "take them out"),
        ("--alertmanager am:9093", "the address of `--alertmanager` has no scheme; write http://am:9093"),
        ("--demo --alertmanager http://am", "cannot be used with"),
        ("--elasticsearch es:9200", "the address of `--elasticsearch` has no scheme; write http://es:9200"),
        ("--demo --elasticsearch http://es", "cannot be used with"),
        ("--jaeger j:16686", "the address of `--jaeger` has no scheme; write http://j:16686"),
        ("--demo --jaeger http://j", "cannot be used with"),
        ("--range 5", "write 30s"),
        ("--range 10s", "write 1m to 365d"),
        ("--refresh 100ms", "write 1s to 1h"),
        ("--color pink", "write one of: auto"),
        ("--from yesterday", "write 14:00"),
        ("--to 14:00", "--from"),
        ("--range 6h --from 14:00", "cannot be used with"),
        ("--report fortnightly", "write daily, weekly, monthly"),
        ("--report 5s", "1m to 366d"),
        ("--report daily --from 14:00", "leave out the one or the other"),
        ("--calendar", "--report"),
        ("--report --calendar", "`--calendar` needs --report daily, weekly or monthly"),
        ("--report 90m --calendar", "`--calendar` needs --report daily, weekly or monthly"),
        ("--report --calendar --from 14:00", "cannot be used with"),
        ("--report --range 6h", "cannot be used with"),
        ("--report --view overview", "cannot be used with"),
        ("--report --format pdf", "text, markdown, html, json"),
        ("--report --fail-on panic", "critical, warning, none"),
        ("--report --output=", "- for the standard output"),
        ("--format json", "--report"),
        ("--output x", "--report"),
        ("--send x", "--report"),
        ("--report --output a --output a", "names a twice"),
        ("--report --send a --format json", "targets have formats of their own"),
        ("--fail-on none", "--report"),
        ("--demo --prometheus http://prom", "cannot be used with"),
        ("--demo config check", "does nothing for `a360 config`"),
        ("--report config", "write daily"),
        ("--demo schedule run", "does nothing for `a360 schedule`"),
        ("schedule print", "<WHAT>"),
        ("--scope shop completions bash", "does nothing for `a360 completions`"),
        ("completions tcsh", "bash, elvish, fish, powershell, zsh"),
        ("overview", "unrecognized subcommand"),
    ];
    for (line, part) in cases {
        let error = said(line).expect_err(line);
        let text = error.to_string();
        assert!(text.starts_with("error: ") && text.contains(part), "{line}: {text}");
        assert_eq!(exit_code(&error), WRONG_USE, "{line}");
    }
}

#[test]
fn a_password_in_an_address_is_not_printed_back() {
    for (flag, url) in [
        ("--prometheus", "http://me:hunter2@prom"),
        ("--prometheus", "me:hunter2@prom:9090"),
        ("--alertmanager", "http://hunter2@am"),
    ] {
        let text = said(&format!("{flag} {url}")).unwrap_err().to_string();
        assert!(text.contains(flag) && !text.contains("hunter2"), "{text}");
    }
}

#[test]
fn help_and_version_are_no_errors() {
    for line in ["--help", "-h", "--version", "config --help", "config check --help", "completions --help"] {
        assert_eq!(exit_code(&said(line).unwrap_err()), 0, "{line}");
    }
    let help = said("--help").unwrap_err().to_string();
    for part in ["Examples:", "--report [<PERIOD>]", "a360 --demo", "Exit codes:", "--prometheus <URL>", "A360_AUTHOR"]
    {
        assert!(help.contains(part), "{part} is not in\n{help}");
    }
}

#[test]
fn fixed_ranges_end_now_and_run_forwards() {
    let now = Timestamp(1_700_000_000_000);
    let fixed = |line: &str| good(line).fixed(now, &TimeZone::UTC);
    assert_eq!(fixed(""), Ok(None));
    assert_eq!(fixed("--from -90m"), Ok(Some(Range::new(now.plus(-90 * MINUTE), now))));
    assert_eq!(fixed("--from -2h --to now-1h"), Ok(Some(Range::new(now.plus(-2 * HOUR), now.plus(-HOUR)))));
    assert!(fixed("--from 23:00 --to 22:00").unwrap_err().0.contains("swap them"));
    assert!(fixed("--from -1h --to -1h").is_err());
    assert!(fixed("--from 2099-01-01").unwrap_err().0.contains("has not come yet"));
    assert!(fixed("--from 2099-01-01 --to 2099-01-02").unwrap_err().0.contains("has not come yet; write the day"));
}

#[test]
fn every_shell_gets_completions() {
    for shell in Shell::value_variants() {
        let script = String::from_utf8(completions(*shell)).unwrap();
        assert!(script.contains("a360") && script.contains("fail-on"), "{shell}");
    }
}

#[test]
fn a_report_goes_where_it_is_said_and_to_the_screen_only_where_nothing_is_said() {
    let files = |line: &str| good(line).files();
    let file = |name: &str| Output::File(PathBuf::from(name));
    assert_eq!(files("--report"), [(Format::Text, Output::Stdout)]);
    assert_eq!(files("--report --send a"), []);
    assert_eq!(files("--report --send a --output -"), [(Format::Text, Output::Stdout)]);
    let both = [(Format::Html, file("a.html")), (Format::Json, file("b.JSON")), (Format::Text, file("c.log"))];
    assert_eq!(files("--report --output a.html --output b.JSON --output c.log"), both);
    assert_eq!(files("--report --output a.html --format json"), [(Format::Json, file("a.html"))]);
    assert_eq!(good("--report --send a,b --send c").send, ["a", "b", "c"]);
}
