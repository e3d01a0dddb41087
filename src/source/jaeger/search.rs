//! Looking for traces: in one service or in all, by whichever way the server answers, and what it passes over is
//! made up for here.

use std::cmp::Reverse;
use std::collections::HashSet;
use std::sync::Arc;

use futures_util::future::join_all;

use super::api::{Api, success};
use super::refusal::{is_elsewhere, is_missing, within};
use super::{Inner, decode, fits, params};
use crate::model::fault::FetchError;
use crate::model::trace::{Summary, Trace, TraceId, TraceSearch};
use crate::model::window::Span;
use crate::source::http::Clock;
use crate::text::Plain;
use crate::time::{MINUTE, Range};

/// Servers refuse more than they hold, and no list is longer.
const MOST: u32 = 1_500;
/// Of so many services the traces are sought, where none is named.
const SERVICES: usize = 12;
/// Of each at least so many.
const SHARE: u32 = 10;
/// So long before now, in ms, what has failed must have begun to be found by any question.
const SETTLED: i64 = MINUTE;
/// For so long, in ms, it is taken as known in which services no trace begins.
const INNER_KEPT: i64 = 10 * MINUTE;

/// Whether a fault in the answer for one service would be that of all: the server is away, or too slow. A storage that
/// fails for one may well answer for the next.
fn is_of_all(fault: &FetchError) -> bool {
    fault.is_outage() && !matches!(fault, FetchError::Status { code: 500, .. } | FetchError::Decode(_))
}

/// What is kept of a trace.
pub trait Kept: Sized {
    /// Whether a row of it is enough.
    const IS_ROW: bool;
    fn of(trace: Trace) -> Self;
    fn of_row(row: Summary) -> Option<Self>;
    fn id(&self) -> TraceId;
    /// ns since the epoch
    fn start(&self) -> i64;
    /// The service that it began in.
    fn entry(&self) -> Plain;
}

impl Kept for Summary {
    const IS_ROW: bool = true;

    fn of(trace: Trace) -> Self {
        Self::of(&trace)
    }

    fn of_row(row: Summary) -> Option<Self> {
        Some(row)
    }

    fn id(&self) -> TraceId {
        self.id
    }

    fn start(&self) -> i64 {
        self.start
    }

    fn entry(&self) -> Plain {
        self.service.clone()
    }
}

impl Kept for Arc<Trace> {
    const IS_ROW: bool = false;

    fn of(trace: Trace) -> Self {
        Self::new(trace)
    }

    fn of_row(_: Summary) -> Option<Self> {
        None
    }

    fn id(&self) -> TraceId {
        self.id
    }

    fn start(&self) -> i64 {
        self.spans.iter().map(|span| span.start).min().unwrap_or(0)
    }

    fn entry(&self) -> Plain {
        self.root().map(|root| self.service(root)).unwrap_or_default()
    }
}

/// What a search brought in.
pub struct Haul<T> {
    pub traces: Vec<T>,
    pub is_limited: bool,
    pub notes: Vec<Plain>,
    /// How many came that were not sought.
    dropped: usize,
}

impl<T> Default for Haul<T> {
    fn default() -> Self {
        Self { traces: Vec::new(), is_limited: false, notes: Vec::new(), dropped: 0 }
    }
}

impl<T: Kept> Haul<T> {
    fn take(&mut self, trace: Trace, is_sought: impl FnOnce(&Trace) -> bool) {
        if is_sought(&trace) { self.traces.push(T::of(trace)) } else { self.dropped += 1 }
    }

    /// Once all of an answer is in.
    fn closed(mut self, limit: u32) -> Self {
        self.is_limited = self.traces.len() + self.dropped >= limit as usize;
        self
    }

    fn note(&mut self, text: &str) {
        if !self.notes.iter().any(|note| note == text) {
            self.notes.push(Plain::new(text));
        }
    }
}

impl Inner {
    pub async fn find<T: Kept>(&self, search: &TraceSearch, span: Span, clock: Clock) -> Result<Haul<T>, FetchError> {
        // The first question to a server tells its clock, too.
        self.api(clock).await?;
        let window = params::window(span, self.now(clock));
        let limit = search.limit.clamp(1, MOST);
        let mut search = TraceSearch { limit, ..search.clone() };
        let mut haul: Haul<T> = if search.service.is_empty() {
            self.everywhere(&search, window, clock).await?
        } else {
            search.service = self.exact(search.service).await;
            self.of_service(&search, window, clock).await?
        };
        haul.traces.sort_by_key(|trace| (Reverse(trace.start()), trace.id()));
        if haul.traces.len() > limit as usize {
            haul.traces.truncate(limit as usize);
            haul.is_limited = true;
        }
        Ok(haul)
    }

