//! A label set: what tells one series or alert from another.

use std::fmt;

use crate::text::Plain;

/// Name and value pairs in order of name, each name once.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Labels(Vec<(Plain, Plain)>);

/// The label that holds a series' metric name.
pub const METRIC_NAME: &str = "__name__";

impl Labels {
    /// Sorts; of several pairs with one name the last wins.
    pub fn new(mut pairs: Vec<(Plain, Plain)>) -> Self {
        if !pairs.is_sorted_by(|a, b| a.0 < b.0) {
            pairs.reverse();
            pairs.sort_by(|a, b| a.0.cmp(&b.0));
            pairs.dedup_by(|later, kept| later.0 == kept.0);
        }
        Self(pairs)
    }

    pub fn of(pairs: &[(&str, &str)]) -> Self {
        Self::new(pairs.iter().map(|(name, value)| (Plain::new(name), Plain::new(value))).collect())
    }

    pub fn get(&self, name: &str) -> Option<&Plain> {
        let at = self.0.binary_search_by(|(n, _)| n.as_str().cmp(name)).ok()?;
        self.0.get(at).map(|(_, value)| value)
    }

    pub fn iter(&self) -> impl Iterator<Item = (&Plain, &Plain)> {
        self.0.iter().map(|(name, value)| (name, value))
    }

    pub fn len(&self) -> usize {
        self.0.len()
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The labels for which `keep` holds.
    pub fn filter(&self, keep: impl Fn(&str) -> bool) -> Self {
        Self(self.0.iter().filter(|(name, _)| keep(name)).cloned().collect())
    }

    /// This set with one label set or, for an empty value, removed (PromQL takes the two as the same).
    pub fn with(&self, name: &str, value: &str) -> Self {
        let mut pairs: Vec<_> = self.0.iter().filter(|(n, _)| n.as_str() != name).cloned().collect();
        if !value.is_empty() {
            pairs.push((Plain::new(name), Plain::new(value)));
        }
        Self::new(pairs)
    }
}

/// PromQL's notation: `up{instance="a:9090", job="node"}`.
impl fmt::Display for Labels {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(name) = self.get(METRIC_NAME) {
            f.write_str(name)?;
        }
        let mut rest = self.iter().filter(|(name, _)| name.as_str() != METRIC_NAME).peekable();
        if rest.peek().is_none() {
            return if self.get(METRIC_NAME).is_some() { Ok(()) } else { f.write_str("{}") };
        }
        for (i, (name, value)) in rest.enumerate() {
            let value = value.replace('\\', "\\\\").replace('"', "\\\"");
            write!(f, "{}{name}=\"{value}\"", if i == 0 { "{" } else { ", " })?;
        }
        f.write_str("}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn order_and_doubles_are_settled() {
        let labels = Labels::of(&[("job", "a"), ("env", "x"), ("job", "b")]);
        assert_eq!(labels, Labels::of(&[("env", "x"), ("job", "b")]));
        assert_eq!(labels.get("job").unwrap(), "b");
        assert_eq!(labels.get("nope"), None);
    }

    #[test]
    fn shows_as_promql() {
        assert_eq!(Labels::of(&[("__name__", "up"), ("job", "a\"b")]).to_string(), r#"up{job="a\"b"}"#);
        assert_eq!(Labels::of(&[("__name__", "up")]).to_string(), "up");
        assert_eq!(Labels::default().to_string(), "{}");
    }

    #[test]
    fn an_empty_value_is_no_label() {
        let labels = Labels::of(&[("a", "1"), ("b", "2")]);
        assert_eq!(labels.with("a", ""), Labels::of(&[("b", "2")]));
        assert_eq!(labels.with("a", "3").get("a").unwrap(), "3");
    }
}
