//! The answer to a search, in one pass: its lines, how many there are, and whether that is all.

use std::sync::Arc;

use serde_json::Value;

use super::fields::Fields;
use super::{EXPECTED, line, refusal};
use crate::model::fault::FetchError;
use crate::model::log::{Count, Line};
use crate::source::json::{Fault, Scanner};
use crate::text::Plain;

/// Failures are noted so many times; they are mostly alike.
const MAX_NOTES: usize = 3;

/// Stands for the text of a line whose document came without what it holds: a blank row would say nothing.
const NO_SOURCE: &str = "(no text: its index keeps no `_source`)";

#[derive(Debug, Clone)]
pub struct Hit {
    pub line: Line,
    /// The number of its operation within its shard; -1 where it was not asked for.
    pub seq: i64,
    pub term: i64,
    /// What it was sorted by, where that was its time, in ms.
    pub at: Option<i64>,
}

#[derive(Debug)]
pub struct Found {
    pub hits: Vec<Hit>,
    pub total: Count,
    /// How many shards were asked; none means that no index matches.
    pub shards: u64,
    /// A shard or a cluster did not answer, or not in time.
    pub partial: bool,
    pub timed_out: bool,
    pub notes: Vec<Plain>,
    pub aggs: Value,
    /// Documents came without what they hold.
    pub sourceless: bool,
}

impl Found {
    fn none() -> Self {
        Self {
            hits: Vec::new(),
            total: Count::Exactly(0),
            shards: 0,
            partial: false,
            timed_out: false,
            notes: Vec::new(),
            aggs: Value::Null,
            sourceless: false,
        }
    }

    /// What shards say that are nowhere: nothing, which is not the same as that there is nothing.
    fn absent() -> Self {
        Self {
            shards: 1,
            partial: true,
            notes: vec![Plain::new("an index is red: a shard of it is nowhere")],
            ..Self::none()
        }
    }

    pub fn total(&self) -> u64 {
        self.total.least()
    }

    /// The same as a claim: what did not answer was not counted.
    pub fn count(&self) -> Count {
        if self.partial { Count::AtLeast(self.total()) } else { self.total }
    }

    pub fn lines(self) -> Vec<Line> {
        self.hits.into_iter().map(|hit| hit.line).collect()
    }
}

/// How the documents of an answer are read.
#[derive(Clone, Copy)]
pub struct Reading<'a> {
    pub fields: &'a Fields,
    /// For a line that does not say when it was, in ns.
    pub now: i64,
}

impl Reading<'_> {
    pub fn one(self, body: &[u8]) -> Result<Found, FetchError> {
        let mut scan = Scanner::new(body);
        let found = self.answer(&mut scan)?;
        scan.finish()?;
        Ok(found)
    }

    /// The answers to several questions; each may have failed alone.
    pub fn several(self, body: &[u8]) -> Result<Vec<Result<Found, FetchError>>, FetchError> {
        let mut scan = Scanner::new(body);
        let mut items = None;
        scan.object(|key, scan| {
            if key != b"responses" {
                return scan.skip().map(drop);
            }
            let mut found = Vec::new();
            scan.array(|scan| {
                let item = scan.raw()?;
                found.push(match status(item)? {
                    Some(503) if refusal::is_absence(item) => Ok(Ok(Found::absent())),
                    Some(status) => Err(refusal::of_item(status, item)),
                    None => Ok(self.answer(&mut Scanner::new(item))),
                });
                Ok(())
            })?;
            items = Some(found);
            Ok(())
        })?;
        scan.finish()?;
        let items = items.ok_or_else(|| foreign("an object without `responses`"))?;
        Ok(items.into_iter().map(|item| item.and_then(|found| found)).collect())
    }

    fn answer(self, scan: &mut Scanner) -> Result<Found, FetchError> {
        let mut found = Found::none();
        let mut is_one = false;
        scan.object(|key, scan| {
            match key {
                b"hits" => {
                    is_one = true;
                    self.hits(scan, &mut found)?;
                }
                b"_shards" => {
                    is_one = true;
                    shards(scan, &mut found)?;
                }
                b"_clusters" => clusters(scan, &mut found)?,
                b"timed_out" => found.timed_out = scan.skip()? == b"true",
                b"aggregations" => found.aggs = serde_json::from_slice(scan.raw()?).unwrap_or_default(),
                _ => drop(scan.raw()?),
            }
            Ok(())
        })?;
        if !is_one {
            return Err(foreign("an object without `hits`"));
        }
        if found.timed_out {
            found.partial = true;
            found.notes.push(Plain::new("the search ran out of time: there is more"));
        }
        Ok(found)
    }

    fn hits(self, scan: &mut Scanner, found: &mut Found) -> Result<(), Fault> {
        let mut index: Arc<str> = Arc::from("");
        scan.object(|key, scan| match key {
            b"total" => {
                found.total = total(scan)?;
                Ok(())
            }
            b"hits" => scan.array(|scan| {
                let hit = self.hit(scan, &mut index, &mut found.sourceless)?;
                found.hits.push(hit);
                Ok(())
            }),
            _ => scan.skip().map(drop),
        })
    }

    /// `index` is that of the hit before: mostly the same.
    fn hit(self, scan: &mut Scanner, index: &mut Arc<str>, sourceless: &mut bool) -> Result<Hit, Fault> {
        let (mut id, mut source, mut fields) = (String::new(), None, None);
        let (mut seq, mut term, mut at) = (-1, 0, None);
        scan.object(|key, scan| {
            match key {
                b"_index" => {
                    let name = scan.string()?;
                    if index.as_bytes() != &*name {
                        *index = Arc::from(String::from_utf8_lossy(&name));
                    }
                }
                b"_id" => id = String::from_utf8_lossy(&scan.string()?).into_owned(),
                b"_seq_no" => seq = whole(scan.skip()?).unwrap_or(-1),
                b"_primary_term" => term = whole(scan.skip()?).unwrap_or(0),
                b"_source" => source = Some(scan.raw()?).filter(|source| *source != b"null"),
                b"sort" => at = first_number(scan)?,
                b"fields" => fields = Some(scan.raw()?),
                _ => drop(scan.raw()?),
            }
            Ok(())
        })?;
        let is_bare = source.is_none();
        *sourceless |= is_bare;
        let document = source.or(fields).unwrap_or(b"{}");
        let mut line = line::decode(index, &id, document, self.fields, self.now);
        if is_bare && line.message.is_empty() {
            line.message = Plain::new(NO_SOURCE);
        }
        Ok(Hit { line, seq, term, at })
    }
}

