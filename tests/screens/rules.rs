//! The rules' page as it is painted: what is in trouble is loud and first, and nothing unknown looks well.

use a360::model::fault::FetchError;
use a360::model::labels::Labels;
use a360::model::rule::{Health, Rule, RuleGroup};
use a360::time::{MINUTE, SECOND};
use a360::ui::app::{App, Effect, Event};

use crate::alerting::{calm, failing, group, hostile, incident, refused, rule};
use crate::console::{self, NOW};
use crate::pages::{Situations, Tell, at_any_size, screen, selected};
use crate::press;
use crate::story::Story;

/// The groups of the incident, and others in every kind of trouble.
fn trouble() -> Story {
    let mut story = incident();
    let Some(Ok(groups)) = &mut story.rules else { panic!("no rules") };
    if let Some(first) = groups[0].rules.first_mut() {
        let alerting = first.alerting.as_mut().unwrap();
        alerting.keep = 10 * MINUTE;
        alerting.annotations = Labels::of(&[
            ("summary", "High error rate on {{ $labels.cluster }}"),
            ("runbook_url", "https://runbooks.example/agent360/high-error-rate"),
        ]);
    }
    let records =
        Rule { alerting: None, ..rule("job:agent360_requests:rate5m", "sum by (job) (rate(x[5m]))", 0, vec![]) };
    let new = Rule { health: Health::Unknown, evaluated: None, took: 0.0, ..rule("JustAdded", "a > 1", 1, vec![]) };
    let slow = Rule { took: 16_400.0, ..rule("SlowQuery", "sum(rate(big[1d])) > 1", 1, vec![]) };
    groups.extend([
        RuleGroup { file: "/etc/recording.yml".into(), ..group("recording", vec![records, failing("Joined"), new]) },
        RuleGroup { took: 17_000.0, ..group("heavy", vec![slow]) },
        RuleGroup {
            evaluated: Some(NOW.plus(-4 * MINUTE)),
            ..group(
                "stuck",
                vec![Rule { evaluated: Some(NOW.plus(-4 * MINUTE)), ..rule("DiskFull", "disk > 0.9", 5, Vec::new()) }],
            )
        },
        group("empty", Vec::new()),
    ]);
    story
}

const PAGE: Situations = Situations {
    name: "rules",
    open: |width, height| {
        let mut app = console::app(width, height);
        app.setup.contexts[0].alertmanager = true;
        press(&mut app, ": r u l e s enter");
        app
    },
    all: &SITUATIONS,
};

const SITUATIONS: [(&str, Tell); 10] = [
    ("trouble", |app| trouble().tell(app, NOW)),
    ("well", |app| calm().tell(app, NOW)),
    ("asking", |_| {}),
    ("failed", |app| Story { rules: Some(Err(refused())), ..calm() }.tell(app, NOW)),
    ("old", |app| {
        trouble().tell(app, NOW.plus(-90 * SECOND));
        Story { rules: Some(Err(refused())), ..calm() }.tell(app, NOW.plus(-75 * SECOND));
        app.handle(Event::Tick, NOW);
    }),
    ("hanging", |app| {
        calm().tell(app, NOW.plus(-180 * SECOND));
        Story { rules: None, ..calm() }.tell(app, NOW);
    }),
    ("no_engine", |app| {
        let error = FetchError::Unsupported("this backend does not evaluate rules".into());
        Story { alerts_fail: Some(error.clone()), rules: Some(Err(error)), ..calm() }.tell(app, NOW);
    }),
    ("none", |app| Story { rules: Some(Ok(Vec::new())), ..calm() }.tell(app, NOW)),
    ("no_prometheus", |app| {
        app.setup.contexts[0].prometheus = false;
        calm().tell(app, NOW);
    }),
    ("hostile", |app| hostile().tell(app, NOW)),
];

fn situation(name: &str, width: u16, height: u16) -> App {
    PAGE.situation(name, width, height)
}

#[test]
fn every_situation_at_80x24_and_the_usual_ones_at_other_sizes() {
    PAGE.shows_all("trouble");
    PAGE.shows(&situation("well", 120, 40), "well");
}

#[test]
fn no_situation_looks_like_another_and_only_a_fresh_list_without_trouble_is_well() {
    PAGE.all_differ(|name, text| text.contains("● all") == (name == "well"));
}

#[test]
fn the_expression_is_copied_and_the_alerts_of_a_rule_are_gone_to() {
    let mut app = situation("trouble", 120, 40);
    assert!(selected(&app).contains("Joined"), "what fails is first: {}", screen(&app));
    assert_eq!(press(&mut app, "y"), Some(Effect::Copy("a / b > 1".to_owned())));
    press(&mut app, "enter");
    assert!(screen(&app).contains("kind"), "it has no alert to go to");
    while !selected(&app).contains("HighLatency") {
        let before = selected(&app);
        press(&mut app, "j");
        assert_ne!(selected(&app), before, "no such rule");
    }
    press(&mut app, "enter");
    let text = screen(&app);
    assert!(text.contains("filter alertname=\"HighLatency\"") && text.contains("/api/checkout"), "{text}");
    press(&mut app, "[");
    assert!(selected(&app).contains("HighLatency") && screen(&app).contains("kind"), "{}", screen(&app));
    press(&mut app, "esc");
    assert!(screen(&app).contains("differs by"), "{}", screen(&app));
}

#[test]
fn keys_of_charts_do_nothing_among_rules() {
    let mut app = situation("trouble", 120, 40);
    let before = (app.shown, app.crosshair, app.full);
    press(&mut app, "+ - h p < , f b e v t");
    assert_eq!((app.shown, app.crosshair, app.full), before);
    assert!(app.overlay.is_none());
    let footer = screen(&app).lines().last().unwrap_or_default().to_owned();
    assert!(footer.contains("y copy") && !footer.contains("zoom"), "{footer}");
}

#[test]
fn an_error_is_said_in_full() {
    let mut story = trouble();
    let Some(Ok(groups)) = &mut story.rules else { panic!("no rules") };
    let error = "vector cannot contain metrics with the same labelset ".repeat(5) + "and that is all";
    groups[1].rules[1].last_error = error.as_str().into();
    let mut app = situation("asking", 120, 40);
    story.tell(&mut app, NOW);
    assert!(screen(&app).contains("and that is all"), "{}", screen(&app));
}

#[test]
fn nothing_panics_at_any_size_and_ascii_is_ascii() {
    for name in ["trouble", "hostile", "none"] {
        let mut app = situation(name, 120, 40);
        at_any_size(&mut app, "j", name);
        let mut app = situation(name, 120, 40);
        app.setup.ascii = true;
        assert!(screen(&app).is_ascii(), "{name}\n{}", screen(&app));
    }
}

#[test]
fn ten_thousand_rules_are_walked_through() {
    let rules: Vec<Rule> = (0..10_000).map(|i| rule(&format!("Rule{i:05}"), "a > 1", 5, Vec::new())).collect();
    let groups = rules.chunks(50).enumerate().map(|(i, rules)| group(&format!("group{i}"), rules.to_vec()));
    let story = Story { rules: Some(Ok(groups.collect())), ..calm() };
    let mut app = situation("asking", 120, 40);
    story.tell(&mut app, NOW);
    press(&mut app, "G");
    assert!(selected(&app).contains("Rule09999"), "{}", screen(&app));
    press(&mut app, "ctrl-u k");
    story.tell(&mut app, NOW.plus(15 * SECOND));
    assert!(!selected(&app).is_empty());
    press(&mut app, "g");
    assert!(selected(&app).contains("Rule00000") && screen(&app).contains(" group0  "), "{}", screen(&app));
}
