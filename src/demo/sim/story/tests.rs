//! What the schedule promises, and what adding to it does.

use super::*;
use crate::demo::sim::service::ENDPOINTS;

const START: i64 = 1_763_900_000_000;

fn story() -> Story {
    Story::new(1, Timestamp(START))
}

/// The only scheduled incident that `t` can belong to.
fn nearest(story: &Story, t: i64) -> Option<Incident> {
    story.around(t).next()
}

fn history() -> Vec<Incident> {
    story().incidents(START - HISTORY, START + 10 * DAY).collect()
}

#[test]
fn incidents_keep_clear_of_each_other() {
    let all = history();
    assert!(all.len() > 500);
    for pair in all.windows(2) {
        assert!(pair[0].calm + 10 * MINUTE < pair[1].begin - LEAK, "{pair:?}");
    }
}

#[test]
fn a_moment_knows_its_incident() {
    let story = story();
    for incident in history() {
        for t in [incident.begin - LEAK, incident.begin, incident.fall, incident.calm + 10 * MINUTE] {
            assert_eq!(nearest(&story, t), Some(incident));
        }
    }
    assert_eq!(nearest(&story, START - HISTORY - DAY), None);
}

#[test]
fn the_first_one_is_under_way_at_the_start_and_over_soon() {
    let first = nearest(&story(), START).unwrap();
    assert_eq!((first.kind, first.path(), first.phase(START)), (Kind::Upstream, "/api/checkout", Phase::Full));
    assert_eq!(first.level(START), 1.0);
    assert_eq!(first.phase(first.begin + SECOND), Phase::Rising);
    assert_eq!(first.phase(first.calm - SECOND), Phase::Falling);
    assert!(first.calm < START + 20 * MINUTE);
    assert!(first.restarts);
}

#[test]
fn every_kind_happens_and_only_what_can_fail_fails() {
    for seed in 0..20 {
        let week: Vec<_> = Story::new(seed, Timestamp(START)).incidents(START - 7 * DAY, START).collect();
        assert!(week.len() >= 56);
        for kind in [Kind::Upstream, Kind::Database, Kind::Stuck, Kind::Leak] {
            assert!(week.iter().any(|i| i.kind == kind), "{kind:?} with seed {seed}");
        }
        assert!(week.iter().all(|i| ENDPOINTS[i.endpoint].failing > 0.0 && i.instance < INSTANCES.len()));
    }
}

#[test]
fn a_leak_climbs_until_the_restart() {
    let story = story();
    let first = nearest(&story, START).unwrap();
    let at = |t| first.leaked(first.instance, t);
    assert_eq!((at(first.begin - LEAK), at(first.fall)), (0.0, 0.0));
    assert!(at(START - HOUR) < at(START) && at(START) < at(first.fall - 1) && at(first.fall - 1) > 0.99);
    assert_eq!(first.leaked(0, START), 0.0);
}

#[test]
fn lives_follow_each_other_and_any_part_agrees_with_the_whole() {
    let story = story();
    for instance in 0..INSTANCES.len() {
        let whole = story.runs(instance, START - HISTORY, START + DAY);
        assert!(whole.len() > 20, "{}", whole.len());
        assert!(whole.windows(2).all(|w| w[1].started - w[0].until == RECOVERY));
        for hour in 0..HISTORY / HOUR {
            let (from, to) = (START - hour * HOUR, START - hour * HOUR + 2 * HOUR);
            let part = story.runs(instance, from, to);
            let touching = |r: &&Run| r.started <= to && r.until > from;
            let expected: Vec<_> = whole.iter().filter(touching).map(|r| r.started).collect();
            assert_eq!(part.iter().filter(touching).map(|r| r.started).collect::<Vec<_>>(), expected);
        }
    }
}

fn wish(trouble: Trouble, after: i64) -> Wish {
    Wish { length: Some(4 * MINUTE), strength: Some(0.9), ..Wish::new(trouble, Timestamp(START + after)) }
}

fn calm() -> Story {
    Story::calm(1, Timestamp(START))
}

