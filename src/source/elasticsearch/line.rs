//! One document to one line, in one pass and without a tree: plain JSON, fluentd's envelope, ECS, nested or dotted.
//!
//! A document is somebody's: whatever cannot be read of it is left out, and the line is shown for all that.

use std::borrow::Cow;
use std::sync::Arc;

use super::fields::{Fields, ROLES, Role};
use super::level;
use crate::model::log::{Level, Line};
use crate::source::json::{Fault, Scanner};
use crate::text::Plain;

/// Values that were found, each by the best of its names.
struct Found<'a> {
    values: [Option<(u8, Cow<'a, [u8]>)>; ROLES],
}

impl<'a> Found<'a> {
    fn new() -> Self {
        Self { values: [const { None }; ROLES] }
    }

    fn put(&mut self, role: Role, rank: u8, value: Cow<'a, [u8]>) {
        if let Some(slot) = self.values.get_mut(role as usize)
            && slot.as_ref().is_none_or(|(held, _)| rank < *held)
        {
            *slot = Some((rank, value));
        }
    }

    fn get(&self, role: Role) -> Option<&[u8]> {
        self.values.get(role as usize)?.as_ref().map(|(_, value)| &**value)
    }
}

/// `source` is a document's bytes; `fallback` is its time in ns if it says none.
pub fn decode(index: &Arc<str>, id: &str, source: &[u8], fields: &Fields, fallback: i64) -> Line {
    let mut outer = Found::new();
    // What was found before the fault stays.
    let broken = object(&mut Scanner::new(source), fields, &mut outer).is_err();
    let log = outer.get(Role::Envelope);
    let mut inner = Found::new();
    let opened = log.is_some_and(|log| open(log, fields, &mut inner));
    let of_inner = |role| inner.get(role).filter(|_| opened);
    // What the application says of itself goes before what its surroundings say; they know better where it ran.
    let said = |role| of_inner(role).or(outer.get(role));
    let text = |role| said(role).map_or_else(Plain::default, Plain::from_bytes);
    let bare = log.map(<[u8]>::trim_ascii_end).filter(|_| of_inner(Role::Message).is_none());
    let whole = || if broken { Plain::from_bytes(source) } else { Plain::default() };
    let message = match (of_inner(Role::Message), bare, outer.get(Role::Message)) {
        (Some(message), _, _) | (None, _, Some(message)) => Plain::from_bytes(message.trim_ascii_end()),
        (None, Some(bare), None) => Plain::from_bytes(bare),
        (None, None, None) => whole(),
    };
    let place = outer.get(Role::Place).or(of_inner(Role::Place));
    let time = outer.get(Role::Time).and_then(moment).or_else(|| of_inner(Role::Time).and_then(moment));
    Line {
        index: Arc::clone(index),
        id: Arc::from(id),
        at: time.unwrap_or(fallback),
        level: said(Role::Level).map_or(Level::Unknown, level::read),
        service: text(Role::Service),
        place: place.map_or_else(Plain::default, Plain::from_bytes),
        message,
        kind: text(Role::Kind),
        endpoint: text(Role::Endpoint),
        error_type: text(Role::ErrorType),
        trace: text(Role::Trace),
    }
}

/// Reads the application's JSON; half of it, or another thing, is a text and nothing else.
fn open<'a>(log: &'a [u8], fields: &Fields, found: &mut Found<'a>) -> bool {
    let log = log.trim_ascii();
    if !log.starts_with(b"{") {
        return false;
    }
    let mut scan = Scanner::new(log);
    object(&mut scan, fields, found).is_ok() && scan.rest().is_empty()
}

fn object<'a>(scan: &mut Scanner<'a>, fields: &Fields, found: &mut Found<'a>) -> Result<(), Fault> {
    below(scan, &mut Vec::new(), fields, found)
}

fn below<'a>(scan: &mut Scanner<'a>, path: &mut Vec<u8>, fields: &Fields, found: &mut Found<'a>) -> Result<(), Fault> {
    let above = path.len();
    scan.object(|key, scan| {
        if above > 0 {
            path.push(b'.');
        }
        path.extend_from_slice(key);
        let read = value(scan, path, fields, found);
        path.truncate(above);
        read
    })
}

fn value<'a>(scan: &mut Scanner<'a>, path: &mut Vec<u8>, fields: &Fields, found: &mut Found<'a>) -> Result<(), Fault> {
    match scan.peek()? {
        b'{' if fields.has_below(path) => below(scan, path, fields, found),
        b'[' if fields.has_below(path) || role(path, fields).is_some() => {
            // The first of several that says something.
            scan.array(|scan| value(scan, path, fields, found))
        }
        b'{' | b'[' => scan.raw().map(drop),
        first => {
            let Some((role, rank)) = role(path, fields) else { return scan.skip().map(drop) };
            let text = match first {
                b'"' => scan.string()?,
                _ => Cow::Borrowed(scan.skip()?),
            };
            if !text.is_empty() && &*text != b"null" {
                found.put(role, rank, text);
            }
            Ok(())
        }
    }
}

/// Values that come as `fields` bear the name of the field that holds them whole.
fn role(path: &[u8], fields: &Fields) -> Option<(Role, u8)> {
    fields.role(path).or_else(|| fields.role(path.strip_suffix(b".keyword")?))
}

/// Nanoseconds since the epoch: RFC 3339, or a number of s, ms, µs or ns by its size.
pub fn moment(text: &[u8]) -> Option<i64> {
    let text = std::str::from_utf8(text).ok()?.trim();
    if let Ok(at) = text.parse::<jiff::Timestamp>() {
        return i64::try_from(at.as_nanosecond()).ok();
    }
    if let Ok(number) = text.parse::<i64>() {
        let unit = match number.unsigned_abs() {
            0..100_000_000_000 => 1_000_000_000,
            100_000_000_000..100_000_000_000_000 => 1_000_000,
            100_000_000_000_000..100_000_000_000_000_000 => 1_000,
            _ => 1,
        };
        return number.checked_mul(unit);
    }
    match text.parse::<f64>() {
        Ok(seconds) if seconds.abs() < 9e9 => Some((seconds * 1e9) as i64),
        Ok(ms) if ms.abs() < 9e12 => Some((ms * 1e6) as i64),
        // A date without a zone is UTC, as the server takes it.
        _ => {
            let civil: jiff::civil::DateTime = text.parse().ok()?;
            i64::try_from(civil.to_zoned(jiff::tz::TimeZone::UTC).ok()?.timestamp().as_nanosecond()).ok()
        }
    }
}

#[cfg(test)]
mod tests;
