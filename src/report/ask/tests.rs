use super::*;
use crate::report::plan::Periods;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use crate::model::window::{Part, Span, Window};
use crate::time::{DAY, Range, SECOND};

const NOW: Timestamp = Timestamp(1_795_442_607_000);

fn month() -> Grid {
    Grid::of(Periods::of(Range::new(NOW.plus(-30 * DAY), NOW)), NOW)
}

#[test]
fn every_range_is_asked_for_both_periods_in_few_points_that_none_shares() {
    let mut spans: BTreeMap<Topic, Vec<Range>> = BTreeMap::new();
    for question in questions(&Watch::default(), &month(), false) {
        if question.when == When::End {
            continue;
        }
        if let Query::Range { span: Span::Fixed(range), step, .. } = question.query {
            assert!(range.length() / step < 3_000 && step >= 15 * SECOND && range.length() % step == 0);
            spans.entry(question.topic).or_default().push(range);
        }
    }
    assert_eq!(spans.len(), 14);
    for (topic, ranges) in &spans {
        let step = if *topic == Topic::Fired { 15 * crate::time::MINUTE } else { month().step };
        assert_eq!(ranges[0].start.since(ranges[1].end), step);
        assert_eq!(ranges.len(), 2);
    }
}

/// Answers ranges with nothing, and everything else with something of another kind.
#[derive(Clone)]
struct Confused;

impl Ask for Confused {
    async fn ask(&self, query: &Query, _: Progress, _: Timestamp) -> Result<Answer, FetchError> {
        let window = Window { start: 0, end: 0, step: 1, part: Part::Whole };
        let frame = Frame { window, series: Vec::new(), notes: Notes::default() };
        Ok(if matches!(query, Query::Range { .. }) { Answer::Frame(frame) } else { Answer::Alerts(Vec::new()) })
    }
}

#[tokio::test]
async fn an_answer_to_another_question_is_none_and_progress_is_told() {
    let questions = questions(&Watch::default(), &month(), false);
    let mut told = Vec::new();
    let answers = ask_all(&Confused, &questions, 8, || NOW, &mut |done, all| told.push((done, all))).await;
    let topics: Vec<&str> = answers.not_asked.iter().map(|entry| entry.topic.word()).collect();
    assert_eq!(topics[..3], ["buckets", "hosts.cpu", "hosts.cpu"]);
    assert_eq!((topics.len(), answers.asked), (9, 38));
    assert!(answers.frame(Topic::Up, When::Before).is_some() && answers.alerts().is_some());
    assert_eq!((told[0], told.len(), told[46]), ((0, 46), 47, (46, 46)));
}

/// Fails as it is told, and counts how often it was asked.
#[derive(Clone)]
struct Failing {
    asked: Arc<AtomicUsize>,
    fault: fn(usize, &Query) -> Option<FetchError>,
}

impl Ask for Failing {
    async fn ask(&self, query: &Query, progress: Progress, now: Timestamp) -> Result<Answer, FetchError> {
        let number = self.asked.fetch_add(1, Ordering::SeqCst);
        tokio::task::yield_now().await;
        match (self.fault)(number, query) {
            Some(fault) => Err(fault),
            None => Confused.ask(query, progress, now).await,
        }
    }
}

async fn failing(fault: fn(usize, &Query) -> Option<FetchError>) -> (usize, Answers) {
    let service = Failing { asked: Arc::default(), fault };
    let questions = questions(&Watch::default(), &month(), false);
    let answers = ask_all(&service, &questions, 4, || NOW, &mut |_, _| {}).await;
    (service.asked.load(Ordering::SeqCst), answers)
}

#[tokio::test]
async fn a_source_that_is_down_is_asked_once_and_every_question_is_listed() {
    let (asked, answers) = failing(|_, _| Some(FetchError::Refused)).await;
    assert_eq!((asked, answers.not_asked.len(), answers.is_empty()), (4, 38, true));
    assert!(answers.not_asked.iter().all(|entry| *entry.why == *"connection refused"));
    // It goes down later: what was answered before is kept.
    let timeout = FetchError::Timeout(std::time::Duration::from_secs(30));
    let hangs =
        |number: usize, _: &Query| (number >= 6).then_some(FetchError::Timeout(std::time::Duration::from_secs(30)));
    let (asked, answers) = failing(hangs).await;
    assert!((7..16).contains(&asked), "{asked}");
    assert!(answers.not_asked.iter().any(|entry| *entry.why == *timeout.to_string()));
    assert!(!answers.is_empty());
}

