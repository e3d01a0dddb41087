use super::*;
use crate::time::{HOUR, MINUTE, SECOND};

const CONFIG: &str = r##"
route:
  receiver: team
  group_by: [alertname]
  mute_time_intervals: [nights]
  routes:
    - matchers: ['severity="critical"']
      receiver: pager
      group_wait: 0s
      repeat_interval: 1h30m
      continue: true
      active_time_intervals: [days]
      routes:
        - match: {team: sre}
          group_by: ['...']
    - match_re: {team: "sre|db"}
      receiver: chat
receivers:
  - name: team
    slack_configs: [{channel: '#team', api_url: 'https://example.org/SECRET'}]
    email_configs: [{to: team@example.org, auth_password: SECRET}]
  - name: pager
    pagerduty_configs: [{service_key: SECRET}]
    webhook_configs: [{url: 'https://user:SECRET@hook.example.org:8443/SECRET?x=SECRET'}, {url: <secret>}]
  - name: chat
  - slack_configs: [{channel: "\e[31mred"}]
"##;

fn routes(config: &str, labels: &[(&str, &str)]) -> Vec<Route> {
    Tree::parse(config).unwrap().routes(&Labels::of(labels))
}

/// Receivers, with a `?` where it is not certain.
fn told(config: &str, labels: &[(&str, &str)]) -> Vec<String> {
    let routes = routes(config, labels);
    routes.iter().map(|r| format!("{}{}", r.receiver, if r.unreadable.is_some() { "?" } else { "" })).collect()
}

#[test]
fn a_route_takes_from_above_what_it_does_not_say() {
    let found = routes(CONFIG, &[("severity", "critical"), ("team", "sre")]);
    let [pager, chat] = &found[..] else { panic!("{found:?}") };
    assert_eq!(pager.path, [r#"severity="critical""#, r#"team="sre""#]);
    assert_eq!((pager.receiver.as_str(), &pager.group_by[..]), ("pager", &[Plain::new("...")][..]));
    assert_eq!((pager.group_wait, pager.group_interval, pager.repeat_interval), (0, 5 * MINUTE, 90 * MINUTE));
    // Time intervals hold for their own route alone.
    assert!(pager.mute.is_empty() && pager.active.is_empty());
    assert_eq!((chat.receiver.as_str(), &chat.group_by[..]), ("chat", &[Plain::new("alertname")][..]));
    assert_eq!((chat.group_wait, chat.repeat_interval), (30 * SECOND, 4 * HOUR));
    let found = routes(CONFIG, &[("severity", "critical")]);
    assert_eq!((found.len(), &found[0].active[..]), (1, &[Plain::new("days")][..]));
}

#[test]
fn who_fits_nowhere_takes_the_root() {
    let found = routes(CONFIG, &[]);
    assert_eq!((found.len(), found[0].path.len(), found[0].receiver.as_str()), (1, 0, "team"));
    assert_eq!(found[0].mute, ["nights"]);
}

#[test]
fn receivers_say_where_they_lead_and_no_secret() {
    let tree = Tree::parse(CONFIG).unwrap();
    let targets = |name: &str| tree.receiver(name).unwrap().targets.clone();
    assert_eq!(targets("team"), ["slack #team", "email team@example.org"]);
    assert_eq!(targets("pager"), ["pagerduty", "webhook hook.example.org:8443", "webhook"]);
    assert!(targets("chat").is_empty());
    assert_eq!(targets("(no name)"), ["slack ^[[31mred"]);
    assert!(!format!("{tree:?}").contains("SECRET"));
}

#[test]
fn a_matcher_that_cannot_be_read_is_marked_and_the_rest_works() {
    let config = r#"
route:
  receiver: root
  routes:
    - {matchers: ['sev=~"("', 'team="a"'], receiver: odd}
    - {matchers: ['team=~"a|b"'], receiver: next}
    - {match: [x], receiver: never, routes: [{match_re: {team: c}, receiver: below}]}
"#;
    // What can be read decides where it can.
    assert_eq!(told(config, &[("team", "b")]), ["next"]);
    // Perhaps the odd one; if not, the next.
    assert_eq!(told(config, &[("team", "a")]), ["odd?", "next?"]);
    assert_eq!(told(config, &[("team", "c")]), ["below?", "root?"]);
    assert_eq!(told(config, &[]), ["never?", "root?"]);
    let found = routes(config, &[("team", "a")]);
    assert!(found[0].unreadable.as_ref().unwrap().contains("unclosed group"), "{found:?}");
    assert_eq!(found[0].path, [r#"sev=~"(", team="a""#]);
    // Where others are asked too, they do not depend on it.
    let config = config.replace("receiver: odd", "receiver: odd, continue: yes");
    assert_eq!(told(&config, &[("team", "a")]), ["odd?", "next"]);
    assert_eq!(told(&config.replace("a|b", "b"), &[("team", "a")]), ["odd?", "never?", "root?"]);
}

#[test]
fn a_time_that_cannot_be_read_is_marked() {
    let config = "route: {receiver: root, routes: [{matchers: [a=b], group_wait: soon}, {receiver: next}]}";
    let found = routes(config, &[("a", "b")]);
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].unreadable.as_ref().unwrap(), "group_wait `soon` is not a duration");
    assert_eq!(told(config, &[]), ["next"]);
}

#[test]
fn odd_configurations_do_not_pass_for_trees() {
    for (config, words) in
        [("", "no route"), ("route:", "no route"), ("receivers: [", "not YAML"), ("[a, b]", "no route")]
    {
        let error = Tree::parse(config).unwrap_err();
        assert!(error.contains(words), "{config}: {error}");
    }
    assert_eq!(told("route: {}", &[]), ["(no receiver)"]);
    assert_eq!(told("route: {receiver: [x], routes: 5}\nreceivers: [5, null]", &[]), ["(no receiver)"]);
}
