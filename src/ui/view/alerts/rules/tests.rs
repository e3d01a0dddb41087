use super::*;
use crate::model::labels::Labels;
use crate::model::rule::Health;
use crate::time::{MINUTE, SECOND};

const NOW: Timestamp = Timestamp(1_700_000_000_000);
const AREA: Rect = Rect::new(0, 4, 80, 19);

fn rule(name: &str, health: Health) -> Rule {
    Rule {
        name: name.into(),
        expr: name.to_lowercase(),
        health,
        last_error: "".into(),
        took: 1.0,
        evaluated: Some(NOW),
        labels: Labels::default(),
        alerting: None,
    }
}

fn group(name: &str, rules: &[(&str, Health)]) -> RuleGroup {
    let rules = rules.iter().map(|(name, health)| rule(name, *health)).collect();
    RuleGroup { name: name.into(), file: "f".into(), interval: MINUTE, took: 1.0, evaluated: Some(NOW), rules }
}

fn names(page: &Page, groups: &[RuleGroup]) -> Vec<String> {
    let name = |entry: &Entry| match entry {
        Entry::Group(group, _) => format!("[{}]", groups[*group].name),
        Entry::Rule(group, rule, _) => groups[*group].rules[*rule].name.to_string(),
    };
    page.entries.iter().map(name).collect()
}

fn selected(page: &Page, groups: &[RuleGroup]) -> String {
    page.numbers().map_or_else(String::new, |(group, rule)| groups[group].rules[rule].expr.clone())
}

#[test]
fn what_is_in_trouble_comes_first() {
    let mut late = RuleGroup { evaluated: Some(NOW.plus(-5 * MINUTE)), ..group("late", &[("L", Health::Ok)]) };
    late.rules[0].evaluated = late.evaluated;
    let groups = [
        group("well", &[("A", Health::Ok), ("B", Health::Ok)]),
        late,
        group("bad", &[("C", Health::Ok), ("D", Health::Failing), ("E", Health::Unknown)]),
    ];
    let mut page = Page::default();
    page.learn(&groups, NOW, 0);
    assert_eq!(names(&page, &groups).join(" "), "[bad] D E C [late] L [well] A B");
    assert_eq!((page.survey.failing, page.survey.late, page.survey.new), (1, 1, 1));
    // By the server's own clock, which is six minutes behind, nothing is late.
    page.learn(&groups, NOW, -6 * MINUTE);
    assert_eq!(names(&page, &groups).join(" "), "[bad] D E C [well] A B [late] L");
}

#[test]
fn the_selected_rule_stays_selected_where_it_moves_and_of_twins_the_one_that_was_meant() {
    let mut groups = vec![group("g", &[("A", Health::Ok), ("T", Health::Ok), ("T", Health::Ok)])];
    groups[0].rules[2].expr = "second".to_owned();
    let mut page = Page::default();
    page.learn(&groups, NOW, 0);
    // Nobody has moved the cursor: it stands on the worst.
    groups[0].rules[1].health = Health::Failing;
    page.learn(&groups, NOW, 0);
    assert_eq!(selected(&page, &groups), "t");
    groups[0].rules[1].health = Health::Ok;
    page.learn(&groups, NOW, 0);
    page.step(2, &groups, AREA);
    assert_eq!(selected(&page, &groups), "second");
    // One in front of all, and it is failing itself now.
    groups.insert(0, group("f", &[("X", Health::Ok)]));
    groups[1].rules[2].health = Health::Failing;
    page.learn(&groups, NOW, 0);
    assert_eq!((selected(&page, &groups).as_str(), page.place), ("second", 0));
    // It is gone: the cursor stays in its place.
    groups[1].rules.truncate(1);
    page.learn(&groups, NOW, 0);
    assert_eq!(selected(&page, &groups), "x");
    page.learn(&[], NOW, 0);
    assert_eq!((page.numbers(), page.place), (None, 0));
}

#[test]
fn the_cursor_is_in_sight_among_thousands() {
    let groups: Vec<RuleGroup> = (0..500).map(|n| group(&format!("g{n}"), &[("A", Health::Ok); 10])).collect();
    let mut page = Page::default();
    page.learn(&groups, NOW.plus(SECOND), 0);
    let height = places(AREA).1.height;
    for (by, place) in [(isize::MAX, 4_999), (-7, 4_992), (isize::MIN, 0), (isize::MIN, 0), (4_000, 4_000)] {
        page.step(by, &groups, AREA);
        assert_eq!(page.place, place, "after {by}");
        let (top, at) = (page.first_in_sight(height), page.places[page.place]);
        assert!((top..top + usize::from(height)).contains(&at), "after {by}: {at} from {top}");
    }
    page.step(isize::MIN, &groups, AREA);
    assert_eq!(page.first_in_sight(height), 0, "with the heading");
}

#[test]
fn every_part_lies_within_at_any_size() {
    for (width, height) in (0..230).step_by(7).flat_map(|w| (0..80).map(move |h| (w, h))) {
        let area = Rect::new(0, 4, width, height);
        let (head, rows, detail) = places(area);
        for part in [head, rows, detail] {
            assert_eq!(area.intersection(part), part, "{width}x{height} {part:?}");
        }
        assert!(head.bottom() <= rows.y && rows.bottom() <= detail.y);
    }
}
