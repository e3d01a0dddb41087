//! The config file: what is read from it, what the command line puts on top, and where it is looked for.
#![allow(clippy::panic, clippy::unwrap_used, reason = "helpers of tests may fail like tests")]

use std::path::{Path, PathBuf};
use std::time::Duration;

use a360::config::{self, Color, Config, Glyphs, Overrides, Places, Zone};
use a360::model::endpoint::{Auth, Endpoint, HeaderValue, Proxy, Secret, Tls};
use a360::model::engine::{Engine, FieldNames};
use a360::model::format::Format;
use a360::model::target::{Encryption, Way};
use a360::model::watch::Watch;
use a360::time::{HOUR, MINUTE, SECOND};

fn read(text: &str) -> Config {
    parse(text).unwrap_or_else(|mistake| panic!("{mistake}\n{text}"))
}

fn parse(text: &str) -> Result<Config, config::Mistake> {
    Config::parse(text, Path::new("/etc/a360/config.toml"), Some(Path::new("/home/me")))
}

/// The example with everything that is commented out switched on.
fn whole_example() -> String {
    let switched_on = |line: &'static str| match line.strip_prefix('#') {
        Some(rest) if !rest.starts_with(' ') => rest,
        _ => line,
    };
    config::EXAMPLE.lines().map(switched_on).collect::<Vec<_>>().join("\n")
}

#[test]
fn the_example_is_the_defaults() {
    let (example, default) = (read(config::EXAMPLE), Config::default());
    assert_eq!(example.contexts, default.contexts);
    assert_eq!(example.context, default.context);
    assert_eq!(example.author, default.author);
    assert_eq!(example.ui, default.ui);
    assert_eq!(example.keys, default.keys);
}

#[test]
fn every_commented_key_of_the_example_is_real_and_the_defaults_are_told_right() {
    let config = read(&whole_example());
    let default = Config::default();
    assert_eq!(config.contexts[0], default.contexts[0]);
    assert_eq!(config.ui, default.ui);
    let prod = &config.contexts[1];
    assert!(prod.production && prod.read_only);
    assert_eq!(prod.scopes.iter().map(|scope| scope.name.as_str()).collect::<Vec<_>>(), ["shop", "checkout"]);
    assert_eq!((prod.alertmanager.len(), default.contexts[0].alertmanager.len()), (2, 1));
    assert_eq!(config.keys[0].keys, ["q", "ctrl-q"]);
    let targets: Vec<_> = config.targets.iter().map(|target| (target.name.as_str(), target.way.word())).collect();
    let expected = [("ops-slack", "slack"), ("team-mail", "email"), ("archive", "webhook"), ("share", "file")];
    assert_eq!(targets, expected);
    let found = config.find_target("team-mail").unwrap();
    let Way::Email(mail) = &found.way else { panic!("{found:?}") };
    assert_eq!((mail.port, mail.encryption, mail.timeout), (587, Encryption::StartTls, Duration::from_secs(60)));
    let Way::File(folder) = &config.find_target("share").unwrap().way else { panic!("a folder") };
    assert_eq!(
        (folder.path.as_path(), &folder.formats[..]),
        (Path::new("/home/me/reports"), &[Format::Html, Format::Json][..])
    );
    assert_eq!((config.author.as_deref(), default.author), (Some("mara"), None));
}

#[test]
fn a_target_is_found_by_its_name_or_the_one_that_was_meant() {
    let config = read(&whole_example());
    let mistake = |config: &Config, name: &str| config.find_target(name).unwrap_err().to_string();
    assert_eq!(mistake(&config, "ops-slak"), "unknown target `ops-slak`; did you mean `ops-slack`?");
    let list = "unknown target `x`; the targets are: ops-slack, team-mail, archive, share";
    assert_eq!(mistake(&config, "x"), list);
    assert_eq!(mistake(&Config::default(), "x"), "unknown target `x`; the config has none, add [targets.x]");
}

#[test]
fn the_example_is_written_for_reading() {
    for (at, line) in config::EXAMPLE.lines().enumerate() {
        assert!(!line.contains('\t') && line.trim_end() == line, "line {}", at + 1);
    }
}

/// Everything that can be said.
const FULL: &str = include_str!("support/full.toml");

