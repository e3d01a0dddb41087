//! What a Jaeger, or whatever stands before it, means by a status that is no success.
//!
//! v1 lists its errors, v3 has one object; both call that plain text. What stands at the path of an API that is not
//! there may be a page of the UI, with a status that says all is well.

use super::decode::EXPECTED;
use crate::model::fault::FetchError;
use crate::source::http::Reply;
use crate::source::json::{Fault, Scanner};
use crate::text::Plain;

pub fn refusal(reply: &Reply) -> FetchError {
    match (reply.status, words(&reply.body)) {
        (404 | 405 | 410, None) => elsewhere(reply),
        // What it stores its traces in has failed.
        (500 | 502.., Some(message)) => FetchError::Status { code: reply.status, message },
        (status, Some(message)) => FetchError::Server { kind: Plain::from(format!("error {status}")), message },
        (_, None) => reply.fault(),
    }
}

/// An error that came as a success.
pub fn within(body: &[u8]) -> FetchError {
    FetchError::Server { kind: Plain::new("error"), message: words(body).unwrap_or_default() }
}

/// It says itself that it has no such thing.
pub fn is_missing(reply: &Reply) -> bool {
    let said = words(&reply.body);
    match reply.status {
        404 => said.is_some(),
        // So did old versions.
        500 => said.is_some_and(|said| said.contains("trace not found")),
        _ => false,
    }
}

/// Nothing of Jaeger's is at this path.
pub fn is_elsewhere(fault: &FetchError) -> bool {
    matches!(fault, FetchError::Foreign { .. } | FetchError::Status { code: 400 | 404 | 405 | 410 | 501, .. })
}

pub fn no_such_trace() -> FetchError {
    let message = Plain::new("sampled out, or older than the server keeps");
    FetchError::Server { kind: Plain::new("no such trace"), message }
}

fn elsewhere(reply: &Reply) -> FetchError {
    let said = reply.words();
    let quoted = if said.is_empty() { String::new() } else { format!(" “{said}”") };
    let text = format!("HTTP {}{quoted}; is the path in the URL right?", reply.status);
    FetchError::Foreign { expected: EXPECTED, found: Plain::from(text) }
}

/// The words of an error in either shape; a long one may have been cut, and what came of it counts.
fn words(body: &[u8]) -> Option<Plain> {
    let mut scan = Scanner::new(body);
    if scan.peek().ok()? != b'{' {
        return None;
    }
    let mut said = None;
    let _ = scan.object(|key, scan| match (key, scan.peek()?) {
        (b"errors", b'[') => scan.array(|scan| message(scan, &mut said)),
        (b"error", b'{') => message(scan, &mut said),
        _ => scan.raw().map(drop),
    });
    said.filter(|said: &Plain| !said.trim().is_empty())
}

fn message(scan: &mut Scanner, said: &mut Option<Plain>) -> Result<(), Fault> {
    if scan.peek()? != b'{' {
        return scan.raw().map(drop);
    }
    scan.object(|key, scan| {
        match key {
            b"msg" | b"message" if said.is_none() => *said = scan.text()?,
            _ => drop(scan.raw()?),
        }
        Ok(())
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use reqwest::header::HeaderMap;

    fn reply(status: u16, body: &str) -> Reply {
        Reply { status, headers: HeaderMap::new(), body: body.as_bytes().to_vec(), room: None }
    }

    #[test]
    fn both_shapes_keep_their_own_words() {
        for (status, body, words, is_outage) in [
            (400, r#"{"data":null,"errors":[{"code":400,"msg":"bad\u001b"}]}"#, "error 400: bad^[", false),
            (400, r#"{"error":{"httpCode":400,"message":"malformed"}}"#, "error 400: malformed", false),
            (500, r#"{"data":null,"errors":[{"code":500,"msg":"es: all shards"}]}"#, "HTTP 500: es: all shards", true),
            (500, r#"{"errors":[{"msg":"search depth must be"#, "", true),
            (501, r#"{"errors":[{"msg":"archive is not configured"}]}"#, "error 501: archive is not configured", false),
            (503, "<html><title>away</title></html>", "HTTP 503: away", true),
            (404, "404 page not found\n", "not a Jaeger API: HTTP 404 “404 page not found”; is the path", true),
            (404, r#"{"error":{"httpCode":404,"message":"No traces found"}}"#, "error 404: No traces found", false),
        ] {
            let fault = refusal(&reply(status, body));
            assert!(fault.to_string().contains(words) && fault.is_outage() == is_outage, "{fault}");
        }
        assert_eq!(no_such_trace().to_string(), "no such trace: sampled out, or older than the server keeps");
        assert_eq!(within(br#"{"error":{"message":"gone"}}"#).to_string(), "error: gone");
    }

    #[test]
    fn what_is_missing_is_told_from_what_is_elsewhere() {
        assert!(is_missing(&reply(404, r#"{"error":{"message":"No traces found"}}"#)));
        assert!(is_missing(&reply(500, r#"{"errors":[{"msg":"trace not found"}]}"#)));
        assert!(!is_missing(&reply(404, "404 page not found")) && !is_missing(&reply(500, "trace not found")));
        assert!(is_elsewhere(&refusal(&reply(404, "404 page not found"))));
        assert!(is_elsewhere(&refusal(&reply(400, "unsupported path"))));
        assert!(!is_elsewhere(&refusal(&reply(500, r#"{"errors":[{"msg":"x"}]}"#))));
    }
}
