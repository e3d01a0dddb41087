//! Builds the underlying client of one source: TLS, proxy, timeouts.
//!
//! This reads files and, for `https`, the system's certificates: it runs at the first request and off the async
//! threads, so that the first frame does not wait for it.

use std::path::Path;
use std::time::Duration;

use reqwest::{Certificate, ClientBuilder, Identity, redirect};

use super::fault;
use crate::model::endpoint::{Endpoint, Proxy, Tls};
use crate::model::fault::FetchError;
use crate::text::Plain;

/// Servers drop idle connections after as little as 5 s, and an address may change: do not keep them long.
const POOL_IDLE: Duration = Duration::from_secs(30);

/// More than all authorities of a system take.
const MAX_PEM: u64 = 4 * 1024 * 1024;

/// For questions: connections are kept for the next one.
pub fn client(endpoint: &Endpoint) -> Result<reqwest::Client, FetchError> {
    built(builder(endpoint)?, endpoint)
}

/// For one change: a connection of its own, and nothing is ever sent a second time.
pub fn single_use(endpoint: &Endpoint) -> Result<reqwest::Client, FetchError> {
    built(builder(endpoint)?.pool_max_idle_per_host(0).retry(reqwest::retry::never()), endpoint)
}

fn builder(endpoint: &Endpoint) -> Result<ClientBuilder, FetchError> {
    // An error means that there is one already, which is as good.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let builder = reqwest::Client::builder()
        .user_agent(concat!("a360/", env!("CARGO_PKG_VERSION")))
        .connect_timeout(endpoint.connect_timeout)
        .pool_idle_timeout(POOL_IDLE)
        // Ours: see `redirect`.
        .redirect(redirect::Policy::none());
    let builder = proxied(builder, &endpoint.proxy)?;
    trusting(builder, endpoint)
}

fn built(builder: ClientBuilder, endpoint: &Endpoint) -> Result<reqwest::Client, FetchError> {
    builder.build().map_err(|error| match fault::of(&error, endpoint) {
        FetchError::Tls(text) => tls(format!("{text}; set `ca_file`")),
        _ => tls("the client could not be set up; are `cert_file` and `key_file` a pair?".to_owned()),
    })
}

fn proxied(builder: ClientBuilder, proxy: &Proxy) -> Result<ClientBuilder, FetchError> {
    match proxy {
        Proxy::Environment => Ok(builder),
        Proxy::None => Ok(builder.no_proxy()),
        Proxy::Url(url) => {
            let proxy = reqwest::Proxy::all(url);
            Ok(builder.proxy(proxy.map_err(|_| FetchError::Proxy(Plain::new("has a URL that is not an address")))?))
        }
    }
}

fn trusting(mut builder: ClientBuilder, endpoint: &Endpoint) -> Result<ClientBuilder, FetchError> {
    let Tls { ca_file, cert_file, key_file, insecure } = &endpoint.tls;
    if !speaks_tls(endpoint) {
        // Loading the system's certificates takes longer than all the rest.
        return Ok(builder.tls_certs_only([]));
    }
    if let Some(path) = ca_file {
        let found = Certificate::from_pem_bundle(&read(path)?).unwrap_or_default();
        if found.is_empty() {
            return Err(tls(format!("{} holds no PEM certificate", path.display())));
        }
        builder = builder.tls_certs_merge(found);
    }
    if let (Some(cert), Some(key)) = (cert_file, key_file) {
        let pem = [read(cert)?, b"\n".to_vec(), read(key)?].concat();
        let identity = Identity::from_pem(&pem)
            .map_err(|_| tls(format!("{} and {} are not a PEM certificate and key", cert.display(), key.display())))?;
        builder = builder.identity(identity);
    }
    Ok(if *insecure { builder.tls_danger_accept_invalid_certs(true) } else { builder })
}

fn speaks_tls(endpoint: &Endpoint) -> bool {
    let https = |url: &str| url.get(..6).is_some_and(|start| start.eq_ignore_ascii_case("https:"));
    let proxy = match &endpoint.proxy {
        Proxy::None => false,
        Proxy::Url(url) => https(url),
        Proxy::Environment => ["http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"]
            .iter()
            .any(|name| std::env::var(name).is_ok_and(|url| https(&url))),
    };
    proxy || https(&endpoint.url)
}

/// Only a file, and of the size of one: a pipe or a device named by mistake never ends.
fn read(path: &Path) -> Result<Vec<u8>, FetchError> {
    let failed = |error: std::io::Error| tls(format!("{} cannot be read: {}", path.display(), error.kind()));
    let about = std::fs::metadata(path).map_err(failed)?;
    if !about.is_file() || about.len() > MAX_PEM {
        return Err(tls(format!("{} is no PEM file", path.display())));
    }
    std::fs::read(path).map_err(failed)
}

fn tls(text: String) -> FetchError {
    FetchError::Tls(Plain::from(text))
}
