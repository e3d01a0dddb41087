//! Alerts as the servers tell of them: rules, what Alertmanager holds, silences; and the situations made of them.

use a360::model::alert::{Alert, AlertState};
use a360::model::delivery::{Held, Holdings};
use a360::model::fault::FetchError;
use a360::model::labels::Labels;
use a360::model::matcher;
use a360::model::rule::{Alerting, Health, Rule, RuleGroup};
use a360::model::silence::{Silence, SilenceState};
use a360::time::{MINUTE, SECOND};
use a360::ui::app::{App, Event};

use crate::console::{self, NOW};
use crate::press;
use crate::scenes::HOSTILE;
use crate::story::{Story, by, since};

const ERRORS: &str =
    r#"sum(rate(agent360_requests_total{status=~"5.."}[5m])) / sum(rate(agent360_requests_total[5m]))"#;
const LATENCY: &str =
    "histogram_quantile(0.95, sum by (endpoint, le) (rate(agent360_request_duration_seconds_bucket[5m])))";

pub fn rule(name: &str, expr: &str, minutes: i64, alerts: Vec<Alert>) -> Rule {
    Rule {
        name: name.into(),
        expr: expr.to_owned(),
        health: Health::Ok,
        last_error: "".into(),
        took: 2.1,
        evaluated: Some(NOW.plus(-4 * SECOND)),
        labels: Labels::default(),
        alerting: Some(Alerting { hold: minutes * MINUTE, keep: 0, annotations: Labels::default(), alerts }),
    }
}

pub fn failing(name: &str) -> Rule {
    Rule {
        health: Health::Failing,
        last_error: "found duplicate series for the match group".into(),
        ..rule(name, "a / b > 1", 5, Vec::new())
    }
}

pub fn group(name: &str, rules: Vec<Rule>) -> RuleGroup {
    RuleGroup {
        name: name.into(),
        file: "/etc/rules.yml".into(),
        interval: 15 * SECOND,
        took: 4.0,
        evaluated: Some(NOW.plus(-4 * SECOND)),
        rules,
    }
}

pub fn alert(labels: &[(&str, &str)], state: AlertState, minutes: i64, value: f64) -> Alert {
    Alert {
        labels: Labels::of(labels),
        annotations: Labels::of(&[("summary", "Something is wrong with it")]),
        state,
        active_at: Some(NOW.plus(-minutes * MINUTE)),
        value: Some(value),
    }
}

pub fn held(alert: &Alert, receivers: &[&str]) -> Held {
    Held {
        fingerprint: format!("{:016x}", alert.labels.to_string().len()).into(),
        labels: alert.labels.clone(),
        annotations: alert.annotations.clone(),
        starts_at: alert.active_at,
        updated_at: Some(NOW),
        receivers: receivers.iter().map(|name| (*name).into()).collect(),
        generator: "http://prometheus.example:9090/graph?g0.expr=up".into(),
        silenced_by: Vec::new(),
        inhibited_by: Vec::new(),
        muted_by: Vec::new(),
    }
}

pub fn silence(id: &str, state: SilenceState, matchers: &str, minutes_left: i64) -> Silence {
    Silence {
        id: id.to_owned(),
        state,
        matchers: matcher::parse(matchers).unwrap(),
        starts_at: NOW.plus(-300 * MINUTE),
        ends_at: NOW.plus(minutes_left * MINUTE),
        created_by: "mara".into(),
        comment: "deploy of 4.2".into(),
    }
}

pub fn calm() -> Story {
    let quiet = |name: &str| rule(name, "a > 1", 5, Vec::new());
    Story {
        rules: Some(Ok(vec![group("agent360", ["HighErrorRate", "HighLatency", "NotUp"].map(quiet).into())])),
        held: Some(Ok(Holdings::default())),
        ..Story::calm()
    }
}

