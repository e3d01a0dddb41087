//! The loop, on a clock that runs with tokio's and can be set.

use std::cell::Cell;
use std::future::{Future, pending};
use std::pin::pin;
use std::time::Duration;

use a360::model::timetable::{Rule, Timetable, parse_time};
use a360::report::schedule::{Entry, State};
use a360::run::schedule::serve::{DEADLINE, Office, Wake, admit, serve};
use a360::time::{DAY, HOUR, MINUTE, Timestamp, millis};
use jiff::tz::TimeZone;
use tokio::time::{Instant, sleep};

const MIDNIGHT: Timestamp = Timestamp(20_000 * DAY);

thread_local! {
    static START: Cell<Option<Instant>> = const { Cell::new(None) };
    /// How far the clock on the wall was set.
    static SET: Cell<i64> = const { Cell::new(0) };
}

fn clock() -> Timestamp {
    let elapsed = START.get().map_or(0, |start| millis(start.elapsed()));
    MIDNIGHT.plus(elapsed + SET.get())
}

fn entry(name: &str, at: &str) -> Entry {
    let timetable = Timetable { rule: Rule::Daily(parse_time(at).unwrap()), zone: TimeZone::UTC };
    Entry { name: name.to_owned(), words: format!("daily at {at}"), timetable }
}

/// Writes down what it did and when.
#[derive(Default)]
struct Book {
    done: Vec<(usize, String, String)>,
    said: Vec<String>,
    kept: Option<State>,
    hangs: Option<usize>,
    sends: bool,
}

impl Office for Book {
    fn run(&mut self, number: usize, due: Timestamp) -> impl Future<Output = u8> {
        self.done.push((number, due.rfc3339(), clock().rfc3339()));
        let hangs = self.hangs == Some(number);
        async move {
            if hangs {
                pending::<()>().await;
            }
            sleep(Duration::from_secs(10)).await;
            number as u8
        }
    }

    fn has_begun_to_send(&self) -> bool {
        self.sends
    }

    fn keep(&mut self, state: &State) {
        self.kept = Some(state.clone());
    }

    fn say(&mut self, number: usize, text: &str, _: bool) {
        self.said.push(format!("{number} {text}"));
    }
}

/// The loop for so long, from a state; gives what was done.
async fn hours(entries: &[Entry], state: &mut State, book: &mut Book, ms: i64) -> u8 {
    let stop = async {
        sleep(Duration::from_millis(ms.unsigned_abs())).await;
        7
    };
    serve(entries, state, book, pin!(stop), clock, Wake::Always).await
}

fn begin() {
    START.set(Some(Instant::now()));
    SET.set(0);
}

fn due(book: &Book) -> Vec<(usize, &str)> {
    book.done.iter().map(|(number, due, _)| (*number, &due[5..16])).collect()
}

#[tokio::test(start_paused = true)]
async fn each_is_done_at_its_time_one_after_the_other() {
    begin();
    let entries = [entry("a", "07:30"), entry("b", "07:30"), entry("c", "09:00")];
    let (mut state, mut book) = (State::default(), Book::default());
    assert_eq!(hours(&entries, &mut state, &mut book, 26 * HOUR).await, 7);
    assert_eq!(due(&book), [(0, "10-04T07:30"), (1, "10-04T07:30"), (2, "10-04T09:00")]);
    let began: Vec<&str> = book.done.iter().map(|(_, _, at)| &at[11..19]).collect();
    assert_eq!(began, ["07:30:00", "07:30:10", "09:00:00"]);
    assert_eq!(book.said[0], "0 calm, took 10s, exit code 0");
    assert_eq!(book.kept.as_ref(), Some(&state));
}

