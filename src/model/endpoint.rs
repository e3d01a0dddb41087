//! How to reach a source: address, identity, TLS, limits. Secrets are named here, never held.

use std::path::PathBuf;
use std::time::Duration;

/// Where a secret is to be found when it is needed.
#[derive(Debug, Clone, PartialEq, Eq)]
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
#[derive(Debug, Clone, PartialEq, Eq)]
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

#[derive(Debug, Clone, PartialEq, Eq, Default)]
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
