//! Attributes: a key and a value of some kind, which becomes a text.

use std::borrow::Cow;

use super::super::table::Texts;
use super::super::value;
use crate::model::trace::Tag;
use crate::source::json::{Fault, Scanner};
use crate::text::Plain;

/// Under it Jaeger puts what it thinks of a span.
const WARNINGS: &str = "@jaeger@warnings";

/// Reads a list of attributes onto the end of `tags`.
pub fn read(scan: &mut Scanner, texts: &mut Texts, tags: &mut Vec<Tag>) -> Result<(), Fault> {
    value::list(scan, |scan| {
        let (mut name, mut text) = (None, Plain::default());
        value::fields(scan, |key, scan| {
            match key {
                b"key" => name = Some(texts.name(&value::text(scan)?)),
                b"value" => text = texts.value(&any(scan)?),
                _ => drop(scan.raw()?),
            }
            Ok(())
        })?;
        tags.extend(name.map(|key| Tag { key, value: text }));
        Ok(())
    })
}

/// As `read`, but for Jaeger's own warnings, which are no attribute of the span.
pub fn of_span(
    scan: &mut Scanner,
    texts: &mut Texts,
    tags: &mut Vec<Tag>,
    warnings: &mut Vec<Plain>,
) -> Result<(), Fault> {
    let mut raw = scan.clone();
    read(scan, texts, tags)?;
    let own = tags.iter().position(|tag| tag.key == WARNINGS);
    if own.is_none() {
        return Ok(());
    }
    tags.retain(|tag| tag.key != WARNINGS);
    value::list(&mut raw, |scan| {
        let (mut is_own, mut list) = (false, Vec::new());
        value::fields(scan, |key, scan| {
            match key {
                b"key" => is_own = &*value::text(scan)? == WARNINGS.as_bytes(),
                b"value" => list = strings(scan)?,
                _ => drop(scan.raw()?),
            }
            Ok(())
        })?;
        if is_own {
            warnings.extend(list);
        }
        Ok(())
    })
}

/// The texts of an array, or the one text that there is instead.
fn strings(scan: &mut Scanner) -> Result<Vec<Plain>, Fault> {
    let mut found = Vec::new();
    value::fields(scan, |kind, scan| match kind {
        b"stringValue" => {
            found.extend(scan.text()?);
            Ok(())
        }
        b"arrayValue" => value::fields(scan, |key, scan| match key {
            b"values" => value::list(scan, |scan| {
                found.push(Plain::from_bytes(&any(scan)?));
                Ok(())
            }),
            _ => scan.raw().map(drop),
        }),
        _ => scan.raw().map(drop),
    })?;
    Ok(found)
}

/// A value as text.
fn any<'a>(scan: &mut Scanner<'a>) -> Result<Cow<'a, [u8]>, Fault> {
    let mut found = Cow::Borrowed(&[][..]);
    value::fields(scan, |kind, scan| {
        found = match kind {
            b"arrayValue" | b"kvlistValue" => Cow::Owned(nested(kind, scan.raw()?)),
            _ => value::written(scan)?,
        };
        Ok(())
    })?;
    Ok(found)
}

/// What is made of parts, as JSON; as it came, where it is too deep for that.
fn nested(kind: &[u8], raw: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    match parts(kind, &mut Scanner::new(raw), &mut out) {
        Ok(()) => out,
        Err(_) => raw.to_vec(),
    }
}

fn parts(kind: &[u8], scan: &mut Scanner, out: &mut Vec<u8>) -> Result<(), Fault> {
    match kind {
        b"arrayValue" => return listed(scan, out, [b'[', b']'], part),
        b"kvlistValue" => return listed(scan, out, [b'{', b'}'], pair),
        b"stringValue" | b"bytesValue" => quoted(&value::text(scan)?, out),
        _ => out.extend_from_slice(&value::written(scan)?),
    }
    Ok(())
}

fn part(scan: &mut Scanner, out: &mut Vec<u8>) -> Result<(), Fault> {
    let from = out.len();
    value::fields(scan, |kind, scan| parts(kind, scan, out))?;
    if out.len() == from {
        out.extend_from_slice(b"null");
    }
    Ok(())
}

fn pair(scan: &mut Scanner, out: &mut Vec<u8>) -> Result<(), Fault> {
    let (mut name, mut value) = (Vec::new(), Vec::new());
    value::fields(scan, |key, scan| {
        match key {
            b"key" => quoted(&value::text(scan)?, &mut name),
            b"value" => part(scan, &mut value)?,
            _ => drop(scan.raw()?),
        }
        Ok(())
    })?;
    out.extend([name.as_slice(), b":", value.as_slice()].concat());
    Ok(())
}

fn listed(
    scan: &mut Scanner,
    out: &mut Vec<u8>,
    [open, close]: [u8; 2],
    mut each: impl FnMut(&mut Scanner, &mut Vec<u8>) -> Result<(), Fault>,
) -> Result<(), Fault> {
    out.push(open);
    let from = out.len();
    value::fields(scan, |key, scan| match key {
        b"values" => value::list(scan, |scan| {
            if out.len() > from {
                out.push(b',');
            }
            each(scan, out)
        }),
        _ => scan.raw().map(drop),
    })?;
    out.push(close);
    Ok(())
}

fn quoted(text: &[u8], out: &mut Vec<u8>) {
    out.push(b'"');
    for byte in text {
        if matches!(byte, b'"' | b'\\') {
            out.push(b'\\');
        }
        out.push(*byte);
    }
    out.push(b'"');
}
