//! The shipped files, read.

use std::fs;
use std::path::{Path, PathBuf};

use a360::model::promql;
use promql_parser::parser::Expr;
use yaml_rust2::{Yaml, YamlLoader};

pub const RULES: &str = "prometheus/alert-rules.yml";
pub const RULE_TESTS: &str = "prometheus/alert-rules.test.yml";
pub const PROMETHEUS: &str = "prometheus/prometheus.yml";
pub const ALERTMANAGER: &str = "alertmanager/alertmanager.yml";

pub fn path(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("monitoring").join(name)
}

pub fn text(name: &str) -> String {
    fs::read_to_string(path(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
}

/// A file that holds one document.
pub fn yaml(name: &str) -> Yaml {
    let mut documents = YamlLoader::load_from_str(&text(name)).unwrap_or_else(|error| panic!("{name}: {error}"));
    assert_eq!(documents.len(), 1, "{name}");
    documents.remove(0)
}

pub fn list(node: &Yaml) -> &[Yaml] {
    node.as_vec().unwrap_or_else(|| panic!("no list: {node:?}"))
}

pub fn word(node: &Yaml) -> &str {
    node.as_str().unwrap_or_else(|| panic!("no text: {node:?}"))
}

pub fn words(node: &Yaml) -> Vec<&str> {
    list(node).iter().map(word).collect()
}

pub fn query(text: &str) -> Expr {
    promql::parse(text).unwrap_or_else(|error| panic!("{text}: {error}"))
}
