//! The console routes an alert as Alertmanager does: what `amtool config routes test` says of many label sets over
//! several configurations is recorded, and must be what we say. The test marked `ignore` asks the real programs again;
//! with `INSTA_UPDATE=always` it records.

#![cfg(test)]

#[path = "corpus.rs"]
mod corpus;
#[path = "../support/program.rs"]
mod program;

use std::process::Command;

use a360::analysis::routing::Tree;
use a360::model::labels::Labels;
use corpus::{Case, cases};
use program::program;

/// A line for each label set: whom each route tells, in order.
fn check(case: &Case, told: impl Fn(&[(&str, &str)]) -> String) {
    let lines: Vec<_> = case.sets.iter().map(|set| format!("{} -> {}", words(set).join(" "), told(set))).collect();
    insta::with_settings!({ omit_expression => true, prepend_module_to_snapshot => false }, {
        insta::assert_snapshot!(case.name, lines.join("\n"));
    });
}

/// As amtool takes labels.
fn words(set: &[(&str, &str)]) -> Vec<String> {
    let quoted = |value: &str| format!("\"{}\"", value.replace('\\', "\\\\").replace('"', "\\\""));
    set.iter().map(|(name, value)| format!("{name}={}", quoted(value))).collect()
}

#[test]
fn alerts_take_the_routes_that_amtool_says() {
    for case in cases() {
        let tree = Tree::parse(&case.config()).unwrap();
        check(&case, |set| {
            let routes = tree.routes(&Labels::of(set));
            assert!(routes.iter().all(|route| route.unreadable.is_none()), "{}: {routes:?}", case.name);
            assert!(routes.iter().all(|route| tree.receiver(&route.receiver).is_some()), "{}", case.name);
            routes.iter().map(|route| route.receiver.as_str()).collect::<Vec<_>>().join(",")
        });
    }
}

#[test]
fn the_corpus_is_large_enough_and_reaches_every_receiver() {
    let cases = cases();
    assert!(cases.len() >= 5);
    for case in cases {
        assert!(case.sets.len() >= 40, "{}: {}", case.name, case.sets.len());
        let tree = Tree::parse(&case.config()).unwrap();
        let reached: Vec<_> = case.sets.iter().flat_map(|set| tree.routes(&Labels::of(set))).collect();
        for receiver in &tree.receivers {
            assert!(reached.iter().any(|route| route.receiver == receiver.name), "{}: {}", case.name, receiver.name);
        }
    }
}

#[test]
#[ignore = "skipped: needs real servers, see tests/stack"]
fn amtool_says_so() {
    for server in ["alertmanager-0.25", "alertmanager-0.31"] {
        let amtool = program(server, "amtool");
        for case in cases() {
            let file = format!("--config.file={}", case.path().display());
            check(&case, |set| {
                let output = Command::new(&amtool).args(["config", "routes", "test", &file]).args(words(set)).output();
                let output = output.unwrap();
                assert!(output.status.success(), "{server} {}: {}", case.name, String::from_utf8_lossy(&output.stderr));
                String::from_utf8(output.stdout).unwrap().trim_end().to_owned()
            });
        }
    }
}
