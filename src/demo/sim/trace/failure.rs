//! How a request fails: the type and the words, the same in its log line and in its trace.

use crate::demo::sim::noise::pair;
use crate::demo::sim::request::{MS, Request};
use crate::demo::sim::story::Kind;

#[derive(Debug, Clone, PartialEq)]
pub struct Failure {
    /// Not every error says what type it is of.
    pub kind: Option<&'static str>,
    pub message: String,
    /// What its last answer upstream had for a status.
    pub status: &'static str,
}

impl Failure {
    /// As an exception shows itself.
    pub fn text(&self) -> String {
        match self.kind {
            Some(kind) => format!("{kind}: {}", self.message),
            None => self.message.clone(),
        }
    }
}

/// What went wrong with a request that failed.
pub fn failure(request: &Request) -> Option<Failure> {
    let chance = pair(request.own, 11);
    let waited = request.duration * 96 / 100 / MS;
    let new = |kind, status, message: String| Some(Failure { kind, message, status });
    if !request.failed() {
        return None;
    }
    match (request.cause, request.status) {
        (Some(Kind::Upstream), "503") => new(Some("Timeout"), "504", format!("upstream timeout after {waited} ms")),
        (Some(Kind::Upstream), _) => new(Some("ConnectionError"), "502", "connection reset by peer".to_owned()),
        (Some(Kind::Database), _) => {
            let replicas = chance % 2;
            let message = format!("database read timed out after {waited} ms, {replicas} of 2 replicas answered");
            new(Some("Timeout"), "504", message)
        }
        (Some(Kind::Stuck), _) => {
            new(Some("PoolTimeout"), "503", format!("no connection from pool \"main\" after {waited} ms"))
        }
        (Some(Kind::Leak), _) => {
            new(Some("MemoryError"), "500", format!("cannot allocate {} bytes", (1 + chance % 64) * 65_536))
        }
        _ => usual(chance),
    }
}

/// On any day a few requests fail, for one reason or another.
fn usual(chance: u64) -> Option<Failure> {
    let number = 1_000 + (chance >> 8) % 9_000;
    let (kind, message) = match chance % 6 {
        0 => (
            Some("ValidationError"),
            format!("field \"quantity\" of line {} is not a number: \"{number}x\"", chance % 7),
        ),
        1 => (Some("KeyError"), format!("no price for item {number} in currency \"CHF\"")),
        2 => (Some("ConnectionError"), "connection reset by peer".to_owned()),
        3 => (Some("Conflict"), format!("order {number} was changed by someone else")),
        4 => (Some("JSONDecodeError"), format!("Expecting value: line 1 column {} (char {number})", number + 1)),
        _ => (None, format!("unexpected answer for order {number}: None")),
    };
    Some(Failure { kind, message, status: "500" })
}

/// The frames that led to a failure, as Python writes them.
pub fn stack(failure: &Failure, service: &str, function: &str, step: &str) -> String {
    format!(
        "Traceback (most recent call last):\n  File \"/app/{service}/handlers.py\", line 118, in {function}\n    \
         result = await {step}(*args)\n  File \"/app/agent360/calls.py\", line 64, in {step}\n    raise error\n{}",
        failure.text()
    )
}
