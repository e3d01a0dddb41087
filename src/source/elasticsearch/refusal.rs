//! What a search engine, or whatever stands before it, means by a failure: an object with its causes, or a bare text.

use std::time::Duration;

use super::EXPECTED;
use crate::model::fault::FetchError;
use crate::source::http::{Reply, asked_wait};
use crate::source::json::{Fault, Scanner};
use crate::text::Plain;
use crate::time::Timestamp;

/// If it is busy and does not say for how long; whoever asks waits longer each time.
const WAIT: Duration = Duration::from_secs(2);
const BREAKER: &str = "circuit_breaking_exception";

/// Type and reason of an error and of its causes, the outermost first.
#[derive(Debug, Default)]
struct Said {
    causes: Vec<(String, String)>,
    /// Where the error is a text alone.
    bare: Option<String>,
    /// Of a circuit breaker that nobody's waiting mends.
    permanent: bool,
}

pub fn of_reply(reply: &Reply, now: Timestamp) -> FetchError {
    let wait = asked_wait(reply, now).unwrap_or(WAIT);
    let said = read(&reply.body);
    if said.causes.is_empty() && said.bare.is_none() {
        return match reply.status {
            403 => FetchError::Forbidden(Plain::from(reply.words())),
            404 | 405 | 410 => {
                let text = format!("HTTP {}; is the path in the URL right?", reply.status);
                FetchError::Foreign { expected: EXPECTED, found: Plain::from(text) }
            }
            429 => FetchError::TooMany { retry_after: wait },
            _ => reply.fault(),
        };
    }
    fault(reply.status, &said, wait)
}

/// As part of an answer to several questions.
pub fn of_item(status: u16, item: &[u8]) -> FetchError {
    fault(status, &read(item), WAIT)
}

fn fault(status: u16, said: &Said, wait: Duration) -> FetchError {
    let (kind, reason) = said.best();
    let message = Plain::new(first_line(reason));
    match status {
        403 => FetchError::Forbidden(message),
        // Its memory is free again in a moment.
        429 if kind == BREAKER && !said.permanent => {
            FetchError::Status { code: status, message: Plain::from(format!("{kind}: {message}")) }
        }
        429 if kind == BREAKER => {
            let mend = "it stays so until the server is given memory or its fielddata cache is cleared";
            FetchError::Server { kind: Plain::new(kind), message: Plain::from(format!("{message}; {mend}")) }
        }
        429 => FetchError::TooMany { retry_after: wait },
        // One of these is said of a question that is too large, by old versions.
        500.. if kind != "too_many_buckets_exception" => {
            let words = if kind.is_empty() { message } else { Plain::from(format!("{kind}: {message}")) };
            FetchError::Status { code: status, message: words }
        }
        _ => {
            let kind = if kind.is_empty() { format!("error {status}") } else { kind.to_owned() };
            FetchError::Server { kind: Plain::from(kind), message }
        }
    }
}

impl Said {
    /// The cause that says most: the place in a query, the bytes that were wanted, otherwise the first root.
    fn best(&self) -> (&str, &str) {
        let find = |kind: &str| self.causes.iter().find(|(known, reason)| known == kind && !reason.is_empty());
        let special = ["parse_exception", BREAKER, "too_many_buckets_exception"];
        let found = special.iter().find_map(|kind| find(kind)).or_else(|| self.causes.first());
        match found {
            Some((kind, reason)) => (kind, reason),
            None => ("", self.bare.as_deref().unwrap_or_default()),
        }
    }
}

/// A parser lists all that it would have liked instead, a line each.
fn first_line(reason: &str) -> &str {
    reason.lines().next().unwrap_or_default()
}

/// What can be read of it: a long one may have been cut.
fn read(body: &[u8]) -> Said {
    let mut said = Said::default();
    let mut scan = Scanner::new(body);
    let _ = scan.object(|key, scan| match (key, scan.peek()?) {
        (b"error", b'"') => {
            said.bare = Some(String::from_utf8_lossy(&scan.string()?).into_owned());
            Ok(())
        }
        (b"error", b'{') => cause(scan, &mut said.causes, &mut said.permanent),
        _ => scan.skip().map(drop),
    });
    said
}

