//! Whether a live chart may ask for its new end only.
//!
//! An expression that looks at the ends of its range, or at all of it at once, gives other values for a part of the
//! range than for the whole; then every refresh must ask for the whole.

/// Functions of the range's own ends, in PromQL; and of the range as a whole, in MetricsQL.
const ENDS: [&str; 3] = ["start", "end", "range"];
const WHOLE: [&str; 9] =
    ["range_", "running_", "topk_", "bottomk_", "outliers", "keep_", "smooth_", "interpolate", "remove_resets"];

pub fn is_ok(expr: &str) -> bool {
    !calls(expr).any(|name| {
        let name = name.to_ascii_lowercase();
        ENDS.contains(&name.as_str()) || WHOLE.iter().any(|start| name.starts_with(start))
    })
}

/// The names before an opening parenthesis. Those inside quotes count too: that only costs a little more asking.
fn calls(expr: &str) -> impl Iterator<Item = &str> {
    expr.match_indices('(').filter_map(|(at, _)| {
        let before = expr.get(..at)?.trim_end();
        let start = before.rfind(|c: char| !c.is_ascii_alphanumeric() && c != '_').map_or(0, |i| i + 1);
        before.get(start..)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn functions_of_the_range_forbid_a_tail() {
        for expr in [
            "x @ end()",
            "x @ start ( )",
            "rate(x[5m] @end())",
            "range_avg(rate(x[5m]))",
            "1 + Running_Sum(x)",
            "topk_max(3, x)",
            "rate(x[range()])",
        ] {
            assert!(!is_ok(expr), "{expr}");
        }
    }

    #[test]
    fn look_alikes_do_not() {
        for expr in [
            "sum by (start) (rate(x_start[5m]))",
            "http_range_requests_total",
            "topk(3, x)",
            "x @ 123",
            "sum(range_x)",
            "weekend(x)",
            "ключ(x)",
            "",
        ] {
            assert!(is_ok(expr), "{expr}");
        }
    }
}