/// One critical, two of one name, one pending; three that nobody is told of.
pub fn incident() -> Story {
    let errors = Alert {
        annotations: Labels::of(&[
            ("description", "Error rate is above 10% for 5 minutes on cluster eu-1"),
            ("runbook_url", "https://runbooks.example/agent360/high-error-rate"),
            ("summary", "High error rate"),
        ]),
        ..alert(
            &[("alertname", "HighErrorRate"), ("severity", "critical"), ("cluster", "eu-1")],
            AlertState::Firing,
            11,
            0.124,
        )
    };
    let slow = |endpoint: &str, state, minutes, value| {
        alert(&[("alertname", "HighLatency"), ("severity", "warning"), ("endpoint", endpoint)], state, minutes, value)
    };
    let latency = [
        slow("/api/checkout", AlertState::Firing, 9, 3.1),
        slow("/api/pay", AlertState::Pending, 3, 2.2),
        slow("/api/search", AlertState::Firing, 14, 2.4),
    ];
    let memory = alert(
        &[("alertname", "HighMemoryUsage"), ("severity", "warning"), ("pod", "agent360-7c9f")],
        AlertState::Firing,
        40,
        1.9e9,
    );
    let cpu = alert(&[("alertname", "HighCPU"), ("severity", "info")], AlertState::Firing, 5, 91.0);
    let silenced = Held { silenced_by: vec!["s1".into()], ..held(&latency[2], &["agent360-alerts"]) };
    let inhibited = Held { inhibited_by: vec![held(&errors, &[]).fingerprint], ..held(&memory, &["agent360-alerts"]) };
    let muted = Held { muted_by: vec!["weekend".into()], ..held(&cpu, &["agent360-alerts"]) };
    let alerts: Vec<Alert> = [errors.clone(), memory.clone(), cpu.clone()].into_iter().chain(latency.clone()).collect();
    let mut error_rule = rule("HighErrorRate", &format!("{ERRORS} > 0.1"), 5, vec![errors.clone()]);
    error_rule.labels = Labels::of(&[("severity", "critical"), ("cluster", "eu-1")]);
    let rules = vec![
        error_rule,
        rule("HighLatency", &format!("{LATENCY} > 2"), 5, latency.to_vec()),
        rule("HighMemoryUsage", "agent360_memory_usage_bytes > 1.5e9", 15, vec![memory.clone()]),
        rule("HighCPU", "agent360_cpu_usage_percent > 90", 0, vec![cpu.clone()]),
    ];
    let mut story = Story {
        alerts,
        rules: Some(Ok(vec![group("agent360", rules)])),
        held: Some(Ok(Holdings {
            alerts: vec![
                held(&errors, &["agent360-critical", "pagerduty"]),
                held(&latency[0], &["agent360-alerts"]),
                silenced,
                inhibited,
                muted,
            ],
            notes: Vec::new(),
        })),
        silences: vec![
            silence("s1", SilenceState::Active, "alertname=HighLatency, endpoint=\"/api/search\"", 43),
            silence("s0", SilenceState::Expired, "alertname=~\"High.*\", severity=critical", -120),
        ],
        ..Story::incident()
    };
    story.alerts.sort_by(|a, b| a.labels.cmp(&b.labels));
    story.lines(&parsed(ERRORS), vec![(Labels::default(), since(11.0, 0.003, 0.124))]);
    story.lines(
        &parsed(LATENCY),
        vec![
            (by("endpoint", "/api/checkout"), since(9.0, 0.4, 3.1)),
            (by("endpoint", "/api/pay"), since(3.0, 0.3, 2.2)),
        ],
    );
    day(&mut story, &errors, &[(0.0, 6.0), (300.0, 309.0), (600.0, 608.0), (900.0, 915.0)]);
    story
}

