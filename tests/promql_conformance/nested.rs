//! Questions made by chance: parts of the language put into one another. The same ones every time.
//!
//! What magnifies the last digit of a float (deviations, remainders, equality) stays out: versions of Prometheus sum
//! in different orders.

use super::data::Dice;

const COUNT: usize = 300;

pub fn all() -> Vec<String> {
    let mut dice = Dice(7);
    (0..COUNT).map(|_| vector(&mut dice, 3)).collect()
}

fn pick<'a>(dice: &mut Dice, from: &[&'a str]) -> &'a str {
    from[dice.below(from.len() as u64) as usize]
}

fn selector(dice: &mut Dice) -> String {
    let name = pick(dice, &["up", "level", "temperature", "memory_bytes", "requests_total", "build_info"]);
    let matchers =
        ["", "{job=\"api\"}", "{instance!~\"a.*\"}", "{job=~\"api|web\",instance!=\"b:9090\"}", "{code=\"\"}"];
    format!("{name}{}", pick(dice, &matchers))
}

fn moment(dice: &mut Dice) -> &'static str {
    pick(dice, &["", "", "", " offset 6m", " offset -2m", " @ 1700002804.125", " @ end()", " @ start() offset 3m"])
}

fn range(dice: &mut Dice, depth: u64) -> String {
    let moment = moment(dice);
    match dice.below(3) {
        0 if depth > 0 => format!("({})[10m:{}]{moment}", vector(dice, depth - 1), pick(dice, &["", "30s", "2m"])),
        _ => format!("{}[{}]{moment}", selector(dice), pick(dice, &["1m", "4m", "13m"])),
    }
}

fn scalar(dice: &mut Dice, depth: u64) -> String {
    match dice.below(5) {
        0 if depth > 0 => format!("scalar({})", vector(dice, depth - 1)),
        1 => "(time() - 1700000000)".to_owned(),
        _ => pick(dice, &["0", "1", "2.5", "-3", "1e6"]).to_owned(),
    }
}

fn grouping(dice: &mut Dice) -> &'static str {
    pick(dice, &["", "by (job)", "by (job, instance)", "without (instance)", "without (endpoint, room, code)"])
}

fn matching(dice: &mut Dice) -> &'static str {
    let all = ["", "on (instance)", "on (job, instance)", "ignoring (room, code, endpoint, version, team)"];
    pick(dice, &all)
}

fn vector(dice: &mut Dice, depth: u64) -> String {
    if depth == 0 {
        return selector(dice) + moment(dice);
    }
    let below = depth - 1;
    match dice.below(13) {
        0 | 1 => {
            let operator = pick(dice, &["sum", "avg", "min", "max", "count", "group"]);
            format!("{operator} {} ({})", grouping(dice), vector(dice, below))
        }
        2 => {
            // Of equals it is chance which Prometheus keeps: these have none.
            let distinct = ["temperature", "memory_bytes", "avg_over_time(temperature[4m])", "delta(memory_bytes[5m])"];
            let operator = pick(dice, &["topk", "bottomk"]);
            format!("{operator} {} ({}, {})", grouping(dice), pick(dice, &["1", "2", "7"]), pick(dice, &distinct))
        }
        3 | 4 => {
            let functions = ["avg", "min", "max", "sum", "count", "last", "present"];
            format!("{}_over_time({})", pick(dice, &functions), range(dice, below))
        }
        5 => format!("{}({})", pick(dice, &["delta", "idelta", "irate", "changes", "resets"]), range(dice, below)),
        6 => {
            let operator = pick(dice, &["+", "-", "*", "/"]);
            format!("({} {operator} {})", vector(dice, below), scalar(dice, below))
        }
        7 => {
            let operator = pick(dice, &["+", "*", ">", "<= bool", "!="]);
            let group = pick(dice, &["", "", "group_left ()", "group_right ()"]);
            let matching = matching(dice);
            let group = if matching.is_empty() { "" } else { group };
            format!("({} {operator} {matching} {group} {})", vector(dice, below), vector(dice, below))
        }
        8 => {
            let operator = pick(dice, &["and", "or", "unless"]);
            format!("({} {operator} {} {})", vector(dice, below), matching(dice), vector(dice, below))
        }
        9 => format!("{}({})", pick(dice, &["abs", "sgn", "-", "absent", "sort"]), vector(dice, below)),
        10 => {
            let q = pick(dice, &["0", "0.5", "0.9"]);
            format!("quantile {} ({q}, {})", grouping(dice), vector(dice, below))
        }
        11 => format!("clamp_min({}, {})", vector(dice, below), scalar(dice, below)),
        _ => {
            let target = pick(dice, &["new", "__name__"]);
            format!("label_replace({}, \"{target}\", \"$1\", \"job\", \"(.).*\")", vector(dice, below))
        }
    }
}
