//! Statuses that mean the same from every server: who are you, you may not, not so fast.

use std::time::Duration;

use super::reply::Reply;
use super::sign::Signature;
use crate::model::endpoint::{Auth, Endpoint};
use crate::model::fault::FetchError;
use crate::source::secret;
use crate::text::Plain;
use crate::time::Timestamp;

/// If a server says "later" and not when.
const DEFAULT_WAIT: Duration = Duration::from_secs(10);
/// Nobody on call waits longer than this, whatever the server says.
const MAX_WAIT: Duration = Duration::from_secs(5 * 60);

pub fn refused(reply: &Reply, endpoint: &Endpoint, signature: &Signature, now: Timestamp) -> Option<FetchError> {
    let words = || signature.hide(reply.words());
    match reply.status {
        401 => Some(FetchError::Unauthorized(sign_in(&words(), endpoint))),
        403 => Some(FetchError::Forbidden(tenant(&words()))),
        407 => Some(FetchError::Proxy(Plain::new("wants a sign-in (407): put user and password in its URL"))),
        429 => Some(FetchError::TooMany { retry_after: wait(reply, now) }),
        400 if wants_tls(&reply.words()) => {
            Some(FetchError::Tls(Plain::new("the port wants TLS; write https:// in the URL")))
        }
        _ => None,
    }
}

fn sign_in(words: &Plain, endpoint: &Endpoint) -> Plain {
    let said = tenant(words);
    if said != *words {
        return said;
    }
    let mend = match &endpoint.auth {
        Auth::None => {
            "the server wants to know who asks; the config gives a source a `token`, or `username` and `password`"
                .to_owned()
        }
        Auth::Basic { username, password } => {
            format!("the server refused {username} with the password of {}", secret::place(password))
        }
        Auth::Bearer(token) => format!("the server refused the token of {}", secret::place(token)),
    };
    Plain::from(if words.is_empty() { mend } else { format!("{mend} (it says: {words})") })
}

/// Mimir's and Cortex' way to say that a header is missing.
fn tenant(words: &Plain) -> Plain {
    if words.contains("no org id") {
        return Plain::from(format!("set the X-Scope-OrgID header to your tenant (the server says: {words})"));
    }
    words.clone()
}

/// Go's, nginx' and Apache's answer to plain HTTP on a TLS port.
fn wants_tls(words: &str) -> bool {
    let words = words.to_ascii_lowercase();
    ["http request to an https server", "plain http request was sent to https", "speaking plain http to an ssl"]
        .iter()
        .any(|said| words.contains(said))
}

/// `Retry-After`, in seconds or as a date, which is measured by the server's own clock if it shows it.
fn wait(reply: &Reply, now: Timestamp) -> Duration {
    asked_wait(reply, now).unwrap_or(DEFAULT_WAIT)
}

/// What the server asked for, within reason; none if it did not, or cannot be read.
pub fn asked_wait(reply: &Reply, now: Timestamp) -> Option<Duration> {
    let text = reply.header("retry-after").map(str::trim)?;
    let asked = match text.parse::<u64>() {
        Ok(seconds) => Duration::from_secs(seconds),
        Err(_) => {
            let until = http_date(text)?;
            let server_now = reply.header("date").and_then(http_date).unwrap_or(now);
            Duration::from_millis(until.since(server_now).try_into().unwrap_or(0))
        }
    };
    Some(asked.clamp(Duration::from_secs(1), MAX_WAIT))
}

/// `Wed, 21 Oct 2026 07:28:00 GMT`
pub fn http_date(text: &str) -> Option<Timestamp> {
    let at = jiff::fmt::rfc2822::DateTimeParser::new().parse_timestamp(text).ok()?;
    Some(Timestamp(at.as_millisecond()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use reqwest::header::{DATE, HeaderMap, RETRY_AFTER};

    const NOW: &str = "Wed, 21 Oct 2026 07:28:00 GMT";

    fn wait_for(retry_after: Option<&str>) -> u64 {
        let mut headers = HeaderMap::from_iter([(DATE, NOW.parse().unwrap())]);
        if let Some(text) = retry_after {
            headers.insert(RETRY_AFTER, text.parse().unwrap());
        }
        wait(&Reply { status: 429, headers, body: Vec::new(), room: None }, Timestamp(0)).as_secs()
    }

    #[test]
    fn retry_after_is_honoured_within_reason() {
        assert_eq!(wait_for(Some("120")), 120);
        assert_eq!(wait_for(Some("Wed, 21 Oct 2026 07:29:30 GMT")), 90);
        assert_eq!(wait_for(None), 10);
        for absurd in ["99999999999", "Wed, 21 Oct 2099 07:28:00 GMT"] {
            assert_eq!(wait_for(Some(absurd)), 300, "{absurd}");
        }
        assert_eq!(wait_for(Some("99999999999999999999999")), 10);
        assert_eq!(wait_for(Some("soon")), 10);
        assert_eq!(wait_for(Some("0")), 1);
        assert_eq!(wait_for(Some("Wed, 21 Oct 2020 07:28:00 GMT")), 1);
    }

    #[test]
    fn without_the_servers_clock_ours_is_used() {
        let headers = HeaderMap::from_iter([(RETRY_AFTER, NOW.parse().unwrap())]);
        let now = http_date(NOW).unwrap().plus(-7_000);
        assert_eq!(wait(&Reply { status: 429, headers, body: Vec::new(), room: None }, now).as_secs(), 7);
    }

    #[test]
    fn tls_ports_are_known_by_their_words() {
        assert!(wants_tls("Client sent an HTTP request to an HTTPS server."));
        assert!(wants_tls("400 The plain HTTP request was sent to HTTPS port"));
        assert!(!wants_tls("invalid parameter"));
    }
}
