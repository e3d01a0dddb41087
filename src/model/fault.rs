//! Why a question got no answer: data that lives in the state and is drawn as one short line with its mend.

use std::time::Duration;

use thiserror::Error;

use crate::text::Plain;
use crate::time::{format_duration, millis};

#[derive(Debug, Clone, PartialEq, Error)]
pub enum FetchError {
    #[error("no connection within {}", word(*.0))]
    ConnectTimeout(Duration),
    #[error("no answer within {}", word(*.0))]
    Timeout(Duration),
    #[error("the answer stopped arriving for {}", word(*.0))]
    Stalled(Duration),
    #[error("connection refused")]
    Refused,
    #[error("connection lost: {0}")]
    Broken(Plain),
    #[error("the answer was cut short")]
    Truncated,
    #[error("host not found: {0}")]
    Dns(Plain),
    #[error("TLS: {0}")]
    Tls(Plain),
    #[error("proxy {0}")]
    Proxy(Plain),
    /// 401, or a secret that could not be read; the text says what to mend.
    #[error("not signed in: {0}")]
    Unauthorized(Plain),
    #[error("not allowed (403): {0}")]
    Forbidden(Plain),
    /// Elsewhere, or in a circle; the text says where and what to mend.
    #[error("redirected {0}")]
    Redirected(Plain),
    #[error("HTTP {code}: {message}")]
    Status { code: u16, message: Plain },
    #[error("too many requests (429), waiting {}", word(*.retry_after))]
    TooMany { retry_after: Duration },
    #[error("answer larger than {} MiB", .limit / 1024 / 1024)]
    TooLarge { limit: u64 },
    /// 200 with something else inside: a login page, another server.
    #[error("not {expected}: {found}")]
    Foreign { expected: &'static str, found: Plain },
    #[error("unreadable answer: {0}")]
    Decode(Plain),
    /// The server is up and not ready; the text says how far it is.
    #[error("starting{0}")]
    Starting(Plain),
    #[error("shutting down")]
    Stopping,
    /// The server understood and refused: its own kind and words.
    #[error("{kind}: {message}")]
    Server { kind: Plain, message: Plain },
    /// The question cannot be put to this source at all.
    #[error("{0}")]
    Unsupported(Plain),
}

fn word(duration: Duration) -> String {
    format_duration(millis(duration))
}

impl FetchError {
    /// The source itself cannot be used now, as against one question that it refused.
    pub fn is_outage(&self) -> bool {
        !matches!(self, Self::Server { .. } | Self::Unsupported(_) | Self::TooLarge { .. })
    }

    /// The same question may well be answered in a moment: nobody has to mend anything first.
    pub fn may_pass(&self) -> bool {
        let busy = |kind: &Plain| matches!(kind.as_str(), "timeout" | "unavailable" | "canceled");
        self.is_outage() || matches!(self, Self::Server { kind, .. } if busy(kind))
    }

    /// How long the server asked us to stay away.
    pub fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::TooMany { retry_after } => Some(*retry_after),
            _ => None,
        }
    }

    /// One or two words for the header, such as `refused`.
    pub fn word(&self) -> &'static str {
        match self {
            Self::ConnectTimeout(_) | Self::Timeout(_) => "timeout",
            Self::Stalled(_) => "stalled",
            Self::Refused => "refused",
            Self::Broken(_) | Self::Truncated => "broken",
            Self::Dns(_) => "no host",
            Self::Tls(_) => "tls",
            Self::Proxy(_) => "proxy",
            Self::Unauthorized(_) => "401",
            Self::Forbidden(_) => "403",
            Self::Redirected(_) => "redirect",
            Self::Status { .. } => "http error",
            Self::TooMany { .. } => "429",
            Self::TooLarge { .. } => "too large",
            Self::Foreign { .. } => "not it",
            Self::Decode(_) => "unreadable",
            Self::Starting(_) => "starting",
            Self::Stopping => "stopping",
            Self::Server { .. } => "error",
            Self::Unsupported(_) => "unsupported",
        }
    }
}
