//! Which question goes out next. Each source has its own slots, so that one that hangs holds up no other; a long
//! question goes out in parts, and a part that the server finds too heavy in halves.

use std::collections::{BTreeMap, VecDeque};

use super::Question;
use crate::model::fault::FetchError;
use crate::model::query::{Answer, Query, Source};
use crate::model::series::{Frame, Series};
use crate::model::window::Span;
use crate::time::{DAY, Range};

/// A part is not longer than this, in ms.
const LONGEST: i64 = 7 * DAY;
/// A part is halved so many times at most, and so many halves are asked in all.
const HALVINGS: u8 = 4;
const MOST_HALVED: usize = 40;
/// A part has at least so many points.
const FEWEST: i64 = 8;

/// One request.
pub struct Job {
    /// Of which question.
    pub number: usize,
    pub query: Query,
    halvings: u8,
}

pub struct Queue<'a> {
    questions: &'a [Question],
    left: VecDeque<Job>,
    busy: BTreeMap<Source, usize>,
    down: BTreeMap<Source, FetchError>,
    /// Parts that are still to come, and those that came.
    open: BTreeMap<usize, (usize, Vec<Frame>)>,
    /// How many parts were halved because they were too heavy.
    pub halved: usize,
    /// How many requests there were.
    pub requests: usize,
}

impl<'a> Queue<'a> {
    pub fn new(questions: &'a [Question]) -> Self {
        let mut left = VecDeque::new();
        let mut open = BTreeMap::new();
        for (number, question) in questions.iter().enumerate() {
            let parts = parts(&question.query);
            open.insert(number, (parts.len(), Vec::new()));
            left.extend(parts.into_iter().map(|query| Job { number, query, halvings: 0 }));
        }
        let (busy, down) = (BTreeMap::new(), BTreeMap::new());
        Self { questions, left, busy, down, open, halved: 0, requests: 0 }
    }

    /// The next request to a source that is not down and has a slot.
    pub fn next(&mut self, slots: usize) -> Option<Job> {
        let is_free = |job: &Job| {
            let source = job.query.source();
            !self.down.contains_key(&source) && self.busy.get(&source).copied().unwrap_or(0) < slots.max(1)
        };
        let job = self.left.iter().position(is_free).and_then(|place| self.left.remove(place))?;
        *self.busy.entry(job.query.source()).or_default() += 1;
        self.requests += 1;
        Some(job)
    }

    /// Takes what a request brought; gives back what a whole question came to.
    pub fn take(
        &mut self,
        job: Job,
        result: Result<Answer, FetchError>,
    ) -> Option<(usize, Result<Answer, FetchError>)> {
        let source = job.query.source();
        self.busy.entry(source).and_modify(|count| *count = count.saturating_sub(1));
        match result.as_ref().err().filter(|error| super::ends(error)) {
            Some(error) => self.down.insert(source, error.clone()),
            None => self.down.remove(&source),
        };
        let number = job.number;
        // A part of a question that failed before says nothing any more.
        let (missing, frames) = self.open.get_mut(&number)?;
        match result {
            Err(error) if is_too_heavy(&error) && self.halved < MOST_HALVED && job.halvings < HALVINGS => {
                let Some(halves) = halves(&job.query) else { return self.fail(number, error) };
                *missing += 1;
                self.halved += 1;
                let halvings = job.halvings + 1;
                halves.into_iter().for_each(|query| self.left.push_front(Job { number, query, halvings }));
                None
            }
            Err(error) => self.fail(number, error),
            Ok(Answer::Frame(frame)) => {
                frames.push(frame);
                *missing -= 1;
                if *missing > 0 {
                    return None;
                }
                let (_, frames) = self.open.remove(&number)?;
                Some((number, joined(frames).map(Answer::Frame).ok_or(FetchError::Truncated)))
            }
            Ok(other) => {
                self.settle(number);
                Some((number, Ok(other)))
            }
        }
    }

    fn fail(&mut self, number: usize, error: FetchError) -> Option<(usize, Result<Answer, FetchError>)> {
        self.settle(number);
        Some((number, Err(error)))
    }

    /// No more is asked of a question.
    fn settle(&mut self, number: usize) {
        self.open.remove(&number);
        self.left.retain(|job| job.number != number);
    }

    /// The questions that were not put, because their source is down.
    pub fn rest(self) -> impl Iterator<Item = (usize, FetchError)> {
        let error = move |number: usize| self.down.get(&self.questions.get(number)?.query.source()).cloned();
        self.open.into_keys().filter_map(move |number| Some((number, error(number)?)))
    }
}

