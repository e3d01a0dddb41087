//! Questions over long ranges: each point looks at all the time that it stands for, not only at its last minutes.
//!
//! Windows and functions go in through the parsed expression, never by editing text. What our parser does not know is
//! left as it is, and whoever asks is told so.

use std::convert::Infallible;
use std::time::Duration;

use promql_parser::parser::{Expr, MatrixSelector};
use promql_parser::util::visitor::{ExprVisitorMut, walk_expr_mut};

use crate::model::promql;
use crate::time::SECOND;

/// Functions whose value does not grow with their window: a wider one gives the same kind of number.
const EVEN: [&str; 9] = [
    "rate",
    "deriv",
    "avg_over_time",
    "max_over_time",
    "min_over_time",
    "quantile_over_time",
    "stddev_over_time",
    "stdvar_over_time",
    "mad_over_time",
];

/// The same question with every window that is shorter than `step` ms made as long; none where no window is.
pub fn widen(expr: &str, step: i64) -> Option<String> {
    let mut parsed = promql::parse(expr).ok()?;
    let mut widen = Widen { step: duration(step), depth: 0, changed: false };
    walk_expr_mut(&mut widen, &mut parsed).ok()?;
    widen.changed.then(|| parsed.to_string())
}

/// A function such as `max_over_time` of all that an expression was within each `step` ms.
pub fn over(function: &str, expr: &str, step: i64) -> Option<String> {
    let text = match bare(promql::parse(expr).ok()?) {
        Expr::VectorSelector(vs) => {
            let matrix = Expr::MatrixSelector(MatrixSelector { vs, range: duration(step) });
            format!("{function}({matrix})")
        }
        Expr::NumberLiteral(_) | Expr::StringLiteral(_) | Expr::MatrixSelector(_) => return None,
        other => format!("{function}(({other})[{}ms:{}ms])", step, fineness(step)),
    };
    promql::parse(&text).is_ok().then_some(text)
}

/// How often an expression is computed within a step, in ms: as often as targets are scraped, or some 60 times.
fn fineness(step: i64) -> i64 {
    (step / 60).max(15 * SECOND)
}

fn bare(expr: Expr) -> Expr {
    if let Expr::Paren(paren) = expr { bare(*paren.expr) } else { expr }
}

fn duration(ms: i64) -> Duration {
    Duration::from_millis(ms.unsigned_abs())
}

struct Widen {
    step: Duration,
    /// Within so many subqueries, which have windows of their own.
    depth: usize,
    changed: bool,
}

impl ExprVisitorMut for Widen {
    type Error = Infallible;

    fn pre_visit(&mut self, expr: &mut Expr) -> Result<bool, Infallible> {
        match expr {
            Expr::Subquery(_) => self.depth += 1,
            Expr::Call(call) if self.depth == 0 && EVEN.contains(&call.func.name) => {
                for argument in &mut call.args.args {
                    if let Expr::MatrixSelector(matrix) = argument.as_mut()
                        && matrix.range < self.step
                    {
                        matrix.range = self.step;
                        self.changed = true;
                    }
                }
            }
            _ => {}
        }
        Ok(true)
    }

    fn post_visit(&mut self, expr: &mut Expr) -> Result<bool, Infallible> {
        if matches!(expr, Expr::Subquery(_)) {
            self.depth -= 1;
        }
        Ok(true)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::watch::Watch;
    use crate::time::{HOUR, MINUTE};

    #[test]
    fn windows_grow_to_the_step_and_the_rest_stays() {
        let errors = r#"sum(rate(a{status=~"5.."}[5m] offset 1m)) / sum(rate(a[2h]))"#;
        assert_eq!(widen(errors, HOUR).unwrap(), r#"sum(rate(a{status=~"5.."}[1h] offset 1m)) / sum(rate(a[2h]))"#);
        assert_eq!(widen("rate(a[5m])", 5 * MINUTE), None);
        assert_eq!(widen("max_over_time(rate(a[5m])[30m:1m]) + rate(b[1m])", HOUR).unwrap(), {
            "max_over_time(rate(a[5m])[30m:1m]) + rate(b[1h])"
        });
    }

    #[test]
    fn what_counts_is_not_made_to_count_more() {
        for expr in ["increase(a[5m])", "sum_over_time(a[5m])", "changes(a[5m])", "up", "1", "no such ( thing"] {
            assert_eq!(widen(expr, HOUR), None, "{expr}");
        }
    }

    #[test]
    fn a_selector_gets_a_window_and_anything_else_a_subquery() {
        assert_eq!(over("max_over_time", "(a{b=\"c\"} offset 5m)", HOUR).unwrap(), {
            "max_over_time(a{b=\"c\"}[1h] offset 5m)"
        });
        assert_eq!(over("max_over_time", "a / b", HOUR).unwrap(), "max_over_time((a / b)[3600000ms:60000ms])");
        assert_eq!(over("avg_over_time", "max(up)", MINUTE).unwrap(), "avg_over_time((max(up))[60000ms:15000ms])");
        assert_eq!((over("max_over_time", "1", HOUR), over("max_over_time", "a[5m]", HOUR)), (None, None));
    }

    #[test]
    fn every_built_in_question_is_widened() {
        let watch = Watch::default();
        for expr in [&watch.requests, &watch.errors, &watch.errors_by_endpoint, &watch.latency] {
            let wide = widen(expr, HOUR).unwrap();
            assert!(wide.contains("[1h]") && !wide.contains("[5m]") && promql::parse(&wide).is_ok(), "{wide}");
        }
        for expr in [&watch.memory, &watch.cpu, &watch.memory_ratio, &watch.up] {
            assert!(over("avg_over_time", expr, HOUR).is_some(), "{expr}");
        }
    }
}