fn cause(scan: &mut Scanner, causes: &mut Vec<(String, String)>, permanent: &mut bool) -> Result<(), Fault> {
    let (mut kind, mut reason, mut below) = (String::new(), String::new(), Vec::new());
    let read = scan.object(|key, scan| match (key, scan.peek()?) {
        (b"type", b'"') => {
            kind = String::from_utf8_lossy(&scan.string()?).into_owned();
            Ok(())
        }
        (b"reason", b'"') => {
            reason = String::from_utf8_lossy(&scan.string()?).into_owned();
            Ok(())
        }
        (b"durability", b'"') => {
            *permanent |= &*scan.string()? == b"PERMANENT";
            Ok(())
        }
        (b"caused_by" | b"reason", b'{') => cause(scan, &mut below, permanent),
        (b"root_cause" | b"failed_shards", b'[') => scan.array(|scan| cause(scan, &mut below, permanent)),
        _ => scan.skip().map(drop),
    });
    // `all shards failed` says nothing that its causes do not say better.
    let own = (kind, reason);
    if own.0 == "search_phase_execution_exception" {
        causes.append(&mut below);
        causes.push(own);
    } else {
        causes.push(own);
        causes.append(&mut below);
    }
    causes.retain(|(kind, reason)| !kind.is_empty() || !reason.is_empty());
    read
}

/// Whether all shards that were asked are nowhere at the moment: others may be there.
pub fn is_absence(item: &[u8]) -> bool {
    read(item).causes.iter().any(|(kind, _)| kind == "no_shard_available_action_exception")
}

/// The reason that a shard gives for having failed.
pub fn of_shard(reason: &[u8]) -> Plain {
    let mut said = Said::default();
    let _ = cause(&mut Scanner::new(reason), &mut said.causes, &mut said.permanent);
    let (kind, reason) = said.best();
    Plain::from(format!("{kind}: {}", first_line(reason)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use reqwest::header::HeaderMap;

    fn said(status: u16, body: &str) -> String {
        let reply = Reply { status, headers: HeaderMap::new(), body: body.as_bytes().to_vec(), room: None };
        of_reply(&reply, Timestamp(0)).to_string()
    }

    #[test]
    fn every_shape_keeps_its_own_words() {
        for (status, body, words) in [
            (
                406,
                r#"{"error":"Content-Type header [x] is not supported","status":406}"#,
                "error 406: Content-Type header [x] is not supported",
            ),
            (
                404,
                r#"{"error":{"root_cause":[],"type":"index_not_found_exception","reason":"no such index [a]"},"status":404}"#,
                "index_not_found_exception: no such index [a]",
            ),
            (
                400,
                r#"{"error":{"root_cause":[{"type":"query_shard_exception","reason":"Failed to parse query [((]"}],"type":"search_phase_execution_exception","reason":"all shards failed","failed_shards":[{"reason":{"type":"query_shard_exception","reason":"Failed","caused_by":{"type":"parse_exception","reason":"Cannot parse '((': Encountered \"<EOF>\" at line 1, column 2.\nWas expecting one of:\n <NOT>","caused_by":{"type":"parse_exception","rea"#,
                "parse_exception: Cannot parse '((': Encountered \"<EOF>\" at line 1, column 2.",
            ),
            (
                429,
                r#"{"error":{"root_cause":[{"type":"circuit_breaking_exception","reason":"would be [6144/6kb], which is larger than [1/1b]","bytes_wanted":6144}],"type":"search_phase_execution_exception","reason":"all shards failed"}}"#,
                "HTTP 429: circuit_breaking_exception: would be [6144/6kb], which is larger than [1/1b]",
            ),
            (
                429,
                r#"{"error":{"type":"circuit_breaking_exception","reason":"would be [2/2b]","durability":"PERMANENT"}}"#,
                "circuit_breaking_exception: would be [2/2b]; it stays so until the server is given memory or its fielddata cache is cleared",
            ),
            (
                429,
                r#"{"error":{"type":"es_rejected_execution_exception","reason":"rejected"}}"#,
                "too many requests (429), waiting 2s",
            ),
            (
                503,
                r#"{"error":{"type":"too_many_buckets_exception","reason":"Trying to create too many buckets"}}"#,
                "too_many_buckets_exception: Trying to create too many buckets",
            ),
            (
                503,
                r#"{"error":{"root_cause":[{"type":"no_shard_available_action_exception","reason":null}],"type":"search_phase_execution_exception","reason":"all shards failed"}}"#,
                "HTTP 503: no_shard_available_action_exception: ",
            ),
            (503, "upstream connect error", "HTTP 503: upstream connect error"),
            (
                403,
                r#"{"error":{"type":"security_exception","reason":"action [x] is unauthorized"}}"#,
                "not allowed (403): action [x] is unauthorized",
            ),
            (403, "no\x1b[2J", "not allowed (403): no^[[2J"),
            (404, "404 page not found", "not a search engine's API: HTTP 404; is the path in the URL right?"),
            (500, "", "HTTP 500: Internal Server Error"),
        ] {
            assert_eq!(said(status, body), words);
        }
    }
}