    /// Of each service a share; a trace that several of them have comes once.
    async fn everywhere<T: Kept>(
        &self,
        search: &TraceSearch,
        window: Range,
        clock: Clock,
    ) -> Result<Haul<T>, FetchError> {
        let names = self.recent_services(clock).await?;
        let mut haul: Haul<T> = Haul::default();
        // Those are its own, and about itself.
        let mut all: Vec<&String> = names.iter().filter(|name| !name.starts_with("jaeger")).collect();
        // Whole traces are large, and each is in the service that it began in: a sample asks no other.
        let is_sample = !T::IS_ROW && search.operation.is_none() && search.tags.is_empty();
        let inner = if is_sample { self.inner(clock).await } else { None };
        if let Some(inner) = inner.as_ref().filter(|inner| all.iter().any(|name| !inner.contains(*name))) {
            all.retain(|name| !inner.contains(*name));
            // Of those that began where nobody looked there may be more.
            haul.is_limited = true;
        }
        let mut none_begins = HashSet::new();
        let asked = all.get(..SERVICES).unwrap_or(&all);
        let limit = search.limit.div_ceil(u32::try_from(asked.len().max(1)).unwrap_or(1));
        let limit = limit.max(SHARE).min(search.limit);
        let (mut seen, mut fault, mut answered) = (HashSet::new(), None, 0);
        let (mut tried, mut is_over) = (0, false);
        for pair in asked.chunks(2) {
            if is_over {
                break;
            }
            tried += pair.len();
            let searches: Vec<TraceSearch> =
                pair.iter().map(|name| TraceSearch { service: (*name).clone(), limit, ..search.clone() }).collect();
            let found = join_all(searches.iter().map(|search| self.of_service::<T>(search, window, clock))).await;
            for (name, found) in pair.iter().zip(found) {
                match found {
                    // The others would fail alike.
                    Err(fault) if is_elsewhere(&fault) || (answered == 0 && is_of_all(&fault)) => return Err(fault),
                    Err(new) => {
                        haul.note(&format!("{name}: {new}"));
                        is_over |= is_of_all(&new);
                        fault.get_or_insert(new);
                    }
                    Ok(found) => {
                        answered += 1;
                        if !found.traces.is_empty() && found.traces.iter().all(|trace| trace.entry() != ***name) {
                            none_begins.insert((*name).clone());
                        }
                        haul.is_limited |= found.is_limited;
                        found.notes.iter().for_each(|note| haul.note(note));
                        haul.traces.extend(found.traces.into_iter().filter(|trace| seen.insert(trace.id())));
                    }
                }
            }
        }
        if let (0, Some(fault)) = (answered, fault) {
            return Err(fault);
        }
        if tried < all.len() {
            let text = format!("{tried} of {} services were asked; name one to see its traces", all.len());
            haul.note(&text);
        }
        if is_sample && inner.is_none() {
            *self.inner.lock().await = Some((clock.now(), none_begins));
        }
        Ok(haul)
    }

    /// The services that were seen lately to have traces of others only.
    async fn inner(&self, clock: Clock) -> Option<HashSet<String>> {
        let held = self.inner.lock().await;
        let (at, inner) = held.as_ref()?;
        (clock.now().since(*at).saturating_abs() < INNER_KEPT).then(|| inner.clone())
    }

    /// Not every storage finds failed spans by `error=true`: where it finds none, they are sought among the newest.
    async fn of_service<T: Kept>(
        &self,
        search: &TraceSearch,
        window: Range,
        clock: Clock,
    ) -> Result<Haul<T>, FetchError> {
        if !fits::seeks_errors(search) {
            return self.within_size(search, search, window, clock).await;
        }
        let known = self.known().await.errors;
        if known != Some(false) {
            let haul = self.within_size(search, search, window, clock).await?;
            let is_right = haul.dropped == 0 && !haul.traces.is_empty();
            if is_right || (known == Some(true) && haul.dropped == 0) {
                self.learn(|known| known.errors = Some(true)).await;
                return Ok(haul);
            }
        }
        let mut haul: Haul<T> = self.within_size(&fits::without_error(search), search, window, clock).await?;
        // One that came between the two questions says nothing of the server.
        let before = window.end.0.saturating_sub(SETTLED).saturating_mul(1_000_000);
        if haul.traces.iter().any(|trace| trace.start() < before) {
            self.learn(|known| known.errors = Some(false)).await;
        }
        if haul.is_limited {
            haul.note(&format!("failed ones are sought among the newest {} traces", search.limit));
        }
        Ok(haul)
    }

