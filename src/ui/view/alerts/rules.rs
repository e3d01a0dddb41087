//! The list of rules: in groups, what is in trouble first, with their health and how long they take.

mod detail;
mod draw;
mod words;

use ratatui::layout::Rect;

use super::{Alerts, notes};
use crate::analysis::rules::{Survey, Trouble, compare, of_group, of_rule, survey};
use crate::analysis::summary::Headline;
use crate::model::rule::{Rule, RuleGroup};
use crate::text::Plain;
use crate::time::Timestamp;
use crate::ui::view::Scene;

pub use draw::draw;

/// A body of fewer rows has room for the list alone.
const BOTH: u16 = 14;
/// The counts and the heads of the columns.
const HEAD: u16 = 2;

/// One line of the list, by the numbers of group and rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Entry {
    Group(usize, Option<Trouble>),
    Rule(usize, usize, Option<Trouble>),
}

/// What a rule is known by: several of a group may have one name.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Key {
    file: Plain,
    group: Plain,
    name: Plain,
    nth: usize,
}

#[derive(Default)]
pub struct Page {
    entries: Vec<Entry>,
    /// Where the rules stand among the entries.
    places: Vec<usize>,
    survey: Survey,
    /// How far the server's clock is ahead, in ms.
    ahead: i64,
    /// The rule that somebody put the cursor on.
    selected: Option<Key>,
    /// The cursor, among the rules, and the first entry in sight.
    place: usize,
    top: usize,
}

impl Page {
    /// Makes the list anew from an answer that came at that time.
    pub fn learn(&mut self, groups: &[RuleGroup], at: Timestamp, ahead: i64) {
        // Judged as of the answer: what is old because nobody asked is not late.
        let now = at.plus(ahead);
        self.ahead = ahead;
        self.survey = survey(groups, now);
        self.entries = entries(groups, now);
        let is_rule = |(_, entry): &(usize, &Entry)| matches!(entry, Entry::Rule(..));
        self.places = self.entries.iter().enumerate().filter(is_rule).map(|(place, _)| place).collect();
        match self.selected.as_ref().map(|key| self.find(groups, key)) {
            // Nobody has moved it: it stands on the worst.
            None => self.place = 0,
            Some(Some(place)) => self.place = place,
            Some(None) => self.select(self.place, groups),
        }
    }

    fn select(&mut self, place: usize, groups: &[RuleGroup]) {
        self.place = place.min(self.places.len().saturating_sub(1));
        self.selected = self.numbers().and_then(|(group, rule)| key(groups, group, rule));
    }

    pub fn step(&mut self, by: isize, groups: &[RuleGroup], area: Rect) {
        self.select(self.place.saturating_add_signed(by), groups);
        self.top = self.first_in_sight(places(area).1.height);
    }

    /// The numbers of the selected rule's group and of the rule in it.
    fn numbers(&self) -> Option<(usize, usize)> {
        match self.entries.get(*self.places.get(self.place)?)? {
            Entry::Rule(group, rule, _) => Some((*group, *rule)),
            Entry::Group(..) => None,
        }
    }

    fn find(&self, groups: &[RuleGroup], sought: &Key) -> Option<usize> {
        self.places.iter().position(|place| match self.entries.get(*place) {
            Some(Entry::Rule(group, rule, _)) => is_it(groups, *group, *rule, sought),
            _ => false,
        })
    }

    /// The first entry to draw so that the selected one is in sight, moved as little as can be.
    fn first_in_sight(&self, height: u16) -> usize {
        let height = usize::from(height).max(1);
        let at = self.places.get(self.place).copied().unwrap_or(0);
        // The heading above the first rule of a group is shown with it.
        let is_first = at > 0 && matches!(self.entries.get(at - 1), Some(Entry::Group(..)));
        let lowest = at - usize::from(is_first && height > 1);
        self.top.min(lowest).max((at + 1).saturating_sub(height)).min(self.entries.len().saturating_sub(1))
    }
}

