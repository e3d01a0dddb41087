//! The bound in an alert's expression, for the line on its chart: the `> 0.1` in `sum(a) / sum(b) > 0.1`.

use promql_parser::parser::Expr;
use promql_parser::parser::token::{T_GTE, T_GTR, T_LSS, T_LTE};

use crate::model::promql;

#[derive(Debug, Clone, PartialEq)]
pub struct Threshold {
    /// What is compared, as PromQL.
    pub expr: String,
    /// `>`, `>=`, `<` or `<=`.
    pub sign: &'static str,
    pub bound: f64,
}

/// Of an expression that compares with a number at its top; nothing for any other.
pub fn threshold(expr: &str) -> Option<Threshold> {
    let mut expr = promql::parse(expr).ok()?;
    while let Expr::Paren(inner) = expr {
        expr = *inner.expr;
    }
    let Expr::Binary(binary) = expr else { return None };
    let sign = match binary.op.id() {
        T_GTR => ">",
        T_GTE => ">=",
        T_LSS => "<",
        T_LTE => "<=",
        _ => return None,
    };
    let bound = number(&binary.rhs)?;
    Some(Threshold { expr: binary.lhs.to_string(), sign, bound })
}

fn number(expr: &Expr) -> Option<f64> {
    match expr {
        Expr::NumberLiteral(number) => Some(number.val),
        Expr::Paren(inner) => number(&inner.expr),
        Expr::Unary(negated) => number(&negated.expr).map(|value| -value),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bound_at_the_top_is_found() {
        let found = threshold("sum(rate(a[5m])) / sum(rate(b[5m])) > 0.1").unwrap();
        assert_eq!((found.sign, found.bound), (">", 0.1));
        assert_eq!(found.expr, "sum(rate(a[5m])) / sum(rate(b[5m]))");
        assert_eq!(threshold("(up < (1))").unwrap().bound, 1.0);
        assert_eq!(threshold("t <= -3").unwrap().bound, -3.0);
        for expr in ["up", "a > b", "up == 0", "a > 1 and b > 2", "((", "1 < a"] {
            assert_eq!(threshold(expr), None, "{expr}");
        }
    }
}
