//! They are kept, changed and refused as by a real Alertmanager, see the tests on real ones.

use super::*;

const START: Timestamp = Timestamp(1_763_901_234_567);

fn draft() -> Draft {
    Draft {
        id: None,
        matchers: vec![Matcher::new("service", Op::Equal, "shop"), Matcher::new("team", Op::Fits, "a|b")],
        starts_at: None,
        ends: Ends::After(HOUR),
        created_by: "mara".into(),
        comment: "known".into(),
    }
}

fn write(silences: &mut Silences, draft: Draft, now: Timestamp) -> String {
    match silences.write(&Write::Silence(draft), now).unwrap() {
        Written::Silenced(id) => id,
        other => panic!("{other:?}"),
    }
}

fn find(silences: &Silences, id: &str, now: Timestamp) -> Silence {
    silences.at(now).into_iter().find(|silence| silence.id == id).unwrap()
}

#[test]
fn they_come_and_go_with_the_time() {
    let silences = Silences::new(START);
    let states = |now: Timestamp| {
        let silences = silences.at(now);
        silences.iter().map(|silence| (silence.created_by.to_string(), silence.state)).collect::<Vec<_>>()
    };
    let said = |by: &str, state| (by.to_owned(), state);
    use SilenceState::{Active, Expired, Pending};
    assert_eq!(states(START), [said("mara", Active), said("jonas", Pending), said("mara", Expired)]);
    assert_eq!(states(START.plus(DAY + HOUR)), [said("jonas", Active), said("mara", Expired), said("mara", Expired)]);
    let deploy = silences.at(START).pop().unwrap();
    assert_eq!((deploy.comment.as_str(), START.since(deploy.ends_at)), ("deploy", 2 * HOUR));
}

#[test]
fn one_is_made_for_a_while_and_ended_early() {
    let mut silences = Silences::new(START);
    let id = write(&mut silences, draft(), START);
    let made = find(&silences, &id, START);
    assert_eq!((made.state, made.starts_at, made.ends_at), (SilenceState::Active, START, START.plus(HOUR)));
    assert_eq!(find(&silences, &id, START.plus(HOUR)).state, SilenceState::Expired);
    for later in [MINUTE, 2 * MINUTE] {
        let ended = silences.write(&Write::Expire(id.clone()), START.plus(later));
        assert_eq!(ended, Ok(Written::Expired(id.clone())));
        let over = find(&silences, &id, START.plus(later));
        assert_eq!((over.state, over.ends_at), (SilenceState::Expired, START.plus(MINUTE)));
    }
    let pending = silences.at(START).into_iter().find(|silence| silence.created_by.as_str() == "jonas").unwrap().id;
    silences.write(&Write::Expire(pending.clone()), START).unwrap();
    assert_eq!(find(&silences, &pending, START).state, SilenceState::Expired);
}

#[test]
fn a_change_keeps_the_id_unless_it_hides_something_else() {
    let mut silences = Silences::new(START);
    let (first, later) = (write(&mut silences, draft(), START), START.plus(MINUTE));
    let edit = |id: &str, starts: Option<Timestamp>| Draft { id: Some(id.to_owned()), starts_at: starts, ..draft() };
    let longer = Draft { ends: Ends::After(3 * HOUR), comment: "longer".into(), ..edit(&first, Some(START)) };
    assert_eq!(write(&mut silences, longer, later), first);
    let changed = find(&silences, &first, later);
    assert_eq!((changed.starts_at, changed.ends_at), (START, later.plus(3 * HOUR)));
    assert_eq!(changed.comment.as_str(), "longer");

    let mut narrower = edit(&first, Some(START));
    narrower.matchers.pop();
    let second = write(&mut silences, narrower.clone(), later);
    assert_eq!(find(&silences, &first, later).state, SilenceState::Expired);
    assert_eq!(find(&silences, &second, later).starts_at, later, "a start that is past is now");
    let third =
        write(&mut silences, Draft { id: Some(second.clone()), starts_at: None, ..narrower }, later.plus(MINUTE));
    assert_eq!(find(&silences, &second, later.plus(MINUTE)).state, SilenceState::Expired);
    assert_eq!(BTreeSet::from([&first, &second, &third]).len(), 3);
    assert_ne!(first[..8], second[..8]);
    // One that is over does not come back under its id.
    assert_ne!(write(&mut silences, edit(&first, Some(START)), later), first);
}

#[test]
fn one_that_has_not_begun_may_begin_at_another_time() {
    let mut silences = Silences::new(START);
    let at =
        |hours: i64| Draft { starts_at: Some(START.plus(hours * HOUR)), ends: Ends::At(START.plus(DAY)), ..draft() };
    let id = write(&mut silences, at(2), START);
    assert_eq!(find(&silences, &id, START).state, SilenceState::Pending);
    assert_eq!(write(&mut silences, Draft { id: Some(id.clone()), ..at(3) }, START), id);
    assert_eq!(find(&silences, &id, START).starts_at, START.plus(3 * HOUR));
}

#[test]
fn what_a_server_refuses_is_refused() {
    let mut silences = Silences::new(START);
    let with = |matcher: Matcher| Draft { matchers: vec![matcher], ..draft() };
    for (wrong, words) in [
        (Draft { matchers: Vec::new(), ..draft() }, "error 422: matchers in body should have at least 1 items"),
        (Draft { comment: "".into(), ..draft() }, "error 422: comment in body is required"),
        (Draft { created_by: "".into(), ..draft() }, "error 422: createdBy in body is required"),
        (with(Matcher::new("a", Op::Fits, "(")), "error 400: invalid silence: a=~\"(\": "),
        (with(Matcher::new("a", Op::Fits, ".*")), "at least one matcher must not match the empty string"),
        (with(Matcher::new("a", Op::NotEqual, "x")), "at least one matcher must not match the empty string"),
        (Draft { ends: Ends::At(START), ..draft() }, "start time must be before end time"),
        (
            Draft { starts_at: Some(START.plus(-HOUR)), ends: Ends::At(START.plus(-MINUTE)), ..draft() },
            "end time can't be in the past",
        ),
        (Draft { id: Some("x".to_owned()), ..draft() }, "not found: there is no such silence any more"),
    ] {
        let said = silences.write(&Write::Silence(wrong), START).unwrap_err().to_string();
        assert!(said.contains(words), "{said}");
    }
    assert!(silences.write(&Write::Expire("x".to_owned()), START).is_err());
    assert_eq!(silences.at(START).len(), 3);
}
