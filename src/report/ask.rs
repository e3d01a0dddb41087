//! Asks every question of a report once, several at the same time, and keeps what was answered apart from what was not.

use std::collections::BTreeMap;

use futures_util::stream::{FuturesUnordered, StreamExt};

use super::plan::Grid;
use crate::analysis::history;
use crate::model::alert::Alert;
use crate::model::ask::Ask;
use crate::model::delivery::Holdings;
use crate::model::fault::FetchError;
use crate::model::log::{Page, Tallies};
use crate::model::query::{Answer, Query, Source};
use crate::model::series::{Frame, Notes, Vector};
use crate::model::watch::Watch;
use crate::model::window::Progress;
use crate::source::poll::Clock;
use crate::text::Plain;
use crate::time::Timestamp;

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Topic {
    Requests,
    Errors,
    ErrorsByEndpoint,
    Latency,
    Buckets,
    Memory,
    Cpu,
    MemoryRatio,
    Up,
    Started,
    HostCpu,
    HostMemory,
    HostDisk,
    HostInodes,
    Alerts,
    Held,
    Fired,
    /// Error types and requests, counted by the server.
    LogTallies,
    LogLines,
}

impl Topic {
    /// As the config names the question.
    pub fn word(self) -> &'static str {
        match self {
            Self::Requests => "requests",
            Self::Errors => "errors",
            Self::ErrorsByEndpoint => "errors_by_endpoint",
            Self::Latency => "latency",
            Self::Buckets => "buckets",
            Self::Memory => "memory",
            Self::Cpu => "cpu",
            Self::MemoryRatio => "memory_ratio",
            Self::Up => "up",
            Self::Started => "started",
            Self::HostCpu => "hosts.cpu",
            Self::HostMemory => "hosts.memory",
            Self::HostDisk => "hosts.disk",
            Self::HostInodes => "hosts.inodes",
            Self::Alerts => "alerts",
            Self::Held => "alerts.held",
            Self::Fired => "alerts.fired",
            Self::LogTallies => "logs.tallies",
            Self::LogLines => "logs.lines",
        }
    }
}

/// Which stretch or moment a question is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum When {
    /// The period itself, or its end.
    Now,
    /// The period before it, or its end.
    Before,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Question {
    pub topic: Topic,
    pub when: When,
    pub query: Query,
}

/// A question that has no answer, or not a whole one.
#[derive(Debug, Clone, PartialEq)]
pub struct NotAsked {
    pub source: &'static str,
    pub topic: Topic,
    pub when: When,
    pub why: Plain,
}

/// Every question of a report.
pub fn questions(watch: &Watch, grid: &Grid, alertmanager: bool) -> Vec<Question> {
    let fired = history::FIRING.to_owned();
    let ranges = [
        (Topic::Requests, &watch.requests),
        (Topic::Errors, &watch.errors),
        (Topic::ErrorsByEndpoint, &watch.errors_by_endpoint),
        (Topic::Latency, &watch.latency),
        (Topic::Memory, &watch.memory),
        (Topic::Cpu, &watch.cpu),
        (Topic::MemoryRatio, &watch.memory_ratio),
        (Topic::Up, &watch.up),
        (Topic::Started, &watch.started),
        (Topic::Fired, &fired),
    ];
    let moments = [
        (Topic::HostCpu, &watch.hosts.cpu),
        (Topic::HostMemory, &watch.hosts.memory),
        (Topic::HostDisk, &watch.hosts.disk),
        (Topic::HostInodes, &watch.hosts.inodes),
    ];
    let at = |topic, when, expr: &str, at: Timestamp| {
        let query = Query::Instant { expr: expr.to_owned(), at: Some(at) };
        Question { topic, when, query }
    };
    let mut all = vec![Question { topic: Topic::Alerts, when: When::Now, query: Query::Alerts }];
    if alertmanager {
        all.push(Question { topic: Topic::Held, when: When::Now, query: Query::Held });
    }
    all.push(at(Topic::Buckets, When::Now, &watch.buckets, grid.now.end));
    for (when, period) in [(When::Now, grid.now), (When::Before, grid.before)] {
        all.extend(ranges.map(|(topic, expr)| {
            let query = Query::Range { expr: expr.clone(), span: grid.span(period), step: grid.step };
            Question { topic, when, query }
        }));
        all.extend(moments.map(|(topic, expr)| at(topic, when, expr, period.end)));
    }
    all
}

