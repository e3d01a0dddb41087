//! Questions that split a change by its labels, made from what the config already asks: the counter within a rate is
//! found in the parsed expression, so that a changed config is followed. Where there is none, nothing is asked.

use std::time::Duration;

use promql_parser::label::{MatchOp, Matcher};
use promql_parser::parser::{Expr, MatrixSelector, VectorSelector};

use crate::model::labels::Labels;
use crate::model::promql;

/// Labels by which services split their requests; those that a metric does not have change nothing.
const USUAL: [&str; 11] =
    ["endpoint", "route", "path", "handler", "method", "status", "status_code", "code", "instance", "pod", "version"];
/// The most parts of an answer.
const MOST: usize = 200;

/// How far back the rates of an expression look, in ms; 0 where it has none.
pub fn window(expr: &str) -> i64 {
    let parsed = promql::parse(expr);
    let range = parsed.as_ref().ok().and_then(ranged).map(|matrix| matrix.range);
    i64::try_from(range.unwrap_or(Duration::ZERO).as_millis()).unwrap_or(0)
}

/// Of a ratio such as that of failed requests, how many there were above the line in so many ms before a moment, by
/// everything that may tell; `part` are labels that all of them have.
pub fn counted(ratio: &str, part: &Labels, length: i64) -> Option<String> {
    let parsed = promql::parse(ratio).ok()?;
    let Expr::Binary(binary) = bare(&parsed) else { return None };
    let is_division = binary.op.to_string() == "/";
    let matrix = ranged(&binary.lhs).filter(|_| is_division)?;
    let increase = increase(matrix, part, length)?;
    Some(format!("topk({MOST}, sum by ({}) ({increase}))", names(part, &[])))
}

/// Of a percentile of a histogram, how many requests there were up to each bound.
pub fn bucketed(percentile: &str, part: &Labels, length: i64) -> Option<String> {
    let parsed = promql::parse(percentile).ok()?;
    let matrix = ranged(&parsed)?;
    let is_bucket = matrix.vs.name.as_deref().is_some_and(|name| name.ends_with("_bucket"));
    let increase = increase(matrix, part, length).filter(|_| is_bucket)?;
    Some(format!("sum by ({}) ({increase})", names(part, &["le"])))
}

fn bare(expr: &Expr) -> &Expr {
    match expr {
        Expr::Paren(paren) => bare(&paren.expr),
        other => other,
    }
}

/// The first series over time within.
fn ranged(expr: &Expr) -> Option<&MatrixSelector> {
    match expr {
        Expr::MatrixSelector(matrix) => Some(matrix),
        Expr::Call(call) => call.args.args.iter().find_map(|arg| ranged(arg)),
        Expr::Aggregate(aggregate) => ranged(&aggregate.expr),
        Expr::Paren(paren) => ranged(&paren.expr),
        Expr::Unary(unary) => ranged(&unary.expr),
        Expr::Binary(binary) => ranged(&binary.lhs).or_else(|| ranged(&binary.rhs)),
        _ => None,
    }
}

fn increase(matrix: &MatrixSelector, part: &Labels, length: i64) -> Option<String> {
    let plain = matrix.vs.offset.is_none() && matrix.vs.at.is_none() && matrix.vs.matchers.or_matchers.is_empty();
    let mut selector: VectorSelector = plain.then(|| matrix.vs.clone())?;
    let matchers = part.iter().map(|(name, value)| Matcher::new(MatchOp::Equal, name, value));
    selector.matchers.matchers.extend(matchers);
    let seconds = u64::try_from(length / 1000).ok().filter(|seconds| *seconds > 0)?;
    let ranged = Expr::MatrixSelector(MatrixSelector { vs: selector, range: Duration::from_secs(seconds) });
    Some(format!("increase({ranged})"))
}

fn names(part: &Labels, more: &[&str]) -> String {
    let is_name = |name: &&str| {
        let mut chars = name.chars();
        let first = chars.next().is_some_and(|c| c.is_ascii_alphabetic() || c == '_');
        first && chars.all(|c| c.is_ascii_alphanumeric() || c == '_')
    };
    let own = part.iter().map(|(name, _)| name.as_str()).filter(is_name);
    let mut all: Vec<&str> = own.chain(USUAL).chain(more.iter().copied()).collect();
    all.sort_unstable();
    all.dedup();
    all.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::watch::Watch;
    use crate::time::MINUTE;

    #[test]
    fn the_built_in_questions_can_be_split() {
        let watch = Watch::default();
        let part = Labels::of(&[("endpoint", "/api/\"x\"")]);
        let errors = counted(&watch.errors_by_endpoint, &part, 20 * MINUTE).unwrap();
        assert!(errors.starts_with("topk(200, sum by (code, endpoint, handler, instance,"), "{errors}");
        assert!(errors.contains(r#"agent360_requests_total{endpoint="/api/\"x\"",status=~"5.."}[20m]"#), "{errors}");
        assert!(promql::parse(&errors).is_ok());
        let slow = bucketed(&watch.latency, &part, 90_000).unwrap();
        assert!(promql::parse(&slow).is_ok() && slow.contains(" le,") && slow.contains("[1m30s]"), "{slow}");
        assert_eq!((window(&watch.latency), window(&watch.memory)), (5 * MINUTE, 0));
    }

    #[test]
    fn what_cannot_be_split_is_not_asked() {
        let none = Labels::default();
        for expr in ["job:errors:ratio", "1 - sum(rate(good[5m])) / sum(rate(all[5m]))", "sum(rate(a[5m])) * 2", "("] {
            assert_eq!(counted(expr, &none, MINUTE), None, "{expr}");
        }
        assert_eq!(counted("sum(rate(a[5m] offset 1h)) / sum(rate(b[5m]))", &none, MINUTE), None);
        assert_eq!(bucketed("avg(rate(took_sum[5m]))", &none, MINUTE), None);
    }
}