#[tokio::test]
async fn an_alertmanager_that_is_down_ends_nothing() {
    let service =
        Failing { asked: Arc::default(), fault: |_, query| (*query == Query::Held).then_some(FetchError::Refused) };
    let questions = questions(&Watch::default(), &month(), true);
    let answers = ask_all(&service, &questions, 1, || NOW, &mut |_, _| {}).await;
    assert_eq!(service.asked.load(Ordering::SeqCst), 159);
    assert!(answers.holdings().is_none() && answers.alerts().is_some());
    let held: Vec<_> = answers.not_asked.iter().filter(|entry| entry.topic == Topic::Held).collect();
    assert_eq!((held.len(), held[0].source), (1, "am"));
}

#[tokio::test]
async fn a_question_that_is_too_heavy_does_not_take_the_others_along() {
    let heavy = |number: usize, _: &Query| (number == 2).then_some(FetchError::Refused);
    let (asked, answers) = failing(heavy).await;
    assert_eq!((asked > 150, answers.not_asked.len()), (true, 10));
    let refused = |_: usize, _: &Query| Some(FetchError::Unsupported("no such function".into()));
    let (asked, answers) = failing(refused).await;
    // Of a question that is refused no further part is asked.
    assert_eq!((asked < 156, answers.not_asked.len()), (true, 38));
}

/// Prometheus never answers, and whoever asks is told so after half a minute; the traces answer at once.
#[derive(Clone)]
struct HalfHanging;

impl Ask for HalfHanging {
    async fn ask(&self, query: &Query, _: Progress, _: Timestamp) -> Result<Answer, FetchError> {
        let timeout = std::time::Duration::from_secs(30);
        if query.source() == crate::model::query::Source::Prometheus {
            tokio::time::sleep(timeout).await;
            return Err(FetchError::Timeout(timeout));
        }
        tokio::time::sleep(std::time::Duration::from_secs(1)).await;
        Ok(Answer::Sample(Sample::default()))
    }
}

#[tokio::test(start_paused = true)]
async fn a_source_that_hangs_costs_its_timeout_and_holds_up_no_other() {
    let mut all = questions(&Watch::default(), &month(), false);
    let query = Query::Sample { search: Default::default(), span: Span::Fixed(Range::new(NOW, NOW)) };
    all.extend((0..12).map(|part| Question { topic: Topic::Traces(part), when: When::Now, query: query.clone() }));
    let begun = tokio::time::Instant::now();
    let answers = ask_all(&HalfHanging, &all, 4, || NOW, &mut |_, _| {}).await;
    assert_eq!(begun.elapsed().as_secs(), 30);
    assert!((0..12).all(|part| answers.of(Topic::Traces(part), When::Now).is_some()));
    assert_eq!(answers.not_asked.len(), 38);
}

/// Answers what has at most so many points, and says of anything else that it timed out.
#[derive(Clone)]
struct Weak(i64);

impl Ask for Weak {
    async fn ask(&self, query: &Query, progress: Progress, now: Timestamp) -> Result<Answer, FetchError> {
        let Query::Range { span, step, .. } = query else { return Confused.ask(query, progress, now).await };
        let window = progress.plan(*span, *step, true, now);
        if window.points() > self.0 {
            return Err(FetchError::Server { kind: "timeout".into(), message: "query timed out".into() });
        }
        let times: Vec<i64> = (0..window.points()).map(|i| window.start + i * window.step).collect();
        let values = vec![1.0; times.len()];
        let series = vec![crate::model::series::Series::new(Default::default(), times, values)];
        Ok(Answer::Frame(Frame { window, series, notes: Notes::default() }))
    }
}

#[tokio::test]
async fn what_is_too_heavy_goes_out_in_halves_and_no_further_than_is_decent() {
    let all: Vec<Question> = questions(&Watch::default(), &month(), false);
    let one: Vec<Question> = all.into_iter().filter(|one| one.topic == Topic::Requests).take(1).collect();
    let answers = ask_all(&Weak(40), &one, 4, || NOW, &mut |_, _| {}).await;
    let frame = answers.frame(Topic::Requests, When::Now).unwrap();
    assert_eq!((frame.series.len(), frame.series[0].times.len()), (1, 720));
    assert!(frame.series[0].times.is_sorted() && answers.halved > 0);
    let never = ask_all(&Weak(0), &one, 4, || NOW, &mut |_, _| {}).await;
    assert!(never.requests < 60, "{}", never.requests);
    assert_eq!(never.not_asked.len(), 1);
}
