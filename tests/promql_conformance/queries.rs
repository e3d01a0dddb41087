//! The questions: hand-picked ones, and combinations.

/// One a line.
const PICKED: &str = include_str!("queries.txt");

/// Whether the order of an instant answer is part of it.
pub fn keeps_order(expr: &str) -> bool {
    ["sort", "topk", "bottomk"].iter().any(|name| expr.starts_with(name))
}

/// Parts of nested questions where a comparison drops a pair that was matched twice.
const DROPPED_PAIRS: [&str; 2] =
    ["@ end() > ignoring (room, code, endpoint, version, team)  level", "@ 1700002804.125 != ignoring"];

/// The questions that this version of Prometheus answers by the rules that the engine follows.
///
/// Since 2.42 these have changed: metric names may be quoted and durations may be numbers; `rate` first bounds the
/// stretch before a series' first sample and then looks for the counter's zero point; `histogram_quantile` rounds
/// away what floating point leaves in the counts; the deviation of an infinity is NaN; labels may have any name;
/// `label_replace` and `label_join` refuse series that become one at different times. Since 3.14 at the latest, a pair
/// that a comparison drops counts as matched, and each parameter of `topk` is looked at, also where there is nothing
/// to rank.
pub fn all(version: &str) -> Vec<String> {
    let for_version = |line: &'static str| match line.strip_prefix("3|") {
        Some(rest) => (!version.starts_with("2.")).then_some(rest.trim()),
        None => Some(line.trim()),
    };
    let picked = PICKED.lines().filter(|line| !line.is_empty() && !line.starts_with("//")).filter_map(for_version);
    let mut all: Vec<String> = picked.map(str::to_owned).collect();
    all.extend(over_time());
    all.extend(aggregations());
    all.extend(operators());
    all.extend(instant_functions());
    let changed = |expr: &String| version.starts_with("2.") && DROPPED_PAIRS.iter().any(|part| expr.contains(part));
    all.extend(super::nested::all().into_iter().filter(|expr| !changed(expr)));
    all
}

fn over_time() -> Vec<String> {
    let mut out = Vec::new();
    for function in ["rate", "increase", "irate", "resets", "changes", "count_over_time", "delta", "idelta"] {
        for range in ["30s", "1m", "5m", "17m", "1h"] {
            out.push(format!("{function}(requests_total{{code=\"200\"}}[{range}])"));
        }
        out.push(format!("{function}(requests_total[5m] offset 7m)"));
        out.push(format!("{function}(requests_total[4m] @ 1700002804.125)"));
    }
    let functions = ["avg", "min", "max", "sum", "count", "last", "present", "stddev", "stdvar"];
    for function in functions.iter().map(|name| format!("{name}_over_time")).chain(["deriv".into(), "changes".into()]) {
        out.push(format!("{function}(temperature[4m])"));
        out.push(format!("{function}(temperature{{room=\"north\"}}[10m:45s])"));
        out.push(format!("{function}(memory_bytes[2m] offset -3m)"));
    }
    for function in ["avg", "min", "max", "sum", "count", "last", "present"] {
        out.push(format!("{function}_over_time(odd_mixed[5m])"));
        out.push(format!("{function}_over_time(odd[5m])"));
    }
    for q in ["0", "0.25", "0.5", "0.99", "1", "-1", "2", "NaN"] {
        out.push(format!("quantile_over_time({q}, temperature[7m])"));
    }
    out
}

fn aggregations() -> Vec<String> {
    let mut out = Vec::new();
    for operator in ["sum", "avg", "min", "max", "count", "group", "stddev", "stdvar"] {
        for grouping in ["", "by (job)", "by (job, nothing)", "without (instance)", "without (room, instance)", "by ()"]
        {
            out.push(format!("{operator} {grouping} (temperature)"));
        }
        out.push(format!("{operator} by (endpoint, code) (rate(requests_total[5m]))"));
    }
    for operator in ["sum", "avg", "min", "max", "count", "group"] {
        out.push(format!("{operator}(odd_mixed)"));
        out.push(format!("{operator} by (kind) ({{__name__=~\"odd.*\"}})"));
    }
    for (operator, parameter) in [("topk", "3"), ("bottomk", "2"), ("topk", "1"), ("bottomk", "100"), ("topk", "0")] {
        for grouping in ["", "by (job)", "without (room)"] {
            out.push(format!("{operator} {grouping} ({parameter}, temperature)"));
        }
    }
    for q in ["0", "0.3", "0.9", "1", "-0.5", "1.5", "NaN", "scalar(avg(up))"] {
        out.push(format!("quantile({q}, temperature)"));
        out.push(format!("quantile by (job) ({q}, memory_bytes)"));
    }
    out
}

fn operators() -> Vec<String> {
    let mut out = Vec::new();
    for operator in ["+", "-", "*", "/", "%", "^"] {
        out.push(format!("temperature {operator} 3"));
        out.push(format!("3 {operator} temperature"));
        out.push(format!("3 {operator} 2"));
        out.push(format!("temperature {operator} on (job, instance) group_left () level"));
        out.push(format!("level {operator} on (instance) group_right (job) temperature"));
        out.push(format!("memory_bytes {operator} up"));
        out.push(format!("odd {operator} 2"));
    }
    for operator in ["==", "!=", ">", "<", ">=", "<="] {
        for modifier in ["", "bool"] {
            out.push(format!("level {operator} {modifier} 1"));
            out.push(format!("1 {operator} {modifier} level"));
            out.push(format!("level {operator} {modifier} up"));
            out.push(format!("level {operator} {modifier} on (instance) up"));
            out.push(format!("temperature {operator} {modifier} ignoring (room) group_left () level"));
            out.push(format!("odd {operator} {modifier} 0"));
        }
        out.push(format!("1 {operator} bool 1"));
    }
    for operator in ["and", "or", "unless"] {
        out.push(format!("up {operator} level"));
        out.push(format!("temperature {operator} on (instance) (up == 0)"));
        out.push(format!("up {operator} ignoring (instance) memory_bytes{{instance=\"a:9090\"}}"));
        out.push(format!("(temperature > 0) {operator} (temperature < 1)"));
        out.push(format!("up {operator} nothing"));
        out.push(format!("nothing {operator} up"));
    }
    out
}

fn instant_functions() -> Vec<String> {
    let mut out = Vec::new();
    let simple = ["abs", "ceil", "floor", "exp", "ln", "log2", "log10", "sqrt", "sgn", "round"];
    let calendar = ["minute", "hour", "day_of_week", "day_of_month", "day_of_year", "days_in_month", "month", "year"];
    for function in simple {
        out.push(format!("{function}(temperature)"));
        out.push(format!("{function}(odd_mixed)"));
    }
    for function in calendar {
        out.push(format!("{function}()"));
        out.push(format!("{function}(timestamp(up) + 86400 * 7 * level)"));
    }
    out
}