/// What was answered. A question that failed is absent from it and listed.
#[derive(Debug, Default)]
pub struct Answers {
    held: BTreeMap<(Topic, When), Answer>,
    /// In the order of the questions, not of the answers.
    pub not_asked: Vec<NotAsked>,
    /// What servers remarked, each once.
    pub warnings: Vec<Plain>,
    /// How many questions there were.
    pub asked: usize,
}

impl Answers {
    /// No question was answered, not even in part.
    pub fn is_empty(&self) -> bool {
        self.held.is_empty()
    }

    pub fn of(&self, topic: Topic, when: When) -> Option<&Answer> {
        self.held.get(&(topic, when))
    }

    pub fn frame(&self, topic: Topic, when: When) -> Option<&Frame> {
        if let Answer::Frame(frame) = self.of(topic, when)? { Some(frame) } else { None }
    }

    pub fn vector(&self, topic: Topic, when: When) -> Option<&Vector> {
        if let Answer::Vector(vector) = self.of(topic, when)? { Some(vector) } else { None }
    }

    pub fn alerts(&self) -> Option<&[Alert]> {
        if let Answer::Alerts(alerts) = self.of(Topic::Alerts, When::Now)? { Some(alerts) } else { None }
    }

    /// What Alertmanager holds; nothing where there is none, or it does not say.
    pub fn holdings(&self) -> Option<&Holdings> {
        if let Answer::Held(holdings) = self.of(Topic::Held, When::Now)? { Some(holdings) } else { None }
    }

    fn take(&mut self, question: &Question, result: Result<Answer, FetchError>) {
        let result = result.and_then(|answer| of_its_kind(&question.query, answer));
        let why = match result {
            Err(error) => Some(Plain::from(error.to_string())),
            Ok(answer) => {
                let why = self.note(&answer);
                self.held.insert((question.topic, question.when), answer);
                why
            }
        };
        let source = question.query.source().short();
        let entry = |why| NotAsked { source, topic: question.topic, when: question.when, why };
        self.not_asked.extend(why.map(entry));
    }

    /// Keeps what the server remarked; says so when the answer is not whole.
    fn note(&mut self, answer: &Answer) -> Option<Plain> {
        let notes = match answer {
            Answer::Frame(frame) => &frame.notes,
            Answer::Vector(vector) => &vector.notes,
            Answer::Held(Holdings { notes, .. })
            | Answer::Lines(Page { notes, .. })
            | Answer::Tallies(Tallies { notes, .. }) => {
                self.warnings.extend(notes.iter().cloned());
                return None;
            }
            _ => return None,
        };
        self.warnings.extend(notes.warnings.iter().cloned());
        incomplete(notes).map(|what| Plain::from(format!("answered in part: {what}")))
    }
}

fn incomplete(notes: &Notes) -> Option<String> {
    if notes.partial {
        let said = notes.warnings.first().map_or("the server says that data is missing", |w| w.as_str());
        return Some(said.to_owned());
    }
    if notes.series_dropped > 0 {
        return Some(format!("{} series too many were left out", notes.series_dropped));
    }
    (notes.histograms > 0).then(|| format!("{} series of native histograms were left out", notes.histograms))
}

/// An answer of another kind than its question is an error, never an empty answer.
fn of_its_kind(query: &Query, answer: Answer) -> Result<Answer, FetchError> {
    Ok(match query {
        Query::Range { .. } => Answer::Frame(answer.into_frame()?),
        Query::Instant { .. } => Answer::Vector(answer.into_vector()?),
        Query::Alerts => Answer::Alerts(answer.into_alerts()?),
        Query::Rules => Answer::Rules(answer.into_rules()?),
        Query::Held => Answer::Held(answer.into_held()?),
        Query::Silences => Answer::Silences(answer.into_silences()?),
        Query::Routing => Answer::Routing(answer.into_routing()?),
        Query::Tail { .. } => Answer::Arrivals(answer.into_arrivals()?),
        Query::Lines { .. } | Query::Around { .. } => Answer::Lines(answer.into_lines()?),
        Query::Volume { .. } => Answer::Volume(answer.into_volume()?),
        Query::Tallies { .. } => Answer::Tallies(answer.into_tallies()?),
        Query::Document { .. } => Answer::Document(answer.into_document()?),
        Query::Host => Answer::Host(answer.into_host()?),
    })
}

