//! `a360 config init`, `show` and `check`.
#![allow(clippy::panic, clippy::unwrap_used, reason = "helpers of tests may fail like tests")]

use std::path::Path;

use a360::config::{self, Config, Places};
use a360::text::Plain;

fn read(text: &str) -> Config {
    parse(text).unwrap_or_else(|mistake| panic!("{mistake}\n{text}"))
}

fn parse(text: &str) -> Result<Config, config::Mistake> {
    Config::parse(text, Path::new("/etc/a360/config.toml"), Some(Path::new("/home/me")))
}

/// Everything that can be said.
const FULL: &str = include_str!("support/full.toml");

const TARGETS: &str = r#"
[targets.ops]
kind = "slack"
url = { env = "SLACK_URL" }
proxy = "none"
[targets."mara's mail"]
kind = "email"
server = "mail.example"
tls = "tls"
username = "a360"
password = { file = "password" }
from = "a360 <a360@example.org>"
to = "mara@example.org"
ca_file = "ca.pem"
timeout = "20s"
[targets.archive]
kind = "webhook"
url = "https://archive.example/in/"
token = { env = "TOKEN" }
headers = { X-Team = "shop" }
insecure = true
[targets.other]
kind = "webhook"
url = { command = ["pass", "show", "hook"] }
[targets.share]
kind = "file"
folder = "~/reports"
formats = ["markdown", "json"]
"#;

#[test]
fn check_tells_of_targets_what_can_be_told_without_them() {
    let checked = config::check(&read(TARGETS), &[], &|name| name == "TOKEN");
    let lines: Vec<&str> = checked.text.lines().skip(5).collect();
    assert_eq!(
        lines,
        [
            "ops          slack          address in $SLACK_URL not set                no sign-in",
            "mara's mail  email          mail.example:465                             tls, as a360, password /etc/a360/password not found",
            "    ca_file /etc/a360/ca.pem: no such file",
            "archive      webhook        https://archive.example/in/                  token $TOKEN set, X-Team: shop, any certificate accepted (insecure)",
            "other        webhook        address in `pass show hook` run when needed  no sign-in",
            "share        file           /home/me/reports                             markdown, json",
        ]
    );
    let probe = config::Probe {
        context: "ops".to_owned(),
        source: "slack",
        url: "address in $SLACK_URL not set".to_owned(),
        outcome: Err(vec![Plain::new("host not found: hooks")]),
    };
    let checked = config::check(&read(TARGETS), &[probe], &|_| false);
    assert!(!checked.ok && checked.text.contains("FAILED host not found: hooks"), "{}", checked.text);
}

#[test]
fn show_reads_back_to_the_same() {
    for text in [
        FULL,
        config::EXAMPLE,
        "[contexts.a.alertmanager]\nurl = 'http://am'",
        "[contexts.a.jaeger]\nurl = 'http://j/x'\n[contexts.a.scopes.s]\ntraces = 'x \"y\"'",
        TARGETS,
        "[contexts.'eu \"1\"'.prometheus]\nurl = 'http://a'",
    ] {
        let config = read(text);
        let shown = config::show(&config, &|_| true);
        let again = read(&shown);
        assert_eq!((&again.contexts, &again.targets), (&config.contexts, &config.targets), "{shown}");
        assert_eq!(again.schedules, config.schedules, "{shown}");
        assert_eq!((again.context, again.author, again.ui), (config.context, config.author, config.ui), "{shown}");
        let bindings =
            |keys: &[config::KeyBinding]| keys.iter().map(|k| (k.action.clone(), k.keys.clone())).collect::<Vec<_>>();
        assert_eq!(bindings(&again.keys), bindings(&config.keys));
    }
}

#[test]
fn show_tells_where_secrets_are_and_whether() {
    let shown = config::show(&read(FULL), &|name| name == "PROM_PASSWORD");
    for line in [
        "# read from /etc/a360/config.toml",
        "password = { env = \"PROM_PASSWORD\" } # set",
        "token = { file = \"/etc/a360/token\" } # not found",
        "Authorization = { command = [\"/etc/a360/bin/token\", \"prom\"] } # run when needed",
    ] {
        assert!(shown.lines().any(|shown| shown == line), "{line}\n{shown}");
    }
    assert!(config::show(&read(FULL), &|_| false).contains("} # not set"));
    assert!(config::show(&Config::default(), &|_| false).starts_with("# no config file"));
}

#[test]
fn check_says_who_we_are_at_each_source() {
    let checked = config::check(&read(FULL), &[], &|_| false);
    let lines: Vec<&str> = checked.text.lines().collect();
    assert!(checked.ok);
    assert_eq!(lines[0], "/etc/a360/config.toml: valid, 2 contexts, starts with `prod-eu`");
    assert_eq!(lines[1], "staging  prometheus     http://staging:9090      token /etc/a360/token not found");
    assert_eq!(
        lines[2],
        "prod-eu  prometheus     https://prom.example/eu  as oncall, password $PROM_PASSWORD not set, \
         X-Scope-OrgID: shop, Authorization `/etc/a360/bin/token prom` run when needed, \
         any certificate accepted (insecure)"
    );
    assert_eq!(lines[3], "    ca_file /etc/a360/ca.pem: no such file");
    let sign_in = "token $AM_TOKEN not set, X-Scope-OrgID: shop";
    assert_eq!(lines[6], format!("prod-eu  alertmanager   https://am-1.example/eu  {sign_in}"));
    assert_eq!(lines[7], format!("prod-eu  alertmanager   https://am-2.example/eu  {sign_in}"));
    assert_eq!(lines[8], "prod-eu  elasticsearch  https://es.example/eu    token $ES_TOKEN not set");
    assert_eq!(lines[9], "prod-eu  jaeger         https://jaeg.example/eu  token /etc/a360/jaeger-token not found");
    assert_eq!(lines.len(), 10);
}