#[tokio::test(start_paused = true)]
async fn a_clock_that_jumps_is_seen_within_a_minute_and_the_run_made_up_for_once() {
    begin();
    let entries = [entry("a", "07:30")];
    let (mut state, mut book) = (State::default(), Book::default());
    hours(&entries, &mut state, &mut book, HOUR).await;
    // The lid was closed for three days.
    SET.set(3 * DAY);
    hours(&entries, &mut state, &mut book, HOUR).await;
    assert_eq!(due(&book), [(0, "10-06T07:30")]);
    SET.set(3 * DAY + 8 * HOUR);
    hours(&entries, &mut state, &mut book, HOUR).await;
    let newest = book.done.last().unwrap();
    assert_eq!((newest.1.as_str(), book.done.len()), ("2024-10-07T07:30:00Z", 2));
    assert!(book.said.iter().any(|said| said.contains("makes up for the run of 2024-10-07 07:30 +0000, late by 2h")));
    // And back again: nothing is done twice.
    SET.set(3 * DAY + 5 * HOUR);
    hours(&entries, &mut state, &mut book, 6 * HOUR).await;
    assert_eq!(book.done.len(), 2);
}

#[tokio::test(start_paused = true)]
async fn one_that_hangs_is_given_up_and_the_others_have_their_turn() {
    begin();
    let entries = [entry("a", "07:30"), entry("b", "07:31")];
    let (mut state, mut book) = (State::default(), Book { hangs: Some(0), ..Book::default() });
    hours(&entries, &mut state, &mut book, 9 * HOUR).await;
    assert_eq!(due(&book), [(0, "10-04T07:30"), (1, "10-04T07:31")]);
    assert!(book.said.contains(&"0 was given up after 30m".to_owned()), "{:?}", book.said);
    assert_eq!(state.last("a").map(|last| (last.code, last.took_ms)), Some((3, millis(DEADLINE))));
}

#[tokio::test(start_paused = true)]
async fn what_is_stopped_under_way_is_made_up_for() {
    begin();
    let entries = [entry("a", "07:30")];
    let (mut state, mut book) = (State::default(), Book::default());
    hours(&entries, &mut state, &mut book, 7 * HOUR + 30 * MINUTE + 5_000).await;
    assert_eq!((book.done.len(), state.last("a")), (1, None));
    assert_eq!(book.said, ["0 was stopped under way; it will be made up for"]);
    hours(&entries, &mut state, &mut book, HOUR).await;
    assert_eq!(due(&book), [(0, "10-04T07:30"); 2]);
    assert_eq!(state.last("a").map(|last| last.code), Some(0));
}

#[tokio::test(start_paused = true)]
async fn what_is_stopped_while_it_is_sent_is_not_sent_again() {
    begin();
    let entries = [entry("a", "07:30")];
    let (mut state, mut book) = (State::default(), Book { sends: true, ..Book::default() });
    hours(&entries, &mut state, &mut book, 7 * HOUR + 30 * MINUTE + 5_000).await;
    assert_eq!(state.last("a").map(|last| (last.code, last.took_ms)), Some((3, 5_000)));
    assert_eq!(book.kept.as_ref(), Some(&state));
    hours(&entries, &mut state, &mut book, HOUR).await;
    assert_eq!(due(&book), [(0, "10-04T07:30")]);
}

#[tokio::test(start_paused = true)]
async fn once_does_what_is_due_and_tells_the_worst() {
    begin();
    let entries = [entry("a", "00:10"), entry("b", "00:20"), entry("c", "12:00")];
    let (mut state, mut book) = (State::default(), Book::default());
    let once = async |state: &mut State, book: &mut Book| {
        serve(&entries, state, book, pin!(pending::<u8>()), clock, Wake::Once).await
    };
    // Never done, and woken up a little after its time; the one before it is nobody's business.
    SET.set(20 * MINUTE + 20_000);
    assert_eq!(once(&mut state, &mut book).await, 1);
    assert_eq!(due(&book), [(1, "10-04T00:20")]);
    assert_eq!(once(&mut state, &mut book).await, 0, "nothing is due");
    SET.set(36 * HOUR);
    assert_eq!(once(&mut state, &mut book).await, 2);
    assert_eq!(due(&book)[1..], [(0, "10-05T00:10"), (1, "10-05T00:20"), (2, "10-05T12:00")]);
}

#[test]
fn a_first_start_makes_up_for_nothing() {
    let (entries, mut state) = ([entry("a", "07:30")], State::default());
    admit(&mut state, &entries, Wake::Always, MIDNIGHT.plus(8 * HOUR));
    assert_eq!(state.due(&entries[0], MIDNIGHT.plus(9 * HOUR)), None);
}
