//! Narrows queries to a service: matchers go in through the parsed expression, never by editing text.

use std::convert::Infallible;

use promql_parser::label::Matcher;
use promql_parser::parser::{Expr, VectorSelector};
use promql_parser::util::visitor::{ExprVisitorMut, walk_expr_mut};

use crate::model::labels::Labels;
use crate::model::promql;
use crate::model::watch::{Scope, Watch};

/// The matchers of a scope, or what is wrong with them.
pub fn parse_matchers(text: &str) -> Result<Vec<Matcher>, String> {
    if text.trim().is_empty() {
        return Ok(Vec::new());
    }
    let inner = text.trim();
    let inner = inner.strip_prefix('{').and_then(|rest| rest.strip_suffix('}')).unwrap_or(inner);
    match promql::parse(&format!("_scope_{{{inner}}}")) {
        Ok(Expr::VectorSelector(VectorSelector { matchers, .. })) if matchers.or_matchers.is_empty() => {
            Ok(matchers.matchers)
        }
        Ok(_) => Err(format!("`{text}` is not a list of matchers; write namespace=\"shop\"")),
        Err(error) => Err(format!("`{text}` is not a list of matchers ({error}); write namespace=\"shop\"")),
    }
}

/// Whether something with these labels is part of a scope that does not hold everything.
pub fn fits(scope: &Scope, labels: &Labels) -> bool {
    let matchers = parse_matchers(&scope.matcher).unwrap_or_default();
    let value = |name: &str| labels.get(name).map_or("", |value| value.as_str());
    !matchers.is_empty() && matchers.iter().all(|matcher| matcher.is_match(value(&matcher.name)))
}

/// Adds matchers to every selector of an expression.
pub fn narrow(expr: &str, matchers: &[Matcher]) -> Result<String, String> {
    if matchers.is_empty() {
        return Ok(expr.to_owned());
    }
    let mut parsed = promql::parse(expr).map_err(|error| format!("cannot narrow `{expr}`: {error}"))?;
    walk_expr_mut(&mut Narrow(matchers), &mut parsed).map_err(|error: Infallible| error.to_string())?;
    Ok(parsed.to_string())
}

/// The questions about the service itself, narrowed; machines and the database are not the service's own.
pub fn narrow_watch(watch: &Watch, scope: &Scope) -> Result<Watch, String> {
    let matchers = parse_matchers(&scope.matcher)?;
    let mut narrowed = watch.clone();
    for expr in [
        &mut narrowed.requests,
        &mut narrowed.errors,
        &mut narrowed.errors_by_endpoint,
        &mut narrowed.latency,
        &mut narrowed.buckets,
        &mut narrowed.memory,
        &mut narrowed.cpu,
        &mut narrowed.memory_ratio,
        &mut narrowed.up,
        &mut narrowed.started,
    ] {
        *expr = narrow(expr, &matchers)?;
    }
    narrowed.logs = scope.logs.clone();
    if let Some(service) = &scope.traces {
        narrowed.service = Some(service.clone());
    }
    Ok(narrowed)
}

struct Narrow<'a>(&'a [Matcher]);

impl ExprVisitorMut for Narrow<'_> {
    type Error = Infallible;

    fn pre_visit(&mut self, expr: &mut Expr) -> Result<bool, Infallible> {
        let selector = match expr {
            Expr::VectorSelector(selector) => selector,
            Expr::MatrixSelector(matrix) => &mut matrix.vs,
            _ => return Ok(true),
        };
        selector.matchers.matchers.extend(self.0.iter().cloned());
        for alternative in &mut selector.matchers.or_matchers {
            alternative.extend(self.0.iter().cloned());
        }
        Ok(true)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_selector_is_narrowed_and_nothing_else() {
        let matchers = parse_matchers(r#"namespace="shop", cluster=~"eu-.*""#).unwrap();
        let narrowed =
            narrow(r#"sum by (endpoint) (rate(a{status=~"5.."}[5m] offset 1m)) / sum(b) > 0.1"#, &matchers).unwrap();
        assert_eq!(
            narrowed,
            r#"sum by (endpoint) (rate(a{cluster=~"eu-.*",namespace="shop",status=~"5.."}[5m] offset 1m)) / sum(b{cluster=~"eu-.*",namespace="shop"}) > 0.1"#
        );
    }

    #[test]
    fn every_built_in_question_survives() {
        let scope = Scope { name: "shop".into(), matcher: "namespace=\"shop\"".into(), logs: None, traces: None };
        let narrowed = narrow_watch(&Watch::default(), &scope).unwrap();
        for expr in [&narrowed.requests, &narrowed.errors, &narrowed.latency, &narrowed.memory_ratio, &narrowed.up] {
            assert!(expr.contains("namespace=\"shop\""), "{expr}");
            assert!(promql::parse(expr).is_ok(), "{expr}");
        }
        assert_eq!(narrowed.hosts, Watch::default().hosts);
    }

    #[test]
    fn hostile_values_stay_inside_their_quotes() {
        let matchers = parse_matchers(r#"a="x\"} or vector(1) #\n""#).unwrap();
        let narrowed = narrow("up", &matchers).unwrap();
        assert!(matches!(promql::parse(&narrowed), Ok(Expr::VectorSelector(_))), "{narrowed}");
    }

    #[test]
    fn a_bad_scope_says_what_to_write() {
        for text in ["namespace=shop", "}", "a=\"b\"} or up{", "namespace"] {
            assert!(parse_matchers(text).unwrap_err().contains("write namespace=\"shop\""), "{text}");
        }
        assert!(parse_matchers("").unwrap().is_empty());
    }
}
