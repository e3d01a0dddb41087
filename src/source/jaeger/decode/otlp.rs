//! OpenTelemetry's JSON: the spans of all traces of an answer in one list, by who made them.
//!
//! Where each span stands is found first; then one trace after the other is read. So no more than the answer, a place
//! for each span, and one trace are held at once.

use std::collections::HashMap;

use super::ids;
use super::table::Texts;
use super::value;
use crate::model::fault::FetchError;
use crate::model::trace::{Trace, TraceId};
use crate::source::jaeger::refusal;
use crate::source::json::{Fault, Scanner};

mod attributes;
mod span;

/// Where a span stands, and what it stands in.
struct Place<'a> {
    trace: TraceId,
    resource: &'a [u8],
    scope: &'a [u8],
    span: &'a [u8],
}

/// Hands over one trace after the other, in the order of their first spans.
pub fn traces(body: &[u8], mut each: impl FnMut(Trace)) -> Result<(), FetchError> {
    let mut places = places(body)?;
    let mut ranks = HashMap::new();
    for place in &places {
        let next = ranks.len();
        ranks.entry(place.trace).or_insert(next);
    }
    if ranks.len() > 1 {
        places.sort_by_key(|place| ranks.get(&place.trace).copied());
    }
    let mut texts = Texts::new();
    for group in places.chunk_by(|a, b| a.trace == b.trace) {
        if let Some(first) = group.first() {
            let mut reader = span::Reader::new(&mut texts, first.trace, group.len());
            for place in group {
                reader.span(place)?;
            }
            each(reader.trace());
        }
    }
    Ok(())
}

/// One object, or several one after the other: the same in pieces.
fn places(body: &[u8]) -> Result<Vec<Place<'_>>, FetchError> {
    let mut scan = Scanner::new(body);
    let (mut places, mut is_there, mut failed) = (Vec::new(), false, false);
    loop {
        value::fields(&mut scan, |key, scan| match key {
            b"result" => {
                is_there = true;
                value::fields(scan, |key, scan| resources(key, scan, &mut places))
            }
            b"resourceSpans" => {
                is_there = true;
                resources(key, scan, &mut places)
            }
            b"error" => {
                failed = true;
                scan.raw().map(drop)
            }
            _ => scan.raw().map(drop),
        })?;
        if scan.peek().is_err() {
            break;
        }
    }
    match (failed, is_there) {
        (true, _) => Err(refusal::within(body)),
        (false, true) => Ok(places),
        (false, false) => Err(super::foreign()),
    }
}

fn resources<'a>(key: &[u8], scan: &mut Scanner<'a>, places: &mut Vec<Place<'a>>) -> Result<(), Fault> {
    if key != b"resourceSpans" {
        return scan.raw().map(drop);
    }
    value::list(scan, |scan| {
        let (from, mut resource) = (places.len(), &[][..]);
        value::fields(scan, |key, scan| {
            match key {
                b"resource" => resource = scan.raw()?,
                b"scopeSpans" => value::list(scan, |scan| scopes(scan, places))?,
                _ => drop(scan.raw()?),
            }
            Ok(())
        })?;
        places.iter_mut().skip(from).for_each(|place| place.resource = resource);
        Ok(())
    })
}

fn scopes<'a>(scan: &mut Scanner<'a>, places: &mut Vec<Place<'a>>) -> Result<(), Fault> {
    let (from, mut scope) = (places.len(), &[][..]);
    value::fields(scan, |key, scan| {
        match key {
            b"scope" => scope = scan.raw()?,
            b"spans" => value::list(scan, |scan| {
                let span = scan.raw()?;
                places.push(Place { trace: trace_of(span)?, resource: &[], scope: &[], span });
                Ok(())
            })?,
            _ => drop(scan.raw()?),
        }
        Ok(())
    })?;
    places.iter_mut().skip(from).for_each(|place| place.scope = scope);
    Ok(())
}

/// It usually comes first, and the rest need not be looked at.
fn trace_of(span: &[u8]) -> Result<TraceId, Fault> {
    let mut scan = Scanner::new(span);
    let mut found = None;
    let read = value::fields(&mut scan, |key, scan| {
        if key == b"traceId" {
            found = Some(ids::trace(&value::text(scan)?).unwrap_or_default());
            return scan.bad("no more");
        }
        scan.raw().map(drop)
    });
    match found {
        Some(trace) => Ok(trace),
        None => read.map(|()| TraceId::default()),
    }
}