fn first_number(scan: &mut Scanner) -> Result<Option<i64>, Fault> {
    let mut first = None;
    scan.array(|scan| {
        let value = scan.skip()?;
        first = first.or_else(|| whole(value));
        Ok(())
    })?;
    Ok(first)
}

fn foreign(found: &str) -> FetchError {
    FetchError::Foreign { expected: EXPECTED, found: Plain::new(found) }
}

/// The status of an item that failed.
fn status(item: &[u8]) -> Result<Option<u16>, Fault> {
    let (mut failed, mut status) = (false, 0);
    Scanner::new(item).object(|key, scan| {
        match key {
            b"error" => {
                failed = true;
                scan.raw()?;
            }
            b"status" => status = whole(scan.skip()?).and_then(|status| u16::try_from(status).ok()).unwrap_or(0),
            _ => drop(scan.raw()?),
        }
        Ok(())
    })?;
    Ok(failed.then_some(status))
}

pub fn whole(bytes: &[u8]) -> Option<i64> {
    std::str::from_utf8(bytes).ok()?.parse().ok()
}

/// An object with a relation, or a number as old versions have it.
fn total(scan: &mut Scanner) -> Result<Count, Fault> {
    let count = |bytes: &[u8]| whole(bytes).and_then(|count| u64::try_from(count).ok()).unwrap_or(0);
    if scan.peek()? != b'{' {
        return Ok(Count::Exactly(count(scan.skip()?)));
    }
    let (mut value, mut exact) = (0, true);
    scan.object(|key, scan| {
        match key {
            b"value" => value = count(scan.skip()?),
            b"relation" => exact = &*scan.string()? == b"eq",
            _ => drop(scan.skip()?),
        }
        Ok(())
    })?;
    Ok(if exact { Count::Exactly(value) } else { Count::AtLeast(value) })
}

fn shards(scan: &mut Scanner, found: &mut Found) -> Result<(), Fault> {
    let (mut failed, mut successful, mut reasons) = (0, None, Vec::new());
    scan.object(|key, scan| match key {
        b"total" => {
            found.shards = whole(scan.skip()?).and_then(|count| u64::try_from(count).ok()).unwrap_or(0);
            Ok(())
        }
        b"failed" => {
            failed = whole(scan.skip()?).unwrap_or(0);
            Ok(())
        }
        b"successful" => {
            successful = whole(scan.skip()?);
            Ok(())
        }
        b"failures" => scan.array(|scan| {
            let note = failure(scan)?;
            if reasons.len() < MAX_NOTES && !reasons.contains(&note) {
                reasons.push(note);
            }
            Ok(())
        }),
        _ => scan.raw().map(drop),
    })?;
    // Shards that are nowhere are no failures to some versions.
    let total = i64::try_from(found.shards).unwrap_or(i64::MAX);
    let failed = failed.max(successful.map_or(0, |successful| total.saturating_sub(successful)));
    if failed > 0 {
        found.partial = true;
        let why = reasons.iter().map(Plain::as_str).collect::<Vec<_>>().join("; ");
        found.notes.push(Plain::from(format!("{failed} of {} shards failed: {why}", found.shards)));
    }
    Ok(())
}

fn failure(scan: &mut Scanner) -> Result<Plain, Fault> {
    let (mut index, mut reason) = (Plain::default(), Plain::default());
    scan.object(|key, scan| {
        match key {
            b"index" => index = scan.text()?.unwrap_or_default(),
            b"reason" => reason = refusal::of_shard(scan.raw()?),
            _ => drop(scan.raw()?),
        }
        Ok(())
    })?;
    Ok(Plain::from(format!("{index} {reason}")))
}

fn clusters(scan: &mut Scanner, found: &mut Found) -> Result<(), Fault> {
    let mut missing = 0;
    scan.object(|key, scan| {
        match key {
            b"skipped" | b"partial" | b"failed" => missing += whole(scan.skip()?).unwrap_or(0),
            _ => drop(scan.raw()?),
        }
        Ok(())
    })?;
    if missing > 0 {
        found.partial = true;
        found.notes.push(Plain::from(format!("{missing} remote clusters did not answer whole")));
    }
    Ok(())
}