/// In parts of bounded length, which share no point.
fn parts(query: &Query) -> Vec<Query> {
    let Query::Range { span: Span::Fixed(range), step, .. } = query else { return vec![query.clone()] };
    let points = range.length() / step + 1;
    let count = ((points * step + LONGEST - 1) / LONGEST).clamp(1, points.max(1));
    let edge = |part: i64| points * part / count;
    (0..count).map(|part| points_of(query, edge(part), edge(part + 1))).collect()
}

/// Of a range question the points from one number up to another.
fn points_of(query: &Query, from: i64, to: i64) -> Query {
    let Query::Range { expr, span: Span::Fixed(range), step } = query else { return query.clone() };
    let part = Range::new(range.start.plus(from * step), range.start.plus((to - 1) * step));
    Query::Range { expr: expr.clone(), span: Span::Fixed(part), step: *step }
}

fn halves(query: &Query) -> Option<[Query; 2]> {
    let Query::Range { span: Span::Fixed(range), step, .. } = query else { return None };
    let points = range.length() / step + 1;
    (points >= 2 * FEWEST).then(|| [points_of(query, 0, points / 2), points_of(query, points / 2, points)])
}

/// The server can answer, but not so much at once. Our own timeout is none of this: who hangs is asked nothing more.
fn is_too_heavy(error: &FetchError) -> bool {
    const SIGNS: [&str; 8] = [
        "timed out",
        "too many samples",
        "maximum resolution",
        "too many points",
        "too many chunks",
        "max number of samples",
        "maxsamplesperquery",
        "err-mimir-max",
    ];
    match error {
        FetchError::TooLarge { .. } => true,
        FetchError::Status { code, .. } => matches!(code, 413 | 422 | 504),
        FetchError::Server { kind, message } => {
            let message = message.to_ascii_lowercase();
            **kind == *"timeout" || SIGNS.iter().any(|sign| message.contains(sign))
        }
        _ => false,
    }
}

/// Parts of one answer as one.
fn joined(mut frames: Vec<Frame>) -> Option<Frame> {
    frames.sort_by_key(|frame| frame.window.start);
    let mut frames = frames.into_iter();
    let mut all = frames.next()?;
    let mut places: BTreeMap<_, usize> =
        all.series.iter().enumerate().map(|(place, series)| (series.labels.clone(), place)).collect();
    for frame in frames {
        all.window.end = frame.window.end;
        all.notes.partial |= frame.notes.partial;
        all.notes.warnings.extend(frame.notes.warnings);
        all.notes.series_dropped = all.notes.series_dropped.max(frame.notes.series_dropped);
        all.notes.histograms = all.notes.histograms.max(frame.notes.histograms);
        for Series { labels, times, values } in frame.series {
            match places.get(&labels).and_then(|place| all.series.get_mut(*place)) {
                Some(held) => {
                    held.times.extend(times);
                    held.values.extend(values);
                }
                None => {
                    places.insert(labels.clone(), all.series.len());
                    all.series.push(Series { labels, times, values });
                }
            }
        }
    }
    Some(all)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::{HOUR, Timestamp};

    fn month() -> Query {
        let range = Range::new(Timestamp(HOUR), Timestamp(30 * DAY));
        Query::Range { expr: "x".to_owned(), span: Span::Fixed(range), step: HOUR }
    }

    fn points(query: &Query) -> Vec<i64> {
        let Query::Range { span: Span::Fixed(range), step, .. } = query else { return Vec::new() };
        (range.start.0..=range.end.0).step_by(*step as usize).collect()
    }

    #[test]
    fn parts_and_halves_lose_no_point_and_share_none() {
        let all = parts(&month());
        assert_eq!(all.len(), 5);
        assert_eq!(all.iter().flat_map(points).collect::<Vec<_>>(), points(&month()));
        let both = halves(&all[1]).unwrap();
        assert_eq!(both.iter().flat_map(points).collect::<Vec<_>>(), points(&all[1]));
        assert!(halves(&points_of(&month(), 0, FEWEST)).is_none());
    }

    #[test]
    fn only_what_the_server_finds_too_much_is_halved() {
        let server = |kind: &str, message: &str| FetchError::Server { kind: kind.into(), message: message.into() };
        for heavy in [
            server("timeout", "query timed out in expression evaluation"),
            server("execution", "query processing would load too many samples into memory"),
            server("bad_data", "exceeded maximum resolution of 11,000 points per timeseries"),
        ] {
            assert!(is_too_heavy(&heavy), "{heavy}");
        }
        let ours = FetchError::Timeout(std::time::Duration::from_secs(30));
        assert!(![ours, server("bad_data", "parse error"), FetchError::Refused].iter().any(is_too_heavy));
    }
}
