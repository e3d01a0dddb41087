//! What is new in the logs: lines of level WARN and worse, counted by pattern while the overview is shown.
//!
//! A live range follows what arrives and compares the last minutes with those before them; what a tail does not begin
//! with is fetched back page by page. A range that is over is compared with the one before it, by a page of each.

use crate::analysis::logs::{covered, stands_out};
use crate::analysis::patterns::compare::Kind;
use crate::analysis::patterns::tally::{Finding, Sample, Tally, between};
use crate::model::fault::FetchError;
use crate::model::log::{Arrivals, Level, Line, Page, Search};
use crate::model::query::{Answer, Query, Subscription, Update};
use crate::model::window::Span;
use crate::text::Plain;
use crate::time::{MINUTE, Range, Timestamp};
use crate::ui::view::Scene;

/// The length of a live comparison.
pub const WINDOW: i64 = 15 * MINUTE;
/// Lines that are asked for at once.
const FILL: u32 = 5_000;
/// So many pages are fetched back; a storm has more than anybody can read.
const PAGES: u8 = 3;

/// What is known by now.
#[derive(Default)]
pub struct LogNews {
    /// The question that everything here answers; of a range that is over, that for its own lines.
    held: Option<Query>,
    pub answered: Option<Timestamp>,
    pub error: Option<(FetchError, Timestamp)>,
    /// What could not be had.
    pub notes: Vec<Plain>,
    /// Lines of bursts that were never counted.
    pub skipped: u64,
    /// Why the lines before those that a tail begins with are not there.
    pub back_error: Option<FetchError>,
    live: Option<Live>,
    /// The two pages of a range that is over, until both are there.
    pages: [Option<(Query, Page)>; 2],
    pub found: Option<Found>,
}

/// A comparison.
pub struct Found {
    /// What stands out.
    pub findings: Vec<Finding>,
    /// What is compared with the time before it.
    pub window: Range,
    /// Whether enough of the time before was seen.
    pub compares: bool,
    /// All lines since this moment were seen.
    pub from: Timestamp,
    pub lines: u64,
}

struct Live {
    tally: Tally,
    seen: Vec<Range>,
    /// All lines since this moment were counted.
    from: Timestamp,
    /// The newest line that arrived, in ns, those of the future left out.
    newest: i64,
    /// What is fetched of the time before it.
    back: Option<Back>,
}

struct Back {
    span: Range,
    /// Lines before this moment, in ns.
    before: Option<i64>,
    /// So many pages more.
    left: u8,
}

/// The question that says how the tile does.
fn question(scene: &Scene) -> Query {
    match scene.shown.span() {
        Span::Live { .. } => Query::Tail { search: search(scene), fill: FILL },
        Span::Fixed(range) => page(scene, range, None),
    }
}

fn search(scene: &Scene) -> Search {
    Search { level: Some(Level::Warn), ..Search::default() }.within(scene.watch.logs.as_ref())
}

fn page(scene: &Scene, span: Range, before: Option<i64>) -> Query {
    Query::Lines { search: search(scene), span: Span::Fixed(span), before, limit: FILL }
}

impl LogNews {
    pub fn queries(&self, scene: &Scene) -> Vec<Subscription> {
        if !scene.logs {
            return Vec::new();
        }
        let once = |query| Subscription { query, every: None };
        if let Span::Fixed(range) = scene.shown.span() {
            return vec![once(question(scene)), once(page(scene, range.before(), None))];
        }
        let tail = Subscription { query: question(scene), every: Some(scene.tiles) };
        std::iter::once(tail).chain(self.back_question(scene).map(once)).collect()
    }

    fn back_question(&self, scene: &Scene) -> Option<Query> {
        let back = self.live.as_ref().filter(|_| self.is_current(scene))?.back.as_ref()?;
        Some(page(scene, back.span, back.before))
    }

    /// Whether what is held is about what is shown.
    pub fn is_current(&self, scene: &Scene) -> bool {
        self.held.as_ref() == Some(&question(scene))
    }

    /// What stands out, as long as it can be relied on.
    pub fn sure(&self, scene: &Scene) -> &[Finding] {
        let is_fresh = self.answered.is_some_and(|at| !self.is_late(at, scene)) && self.error.is_none();
        let found = self.found.as_ref().filter(|found| is_fresh && found.compares && self.is_current(scene));
        found.map_or(&[], |found| &found.findings)
    }

    pub fn is_late(&self, answered: Timestamp, scene: &Scene) -> bool {
        scene.shown.is_live() && scene.is_overdue(answered, scene.tiles)
    }

    pub fn apply(&mut self, update: Update, scene: &Scene) {
        let Update { subscription, at, result, skew_ms, .. } = update;
        let (query, now) = (&subscription.query, at.plus(skew_ms));
        if self.back_question(scene).as_ref() == Some(query) {
            return self.take_back(result.and_then(Answer::into_lines), now);
        }
        let taken = if matches!(query, Query::Tail { .. }) && *query == question(scene) {
            result.and_then(Answer::into_arrivals).map(|arrivals| self.take_arrivals(query, arrivals, now))
        } else {
            result.and_then(Answer::into_lines).map(|page| self.take_page(query, page, scene))
        };
        match taken {
            Ok(()) => (self.answered, self.error) = (Some(at), None),
            Err(error) => {
                let since = self.error.as_ref().map_or(at, |(_, since)| *since);
                self.error = Some((error, since));
            }
        }
    }

