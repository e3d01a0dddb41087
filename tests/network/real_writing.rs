//! Real Alertmanagers, old and new, alone and in pairs: what the console writes there is there.

use a360::model::fault::FetchError;
use a360::model::matcher::{Matcher, Op};
use a360::model::silence::{Silence, SilenceState};
use a360::model::write::{Draft, Ends, Write, WriteError, Written};
use a360::source::alertmanager::Alertmanager;
use a360::time::{MINUTE, SECOND, Timestamp};

use crate::real::{Running, free_port, now};
use crate::real_alertmanager::{alertmanager, held, silences, source};

fn draft() -> Draft {
    Draft {
        id: None,
        matchers: vec![
            Matcher::new("service", Op::Equal, "shop \"1\\\n"),
            Matcher::new("severity", Op::Fits, "warning|critical"),
            Matcher::new("team", Op::NotEqual, "größe"),
        ],
        starts_at: None,
        ends: Ends::After(15 * MINUTE),
        created_by: "mara".into(),
        comment: "ACK! looking\ninto it".into(),
    }
}

/// As the list shows it, ready to be changed.
fn edit(silence: &Silence) -> Draft {
    Draft {
        id: Some(silence.id.clone()),
        matchers: silence.matchers.clone(),
        starts_at: Some(silence.starts_at),
        ends: Ends::At(silence.ends_at),
        created_by: silence.created_by.clone(),
        comment: silence.comment.clone(),
    }
}

async fn write(source: &Alertmanager, draft: Draft) -> Result<String, WriteError> {
    match source.write(&Write::Silence(draft), now()).await? {
        Written::Silenced(id) => Ok(id),
        other => panic!("{other:?}"),
    }
}

async fn expire(source: &Alertmanager, id: &str) -> Result<Written, WriteError> {
    source.write(&Write::Expire(id.to_owned()), now()).await
}

/// It is there at once: whoever has written looks no second time.
async fn silence(source: &Alertmanager, id: &str) -> Silence {
    let all = silences(source, |_| true).await;
    all.into_iter().find(|silence| silence.id == id).unwrap()
}

fn refusal(result: Result<impl std::fmt::Debug, WriteError>) -> FetchError {
    match result {
        Err(WriteError::NotDone(fault)) => fault,
        other => panic!("{other:?}"),
    }
}

async fn answering(server: &str) -> (tempfile::TempDir, Running, Alertmanager) {
    let (folder, port) = (tempfile::tempdir().unwrap(), free_port());
    let running = alertmanager(server, folder.path(), port, None);
    let source = source(&[port]);
    held(&source, |_| true).await;
    (folder, running, source)
}

#[tokio::test]
#[ignore = "skipped: needs real servers, see tests/stack"]
async fn silences_are_written_to_a_real_alertmanager_0_25() {
    let (_folder, _running, source) = answering("alertmanager-0.25").await;
    written_changed_and_ended(&source).await;
    // Names beyond letters and digits came with 0.27.
    let words = refusal(write(&source, named("ключ.x")).await).to_string();
    assert!(words.starts_with("error 400: ") && words.contains("invalid label name"), "{words}");
}

#[tokio::test]
#[ignore = "skipped: needs real servers, see tests/stack"]
async fn silences_are_written_to_a_real_alertmanager_0_31() {
    let (_folder, _running, source) = answering("alertmanager-0.31").await;
    written_changed_and_ended(&source).await;
    let id = write(&source, named("ключ.x")).await.unwrap();
    assert_eq!(silence(&source, &id).await.matchers, named("ключ.x").matchers);
}

fn named(name: &str) -> Draft {
    Draft { matchers: vec![Matcher::new(name, Op::Equal, "значение")], ..draft() }
}

