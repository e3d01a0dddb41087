//! Prometheus's and Alertmanager's own checkers on the shipped files.

use std::fs;
use std::path::Path;
use std::process::Command;

use super::files::{ALERTMANAGER, PROMETHEUS, RULE_TESTS, RULES, path, text};
use super::program::program;

fn promtools() -> [String; 2] {
    ["prometheus-2.42", "prometheus-3.14"].map(|server| program(server, "promtool"))
}

fn amtools() -> [String; 2] {
    ["alertmanager-0.25", "alertmanager-0.31"].map(|server| program(server, "amtool"))
}

/// Whether the program was content, and all that it said.
fn run(program: &str, args: &[&str], file: &Path) -> (bool, String) {
    let output = Command::new(program).args(args).arg(file).output();
    let output = output.unwrap_or_else(|error| panic!("{program}: {error}"));
    let said = [output.stdout, output.stderr].concat();
    (output.status.success(), String::from_utf8_lossy(&said).into_owned())
}

fn content(program: &str, args: &[&str], file: &str) {
    let (good, said) = run(program, args, &path(file));
    assert!(good, "{program} {} {file}:\n{said}", args.join(" "));
}

#[test]
#[ignore = "skipped: needs real servers, see tests/stack"]
fn promtool_takes_the_rules_and_the_config() {
    for promtool in promtools() {
        content(&promtool, &["check", "rules"], RULES);
        content(&promtool, &["check", "config"], PROMETHEUS);
    }
}

#[test]
#[ignore = "skipped: needs real servers, see tests/stack"]
fn each_rule_fires_when_it_should_and_not_before() {
    for promtool in promtools() {
        content(&promtool, &["test", "rules"], RULE_TESTS);
    }
}

/// A rule that is slightly wrong must not pass: the tests of the rules are tested. One program is enough for that.
#[test]
#[ignore = "skipped: needs real servers, see tests/stack"]
fn a_wrong_rule_is_noticed() {
    const LIMIT: &str = r#"container_spec_memory_limit_bytes{container="agent360"}"#;
    const LIMITED: &str = r#"(container_spec_memory_limit_bytes{container="agent360"} > 0)"#;
    const MUTANTS: [(&str, &str); 20] = [
        ("> 0.1\n", "> 0.11\n"),
        ("> 0.1\n", "> 0.098\n"),
        ("> 0.1\n", ">= 0.1\n"),
        ("> 2\n", "> 2.1\n"),
        ("> 2\n", "> 1.95\n"),
        ("> 0.85\n", "> 0.86\n"),
        ("> 0.85\n", "> 0.845\n"),
        ("> 0.85\n", ">= 0.85\n"),
        ("> 0.1\n        for: 5m", "> 0.1\n        for: 4m45s"),
        ("> 0.1\n        for: 5m", "> 0.1\n        for: 5m15s"),
        ("> 2\n        for: 5m", "> 2\n        for: 4m45s"),
        ("> 2\n        for: 5m", "> 2\n        for: 5m15s"),
        ("for: 15m", "for: 14m45s"),
        ("for: 15m", "for: 15m15s"),
        (r#""5..""#, r#""500""#),
        (r#""5..""#, r#""[45]..""#),
        ("0.95,", "0.9,"),
        ("(le, endpoint)", "(le)"),
        ("severity: critical", "severity: warning"),
        (LIMIT, LIMITED),
    ];
    let promtool = &promtools()[0];
    let folder = tempfile::tempdir().unwrap();
    let place = |name: &str| folder.path().join(Path::new(name).file_name().unwrap());
    let tests = place(RULE_TESTS);
    fs::write(&tests, text(RULE_TESTS)).unwrap();
    for (right, wrong) in MUTANTS {
        let rules = text(RULES);
        assert!(rules.contains(right), "{right:?} is not in the rules");
        fs::write(place(RULES), rules.replacen(right, wrong, 1)).unwrap();
        let (takes, said) = run(promtool, &["check", "rules"], &place(RULES));
        assert!(takes, "{wrong:?} is no rule at all:\n{said}");
        assert!(!run(promtool, &["test", "rules"], &tests).0, "{promtool} did not notice {right:?} -> {wrong:?}");
    }
}

#[test]
#[ignore = "skipped: needs real servers, see tests/stack"]
fn amtool_takes_the_config_and_sends_each_severity_to_its_team() {
    for amtool in amtools() {
        content(&amtool, &["check-config"], ALERTMANAGER);
        for (labels, receiver) in [
            (&["alertname=HighErrorRate", "severity=critical"][..], "team-agent360-critical"),
            (&["alertname=HighLatency", "severity=warning"], "team-agent360"),
            (&["alertname=NoSeverity"], "team-agent360"),
        ] {
            let file = path(ALERTMANAGER);
            let config = format!("--config.file={}", file.display());
            let verify = format!("--verify.receivers={receiver}");
            let output =
                Command::new(&amtool).args(["config", "routes", "test", &config, &verify]).args(labels).output();
            let output = output.unwrap_or_else(|error| panic!("{amtool}: {error}"));
            let told = String::from_utf8_lossy(&output.stdout).into_owned();
            assert!(output.status.success(), "{amtool} {labels:?}: {told}");
            assert_eq!(told.lines().next().map(str::trim), Some(receiver), "{amtool} {labels:?}");
        }
    }
}
