//! One document with all its fields, in its own order, and by what each can be searched.

use std::sync::atomic::Ordering;

use serde_json::json;

use super::caps::Caps;
use super::{Inner, Now, success};
use crate::model::fault::FetchError;
use crate::model::log::{Document, Field};
use crate::source::json::{Fault, Scanner};
use crate::text::Plain;

/// More than anybody reads.
const MAX_FIELDS: usize = 10_000;
/// Deeper ones are shown as they are written.
const MAX_DEPTH: u16 = 24;
/// Of a document without its source; a server gives a hundred.
const MAX_VALUES: usize = 100;
/// A longer value cannot be searched for exactly.
const MAX_EXACT: usize = 8_000;

impl Inner {
    /// By its id, wherever it was routed to.
    pub async fn document(&self, index: &str, id: &str, now: Now) -> Result<Document, FetchError> {
        let caps = self.caps(now).await?;
        let mut body = json!({ "size": 1, "query": { "ids": { "values": [id] } } });
        if self.sourceless.load(Ordering::Relaxed) {
            body["docvalue_fields"] = caps.values(MAX_VALUES).into();
        }
        let path = format!("/{}/_search", super::in_path(index));
        let reply = self.client.post_json(&path, &body.to_string(), now.sent()).await?;
        match source(success(&reply, now)?)? {
            Some(source) => {
                let mut reader = Reader { fields: Vec::new(), caps: &caps };
                // What was read before a fault is shown.
                let _ = reader.object(&mut Scanner::new(source), 0, "", true);
                Ok(Document { fields: reader.fields })
            }
            None => Err(FetchError::Server {
                kind: Plain::new("gone"),
                message: Plain::new("the document is not there any more"),
            }),
        }
    }
}

/// What the first hit holds.
fn source(body: &[u8]) -> Result<Option<&[u8]>, FetchError> {
    let mut found = None;
    let mut scan = Scanner::new(body);
    scan.object(|key, scan| match key {
        b"hits" => scan.object(|key, scan| match key {
            b"hits" => scan.array(|scan| {
                let (mut own, mut values): (&[u8], &[u8]) = (b"{}", b"{}");
                scan.object(|key, scan| {
                    match key {
                        b"_source" => own = scan.raw()?,
                        b"fields" => values = scan.raw()?,
                        _ => drop(scan.raw()?),
                    }
                    Ok(())
                })?;
                found = Some(if own == b"{}" || own == b"null" { values } else { own });
                Ok(())
            }),
            _ => scan.raw().map(drop),
        }),
        _ => scan.raw().map(drop),
    })?;
    Ok(found)
}

struct Reader<'a> {
    fields: Vec<Field>,
    caps: &'a Caps,
}

impl Reader<'_> {
    /// `known` is false inside a text: the server does not know of its fields.
    fn object(&mut self, scan: &mut Scanner, depth: u16, above: &str, known: bool) -> Result<(), Fault> {
        scan.object(|key, scan| {
            let name = String::from_utf8_lossy(key).into_owned();
            let path = if above.is_empty() { name.clone() } else { format!("{above}.{name}") };
            self.value(scan, depth, &name, &path, known)
        })
    }

    fn value(&mut self, scan: &mut Scanner, depth: u16, name: &str, path: &str, known: bool) -> Result<(), Fault> {
        if self.fields.len() >= MAX_FIELDS {
            return scan.raw().map(drop);
        }
        match scan.peek()? {
            b'{' if depth < MAX_DEPTH => {
                self.push(depth, name, None, None);
                self.object(scan, depth + 1, path, known)
            }
            b'[' if depth < MAX_DEPTH => {
                self.push(depth, name, None, None);
                let mut number = 0;
                scan.array(|scan| {
                    number += 1;
                    self.value(scan, depth + 1, &number.to_string(), path, known)
                })
            }
            b'"' => {
                let text = String::from_utf8_lossy(&scan.string()?).into_owned();
                self.leaf(depth, name, path, &text, known);
                self.inside(depth, &text)
            }
            b'{' | b'[' => {
                let raw = Plain::from_bytes(scan.raw()?);
                self.push(depth, name, Some(raw), None);
                Ok(())
            }
            _ => {
                let text = String::from_utf8_lossy(scan.skip()?).into_owned();
                self.leaf(depth, name, path, &text, known && text != "null");
                Ok(())
            }
        }
    }

    fn leaf(&mut self, depth: u16, name: &str, path: &str, text: &str, known: bool) {
        let can = known && !text.is_empty() && text.len() <= MAX_EXACT && self.caps.is_searchable(path);
        let exact = can.then(|| (path.to_owned(), text.to_owned()));
        self.push(depth, name, Some(Plain::new(text)), exact);
    }

    /// The application's JSON in a text, below it.
    fn inside(&mut self, depth: u16, text: &str) -> Result<(), Fault> {
        if text.trim_start().starts_with('{') && depth < MAX_DEPTH {
            let held = self.fields.len();
            if self.object(&mut Scanner::new(text.as_bytes()), depth + 1, "", false).is_err() {
                self.fields.truncate(held);
            }
        }
        Ok(())
    }

    fn push(&mut self, depth: u16, name: &str, value: Option<Plain>, exact: Option<(String, String)>) {
        self.fields.push(Field { depth, name: Plain::new(name), value, exact });
    }
}
