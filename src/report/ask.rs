//! Asks every question of a report once, several at the same time, and keeps what was answered apart from what was not.

mod queue;
mod topic;

use std::collections::BTreeMap;

use futures_util::stream::{FuturesUnordered, StreamExt};

use self::queue::Queue;
use super::plan::Grid;
use super::sampling;
use super::traces::Folded;
use crate::model::alert::Alert;
use crate::model::ask::Ask;
use crate::model::delivery::Holdings;
use crate::model::fault::FetchError;
use crate::model::log::{Page, Tallies, Volume};
use crate::model::query::{Answer, Query};
use crate::model::series::{Frame, Notes, Vector};
use crate::model::trace::Sample;
use crate::model::watch::Watch;
use crate::model::window::{Progress, Span};
use crate::source::poll::Clock;
use crate::telemetry;
use crate::text::Plain;
use crate::time::{Range, Timestamp};

pub use topic::Topic;

/// Which stretch or moment a question is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum When {
    /// The period itself, or its end.
    Now,
    /// The period before it, or its end.
    Before,
    /// The same period a week before.
    Week,
    /// The end of the period alone, where its last point stands for more.
    End,
}

impl When {
    /// The stretches.
    pub const ALL: [Self; 3] = [Self::Now, Self::Before, Self::Week];

    pub fn word(self) -> &'static str {
        match self {
            Self::Now => "now",
            Self::Before => "before",
            Self::Week => "week_before",
            Self::End => "end",
        }
    }
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
    for (when, period) in grid.periods() {
        all.extend(sampling::ranges(watch, grid).into_iter().map(|one| {
            let query = Query::Range { expr: one.expr, span: grid.span(period, one.step), step: one.step };
            Question { topic: one.topic, when, query }
        }));
        // What is full now was less full before: a week says no more than that.
        if when != When::Week {
            all.extend(moments.map(|(topic, expr)| at(topic, when, expr, period.end)));
        }
    }
    all.extend(sampling::ends(watch, grid).into_iter().map(|(topic, expr)| {
        let span = Span::Fixed(Range::new(grid.now.end, grid.now.end));
        Question { topic, when: When::End, query: Query::Range { expr, span, step: grid.step } }
    }));
    all
}

/// What was answered. A question that failed is absent from it and listed.
#[derive(Debug, Default)]
pub struct Answers {
    held: BTreeMap<(Topic, When), Answer>,
    /// What the traces say, which are not held.
    pub traces: Folded,
    /// In the order of the questions, not of the answers.
    pub not_asked: Vec<NotAsked>,
    /// What servers remarked, each once.
    pub warnings: Vec<Plain>,
    /// How many questions there were.
    pub asked: usize,
    /// How many requests that took, and how many of them were too heavy and went out again in halves.
    pub requests: usize,
    pub halved: usize,
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

    /// The answer for the period, with what holds at its very end where that was asked apart.
    pub fn ended(&self, topic: Topic) -> Option<Frame> {
        let mut frame = self.frame(topic, When::Now)?.clone();
        let Some(end) = self.frame(topic, When::End) else { return Some(frame) };
        let at = end.window.end;
        for series in &mut frame.series {
            series.retain(i64::MIN, at - 1);
        }
        for last in &end.series {
            match frame.series.iter_mut().find(|series| series.labels == last.labels) {
                Some(series) => {
                    series.times.extend(&last.times);
                    series.values.extend(&last.values);
                }
                None => frame.series.push(last.clone()),
            }
        }
        frame.series.retain(|series| !series.times.is_empty());
        Some(frame)
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
                let answer = match answer {
                    Answer::Sample(sample) => Answer::Sample(self.traces.take(question.topic, question.when, sample)),
                    other => other,
                };
                self.held.insert((question.topic, question.when), answer);
                why
            }
        };
        let source = question.query.source().short();
        let entry = |why| NotAsked { source, topic: question.topic, when: question.when, why };
        self.not_asked.extend(why.map(entry));
    }

    /// Puts what was said in order, each of it once.
    fn settle(&mut self) {
        self.not_asked.sort_by_key(|entry| (entry.topic.whole(), entry.when));
        self.not_asked.dedup_by_key(|entry| (entry.topic.word(), entry.when));
        self.warnings.sort();
        self.warnings.dedup();
    }

    /// Keeps what the server remarked; says so when the answer is not whole.
    fn note(&mut self, answer: &Answer) -> Option<Plain> {
        let notes = match answer {
            Answer::Frame(frame) => &frame.notes,
            Answer::Vector(vector) => &vector.notes,
            Answer::Held(Holdings { notes, .. })
            | Answer::Lines(Page { notes, .. })
            | Answer::Volume(Volume { notes, .. })
            | Answer::Tallies(Tallies { notes, .. })
            | Answer::Sample(Sample { notes, .. }) => {
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
        Query::Services | Query::Operations { .. } => Answer::Names(answer.into_names()?),
        Query::Traces { .. } => Answer::Traces(answer.into_traces()?),
        Query::Sample { .. } => Answer::Sample(answer.into_sample()?),
        Query::Trace { .. } => Answer::Trace(answer.into_trace()?),
        Query::Host => Answer::Host(answer.into_host()?),
    })
}

/// Told after each answer: how many there are, and of how many.
pub type Tell<'a> = &'a mut (dyn FnMut(usize, usize) + Send);

/// Puts the questions, a number of them at once to each source. A source that is down is not asked everything in turn:
/// its first fault stands for the questions to it that are left, unless one that is under way is answered after all.
pub async fn ask_all(ask: &impl Ask, questions: &[Question], at_once: usize, clock: Clock, tell: Tell<'_>) -> Answers {
    let put = |job: queue::Job| async move {
        let result = telemetry::asked(&job.query, ask.ask(&job.query, Progress::default(), clock())).await;
        (job, result)
    };
    let asked = questions.iter().filter(|question| !question.topic.is_further_part()).count();
    let mut answers = Answers { asked, ..Answers::default() };
    let mut waiting = FuturesUnordered::new();
    let mut queue = Queue::new(questions);
    let mut count = 0;
    tell(count, questions.len());
    loop {
        while let Some(job) = queue.next(at_once) {
            waiting.push(put(job));
        }
        let Some((job, result)) = waiting.next().await else { break };
        let Some((number, result)) = queue.take(job, result) else { continue };
        answers.take(&questions[number], result);
        count += 1;
        tell(count, questions.len());
    }
    if count < questions.len() {
        tell(questions.len(), questions.len());
    }
    (answers.requests, answers.halved) = (queue.requests, queue.halved);
    for (number, error) in queue.rest() {
        answers.take(&questions[number], Err(error));
    }
    answers.settle();
    answers
}

/// Whoever asks on after this waits for nothing, or knocks at a closed door.
fn ends(error: &FetchError) -> bool {
    use FetchError::{ConnectTimeout, Dns, Refused, Stalled, Timeout, TooMany, Unauthorized};
    matches!(error, ConnectTimeout(_) | Timeout(_) | Stalled(_) | Refused | Dns(_) | Unauthorized(_) | TooMany { .. })
}

#[cfg(test)]
mod tests;
