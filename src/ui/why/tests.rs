use super::*;
use crate::analysis::insight::Kind;
use crate::ui::keymap::Key;
use proptest::prelude::*;

const AT: Timestamp = Timestamp(1_795_442_607_000);

fn range() -> Range {
    Range::new(AT.plus(-BEFORE), AT)
}

fn place(select: &str) -> Place {
    Place { room: Room::Overview, range: range(), select: Some(select.to_owned()) }
}

fn finding(number: usize, evidence: usize) -> Finding {
    let proof = |of: usize| Evidence { what: format!("proof {of}"), place: place(&format!("{number}/{of}")) };
    Finding {
        kind: Kind::Errors,
        subject: "/api/x".into(),
        score: 90.0 - number as f64,
        from: None,
        to: None,
        text: format!("finding {number}"),
        figures: None,
        carriers: Vec::new(),
        evidence: (0..evidence).map(proof).collect(),
    }
}

fn ranked(findings: Vec<Finding>) -> Why {
    let mut why = Why::new(Moment { at: AT, alert: None }, 7);
    why.learn(News::Why { ticket: 7, ranking: Box::new(ranking(findings)) });
    why
}

fn ranking(findings: Vec<Finding>) -> Ranking {
    Ranking { findings, asked: 40, missing: Vec::new(), now: range(), before: range().before(), week: None }
}

fn press(why: &mut Why, keys: &str) -> Deed {
    let mut deed = Deed::Stay;
    for name in keys.split_whitespace() {
        deed = why.key(Key::parse(name).unwrap().event(), &Keymap::default(), ViewId::Overview);
    }
    deed
}

#[test]
fn each_piece_of_evidence_has_one_key() {
    let mut why = ranked((0..10).map(|number| finding(number, 5)).collect());
    let labelled = why.labelled(&Keymap::default(), ViewId::Overview);
    let letters: Vec<char> = labelled.iter().filter_map(|(_, letter)| *letter).collect();
    assert!(letters.len() >= 45 && letters.len() <= 50, "{letters:?}");
    assert_eq!(letters[..11].iter().collect::<String>(), "123456789ab");
    assert!(!letters.iter().any(|letter| "jkgGyYWq".contains(*letter)), "{letters:?}");
    for (stop, letter) in labelled {
        let Some(letter) = letter else { continue };
        let opens = Deed::Open(place(&format!("{}/{}", stop.finding, stop.evidence.unwrap())));
        assert_eq!(press(&mut why, &letter.to_string()), opens);
    }
}

#[test]
fn a_key_that_was_given_to_something_of_the_pane_is_no_letter() {
    let why = ranked(vec![finding(0, 3)]);
    let map = Keymap::default()
        .with(&[("copy".to_owned(), vec!["2".to_owned()]), ("alerts".to_owned(), vec!["u".to_owned()])]);
    let labelled = why.labelled(&map.unwrap(), ViewId::Overview);
    assert_eq!(labelled.into_iter().filter_map(|(_, letter)| letter).collect::<String>(), "134");
}

#[test]
fn the_cursor_goes_over_evidence_and_over_findings_without() {
    let mut why = ranked(vec![finding(0, 2), finding(1, 0), finding(2, 1)]);
    assert_eq!(press(&mut why, "j enter"), Deed::Open(place("0/1")));
    assert_eq!(press(&mut why, "j enter"), Deed::Nothing);
    assert_eq!(press(&mut why, "y"), Deed::Copy("finding 1\n".to_owned()));
    assert_eq!(press(&mut why, "j j j Y"), Deed::CopyCommand(place("2/0")));
    assert_eq!(press(&mut why, "g enter"), Deed::Open(place("0/0")));
    assert_eq!(press(&mut why, "G y"), Deed::Copy("finding 2\n- proof 0\n".to_owned()));
    assert_eq!(
        (press(&mut why, "q"), press(&mut why, "esc"), press(&mut why, "W")),
        (Deed::Close, Deed::Close, Deed::Again)
    );
}

#[test]
fn an_answer_to_an_earlier_question_is_not_taken() {
    let mut why = Why::new(Moment { at: AT, alert: None }, 7);
    why.learn(News::WhyAsked { ticket: 6, done: 3, all: 9 });
    why.learn(News::Why { ticket: 6, ranking: Box::new(ranking(Vec::new())) });
    assert!(why.is_asking() && why.asked == (0, 0));
}

#[test]
fn the_alert_itself_is_evidence_of_what_comes_first() {
    let labels = Labels::of(&[("alertname", "Slow"), ("endpoint", "/api/y")]);
    let alert = Alarm { name: "Slow".into(), labels, began: true, select: Some("alertname=\"Slow\"".to_owned()) };
    let mut why = Why::new(Moment { at: AT, alert: Some(alert) }, 7);
    let of_the_alert = Finding { subject: "/api/y".into(), ..finding(3, 1) };
    let ranking = ranking(vec![finding(0, 1), of_the_alert]);
    why.learn(News::Why { ticket: 7, ranking: Box::new(ranking) });
    assert_eq!(why.findings()[0].text, "finding 3");
    let last = why.findings()[0].evidence.last().unwrap();
    assert_eq!(
        (last.what.as_str(), last.place.room, last.place.select.as_deref()),
        ("the alert Slow", Room::Alerts, Some("alertname=\"Slow\""))
    );
}

proptest! {
    #[test]
    fn the_stretch_holds_the_moment_and_not_the_future(at in 0..2_000_000_000_000i64, since in 0..40 * 86_400_000i64) {
        let moment = Moment { at: Timestamp(at), alert: None };
        let now = Timestamp(at + since);
        let stretch = moment.stretch(now);
        prop_assert!(stretch.start < stretch.end && stretch.end <= now);
        prop_assert!(stretch.start < moment.at && moment.at <= stretch.end);
    }
}
