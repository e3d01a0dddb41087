//! From what the network library says to what a person can mend.
//!
//! Only the causes are read, never the library's own text: that one holds the URL.

use std::error::Error;
use std::io;

use super::tls;
use crate::model::endpoint::{Endpoint, Proxy};
use crate::model::fault::FetchError;
use crate::text::Plain;

pub fn of(error: &reqwest::Error, endpoint: &Endpoint) -> FetchError {
    let causes = Causes::of(error);
    let fault = if let Some(found) = causes.find::<rustls::Error>() {
        FetchError::Tls(tls::explain(found, endpoint))
    } else if error.is_connect() {
        connecting(error, &causes, endpoint)
    } else {
        talking(error, &causes, endpoint)
    };
    // The way leads through a proxy, and that is where it ended.
    match &endpoint.proxy {
        Proxy::Url(url) if error.is_connect() && !matches!(fault, FetchError::Proxy(_) | FetchError::Tls(_)) => {
            FetchError::Proxy(Plain::from(format!("{}: {fault}", host(url))))
        }
        _ => fault,
    }
}

/// Whether the request surely never came to whoever answers: there was no connection, or no handshake.
pub fn is_unsent(error: &reqwest::Error) -> bool {
    let causes = Causes::of(error);
    // In TLS 1.3 we may have sent before we hear that our certificate is not wanted.
    let refused = causes.find::<rustls::Error>().is_some_and(tls::is_refusal);
    error.is_connect() || error.is_builder() || refused
}

fn connecting(error: &reqwest::Error, causes: &Causes, endpoint: &Endpoint) -> FetchError {
    if causes.say("proxy authorization required") {
        return FetchError::Proxy(Plain::new("wants a sign-in (407): put user and password in its URL"));
    }
    if causes.say("tunnel error: unsuccessful") {
        return FetchError::Proxy(Plain::from(format!("would not connect us to {}", host(&endpoint.url))));
    }
    let goal = match &endpoint.proxy {
        Proxy::Url(proxy) => proxy,
        Proxy::Environment | Proxy::None => &endpoint.url,
    };
    if error.is_timeout() {
        return FetchError::ConnectTimeout(endpoint.connect_timeout);
    }
    let fault = match causes.find::<io::Error>().map(io::Error::kind) {
        _ if error.is_dns() => FetchError::Dns(Plain::from(host(goal))),
        Some(io::ErrorKind::ConnectionRefused) => FetchError::Refused,
        Some(io::ErrorKind::NetworkUnreachable | io::ErrorKind::HostUnreachable) => {
            FetchError::Broken(Plain::new("no route to the host"))
        }
        Some(io::ErrorKind::TimedOut) => FetchError::ConnectTimeout(endpoint.connect_timeout),
        Some(io::ErrorKind::UnexpectedEof) if endpoint.url.starts_with("https") => {
            FetchError::Tls(Plain::new("the server hung up during the handshake"))
        }
        _ => FetchError::Broken(causes.last()),
    };
    let tunnel = causes.say("tunnel") && !matches!(endpoint.proxy, Proxy::Url(_));
    if tunnel { FetchError::Proxy(Plain::from(format!("of the environment: {fault}"))) } else { fault }
}

fn talking(error: &reqwest::Error, causes: &Causes, endpoint: &Endpoint) -> FetchError {
    let kind = causes.find::<io::Error>().map(io::Error::kind);
    if causes.say("invalid HTTP version") {
        return match endpoint.url.starts_with("https") {
            true => FetchError::Foreign { expected: "an HTTP server", found: Plain::new("it answers something else") },
            false => FetchError::Tls(Plain::new("the answer is not HTTP; if the port speaks TLS, write https://")),
        };
    }
    let inside = error.is_body() || error.is_decode();
    let short = kind == Some(io::ErrorKind::UnexpectedEof)
        || ["end of file", "unexpected EOF", "before message"].iter().any(|words| causes.say(words));
    match kind {
        _ if inside && short => FetchError::Truncated,
        Some(io::ErrorKind::ConnectionReset) if inside => FetchError::Truncated,
        _ if error.is_decode() && causes.say("gzip") => FetchError::Decode(Plain::new("its compression is damaged")),
        Some(io::ErrorKind::ConnectionReset) => FetchError::Broken(Plain::new("reset by the server")),
        _ if causes.say("before message") => FetchError::Broken(Plain::new("closed without an answer")),
        _ => FetchError::Broken(causes.last()),
    }
}

/// Host and port of an address: no user, no password, no path.
pub fn host(url: &str) -> String {
    let Ok(url) = reqwest::Url::parse(url) else { return "(no address)".to_owned() };
    let host = url.host_str().unwrap_or_default();
    url.port().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"))
}

/// An error's causes, outermost first.
pub struct Causes<'a>(Vec<&'a (dyn Error + 'static)>);

impl<'a> Causes<'a> {
    pub fn of(error: &'a (dyn Error + 'static)) -> Self {
        let mut list = Vec::new();
        let mut next = error.source();
        while let Some(cause) = next {
            list.push(cause);
            // An I/O error hides the error it was made from, and its `source` skips that one.
            next = match cause.downcast_ref::<io::Error>().and_then(io::Error::get_ref) {
                Some(inner) => Some(inner),
                None => cause.source(),
            };
        }
        Self(list)
    }

    /// The innermost cause of this type.
    pub fn find<T: Error + 'static>(&self) -> Option<&'a T> {
        self.0.iter().rev().find_map(|cause| cause.downcast_ref())
    }

    fn say(&self, words: &str) -> bool {
        self.0.iter().any(|cause| cause.to_string().contains(words))
    }

    pub fn last(&self) -> Plain {
        self.0.last().map_or_else(|| Plain::new("no reason given"), |cause| Plain::from(cause.to_string()))
    }
}