    /// Traces may be too large to be had all at once.
    async fn within_size<T: Kept>(
        &self,
        asked: &TraceSearch,
        sought: &TraceSearch,
        window: Range,
        clock: Clock,
    ) -> Result<Haul<T>, FetchError> {
        let fewer = (asked.limit / 10).max(1);
        match self.once(asked, sought, window, clock).await {
            Err(fault @ FetchError::TooLarge { .. }) if fewer < asked.limit => {
                let asked = TraceSearch { limit: fewer, ..asked.clone() };
                let mut haul = self.once(&asked, sought, window, clock).await?;
                haul.note(&format!("{fault}: only {fewer} traces were asked for"));
                haul.is_limited = true;
                Ok(haul)
            }
            haul => haul,
        }
    }

    /// `asked` is what the server is told, `sought` what must be true.
    async fn once<T: Kept>(
        &self,
        asked: &TraceSearch,
        sought: &TraceSearch,
        window: Range,
        clock: Clock,
    ) -> Result<Haul<T>, FetchError> {
        let api = self.api(clock).await?;
        let known = self.known().await;
        if api == Api::V1 {
            return self.by_v1(asked, sought, window, clock).await;
        }
        if T::IS_ROW
            && known.summaries != Some(false)
            && let Some(haul) = self.by_rows(asked, sought, window, clock).await?
        {
            return Ok(haul);
        }
        // Those without summaries do not search by tags in v3.
        if !asked.tags.is_empty() && known.v1_search != Some(false) {
            let found = self.by_v1(asked, sought, window, clock).await;
            let is_there = !found.as_ref().is_err_and(is_elsewhere);
            self.learn(|known| known.v1_search = Some(is_there)).await;
            if is_there {
                return found;
            }
        }
        self.by_v3(asked, sought, window, clock).await
    }

    async fn by_v1<T: Kept>(
        &self,
        asked: &TraceSearch,
        sought: &TraceSearch,
        window: Range,
        clock: Clock,
    ) -> Result<Haul<T>, FetchError> {
        let reply = self.get(&params::v1(asked, window, asked.limit), clock).await?;
        let is_sought = |trace: &Trace| !fits::seeks_errors(sought) || fits::has_failed(trace, sought);
        let mut haul: Haul<T> = Haul::default();
        let body = success(&reply)?;
        haul.notes = decode::v1(body, |trace| haul.take(trace, is_sought))?;
        if haul.traces.is_empty() && haul.dropped == 0 && !haul.notes.is_empty() {
            return Err(within(body));
        }
        Ok(haul.closed(asked.limit))
    }

    async fn by_v3<T: Kept>(
        &self,
        asked: &TraceSearch,
        sought: &TraceSearch,
        window: Range,
        clock: Clock,
    ) -> Result<Haul<T>, FetchError> {
        let reply = self.get(&params::v3("/api/v3/traces", asked, window, asked.limit), clock).await?;
        if is_missing(&reply) {
            return Ok(Haul::default());
        }
        let is_sought = |trace: &Trace| sought.tags.is_empty() || fits::fits(trace, sought);
        let mut haul: Haul<T> = Haul::default();
        decode::otlp(success(&reply)?, |trace| haul.take(trace, is_sought))?;
        let mut haul = haul.closed(asked.limit);
        if haul.dropped > 0 && haul.is_limited && !asked.tags.is_empty() {
            haul.note(&format!("tags are sought among the newest {} traces", asked.limit));
        }
        Ok(haul)
    }

    /// Nothing where the server has no summaries.
    async fn by_rows<T: Kept>(
        &self,
        asked: &TraceSearch,
        sought: &TraceSearch,
        window: Range,
        clock: Clock,
    ) -> Result<Option<Haul<T>>, FetchError> {
        let reply = self.get(&params::v3("/api/v3/trace-summaries", asked, window, asked.limit), clock).await?;
        let rows = match success(&reply) {
            _ if is_missing(&reply) => Ok(Vec::new()),
            Ok(body) => decode::summaries(body),
            Err(fault) if reply.status == 501 || is_elsewhere(&fault) => {
                self.learn(|known| known.summaries = Some(false)).await;
                return Ok(None);
            }
            Err(fault) => Err(fault),
        }?;
        self.learn(|known| known.summaries = Some(true)).await;
        let mut haul: Haul<T> = Haul::default();
        for row in rows {
            // Which service failed is told where services are.
            let of_service = row.services.iter().find(|share| *share.service == *sought.service);
            let errors = of_service.map_or(row.errors, |share| share.errors);
            match T::of_row(row) {
                Some(kept) if errors > 0 || !fits::seeks_errors(sought) => haul.traces.push(kept),
                _ => haul.dropped += 1,
            }
        }
        Ok(Some(haul.closed(asked.limit)))
    }

    /// Kept for a minute.
    async fn recent_services(&self, clock: Clock) -> Result<Vec<String>, FetchError> {
        if let Some((at, names)) = &*self.names.lock().await
            && clock.now().since(*at).saturating_abs() < MINUTE
        {
            return Ok(names.0.clone());
        }
        self.services(clock).await.map(|names| names.0)
    }
}
