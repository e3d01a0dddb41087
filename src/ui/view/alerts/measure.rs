//! How the number of an alert reads: its threshold, and the unit that its expression is in.

use crate::analysis::alerts::{Threshold, threshold};
use crate::model::rule::Rule;
use crate::model::unit::Unit;

/// What a rule measures.
#[derive(Debug, Clone, PartialEq)]
pub struct Measure {
    pub threshold: Threshold,
    pub unit: Unit,
}

impl Measure {
    /// Of a rule that compares with a number.
    pub fn of(rule: &Rule) -> Option<Self> {
        let threshold = threshold(&rule.expr)?;
        let unit = unit(&threshold.expr, threshold.bound);
        Some(Self { threshold, unit })
    }

    /// `> 10 %`
    pub fn bound(&self) -> String {
        format!("{} {}", self.threshold.sign, self.unit.show(self.threshold.bound))
    }

    /// Whether a low value is the bad one.
    pub fn is_floor(&self) -> bool {
        self.threshold.sign.starts_with('<')
    }
}

/// By the names that metrics have; a bare number where they say nothing.
fn unit(expr: &str, bound: f64) -> Unit {
    let ends = |word: &str| expr.split(|c: char| !(c.is_alphanumeric() || c == '_')).any(|name| name.ends_with(word));
    if divides(expr) {
        return if bound.abs() <= 1.0 { Unit::Ratio } else { Unit::Count };
    }
    if expr.starts_with("histogram_quantile") && ends("_seconds_bucket") {
        return Unit::Seconds;
    }
    // A rate or a count of something is no longer in its unit.
    if ["rate(", "increase(", "count(", "count by", "changes(", "==", "*", "+"].iter().any(|word| expr.contains(word)) {
        return Unit::Count;
    }
    match () {
        () if ends("_seconds") => Unit::Seconds,
        () if ends("_bytes") => Unit::Bytes,
        () if ends("_percent") => Unit::Percent,
        () if ends("_ratio") => Unit::Ratio,
        () => Unit::Count,
    }
}

/// Whether the expression is a quotient: it divides outside of all brackets and texts.
fn divides(expr: &str) -> bool {
    let (mut depth, mut quote, mut escaped) = (0i32, None, false);
    for c in expr.chars() {
        match (quote, c) {
            (Some(_), _) if escaped => escaped = false,
            (Some(_), '\\') => escaped = true,
            (Some(open), c) if c == open => quote = None,
            (Some(_), _) => {}
            (None, '"' | '\'' | '`') => quote = Some(c),
            (None, '(' | '{' | '[') => depth += 1,
            (None, ')' | '}' | ']') => depth -= 1,
            (None, '/') if depth == 0 => return true,
            (None, '*' | '+') if depth == 0 => return false,
            (None, _) => {}
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_unit_follows_from_the_expression() {
        for (expr, bound, expected) in [
            (r#"sum(rate(a_total{status=~"5..",path="/x"}[5m])) / sum(rate(a_total[5m]))"#, 0.1, Unit::Ratio),
            ("histogram_quantile(0.95, sum by (le) (rate(a_seconds_bucket[5m])))", 2.0, Unit::Seconds),
            ("agent360_memory_usage_bytes", 2e9, Unit::Bytes),
            ("agent360_cpu_usage_percent", 90.0, Unit::Percent),
            (r#"up{path="/a/b"}"#, 1.0, Unit::Count),
            ("a_bytes / b_bytes", 3.0, Unit::Count),
            ("100 * (a / b)", 90.0, Unit::Count),
            ("rate(cpu_seconds[5m])", 1.0, Unit::Count),
        ] {
            assert_eq!(unit(expr, bound), expected, "{expr}");
        }
    }
}