/// When an alert fired within the last day, in minutes ago.
pub fn day(story: &mut Story, alert: &Alert, fired: &'static [(f64, f64)]) {
    let labels = alert.labels.with("__name__", "ALERTS").with("alertstate", "firing");
    let matchers = alert.labels.iter().map(|(name, value)| format!(", {name}=\"{value}\"")).collect::<String>();
    let inside = move |ago: f64| fired.iter().any(|(from, to)| (*from..=*to).contains(&ago)).then_some(1.0);
    story.lines(&format!("ALERTS{{alertstate=\"firing\"{matchers}}}"), vec![(labels, Box::new(inside))]);
}

/// As the expression is written after it was read.
fn parsed(expr: &str) -> String {
    a360::analysis::alerts::threshold(&format!("{expr} > 0")).unwrap().expr
}

/// So many alerts of two rules.
pub fn many(count: usize) -> Story {
    let name = |i: usize| if i.is_multiple_of(3) { "PodCrashLooping" } else { "TargetDown" };
    let severity = |i: usize| ["warning", "critical", "info"][i % 3];
    let one = |i: usize| {
        alert(
            &[("alertname", name(i)), ("severity", severity(i)), ("pod", &format!("pod-{i:05}"))],
            if i.is_multiple_of(7) { AlertState::Pending } else { AlertState::Firing },
            i as i64 % 300 + 6,
            i as f64,
        )
    };
    let alerts: Vec<Alert> = (0..count).map(one).collect();
    let of = |wanted: &str| alerts.iter().filter(|alert| alert.name() == wanted).cloned().collect();
    let rules = vec![
        rule("PodCrashLooping", "restarts > 3", 5, of("PodCrashLooping")),
        rule("TargetDown", "up < 1", 5, of("TargetDown")),
    ];
    let firing = alerts.iter().filter(|alert| alert.state == AlertState::Firing);
    let mut holdings: Vec<Held> = firing.map(|alert| held(alert, &["oncall"])).collect();
    for held in holdings.iter_mut().step_by(5) {
        held.silenced_by.push("s1".to_owned());
    }
    Story {
        rules: Some(Ok(vec![group("many", rules)])),
        held: Some(Ok(Holdings { alerts: holdings, notes: Vec::new() })),
        silences: vec![silence("s1", SilenceState::Active, "pod=~\"pod-.*\"", 43)],
        alerts,
        ..Story::calm()
    }
}

pub fn hostile() -> Story {
    let mut words: Vec<String> = HOSTILE.iter().map(|word| (*word).to_owned()).collect();
    words.push("x".repeat(64 * 1024));
    let one = |word: &String| {
        let mut alert =
            alert(&[("alertname", word), ("severity", word), (word, word)], AlertState::Firing, 3, f64::NAN);
        alert.annotations = Labels::of(&[("summary", word), ("runbook_url", word), (word, word)]);
        alert
    };
    let mut alerts: Vec<Alert> = words.iter().map(one).collect();
    // No labels at all, no value, no time.
    alerts.push(Alert { labels: Labels::default(), value: None, active_at: None, ..alerts[0].clone() });
    let holdings = alerts.iter().map(|alert| Held {
        generator: words[0].as_str().into(),
        inhibited_by: vec![words[1].as_str().into()],
        ..held(alert, &words.iter().map(String::as_str).collect::<Vec<_>>())
    });
    let mut broken = failing(&words[0]);
    broken.last_error = words[1].as_str().into();
    Story {
        rules: Some(Ok(vec![group(&words[0], vec![rule(&words[0], "((", 5, alerts.clone()), broken])])),
        held: Some(Ok(Holdings { alerts: holdings.take(3).collect(), notes: vec![words[0].as_str().into()] })),
        alerts,
        ..Story::calm()
    }
}

pub fn refused() -> FetchError {
    FetchError::Refused
}

type Tell = fn(&mut App);

