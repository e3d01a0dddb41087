//! What came back: status, a few headers and the body, and what the body looks like.

use reqwest::header::HeaderMap;

use super::body::{self, Room};
use crate::model::fault::FetchError;
use crate::text::Plain;

/// The most characters of a body that go into an error.
const MAX_WORDS: usize = 200;

pub struct Reply {
    pub status: u16,
    pub headers: HeaderMap,
    pub body: Vec<u8>,
    /// Given back when this has been read.
    pub room: Room,
}

/// What a body is, by its first byte: the `Content-Type` of gateways and old servers is no guide.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Empty,
    Json,
    Html,
    Text,
}

impl Reply {
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    pub fn is_success(&self) -> bool {
        (200..300).contains(&self.status)
    }

    pub fn kind(&self) -> Kind {
        let body = self.body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&self.body);
        match body.trim_ascii_start().first() {
            None => Kind::Empty,
            Some(b'{' | b'[') => Kind::Json,
            Some(b'<') => Kind::Html,
            Some(_) => Kind::Text,
        }
    }

    /// Handed over to whoever reads it, until it is dropped.
    pub(super) fn being_read(mut self) -> Self {
        self.room = body::being_read(self.room.take(), self.body.len());
        self
    }

    /// The body in a few words: the title of a page, or the beginning of a text.
    pub fn words(&self) -> String {
        let text = String::from_utf8_lossy(&self.body);
        let text = match self.kind() {
            Kind::Html => title(&text).unwrap_or_default(),
            _ => &text,
        };
        let text = text.trim();
        match text.char_indices().nth(MAX_WORDS) {
            Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default()),
            None => text.to_owned(),
        }
    }

    /// The body, if it can be what was expected: JSON under a 2xx status.
    pub fn json(&self, expected: &'static str) -> Result<&[u8], FetchError> {
        if !self.is_success() {
            return Err(self.fault());
        }
        let found = match self.kind() {
            Kind::Json => return Ok(&self.body),
            Kind::Empty => format!("an empty answer (HTTP {})", self.status),
            Kind::Html => format!("a web page{}; a login in front of it, or another server?", quoted(&self.words())),
            Kind::Text => format!("text{}", quoted(&self.words())),
        };
        Err(FetchError::Foreign { expected, found: Plain::from(found) })
    }

    /// A status that is an error, in the server's or the gateway's words.
    pub fn fault(&self) -> FetchError {
        let name = reqwest::StatusCode::from_u16(self.status).ok().and_then(|status| status.canonical_reason());
        let words = self.words();
        let message = if words.is_empty() { name.unwrap_or("no words").to_owned() } else { words };
        FetchError::Status { code: self.status, message: Plain::from(message) }
    }
}

fn quoted(words: &str) -> String {
    if words.is_empty() { String::new() } else { format!(" “{words}”") }
}

fn title(html: &str) -> Option<&str> {
    let lower = html.to_ascii_lowercase();
    let open = lower.find("<title")?;
    let start = open + lower.get(open..)?.find('>')? + 1;
    let end = start + lower.get(start..)?.find('<')?;
    html.get(start..end)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reply(status: u16, body: &str) -> Reply {
        Reply { status, headers: HeaderMap::new(), body: body.as_bytes().to_vec(), room: None }
    }

    fn json(status: u16, body: &str) -> String {
        reply(status, body).json("a Prometheus API").unwrap_err().to_string()
    }

    #[test]
    fn json_is_known_by_its_first_byte() {
        for body in ["{}", " \n[1]", "\u{feff}{}"] {
            assert!(reply(200, body).json("x").is_ok(), "{body}");
        }
    }

    #[test]
    fn what_is_not_json_is_described() {
        let page = "<!DOCTYPE html><html><head><TITLE lang=en>Sign in\x1b[2J</TITLE>";
        assert_eq!(
            json(200, page),
            "not a Prometheus API: a web page “Sign in^[[2J”; a login in front of it, or another server?"
        );
        assert_eq!(json(204, ""), "not a Prometheus API: an empty answer (HTTP 204)");
        assert_eq!(json(200, "hello"), "not a Prometheus API: text “hello”");
    }

    #[test]
    fn an_error_status_is_told_in_a_few_words() {
        let page = "<html><head><title>502 Bad Gateway</title></head><body><center>nginx</center></body></html>";
        assert_eq!(json(502, page), "HTTP 502: 502 Bad Gateway");
        assert_eq!(json(504, ""), "HTTP 504: Gateway Timeout");
        assert_eq!(json(599, ""), "HTTP 599: no words");
        assert!(json(500, &"ü".repeat(100_000)).len() < 450);
    }
}