    fn take_arrivals(&mut self, query: &Query, arrivals: Arrivals, now: Timestamp) {
        // Fewer lines than asked for are no sign that there are no others: they may be too long for one answer.
        let is_full = arrivals.lines.len() >= FILL as usize;
        let oldest = arrivals.lines.first().map(|line| line.at);
        let is_same = self.held.as_ref() == Some(query);
        // Where there are many lines, whoever comes back to this view soon does not ask for all of them again.
        let joins = self.live.as_ref().zip(oldest).is_some_and(|(live, oldest)| is_full && oldest <= live.newest);
        if !is_same || self.live.is_none() || (arrivals.anew && !joins) {
            *self = Self { held: Some(query.clone()), live: Some(Live::begin(oldest, now)), ..Self::default() };
        }
        self.notes = arrivals.notes;
        self.skipped = self.skipped.saturating_add(arrivals.skipped);
        if let Some(live) = &mut self.live {
            live.arrive(&arrivals.lines, arrivals.anew, now);
        }
        self.compare(now);
    }

    fn take_back(&mut self, page: Result<Page, FetchError>, now: Timestamp) {
        let Some(live) = &mut self.live else { return };
        match page {
            Ok(page) => {
                live.take(page);
                self.back_error = None;
                self.compare(now);
            }
            Err(error) => self.back_error = Some(error),
        }
    }

    fn compare(&mut self, now: Timestamp) {
        self.found = self.live.as_mut().map(|live| live.compare(now));
    }

    fn take_page(&mut self, query: &Query, answer: Page, scene: &Scene) {
        let Span::Fixed(range) = scene.shown.span() else { return };
        let asked = [question(scene), page(scene, range.before(), None)];
        let Some(place) = asked.iter().position(|one| one == query) else { return };
        if self.held.as_ref() != asked.first() {
            *self = Self { held: asked.first().cloned(), ..Self::default() };
        }
        self.notes.extend(answer.notes.iter().filter(|note| !self.notes.contains(note)).cloned().collect::<Vec<_>>());
        self.pages[place] = Some((query.clone(), answer));
        if let [Some((_, now)), Some((_, before))] = &self.pages {
            self.found = Some(Found::of_pages((now, range), (before, range.before())));
            self.pages = [None, None];
        }
    }
}

impl Live {
    fn begin(oldest: Option<i64>, now: Timestamp) -> Self {
        let tally = Tally::new(WINDOW);
        let (before, _) = tally.windows(now);
        let Some(oldest) = oldest else {
            return Self { tally, seen: Vec::new(), from: before.start, newest: i64::MIN, back: None };
        };
        let from = Timestamp::of_ns(oldest).plus(1);
        let span = Range::new(before.start, now);
        let back = (from > before.start).then_some(Back { span, before: Some(oldest), left: PAGES });
        Self { tally, seen: Vec::new(), from, newest: i64::MIN, back }
    }

    /// Counts what came; of lines that are told anew only those that are newer than what is known.
    fn arrive(&mut self, lines: &[Line], anew: bool, now: Timestamp) {
        let known = if anew { self.newest } else { i64::MIN };
        self.tally.extend(lines.iter().filter(|line| line.at > known));
        let now = now.ns();
        let newest = lines.iter().map(|line| line.at).filter(|at| *at <= now).max();
        self.newest = self.newest.max(newest.unwrap_or(i64::MIN));
    }

    fn take(&mut self, page: Page) {
        let Some(Back { span, before, left }) = self.back.take() else { return };
        self.tally.extend(&page.lines);
        // A page may be short because lines are long: its count says whether there are more.
        let stretch = covered(&page, span);
        let is_last = stretch == span || page.lines.is_empty();
        if before.is_none() {
            return self.seen.push(stretch);
        }
        self.from = self.from.min(stretch.start);
        let oldest = page.lines.first().map(|line| line.at);
        if is_last || self.from <= span.start {
            return;
        }
        let half = Range::new(span.start, span.start.plus(WINDOW));
        self.back = match left.saturating_sub(1) {
            // Too many lines to go back through: the end of the time before must do.
            0 if self.from > half.end => Some(Back { span: half, before: None, left: 0 }),
            0 => None,
            left => Some(Back { span, before: oldest, left }),
        };
    }

    fn compare(&mut self, now: Timestamp) -> Found {
        let seen: Vec<Range> = self.seen.iter().copied().chain([Range::new(self.from, now.plus(WINDOW))]).collect();
        let mut findings = self.tally.findings(now, &seen);
        let (_, window) = self.tally.windows(now);
        let compares = findings.iter().all(|finding| finding.kind != Kind::Unknown);
        let lines = findings.iter().map(|finding| finding.count).sum();
        findings.retain(stands_out);
        Found { findings, window, compares, from: self.from, lines }
    }
}

impl Found {
    fn of_pages((now, range): (&Page, Range), (earlier, before): (&Page, Range)) -> Self {
        let mut findings = between(&sample(now, range), &sample(earlier, before));
        let compares = findings.is_empty() || findings.iter().any(|finding| finding.kind != Kind::Unknown);
        findings.retain(stands_out);
        let lines = now.lines.len() as u64;
        Self { findings, window: range, compares, from: covered(now, range).start, lines }
    }
}

/// All of a page is known from its first line on.
fn sample(page: &Page, period: Range) -> Sample<'_> {
    Sample { period, parts: vec![(&page.lines[..], covered(page, period))] }
}