#[test]
fn check_prints_what_probes_found() {
    let text = "[contexts.prod.prometheus]\nurl='https://prom'\n[contexts.dev.prometheus]\nurl='http://localhost:9090'";
    let probe = |context: &str, outcome| config::Probe {
        context: context.to_owned(),
        source: config::PROMETHEUS,
        url: if context == "dev" { "http://localhost:9090" } else { "https://prom" }.to_owned(),
        outcome,
    };
    let plain = |lines: &[&str]| lines.iter().map(|line| Plain::new(line)).collect::<Vec<_>>();
    let good = probe("prod", Ok(plain(&["2.42.0, clock +0.1 s, 1,234 series, 12 ms"])));
    let bad =
        probe("dev", Err(plain(&["connection refused", "is it running? try: curl http://localhost:9090/-/ready"])));
    let checked = config::check(&read(text), &[good.clone(), bad], &|_| false);
    assert!(!checked.ok);
    assert_eq!(
        checked.text,
        "/etc/a360/config.toml: valid, 2 contexts, starts with `prod`\n\
         prod  prometheus  https://prom           ok 2.42.0, clock +0.1 s, 1,234 series, 12 ms\n\
         dev   prometheus  http://localhost:9090  FAILED connection refused\n    \
         is it running? try: curl http://localhost:9090/-/ready\n"
    );
    assert!(config::check(&read(text), &[good], &|_| false).ok);
}

#[test]
fn check_has_a_line_for_each_server_of_a_pair() {
    let text = "[contexts.p]\nprometheus.url='http://a:1'\nalertmanager.url=['http://a:1', 'http://b:22']\n\
                [contexts.p.overview]\nrequests='sum('";
    let probe = |url: &str, outcome| config::Probe {
        context: "p".to_owned(),
        source: config::ALERTMANAGER,
        url: url.to_owned(),
        outcome,
    };
    let probes = [
        probe("http://b:22", Err(vec![Plain::new("connection refused")])),
        probe("http://a:1", Ok(vec![Plain::new("0.27.0"), Plain::new("it stands alone")])),
    ];
    let checked = config::check(&read(text), &probes, &|_| false);
    let lines: Vec<&str> = checked.text.lines().collect();
    assert_eq!(lines[1], "p  prometheus    http://a:1   no sign-in");
    assert!(lines[2].starts_with("    overview.requests: "), "of Prometheus alone: {}", checked.text);
    assert_eq!(
        lines[3..],
        [
            "p  alertmanager  http://a:1   ok 0.27.0",
            "    it stands alone",
            "p  alertmanager  http://b:22  FAILED connection refused"
        ]
    );
    assert!(!checked.ok);
}

#[test]
fn check_doubts_a_question_it_cannot_read() {
    let text = "[contexts.a.prometheus]\nurl='http://a'\n[contexts.a.overview]\nrequests='sum(rate(x[5m])'";
    let checked = config::check(&read(text), &[], &|_| false);
    assert!(checked.ok && checked.text.contains("    overview.requests: "), "{}", checked.text);
}

#[test]
fn init_writes_a_file_that_is_valid_and_never_over_another() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("new/folder/config.toml");
    let places = Places { platform: Some(path.clone()), ..Places::default() };
    assert_eq!(config::init(&places, false).unwrap(), path);
    assert_eq!(std::fs::read_to_string(&path).unwrap(), config::EXAMPLE);
    assert_eq!(Config::load(&places).unwrap().contexts, Config::default().contexts);

    std::fs::write(&path, "# mine").unwrap();
    let refused = config::init(&places, false).unwrap_err().to_string();
    assert_eq!(refused, format!("{}: is there already; --force replaces it", path.display()));
    assert_eq!(std::fs::read_to_string(&path).unwrap(), "# mine");
    config::init(&places, true).unwrap();
    assert_eq!(std::fs::read_to_string(&path).unwrap(), config::EXAMPLE);
    let left: Vec<_> = std::fs::read_dir(path.parent().unwrap()).unwrap().collect();
    assert_eq!(left.len(), 1, "nothing is left beside it");
}

#[test]
fn init_without_a_home_asks_where() {
    let mistake = config::init(&Places::default(), false).unwrap_err().to_string();
    assert_eq!(mistake, "no home folder is known here; say where with --config FILE");
    let under_a_file = tempfile::NamedTempFile::new().unwrap();
    let places = Places { flag: Some(under_a_file.path().join("config.toml")), ..Places::default() };
    assert!(config::init(&places, false).unwrap_err().to_string().contains("cannot be written: "));
}

#[cfg(unix)]
#[test]
fn init_keeps_a_link_a_link() {
    let folder = tempfile::tempdir().unwrap();
    let (real, link) = (folder.path().join("dotfiles.toml"), folder.path().join("config.toml"));
    std::fs::write(&real, "# old").unwrap();
    std::os::unix::fs::symlink(&real, &link).unwrap();
    let places = Places { flag: Some(link.clone()), ..Places::default() };
    assert!(config::init(&places, false).is_err());
    config::init(&places, true).unwrap();
    assert!(link.symlink_metadata().unwrap().is_symlink());
    assert_eq!(std::fs::read_to_string(&real).unwrap(), config::EXAMPLE);
}