async fn written_changed_and_ended(source: &Alertmanager) {
    let begun = now();
    let id = write(source, draft()).await.unwrap();
    let made = silence(source, &id).await;
    let near = |a: Timestamp, b: Timestamp| a.since(b).abs() < 5 * SECOND;
    assert_eq!(
        (made.state, &made.created_by, &made.comment),
        (SilenceState::Active, &draft().created_by, &draft().comment)
    );
    let (mut sent, mut kept) = (draft().matchers, made.matchers.clone());
    sent.sort();
    kept.sort();
    assert_eq!(sent, kept);
    assert!(near(made.starts_at, begun) && near(made.ends_at, begun.plus(15 * MINUTE)), "{made:?}");
    // As after an answer that was lost: it is found, and none is added.
    let again = Write::Again(Draft { ends: Ends::At(made.ends_at), ..draft() });
    assert_eq!(source.write(&again, now()).await, Ok(Written::Silenced(id.clone())));
    assert_eq!(silences(source, |_| true).await.len(), 1);

    // Only its end: the id stays.
    let longer = Draft { ends: Ends::At(made.ends_at.plus(10 * MINUTE)), ..edit(&made) };
    assert_eq!(write(source, longer).await, Ok(id.clone()));
    let longer = silence(source, &id).await;
    assert_eq!(longer.ends_at, made.ends_at.plus(10 * MINUTE));
    let timed = Draft { ends: Ends::After(5 * MINUTE), comment: "soon".into(), ..edit(&longer) };
    assert_eq!(write(source, timed).await, Ok(id.clone()));
    assert!(near(silence(source, &id).await.ends_at, now().plus(5 * MINUTE)));

    // Its matchers: another takes its place.
    let narrower = Draft { matchers: made.matchers[..2].to_vec(), ..edit(&longer) };
    let other = write(source, narrower).await.unwrap();
    assert_ne!(other, id);
    assert_eq!(silence(source, &id).await.state, SilenceState::Expired);
    assert_eq!(silence(source, &other).await.matchers.len(), 2);

    assert_eq!(expire(source, &other).await, Ok(Written::Expired(other.clone())));
    assert_eq!(silence(source, &other).await.state, SilenceState::Expired);
    assert_eq!(expire(source, &other).await, Ok(Written::Expired(other)), "once more does no harm");

    // One that has not begun.
    let later = Draft { starts_at: Some(now().plus(MINUTE)), ..draft() };
    let later = write(source, later).await.unwrap();
    assert_eq!(silence(source, &later).await.state, SilenceState::Pending);
    assert_eq!(expire(source, &later).await, Ok(Written::Expired(later.clone())));
    assert_eq!(silence(source, &later).await.state, SilenceState::Expired);

    refused(source, &made).await;
}

async fn refused(source: &Alertmanager, known: &Silence) {
    let before = silences(source, |_| true).await;
    let unknown = "00000000-0000-4000-8000-000000000000";
    let gone = "not found: there is no such silence any more";
    assert_eq!(refusal(expire(source, unknown).await).to_string(), gone);
    let edit = Draft { id: Some(unknown.to_owned()), ..edit(known) };
    assert_eq!(refusal(write(source, edit).await).to_string(), gone);
    let with = |matcher| Draft { matchers: vec![matcher], ..draft() };
    for (wrong, words) in [
        (with(Matcher::new("service", Op::Fits, "(")), "error 400"),
        (with(Matcher::new("service", Op::Equal, "")), "error 400"),
        (Draft { matchers: Vec::new(), ..draft() }, "error 422"),
        (Draft { ends: Ends::At(now().plus(-MINUTE)), ..draft() }, "error 400"),
    ] {
        let said = refusal(write(source, wrong).await).to_string();
        println!("{said}");
        assert!(said.starts_with(words), "{said}");
    }
    assert_eq!(silences(source, |_| true).await, before, "nothing was changed");
}

#[tokio::test]
#[ignore = "skipped: needs real servers, see tests/stack"]
async fn a_pair_is_written_to_through_whichever_is_up() {
    let (folder, [a, b]) = (tempfile::tempdir().unwrap(), [free_port(), free_port()]);
    let gossip = [free_port(), free_port()];
    let one = alertmanager("alertmanager-0.31", &folder.path().join("a"), a, Some((gossip[0], gossip[1])));
    let _two = alertmanager("alertmanager-0.31", &folder.path().join("b"), b, Some((gossip[1], gossip[0])));
    let pair = source(&[a, b]);
    held(&pair, |holdings| holdings.notes.is_empty()).await;
    let first = write(&pair, draft()).await.unwrap();
    // The other hears of it, and there is one.
    let there = silences(&source(&[b]), |silences| !silences.is_empty()).await;
    assert_eq!(there.iter().map(|silence| &silence.id).collect::<Vec<_>>(), [&first]);

    drop(one);
    let longer = Draft { ends: Ends::After(30 * MINUTE), ..edit(&there[0]) };
    assert_eq!(write(&pair, longer).await, Ok(first.clone()));
    let second = write(&pair, named("service")).await.unwrap();
    assert_eq!(silences(&pair, |silences| silences.len() == 2).await.len(), 2);
    for id in [&first, &second] {
        assert_eq!(expire(&pair, id).await, Ok(Written::Expired(id.clone())));
    }
    let over = |silences: &[Silence]| silences.iter().all(|silence| silence.state == SilenceState::Expired);
    silences(&pair, over).await;
}
