//! Looking for traces: in one service or in all, by whichever way the server answers, and what it passes over is
//! made up for here.

use std::cmp::Reverse;

use super::api::{Api, success};
use super::refusal::{is_elsewhere, is_missing, within};
use super::{Inner, decode, fits, params};
use crate::model::fault::FetchError;
use crate::model::trace::{Trace, TraceSearch};
use crate::model::window::Span;
use crate::source::http::Clock;
use crate::time::{MINUTE, Range};

mod everywhere;
mod kept;

pub use kept::Haul;
use kept::Kept;

/// Servers refuse more than they hold, and no list is longer.
const MOST: u32 = 1_500;
/// So long before now, in ms, what has failed must have begun to be found by any question.
const SETTLED: i64 = MINUTE;

/// One question to one service.
#[derive(Clone, Copy)]
struct Hunt<'a> {
    /// What the server is told.
    asked: &'a TraceSearch,
    /// What must be true.
    sought: &'a TraceSearch,
    window: Range,
    clock: Clock,
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

    /// Not every storage finds failed spans by `error=true`: where it finds none, they are sought among the newest.
    async fn of_service<T: Kept>(
        &self,
        search: &TraceSearch,
        window: Range,
        clock: Clock,
    ) -> Result<Haul<T>, FetchError> {
        let hunt = Hunt { asked: search, sought: search, window, clock };
        if !fits::seeks_errors(search) {
            return self.within_size(hunt).await;
        }
        let known = self.known().await.errors;
        if known != Some(false) {
            let haul = self.within_size(hunt).await?;
            let is_right = haul.dropped == 0 && !haul.traces.is_empty();
            if is_right || (known == Some(true) && haul.dropped == 0) {
                self.learn(|known| known.errors = Some(true)).await;
                return Ok(haul);
            }
        }
        let mut haul: Haul<T> = self.within_size(Hunt { asked: &fits::without_error(search), ..hunt }).await?;
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
    async fn within_size<T: Kept>(&self, hunt: Hunt<'_>) -> Result<Haul<T>, FetchError> {
        let fewer = (hunt.asked.limit / 10).max(1);
        match self.once(hunt).await {
            Err(fault @ FetchError::TooLarge { .. }) if fewer < hunt.asked.limit => {
                let asked = TraceSearch { limit: fewer, ..hunt.asked.clone() };
                let mut haul = self.once(Hunt { asked: &asked, ..hunt }).await?;
                haul.note(&format!("{fault}: only {fewer} traces were asked for"));
                haul.is_limited = true;
                Ok(haul)
            }
            haul => haul,
        }
    }

    async fn once<T: Kept>(&self, hunt: Hunt<'_>) -> Result<Haul<T>, FetchError> {
        let api = self.api(hunt.clock).await?;
        let known = self.known().await;
        if api == Api::V1 {
            return self.by_v1(hunt).await;
        }
        if T::IS_ROW
            && known.summaries != Some(false)
            && let Some(haul) = self.by_rows(hunt).await?
        {
            return Ok(haul);
        }
        // Those without summaries do not search by tags in v3.
        if !hunt.asked.tags.is_empty() && known.v1_search != Some(false) {
            let found = self.by_v1(hunt).await;
            let is_there = !found.as_ref().is_err_and(is_elsewhere);
            self.learn(|known| known.v1_search = Some(is_there)).await;
            if is_there {
                return found;
            }
        }
        self.by_v3(hunt).await
    }

    async fn by_v1<T: Kept>(&self, hunt: Hunt<'_>) -> Result<Haul<T>, FetchError> {
        let Hunt { asked, sought, window, clock } = hunt;
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

    async fn by_v3<T: Kept>(&self, hunt: Hunt<'_>) -> Result<Haul<T>, FetchError> {
        let Hunt { asked, sought, window, clock } = hunt;
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
    async fn by_rows<T: Kept>(&self, hunt: Hunt<'_>) -> Result<Option<Haul<T>>, FetchError> {
        let Hunt { asked, sought, window, clock } = hunt;
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
}
