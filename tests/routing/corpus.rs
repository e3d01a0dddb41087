//! Configurations, and the label sets that are sent through each.

use std::fs;
use std::path::{Path, PathBuf};

pub struct Case {
    pub name: &'static str,
    pub sets: Vec<Vec<(&'static str, &'static str)>>,
}

impl Case {
    pub fn path(&self) -> PathBuf {
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        match self.name {
            "shipped" => root.join("monitoring/alertmanager/alertmanager.yml"),
            name => root.join("tests/routing/configs").join(name).with_extension("yml"),
        }
    }

    pub fn config(&self) -> String {
        fs::read_to_string(self.path()).unwrap()
    }
}

/// Stands for a label that is not there.
const MISSING: &str = "(missing)";

type Dimension = (&'static str, &'static [&'static str]);

/// Every combination of the values.
fn product(dimensions: &[Dimension]) -> Vec<Vec<(&'static str, &'static str)>> {
    dimensions.iter().fold(vec![Vec::new()], |sets, (name, values)| {
        let extended = |set: &Vec<_>| {
            let set = set.clone();
            values
                .iter()
                .map(move |value| {
                    let label = (*value != MISSING).then_some((*name, *value));
                    set.iter().copied().chain(label).collect::<Vec<_>>()
                })
                .collect::<Vec<_>>()
        };
        sets.iter().flat_map(extended).collect()
    })
}

pub fn cases() -> Vec<Case> {
    let case = |name, dimensions: &[Dimension]| Case { name, sets: product(dimensions) };
    vec![
        case(
            "shipped",
            &[
                ("severity", &[MISSING, "", "critical", "warning", "Critical", "criticals"]),
                ("alertname", &["HighErrorRate", "HighLatency"]),
                ("endpoint", &[MISSING, "/api/checkout"]),
                ("pod", &[MISSING, "agent360-0"]),
            ],
        ),
        case(
            "teams",
            &[
                ("service", &[MISSING, "foo1", "foo12", "files", "database"]),
                ("severity", &[MISSING, "critical", "warning"]),
                ("env", &[MISSING, "prod", "staging", "dev"]),
                ("owner", &[MISSING, "team-X", "team-Y"]),
            ],
        ),
        case(
            "continue",
            &[
                ("severity", &[MISSING, "page", "none"]),
                ("team", &[MISSING, "sre", "db", "web"]),
                ("zone", &[MISSING, "", "a", "b"]),
            ],
        ),
        case(
            "empty",
            &[
                ("severity", &[MISSING, "", "critical", "crit", "info"]),
                ("team", &[MISSING, "", "a", "b"]),
                ("zone", &[MISSING, "", "x", "xx"]),
            ],
        ),
        case(
            "quotes",
            &[
                (
                    "path",
                    &[
                        MISSING,
                        "a\"b",
                        "C:\\dir",
                        "a,b={c}",
                        "größe 東京",
                        "x y",
                        "/api/v12/users",
                        "/api/v/users",
                        "/Health",
                        "db.example.org",
                        "db.example.organ",
                    ],
                ),
                ("code", &[MISSING, "200", "404", "500", "5000"]),
            ],
        ),
        case(
            "original",
            &[
                ("severity", &[MISSING, "critical", "warning"]),
                ("env", &[MISSING, "prod", "product"]),
                ("cluster", &["test", "eu-1", "us-1"]),
                ("service", &[MISSING, "db", "dbs"]),
                ("quiet", &[MISSING, "yes"]),
            ],
        ),
    ]
}