fn key(groups: &[RuleGroup], group: usize, rule: usize) -> Option<Key> {
    let group = groups.get(group)?;
    let name = &group.rules.get(rule)?.name;
    let nth = group.rules.iter().take(rule).filter(|other| other.name == *name).count();
    Some(Key { file: group.file.clone(), group: group.name.clone(), name: name.clone(), nth })
}

/// The names first: they tell most rules apart without counting.
fn is_it(groups: &[RuleGroup], group: usize, rule: usize, sought: &Key) -> bool {
    let Some(of) = groups.get(group) else { return false };
    let same = of.rules.get(rule).is_some_and(|rule| rule.name == sought.name);
    same && of.name == sought.group && of.file == sought.file && key(groups, group, rule).as_ref() == Some(sought)
}

fn entries(groups: &[RuleGroup], now: Timestamp) -> Vec<Entry> {
    let mut sorted: Vec<_> = groups.iter().enumerate().map(|(number, group)| judged(number, group, now)).collect();
    // A group is as bad as the worst in it.
    let worst = |whole: Option<Trouble>, rules: &[(usize, Option<Trouble>)]| {
        let first = rules.first().and_then(|(_, trouble)| *trouble);
        if compare(first, whole).is_lt() { first } else { whole }
    };
    sorted.sort_by(|(_, a, of_a), (_, b, of_b)| compare(worst(*a, of_a), worst(*b, of_b)));
    let mut entries = Vec::new();
    for (number, whole, rules) in sorted {
        entries.push(Entry::Group(number, whole));
        entries.extend(rules.into_iter().map(|(rule, trouble)| Entry::Rule(number, rule, trouble)));
    }
    entries
}

type Judged = (usize, Option<Trouble>, Vec<(usize, Option<Trouble>)>);

/// A group with its rules, the worst first.
fn judged(number: usize, group: &RuleGroup, now: Timestamp) -> Judged {
    let rules = group.rules.iter().enumerate().map(|(place, rule)| (place, of_rule(group, rule, now)));
    let mut rules: Vec<_> = rules.collect();
    rules.sort_by(|(_, a), (_, b)| compare(*a, *b));
    (number, of_group(group, now), rules)
}

/// Head, rows and detail; from the size alone, so that nothing jumps.
fn places(area: Rect) -> (Rect, Rect, Rect) {
    let list = if area.height < BOTH { area.height } else { area.height * 3 / 5 };
    let head = Rect { height: HEAD.min(list), ..area };
    let rows = Rect { y: head.bottom(), height: list - head.height, ..area };
    // A blank line between the two.
    let top = (rows.bottom() + 1).min(area.bottom());
    (head, rows, Rect { y: top, height: area.bottom() - top, ..area })
}

impl Alerts {
    /// The rule under the cursor of the rules' page.
    pub fn selected_rule(&self) -> Option<(&RuleGroup, &Rule)> {
        let (group, rule) = self.rules_page.numbers()?;
        let group = self.groups().get(group)?;
        Some((group, group.rules.get(rule)?))
    }

    /// Whether the rule under the cursor has alerts to go to.
    pub fn has_rule_alerts(&self) -> bool {
        let alerting = self.selected_rule().and_then(|(_, rule)| rule.alerting.as_ref());
        alerting.is_some_and(|alerting| !alerting.alerts.is_empty())
    }
}

/// What `y` copies.
pub fn copied(alerts: &Alerts) -> String {
    alerts.selected_rule().map_or_else(String::new, |(_, rule)| rule.expr.clone())
}

pub fn headline(alerts: &Alerts, scene: &Scene) -> Headline {
    words::headline(alerts, scene)
}

/// Whether the list is the latest one and not overdue.
fn is_fresh(alerts: &Alerts, scene: &Scene) -> bool {
    notes::is_fresh(&alerts.rules, scene)
}

#[cfg(test)]
mod tests;
