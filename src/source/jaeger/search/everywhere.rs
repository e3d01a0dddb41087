//! A search in all services: a server finds traces of one that is named only, so that each has to be asked.

use std::collections::HashSet;

use futures_util::future::join_all;

use super::super::Inner;
use super::super::refusal::is_elsewhere;
use super::kept::{Haul, Kept};
use crate::model::fault::FetchError;
use crate::model::trace::{TraceId, TraceSearch};
use crate::source::http::Clock;
use crate::time::{MINUTE, Range};

/// Of so many services the traces are sought.
const SERVICES: usize = 12;
/// Of each at least so many.
const SHARE: u32 = 10;
/// For so long, in ms, it is taken as known in which services no trace begins.
const INNER_KEPT: i64 = 10 * MINUTE;

/// Whether a fault in the answer for one service would be that of all: the server is away, or too slow. A storage that
/// fails for one may well answer for the next.
fn is_of_all(fault: &FetchError) -> bool {
    fault.is_outage() && !matches!(fault, FetchError::Status { code: 500, .. } | FetchError::Decode(_))
}

/// What the services said so far.
struct Round<T> {
    haul: Haul<T>,
    seen: HashSet<TraceId>,
    /// How many were asked, and how many of them answered.
    asked: usize,
    answered: usize,
    fault: Option<FetchError>,
    /// The others would fail as well.
    is_over: bool,
    /// Those that have traces of others only.
    inner: HashSet<String>,
}

impl<T: Kept> Round<T> {
    fn new() -> Self {
        let (seen, inner) = (HashSet::new(), HashSet::new());
        Self { haul: Haul::default(), seen, asked: 0, answered: 0, fault: None, is_over: false, inner }
    }

    fn take(&mut self, service: &str, found: Result<Haul<T>, FetchError>) -> Result<(), FetchError> {
        self.asked += 1;
        match found {
            Err(fault) if is_elsewhere(&fault) || (self.answered == 0 && is_of_all(&fault)) => return Err(fault),
            Err(fault) => {
                self.haul.note(&format!("{service}: {fault}"));
                self.is_over |= is_of_all(&fault);
                self.fault.get_or_insert(fault);
            }
            Ok(found) => {
                self.answered += 1;
                if !found.traces.is_empty() && found.traces.iter().all(|trace| trace.entry() != *service) {
                    self.inner.insert(service.to_owned());
                }
                self.haul.is_limited |= found.is_limited;
                found.notes.iter().for_each(|note| self.haul.note(note));
                self.haul.traces.extend(found.traces.into_iter().filter(|trace| self.seen.insert(trace.id())));
            }
        }
        Ok(())
    }

    /// An answer, if there was any.
    fn end(self) -> Result<Haul<T>, FetchError> {
        match self.fault {
            Some(fault) if self.answered == 0 => Err(fault),
            _ => Ok(self.haul),
        }
    }
}

impl Inner {
    /// Of each service a share; a trace that several of them have comes once.
    pub(super) async fn everywhere<T: Kept>(
        &self,
        search: &TraceSearch,
        window: Range,
        clock: Clock,
    ) -> Result<Haul<T>, FetchError> {
        let names = self.recent_services(clock).await?;
        // Those are its own, and about itself.
        let mut all: Vec<&String> = names.iter().filter(|name| !name.starts_with("jaeger")).collect();
        let mut round: Round<T> = Round::new();
        // Whole traces are large, and each is in the service that it began in: a sample asks no other.
        let is_sample = !T::IS_ROW && search.operation.is_none() && search.tags.is_empty();
        let inner = if is_sample { self.inner(clock).await } else { None };
        if let Some(inner) = inner.as_ref().filter(|inner| all.iter().any(|name| !inner.contains(*name))) {
            all.retain(|name| !inner.contains(*name));
            // Of those that began where nobody looked there may be more.
            round.haul.is_limited = true;
        }
        let asked = all.get(..SERVICES).unwrap_or(&all);
        let limit = search.limit.div_ceil(u32::try_from(asked.len().max(1)).unwrap_or(1));
        let limit = limit.max(SHARE).min(search.limit);
        for pair in asked.chunks(2) {
            if round.is_over {
                break;
            }
            let searches: Vec<TraceSearch> =
                pair.iter().map(|name| TraceSearch { service: (*name).clone(), limit, ..search.clone() }).collect();
            let found = join_all(searches.iter().map(|search| self.of_service::<T>(search, window, clock))).await;
            pair.iter().zip(found).try_for_each(|(name, found)| round.take(name, found))?;
        }
        if round.asked < all.len() {
            let text = format!("{} of {} services were asked; name one to see its traces", round.asked, all.len());
            round.haul.note(&text);
        }
        if is_sample && inner.is_none() {
            *self.inner.lock().await = Some((clock.now(), std::mem::take(&mut round.inner)));
        }
        round.end()
    }

    /// The services that were seen lately to have traces of others only.
    async fn inner(&self, clock: Clock) -> Option<HashSet<String>> {
        let held = self.inner.lock().await;
        let (at, inner) = held.as_ref()?;
        (clock.now().since(*at).saturating_abs() < INNER_KEPT).then(|| inner.clone())
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
