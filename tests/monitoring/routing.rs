//! Who is told, and how often.

use yaml_rust2::Yaml;

use super::files::{ALERTMANAGER, list, word, words, yaml};

fn receiver(name: &str) -> Yaml {
    let file = yaml(ALERTMANAGER);
    let found = list(&file["receivers"]).iter().find(|receiver| word(&receiver["name"]) == name);
    found.unwrap_or_else(|| panic!("no {name}")).clone()
}

#[test]
fn alerts_are_grouped_and_repeated_as_agreed() {
    let route = &yaml(ALERTMANAGER)["route"];
    assert_eq!(words(&route["group_by"]), ["alertname", "cluster", "service"]);
    let times = ["group_wait", "group_interval", "repeat_interval"].map(|key| word(&route[key]));
    assert_eq!(times, ["30s", "5m", "4h"]);
    assert_eq!(word(&route["receiver"]), "team-agent360");
    let routes = list(&route["routes"]);
    assert_eq!(routes.len(), 1);
    assert_eq!(words(&routes[0]["matchers"]), [r#"severity="critical""#]);
    assert_eq!(word(&routes[0]["receiver"]), "team-agent360-critical");
    assert_eq!(word(&routes[0]["repeat_interval"]), "1h");
}

#[test]
fn each_receiver_has_its_channel_and_hears_the_end_too() {
    for (name, channel, pages) in
        [("team-agent360", "#agent360-alerts", false), ("team-agent360-critical", "#agent360-critical", true)]
    {
        let receiver = receiver(name);
        let slack = list(&receiver["slack_configs"]);
        assert_eq!(slack.len(), 1);
        assert_eq!(word(&slack[0]["channel"]), channel);
        assert_eq!(slack[0]["send_resolved"].as_bool(), Some(true));
        assert!(word(&slack[0]["text"]).contains(".Annotations.description"), "{name}");
        assert_eq!(receiver["pagerduty_configs"].is_badvalue(), !pages, "{name}");
    }
    let pager = &receiver("team-agent360-critical")["pagerduty_configs"][0];
    assert_eq!(word(&pager["service_key"]), "<pagerduty-key>");
    assert_eq!(pager["send_resolved"].as_bool(), Some(true));
}

#[test]
fn no_secret_is_shipped() {
    let address = yaml(ALERTMANAGER)["global"]["slack_api_url"].clone();
    assert!(word(&address).starts_with("https://slack.invalid/"), "{address:?}");
}