/// Each with the Alerts view open.
pub const SITUATIONS: [(&str, Tell); 23] = [
    ("incident", |app| tell(app, &incident())),
    ("calm", |app| tell(app, &calm())),
    ("asking", |_| {}),
    ("failed", |app| {
        tell(app, &Story { outage: Some(FetchError::Dns("prometheus.example".into())), ..calm() });
    }),
    ("old", |app| {
        incident().tell(app, NOW.plus(-95 * SECOND));
        Story { outage: Some(refused()), held: Some(Err(refused())), ..Story::default() }
            .tell(app, NOW.plus(-80 * SECOND));
        app.handle(Event::Tick, NOW);
    }),
    ("hanging", |app| {
        calm().tell(app, NOW.plus(-180 * SECOND));
        app.handle(Event::Tick, NOW);
    }),
    ("no_engine", |app| {
        let error = FetchError::Unsupported("this backend does not evaluate rules".into());
        tell(app, &Story { alerts_fail: Some(error.clone()), rules: Some(Err(error)), ..calm() });
    }),
    ("no_rules", |app| tell(app, &Story { rules: Some(Ok(Vec::new())), ..calm() })),
    ("no_prometheus", |app| {
        app.setup.contexts[0].prometheus = false;
        tell(app, &incident());
    }),
    ("no_alertmanager", |app| {
        app.setup.contexts[0].alertmanager = false;
        tell(app, &incident());
    }),
    ("neither", |app| {
        app.setup.contexts[0].prometheus = false;
        app.setup.contexts[0].alertmanager = false;
        tell(app, &incident());
    }),
    ("alertmanager_down", |app| tell(app, &Story { held: Some(Err(refused())), ..incident() })),
    ("one_of_pair_down", |app| {
        let mut story = incident();
        if let Some(Ok(held)) = &mut story.held {
            held.notes.push("am-1.example:9093: connection refused; what am-0 holds is shown".into());
        }
        tell(app, &story);
    }),
    ("rules_fail", |app| {
        let rules = vec![failing("HighErrorRate"), failing("NotUp"), rule("Other", "a > 1", 5, Vec::new())];
        tell(app, &Story { rules: Some(Ok(vec![group("agent360", rules)])), ..calm() });
    }),
    ("rules_unknown", |app| {
        let error = FetchError::Server { kind: "internal".into(), message: "too many rules".into() };
        tell(app, &Story { rules: Some(Err(error)), ..incident() });
    }),
    ("nobody_told", |app| tell(app, &Story { held: Some(Ok(Holdings::default())), ..incident() })),
    ("all_quiet", |app| {
        tell(app, &incident());
        press(app, "e");
        app.handle(Event::Term(crossterm::event::Event::Paste("severity=info".into())), NOW);
        press(app, "enter");
    }),
    ("quiet_shown", |app| {
        tell(app, &incident());
        press(app, "v G");
        incident().tell(app, NOW);
    }),
    ("pending", |app| {
        let slow = [("alertname", "HighLatency"), ("severity", "warning")];
        let pending = vec![alert(&slow, AlertState::Pending, 3, 2.2)];
        let rules = vec![group("agent360", vec![rule("HighLatency", &format!("{LATENCY} > 2"), 5, pending.clone())])];
        tell(app, &Story { alerts: pending, rules: Some(Ok(rules)), ..calm() });
    }),
    ("paused", |app| {
        press(app, "p");
        tell(app, &incident());
    }),
    ("grouped", |app| {
        tell(app, &incident());
        press(app, "v b a l e r t n a m e enter j j");
        incident().tell(app, NOW);
    }),
    ("many", |app| {
        tell(app, &many(10_000));
        press(app, "G k k");
        app.handle(Event::Tick, NOW);
    }),
    ("hostile", |app| tell(app, &hostile())),
];

fn tell(app: &mut App, story: &Story) {
    story.tell(app, NOW);
}

pub fn situation(name: &str, width: u16, height: u16) -> App {
    let (_, tell) = SITUATIONS.iter().find(|(of, _)| *of == name).unwrap();
    let mut app = console::app(width, height);
    app.setup.contexts[0].alertmanager = true;
    press(&mut app, "2");
    tell(&mut app);
    app
}
