//! How the rules do: which of them fail, take too long, or are evaluated no more.

use std::cmp::Ordering;

use crate::model::rule::{Health, Rule, RuleGroup};
use crate::time::{SECOND, Timestamp};

/// An evaluation is missed when it is later than two intervals and this, in ms: it takes a while itself.
const GRACE: i64 = 10 * SECOND;

/// What is wrong with a rule or a group; ordered, the worst first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Trouble {
    /// Its last evaluation ended in an error.
    Fails,
    /// It was not evaluated for more than two intervals.
    Late,
    /// Its evaluation takes longer than the interval.
    Slow,
    /// It was not evaluated yet.
    New,
}

/// What is wrong with a group as a whole. `now` is by the server's clock.
pub fn of_group(group: &RuleGroup, now: Timestamp) -> Option<Trouble> {
    if is_late(group, group.evaluated, now) {
        return Some(Trouble::Late);
    }
    if is_slow(group, group.took) {
        return Some(Trouble::Slow);
    }
    (group.evaluated.is_none() && !group.rules.is_empty()).then_some(Trouble::New)
}

/// What is wrong with one rule.
pub fn of_rule(group: &RuleGroup, rule: &Rule, now: Timestamp) -> Option<Trouble> {
    match rule.health {
        Health::Failing => Some(Trouble::Fails),
        _ if is_late(group, rule.evaluated, now) => Some(Trouble::Late),
        _ if is_slow(group, rule.took) => Some(Trouble::Slow),
        Health::Unknown => Some(Trouble::New),
        Health::Ok => None,
    }
}

fn is_late(group: &RuleGroup, evaluated: Option<Timestamp>, now: Timestamp) -> bool {
    let patience = group.interval.saturating_mul(2).saturating_add(GRACE);
    group.interval > 0 && evaluated.is_some_and(|at| now.since(at) > patience)
}

fn is_slow(group: &RuleGroup, took: f64) -> bool {
    group.interval > 0 && took > group.interval as f64
}

/// Groups or rules in the order in which they are shown: what is in trouble first, the rest as the server has it.
pub fn compare(one: Option<Trouble>, other: Option<Trouble>) -> Ordering {
    // Nothing is better than any trouble.
    one.is_none().cmp(&other.is_none()).then(one.cmp(&other))
}

/// How many there are, and how many of them are in trouble.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Survey {
    pub groups: usize,
    pub rules: usize,
    pub failing: usize,
    pub late: usize,
    /// Groups and rules.
    pub slow: usize,
    pub new: usize,
}

pub fn survey(groups: &[RuleGroup], now: Timestamp) -> Survey {
    let mut survey = Survey { groups: groups.len(), ..Survey::default() };
    for group in groups {
        let whole = of_group(group, now);
        survey.slow += usize::from(whole == Some(Trouble::Slow));
        for rule in &group.rules {
            survey.rules += 1;
            match of_rule(group, rule, now) {
                Some(Trouble::Fails) => survey.failing += 1,
                Some(Trouble::Late) => survey.late += 1,
                Some(Trouble::Slow) if whole != Some(Trouble::Slow) => survey.slow += 1,
                Some(Trouble::New) => survey.new += 1,
                Some(Trouble::Slow) | None => {}
            }
        }
    }
    survey
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::labels::Labels;
    use crate::time::MINUTE;

    const NOW: Timestamp = Timestamp(1_700_000_000_000);

    fn rule(health: Health, took: f64) -> Rule {
        Rule {
            name: "R".into(),
            expr: "up".to_owned(),
            health,
            last_error: "".into(),
            took,
            evaluated: (health != Health::Unknown).then_some(NOW),
            labels: Labels::default(),
            alerting: None,
        }
    }

    fn group(took: f64, evaluated: i64, rules: Vec<Rule>) -> RuleGroup {
        let evaluated = Some(NOW.plus(-evaluated));
        RuleGroup { name: "g".into(), file: "f".into(), interval: 15 * SECOND, took, evaluated, rules }
    }

    #[test]
    fn a_group_is_late_after_two_intervals_and_a_little() {
        for (age, expected) in [(0, None), (40 * SECOND, None), (41 * SECOND, Some(Trouble::Late))] {
            assert_eq!(of_group(&group(1.0, age, Vec::new()), NOW), expected, "{age}");
        }
        // A server whose clock is ahead has evaluated it in our future.
        assert_eq!(of_group(&group(1.0, -MINUTE, Vec::new()), NOW), None);
        assert_eq!(of_group(&group(15_001.0, 0, Vec::new()), NOW), Some(Trouble::Slow));
        let never = RuleGroup { evaluated: None, ..group(0.0, 0, vec![rule(Health::Unknown, 0.0)]) };
        assert_eq!(of_group(&never, NOW), Some(Trouble::New));
    }

    #[test]
    fn a_rule_is_judged_by_the_interval_of_its_group() {
        let group = group(20_000.0, 0, Vec::new());
        let old = |health| Rule { evaluated: Some(NOW.plus(-MINUTE)), ..rule(health, 1.0) };
        assert_eq!(of_rule(&group, &old(Health::Ok), NOW), Some(Trouble::Late));
        assert_eq!(of_rule(&group, &old(Health::Failing), NOW), Some(Trouble::Fails));
        assert_eq!(of_rule(&group, &rule(Health::Ok, 16_000.0), NOW), Some(Trouble::Slow));
        assert_eq!(of_rule(&group, &rule(Health::Unknown, 0.0), NOW), Some(Trouble::New));
        assert_eq!(of_rule(&group, &rule(Health::Ok, 1.0), NOW), None);
    }

    #[test]
    fn each_rule_is_counted_once() {
        let rules = || vec![rule(Health::Failing, 1.0), rule(Health::Ok, 1.0), rule(Health::Unknown, 0.0)];
        let mut late = group(1.0, MINUTE, rules());
        late.rules[1].evaluated = Some(NOW.plus(-MINUTE));
        let groups = [group(1.0, 0, rules()), late, group(20_000.0, 0, rules())];
        let expected = Survey { groups: 3, rules: 9, failing: 3, late: 1, slow: 1, new: 3 };
        assert_eq!(survey(&groups, NOW), expected);
    }

    #[test]
    fn the_worst_comes_first_and_what_is_well_last() {
        let mut all = [None, Some(Trouble::New), Some(Trouble::Slow), Some(Trouble::Fails), Some(Trouble::Late)];
        all.sort_by(|a, b| compare(*a, *b));
        let expected = [Trouble::Fails, Trouble::Late, Trouble::Slow, Trouble::New].map(Some);
        assert_eq!((&all[..4], all[4]), (&expected[..], None));
    }
}
