//! How to reach a source: address, identity, TLS, limits. Secrets are named here, never held.

use std::fmt;
use std::path::PathBuf;
use std::time::Duration;

/// Where a secret is to be found when it is needed.
#[derive(Clone, PartialEq, Eq)]
pub enum Secret {
    Env(String),
    File(PathBuf),
    /// Program and arguments; the first line it prints is the secret.
    Command(Vec<String>),
}

#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Auth {
    #[default]
    None,
    Basic {
        username: String,
        password: Secret,
    },
    Bearer(Secret),
}

/// The value of a custom header.
#[derive(Clone, PartialEq, Eq)]
pub enum HeaderValue {
    Text(String),
    Secret(Secret),
}

#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Tls {
    /// PEM file of the authorities to trust besides the system's.
    pub ca_file: Option<PathBuf>,
    /// PEM files of our own certificate and key; both or none.
    pub cert_file: Option<PathBuf>,
    pub key_file: Option<PathBuf>,
    /// Accept any certificate; shown loudly.
    pub insecure: bool,
}

#[derive(Clone, PartialEq, Eq, Default)]
pub enum Proxy {
    /// What `HTTPS_PROXY`, `HTTP_PROXY` and `NO_PROXY` say.
    #[default]
    Environment,
    None,
    Url(String),
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Endpoint {
    /// `http` or `https`, host, port and base path, without a slash at the end and without credentials.
    pub url: String,
    pub auth: Auth,
    pub headers: Vec<(String, HeaderValue)>,
    pub tls: Tls,
    pub proxy: Proxy,
    pub connect_timeout: Duration,
    /// Of a whole request.
    pub timeout: Duration,
    /// The most bytes of one answer after decompression.
    pub max_answer: u64,
    /// Requests under way at once.
    pub concurrency: usize,
}

// What follows is printed by a panic or a failed test, which end up in logs: where a person may have written a
// secret (the words of a command, a header, the user of a proxy) only its place is shown.

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Env(name) => f.debug_tuple("Env").field(name).finish(),
            Self::File(path) => f.debug_tuple("File").field(path).finish(),
            Self::Command(words) => f.debug_tuple("Command").field(&words.first()).finish_non_exhaustive(),
        }
    }
}

impl fmt::Debug for HeaderValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text(_) => f.write_str("Text(..)"),
            Self::Secret(secret) => secret.fmt(f),
        }
    }
}

impl fmt::Debug for Proxy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Environment => "Environment",
            Self::None => "None",
            Self::Url(_) => "Url(..)",
        })
    }
}

impl Endpoint {
    pub fn new(url: &str) -> Self {
        Self {
            url: url.trim_end_matches('/').to_owned(),
            auth: Auth::None,
            headers: Vec::new(),
            tls: Tls::default(),
            proxy: Proxy::Environment,
            connect_timeout: Duration::from_secs(5),
            timeout: Duration::from_secs(30),
            max_answer: 64 * 1024 * 1024,
            concurrency: 8,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_secret_is_printed() {
        let endpoint = Endpoint {
            auth: Auth::Bearer(Secret::Command(vec!["pass".to_owned(), "hunter2".to_owned()])),
            headers: vec![("X-Key".to_owned(), HeaderValue::Text("hunter2".to_owned()))],
            proxy: Proxy::Url("http://me:hunter2@proxy:3128".to_owned()),
            ..Endpoint::new("http://prom:9090")
        };
        let printed = format!("{endpoint:?}");
        assert!(!printed.contains("hunter2"), "{printed}");
        assert!(printed.contains("http://prom:9090") && printed.contains("X-Key"), "{printed}");
    }
}
