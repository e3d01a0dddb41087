//! The links of an alert: its runbook, its expression in Prometheus, and whatever its annotations point to.

use super::words;
use crate::analysis::alerts::Row;

/// A link and what it leads to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link {
    pub name: String,
    pub url: String,
}

/// Each address once, the runbook first.
pub fn links(row: &Row) -> Vec<Link> {
    let mut found: Vec<Link> = Vec::new();
    let mut add = |name: &str, text: &str| {
        for url in addresses(text) {
            if found.iter().all(|link| link.url != url) {
                found.push(Link { name: name.to_owned(), url: url.to_owned() });
            }
        }
    };
    if let Some(runbook) = words::runbook(row) {
        add("runbook", runbook);
    }
    if let Some(generator) = words::generator(row) {
        add("graph", generator);
    }
    row.annotations.iter().for_each(|(name, value)| add(name, value));
    found
}

/// The http and https addresses in a text; nothing else is ever taken for a link.
fn addresses(text: &str) -> impl Iterator<Item = &str> {
    let ends = |c: char| c.is_whitespace() || "\"'<>`⏎".contains(c);
    text.split(ends).filter_map(|word| {
        let start = [word.find("https://"), word.find("http://")].into_iter().flatten().min()?;
        let url = word.get(start..)?.trim_end_matches(['.', ',', ';', ':', '!', '?', ')', ']', '}']);
        let host = url.split_once("://").map_or("", |(_, rest)| rest);
        (!host.is_empty()).then_some(url)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::alerts::{State, Told};
    use crate::model::alert::Severity;
    use crate::model::labels::Labels;

    fn of(annotations: &[(&str, &str)]) -> Vec<(String, String)> {
        let row = Row {
            labels: Labels::default(),
            own: None,
            annotations: Labels::of(annotations),
            severity: Severity::Other,
            state: State::Firing,
            since: None,
            value: None,
            told: Told::Unknown,
            held: None,
            rule: None,
        };
        links(&row).into_iter().map(|link| (link.name, link.url)).collect()
    }

    #[test]
    fn the_runbook_is_first_and_no_address_stands_twice() {
        let found = of(&[
            ("dashboard", "see https://grafana.example/d/1?a=b."),
            ("description", "Broken (http://wiki.example/x), see https://run.example/1"),
            ("runbook_url", "https://run.example/1"),
        ]);
        let expected = [
            ("runbook", "https://run.example/1"),
            ("dashboard", "https://grafana.example/d/1?a=b"),
            ("description", "http://wiki.example/x"),
        ];
        assert_eq!(found, expected.map(|(name, url)| (name.to_owned(), url.to_owned())));
    }

    #[test]
    fn only_the_web_is_linked_to() {
        for text in ["", "javascript:alert(1)", "file:///etc/passwd", "ftp://a", "https://", "http", "wiki.example/x"] {
            assert_eq!(of(&[("runbook_url", text)]), [], "{text}");
        }
    }
}
