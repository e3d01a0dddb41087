//! What Prometheus scrapes carries the names by which the console finds it.

use std::collections::BTreeSet;

use a360::demo::sim::{Job, Target};
use a360::model::watch::Watch;
use promql_parser::parser::Expr;
use yaml_rust2::Yaml;

use super::files::{PROMETHEUS, RULES, list, path, query, word, words, yaml};

fn jobs() -> Vec<Yaml> {
    list(&yaml(PROMETHEUS)["scrape_configs"]).to_vec()
}

/// The shipped jobs that a selector on `job` matches.
fn matched(selector: &str) -> Vec<String> {
    let Expr::VectorSelector(selector) = query(selector) else { panic!("no selector: {selector}") };
    let matchers = selector.matchers.find_matchers("job");
    assert_eq!(matchers.len(), 1);
    let names = jobs().into_iter().map(|job| word(&job["job_name"]).to_owned());
    names.filter(|name| matchers[0].is_match(name)).collect()
}

#[test]
fn the_console_finds_its_jobs() {
    let watch = Watch::default();
    assert_eq!(matched(&watch.up), ["agent360"]);
    assert_eq!(matched(&watch.started), ["agent360"]);
    assert_eq!(matched(&format!("up{{{}}}", watch.database.matcher)), ["cassandra"]);
}

#[test]
fn what_is_simulated_is_what_is_scraped() {
    for job in jobs() {
        let name = word(&job["job_name"]);
        let Some(simulated) = Job::ALL.into_iter().find(|job| job.name() == name) else {
            assert_eq!(name, "alertmanager");
            continue;
        };
        let targets: Vec<_> = Target::all().filter(|t| t.job == simulated).map(|t| t.instance()).collect();
        assert_eq!(words(&job["static_configs"][0]["targets"]), targets, "{name}");
    }
    assert_eq!(jobs().len(), 1 + Job::ALL.len());
}

#[test]
fn scrapes_and_evaluations_come_every_15_seconds() {
    let file = yaml(PROMETHEUS);
    assert_eq!(word(&file["global"]["scrape_interval"]), "15s");
    assert_eq!(word(&file["global"]["evaluation_interval"]), "15s");
    let own: BTreeSet<_> =
        list(&file["scrape_configs"]).iter().filter_map(|job| job["scrape_interval"].as_str()).collect();
    assert!(own.iter().all(|interval| *interval == "15s"), "{own:?}");
}

#[test]
fn the_rules_are_loaded_and_the_alerts_sent() {
    let file = yaml(PROMETHEUS);
    let rules = words(&file["rule_files"]);
    assert_eq!(rules.len(), 1);
    assert_eq!(path(PROMETHEUS).with_file_name(rules[0]), path(RULES));
    let told = &file["alerting"]["alertmanagers"][0]["static_configs"][0]["targets"];
    let watched = jobs().into_iter().find(|job| word(&job["job_name"]) == "alertmanager").unwrap();
    assert_eq!(words(told), words(&watched["static_configs"][0]["targets"]));
    // Alertmanager groups by it.
    assert!(file["global"]["external_labels"]["cluster"].as_str().is_some());
}
