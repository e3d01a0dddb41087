//! What an Alertmanager, or whatever stands before it, means by a status that is no success.
//!
//! Its own errors are a bare text in JSON quotes; those of the framework below it are an object with a code and a
//! message; the former API, which is gone, says so in an object of its own; and some have no words at all.

use super::decode::EXPECTED;
use crate::model::fault::FetchError;
use crate::source::http::Reply;
use crate::source::json::Scanner;
use crate::text::Plain;

pub fn refusal(reply: &Reply) -> FetchError {
    let said = words(&reply.body);
    match (reply.status, said) {
        // All that is asked is there on every Alertmanager.
        (404 | 405 | 410, said) => elsewhere(reply, said),
        (status, Some(message)) => FetchError::Server { kind: Plain::from(format!("error {status}")), message },
        (_, None) => reply.fault(),
    }
}

/// What is said of a silence that is not there: 404, in words or in none, and 500 before 0.26.
pub fn is_missing(reply: &Reply) -> bool {
    let said = words(&reply.body).is_some_and(|said| said.contains("not found") && !said.starts_with("path "));
    match reply.status {
        404 => reply.body.trim_ascii().is_empty() || said,
        500 => said,
        _ => false,
    }
}

/// Ended before somebody asked for it; the oldest take that for an error.
pub fn is_over(reply: &Reply) -> bool {
    words(&reply.body).is_some_and(|said| said.contains("already expired"))
}

/// A failure that the server itself has put into words, as against one of whatever stands before it.
pub fn is_spoken(reply: &Reply) -> bool {
    words(&reply.body).is_some()
}

fn elsewhere(reply: &Reply, said: Option<Plain>) -> FetchError {
    let said = said.unwrap_or_else(|| Plain::from(reply.words()));
    let quoted = if said.is_empty() { String::new() } else { format!(" “{said}”") };
    let text = format!("HTTP {}{quoted}; is the path in the URL right?", reply.status);
    FetchError::Foreign { expected: EXPECTED, found: Plain::from(text) }
}

/// The words of an error in any of the forms; nothing if it has another.
fn words(body: &[u8]) -> Option<Plain> {
    let mut scan = Scanner::new(body);
    let mut said = None;
    match scan.peek().ok()? {
        b'"' => said = scan.text().ok()?,
        b'{' => {
            let read = scan.object(|key, scan| {
                match key {
                    b"message" | b"error" => said = scan.text()?,
                    _ => drop(scan.skip()?),
                }
                Ok(())
            });
            read.ok()?;
        }
        _ => {}
    }
    scan.finish().ok()?;
    said.filter(|said| !said.trim().is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;
    use reqwest::header::HeaderMap;

    fn fault(status: u16, body: &str) -> FetchError {
        refusal(&Reply { status, headers: HeaderMap::new(), body: body.as_bytes().to_vec(), room: None })
    }

    #[test]
    fn every_form_keeps_its_own_words() {
        for (status, body, words) in [
            (400, "\"bad matcher format: ==\"\n", "error 400: bad matcher format: =="),
            (422, r#"{"code":602,"message":"comment in body is required"}"#, "error 422: comment in body is required"),
            (500, "\"silence with multiple matcher sets\\u001b\"\n", "error 500: silence with multiple matcher sets^["),
            (500, "", "HTTP 500: Internal Server Error"),
            (500, "\"\"", "HTTP 500: \"\""),
            (
                503,
                "Limit of concurrent GET requests reached (8), try again later.\n",
                "HTTP 503: Limit of concurrent GET requests reached (8), try again later.",
            ),
            (502, "<html><title>502 Bad Gateway</title></html>", "HTTP 502: 502 Bad Gateway"),
            (500, r#"{"code":1,"message":"cut"#, r#"HTTP 500: {"code":1,"message":"cut"#),
        ] {
            assert_eq!(fault(status, body).to_string(), words);
        }
        assert!(!fault(500, "\"silence not found\"").is_outage() && fault(500, "").is_outage());
    }

    #[test]
    fn what_is_not_there_is_a_wrong_path() {
        for (status, body, quoted) in [
            (404, "", ""),
            (404, "404 page not found\n", " “404 page not found”"),
            (404, r#"{"code":404,"message":"path /x was not found"}"#, " “path /x was not found”"),
            (410, r#"{"status":"deprecated","error":"The v1 API is removed"}"#, " “The v1 API is removed”"),
        ] {
            let expected = format!("not an Alertmanager API: HTTP {status}{quoted}; is the path in the URL right?");
            assert_eq!(fault(status, body).to_string(), expected);
        }
    }
}