/// Told after each answer: how many there are, and of how many.
pub type Tell<'a> = &'a mut (dyn FnMut(usize, usize) + Send);

/// Puts the questions, a number of them at once. A source that is down is not asked everything in turn: its first
/// fault stands for the questions that are left, unless one that is under way is answered after all.
pub async fn ask_all(ask: &impl Ask, questions: &[Question], at_once: usize, clock: Clock, tell: Tell<'_>) -> Answers {
    let put =
        |number: usize| async move { (number, ask.ask(&questions[number].query, Progress::default(), clock()).await) };
    let mut answers = Answers { asked: questions.len(), ..Answers::default() };
    let mut waiting = FuturesUnordered::new();
    let mut left = 0..questions.len();
    let mut down = None;
    let mut count = 0;
    tell(count, questions.len());
    loop {
        while down.is_none()
            && waiting.len() < at_once.max(1)
            && let Some(number) = left.next()
        {
            waiting.push(put(number));
        }
        let Some((number, result)) = waiting.next().await else { break };
        // What Alertmanager says of itself does not end what is asked of Prometheus.
        let is_all = questions[number].query.source() == Source::Prometheus;
        down = result.as_ref().err().filter(|error| is_all && ends(error)).cloned();
        answers.take(&questions[number], result);
        count += 1;
        tell(count, questions.len());
    }
    if let Some(error) = down {
        left.for_each(|number| answers.take(&questions[number], Err(error.clone())));
        tell(questions.len(), questions.len());
    }
    answers.not_asked.sort_by_key(|entry| (entry.topic, entry.when));
    answers.warnings.sort();
    answers.warnings.dedup();
    answers
}

/// Whoever asks on after this waits for nothing, or knocks at a closed door.
fn ends(error: &FetchError) -> bool {
    use FetchError::{ConnectTimeout, Dns, Refused, Stalled, Timeout, TooMany, Unauthorized};
    matches!(error, ConnectTimeout(_) | Timeout(_) | Stalled(_) | Refused | Dns(_) | Unauthorized(_) | TooMany { .. })
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};

    use crate::model::window::{Part, Span, Window};
    use crate::time::{DAY, Range, SECOND};

    const NOW: Timestamp = Timestamp(1_795_442_607_000);

    fn month() -> Grid {
        Grid::of(Range::new(NOW.plus(-30 * DAY), NOW), NOW)
    }

    #[test]
    fn every_range_is_asked_for_both_periods_in_few_points_that_none_shares() {
        let mut spans: BTreeMap<Topic, Vec<Range>> = BTreeMap::new();
        for question in questions(&Watch::default(), &month(), false) {
            if let Query::Range { span: Span::Fixed(range), step, .. } = question.query {
                assert!(range.length() / step < 1_000 && step >= 15 * SECOND && range.length() % step == 0);
                spans.entry(question.topic).or_default().push(range);
            }
        }
        assert_eq!(spans.len(), 10);
        for ranges in spans.values() {
            assert_eq!(ranges[0].start.since(ranges[1].end), month().step);
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
        assert_eq!((topics.len(), answers.asked), (9, 30));
        assert!(answers.frame(Topic::Up, When::Before).is_some() && answers.alerts().is_some());
        assert_eq!((told[0], told.len(), told[30]), ((0, 30), 31, (30, 30)));
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
        assert_eq!((asked, answers.not_asked.len(), answers.is_empty()), (4, 30, true));
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
        assert_eq!(service.asked.load(Ordering::SeqCst), 31);
        assert!(answers.holdings().is_none() && answers.alerts().is_some());
        let held: Vec<_> = answers.not_asked.iter().filter(|entry| entry.topic == Topic::Held).collect();
        assert_eq!((held.len(), held[0].source), (1, "am"));
    }

    #[tokio::test]
    async fn a_question_that_is_too_heavy_does_not_take_the_others_along() {
        let heavy = |number: usize, _: &Query| (number == 2).then_some(FetchError::Refused);
        assert_eq!(failing(heavy).await.0, 30);
        let refused = |_: usize, _: &Query| Some(FetchError::Unsupported("no such function".into()));
        assert_eq!(failing(refused).await.0, 30);
    }
}