#[test]
fn everything_that_can_be_said_is_heard() {
    let config = read(FULL);
    let ui = &config.ui;
    assert_eq!((ui.theme.as_str(), ui.color, ui.glyphs), ("light", Color::Ansi256, Glyphs::Ascii));
    assert_eq!((ui.range, ui.refresh, ui.tiles, ui.mouse, ui.bell), (6 * HOUR, 10 * SECOND, MINUTE, true, false));
    assert_eq!(ui.zone.word(), "Europe/Berlin");
    assert_eq!((config.context.as_str(), config.author.as_deref()), ("prod-eu", Some("jonas")));
    let keys: Vec<_> = config.keys.iter().map(|k| (k.action.as_str(), k.keys.join(" "), k.line)).collect();
    assert_eq!(keys, [("quit", "q".to_owned(), 14), ("pause", String::new(), 15)]);

    let [staging, prod] = &config.contexts[..] else { panic!("two contexts") };
    assert_eq!((staging.name.as_str(), staging.production, staging.read_only), ("staging", false, false));
    assert_eq!((prod.name.as_str(), prod.production, prod.read_only), ("prod-eu", true, true));
    let switches = [staging, prod].map(|context| context.dead_mans_switch.as_deref());
    assert_eq!(switches, [Some(""), Some("AlwaysFiring")]);
    let expected = Endpoint {
        auth: Auth::Bearer(Secret::File(PathBuf::from("/etc/a360/token"))),
        proxy: Proxy::None,
        ..Endpoint::new("http://staging:9090")
    };
    assert_eq!(staging.prometheus, Some(expected));
    assert_eq!(prod.scopes[0].matcher, r#"namespace="shop""#);
    let logs = prod.scopes[0].logs.as_ref().map(|logs| (logs.field.as_str(), logs.value.as_str(), logs.exclude));
    assert_eq!(logs, Some(("kubernetes.namespace_name", "shop", false)));
    assert_eq!((prod.scopes[1].name.as_str(), &prod.scopes[1].logs), ("all", &None));
}

#[test]
fn an_endpoint_is_read_whole() {
    let config = read(FULL);
    let header = |name: &str, value| (name.to_owned(), value);
    let command = vec!["/etc/a360/bin/token".to_owned(), "prom".to_owned()];
    let expected = Endpoint {
        url: "https://prom.example/eu".to_owned(),
        auth: Auth::Basic { username: "oncall".to_owned(), password: Secret::Env("PROM_PASSWORD".to_owned()) },
        headers: vec![
            header("X-Scope-OrgID", HeaderValue::Text("shop".to_owned())),
            header("Authorization", HeaderValue::Secret(Secret::Command(command))),
        ],
        tls: Tls {
            ca_file: Some(PathBuf::from("/etc/a360/ca.pem")),
            cert_file: Some(PathBuf::from("/home/me/me.pem")),
            key_file: Some(PathBuf::from("/keys/me.key")),
            insecure: true,
        },
        proxy: Proxy::Url("http://proxy:3128".to_owned()),
        connect_timeout: Duration::from_secs(2),
        timeout: Duration::from_secs(60),
        max_answer: 16 << 20,
        concurrency: 2,
    };
    assert_eq!(config.contexts[1].prometheus, Some(expected));
}

#[test]
fn servers_that_stand_for_each_other_differ_in_their_address_alone() {
    let config = read(FULL);
    let endpoint = |url: &str| Endpoint {
        auth: Auth::Bearer(Secret::Env("AM_TOKEN".to_owned())),
        headers: vec![("X-Scope-OrgID".to_owned(), HeaderValue::Text("shop".to_owned()))],
        timeout: Duration::from_secs(20),
        ..Endpoint::new(url)
    };
    let expected = ["https://am-1.example/eu", "https://am-2.example/eu"].map(endpoint);
    assert_eq!(config.contexts[1].alertmanager, expected);
    assert_eq!(config.contexts[0].alertmanager, [], "a context of a file has only what stands there");
    let alone = read("[contexts.a.alertmanager]\nurl = 'http://am'").contexts.remove(0);
    assert_eq!((alone.prometheus, alone.alertmanager), (None, vec![Endpoint::new("http://am")]));
}

#[test]
fn a_mistake_in_a_list_of_addresses_says_which_one() {
    let said = |url: &str| {
        let text = format!("[contexts.prod.alertmanager]\nurl = {url}");
        let said = parse(&text).unwrap_err().to_string();
        said.strip_prefix("/etc/a360/config.toml:2: `url` in [contexts.prod.alertmanager] ").unwrap_or(&said).to_owned()
    };
    for (url, expected) in [
        ("'am:9093'", "has no scheme; write http://am:9093 or https://am:9093"),
        ("['http://a', 'b:1']", "holds as number 2 an address that has no scheme; write http://b:1 or https://b:1"),
        ("['http://a', 'http://a/']", "names one address twice; each server of a pair has its own"),
        ("[]", "is an empty list; write the address of each server"),
        ("['http://a', 9094]", "must be text in quotes, not a number"),
        ("9093", "must be text in quotes, not a number"),
    ] {
        assert_eq!(said(url), expected, "{url}");
    }
    let word = |text: &str| parse(text).unwrap_err().to_string();
    let missing = "/etc/a360/config.toml:1: [contexts.a.alertmanager] has no `url`; add url = \"http://HOST:PORT\"";
    assert_eq!(word("[contexts.a.alertmanager]\ntimeout = '5s'"), missing);
    let early = word("[contexts.a.alertmanager]\nurl = 'http://am'\nauthor = 'ada'");
    assert!(early.starts_with("/etc/a360/config.toml:3: unknown key `author` in [contexts.a.alertmanager]"), "{early}");
    let list = word("[contexts.a.prometheus]\nurl = ['http://a', 'http://b']");
    assert!(list.ends_with("`url` in [contexts.a.prometheus] must be text in quotes, not a list"), "{list}");
}

#[test]
fn what_is_watched_changes_only_where_it_is_said() {
    let config = read(FULL);
    let requests = "sum(rate(http_requests_total[5m]))".to_owned();
    let mut expected = Watch { requests, ..Watch::default() };
    expected.service = Some("agent360".to_owned());
    expected.limits.error_ratio = 0.05;
    expected.limits.latency_seconds = 0.75;
    expected.limits.memory_ratio = 1.0;
    expected.hosts.load = "node_load5".to_owned();
    expected.database.name = "postgres".to_owned();
    expected.database.matcher = r#"job="postgres""#.to_owned();
    assert_eq!(config.contexts[1].watch, expected);
    assert_eq!(config.contexts[0].watch, Watch::default());
}

#[test]
fn small_files_are_enough() {
    assert_eq!(read("").contexts, Config::default().contexts);
    assert_eq!(read("[ui]\nmouse = true").contexts[0].name, "local");
    let two = "[contexts.b.prometheus]\nurl = 'http://b'\n[contexts.a.prometheus]\nurl = 'http://a'";
    assert_eq!(read(two).context, "b", "the first of the file, not of the alphabet");
    assert_eq!(read("\u{feff}[ui]\r\nzone = 'utc'\r\n").ui.zone, Zone::Utc);
    assert_eq!(read("[ui]\ncolor = true").ui.color, Color::True);
    assert_eq!(read("[ui]\ncolor = '16'").ui.color, Color::Ansi16);
}

#[test]
fn the_command_line_wins_over_the_file() {
    let over = Overrides {
        context: Some("prod-eu".to_owned()),
        prometheus: Some("http://127.0.0.1:9999".to_owned()),
        alertmanager: Some("http://127.0.0.1:9998".to_owned()),
        elasticsearch: Some("http://127.0.0.1:9997".to_owned()),
        jaeger: Some("http://127.0.0.1:9996".to_owned()),
        range: Some(15 * MINUTE),
        refresh: Some(SECOND),
        theme: Some("mono".to_owned()),
        color: Some(Color::None),
        trace_self: Some(Some("http://jaeger:4318/v1/traces".to_owned())),
    };
    let config = read(FULL).with(&over).unwrap();
    assert_eq!(config.find("prod-eu").unwrap().prometheus, Some(Endpoint::new("http://127.0.0.1:9999")));
    // Nothing of who we were there.
    assert_eq!(config.find("prod-eu").unwrap().alertmanager, [Endpoint::new("http://127.0.0.1:9998")]);
    let engine = config.find("prod-eu").unwrap().elasticsearch.clone().unwrap();
    assert_eq!(
        (engine.endpoint, engine.index.as_str()),
        (Endpoint::new("http://127.0.0.1:9997"), "agent360-eu-*,logs-*")
    );
    assert_eq!(config.find("prod-eu").unwrap().jaeger, Some(Endpoint::new("http://127.0.0.1:9996")));
    assert!(config.contexts[0].prometheus.as_ref().unwrap().url.contains("staging"));
    assert_eq!(config.contexts[0].alertmanager, []);
    assert_eq!((config.ui.range, config.ui.refresh, config.ui.color), (15 * MINUTE, SECOND, Color::None));
    assert_eq!(config.theme_mistake("no theme `mono`").to_string(), "no theme `mono`");
    assert!(config.telemetry.enabled && config.telemetry.url == "http://jaeger:4318/v1/traces");
    let on = Overrides { trace_self: Some(None), ..Overrides::default() };
    let on = read("[telemetry]\nurl = 'http://otel:4318'").with(&on).unwrap().telemetry;
    assert!(on.enabled && on.url == "http://otel:4318/v1/traces", "{on:?}");
    assert!(!read(FULL).telemetry.enabled, "off unless asked for");

    let prometheus = || Some("http://other:9090".to_owned());
    let guessed = Config::default().with(&Overrides { prometheus: prometheus(), ..Overrides::default() }).unwrap();
    assert!(guessed.contexts[0].alertmanager.is_empty(), "this machine's Alertmanager knows nothing of it");
    assert!(guessed.contexts[0].elasticsearch.is_none(), "nor does its Elasticsearch");
    assert!(guessed.contexts[0].jaeger.is_none(), "nor its Jaeger");
    let both =
        Overrides { prometheus: prometheus(), alertmanager: Some("http://am".to_owned()), ..Overrides::default() };
    assert_eq!(Config::default().with(&both).unwrap().contexts[0].alertmanager, [Endpoint::new("http://am")]);
    let unknown = Overrides { context: Some("prod-ue".to_owned()), ..Overrides::default() };
    let mistake = read(FULL).with(&unknown).unwrap_err().to_string();
    assert_eq!(mistake, "unknown context `prod-ue`; did you mean `prod-eu`?");
}

#[test]
fn a_search_engine_is_read_whole() {
    let config = read(FULL);
    assert_eq!(config.contexts[0].elasticsearch, None);
    let engine = config.contexts[1].elasticsearch.clone().unwrap();
    let own = |name: &str| Some(name.to_owned());
    let fields = FieldNames {
        time: own("ts"),
        level: own("log.level"),
        service: own("app"),
        message: own("what"),
        kind: own("kind"),
        endpoint: own("route"),
        error_type: own("fault"),
        trace: own("trace.id"),
        place: own("node"),
    };
    assert_eq!((engine.index.as_str(), engine.fields), ("agent360-eu-*,logs-*", fields));
    assert_eq!(engine.endpoint.auth, Auth::Bearer(Secret::Env("ES_TOKEN".to_owned())));
    let least = read("[contexts.a.elasticsearch]\nurl = 'http://es'\n").contexts[0].elasticsearch.clone();
    assert_eq!(least, Some(Engine::new("http://es")));
}

#[test]
fn a_jaeger_is_read_whole() {
    let config = read(FULL);
    let [staging, prod] = &config.contexts[..] else { panic!("two contexts") };
    let token = Auth::Bearer(Secret::File(PathBuf::from("/etc/a360/jaeger-token")));
    assert_eq!(prod.jaeger, Some(Endpoint { auth: token, ..Endpoint::new("https://jaeg.example/eu") }));
    assert_eq!((&staging.jaeger, staging.watch.service.as_deref()), (&None, None));
    let traces: Vec<_> = prod.scopes.iter().map(|scope| scope.traces.as_deref()).collect();
    assert_eq!(traces, [Some("shop"), None]);
    // One source of any kind, and one part of a scope, is enough.
    let least = read("[contexts.a.jaeger]\nurl = 'http://j/'\n[contexts.a.scopes.s]\ntraces = 'x y'\n");
    let [least] = &least.contexts[..] else { panic!("one context") };
    assert_eq!((&least.jaeger, least.watch.service.as_deref()), (&Some(Endpoint::new("http://j")), None));
    assert_eq!((least.scopes[0].matcher.as_str(), least.scopes[0].traces.as_deref()), ("", Some("x y")));
}

#[test]
fn later_readers_can_name_the_line() {
    let config = read(FULL);
    assert_eq!(config.theme_mistake("unknown theme").to_string(), "/etc/a360/config.toml:4: unknown theme");
    let line = config.keys[1].line;
    assert_eq!(config.mistake(line, "no action `pause`").to_string(), "/etc/a360/config.toml:15: no action `pause`");
}

#[test]
fn scopes_are_found_by_name() {
    let config = read(FULL);
    let [staging, prod] = &config.contexts[..] else { panic!("two contexts") };
    assert_eq!(prod.scope("all").unwrap().matcher, r#"namespace=~".+""#);
    let word = |context: &config::Context, name| context.scope(name).unwrap_err().to_string();
    assert_eq!(word(prod, "shpo"), "no scope `shpo` in context `prod-eu`; did you mean `shop`?");
    assert_eq!(word(prod, "payment"), "no scope `payment` in context `prod-eu`; the scopes are: shop, all");
    assert!(word(staging, "shop").ends_with("this context has none, add [contexts.staging.scopes.shop] to the config"));
}

/// A folder with a file in it for each place, each with its own theme.
fn places(folder: &Path) -> Places {
    let file = |name: &str| {
        let path = folder.join(format!("{name}.toml"));
        std::fs::write(&path, format!("[ui]\ntheme = \"{name}\"")).unwrap();
        path
    };
    Places {
        flag: Some(file("flag")),
        variable: Some(file("variable").into()),
        platform: Some(file("platform")),
        home: None,
    }
}

#[test]
fn the_flag_wins_over_the_variable_over_the_platform() {
    let folder = tempfile::tempdir().unwrap();
    let mut places = places(folder.path());
    let theme = |places: &Places| Config::load(places).unwrap().ui.theme;
    assert_eq!(theme(&places), "flag");
    places.flag = None;
    assert_eq!(theme(&places), "variable");
    places.variable = Some("".into());
    assert_eq!(theme(&places), "platform");
    assert_eq!(Config::load(&places).unwrap().path, places.platform);
    std::fs::remove_file(places.platform.as_ref().unwrap()).unwrap();
    assert_eq!(theme(&places), Config::default().ui.theme);
    assert_eq!(theme(&Places::default()), Config::default().ui.theme, "no home, no file, no failure");
}

#[test]
fn a_file_that_was_named_must_be_there_and_readable() {
    let folder = tempfile::tempdir().unwrap();
    let gone = folder.path().join("gone.toml");
    let load = |places: Places| Config::load(&places).unwrap_err().to_string();
    let expected =
        format!("{}: no such file; mend the path, or write one with `a360 config init --config FILE`", gone.display());
    assert_eq!(load(Places { flag: Some(gone.clone()), ..Places::default() }), expected);
    assert_eq!(load(Places { variable: Some(gone.into()), ..places_without_flag(folder.path()) }), expected);

    let here = folder.path().to_owned();
    let expected = format!("{}: this is a folder; name the file in it", here.display());
    assert_eq!(load(Places { platform: Some(here), ..Places::default() }), expected);

    let latin1 = folder.path().join("latin1.toml");
    std::fs::write(&latin1, b"[ui]\n# caf\xe9\n").unwrap();
    let expected = format!("{}:2: not UTF-8 text; save the file as UTF-8", latin1.display());
    assert_eq!(load(Places { platform: Some(latin1), ..Places::default() }), expected);

    let endless = Places { flag: Some("/dev/zero".into()), ..Places::default() };
    assert_eq!(load(endless), "/dev/zero: larger than 4 MiB; that is no config file, mend the path");
}

fn places_without_flag(folder: &Path) -> Places {
    Places { flag: None, ..places(folder) }
}

proptest::proptest! {
    /// A file that was cut, or put together wrongly, is read or refused, nothing else.
    #[test]
    fn no_file_is_too_broken(at in 0..2_000usize, junk in "\\PC{0,12}", cut in proptest::bool::ANY) {
        let start = FULL.char_indices().map(|(i, _)| i).nth(at).unwrap_or(FULL.len());
        let rest = if cut { "" } else { &FULL[start..] };
        if let Err(mistake) = parse(&format!("{}{junk}{rest}", &FULL[..start])) {
            proptest::prop_assert!(mistake.to_string().starts_with("/etc/a360/config.toml:"));
        }
    }
}

#[test]
fn a_promise_is_read_and_can_be_none() {
    let slo = |line: &str| {
        let text = format!("[contexts.x.prometheus]\nurl = \"http://p:9090\"\n[contexts.x.overview]\n{line}\n");
        parse(&text).map(|config| config.contexts[0].watch.slo).map_err(|error| error.to_string())
    };
    assert_eq!((slo(""), slo("slo = 0.99")), (Ok(Some(0.999)), Ok(Some(0.99))));
    assert_eq!((slo("slo = false"), slo("slo = 0")), (Ok(None), Ok(None)));
    for bad in ["slo = true", "slo = 1", "slo = 1.5", "slo = -1", "slo = \"99.9%\""] {
        assert!(slo(bad).unwrap_err().contains("`slo`"), "{bad}");
    }
}