#[test]
fn a_calm_story_has_only_what_is_added() {
    assert_eq!(calm().incidents(START - HISTORY, START + HISTORY).count(), 0);
    assert_eq!(calm().runs(0, START - HISTORY, START + DAY).len(), 1);
    let (story, numbers) = calm().with(&wish(Trouble::AllDown, 0), Timestamp(START)).unwrap();
    assert_eq!(numbers, [0, 1, 2]);
    for instance in 0..INSTANCES.len() {
        let runs = story.runs(instance, START - DAY, START + DAY);
        assert_eq!((runs[0].until, runs[1].started), (START, START + 4 * MINUTE));
    }
}

#[test]
fn what_is_left_open_follows_from_the_seed_and_the_number() {
    let add = |seed: u64| {
        let mut story = Story::calm(seed, Timestamp(START));
        for trouble in Trouble::ALL.into_iter().filter(|t| *t != Trouble::AllDown) {
            story = story.with(&Wish::new(trouble, Timestamp(START)), Timestamp(START)).map_or(story, |(s, _)| s);
        }
        story.added().to_vec()
    };
    assert_eq!(add(5), add(5));
    assert_ne!(add(5), add(6));
    assert_eq!(add(5).len(), 6);
}

#[test]
fn two_at_one_place_are_refused_with_a_reason_and_elsewhere_they_are_not() {
    let now = Timestamp(START);
    let burst = Wish { endpoint: Some(CHECKOUT), ..wish(Trouble::ErrorBurst, MINUTE) };
    let (story, _) = calm().with(&burst, now).unwrap();
    let refused = story.with(&Wish { endpoint: Some(CHECKOUT), ..wish(Trouble::Slow, 3 * MINUTE) }, now).unwrap_err();
    assert!(matches!(refused, Refused::Taken(_)));
    assert!(refused.to_string().contains("/api/checkout"), "{refused}");
    // Left open, it goes elsewhere; later, or on another endpoint, it may.
    let (elsewhere, _) = story.with(&wish(Trouble::Slow, 3 * MINUTE), now).unwrap();
    assert_ne!(elsewhere.added()[1].endpoint, CHECKOUT);
    assert!(story.with(&Wish { begin: Timestamp(START + 8 * MINUTE), ..burst }, now).is_ok());
    let (down, _) = calm().with(&Wish { instance: Some(2), ..wish(Trouble::InstanceDown, 0) }, now).unwrap();
    assert!(matches!(down.with(&wish(Trouble::AllDown, 0), now), Err(Refused::Taken(_))));
    // The scheduled one is in the way as well.
    assert!(story_with_schedule_refuses(now));
}

fn story_with_schedule_refuses(now: Timestamp) -> bool {
    let wish = Wish { endpoint: Some(CHECKOUT), ..wish(Trouble::ErrorBurst, 0) };
    matches!(story().with(&wish, now), Err(Refused::Taken(_)))
}

#[test]
fn nonsense_is_refused() {
    let now = Timestamp(START);
    let good = wish(Trouble::ErrorBurst, 0);
    for (bad, why) in [
        (Wish { begin: Timestamp(START - 1), ..good }, Refused::Past),
        (Wish { strength: Some(0.0), ..good }, Refused::Strength),
        (Wish { strength: Some(f64::NAN), ..good }, Refused::Strength),
        (Wish { length: Some(10), ..good }, Refused::Length),
        (Wish { endpoint: Some(7), ..good }, Refused::Endpoint),
        (Wish { instance: Some(3), ..good }, Refused::Instance),
    ] {
        assert_eq!(calm().with(&bad, now).unwrap_err(), why);
    }
    assert_eq!(calm().without(0, now).unwrap_err(), Refused::Unknown(0));
}

#[test]
fn one_that_never_began_touches_nothing() {
    let now = Timestamp(START);
    let (story, _) = calm().with(&wish(Trouble::InstanceDown, HOUR), now).unwrap();
    let story = story.without(0, now).unwrap();
    assert!((0..3).all(|instance| story.runs(instance, START, START + DAY).len() == 1));
    assert!(story.with(&wish(Trouble::AllDown, HOUR), now).is_ok());
}
